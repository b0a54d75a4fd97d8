//! Weights of `pallet_clock`, written by scripts/benchmark.
//!
//! Measured on 2026-11-28 on a machine with AMD EPYC,
//! in wasm (Compiled), by 10 steps of each component and 100 repeats.

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
		// At least 41_161 ns.
		Weight::from_parts(42_743_000, 0)
			.saturating_add(T::DbWeight::get().reads(8))
			.saturating_add(T::DbWeight::get().writes(5))
	}
	// Storage: `Clock::Reserved` (r:1 w:0)
	// Storage: `Clock::Agenda` (r:30 w:0)
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Clock::TopicStates` (r:1 w:0)
	// Storage: `Clock::Forgetting` (r:1 w:0)
	// `c` in [1, 30]
	fn poll(c: u32) -> Weight {
		// At least 21_101 ns.
		Weight::from_parts(18_589_015, 0)
			// Standard error 5_937.
			.saturating_add(Weight::from_parts(3_915_425, 0).saturating_mul(c.into()))
			.saturating_add(T::DbWeight::get().reads(4))
			.saturating_add(T::DbWeight::get().reads(1_u64.saturating_mul(c.into())))
	}
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Clock::TopicStates` (r:1 w:1)
	// Storage: `Clock::Agenda` (r:1 w:2)
	fn turn() -> Weight {
		// At least 24_046 ns.
		Weight::from_parts(25_067_000, 0)
			.saturating_add(T::DbWeight::get().reads(3))
			.saturating_add(T::DbWeight::get().writes(3))
	}
	// Storage: `Clock::Reserved` (r:1 w:1)
	// Storage: `Clock::Phases` (r:1 w:1)
	// Storage: `Clock::Forgetting` (r:0 w:1)
	fn release() -> Weight {
		// At least 8_663 ns.
		Weight::from_parts(9_404_000, 0)
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().writes(3))
	}
	// Storage: `Emissions::Accruals` (r:1 w:1)
	// Storage: `Timing::Lengths` (r:1 w:0)
	// Storage: `Topics::Economies` (r:1 w:1)
	// Storage: `Reputer::TopicStakes` (r:1 w:0)
	// Storage: `Emissions::CurrentDistribution` (r:1 w:1)
	// Storage: `Parameters::Parameters` (r:1 w:0)
	fn open() -> Weight {
		// At least 37_546 ns.
		Weight::from_parts(56_914_000, 0)
			.saturating_add(T::DbWeight::get().reads(6))
			.saturating_add(T::DbWeight::get().writes(3))
	}
	// Storage: `Emissions::Accruals` (r:1 w:0)
	// Storage: `Timing::Lengths` (r:1 w:0)
	// Storage: `Topics::Economies` (r:1 w:1)
	fn inactivate() -> Weight {
		// At least 22_814 ns.
		Weight::from_parts(34_340_000, 0)
			.saturating_add(T::DbWeight::get().reads(3))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Timing::Lengths` (r:1 w:0)
	// Storage: `Topics::Economies` (r:1 w:1)
	fn skip() -> Weight {
		// At least 13_480 ns.
		Weight::from_parts(21_372_000, 0)
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	fn close_workers() -> Weight {
		// At least 5_128 ns.
		Weight::from_parts(5_588_000, 0)
	}
	fn close_reputers() -> Weight {
		// At least 5_278 ns.
		Weight::from_parts(8_663_000, 0)
	}
	// Storage: `Clock::Forgetting` (r:1 w:1)
	// Storage: `Clock::TopicStates` (r:0 w:1)
	fn forget() -> Weight {
		// At least 7_721 ns.
		Weight::from_parts(12_319_000, 0)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(2))
	}
}
