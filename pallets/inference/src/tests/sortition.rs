//! How seats and scores develop over several epochs (S 7.4, 7.5).

use super::*;
use crate::{Actors, ScoreBooks, WeightInfo};
use allora_primitives::{EpochSizes, TopicParameters};
use frame_support::{hypothetically, weights::Weight};

/// Sets a merit alpha of 1/4, which is exact in binary, as are then the expected numbers.
fn quarter(parameters: &mut TopicParameters) {
	parameters.merit_sortition_alpha = FixedI128::from_rational(1, 4);
}

fn score(who: u64) -> Option<FixedI128> {
	Submissions::score(TOPIC, Role::Inferer, &who)
}

fn outcome_in(epoch: EpochId, who: u64) -> Option<Outcome<u64>> {
	Submissions::outcome(TOPIC, epoch, Role::Inferer, &who)
}

fn set_quantile(quantile: i128) {
	ScoreBooks::<Test>::mutate(TOPIC, |books| books.inferers.quantile = fixed(quantile));
}

#[test]
fn newcomer_starts_two_deviations_below_the_weakest() {
	ExtBuilder::default().build_and_execute(|| {
		// First scores are the instant ones: 2, 4 and 6. Their mean is 4, their variance
		// (4 + 0 + 4) / 2 = 4, so the initial score is 2 - 2 * 2 = -2. The quantile of 1/4 is
		// half way between the two lower ones: 3.
		let scores = [(1, fixed(2)), (2, fixed(4)), (3, fixed(6))];
		assert_ok!(record(EPOCH, Role::Inferer, &scores));
		let events = take_events();
		assert!(matches!(
			events.as_slice(),
			[Event::ScoresUpdated { quantile, initial, .. }]
				if (*quantile, *initial) == (fixed(3), fixed(-2))
		));
		assert_ok!(infer(9, 0));
		assert_eq!(score(9), Some(fixed(-2)));
		// The other role has a book of its own.
		assert_ok!(submit(9, None, Some(forecast(&[(1, 0)]))));
		assert_eq!(Submissions::score(TOPIC, Role::Forecaster, &9), Some(fixed(0)));
	});
}

#[test]
fn initial_score_is_zero_at_first_and_then_the_only_score() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(infer(1, 0));
		assert_eq!(score(1), Some(fixed(0)));
		assert_ok!(record(90, Role::Inferer, &[(7, fixed(5))]));
		assert_ok!(infer(2, 0));
		assert_eq!(score(2), Some(fixed(5)));
	});
}

#[test]
fn epoch_without_scores_of_a_role_changes_nothing() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(record(EPOCH, Role::Forecaster, &[(7, fixed(5))]));
		let before = ScoreBooks::<Test>::get(TOPIC);
		assert_ok!(record(EPOCH + 10, Role::Forecaster, &[]));
		assert_eq!(ScoreBooks::<Test>::get(TOPIC), before);
	});
}

#[test]
fn each_missed_epoch_pulls_toward_the_initial_score() {
	ExtBuilder::default().with(quarter).score(Role::Inferer, 1, 8).build_and_execute(|| {
		assert_ok!(infer(1, 0));
		for epoch in [EPOCH, EPOCH + 10, EPOCH + 20] {
			open(epoch);
			assert_ok!(infer_in(epoch, 2));
		}
		open(EPOCH + 30);
		assert_ok!(infer_in(EPOCH + 30, 1));
		// It missed two epochs, and the initial score is 0: 8 * (3/4)^2 = 4.5.
		assert_eq!(score(1), Some(FixedI128::from_rational(9, 2)));
		// It did not miss the last epoch.
		open(EPOCH + 40);
		assert_ok!(infer_in(EPOCH + 40, 1));
		assert_eq!(score(1), Some(FixedI128::from_rational(9, 2)));
	});
}

#[test]
fn epochs_that_nobody_submitted_for_are_not_missed() {
	ExtBuilder::default().with(quarter).score(Role::Inferer, 1, 8).build_and_execute(|| {
		assert_ok!(infer(1, 0));
		open(EPOCH + 500);
		assert_ok!(infer_in(EPOCH + 500, 1));
		assert_eq!(score(1), Some(fixed(8)));
	});
}

