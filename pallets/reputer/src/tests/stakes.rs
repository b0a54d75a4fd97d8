//! The calls on stake, and the freezing of authority.

use super::*;
use crate::{types::Authority, Error, Event, HoldReason, Removals, Stakes, TopicStakes};
use allora_primitives::{traits::StakeInspect, EpochState};
use frame_support::{
	assert_noop, assert_ok,
	traits::fungible::{Inspect, InspectHold},
};
use sp_runtime::TokenError;

/// The stake behind a reputer without delegations.
fn own(own: Balance) -> Authority {
	Authority { own, delegated: 0 }
}

fn held(who: u64) -> Balance {
	Balances::balance_on_hold(&HoldReason::Stake.into(), &who)
}

#[test]
fn stake_is_held_on_the_owners_account() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(stake(1, 300));
		assert_eq!((held(1), Balances::balance(&1)), (300, FUNDS - 300));
		assert_eq!(Reputers::authority(TOPIC, &1), 300);
		let event = Event::Staked { topic: TOPIC, who: 1, amount: 300, stake: 300 };
		assert_eq!(take_events(), vec![event]);
		assert_eq!(Heard::get(), vec![TOPIC]);
	});
}

#[test]
fn stakes_add_up_over_accounts_and_topics() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(stake(1, 100));
		assert_ok!(stake(1, 50));
		assert_ok!(stake(2, 200));
		assert_ok!(Reputers::stake(RuntimeOrigin::signed(1), OTHER_TOPIC, 30));
		assert_eq!(Reputers::authority(TOPIC, &1), 150);
		assert_eq!(Reputers::topic_stake(TOPIC), 350);
		assert_eq!(Reputers::topic_stake(OTHER_TOPIC), 30);
		assert_eq!(Reputers::total_stake(), 380);
		assert_eq!(held(1), 180);
	});
}

#[test]
fn staking_needs_registration() {
	ExtBuilder::default().build_and_execute(|| {
		Strangers::set(vec![1]);
		assert_noop!(stake(1, 100), Error::<Test>::NotRegistered);
	});
}

#[test]
fn staking_needs_the_topics_admission_and_unstaking_does_not() {
	ExtBuilder::default().stake(1, 100).build_and_execute(|| {
		Excluded::set(vec![1]);
		assert_noop!(stake(1, 100), Error::<Test>::NotAllowed);
		assert_ok!(unstake(1, 100));
		System::set_block_number(REPORTS_OPEN + 50);
		assert_ok!(withdraw(1));
	});
}

#[test]
fn retired_topic_takes_no_stake_and_returns_what_it_has() {
	ExtBuilder::default().stake(1, 300).build_and_execute(|| {
		assert_ok!(unstake(1, 100));
		Retired::set(vec![TOPIC]);
		let cancel = || Reputers::cancel_unstake(RuntimeOrigin::signed(1), TOPIC, 0);
		assert_noop!(stake(1, 100), Error::<Test>::TopicRetired);
		assert_noop!(cancel(), Error::<Test>::TopicRetired);
		assert_ok!(unstake(1, 200));
		System::set_block_number(REPORTS_OPEN + 50);
		assert_ok!(withdraw(1));
		assert_eq!(Balances::balance(&1), FUNDS);
	});
}

#[test]
fn staking_nothing_is_refused() {
	ExtBuilder::default().build_and_execute(|| {
		assert_noop!(stake(1, 0), Error::<Test>::ZeroAmount);
		assert_noop!(unstake(1, 0), Error::<Test>::ZeroAmount);
	});
}

#[test]
fn account_keeps_the_existential_deposit() {
	ExtBuilder::default().build_and_execute(|| {
		// The existential deposit of the test's balances is 1.
		assert_noop!(stake(1, FUNDS), TokenError::FundsUnavailable);
		assert_ok!(stake(1, FUNDS - 1));
	});
}

