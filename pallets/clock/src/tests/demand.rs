//! Topics on demand: ordered openings, what they cost, and that nothing is left between them.

use super::{recorded, signed};
use crate::{mock::*, Capacity, Error, Event, Phases, Reserved, TopicStates};
use allora_primitives::{
	traits::{DemandClock, EpochInspect, StakeObserver},
	Balance, Cadence, Demand, EpochState, Obstacle, TopicId, TopicParameters, VoidReason, ALLO,
};
use frame_support::{assert_noop, assert_ok, weights::Weight};
use frame_system::limits::BlockWeights;

/// A price of 0.001 ALLO per second of computation. A topic of the mock reserves 417.1 us per slot, see
/// the tests of rent.
const FLOOR: Balance = ALLO / 1_000;
/// What a slot costs at that price, in planck.
const SLOT_RENT: Balance = 4_171;

/// Creates a topic of Alice's on demand, with 10 ALLO of stake and of revenue.
fn topic_on_demand() -> TopicId {
	create(parameters())
}

fn create(parameters: TopicParameters) -> TopicId {
	let topic = pallet_registry::NextTopicId::<Test>::get();
	Stakes::mutate(|stakes| stakes.insert(topic, 10 * ALLO));
	let parameters = TopicParameters { cadence: Cadence::OnDemand, ..parameters };
	assert_ok!(Topics::create(signed(ALICE), Box::new(parameters)));
	topic
}

fn demand(topic: TopicId) -> Demand {
	Clock::demand(topic).expect("the topic is on demand")
}

fn revenue(topic: TopicId) -> Balance {
	Topics::topic_info(topic).unwrap().revenue
}

fn is_active(topic: TopicId) -> bool {
	TopicStates::<Test>::get(topic).active
}

fn weight(topic: TopicId) -> Balance {
	EmissionWeights::get().get(&topic).copied().unwrap_or_default()
}

#[test]
fn epoch_on_demand_opens_after_its_order_and_no_other_follows() {
	ExtBuilder::build_and_execute(|| {
		let topic = topic_on_demand();
		run_to(30);
		assert_eq!((recorded(topic), is_active(topic)), (vec![], false));
		events();
		assert_eq!(Clock::order(topic), Ok(31));
		let activated = Event::TopicActivated { topic, anchor: 31, weight: 10 * ALLO, rent: 0 };
		assert_eq!(events(), [activated]);
		assert_eq!(demand(topic).ordered, Some(31));
		run_to(31);
		assert_eq!(Clock::collecting_epoch(topic), Some(31));
		let Demand { ordered, last_epoch, obstacle, .. } = demand(topic);
		assert_eq!((ordered, last_epoch), (None, Some((31, EpochState::Collecting))));
		assert_eq!(obstacle, Some(Obstacle::EpochRunning));
		run_to(35);
		assert_eq!(Clock::epoch_state(topic, 31), Some(EpochState::AwaitingTruth));
		run_to(41);
		assert!(!is_active(topic));
		run_to(61);
		assert_eq!(Clock::epoch_state(topic, 31), Some(EpochState::Settled));
		run_to(200);
		assert_eq!(recorded(topic), [31]);
		let announced = |event: &_| matches!(event, Event::InactivationAnnounced { .. });
		assert!(!events().iter().any(announced));
	});
}

#[test]
fn stake_revenue_and_calls_do_not_activate_a_topic_on_demand() {
	ExtBuilder::build_and_execute(|| {
		let topic = topic_on_demand();
		assert_ok!(Topics::fund(signed(BOB), topic, 100 * ALLO));
		Stakes::mutate(|stakes| stakes.insert(topic, 1_000 * ALLO));
		Clock::on_stake_changed(topic);
		assert_noop!(Clock::activate(signed(BOB), topic), Error::<Test>::OnDemand);
		run_to(50);
		assert_eq!((recorded(topic), is_active(topic)), (vec![], false));
		assert_eq!(Clock::funding(topic).map(|(_, epochs, slots)| (epochs, slots)), Some((0, 0)));
	});
}

