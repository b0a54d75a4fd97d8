//! Weights of `pallet_inference`, written by scripts/benchmark.
//!
//! Measured on 2026-11-25 on a machine with Intel(R) Xeon(R) Processor,
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
		// Estimated from the weight that both roles had together.
		Weight::from_parts(188_000_000, 0)
			.saturating_add(Weight::from_parts(9_470_779, 0).saturating_mul(l.into()))
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
		// Estimated from the weight that both roles had together.
		Weight::from_parts(188_000_000, 0)
			.saturating_add(Weight::from_parts(1_606_127, 0).saturating_mul(e.into()))
			.saturating_add(T::DbWeight::get().reads(10))
			.saturating_add(T::DbWeight::get().writes(5))
	}
	// Storage: `Inference::Inferers` (r:1 w:0)
	// Storage: `Inference::Forecasters` (r:1 w:0)
	// `n` in [0, 32]
	// `f` in [0, 8]
	// Estimated: not measured yet.
	fn freeze(n: u32, f: u32) -> Weight {
		Weight::from_parts(22_000_000, 0)
			.saturating_add(Weight::from_parts(900_000, 0).saturating_mul(n.into()))
			.saturating_add(Weight::from_parts(5_000_000, 0).saturating_mul(f.into()))
			.saturating_add(T::DbWeight::get().reads(2))
	}
	// Storage: `Inference::ScoreBooks` (r:1 w:1)
	// `n` in [1, 32]
	// `f` in [0, 8]
	// Estimated: not measured yet.
	fn record_scores(n: u32, f: u32) -> Weight {
		Weight::from_parts(45_000_000, 0)
			.saturating_add(Weight::from_parts(812_837, 0).saturating_mul(n.into()))
			.saturating_add(Weight::from_parts(1_500_000, 0).saturating_mul(f.into()))
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Inference::ScoreBooks` (r:1 w:1)
	// Storage: `Inference::Actors` (r:40 w:40)
	// `m` in [1, 40]
	// Estimated: not measured yet.
	fn record_missing(m: u32) -> Weight {
		Weight::from_parts(41_121_008, 0)
			.saturating_add(Weight::from_parts(12_094_905, 0).saturating_mul(m.into()))
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().reads(1_u64.saturating_mul(m.into())))
			.saturating_add(T::DbWeight::get().writes(1))
			.saturating_add(T::DbWeight::get().writes(1_u64.saturating_mul(m.into())))
	}
	// Storage: `Inference::Inferers` (r:0 w:1)
	// Storage: `Inference::Forecasters` (r:0 w:1)
	fn prune() -> Weight {
		// At least 6_465 ns.
		Weight::from_parts(8_027_000, 0).saturating_add(T::DbWeight::get().writes(2))
	}
	// Storage: `Inference::Actors` (r:512 w:512)
	// Storage: `Inference::ScoreBooks` (r:0 w:1)
	// `i` in [1, 512]
	fn forget(i: u32) -> Weight {
		// At least 11_335 ns.
		Weight::from_parts(14_378_945, 0)
			// Standard error 4_048.
			.saturating_add(Weight::from_parts(1_056_875, 0).saturating_mul(i.into()))
			.saturating_add(T::DbWeight::get().reads(1_u64.saturating_mul(i.into())))
			.saturating_add(T::DbWeight::get().writes(1))
			.saturating_add(T::DbWeight::get().writes(1_u64.saturating_mul(i.into())))
	}
}
