//! Explanations of an epoch.

use super::synthesis::{first_is_better, TEN_AND_TWENTY};
use crate::{mock::*, Pallet};
use allora_primitives::Role;

#[test]
fn part_of_an_inferer_is_explained() {
	ExtBuilder::default().build_and_execute(|| {
		whole_epoch(100, &TEN_AND_TWENTY(), &first_is_better());
		whole_epoch(120, &TEN_AND_TWENTY(), &first_is_better());
		let part = |epoch, who| Pallet::<Test>::worker_part(TOPIC, epoch, Role::Inferer, &who);
		let part_in_first = part(100, 1).unwrap();
		assert_eq!((part_in_first.weight, part_in_first.left_out), (fx(1, 2), false));
		let learned = part_in_first.learned.unwrap();
		assert_eq!((learned.loss, learned.score), (fx(-2, 1), fx(1, 1)));
		// The smoothed scores of the mock are half of the instant ones.
		assert_eq!(learned.smoothed_score, fx(1, 2));
		assert_eq!(learned.regret_before, None);
		// 0.1 * (-1 - -2), and 0.1 * (-1 - -2) + 0.9 * 0.1.
		assert_close(learned.regret, fx(1, 10));
		let learned = part(120, 1).unwrap().learned.unwrap();
		assert_close(learned.regret_before.unwrap(), fx(1, 10));
		assert_close(learned.regret, fx(19, 100));
		assert_eq!(part(100, 3), None);
	});
}

#[test]
fn part_of_a_forecaster_is_explained_by_its_own_element() {
	ExtBuilder::default().build_and_execute(|| {
		whole_epoch(100, &TEN_AND_TWENTY(), &first_is_better());
		infer(120, &TEN_AND_TWENTY());
		forecast(120, 1, &[(1, fx(-1, 1)), (2, fx(-1, 1))]);
		close_workers(120).unwrap();
		let part = || Pallet::<Test>::worker_part(TOPIC, 120, Role::Forecaster, &1).unwrap();
		assert_eq!(part().weight, bundle(120).forecaster_weights[0]);
		assert_eq!(part().learned, None);
		// Combined, naive, 1, 2, and the forecaster fifth.
		let losses = [-1, 0, 0, 0, -3, 0, 0, 0, 0].map(|loss| fx(loss, 1));
		report(120, 90, 1, &losses);
		close_reputers(120).unwrap();
		let learned = part().learned.unwrap();
		// Alone it scores nothing; 0.1 * (-1 - -3).
		assert_eq!((learned.loss, learned.score), (fx(-3, 1), fx(0, 1)));
		assert_close(learned.regret, fx(2, 10));
	});
}

#[test]
fn outlier_is_explained_as_left_out() {
	ExtBuilder::default().build_and_execute(|| {
		let values = [10, 11, 12, 13, 100].iter().zip(1..).map(|(v, who)| (who, fx(*v, 1)));
		infer(100, &values.collect::<Vec<_>>());
		close_workers(100).unwrap();
		let part = |who| Pallet::<Test>::worker_part(TOPIC, 100, Role::Inferer, &who).unwrap();
		assert!(part(5).left_out && !part(4).left_out);
	});
}

#[test]
fn distance_from_the_consensus_is_explained() {
	ExtBuilder::default().build_and_execute(|| {
		infer(100, &[(1, fx(7, 1))]);
		close_workers(100).unwrap();
		// Without stake 92 does not move the consensus, which is the first report; 92's is its
		// opposite.
		report(100, 90, 100, &[-1, -2, -2].map(|loss| fx(loss, 1)));
		report(100, 92, 0, &[1, 2, 2].map(|loss| fx(loss, 1)));
		close_reputers(100).unwrap();
		let learned = |who| Pallet::<Test>::learned_reputer(TOPIC, 100, &who);
		let first = learned(90).unwrap();
		assert_close(first.distance.unwrap(), fx(0, 1));
		assert_eq!((first.authority, first.coefficient_before), (100, fx(1, 1)));
		// |(2, 4, 4)| / |(-1, -2, -2)| = 6 / 3, and the score is 1 / (2 + 0.01).
		let apart = learned(92).unwrap();
		assert_close(apart.distance.unwrap(), fx(2, 1));
		assert_close(apart.score, fx(100, 201));
		assert_eq!(apart.smoothed_score.into_inner(), apart.score.into_inner() / 2);
		assert_eq!(learned(91), None);
	});
}

#[test]
fn listening_coefficients_before_and_after_are_explained() {
	ExtBuilder::default().build_and_execute(|| {
		for epoch in [100, 120] {
			infer(epoch, &[(1, fx(7, 1))]);
			close_workers(epoch).unwrap();
			for (who, losses) in [(90, [-1, -2, -3]), (91, [-1, -2, -3]), (92, [1, 2, 3])] {
				report(epoch, who, 100, &losses.map(|loss| fx(loss, 1)));
			}
			close_reputers(epoch).unwrap();
		}
		let learned = |epoch| Pallet::<Test>::learned_reputer(TOPIC, epoch, &92).unwrap();
		let (first, second) = (learned(100), learned(120));
		assert_eq!(first.coefficient_before, fx(1, 1));
		assert!(first.coefficient < fx(1, 1));
		assert_eq!(second.coefficient_before, first.coefficient);
		assert_eq!(second.coefficient, Coefficients::get()[&92]);
	});
}

#[test]
fn pruned_epoch_is_not_explained() {
	use allora_primitives::traits::EpochRecords;
	ExtBuilder::default().build_and_execute(|| {
		whole_epoch(100, &TEN_AND_TWENTY(), &first_is_better());
		Aggregation::on_prune(TOPIC, 100);
		assert_eq!(Pallet::<Test>::worker_part(TOPIC, 100, Role::Inferer, &1), None);
		assert_eq!(Pallet::<Test>::learned_reputer(TOPIC, 100, &90), None);
	});
}
