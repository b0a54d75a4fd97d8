//! Weights of `pallet_inference`, written by scripts/benchmark.
//!
//! Measured on 2026-11-29 on a machine with AMD EPYC,
//! in wasm (Compiled), by 10 steps of each component and 100 repeats.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Weights as measured.
pub struct Weights<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_inference::WeightInfo for Weights<T> {
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Topics::Registrations` (r:1 w:0)
	// Storage: `Topics::Allowed` (r:1 w:0)
	// Storage: `Topics::SupersededParameters` (r:1 w:0)
	// Storage: `Clock::TopicStates` (r:1 w:0)
	// Storage: `Inference::Inferers` (r:2 w:1)
	// Storage: `Inference::Actors` (r:3 w:3)
	// Storage: `Inference::ScoreBooks` (r:1 w:1)
	// Storage: `Inference::Commitments` (r:1 w:0)
	// `l` in [1, 8]
	fn submit_inference(_l: u32) -> Weight {
		// At least 181_529 ns.
		Weight::from_parts(223_992_759, 0)
			.saturating_add(T::DbWeight::get().reads(12))
			.saturating_add(T::DbWeight::get().writes(5))
	}
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Topics::Registrations` (r:1 w:0)
	// Storage: `Topics::Allowed` (r:1 w:0)
	// Storage: `Topics::SupersededParameters` (r:1 w:0)
	// Storage: `Clock::TopicStates` (r:1 w:0)
	// Storage: `Inference::Forecasters` (r:2 w:1)
	// Storage: `Inference::Actors` (r:3 w:3)
	// Storage: `Inference::ScoreBooks` (r:1 w:1)
	// Storage: `Inference::Commitments` (r:1 w:0)
	// `e` in [1, 32]
	fn submit_forecast(_e: u32) -> Weight {
		// At least 173_427 ns.
		Weight::from_parts(203_417_208, 0)
			.saturating_add(T::DbWeight::get().reads(12))
			.saturating_add(T::DbWeight::get().writes(5))
	}
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Topics::Registrations` (r:1 w:0)
	// Storage: `Topics::Allowed` (r:1 w:0)
	// Storage: `Topics::SupersededParameters` (r:1 w:0)
	// Storage: `Clock::TopicStates` (r:1 w:0)
	// Storage: `Inference::Commitments` (r:2 w:1)
	// Storage: `Inference::Actors` (r:3 w:3)
	// Storage: `Inference::ScoreBooks` (r:1 w:1)
	// Storage: `Inference::Inferers` (r:1 w:0)
	fn commit_inference() -> Weight {
		// At least 178_665 ns.
		Weight::from_parts(192_835_000, 0)
			.saturating_add(T::DbWeight::get().reads(12))
			.saturating_add(T::DbWeight::get().writes(5))
	}
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Topics::Registrations` (r:1 w:0)
	// Storage: `Topics::Allowed` (r:1 w:0)
	// Storage: `Topics::SupersededParameters` (r:1 w:0)
	// Storage: `Clock::TopicStates` (r:1 w:0)
	// Storage: `Inference::Commitments` (r:2 w:1)
	// Storage: `Inference::Actors` (r:3 w:3)
	// Storage: `Inference::ScoreBooks` (r:1 w:1)
	// Storage: `Inference::Forecasters` (r:1 w:0)
	fn commit_forecast() -> Weight {
		// At least 175_270 ns.
		Weight::from_parts(191_364_000, 0)
			.saturating_add(T::DbWeight::get().reads(12))
			.saturating_add(T::DbWeight::get().writes(5))
	}
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Topics::Registrations` (r:1 w:0)
	// Storage: `Clock::TopicStates` (r:1 w:0)
	// Storage: `Inference::Inferers` (r:1 w:1)
	// Storage: `Inference::ScoreBooks` (r:1 w:0)
	// `l` in [1, 8]
	fn submit_regular_inference(_l: u32) -> Weight {
		// At least 75_082 ns.
		Weight::from_parts(99_298_901, 0)
			.saturating_add(T::DbWeight::get().reads(5))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Topics::Registrations` (r:1 w:0)
	// Storage: `Clock::TopicStates` (r:1 w:0)
	// Storage: `Inference::Forecasters` (r:1 w:1)
	// Storage: `Inference::ScoreBooks` (r:1 w:0)
	// `e` in [1, 32]
	fn submit_regular_forecast(_e: u32) -> Weight {
		// At least 78_606 ns.
		Weight::from_parts(106_907_853, 0)
			.saturating_add(T::DbWeight::get().reads(5))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Topics::Registrations` (r:1 w:0)
	// Storage: `Clock::TopicStates` (r:1 w:0)
	// Storage: `Inference::Commitments` (r:1 w:1)
	// Storage: `Inference::ScoreBooks` (r:1 w:0)
	fn commit_regular() -> Weight {
		// At least 78_246 ns.
		Weight::from_parts(91_226_000, 0)
			.saturating_add(T::DbWeight::get().reads(5))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Inference::Actors` (r:1 w:1)
	fn change_record() -> Weight {
		// At least 10_576 ns.
		Weight::from_parts(10_996_000, 0)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Topics::SupersededParameters` (r:1 w:0)
	// Storage: `Clock::TopicStates` (r:1 w:0)
	// Storage: `Inference::Commitments` (r:1 w:0)
	// Storage: `Inference::Inferers` (r:1 w:1)
	// `l` in [1, 8]
	fn reveal_inference(l: u32) -> Weight {
		// At least 84_204 ns.
		Weight::from_parts(92_214_197, 0)
			// Standard error 100_530.
			.saturating_add(Weight::from_parts(2_422_138, 0).saturating_mul(l.into()))
			.saturating_add(T::DbWeight::get().reads(5))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Topics::SupersededParameters` (r:1 w:0)
	// Storage: `Clock::TopicStates` (r:1 w:0)
	// Storage: `Inference::Commitments` (r:1 w:0)
	// Storage: `Inference::Forecasters` (r:1 w:1)
	// `e` in [1, 32]
	fn reveal_forecast(_e: u32) -> Weight {
		// At least 83_313 ns.
		Weight::from_parts(102_273_542, 0)
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
		// At least 50_384 ns.
		Weight::from_parts(39_899_576, 0)
			// Standard error 21_780.
			.saturating_add(Weight::from_parts(1_188_291, 0).saturating_mul(n.into()))
			// Standard error 81_194.
			.saturating_add(Weight::from_parts(1_793_601, 0).saturating_mul(f.into()))
			.saturating_add(T::DbWeight::get().reads(4))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Inference::Inferers` (r:1 w:0)
	// Storage: `Inference::Forecasters` (r:1 w:0)
	// `n` in [0, 32]
	// `f` in [0, 8]
	fn freeze(n: u32, f: u32) -> Weight {
		// At least 21_042 ns.
		Weight::from_parts(1_649_764, 0)
			// Standard error 14_618.
			.saturating_add(Weight::from_parts(701_834, 0).saturating_mul(n.into()))
			// Standard error 54_497.
			.saturating_add(Weight::from_parts(4_341_667, 0).saturating_mul(f.into()))
			.saturating_add(T::DbWeight::get().reads(2))
	}
	// Storage: `Inference::ScoreBooks` (r:1 w:1)
	// `n` in [1, 32]
	// `f` in [0, 8]
	fn record_scores(n: u32, f: u32) -> Weight {
		// At least 28_653 ns.
		Weight::from_parts(20_132_047, 0)
			// Standard error 11_555.
			.saturating_add(Weight::from_parts(709_302, 0).saturating_mul(n.into()))
			// Standard error 41_918.
			.saturating_add(Weight::from_parts(1_597_921, 0).saturating_mul(f.into()))
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Inference::ScoreBooks` (r:1 w:1)
	// Storage: `Inference::Actors` (r:40 w:40)
	// `m` in [1, 40]
	fn record_missing(m: u32) -> Weight {
		// At least 34_391 ns.
		Weight::from_parts(32_932_189, 0)
			// Standard error 59_644.
			.saturating_add(Weight::from_parts(11_227_076, 0).saturating_mul(m.into()))
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().reads(1_u64.saturating_mul(m.into())))
			.saturating_add(T::DbWeight::get().writes(1))
			.saturating_add(T::DbWeight::get().writes(1_u64.saturating_mul(m.into())))
	}
	// Storage: `Inference::Inferers` (r:0 w:1)
	// Storage: `Inference::Commitments` (r:0 w:1)
	// Storage: `Inference::Forecasters` (r:0 w:1)
	fn prune() -> Weight {
		// At least 7_010 ns.
		Weight::from_parts(8_342_000, 0).saturating_add(T::DbWeight::get().writes(3))
	}
	// Storage: `Inference::Actors` (r:512 w:512)
	// Storage: `Inference::ScoreBooks` (r:0 w:1)
	// `i` in [1, 512]
	fn forget(i: u32) -> Weight {
		// At least 15_123 ns.
		Weight::from_parts(710_194, 0)
			// Standard error 2_825.
			.saturating_add(Weight::from_parts(1_084_362, 0).saturating_mul(i.into()))
			.saturating_add(T::DbWeight::get().reads(1_u64.saturating_mul(i.into())))
			.saturating_add(T::DbWeight::get().writes(1))
			.saturating_add(T::DbWeight::get().writes(1_u64.saturating_mul(i.into())))
	}
}
