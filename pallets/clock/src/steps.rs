//! The epoch clock: topics take their turns by deadline, as the block's budget allows.

use crate::{
	Agenda, AgendaEntry, Capacity, Class, Config, Event, NextStep, Pallet, Reserved, TopicState,
	TopicStates, WeightInfo,
};
use alloc::vec::Vec;
use allora_primitives::{
	traits::{
		ClockedTopic, EmissionIndex, EpochPipeline, EpochRecords, SlotProvider, TopicRegistry,
	},
	Balance, EpochId, EpochState, EpochWindows, Slot, Step, TopicId, TopicParameters, VoidReason,
};
use frame_support::{
	defensive, defensive_assert,
	storage::with_storage_layer,
	traits::Get,
	weights::{Weight, WeightMeter},
};
use sp_runtime::{traits::Zero, DispatchError, DispatchResult};

/// A step that failed and was undone.
struct StepFailed(VoidReason);

impl From<DispatchError> for StepFailed {
	// Reached only when the storage-layer nesting limit is exceeded.
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
struct BlockBudget<'a> {
	/// The block's meter.
	meter: &'a mut WeightMeter,
	/// The clock's share of any block.
	share: Weight,
	/// What is left of that.
	left: Weight,
	/// Whether no step has been taken in this block.
	is_first_step: bool,
}

impl BlockBudget<'_> {
	/// Whether a step of this worst case may be taken.
	///
	/// One that is more than the clock's whole share may use what is left of the block, if it comes
	/// first: it was admitted when it was lighter, and would hold the queue up for ever.
	fn has(&self, worst: Weight) -> bool {
		let oversized = self.is_first_step && worst.any_gt(self.share);
		worst.all_lte(self.left) || oversized && self.meter.can_consume(worst)
	}

	fn use_up(&mut self, used: Weight) {
		self.meter.consume(used);
		self.left = self.left.saturating_sub(used);
		self.is_first_step = false;
	}
}

/// The first due entry of each class that has one.
pub(crate) struct Queue {
	now: Slot,
	heads: Vec<AgendaEntry>,
}

impl Queue {
	/// The heads of these classes as of a slot.
	pub(crate) fn of<T: Config>(now: Slot, capacity: &Capacity) -> Self {
		let heads = capacity.occupied().filter_map(|class| head::<T>(now, class, None)).collect();
		Self { now, heads }
	}

	/// The entry with the earliest deadline; among equals the one due first, then the lower topic.
	pub(crate) fn first(&self) -> Option<AgendaEntry> {
		self.heads.iter().min_by_key(|head| (head.deadline(), head.due, head.topic)).copied()
	}

	/// Replaces an entry that has had its turn by the next one of its class: what follows from a
	/// step is due later than the step was.
	pub(crate) fn advance<T: Config>(&mut self, served: AgendaEntry) {
		self.heads.retain(|head| head.class != served.class);
		self.heads.extend(head::<T>(self.now, served.class, Some(served)));
	}
}

/// The first entry of a class that is due, behind the one that has just had its turn.
fn head<T: Config>(now: Slot, class: Class, behind: Option<AgendaEntry>) -> Option<AgendaEntry> {
	// The first key of the class and the one before it differ by what no entry has: topic 0.
	let start = behind.unwrap_or(AgendaEntry { class, due: 0, topic: 0 });
	let first = Agenda::<T>::iter_keys_from_key(start.key()).next().map(AgendaEntry::from_key);
	first.filter(|entry| entry.class == class && entry.due <= now)
}

impl<T: Config> Pallet<T> {
	/// The current slot.
	pub(crate) fn now() -> Slot {
		T::Time::current_slot()
	}

	/// Takes due steps, that with the earliest deadline first, while the next one's worst case fits;
	/// once none is due, continues to forget retired topics.
	///
	/// Stops at the first step that does not fit: it and all behind it wait for a block with more
	/// room.
	pub(crate) fn take_due_steps(now: Slot, meter: &mut WeightMeter) {
		if meter.try_consume(T::WeightInfo::poll(0)).is_err() {
			return;
		}
		let capacity = Reserved::<T>::get();
		let classes = capacity.occupied().count() as u32;
		let looking = T::WeightInfo::poll(classes).saturating_sub(T::WeightInfo::poll(0));
		if meter.try_consume(looking).is_err() {
			return;
		}
		let share = Self::share();
		let left = share.min(meter.remaining());
		let mut budget = BlockBudget { meter, share, left, is_first_step: true };
		let mut queue = Queue::of::<T>(now, &capacity);
		while let Some(entry) = queue.first() {
			if !Self::take_turn(&entry, &mut budget) {
				return;
			}
			queue.advance::<T>(entry);
		}
		let mut rest = WeightMeter::with_limit(budget.left);
		Self::forget_retired(&mut rest);
		budget.use_up(rest.consumed());
	}

