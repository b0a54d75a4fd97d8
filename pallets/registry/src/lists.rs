//! A topic's allow-lists: enabling them, and adding and removing accounts.

use crate::{
	Accounts, AllowList, Allowed, Config, Economies, Error, Event, HoldReason, ListEntry,
	NamedAccounts, Pallet, Topic, MAX_LISTED,
};
use allora_primitives::{
	traits::TopicClock, Balance, EpochWindows, Registration, Slot, Slots, Step, TopicId,
};
use frame_support::{
	defensive, ensure,
	traits::{fungible::hold::Mutate as _, tokens::Precision, Get},
};
use sp_runtime::{DispatchError, DispatchResult};

impl<T: Config> Pallet<T> {
	/// Enables an allow-list, with notice if there is stake in the topic, or disables it at once.
	pub(crate) fn do_set_allow_list(
		who: T::AccountId,
		topic: TopicId,
		registration: Registration,
		enabled: bool,
	) -> DispatchResult {
		let from = Self::acts_from(topic);
		let mut in_force_from = None;
		let (mut listed_from, mut length) = (None, 0);
		Self::mutate_own(&who, topic, |entry| {
			let list = entry.list_mut(registration);
			// Enabling it again does not restart the notice.
			in_force_from = enabled.then(|| list.enabled_from.map_or(from, |at| at.min(from)));
			list.enabled_from = in_force_from;
			(listed_from, length) = (entry.listed_from(), entry.parameters.epoch_length);
			Ok(())
		})?;
		Self::deposit_event(Event::AllowListSet { topic, registration, enabled, in_force_from });
		Self::count_lists(topic, listed_from, length);
		Ok(())
	}

	/// Counts a changed list in the running epoch if it comes into force before that ends (S 6.5).
	fn count_lists(topic: TopicId, listed_from: Option<Slot>, epoch_length: Slots) {
		let end = T::Clock::info(topic).last_epoch.unwrap_or_default();
		// The last epoch may be over, if none follows or if the clock is late.
		let end = end.saturating_add(epoch_length.into()).max(Self::now().saturating_add(1));
		Economies::<T>::mutate(topic, |economy| {
			economy.listed = listed_from.is_some_and(|from| from < end);
		});
		T::Clock::on_weight_changed(topic);
	}

	/// Adds accounts to an allow-list, for a deposit each. An account that is about to leave the
	/// list stays on it.
	pub(crate) fn do_allow(
		who: T::AccountId,
		topic: TopicId,
		registration: Registration,
		accounts: NamedAccounts<T::AccountId>,
	) -> DispatchResult {
		let mut accounts = Self::bounded(accounts)?;
		let mut entry = Self::own(&who, topic)?;
		let list = entry.list_mut(registration);
		// A call may name an account twice, so that each is entered before the next is looked up.
		let mut full = false;
		let mut added = 0u32;
		accounts.retain(|account| {
			let key = (account, registration);
			if let Some(mut listed) = Allowed::<T>::get(topic, key) {
				let stays = listed.until.take().is_some();
				if stays {
					Allowed::<T>::insert(topic, key, listed);
				}
				return stays;
			}
			full |= list.members >= MAX_LISTED;
			list.members = list.members.saturating_add(1);
			added = added.saturating_add(1);
			let deposit = T::ListDeposit::get();
			Allowed::<T>::insert(topic, key, ListEntry { deposit, until: None });
			true
		});
		// The call's storage layer undoes what it has done if it fails.
		ensure!(!full, Error::<T>::ListFull);
		let deposits = T::ListDeposit::get().checked_mul(added.into());
		let deposits = deposits.ok_or(Error::<T>::Arithmetic)?;
		list.deposits = list.deposits.checked_add(deposits).ok_or(Error::<T>::Arithmetic)?;
		Self::take_deposits(&who, deposits)?;
		Self::put(topic, entry);
		Self::deposit_event(Event::AccountsAllowed { topic, registration, accounts });
		Ok(())
	}

