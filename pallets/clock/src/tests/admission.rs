//! Weight, activation, inactivation, capacity.

use crate::{mock::*, Capacity, Deferral, Error, Event, Reserved, TopicStates};
use allora_primitives::{
	traits::{EpochInspect, StakeObserver},
	EpochId, TopicId, ALLO,
};
use frame_support::{assert_noop, assert_ok, weights::Weight};
use pallet_registry::{Economies, Event as RegistryEvent};

fn signed(who: u64) -> RuntimeOrigin {
	RuntimeOrigin::signed(who)
}

fn is_active(topic: TopicId) -> bool {
	TopicStates::<Test>::get(topic).active
}

fn set_stake(topic: TopicId, stake: u128) {
	Stakes::mutate(|stakes| stakes.insert(topic, stake));
	Clock::on_stake_changed(topic);
}

fn recorded(topic: TopicId) -> Vec<EpochId> {
	TopicStates::<Test>::get(topic).records.into_iter().map(|(epoch, _)| epoch).collect()
}

/// A topic whose revenue fades within an epoch: epochs 2 and 12, inactive from 22 on.
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
			Some(&Event::TopicActivated { topic, anchor: 2, weight: 10 * ALLO })
		);
		assert_eq!(Clock::collecting_epoch(topic), None);
		run_to(2);
		assert_eq!(Clock::collecting_epoch(topic), Some(2));
		assert_eq!(EmissionWeights::get().get(&topic), Some(&(10 * ALLO)));
	});
}

/// Creates a topic with stake whose epochs open in this slot of every ten.
fn topic_of_phase(phase: u32) -> TopicId {
	Stakes::mutate(|stakes| stakes.insert(1, 10 * ALLO));
	let parameters = allora_primitives::TopicParameters { phase: Some(phase), ..parameters() };
	assert_ok!(Topics::create(signed(ALICE), Box::new(parameters)));
	1
}

#[test]
fn first_epoch_opens_in_the_topics_phase() {
	// Activated in slot 57: the next slots of these phases.
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
		// Its revenue fades within an epoch: epochs 5 and 15, inactive from 25 on.
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
		// sqrt(10 ALLO * 0.1 ALLO) = 1 ALLO, the minimum; with a planck of stake less it is 1 planck
		// less, rounded down.
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
fn stake_in_a_topic_that_is_not_there_or_retired_is_ignored() {
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
fn activation_by_hand_says_why_not() {
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
		// Two epochs a week: revenue halves, and 1 - (1 - 0.5)^0.5 = 0.29289321881... of the way.
		SlotsPerWeek::set(20);
		let topic = topic_with_stake(10 * ALLO);
		run_to(11);
		Stakes::mutate(|stakes| stakes.insert(topic, 80 * ALLO));
		events();
		run_to(12);
		// The target is sqrt(80 ALLO * 5 ALLO) = 20 ALLO; 10 + 0.29289321881345 * 10 ALLO.
		System::assert_has_event(
			RegistryEvent::WeightUpdated { topic, weight: 129_289_321_881, revenue: 5 * ALLO }
				.into(),
		);
		assert_eq!(EmissionWeights::get().get(&topic), Some(&129_289_321_881));
	});
}

#[test]
fn revenue_decays_once_for_every_epoch_that_ended() {
	ExtBuilder::build_and_execute(|| {
		// A hundred epochs a week: each takes a hundredth of 10 ALLO, then of 9.9 ALLO.
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
		// What the last epoch accrued is its own.
		assert_eq!(Assigned::get(), vec![(topic, 2, 12), (topic, 12, 22)]);
		assert_eq!(EmissionWeights::get().get(&topic), Some(&0));
		// What it reserves is released once its last epoch is closed, at 12 + 20 + 10.
		assert!(Reserved::<Test>::get().rate().ref_time() > 0);
		run_to(42);
		assert_eq!(Reserved::<Test>::get(), Capacity::default());
	});
}

#[test]
fn epochs_of_an_inactive_topic_come_to_their_end() {
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
		// Half of the way from 0 to sqrt(10 ALLO * 40 ALLO) = 20 ALLO, rounded down.
		assert_ok!(Topics::fund(signed(BOB), topic, 40 * ALLO));
		let [Event::TopicActivated { topic: 1, anchor: 26, weight }] = events()[..] else {
			panic!("the topic is not activated")
		};
		assert!((10 * ALLO - 1..=10 * ALLO).contains(&weight));
		run_to(26);
		assert_eq!(Clock::collecting_epoch(topic), Some(26));
		// The old epochs are others, and no emission is handed to them any more.
		assert_eq!(recorded(topic), vec![2, 12, 26]);
		assert_eq!(Assigned::get(), vec![(topic, 2, 12), (topic, 12, 22)]);
	});
}

#[test]
fn funding_in_time_takes_the_announced_end_back() {
	ExtBuilder::build_and_execute(|| {
		let topic = fading_topic();
		run_to(21);
		events();
		assert_ok!(Topics::fund(signed(BOB), topic, 40 * ALLO));
		let [Event::InactivationCancelled { topic: 1, next_epoch: 22, .. }] = events()[..] else {
			panic!("the announcement stands")
		};
		skip_to(22);
		assert_eq!(Clock::collecting_epoch(topic), Some(22));
		poll(Weight::MAX);
		assert!(is_active(topic));
	});
}

#[test]
fn announced_end_stands_once_the_epoch_is_over() {
	ExtBuilder::build_and_execute(|| {
		let topic = fading_topic();
		run_to(21);
		// The clock has no room at 22, so the topic is not inactivated yet.
		skip_to(22);
		events();
		assert_ok!(Topics::fund(signed(BOB), topic, 40 * ALLO));
		assert_eq!(events(), vec![]);
		assert_noop!(Clock::activate(signed(BOB), topic), Error::<Test>::AlreadyActive);
		poll(Weight::MAX);
		assert!(!is_active(topic));
	});
}

/// Steps of 80 ms: an epoch takes 320 ms and a bit, the inactivation counted beside the three steps.
///
/// Of a quarter of a block, 500 ms, the largest step is lost at worst, and a fiftieth to the ends of
/// sessions; a step may be two blocks late, so that, beside a block that ends a session, two blocks of
/// 411 ms must hold an epoch of every topic: two topics fit.
fn dear_steps() {
	WorstStep::set(Weight::from_parts(80_000_000_000, 1_000));
}

#[test]
fn topic_beyond_capacity_is_created_and_waits() {
	ExtBuilder::build_and_execute(|| {
		dear_steps();
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
fn topic_that_ends_makes_room_for_another_once_its_last_epoch_is_closed() {
	ExtBuilder::build_and_execute(|| {
		dear_steps();
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
		// The neighbours' three steps of 1 ms and pruning of 4 us, the clock's of 50, 5 and 5 us; an
		// inactivation of 1 054 us at most; three turns of 15 us and a release of 8 us: 4 171 us. In proof
		// four of 1 000 bytes and two of 40.
		let topic = topic_with_stake(10 * ALLO);
		let rate = Weight::from_parts(417_100_000, 408);
		let reservation = TopicStates::<Test>::get(topic).reservation.unwrap();
		assert_eq!((reservation.rate, reservation.epoch), (rate, rate * 10));
		assert_eq!(Clock::reservation(&parameters()), Some(rate));
	});
}

#[test]
fn clients_can_read_how_many_topics_fit() {
	ExtBuilder::build_and_execute(|| {
		dear_steps();
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
