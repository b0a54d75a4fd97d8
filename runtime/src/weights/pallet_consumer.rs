//! Weights of `pallet_consumer`, counted by hand from what each function reads and writes.
//!
//! Conservative estimates until scripts/benchmark is run: the computing is above that of calls of
//! `pallet_registry` that do the same.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Weights as estimated.
pub struct Weights<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_consumer::WeightInfo for Weights<T> {
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Consumer::Minimums` (r:1 w:0)
	// Storage: `Aggregation::Latest` (r:1 w:0)
	// Storage: `Aggregation::Bundles` (r:1 w:0)
	// Storage: `System::Account` (r:3 w:3)
	// Storage: `Emissions::LedgerTotals` (r:1 w:1)
	// Storage: `Emissions::Purses` (r:1 w:1)
	// Storage: `Topics::Economies` (r:1 w:1)
	// Storage: `Consumer::ReceiptCounts` (r:1 w:1)
	// Storage: `Balances::Holds` (r:1 w:1)
	// Storage: `Consumer::NextReceipt` (r:1 w:1)
	// Storage: `Consumer::Receipts` (r:0 w:1)
	fn buy() -> Weight {
		Weight::from_parts(200_000_000, 0)
			.saturating_add(T::DbWeight::get().reads(13))
			.saturating_add(T::DbWeight::get().writes(10))
	}
	// Storage: `Consumer::Receipts` (r:1 w:1)
	// Storage: `Consumer::ReceiptCounts` (r:1 w:1)
	// Storage: `Balances::Holds` (r:1 w:1)
	// Storage: `System::Account` (r:1 w:1)
	fn discard() -> Weight {
		Weight::from_parts(80_000_000, 0)
			.saturating_add(T::DbWeight::get().reads(4))
			.saturating_add(T::DbWeight::get().writes(4))
	}
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Consumer::Minimums` (r:1 w:1)
	// Storage: `Reputer::TopicStakes` (r:1 w:0)
	// Storage: `Timing::Lengths` (r:1 w:0)
	fn set_minimum() -> Weight {
		Weight::from_parts(40_000_000, 0)
			.saturating_add(T::DbWeight::get().reads(4))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Consumer::Minimums` (r:1 w:0)
	// Storage: `Consumer::Subscriptions` (r:1 w:1)
	// Storage: `Balances::Holds` (r:2 w:2)
	// Storage: `System::Account` (r:4 w:4)
	// Storage: `Consumer::SubscribedTo` (r:2 w:2)
	// Storage: `Aggregation::Latest` (r:1 w:0)
	// Storage: `Aggregation::Bundles` (r:1 w:0)
	// Storage: `Emissions::LedgerTotals` (r:1 w:1)
	// Storage: `Emissions::Purses` (r:1 w:1)
	// Storage: `Topics::Economies` (r:1 w:1)
	// Storage: `Consumer::Due` (r:1 w:1)
	// Storage: `Consumer::Requests` (r:1 w:0)
	// Storage: `Consumer::DueByPrice` (r:0 w:2)
	fn subscribe() -> Weight {
		Weight::from_parts(300_000_000, 0)
			.saturating_add(T::DbWeight::get().reads(18))
			.saturating_add(T::DbWeight::get().writes(15))
	}
	// Storage: `Consumer::Subscriptions` (r:1 w:1)
	// Storage: `Balances::Holds` (r:1 w:1)
	// Storage: `Consumer::SubscribedTo` (r:1 w:1)
	// Storage: `System::Account` (r:1 w:1)
	// Storage: `Consumer::Due` (r:1 w:1)
	// Storage: `Consumer::Requests` (r:1 w:0)
	// Storage: `Consumer::DueByPrice` (r:0 w:2)
	fn cancel() -> Weight {
		Weight::from_parts(120_000_000, 0)
			.saturating_add(T::DbWeight::get().reads(6))
			.saturating_add(T::DbWeight::get().writes(7))
	}
	// Storage: `Consumer::Subscriptions` (r:1 w:0)
	// Storage: `Consumer::Requests` (r:1 w:0)
	// Storage: `Consumer::Due` (r:1 w:1)
	// Storage: `Consumer::DueByPrice` (r:0 w:2)
	fn announce() -> Weight {
		Weight::from_parts(30_000_000, 0)
			.saturating_add(T::DbWeight::get().reads(3))
			.saturating_add(T::DbWeight::get().writes(3))
	}
	// Storage: `Consumer::DueByPrice` (r:1 w:0)
	fn poll() -> Weight {
		Weight::from_parts(10_000_000, 0).saturating_add(T::DbWeight::get().reads(1))
	}
	// Storage: `Consumer::Requests` (r:1 w:0)
	// Storage: `Consumer::DueByPrice` (r:1 w:2)
	// Storage: `Consumer::Due` (r:1 w:1)
	// Storage: `Consumer::Subscriptions` (r:1 w:1)
	// Storage: `Consumer::Minimums` (r:1 w:0)
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Aggregation::Latest` (r:1 w:0)
	// Storage: `Aggregation::Bundles` (r:1 w:0)
	// Storage: `System::Account` (r:102 w:102)
	// Storage: `Emissions::LedgerTotals` (r:1 w:1)
	// Storage: `Emissions::Purses` (r:1 w:1)
	// Storage: `Topics::Economies` (r:1 w:1)
	// Storage: `Balances::Holds` (r:100 w:100)
	// Storage: `Consumer::SubscribedTo` (r:100 w:100)
	// `n` in [0, 100]
	fn deliver(n: u32) -> Weight {
		Weight::from_parts(150_000_000, 0)
			.saturating_add(Weight::from_parts(150_000_000, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(13))
			.saturating_add(T::DbWeight::get().reads(3_u64.saturating_mul(n.into())))
			.saturating_add(T::DbWeight::get().writes(9))
			.saturating_add(T::DbWeight::get().writes(3_u64.saturating_mul(n.into())))
	}
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Consumer::Requests` (r:1 w:1)
	// Storage: `Consumer::Minimums` (r:1 w:0)
	// Storage: `Timing::Lengths` (r:1 w:0)
	// Storage: `Balances::Holds` (r:1 w:1)
	// Storage: `System::Account` (r:1 w:1)
	fn request() -> Weight {
		Weight::from_parts(150_000_000, 0)
			.saturating_add(T::DbWeight::get().reads(6))
			.saturating_add(T::DbWeight::get().writes(3))
	}
	// Storage: `Balances::Holds` (r:8 w:8)
	// Storage: `System::Account` (r:9 w:9)
	// Storage: `Emissions::LedgerTotals` (r:1 w:1)
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Topics::Economies` (r:1 w:1)
	// Storage: `Consumer::Requests` (r:0 w:1)
	fn order() -> Weight {
		Weight::from_parts(900_000_000, 0)
			.saturating_add(T::DbWeight::get().reads(20))
			.saturating_add(T::DbWeight::get().writes(20))
	}
	// Storage: `Consumer::Requests` (r:1 w:1)
	// Storage: `Balances::Holds` (r:1 w:1)
	// Storage: `System::Account` (r:1 w:1)
	fn cancel_request() -> Weight {
		Weight::from_parts(100_000_000, 0)
			.saturating_add(T::DbWeight::get().reads(3))
			.saturating_add(T::DbWeight::get().writes(3))
	}
	// Storage: `Consumer::Requests` (r:1 w:1)
	// Storage: `System::Account` (r:52 w:52)
	// Storage: `Emissions::LedgerTotals` (r:1 w:1)
	// Storage: `Emissions::Purses` (r:1 w:1)
	// Storage: `Topics::Topics` (r:1 w:0)
	// Storage: `Topics::Economies` (r:1 w:1)
	// Storage: `Balances::Holds` (r:50 w:50)
	// `n` in [0, 50]
	fn serve(n: u32) -> Weight {
		Weight::from_parts(60_000_000, 0)
			.saturating_add(Weight::from_parts(150_000_000, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(7))
			.saturating_add(T::DbWeight::get().reads(2_u64.saturating_mul(n.into())))
			.saturating_add(T::DbWeight::get().writes(6))
			.saturating_add(T::DbWeight::get().writes(2_u64.saturating_mul(n.into())))
	}
	// Storage: `Consumer::Requests` (r:2 w:1)
	// Storage: `Consumer::AttendedLast` (r:1 w:1)
	// Storage: `Aggregation::Latest` (r:1 w:0)
	// Storage: `Aggregation::Bundles` (r:1 w:0)
	// Storage: `Balances::Holds` (r:50 w:50)
	// Storage: `System::Account` (r:50 w:50)
	// `n` in [0, 50]
	fn attend(n: u32) -> Weight {
		Weight::from_parts(100_000_000, 0)
			.saturating_add(Weight::from_parts(60_000_000, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(5))
			.saturating_add(T::DbWeight::get().reads(2_u64.saturating_mul(n.into())))
			.saturating_add(T::DbWeight::get().writes(2))
			.saturating_add(T::DbWeight::get().writes(2_u64.saturating_mul(n.into())))
	}
	// Storage: `Consumer::Subscriptions` (r:1 w:1)
	// Storage: `Consumer::Requests` (r:1 w:1)
	// Storage: `Consumer::Due` (r:1 w:1)
	// Storage: `Consumer::DueByPrice` (r:0 w:1)
	// Storage: `Consumer::Minimums` (r:0 w:1)
	// Storage: `System::Account` (r:100 w:100)
	// Storage: `Balances::Holds` (r:100 w:100)
	// Storage: `Consumer::SubscribedTo` (r:100 w:100)
	// `n` in [0, 100]
	fn forget(n: u32) -> Weight {
		Weight::from_parts(50_000_000, 0)
			.saturating_add(Weight::from_parts(60_000_000, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(3))
			.saturating_add(T::DbWeight::get().reads(3_u64.saturating_mul(n.into())))
			.saturating_add(T::DbWeight::get().writes(5))
			.saturating_add(T::DbWeight::get().writes(3_u64.saturating_mul(n.into())))
	}
}
