//! Weights of `pallet_emissions`, written by scripts/benchmark.
//!
//! Measured on 2026-11-25 on a machine with Intel(R) Xeon(R) Processor,
//! in wasm (Compiled), by 10 steps of each component and 10 repeats.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Weights as measured.
pub struct Weights<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_emissions::WeightInfo for Weights<T> {
	// Storage: `Emissions::CurrentSchedule` (r:1 w:0)
	// Storage: `Emissions::Books` (r:1 w:1)
	// Storage: `Emissions::Shared` (r:1 w:1)
	// Storage: `System::Account` (r:2 w:2)
	fn emit_block() -> Weight {
		// At least 90_004 ns.
		Weight::from_parts(91_966_000, 0)
			.saturating_add(T::DbWeight::get().reads(5))
			.saturating_add(T::DbWeight::get().writes(4))
	}
	// Storage: `Emissions::Books` (r:1 w:1)
	// Storage: `Emissions::CurrentSchedule` (r:1 w:1)
	// Storage: `Timing::Lengths` (r:1 w:0)
	// Storage: `System::Account` (r:1 w:0)
	// Storage: `Staking::CurrentEra` (r:1 w:0)
	// Storage: `Staking::ErasTotalStake` (r:1 w:0)
	// Storage: `Reputer::TotalStake` (r:1 w:0)
	fn recompute() -> Weight {
		// At least 29_788 ns.
		Weight::from_parts(32_098_000, 0)
			.saturating_add(T::DbWeight::get().reads(7))
			.saturating_add(T::DbWeight::get().writes(2))
	}
	// Storage: `Emissions::Accruals` (r:1 w:1)
	// Storage: `Emissions::Shared` (r:1 w:1)
	// Storage: `Emissions::Rewards` (r:1 w:0)
	// Storage: `System::Account` (r:2 w:2)
	// Storage: `Emissions::Books` (r:1 w:1)
	fn open() -> Weight {
		// At least 76_721 ns.
		Weight::from_parts(78_952_000, 0)
			.saturating_add(T::DbWeight::get().reads(6))
			.saturating_add(T::DbWeight::get().writes(5))
	}
	// Storage: `Emissions::Purses` (r:1 w:1)
	// Storage: `Aggregation::Lessons` (r:1 w:0)
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Emissions::Memories` (r:1 w:1)
	// Storage: `Emissions::Rewards` (r:1 w:1)
	// Storage: `Emissions::Books` (r:1 w:1)
	// Storage: `System::Account` (r:2 w:2)
	// `i` in [1, 32]
	// `f` in [0, 8]
	// `r` in [1, 16]
	fn settle(i: u32, f: u32, r: u32) -> Weight {
		// At least 167_083 ns.
		Weight::from_parts(139_628_452, 0)
			// Standard error 65_715.
			.saturating_add(Weight::from_parts(1_239_864, 0).saturating_mul(i.into()))
			// Standard error 245_989.
			.saturating_add(Weight::from_parts(1_743_931, 0).saturating_mul(f.into()))
			// Standard error 134_709.
			.saturating_add(Weight::from_parts(1_394_089, 0).saturating_mul(r.into()))
			.saturating_add(T::DbWeight::get().reads(8))
			.saturating_add(T::DbWeight::get().writes(6))
	}
	// Storage: `Topics::Registrations` (r:1 w:0)
	// Storage: `System::Account` (r:1 w:1)
	fn pay_worker() -> Weight {
		// At least 65_720 ns.
		Weight::from_parts(68_616_000, 0)
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Topics::Registrations` (r:1 w:0)
	// Storage: `System::Account` (r:1 w:1)
	fn pay_reputer() -> Weight {
		// At least 68_894 ns.
		Weight::from_parts(70_866_000, 0)
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Emissions::Books` (r:1 w:0)
	fn poll() -> Weight {
		// At least 3_691 ns.
		Weight::from_parts(4_057_000, 0).saturating_add(T::DbWeight::get().reads(1))
	}
	// Storage: `Emissions::Books` (r:1 w:1)
	// Storage: `Emissions::Purses` (r:1 w:1)
	// Storage: `System::Account` (r:2 w:2)
	// Storage: `Topics::Registrations` (r:1 w:0)
	fn relieve() -> Weight {
		// At least 84_146 ns.
		Weight::from_parts(90_343_000, 0)
			.saturating_add(T::DbWeight::get().reads(5))
			.saturating_add(T::DbWeight::get().writes(4))
	}
	// Storage: `Emissions::Purses` (r:1 w:1)
	// Storage: `System::Account` (r:2 w:2)
	// Storage: `Topics::Registrations` (r:2 w:0)
	// Storage: `Emissions::Books` (r:1 w:1)
	fn collect() -> Weight {
		// At least 145_447 ns.
		Weight::from_parts(151_405_000, 0)
			.saturating_add(T::DbWeight::get().reads(6))
			.saturating_add(T::DbWeight::get().writes(4))
	}
	// Storage: `Emissions::Rewards` (r:1 w:1)
	// Storage: `Emissions::Books` (r:1 w:1)
	// Storage: `System::Account` (r:2 w:2)
	fn void() -> Weight {
		// At least 67_139 ns.
		Weight::from_parts(69_740_000, 0)
			.saturating_add(T::DbWeight::get().reads(4))
			.saturating_add(T::DbWeight::get().writes(4))
	}
	// Storage: `Emissions::Rewards` (r:1 w:1)
	fn mark_void() -> Weight {
		// At least 7_772 ns.
		Weight::from_parts(8_744_000, 0)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Emissions::Rewards` (r:1 w:1)
	fn prune() -> Weight {
		// At least 9_172 ns.
		Weight::from_parts(10_037_000, 0)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Emissions::Purses` (r:1 w:1)
	// Storage: `Emissions::Rewards` (r:1 w:0)
	// Storage: `System::Account` (r:2 w:2)
	// Storage: `Emissions::Books` (r:1 w:1)
	// Storage: `Emissions::Memories` (r:0 w:1)
	fn forget() -> Weight {
		// At least 67_117 ns.
		Weight::from_parts(70_735_000, 0)
			.saturating_add(T::DbWeight::get().reads(5))
			.saturating_add(T::DbWeight::get().writes(5))
	}
}
