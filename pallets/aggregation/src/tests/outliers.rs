//! The outlier-resistant inference (S 18).

use super::labels::{labelled, submit};
use crate::{mock::*, Event, Latest, Pallet};
use allora_primitives::{EpochId, FixedI128};

/// Submits whole numbers as the inferences of accounts 1, 2 and so on, and closes the workers.
fn close_with(epoch: EpochId, values: &[i128]) {
	let inferences: Vec<_> =
		values.iter().zip(1u64..).map(|(value, who)| (who, fx(*value, 1))).collect();
	infer(epoch, &inferences);
	close_workers(epoch).unwrap();
}

/// The stored smoothed deviation.
fn deviation() -> FixedI128 {
	Latest::<Test>::get(TOPIC).unwrap().deviation
}

#[test]
fn inference_eleven_deviations_away_is_left_out() {
	ExtBuilder::default().build_and_execute(|| {
		// The median is 12, the distances are 2, 1, 0, 1, 88, the deviation their median 1.
		close_with(100, &[10, 11, 12, 13, 100]);
		// (10 + 11 + 12 + 13) / 4; with the outlier 146 / 5.
		assert_eq!(resistant(), (fx(23, 2), vec![5]));
		assert_eq!(network(100), fx(146, 5));
		assert_eq!(deviation(), fx(1, 1));
	});
}

#[test]
fn inference_just_within_eleven_deviations_stays() {
	ExtBuilder::default().build_and_execute(|| {
		// The median is 12 and the deviation 1: 23 is 11 away, 24 would be 12.
		close_with(100, &[10, 11, 12, 13, 23]);
		assert_eq!(resistant(), (network(100), vec![]));
		close_with(120, &[10, 11, 12, 13, 24]);
		assert_eq!(resistant(), (fx(23, 2), vec![5]));
	});
}

#[test]
fn disagreement_is_that_of_the_kept_inferers() {
	ExtBuilder::default().build_and_execute(|| {
		close_with(100, &[10, 11, 12, 13, 100]);
		let inference = Pallet::<Test>::latest_resistant_inference(TOPIC).unwrap().inference;
		let [low, lower, middle, upper, high] = inference.disagreement[0];
		// The values are at 1/8, 3/8, 5/8 and 7/8 of the weight:
		// 10 + (0.1587 - 0.125) / 0.25, 11 + (0.5 - 0.375) / 0.25, 12 + (0.8413 - 0.625) / 0.25.
		assert_eq!((low, high), (fx(10, 1), fx(13, 1)));
		assert_close(lower, fx(101_348, 10_000));
		assert_close(middle, fx(23, 2));
		assert_close(upper, fx(128_652, 10_000));
	});
}

#[test]
fn nobody_is_left_out_while_the_median_is_zero() {
	ExtBuilder::default().build_and_execute(|| {
		close_with(100, &[-1, -1, 0, 1, 100]);
		assert_eq!(resistant(), (network(100), vec![]));
		// The deviation is that of the distances 1, 1, 0, 1, 100 all the same.
		assert_eq!(deviation(), fx(1, 1));
	});
}

#[test]
fn nobody_is_left_out_while_the_deviation_is_zero() {
	ExtBuilder::default().build_and_execute(|| {
		close_with(100, &[5, 5, 5, 100]);
		assert_eq!(resistant(), (network(100), vec![]));
		assert_eq!(deviation(), fx(0, 1));
	});
}

#[test]
fn deviation_is_smoothed_from_epoch_to_epoch() {
	ExtBuilder::default().build_and_execute(|| {
		// The median is 30, the distances are 20, 10, 0, 10, 20.
		close_with(100, &[10, 20, 30, 40, 50]);
		assert_eq!(deviation(), fx(10, 1));
		// 0.2 * 1 + 0.8 * 10 = 8.2, and 88 <= 11 * 8.2 = 90.2.
		close_with(120, &[10, 11, 12, 13, 100]);
		assert_close(deviation(), fx(82, 10));
		assert!(resistant().1.is_empty());
		// 0.2 * 1 + 0.8 * 8.2 = 6.76, and 88 > 11 * 6.76 = 74.36.
		close_with(140, &[10, 11, 12, 13, 100]);
		assert_close(deviation(), fx(676, 100));
		assert_eq!(resistant(), (fx(23, 2), vec![5]));
	});
}

