//! Reads of topics by clients.

use super::signed;
use crate::mock::*;
use allora_primitives::{api::TopicInfo, ALLO};
use frame_support::assert_ok;

#[test]
fn topic_info_has_everything() {
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
			reserved: Clock::reservation(&parameters()).unwrap(),
			announced: Default::default(),
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
			assert_ok!(Topics::create(signed(ALICE), Box::new(parameters())));
		}
		assert_eq!(Topics::topic_ids(0, 2), vec![1, 2]);
		assert_eq!(Topics::topic_ids(3, 10), vec![3, 4, 5]);
		assert_eq!(Topics::topic_ids(6, 10), Vec::<u64>::new());
		CreateFee::set(0);
		for _ in 6..=300 {
			assert_ok!(Topics::create(signed(ALICE), Box::new(parameters())));
		}
		assert_eq!(Topics::topic_ids(1, u32::MAX).len(), 256);
	});
}
