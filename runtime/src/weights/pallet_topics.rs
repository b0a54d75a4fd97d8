//! Weights of `pallet_topics`, written by scripts/benchmark.
//!
//! Measured on 2026-11-25 on a machine with Intel(R) Xeon(R) Processor,
//! in wasm (Compiled), by 20 steps of each component and 20 repeats.

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
		// At least 71_063 ns.
		Weight::from_parts(73_894_000, 0)
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
		// At least 66_029 ns.
		Weight::from_parts(72_456_000, 0)
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
		// At least 85_892 ns.
		Weight::from_parts(88_617_000, 0)
			.saturating_add(T::DbWeight::get().reads(11))
			.saturating_add(T::DbWeight::get().writes(6))
	}
	// Storage: `Topics::Registrations` (r:1 w:1)
	fn leave() -> Weight {
		// At least 11_549 ns.
		Weight::from_parts(12_143_000, 0)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Topics::Topics` (r:1 w:1)
	// Storage: `Topics::TopicStates` (r:1 w:1)
	// Storage: `Topics::Forgetting` (r:0 w:1)
	fn retire() -> Weight {
		// At least 20_597 ns.
		Weight::from_parts(22_313_000, 0)
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
		// At least 31_751 ns.
		Weight::from_parts(33_317_000, 0)
			.saturating_add(T::DbWeight::get().reads(6))
			.saturating_add(T::DbWeight::get().writes(4))
	}
	// Storage: `Topics::Topics` (r:1 w:1)
	// Storage: `Topics::TopicStates` (r:1 w:0)
	// Storage: `Topics::SupersededParameters` (r:1 w:1)
	fn update() -> Weight {
		// At least 38_990 ns.
		Weight::from_parts(40_011_000, 0)
			.saturating_add(T::DbWeight::get().reads(3))
			.saturating_add(T::DbWeight::get().writes(2))
	}
	// Storage: `Topics::Topics` (r:1 w:1)
	fn offer() -> Weight {
		// At least 14_556 ns.
		Weight::from_parts(15_928_000, 0)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Topics::Topics` (r:1 w:1)
	// Storage: `Topics::TopicStates` (r:1 w:0)
	fn accept() -> Weight {
		// At least 17_458 ns.
		Weight::from_parts(18_882_000, 0)
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Topics::Registrations` (r:1 w:1)
	fn set_owner() -> Weight {
		// At least 10_944 ns.
		Weight::from_parts(11_609_000, 0)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Topics::Topics` (r:1 w:1)
	fn set_allow_list() -> Weight {
		// At least 13_393 ns.
		Weight::from_parts(14_116_000, 0)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Topics::Topics` (r:1 w:1)
	// Storage: `Topics::Allowed` (r:100 w:100)
	// `n` in [1, 100]
	fn allow(n: u32) -> Weight {
		// At least 18_463 ns.
		Weight::from_parts(15_068_759, 0)
			// Standard error 42_977.
			.saturating_add(Weight::from_parts(5_977_230, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().reads(1_u64.saturating_mul(n.into())))
			.saturating_add(T::DbWeight::get().writes(1))
			.saturating_add(T::DbWeight::get().writes(1_u64.saturating_mul(n.into())))
	}
	// Storage: `Topics::Topics` (r:1 w:1)
	// Storage: `Topics::Allowed` (r:100 w:100)
	// `n` in [1, 100]
	fn disallow(n: u32) -> Weight {
		// At least 17_759 ns.
		Weight::from_parts(15_413_503, 0)
			// Standard error 21_342.
			.saturating_add(Weight::from_parts(4_398_722, 0).saturating_mul(n.into()))
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
		// At least 16_523 ns.
		Weight::from_parts(18_249_000, 0).saturating_add(T::DbWeight::get().reads(4))
	}
	// Storage: `Topics::Agenda` (r:1 w:2)
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Topics::TopicStates` (r:1 w:1)
	fn turn() -> Weight {
		// At least 21_069 ns.
		Weight::from_parts(21_771_000, 0)
			.saturating_add(T::DbWeight::get().reads(3))
			.saturating_add(T::DbWeight::get().writes(3))
	}
	// Storage: `Emissions::Accruals` (r:1 w:0)
	// Storage: `Timing::Lengths` (r:1 w:0)
	// Storage: `Reputer::TopicStakes` (r:1 w:0)
	// Storage: `Parameters::Parameters` (r:1 w:0)
	fn open() -> Weight {
		// At least 28_472 ns.
		Weight::from_parts(29_886_000, 0).saturating_add(T::DbWeight::get().reads(4))
	}
	// Storage: `Emissions::Accruals` (r:1 w:0)
	// Storage: `Timing::Lengths` (r:1 w:0)
	// Storage: `Topics::Reserved` (r:1 w:1)
	fn inactivate() -> Weight {
		// At least 18_755 ns.
		Weight::from_parts(19_852_000, 0)
			.saturating_add(T::DbWeight::get().reads(3))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	fn close_workers() -> Weight {
		// At least 5_467 ns.
		Weight::from_parts(5_936_000, 0)
	}
	fn close_reputers() -> Weight {
		// At least 5_672 ns.
		Weight::from_parts(5_955_000, 0)
	}
	// Storage: `Topics::Registrations` (r:101 w:100)
	// Storage: `Topics::Allowed` (r:1 w:0)
	// Storage: `Topics::SupersededParameters` (r:0 w:1)
	// Storage: `Topics::Topics` (r:0 w:1)
	// Storage: `Topics::TopicStates` (r:0 w:1)
	// Storage: `Topics::Forgetting` (r:0 w:1)
	// `n` in [0, 100]
	fn forget(n: u32) -> Weight {
		// At least 12_519 ns.
		Weight::from_parts(17_295_481, 0)
			// Standard error 15_871.
			.saturating_add(Weight::from_parts(3_933_133, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().reads(1_u64.saturating_mul(n.into())))
			.saturating_add(T::DbWeight::get().writes(4))
			.saturating_add(T::DbWeight::get().writes(1_u64.saturating_mul(n.into())))
	}
}
