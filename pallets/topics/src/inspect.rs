//! What the registry answers to other pallets and to clients.

use crate::{Config, Epochs, History, NextTopicId, Pallet, Registrations, TopicStates, Topics};
use alloc::vec::Vec;
use allora_primitives::{
	api::TopicInfo,
	traits::{StakeInspect, StakeObserver, TopicInspect, TopicPot},
	EpochId, EpochRecord, EpochState, EpochWindows, Registration, TopicId, TopicParameters,
};

/// Most topics that a query lists at once.
const MAX_LISTED: u32 = 256;

impl<T: Config> TopicInspect<T::AccountId> for Pallet<T> {
	fn parameters(topic: TopicId) -> Option<TopicParameters> {
		Topics::<T>::get(topic).map(|topic| topic.parameters)
	}

	fn parameters_of(topic: TopicId, _: EpochId) -> Option<TopicParameters> {
		Self::parameters(topic)
	}

	fn is_allowed(_: TopicId, _: &T::AccountId, _: Registration) -> bool {
		true
	}

	fn payee(_: TopicId, who: &T::AccountId, _: Registration) -> T::AccountId {
		who.clone()
	}

	fn is_registered(topic: TopicId, who: &T::AccountId, registration: Registration) -> bool {
		Registrations::<T>::contains_key(topic, (who, registration))
	}

	fn collecting_epoch(topic: TopicId) -> Option<EpochId> {
		let state = TopicStates::<T>::get(topic);
		if !state.active {
			return None;
		}
		let parameters = Self::parameters(topic)?;
		let since_anchor = Self::now().checked_sub(state.anchor)?;
		let into_epoch = since_anchor.checked_rem(parameters.epoch_length)?;
		if into_epoch > parameters.worker_window {
			return None;
		}
		let epoch = Self::now().checked_sub(into_epoch)?;
		let collecting = match Epochs::<T>::get(topic, epoch) {
			Some(record) => record.state == EpochState::Collecting,
			// The clock is late: what it has announced collects all the same.
			None => state.next_epoch(parameters.epoch_length) == Some(epoch),
		};
		collecting.then_some(epoch)
	}

	fn epoch_windows(topic: TopicId, epoch: EpochId) -> Option<EpochWindows> {
		Epochs::<T>::get(topic, epoch).map(|record| record.windows)
	}

	fn epoch_state(topic: TopicId, epoch: EpochId) -> Option<EpochState> {
		Epochs::<T>::get(topic, epoch).map(|record| record.state)
	}
}

impl<T: Config> StakeObserver for Pallet<T> {
	fn on_stake_changed(topic: TopicId) {
		if let Ok((cold, mut state)) = Self::living(topic) {
			Self::offer_activation(topic, &cold, &mut state);
			TopicStates::<T>::insert(topic, state);
		}
	}
}

/// Answers of the runtime API `TopicsApi`.
impl<T: Config> Pallet<T> {
	/// The topic, if there is one of this number.
	pub fn topic_info(topic: TopicId) -> Option<TopicInfo<T::AccountId>> {
		let cold = Topics::<T>::get(topic)?;
		let state = TopicStates::<T>::get(topic);
		Some(TopicInfo {
			topic,
			creator: cold.creator,
			active: state.active,
			retired: cold.retired,
			last_epoch: state.last_epoch,
			next_epoch: state.next_epoch(cold.parameters.epoch_length),
			parameters: cold.parameters,
			weight: state.counted_weight(),
			revenue: state.revenue,
			stake: T::Stake::topic_stake(topic),
			pot: T::Pot::topic_pot(topic),
		})
	}

	/// Numbers of the existing topics from `from` on, at most `limit` and at most 256.
	pub fn topic_ids(from: TopicId, limit: u32) -> Vec<TopicId> {
		let limit = limit.min(MAX_LISTED) as usize;
		(from.max(1)..NextTopicId::<T>::get()).take(limit).collect()
	}

	/// State and windows of an epoch on record.
	pub fn epoch_record(topic: TopicId, epoch: EpochId) -> Option<EpochRecord> {
		Epochs::<T>::get(topic, epoch)
	}

	/// The topic's epochs on record, oldest first.
	pub fn epochs(topic: TopicId) -> Vec<(EpochId, EpochRecord)> {
		let record = |epoch| Epochs::<T>::get(topic, epoch).map(|record| (epoch, record));
		History::<T>::get(topic).into_iter().filter_map(record).collect()
	}

	/// The topic's epochs whose reporting window is open, oldest first: there is a bundle to report
	/// about, and the block is in the window, even if the clock is late to open it.
	pub fn reporting_epochs(topic: TopicId) -> Vec<EpochId> {
		let now = Self::now();
		let reporting = |record: &EpochRecord| {
			matches!(record.state, EpochState::AwaitingTruth | EpochState::Reporting)
				&& record.windows.accepts_reports(now)
		};
		let mut epochs = Self::epochs(topic);
		epochs.retain(|(_, record)| reporting(record));
		epochs.into_iter().map(|(epoch, _)| epoch).collect()
	}
}
