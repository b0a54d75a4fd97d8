//! Weights of `pallet_aggregation`, written by scripts/benchmark.
//!
//! Measured on 2026-11-29 on a machine with AMD EPYC,
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
		// At least 57_606 ns.
		Weight::from_parts(94_383_055, 0)
			// Standard error 318.
			.saturating_add(Weight::from_parts(56_737, 0).saturating_mul(w.into()))
			.saturating_add(T::DbWeight::get().reads(2))
	}
	// Storage: `Aggregation::Books` (r:1 w:0)
	// Storage: `Aggregation::Latest` (r:1 w:0)
	// `w` in [147, 9239]
	fn synthesise_regret(w: u32) -> Weight {
		// At least 45_237 ns.
		Weight::from_parts(70_211_559, 0)
			// Standard error 344.
			.saturating_add(Weight::from_parts(85_225, 0).saturating_mul(w.into()))
			.saturating_add(T::DbWeight::get().reads(2))
	}
	// Storage: `Aggregation::Latest` (r:0 w:1)
	// Storage: `Aggregation::Bundles` (r:0 w:1)
	// `v` in [0, 2768]
	fn store(v: u32) -> Weight {
		// At least 23_635 ns.
		Weight::from_parts(46_227_574, 0)
			// Standard error 379.
			.saturating_add(Weight::from_parts(13_993, 0).saturating_mul(v.into()))
			.saturating_add(T::DbWeight::get().writes(2))
	}
	// Storage: `Aggregation::Bundles` (r:1 w:0)
	// Storage: `Aggregation::Books` (r:1 w:1)
	// `w` in [374, 22752]
	fn learn_mixture(w: u32) -> Weight {
		// At least 75_902 ns.
		Weight::from_parts(49_206_528, 0)
			// Standard error 185.
			.saturating_add(Weight::from_parts(67_511, 0).saturating_mul(w.into()))
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Aggregation::Bundles` (r:1 w:0)
	// Storage: `Aggregation::Books` (r:1 w:1)
	// `w` in [56, 25011]
	fn learn_regret(w: u32) -> Weight {
		// At least 51_437 ns.
		Weight::from_parts(385_597_160, 0)
			// Standard error 1_636.
			.saturating_add(Weight::from_parts(85_711, 0).saturating_mul(w.into()))
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// `l` in [1, 7264]
	fn plain_losses(l: u32) -> Weight {
		// At least 1_061 ns.
		Weight::from_parts(1_142_000, 0)
			// Standard error 194.
			.saturating_add(Weight::from_parts(343_839, 0).saturating_mul(l.into()))
	}
	// `l` in [1, 7264]
	fn curved_losses(l: u32) -> Weight {
		// At least 4_006 ns.
		Weight::from_parts(4_156_000, 0)
			// Standard error 280.
			.saturating_add(Weight::from_parts(538_871, 0).saturating_mul(l.into()))
	}
	// Storage: `Aggregation::LearningRecords` (r:0 w:1)
	// `l` in [0, 346]
	fn record(l: u32) -> Weight {
		// At least 9_484 ns.
		Weight::from_parts(12_124_102, 0)
			// Standard error 412.
			.saturating_add(Weight::from_parts(9_652, 0).saturating_mul(l.into()))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Aggregation::Bundles` (r:0 w:1)
	// Storage: `Aggregation::LearningRecords` (r:0 w:1)
	fn prune() -> Weight {
		// At least 6_250 ns.
		Weight::from_parts(7_441_000, 0).saturating_add(T::DbWeight::get().writes(2))
	}
	// Storage: `Aggregation::Bundles` (r:1 w:1)
	// Storage: `Aggregation::LearningRecords` (r:0 w:1)
	fn forget_epoch() -> Weight {
		// At least 17_817 ns.
		Weight::from_parts(22_133_000, 0)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(2))
	}
	// Storage: `Aggregation::Latest` (r:0 w:1)
	// Storage: `Aggregation::Books` (r:0 w:1)
	fn forget_topic() -> Weight {
		// At least 5_899 ns.
		Weight::from_parts(7_941_000, 0).saturating_add(T::DbWeight::get().writes(2))
	}
}
