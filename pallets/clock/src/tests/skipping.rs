//! What the clock does about epochs for which it comes too late.

use crate::{mock::*, Event, TopicStates, WeightInfo};
use allora_primitives::{traits::EpochInspect, EpochId, EpochState, Step, TopicId, ALLO};
use frame_support::{assert_ok, weights::Weight};

/// What the mock's work weighs.
type Weights = <Test as crate::Config>::WeightInfo;

/// A topic whose epochs have run since slot 2, up to one slot of its second epoch, and then no
/// block until this one; payloads were accepted for the epochs that opened.
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

fn recorded(topic: TopicId) -> Vec<EpochId> {
	TopicStates::<Test>::get(topic).records.into_iter().map(|(epoch, _)| epoch).collect()
}

#[test]
fn epochs_that_nobody_could_send_for_are_skipped() {
	ExtBuilder::build_and_execute(|| {
		// Payloads for 1002 are still accepted at 1005: what lies between 12 and 1002 is skipped.
		let topic = topic_after_an_outage_until(1_005);
		assert_eq!(recorded(topic), vec![2, 12, 1_002]);
		assert_eq!(Clock::collecting_epoch(topic), Some(1_002));
		let skipped = Event::EpochsSkipped { topic, first: 22, count: 98 };
		let all: Vec<_> = events();
		assert_eq!(all.iter().filter(|event| **event == skipped).count(), 1);
		// Only what began before the outage, and what opens now, takes steps.
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
		// 32 and 42 were skipped; nobody can send for 52 any more.
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
		// Of the 990 slots from 12 to 1002 the epoch had ten.
		assert_eq!(AssignedSlots::get(), vec![(10, 10), (10, 990)]);
	});
}

#[test]
fn skipped_epochs_cost_no_opening() {
	ExtBuilder::build_and_execute(|| {
		let topic = topic_with_stake(10 * ALLO);
		WithPayloads::set(Some(vec![]));
		skip_to(17);
		let skipping =
			Weights::poll(1) + Weights::turn() + Weights::skip() + Clock::asking_weight();
		assert_eq!(poll(skipping + Weights::release()), skipping);
		assert_eq!(TopicStates::<Test>::get(topic).anchor, 22);
	});
}

#[test]
fn revenue_decays_for_skipped_epochs() {
	ExtBuilder::build_and_execute(|| {
		// A hundred epochs a week, and 10 ALLO: one that ended, 98 skipped, and the one that ends now.
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
		// 22 has begun and the clock is late: it would be the last one.
		skip_to(23);
		assert_ok!(Topics::retire(RuntimeOrigin::signed(ALICE), topic));
		skip_to(30);
		poll(Weight::MAX);
		assert!(events().contains(&Event::TopicInactivated { topic, last_epoch: 12 }));
		run_to(42);
		assert!(is_marked(topic, Step::CloseReputers, 12));
		assert_eq!(TopicStates::<Test>::get(topic).records.len(), 0);
	});
}

#[test]
fn topic_that_waits_can_be_retired() {
	ExtBuilder::build_and_execute(|| {
		let topic = topic_after_an_outage_until(1_006);
		assert_ok!(Topics::retire(RuntimeOrigin::signed(ALICE), topic));
		run_to(1_012);
		assert!(!TopicStates::<Test>::get(topic).active);
	});
}

#[test]
fn epoch_before_the_outage_is_settled_behind_it() {
	ExtBuilder::build_and_execute(|| {
		let topic = topic_after_an_outage_until(1_005);
		for epoch in [2, 12] {
			assert_eq!(Clock::epoch_state(topic, epoch), Some(EpochState::Settled));
		}
	});
}
