//! How subscriptions begin and end.

use crate::{mock::*, EndReason, Error, Event, HoldReason, MAX_SUBSCRIBERS, MAX_SUBSCRIPTIONS};
use allora_primitives::{Balance, SubscriptionInfo};
use frame_support::{
	assert_noop, assert_ok,
	traits::{LockableCurrency, WithdrawReasons},
};
use sp_runtime::DispatchError;

fn subscribe(who: u64, per_epoch: Balance, epochs: u32) -> sp_runtime::DispatchResult {
	Consumer::subscribe(RuntimeOrigin::signed(who), TOPIC, per_epoch, epochs)
}

fn cancel(who: u64) -> sp_runtime::DispatchResult {
	Consumer::cancel(RuntimeOrigin::signed(who), TOPIC)
}

fn ended(who: u64, reason: EndReason, released: Balance) -> Event<Test> {
	Event::SubscriptionEnded { topic: TOPIC, who, reason, released }
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
		let subscribed = Event::Subscribed {
			topic,
			who,
			per_epoch: 100,
			epochs: 5,
			deposit: 20,
			to_topic: 0,
			to_ecosystem: 0,
		};
		assert_eq!(events(), [subscribed]);
		let expected = SubscriptionInfo {
			topic: TOPIC,
			subscriber: ALICE,
			per_epoch: 100,
			epochs_left: 5,
			escrow: 500,
			deposit: 20,
			last_epoch: Some(90),
			prepaid: false,
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
		assert_eq!(events(), [ended(ALICE, EndReason::Cancelled, 520)]);
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
		Balances::set_lock(*b"vesting ", &ALICE, FUNDS - 500, WithdrawReasons::all());
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
		assert_eq!(events()[0], ended(CROWD, EndReason::Displaced, 40));
		assert_eq!(free(CROWD), FUNDS);
		assert_eq!(Consumer::subscribers(TOPIC).len() as u32, MAX_SUBSCRIBERS);
		// Of two that pay 11, the one that began last is displaced first. It gets back 2 x 11, since
		// it has paid its first epoch, and the deposit.
		assert_ok!(subscribe(BOB, 12, 1));
		assert_eq!(events()[0], ended(ALICE, EndReason::Displaced, 42));
	});
}

/// Those to whom a topic's pot is paid used to displace a subscriber that had prepaid, before its first
/// delivery, and earned three quarters of what it had paid.
#[test]
fn displaced_before_its_first_delivery_it_gets_back_what_it_has_prepaid() {
	run_test(|| {
		fill_places();
		assert_ok!(subscribe(ALICE, 40, 3));
		assert_eq!(free(ALICE) + held(HoldReason::Subscription, ALICE), FUNDS - 40);
		// The others of the crowd leave and come again, at more than Alice pays.
		for n in 1..u64::from(MAX_SUBSCRIBERS) {
			assert_ok!(cancel(CROWD + n));
			assert_ok!(subscribe(CROWD + n, 41, 1));
		}
		assert_ok!(subscribe(BOB, 42, 1));
		assert_eq!(free(ALICE), FUNDS);
		// Bob has paid 42 for his first epoch, and Alice's 40; on hold is the deposit of 20.
		assert_eq!(free(BOB), FUNDS - 42 - 40 - 20);
	});
}

#[test]
fn displaced_after_a_delivery_it_gets_nothing_back_for_that() {
	run_test(|| {
		fill_places();
		assert_ok!(subscribe(ALICE, 11, 3));
		make_inference(TOPIC, 95);
		poll(100_000);
		assert_ok!(subscribe(BOB, 12, 1));
		assert_eq!(free(ALICE), FUNDS - 11);
		assert_eq!(free(BOB), FUNDS - 12 - 20);
	});
}

