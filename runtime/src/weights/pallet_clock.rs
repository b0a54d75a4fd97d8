//! Weights of `pallet_clock`: estimates from the measurements of the pallet that it was a part of,
//! with the accesses that its benchmarks make, until scripts/benchmark measures them.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Weights as measured.
pub struct Weights<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_clock::WeightInfo for Weights<T> {
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Clock::TopicStates` (r:1 w:1)
	// Storage: `Topics::Economies` (r:1 w:0)
	// Storage: `Timing::Lengths` (r:1 w:0)
	// Storage: `Reputer::TopicStakes` (r:1 w:0)
	// Storage: `Parameters::Parameters` (r:1 w:0)
	// Storage: `Clock::Reserved` (r:1 w:1)
	// Storage: `Clock::Phases` (r:1 w:1)
	// Storage: `Clock::Agenda` (r:0 w:2)
	fn activate() -> Weight {
		Weight::from_parts(60_000_000, 0)
			.saturating_add(T::DbWeight::get().reads(8))
			.saturating_add(T::DbWeight::get().writes(5))
	}
	// Storage: `Clock::Reserved` (r:1 w:0)
	// Storage: `Clock::Agenda` (r:30 w:0)
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Clock::TopicStates` (r:1 w:0)
	// Storage: `Clock::Forgetting` (r:1 w:0)
	// `c` in [0, 30]
	fn poll(c: u32) -> Weight {
		Weight::from_parts(16_000_000, 0)
			.saturating_add(Weight::from_parts(3_000_000, 0).saturating_mul(c.into()))
			.saturating_add(T::DbWeight::get().reads(4))
			.saturating_add(T::DbWeight::get().reads(1_u64.saturating_mul(c.into())))
	}
	// Storage: `Clock::Agenda` (r:1 w:2)
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Clock::TopicStates` (r:1 w:1)
	fn turn() -> Weight {
		Weight::from_parts(20_000_000, 0)
			.saturating_add(T::DbWeight::get().reads(3))
			.saturating_add(T::DbWeight::get().writes(3))
	}
	// Storage: `Clock::Reserved` (r:1 w:1)
	// Storage: `Clock::Phases` (r:1 w:1)
	// Storage: `Clock::Forgetting` (r:0 w:1)
	fn release() -> Weight {
		Weight::from_parts(15_000_000, 0)
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().writes(3))
	}
	// Storage: `Emissions::Accruals` (r:1 w:0)
	// Storage: `Topics::Economies` (r:1 w:1)
	// Storage: `Timing::Lengths` (r:1 w:0)
	// Storage: `Reputer::TopicStakes` (r:1 w:0)
	// Storage: `Parameters::Parameters` (r:1 w:0)
	fn open() -> Weight {
		Weight::from_parts(29_000_000, 0)
			.saturating_add(T::DbWeight::get().reads(5))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Emissions::Accruals` (r:1 w:0)
	// Storage: `Topics::Economies` (r:1 w:1)
	// Storage: `Timing::Lengths` (r:1 w:0)
	fn inactivate() -> Weight {
		Weight::from_parts(16_000_000, 0)
			.saturating_add(T::DbWeight::get().reads(3))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Topics::Economies` (r:1 w:1)
	// Storage: `Timing::Lengths` (r:1 w:0)
	fn skip() -> Weight {
		Weight::from_parts(12_000_000, 0)
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	fn close_workers() -> Weight {
		Weight::from_parts(5_436_000, 0)
	}
	fn close_reputers() -> Weight {
		Weight::from_parts(5_137_000, 0)
	}
	// Storage: `Clock::Forgetting` (r:1 w:1)
	// Storage: `Clock::TopicStates` (r:0 w:1)
	fn forget() -> Weight {
		Weight::from_parts(9_000_000, 0)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(2))
	}
}
