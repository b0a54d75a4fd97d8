//! What the check of the state finds.

use crate::{
	mock::{run_to, topic_with_stake},
	mock::{Clock, ExtBuilder, Test},
	Agenda, AgendaEntry, Class, Forgetting, Phases, Reserved, TopicStates,
};
use allora_primitives::{EpochState, ALLO};
use pallet_registry::{Economies, Topics};

/// Runs a topic to block 12, spoils the state, and sees that it is found.
fn is_found(spoil: impl FnOnce()) {
	ExtBuilder::build_and_execute(|| {
		topic_with_stake(10 * ALLO);
		run_to(12);
		assert_eq!(Clock::do_try_state(), Ok(()));
		frame_support::hypothetically!({
			spoil();
			assert!(Clock::do_try_state().is_err());
		});
	});
}

#[test]
fn lost_turn_is_found() {
	is_found(|| {
		Agenda::<Test>::remove(AgendaEntry { class: Class::of(10), due: 16, topic: 1 }.key())
	});
}

#[test]
fn turn_of_nothing_is_found() {
	is_found(|| {
		Agenda::<Test>::insert(AgendaEntry { class: Class::of(10), due: 50, topic: 1 }.key(), ())
	});
	is_found(|| {
		Agenda::<Test>::insert(AgendaEntry { class: Class::of(10), due: 16, topic: 2 }.key(), ())
	});
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
fn reservation_that_nobody_has_made_is_found() {
	is_found(Reserved::<Test>::kill);
}

#[test]
fn retired_topic_that_goes_on_is_found() {
	is_found(|| Topics::<Test>::mutate(1, |topic| topic.as_mut().unwrap().retired = true));
}

#[test]
fn topic_forgotten_too_early_is_found() {
	is_found(|| Forgetting::<Test>::insert(1, ()));
}

#[test]
fn weight_that_emission_does_not_know_is_found() {
	is_found(|| Economies::<Test>::mutate(1, |economy| economy.weight = Some(1)));
}

#[test]
fn phase_that_nobody_has_taken_is_found() {
	is_found(Phases::<Test>::kill);
}

#[test]
fn clock_of_no_topic_is_found() {
	is_found(|| TopicStates::<Test>::insert(2, TopicStates::<Test>::get(1)));
}
