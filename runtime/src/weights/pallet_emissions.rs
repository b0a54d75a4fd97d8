//! Weights of `pallet_emissions`, written by scripts/benchmark.
//!
//! Measured on 2026-11-25 on a machine with Intel(R) Xeon(R) Processor,
//! in wasm (Compiled), by 20 steps of each component and 20 repeats.

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
		// At least 69_623 ns.
		Weight::from_parts(77_094_000, 0)
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
		// At least 25_742 ns.
		Weight::from_parts(26_510_000, 0)
			.saturating_add(T::DbWeight::get().reads(7))
			.saturating_add(T::DbWeight::get().writes(2))
	}
	// Storage: `Emissions::Accruals` (r:1 w:1)
	// Storage: `Emissions::Shared` (r:1 w:1)
	// Storage: `Emissions::Rewards` (r:1 w:0)
	// Storage: `System::Account` (r:2 w:2)
	// Storage: `Emissions::Books` (r:1 w:1)
	fn open() -> Weight {
		// At least 61_684 ns.
		Weight::from_parts(64_053_000, 0)
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
	fn settle(i: u32, _f: u32, r: u32) -> Weight {
		// At least 128_816 ns.
		Weight::from_parts(142_332_190, 0)
			// Standard error 72_711.
			.saturating_add(Weight::from_parts(777_797, 0).saturating_mul(i.into()))
			// Standard error 146_949.
			.saturating_add(Weight::from_parts(1_028_344, 0).saturating_mul(r.into()))
			.saturating_add(T::DbWeight::get().reads(8))
			.saturating_add(T::DbWeight::get().writes(6))
	}
	// Storage: `Topics::Registrations` (r:1 w:0)
	// Storage: `System::Account` (r:1 w:1)
	fn pay_worker() -> Weight {
		// At least 55_997 ns.
		Weight::from_parts(57_430_000, 0)
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Topics::Registrations` (r:1 w:0)
	// Storage: `System::Account` (r:1 w:1)
	fn pay_reputer() -> Weight {
		// At least 60_380 ns.
		Weight::from_parts(61_965_000, 0)
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Emissions::Books` (r:1 w:0)
	fn poll() -> Weight {
		// At least 3_026 ns.
		Weight::from_parts(3_260_000, 0).saturating_add(T::DbWeight::get().reads(1))
	}
	// Storage: `Emissions::Books` (r:1 w:1)
	// Storage: `Emissions::Purses` (r:1 w:1)
	// Storage: `System::Account` (r:2 w:2)
	// Storage: `Topics::Registrations` (r:1 w:0)
	fn relieve() -> Weight {
		// At least 70_206 ns.
		Weight::from_parts(72_495_000, 0)
			.saturating_add(T::DbWeight::get().reads(5))
			.saturating_add(T::DbWeight::get().writes(4))
	}
	// Storage: `Emissions::Purses` (r:1 w:1)
	// Storage: `System::Account` (r:2 w:2)
	// Storage: `Topics::Registrations` (r:2 w:0)
	// Storage: `Emissions::Books` (r:1 w:1)
	fn collect() -> Weight {
		// At least 128_933 ns.
		Weight::from_parts(131_303_000, 0)
			.saturating_add(T::DbWeight::get().reads(6))
			.saturating_add(T::DbWeight::get().writes(4))
	}
	// Storage: `Emissions::Rewards` (r:1 w:1)
	// Storage: `Emissions::Books` (r:1 w:1)
	// Storage: `System::Account` (r:2 w:2)
	fn void() -> Weight {
		// At least 56_391 ns.
		Weight::from_parts(57_972_000, 0)
			.saturating_add(T::DbWeight::get().reads(4))
			.saturating_add(T::DbWeight::get().writes(4))
	}
	// Storage: `Emissions::Rewards` (r:1 w:1)
	fn mark_void() -> Weight {
		// At least 6_794 ns.
		Weight::from_parts(7_217_000, 0)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Emissions::Rewards` (r:1 w:1)
	fn prune() -> Weight {
		// At least 7_556 ns.
		Weight::from_parts(8_231_000, 0)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Emissions::Purses` (r:1 w:1)
	// Storage: `Emissions::Rewards` (r:1 w:0)
	// Storage: `System::Account` (r:2 w:2)
	// Storage: `Emissions::Books` (r:1 w:1)
	// Storage: `Emissions::Memories` (r:0 w:1)
	fn forget() -> Weight {
		// At least 57_687 ns.
		Weight::from_parts(60_473_000, 0)
			.saturating_add(T::DbWeight::get().reads(5))
			.saturating_add(T::DbWeight::get().writes(5))
	}
}
