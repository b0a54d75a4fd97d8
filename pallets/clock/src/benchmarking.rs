//! Benchmarks: one for each function of [`WeightInfo`](crate::WeightInfo), of the same name.

use crate::{
	pallet::*, types::*, Capacity, Class, ClassLoad, Reservation, StepWeights, CLASSES, MAX_PRUNED,
	PRUNED_AFTER_WEEKS,
};
use alloc::{vec, vec::Vec};
use allora_primitives::{
	topic::{Label, Text},
	traits::{ClockedTopic, TopicRegistry},
	EpochId, EpochState, LossMethod, Slot, Slots, Step, TopicId, TopicParameters, MAX_HISTORY,
	MAX_LABELS,
};
use frame_benchmarking::v2::*;
use frame_support::{
	traits::EnsureOrigin,
	weights::{Weight, WeightMeter},
	BoundedVec,
};
use frame_system::RawOrigin;

/// What the benchmarks need from other pallets.
pub trait BenchmarkHelper {
	/// Makes a slot the current one.
	fn set_slot(slot: Slot);
	/// Stores a topic with these parameters in the registry, with stake and revenue enough to be
	/// active.
	fn put_topic(topic: TopicId, parameters: TopicParameters, retired: bool);
}

/// The slot in which the benchmarks run.
const NOW: Slot = 1_000_000;
/// The epoch length in slots: the maximum number of epochs on record fits before [`NOW`].
const LENGTH: Slots = 1_000;
/// The slot in which the epoch before opened.
const BEFORE: EpochId = NOW - LENGTH as Slot;
/// Slots of a week of one second each.
const WEEK: Slot = 604_800;
/// The topic that the benchmarks are about.
const TOPIC: TopicId = 1;

/// The largest parameters, with the longest history and epochs of this length.
fn largest(length: Slots) -> TopicParameters {
	let text = || Text::truncate_from(vec![b'x'; 255]);
	let label = |n: u32| Label::truncate_from(vec![b'a'.saturating_add(n as u8); 64]);
	TopicParameters {
		metadata: text(),
		loss_method: LossMethod::Custom(text()),
		ground_truth: text(),
		labels: BoundedVec::truncate_from((0..MAX_LABELS).map(label).collect()),
		history: MAX_HISTORY,
		..TopicParameters::regression(length, length - 1, length * TopicParameters::MAX_LAG_EPOCHS)
	}
}

/// Gives an inactive topic the maximum number of epochs on record, all settled, up to `last`.
pub fn put_clock<T: Config>(topic: TopicId, last: EpochId) {
	let count = MAX_HISTORY + MAX_IN_FLIGHT;
	let record = |n: u32| (last - Slot::from((count - 1 - n) * LENGTH), EpochState::Settled);
	let records = BoundedVec::truncate_from((0..count).map(record).collect());
	TopicStates::<T>::insert(topic, TopicState { records, ..Default::default() });
}

/// Stores an inactive topic with the maximum number of epochs on record.
fn put_topic<T: Config>(retired: bool) {
	T::BenchmarkHelper::set_slot(NOW);
	T::BenchmarkHelper::put_topic(TOPIC, largest(LENGTH), retired);
	put_clock::<T>(TOPIC, BEFORE);
}

fn clocked<T: Config>() -> ClockedTopic {
	T::Registry::clocked(TOPIC).expect("the topic was just put there")
}

/// Makes the topic active, with the last epoch on record as its running one, and puts it on the
/// agenda for its next step.
fn activate<T: Config>(continues: bool) {
	let clocked = clocked::<T>();
	let mut state = TopicStates::<T>::get(TOPIC);
	state.active = true;
	state.anchor = state.records.first().map(|(epoch, _)| *epoch).unwrap_or_default();
	state.continues = continues;
	reserve::<T>(&mut state);
	Pallet::<T>::schedule(TOPIC, &clocked, &mut state);
	TopicStates::<T>::insert(TOPIC, state);
}

