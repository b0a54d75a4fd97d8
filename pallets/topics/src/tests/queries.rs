//! What clients and other pallets are answered.

use crate::mock::*;
use allora_primitives::{
	api::TopicInfo, traits::TopicInspect, EpochId, EpochRecord, EpochState, EpochWindows, ALLO,
};
use frame_support::assert_ok;

#[test]
fn payloads_are_collected_in_both_end_slots_of_the_window() {
	ExtBuilder::build_and_execute(|| {
		let topic = topic_with_stake(10 * ALLO);
		for (block, expected) in [
			(1, None),
			(2, Some(2)),
			(5, Some(2)),
			(6, None),
			(11, None),
			(12, Some(12)),
			(15, Some(12)),
			(16, None),
		] {
			run_to(block);
			assert_eq!(Topics::collecting_epoch(topic), expected, "in block {block}");
		}
	});
}

#[test]
fn only_the_announced_epoch_collects_ahead_of_a_late_clock() {
	ExtBuilder::build_and_execute(|| {
		let topic = topic_with_stake(10 * ALLO);
		skip_to(2);
		assert_eq!(Topics::collecting_epoch(topic), Some(2));
		// Whether there will be an epoch 12 is not known before 2 has opened.
		skip_to(12);
		assert_eq!(Topics::collecting_epoch(topic), None);
		run_to(13);
		assert_eq!(Topics::collecting_epoch(topic), Some(12));
		skip_to(22);
		assert_eq!(Topics::collecting_epoch(topic), Some(22));
		skip_to(32);
		assert_eq!(Topics::collecting_epoch(topic), None);
	});
}

#[test]
fn topics_that_are_not_there_or_inactive_collect_nothing() {
	ExtBuilder::build_and_execute(|| {
		assert_eq!(Topics::collecting_epoch(1), None);
		assert_ok!(Topics::create(RuntimeOrigin::signed(ALICE), Box::new(parameters())));
		run_to(3);
		assert_eq!(Topics::collecting_epoch(1), None);
	});
}

#[test]
fn topic_info_tells_all() {
	ExtBuilder::build_and_execute(|| {
		let topic = topic_with_stake(10 * ALLO);
		let mut info = TopicInfo {
			topic,
			creator: ALICE,
			offered_to: None,
			parameters: parameters(),
			workers_listed: false,
			reputers_listed: false,
			active: true,
			retired: false,
			last_epoch: None,
			next_epoch: Some(2),
			weight: 0,
			revenue: 10 * ALLO,
			stake: 10 * ALLO,
			pot: 1_001,
			reserved: Topics::reservation(&parameters()).unwrap(),
		};
		assert_eq!(Topics::topic_info(topic), Some(info.clone()));
		run_to(2);
		info.last_epoch = Some(2);
		info.next_epoch = Some(12);
		info.weight = 10 * ALLO;
		assert_eq!(Topics::topic_info(topic), Some(info));
		assert_eq!(Topics::topic_info(2), None);
	});
}

#[test]
fn topics_are_listed_in_pages() {
	ExtBuilder::build_and_execute(|| {
		assert_eq!(Topics::topic_ids(0, 10), Vec::<u64>::new());
		for _ in 1..=5 {
			assert_ok!(Topics::create(RuntimeOrigin::signed(ALICE), Box::new(parameters())));
		}
		assert_eq!(Topics::topic_ids(0, 2), vec![1, 2]);
		assert_eq!(Topics::topic_ids(3, 10), vec![3, 4, 5]);
		assert_eq!(Topics::topic_ids(6, 10), Vec::<u64>::new());
		CreateFee::set(0);
		for _ in 6..=300 {
			assert_ok!(Topics::create(RuntimeOrigin::signed(ALICE), Box::new(parameters())));
		}
		assert_eq!(Topics::topic_ids(1, u32::MAX).len(), 256);
	});
}

#[test]
fn epochs_are_listed_oldest_first() {
	ExtBuilder::build_and_execute(|| {
		let topic = topic_with_stake(10 * ALLO);
		run_to(12);
		let record = |epoch, state| {
			(epoch, EpochRecord { state, windows: EpochWindows::new(epoch, &parameters()) })
		};
		let (first, second) =
			(record(2, EpochState::AwaitingTruth), record(12, EpochState::Collecting));
		assert_eq!(Topics::epochs(topic), vec![first, second]);
		assert_eq!(Topics::epoch_record(topic, 2), Some(first.1));
		assert_eq!(Topics::epoch_record(topic, 3), None);
	});
}

#[test]
fn reporting_epochs_are_those_whose_window_is_open() {
	ExtBuilder::build_and_execute(|| {
		let topic = topic_with_stake(10 * ALLO);
		run_to(21);
		assert_eq!(Topics::reporting_epochs(topic), Vec::<EpochId>::new());
		run_to(22);
		assert_eq!(Topics::reporting_epochs(topic), vec![2]);
		run_to(31);
		assert_eq!(Topics::reporting_epochs(topic), vec![2]);
		// A late clock neither prolongs the one window nor delays the other.
		skip_to(32);
		assert_eq!(Topics::reporting_epochs(topic), vec![12]);
	});
}
