//! Activating and inactivating topics, by their weight and the clock's capacity.

use super::{recorded, signed};
use crate::{mock::*, Capacity, Deferral, Error, Event, Reserved, TopicStates};
use allora_primitives::{
	traits::{EpochInspect, StakeObserver},
	TopicId, ALLO,
};
use frame_support::{assert_noop, assert_ok, weights::Weight};
use pallet_registry::{Economies, Event as RegistryEvent};

fn is_active(topic: TopicId) -> bool {
	TopicStates::<Test>::get(topic).active
}

fn set_stake(topic: TopicId, stake: u128) {
	Stakes::mutate(|stakes| stakes.insert(topic, stake));
	Clock::on_stake_changed(topic);
}

/// A topic whose revenue decays to zero within an epoch: it has epochs 2 and 12, and is inactive
/// from 22 on.
fn fading_topic() -> TopicId {
	SlotsPerWeek::set(10);
	topic_with_stake(10 * ALLO)
}

#[test]
fn topic_with_enough_weight_is_active_from_the_next_slot() {
	ExtBuilder::build_and_execute(|| {
		// The root of 10 ALLO of stake and 10 ALLO of revenue is 10 ALLO.
		let topic = topic_with_stake(10 * ALLO);
		assert_eq!(
			events().last(),
			Some(&Event::TopicActivated { topic, anchor: 2, weight: 10 * ALLO, rent: 0 })
		);
		assert_eq!(Clock::collecting_epoch(topic), None);
		run_to(2);
		assert_eq!(Clock::collecting_epoch(topic), Some(2));
		assert_eq!(EmissionWeights::get().get(&topic), Some(&(10 * ALLO)));
	});
}

/// Creates a topic with stake whose epochs open in this phase.
fn topic_of_phase(phase: u32) -> TopicId {
	Stakes::mutate(|stakes| stakes.insert(1, 10 * ALLO));
	let parameters = allora_primitives::TopicParameters { phase: Some(phase), ..parameters() };
	assert_ok!(Topics::create(signed(ALICE), Box::new(parameters)));
	1
}

#[test]
fn first_epoch_opens_in_the_topics_phase() {
	// The first slots of these phases after slot 57.
	for (phase, anchor) in [(7, 67), (8, 58), (9, 59), (0, 60), (6, 66)] {
		ExtBuilder::build_and_execute(|| {
			skip_to(57);
			let topic = topic_of_phase(phase);
			assert_eq!(TopicStates::<Test>::get(topic).anchor, anchor);
		});
	}
}

#[test]
fn epochs_keep_their_phase_after_the_topic_was_inactive() {
	ExtBuilder::build_and_execute(|| {
		SlotsPerWeek::set(10);
		let topic = topic_of_phase(5);
		// The revenue decays to zero within an epoch: epochs 5 and 15, inactive from 25 on.
		run_to(33);
		assert_eq!(recorded(topic), vec![5, 15]);
		assert_ok!(Topics::fund(signed(BOB), topic, 10 * ALLO));
		run_to(35);
		assert_eq!(recorded(topic), vec![5, 15, 35]);
	});
}

#[test]
fn weight_at_the_minimum_is_enough_and_below_is_not() {
	ExtBuilder::build_and_execute(|| {
		// sqrt(10 ALLO * 0.1 ALLO) = 1 ALLO, the minimum. With one planck of stake less, the weight
		// is one planck lower, rounded down.
		assert!(is_active(topic_with_stake(ALLO / 10)));
		assert!(!is_active(topic_with_stake(ALLO / 10 - 1)));
	});
}

#[test]
fn stake_activates_a_topic() {
	ExtBuilder::build_and_execute(|| {
		assert_ok!(Topics::create(signed(ALICE), Box::new(parameters())));
		assert!(!is_active(1));
		skip_to(7);
		set_stake(1, 10 * ALLO);
		assert!(is_active(1));
		assert_eq!(TopicStates::<Test>::get(1).anchor, 8);
	});
}

