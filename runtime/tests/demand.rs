//! Topics on demand on the real runtime: where a request's payment goes, and what an idle topic costs
//! and gets (S 1.4, 6.11).

use crate::support::{block, call, now, on_chain, run_to};
use allora_primitives::{
	api::runtime_decl_for_topics_api::TopicsApi,
	consumer::runtime_decl_for_consumer_api::ConsumerApi,
	traits::{EmissionIndex, EpochInspect},
	Balance, Cadence, EpochId, EpochState, FixedI128, Obstacle, Registration, Slots, TopicId,
	TopicParameters, VoidReason, ALLO,
};
use allora_runtime::{
	AccountId, Balances, Clock, Emissions, Runtime, RuntimeCall, RuntimeHoldReason, System,
};
use frame_support::{
	assert_noop, assert_ok,
	traits::fungible::{Inspect, InspectHold},
	BoundedVec,
};
use pallet_consumer::{Error, Event, HoldReason, RequestEnd};
use sp_keyring::Sr25519Keyring::{self, *};
use sp_runtime::{DispatchError, Permill};

const TOPIC: TopicId = 1;
const EPOCH_LENGTH: EpochId = 10;
/// The number of slots after the opening in which payloads are accepted.
const WINDOW: EpochId = 4;

fn sent(who: Sr25519Keyring, sent: impl Into<RuntimeCall>) -> Result<(), DispatchError> {
	call(&who.to_account_id(), sent)
}

fn send(who: Sr25519Keyring, call: impl Into<RuntimeCall>) {
	assert_ok!(sent(who, call));
}

fn usual() -> TopicParameters {
	TopicParameters::regression(EPOCH_LENGTH as u32, WINDOW as u32, EPOCH_LENGTH as u32)
}

/// Creates a topic on demand of Ferdie's with the worker Bob and the reputer Alice.
fn create() {
	create_with(usual());
}

fn create_with(parameters: TopicParameters) {
	let parameters = TopicParameters { cadence: Cadence::OnDemand, ..parameters };
	let parameters = Box::new(parameters);
	block(|| {
		send(Ferdie, pallet_registry::Call::create { parameters });
		for (who, registration) in [(Bob, Registration::Worker), (Alice, Registration::Reputer)] {
			let owner = None;
			send(who, pallet_registry::Call::register { topic: TOPIC, registration, owner });
		}
		send(Alice, pallet_reputer::Call::stake { topic: TOPIC, amount: 1_000 * ALLO });
	});
}

fn request(who: Sr25519Keyring, payment: Balance, max_wait: Slots) -> Result<(), DispatchError> {
	sent(who, pallet_consumer::Call::request { topic: TOPIC, payment, max_wait })
}

/// Has Dave request an epoch for this payment, which opens in the next slot; returns the epoch.
fn requested(payment: Balance) -> EpochId {
	block(|| {
		assert_ok!(request(Dave, payment, 100));
	});
	let epoch = now() + 1;
	assert_eq!(Runtime::opening(TOPIC).and_then(|opening| opening.ordered), Some(epoch));
	block(|| ());
	assert_eq!(<Clock as EpochInspect>::collecting_epoch(TOPIC), Some(epoch));
	epoch
}

/// Bob submits an inference, and the epoch closes to workers.
fn serve(epoch: EpochId) {
	block(|| {
		let inference = Some(BoundedVec::truncate_from(vec![Some(FixedI128::from_u32(10))]));
		let forecast = None;
		send(Bob, pallet_inference::Call::submit { topic: TOPIC, epoch, inference, forecast });
	});
	run_to(epoch + WINDOW + 1);
}

/// Alice reports on the epoch, and it is settled.
fn settle(epoch: EpochId) {
	run_to(epoch + EPOCH_LENGTH + 1);
	block(|| {
		let truth = BoundedVec::truncate_from(vec![FixedI128::from_u32(11)]);
		send(Alice, pallet_reputer::Call::report { topic: TOPIC, epoch, truth });
	});
	run_to(epoch + 2 * EPOCH_LENGTH + 1);
	assert_eq!(<Clock as EpochInspect>::epoch_state(TOPIC, epoch), Some(EpochState::Settled));
}

fn balance(who: Sr25519Keyring) -> Balance {
	<Balances as Inspect<AccountId>>::total_balance(&who.to_account_id())
}

fn held(who: Sr25519Keyring) -> Balance {
	let reason = RuntimeHoldReason::from(HoldReason::Request);
	Balances::balance_on_hold(&reason, &who.to_account_id())
}

/// The reason, release and charge of the request that has ended in the current block.
fn end() -> Option<(RequestEnd, Balance, Balance)> {
	System::read_events_for_pallet::<Event<Runtime>>().into_iter().find_map(|event| match event {
		Event::RequestEnded { reason, released, charged, .. } => Some((reason, released, charged)),
		_ => None,
	})
}

/// Without a subsidy nothing but the request pays: of 100 ALLO, 75 go to the worker and the reputer,
/// a quarter of it to the reputer.
#[test]
fn requests_payment_reaches_the_accounts_of_those_who_served() {
	on_chain(|| {
		pallet_registry::DefaultSubsidy::<Runtime>::put(Permill::zero());
		create();
		let (dave, bob, alice) = (balance(Dave), balance(Bob), balance(Alice));
		let epoch = requested(100 * ALLO);
		assert!(held(Dave) > 0);
		serve(epoch);
		// It was charged in the block of the worker close.
		assert!(matches!(end(), Some((RequestEnd::Served, _, charged)) if charged == 100 * ALLO));
		assert_eq!((dave - balance(Dave), held(Dave)), (100 * ALLO, 0));
		assert_eq!(Runtime::topic(TOPIC).map(|topic| topic.pot), Some(75 * ALLO));
		settle(epoch);
		// Rounding of shares: at most a planck each.
		assert!((balance(Bob) - bob).abs_diff(75 * ALLO * 3 / 4) <= 1, "{}", balance(Bob) - bob);
		assert!((balance(Alice) - alice).abs_diff(75 * ALLO / 4) <= 1);
		assert!(Emissions::ledger().adds_up);
		assert_eq!(Runtime::requests(TOPIC), []);
	});
}

