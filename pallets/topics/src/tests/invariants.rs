//! What the check of the state finds.

use crate::{mock::*, Agenda, Epochs, History, Reserved, TopicStates};
use allora_primitives::{EpochState, ALLO};
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
fn lost_step_is_found() {
	// Two closes and an opening are to come.
	for place in 0..3 {
		is_found(|| {
			let key = Agenda::<Test>::iter_keys().nth(place).unwrap();
			Agenda::<Test>::remove(key);
		});
	}
}

#[test]
fn step_of_nothing_is_found() {
	is_found(|| {
		let due = crate::Due {
			block: 50,
			topic: 1,
			step: allora_primitives::Step::CloseWorkers,
			epoch: 44,
		};
		Agenda::<Test>::insert(due.key(), due);
	});
}

#[test]
fn state_without_its_step_is_found() {
	is_found(|| {
		Epochs::<Test>::mutate(1, 12, |record| {
			record.as_mut().unwrap().state = EpochState::Reporting;
		});
	});
}

#[test]
fn history_that_differs_from_the_epochs_is_found() {
	is_found(|| Epochs::<Test>::remove(1, 2));
	is_found(|| {
		History::<Test>::mutate(1, |history| history.remove(0));
	});
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
	is_found(|| {
		crate::Topics::<Test>::mutate(1, |topic| topic.as_mut().unwrap().retired = true);
	});
}
