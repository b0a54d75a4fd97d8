//! Deliveries to subscribers, within the weight of a block.

use crate::{
	mock::*, Due, DueByPrice, EndReason, Event, HoldReason, SubscribedTo, Subscriptions,
	MAX_SUBSCRIBERS,
};
use allora_primitives::{traits::EpochRecords, Balance, FixedI128, TopicId};
use frame_support::{
	assert_ok,
	traits::{Get, LockableCurrency, WithdrawReasons},
	weights::{Weight, WeightMeter},
	BoundedVec,
};

fn subscribe(who: u64, topic: TopicId, per_epoch: Balance, epochs: u32) {
	assert_ok!(Consumer::subscribe(RuntimeOrigin::signed(who), topic, per_epoch, epochs));
}

fn ended(who: u64, reason: EndReason, released: Balance) -> Event<Test> {
	Event::SubscriptionEnded { topic: TOPIC, who, reason, released }
}

/// The number of deliveries that remain of an account's only subscription.
fn left(who: u64) -> Option<u32> {
	Consumer::subscriptions(&who).first().map(|of| of.epochs_left)
}

/// The accounts that events say got a delivery, in order.
fn delivered() -> Vec<u64> {
	let who = |event| match event {
		Event::Delivered { who, .. } => Some(who),
		_ => None,
	};
	events().into_iter().filter_map(who).collect()
}

#[test]
fn each_inference_is_delivered_and_charged_once() {
	run_test(|| {
		subscribe(ALICE, TOPIC, 101, 3);
		events();
		make_inference(TOPIC, 95);
		poll(100_000);
		let delivery = Event::Delivered {
			topic: TOPIC,
			who: ALICE,
			epoch: 95,
			label_values: BoundedVec::truncate_from(vec![FixedI128::from_u32(95)]),
			bundle_hash: bundle_hash(95),
			price: 101,
			to_topic: 76,
			to_ecosystem: 25,
			epochs_left: 2,
		};
		assert_eq!(events(), [delivery]);
		assert_eq!((pots(), left(ALICE)), ((76, 25), Some(2)));
		// 2 x 101 and the deposit.
		assert_eq!(held(HoldReason::Subscription, ALICE), 222);
		assert_eq!((Revenues::get(), Tried::get()), (vec![(TOPIC, 25)], vec![TOPIC]));
		for _ in 0..3 {
			poll(100_000);
		}
		assert_eq!((pots(), events().len()), ((76, 25), 0));
	});
}

#[test]
fn subscription_ends_with_its_last_delivery() {
	run_test(|| {
		subscribe(ALICE, TOPIC, 100, 2);
		make_inference(TOPIC, 95);
		poll(100_000);
		events();
		make_inference(TOPIC, 105);
		poll(100_000);
		assert_eq!(events()[1], ended(ALICE, EndReason::Completed, 20));
		assert_eq!((free(ALICE), held(HoldReason::Subscription, ALICE)), (FUNDS - 200, 0));
		assert_eq!(pots(), (150, 50));
		make_inference(TOPIC, 115);
		assert_eq!((Due::<Test>::iter().count(), Subscriptions::<Test>::iter().count()), (0, 0));
		assert_eq!(SubscribedTo::<Test>::iter().count(), 0);
	});
}

#[test]
fn epoch_without_an_inference_costs_nothing() {
	run_test(|| {
		subscribe(ALICE, TOPIC, 100, 2);
		poll(100_000);
		assert_eq!((pots(), left(ALICE)), ((0, 0), Some(2)));
	});
}

#[test]
fn inference_made_before_the_subscription_is_not_delivered() {
	run_test(|| {
		subscribe(BOB, TOPIC, 100, 2);
		make_inference(TOPIC, 95);
		// Bob's delivery is still due when Alice subscribes.
		subscribe(ALICE, TOPIC, 100, 2);
		poll(100_000);
		assert_eq!(delivered(), [BOB]);
		make_inference(TOPIC, 105);
		poll(100_000);
		assert_eq!(delivered(), [BOB, ALICE]);
	});
}

