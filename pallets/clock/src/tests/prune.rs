//! Pruning the records of topics that lapsed long ago.

use super::{recorded, signed};
use crate::{mock::*, Error, Event, TopicStates, WeightInfo, MAX_PRUNED};
use allora_primitives::{traits::EpochInspect, EpochState, Slot, Step, TopicId, VoidReason, ALLO};
use frame_support::{
	assert_noop, assert_ok,
	dispatch::{DispatchErrorWithPostInfo, GetDispatchInfo, Pays, WithPostDispatchInfo},
};
use sp_runtime::traits::BadOrigin;

/// The first slot in which the records of [`lapsed_topic`] may be pruned: the reports of its last
/// epoch close at 12 + 20 + 10, and four weeks of ten slots must have passed since.
const PRUNABLE: Slot = 42 + 4 * 10 + 1;

/// A topic whose revenue decays to zero within a week, which is an epoch: it has the epochs 2 and
/// 12, and is inactive from 22 on.
fn lapsed_topic() -> TopicId {
	SlotsPerWeek::set(10);
	let topic = topic_with_stake(10 * ALLO);
	run_to(42);
	assert!(!TopicStates::<Test>::get(topic).active);
	assert_eq!(recorded(topic), vec![2, 12]);
	topic
}

/// A refusal with this error: a look is weighed, and no epoch.
fn refused(error: Error<Test>) -> DispatchErrorWithPostInfo {
	error.with_weight(<Test as crate::Config>::WeightInfo::prune(1))
}

#[test]
fn all_epochs_but_the_newest_are_pruned_by_anybody_for_free() {
	ExtBuilder::build_and_execute(|| {
		let topic = lapsed_topic();
		run_to(PRUNABLE);
		events();
		let done = Clock::prune(signed(PAUPER), topic).unwrap();
		assert_eq!(done.pays_fee, Pays::No);
		assert_eq!(events(), vec![Event::EpochPruned { topic, epoch: 2 }]);
		assert_eq!(Pruned::get(), vec![(topic, 2)]);
		assert_eq!(recorded(topic), vec![12]);
		assert_eq!(Clock::epoch_state(topic, 2), None);
	});
}

#[test]
fn pruning_weighs_what_it_removes() {
	ExtBuilder::build_and_execute(|| {
		let topic = lapsed_topic();
		run_to(PRUNABLE);
		let declared = crate::Call::<Test>::prune { topic }.get_dispatch_info().call_weight;
		let own = <Test as crate::Config>::WeightInfo::prune;
		assert_eq!(declared, own(MAX_PRUNED) + PRUNE * 80);
		let done = Clock::prune(signed(BOB), topic).unwrap();
		assert_eq!(done.actual_weight, Some(own(1) + PRUNE));
	});
}

#[test]
fn records_stay_until_four_weeks_after_what_the_topic_has_paid_for() {
	ExtBuilder::build_and_execute(|| {
		let topic = lapsed_topic();
		run_to(PRUNABLE - 1);
		assert_noop!(Clock::prune(signed(BOB), topic), refused(Error::NotLapsed));
		run_to(PRUNABLE);
		assert_ok!(Clock::prune(signed(BOB), topic));
	});
}

#[test]
fn records_of_an_active_topic_are_not_pruned() {
	ExtBuilder::build_and_execute(|| {
		let topic = lapsed_topic();
		run_to(PRUNABLE);
		assert_ok!(Topics::fund(signed(BOB), topic, 100 * ALLO));
		assert!(TopicStates::<Test>::get(topic).active);
		assert_noop!(Clock::prune(signed(BOB), topic), refused(Error::NotLapsed));
	});
}

#[test]
fn newest_epoch_is_never_pruned() {
	ExtBuilder::build_and_execute(|| {
		let topic = lapsed_topic();
		run_to(PRUNABLE);
		assert_ok!(Clock::prune(signed(BOB), topic));
		assert_noop!(Clock::prune(signed(BOB), topic), refused(Error::NothingToPrune));
		assert_eq!(recorded(topic), vec![12]);
	});
}

#[test]
fn newest_epoch_with_an_inference_is_never_pruned() {
	// The last epoch has one if it was void for lack of reports only.
	for (last, kept) in [
		(VoidReason::NoInference, vec![2, 12]),
		(VoidReason::Arithmetic, vec![2, 12]),
		(VoidReason::NoReport, vec![12]),
		(VoidReason::TooFewReputers, vec![12]),
	] {
		ExtBuilder::build_and_execute(|| {
			Failing::set(vec![(Step::CloseReputers, 12, last)]);
			let topic = lapsed_topic();
			assert_eq!(Clock::epoch_state(topic, 12), Some(EpochState::Void(last)));
			run_to(PRUNABLE);
			let _ = Clock::prune(signed(BOB), topic);
			assert_eq!(recorded(topic), kept, "{last:?}");
			assert_noop!(Clock::prune(signed(BOB), topic), refused(Error::NothingToPrune));
		});
	}
}

#[test]
fn topic_that_never_had_an_epoch_has_nothing_to_prune() {
	ExtBuilder::build_and_execute(|| {
		SlotsPerWeek::set(10);
		let topic = topic_with_stake(0);
		run_to(40);
		assert_noop!(Clock::prune(signed(BOB), topic), refused(Error::NotLapsed));
		run_to(41);
		assert_noop!(Clock::prune(signed(BOB), topic), refused(Error::NothingToPrune));
	});
}

#[test]
fn retired_topic_is_forgotten_and_not_pruned() {
	ExtBuilder::build_and_execute(|| {
		let topic = lapsed_topic();
		run_to(PRUNABLE);
		assert_ok!(Topics::retire(signed(ALICE), topic));
		assert_noop!(Clock::prune(signed(BOB), topic), refused(Error::TopicRetired));
		run_to(PRUNABLE + 1);
		assert_noop!(Clock::prune(signed(BOB), topic), refused(Error::TopicNotFound));
	});
}

#[test]
fn only_accounts_prune() {
	ExtBuilder::build_and_execute(|| {
		let topic = lapsed_topic();
		run_to(PRUNABLE);
		assert_noop!(Clock::prune(RuntimeOrigin::root(), topic), BadOrigin);
		assert_noop!(Clock::prune(RuntimeOrigin::none(), topic), BadOrigin);
	});
}

#[test]
fn pruned_topic_is_revived_and_its_epochs_go_on() {
	ExtBuilder::build_and_execute(|| {
		let topic = lapsed_topic();
		run_to(PRUNABLE);
		assert_ok!(Clock::prune(signed(BOB), topic));
		SlotsPerWeek::set(1_000);
		assert_ok!(Topics::fund(signed(BOB), topic, 100 * ALLO));
		run_to(PRUNABLE + 1);
		assert_eq!(Clock::collecting_epoch(topic), Some(PRUNABLE + 1));
		assert_eq!(recorded(topic), vec![12, PRUNABLE + 1]);
		run_to(PRUNABLE + 50);
		// Two epochs of history and three in flight are kept, as ever.
		let newest = PRUNABLE + 1;
		assert_eq!(recorded(topic), (0..5).map(|n| newest + 10 * n).collect::<Vec<_>>());
	});
}
