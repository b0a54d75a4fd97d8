//! Violations that `try_state` finds.

use crate::{
	mock::*, Allowed, Economies, ListEntry, Membership, Registrations, SupersededParameters,
};
use allora_primitives::{Balance, Registration, ALLO};

fn entry(deposit: Balance) -> ListEntry {
	ListEntry { deposit, until: None }
}

/// Runs a topic to slot 12, corrupts the state, and checks that `try_state` fails.
fn is_found(corrupt: impl FnOnce()) {
	ExtBuilder::build_and_execute(|| {
		topic_with_stake(10 * ALLO);
		run_to(12);
		assert_eq!(Topics::do_try_state(), Ok(()));
		frame_support::hypothetically!({
			corrupt();
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
	is_found(|| Allowed::<Test>::insert(2, (BOB, Registration::Worker), entry(0)));
}

#[test]
fn topic_without_an_economy_is_found() {
	is_found(|| Economies::<Test>::remove(1));
}

#[test]
fn allow_list_that_miscounts_is_found() {
	is_found(|| Allowed::<Test>::insert(1, (BOB, Registration::Worker), entry(0)));
}

#[test]
fn deposit_that_is_not_on_hold_is_found() {
	is_found(|| {
		let worker = Registration::Worker;
		let listed = vec![BOB].try_into().unwrap();
		Topics::allow(RuntimeOrigin::signed(ALICE), 1, worker, listed).unwrap();
		assert_eq!(Topics::do_try_state(), Ok(()));
		Allowed::<Test>::insert(1, (BOB, worker), entry(LIST_DEPOSIT + 1));
	});
}

#[test]
fn empty_announcement_is_found() {
	is_found(|| crate::Announced::<Test>::insert(1, crate::Announcements::default()));
}

#[test]
fn empty_list_of_superseded_values_is_found() {
	is_found(|| SupersededParameters::<Test>::insert(1, crate::SupersededValues::default()));
}

#[test]
fn weight_that_is_counted_without_being_known_is_found() {
	is_found(|| Economies::<Test>::mutate(1, |economy| economy.weight = None));
}

#[test]
fn topic_that_is_listed_without_a_list_is_found() {
	is_found(|| Economies::<Test>::mutate(1, |economy| economy.listed = true));
}

#[test]
fn revenue_that_has_decayed_ahead_of_time_is_found() {
	is_found(|| Economies::<Test>::mutate(1, |economy| economy.dripped_at = 1_000));
}