#[test]
fn topic_with_regular_epochs_takes_no_orders() {
	ExtBuilder::build_and_execute(|| {
		let topic = topic_with_stake(10 * ALLO);
		assert_eq!(Clock::demand(topic), None);
		assert_noop!(Clock::order(topic), Error::<Test>::NotOnDemand);
		assert_noop!(Clock::order(99), Error::<Test>::TopicNotFound);
	});
}

#[test]
fn openings_are_at_least_an_epoch_length_apart() {
	ExtBuilder::build_and_execute(|| {
		let topic = topic_on_demand();
		assert_eq!(Clock::order(topic), Ok(2));
		assert_noop!(Clock::order(topic), Error::<Test>::AlreadyActive);
		for slot in 2..12 {
			run_to(slot);
			assert_noop!(Clock::order(topic), Error::<Test>::AlreadyActive);
		}
		run_to(12);
		assert_eq!(demand(topic).obstacle, None);
		assert_eq!(Clock::order(topic), Ok(13));
		run_to(13);
		assert_eq!(recorded(topic), [2, 13]);
		assert_eq!(Clock::collecting_epoch(topic), Some(13));
	});
}

#[test]
fn epoch_of_a_phase_opens_in_its_next_slot() {
	ExtBuilder::build_and_execute(|| {
		let topic = create(TopicParameters { phase: Some(7), ..parameters() });
		run_to(7);
		assert_eq!(Clock::order(topic), Ok(17));
		run_to(16);
		assert_eq!(demand(topic).ordered, Some(17));
		run_to(17);
		assert_eq!(Clock::collecting_epoch(topic), Some(17));
	});
}

/// An order pays from now to the epoch's last step, 20 + 10 slots after its opening.
#[test]
fn order_pays_for_what_it_reserves_and_nothing_is_reserved_afterwards() {
	ExtBuilder::build_and_execute(|| {
		RentFloor::set(FLOOR);
		let topic = topic_on_demand();
		run_to(30);
		assert_eq!((demand(topic).rent, revenue(topic)), (31 * SLOT_RENT, 10 * ALLO));
		assert_ok!(Clock::order(topic));
		assert_eq!(revenue(topic), 10 * ALLO - 31 * SLOT_RENT);
		run_to(60);
		assert!(Reserved::<Test>::get() != Capacity::default());
		run_to(61);
		assert_eq!(Reserved::<Test>::get(), Capacity::default());
		assert_eq!(Phases::<Test>::get(), Default::default());
		let (left, state) = (revenue(topic), TopicStates::<Test>::get(topic));
		assert_eq!((state.scheduled, state.reservation), (None, None));
		run_to(500);
		assert_eq!(revenue(topic), left);
	});
}

#[test]
fn order_while_epochs_are_in_flight_pays_for_the_further_slots_only() {
	ExtBuilder::build_and_execute(|| {
		RentFloor::set(FLOOR);
		let topic = topic_on_demand();
		assert_ok!(Clock::order(topic));
		run_to(6);
		// The next epoch can be ordered in slot 12 and opens in 13: 11 slots later than this one.
		assert_eq!(demand(topic).rent, 11 * SLOT_RENT);
		run_to(12);
		let before = revenue(topic);
		assert_eq!(demand(topic).rent, 11 * SLOT_RENT);
		assert_ok!(Clock::order(topic));
		assert_eq!(before - revenue(topic), 11 * SLOT_RENT);
	});
}

#[test]
fn order_that_the_revenue_does_not_pay_is_refused() {
	ExtBuilder::build_and_execute(|| {
		let topic = topic_on_demand();
		// 31 slots of 1 ALLO.
		RentFloor::set(FLOOR * ALLO / SLOT_RENT);
		assert!(demand(topic).rent >= 30 * ALLO && demand(topic).obstacle.is_none());
		assert_noop!(Clock::order(topic), Error::<Test>::RentTooHigh);
		assert_ok!(Topics::fund(signed(BOB), topic, 22 * ALLO));
		assert_ok!(Clock::order(topic));
	});
}