#[test]
fn passive_worker_is_pulled_toward_the_stored_quantile() {
	ExtBuilder::default()
		.with(quarter)
		.with(|p| p.max_inferers = 1)
		.score(Role::Inferer, 1, 6)
		.score(Role::Inferer, 2, 4)
		.build_and_execute(|| {
			set_quantile(8);
			assert_ok!(infer(1, 0));
			take_events();
			assert_ok!(infer(2, 0));
			// 4 + (8 - 4) / 4 = 5.
			assert_eq!(
				take_events(),
				vec![Event::Passive {
					topic: TOPIC,
					epoch: EPOCH,
					role: Role::Inferer,
					who: 2,
					score: fixed(4),
					lowest: fixed(6),
					score_after_pull: fixed(5),
				}]
			);
			assert_eq!(score(2), Some(fixed(5)));
			// It is pulled once per epoch, since it cannot submit again.
			assert_noop!(infer(2, 0), Error::<Test>::AlreadySubmitted);
		});
}

#[test]
fn displaced_worker_is_pulled_toward_the_stored_quantile() {
	ExtBuilder::default()
		.with(quarter)
		.with(|p| p.max_inferers = 1)
		.score(Role::Inferer, 1, 2)
		.score(Role::Inferer, 2, 4)
		.build_and_execute(|| {
			set_quantile(10);
			assert_ok!(infer(1, 0));
			assert_ok!(infer(2, 0));
			// 2 + (10 - 2) / 4 = 4; the worker that displaced it keeps its score.
			assert_eq!((score(1), score(2)), (Some(fixed(4)), Some(fixed(4))));
			let by_score = fixed(4);
			let displaced = Outcome::Displaced { merit: fixed(2), by: 2, by_merit: by_score };
			assert_eq!(outcome(Role::Inferer, 1), Some(displaced));
		});
}

#[test]
fn passive_newcomer_keeps_the_initial_score_the_first_time() {
	ExtBuilder::default()
		.with(quarter)
		.with(|p| p.max_inferers = 1)
		.score(Role::Inferer, 1, 20)
		.build_and_execute(|| {
			set_quantile(8);
			assert_ok!(infer(1, 0));
			assert_ok!(infer(9, 0));
			assert_eq!(score(9), Some(fixed(0)));
			// In the next epoch it is score_after_pull: 0 + 8 / 4 = 2.
			open(EPOCH + 10);
			assert_ok!(infer_in(EPOCH + 10, 1));
			assert_ok!(infer_in(EPOCH + 10, 9));
			assert_eq!(score(9), Some(fixed(2)));
		});
}

#[test]
fn newcomer_that_keeps_submitting_passes_the_weakest_of_32_members() {
	ExtBuilder::default().with(quarter).build_and_execute(|| {
		let strong: Vec<_> = (1..=32u64).map(|who| (who, fixed(who.into()))).collect();
		assert_ok!(record(90, Role::Inferer, &strong));
		// The quantile of 1/4 of 1 to 32 is at position 31/4 = 7.75: Q = 8.75. The variance is
		// 32 * 33 / 12 = 88, so a newcomer starts from E = 1 - 2 * 9.3808 = -17.7617. Its first
		// submission leaves it there; k further ones take it to Q + (3/4)^k (E - Q), which exceeds
		// the weakest, 1, once (3/4)^k < 7.75 / 26.5117, that is for k = 5:
		// 8.75 - 6.29134 = 2.45866. So the newcomer is passive six times, of which the sixth raises
		// its score above 1, and active the seventh time.
		let newcomer = 40;
		let mut passive = 0;
		for epoch in (EPOCH..).step_by(10) {
			open(epoch);
			for (who, _) in &strong {
				assert_ok!(infer_in(epoch, *who));
			}
			let before = score(newcomer);
			assert_ok!(infer_in(epoch, newcomer));
			match outcome_in(epoch, newcomer) {
				Some(Outcome::Accepted) => {
					let displaced = outcome_in(epoch, 1);
					assert!(matches!(displaced, Some(Outcome::Displaced { by: 40, .. })));
					break;
				}
				_ => {
					passive += 1;
					assert!(before.is_none_or(|before| score(newcomer) > Some(before)));
				}
			}
		}
		assert_eq!(passive, 6);
		let reached = score(newcomer).unwrap().into_inner() / 10i128.pow(14);
		assert_eq!(reached, 24_586);
	});
}

