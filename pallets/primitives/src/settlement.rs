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
	/// The sum of the reputers' stakes, which are on hold.
	pub reputer_stake: Balance,
	/// The rewards paid out since genesis.
	pub paid: Balance,
	/// The balances of retired topics' pots that went to the ecosystem pot since genesis.
	pub released: Balance,
	/// Whether every pot covers its liabilities and the recorded sums agree with the balances.
	pub adds_up: bool,
}
