//! The check that everything on hold or reserved has a reason and an owner.

use allora_primitives::Balance;
use allora_runtime::{AccountId, Runtime, RuntimeHoldReason};
use codec::{Decode, Encode};
use pallet_balances::Holds;
use pallet_preimage::RequestStatus;
use pallet_referenda::{Deposit, ReferendumInfo, ReferendumInfoFor};
use std::collections::BTreeMap;

/// Amounts by account.
type Amounts = BTreeMap<AccountId, Balance>;
/// Amounts by account and reason of hold; a reason is encoded, since reasons have no order.
type Held = BTreeMap<(AccountId, Vec<u8>), Balance>;

/// Fails unless what is on hold, by account and reason, is what the pallets have on record, and what
/// is reserved besides is their deposits.
pub fn check() {
	let mut held = Held::new();
	let mut on_hold = Amounts::new();
	for (who, holds) in Holds::<Runtime>::iter() {
		for hold in holds {
			assert!(hold.amount > 0, "nothing is on hold for {:?}", hold.id);
			*on_hold.entry(who.clone()).or_default() += hold.amount;
			held.insert((who.clone(), hold.id.encode()), hold.amount);
		}
	}
	let recorded = recorded();
	for (key, amount) in &held {
		assert_eq!(recorded.get(key), Some(amount), "{key:?} is on hold, but not on record");
	}
	for (key, amount) in &recorded {
		assert_eq!(held.get(key), Some(amount), "{key:?} is on record, but not on hold");
	}
	let mut deposits = deposits();
	// The deposit of a pure proxy is on record for the proxy, and reserved on whoever has made it, who
	// is on no record. A user name has a deposit of whoever gave it.
	let (mut of_nobody, mut of_others) = (usernames(), 0);
	for (who, account) in frame_system::Account::<Runtime>::iter() {
		let on_hold = on_hold.get(&who).copied().unwrap_or_default();
		let deposits = deposits.remove(&who).unwrap_or_default();
		let (reserved, expected) = (account.data.reserved, on_hold + deposits);
		if reserved < expected {
			assert!(is_proxied(&who), "{who} has {reserved} reserved instead of {expected}");
		}
		of_nobody += expected.saturating_sub(reserved);
		of_others += reserved.saturating_sub(expected);
	}
	for (who, amount) in deposits {
		assert!(is_proxied(&who), "{who} does not exist and has a deposit of {amount}");
		of_nobody += amount;
	}
	assert_eq!(of_others, of_nobody, "what is reserved is not what the pallets have on record");
}

/// Whether others may act for an account, as for a pure proxy.
fn is_proxied(who: &AccountId) -> bool {
	pallet_proxy::Proxies::<Runtime>::contains_key(who)
}

/// What is on hold for stakes, delegations and their removals.
pub fn for_topics() -> Balance {
	let holds = Holds::<Runtime>::iter_values().flatten();
	holds.filter(|hold| is_for_a_topic(&hold.id)).map(|hold| hold.amount).sum()
}

/// Whether an account has anything on hold for that.
pub fn has_stake_in_a_topic(who: &AccountId) -> bool {
	Holds::<Runtime>::get(who).iter().any(|hold| is_for_a_topic(&hold.id))
}

fn is_for_a_topic(reason: &RuntimeHoldReason) -> bool {
	matches!(reason, RuntimeHoldReason::Reputer(_))
}

/// The accounts that have anything on hold for the protocol's pallets.
pub fn held_by_the_protocol() -> Vec<(AccountId, RuntimeHoldReason, Balance)> {
	use RuntimeHoldReason::{Consumer, Reputer, Topics};
	let holds = Holds::<Runtime>::iter()
		.flat_map(|(who, holds)| holds.into_iter().map(move |hold| (who.clone(), hold)));
	holds
		.filter(|(_, hold)| matches!(hold.id, Reputer(_) | Topics(_) | Consumer(_)))
		.map(|(who, hold)| (who, hold.id, hold.amount))
		.collect()
}

/// What should be on hold according to the pallets' own records.
fn recorded() -> Held {
	let mut recorded = Held::new();
	let mut add = |who: AccountId, reason: RuntimeHoldReason, amount: Balance| {
		if amount > 0 {
			*recorded.entry((who, reason.encode())).or_default() += amount;
		}
	};
	of_reputers(&mut add);
	of_consumers(&mut add);
	for (topic, _, entry) in pallet_registry::Allowed::<Runtime>::iter() {
		let of = pallet_registry::Topics::<Runtime>::get(topic).expect("an entry is of a topic");
		add(of.creator, pallet_registry::HoldReason::AllowList.into(), entry.deposit);
	}
	for (who, ledger) in pallet_staking::Ledger::<Runtime>::iter() {
		// A pool's tokens are on hold on its members' accounts.
		if !pallet_staking::VirtualStakers::<Runtime>::contains_key(&who) {
			add(who, pallet_staking::HoldReason::Staking.into(), ledger.total);
		}
	}
	for (who, delegation) in pallet_delegated_staking::Delegators::<Runtime>::iter() {
		let reason = pallet_delegated_staking::HoldReason::StakingDelegation;
		add(who, reason.into(), delegation.amount);
	}
	for status in pallet_preimage::RequestStatusFor::<Runtime>::iter_values() {
		let ticket = match status {
			RequestStatus::Unrequested { ticket, .. } => Some(ticket),
			RequestStatus::Requested { maybe_ticket, .. } => maybe_ticket,
		};
		if let Some((who, ticket)) = ticket {
			let amount = Balance::decode(&mut &ticket.encode()[..]).expect("it is an amount");
			add(who, pallet_preimage::HoldReason::Preimage.into(), amount);
		}
	}
	// Keys of the genesis have no deposit, so that it is not known from the keys who has one.
	let reason: RuntimeHoldReason = pallet_session::HoldReason::Keys.into();
	for (who, holds) in Holds::<Runtime>::iter() {
		let has_keys = pallet_session::NextKeys::<Runtime>::contains_key(&who);
		if has_keys && holds.iter().any(|hold| hold.id == reason) {
			add(who, reason, <Runtime as pallet_session::Config>::KeyDeposit::get());
		}
	}
	recorded
}

