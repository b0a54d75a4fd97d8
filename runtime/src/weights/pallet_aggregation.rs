//! Weights of `pallet_aggregation`, written by scripts/benchmark.
//!
//! Measured on 2026-11-28 on a machine with AMD EPYC,
//! in wasm (Compiled), by 10 steps of each component and 100 repeats.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Weights as measured.
pub struct Weights<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_aggregation::WeightInfo for Weights<T> {
	// Storage: `Aggregation::RegretBooks` (r:1 w:0)
	// Storage: `Aggregation::Latest` (r:1 w:0)
	// `w` in [146, 9229]
	fn synthesise(w: u32) -> Weight {
		// At least 29_684 ns.
		Weight::from_parts(54_871_572, 0)
			// Standard error 303.
			.saturating_add(Weight::from_parts(80_910, 0).saturating_mul(w.into()))
			.saturating_add(T::DbWeight::get().reads(2))
	}
	// Storage: `Aggregation::Latest` (r:0 w:1)
	// Storage: `Aggregation::Bundles` (r:0 w:1)
	// `v` in [0, 2768]
	fn store(v: u32) -> Weight {
		// At least 18_858 ns.
		Weight::from_parts(23_097_898, 0)
			// Standard error 63.
			.saturating_add(Weight::from_parts(19_718, 0).saturating_mul(v.into()))
			.saturating_add(T::DbWeight::get().writes(2))
	}
	// Storage: `Aggregation::Bundles` (r:1 w:0)
	// Storage: `Aggregation::RegretBooks` (r:1 w:1)
	// `w` in [55, 25005]
	fn learn(w: u32) -> Weight {
		// At least 36_014 ns.
		Weight::from_parts(178_879_187, 0)
			// Standard error 650.
			.saturating_add(Weight::from_parts(90_220, 0).saturating_mul(w.into()))
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// `l` in [1, 7120]
	fn plain_losses(l: u32) -> Weight {
		// At least 1_000 ns.
		Weight::from_parts(5_000_000, 0)
			.saturating_add(Weight::from_parts(500_000, 0).saturating_mul(l.into()))
	}
	// `l` in [1, 7120]
	fn curved_losses(l: u32) -> Weight {
		// At least 1_000 ns.
		Weight::from_parts(5_000_000, 0)
			.saturating_add(Weight::from_parts(8_000_000, 0).saturating_mul(l.into()))
	}
	// Storage: `Aggregation::LearningRecords` (r:0 w:1)
	// `l` in [0, 346]
	fn record(l: u32) -> Weight {
		// At least 9_033 ns.
		Weight::from_parts(11_934_738, 0)
			// Standard error 285.
			.saturating_add(Weight::from_parts(4_771, 0).saturating_mul(l.into()))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Aggregation::Bundles` (r:0 w:1)
	// Storage: `Aggregation::LearningRecords` (r:0 w:1)
	fn prune() -> Weight {
		// At least 5_508 ns.
		Weight::from_parts(6_860_000, 0).saturating_add(T::DbWeight::get().writes(2))
	}
	// Storage: `Aggregation::Bundles` (r:1 w:1)
	// Storage: `Aggregation::LearningRecords` (r:0 w:1)
	fn forget_epoch() -> Weight {
		// At least 16_835 ns.
		Weight::from_parts(20_731_000, 0)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(2))
	}
	// Storage: `Aggregation::RegretBooks` (r:0 w:1)
	// Storage: `Aggregation::Latest` (r:0 w:1)
	fn forget_topic() -> Weight {
		// At least 4_707 ns.
		Weight::from_parts(6_039_000, 0).saturating_add(T::DbWeight::get().writes(2))
	}
}
