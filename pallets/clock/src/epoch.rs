//! The steps of an epoch: the clock's own part, around that of the other pallets.

use crate::{Capacity, Config, Event, NextStep, Pallet, TopicState, TopicStates, WeightInfo};
use allora_primitives::{
	traits::{
		ClockedTopic, EmissionIndex, EpochPipeline, EpochPrice, EpochRecords, Renewal,
		TopicRegistry,
	},
	EpochId, EpochState, EpochWindows, Slot, Step, TopicId, TopicParameters, VoidReason,
};
use frame_support::{
	defensive, defensive_assert, storage::with_storage_layer, traits::Get, weights::Weight,
};
use sp_runtime::{DispatchError, DispatchResult};

/// A step that failed, so that its changes were rolled back.
struct StepFailed(VoidReason);

impl From<DispatchError> for StepFailed {
	// Reached only when the storage-layer nesting limit is exceeded.
	fn from(_: DispatchError) -> Self {
		Self(VoidReason::Arithmetic)
	}
}

/// An epoch that was opened.
pub(crate) struct Opening {
	/// The epoch.
	epoch: EpochId,
	/// The epoch that left the topic's history; its records are to be removed.
	pruned: Option<EpochId>,
}

impl<T: Config> Pallet<T> {
	/// Takes a step; returns the weight it used.
	pub(crate) fn take_step(
		topic: TopicId,
		next: &NextStep,
		clocked: &ClockedTopic,
		capacity: &Capacity,
	) -> Weight {
		match next.step {
			Step::Open => Self::end_and_open(topic, next.epoch, clocked, capacity),
			Step::CloseWorkers | Step::CloseReputers => Self::own_weight(next.step)
				.saturating_add(Self::advance(topic, next.epoch, next.step)),
		}
	}

	/// Does the other pallets' part of a step, then records the epoch's new state, or voids the
	/// epoch if that failed. Returns the weight that other pallets used.
	fn advance(topic: TopicId, epoch: EpochId, step: Step) -> Weight {
		let mut used = Weight::zero();
		match Self::run_pipeline(topic, epoch, step, &mut used) {
			Ok(()) => Self::record_step(topic, epoch, step),
			Err(StepFailed(reason)) => {
				Self::set_epoch_state(topic, epoch, EpochState::Void(reason));
				Self::deposit_event(Event::EpochVoided { topic, epoch, reason });
				used.saturating_accrue(T::Records::on_void(topic, epoch, reason));
			}
		}
		used
	}

