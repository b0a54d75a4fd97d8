//! What the registry answers to other pallets and to clients.

use crate::{
	Allowed, Config, NextTopicId, Pallet, Registrations, Reserved, SupersededParameters, Topic,
	TopicStates, Topics,
};
use alloc::vec::Vec;
use allora_primitives::{
	api::TopicInfo,
	traits::{StakeInspect, StakeObserver, TopicInspect, TopicPot},
	EpochId, EpochRecord, EpochState, EpochWindows, Registration, TopicId, TopicParameters,
};
use frame_support::weights::Weight;

/// Most topics that a query lists at once.
const MAX_PAGE: u32 = 256;

impl<T: Config> TopicInspect<T::AccountId> for Pallet<T> {
	fn parameters(topic: TopicId) -> Option<TopicParameters> {
		Topics::<T>::get(topic).map(|topic| topic.parameters)
	}

	fn parameters_of(topic: TopicId, epoch: EpochId) -> Option<TopicParameters> {
		let cold = Topics::<T>::get(topic)?;
		let mut parameters = cold.parameters;
		if epoch < cold.in_force_from {
			// Undoes the changes that came after the epoch, the latest first.
			for superseded in SupersededParameters::<T>::get(topic).into_iter().rev() {
				if epoch < superseded.until {
					parameters.apply(superseded.parameters);
				}
			}
		}
		Some(parameters)
	}

	fn is_allowed(topic: TopicId, who: &T::AccountId, registration: Registration) -> bool {
		Topics::<T>::get(topic).is_some_and(|cold| Self::admits(topic, &cold, who, registration))
	}

	fn payee(topic: TopicId, who: &T::AccountId, registration: Registration) -> T::AccountId {
		Registrations::<T>::get(topic, (who, registration))
			.map_or_else(|| who.clone(), |membership| membership.owner)
	}

	fn is_registered(topic: TopicId, who: &T::AccountId, registration: Registration) -> bool {
		Registrations::<T>::get(topic, (who, registration))
			.is_some_and(|membership| !membership.left)
	}

	fn collecting_epoch(topic: TopicId) -> Option<EpochId> {
		let state = TopicStates::<T>::get(topic);
		if !state.active {
			return None;
		}
		let parameters = Topics::<T>::get(topic)?.parameters;
		let since_anchor = Self::now().checked_sub(state.anchor)?;
		let into_epoch = since_anchor.checked_rem(parameters.epoch_length)?;
		if into_epoch > parameters.worker_window {
			return None;
		}
		let epoch = Self::now().checked_sub(into_epoch)?;
		let collecting = match state.epoch_state(epoch) {
			Some(state) => state == EpochState::Collecting,
			// The clock is late: what it has announced collects all the same.
			None => state.next_epoch(parameters.epoch_length) == Some(epoch),
		};
		collecting.then_some(epoch)
	}

	fn epoch_windows(topic: TopicId, epoch: EpochId) -> Option<EpochWindows> {
		Self::epoch_record(topic, epoch).map(|record| record.windows)
	}

	fn epoch_state(topic: TopicId, epoch: EpochId) -> Option<EpochState> {
		Self::epoch_record(topic, epoch).map(|record| record.state)
	}
}

impl<T: Config> StakeObserver for Pallet<T> {
	fn on_stake_changed(topic: TopicId) {
		if let Ok((cold, mut state)) = Self::living(topic) {
			if Self::offer_activation(topic, &cold, &mut state) {
				TopicStates::<T>::insert(topic, state);
			}
		}
	}
}

impl<T: Config> Pallet<T> {
	/// Whether the topic admits the account for this: its list is off, or has it.
	pub(crate) fn admits(
		topic: TopicId,
		cold: &Topic<T::AccountId>,
		who: &T::AccountId,
		registration: Registration,
	) -> bool {
		!cold.list(registration).enabled || Allowed::<T>::contains_key(topic, (who, registration))
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
			offered_to: cold.offered_to,
			workers_listed: cold.workers.enabled,
			reputers_listed: cold.reputers.enabled,
			active: state.active,
			retired: cold.retired,
			last_epoch: state.last_epoch(),
			next_epoch: state.next_epoch(cold.parameters.epoch_length),
			parameters: cold.parameters,
			weight: state.counted_weight(),
			revenue: state.revenue,
			stake: T::Stake::topic_stake(topic),
			pot: T::Pot::topic_pot(topic),
			reserved: state.reserved,
		})
	}

	/// Numbers of the existing topics from `from` on, at most `limit` and at most 256.
	pub fn topic_ids(from: TopicId, limit: u32) -> Vec<TopicId> {
		let limit = limit.min(MAX_PAGE) as usize;
		let exists = |topic: &TopicId| Topics::<T>::contains_key(topic);
		(from.max(1)..NextTopicId::<T>::get()).filter(exists).take(limit).collect()
	}

	/// State and windows of an epoch on record.
	pub fn epoch_record(topic: TopicId, epoch: EpochId) -> Option<EpochRecord> {
		let state = TopicStates::<T>::get(topic).epoch_state(epoch)?;
		let parameters = Topics::<T>::get(topic)?.parameters;
		Some(Self::read_record(epoch, state, &parameters))
	}

	/// The topic's epochs on record, oldest first.
	pub fn epochs(topic: TopicId) -> Vec<(EpochId, EpochRecord)> {
		let Some(Topic { parameters, .. }) = Topics::<T>::get(topic) else {
			return Vec::new();
		};
		let read = |(epoch, state)| (epoch, Self::read_record(epoch, state, &parameters));
		TopicStates::<T>::get(topic).records.into_iter().map(read).collect()
	}

	/// What the active topics have reserved of every block together, and the most they may.
	pub fn reserved_and_capacity() -> (Weight, Weight) {
		(Reserved::<T>::get(), Self::capacity())
	}

	/// What a topic of these parameters would reserve of every block; none if no block has room for
	/// one of its steps.
	pub fn reservation(parameters: &TopicParameters) -> Option<Weight> {
		Self::try_reserve(parameters).ok()
	}

	fn read_record(epoch: EpochId, state: EpochState, parameters: &TopicParameters) -> EpochRecord {
		EpochRecord { state, windows: EpochWindows::new(epoch, parameters) }.read_at(Self::now())
	}

	/// The topic's epochs whose reporting window is open, oldest first: there is a bundle to report
	/// about, and the block is in the window.
	pub fn reporting_epochs(topic: TopicId) -> Vec<EpochId> {
		let now = Self::now();
		let reporting = |record: &EpochRecord| {
			record.state == EpochState::Reporting && record.windows.accepts_reports(now)
		};
		let mut epochs = Self::epochs(topic);
		epochs.retain(|(_, record)| reporting(record));
		epochs.into_iter().map(|(epoch, _)| epoch).collect()
	}
}