#[test]
fn raised_minimum_ends_subscriptions_below_it_without_charge() {
	run_test(|| {
		subscribe(ALICE, TOPIC, 100, 2);
		subscribe(BOB, TOPIC, 150, 2);
		assert_ok!(Consumer::set_minimum(RuntimeOrigin::signed(CREATOR), TOPIC, 101));
		make_inference(TOPIC, 95);
		events();
		poll(100_000);
		assert_eq!(events()[0], ended(ALICE, EndReason::BelowMinimum, 220));
		assert_eq!((free(ALICE), left(BOB)), (FUNDS, Some(1)));
	});
}

#[test]
fn retired_topic_charges_no_subscriber() {
	run_test(|| {
		subscribe(ALICE, TOPIC, 100, 2);
		Retired::set(vec![TOPIC]);
		make_inference(TOPIC, 95);
		events();
		poll(100_000);
		assert_eq!(events(), [ended(ALICE, EndReason::TopicRetired, 220)]);
		assert_eq!((free(ALICE), pots()), (FUNDS, (0, 0)));
	});
}

/// What is on hold can be locked later, for instance by a vote.
#[test]
fn subscription_that_cannot_be_charged_ends() {
	run_test(|| {
		subscribe(ALICE, TOPIC, 100, 2);
		Balances::set_lock(*b"pyconvot", &ALICE, FUNDS, WithdrawReasons::all());
		make_inference(TOPIC, 95);
		events();
		poll(100_000);
		assert_eq!(events(), [ended(ALICE, EndReason::NotChargeable, 220)]);
		assert_eq!((free(ALICE), pots()), (FUNDS, (0, 0)));
	});
}

#[test]
fn inference_that_was_overtaken_before_its_delivery_is_not_charged() {
	run_test(|| {
		subscribe(ALICE, TOPIC, 100, 3);
		make_inference(TOPIC, 95);
		make_inference(TOPIC, 105);
		events();
		poll(100_000);
		assert_eq!((delivered(), left(ALICE)), (vec![ALICE], Some(2)));
		assert_eq!(Consumer::subscriptions(&ALICE)[0].last_epoch, Some(105));
	});
}

/// Each look takes 2, each topic 21, each delivery 10 microseconds in the mock.
#[test]
fn deliveries_stop_at_the_weight_left_and_go_on_in_the_next_block() {
	run_test(|| {
		for who in [ALICE, BOB, CREATOR] {
			subscribe(who, TOPIC, 100, 3);
		}
		make_inference(TOPIC, 95);
		events();
		assert_eq!(poll(1), 0);
		assert_eq!(poll(22), 2);
		assert_eq!(poll(50), 43);
		assert_eq!(delivered(), [ALICE, BOB]);
		Consumer::do_try_state().unwrap();
		assert_eq!(poll(50), 33);
		assert_eq!(delivered(), [CREATOR]);
		assert_eq!(poll(50), 2);
	});
}

#[test]
fn deliveries_take_at_most_a_twentieth_of_a_block() {
	run_test(|| {
		let weights: frame_system::limits::BlockWeights =
			<Test as frame_system::Config>::BlockWeights::get();
		let most = weights.max_block.ref_time() / 1_000_000 / 20;
		// More topics than fit, each with one subscriber.
		let topics = most / 30;
		for topic in 10..10 + 2 * topics {
			let subscriber = crate::Subscription {
				subscriber: topic,
				per_epoch: 100,
				epochs_left: 1,
				last_epoch: None,
				deposit: 0,
				prepaid: false,
			};
			let list = crate::Subscribers::truncate_from(vec![subscriber]);
			Subscriptions::<Test>::insert(topic, list);
			make_inference(topic, 95);
		}
		let used = poll(most * 2);
		assert!(used <= most + 2 && used + 40 > most, "{used} of {most}");
		assert!(Due::<Test>::iter().count() > 0);
		while Due::<Test>::iter().next().is_some() {
			poll(most);
		}
	});
}

