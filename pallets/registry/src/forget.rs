//! Freeing what is stored of retired topics, in bounded steps.

use crate::{
	Allowed, Config, Economies, Pallet, Registrations, SupersededParameters, Topics, WeightInfo,
};
use allora_primitives::{traits::EpochRecords, EpochId, TopicId};
use frame_support::weights::{Weight, WeightMeter};

/// Maximum number of registrations and entries of allow-lists that one step frees.
pub const MAX_FORGOTTEN: u32 = 100;

/// The registry comes last, since other pallets may ask about a topic while they forget it. Of a
/// single epoch it keeps nothing.
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
		let most = Self::affordable(meter.remaining());
		let freed = Self::free_accounts(topic, most);
		meter.consume(Self::weight_of_freeing(freed));
		if freed == most {
			return false;
		}
		Self::free_topic(topic);
		true
	}
}

impl<T: Config> Pallet<T> {
	/// Frees at most this many registrations and entries of allow-lists; returns how many it freed.
	pub(crate) fn free_accounts(topic: TopicId, most: u32) -> u32 {
		let registrations = Registrations::<T>::drain_prefix(topic).map(drop);
		let allowed = Allowed::<T>::drain_prefix(topic).map(drop);
		// At most `most`, so that it fits.
		registrations.chain(allowed).take(most as usize).count() as u32
	}

	/// Frees the topic's own items, the last of it.
	pub(crate) fn free_topic(topic: TopicId) {
		Topics::<T>::remove(topic);
		Economies::<T>::remove(topic);
		SupersededParameters::<T>::remove(topic);
	}

	/// How many entries may be freed within this weight.
	fn affordable(weight: Weight) -> u32 {
		let each = Self::weight_of_freeing(1);
		let most = u64::from(MAX_FORGOTTEN);
		let fit = weight.checked_div_per_component(&each).map_or(most, |fit| fit.min(most));
		// At most `MAX_FORGOTTEN`, so that it fits.
		fit as u32
	}

	/// Weight of freeing this many entries, beside what a step costs anyway.
	fn weight_of_freeing(entries: u32) -> Weight {
		T::WeightInfo::forget(entries).saturating_sub(T::WeightInfo::forget(0))
	}
}
