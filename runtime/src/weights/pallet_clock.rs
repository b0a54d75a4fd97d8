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
	// Storage: `Topics::Economies` (r:1 w:1)
	// Storage: `Timing::Lengths` (r:1 w:0)
	// Storage: `Reputer::TopicStakes` (r:1 w:0)
	// Storage: `Parameters::Parameters` (r:1 w:0)
	// Storage: `Clock::Phases` (r:1 w:1)
	// Storage: `Clock::Reserved` (r:1 w:1)
	// Storage: `Clock::Agenda` (r:0 w:2)
	fn activate() -> Weight {
		// At least 42_523 ns.
		Weight::from_parts(44_375_000, 0)
			.saturating_add(T::DbWeight::get().reads(8))
			.saturating_add(T::DbWeight::get().writes(6))
	}
	// Counted by hand.
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Clock::TopicStates` (r:1 w:1)
	// Storage: `Emissions::Accruals` (r:1 w:1)
	// Storage: `Emissions::CurrentDistribution` (r:1 w:1)
	// Storage: `System::Account` (r:2 w:2)
	// Storage: `Emissions::LedgerTotals` (r:1 w:1)
	// Storage: `Topics::Economies` (r:1 w:1)
	// Storage: `Timing::Lengths` (r:1 w:0)
	// Storage: `Clock::Reserved` (r:1 w:1)
	// Storage: `Clock::Phases` (r:1 w:1)
	// Storage: `Clock::Agenda` (r:0 w:1)
	// Storage: `Clock::Forgetting` (r:0 w:1)
	fn force_inactivate() -> Weight {
		Weight::from_parts(120_000_000, 0)
			.saturating_add(T::DbWeight::get().reads(11))
			.saturating_add(T::DbWeight::get().writes(11))
	}
	// Counted by hand.
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Clock::TopicStates` (r:1 w:1)
	// Storage: `Topics::Economies` (r:1 w:1)
	// Storage: `Timing::Lengths` (r:1 w:0)
	// Storage: `Reputer::TopicStakes` (r:1 w:0)
	// Storage: `Parameters::Parameters` (r:1 w:0)
	// Storage: `Clock::Phases` (r:1 w:1)
	// Storage: `Clock::Reserved` (r:1 w:1)
	// Storage: `Clock::Agenda` (r:0 w:2)
	fn lift() -> Weight {
		Weight::from_parts(60_000_000, 0)
			.saturating_add(T::DbWeight::get().reads(8))
			.saturating_add(T::DbWeight::get().writes(6))
	}
	// Storage: `Clock::Reserved` (r:1 w:0)
	// Storage: `Clock::Agenda` (r:30 w:0)
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Clock::TopicStates` (r:1 w:0)
	// Storage: `Clock::Forgetting` (r:1 w:0)
	// `c` in [1, 30]
	fn poll(c: u32) -> Weight {
		// At least 21_492 ns.
		Weight::from_parts(36_244_450, 0)
			// Standard error 75_251.
			.saturating_add(Weight::from_parts(4_910_205, 0).saturating_mul(c.into()))
			.saturating_add(T::DbWeight::get().reads(4))
			.saturating_add(T::DbWeight::get().reads(1_u64.saturating_mul(c.into())))
	}
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Clock::TopicStates` (r:1 w:1)
	// Storage: `Clock::Agenda` (r:1 w:2)
	fn turn() -> Weight {
		// At least 24_256 ns.
		Weight::from_parts(25_217_000, 0)
			.saturating_add(T::DbWeight::get().reads(3))
			.saturating_add(T::DbWeight::get().writes(3))
	}
	// Storage: `Clock::Reserved` (r:1 w:1)
	// Storage: `Clock::Phases` (r:1 w:1)
	// Storage: `Timing::Lengths` (r:1 w:0)
	// Storage: `Clock::Forgetting` (r:0 w:1)
	fn release() -> Weight {
		// At least 8_553 ns.
		Weight::from_parts(9_003_000, 0)
			.saturating_add(T::DbWeight::get().reads(3))
			.saturating_add(T::DbWeight::get().writes(3))
	}
	// Storage: `Emissions::Accruals` (r:1 w:1)
	// Storage: `Timing::Lengths` (r:1 w:0)
	// Storage: `Topics::Economies` (r:1 w:1)
	// Storage: `Reputer::TopicStakes` (r:1 w:0)
	// Storage: `Emissions::CurrentDistribution` (r:1 w:1)
	// Storage: `Parameters::Parameters` (r:1 w:0)
	fn open() -> Weight {
		// At least 36_243 ns.
		Weight::from_parts(37_986_000, 0)
			.saturating_add(T::DbWeight::get().reads(6))
			.saturating_add(T::DbWeight::get().writes(3))
	}
	// Storage: `Emissions::Accruals` (r:1 w:0)
	// Storage: `Timing::Lengths` (r:1 w:0)
	// Storage: `Topics::Economies` (r:1 w:1)
	fn inactivate() -> Weight {
		// At least 22_874 ns.
		Weight::from_parts(23_896_000, 0)
			.saturating_add(T::DbWeight::get().reads(3))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Timing::Lengths` (r:1 w:0)
	// Storage: `Topics::Economies` (r:1 w:1)
	fn skip() -> Weight {
		// At least 13_440 ns.
		Weight::from_parts(14_051_000, 0)
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	fn close_workers() -> Weight {
		// At least 5_198 ns.
		Weight::from_parts(5_548_000, 0)
	}
	fn close_reputers() -> Weight {
		// At least 5_208 ns.
		Weight::from_parts(5_508_000, 0)
	}
	// Storage: `Clock::Forgetting` (r:1 w:1)
	// Storage: `Clock::TopicStates` (r:0 w:1)
	fn forget() -> Weight {
		// At least 7_612 ns.
		Weight::from_parts(8_202_000, 0)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(2))
	}
}
