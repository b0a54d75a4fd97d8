//! Weights of calls and of the clock's own part of each step.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

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
	/// Going on from collecting payloads.
	fn close_workers() -> Weight;
	/// Ending an epoch.
	fn close_reputers() -> Weight;
	/// Forgetting `n` registrations and entries of allow-lists of a retired topic, and the topic.
	fn forget(n: u32) -> Weight;
}

/// Estimates from the accesses counted in the code and from measured times of its arithmetic.
///
/// Storage: `T::DbWeight` for each read and write. Computation in wasm: decoding or encoding a
/// topic's parameters 5 us (about 1.3 KB), a state 1 us; a topic's weight 10 us (a 256-bit square
/// root by bits, a logarithm and an exponential of some 30 ns each, two 256-bit products); 1 us for
/// an event. Bytes of proof: 2 KiB an access.
pub struct Estimate<T>(PhantomData<T>);

/// Picoseconds of a microsecond.
const MICROSECOND: u64 = 1_000_000;
/// Bytes of proof of an access.
const PROOF: u64 = 2_048;

impl<T: frame_system::Config> Estimate<T> {
	fn of(microseconds: u64, reads: u64, writes: u64) -> Weight {
		let computing = Weight::from_parts(
			microseconds.saturating_mul(MICROSECOND),
			reads.saturating_mul(PROOF),
		);
		computing.saturating_add(T::DbWeight::get().reads_writes(reads, writes))
	}

	/// Moving a fee: two accounts, and the event.
	fn fee() -> Weight {
		Self::of(20, 2, 2)
	}
}

impl<T: frame_system::Config> WeightInfo for Estimate<T> {
	// Reads: next number. Writes: next number, topic, state. Then the fee.
	fn create() -> Weight {
		Self::of(25, 1, 3).saturating_add(Self::fee())
	}

	// Reads: topic, state. Writes: state. Then the fee and the activation.
	fn fund() -> Weight {
		Self::of(15, 2, 1).saturating_add(Self::fee()).saturating_add(Self::activate())
	}

	// Reads: topic, state, registration, allow-list. Writes: state, registration.
	fn register() -> Weight {
		Self::of(15, 4, 2).saturating_add(Self::fee()).saturating_add(Self::activate())
	}

	// Reads: registration. Writes: registration.
	fn leave() -> Weight {
		Self::of(10, 1, 1)
	}

	// Reads: topic, state. Writes: topic, state, topics to forget.
	fn retire() -> Weight {
		Self::of(20, 2, 3)
	}

	// Reads: topic, state, stake of the topic, blocks of a week, least weight, reserved computation.
	// Writes: state, reserved computation, agenda (where it stood, where it stands).
	fn activate() -> Weight {
		Self::of(30, 6, 4)
	}

	// Reads: topic, state, superseded values. Writes: topic, superseded values.
	fn update() -> Weight {
		Self::of(40, 3, 2)
	}

	// Reads: topic. Writes: topic.
	fn offer() -> Weight {
		Self::of(15, 1, 1)
	}

	// Reads: topic, state. Writes: topic.
	fn accept() -> Weight {
		Self::of(15, 2, 1)
	}

	// Reads: registration. Writes: registration.
	fn set_owner() -> Weight {
		Self::of(10, 1, 1)
	}

	// Reads: topic. Writes: topic.
	fn set_allow_list() -> Weight {
		Self::of(15, 1, 1)
	}

	// Reads: topic, the accounts. Writes: the same.
	fn allow(n: u32) -> Weight {
		let n = u64::from(n);
		Self::of(n.saturating_mul(3).saturating_add(15), n.saturating_add(1), n.saturating_add(1))
	}

	// As above.
	fn disallow(n: u32) -> Weight {
		Self::allow(n)
	}

	// Reads: next key of the agenda, the topic, its state, next topic to forget.
	fn poll() -> Weight {
		Self::of(10, 4, 0)
	}

	// Reads: next key of the agenda, the topic, its state. Writes: the state, agenda (where it stood,
	// where it stands).
	fn turn() -> Weight {
		Self::of(15, 3, 3)
	}

	// Reads, beside those of the turn: stake of the topic, blocks of a week, least weight.
	fn open() -> Weight {
		Self::of(50, 3, 0)
	}

	// Reads, beside those of the turn: blocks of a week, reserved computation. Writes: the latter.
	fn inactivate() -> Weight {
		Self::of(25, 2, 1)
	}

	// Nothing beside what the turn reads and writes.
	fn close_workers() -> Weight {
		Self::of(5, 0, 0)
	}

	// As above.
	fn close_reputers() -> Weight {
		Self::of(5, 0, 0)
	}

	// Reads: next topic to forget, next key of the registrations and of the lists, each entry.
	// Writes: each entry, topic, state, superseded values, topics to forget.
	fn forget(n: u32) -> Weight {
		let n = u64::from(n);
		Self::of(n.saturating_mul(3).saturating_add(20), n.saturating_add(3), n.saturating_add(4))
	}
}
