//! Creating, funding and retiring topics; registering in them and leaving.

use super::signed;
use crate::{mock::*, Economies, Error, Event, NextTopicId, Topics as Registry};
use allora_primitives::{
	topic::{Label, Labels, Text},
	traits::{EpochInspect, TopicInspect},
	FixedI128, LossMethod, Registration, TopicId, TopicParameters, ALLO,
};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::TokenError;

fn revenue(topic: TopicId) -> u128 {
	Economies::<Test>::get(topic).revenue
}

#[test]
fn topics_are_numbered_from_one() {
	ExtBuilder::build_and_execute(|| {
		assert_ok!(Topics::create(signed(ALICE), Box::new(parameters())));
		assert_ok!(Topics::create(signed(BOB), Box::new(parameters())));
		assert_eq!(Registry::<Test>::get(1).map(|topic| topic.creator), Some(ALICE));
		assert_eq!(Registry::<Test>::get(2).map(|topic| topic.creator), Some(BOB));
		assert_eq!(NextTopicId::<Test>::get(), 3);
	});
}

#[test]
fn creation_fee_goes_to_the_ecosystem_and_is_first_revenue() {
	ExtBuilder::build_and_execute(|| {
		assert_ok!(Topics::create(signed(ALICE), Box::new(parameters())));
		assert_eq!(Balances::free_balance(ECOSYSTEM), 1 + 10 * ALLO);
		assert_eq!(Balances::free_balance(ALICE), (1_000_000 - 10) * ALLO);
		assert_eq!(revenue(1), 10 * ALLO);
		assert_eq!(
			events(),
			vec![Event::TopicCreated { topic: 1, creator: ALICE, fee: 10 * ALLO }]
		);
	});
}

#[test]
fn creation_without_the_fee_fails() {
	ExtBuilder::build_and_execute(|| {
		assert_noop!(
			Topics::create(signed(PAUPER), Box::new(parameters())),
			TokenError::FundsUnavailable
		);
	});
}

/// Sets a parameter to an invalid value; the number is 1.
type Invalidate = fn(&mut TopicParameters, FixedI128);

#[test]
fn creation_fails_with_the_name_of_the_invalid_parameter() {
	fn labels(names: &[&str]) -> Labels {
		let label = |name: &&str| Label::truncate_from(name.as_bytes().to_vec());
		Labels::truncate_from(names.iter().map(label).collect())
	}
	let one = FixedI128::from_u32(1);
	let cases: [(Error<Test>, Invalidate); 31] = [
		(Error::InvalidMetadata, |p, _| p.metadata = Text::truncate_from(vec![b'x'; 256])),
		(Error::InvalidGroundTruth, |p, _| p.ground_truth = Text::truncate_from(vec![0xff])),
		(Error::InvalidMinStake, |p, _| p.min_stake = 1_000_000_000 * ALLO + 1),
		(Error::InvalidLossMethod, |p, _| p.loss_method = LossMethod::Custom(Text::default())),
		(Error::InvalidLossMethod, |p, one| p.loss_method = LossMethod::Huber { delta: one - one }),
		// Both need a restricted sum.
		(Error::InvalidLossMethod, |p, _| p.loss_method = LossMethod::Brier),
		(Error::InvalidLossMethod, |p, _| p.loss_method = LossMethod::CrossEntropy),
		// No level for the only label.
		(Error::InvalidLossMethod, |p, _| {
			p.loss_method = LossMethod::Pinball { levels: Default::default() };
		}),
		(Error::InvalidLossMethod, |p, one| p.loss_method = LossMethod::Czar { alpha: -one }),
		(Error::InvalidLossFloor, |p, _| p.loss_floor = FixedI128::from_inner(999_999)),
		(Error::InvalidLossFloor, |p, _| p.loss_floor = FixedI128::from_u32(0)),
		(Error::InvalidLabels, |p, _| p.labels = labels(&[])),
		(Error::InvalidLabels, |p, _| p.labels = labels(&["up", "up"])),
		// The mock's minimum epoch length is 4.
		(Error::EpochTooShort, |p, _| p.epoch_length = 3),
		// The mock's week has 1000 slots.
		(Error::EpochTooLong, |p, _| p.epoch_length = 1_001),
		(Error::InvalidPhase, |p, _| p.phase = Some(10)),
		(Error::InvalidWorkerWindow, |p, _| p.worker_window = 0),
		(Error::InvalidWorkerWindow, |p, _| p.worker_window = 10),
		(Error::InvalidRevealWindow, |p, _| p.reveal_window = p.epoch_length - p.worker_window),
		(Error::InvalidGroundTruthLag, |p, _| p.ground_truth_lag = 9),
		// The maximum is 16 epochs of 10 slots.
		(Error::InvalidGroundTruthLag, |p, _| p.ground_truth_lag = 161),
		(Error::InvalidPNorm, |p, one| p.p_norm = one),
		(Error::InvalidCNorm, |p, one| p.c_norm = one - one),
		(Error::InvalidAlphaRegret, |p, one| p.alpha_regret = one - one),
		(Error::InvalidMeritSortitionAlpha, |p, one| p.merit_sortition_alpha = one),
		(Error::InvalidEpsilon, |p, _| p.epsilon = FixedI128::from_inner(999_999_999)),
		(Error::InvalidEpsilon, |p, one| p.epsilon = one + one),
		(Error::InvalidActiveSetSize, |p, _| p.max_inferers = 33),
		(Error::InvalidActiveSetSize, |p, _| p.max_reputers = 17),
		(Error::InvalidMinReputers, |p, _| p.min_reputers = p.max_reputers + 1),
		(Error::InvalidHistory, |p, _| p.history = 65),
	];
	ExtBuilder::build_and_execute(|| {
		for (error, invalidate) in cases {
			let mut invalid = parameters();
			invalidate(&mut invalid, one);
			assert_noop!(Topics::create(signed(ALICE), Box::new(invalid)), error);
		}
	});
}