#[test]
fn stake_in_a_retired_or_missing_topic_is_ignored() {
	ExtBuilder::build_and_execute(|| {
		Clock::on_stake_changed(1);
		assert_ok!(Topics::create(signed(ALICE), Box::new(parameters())));
		assert_ok!(Topics::retire(signed(ALICE), 1));
		events();
		set_stake(1, 10 * ALLO);
		assert!(!is_active(1));
		assert_eq!(events(), vec![]);
	});
}

#[test]
fn funding_and_registering_activate_a_topic() {
	ExtBuilder::build_and_execute(|| {
		// Stake 0.095 ALLO: with 10 ALLO of revenue sqrt(0.95) ALLO, with 11 sqrt(1.045) ALLO.
		let stake = ALLO * 95 / 1_000;
		let funded = topic_with_stake(stake);
		let joined = topic_with_stake(stake);
		assert!(!is_active(funded) && !is_active(joined));
		assert_ok!(Topics::fund(signed(BOB), funded, ALLO));
		assert_ok!(Topics::register(
			signed(BOB),
			joined,
			allora_primitives::Registration::Worker,
			None
		));
		assert!(is_active(funded) && is_active(joined));
	});
}

#[test]
fn activate_call_fails_with_the_reason() {
	ExtBuilder::build_and_execute(|| {
		assert_noop!(Clock::activate(signed(BOB), 1), Error::<Test>::TopicNotFound);
		assert_ok!(Topics::create(signed(ALICE), Box::new(parameters())));
		assert_noop!(Clock::activate(signed(BOB), 1), Error::<Test>::WeightTooLow);
		Stakes::mutate(|stakes| stakes.insert(1, 10 * ALLO));
		assert_ok!(Clock::activate(signed(BOB), 1));
		assert_noop!(Clock::activate(signed(BOB), 1), Error::<Test>::AlreadyActive);
	});
}

#[test]
fn weight_goes_part_of_the_way_to_its_target() {
	ExtBuilder::build_and_execute(|| {
		// Two epochs per week: revenue halves, and the weight goes 1 - (1 - 0.5)^0.5 =
		// 0.29289321881... of the way.
		SlotsPerWeek::set(20);
		let topic = topic_with_stake(10 * ALLO);
		run_to(11);
		Stakes::mutate(|stakes| stakes.insert(topic, 80 * ALLO));
		events();
		run_to(12);
		// The target is sqrt(80 ALLO * 5 ALLO) = 20 ALLO; 10 + 0.29289321881345 * 10 ALLO.
		let (weight, revenue) = (129_289_321_881, 5 * ALLO);
		System::assert_has_event(
			RegistryEvent::WeightUpdated { topic, weight, counted: weight, revenue, rent: 0 }
				.into(),
		);
		assert_eq!(EmissionWeights::get().get(&topic), Some(&129_289_321_881));
	});
}

#[test]
fn weight_falls_all_the_way_to_its_target() {
	ExtBuilder::build_and_execute(|| {
		let topic = topic_with_stake(10 * ALLO);
		run_to(11);
		Stakes::mutate(|stakes| stakes.insert(topic, ALLO));
		run_to(12);
		// sqrt(1 ALLO * 9.9 ALLO) = 3.14642654451 ALLO.
		assert_eq!(EmissionWeights::get().get(&topic), Some(&31_464_265_445));
	});
}

#[test]
fn weight_falls_at_once_when_stake_is_withdrawn_and_rises_at_an_opening() {
	ExtBuilder::build_and_execute(|| {
		SlotsPerWeek::set(20);
		let topic = topic_with_stake(10 * ALLO);
		run_to(2);
		let counted = || EmissionWeights::get().get(&topic).copied();
		assert_eq!(counted(), Some(10 * ALLO));
		set_stake(topic, 4 * ALLO / 10);
		assert_eq!(counted(), Some(2 * ALLO));
		set_stake(topic, 10 * ALLO);
		assert_eq!(counted(), Some(2 * ALLO));
		// Part of the way to sqrt(10 ALLO * 5 ALLO) = 7.07 ALLO: 2 + 0.2928932188 * 5.07 ALLO.
		run_to(12);
		assert_eq!(counted(), Some(34_852_813_742));
		// Stake that counts for nothing ends the topic with the epoch that runs.
		set_stake(topic, 0);
		assert_eq!(counted(), Some(0));
		run_to(32);
		assert!(!is_active(topic));
	});
}

