//! Changes of a topic's rule, and what they reserve.

use super::{recorded, signed};
use crate::{
	mock::*, Capacity, Error, Event, PhaseLoads, Phases, Reservation, Reserved, StepWeights,
	TopicStates, WeightInfo,
};
use allora_primitives::{Balance, Rule, Step, TopicId, TopicParameters, TopicUpdate, ALLO};
use frame_support::{assert_noop, assert_ok, dispatch::DispatchResult, weights::Weight};
use pallet_registry::{Economies, Error as RegistryError};

/// The weights of the mock.
type Weights = <Test as crate::Config>::WeightInfo;

fn ms(count: u64) -> Weight {
	Weight::from_parts(count * 1_000_000_000, 0)
}

/// Makes steps take 80 ms, and a close to reputers 160 ms under the regret rule.
///
/// An epoch reserves a bit more than 320 ms under the mixture, and 400 ms under regrets. Steps may be
/// two slots late, so two blocks must hold an epoch of every topic. Each offers 500 ms less the
/// largest step and a fiftieth, for the ends of sessions: 411 ms, or 333 ms with a topic under
/// regrets. So two topics under the mixture fit, or one under regrets.
fn costly_regrets() {
	WorstStep::set(Weight::from_parts(80_000_000_000, 1_000));
	WorstOfRule::set(vec![(Rule::Regret, Step::CloseReputers, ms(80))]);
}

fn with_rule(rule: Rule) -> TopicParameters {
	TopicParameters { rule, ..parameters() }
}

/// Creates a topic of this rule with stake.
fn topic_of(rule: Rule) -> TopicId {
	let topic = pallet_registry::NextTopicId::<Test>::get();
	Stakes::mutate(|stakes| stakes.insert(topic, 10 * ALLO));
	assert_ok!(Topics::create(signed(ALICE), Box::new(with_rule(rule))));
	topic
}

fn change(topic: TopicId, rule: Rule) -> DispatchResult {
	let changes = TopicUpdate { rule: Some(rule), ..Default::default() };
	Topics::update(signed(ALICE), topic, Box::new(changes))
}

fn reserved_by(topic: TopicId) -> Reservation {
	TopicStates::<Test>::get(topic).reservation.expect("the topic has a step to come")
}

/// What a topic of this rule alone reserves, with its epochs in the phase of the topic's.
fn alone(rule: Rule, topic: TopicId) -> Reservation {
	let anchor = TopicStates::<Test>::get(topic).anchor;
	Clock::reservation_of(&with_rule(rule)).opening_at(anchor)
}

#[test]
fn change_to_a_costlier_rule_reserves_for_it() {
	ExtBuilder::build_and_execute(|| {
		costly_regrets();
		let topic = topic_of(Rule::Mixture);
		run_to(3);
		assert_eq!(reserved_by(topic), alone(Rule::Mixture, topic));
		assert_ok!(change(topic, Rule::Regret));
		assert_eq!(reserved_by(topic), alone(Rule::Regret, topic));
		let rate = Clock::reservation(&with_rule(Rule::Regret)).unwrap();
		assert_eq!(Clock::reserved_and_share().0, rate);
		assert_eq!(Reserved::<Test>::get().largest, reserved_by(topic).largest);
		assert_eq!(Clock::vacancies(&parameters()), 0);
	});
}

#[test]
fn change_before_the_first_epoch_reserves_as_well() {
	ExtBuilder::build_and_execute(|| {
		costly_regrets();
		let topic = topic_of(Rule::Mixture);
		assert!(recorded(topic).is_empty());
		assert_ok!(change(topic, Rule::Regret));
		assert_eq!(reserved_by(topic), alone(Rule::Regret, topic));
	});
}

#[test]
fn change_to_a_costlier_rule_without_capacity_is_refused() {
	ExtBuilder::build_and_execute(|| {
		costly_regrets();
		let (topic, other) = (topic_of(Rule::Mixture), topic_of(Rule::Mixture));
		run_to(6);
		assert_noop!(change(topic, Rule::Regret), RegistryError::<Test>::NoCapacity);
		// The last epoch of the other topic began at 3 and is closed at 3 + 20 + 10.
		assert_ok!(Topics::retire(signed(ALICE), other));
		run_to(32);
		assert_noop!(change(topic, Rule::Regret), RegistryError::<Test>::NoCapacity);
		run_to(33);
		assert_ok!(change(topic, Rule::Regret));
	});
}

#[test]
fn change_to_a_cheaper_rule_keeps_the_reservation() {
	ExtBuilder::build_and_execute(|| {
		costly_regrets();
		let topic = topic_of(Rule::Regret);
		run_to(3);
		assert_ok!(change(topic, Rule::Mixture));
		assert_eq!(reserved_by(topic), alone(Rule::Regret, topic));
		assert_eq!(Clock::vacancies(&parameters()), 0);
		// All epochs under regrets are closed by 32.
		run_to(45);
		assert_eq!(reserved_by(topic), alone(Rule::Regret, topic));
		// The change back needs no vacancy.
		assert_ok!(change(topic, Rule::Regret));
	});
}

