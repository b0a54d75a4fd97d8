//! Which topics are active (S 6.5, 6.6), and what they reserve.

use crate::{
	Agenda, AgendaEntry, Capacity, Class, Config, Deferral, Error, Event, Forgetting, Pallet,
	PhaseLoads, Phases, Reservation, Reserved, TopicState, TopicStates, WeightInfo,
};
use allora_primitives::{
	traits::{ClockedTopic, EpochPipeline, EpochRecords, TopicRegistry},
	EpochSizes, Slot, Step, TopicId, TopicParameters,
};
use frame_support::{defensive, ensure, traits::Get, weights::Weight};
use sp_runtime::DispatchResult;

/// The steps of an epoch.
const STEPS: [Step; 3] = [Step::Open, Step::CloseWorkers, Step::CloseReputers];
/// Turns that the clock gives a topic per epoch at most: reports close in the slot of an opening and
/// payloads between two, and becoming inactive has a turn of its own.
const TURNS: u64 = 3;
/// Maximum number that [`Pallet::vacancies`] counts up to.
const MAX_VACANCIES: u32 = 100_000;

/// What came of trying to activate a topic.
pub(crate) enum ActivationOutcome {
	/// It is active from the next slot on, or its announced end was taken back.
	Changed,
	/// It is active and goes on anyway, or waits for its inactivation.
	Unchanged,
}

impl<T: Config> Pallet<T> {
	/// The clock's share of a block, by which topics are admitted: a quarter of its weight.
	pub fn share() -> Weight {
		T::BlockWeights::get().max_block / 4
	}

	/// Worst-case weight of the clock's own part of a step.
	pub(crate) fn own_weight(step: Step) -> Weight {
		match step {
			Step::Open => T::WeightInfo::open().max(T::WeightInfo::inactivate()),
			Step::CloseWorkers => T::WeightInfo::close_workers(),
			Step::CloseReputers => T::WeightInfo::close_reputers(),
		}
	}

	/// Worst-case weight of a step in a topic with these parameters, without that of the turn in
	/// which it is taken.
	pub fn step_weight(step: Step, parameters: &TopicParameters) -> Weight {
		let sizes = EpochSizes::worst_case(parameters);
		let weight = Self::own_weight(step).saturating_add(T::Pipeline::worst_case(step, &sizes));
		match step {
			Step::Open => weight
				.saturating_add(T::Records::prune_weight())
				.saturating_add(Self::asking_weight()),
			Step::CloseWorkers | Step::CloseReputers => weight,
		}
	}

	/// What a topic with these parameters reserves, its phase left open.
	pub(crate) fn reservation_of(parameters: &TopicParameters) -> Reservation {
		let (turn, release) = (T::WeightInfo::turn(), T::WeightInfo::release());
		let overhead = turn.saturating_add(release);
		let inactivation = Self::step_weight(Step::Open, parameters);
		let mut epoch = turn.saturating_mul(TURNS).saturating_add(release);
		epoch = epoch.saturating_add(inactivation);
		let mut largest = Weight::zero();
		for step in STEPS {
			let weight = Self::step_weight(step, parameters);
			largest = largest.max(weight.saturating_add(overhead));
			epoch = epoch.saturating_add(weight);
		}
		Reservation::new(parameters, epoch, largest)
	}

	/// Returns whether all steps are on time if this is reserved.
	pub(crate) fn holds(capacity: &Capacity) -> bool {
		capacity.holds(Self::share(), T::SessionLength::get())
	}

