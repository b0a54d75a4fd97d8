//! What the pallet's work costs.
//!
//! The figures are estimates until benchmarks replace them: database accesses as counted in the
//! code, by the runtime's price list, plus computing time built up from figures measured in wasm:
//! a 64.64 multiplication 7 ns, a division 25 ns, a logarithm, exponential or root 150 ns at most,
//! comparing two accounts 10 ns, encoding or decoding 100 bytes 100 ns, a hashed storage key 1 us,
//! an event 5 us.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Weights of what the pallet does in hooks and for other pallets.
pub trait WeightInfo {
	/// A block's emission.
	fn emit_block() -> Weight;
	/// The monthly renewal of the rate.
	fn recompute() -> Weight;
	/// A topic's new weight.
	fn set_weight() -> Weight;
	/// Handing a topic's emission to an epoch, at worst to the ecosystem pot.
	fn assign_to_epoch() -> Weight;
	/// Settling an epoch of so many inferers, forecasters and reputers.
	fn settle(inferers: u32, forecasters: u32, reputers: u32) -> Weight;
	/// Giving a void epoch's emission back.
	fn void() -> Weight;
	/// Forgetting an epoch.
	fn prune() -> Weight;
}

/// Estimated weights, see the module.
pub struct Estimate<T>(PhantomData<T>);

/// Microseconds of computing.
const fn micros(time: u64) -> Weight {
	Weight::from_parts(time.saturating_mul(1_000_000), 0)
}

/// Computing time, and bytes of proof that reading stored items takes.
const fn work(time: u64, proof: u64) -> Weight {
	micros(time).saturating_add(Weight::from_parts(0, proof))
}

impl<T: frame_system::Config> WeightInfo for Estimate<T> {
	// Reads: schedule, books, distribution, two pots, issuance, five parameters. Writes: books,
	// distribution, two pots, issuance. Three balance events.
	fn emit_block() -> Weight {
		work(40, 10_000).saturating_add(T::DbWeight::get().reads_writes(11, 5))
	}

	// Reads: schedule, books, ecosystem pot, stakes, bonded, timings, five parameters. Writes:
	// schedule, books. One event.
	fn recompute() -> Weight {
		work(30, 10_000).saturating_add(T::DbWeight::get().reads_writes(11, 2))
	}

	// Reads and writes: accrual, distribution.
	fn set_weight() -> Weight {
		work(10, 5_000).saturating_add(T::DbWeight::get().reads_writes(2, 2))
	}

	// Reads: accrual, distribution, epoch emission, epoch record, books, two pots. Writes: accrual,
	// distribution, epoch emission, books, two pots. Two events.
	fn assign_to_epoch() -> Weight {
		work(40, 15_000).saturating_add(T::DbWeight::get().reads_writes(7, 6))
	}

	// Reads: parameters and contributions of the topic, two rings of scores, three lists of shares,
	// tau, pot, epoch emission, books, two pots, seven reward parameters; writes: all of these but
	// parameters and contributions, and the rewards. A worker: its account. A reputer: its account,
	// stake, reward index, commission and holds.
	//
	// Time: 320 + 80 recent scores cost a division, two multiplications and their coding each (60
	// us in all); a worker's shares a logarithm, an exponential, ten divisions and a search among
	// 128 accounts (5 us), its transfer with two events 20 us; a reputer's reward twice that.
	fn settle(inferers: u32, forecasters: u32, reputers: u32) -> Weight {
		let workers = u64::from(inferers.saturating_add(forecasters));
		let reputers = u64::from(reputers);
		let each_worker = work(25, 3_000).saturating_add(T::DbWeight::get().reads_writes(1, 1));
		let each_reputer = work(45, 15_000).saturating_add(T::DbWeight::get().reads_writes(6, 5));
		work(200, 60_000)
			.saturating_add(T::DbWeight::get().reads_writes(20, 12))
			.saturating_add(each_worker.saturating_mul(workers))
			.saturating_add(each_reputer.saturating_mul(reputers))
	}

	// Reads and writes: epoch emission, books, two pots. Two events.
	fn void() -> Weight {
		work(30, 10_000).saturating_add(T::DbWeight::get().reads_writes(4, 4))
	}

	// As a void epoch, and the rewards removed.
	fn prune() -> Weight {
		work(35, 15_000).saturating_add(T::DbWeight::get().reads_writes(5, 5))
	}
}
