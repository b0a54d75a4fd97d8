//! The clock in blocks with little weight left.

use crate::{mock::*, WeightInfo};
use allora_primitives::{
	traits::EpochInspect, EpochId, EpochState, EpochWindows, Slot, Step, ALLO,
};
use frame_support::weights::Weight;

/// The weights of the mock.
type Weights = <Test as crate::Config>::WeightInfo;

/// The worst-case weight of a turn with one step.
fn turn_with(step: Step) -> Weight {
	Weights::turn() + Weights::release() + Clock::step_weight(step, &parameters())
}

/// The weight with which a poll can take exactly one step in its worst case, an opening.
fn budget_of_one_step() -> Weight {
	Weights::poll(1) + turn_with(Step::Open)
}

/// Makes each step use its worst case.
fn use_the_worst_case() {
	UsedStep::set(WorstStep::get());
}

fn taken_since(slot: Slot) -> Vec<(Step, EpochId)> {
	let since = |taken: &(Slot, _, _, _)| taken.0 >= slot;
	Taken::get().into_iter().filter(since).map(|(_, _, step, epoch)| (step, epoch)).collect()
}

#[test]
fn clock_takes_no_step_that_does_not_fit() {
	ExtBuilder::build_and_execute(|| {
		topic_with_stake(10 * ALLO);
		skip_to(2);
		assert_eq!(poll(Weight::zero()), Weight::zero());
		// Reading the agenda is charged; the step exceeds the budget by a picosecond.
		let short = budget_of_one_step() - Weight::from_parts(1, 0);
		assert_eq!(poll(short), Weights::poll(1));
		assert_eq!(Taken::get(), vec![]);
	});
}

#[test]
fn clock_consumes_the_weight_that_a_step_used() {
	ExtBuilder::build_and_execute(|| {
		topic_with_stake(10 * ALLO);
		skip_to(2);
		let used =
			Weights::poll(1) + Weights::turn() + Clock::own_weight(Step::Open) + UsedStep::get();
		assert_eq!(poll(budget_of_one_step()), used);
	});
}

#[test]
fn delayed_steps_are_neither_lost_nor_reordered() {
	ExtBuilder::build_and_execute(|| {
		use_the_worst_case();
		topic_with_stake(10 * ALLO);
		// The clock does not run before slot 40, then takes one step per block; at 42 more are due.
		for block in 40..=56 {
			skip_to(block);
			poll(budget_of_one_step());
		}
		assert_eq!(
			taken_since(2),
			vec![
				(Step::Open, 2),
				(Step::CloseWorkers, 2),
				(Step::Open, 12),
				(Step::CloseWorkers, 12),
				(Step::Open, 22),
				(Step::CloseWorkers, 22),
				(Step::CloseReputers, 2),
				(Step::Open, 32),
				(Step::CloseWorkers, 32),
				(Step::CloseReputers, 12),
				(Step::Open, 42),
				(Step::CloseWorkers, 42),
				// From here on the clock has caught up: these are due at 52 and 56.
				(Step::CloseReputers, 22),
				(Step::Open, 52),
				(Step::CloseWorkers, 52),
			]
		);
		assert_eq!(Taken::get().iter().filter(|taken| taken.0 == 56).count(), 1);
	});
}

#[test]
fn windows_do_not_move_with_a_late_clock() {
	ExtBuilder::build_and_execute(|| {
		let topic = topic_with_stake(10 * ALLO);
		skip_to(5);
		assert_eq!(Clock::collecting_epoch(topic), Some(2));
		poll(Weight::MAX);
		let windows = Clock::epoch_record(topic, 2).map(|record| record.windows);
		assert_eq!(windows, Some(EpochWindows::new(2, &parameters())));
		// The epoch has not been closed, but its window is over.
		skip_to(6);
		assert_eq!(Clock::epoch_state(topic, 2), Some(EpochState::Collecting));
		assert_eq!(Clock::collecting_epoch(topic), None);
		run_to(12);
		assert_eq!(Clock::collecting_epoch(topic), Some(12));
	});
}

#[test]
fn clock_uses_at_most_a_quarter_of_a_block() {
	ExtBuilder::build_and_execute(|| {
		for _ in 1..=3 {
			topic_with_stake(10 * ALLO);
		}
		// A runtime upgrade makes steps heavier: two and a half of 200 ms fit into a quarter of 2
		// s.
		WorstStep::set(Weight::from_parts(200_000_000_000, 1_000));
		use_the_worst_case();
		skip_to(4);
		poll(Weight::MAX);
		assert_eq!(Taken::get().len(), 2);
		run_to(5);
		assert_eq!(Taken::get().last(), Some(&(5, 3, Step::Open, 4)));
	});
}

#[test]
fn step_with_the_earliest_deadline_is_not_overtaken_by_a_lighter_one() {
	ExtBuilder::build_and_execute(|| {
		topic_with_stake(10 * ALLO);
		run_to(11);
		// An opening is due at 12, and a close, which is lighter, at 16.
		skip_to(16);
		poll(Weights::poll(1) + turn_with(Step::CloseWorkers));
		assert_eq!(taken_since(12), vec![]);
	});
}

#[test]
fn step_larger_than_the_clocks_share_waits_for_an_empty_block() {
	ExtBuilder::build_and_execute(|| {
		for _ in 1..=2 {
			topic_with_stake(10 * ALLO);
		}
		// A runtime upgrade makes steps heavier than the 500 ms of the clock's share.
		WorstStep::set(Weight::from_parts(600_000_000_000, 1_000));
		skip_to(3);
		poll(Weight::from_parts(550_000_000_000, 1_000_000));
		assert_eq!(Taken::get(), vec![]);
		skip_to(4);
		poll(Weight::from_parts(2_000_000_000_000, 5_000_000));
		assert_eq!(Taken::get(), vec![(4, 1, Step::Open, 2)]);
	});
}

#[test]
fn late_clock_opens_every_epoch_it_announced() {
	ExtBuilder::build_and_execute(|| {
		let topic = topic_with_stake(10 * ALLO);
		skip_to(25);
		poll(Weight::MAX);
		let opened: Vec<_> =
			taken_since(2).into_iter().filter(|(step, _)| *step == Step::Open).collect();
		assert_eq!(opened, vec![(Step::Open, 2), (Step::Open, 12), (Step::Open, 22)]);
		assert_eq!(Clock::collecting_epoch(topic), Some(22));
	});
}
