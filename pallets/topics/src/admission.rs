//! A topic's weight, and which topics are active (S 6.5, 6.6).

use crate::{
	Agenda, Config, Deferral, Due, Error, Event, Forgetting, Pallet, Reserved, Topic, TopicState,
	TopicStates, WeightInfo,
};
use allora_math::{
	convert::from_fixed,
	topic::{smoothed_alpha, target_weight, weight_ema},
	MathError,
};
use allora_primitives::{
	traits::{EpochHandler, StakeInspect},
	Balance, EpochSizes, Slot, Step, TopicId, TopicParameters,
};
use frame_support::{
	ensure,
	traits::{Defensive, Get},
	weights::Weight,
};
use sp_runtime::DispatchResult;

/// The steps of an epoch.
const STEPS: [Step; 3] = [Step::Open, Step::CloseWorkers, Step::CloseReputers];
/// Turns that the clock gives a topic in an epoch: reports close in the slot of an opening, and
/// payloads between two.
const TURNS: u64 = 2;

/// What came of trying to activate a topic.
pub(crate) enum Attempt {
	/// It is active from the next slot on, or its announced end was taken back.
	Changed,
	/// It is active and goes on anyway, or waits for its inactivation.
	Unchanged,
}

impl<T: Config> Pallet<T> {
	/// Most weight that the clock may use of a block, and that may be reserved: a quarter of it.
	pub fn capacity() -> Weight {
		T::BlockWeights::get().max_block / 4
	}

	/// Weight of the registry's own part of a step at worst.
	pub(crate) fn own_weight(step: Step) -> Weight {
		match step {
			Step::Open => T::WeightInfo::open().max(T::WeightInfo::inactivate()),
			Step::CloseWorkers => T::WeightInfo::close_workers(),
			Step::CloseReputers => T::WeightInfo::close_reputers(),
		}
	}

	/// Worst-case weight of a step in a topic with these parameters, beside that of the turn in
	/// which it is taken.
	pub(crate) fn step_weight(step: Step, parameters: &TopicParameters) -> Weight {
		let sizes = EpochSizes::worst_case(parameters);
		let asking = match step {
			Step::Open => Self::asking_weight(),
			Step::CloseWorkers | Step::CloseReputers => Weight::zero(),
		};
		Self::own_weight(step)
			.saturating_add(T::EpochHandler::weight(step, &sizes))
			.saturating_add(asking)
	}

	/// What a topic with these parameters reserves of every block: the worst case of an epoch's
	/// steps and turns divided by the epoch length, rounded up.
	///
	/// [`Deferral::NoCapacity`] if a step alone is more than the clock may use of a block.
	pub(crate) fn try_reserve(parameters: &TopicParameters) -> Result<Weight, Deferral> {
		let capacity = Self::capacity();
		let turn = T::WeightInfo::turn();
		let mut epoch = turn.saturating_mul(TURNS);
		for step in STEPS {
			let weight = Self::step_weight(step, parameters);
			ensure!(weight.saturating_add(turn).all_lte(capacity), Deferral::NoCapacity);
			epoch = epoch.saturating_add(weight);
		}
		let length = u64::from(parameters.epoch_length.max(1));
		Ok(Weight::from_parts(
			epoch.ref_time().div_ceil(length),
			epoch.proof_size().div_ceil(length),
		))
	}

	/// The topic's weight by its stake and revenue now: `EMA(alpha', sqrt(S P), w)` with `alpha'`
	/// a week's smoothing in steps of an epoch, 0 without revenue (S 6.5).
	pub(crate) fn renewed_weight(
		topic: TopicId,
		parameters: &TopicParameters,
		state: &TopicState,
	) -> Result<Balance, MathError> {
		if state.revenue == 0 {
			return Ok(0);
		}
		let alpha = smoothed_alpha(
			from_fixed(T::TopicAlpha::get())?,
			parameters.epoch_length.into(),
			T::SlotsPerWeek::get().into(),
		)?;
		let target = target_weight(T::Stake::topic_stake(topic), state.revenue);
		weight_ema(alpha, target, state.weight)
	}

