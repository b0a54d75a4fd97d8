//! How requests begin and end, and how they order an opening. A quarter of a payment pays rent; an epoch
//! costs 10 planck, and a request's deposit is 30.

use crate::{mock::*, Error, Event, HoldReason, RequestEnd, Requests, MAX_REQUESTS};
use allora_primitives::{Balance, Obstacle, OpeningInfo, RequestInfo, Slots};
use frame_support::{
	assert_noop, assert_ok,
	traits::{LockableCurrency, WithdrawReasons},
};
use sp_runtime::{DispatchError, DispatchResult};

fn request_within(who: u64, payment: Balance, max_wait: Slots) -> DispatchResult {
	Consumer::request(RuntimeOrigin::signed(who), TOPIC, payment, max_wait)
}

fn request(who: u64, payment: Balance) -> DispatchResult {
	request_within(who, payment, 50)
}

fn cancel(who: u64) -> DispatchResult {
	Consumer::cancel_request(RuntimeOrigin::signed(who), TOPIC)
}

fn ended(who: u64, reason: RequestEnd, released: Balance, charged: Balance) -> Event<Test> {
	Event::RequestEnded { topic: TOPIC, who, reason, released, charged }
}

/// Runs a test in which capacity is taken, so that requests wait.
fn while_full(test: impl FnOnce()) {
	run_test(|| {
		on_demand();
		set_demand(TOPIC, |demand| demand.obstacle = Some(Obstacle::NoCapacity));
		test();
	});
}

fn capacity_is_free() {
	set_demand(TOPIC, |demand| demand.obstacle = None);
}

fn waiting() -> Vec<u64> {
	Requests::<Test>::get(TOPIC).into_iter().map(|request| request.requester).collect()
}

#[test]
fn request_to_an_idle_topic_orders_an_opening_at_once_and_pays_its_rent() {
	run_test(|| {
		on_demand();
		assert_ok!(request(ALICE, 100));
		let (topic, who) = (TOPIC, ALICE);
		let expected = [
			Event::Requested { topic, who, payment: 100, until: NOW + 50, deposit: 30 },
			Event::RentPaid { topic, who, amount: 10 },
			Event::OpeningOrdered { topic, opens_at: NOW + 1, rent: 10, requests: 1 },
		];
		assert_eq!(events(), expected);
		// The rent is revenue before the order takes it.
		assert_eq!((Orders::get(), pots()), (vec![(TOPIC, 10)], (0, 10)));
		assert_eq!(held(HoldReason::Request, ALICE), 120);
		assert_eq!(free(ALICE), FUNDS - 130);
		let expected = RequestInfo {
			topic,
			requester: ALICE,
			payment: 100,
			rent: 10,
			deposit: 30,
			since: NOW,
			until: NOW + 50,
			bound: true,
		};
		assert_eq!(Consumer::requests(TOPIC), [expected]);
	});
}

#[test]
fn request_out_of_range_is_refused() {
	run_test(|| {
		assert_noop!(request(ALICE, 100), Error::<Test>::NotOnDemand);
		on_demand();
		assert_noop!(request_within(ALICE, 100, 0), Error::<Test>::WaitOutOfRange);
		// Two weeks of 100 slots.
		assert_noop!(request_within(ALICE, 100, 201), Error::<Test>::WaitOutOfRange);
		assert_noop!(request(ALICE, 7), Error::<Test>::PaymentBelowMinimum);
		assert_noop!(request(ALICE, FUNDS), Error::<Test>::InsufficientBalance);
		assert_noop!(request(ALICE, Balance::MAX), Error::<Test>::Arithmetic);
		for (obstacle, error) in [
			(Obstacle::Barred, Error::<Test>::Barred),
			(Obstacle::WeightTooLow, Error::WeightTooLow),
		] {
			set_demand(TOPIC, |demand| demand.obstacle = Some(obstacle));
			assert_noop!(request(ALICE, 100), error);
		}
		Retired::set(vec![TOPIC]);
		assert_noop!(request(ALICE, 100), DispatchError::Other("TopicRetired"));
		let unknown = Consumer::request(RuntimeOrigin::signed(ALICE), 7, 100, 10);
		assert_noop!(unknown, DispatchError::Other("TopicNotFound"));
	});
}

