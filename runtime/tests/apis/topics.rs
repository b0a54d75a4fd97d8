//! `TopicsApi`: overview, schedule, members and positions.

use super::*;
use crate::support::on_chain;
use allora_primitives::{
	api::{
		runtime_decl_for_aggregation_api::AggregationApi,
		runtime_decl_for_emissions_api::EmissionsApi, runtime_decl_for_reputer_api::ReputerApi,
		runtime_decl_for_topics_api::TopicsApi, Member, OpenWindow, RegistrationInfo,
		TopicOverview, TopicSchedule,
	},
	commitment_hash, EpochState, Role, WorkerRoles,
};
use allora_runtime::{Runtime, System};
use frame_support::hypothetically;

fn schedule(topic: TopicId) -> Option<TopicSchedule> {
	let mut schedule = Runtime::schedule(vec![topic]);
	assert_eq!((schedule.slot, schedule.block), (now(), System::block_number()));
	assert!(schedule.topics.len() <= 1);
	schedule.topics.pop()
}

/// Whether the chain accepts a call in this block; changes nothing.
fn is_accepted(who: Sr25519Keyring, sent: RuntimeCall) -> bool {
	hypothetically!(try_send(who, sent)).is_ok()
}

/// The slots from one block to the next: mostly all slots have one, and some are missed.
const STEPS: [Slot; 40] = [
	1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 3, 1, 1, 2, 1, 1, 1, 4, 1, 1,
	1, 1, 2, 1, 1, 1, 1, 1,
];

/// Checks the numbers of an open window.
fn check_window(open: &OpenWindow, last: Slot) {
	assert_eq!((open.last, open.slots_left), (last, last - now()), "epoch {}", open.epoch);
}

#[test]
fn submissions_and_reports_are_accepted_exactly_while_the_schedule_says_so() {
	on_chain(|| {
		let first = start(parameters());
		let (mut announced, mut running) = (None, Some(first));
		let (mut submissions, mut reported) = (0, 0);
		for step in STEPS {
			block_in(now() + step, || {
				let schedule = schedule(TOPIC).unwrap();
				let collecting = schedule.collecting.map(|open| open.epoch);
				let reporting: Vec<_> = schedule.reporting.iter().map(|open| open.epoch).collect();
				for epoch in (0..8).map(|number| first + number * LENGTH) {
					let submits = is_accepted(Bob, inference(epoch, 1));
					assert_eq!(submits, collecting == Some(epoch), "epoch {epoch}, slot {}", now());
					let reports = is_accepted(One, report(epoch));
					assert_eq!(
						reports,
						reporting.contains(&epoch),
						"epoch {epoch}, slot {}",
						now()
					);
					submissions += u32::from(submits);
					reported += u32::from(reports);
				}
				schedule.collecting.iter().for_each(|open| check_window(open, open.epoch + WINDOW));
				let reports_last = |epoch| epoch + 2 * LENGTH - 1;
				schedule
					.reporting
					.iter()
					.for_each(|open| check_window(open, reports_last(open.epoch)));
				// Each epoch opens as announced in the block before.
				if let Some(epoch) = collecting.filter(|_| collecting != running) {
					assert_eq!(collecting, announced);
					// One inference, so that there is something to report on.
					send(Charlie, inference(epoch, 1));
				}
				running = collecting.or(running);
				announced = schedule.next_opening;
				assert!(announced.is_some_and(|next| next > now()));
			});
		}
		assert!(submissions > 10 && reported > 10, "{submissions} and {reported} accepted");
	});
}

