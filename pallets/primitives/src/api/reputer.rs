//! Stakes of reputers, and delegations to them.

use crate::{Balance, EpochId, Slot, TopicId};
use alloc::vec::Vec;
use codec::{Codec, Decode, Encode};
use scale_info::TypeInfo;
use sp_arithmetic::{FixedI128, Perbill};

/// The stake behind a reputer in a topic. Amounts are in planck.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct ReputerStake {
	/// The reputer's own stake that counts.
	pub own: Balance,
	/// The stake that others have delegated to it and that counts.
	pub delegated: Balance,
	/// The part of its delegators' rewards that it keeps.
	pub commission: Perbill,
	/// A higher part that it has announced, and the first slot in which it is in force.
	pub commission_rise: Option<(Perbill, Slot)>,
	/// The pending removals of its own stake, which do not count, oldest first.
	pub removals: Vec<PendingRemoval>,
}

/// A pending removal of stake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct PendingRemoval {
	/// The id by which it can be cancelled.
	pub id: u64,
	/// The amount, in planck.
	pub amount: Balance,
	/// The first slot in which it can be withdrawn.
	pub due: Slot,
}

/// A delegation of an account. Amounts are in planck.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct DelegationInfo<AccountId> {
	/// The topic.
	pub topic: TopicId,
	/// The reputer.
	pub reputer: AccountId,
	/// The amount that counts in epochs whose reporting opens from now on.
	pub amount: Balance,
	/// The epochs in which the delegation earns by another amount, since it has changed after their
	/// reporting opened, each with that amount; oldest first.
	pub earning: Vec<(EpochId, Balance)>,
	/// The rewards that can be claimed now.
	pub claimable: Balance,
	/// The pending removals, which do not count, oldest first.
	pub removals: Vec<PendingRemoval>,
}

/// A reputer with stake in a topic.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct ReputerInfo<AccountId> {
	/// The reputer.
	pub account: AccountId,
	/// The account that is paid for its work.
	pub owner: AccountId,
	/// Whether it is registered as a reputer.
	pub registered: bool,
	/// The stake behind it; its authority is the sum of the two stakes.
	pub stake: ReputerStake,
	/// The listening coefficient, in [0, 1]; 1 before its first scoring (S 12.3).
	pub coefficient: FixedI128,
	/// The smoothed score; `None` before the first one.
	pub score: Option<FixedI128>,
}

/// A page of a topic's reputers.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct ReputerPage<AccountId> {
	/// The reputers, in the order of their storage keys.
	pub reputers: Vec<ReputerInfo<AccountId>>,
	/// The reputer after which the following page starts; `None` if there is none.
	pub next: Option<AccountId>,
}

/// Where an account has pending removals: its own stake in a topic if the reputer is the account
/// itself, and else its delegation to the reputer.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct RemovalKey<AccountId> {
	/// The topic.
	pub topic: TopicId,
	/// The reputer.
	pub reputer: AccountId,
}

/// The pending removals of a stake or of a delegation.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct StakeRemovals<AccountId> {
	/// The topic.
	pub topic: TopicId,
	/// The reputer; the account itself for its own stake.
	pub reputer: AccountId,
	/// The removals, oldest first; at least one, and at most 16.
	pub removals: Vec<PendingRemoval>,
}

/// A page of an account's pending removals.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct RemovalPage<AccountId> {
	/// Those of its own stakes by ascending topic, then those of its delegations in the order of
	/// their storage keys.
	pub stakes: Vec<StakeRemovals<AccountId>>,
	/// Where the following page continues; `None` if there is none.
	pub next: Option<RemovalKey<AccountId>>,
}

sp_api::decl_runtime_apis! {
	/// Stakes of reputers, and delegations to them.
	pub trait ReputerApi<AccountId> where AccountId: Codec {
		/// The stake behind a reputer in a topic, its commission, and its pending removals.
		fn stake(topic: TopicId, reputer: AccountId) -> ReputerStake;
		/// The reputers that have stake in a topic, their own or delegated: at most `limit`, which is
		/// moved into 1 to 256. One whose stake is gone is among them while an epoch in which it
		/// counts is reported on.
		///
		/// `after` is `next` of the page before; `None` for the first page.
		fn reputers(
			topic: TopicId,
			after: Option<AccountId>,
			limit: u32,
		) -> ReputerPage<AccountId>;
		/// The stakes and delegations of an account that have pending removals, also in topics that
		/// do not exist any more: at most `limit`, which is moved into 1 to 256.
		///
		/// `after` is `next` of the page before; `None` for the first page. A page looks through at
		/// most 1,024 topic numbers, so that it may have fewer items than asked for although others
		/// follow.
		fn removals(
			account: AccountId,
			after: Option<RemovalKey<AccountId>>,
			limit: u32,
		) -> RemovalPage<AccountId>;
		/// An account's delegation to a reputer in a topic, with what it can claim and its pending
		/// removals; `None` if there is none.
		fn delegation(
			topic: TopicId,
			reputer: AccountId,
			delegator: AccountId,
		) -> Option<DelegationInfo<AccountId>>;
		/// The delegations of an account in all topics, at most 256.
		fn delegations(delegator: AccountId) -> Vec<DelegationInfo<AccountId>>;
	}
}