#[test]
fn funding_goes_to_the_ecosystem_and_all_of_it_counts() {
	ExtBuilder::build_and_execute(|| {
		assert_ok!(Topics::create(signed(ALICE), Box::new(parameters())));
		events();
		assert_ok!(Topics::fund(signed(BOB), 1, 5 * ALLO));
		assert_eq!(Balances::free_balance(ECOSYSTEM), 1 + 15 * ALLO);
		assert_eq!(
			events(),
			vec![Event::TopicFunded { topic: 1, who: BOB, amount: 5 * ALLO, revenue: 15 * ALLO }]
		);
	});
}

#[test]
fn funding_fails_without_amount_topic_or_balance() {
	ExtBuilder::build_and_execute(|| {
		assert_ok!(Topics::create(signed(ALICE), Box::new(parameters())));
		assert_noop!(Topics::fund(signed(BOB), 1, 0), Error::<Test>::ZeroAmount);
		assert_noop!(Topics::fund(signed(BOB), 2, 1), Error::<Test>::TopicNotFound);
		assert_noop!(Topics::fund(signed(PAUPER), 1, ALLO), TokenError::FundsUnavailable);
	});
}

#[test]
fn registration_fee_goes_to_the_ecosystem_and_counts() {
	ExtBuilder::build_and_execute(|| {
		assert_ok!(Topics::create(signed(ALICE), Box::new(parameters())));
		events();
		assert_ok!(Topics::register(signed(BOB), 1, Registration::Worker, None));
		assert_eq!(Balances::free_balance(ECOSYSTEM), 1 + 11 * ALLO);
		assert_eq!(revenue(1), 11 * ALLO);
		assert_eq!(
			events().first(),
			Some(&Event::Registered {
				topic: 1,
				who: BOB,
				registration: Registration::Worker,
				owner: BOB,
				fee: ALLO
			})
		);
	});
}

#[test]
fn registrations_of_an_account_are_separate() {
	ExtBuilder::build_and_execute(|| {
		assert_ok!(Topics::create(signed(ALICE), Box::new(parameters())));
		assert_ok!(Topics::register(signed(BOB), 1, Registration::Worker, None));
		assert!(Topics::is_registered(1, &BOB, Registration::Worker));
		assert!(!Topics::is_registered(1, &BOB, Registration::Reputer));
		assert!(!Topics::is_registered(1, &ALICE, Registration::Worker));
		assert!(!Topics::is_registered(2, &BOB, Registration::Worker));
	});
}

#[test]
fn registration_fails_twice_without_topic_and_without_fee() {
	ExtBuilder::build_and_execute(|| {
		assert_ok!(Topics::create(signed(ALICE), Box::new(parameters())));
		assert_ok!(Topics::register(signed(BOB), 1, Registration::Worker, None));
		assert_noop!(
			Topics::register(signed(BOB), 1, Registration::Worker, None),
			Error::<Test>::AlreadyRegistered
		);
		assert_noop!(
			Topics::register(signed(BOB), 2, Registration::Worker, None),
			Error::<Test>::TopicNotFound
		);
		assert_noop!(
			Topics::register(signed(PAUPER), 1, Registration::Worker, None),
			TokenError::FundsUnavailable
		);
	});
}

