//! Removing the records of retired topics in bounded steps.

use crate::{
	Allowed, Announced, Config, Economies, Pallet, Registrations, SupersededParameters, Topics,
	WeightInfo,
};
use allora_primitives::{traits::EpochRecords, Balance, EpochId, TopicId};
use frame_support::weights::{Weight, WeightMeter};

/// The maximum number of registrations and allow-list entries that one step removes.
pub const MAX_FORGOTTEN: u32 = 100;

/// The registry keeps nothing of single epochs.
impl<T: Config> EpochRecords for Pallet<T> {
	fn on_prune(_: TopicId, _: EpochId) -> Weight {
		Weight::zero()
	}

	fn prune_weight() -> Weight {
		Weight::zero()
	}

	fn on_forget(topic: TopicId, meter: &mut WeightMeter) -> bool {
		if meter.try_consume(T::WeightInfo::forget(0)).is_err() {
			return false;
		}
		let limit = Self::removable(meter.remaining());
		let removed = Self::remove_accounts(topic, limit);
		meter.consume(Self::weight_of_removing(removed));
		if removed == limit {
			return false;
		}
		Self::remove_topic(topic);
		true
	}
}

impl<T: Config> Pallet<T> {
	/// Removes at most `limit` registrations and allow-list entries, and returns the deposits of the
	/// latter; returns how many it removed.
	pub(crate) fn remove_accounts(topic: TopicId, limit: u32) -> u32 {
		let mut deposits: Balance = 0;
		let registrations = Registrations::<T>::drain_prefix(topic).map(drop);
		let allowed = Allowed::<T>::drain_prefix(topic)
			.map(|(_, entry)| deposits = deposits.saturating_add(entry.deposit));
		// At most `limit`, so that it fits.
		let removed = registrations.chain(allowed).take(limit as usize).count() as u32;
		if let Some(entry) = Topics::<T>::get(topic) {
			Self::return_deposits(&entry.creator, deposits);
		}
		removed
	}

	/// Removes the topic's own items.
	pub(crate) fn remove_topic(topic: TopicId) {
		Topics::<T>::remove(topic);
		Economies::<T>::remove(topic);
		SupersededParameters::<T>::remove(topic);
		Announced::<T>::remove(topic);
	}

	/// The number of entries that can be removed within this weight.
	fn removable(weight: Weight) -> u32 {
		let each = Self::weight_of_removing(1);
		let limit = u64::from(MAX_FORGOTTEN);
		let fit = weight.checked_div_per_component(&each).map_or(limit, |fit| fit.min(limit));
		// At most `MAX_FORGOTTEN`, so that it fits.
		fit as u32
	}

	/// The weight of removing this many entries, on top of that of a step that removes none.
	fn weight_of_removing(entries: u32) -> Weight {
		T::WeightInfo::forget(entries).saturating_sub(T::WeightInfo::forget(0))
	}
}
