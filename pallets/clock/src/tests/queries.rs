//! Reads of epochs by clients and other pallets.

use crate::mock::*;
use allora_primitives::{
	traits::EpochInspect, EpochId, EpochRecord, EpochState, EpochWindows, ALLO,
};
use frame_support::assert_ok;

#[test]
fn payloads_are_accepted_in_the_first_and_last_slot_of_the_window() {
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
			assert_eq!(Clock::collecting_epoch(topic), expected, "in block {block}");
		}
	});
}

#[test]
fn only_the_announced_epoch_accepts_payloads_before_a_late_clock_opens_it() {
	ExtBuilder::build_and_execute(|| {
		let topic = topic_with_stake(10 * ALLO);
		skip_to(2);
		assert_eq!(Clock::collecting_epoch(topic), Some(2));
		// Whether epoch 12 follows is decided only when 2 opens.
		skip_to(12);
		assert_eq!(Clock::collecting_epoch(topic), None);
		run_to(13);
		assert_eq!(Clock::collecting_epoch(topic), Some(12));
		skip_to(22);
		assert_eq!(Clock::collecting_epoch(topic), Some(22));
		skip_to(32);
		assert_eq!(Clock::collecting_epoch(topic), None);
	});
}

#[test]
fn inactive_and_missing_topics_accept_no_payloads() {
	ExtBuilder::build_and_execute(|| {
		assert_eq!(Clock::collecting_epoch(1), None);
		assert_ok!(Topics::create(RuntimeOrigin::signed(ALICE), Box::new(parameters())));
		run_to(3);
		assert_eq!(Clock::collecting_epoch(1), None);
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
		assert_eq!(Clock::epochs(topic), vec![first, second]);
		assert_eq!(Clock::epoch_record(topic, 2), Some(first.1));
		assert_eq!(Clock::epoch_record(topic, 3), None);
	});
}

#[test]
fn reporting_epochs_are_those_whose_window_is_open() {
	ExtBuilder::build_and_execute(|| {
		let topic = topic_with_stake(10 * ALLO);
		run_to(21);
		assert_eq!(Clock::reporting_epochs(topic), Vec::<EpochId>::new());
		run_to(22);
		assert_eq!(Clock::reporting_epochs(topic), vec![2]);
		run_to(31);
		assert_eq!(Clock::reporting_epochs(topic), vec![2]);
		// A late clock neither extends the first window nor delays the second.
		skip_to(32);
		assert_eq!(Clock::reporting_epochs(topic), vec![12]);
	});
}
