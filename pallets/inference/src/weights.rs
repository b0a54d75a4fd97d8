//! Weights of the calls, the stages, and of pruning and forgetting.

use frame_support::weights::Weight;

/// Weights of the calls, the stages, and of pruning and forgetting.
pub trait WeightInfo {
	/// Submitting an inference in a topic of this many labels, with changes to the records of two
	/// other accounts.
	fn submit_inference(labels: u32) -> Weight;
	/// Submitting a forecast of this many elements, with changes to the records of two other
	/// accounts.
	fn submit_forecast(elements: u32) -> Weight;
	/// Committing to an inference, with changes to the records of two other accounts.
	fn commit_inference() -> Weight;
	/// Committing to a forecast, with changes to the records of two other accounts.
	fn commit_forecast() -> Weight;
	/// A *regular* worker's submission of an inference in a topic of this many labels: the worker
	/// has a place in the score book, has missed no round and takes a free seat, it is not the first
	/// of the epoch, and the topic has neither an allow-list nor new parameters.
	fn submit_regular_inference(labels: u32) -> Weight;
	/// A regular worker's submission of a forecast of this many elements.
	fn submit_regular_forecast(elements: u32) -> Weight;
	/// A regular worker's commitment in one role.
	fn commit_regular() -> Weight;
	/// Changing the record of another account.
	fn change_record() -> Weight;
	/// Revealing an inference in a topic of this many labels.
	fn reveal_inference(labels: u32) -> Weight;
	/// Revealing a forecast of this many elements.
	fn reveal_forecast(elements: u32) -> Weight;
	/// Lowering the scores of this many inferers and forecasters that have not revealed, all of
	/// them in the score book.
	fn close_commitments(inferers: u32, forecasters: u32) -> Weight;
	/// Freezing the payloads of this many inferers and forecasters; with no inferers, finding that
	/// there are none.
	fn freeze(inferers: u32, forecasters: u32) -> Weight;
	/// Recording the instant scores of this many workers, all of them in the score book.
	fn record_scores(inferers: u32, forecasters: u32) -> Weight;
	/// The additional weight of recording those of this many workers that are not in the score
	/// book, at least one.
	fn record_missing(missing: u32) -> Weight;
	/// Pruning an epoch.
	fn prune() -> Weight;
	/// Forgetting this many items of a retired topic.
	fn forget(items: u32) -> Weight;
}

/// A weight of this many microseconds.
fn micros(count: u32) -> Weight {
	Weight::from_parts(1_000_000, 0).saturating_mul(count.into())
}

/// Invented weights for mocks, a different one per function.
impl WeightInfo for () {
	fn submit_inference(labels: u32) -> Weight {
		micros(10u32.saturating_add(labels))
	}
	fn submit_forecast(elements: u32) -> Weight {
		micros(17u32.saturating_add(elements))
	}
	fn commit_inference() -> Weight {
		micros(21)
	}
	fn commit_forecast() -> Weight {
		micros(23)
	}
	fn submit_regular_inference(labels: u32) -> Weight {
		micros(1u32.saturating_add(labels))
	}
	fn submit_regular_forecast(elements: u32) -> Weight {
		micros(2u32.saturating_add(elements))
	}
	fn commit_regular() -> Weight {
		micros(3)
	}
	fn change_record() -> Weight {
		micros(4)
	}
	fn reveal_inference(labels: u32) -> Weight {
		micros(25u32.saturating_add(labels))
	}
	fn reveal_forecast(elements: u32) -> Weight {
		micros(27u32.saturating_add(elements))
	}
	fn close_commitments(inferers: u32, forecasters: u32) -> Weight {
		micros(29u32.saturating_add(inferers).saturating_add(forecasters))
	}
	fn freeze(inferers: u32, forecasters: u32) -> Weight {
		micros(11u32.saturating_add(inferers).saturating_add(forecasters))
	}
	fn record_scores(inferers: u32, forecasters: u32) -> Weight {
		micros(12u32.saturating_add(inferers).saturating_add(forecasters))
	}
	fn record_missing(missing: u32) -> Weight {
		micros(15u32.saturating_add(missing))
	}
	fn prune() -> Weight {
		micros(13)
	}
	fn forget(items: u32) -> Weight {
		micros(14u32.saturating_add(items))
	}
}
