//! The epoch clock: topics take their turns in the agenda's order, as room allows.

use crate::{
	Agenda, Config, Due, Event, NextStep, Pallet, Topic, TopicState, TopicStates, Topics,
	WeightInfo,
};
use allora_math::topic::revenue_after_drip;
use allora_primitives::{
	traits::{EmissionIndex, EpochHandler},
	Balance, BlockNumber, EpochId, EpochState, EpochWindows, Step, TopicId, TopicParameters,
	VoidReason,
};
use frame_support::{
	defensive, defensive_assert,
	storage::with_storage_layer,
	traits::Get,
	weights::{Weight, WeightMeter},
};
use sp_runtime::{
	traits::{UniqueSaturatedInto, Zero},
	DispatchError, DispatchResult,
};

/// A step that failed and was undone.
struct Undone(VoidReason);

impl From<DispatchError> for Undone {
	// Only a storage layer too many answers this.
	fn from(_: DispatchError) -> Self {
		Self(VoidReason::Arithmetic)
	}
}

/// An epoch that was put on record.
pub(crate) struct Opening {
	/// The epoch.
	epoch: EpochId,
	/// The epoch that fell out of history for it.
	forgotten: Option<EpochId>,
}

/// What the clock may use of the current block.
struct Room<'a> {
	/// The block's meter.
	meter: &'a mut WeightMeter,
	/// Most that the clock may use of any block.
	capacity: Weight,
	/// What is left of that.
	left: Weight,
	/// Whether no step has been taken in this block.
	untouched: bool,
}

impl Room<'_> {
	/// Whether a step of this worst case may be taken.
	///
	/// One that is more than the clock's whole share may use what is left of the block, if it comes
	/// first: it was admitted when it was lighter, and would hold the queue up for ever.
	fn has(&self, worst: Weight) -> bool {
		let oversized = self.untouched && worst.any_gt(self.capacity);
		worst.all_lte(self.left) || oversized && self.meter.can_consume(worst)
	}

	fn use_up(&mut self, used: Weight) {
		self.meter.consume(used);
		self.left = self.left.saturating_sub(used);
		self.untouched = false;
	}
}

impl<T: Config> Pallet<T> {
	/// The current block.
	pub(crate) fn now() -> BlockNumber {
		frame_system::Pallet::<T>::block_number().unique_saturated_into()
	}

	/// Takes due steps, the oldest first, while the next one's worst case fits; once none is due,
	/// goes on forgetting retired topics.
	///
	/// Stops at the first step that does not fit: it and all behind it wait for a block with more
	/// room.
	pub(crate) fn take_due_steps(now: BlockNumber, meter: &mut WeightMeter) {
		if meter.try_consume(T::WeightInfo::poll()).is_err() {
			return;
		}
		let capacity = Self::capacity();
		let left = capacity.min(meter.remaining());
		let mut room = Room { meter, capacity, left, untouched: true };
		let mut last = None;
		while let Some(due) = Self::next_due(now, last) {
			if !Self::take_turn(&due, &mut room) {
				return;
			}
			last = Some(due);
		}
		let mut rest = WeightMeter::with_limit(room.left);
		Self::forget_retired(&mut rest);
		room.use_up(rest.consumed());
	}

	/// The first topic on the agenda, if it is due, behind the one that has just had its turn: what
	/// follows from a step is due later than it was.
	pub(crate) fn next_due(now: BlockNumber, last: Option<Due>) -> Option<Due> {
		let mut agenda = match last {
			Some(due) => Agenda::<T>::iter_keys_from_key(due.key()),
			None => Agenda::<T>::iter_keys(),
		};
		agenda.next().map(Due::from_key).filter(|due| due.block <= now)
	}

	/// Takes a topic's steps that are due at one block, in order, then gives the topic its new place
	/// on the agenda; answers whether there was room for all of them.
	fn take_turn(due: &Due, room: &mut Room) -> bool {
		let topic = due.topic;
		let Some(cold) = Topics::<T>::get(topic) else {
			defensive!("no topic is due");
			Agenda::<T>::remove(due.key());
			return true;
		};
		// The turn itself is paid for with its first step.
		let mut overhead = T::WeightInfo::turn();
		while let Some(next) = Self::step_due(topic, &cold.parameters, due.block) {
			let worst = Self::step_weight(next.step, &cold.parameters);
			if !room.has(worst.saturating_add(overhead)) {
				return false;
			}
			let used = Self::take_step(topic, &next, &cold, worst);
			defensive_assert!(used.all_lte(worst), "a step used more than its worst case");
			room.use_up(used.min(worst).saturating_add(overhead));
			overhead = Weight::zero();
		}
		defensive_assert!(overhead.is_zero(), "a topic is due that has nothing to do");
		Self::end_turn(topic, &cold);
		true
	}

