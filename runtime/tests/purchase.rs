//! Purchases and subscriptions on the real runtime: where the money goes, and what it buys.

use crate::support::{block, call, on_chain, run_to};
use allora_primitives::{
	api::runtime_decl_for_topics_api::TopicsApi,
	consumer::runtime_decl_for_consumer_api::ConsumerApi,
	traits::{BundleInspect, EpochInspect},
	Balance, EpochId, EpochState, FixedI128, Registration, TopicId, TopicParameters, VoidReason,
	ALLO,
};
use allora_runtime::{
	AccountId, Aggregation, Balances, Clock, Consumer, Emissions, Runtime, RuntimeHoldReason,
	System,
};
use frame_support::{
	assert_ok,
	traits::{
		fungible::{Inspect, InspectHold},
		Get,
	},
	BoundedVec,
};
use pallet_consumer::{EndReason, HoldReason};
use sp_keyring::Sr25519Keyring::{self, *};

const TOPIC: TopicId = 1;
const EPOCH_LENGTH: EpochId = 10;
/// The number of slots after the opening in which payloads are accepted.
const WINDOW: EpochId = 4;

fn send(who: Sr25519Keyring, sent: impl Into<allora_runtime::RuntimeCall>) {
	assert_ok!(call(&who.to_account_id(), sent));
}

/// A topic of Ferdie's with the worker Bob and the reputer Alice. Returns the first epoch, which has
/// just opened.
fn start() -> EpochId {
	block(|| {
		let parameters =
			TopicParameters::regression(EPOCH_LENGTH as u32, WINDOW as u32, EPOCH_LENGTH as u32);
		send(Ferdie, pallet_registry::Call::create { parameters: Box::new(parameters) });
		for (who, registration) in [(Bob, Registration::Worker), (Alice, Registration::Reputer)] {
			let owner = None;
			send(who, pallet_registry::Call::register { topic: TOPIC, registration, owner });
		}
		send(Alice, pallet_reputer::Call::stake { topic: TOPIC, amount: 1_000 * ALLO });
		send(Ferdie, pallet_registry::Call::fund { topic: TOPIC, amount: 1_000 * ALLO });
	});
	let collecting = || {
		block(|| ());
		<Clock as EpochInspect>::collecting_epoch(TOPIC)
	};
	(0..20).find_map(|_| collecting()).expect("the topic is active")
}

/// Bob submits an inference.
fn infer(epoch: EpochId) {
	let inference = Some(BoundedVec::truncate_from(vec![Some(FixedI128::from_u32(10))]));
	send(Bob, pallet_inference::Call::submit { topic: TOPIC, epoch, inference, forecast: None });
}

fn report(epoch: EpochId) {
	let truth = BoundedVec::truncate_from(vec![FixedI128::from_u32(11)]);
	send(Alice, pallet_reputer::Call::report { topic: TOPIC, epoch, truth });
}

/// Runs an epoch up to the block in which its worker window closes.
fn close_workers(epoch: EpochId) {
	run_to(epoch);
	block(|| infer(epoch));
	run_to(epoch + WINDOW + 1);
}

/// Reports on an epoch and runs up to its settlement.
fn settle(epoch: EpochId) {
	run_to(epoch + EPOCH_LENGTH + 1);
	block(|| report(epoch));
	run_to(epoch + 2 * EPOCH_LENGTH + 1);
	assert_eq!(<Clock as EpochInspect>::epoch_state(TOPIC, epoch), Some(EpochState::Settled));
}

fn buy(who: Sr25519Keyring, payment: Balance, keep: bool) {
	send(who, pallet_consumer::Call::buy { topic: TOPIC, payment, max_age: 10, keep });
}

fn subscribe(who: Sr25519Keyring, per_epoch: Balance, epochs: u32) {
	send(who, pallet_consumer::Call::subscribe { topic: TOPIC, per_epoch, epochs });
}

fn balance(who: Sr25519Keyring) -> Balance {
	<Balances as Inspect<AccountId>>::total_balance(&who.to_account_id())
}

fn held(who: Sr25519Keyring) -> Balance {
	let reason = RuntimeHoldReason::from(HoldReason::Subscription);
	Balances::balance_on_hold(&reason, &who.to_account_id())
}

fn revenue() -> Balance {
	Runtime::topic(TOPIC).expect("the topic exists").revenue
}

/// The events of the consumer pallet in the current block.
fn events() -> Vec<pallet_consumer::Event<Runtime>> {
	System::read_events_for_pallet()
}

