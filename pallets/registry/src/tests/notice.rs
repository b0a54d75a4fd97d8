//! Notice: when the powers of a creator act, and the deposits of list entries.

use super::signed;
use crate::{mock::*, Allowed, Announced, Error, Event, HoldReason, Topics as Registry};
use allora_primitives::{
	traits::TopicInspect, Balance, EpochId, FixedI128, Registration::*, Rule, Slots, TopicId,
	TopicUpdate, ALLO,
};
use frame_support::{
	assert_noop, assert_ok,
	dispatch::DispatchResult,
	traits::{
		fungible::{InspectHold, Mutate},
		Get,
	},
	BoundedVec,
};
use sp_runtime::TokenError;

/// The notice in these tests, and the topic of Alice with stake in it, created in slot 1.
const NOTICE: Slots = 100;
const TOPIC: TopicId = 1;

fn with_stake(test: impl FnOnce()) {
	ExtBuilder::build_and_execute(|| {
		Notice::set(NOTICE);
		topic_with_stake(10 * ALLO);
		events();
		test();
	});
}

fn listed<Bound: Get<u32>>(accounts: &[u64]) -> BoundedVec<u64, Bound> {
	accounts.to_vec().try_into().unwrap()
}

fn to(rule: Rule) -> TopicUpdate {
	TopicUpdate { rule: Some(rule), ..Default::default() }
}

fn update(changes: TopicUpdate) -> DispatchResult {
	Topics::update(signed(ALICE), TOPIC, Box::new(changes))
}

fn rule() -> Option<Rule> {
	Topics::parameters(TOPIC).map(|parameters| parameters.rule)
}

fn held(who: u64) -> Balance {
	Balances::balance_on_hold(&HoldReason::AllowList.into(), &who)
}

#[test]
fn list_is_in_force_after_the_notice() {
	with_stake(|| {
		assert_ok!(Topics::set_allow_list(signed(ALICE), TOPIC, Reputer, true));
		let announced = |from| Event::AllowListSet {
			topic: TOPIC,
			registration: Reputer,
			enabled: true,
			in_force_from: Some(from),
		};
		assert_eq!(events(), vec![announced(101)]);
		assert!(Topics::is_allowed(TOPIC, &BOB, Reputer));
		assert!(!Topics::stays_allowed(TOPIC, &BOB, Reputer));
		let info = Topics::topic_info(TOPIC).unwrap();
		assert_eq!((info.reputers_listed, info.announced.reputers_listed_from), (false, Some(101)));
		// A second call does not restart the notice.
		skip_to(100);
		assert_ok!(Topics::set_allow_list(signed(ALICE), TOPIC, Reputer, true));
		assert_eq!(events(), vec![announced(101)]);
		assert!(Topics::is_allowed(TOPIC, &BOB, Reputer));
		skip_to(101);
		assert!(!Topics::is_allowed(TOPIC, &BOB, Reputer));
		assert!(Topics::is_excluded(TOPIC, &BOB, Reputer));
		assert!(Topics::topic_info(TOPIC).unwrap().reputers_listed);
	});
}

#[test]
fn creator_withdraws_a_list_that_is_not_in_force() {
	with_stake(|| {
		assert_ok!(Topics::set_allow_list(signed(ALICE), TOPIC, Worker, true));
		assert_ok!(Topics::set_allow_list(signed(ALICE), TOPIC, Worker, false));
		skip_to(500);
		assert!(Topics::is_allowed(TOPIC, &BOB, Worker));
		// The notice begins anew.
		assert_ok!(Topics::set_allow_list(signed(ALICE), TOPIC, Worker, true));
		skip_to(599);
		assert!(Topics::is_allowed(TOPIC, &BOB, Worker));
	});
}

