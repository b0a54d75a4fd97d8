//! Weights of `pallet_reputer`, written by scripts/benchmark.
//!
//! Measured on 2026-11-29 on a machine with AMD EPYC,
//! in wasm (Compiled), by 10 steps of each component and 100 repeats.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Weights as measured.
pub struct Weights<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_reputer::WeightInfo for Weights<T> {
	// Storage: `Topics::Registrations` (r:1 w:0)
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Topics::Allowed` (r:1 w:0)
	// Storage: `Balances::Holds` (r:1 w:1)
	// Storage: `Reputer::Stakes` (r:1 w:1)
	// Storage: `Reputer::Windows` (r:1 w:0)
	// Storage: `Reputer::TopicStakes` (r:1 w:1)
	// Storage: `Reputer::TotalStake` (r:1 w:1)
	// Storage: `Clock::TopicStates` (r:1 w:0)
	// Storage: `Topics::Economies` (r:1 w:1)
	// Storage: `Timing::Lengths` (r:1 w:0)
	// Storage: `Emissions::Accruals` (r:1 w:1)
	fn stake() -> Weight {
		// At least 130_293 ns.
		Weight::from_parts(134_469_000, 0)
			.saturating_add(T::DbWeight::get().reads(12))
			.saturating_add(T::DbWeight::get().writes(6))
	}
	// Storage: `Reputer::Stakes` (r:1 w:1)
	// Storage: `Reputer::Removals` (r:1 w:1)
	// Storage: `Reputer::NextRemoval` (r:1 w:1)
	// Storage: `Reputer::Windows` (r:1 w:0)
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Topics::Allowed` (r:1 w:0)
	// Storage: `Timing::Lengths` (r:1 w:0)
	// Storage: `Reputer::TopicRemovals` (r:1 w:1)
	// Storage: `Reputer::TotalRemovals` (r:1 w:1)
	// Storage: `Reputer::TopicStakes` (r:1 w:1)
	// Storage: `Reputer::TotalStake` (r:1 w:1)
	// Storage: `Clock::TopicStates` (r:1 w:0)
	// Storage: `Topics::Economies` (r:1 w:1)
	// Storage: `Emissions::Accruals` (r:1 w:1)
	fn unstake() -> Weight {
		// At least 90_183 ns.
		Weight::from_parts(93_789_000, 0)
			.saturating_add(T::DbWeight::get().reads(14))
			.saturating_add(T::DbWeight::get().writes(9))
	}
	// Storage: `Topics::Registrations` (r:1 w:0)
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Topics::Allowed` (r:1 w:0)
	// Storage: `Reputer::Removals` (r:1 w:1)
	// Storage: `Reputer::TopicRemovals` (r:1 w:1)
	// Storage: `Reputer::TotalRemovals` (r:1 w:1)
	// Storage: `Reputer::Stakes` (r:1 w:1)
	// Storage: `Reputer::Windows` (r:1 w:0)
	// Storage: `Reputer::TopicStakes` (r:1 w:1)
	// Storage: `Reputer::TotalStake` (r:1 w:1)
	// Storage: `Clock::TopicStates` (r:1 w:0)
	// Storage: `Topics::Economies` (r:1 w:1)
	// Storage: `Timing::Lengths` (r:1 w:0)
	// Storage: `Emissions::Accruals` (r:1 w:1)
	fn cancel_unstake() -> Weight {
		// At least 97_304 ns.
		Weight::from_parts(101_521_000, 0)
			.saturating_add(T::DbWeight::get().reads(14))
			.saturating_add(T::DbWeight::get().writes(8))
	}
	// Storage: `Reputer::Removals` (r:1 w:1)
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Topics::Allowed` (r:1 w:0)
	// Storage: `Reputer::TopicRemovals` (r:1 w:1)
	// Storage: `Reputer::TotalRemovals` (r:1 w:1)
	// Storage: `Balances::Holds` (r:1 w:1)
	// Storage: `Reputer::Stakes` (r:1 w:1)
	// Storage: `Reputer::Windows` (r:1 w:0)
	fn withdraw() -> Weight {
		// At least 83_523 ns.
		Weight::from_parts(85_908_000, 0)
			.saturating_add(T::DbWeight::get().reads(8))
			.saturating_add(T::DbWeight::get().writes(5))
	}
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Topics::Registrations` (r:1 w:0)
	// Storage: `Topics::Allowed` (r:1 w:0)
	// Storage: `Topics::SupersededParameters` (r:1 w:0)
	// Storage: `Clock::TopicStates` (r:1 w:0)
	// Storage: `Reputer::Actors` (r:3 w:3)
	// Storage: `Reputer::Reports` (r:2 w:1)
	// Storage: `Reputer::Stakes` (r:1 w:0)
	// Storage: `Reputer::Windows` (r:1 w:0)
	// Storage: `Aggregation::Bundles` (r:1 w:0)
	// Storage: `Reputer::ScoreBooks` (r:1 w:1)
	// `l` in [1, 346]
	fn report(l: u32) -> Weight {
		// At least 159_576 ns.
		Weight::from_parts(167_074_776, 0)
			// Standard error 1_405.
			.saturating_add(Weight::from_parts(270_578, 0).saturating_mul(l.into()))
			.saturating_add(T::DbWeight::get().reads(14))
			.saturating_add(T::DbWeight::get().writes(5))
	}
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Topics::Registrations` (r:1 w:0)
	// Storage: `Clock::TopicStates` (r:1 w:0)
	// Storage: `Reputer::Actors` (r:1 w:0)
	// Storage: `Reputer::Reports` (r:1 w:1)
	// Storage: `Reputer::Stakes` (r:1 w:0)
	// Storage: `Reputer::Windows` (r:1 w:0)
	// Storage: `Aggregation::Bundles` (r:1 w:0)
	// Storage: `Reputer::ScoreBooks` (r:1 w:0)
	// `l` in [1, 346]
	fn report_regular_losses(l: u32) -> Weight {
		// At least 77_706 ns.
		Weight::from_parts(82_157_332, 0)
			// Standard error 1_908.
			.saturating_add(Weight::from_parts(207_032, 0).saturating_mul(l.into()))
			.saturating_add(T::DbWeight::get().reads(9))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Topics::Registrations` (r:1 w:0)
	// Storage: `Clock::TopicStates` (r:1 w:0)
	// Storage: `Reputer::Actors` (r:1 w:0)
	// Storage: `Reputer::Reports` (r:1 w:1)
	// Storage: `Reputer::Stakes` (r:1 w:0)
	// Storage: `Reputer::Windows` (r:1 w:0)
	// Storage: `Reputer::ScoreBooks` (r:1 w:0)
	// `l` in [1, 8]
	fn report_regular_truth(l: u32) -> Weight {
		// At least 71_355 ns.
		Weight::from_parts(75_393_153, 0)
			// Standard error 44_134.
			.saturating_add(Weight::from_parts(793_126, 0).saturating_mul(l.into()))
			.saturating_add(T::DbWeight::get().reads(8))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Reputer::Actors` (r:1 w:1)
	fn change_record() -> Weight {
		// At least 9_884 ns.
		Weight::from_parts(10_295_000, 0)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Topics::Registrations` (r:1 w:0)
	// Storage: `Topics::Allowed` (r:1 w:0)
	// Storage: `Topics::SupersededParameters` (r:1 w:0)
	// Storage: `Clock::TopicStates` (r:1 w:0)
	// Storage: `Reputer::Actors` (r:1 w:1)
	// Storage: `Reputer::Reports` (r:1 w:0)
	// Storage: `Reputer::Stakes` (r:1 w:0)
	// Storage: `Reputer::Windows` (r:1 w:0)
	fn abstain() -> Weight {
		// At least 119_608 ns.
		Weight::from_parts(125_315_000, 0)
			.saturating_add(T::DbWeight::get().reads(9))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Parameters::Parameters` (r:1 w:0)
	// Storage: `Clock::TopicStates` (r:1 w:0)
	// Storage: `Reputer::Windows` (r:1 w:1)
	fn open() -> Weight {
		// At least 13_901 ns.
		Weight::from_parts(14_551_000, 0)
			.saturating_add(T::DbWeight::get().reads(3))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Reputer::Windows` (r:1 w:1)
	fn void() -> Weight {
		// At least 6_650 ns.
		Weight::from_parts(7_030_000, 0)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Reputer::Reports` (r:1 w:0)
	// Storage: `Reputer::ScoreBooks` (r:1 w:0)
	// `r` in [0, 16]
	// `l` in [0, 346]
	fn freeze(r: u32, l: u32) -> Weight {
		// At least 12_699 ns.
		Weight::from_parts(13_330_000, 0)
			// Standard error 18_643.
			.saturating_add(Weight::from_parts(890_293, 0).saturating_mul(r.into()))
			// Standard error 855.
			.saturating_add(Weight::from_parts(23_241, 0).saturating_mul(l.into()))
			.saturating_add(T::DbWeight::get().reads(2))
	}
	// Storage: `Reputer::Actors` (r:16 w:0)
	// `m` in [1, 16]
	fn freeze_missing(m: u32) -> Weight {
		// At least 14_852 ns.
		Weight::from_parts(9_945_628, 0)
			// Standard error 9_582.
			.saturating_add(Weight::from_parts(6_704_554, 0).saturating_mul(m.into()))
			.saturating_add(T::DbWeight::get().reads(1_u64.saturating_mul(m.into())))
	}
	// Storage: `Reputer::ScoreBooks` (r:1 w:1)
	// `r` in [1, 16]
	fn record_scores(r: u32) -> Weight {
		// At least 15_963 ns.
		Weight::from_parts(16_209_900, 0)
			// Standard error 23_255.
			.saturating_add(Weight::from_parts(629_531, 0).saturating_mul(r.into()))
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Reputer::ScoreBooks` (r:1 w:1)
	// Storage: `Reputer::Actors` (r:16 w:16)
	// `m` in [1, 16]
	fn record_missing(m: u32) -> Weight {
		// At least 30_215 ns.
		Weight::from_parts(21_764_955, 0)
			// Standard error 21_141.
			.saturating_add(Weight::from_parts(9_854_697, 0).saturating_mul(m.into()))
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().reads(1_u64.saturating_mul(m.into())))
			.saturating_add(T::DbWeight::get().writes(1))
			.saturating_add(T::DbWeight::get().writes(1_u64.saturating_mul(m.into())))
	}
	// Storage: `Reputer::Reports` (r:0 w:1)
	fn prune() -> Weight {
		// At least 2_574 ns.
		Weight::from_parts(3_275_000, 0).saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Reputer::Actors` (r:512 w:512)
	// Storage: `Reputer::Windows` (r:0 w:1)
	// Storage: `Reputer::ScoreBooks` (r:0 w:1)
	// `i` in [1, 512]
	fn forget(i: u32) -> Weight {
		// At least 13_210 ns.
		Weight::from_parts(13_720_000, 0)
			// Standard error 3_789.
			.saturating_add(Weight::from_parts(1_103_940, 0).saturating_mul(i.into()))
			.saturating_add(T::DbWeight::get().reads(1_u64.saturating_mul(i.into())))
			.saturating_add(T::DbWeight::get().writes(2))
			.saturating_add(T::DbWeight::get().writes(1_u64.saturating_mul(i.into())))
	}
	// Storage: `Topics::Registrations` (r:1 w:0)
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Topics::Allowed` (r:1 w:0)
	// Storage: `Balances::Holds` (r:1 w:1)
	// Storage: `Reputer::Delegations` (r:1 w:1)
	// Storage: `Reputer::Pools` (r:1 w:1)
	// Storage: `Clock::TopicStates` (r:1 w:0)
	// Storage: `Reputer::PastRounds` (r:4 w:5)
	// Storage: `Reputer::Windows` (r:1 w:0)
	// Storage: `Reputer::Stakes` (r:1 w:1)
	// Storage: `Reputer::TopicStakes` (r:1 w:1)
	// Storage: `Reputer::TotalStake` (r:1 w:1)
	// Storage: `Topics::Economies` (r:1 w:1)
	// Storage: `Timing::Lengths` (r:1 w:0)
	// Storage: `Emissions::Accruals` (r:1 w:1)
	fn delegate() -> Weight {
		// At least 197_021 ns.
		Weight::from_parts(205_014_000, 0)
			.saturating_add(T::DbWeight::get().reads(18))
			.saturating_add(T::DbWeight::get().writes(13))
	}
	// Storage: `Reputer::Delegations` (r:1 w:1)
	// Storage: `Reputer::Pools` (r:1 w:1)
	// Storage: `Clock::TopicStates` (r:1 w:0)
	// Storage: `Reputer::PastRounds` (r:4 w:5)
	// Storage: `Reputer::Undelegations` (r:1 w:1)
	// Storage: `Reputer::NextRemoval` (r:1 w:1)
	// Storage: `Reputer::Windows` (r:1 w:0)
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Topics::Allowed` (r:1 w:0)
	// Storage: `Timing::Lengths` (r:1 w:0)
	// Storage: `Reputer::TopicRemovals` (r:1 w:1)
	// Storage: `Reputer::TotalRemovals` (r:1 w:1)
	// Storage: `Reputer::Stakes` (r:1 w:1)
	// Storage: `Reputer::TopicStakes` (r:1 w:1)
	// Storage: `Reputer::TotalStake` (r:1 w:1)
	// Storage: `Topics::Economies` (r:1 w:1)
	// Storage: `Emissions::Accruals` (r:1 w:1)
	fn undelegate() -> Weight {
		// At least 154_820 ns.
		Weight::from_parts(164_083_000, 0)
			.saturating_add(T::DbWeight::get().reads(20))
			.saturating_add(T::DbWeight::get().writes(16))
	}
	// Storage: `Topics::Registrations` (r:1 w:0)
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Topics::Allowed` (r:1 w:0)
	// Storage: `Reputer::Undelegations` (r:1 w:1)
	// Storage: `Reputer::TopicRemovals` (r:1 w:1)
	// Storage: `Reputer::TotalRemovals` (r:1 w:1)
	// Storage: `Reputer::Delegations` (r:1 w:1)
	// Storage: `Reputer::Pools` (r:1 w:1)
	// Storage: `Clock::TopicStates` (r:1 w:0)
	// Storage: `Reputer::PastRounds` (r:4 w:5)
	// Storage: `Reputer::Windows` (r:1 w:0)
	// Storage: `Reputer::Stakes` (r:1 w:1)
	// Storage: `Reputer::TopicStakes` (r:1 w:1)
	// Storage: `Reputer::TotalStake` (r:1 w:1)
	// Storage: `Topics::Economies` (r:1 w:1)
	// Storage: `Timing::Lengths` (r:1 w:0)
	// Storage: `Emissions::Accruals` (r:1 w:1)
	fn cancel_undelegate() -> Weight {
		// At least 169_992 ns.
		Weight::from_parts(177_453_000, 0)
			.saturating_add(T::DbWeight::get().reads(20))
			.saturating_add(T::DbWeight::get().writes(15))
	}
	// Storage: `Reputer::Undelegations` (r:1 w:1)
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Topics::Allowed` (r:1 w:0)
	// Storage: `Reputer::TopicRemovals` (r:1 w:1)
	// Storage: `Reputer::TotalRemovals` (r:1 w:1)
	// Storage: `System::Account` (r:2 w:2)
	// Storage: `Balances::Holds` (r:1 w:1)
	// Storage: `Reputer::Stakes` (r:1 w:1)
	// Storage: `Reputer::Windows` (r:1 w:0)
	// Storage: `Reputer::Delegations` (r:1 w:1)
	// Storage: `Reputer::Pools` (r:1 w:1)
	// Storage: `Clock::TopicStates` (r:1 w:0)
	// Storage: `Reputer::PastRounds` (r:4 w:4)
	// Storage: `Reputer::Residue` (r:1 w:1)
	fn withdraw_for() -> Weight {
		// At least 148_180 ns.
		Weight::from_parts(207_276_000, 0)
			.saturating_add(T::DbWeight::get().reads(18))
			.saturating_add(T::DbWeight::get().writes(14))
	}
	// Storage: `Topics::Registrations` (r:1 w:0)
	// Storage: `Reputer::Commissions` (r:1 w:1)
	// Storage: `Timing::Lengths` (r:1 w:0)
	// Storage: `Reputer::Windows` (r:1 w:0)
	fn set_commission() -> Weight {
		// At least 24_727 ns.
		Weight::from_parts(26_078_000, 0)
			.saturating_add(T::DbWeight::get().reads(4))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Reputer::Delegations` (r:1 w:1)
	// Storage: `Reputer::Pools` (r:1 w:1)
	// Storage: `Clock::TopicStates` (r:1 w:0)
	// Storage: `Reputer::PastRounds` (r:4 w:4)
	// Storage: `System::Account` (r:1 w:1)
	// Storage: `Reputer::Residue` (r:1 w:1)
	fn claim() -> Weight {
		// At least 100_890 ns.
		Weight::from_parts(107_720_000, 0)
			.saturating_add(T::DbWeight::get().reads(9))
			.saturating_add(T::DbWeight::get().writes(8))
	}
	// Storage: `Topics::Registrations` (r:1 w:0)
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Topics::Allowed` (r:1 w:0)
	// Storage: `Reputer::Delegations` (r:1 w:1)
	// Storage: `Reputer::Pools` (r:1 w:1)
	// Storage: `Clock::TopicStates` (r:1 w:0)
	// Storage: `Reputer::PastRounds` (r:4 w:5)
	// Storage: `System::Account` (r:1 w:1)
	// Storage: `Balances::Holds` (r:1 w:1)
	// Storage: `Reputer::Windows` (r:1 w:0)
	// Storage: `Reputer::Stakes` (r:1 w:1)
	// Storage: `Reputer::TopicStakes` (r:1 w:1)
	// Storage: `Reputer::TotalStake` (r:1 w:1)
	// Storage: `Topics::Economies` (r:1 w:1)
	// Storage: `Timing::Lengths` (r:1 w:0)
	// Storage: `Emissions::Accruals` (r:1 w:1)
	fn compound() -> Weight {
		// At least 233_235 ns.
		Weight::from_parts(249_790_000, 0)
			.saturating_add(T::DbWeight::get().reads(19))
			.saturating_add(T::DbWeight::get().writes(14))
	}
	// Storage: `Reputer::Pools` (r:16 w:16)
	// Storage: `Reputer::Commissions` (r:16 w:0)
	// `r` in [1, 16]
	fn share(r: u32) -> Weight {
		// At least 17_396 ns.
		Weight::from_parts(16_959_938, 0)
			// Standard error 101_664.
			.saturating_add(Weight::from_parts(12_070_576, 0).saturating_mul(r.into()))
			.saturating_add(T::DbWeight::get().reads(2_u64.saturating_mul(r.into())))
			.saturating_add(T::DbWeight::get().writes(1_u64.saturating_mul(r.into())))
	}
}