#[test]
fn request_that_waits_alone_must_cover_the_rent_of_an_epoch() {
	while_full(|| {
		let opening = |minimum, waiting| OpeningInfo {
			minimum,
			rent: 10,
			ordered: None,
			obstacle: Some(Obstacle::NoCapacity),
			waiting,
		};
		assert_eq!(Consumer::opening(TOPIC), Some(opening(40, 0)));
		assert_noop!(request(ALICE, 39), Error::<Test>::PaymentBelowRent);
		assert_ok!(request(ALICE, 40));
		// With another one, the topic's minimum is enough.
		assert_eq!(Consumer::opening(TOPIC), Some(opening(8, 1)));
		assert_noop!(request(BOB, 7), Error::<Test>::PaymentBelowMinimum);
		assert_ok!(request(BOB, 8));
		assert_noop!(request(BOB, 80), Error::<Test>::AlreadyRequested);
		assert_eq!(Consumer::opening(99), None);
	});
}

#[test]
fn waiting_requests_order_an_opening_once_capacity_is_free() {
	while_full(|| {
		assert_ok!(request(ALICE, 40));
		assert_ok!(request(BOB, 40));
		idle(1_000);
		assert_eq!((Orders::get(), pots()), (vec![], (0, 0)));
		capacity_is_free();
		events();
		idle(1_000);
		assert_eq!(Orders::get(), [(TOPIC, 10)]);
		// The older of two that pay as much has paid.
		assert_eq!(Requests::<Test>::get(TOPIC).map_rents(), [10, 0]);
		idle(1_000);
		assert_eq!(Orders::get().len(), 1);
	});
}

/// The price can rise while requests wait.
#[test]
fn requests_share_a_rent_that_none_of_them_covers() {
	while_full(|| {
		assert_ok!(request(ALICE, 40));
		assert_ok!(request(BOB, 80));
		set_demand(TOPIC, |demand| demand.rent = 31);
		capacity_is_free();
		idle(1_000);
		// A quarter of 40 and of 80 are 30.
		assert_eq!((Orders::get(), pots()), (vec![], (0, 0)));
		set_demand(TOPIC, |demand| demand.rent = 25);
		idle(1_000);
		assert_eq!(Requests::<Test>::get(TOPIC).map_rents(), [5, 20]);
		assert_eq!((Orders::get(), pots()), (vec![(TOPIC, 25)], (0, 25)));
	});
}

#[test]
fn cancelling_releases_everything_until_an_opening_is_ordered() {
	while_full(|| {
		assert_noop!(cancel(ALICE), Error::<Test>::NotRequested);
		assert_ok!(request(ALICE, 100));
		events();
		assert_ok!(cancel(ALICE));
		assert_eq!(events(), [ended(ALICE, RequestEnd::Cancelled, 130, 0)]);
		assert_eq!((free(ALICE), pots()), (FUNDS, (0, 0)));
		assert_eq!(Requests::<Test>::iter().count(), 0);

		assert_ok!(request(ALICE, 100));
		capacity_is_free();
		idle(1_000);
		assert_noop!(cancel(ALICE), Error::<Test>::RequestBound);
		skip_to(NOW + 1);
		open(TOPIC);
		assert_noop!(cancel(ALICE), Error::<Test>::RequestBound);
		// A request made after the opening waits for the next one.
		assert_ok!(request(BOB, 100));
		assert_ok!(cancel(BOB));
	});
}

#[test]
fn request_that_has_waited_too_long_is_refunded() {
	while_full(|| {
		assert_ok!(request_within(ALICE, 100, 5));
		assert_ok!(request_within(BOB, 100, 6));
		events();
		skip_to(NOW + 5);
		idle(1_000);
		assert_eq!(waiting(), [ALICE, BOB]);
		skip_to(NOW + 6);
		idle(1_000);
		assert_eq!(events(), [ended(ALICE, RequestEnd::Expired, 130, 0)]);
		assert_eq!((free(ALICE), waiting()), (FUNDS, vec![BOB]));
		// In the last slot an opening is still ordered for it, and then it is bound.
		capacity_is_free();
		idle(1_000);
		skip_to(NOW + 100);
		idle(1_000);
		assert_eq!(waiting(), [BOB]);
	});
}