	/// Activates the topic or says by an error why not.
	pub(crate) fn do_activate(topic: TopicId) -> DispatchResult {
		let (cold, mut state) = Self::living(topic)?;
		match Self::try_activate(topic, &cold, &mut state).map_err(Error::<T>::from)? {
			Attempt::Changed => TopicStates::<T>::insert(topic, state),
			Attempt::Unchanged => return Err(Error::<T>::AlreadyActive.into()),
		}
		Ok(())
	}

	/// Activates the topic or says by an event why not; answers whether `state` changed, which the
	/// caller stores.
	pub(crate) fn offer_activation(
		topic: TopicId,
		cold: &Topic<T::AccountId>,
		state: &mut TopicState,
	) -> bool {
		match Self::try_activate(topic, cold, state) {
			Ok(attempt) => matches!(attempt, Attempt::Changed),
			Err(reason) => {
				Self::deposit_event(Event::ActivationDeferred { topic, reason });
				false
			}
		}
	}

	/// Activates an inactive topic, or takes an announced end back while there is time.
	///
	/// `state` and the rest of the storage change only on success; the caller stores `state`.
	fn try_activate(
		topic: TopicId,
		cold: &Topic<T::AccountId>,
		state: &mut TopicState,
	) -> Result<Attempt, Deferral> {
		let length = cold.parameters.epoch_length;
		let ending = state.running_end(length).filter(|end| Self::now() < *end);
		if state.active && (state.next_epoch(length).is_some() || ending.is_none()) {
			return Ok(Attempt::Unchanged);
		}
		let weight = Self::renewed_weight(topic, &cold.parameters, state)
			.map_err(|_| Deferral::Arithmetic)?;
		ensure!(weight >= T::MinTopicWeight::get(), Deferral::WeightTooLow);

		if let Some(next_epoch) = ending {
			state.continues = true;
			Self::deposit_event(Event::InactivationCancelled { topic, next_epoch, weight });
			return Ok(Attempt::Changed);
		}
		let reserved = Self::try_reserve(&cold.parameters)?;
		let total = Reserved::<T>::get().saturating_add(reserved);
		ensure!(total.all_lte(Self::capacity()), Deferral::NoCapacity);
		Reserved::<T>::put(total);

		let anchor = Self::anchor(&cold.parameters);
		state.active = true;
		state.anchor = anchor;
		state.continues = false;
		state.reserved = reserved;
		Self::schedule(topic, cold, state);
		Self::deposit_event(Event::TopicActivated { topic, anchor, weight });
		Ok(Attempt::Changed)
	}

	/// The slot in which a topic that is activated now opens its first epoch: the first one of its
	/// phase, or else the first there is.
	fn anchor(parameters: &TopicParameters) -> Slot {
		// The next slot is the first whose steps are still to be done.
		let first = Self::now().saturating_add(1);
		let Some(phase) = parameters.phase else { return first };
		let length = Slot::from(parameters.epoch_length).max(1);
		let past = first.checked_rem(length).unwrap_or_default();
		// How long until the phase comes, counted from the one before if it is past.
		let wait = Slot::from(phase).saturating_add(length).saturating_sub(past);
		first.saturating_add(wait.checked_rem(length).unwrap_or_default())
	}

	/// Makes the topic inactive and releases what it has reserved; the caller stores `state`.
	pub(crate) fn deactivate(state: &mut TopicState) {
		let total = Reserved::<T>::get();
		Reserved::<T>::put(total.checked_sub(&state.reserved).defensive_unwrap_or_default());
		state.active = false;
		state.continues = false;
		state.put_off_to = None;
		state.reserved = Weight::zero();
	}

	/// Puts the topic on the agenda for its next step, in place of where it stands; the caller
	/// stores `state`. A retired topic without one is forgotten from now on.
	pub(crate) fn schedule(topic: TopicId, cold: &Topic<T::AccountId>, state: &mut TopicState) {
		let next = state.next_step(&cold.parameters).map(|next| next.slot);
		if next != state.scheduled {
			if let Some(slot) = state.scheduled {
				Agenda::<T>::remove(Due { slot, topic }.key());
			}
			if let Some(slot) = next {
				Agenda::<T>::insert(Due { slot, topic }.key(), ());
			}
			state.scheduled = next;
		}
		if cold.retired && next.is_none() {
			Forgetting::<T>::insert(topic, ());
		}
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
