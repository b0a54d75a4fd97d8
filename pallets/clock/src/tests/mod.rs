//! Tests by subject. Epochs are those of the mock's [`parameters`](crate::mock::parameters): 10
//! slots long, payloads in the first 4, reports from 20 to 29 slots after the opening.

mod admission;
mod budget;
mod capacity;
mod changes;
mod clock;
mod demand;
mod emergency;
mod forget;
mod invariants;
mod metering;
mod promise;
mod prune;
mod queries;
mod rent;
mod skipping;

use crate::{mock::*, TopicStates};
use allora_primitives::{traits::EpochInspect, EpochId, EpochState, TopicId, ALLO};

fn signed(who: u64) -> RuntimeOrigin {
	RuntimeOrigin::signed(who)
}

/// The topic's epochs on record.
fn recorded(topic: TopicId) -> Vec<EpochId> {
	TopicStates::<Test>::get(topic).records.into_iter().map(|(epoch, _)| epoch).collect()
}

#[docify::export]
#[test]
fn epoch_opens_closes_and_is_settled() {
	ExtBuilder::build_and_execute(|| {
		// In slot 1 a topic is created whose stake gives it enough weight: it is active at once.
		let topic = topic_with_stake(10 * ALLO);
		// Its first epoch opens in the next slot and accepts payloads for four slots.
		run_to(2);
		assert_eq!(Clock::collecting_epoch(topic), Some(2));
		run_to(6);
		assert_eq!(Clock::collecting_epoch(topic), None);
		assert_eq!(Clock::epoch_state(topic, 2), Some(EpochState::AwaitingTruth));
		// The next epoch opens 10 slots after the first, before the truth about that is known.
		run_to(12);
		assert_eq!(Clock::collecting_epoch(topic), Some(12));
		// The truth is known after 12 slots; reports are accepted from the next opening on.
		run_to(22);
		assert_eq!(Clock::reporting_epochs(topic), vec![2]);
		run_to(32);
		assert_eq!(Clock::epoch_state(topic, 2), Some(EpochState::Settled));
	});
}
