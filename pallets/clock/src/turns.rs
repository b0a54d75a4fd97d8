//! The turns of topics: which of them take their due steps in a block.

use crate::{
	Agenda, AgendaEntry, Capacity, Class, Config, Event, NextStep, Pallet, Reserved, TopicStates,
	Used, WeightInfo,
};
use alloc::vec::Vec;
use allora_primitives::{
	traits::{ClockedTopic, EpochRecords, SlotProvider, TopicRegistry},
	EpochId, EpochWindows, Slot, Step, TopicId, TopicParameters,
};
use frame_support::{
	defensive, defensive_assert,
	traits::Get,
	weights::{Weight, WeightMeter},
};
use sp_runtime::traits::Zero;

/// The weight that the clock may use in the current block.
struct BlockBudget<'a> {
	/// The block's meter.
	meter: &'a mut WeightMeter,
	/// The clock's share of a block.
	share: Weight,
	/// What is left of the share.
	left: Weight,
	/// Whether no step has been taken yet in this block.
	is_first_step: bool,
}

impl BlockBudget<'_> {
	/// Whether a step with this worst case fits.
	///
	/// A step that is larger than the clock's whole share may use what is left of the block if it
	/// is the first one. It was admitted when it was lighter, and would otherwise block the queue
	/// for ever.
	fn fits(&self, worst: Weight) -> bool {
		let oversized = self.is_first_step && worst.any_gt(self.share);
		worst.all_lte(self.left) || oversized && self.meter.can_consume(worst)
	}

	fn consume(&mut self, used: Weight) {
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
	/// The queue of the classes that have topics, in this slot.
	pub(crate) fn of<T: Config>(now: Slot, capacity: &Capacity) -> Self {
		let heads = capacity.occupied().filter_map(|class| head::<T>(now, class, None)).collect();
		Self { now, heads }
	}

	/// The entry with the earliest deadline; among equals the one due first, then the lowest topic.
	pub(crate) fn first(&self) -> Option<AgendaEntry> {
		self.heads.iter().min_by_key(|head| (head.deadline(), head.due, head.topic)).copied()
	}

	/// Replaces an entry that has had its turn by the next one of its class. The next step of a
	/// topic is due later than the one before, so entries before this one need not be read again.
	pub(crate) fn advance<T: Config>(&mut self, served: AgendaEntry) {
		self.heads.retain(|head| head.class != served.class);
		self.heads.extend(head::<T>(self.now, served.class, Some(served)));
	}
}

/// The first due entry of a class; with `behind`, the first one after it.
fn head<T: Config>(now: Slot, class: Class, behind: Option<AgendaEntry>) -> Option<AgendaEntry> {
	// No entry has topic 0, so this key precedes all entries of the class.
	let start = behind.unwrap_or(AgendaEntry { class, due: 0, topic: 0 });
	let first = Agenda::<T>::iter_keys_from_key(start.key()).next().map(AgendaEntry::from_key);
	first.filter(|entry| entry.class == class && entry.due <= now)
}

impl<T: Config> Pallet<T> {
	/// The current slot.
	pub(crate) fn now() -> Slot {
		T::Time::current_slot()
	}

	/// Takes due steps, earliest deadline first. Once none is due, continues to forget retired
	/// topics. Stores the weight that it used, unless the block has none left.
	///
	/// Stops at the first step whose worst case does not fit: it and all later ones wait for the
	/// next block.
	pub(crate) fn take_due_steps(now: Slot, meter: &mut WeightMeter) {
		let before = meter.consumed();
		if meter.try_consume(T::WeightInfo::poll(0)).is_ok() {
			Self::take_turns(now, meter);
			Used::<T>::put(meter.consumed().saturating_sub(before));
		}
	}

