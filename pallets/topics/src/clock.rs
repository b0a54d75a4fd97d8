//! The epoch clock: due steps are taken from the agenda's head, in order, as room allows.

use crate::{
	Agenda, Config, Due, Epochs, Event, History, Pallet, Topic, TopicState, TopicStates, Topics,
	WeightInfo,
};
use allora_math::topic::revenue_after_drip;
use allora_primitives::{
	traits::{EmissionIndex, EpochHandler},
	Balance, BlockNumber, EpochId, EpochRecord, EpochState, EpochWindows, Step, TopicId,
	TopicParameters, VoidReason,
};
use frame_support::{
	defensive, defensive_assert,
	storage::with_storage_layer,
	traits::Get,
	weights::{Weight, WeightMeter},
};
use sp_runtime::{traits::UniqueSaturatedInto, DispatchError, DispatchResult};

/// A step that failed and was undone.
struct Undone(VoidReason);

impl From<DispatchError> for Undone {
	// Only a storage layer too many answers this.
	fn from(_: DispatchError) -> Self {
		Self(VoidReason::Arithmetic)
	}
}

impl<T: Config> Pallet<T> {
	/// The current block.
	pub(crate) fn now() -> BlockNumber {
		frame_system::Pallet::<T>::block_number().unique_saturated_into()
	}

	/// Takes due steps, the oldest first, while the next one's worst case fits.
	///
	/// Stops at the first that does not: it and all behind it wait for a block with more room.
	pub(crate) fn take_due_steps(now: BlockNumber, meter: &mut WeightMeter) {
		if meter.try_consume(T::WeightInfo::poll()).is_err() {
			return;
		}
		let capacity = Self::capacity();
		let mut left = capacity.min(meter.remaining());
		let mut done = None;
		while let Some(due) = Self::next_due(now, done) {
			let Some(topic) = Topics::<T>::get(due.topic) else {
				defensive!("a step of no topic is due");
				Agenda::<T>::remove(due.key());
				break;
			};
			let worst = Self::step_weight(due.step, &topic.parameters);
			// A step admitted when it was lighter would hold the queue up for ever.
			let oversized = done.is_none() && worst.any_gt(capacity) && meter.can_consume(worst);
			if worst.any_gt(left) && !oversized {
				break;
			}
			Agenda::<T>::remove(due.key());
			let used = Self::take_step(&due, topic, worst);
			defensive_assert!(used.all_lte(worst), "a step used more than its worst case");
			let used = used.min(worst);
			meter.consume(used);
			left = left.saturating_sub(used);
			done = Some(due);
		}
	}

	/// The first step on the agenda, if it is due, behind the one just done: steps that follow
	/// from a step are due later than it was.
	fn next_due(now: BlockNumber, done: Option<Due>) -> Option<Due> {
		let mut agenda = match done {
			Some(due) => Agenda::<T>::iter_from_key(due.key()),
			None => Agenda::<T>::iter(),
		};
		agenda.next().map(|(_, due)| due).filter(|due| due.block <= now)
	}

	fn take_step(due: &Due, topic: Topic<T::AccountId>, worst: Weight) -> Weight {
		match due.step {
			Step::Open => Self::end_and_open(due, topic, worst),
			Step::CloseWorkers | Step::OpenReports | Step::CloseReputers => {
				Self::advance(due, worst)
			}
		}
	}

	/// Takes an epoch on record one state on, or voids it.
	fn advance(due: &Due, worst: Weight) -> Weight {
		let Due { topic, step, epoch, .. } = *due;
		let Some(record) = Epochs::<T>::get(topic, epoch) else {
			defensive!("a step of no epoch is due");
			return worst;
		};
		let used = match Self::handle(due) {
			Ok(used) => used,
			Err(Undone(reason)) => {
				Self::void(topic, epoch, record.windows, reason);
				return worst;
			}
		};
		let (state, next) = match step {
			Step::Open => (EpochState::Collecting, Some(Step::CloseWorkers)),
			Step::CloseWorkers => (EpochState::AwaitingTruth, Some(Step::OpenReports)),
			Step::OpenReports => (EpochState::Reporting, Some(Step::CloseReputers)),
			Step::CloseReputers => (EpochState::Settled, None),
		};
		Epochs::<T>::insert(topic, epoch, EpochRecord { state, ..record });
		if let Some(step) = next {
			Self::schedule(Due { block: record.windows.due(step), topic, step, epoch });
		}
		match step {
			// Told before the neighbours' part.
			Step::Open => (),
			Step::CloseWorkers => Self::deposit_event(Event::WorkersClosed { topic, epoch }),
			Step::OpenReports => Self::deposit_event(Event::ReportsOpened { topic, epoch }),
			Step::CloseReputers => Self::deposit_event(Event::EpochSettled { topic, epoch }),
		}
		Self::own_weight(step).saturating_add(used)
	}

