//! Nomination pools: many members nominate together, as one voter.
//!
//! The tokens of a member stay on its own account, under a hold of delegated staking.

use crate::{
	AccountId, Balance, Balances, DelegatedStaking, Runtime, RuntimeEvent, RuntimeFreezeReason,
	RuntimeHoldReason, Staking, System,
};
use frame_support::{
	parameter_types,
	traits::{ConstU32, ConstU8, Nothing},
	PalletId,
};
use frame_system::EnsureRoot;
use pallet_nomination_pools::adapter::DelegateStake;
use sp_core::U256;
use sp_runtime::{traits::Convert, FixedU128, Perbill};

parameter_types! {
	/// The pallet id that the accounts of pools derive from.
	pub const PoolsPalletId: PalletId = PalletId(*b"al/nopls");
	/// The pallet id that the accounts of delegated staking derive from.
	pub const DelegatedStakingPalletId: PalletId = PalletId(*b"al/dlstk");
	/// The part of a member's slash that is paid to the account that applies it.
	pub const SlashRewardFraction: Perbill = Perbill::from_percent(1);
}

impl pallet_delegated_staking::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type PalletId = DelegatedStakingPalletId;
	type Currency = Balances;
	type OnSlash = super::money::ToEcosystem;
	type SlashRewardFraction = SlashRewardFraction;
	type RuntimeHoldReason = RuntimeHoldReason;
	type CoreStaking = Staking;
}

/// Converts a balance to a wide integer.
pub struct BalanceToU256;
impl Convert<Balance, U256> for BalanceToU256 {
	fn convert(balance: Balance) -> U256 {
		balance.into()
	}
}

/// Converts a wide integer to a balance; what exceeds the range becomes its maximum.
pub struct U256ToBalance;
impl Convert<U256, Balance> for U256ToBalance {
	fn convert(wide: U256) -> Balance {
		wide.try_into().unwrap_or(Balance::MAX)
	}
}

impl pallet_nomination_pools::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type WeightInfo = pallet_nomination_pools::weights::SubstrateWeight<Runtime>;
	type Currency = Balances;
	type RuntimeFreezeReason = RuntimeFreezeReason;
	type RewardCounter = FixedU128;
	type PalletId = PoolsPalletId;
	type MaxPointsToBalance = ConstU8<10>;
	type MaxUnbonding = ConstU32<8>;
	type BalanceToU256 = BalanceToU256;
	type U256ToBalance = U256ToBalance;
	type StakeAdapter = DelegateStake<Self, Staking, DelegatedStaking>;
	// More than the eras of the bonding duration, 28.
	type MaxUnbondingPools = ConstU32<32>;
	type MaxMetadataLen = ConstU32<256>;
	type AdminOrigin = EnsureRoot<AccountId>;
	type BlockNumberProvider = System;
	// Bonds and memberships are holds of their own, which one account may have side by side.
	type Filter = Nothing;
}