#[test]
fn commitments_and_reveals_are_accepted_exactly_while_the_schedule_says_so() {
	on_chain(|| {
		let first = start(TopicParameters { reveal_window: 4, ..parameters() });
		let value = Some(BoundedVec::truncate_from(vec![Some(FixedI128::from_u32(7))]));
		let commit = |who: Sr25519Keyring, epoch| {
			let (account, roles) = (who.to_account_id(), WorkerRoles::Inferer);
			let payload_hash = commitment_hash(&value, &None, &[7; 32], &account, TOPIC, epoch);
			pallet_inference::Call::commit { topic: TOPIC, epoch, payload_hash, roles }.into()
		};
		let reveal = |epoch| {
			let (inference, forecast, salt) = (value.clone(), None, [7; 32]);
			pallet_inference::Call::reveal { topic: TOPIC, epoch, inference, forecast, salt }.into()
		};
		let (mut committed, mut reveals) = (vec![], 0);
		for step in STEPS {
			block_in(now() + step, || {
				let schedule = schedule(TOPIC).unwrap();
				let collecting = schedule.collecting.map(|open| open.epoch);
				let revealing = schedule.revealing.map(|open| open.epoch);
				for epoch in (0..8).map(|number| first + number * LENGTH) {
					assert_eq!(
						is_accepted(Charlie, commit(Charlie, epoch)),
						collecting == Some(epoch)
					);
					if committed.contains(&epoch) {
						let accepted = is_accepted(Bob, reveal(epoch));
						assert_eq!(accepted, revealing == Some(epoch), "slot {}", now());
						reveals += u32::from(accepted);
					}
				}
				let reveals_last = |epoch| epoch + WINDOW + 4;
				schedule
					.revealing
					.iter()
					.for_each(|open| check_window(open, reveals_last(open.epoch)));
				if let Some(epoch) = collecting.filter(|epoch| !committed.contains(epoch)) {
					send(Bob, commit(Bob, epoch));
					committed.push(epoch);
				}
			});
		}
		assert!(reveals > 10, "{reveals} reveals");
	});
}

#[test]
fn schedule_has_the_existing_topics_in_the_order_of_the_question_up_to_64() {
	on_chain(|| {
		block(|| (0..70).for_each(|_| create(parameters())));
		let topics = |asked: Vec<TopicId>| -> Vec<_> {
			Runtime::schedule(asked).topics.iter().map(|schedule| schedule.topic).collect()
		};
		assert_eq!(topics(vec![5, 99, 3, 5, 0]), [5, 3, 5]);
		assert_eq!(topics((1..=70).collect()), (1..=64).collect::<Vec<_>>());
		assert!(topics(vec![]).is_empty());
		// A topic without stake accepts nothing, and no epoch is planned.
		let expected = TopicSchedule {
			topic: 7,
			collecting: None,
			revealing: None,
			reporting: vec![],
			next_opening: None,
		};
		assert_eq!(schedule(7), Some(expected));
		assert_eq!(schedule(71), None);
	});
}

/// The topics of all pages of this limit.
fn all_topics(limit: u32) -> Vec<TopicOverview<AccountId>> {
	let (mut topics, mut from) = (vec![], 0);
	loop {
		let page = Runtime::overview(from, limit);
		assert!(page.topics.len() <= limit as usize);
		topics.extend(page.topics);
		match page.next {
			Some(next) => from = next,
			None => return topics,
		}
	}
}

#[test]
fn pages_of_the_overview_join_and_have_64_topics_at_most() {
	on_chain(|| {
		assert_eq!(all_topics(1), vec![]);
		block(|| (0..70).for_each(|_| create(parameters())));
		for limit in [1, 3, 64] {
			let infos = all_topics(limit).into_iter().map(|one| Some(one.info));
			assert!(infos.eq((1..=70).map(Runtime::topic)), "pages of {limit}");
		}
		for (limit, expected) in [(0, 1), (u32::MAX, 64)] {
			let page = Runtime::overview(1, limit);
			assert_eq!((page.topics.len(), page.next), (expected, Some(expected as u64 + 1)));
		}
		let beyond = Runtime::overview(71, 64);
		assert_eq!((beyond.topics, beyond.next), (vec![], None));
		assert_eq!(Runtime::topics(69, 256).topics, [69, 70]);
	});
}

