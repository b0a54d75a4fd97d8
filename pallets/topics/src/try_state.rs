//! What must hold between the pallet's storage items at the end of every block.

use crate::{
	Agenda, Allowed, Config, Due, Forgetting, NextTopicId, Pallet, Registrations, Reserved,
	SupersededParameters, Topic, TopicState, TopicStates, Topics, MAX_LISTED,
};
use alloc::collections::BTreeMap;
use allora_primitives::{traits::EmissionIndex, Balance, EpochState, Registration, Slot, TopicId};
use frame_support::{ensure, weights::Weight};
use sp_runtime::{traits::Zero, TryRuntimeError};

impl<T: Config> Pallet<T> {
	/// Checks all of the pallet's invariants.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		let mut weights: Balance = 0;
		let mut reserved = Weight::zero();
		for (topic, cold) in Topics::<T>::iter() {
			ensure!(topic > 0 && topic < NextTopicId::<T>::get(), "a topic that was never counted");
			ensure!(TopicStates::<T>::contains_key(topic), "a topic without a state");
			let state = TopicStates::<T>::get(topic);
			Self::check_activity(&cold, &state)?;
			Self::check_records(&state)?;
			Self::check_put_off(&cold, &state)?;
			Self::check_schedule(topic, &cold, &state)?;
			Self::check_superseded(topic, &cold)?;
			weights = weights.saturating_add(state.counted_weight());
			reserved = reserved.saturating_add(state.reserved);
		}
		ensure!(
			Topics::<T>::iter_values().count() == Topics::<T>::iter_keys().count(),
			"a topic that does not decode"
		);
		Self::check_owners_of_records()?;
		Self::check_lists()?;
		ensure!(Reserved::<T>::get() == reserved, "reservations do not add up");
		ensure!(reserved.all_lte(Self::capacity()), "more is reserved than there is");
		ensure!(T::Emission::total_weight() == weights, "emission knows other weights");
		Ok(())
	}

	/// A topic reserves if and only if it is active. A retired one goes on only to an epoch that had
	/// begun, and is offered to nobody.
	fn check_activity(
		cold: &Topic<T::AccountId>,
		state: &TopicState,
	) -> Result<(), TryRuntimeError> {
		ensure!(
			state.active != state.reserved.is_zero(),
			"an inactive topic reserves, or vice versa"
		);
		ensure!(state.active || !state.continues, "an inactive topic goes on");
		let end = state.running_end(cold.parameters.epoch_length);
		ensure!(
			!cold.retired || !state.continues || end.is_some_and(|end| end <= Self::now()),
			"a retired topic goes on"
		);
		ensure!(!cold.retired || cold.offered_to.is_none(), "a retired topic is on offer");
		Ok(())
	}

	/// Only a running topic is put off, to an epoch behind the next one.
	fn check_put_off(
		cold: &Topic<T::AccountId>,
		state: &TopicState,
	) -> Result<(), TryRuntimeError> {
		let Some(to) = state.put_off_to else { return Ok(()) };
		let length = Slot::from(cold.parameters.epoch_length);
		let running = state.running_epoch().ok_or("a topic without a running epoch is put off")?;
		let past = to.checked_sub(running).filter(|past| *past > length);
		ensure!(
			past.and_then(|past| past.checked_rem(length)) == Some(0),
			"a topic is put off to no epoch of its own"
		);
		Ok(())
	}

	/// Epochs stand in order, each in a state that the clock leaves it in.
	fn check_records(state: &TopicState) -> Result<(), TryRuntimeError> {
		let epochs = || state.records.iter().map(|(epoch, _)| epoch);
		ensure!(epochs().zip(epochs().skip(1)).all(|(a, b)| a < b), "epochs out of order");
		ensure!(
			state.records.iter().all(|(_, state)| {
				!matches!(state, EpochState::Revealing | EpochState::Reporting)
			}),
			"an epoch in a state that is not stored"
		);
		Ok(())
	}

	/// A topic with a step to come stands on the agenda for it, a retired one without is being
	/// forgotten.
	fn check_schedule(
		topic: TopicId,
		cold: &Topic<T::AccountId>,
		state: &TopicState,
	) -> Result<(), TryRuntimeError> {
		let next = state.next_step(&cold.parameters).map(|next| next.slot);
		ensure!(state.scheduled == next, "a topic is scheduled for another slot than its step's");
		if let Some(slot) = next {
			ensure!(
				Agenda::<T>::contains_key(Due { slot, topic }.key()),
				"a topic with a step to come is not on the agenda"
			);
		}
		ensure!(
			Forgetting::<T>::contains_key(topic) == (cold.retired && next.is_none()),
			"a topic is forgotten too early or never"
		);
		Ok(())
	}

	/// Former values stand in order, none of them empty, the last ones before those in force.
	fn check_superseded(topic: TopicId, cold: &Topic<T::AccountId>) -> Result<(), TryRuntimeError> {
		let kept = SupersededParameters::<T>::get(topic);
		let ends = || kept.iter().map(|superseded| superseded.until);
		ensure!(ends().zip(ends().skip(1)).all(|(a, b)| a < b), "former values out of order");
		ensure!(
			ends().next_back().is_none_or(|last| last == cold.in_force_from),
			"parameters in force from another epoch on than the former ones end"
		);
		ensure!(
			kept.is_empty() != SupersededParameters::<T>::contains_key(topic),
			"an empty list of former values"
		);
		Ok(())
	}

	/// Nothing is stored of a topic that does not exist, and nothing is on the agenda twice.
	fn check_owners_of_records() -> Result<(), TryRuntimeError> {
		for due in Agenda::<T>::iter_keys().map(Due::from_key) {
			ensure!(
				TopicStates::<T>::get(due.topic).scheduled == Some(due.slot),
				"a topic on the agenda where it does not belong"
			);
		}
		let exists = |topic: &TopicId| Topics::<T>::contains_key(topic);
		ensure!(TopicStates::<T>::iter_keys().all(|topic| exists(&topic)), "a state of no topic");
		ensure!(
			SupersededParameters::<T>::iter_keys().all(|topic| exists(&topic)),
			"former values of no topic"
		);
		ensure!(Forgetting::<T>::iter_keys().all(|topic| exists(&topic)), "no topic to forget");
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
		for (topic, cold) in Topics::<T>::iter() {
			for registration in [Registration::Worker, Registration::Reputer] {
				let found = members.get(&(topic, registration)).copied().unwrap_or_default();
				let said = cold.list(registration).members;
				ensure!(said <= MAX_LISTED, "an allow-list is too long");
				ensure!(
					found == said || Forgetting::<T>::contains_key(topic) && found < said,
					"an allow-list does not count its members"
				);
			}
		}
		Ok(())
	}
}
