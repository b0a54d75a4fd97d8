//! `try_state` finds what is wrong.

use crate::{
	mock::*, queue::rank, Due, DueByPrice, DueInference, MinimumPrice, Minimums, ReceiptCounts,
	SubscribedTo, Subscriptions,
};
use frame_support::assert_ok;

/// Breaks the state of a purchase and a subscription, and returns the violation that is found.
fn violation(break_it: impl FnOnce()) -> &'static str {
	let mut found = "";
	run_test(|| {
		make_inference(TOPIC, 95);
		assert_ok!(Consumer::buy(RuntimeOrigin::signed(ALICE), TOPIC, 100, 10, true));
		assert_ok!(Consumer::subscribe(RuntimeOrigin::signed(ALICE), TOPIC, 100, 3));
		assert_ok!(Consumer::do_try_state());
		let _ = frame_support::storage::with_transaction(|| {
			break_it();
			let sp_runtime::TryRuntimeError::Other(text) = Consumer::do_try_state().unwrap_err()
			else {
				panic!("violations are texts")
			};
			found = text;
			sp_runtime::TransactionOutcome::Rollback(Ok::<(), sp_runtime::DispatchError>(()))
		});
	});
	found
}

#[test]
fn broken_state_is_found() {
	let edit = |change: fn(&mut crate::Subscription<u64>)| {
		violation(|| Subscriptions::<Test>::mutate(TOPIC, |list| change(&mut list[0])))
	};
	assert_eq!(edit(|of| of.epochs_left = 0), "a subscription has no delivery left");
	let differs = "what is on hold differs from the subscriptions";
	assert_eq!(edit(|of| of.epochs_left = 4), differs);
	assert_eq!(edit(|of| of.deposit = 19), differs);
	assert_eq!(
		violation(|| Subscriptions::<Test>::remove(TOPIC)),
		"an account's list has a topic that it is not subscribed to"
	);
	assert_eq!(
		violation(|| SubscribedTo::<Test>::remove(ALICE)),
		"an account's list lacks a topic, or has one twice"
	);
	assert_eq!(
		violation(|| ReceiptCounts::<Test>::insert(ALICE, 2)),
		"an account's receipts are miscounted"
	);
	assert_eq!(violation(|| ReceiptCounts::<Test>::insert(BOB, 1)), "a count has no receipts");
	assert_eq!(
		violation(|| crate::Receipts::<Test>::mutate(ALICE, 0, |kept| {
			if let Some(kept) = kept {
				kept.deposit = 49;
			}
		})),
		"what is on hold differs from the receipts' deposits"
	);
	// Alice pays 100 for the inference after that of epoch 95.
	let due = |epoch, price| Due::<Test>::insert(TOPIC, DueInference { epoch, price });
	let differs = "a topic is due at another price than its subscribers pay";
	assert_eq!(violation(|| due(96, 99)), differs);
	assert_eq!(violation(|| due(95, 0)), "a topic is due without a delivery");
	assert_eq!(violation(|| due(96, 100)), "a due topic is not in the queue");
	assert_eq!(
		violation(|| DueByPrice::<Test>::insert(rank(100), TOPIC, ())),
		"the queue has a topic that is not due"
	);
	let minimum =
		|current, announced| Minimums::<Test>::insert(TOPIC, MinimumPrice { current, announced });
	assert_eq!(violation(|| minimum(0, None)), "a minimum is 0");
	assert_eq!(
		violation(|| minimum(9, Some((9, NOW)))),
		"an announced minimum is not above the one before"
	);
}
