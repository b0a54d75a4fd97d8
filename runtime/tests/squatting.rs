//! Topics that take capacity or emission without serving anybody, and the emergency origin's answer
//! to them, on the real runtime (S 6.5 to 6.8, 6.10).

use crate::support::{block, block_in, call, now, on_chain, preset::in_genesis, run_to};
use allora_primitives::{
	api::{runtime_decl_for_explain_api::ExplainApi, runtime_decl_for_topics_api::TopicsApi},
	traits::{EmissionIndex, EpochInspect, TopicPot},
	Balance, EpochId, FixedI128, Registration, Slot, TopicId, TopicParameters, ALLO,
	MAX_FORECASTERS, MAX_LABELS, MAX_REPUTERS,
};
use allora_runtime::{Clock, Emissions, Runtime, RuntimeCall, RuntimeEvent, RuntimeOrigin, System};
use frame_support::{assert_noop, assert_ok, traits::Get, BoundedVec};
use pallet_clock::TopicStates;
use sp_keyring::Sr25519Keyring::{self, *};
use sp_runtime::{traits::Dispatchable, DispatchError, Permill};

const TOPIC: TopicId = 1;
const LENGTH: EpochId = 10;

fn sent(who: Sr25519Keyring, sent: impl Into<RuntimeCall>) -> Result<(), DispatchError> {
	call(&who.to_account_id(), sent)
}

fn send(who: Sr25519Keyring, call: impl Into<RuntimeCall>) {
	assert_ok!(sent(who, call));
}

fn send_as_root(call: impl Into<RuntimeCall>) {
	assert_ok!(call.into().dispatch(RuntimeOrigin::root()));
}

/// Creates a topic of Ferdie's, in which Alice is the reputer and has this stake.
fn create(parameters: TopicParameters, stake: Balance) -> TopicId {
	let topic = pallet_registry::NextTopicId::<Runtime>::get();
	send(Ferdie, pallet_registry::Call::create { parameters: Box::new(parameters) });
	let registration = Registration::Reputer;
	send(Alice, pallet_registry::Call::register { topic, registration, owner: None });
	send(Alice, pallet_reputer::Call::stake { topic, amount: stake });
	topic
}

fn usual() -> TopicParameters {
	TopicParameters::regression(LENGTH as u32, 4, LENGTH as u32)
}

fn is_active(topic: TopicId) -> bool {
	Runtime::topic(topic).unwrap().active
}

fn weight(topic: TopicId) -> Balance {
	Runtime::topic(topic).unwrap().weight
}

fn fund(topic: TopicId, amount: Balance) {
	send(Bob, pallet_registry::Call::fund { topic, amount });
}

/// Attack 2: 503 topics of the largest epochs, for 11 ALLO and 0.1 ALLO of stake each, used to take
/// all capacity for weeks, and nobody else could activate a topic at any price.
#[test]
fn capacity_that_is_bought_up_is_free_again_within_minutes() {
	on_chain(|| {
		let largest = TopicParameters { max_forecasters: 8, max_reputers: 16, ..usual() };
		let squatters = block(|| {
			let mut squatters = Vec::new();
			while Runtime::vacancies(largest.clone()) > 0 {
				// As little as 11 ALLO of revenue need for the minimum weight, and a bit.
				squatters.push(create(largest.clone(), ALLO * 92 / 1_000));
			}
			squatters
		});
		assert!(squatters.len() > 50 && squatters.iter().all(|topic| is_active(*topic)));
		let honest = block(|| {
			let honest = create(largest, 1_000 * ALLO);
			fund(honest, 1_000 * ALLO);
			honest
		});
		assert!(!is_active(honest));
		// Rent soon lowers the revenue below what the weight needs.
		let funded = Runtime::funded(squatters[0]).unwrap();
		assert!(funded.seconds < 3_600, "{funded:?}");
		run_to(now() + funded.seconds + 30);
		assert!(squatters.iter().any(|topic| !is_active(*topic)));
		block(|| send(Bob, pallet_clock::Call::activate { topic: honest }));
		assert!(is_active(honest));
	});
}

/// The slots of a week in slots of an hour.
const WEEK: Slot = 7 * 24;

/// Runs a test on a development chain with slots of an hour, on which one account can pay for all
/// capacity.
///
/// With slots of six seconds a week has 600 times as many blocks, and that is all: as many topics
/// with epochs of ten slots fit, the price rises by the same number of doublings per week and per
/// part of the capacity, and rent is by the slot, so that both costs that are compared are 600 times
/// higher.
fn in_slots_of_an_hour(test: impl FnOnce()) {
	let rich = [(Alice, 1_000_000), (Bob, 100_000_000), (Ferdie, 1_000_000)];
	let rich = rich.map(|(who, allo): (_, Balance)| (who.to_account_id(), allo * ALLO));
	let stash = (AliceStash.to_account_id(), 200_000 * ALLO);
	let nominator = (BobStash.to_account_id(), 200_000 * ALLO);
	let balances: Vec<_> = rich.into_iter().chain([stash, nominator]).collect();
	let changes = serde_json::json!({
		"timing": { "slotDurationMs": 3_600_000 },
		"balances": { "balances": balances },
	});
	in_genesis("development", changes, test);
}