/// One buyer with many cheap subscriptions used to delay the deliveries of all topics by its turns.
#[test]
fn cheap_subscriptions_of_many_topics_do_not_delay_dearer_ones() {
	run_test(|| {
		// In 30 topics 100 at 10 planck each, together 1000 per topic; in one a single one at 5000.
		for topic in MANY_TOPICS {
			for n in 0..u64::from(MAX_SUBSCRIBERS) {
				subscribe(CROWD + n, topic, 10, 9);
			}
		}
		subscribe(ALICE, TOPIC, 5_000, 9);
		for topic in MANY_TOPICS.chain([TOPIC]) {
			make_inference(topic, 95);
		}
		events();
		// Enough for the dear topic, which takes 31 microseconds, and one of the cheap ones, each of
		// which takes 1021.
		poll(1_100);
		assert!(delivered().contains(&ALICE));
	});
}

/// There is no turn: a topic waits as long as dearer ones are due in every block.
#[test]
fn topic_that_waits_for_dearer_ones_is_not_charged_for_what_it_misses() {
	run_test(|| {
		subscribe(ALICE, TOPIC, 100, 9);
		subscribe(BOB, OTHER_TOPIC, 101, 5);
		events();
		for epoch in 95..101 {
			make_inference(TOPIC, epoch);
			make_inference(OTHER_TOPIC, epoch);
			// Enough for one topic.
			poll(33);
			// Bob's subscription ends with its fifth delivery, in epoch 99.
			let expected = if epoch < 100 { BOB } else { ALICE };
			assert_eq!(delivered(), [expected]);
		}
		assert_eq!((left(ALICE), left(BOB)), (Some(8), None));
		assert_eq!(free(ALICE), FUNDS - 900 - 20);
	});
}

/// Otherwise an attacker could rank a topic high by subscriptions that it never pays.
#[test]
fn place_in_the_queue_follows_from_the_deliveries_to_be_made() {
	run_test(|| {
		subscribe(BOB, OTHER_TOPIC, 100, 9);
		subscribe(CREATOR, TOPIC, 10, 9);
		subscribe(ALICE, TOPIC, 5_000, 9);
		for topic in [TOPIC, OTHER_TOPIC] {
			make_inference(topic, 95);
		}
		events();
		// A subscription that is cancelled does not count any more, a new one not yet.
		assert_ok!(Consumer::cancel(RuntimeOrigin::signed(ALICE), TOPIC));
		subscribe(ALICE, TOPIC, 5_000, 9);
		Consumer::do_try_state().unwrap();
		poll(33);
		assert_eq!(delivered(), [BOB]);
		poll(33);
		assert_eq!(delivered(), [CREATOR]);
	});
}

#[test]
fn cancelling_the_last_due_delivery_takes_the_topic_out_of_the_queue() {
	run_test(|| {
		subscribe(ALICE, TOPIC, 100, 9);
		make_inference(TOPIC, 95);
		assert_ok!(Consumer::cancel(RuntimeOrigin::signed(ALICE), TOPIC));
		assert_eq!(Due::<Test>::iter().count() + DueByPrice::<Test>::iter().count(), 0);
	});
}

#[test]
fn forgetting_a_topic_releases_its_subscriptions_within_the_meter() {
	run_test(|| {
		for n in 0..u64::from(MAX_SUBSCRIBERS) {
			subscribe(CROWD + n, TOPIC, 100, 2);
		}
		assert_ok!(Consumer::set_minimum(RuntimeOrigin::signed(CREATOR), TOPIC, 50));
		make_inference(TOPIC, 95);
		Retired::set(vec![TOPIC]);
		// A step takes 15, each subscription 1 microsecond in the mock.
		let step = |micros: u64| {
			let limit = Weight::from_parts(micros * 1_000_000, u64::MAX);
			Consumer::on_forget(TOPIC, &mut WeightMeter::with_limit(limit))
		};
		assert!(!step(14));
		assert_eq!(Subscriptions::<Test>::get(TOPIC).len(), 100);
		assert!(!step(55));
		assert_eq!(Subscriptions::<Test>::get(TOPIC).len(), 60);
		Consumer::do_try_state().unwrap();
		assert!(step(75));
		assert!((0..100).all(|n| free(CROWD + n) == FUNDS));
		let due = Due::<Test>::iter().count() + DueByPrice::<Test>::iter().count();
		let items = Subscriptions::<Test>::iter().count() + crate::Minimums::<Test>::iter().count();
		assert_eq!(due + items, 0);
	});
}
