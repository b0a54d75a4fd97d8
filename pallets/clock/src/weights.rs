//! Weights of the call and of the clock's own part of each step.

use frame_support::weights::Weight;

/// Weights of the pallet.
///
/// Each step's weight is the clock's own part, with what it asks of the registry; what other pallets
/// do in it, emission included, they declare themselves. What all steps of a topic's turn share is
/// weighed once, as the turn.
pub trait WeightInfo {
	/// Activating a topic; also the most that a changed stake or revenue can cause.
	fn activate() -> Weight;
	/// Looking for due steps in `c` classes and for topics to forget, and finding none that fits.
	fn poll(c: u32) -> Weight;
	/// A topic's turn beside its steps: finding the topic, storing its state, moving it on the
	/// agenda.
	fn turn() -> Weight;
	/// Releasing what a topic has reserved, and noting that it is to be forgotten.
	fn release() -> Weight;
	/// Opening an epoch.
	fn open() -> Weight;
	/// Ending a topic's activity in place of opening an epoch.
	fn inactivate() -> Weight;
	/// Skipping epochs in place of opening them, beside looking whether anything was submitted.
	fn skip() -> Weight;
	/// Going on from collecting payloads.
	fn close_workers() -> Weight;
	/// Ending an epoch.
	fn close_reputers() -> Weight;
	/// Finding a retired topic to forget, and freeing the clock's own items of it.
	fn forget() -> Weight;
}

/// A weight of this many microseconds.
fn micros(count: u32) -> Weight {
	Weight::from_parts(1_000_000, 0).saturating_mul(count.into())
}

/// Made-up weights for tests in a mock; an opening is the heaviest of the steps.
impl WeightInfo for () {
	fn activate() -> Weight {
		micros(15)
	}
	fn poll(c: u32) -> Weight {
		micros(10u32.saturating_add(c))
	}
	fn turn() -> Weight {
		micros(15)
	}
	fn release() -> Weight {
		micros(8)
	}
	fn open() -> Weight {
		micros(50)
	}
	fn inactivate() -> Weight {
		micros(40)
	}
	fn skip() -> Weight {
		micros(3)
	}
	fn close_workers() -> Weight {
		micros(5)
	}
	fn close_reputers() -> Weight {
		micros(5)
	}
	fn forget() -> Weight {
		micros(9)
	}
}
