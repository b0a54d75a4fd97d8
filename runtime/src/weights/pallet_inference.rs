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
	fn submit_inference(l: u32) -> Weight {
		// At least 166_657 ns.
		Weight::from_parts(184_356_955, 0)
			// Standard error 156_312.
			.saturating_add(Weight::from_parts(378_214, 0).saturating_mul(l.into()))
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
		// At least 158_425 ns.
		Weight::from_parts(178_828_752, 0)
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
		// At least 167_698 ns.
		Weight::from_parts(175_600_000, 0)
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
		// At least 164_904 ns.
		Weight::from_parts(172_505_000, 0)
			.saturating_add(T::DbWeight::get().reads(12))
			.saturating_add(T::DbWeight::get().writes(5))
	}
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Topics::Registrations` (r:1 w:0)
	// Storage: `Clock::TopicStates` (r:1 w:0)
	// Storage: `Inference::Inferers` (r:1 w:1)
	// Storage: `Inference::ScoreBooks` (r:1 w:0)
	// `l` in [1, 8]
	fn submit_regular_inference(l: u32) -> Weight {
		// At least 63_184 ns.
		Weight::from_parts(75_318_135, 0)
			// Standard error 113_615.
			.saturating_add(Weight::from_parts(2_155_610, 0).saturating_mul(l.into()))
			.saturating_add(T::DbWeight::get().reads(5))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Topics::Registrations` (r:1 w:0)
	// Storage: `Clock::TopicStates` (r:1 w:0)
	// Storage: `Inference::Forecasters` (r:1 w:1)
	// Storage: `Inference::ScoreBooks` (r:1 w:0)
	// `e` in [1, 32]
	fn submit_regular_forecast(e: u32) -> Weight {
		// At least 66_669 ns.
		Weight::from_parts(83_648_567, 0)
			// Standard error 21_662.
			.saturating_add(Weight::from_parts(102_376, 0).saturating_mul(e.into()))
			.saturating_add(T::DbWeight::get().reads(5))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Topics::Registrations` (r:1 w:0)
	// Storage: `Clock::TopicStates` (r:1 w:0)
	// Storage: `Inference::Commitments` (r:1 w:1)
	// Storage: `Inference::ScoreBooks` (r:1 w:0)
	fn commit_regular() -> Weight {
		// At least 62_362 ns.
		Weight::from_parts(71_365_000, 0)
			.saturating_add(T::DbWeight::get().reads(5))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Inference::Actors` (r:1 w:1)
	fn change_record() -> Weight {
		// At least 10_275 ns.
		Weight::from_parts(10_986_000, 0)
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
		// At least 74_040 ns.
		Weight::from_parts(80_046_667, 0)
			// Standard error 44_373.
			.saturating_add(Weight::from_parts(905_397, 0).saturating_mul(l.into()))
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
		// At least 71_577 ns.
		Weight::from_parts(80_112_439, 0)
			// Standard error 68_018.
			.saturating_add(Weight::from_parts(846_559, 0).saturating_mul(e.into()))
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
		// At least 52_208 ns.
		Weight::from_parts(55_012_896, 0)
			// Standard error 20_812.
			.saturating_add(Weight::from_parts(516_824, 0).saturating_mul(n.into()))
			// Standard error 77_585.
			.saturating_add(Weight::from_parts(1_233_375, 0).saturating_mul(f.into()))
			.saturating_add(T::DbWeight::get().reads(4))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Inference::Inferers` (r:1 w:0)
	// Storage: `Inference::Forecasters` (r:1 w:0)
	// `n` in [0, 32]
	// `f` in [0, 8]
	fn freeze(n: u32, f: u32) -> Weight {
		// At least 20_811 ns.
		Weight::from_parts(24_156_000, 0)
			// Standard error 14_831.
			.saturating_add(Weight::from_parts(420_793, 0).saturating_mul(n.into()))
			// Standard error 59_772.
			.saturating_add(Weight::from_parts(2_211_485, 0).saturating_mul(f.into()))
			.saturating_add(T::DbWeight::get().reads(2))
	}
	// Storage: `Inference::ScoreBooks` (r:1 w:1)
	// `n` in [1, 32]
	// `f` in [0, 8]
	fn record_scores(n: u32, f: u32) -> Weight {
		// At least 29_503 ns.
		Weight::from_parts(35_622_237, 0)
			// Standard error 12_698.
			.saturating_add(Weight::from_parts(413_702, 0).saturating_mul(n.into()))
			// Standard error 46_065.
			.saturating_add(Weight::from_parts(442_089, 0).saturating_mul(f.into()))
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Inference::ScoreBooks` (r:1 w:1)
	// Storage: `Inference::Actors` (r:40 w:40)
	// `m` in [1, 40]
	fn record_missing(m: u32) -> Weight {
		// At least 34_201 ns.
		Weight::from_parts(21_942_429, 0)
			// Standard error 75_256.
			.saturating_add(Weight::from_parts(11_659_861, 0).saturating_mul(m.into()))
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().reads(1_u64.saturating_mul(m.into())))
			.saturating_add(T::DbWeight::get().writes(1))
			.saturating_add(T::DbWeight::get().writes(1_u64.saturating_mul(m.into())))
	}
	// Storage: `Inference::Inferers` (r:0 w:1)
	// Storage: `Inference::Commitments` (r:0 w:1)
	// Storage: `Inference::Forecasters` (r:0 w:1)
	fn prune() -> Weight {
		// At least 6_840 ns.
		Weight::from_parts(8_834_000, 0).saturating_add(T::DbWeight::get().writes(3))
	}
	// Storage: `Inference::Actors` (r:512 w:512)
	// Storage: `Inference::ScoreBooks` (r:0 w:1)
	// `i` in [1, 512]
	fn forget(i: u32) -> Weight {
		// At least 15_283 ns.
		Weight::from_parts(10_006_285, 0)
			// Standard error 6_377.
			.saturating_add(Weight::from_parts(1_064_225, 0).saturating_mul(i.into()))
			.saturating_add(T::DbWeight::get().reads(1_u64.saturating_mul(i.into())))
			.saturating_add(T::DbWeight::get().writes(1))
			.saturating_add(T::DbWeight::get().writes(1_u64.saturating_mul(i.into())))
	}
}