#[test]
fn lapsed_topic_is_revived_by_what_a_new_one_needs() {
	ExtBuilder::build_and_execute(|| {
		// 0.1 ALLO of stake and 10 ALLO of revenue suffice for the first epoch only.
		let lapsed = topic_with_stake(ALLO / 10);
		run_to(30);
		assert!(!is_active(lapsed));
		let revenue = Topics::topic_info(lapsed).unwrap().revenue;
		// The minimum is 1 ALLO, so stake and revenue must multiply to 1 ALLO^2.
		let enough = ALLO * ALLO / revenue + 1;
		set_stake(lapsed, enough - 1);
		assert!(!is_active(lapsed));
		set_stake(lapsed, enough);
		assert!(is_active(lapsed));
		// With twice the stake it goes on, as a new one would.
		set_stake(lapsed, 2 * enough);
		run_to(100);
		assert!(is_active(lapsed));
		let weight = EmissionWeights::get()[&lapsed];
		assert!(weight > ALLO && weight < 2 * ALLO, "{weight}");
	});
}

/// A topic that was active in epochs 2 and 12, in slot 30; a week has 20 slots.
///
/// Its stake is 0.1 ALLO. Its revenue of 10 ALLO halves per epoch, to 2.5 ALLO when the topic becomes
/// inactive. The weight of epoch 12 is sqrt(0.1 ALLO * 5 ALLO), less than the minimum of 1 ALLO.
fn lapsed_topic() -> TopicId {
	SlotsPerWeek::set(20);
	let topic = topic_with_stake(ALLO / 10);
	run_to(30);
	assert!(!is_active(topic));
	assert_eq!(Topics::topic_info(topic).unwrap().revenue, 25 * ALLO / 10);
	topic
}

/// Otherwise a topic would lapse on purpose, to have at once what others reach in weeks.
#[test]
fn topic_that_lapses_and_returns_does_not_jump_to_its_target() {
	ExtBuilder::build_and_execute(|| {
		let topic = lapsed_topic();
		assert_ok!(Topics::fund(signed(BOB), topic, 975 * ALLO / 10));
		set_stake(topic, 100 * ALLO);
		assert!(is_active(topic));
		run_to(31);
		// Its target is 100 ALLO, and alpha is 1 - 1/sqrt(2): from 0.5 sqrt(2) it goes to
		// 29.2893218813 ALLO + 0.5 ALLO.
		let weight = EmissionWeights::get()[&topic];
		assert!(weight.abs_diff(297_893_218_813) <= 1, "{weight}");
	});
}

#[test]
fn weight_of_an_inactive_topic_falls_with_its_stake() {
	ExtBuilder::build_and_execute(|| {
		let topic = lapsed_topic();
		let weight = || Economies::<Test>::get(topic).weight;
		assert_eq!(weight(), Some(7_071_067_811));
		// sqrt(0.001 ALLO * 2.5 ALLO) = 0.05 ALLO.
		set_stake(topic, ALLO / 1_000);
		assert_eq!(weight(), Some(ALLO / 20));
		set_stake(topic, ALLO / 10);
		assert_eq!(weight(), Some(ALLO / 20));
		assert_eq!(EmissionWeights::get().get(&topic), Some(&0));
	});
}

