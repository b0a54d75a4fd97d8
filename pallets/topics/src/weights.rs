//! Weights of calls and of the clock's own part of each step.

use frame_support::weights::Weight;

/// Weights of the pallet.
///
/// Each step's weight is the registry's own part; what the neighbours do in it, emission included,
/// they state themselves. What all steps of a topic's turn share is weighed once, as the turn.
pub trait WeightInfo {
	/// Creating a topic, beside trying to activate it.
	fn create() -> Weight;
	/// Funding a topic, activation included.
	fn fund() -> Weight;
	/// Registering, activation included.
	fn register() -> Weight;
	/// Giving a registration up.
	fn leave() -> Weight;
	/// Retiring a topic.
	fn retire() -> Weight;
	/// Activating a topic; also what hearing of a changed stake costs at most.
	fn activate() -> Weight;
	/// Changing parameters.
	fn update() -> Weight;
	/// Offering a topic.
	fn offer() -> Weight;
	/// Taking an offered topic over.
	fn accept() -> Weight;
	/// Making another account the owner of a registration.
	fn set_owner() -> Weight;
	/// Switching an allow-list.
	fn set_allow_list() -> Weight;
	/// Putting `n` accounts on an allow-list.
	fn allow(n: u32) -> Weight;
	/// Taking `n` accounts off an allow-list.
	fn disallow(n: u32) -> Weight;
	/// Looking for due steps and topics to forget, and finding none that fits.
	fn poll() -> Weight;
	/// A topic's turn beside its steps: finding the topic, storing its state, moving it on the
	/// agenda.
	fn turn() -> Weight;
	/// Opening an epoch.
	fn open() -> Weight;
	/// Ending a topic's activity in place of opening an epoch.
	fn inactivate() -> Weight;
	/// Skipping epochs in place of opening them, beside finding out whether anything was submitted.
	fn skip() -> Weight;
	/// Going on from collecting payloads.
	fn close_workers() -> Weight;
	/// Ending an epoch.
	fn close_reputers() -> Weight;
	/// Forgetting `n` registrations and entries of allow-lists of a retired topic, and the topic.
	fn forget(n: u32) -> Weight;
}

/// A weight of so many microseconds.
fn micros(count: u32) -> Weight {
	Weight::from_parts(1_000_000, 0).saturating_mul(count.into())
}

/// Made-up weights for tests in a mock; an opening is the heaviest of the steps.
impl WeightInfo for () {
	fn create() -> Weight {
		micros(10)
	}
	fn fund() -> Weight {
		micros(11)
	}
	fn register() -> Weight {
		micros(12)
	}
	fn leave() -> Weight {
		micros(13)
	}
	fn retire() -> Weight {
		micros(14)
	}
	fn activate() -> Weight {
		micros(15)
	}
	fn update() -> Weight {
		micros(16)
	}
	fn offer() -> Weight {
		micros(17)
	}
	fn accept() -> Weight {
		micros(18)
	}
	fn set_owner() -> Weight {
		micros(19)
	}
	fn set_allow_list() -> Weight {
		micros(20)
	}
	fn allow(n: u32) -> Weight {
		micros(21u32.saturating_add(n))
	}
	fn disallow(n: u32) -> Weight {
		micros(22u32.saturating_add(n))
	}
	fn poll() -> Weight {
		micros(10)
	}
	fn turn() -> Weight {
		micros(15)
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
	fn forget(n: u32) -> Weight {
		micros(29u32.saturating_add(n))
	}
}
