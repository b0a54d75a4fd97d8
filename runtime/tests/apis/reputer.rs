//! `ReputerApi`: the reputers of a topic, and the pending removals of an account.

use super::*;
use crate::support::on_chain;
use allora_primitives::{
	api::{
		runtime_decl_for_aggregation_api::AggregationApi, runtime_decl_for_reputer_api::ReputerApi,
		ReputerInfo, StakeRemovals,
	},
	Role,
};
use allora_runtime::Runtime;

fn delegate(who: Sr25519Keyring, topic: TopicId, reputer: Sr25519Keyring, amount: u128) {
	let reputer = reputer.to_account_id();
	send(who, pallet_reputer::Call::delegate { topic, reputer, amount: amount * ALLO });
}

fn undelegate(who: Sr25519Keyring, topic: TopicId, reputer: Sr25519Keyring, amount: u128) {
	let reputer = reputer.to_account_id();
	send(who, pallet_reputer::Call::undelegate { topic, reputer, amount: amount * ALLO });
}

fn unstake(who: Sr25519Keyring, topic: TopicId, amount: u128) {
	send(who, pallet_reputer::Call::unstake { topic, amount: amount * ALLO });
}

/// The reputers of all pages of this limit.
fn all_reputers(topic: TopicId, limit: u32) -> Vec<ReputerInfo<AccountId>> {
	let (mut reputers, mut after) = (vec![], None);
	loop {
		let page = Runtime::reputers(topic, after, limit);
		assert!(page.reputers.len() <= limit as usize);
		reputers.extend(page.reputers);
		after = page.next;
		if after.is_none() {
			return reputers;
		}
	}
}

#[test]
fn reputers_of_all_pages_are_those_with_stake_and_agree_with_the_calls_for_single_ones() {
	on_chain(|| {
		let first = start(parameters());
		block(|| {
			[Eve, Ferdie, Charlie].iter().for_each(|who| stake(TOPIC, *who, 200));
			delegate(Alice, TOPIC, One, 50);
			create(parameters());
			stake(2, Bob, 500);
			// Registered, and without stake.
			register(TOPIC, Bob, Registration::Reputer);
		});
		run_epochs(first, 0..3, &[Bob]);
		go_to(first + 3 * LENGTH);
		let mut expected = [One, Two, Eve, Ferdie, Charlie].map(|who| who.to_account_id());
		expected.sort();
		for limit in [1, 2, 5, 256] {
			let mut reputers = all_reputers(TOPIC, limit);
			for reputer in &reputers {
				let account = reputer.account.clone();
				assert_eq!(reputer.stake, Runtime::stake(TOPIC, account.clone()));
				let actor = Runtime::actor(TOPIC, account.clone(), Role::Reputer);
				assert_eq!((reputer.registered, reputer.score), (true, actor.score));
				assert_eq!(reputer.stake.own + reputer.stake.delegated, actor.authority);
				assert_eq!(reputer.owner, account);
				// Two of them have reported.
				let reported = [One, Two].iter().any(|who| who.to_account_id() == account);
				assert_eq!(reputer.score.is_some(), reported);
				assert!(reported || reputer.coefficient == FixedI128::from_u32(1));
			}
			reputers.sort_by(|a, b| a.account.cmp(&b.account));
			let accounts: Vec<_> = reputers.into_iter().map(|reputer| reputer.account).collect();
			assert_eq!(accounts, expected, "pages of {limit}");
		}
		assert_eq!(Runtime::reputers(TOPIC, None, 0).reputers.len(), 1);
		assert_eq!(all_reputers(2, 1).len(), 1);
		assert_eq!(all_reputers(9, 1), vec![]);
	});
}

/// The removals of all pages of this limit.
fn all_removals(who: Sr25519Keyring, limit: u32) -> Vec<StakeRemovals<AccountId>> {
	let (mut stakes, mut after) = (vec![], None);
	loop {
		let page = Runtime::removals(who.to_account_id(), after, limit);
		assert!(page.stakes.len() <= limit as usize);
		stakes.extend(page.stakes);
		after = page.next;
		if after.is_none() {
			return stakes;
		}
	}
}

#[test]
fn removals_of_all_pages_are_those_of_own_stakes_and_of_delegations() {
	on_chain(|| {
		start(parameters());
		block(|| {
			(0..3).for_each(|_| create(parameters()));
			[2, 4].iter().for_each(|topic| stake(*topic, Eve, 500));
			for (topic, reputer) in [(TOPIC, One), (TOPIC, Two)] {
				delegate(Eve, topic, reputer, 50);
			}
			stake(3, Two, 500);
			delegate(Eve, 3, Two, 50);
			unstake(Eve, 4, 10);
			unstake(Eve, 4, 20);
			unstake(Eve, 2, 30);
			for (topic, reputer) in [(TOPIC, One), (TOPIC, Two), (3, Two)] {
				undelegate(Eve, topic, reputer, 5);
			}
			// Another account's.
			unstake(Two, 3, 1);
		});
		let all = all_removals(Eve, 256);
		let own: Vec<_> = all[..2].iter().map(|of| (of.topic, of.removals.len())).collect();
		assert_eq!(own, [(2, 1), (4, 2)]);
		assert!(all[..2].iter().all(|of| of.reputer == Eve.to_account_id()));
		for of in &all[..2] {
			let stake = Runtime::stake(of.topic, Eve.to_account_id());
			assert_eq!(of.removals, stake.removals);
		}
		assert_eq!(all.len(), 5);
		for of in &all[2..] {
			let who = Eve.to_account_id();
			let delegation = Runtime::delegation(of.topic, of.reputer.clone(), who).unwrap();
			assert_eq!(of.removals, delegation.removals);
		}
		for limit in LIMITS {
			assert_eq!(all_removals(Eve, limit), all, "pages of {limit}");
		}
		assert_eq!(all_removals(Two, 1).len(), 1);
		assert_eq!(all_removals(Dave, 256), vec![]);
	});
}
