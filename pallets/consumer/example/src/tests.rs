//! An option's life.

use crate::{mock::*, Error, Promises};
use allora_primitives::FixedI128;
use frame_support::{
	assert_noop, assert_ok,
	traits::{LockableCurrency, WithdrawReasons},
};
use pallet_consumer::Error as ConsumerError;

/// Writes an option on a value above 5 for 1000 planck, due in slot 110.
fn write() {
	let strike = FixedI128::from_u32(5);
	let writer = RuntimeOrigin::signed(WRITER);
	assert_ok!(Options::write(writer, HOLDER, TOPIC, strike, 1_000, 110));
}

/// The holder settles the option, for 100 planck.
fn settle() -> sp_runtime::DispatchResult {
	Options::settle(RuntimeOrigin::signed(HOLDER), 0, 100)
}

fn infer(epoch: u64, value: u32) {
	Newest::set(Some((epoch, FixedI128::from_u32(value))));
}

#[test]
fn value_above_the_strike_pays_the_holder() {
	run_test(|| {
		write();
		System::set_block_number(115);
		infer(110, 6);
		assert_ok!(settle());
		assert_eq!((balance(WRITER), balance(HOLDER)), (FUNDS - 1_000, FUNDS + 1_000 - 100));
		assert_noop!(settle(), Error::<Test>::OptionNotFound);
	});
}

#[test]
fn value_at_the_strike_returns_the_writers_amount() {
	run_test(|| {
		write();
		System::set_block_number(115);
		infer(112, 5);
		assert_ok!(settle());
		assert_eq!((balance(WRITER), balance(HOLDER)), (FUNDS, FUNDS - 100));
		assert_eq!(Balances::free_balance(WRITER), FUNDS);
	});
}

/// The writer locks all it has once the option is due, for instance by a vote.
#[test]
fn writer_that_locks_its_tokens_still_pays() {
	run_test(|| {
		write();
		System::set_block_number(115);
		infer(110, 6);
		Balances::set_lock(*b"pyconvot", &WRITER, FUNDS, WithdrawReasons::all());
		assert_ok!(settle());
		assert_eq!((balance(WRITER), balance(HOLDER)), (FUNDS - 1_000, FUNDS + 1_000 - 100));
	});
}

/// A holder without an account could not be paid less, and the option would stay open.
#[test]
fn amount_below_the_existential_deposit_is_refused() {
	run_test(|| {
		let writer = RuntimeOrigin::signed(WRITER);
		let strike = FixedI128::from_u32(5);
		let written = Options::write(writer, HOLDER, TOPIC, strike, 0, 110);
		assert_noop!(written, Error::<Test>::AmountTooSmall);
	});
}

#[test]
fn inference_from_before_the_due_slot_settles_nothing_and_costs_nothing() {
	run_test(|| {
		write();
		infer(100, 6);
		assert_noop!(settle(), Error::<Test>::NotDue);
		System::set_block_number(115);
		infer(109, 6);
		assert_noop!(settle(), ConsumerError::<Test>::InferenceTooOld);
		assert_eq!(balance(HOLDER), FUNDS);
		assert!(Promises::<Test>::contains_key(0));
	});
}
