//! Weights of `pallet_registry`, written by scripts/benchmark.
//!
//! Measured on 2026-11-29 on a machine with AMD EPYC,
//! in wasm (Compiled), by 10 steps of each component and 100 repeats.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Weights as measured.
pub struct Weights<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_registry::WeightInfo for Weights<T> {
	// Storage: `Timing::Lengths` (r:1 w:0)
	// Storage: `Parameters::Parameters` (r:2 w:0)
	// Storage: `System::Account` (r:1 w:1)
	// Storage: `Topics::NextTopicId` (r:1 w:1)
	// Storage: `Topics::DefaultSubsidy` (r:1 w:0)
	// Storage: `Clock::TopicStates` (r:1 w:0)
	// Storage: `Reputer::TopicStakes` (r:1 w:0)
	// Storage: `Topics::Economies` (r:0 w:1)
	// Storage: `Topics::Topics` (r:0 w:1)
	fn create() -> Weight {
		// At least 80_509 ns.
		Weight::from_parts(83_424_000, 0)
			.saturating_add(T::DbWeight::get().reads(8))
			.saturating_add(T::DbWeight::get().writes(4))
	}
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `System::Account` (r:1 w:1)
	// Storage: `Topics::Economies` (r:1 w:1)
	// Storage: `Timing::Lengths` (r:1 w:0)
	// Storage: `Clock::TopicStates` (r:1 w:1)
	// Storage: `Reputer::TopicStakes` (r:1 w:0)
	// Storage: `Emissions::Accruals` (r:1 w:1)
	// Storage: `Parameters::Parameters` (r:1 w:0)
	// Storage: `Clock::Phases` (r:1 w:1)
	// Storage: `Clock::Reserved` (r:1 w:1)
	// Storage: `Clock::Agenda` (r:0 w:1)
	fn fund() -> Weight {
		// At least 116_202 ns.
		Weight::from_parts(120_739_000, 0)
			.saturating_add(T::DbWeight::get().reads(10))
			.saturating_add(T::DbWeight::get().writes(7))
	}
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Topics::Registrations` (r:1 w:1)
	// Storage: `Topics::Allowed` (r:1 w:0)
	// Storage: `Parameters::Parameters` (r:2 w:0)
	// Storage: `System::Account` (r:1 w:1)
	// Storage: `Topics::Economies` (r:1 w:1)
	// Storage: `Timing::Lengths` (r:1 w:0)
	// Storage: `Clock::TopicStates` (r:1 w:1)
	// Storage: `Reputer::TopicStakes` (r:1 w:0)
	// Storage: `Emissions::Accruals` (r:1 w:1)
	// Storage: `Clock::Phases` (r:1 w:1)
	// Storage: `Clock::Reserved` (r:1 w:1)
	// Storage: `Clock::Agenda` (r:0 w:1)
	fn register() -> Weight {
		// At least 130_453 ns.
		Weight::from_parts(136_963_000, 0)
			.saturating_add(T::DbWeight::get().reads(13))
			.saturating_add(T::DbWeight::get().writes(8))
	}
	// Storage: `Topics::Registrations` (r:1 w:1)
	fn leave() -> Weight {
		// At least 12_278 ns.
		Weight::from_parts(12_940_000, 0)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Topics::Topics` (r:1 w:1)
	// Storage: `Topics::Announced` (r:1 w:1)
	// Storage: `Reputer::TopicStakes` (r:1 w:0)
	// Storage: `Reputer::TopicRemovals` (r:1 w:0)
	// Storage: `Timing::Lengths` (r:1 w:0)
	// Storage: `Clock::TopicStates` (r:1 w:1)
	// Storage: `Clock::Forgetting` (r:0 w:1)
	fn retire() -> Weight {
		// At least 43_625 ns.
		Weight::from_parts(45_307_000, 0)
			.saturating_add(T::DbWeight::get().reads(6))
			.saturating_add(T::DbWeight::get().writes(4))
	}
	// Storage: `Topics::Topics` (r:1 w:1)
	// Storage: `Timing::Lengths` (r:1 w:0)
	// Storage: `Topics::Announced` (r:1 w:1)
	// Storage: `Reputer::TopicStakes` (r:1 w:0)
	// Storage: `Reputer::TopicRemovals` (r:1 w:0)
	// Storage: `Clock::TopicStates` (r:1 w:1)
	// Storage: `Topics::Economies` (r:1 w:1)
	// Storage: `Clock::Reserved` (r:1 w:1)
	// Storage: `Clock::Phases` (r:1 w:1)
	// Storage: `Topics::SupersededParameters` (r:1 w:1)
	fn update() -> Weight {
		// At least 90_685 ns.
		Weight::from_parts(93_188_000, 0)
			.saturating_add(T::DbWeight::get().reads(10))
			.saturating_add(T::DbWeight::get().writes(7))
	}
	// Storage: `Topics::Topics` (r:1 w:1)
	fn offer() -> Weight {
		// At least 16_425 ns.
		Weight::from_parts(18_006_000, 0)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Topics::Topics` (r:1 w:1)
	// Storage: `System::Account` (r:2 w:2)
	// Storage: `Balances::Holds` (r:2 w:2)
	fn accept() -> Weight {
		// At least 103_944 ns.
		Weight::from_parts(108_280_000, 0)
			.saturating_add(T::DbWeight::get().reads(5))
			.saturating_add(T::DbWeight::get().writes(5))
	}
	// Storage: `Topics::Registrations` (r:1 w:1)
	fn set_owner() -> Weight {
		// At least 12_098 ns.
		Weight::from_parts(13_229_000, 0)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Reputer::TopicStakes` (r:1 w:0)
	// Storage: `Reputer::TopicRemovals` (r:1 w:0)
	// Storage: `Timing::Lengths` (r:1 w:0)
	// Storage: `Topics::Topics` (r:1 w:1)
	// Storage: `Clock::TopicStates` (r:1 w:0)
	// Storage: `Topics::Economies` (r:1 w:1)
	// Storage: `Emissions::Accruals` (r:1 w:1)
	fn set_allow_list() -> Weight {
		// At least 44_716 ns.
		Weight::from_parts(46_779_000, 0)
			.saturating_add(T::DbWeight::get().reads(7))
			.saturating_add(T::DbWeight::get().writes(3))
	}
	// Storage: `Topics::Topics` (r:1 w:1)
	// Storage: `Topics::Allowed` (r:100 w:100)
	// Storage: `System::Account` (r:1 w:1)
	// Storage: `Balances::Holds` (r:1 w:1)
	// `n` in [1, 100]
	fn allow(n: u32) -> Weight {
		// At least 67_319 ns.
		Weight::from_parts(64_304_427, 0)
			// Standard error 12_152.
			.saturating_add(Weight::from_parts(5_007_680, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(3))
			.saturating_add(T::DbWeight::get().reads(1_u64.saturating_mul(n.into())))
			.saturating_add(T::DbWeight::get().writes(3))
			.saturating_add(T::DbWeight::get().writes(1_u64.saturating_mul(n.into())))
	}
	// Storage: `Topics::Topics` (r:1 w:1)
	// Storage: `Topics::Allowed` (r:100 w:100)
	// Storage: `System::Account` (r:1 w:1)
	// Storage: `Balances::Holds` (r:1 w:1)
	// `n` in [1, 100]
	fn disallow(n: u32) -> Weight {
		// At least 60_399 ns.
		Weight::from_parts(43_259_749, 0)
			// Standard error 50_218.
			.saturating_add(Weight::from_parts(6_883_597, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(3))
			.saturating_add(T::DbWeight::get().reads(1_u64.saturating_mul(n.into())))
			.saturating_add(T::DbWeight::get().writes(3))
			.saturating_add(T::DbWeight::get().writes(1_u64.saturating_mul(n.into())))
	}
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Topics::Economies` (r:1 w:1)
	// Storage: `Emissions::Accruals` (r:1 w:1)
	fn set_subsidy() -> Weight {
		// At least 20_280 ns.
		Weight::from_parts(21_171_000, 0)
			.saturating_add(T::DbWeight::get().reads(3))
			.saturating_add(T::DbWeight::get().writes(2))
	}
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Topics::Announced` (r:1 w:1)
	fn withdraw_announcements() -> Weight {
		// At least 17_476 ns.
		Weight::from_parts(18_297_000, 0)
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Topics::SupersededParameters` (r:1 w:0)
	fn superseded_parameters() -> Weight {
		// At least 17_476 ns.
		Weight::from_parts(18_838_000, 0).saturating_add(T::DbWeight::get().reads(1))
	}
	// Storage: `Topics::Registrations` (r:1 w:0)
	// Storage: `Topics::Allowed` (r:101 w:100)
	// Storage: `Topics::Topics` (r:1 w:1)
	// Storage: `System::Account` (r:1 w:1)
	// Storage: `Balances::Holds` (r:1 w:1)
	// Storage: `Topics::SupersededParameters` (r:0 w:1)
	// Storage: `Topics::Economies` (r:0 w:1)
	// Storage: `Topics::Announced` (r:0 w:1)
	// `n` in [0, 100]
	fn forget(n: u32) -> Weight {
		// At least 44_296 ns.
		Weight::from_parts(55_846_478, 0)
			// Standard error 8_640.
			.saturating_add(Weight::from_parts(4_292_963, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(5))
			.saturating_add(T::DbWeight::get().reads(1_u64.saturating_mul(n.into())))
			.saturating_add(T::DbWeight::get().writes(6))
			.saturating_add(T::DbWeight::get().writes(1_u64.saturating_mul(n.into())))
	}
}
