//! What the check of the state finds.

use crate::{mock::*, Allowed, Economies, Membership, Registrations, SupersededParameters};
use allora_primitives::{Registration, ALLO};

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
fn records_of_no_topic_are_found() {
	is_found(|| Economies::<Test>::insert(2, Economies::<Test>::get(1)));
	is_found(|| {
		let membership = Membership { owner: BOB, left: false };
		Registrations::<Test>::insert(2, (BOB, Registration::Worker), membership);
	});
	is_found(|| Allowed::<Test>::insert(2, (BOB, Registration::Worker), ()));
}

#[test]
fn topic_without_an_economy_is_found() {
	is_found(|| Economies::<Test>::remove(1));
}

#[test]
fn allow_list_that_miscounts_is_found() {
	is_found(|| Allowed::<Test>::insert(1, (BOB, Registration::Worker), ()));
}

#[test]
fn empty_list_of_former_values_is_found() {
	is_found(|| SupersededParameters::<Test>::insert(1, crate::SupersededValues::default()));
}