#[test]
fn removal_waits_for_the_unbonding_time() {
	ExtBuilder::default().stake(1, 300).build_and_execute(|| {
		assert_ok!(unstake(1, 100));
		let due = REPORTS_OPEN + 50;
		let started =
			Event::RemovalStarted { topic: TOPIC, who: 1, removal_id: 0, amount: 100, due };
		assert_eq!(take_events(), vec![started]);
		System::set_block_number(due - 1);
		assert_noop!(withdraw(1), Error::<Test>::NothingDue);
		System::set_block_number(due);
		assert_ok!(withdraw(1));
		let withdrawn = Event::Withdrawn { topic: TOPIC, who: 1, amount: 100, stake: 200 };
		assert_eq!(take_events(), vec![withdrawn]);
		assert_eq!((held(1), Balances::balance(&1)), (200, FUNDS - 200));
		assert_eq!(Reputers::topic_stake(TOPIC), 200);
		assert_eq!(Heard::get(), vec![TOPIC]);
	});
}

#[test]
fn stake_that_is_being_removed_does_not_count_and_stays_on_hold() {
	ExtBuilder::default().stake(1, 300).build_and_execute(|| {
		assert_ok!(unstake(1, 200));
		assert_eq!(Reputers::authority(TOPIC, &1), 100);
		assert_eq!((Reputers::topic_stake(TOPIC), Reputers::total_stake()), (100, 100));
		assert_eq!((held(1), Reputers::total_held()), (300, 300));
		// It makes no difference that the removal is due and nobody has withdrawn it.
		System::set_block_number(REPORTS_OPEN + 500);
		assert_eq!(Reputers::authority(TOPIC, &1), 100);
		assert_eq!(held(1), 300);
	});
}

#[test]
fn stake_that_the_topic_excludes_is_free_once_no_epoch_counts_it() {
	ExtBuilder::default().stake(1, 300).stake(2, 300).build_and_execute(|| {
		// One removal is pending when the account is excluded, the other one is requested then.
		assert_ok!(unstake(1, 100));
		assert_noop!(withdraw(1), Error::<Test>::NothingDue);
		Excluded::set(vec![1]);
		assert_ok!(unstake(1, 200));
		// Reporting is open, and its epoch counts the stake until its close.
		assert_noop!(withdraw(1), Error::<Test>::NothingDue);
		System::set_block_number(122);
		assert_ok!(withdraw(1));
		assert_eq!(held(1), 0);
		assert_eq!(Reputers::topic_stake(TOPIC), 300);
		// The stake of others is not.
		assert_ok!(unstake(2, 300));
		assert_noop!(withdraw(2), Error::<Test>::NothingDue);
	});
}

#[test]
fn removal_that_still_counts_in_an_open_window_is_not_due_before_its_close() {
	UnbondingSlots::set(1);
	ExtBuilder::default().stake(1, 300).build_and_execute(|| {
		assert_ok!(unstake(1, 300));
		assert_eq!(Reputers::frozen_authority(TOPIC, EPOCH, &1).total(), 300);
		// The window of 10 slots is closed in slot 120 if the clock is on time; it may be two late.
		System::set_block_number(121);
		assert_noop!(withdraw(1), Error::<Test>::NothingDue);
		System::set_block_number(122);
		assert_ok!(withdraw(1));
		// Nothing is left, neither a stake of zero nor a sum of zero.
		assert!(!Stakes::<Test>::contains_key(TOPIC, 1));
		assert!(!TopicStakes::<Test>::contains_key(TOPIC));
	});
	UnbondingSlots::set(50);
}

#[test]
fn anyone_can_withdraw_what_is_due_to_its_owner() {
	ExtBuilder::default().stake(1, 300).build_and_execute(|| {
		assert_ok!(unstake(1, 300));
		let withdraw_for = || Reputers::withdraw_for(RuntimeOrigin::signed(2), TOPIC, 1, 1);
		assert_noop!(withdraw_for(), Error::<Test>::NothingDue);
		System::set_block_number(REPORTS_OPEN + 50);
		assert_ok!(withdraw_for());
		assert_eq!((held(1), Balances::balance(&1)), (0, FUNDS));
	});
}

#[test]
fn cancelling_needs_admission_as_staking_does() {
	ExtBuilder::default().stake(1, 300).build_and_execute(|| {
		assert_ok!(unstake(1, 300));
		Excluded::set(vec![1]);
		let cancel = || Reputers::cancel_unstake(RuntimeOrigin::signed(1), TOPIC, 0);
		assert_noop!(cancel(), Error::<Test>::NotAllowed);
	});
}