#[test]
fn revenue_decays_once_for_every_epoch_that_ended() {
	ExtBuilder::build_and_execute(|| {
		// A hundred epochs per week: the first takes a hundredth of 10 ALLO, the second of 9.9
		// ALLO.
		let topic = topic_with_stake(10 * ALLO);
		run_to(2);
		assert_eq!(Economies::<Test>::get(topic).revenue, 10 * ALLO);
		run_to(12);
		assert_eq!(Economies::<Test>::get(topic).revenue, 99_000_000_000);
		run_to(22);
		assert_eq!(Economies::<Test>::get(topic).revenue, 98_010_000_000);
	});
}

#[test]
fn topic_below_the_minimum_ends_after_its_announced_last_epoch() {
	ExtBuilder::build_and_execute(|| {
		let topic = fading_topic();
		run_to(11);
		events();
		run_to(12);
		assert!(events().contains(&Event::InactivationAnnounced {
			topic,
			last_epoch: 12,
			inactive_at: 22
		}));
		assert!(is_active(topic));
		assert_eq!(Clock::collecting_epoch(topic), Some(12));
		run_to(21);
		events();
		run_to(22);
		assert!(events().contains(&Event::TopicInactivated { topic, last_epoch: 12 }));
		assert!(!is_active(topic));
		assert_eq!(Clock::collecting_epoch(topic), None);
		// Emission is assigned to the last epoch as well.
		assert_eq!(Assigned::get(), vec![(topic, 2, 12), (topic, 12, 22)]);
		assert_eq!(EmissionWeights::get().get(&topic), Some(&0));
		// The reservation is released once the last epoch is closed, at 12 + 20 + 10.
		assert!(Reserved::<Test>::get().rate().ref_time() > 0);
		run_to(42);
		assert_eq!(Reserved::<Test>::get(), Capacity::default());
	});
}

#[test]
fn epochs_of_an_inactive_topic_are_settled() {
	ExtBuilder::build_and_execute(|| {
		let topic = fading_topic();
		run_to(22);
		events();
		// 12 + 20 + 10.
		run_to(42);
		assert!(events().contains(&Event::EpochSettled { topic, epoch: 12 }));
	});
}

#[test]
fn funding_reactivates_with_a_new_anchor() {
	ExtBuilder::build_and_execute(|| {
		let topic = fading_topic();
		run_to(25);
		events();
		// As for a new topic: sqrt(10 ALLO * 40 ALLO) = 20 ALLO.
		assert_ok!(Topics::fund(signed(BOB), topic, 40 * ALLO));
		let [Event::TopicActivated { topic: 1, anchor: 26, weight, .. }] = events()[..] else {
			panic!("the topic is not activated")
		};
		assert_eq!(weight, 20 * ALLO);
		run_to(26);
		assert_eq!(Clock::collecting_epoch(topic), Some(26));
		// Earlier epochs stay on record, and no more emission is assigned to them.
		assert_eq!(recorded(topic), vec![2, 12, 26]);
		assert_eq!(Assigned::get(), vec![(topic, 2, 12), (topic, 12, 22)]);
	});
}

#[test]
fn funding_in_time_cancels_the_announced_end() {
	ExtBuilder::build_and_execute(|| {
		let topic = fading_topic();
		run_to(21);
		events();
		assert_ok!(Topics::fund(signed(BOB), topic, 40 * ALLO));
		let [Event::InactivationCancelled { topic: 1, next_epoch: 22, .. }] = events()[..] else {
			panic!("the announcement is not cancelled")
		};
		skip_to(22);
		assert_eq!(Clock::collecting_epoch(topic), Some(22));
		poll(Weight::MAX);
		assert!(is_active(topic));
	});
}

#[test]
fn announced_end_cannot_be_cancelled_once_the_epoch_is_over() {
	ExtBuilder::build_and_execute(|| {
		let topic = fading_topic();
		run_to(21);
		// The clock does not run in slot 22, so the topic is not inactivated yet.
		skip_to(22);
		events();
		assert_ok!(Topics::fund(signed(BOB), topic, 40 * ALLO));
		assert_eq!(events(), vec![]);
		assert_noop!(Clock::activate(signed(BOB), topic), Error::<Test>::AlreadyActive);
		poll(Weight::MAX);
		assert!(!is_active(topic));
	});
}

