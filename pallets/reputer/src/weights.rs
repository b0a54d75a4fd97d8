//! Weights of the calls, the steps and the pruning.
//!
//! Until benchmarks replace it, [`Estimate`] counts the storage accesses of the code at the
//! runtime's price for them and adds computing time, in picoseconds, from measured figures: a
//! call's dispatch and checks 20 us, a hold, release or transfer 40 us (a transfer takes 39 us in
//! the SDK's own benchmarks), decoding or comparing an account or a value of a report 50 ns, an
//! event 5 us, a step of a smoothed score (two 64.64 products at 6.6 ns, three conversions at
//! about 100 ns, in wasm) 500 ns, rounded up.

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
	/// Forgetting the reporting window of a void or old epoch.
	fn void() -> Weight;
	/// Closing the reporting of this many reputers with so many losses each, handing their reports
	/// out, taking their scores and paying them.
	fn close_reputers(reputers: u32, losses: u32) -> Weight;
	/// Forgetting an epoch of this many active reputers and up to so many markers.
	fn prune(reputers: u32, markers: u32) -> Weight;
	/// A look at the queue of epochs to be forgotten.
	fn prune_queue() -> Weight;
	/// Forgetting so many markers of a queued epoch, of each kind.
	fn prune_markers(markers: u32) -> Weight;
}

/// Dispatch and checks of a call.
const CALL: u64 = 20_000_000;
/// A hold, release or transfer.
const MOVE: u64 = 40_000_000;
/// Decoding, encoding or comparing an account or value.
const ITEM: u64 = 50_000;
/// Depositing an event.
const EVENT: u64 = 5_000_000;
/// One step of a smoothed score.
const SCORE: u64 = 500_000;
/// Encoded size of an account and a number.
const ENTRY: u64 = 48;

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
		// Reads: registration, account, holds, stake, windows, frozen, two totals; and the
		// observer's: topic, revenue, total weight, admission. Writes: account, holds, stake,
		// frozen, two totals; and the observer's, should the topic become active.
		Self::call(MOVE, 80, 14, 12)
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
		// Reads: topic, epoch twice, registration, bundle's shape, outcome, frozen, stake, score,
		// the set. Writes: the set, report, outcome, and both of a displaced one. Losses are
		// decoded, checked and encoded.
		let items = u64::from(losses).saturating_mul(3).saturating_add(64);
		let time = EVENT.saturating_mul(2).saturating_add(ITEM.saturating_mul(items));
		Self::call(time, u64::from(losses).saturating_add(80), 10, 5)
	}

	fn abstain() -> Weight {
		// Reads: topic, epoch twice, registration, outcome, frozen, stake. Writes: outcome.
		Self::call(0, 60, 7, 1)
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
		// Per reputer: the report twice (to close and to hand out), the score and the coefficient
		// read and written, the pot's and the reputer's account read and written. Else: the set
		// twice, topic twice.
		let reputers = u64::from(reputers);
		let losses = u64::from(losses);
		let per_reputer = ITEM
			.saturating_mul(losses.saturating_mul(2).saturating_add(4))
			.saturating_add(SCORE)
			.saturating_add(MOVE)
			.saturating_add(EVENT.saturating_mul(3));
		let entries = losses.saturating_add(8).saturating_mul(reputers).saturating_add(80);
		Self::call(
			per_reputer.saturating_mul(reputers),
			entries,
			reputers.saturating_mul(6).saturating_add(4),
			reputers.saturating_mul(4),
		)
	}

	fn prune(reputers: u32, markers: u32) -> Weight {
		// The set and the queue, and each reputer's report.
		let reputers = u64::from(reputers);
		Self::call(ITEM.saturating_mul(reputers), 20, 1, reputers.saturating_add(2))
			.saturating_add(Self::prune_markers(markers))
	}

	fn prune_queue() -> Weight {
		Weight::from_parts(ITEM.saturating_mul(10), ENTRY)
			.saturating_add(T::DbWeight::get().reads(1))
	}

	fn prune_markers(markers: u32) -> Weight {
		// Outcomes and frozen stakes: each key is found by iteration and removed; then the queue.
		let keys = u64::from(markers).saturating_mul(2);
		Weight::from_parts(
			CALL.saturating_add(ITEM.saturating_mul(keys)),
			ENTRY.saturating_mul(keys.saturating_add(2)).saturating_mul(2),
		)
		.saturating_add(
			T::DbWeight::get().reads_writes(keys.saturating_add(2), keys.saturating_add(1)),
		)
	}
}
