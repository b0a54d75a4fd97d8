//! Weights of `pallet_reputer`, written by scripts/benchmark.
//!
//! Measured on 2026-11-25 on a machine with Intel(R) Xeon(R) Processor,
//! in wasm (Compiled), by 20 steps of each component and 20 repeats.

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
	// Storage: `Topics::TopicStates` (r:1 w:0)
	fn stake() -> Weight {
		// At least 97_758 ns.
		Weight::from_parts(100_455_000, 0)
			.saturating_add(T::DbWeight::get().reads(9))
			.saturating_add(T::DbWeight::get().writes(4))
	}
	// Storage: `Reputer::Removals` (r:1 w:1)
	// Storage: `Reputer::Stakes` (r:1 w:0)
	// Storage: `Reputer::NextRemoval` (r:1 w:1)
	// Storage: `Timing::Lengths` (r:1 w:0)
	fn unstake() -> Weight {
		// At least 26_196 ns.
		Weight::from_parts(26_986_000, 0)
			.saturating_add(T::DbWeight::get().reads(4))
			.saturating_add(T::DbWeight::get().writes(2))
	}
	// Storage: `Reputer::Removals` (r:1 w:1)
	fn cancel_unstake() -> Weight {
		// At least 14_082 ns.
		Weight::from_parts(14_995_000, 0)
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
	// Storage: `Topics::TopicStates` (r:1 w:0)
	fn withdraw() -> Weight {
		// At least 81_626 ns.
		Weight::from_parts(87_246_000, 0)
			.saturating_add(T::DbWeight::get().reads(8))
			.saturating_add(T::DbWeight::get().writes(5))
	}
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Topics::TopicStates` (r:1 w:0)
	// Storage: `Topics::Registrations` (r:1 w:0)
	// Storage: `Topics::Allowed` (r:1 w:0)
	// Storage: `Reputer::Actors` (r:2 w:2)
	// Storage: `Reputer::Stakes` (r:1 w:0)
	// Storage: `Parameters::Parameters` (r:1 w:0)
	// Storage: `Aggregation::Bundles` (r:1 w:0)
	// Storage: `Reputer::Reports` (r:1 w:1)
	// Storage: `Reputer::ScoreBooks` (r:1 w:1)
	// `l` in [1, 346]
	fn report(l: u32) -> Weight {
		// At least 148_040 ns.
		Weight::from_parts(152_075_689, 0)
			// Standard error 7_111.
			.saturating_add(Weight::from_parts(472_599, 0).saturating_mul(l.into()))
			.saturating_add(T::DbWeight::get().reads(11))
			.saturating_add(T::DbWeight::get().writes(4))
	}
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Topics::TopicStates` (r:1 w:0)
	// Storage: `Topics::Registrations` (r:1 w:0)
	// Storage: `Topics::Allowed` (r:1 w:0)
	// Storage: `Reputer::Actors` (r:1 w:1)
	// Storage: `Reputer::Stakes` (r:1 w:0)
	// Storage: `Parameters::Parameters` (r:1 w:0)
	// Storage: `Reputer::ScoreBooks` (r:1 w:1)
	fn abstain() -> Weight {
		// At least 91_732 ns.
		Weight::from_parts(103_557_000, 0)
			.saturating_add(T::DbWeight::get().reads(8))
			.saturating_add(T::DbWeight::get().writes(2))
	}
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Topics::TopicStates` (r:1 w:0)
	// Storage: `Reputer::Windows` (r:1 w:1)
	fn open() -> Weight {
		// At least 21_267 ns.
		Weight::from_parts(22_326_000, 0)
			.saturating_add(T::DbWeight::get().reads(3))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Reputer::Windows` (r:1 w:1)
	fn void() -> Weight {
		// At least 6_336 ns.
		Weight::from_parts(6_959_000, 0)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Reputer::Reports` (r:1 w:0)
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Reputer::ScoreBooks` (r:1 w:0)
	// `r` in [1, 16]
	// `l` in [1, 346]
	fn close_reputers(r: u32, l: u32) -> Weight {
		// At least 27_796 ns.
		Weight::from_parts(29_472_000, 0)
			// Standard error 82_058.
			.saturating_add(Weight::from_parts(1_558_079, 0).saturating_mul(r.into()))
			// Standard error 3_786.
			.saturating_add(Weight::from_parts(69_141, 0).saturating_mul(l.into()))
			.saturating_add(T::DbWeight::get().reads(3))
	}
	// Storage: `Reputer::ScoreBooks` (r:1 w:1)
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Reputer::Actors` (r:16 w:16)
	// `r` in [1, 16]
	// `m` in [0, 16]
	fn note_scores(r: u32, m: u32) -> Weight {
		// At least 85_536 ns.
		Weight::from_parts(40_192_785, 0)
			// Standard error 123_066.
			.saturating_add(Weight::from_parts(4_172_791, 0).saturating_mul(r.into()))
			// Standard error 115_742.
			.saturating_add(Weight::from_parts(16_601_259, 0).saturating_mul(m.into()))
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().reads(1_u64.saturating_mul(m.into())))
			.saturating_add(T::DbWeight::get().writes(1))
			.saturating_add(T::DbWeight::get().writes(1_u64.saturating_mul(m.into())))
	}
	// Storage: `Reputer::Reports` (r:0 w:1)
	fn prune() -> Weight {
		// At least 3_387 ns.
		Weight::from_parts(4_044_000, 0).saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Reputer::Actors` (r:512 w:512)
	// Storage: `Reputer::Windows` (r:0 w:1)
	// Storage: `Reputer::ScoreBooks` (r:0 w:1)
	// `i` in [1, 512]
	fn forget(i: u32) -> Weight {
		// At least 9_994 ns.
		Weight::from_parts(5_314_140, 0)
			// Standard error 4_620.
			.saturating_add(Weight::from_parts(1_031_107, 0).saturating_mul(i.into()))
			.saturating_add(T::DbWeight::get().reads(1_u64.saturating_mul(i.into())))
			.saturating_add(T::DbWeight::get().writes(2))
			.saturating_add(T::DbWeight::get().writes(1_u64.saturating_mul(i.into())))
	}
}
