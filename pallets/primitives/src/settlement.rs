//! What settlement is told, and what the ledger answers.

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
	/// Own and delegated stake in planck, frozen when reporting opened.
	pub authority: Balance,
}

/// What everyone contributed to an epoch: what settlement pays by (S 13).
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Contributions<AccountId> {
	/// Inferers, ascending by account.
	pub inferers: BoundedVec<Contribution<AccountId>, ConstU32<MAX_INFERERS>>,
	/// Forecasters, ascending by account.
	pub forecasters: BoundedVec<Contribution<AccountId>, ConstU32<MAX_FORECASTERS>>,
	/// Reputers, ascending by account.
	pub reputers: BoundedVec<ReputerContribution<AccountId>, ConstU32<MAX_REPUTERS>>,
	/// Loss of the network inference.
	pub network_loss: FixedI128,
	/// Loss of the naive inference.
	pub naive_loss: FixedI128,
}

/// Every pot, liability and hold total, and whether they add up; amounts in planck.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct Ledger {
	/// Total issuance, as the balances pallet has it.
	pub total_issuance: Balance,
	/// Total issuance at genesis.
	pub genesis_issuance: Balance,
	/// Emission since genesis: `minted + recycled + validators_accrued + validators_taken`.
	pub emitted: Balance,
	/// Topics' emission minted into the rewards pot.
	pub minted: Balance,
	/// Topics' emission that the ecosystem pot paid into the rewards pot.
	pub recycled: Balance,
	/// The validators' emission that no era has taken yet.
	pub validators_accrued: Balance,
	/// The validators' emission that eras took; staking mints it at payout.
	pub validators_taken: Balance,
	/// Balance of the ecosystem pot: fees, funding and what void epochs gave back.
	pub ecosystem_pot: Balance,
	/// Balance of the rewards pot: emission that topics have accrued and epochs have not credited
	/// yet.
	pub rewards_pot: Balance,
	/// What topics and epochs are owed out of the rewards pot.
	pub rewards_owed: Balance,
	/// Emission in the rewards pot that rounding left over, to be shared out with the next block's.
	pub rewards_carried: Balance,
	/// Emission of void epochs, given back to the ecosystem pot since genesis.
	pub returned: Balance,
	/// Emission that settlements moved from the rewards pot to topic pots since genesis.
	pub settled: Balance,
	/// Paid into topic pots by consumers since genesis.
	pub purchased: Balance,
	/// Sum of the topic pots' recorded balances: what the next settlements share.
	pub topic_pots: Balance,
	/// What settlements credited to workers, forecasters and reputers and nobody has paid out yet.
	pub earnings: Balance,
	/// Balance of the account that holds the topic pots and the earnings.
	pub topic_pots_balance: Balance,
	/// Sum of the stakes that reputers hold.
	pub reputer_stake: Balance,
	/// Paid out to workers, forecasters and reputers since genesis.
	pub paid: Balance,
	/// What retired topics left to the ecosystem pot since genesis.
	pub released: Balance,
	/// Whether every pot covers what is owed from it and the books agree with the balances.
	pub adds_up: bool,
}
