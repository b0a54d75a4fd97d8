//! The calls of a topic's creator: changing, handing over, retiring (S 6.1, 16).

use crate::{
	Announced, Config, Error, Event, Pallet, Superseded, SupersededParameters, SupersededValues,
	Topic, Topics,
};
use allora_primitives::{
	traits::{ClockInfo, NotReserved, TopicClock},
	EpochId, EpochSizes, TopicId, TopicUpdate,
};
use frame_support::{ensure, traits::Get};
use sp_runtime::DispatchResult;

impl<T: Config> Pallet<T> {
	/// Changes parameters for the epochs that begin after the current slot, or announces the change.
	pub(crate) fn do_update(
		who: T::AccountId,
		topic: TopicId,
		changes: TopicUpdate,
	) -> DispatchResult {
		let mut entry = Self::not_retired(topic)?;
		ensure!(entry.creator == who, Error::<T>::NotCreator);
		let sizes = EpochSizes::worst_case(&entry.parameters);
		let former = entry.parameters.apply(changes.clone());
		ensure!(!former.is_empty(), Error::<T>::NothingChanged);
		let class = entry.parameters.loss_method.class();
		let same_class = former.loss_method.as_ref().is_none_or(|old| old.class() == class);
		ensure!(same_class, Error::<T>::LossMethodClass);
		entry
			.parameters
			.validate(Self::epoch_lengths(), T::MaxSupply::get())
			.map_err(Error::<T>::from)?;
		let mut announced = Announced::<T>::get(topic);
		let due = announced.update.take().filter(|(same, _)| *same == changes).map(|(_, due)| due);
		if let Some(due) = Self::to_announce(topic, due)? {
			announced.update = Some((changes.clone(), due));
			Self::put_announced(topic, announced);
			let changes = changes.into();
			Self::deposit_event(Event::UpdateAnnounced { topic, changes, due });
			return Ok(());
		}
		Self::put_announced(topic, announced);
		// Larger epochs need more capacity. If the call fails below, its storage layer undoes this.
		if EpochSizes::worst_case(&entry.parameters) != sizes {
			T::Clock::reserve(topic, &entry.parameters).map_err(Error::<T>::from)?;
		}

		Self::keep_superseded(topic, &mut entry, former)?;
		let in_force_from = Self::now().saturating_add(1);
		Topics::<T>::insert(topic, entry);
		Self::deposit_event(Event::TopicUpdated { topic, changes: changes.into(), in_force_from });
		Ok(())
	}

	/// Keeps the values before a change for the epochs that began under them, and drops superseded
	/// values that no epoch on record needs any more.
	fn keep_superseded(
		topic: TopicId,
		entry: &mut Topic<T::AccountId>,
		former: TopicUpdate,
	) -> Result<(), Error<T>> {
		let ClockInfo { begun_epoch: begun, oldest_epoch, .. } = T::Clock::info(topic);
		let oldest = oldest_epoch.or(begun);
		let mut kept = SupersededParameters::<T>::get(topic);
		kept.retain(|superseded| oldest.is_some_and(|oldest| oldest < superseded.until));

		if begun.is_some_and(|begun| begun >= entry.in_force_from) {
			let until: EpochId = Self::now().saturating_add(1);
			kept.try_push(Superseded { until, parameters: former })
				.map_err(|_| Error::<T>::TooManyUpdates)?;
			entry.in_force_from = until;
		} else if let Some(latest) = kept.last_mut() {
			// No epoch has begun under the values that change now. Epochs before the latest change
			// had the values that precede both changes.
			let values = core::mem::take(&mut latest.parameters);
			latest.parameters = values.or(former);
		}
		Self::store_superseded(topic, kept);
		Ok(())
	}

	fn store_superseded(topic: TopicId, kept: SupersededValues) {
		if kept.is_empty() {
			SupersededParameters::<T>::remove(topic);
		} else {
			SupersededParameters::<T>::insert(topic, kept);
		}
	}

	/// Offers a topic to an account; withdraws the offer if `to` is `None`.
	pub(crate) fn do_offer(
		who: T::AccountId,
		topic: TopicId,
		to: Option<T::AccountId>,
	) -> DispatchResult {
		Self::mutate_own(&who, topic, |entry| {
			entry.offered_to = to.clone();
			Ok(())
		})?;
		Self::deposit_event(Event::TopicOffered { topic, to });
		Ok(())
	}

	/// Makes the account to which a topic is offered its creator, who takes over the deposits of the
	/// list entries.
	pub(crate) fn do_accept(who: T::AccountId, topic: TopicId) -> DispatchResult {
		let mut entry = Self::not_retired(topic)?;
		ensure!(entry.offered_to.as_ref() == Some(&who), Error::<T>::NotOffered);
		entry.offered_to = None;
		let from = core::mem::replace(&mut entry.creator, who.clone());
		if from != who {
			Self::take_deposits(&who, entry.deposits())?;
			Self::return_deposits(&from, entry.deposits());
		}
		Topics::<T>::insert(topic, entry);
		Self::deposit_event(Event::TopicTransferred { topic, from, to: who });
		Ok(())
	}

	/// Retires a topic for good, or announces it.
	pub(crate) fn do_retire(who: T::AccountId, topic: TopicId) -> DispatchResult {
		let mut entry = Self::not_retired(topic)?;
		ensure!(entry.creator == who, Error::<T>::NotCreator);
		let mut announced = Announced::<T>::get(topic);
		if let Some(due) = Self::to_announce(topic, announced.retirement)? {
			announced.retirement = Some(due);
			Self::put_announced(topic, announced);
			Self::deposit_event(Event::RetirementAnnounced { topic, due });
			return Ok(());
		}
		Announced::<T>::remove(topic);
		entry.retired = true;
		entry.offered_to = None;
		Topics::<T>::insert(topic, entry);
		let last_epoch = T::Clock::on_retired(topic);
		Self::deposit_event(Event::TopicRetired { topic, last_epoch });
		Ok(())
	}

	/// Changes a topic on behalf of its creator; an error if `who` is another account, or if the
	/// topic is retired.
	pub(crate) fn mutate_own(
		who: &T::AccountId,
		topic: TopicId,
		change: impl FnOnce(&mut Topic<T::AccountId>) -> Result<(), Error<T>>,
	) -> DispatchResult {
		let mut entry = Self::not_retired(topic)?;
		ensure!(entry.creator == *who, Error::<T>::NotCreator);
		change(&mut entry)?;
		Topics::<T>::insert(topic, entry);
		Ok(())
	}
}

impl<T> From<NotReserved> for Error<T> {
	fn from(reason: NotReserved) -> Self {
		match reason {
			NotReserved::NoCapacity => Self::NoCapacity,
			NotReserved::RentTooHigh => Self::RentTooHigh,
		}
	}
}
