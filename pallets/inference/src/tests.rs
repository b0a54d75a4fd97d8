use crate::{mock::*, Error, Event, PruneQueue, Scores, WeightInfo};
use allora_primitives::{
	bundle::Inference,
	topic::Label,
	traits::{EpochHandler, ScoreSink, SubmissionInspect},
	EpochSizes, EpochState, FixedI128, Forecast, Outcome, Role, ScoreEma, Step, VoidReason,
	MAX_INFERENCE, MAX_LOSS,
};
use frame_support::{
	assert_noop, assert_ok,
	dispatch::{DispatchResultWithPostInfo, GetDispatchInfo, Pays},
	traits::OnIdle,
	weights::Weight,
	BoundedVec,
};

fn fixed(value: i128) -> FixedI128 {
	FixedI128::from(value)
}

fn inference(values: &[i128]) -> Inference {
	BoundedVec::truncate_from(values.iter().map(|value| fixed(*value)).collect())
}

fn forecast(elements: &[(u64, i128)]) -> Forecast<u64> {
	let elements = elements.iter().map(|(inferer, loss)| (*inferer, fixed(*loss)));
	BoundedVec::truncate_from(elements.collect())
}

fn submit(
	who: u64,
	inference: Option<Inference>,
	forecast: Option<Forecast<u64>>,
) -> DispatchResultWithPostInfo {
	Submissions::submit(RuntimeOrigin::signed(who), TOPIC, EPOCH, inference, forecast)
}

fn infer(who: u64, value: i128) -> DispatchResultWithPostInfo {
	submit(who, Some(inference(&[value])), None)
}

fn outcome(role: Role, who: u64) -> Option<Outcome<u64>> {
	Submissions::outcome(TOPIC, EPOCH, role, &who)
}

// Submitting

#[test]
fn worker_submits_inference_and_forecast_at_once() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(submit(1, Some(inference(&[5])), Some(forecast(&[(1, -2)]))));
		assert_eq!(
			take_events(),
			vec![
				Event::InferenceAccepted {
					topic: TOPIC,
					epoch: EPOCH,
					account: 1,
					score: fixed(0),
					inference: inference(&[5]),
				},
				Event::ForecastAccepted {
					topic: TOPIC,
					epoch: EPOCH,
					account: 1,
					score: fixed(0),
					forecast: forecast(&[(1, -2)]),
				},
			]
		);
		assert_eq!(outcome(Role::Inferer, 1), Some(Outcome::Accepted));
		assert_eq!(outcome(Role::Forecaster, 1), Some(Outcome::Accepted));
	});
}

#[test]
fn worker_may_send_the_forecast_after_the_inference() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(infer(1, 5));
		assert_ok!(submit(1, None, Some(forecast(&[(1, -2)]))));
		assert_eq!(Submissions::forecasts(TOPIC, EPOCH), vec![(1, vec![(1, fixed(-2))])]);
	});
}

#[test]
fn successful_submission_pays_no_fee_and_failed_one_does() {
	ExtBuilder::default().with(|p| p.max_inferers = 1).build_and_execute(|| {
		assert_eq!(infer(1, 5).unwrap().pays_fee, Pays::No);
		// The second one is passive.
		assert_eq!(infer(2, 5).unwrap().pays_fee, Pays::No);
		assert_eq!(infer(1, 5).unwrap_err().post_info.pays_fee, Pays::Yes);
	});
}

#[test]
fn submission_needs_a_payload() {
	ExtBuilder::default().build_and_execute(|| {
		assert_noop!(submit(1, None, None), Error::<Test>::NothingSubmitted);
	});
}

#[test]
fn submission_needs_an_existing_topic() {
	ExtBuilder::default().build_and_execute(|| {
		let origin = RuntimeOrigin::signed(1);
		let call = Submissions::submit(origin, 9, EPOCH, Some(inference(&[5])), None);
		assert_noop!(call, Error::<Test>::TopicNotFound);
	});
}

#[test]
fn submission_needs_registration() {
	ExtBuilder::default().build_and_execute(|| {
		assert_noop!(infer(LAST_WORKER + 1, 5), Error::<Test>::NotRegistered);
	});
}

#[test]
fn worker_can_submit_in_the_last_block_of_the_window() {
	ExtBuilder::default().build_and_execute(|| {
		System::set_block_number(EPOCH + 5);
		assert_ok!(infer(1, 5));
	});
}

