//! The stages, pruning and forgetting.

use super::*;
use crate::{
	types::MAX_WINDOWS, Actors, Event, Reports, ScoreBooks, Stakes, TotalStake, WeightInfo, Windows,
};
use allora_primitives::{
	traits::EpochRecords, EpochSizes, EpochState, StageError, Step, VoidReason,
};
use frame_support::{
	assert_ok,
	dispatch::GetDispatchInfo,
	weights::{Weight, WeightMeter},
};

type Info = <Test as crate::Config>::WeightInfo;

fn void_reason() -> Option<VoidReason> {
	freeze().err().map(|failed| failed.reason)
}

#[test]
fn epoch_without_reports_is_void_and_charged() {
	ExtBuilder::default().stake(1, 100).build_and_execute(|| {
		assert_ok!(abstain(1));
		let used = Info::freeze(0, 0);
		assert_eq!(freeze(), Err(StageError { reason: VoidReason::NoReport, used }));
	});
}

#[test]
fn epoch_needs_enough_reputers() {
	ExtBuilder::default()
		.with(|p| p.min_reputers = 2)
		.stake(1, 100)
		.stake(2, 100)
		.build_and_execute(|| {
			assert_ok!(report(1));
			assert_eq!(void_reason(), Some(VoidReason::TooFewReputers));
			assert_ok!(report(2));
			assert_ok!(freeze());
		});
}

#[test]
fn epoch_needs_enough_frozen_stake() {
	ExtBuilder::default()
		.with(|p| p.min_stake = 250)
		.stake(1, 100)
		.stake(2, 149)
		.stake(3, 100)
		.build_and_execute(|| {
			assert_ok!(report(1));
			assert_ok!(report(2));
			// 100 + 149 = 249; stake that is added now does not count.
			assert_ok!(stake(1, 100));
			assert_eq!(void_reason(), Some(VoidReason::TooFewReputers));
			assert_ok!(report(3));
			assert_ok!(freeze());
		});
}

#[test]
fn freezing_is_charged_for_what_was_reported() {
	ExtBuilder::default().stake(1, 100).stake(2, 100).build_and_execute(|| {
		assert_ok!(report(1));
		assert_ok!(report(2));
		let (_, used) = freeze().unwrap();
		assert_eq!(used, Info::freeze(2, 1));
		let sizes = EpochSizes::worst_case(&Parameters::get());
		assert!(used.all_lte(Reputers::freeze_weight(&sizes)));
	});
}

#[test]
fn new_reputer_has_a_coefficient_of_one() {
	ExtBuilder::default().stake(1, 100).build_and_execute(|| {
		assert_ok!(report(1));
		assert_eq!(reports()[0].coefficient, fixed(1));
	});
}

#[test]
fn listening_coefficients_are_stored_and_emitted() {
	ExtBuilder::default().stake(1, 100).stake(2, 100).build_and_execute(|| {
		assert_ok!(report(1));
		assert_ok!(report(2));
		take_events();
		assert_ok!(record_with_coefficients(EPOCH, &[(1, fixed(5), fixed(0))]));
		let known: Vec<_> = reports().iter().map(|report| report.coefficient).collect();
		assert_eq!(known, [fixed(0), fixed(1)]);
		let coefficients = BoundedVec::truncate_from(vec![(1, fixed(0))]);
		let event = Event::CoefficientsUpdated { topic: TOPIC, epoch: EPOCH, coefficients };
		assert_eq!(take_events().last(), Some(&event));
	});
}

#[test]
fn first_score_is_the_instant_one() {
	ExtBuilder::default().build_and_execute(|| {
		let used = Info::record_scores(1) + Info::record_missing(1);
		assert_eq!(record(EPOCH, &[(1, fixed(-3))]), Ok((vec![fixed(-3)], used)));
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
			assert_eq!(record(EPOCH, &[(7, fixed(8))]).unwrap().0, vec![fixed(5)]);
			assert_eq!(
				take_events().first(),
				Some(&Event::ScoresUpdated {
					topic: TOPIC,
					epoch: EPOCH,
					scores: BoundedVec::truncate_from(vec![(7, fixed(8), fixed(5))]),
				})
			);
			assert_eq!(Reputers::score(TOPIC, &7), Some(fixed(5)));
		});
}

#[test]
fn score_out_of_range_voids_the_epoch() {
	ExtBuilder::default().build_and_execute(|| {
		let scores = [(1, FixedI128::from_inner(i128::MAX))];
		let used = Info::record_scores(1) + Info::record_missing(1);
		let failed = StageError { reason: VoidReason::Arithmetic, used };
		assert_eq!(record(EPOCH, &scores), Err(failed));
	});
}

// Windows

#[test]
fn windows_of_epochs_that_have_ended_are_dropped_when_an_epoch_opens() {
	ExtBuilder::default().build_and_execute(|| {
		System::set_block_number(REPORTS_LAST + 1);
		States::set(vec![(EPOCH, EpochState::Settled)]);
		assert_eq!(Reputers::open(&context(EPOCH + 20)), Ok(((), Info::open())));
		let known: Vec<_> = Windows::<Test>::get(TOPIC).iter().map(|w| (w.epoch, w.open)).collect();
		assert_eq!(known, [(EPOCH + 20, EPOCH + 30)]);
	});
}

