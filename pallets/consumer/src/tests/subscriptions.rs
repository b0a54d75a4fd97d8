//! How subscriptions begin and end.

use crate::{mock::*, EndReason, Error, Event, HoldReason, MAX_SUBSCRIBERS, MAX_SUBSCRIPTIONS};
use allora_primitives::{Balance, SubscriptionInfo};
use frame_support::{assert_noop, assert_ok, traits::LockableCurrency};
use sp_runtime::DispatchError;

fn subscribe(who: u64, per_epoch: Balance, epochs: u32) -> sp_runtime::DispatchResult {
	Consumer::subscribe(RuntimeOrigin::signed(who), TOPIC, per_epoch, epochs)
}

fn cancel(who: u64) -> sp_runtime::DispatchResult {
	Consumer::cancel(RuntimeOrigin::signed(who), TOPIC)
}

fn ended(who: u64, reason: EndReason, released: Balance, charged: Balance) -> Event<Test> {
	Event::SubscriptionEnded { topic: TOPIC, who, reason, released, charged }
}

/// Takes all places, account [`CROWD`] + `n` for 10 + `n` planck per epoch.
fn fill_places() {
	for n in 0..u64::from(MAX_SUBSCRIBERS) {
		assert_ok!(subscribe(CROWD + n, 10 + Balance::from(n), 2));
	}
	events();
}

#[test]
fn subscription_holds_its_price_and_a_deposit_on_the_subscribers_account() {
	run_test(|| {
		make_inference(TOPIC, 90);
		assert_ok!(subscribe(ALICE, 100, 5));
		// 5 x 100 and the deposit of 20.
		assert_eq!(held(HoldReason::Subscription, ALICE), 520);
		assert_eq!(free(ALICE), FUNDS - 520);
		let (topic, who) = (TOPIC, ALICE);
		let subscribed = Event::Subscribed { topic, who, per_epoch: 100, epochs: 5, deposit: 20 };
		assert_eq!(events(), [subscribed]);
		let expected = SubscriptionInfo {
			topic: TOPIC,
			subscriber: ALICE,
			per_epoch: 100,
			epochs_left: 5,
			escrow: 500,
			deposit: 20,
			last_epoch: Some(90),
			binding: false,
		};
		assert_eq!(Consumer::subscribers(TOPIC), std::slice::from_ref(&expected));
		assert_eq!(Consumer::subscriptions(&ALICE), [expected]);
		assert_eq!(pots(), (0, 0));
	});
}

#[test]
fn cancelling_releases_everything() {
	run_test(|| {
		assert_ok!(subscribe(ALICE, 100, 5));
		assert_noop!(cancel(BOB), Error::<Test>::NotSubscribed);
		events();
		assert_ok!(cancel(ALICE));
		assert_eq!(events(), [ended(ALICE, EndReason::Cancelled, 520, 0)]);
		assert_eq!((free(ALICE), pots()), (FUNDS, (0, 0)));
		assert_noop!(cancel(ALICE), Error::<Test>::NotSubscribed);
		assert_eq!(Consumer::subscriptions(&ALICE), []);
	});
}

#[test]
fn subscription_out_of_range_is_refused() {
	run_test(|| {
		assert_noop!(subscribe(ALICE, 100, 0), Error::<Test>::ZeroEpochs);
		assert_noop!(subscribe(ALICE, 7, 5), Error::<Test>::PaymentBelowMinimum);
		assert_noop!(subscribe(ALICE, Balance::MAX, 2), Error::<Test>::Arithmetic);
		assert_noop!(subscribe(ALICE, Balance::MAX, 1), Error::<Test>::Arithmetic);
		assert_noop!(subscribe(ALICE, FUNDS, 1), Error::<Test>::InsufficientBalance);
		let unknown = Consumer::subscribe(RuntimeOrigin::signed(ALICE), 7, 100, 1);
		assert_noop!(unknown, DispatchError::Other("TopicNotFound"));
		assert_ok!(subscribe(ALICE, 100, 1));
		assert_noop!(subscribe(ALICE, 200, 1), Error::<Test>::AlreadySubscribed);
	});
}

