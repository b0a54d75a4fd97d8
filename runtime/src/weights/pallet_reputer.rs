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
		// At least 129_311 ns.
		Weight::from_parts(133_287_000, 0)
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
		// At least 90_714 ns.
		Weight::from_parts(94_389_000, 0)
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
		// At least 98_757 ns.
		Weight::from_parts(101_571_000, 0)
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
		// At least 84_776 ns.
		Weight::from_parts(87_190_000, 0)
			.saturating_add(T::DbWeight::get().reads(8))
			.saturating_add(T::DbWeight::get().writes(5))
	}
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Topics::SupersededParameters` (r:1 w:0)
	// Storage: `Clock::TopicStates` (r:1 w:0)
	// Storage: `Topics::Registrations` (r:1 w:0)
	// Storage: `Topics::Allowed` (r:1 w:0)
	// Storage: `Reputer::Actors` (r:3 w:3)
	// Storage: `Reputer::Stakes` (r:1 w:0)
	// Storage: `Reputer::Windows` (r:1 w:0)
	// Storage: `Aggregation::Bundles` (r:1 w:0)
	// Storage: `Reputer::Reports` (r:1 w:1)
	// Storage: `Reputer::ScoreBooks` (r:1 w:1)
	// `l` in [1, 346]
	fn report(l: u32) -> Weight {
		// At least 157_543 ns.
		Weight::from_parts(169_785_013, 0)
			// Standard error 17_455.
			.saturating_add(Weight::from_parts(515_143, 0).saturating_mul(l.into()))
			.saturating_add(T::DbWeight::get().reads(13))
			.saturating_add(T::DbWeight::get().writes(5))
	}
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Topics::SupersededParameters` (r:1 w:0)
	// Storage: `Clock::TopicStates` (r:1 w:0)
	// Storage: `Topics::Registrations` (r:1 w:0)
	// Storage: `Topics::Allowed` (r:1 w:0)
	// Storage: `Reputer::Actors` (r:1 w:1)
	// Storage: `Reputer::Stakes` (r:1 w:0)
	// Storage: `Reputer::Windows` (r:1 w:0)
	fn abstain() -> Weight {
		// At least 104_095 ns.
		Weight::from_parts(111_405_000, 0)
			.saturating_add(T::DbWeight::get().reads(8))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Parameters::Parameters` (r:1 w:0)
	// Storage: `Clock::TopicStates` (r:1 w:0)
	// Storage: `Reputer::Windows` (r:1 w:1)
	fn open() -> Weight {
		// At least 14_021 ns.
		Weight::from_parts(15_012_000, 0)
			.saturating_add(T::DbWeight::get().reads(3))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Reputer::Windows` (r:1 w:1)
	fn void() -> Weight {
		// At least 9_003 ns.
		Weight::from_parts(9_885_000, 0)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Reputer::Reports` (r:1 w:0)
	// Storage: `Reputer::ScoreBooks` (r:1 w:0)
	// `r` in [0, 16]
	// `l` in [0, 346]
	fn freeze(r: u32, l: u32) -> Weight {
		// At least 13_150 ns.
		Weight::from_parts(14_852_000, 0)
			// Standard error 22_805.
			.saturating_add(Weight::from_parts(848_785, 0).saturating_mul(r.into()))
			// Standard error 1_046.
			.saturating_add(Weight::from_parts(32_108, 0).saturating_mul(l.into()))
			.saturating_add(T::DbWeight::get().reads(2))
	}
	// Storage: `Reputer::Actors` (r:16 w:0)
	// `m` in [1, 16]
	fn freeze_missing(m: u32) -> Weight {
		// At least 14_842 ns.
		Weight::from_parts(10_910_170, 0)
			// Standard error 14_504.
			.saturating_add(Weight::from_parts(6_763_515, 0).saturating_mul(m.into()))
			.saturating_add(T::DbWeight::get().reads(1_u64.saturating_mul(m.into())))
	}
	// Storage: `Reputer::ScoreBooks` (r:1 w:1)
	// `r` in [1, 16]
	fn record_scores(r: u32) -> Weight {
		// At least 16_304 ns.
		Weight::from_parts(17_828_570, 0)
			// Standard error 39_572.
			.saturating_add(Weight::from_parts(791_196, 0).saturating_mul(r.into()))
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Reputer::ScoreBooks` (r:1 w:1)
	// Storage: `Reputer::Actors` (r:16 w:16)
	// `m` in [1, 16]
	fn record_missing(m: u32) -> Weight {
		// At least 27_391 ns.
		Weight::from_parts(26_296_508, 0)
			// Standard error 165_259.
			.saturating_add(Weight::from_parts(11_827_022, 0).saturating_mul(m.into()))
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().reads(1_u64.saturating_mul(m.into())))
			.saturating_add(T::DbWeight::get().writes(1))
			.saturating_add(T::DbWeight::get().writes(1_u64.saturating_mul(m.into())))
	}
	// Storage: `Reputer::Reports` (r:0 w:1)
	fn prune() -> Weight {
		// At least 2_734 ns.
		Weight::from_parts(4_687_000, 0).saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Reputer::Actors` (r:512 w:512)
	// Storage: `Reputer::Windows` (r:0 w:1)
	// Storage: `Reputer::ScoreBooks` (r:0 w:1)
	// `i` in [1, 512]
	fn forget(i: u32) -> Weight {
		// At least 13_139 ns.
		Weight::from_parts(11_263_528, 0)
			// Standard error 12_895.
			.saturating_add(Weight::from_parts(1_237_052, 0).saturating_mul(i.into()))
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
		// At least 303_300 ns.
		Weight::from_parts(322_908_000, 0)
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
		// At least 158_224 ns.
		Weight::from_parts(254_638_000, 0)
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
		// At least 170_292 ns.
		Weight::from_parts(178_184_000, 0)
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
		// At least 148_790 ns.
		Weight::from_parts(155_280_000, 0)
			.saturating_add(T::DbWeight::get().reads(17))
			.saturating_add(T::DbWeight::get().writes(13))
	}
	// Storage: `Topics::Registrations` (r:1 w:0)
	// Storage: `Reputer::Commissions` (r:1 w:1)
	// Storage: `Timing::Lengths` (r:1 w:0)
	// Storage: `Reputer::Windows` (r:1 w:0)
	fn set_commission() -> Weight {
		// At least 25_317 ns.
		Weight::from_parts(26_539_000, 0)
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
		// At least 101_220 ns.
		Weight::from_parts(103_703_000, 0)
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
		// At least 235_068 ns.
		Weight::from_parts(339_823_000, 0)
			.saturating_add(T::DbWeight::get().reads(19))
			.saturating_add(T::DbWeight::get().writes(14))
	}
	// Storage: `Reputer::Pools` (r:16 w:16)
	// Storage: `Reputer::Commissions` (r:16 w:0)
	// `r` in [1, 16]
	fn share(r: u32) -> Weight {
		// At least 23_504 ns.
		Weight::from_parts(18_822_738, 0)
			// Standard error 236_596.
			.saturating_add(Weight::from_parts(13_765_102, 0).saturating_mul(r.into()))
			.saturating_add(T::DbWeight::get().reads(2_u64.saturating_mul(r.into())))
			.saturating_add(T::DbWeight::get().writes(1_u64.saturating_mul(r.into())))
	}
}
