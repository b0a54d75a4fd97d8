//! The rewards of delegators: the accumulator of a reputer's pool, and what a delegation earns
//! (S 14.3).
//!
//! A delegation earns in an epoch by its amount when the epoch's reporting opened. Its rewards are
//! added up only when it is touched, perhaps many epochs later, so the amounts of the epochs that
//! were not settled at a change are kept with it ([`Delegation::earlier`]), and the pool notes
//! where its accumulator stood when each of them ended ([`Round`]).

use allora_primitives::{Balance, EpochId};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use scale_info::TypeInfo;

/// One planck in the units of accumulators and of what delegations earn, which have 64 fraction
/// bits.
pub const SCALE: u128 = 1 << 64;
/// The maximum number of epochs whose reporting has opened and that are not settled, while
/// delegations to a reputer of the topic may change. There are two at most unless the clock is late.
pub const MAX_ROUNDS: u32 = 4;

/// What a reputer's delegators share.
#[derive(
	Clone,
	Debug,
	Default,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Pool {
	/// The number of delegations that are stored.
	pub delegations: u32,
	/// The money that belongs to the delegations, in planck.
	pub funds: Balance,
	/// The reward per delegated planck since the first delegation, with 64 fraction bits.
	pub per_share: u128,
	/// What divisions left over, which is shared with the next reward, with 64 fraction bits.
	pub carried: u128,
	/// The latest epoch whose reward was shared.
	pub latest: EpochId,
	/// The epochs since whose opening of reporting a delegation has changed, oldest first.
	pub rounds: BoundedVec<Round, ConstU32<MAX_ROUNDS>>,
}

/// An epoch for which some delegations earn by another amount than afterwards.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Round {
	/// The epoch.
	pub epoch: EpochId,
	/// The number of such delegations that have not been touched since.
	pub delegations: u32,
	/// The pool's accumulator after the epoch; `None` while the epoch is not settled.
	pub per_share: Option<u128>,
}

/// A delegation to a reputer in a topic.
#[derive(
	Clone,
	Debug,
	Default,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Delegation {
	/// The amount that counts in epochs whose reporting opens from now on, in planck.
	pub amount: Balance,
	/// The epochs, oldest first, up to which the delegation earns by another amount, in planck.
	pub earlier: BoundedVec<(EpochId, Balance), ConstU32<MAX_ROUNDS>>,
	/// The value of the pool's accumulator up to which the rewards are added up.
	pub checkpoint: u128,
	/// The rewards up to there that were not claimed, in planck with 64 fraction bits.
	pub owed: u128,
}

impl Pool {
	/// Shares the reward of an epoch among the delegations, which sum to `delegated` planck when
	/// the epoch's reporting opened; `None` if a number leaves its range.
	///
	/// Epochs are settled in order. The reward of any other epoch would meet delegations that no
	/// longer sum to `delegated`; it is shared with the next one's.
	pub fn share(&mut self, epoch: EpochId, reward: Balance, delegated: Balance) -> Option<()> {
		self.funds = self.funds.checked_add(reward)?;
		let pool = reward.checked_mul(SCALE)?.checked_add(self.carried)?;
		if epoch <= self.latest {
			self.carried = pool;
			return Some(());
		}
		self.latest = epoch;
		self.end_rounds(|other| other < epoch);
		self.per_share = self.per_share.checked_add(pool.checked_div(delegated)?)?;
		self.carried = pool.checked_rem(delegated)?;
		self.end_rounds(|other| other == epoch);
		Some(())
	}

	/// Notes that these epochs have ended, and that no later one has been shared yet.
	pub fn end_rounds(&mut self, ended: impl Fn(EpochId) -> bool) {
		let now = self.per_share;
		for round in self.rounds.iter_mut().filter(|round| ended(round.epoch)) {
			round.per_share.get_or_insert(now);
		}
	}
}

impl Delegation {
	/// Adds up the rewards to this value of the accumulator, for an amount in planck; `None` if a
	/// number leaves its range.
	///
	/// The product is part of what the pool received and was not claimed, so it is within range.
	pub fn earn(&mut self, amount: Balance, per_share: u128) -> Option<()> {
		let grown = amount.checked_mul(per_share.checked_sub(self.checkpoint)?)?;
		self.owed = self.owed.checked_add(grown)?;
		self.checkpoint = per_share;
		Some(())
	}

	/// The amount by which the delegation earns in the oldest epoch that is not settled, in planck.
	pub fn earning(&self) -> Balance {
		self.earlier.first().map_or(self.amount, |(_, amount)| *amount)
	}

	/// The whole planck of what is owed.
	pub fn claimable(&self) -> Balance {
		self.owed.checked_div(SCALE).unwrap_or_default()
	}

	/// Whether nothing is delegated, owed, or still to be earned.
	pub fn is_over(&self) -> bool {
		self.amount == 0 && self.earlier.is_empty() && self.owed < SCALE
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	/// A delegation of a new pool.
	fn of(amount: Balance) -> Delegation {
		Delegation { amount, ..Default::default() }
	}

	#[test]
	fn reward_is_shared_by_amount_and_the_remainder_is_carried() {
		let mut pool = Pool::default();
		pool.share(1, 10, 3).unwrap();
		let (mut one, mut two) = (of(1), of(2));
		one.earn(1, pool.per_share).unwrap();
		two.earn(2, pool.per_share).unwrap();
		// 10 / 3 and 20 / 3.
		assert_eq!((one.claimable(), two.claimable()), (3, 6));
		assert_eq!(one.owed + two.owed + pool.carried, 10 * SCALE);
		// Rounding loses nothing in the long run.
		pool.share(2, 20, 3).unwrap();
		one.earn(1, pool.per_share).unwrap();
		two.earn(2, pool.per_share).unwrap();
		assert_eq!(one.owed + two.owed + pool.carried, 30 * SCALE);
		assert_eq!(pool.funds, 30);
	}

	#[test]
	fn reward_of_an_epoch_before_the_latest_is_kept_for_the_next() {
		let mut pool = Pool::default();
		pool.share(2, 10, 5).unwrap();
		let before = pool.per_share;
		pool.share(1, 10, 5).unwrap();
		assert_eq!((pool.per_share, pool.funds), (before, 20));
		pool.share(3, 0, 5).unwrap();
		assert_eq!(pool.per_share, 2 * before);
	}

	#[test]
	fn epoch_without_a_reward_ends_where_the_next_one_begins() {
		let mut pool = Pool::default();
		let round = |epoch| Round { epoch, delegations: 1, per_share: None };
		pool.rounds.try_push(round(1)).unwrap();
		pool.rounds.try_push(round(2)).unwrap();
		pool.share(2, 10, 5).unwrap();
		let ends: Vec<_> = pool.rounds.iter().map(|round| round.per_share).collect();
		assert_eq!(ends, [Some(0), Some(2 * SCALE)]);
	}

	#[test]
	fn whole_supply_is_shared_within_range() {
		let supply = 10u128.pow(19);
		let mut pool = Pool::default();
		// The least that may be delegated: 1 ALLO.
		let least = 10u128.pow(10);
		pool.share(1, supply, least).unwrap();
		let mut delegation = of(least);
		delegation.earn(least, pool.per_share).unwrap();
		assert_eq!(delegation.owed + pool.carried, supply * SCALE);
	}
}
