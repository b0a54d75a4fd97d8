//! Weights of `pallet_emissions`, written by scripts/benchmark.
//!
//! Measured on 2026-11-25 on a machine with Intel(R) Xeon(R) Processor,
//! in wasm (Compiled), by 10 steps of each component and 100 repeats.

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
		// At least 78_541 ns.
		Weight::from_parts(80_880_000, 0)
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
		// At least 26_018 ns.
		Weight::from_parts(27_425_000, 0)
			.saturating_add(T::DbWeight::get().reads(7))
			.saturating_add(T::DbWeight::get().writes(2))
	}
	// Storage: `Emissions::Accruals` (r:1 w:1)
	// Storage: `Emissions::Shared` (r:1 w:1)
	// Storage: `Emissions::Rewards` (r:1 w:0)
	// Storage: `System::Account` (r:2 w:2)
	// Storage: `Emissions::Books` (r:1 w:1)
	fn open() -> Weight {
		// At least 68_973 ns.
		Weight::from_parts(70_699_000, 0)
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
		// At least 142_948 ns.
		Weight::from_parts(112_555_427, 0)
			// Standard error 38_037.
			.saturating_add(Weight::from_parts(1_296_946, 0).saturating_mul(i.into()))
			// Standard error 137_952.
			.saturating_add(Weight::from_parts(1_614_853, 0).saturating_mul(f.into()))
			// Standard error 77_968.
			.saturating_add(Weight::from_parts(1_456_197, 0).saturating_mul(r.into()))
			.saturating_add(T::DbWeight::get().reads(8))
			.saturating_add(T::DbWeight::get().writes(6))
	}
	// Storage: `Topics::Registrations` (r:1 w:0)
	// Storage: `System::Account` (r:1 w:1)
	fn pay_worker() -> Weight {
		// At least 59_533 ns.
		Weight::from_parts(61_395_000, 0)
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Topics::Registrations` (r:1 w:0)
	// Storage: `System::Account` (r:1 w:1)
	fn pay_reputer() -> Weight {
		// At least 61_186 ns.
		Weight::from_parts(63_028_000, 0)
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Emissions::Books` (r:1 w:0)
	fn poll() -> Weight {
		// At least 3_279 ns.
		Weight::from_parts(3_516_000, 0).saturating_add(T::DbWeight::get().reads(1))
	}
	// Storage: `Emissions::Books` (r:1 w:1)
	// Storage: `Emissions::Purses` (r:1 w:1)
	// Storage: `System::Account` (r:2 w:2)
	// Storage: `Topics::Registrations` (r:1 w:0)
	fn relieve() -> Weight {
		// At least 75_010 ns.
		Weight::from_parts(77_936_000, 0)
			.saturating_add(T::DbWeight::get().reads(5))
			.saturating_add(T::DbWeight::get().writes(4))
	}
	// Storage: `Emissions::Purses` (r:1 w:1)
	// Storage: `System::Account` (r:2 w:2)
	// Storage: `Topics::Registrations` (r:2 w:0)
	// Storage: `Emissions::Books` (r:1 w:1)
	fn collect() -> Weight {
		// At least 130_032 ns.
		Weight::from_parts(133_467_000, 0)
			.saturating_add(T::DbWeight::get().reads(6))
			.saturating_add(T::DbWeight::get().writes(4))
	}
	// Storage: `Emissions::Rewards` (r:1 w:1)
	// Storage: `Emissions::Books` (r:1 w:1)
	// Storage: `System::Account` (r:2 w:2)
	fn void() -> Weight {
		// At least 60_445 ns.
		Weight::from_parts(62_215_000, 0)
			.saturating_add(T::DbWeight::get().reads(4))
			.saturating_add(T::DbWeight::get().writes(4))
	}
	// Storage: `Emissions::Rewards` (r:1 w:1)
	fn mark_void() -> Weight {
		// At least 6_948 ns.
		Weight::from_parts(7_263_000, 0)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Emissions::Rewards` (r:1 w:1)
	fn prune() -> Weight {
		// At least 7_571 ns.
		Weight::from_parts(7_980_000, 0)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Emissions::Purses` (r:1 w:1)
	// Storage: `Emissions::Rewards` (r:1 w:0)
	// Storage: `System::Account` (r:2 w:2)
	// Storage: `Emissions::Books` (r:1 w:1)
	// Storage: `Emissions::Memories` (r:0 w:1)
	fn forget() -> Weight {
		// At least 61_988 ns.
		Weight::from_parts(63_750_000, 0)
			.saturating_add(T::DbWeight::get().reads(5))
			.saturating_add(T::DbWeight::get().writes(5))
	}
}