#[test]
fn worker_cannot_submit_after_window_closes() {
	ExtBuilder::default().build_and_execute(|| {
		System::set_block_number(EPOCH + 6);
		assert_noop!(infer(1, 5), Error::<Test>::WindowClosed);
	});
}

#[test]
fn worker_cannot_submit_for_a_later_epoch() {
	ExtBuilder::default().build_and_execute(|| {
		let origin = RuntimeOrigin::signed(1);
		let call = Submissions::submit(origin, TOPIC, EPOCH + 10, Some(inference(&[5])), None);
		assert_noop!(call, Error::<Test>::WindowNotOpen);
	});
}

#[test]
fn worker_can_submit_before_a_late_clock_opens_the_epoch() {
	ExtBuilder::default().build_and_execute(|| {
		States::set(vec![]);
		assert_ok!(infer(1, 5));
	});
}

#[test]
fn worker_cannot_submit_for_a_void_epoch() {
	ExtBuilder::default().build_and_execute(|| {
		States::set(vec![(EPOCH, EpochState::Void(VoidReason::Arithmetic))]);
		assert_noop!(infer(1, 5), Error::<Test>::EpochVoid);
	});
}

#[test]
fn inference_has_a_value_for_each_label() {
	let two_labels = |p: &mut allora_primitives::TopicParameters| {
		p.labels = BoundedVec::truncate_from(
			[b"up".to_vec(), b"down".to_vec()].map(Label::truncate_from).to_vec(),
		);
	};
	ExtBuilder::default().with(two_labels).build_and_execute(|| {
		assert_noop!(infer(1, 5), Error::<Test>::WrongNumberOfLabels);
		assert_ok!(submit(1, Some(inference(&[5, 6])), None));
	});
}

#[test]
fn inference_is_bounded_in_magnitude() {
	ExtBuilder::default().build_and_execute(|| {
		let step = FixedI128::from_inner(1);
		for (value, accepted) in [(MAX_INFERENCE, true), (-MAX_INFERENCE - step, false)] {
			let inference = Some(BoundedVec::truncate_from(vec![value]));
			if accepted {
				assert_ok!(submit(1, inference, None));
			} else {
				assert_noop!(submit(2, inference, None), Error::<Test>::InferenceOutOfRange);
			}
		}
	});
}

#[test]
fn extreme_values_are_refused_without_overflow() {
	ExtBuilder::default().build_and_execute(|| {
		let lowest = FixedI128::from_inner(i128::MIN);
		let inference = Some(BoundedVec::truncate_from(vec![lowest]));
		assert_noop!(submit(1, inference, None), Error::<Test>::InferenceOutOfRange);
		let forecast = Some(BoundedVec::truncate_from(vec![(1, lowest)]));
		assert_noop!(submit(1, None, forecast), Error::<Test>::ForecastOutOfRange);
	});
}

#[test]
fn forecast_is_bounded_in_magnitude() {
	ExtBuilder::default().build_and_execute(|| {
		let step = FixedI128::from_inner(1);
		let too_large = BoundedVec::truncate_from(vec![(1, MAX_LOSS + step)]);
		assert_noop!(submit(1, None, Some(too_large)), Error::<Test>::ForecastOutOfRange);
		assert_ok!(submit(1, None, Some(BoundedVec::truncate_from(vec![(1, -MAX_LOSS)]))));
	});
}

#[test]
fn forecast_names_somebody() {
	ExtBuilder::default().build_and_execute(|| {
		assert_noop!(submit(1, None, Some(forecast(&[]))), Error::<Test>::ForecastEmpty);
	});
}

#[test]
fn forecast_names_each_inferer_once() {
	ExtBuilder::default().build_and_execute(|| {
		let twice = forecast(&[(1, 0), (2, 0), (1, 1)]);
		assert_noop!(submit(1, None, Some(twice)), Error::<Test>::DuplicateInferer);
	});
}

#[test]
fn topic_without_forecasters_takes_no_forecasts() {
	ExtBuilder::default().with(|p| p.max_forecasters = 0).build_and_execute(|| {
		let call = submit(1, None, Some(forecast(&[(1, 0)])));
		assert_noop!(call, Error::<Test>::ForecastsNotTaken);
	});
}

#[test]
fn invalid_forecast_fails_the_inference_with_it() {
	ExtBuilder::default().build_and_execute(|| {
		let call = submit(1, Some(inference(&[5])), Some(forecast(&[])));
		assert_noop!(call, Error::<Test>::ForecastEmpty);
	});
}