	/// Lets the neighbours do their part of a step, in a storage layer of its own.
	fn handle(due: &Due) -> Result<Weight, Undone> {
		let Due { topic, step, epoch, .. } = *due;
		with_storage_layer(|| {
			match step {
				Step::Open => T::EpochHandler::on_open(topic, epoch),
				Step::CloseWorkers => T::EpochHandler::on_close_workers(topic, epoch),
				Step::OpenReports => T::EpochHandler::on_open_reports(topic, epoch),
				Step::CloseReputers => T::EpochHandler::on_close_reputers(topic, epoch),
			}
			.map_err(Undone)
		})
	}

	fn void(topic: TopicId, epoch: EpochId, windows: EpochWindows, reason: VoidReason) {
		let record = EpochRecord { state: EpochState::Void(reason), windows };
		Epochs::<T>::insert(topic, epoch, record);
		Self::deposit_event(Event::EpochVoided { topic, epoch, reason });
		T::EpochHandler::on_void(topic, epoch, reason);
	}

	/// Ends the running epoch, then opens the next one or makes the topic inactive.
	fn end_and_open(due: &Due, topic: Topic<T::AccountId>, worst: Weight) -> Weight {
		let mut state = TopicStates::<T>::get(due.topic);
		if let Some(ended) = state.running_epoch() {
			Self::end_epoch(due.topic, ended, &topic.parameters, &mut state);
		}
		match state.next_epoch(topic.parameters.epoch_length) {
			Some(epoch) => {
				defensive_assert!(epoch == due.epoch, "the opening of another epoch is due");
				Self::open(due.topic, epoch, &topic, state, worst)
			}
			None => {
				Self::inactivate(due.topic, state);
				T::WeightInfo::open()
			}
		}
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
		worst: Weight,
	) -> Weight {
		let parameters = &cold.parameters;
		let windows = EpochWindows::new(epoch, parameters);
		Self::record(topic, epoch, windows, parameters);
		state.last_epoch = Some(epoch);
		Self::deposit_event(Event::EpochOpened { topic, epoch, windows });
		let weight = Self::renew_weight(topic, parameters, &mut state);

		state.continues = weight >= T::MinTopicWeight::get() && !cold.retired;
		TopicStates::<T>::insert(topic, state);
		let end = epoch.saturating_add(parameters.epoch_length);
		if !state.continues {
			Self::deposit_event(Event::InactivationAnnounced { topic, last_epoch: epoch, at: end });
		}
		Self::schedule(Due { block: end, topic, step: Step::Open, epoch: end });

		Self::advance(&Due { block: epoch, topic, step: Step::Open, epoch }, worst)
	}

	/// Puts an epoch on record; the oldest one is forgotten when there are enough.
	fn record(topic: TopicId, epoch: EpochId, windows: EpochWindows, parameters: &TopicParameters) {
		let in_flight = parameters
			.reporting_delay()
			.checked_div(parameters.epoch_length)
			.unwrap_or_default()
			.saturating_add(1);
		let most = parameters.history.saturating_add(in_flight) as usize;
		let mut history = History::<T>::get(topic);
		if history.len() >= most {
			Self::forget_oldest(topic, &mut history);
		}
		if history.try_push(epoch).is_err() {
			defensive!("a topic has more epochs in flight than its parameters allow");
			return;
		}
		History::<T>::insert(topic, history);
		Epochs::<T>::insert(topic, epoch, EpochRecord { state: EpochState::Collecting, windows });
	}

	/// Forgets the topic's oldest epoch.
	///
	/// It is final: of epochs opened earlier, only those of a ground-truth lag are in flight when
	/// the clock comes to an opening, and that many are kept beyond the history.
	fn forget_oldest(topic: TopicId, history: &mut crate::EpochIds) {
		let Some(oldest) = history.first().copied() else {
			return;
		};
		if Epochs::<T>::get(topic, oldest).is_some_and(|record| !record.state.is_final()) {
			defensive!("an epoch in flight is the oldest of too many");
			return;
		}
		history.remove(0);
		Epochs::<T>::remove(topic, oldest);
		T::EpochHandler::on_prune(topic, oldest);
		Self::deposit_event(Event::EpochPruned { topic, epoch: oldest });
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
		let last_epoch = state.last_epoch.unwrap_or(state.anchor);
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
