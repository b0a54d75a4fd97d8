//! Weights of `pallet_emissions`, written by scripts/benchmark.
//!
//! Measured on 2026-11-29 on a machine with AMD EPYC,
//! in wasm (Compiled), by 10 steps of each component and 100 repeats.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Weights as measured.
pub struct Weights<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_emissions::WeightInfo for Weights<T> {
	// Storage: `Emissions::CurrentSchedule` (r:1 w:1)
	// Storage: `Staking::CurrentEra` (r:1 w:0)
	// Storage: `Staking::ErasTotalStake` (r:1 w:0)
	// Storage: `Reputer::TotalStake` (r:1 w:0)
	fn emit_block() -> Weight {
		// At least 74_361 ns.
		Weight::from_parts(77_434_000, 0)
			.saturating_add(T::DbWeight::get().reads(4))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Emissions::CurrentSchedule` (r:1 w:1)
	// Storage: `Parameters::Parameters` (r:4 w:0)
	// Storage: `Emissions::Vested` (r:1 w:0)
	// Storage: `Timing::Lengths` (r:1 w:0)
	// Storage: `Staking::CurrentEra` (r:1 w:0)
	// Storage: `Staking::ErasTotalStake` (r:1 w:0)
	// Storage: `Reputer::TotalStake` (r:1 w:0)
	// Storage: `Emissions::CurrentFigures` (r:0 w:1)
	fn recompute() -> Weight {
		// At least 31_537 ns.
		Weight::from_parts(32_899_000, 0)
			.saturating_add(T::DbWeight::get().reads(10))
			.saturating_add(T::DbWeight::get().writes(2))
	}
	// Storage: `Emissions::Accruals` (r:1 w:1)
	// Storage: `Emissions::Rewards` (r:1 w:1)
	fn open() -> Weight {
		// At least 56_884 ns.
		Weight::from_parts(59_378_000, 0)
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().writes(2))
	}
	// Storage: `Emissions::Accruals` (r:1 w:1)
	fn set_weight() -> Weight {
		// At least 4_968 ns.
		Weight::from_parts(5_398_000, 0)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Parameters::Parameters` (r:1 w:0)
	// Storage: `Emissions::KnownRules` (r:1 w:1)
	fn record_rules() -> Weight {
		// At least 7_931 ns.
		Weight::from_parts(8_582_000, 0)
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Emissions::Purses` (r:1 w:0)
	// Storage: `Emissions::KnownRules` (r:1 w:0)
	// Storage: `Emissions::Memories` (r:1 w:1)
	// Storage: `Emissions::Rewards` (r:1 w:1)
	// Storage: `System::Account` (r:1 w:1)
	// `i` in [1, 32]
	// `f` in [0, 8]
	// `r` in [1, 16]
	fn settle_regret(i: u32, f: u32, r: u32) -> Weight {
		// At least 118_275 ns.
		Weight::from_parts(100_335_566, 0)
			// Standard error 49_568.
			.saturating_add(Weight::from_parts(708_129, 0).saturating_mul(i.into()))
			// Standard error 179_770.
			.saturating_add(Weight::from_parts(2_050_999, 0).saturating_mul(f.into()))
			// Standard error 101_603.
			.saturating_add(Weight::from_parts(1_529_286, 0).saturating_mul(r.into()))
			.saturating_add(T::DbWeight::get().reads(5))
			.saturating_add(T::DbWeight::get().writes(3))
	}
	// Storage: `Emissions::Purses` (r:1 w:0)
	// Storage: `Emissions::KnownRules` (r:1 w:0)
	// Storage: `Emissions::Memories` (r:1 w:1)
	// Storage: `Emissions::Rewards` (r:1 w:1)
	// Storage: `System::Account` (r:1 w:1)
	// `i` in [1, 32]
	// `f` in [0, 8]
	// `r` in [1, 16]
	fn settle_mixture(i: u32, f: u32, r: u32) -> Weight {
		// At least 102_632 ns.
		Weight::from_parts(58_588_005, 0)
			// Standard error 71_983.
			.saturating_add(Weight::from_parts(1_523_814, 0).saturating_mul(i.into()))
			// Standard error 261_067.
			.saturating_add(Weight::from_parts(4_433_736, 0).saturating_mul(f.into()))
			// Standard error 147_551.
			.saturating_add(Weight::from_parts(1_682_416, 0).saturating_mul(r.into()))
			.saturating_add(T::DbWeight::get().reads(5))
			.saturating_add(T::DbWeight::get().writes(3))
	}
	// Storage: `Emissions::Purses` (r:0 w:1)
	fn store_purse() -> Weight {
		// At least 4_557 ns.
		Weight::from_parts(7_251_000, 0).saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Topics::Registrations` (r:1 w:0)
	// Storage: `System::Account` (r:1 w:1)
	fn pay_out() -> Weight {
		// At least 53_389 ns.
		Weight::from_parts(55_081_000, 0)
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `System::Account` (r:1 w:1)
	fn credit_delegators() -> Weight {
		// At least 57_044 ns.
		Weight::from_parts(58_697_000, 0)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	fn poll() -> Weight {
		// At least 951 ns.
		Weight::from_parts(1_042_000, 0)
	}
	// Storage: `Emissions::Purses` (r:1 w:1)
	// Storage: `System::Account` (r:2 w:2)
	// Storage: `Topics::Registrations` (r:1 w:0)
	fn relieve() -> Weight {
		// At least 66_588 ns.
		Weight::from_parts(68_742_000, 0)
			.saturating_add(T::DbWeight::get().reads(4))
			.saturating_add(T::DbWeight::get().writes(3))
	}
	// Storage: `Emissions::Purses` (r:1 w:1)
	// Storage: `System::Account` (r:3 w:3)
	// Storage: `Topics::Registrations` (r:2 w:0)
	fn collect() -> Weight {
		// At least 118_976 ns.
		Weight::from_parts(121_940_000, 0)
			.saturating_add(T::DbWeight::get().reads(6))
			.saturating_add(T::DbWeight::get().writes(4))
	}
	// Storage: `Emissions::Rewards` (r:1 w:1)
	fn void() -> Weight {
		// At least 50_425 ns.
		Weight::from_parts(51_457_000, 0)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Emissions::Rewards` (r:1 w:1)
	fn mark_void() -> Weight {
		// At least 5_298 ns.
		Weight::from_parts(5_779_000, 0)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Emissions::Rewards` (r:1 w:1)
	fn prune() -> Weight {
		// At least 6_801 ns.
		Weight::from_parts(7_301_000, 0)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Emissions::Purses` (r:1 w:1)
	// Storage: `Emissions::Rewards` (r:1 w:0)
	// Storage: `System::Account` (r:1 w:1)
	// Storage: `Emissions::Memories` (r:0 w:1)
	fn forget() -> Weight {
		// At least 53_609 ns.
		Weight::from_parts(55_212_000, 0)
			.saturating_add(T::DbWeight::get().reads(3))
			.saturating_add(T::DbWeight::get().writes(3))
	}
	// Storage: `Emissions::CurrentSchedule` (r:1 w:1)
	fn start() -> Weight {
		// At least 7_340 ns.
		Weight::from_parts(7_761_000, 0)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
}
