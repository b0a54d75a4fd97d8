//! The owners of registrations, which are paid for an account's work.

use super::{signed, VAULT};
use crate::{mock::*, Error, Event};
use allora_primitives::{traits::TopicInspect, Registration, ALLO};
use frame_support::{assert_noop, assert_ok};

const WORKER: Registration = Registration::Worker;

/// Another account like [`VAULT`].
const OTHER_VAULT: u64 = 71;

/// Creates a topic in which Bob is registered as a worker with this owner.
fn with_bob(owner: Option<u64>) {
	assert_ok!(Topics::create(signed(ALICE), Box::new(parameters())));
	events();
	assert_ok!(Topics::register(signed(BOB), 1, WORKER, owner));
}

#[test]
fn account_is_its_own_owner_unless_it_names_one() {
	ExtBuilder::build_and_execute(|| {
		with_bob(None);
		assert_eq!(Topics::payee(1, &BOB, WORKER), BOB);
		assert_ok!(Topics::register(signed(BOB), 1, Registration::Reputer, Some(VAULT)));
		assert_eq!(Topics::payee(1, &BOB, Registration::Reputer), VAULT);
		assert_eq!(Topics::payee(1, &BOB, WORKER), BOB);
	});
}

#[test]
fn account_that_never_registered_is_its_own_payee() {
	ExtBuilder::build_and_execute(|| assert_eq!(Topics::payee(1, &BOB, WORKER), BOB));
}

#[test]
fn registration_emits_its_owner_and_the_account_pays_the_fee() {
	ExtBuilder::build_and_execute(|| {
		with_bob(Some(VAULT));
		let registered =
			Event::Registered { topic: 1, who: BOB, registration: WORKER, owner: VAULT, fee: ALLO };
		assert_eq!(events().first(), Some(&registered));
		assert_eq!(Balances::free_balance(BOB), 999_999 * ALLO);
	});
}

#[test]
fn owner_can_name_another() {
	ExtBuilder::build_and_execute(|| {
		with_bob(Some(VAULT));
		events();
		assert_ok!(Topics::set_owner(signed(VAULT), 1, WORKER, BOB, OTHER_VAULT));
		assert_eq!(
			events(),
			vec![Event::OwnerChanged {
				topic: 1,
				who: BOB,
				registration: WORKER,
				owner: OTHER_VAULT
			}]
		);
		assert_eq!(Topics::payee(1, &BOB, WORKER), OTHER_VAULT);
	});
}

#[test]
fn only_the_owner_can_name_another() {
	ExtBuilder::build_and_execute(|| {
		with_bob(Some(VAULT));
		for who in [ALICE, BOB, OTHER_VAULT] {
			assert_noop!(
				Topics::set_owner(signed(who), 1, WORKER, BOB, who),
				Error::<Test>::NotOwner
			);
		}
		assert_noop!(
			Topics::set_owner(signed(VAULT), 1, Registration::Reputer, BOB, VAULT),
			Error::<Test>::NotRegistered
		);
	});
}

#[test]
fn owner_is_paid_after_the_account_has_left() {
	ExtBuilder::build_and_execute(|| {
		with_bob(Some(VAULT));
		assert_ok!(Topics::leave(signed(BOB), 1, WORKER));
		assert_eq!(Topics::payee(1, &BOB, WORKER), VAULT);
		assert_ok!(Topics::set_owner(signed(VAULT), 1, WORKER, BOB, OTHER_VAULT));
		assert_eq!(Topics::payee(1, &BOB, WORKER), OTHER_VAULT);
	});
}

#[test]
fn signing_key_cannot_take_what_its_owner_is_owed() {
	ExtBuilder::build_and_execute(|| {
		with_bob(Some(VAULT));
		assert_ok!(Topics::leave(signed(BOB), 1, WORKER));
		assert_noop!(Topics::register(signed(BOB), 1, WORKER, Some(BOB)), Error::<Test>::NotOwner);
		assert_ok!(Topics::register(signed(BOB), 1, WORKER, None));
		assert_eq!(Topics::payee(1, &BOB, WORKER), VAULT);
	});
}

#[test]
fn account_that_is_its_own_owner_can_name_another_when_it_registers_again() {
	ExtBuilder::build_and_execute(|| {
		with_bob(None);
		assert_ok!(Topics::leave(signed(BOB), 1, WORKER));
		assert_ok!(Topics::register(signed(BOB), 1, WORKER, Some(VAULT)));
		assert_eq!(Topics::payee(1, &BOB, WORKER), VAULT);
	});
}
