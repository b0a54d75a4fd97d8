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
	// Storage: `Clock::TopicStates` (r:1 w:0)
	// Storage: `Reputer::TopicStakes` (r:1 w:0)
	// Storage: `Topics::Economies` (r:0 w:1)
	// Storage: `Topics::Topics` (r:0 w:1)
	fn create() -> Weight {
		// At least 79_478 ns.
		Weight::from_parts(119_878_000, 0)
			.saturating_add(T::DbWeight::get().reads(8))
			.saturating_add(T::DbWeight::get().writes(5))
	}
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `System::Account` (r:2 w:2)
	// Storage: `Topics::Economies` (r:1 w:1)
	// Storage: `Clock::TopicStates` (r:1 w:1)
	// Storage: `Timing::Lengths` (r:1 w:0)
	// Storage: `Reputer::TopicStakes` (r:1 w:0)
	// Storage: `Parameters::Parameters` (r:1 w:0)
	// Storage: `Clock::Reserved` (r:1 w:1)
	// Storage: `Clock::Phases` (r:1 w:1)
	// Storage: `Clock::Agenda` (r:0 w:1)
	fn fund() -> Weight {
		// At least 118_737 ns.
		Weight::from_parts(140_168_000, 0)
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
	// Storage: `Clock::Reserved` (r:1 w:1)
	// Storage: `Clock::Phases` (r:1 w:1)
	// Storage: `Clock::Agenda` (r:0 w:1)
	fn register() -> Weight {
		// At least 139_166 ns.
		Weight::from_parts(160_498_000, 0)
			.saturating_add(T::DbWeight::get().reads(13))
			.saturating_add(T::DbWeight::get().writes(8))
	}
	// Storage: `Topics::Registrations` (r:1 w:1)
	fn leave() -> Weight {
		// At least 14_782 ns.
		Weight::from_parts(17_707_000, 0)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Topics::Topics` (r:1 w:1)
	// Storage: `Clock::TopicStates` (r:1 w:1)
	// Storage: `Clock::Forgetting` (r:0 w:1)
	fn retire() -> Weight {
		// At least 37_856 ns.
		Weight::from_parts(41_161_000, 0)
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().writes(3))
	}
	// Storage: `Topics::Topics` (r:1 w:1)
	// Storage: `Timing::Lengths` (r:1 w:0)
	// Storage: `Clock::TopicStates` (r:1 w:0)
	// Storage: `Topics::SupersededParameters` (r:1 w:1)
	fn update() -> Weight {
		// At least 62_503 ns.
		Weight::from_parts(75_862_000, 0)
			.saturating_add(T::DbWeight::get().reads(4))
			.saturating_add(T::DbWeight::get().writes(2))
	}
	// Storage: `Topics::Topics` (r:1 w:1)
	fn offer() -> Weight {
		// At least 18_207 ns.
		Weight::from_parts(23_776_000, 0)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Topics::Topics` (r:1 w:1)
	fn accept() -> Weight {
		// At least 19_279 ns.
		Weight::from_parts(26_780_000, 0)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Topics::Registrations` (r:1 w:1)
	fn set_owner() -> Weight {
		// At least 14_782 ns.
		Weight::from_parts(18_828_000, 0)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Topics::Topics` (r:1 w:1)
	fn set_allow_list() -> Weight {
		// At least 14_591 ns.
		Weight::from_parts(22_093_000, 0)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Topics::Topics` (r:1 w:1)
	// Storage: `Topics::Allowed` (r:100 w:100)
	// `n` in [1, 100]
	fn allow(n: u32) -> Weight {
		// At least 20_951 ns.
		Weight::from_parts(52_588_136, 0)
			// Standard error 39_039.
			.saturating_add(Weight::from_parts(5_872_113, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().reads(1_u64.saturating_mul(n.into())))
			.saturating_add(T::DbWeight::get().writes(1))
			.saturating_add(T::DbWeight::get().writes(1_u64.saturating_mul(n.into())))
	}
	// Storage: `Topics::Topics` (r:1 w:1)
	// Storage: `Topics::Allowed` (r:100 w:100)
	// `n` in [1, 100]
	fn disallow(n: u32) -> Weight {
		// At least 19_198 ns.
		Weight::from_parts(14_257_618, 0)
			// Standard error 10_456.
			.saturating_add(Weight::from_parts(4_515_679, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().reads(1_u64.saturating_mul(n.into())))
			.saturating_add(T::DbWeight::get().writes(1))
			.saturating_add(T::DbWeight::get().writes(1_u64.saturating_mul(n.into())))
	}
	// Storage: `Topics::SupersededParameters` (r:1 w:0)
	fn superseded_parameters() -> Weight {
		// At least 17_686 ns.
		Weight::from_parts(18_117_000, 0).saturating_add(T::DbWeight::get().reads(1))
	}
	// Storage: `Topics::Registrations` (r:101 w:100)
	// Storage: `Topics::Allowed` (r:1 w:0)
	// Storage: `Topics::SupersededParameters` (r:0 w:1)
	// Storage: `Topics::Economies` (r:0 w:1)
	// Storage: `Topics::Topics` (r:0 w:1)
	// `n` in [0, 100]
	fn forget(n: u32) -> Weight {
		// At least 10_295 ns.
		Weight::from_parts(27_504_200, 0)
			// Standard error 33_697.
			.saturating_add(Weight::from_parts(4_531_608, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().reads(1_u64.saturating_mul(n.into())))
			.saturating_add(T::DbWeight::get().writes(3))
			.saturating_add(T::DbWeight::get().writes(1_u64.saturating_mul(n.into())))
	}
}
