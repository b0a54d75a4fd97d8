//! Freeing what is stored of retired topics, in bounded steps.

use crate::{
	Allowed, Config, Event, Forgetting, Pallet, Registrations, SupersededParameters, TopicStates,
	Topics, WeightInfo,
};
use allora_primitives::{traits::EpochRecords, TopicId};
use frame_support::weights::{Weight, WeightMeter};

/// Most registrations and entries of allow-lists that one step frees.
pub const MAX_FORGOTTEN: u32 = 100;

impl<T: Config> Pallet<T> {
	/// Goes on forgetting retired topics, one after the other, as far as the meter reaches.
	pub(crate) fn forget_retired(meter: &mut WeightMeter) {
		for topic in Forgetting::<T>::iter_keys() {
			if meter.try_consume(T::WeightInfo::forget(0)).is_err() {
				return;
			}
			if T::Records::on_forget(topic, meter) && Self::forget_own(topic, meter) {
				Self::deposit_event(Event::TopicForgotten { topic });
			}
		}
	}

	/// Frees some of what the registry has of a topic, after the neighbours, since they may ask about
	/// it while they free theirs; answers whether nothing is left.
	fn forget_own(topic: TopicId, meter: &mut WeightMeter) -> bool {
		let most = Self::affordable(meter.remaining());
		let freed = Self::free_accounts(topic, most);
		meter.consume(Self::weight_of_freeing(freed));
		if freed == most {
			return false;
		}
		Self::free_topic(topic);
		true
	}

	/// Frees at most so many registrations and entries of allow-lists; answers how many.
	pub(crate) fn free_accounts(topic: TopicId, most: u32) -> u32 {
		let registrations = Registrations::<T>::drain_prefix(topic).map(drop);
		let allowed = Allowed::<T>::drain_prefix(topic).map(drop);
		// At most `most`, so that it fits.
		registrations.chain(allowed).take(most as usize).count() as u32
	}

	/// Frees the topic's own items, the last of it.
	pub(crate) fn free_topic(topic: TopicId) {
		Topics::<T>::remove(topic);
		TopicStates::<T>::remove(topic);
		SupersededParameters::<T>::remove(topic);
		Forgetting::<T>::remove(topic);
	}

	/// How many entries may be freed within this weight.
	fn affordable(weight: Weight) -> u32 {
		let each = Self::weight_of_freeing(1);
		let most = u64::from(MAX_FORGOTTEN);
		let fit = weight.checked_div_per_component(&each).map_or(most, |fit| fit.min(most));
		// At most `MAX_FORGOTTEN`, so that it fits.
		fit as u32
	}

	/// Weight of freeing so many entries, beside what a step costs anyway.
	fn weight_of_freeing(entries: u32) -> Weight {
		T::WeightInfo::forget(entries).saturating_sub(T::WeightInfo::forget(0))
	}
}
