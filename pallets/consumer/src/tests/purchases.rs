//! Purchases, receipts and the minimum price.

use crate::{mock::*, Error, Event, HoldReason, KeptReceipt, Parts, Receipts, MAX_RECEIPTS};
use allora_primitives::{traits::InferenceSource, Balance, FixedI128, Quote, Receipt};
use frame_support::{assert_noop, assert_ok, BoundedVec};
use sp_runtime::{DispatchError, TokenError};

fn signed(who: u64) -> RuntimeOrigin {
	RuntimeOrigin::signed(who)
}

/// The receipt of a purchase in slot [`NOW`].
fn receipt(epoch: u64, price: Balance) -> Receipt {
	Receipt {
		topic: TOPIC,
		epoch,
		label_values: BoundedVec::truncate_from(vec![FixedI128::from_u32(epoch as u32)]),
		intervals: BoundedVec::truncate_from(vec![[FixedI128::from_u32(1); 4]]),
		bundle_hash: bundle_hash(epoch),
		price,
		slot: NOW,
		block: NOW as u32,
	}
}

#[test]
#[docify::export]
fn inference_is_bought_and_its_receipt_kept() {
	run_test(|| {
		make_inference(TOPIC, 95);
		// 1000 planck for an inference that is at most 10 slots old; the receipt is kept.
		assert_ok!(Consumer::buy(RuntimeOrigin::signed(ALICE), TOPIC, 1_000, 10, true));
		assert_eq!(pots(), (750, 250));
		let kept = Consumer::receipts(&ALICE, 0, 10);
		assert_eq!(kept, [(0, receipt(95, 1_000))]);
		// The deposit is released with the receipt.
		assert_eq!(held(HoldReason::Receipt, ALICE), 50);
		assert_ok!(Consumer::discard(RuntimeOrigin::signed(ALICE), 0));
		assert_eq!(free(ALICE), FUNDS - 1_000);
	});
}

#[test]
fn purchase_emits_its_receipt_and_its_parts() {
	run_test(|| {
		make_inference(TOPIC, 95);
		assert_ok!(Consumer::buy(signed(ALICE), TOPIC, 1_003, 5, false));
		let (to_topic, to_ecosystem) = (753, 250);
		let receipt = receipt(95, 1_003);
		let purchased =
			Event::Purchased { who: ALICE, receipt, to_topic, to_ecosystem, number: None };
		assert_eq!(events(), [purchased]);
		// Only the ecosystem pot's part is revenue, and the topic may become active by it.
		assert_eq!((Revenues::get(), Tried::get()), (vec![(TOPIC, 250)], vec![TOPIC]));
		assert_eq!(pots(), (753, 250));
		assert_eq!(Receipts::<Test>::iter().count(), 0);
	});
}

#[test]
fn parts_add_up_and_revenue_is_rounded_down() {
	for payment in (0..1_000).chain([Balance::MAX - 1, Balance::MAX]) {
		let Parts { to_topic, to_ecosystem } = Parts::of(payment);
		assert_eq!(to_topic + to_ecosystem, payment);
		assert!(to_ecosystem <= payment / 4 && payment / 4 - to_ecosystem < 1);
	}
}

/// What a buyer from its own topic pays to others, the ecosystem pot's part, is its cost. Revenue
/// never exceeds it, and funding makes one planck of revenue per planck too.
#[test]
fn revenue_costs_a_buyer_at_least_as_much_as_a_funder() {
	run_test(|| {
		make_inference(TOPIC, 95);
		for payment in [8, 9, 11, 1_000, 1_003] {
			let (spent, got_back) = (free(ALICE), free(TOPICS_POT));
			let revenue: Balance = Revenues::get().iter().map(|(_, amount)| amount).sum();
			assert_ok!(Consumer::buy(signed(ALICE), TOPIC, payment, 5, false));
			let cost = spent - free(ALICE) - (free(TOPICS_POT) - got_back);
			let revenue =
				Revenues::get().iter().map(|(_, amount)| amount).sum::<Balance>() - revenue;
			assert!(cost >= revenue, "{cost} and {revenue} of {payment}");
		}
	});
}

#[test]
fn purchase_fails_without_charge_if_nothing_is_fresh_enough() {
	run_test(|| {
		let buy = |max_age| Consumer::buy(signed(ALICE), TOPIC, 1_000, max_age, true);
		assert_noop!(buy(100), Error::<Test>::NoInference);
		make_inference(TOPIC, 95);
		assert_noop!(buy(4), Error::<Test>::InferenceTooOld);
		Newest::mutate(|newest| newest[0].2 = false);
		assert_noop!(buy(5), Error::<Test>::InferencePruned);
		Newest::mutate(|newest| newest[0].2 = true);
		assert_ok!(buy(5));
	});
}

