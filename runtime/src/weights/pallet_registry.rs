//! Weights of `pallet_registry`, written by scripts/benchmark.
//!
//! Measured on 2026-11-28 on a machine with AMD EPYC,
//! in wasm (Compiled), by 10 steps of each component and 100 repeats.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Weights as measured.
pub struct Weights<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_registry::WeightInfo for Weights<T> {
	// Storage: `Timing::Lengths` (r:1 w:0)
	// Storage: `Parameters::Parameters` (r:2 w:0)
	// Storage: `System::Account` (r:2 w:2)
	// Storage: `Topics::NextTopicId` (r:1 w:1)
	// Storage: `Topics::DefaultSubsidy` (r:1 w:0)
	// Storage: `Clock::TopicStates` (r:1 w:0)
	// Storage: `Reputer::TopicStakes` (r:1 w:0)
	// Storage: `Topics::Economies` (r:0 w:1)
	// Storage: `Topics::Topics` (r:0 w:1)
	fn create() -> Weight {
		// At least 78_937 ns.
		Weight::from_parts(80_729_000, 0)
			.saturating_add(T::DbWeight::get().reads(9))
			.saturating_add(T::DbWeight::get().writes(5))
	}
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `System::Account` (r:2 w:2)
	// Storage: `Topics::Economies` (r:1 w:1)
	// Storage: `Clock::TopicStates` (r:1 w:1)
	// Storage: `Timing::Lengths` (r:1 w:0)
	// Storage: `Reputer::TopicStakes` (r:1 w:0)
	// Storage: `Parameters::Parameters` (r:1 w:0)
	// Storage: `Clock::Phases` (r:1 w:1)
	// Storage: `Clock::Reserved` (r:1 w:1)
	// Storage: `Clock::Agenda` (r:0 w:1)
	fn fund() -> Weight {
		// At least 88_762 ns.
		Weight::from_parts(92_567_000, 0)
			.saturating_add(T::DbWeight::get().reads(10))
			.saturating_add(T::DbWeight::get().writes(7))
	}
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Topics::Registrations` (r:1 w:1)
	// Storage: `Topics::Allowed` (r:1 w:0)
	// Storage: `Parameters::Parameters` (r:2 w:0)
	// Storage: `System::Account` (r:2 w:2)
	// Storage: `Topics::Economies` (r:1 w:1)
	// Storage: `Clock::TopicStates` (r:1 w:1)
	// Storage: `Timing::Lengths` (r:1 w:0)
	// Storage: `Reputer::TopicStakes` (r:1 w:0)
	// Storage: `Clock::Phases` (r:1 w:1)
	// Storage: `Clock::Reserved` (r:1 w:1)
	// Storage: `Clock::Agenda` (r:0 w:1)
	fn register() -> Weight {
		// At least 101_090 ns.
		Weight::from_parts(105_417_000, 0)
			.saturating_add(T::DbWeight::get().reads(13))
			.saturating_add(T::DbWeight::get().writes(8))
	}
	// Storage: `Topics::Registrations` (r:1 w:1)
	fn leave() -> Weight {
		// At least 9_945 ns.
		Weight::from_parts(10_615_000, 0)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Topics::Topics` (r:1 w:1)
	// Storage: `Clock::TopicStates` (r:1 w:1)
	// Storage: `Clock::Forgetting` (r:0 w:1)
	// Storage: `Topics::Announced` (r:1 w:1)
	// Storage: `Reputer::TopicStakes` (r:1 w:0)
	// Storage: `Reputer::TopicRemovals` (r:1 w:0)
	// Storage: `Timing::Lengths` (r:1 w:0)
	fn retire() -> Weight {
		// At least 26_279 ns.
		Weight::from_parts(50_400_000, 0)
			.saturating_add(T::DbWeight::get().reads(6))
			.saturating_add(T::DbWeight::get().writes(4))
	}
	// Storage: `Topics::Topics` (r:1 w:1)
	// Storage: `Timing::Lengths` (r:1 w:0)
	// Storage: `Clock::TopicStates` (r:1 w:1)
	// Storage: `Clock::Reserved` (r:1 w:1)
	// Storage: `Clock::Phases` (r:1 w:1)
	// Storage: `Topics::SupersededParameters` (r:1 w:1)
	// Storage: `Topics::Announced` (r:1 w:1)
	// Storage: `Reputer::TopicStakes` (r:1 w:0)
	// Storage: `Reputer::TopicRemovals` (r:1 w:0)
	// Storage: `Topics::Economies` (r:1 w:1)
	fn update() -> Weight {
		// Measured before a change paid rent, at least 61_982 ns; the rest is an estimate.
		Weight::from_parts(107_345_000, 0)
			.saturating_add(T::DbWeight::get().reads(10))
			.saturating_add(T::DbWeight::get().writes(7))
	}
	// Storage: `Topics::Topics` (r:1 w:1)
	fn offer() -> Weight {
		// At least 14_281 ns.
		Weight::from_parts(15_032_000, 0)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Topics::Topics` (r:1 w:1)
	// Storage: `System::Account` (r:2 w:2)
	// Storage: `Balances::Holds` (r:2 w:2)
	fn accept() -> Weight {
		// Measured before it moved deposits, at least 14_321 ns; the rest is an estimate.
		Weight::from_parts(95_013_000, 0)
			.saturating_add(T::DbWeight::get().reads(5))
			.saturating_add(T::DbWeight::get().writes(5))
	}
	// Storage: `Topics::Registrations` (r:1 w:1)
	fn set_owner() -> Weight {
		// At least 9_995 ns.
		Weight::from_parts(10_626_000, 0)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Counted by hand.
	// Storage: `Topics::Topics` (r:1 w:1)
	// Storage: `Topics::Economies` (r:1 w:1)
	// Storage: `Clock::TopicStates` (r:1 w:0)
	// Storage: `Emissions::Accruals` (r:1 w:1)
	// Storage: `Emissions::CurrentDistribution` (r:1 w:1)
	// Storage: `Reputer::TopicStakes` (r:1 w:0)
	// Storage: `Reputer::TopicRemovals` (r:1 w:0)
	// Storage: `Timing::Lengths` (r:1 w:0)
	fn set_allow_list() -> Weight {
		Weight::from_parts(63_000_000, 0)
			.saturating_add(T::DbWeight::get().reads(8))
			.saturating_add(T::DbWeight::get().writes(4))
	}
	// Storage: `Topics::Topics` (r:1 w:1)
	// Storage: `Topics::Allowed` (r:100 w:100)
	// Storage: `System::Account` (r:1 w:1)
	// Storage: `Balances::Holds` (r:1 w:1)
	// `n` in [1, 100]
	fn allow(n: u32) -> Weight {
		// At least 20_861 ns.
		Weight::from_parts(61_371_000, 0)
			// Standard error 31_142.
			.saturating_add(Weight::from_parts(9_460_563, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(3))
			.saturating_add(T::DbWeight::get().reads(1_u64.saturating_mul(n.into())))
			.saturating_add(T::DbWeight::get().writes(3))
			.saturating_add(T::DbWeight::get().writes(1_u64.saturating_mul(n.into())))
	}
	// Storage: `Topics::Topics` (r:1 w:1)
	// Storage: `Reputer::TopicStakes` (r:1 w:0)
	// Storage: `Reputer::TopicRemovals` (r:1 w:0)
	// Storage: `Timing::Lengths` (r:1 w:0)
	// Storage: `Topics::Allowed` (r:100 w:100)
	// Storage: `System::Account` (r:1 w:1)
	// Storage: `Balances::Holds` (r:1 w:1)
	// `n` in [1, 100]
	fn disallow(n: u32) -> Weight {
		// Measured when each deposit returned on its own, at least 19_178 ns.
		Weight::from_parts(36_615_326, 0)
			// Standard error 74_624.
			.saturating_add(Weight::from_parts(34_908_616, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(6))
			.saturating_add(T::DbWeight::get().reads(1_u64.saturating_mul(n.into())))
			.saturating_add(T::DbWeight::get().writes(3))
			.saturating_add(T::DbWeight::get().writes(1_u64.saturating_mul(n.into())))
	}
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Topics::Announced` (r:1 w:1)
	fn withdraw_announcements() -> Weight {
		Weight::from_parts(20_000_000, 0)
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Counted by hand.
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Topics::Economies` (r:1 w:1)
	// Storage: `Emissions::Accruals` (r:1 w:1)
	// Storage: `Emissions::CurrentDistribution` (r:1 w:1)
	fn set_subsidy() -> Weight {
		Weight::from_parts(40_000_000, 0)
			.saturating_add(T::DbWeight::get().reads(4))
			.saturating_add(T::DbWeight::get().writes(3))
	}
	// Storage: `Topics::SupersededParameters` (r:1 w:0)
	fn superseded_parameters() -> Weight {
		// At least 16_995 ns.
		Weight::from_parts(17_606_000, 0).saturating_add(T::DbWeight::get().reads(1))
	}
	// Storage: `Topics::Registrations` (r:101 w:100)
	// Storage: `Topics::Allowed` (r:1 w:0)
	// Storage: `Topics::SupersededParameters` (r:0 w:1)
	// Storage: `Topics::Economies` (r:0 w:1)
	// Storage: `Topics::Topics` (r:1 w:1)
	// Storage: `Topics::Announced` (r:0 w:1)
	// Storage: `System::Account` (r:1 w:1)
	// Storage: `Balances::Holds` (r:1 w:1)
	// `n` in [0, 100]
	fn forget(n: u32) -> Weight {
		// Measured when each deposit returned on its own, at least 10_485 ns; 40 us are an estimate.
		Weight::from_parts(46_313_284, 0)
			// Standard error 6_600.
			.saturating_add(Weight::from_parts(34_773_317, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(5))
			.saturating_add(T::DbWeight::get().reads(1_u64.saturating_mul(n.into())))
			.saturating_add(T::DbWeight::get().writes(6))
			.saturating_add(T::DbWeight::get().writes(1_u64.saturating_mul(n.into())))
	}
}
