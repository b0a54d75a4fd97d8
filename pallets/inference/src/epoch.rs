//! The steps of the clock as they concern payloads, and forgetting old epochs.

use crate::{
	ActiveSets, Config, Forecasts, Inferences, Outcomes, Pallet, PruneQueue, WeightInfo,
	IDLE_PRUNE_LIMIT, PRUNE_LIMIT,
};
use allora_primitives::{
	traits::{EpochHandler, TopicInspect},
	EpochId, EpochSizes, Step, TopicId, VoidReason,
};
use frame_support::weights::{Weight, WeightMeter};

/// This pallet answers for what its traits are asked for in a step as well: reading the payloads
/// at the worker close, and taking the scores at the reputer close.
impl<T: Config> EpochHandler for Pallet<T> {
	/// Nothing to do; the weight is that of forgetting an old epoch, which the same step asks for.
	fn on_open(topic: TopicId, _: EpochId) -> Result<Weight, VoidReason> {
		let sizes = T::Topics::parameters(topic)
			.map(|parameters| EpochSizes::worst_case(&parameters))
			.unwrap_or_default();
		Ok(<Self as EpochHandler>::weight(Step::Open, &sizes))
	}

	/// The windows being arithmetic, the payloads have been final since the window passed.
	fn on_close_workers(topic: TopicId, epoch: EpochId) -> Result<Weight, VoidReason> {
		let sets = ActiveSets::<T>::get(topic, epoch);
		if sets.inferers.is_empty() {
			return Err(VoidReason::NoInference);
		}
		let (inferers, forecasters) = (sets.inferers.len(), sets.forecasters.len());
		Ok(T::WeightInfo::close_workers(inferers as u32, forecasters as u32))
	}

	fn on_close_reputers(topic: TopicId, epoch: EpochId) -> Result<Weight, VoidReason> {
		let sets = ActiveSets::<T>::get(topic, epoch);
		let workers = sets.inferers.len().saturating_add(sets.forecasters.len());
		Ok(T::WeightInfo::note_scores(workers as u32))
	}

	fn on_prune(topic: TopicId, epoch: EpochId) {
		// Bounded: 32 inferers and 8 forecasters.
		let sets = ActiveSets::<T>::take(topic, epoch);
		for member in sets.inferers.members() {
			Inferences::<T>::remove((topic, epoch, &member.account));
		}
		for member in sets.forecasters.members() {
			Forecasts::<T>::remove((topic, epoch, &member.account));
		}
		if !Self::forget_outcomes(topic, epoch, PRUNE_LIMIT) {
			PruneQueue::<T>::insert(topic, epoch, ());
		}
	}

	fn weight(step: Step, sizes: &EpochSizes) -> Weight {
		let workers = sizes.inferers.saturating_add(sizes.forecasters);
		match step {
			Step::Open => T::WeightInfo::prune(workers, PRUNE_LIMIT),
			Step::CloseWorkers => T::WeightInfo::close_workers(sizes.inferers, sizes.forecasters),
			Step::CloseReputers => T::WeightInfo::note_scores(workers),
		}
	}
}

impl<T: Config> Pallet<T> {
	/// Goes on forgetting one queued epoch, as far as the weight reaches; answers what it used.
	pub(crate) fn prune_from_queue(remaining: Weight) -> Weight {
		let mut meter = WeightMeter::with_limit(remaining);
		if meter.try_consume(T::WeightInfo::prune_queue()).is_err() {
			return meter.consumed();
		}
		let Some((topic, epoch, ())) = PruneQueue::<T>::iter().next() else {
			return meter.consumed();
		};
		// The largest limit that fits, by halving: eleven trials at most.
		let mut limit = IDLE_PRUNE_LIMIT;
		while limit > 0 && meter.try_consume(T::WeightInfo::prune_markers(limit)).is_err() {
			limit /= 2;
		}
		if limit > 0 && Self::forget_outcomes(topic, epoch, limit) {
			PruneQueue::<T>::remove(topic, epoch);
		}
		meter.consumed()
	}

	/// Forgets up to `limit` markers of the epoch; answers whether none is left.
	fn forget_outcomes(topic: TopicId, epoch: EpochId, limit: u32) -> bool {
		Outcomes::<T>::clear_prefix((topic, epoch), limit, None).maybe_cursor.is_none()
	}
}
