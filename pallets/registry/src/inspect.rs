//! Reads for other pallets and for the runtime API.

use crate::{Config, Economies, NextTopicId, Pallet, Registrations, Topic, Topics};
use alloc::vec::Vec;
use allora_primitives::{
	api::{Announced, TopicInfo},
	traits::{SlotProvider, StakeInspect, TopicClock, TopicInspect, TopicPot},
	EpochId, Registration, Slot, TopicId, TopicParameters,
};

/// The maximum number of topics that one query returns.
const MAX_PAGE: u32 = 256;

impl<T: Config> TopicInspect<T::AccountId> for Pallet<T> {
	fn parameters(topic: TopicId) -> Option<TopicParameters> {
		Topics::<T>::get(topic).map(|topic| topic.parameters)
	}

	fn parameters_of(topic: TopicId, epoch: EpochId) -> Option<TopicParameters> {
		let Topic { parameters, in_force_from, .. } = Topics::<T>::get(topic)?;
		if epoch < in_force_from {
			return Some(Self::as_before(topic, epoch, parameters));
		}
		Some(parameters)
	}

	fn is_allowed(topic: TopicId, who: &T::AccountId, registration: Registration) -> bool {
		Topics::<T>::get(topic).is_some_and(|entry| Self::admits(topic, &entry, who, registration))
	}

	fn is_excluded(topic: TopicId, who: &T::AccountId, registration: Registration) -> bool {
		let entry = Topics::<T>::get(topic);
		entry.is_some_and(|entry| !Self::admits(topic, &entry, who, registration))
	}

	fn stays_allowed(topic: TopicId, who: &T::AccountId, registration: Registration) -> bool {
		Topics::<T>::get(topic)
			.is_some_and(|entry| Self::admits_in(Slot::MAX, topic, &entry, who, registration))
	}

	fn payee(topic: TopicId, who: &T::AccountId, registration: Registration) -> T::AccountId {
		Registrations::<T>::get(topic, (who, registration))
			.map_or_else(|| who.clone(), |membership| membership.owner)
	}

	fn is_registered(topic: TopicId, who: &T::AccountId, registration: Registration) -> bool {
		Registrations::<T>::get(topic, (who, registration))
			.is_some_and(|membership| !membership.left)
	}
}

impl<T: Config> Pallet<T> {
	/// Whether the topic's allow-list for this registration is not in force or has the account.
	pub(crate) fn admits(
		topic: TopicId,
		entry: &Topic<T::AccountId>,
		who: &T::AccountId,
		registration: Registration,
	) -> bool {
		Self::admits_in(Self::now(), topic, entry, who, registration)
	}
}

/// Reads for the runtime API `TopicsApi`.
impl<T: Config> Pallet<T> {
	/// The topic; `None` if there is none of this number.
	pub fn topic_info(topic: TopicId) -> Option<TopicInfo<T::AccountId>> {
		let entry = Topics::<T>::get(topic)?;
		let (mut economy, clock) = (Economies::<T>::get(topic), T::Clock::info(topic));
		Self::decay(&mut economy, &entry.parameters, Self::now());
		let weight = economy.counted_weight();
		let announced = crate::Announced::<T>::get(topic);
		Some(TopicInfo {
			topic,
			creator: entry.creator,
			offered_to: entry.offered_to,
			workers_listed: entry.workers.is_in_force(Self::now()),
			reputers_listed: entry.reputers.is_in_force(Self::now()),
			active: clock.active,
			retired: entry.retired,
			last_epoch: clock.last_epoch,
			next_epoch: clock.next_epoch,
			parameters: entry.parameters,
			weight,
			revenue: economy.revenue,
			stake: T::Stake::topic_stake(topic),
			pot: T::Pot::topic_pot(topic),
			reserved: clock.reserved,
			announced: Announced {
				workers_listed_from: entry.workers.enabled_from,
				reputers_listed_from: entry.reputers.enabled_from,
				update: announced.update,
				retirement: announced.retirement,
			},
		})
	}

	/// The numbers of the existing topics from `from` on: at most `limit`, and at most 256.
	pub fn topic_ids(from: TopicId, limit: u32) -> Vec<TopicId> {
		let limit = limit.min(MAX_PAGE) as usize;
		let exists = |topic: &TopicId| Topics::<T>::contains_key(topic);
		(from.max(1)..NextTopicId::<T>::get()).filter(exists).take(limit).collect()
	}

	/// The current slot.
	pub(crate) fn now() -> Slot {
		T::Time::current_slot()
	}
}
