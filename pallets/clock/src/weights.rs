//! Weights of the call and of the clock's own part of each step.

use frame_support::weights::Weight;

/// Weights of the pallet.
///
/// The weight of a step is that of the clock's own part and of its calls of the registry. Other
/// pallets, emission included, declare their parts themselves. The overhead that the steps of a
/// turn have in common is [`WeightInfo::turn`].
pub trait WeightInfo {
	/// Activating a topic; also the maximum of what a change of stake or revenue causes, without
	/// emission.
	fn activate() -> Weight;
	/// Barring a topic, emission included.
	fn force_inactivate() -> Weight;
	/// Lifting the bar on a topic, activation included.
	fn lift() -> Weight;
	/// Looking for due steps in `c` classes and for topics to forget, if none of them fits.
	fn poll(c: u32) -> Weight;
	/// The overhead of a topic's turn: reading the topic, storing its state, moving it on the
	/// agenda.
	fn turn() -> Weight;
	/// Releasing what a topic has reserved, and recording that it is to be forgotten.
	fn release() -> Weight;
	/// Opening an epoch.
	fn open() -> Weight;
	/// Making a topic inactive instead of opening an epoch.
	fn inactivate() -> Weight;
	/// Skipping epochs instead of opening one, without looking for payloads.
	fn skip() -> Weight;
	/// Recording that the workers of an epoch closed.
	fn close_workers() -> Weight;
	/// Recording that an epoch is settled.
	fn close_reputers() -> Weight;
	/// Finding a retired topic to forget, and removing the clock's own items of it.
	fn forget() -> Weight;
	/// Removing `e` epochs of a lapsed topic from the clock's record, without the other pallets'
	/// records of them.
	fn prune(e: u32) -> Weight;
}

/// A weight of this many microseconds.
fn micros(count: u32) -> Weight {
	Weight::from_parts(1_000_000, 0).saturating_mul(count.into())
}

/// Arbitrary weights for the mocks; an opening is the heaviest step.
impl WeightInfo for () {
	fn activate() -> Weight {
		micros(15)
	}
	fn force_inactivate() -> Weight {
		micros(16)
	}
	fn lift() -> Weight {
		micros(17)
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
	fn prune(e: u32) -> Weight {
		micros(20u32.saturating_add(e))
	}
}
