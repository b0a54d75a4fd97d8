//! Active sets: who gets a seat and who loses it (S 7.4).

use super::*;

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
						who: 2,
						score: fixed(1),
						by: 3,
						// The quantile is 0 before the first scores: 0.9 * 1 + 0.1 * 0.
						score_after_pull: FixedI128::from_rational(9, 10),
					},
					Event::InferenceAccepted {
						topic: TOPIC,
						epoch: EPOCH,
						who: 3,
						score: fixed(2),
						inference: inference(&[30]),
					},
				]
			);
			assert!(matches!(outcome(Role::Inferer, 2), Some(Outcome::Displaced { by: 3, .. })));
			let left = vec![(1, inference(&[10])), (3, inference(&[30]))];
			assert_eq!(inferences(), left);
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
fn lower_score_stays_passive_when_the_set_is_full() {
	let builder = ExtBuilder::default().with(|p| p.max_inferers = 1).score(Role::Inferer, 2, -10);
	builder.build_and_execute(|| {
		assert_ok!(infer(1, 10));
		take_events();
		assert_ok!(infer(2, 20));
		assert_eq!(
			take_events(),
			vec![Event::Passive {
				topic: TOPIC,
				epoch: EPOCH,
				role: Role::Inferer,
				who: 2,
				score: fixed(-10),
				lowest: fixed(0),
				// A tenth of the way to the quantile, 0.
				score_after_pull: fixed(-9),
			}]
		);
		assert!(matches!(outcome(Role::Inferer, 2), Some(Outcome::Passive { .. })));
		assert_eq!(inferences(), [(1, inference(&[10]))]);
	});
}

#[test]
fn forecaster_is_ranked_by_its_score_as_forecaster() {
	ExtBuilder::default()
		.with(|p| p.max_forecasters = 1)
		.score(Role::Inferer, 1, 100)
		.score(Role::Forecaster, 2, 1)
		.build_and_execute(|| {
			assert_ok!(submit(1, given(&[1]), Some(forecast(&[(1, 0)]))));
			assert_ok!(submit(2, given(&[2]), Some(forecast(&[(1, 0)]))));
			let displaced = outcome(Role::Forecaster, 1);
			assert!(matches!(displaced, Some(Outcome::Displaced { by: 2, .. })));
			assert_eq!(outcome(Role::Inferer, 1), Some(Outcome::Accepted));
			assert_eq!(forecasts(), vec![(2, vec![(1, fixed(0))])]);
		});
}

#[test]
fn score_that_changes_later_does_not_reorder_the_set() {
	ExtBuilder::default()
		.with(|p| p.max_inferers = 1)
		.score(Role::Inferer, 1, 5)
		.score(Role::Inferer, 2, 4)
		.build_and_execute(|| {
			assert_ok!(infer(1, 10));
			crate::ScoreBooks::<Test>::mutate(TOPIC, |books| {
				books.inferers.places.entry_mut(&1).unwrap().standing.score = fixed(-9);
			});
			assert_ok!(infer(2, 20));
			assert!(matches!(outcome(Role::Inferer, 2), Some(Outcome::Passive { .. })));
		});
}