/// Two equal inferences used to keep a better worker passive for ever.
#[test]
fn better_worker_gets_past_equal_sybils_within_a_few_epochs() {
	let builder = ExtBuilder::default().with(|p| (p.max_inferers, p.history) = (2, 64));
	builder.build_and_execute(|| {
		let better = 9;
		let mut seats = 0;
		for (at, epoch) in (EPOCH..).step_by(10).take(15).enumerate() {
			open(epoch);
			Drawn::set(at as u64 / 5);
			for who in [1, 2, better] {
				assert_ok!(infer_in(epoch, who));
			}
			let seated = outcome_in(epoch, better) == Some(Outcome::Accepted);
			seats += u32::from(seated);
			// Without the other sybil nothing changes for the network; without the better worker it
			// does.
			let active = [1, 2, better]
				.into_iter()
				.filter(|who| outcome_in(epoch, *who) == Some(Outcome::Accepted));
			let scored = |who| match seated {
				true => (who, fixed(if who == better { 1 } else { -1 })),
				false => (who, fixed(0)),
			};
			assert_ok!(record(epoch, Role::Inferer, &active.map(scored).collect::<Vec<_>>()));
			assert!(at < 5 || seats > 0, "no seat in {at} epochs");
		}
		// Once it has scored, it keeps its seat.
		assert!(seats >= 10, "{seats}");
	});
}

// The score book

#[test]
fn workers_active_longest_ago_leave_the_book_and_keep_their_scores() {
	ExtBuilder::default().build_and_execute(|| {
		// Five epochs of 32 workers each: one set more than the book's 128 places.
		for (at, epoch) in (EPOCH..).step_by(10).take(5).enumerate() {
			open(epoch);
			let first = at as u64 * 32 + 1;
			for who in first..first + 32 {
				assert_ok!(infer_in(epoch, who));
			}
		}
		let book = ScoreBooks::<Test>::get(TOPIC).inferers;
		assert_eq!(book.places.entries().len(), 128);
		for who in 1..=160 {
			let moved = Actors::<Test>::get(TOPIC, (Role::Inferer, who)).standing.is_some();
			assert_eq!((moved, book.places.entry(&who).is_some()), (who <= 32, who > 32));
			assert!(score(who).is_some());
		}
		// So the scoring of the first epoch finds its workers in their own records.
		for (at, epoch) in (EPOCH..).step_by(10).take(5).enumerate() {
			let first = at as u64 * 32 + 1;
			let scores: Vec<_> = (first..first + 32).map(|who| (who, fixed(10))).collect();
			let (_, used) = hypothetically!(record(epoch, Role::Inferer, &scores)).unwrap();
			assert_eq!(used, recording(if epoch == EPOCH { 32 } else { 0 }));
		}
		assert_ok!(record(EPOCH, Role::Inferer, &[(1, fixed(10))]));
		// 0.9 * 0 + 0.1 * 10
		assert_eq!(score(1), Some(fixed(1)));
		// Back in the book: the record no longer has it.
		open(EPOCH + 50);
		assert_ok!(infer_in(EPOCH + 50, 1));
		assert!(Actors::<Test>::get(TOPIC, (Role::Inferer, 1)).standing.is_none());
	});
}

#[test]
fn displaced_workers_do_not_push_active_ones_out_of_the_book() {
	let builder = (1..=200u64)
		.fold(ExtBuilder::default(), |builder, who| builder.score(Role::Inferer, who, who.into()));
	builder.build_and_execute(|| {
		// Each is stronger than those before: 200 accepted, 168 of them displaced.
		for who in 1..=200 {
			assert_ok!(infer(who, 0));
		}
		let book = ScoreBooks::<Test>::get(TOPIC).inferers;
		assert!((169..=200).all(|who| book.places.entry(&who).is_some()));
	});
}

/// The weight of recording the scores of 32 inferers, this many of which are not in the score book.
fn recording(missing: u32) -> Weight {
	type Info = <Test as crate::Config>::WeightInfo;
	let more = if missing > 0 { Info::record_missing(missing) } else { Weight::zero() };
	<Info as WeightInfo>::record_scores(32, 0) + more
}

#[test]
fn worst_case_counts_workers_that_may_have_left_the_book() {
	let weight = |lag: u32| {
		let mut parameters = TopicParameters::regression(10, 5, 10 * lag);
		parameters.max_forecasters = 0;
		let sizes = EpochSizes::worst_case(&parameters);
		Submissions::record_scores_weight(&sizes)
	};
	// 128 places, 32 seats. In flight: the epochs of the lag, the collecting one, and a late one.
	assert_eq!(weight(1), recording(0));
	assert_eq!(weight(2), recording(0));
	assert_eq!(weight(3), recording(32));
}
