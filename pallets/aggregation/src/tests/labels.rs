//! Topics of several labels (S 17): every label is averaged with the same scalar weights.

use super::synthesis::first_is_better;
use crate::mock::*;
use allora_primitives::{topic::Label, EpochId, FixedI128, TopicParameters};
use frame_support::BoundedVec;

/// Gives the topic these labels.
pub fn labelled(labels: &'static [&'static str]) -> impl FnOnce(&mut TopicParameters) {
	let label = |label: &&str| Label::truncate_from(label.as_bytes().to_vec());
	move |parameters| {
		parameters.labels = BoundedVec::truncate_from(labels.iter().map(label).collect());
	}
}

/// Submits inferences of several labels in whole numbers.
pub fn submit<const N: usize>(epoch: EpochId, inferences: &[(u64, [i128; N])]) {
	let row = |(who, values): &(u64, [i128; N])| (*who, values.map(|v| fx(v, 1)).to_vec());
	Inferences::mutate(|all| all.insert(epoch, inferences.iter().map(row).collect()));
}

/// The inferences of inferer 1, which is the better one, and of inferer 2.
const TWO: [(u64, [i128; 3]); 2] = [(1, [10, 9, -3]), (2, [20, 5, 5])];

/// Closes an epoch of [`TWO`] in which inferer 1 was better.
fn learn_three_labels(epoch: EpochId) {
	submit(epoch, &TWO);
	close_workers(epoch).unwrap();
	report(epoch, 90, 100, &first_is_better());
	close_reputers(epoch).unwrap();
}

#[test]
fn network_inference_of_the_first_epoch_is_the_mean_of_each_label() {
	ExtBuilder::default().parameters(labelled(&["a", "b", "c"])).build_and_execute(|| {
		submit(100, &TWO);
		close_workers(100).unwrap();
		let bundle = bundle(100);
		assert_eq!((bundle.labels, bundle.elements()), (3, 6));
		assert_eq!(bundle.network_inference(), [fx(15, 1), fx(7, 1), fx(1, 1)]);
		assert_eq!(bundle.inferer_weights.to_vec(), [fx(1, 2); 2]);
	});
}

#[test]
fn every_label_has_a_confidence_interval_of_its_own() {
	ExtBuilder::default().parameters(labelled(&["a", "b", "c"])).build_and_execute(|| {
		submit(100, &TWO);
		close_workers(100).unwrap();
		// Two values of equal weight are at 1/4 and 3/4: beyond these the interval ends at the
		// values, and the median is their mean.
		let interval = |low: i128, middle: i128, high: i128| {
			[low, low, middle, high, high].map(|value| fx(value, 1))
		};
		let expected = [interval(10, 15, 20), interval(5, 7, 9), interval(-3, 1, 5)];
		assert_eq!(bundle(100).disagreement.to_vec(), expected);
	});
}

#[test]
fn labels_share_the_weights_that_losses_make() {
	ExtBuilder::default().parameters(labelled(&["a", "b", "c"])).build_and_execute(|| {
		learn_three_labels(100);
		submit(120, &TWO);
		close_workers(120).unwrap();
		let bundle = bundle(120);
		// As with one label the second's weight is s = 0.036425962591623474, so
		// 10 + 10 s, 9 - 4 s, -3 + 8 s.
		let network = bundle.network_inference();
		assert_close(network[0], FixedI128::from_inner(10_364_259_625_916_234_740));
		assert_close(network[1], FixedI128::from_inner(8_854_296_149_633_506_104));
		assert_close(network[2], FixedI128::from_inner(-2_708_592_299_267_012_208));
		assert_close(bundle.inferer_weights[1], FixedI128::from_inner(36_425_962_591_623_474));
	});
}