/// The balances of Bob and Alice after an epoch that was settled; Dave has bought its inference for
/// this payment, if it is above 0.
fn earned(payment: Balance) -> (Balance, Balance) {
	let mut earned = (0, 0);
	on_chain(|| {
		let epoch = start();
		let before = (balance(Bob), balance(Alice));
		close_workers(epoch);
		if payment > 0 {
			block(|| buy(Dave, payment, false));
		}
		settle(epoch);
		// The settlement has paid both of them.
		let due = |who: Sr25519Keyring| Emissions::due(TOPIC, &who.to_account_id());
		assert_eq!((due(Bob), due(Alice)), (0, 0));
		assert!(Emissions::ledger().adds_up);
		earned = (balance(Bob) - before.0, balance(Alice) - before.1);
	});
	earned
}

/// Of 100 ALLO, 75 go to the worker and the reputer who served: 18.75 to the reputer, a quarter, and
/// the rest to the worker, whose accounts have them after the settlement of the epoch that was
/// bought.
#[test]
fn purchase_reaches_the_accounts_of_those_who_served() {
	let (without, with) = (earned(0), earned(100 * ALLO));
	let more = (with.0 - without.0, with.1 - without.1);
	// Rounding of shares: at most a planck each.
	let off = |amount: Balance, of: Balance| amount.abs_diff(of);
	assert!(off(more.0, 75 * ALLO * 3 / 4) <= 1, "the worker got {}", more.0);
	assert!(off(more.1, 75 * ALLO / 4) <= 1, "the reputer got {}", more.1);
}

#[test]
fn purchase_is_split_and_its_receipt_names_what_was_bought() {
	on_chain(|| {
		let epoch = start();
		close_workers(epoch);
		block(|| {
			let quote = Runtime::quote(TOPIC).expect("there is an inference");
			assert_eq!((quote.epoch, quote.minimum), (epoch, ALLO / 100));
			let (before, revenue_before) = (balance(Dave), revenue());
			buy(Dave, 100 * ALLO, true);
			assert_eq!(before - balance(Dave), 100 * ALLO);
			assert_eq!(revenue() - revenue_before, 25 * ALLO);
			let pot = Runtime::topic(TOPIC).expect("the topic exists").pot;
			assert_eq!(pot, 75 * ALLO);
		});
		let receipts = Runtime::receipts(Dave.to_account_id(), 0, 10);
		let [(0, receipt)] = &receipts[..] else { panic!("{receipts:?}") };
		let bundle = <Aggregation as BundleInspect<AccountId>>::bundle(TOPIC, epoch).unwrap();
		assert_eq!((receipt.epoch, receipt.bundle_hash), (epoch, bundle.hash()));
		assert_eq!(receipt.label_values.to_vec(), bundle.network_inference());
		assert_eq!((receipt.price, receipt.slot), (100 * ALLO, crate::support::now()));
		assert_eq!(receipt.block, System::block_number());
	});
}

/// An attacker who is the topic's only worker and reputer gets the topic's part back. It is left
/// with no more than by funding the topic with the quarter that counts, for the same revenue.
#[test]
fn buying_from_ones_own_topic_is_no_cheaper_way_to_emission_than_funding_it() {
	// What the attacker has left, and the revenue and weight that it got.
	let outcome = |attack: fn()| {
		let mut outcome = (0, 0, 0);
		on_chain(|| {
			let epoch = start();
			close_workers(epoch);
			block(attack);
			settle(epoch);
			let topic = Runtime::topic(TOPIC).expect("the topic exists");
			let left = balance(Alice) + balance(Bob) + topic.pot;
			outcome = (left, topic.revenue, topic.weight);
		});
		outcome
	};
	let fund = || send(Bob, pallet_registry::Call::fund { topic: TOPIC, amount: 25 * ALLO });
	let bought = outcome(|| buy(Bob, 100 * ALLO, false));
	let funded = outcome(fund);
	assert_eq!((bought.1, bought.2), (funded.1, funded.2));
	assert!(bought.0 <= funded.0, "{} and {}", bought.0, funded.0);
	// An amount that does not divide: the quarter is rounded down, so it buys less.
	let odd = outcome(|| buy(Bob, 100 * ALLO + 3, false));
	assert!(odd.1 <= bought.1 && odd.0 <= bought.0);
}

#[test]
fn subscription_is_delivered_in_the_block_of_each_worker_close() {
	on_chain(|| {
		let first = start();
		block(|| subscribe(Dave, 8 * ALLO, 2));
		let deposit = Runtime::subscriptions(Dave.to_account_id())[0].deposit;
		assert_eq!(held(Dave), 16 * ALLO + deposit);
		let before = balance(Dave);

		close_workers(first);
		let delivered = |event: &_| matches!(event, pallet_consumer::Event::Delivered { .. });
		assert_eq!(events().iter().filter(|event| delivered(event)).count(), 1);
		let pot = || Runtime::topic(TOPIC).expect("the topic exists").pot;
		assert_eq!((before - balance(Dave), pot()), (8 * ALLO, 6 * ALLO));

		// Nobody infers in the second epoch, so it is void and costs nothing.
		let second = first + EPOCH_LENGTH;
		run_to(second + WINDOW + 1);
		let void = Some(EpochState::Void(VoidReason::NoInference));
		assert_eq!(<Clock as EpochInspect>::epoch_state(TOPIC, second), void);
		assert_eq!(before - balance(Dave), 8 * ALLO);

		close_workers(second + EPOCH_LENGTH);
		let ended = |event: &_| {
			let completed = EndReason::Completed;
			matches!(event, pallet_consumer::Event::SubscriptionEnded { reason, .. } if *reason == completed)
		};
		assert!(events().iter().any(ended));
		assert_eq!((before - balance(Dave), held(Dave)), (16 * ALLO, 0));
		assert!(Emissions::ledger().adds_up);
	});
}