/// Makes blocks up to this slot: all in which the clock has a step to take, and no others.
fn run_by_agenda_to(slot: Slot, mut after_each: impl FnMut()) {
	while now() < slot {
		let due = TopicStates::<Runtime>::iter_values().filter_map(|state| state.scheduled).min();
		block_in(due.unwrap_or(slot).clamp(now() + 1, slot), || ());
		after_each();
	}
}

/// The rent paid in the newest block.
fn rent_paid() -> Balance {
	let rent = |event| match event {
		RuntimeEvent::Clock(pallet_clock::Event::TopicActivated { rent, .. })
		| RuntimeEvent::Topics(pallet_registry::Event::WeightUpdated { rent, .. }) => rent,
		_ => 0,
	};
	System::events().into_iter().map(|record| rent(record.event)).sum()
}

/// Has topics reserve this part of the capacity, in percent, for a week. Returns the rent.
fn hold(percent: u32, funds: Balance) -> Balance {
	let labels = (0..MAX_LABELS).map(|label| BoundedVec::truncate_from(vec![b'a' + label as u8]));
	let largest = TopicParameters {
		labels: BoundedVec::truncate_from(labels.collect()),
		max_forecasters: MAX_FORECASTERS,
		max_reputers: MAX_REPUTERS,
		..usual()
	};
	let count = Runtime::vacancies(largest.clone()) * percent / 100;
	let squat = || {
		let topic = create(largest.clone(), 1_000 * ALLO);
		fund(topic, funds);
		topic
	};
	let topics: Vec<_> = block(|| (0..count).map(|_| squat()).collect());
	let mut cost = rent_paid();
	let start = now();
	run_by_agenda_to(start + WEEK, || cost += rent_paid());
	assert!(topics.iter().all(|topic| is_active(*topic)), "a topic did not pay for the week");
	println!("{count} topics, {percent} %: {cost} planck, {} blocks", System::block_number());
	cost
}

/// Attack 2: capacity used to be free once a topic was created.
#[test]
fn week_of_95_percent_of_capacity_costs_a_hundred_times_what_10_percent_cost() {
	let mut little = 0;
	in_slots_of_an_hour(|| little = hold(10, 1_000 * ALLO));
	in_slots_of_an_hour(|| {
		let much = hold(95, 900_000 * ALLO);
		assert!(much >= 100 * little, "{much} and {little}");
		// There is room for an honest topic, at today's price.
		let honest = block(|| {
			let honest = create(usual(), 1_000 * ALLO);
			fund(honest, 10_000 * ALLO);
			honest
		});
		assert!(is_active(honest));
	});
}

/// Attack 3: a weight of 3 146 ALLO used to be kept for an endless epoch without any stake.
#[test]
fn weight_of_a_long_epoch_falls_when_its_stake_is_withdrawn() {
	on_chain(|| {
		let week = 604_800;
		let epoch_of = |length| TopicParameters::regression(length, 4, length);
		block(|| {
			let longer = Box::new(epoch_of(week + 1));
			let error = pallet_registry::Error::<Runtime>::EpochTooLong;
			let create = pallet_registry::Call::create { parameters: longer };
			assert_eq!(sent(Ferdie, create), Err(error.into()));
			// Without a phase, its first epoch opens within a minute.
			create_and_fund(epoch_of(week), 500_000 * ALLO);
		});
		run_to(now() + 61);
		let before = weight(TOPIC);
		assert!(before > 20_000 * ALLO, "{before}");
		assert_eq!(Emissions::total_weight(), before);

		block(|| {
			send(Alice, pallet_reputer::Call::unstake { topic: TOPIC, amount: 500_000 * ALLO });
		});
		run_to(now() + 60);
		block(|| send(Alice, pallet_reputer::Call::withdraw { topic: TOPIC }));
		assert_eq!((weight(TOPIC), Emissions::total_weight()), (0, 0));
	});
}

fn create_and_fund(parameters: TopicParameters, stake: Balance) {
	let topic = create(parameters, stake);
	fund(topic, 1_000 * ALLO);
}

/// As in production, topics have no subsidy unless governance grants one.
fn without_subsidies() {
	pallet_registry::DefaultSubsidy::<Runtime>::put(Permill::zero());
}

