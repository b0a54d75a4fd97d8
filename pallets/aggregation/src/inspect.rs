//! What others are told: the clock's steps, the traits answered, and reads for the runtime API.

use crate::{
	regret_book::{book_bytes, FORECASTER_SLOTS, INFERER_SLOTS},
	weights::{learning_work, synthesis_work},
	Bundles, Config, Latest, Lesson, Lessons, Pallet, RegretBooks, ResistantInference,
	StoredBundle, WeightInfo,
};
use alloc::vec::Vec;
use allora_math::{convert::to_fixed, scores::ReputerParams};
use allora_primitives::{
	api::{
		LearnedReputer, LearnedWorker, NetworkInference, ResistantInference as ResistantAnswer,
		WorkerPart,
	},
	traits::{BundleInspect, ContributionInspect, EpochHandler},
	Bundle, Contributions, EpochId, EpochSizes, FixedI128, Role, Step, TopicId, VoidReason,
};
use frame_support::{
	storage::unhashed,
	weights::{Weight, WeightMeter},
};
use sp_core::H256;
use sp_runtime::{
	traits::{CheckedDiv, CheckedSub, One, Zero},
	SaturatedConversion,
};

/// A void epoch leaves its bundle, for people to read, until it is pruned; what was learned before
/// stays in force. So there is nothing to do on voiding.
impl<T: Config> EpochHandler for Pallet<T> {
	/// Nothing to do; the weight is that of forgetting an old epoch, which the same step asks for.
	fn on_open(_: TopicId, _: EpochId) -> Result<Weight, VoidReason> {
		Ok(T::WeightInfo::prune())
	}

	fn on_close_workers(topic: TopicId, epoch: EpochId) -> Result<Weight, VoidReason> {
		Self::synthesise(topic, epoch)
	}

	fn on_close_reputers(topic: TopicId, epoch: EpochId) -> Result<Weight, VoidReason> {
		Self::learn(topic, epoch)
	}

	fn on_prune(topic: TopicId, epoch: EpochId) {
		Bundles::<T>::remove(topic, epoch);
		Lessons::<T>::remove(topic, epoch);
	}

	fn on_forget(topic: TopicId, meter: &mut WeightMeter) -> bool {
		// One step an epoch on record; then the topic's own items, which nothing refers to any more.
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

	fn weight(step: Step, sizes: &EpochSizes) -> Weight {
		let book = book_bytes(INFERER_SLOTS, FORECASTER_SLOTS);
		match step {
			Step::CloseWorkers => T::WeightInfo::close_workers(synthesis_work(sizes, book)),
			Step::CloseReputers => T::WeightInfo::close_reputers(learning_work(sizes, book)),
			Step::Open => T::WeightInfo::prune(),
		}
	}
}

impl<T: Config> BundleInspect<T::AccountId> for Pallet<T> {
	fn bundle(topic: TopicId, epoch: EpochId) -> Option<Bundle<T::AccountId>> {
		Bundles::<T>::get(topic, epoch).map(|stored| stored.bundle)
	}

	fn report_shape(topic: TopicId, epoch: EpochId) -> Option<(H256, u32)> {
		// The front of the stored bundle, without decoding the rest.
		unhashed::get(&Bundles::<T>::hashed_key_for(topic, epoch))
	}
}

impl<T: Config> ContributionInspect<T::AccountId> for Pallet<T> {
	fn contributions(topic: TopicId, epoch: EpochId) -> Option<Contributions<T::AccountId>> {
		// The front of the lesson, without decoding the rest.
		unhashed::get(&Lessons::<T>::hashed_key_for(topic, epoch))
	}
}

impl<T: Config> Pallet<T> {
	/// Forgets some epoch of the topic; answers whether there was one.
	pub(crate) fn forget_epoch(topic: TopicId) -> bool {
		let Some(epoch) = Bundles::<T>::iter_key_prefix(topic).next() else {
			return false;
		};
		// Every lesson is of an epoch with a bundle.
		<Self as EpochHandler>::on_prune(topic, epoch);
		true
	}

	/// Forgets what the topic has besides its epochs.
	pub(crate) fn forget_topic(topic: TopicId) {
		Latest::<T>::remove(topic);
		RegretBooks::<T>::remove(topic);
	}

	/// A network inference of an epoch, with its age in blocks.
	fn aged(
		epoch: EpochId,
		label_values: Vec<FixedI128>,
		intervals: Vec<[FixedI128; 5]>,
	) -> NetworkInference {
		let now: u32 = frame_system::Pallet::<T>::block_number().saturated_into();
		// An epoch does not open in the future, so nothing saturates.
		NetworkInference { epoch, label_values, intervals, age: now.saturating_sub(epoch) }
	}

	/// An outlier-resistant inference; the network inference itself if nobody was left out.
	fn resistant_or(
		ordinary: NetworkInference,
		resistant: Option<ResistantInference<T::AccountId>>,
	) -> ResistantAnswer<T::AccountId> {
		match resistant {
			None => ResistantAnswer { inference: ordinary, left_out: Vec::new() },
			Some(ResistantInference { label_values, intervals, left_out }) => ResistantAnswer {
				inference: Self::aged(
					ordinary.epoch,
					label_values.into_inner(),
					intervals.into_inner(),
				),
				left_out: left_out.into_inner(),
			},
		}
	}

	/// The newest network inference of the topic, with its age in blocks.
	pub fn latest_inference(topic: TopicId) -> Option<NetworkInference> {
		let latest = Latest::<T>::get(topic)?;
		Some(Self::aged(
			latest.epoch,
			latest.label_values.into_inner(),
			latest.intervals.into_inner(),
		))
	}

