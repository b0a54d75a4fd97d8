//! Weights of `pallet_reputer`, written by scripts/benchmark.
//!
//! Measured on 2026-11-28 on a machine with AMD EPYC,
//! in wasm (Compiled), by 10 steps of each component and 100 repeats.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Weights as measured.
pub struct Weights<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_reputer::WeightInfo for Weights<T> {
	// Storage: `Topics::Registrations` (r:1 w:0)
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Topics::Allowed` (r:1 w:0)
	// Storage: `Reputer::Stakes` (r:1 w:1)
	// Storage: `Balances::Holds` (r:1 w:1)
	// Storage: `Reputer::Windows` (r:1 w:0)
	// Storage: `Reputer::TopicStakes` (r:1 w:1)
	// Storage: `Reputer::TotalStake` (r:1 w:1)
	// Storage: `Clock::TopicStates` (r:1 w:0)
	fn stake() -> Weight {
		// At least 95_122 ns.
		Weight::from_parts(98_516_000, 0)
			.saturating_add(T::DbWeight::get().reads(9))
			.saturating_add(T::DbWeight::get().writes(4))
	}
	// Storage: `Reputer::Removals` (r:1 w:1)
	// Storage: `Reputer::Stakes` (r:1 w:0)
	// Storage: `Reputer::NextRemoval` (r:1 w:1)
	// Storage: `Timing::Lengths` (r:1 w:0)
	fn unstake() -> Weight {
		// At least 24_165 ns.
		Weight::from_parts(25_668_000, 0)
			.saturating_add(T::DbWeight::get().reads(4))
			.saturating_add(T::DbWeight::get().writes(2))
	}
	// Storage: `Reputer::Removals` (r:1 w:1)
	fn cancel_unstake() -> Weight {
		// At least 13_891 ns.
		Weight::from_parts(15_192_000, 0)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Reputer::Removals` (r:1 w:1)
	// Storage: `Reputer::Stakes` (r:1 w:1)
	// Storage: `Balances::Holds` (r:1 w:1)
	// Storage: `Reputer::Windows` (r:1 w:0)
	// Storage: `Reputer::TopicStakes` (r:1 w:1)
	// Storage: `Reputer::TotalStake` (r:1 w:1)
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Clock::TopicStates` (r:1 w:0)
	fn withdraw() -> Weight {
		// At least 82_493 ns.
		Weight::from_parts(90_885_000, 0)
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
	// Storage: `Parameters::Parameters` (r:1 w:0)
	// Storage: `Aggregation::Bundles` (r:1 w:0)
	// Storage: `Reputer::Reports` (r:1 w:1)
	// Storage: `Reputer::ScoreBooks` (r:1 w:1)
	// `l` in [1, 346]
	fn report(l: u32) -> Weight {
		// At least 160_057 ns.
		Weight::from_parts(188_092_875, 0)
			// Standard error 7_457.
			.saturating_add(Weight::from_parts(261_497, 0).saturating_mul(l.into()))
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
	// Storage: `Parameters::Parameters` (r:1 w:0)
	fn abstain() -> Weight {
		// At least 94_941 ns.
		Weight::from_parts(107_429_000, 0)
			.saturating_add(T::DbWeight::get().reads(8))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Reputer::Windows` (r:1 w:1)
	fn open() -> Weight {
		// At least 6_600 ns.
		Weight::from_parts(6_900_000, 0)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Reputer::Windows` (r:1 w:1)
	fn void() -> Weight {
		// At least 6_179 ns.
		Weight::from_parts(6_660_000, 0)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Reputer::Reports` (r:1 w:0)
	// Storage: `Reputer::ScoreBooks` (r:1 w:0)
	// `r` in [0, 16]
	// `l` in [0, 346]
	fn freeze(r: u32, l: u32) -> Weight {
		// At least 13_530 ns.
		Weight::from_parts(15_012_000, 0)
			// Standard error 30_392.
			.saturating_add(Weight::from_parts(1_064_702, 0).saturating_mul(r.into()))
			// Standard error 1_394.
			.saturating_add(Weight::from_parts(34_872, 0).saturating_mul(l.into()))
			.saturating_add(T::DbWeight::get().reads(2))
	}
	// Storage: `Reputer::Actors` (r:16 w:0)
	// `m` in [1, 16]
	fn freeze_missing(m: u32) -> Weight {
		// At least 15_353 ns.
		Weight::from_parts(27_510_321, 0)
			// Standard error 157_453.
			.saturating_add(Weight::from_parts(8_468_695, 0).saturating_mul(m.into()))
			.saturating_add(T::DbWeight::get().reads(1_u64.saturating_mul(m.into())))
	}
	// Storage: `Reputer::ScoreBooks` (r:1 w:1)
	// `r` in [1, 16]
	fn record_scores(r: u32) -> Weight {
		// At least 16_134 ns.
		Weight::from_parts(14_835_608, 0)
			// Standard error 44_639.
			.saturating_add(Weight::from_parts(1_618_549, 0).saturating_mul(r.into()))
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Reputer::ScoreBooks` (r:1 w:1)
	// Storage: `Reputer::Actors` (r:16 w:16)
	// `m` in [1, 16]
	fn record_missing(m: u32) -> Weight {
		// At least 38_307 ns.
		Weight::from_parts(32_610_431, 0)
			// Standard error 106_019.
			.saturating_add(Weight::from_parts(17_584_015, 0).saturating_mul(m.into()))
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().reads(1_u64.saturating_mul(m.into())))
			.saturating_add(T::DbWeight::get().writes(1))
			.saturating_add(T::DbWeight::get().writes(1_u64.saturating_mul(m.into())))
	}
	// Storage: `Reputer::Reports` (r:0 w:1)
	fn prune() -> Weight {
		// At least 4_417 ns.
		Weight::from_parts(8_473_000, 0).saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Reputer::Actors` (r:512 w:512)
	// Storage: `Reputer::Windows` (r:0 w:1)
	// Storage: `Reputer::ScoreBooks` (r:0 w:1)
	// `i` in [1, 512]
	fn forget(i: u32) -> Weight {
		// At least 14_312 ns.
		Weight::from_parts(35_993_726, 0)
			// Standard error 6_253.
			.saturating_add(Weight::from_parts(1_039_576, 0).saturating_mul(i.into()))
			.saturating_add(T::DbWeight::get().reads(1_u64.saturating_mul(i.into())))
			.saturating_add(T::DbWeight::get().writes(2))
			.saturating_add(T::DbWeight::get().writes(1_u64.saturating_mul(i.into())))
	}
}
