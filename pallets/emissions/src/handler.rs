//! The pallet's part in the steps of an epoch.

use crate::{pallet::*, types::EpochEmission, weights::WeightInfo};
use allora_primitives::{traits::EpochHandler, EpochId, EpochSizes, Step, TopicId, VoidReason};
use frame_support::weights::Weight;

/// Pays epochs; stands after aggregation in the clock's tuple, whose scores it pays by.
impl<T: Config> EpochHandler for Pallet<T> {
	fn on_close_reputers(topic: TopicId, epoch: EpochId) -> Result<Weight, VoidReason> {
		Self::settle(topic, epoch)
	}

	fn on_void(topic: TopicId, epoch: EpochId, _: VoidReason) {
		// The mark makes emission that is handed over later go the same way.
		Self::give_back(topic, epoch, Some(EpochEmission::Voided));
	}

	fn on_prune(topic: TopicId, epoch: EpochId) {
		Self::give_back(topic, epoch, None);
		Rewards::<T>::remove(topic, epoch);
	}

	/// The opening also counts what the clock asks of [`EmissionIndex`] then: one weight set, one
	/// epoch's emission handed over.
	///
	/// [`EmissionIndex`]: allora_primitives::traits::EmissionIndex
	fn weight(step: Step, sizes: &EpochSizes) -> Weight {
		let void = T::WeightInfo::void();
		match step {
			Step::Open => T::WeightInfo::set_weight()
				.saturating_add(T::WeightInfo::assign_to_epoch())
				.saturating_add(T::WeightInfo::prune())
				.saturating_add(void),
			Step::CloseWorkers => void,
			Step::CloseReputers => {
				T::WeightInfo::settle(sizes.inferers, sizes.forecasters, sizes.reputers)
					.saturating_add(void)
			}
		}
	}
}