#[test]
fn payload_of_a_role_is_taken_once_an_epoch() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(infer(1, 5));
		assert_noop!(infer(1, 6), Error::<Test>::AlreadySubmitted);
		assert_eq!(Submissions::inferences(TOPIC, EPOCH), vec![(1, inference(&[5]))]);
	});
}

// Active sets

#[test]
fn stronger_worker_displaces_the_weakest() {
	ExtBuilder::default()
		.with(|p| p.max_inferers = 2)
		.score(Role::Inferer, 1, 3)
		.score(Role::Inferer, 2, 1)
		.score(Role::Inferer, 3, 2)
		.build_and_execute(|| {
			assert_ok!(infer(1, 10));
			assert_ok!(infer(2, 20));
			take_events();
			assert_ok!(infer(3, 30));
			assert_eq!(
				take_events(),
				vec![
					Event::Displaced {
						topic: TOPIC,
						epoch: EPOCH,
						role: Role::Inferer,
						account: 2,
						score: fixed(1),
						by: 3,
					},
					Event::InferenceAccepted {
						topic: TOPIC,
						epoch: EPOCH,
						account: 3,
						score: fixed(2),
						inference: inference(&[30]),
					},
				]
			);
			assert!(matches!(outcome(Role::Inferer, 2), Some(Outcome::Displaced { by: 3, .. })));
			let left = vec![(1, inference(&[10])), (3, inference(&[30]))];
			assert_eq!(Submissions::inferences(TOPIC, EPOCH), left);
		});
}

#[test]
fn displaced_worker_cannot_try_again() {
	ExtBuilder::default()
		.with(|p| p.max_inferers = 1)
		.score(Role::Inferer, 2, 1)
		.build_and_execute(|| {
			assert_ok!(infer(1, 10));
			assert_ok!(infer(2, 20));
			assert_noop!(infer(1, 10), Error::<Test>::AlreadySubmitted);
		});
}

#[test]
fn equal_score_stays_passive_when_the_set_is_full() {
	ExtBuilder::default().with(|p| p.max_inferers = 1).build_and_execute(|| {
		assert_ok!(infer(1, 10));
		take_events();
		assert_ok!(infer(2, 20));
		assert_eq!(
			take_events(),
			vec![Event::Passive {
				topic: TOPIC,
				epoch: EPOCH,
				role: Role::Inferer,
				account: 2,
				score: fixed(0),
				lowest: fixed(0),
			}]
		);
		assert!(matches!(outcome(Role::Inferer, 2), Some(Outcome::Passive { .. })));
		assert_eq!(Submissions::inferences(TOPIC, EPOCH), vec![(1, inference(&[10]))]);
		assert_noop!(infer(2, 20), Error::<Test>::AlreadySubmitted);
	});
}

#[test]
fn forecaster_is_ranked_by_its_score_as_forecaster() {
	ExtBuilder::default()
		.with(|p| p.max_forecasters = 1)
		.score(Role::Inferer, 1, 100)
		.score(Role::Forecaster, 2, 1)
		.build_and_execute(|| {
			assert_ok!(submit(1, Some(inference(&[1])), Some(forecast(&[(1, 0)]))));
			assert_ok!(submit(2, Some(inference(&[2])), Some(forecast(&[(1, 0)]))));
			let displaced = outcome(Role::Forecaster, 1);
			assert!(matches!(displaced, Some(Outcome::Displaced { by: 2, .. })));
			assert_eq!(outcome(Role::Inferer, 1), Some(Outcome::Accepted));
			assert_eq!(Submissions::forecasts(TOPIC, EPOCH), vec![(2, vec![(1, fixed(0))])]);
		});
}

#[test]
fn score_that_changes_after_entering_does_not_reorder_the_set() {
	ExtBuilder::default()
		.with(|p| p.max_inferers = 1)
		.score(Role::Inferer, 1, 5)
		.score(Role::Inferer, 2, 4)
		.build_and_execute(|| {
			assert_ok!(infer(1, 10));
			let low = ScoreEma { score: fixed(-9), epoch: 90 };
			Scores::<Test>::insert(TOPIC, (Role::Inferer, 1), low);
			assert_ok!(infer(2, 20));
			assert!(matches!(outcome(Role::Inferer, 2), Some(Outcome::Passive { .. })));
		});
}

