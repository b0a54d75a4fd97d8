//! Emission, rewards and the ledger.

use super::NoReward;
use crate::{Balance, EpochId, Ledger, Role, Slot, TopicId};
use alloc::vec::Vec;
use codec::{Codec, Decode, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_arithmetic::{FixedI128, Perbill};

/// The reward of an account for an epoch.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Reward<AccountId> {
	/// The account that earned it.
	pub account: AccountId,
	/// The role in which the account earned it.
	pub role: Role,
	/// The amount credited, in planck.
	pub amount: Balance,
}

/// An account that contributed to an epoch and has no reward.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Unpaid<AccountId> {
	/// The account.
	pub account: AccountId,
	/// The role it contributed in.
	pub role: Role,
	/// The reason recorded when the epoch was settled.
	pub reason: NoReward,
}

/// What a worker can claim of the rewards of its topic (S 13.9).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Claim {
	/// The discounted sum of what the worker was worth, in units of the topic's usual worth, within
	/// -1024 and 1024; at 0 and below it earns nothing while others have claims.
	pub claim: FixedI128,
	/// The smoothed excess of an inferer's loss over the network's, in units of the usual loss of
	/// the mean of truths, within -16 and 16; `None` for a forecaster.
	pub excess: Option<FixedI128>,
}

/// What the rate of a month follows from (S 15.3). Amounts are in planck.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct MonthFigures {
	/// The stake of validators, nominators and reputers, as an average of the slots of the month
	/// before.
	pub staked: Balance,
	/// The balance of the ecosystem pot, and what emission may still mint.
	pub ecosystem_locked: Balance,
	/// The tokens in circulation: all that exist, without the ecosystem pot and without what is
	/// still locked of the genesis allocations.
	pub circulating: Balance,
	/// The reputers' share of the topics' rewards (f_r), in [0.2, 0.5] once it is measured.
	pub reputers_share: FixedI128,
	/// The validators' share of the month's emission (f_v); topics get the rest.
	pub validators_share: Perbill,
	/// The target of the rate, before cap and smoothing; the type's maximum if it is above.
	pub target: FixedI128,
	/// The maximum of the rate before smoothing.
	pub cap: FixedI128,
}

/// Figures of the emission. Amounts are in planck.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct EmissionInfo {
	/// The emission per slot, to topics and validators together.
	pub slot_emission: Balance,
	/// The emission per staked token and month (e_i), smoothed.
	pub rate: FixedI128,
	/// The emission since genesis.
	pub emitted: Balance,
	/// The maximum supply.
	pub max_supply: Balance,
	/// The sum of the active topics' weights.
	pub total_weight: Balance,
	/// The slot of the next recomputation of the rate.
	pub next_recomputation: Slot,
	/// Whether emission has started.
	pub started: bool,
	/// What the rate follows from; `None` before the first month.
	pub month: Option<MonthFigures>,
}

/// What a topic has to pay to an epoch that would be settled now. Amounts are in planck.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Accrued {
	/// The emission that the topic has accrued since its running epoch opened; that epoch gets it
	/// when it ends.
	pub emission: Balance,
	/// The balance of the topic's pot, which the next settlement shares.
	pub pot: Balance,
}

sp_api::decl_runtime_apis! {
	/// Emission, rewards and the ledger.
	pub trait EmissionsApi<AccountId> where AccountId: Codec {
		/// The figures of the emission.
		fn emission() -> EmissionInfo;
		/// The rewards of an epoch; empty before it is settled and after pruning.
		fn rewards(topic: TopicId, epoch: EpochId) -> Vec<Reward<AccountId>>;
		/// The accounts that contributed to an epoch and have no reward, with the reasons.
		fn unpaid(topic: TopicId, epoch: EpochId) -> Vec<Unpaid<AccountId>>;
		/// What the running epoch of a topic would pay now: the emission accrued since it opened, and
		/// the topic's pot; `None` if there is no such topic.
		fn accrued(topic: TopicId) -> Option<Accrued>;
		/// The claim of a worker after the latest settlement of its topic; `None` if it has none, for
		/// reputers, and in topics of the regret rule.
		fn claim(topic: TopicId, account: AccountId, role: Role) -> Option<Claim>;
		/// The rewards of an account in a topic that are credited and not paid out yet, in planck.
		fn due(topic: TopicId, account: AccountId) -> Balance;
		/// The balances and liabilities of all pots, and whether they add up.
		fn ledger() -> Ledger;
	}
}
