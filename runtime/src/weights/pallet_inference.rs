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
		// At least 145_426 ns.
		Weight::from_parts(222_602_522, 0)
			// Standard error 576_116.
			.saturating_add(Weight::from_parts(489_484, 0).saturating_mul(l.into()))
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
		// At least 161_350 ns.
		Weight::from_parts(216_269_940, 0)
			// Standard error 142_207.
			.saturating_add(Weight::from_parts(1_219_970, 0).saturating_mul(e.into()))
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
		// At least 177_293 ns.
		Weight::from_parts(218_695_000, 0)
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
		// At least 166_807 ns.
		Weight::from_parts(188_650_000, 0)
			.saturating_add(T::DbWeight::get().reads(10))
			.saturating_add(T::DbWeight::get().writes(5))
	}
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Topics::SupersededParameters` (r:1 w:0)
	// Storage: `Clock::TopicStates` (r:1 w:0)
	// Storage: `Inference::Commitments` (r:1 w:0)
	// Storage: `Inference::Inferers` (r:1 w:1)
	// `l` in [1, 8]
	fn reveal_inference(l: u32) -> Weight {
		// At least 87_910 ns.
		Weight::from_parts(112_064_809, 0)
			// Standard error 456_620.
			.saturating_add(Weight::from_parts(12_126_517, 0).saturating_mul(l.into()))
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
		// At least 109_362 ns.
		Weight::from_parts(154_115_226, 0)
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
		// At least 75_412 ns.
		Weight::from_parts(89_302_050, 0)
			// Standard error 73_218.
			.saturating_add(Weight::from_parts(408_721, 0).saturating_mul(n.into()))
			// Standard error 272_949.
			.saturating_add(Weight::from_parts(2_969_666, 0).saturating_mul(f.into()))
			.saturating_add(T::DbWeight::get().reads(4))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Inference::Inferers` (r:1 w:0)
	// Storage: `Inference::Forecasters` (r:1 w:0)
	// `n` in [0, 32]
	// `f` in [0, 8]
	fn freeze(n: u32, f: u32) -> Weight {
		// At least 30_886 ns.
		Weight::from_parts(36_765_000, 0)
			// Standard error 32_807.
			.saturating_add(Weight::from_parts(790_858, 0).saturating_mul(n.into()))
			// Standard error 132_217.
			.saturating_add(Weight::from_parts(3_359_943, 0).saturating_mul(f.into()))
			.saturating_add(T::DbWeight::get().reads(2))
	}
	// Storage: `Inference::ScoreBooks` (r:1 w:1)
	// `n` in [1, 32]
	// `f` in [0, 8]
	fn record_scores(n: u32, f: u32) -> Weight {
		// At least 43_715 ns.
		Weight::from_parts(49_051_951, 0)
			// Standard error 39_848.
			.saturating_add(Weight::from_parts(1_078_509, 0).saturating_mul(n.into()))
			// Standard error 144_554.
			.saturating_add(Weight::from_parts(1_185_891, 0).saturating_mul(f.into()))
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Inference::ScoreBooks` (r:1 w:1)
	// Storage: `Inference::Actors` (r:40 w:40)
	// `m` in [1, 40]
	fn record_missing(m: u32) -> Weight {
		// At least 46_600 ns.
		Weight::from_parts(54_339_813, 0)
			// Standard error 212_584.
			.saturating_add(Weight::from_parts(13_523_598, 0).saturating_mul(m.into()))
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().reads(1_u64.saturating_mul(m.into())))
			.saturating_add(T::DbWeight::get().writes(1))
			.saturating_add(T::DbWeight::get().writes(1_u64.saturating_mul(m.into())))
	}
	// Storage: `Inference::Inferers` (r:0 w:1)
	// Storage: `Inference::Commitments` (r:0 w:1)
	// Storage: `Inference::Forecasters` (r:0 w:1)
	fn prune() -> Weight {
		// At least 8_512 ns.
		Weight::from_parts(11_317_000, 0).saturating_add(T::DbWeight::get().writes(3))
	}
	// Storage: `Inference::Actors` (r:512 w:512)
	// Storage: `Inference::ScoreBooks` (r:0 w:1)
	// `i` in [1, 512]
	fn forget(i: u32) -> Weight {
		// At least 14_051 ns.
		Weight::from_parts(46_710_763, 0)
			// Standard error 12_599.
			.saturating_add(Weight::from_parts(1_100_028, 0).saturating_mul(i.into()))
			.saturating_add(T::DbWeight::get().reads(1_u64.saturating_mul(i.into())))
			.saturating_add(T::DbWeight::get().writes(1))
			.saturating_add(T::DbWeight::get().writes(1_u64.saturating_mul(i.into())))
	}
}
