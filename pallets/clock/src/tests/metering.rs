//! The weight that the clock consumes: exactly that of what ran.

use crate::{mock::*, TopicStates, WeightInfo};
use allora_primitives::{Step, VoidReason, ALLO};
use frame_support::weights::Weight;

/// The weights of the mock.
type Weights = <Test as crate::Config>::WeightInfo;

/// The weight of a poll in which a topic takes one step, without that of the step.
fn turn() -> Weight {
	Weights::poll(1) + Weights::turn()
}

/// Runs the clock up to this slot; returns the weight it used in it.
fn poll_at(slot: u64) -> Weight {
	run_to(slot - 1);
	skip_to(slot);
	poll(Weight::MAX)
}

#[test]
fn opening_consumes_the_weight_it_used() {
	ExtBuilder::build_and_execute(|| {
		topic_with_stake(10 * ALLO);
		assert_eq!(poll_at(2), turn() + Weights::open() + UsedStep::get());
	});
}

#[test]
fn closes_consume_the_weight_they_used() {
	ExtBuilder::build_and_execute(|| {
		topic_with_stake(10 * ALLO);
		assert_eq!(poll_at(6), turn() + Weights::close_workers() + UsedStep::get());
		// Reports on epoch 2 close at 32, where another epoch opens; none is pruned yet.
		let steps = Weights::close_reputers() + Weights::open() + UsedStep::get() * 2;
		assert_eq!(poll_at(32), turn() + steps);
	});
}

#[test]
fn pruning_is_charged_with_the_opening_that_causes_it() {
	ExtBuilder::build_and_execute(|| {
		let topic = topic_with_stake(10 * ALLO);
		let opening = (12..200).step_by(10).find(|block| {
			run_to(block - 1);
			let before = TopicStates::<Test>::get(topic).records.len();
			skip_to(*block);
			let used = poll(Weight::MAX);
			let pruned = TopicStates::<Test>::get(topic).records.len() == before;
			let closes = Weights::close_reputers() + UsedStep::get();
			let opening = Weights::open() + UsedStep::get();
			// From 32 on an older epoch is closed in the same turn.
			let steps = if *block < 32 { opening } else { opening + closes };
			let prune = if pruned { PRUNE } else { Weight::zero() };
			assert_eq!(used, turn() + steps + prune, "at {block}");
			pruned
		});
		assert!(opening.is_some());
		assert_eq!(Pruned::get(), vec![(topic, 2)]);
	});
}

#[test]
fn failed_step_is_charged_with_its_voiding() {
	for (step, at, own) in [
		(Step::Open, 2, Weights::open()),
		(Step::CloseWorkers, 6, Weights::close_workers()),
		(Step::CloseReputers, 32, Weights::close_reputers() + Weights::open() + UsedStep::get()),
	] {
		ExtBuilder::build_and_execute(|| {
			topic_with_stake(10 * ALLO);
			Failing::set(vec![(step, 2, VoidReason::NoReport)]);
			assert_eq!(poll_at(at), turn() + own + UsedStep::get() + VOID, "{step:?}");
			assert_eq!(Voided::get().len(), 1);
		});
	}
}

#[test]
fn inactivation_is_charged_with_emissions_part() {
	ExtBuilder::build_and_execute(|| {
		// The revenue decays to zero within an epoch: epochs 2 and 12, inactive from 22 on.
		SlotsPerWeek::set(10);
		let topic = topic_with_stake(10 * ALLO);
		let used = poll_at(22);
		assert!(!TopicStates::<Test>::get(topic).active);
		assert_eq!(used, turn() + Weights::inactivate() + RENEWAL);
	});
}