	/// Takes a topic's steps that are due in one slot, in order, then gives the topic its new place
	/// on the agenda; returns whether there was room for all of them.
	fn take_turn(entry: &AgendaEntry, budget: &mut BlockBudget) -> bool {
		let topic = entry.topic;
		let Some(clocked) = T::Registry::clocked(topic) else {
			defensive!("no topic is due");
			Agenda::<T>::remove(entry.key());
			return true;
		};
		// The turn itself is paid for with its first step; releasing what the topic has reserved, if
		// the last step leaves nothing to be done.
		let mut overhead = T::WeightInfo::turn();
		let release = T::WeightInfo::release();
		while let Some(next) = Self::step_due(topic, &clocked.parameters, entry.due) {
			let mut asked = Weight::zero();
			if Self::is_past(topic, &next, &clocked.parameters) {
				asked = Self::asking_weight();
				let weight = T::WeightInfo::skip().saturating_add(asked).saturating_add(overhead);
				if !budget.has(weight.saturating_add(release)) {
					return false;
				}
				if !T::Records::has_payloads(topic, next.epoch) {
					Self::skip(topic, next.epoch, &clocked);
					budget.use_up(weight);
					overhead = Weight::zero();
					continue;
				}
			}
			let worst = Self::step_weight(next.step, &clocked.parameters);
			if !budget.has(worst.saturating_add(overhead).saturating_add(release)) {
				budget.use_up(asked);
				return false;
			}
			let used = Self::take_step(topic, &next, &clocked).saturating_add(asked);
			defensive_assert!(used.all_lte(worst), "a step used more than its worst case");
			budget.use_up(used.min(worst).saturating_add(overhead));
			overhead = Weight::zero();
		}
		defensive_assert!(overhead.is_zero(), "a topic is due that has nothing to do");
		if Self::end_turn(topic, &clocked) {
			budget.use_up(release);
		}
		true
	}

	/// The topic's next step, if it is due in this slot.
	pub(crate) fn step_due(
		topic: TopicId,
		parameters: &TopicParameters,
		slot: Slot,
	) -> Option<NextStep> {
		TopicStates::<T>::get(topic).next_step(parameters).filter(|next| next.due <= slot)
	}

	/// Gives the topic its new place on the agenda; returns whether it has released what it had
	/// reserved, there being nothing left to be done.
	pub(crate) fn end_turn(topic: TopicId, clocked: &ClockedTopic) -> bool {
		TopicStates::<T>::mutate(topic, |state| Self::schedule(topic, clocked, state))
	}

	/// Whether a step would open an epoch whose worker window is over.
	fn is_past(topic: TopicId, next: &NextStep, parameters: &TopicParameters) -> bool {
		let opens = |next: &NextStep| {
			let state = TopicStates::<T>::get(topic);
			next.step == Step::Open && state.next_epoch(parameters.epoch_length).is_some()
		};
		EpochWindows::new(next.epoch, parameters).workers_last < Self::now() && opens(next)
	}

	/// Weight of looking whether anything was submitted for an epoch: an inference or a forecast.
	pub(crate) fn asking_weight() -> Weight {
		T::DbWeight::get().reads(2)
	}

	/// Skips the epochs whose worker windows are over, from this one on: the topic goes on with the
	/// first whose window is open or lies ahead. Of a retired topic it was the last one.
	pub(crate) fn skip(topic: TopicId, first: EpochId, clocked: &ClockedTopic) {
		let (window, length) = (clocked.parameters.worker_window, clocked.parameters.epoch_length);
		let late = Self::now().saturating_sub(first).saturating_sub(window.into());
		let count = late.div_ceil(Slot::from(length).max(1));
		let next = first.saturating_add(count.saturating_mul(length.into()));
		T::Registry::drip(topic, &clocked.parameters, u32::try_from(count).unwrap_or(u32::MAX));
		TopicStates::<T>::mutate(topic, |state| {
			if clocked.retired && state.running_epoch().is_some() {
				state.continues = false;
			} else {
				state.put_off(next);
			}
		});
		Self::deposit_event(Event::EpochsSkipped { topic, first, count });
	}

	/// Takes a step; returns the weight it used.
	fn take_step(topic: TopicId, next: &NextStep, clocked: &ClockedTopic) -> Weight {
		match next.step {
			Step::Open => Self::end_and_open(topic, next.epoch, clocked),
			Step::CloseWorkers | Step::CloseReputers => Self::own_weight(next.step)
				.saturating_add(Self::advance(topic, next.epoch, next.step)),
		}
	}

	/// Takes an epoch on record one state on, or voids it; returns the weight that other pallets used.
	fn advance(topic: TopicId, epoch: EpochId, step: Step) -> Weight {
		let mut used = Weight::zero();
		match Self::handle(topic, epoch, step, &mut used) {
			Ok(()) => Self::record_step(topic, epoch, step),
			Err(StepFailed(reason)) => {
				Self::set_epoch_state(topic, epoch, EpochState::Void(reason));
				Self::deposit_event(Event::EpochVoided { topic, epoch, reason });
				used.saturating_accrue(T::Records::on_void(topic, epoch, reason));
			}
		}
		used
	}

