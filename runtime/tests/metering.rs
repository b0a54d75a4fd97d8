//! The weight that the clock charges a block for an epoch's steps: exactly that of what ran.

use allora_primitives::{
	traits::{BundleInspect, EpochInspect, TopicPot},
	EpochId, EpochSizes, EpochState, FixedI128, LossClass, Registration, Rule, Slot, Slots,
	TopicId, TopicParameters, VoidReason, ALLO,
};
use allora_runtime::{
	parameters::{topics, RuntimeParameters, Threshold},
	AccountId, Aggregation, Clock, Emissions, Inference, Parameters, Reputer, Runtime,
	RuntimeGenesisConfig, RuntimeOrigin, System, Topics,
};
use frame_support::{
	assert_ok,
	traits::{OnInitialize, OnPoll},
	weights::{Weight, WeightMeter},
	BoundedVec,
};
use pallet_aggregation::{
	mixture_book::mixture_bytes,
	regret_book::book_bytes,
	weights::{learning_work, synthesis_work},
	Books, WeightInfo as _,
};
use pallet_clock::WeightInfo as _;
use pallet_consumer::WeightInfo as _;
use pallet_emissions::{memory::ScoreMemory, Memories, Memory, WeightInfo as _};
use pallet_inference::WeightInfo as _;
use pallet_proofs::WeightInfo as _;
use pallet_reputer::WeightInfo as _;
use sp_runtime::BuildStorage;

type OfClock = <Runtime as pallet_clock::Config>::WeightInfo;
type OfInference = <Runtime as pallet_inference::Config>::WeightInfo;
type OfReputer = <Runtime as pallet_reputer::Config>::WeightInfo;
type OfAggregation = <Runtime as pallet_aggregation::Config>::WeightInfo;
type OfConsumer = <Runtime as pallet_consumer::Config>::WeightInfo;
type OfProofs = <Runtime as pallet_proofs::Config>::WeightInfo;
type OfEmissions = <Runtime as pallet_emissions::Config>::WeightInfo;

const TOPIC: TopicId = 1;
/// The slots from one epoch to the next, and from the opening of an epoch until its truth is known.
const LENGTH: Slot = 10;
/// The number of slots after the opening in which payloads are accepted.
const WINDOW: Slot = 3;
/// The first epoch: the topic becomes active in slot 1.
const EPOCH: EpochId = 2;

fn account(number: u8) -> AccountId {
	AccountId::new([number; 32])
}

fn signed(number: u8) -> RuntimeOrigin {
	RuntimeOrigin::signed(account(number))
}

const CREATOR: u8 = 255;
const INFERERS: [u8; 2] = [1, 2];
const FORECASTER: u8 = 3;
const REPUTERS: [u8; 2] = [4, 5];

fn fixed(value: i64) -> FixedI128 {
	FixedI128::from(i128::from(value))
}

/// Begins the block of a slot, which has the slot's number.
fn enter(slot: Slot) {
	System::set_block_number(slot as u32);
	pallet_babe::CurrentSlot::<Runtime>::put(sp_consensus_babe::Slot::from(slot));
}

/// Begins a slot and polls the clock; returns the weight that it charged.
fn poll_at(slot: Slot) -> Weight {
	enter(slot);
	Emissions::on_initialize(System::block_number());
	let mut meter = WeightMeter::new();
	Clock::on_poll(System::block_number(), &mut meter);
	meter.consumed()
}

/// Polls the clock in every slot before this one.
fn run_until(slot: Slot) {
	while Slot::from(System::block_number()) + 1 < slot {
		poll_at(Slot::from(System::block_number()) + 1);
	}
}

/// Sends two inferences and a forecast.
fn submit(epoch: EpochId) {
	for who in INFERERS {
		let inference = BoundedVec::truncate_from(vec![Some(fixed(who.into()))]);
		assert_ok!(Inference::submit(signed(who), TOPIC, epoch, Some(inference), None));
	}
	let forecast = INFERERS.map(|who| (account(who), fixed(-1))).to_vec();
	let forecast = Some(BoundedVec::truncate_from(forecast));
	assert_ok!(Inference::submit(signed(FORECASTER), TOPIC, epoch, None, forecast));
}

