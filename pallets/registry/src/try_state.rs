//! The invariants of the pallet's storage, which hold at the end of every block.

use crate::{
	Allowed, Announced, Announcements, Config, Economies, HoldReason, NextTopicId, Pallet,
	Registrations, SupersededParameters, Topic, Topics, MAX_LISTED,
};
use alloc::collections::BTreeMap;
use allora_primitives::{Balance, Registration, TopicId};
use frame_support::{ensure, traits::fungible::hold::Inspect as _};
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
	/// Checks all of the pallet's invariants.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		for (topic, entry) in Topics::<T>::iter() {
			ensure!(
				topic > 0 && topic < NextTopicId::<T>::get(),
				"a topic has a number that was never assigned"
			);
			ensure!(Economies::<T>::contains_key(topic), "a topic has no economy");
			ensure!(!entry.retired || entry.offered_to.is_none(), "a retired topic is offered");
			Self::check_superseded(topic, &entry)?;
			let economy = Economies::<T>::get(topic);
			ensure!(
				!economy.counted || economy.weight.is_some(),
				"a topic's weight is counted without being known"
			);
			ensure!(
				!economy.listed || entry.listed_from().is_some(),
				"a topic is listed without an enabled list"
			);
			// A late clock renews a weight for the slot in which the epoch was due.
			ensure!(economy.dripped_at <= Self::now(), "a topic's revenue has decayed too far");
		}
		ensure!(
			Topics::<T>::iter_values().count() == Topics::<T>::iter_keys().count(),
			"a topic does not decode"
		);
		Self::check_owners_of_records()?;
		Self::check_announced()?;
		Self::check_deposits()?;
		Self::check_lists()
	}

	/// Announcements are of topics that are not retired, and not empty.
	fn check_announced() -> Result<(), TryRuntimeError> {
		for (topic, announced) in Announced::<T>::iter() {
			ensure!(
				Self::not_retired(topic).is_ok(),
				"an announcement of no topic or a retired one"
			);
			ensure!(announced != Announcements::default(), "an empty announcement is stored");
		}
		Ok(())
	}

	/// What a creator has on hold for list entries is the sum of their deposits.
	fn check_deposits() -> Result<(), TryRuntimeError> {
		let mut deposits = BTreeMap::<_, Balance>::new();
		for (topic, _, entry) in Allowed::<T>::iter() {
			let creator = Topics::<T>::get(topic).ok_or("an entry of no topic")?.creator;
			let sum = deposits.entry(creator).or_default();
			*sum = sum.saturating_add(entry.deposit);
		}
		for (who, sum) in deposits {
			let held = T::Currency::balance_on_hold(&HoldReason::AllowList.into(), &who);
			ensure!(held == sum, "deposits of list entries differ from what is on hold");
		}
		Ok(())
	}

	/// Superseded values are in order and not empty, and the last ones end where those in force
	/// begin.
	fn check_superseded(
		topic: TopicId,
		entry: &Topic<T::AccountId>,
	) -> Result<(), TryRuntimeError> {
		let kept = SupersededParameters::<T>::get(topic);
		let ends = || kept.iter().map(|superseded| superseded.until);
		ensure!(
			ends().zip(ends().skip(1)).all(|(a, b)| a < b),
			"superseded values are out of order"
		);
		ensure!(
			ends().next_back().is_none_or(|last| last == entry.in_force_from),
			"superseded values do not end where those in force begin"
		);
		ensure!(
			kept.is_empty() != SupersededParameters::<T>::contains_key(topic),
			"an empty list of superseded values is stored"
		);
		Ok(())
	}

	/// Every record belongs to a topic that exists.
	fn check_owners_of_records() -> Result<(), TryRuntimeError> {
		let exists = |topic: &TopicId| Topics::<T>::contains_key(topic);
		ensure!(
			Economies::<T>::iter_keys().all(|topic| exists(&topic)),
			"an economy belongs to no topic"
		);
		ensure!(
			SupersededParameters::<T>::iter_keys().all(|topic| exists(&topic)),
			"superseded values belong to no topic"
		);
		ensure!(
			Registrations::<T>::iter_keys().all(|(topic, _)| exists(&topic)),
			"a registration belongs to no topic"
		);
		ensure!(
			Allowed::<T>::iter_keys().all(|(topic, _)| exists(&topic)),
			"an allow-list entry belongs to no topic"
		);
		Ok(())
	}

	/// Each allow-list counts its members and their deposits correctly and has at most
	/// [`MAX_LISTED`].
	fn check_lists() -> Result<(), TryRuntimeError> {
		let mut members = BTreeMap::<_, (u32, Balance)>::new();
		for (topic, (_, registration), entry) in Allowed::<T>::iter() {
			let (count, sum) = members.entry((topic, registration)).or_default();
			*count = count.saturating_add(1);
			*sum = sum.saturating_add(entry.deposit);
		}
		for (topic, entry) in Topics::<T>::iter() {
			for registration in [Registration::Worker, Registration::Reputer] {
				let found = members.get(&(topic, registration)).copied().unwrap_or_default();
				let list = entry.list(registration);
				let counted = (list.members, list.deposits);
				ensure!(list.members <= MAX_LISTED, "an allow-list is too long");
				// The lists of a retired topic are removed over several blocks.
				ensure!(
					found == counted || entry.retired && found.0 < list.members,
					"an allow-list miscounts its members or their deposits"
				);
			}
		}
		Ok(())
	}
}