	/// The clock's own part of a step that succeeded.
	pub(crate) fn record_step(topic: TopicId, epoch: EpochId, step: Step) {
		match step {
			// Already recorded and announced before the other pallets' part.
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

	/// Does the other pallets' part of a step in a storage layer of its own; adds to `used` what that
	/// used, also if it failed.
	fn handle(
		topic: TopicId,
		epoch: EpochId,
		step: Step,
		used: &mut Weight,
	) -> Result<(), StepFailed> {
		with_storage_layer(|| {
			match step {
				Step::Open => T::Pipeline::open(topic, epoch, used),
				Step::CloseWorkers => T::Pipeline::close_workers(topic, epoch, used),
				Step::CloseReputers => T::Pipeline::close_reputers(topic, epoch, used),
			}
			.map_err(StepFailed)
		})
	}

	fn set_epoch_state(topic: TopicId, epoch: EpochId, state: EpochState) {
		let on_record =
			TopicStates::<T>::mutate(topic, |topic| topic.set_epoch_state(epoch, state));
		defensive_assert!(on_record, "a step of no epoch is due");
	}

	/// Ends the running epoch, then opens the next one or makes the topic inactive.
	fn end_and_open(topic: TopicId, due: EpochId, clocked: &ClockedTopic) -> Weight {
		let Some(Opening { epoch, forgotten }) = Self::end_and_record(topic, clocked) else {
			return T::WeightInfo::inactivate().saturating_add(T::Emission::renewal_weight());
		};
		defensive_assert!(epoch == due, "the opening of another epoch is due");
		let mut used = T::WeightInfo::open();
		if let Some(oldest) = forgotten {
			used.saturating_accrue(T::Records::on_prune(topic, oldest));
		}
		used.saturating_accrue(Self::advance(topic, epoch, Step::Open));
		used
	}

	/// The clock's own part of an opening; returns `None` if the topic has become inactive instead.
	pub(crate) fn end_and_record(topic: TopicId, clocked: &ClockedTopic) -> Option<Opening> {
		let state = TopicStates::<T>::get(topic);
		if let Some(ended) = state.running_epoch() {
			let length = clocked.parameters.epoch_length;
			let passed = state.running_end(length).unwrap_or(ended).saturating_sub(ended);
			Self::call_emission(|| T::Emission::assign_to_epoch(topic, ended, length, passed));
			// Revenue has decayed for skipped epochs already.
			T::Registry::drip(topic, &clocked.parameters, 1);
		}
		let Some(epoch) = state.next_epoch(clocked.parameters.epoch_length) else {
			Self::inactivate(topic, state);
			return None;
		};
		Some(Self::open(topic, epoch, clocked, state))
	}

	/// Opens an epoch: its record, the topic's weight, and what follows from both.
	fn open(
		topic: TopicId,
		epoch: EpochId,
		clocked: &ClockedTopic,
		mut state: TopicState,
	) -> Opening {
		let parameters = &clocked.parameters;
		let forgotten = Self::record(epoch, parameters, &mut state);
		state.put_off_to = None;
		let windows = EpochWindows::new(epoch, parameters);
		Self::deposit_event(Event::EpochOpened { topic, epoch, windows });
		let weight = Self::renew_weight(topic, parameters);

		state.continues = weight >= T::MinTopicWeight::get() && !clocked.retired;
		if !state.continues {
			let inactive_at = epoch.saturating_add(parameters.epoch_length.into());
			let last_epoch = epoch;
			Self::deposit_event(Event::InactivationAnnounced { topic, last_epoch, inactive_at });
		}
		TopicStates::<T>::insert(topic, state);
		if let Some(oldest) = forgotten {
			Self::deposit_event(Event::EpochPruned { topic, epoch: oldest });
		}
		Opening { epoch, forgotten }
	}

	/// Puts an epoch on record; the oldest one is forgotten, and returned, when there are enough.
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

	/// Renews the topic's weight, which emission uses from now on.
	fn renew_weight(topic: TopicId, parameters: &TopicParameters) -> Balance {
		let weight = T::Registry::renew_weight(topic, parameters);
		Self::call_emission(|| T::Emission::set_weight(topic, weight));
		weight
	}

	/// Makes the topic inactive. What it has reserved is released once its last epoch is closed.
	fn inactivate(topic: TopicId, mut state: TopicState) {
		Self::call_emission(|| T::Emission::set_weight(topic, 0));
		T::Registry::suspend(topic);
		let last_epoch = state.last_epoch().unwrap_or(state.anchor);
		state.active = false;
		state.continues = false;
		state.put_off_to = None;
		TopicStates::<T>::insert(topic, state);
		Self::deposit_event(Event::TopicInactivated { topic, last_epoch });
	}

	/// Calls emission in a storage layer of its own: its failure must not stop the clock.
	fn call_emission(call: impl FnOnce() -> DispatchResult) {
		if let Err(error) = with_storage_layer(call) {
			defensive!("emission refuses a topic's weight or epoch", error);
		}
	}
}
