//! What the check of the state finds.

use crate::{
	mock::*, Agenda, Allowed, Due, Forgetting, Membership, Registrations, Reserved,
	SupersededParameters, TopicStates, Topics as Registry,
};
use allora_primitives::{EpochState, Registration, ALLO};
use frame_support::weights::Weight;

/// Runs a topic to block 12, spoils the state, and sees that it is found.
fn is_found(spoil: impl FnOnce()) {
	ExtBuilder::build_and_execute(|| {
		topic_with_stake(10 * ALLO);
		run_to(12);
		assert_eq!(Topics::do_try_state(), Ok(()));
		frame_support::hypothetically!({
			spoil();
			assert!(Topics::do_try_state().is_err());
		});
	});
}

#[test]
fn lost_turn_is_found() {
	is_found(|| Agenda::<Test>::remove(Due { slot: 16, topic: 1 }.key()));
}

#[test]
fn turn_of_nothing_is_found() {
	is_found(|| Agenda::<Test>::insert(Due { slot: 50, topic: 1 }.key(), ()));
	is_found(|| Agenda::<Test>::insert(Due { slot: 16, topic: 2 }.key(), ()));
}

#[test]
fn turn_at_another_block_than_the_steps_is_found() {
	is_found(|| {
		TopicStates::<Test>::mutate(1, |state| {
			state.set_epoch_state(12, EpochState::Settled);
		});
	});
}

#[test]
fn state_that_is_not_stored_is_found() {
	is_found(|| {
		TopicStates::<Test>::mutate(1, |state| {
			state.set_epoch_state(2, EpochState::Reporting);
		});
	});
}

#[test]
fn epochs_out_of_order_are_found() {
	is_found(|| TopicStates::<Test>::mutate(1, |state| state.records.as_mut().reverse()));
}

#[test]
fn weight_that_emission_does_not_know_is_found() {
	is_found(|| TopicStates::<Test>::mutate(1, |state| state.weight = Some(1)));
}

#[test]
fn reservation_that_nobody_has_made_is_found() {
	is_found(|| Reserved::<Test>::put(Weight::zero()));
}

#[test]
fn retired_topic_that_goes_on_is_found() {
	is_found(|| Registry::<Test>::mutate(1, |topic| topic.as_mut().unwrap().retired = true));
}

#[test]
fn topic_forgotten_too_early_is_found() {
	is_found(|| Forgetting::<Test>::insert(1, ()));
}

#[test]
fn records_of_no_topic_are_found() {
	is_found(|| TopicStates::<Test>::insert(2, TopicStates::<Test>::get(1)));
	is_found(|| {
		let membership = Membership { owner: BOB, left: false };
		Registrations::<Test>::insert(2, (BOB, Registration::Worker), membership);
	});
	is_found(|| Allowed::<Test>::insert(2, (BOB, Registration::Worker), ()));
}

#[test]
fn allow_list_that_miscounts_is_found() {
	is_found(|| Allowed::<Test>::insert(1, (BOB, Registration::Worker), ()));
}

#[test]
fn empty_list_of_former_values_is_found() {
	is_found(|| SupersededParameters::<Test>::insert(1, crate::SupersededValues::default()));
}
