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
	// `w` in [147, 9232]
	fn synthesise(w: u32) -> Weight {
		// At least 30_555 ns.
		Weight::from_parts(56_261_991, 0)
			// Standard error 353.
			.saturating_add(Weight::from_parts(83_409, 0).saturating_mul(w.into()))
			.saturating_add(T::DbWeight::get().reads(2))
	}
	// Storage: `Aggregation::Latest` (r:0 w:1)
	// Storage: `Aggregation::Bundles` (r:0 w:1)
	// `v` in [0, 2768]
	fn store(v: u32) -> Weight {
		// At least 19_068 ns.
		Weight::from_parts(22_480_729, 0)
			// Standard error 84.
			.saturating_add(Weight::from_parts(20_079, 0).saturating_mul(v.into()))
			.saturating_add(T::DbWeight::get().writes(2))
	}
	// Storage: `Aggregation::Bundles` (r:1 w:0)
	// Storage: `Aggregation::RegretBooks` (r:1 w:1)
	// `w` in [56, 25007]
	fn learn(w: u32) -> Weight {
		// At least 36_454 ns.
		Weight::from_parts(222_755_659, 0)
			// Standard error 673.
			.saturating_add(Weight::from_parts(88_584, 0).saturating_mul(w.into()))
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// `l` in [1, 7120]
	fn plain_losses(l: u32) -> Weight {
		// At least 1_072 ns.
		Weight::from_parts(1_142_000, 0)
			// Standard error 244.
			.saturating_add(Weight::from_parts(330_123, 0).saturating_mul(l.into()))
	}
	// `l` in [1, 7120]
	fn curved_losses(l: u32) -> Weight {
		// At least 4_717 ns.
		Weight::from_parts(1_187_865, 0)
			// Standard error 432.
			.saturating_add(Weight::from_parts(519_397, 0).saturating_mul(l.into()))
	}
	// Storage: `Aggregation::LearningRecords` (r:0 w:1)
	// `l` in [0, 346]
	fn record(l: u32) -> Weight {
		// At least 11_256 ns.
		Weight::from_parts(13_936_509, 0)
			// Standard error 298.
			.saturating_add(Weight::from_parts(7_282, 0).saturating_mul(l.into()))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Aggregation::Bundles` (r:0 w:1)
	// Storage: `Aggregation::LearningRecords` (r:0 w:1)
	fn prune() -> Weight {
		// At least 5_177 ns.
		Weight::from_parts(6_419_000, 0).saturating_add(T::DbWeight::get().writes(2))
	}
	// Storage: `Aggregation::Bundles` (r:1 w:1)
	// Storage: `Aggregation::LearningRecords` (r:0 w:1)
	fn forget_epoch() -> Weight {
		// At least 16_374 ns.
		Weight::from_parts(22_894_000, 0)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(2))
	}
	// Storage: `Aggregation::RegretBooks` (r:0 w:1)
	// Storage: `Aggregation::Latest` (r:0 w:1)
	fn forget_topic() -> Weight {
		// At least 5_999 ns.
		Weight::from_parts(7_441_000, 0).saturating_add(T::DbWeight::get().writes(2))
	}
}
