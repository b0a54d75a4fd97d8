//! Explains the results of participants in an epoch, for the runtime API.

use crate::{Bundles, Config, LearningRecord, LearningRecords, Pallet, StoredBundle};
use alloc::vec::Vec;
use allora_math::{convert::to_fixed, scores::ReputerParams};
use allora_primitives::{
	api::{LearnedReputer, LearnedWorker, RolePart, WorkerPart},
	EpochId, FixedI128, Role, TopicId,
};
use sp_runtime::traits::{CheckedDiv, CheckedSub, One, Zero};

impl<T: Config> Pallet<T> {
	/// The part of an inferer or forecaster in an epoch; `None` if it is not in the epoch's bundle.
	pub fn worker_part(
		topic: TopicId,
		epoch: EpochId,
		role: Role,
		who: &T::AccountId,
	) -> Option<WorkerPart> {
		let stored = Bundles::<T>::get(topic, epoch)?;
		worker_part(&stored, LearningRecords::<T>::get(topic, epoch).as_ref(), role, who)
	}

	/// The result of a reputer's report in an epoch; `None` if the reputer did not contribute or
	/// the epoch is not learned.
	pub fn learned_reputer(
		topic: TopicId,
		epoch: EpochId,
		who: &T::AccountId,
	) -> Option<LearnedReputer> {
		learned_reputer(&LearningRecords::<T>::get(topic, epoch)?, who)
	}

	/// The parts of accounts in an epoch, in their order; `None` for an account without one.
	pub fn parts(
		topic: TopicId,
		epoch: EpochId,
		role: Role,
		accounts: &[T::AccountId],
	) -> Vec<Option<RolePart>> {
		let (stored, record) =
			(Bundles::<T>::get(topic, epoch), LearningRecords::<T>::get(topic, epoch));
		let part = |who: &T::AccountId| match role {
			Role::Reputer => learned_reputer(record.as_ref()?, who).map(RolePart::Reputer),
			_ => worker_part(stored.as_ref()?, record.as_ref(), role, who).map(RolePart::Worker),
		};
		accounts.iter().map(part).collect()
	}
}

/// The part of an inferer or forecaster in the epoch of this bundle and record.
fn worker_part<AccountId: PartialEq>(
	StoredBundle { bundle, resistant, .. }: &StoredBundle<AccountId>,
	record: Option<&LearningRecord<AccountId>>,
	role: Role,
	who: &AccountId,
) -> Option<WorkerPart> {
	let n = bundle.inferers.len();
	// The order of elements: combined, naive, inferers, forecasters.
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
		&& resistant.as_ref().is_some_and(|inference| inference.left_out.contains(who));
	let element = first.saturating_add(at);
	let learned = record.and_then(|record| learned_worker(record, role, at, element));
	Some(WorkerPart { weight, left_out, learned })
}

/// The result of a reputer's report in the epoch of this record.
fn learned_reputer<AccountId: PartialEq>(
	record: &LearningRecord<AccountId>,
	who: &AccountId,
) -> Option<LearnedReputer> {
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

/// The result of the worker at position `at` of its role, whose loss is that of `element`.
fn learned_worker<AccountId>(
	record: &LearningRecord<AccountId>,
	role: Role,
	at: usize,
	element: usize,
) -> Option<LearnedWorker> {
	let worth = record.contributions.worth.as_ref();
	let worth = worth.and_then(|worth| match role {
		Role::Inferer => worth.inferers.get(at),
		_ => worth.forecasters.get(at),
	});
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
		worth: worth.map(|worth| worth.worth),
	})
}

/// The distance from the consensus of a report with this score, relative to the consensus' norm:
/// the score is `1 / (distance + epsilon)` (S 12.3). `None` if the distance is out of range.
fn distance_of(score: FixedI128) -> Option<FixedI128> {
	let epsilon = to_fixed(ReputerParams::default().epsilon).ok()?;
	let distance = FixedI128::one().checked_div(&score)?.checked_sub(&epsilon)?;
	// Rounding can make the distance of the consensus itself negative.
	Some(distance.max(FixedI128::zero()))
}