/// Sends two reports that differ.
fn report(epoch: EpochId) {
	for who in REPUTERS {
		let truth = BoundedVec::truncate_from(vec![fixed(who.into())]);
		assert_ok!(Reputer::report(signed(who), TOPIC, epoch, truth));
	}
}

/// Runs a test from block 1, in which a topic with two inferers, a forecaster and two reputers was
/// created.
fn on_chain(test: impl FnOnce()) {
	on_chain_by(Rule::Mixture, test);
}

/// As [`on_chain`], with a topic of this rule.
fn on_chain_by(rule: Rule, test: impl FnOnce()) {
	let everyone = (1..=5).chain([CREATOR]);
	let genesis = RuntimeGenesisConfig {
		balances: pallet_balances::GenesisConfig {
			balances: everyone.map(|who| (account(who), 10_000_000 * ALLO)).collect(),
			..Default::default()
		},
		topics: pallet_registry::GenesisConfig {
			default_subsidy: sp_runtime::Permill::one(),
			..Default::default()
		},
		..Default::default()
	};
	let storage = genesis.build_storage().expect("the genesis builds");
	sp_io::TestExternalities::new(storage).execute_with(|| {
		enter(1);
		let (length, window) = (LENGTH as Slots, WINDOW as Slots);
		let parameters = TopicParameters {
			history: 1,
			rule,
			..TopicParameters::regression(length, window, length)
		};
		assert_ok!(Topics::create(signed(CREATOR), Box::new(parameters)));
		assert_ok!(Topics::fund(signed(CREATOR), TOPIC, 1_000_000 * ALLO));
		for who in INFERERS.into_iter().chain([FORECASTER]) {
			assert_ok!(Topics::register(signed(who), TOPIC, Registration::Worker, None));
		}
		for who in REPUTERS {
			assert_ok!(Topics::register(signed(who), TOPIC, Registration::Reputer, None));
			assert_ok!(Reputer::stake(signed(who), TOPIC, 1_000 * ALLO));
		}
		test();
	});
}

fn state(epoch: EpochId) -> Option<EpochState> {
	<Clock as EpochInspect>::epoch_state(TOPIC, epoch)
}

/// The weight of a poll with a turn of the topic, without the weight of its steps.
fn turn() -> Weight {
	OfClock::poll(1) + OfClock::turn()
}

/// The weight of an opening, including those of the clock and of emission.
fn opening() -> Weight {
	OfClock::open() + OfEmissions::open() + OfReputer::open()
}

fn pruning() -> Weight {
	OfInference::prune() + OfReputer::prune() + OfAggregation::prune() + OfEmissions::prune()
}

#[test]
fn opening_is_charged_with_emissions_part() {
	on_chain(|| {
		assert_eq!(poll_at(EPOCH), turn() + opening());
		assert_eq!(state(EPOCH), Some(EpochState::Collecting));
	});
}

#[test]
fn worker_close_is_charged_its_stages() {
	on_chain(|| {
		poll_at(EPOCH);
		submit(EPOCH);
		run_until(EPOCH + WINDOW + 1);
		let sizes = EpochSizes {
			inferers: 2,
			forecasters: 1,
			elements: 2,
			labels: 1,
			..EpochSizes::default()
		};
		let synthesis =
			OfAggregation::synthesise_mixture(synthesis_work(&sizes, mixture_bytes(0, 0)));
		let used = poll_at(EPOCH + WINDOW + 1);
		assert_eq!(state(EPOCH), Some(EpochState::AwaitingTruth));
		let bundle = <Aggregation as BundleInspect<AccountId>>::bundle(TOPIC, EPOCH).unwrap();
		let stages = OfInference::freeze(2, 1)
			+ synthesis
			+ OfAggregation::store(bundle.element_values.len() as u32)
			+ OfProofs::append()
			+ OfConsumer::announce();
		assert_eq!(used, turn() + OfClock::close_workers() + stages);
	});
}