#[test]
fn window_of_a_void_epoch_freezes_nothing() {
	ExtBuilder::default().stake(1, 100).build_and_execute(|| {
		let used = Reputers::on_void(TOPIC, EPOCH, VoidReason::NoInference);
		assert_eq!(used, Reputers::void_weight(Step::CloseWorkers));
		assert_ok!(stake(1, 10));
		assert!(Stakes::<Test>::get(TOPIC, 1).frozen.is_empty());
	});
}

#[test]
fn windows_are_bounded() {
	ExtBuilder::default().build_and_execute(|| {
		for epoch in 1..=u64::from(MAX_WINDOWS) + 1 {
			assert_ok!(Reputers::open(&context(EPOCH + epoch)));
		}
		let known = Windows::<Test>::get(TOPIC);
		assert_eq!(known.len(), MAX_WINDOWS as usize);
		assert_eq!(known.first().map(|window| window.epoch), Some(EPOCH + 2));
	});
}

// Pruning and forgetting

#[test]
fn pruned_epoch_leaves_stakes_and_scores() {
	ExtBuilder::default().stake(1, 100).stake(2, 100).score(1, 1).build_and_execute(|| {
		assert_ok!(report(1));
		assert_ok!(abstain(2));
		assert_ok!(stake(2, 10));
		assert_eq!(Reputers::on_prune(TOPIC, EPOCH), Reputers::prune_weight());
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
	// The limit of `clear_prefix` counts only what is in the backend.
	ext.commit_all().unwrap();
	let (mut steps, mut done) = (0, false);
	while !done {
		ext.execute_with(|| {
			let room = Info::forget(2) + Info::forget(64) + Info::forget(64);
			let mut meter = WeightMeter::with_limit(room);
			done = Reputers::on_forget(TOPIC, &mut meter);
			assert!(meter.consumed().all_lte(room));
			Reputers::do_try_state().unwrap();
		});
		ext.commit_all().unwrap();
		steps += 1;
	}
	// The weight of a step is enough to remove 64 actors and a report set, or 128 actors: the
	// largest powers of two that fit. 200 actors take one step of 64, one of 128 and one of 8.
	assert_eq!(steps, 3);
	ext.execute_with(|| {
		assert_eq!(Reports::<Test>::iter().count(), 0);
		assert_eq!(Actors::<Test>::iter().count(), 0);
		assert_eq!(ScoreBooks::<Test>::iter().count(), 0);
		assert_eq!(Windows::<Test>::iter().count(), 0);
		// Stakes can be withdrawn without the topic.
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
		assert_eq!(ScoreBooks::<Test>::iter().count(), 1);
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
fn every_call_and_stage_has_a_weight() {
	ExtBuilder::default().build_and_execute(|| {
		let calls = [
			crate::Call::<Test>::stake { topic: TOPIC, amount: 1 },
			crate::Call::<Test>::unstake { topic: TOPIC, amount: 1 },
			crate::Call::<Test>::cancel_unstake { topic: TOPIC, removal_id: 1 },
			crate::Call::<Test>::withdraw { topic: TOPIC },
			crate::Call::<Test>::withdraw_for { topic: TOPIC, reputer: 1, account: 2 },
			crate::Call::<Test>::delegate { topic: TOPIC, reputer: 1, amount: 1 },
			crate::Call::<Test>::undelegate { topic: TOPIC, reputer: 1, amount: 1 },
			crate::Call::<Test>::cancel_undelegate { topic: TOPIC, reputer: 1, removal_id: 1 },
			crate::Call::<Test>::set_commission { topic: TOPIC, commission: Default::default() },
			crate::Call::<Test>::claim { topic: TOPIC, reputer: 1 },
			crate::Call::<Test>::compound { topic: TOPIC, reputer: 1 },
			crate::Call::<Test>::abstain { topic: TOPIC, epoch: EPOCH },
			crate::Call::<Test>::report { topic: TOPIC, epoch: EPOCH, truth: numbers(&[]) },
			crate::Call::<Test>::report_losses {
				topic: TOPIC,
				epoch: EPOCH,
				bundle_hash: bundle_hash(EPOCH),
				losses: numbers(&[]),
			},
		];
		assert!(calls.iter().all(|call| call.get_dispatch_info().call_weight.ref_time() > 0));
		let sizes = EpochSizes::default();
		let stages = [
			Reputers::open_weight(),
			Reputers::freeze_weight(&sizes),
			Reputers::record_scores_weight(&sizes),
			Reputers::share_weight(&sizes),
			Reputers::void_weight(Step::Open),
			Reputers::prune_weight(),
		];
		assert!(stages.iter().all(|weight| weight.ref_time() > 0));
	});
}
