//! Weights of the call, the steps and the forgetting.
//!
//! Until benchmarks replace it, [`Estimate`] counts the storage accesses of the code at the
//! runtime's price for them and adds computing time, in picoseconds, from measured figures: a
//! call's dispatch and checks 20 us, decoding, encoding or comparing an account or a value of a
//! payload 50 ns, an event 5 us, a step of a smoothed score (two 64.64 products at 6.6 ns, three
//! conversions at about 100 ns, in wasm) 500 ns, rounded up.

use allora_primitives::{MAX_FORECASTERS, MAX_FORECAST_ELEMENTS, MAX_INFERERS, MAX_LABELS};
use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// What this pallet's work costs.
pub trait WeightInfo {
	/// A submission with this many inference values and forecast elements; a role with none is not
	/// submitted for.
	fn submit(values: u32, elements: u32) -> Weight;
	/// Closing the worker window and handing out the payloads of this many workers.
	fn close_workers(inferers: u32, forecasters: u32) -> Weight;
	/// Taking the instant scores of this many workers, of which so many are not in the score book.
	fn note_scores(inferers: u32, forecasters: u32, missing: u32) -> Weight;
	/// Forgetting an epoch.
	fn prune() -> Weight;
	/// Forgetting so many items of a retired topic.
	fn forget(items: u32) -> Weight;
}

/// Dispatch and checks of a call.
const CALL: u64 = 20_000_000;
/// Decoding, encoding or comparing an account or value.
const ITEM: u64 = 50_000;
/// Depositing an event.
const EVENT: u64 = 5_000_000;
/// One step of a smoothed score.
const SCORE: u64 = 500_000;
/// Encoded size of an account and a number.
const ENTRY: u64 = 48;
/// Entries of the score books of both roles.
const BOOK: u64 = 4 * (MAX_INFERERS + MAX_FORECASTERS) as u64;

/// Storage accesses at the runtime's prices plus computing time from measured figures.
pub struct Estimate<T>(PhantomData<T>);

impl<T: frame_system::Config> Estimate<T> {
	/// Entering the set of a role that has so many values in all its payloads.
	fn enter(values: u64) -> Weight {
		// Reads: the record, the set, the records of a displaced worker and of one that leaves the
		// book. Writes: the same. The set and the scores are decoded and encoded; two scores take a
		// step.
		Weight::from_parts(
			EVENT
				.saturating_mul(2)
				.saturating_add(ITEM.saturating_mul(values.saturating_mul(2)))
				.saturating_add(SCORE.saturating_mul(3)),
			ENTRY.saturating_mul(values.saturating_add(400)),
		)
		.saturating_add(T::DbWeight::get().reads_writes(4, 4))
	}
}

impl<T: frame_system::Config> WeightInfo for Estimate<T> {
	fn submit(values: u32, elements: u32) -> Weight {
		// Reads: topic, clock (2), registration, its list and the score book; the latter is written.
		let items = u64::from(values)
			.saturating_add(u64::from(elements).saturating_mul(6))
			.saturating_add(BOOK.saturating_mul(3));
		let mut weight = Weight::from_parts(
			CALL.saturating_add(ITEM.saturating_mul(items)),
			ENTRY.saturating_mul(BOOK.saturating_mul(2)),
		)
		.saturating_add(T::DbWeight::get().reads_writes(6, 1));
		if values > 0 {
			weight.saturating_accrue(Self::enter((MAX_INFERERS * (MAX_LABELS + 2)).into()));
		}
		if elements > 0 {
			let values = MAX_FORECASTERS * (MAX_FORECAST_ELEMENTS * 2 + 2);
			weight.saturating_accrue(Self::enter(values.into()));
		}
		weight
	}

	fn close_workers(inferers: u32, forecasters: u32) -> Weight {
		// The two sets. Each forecast: 32 elements looked up among 32 inferers and sorted twice.
		let items = u64::from(inferers)
			.saturating_mul(20)
			.saturating_add(u64::from(forecasters).saturating_mul(1_400));
		let entries = u64::from(inferers)
			.saturating_mul(4)
			.saturating_add(u64::from(forecasters).saturating_mul(33));
		Weight::from_parts(
			CALL.saturating_add(ITEM.saturating_mul(items)),
			ENTRY.saturating_mul(entries.saturating_add(20)),
		)
		.saturating_add(T::DbWeight::get().reads(2))
	}

	fn note_scores(inferers: u32, forecasters: u32, missing: u32) -> Weight {
		// The two sets, to see who is in the book; the topic; the book, which is written.
		let workers = u64::from(inferers).saturating_add(u64::from(forecasters));
		let missing = u64::from(missing);
		let items = workers.saturating_mul(40).saturating_add(BOOK.saturating_mul(12));
		let time = EVENT
			.saturating_mul(2)
			.saturating_add(ITEM.saturating_mul(items))
			.saturating_add(SCORE.saturating_mul(workers.saturating_mul(2)));
		let entries = workers.saturating_mul(16).saturating_add(missing.saturating_mul(100));
		Weight::from_parts(time, ENTRY.saturating_mul(entries.saturating_add(BOOK * 2)))
			.saturating_add(
				T::DbWeight::get()
					.reads_writes(missing.saturating_add(4), missing.saturating_add(1)),
			)
	}

	fn prune() -> Weight {
		// The two sets.
		Weight::from_parts(EVENT, ENTRY).saturating_add(T::DbWeight::get().writes(2))
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
