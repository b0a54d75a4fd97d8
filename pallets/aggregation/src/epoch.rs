//! The stages of an epoch that make its network inference and learn from it, and the pruning and
//! forgetting of records.

use crate::{
	book::Book,
	learn::{learn_epoch, to_record, EpochLearning},
	regret_book::{book_bytes, FORECASTER_SLOTS, INFERER_SLOTS},
	synthesise::{make_bundle, Synthesis},
	weights::{computed_losses, learning_work, synthesis_work},
	Books, Bundles, Config, Latest, LearningRecords, Pallet, StoredBundle, WeightInfo, LOG_TARGET,
};
use alloc::vec::Vec;
use allora_primitives::{
	traits::EpochRecords, EpochContext, EpochId, EpochSizes, FixedI128, LossClass, MadeInference,
	Payloads, Report, Rule, StageError, StageResult, TopicId, VoidReason, WorkerScores,
};
use frame_support::{
	defensive,
	traits::Defensive,
	weights::{Weight, WeightMeter},
};

impl<T: Config> Pallet<T> {
	/// Makes the network inference of an epoch, and the inferences without single actors.
	///
	/// Fails with [`VoidReason::Arithmetic`] if a computation leaves its range.
	pub fn synthesise(
		of: &EpochContext,
		payloads: Payloads<T::AccountId>,
	) -> StageResult<Synthesis<T::AccountId>> {
		let EpochContext { topic, epoch, parameters } = of;
		let book = Books::<T>::get(topic);
		let deviation = Latest::<T>::get(topic).map(|latest| latest.deviation);
		let kept = payloads.forecasts.iter().map(|(_, kept)| kept.len()).max();
		let sizes = EpochSizes {
			inferers: payloads.inferences.len() as u32,
			forecasters: payloads.forecasts.len() as u32,
			elements: kept.unwrap_or_default() as u32,
			labels: parameters.labels.len() as u32,
			rule: parameters.rule,
			..Default::default()
		};
		let used = synthesis_weight::<T>(&sizes, book.bytes());
		let synthesis = make_bundle(parameters, &book, payloads, deviation).map_err(|error| {
			log::warn!(target: LOG_TARGET, "topic {topic}, epoch {epoch}: no bundle: {error}");
			StageError { reason: VoidReason::Arithmetic, used }
		})?;
		Ok((synthesis, used))
	}

	/// Worst case of [`Self::synthesise`].
	pub fn synthesise_weight(sizes: &EpochSizes) -> Weight {
		synthesis_weight::<T>(sizes, largest_book())
	}

	/// Stores the bundle of an epoch with its hash, and its network inference as the topic's
	/// newest. Returns that inference.
	///
	/// Fails with [`VoidReason::Arithmetic`] if the inference has too many labels, which cannot
	/// happen.
	pub fn store(
		of: &EpochContext,
		synthesis: Synthesis<T::AccountId>,
	) -> StageResult<MadeInference> {
		let used = T::WeightInfo::store(synthesis.bundle.element_values.len() as u32);
		let made = Self::store_bundle(of.topic, of.epoch, synthesis)
			.map_err(|reason| StageError { reason, used })?;
		Ok((made, used))
	}

	/// Worst case of [`Self::store`].
	pub fn store_weight(sizes: &EpochSizes) -> Weight {
		T::WeightInfo::store(sizes.bundle_elements().saturating_mul(sizes.labels))
	}

	/// Learns from the reports on an epoch: updates the topic's regrets and scores all
	/// participants.
	///
	/// Fails with [`VoidReason::TooFewReputers`] if there is no stake behind the reports, and with
	/// [`VoidReason::Arithmetic`] if a computation leaves its range.
	pub fn learn(
		of: &EpochContext,
		reports: &[Report<T::AccountId>],
	) -> StageResult<EpochLearning<T::AccountId>> {
		let EpochContext { topic, epoch, parameters } = of;
		if reports.iter().all(|report| report.authority == 0) {
			let used = Weight::zero();
			return Err(StageError { reason: VoidReason::TooFewReputers, used });
		}
		let Some(StoredBundle { bundle, kept, .. }) = Bundles::<T>::get(topic, epoch) else {
			defensive!("an epoch without a bundle has reports");
			let used = T::WeightInfo::learn_regret(0);
			return Err(StageError { reason: VoidReason::NoInference, used });
		};
		let sizes = EpochSizes {
			inferers: bundle.inferers.len() as u32,
			forecasters: bundle.forecasters.len() as u32,
			reputers: reports.len() as u32,
			labels: bundle.labels,
			loss: parameters.loss_method.class(),
			rule: bundle.rule,
			..Default::default()
		};
		let weight = |book: &Book<T::AccountId>| learn_weight::<T>(&sizes, book.bytes());
		let mut book = Books::<T>::get(topic);
		if book.learned.is_some_and(|last| last.epoch >= *epoch) {
			defensive!("epochs of a topic are learned in their order");
			return Err(StageError { reason: VoidReason::Arithmetic, used: weight(&book) });
		}
		let learning = learn_epoch(parameters, &bundle, &kept, reports, &mut book, *epoch);
		let used = weight(&book);
		let learning = learning.map_err(|error| {
			log::warn!(target: LOG_TARGET, "topic {topic}, epoch {epoch}: not learned: {error}");
			StageError { reason: VoidReason::Arithmetic, used }
		})?;
		Self::emit_learning(*topic, *epoch, &learning);
		Books::<T>::insert(topic, book);
		Ok((learning, used))
	}

