//! The invariants of the pallet's storage, which hold at the end of every block.

use crate::{
	rent, Agenda, AgendaEntry, Capacity, Class, Config, Forgetting, Pallet, PhaseLoads, Phases,
	Reserved, TopicState, TopicStates,
};
use allora_primitives::{
	traits::{ClockedTopic, EmissionIndex, TopicRegistry},
	Balance, EpochState, Slot, TopicId,
};
use frame_support::ensure;
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
	/// Checks all of the pallet's invariants.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		let (mut capacity, mut phases) = (Capacity::default(), PhaseLoads::default());
		let mut weights: Balance = 0;
		for (topic, state) in TopicStates::<T>::iter() {
			let entry = T::Registry::clocked(topic).ok_or("a state belongs to no topic")?;
			Self::check_activity(&entry, &state)?;
			Self::check_records(&state)?;
			Self::check_put_off(&entry, &state)?;
			Self::check_schedule(topic, &entry, &state)?;
			let weight = T::Registry::counted_weight(topic);
			ensure!(weight == 0 || state.active, "the weight of an inactive topic counts");
			weights = weights.saturating_add(weight);
			if let Some(reservation) = &state.reservation {
				ensure!(
					reservation.steps.largest().all_lte(reservation.largest)
						&& reservation.steps.total().all_lte(reservation.epoch),
					"a topic reserves less than its steps take"
				);
				capacity.add(reservation);
				phases.add(reservation);
			}
		}
		ensure!(
			TopicStates::<T>::iter_values().count() == TopicStates::<T>::iter_keys().count(),
			"a topic's state does not decode"
		);
		Self::check_agenda()?;
		let reserved = Reserved::<T>::get();
		ensure!(reserved.classes == capacity.classes, "reservations do not add up");
		ensure!(
			capacity.largest.all_lte(reserved.largest),
			"a step is larger than the recorded maximum"
		);
		ensure!(
			reserved.rent.doublings <= rent::MAX_LEVEL && reserved.rent.since <= Self::now(),
			"the level of the rent's price is out of range"
		);
		ensure!(Self::holds(&reserved), "more is reserved than the clock's share allows");
		ensure!(Phases::<T>::get() == phases, "loads of phases do not add up");
		ensure!(
			T::Emission::total_weight() == weights,
			"emission counts other weights than the registry"
		);
		Ok(())
	}

	/// A topic reserves capacity if and only if it has a step to come. A retired topic continues
	/// only with an epoch that had begun.
	fn check_activity(entry: &ClockedTopic, state: &TopicState) -> Result<(), TryRuntimeError> {
		ensure!(
			state.scheduled.is_some() == state.reservation.is_some(),
			"a topic reserves without a step to come, or vice versa"
		);
		ensure!(!state.active || state.scheduled.is_some(), "an active topic has no step to come");
		ensure!(state.active || !state.continues, "an inactive topic continues");
		ensure!(
			!entry.parameters.is_on_demand() || !state.continues,
			"an epoch follows one on demand"
		);
		let paid =
			state.records.last().map(|(last, _)| Self::paid_through(*last, &entry.parameters));
		ensure!(
			state.reservation.is_none() || paid.is_none_or(|paid| paid <= state.paid_through),
			"an epoch opened unpaid"
		);
		let end = state.running_end(entry.parameters.epoch_length);
		ensure!(
			!entry.retired || !state.continues || end.is_some_and(|end| end <= Self::now()),
			"a retired topic continues"
		);
		Ok(())
	}

	/// Epochs are in order, each in a state that is stored.
	fn check_records(state: &TopicState) -> Result<(), TryRuntimeError> {
		let epochs = || state.records.iter().map(|(epoch, _)| epoch);
		ensure!(epochs().zip(epochs().skip(1)).all(|(a, b)| a < b), "epochs are out of order");
		ensure!(
			state.records.iter().all(|(_, state)| {
				!matches!(state, EpochState::Revealing | EpochState::Reporting)
			}),
			"an epoch has a state that is never stored"
		);
		Ok(())
	}

	/// Only an opening after a running epoch is postponed, by whole epoch lengths.
	fn check_put_off(entry: &ClockedTopic, state: &TopicState) -> Result<(), TryRuntimeError> {
		let Some(to) = state.put_off_to else { return Ok(()) };
		let length = Slot::from(entry.parameters.epoch_length);
		let running =
			state.running_epoch().ok_or("an opening is postponed without a running epoch")?;
		let past = to.checked_sub(running).filter(|past| *past > length);
		ensure!(
			past.and_then(|past| past.checked_rem(length)) == Some(0),
			"an opening is postponed by no whole epoch length"
		);
		Ok(())
	}

	/// A topic with a step to come is on the agenda for it; a retired one without is being
	/// forgotten.
	fn check_schedule(
		topic: TopicId,
		entry: &ClockedTopic,
		state: &TopicState,
	) -> Result<(), TryRuntimeError> {
		let next = state.next_step(&entry.parameters).map(|next| next.due);
		ensure!(state.scheduled == next, "a topic is not scheduled for its next step");
		if let Some(due) = next {
			let class = Class::of(entry.parameters.epoch_length);
			ensure!(
				Agenda::<T>::contains_key(AgendaEntry { class, due, topic }.key()),
				"a topic with a step to come is not on the agenda"
			);
		}
		ensure!(
			Forgetting::<T>::contains_key(topic) == (entry.retired && next.is_none()),
			"a topic is forgotten too early or never"
		);
		Ok(())
	}

	/// Every entry of the agenda is the one entry of a topic that exists.
	fn check_agenda() -> Result<(), TryRuntimeError> {
		for entry in Agenda::<T>::iter_keys().map(AgendaEntry::from_key) {
			let state = TopicStates::<T>::get(entry.topic);
			ensure!(
				state.scheduled == Some(entry.due)
					&& state.reservation.is_some_and(|own| own.class == entry.class),
				"an entry of the agenda belongs to no topic's next step"
			);
		}
		ensure!(
			Forgetting::<T>::iter_keys().all(TopicStates::<T>::contains_key),
			"a topic without a state is being forgotten"
		);
		Ok(())
	}
}
