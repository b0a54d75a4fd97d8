//! Purchases, subscriptions and requests.

use super::{table::Table, world::*};
use crate::support::{block, call, now, run_to};
use allora_primitives::{
	consumer::runtime_decl_for_consumer_api::ConsumerApi, Balance, Cadence, EpochId, Slots,
	TopicId, TopicParameters, ALLO,
};
use allora_runtime::{AccountId, Address, Runtime, RuntimeOrigin};
use frame_support::assert_ok;
use pallet_consumer::{Call, Error};
use sp_keyring::Sr25519Keyring::*;
use sp_runtime::{ArithmeticError, DispatchError, TokenError};

type E = Error<Runtime>;
type OfTopics = pallet_registry::Error<Runtime>;

const POOR: DispatchError = DispatchError::Token(TokenError::FundsUnavailable);
/// What the balances pallet says of more than the total issuance.
const BEYOND: DispatchError = DispatchError::Arithmetic(ArithmeticError::Underflow);

/// The topics of this room.
struct Topics {
	/// With an inference.
	served: TopicId,
	/// Without one.
	unserved: TopicId,
	on_demand: TopicId,
	/// On demand, without stake.
	light: TopicId,
	retired: TopicId,
}

/// All cases of this room.
pub fn cases(table: &mut Table) {
	let topics = topics();
	let epoch = collecting(topics.served);
	block(|| send(Alice, submit(topics.served, epoch, &[number(1)])));
	run_to(epoch + EpochId::from(WINDOW) + 1);
	table.in_block(|table| purchases(table, &topics));
	receipts(table, topics.served);
	table.in_block(|table| subscriptions(table, &topics));
	table.in_block(|table| requests(table, &topics));
	table.in_block(|table| origins(table, topics.served));
	full_lists(table, &topics);
	waiting(table, &topics);
	// Epochs without an inference follow, until the one with it leaves the history.
	table.supposing(
		|| run_to(now() + 40),
		|table| {
			let buy = buy(topics.served, ALLO, Slots::MAX);
			table.signed("inference that left the history", Eve, buy, E::InferencePruned);
		},
	);
}

fn topics() -> Topics {
	let retired = create_retired();
	let topics = block(|| {
		let on_demand = || TopicParameters { cadence: Cadence::OnDemand, ..usual() };
		Topics {
			served: create_active(TopicParameters { history: 1, ..usual() }),
			unserved: create(usual()),
			on_demand: create_active(on_demand()),
			light: create(on_demand()),
			retired,
		}
	});
	block(|| {
		// Two has little.
		let value = allora_runtime::Balances::free_balance(id(Two)) - ALLO / 2;
		send(Two, pallet_balances::Call::burn { value, keep_alive: true });
	});
	topics
}

fn buy(topic: TopicId, payment: Balance, max_age: Slots) -> Call<Runtime> {
	Call::buy { topic, payment, max_age, keep: true }
}

fn subscribe(topic: TopicId, per_epoch: Balance, epochs: u32) -> Call<Runtime> {
	Call::subscribe { topic, per_epoch, epochs }
}

fn request(topic: TopicId, payment: Balance, max_wait: Slots) -> Call<Runtime> {
	Call::request { topic, payment, max_wait }
}

fn purchases(table: &mut Table, topics: &Topics) {
	let (topic, any_age) = (topics.served, Slots::MAX);
	for payment in [0, 1, ALLO / 100 - 1] {
		let cheap = buy(topic, payment, any_age);
		table.signed("payment below the minimum", Eve, cheap, E::PaymentBelowMinimum);
	}
	table.signed("purchase of nothing", Eve, buy(topics.unserved, ALLO, any_age), E::NoInference);
	table.signed("inference of this slot", Eve, buy(topic, ALLO, 0), E::InferenceTooOld);
	table.signed("payment beyond the supply", Eve, buy(topic, Balance::MAX, any_age), BEYOND);
	table.signed("purchase of a poor account", Two, buy(topic, ALLO, any_age), POOR);
	table.signed(
		"purchase of what is retired",
		Eve,
		buy(topics.retired, ALLO, any_age),
		OfTopics::TopicRetired,
	);
	for none in [0, NONE] {
		table.signed(
			"purchase in no topic",
			Eve,
			buy(none, ALLO, any_age),
			OfTopics::TopicNotFound,
		);
		let minimum = Call::set_minimum { topic: none, minimum: 1 };
		table.signed("minimum of no topic", Ferdie, minimum, OfTopics::TopicNotFound);
	}
	for number in [0, u64::MAX] {
		table.signed("no receipt", Eve, Call::discard { number }, E::ReceiptNotFound);
	}
	let minimum = |topic| Call::set_minimum { topic, minimum: Balance::MAX };
	table.signed("minimum of another's topic", Eve, minimum(topic), E::NotCreator);
	table.signed(
		"minimum of a retired topic",
		Ferdie,
		minimum(topics.retired),
		OfTopics::TopicRetired,
	);
}