#[test]
fn waiting_request_to_a_retired_topic_is_refunded() {
	while_full(|| {
		assert_ok!(request(ALICE, 100));
		Retired::set(vec![TOPIC]);
		set_demand(TOPIC, |demand| demand.obstacle = Some(Obstacle::Retired));
		events();
		idle(1_000);
		assert_eq!(events(), [ended(ALICE, RequestEnd::TopicRetired, 130, 0)]);
	});
}

/// An order that the emergency origin has cancelled is not refunded, and not paid twice by more than a
/// quarter.
#[test]
fn request_whose_opening_was_barred_waits_again_and_never_pays_more_than_its_quarter() {
	run_test(|| {
		on_demand();
		assert_ok!(request(ALICE, 60));
		set_demand(TOPIC, |demand| {
			demand.ordered = None;
			demand.obstacle = Some(Obstacle::Barred);
		});
		idle(1_000);
		capacity_is_free();
		// 5 of the quarter of 60 are left, which do not cover another rent of 10.
		idle(1_000);
		assert_eq!((Orders::get().len(), pots()), (1, (0, 10)));
		events();
		assert_ok!(cancel(ALICE));
		assert_eq!(events(), [ended(ALICE, RequestEnd::Cancelled, 80, 10)]);
	});
}

/// A full list refuses: nobody is pushed out. Requests that cannot pay for an opening do not keep out
/// one that can, since all of them are served by its epoch.
#[test]
fn last_place_is_kept_for_a_request_that_orders_an_opening_at_once() {
	while_full(|| {
		let crowd = || (0..u64::from(MAX_REQUESTS)).map(|n| CROWD + n);
		for who in crowd().take(MAX_REQUESTS as usize - 1) {
			assert_ok!(request(who, 40));
		}
		let before = waiting();
		assert_noop!(request(ALICE, 10_000), Error::<Test>::TooManyRequests);
		assert_eq!(waiting(), before);
		// The rent rises above what eight of them pay.
		set_demand(TOPIC, |demand| demand.rent = 81);
		capacity_is_free();
		idle(1_000);
		assert!(Orders::get().is_empty());
		assert_noop!(request(ALICE, 323), Error::<Test>::TooManyRequests);
		assert_ok!(request(ALICE, 324));
		assert_eq!(Orders::get(), [(TOPIC, 81)]);
		assert_eq!(waiting().len() as u32, MAX_REQUESTS);
		assert_noop!(request(BOB, 10_000), Error::<Test>::TooManyRequests);
	});
}

/// Small requests placed first do not stand in the way of larger ones that follow.
#[test]
fn those_that_pay_most_pay_the_rent_first() {
	while_full(|| {
		for who in (0..20).map(|n| CROWD + n) {
			assert_ok!(request(who, 40));
		}
		assert_ok!(request(ALICE, 4_000));
		set_demand(TOPIC, |demand| demand.rent = 1_000);
		capacity_is_free();
		idle(1_000);
		assert_eq!((Orders::get(), pots()), (vec![(TOPIC, 1_000)], (0, 1_000)));
		assert_eq!(held(HoldReason::Request, ALICE), 3_030);
	});
}

/// Otherwise a request for which nothing can be charged would keep a topic from opening.
#[test]
fn request_that_cannot_be_charged_for_the_rent_ends() {
	while_full(|| {
		assert_ok!(request(ALICE, 400));
		assert_ok!(request(BOB, 40));
		Balances::set_lock(*b"pyconvot", &ALICE, FUNDS, WithdrawReasons::all());
		capacity_is_free();
		events();
		idle(1_000);
		assert_eq!(events(), [ended(ALICE, RequestEnd::NotChargeable, 430, 0)]);
		idle(1_000);
		assert_eq!((Orders::get(), waiting()), (vec![(TOPIC, 10)], vec![BOB]));
	});
}

#[test]
fn locked_tokens_do_not_pay_for_a_request() {
	run_test(|| {
		on_demand();
		Balances::set_lock(*b"vesting ", &ALICE, FUNDS - 130, WithdrawReasons::all());
		assert_noop!(request(ALICE, 101), Error::<Test>::InsufficientBalance);
		assert_ok!(request(ALICE, 100));
	});
}

/// The rents that requests have paid.
trait MapRents {
	fn map_rents(&self) -> Vec<Balance>;
}

impl MapRents for crate::RequestList<u64> {
	fn map_rents(&self) -> Vec<Balance> {
		self.iter().map(|request| request.rent).collect()
	}
}
