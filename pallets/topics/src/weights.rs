//! Weights of calls and of the clock's own part of each step.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Weights of the pallet.
///
/// Each step's weight is the registry's own part, finding the next due step included; what the
/// neighbours do in it they state themselves.
pub trait WeightInfo {
	/// Creating a topic, activation included.
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
	/// Looking for due steps and finding none that fits.
	fn poll() -> Weight;
	/// Opening an epoch, or ending a topic's activity.
	fn open() -> Weight;
	/// Going on from collecting payloads.
	fn close_workers() -> Weight;
	/// Going on to reporting.
	fn open_reports() -> Weight;
	/// Ending an epoch.
	fn close_reputers() -> Weight;
}

/// Estimates from the accesses counted in the code and from measured times of its arithmetic.
///
/// Storage: `T::DbWeight` for each read and write. Computation in wasm: decoding or encoding a
/// topic's parameters 5 us (about 1.3 KB), a state or record 0.5 us; a topic's weight 10 us (a
/// 256-bit square root by bits, a logarithm and an exponential of some 30 ns each, two 256-bit
/// products); 1 us for an event. Bytes of proof: 2 KiB an access.
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
	// Reads: next number. Writes: next number, topic, state. Then the fee and the activation.
	fn create() -> Weight {
		Self::of(25, 1, 3).saturating_add(Self::fee()).saturating_add(Self::activate())
	}

	// Reads: topic, state. Writes: state.
	fn fund() -> Weight {
		Self::of(15, 2, 1).saturating_add(Self::fee()).saturating_add(Self::activate())
	}

	// Reads: topic, state, registration. Writes: state, registration.
	fn register() -> Weight {
		Self::of(15, 3, 2).saturating_add(Self::fee()).saturating_add(Self::activate())
	}

	// Reads: registration. Writes: registration.
	fn leave() -> Weight {
		Self::of(10, 1, 1)
	}

	// Reads: topic, state. Writes: topic, state.
	fn retire() -> Weight {
		Self::of(20, 2, 2)
	}

	// Reads: topic, state, stake of the topic, weekly smoothing, blocks of a week, least weight,
	// reserved computation. Writes: state, reserved computation, agenda.
	fn activate() -> Weight {
		Self::of(30, 7, 3)
	}

	// Reads: next key of the agenda, its entry, the topic.
	fn poll() -> Weight {
		Self::of(10, 3, 0)
	}

	// Reads: those of a poll, topic, state, history, the oldest epoch, stake of the topic, weekly
	// smoothing, blocks of a week, least weight; four of emission for what was accrued and four for
	// the new weight. Writes: agenda (the step taken, two new ones), state, history, the epoch
	// forgotten, the epoch opened; three of emission each time.
	fn open() -> Weight {
		Self::of(60, 19, 13)
	}

	// Reads: those of a poll, the epoch. Writes: agenda (the step taken, the next one), the epoch.
	fn close_workers() -> Weight {
		Self::of(15, 4, 3)
	}

	// As above.
	fn open_reports() -> Weight {
		Self::of(15, 4, 3)
	}

	// Reads as above. Writes: agenda (the step taken), the epoch.
	fn close_reputers() -> Weight {
		Self::of(15, 4, 2)
	}
}
