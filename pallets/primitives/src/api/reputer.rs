//! Stakes of reputers, and delegations to them.

use crate::{Balance, EpochId, Slot, TopicId};
use alloc::vec::Vec;
use codec::{Codec, Decode, Encode};
use scale_info::TypeInfo;
use sp_arithmetic::Perbill;

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

sp_api::decl_runtime_apis! {
	/// Stakes of reputers, and delegations to them.
	pub trait ReputerApi<AccountId> where AccountId: Codec {
		/// The stake behind a reputer in a topic, its commission, and its pending removals.
		fn stake(topic: TopicId, reputer: AccountId) -> ReputerStake;
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
