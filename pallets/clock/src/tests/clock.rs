//! The steps of epochs.

use super::{recorded, signed};
use crate::{mock::*, Agenda, AgendaEntry, Class, Event};
use allora_primitives::{
	traits::EpochInspect, EpochId, EpochState, EpochWindows, Step, TopicId, VoidReason, ALLO,
};
use frame_support::weights::Weight;

fn state(topic: TopicId, epoch: EpochId) -> Option<EpochState> {
	Clock::epoch_state(topic, epoch)
}

#[test]
fn epoch_goes_through_its_states_at_their_slots() {
	ExtBuilder::build_and_execute(|| {
		let topic = topic_with_stake(10 * ALLO);
		assert_eq!(state(topic, 2), None);
		// Payloads in 2 ..= 5, reports in 22 ..= 31.
		for (from, last, expected) in [
			(2, 5, EpochState::Collecting),
			(6, 21, EpochState::AwaitingTruth),
			(22, 31, EpochState::Reporting),
			(32, 40, EpochState::Settled),
		] {
			run_to(from);
			assert_eq!(state(topic, 2), Some(expected));
			run_to(last);
			assert_eq!(state(topic, 2), Some(expected));
		}
	});
}

#[test]
fn every_step_emits_its_event() {
	ExtBuilder::build_and_execute(|| {
		let topic = topic_with_stake(10 * ALLO);
		events();
		run_to(2);
		let windows = EpochWindows {
			workers_open: 2,
			workers_last: 5,
			reveals_last: 5,
			reports_open: 22,
			reports_last: 31,
		};
		assert_eq!(events(), vec![Event::EpochOpened { topic, epoch: 2, windows }]);
		run_to(6);
		assert_eq!(events(), vec![Event::WorkersClosed { topic, epoch: 2 }]);
		run_to(31);
		events();
		run_to(32);
		assert_eq!(events().first(), Some(&Event::EpochSettled { topic, epoch: 2 }));
	});
}

#[test]
fn reports_close_before_the_next_workers_open() {
	ExtBuilder::build_and_execute(|| {
		let topic = topic_with_stake(10 * ALLO);
		run_to(32);
		let at_32: Vec<_> = Taken::get().into_iter().filter(|taken| taken.0 == 32).collect();
		assert_eq!(at_32, vec![(32, topic, Step::CloseReputers, 2), (32, topic, Step::Open, 32),]);
	});
}

#[test]
fn topics_of_a_class_take_their_steps_in_the_order_of_due_slots() {
	ExtBuilder::build_and_execute(|| {
		// Each opens in the least loaded slot, one after the other.
		for _ in 1..=3 {
			topic_with_stake(10 * ALLO);
		}
		skip_to(4);
		poll(Weight::MAX);
		let opened: Vec<_> = Taken::get().into_iter().map(|taken| (taken.1, taken.3)).collect();
		assert_eq!(opened, vec![(1, 2), (2, 3), (3, 4)]);
	});
}

#[test]
fn agenda_keys_sort_by_class_then_slot_then_topic() {
	let sorted = [(1, 1, 256), (1, 255, 1), (1, 255, 2), (1, 255, 256), (1, 256, 1), (2, 1, 1)]
		.map(|(class, due, topic)| AgendaEntry { class: Class(class), due, topic });
	assert!(sorted.windows(2).all(|pair| pair[0].key() < pair[1].key()));
	assert_eq!(sorted.map(|entry| AgendaEntry::from_key(entry.key())), sorted);
}

#[test]
fn topic_is_on_the_agenda_once() {
	ExtBuilder::build_and_execute(|| {
		let topic = topic_with_stake(10 * ALLO);
		for (at, next) in [(1, 2), (2, 6), (6, 12), (26, 32), (32, 36)] {
			run_to(at);
			let agenda: Vec<_> = Agenda::<Test>::iter_keys().map(AgendaEntry::from_key).collect();
			assert_eq!(agenda, vec![AgendaEntry { class: Class::of(10), due: next, topic }]);
		}
	});
}

