//! Barring topics and lifting the bar.

use super::{recorded, signed};
use crate::{mock::*, Capacity, Deferral, Error, Event, Reserved, TopicStates};
use allora_primitives::{
	traits::{EpochInspect, StakeObserver},
	EpochState, TopicId, ALLO,
};
use frame_support::{assert_noop, assert_ok, weights::Weight};
use sp_runtime::traits::BadOrigin;

fn root() -> RuntimeOrigin {
	RuntimeOrigin::root()
}

fn is_active(topic: TopicId) -> bool {
	TopicStates::<Test>::get(topic).active
}

#[test]
fn only_the_emergency_origin_bars_and_lifts() {
	ExtBuilder::build_and_execute(|| {
		assert_noop!(Clock::force_inactivate(signed(ALICE), 1), BadOrigin);
		assert_noop!(Clock::lift(signed(ALICE), 1), BadOrigin);
		assert_noop!(Clock::force_inactivate(root(), 1), Error::<Test>::TopicNotFound);
		assert_noop!(Clock::lift(root(), 1), Error::<Test>::TopicNotFound);
		let topic = topic_with_stake(10 * ALLO);
		assert_noop!(Clock::lift(root(), topic), Error::<Test>::NotBarred);
		assert_ok!(Clock::force_inactivate(root(), topic));
		assert_noop!(Clock::force_inactivate(root(), topic), Error::<Test>::Barred);
	});
}

#[test]
fn barred_topic_closes_its_running_epoch_and_opens_no_other() {
	ExtBuilder::build_and_execute(|| {
		let topic = topic_with_stake(10 * ALLO);
		run_to(13);
		assert_ok!(Clock::force_inactivate(root(), topic));
		// It has no part in emission any more, and what it has accrued goes back: the epoch gets
		// the part of none of its slots.
		assert_eq!(EmissionWeights::get().get(&topic), Some(&0));
		assert_eq!(Assigned::get().last(), Some(&(topic, 12, 13)));
		assert_eq!(AssignedSlots::get().last(), Some(&(0, 1)));
		// The running epoch still takes payloads.
		assert_eq!(Clock::collecting_epoch(topic), Some(12));
		run_to(22);
		assert!(!is_active(topic));
		run_to(60);
		assert_eq!(recorded(topic), vec![2, 12]);
		for epoch in [2, 12] {
			assert_eq!(Clock::epoch_state(topic, epoch), Some(EpochState::Settled));
		}
		assert_eq!(Reserved::<Test>::get(), Capacity::default());
	});
}

#[test]
fn purse_and_stake_do_not_revive_a_barred_topic() {
	ExtBuilder::build_and_execute(|| {
		let topic = topic_with_stake(10 * ALLO);
		run_to(13);
		assert_ok!(Clock::force_inactivate(root(), topic));
		let refuses = || {
			events();
			assert_ok!(Topics::fund(signed(BOB), topic, 100_000 * ALLO));
			let reason = Deferral::Barred;
			assert_eq!(events(), vec![Event::ActivationDeferred { topic, reason }]);
			Clock::on_stake_changed(topic);
			assert_noop!(Clock::activate(signed(BOB), topic), Error::<Test>::Barred);
		};
		// Neither while the running epoch ends nor afterwards.
		refuses();
		run_to(50);
		refuses();
		run_to(70);
		assert!(!is_active(topic));
		assert_eq!(EmissionWeights::get().get(&topic), Some(&0));

		assert_ok!(Clock::lift(root(), topic));
		assert!(events().contains(&Event::BarLifted { topic }));
		assert!(is_active(topic));
		run_to(71);
		assert_eq!(Clock::collecting_epoch(topic), Some(71));
	});
}

#[test]
fn topic_that_has_not_begun_is_inactive_at_once() {
	ExtBuilder::build_and_execute(|| {
		let topic = topic_with_stake(10 * ALLO);
		assert_ok!(Clock::force_inactivate(root(), topic));
		assert!(!is_active(topic));
		assert_eq!(Reserved::<Test>::get(), Capacity::default());
		run_to(20);
		assert!(recorded(topic).is_empty());
	});
}

#[test]
fn inactive_topic_can_be_barred() {
	ExtBuilder::build_and_execute(|| {
		let topic = topic_with_stake(0);
		assert_ok!(Clock::force_inactivate(root(), topic));
		Stakes::mutate(|stakes| stakes.insert(topic, 10 * ALLO));
		assert_noop!(Clock::activate(signed(BOB), topic), Error::<Test>::Barred);
	});
}

#[test]
fn epoch_that_has_begun_before_a_late_clock_opened_it_is_the_last() {
	for slot in [2, 12] {
		ExtBuilder::build_and_execute(|| {
			let topic = topic_with_stake(10 * ALLO);
			run_to(slot - 1);
			skip_to(slot);
			assert_eq!(Clock::collecting_epoch(topic), Some(slot));
			assert_ok!(Clock::force_inactivate(root(), topic));
			assert_eq!(Clock::collecting_epoch(topic), Some(slot));
			poll(Weight::MAX);
			assert_eq!(recorded(topic).last(), Some(&slot));
			// It has no part in emission.
			assert!(EmissionWeights::get().values().all(|weight| *weight == 0));
			run_to(slot + 10);
			assert!(!is_active(topic));
			run_to(slot + 40);
			assert_eq!(Clock::epoch_state(topic, slot), Some(EpochState::Settled));
		});
	}
}

#[test]
fn barred_topic_can_be_retired_and_forgotten() {
	ExtBuilder::build_and_execute(|| {
		let topic = topic_with_stake(10 * ALLO);
		run_to(3);
		assert_ok!(Clock::force_inactivate(root(), topic));
		assert_ok!(Topics::retire(signed(ALICE), topic));
		run_to(60);
		assert!(!TopicStates::<Test>::contains_key(topic));
		assert_noop!(Clock::lift(root(), topic), Error::<Test>::TopicNotFound);
	});
}

#[test]
fn barred_topic_whose_begun_epoch_is_skipped_opens_no_other() {
	for slot in [2, 12] {
		ExtBuilder::build_and_execute(|| {
			let topic = topic_with_stake(10 * ALLO);
			run_to(slot - 1);
			skip_to(slot);
			assert_ok!(Clock::force_inactivate(root(), topic));
			WithPayloads::set(Some((2..slot).collect()));
			skip_to(slot + 5);
			poll(Weight::MAX);
			run_to(slot + 40);
			assert!(!is_active(topic));
			assert!(recorded(topic).iter().all(|epoch| *epoch < slot));
		});
	}
}