#[test]
fn powers_act_at_once_in_a_topic_without_stake() {
	ExtBuilder::build_and_execute(|| {
		Notice::set(NOTICE);
		topic_with_stake(0);
		assert_ok!(Topics::set_allow_list(signed(ALICE), TOPIC, Worker, true));
		assert!(!Topics::is_allowed(TOPIC, &BOB, Worker));
		assert_ok!(Topics::allow(signed(ALICE), TOPIC, Worker, listed(&[BOB])));
		assert_ok!(Topics::disallow(signed(ALICE), TOPIC, Worker, listed(&[BOB])));
		assert!(!Topics::is_allowed(TOPIC, &BOB, Worker));
		assert_ok!(update(to(Rule::Regret)));
		assert_eq!(rule(), Some(Rule::Regret));
		assert_ok!(Topics::retire(signed(ALICE), TOPIC));
		assert!(Registry::<Test>::get(TOPIC).is_none_or(|topic| topic.retired));
	});
}

#[test]
fn account_leaves_an_enabled_list_after_the_notice() {
	ExtBuilder::build_and_execute(|| {
		Notice::set(NOTICE);
		topic_with_stake(0);
		assert_ok!(Topics::set_allow_list(signed(ALICE), TOPIC, Reputer, true));
		assert_ok!(Topics::allow(signed(ALICE), TOPIC, Reputer, listed(&[BOB, PAUPER])));
		Stakes::set([(TOPIC, ALLO)].into());
		assert_ok!(Topics::disallow(signed(ALICE), TOPIC, Reputer, listed(&[BOB, PAUPER])));
		assert!(Topics::is_allowed(TOPIC, &BOB, Reputer));
		assert!(!Topics::stays_allowed(TOPIC, &BOB, Reputer));
		assert_eq!(held(ALICE), 2 * LIST_DEPOSIT);
		// One of them stays after all.
		assert_ok!(Topics::allow(signed(ALICE), TOPIC, Reputer, listed(&[PAUPER])));
		assert_eq!(held(ALICE), 2 * LIST_DEPOSIT);
		skip_to(101);
		assert!(!Topics::is_allowed(TOPIC, &BOB, Reputer));
		assert!(Topics::is_allowed(TOPIC, &PAUPER, Reputer));
		// The entry is removed by a further call, once the epoch is closed that may have opened one slot
		// before the end: its reporting opens after 20 slots, and lasts for 10.
		skip_to(130);
		assert_ok!(Topics::disallow(signed(ALICE), TOPIC, Reputer, listed(&[BOB])));
		assert_eq!(Allowed::<Test>::iter_prefix(TOPIC).count(), 2);
		skip_to(131);
		assert_ok!(Topics::disallow(signed(ALICE), TOPIC, Reputer, listed(&[BOB])));
		assert_eq!(Allowed::<Test>::iter_prefix(TOPIC).count(), 1);
		assert_eq!(held(ALICE), LIST_DEPOSIT);
	});
}

/// Whether the topic admits a report of Bob's on an epoch.
fn may_report(epoch: EpochId) -> bool {
	Topics::admission(TOPIC, epoch, &BOB, Reputer).is_some_and(|found| found.is_allowed)
}

#[test]
fn list_decides_no_epoch_that_opened_before_it_was_in_force() {
	with_stake(|| {
		assert_ok!(Topics::set_allow_list(signed(ALICE), TOPIC, Reputer, true));
		skip_to(500);
		assert!(!Topics::is_allowed(TOPIC, &BOB, Reputer));
		assert!(may_report(100));
		assert!(!may_report(101));
	});
}

#[test]
fn reputer_that_left_a_list_reports_on_epochs_that_opened_before() {
	ExtBuilder::build_and_execute(|| {
		Notice::set(NOTICE);
		topic_with_stake(0);
		assert_ok!(Topics::set_allow_list(signed(ALICE), TOPIC, Reputer, true));
		assert_ok!(Topics::allow(signed(ALICE), TOPIC, Reputer, listed(&[BOB])));
		Stakes::set([(TOPIC, ALLO)].into());
		assert_ok!(Topics::disallow(signed(ALICE), TOPIC, Reputer, listed(&[BOB])));
		skip_to(130);
		assert_ok!(Topics::disallow(signed(ALICE), TOPIC, Reputer, listed(&[BOB])));
		assert!(may_report(100));
		assert!(!may_report(101));
	});
}