#[test]
fn failed_step_voids_its_epoch_and_is_rolled_back() {
	for step in [Step::Open, Step::CloseWorkers, Step::CloseReputers] {
		ExtBuilder::build_and_execute(|| {
			let reason = VoidReason::TooFewReputers;
			Failing::set(vec![(step, 2, reason)]);
			let topic = topic_with_stake(10 * ALLO);
			run_to(35);
			assert_eq!(state(topic, 2), Some(EpochState::Void(reason)));
			assert!(System::events().iter().any(|record| {
				record.event == Event::EpochVoided { topic, epoch: 2, reason }.into()
			}));
			assert_eq!(Voided::get(), vec![(topic, 2, reason)]);
			assert!(!is_marked(topic, step, 2));
			// No other step of the epoch follows.
			let last = Taken::get().into_iter().rfind(|taken| taken.3 == 2);
			assert_eq!(last.map(|taken| taken.2), Some(step));
		});
	}
}

#[test]
fn steps_before_a_failed_one_are_not_rolled_back() {
	ExtBuilder::build_and_execute(|| {
		Failing::set(vec![(Step::CloseReputers, 2, VoidReason::NoReport)]);
		let topic = topic_with_stake(10 * ALLO);
		run_to(35);
		for step in [Step::Open, Step::CloseWorkers] {
			assert!(is_marked(topic, step, 2));
		}
	});
}

#[test]
fn void_epoch_does_not_stop_the_topic() {
	ExtBuilder::build_and_execute(|| {
		Failing::set(vec![(Step::Open, 2, VoidReason::Arithmetic)]);
		let topic = topic_with_stake(10 * ALLO);
		run_to(12);
		assert_eq!(state(topic, 2), Some(EpochState::Void(VoidReason::Arithmetic)));
		assert_eq!(state(topic, 12), Some(EpochState::Collecting));
	});
}

#[test]
fn void_epoch_accepts_no_payloads() {
	ExtBuilder::build_and_execute(|| {
		Failing::set(vec![(Step::Open, 2, VoidReason::Arithmetic)]);
		let topic = topic_with_stake(10 * ALLO);
		run_to(3);
		assert_eq!(Clock::collecting_epoch(topic), None);
	});
}

#[test]
fn emission_is_assigned_to_each_epoch_at_its_end() {
	ExtBuilder::build_and_execute(|| {
		let topic = topic_with_stake(10 * ALLO);
		run_to(32);
		assert_eq!(Assigned::get(), vec![(topic, 2, 12), (topic, 12, 22), (topic, 22, 32)]);
	});
}

#[test]
fn oldest_epochs_are_pruned() {
	ExtBuilder::build_and_execute(|| {
		let topic = topic_with_stake(10 * ALLO);
		// Two epochs of history and three in flight are kept: epoch 2 is pruned when the sixth
		// opens.
		run_to(51);
		assert_eq!(Pruned::get(), vec![]);
		events();
		run_to(52);
		assert_eq!(Pruned::get(), vec![(topic, 2)]);
		assert!(events().contains(&Event::EpochPruned { topic, epoch: 2 }));
		assert_eq!(state(topic, 2), None);
		assert_eq!(recorded(topic), vec![12, 22, 32, 42, 52]);
		run_to(72);
		assert_eq!(Pruned::get(), vec![(topic, 2), (topic, 12), (topic, 22)]);
	});
}

#[test]
fn record_holds_the_maximum_history_and_lag() {
	ExtBuilder::build_and_execute(|| {
		// 64 epochs of history and 17 in flight.
		let longest = allora_primitives::TopicParameters {
			ground_truth_lag: 160,
			history: 64,
			..parameters()
		};
		Stakes::mutate(|stakes| stakes.insert(1, 1_000 * ALLO));
		frame_support::assert_ok!(Topics::create(signed(ALICE), Box::new(longest)));
		run_to(2 + 10 * 90);
		assert_eq!(recorded(1).len(), 81);
		// 91 epochs have opened, of which 81 are on record.
		assert_eq!(Pruned::get().len(), 10);
	});
}

