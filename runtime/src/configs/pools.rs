//! Nomination pools: many members nominate together, as one voter.
//!
//! The tokens of a member stay on its own account, under a hold of delegated staking.

use crate::{
	AccountId, Balance, Balances, DelegatedStaking, Runtime, RuntimeEvent, RuntimeFreezeReason,
	RuntimeHoldReason, Staking, System,
};
use frame_support::{
	ensure, parameter_types,
	traits::{
		fungible::{Inspect, MutateHold},
		tokens::{Fortitude, Precision, Restriction},
		ConstU32, ConstU8, Defensive, Nothing,
	},
	PalletId,
};
use frame_system::EnsureRoot;
use pallet_delegated_staking::{Delegators, Error as DelegationError, Event as DelegationEvent};
use pallet_nomination_pools::{adapter::DelegateStake, BondedPools, ReversePoolIdLookup};
use sp_core::U256;
use sp_runtime::{traits::Convert, DispatchError, DispatchResult, FixedU128, Perbill};
use sp_staking::{Agent, DelegationInterface, DelegationMigrator, Delegator};

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

/// Delegated staking, in which the delegations of a slashed pool's members stay equal to the pool's
/// stake, and the planck of rounding keep nobody in.
///
/// The pools' pallet takes from each member what its delegation exceeds its balance in the pool,
/// which is rounded down. All members together would lose more than the slash, by some planck: the
/// delegations that are left would not cover the pool's stake. So they lose at most the slash.
///
/// A member's delegation may then exceed its balance by some planck that are still part of the pool's
/// stake, as it may after unbonding in parts, which rounds down as well. The pools' pallet would
/// release them when the member leaves, and refuse to let it go because nothing is free for them. They
/// become the depositor's instead, who leaves last and receives what the pool then has.
pub struct ExactDelegations;

impl DelegationInterface for ExactDelegations {
	type Balance = Balance;
	type AccountId = AccountId;

	fn agent_balance(agent: Agent<AccountId>) -> Option<Balance> {
		DelegatedStaking::agent_balance(agent)
	}

	fn agent_transferable_balance(agent: Agent<AccountId>) -> Option<Balance> {
		DelegatedStaking::agent_transferable_balance(agent)
	}

	fn delegator_balance(delegator: Delegator<AccountId>) -> Option<Balance> {
		DelegatedStaking::delegator_balance(delegator)
	}

	fn register_agent(agent: Agent<AccountId>, reward_account: &AccountId) -> DispatchResult {
		<DelegatedStaking as DelegationInterface>::register_agent(agent, reward_account)
	}

	fn remove_agent(agent: Agent<AccountId>) -> DispatchResult {
		<DelegatedStaking as DelegationInterface>::remove_agent(agent)
	}

	fn delegate(
		delegator: Delegator<AccountId>,
		agent: Agent<AccountId>,
		amount: Balance,
	) -> DispatchResult {
		DelegatedStaking::delegate(delegator, agent, amount)
	}

	fn withdraw_delegation(
		delegator: Delegator<AccountId>,
		agent: Agent<AccountId>,
		amount: Balance,
		num_slashing_spans: u32,
	) -> DispatchResult {
		let (who, pool) = (delegator.clone().get(), agent.clone().get());
		let withdraw =
			|| DelegatedStaking::withdraw_delegation(delegator, agent, amount, num_slashing_spans);
		match provided(&who, withdraw) {
			Err(error)
				if error == DelegationError::<Runtime>::NotEnoughFunds.into()
					&& amount < Balances::minimum_balance() =>
			{
				provided(&who, || leave_to_depositor(&pool, &who, amount))
			}
			result => result,
		}
	}

	fn pending_slash(agent: Agent<AccountId>) -> Option<Balance> {
		DelegatedStaking::pending_slash(agent)
	}

	fn delegator_slash(
		agent: Agent<AccountId>,
		delegator: Delegator<AccountId>,
		value: Balance,
		maybe_reporter: Option<AccountId>,
	) -> DispatchResult {
		let pending = Self::pending_slash(agent.clone()).unwrap_or_default();
		let (who, value) = (delegator.clone().get(), value.min(pending));
		provided(&who, || {
			DelegatedStaking::delegator_slash(agent, delegator, value, maybe_reporter)
		})
	}
}

