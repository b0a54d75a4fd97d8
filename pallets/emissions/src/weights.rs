//! What the pallet's work costs.
//!
//! The figures are estimates until benchmarks replace them: database accesses as counted in the
//! code, by the runtime's price list, plus computing time built up from figures measured in wasm:
//! a 64.64 multiplication 7 ns, a division 25 ns, a logarithm, exponential or root 150 ns at most,
//! comparing two accounts 10 ns, encoding, decoding or hashing 100 bytes 400 ns, a hashed storage
//! key 1 us, an event 5 us.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Weights of what the pallet does in calls, in hooks and for other pallets.
pub trait WeightInfo {
	/// A block's emission.
	fn emit_block() -> Weight;
	/// The monthly renewal of the rate.
	fn recompute() -> Weight;
	/// What an opening asks: handing a topic's emission to the epoch that ended, at worst to the
	/// ecosystem pot, and the topic's new weight.
	fn open() -> Weight;
	/// Settling an epoch of so many inferers, forecasters and reputers, without payouts.
	fn settle(inferers: u32, forecasters: u32, reputers: u32) -> Weight;
	/// Paying out a worker's earnings.
	fn pay_worker() -> Weight;
	/// Paying out a reputer's earnings, its delegators' part included.
	fn pay_reputer() -> Weight;
	/// Looking for crowded topics.
	fn poll() -> Weight;
	/// Relieving a crowded topic, without payouts.
	fn relieve() -> Weight;
	/// The call `collect`, for an account that is due earnings as a worker and as a reputer.
	fn collect() -> Weight;
	/// Voiding an epoch that has no emission yet.
	fn mark_void() -> Weight;
	/// Voiding an epoch and giving its emission back.
	fn void() -> Weight;
	/// Forgetting an epoch that is settled.
	fn prune() -> Weight;
	/// Forgetting a topic that owes nothing any more and has no epoch on record.
	fn forget() -> Weight;
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

	// Reads: accrual, distribution, epoch's rewards, epoch record, books, two pots. Writes: accrual,
	// distribution, epoch's rewards, books, two pots. Two events.
	fn open() -> Weight {
		work(50, 20_000).saturating_add(T::DbWeight::get().reads_writes(7, 6))
	}

	// Reads: parameters and contributions, memory, purse, epoch's rewards, books, two pots. Writes:
	// all of these but parameters and contributions. The purse at worst has 240 who wait.
	//
	// Time: 23 KB of purse and 4 KB of totals, pots and parameters are coded and hashed, and two
	// events made. A worker has ten recent scores (80 bytes, two multiplications each), two
	// remembered shares of 40 bytes, a contribution, a reward in two places; its shares take two
	// logarithms, an exponential and ten divisions; it is sought among 64 and among 120 accounts. A
	// reputer is sought among 32 and 120 and has two powers.
	fn settle(inferers: u32, forecasters: u32, reputers: u32) -> Weight {
		let workers = u64::from(inferers.saturating_add(forecasters));
		let reputers = u64::from(reputers);
		let each_worker = work(7, 250);
		let each_reputer = work(6, 200);
		work(180, 40_000)
			.saturating_add(T::DbWeight::get().reads_writes(8, 6))
			.saturating_add(each_worker.saturating_mul(workers))
			.saturating_add(each_reputer.saturating_mul(reputers))
	}

	// Reads: registration, account; writes: account. Two events. Pots and books are counted by who
	// pays out.
	fn pay_worker() -> Weight {
		work(25, 3_000).saturating_add(T::DbWeight::get().reads_writes(2, 1))
	}

	// As a worker's, with one event more.
	fn pay_reputer() -> Weight {
		work(30, 3_000).saturating_add(T::DbWeight::get().reads_writes(2, 1))
	}

	// Reads: books.
	fn poll() -> Weight {
		work(5, 2_500).saturating_add(T::DbWeight::get().reads(1))
	}

	// Reads and writes: purse, books, topics' account.
	fn relieve() -> Weight {
		work(110, 20_000).saturating_add(T::DbWeight::get().reads_writes(3, 3))
	}

	// Reads and writes: purse, books, topics' account; two payouts.
	fn collect() -> Weight {
		work(110, 20_000)
			.saturating_add(T::DbWeight::get().reads_writes(3, 3))
			.saturating_add(Self::pay_worker())
			.saturating_add(Self::pay_reputer())
	}

	// Reads and writes: epoch's rewards.
	fn mark_void() -> Weight {
		work(5, 5_000).saturating_add(T::DbWeight::get().reads_writes(1, 1))
	}

	// Reads and writes: epoch's rewards, books, two pots. Two events.
	fn void() -> Weight {
		work(30, 10_000).saturating_add(T::DbWeight::get().reads_writes(4, 4))
	}

	// Reads and writes: epoch's rewards, 2.8 KB at most.
	fn prune() -> Weight {
		work(15, 5_000).saturating_add(T::DbWeight::get().reads_writes(1, 1))
	}

	// Reads: purse, next epoch's rewards, books, two pots. Writes: purse, memory, books, two pots.
	fn forget() -> Weight {
		work(110, 25_000).saturating_add(T::DbWeight::get().reads_writes(5, 5))
	}
}