/// Runs an epoch with payloads and reports up to the block before its reporting window closes.
fn before_reputer_close(epoch: EpochId) {
	run_until(epoch + 1);
	submit(epoch);
	run_until(epoch + LENGTH + 1);
	report(epoch);
	run_until(epoch + 2 * LENGTH);
}

/// The sizes of an epoch of two inferers and two reputers.
fn two_and_two() -> EpochSizes {
	EpochSizes {
		inferers: 2,
		reputers: 2,
		labels: 1,
		loss: LossClass::Plain,
		..EpochSizes::default()
	}
}

#[test]
fn reputer_close_is_charged_its_stages() {
	on_chain(|| {
		before_reputer_close(EPOCH);
		let topic_pot = <Emissions as TopicPot<AccountId>>::topic_pot(TOPIC);
		let used = poll_at(EPOCH + 2 * LENGTH);
		assert_eq!(state(EPOCH), Some(EpochState::Settled));
		let bundle = <Aggregation as BundleInspect<AccountId>>::bundle(TOPIC, EPOCH).unwrap();
		assert_eq!((bundle.inferers.len(), bundle.forecasters.len(), topic_pot), (2, 1, 0));
		let elements = bundle.elements();
		let sizes = EpochSizes { forecasters: 1, ..two_and_two() };
		let stages = [
			OfReputer::freeze(2, 1),
			// The work includes that of computing the losses.
			OfAggregation::learn_mixture(learning_work(&sizes, mixture_bytes(2, 1))),
			OfInference::record_scores(2, 1),
			OfReputer::record_scores(2),
			OfEmissions::settle_mixture(2, 1, 2),
			OfEmissions::store_purse(),
			// At most both inferers and one reputer are paid, if there was anything to pay.
			OfEmissions::pay_out() * payouts(),
			OfAggregation::record(elements),
		];
		let close = stages.into_iter().fold(OfClock::close_reputers(), |sum, of| sum + of);
		// Another epoch opens in the same turn.
		assert_eq!(used, turn() + close + opening());
	});
}

/// The number of payouts that the settlements so far have tried.
fn payouts() -> u64 {
	let tried = |event: &_| {
		matches!(
			event,
			pallet_emissions::Event::PaidOut { .. } | pallet_emissions::Event::PayoutFailed { .. }
		)
	};
	let events = System::read_events_for_pallet::<pallet_emissions::Event<Runtime>>();
	events.iter().filter(|event| tried(event)).count() as u64
}

#[test]
fn pruning_is_charged_with_the_opening_that_asks_for_it() {
	on_chain(|| {
		// There are no payloads, so epochs are void at the end of their worker window and no close
		// falls on an opening.
		let mut opened = (EPOCH..).step_by(LENGTH as usize);
		let pruned = opened.find(|epoch| {
			run_until(*epoch);
			System::reset_events();
			let used = poll_at(*epoch);
			let events = System::read_events_for_pallet::<pallet_clock::Event<Runtime>>();
			let pruned = |event: &_| matches!(event, pallet_clock::Event::EpochPruned { .. });
			let pruned = events.iter().any(pruned);
			let pruning = if pruned { pruning() } else { Weight::zero() };
			assert_eq!(used, turn() + opening() + pruning, "at {epoch}");
			pruned
		});
		assert!(pruned.is_some_and(|epoch| epoch > EPOCH));
	});
}

#[test]
fn epoch_without_inferences_is_charged_a_look_and_its_voiding() {
	on_chain(|| {
		run_until(EPOCH + WINDOW + 1);
		let used = poll_at(EPOCH + WINDOW + 1);
		assert_eq!(state(EPOCH), Some(EpochState::Void(VoidReason::NoInference)));
		let stages = OfInference::freeze(0, 0);
		// Whether there are commitments that nobody has revealed depends on the topic's parameters.
		let voiding = OfReputer::void()
			+ OfEmissions::mark_void()
			+ <Runtime as frame_system::Config>::DbWeight::get().reads(2);
		assert_eq!(used, turn() + OfClock::close_workers() + stages + voiding);
	});
}

