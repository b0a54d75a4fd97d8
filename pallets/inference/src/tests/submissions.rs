//! The call `submit`: what it accepts, refuses and costs.

use super::*;
use crate::{types::WorkerBooks, Actors, Call, ScoreBooks, WeightInfo};
use allora_primitives::{
	topic::Label, traits::EpochRecords, VoidReason, MAX_INFERENCE, MAX_LABELS, MAX_LOSS,
};
use frame_support::{dispatch::GetDispatchInfo, weights::Weight};

#[docify::export]
#[test]
fn worker_submits_an_inference() {
	ExtBuilder::default().build_and_execute(|| {
		// The topic has one label, so an inference is one value. Account 1 is a registered worker.
		let value = FixedI128::from(5);
		let inference = Some(BoundedVec::truncate_from(vec![Some(value)]));
		let origin = RuntimeOrigin::signed(1);
		assert_ok!(Submissions::submit(origin, TOPIC, EPOCH, inference, None));

		// A seat was free, so the worker is active.
		let outcome = Submissions::outcome(TOPIC, EPOCH, Role::Inferer, &1);
		assert_eq!(outcome, Some(Outcome::Accepted));

		// When the worker window closes, its inference is among those to be aggregated.
		let context = EpochContext { topic: TOPIC, epoch: EPOCH, parameters: Parameters::get() };
		let (payloads, _weight) = Submissions::freeze(&context).unwrap();
		assert_eq!(payloads.inferences, vec![(1, BoundedVec::truncate_from(vec![value]))]);
	});
}

#[test]
fn worker_submits_inference_and_forecast_at_once() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(submit(1, given(&[5]), Some(forecast(&[(1, -2)]))));
		assert_eq!(
			take_events(),
			vec![
				Event::InferenceAccepted {
					topic: TOPIC,
					epoch: EPOCH,
					who: 1,
					score: fixed(0),
					inference: inference(&[5]),
				},
				Event::ForecastAccepted {
					topic: TOPIC,
					epoch: EPOCH,
					who: 1,
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
fn worker_may_submit_the_forecast_after_the_inference() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(infer(1, 5));
		assert_ok!(submit(1, None, Some(forecast(&[(1, -2)]))));
		assert_eq!(forecasts(), vec![(1, vec![(1, fixed(-2))])]);
	});
}

#[test]
fn submission_with_a_seat_pays_no_fee_and_passive_or_failed_one_does() {
	let builder = ExtBuilder::default().with(|p| p.max_inferers = 1).score(Role::Inferer, 1, 9);
	builder.build_and_execute(|| {
		assert_eq!(infer(1, 5).unwrap().pays_fee, Pays::No);
		// The second one is passive.
		assert_eq!(infer(2, 5).unwrap().pays_fee, Pays::Yes);
		assert_eq!(infer(1, 5).unwrap_err().post_info.pays_fee, Pays::Yes);
		// A seat in one of two roles is enough.
		let both = submit(3, given(&[5]), Some(forecast(&[(1, -2)])));
		assert!(matches!(outcome(Role::Inferer, 3), Some(Outcome::Passive { .. })));
		assert_eq!(both.unwrap().pays_fee, Pays::No);
	});
}

#[test]
fn submissions_are_free_up_to_twice_the_seats() {
	let builder = (1..=5u64)
		.fold(ExtBuilder::default().with(|p| p.max_inferers = 2), |builder, who| {
			builder.score(Role::Inferer, who, who.into())
		});
	builder.build_and_execute(|| {
		// Each one takes a seat; from the third on it displaces another.
		let free: Vec<_> = (1..=5)
			.map(|who| {
				let pays = infer(who, 5).unwrap().pays_fee;
				assert_eq!(outcome(Role::Inferer, who), Some(Outcome::Accepted));
				(pays, Submissions::free_of_fee(TOPIC, EPOCH))
			})
			.collect();
		let (no, yes) = (Pays::No, Pays::Yes);
		assert_eq!(free, [(no, 1), (no, 2), (no, 3), (no, 4), (yes, 4)]);
	});
}

#[test]
fn submission_is_charged_by_its_roles_and_the_topics_labels() {
	type Info = <Test as crate::Config>::WeightInfo;
	ExtBuilder::default().build_and_execute(|| {
		// There are seats and places, so that none of the two other records that are declared
		// changes. The first of an epoch and role keeps the weight of one.
		let forecast = || Some(forecast(&[(1, -2), (2, -2)]));
		let [inference, of_forecast] = [Info::submit_inference(1), Info::submit_forecast(2)];
		let first = |weight: Weight| Some(weight - Info::change_record());
		assert_eq!(infer(1, 5).unwrap().actual_weight, first(inference));
		let after = submit(1, None, forecast()).unwrap().actual_weight;
		assert_eq!(after, first(of_forecast));
		let both = inference + of_forecast - Info::change_record() * 4;
		assert_eq!(submit(2, given(&[5]), forecast()).unwrap().actual_weight, Some(both));
		// Before the topic is read, the maximum number of labels is assumed.
		let (inference, forecast) = (given(&[5]), forecast());
		let call = Call::<Test>::submit { topic: TOPIC, epoch: EPOCH, inference, forecast };
		let declared = Info::submit_inference(MAX_LABELS) + Info::submit_forecast(2);
		assert_eq!(call.get_dispatch_info().call_weight, declared);
	});
}

