//! What must hold between the pallet's storage items at the end of every block.

use crate::{Agenda, Config, Epochs, History, NextTopicId, Pallet, Reserved, TopicStates, Topics};
use alloc::{collections::BTreeMap, vec::Vec};
use allora_primitives::{traits::EmissionIndex, Balance, EpochState, Step, TopicId};
use frame_support::{ensure, weights::Weight};
use sp_runtime::{traits::Zero, TryRuntimeError};

impl<T: Config> Pallet<T> {
	/// Checks all of the pallet's invariants.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		let mut weights: Balance = 0;
		let mut reserved = Weight::zero();
		for topic in Topics::<T>::iter_keys() {
			Self::check_topic(topic)?;
			Self::check_history(topic)?;
			let state = TopicStates::<T>::get(topic);
			weights = weights.saturating_add(state.counted_weight());
			reserved = reserved.saturating_add(state.reserved);
		}
		ensure!(
			TopicStates::<T>::iter_keys().all(Topics::<T>::contains_key),
			"a state of no topic"
		);
		ensure!(Reserved::<T>::get() == reserved, "reservations do not add up");
		ensure!(reserved.all_lte(Self::capacity()), "more is reserved than there is");
		ensure!(T::Emission::total_weight() == weights, "emission knows other weights");
		Self::check_agenda()
	}

	/// A topic is counted, has a state, and reserves if and only if it is active. A retired one
	/// goes on only to an epoch that had begun.
	fn check_topic(topic: TopicId) -> Result<(), TryRuntimeError> {
		ensure!(topic > 0 && topic < NextTopicId::<T>::get(), "a topic that was never counted");
		ensure!(TopicStates::<T>::contains_key(topic), "a topic without a state");
		let state = TopicStates::<T>::get(topic);
		ensure!(
			state.active != state.reserved.is_zero(),
			"an inactive topic reserves, or vice versa"
		);
		ensure!(state.active || !state.continues, "an inactive topic goes on");
		let cold = Topics::<T>::get(topic).ok_or("a topic that does not decode")?;
		let end = state.running_end(cold.parameters.epoch_length);
		ensure!(
			!cold.retired || !state.continues || end.is_some_and(|end| end <= Self::now()),
			"a retired topic goes on"
		);
		Ok(())
	}

	/// History and epochs agree, oldest first, the last one being the last opened.
	fn check_history(topic: TopicId) -> Result<(), TryRuntimeError> {
		let history = History::<T>::get(topic);
		ensure!(history.windows(2).all(|pair| pair.first() < pair.last()), "history out of order");
		ensure!(
			history.last().copied() == TopicStates::<T>::get(topic).last_epoch,
			"the last epoch is not the last in history"
		);
		let mut epochs: Vec<_> = Epochs::<T>::iter_key_prefix(topic).collect();
		epochs.sort_unstable();
		ensure!(history.into_inner() == epochs, "history and epochs differ");
		Ok(())
	}

	/// Every active topic has one opening to come, every epoch in flight its next step, each when
	/// it is due, and there is nothing else on the agenda.
	fn check_agenda() -> Result<(), TryRuntimeError> {
		let mut agenda = BTreeMap::new();
		for (key, due) in Agenda::<T>::iter() {
			ensure!(key == due.key(), "a step under another's key");
			let id = (due.topic, due.step, due.epoch);
			ensure!(agenda.insert(id, due.block).is_none(), "a step twice on the agenda");
		}
		for topic in Topics::<T>::iter() {
			let (topic, cold) = topic;
			let state = TopicStates::<T>::get(topic);
			if state.active {
				let opening =
					state.running_end(cold.parameters.epoch_length).unwrap_or(state.anchor);
				let due = agenda.remove(&(topic, Step::Open, opening));
				ensure!(due == Some(opening), "an active topic without an opening to come");
			}
		}
		for (topic, epoch, record) in Epochs::<T>::iter() {
			let step = match record.state {
				EpochState::Collecting | EpochState::Revealing => Step::CloseWorkers,
				EpochState::AwaitingTruth => Step::OpenReports,
				EpochState::Reporting => Step::CloseReputers,
				EpochState::Settled | EpochState::Void(_) => continue,
			};
			let due = agenda.remove(&(topic, step, epoch));
			ensure!(due == Some(record.windows.due(step)), "an epoch without its next step");
		}
		ensure!(agenda.is_empty(), "a step of no topic and no epoch");
		Ok(())
	}
}
