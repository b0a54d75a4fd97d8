//! The stages of an epoch that concern payloads, and the pruning and forgetting of records.

use crate::{
	freeze::payloads_of,
	types::{ForecasterPlaces, InfererPlaces, WorkerBooks},
	Actors, Config, Forecasters, Inferers, Pallet, ScoreBooks, WeightInfo,
};
use allora_primitives::{
	traits::EpochRecords, Contributions, EpochContext, EpochId, EpochSizes, Payloads, StageError,
	StageResult, Stored, TopicId, VoidReason, WorkerScores,
};
use allora_sortition::{forget_items, Places, Standing};
use frame_support::weights::{Weight, WeightMeter};

impl<T: Config> Pallet<T> {
	/// Returns the payloads of the active workers, which are final since the worker window passed.
	///
	/// Fails with [`VoidReason::NoInference`] if there is no inference.
	pub fn freeze(of: &EpochContext) -> StageResult<Payloads<T::AccountId>> {
		let inferers = Inferers::<T>::get(of.topic, of.epoch);
		if inferers.is_empty() {
			let used = T::WeightInfo::freeze(0, 0);
			return Err(StageError { reason: VoidReason::NoInference, used });
		}
		let forecasters = Forecasters::<T>::get(of.topic, of.epoch);
		let used = T::WeightInfo::freeze(inferers.len() as u32, forecasters.len() as u32);
		Ok((payloads_of(inferers, forecasters), used))
	}

	/// Worst case of [`Self::freeze`].
	pub fn freeze_weight(sizes: &EpochSizes) -> Weight {
		T::WeightInfo::freeze(sizes.inferers, sizes.forecasters)
	}

	/// Updates the workers' smoothed scores with an epoch's instant scores; returns the smoothed
	/// scores.
	///
	/// Fails with [`VoidReason::Arithmetic`] if a score leaves its range.
	pub fn record_scores(
		of: &EpochContext,
		contributions: &Contributions<T::AccountId>,
	) -> StageResult<WorkerScores> {
		let Contributions { inferers, forecasters, .. } = contributions;
		let mut books = ScoreBooks::<T>::get(of.topic);
		let missing = missing(&books, contributions);
		let used =
			Self::weight_of_recording(inferers.len() as u32, forecasters.len() as u32, missing);
		let scores = Self::score_all(of, &mut books, inferers, forecasters)
			.map_err(|reason| StageError { reason, used })?;
		ScoreBooks::<T>::insert(of.topic, books);
		Ok((scores, used))
	}

	/// Worst case of [`Self::record_scores`].
	pub fn record_scores_weight(sizes: &EpochSizes) -> Weight {
		let EpochSizes { inferers, forecasters, in_flight, .. } = *sizes;
		let missing =
			Places::<T::AccountId, Standing, InfererPlaces>::most_missing(inferers, in_flight)
				.saturating_add(Places::<T::AccountId, Standing, ForecasterPlaces>::most_missing(
					forecasters,
					in_flight,
				));
		Self::weight_of_recording(inferers, forecasters, missing)
	}

	fn weight_of_recording(inferers: u32, forecasters: u32, missing: u32) -> Weight {
		let recording = T::WeightInfo::record_scores(inferers, forecasters);
		match missing {
			0 => recording,
			_ => recording.saturating_add(T::WeightInfo::record_missing(missing)),
		}
	}
}

/// The number of an epoch's workers that are not in the score books of their roles.
fn missing<AccountId: Stored + Ord>(
	books: &WorkerBooks<AccountId>,
	contributions: &Contributions<AccountId>,
) -> u32 {
	let inferers = contributions.inferers.iter().map(|one| &one.account);
	let forecasters = contributions.forecasters.iter().map(|one| &one.account);
	books
		.inferers
		.places
		.missing(inferers)
		.saturating_add(books.forecasters.places.missing(forecasters))
}

impl<T: Config> EpochRecords for Pallet<T> {
	fn has_payloads(topic: TopicId, epoch: EpochId) -> bool {
		Inferers::<T>::contains_key(topic, epoch) || Forecasters::<T>::contains_key(topic, epoch)
	}

	fn on_prune(topic: TopicId, epoch: EpochId) -> Weight {
		Inferers::<T>::remove(topic, epoch);
		Forecasters::<T>::remove(topic, epoch);
		Self::prune_weight()
	}

	/// Removes the score book first: a topic without one is being forgotten.
	fn on_forget(topic: TopicId, meter: &mut WeightMeter) -> bool {
		let weight = T::WeightInfo::forget;
		if meter.try_consume(weight(1)).is_err() {
			return false;
		}
		ScoreBooks::<T>::remove(topic);
		let clear = |limit| Inferers::<T>::clear_prefix(topic, limit, None);
		let done = forget_items(meter, weight, clear);
		let clear = |limit| Forecasters::<T>::clear_prefix(topic, limit, None);
		let done = done && forget_items(meter, weight, clear);
		let clear = |limit| Actors::<T>::clear_prefix(topic, limit, None);
		done && forget_items(meter, weight, clear)
	}

	fn prune_weight() -> Weight {
		T::WeightInfo::prune()
	}
}