	/// Worst case of [`Self::learn`].
	pub fn learn_weight(sizes: &EpochSizes) -> Weight {
		learn_weight::<T>(sizes, largest_book())
	}

	/// Stores what was learned from an epoch, with the new smoothed scores, which are in the order
	/// of the contributions.
	///
	/// Fails with [`VoidReason::Arithmetic`] if a smoothed score is missing, which cannot happen.
	pub fn record(
		of: &EpochContext,
		learning: EpochLearning<T::AccountId>,
		workers: WorkerScores,
		reputers: Vec<FixedI128>,
	) -> StageResult<()> {
		let used = T::WeightInfo::record(learning.losses.len() as u32);
		let record = to_record(learning, &workers, &reputers)
			.map_err(|_| StageError { reason: VoidReason::Arithmetic, used })
			.defensive_proof("every contribution has a smoothed score")?;
		LearningRecords::<T>::insert(of.topic, of.epoch, record);
		Ok(((), used))
	}

	/// Worst case of [`Self::record`].
	pub fn record_weight(sizes: &EpochSizes) -> Weight {
		T::WeightInfo::record(sizes.bundle_elements())
	}

	/// Prunes one epoch of the topic; returns whether there was one.
	pub(crate) fn forget_epoch(topic: TopicId) -> bool {
		let Some(epoch) = Bundles::<T>::iter_key_prefix(topic).next() else {
			return false;
		};
		// Every learning record is of an epoch with a bundle.
		Self::on_prune(topic, epoch);
		true
	}

	/// Removes the topic's items that are not of an epoch.
	pub(crate) fn forget_topic(topic: TopicId) {
		Latest::<T>::remove(topic);
		Books::<T>::remove(topic);
	}
}

/// The weight of making a bundle with a book of `book` bytes.
fn synthesis_weight<T: Config>(sizes: &EpochSizes, book: u32) -> Weight {
	let work = synthesis_work(sizes, book);
	match sizes.rule {
		Rule::Mixture => T::WeightInfo::synthesise_mixture(work),
		Rule::Regret => T::WeightInfo::synthesise_regret(work),
	}
}

/// The weight of learning from an epoch with a book of `book` bytes.
fn learn_weight<T: Config>(sizes: &EpochSizes, book: u32) -> Weight {
	let work = learning_work(sizes, book);
	let learning = match sizes.rule {
		Rule::Mixture => T::WeightInfo::learn_mixture(work),
		Rule::Regret => T::WeightInfo::learn_regret(work),
	};
	let losses = computed_losses(sizes);
	match (sizes.loss, sizes.rule) {
		// The work of the mixture rule includes losses by sums and products.
		(LossClass::Reported, _) | (LossClass::Plain, Rule::Mixture) => learning,
		(LossClass::Plain, Rule::Regret) => {
			learning.saturating_add(T::WeightInfo::plain_losses(losses))
		}
		(LossClass::Curved, _) => learning.saturating_add(T::WeightInfo::curved_losses(losses)),
	}
}

/// The size of the largest book in bytes: that of the regret rule, which a topic of the mixture rule
/// may have to read, too, until it has learned from its first epoch.
const fn largest_book() -> u32 {
	book_bytes(INFERER_SLOTS, FORECASTER_SLOTS)
}

/// Voiding an epoch changes nothing: its bundle can be read until it is pruned, and what was
/// learned before stays in force.
impl<T: Config> EpochRecords for Pallet<T> {
	fn on_prune(topic: TopicId, epoch: EpochId) -> Weight {
		Bundles::<T>::remove(topic, epoch);
		LearningRecords::<T>::remove(topic, epoch);
		Self::prune_weight()
	}

	fn on_forget(topic: TopicId, meter: &mut WeightMeter) -> bool {
		// First epoch by epoch, then the topic's own items, which nothing refers to any longer.
		loop {
			if meter.try_consume(T::WeightInfo::forget_epoch()).is_err() {
				return false;
			}
			if !Self::forget_epoch(topic) {
				break;
			}
		}
		if meter.try_consume(T::WeightInfo::forget_topic()).is_err() {
			return false;
		}
		Self::forget_topic(topic);
		true
	}

	fn prune_weight() -> Weight {
		T::WeightInfo::prune()
	}
}
