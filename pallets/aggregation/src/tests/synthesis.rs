//! The worker close.

use crate::{mock::*, Bundles, Event, Latest};
use allora_primitives::{
	bundle::Inference, traits::BundleInspect, FixedI128, ScaleRule, VoidReason,
};
use frame_support::assert_noop;

/// Inferer 1 says 10, inferer 2 says 20.
pub const TEN_AND_TWENTY: fn() -> [(u64, FixedI128); 2] = || [(1, fx(10, 1)), (2, fx(20, 1))];

/// Losses of combined, naive, 1, 2, without 1, without 2 in an epoch in which inferer 1 is better.
pub fn first_is_better() -> [FixedI128; 6] {
	[-1, -1, -2, 0, 0, -2].map(|loss| fx(loss, 1))
}

#[docify::export]
#[test]
fn network_inference_is_made_and_learned_from() {
	ExtBuilder::default().build_and_execute(|| {
		// Epoch 100 is the topic's first. Nothing is known about inferers 1 and 2, so the network
		// inference is the mean of their inferences.
		infer(100, &[(1, fx(10, 1)), (2, fx(20, 1))]);
		close_workers(100).unwrap();
		assert_eq!(network(100), fx(15, 1));

		// Reputer 90 with a stake of 500 reports a log loss per element: network with and without
		// forecasters, inferers 1 and 2, network without 1 and without 2.
		report(100, 90, 500, &[-1, -1, -2, 0, 0, -2].map(|loss| fx(loss, 1)));
		close_reputers(100).unwrap();

		// Inferer 1 had the lower loss, so the next network inference is near its value.
		infer(120, &[(1, fx(10, 1)), (2, fx(20, 1))]);
		close_workers(120).unwrap();
		assert!(network(120) < fx(11, 1));
	});
}

#[test]
fn single_inferer_is_the_network() {
	ExtBuilder::default().build_and_execute(|| {
		infer(100, &[(1, fx(7, 2))]);
		close_workers(100).unwrap();
		let bundle = bundle(100);
		assert_eq!(bundle.element_values.to_vec(), vec![fx(7, 2); 3]);
		assert_eq!(bundle.inferer_weights.to_vec(), vec![fx(1, 1)]);
		assert_eq!(bundle.disagreement.to_vec(), vec![[fx(7, 2); 5]]);
	});
}

#[test]
fn network_inference_of_the_first_epoch_is_the_mean() {
	ExtBuilder::default().build_and_execute(|| {
		infer(100, &TEN_AND_TWENTY());
		close_workers(100).unwrap();
		let expected = [15, 15, 10, 20, 20, 10].map(|value| fx(value, 1));
		assert_eq!(bundle(100).element_values.to_vec(), expected);
		assert_eq!(bundle(100).inferer_weights.to_vec(), vec![fx(1, 2); 2]);
		assert_eq!(bundle(100).loss_epoch, None);
	});
}

#[test]
fn network_moves_toward_the_better_inferer() {
	ExtBuilder::default().build_and_execute(|| {
		whole_epoch(100, &TEN_AND_TWENTY(), &first_is_better());
		infer(120, &TEN_AND_TWENTY());
		close_workers(120).unwrap();
		// Regrets 0.1 and -0.1, scale 1.4826 * 0.1 + 0.01 = 0.15826, x = +-0.63187160369...,
		// w_2 = (1 + e^(-3 (x - 0.75))) / (1 + e^(-3 (-x - 0.75))) = 0.0378029722444520...,
		// network = (10 + 20 w_2) / (1 + w_2) = 10.364259625916234740.
		assert_close(network(120), FixedI128::from_inner(10_364_259_625_916_234_740));
		assert_eq!(bundle(120).loss_epoch, Some(100));
	});
}

#[test]
fn network_inference_of_newcomers_alone_is_the_mean() {
	ExtBuilder::default().build_and_execute(|| {
		whole_epoch(100, &TEN_AND_TWENTY(), &first_is_better());
		infer(120, &[(3, fx(1, 1)), (4, fx(4, 1))]);
		close_workers(120).unwrap();
		assert_eq!(network(120), fx(5, 2));
	});
}

