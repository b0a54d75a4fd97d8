//! The emergency origin's calls: barring a topic from being active, and lifting the bar.

use crate::{Config, Error, Event, Pallet, TopicStates};
use allora_primitives::{
	traits::{EmissionIndex, TopicRegistry},
	TopicId,
};
use frame_support::ensure;
use sp_runtime::DispatchResult;

impl<T: Config> Pallet<T> {
	/// Bars the topic from being active: returns what it has accrued to the ecosystem pot, and lets
	/// no further epoch open, except one that has begun.
	pub(crate) fn do_force_inactivate(topic: TopicId) -> DispatchResult {
		let entry = T::Registry::clocked(topic).ok_or(Error::<T>::TopicNotFound)?;
		let mut state = TopicStates::<T>::get(topic);
		ensure!(!state.barred, Error::<T>::Barred);
		state.barred = true;
		Self::deposit_event(Event::TopicBarred { topic });
		if !state.active {
			TopicStates::<T>::insert(topic, state);
			return Ok(());
		}
		if let Some(running) = state.running_epoch() {
			// An epoch of no length gets nothing of what the topic has accrued.
			Self::call_emission(|| T::Emission::assign_to_epoch(topic, running, 0, 1));
		}
		Self::suspend(topic, &entry.parameters, Self::now());
		let next = state.next_epoch(entry.parameters.epoch_length);
		// An epoch that has begun may have payloads already, even if the clock is late.
		let begun = next.is_some_and(|next| next <= Self::now());
		if begun || state.running_epoch().is_some() {
			state.continues &= begun;
			TopicStates::<T>::insert(topic, state);
		} else {
			Self::inactivate(topic, &entry.parameters, state);
			Self::end_turn(topic, &entry);
		}
		Ok(())
	}

	/// Lifts the bar on a topic, and tries to activate the topic.
	pub(crate) fn do_lift(topic: TopicId) -> DispatchResult {
		let entry = T::Registry::clocked(topic).ok_or(Error::<T>::TopicNotFound)?;
		let mut state = TopicStates::<T>::get(topic);
		ensure!(state.barred, Error::<T>::NotBarred);
		state.barred = false;
		TopicStates::<T>::insert(topic, state.clone());
		Self::deposit_event(Event::BarLifted { topic });
		if !entry.retired {
			Self::offer_activation(topic, &entry, state);
		}
		Ok(())
	}
}