// The close

#[test]
fn close_without_inferences_is_void() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(submit(1, None, Some(forecast(&[(1, 0)]))));
		let closed = Submissions::on_close_workers(TOPIC, EPOCH);
		assert_eq!(closed, Err(VoidReason::NoInference));
	});
}

#[test]
fn close_weighs_what_was_submitted() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(submit(1, Some(inference(&[1])), Some(forecast(&[(1, 0)]))));
		assert_ok!(infer(2, 2));
		let weight = <Test as crate::Config>::WeightInfo::close_workers(2, 1);
		assert_eq!(Submissions::on_close_workers(TOPIC, EPOCH), Ok(weight));
		let sizes = EpochSizes::worst_case(&Parameters::get());
		let worst = <Submissions as EpochHandler>::weight(Step::CloseWorkers, &sizes);
		assert!(weight.all_lte(worst));
	});
}

#[test]
fn inferences_are_answered_by_ascending_account() {
	ExtBuilder::default().score(Role::Inferer, 3, 1).build_and_execute(|| {
		for who in [3, 1, 2] {
			assert_ok!(infer(who, who.into()));
		}
		let expected: Vec<_> = (1..=3).map(|who| (who, inference(&[who.into()]))).collect();
		assert_eq!(Submissions::inferences(TOPIC, EPOCH), expected);
	});
}

#[test]
fn forecast_elements_about_inactive_inferers_fall_away() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(infer(2, 2));
		assert_ok!(infer(1, 1));
		assert_ok!(submit(5, None, Some(forecast(&[(9, 9), (2, -2), (1, -1)]))));
		// All of this forecaster's elements are about inactive ones.
		assert_ok!(submit(4, None, Some(forecast(&[(8, 0), (9, 0)]))));
		let kept = vec![(5, vec![(1, fixed(-1)), (2, fixed(-2))])];
		assert_eq!(Submissions::forecasts(TOPIC, EPOCH), kept);
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
		assert_eq!(Submissions::forecasts(TOPIC, EPOCH), vec![(20, kept)]);
	});
}

#[test]
fn lower_accounts_of_equal_scores_are_kept() {
	ExtBuilder::default().build_and_execute(|| {
		for who in (1..=14).rev() {
			assert_ok!(infer(who, 0));
		}
		let all: Vec<_> = (1..=14).map(|who| (who, 0)).collect();
		assert_ok!(submit(20, None, Some(forecast(&all))));
		let kept: Vec<_> = (1..=12).map(|who| (who, fixed(0))).collect();
		assert_eq!(Submissions::forecasts(TOPIC, EPOCH), vec![(20, kept)]);
	});
}

// Scores

#[test]
fn first_score_is_the_instant_one() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(Submissions::note_scores(TOPIC, EPOCH, Role::Inferer, &[(1, fixed(-3))]));
		let expected = ScoreEma { score: fixed(-3), epoch: EPOCH };
		assert_eq!(Scores::<Test>::get(TOPIC, (Role::Inferer, 1)), Some(expected));
		assert_eq!(Submissions::score(TOPIC, Role::Forecaster, &1), None);
	});
}

#[test]
fn later_scores_are_smoothed() {
	// alpha = 1/4: 1/4 * 8 + 3/4 * 4 = 5, exact in binary.
	let quarter = FixedI128::from_rational(1, 4);
	ExtBuilder::default()
		.with(|p| p.merit_sortition_alpha = quarter)
		.score(Role::Forecaster, 7, 4)
		.build_and_execute(|| {
			let scores = [(7, fixed(8))];
			assert_ok!(Submissions::note_scores(TOPIC, EPOCH, Role::Forecaster, &scores));
			assert_eq!(Submissions::score(TOPIC, Role::Forecaster, &7), Some(fixed(5)));
			assert_eq!(
				take_events(),
				vec![Event::ScoreUpdated {
					topic: TOPIC,
					epoch: EPOCH,
					role: Role::Forecaster,
					account: 7,
					instant: fixed(8),
					score: fixed(5),
				}]
			);
		});
}

#[test]
fn scores_of_reputers_are_not_this_pallets_business() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(Submissions::note_scores(TOPIC, EPOCH, Role::Reputer, &[(1, fixed(1))]));
		assert_eq!(Scores::<Test>::iter().count(), 0);
	});
}

