//! What others are told: the clock's steps, the traits answered, and reads for the runtime API.

use crate::{
	regret_book::{book_bytes, FORECASTER_SLOTS, INFERER_SLOTS},
	BundleHashes, Bundles, Config, EpochContributions, Latest, Losses, Pallet, RegretBooks,
	WeightInfo,
};
use alloc::vec::Vec;
use allora_primitives::{
	api::NetworkInference,
	traits::{BundleInspect, ContributionInspect, EpochHandler},
	Bundle, Contributions, EpochId, EpochSizes, FixedI128, Role, Step, TopicId, VoidReason,
};
use frame_support::weights::Weight;
use sp_core::H256;
use sp_runtime::SaturatedConversion;

/// A void epoch leaves its bundle, for people to read, until it is pruned; what was learned before
/// stays in force. So there is nothing to do on voiding.
impl<T: Config> EpochHandler for Pallet<T> {
	fn on_close_workers(topic: TopicId, epoch: EpochId) -> Result<Weight, VoidReason> {
		Self::synthesise(topic, epoch)
	}

	fn on_close_reputers(topic: TopicId, epoch: EpochId) -> Result<Weight, VoidReason> {
		Self::learn(topic, epoch)
	}

	fn on_prune(topic: TopicId, epoch: EpochId) {
		Bundles::<T>::remove(topic, epoch);
		BundleHashes::<T>::remove(topic, epoch);
		Losses::<T>::remove(topic, epoch);
		EpochContributions::<T>::remove(topic, epoch);
	}

	fn weight(step: Step, sizes: &EpochSizes) -> Weight {
		let EpochSizes { inferers, forecasters, reputers, elements, labels, .. } = *sizes;
		let book = book_bytes(INFERER_SLOTS, FORECASTER_SLOTS);
		match step {
			Step::CloseWorkers => {
				T::WeightInfo::close_workers(inferers, forecasters, elements, labels, book)
			}
			Step::CloseReputers => {
				T::WeightInfo::close_reputers(inferers, forecasters, reputers, labels, book)
			}
			Step::Open => T::WeightInfo::prune(),
		}
	}
}

impl<T: Config> BundleInspect<T::AccountId> for Pallet<T> {
	fn bundle(topic: TopicId, epoch: EpochId) -> Option<Bundle<T::AccountId>> {
		Bundles::<T>::get(topic, epoch)
	}

	fn report_shape(topic: TopicId, epoch: EpochId) -> Option<(H256, u32)> {
		BundleHashes::<T>::get(topic, epoch)
	}
}

impl<T: Config> ContributionInspect<T::AccountId> for Pallet<T> {
	fn contributions(topic: TopicId, epoch: EpochId) -> Option<Contributions<T::AccountId>> {
		EpochContributions::<T>::get(topic, epoch)
	}
}

impl<T: Config> Pallet<T> {
	/// The newest network inference of the topic, with its age in blocks.
	pub fn latest_inference(topic: TopicId) -> Option<NetworkInference> {
		let latest = Latest::<T>::get(topic)?;
		let now: u32 = frame_system::Pallet::<T>::block_number().saturated_into();
		Some(NetworkInference {
			epoch: latest.epoch,
			values: latest.values.into_inner(),
			intervals: latest.intervals.into_inner(),
			// An epoch does not open in the future, so nothing saturates.
			age: now.saturating_sub(latest.epoch),
		})
	}

	/// The bundle of an epoch and the hash that reports must name; none after pruning.
	pub fn hashed_bundle(topic: TopicId, epoch: EpochId) -> Option<(H256, Bundle<T::AccountId>)> {
		let (hash, _) = BundleHashes::<T>::get(topic, epoch)?;
		Some((hash, Bundles::<T>::get(topic, epoch)?))
	}

	/// The network's losses of an epoch, positional over its bundle; none before it is learned and
	/// after pruning.
	pub fn losses(topic: TopicId, epoch: EpochId) -> Option<Vec<FixedI128>> {
		Losses::<T>::get(topic, epoch).map(|losses| losses.into_inner())
	}

	/// The combined regret of an inferer or forecaster; none before its first, and for reputers.
	pub fn regret(topic: TopicId, role: Role, who: &T::AccountId) -> Option<FixedI128> {
		let book = RegretBooks::<T>::get(topic);
		match role {
			Role::Inferer => book.inferer_regret(who),
			Role::Forecaster => book.forecaster_regret(who),
			Role::Reputer => None,
		}
	}

	/// The storage key of the topic's newest network inference, for a storage proof.
	pub fn latest_inference_key(topic: TopicId) -> Vec<u8> {
		Latest::<T>::hashed_key_for(topic)
	}
}