	/// The topic's next step, if it is due at this block.
	pub(crate) fn step_due(
		topic: TopicId,
		parameters: &TopicParameters,
		block: BlockNumber,
	) -> Option<NextStep> {
		TopicStates::<T>::get(topic).next_step(parameters).filter(|next| next.block <= block)
	}

	/// Gives the topic its new place on the agenda.
	pub(crate) fn end_turn(topic: TopicId, cold: &Topic<T::AccountId>) {
		TopicStates::<T>::mutate(topic, |state| Self::schedule(topic, cold, state));
	}

	/// Takes a step of this worst case; answers the weight it used.
	fn take_step(
		topic: TopicId,
		next: &NextStep,
		cold: &Topic<T::AccountId>,
		worst: Weight,
	) -> Weight {
		match next.step {
			Step::Open => Self::end_and_open(topic, next.epoch, cold, worst),
			Step::CloseWorkers | Step::CloseReputers => {
				Self::advance(topic, next.epoch, next.step, worst)
			}
		}
	}

	/// Takes an epoch on record one state on, or voids it.
	fn advance(topic: TopicId, epoch: EpochId, step: Step, worst: Weight) -> Weight {
		match Self::handle(topic, epoch, step) {
			Ok(used) => {
				Self::note_step(topic, epoch, step);
				Self::own_weight(step).saturating_add(used)
			}
			Err(Undone(reason)) => {
				Self::set_epoch_state(topic, epoch, EpochState::Void(reason));
				Self::deposit_event(Event::EpochVoided { topic, epoch, reason });
				T::EpochHandler::on_void(topic, epoch, reason);
				worst
			}
		}
	}

	/// The registry's own part of a step that succeeded.
	pub(crate) fn note_step(topic: TopicId, epoch: EpochId, step: Step) {
		match step {
			// On record, and told, before the neighbours' part.
			Step::Open => (),
			Step::CloseWorkers => {
				Self::set_epoch_state(topic, epoch, EpochState::AwaitingTruth);
				Self::deposit_event(Event::WorkersClosed { topic, epoch });
			}
			Step::CloseReputers => {
				Self::set_epoch_state(topic, epoch, EpochState::Settled);
				Self::deposit_event(Event::EpochSettled { topic, epoch });
			}
		}
	}

	/// Lets the neighbours do their part of a step, in a storage layer of its own.
	fn handle(topic: TopicId, epoch: EpochId, step: Step) -> Result<Weight, Undone> {
		with_storage_layer(|| {
			match step {
				Step::Open => T::EpochHandler::on_open(topic, epoch),
				Step::CloseWorkers => T::EpochHandler::on_close_workers(topic, epoch),
				Step::CloseReputers => T::EpochHandler::on_close_reputers(topic, epoch),
			}
			.map_err(Undone)
		})
	}

	fn set_epoch_state(topic: TopicId, epoch: EpochId, state: EpochState) {
		let on_record =
			TopicStates::<T>::mutate(topic, |topic| topic.set_epoch_state(epoch, state));
		defensive_assert!(on_record, "a step of no epoch is due");
	}

	/// Ends the running epoch, then opens the next one or makes the topic inactive.
	fn end_and_open(
		topic: TopicId,
		due: EpochId,
		cold: &Topic<T::AccountId>,
		worst: Weight,
	) -> Weight {
		let Some(Opening { epoch, forgotten }) = Self::end_and_record(topic, cold) else {
			return T::WeightInfo::inactivate();
		};
		defensive_assert!(epoch == due, "the opening of another epoch is due");
		if let Some(oldest) = forgotten {
			T::EpochHandler::on_prune(topic, oldest);
		}
		Self::advance(topic, epoch, Step::Open, worst)
	}

