//! Epochs on demand: what one costs now, and the order to open one (S 6.11).
//!
//! An order activates the topic for a single epoch, by the same admission test and at the same price
//! as any activation. So between two orders, once its epochs are closed, a topic on demand is
//! inactive: it reserves nothing, pays nothing, and has no part in emission.

use crate::{
	Capacity, Config, Deferral, Error, Pallet, PhaseLoads, TopicState, TopicStates, WeightInfo,
};
use allora_primitives::{
	traits::{ClockedTopic, DemandClock, TopicRegistry},
	Balance, Demand, Obstacle, Slot, TopicId,
};
use frame_support::{ensure, weights::Weight};
use sp_runtime::DispatchError;

impl<T: Config> DemandClock for Pallet<T> {
	fn demand(topic: TopicId) -> Option<Demand> {
		let entry = T::Registry::clocked(topic).filter(|entry| entry.parameters.is_on_demand())?;
		let state = TopicStates::<T>::get(topic);
		let is_ordered = state.active && state.running_epoch().is_none();
		let (ordered, last_epoch) =
			(is_ordered.then_some(state.anchor), state.records.last().copied());
		let (rent, capacity) = Self::next_on_demand(&entry, state.clone());
		let obstacle = Self::obstacle(topic, &entry, &state, &capacity);
		Some(Demand { ordered, last_epoch, rent, obstacle })
	}

	fn order(topic: TopicId) -> Result<Slot, DispatchError> {
		let entry = T::Registry::clocked(topic).ok_or(Error::<T>::TopicNotFound)?;
		ensure!(!entry.retired, Error::<T>::TopicRetired);
		ensure!(entry.parameters.is_on_demand(), Error::<T>::NotOnDemand);
		let mut state = TopicStates::<T>::get(topic);
		ensure!(!state.active, Error::<T>::AlreadyActive);
		let standing =
			Self::sufficient_standing(topic, &entry, &state).map_err(Error::<T>::from)?;
		Self::begin(topic, &entry, &mut state, standing).map_err(Error::<T>::from)?;
		let anchor = state.anchor;
		TopicStates::<T>::insert(topic, state);
		Ok(anchor)
	}

	// Reads what an activation reads.
	fn demand_weight() -> Weight {
		T::WeightInfo::activate()
	}

	fn order_weight() -> Weight {
		T::WeightInfo::activate()
	}
}

impl<T: Config> Pallet<T> {
	/// The rent of the topic's next epoch at today's price, and what would be reserved with it.
	fn next_on_demand(entry: &ClockedTopic, mut state: TopicState) -> (Balance, Capacity) {
		let parameters = &entry.parameters;
		// While an epoch is running, the next one can be ordered in the slot in which it has ended.
		let end = state.running_end(parameters.epoch_length).unwrap_or_default();
		let first = end.max(Self::now()).saturating_add(1);
		// Openings on demand do not look at the loads of phases.
		let anchor = Self::anchor(parameters, &PhaseLoads::default(), first);
		let reservation = Self::reservation_besides(parameters, state.reservation.as_ref());
		let capacity = Self::capacity_with(&reservation, state.reservation.as_ref());
		let before = state.reservation.replace(reservation).map(|before| before.rate);
		let (rent, _) = Self::rent_at_activation(before, anchor, parameters, &state, &capacity);
		(rent, capacity)
	}

	/// Why no opening can be ordered now, if this is reserved with it.
	fn obstacle(
		topic: TopicId,
		entry: &ClockedTopic,
		state: &TopicState,
		capacity: &Capacity,
	) -> Option<Obstacle> {
		if entry.retired {
			return Some(Obstacle::Retired);
		}
		match Self::sufficient_standing(topic, entry, state) {
			Err(Deferral::Barred) => Some(Obstacle::Barred),
			_ if state.active => Some(Obstacle::EpochRunning),
			Err(_) => Some(Obstacle::WeightTooLow),
			Ok(_) => (!Self::holds(capacity)).then_some(Obstacle::NoCapacity),
		}
	}
}