#[test]
fn forecaster_of_newcomers_alone_implies_their_median_and_has_no_weight() {
	ExtBuilder::default().build_and_execute(|| {
		whole_epoch(100, &TEN_AND_TWENTY(), &first_is_better());
		infer(120, &[(3, fx(1, 1)), (4, fx(4, 1)), (5, fx(10, 1))]);
		forecast(120, 9, &[(3, fx(-9, 1)), (4, fx(0, 1)), (5, fx(0, 1))]);
		close_workers(120).unwrap();
		assert_eq!(network(120), fx(5, 1));
		// After combined, naive and three inferers.
		assert_eq!(bundle(120).element(5), [fx(4, 1)]);
		assert_eq!(bundle(120).forecaster_weights.to_vec(), [fx(0, 1)]);
	});
}

#[test]
fn newcomer_weighs_less_than_a_good_inferer() {
	ExtBuilder::default().build_and_execute(|| {
		whole_epoch(100, &TEN_AND_TWENTY(), &first_is_better());
		infer(120, &[(1, fx(10, 1)), (3, fx(20, 1))]);
		close_workers(120).unwrap();
		assert!(network(120) > fx(10, 1) && network(120) < fx(15, 1));
		assert!(bundle(120).inferer_weights[1] > fx(0, 1));
	});
}

#[test]
fn forecaster_is_ignored_without_a_previous_loss() {
	ExtBuilder::default().build_and_execute(|| {
		infer(100, &TEN_AND_TWENTY());
		forecast(100, 3, &[(1, fx(-2, 1)), (2, fx(0, 1))]);
		close_workers(100).unwrap();
		assert!(bundle(100).forecasters.is_empty());
		assert_eq!(bundle(100).elements(), 6);
		assert_eq!(network(100), fx(15, 1));
	});
}

#[test]
fn forecast_implies_inferences_once_a_loss_is_known() {
	ExtBuilder::default().build_and_execute(|| {
		whole_epoch(100, &TEN_AND_TWENTY(), &first_is_better());
		infer(120, &TEN_AND_TWENTY());
		// The same loss of both: equal weights, so it implies the mean, and without one the other.
		forecast(120, 3, &[(1, fx(-1, 1)), (2, fx(-1, 1))]);
		close_workers(120).unwrap();
		let bundle = bundle(120);
		assert_eq!(bundle.forecasters.to_vec(), [3]);
		assert_eq!(bundle.elements(), 9);
		assert_eq!(bundle.element(4), [fx(15, 1)]);
		assert_eq!(bundle.element(5), [fx(20, 1)]);
		assert_eq!(bundle.element(6), [fx(10, 1)]);
		assert!(bundle.forecaster_weights[0] > fx(0, 1));
	});
}

#[test]
fn forecaster_naming_one_inferer_has_no_element_without_it() {
	ExtBuilder::default().build_and_execute(|| {
		whole_epoch(100, &TEN_AND_TWENTY(), &first_is_better());
		infer(120, &TEN_AND_TWENTY());
		forecast(120, 3, &[(1, fx(-1, 1))]);
		close_workers(120).unwrap();
		let bundle = bundle(120);
		assert_eq!(bundle.absent.to_vec(), [(0, 0)]);
		assert_eq!(bundle.elements(), 8);
		// Its implied inference, and the same without the inferer it does not name.
		assert_eq!((bundle.element(4), bundle.element(5)), (&[fx(10, 1)][..], &[fx(10, 1)][..]));
	});
}

#[test]
fn two_forecasters_are_left_out_and_taken_in() {
	ExtBuilder::default().build_and_execute(|| {
		whole_epoch(100, &TEN_AND_TWENTY(), &first_is_better());
		infer(120, &TEN_AND_TWENTY());
		forecast(120, 3, &[(1, fx(-1, 1)), (2, fx(-1, 1))]);
		forecast(120, 4, &[(1, fx(-2, 1)), (2, fx(-1, 1))]);
		close_workers(120).unwrap();
		// 2 + 2 * 2 + 3 * 2 + 2 * 2.
		assert_eq!(bundle(120).elements(), 16);
	});
}

#[test]
fn forecast_about_absent_inferers_is_dropped() {
	ExtBuilder::default().build_and_execute(|| {
		whole_epoch(100, &TEN_AND_TWENTY(), &first_is_better());
		infer(120, &TEN_AND_TWENTY());
		forecast(120, 3, &[(9, fx(-1, 1))]);
		forecast(120, 4, &[(1, fx(-1, 1)), (2, fx(-1, 1)), (9, fx(-1, 1))]);
		close_workers(120).unwrap();
		assert_eq!(bundle(120).forecasters.to_vec(), [4]);
		assert_eq!(bundle(120).element(4), [fx(15, 1)]);
	});
}

