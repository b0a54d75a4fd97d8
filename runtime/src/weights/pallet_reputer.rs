//! Weights of `pallet_reputer`, written by scripts/benchmark.
//!
//! Measured on 2026-11-25 on a machine with Intel(R) Xeon(R) Processor,
//! in wasm (Compiled), by 10 steps of each component and 10 repeats.

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
		// At least 114_786 ns.
		Weight::from_parts(120_053_000, 0)
			.saturating_add(T::DbWeight::get().reads(9))
			.saturating_add(T::DbWeight::get().writes(4))
	}
	// Storage: `Reputer::Removals` (r:1 w:1)
	// Storage: `Reputer::Stakes` (r:1 w:0)
	// Storage: `Reputer::NextRemoval` (r:1 w:1)
	// Storage: `Timing::Lengths` (r:1 w:0)
	fn unstake() -> Weight {
		// At least 32_039 ns.
		Weight::from_parts(33_128_000, 0)
			.saturating_add(T::DbWeight::get().reads(4))
			.saturating_add(T::DbWeight::get().writes(2))
	}
	// Storage: `Reputer::Removals` (r:1 w:1)
	fn cancel_unstake() -> Weight {
		// At least 18_011 ns.
		Weight::from_parts(19_239_000, 0)
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
		// At least 99_509 ns.
		Weight::from_parts(106_013_000, 0)
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
		// At least 172_745 ns.
		Weight::from_parts(179_679_081, 0)
			// Standard error 5_370.
			.saturating_add(Weight::from_parts(266_483, 0).saturating_mul(l.into()))
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
		// At least 111_688 ns.
		Weight::from_parts(119_318_000, 0)
			.saturating_add(T::DbWeight::get().reads(8))
			.saturating_add(T::DbWeight::get().writes(2))
	}
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Topics::TopicStates` (r:1 w:0)
	// Storage: `Reputer::Windows` (r:1 w:1)
	fn open() -> Weight {
		// At least 23_583 ns.
		Weight::from_parts(25_400_000, 0)
			.saturating_add(T::DbWeight::get().reads(3))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Reputer::Windows` (r:1 w:1)
	fn void() -> Weight {
		// At least 7_790 ns.
		Weight::from_parts(8_577_000, 0)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Reputer::Reports` (r:1 w:0)
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Reputer::ScoreBooks` (r:1 w:0)
	// `r` in [1, 16]
	// `l` in [1, 346]
	fn close_reputers(r: u32, l: u32) -> Weight {
		// At least 33_024 ns.
		Weight::from_parts(34_046_000, 0)
			// Standard error 134_192.
			.saturating_add(Weight::from_parts(1_463_327, 0).saturating_mul(r.into()))
			// Standard error 6_208.
			.saturating_add(Weight::from_parts(61_576, 0).saturating_mul(l.into()))
			.saturating_add(T::DbWeight::get().reads(3))
	}
	// Storage: `Reputer::ScoreBooks` (r:1 w:1)
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Reputer::Actors` (r:16 w:16)
	// `r` in [1, 16]
	// `m` in [0, 16]
	fn note_scores(r: u32, m: u32) -> Weight {
		// At least 100_162 ns.
		Weight::from_parts(61_309_277, 0)
			// Standard error 133_332.
			.saturating_add(Weight::from_parts(3_597_137, 0).saturating_mul(r.into()))
			// Standard error 124_031.
			.saturating_add(Weight::from_parts(18_398_123, 0).saturating_mul(m.into()))
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().reads(1_u64.saturating_mul(m.into())))
			.saturating_add(T::DbWeight::get().writes(1))
			.saturating_add(T::DbWeight::get().writes(1_u64.saturating_mul(m.into())))
	}
	// Storage: `Reputer::Reports` (r:0 w:1)
	fn prune() -> Weight {
		// At least 4_423 ns.
		Weight::from_parts(5_197_000, 0).saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Reputer::Actors` (r:512 w:512)
	// Storage: `Reputer::Windows` (r:0 w:1)
	// Storage: `Reputer::ScoreBooks` (r:0 w:1)
	// `i` in [1, 512]
	fn forget(i: u32) -> Weight {
		// At least 11_766 ns.
		Weight::from_parts(11_932_000, 0)
			// Standard error 8_716.
			.saturating_add(Weight::from_parts(1_143_042, 0).saturating_mul(i.into()))
			.saturating_add(T::DbWeight::get().reads(1_u64.saturating_mul(i.into())))
			.saturating_add(T::DbWeight::get().writes(2))
			.saturating_add(T::DbWeight::get().writes(1_u64.saturating_mul(i.into())))
	}
}