/// Purchases of one who keeps as many receipts as may be kept.
fn receipts(table: &mut Table, topic: TopicId) {
	let any_age = Slots::MAX;
	table.supposing(
		|| {
			block(|| {
				(0..pallet_consumer::MAX_RECEIPTS)
					.for_each(|_| send(Dave, buy(topic, ALLO, any_age)))
			})
		},
		|table| {
			table.signed("receipt 101", Dave, buy(topic, ALLO, any_age), E::TooManyReceipts);
			let first = pallet_consumer::Receipts::<Runtime>::iter_key_prefix(id(Dave)).min();
			let number = first.expect("Dave keeps some");
			table.signed("another's receipt", Eve, Call::discard { number }, E::ReceiptNotFound);
		},
	);
}

fn subscriptions(table: &mut Table, topics: &Topics) {
	let topic = topics.served;
	let cheap = subscribe(topic, 0, 1);
	table.signed("subscription for nothing", Eve, cheap, E::PaymentBelowMinimum);
	table.signed("subscription to no epoch", Eve, subscribe(topic, ALLO, 0), E::ZeroEpochs);
	let overflow = subscribe(topic, Balance::MAX, u32::MAX);
	table.signed("subscription whose price overflows", Eve, overflow, E::Arithmetic);
	let overflow = subscribe(topic, Balance::MAX, 1);
	table.signed("deposit that overflows", Eve, overflow, E::Arithmetic);
	let dear = subscribe(topic, ALLO, u32::MAX);
	table.signed("subscription beyond the balance", Eve, dear, E::InsufficientBalance);
	let poor = subscribe(topic, ALLO, 1);
	table.signed("subscription of a poor account", Two, poor, E::InsufficientBalance);
	table.signed("cancelling no subscription", Eve, Call::cancel { topic }, E::NotSubscribed);
	table.signed("cancelling in no topic", Eve, Call::cancel { topic: NONE }, E::NotSubscribed);
	let retired = subscribe(topics.retired, ALLO, 1);
	table.signed("subscription to what is retired", Eve, retired, OfTopics::TopicRetired);
	table.signed(
		"subscription to no topic",
		Eve,
		subscribe(NONE, ALLO, 1),
		OfTopics::TopicNotFound,
	);
}

fn requests(table: &mut Table, topics: &Topics) {
	let topic = topics.on_demand;
	table.signed(
		"request to a regular topic",
		Eve,
		request(topics.served, ALLO, 10),
		E::NotOnDemand,
	);
	table.signed("request to no topic", Eve, request(NONE, ALLO, 10), OfTopics::TopicNotFound);
	table.signed("request that waits for no slot", Eve, request(topic, ALLO, 0), E::WaitOutOfRange);
	table.signed(
		"request that waits for ever",
		Eve,
		request(topic, ALLO, Slots::MAX),
		E::WaitOutOfRange,
	);
	table.signed("request to a light topic", Eve, request(topics.light, ALLO, 10), E::WeightTooLow);
	table.signed("request for nothing", Eve, request(topic, 0, 10), E::PaymentBelowMinimum);
	table.signed(
		"request whose deposit overflows",
		Eve,
		request(topic, Balance::MAX, 10),
		E::Arithmetic,
	);
	let poor = request(topic, 100 * ALLO, 10);
	table.signed("request of a poor account", Two, poor, E::InsufficientBalance);
	let cancel = |topic| Call::cancel_request { topic };
	table.signed("cancelling no request", Eve, cancel(topic), E::NotRequested);
	table.signed("cancelling a request to no topic", Eve, cancel(NONE), E::NotRequested);
}

