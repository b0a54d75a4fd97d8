//! The calls of a topic's creator: changing, handing over, listing accounts, retiring (S 6.1, 16).

use crate::{
	Accounts, Allowed, Config, Error, Event, NamedAccounts, Pallet, Superseded,
	SupersededParameters, SupersededValues, Topic, Topics, MAX_LISTED,
};
use allora_primitives::{
	traits::{ClockInfo, TopicClock},
	EpochId, EpochSizes, Registration, TopicId, TopicUpdate,
};
use frame_support::{ensure, traits::Get};
use sp_runtime::DispatchResult;

impl<T: Config> Pallet<T> {
	/// Changes parameters for the epochs that begin after the current slot.
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
		// Larger epochs need more capacity. If the call fails below, its storage layer undoes this.
		let same_sizes = EpochSizes::worst_case(&entry.parameters) == sizes;
		ensure!(same_sizes || T::Clock::reserve(topic, &entry.parameters), Error::<T>::NoVacancy);

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

	/// Makes the account to which a topic is offered its creator.
	pub(crate) fn do_accept(who: T::AccountId, topic: TopicId) -> DispatchResult {
		let mut entry = Self::not_retired(topic)?;
		ensure!(entry.offered_to.as_ref() == Some(&who), Error::<T>::NotOffered);
		entry.offered_to = None;
		let from = core::mem::replace(&mut entry.creator, who.clone());
		Topics::<T>::insert(topic, entry);
		Self::deposit_event(Event::TopicTransferred { topic, from, to: who });
		Ok(())
	}

	/// Enables or disables an allow-list.
	pub(crate) fn do_set_allow_list(
		who: T::AccountId,
		topic: TopicId,
		registration: Registration,
		enabled: bool,
	) -> DispatchResult {
		Self::mutate_own(&who, topic, |entry| {
			entry.list_mut(registration).enabled = enabled;
			Ok(())
		})?;
		Self::deposit_event(Event::AllowListSet { topic, registration, enabled });
		Ok(())
	}

	/// Adds accounts to an allow-list.
	pub(crate) fn do_allow(
		who: T::AccountId,
		topic: TopicId,
		registration: Registration,
		accounts: NamedAccounts<T::AccountId>,
	) -> DispatchResult {
		let mut accounts = Self::bounded(accounts)?;
		Self::mutate_own(&who, topic, |entry| {
			let list = entry.list_mut(registration);
			accounts.retain(|who| !Allowed::<T>::contains_key(topic, (who, registration)));
			let members = list.members.saturating_add(accounts.len() as u32);
			ensure!(members <= MAX_LISTED, Error::<T>::ListFull);
			// A call may name an account twice.
			accounts.retain(|who| {
				let key = (who, registration);
				let new = !Allowed::<T>::contains_key(topic, key);
				if new {
					Allowed::<T>::insert(topic, key, ());
				}
				new
			});
			// At most the number that was checked against the limit.
			list.members = list.members.saturating_add(accounts.len() as u32);
			Ok(())
		})?;
		Self::deposit_event(Event::AccountsAllowed { topic, registration, accounts });
		Ok(())
	}

	/// The accounts of a call; an error if there are more than one call may name.
	fn bounded(accounts: NamedAccounts<T::AccountId>) -> Result<Accounts<T::AccountId>, Error<T>> {
		Accounts::try_from(accounts.into_inner()).map_err(|_| Error::<T>::TooManyAccounts)
	}

	/// Removes accounts from an allow-list.
	pub(crate) fn do_disallow(
		who: T::AccountId,
		topic: TopicId,
		registration: Registration,
		accounts: NamedAccounts<T::AccountId>,
	) -> DispatchResult {
		let mut accounts = Self::bounded(accounts)?;
		Self::mutate_own(&who, topic, |entry| {
			let list = entry.list_mut(registration);
			accounts.retain(|account| Allowed::<T>::take(topic, (account, registration)).is_some());
			let members = list.members.checked_sub(accounts.len() as u32);
			list.members = members.ok_or(Error::<T>::Arithmetic)?;
			Ok(())
		})?;
		Self::deposit_event(Event::AccountsDisallowed { topic, registration, accounts });
		Ok(())
	}

	/// Retires a topic for good.
	pub(crate) fn do_retire(who: T::AccountId, topic: TopicId) -> DispatchResult {
		let mut entry = Self::not_retired(topic)?;
		ensure!(entry.creator == who, Error::<T>::NotCreator);
		entry.retired = true;
		entry.offered_to = None;
		Topics::<T>::insert(topic, entry);
		let last_epoch = T::Clock::on_retired(topic);
		Self::deposit_event(Event::TopicRetired { topic, last_epoch });
		Ok(())
	}

	/// Changes a topic on behalf of its creator; an error if `who` is another account, or if the
	/// topic is retired.
	fn mutate_own(
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
