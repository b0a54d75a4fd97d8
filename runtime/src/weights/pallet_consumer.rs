//! Weights of `pallet_consumer`, written by scripts/benchmark.
//!
//! Measured on 2026-11-29 on a machine with AMD EPYC,
//! in wasm (Compiled), by 10 steps of each component and 100 repeats.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Weights as measured.
pub struct Weights<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_consumer::WeightInfo for Weights<T> {
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Consumer::Minimums` (r:1 w:0)
	// Storage: `Aggregation::Latest` (r:1 w:0)
	// Storage: `Aggregation::Bundles` (r:1 w:0)
	// Storage: `System::Account` (r:2 w:2)
	// Storage: `Emissions::Purses` (r:1 w:1)
	// Storage: `Topics::Economies` (r:1 w:1)
	// Storage: `Consumer::ReceiptCounts` (r:1 w:1)
	// Storage: `Balances::Holds` (r:1 w:1)
	// Storage: `Consumer::NextReceipt` (r:1 w:1)
	// Storage: `Clock::TopicStates` (r:1 w:0)
	// Storage: `Reputer::TopicStakes` (r:1 w:0)
	// Storage: `Emissions::Accruals` (r:1 w:1)
	// Storage: `Consumer::Receipts` (r:0 w:1)
	fn buy() -> Weight {
		// At least 219_396 ns.
		Weight::from_parts(228_158_000, 0)
			.saturating_add(T::DbWeight::get().reads(14))
			.saturating_add(T::DbWeight::get().writes(9))
	}
	// Storage: `Consumer::Receipts` (r:1 w:1)
	// Storage: `Consumer::ReceiptCounts` (r:1 w:1)
	// Storage: `System::Account` (r:1 w:1)
	// Storage: `Balances::Holds` (r:1 w:1)
	fn discard() -> Weight {
		// At least 58_767 ns.
		Weight::from_parts(90_934_000, 0)
			.saturating_add(T::DbWeight::get().reads(4))
			.saturating_add(T::DbWeight::get().writes(4))
	}
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Consumer::Minimums` (r:1 w:1)
	// Storage: `Reputer::TopicStakes` (r:1 w:0)
	// Storage: `Reputer::TopicRemovals` (r:1 w:0)
	fn set_minimum() -> Weight {
		// At least 24_887 ns.
		Weight::from_parts(45_057_000, 0)
			.saturating_add(T::DbWeight::get().reads(4))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Consumer::Minimums` (r:1 w:0)
	// Storage: `Consumer::Subscriptions` (r:1 w:1)
	// Storage: `System::Account` (r:3 w:3)
	// Storage: `Balances::Holds` (r:2 w:2)
	// Storage: `Consumer::SubscribedTo` (r:2 w:2)
	// Storage: `Aggregation::Latest` (r:1 w:0)
	// Storage: `Aggregation::Bundles` (r:1 w:0)
	// Storage: `Emissions::Purses` (r:1 w:1)
	// Storage: `Topics::Economies` (r:1 w:1)
	// Storage: `Consumer::Due` (r:1 w:1)
	// Storage: `Consumer::Requests` (r:1 w:0)
	// Storage: `Clock::TopicStates` (r:1 w:0)
	// Storage: `Reputer::TopicStakes` (r:1 w:0)
	// Storage: `Emissions::Accruals` (r:1 w:1)
	// Storage: `Consumer::DueByPrice` (r:0 w:2)
	fn subscribe() -> Weight {
		// At least 391_931 ns.
		Weight::from_parts(458_950_000, 0)
			.saturating_add(T::DbWeight::get().reads(19))
			.saturating_add(T::DbWeight::get().writes(14))
	}
	// Storage: `Consumer::Subscriptions` (r:1 w:1)
	// Storage: `Consumer::Due` (r:1 w:1)
	// Storage: `Consumer::Requests` (r:1 w:0)
	// Storage: `System::Account` (r:1 w:1)
	// Storage: `Balances::Holds` (r:1 w:1)
	// Storage: `Consumer::SubscribedTo` (r:1 w:1)
	// Storage: `Consumer::DueByPrice` (r:0 w:2)
	fn cancel() -> Weight {
		// At least 107_910 ns.
		Weight::from_parts(138_595_000, 0)
			.saturating_add(T::DbWeight::get().reads(6))
			.saturating_add(T::DbWeight::get().writes(7))
	}
	// Storage: `Consumer::Subscriptions` (r:1 w:0)
	// Storage: `Consumer::Due` (r:1 w:1)
	// Storage: `Consumer::Requests` (r:1 w:0)
	// Storage: `Consumer::DueByPrice` (r:0 w:2)
	fn announce() -> Weight {
		// At least 24_316 ns.
		Weight::from_parts(39_949_000, 0)
			.saturating_add(T::DbWeight::get().reads(3))
			.saturating_add(T::DbWeight::get().writes(3))
	}
	// Storage: `Consumer::DueByPrice` (r:1 w:0)
	fn poll() -> Weight {
		// At least 4_577 ns.
		Weight::from_parts(5_739_000, 0).saturating_add(T::DbWeight::get().reads(1))
	}
	// Storage: `Consumer::DueByPrice` (r:2 w:1)
	// Storage: `Aggregation::Latest` (r:1 w:0)
	// Storage: `Aggregation::Bundles` (r:1 w:0)
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Consumer::Minimums` (r:1 w:0)
	// Storage: `Consumer::Requests` (r:1 w:0)
	// Storage: `Consumer::Subscriptions` (r:1 w:1)
	// Storage: `System::Account` (r:101 w:101)
	// Storage: `Balances::Holds` (r:100 w:100)
	// Storage: `Emissions::Purses` (r:1 w:1)
	// Storage: `Topics::Economies` (r:1 w:1)
	// Storage: `Consumer::SubscribedTo` (r:100 w:100)
	// Storage: `Consumer::Due` (r:1 w:1)
	// Storage: `Clock::TopicStates` (r:1 w:0)
	// Storage: `Reputer::TopicStakes` (r:1 w:0)
	// Storage: `Emissions::Accruals` (r:1 w:1)
	// `n` in [1, 100]
	fn deliver(n: u32) -> Weight {
		// At least 104_795 ns.
		Weight::from_parts(121_330_000, 0)
			// Standard error 1_276_152.
			.saturating_add(Weight::from_parts(213_020_947, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(15))
			.saturating_add(T::DbWeight::get().reads(3_u64.saturating_mul(n.into())))
			.saturating_add(T::DbWeight::get().writes(7))
			.saturating_add(T::DbWeight::get().writes(3_u64.saturating_mul(n.into())))
	}
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Clock::TopicStates` (r:1 w:1)
	// Storage: `Clock::Reserved` (r:1 w:1)
	// Storage: `Timing::Lengths` (r:1 w:0)
	// Storage: `Topics::Economies` (r:1 w:1)
	// Storage: `Reputer::TopicStakes` (r:1 w:0)
	// Storage: `Parameters::Parameters` (r:1 w:0)
	// Storage: `Consumer::Requests` (r:1 w:1)
	// Storage: `Consumer::Minimums` (r:1 w:0)
	// Storage: `System::Account` (r:1 w:1)
	// Storage: `Balances::Holds` (r:1 w:1)
	// Storage: `Clock::Phases` (r:1 w:1)
	// Storage: `Clock::Agenda` (r:0 w:1)
	fn request() -> Weight {
		// At least 263_550 ns.
		Weight::from_parts(338_822_000, 0)
			.saturating_add(T::DbWeight::get().reads(12))
			.saturating_add(T::DbWeight::get().writes(8))
	}
	// Storage: `System::Account` (r:8 w:8)
	// Storage: `Balances::Holds` (r:8 w:8)
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Topics::Economies` (r:1 w:1)
	// Storage: `Timing::Lengths` (r:1 w:0)
	// Storage: `Clock::TopicStates` (r:1 w:1)
	// Storage: `Reputer::TopicStakes` (r:1 w:0)
	// Storage: `Parameters::Parameters` (r:1 w:0)
	// Storage: `Clock::Phases` (r:1 w:1)
	// Storage: `Clock::Reserved` (r:1 w:1)
	// Storage: `Consumer::Requests` (r:0 w:1)
	// Storage: `Clock::Agenda` (r:0 w:1)
	fn order() -> Weight {
		// At least 812_193 ns.
		Weight::from_parts(915_857_000, 0)
			.saturating_add(T::DbWeight::get().reads(24))
			.saturating_add(T::DbWeight::get().writes(22))
	}
	// Storage: `Consumer::Requests` (r:1 w:1)
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Clock::TopicStates` (r:1 w:0)
	// Storage: `Clock::Reserved` (r:1 w:0)
	// Storage: `Timing::Lengths` (r:1 w:0)
	// Storage: `Topics::Economies` (r:1 w:0)
	// Storage: `Reputer::TopicStakes` (r:1 w:0)
	// Storage: `Parameters::Parameters` (r:1 w:0)
	// Storage: `System::Account` (r:1 w:1)
	// Storage: `Balances::Holds` (r:1 w:1)
	fn cancel_request() -> Weight {
		// At least 120_208 ns.
		Weight::from_parts(160_208_000, 0)
			.saturating_add(T::DbWeight::get().reads(10))
			.saturating_add(T::DbWeight::get().writes(3))
	}
	// Storage: `Consumer::DueByPrice` (r:2 w:1)
	// Storage: `Aggregation::Latest` (r:1 w:0)
	// Storage: `Aggregation::Bundles` (r:1 w:0)
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Consumer::Minimums` (r:1 w:0)
	// Storage: `Consumer::Requests` (r:1 w:1)
	// Storage: `Clock::TopicStates` (r:1 w:0)
	// Storage: `Clock::Reserved` (r:1 w:0)
	// Storage: `Timing::Lengths` (r:1 w:0)
	// Storage: `Topics::Economies` (r:1 w:1)
	// Storage: `Reputer::TopicStakes` (r:1 w:0)
	// Storage: `Parameters::Parameters` (r:1 w:0)
	// Storage: `System::Account` (r:51 w:51)
	// Storage: `Balances::Holds` (r:50 w:50)
	// Storage: `Emissions::Purses` (r:1 w:1)
	// Storage: `Consumer::Subscriptions` (r:1 w:1)
	// Storage: `Consumer::Due` (r:1 w:1)
	// `n` in [1, 50]
	fn serve(n: u32) -> Weight {
		// At least 91_756 ns.
		Weight::from_parts(132_785_450, 0)
			// Standard error 255_395.
			.saturating_add(Weight::from_parts(186_496_368, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(17))
			.saturating_add(T::DbWeight::get().reads(2_u64.saturating_mul(n.into())))
			.saturating_add(T::DbWeight::get().writes(7))
			.saturating_add(T::DbWeight::get().writes(2_u64.saturating_mul(n.into())))
	}
	// Storage: `Consumer::AttendedLast` (r:1 w:1)
	// Storage: `Consumer::Requests` (r:3 w:1)
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Clock::TopicStates` (r:1 w:0)
	// Storage: `Clock::Reserved` (r:1 w:0)
	// Storage: `Timing::Lengths` (r:1 w:0)
	// Storage: `Topics::Economies` (r:1 w:0)
	// Storage: `Reputer::TopicStakes` (r:1 w:0)
	// Storage: `Parameters::Parameters` (r:1 w:0)
	// Storage: `Aggregation::Latest` (r:1 w:0)
	// Storage: `Aggregation::Bundles` (r:1 w:0)
	// Storage: `System::Account` (r:50 w:50)
	// Storage: `Balances::Holds` (r:50 w:50)
	// `n` in [0, 50]
	fn attend(n: u32) -> Weight {
		// At least 97_845 ns.
		Weight::from_parts(145_452_759, 0)
			// Standard error 621_655.
			.saturating_add(Weight::from_parts(48_111_132, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(13))
			.saturating_add(T::DbWeight::get().reads(2_u64.saturating_mul(n.into())))
			.saturating_add(T::DbWeight::get().writes(2))
			.saturating_add(T::DbWeight::get().writes(2_u64.saturating_mul(n.into())))
	}
	// Storage: `Consumer::Requests` (r:1 w:1)
	// Storage: `Consumer::Subscriptions` (r:1 w:1)
	// Storage: `System::Account` (r:100 w:100)
	// Storage: `Balances::Holds` (r:100 w:100)
	// Storage: `Consumer::SubscribedTo` (r:100 w:100)
	// Storage: `Consumer::Due` (r:1 w:0)
	// Storage: `Consumer::Minimums` (r:0 w:1)
	// `n` in [0, 100]
	fn forget(n: u32) -> Weight {
		// At least 13_560 ns.
		Weight::from_parts(192_019_147, 0)
			// Standard error 488_859.
			.saturating_add(Weight::from_parts(50_254_651, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(3))
			.saturating_add(T::DbWeight::get().reads(3_u64.saturating_mul(n.into())))
			.saturating_add(T::DbWeight::get().writes(3))
			.saturating_add(T::DbWeight::get().writes(3_u64.saturating_mul(n.into())))
	}
}
