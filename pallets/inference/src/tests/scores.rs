//! Scores of a learned epoch (S 7.5).

use super::*;
use crate::WeightInfo;
use allora_primitives::{StageError, VoidReason};

#[test]
fn first_score_is_the_instant_one() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(record(EPOCH, Role::Inferer, &[(1, fixed(-3))]));
		assert_eq!(Submissions::score(TOPIC, Role::Inferer, &1), Some(fixed(-3)));
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
			assert_ok!(record(EPOCH, Role::Forecaster, &scores));
			assert_eq!(Submissions::score(TOPIC, Role::Forecaster, &7), Some(fixed(5)));
			assert_eq!(
				take_events(),
				vec![Event::ScoresUpdated {
					topic: TOPIC,
					epoch: EPOCH,
					role: Role::Forecaster,
					scores: BoundedVec::truncate_from(vec![(7, fixed(8), fixed(5))]),
					// There is a single score.
					quantile: fixed(5),
					initial: fixed(5),
				}]
			);
		});
}

#[test]
fn smoothed_scores_are_returned_per_role() {
	ExtBuilder::default().score(Role::Inferer, 1, 10).build_and_execute(|| {
		let mut both = contributions(Role::Inferer, &[(1, fixed(20)), (2, fixed(3))]);
		both.forecasters = contributions(Role::Forecaster, &[(7, fixed(4))]).forecasters;
		let (scores, used) = Submissions::record_scores(&context(EPOCH), &both).unwrap();
		// 0.9 * 10 + 0.1 * 20 = 11; the others' first scores are the instant ones.
		let expected =
			WorkerScores { inferers: vec![fixed(11), fixed(3)], forecasters: vec![fixed(4)] };
		assert_eq!(scores, expected);
		type Info = <Test as crate::Config>::WeightInfo;
		// None of the three is in a score book.
		assert_eq!(used, Info::record_scores(2, 1) + Info::record_missing(3));
	});
}

#[test]
fn score_out_of_range_voids_the_epoch() {
	ExtBuilder::default().build_and_execute(|| {
		let scores = [(1, FixedI128::from_inner(i128::MAX))];
		type Info = <Test as crate::Config>::WeightInfo;
		let used = Info::record_scores(1, 0) + Info::record_missing(1);
		let failed = StageError { reason: VoidReason::Arithmetic, used };
		assert_eq!(record(EPOCH, Role::Inferer, &scores), Err(failed));
	});
}