#[test]
fn overview_has_the_newest_settled_epoch_and_inference() {
	on_chain(|| {
		let first = start(parameters());
		let overview = || all_topics(64).pop().unwrap();
		assert_eq!((overview().settled, overview().inference), (None, None));
		run_epochs(first, 0..3, &[Bob, Charlie]);
		go_to(first + 3 * LENGTH);
		let TopicOverview { info, settled, inference } = overview();
		assert_eq!(Some(info), Runtime::topic(TOPIC));
		assert_eq!(inference, Runtime::latest_inference(TOPIC));
		assert_eq!(inference.map(|newest| newest.epoch), Some(first + 2 * LENGTH));
		// Of the epochs on record the first two are settled.
		let newest = Runtime::history(TOPIC, Some(first + 2 * LENGTH), 1).pop();
		assert_eq!(settled, newest);
		let settled = settled.unwrap();
		assert_eq!((settled.epoch, settled.state), (first + LENGTH, EpochState::Settled));
	});
}

#[test]
fn members_are_registered_accounts_with_their_owners() {
	on_chain(|| {
		start(parameters());
		let members = |registration| {
			let page = Runtime::members(TOPIC, registration, None, u32::MAX);
			assert_eq!(page.next, None);
			page.members
		};
		let member = |who: Sr25519Keyring, owner: Sr25519Keyring| Member {
			account: who.to_account_id(),
			owner: owner.to_account_id(),
		};
		let reputers = members(Registration::Reputer);
		assert_eq!(reputers.len(), 2);
		assert!([One, Two].iter().all(|who| reputers.contains(&member(*who, *who))));
		block(|| {
			let registration = Registration::Worker;
			let (who, owner) = (Bob.to_account_id(), Eve.to_account_id());
			send(Bob, pallet_registry::Call::set_owner { topic: TOPIC, registration, who, owner });
			send(Charlie, pallet_registry::Call::leave { topic: TOPIC, registration });
		});
		let workers = members(Registration::Worker);
		assert_eq!(workers.len(), 3);
		assert!(workers.contains(&member(Bob, Eve)));
		assert!(!workers.iter().any(|worker| worker.account == Charlie.to_account_id()));
		let absent = Runtime::members(9, Registration::Worker, None, 10);
		assert_eq!((absent.members, absent.next), (vec![], None));
	});
}

#[test]
fn positions_of_all_pages_agree_with_the_calls_for_single_topics() {
	on_chain(|| {
		let first = start(parameters());
		block(|| {
			(0..8).for_each(|_| create(parameters()));
			register(3, One, Registration::Worker);
			stake(6, One, 300);
			send(One, pallet_reputer::Call::unstake { topic: 6, amount: 100 * ALLO });
			register(9, One, Registration::Worker);
			send(
				One,
				pallet_registry::Call::leave { topic: 9, registration: Registration::Worker },
			);
		});
		run_epochs(first, 0..3, &[Bob, Charlie]);
		go_to(first + 3 * LENGTH);
		let account = One.to_account_id();
		for limit in LIMITS {
			let (mut positions, mut from) = (vec![], 0);
			loop {
				let page = Runtime::positions(account.clone(), from, limit);
				assert!(page.positions.len() <= limit as usize);
				positions.extend(page.positions);
				match page.next {
					Some(next) => from = next,
					None => break,
				}
			}
			let topics: Vec<_> = positions.iter().map(|position| position.topic).collect();
			assert_eq!(topics, [1, 3, 6, 9], "pages of {limit}");
			for position in positions {
				let topic = position.topic;
				assert_eq!(position.stake, Runtime::stake(topic, account.clone()));
				assert_eq!(position.due, Runtime::due(topic, account.clone()));
				for of in position.roles {
					let actor = Runtime::actor(topic, account.clone(), of.role);
					assert_eq!(of.score, actor.score);
					// It reported on the second epoch of the first topic, and did nothing else.
					let reported = (topic, of.role) == (TOPIC, Role::Reputer);
					assert_eq!(of.last_active, reported.then_some(first + LENGTH));
				}
				let left = RegistrationInfo { owner: account.clone(), left: topic == 9 };
				assert_eq!(position.worker, Some(left).filter(|_| topic == 3 || topic == 9));
			}
		}
		assert_eq!(Runtime::positions(Eve.to_account_id(), 0, 256).positions, vec![]);
		assert_eq!(Runtime::positions(account, 10, 256).positions, vec![]);
	});
}
