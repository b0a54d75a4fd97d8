//! Activating topics (S 6.5, 6.6), and what they reserve.

use crate::{
	Agenda, AgendaEntry, Capacity, Class, Config, Deferral, Error, Event, Forgetting, Pallet,
	PhaseLoads, Phases, Reservation, Reserved, StepWeights, TopicState, TopicStates, WeightInfo,
};
use allora_primitives::{
	traits::{ClockedTopic, EmissionIndex, EpochPipeline, EpochRecords, Standing, TopicRegistry},
	Balance, Cadence, EpochSizes, Slot, Slots, Step, TopicId, TopicParameters,
};
use frame_support::{defensive, ensure, traits::Get, weights::Weight};
use sp_runtime::DispatchResult;

/// The maximum number of a topic's turns per epoch: one for an opening and the reports that close
/// in the same slot, one for the payloads, and one for becoming inactive.
const TURNS: u64 = 3;
/// The maximum of [`Pallet::vacancies`].
const MAX_VACANCIES: u32 = 100_000;

/// The outcome of trying to activate a topic.
pub(crate) enum ActivationOutcome {
	/// The topic is active from the next slot on, or its announced end was cancelled.
	Changed,
	/// The topic is active and continues anyway, or awaits its inactivation.
	Unchanged,
}

impl<T: Config> Pallet<T> {
	/// The clock's share of a block: a quarter of its weight. It bounds both use and reservations.
	pub fn share() -> Weight {
		T::BlockWeights::get().max_block / 4
	}

	/// The worst-case weight of the clock's own part of a step.
	pub(crate) fn own_weight(step: Step) -> Weight {
		match step {
			Step::Open => T::WeightInfo::open().max(T::WeightInfo::inactivate()),
			Step::CloseWorkers => T::WeightInfo::close_workers(),
			Step::CloseReputers => T::WeightInfo::close_reputers(),
		}
	}

	/// The worst-case weight of a step in a topic with these parameters, without that of the turn
	/// in which it is taken.
	pub fn step_weight(step: Step, parameters: &TopicParameters) -> Weight {
		let sizes = EpochSizes::worst_case(parameters);
		let weight = Self::own_weight(step).saturating_add(T::Pipeline::worst_case(step, &sizes));
		match step {
			Step::Open => weight
				.saturating_add(T::Records::prune_weight())
				.saturating_add(Self::payloads_query_weight()),
			Step::CloseWorkers | Step::CloseReputers => weight,
		}
	}

	/// What a topic with these parameters reserves if nothing is reserved for it yet. The phase is
	/// not chosen yet.
	pub(crate) fn reservation_of(parameters: &TopicParameters) -> Reservation {
		let steps = StepWeights {
			open: Self::step_weight(Step::Open, parameters),
			close_workers: Self::step_weight(Step::CloseWorkers, parameters),
			close_reputers: Self::step_weight(Step::CloseReputers, parameters),
		};
		Self::reservation_for(parameters.epoch_length, steps)
	}

	/// What a topic reserves whose steps have these worst cases. The phase is not chosen yet.
	fn reservation_for(epoch_length: Slots, steps: StepWeights) -> Reservation {
		let (turn, release) = (T::WeightInfo::turn(), T::WeightInfo::release());
		let inactivation = steps.open;
		let epoch = steps
			.total()
			.saturating_add(inactivation)
			.saturating_add(turn.saturating_mul(TURNS))
			.saturating_add(release);
		let largest = steps.largest().saturating_add(turn).saturating_add(release);
		Reservation::new(epoch_length, steps, epoch, largest)
	}

	/// What a topic with these parameters reserves if `before` is reserved for it already: the
	/// maximum of both for each step, since epochs under former parameters may be in flight.
	pub(crate) fn reservation_besides(
		parameters: &TopicParameters,
		before: Option<&Reservation>,
	) -> Reservation {
		let alone = Self::reservation_of(parameters);
		match before {
			Some(Reservation { steps, phase, .. }) => {
				let steps = alone.steps.max(*steps);
				let both = Self::reservation_for(parameters.epoch_length, steps);
				Reservation { phase: *phase, ..both }
			}
			None => alone,
		}
	}

	/// Whether all steps are on time if this is reserved.
	pub(crate) fn holds(capacity: &Capacity) -> bool {
		capacity.holds(Self::share(), T::SessionLength::get())
	}