	/// The accounts of a call; an error if there are more than one call may name.
	fn bounded(accounts: NamedAccounts<T::AccountId>) -> Result<Accounts<T::AccountId>, Error<T>> {
		Accounts::try_from(accounts.into_inner()).map_err(|_| Error::<T>::TooManyAccounts)
	}

	/// Removes accounts from an allow-list and returns the deposits. If the list is enabled and
	/// there is stake in the topic, the accounts stay listed for the notice, and a further call
	/// removes them: reputers once the epochs are closed that opened before.
	pub(crate) fn do_disallow(
		who: T::AccountId,
		topic: TopicId,
		registration: Registration,
		accounts: NamedAccounts<T::AccountId>,
	) -> DispatchResult {
		let mut accounts = Self::bounded(accounts)?;
		let mut entry = Self::own(&who, topic)?;
		let now = Self::now();
		let until = entry.list(registration).enabled_from.map_or(now, |_| Self::acts_from(topic));
		// An entry that has ended is still read for the epochs that opened before.
		let read_for = match registration {
			Registration::Reputer if until > now => {
				EpochWindows::new(0, &entry.parameters).due(Step::CloseReputers)
			}
			_ => 0,
		};
		let list = entry.list_mut(registration);
		let before = list.deposits;
		let slots = (now, until, read_for);
		accounts.retain(|account| Self::delist(topic, list, (account, registration), slots));
		Self::return_deposits(&who, before.saturating_sub(list.deposits));
		Self::put(topic, entry);
		let event = Event::AccountsDisallowed { topic, registration, accounts, until };
		Self::deposit_event(event);
		Ok(())
	}

	/// Removes an entry that ended at least `read_for` slots ago; any other one ends in the slot
	/// `until`, and stays in storage. Returns whether the entry changed. The caller returns the
	/// deposit.
	fn delist(
		topic: TopicId,
		list: &mut AllowList,
		key: (&T::AccountId, Registration),
		(now, until, read_for): (Slot, Slot, Slot),
	) -> bool {
		let Some(mut listed) = Allowed::<T>::get(topic, key) else { return false };
		let until = listed.until.map_or(until, |before| before.min(until));
		if until.saturating_add(read_for) > now {
			let is_new = listed.until != Some(until);
			listed.until = Some(until);
			Allowed::<T>::insert(topic, key, listed);
			return is_new;
		}
		Allowed::<T>::remove(topic, key);
		list.members = list.members.saturating_sub(1);
		list.deposits = list.deposits.saturating_sub(listed.deposit);
		true
	}

	/// Puts deposits of list entries on hold on a topic's creator.
	pub(crate) fn take_deposits(creator: &T::AccountId, deposits: Balance) -> DispatchResult {
		if deposits > 0 {
			T::Currency::hold(&HoldReason::AllowList.into(), creator, deposits)?;
		}
		Ok(())
	}

	/// Releases deposits of list entries to a topic's creator.
	pub(crate) fn return_deposits(creator: &T::AccountId, deposits: Balance) {
		let reason = HoldReason::AllowList.into();
		if T::Currency::release(&reason, creator, deposits, Precision::Exact).is_err() {
			defensive!("the deposits of list entries are not on hold");
		}
	}

	/// Whether the topic's allow-list for this registration is not in force in this slot, or has the
	/// account.
	pub(crate) fn admits_in(
		slot: Slot,
		topic: TopicId,
		entry: &Topic<T::AccountId>,
		who: &T::AccountId,
		registration: Registration,
	) -> bool {
		let is_listed = || {
			let listed = Allowed::<T>::get(topic, (who, registration));
			listed.is_some_and(|listed| listed.counts(slot))
		};
		!entry.list(registration).is_in_force(slot) || is_listed()
	}

	/// The topic; an error if `who` is not its creator, or if it is retired.
	fn own(who: &T::AccountId, topic: TopicId) -> Result<Topic<T::AccountId>, DispatchError> {
		let entry = Self::not_retired(topic)?;
		ensure!(entry.creator == *who, Error::<T>::NotCreator);
		Ok(entry)
	}

	fn put(topic: TopicId, entry: Topic<T::AccountId>) {
		crate::Topics::<T>::insert(topic, entry);
	}
}