/// Locked tokens can be put on hold, but a payment with them would be a way around the lock.
#[test]
fn locked_tokens_do_not_pay_for_a_subscription() {
	run_test(|| {
		let reasons = frame_support::traits::WithdrawReasons::all();
		Balances::set_lock(*b"vesting ", &ALICE, FUNDS - 500, reasons);
		assert_noop!(subscribe(ALICE, 100, 5), Error::<Test>::InsufficientBalance);
		// 4 x 100 and the deposit of 20.
		assert_ok!(subscribe(ALICE, 100, 4));
	});
}

#[test]
fn account_subscribes_to_a_bounded_number_of_topics() {
	run_test(|| {
		let topics = (100..).take(MAX_SUBSCRIPTIONS as usize).collect::<Vec<_>>();
		crate::SubscribedTo::<Test>::insert(ALICE, crate::SubscribedTopics::truncate_from(topics));
		assert_noop!(subscribe(ALICE, 100, 1), Error::<Test>::TooManySubscriptions);
		crate::SubscribedTo::<Test>::remove(ALICE);
	});
}

/// 100 places at the lowest price cannot be held against consumers who pay more.
#[test]
fn higher_price_displaces_the_lowest_when_all_places_are_taken() {
	run_test(|| {
		assert_eq!(Consumer::subscription_minimum(TOPIC), Some(8));
		fill_places();
		assert_eq!(Consumer::subscription_minimum(TOPIC), Some(11));
		assert_noop!(subscribe(ALICE, 10, 1), Error::<Test>::Outbid);
		assert_ok!(subscribe(ALICE, 11, 3));
		// The displaced gets back 2 x 10 and the deposit.
		assert_eq!(events()[0], ended(CROWD, EndReason::Displaced, 40, 0));
		assert_eq!(free(CROWD), FUNDS);
		assert_eq!(Consumer::subscribers(TOPIC).len() as u32, MAX_SUBSCRIBERS);
		assert!(Consumer::subscriptions(&ALICE)[0].binding);
		// Of two that pay 11, the one that began last is displaced first.
		assert_ok!(subscribe(BOB, 12, 1));
		assert_eq!(events()[0], ended(ALICE, EndReason::Displaced, 53, 0));
	});
}

/// Without the charge an attacker could end every subscription of a topic for transaction fees.
#[test]
fn displacing_and_cancelling_costs_the_price_of_an_epoch() {
	run_test(|| {
		fill_places();
		assert_ok!(subscribe(ALICE, 40, 3));
		events();
		assert_ok!(cancel(ALICE));
		// Charged are 40: 30 to the topic's pot, 10 to the ecosystem pot.
		assert_eq!(events(), [ended(ALICE, EndReason::Cancelled, 100, 40)]);
		assert_eq!((pots(), free(ALICE)), ((30, 10), FUNDS - 40));
		assert_eq!(held(HoldReason::Subscription, ALICE), 0);
		assert_eq!(Revenues::get(), [(TOPIC, 10)]);
	});
}

#[test]
fn subscription_that_displaced_another_is_free_to_cancel_after_its_first_delivery() {
	run_test(|| {
		fill_places();
		assert_ok!(subscribe(ALICE, 40, 3));
		make_inference(TOPIC, 95);
		poll(100_000);
		events();
		assert_ok!(cancel(ALICE));
		assert_eq!(events(), [ended(ALICE, EndReason::Cancelled, 100, 0)]);
	});
}

#[test]
fn binding_subscription_of_a_retired_topic_is_free_to_cancel() {
	run_test(|| {
		fill_places();
		assert_ok!(subscribe(ALICE, 40, 3));
		Retired::set(vec![TOPIC]);
		events();
		assert_ok!(cancel(ALICE));
		assert_eq!(events(), [ended(ALICE, EndReason::Cancelled, 140, 0)]);
		assert_eq!(pots(), (0, 0));
	});
}
