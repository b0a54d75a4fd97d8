//! The pallet's part in the steps of an epoch.

use crate::{
	pallet::*,
	types::{EpochReward, KINDS},
	weights::WeightInfo,
};
use allora_primitives::{traits::EpochHandler, EpochId, EpochSizes, Step, TopicId, VoidReason};
use frame_support::{
	defensive,
	weights::{Weight, WeightMeter},
};

/// Pays epochs; stands after aggregation in the clock's tuple, whose scores it pays by.
impl<T: Config> EpochHandler for Pallet<T> {
	fn on_close_reputers(topic: TopicId, epoch: EpochId) -> Result<Weight, VoidReason> {
		Self::settle(topic, epoch)
	}

	fn on_void(topic: TopicId, epoch: EpochId, _: VoidReason) {
		Self::give_back(topic, epoch);
		// The mark makes emission that is handed over later go the same way.
		Rewards::<T>::insert(topic, epoch, EpochReward::Voided);
	}

	fn on_prune(topic: TopicId, epoch: EpochId) {
		// It is settled or void: only its entry is left.
		Self::give_back(topic, epoch);
	}

	/// Pays out what is due, gives back what epochs still have, sends the topic's pot to the
	/// ecosystem pot, and forgets what settlement remembers.
	///
	/// Earnings that cannot be paid out go to the ecosystem pot with the topic's pot.
	fn on_forget(topic: TopicId, meter: &mut WeightMeter) -> bool {
		if meter.try_consume(T::WeightInfo::forget()).is_err() {
			return false;
		}
		let mut purse = Purses::<T>::get(topic);
		let paid = KINDS.into_iter().all(|kind| Self::clear(topic, kind, &mut purse, 0, meter));
		let done = paid && Self::forget_epochs(topic, meter) && {
			let released = Self::release_pot(topic, &mut purse);
			if released.is_err() {
				defensive!("the topics' account holds every topic's pot");
			}
			released.is_ok()
		};
		Self::put_purse(topic, &purse);
		if done {
			Memories::<T>::remove(topic);
			Self::note_crowded(topic, &purse);
		}
		done
	}

	/// The opening also counts what the clock asks of [`EmissionIndex`] then: the ended epoch's
	/// emission handed over, and one weight set.
	///
	/// Before it ends, an epoch has no emission, so that voiding it is no more than a mark. One whose
	/// settlement fails is void instead; that touches only items that settlements touch too, and
	/// takes less time than the payouts that are then not made.
	///
	/// [`EmissionIndex`]: allora_primitives::traits::EmissionIndex
	fn weight(step: Step, sizes: &EpochSizes) -> Weight {
		match step {
			Step::Open => T::WeightInfo::open()
				.saturating_add(T::WeightInfo::prune())
				.saturating_add(T::WeightInfo::mark_void()),
			Step::CloseWorkers => T::WeightInfo::mark_void(),
			Step::CloseReputers => {
				T::WeightInfo::settle(sizes.inferers, sizes.forecasters, sizes.reputers)
					.saturating_add(Self::longest_weight())
					.max(T::WeightInfo::void())
			}
		}
	}
}

impl<T: Config> Pallet<T> {
	/// Forgets epochs of a topic that the clock has left on record; whether none is left.
	fn forget_epochs(topic: TopicId, meter: &mut WeightMeter) -> bool {
		while let Some(epoch) = Rewards::<T>::iter_key_prefix(topic).next() {
			if meter.try_consume(T::WeightInfo::void()).is_err() {
				return false;
			}
			Self::give_back(topic, epoch);
		}
		true
	}
}
