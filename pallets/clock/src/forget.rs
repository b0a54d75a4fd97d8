//! Removing the records of retired topics in bounded steps, and those of topics that have lapsed
//! long ago by a call.

use crate::{Config, Error, Event, Forgetting, Pallet, TopicStates, WeightInfo, MAX_IN_FLIGHT};
use allora_primitives::{
	traits::{EpochRecords, TopicRegistry},
	EpochId, EpochState, Slot, TopicId, VoidReason, MAX_HISTORY,
};
use frame_support::{
	ensure,
	traits::Get,
	weights::{Weight, WeightMeter},
};
use sp_runtime::DispatchError;

/// The number of weeks after the last slot of which a topic has paid the rent, before its records
/// may be pruned.
pub const PRUNED_AFTER_WEEKS: Slot = 4;

/// The maximum number of epochs that one call prunes: all that a topic may have on record, less the
/// newest.
pub const MAX_PRUNED: u32 = MAX_HISTORY + MAX_IN_FLIGHT - 1;

/// Whether an epoch with this end has made a network inference for certain.
fn has_inference(end: EpochState) -> bool {
	use VoidReason::*;
	matches!(end, EpochState::Settled | EpochState::Void(NoReport | TooFewReputers))
}

impl<T: Config> Pallet<T> {
	/// Removes the epochs of a topic from the record but the newest, which the topic's later epochs
	/// follow, and the newest with an inference, which is for sale as long as it is on record. Returns
	/// the weight used.
	pub(crate) fn do_prune(topic: TopicId) -> Result<Weight, DispatchError> {
		let entry = T::Registry::clocked(topic).ok_or(Error::<T>::TopicNotFound)?;
		ensure!(!entry.retired, Error::<T>::TopicRetired);
		let mut state = TopicStates::<T>::get(topic);
		let wait = Slot::from(T::SlotsPerWeek::get()).saturating_mul(PRUNED_AFTER_WEEKS);
		let is_over = state.paid_through.saturating_add(wait) < Self::now();
		// Without a step to come, all epochs on record are final.
		let has_ended = !state.active && state.scheduled.is_none();
		ensure!(is_over && has_ended, Error::<T>::NotLapsed);
		let newest = state.last_epoch();
		let served = state.records.iter().rev().find(|(_, end)| has_inference(*end));
		let served = served.map(|(epoch, _)| *epoch);
		let is_kept = |epoch: EpochId| [newest, served].contains(&Some(epoch));
		let mut pruned = state.records.clone();
		pruned.retain(|(epoch, _)| !is_kept(*epoch));
		ensure!(!pruned.is_empty(), Error::<T>::NothingToPrune);
		state.records.retain(|(epoch, _)| is_kept(*epoch));
		TopicStates::<T>::insert(topic, state);
		// At most `MAX_PRUNED`, so that it fits.
		let mut used = T::WeightInfo::prune(pruned.len() as u32);
		for (epoch, _) in pruned {
			used.saturating_accrue(T::Records::on_prune(topic, epoch));
			Self::deposit_event(Event::EpochPruned { topic, epoch });
		}
		Ok(used)
	}

	/// The worst-case weight of [`Self::do_prune`].
	pub(crate) fn most_pruned() -> Weight {
		let of_records = T::Records::prune_weight().saturating_mul(MAX_PRUNED.into());
		T::WeightInfo::prune(MAX_PRUNED).saturating_add(of_records)
	}

	/// Continues to forget retired topics, one after the other, within the meter.
	pub(crate) fn forget_retired(meter: &mut WeightMeter) {
		for topic in Forgetting::<T>::iter_keys() {
			if meter.try_consume(T::WeightInfo::forget()).is_err() {
				return;
			}
			if T::Records::on_forget(topic, meter) {
				Self::forget_own(topic);
			}
		}
	}

	/// Removes the clock's own items of a topic that has no other records.
	pub(crate) fn forget_own(topic: TopicId) {
		TopicStates::<T>::remove(topic);
		Forgetting::<T>::remove(topic);
		Self::deposit_event(Event::TopicForgotten { topic });
	}
}
