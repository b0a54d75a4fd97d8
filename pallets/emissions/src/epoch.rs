//! Settling an epoch, and what becomes of its records.

use crate::{
	pallet::*,
	types::{EpochReward, Purse, KINDS},
	weights::WeightInfo,
};
use allora_primitives::{
	traits::{EmissionIndex, EpochRecords},
	Contributions, EpochContext, EpochId, EpochSizes, StageError, StageResult, Step, TopicId,
	VoidReason,
};
use frame_support::{
	defensive,
	weights::{Weight, WeightMeter},
};

impl<T: Config> Pallet<T> {
	/// Meters what the clock has asked of [`EmissionIndex`] before it opened the epoch.
	pub fn open(_: &EpochContext) -> StageResult<()> {
		Ok(((), Self::open_weight()))
	}

	/// Worst case of [`Self::open`].
	pub fn open_weight() -> Weight {
		<Self as EmissionIndex>::renewal_weight()
	}

	/// Settles an epoch that has been learned from: credits its emission and the topic's pot to
	/// those who contributed; returns the topic's purse, which [`Self::pay`] stores.
	///
	/// What rounding leaves over is in the topic's pot afterwards. An epoch without anything to pay
	/// is settled all the same, so that what was learned from it stays. [`VoidReason::Arithmetic`] if
	/// a computation leaves its range.
	pub fn settle(
		of: &EpochContext,
		contributions: &Contributions<T::AccountId>,
	) -> StageResult<Purse<T::AccountId>> {
		let used = T::WeightInfo::settle(
			contributions.inferers.len() as u32,
			contributions.forecasters.len() as u32,
			contributions.reputers.len() as u32,
		);
		let mut purse = Purses::<T>::get(of.topic);
		Self::credit_epoch(of, contributions, &mut purse)
			.map_err(|reason| StageError { reason, used })?;
		Ok((purse, used))
	}

	/// Worst case of [`Self::settle`].
	pub fn settle_weight(sizes: &EpochSizes) -> Weight {
		T::WeightInfo::settle(sizes.inferers, sizes.forecasters, sizes.reputers)
	}

	/// Pays out some of those who wait longest in the topic's purse, and stores it. Never fails.
	pub fn pay(of: &EpochContext, mut purse: Purse<T::AccountId>) -> StageResult<()> {
		let payouts = Self::pay_longest(of.topic, &mut purse);
		Self::note_crowded(of.topic, &purse);
		Self::put_purse(of.topic, &purse);
		Ok(((), T::WeightInfo::store_purse().saturating_add(payouts)))
	}

	/// Worst case of [`Self::pay`].
	pub fn pay_weight() -> Weight {
		T::WeightInfo::store_purse().saturating_add(Self::longest_weight())
	}

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

impl<T: Config> EpochRecords for Pallet<T> {
	fn on_void(topic: TopicId, epoch: EpochId, _: VoidReason) -> Weight {
		let returned = Self::give_back(topic, epoch);
		// The mark makes emission that is handed over later go the same way.
		Rewards::<T>::insert(topic, epoch, EpochReward::Voided);
		if returned > 0 {
			T::WeightInfo::void()
		} else {
			T::WeightInfo::mark_void()
		}
	}

	fn on_prune(topic: TopicId, epoch: EpochId) -> Weight {
		// It is settled or void: only its entry is left.
		Self::give_back(topic, epoch);
		Self::prune_weight()
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

	/// Before it ends, an epoch has no emission, so that voiding it is no more than a mark.
	fn void_weight(step: Step) -> Weight {
		match step {
			Step::Open | Step::CloseWorkers => T::WeightInfo::mark_void(),
			Step::CloseReputers => T::WeightInfo::void(),
		}
	}

	fn prune_weight() -> Weight {
		T::WeightInfo::prune()
	}
}
