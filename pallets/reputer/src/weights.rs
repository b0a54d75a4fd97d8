//! Weights of the calls, the steps and the forgetting.
//!
//! Until benchmarks replace it, [`Estimate`] counts the storage accesses of the code at the
//! runtime's price for them and adds computing time, in picoseconds, from measured figures: a
//! call's dispatch and checks 20 us, a hold or release 40 us (a transfer takes 39 us in the SDK's
//! own benchmarks), decoding or comparing an account 50 ns, a loss among many 10 ns, an
//! event 5 us, a step of a smoothed score (two 64.64 products at 6.6 ns, three conversions at
//! about 100 ns, in wasm) 500 ns, rounded up.

use allora_primitives::{MAX_ELEMENTS, MAX_REPUTERS};
use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// What this pallet's work costs.
pub trait WeightInfo {
	/// Staking.
	fn stake() -> Weight;
	/// Starting a removal.
	fn unstake() -> Weight;
	/// Cancelling a removal.
	fn cancel_unstake() -> Weight;
	/// Withdrawing what is due.
	fn withdraw() -> Weight;
	/// A report of this many losses.
	fn report(losses: u32) -> Weight;
	/// Abstaining.
	fn abstain() -> Weight;
	/// Noting the reporting window of an epoch that opens.
	fn open() -> Weight;
	/// Forgetting the reporting window of a void epoch.
	fn void() -> Weight;
	/// Closing the reporting of this many reputers with so many losses each, and handing their
	/// reports out.
	fn close_reputers(reputers: u32, losses: u32) -> Weight;
	/// Handing out the coefficients and taking the instant scores and coefficients of this many
	/// reputers, of which so many are not in the score book.
	fn note_scores(reputers: u32, missing: u32) -> Weight;
	/// Forgetting an epoch.
	fn prune() -> Weight;
	/// Forgetting so many items of a retired topic.
	fn forget(items: u32) -> Weight;
}

/// Dispatch and checks of a call.
const CALL: u64 = 20_000_000;
/// A hold or release.
const MOVE: u64 = 40_000_000;
/// Decoding, encoding or comparing an account or value.
const ITEM: u64 = 50_000;
/// Decoding or encoding a loss among many.
const VALUE: u64 = 10_000;
/// Depositing an event.
const EVENT: u64 = 5_000_000;
/// One step of a smoothed score.
const SCORE: u64 = 500_000;
/// Encoded size of an account and a number.
const ENTRY: u64 = 48;
/// Entries of a score book.
const BOOK: u64 = 4 * MAX_REPUTERS as u64;

/// Storage accesses at the runtime's prices plus computing time from measured figures.
pub struct Estimate<T>(PhantomData<T>);

impl<T: frame_system::Config> Estimate<T> {
	/// A call with this much computing time and so many entries read.
	fn call(time: u64, entries: u64, reads: u64, writes: u64) -> Weight {
		Weight::from_parts(
			CALL.saturating_add(EVENT).saturating_add(time),
			ENTRY.saturating_mul(entries),
		)
		.saturating_add(T::DbWeight::get().reads_writes(reads, writes))
	}
}

impl<T: frame_system::Config> WeightInfo for Estimate<T> {
	fn stake() -> Weight {
		// Reads: registration, list, account, holds, stake, windows, two totals; and the observer's:
		// topic, revenue, total weight, admission. Writes: account, holds, stake, two totals; and
		// the observer's, should the topic become active.
		Self::call(MOVE, 120, 14, 11)
	}

	fn unstake() -> Weight {
		// Reads: stake, removals, next number. Writes: the latter two.
		Self::call(ITEM.saturating_mul(48), 20, 3, 2)
	}

	fn cancel_unstake() -> Weight {
		Self::call(ITEM.saturating_mul(48), 18, 1, 1)
	}

	fn withdraw() -> Weight {
		// As staking, and the removals.
		Self::stake()
			.saturating_add(T::DbWeight::get().reads_writes(1, 1))
			.saturating_add(Weight::from_parts(ITEM.saturating_mul(48), ENTRY.saturating_mul(16)))
	}

	fn report(losses: u32) -> Weight {
		// Reads: topic, epoch, registration, list, bundle's shape, record, stake, the reports, the
		// score book, the records of a displaced reputer and of one that leaves the book. Writes: the
		// reports, the book, three records. All reports of the largest set are decoded and encoded
		// with the new one; two scores take a step.
		let stored = u64::from(MAX_REPUTERS).saturating_mul(u64::from(MAX_ELEMENTS));
		let items = u64::from(losses)
			.saturating_mul(3)
			.saturating_add(BOOK.saturating_mul(3))
			.saturating_add(64);
		let time = EVENT
			.saturating_mul(2)
			.saturating_add(ITEM.saturating_mul(items))
			.saturating_add(VALUE.saturating_mul(stored.saturating_mul(2)))
			.saturating_add(SCORE.saturating_mul(3));
		Self::call(time, stored.saturating_add(500), 11, 5)
	}

	fn abstain() -> Weight {
		// Reads: topic, epoch, registration, list, record, stake, book. Writes: record, book.
		Self::call(ITEM.saturating_mul(BOOK.saturating_mul(2)), 300, 7, 2)
	}

	fn open() -> Weight {
		// Epoch, parameters and windows; the windows are written.
		Self::call(ITEM.saturating_mul(64), 64, 3, 1)
	}

	fn void() -> Weight {
		// The windows.
		Weight::from_parts(ITEM.saturating_mul(128), ENTRY.saturating_mul(16))
			.saturating_add(T::DbWeight::get().reads_writes(1, 1))
	}

	fn close_reputers(reputers: u32, losses: u32) -> Weight {
		// The reports, twice decoded (to close and to hand out); the topic.
		let values = u64::from(reputers).saturating_mul(u64::from(losses).saturating_add(4));
		let time = VALUE.saturating_mul(values.saturating_mul(3));
		Self::call(time, values.saturating_add(80), 2, 0)
	}

	fn note_scores(reputers: u32, missing: u32) -> Weight {
		// The book, decoded to see who is in it, for each coefficient and to take both, and written.
		let reputers = u64::from(reputers);
		let missing = u64::from(missing);
		let items = BOOK.saturating_mul(reputers.saturating_add(6));
		let time = ITEM
			.saturating_mul(items)
			.saturating_add(SCORE.saturating_mul(reputers.saturating_mul(2)));
		let entries = reputers.saturating_mul(16).saturating_add(missing.saturating_mul(100));
		Self::call(
			time,
			entries.saturating_add(BOOK.saturating_mul(2)),
			missing.saturating_add(1),
			missing.saturating_add(1),
		)
	}

	fn prune() -> Weight {
		// The reports.
		Weight::from_parts(EVENT, ENTRY).saturating_add(T::DbWeight::get().writes(1))
	}

	fn forget(items: u32) -> Weight {
		// Each key is found by iteration and removed.
		let items = u64::from(items);
		Weight::from_parts(
			EVENT.saturating_add(ITEM.saturating_mul(items)),
			ENTRY.saturating_mul(items.saturating_add(1)).saturating_mul(2),
		)
		.saturating_add(T::DbWeight::get().reads_writes(items.saturating_add(1), items))
	}
}