#[test]
fn rule_changes_once_the_notice_is_over() {
	with_stake(|| {
		let before = rule();
		assert_ok!(update(to(Rule::Regret)));
		let changes = Box::new(to(Rule::Regret));
		assert_eq!(events(), vec![Event::UpdateAnnounced { topic: TOPIC, changes, due: 101 }]);
		assert_eq!(rule(), before);
		let announced = Topics::topic_info(TOPIC).unwrap().announced.update;
		assert_eq!(announced, Some((to(Rule::Regret), 101)));
		skip_to(100);
		assert_noop!(update(to(Rule::Regret)), Error::<Test>::NoticeNotOver);
		skip_to(101);
		// Other values need a notice of their own.
		frame_support::hypothetically!({
			let p_norm = Some(FixedI128::from_u32(4));
			assert_ok!(update(TopicUpdate { p_norm, ..to(Rule::Regret) }));
			assert_eq!(rule(), before);
			assert_noop!(
				update(TopicUpdate { p_norm, ..to(Rule::Regret) }),
				Error::<Test>::NoticeNotOver
			);
		});
		assert_ok!(update(to(Rule::Regret)));
		assert_eq!(rule(), Some(Rule::Regret));
		assert!(!Announced::<Test>::contains_key(TOPIC));
		// So does the way back: who changes the rule twice does so in the open.
		assert_ok!(update(to(Rule::Mixture)));
		assert_eq!(rule(), Some(Rule::Regret));
	});
}

#[test]
fn retirement_needs_a_second_call_after_the_notice_and_before_it_lapses() {
	with_stake(|| {
		let is_retired = || Registry::<Test>::get(TOPIC).unwrap().retired;
		assert_ok!(Topics::retire(signed(ALICE), TOPIC));
		assert_eq!(events(), vec![Event::RetirementAnnounced { topic: TOPIC, due: 101 }]);
		assert_noop!(Topics::retire(signed(ALICE), TOPIC), Error::<Test>::NoticeNotOver);
		assert_noop!(Topics::retire(signed(BOB), TOPIC), Error::<Test>::NotCreator);
		// After a further notice the announcement has lapsed.
		skip_to(201);
		assert_ok!(Topics::retire(signed(ALICE), TOPIC));
		assert_eq!(events(), vec![Event::RetirementAnnounced { topic: TOPIC, due: 301 }]);
		assert!(!is_retired());
		skip_to(400);
		assert_ok!(Topics::retire(signed(ALICE), TOPIC));
		assert!(is_retired());
		assert!(!Announced::<Test>::contains_key(TOPIC));
	});
}

#[test]
fn creator_withdraws_what_it_has_announced() {
	with_stake(|| {
		let withdraw = |who| Topics::withdraw_announcements(signed(who), TOPIC);
		assert_noop!(withdraw(ALICE), Error::<Test>::NothingAnnounced);
		assert_ok!(Topics::retire(signed(ALICE), TOPIC));
		assert_ok!(update(to(Rule::Regret)));
		events();
		assert_noop!(withdraw(BOB), Error::<Test>::NotCreator);
		assert_ok!(withdraw(ALICE));
		assert_eq!(events(), vec![Event::AnnouncementsWithdrawn { topic: TOPIC }]);
		skip_to(101);
		assert_ok!(Topics::retire(signed(ALICE), TOPIC));
		assert!(!Registry::<Test>::get(TOPIC).unwrap().retired);
	});
}

