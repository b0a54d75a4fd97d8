//! Weights of `pallet_aggregation`, written by scripts/benchmark.
//!
//! Measured on 2026-11-28 on a machine with AMD EPYC,
//! in wasm (Compiled), by 10 steps of each component and 100 repeats.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Weights as measured.
pub struct Weights<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_aggregation::WeightInfo for Weights<T> {
	// Storage: `Aggregation::Books` (r:1 w:0)
	// Storage: `Aggregation::Latest` (r:1 w:0)
	// `w` in [371, 16405]
	fn synthesise_mixture(w: u32) -> Weight {
		// At least 56_244 ns.
		Weight::from_parts(84_003_303, 0)
			// Standard error 260.
			.saturating_add(Weight::from_parts(56_580, 0).saturating_mul(w.into()))
			.saturating_add(T::DbWeight::get().reads(2))
	}
	// Storage: `Aggregation::Books` (r:1 w:0)
	// Storage: `Aggregation::Latest` (r:1 w:0)
	// `w` in [147, 9239]
	fn synthesise_regret(w: u32) -> Weight {
		// At least 44_276 ns.
		Weight::from_parts(112_375_747, 0)
			// Standard error 739.
			.saturating_add(Weight::from_parts(79_965, 0).saturating_mul(w.into()))
			.saturating_add(T::DbWeight::get().reads(2))
	}
	// Storage: `Aggregation::Latest` (r:0 w:1)
	// Storage: `Aggregation::Bundles` (r:0 w:1)
	// `v` in [0, 2768]
	fn store(v: u32) -> Weight {
		// At least 21_883 ns.
		Weight::from_parts(30_507_860, 0)
			// Standard error 398.
			.saturating_add(Weight::from_parts(17_140, 0).saturating_mul(v.into()))
			.saturating_add(T::DbWeight::get().writes(2))
	}
	// Storage: `Aggregation::Bundles` (r:1 w:0)
	// Storage: `Aggregation::Books` (r:1 w:1)
	// `w` in [374, 22752]
	fn learn_mixture(w: u32) -> Weight {
		// At least 72_958 ns.
		Weight::from_parts(74_390_000, 0)
			// Standard error 486.
			.saturating_add(Weight::from_parts(69_326, 0).saturating_mul(w.into()))
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Aggregation::Bundles` (r:1 w:0)
	// Storage: `Aggregation::Books` (r:1 w:1)
	// `w` in [56, 25011]
	fn learn_regret(w: u32) -> Weight {
		// At least 50_064 ns.
		Weight::from_parts(202_162_797, 0)
			// Standard error 616.
			.saturating_add(Weight::from_parts(88_667, 0).saturating_mul(w.into()))
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// `l` in [1, 7264]
	fn plain_losses(l: u32) -> Weight {
		// At least 1_072 ns.
		Weight::from_parts(1_142_000, 0)
			// Standard error 197.
			.saturating_add(Weight::from_parts(335_699, 0).saturating_mul(l.into()))
	}
	// `l` in [1, 7264]
	fn curved_losses(l: u32) -> Weight {
		// At least 4_006 ns.
		Weight::from_parts(7_953_236, 0)
			// Standard error 1_778.
			.saturating_add(Weight::from_parts(542_760, 0).saturating_mul(l.into()))
	}
	// Storage: `Aggregation::LearningRecords` (r:0 w:1)
	// `l` in [0, 346]
	fn record(_l: u32) -> Weight {
		// At least 6_750 ns.
		Weight::from_parts(13_481_217, 0).saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Aggregation::Bundles` (r:0 w:1)
	// Storage: `Aggregation::LearningRecords` (r:0 w:1)
	fn prune() -> Weight {
		// At least 4_626 ns.
		Weight::from_parts(6_851_000, 0).saturating_add(T::DbWeight::get().writes(2))
	}
	// Storage: `Aggregation::Bundles` (r:1 w:1)
	// Storage: `Aggregation::LearningRecords` (r:0 w:1)
	fn forget_epoch() -> Weight {
		// At least 11_937 ns.
		Weight::from_parts(12_929_000, 0)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(2))
	}
	// Storage: `Aggregation::Latest` (r:0 w:1)
	// Storage: `Aggregation::Books` (r:0 w:1)
	fn forget_topic() -> Weight {
		// At least 4_046 ns.
		Weight::from_parts(4_437_000, 0).saturating_add(T::DbWeight::get().writes(2))
	}
}