#[test]
fn purchase_fails_without_charge_if_it_cannot_be_paid_in_full() {
	run_test(|| {
		make_inference(TOPIC, 95);
		let buy = |payment, keep| Consumer::buy(signed(ALICE), TOPIC, payment, 5, keep);
		// The topic's part could be paid, the ecosystem pot's could not.
		let unaffordable = DispatchError::Token(TokenError::FundsUnavailable);
		assert_noop!(buy(FUNDS + 10, false), unaffordable);
		// The payment would leave no free balance for the deposit.
		assert_noop!(buy(FUNDS - 10, true), TokenError::FundsUnavailable);
		assert_ok!(buy(FUNDS - 10, false));
	});
}

#[test]
fn retired_or_unknown_topic_sells_nothing() {
	run_test(|| {
		make_inference(TOPIC, 95);
		Retired::set(vec![TOPIC]);
		let buy = |topic| Consumer::buy(signed(ALICE), topic, 1_000, 10, false);
		assert_noop!(buy(TOPIC), DispatchError::Other("TopicRetired"));
		assert_noop!(buy(7), DispatchError::Other("TopicNotFound"));
		assert_eq!(<Consumer as InferenceSource<u64>>::quote(TOPIC), None);
		assert_eq!(Consumer::subscription_minimum(TOPIC), None);
	});
}

#[test]
fn purchase_below_the_minimum_fails_without_charge() {
	run_test(|| {
		make_inference(TOPIC, 95);
		let quote = || <Consumer as InferenceSource<u64>>::quote(TOPIC);
		let buy = |payment| Consumer::buy(signed(ALICE), TOPIC, payment, 10, false);
		assert_noop!(buy(7), Error::<Test>::PaymentBelowMinimum);
		assert_ok!(buy(8));
		assert_eq!(quote(), Some(Quote { epoch: 95, age: 5, minimum: 8 }));

		events();
		assert_ok!(Consumer::set_minimum(signed(CREATOR), TOPIC, 100));
		assert_eq!(events(), [Event::MinimumSet { topic: TOPIC, minimum: 100, from: NOW }]);
		assert_noop!(buy(99), Error::<Test>::PaymentBelowMinimum);
		assert_ok!(buy(100));
		assert_eq!(quote(), Some(Quote { epoch: 95, age: 5, minimum: 100 }));

		// The chain's own minimum holds below the topic's.
		assert_ok!(Consumer::set_minimum(signed(CREATOR), TOPIC, 1));
		assert_noop!(buy(7), Error::<Test>::PaymentBelowMinimum);
		assert_ok!(Consumer::set_minimum(signed(CREATOR), TOPIC, 0));
		assert_eq!(crate::Minimums::<Test>::iter().count(), 0);
	});
}

/// A creator could otherwise end all subscriptions, or close the shop, from one block to the next.
#[test]
fn raised_minimum_acts_after_the_notice_if_there_is_stake() {
	run_test(|| {
		Notice::set(50);
		make_inference(TOPIC, NOW);
		assert_ok!(Consumer::subscribe(signed(BOB), TOPIC, 10, 5));
		let minimum = || Consumer::subscription_minimum(TOPIC);
		events();
		assert_ok!(Consumer::set_minimum(signed(CREATOR), TOPIC, Balance::MAX));
		let from = NOW + 50;
		assert_eq!(events(), [Event::MinimumSet { topic: TOPIC, minimum: Balance::MAX, from }]);
		assert_eq!(minimum(), Some(8));

		System::set_block_number(from - 1);
		assert_ok!(Consumer::buy(signed(ALICE), TOPIC, 8, 100, false));
		make_inference(TOPIC, from - 1);
		poll(100_000);
		assert_eq!(Consumer::subscriptions(&BOB)[0].epochs_left, 4);

		System::set_block_number(from);
		assert_eq!(minimum(), Some(Balance::MAX));
		let buy = Consumer::buy(signed(ALICE), TOPIC, 8, 100, false);
		assert_noop!(buy, Error::<Test>::PaymentBelowMinimum);
		make_inference(TOPIC, from);
		poll(100_000);
		assert_eq!(Consumer::subscriptions(&BOB), []);
	});
}

#[test]
fn lowered_minimum_acts_at_once_and_withdraws_what_was_announced() {
	run_test(|| {
		assert_ok!(Consumer::set_minimum(signed(CREATOR), TOPIC, 100));
		Notice::set(50);
		let minimum = || Consumer::subscription_minimum(TOPIC);
		assert_ok!(Consumer::set_minimum(signed(CREATOR), TOPIC, 200));
		assert_ok!(Consumer::set_minimum(signed(CREATOR), TOPIC, 90));
		assert_eq!(minimum(), Some(90));
		System::set_block_number(NOW + 50);
		assert_eq!(minimum(), Some(90));

		// An announcement that a later one replaces does not act, though its notice would be over.
		assert_ok!(Consumer::set_minimum(signed(CREATOR), TOPIC, 110));
		System::set_block_number(NOW + 99);
		assert_ok!(Consumer::set_minimum(signed(CREATOR), TOPIC, 120));
		System::set_block_number(NOW + 100);
		assert_eq!(minimum(), Some(90));
		System::set_block_number(NOW + 149);
		assert_eq!(minimum(), Some(120));
		// What was announced is in force, and replaced from one slot to the next.
		assert_ok!(Consumer::set_minimum(signed(CREATOR), TOPIC, 130));
		assert_eq!(minimum(), Some(120));
		assert_ok!(Consumer::set_minimum(signed(CREATOR), TOPIC, 0));
		assert_eq!(minimum(), Some(8));
	});
}