#[test]
fn worker_window_of_a_whole_epoch_closes_before_the_next_opens() {
	ExtBuilder::build_and_execute(|| {
		let widest = allora_primitives::TopicParameters { worker_window: 9, ..parameters() };
		Stakes::mutate(|stakes| stakes.insert(1, 10 * ALLO));
		frame_support::assert_ok!(Topics::create(signed(ALICE), Box::new(widest)));
		run_to(12);
		assert_eq!(
			Taken::get(),
			vec![(2, 1, Step::Open, 2), (12, 1, Step::CloseWorkers, 2), (12, 1, Step::Open, 12),]
		);
		assert_eq!(Clock::collecting_epoch(1), Some(12));
	});
}

/// Creates a topic with a reveal window of 4 slots, and returns its number.
fn topic_with_reveals() -> allora_primitives::TopicId {
	let reveals = allora_primitives::TopicParameters { reveal_window: 4, ..parameters() };
	Stakes::mutate(|stakes| stakes.insert(1, 10 * ALLO));
	frame_support::assert_ok!(Topics::create(signed(ALICE), Box::new(reveals)));
	1
}

#[test]
fn workers_close_after_the_reveal_window() {
	ExtBuilder::build_and_execute(|| {
		// Commitments in slots 2 to 5, reveals in 6 to 9.
		let topic = topic_with_reveals();
		for (slot, collecting, revealing, expected) in [
			(2, Some(2), None, EpochState::Collecting),
			(5, Some(2), None, EpochState::Collecting),
			(6, None, Some(2), EpochState::Revealing),
			(9, None, Some(2), EpochState::Revealing),
			(10, None, None, EpochState::AwaitingTruth),
			(12, Some(12), None, EpochState::AwaitingTruth),
		] {
			run_to(slot);
			assert_eq!(Clock::collecting_epoch(topic), collecting, "{slot}");
			assert_eq!(Clock::revealing_epoch(topic), revealing, "{slot}");
			assert_eq!(state(topic, 2), Some(expected), "{slot}");
		}
		let closes = vec![(2, 1, Step::Open, 2), (10, 1, Step::CloseWorkers, 2)];
		assert_eq!(Taken::get()[..2], closes);
	});
}

#[test]
fn reveals_are_accepted_while_the_clock_is_late_and_not_once_the_epoch_is_void() {
	ExtBuilder::build_and_execute(|| {
		let topic = topic_with_reveals();
		// The clock opens the epoch in slot 7 only.
		skip_to(6);
		assert_eq!((Clock::epoch_state(topic, 2), Clock::revealing_epoch(topic)), (None, Some(2)));
		Failing::set(vec![(Step::Open, 2, VoidReason::Arithmetic)]);
		run_to(7);
		assert_eq!(state(topic, 2), Some(EpochState::Void(VoidReason::Arithmetic)));
		assert_eq!(Clock::revealing_epoch(topic), None);
	});
}

#[test]
fn reveal_window_of_the_rest_of_an_epoch_closes_before_the_next_opens() {
	ExtBuilder::build_and_execute(|| {
		let widest = allora_primitives::TopicParameters { reveal_window: 6, ..parameters() };
		Stakes::mutate(|stakes| stakes.insert(1, 10 * ALLO));
		frame_support::assert_ok!(Topics::create(signed(ALICE), Box::new(widest)));
		run_to(12);
		let steps =
			[(2, 1, Step::Open, 2), (12, 1, Step::CloseWorkers, 2), (12, 1, Step::Open, 12)];
		assert_eq!(Taken::get(), steps);
		assert_eq!((Clock::collecting_epoch(1), Clock::revealing_epoch(1)), (Some(12), None));
	});
}

#[test]
fn agenda_is_empty_once_a_topic_has_ended() {
	ExtBuilder::build_and_execute(|| {
		let topic = topic_with_stake(10 * ALLO);
		frame_support::assert_ok!(Topics::retire(signed(ALICE), topic));
		run_to(32);
		assert_eq!(Agenda::<Test>::iter().count(), 0);
	});
}