fn of_reputers(add: &mut impl FnMut(AccountId, RuntimeHoldReason, Balance)) {
	use pallet_reputer::{
		Delegations,
		HoldReason::{Delegation, Stake},
		Removals, Stakes, Undelegations,
	};
	for (_, who, record) in Stakes::<Runtime>::iter() {
		add(who, Stake.into(), record.stake.own);
	}
	for (_, who, removals) in Removals::<Runtime>::iter() {
		removals.iter().for_each(|removal| add(who.clone(), Stake.into(), removal.amount));
	}
	for ((who, ..), delegation) in Delegations::<Runtime>::iter() {
		add(who, Delegation.into(), delegation.amount);
	}
	for ((who, ..), removals) in Undelegations::<Runtime>::iter() {
		removals.iter().for_each(|removal| add(who.clone(), Delegation.into(), removal.amount));
	}
}

fn of_consumers(add: &mut impl FnMut(AccountId, RuntimeHoldReason, Balance)) {
	use pallet_consumer::{HoldReason, Receipts, Requests, Subscriptions};
	for (who, _, receipt) in Receipts::<Runtime>::iter() {
		add(who, HoldReason::Receipt.into(), receipt.deposit);
	}
	for subscription in Subscriptions::<Runtime>::iter_values().flatten() {
		let amount = subscription.escrow() + subscription.deposit;
		add(subscription.subscriber, HoldReason::Subscription.into(), amount);
	}
	for request in Requests::<Runtime>::iter_values().flatten() {
		let amount = request.payment - request.rent + request.deposit;
		add(request.requester, HoldReason::Request.into(), amount);
	}
}

/// The deposits that are reserved without a reason: of proxies, multisigs, identities, and referenda.
fn deposits() -> Amounts {
	let mut deposits = Amounts::new();
	let mut add = |who: AccountId, amount| *deposits.entry(who).or_default() += amount;
	for (who, (_, deposit)) in pallet_proxy::Proxies::<Runtime>::iter() {
		add(who, deposit);
	}
	for (who, (_, deposit)) in pallet_proxy::Announcements::<Runtime>::iter() {
		add(who, deposit);
	}
	for multisig in pallet_multisig::Multisigs::<Runtime>::iter_values() {
		add(multisig.depositor, multisig.deposit);
	}
	of_identities(&mut add);
	for info in ReferendumInfoFor::<Runtime>::iter_values() {
		use ReferendumInfo::{Approved, Cancelled, Killed, Ongoing, Rejected, TimedOut};
		let both: [Option<Deposit<AccountId, Balance>>; 2] = match info {
			Ongoing(status) => [Some(status.submission_deposit), status.decision_deposit],
			Approved(_, submission, decision)
			| Rejected(_, submission, decision)
			| Cancelled(_, submission, decision)
			| TimedOut(_, submission, decision) => [submission, decision],
			Killed(_) => [None, None],
		};
		both.into_iter().flatten().for_each(|deposit| add(deposit.who, deposit.amount));
	}
	deposits
}

fn of_identities(add: &mut impl FnMut(AccountId, Balance)) {
	use pallet_identity::{IdentityOf, Judgement, SubsOf};
	for (who, registration) in IdentityOf::<Runtime>::iter() {
		let fees = registration.judgements.iter().map(|(_, judgement)| match judgement {
			Judgement::FeePaid(fee) => *fee,
			_ => 0,
		});
		add(who, registration.deposit + fees.sum::<Balance>());
	}
	for (who, (deposit, _)) in SubsOf::<Runtime>::iter() {
		add(who, deposit);
	}
}

/// The deposits of user names.
fn usernames() -> Balance {
	use pallet_identity::{PendingUsernames, UsernameInfoOf};
	let given = UsernameInfoOf::<Runtime>::iter_values().map(|of| of.provider);
	let offered = PendingUsernames::<Runtime>::iter_values().map(|(.., provider)| provider);
	// The type is private: its second variant has the deposit, and the others have nothing.
	let deposit = |provider: Vec<u8>| match provider.split_first() {
		Some((1, deposit)) => Balance::decode(&mut &*deposit).expect("it is an amount"),
		_ => 0,
	};
	given.chain(offered).map(|provider| deposit(provider.encode())).sum()
}
