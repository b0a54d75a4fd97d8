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
	// Storage: `Topics::SupersededParameters` (r:1 w:0)
	// Storage: `Clock::TopicStates` (r:1 w:0)
	// Storage: `Topics::Registrations` (r:1 w:0)
	// Storage: `Topics::Allowed` (r:1 w:0)
	// Storage: `Inference::Actors` (r:3 w:3)
	// Storage: `Inference::ScoreBooks` (r:1 w:1)
	// Storage: `Inference::Inferers` (r:1 w:1)
	// `l` in [1, 8]
	fn submit_inference(l: u32) -> Weight {
		// At least 162_150 ns.
		Weight::from_parts(215_724_144, 0)
			// Standard error 966_968.
			.saturating_add(Weight::from_parts(2_737_876, 0).saturating_mul(l.into()))
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
	fn submit_forecast(_e: u32) -> Weight {
		// At least 161_139 ns.
		Weight::from_parts(266_630_136, 0)
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
		// At least 174_949 ns.
		Weight::from_parts(213_797_000, 0)
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
		// At least 160_548 ns.
		Weight::from_parts(196_672_000, 0)
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
		// At least 82_302 ns.
		Weight::from_parts(124_126_539, 0)
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
		// At least 80_469 ns.
		Weight::from_parts(98_866_832, 0)
			// Standard error 61_037.
			.saturating_add(Weight::from_parts(619_657, 0).saturating_mul(e.into()))
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
		// At least 53_359 ns.
		Weight::from_parts(66_530_666, 0)
			// Standard error 38_049.
			.saturating_add(Weight::from_parts(61_409, 0).saturating_mul(n.into()))
			// Standard error 141_846.
			.saturating_add(Weight::from_parts(1_569_676, 0).saturating_mul(f.into()))
			.saturating_add(T::DbWeight::get().reads(4))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Inference::Inferers` (r:1 w:0)
	// Storage: `Inference::Forecasters` (r:1 w:0)
	// `n` in [0, 32]
	// `f` in [0, 8]
	fn freeze(n: u32, f: u32) -> Weight {
		// At least 22_944 ns.
		Weight::from_parts(26_780_000, 0)
			// Standard error 19_539.
			.saturating_add(Weight::from_parts(645_500, 0).saturating_mul(n.into()))
			// Standard error 78_746.
			.saturating_add(Weight::from_parts(1_807_537, 0).saturating_mul(f.into()))
			.saturating_add(T::DbWeight::get().reads(2))
	}
	// Storage: `Inference::ScoreBooks` (r:1 w:1)
	// `n` in [1, 32]
	// `f` in [0, 8]
	fn record_scores(n: u32, f: u32) -> Weight {
		// At least 28_812 ns.
		Weight::from_parts(32_580_367, 0)
			// Standard error 8_376.
			.saturating_add(Weight::from_parts(265_839, 0).saturating_mul(n.into()))
			// Standard error 30_387.
			.saturating_add(Weight::from_parts(527_613, 0).saturating_mul(f.into()))
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Inference::ScoreBooks` (r:1 w:1)
	// Storage: `Inference::Actors` (r:40 w:40)
	// `m` in [1, 40]
	fn record_missing(m: u32) -> Weight {
		// At least 32_278 ns.
		Weight::from_parts(27_023_047, 0)
			// Standard error 8_623.
			.saturating_add(Weight::from_parts(10_144_642, 0).saturating_mul(m.into()))
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().reads(1_u64.saturating_mul(m.into())))
			.saturating_add(T::DbWeight::get().writes(1))
			.saturating_add(T::DbWeight::get().writes(1_u64.saturating_mul(m.into())))
	}
	// Storage: `Inference::Inferers` (r:0 w:1)
	// Storage: `Inference::Commitments` (r:0 w:1)
	// Storage: `Inference::Forecasters` (r:0 w:1)
	fn prune() -> Weight {
		// At least 6_460 ns.
		Weight::from_parts(7_331_000, 0).saturating_add(T::DbWeight::get().writes(3))
	}
	// Storage: `Inference::Actors` (r:512 w:512)
	// Storage: `Inference::ScoreBooks` (r:0 w:1)
	// `i` in [1, 512]
	fn forget(i: u32) -> Weight {
		// At least 15_493 ns.
		Weight::from_parts(16_234_000, 0)
			// Standard error 2_542.
			.saturating_add(Weight::from_parts(1_006_428, 0).saturating_mul(i.into()))
			.saturating_add(T::DbWeight::get().reads(1_u64.saturating_mul(i.into())))
			.saturating_add(T::DbWeight::get().writes(1))
			.saturating_add(T::DbWeight::get().writes(1_u64.saturating_mul(i.into())))
	}
}