#[test]
fn all_due_removals_are_withdrawn_at_once_and_the_others_wait() {
	ExtBuilder::default().stake(1, 600).build_and_execute(|| {
		assert_ok!(unstake(1, 100));
		System::set_block_number(120);
		assert_ok!(unstake(1, 200));
		System::set_block_number(130);
		assert_ok!(unstake(1, 300));
		// Due at 160, 170 and 180.
		System::set_block_number(175);
		assert_ok!(withdraw(1));
		assert_eq!((held(1), Reputers::authority(TOPIC, &1)), (300, 0));
		assert_eq!(Removals::<Test>::get(TOPIC, 1).len(), 1);
	});
}

#[test]
fn pending_removals_cannot_exceed_the_stake() {
	ExtBuilder::default().stake(1, 300).build_and_execute(|| {
		assert_ok!(unstake(1, 200));
		assert_noop!(unstake(1, 101), Error::<Test>::StakeExceeded);
		assert_ok!(unstake(1, 100));
		assert_noop!(unstake(2, 1), Error::<Test>::StakeExceeded);
	});
}

#[test]
fn seventeenth_pending_removal_is_refused() {
	ExtBuilder::default().stake(1, 300).build_and_execute(|| {
		for _ in 0..16 {
			assert_ok!(unstake(1, 1));
		}
		assert_noop!(unstake(1, 1), Error::<Test>::TooManyRemovals);
	});
}

#[test]
fn cancelled_removal_is_staked_again() {
	ExtBuilder::default().stake(1, 300).build_and_execute(|| {
		assert_ok!(unstake(1, 100));
		take_events();
		assert_ok!(Reputers::cancel_unstake(RuntimeOrigin::signed(1), TOPIC, 0));
		let cancelled =
			Event::RemovalCancelled { topic: TOPIC, who: 1, removal_id: 0, amount: 100 };
		assert_eq!(take_events(), vec![cancelled]);
		System::set_block_number(REPORTS_OPEN + 50);
		assert_noop!(withdraw(1), Error::<Test>::NothingDue);
		assert_eq!((held(1), Reputers::authority(TOPIC, &1)), (300, 300));
		assert_eq!(Heard::get(), vec![TOPIC, TOPIC]);
	});
}

#[test]
fn removal_ids_are_never_reused() {
	ExtBuilder::default().stake(1, 300).stake(2, 300).build_and_execute(|| {
		assert_ok!(unstake(1, 100));
		assert_ok!(Reputers::cancel_unstake(RuntimeOrigin::signed(1), TOPIC, 0));
		assert_ok!(unstake(1, 100));
		assert_ok!(unstake(2, 100));
		assert_eq!(Removals::<Test>::get(TOPIC, 1).first().map(|removal| removal.id), Some(1));
		assert_eq!(Removals::<Test>::get(TOPIC, 2).first().map(|removal| removal.id), Some(2));
	});
}

#[test]
fn removal_of_another_account_cannot_be_cancelled() {
	ExtBuilder::default().stake(1, 300).stake(2, 300).build_and_execute(|| {
		assert_ok!(unstake(1, 100));
		let call = Reputers::cancel_unstake(RuntimeOrigin::signed(2), TOPIC, 0);
		assert_noop!(call, Error::<Test>::RemovalNotFound);
	});
}

#[test]
fn account_that_left_the_topic_can_unstake_and_withdraw() {
	ExtBuilder::default().stake(1, 300).build_and_execute(|| {
		Strangers::set(vec![1]);
		assert_ok!(unstake(1, 300));
		System::set_block_number(REPORTS_OPEN + 50);
		assert_ok!(withdraw(1));
		assert_eq!(Balances::balance(&1), FUNDS);
		assert!(!Stakes::<Test>::contains_key(TOPIC, 1));
	});
}

// Freezing. The reporting of the epoch is open in blocks 110 to 119.

#[test]
fn stake_added_before_reporting_opens_counts() {
	ExtBuilder::default().stake(1, 100).build_and_execute(|| {
		System::set_block_number(REPORTS_OPEN - 1);
		assert_ok!(stake(1, 50));
		System::set_block_number(REPORTS_OPEN);
		assert_eq!(Reputers::frozen_authority(TOPIC, EPOCH, &1).total(), 150);
	});
}

#[test]
fn stake_added_in_the_opening_block_counts_next_time() {
	ExtBuilder::default().stake(1, 100).build_and_execute(|| {
		assert_ok!(stake(1, 50));
		assert_eq!(Reputers::frozen_authority(TOPIC, EPOCH, &1).total(), 100);
		assert_eq!(Reputers::authority(TOPIC, &1), 150);
	});
}