#[test]
fn scale_follows_the_rule_of_the_topic() {
	let std_dev = |parameters: &mut allora_primitives::TopicParameters| {
		parameters.scale_rule = ScaleRule::StdDev;
	};
	ExtBuilder::default().parameters(std_dev).build_and_execute(|| {
		whole_epoch(100, &TEN_AND_TWENTY(), &first_is_better());
		// Regrets 0.1 and -0.1: their squares sum to 0.02,
		// sigma = sqrt(0.02) = 0.1414213562373...
		let scale = regret_book().scale.unwrap();
		assert_close(scale, FixedI128::from_inner(151_421_356_237_309_505));
	});
}

#[test]
fn values_past_the_range_void_the_epoch() {
	ExtBuilder::default().build_and_execute(|| {
		// 64.64 ends at 9.2e18.
		infer(100, &[(1, fx(10i128.pow(19), 1)), (2, fx(1, 1))]);
		assert_noop!(close_workers(100), VoidReason::Arithmetic);
	});
}

#[test]
fn inference_with_the_wrong_number_of_labels_voids_the_epoch() {
	ExtBuilder::default().build_and_execute(|| {
		Inferences::mutate(|all| all.insert(100, vec![(1, vec![fx(1, 1), fx(2, 1)])]));
		assert_noop!(close_workers(100), VoidReason::Arithmetic);
	});
}

#[test]
fn hash_is_the_bundles_and_names_its_elements() {
	ExtBuilder::default().build_and_execute(|| {
		infer(100, &TEN_AND_TWENTY());
		close_workers(100).unwrap();
		let hash = bundle(100).hash();
		assert_eq!(Aggregation::report_shape(TOPIC, 100), Some((hash, 6)));
		assert_eq!(Aggregation::report_shape(TOPIC, 120), None);
	});
}

#[test]
fn hash_changes_with_every_value() {
	ExtBuilder::default().build_and_execute(|| {
		infer(100, &TEN_AND_TWENTY());
		close_workers(100).unwrap();
		let bundle = bundle(100);
		for at in 0..bundle.element_values.len() {
			let mut other = bundle.clone();
			other.element_values[at] = other.element_values[at] + FixedI128::from_inner(1);
			assert_ne!(other.hash(), bundle.hash());
		}
		let mut other = bundle.clone();
		other.loss_epoch = Some(1);
		assert_ne!(other.hash(), bundle.hash());
	});
}

#[test]
fn inference_is_emitted_with_its_weights() {
	ExtBuilder::default().build_and_execute(|| {
		infer(100, &TEN_AND_TWENTY());
		close_workers(100).unwrap();
		let label_values: Inference = vec![fx(15, 1)].try_into().unwrap();
		assert_eq!(
			events(),
			vec![Event::InferenceMade {
				topic: TOPIC,
				epoch: 100,
				label_values,
				intervals: bundle(100).intervals,
				disagreement: bundle(100).disagreement,
				bundle_hash: bundle(100).hash(),
				inferer_weights: vec![(1, fx(1, 2)), (2, fx(1, 2))].try_into().unwrap(),
				forecaster_weights: Default::default(),
			}]
		);
	});
}

#[test]
fn epochs_in_flight_use_the_newest_settled_losses() {
	ExtBuilder::default().build_and_execute(|| {
		for epoch in [100, 120] {
			infer(epoch, &TEN_AND_TWENTY());
			close_workers(epoch).unwrap();
		}
		for epoch in [100, 120] {
			report(epoch, 90, 100, &first_is_better());
		}
		close_reputers(100).unwrap();
		infer(140, &TEN_AND_TWENTY());
		close_workers(140).unwrap();
		close_reputers(120).unwrap();
		infer(160, &TEN_AND_TWENTY());
		close_workers(160).unwrap();
		let loss_epochs = [100, 120, 140, 160].map(|epoch| bundle(epoch).loss_epoch);
		assert_eq!(loss_epochs, [None, None, Some(100), Some(120)]);
	});
}

#[test]
fn newest_inference_stays_when_a_later_epoch_is_void() {
	ExtBuilder::default().build_and_execute(|| {
		infer(100, &TEN_AND_TWENTY());
		close_workers(100).unwrap();
		// 64.64 ends at 9.2e18.
		infer(120, &[(1, fx(10i128.pow(19), 1))]);
		assert_noop!(close_workers(120), VoidReason::Arithmetic);
		assert_eq!(Latest::<Test>::get(TOPIC).unwrap().epoch, 100);
		assert!(Bundles::<Test>::get(TOPIC, 120).is_none());
	});
}
