//! How requests are served or refunded, and the weight that hooks take for them.

use crate::{
	mock::*, Due, Event, HoldReason, Request, RequestEnd, RequestList, Requests, Subscriptions,
	MAX_REQUESTS,
};
use allora_primitives::{
	traits::EpochRecords, Balance, EpochState, FixedI128, Obstacle, TopicId, VoidReason,
};
use frame_support::{
	assert_ok,
	traits::{Get, LockableCurrency, WithdrawReasons},
	weights::{Weight, WeightMeter},
	BoundedVec,
};

fn request(who: u64, topic: TopicId, payment: Balance) {
	assert_ok!(Consumer::request(RuntimeOrigin::signed(who), topic, payment, 50));
}

fn ended(who: u64, reason: RequestEnd, released: Balance, charged: Balance) -> Event<Test> {
	Event::RequestEnded { topic: TOPIC, who, reason, released, charged }
}

/// Alice requests an epoch, and Bob one before it opens; it opens in the next slot. Returns the epoch.
fn ordered_by_alice_and_bob() -> u64 {
	on_demand();
	request(ALICE, TOPIC, 101);
	request(BOB, TOPIC, 8);
	skip_to(NOW + 1);
	let epoch = open(TOPIC);
	events();
	epoch
}

fn requesters(topic: TopicId) -> Vec<u64> {
	Requests::<Test>::get(topic).into_iter().map(|request| request.requester).collect()
}

/// Of 101, the topic's pot gets 76, and the ecosystem pot 25, 10 of them as rent before.
#[test]
fn all_requests_made_before_the_opening_are_delivered_and_charged_once() {
	run_test(|| {
		let epoch = ordered_by_alice_and_bob();
		poll(1_000);
		assert!(events().is_empty());
		close(TOPIC, epoch);
		poll(1_000);
		let delivered = |who, price, to_topic, to_ecosystem| Event::Delivered {
			topic: TOPIC,
			who,
			epoch,
			label_values: BoundedVec::truncate_from(vec![FixedI128::from_u32(epoch as u32)]),
			bundle_hash: bundle_hash(epoch),
			price,
			to_topic,
			to_ecosystem,
			epochs_left: 0,
		};
		let expected = [
			delivered(ALICE, 101, 76, 25),
			ended(ALICE, RequestEnd::Served, 30, 101),
			delivered(BOB, 8, 6, 2),
			ended(BOB, RequestEnd::Served, 30, 8),
		];
		assert_eq!(events(), expected);
		assert_eq!((free(ALICE), free(BOB)), (FUNDS - 101, FUNDS - 8));
		assert_eq!(
			(pots(), Revenues::get()),
			((82, 27), vec![(TOPIC, 10), (TOPIC, 15), (TOPIC, 2)])
		);
		assert_eq!(Requests::<Test>::iter().count() + Due::<Test>::iter().count(), 0);
		for _ in 0..3 {
			poll(1_000);
			idle(1_000);
		}
		assert_eq!((pots(), Orders::get().len()), ((82, 27), 1));
	});
}

/// The rent has paid for capacity that was reserved, whoever answered.
#[test]
fn requests_are_refunded_without_the_rent_if_the_epoch_makes_no_inference() {
	run_test(|| {
		let epoch = ordered_by_alice_and_bob();
		fail(TOPIC, epoch);
		poll(1_000);
		idle(1_000);
		let expected = [
			ended(ALICE, RequestEnd::NoInference, 121, 10),
			ended(BOB, RequestEnd::NoInference, 38, 0),
		];
		assert_eq!(events(), expected);
		assert_eq!((free(ALICE), free(BOB)), (FUNDS - 10, FUNDS));
		assert_eq!((pots(), held(HoldReason::Request, ALICE)), ((0, 10), 0));
	});
}

/// An epoch can fail after its inference was made: requests were served by then.
#[test]
fn epoch_that_fails_after_its_inference_refunds_nobody() {
	run_test(|| {
		let epoch = ordered_by_alice_and_bob();
		close(TOPIC, epoch);
		let reason = VoidReason::NoReport;
		set_demand(TOPIC, |demand| demand.last_epoch = Some((epoch, EpochState::Void(reason))));
		idle(1_000);
		poll(1_000);
		assert_eq!(events()[1], ended(ALICE, RequestEnd::Served, 30, 101));
	});
}