#[test]
fn request_of_an_epoch_that_nobody_serves_is_refunded_without_the_rent() {
	on_chain(|| {
		create();
		let before = balance(Dave);
		let rent = Runtime::opening(TOPIC).expect("the topic is on demand").rent;
		assert!(rent > 0);
		let epoch = requested(ALLO);
		run_to(epoch + WINDOW + 1);
		let void = Some(EpochState::Void(VoidReason::NoInference));
		assert_eq!(<Clock as EpochInspect>::epoch_state(TOPIC, epoch), void);
		// In the same block, after its transactions.
		assert!(matches!(end(), Some((RequestEnd::NoInference, _, charged)) if charged == rent));
		assert_eq!((before - balance(Dave), held(Dave)), (rent, 0));
		assert_eq!(Runtime::topic(TOPIC).map(|topic| topic.pot), Some(0));
	});
}

/// The topic has an epoch's share of emission for an epoch, and none for the time after it.
#[test]
fn idle_topic_gets_no_emission() {
	on_chain(|| {
		create();
		run_to(now() + 30);
		assert_eq!((Emissions::total_weight(), Emissions::ledger().rewards_owed), (0, 0));
		let epoch = requested(ALLO);
		assert!(Emissions::total_weight() > 0);
		serve(epoch);
		settle(epoch);
		let after = Emissions::ledger();
		assert!(after.settled > 0);
		assert_eq!((Emissions::total_weight(), after.rewards_owed), (0, 0));
		run_to(now() + 100);
		let later = Emissions::ledger();
		assert_eq!((later.settled, later.rewards_owed), (after.settled, 0));
		// Another epoch of the same length gets no more than one epoch's emission.
		let next = requested(ALLO);
		serve(next);
		settle(next);
		let second = Emissions::ledger().settled - after.settled;
		assert!(second <= after.settled + after.settled / 10, "{second} and {}", after.settled);
	});
}

/// Attack: capacity held through topics on demand that nobody serves. It costs the rent of what is
/// reserved, whose price follows fullness, and it is free again after each epoch.
#[test]
fn capacity_held_by_requests_costs_its_rent_and_is_released_after_the_epoch() {
	on_chain(|| {
		create();
		let (before, reserved) = (balance(Dave), || Clock::reserved_and_share().0.ref_time());
		assert_eq!(reserved(), 0);
		// For an order, ten slots until reporting opens, and ten of reporting.
		let of_21_slots = Runtime::opening(TOPIC).expect("the topic is on demand").rent;
		for _ in 0..3 {
			let epoch = requested(ALLO);
			assert!(reserved() > 0);
			run_to(epoch + EPOCH_LENGTH - 1);
			assert!(reserved() > 0);
			// A void epoch reserves no longer than it runs.
			run_to(epoch + EPOCH_LENGTH);
			assert_eq!(reserved(), 0);
		}
		// Each time, 11 slots were reserved.
		assert!((before - balance(Dave)) * 21 >= of_21_slots * 33);
	});
}

/// Attack: requests that take a vacancy before a topic whose activation is tried in the same block.
#[test]
fn transactions_of_a_block_get_free_capacity_before_waiting_requests() {
	on_chain(|| {
		let largest = TopicParameters { max_forecasters: 8, max_reputers: 16, ..usual() };
		create_with(largest.clone());
		let new = |stake| {
			let topic = pallet_registry::NextTopicId::<Runtime>::get();
			send(Ferdie, pallet_registry::Call::create { parameters: Box::new(largest.clone()) });
			let registration = Registration::Reputer;
			send(Alice, pallet_registry::Call::register { topic, registration, owner: None });
			send(Alice, pallet_reputer::Call::stake { topic, amount: stake });
			topic
		};
		block(|| {
			while Runtime::vacancies(largest.clone()) > 0 {
				new(ALLO * 92 / 1_000);
			}
		});
		let honest = block(|| {
			let honest = new(1_000 * ALLO);
			send(Charlie, pallet_registry::Call::fund { topic: honest, amount: 1_000 * ALLO });
			let opening = Runtime::opening(TOPIC).expect("the topic is on demand");
			assert_eq!(opening.obstacle, Some(Obstacle::NoCapacity));
			// The price is that of a full chain.
			let low = DispatchError::from(Error::<Runtime>::PaymentBelowRent);
			assert_noop!(request(Dave, opening.minimum - 1, 100_000), low);
			assert_ok!(request(Dave, opening.minimum * 50, 100_000));
			honest
		});
		let is_active = |topic| Runtime::topic(topic).is_some_and(|topic| topic.active);
		let activated = (0..10_000).any(|_| {
			block(|| {
				assert!(!is_active(TOPIC));
				sent(Charlie, pallet_clock::Call::activate { topic: honest }).is_ok()
			})
		});
		assert!(activated && is_active(honest));
		// The request gets what is left, once it can pay for it.
		assert!((0..10_000).any(|_| {
			block(|| ());
			is_active(TOPIC)
		}));
	});
}