/// The book of scores, and all records.
fn stored() -> (Option<WorkerBooks<u64>>, usize) {
	(ScoreBooks::<Test>::try_get(TOPIC).ok(), Actors::<Test>::iter().count())
}

#[test]
fn submission_of_a_regular_worker_writes_the_active_set_alone() {
	type Info = <Test as crate::Config>::WeightInfo;
	let first_of_epoch = Some(Info::submit_inference(1) - Info::change_record());
	let newcomer = Some(Info::submit_inference(1) - Info::change_record() * 2);
	let regular = Some(Info::submit_regular_inference(1));
	ExtBuilder::default().build_and_execute(|| {
		assert_eq!(infer(1, 5).unwrap().actual_weight, first_of_epoch);
		for who in 2..=3 {
			assert_eq!(infer(who, 5).unwrap().actual_weight, newcomer);
		}
		for at in 1..=3 {
			let epoch = EPOCH + 10 * at;
			open(epoch);
			// The first submission marks who was active in the epoch before.
			assert_eq!(infer_in(epoch, 1).unwrap().actual_weight, first_of_epoch);
			let before = stored();
			assert_eq!(infer_in(epoch, 2).unwrap().actual_weight, regular);
			assert_eq!(infer_in(epoch, 3).unwrap().actual_weight, regular);
			assert_eq!(stored(), before);
			assert_eq!(before.1, 0);
			for who in 1..=3 {
				let outcome = Submissions::outcome(TOPIC, epoch, Role::Inferer, &who);
				assert_eq!(outcome, Some(Outcome::Accepted));
				assert_noop!(infer_in(epoch, who), Error::<Test>::AlreadySubmitted);
			}
		}
	});
}

#[test]
fn regular_worker_of_a_topic_with_an_allow_list_is_charged_for_reading_it() {
	type Info = <Test as crate::Config>::WeightInfo;
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(infer(1, 5));
		assert_ok!(infer(2, 5));
		open(EPOCH + 10);
		Plain::set(false);
		assert_ok!(infer_in(EPOCH + 10, 1));
		let declared = Info::submit_inference(1) - Info::change_record() * 2;
		assert_eq!(infer_in(EPOCH + 10, 2).unwrap().actual_weight, Some(declared));
	});
}

#[test]
fn worker_that_has_missed_a_round_is_charged_for_the_score_book() {
	type Info = <Test as crate::Config>::WeightInfo;
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(infer(1, 5));
		assert_ok!(infer(2, 5));
		open(EPOCH + 10);
		assert_ok!(infer_in(EPOCH + 10, 1));
		open(EPOCH + 20);
		assert_ok!(infer_in(EPOCH + 20, 1));
		let declared = Info::submit_inference(1) - Info::change_record() * 2;
		assert_eq!(infer_in(EPOCH + 20, 2).unwrap().actual_weight, Some(declared));
	});
}