/// The inference of an earlier epoch is not that of the running one.
#[test]
fn requests_of_a_running_epoch_wait_for_its_close() {
	run_test(|| {
		make_inference(TOPIC, NOW - 20);
		let epoch = ordered_by_alice_and_bob();
		make_inference(TOPIC, NOW - 20);
		poll(1_000);
		idle(1_000);
		assert_eq!((events(), requesters(TOPIC)), (vec![], vec![ALICE, BOB]));
		close(TOPIC, epoch);
		poll(1_000);
		assert!(requesters(TOPIC).is_empty());
	});
}

#[test]
fn request_made_after_the_opening_is_served_by_the_next_epoch() {
	run_test(|| {
		let first = ordered_by_alice_and_bob();
		request(CREATOR, TOPIC, 40);
		close(TOPIC, first);
		poll(1_000);
		assert_eq!((requesters(TOPIC), Orders::get().len()), (vec![CREATOR], 1));
		idle(1_000);
		assert_eq!(Orders::get().len(), 1);
		skip_to(NOW + 11);
		end_epoch(TOPIC);
		idle(1_000);
		assert_eq!(Orders::get().len(), 2);
		skip_to(NOW + 12);
		let second = open(TOPIC);
		events();
		close(TOPIC, second);
		poll(1_000);
		assert_eq!(events()[1], ended(CREATOR, RequestEnd::Served, 30, 40));
	});
}

/// So every request has one epoch, and its refund or delivery is not mistaken for another's.
#[test]
fn no_opening_is_ordered_before_the_requests_of_the_last_epoch_have_ended() {
	run_test(|| {
		let epoch = ordered_by_alice_and_bob();
		close(TOPIC, epoch);
		skip_to(NOW + 11);
		end_epoch(TOPIC);
		// Nothing was delivered yet.
		request(CREATOR, TOPIC, 40);
		idle(1_000);
		assert_eq!(Orders::get().len(), 1);
		poll(1_000);
		assert_eq!(requesters(TOPIC), [CREATOR]);
		idle(1_000);
		assert_eq!(Orders::get().len(), 2);
	});
}

/// The price was agreed when the request was made.
#[test]
fn raised_minimum_does_not_end_a_request() {
	run_test(|| {
		let epoch = ordered_by_alice_and_bob();
		assert_ok!(Consumer::set_minimum(RuntimeOrigin::signed(CREATOR), TOPIC, 1_000));
		close(TOPIC, epoch);
		poll(1_000);
		assert_eq!((free(ALICE), free(BOB)), (FUNDS - 101, FUNDS - 8));
	});
}

#[test]
fn retired_topic_charges_no_request() {
	run_test(|| {
		let epoch = ordered_by_alice_and_bob();
		Retired::set(vec![TOPIC]);
		close(TOPIC, epoch);
		poll(1_000);
		assert_eq!(events()[0], ended(ALICE, RequestEnd::TopicRetired, 121, 10));
	});
}

/// Somebody used to order an epoch for any payment, and to lock that before the delivery: workers had
/// served it for nothing. Bob's 8 go to the topic's pot, 6, and to the ecosystem pot, 2.
#[test]
fn request_is_charged_though_its_payment_was_locked_meanwhile() {
	run_test(|| {
		let epoch = ordered_by_alice_and_bob();
		Balances::set_lock(*b"pyconvot", &BOB, FUNDS, WithdrawReasons::all());
		close(TOPIC, epoch);
		poll(1_000);
		assert_eq!((free(BOB), free(ALICE)), (FUNDS - 8, FUNDS - 101));
		// Alice's 101 are 76 and 25.
		assert_eq!(pots(), (76 + 6, 25 + 2));
		assert!(requesters(TOPIC).is_empty());
	});
}

#[test]
fn subscribers_and_requesters_get_the_same_inference() {
	run_test(|| {
		assert_ok!(Consumer::subscribe(RuntimeOrigin::signed(CREATOR), TOPIC, 100, 2));
		let epoch = ordered_by_alice_and_bob();
		close(TOPIC, epoch);
		poll(1_000);
		let got = |event: &Event<Test>| matches!(event, Event::Delivered { epoch: of, .. } if *of == epoch);
		assert_eq!(events().iter().filter(|event| got(event)).count(), 3);
		assert_eq!(Subscriptions::<Test>::get(TOPIC)[0].epochs_left, 1);
	});
}

