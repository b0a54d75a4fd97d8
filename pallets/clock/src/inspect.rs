//! Reads for other pallets and for the runtime API, and what other pallets report to the clock.

use crate::{rent, Config, Deferral, Pallet, Reserved, TopicState, TopicStates, WeightInfo};
use alloc::vec::Vec;
use allora_primitives::{
	api::{OpenWindow, TopicSchedule},
	traits::{
		ClockInfo, ClockedTopic, EmissionIndex, EpochInspect, EpochPrice, NotReserved,
		StakeObserver, TopicClock, TopicRegistry,
	},
	Balance, EpochId, EpochRecord, EpochState, EpochWindows, Slot, TopicId, TopicParameters,
};
use frame_support::{traits::Get, weights::Weight};

impl<T: Config> EpochInspect for Pallet<T> {
	fn collecting_epoch(topic: TopicId) -> Option<EpochId> {
		let parameters = T::Registry::clocked(topic)?.parameters;
		Self::epoch_in_window(topic, &parameters, EpochWindows::accepts_payloads)
	}

	/// A topic's timing never changes, so the parameters of any of its epochs say the same.
	fn is_collecting(topic: TopicId, epoch: EpochId, parameters: &TopicParameters) -> bool {
		let collecting = Self::epoch_in_window(topic, parameters, EpochWindows::accepts_payloads);
		collecting == Some(epoch)
	}

	fn revealing_epoch(topic: TopicId) -> Option<EpochId> {
		let parameters = T::Registry::clocked(topic)?.parameters;
		Self::epoch_in_window(topic, &parameters, EpochWindows::accepts_reveals)
	}

	fn epoch_record(topic: TopicId, epoch: EpochId) -> Option<EpochRecord> {
		let parameters = T::Registry::clocked(topic)?.parameters;
		Self::epoch_record_in(topic, epoch, &parameters)
	}

	fn epoch_record_in(
		topic: TopicId,
		epoch: EpochId,
		parameters: &TopicParameters,
	) -> Option<EpochRecord> {
		let state = TopicStates::<T>::get(topic).epoch_state(epoch)?;
		Some(Self::read_record(epoch, state, parameters))
	}

	fn unsettled_epochs(topic: TopicId) -> Vec<EpochId> {
		let records = TopicStates::<T>::get(topic).records.into_iter();
		records.filter(|(_, state)| !state.is_final()).map(|(epoch, _)| epoch).collect()
	}
}

impl<T: Config> StakeObserver for Pallet<T> {
	fn on_stake_changed(topic: TopicId) {
		Self::on_standing_changed(topic);
	}

	fn weight() -> Weight {
		T::WeightInfo::activate().saturating_add(T::Emission::setting_weight())
	}
}

impl<T: Config> TopicClock for Pallet<T> {
	fn on_revenue(topic: TopicId) {
		Self::on_standing_changed(topic);
	}

	fn activation_weight() -> Weight {
		<Self as StakeObserver>::weight()
	}

	fn reserve(topic: TopicId, parameters: &TopicParameters) -> Result<(), NotReserved> {
		let state = TopicStates::<T>::get(topic);
		if !state.active {
			return Ok(());
		}
		Self::reserve_at_change(topic, parameters, state).map_err(|reason| match reason {
			Deferral::RentTooHigh => NotReserved::RentTooHigh,
			_ => NotReserved::NoCapacity,
		})
	}

	fn on_retired(topic: TopicId) -> Option<EpochId> {
		let entry = T::Registry::clocked(topic)?;
		let mut state = TopicStates::<T>::get(topic);
		let length = entry.parameters.epoch_length;
		// An epoch that has begun may have payloads already, even if the clock is late.
		if state.running_end(length).is_some_and(|end| Self::now() < end) {
			state.continues = false;
		}
		let last_epoch = state.next_epoch(length).or(state.last_epoch());
		Self::schedule(topic, &entry, &mut state);
		TopicStates::<T>::insert(topic, state);
		last_epoch
	}

	fn on_weight_changed(topic: TopicId) {
		let counted = T::Registry::counted_weight(topic);
		Self::call_emission(|| T::Emission::set_weight(topic, counted));
	}

	fn info(topic: TopicId) -> ClockInfo {
		let length = T::Registry::clocked(topic)
			.map_or(1, |ClockedTopic { parameters, .. }| parameters.epoch_length);
		TopicStates::<T>::get(topic).info(Self::now(), length)
	}
}

impl<T: Config> Pallet<T> {
	/// The epoch that accepts what workers send in this slot, if this window of it is open.
	fn epoch_in_window(
		topic: TopicId,
		parameters: &TopicParameters,
		is_open: impl FnOnce(&EpochWindows, Slot) -> bool,
	) -> Option<EpochId> {
		let state = TopicStates::<T>::get(topic);
		if !state.active {
			return None;
		}
		let since_anchor = Self::now().checked_sub(state.anchor)?;
		let into_epoch = since_anchor.checked_rem(parameters.epoch_length.into())?;
		let epoch = Self::now().checked_sub(into_epoch)?;
		if !is_open(&EpochWindows::new(epoch, parameters), Self::now()) {
			return None;
		}
		let accepts = match state.epoch_state(epoch) {
			Some(state) => state == EpochState::Collecting,
			// The clock is late: the announced epoch has its windows nevertheless.
			None => state.next_epoch(parameters.epoch_length) == Some(epoch),
		};
		accepts.then_some(epoch)
	}
}

