//! What other pallets and the runtime API read.

use crate::{
	Bundles, Config, Latest, LearningRecord, LearningRecords, Pallet, RegretBooks,
	ResistantInference, StoredBundle,
};
use alloc::vec::Vec;
use allora_math::{convert::to_fixed, scores::ReputerParams};
use allora_primitives::{
	api::{
		LearnedReputer, LearnedWorker, NetworkInference, ResistantInference as ResistantAnswer,
		WorkerPart,
	},
	traits::{BundleInspect, SlotProvider},
	Bundle, Contributions, EpochId, FixedI128, Role, TopicId,
};
use frame_support::storage::unhashed;
use sp_core::H256;
use sp_runtime::traits::{CheckedDiv, CheckedSub, One, Zero};

impl<T: Config> BundleInspect<T::AccountId> for Pallet<T> {
	fn bundle(topic: TopicId, epoch: EpochId) -> Option<Bundle<T::AccountId>> {
		Bundles::<T>::get(topic, epoch).map(|stored| stored.bundle)
	}

	fn report_shape(topic: TopicId, epoch: EpochId) -> Option<(H256, u32)> {
		// The front of the stored bundle, without decoding the rest.
		unhashed::get(&Bundles::<T>::hashed_key_for(topic, epoch))
	}
}

impl<T: Config> Pallet<T> {
	/// A network inference of an epoch, with its age in slots.
	fn aged(
		epoch: EpochId,
		label_values: Vec<FixedI128>,
		intervals: Vec<[FixedI128; 5]>,
	) -> NetworkInference {
		let now = T::Time::current_slot();
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

	/// The newest network inference of the topic, with its age in slots.
	pub fn latest_inference(topic: TopicId) -> Option<NetworkInference> {
		let latest = Latest::<T>::get(topic)?;
		Some(Self::aged(
			latest.epoch,
			latest.label_values.into_inner(),
			latest.intervals.into_inner(),
		))
	}

	/// The newest outlier-resistant inference of the topic (S 18), with its age in slots.
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

	/// What everyone contributed to an epoch; none before it is learned and after pruning.
	pub fn contributions(topic: TopicId, epoch: EpochId) -> Option<Contributions<T::AccountId>> {
		LearningRecords::<T>::get(topic, epoch).map(|record| record.contributions)
	}

	/// The network's losses of an epoch, positional over its bundle; none before it is learned and
	/// after pruning.
	pub fn losses(topic: TopicId, epoch: EpochId) -> Option<Vec<FixedI128>> {
		LearningRecords::<T>::get(topic, epoch).map(|record| record.losses.into_inner())
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
		let learned = LearningRecords::<T>::get(topic, epoch)
			.and_then(|record| learned_worker(&record, role, at, element));
		Some(WorkerPart { weight, left_out, learned })
	}

	/// What came of a reputer's report in an epoch; none if it was not learned of.
	pub fn learned_reputer(
		topic: TopicId,
		epoch: EpochId,
		who: &T::AccountId,
	) -> Option<LearnedReputer> {
		let record = LearningRecords::<T>::get(topic, epoch)?;
		let at = record.contributions.reputers.iter().position(|one| one.account == *who)?;
		let (one, update) = (record.contributions.reputers.get(at)?, record.reputers.get(at)?);
		Some(LearnedReputer {
			authority: one.authority,
			distance: distance_of(one.score),
			coefficient_before: update.coefficient_before,
			coefficient: update.coefficient,
			score: one.score,
			smoothed_score: update.score,
		})
	}

	/// The storage key of the topic's newest network inference, for a storage proof.
	pub fn latest_inference_key(topic: TopicId) -> Vec<u8> {
		Latest::<T>::hashed_key_for(topic)
	}
}

/// What was learned of the worker at this position of its role, whose loss is that of `element`.
fn learned_worker<AccountId>(
	record: &LearningRecord<AccountId>,
	role: Role,
	at: usize,
	element: usize,
) -> Option<LearnedWorker> {
	let (one, update) = match role {
		Role::Inferer => (record.contributions.inferers.get(at)?, record.inferers.get(at)?),
		_ => (record.contributions.forecasters.get(at)?, record.forecasters.get(at)?),
	};
	Some(LearnedWorker {
		loss: *record.losses.get(element)?,
		regret_before: update.regret_before,
		regret: update.regret,
		score: one.score,
		smoothed_score: update.score,
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