	/// The number of topics with these parameters that can still be admitted, at most 100,000.
	pub fn vacancies(parameters: &TopicParameters) -> u32 {
		let one = Self::reservation_of(parameters);
		let mut capacity = Reserved::<T>::get();
		let fit = |capacity: &Capacity, count: u32| {
			let mut with = capacity.clone();
			with.add_many(&one, count);
			Self::holds(&with)
		};
		// A binary search: if some number of topics does not fit, no larger number does.
		let mut found: u32 = 0;
		let mut step = MAX_VACANCIES.next_power_of_two();
		while step > 0 {
			if found.saturating_add(step) <= MAX_VACANCIES && fit(&capacity, step) {
				capacity.add_many(&one, step);
				found = found.saturating_add(step);
			}
			step /= 2;
		}
		found
	}

	/// Activates the topic; an error if it cannot be activated.
	pub(crate) fn do_activate(topic: TopicId) -> DispatchResult {
		let entry = T::Registry::clocked(topic).ok_or(Error::<T>::TopicNotFound)?;
		ensure!(!entry.retired, Error::<T>::TopicRetired);
		ensure!(!entry.parameters.is_on_demand(), Error::<T>::OnDemand);
		let mut state = TopicStates::<T>::get(topic);
		match Self::try_activate(topic, &entry, &mut state).map_err(Error::<T>::from)? {
			ActivationOutcome::Changed => TopicStates::<T>::insert(topic, state),
			ActivationOutcome::Unchanged => return Err(Error::<T>::AlreadyActive.into()),
		}
		Ok(())
	}

	/// Lowers an active topic's weight to what stands behind it now, and tries to activate the
	/// topic.
	pub(crate) fn on_standing_changed(topic: TopicId) {
		let Some(entry) = T::Registry::clocked(topic) else {
			return;
		};
		let state = TopicStates::<T>::get(topic);
		if let Some(counted) = T::Registry::lower_weight(topic, &entry) {
			Self::call_emission(|| T::Emission::set_weight(topic, counted));
		}
		if !entry.retired {
			Self::offer_activation(topic, &entry, state);
		}
	}

	/// Activates the topic, which is not retired, or emits why it cannot be activated.
	pub(crate) fn offer_activation(topic: TopicId, entry: &ClockedTopic, mut state: TopicState) {
		match Self::try_activate(topic, entry, &mut state) {
			Ok(ActivationOutcome::Changed) => TopicStates::<T>::insert(topic, state),
			Ok(ActivationOutcome::Unchanged) => (),
			Err(reason) => Self::deposit_event(Event::ActivationDeferred { topic, reason }),
		}
	}

	/// Activates an inactive topic, or cancels an announced end before it takes effect. A topic on
	/// demand is activated by orders only, see [`demand`](crate::demand).
	///
	/// The storage changes only on success; the caller stores `state` then.
	fn try_activate(
		topic: TopicId,
		entry: &ClockedTopic,
		state: &mut TopicState,
	) -> Result<ActivationOutcome, Deferral> {
		if entry.parameters.is_on_demand() {
			return Ok(ActivationOutcome::Unchanged);
		}
		let length = entry.parameters.epoch_length;
		let ending = state.running_end(length).filter(|end| Self::now() < *end);
		if state.active && (state.next_epoch(length).is_some() || ending.is_none()) {
			return Ok(ActivationOutcome::Unchanged);
		}
		let Standing { target: weight, revenue } = Self::sufficient_standing(topic, entry, state)?;
		if let Some(next_epoch) = ending {
			let price = Self::rent_price(&Reserved::<T>::get());
			let (rent, through) = Self::rent_due(next_epoch, &entry.parameters, state, price);
			ensure!(revenue >= rent, Deferral::RentTooHigh);
			T::Registry::take_rent(topic, &entry.parameters, rent);
			state.paid_through = through;
			state.continues = true;
			Self::deposit_event(Event::InactivationCancelled { topic, next_epoch, weight, rent });
			return Ok(ActivationOutcome::Changed);
		}
		Self::begin(topic, entry, state, Standing { target: weight, revenue })?;
		Ok(ActivationOutcome::Changed)
	}