/// Reads for the runtime API `TopicsApi`.
impl<T: Config> Pallet<T> {
	/// The topic's epochs on record, oldest first.
	pub fn epochs(topic: TopicId) -> Vec<(EpochId, EpochRecord)> {
		let Some(ClockedTopic { parameters, .. }) = T::Registry::clocked(topic) else {
			return Vec::new();
		};
		let read = |(epoch, state)| (epoch, Self::read_record(epoch, state, &parameters));
		let TopicState { records, .. } = TopicStates::<T>::get(topic);
		records.into_iter().map(read).collect()
	}

	/// The worst-case average weight per block of the admitted topics, and the clock's share of a
	/// block.
	pub fn reserved_and_share() -> (Weight, Weight) {
		(Reserved::<T>::get().rate(), Self::share())
	}

	/// The worst-case average weight per block of a topic with these parameters; `None` if the
	/// clock's share of a block is too small for one of its steps.
	pub fn reservation(parameters: &TopicParameters) -> Option<Weight> {
		let reservation = Self::reservation_of(parameters);
		reservation.largest.all_lte(Self::share()).then_some(reservation.rate)
	}

	/// The rent of one epoch of the topic at today's price in planck, the number of epochs besides
	/// those paid for that the topic can have, and the slots until it lapses; `None` if there is no
	/// such topic. For an inactive topic they are what they would be if it were active. Revenue opens
	/// no epochs on demand, so that the number is 0 then.
	pub fn funding(topic: TopicId) -> Option<(Balance, u32, Slot)> {
		let parameters = T::Registry::clocked(topic)?.parameters;
		let state = TopicStates::<T>::get(topic);
		let rate = match &state.reservation {
			Some(reservation) => reservation.rate,
			None => Self::reservation_of(&parameters).rate,
		};
		let length = Slot::from(parameters.epoch_length);
		let rent = rent::rent(Self::rent_price(&Reserved::<T>::get()), rate, length);
		let price = EpochPrice { min_weight: T::MinTopicWeight::get(), rent };
		let epochs = match parameters.is_on_demand() {
			true => 0,
			false => T::Registry::epochs_funded(topic, &parameters, price),
		};
		let end = match state.next_epoch(parameters.epoch_length) {
			Some(next) => next.saturating_add(length),
			None => state.running_end(parameters.epoch_length).unwrap_or_default(),
		};
		let paid = end.saturating_sub(Self::now());
		Some((rent, epochs, paid.saturating_add(Slot::from(epochs).saturating_mul(length))))
	}

	fn read_record(epoch: EpochId, state: EpochState, parameters: &TopicParameters) -> EpochRecord {
		EpochRecord { state, windows: EpochWindows::new(epoch, parameters) }.read_at(Self::now())
	}

	/// The topic's epochs on record before the epoch `before`, or up to the newest one, newest first,
	/// with their states: at most `limit`.
	pub fn epochs_before(
		topic: TopicId,
		before: Option<EpochId>,
		limit: usize,
	) -> Vec<(EpochId, EpochState)> {
		let is_before = |epoch: &EpochId| before.is_none_or(|before| *epoch < before);
		let epochs = Self::epochs(topic).into_iter().rev();
		let epochs = epochs.map(|(epoch, record)| (epoch, record.state));
		epochs.filter(|(epoch, _)| is_before(epoch)).take(limit).collect()
	}

	/// The topic's settled epochs on record, newest first.
	pub fn settled_epochs(topic: TopicId) -> Vec<EpochId> {
		let records = TopicStates::<T>::get(topic).records.into_iter().rev();
		let settled = records.filter(|(_, state)| *state == EpochState::Settled);
		settled.map(|(epoch, _)| epoch).collect()
	}

	/// What the topic accepts in this slot, and until when; `None` if there is no such topic.
	pub fn topic_schedule(topic: TopicId) -> Option<TopicSchedule> {
		let parameters = T::Registry::clocked(topic)?.parameters;
		let now = Self::now();
		let open = |epoch, last: fn(EpochWindows) -> Slot| {
			let last = last(EpochWindows::new(epoch, &parameters));
			OpenWindow { epoch, last, slots_left: last.saturating_sub(now) }
		};
		let collecting = <Self as EpochInspect>::collecting_epoch(topic);
		let revealing = <Self as EpochInspect>::revealing_epoch(topic);
		let reporting = Self::reporting_epochs(topic).into_iter();
		let next = TopicStates::<T>::get(topic).next_epoch(parameters.epoch_length);
		Some(TopicSchedule {
			topic,
			collecting: collecting.map(|epoch| open(epoch, |of| of.workers_last)),
			revealing: revealing.map(|epoch| open(epoch, |of| of.reveals_last)),
			reporting: reporting.map(|epoch| open(epoch, |of| of.reports_last)).collect(),
			// If the clock is late, an epoch that has begun is still to be opened.
			next_opening: next.filter(|next| *next > now),
		})
	}

	/// The topic's epochs that accept reports in this slot, oldest first.
	pub fn reporting_epochs(topic: TopicId) -> Vec<EpochId> {
		let now = Self::now();
		let reporting = |record: &EpochRecord| {
			record.state == EpochState::Reporting && record.windows.accepts_reports(now)
		};
		let mut epochs = Self::epochs(topic);
		epochs.retain(|(_, record)| reporting(record));
		epochs.into_iter().map(|(epoch, _)| epoch).collect()
	}
}
