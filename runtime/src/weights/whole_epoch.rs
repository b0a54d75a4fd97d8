//! Weights of `whole_epoch`, written by scripts/benchmark.
//!
//! Measured on 2026-11-29 on a machine with AMD EPYC,
//! in wasm (Compiled), by 10 steps of each component and 100 repeats.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Weights as measured.
pub struct Weights<T>(PhantomData<T>);

impl<T: frame_system::Config> super::WholeEpoch for Weights<T> {
	// Storage: `Clock::Reserved` (r:1 w:0)
	// Storage: `Clock::Agenda` (r:2 w:2)
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Clock::TopicStates` (r:1 w:1)
	// Storage: `Inference::Inferers` (r:1 w:0)
	// Storage: `Inference::Forecasters` (r:1 w:0)
	// Storage: `Aggregation::Books` (r:1 w:0)
	// Storage: `Aggregation::Latest` (r:1 w:1)
	// Storage: `Timestamp::Now` (r:1 w:0)
	// Storage: `System::BlockHash` (r:1 w:0)
	// Storage: `Proofs::Inferences` (r:1 w:1)
	// Storage: `Consumer::Subscriptions` (r:1 w:0)
	// Storage: `Consumer::Due` (r:1 w:0)
	// Storage: `Consumer::Requests` (r:1 w:0)
	// Storage: `Clock::Forgetting` (r:1 w:0)
	// Storage: `Aggregation::Bundles` (r:0 w:1)
	// Storage: `Clock::Used` (r:0 w:1)
	fn close_workers() -> Weight {
		// At least 425_771 ns.
		Weight::from_parts(443_698_000, 0)
			.saturating_add(T::DbWeight::get().reads(16))
			.saturating_add(T::DbWeight::get().writes(7))
	}
	// Storage: `Clock::Reserved` (r:1 w:0)
	// Storage: `Clock::Agenda` (r:2 w:2)
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Clock::TopicStates` (r:1 w:1)
	// Storage: `Reputer::Reports` (r:1 w:1)
	// Storage: `Reputer::ScoreBooks` (r:1 w:1)
	// Storage: `Aggregation::Bundles` (r:1 w:1)
	// Storage: `Aggregation::Books` (r:1 w:1)
	// Storage: `Inference::ScoreBooks` (r:1 w:1)
	// Storage: `Emissions::Purses` (r:1 w:1)
	// Storage: `Emissions::KnownRules` (r:1 w:0)
	// Storage: `Emissions::Memories` (r:1 w:1)
	// Storage: `Emissions::Rewards` (r:3 w:3)
	// Storage: `System::Account` (r:5 w:5)
	// Storage: `Topics::Registrations` (r:4 w:0)
	// Storage: `Emissions::Accruals` (r:1 w:1)
	// Storage: `Timing::Lengths` (r:1 w:0)
	// Storage: `Parameters::Parameters` (r:2 w:0)
	// Storage: `Topics::Economies` (r:1 w:1)
	// Storage: `Reputer::TopicStakes` (r:1 w:0)
	// Storage: `Reputer::Windows` (r:1 w:1)
	// Storage: `Clock::Forgetting` (r:1 w:0)
	// Storage: `Inference::Inferers` (r:0 w:1)
	// Storage: `Inference::Commitments` (r:0 w:1)
	// Storage: `Inference::Forecasters` (r:0 w:1)
	// Storage: `Aggregation::LearningRecords` (r:0 w:2)
	// Storage: `Clock::Used` (r:0 w:1)
	fn close_reputers_and_open() -> Weight {
		// At least 923_849 ns.
		Weight::from_parts(966_112_000, 0)
			.saturating_add(T::DbWeight::get().reads(33))
			.saturating_add(T::DbWeight::get().writes(27))
	}
}
