//! Removing the records of retired topics in bounded steps.

use crate::{Config, Event, Forgetting, Pallet, TopicStates, WeightInfo};
use allora_primitives::{traits::EpochRecords, TopicId};
use frame_support::weights::WeightMeter;

impl<T: Config> Pallet<T> {
	/// Continues to forget retired topics, one after the other, within the meter.
	pub(crate) fn forget_retired(meter: &mut WeightMeter) {
		for topic in Forgetting::<T>::iter_keys() {
			if meter.try_consume(T::WeightInfo::forget()).is_err() {
				return;
			}
			if T::Records::on_forget(topic, meter) {
				Self::forget_own(topic);
			}
		}
	}

	/// Removes the clock's own items of a topic that has no other records.
	pub(crate) fn forget_own(topic: TopicId) {
		TopicStates::<T>::remove(topic);
		Forgetting::<T>::remove(topic);
		Self::deposit_event(Event::TopicForgotten { topic });
	}
}
