//! Weights of `pallet_inference`, written by scripts/benchmark.
//!
//! Measured on 2026-11-25 on a machine with Intel(R) Xeon(R) Processor,
//! in wasm (Compiled), by 20 steps of each component and 20 repeats.

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
		// At least 157_259 ns.
		Weight::from_parts(182_390_824, 0)
			// Standard error 463_772.
			.saturating_add(Weight::from_parts(6_765_193, 0).saturating_mul(v.into()))
			// Standard error 122_405.
			.saturating_add(Weight::from_parts(1_003_277, 0).saturating_mul(e.into()))
			.saturating_add(T::DbWeight::get().reads(9))
			.saturating_add(T::DbWeight::get().writes(5))
	}
	// Storage: `Inference::Inferers` (r:1 w:0)
	// Storage: `Inference::Forecasters` (r:1 w:0)
	// `n` in [1, 32]
	// `f` in [0, 8]
	fn close_workers(n: u32, f: u32) -> Weight {
		// At least 34_400 ns.
		Weight::from_parts(36_505_000, 0)
			// Standard error 21_215.
			.saturating_add(Weight::from_parts(689_538, 0).saturating_mul(n.into()))
			// Standard error 86_389.
			.saturating_add(Weight::from_parts(1_985_687, 0).saturating_mul(f.into()))
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
	fn note_scores(_n: u32, f: u32, m: u32) -> Weight {
		// At least 99_192 ns.
		Weight::from_parts(236_916_810, 0)
			// Standard error 1_019_885.
			.saturating_add(Weight::from_parts(1_552_093, 0).saturating_mul(f.into()))
			// Standard error 216_727.
			.saturating_add(Weight::from_parts(12_187_418, 0).saturating_mul(m.into()))
			.saturating_add(T::DbWeight::get().reads(4))
			.saturating_add(T::DbWeight::get().reads(1_u64.saturating_mul(m.into())))
			.saturating_add(T::DbWeight::get().writes(1))
			.saturating_add(T::DbWeight::get().writes(1_u64.saturating_mul(m.into())))
	}
	// Storage: `Inference::Inferers` (r:0 w:1)
	// Storage: `Inference::Forecasters` (r:0 w:1)
	fn prune() -> Weight {
		// At least 5_838 ns.
		Weight::from_parts(7_279_000, 0).saturating_add(T::DbWeight::get().writes(2))
	}
	// Storage: `Inference::Actors` (r:512 w:512)
	// Storage: `Inference::ScoreBooks` (r:0 w:1)
	// `i` in [1, 512]
	fn forget(i: u32) -> Weight {
		// At least 10_191 ns.
		Weight::from_parts(5_823_944, 0)
			// Standard error 5_318.
			.saturating_add(Weight::from_parts(1_076_479, 0).saturating_mul(i.into()))
			.saturating_add(T::DbWeight::get().reads(1_u64.saturating_mul(i.into())))
			.saturating_add(T::DbWeight::get().writes(1))
			.saturating_add(T::DbWeight::get().writes(1_u64.saturating_mul(i.into())))
	}
}
