//! The tries to send one call: their nonce, which no other call of the account has, and their tips.

use super::ALLO;
use std::{
	collections::BTreeSet,
	sync::{Mutex, MutexGuard, PoisonError},
};
use subxt::{config::HashFor, rpcs, SubstrateConfig};

/// The number of blocks that may pass over a transaction before it is sent again, although the node that
/// it was sent to still has it: other nodes may have dropped it, or prefer those that pay more.
pub(super) const PASSED_OVER: u32 = 3;

/// The first tip, in planck, after a transaction found no place in a pool or in blocks: 10^-6 ALLO. Each
/// further time multiplies it by ten. Among transactions of one size, a pool prefers those with a higher
/// tip, and drops those without a tip first.
const FIRST_TIP: u128 = ALLO / 1_000_000;

/// The maximum tip, in planck: 0.001 ALLO, the fee of an empty transaction.
pub const MAX_TIP: u128 = ALLO / 1_000;

/// The code by which a pool refuses a transaction since it has another one of its nonce, which it prefers.
const HAS_ANOTHER: i32 = 1014;

/// The code by which a pool refuses a transaction since it is full.
const IS_FULL: i32 = 1016;

/// A nonce that a call under way uses, and no other call does until this is dropped.
pub(super) struct Reserved<'a> {
	nonces: &'a Mutex<BTreeSet<u64>>,
	/// The nonce.
	pub nonce: u64,
}

impl Drop for Reserved<'_> {
	fn drop(&mut self) {
		locked(self.nonces).remove(&self.nonce);
	}
}

/// The nonces in use; they are valid also after a panic.
pub(super) fn locked(nonces: &Mutex<BTreeSet<u64>>) -> MutexGuard<'_, BTreeSet<u64>> {
	nonces.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Reserves the first nonce from `next` on that is not in use.
pub(super) fn reserve(nonces: &Mutex<BTreeSet<u64>>, next: u64) -> Reserved<'_> {
	let mut used = locked(nonces);
	let mut nonce = next;
	while !used.insert(nonce) {
		nonce += 1;
	}
	Reserved { nonces, nonce }
}

/// Whether the account's next nonce has no call, though the call of a later one waits for it.
pub(super) fn is_gap(next: u64, waiting: u64, used: &BTreeSet<u64>) -> bool {
	next < waiting && !used.contains(&next)
}

/// The transactions, all with the same nonce, that were submitted for one call.
#[derive(Default)]
pub(super) struct Tries<'a> {
	/// The nonce.
	pub reserved: Option<Reserved<'a>>,
	/// The number of the finalized block to which the first refers: no block up to it includes one
	/// of them.
	pub since: Option<u32>,
	/// Their hashes.
	pub hashes: Vec<HashFor<SubstrateConfig>>,
	/// The number of those, and of the remarks that fill gaps below them, that found no place in a pool
	/// or in blocks.
	pub in_vain: u32,
	/// The number of refusals, since the last of these, by pools that have another one.
	waits: u32,
}

impl<'a> Tries<'a> {
	/// Their nonce, once one is reserved.
	pub fn nonce(&self) -> Option<u64> {
		self.reserved.as_ref().map(|reserved| reserved.nonce)
	}

	/// Counts a refusal with this code. If the pool has another transaction of the nonce, it is one of this
	/// account, which needs no tip unless blocks pass it over.
	pub fn count(&mut self, refusal: Option<i32>) {
		match refusal {
			Some(IS_FULL) => self.in_vain += 1,
			Some(HAS_ANOTHER) if self.waits < PASSED_OVER => self.waits += 1,
			Some(HAS_ANOTHER) => {
				self.waits = 0;
				self.in_vain += 1;
			}
			_ => (),
		}
	}

	/// The tip in planck of the next transaction.
	pub fn tip(&self) -> u128 {
		let Some(times) = self.in_vain.checked_sub(1) else { return 0 };
		FIRST_TIP.saturating_mul(10u128.saturating_pow(times)).min(MAX_TIP)
	}

