//! Reads, pruning and forgetting.

use super::synthesis::{first_is_better, TEN_AND_TWENTY};
use crate::{mock::*, Bundles, Latest, LearningRecords, Pallet, WeightInfo};
use allora_primitives::{
	traits::{BundleInspect, EpochRecords},
	EpochSizes, Role, Step,
};
use frame_support::weights::{Weight, WeightMeter};

#[test]
fn newest_inference_has_its_age() {
	ExtBuilder::default().build_and_execute(|| {
		assert_eq!(Pallet::<Test>::latest_inference(TOPIC), None);
		infer(100, &TEN_AND_TWENTY());
		close_workers(100).unwrap();
		System::set_block_number(130);
		let latest = Pallet::<Test>::latest_inference(TOPIC).unwrap();
		assert_eq!((latest.epoch, latest.age), (100, 30));
		assert_eq!(latest.label_values, vec![fx(15, 1)]);
	});
}

#[test]
fn newest_inference_can_be_proven_by_its_key() {
	ExtBuilder::default().build_and_execute(|| {
		let key = Pallet::<Test>::latest_inference_key(TOPIC);
		assert!(!sp_io::storage::exists(&key));
		infer(100, &TEN_AND_TWENTY());
		close_workers(100).unwrap();
		assert!(sp_io::storage::exists(&key));
	});
}

#[test]
fn report_shape_is_the_hash_and_size_of_the_bundle() {
	ExtBuilder::default().build_and_execute(|| {
		infer(100, &TEN_AND_TWENTY());
		close_workers(100).unwrap();
		let (hash, elements) = Pallet::<Test>::report_shape(TOPIC, 100).unwrap();
		assert_eq!(Pallet::<Test>::hashed_bundle(TOPIC, 100), Some((hash, bundle(100))));
		assert_eq!(<Pallet<Test> as BundleInspect<u64>>::bundle(TOPIC, 100), Some(bundle(100)));
		assert_eq!(elements, 6);
	});
}

#[test]
fn contributions_and_losses_can_be_read_after_learning() {
	ExtBuilder::default().build_and_execute(|| {
		assert_eq!(Pallet::<Test>::contributions(TOPIC, 100), None);
		whole_epoch(100, &TEN_AND_TWENTY(), &first_is_better());
		assert!(Pallet::<Test>::contributions(TOPIC, 100).is_some());
		assert_eq!(Pallet::<Test>::losses(TOPIC, 100), Some(first_is_better().to_vec()));
	});
}

#[test]
fn reputers_have_no_regret() {
	ExtBuilder::default().build_and_execute(|| {
		whole_epoch(100, &TEN_AND_TWENTY(), &first_is_better());
		assert_eq!(Pallet::<Test>::regret(TOPIC, Role::Reputer, &1), None);
		assert_eq!(Pallet::<Test>::regret(TOPIC, Role::Forecaster, &1), None);
		assert!(Pallet::<Test>::regret(TOPIC, Role::Inferer, &1).is_some());
	});
}

#[test]
fn pruned_epoch_leaves_what_was_learned_in_force() {
	ExtBuilder::default().build_and_execute(|| {
		whole_epoch(100, &TEN_AND_TWENTY(), &first_is_better());
		assert_eq!(Aggregation::on_prune(TOPIC, 100), Aggregation::prune_weight());
		assert!(Bundles::<Test>::get(TOPIC, 100).is_none());
		assert!(LearningRecords::<Test>::get(TOPIC, 100).is_none());
		assert_eq!(Latest::<Test>::get(TOPIC).unwrap().epoch, 100);
		infer(120, &TEN_AND_TWENTY());
		close_workers(120).unwrap();
		assert_eq!(bundle(120).loss_epoch, Some(100));
	});
}

#[test]
fn retired_topic_is_forgotten_in_bounded_steps() {
	ExtBuilder::default().build_and_execute(|| {
		for epoch in [100, 120, 140] {
			whole_epoch(epoch, &TEN_AND_TWENTY(), &first_is_better());
		}
		let forget = |limit: Weight| {
			let mut meter = WeightMeter::with_limit(limit);
			let done = Aggregation::on_forget(TOPIC, &mut meter);
			(done, Bundles::<Test>::iter_key_prefix(TOPIC).count())
		};
		let step = <Test as crate::Config>::WeightInfo::forget_epoch();
		let last = <Test as crate::Config>::WeightInfo::forget_topic();
		assert_eq!(forget(Weight::zero()), (false, 3));
		assert_eq!(forget(step), (false, 2));
		assert_eq!(forget(step.saturating_mul(2)), (false, 0));
		assert_eq!(LearningRecords::<Test>::iter_key_prefix(TOPIC).count(), 0);
		// Finding that no epoch is left takes the weight of an epoch.
		assert_eq!(forget(step), (false, 0));
		assert!(Latest::<Test>::contains_key(TOPIC));
		assert_eq!(forget(step.saturating_add(last)), (true, 0));
		assert!(!Latest::<Test>::contains_key(TOPIC));
		assert!(!crate::Books::<Test>::contains_key(TOPIC));
		// Nothing is left to forget.
		assert_eq!(forget(step.saturating_add(last)), (true, 0));
	});
}

#[test]
fn forgetting_a_topic_leaves_others_alone() {
	ExtBuilder::default().build_and_execute(|| {
		whole_epoch(100, &TEN_AND_TWENTY(), &first_is_better());
		let mut meter = WeightMeter::new();
		assert!(Aggregation::on_forget(TOPIC + 1, &mut meter));
		assert!(Bundles::<Test>::contains_key(TOPIC, 100));
		assert!(Latest::<Test>::contains_key(TOPIC));
	});
}

#[test]
fn weights_grow_with_the_epoch() {
	let sizes = |inferers, forecasters, reputers| EpochSizes {
		inferers,
		forecasters,
		reputers,
		elements: 12,
		labels: 1,
		..Default::default()
	};
	for step in [Step::CloseWorkers, Step::CloseReputers] {
		let (small, large) =
			(worst_case(step, &sizes(1, 0, 1)), worst_case(step, &sizes(32, 6, 6)));
		assert!(small.ref_time() > 0 && small.ref_time() < large.ref_time());
	}
	assert!(Aggregation::prune_weight().ref_time() > 0);
}
