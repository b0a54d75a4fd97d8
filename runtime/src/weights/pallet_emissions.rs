//! Weights of `pallet_emissions`, written by scripts/benchmark.
//!
//! Measured on 2026-11-28 on a machine with AMD EPYC,
//! in wasm (Compiled), by 10 steps of each component and 100 repeats.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Weights as measured.
pub struct Weights<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_emissions::WeightInfo for Weights<T> {
	// Storage: `Emissions::CurrentSchedule` (r:1 w:1)
	// Storage: `Emissions::LedgerTotals` (r:1 w:1)
	// Storage: `Emissions::CurrentDistribution` (r:1 w:1)
	// Storage: `System::Account` (r:2 w:2)
	fn emit_block() -> Weight {
		// At least 72_698 ns.
		Weight::from_parts(74_370_000, 0)
			.saturating_add(T::DbWeight::get().reads(5))
			.saturating_add(T::DbWeight::get().writes(5))
	}
	// Storage: `Emissions::LedgerTotals` (r:1 w:1)
	// Storage: `Emissions::CurrentSchedule` (r:1 w:1)
	// Storage: `Timing::Lengths` (r:1 w:0)
	// Storage: `System::Account` (r:1 w:0)
	// Storage: `Staking::CurrentEra` (r:1 w:0)
	// Storage: `Staking::ErasTotalStake` (r:1 w:0)
	// Storage: `Reputer::TotalStake` (r:1 w:0)
	fn recompute() -> Weight {
		// At least 23_415 ns.
		Weight::from_parts(24_636_000, 0)
			.saturating_add(T::DbWeight::get().reads(7))
			.saturating_add(T::DbWeight::get().writes(2))
	}
	// Storage: `Emissions::Accruals` (r:1 w:1)
	// Storage: `Emissions::CurrentDistribution` (r:1 w:1)
	// Storage: `Emissions::Rewards` (r:1 w:1)
	// Storage: `Emissions::LedgerTotals` (r:1 w:1)
	// Storage: `System::Account` (r:2 w:2)
	fn open() -> Weight {
		// At least 67_661 ns.
		Weight::from_parts(79_108_000, 0)
			.saturating_add(T::DbWeight::get().reads(6))
			.saturating_add(T::DbWeight::get().writes(6))
	}
	// Storage: `Emissions::Purses` (r:1 w:0)
	// Storage: `Emissions::Memories` (r:1 w:1)
	// Storage: `Emissions::Rewards` (r:1 w:1)
	// Storage: `Emissions::LedgerTotals` (r:1 w:1)
	// Storage: `System::Account` (r:2 w:2)
	// `i` in [1, 32]
	// `f` in [0, 8]
	// `r` in [1, 16]
	fn settle(i: u32, f: u32, r: u32) -> Weight {
		// At least 118_165 ns.
		Weight::from_parts(100_429_548, 0)
			// Standard error 28_677.
			.saturating_add(Weight::from_parts(924_934, 0).saturating_mul(i.into()))
			// Standard error 104_006.
			.saturating_add(Weight::from_parts(1_107_406, 0).saturating_mul(f.into()))
			// Standard error 58_783.
			.saturating_add(Weight::from_parts(1_502_371, 0).saturating_mul(r.into()))
			.saturating_add(T::DbWeight::get().reads(6))
			.saturating_add(T::DbWeight::get().writes(5))
	}
	// Storage: `Emissions::Purses` (r:0 w:1)
	fn store_purse() -> Weight {
		// At least 4_617 ns.
		Weight::from_parts(4_897_000, 0).saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Topics::Registrations` (r:1 w:0)
	// Storage: `System::Account` (r:1 w:1)
	fn pay_out() -> Weight {
		// At least 52_799 ns.
		Weight::from_parts(54_210_000, 0)
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Emissions::LedgerTotals` (r:1 w:0)
	fn poll() -> Weight {
		// At least 2_684 ns.
		Weight::from_parts(2_904_000, 0).saturating_add(T::DbWeight::get().reads(1))
	}
	// Storage: `Emissions::LedgerTotals` (r:1 w:1)
	// Storage: `Emissions::Purses` (r:1 w:1)
	// Storage: `System::Account` (r:2 w:2)
	// Storage: `Topics::Registrations` (r:1 w:0)
	fn relieve() -> Weight {
		// At least 67_951 ns.
		Weight::from_parts(69_774_000, 0)
			.saturating_add(T::DbWeight::get().reads(5))
			.saturating_add(T::DbWeight::get().writes(4))
	}
	// Storage: `Emissions::Purses` (r:1 w:1)
	// Storage: `System::Account` (r:2 w:2)
	// Storage: `Topics::Registrations` (r:2 w:0)
	// Storage: `Emissions::LedgerTotals` (r:1 w:1)
	fn collect() -> Weight {
		// At least 118_476 ns.
		Weight::from_parts(121_390_000, 0)
			.saturating_add(T::DbWeight::get().reads(6))
			.saturating_add(T::DbWeight::get().writes(4))
	}
	// Storage: `Emissions::Rewards` (r:1 w:1)
	// Storage: `Emissions::LedgerTotals` (r:1 w:1)
	// Storage: `System::Account` (r:2 w:2)
	fn void() -> Weight {
		// At least 53_289 ns.
		Weight::from_parts(54_671_000, 0)
			.saturating_add(T::DbWeight::get().reads(4))
			.saturating_add(T::DbWeight::get().writes(4))
	}
	// Storage: `Emissions::Rewards` (r:1 w:1)
	fn mark_void() -> Weight {
		// At least 6_139 ns.
		Weight::from_parts(6_410_000, 0)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Emissions::Rewards` (r:1 w:1)
	fn prune() -> Weight {
		// At least 6_740 ns.
		Weight::from_parts(7_061_000, 0)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Emissions::Purses` (r:1 w:1)
	// Storage: `Emissions::Rewards` (r:1 w:0)
	// Storage: `System::Account` (r:2 w:2)
	// Storage: `Emissions::LedgerTotals` (r:1 w:1)
	// Storage: `Emissions::Memories` (r:0 w:1)
	fn forget() -> Weight {
		// At least 56_294 ns.
		Weight::from_parts(57_786_000, 0)
			.saturating_add(T::DbWeight::get().reads(5))
			.saturating_add(T::DbWeight::get().writes(5))
	}
}
