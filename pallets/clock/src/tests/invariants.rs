//! Violations that `try_state` finds.

use crate::{
	mock::{run_to, topic_with_stake, Clock, ExtBuilder, Test},
	Agenda, AgendaEntry, Class, Forgetting, Phases, Reserved, TopicStates,
};
use allora_primitives::{EpochState, ALLO};
use pallet_registry::{Economies, Topics};

/// Runs a topic to slot 12, corrupts the state, and checks that `try_state` fails.
fn is_found(corrupt: impl FnOnce()) {
	ExtBuilder::build_and_execute(|| {
		topic_with_stake(10 * ALLO);
		run_to(12);
		assert_eq!(Clock::do_try_state(), Ok(()));
		frame_support::hypothetically!({
			corrupt();
			assert!(Clock::do_try_state().is_err());
		});
	});
}

#[test]
fn missing_agenda_entry_is_found() {
	is_found(|| {
		Agenda::<Test>::remove(AgendaEntry { class: Class::of(10), due: 16, topic: 1 }.key())
	});
}

#[test]
fn agenda_entry_of_no_step_is_found() {
	is_found(|| {
		Agenda::<Test>::insert(AgendaEntry { class: Class::of(10), due: 50, topic: 1 }.key(), ())
	});
	is_found(|| {
		Agenda::<Test>::insert(AgendaEntry { class: Class::of(10), due: 16, topic: 2 }.key(), ())
	});
}

#[test]
fn agenda_entry_in_another_slot_than_the_step_is_found() {
	is_found(|| {
		TopicStates::<Test>::mutate(1, |state| {
			state.set_epoch_state(12, EpochState::Settled);
		});
	});
}

#[test]
fn epoch_state_that_is_never_stored_is_found() {
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
fn reservations_that_do_not_add_up_are_found() {
	is_found(Reserved::<Test>::kill);
}

#[test]
fn reservation_below_that_of_its_steps_is_found() {
	is_found(|| {
		TopicStates::<Test>::mutate(1, |state| {
			let own = state.reservation.as_mut().unwrap();
			own.steps.close_workers = own.largest.saturating_add(own.largest);
		});
	});
}

#[test]
fn retired_topic_that_continues_is_found() {
	is_found(|| Topics::<Test>::mutate(1, |topic| topic.as_mut().unwrap().retired = true));
}

#[test]
fn topic_forgotten_too_early_is_found() {
	is_found(|| Forgetting::<Test>::insert(1, ()));
}

#[test]
fn weight_that_emission_does_not_count_is_found() {
	is_found(|| Economies::<Test>::mutate(1, |economy| economy.weight = Some(1)));
}

#[test]
fn phase_loads_that_do_not_add_up_are_found() {
	is_found(Phases::<Test>::kill);
}

#[test]
fn state_of_no_topic_is_found() {
	is_found(|| TopicStates::<Test>::insert(2, TopicStates::<Test>::get(1)));
}

#[test]
fn level_of_the_price_out_of_range_is_found() {
	is_found(|| Reserved::<Test>::mutate(|capacity| capacity.rent.since = 1_000));
	is_found(|| Reserved::<Test>::mutate(|capacity| capacity.rent.doublings = u64::MAX));
}

#[test]
fn epoch_that_opened_unpaid_is_found() {
	is_found(|| TopicStates::<Test>::mutate(1, |state| state.paid_through = 31));
}
