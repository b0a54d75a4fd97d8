//! Weights of `pallet_inference`, written by scripts/benchmark.
//!
//! Measured on 2026-11-25 on a machine with Intel(R) Xeon(R) Processor,
//! in wasm (Compiled), by 10 steps of each component and 10 repeats.

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
		// At least 179_934 ns.
		Weight::from_parts(174_047_414, 0)
			// Standard error 1_034_042.
			.saturating_add(Weight::from_parts(8_914_729, 0).saturating_mul(v.into()))
			// Standard error 269_361.
			.saturating_add(Weight::from_parts(1_664_472, 0).saturating_mul(e.into()))
			.saturating_add(T::DbWeight::get().reads(8))
			.saturating_add(T::DbWeight::get().writes(4))
	}
	// Storage: `Inference::Inferers` (r:1 w:0)
	// Storage: `Inference::Forecasters` (r:1 w:0)
	// `n` in [1, 32]
	// `f` in [0, 8]
	fn close_workers(n: u32, f: u32) -> Weight {
		// At least 42_559 ns.
		Weight::from_parts(3_911_158, 0)
			// Standard error 40_348.
			.saturating_add(Weight::from_parts(1_586_363, 0).saturating_mul(n.into()))
			// Standard error 150_737.
			.saturating_add(Weight::from_parts(5_010_036, 0).saturating_mul(f.into()))
			.saturating_add(T::DbWeight::get().reads(2))
	}
	// Storage: `Inference::Inferers` (r:1 w:0)
	// Storage: `Inference::Forecasters` (r:1 w:0)
	// Storage: `Inference::ScoreBooks` (r:1 w:1)
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Inference::Actors` (r:40 w:40)
	// `n` in [1, 32]
	// `f` in [0, 8]
	// `m` in [0, 40]
	fn note_scores(n: u32, f: u32, m: u32) -> Weight {
		// At least 111_823 ns.
		Weight::from_parts(69_937_406, 0)
			// Standard error 135_909.
			.saturating_add(Weight::from_parts(1_182_213, 0).saturating_mul(n.into()))
			// Standard error 508_760.
			.saturating_add(Weight::from_parts(2_645_962, 0).saturating_mul(f.into()))
			// Standard error 105_734.
			.saturating_add(Weight::from_parts(13_282_124, 0).saturating_mul(m.into()))
			.saturating_add(T::DbWeight::get().reads(4))
			.saturating_add(T::DbWeight::get().reads(1_u64.saturating_mul(m.into())))
			.saturating_add(T::DbWeight::get().writes(1))
			.saturating_add(T::DbWeight::get().writes(1_u64.saturating_mul(m.into())))
	}
	// Storage: `Inference::Inferers` (r:0 w:1)
	// Storage: `Inference::Forecasters` (r:0 w:1)
	fn prune() -> Weight {
		// At least 7_568 ns.
		Weight::from_parts(8_986_000, 0).saturating_add(T::DbWeight::get().writes(2))
	}
	// Storage: `Inference::Actors` (r:512 w:512)
	// Storage: `Inference::ScoreBooks` (r:0 w:1)
	// `i` in [1, 512]
	fn forget(i: u32) -> Weight {
		// At least 12_984 ns.
		Weight::from_parts(8_675_392, 0)
			// Standard error 7_532.
			.saturating_add(Weight::from_parts(1_138_695, 0).saturating_mul(i.into()))
			.saturating_add(T::DbWeight::get().reads(1_u64.saturating_mul(i.into())))
			.saturating_add(T::DbWeight::get().writes(1))
			.saturating_add(T::DbWeight::get().writes(1_u64.saturating_mul(i.into())))
	}
}