#[test]
fn epoch_without_reports_is_charged_a_look_and_its_voiding() {
	on_chain(|| {
		run_until(EPOCH + 1);
		submit(EPOCH);
		run_until(EPOCH + 2 * LENGTH);
		let used = poll_at(EPOCH + 2 * LENGTH);
		assert_eq!(state(EPOCH), Some(EpochState::Void(VoidReason::NoReport)));
		let close = OfClock::close_reputers() + OfReputer::freeze(0, 0);
		let voiding = OfReputer::void() + voiding_of_emissions();
		assert_eq!(used, turn() + close + voiding + opening());
	});
}

/// The weight of voiding an epoch in emission: lower if the epoch has no emission.
fn voiding_of_emissions() -> Weight {
	let events = System::read_events_for_pallet::<pallet_emissions::Event<Runtime>>();
	let returned =
		|event: &_| matches!(event, pallet_emissions::Event::EmissionReturned { epoch: EPOCH, .. });
	match events.iter().any(returned) {
		true => OfEmissions::void(),
		false => OfEmissions::mark_void(),
	}
}

#[test]
fn step_that_fails_at_the_settlement_is_undone_and_charged_up_to_there() {
	on_chain_by(Rule::Regret, || {
		before_reputer_close(EPOCH);
		// A settlement never stores a number that is too large to compute with, so the test does.
		let score_ratio = FixedI128::from_inner(i128::MAX);
		let memory = ScoreMemory { score_ratio, ..Default::default() };
		Memories::<Runtime>::insert(TOPIC, Memory::Scores(memory));
		let used = poll_at(EPOCH + 2 * LENGTH);
		assert_eq!(state(EPOCH), Some(EpochState::Void(VoidReason::Arithmetic)));
		// Learning adds two inferers to the regret book, and that is undone.
		assert!(!Books::<Runtime>::contains_key(TOPIC));
		assert_eq!(Reputer::score(TOPIC, &account(REPUTERS[0])), None);
		let sizes = EpochSizes { rule: Rule::Regret, ..two_and_two() };
		let stages = [
			OfReputer::freeze(2, 1),
			OfAggregation::learn_regret(learning_work(&sizes, book_bytes(2, 0))),
			// Of the network's six elements, of the truth and the mean of truths, and of four elements and a
			// truth per reputer.
			OfAggregation::plain_losses(6 + 2 + 2 * 5),
			OfInference::record_scores(2, 0),
			OfReputer::record_scores(2),
			OfEmissions::settle_regret(2, 0, 2),
			OfReputer::void(),
			voiding_of_emissions(),
		];
		let close = stages.into_iter().fold(OfClock::close_reputers(), |sum, of| sum + of);
		assert_eq!(used, turn() + close + opening());
	});
}

#[test]
fn inactivation_is_charged_with_emissions_part() {
	on_chain(|| {
		run_until(EPOCH + LENGTH);
		let threshold = Threshold::new(1_000_000 * ALLO);
		let parameter = topics::Parameters::MinTopicWeight(topics::MinTopicWeight, Some(threshold));
		let parameter = RuntimeParameters::Topics(parameter);
		assert_ok!(Parameters::set_parameter(RuntimeOrigin::root(), parameter));
		// The next epoch is the last one.
		poll_at(EPOCH + LENGTH);
		run_until(EPOCH + 2 * LENGTH);
		let used = poll_at(EPOCH + 2 * LENGTH);
		assert!(!pallet_clock::TopicStates::<Runtime>::get(TOPIC).active);
		// Its epochs are void, so there are no steps left and its reservation is released.
		assert_eq!(used, turn() + OfClock::inactivate() + OfEmissions::open() + OfClock::release());
	});
}
