//! The stages, pruning and forgetting.

use super::*;
use crate::{Actors, Forecasters, Inferers, ScoreBooks, WeightInfo};
use allora_primitives::{traits::EpochRecords, EpochSizes, StageError, Step, VoidReason};
use frame_support::{
	dispatch::GetDispatchInfo,
	weights::{Weight, WeightMeter},
};
use sp_runtime::traits::Zero;

#[test]
fn epoch_without_inferences_is_void_and_charged() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(submit(1, None, Some(forecast(&[(1, 0)]))));
		let used = <Test as crate::Config>::WeightInfo::freeze(0, 0);
		let failed = StageError { reason: VoidReason::NoInference, used };
		assert_eq!(Submissions::freeze(&context(EPOCH)), Err(failed));
	});
}

#[test]
fn freezing_is_charged_for_what_was_submitted() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(submit(1, given(&[1]), Some(forecast(&[(1, 0)]))));
		assert_ok!(infer(2, 2));
		let (_, used) = Submissions::freeze(&context(EPOCH)).unwrap();
		assert_eq!(used, <Test as crate::Config>::WeightInfo::freeze(2, 1));
		let sizes = EpochSizes::worst_case(&Parameters::get());
		assert!(used.all_lte(Submissions::freeze_weight(&sizes)));
	});
}

#[test]
fn inferences_are_returned_by_ascending_account() {
	ExtBuilder::default().score(Role::Inferer, 3, 1).build_and_execute(|| {
		for who in [3, 1, 2] {
			assert_ok!(infer(who, who.into()));
		}
		let expected: Vec<_> = (1..=3).map(|who| (who, inference(&[who.into()]))).collect();
		assert_eq!(inferences(), expected);
	});
}

#[test]
fn forecast_elements_about_inactive_inferers_are_dropped() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(infer(2, 2));
		assert_ok!(infer(1, 1));
		assert_ok!(submit(5, None, Some(forecast(&[(9, 9), (2, -2), (1, -1)]))));
		// All of this forecaster's elements are about inactive ones.
		assert_ok!(submit(4, None, Some(forecast(&[(8, 0), (9, 0)]))));
		let kept = vec![(5, vec![(1, fixed(-1)), (2, fixed(-2))])];
		assert_eq!(forecasts(), kept);
	});
}

#[test]
fn twelve_best_scored_inferers_of_a_forecast_are_kept() {
	// Inferer 14 has score 14, 13 has 13, and so on: 1 and 2 are the two weakest of fourteen.
	let builder = (1..=14u64)
		.fold(ExtBuilder::default(), |builder, who| builder.score(Role::Inferer, who, who.into()));
	builder.build_and_execute(|| {
		for who in 1..=14 {
			assert_ok!(infer(who, 0));
		}
		let all: Vec<_> = (1..=14).map(|who| (who, 0)).collect();
		assert_ok!(submit(20, None, Some(forecast(&all))));
		let kept: Vec<_> = (3..=14).map(|who| (who, fixed(0))).collect();
		assert_eq!(forecasts(), vec![(20, kept)]);
	});
}

#[test]
fn lower_accounts_are_kept_among_equal_scores() {
	ExtBuilder::default().build_and_execute(|| {
		for who in (1..=14).rev() {
			assert_ok!(infer(who, 0));
		}
		let all: Vec<_> = (1..=14).map(|who| (who, 0)).collect();
		assert_ok!(submit(20, None, Some(forecast(&all))));
		let kept: Vec<_> = (1..=12).map(|who| (who, fixed(0))).collect();
		assert_eq!(forecasts(), vec![(20, kept)]);
	});
}

#[test]
fn kept_elements_of_one_forecaster_can_be_read() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(infer(2, 2));
		assert_ok!(submit(5, None, Some(forecast(&[(9, 9), (2, -2)]))));
		assert_eq!(Submissions::kept_elements(TOPIC, EPOCH, &5), vec![(2, fixed(-2))]);
		assert_eq!(Submissions::kept_elements(TOPIC, EPOCH, &2), vec![]);
	});
}

// Pruning and forgetting