	/// The registry's own part of an opening; answers none if the topic has become inactive instead.
	pub(crate) fn end_and_record(topic: TopicId, cold: &Topic<T::AccountId>) -> Option<Opening> {
		let mut state = TopicStates::<T>::get(topic);
		if let Some(ended) = state.running_epoch() {
			Self::end_epoch(topic, ended, &cold.parameters, &mut state);
		}
		let next = state.next_epoch(cold.parameters.epoch_length);
		let Some(epoch) = next else {
			Self::inactivate(topic, state);
			return None;
		};
		Some(Self::open(topic, epoch, cold, state))
	}

	/// Hands the emission accrued over to the epoch that ends, and lets revenue decay (S 6.7).
	fn end_epoch(
		topic: TopicId,
		epoch: EpochId,
		parameters: &TopicParameters,
		state: &mut TopicState,
	) {
		Self::tell_emission(|| T::Emission::assign_to_epoch(topic, epoch));
		let week = T::BlocksPerWeek::get().into();
		match revenue_after_drip(state.revenue, week, parameters.epoch_length.into()) {
			Ok(revenue) => state.revenue = revenue,
			Err(error) => {
				defensive!("revenue cannot decay", error);
			}
		}
	}

	/// Opens an epoch: its record, the topic's weight, and what follows from both.
	fn open(
		topic: TopicId,
		epoch: EpochId,
		cold: &Topic<T::AccountId>,
		mut state: TopicState,
	) -> Opening {
		let parameters = &cold.parameters;
		let forgotten = Self::record(epoch, parameters, &mut state);
		let windows = EpochWindows::new(epoch, parameters);
		Self::deposit_event(Event::EpochOpened { topic, epoch, windows });
		let weight = Self::renew_weight(topic, parameters, &mut state);

		state.continues = weight >= T::MinTopicWeight::get() && !cold.retired;
		if !state.continues {
			let inactive_at = epoch.saturating_add(parameters.epoch_length);
			let last_epoch = epoch;
			Self::deposit_event(Event::InactivationAnnounced { topic, last_epoch, inactive_at });
		}
		TopicStates::<T>::insert(topic, state);
		if let Some(oldest) = forgotten {
			Self::deposit_event(Event::EpochPruned { topic, epoch: oldest });
		}
		Opening { epoch, forgotten }
	}

	/// Puts an epoch on record; the oldest one is forgotten, and answered, when there are enough.
	///
	/// It is final: of epochs opened earlier, only those of a ground-truth lag are in flight when
	/// the clock comes to an opening, and that many are kept beyond the history.
	fn record(
		epoch: EpochId,
		parameters: &TopicParameters,
		state: &mut TopicState,
	) -> Option<EpochId> {
		let most = parameters.epochs_on_record() as usize;
		let oldest = state.records.first().copied().filter(|_| state.records.len() >= most);
		let forgotten = match oldest {
			Some((oldest, ended)) if ended.is_final() => {
				state.records.remove(0);
				Some(oldest)
			}
			Some(_) => {
				defensive!("an epoch in flight is the oldest of too many");
				None
			}
			None => None,
		};
		if state.records.try_push((epoch, EpochState::Collecting)).is_err() {
			defensive!("a topic has more epochs in flight than its parameters allow");
		}
		forgotten
	}

	/// Renews the topic's weight and tells emission; a weight out of range stays as it was.
	fn renew_weight(
		topic: TopicId,
		parameters: &TopicParameters,
		state: &mut TopicState,
	) -> Balance {
		let before = state.weight.unwrap_or_default();
		let weight = match Self::renewed_weight(topic, parameters, state) {
			Ok(weight) => weight,
			Err(error) => {
				defensive!("a topic's weight is out of range", error);
				before
			}
		};
		state.weight = Some(weight);
		Self::tell_emission(|| T::Emission::set_weight(topic, weight));
		let revenue = state.revenue;
		Self::deposit_event(Event::WeightUpdated { topic, weight, revenue });
		weight
	}

	fn inactivate(topic: TopicId, mut state: TopicState) {
		Self::tell_emission(|| T::Emission::set_weight(topic, 0));
		let last_epoch = state.last_epoch().unwrap_or(state.anchor);
		Self::deactivate(&mut state);
		TopicStates::<T>::insert(topic, state);
		Self::deposit_event(Event::TopicInactivated { topic, last_epoch });
	}

	/// Calls emission in a storage layer of its own: its failure must not stop the clock.
	fn tell_emission(call: impl FnOnce() -> DispatchResult) {
		if let Err(error) = with_storage_layer(call) {
			defensive!("emission refuses a topic's weight or epoch", error);
		}
	}
}