/// An idle topic keeps its revenue and has no part in emission: its weight counts from an opening to
/// the end of that epoch.
#[test]
fn weight_counts_and_revenue_decays_only_while_an_epoch_is_running() {
	ExtBuilder::build_and_execute(|| {
		let topic = topic_on_demand();
		run_to(100);
		assert_eq!((weight(topic), revenue(topic)), (0, 10 * ALLO));
		assert_ok!(Clock::order(topic));
		assert_eq!(weight(topic), 0);
		run_to(101);
		assert_eq!(weight(topic), 10 * ALLO);
		run_to(110);
		assert!(weight(topic) > 0);
		run_to(111);
		assert_eq!(weight(topic), 0);
		// A week of the mock has 1000 slots, of which the epoch had 10.
		assert_eq!(revenue(topic), 10 * ALLO - ALLO / 10);
		assert_eq!(
			(Assigned::get(), AssignedSlots::get()),
			(vec![(topic, 101, 111)], vec![(10, 10)])
		);
		run_to(1_000);
		assert_eq!((weight(topic), revenue(topic)), (0, 10 * ALLO - ALLO / 10));
	});
}

/// Without blocks the weight counts until the clock ends the epoch. What the topic accrues after the
/// epoch's own slots goes back.
#[test]
fn outage_after_an_epoch_on_demand_brings_it_no_more_emission() {
	ExtBuilder::build_and_execute(|| {
		let topic = topic_on_demand();
		assert_ok!(Clock::order(topic));
		run_to(8);
		skip_to(502);
		poll(Weight::MAX);
		assert_eq!(Assigned::get(), [(topic, 2, 502)]);
		// 10 of the 500 slots from 2 to 502.
		assert_eq!((AssignedSlots::get(), weight(topic)), (vec![(10, 500)], 0));
	});
}

#[test]
fn ordered_epoch_that_an_outage_skips_opens_later_for_the_same_rent() {
	ExtBuilder::build_and_execute(|| {
		RentFloor::set(FLOOR);
		WithPayloads::set(Some(vec![]));
		let topic = topic_on_demand();
		assert_ok!(Clock::order(topic));
		let before = revenue(topic);
		skip_to(92);
		poll(Weight::MAX);
		// Epochs 2, 12, ... are whole epoch lengths apart; the windows of those up to 82 are over.
		assert_eq!((recorded(topic), revenue(topic)), (vec![92], before));
		assert_eq!(Clock::collecting_epoch(topic), Some(92));
	});
}

#[test]
fn obstacles_have_names() {
	ExtBuilder::build_and_execute(|| {
		let topic = topic_on_demand();
		let obstacle = || demand(topic).obstacle;
		assert_eq!(obstacle(), None);
		Stakes::mutate(|stakes| stakes.insert(topic, 0));
		assert_eq!(obstacle(), Some(Obstacle::WeightTooLow));
		assert_noop!(Clock::order(topic), Error::<Test>::WeightTooLow);
		Stakes::mutate(|stakes| stakes.insert(topic, 10 * ALLO));
		WorstStep::set(Weight::from_parts(400_000_000_000, 0));
		assert_eq!(obstacle(), Some(Obstacle::NoCapacity));
		assert_noop!(Clock::order(topic), Error::<Test>::NoCapacity);
		WorstStep::set(STEP);
		assert_ok!(Clock::force_inactivate(RuntimeOrigin::root(), topic));
		assert_eq!(obstacle(), Some(Obstacle::Barred));
		assert_noop!(Clock::order(topic), Error::<Test>::Barred);
		assert_ok!(Clock::lift(RuntimeOrigin::root(), topic));
		assert!(!is_active(topic));
		assert_eq!(obstacle(), None);
		assert_ok!(Topics::retire(signed(ALICE), topic));
		assert_eq!(obstacle(), Some(Obstacle::Retired));
		assert_noop!(Clock::order(topic), Error::<Test>::TopicRetired);
	});
}

#[test]
fn bar_cancels_an_order_whose_epoch_has_not_begun() {
	ExtBuilder::build_and_execute(|| {
		let topic = topic_on_demand();
		assert_ok!(Clock::order(topic));
		assert_ok!(Clock::force_inactivate(RuntimeOrigin::root(), topic));
		assert_eq!(demand(topic).ordered, None);
		assert_eq!(Reserved::<Test>::get(), Capacity::default());
		run_to(30);
		assert!(recorded(topic).is_empty());
	});
}