	/// What stands behind the topic; an error if that is too little for it to be active, or if it is
	/// barred.
	pub(crate) fn sufficient_standing(
		topic: TopicId,
		entry: &ClockedTopic,
		state: &TopicState,
	) -> Result<Standing, Deferral> {
		ensure!(!state.barred, Deferral::Barred);
		let standing = T::Registry::standing(topic, &entry.parameters);
		ensure!(standing.target >= T::MinTopicWeight::get(), Deferral::WeightTooLow);
		Ok(standing)
	}

	/// Activates an inactive topic, which pays the rent of its first epoch; the caller stores `state`.
	pub(crate) fn begin(
		topic: TopicId,
		entry: &ClockedTopic,
		state: &mut TopicState,
		Standing { target: weight, revenue }: Standing,
	) -> Result<(), Deferral> {
		let (anchor, rent) = Self::reserve_at_activation(&entry.parameters, state, revenue)?;
		T::Registry::take_rent(topic, &entry.parameters, rent);
		state.active = true;
		state.anchor = anchor;
		state.continues = false;
		state.put_off_to = None;
		Self::schedule(topic, entry, state);
		Self::deposit_event(Event::TopicActivated { topic, anchor, weight, rent });
		Ok(())
	}

	/// Reserves for a topic that is activated now and has this revenue. Returns the slot of its
	/// first epoch, and the rent up to that epoch's last step; the caller stores `state`.
	///
	/// [`Deferral::NoCapacity`] if not all steps would be on time, [`Deferral::RentTooHigh`] if the
	/// rent exceeds the revenue.
	fn reserve_at_activation(
		parameters: &TopicParameters,
		state: &mut TopicState,
		revenue: Balance,
	) -> Result<(Slot, Balance), Deferral> {
		let mut phases = Phases::<T>::get();
		if let Some(before) = &state.reservation {
			phases.remove(before);
		}
		// The clock has already run in the current slot.
		let anchor = Self::anchor(parameters, &phases, Self::now().saturating_add(1));
		let reservation = Self::reservation_besides(parameters, state.reservation.as_ref());
		let reservation = reservation.opening_at(anchor);
		let before = state.reservation.as_ref().map(|before| before.rate);
		let mut rent = 0;
		Self::replace_reservation(reservation, state, |capacity, state| {
			(rent, state.paid_through) =
				Self::rent_at_activation(before, anchor, parameters, state, capacity);
			ensure!(revenue >= rent, Deferral::RentTooHigh);
			Ok(())
		})?;
		Ok((anchor, rent))
	}

	/// The rent of a topic that is activated, and the slot up to which it pays: that of its first
	/// epoch, and of what it reserves above `before` in slots that are paid for already.
	pub(crate) fn rent_at_activation(
		before: Option<Weight>,
		anchor: Slot,
		parameters: &TopicParameters,
		state: &TopicState,
		capacity: &Capacity,
	) -> (Balance, Slot) {
		// The price is that of the capacity with this topic.
		let price = Self::rent_price(capacity);
		let added = before.map_or(0, |before| Self::rent_of_added(before, state, price));
		let (rent, through) = Self::rent_due(anchor, parameters, state, price);
		(rent.saturating_add(added), through)
	}

	/// Reserves for an active topic whose parameters change to these, if some step can take more than
	/// is reserved, and takes the rent of what that adds up to the slot that is paid for already.
	///
	/// [`Deferral::NoCapacity`] if not all steps would be on time, [`Deferral::RentTooHigh`] if the
	/// rent exceeds the revenue.
	pub(crate) fn reserve_at_change(
		topic: TopicId,
		parameters: &TopicParameters,
		mut state: TopicState,
	) -> Result<(), Deferral> {
		let reservation = Self::reservation_besides(parameters, state.reservation.as_ref());
		let before = state.reservation.as_ref();
		if before.is_some_and(|before| before.steps == reservation.steps) {
			return Ok(());
		}
		let before = before.map_or(Weight::zero(), |before| before.rate);
		let Standing { revenue, .. } = T::Registry::standing(topic, parameters);
		let mut rent = 0;
		Self::replace_reservation(reservation, &mut state, |capacity, state| {
			rent = Self::rent_of_added(before, state, Self::rent_price(capacity));
			ensure!(revenue >= rent, Deferral::RentTooHigh);
			Ok(())
		})?;
		T::Registry::take_rent(topic, parameters, rent);
		TopicStates::<T>::insert(topic, state);
		Self::deposit_event(Event::ReservationRaised { topic, rent });
		Ok(())
	}