#[test]
fn score_outside_the_numbers_range_voids_the_epoch() {
	ExtBuilder::default().build_and_execute(|| {
		let scores = [(1, FixedI128::from_inner(i128::MAX))];
		let noted = Submissions::note_scores(TOPIC, EPOCH, Role::Inferer, &scores);
		assert_eq!(noted, Err(VoidReason::Arithmetic));
	});
}

// Forgetting

#[test]
fn pruned_epoch_leaves_nothing_but_scores() {
	ExtBuilder::default()
		.with(|p| p.max_inferers = 1)
		.score(Role::Inferer, 2, 1)
		.build_and_execute(|| {
			for who in 1..=3 {
				assert_ok!(submit(who, Some(inference(&[0])), Some(forecast(&[(1, 0)]))));
			}
			Submissions::on_prune(TOPIC, EPOCH);
			assert_eq!(crate::ActiveSets::<Test>::iter().count(), 0);
			assert_eq!(crate::Inferences::<Test>::iter().count(), 0);
			assert_eq!(crate::Forecasts::<Test>::iter().count(), 0);
			assert_eq!(crate::Outcomes::<Test>::iter().count(), 0);
			assert_eq!(PruneQueue::<Test>::iter().count(), 0);
			assert_eq!(Scores::<Test>::iter().count(), 1);
		});
}

#[test]
fn voided_epoch_keeps_its_records_until_pruned() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(infer(1, 5));
		Submissions::on_void(TOPIC, EPOCH, VoidReason::NoReport);
		assert_eq!(Submissions::inferences(TOPIC, EPOCH).len(), 1);
	});
}

/// An epoch with 300 markers, written to the backend, where limits of removals count.
fn crowded() -> sp_io::TestExternalities {
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
fn many_markers_are_forgotten_in_bounded_steps() {
	let mut ext = crowded();
	ext.execute_with(|| {
		Submissions::on_prune(TOPIC, EPOCH);
		States::set(vec![]);
		// 300 - 128
		assert_eq!(crate::Outcomes::<Test>::iter().count(), 172);
		assert!(PruneQueue::<Test>::contains_key(TOPIC, EPOCH));
		Submissions::do_try_state().unwrap();
	});
	ext.commit_all().unwrap();
	ext.execute_with(|| {
		let used = Submissions::on_idle(EPOCH, Weight::MAX);
		assert!(used.all_gt(Weight::zero()));
		assert_eq!(crate::Outcomes::<Test>::iter().count(), 0);
		assert_eq!(PruneQueue::<Test>::iter().count(), 0);
		Submissions::do_try_state().unwrap();
	});
}

#[test]
fn idle_pruning_keeps_to_the_weight_that_is_left() {
	let mut ext = crowded();
	ext.execute_with(|| Submissions::on_prune(TOPIC, EPOCH));
	ext.commit_all().unwrap();
	ext.execute_with(|| {
		type Info = <Test as crate::Config>::WeightInfo;
		// Room for the look at the queue and 64 markers: halving 1024 gives 64 = 2^6 exactly.
		let room = Info::prune_queue() + Info::prune_markers(64);
		assert_eq!(Submissions::on_idle(EPOCH, room), room);
		assert_eq!(crate::Outcomes::<Test>::iter().count(), 172 - 64);
		assert!(PruneQueue::<Test>::contains_key(TOPIC, EPOCH));
		assert_eq!(Submissions::on_idle(EPOCH, Weight::zero()), Weight::zero());
	});
}

#[test]
fn nothing_weighs_nothing() {
	ExtBuilder::default().build_and_execute(|| {
		let call = crate::Call::<Test>::submit {
			topic: TOPIC,
			epoch: EPOCH,
			inference: None,
			forecast: None,
		};
		assert!(call.get_dispatch_info().call_weight.ref_time() > 0);
		let sizes = EpochSizes::default();
		for step in [Step::Open, Step::CloseWorkers, Step::CloseReputers] {
			let weight = <Submissions as EpochHandler>::weight(step, &sizes);
			assert!(weight.ref_time() > 0);
		}
	});
}

#[test]
fn opening_answers_no_more_than_its_worst_case() {
	ExtBuilder::default().build_and_execute(|| {
		let sizes = EpochSizes::worst_case(&Parameters::get());
		let worst = <Submissions as EpochHandler>::weight(Step::Open, &sizes);
		assert!(Submissions::on_open(TOPIC, EPOCH).unwrap().all_lte(worst));
	});
}
