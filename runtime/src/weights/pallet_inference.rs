//! Weights of `pallet_inference`, written by scripts/benchmark.
//!
//! Measured on 2026-11-25 on a machine with Intel(R) Xeon(R) Processor,
//! in wasm (Compiled), by 10 steps of each component and 100 repeats.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Weights as measured.
pub struct Weights<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_inference::WeightInfo for Weights<T> {
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Topics::TopicStates` (r:1 w:0)
	// Storage: `Topics::Registrations` (r:1 w:0)
	// Storage: `Topics::Allowed` (r:1 w:0)
	// Storage: `Inference::Actors` (r:4 w:4)
	// Storage: `Inference::ScoreBooks` (r:1 w:1)
	// Storage: `Inference::Inferers` (r:1 w:1)
	// Storage: `Inference::Forecasters` (r:1 w:1)
	// `v` in [0, 8]
	// `e` in [0, 32]
	fn submit(v: u32, e: u32) -> Weight {
		// At least 173_262 ns.
		Weight::from_parts(174_203_924, 0)
			// Standard error 351_345.
			.saturating_add(Weight::from_parts(8_626_897, 0).saturating_mul(v.into()))
			// Standard error 94_247.
			.saturating_add(Weight::from_parts(1_574_394, 0).saturating_mul(e.into()))
			.saturating_add(T::DbWeight::get().reads(8))
			.saturating_add(T::DbWeight::get().writes(4))
	}
	// Storage: `Inference::Inferers` (r:1 w:0)
	// Storage: `Inference::Forecasters` (r:1 w:0)
	// `n` in [1, 32]
	fn close_inferers(n: u32) -> Weight {
		// At least 16_561 ns.
		Weight::from_parts(17_813_619, 0)
			// Standard error 2_079.
			.saturating_add(Weight::from_parts(545_001, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(2))
	}
	// `f` in [0, 8]
	fn close_forecasters(f: u32) -> Weight {
		// At least 16_872 ns.
		Weight::from_parts(21_146_592, 0)
			// Standard error 28_315.
			.saturating_add(Weight::from_parts(5_048_729, 0).saturating_mul(f.into()))
	}
	// Storage: `Inference::Inferers` (r:1 w:0)
	// Storage: `Inference::Forecasters` (r:1 w:0)
	// Storage: `Inference::ScoreBooks` (r:1 w:1)
	// Storage: `Topics::Topics` (r:1 w:0)
	// `n` in [1, 32]
	// `f` in [0, 8]
	fn note_scores(n: u32, f: u32) -> Weight {
		// At least 74_707 ns.
		Weight::from_parts(64_050_152, 0)
			// Standard error 17_036.
			.saturating_add(Weight::from_parts(755_539, 0).saturating_mul(n.into()))
			// Standard error 61_802.
			.saturating_add(Weight::from_parts(2_985_587, 0).saturating_mul(f.into()))
			.saturating_add(T::DbWeight::get().reads(4))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Inference::ScoreBooks` (r:1 w:1)
	// Storage: `Inference::Actors` (r:40 w:40)
	// `m` in [1, 40]
	fn note_missing(m: u32) -> Weight {
		// At least 52_461 ns.
		Weight::from_parts(40_975_660, 0)
			// Standard error 77_613.
			.saturating_add(Weight::from_parts(12_154_081, 0).saturating_mul(m.into()))
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().reads(1_u64.saturating_mul(m.into())))
			.saturating_add(T::DbWeight::get().writes(1))
			.saturating_add(T::DbWeight::get().writes(1_u64.saturating_mul(m.into())))
	}
	// Storage: `Inference::Inferers` (r:0 w:1)
	// Storage: `Inference::Forecasters` (r:0 w:1)
	fn prune() -> Weight {
		// At least 6_100 ns.
		Weight::from_parts(7_452_000, 0).saturating_add(T::DbWeight::get().writes(2))
	}
	// Storage: `Inference::Actors` (r:512 w:512)
	// Storage: `Inference::ScoreBooks` (r:0 w:1)
	// `i` in [1, 512]
	fn forget(i: u32) -> Weight {
		// At least 11_080 ns.
		Weight::from_parts(3_971_153, 0)
			// Standard error 2_307.
			.saturating_add(Weight::from_parts(1_122_206, 0).saturating_mul(i.into()))
			.saturating_add(T::DbWeight::get().reads(1_u64.saturating_mul(i.into())))
			.saturating_add(T::DbWeight::get().writes(1))
			.saturating_add(T::DbWeight::get().writes(1_u64.saturating_mul(i.into())))
	}
}
