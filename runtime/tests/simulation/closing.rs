//! The end of a world: everybody takes out what is theirs, and nothing is stuck.
//!
//! Calls are dispatched directly, also for accounts that nobody has a key of.

use super::{
	holds,
	operations::People,
	world::{self, ClockCall, TopicsCall},
};
use allora_primitives::{Balance, Registration, ALLO};
use allora_runtime::{
	AccountId, Address, Balances, Emissions, Runtime, RuntimeCall, RuntimeOrigin,
};
use frame_support::traits::{fungible::Inspect, TypedGet};
use pallet_emissions::{Pot, Purses};
use pallet_registry::{Allowed, Topics};
use pallet_reputer::{Delegations, DelegatorsPot, Removals, Residue, Stakes, Undelegations};
use sp_runtime::traits::Dispatchable;
use std::collections::BTreeSet;

/// Pays every account that is owed anything, so that all can receive small amounts.
pub fn endow(people: &People) {
	let from = &people.accounts[0].id;
	let everybody = people.accounts.iter().map(|account| account.id.clone());
	let delegators = Delegations::<Runtime>::iter_keys().map(|(who, ..)| who);
	let everybody: BTreeSet<_> = everybody.chain(delegators).chain(owed()).collect();
	for who in everybody {
		let dest = Address::Id(who);
		signed(from, pallet_balances::Call::transfer_keep_alive { dest, value: ALLO });
	}
}

/// Has everybody withdraw, and every creator retire its topics, as far as that is possible in this
/// block.
pub fn withdraw_everything() {
	for (topic, state) in pallet_clock::TopicStates::<Runtime>::iter() {
		if state.barred {
			let lift: RuntimeCall = ClockCall::lift { topic }.into();
			assert!(lift.dispatch(RuntimeOrigin::root()).is_ok(), "topic {topic} stays barred");
		}
	}
	consumers();
	delegators();
	reputers();
	creators();
	for (topic, purse) in Purses::<Runtime>::iter() {
		for registration in [Registration::Worker, Registration::Reputer] {
			for due in purse.waiting(registration) {
				let account = due.account.clone();
				signed(&due.account, pallet_emissions::Call::collect { topic, account });
			}
		}
	}
}

fn consumers() {
	for (who, topics) in pallet_consumer::SubscribedTo::<Runtime>::iter() {
		for topic in topics {
			signed(&who, pallet_consumer::Call::cancel { topic });
		}
	}
	for (topic, requests) in pallet_consumer::Requests::<Runtime>::iter().collect::<Vec<_>>() {
		for request in requests {
			signed(&request.requester, pallet_consumer::Call::cancel_request { topic });
		}
	}
	for (who, number) in pallet_consumer::Receipts::<Runtime>::iter_keys().collect::<Vec<_>>() {
		signed(&who, pallet_consumer::Call::discard { number });
	}
}

fn delegators() {
	for ((who, topic, reputer), delegation) in Delegations::<Runtime>::iter().collect::<Vec<_>>() {
		let (amount, to) = (delegation.amount, reputer.clone());
		if amount > 0 {
			signed(&who, pallet_reputer::Call::undelegate { topic, reputer: to, amount });
		}
		signed(&who, pallet_reputer::Call::claim { topic, reputer });
	}
	let undelegated: Vec<_> = Undelegations::<Runtime>::iter_keys().collect();
	for (account, topic, reputer) in undelegated {
		let anybody = account.clone();
		signed(&anybody, pallet_reputer::Call::withdraw_for { topic, reputer, account });
	}
}

fn reputers() {
	for (topic, who, record) in Stakes::<Runtime>::iter().collect::<Vec<_>>() {
		if record.stake.own > 0 {
			signed(&who, pallet_reputer::Call::unstake { topic, amount: record.stake.own });
		}
	}
	for (topic, who) in Removals::<Runtime>::iter_keys().collect::<Vec<_>>() {
		signed(&who, pallet_reputer::Call::withdraw { topic });
	}
}