	/// Looks at the agenda, and gives turns to topics while the clock's share lasts.
	fn take_turns(now: Slot, meter: &mut WeightMeter) {
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
			if !Self::take_turn(&entry, &capacity, &mut budget) {
				return;
			}
			queue.advance::<T>(entry);
		}
		let mut rest = WeightMeter::with_limit(budget.left);
		Self::forget_retired(&mut rest);
		budget.consume(rest.consumed());
	}

	/// Takes a topic's steps that are due in one slot, in order, then moves the topic on the
	/// agenda. Returns whether all steps fitted. Rent depends on `capacity`, which is that at the
	/// beginning of the block.
	fn take_turn(entry: &AgendaEntry, capacity: &Capacity, budget: &mut BlockBudget) -> bool {
		let topic = entry.topic;
		let Some(clocked) = T::Registry::clocked(topic) else {
			defensive!("an entry of the agenda belongs to no topic");
			Agenda::<T>::remove(entry.key());
			return true;
		};
		// The weight of the turn is consumed with its first step; that of releasing what the topic
		// has reserved, if it has no further step to come.
		let mut overhead = T::WeightInfo::turn();
		let release = T::WeightInfo::release();
		while let Some((next, reserved)) = Self::step_due(topic, &clocked.parameters, entry.due) {
			let mut query = Weight::zero();
			if Self::is_past(topic, &next, &clocked.parameters) {
				query = Self::payloads_query_weight();
				let weight = T::WeightInfo::skip().saturating_add(query).saturating_add(overhead);
				if !budget.fits(weight.saturating_add(release)) {
					return false;
				}
				if !T::Records::has_payloads(topic, next.epoch) {
					Self::skip(topic, next.epoch, &clocked);
					budget.consume(weight);
					overhead = Weight::zero();
					continue;
				}
			}
			// The epoch may have begun under former parameters, whose worst case is reserved.
			let worst = Self::step_weight(next.step, &clocked.parameters).max(reserved);
			if !budget.fits(worst.saturating_add(overhead).saturating_add(release)) {
				budget.consume(query);
				return false;
			}
			let used = Self::take_step(topic, &next, &clocked, capacity).saturating_add(query);
			defensive_assert!(used.all_lte(worst), "a step used more than its worst case");
			budget.consume(used.min(worst).saturating_add(overhead));
			overhead = Weight::zero();
		}
		defensive_assert!(overhead.is_zero(), "a due topic has no step to take");
		if Self::end_turn(topic, &clocked) {
			budget.consume(release);
		}
		true
	}

	/// The topic's next step, if it is due in this slot, and what is reserved for it.
	pub(crate) fn step_due(
		topic: TopicId,
		parameters: &TopicParameters,
		slot: Slot,
	) -> Option<(NextStep, Weight)> {
		let state = TopicStates::<T>::get(topic);
		let next = state.next_step(parameters).filter(|next| next.due <= slot)?;
		let reserved = state.reservation.map_or(Weight::zero(), |own| own.steps.of(next.step));
		Some((next, reserved))
	}

	/// Moves the topic on the agenda. Returns whether it has no step to come, so that it has
	/// released what it had reserved.
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

	/// The weight of [`EpochRecords::has_payloads`]: one read for inferences, one for forecasts and
	/// one for commitments.
	pub(crate) fn payloads_query_weight() -> Weight {
		T::DbWeight::get().reads(3)
	}

	/// Skips the epochs from `first` on whose worker windows are over. The topic continues with the
	/// first epoch whose window is open or lies ahead; a retired or barred topic ends.
	pub(crate) fn skip(topic: TopicId, first: EpochId, clocked: &ClockedTopic) {
		let (window, length) = (clocked.parameters.worker_window, clocked.parameters.epoch_length);
		let late = Self::now().saturating_sub(first).saturating_sub(window.into());
		let count = late.div_ceil(Slot::from(length).max(1));
		let next = first.saturating_add(count.saturating_mul(length.into()));
		TopicStates::<T>::mutate(topic, |state| {
			let ends = clocked.retired || state.barred;
			if ends && state.running_epoch().is_some() {
				state.continues = false;
			} else if state.barred {
				state.active = false;
			} else {
				state.put_off(next);
				// Rent was paid for the first of the skipped epochs, and no other has opened.
				let through = Self::paid_through(next, &clocked.parameters);
				state.paid_through = state.paid_through.max(through);
			}
		});
		Self::deposit_event(Event::EpochsSkipped { topic, first, count });
	}
}
