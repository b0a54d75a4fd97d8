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
		// At least 130_033 ns.
		Weight::from_parts(132_807_000, 0)
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
		// At least 89_303 ns.
		Weight::from_parts(92_738_000, 0)
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
		// At least 97_154 ns.
		Weight::from_parts(100_048_000, 0)
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
		// At least 83_174 ns.
		Weight::from_parts(85_727_000, 0)
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
		// At least 148_740 ns.
		Weight::from_parts(157_268_538, 0)
			// Standard error 2_060.
			.saturating_add(Weight::from_parts(287_450, 0).saturating_mul(l.into()))
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
		// At least 74_600 ns.
		Weight::from_parts(79_938_694, 0)
			// Standard error 1_637.
			.saturating_add(Weight::from_parts(196_922, 0).saturating_mul(l.into()))
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
		// At least 67_660 ns.
		Weight::from_parts(74_575_647, 0)
			// Standard error 69_026.
			.saturating_add(Weight::from_parts(866_140, 0).saturating_mul(l.into()))
			.saturating_add(T::DbWeight::get().reads(8))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Reputer::Actors` (r:1 w:1)
	fn change_record() -> Weight {
		// At least 9_814 ns.
		Weight::from_parts(10_676_000, 0)
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
		// At least 127_269 ns.
		Weight::from_parts(154_249_000, 0)
			.saturating_add(T::DbWeight::get().reads(9))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Parameters::Parameters` (r:1 w:0)
	// Storage: `Clock::TopicStates` (r:1 w:0)
	// Storage: `Reputer::Windows` (r:1 w:1)
	fn open() -> Weight {
		// At least 13_650 ns.
		Weight::from_parts(15_072_000, 0)
			.saturating_add(T::DbWeight::get().reads(3))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Reputer::Windows` (r:1 w:1)
	fn void() -> Weight {
		// At least 6_750 ns.
		Weight::from_parts(7_220_000, 0)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Reputer::Reports` (r:1 w:0)
	// Storage: `Reputer::ScoreBooks` (r:1 w:0)
	// `r` in [0, 16]
	// `l` in [0, 346]
	fn freeze(r: u32, l: u32) -> Weight {
		// At least 13_860 ns.
		Weight::from_parts(15_383_000, 0)
			// Standard error 19_380.
			.saturating_add(Weight::from_parts(709_792, 0).saturating_mul(r.into()))
			// Standard error 889.
			.saturating_add(Weight::from_parts(26_839, 0).saturating_mul(l.into()))
			.saturating_add(T::DbWeight::get().reads(2))
	}
	// Storage: `Reputer::Actors` (r:16 w:0)
	// `m` in [1, 16]
	fn freeze_missing(m: u32) -> Weight {
		// At least 14_432 ns.
		Weight::from_parts(6_752_088, 0)
			// Standard error 47_738.
			.saturating_add(Weight::from_parts(7_240_168, 0).saturating_mul(m.into()))
			.saturating_add(T::DbWeight::get().reads(1_u64.saturating_mul(m.into())))
	}
	// Storage: `Reputer::ScoreBooks` (r:1 w:1)
	// `r` in [1, 16]
	fn record_scores(r: u32) -> Weight {
		// At least 15_903 ns.
		Weight::from_parts(18_702_932, 0)
			// Standard error 10_721.
			.saturating_add(Weight::from_parts(320_186, 0).saturating_mul(r.into()))
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Reputer::ScoreBooks` (r:1 w:1)
	// Storage: `Reputer::Actors` (r:16 w:16)
	// `m` in [1, 16]
	fn record_missing(m: u32) -> Weight {
		// At least 26_780 ns.
		Weight::from_parts(19_965_092, 0)
			// Standard error 12_501.
			.saturating_add(Weight::from_parts(9_885_779, 0).saturating_mul(m.into()))
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().reads(1_u64.saturating_mul(m.into())))
			.saturating_add(T::DbWeight::get().writes(1))
			.saturating_add(T::DbWeight::get().writes(1_u64.saturating_mul(m.into())))
	}
	// Storage: `Reputer::Reports` (r:0 w:1)
	fn prune() -> Weight {
		// At least 2_494 ns.
		Weight::from_parts(3_335_000, 0).saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Reputer::Actors` (r:512 w:512)
	// Storage: `Reputer::Windows` (r:0 w:1)
	// Storage: `Reputer::ScoreBooks` (r:0 w:1)
	// `i` in [1, 512]
	fn forget(i: u32) -> Weight {
		// At least 13_009 ns.
		Weight::from_parts(13_460_000, 0)
			// Standard error 1_954.
			.saturating_add(Weight::from_parts(1_049_790, 0).saturating_mul(i.into()))
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
		// At least 196_782 ns.
		Weight::from_parts(202_850_000, 0)
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
		// At least 152_786 ns.
		Weight::from_parts(159_827_000, 0)
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
		// At least 170_592 ns.
		Weight::from_parts(177_704_000, 0)
			.saturating_add(T::DbWeight::get().reads(20))
			.saturating_add(T::DbWeight::get().writes(15))
	}
	// Storage: `Reputer::Undelegations` (r:1 w:1)
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Topics::Allowed` (r:1 w:0)
	// Storage: `Reputer::TopicRemovals` (r:1 w:1)
	// Storage: `Reputer::TotalRemovals` (r:1 w:1)
	// Storage: `System::Account` (r:1 w:1)
	// Storage: `Balances::Holds` (r:1 w:1)
	// Storage: `Reputer::Stakes` (r:1 w:1)
	// Storage: `Reputer::Windows` (r:1 w:0)
	// Storage: `Reputer::Delegations` (r:1 w:1)
	// Storage: `Reputer::Pools` (r:1 w:1)
	// Storage: `Clock::TopicStates` (r:1 w:0)
	// Storage: `Reputer::PastRounds` (r:4 w:4)
	// Storage: `Reputer::Residue` (r:1 w:1)
	fn withdraw_for() -> Weight {
		// At least 148_500 ns.
		Weight::from_parts(154_299_000, 0)
			.saturating_add(T::DbWeight::get().reads(17))
			.saturating_add(T::DbWeight::get().writes(13))
	}
	// Storage: `Topics::Registrations` (r:1 w:0)
	// Storage: `Reputer::Commissions` (r:1 w:1)
	// Storage: `Timing::Lengths` (r:1 w:0)
	// Storage: `Reputer::Windows` (r:1 w:0)
	fn set_commission() -> Weight {
		// At least 24_667 ns.
		Weight::from_parts(26_248_000, 0)
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
		// At least 101_099 ns.
		Weight::from_parts(109_493_000, 0)
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
		// At least 231_323 ns.
		Weight::from_parts(236_851_000, 0)
			.saturating_add(T::DbWeight::get().reads(19))
			.saturating_add(T::DbWeight::get().writes(14))
	}
	// Storage: `Reputer::Pools` (r:16 w:16)
	// Storage: `Reputer::Commissions` (r:16 w:0)
	// `r` in [1, 16]
	fn share(r: u32) -> Weight {
		// At least 17_075 ns.
		Weight::from_parts(17_756_000, 0)
			// Standard error 68_219.
			.saturating_add(Weight::from_parts(12_620_365, 0).saturating_mul(r.into()))
			.saturating_add(T::DbWeight::get().reads(2_u64.saturating_mul(r.into())))
			.saturating_add(T::DbWeight::get().writes(1_u64.saturating_mul(r.into())))
	}
}
