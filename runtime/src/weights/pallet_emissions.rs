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
	// Storage: `Staking::CurrentEra` (r:1 w:0)
	// Storage: `Staking::ErasTotalStake` (r:1 w:0)
	// Storage: `Reputer::TotalStake` (r:1 w:0)
	// Storage: `System::Account` (r:2 w:2)
	fn emit_block() -> Weight {
		// Measured before the stake of each slot was counted; the rest is an estimate.
		Weight::from_parts(84_300_000, 0)
			.saturating_add(T::DbWeight::get().reads(8))
			.saturating_add(T::DbWeight::get().writes(5))
	}
	// Storage: `Emissions::LedgerTotals` (r:1 w:1)
	// Storage: `Emissions::CurrentSchedule` (r:1 w:1)
	// Storage: `Emissions::CurrentFigures` (r:0 w:1)
	// Storage: `Emissions::Vested` (r:1 w:0)
	// Storage: `Parameters::Parameters` (r:4 w:0)
	// Storage: `Balances::TotalIssuance` (r:1 w:0)
	// Storage: `Timing::Lengths` (r:1 w:0)
	// Storage: `System::Account` (r:1 w:0)
	// Storage: `Staking::CurrentEra` (r:1 w:0)
	// Storage: `Staking::ErasTotalStake` (r:1 w:0)
	// Storage: `Reputer::TotalStake` (r:1 w:0)
	fn recompute() -> Weight {
		// Measured before the parameters were governed; the rest is an estimate.
		Weight::from_parts(44_416_000, 0)
			.saturating_add(T::DbWeight::get().reads(13))
			.saturating_add(T::DbWeight::get().writes(3))
	}
	// Storage: `Emissions::CurrentSchedule` (r:1 w:1)
	fn start() -> Weight {
		// An estimate.
		Weight::from_parts(20_000_000, 0)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Emissions::Accruals` (r:1 w:1)
	// Storage: `Emissions::CurrentDistribution` (r:1 w:1)
	// Storage: `Emissions::Rewards` (r:1 w:1)
	// Storage: `Emissions::LedgerTotals` (r:1 w:1)
	// Storage: `System::Account` (r:2 w:2)
	fn open() -> Weight {
		// At least 66_659 ns.
		Weight::from_parts(68_752_000, 0)
			.saturating_add(T::DbWeight::get().reads(6))
			.saturating_add(T::DbWeight::get().writes(6))
	}
	// Counted by hand.
	// Storage: `Emissions::Accruals` (r:1 w:1)
	// Storage: `Emissions::CurrentDistribution` (r:1 w:1)
	fn set_weight() -> Weight {
		Weight::from_parts(20_000_000, 0)
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().writes(2))
	}
	// Counted by hand.
	// Storage: `Parameters::Parameters` (r:1 w:0)
	// Storage: `Emissions::KnownRules` (r:1 w:1)
	fn record_rules() -> Weight {
		Weight::from_parts(20_000_000, 0)
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Emissions::Purses` (r:1 w:0)
	// Storage: `Emissions::Memories` (r:1 w:1)
	// Storage: `Emissions::Rewards` (r:1 w:1)
	// Storage: `Emissions::LedgerTotals` (r:1 w:1)
	// Storage: `Emissions::KnownRules` (r:1 w:0)
	// Storage: `System::Account` (r:2 w:2)
	// `i` in [1, 32]
	// `f` in [0, 8]
	// `r` in [1, 16]
	fn settle_regret(i: u32, f: u32, r: u32) -> Weight {
		// At least 114_429 ns.
		Weight::from_parts(94_398_901, 0)
			// Standard error 7_031.
			.saturating_add(Weight::from_parts(942_102, 0).saturating_mul(i.into()))
			// Standard error 25_499.
			.saturating_add(Weight::from_parts(1_171_263, 0).saturating_mul(f.into()))
			// Standard error 14_412.
			.saturating_add(Weight::from_parts(1_043_115, 0).saturating_mul(r.into()))
			.saturating_add(T::DbWeight::get().reads(7))
			.saturating_add(T::DbWeight::get().writes(5))
	}
	// Storage: `Emissions::Purses` (r:1 w:0)
	// Storage: `Emissions::Memories` (r:1 w:1)
	// Storage: `Emissions::Rewards` (r:1 w:1)
	// Storage: `Emissions::LedgerTotals` (r:1 w:1)
	// Storage: `Emissions::KnownRules` (r:1 w:0)
	// Storage: `System::Account` (r:2 w:2)
	// `i` in [1, 32]
	// `f` in [0, 8]
	// `r` in [1, 16]
	fn settle_mixture(i: u32, f: u32, r: u32) -> Weight {
		// At least 96_623 ns.
		Weight::from_parts(85_216_223, 0)
			// Standard error 5_974.
			.saturating_add(Weight::from_parts(1_100_289, 0).saturating_mul(i.into()))
			// Standard error 21_667.
			.saturating_add(Weight::from_parts(696_154, 0).saturating_mul(f.into()))
			// Standard error 12_246.
			.saturating_add(Weight::from_parts(675_005, 0).saturating_mul(r.into()))
			.saturating_add(T::DbWeight::get().reads(7))
			.saturating_add(T::DbWeight::get().writes(5))
	}
	// Storage: `Emissions::Purses` (r:0 w:1)
	fn store_purse() -> Weight {
		// At least 4_537 ns.
		Weight::from_parts(4_777_000, 0).saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Topics::Registrations` (r:1 w:0)
	// Storage: `System::Account` (r:1 w:1)
	fn pay_out() -> Weight {
		// At least 52_608 ns.
		Weight::from_parts(53_950_000, 0)
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// An estimate, until scripts/benchmark measures it.
	// Storage: `System::Account` (r:1 w:1)
	fn credit_delegators() -> Weight {
		Weight::from_parts(50_000_000, 0)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Emissions::LedgerTotals` (r:1 w:0)
	fn poll() -> Weight {
		// At least 2_594 ns.
		Weight::from_parts(2_755_000, 0).saturating_add(T::DbWeight::get().reads(1))
	}
	// Storage: `Emissions::LedgerTotals` (r:1 w:1)
	// Storage: `Emissions::Purses` (r:1 w:1)
	// Storage: `System::Account` (r:2 w:2)
	// Storage: `Topics::Registrations` (r:1 w:0)
	fn relieve() -> Weight {
		// At least 66_248 ns.
		Weight::from_parts(68_131_000, 0)
			.saturating_add(T::DbWeight::get().reads(5))
			.saturating_add(T::DbWeight::get().writes(4))
	}
	// Storage: `Emissions::Purses` (r:1 w:1)
	// Storage: `System::Account` (r:2 w:2)
	// Storage: `Topics::Registrations` (r:2 w:0)
	// Storage: `Emissions::LedgerTotals` (r:1 w:1)
	fn collect() -> Weight {
		// At least 117_655 ns.
		Weight::from_parts(129_322_000, 0)
			.saturating_add(T::DbWeight::get().reads(6))
			.saturating_add(T::DbWeight::get().writes(4))
	}
	// Storage: `Emissions::Rewards` (r:1 w:1)
	// Storage: `Emissions::LedgerTotals` (r:1 w:1)
	// Storage: `System::Account` (r:2 w:2)
	fn void() -> Weight {
		// At least 54_141 ns.
		Weight::from_parts(55_883_000, 0)
			.saturating_add(T::DbWeight::get().reads(4))
			.saturating_add(T::DbWeight::get().writes(4))
	}
	// Storage: `Emissions::Rewards` (r:1 w:1)
	fn mark_void() -> Weight {
		// At least 6_199 ns.
		Weight::from_parts(6_480_000, 0)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Emissions::Rewards` (r:1 w:1)
	fn prune() -> Weight {
		// At least 6_780 ns.
		Weight::from_parts(7_171_000, 0)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Emissions::Purses` (r:1 w:1)
	// Storage: `Emissions::Rewards` (r:1 w:0)
	// Storage: `System::Account` (r:2 w:2)
	// Storage: `Emissions::LedgerTotals` (r:1 w:1)
	// Storage: `Emissions::Memories` (r:0 w:1)
	fn forget() -> Weight {
		// At least 56_264 ns.
		Weight::from_parts(57_976_000, 0)
			.saturating_add(T::DbWeight::get().reads(5))
			.saturating_add(T::DbWeight::get().writes(5))
	}
}
