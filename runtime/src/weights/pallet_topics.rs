//! Weights of `pallet_topics`, written by scripts/benchmark.
//!
//! Measured on 2026-11-25 on a machine with Intel(R) Xeon(R) Processor,
//! in wasm (Compiled), by 10 steps of each component and 10 repeats.

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
		// At least 82_184 ns.
		Weight::from_parts(85_211_000, 0)
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
		// At least 88_277 ns.
		Weight::from_parts(93_168_000, 0)
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
		// At least 108_089 ns.
		Weight::from_parts(111_158_000, 0)
			.saturating_add(T::DbWeight::get().reads(11))
			.saturating_add(T::DbWeight::get().writes(6))
	}
	// Storage: `Topics::Registrations` (r:1 w:1)
	fn leave() -> Weight {
		// At least 14_206 ns.
		Weight::from_parts(15_385_000, 0)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Topics::Topics` (r:1 w:1)
	// Storage: `Topics::TopicStates` (r:1 w:1)
	// Storage: `Topics::Forgetting` (r:0 w:1)
	fn retire() -> Weight {
		// At least 25_934 ns.
		Weight::from_parts(27_434_000, 0)
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
		// At least 37_871 ns.
		Weight::from_parts(40_037_000, 0)
			.saturating_add(T::DbWeight::get().reads(6))
			.saturating_add(T::DbWeight::get().writes(4))
	}
	// Storage: `Topics::Topics` (r:1 w:1)
	// Storage: `Topics::TopicStates` (r:1 w:0)
	// Storage: `Topics::SupersededParameters` (r:1 w:1)
	fn update() -> Weight {
		// At least 42_885 ns.
		Weight::from_parts(44_864_000, 0)
			.saturating_add(T::DbWeight::get().reads(3))
			.saturating_add(T::DbWeight::get().writes(2))
	}
	// Storage: `Topics::Topics` (r:1 w:1)
	fn offer() -> Weight {
		// At least 17_585 ns.
		Weight::from_parts(18_825_000, 0)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Topics::Topics` (r:1 w:1)
	// Storage: `Topics::TopicStates` (r:1 w:0)
	fn accept() -> Weight {
		// At least 22_332 ns.
		Weight::from_parts(23_914_000, 0)
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Topics::Registrations` (r:1 w:1)
	fn set_owner() -> Weight {
		// At least 13_817 ns.
		Weight::from_parts(14_916_000, 0)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Topics::Topics` (r:1 w:1)
	fn set_allow_list() -> Weight {
		// At least 18_124 ns.
		Weight::from_parts(18_991_000, 0)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Topics::Topics` (r:1 w:1)
	// Storage: `Topics::Allowed` (r:100 w:100)
	// `n` in [1, 100]
	fn allow(n: u32) -> Weight {
		// At least 26_283 ns.
		Weight::from_parts(20_022_553, 0)
			// Standard error 22_708.
			.saturating_add(Weight::from_parts(6_880_649, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().reads(1_u64.saturating_mul(n.into())))
			.saturating_add(T::DbWeight::get().writes(1))
			.saturating_add(T::DbWeight::get().writes(1_u64.saturating_mul(n.into())))
	}
	// Storage: `Topics::Topics` (r:1 w:1)
	// Storage: `Topics::Allowed` (r:100 w:100)
	// `n` in [1, 100]
	fn disallow(n: u32) -> Weight {
		// At least 24_889 ns.
		Weight::from_parts(18_325_857, 0)
			// Standard error 37_599.
			.saturating_add(Weight::from_parts(5_250_691, 0).saturating_mul(n.into()))
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
		// At least 19_440 ns.
		Weight::from_parts(20_653_000, 0).saturating_add(T::DbWeight::get().reads(4))
	}
	// Storage: `Topics::Agenda` (r:1 w:2)
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Topics::TopicStates` (r:1 w:1)
	fn turn() -> Weight {
		// At least 26_846 ns.
		Weight::from_parts(27_652_000, 0)
			.saturating_add(T::DbWeight::get().reads(3))
			.saturating_add(T::DbWeight::get().writes(3))
	}
	// Storage: `Emissions::Accruals` (r:1 w:0)
	// Storage: `Timing::Lengths` (r:1 w:0)
	// Storage: `Reputer::TopicStakes` (r:1 w:0)
	// Storage: `Parameters::Parameters` (r:1 w:0)
	fn open() -> Weight {
		// At least 36_567 ns.
		Weight::from_parts(39_122_000, 0).saturating_add(T::DbWeight::get().reads(4))
	}
	// Storage: `Emissions::Accruals` (r:1 w:0)
	// Storage: `Timing::Lengths` (r:1 w:0)
	// Storage: `Topics::Reserved` (r:1 w:1)
	fn inactivate() -> Weight {
		// At least 22_351 ns.
		Weight::from_parts(23_773_000, 0)
			.saturating_add(T::DbWeight::get().reads(3))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	fn close_workers() -> Weight {
		// At least 7_078 ns.
		Weight::from_parts(7_465_000, 0)
	}
	fn close_reputers() -> Weight {
		// At least 7_549 ns.
		Weight::from_parts(8_054_000, 0)
	}
	// Storage: `Topics::Registrations` (r:101 w:100)
	// Storage: `Topics::Allowed` (r:1 w:0)
	// Storage: `Topics::SupersededParameters` (r:0 w:1)
	// Storage: `Topics::Topics` (r:0 w:1)
	// Storage: `Topics::TopicStates` (r:0 w:1)
	// Storage: `Topics::Forgetting` (r:0 w:1)
	// `n` in [0, 100]
	fn forget(n: u32) -> Weight {
		// At least 14_267 ns.
		Weight::from_parts(15_495_532, 0)
			// Standard error 49_659.
			.saturating_add(Weight::from_parts(4_667_981, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().reads(1_u64.saturating_mul(n.into())))
			.saturating_add(T::DbWeight::get().writes(4))
			.saturating_add(T::DbWeight::get().writes(1_u64.saturating_mul(n.into())))
	}
}
