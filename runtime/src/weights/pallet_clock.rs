//! Weights of `pallet_clock`, written by scripts/benchmark.
//!
//! Measured on 2026-11-29 on a machine with AMD EPYC,
//! in wasm (Compiled), by 10 steps of each component and 100 repeats.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Weights as measured.
pub struct Weights<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_clock::WeightInfo for Weights<T> {
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Clock::TopicStates` (r:1 w:1)
	// Storage: `Topics::Economies` (r:1 w:1)
	// Storage: `Timing::Lengths` (r:1 w:0)
	// Storage: `Reputer::TopicStakes` (r:1 w:0)
	// Storage: `Parameters::Parameters` (r:1 w:0)
	// Storage: `Clock::Phases` (r:1 w:1)
	// Storage: `Clock::Reserved` (r:1 w:1)
	// Storage: `Clock::Agenda` (r:0 w:2)
	fn activate() -> Weight {
		// At least 57_515 ns.
		Weight::from_parts(91_295_000, 0)
			.saturating_add(T::DbWeight::get().reads(8))
			.saturating_add(T::DbWeight::get().writes(6))
	}
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Clock::TopicStates` (r:1 w:1)
	// Storage: `Emissions::Accruals` (r:1 w:0)
	// Storage: `Topics::Economies` (r:1 w:1)
	// Storage: `Timing::Lengths` (r:1 w:0)
	fn force_inactivate() -> Weight {
		// At least 33_800 ns.
		Weight::from_parts(35_803_000, 0)
			.saturating_add(T::DbWeight::get().reads(5))
			.saturating_add(T::DbWeight::get().writes(2))
	}
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Clock::TopicStates` (r:1 w:1)
	// Storage: `Topics::Economies` (r:1 w:1)
	// Storage: `Timing::Lengths` (r:1 w:0)
	// Storage: `Reputer::TopicStakes` (r:1 w:0)
	// Storage: `Parameters::Parameters` (r:1 w:0)
	// Storage: `Clock::Phases` (r:1 w:1)
	// Storage: `Clock::Reserved` (r:1 w:1)
	// Storage: `Clock::Agenda` (r:0 w:1)
	fn lift() -> Weight {
		// At least 53_439 ns.
		Weight::from_parts(60_569_000, 0)
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
		// At least 24_556 ns.
		Weight::from_parts(3_042_477, 0)
			// Standard error 85_966.
			.saturating_add(Weight::from_parts(6_114_715, 0).saturating_mul(c.into()))
			.saturating_add(T::DbWeight::get().reads(4))
			.saturating_add(T::DbWeight::get().reads(1_u64.saturating_mul(c.into())))
	}
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Clock::TopicStates` (r:1 w:1)
	// Storage: `Clock::Agenda` (r:1 w:2)
	fn turn() -> Weight {
		// At least 28_623 ns.
		Weight::from_parts(42_523_000, 0)
			.saturating_add(T::DbWeight::get().reads(3))
			.saturating_add(T::DbWeight::get().writes(3))
	}
	// Storage: `Clock::Reserved` (r:1 w:1)
	// Storage: `Timing::Lengths` (r:1 w:0)
	// Storage: `Clock::Phases` (r:1 w:1)
	// Storage: `Clock::Forgetting` (r:0 w:1)
	fn release() -> Weight {
		// At least 14_622 ns.
		Weight::from_parts(24_857_000, 0)
			.saturating_add(T::DbWeight::get().reads(3))
			.saturating_add(T::DbWeight::get().writes(3))
	}
	// Storage: `Emissions::Accruals` (r:1 w:1)
	// Storage: `Timing::Lengths` (r:1 w:0)
	// Storage: `Parameters::Parameters` (r:1 w:0)
	// Storage: `Topics::Economies` (r:1 w:1)
	// Storage: `Reputer::TopicStakes` (r:1 w:0)
	fn open() -> Weight {
		// At least 41_742 ns.
		Weight::from_parts(71_465_000, 0)
			.saturating_add(T::DbWeight::get().reads(5))
			.saturating_add(T::DbWeight::get().writes(2))
	}
	// Storage: `Emissions::Accruals` (r:1 w:0)
	// Storage: `Topics::Economies` (r:1 w:1)
	// Storage: `Timing::Lengths` (r:1 w:0)
	fn inactivate() -> Weight {
		// At least 30_606 ns.
		Weight::from_parts(39_008_000, 0)
			.saturating_add(T::DbWeight::get().reads(3))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	fn skip() -> Weight {
		// At least 9_694 ns.
		Weight::from_parts(13_870_000, 0)
	}
	fn close_workers() -> Weight {
		// At least 5_649 ns.
		Weight::from_parts(13_270_000, 0)
	}
	fn close_reputers() -> Weight {
		// At least 5_418 ns.
		Weight::from_parts(12_408_000, 0)
	}
	// Storage: `Clock::Forgetting` (r:1 w:1)
	// Storage: `Clock::TopicStates` (r:0 w:1)
	fn forget() -> Weight {
		// At least 7_852 ns.
		Weight::from_parts(14_782_000, 0)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(2))
	}
}
