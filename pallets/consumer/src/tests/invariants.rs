//! `try_state` finds what is wrong.

use crate::{
	mock::*, queue::rank, Due, DueByPrice, DueInference, MinimumPrice, Minimums, ReceiptCounts,
	Requests, SubscribedTo, Subscriptions,
};
use frame_support::assert_ok;

/// Breaks the state of a purchase, a subscription and a request, and returns the violation that is found.
fn violation(break_it: impl FnOnce()) -> &'static str {
	let mut found = "";
	run_test(|| {
		make_inference(TOPIC, 95);
		assert_ok!(Consumer::buy(RuntimeOrigin::signed(ALICE), TOPIC, 100, 10, true));
		assert_ok!(Consumer::subscribe(RuntimeOrigin::signed(ALICE), TOPIC, 100, 3));
		on_demand();
		assert_ok!(Consumer::request(RuntimeOrigin::signed(ALICE), TOPIC, 100, 5));
		assert_ok!(Consumer::do_try_state());
		let _ = frame_support::storage::with_transaction(|| {
			break_it();
			let sp_runtime::TryRuntimeError::Other(text) = Consumer::do_try_state().unwrap_err()
			else {
				panic!("violations are texts")
			};
			found = text;
			// Fakes are not part of the state.
			Newest::set(vec![(TOPIC, 95, true)]);
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
	let request = |change: fn(&mut crate::Request<u64>)| {
		violation(|| Requests::<Test>::mutate(TOPIC, |list| change(&mut list[0])))
	};
	let differs = "what is on hold differs from the requests";
	assert_eq!(request(|of| of.payment = 101), differs);
	assert_eq!(request(|of| of.rent = 9), differs);
	assert_eq!(request(|of| of.deposit = 29), differs);
	assert_eq!(request(|of| of.rent = 26), "a request has paid more rent than a quarter");
	assert_eq!(request(|of| of.until = of.since), "a request does not wait");
	assert_eq!(
		violation(|| Requests::<Test>::mutate(TOPIC, |list| {
			let same = list[0].clone();
			list.try_push(same).unwrap();
		})),
		"an account has two requests to a topic"
	);
	assert_eq!(
		violation(|| set_demand(TOPIC, |demand| {
			let settled = allora_primitives::EpochState::Settled;
			demand.last_epoch = Some((NOW + 1, settled));
			Newest::set(vec![(TOPIC, NOW + 1, true)]);
		})),
		"requests are not served with their epoch's inference"
	);
	assert_eq!(
		violation(|| Requests::<Test>::insert(TOPIC, crate::RequestList::default())),
		"an empty list of requests is stored"
	);
	// Alice pays 100 for the inference after that of epoch 95.
	let due = |epoch, price| Due::<Test>::insert(TOPIC, DueInference { epoch, price });
	let differs = "a topic is due at another price than its consumers pay";
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