	/// A try to send a remark under a lower nonce for which these wait: a pool without a place for these
	/// has none for it.
	pub fn filler(&self, reserved: Reserved<'a>) -> Self {
		let (in_vain, waits) = (self.in_vain, self.waits);
		Self { reserved: Some(reserved), in_vain, waits, ..Self::default() }
	}

	/// Counts what has become of a remark, so that the next one tips more if it was in vain.
	pub fn learn(&mut self, filler: &Self) {
		(self.in_vain, self.waits) = (filler.in_vain, filler.waits);
	}
}

/// The code with which a node has refused a transaction.
pub(super) fn refusal(error: &rpcs::Error) -> Option<i32> {
	match error {
		rpcs::Error::User(error) => Some(error.code),
		_ => None,
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn after(in_vain: u32) -> Tries<'static> {
		Tries { in_vain, ..Tries::default() }
	}

	#[test]
	fn tips_grow_with_each_transaction_in_vain_up_to_the_maximum() {
		let tip = |in_vain| after(in_vain).tip();
		assert_eq!([0, 1, 2, 3].map(tip), [0, 10_000, 100_000, 1_000_000]);
		assert_eq!([4, 5, u32::MAX].map(tip), [MAX_TIP; 3]);
	}

	/// Counts the refusals of a node with these codes.
	fn refuse(tries: &mut Tries, codes: &[i32]) {
		for code in codes {
			let error = rpcs::UserError { code: *code, message: String::new(), data: None };
			tries.count(refusal(&rpcs::Error::User(error)));
		}
	}

	/// The number of transactions in vain after these refusals.
	fn in_vain_after(codes: &[i32]) -> u32 {
		let mut tries = Tries::default();
		refuse(&mut tries, codes);
		tries.in_vain
	}

	#[test]
	fn only_a_pool_without_a_place_asks_for_a_tip() {
		assert_eq!(in_vain_after(&[1016]), 1);
		// A banned one is accepted once it is signed anew, and an invalid one never.
		assert_eq!(in_vain_after(&[1012, 1010]), 0);
	}

	#[test]
	fn transaction_that_a_pool_has_already_is_given_four_blocks_before_another_one_has_a_tip() {
		assert_eq!(in_vain_after(&[1014, 1014, 1014]), 0);
		assert_eq!(in_vain_after(&[1014, 1014, 1014, 1014]), 1);
		assert_eq!(in_vain_after(&[1014; 7]), 1);
		assert_eq!(in_vain_after(&[1014; 8]), 2);
	}

	#[test]
	fn remark_that_fills_a_gap_has_the_tip_of_the_call_that_waits_and_more_each_time_it_is_refused()
	{
		let nonces = Mutex::default();
		let mut tries = after(1);
		let tips = [0; 3].map(|_| {
			let mut filler = tries.filler(reserve(&nonces, 4));
			let tip = filler.tip();
			refuse(&mut filler, &[1016]);
			tries.learn(&filler);
			(filler.nonce(), tip)
		});
		assert_eq!(tips, [(Some(4), 10_000), (Some(4), 100_000), (Some(4), 1_000_000)]);
		// Each has given its nonce back, and the call has kept its own, which is none yet.
		assert!(locked(&nonces).is_empty());
		assert_eq!((tries.nonce(), tries.tip()), (None, MAX_TIP));
	}

	#[test]
	fn nonces_in_use_are_passed_over_and_gaps_are_filled_first() {
		let nonces = Mutex::default();
		let [first, second, third] = [7, 7, 7].map(|next| reserve(&nonces, next));
		assert_eq!([first.nonce, second.nonce, third.nonce], [7, 8, 9]);
		drop(second);
		assert_eq!(reserve(&nonces, 7).nonce, 8);
		drop(first);
		assert_eq!(reserve(&nonces, 8).nonce, 8);
	}

	#[test]
	fn nonce_that_a_call_waits_for_and_no_call_has_is_a_gap() {
		let used = BTreeSet::from([7, 9]);
		// Nonce 9 waits for 8, and 7 is under way.
		assert!(is_gap(8, 9, &used) && !is_gap(7, 9, &used));
		// Nothing waits for its own nonce, or for one that has been used.
		assert!(!is_gap(9, 9, &used) && !is_gap(10, 9, &used));
	}
}