	/// The newest outlier-resistant inference of the topic (S 18), with its age in blocks.
	pub fn latest_resistant_inference(topic: TopicId) -> Option<ResistantAnswer<T::AccountId>> {
		let resistant = Latest::<T>::get(topic)?.resistant;
		Some(Self::resistant_or(Self::latest_inference(topic)?, resistant))
	}

	/// The outlier-resistant inference of an epoch; none after pruning.
	pub fn resistant_inference(
		topic: TopicId,
		epoch: EpochId,
	) -> Option<ResistantAnswer<T::AccountId>> {
		let stored = Bundles::<T>::get(topic, epoch)?;
		let label_values = stored.bundle.network_inference().to_vec();
		let ordinary = Self::aged(epoch, label_values, stored.bundle.intervals.into_inner());
		Some(Self::resistant_or(ordinary, stored.resistant))
	}

	/// The bundle of an epoch and the hash that reports must name; none after pruning.
	pub fn hashed_bundle(topic: TopicId, epoch: EpochId) -> Option<(H256, Bundle<T::AccountId>)> {
		Bundles::<T>::get(topic, epoch).map(|stored| (stored.bundle_hash, stored.bundle))
	}

	/// The network's losses of an epoch, positional over its bundle; none before it is learned and
	/// after pruning.
	pub fn losses(topic: TopicId, epoch: EpochId) -> Option<Vec<FixedI128>> {
		Lessons::<T>::get(topic, epoch).map(|lesson| lesson.losses.into_inner())
	}

	/// The combined regret of an inferer or forecaster; none before its first, and for reputers.
	pub fn regret(topic: TopicId, role: Role, who: &T::AccountId) -> Option<FixedI128> {
		let book = RegretBooks::<T>::get(topic);
		match role {
			Role::Inferer => book.inferer_regret(who),
			Role::Forecaster => book.forecaster_regret(who),
			Role::Reputer => None,
		}
	}

	/// What an inferer or forecaster did in an epoch; none if the epoch's bundle lacks it.
	pub fn worker_part(
		topic: TopicId,
		epoch: EpochId,
		role: Role,
		who: &T::AccountId,
	) -> Option<WorkerPart> {
		let StoredBundle { bundle, resistant, .. } = Bundles::<T>::get(topic, epoch)?;
		let n = bundle.inferers.len();
		// Single elements stand behind the combined and the naive one, forecasters behind inferers.
		let (at, weight, first) = match role {
			Role::Inferer => {
				let at = bundle.inferers.iter().position(|one| one == who)?;
				(at, *bundle.inferer_weights.get(at)?, 2)
			}
			Role::Forecaster => {
				let at = bundle.forecasters.iter().position(|one| one == who)?;
				(at, *bundle.forecaster_weights.get(at)?, n.saturating_add(2))
			}
			Role::Reputer => return None,
		};
		let left_out = role == Role::Inferer
			&& resistant.is_some_and(|inference| inference.left_out.contains(who));
		let element = first.saturating_add(at);
		let learned = Lessons::<T>::get(topic, epoch)
			.and_then(|lesson| learned_worker(&lesson, role, at, element));
		Some(WorkerPart { weight, left_out, learned })
	}

	/// What came of a reputer's report in an epoch; none if it was not learned of.
	pub fn learned_reputer(
		topic: TopicId,
		epoch: EpochId,
		who: &T::AccountId,
	) -> Option<LearnedReputer> {
		let lesson = Lessons::<T>::get(topic, epoch)?;
		let at = lesson.contributions.reputers.iter().position(|one| one.account == *who)?;
		let (one, taught) = (lesson.contributions.reputers.get(at)?, lesson.reputers.get(at)?);
		Some(LearnedReputer {
			authority: one.authority,
			distance: distance_of(one.score),
			coefficient_before: taught.coefficient_before,
			coefficient: taught.coefficient,
			score: one.score,
			smoothed_score: taught.score,
		})
	}

	/// The storage key of the topic's newest network inference, for a storage proof.
	pub fn latest_inference_key(topic: TopicId) -> Vec<u8> {
		Latest::<T>::hashed_key_for(topic)
	}
}

/// What was learned of the worker at this position of its role, whose loss is that of `element`.
fn learned_worker<AccountId>(
	lesson: &Lesson<AccountId>,
	role: Role,
	at: usize,
	element: usize,
) -> Option<LearnedWorker> {
	let (one, taught) = match role {
		Role::Inferer => (lesson.contributions.inferers.get(at)?, lesson.inferers.get(at)?),
		_ => (lesson.contributions.forecasters.get(at)?, lesson.forecasters.get(at)?),
	};
	Some(LearnedWorker {
		loss: *lesson.losses.get(element)?,
		regret_before: taught.regret_before,
		regret: taught.regret,
		score: one.score,
		smoothed_score: taught.score,
	})
}

/// How far a report with this score is from the consensus, over the consensus' norm: the score
/// being `1 / (distance + epsilon)` (S 12.3). None for a distance that did not fit.
fn distance_of(score: FixedI128) -> Option<FixedI128> {
	let epsilon = to_fixed(ReputerParams::default().epsilon).ok()?;
	let distance = FixedI128::one().checked_div(&score)?.checked_sub(&epsilon)?;
	// Rounding can take the distance of the consensus itself below zero.
	Some(distance.max(FixedI128::zero()))
}