	/// How many more topics with these parameters can be admitted, at most [`MAX_VACANCIES`].
	pub fn vacancies(parameters: &TopicParameters) -> u32 {
		let one = Self::reservation_of(parameters);
		let mut capacity = Reserved::<T>::get();
		let fit = |capacity: &Capacity, count: u32| {
			let mut with = capacity.clone();
			with.add_many(&one, count);
			Self::holds(&with)
		};
		// What fits grows by halves of what was tried last: adding more never makes room.
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

	/// Activates the topic or returns why not.
	pub(crate) fn do_activate(topic: TopicId) -> DispatchResult {
		let entry = T::Registry::clocked(topic).ok_or(Error::<T>::TopicNotFound)?;
		ensure!(!entry.retired, Error::<T>::TopicRetired);
		let mut state = TopicStates::<T>::get(topic);
		match Self::try_activate(topic, &entry, &mut state).map_err(Error::<T>::from)? {
			ActivationOutcome::Changed => TopicStates::<T>::insert(topic, state),
			ActivationOutcome::Unchanged => return Err(Error::<T>::AlreadyActive.into()),
		}
		Ok(())
	}

	/// Activates the topic if it is there and not retired, or emits why not.
	pub(crate) fn offer_activation(topic: TopicId) {
		let Some(entry) = T::Registry::clocked(topic).filter(|entry| !entry.retired) else {
			return;
		};
		let mut state = TopicStates::<T>::get(topic);
		match Self::try_activate(topic, &entry, &mut state) {
			Ok(ActivationOutcome::Changed) => TopicStates::<T>::insert(topic, state),
			Ok(ActivationOutcome::Unchanged) => (),
			Err(reason) => Self::deposit_event(Event::ActivationDeferred { topic, reason }),
		}
	}

	/// Activates an inactive topic, or takes an announced end back while there is time.
	///
	/// `state` and the rest of the storage change only on success; the caller stores `state`.
	fn try_activate(
		topic: TopicId,
		entry: &ClockedTopic,
		state: &mut TopicState,
	) -> Result<ActivationOutcome, Deferral> {
		let length = entry.parameters.epoch_length;
		let ending = state.running_end(length).filter(|end| Self::now() < *end);
		if state.active && (state.next_epoch(length).is_some() || ending.is_none()) {
			return Ok(ActivationOutcome::Unchanged);
		}
		let weight = T::Registry::prospective_weight(topic, &entry.parameters)
			.map_err(|_| Deferral::Arithmetic)?;
		ensure!(weight >= T::MinTopicWeight::get(), Deferral::WeightTooLow);

		if let Some(next_epoch) = ending {
			state.continues = true;
			Self::deposit_event(Event::InactivationCancelled { topic, next_epoch, weight });
			return Ok(ActivationOutcome::Changed);
		}
		let anchor = Self::reserve(&entry.parameters, state)?;
		state.active = true;
		state.anchor = anchor;
		state.continues = false;
		state.put_off_to = None;
		Self::schedule(topic, entry, state);
		Self::deposit_event(Event::TopicActivated { topic, anchor, weight });
		Ok(ActivationOutcome::Changed)
	}

	/// Reserves what a topic takes and chooses the slot in which its first epoch opens; the caller
	/// stores `state`.
	///
	/// What it has reserved before for epochs in flight is replaced.
	fn reserve(parameters: &TopicParameters, state: &mut TopicState) -> Result<Slot, Deferral> {
		let mut capacity = Reserved::<T>::get();
		let mut phases = Phases::<T>::get();
		if let Some(before) = &state.reservation {
			capacity.remove(before);
			phases.remove(before);
		}
		let reservation = Self::reservation_of(parameters);
		capacity.add(&reservation);
		ensure!(Self::holds(&capacity), Deferral::NoCapacity);
		let anchor = Self::anchor(parameters, &phases);
		let reservation = reservation.opening_at(anchor);
		phases.add(&reservation);
		Reserved::<T>::put(capacity);
		Phases::<T>::put(phases);
		state.reservation = Some(reservation);
		Ok(anchor)
	}

	/// The slot in which a topic that is activated now opens its first epoch: the first one of its
	/// phase, or the least loaded if it has none.
	fn anchor(parameters: &TopicParameters, phases: &PhaseLoads) -> Slot {
		// The next slot is the first whose steps are still to be done.
		let first = Self::now().saturating_add(1);
		let Some(phase) = parameters.phase else {
			return phases.least_loaded(first, parameters.epoch_length);
		};
		let length = Slot::from(parameters.epoch_length).max(1);
		let past = first.checked_rem(length).unwrap_or_default();
		// How long until the phase comes, counted from the one before if it is past.
		let wait = Slot::from(phase).saturating_add(length).saturating_sub(past);
		first.saturating_add(wait.checked_rem(length).unwrap_or_default())
	}

	/// Releases what a topic has reserved; the caller stores `state`.
	fn release(state: &mut TopicState) {
		let Some(reservation) = state.reservation.take() else {
			return;
		};
		let counted = Reserved::<T>::mutate(|capacity| capacity.remove(&reservation));
		if !counted {
			defensive!("a topic has reserved what is not counted");
		}
		Phases::<T>::mutate(|phases| phases.remove(&reservation));
	}

	/// Puts the topic on the agenda for its next step, in place of where it is now; the caller
	/// stores `state`.
	///
	/// One without a step to come releases what it has reserved, and is forgotten from now on if it
	/// is retired. Returns whether that is so.
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
			Deferral::Arithmetic => Self::Arithmetic,
		}
	}
}