#[test]
fn entries_carry_deposits_that_return_with_them() {
	ExtBuilder::build_and_execute(|| {
		topic_with_stake(0);
		assert_ok!(Topics::allow(signed(ALICE), TOPIC, Worker, listed(&[BOB, BOB, PAUPER])));
		assert_ok!(Topics::allow(signed(ALICE), TOPIC, Reputer, listed(&[BOB])));
		assert_eq!(held(ALICE), 3 * LIST_DEPOSIT);
		assert_ok!(Topics::disallow(signed(ALICE), TOPIC, Worker, listed(&[BOB, ALICE])));
		assert_eq!(held(ALICE), 2 * LIST_DEPOSIT);
		// What is left returns when the topic is forgotten.
		assert_ok!(Topics::retire(signed(ALICE), TOPIC));
		run_to(10);
		assert!(Registry::<Test>::get(TOPIC).is_none());
		assert_eq!(held(ALICE), 0);
	});
}

/// Hands the topic over.
fn transfer(from: u64, to: u64) -> DispatchResult {
	assert_ok!(Topics::offer(signed(from), TOPIC, Some(to)));
	Topics::accept(signed(to), TOPIC)
}

/// Otherwise the new creator decides when the former one gets them back.
#[test]
fn former_creator_gets_its_list_deposits_back() {
	ExtBuilder::build_and_execute(|| {
		topic_with_stake(0);
		assert_ok!(Topics::set_allow_list(signed(ALICE), TOPIC, Worker, true));
		assert_ok!(Topics::allow(signed(ALICE), TOPIC, Worker, listed(&[BOB, PAUPER])));
		assert_ok!(Topics::allow(signed(ALICE), TOPIC, Reputer, listed(&[BOB])));
		assert_ok!(transfer(ALICE, BOB));
		assert_eq!((held(ALICE), held(BOB)), (0, 3 * LIST_DEPOSIT));
		assert!(Topics::is_allowed(TOPIC, &PAUPER, Worker));
		assert!(!Topics::is_allowed(TOPIC, &ALICE, Worker));
		assert_eq!(Topics::do_try_state(), Ok(()));
		// What the new creator removes returns to it.
		assert_ok!(Topics::disallow(signed(BOB), TOPIC, Worker, listed(&[BOB])));
		assert_eq!((held(ALICE), held(BOB)), (0, 2 * LIST_DEPOSIT));
		// A topic may return to its first creator, or be handed over to the same account.
		assert_ok!(transfer(BOB, ALICE));
		assert_ok!(transfer(ALICE, ALICE));
		assert_eq!((held(ALICE), held(BOB)), (2 * LIST_DEPOSIT, 0));
		assert_ok!(Topics::retire(signed(ALICE), TOPIC));
		run_to(10);
		assert_eq!(held(ALICE), 0);
	});
}

#[test]
fn topic_is_not_taken_over_without_the_list_deposits() {
	ExtBuilder::build_and_execute(|| {
		topic_with_stake(0);
		assert_ok!(Topics::allow(signed(ALICE), TOPIC, Worker, listed(&[BOB, ALICE])));
		Balances::set_balance(&PAUPER, 2 * LIST_DEPOSIT - 1);
		assert_ok!(Topics::offer(signed(ALICE), TOPIC, Some(PAUPER)));
		assert_noop!(Topics::accept(signed(PAUPER), TOPIC), TokenError::FundsUnavailable);
		Balances::set_balance(&PAUPER, 2 * LIST_DEPOSIT + 1);
		assert_ok!(Topics::accept(signed(PAUPER), TOPIC));
		assert_eq!((held(ALICE), held(PAUPER)), (0, 2 * LIST_DEPOSIT));
	});
}

#[test]
fn entries_need_their_deposit() {
	ExtBuilder::build_and_execute(|| {
		topic_with_stake(0);
		assert_ok!(Topics::offer(signed(ALICE), TOPIC, Some(PAUPER)));
		assert_ok!(Topics::accept(signed(PAUPER), TOPIC));
		Balances::set_balance(&PAUPER, LIST_DEPOSIT);
		let allow = Topics::allow(signed(PAUPER), TOPIC, Worker, listed(&[BOB]));
		assert!(allow.is_err());
		assert!(!Allowed::<Test>::contains_key(TOPIC, (BOB, Worker)));
	});
}
