use super::*;
use crate::{
	types::MAX_WINDOWS, Actors, Event, Reports, ScoreBooks, Stakes, TotalStake, WeightInfo, Windows,
};
use allora_primitives::{
	traits::{EpochHandler, ListeningCoefficients, ScoreSink},
	EpochSizes, EpochState, Role, Step, VoidReason,
};
use frame_support::{
	assert_ok,
	dispatch::GetDispatchInfo,
	weights::{Weight, WeightMeter},
};

#[test]
fn close_without_reports_is_void() {
	ExtBuilder::default().stake(1, 100).build_and_execute(|| {
		assert_ok!(abstain(1));
		assert_eq!(Reputers::on_close_reputers(TOPIC, EPOCH), Err(VoidReason::NoReport));
	});
}

#[test]
fn close_needs_enough_reputers() {
	ExtBuilder::default()
		.with(|p| p.min_reputers = 2)
		.stake(1, 100)
		.stake(2, 100)
		.build_and_execute(|| {
			assert_ok!(report(1));
			let closed = Reputers::on_close_reputers(TOPIC, EPOCH);
			assert_eq!(closed, Err(VoidReason::TooFewReputers));
			assert_ok!(report(2));
			assert_ok!(Reputers::on_close_reputers(TOPIC, EPOCH));
		});
}

#[test]
fn close_needs_enough_frozen_stake() {
	ExtBuilder::default()
		.with(|p| p.min_stake = 250)
		.stake(1, 100)
		.stake(2, 149)
		.stake(3, 100)
		.build_and_execute(|| {
			assert_ok!(report(1));
			assert_ok!(report(2));
			// 100 + 149 = 249; what is added now does not count.
			assert_ok!(stake(1, 100));
			let closed = Reputers::on_close_reputers(TOPIC, EPOCH);
			assert_eq!(closed, Err(VoidReason::TooFewReputers));
			assert_ok!(report(3));
			assert_ok!(Reputers::on_close_reputers(TOPIC, EPOCH));
		});
}

#[test]
fn close_weighs_what_was_reported() {
	ExtBuilder::default().stake(1, 100).stake(2, 100).build_and_execute(|| {
		assert_ok!(report(1));
		assert_ok!(report(2));
		type Info = <Test as crate::Config>::WeightInfo;
		let weight = Info::close_reputers(2, 2) + <Info as WeightInfo>::note_scores(2);
		assert_eq!(Reputers::on_close_reputers(TOPIC, EPOCH), Ok(weight));
		let sizes = EpochSizes::worst_case(&Parameters::get());
		let worst = <Reputers as EpochHandler>::weight(Step::CloseReputers, &sizes);
		assert!(weight.all_lte(worst));
	});
}

#[test]
fn opening_answers_no_more_than_its_worst_case() {
	ExtBuilder::default().build_and_execute(|| {
		let sizes = EpochSizes::worst_case(&Parameters::get());
		let worst = <Reputers as EpochHandler>::weight(Step::Open, &sizes);
		assert!(Reputers::on_open(TOPIC, EPOCH).unwrap().all_lte(worst));
	});
}

#[test]
fn new_reputer_is_listened_to_in_full() {
	ExtBuilder::default().build_and_execute(|| {
		assert_eq!(Reputers::coefficient(TOPIC, &1), fixed(1));
	});
}

#[test]
fn listening_coefficients_are_remembered_and_told() {
	ExtBuilder::default().stake(1, 100).build_and_execute(|| {
		assert_ok!(report(1));
		take_events();
		let coefficient = fixed(0);
		Reputers::note_coefficients(TOPIC, EPOCH, &[(1, coefficient)]);
		assert_eq!(Reputers::coefficient(TOPIC, &1), coefficient);
		assert_eq!(Reputers::coefficient(TOPIC, &2), fixed(1));
		let coefficients = BoundedVec::truncate_from(vec![(1, coefficient)]);
		let event = Event::CoefficientsUpdated { topic: TOPIC, epoch: EPOCH, coefficients };
		assert_eq!(take_events(), [event]);
	});
}