	/// Records a step that succeeded.
	pub(crate) fn record_step(topic: TopicId, epoch: EpochId, step: Step) {
		match step {
			// Already stored and announced before the other pallets' part.
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

	/// Does the other pallets' part of a step in a storage layer of its own. Adds the weight it
	/// used to `used`, also if it fails.
	fn run_pipeline(
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
		defensive_assert!(on_record, "a step was taken for an epoch that is not on record");
	}

	/// Ends the running epoch, then opens the next one or makes the topic inactive. Returns the
	/// weight used.
	fn end_and_open(
		topic: TopicId,
		due: EpochId,
		clocked: &ClockedTopic,
		capacity: &Capacity,
	) -> Weight {
		let Some(Opening { epoch, pruned }) = Self::end_and_record(topic, clocked, capacity) else {
			return T::WeightInfo::inactivate().saturating_add(T::Emission::renewal_weight());
		};
		defensive_assert!(epoch == due, "another epoch opened than was due");
		let mut used = T::WeightInfo::open();
		if let Some(oldest) = pruned {
			used.saturating_accrue(T::Records::on_prune(topic, oldest));
		}
		used.saturating_accrue(Self::advance(topic, epoch, Step::Open));
		used
	}

	/// The clock's own part of an opening. `None` if the topic has become inactive instead.
	pub(crate) fn end_and_record(
		topic: TopicId,
		clocked: &ClockedTopic,
		capacity: &Capacity,
	) -> Option<Opening> {
		let state = TopicStates::<T>::get(topic);
		let length = clocked.parameters.epoch_length;
		let next = state.next_epoch(length);
		if let Some(ended) = state.running_epoch() {
			let end = state.running_end(length).unwrap_or(ended);
			// The topic has accrued up to now. Slots of a late clock in which no next epoch has begun
			// belong to none.
			let passed = next.unwrap_or(end.max(Self::now())).saturating_sub(ended);
			Self::call_emission(|| T::Emission::assign_to_epoch(topic, ended, length, passed));
		}
		let Some(epoch) = next else {
			Self::inactivate(topic, &clocked.parameters, state);
			return None;
		};
		Some(Self::open(topic, epoch, clocked, state, capacity))
	}

	/// Opens an epoch: puts it on record, renews the topic's weight, and takes the rent of the epoch
	/// that follows, or announces that none does. None ever follows an epoch on demand, which needs no
	/// announcement.
	fn open(
		topic: TopicId,
		epoch: EpochId,
		clocked: &ClockedTopic,
		mut state: TopicState,
		capacity: &Capacity,
	) -> Opening {
		let parameters = &clocked.parameters;
		let pruned = Self::record(epoch, parameters, &mut state);
		state.put_off_to = None;
		let windows = EpochWindows::new(epoch, parameters);
		Self::deposit_event(Event::EpochOpened { topic, epoch, windows });
		state.continues = Self::renew_weight(topic, epoch, clocked, &mut state, capacity);
		if !state.continues && !parameters.is_on_demand() {
			let inactive_at = epoch.saturating_add(parameters.epoch_length.into());
			let last_epoch = epoch;
			Self::deposit_event(Event::InactivationAnnounced { topic, last_epoch, inactive_at });
		}
		TopicStates::<T>::insert(topic, state);
		if let Some(oldest) = pruned {
			Self::deposit_event(Event::EpochPruned { topic, epoch: oldest });
		}
		Opening { epoch, pruned }
	}

	/// Puts an epoch on record. If that exceeds the topic's history, removes the oldest epoch from
	/// the record and returns it.
	///
	/// The oldest epoch is final: at an opening only the epochs of a ground-truth lag are in
	/// flight, and that many are kept in addition to the history.
	fn record(
		epoch: EpochId,
		parameters: &TopicParameters,
		state: &mut TopicState,
	) -> Option<EpochId> {
		let limit = parameters.epochs_on_record() as usize;
		let oldest = state.records.first().copied().filter(|_| state.records.len() >= limit);
		let pruned = match oldest {
			Some((oldest, ended)) if ended.is_final() => {
				state.records.remove(0);
				Some(oldest)
			}
			Some(_) => {
				defensive!("an epoch in flight would be pruned");
				None
			}
			None => None,
		};
		if state.records.try_push((epoch, EpochState::Collecting)).is_err() {
			defensive!("a topic has more epochs in flight than its parameters allow");
		}
		pruned
	}

	/// Renews the topic's weight, by which it shares in emission from now on. Returns whether the
	/// topic has paid for the epoch that follows.
	fn renew_weight(
		topic: TopicId,
		epoch: EpochId,
		clocked: &ClockedTopic,
		state: &mut TopicState,
		capacity: &Capacity,
	) -> bool {
		if state.barred {
			// The epoch had begun when the topic was barred.
			return false;
		}
		let following = epoch.saturating_add(clocked.parameters.epoch_length.into());
		let price = Self::rent_price(capacity);
		let (rent, through) = Self::rent_due(following, &clocked.parameters, state, price);
		let price = EpochPrice { min_weight: T::MinTopicWeight::get(), rent };
		let continues = !clocked.retired && !clocked.parameters.is_on_demand();
		let next = continues.then_some(price);
		let Renewal { counted, paid } = T::Registry::renew_weight(topic, clocked, epoch, next);
		Self::call_emission(|| T::Emission::set_weight(topic, counted));
		if paid {
			state.paid_through = through;
		}
		paid
	}

	/// Makes the topic inactive. Its reservation is released once its last epoch is closed.
	pub(crate) fn inactivate(topic: TopicId, parameters: &TopicParameters, mut state: TopicState) {
		let end = state.running_end(parameters.epoch_length).unwrap_or(Self::now());
		Self::suspend(topic, parameters, end);
		let last_epoch = state.last_epoch().unwrap_or(state.anchor);
		state.active = false;
		state.continues = false;
		state.put_off_to = None;
		TopicStates::<T>::insert(topic, state);
		Self::deposit_event(Event::TopicInactivated { topic, last_epoch });
	}

	/// Ends the topic's part in emission in this slot.
	pub(crate) fn suspend(topic: TopicId, parameters: &TopicParameters, slot: Slot) {
		Self::call_emission(|| T::Emission::set_weight(topic, 0));
		T::Registry::suspend(topic, parameters, slot);
	}

	/// Calls emission in a storage layer of its own, since its failure must not stop the clock.
	pub(crate) fn call_emission(call: impl FnOnce() -> DispatchResult) {
		if let Err(error) = with_storage_layer(call) {
			defensive!("emission rejects a topic's weight or epoch", error);
		}
	}
}
