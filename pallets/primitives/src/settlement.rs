//! The contributions that settlement pays for, and the ledger.

use crate::{Balance, MAX_FORECASTERS, MAX_INFERERS, MAX_REPUTERS};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use scale_info::TypeInfo;
use sp_arithmetic::FixedI128;

/// A worker's contribution to an epoch.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Contribution<AccountId> {
	/// The account that contributed.
	pub account: AccountId,
	/// The instant score of the epoch (S 12.1, 12.2).
	pub score: FixedI128,
}

/// A reputer's contribution to an epoch.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct ReputerContribution<AccountId> {
	/// The account that reported.
	pub account: AccountId,
	/// The score of the epoch (S 12.3).
	pub score: FixedI128,
	/// The reputer's stake when reporting opened, in planck.
	pub authority: Balance,
}

/// The contributions to an epoch, by which settlement shares the rewards (S 13).
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Contributions<AccountId> {
	/// The contributions of inferers, sorted by account.
	pub inferers: BoundedVec<Contribution<AccountId>, ConstU32<MAX_INFERERS>>,
	/// The contributions of forecasters, sorted by account.
	pub forecasters: BoundedVec<Contribution<AccountId>, ConstU32<MAX_FORECASTERS>>,
	/// The contributions of reputers, sorted by account.
	pub reputers: BoundedVec<ReputerContribution<AccountId>, ConstU32<MAX_REPUTERS>>,
	/// The loss of the network inference.
	pub network_loss: FixedI128,
	/// The loss of the naive inference.
	pub naive_loss: FixedI128,
	/// What the participants were worth, by which the mixture rule pays; `None` under the regret
	/// rule, which pays by scores.
	pub worth: Option<Worth>,
}

/// What a worker was worth in an epoch, in the topic's own loss (S 13.9).
#[derive(
	Clone,
	Copy,
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
pub struct WorkerWorth {
	/// By how much the network's loss would have been higher without the worker; workers with equal
	/// values share what all of them were worth.
	pub worth: FixedI128,
	/// The number of workers with equal values, the worker included, that share this worth; at
	/// least 1.
	pub sharers: u32,
	/// By how much the loss of an inferer's value exceeds the network's; 0 for a forecaster.
	pub excess: FixedI128,
	/// The weight in the network inference, in [0, 1].
	pub weight: FixedI128,
}

/// What the participants of an epoch were worth, in the topic's own loss (S 13.9).
///
/// Losses are limited to 2^60 in magnitude. Lists are in the order of the contributions.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Worth {
	/// The loss of the network inference.
	pub network: FixedI128,
	/// By how much the loss of the naive inference exceeds the network's.
	pub forecasting: FixedI128,
	/// The loss of the running mean of the truths before the epoch's; `None` before the first one,
	/// if the mean is not an accepted inference, and in topics with a custom loss method.
	pub reference: Option<FixedI128>,
	/// The inferers.
	pub inferers: BoundedVec<WorkerWorth, ConstU32<MAX_INFERERS>>,
	/// The forecasters.
	pub forecasters: BoundedVec<WorkerWorth, ConstU32<MAX_FORECASTERS>>,
	/// The loss of each reputer's truth, measured against that of the consensus; `None` in topics
	/// with a custom loss method.
	pub reputers: Option<BoundedVec<FixedI128, ConstU32<MAX_REPUTERS>>>,
}

/// The balances and liabilities of all pots, and whether they add up. Amounts are in planck.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct Ledger {
	/// The total issuance of the balances pallet.
	pub total_issuance: Balance,
	/// The total issuance at genesis.
	pub genesis_issuance: Balance,
	/// The emission since genesis: `minted + recycled + validators_accrued + validators_taken`.
	pub emitted: Balance,
	/// The topics' emission minted into the rewards pot since genesis.
	pub minted: Balance,
	/// The topics' emission that the ecosystem pot paid into the rewards pot since genesis.
	pub recycled: Balance,
	/// The validators' emission that no era has taken yet.
	pub validators_accrued: Balance,
	/// The validators' emission that eras have taken; staking mints it at payout.
	pub validators_taken: Balance,
	/// The balance of the ecosystem pot: fees, funding, and the emission of void epochs.
	pub ecosystem_pot: Balance,
	/// The balance of the rewards pot: emission that topics have accrued and that is not settled
	/// yet.
	pub rewards_pot: Balance,
	/// The liabilities of the rewards pot to topics and epochs.
	pub rewards_owed: Balance,
	/// The rest of emission in the rewards pot that rounding left; it is shared with the next
	/// block's.
	pub rewards_carried: Balance,
	/// The emission of void epochs that was returned to the ecosystem pot since genesis.
	pub returned: Balance,
	/// The emission that settlements moved from the rewards pot to topic pots since genesis.
	pub settled: Balance,
	/// The payments of accounts into topic pots since genesis; no call makes such a payment.
	pub purchased: Balance,
	/// The sum of the recorded balances of topic pots, which the next settlements share.
	pub topic_pots: Balance,
	/// The rewards that settlements credited and that are not paid out yet.
	pub earnings: Balance,
	/// The balance of the account that holds the topic pots and the earnings.
	pub topic_pots_balance: Balance,
	/// What is on hold for topics: stakes, delegations, and removals that are pending.
	pub reputer_stake: Balance,
	/// The rewards paid out since genesis, with those handed over to the delegators' pot.
	pub paid: Balance,
	/// The balances of retired topics' pots that went to the ecosystem pot since genesis.
	pub released: Balance,
	/// Whether every pot covers its liabilities and the recorded sums agree with the balances.
	pub adds_up: bool,
}