#[test]
fn pruned_epoch_leaves_scores_and_no_payloads() {
	ExtBuilder::default()
		.with(|p| p.max_inferers = 1)
		.score(Role::Inferer, 2, 1)
		.build_and_execute(|| {
			for who in 1..=3 {
				assert_ok!(submit(who, given(&[0]), Some(forecast(&[(1, 0)]))));
			}
			assert_eq!(Submissions::on_prune(TOPIC, EPOCH), Submissions::prune_weight());
			assert_eq!(Inferers::<Test>::iter().count(), 0);
			assert_eq!(Forecasters::<Test>::iter().count(), 0);
			assert_eq!(Submissions::score(TOPIC, Role::Inferer, &2), Some(fixed(1)));
			// The mock's clock keeps an epoch on record until its last slot has passed.
			System::set_block_number(EPOCH + 10);
			States::set(vec![]);
		});
}

#[test]
fn voided_epoch_keeps_its_records_until_pruned() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(infer(1, 5));
		let used = Submissions::on_void(TOPIC, EPOCH, VoidReason::NoReport);
		assert_eq!(used, Submissions::void_weight(Step::CloseReputers));
		assert_eq!(inferences().len(), 1);
	});
}

/// A topic with 300 actors. They are committed to the backend, since the limit of `clear_prefix`
/// counts only what is there.
fn topic_of_300_actors() -> sp_io::TestExternalities {
	let mut ext = ExtBuilder::default().build();
	ext.execute_with(|| {
		for who in 1..=300 {
			assert_ok!(infer(who, 0));
		}
	});
	ext.commit_all().unwrap();
	ext
}

#[test]
fn retired_topic_is_forgotten_in_bounded_steps() {
	let mut ext = topic_of_300_actors();
	let mut steps = 0;
	let mut done = false;
	while !done {
		ext.execute_with(|| {
			type Info = <Test as crate::Config>::WeightInfo;
			let room = Info::forget(1) + Info::forget(64) + Info::forget(64);
			let mut meter = WeightMeter::with_limit(room);
			done = Submissions::on_forget(TOPIC, &mut meter);
			assert!(meter.consumed().all_lte(room));
			Submissions::do_try_state().unwrap();
		});
		ext.commit_all().unwrap();
		steps += 1;
	}
	// The weight of a step is enough to look into both active sets and to remove 64 actors, the
	// largest power of two that fits. 268 of the actors have records, since 32 took seats and are in
	// the book: four steps of 64 and one of 12.
	assert_eq!(steps, 5);
	ext.execute_with(|| {
		assert_eq!(Inferers::<Test>::iter().count(), 0);
		assert_eq!(Actors::<Test>::iter().count(), 0);
		assert_eq!(ScoreBooks::<Test>::iter().count(), 0);
	});
}

#[test]
fn nothing_is_forgotten_without_weight() {
	topic_of_300_actors().execute_with(|| {
		let mut meter = WeightMeter::with_limit(Weight::zero());
		assert!(!Submissions::on_forget(TOPIC, &mut meter));
		assert_eq!(Actors::<Test>::iter().count(), 268);
		assert!(meter.consumed().is_zero());
	});
}

#[test]
fn every_call_and_stage_has_a_weight() {
	ExtBuilder::default().build_and_execute(|| {
		let call = crate::Call::<Test>::submit {
			topic: TOPIC,
			epoch: EPOCH,
			inference: None,
			forecast: None,
		};
		assert!(call.get_dispatch_info().call_weight.ref_time() > 0);
		let sizes = EpochSizes::default();
		assert!(Submissions::freeze_weight(&sizes).ref_time() > 0);
		assert!(Submissions::record_scores_weight(&sizes).ref_time() > 0);
		assert!(Submissions::prune_weight().ref_time() > 0);
	});
}

#[test]
fn epoch_has_payloads_once_anything_was_accepted() {
	for forecasts in [false, true] {
		ExtBuilder::default().build_and_execute(|| {
			assert!(!Submissions::has_payloads(TOPIC, EPOCH));
			assert_ok!(match forecasts {
				true => submit(1, None, Some(forecast(&[(1, 0)]))),
				false => infer(1, 1),
			});
			assert!(Submissions::has_payloads(TOPIC, EPOCH));
			assert!(!Submissions::has_payloads(TOPIC, EPOCH + 10));
		});
	}
}
