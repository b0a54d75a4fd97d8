//! Epochs for which the clock is too late.

use super::{recorded, signed};
use crate::{mock::*, Event, TopicStates, WeightInfo};
use allora_primitives::{traits::EpochInspect, EpochState, Step, TopicId, ALLO};
use frame_support::{assert_ok, weights::Weight};

/// The weights of the mock.
type Weights = <Test as crate::Config>::WeightInfo;

/// A topic whose epochs open from slot 2 on. After slot 13, in its second epoch, there is no block
/// until this slot. Payloads were accepted for the epochs that opened.
fn topic_after_an_outage_until(slot: u64) -> TopicId {
	let topic = topic_with_stake(10 * ALLO);
	run_to(13);
	WithPayloads::set(Some(vec![2, 12]));
	events();
	Taken::set(vec![]);
	skip_to(slot);
	poll(Weight::MAX);
	topic
}

#[test]
fn epochs_without_payloads_whose_windows_are_over_are_skipped() {
	ExtBuilder::build_and_execute(|| {
		// Payloads for 1002 are still accepted at 1005; the epochs between 12 and 1002 are skipped.
		let topic = topic_after_an_outage_until(1_005);
		assert_eq!(recorded(topic), vec![2, 12, 1_002]);
		assert_eq!(Clock::collecting_epoch(topic), Some(1_002));
		let skipped = Event::EpochsSkipped { topic, first: 22, count: 98 };
		let all: Vec<_> = events();
		assert_eq!(all.iter().filter(|event| **event == skipped).count(), 1);
		// Only the epochs from before the outage and the one that opens now take steps.
		let taken: Vec<_> =
			Taken::get().into_iter().map(|(_, _, step, epoch)| (step, epoch)).collect();
		let expected = vec![
			(Step::CloseWorkers, 12),
			(Step::CloseReputers, 2),
			(Step::CloseReputers, 12),
			(Step::Open, 1_002),
		];
		assert_eq!(taken, expected);
	});
}

#[test]
fn topic_waits_for_its_next_epoch_if_no_window_is_open() {
	ExtBuilder::build_and_execute(|| {
		let topic = topic_after_an_outage_until(1_006);
		assert_eq!(recorded(topic), vec![2, 12]);
		assert_eq!(Topics::topic_info(topic).unwrap().next_epoch, Some(1_012));
		assert_eq!(Clock::collecting_epoch(topic), None);
		run_to(1_011);
		assert_eq!(recorded(topic), vec![2, 12]);
		run_to(1_012);
		assert_eq!(Clock::collecting_epoch(topic), Some(1_012));
		run_to(1_022);
		assert_eq!(recorded(topic), vec![2, 12, 1_012, 1_022]);
	});
}

#[test]
fn windows_end_with_their_last_slot() {
	// Payloads for 22 are accepted up to 25.
	for (slot, last) in [(25, 22), (26, 12)] {
		ExtBuilder::build_and_execute(|| {
			let topic = topic_after_an_outage_until(slot);
			assert_eq!(recorded(topic).last(), Some(&last));
		});
	}
}

#[test]
fn epoch_with_payloads_opens_however_late() {
	ExtBuilder::build_and_execute(|| {
		let topic = topic_with_stake(10 * ALLO);
		run_to(13);
		WithPayloads::set(Some(vec![22]));
		skip_to(57);
		poll(Weight::MAX);
		// 32, 42 and 52 are skipped: payloads for 52 were accepted up to 55.
		assert_eq!(recorded(topic), vec![2, 12, 22]);
		assert!(is_marked(topic, Step::CloseWorkers, 22));
		assert_eq!(Topics::topic_info(topic).unwrap().next_epoch, Some(62));
	});
}

#[test]
fn first_epoch_of_an_activation_can_be_skipped() {
	ExtBuilder::build_and_execute(|| {
		let topic = topic_with_stake(10 * ALLO);
		WithPayloads::set(Some(vec![]));
		skip_to(17);
		poll(Weight::MAX);
		assert!(recorded(topic).is_empty());
		assert!(events().contains(&Event::EpochsSkipped { topic, first: 2, count: 2 }));
		run_to(22);
		assert_eq!(Clock::collecting_epoch(topic), Some(22));
	});
}

#[test]
fn skipped_epochs_get_no_emission() {
	ExtBuilder::build_and_execute(|| {
		let topic = topic_after_an_outage_until(1_005);
		assert_eq!(Assigned::get().last(), Some(&(topic, 12, 1_005)));
		// Epoch 12 had 10 of the 990 slots from 12 to 1002.
		assert_eq!(AssignedSlots::get(), vec![(10, 10), (10, 990)]);
	});
}

#[test]
fn skipped_epochs_are_not_charged_as_openings() {
	ExtBuilder::build_and_execute(|| {
		let topic = topic_with_stake(10 * ALLO);
		WithPayloads::set(Some(vec![]));
		skip_to(17);
		let skipping =
			Weights::poll(1) + Weights::turn() + Weights::skip() + Clock::payloads_query_weight();
		assert_eq!(poll(skipping + Weights::release()), skipping);
		assert_eq!(TopicStates::<Test>::get(topic).anchor, 22);
	});
}

#[test]
fn revenue_decays_for_skipped_epochs() {
	ExtBuilder::build_and_execute(|| {
		// A hundred epochs per week and 10 ALLO: revenue decays for one epoch that ended, 98
		// skipped ones and one that ends now.
		let topic = topic_after_an_outage_until(1_005);
		// 10 ALLO * 0.99^100 = 3.66032341273...
		let revenue = pallet_registry::Economies::<Test>::get(topic).revenue;
		assert!((36_603_234_120..=36_603_234_127).contains(&revenue), "{revenue}");
	});
}

#[test]
fn retired_topic_ends_if_its_last_epoch_is_skipped() {
	ExtBuilder::build_and_execute(|| {
		let topic = topic_with_stake(10 * ALLO);
		run_to(13);
		WithPayloads::set(Some(vec![2, 12]));
		// Epoch 22 has begun and the clock is late: it would be the last one.
		skip_to(23);
		assert_ok!(Topics::retire(signed(ALICE), topic));
		skip_to(30);
		poll(Weight::MAX);
		assert!(events().contains(&Event::TopicInactivated { topic, last_epoch: 12 }));
		run_to(42);
		assert!(is_marked(topic, Step::CloseReputers, 12));
		assert_eq!(TopicStates::<Test>::get(topic).records.len(), 0);
	});
}

#[test]
fn topic_whose_opening_is_postponed_can_be_retired() {
	ExtBuilder::build_and_execute(|| {
		let topic = topic_after_an_outage_until(1_006);
		assert_ok!(Topics::retire(signed(ALICE), topic));
		run_to(1_012);
		assert!(!TopicStates::<Test>::get(topic).active);
	});
}

#[test]
fn epochs_before_the_outage_are_settled_after_it() {
	ExtBuilder::build_and_execute(|| {
		let topic = topic_after_an_outage_until(1_005);
		for epoch in [2, 12] {
			assert_eq!(Clock::epoch_state(topic, epoch), Some(EpochState::Settled));
		}
	});
}