#[test]
fn elements_without_an_inferer_are_rows_of_labels() {
	ExtBuilder::default().parameters(labelled(&["a", "b", "c"])).build_and_execute(|| {
		learn_three_labels(100);
		submit(120, &TWO);
		close_workers(120).unwrap();
		// Combined, naive, 1, 2, without 1, without 2.
		let row = |values: [i128; 3]| values.map(|value| fx(value, 1));
		let (first, second) = (row(TWO[0].1), row(TWO[1].1));
		for (position, expected) in [(2, first), (3, second), (4, second), (5, first)] {
			assert_eq!(bundle(120).element(position), expected);
		}
	});
}

#[test]
fn forecasts_imply_every_label_by_the_same_weights() {
	ExtBuilder::default().parameters(labelled(&["a", "b", "c"])).build_and_execute(|| {
		learn_three_labels(100);
		submit(120, &TWO);
		// Equal losses, equal weights: the mean; without the first the second.
		forecast(120, 9, &[(1, fx(-1, 1)), (2, fx(-1, 1))]);
		close_workers(120).unwrap();
		let bundle = bundle(120);
		// Combined, naive, 1, 2, 9, 9 without 1, 9 without 2, without 1, without 2.
		assert_eq!(bundle.elements(), 9);
		let row = |values: [i128; 3]| values.map(|value| fx(value, 1));
		assert_eq!(bundle.element(4), row([15, 7, 1]));
		assert_eq!(bundle.element(5), row(TWO[1].1));
		assert_eq!(bundle.element(6), row(TWO[0].1));
		// Without the first there are two equal values: the second, and what the forecast implies.
		let without_first = bundle.element(7);
		for (value, expected) in without_first.iter().zip(row(TWO[1].1)) {
			assert_close(*value, expected);
		}
	});
}

#[test]
fn losses_regrets_and_scores_stay_scalar() {
	ExtBuilder::default().parameters(labelled(&["a", "b", "c"])).build_and_execute(|| {
		learn_three_labels(100);
		let record = record(100);
		assert_eq!(record.losses.to_vec(), first_is_better());
		// 0.1 * (-1 - -2), 0.1 * (-1 - 0), as with one label.
		assert_close(record.inferers[0].regret, fx(1, 10));
		assert_close(record.inferers[1].regret, fx(-1, 10));
		assert_eq!(record.contributions.inferers[0].score, fx(1, 1));
	});
}

#[test]
fn event_and_newest_inference_have_every_label() {
	ExtBuilder::default().parameters(labelled(&["a", "b", "c"])).build_and_execute(|| {
		submit(100, &TWO);
		close_workers(100).unwrap();
		let expected = [fx(15, 1), fx(7, 1), fx(1, 1)];
		let latest = Aggregation::latest_inference(TOPIC).unwrap();
		assert_eq!((latest.label_values.as_slice(), latest.disagreement.len()), (&expected[..], 3));
		let events = events();
		let [crate::Event::InferenceMade { label_values, disagreement, .. }] = &events[..] else {
			panic!("an inference is emitted")
		};
		assert_eq!((label_values.as_slice(), disagreement.len()), (&expected[..], 3));
	});
}

#[test]
fn eight_labels_of_a_full_topic_fit() {
	let eight = labelled(&["a", "b", "c", "d", "e", "f", "g", "h"]);
	ExtBuilder::default().parameters(eight).build_and_execute(|| {
		let rows: Vec<_> = (0..32).map(|who| (who, [who as i128; 8])).collect();
		submit(100, &rows);
		close_workers(100).unwrap();
		report(100, 90, 1, &[fx(-1, 1); 66]);
		close_reputers(100).unwrap();
		submit(120, &rows);
		for who in 40..46 {
			let named: Vec<_> = (0..12).map(|of| (of, fx(-1, 1))).collect();
			forecast(120, who, &named);
		}
		close_workers(120).unwrap();
		// 2 + 2 * 32 + 3 * 6 + 32 * 6.
		assert_eq!((bundle(120).elements(), bundle(120).element_values.len()), (276, 276 * 8));
		// All weights are equal: (0 + .. + 31 + 6 * (0 + .. + 11) / 12) / 38 = 529 / 38, in each
		// label.
		for value in bundle(120).network_inference() {
			assert_close(*value, fx(529, 38));
		}
	});
}