#[test]
fn first_score_is_the_instant_one() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(Reputers::note_scores(TOPIC, EPOCH, Role::Reputer, &[(1, fixed(-3))]));
		assert_eq!(Reputers::score(TOPIC, &1), Some(fixed(-3)));
	});
}

#[test]
fn later_scores_are_smoothed() {
	// alpha = 1/4: 1/4 * 8 + 3/4 * 4 = 5, exact in binary.
	ExtBuilder::default()
		.with(|p| p.merit_sortition_alpha = FixedI128::from_rational(1, 4))
		.score(7, 4)
		.build_and_execute(|| {
			assert_ok!(Reputers::note_scores(TOPIC, EPOCH, Role::Reputer, &[(7, fixed(8))]));
			assert_eq!(
				take_events(),
				vec![Event::ScoresUpdated {
					topic: TOPIC,
					epoch: EPOCH,
					scores: BoundedVec::truncate_from(vec![(7, fixed(8), fixed(5))]),
					// Of a single score.
					quantile: fixed(5),
					initial: fixed(5),
				}]
			);
			assert_eq!(Reputers::score(TOPIC, &7), Some(fixed(5)));
		});
}

#[test]
fn scores_of_workers_are_not_this_pallets_business() {
	ExtBuilder::default().build_and_execute(|| {
		for role in [Role::Inferer, Role::Forecaster] {
			assert_ok!(Reputers::note_scores(TOPIC, EPOCH, role, &[(1, fixed(1))]));
		}
		assert_eq!((Actors::<Test>::iter().count(), ScoreBooks::<Test>::iter().count()), (0, 0));
	});
}

#[test]
fn score_outside_the_numbers_range_voids_the_epoch() {
	ExtBuilder::default().build_and_execute(|| {
		let scores = [(1, FixedI128::from_inner(i128::MAX))];
		let noted = Reputers::note_scores(TOPIC, EPOCH, Role::Reputer, &scores);
		assert_eq!(noted, Err(VoidReason::Arithmetic));
	});
}

// Windows

#[test]
fn windows_that_are_over_are_forgotten_when_the_next_epoch_opens() {
	ExtBuilder::default().build_and_execute(|| {
		System::set_block_number(REPORTS_LAST + 1);
		assert_ok!(Reputers::on_open(TOPIC, EPOCH + 20));
		let known: Vec<_> = Windows::<Test>::get(TOPIC).iter().map(|w| (w.epoch, w.open)).collect();
		assert_eq!(known, [(EPOCH + 20, EPOCH + 30)]);
	});
}

#[test]
fn window_of_a_void_epoch_freezes_nothing() {
	ExtBuilder::default().stake(1, 100).build_and_execute(|| {
		Reputers::on_void(TOPIC, EPOCH, VoidReason::NoInference);
		assert_ok!(stake(1, 10));
		assert!(Stakes::<Test>::get(TOPIC, 1).frozen.is_empty());
	});
}

#[test]
fn windows_are_bounded() {
	ExtBuilder::default().build_and_execute(|| {
		for epoch in 1..=u64::from(MAX_WINDOWS) + 1 {
			assert_ok!(Reputers::on_open(TOPIC, EPOCH + epoch));
		}
		let known = Windows::<Test>::get(TOPIC);
		assert_eq!(known.len(), MAX_WINDOWS as usize);
		assert_eq!(known.first().map(|window| window.epoch), Some(EPOCH + 2));
	});
}

// Forgetting

#[test]
fn pruned_epoch_leaves_stakes_and_scores() {
	ExtBuilder::default().stake(1, 100).stake(2, 100).score(1, 1).build_and_execute(|| {
		assert_ok!(report(1));
		assert_ok!(abstain(2));
		assert_ok!(stake(2, 10));
		Reputers::on_prune(TOPIC, EPOCH);
		States::set(vec![]);
		assert_eq!(Reports::<Test>::iter().count(), 0);
		assert_eq!(Reputers::outcome(TOPIC, EPOCH, &1), None);
		assert_eq!(Reputers::score(TOPIC, &1), Some(fixed(1)));
		assert_eq!(TotalStake::<Test>::get(), 210);
	});
}

