//! Weights of the calls, the steps and the pruning.
//!
//! Until benchmarks replace it, [`Estimate`] counts the storage accesses of the code at the
//! runtime's price for them and adds computing time, in picoseconds, from measured figures: a
//! call's dispatch and checks 20 us, decoding or comparing an account or a value of a payload
//! 50 ns, an event 5 us, a step of a smoothed score (two 64.64 products at 6.6 ns, three
//! conversions at about 100 ns, in wasm) 500 ns, rounded up.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// What this pallet's work costs.
pub trait WeightInfo {
	/// A submission with this many inference values and forecast elements.
	fn submit(values: u32, elements: u32) -> Weight;
	/// Closing the worker window and handing out the payloads of this many workers.
	fn close_workers(inferers: u32, forecasters: u32) -> Weight;
	/// Taking the instant scores of this many workers.
	fn note_scores(workers: u32) -> Weight;
	/// Forgetting an epoch of this many active workers and up to so many markers.
	fn prune(workers: u32, markers: u32) -> Weight;
	/// A look at the queue of epochs to be forgotten.
	fn prune_queue() -> Weight;
	/// Forgetting so many markers of a queued epoch.
	fn prune_markers(markers: u32) -> Weight;
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

/// Storage accesses at the runtime's prices plus computing time from measured figures.
pub struct Estimate<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for Estimate<T> {
	fn submit(values: u32, elements: u32) -> Weight {
		// Reads: topic, clock (2), registration, the sets, and per role a marker and a score.
		// Writes: the sets, and per role payload, marker, and payload and marker of a displaced one.
		let items = u64::from(values).saturating_add(u64::from(elements).saturating_mul(6));
		// Entering the sets: 40 members decoded, moved and encoded.
		let time = CALL
			.saturating_add(EVENT.saturating_mul(4))
			.saturating_add(ITEM.saturating_mul(items.saturating_add(160)));
		Weight::from_parts(time, ENTRY.saturating_mul(u64::from(elements).saturating_add(80)))
			.saturating_add(T::DbWeight::get().reads_writes(9, 9))
	}

	fn close_workers(inferers: u32, forecasters: u32) -> Weight {
		// The sets are read to close, and once each for inferences and forecasts.
		let workers = u64::from(inferers).saturating_add(u64::from(forecasters));
		// Each forecast: 32 elements looked up among 32 inferers and sorted twice.
		let items = u64::from(inferers)
			.saturating_mul(12)
			.saturating_add(u64::from(forecasters).saturating_mul(1_400));
		Weight::from_parts(
			CALL.saturating_add(ITEM.saturating_mul(items)),
			ENTRY.saturating_mul(workers.saturating_mul(33).saturating_add(120)),
		)
		.saturating_add(T::DbWeight::get().reads(workers.saturating_add(3)))
	}

	fn note_scores(workers: u32) -> Weight {
		let workers = u64::from(workers);
		let per_worker = SCORE.saturating_add(ITEM.saturating_mul(4));
		Weight::from_parts(
			CALL.saturating_add(per_worker.saturating_mul(workers)),
			ENTRY.saturating_mul(workers.saturating_add(1)),
		)
		// The topic's parameters, once a role.
		.saturating_add(T::DbWeight::get().reads_writes(workers.saturating_add(2), workers))
	}

	fn prune(workers: u32, markers: u32) -> Weight {
		let workers = u64::from(workers);
		Weight::from_parts(
			CALL.saturating_add(ITEM.saturating_mul(workers)),
			ENTRY.saturating_mul(40),
		)
		// The sets and the queue, and each worker's payload.
		.saturating_add(T::DbWeight::get().reads_writes(1, workers.saturating_add(2)))
		.saturating_add(Self::prune_markers(markers))
	}

	fn prune_queue() -> Weight {
		Weight::from_parts(ITEM.saturating_mul(10), ENTRY)
			.saturating_add(T::DbWeight::get().reads(1))
	}

	fn prune_markers(markers: u32) -> Weight {
		// Each key is found by iteration and removed; then the queue.
		let markers = u64::from(markers);
		Weight::from_parts(
			CALL.saturating_add(ITEM.saturating_mul(markers)),
			ENTRY.saturating_mul(markers.saturating_add(1)).saturating_mul(2),
		)
		.saturating_add(
			T::DbWeight::get().reads_writes(markers.saturating_add(1), markers.saturating_add(1)),
		)
	}
}
