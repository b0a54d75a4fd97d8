//! What must hold between the pallet's storage items at the end of every block.

use crate::{
	Allowed, Config, Economies, NextTopicId, Pallet, Registrations, SupersededParameters, Topic,
	Topics, MAX_LISTED,
};
use alloc::collections::BTreeMap;
use allora_primitives::{Registration, TopicId};
use frame_support::ensure;
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
	/// Checks all of the pallet's invariants.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		for (topic, entry) in Topics::<T>::iter() {
			ensure!(topic > 0 && topic < NextTopicId::<T>::get(), "a topic that was never counted");
			ensure!(Economies::<T>::contains_key(topic), "a topic without an economy");
			ensure!(!entry.retired || entry.offered_to.is_none(), "a retired topic is on offer");
			Self::check_superseded(topic, &entry)?;
		}
		ensure!(
			Topics::<T>::iter_values().count() == Topics::<T>::iter_keys().count(),
			"a topic that does not decode"
		);
		Self::check_owners_of_records()?;
		Self::check_lists()
	}

	/// Former values stand in order, none of them empty, the last ones before those in force.
	fn check_superseded(
		topic: TopicId,
		entry: &Topic<T::AccountId>,
	) -> Result<(), TryRuntimeError> {
		let kept = SupersededParameters::<T>::get(topic);
		let ends = || kept.iter().map(|superseded| superseded.until);
		ensure!(ends().zip(ends().skip(1)).all(|(a, b)| a < b), "former values out of order");
		ensure!(
			ends().next_back().is_none_or(|last| last == entry.in_force_from),
			"parameters in force from another epoch on than the former ones end"
		);
		ensure!(
			kept.is_empty() != SupersededParameters::<T>::contains_key(topic),
			"an empty list of former values"
		);
		Ok(())
	}

	/// Nothing is stored of a topic that does not exist.
	fn check_owners_of_records() -> Result<(), TryRuntimeError> {
		let exists = |topic: &TopicId| Topics::<T>::contains_key(topic);
		ensure!(Economies::<T>::iter_keys().all(|topic| exists(&topic)), "an economy of no topic");
		ensure!(
			SupersededParameters::<T>::iter_keys().all(|topic| exists(&topic)),
			"former values of no topic"
		);
		ensure!(
			Registrations::<T>::iter_keys().all(|(topic, _)| exists(&topic)),
			"a registration in no topic"
		);
		ensure!(
			Allowed::<T>::iter_keys().all(|(topic, _)| exists(&topic)),
			"an allow-list of no topic"
		);
		Ok(())
	}

	/// Allow-lists have as many members as they say, at most as many as they may.
	fn check_lists() -> Result<(), TryRuntimeError> {
		let mut members = BTreeMap::<_, u32>::new();
		for (topic, (_, registration)) in Allowed::<T>::iter_keys() {
			let count = members.entry((topic, registration)).or_default();
			*count = count.saturating_add(1);
		}
		for (topic, entry) in Topics::<T>::iter() {
			for registration in [Registration::Worker, Registration::Reputer] {
				let found = members.get(&(topic, registration)).copied().unwrap_or_default();
				let said = entry.list(registration).members;
				ensure!(said <= MAX_LISTED, "an allow-list is too long");
				// The lists of a retired topic are freed over several blocks.
				ensure!(
					found == said || entry.retired && found < said,
					"an allow-list does not count its members"
				);
			}
		}
		Ok(())
	}
}