/// Makes steps take 80 ms, so that two topics fit.
///
/// An epoch reserves a bit more than 320 ms: three steps and an inactivation. A quarter of a block
/// is 500 ms, of which the largest step and a fiftieth, for the ends of sessions, are not usable:
/// 411 ms. Steps may be two slots late, so two blocks must hold an epoch of every topic.
fn expensive_steps() {
	WorstStep::set(Weight::from_parts(80_000_000_000, 1_000));
}

#[test]
fn topic_beyond_capacity_is_created_and_not_activated() {
	ExtBuilder::build_and_execute(|| {
		expensive_steps();
		for topic in 1..=2 {
			assert_eq!(topic_with_stake(10 * ALLO), topic);
			assert!(is_active(topic));
		}
		events();
		let topic = topic_with_stake(10 * ALLO);
		assert_eq!(
			events().last(),
			Some(&Event::ActivationDeferred { topic, reason: Deferral::NoCapacity })
		);
		assert!(!is_active(topic));
		assert_noop!(Clock::activate(signed(BOB), topic), Error::<Test>::NoCapacity);
	});
}

#[test]
fn ended_topic_releases_its_reservation_once_its_last_epoch_is_closed() {
	ExtBuilder::build_and_execute(|| {
		expensive_steps();
		for _ in 1..=3 {
			topic_with_stake(10 * ALLO);
		}
		run_to(6);
		assert_ok!(Topics::retire(signed(ALICE), 2));
		// Its epoch began at 3 and is closed at 3 + 20 + 10.
		run_to(32);
		assert!(!is_active(2));
		assert_noop!(Clock::activate(signed(BOB), 3), Error::<Test>::NoCapacity);
		run_to(33);
		assert_ok!(Clock::activate(signed(BOB), 3));
		assert!(is_active(3));
	});
}

#[test]
fn topic_with_a_step_beyond_the_clocks_share_of_a_block_is_not_admitted() {
	ExtBuilder::build_and_execute(|| {
		WorstStep::set(Weight::from_parts(500_000_000_000, 1_000));
		let topic = topic_with_stake(10 * ALLO);
		assert_noop!(Clock::activate(signed(BOB), topic), Error::<Test>::NoCapacity);
		assert_eq!(Clock::reservation(&parameters()), None);
	});
}

#[test]
fn reservation_is_the_worst_epoch_by_its_length_rounded_up() {
	ExtBuilder::build_and_execute(|| {
		// Three pipelines of 1 ms and a pruning of 4 us; the clock's own parts of 50, 5 and 5 us;
		// an inactivation of at most 1 054 us; three turns of 15 us and a release of 8 us: 4 171
		// us. The proof has four parts of 1 000 bytes and two of 40.
		let topic = topic_with_stake(10 * ALLO);
		let rate = Weight::from_parts(417_100_000, 408);
		let reservation = TopicStates::<Test>::get(topic).reservation.unwrap();
		assert_eq!((reservation.rate, reservation.epoch), (rate, rate * 10));
		assert_eq!(Clock::reservation(&parameters()), Some(rate));
	});
}

#[test]
fn vacancies_and_reservations_agree_with_admission() {
	ExtBuilder::build_and_execute(|| {
		expensive_steps();
		// A quarter of a block of two seconds and five million bytes.
		let share = Weight::from_parts(500_000_000_000, 1_250_000);
		assert_eq!(Clock::reserved_and_share(), (Weight::zero(), share));
		let each = Clock::reservation(&parameters()).unwrap();
		for left in [2, 1] {
			assert_eq!(Clock::vacancies(&parameters()), left);
			assert!(is_active(topic_with_stake(10 * ALLO)));
		}
		assert_eq!(Clock::vacancies(&parameters()), 0);
		assert_eq!(Clock::reserved_and_share(), (each * 2, share));
	});
}