#[test]
fn retired_topic_is_forgotten_in_bounded_steps_and_stakes_stay() {
	let builder = (1..=200).fold(ExtBuilder::default(), |builder, who| builder.stake(who, 100));
	let mut ext = builder.build();
	ext.execute_with(|| {
		for who in 1..=200 {
			assert_ok!(report(who));
		}
		assert_ok!(unstake(1, 100));
	});
	// Limits of removals count for what is in the backend.
	ext.commit_all().unwrap();
	let (mut steps, mut done) = (0, false);
	while !done {
		ext.execute_with(|| {
			type Info = <Test as crate::Config>::WeightInfo;
			let room = Info::forget(2) + Info::forget(64) + Info::forget(64);
			let mut meter = WeightMeter::with_limit(room);
			done = Reputers::on_forget(TOPIC, &mut meter);
			assert!(meter.consumed().all_lte(room));
			Reputers::do_try_state().unwrap();
		});
		ext.commit_all().unwrap();
		steps += 1;
	}
	// 200 actors, at least 64 and at most 128 a step.
	assert!((2..=4).contains(&steps), "{steps}");
	ext.execute_with(|| {
		assert_eq!(Reports::<Test>::iter().count(), 0);
		assert_eq!(Actors::<Test>::iter().count(), 0);
		assert_eq!(ScoreBooks::<Test>::iter().count(), 0);
		assert_eq!(Windows::<Test>::iter().count(), 0);
		// Who has stake gets it back without the topic.
		Strangers::set(vec![1]);
		System::set_block_number(REPORTS_OPEN + 50);
		assert_ok!(withdraw(1));
		assert_eq!(TotalStake::<Test>::get(), 19_900);
		Reputers::do_try_state().unwrap();
	});
}

#[test]
fn nothing_is_forgotten_without_weight() {
	ExtBuilder::default().stake(1, 100).build_and_execute(|| {
		assert_ok!(report(1));
		let mut meter = WeightMeter::with_limit(Weight::zero());
		assert!(!Reputers::on_forget(TOPIC, &mut meter));
		assert_eq!(Actors::<Test>::iter().count(), 1);
	});
}

#[test]
fn voided_epoch_keeps_its_reports_until_pruned() {
	ExtBuilder::default().stake(1, 100).build_and_execute(|| {
		assert_ok!(report(1));
		Reputers::on_void(TOPIC, EPOCH, VoidReason::TooFewReputers);
		States::set(vec![(EPOCH, EpochState::Void(VoidReason::TooFewReputers))]);
		assert_eq!(Reports::<Test>::iter().count(), 1);
	});
}

#[test]
fn nothing_weighs_nothing() {
	ExtBuilder::default().build_and_execute(|| {
		let calls = [
			crate::Call::<Test>::stake { topic: TOPIC, amount: 1 },
			crate::Call::<Test>::unstake { topic: TOPIC, amount: 1 },
			crate::Call::<Test>::cancel_unstake { topic: TOPIC, removal_id: 1 },
			crate::Call::<Test>::withdraw { topic: TOPIC },
			crate::Call::<Test>::abstain { topic: TOPIC, epoch: EPOCH },
			crate::Call::<Test>::report {
				topic: TOPIC,
				epoch: EPOCH,
				bundle_hash: bundle_hash(EPOCH),
				losses: losses(&[]),
			},
		];
		assert!(calls.iter().all(|call| call.get_dispatch_info().call_weight.ref_time() > 0));
		let sizes = EpochSizes::default();
		for step in [Step::Open, Step::CloseWorkers, Step::CloseReputers] {
			let weight = <Reputers as EpochHandler>::weight(step, &sizes);
			assert!(weight.ref_time() > 0);
		}
	});
}
