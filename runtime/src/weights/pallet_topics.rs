//! Weights of `pallet_topics`, written by scripts/benchmark.
//!
//! Measured on 2026-11-25 on a machine with Intel(R) Xeon(R) Processor,
//! in wasm (Compiled), by 10 steps of each component and 100 repeats.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Weights as measured.
pub struct Weights<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_topics::WeightInfo for Weights<T> {
	// Storage: `Parameters::Parameters` (r:2 w:0)
	// Storage: `System::Account` (r:2 w:2)
	// Storage: `Topics::NextTopicId` (r:1 w:1)
	// Storage: `Timing::Lengths` (r:1 w:0)
	// Storage: `Reputer::TopicStakes` (r:1 w:0)
	// Storage: `Topics::Topics` (r:0 w:1)
	// Storage: `Topics::TopicStates` (r:0 w:1)
	fn create() -> Weight {
		// At least 59_640 ns.
		Weight::from_parts(63_409_000, 0)
			.saturating_add(T::DbWeight::get().reads(7))
			.saturating_add(T::DbWeight::get().writes(5))
	}
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Topics::TopicStates` (r:1 w:1)
	// Storage: `System::Account` (r:2 w:2)
	// Storage: `Timing::Lengths` (r:1 w:0)
	// Storage: `Reputer::TopicStakes` (r:1 w:0)
	// Storage: `Parameters::Parameters` (r:1 w:0)
	// Storage: `Topics::Reserved` (r:1 w:1)
	// Storage: `Topics::Agenda` (r:0 w:1)
	fn fund() -> Weight {
		// At least 66_619 ns.
		Weight::from_parts(69_872_000, 0)
			.saturating_add(T::DbWeight::get().reads(8))
			.saturating_add(T::DbWeight::get().writes(5))
	}
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Topics::TopicStates` (r:1 w:1)
	// Storage: `Topics::Registrations` (r:1 w:1)
	// Storage: `Topics::Allowed` (r:1 w:0)
	// Storage: `Parameters::Parameters` (r:2 w:0)
	// Storage: `System::Account` (r:2 w:2)
	// Storage: `Timing::Lengths` (r:1 w:0)
	// Storage: `Reputer::TopicStakes` (r:1 w:0)
	// Storage: `Topics::Reserved` (r:1 w:1)
	// Storage: `Topics::Agenda` (r:0 w:1)
	fn register() -> Weight {
		// At least 80_676 ns.
		Weight::from_parts(89_297_000, 0)
			.saturating_add(T::DbWeight::get().reads(11))
			.saturating_add(T::DbWeight::get().writes(6))
	}
	// Storage: `Topics::Registrations` (r:1 w:1)
	fn leave() -> Weight {
		// At least 9_612 ns.
		Weight::from_parts(11_090_000, 0)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Topics::Topics` (r:1 w:1)
	// Storage: `Topics::TopicStates` (r:1 w:1)
	// Storage: `Topics::Forgetting` (r:0 w:1)
	fn retire() -> Weight {
		// At least 18_987 ns.
		Weight::from_parts(20_158_000, 0)
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().writes(3))
	}
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Topics::TopicStates` (r:1 w:1)
	// Storage: `Timing::Lengths` (r:1 w:0)
	// Storage: `Reputer::TopicStakes` (r:1 w:0)
	// Storage: `Parameters::Parameters` (r:1 w:0)
	// Storage: `Topics::Reserved` (r:1 w:1)
	// Storage: `Topics::Agenda` (r:0 w:2)
	fn activate() -> Weight {
		// At least 27_093 ns.
		Weight::from_parts(28_908_000, 0)
			.saturating_add(T::DbWeight::get().reads(6))
			.saturating_add(T::DbWeight::get().writes(4))
	}
	// Storage: `Topics::Topics` (r:1 w:1)
	// Storage: `Topics::TopicStates` (r:1 w:0)
	// Storage: `Topics::SupersededParameters` (r:1 w:1)
	// Storage: `Timing::Lengths` (r:1 w:0)
	fn update() -> Weight {
		// At least 32_801 ns.
		Weight::from_parts(35_821_000, 0)
			.saturating_add(T::DbWeight::get().reads(4))
			.saturating_add(T::DbWeight::get().writes(2))
	}
	// Storage: `Topics::Topics` (r:1 w:1)
	fn offer() -> Weight {
		// At least 13_065 ns.
		Weight::from_parts(14_549_000, 0)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Topics::Topics` (r:1 w:1)
	// Storage: `Topics::TopicStates` (r:1 w:0)
	fn accept() -> Weight {
		// At least 16_282 ns.
		Weight::from_parts(18_116_000, 0)
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Topics::Registrations` (r:1 w:1)
	fn set_owner() -> Weight {
		// At least 9_484 ns.
		Weight::from_parts(10_052_000, 0)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Topics::Topics` (r:1 w:1)
	fn set_allow_list() -> Weight {
		// At least 12_776 ns.
		Weight::from_parts(13_613_000, 0)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Topics::Topics` (r:1 w:1)
	// Storage: `Topics::Allowed` (r:100 w:100)
	// `n` in [1, 100]
	fn allow(n: u32) -> Weight {
		// At least 19_954 ns.
		Weight::from_parts(15_669_803, 0)
			// Standard error 15_873.
			.saturating_add(Weight::from_parts(5_442_213, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().reads(1_u64.saturating_mul(n.into())))
			.saturating_add(T::DbWeight::get().writes(1))
			.saturating_add(T::DbWeight::get().writes(1_u64.saturating_mul(n.into())))
	}
	// Storage: `Topics::Topics` (r:1 w:1)
	// Storage: `Topics::Allowed` (r:100 w:100)
	// `n` in [1, 100]
	fn disallow(n: u32) -> Weight {
		// At least 19_048 ns.
		Weight::from_parts(14_071_553, 0)
			// Standard error 14_400.
			.saturating_add(Weight::from_parts(4_129_491, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().reads(1_u64.saturating_mul(n.into())))
			.saturating_add(T::DbWeight::get().writes(1))
			.saturating_add(T::DbWeight::get().writes(1_u64.saturating_mul(n.into())))
	}
	// Storage: `Topics::Agenda` (r:1 w:0)
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Topics::TopicStates` (r:1 w:0)
	// Storage: `Topics::Forgetting` (r:1 w:0)
	fn poll() -> Weight {
		// At least 14_519 ns.
		Weight::from_parts(15_743_000, 0).saturating_add(T::DbWeight::get().reads(4))
	}
	// Storage: `Topics::Agenda` (r:1 w:2)
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Topics::TopicStates` (r:1 w:1)
	fn turn() -> Weight {
		// At least 19_038 ns.
		Weight::from_parts(19_815_000, 0)
			.saturating_add(T::DbWeight::get().reads(3))
			.saturating_add(T::DbWeight::get().writes(3))
	}
	// Storage: `Emissions::Accruals` (r:1 w:0)
	// Storage: `Timing::Lengths` (r:1 w:0)
	// Storage: `Reputer::TopicStakes` (r:1 w:0)
	// Storage: `Parameters::Parameters` (r:1 w:0)
	fn open() -> Weight {
		// At least 24_701 ns.
		Weight::from_parts(26_574_000, 0).saturating_add(T::DbWeight::get().reads(4))
	}
	// Storage: `Emissions::Accruals` (r:1 w:0)
	// Storage: `Timing::Lengths` (r:1 w:0)
	// Storage: `Topics::Reserved` (r:1 w:1)
	fn inactivate() -> Weight {
		// At least 15_092 ns.
		Weight::from_parts(15_999_000, 0)
			.saturating_add(T::DbWeight::get().reads(3))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Timing::Lengths` (r:1 w:0)
	fn skip() -> Weight {
		// Estimated by its neighbours: what going on to another state takes, and a power.
		Weight::from_parts(8_000_000, 0).saturating_add(T::DbWeight::get().reads(1))
	}
	fn close_workers() -> Weight {
		// At least 4_689 ns.
		Weight::from_parts(5_436_000, 0)
	}
	fn close_reputers() -> Weight {
		// At least 4_736 ns.
		Weight::from_parts(5_137_000, 0)
	}
	// Storage: `Topics::Registrations` (r:101 w:100)
	// Storage: `Topics::Allowed` (r:1 w:0)
	// Storage: `Topics::SupersededParameters` (r:0 w:1)
	// Storage: `Topics::Topics` (r:0 w:1)
	// Storage: `Topics::TopicStates` (r:0 w:1)
	// Storage: `Topics::Forgetting` (r:0 w:1)
	// `n` in [0, 100]
	fn forget(n: u32) -> Weight {
		// At least 9_801 ns.
		Weight::from_parts(4_957_977, 0)
			// Standard error 13_919.
			.saturating_add(Weight::from_parts(4_038_131, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().reads(1_u64.saturating_mul(n.into())))
			.saturating_add(T::DbWeight::get().writes(4))
			.saturating_add(T::DbWeight::get().writes(1_u64.saturating_mul(n.into())))
	}
}