/// Each look takes 2, each topic 21, its requests 20, and each of them 9 microseconds in the mock.
#[test]
fn serving_stops_at_the_weight_left_and_goes_on_in_the_next_block() {
	run_test(|| {
		let epoch = ordered_by_alice_and_bob();
		close(TOPIC, epoch);
		assert_eq!(poll(42), 23);
		assert_eq!(poll(52), 52);
		assert_eq!(requesters(TOPIC), [BOB]);
		Consumer::do_try_state().unwrap();
		assert_eq!(poll(60), 52);
		assert!(requesters(TOPIC).is_empty());
	});
}

/// Stores a request of each of these accounts, which expires in the next slot.
fn place(topic: TopicId, whos: impl Iterator<Item = u64>) {
	let one = |requester| {
		let deposit = 30;
		Consumer::hold_free(HoldReason::Request, &requester, 40, deposit).unwrap();
		Request { requester, payment: 40, rent: 0, deposit, since: NOW, until: NOW + 1 }
	};
	Requests::<Test>::insert(topic, RequestList::truncate_from(whos.map(one).collect()));
}

/// Each look takes 2, each topic 12, and each request that expires 3 microseconds in the mock.
#[test]
fn expired_requests_end_within_the_weight_left() {
	run_test(|| {
		on_demand();
		set_demand(TOPIC, |demand| demand.obstacle = Some(Obstacle::NoCapacity));
		place(TOPIC, (0..u64::from(MAX_REQUESTS)).map(|n| CROWD + n));
		skip_to(NOW + 2);
		assert_eq!(idle(1), 0);
		assert_eq!(idle(13), 2);
		assert_eq!(idle(14 + 31), 44);
		assert_eq!(requesters(TOPIC).len(), 40);
		Consumer::do_try_state().unwrap();
		assert_eq!(idle(1_000), 14 + 3 * 40);
		assert!((0..50).all(|n| free(CROWD + n) == FUNDS));
		assert_eq!(idle(1_000), 2);
	});
}

/// Each topic takes 12, and an order 24 microseconds in the mock.
#[test]
fn attending_takes_at_most_a_fiftieth_of_a_block_and_visits_topics_in_turn() {
	run_test(|| {
		let weights: frame_system::limits::BlockWeights =
			<Test as frame_system::Config>::BlockWeights::get();
		let most = weights.max_block.ref_time() / 1_000_000 / 50;
		// Twice as many topics as fit without orders, six times as many as with them.
		let topics = 2 * most / 12;
		for topic in 10..10 + topics {
			set_demand(topic, |demand| demand.rent = 0);
			let request = Request {
				requester: topic,
				payment: 0,
				rent: 0,
				deposit: 0,
				since: NOW,
				until: NOW + 9,
			};
			Requests::<Test>::insert(topic, RequestList::truncate_from(vec![request]));
		}
		let blocks = (1..20).find(|_| {
			let used = idle(most * 2);
			assert!(used <= most, "{used} of {most}");
			Orders::get().len() as u64 == topics
		});
		assert!(blocks.is_some_and(|blocks| blocks <= 8), "{blocks:?} blocks");
		let _ = Requests::<Test>::clear(u32::MAX, None);
	});
}

#[test]
fn forgetting_a_topic_releases_its_requests_within_the_meter() {
	run_test(|| {
		on_demand();
		place(TOPIC, (0..u64::from(MAX_REQUESTS)).map(|n| CROWD + n));
		// A step takes 15, each request 1 microsecond in the mock.
		let step = |micros: u64| {
			let limit = Weight::from_parts(micros * 1_000_000, u64::MAX);
			Consumer::on_forget(TOPIC, &mut WeightMeter::with_limit(limit))
		};
		assert!(!step(14));
		assert!(!step(25));
		assert_eq!(requesters(TOPIC).len(), 40);
		Consumer::do_try_state().unwrap();
		assert!(step(55));
		assert!((0..50).all(|n| free(CROWD + n) == FUNDS));
		assert_eq!(Requests::<Test>::iter().count(), 0);
	});
}
