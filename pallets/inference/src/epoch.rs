//! The stages of an epoch that concern payloads, and the pruning and forgetting of records.

use crate::{
	freeze::payloads_of,
	types::{ForecasterPlaces, InfererPlaces, WorkerBooks},
	Actors, Commitments, Config, Forecasters, Inferers, Pallet, ScoreBooks, WeightInfo,
};
use allora_primitives::{
	traits::{EpochRecords, TopicInspect},
	Contributions, EpochContext, EpochId, EpochSizes, Payloads, StageError, StageResult, Step,
	Stored, TopicId, VoidReason, WorkerScores,
};
use allora_sortition::{forget_items, Places, Standing};
use frame_support::{
	traits::Get,
	weights::{Weight, WeightMeter},
};

/// The number of items that hold the parameters of an epoch: those of the topic, and those that
/// have been superseded since.
const TOPIC_READS: u64 = 2;

impl<T: Config> Pallet<T> {
	/// Returns the payloads of the active workers, which are final since the worker window passed.
	/// In a topic with a reveal window, lowers the scores of the workers that have not revealed.
	///
	/// Fails with [`VoidReason::NoInference`] if there is no inference.
	pub fn freeze(of: &EpochContext) -> StageResult<Payloads<T::AccountId>> {
		let inferers = Inferers::<T>::get(of.topic, of.epoch);
		if inferers.is_empty() {
			let used = T::WeightInfo::freeze(0, 0);
			return Err(StageError { reason: VoidReason::NoInference, used });
		}
		let forecasters = Forecasters::<T>::get(of.topic, of.epoch);
		let mut used = T::WeightInfo::freeze(inferers.len() as u32, forecasters.len() as u32);
		if of.parameters.has_reveal_window() {
			used.saturating_accrue(Self::close_commitments(of));
		}
		Ok((payloads_of(inferers, forecasters), used))
	}

	/// Worst case of [`Self::freeze`], or of voiding the epoch since it has no inference.
	pub fn freeze_weight(sizes: &EpochSizes) -> Weight {
		let EpochSizes { inferers, forecasters, reveals, .. } = *sizes;
		let freezing = T::WeightInfo::freeze(inferers, forecasters);
		if !reveals {
			return freezing;
		}
		let closing = T::WeightInfo::close_commitments(inferers, forecasters);
		freezing.saturating_add(Self::with_missing(closing, Self::most_missing(sizes)))
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
		let EpochSizes { inferers, forecasters, .. } = *sizes;
		Self::weight_of_recording(inferers, forecasters, Self::most_missing(sizes))
	}

	/// The maximum number of an epoch's workers that are not in the score books of their roles.
	fn most_missing(sizes: &EpochSizes) -> u32 {
		let EpochSizes { inferers, forecasters, in_flight, .. } = *sizes;
		Places::<T::AccountId, Standing, InfererPlaces>::most_missing(inferers, in_flight)
			.saturating_add(Places::<T::AccountId, Standing, ForecasterPlaces>::most_missing(
				forecasters,
				in_flight,
			))
	}

	fn weight_of_recording(inferers: u32, forecasters: u32, missing: u32) -> Weight {
		Self::with_missing(T::WeightInfo::record_scores(inferers, forecasters), missing)
	}

	/// The weight of changing scores in the books, and in the records of this many workers that are
	/// not in the books.
	pub(crate) fn with_missing(in_books: Weight, missing: u32) -> Weight {
		match missing {
			0 => in_books,
			_ => in_books.saturating_add(T::WeightInfo::record_missing(missing)),
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
		Inferers::<T>::contains_key(topic, epoch)
			|| Forecasters::<T>::contains_key(topic, epoch)
			|| Commitments::<T>::contains_key(topic, epoch)
	}

	/// Lowers the scores of workers that have not revealed, in an epoch that is void since none of
	/// the inferers has: [`Pallet::freeze`] has failed and lowered none. It had reserved the weight
	/// for that, so that only the reading of the topic is left for [`Self::void_weight`].
	fn on_void(topic: TopicId, epoch: EpochId, reason: VoidReason) -> Weight {
		if reason != VoidReason::NoInference {
			return Weight::zero();
		}
		let used = T::DbWeight::get().reads(TOPIC_READS);
		let parameters = T::Topics::parameters_of(topic, epoch);
		match parameters.filter(|parameters| parameters.has_reveal_window()) {
			Some(parameters) => used.saturating_add(Self::close_commitments(&EpochContext {
				topic,
				epoch,
				parameters,
			})),
			None => used,
		}
	}

	fn on_prune(topic: TopicId, epoch: EpochId) -> Weight {
		Inferers::<T>::remove(topic, epoch);
		Forecasters::<T>::remove(topic, epoch);
		Commitments::<T>::remove(topic, epoch);
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
		let clear = |limit| Commitments::<T>::clear_prefix(topic, limit, None);
		let done = done && forget_items(meter, weight, clear);
		let clear = |limit| Actors::<T>::clear_prefix(topic, limit, None);
		done && forget_items(meter, weight, clear)
	}

	fn void_weight(step: Step) -> Weight {
		match step {
			Step::CloseWorkers => T::DbWeight::get().reads(TOPIC_READS),
			Step::Open | Step::CloseReputers => Weight::zero(),
		}
	}

	fn prune_weight() -> Weight {
		T::WeightInfo::prune()
	}
}
