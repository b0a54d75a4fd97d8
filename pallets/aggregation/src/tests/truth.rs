//! Topics whose reputers report the truth: the chain computes the losses (S 10).

use super::super::mock::*;
use crate::Event;
use allora_primitives::{FixedI128, LossMethod, MAX_INFERENCE};

/// With this floor, the logarithms of errors 0 and 3 are 0 and 1: `0 + 1` and `9 + 1`.
fn floor_of_one() -> ExtBuilder {
	ExtBuilder::truth(LossMethod::Squared).parameters(|p| p.loss_floor = fx(1, 1))
}

/// Inferers 1 and 2 predict 12 and 18, so the first network inference is 15.
fn two_inferers(epoch: u64) {
	infer(epoch, &[(1, fx(12, 1)), (2, fx(18, 1))]);
	close_workers(epoch).unwrap();
}

#[test]
fn truth_is_the_median_by_stake_and_losses_follow_from_it() {
	floor_of_one().build_and_execute(|| {
		two_inferers(100);
		// Of a stake of 400, 150 is above 12 and 50 below.
		report_truth(100, 90, 50, &[fx(7, 1)]);
		report_truth(100, 91, 200, &[fx(12, 1)]);
		report_truth(100, 92, 150, &[MAX_INFERENCE]);
		events();
		close_reputers(100).unwrap();

		assert_eq!(record(100).truth.unwrap().to_vec(), [fx(12, 1)]);
		assert_eq!(Aggregation::truth(TOPIC, 100), Some(vec![fx(12, 1)]));
		// Combined, naive, the inferers, and the combination without each of them. Without the
		// first it is 18: log10(36 + 1) = 1.568 201 724 066 995.
		let log_37 = fx(1_568_201_724_066_995, 1_000_000_000_000_000);
		let expected = [fx(1, 1), fx(1, 1), fx(0, 1), log_37, log_37, fx(0, 1)];
		for (loss, expected) in record(100).losses.into_iter().zip(expected) {
			assert_close(loss, expected);
		}
		let Some(Event::LossesLearned { truth, network_loss, .. }) = events().into_iter().next()
		else {
			panic!("losses are emitted first");
		};
		assert_eq!(truth.unwrap().to_vec(), [fx(12, 1)]);
		assert_close(network_loss, fx(1, 1));
	});
}

#[test]
fn half_of_the_stake_on_either_side_agrees_on_the_middle() {
	floor_of_one().build_and_execute(|| {
		two_inferers(100);
		report_truth(100, 90, 50, &[fx(11, 1)]);
		report_truth(100, 91, 50, &[fx(13, 1)]);
		close_reputers(100).unwrap();
		assert_eq!(Aggregation::truth(TOPIC, 100), Some(vec![fx(12, 1)]));
	});
}

#[test]
fn listening_coefficients_do_not_weigh_the_truth() {
	floor_of_one().build_and_execute(|| {
		two_inferers(100);
		// 60 * 0.5 is less than 40 * 1.
		Coefficients::mutate(|all| all.insert(90, fx(1, 2)));
		report_truth(100, 90, 60, &[fx(11, 1)]);
		report_truth(100, 91, 40, &[fx(13, 1)]);
		close_reputers(100).unwrap();
		assert_eq!(Aggregation::truth(TOPIC, 100), Some(vec![fx(11, 1)]));
	});
}