#[test]
fn stake_of_a_newcomer_counts_next_time() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(stake(1, 500));
		assert_eq!(Reputers::frozen_authority(TOPIC, EPOCH, &1).total(), 0);
		assert_noop!(report(1), Error::<Test>::StakeTooLow);
	});
}

#[test]
fn several_changes_within_a_window_leave_the_first_amount() {
	ExtBuilder::default().stake(1, 100).build_and_execute(|| {
		for block in REPORTS_OPEN..=REPORTS_LAST {
			System::set_block_number(block);
			assert_ok!(stake(1, 10));
			assert_eq!(Reputers::frozen_authority(TOPIC, EPOCH, &1).total(), 100);
		}
	});
}

#[test]
fn stake_removed_within_a_window_still_counts_for_it() {
	ExtBuilder::default().stake(1, 300).build_and_execute(|| {
		assert_ok!(unstake(1, 300));
		assert_eq!(Reputers::authority(TOPIC, &1), 0);
		assert_eq!(Reputers::frozen_authority(TOPIC, EPOCH, &1).total(), 300);
		assert_ok!(report(1));
	});
}

#[test]
fn stake_removed_before_a_window_does_not_count_in_it() {
	ExtBuilder::default().stake(1, 300).build_and_execute(|| {
		System::set_block_number(REPORTS_OPEN - 1);
		assert_ok!(unstake(1, 300));
		System::set_block_number(REPORTS_OPEN);
		assert_noop!(report(1), Error::<Test>::StakeTooLow);
	});
}

#[test]
fn consecutive_windows_freeze_separately() {
	ExtBuilder::default().stake(1, 100).build_and_execute(|| {
		// The next epoch opens at 110, 3 blocks late; its reporting is open in 120 to 129.
		let next = EPOCH + 10;
		States::mutate(|states| states.push((next, EpochState::Collecting)));
		System::set_block_number(113);
		assert_ok!(Reputers::open(&context(next)));
		assert_ok!(stake(1, 10));
		System::set_block_number(REPORTS_LAST);
		assert_ok!(stake(1, 10));
		assert_eq!(Reputers::frozen_authority(TOPIC, EPOCH, &1).total(), 100);
		System::set_block_number(REPORTS_LAST + 1);
		assert_ok!(stake(1, 10));
		assert_eq!(Reputers::frozen_authority(TOPIC, next, &1).total(), 120);
		assert_eq!(Reputers::authority(TOPIC, &1), 130);
	});
}

#[test]
fn overlapping_windows_freeze_separately() {
	ExtBuilder::default().stake(1, 100).build_and_execute(|| {
		// An epoch off the grid: its reporting is open in 115 to 124.
		States::mutate(|states| states.push((105, EpochState::Collecting)));
		assert_ok!(Reputers::open(&context(105)));
		System::set_block_number(112);
		assert_ok!(stake(1, 10));
		System::set_block_number(116);
		assert_ok!(stake(1, 10));
		assert_eq!(Reputers::frozen_authority(TOPIC, EPOCH, &1).total(), 100);
		assert_eq!(Reputers::frozen_authority(TOPIC, 105, &1).total(), 110);
	});
}

#[test]
fn changes_outside_reporting_windows_freeze_nothing() {
	ExtBuilder::default().stake(1, 100).build_and_execute(|| {
		System::set_block_number(REPORTS_LAST + 1);
		assert_ok!(stake(1, 10));
		assert_ok!(Reputers::stake(RuntimeOrigin::signed(1), OTHER_TOPIC, 30));
		assert!(Stakes::<Test>::iter_values().all(|record| record.frozen.is_empty()));
	});
}

#[test]
fn frozen_amount_is_dropped_at_the_first_change_after_the_window() {
	ExtBuilder::default().stake(1, 100).build_and_execute(|| {
		assert_ok!(stake(1, 10));
		assert_eq!(Stakes::<Test>::get(TOPIC, 1).frozen.to_vec(), [(EPOCH, own(100))]);
		System::set_block_number(REPORTS_LAST + 1);
		assert_ok!(stake(1, 10));
		assert!(Stakes::<Test>::get(TOPIC, 1).frozen.is_empty());
	});
}