#[test]
fn retired_topic_on_demand_is_forgotten_after_its_last_epoch() {
	ExtBuilder::build_and_execute(|| {
		let (idle, ordered) = (topic_on_demand(), topic_on_demand());
		assert_ok!(Clock::order(ordered));
		for topic in [idle, ordered] {
			assert_ok!(Topics::retire(signed(ALICE), topic));
		}
		run_to(2);
		assert_eq!((Clock::demand(idle), recorded(ordered)), (None, vec![2]));
		run_to(40);
		assert_eq!(Clock::demand(ordered), None);
	});
}

#[test]
fn void_epoch_on_demand_ends_as_any_other() {
	ExtBuilder::build_and_execute(|| {
		let topic = topic_on_demand();
		Failing::set(vec![(allora_primitives::Step::CloseWorkers, 2, VoidReason::NoInference)]);
		assert_ok!(Clock::order(topic));
		run_to(6);
		let void = EpochState::Void(VoidReason::NoInference);
		assert_eq!(demand(topic).last_epoch, Some((2, void)));
		run_to(12);
		assert_eq!(Reserved::<Test>::get(), Capacity::default());
		assert_eq!(demand(topic).obstacle, None);
	});
}

/// Blocks of 0.4 s, which have capacity for 46 topics, as the tests of rent show.
fn few_topics() {
	let block = Weight::from_parts(400_000_000_000, 5_000_000);
	TestBlockWeights::set(BlockWeights::simple_max(block));
}

/// Idle topics are free because they hold nothing.
#[test]
fn idle_topics_on_demand_take_no_capacity_from_others() {
	ExtBuilder::build_and_execute(|| {
		RentFloor::set(FLOOR);
		few_topics();
		for _ in 0..200 {
			topic_on_demand();
		}
		assert_eq!(Reserved::<Test>::get(), Capacity::default());
		let regular = topic_with_stake(10 * ALLO);
		assert!(is_active(regular));
		run_to(2);
		assert_eq!(Clock::collecting_epoch(regular), Some(2));
	});
}

/// Orders pay the price that follows fullness, as activations do: the last of 44 pays more than a
/// hundred times what the first has paid.
#[test]
fn holding_capacity_by_orders_costs_what_it_costs_by_regular_topics() {
	ExtBuilder::build_and_execute(|| {
		RentFloor::set(FLOOR);
		few_topics();
		let rent_of = |topic| {
			let rent = demand(topic).rent;
			assert_ok!(Topics::fund(signed(BOB), topic, rent + 1));
			assert_ok!(Clock::order(topic));
			rent
		};
		let rents: Vec<_> = (0..44).map(|_| rent_of(topic_on_demand())).collect();
		assert_eq!(rents[0], 31 * SLOT_RENT);
		assert!(rents[43] > 100 * rents[0], "{} and {}", rents[43], rents[0]);
		// A regular topic pays the same per slot. Its first epoch is in a less loaded slot, and later.
		let next = demand(topic_on_demand()).rent;
		let regular = topic_with_stake(10 * ALLO);
		let [.., Event::TopicActivated { anchor, rent, .. }] = events()[..] else {
			panic!("the topic is not active")
		};
		let slots = Balance::from(anchor) + 30 - 1;
		// Each is rounded up to a planck.
		assert!((rent * 31).abs_diff(next * slots) <= slots.max(31), "{rent} for {slots} slots");
		assert!(is_active(regular));
	});
}

/// Neither kind of topic has a claim to capacity before the other: who asks while it is free gets it.
#[test]
fn capacity_is_refused_to_orders_and_to_activations_alike() {
	ExtBuilder::build_and_execute(|| {
		few_topics();
		let topics: Vec<_> = (0..46).map(|_| topic_on_demand()).collect();
		for topic in &topics {
			assert_ok!(Clock::order(*topic));
		}
		let (late, regular) = (topic_on_demand(), topic_with_stake(10 * ALLO));
		assert_noop!(Clock::order(late), Error::<Test>::NoCapacity);
		assert_noop!(Clock::activate(signed(BOB), regular), Error::<Test>::NoCapacity);
		run_to(35);
		assert_ok!(Clock::activate(signed(BOB), regular));
		assert_ok!(Clock::order(late));
	});
}