/// Five reputers with 55 % of the stake report the truth with an error of their own. Three with 45 %
/// agree exactly, so that their coefficients stay and those of the others fall; then they lie.
#[test]
fn minority_that_agrees_for_long_does_not_decide_the_truth() {
	ExtBuilder::truth(LossMethod::Squared).build_and_execute(|| {
		for epoch in (1..=60).map(|nth| 100 + 20 * nth) {
			two_inferers(epoch);
			// From -0.05 to 0.05, another order in each epoch.
			let error = |who: u64| (who * epoch * epoch / 20 % 11) as i128 - 5;
			for who in 90..95 {
				report_truth(epoch, who, 110, &[fx(1500 + error(who), 100)]);
			}
			let lies = epoch == 1300;
			for who in 95..98 {
				report_truth(epoch, who, 150, &[if lies { MAX_INFERENCE } else { fx(15, 1) }]);
			}
			close_reputers(epoch).unwrap();
			let truth = Aggregation::truth(TOPIC, epoch).unwrap()[0];
			assert!((fx(1495, 100)..=fx(1505, 100)).contains(&truth), "{truth} in epoch {epoch}");
		}
		// What the minority reports would be heard more than the others, if it were by coefficients.
		let heard = |who: u64, stake: i128| stake * Coefficients::get()[&who].into_inner();
		let honest: i128 = (90..95).map(|who| heard(who, 110)).sum();
		let others: i128 = (95..98).map(|who| heard(who, 150)).sum();
		assert!(others > honest, "{others} and {honest}");
	});
}

#[test]
fn reputer_far_from_the_truth_scores_below_those_that_agree() {
	floor_of_one().build_and_execute(|| {
		two_inferers(100);
		report_truth(100, 90, 100, &[fx(12, 1)]);
		report_truth(100, 91, 100, &[fx(12, 1)]);
		report_truth(100, 92, 100, &[fx(100, 1)]);
		close_reputers(100).unwrap();
		let scores = record(100).contributions.reputers;
		assert!(scores[0].score > scores[2].score);
		assert_eq!(scores[0].score, scores[1].score);
		let updates = record(100).reputers;
		assert!(updates[0].coefficient > updates[2].coefficient);
	});
}

#[test]
fn spreads_are_those_of_earlier_truths() {
	ExtBuilder::truth(LossMethod::Ztae).build_and_execute(|| {
		let truths = [(100, 12), (120, 14), (140, 10)];
		for (epoch, truth) in truths {
			two_inferers(epoch);
			report_truth(epoch, 90, 100, &[fx(truth, 1)]);
			close_reputers(epoch).unwrap();
		}
		// The first 50 truths count equally: the mean of 12, 14 and 10 is 12, their variance 8 / 3.
		let spread = book().spreads.0[0];
		assert_eq!((spread.mean, spread.truths), (fx(12, 1), 3));
		// sqrt(8 / 3) = 1.632 993 161 855 452.
		assert_close(spread.deviation, fx(1_632_993_161_855_452, 1_000_000_000_000_000));
		// In the second epoch one truth was known, 12, whose size is the only scale: the inference
		// of 12 is at z = 0, the truth 14 at z = 2 / 12.
		let loss = log_of(record(120).losses[2]);
		assert!((loss - ((2.0f64 / 12.0).tanh() + 1e-8).log10()).abs() < 1e-12);
	});
}

/// A decimal as a float.
fn log_of(value: FixedI128) -> f64 {
	value.into_inner() as f64 / 1e18
}

#[test]
fn extreme_values_are_learned_by_every_method() {
	let levels = [fx(1, 2)].to_vec().try_into().unwrap();
	for method in [
		LossMethod::Squared,
		LossMethod::Absolute,
		LossMethod::Huber { delta: fx(1, 1_000_000_000) },
		LossMethod::LogCosh,
		LossMethod::Pinball { levels },
		LossMethod::Ztae,
		LossMethod::Zptae,
		LossMethod::Czar { alpha: fx(10, 1) },
	] {
		ExtBuilder::truth(method.clone()).build_and_execute(|| {
			let (least, most) = (-MAX_INFERENCE, MAX_INFERENCE);
			let tiny = FixedI128::from_inner(1);
			for (epoch, truth) in [(100, most), (120, least), (140, tiny), (160, most)] {
				infer(epoch, &[(1, least), (2, tiny), (3, most)]);
				close_workers(epoch).unwrap();
				report_truth(epoch, 90, 100, &[truth]);
				report_truth(epoch, 91, 40, &[most]);
				report_truth(epoch, 92, 40, &[least]);
				assert_eq!(close_reputers(epoch).map(|_| ()), Ok(()), "{method:?}");
			}
		});
	}
}