/// Without the charge an attacker could end every subscription of a topic for transaction fees.
#[test]
fn displacing_and_cancelling_costs_the_price_of_an_epoch() {
	run_test(|| {
		fill_places();
		assert_ok!(subscribe(ALICE, 40, 3));
		// Charged are 40: 30 to the topic's pot, 10 to the ecosystem pot.
		let (topic, who) = (TOPIC, ALICE);
		let subscribed = Event::Subscribed {
			topic,
			who,
			per_epoch: 40,
			epochs: 3,
			deposit: 20,
			to_topic: 30,
			to_ecosystem: 10,
		};
		assert_eq!(events()[1], subscribed);
		// 2 x 40 and the deposit of 20.
		assert_eq!(held(HoldReason::Subscription, ALICE), 100);
		assert_eq!((Revenues::get(), Tried::get()), (vec![(TOPIC, 10)], vec![TOPIC]));
		assert_ok!(cancel(ALICE));
		assert_eq!(events(), [ended(ALICE, EndReason::Cancelled, 100)]);
		assert_eq!((pots(), free(ALICE)), ((30, 10), FUNDS - 40));
		assert_eq!(held(HoldReason::Subscription, ALICE), 0);
	});
}

/// What is on hold can be locked as well, for instance by a delegation of votes, and locked tokens
/// pay for nothing. So an attacker used to displace a hundred subscribers for transaction fees.
#[test]
fn displacer_that_locks_its_tokens_has_paid_an_epoch_all_the_same() {
	let displace_and_lock = || {
		fill_places();
		assert_ok!(subscribe(ALICE, 40, 3));
		Balances::set_lock(*b"pyconvot", &ALICE, FUNDS, WithdrawReasons::all());
	};
	run_test(|| {
		displace_and_lock();
		assert_ok!(cancel(ALICE));
		assert_eq!((pots(), free(ALICE)), ((30, 10), FUNDS - 40));
	});
	run_test(|| {
		displace_and_lock();
		for n in 0..u64::from(MAX_SUBSCRIBERS) {
			let _ = cancel(CROWD + n);
		}
		for epoch in [95, 105] {
			make_inference(TOPIC, epoch);
			poll(100_000);
		}
		assert_eq!(Consumer::subscriptions(&ALICE), []);
		assert_eq!((pots(), free(ALICE)), ((30, 10), FUNDS - 40));
	});
}

#[test]
fn prepaid_epoch_is_delivered_without_a_second_charge() {
	run_test(|| {
		for n in 0..u64::from(MAX_SUBSCRIBERS) {
			assert_ok!(subscribe(CROWD + n, 10, 1));
		}
		assert_ok!(subscribe(ALICE, 40, 3));
		// The other 99 pay 8 to the topic's pot and 2 to the ecosystem pot in the first epoch.
		let others = (99 * 8, 99 * 2);
		for (epoch, paid, left, paid_in_all) in [(95, 0, 2, (30, 10)), (105, 40, 1, (60, 20))] {
			events();
			make_inference(TOPIC, epoch);
			poll(100_000);
			let price = |event| match event {
				Event::Delivered { who: ALICE, price, epochs_left, .. } => {
					Some((price, epochs_left))
				}
				_ => None,
			};
			let prices: Vec<_> = events().into_iter().filter_map(price).collect();
			assert_eq!(prices, [(paid, left)]);
			assert_eq!(pots(), (others.0 + paid_in_all.0, others.1 + paid_in_all.1));
			// What is left and the deposit of 20.
			assert_eq!(held(HoldReason::Subscription, ALICE), Balance::from(left) * 40 + 20);
		}
	});
}

#[test]
fn prepaid_epoch_is_delivered_even_if_the_minimum_has_risen() {
	run_test(|| {
		fill_places();
		assert_ok!(subscribe(ALICE, 40, 3));
		assert_ok!(Consumer::set_minimum(RuntimeOrigin::signed(CREATOR), TOPIC, 1_000));
		make_inference(TOPIC, 95);
		poll(100_000);
		assert_eq!(Consumer::subscriptions(&ALICE)[0].epochs_left, 2);
		make_inference(TOPIC, 105);
		poll(100_000);
		assert_eq!(Consumer::subscriptions(&ALICE), []);
		assert_eq!((pots(), free(ALICE)), ((30, 10), FUNDS - 40));
	});
}

#[test]
fn displacing_needs_the_whole_price_free() {
	run_test(|| {
		fill_places();
		let all = WithdrawReasons::all();
		// 3 x 40 and the deposit of 20 are 140.
		Balances::set_lock(*b"vesting ", &ALICE, FUNDS - 139, all);
		assert_noop!(subscribe(ALICE, 40, 3), Error::<Test>::InsufficientBalance);
		Balances::set_lock(*b"vesting ", &ALICE, FUNDS - 140, all);
		assert_ok!(subscribe(ALICE, 40, 3));
	});
}