#[test]
fn topic_without_a_step_to_come_reserves_for_its_rule_alone_at_its_next_activation() {
	ExtBuilder::build_and_execute(|| {
		costly_regrets();
		// Epochs 2 and 12; the latter is closed at 12 + 20 + 10.
		SlotsPerWeek::set(10);
		let topic = topic_of(Rule::Regret);
		run_to(3);
		assert_ok!(change(topic, Rule::Mixture));
		run_to(42);
		assert_eq!(Reserved::<Test>::get(), Capacity::default());
		assert_ok!(Topics::fund(signed(BOB), topic, 40 * ALLO));
		assert_eq!(reserved_by(topic), alone(Rule::Mixture, topic));
	});
}

#[test]
fn activation_keeps_what_epochs_in_flight_under_a_costlier_rule_need() {
	ExtBuilder::build_and_execute(|| {
		costly_regrets();
		SlotsPerWeek::set(10);
		let topic = topic_of(Rule::Regret);
		// The topic is inactive from 22 on, and epoch 12 is in flight until 42.
		run_to(25);
		assert_ok!(change(topic, Rule::Mixture));
		assert_ok!(Topics::fund(signed(BOB), topic, 40 * ALLO));
		assert_eq!(TopicStates::<Test>::get(topic).anchor, 26);
		assert_eq!(reserved_by(topic), alone(Rule::Regret, topic));
	});
}

#[test]
fn change_of_an_inactive_topic_reserves_at_its_activation() {
	ExtBuilder::build_and_execute(|| {
		costly_regrets();
		topic_of(Rule::Mixture);
		assert_ok!(Topics::create(signed(ALICE), Box::new(parameters())));
		let before = Reserved::<Test>::get();
		assert_ok!(change(2, Rule::Regret));
		assert_eq!(Reserved::<Test>::get(), before);
		Stakes::mutate(|stakes| stakes.insert(2, 10 * ALLO));
		assert_noop!(Clock::activate(signed(BOB), 2), Error::<Test>::NoCapacity);
		assert_ok!(change(2, Rule::Mixture));
		assert_ok!(Clock::activate(signed(BOB), 2));
		assert_eq!(reserved_by(2), alone(Rule::Mixture, 2));
	});
}

#[test]
fn rules_that_are_costly_in_different_steps_reserve_both_steps() {
	ExtBuilder::build_and_execute(|| {
		WorstOfRule::set(vec![
			(Rule::Mixture, Step::CloseWorkers, ms(30)),
			(Rule::Regret, Step::CloseReputers, ms(40)),
		]);
		let topic = topic_of(Rule::Mixture);
		let (mixture, regret) = (alone(Rule::Mixture, topic), alone(Rule::Regret, topic));
		assert_ok!(change(topic, Rule::Regret));
		// Epochs under both are in flight: one closes to workers, one to reputers.
		let both = reserved_by(topic);
		let steps = StepWeights {
			open: regret.steps.open,
			close_workers: mixture.steps.close_workers,
			close_reputers: regret.steps.close_reputers,
		};
		assert_eq!(both.steps, steps);
		assert_eq!(both.epoch, regret.epoch + ms(30));
		assert_eq!(both.rate, regret.rate + ms(3));
		assert_eq!((both.largest, both.phase), (regret.largest, regret.phase));
	});
}

#[test]
fn repeated_changes_neither_add_up_nor_free_capacity() {
	ExtBuilder::build_and_execute(|| {
		costly_regrets();
		let topic = topic_of(Rule::Mixture);
		run_to(3);
		assert_ok!(change(topic, Rule::Regret));
		let (reserved, phases) = (Reserved::<Test>::get(), Phases::<Test>::get());
		for slot in 4..50 {
			for rule in [Rule::Mixture, Rule::Regret, Rule::Mixture, Rule::Regret] {
				assert_ok!(change(topic, rule));
				assert_eq!(
					(Reserved::<Test>::get(), Phases::<Test>::get()),
					(reserved.clone(), phases.clone())
				);
			}
			run_to(slot);
		}
		assert_ok!(Topics::retire(signed(ALICE), topic));
		run_to(100);
		assert_eq!(Reserved::<Test>::get(), Capacity::default());
		assert_eq!(Phases::<Test>::get(), PhaseLoads::default());
	});
}

#[test]
fn refused_changes_leave_no_trace() {
	ExtBuilder::build_and_execute(|| {
		costly_regrets();
		let topics = [topic_of(Rule::Mixture), topic_of(Rule::Mixture)];
		run_to(6);
		let (reserved, phases) = (Reserved::<Test>::get(), Phases::<Test>::get());
		for topic in topics.into_iter().cycle().take(10) {
			assert_noop!(change(topic, Rule::Regret), RegistryError::<Test>::NoCapacity);
		}
		assert_eq!((Reserved::<Test>::get(), Phases::<Test>::get()), (reserved, phases));
	});
}