fn origins(table: &mut Table, topic: TopicId) {
	for call in [
		buy(topic, ALLO, 10),
		Call::discard { number: 0 },
		Call::set_minimum { topic, minimum: 0 },
		subscribe(topic, ALLO, 1),
		Call::cancel { topic },
		request(topic, ALLO, 10),
		Call::cancel_request { topic },
	] {
		table.only_accounts("origin", call);
	}
}

/// Accounts of no key, each with this balance.
fn crowd(count: u32, balance: Balance) -> Vec<AccountId> {
	let account = |n: u32| {
		let mut bytes = [9; 32];
		bytes[..4].copy_from_slice(&n.to_le_bytes());
		AccountId::new(bytes)
	};
	let crowd: Vec<_> = (0..count).map(account).collect();
	for who in &crowd {
		let dest = Address::Id(who.clone());
		send(Eve, pallet_balances::Call::transfer_keep_alive { dest, value: balance });
	}
	crowd
}

/// Lists that have no room.
fn full_lists(table: &mut Table, topics: &Topics) {
	let topic = topics.served;
	table.supposing(
		|| {
			block(|| {
				for who in crowd(pallet_consumer::MAX_SUBSCRIBERS, 10 * ALLO) {
					assert_ok!(call(&who, subscribe(topic, ALLO, 1)));
				}
			})
		},
		|table| {
			table.signed("place 101", Eve, subscribe(topic, ALLO, 1), E::Outbid);
		},
	);
	table.supposing(
		|| {
			block(|| {
				for _ in 0..pallet_consumer::MAX_SUBSCRIPTIONS {
					let topic = create(usual());
					send(Dave, subscribe(topic, ALLO, 1));
				}
			})
		},
		|table| {
			let more = subscribe(topic, ALLO, 1);
			table.signed("subscription 33", Dave, more, E::TooManySubscriptions);
		},
	);
	table.supposing(
		|| block(|| send(Dave, subscribe(topic, ALLO, 1))),
		|table| {
			let again = subscribe(topic, 2 * ALLO, 1);
			table.signed("second subscription", Dave, again, E::AlreadySubscribed);
		},
	);
}

/// Requests while others wait, and when the topic is barred.
fn waiting(table: &mut Table, topics: &Topics) {
	let topic = topics.on_demand;
	let payment = Runtime::opening(topic).expect("it is on demand").minimum;
	table.supposing(
		|| {
			block(|| {
				send(Dave, request(topic, payment, 100));
				for who in crowd(pallet_consumer::MAX_REQUESTS - 2, 10 * ALLO) {
					assert_ok!(call(&who, request(topic, ALLO / 10, 100)));
				}
			})
		},
		|table| {
			table.signed("second request", Dave, request(topic, payment, 10), E::AlreadyRequested);
			let bound = Call::cancel_request { topic };
			table.signed("cancelling what is ordered", Dave, bound, E::RequestBound);
			table.signed("request 50", Eve, request(topic, ALLO / 10, 10), E::TooManyRequests);
		},
	);
	// Rent is dear where little of the clock's share is left.
	table.supposing(
		|| {
			block(|| {
				let active = pallet_clock::TopicStates::<Runtime>::get(topics.served);
				let reserved = active.reservation.expect("it is active");
				let left = allora_runtime::Clock::vacancies(&usual()).saturating_sub(2);
				let fill =
					|capacity: &mut pallet_clock::Capacity| capacity.add_many(&reserved, left);
				pallet_clock::Reserved::<Runtime>::mutate(fill);
			})
		},
		|table| {
			let opening = Runtime::opening(topic).expect("it is on demand");
			let less = request(topic, opening.rent * 4 - 1, 10);
			table.signed("request below the rent", Eve, less, E::PaymentBelowRent);
		},
	);
	table.supposing(
		|| {
			block(|| {
				assert_ok!(allora_runtime::Clock::force_inactivate(RuntimeOrigin::root(), topic));
			})
		},
		|table| {
			table.signed("request to a barred topic", Eve, request(topic, payment, 10), E::Barred);
		},
	);
}
