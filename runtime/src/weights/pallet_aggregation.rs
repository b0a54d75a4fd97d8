//! Weights of `pallet_aggregation`, written by scripts/benchmark.
//!
//! Measured on 2026-11-25 on a machine with Intel(R) Xeon(R) Processor,
//! in wasm (Compiled), by 20 steps of each component and 20 repeats.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Weights as measured.
pub struct Weights<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_aggregation::WeightInfo for Weights<T> {
	// Storage: `Aggregation::RegretBooks` (r:1 w:0)
	// Storage: `Aggregation::Latest` (r:1 w:1)
	// Storage: `Aggregation::Bundles` (r:0 w:1)
	// `w` in [146, 9225]
	fn close_workers(w: u32) -> Weight {
		// At least 43_293 ns.
		Weight::from_parts(37_051_099, 0)
			// Standard error 760.
			.saturating_add(Weight::from_parts(106_924, 0).saturating_mul(w.into()))
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().writes(2))
	}
	// Storage: `Aggregation::Bundles` (r:1 w:0)
	// Storage: `Aggregation::RegretBooks` (r:1 w:1)
	// Storage: `Aggregation::Lessons` (r:0 w:1)
	// `w` in [53, 22234]
	fn close_reputers(w: u32) -> Weight {
		// At least 39_488 ns.
		Weight::from_parts(186_932_163, 0)
			// Standard error 1_778.
			.saturating_add(Weight::from_parts(93_094, 0).saturating_mul(w.into()))
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().writes(2))
	}
	// Storage: `Aggregation::Bundles` (r:0 w:1)
	// Storage: `Aggregation::Lessons` (r:0 w:1)
	fn prune() -> Weight {
		// At least 4_152 ns.
		Weight::from_parts(5_111_000, 0).saturating_add(T::DbWeight::get().writes(2))
	}
	// Storage: `Aggregation::Bundles` (r:1 w:1)
	// Storage: `Aggregation::Lessons` (r:0 w:1)
	fn forget_epoch() -> Weight {
		// At least 14_171 ns.
		Weight::from_parts(15_378_000, 0)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(2))
	}
	// Storage: `Aggregation::RegretBooks` (r:0 w:1)
	// Storage: `Aggregation::Latest` (r:0 w:1)
	fn forget_topic() -> Weight {
		// At least 4_036 ns.
		Weight::from_parts(4_759_000, 0).saturating_add(T::DbWeight::get().writes(2))
	}
}
