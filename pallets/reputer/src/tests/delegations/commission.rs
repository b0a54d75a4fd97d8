//! Commissions.

use super::*;
use crate::{Error, Event};
use allora_primitives::Slot;
use frame_support::assert_noop;

#[test]
fn rise_of_a_commission_waits_for_the_unbonding_time_and_a_cut_does_not() {
	with_delegations(300, 0, || {
		assert_ok!(set_commission(20));
		let from = REPORTS_OPEN + 50;
		let rate = Perbill::from_percent(20);
		let event = Event::CommissionSet { topic: TOPIC, who: 1, rate, from };
		assert_eq!(take_events(), vec![event]);
		let in_force = |slot: Slot| {
			System::set_block_number(slot);
			Reputers::reputer_stake(TOPIC, &1).commission
		};
		assert_eq!(in_force(from - 1), Perbill::zero());
		assert_eq!(Reputers::reputer_stake(TOPIC, &1).commission_rise, Some((rate, from)));
		assert_eq!(in_force(from), rate);
		assert_ok!(set_commission(10));
		assert_eq!(in_force(from), Perbill::from_percent(10));
		// A rise that has been announced ends with a cut.
		assert_ok!(set_commission(30));
		assert_ok!(set_commission(0));
		assert_eq!(in_force(from + 100), Perbill::zero());
		assert_eq!(crate::Commissions::<Test>::iter().count(), 0);
	});
}

#[test]
fn commission_cannot_rise_before_delegators_can_leave() {
	with_delegations(256, 0, || {
		report_on(0);
		assert_ok!(set_commission(50));
		// Half of the reward is not taken from those who could not leave yet.
		assert_eq!(settle(0, 384), 256);
		assert_ok!(undelegate(2, 256));
		System::set_block_number(REPORTS_OPEN + 50);
		assert_ok!(withdraw_for(2));
		assert_eq!(Balances::balance(&2), FUNDS + 256);
	});
}

#[test]
fn rise_is_not_in_force_in_an_epoch_that_delegators_cannot_leave() {
	with_delegations(256, 0, || {
		UnbondingSlots::set(1);
		report_on(0);
		assert_ok!(set_commission(50));
		// The epoch is closed in slot 122 if the clock is as late as it may be.
		let rate = Perbill::from_percent(50);
		let event = Event::CommissionSet { topic: TOPIC, who: 1, rate, from: 122 };
		assert_eq!(take_events().last(), Some(&event));
		assert_ok!(undelegate(2, 256));
		System::set_block_number(REPORTS_LAST + 1);
		assert_eq!(settle(0, 384), 256);
	});
	UnbondingSlots::set(50);
}

#[test]
fn rise_waits_also_for_an_epoch_whose_reporting_opens_before_it_would_be_in_force() {
	with_delegations(256, 0, || {
		UnbondingSlots::set(1);
		open(1);
		// The last slot before the next window, which is closed in slot 132 at the latest.
		System::set_block_number(REPORTS_LAST);
		take_events();
		assert_ok!(set_commission(50));
		let rate = Perbill::from_percent(50);
		let event = Event::CommissionSet { topic: TOPIC, who: 1, rate, from: 132 };
		assert_eq!(take_events(), vec![event]);
	});
	UnbondingSlots::set(50);
}

#[test]
fn commission_is_limited_and_only_a_reputer_has_one() {
	ExtBuilder::default().build_and_execute(|| {
		assert_noop!(set_commission(51), Error::<Test>::CommissionTooHigh);
		Strangers::set(vec![1]);
		assert_noop!(set_commission(5), Error::<Test>::NotRegistered);
	});
}