#[test]
fn only_the_creator_sets_a_minimum() {
	run_test(|| {
		let set = |who, topic| Consumer::set_minimum(signed(who), topic, 100);
		assert_noop!(set(ALICE, TOPIC), Error::<Test>::NotCreator);
		assert_noop!(set(CREATOR, 7), DispatchError::Other("TopicNotFound"));
		Retired::set(vec![TOPIC]);
		assert_noop!(set(CREATOR, TOPIC), DispatchError::Other("TopicRetired"));
	});
}

#[test]
fn receipts_are_bounded_per_account_and_listed_in_pages() {
	run_test(|| {
		make_inference(TOPIC, 95);
		let buy = |who| Consumer::buy(signed(who), TOPIC, 8, 10, true);
		for _ in 0..MAX_RECEIPTS {
			assert_ok!(buy(ALICE));
		}
		assert_noop!(buy(ALICE), Error::<Test>::TooManyReceipts);
		assert_ok!(Consumer::buy(signed(ALICE), TOPIC, 8, 10, false));
		assert_ok!(buy(BOB));
		assert_eq!(held(HoldReason::Receipt, ALICE), 50 * Balance::from(MAX_RECEIPTS));

		let numbers = |from, limit| {
			let page = Consumer::receipts(&ALICE, from, limit).into_iter();
			page.map(|(number, _)| number).collect::<Vec<_>>()
		};
		assert_eq!(numbers(0, 2), [0, 1]);
		assert_eq!(numbers(98, 10), [98, 99]);
		assert_eq!(numbers(0, u32::MAX).len(), 100);

		assert_ok!(Consumer::discard(signed(ALICE), 41));
		assert_ok!(buy(ALICE));
		assert_eq!(numbers(99, 10), [99, 101]);
	});
}

#[test]
fn receipt_is_discarded_by_its_keeper_only_and_once() {
	run_test(|| {
		make_inference(TOPIC, 95);
		assert_ok!(Consumer::buy(signed(ALICE), TOPIC, 1_000, 10, true));
		assert_noop!(Consumer::discard(signed(BOB), 0), Error::<Test>::ReceiptNotFound);
		events();
		assert_ok!(Consumer::discard(signed(ALICE), 0));
		assert_eq!(events(), [Event::ReceiptDiscarded { who: ALICE, number: 0, deposit: 50 }]);
		assert_noop!(Consumer::discard(signed(ALICE), 0), Error::<Test>::ReceiptNotFound);
	});
}

#[test]
fn discarding_releases_the_deposit_that_was_taken() {
	run_test(|| {
		make_inference(TOPIC, 95);
		assert_ok!(Consumer::buy(signed(ALICE), TOPIC, 1_000, 10, true));
		// The deposit was lower when another receipt was kept.
		let kept = KeptReceipt { receipt: receipt(95, 8), deposit: 30 };
		let reason = HoldReason::Receipt.into();
		assert_ok!(<Balances as frame_support::traits::fungible::MutateHold<u64>>::hold(
			&reason, &ALICE, 30
		));
		Receipts::<Test>::insert(ALICE, 1, kept);
		crate::ReceiptCounts::<Test>::insert(ALICE, 2);
		crate::NextReceipt::<Test>::put(2);
		assert_ok!(Consumer::discard(signed(ALICE), 1));
		assert_eq!(held(HoldReason::Receipt, ALICE), 50);
	});
}

#[test]
fn other_pallets_buy_without_keeping_a_receipt() {
	run_test(|| {
		make_inference(TOPIC, 95);
		let buy = |max_age| <Consumer as InferenceSource<u64>>::buy(&ALICE, TOPIC, 1_000, max_age);
		assert_noop!(buy(4), Error::<Test>::InferenceTooOld);
		assert_eq!(buy(5), Ok(receipt(95, 1_000)));
		assert_eq!((pots(), free(ALICE)), ((750, 250), FUNDS - 1_000));
		assert!(matches!(events()[..], [Event::Purchased { who: ALICE, number: None, .. }]));
	});
}

#[test]
fn purchase_by_another_pallet_that_cannot_be_paid_in_full_charges_nothing() {
	run_test(|| {
		make_inference(TOPIC, 95);
		// Three quarters can be paid, the whole cannot.
		let payment = FUNDS + 10;
		let bought = <Consumer as InferenceSource<u64>>::buy(&ALICE, TOPIC, payment, 5);
		assert!(bought.is_err());
		assert_eq!((pots(), free(ALICE)), ((0, 0), FUNDS));
	});
}