/// A subscription holds its price next to stake and receipts on the same account.
#[test]
fn holds_of_a_subscriber_with_stake_and_receipts_are_separate() {
	on_chain(|| {
		let epoch = start();
		close_workers(epoch);
		block(|| {
			buy(Alice, ALLO, true);
			subscribe(Alice, ALLO, 5);
		});
		let alice = Alice.to_account_id();
		let stake = RuntimeHoldReason::from(pallet_reputer::HoldReason::Stake);
		assert_eq!(Balances::balance_on_hold(&stake, &alice), 1_000 * ALLO);
		block(|| {
			send(Alice, pallet_consumer::Call::cancel { topic: TOPIC });
			send(Alice, pallet_consumer::Call::discard { number: 0 });
		});
		assert_eq!(held(Alice), 0);
		assert_eq!(Balances::balance_on_hold(&stake, &alice), 1_000 * ALLO);
		assert_eq!(Balances::total_balance_on_hold(&alice), 1_000 * ALLO);
	});
}

/// Takes all places of the topic, for 0.01 ALLO per epoch each.
fn fill_places() {
	for n in 0..100 {
		let who = AccountId::new([100 + n; 32]);
		let dest = who.clone().into();
		send(Dave, pallet_balances::Call::transfer_keep_alive { dest, value: ALLO });
		let per_epoch = ALLO / 100;
		let subscribe = pallet_consumer::Call::subscribe { topic: TOPIC, per_epoch, epochs: 1 };
		assert_ok!(call(&who, subscribe));
	}
}

/// The quarter of what a displacer pays is revenue, as that of a purchase is.
#[test]
fn price_of_displacing_cancels_an_announced_end() {
	on_chain(|| {
		let epoch = start();
		let next_epoch = || Runtime::topic(TOPIC).expect("the topic exists").next_epoch;
		block(|| {
			fill_places();
			// The stake left is 0.0005 ALLO and the revenue about 1 000 ALLO: the root of their product
			// is below the minimum weight of 1 ALLO.
			let amount = 1_000 * ALLO - ALLO / 2_000;
			send(Alice, pallet_reputer::Call::unstake { topic: TOPIC, amount });
		});
		run_to(epoch + EPOCH_LENGTH);
		assert_eq!(next_epoch(), None);
		// 2 000 ALLO of 8 000 are revenue: the weight is about the root of 0.0005 x 3 000.
		block(|| subscribe(Dave, 8_000 * ALLO, 1));
		assert_eq!(next_epoch(), Some(epoch + 2 * EPOCH_LENGTH));
	});
}

/// Alice has stake in the topic.
#[test]
fn creator_of_a_topic_with_stake_raises_the_price_with_notice() {
	on_chain(|| {
		start();
		let price = || Runtime::subscription_minimum(TOPIC);
		let minimum = 5 * ALLO;
		block(|| send(Ferdie, pallet_consumer::Call::set_minimum { topic: TOPIC, minimum }));
		let from =
			crate::support::now() + EpochId::from(pallet_timing::UnbondingSlots::<Runtime>::get());
		run_to(from - 1);
		assert_eq!(price(), Some(ALLO / 100));
		run_to(from);
		assert_eq!(price(), Some(minimum));
	});
}

#[test]
fn retired_topic_releases_its_subscribers_when_it_is_forgotten() {
	on_chain(|| {
		let epoch = start();
		let before = balance(Dave);
		block(|| {
			subscribe(Dave, ALLO, 1_000);
			// There is stake in the topic, so that the retirement is announced first.
			send(Ferdie, pallet_registry::Call::retire { topic: TOPIC });
		});
		assert!(held(Dave) > 1_000 * ALLO);
		run_to(epoch + 10 * EPOCH_LENGTH);
		block(|| send(Ferdie, pallet_registry::Call::retire { topic: TOPIC }));
		run_to(epoch + 20 * EPOCH_LENGTH);
		assert_eq!(Runtime::topic(TOPIC), None);
		assert_eq!((balance(Dave), held(Dave)), (before, 0));
		assert_eq!(Runtime::subscribers(TOPIC), []);
		assert_eq!(Consumer::subscription_minimum(TOPIC), None);
	});
}
