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
		// At least 94_841 ns.
		Weight::from_parts(102_713_000, 0)
			.saturating_add(T::DbWeight::get().reads(9))
			.saturating_add(T::DbWeight::get().writes(4))
	}
	// Storage: `Reputer::Removals` (r:1 w:1)
	// Storage: `Reputer::Stakes` (r:1 w:0)
	// Storage: `Reputer::NextRemoval` (r:1 w:1)
	// Storage: `Timing::Lengths` (r:1 w:0)
	fn unstake() -> Weight {
		// At least 23_184 ns.
		Weight::from_parts(27_692_000, 0)
			.saturating_add(T::DbWeight::get().reads(4))
			.saturating_add(T::DbWeight::get().writes(2))
	}
	// Storage: `Reputer::Removals` (r:1 w:1)
	fn cancel_unstake() -> Weight {
		// At least 13_259 ns.
		Weight::from_parts(14_482_000, 0)
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
		// At least 83_273 ns.
		Weight::from_parts(98_346_000, 0)
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
		// At least 154_079 ns.
		Weight::from_parts(164_702_431, 0)
			// Standard error 7_360.
			.saturating_add(Weight::from_parts(267_675, 0).saturating_mul(l.into()))
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
	// Storage: `Reputer::ScoreBooks` (r:1 w:1)
	fn abstain() -> Weight {
		// At least 108_391 ns.
		Weight::from_parts(119_177_000, 0)
			.saturating_add(T::DbWeight::get().reads(9))
			.saturating_add(T::DbWeight::get().writes(2))
	}
	// Storage: `Reputer::Windows` (r:1 w:1)
	fn open() -> Weight {
		// At least 6_900 ns.
		Weight::from_parts(7_251_000, 0)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Reputer::Windows` (r:1 w:1)
	fn void() -> Weight {
		// At least 6_309 ns.
		Weight::from_parts(6_670_000, 0)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Reputer::Reports` (r:1 w:0)
	// Storage: `Reputer::ScoreBooks` (r:1 w:0)
	// `r` in [0, 16]
	// `l` in [0, 346]
	fn freeze(r: u32, l: u32) -> Weight {
		// At least 13_570 ns.
		Weight::from_parts(15_774_000, 0)
			// Standard error 20_499.
			.saturating_add(Weight::from_parts(710_355, 0).saturating_mul(r.into()))
			// Standard error 940.
			.saturating_add(Weight::from_parts(25_907, 0).saturating_mul(l.into()))
			.saturating_add(T::DbWeight::get().reads(2))
	}
	// Storage: `Reputer::Actors` (r:16 w:0)
	// `m` in [1, 16]
	fn freeze_missing(m: u32) -> Weight {
		// At least 14_040 ns.
		Weight::from_parts(15_463_000, 0)
			// Standard error 83_205.
			.saturating_add(Weight::from_parts(8_204_846, 0).saturating_mul(m.into()))
			.saturating_add(T::DbWeight::get().reads(1_u64.saturating_mul(m.into())))
	}
	// Storage: `Reputer::ScoreBooks` (r:1 w:1)
	// `r` in [1, 16]
	fn record_scores(_r: u32) -> Weight {
		// At least 18_878 ns.
		Weight::from_parts(30_303_389, 0)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Reputer::ScoreBooks` (r:1 w:1)
	// Storage: `Reputer::Actors` (r:16 w:16)
	// `m` in [1, 16]
	fn record_missing(m: u32) -> Weight {
		// At least 33_059 ns.
		Weight::from_parts(27_123_589, 0)
			// Standard error 221_114.
			.saturating_add(Weight::from_parts(15_988_664, 0).saturating_mul(m.into()))
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().reads(1_u64.saturating_mul(m.into())))
			.saturating_add(T::DbWeight::get().writes(1))
			.saturating_add(T::DbWeight::get().writes(1_u64.saturating_mul(m.into())))
	}
	// Storage: `Reputer::Reports` (r:0 w:1)
	fn prune() -> Weight {
		// At least 2_284 ns.
		Weight::from_parts(2_824_000, 0).saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Reputer::Actors` (r:512 w:512)
	// Storage: `Reputer::Windows` (r:0 w:1)
	// Storage: `Reputer::ScoreBooks` (r:0 w:1)
	// `i` in [1, 512]
	fn forget(i: u32) -> Weight {
		// At least 9_534 ns.
		Weight::from_parts(10_095_000, 0)
			// Standard error 2_654.
			.saturating_add(Weight::from_parts(1_074_432, 0).saturating_mul(i.into()))
			.saturating_add(T::DbWeight::get().reads(1_u64.saturating_mul(i.into())))
			.saturating_add(T::DbWeight::get().writes(2))
			.saturating_add(T::DbWeight::get().writes(1_u64.saturating_mul(i.into())))
	}
}
