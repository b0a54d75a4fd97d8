use super::*;
use crate::{Actors, ScoreBooks};
use allora_primitives::{traits::ScoreSink, VoidReason};

#[test]
fn first_score_is_the_instant_one() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(Submissions::note_scores(TOPIC, EPOCH, Role::Inferer, &[(1, fixed(-3))]));
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
			assert_ok!(Submissions::note_scores(TOPIC, EPOCH, Role::Forecaster, &scores));
			assert_eq!(Submissions::score(TOPIC, Role::Forecaster, &7), Some(fixed(5)));
			assert_eq!(
				take_events(),
				vec![Event::ScoresUpdated {
					topic: TOPIC,
					epoch: EPOCH,
					role: Role::Forecaster,
					scores: BoundedVec::truncate_from(vec![(7, fixed(8), fixed(5))]),
					// Of a single score.
					quantile: fixed(5),
					initial: fixed(5),
				}]
			);
		});
}

#[test]
fn scores_of_reputers_are_not_this_pallets_business() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(Submissions::note_scores(TOPIC, EPOCH, Role::Reputer, &[(1, fixed(1))]));
		assert_eq!((Actors::<Test>::iter().count(), ScoreBooks::<Test>::iter().count()), (0, 0));
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