	/// Replaces what the topic has reserved, if anything; the caller stores `state`. Changes nothing
	/// in storage if it fails: [`Deferral::NoCapacity`] if not all steps would be on time, or what
	/// `pay` returns for the new capacity and state.
	fn replace_reservation(
		reservation: Reservation,
		state: &mut TopicState,
		pay: impl FnOnce(&Capacity, &mut TopicState) -> Result<(), Deferral>,
	) -> Result<(), Deferral> {
		let capacity = Self::capacity_with(&reservation, state.reservation.as_ref());
		let mut phases = Phases::<T>::get();
		if let Some(before) = &state.reservation {
			phases.remove(before);
		}
		ensure!(Self::holds(&capacity), Deferral::NoCapacity);
		phases.add(&reservation);
		state.reservation = Some(reservation);
		pay(&capacity, state)?;
		Reserved::<T>::put(capacity);
		Phases::<T>::put(phases);
		Ok(())
	}

	/// What is reserved if this replaces what a topic has reserved `before`, with today's level of the
	/// rent's price.
	pub(crate) fn capacity_with(
		reservation: &Reservation,
		before: Option<&Reservation>,
	) -> Capacity {
		let mut capacity = Reserved::<T>::get();
		Self::settle_rent_level(&mut capacity);
		let level = capacity.rent;
		if let Some(before) = before {
			capacity.remove(before);
		}
		// The topic may have been the only one.
		capacity.rent = level;
		capacity.add(reservation);
		capacity
	}

	/// The slot from `first` on in which a topic that is activated opens its first epoch: the first
	/// slot of its phase. If it has no phase, the least loaded slot, or `first` itself if its epochs
	/// open on demand.
	pub(crate) fn anchor(parameters: &TopicParameters, phases: &PhaseLoads, first: Slot) -> Slot {
		let Some(phase) = parameters.phase else {
			return match parameters.cadence {
				Cadence::Regular => phases.least_loaded(first, parameters.epoch_length),
				Cadence::OnDemand => first,
			};
		};
		let length = Slot::from(parameters.epoch_length).max(1);
		let past = first.checked_rem(length).unwrap_or_default();
		// The slots until the phase, which is in the next epoch length if it is past in this one.
		let wait = Slot::from(phase).saturating_add(length).saturating_sub(past);
		first.saturating_add(wait.checked_rem(length).unwrap_or_default())
	}

	/// Releases what a topic has reserved; the caller stores `state`.
	fn release(state: &mut TopicState) {
		let Some(reservation) = state.reservation.take() else {
			return;
		};
		let counted = Reserved::<T>::mutate(|capacity| {
			Self::settle_rent_level(capacity);
			capacity.remove(&reservation)
		});
		if !counted {
			defensive!("a topic's reservation is not counted");
		}
		Phases::<T>::mutate(|phases| phases.remove(&reservation));
	}

	/// Moves the topic on the agenda to its next step; the caller stores `state`.
	///
	/// A topic without a step to come leaves the agenda and releases what it has reserved; if it is
	/// retired, it is forgotten from now on. Returns whether that is the case.
	pub(crate) fn schedule(topic: TopicId, entry: &ClockedTopic, state: &mut TopicState) -> bool {
		let class = Class::of(entry.parameters.epoch_length);
		let next = state.next_step(&entry.parameters).map(|next| next.due);
		if next != state.scheduled {
			if let Some(due) = state.scheduled {
				Agenda::<T>::remove(AgendaEntry { class, due, topic }.key());
			}
			if let Some(due) = next {
				Agenda::<T>::insert(AgendaEntry { class, due, topic }.key(), ());
			}
			state.scheduled = next;
		}
		if next.is_none() {
			Self::release(state);
			if entry.retired {
				Forgetting::<T>::insert(topic, ());
			}
		}
		next.is_none()
	}
}

impl<T> From<Deferral> for Error<T> {
	fn from(reason: Deferral) -> Self {
		match reason {
			Deferral::WeightTooLow => Self::WeightTooLow,
			Deferral::NoCapacity => Self::NoCapacity,
			Deferral::RentTooHigh => Self::RentTooHigh,
			Deferral::Barred => Self::Barred,
		}
	}
}
