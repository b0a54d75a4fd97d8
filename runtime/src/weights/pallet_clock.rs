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
		// At least 54_962 ns.
		Weight::from_parts(56_404_000, 0)
			.saturating_add(T::DbWeight::get().reads(8))
			.saturating_add(T::DbWeight::get().writes(6))
	}
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Clock::TopicStates` (r:1 w:1)
	// Storage: `Emissions::Accruals` (r:1 w:0)
	// Storage: `Topics::Economies` (r:1 w:1)
	// Storage: `Timing::Lengths` (r:1 w:0)
	fn force_inactivate() -> Weight {
		// At least 33_540 ns.
		Weight::from_parts(35_382_000, 0)
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
		// At least 53_940 ns.
		Weight::from_parts(57_084_000, 0)
			.saturating_add(T::DbWeight::get().reads(8))
			.saturating_add(T::DbWeight::get().writes(5))
	}
	// Storage: `Clock::Reserved` (r:1 w:0)
	// Storage: `Clock::Agenda` (r:30 w:0)
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Clock::TopicStates` (r:1 w:0)
	// Storage: `Clock::Forgetting` (r:1 w:0)
	// Storage: `Clock::Used` (r:0 w:1)
	// `c` in [1, 30]
	fn poll(c: u32) -> Weight {
		// At least 25_207 ns.
		Weight::from_parts(21_487_457, 0)
			// Standard error 6_508.
			.saturating_add(Weight::from_parts(4_052_195, 0).saturating_mul(c.into()))
			.saturating_add(T::DbWeight::get().reads(4))
			.saturating_add(T::DbWeight::get().reads(1_u64.saturating_mul(c.into())))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Clock::TopicStates` (r:1 w:1)
	// Storage: `Clock::Agenda` (r:1 w:2)
	fn turn() -> Weight {
		// At least 27_130 ns.
		Weight::from_parts(28_212_000, 0)
			.saturating_add(T::DbWeight::get().reads(3))
			.saturating_add(T::DbWeight::get().writes(3))
	}
	// Storage: `Clock::Reserved` (r:1 w:1)
	// Storage: `Timing::Lengths` (r:1 w:0)
	// Storage: `Clock::Phases` (r:1 w:1)
	// Storage: `Clock::Forgetting` (r:0 w:1)
	fn release() -> Weight {
		// At least 13_951 ns.
		Weight::from_parts(14_601_000, 0)
			.saturating_add(T::DbWeight::get().reads(3))
			.saturating_add(T::DbWeight::get().writes(3))
	}
	// Storage: `Emissions::Accruals` (r:1 w:1)
	// Storage: `Timing::Lengths` (r:1 w:0)
	// Storage: `Parameters::Parameters` (r:1 w:0)
	// Storage: `Topics::Economies` (r:1 w:1)
	// Storage: `Reputer::TopicStakes` (r:1 w:0)
	fn open() -> Weight {
		// At least 40_240 ns.
		Weight::from_parts(41_682_000, 0)
			.saturating_add(T::DbWeight::get().reads(5))
			.saturating_add(T::DbWeight::get().writes(2))
	}
	// Storage: `Emissions::Accruals` (r:1 w:0)
	// Storage: `Topics::Economies` (r:1 w:1)
	// Storage: `Timing::Lengths` (r:1 w:0)
	fn inactivate() -> Weight {
		// At least 21_351 ns.
		Weight::from_parts(22_343_000, 0)
			.saturating_add(T::DbWeight::get().reads(3))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	fn skip() -> Weight {
		// At least 6_179 ns.
		Weight::from_parts(6_550_000, 0)
	}
	fn close_workers() -> Weight {
		// At least 5_338 ns.
		Weight::from_parts(5_688_000, 0)
	}
	fn close_reputers() -> Weight {
		// At least 5_398 ns.
		Weight::from_parts(5_699_000, 0)
	}
	// Storage: `Clock::Forgetting` (r:1 w:1)
	// Storage: `Clock::TopicStates` (r:0 w:1)
	fn forget() -> Weight {
		// At least 7_892 ns.
		Weight::from_parts(8_402_000, 0)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(2))
	}
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Clock::TopicStates` (r:1 w:1)
	// Storage: `Timing::Lengths` (r:1 w:0)
	// `e` in [1, 80]
	fn prune(e: u32) -> Weight {
		// Not measured yet: a turn of the clock, which reads and writes the same and the agenda; and the event of each epoch.
		Weight::from_parts(28_212_000, 0)
			.saturating_add(Weight::from_parts(2_000_000, 0).saturating_mul(e.into()))
			.saturating_add(T::DbWeight::get().reads(3))
			.saturating_add(T::DbWeight::get().writes(1))
	}
}