/// Reserves a little for the topic.
fn reserve<T: Config>(state: &mut TopicState) {
	let little = Weight::from_parts(1_000, 0);
	let steps = StepWeights { open: little, close_workers: little, close_reputers: little };
	let reservation = Reservation::new(LENGTH, steps, little, little);
	Reserved::<T>::mutate(|capacity| capacity.add(&reservation));
	Phases::<T>::mutate(|phases| phases.add(&reservation));
	state.reservation = Some(reservation);
}

/// Excludes the topic's state from a step's weight, since the turn's weight includes it.
fn whitelist_state<T: Config>() {
	let key = TopicStates::<T>::hashed_key_for(TOPIC);
	frame_benchmarking::benchmarking::add_to_whitelist(key.into());
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn activate() {
		put_topic::<T>(false);
		// An epoch of an earlier activation is in flight, so the topic moves on the agenda and its
		// reservation is replaced.
		let clocked = clocked::<T>();
		let mut state = TopicStates::<T>::get(TOPIC);
		if let Some((_, last)) = state.records.last_mut() {
			*last = EpochState::AwaitingTruth;
		}
		reserve::<T>(&mut state);
		Pallet::<T>::schedule(TOPIC, &clocked, &mut state);
		TopicStates::<T>::insert(TOPIC, state);
		let who: T::AccountId = account("anybody", 0, 0);
		#[extrinsic_call]
		_(RawOrigin::Signed(who), TOPIC);
		assert!(TopicStates::<T>::get(TOPIC).active);
	}

	#[benchmark]
	fn force_inactivate() -> Result<(), BenchmarkError> {
		put_topic::<T>(false);
		super::activate::<T>(true);
		let origin =
			T::EmergencyOrigin::try_successful_origin().map_err(|()| BenchmarkError::Weightless)?;
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, TOPIC);
		assert!(TopicStates::<T>::get(TOPIC).barred);
		Ok(())
	}

	#[benchmark]
	fn lift() -> Result<(), BenchmarkError> {
		put_topic::<T>(false);
		TopicStates::<T>::mutate(TOPIC, |state| state.barred = true);
		let origin =
			T::EmergencyOrigin::try_successful_origin().map_err(|()| BenchmarkError::Weightless)?;
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, TOPIC);
		assert!(TopicStates::<T>::get(TOPIC).active);
		Ok(())
	}

	#[benchmark]
	fn poll(c: Linear<1, { CLASSES as u32 }>) {
		put_topic::<T>(false);
		super::activate::<T>(true);
		let _ = Agenda::<T>::clear(u32::MAX, None);
		// Every occupied class has an entry that is due and does not fit.
		let mut capacity = Capacity::default();
		for class in (0..c).map(|class| Class(class as u8)) {
			capacity.classes[usize::from(class.0)] = ClassLoad { topics: 1, ..Default::default() };
			Agenda::<T>::insert(AgendaEntry { class, due: NOW, topic: TOPIC }.key(), ());
		}
		Reserved::<T>::put(capacity);
		let mut meter = WeightMeter::with_limit(<T::WeightInfo as crate::WeightInfo>::poll(c));
		#[block]
		{
			Pallet::<T>::take_due_steps(NOW, &mut meter);
			Pallet::<T>::forget_retired(&mut meter);
		}
		assert_eq!(Agenda::<T>::iter_keys().count() as u32, c);
	}

	#[benchmark]
	fn turn() {
		put_topic::<T>(false);
		super::activate::<T>(true);
		let mut queue = crate::turns::Queue::of::<T>(NOW, &Reserved::<T>::get());
		#[block]
		{
			let entry = queue.first().unwrap();
			let clocked = clocked::<T>();
			let next = Pallet::<T>::step_due(entry.topic, &clocked.parameters, entry.due);
			assert!(next.is_some());
			// The effect of a step on the agenda.
			TopicStates::<T>::mutate(TOPIC, |state| {
				state.records.remove(0);
				state.records.try_push((NOW, EpochState::Collecting)).unwrap();
			});
			assert!(!Pallet::<T>::end_turn(entry.topic, &clocked));
			queue.advance::<T>(entry);
		}
		assert_eq!(TopicStates::<T>::get(TOPIC).scheduled, Some(NOW + Slot::from(LENGTH)));
	}

	#[benchmark]
	fn release() {
		put_topic::<T>(true);
		let mut state = TopicStates::<T>::get(TOPIC);
		reserve::<T>(&mut state);
		let clocked = clocked::<T>();
		let released;
		#[block]
		{
			released = Pallet::<T>::schedule(TOPIC, &clocked, &mut state);
		}
		assert!(released && state.reservation.is_none());
	}

	#[benchmark]
	fn open() {
		put_topic::<T>(false);
		super::activate::<T>(true);
		whitelist_state::<T>();
		let clocked = clocked::<T>();
		let capacity = Reserved::<T>::get();
		#[block]
		{
			Pallet::<T>::end_and_record(TOPIC, &clocked, &capacity);
		}
		assert_eq!(TopicStates::<T>::get(TOPIC).last_epoch(), Some(NOW));
	}

	#[benchmark]
	fn inactivate() {
		put_topic::<T>(false);
		super::activate::<T>(false);
		whitelist_state::<T>();
		let clocked = clocked::<T>();
		let capacity = Reserved::<T>::get();
		#[block]
		{
			Pallet::<T>::end_and_record(TOPIC, &clocked, &capacity);
		}
		assert!(!TopicStates::<T>::get(TOPIC).active);
	}

	#[benchmark]
	fn skip() {
		put_topic::<T>(false);
		super::activate::<T>(true);
		// The last slot of a week without blocks.
		T::BenchmarkHelper::set_slot(NOW + WEEK);
		whitelist_state::<T>();
		let clocked = clocked::<T>();
		#[block]
		{
			Pallet::<T>::skip(TOPIC, NOW, &clocked);
		}
		assert!(TopicStates::<T>::get(TOPIC).put_off_to.is_some());
	}

	/// Stores a topic whose last epoch on record is in this state, and returns that epoch.
	fn epoch_in_flight<T: Config>(state: EpochState) -> EpochId {
		put_topic::<T>(false);
		TopicStates::<T>::mutate(TOPIC, |topic| topic.set_epoch_state(BEFORE, state));
		whitelist_state::<T>();
		BEFORE
	}

	#[benchmark]
	fn close_workers() {
		let epoch = epoch_in_flight::<T>(EpochState::Collecting);
		#[block]
		{
			Pallet::<T>::record_step(TOPIC, epoch, Step::CloseWorkers);
		}
		assert_ne!(TopicStates::<T>::get(TOPIC).epoch_state(epoch), Some(EpochState::Collecting));
	}

	#[benchmark]
	fn close_reputers() {
		let epoch = epoch_in_flight::<T>(EpochState::AwaitingTruth);
		#[block]
		{
			Pallet::<T>::record_step(TOPIC, epoch, Step::CloseReputers);
		}
		assert!(TopicStates::<T>::get(TOPIC).epoch_state(epoch).unwrap().is_final());
	}

	#[benchmark]
	fn forget() {
		put_topic::<T>(true);
		Forgetting::<T>::insert(TOPIC, ());
		#[block]
		{
			let retired: Vec<_> = Forgetting::<T>::iter_keys().take(1).collect();
			assert_eq!(retired, vec![TOPIC]);
			Pallet::<T>::forget_own(TOPIC);
		}
		assert!(!TopicStates::<T>::contains_key(TOPIC));
	}

	#[benchmark]
	fn prune(e: Linear<1, MAX_PRUNED>) {
		put_topic::<T>(false);
		T::BenchmarkHelper::set_slot(NOW + (PRUNED_AFTER_WEEKS + 1) * WEEK);
		TopicStates::<T>::mutate(TOPIC, |state| {
			let dropped = state.records.len() - 1 - e as usize;
			state.records.drain(..dropped);
		});
		// The records of other pallets, of which there are none here, are weighed on their own.
		#[block]
		{
			Pallet::<T>::do_prune(TOPIC).unwrap();
		}
		assert_eq!(TopicStates::<T>::get(TOPIC).records.len(), 1);
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::ExtBuilder::externalities(), crate::mock::Test);
}