#[test]
fn submission_is_charged_for_the_record_of_the_member_that_it_displaces() {
	type Info = <Test as crate::Config>::WeightInfo;
	let builder = ExtBuilder::default().with(|p| p.max_inferers = 1);
	builder.score(Role::Inferer, 1, 1).score(Role::Inferer, 2, 2).build_and_execute(|| {
		assert_ok!(infer(1, 5));
		// It displaces account 1, and the book has a place for it.
		let expected = Info::submit_inference(1) - Info::change_record();
		assert_eq!(infer(2, 5).unwrap().actual_weight, Some(expected));
		assert!(matches!(outcome(Role::Inferer, 1), Some(Outcome::Displaced { by: 2, .. })));
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
		let call = Submissions::submit(origin, 9, EPOCH, given(&[5]), None);
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
		let call = Submissions::submit(origin, TOPIC, EPOCH + 10, given(&[5]), None);
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
fn submission_needs_the_topics_admission() {
	ExtBuilder::default().build_and_execute(|| {
		Excluded::set(vec![1]);
		assert_noop!(infer(1, 5), Error::<Test>::NotAllowed);
		assert_ok!(infer(2, 5));
	});
}

/// A topic of this many labels, in which a label that is left out gets 7.
fn labelled(labels: u8) -> ExtBuilder {
	ExtBuilder::default().with(|p| {
		let labels = (0..labels).map(|at| Label::truncate_from(vec![b'a' + at])).collect();
		p.labels = BoundedVec::truncate_from(labels);
		p.label_default = fixed(7);
	})
}

fn values(values: &[Option<FixedI128>]) -> Option<SubmittedInference> {
	Some(BoundedVec::truncate_from(values.to_vec()))
}

#[test]
fn labels_that_are_left_out_get_the_default() {
	labelled(3).build_and_execute(|| {
		assert_ok!(submit(1, values(&[None, Some(fixed(5))]), None));
		assert_ok!(submit(2, given(&[1, 2, 3]), None));
		let completed = vec![(1, inference(&[7, 5, 7])), (2, inference(&[1, 2, 3]))];
		assert_eq!(inferences(), completed);
		let accepted = Event::InferenceAccepted {
			topic: TOPIC,
			epoch: EPOCH,
			who: 1,
			score: fixed(0),
			inference: inference(&[7, 5, 7]),
		};
		assert_eq!(take_events().first(), Some(&accepted));
	});
}

#[test]
fn inference_has_no_more_values_than_labels() {
	labelled(2).build_and_execute(|| {
		let surplus = values(&[Some(fixed(1)), None, None]);
		assert_noop!(submit(1, surplus, None), Error::<Test>::TooManyValues);
	});
}

#[test]
fn inference_needs_at_least_one_value() {
	for labels in [1, 3] {
		labelled(labels).build_and_execute(|| {
			assert_noop!(submit(1, values(&[]), None), Error::<Test>::NoValueGiven);
			assert_noop!(submit(1, values(&[None]), None), Error::<Test>::NoValueGiven);
		});
	}
}

#[test]
fn values_must_sum_to_one_if_the_topic_requires_unity() {
	let hundredths = |value: u128| Some(FixedI128::from_rational(value, 100));
	let unity = |p: &mut allora_primitives::TopicParameters| {
		p.unity_tolerance = hundredths(1);
		p.label_default = FixedI128::from_rational(2, 10);
	};
	labelled(3).with(unity).build_and_execute(|| {
		// 0.5 + 0.3 and the default 0.2; then more and less by 0.01, the tolerance.
		assert_ok!(submit(1, values(&[hundredths(50), hundredths(30)]), None));
		assert_ok!(submit(2, values(&[hundredths(50), hundredths(31)]), None));
		assert_ok!(submit(3, values(&[hundredths(50), hundredths(29)]), None));
		let far = values(&[hundredths(50), hundredths(32)]);
		assert_noop!(submit(4, far, None), Error::<Test>::NotUnity);
		assert_noop!(submit(4, given(&[1]), None), Error::<Test>::NotUnity);
	});
}

#[test]
fn values_need_not_sum_to_one_otherwise() {
	labelled(3).build_and_execute(|| {
		assert_ok!(submit(1, given(&[1, 2, 3]), None));
	});
}

#[test]
fn inference_is_bounded_in_magnitude() {
	ExtBuilder::default().build_and_execute(|| {
		let step = FixedI128::from_inner(1);
		for (value, accepted) in [(MAX_INFERENCE, true), (-MAX_INFERENCE - step, false)] {
			let inference = Some(BoundedVec::truncate_from(vec![Some(value)]));
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
		let inference = Some(BoundedVec::truncate_from(vec![Some(lowest)]));
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
fn forecast_of_more_than_32_elements_is_refused() {
	ExtBuilder::default().build_and_execute(|| {
		let about = |inferers: u64| (1..=inferers).map(|who| (who, 0)).collect::<Vec<_>>();
		assert_noop!(submit(1, None, Some(forecast(&about(33)))), Error::<Test>::ForecastTooLong);
		assert_ok!(submit(1, None, Some(forecast(&about(32)))));
	});
}

#[test]
fn forecast_names_at_least_one_inferer() {
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
fn topic_without_forecaster_seats_refuses_forecasts() {
	ExtBuilder::default().with(|p| p.max_forecasters = 0).build_and_execute(|| {
		let call = submit(1, None, Some(forecast(&[(1, 0)])));
		assert_noop!(call, Error::<Test>::ForecastsNotTaken);
	});
}

#[test]
fn invalid_forecast_fails_the_whole_submission() {
	ExtBuilder::default().build_and_execute(|| {
		let call = submit(1, given(&[5]), Some(forecast(&[])));
		assert_noop!(call, Error::<Test>::ForecastEmpty);
	});
}

#[test]
fn one_payload_per_role_and_epoch_is_accepted() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(infer(1, 5));
		assert_noop!(infer(1, 6), Error::<Test>::AlreadySubmitted);
		assert_eq!(inferences(), vec![(1, inference(&[5]))]);
	});
}

#[test]
fn outcome_is_known_while_its_epoch_is_on_record() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(infer(1, 5));
		System::set_block_number(EPOCH + 10);
		assert_eq!(outcome(Role::Inferer, 1), Some(Outcome::Accepted));
		assert_eq!(outcome(Role::Inferer, 2), None);
		Submissions::on_prune(TOPIC, EPOCH);
		States::set(vec![]);
		assert_eq!(outcome(Role::Inferer, 1), None);
	});
}
