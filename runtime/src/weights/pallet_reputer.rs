//! Weights of `pallet_reputer`, written by scripts/benchmark.
//!
//! Measured on 2026-11-25 on a machine with Intel(R) Xeon(R) Processor,
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
		// At least 94_100 ns.
		Weight::from_parts(102_232_000, 0)
			.saturating_add(T::DbWeight::get().reads(9))
			.saturating_add(T::DbWeight::get().writes(4))
	}
	// Storage: `Reputer::Removals` (r:1 w:1)
	// Storage: `Reputer::Stakes` (r:1 w:0)
	// Storage: `Reputer::NextRemoval` (r:1 w:1)
	// Storage: `Timing::Lengths` (r:1 w:0)
	fn unstake() -> Weight {
		// At least 26_120 ns.
		Weight::from_parts(27_464_000, 0)
			.saturating_add(T::DbWeight::get().reads(4))
			.saturating_add(T::DbWeight::get().writes(2))
	}
	// Storage: `Reputer::Removals` (r:1 w:1)
	fn cancel_unstake() -> Weight {
		// At least 13_925 ns.
		Weight::from_parts(15_137_000, 0)
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
		// At least 81_975 ns.
		Weight::from_parts(88_649_000, 0)
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
		// Estimated: measured without the third record and the superseded parameters.
		Weight::from_parts(186_000_000, 0)
			// Standard error 4_181.
			.saturating_add(Weight::from_parts(489_666, 0).saturating_mul(l.into()))
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
		// Estimated: measured without the superseded parameters.
		Weight::from_parts(119_000_000, 0)
			.saturating_add(T::DbWeight::get().reads(9))
			.saturating_add(T::DbWeight::get().writes(2))
	}
	// Storage: `Reputer::Windows` (r:1 w:1)
	// Estimated: not measured yet.
	fn open() -> Weight {
		Weight::from_parts(11_000_000, 0)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Reputer::Windows` (r:1 w:1)
	fn void() -> Weight {
		// At least 6_527 ns.
		Weight::from_parts(7_048_000, 0)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Reputer::Reports` (r:1 w:0)
	// Storage: `Reputer::ScoreBooks` (r:1 w:0)
	// `r` in [0, 16]
	// `l` in [0, 346]
	// Estimated: not measured yet.
	fn freeze(r: u32, l: u32) -> Weight {
		Weight::from_parts(26_000_000, 0)
			.saturating_add(Weight::from_parts(1_900_000, 0).saturating_mul(r.into()))
			.saturating_add(Weight::from_parts(72_263, 0).saturating_mul(l.into()))
			.saturating_add(T::DbWeight::get().reads(2))
	}
	// Storage: `Reputer::Actors` (r:16 w:0)
	// `m` in [1, 16]
	// Estimated: not measured yet.
	fn freeze_missing(m: u32) -> Weight {
		Weight::from_parts(20_000_000, 0)
			.saturating_add(Weight::from_parts(9_000_000, 0).saturating_mul(m.into()))
			.saturating_add(T::DbWeight::get().reads(1_u64.saturating_mul(m.into())))
	}
	// Storage: `Reputer::ScoreBooks` (r:1 w:1)
	// `r` in [1, 16]
	// Estimated: not measured yet.
	fn record_scores(r: u32) -> Weight {
		Weight::from_parts(26_000_000, 0)
			.saturating_add(Weight::from_parts(1_900_000, 0).saturating_mul(r.into()))
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Reputer::ScoreBooks` (r:1 w:1)
	// Storage: `Reputer::Actors` (r:16 w:16)
	// `m` in [1, 16]
	// Estimated: not measured yet.
	fn record_missing(m: u32) -> Weight {
		Weight::from_parts(40_401_608, 0)
			.saturating_add(Weight::from_parts(22_100_057, 0).saturating_mul(m.into()))
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().reads(1_u64.saturating_mul(m.into())))
			.saturating_add(T::DbWeight::get().writes(1))
			.saturating_add(T::DbWeight::get().writes(1_u64.saturating_mul(m.into())))
	}
	// Storage: `Reputer::Reports` (r:0 w:1)
	fn prune() -> Weight {
		// At least 3_273 ns.
		Weight::from_parts(4_034_000, 0).saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Reputer::Actors` (r:512 w:512)
	// Storage: `Reputer::Windows` (r:0 w:1)
	// Storage: `Reputer::ScoreBooks` (r:0 w:1)
	// `i` in [1, 512]
	fn forget(i: u32) -> Weight {
		// At least 9_404 ns.
		Weight::from_parts(5_945_287, 0)
			// Standard error 2_121.
			.saturating_add(Weight::from_parts(1_030_854, 0).saturating_mul(i.into()))
			.saturating_add(T::DbWeight::get().reads(1_u64.saturating_mul(i.into())))
			.saturating_add(T::DbWeight::get().writes(2))
			.saturating_add(T::DbWeight::get().writes(1_u64.saturating_mul(i.into())))
	}
}