/// Attack 8: the first topic, with 11 ALLO and 100 ALLO of stake, used to get all of the topics'
/// emission, whoever used it and however closed it was.
#[test]
fn dummy_topic_gets_no_emission() {
	on_chain(|| {
		without_subsidies();
		block(|| create_and_fund(usual(), 1_000 * ALLO));
		run_to(now() + 40);
		assert!(is_active(TOPIC));
		assert_eq!((weight(TOPIC), Emissions::total_weight()), (0, 0));
		assert_eq!((Emissions::ledger().settled, Emissions::ledger().rewards_owed), (0, 0));

		// A topic that governance subsidizes shares in emission, until it is closed to others.
		block(|| {
			let subsidy = Permill::from_percent(50);
			send_as_root(pallet_registry::Call::set_subsidy { topic: TOPIC, subsidy });
		});
		assert!(weight(TOPIC) > 0 && Emissions::total_weight() == weight(TOPIC));
		let before = Emissions::total_weight();
		block(|| {
			let (topic, registration) = (TOPIC, Registration::Worker);
			let list = pallet_registry::Call::set_allow_list { topic, registration, enabled: true };
			send(Ferdie, list);
		});
		assert_eq!(Emissions::total_weight(), before);
		// The list is in force after the notice.
		run_to(now() + EpochId::from(pallet_timing::UnbondingSlots::<Runtime>::get()));
		assert!(is_active(TOPIC));
		assert_eq!(Emissions::total_weight(), 0);
	});
}

/// Lets Bob infer in an epoch, and Alice report it; returns Bob's reward.
fn reward_of_an_epoch() -> Balance {
	let epoch = (0..60)
		.find_map(|_| {
			block(|| ());
			<Clock as EpochInspect>::collecting_epoch(TOPIC)
		})
		.expect("the topic is active");
	let value = BoundedVec::truncate_from(vec![Some(FixedI128::from_u32(5))]);
	block(|| {
		let inference = Some(value);
		send(
			Bob,
			pallet_inference::Call::submit { topic: TOPIC, epoch, inference, forecast: None },
		);
	});
	run_to(epoch + LENGTH + 1);
	block(|| {
		let truth = BoundedVec::truncate_from(vec![FixedI128::from_u32(6)]);
		send(Alice, pallet_reputer::Call::report { topic: TOPIC, epoch, truth });
	});
	run_to(epoch + 2 * LENGTH);
	Runtime::explain(Bob.to_account_id(), TOPIC, epoch).inferer.standing.reward
}

#[test]
fn topic_without_subsidy_pays_its_workers_from_its_pot() {
	on_chain(|| {
		without_subsidies();
		block(|| {
			create_and_fund(usual(), 1_000 * ALLO);
			let registration = Registration::Worker;
			send(Bob, pallet_registry::Call::register { topic: TOPIC, registration, owner: None });
			let consumer = Charlie.to_account_id();
			assert_ok!(<Emissions as TopicPot<_>>::pay_topic(&consumer, TOPIC, 100 * ALLO));
		});
		let reward = reward_of_an_epoch();
		assert!(reward > 10 * ALLO && reward < 100 * ALLO, "{reward}");
		assert_eq!(Emissions::ledger().settled, 0);
	});
}

/// Attack 17: from weight 0, a lapsed topic used to need 14 500 times the weight of a new one.
#[test]
fn lapsed_topic_is_revived_by_the_stake_of_a_new_one() {
	on_chain(|| {
		let create = || create(usual(), ALLO);
		block(create);
		block(|| send(Alice, pallet_reputer::Call::unstake { topic: TOPIC, amount: ALLO }));
		run_to(now() + 60);
		block(|| send(Alice, pallet_reputer::Call::withdraw { topic: TOPIC }));
		run_to(now() + 3 * LENGTH);
		assert!(!is_active(TOPIC));
		block(|| send(Alice, pallet_reputer::Call::stake { topic: TOPIC, amount: ALLO }));
		assert!(is_active(TOPIC));
		run_to(now() + 5 * LENGTH);
		// Its weight rises from what was left when the stake was gone.
		assert!(is_active(TOPIC) && weight(TOPIC) > 0);
	});
}

/// Attack 18: only an upgrade of the runtime used to end a topic.
#[test]
fn emergency_ends_a_topic_and_returns_what_it_has_accrued() {
	on_chain(|| {
		block(|| create_and_fund(usual(), 1_000 * ALLO));
		run_to(now() + 25);
		let before = Emissions::ledger();
		assert!(Emissions::total_weight() > 0);
		block(|| send_as_root(pallet_clock::Call::force_inactivate { topic: TOPIC }));
		let after = Emissions::ledger();
		assert!(after.returned > before.returned);
		assert_eq!(Emissions::total_weight(), 0);
		// A purse does not revive it.
		block(|| fund(TOPIC, 10_000 * ALLO));
		block(|| {
			let activate = pallet_clock::Call::activate { topic: TOPIC };
			let barred = pallet_clock::Error::<Runtime>::Barred;
			assert_noop!(sent(Bob, activate), DispatchError::from(barred));
		});
		run_to(now() + 30);
		assert!(!is_active(TOPIC));
		assert!(Clock::epochs(TOPIC).iter().all(|(_, record)| record.state.is_final()));

		block(|| send_as_root(pallet_clock::Call::lift { topic: TOPIC }));
		assert!(is_active(TOPIC));
	});
}
