//! Weights of `pallet_aggregation`, written by scripts/benchmark.
//!
//! Measured on 2026-11-25 on a machine with Intel(R) Xeon(R) Processor,
//! in wasm (Compiled), by 10 steps of each component and 100 repeats.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Weights as measured.
pub struct Weights<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_aggregation::WeightInfo for Weights<T> {
	// Storage: `Aggregation::RegretBooks` (r:1 w:0)
	// Storage: `Aggregation::Latest` (r:1 w:0)
	// `w` in [146, 9225]
	// Estimated: not measured yet.
	fn synthesise(w: u32) -> Weight {
		Weight::from_parts(66_000_000, 0)
			.saturating_add(Weight::from_parts(104_000, 0).saturating_mul(w.into()))
			.saturating_add(T::DbWeight::get().reads(2))
	}
	// Storage: `Aggregation::Latest` (r:0 w:1)
	// Storage: `Aggregation::Bundles` (r:0 w:1)
	// `v` in [0, 2768]
	// Estimated: not measured yet.
	fn store(v: u32) -> Weight {
		Weight::from_parts(26_000_000, 0)
			.saturating_add(Weight::from_parts(40_000, 0).saturating_mul(v.into()))
			.saturating_add(T::DbWeight::get().writes(2))
	}
	// Storage: `Aggregation::Bundles` (r:1 w:0)
	// Storage: `Aggregation::RegretBooks` (r:1 w:1)
	// `w` in [53, 22234]
	// Estimated: not measured yet.
	fn learn(w: u32) -> Weight {
		Weight::from_parts(222_000_000, 0)
			.saturating_add(Weight::from_parts(102_814, 0).saturating_mul(w.into()))
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Aggregation::LearningRecords` (r:0 w:1)
	// `l` in [0, 346]
	// Estimated: not measured yet.
	fn record(l: u32) -> Weight {
		Weight::from_parts(16_000_000, 0)
			.saturating_add(Weight::from_parts(30_000, 0).saturating_mul(l.into()))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Aggregation::Bundles` (r:0 w:1)
	// Storage: `Aggregation::LearningRecords` (r:0 w:1)
	fn prune() -> Weight {
		// At least 4_603 ns.
		Weight::from_parts(5_151_000, 0).saturating_add(T::DbWeight::get().writes(2))
	}
	// Storage: `Aggregation::Bundles` (r:1 w:1)
	// Storage: `Aggregation::LearningRecords` (r:0 w:1)
	fn forget_epoch() -> Weight {
		// At least 12_852 ns.
		Weight::from_parts(13_836_000, 0)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(2))
	}
	// Storage: `Aggregation::RegretBooks` (r:0 w:1)
	// Storage: `Aggregation::Latest` (r:0 w:1)
	fn forget_topic() -> Weight {
		// At least 3_987 ns.
		Weight::from_parts(4_483_000, 0).saturating_add(T::DbWeight::get().writes(2))
	}
}