#[test]
fn fee_is_not_refunded_on_leaving() {
	ExtBuilder::build_and_execute(|| {
		assert_ok!(Topics::create(signed(ALICE), Box::new(parameters())));
		assert_ok!(Topics::register(signed(BOB), 1, Registration::Reputer, None));
		events();
		assert_ok!(Topics::leave(signed(BOB), 1, Registration::Reputer));
		assert_eq!(
			events(),
			vec![Event::Left { topic: 1, who: BOB, registration: Registration::Reputer }]
		);
		assert_eq!(Balances::free_balance(BOB), 999_999 * ALLO);
		assert!(!Topics::is_registered(1, &BOB, Registration::Reputer));
		assert_noop!(
			Topics::leave(signed(BOB), 1, Registration::Reputer),
			Error::<Test>::NotRegistered
		);
	});
}

#[test]
fn only_the_creator_retires_a_topic_and_once() {
	ExtBuilder::build_and_execute(|| {
		assert_ok!(Topics::create(signed(ALICE), Box::new(parameters())));
		assert_noop!(Topics::retire(signed(BOB), 1), Error::<Test>::NotCreator);
		assert_noop!(Topics::retire(signed(ALICE), 2), Error::<Test>::TopicNotFound);
		events();
		assert_ok!(Topics::retire(signed(ALICE), 1));
		assert_eq!(events(), vec![Event::TopicRetired { topic: 1, last_epoch: None }]);
		assert_noop!(Topics::retire(signed(ALICE), 1), Error::<Test>::TopicRetired);
	});
}

#[test]
fn retired_topic_accepts_neither_funding_nor_registrations() {
	ExtBuilder::build_and_execute(|| {
		let topic = topic_with_stake(10 * ALLO);
		assert_ok!(Topics::register(signed(BOB), topic, Registration::Worker, None));
		assert_ok!(Topics::retire(signed(ALICE), topic));
		assert_noop!(Topics::fund(signed(BOB), topic, ALLO), Error::<Test>::TopicRetired);
		assert_noop!(
			Topics::register(signed(ALICE), topic, Registration::Worker, None),
			Error::<Test>::TopicRetired
		);
		assert_noop!(
			Clock::activate(signed(BOB), topic),
			pallet_clock::Error::<Test>::TopicRetired
		);
		// Leaving is still possible.
		assert_ok!(Topics::leave(signed(BOB), topic, Registration::Worker));
	});
}

#[test]
fn running_epoch_of_a_retired_topic_is_its_last() {
	ExtBuilder::build_and_execute(|| {
		let topic = topic_with_stake(10 * ALLO);
		run_to(4);
		events();
		assert_ok!(Topics::retire(signed(ALICE), topic));
		assert_eq!(events(), vec![Event::TopicRetired { topic, last_epoch: Some(2) }]);
		assert_eq!(Clock::collecting_epoch(topic), Some(2));
		run_to(12);
		assert!(!pallet_clock::TopicStates::<Test>::get(topic).active);
		assert_eq!(Clock::collecting_epoch(topic), None);
		// The epoch is settled as usual: its reporting closes at 2 + 20 + 10.
		run_to(32);
		System::assert_has_event(pallet_clock::Event::EpochSettled { topic, epoch: 2 }.into());
	});
}

#[test]
fn announced_first_epoch_opens_even_if_the_topic_is_retired_before() {
	ExtBuilder::build_and_execute(|| {
		let topic = topic_with_stake(10 * ALLO);
		events();
		assert_ok!(Topics::retire(signed(ALICE), topic));
		assert_eq!(events(), vec![Event::TopicRetired { topic, last_epoch: Some(2) }]);
		run_to(2);
		assert_eq!(Clock::collecting_epoch(topic), Some(2));
		run_to(12);
		assert!(!pallet_clock::TopicStates::<Test>::get(topic).active);
	});
}

#[test]
fn begun_epoch_opens_late_even_if_the_topic_is_retired_in_between() {
	ExtBuilder::build_and_execute(|| {
		let topic = topic_with_stake(10 * ALLO);
		run_to(11);
		// The clock does not run in slot 12, in which payloads for epoch 12 are already accepted.
		skip_to(12);
		assert_eq!(Clock::collecting_epoch(topic), Some(12));
		events();
		assert_ok!(Topics::retire(signed(ALICE), topic));
		assert_eq!(events(), vec![Event::TopicRetired { topic, last_epoch: Some(12) }]);
		run_to(13);
		assert_eq!(Clock::collecting_epoch(topic), Some(12));
		run_to(22);
		assert!(!pallet_clock::TopicStates::<Test>::get(topic).active);
	});
}