/// Takes from a delegation, and keeps its account in existence as long as anything else on it needs
/// that.
///
/// A delegation provides for its account, so that all that is free can leave it. The pallet takes for
/// granted that the account can do without once the delegation ends, which is wrong while anything
/// else is on hold: it would be a defensive failure.
fn provided(who: &AccountId, take: impl FnOnce() -> DispatchResult) -> DispatchResult {
	System::inc_providers(who);
	let result = take();
	// An error says that this reference is still needed.
	let _ = System::dec_providers(who);
	result
}

/// Makes a part of a member's delegation to a pool a part of the depositor's.
///
/// Fails if the member has less, is the depositor itself, or has delegated to another pool.
fn leave_to_depositor(pool: &AccountId, member: &AccountId, amount: Balance) -> DispatchResult {
	let error = DispatchError::from(DelegationError::<Runtime>::NotEnoughFunds);
	let id = ReversePoolIdLookup::<Runtime>::get(pool).ok_or(error)?;
	let depositor = BondedPools::<Runtime>::get(id).ok_or(error)?.roles.depositor;
	ensure!(depositor != *member, error);
	let delegation_of = |who: &AccountId| {
		Delegators::<Runtime>::get(who).filter(|delegation| delegation.agent == *pool).ok_or(error)
	};
	let (mut from, mut to) = (delegation_of(member)?, delegation_of(&depositor)?);
	from.amount = from.amount.checked_sub(amount).ok_or(error)?;
	to.amount = to.amount.saturating_add(amount);
	Balances::transfer_on_hold(
		&pallet_delegated_staking::HoldReason::StakingDelegation.into(),
		member,
		&depositor,
		amount,
		Precision::Exact,
		Restriction::OnHold,
		Fortitude::Polite,
	)?;
	if from.amount == 0 {
		Delegators::<Runtime>::remove(member);
		// A delegation provides for its account.
		let _ = System::dec_providers(member).defensive();
	} else {
		Delegators::<Runtime>::insert(member, from);
	}
	Delegators::<Runtime>::insert(&depositor, to);
	let (agent, delegator) = (pool.clone(), depositor);
	System::deposit_event(DelegationEvent::<Runtime>::MigratedDelegation {
		agent,
		delegator,
		amount,
	});
	Ok(())
}

impl DelegationMigrator for ExactDelegations {
	type Balance = Balance;
	type AccountId = AccountId;

	fn migrate_nominator_to_agent(
		agent: Agent<AccountId>,
		reward_account: &AccountId,
	) -> DispatchResult {
		DelegatedStaking::migrate_nominator_to_agent(agent, reward_account)
	}

	fn migrate_delegation(
		agent: Agent<AccountId>,
		delegator: Delegator<AccountId>,
		value: Balance,
	) -> DispatchResult {
		<DelegatedStaking as DelegationMigrator>::migrate_delegation(agent, delegator, value)
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn force_kill_agent(agent: Agent<AccountId>) {
		DelegatedStaking::force_kill_agent(agent)
	}
}

impl pallet_nomination_pools::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type WeightInfo = crate::weights::nomination_pools::Weights<Runtime>;
	type Currency = Balances;
	type RuntimeFreezeReason = RuntimeFreezeReason;
	type RewardCounter = FixedU128;
	type PalletId = PoolsPalletId;
	type MaxPointsToBalance = ConstU8<10>;
	type MaxUnbonding = ConstU32<8>;
	type BalanceToU256 = BalanceToU256;
	type U256ToBalance = U256ToBalance;
	type StakeAdapter = DelegateStake<Self, Staking, ExactDelegations>;
	// More than the eras of the bonding duration, 28.
	type MaxUnbondingPools = ConstU32<32>;
	type MaxMetadataLen = ConstU32<256>;
	type AdminOrigin = EnsureRoot<AccountId>;
	type BlockNumberProvider = System;
	// Bonds and memberships are holds of their own, which one account may have side by side.
	type Filter = Nothing;
}