fn creators() {
	for (topic, entry) in Topics::<Runtime>::iter().collect::<Vec<_>>() {
		if !entry.retired {
			signed(&entry.creator, TopicsCall::retire { topic });
		}
	}
}

/// Accounts to which topics owe earnings.
fn owed() -> Vec<AccountId> {
	let purses = Purses::<Runtime>::iter_values();
	let due = purses.flat_map(|purse| purse.workers.into_iter().chain(purse.reputers));
	due.map(|due| due.account).collect()
}

/// Sends a call of an account; it may be too early for it.
fn signed(who: &AccountId, call: impl Into<RuntimeCall>) {
	let _ = call.into().dispatch(RuntimeOrigin::signed(who.clone()));
}

/// What is not withdrawn or forgotten yet.
pub fn left() -> Vec<String> {
	let mut left: Vec<_> = holds::held_by_the_protocol()
		.into_iter()
		.map(|(who, reason, amount)| format!("{amount} of {who} on hold for {reason:?}"))
		.collect();
	let mut note = |what: &str, count: usize| {
		if count > 0 {
			left.push(format!("{count} {what}"));
		}
	};
	note("states of topics", pallet_clock::TopicStates::<Runtime>::iter_keys().count());
	note("stakes", Stakes::<Runtime>::iter_keys().count());
	note("sums of stakes", pallet_reputer::TopicStakes::<Runtime>::iter_keys().count());
	note("delegations", Delegations::<Runtime>::iter_keys().count());
	note("pools of delegators", pallet_reputer::Pools::<Runtime>::iter_keys().count());
	note("past rounds", pallet_reputer::PastRounds::<Runtime>::iter_keys().count());
	note("commissions", pallet_reputer::Commissions::<Runtime>::iter_keys().count());
	note("entries of allow-lists", Allowed::<Runtime>::iter_keys().count());
	note("announcements", pallet_registry::Announced::<Runtime>::iter_keys().count());
	note("minimum prices", pallet_consumer::Minimums::<Runtime>::iter_keys().count());
	note("purses", Purses::<Runtime>::iter_keys().count());
	note("rewards of epochs", pallet_emissions::Rewards::<Runtime>::iter_keys().count());
	left.extend(Topics::<Runtime>::iter().map(|(topic, entry)| {
		let state = pallet_clock::TopicStates::<Runtime>::get(topic);
		let retire: RuntimeCall = TopicsCall::retire { topic }.into();
		let retired = match entry.retired {
			true => Ok(()),
			false => retire.dispatch(RuntimeOrigin::signed(entry.creator)).map(drop),
		};
		let epochs = world::epochs(topic);
		format!("topic {topic}, retired: {retired:?}, {state:?}, epochs {epochs:?}")
	}));
	left
}

/// Checks that the pots have what is theirs and nothing of anybody else: what rounding left, and
/// what is to be emitted again.
pub fn check_pots() {
	let ledger = world::ledger();
	let owed = [ledger.reputer_stake, ledger.earnings, ledger.topic_pots, ledger.rewards_owed];
	assert_eq!(owed, [0; 4], "something is still owed: {ledger:?}");
	let deposit = Balances::minimum_balance();
	let has = |who: &AccountId| -> Balance { Balances::total_balance(who) - deposit };
	let pot = |pot| has(&Emissions::pot_account(pot));
	assert_eq!(pot(Pot::Topics), 0, "nobody is owed what is in the topics' pot");
	assert_eq!(
		pot(Pot::Rewards),
		ledger.rewards_carried,
		"the rewards pot has more than is carried"
	);
	let delegators = has(&DelegatorsPot::<Runtime>::get());
	assert_eq!(
		delegators,
		Residue::<Runtime>::get(),
		"the delegators' pot has more than the residue"
	);
}