#[test]
fn vectors_are_measured_by_their_length() {
	ExtBuilder::default().parameters(labelled(&["a", "b"])).build_and_execute(|| {
		// The medians are (2, 2), the distances of the first four 0, 1, 1, 1, the deviation 1.
		let crowd = [[2, 2], [2, 3], [2, 1], [3, 2]];
		let with = |epoch, last: [i128; 2]| {
			let rows = crowd.iter().chain([&last]).zip(1..).map(|(row, who)| (who, *row));
			submit(epoch, &rows.collect::<Vec<_>>());
			close_workers(epoch).unwrap();
			Pallet::<Test>::latest_resistant_inference(TOPIC).unwrap()
		};
		// (6, 8) away: 10 <= 11.
		assert!(with(100, [8, 10]).left_out.is_empty());
		// (8, 8) away: sqrt 128 > 11, though neither label alone is.
		let resistant = with(120, [10, 10]);
		assert_eq!(resistant.left_out, [5]);
		// (2 + 2 + 2 + 3) / 4, (2 + 3 + 1 + 2) / 4.
		assert_eq!(resistant.inference.label_values, [fx(9, 4), fx(2, 1)]);
		assert_eq!(resistant.inference.disagreement.len(), 2);
	});
}

#[test]
fn forecasts_about_outliers_do_not_count_without_them() {
	ExtBuilder::default().build_and_execute(|| {
		let inferences = [10, 11, 12, 13, 100];
		let crowd: Vec<_> = inferences.iter().zip(1..).map(|(v, who)| (who, fx(*v, 1))).collect();
		// Every loss is the network's: all regrets are 0 and all weights equal.
		whole_epoch(100, &crowd, &[fx(-1, 1); 12]);
		infer(120, &crowd);
		// Equal losses imply the mean of 10 and 100, and without the outlier 10.
		forecast(120, 9, &[(1, fx(-1, 1)), (5, fx(-1, 1))]);
		// Without the outlier nothing is left of it.
		forecast(120, 10, &[(5, fx(-1, 1))]);
		close_workers(120).unwrap();
		assert_eq!(bundle(120).forecasters.to_vec(), [9, 10]);
		// (146 + 55 + 100) / 7 and (46 + 10) / 5.
		assert_close(network(120), fx(301, 7));
		assert_close(resistant().0, fx(56, 5));
	});
}

#[test]
fn outliers_are_emitted_and_stored_with_the_epoch() {
	ExtBuilder::default().build_and_execute(|| {
		close_with(100, &[10, 11, 12, 13, 100]);
		let inference = Latest::<Test>::get(TOPIC).unwrap().resistant.unwrap();
		let emitted = Event::OutliersLeftOut { topic: TOPIC, epoch: 100, inference };
		assert_eq!(events()[1..], [emitted]);
		let newest = Pallet::<Test>::latest_resistant_inference(TOPIC);
		assert_eq!(Pallet::<Test>::resistant_inference(TOPIC, 100), newest);
		// Without outliers it equals the network inference, and there is no event.
		close_with(120, &[10, 11, 12, 13, 14]);
		assert_eq!(events().len(), 1);
		let resistant = Pallet::<Test>::resistant_inference(TOPIC, 120).unwrap();
		assert_eq!(Some(resistant.inference), Pallet::<Test>::latest_inference(TOPIC));
		assert_eq!(Pallet::<Test>::resistant_inference(TOPIC, 140), None);
	});
}

#[test]
fn outliers_count_in_the_bundle_its_losses_and_its_scores() {
	ExtBuilder::default().build_and_execute(|| {
		close_with(100, &[10, 11, 12, 13, 100]);
		assert_eq!(bundle(100).inferers.len(), 5);
		assert_eq!(bundle(100).inferer_weights.to_vec(), [fx(1, 5); 5]);
		// Combined, naive, five inferers, five times without one.
		let losses: Vec<_> = (0..12).map(|loss| fx(loss, 1)).collect();
		report(100, 90, 1, &losses);
		close_reputers(100).unwrap();
		assert_eq!(record(100).losses.to_vec(), losses);
		// Without the outlier 11, with it 0.
		assert_eq!(record(100).contributions.inferers[4].score, fx(11, 1));
	});
}
