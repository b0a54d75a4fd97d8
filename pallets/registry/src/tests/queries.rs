//! Reads of topics by clients.

use super::signed;
use crate::{mock::*, Membership, NextTopicId, Registrations};
use allora_primitives::{api::TopicInfo, Registration, TopicId, ALLO};
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

/// Creates topics until there are this many.
fn create_up_to(number: TopicId) {
	CreateFee::set(0);
	while NextTopicId::<Test>::get() <= number {
		assert_ok!(Topics::create(signed(ALICE), Box::new(parameters())));
	}
}

/// A page of at most 256 numbers: the numbers, and where the following page starts.
fn page(from: TopicId, limit: u32) -> (Vec<TopicId>, Option<TopicId>) {
	let page = Topics::topic_page(from, limit, 256);
	(page.topics, page.next)
}

#[test]
fn topics_are_listed_in_pages() {
	ExtBuilder::build_and_execute(|| {
		assert_eq!(page(0, 10), (vec![], None));
		create_up_to(5);
		assert_eq!(page(0, 2), (vec![1, 2], Some(3)));
		assert_eq!(page(3, 3), (vec![3, 4, 5], None));
		assert_eq!(page(6, 10), (vec![], None));
		create_up_to(300);
		// Limits are moved into 1 to 256.
		assert_eq!(page(1, 0), (vec![1], Some(2)));
		assert_eq!(page(1, u32::MAX), ((1..=256).collect(), Some(257)));
		assert_eq!(page(u64::MAX, 1), (vec![], None));
	});
}

#[test]
fn page_looks_at_no_more_than_1024_numbers() {
	ExtBuilder::build_and_execute(|| {
		create_up_to(2_000);
		(3..2_000).for_each(Topics::remove_topic);
		assert_eq!(page(1, 10), (vec![1, 2], Some(1_025)));
		assert_eq!(page(1_025, 10), (vec![2_000], None));
		assert_eq!(page(3, 10), (vec![], Some(1_027)));
	});
}

/// The accounts of all pages of this limit.
fn all_members(topic: TopicId, registration: Registration, limit: u32) -> Vec<u64> {
	let (mut members, mut after) = (vec![], None);
	loop {
		let page = Topics::members(topic, registration, after, limit);
		assert!(page.members.len() <= limit as usize);
		members.extend(page.members.into_iter().map(|member| member.account));
		after = page.next;
		if after.is_none() {
			return members;
		}
	}
}

#[test]
fn pages_of_members_join_without_gap_or_repeat() {
	ExtBuilder::build_and_execute(|| {
		create_up_to(2);
		let register = |topic, who, registration, left| {
			let membership = Membership { owner: who + 1_000, left };
			Registrations::<Test>::insert(topic, (who, registration), membership);
		};
		for who in 100..200 {
			register(1, who, Registration::Worker, who % 7 == 0);
			register(2, who, Registration::Worker, false);
			if who % 3 == 0 {
				register(1, who, Registration::Reputer, false);
			}
		}
		for limit in [1, 7, 50, 256] {
			let mut workers = all_members(1, Registration::Worker, limit);
			workers.sort();
			let expected: Vec<_> = (100..200).filter(|who| who % 7 != 0).collect();
			assert_eq!(workers, expected, "pages of {limit}");
			let mut reputers = all_members(1, Registration::Reputer, limit);
			reputers.sort();
			let expected: Vec<_> = (100..200).filter(|who| who % 3 == 0).collect();
			assert_eq!(reputers, expected, "pages of {limit}");
		}
		let first = Topics::members(1, Registration::Worker, None, 0).members;
		assert_eq!((first.len(), first[0].owner), (1, first[0].account + 1_000));
		let none = Topics::members(3, Registration::Worker, None, 10);
		assert_eq!((none.members, none.next), (vec![], None));
	});
}

#[test]
fn page_of_members_looks_at_no_more_than_1024_entries() {
	ExtBuilder::build_and_execute(|| {
		create_up_to(1);
		for who in 1..=1_500 {
			let membership = Membership { owner: who, left: false };
			Registrations::<Test>::insert(1, (who, Registration::Worker), membership);
		}
		let page = Topics::members(1, Registration::Reputer, None, 256);
		assert_eq!(page.members, vec![]);
		let page = Topics::members(1, Registration::Reputer, page.next, 256);
		assert_eq!((page.members, page.next), (vec![], None));
		let full = Topics::members(1, Registration::Worker, None, u32::MAX);
		assert_eq!(full.members.len(), 256);
		assert_eq!(all_members(1, Registration::Worker, 256).len(), 1_500);
	});
}
