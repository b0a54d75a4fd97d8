//! Weights of `pallet_inference`, written by scripts/benchmark.
//!
//! Measured on 2026-11-28 on a machine with AMD EPYC,
//! in wasm (Compiled), by 10 steps of each component and 100 repeats.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Weights as measured.
pub struct Weights<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_inference::WeightInfo for Weights<T> {
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Topics::SupersededParameters` (r:1 w:0)
	// Storage: `Clock::TopicStates` (r:1 w:0)
	// Storage: `Topics::Registrations` (r:1 w:0)
	// Storage: `Topics::Allowed` (r:1 w:0)
	// Storage: `Inference::Actors` (r:3 w:3)
	// Storage: `Inference::ScoreBooks` (r:1 w:1)
	// Storage: `Inference::Inferers` (r:1 w:1)
	// `l` in [1, 8]
	fn submit_inference(l: u32) -> Weight {
		// At least 150_213 ns.
		Weight::from_parts(192_762_286, 0)
			// Standard error 282_397.
			.saturating_add(Weight::from_parts(6_050_450, 0).saturating_mul(l.into()))
			.saturating_add(T::DbWeight::get().reads(10))
			.saturating_add(T::DbWeight::get().writes(5))
	}
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Topics::SupersededParameters` (r:1 w:0)
	// Storage: `Clock::TopicStates` (r:1 w:0)
	// Storage: `Topics::Registrations` (r:1 w:0)
	// Storage: `Topics::Allowed` (r:1 w:0)
	// Storage: `Inference::Actors` (r:3 w:3)
	// Storage: `Inference::ScoreBooks` (r:1 w:1)
	// Storage: `Inference::Forecasters` (r:1 w:1)
	// `e` in [1, 32]
	fn submit_forecast(e: u32) -> Weight {
		// At least 170_994 ns.
		Weight::from_parts(226_472_906, 0)
			// Standard error 59_406.
			.saturating_add(Weight::from_parts(104_419, 0).saturating_mul(e.into()))
			.saturating_add(T::DbWeight::get().reads(10))
			.saturating_add(T::DbWeight::get().writes(5))
	}
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Topics::SupersededParameters` (r:1 w:0)
	// Storage: `Clock::TopicStates` (r:1 w:0)
	// Storage: `Topics::Registrations` (r:1 w:0)
	// Storage: `Topics::Allowed` (r:1 w:0)
	// Storage: `Inference::Actors` (r:3 w:3)
	// Storage: `Inference::Commitments` (r:1 w:1)
	// Storage: `Inference::ScoreBooks` (r:1 w:1)
	fn commit_inference() -> Weight {
		// At least 175_930 ns.
		Weight::from_parts(205_535_000, 0)
			.saturating_add(T::DbWeight::get().reads(10))
			.saturating_add(T::DbWeight::get().writes(5))
	}
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Topics::SupersededParameters` (r:1 w:0)
	// Storage: `Clock::TopicStates` (r:1 w:0)
	// Storage: `Topics::Registrations` (r:1 w:0)
	// Storage: `Topics::Allowed` (r:1 w:0)
	// Storage: `Inference::Actors` (r:3 w:3)
	// Storage: `Inference::Commitments` (r:1 w:1)
	// Storage: `Inference::ScoreBooks` (r:1 w:1)
	fn commit_forecast() -> Weight {
		// At least 173_978 ns.
		Weight::from_parts(224_684_000, 0)
			.saturating_add(T::DbWeight::get().reads(10))
			.saturating_add(T::DbWeight::get().writes(5))
	}
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Topics::SupersededParameters` (r:1 w:0)
	// Storage: `Clock::TopicStates` (r:1 w:0)
	// Storage: `Inference::Commitments` (r:1 w:0)
	// Storage: `Inference::Inferers` (r:1 w:1)
	// `l` in [1, 8]
	fn reveal_inference(_l: u32) -> Weight {
		// At least 88_411 ns.
		Weight::from_parts(124_220_759, 0)
			.saturating_add(T::DbWeight::get().reads(5))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Topics::SupersededParameters` (r:1 w:0)
	// Storage: `Clock::TopicStates` (r:1 w:0)
	// Storage: `Inference::Commitments` (r:1 w:0)
	// Storage: `Inference::Forecasters` (r:1 w:1)
	// `e` in [1, 32]
	fn reveal_forecast(e: u32) -> Weight {
		// At least 94_090 ns.
		Weight::from_parts(132_501_322, 0)
			// Standard error 74_197.
			.saturating_add(Weight::from_parts(136_228, 0).saturating_mul(e.into()))
			.saturating_add(T::DbWeight::get().reads(5))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Inference::Commitments` (r:1 w:0)
	// Storage: `Inference::ScoreBooks` (r:1 w:1)
	// Storage: `Inference::Inferers` (r:1 w:0)
	// Storage: `Inference::Forecasters` (r:1 w:0)
	// `n` in [0, 32]
	// `f` in [0, 8]
	fn close_commitments(n: u32, f: u32) -> Weight {
		// At least 68_221 ns.
		Weight::from_parts(89_952_606, 0)
			// Standard error 31_949.
			.saturating_add(Weight::from_parts(374_547, 0).saturating_mul(n.into()))
			// Standard error 119_103.
			.saturating_add(Weight::from_parts(251_818, 0).saturating_mul(f.into()))
			.saturating_add(T::DbWeight::get().reads(4))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Inference::Inferers` (r:1 w:0)
	// Storage: `Inference::Forecasters` (r:1 w:0)
	// `n` in [0, 32]
	// `f` in [0, 8]
	fn freeze(n: u32, f: u32) -> Weight {
		// At least 26_530 ns.
		Weight::from_parts(31_667_000, 0)
			// Standard error 14_122.
			.saturating_add(Weight::from_parts(749_230, 0).saturating_mul(n.into()))
			// Standard error 56_914.
			.saturating_add(Weight::from_parts(1_736_239, 0).saturating_mul(f.into()))
			.saturating_add(T::DbWeight::get().reads(2))
	}
	// Storage: `Inference::ScoreBooks` (r:1 w:1)
	// `n` in [1, 32]
	// `f` in [0, 8]
	fn record_scores(n: u32, f: u32) -> Weight {
		// At least 34_200 ns.
		Weight::from_parts(52_267_032, 0)
			// Standard error 22_015.
			.saturating_add(Weight::from_parts(152_846, 0).saturating_mul(n.into()))
			// Standard error 79_863.
			.saturating_add(Weight::from_parts(375_791, 0).saturating_mul(f.into()))
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Inference::ScoreBooks` (r:1 w:1)
	// Storage: `Inference::Actors` (r:40 w:40)
	// `m` in [1, 40]
	fn record_missing(m: u32) -> Weight {
		// At least 59_148 ns.
		Weight::from_parts(78_196_000, 0)
			// Standard error 147_748.
			.saturating_add(Weight::from_parts(16_032_259, 0).saturating_mul(m.into()))
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().reads(1_u64.saturating_mul(m.into())))
			.saturating_add(T::DbWeight::get().writes(1))
			.saturating_add(T::DbWeight::get().writes(1_u64.saturating_mul(m.into())))
	}
	// Storage: `Inference::Inferers` (r:0 w:1)
	// Storage: `Inference::Commitments` (r:0 w:1)
	// Storage: `Inference::Forecasters` (r:0 w:1)
	fn prune() -> Weight {
		// At least 12_659 ns.
		Weight::from_parts(19_339_000, 0).saturating_add(T::DbWeight::get().writes(3))
	}
	// Storage: `Inference::Actors` (r:512 w:512)
	// Storage: `Inference::ScoreBooks` (r:0 w:1)
	// `i` in [1, 512]
	fn forget(i: u32) -> Weight {
		// At least 20_109 ns.
		Weight::from_parts(26_688_657, 0)
			// Standard error 16_885.
			.saturating_add(Weight::from_parts(1_244_787, 0).saturating_mul(i.into()))
			.saturating_add(T::DbWeight::get().reads(1_u64.saturating_mul(i.into())))
			.saturating_add(T::DbWeight::get().writes(1))
			.saturating_add(T::DbWeight::get().writes(1_u64.saturating_mul(i.into())))
	}
}