#[test]
fn step_of_an_epoch_under_a_costlier_former_rule_waits_until_it_fits() {
	ExtBuilder::build_and_execute(|| {
		costly_regrets();
		let topic = topic_of(Rule::Regret);
		run_to(3);
		assert_ok!(change(topic, Rule::Mixture));
		run_to(31);
		let taken = Taken::get();
		skip_to(32);
		let turn = Weights::poll(1) + Weights::turn() + Weights::release();
		let close = |rule| Clock::step_weight(Step::CloseReputers, &with_rule(rule));
		poll(turn + close(Rule::Mixture));
		assert_eq!(Taken::get(), taken);
		poll(turn + close(Rule::Regret));
		assert_eq!(Taken::get().last(), Some(&(32, topic, Step::CloseReputers, 2)));
	});
}

#[test]
fn step_of_an_epoch_under_a_costlier_former_rule_is_charged_in_full() {
	ExtBuilder::build_and_execute(|| {
		costly_regrets();
		let topic = topic_of(Rule::Regret);
		run_to(3);
		assert_ok!(change(topic, Rule::Mixture));
		run_to(31);
		skip_to(32);
		let turn = Weights::poll(1) + Weights::turn();
		UsedStep::set(ms(160));
		// The opening due in the same slot does not fit.
		let used =
			poll(turn + Weights::release() + alone(Rule::Regret, topic).steps.close_reputers);
		assert_eq!(used, turn + Weights::close_reputers() + ms(160));
	});
}

/// The rent per slot of what the regret rule adds in the mock: 0.05 ms at 1 ALLO per second.
const ADDED_PER_SLOT: Balance = ALLO / 20_000;

fn revenue(topic: TopicId) -> Balance {
	Topics::topic_info(topic).unwrap().revenue
}

#[test]
fn heavier_rule_pays_for_what_it_adds_up_to_what_is_paid() {
	ExtBuilder::build_and_execute(|| {
		RentFloor::set(ALLO);
		let topic = topic_of(Rule::Mixture);
		// The opening in slot 2 has paid for epoch 12, whose reports close in 12 + 20 + 10.
		run_to(3);
		let paid_through = TopicStates::<Test>::get(topic).paid_through;
		assert_eq!(paid_through, 42);
		let (before, rent) = (revenue(topic), 39 * ADDED_PER_SLOT);
		events();
		assert_ok!(change(topic, Rule::Regret));
		assert_eq!(revenue(topic), before - rent);
		assert_eq!(events(), vec![Event::ReservationRaised { topic, rent }]);
		assert_eq!(TopicStates::<Test>::get(topic).paid_through, paid_through);
		// It is reserved and paid for already when the rule changes again.
		assert_ok!(change(topic, Rule::Mixture));
		assert_ok!(change(topic, Rule::Regret));
		assert_eq!((revenue(topic), events()), (before - rent, vec![]));
	});
}

#[test]
fn heavier_rule_that_the_revenue_does_not_pay_for_is_refused() {
	ExtBuilder::build_and_execute(|| {
		RentFloor::set(ALLO);
		let topic = topic_of(Rule::Mixture);
		run_to(3);
		let set_revenue = |revenue| {
			Economies::<Test>::mutate(topic, |economy| {
				(economy.revenue, economy.dripped_at) = (revenue, 3);
			});
		};
		set_revenue(39 * ADDED_PER_SLOT - 1);
		assert_noop!(change(topic, Rule::Regret), RegistryError::<Test>::RentTooHigh);
		set_revenue(39 * ADDED_PER_SLOT);
		assert_ok!(change(topic, Rule::Regret));
		assert_eq!(revenue(topic), 0);
	});
}

#[test]
fn activation_pays_for_what_a_heavier_rule_adds_to_what_is_paid() {
	ExtBuilder::build_and_execute(|| {
		RentFloor::set(ALLO);
		SlotsPerWeek::set(10);
		let topic = topic_of(Rule::Mixture);
		// The topic is inactive from 22 on, and has paid up to 42, when epoch 12 is closed.
		run_to(25);
		assert_ok!(change(topic, Rule::Regret));
		events();
		assert_ok!(Topics::fund(signed(BOB), topic, 40 * ALLO));
		// Slots 25 to 42 are paid at the former rate; up to 56 the rate is 0.4671 ms per slot.
		let rent = 17 * ADDED_PER_SLOT + 14 * (4_671 * ALLO / 10_000_000);
		assert!(events().contains(&Event::TopicActivated {
			topic,
			anchor: 26,
			weight: 20 * ALLO,
			rent
		}));
	});
}
