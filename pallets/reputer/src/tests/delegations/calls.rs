//! Delegating, and removing a delegation.

use super::*;
use crate::{
	types::Backing, Delegations, Error, Event, PastRounds, Pools, Removals, Residue, Stakes,
	TopicStakes, Undelegations,
};
use allora_primitives::{traits::StakeInspect, VoidReason};
use frame_support::assert_noop;
use sp_runtime::TokenError;

#[test]
fn delegation_is_held_on_the_delegators_account_and_counts_for_the_reputer() {
	ExtBuilder::default().stake(1, 100).build_and_execute(|| {
		take_events();
		assert_ok!(delegate(2, 300));
		assert_eq!((held(2), Balances::balance(&2)), (300, FUNDS - 300));
		assert_eq!(Reputers::authority(TOPIC, &1), 400);
		assert_eq!((Reputers::topic_stake(TOPIC), Reputers::total_held()), (400, 400));
		let event =
			Event::Delegated { topic: TOPIC, who: 2, reputer: 1, amount: 300, delegation: 300 };
		assert_eq!(take_events(), vec![event]);
		assert_eq!(Heard::get(), vec![TOPIC]);
	});
}

#[test]
fn delegating_needs_a_reputer_whom_the_topic_admits_and_no_registration_of_ones_own() {
	ExtBuilder::default().stake(1, 100).build_and_execute(|| {
		Strangers::set(vec![2]);
		assert_ok!(delegate(2, 300));
		Strangers::set(vec![1]);
		assert_noop!(delegate(2, 300), Error::<Test>::NotRegistered);
		Strangers::set(vec![]);
		Excluded::set(vec![1]);
		assert_noop!(delegate(2, 300), Error::<Test>::NotAllowed);
	});
}

#[test]
fn delegation_is_at_least_the_minimum_or_nothing() {
	ExtBuilder::default().stake(1, 100).build_and_execute(|| {
		assert_noop!(delegate(2, 0), Error::<Test>::ZeroAmount);
		assert_noop!(delegate(1, 100), Error::<Test>::SelfDelegation);
		assert_noop!(delegate(2, MIN_DELEGATION - 1), Error::<Test>::DelegationTooLow);
		assert_noop!(delegate(2, FUNDS), TokenError::FundsUnavailable);
		assert_ok!(delegate(2, MIN_DELEGATION));
		assert_ok!(delegate(2, 1));
		assert_noop!(undelegate(2, 2), Error::<Test>::DelegationTooLow);
		assert_noop!(undelegate(2, 0), Error::<Test>::ZeroAmount);
		assert_noop!(undelegate(2, 12), Error::<Test>::StakeExceeded);
		assert_noop!(undelegate(3, 1), Error::<Test>::DelegationNotFound);
		assert_ok!(undelegate(2, 1));
		assert_ok!(undelegate(2, MIN_DELEGATION));
	});
}

#[test]
fn reputer_without_own_stake_may_report_by_what_is_delegated_to_it() {
	ExtBuilder::default().build_and_execute(|| {
		System::set_block_number(REPORTS_OPEN - 1);
		assert_ok!(delegate(2, 100));
		System::set_block_number(REPORTS_OPEN);
		assert_ok!(report(1));
		let ((reports, backings), _) = freeze().unwrap();
		assert_eq!(reports[0].authority, 100);
		let authority = crate::types::Authority { own: 0, delegated: 100 };
		assert_eq!(backings, [Backing { reputer: 1, authority }]);
	});
}

#[test]
fn removal_of_a_delegation_stops_counting_at_once_and_is_paid_by_anyone_when_due() {
	with_delegations(300, 0, || {
		assert_ok!(undelegate(2, 300));
		let due = REPORTS_OPEN + 50;
		let started = Event::UndelegationStarted {
			topic: TOPIC,
			who: 2,
			reputer: 1,
			removal_id: 0,
			amount: 300,
			due,
		};
		assert_eq!(take_events(), vec![started]);
		assert_eq!((Reputers::authority(TOPIC, &1), held(2)), (128, 300));
		System::set_block_number(due - 1);
		assert_noop!(withdraw_for(2), Error::<Test>::NothingDue);
		System::set_block_number(due);
		set_state(0, EpochState::Void(VoidReason::NoReport));
		assert_ok!(withdraw_for(2));
		let withdrawn = Event::UndelegationWithdrawn {
			topic: TOPIC,
			who: 2,
			reputer: 1,
			amount: 300,
			delegation: 0,
		};
		assert_eq!(take_events(), vec![withdrawn]);
		assert_eq!((held(2), Balances::balance(&2)), (0, FUNDS));
		// Nothing is left of the delegation, although it earned nothing.
		assert_eq!(Delegations::<Test>::iter().count() + Pools::<Test>::iter().count(), 0);
	});
}

#[test]
fn nothing_is_left_of_a_delegation_that_is_gone() {
	with_delegations(256, 0, || {
		report_on(0);
		assert_ok!(undelegate(2, 256));
		assert_ok!(unstake(1, 128));
		assert_eq!(settle(0, 3), 2);
		System::set_block_number(REPORTS_OPEN + 50);
		// The rewards are paid too.
		assert_ok!(withdraw_for(2));
		assert_eq!(Balances::balance(&2), FUNDS + 2);
		assert_ok!(withdraw_for(1));
		assert_eq!(Delegations::<Test>::iter().count() + Undelegations::<Test>::iter().count(), 0);
		assert_eq!(Pools::<Test>::iter().count() + PastRounds::<Test>::iter().count(), 0);
		assert_eq!(Stakes::<Test>::iter().count() + TopicStakes::<Test>::iter().count(), 0);
		assert_eq!(Removals::<Test>::iter().count(), 0);
		assert_eq!((pot(), Residue::<Test>::get()), (1, 0));
	});
}

#[test]
fn removal_of_a_delegation_can_be_cancelled() {
	with_delegations(300, 0, || {
		assert_ok!(undelegate(2, 100));
		take_events();
		let cancel = |who, id| {
			send(who, crate::Call::cancel_undelegate { topic: TOPIC, reputer: 1, removal_id: id })
		};
		assert_noop!(cancel(3, 0), Error::<Test>::RemovalNotFound);
		assert_noop!(cancel(2, 1), Error::<Test>::RemovalNotFound);
		assert_ok!(cancel(2, 0));
		let event = Event::UndelegationCancelled {
			topic: TOPIC,
			who: 2,
			reputer: 1,
			removal_id: 0,
			amount: 100,
		};
		assert_eq!(take_events(), vec![event]);
		assert_eq!((info(2).amount, Reputers::authority(TOPIC, &1)), (300, 428));
	});
}

#[test]
fn seventeenth_pending_removal_of_a_delegation_is_refused() {
	with_delegations(300, 0, || {
		for _ in 0..16 {
			assert_ok!(undelegate(2, 1));
		}
		assert_noop!(undelegate(2, 1), Error::<Test>::TooManyRemovals);
		// The reputer's own removals are counted apart.
		assert_ok!(unstake(1, 1));
	});
}
