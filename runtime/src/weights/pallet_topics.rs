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
		// At least 66_915 ns.
		Weight::from_parts(70_605_000, 0)
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
		// At least 73_154 ns.
		Weight::from_parts(78_532_000, 0)
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
		// At least 87_985 ns.
		Weight::from_parts(92_492_000, 0)
			.saturating_add(T::DbWeight::get().reads(11))
			.saturating_add(T::DbWeight::get().writes(6))
	}
	// Storage: `Topics::Registrations` (r:1 w:1)
	fn leave() -> Weight {
		// At least 10_741 ns.
		Weight::from_parts(11_691_000, 0)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Topics::Topics` (r:1 w:1)
	// Storage: `Topics::TopicStates` (r:1 w:1)
	// Storage: `Topics::Forgetting` (r:0 w:1)
	fn retire() -> Weight {
		// At least 20_976 ns.
		Weight::from_parts(22_404_000, 0)
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
		// At least 30_087 ns.
		Weight::from_parts(31_808_000, 0)
			.saturating_add(T::DbWeight::get().reads(6))
			.saturating_add(T::DbWeight::get().writes(4))
	}
	// Storage: `Topics::Topics` (r:1 w:1)
	// Storage: `Topics::TopicStates` (r:1 w:0)
	// Storage: `Topics::SupersededParameters` (r:1 w:1)
	fn update() -> Weight {
		// At least 37_280 ns.
		Weight::from_parts(39_657_000, 0)
			.saturating_add(T::DbWeight::get().reads(3))
			.saturating_add(T::DbWeight::get().writes(2))
	}
	// Storage: `Topics::Topics` (r:1 w:1)
	fn offer() -> Weight {
		// At least 14_405 ns.
		Weight::from_parts(15_329_000, 0)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Topics::Topics` (r:1 w:1)
	// Storage: `Topics::TopicStates` (r:1 w:0)
	fn accept() -> Weight {
		// At least 17_507 ns.
		Weight::from_parts(18_907_000, 0)
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Topics::Registrations` (r:1 w:1)
	fn set_owner() -> Weight {
		// At least 10_948 ns.
		Weight::from_parts(11_650_000, 0)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Topics::Topics` (r:1 w:1)
	fn set_allow_list() -> Weight {
		// At least 14_266 ns.
		Weight::from_parts(15_360_000, 0)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Topics::Topics` (r:1 w:1)
	// Storage: `Topics::Allowed` (r:100 w:100)
	// `n` in [1, 100]
	fn allow(n: u32) -> Weight {
		// At least 21_591 ns.
		Weight::from_parts(13_123_003, 0)
			// Standard error 8_207.
			.saturating_add(Weight::from_parts(6_440_697, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().reads(1_u64.saturating_mul(n.into())))
			.saturating_add(T::DbWeight::get().writes(1))
			.saturating_add(T::DbWeight::get().writes(1_u64.saturating_mul(n.into())))
	}
	// Storage: `Topics::Topics` (r:1 w:1)
	// Storage: `Topics::Allowed` (r:100 w:100)
	// `n` in [1, 100]
	fn disallow(n: u32) -> Weight {
		// At least 19_672 ns.
		Weight::from_parts(15_818_444, 0)
			// Standard error 5_804.
			.saturating_add(Weight::from_parts(4_710_598, 0).saturating_mul(n.into()))
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
		// At least 16_342 ns.
		Weight::from_parts(17_821_000, 0).saturating_add(T::DbWeight::get().reads(4))
	}
	// Storage: `Topics::Agenda` (r:1 w:2)
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Topics::TopicStates` (r:1 w:1)
	fn turn() -> Weight {
		// At least 22_072 ns.
		Weight::from_parts(24_485_000, 0)
			.saturating_add(T::DbWeight::get().reads(3))
			.saturating_add(T::DbWeight::get().writes(3))
	}
	// Storage: `Emissions::Accruals` (r:1 w:0)
	// Storage: `Timing::Lengths` (r:1 w:0)
	// Storage: `Reputer::TopicStakes` (r:1 w:0)
	// Storage: `Parameters::Parameters` (r:1 w:0)
	fn open() -> Weight {
		// At least 29_845 ns.
		Weight::from_parts(32_312_000, 0).saturating_add(T::DbWeight::get().reads(4))
	}
	// Storage: `Emissions::Accruals` (r:1 w:0)
	// Storage: `Timing::Lengths` (r:1 w:0)
	// Storage: `Topics::Reserved` (r:1 w:1)
	fn inactivate() -> Weight {
		// At least 18_423 ns.
		Weight::from_parts(19_434_000, 0)
			.saturating_add(T::DbWeight::get().reads(3))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	fn close_workers() -> Weight {
		// At least 5_401 ns.
		Weight::from_parts(5_991_000, 0)
	}
	fn close_reputers() -> Weight {
		// At least 5_344 ns.
		Weight::from_parts(5_836_000, 0)
	}
	// Storage: `Topics::Registrations` (r:101 w:100)
	// Storage: `Topics::Allowed` (r:1 w:0)
	// Storage: `Topics::SupersededParameters` (r:0 w:1)
	// Storage: `Topics::Topics` (r:0 w:1)
	// Storage: `Topics::TopicStates` (r:0 w:1)
	// Storage: `Topics::Forgetting` (r:0 w:1)
	// `n` in [0, 100]
	fn forget(n: u32) -> Weight {
		// At least 12_222 ns.
		Weight::from_parts(10_697_796, 0)
			// Standard error 8_916.
			.saturating_add(Weight::from_parts(4_234_744, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().reads(1_u64.saturating_mul(n.into())))
			.saturating_add(T::DbWeight::get().writes(4))
			.saturating_add(T::DbWeight::get().writes(1_u64.saturating_mul(n.into())))
	}
}
