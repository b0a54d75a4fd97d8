//! What must hold of the storage after every block.

use crate::{ActiveSets, Config, Forecasts, Inferences, Outcomes, Pallet, PruneQueue};
use allora_primitives::{
	traits::TopicInspect, EpochId, Member, Outcome, Role, TopicId, MAX_FORECASTERS, MAX_INFERERS,
};
use frame_support::ensure;
use sp_runtime::{traits::SaturatedConversion, TryRuntimeError};

impl<T: Config> Pallet<T> {
	/// Checks the storage:
	///
	/// 1. active sets are sorted, within the bounds of their types, and their epochs are known;
	/// 2. every member of a set has its payload and the outcome `Accepted`, and there are no other
	///    payloads;
	/// 3. an outcome is `Accepted` exactly for members, save in epochs that are being forgotten.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		let (mut inferers, mut forecasters) = (0usize, 0usize);
		for (topic, epoch, sets) in ActiveSets::<T>::iter() {
			Self::check_epoch_known(topic, epoch)?;
			ensure!(!sets.is_empty(), "empty active sets are stored");
			ensure!(
				sets.inferers.is_sorted() && sets.forecasters.is_sorted(),
				"active set is not sorted by score, or names an account twice"
			);
			ensure!(
				sets.inferers.len() <= MAX_INFERERS as usize
					&& sets.forecasters.len() <= MAX_FORECASTERS as usize,
				"active set is larger than its bound"
			);
			for member in sets.inferers.members() {
				Self::check_accepted(topic, epoch, Role::Inferer, member)?;
				let kept = Inferences::<T>::contains_key((topic, epoch, &member.account));
				ensure!(kept, "active inferer has no inference");
			}
			for member in sets.forecasters.members() {
				Self::check_accepted(topic, epoch, Role::Forecaster, member)?;
				let kept = Forecasts::<T>::contains_key((topic, epoch, &member.account));
				ensure!(kept, "active forecaster has no forecast");
			}
			inferers = inferers.saturating_add(sets.inferers.len());
			forecasters = forecasters.saturating_add(sets.forecasters.len());
		}
		// With the loops above: there is a payload for each member and there are no others.
		ensure!(Inferences::<T>::iter_keys().count() == inferers, "inference of no active inferer");
		ensure!(
			Forecasts::<T>::iter_keys().count() == forecasters,
			"forecast of no active forecaster"
		);
		Self::check_outcomes(inferers.saturating_add(forecasters))
	}

	fn check_outcomes(members: usize) -> Result<(), TryRuntimeError> {
		let mut accepted = 0usize;
		for ((topic, epoch, (role, _)), outcome) in Outcomes::<T>::iter() {
			ensure!(role != Role::Reputer, "a worker's outcome has the role of a reputer");
			ensure!(outcome != Outcome::Abstained, "a worker has abstained");
			if PruneQueue::<T>::contains_key(topic, epoch) {
				continue;
			}
			Self::check_epoch_known(topic, epoch)?;
			if outcome == Outcome::Accepted {
				accepted = accepted.saturating_add(1);
			}
		}
		ensure!(accepted == members, "an accepted submission is not in the active set");
		Ok(())
	}

	fn check_accepted(
		topic: TopicId,
		epoch: EpochId,
		role: Role,
		member: &Member<T::AccountId>,
	) -> Result<(), TryRuntimeError> {
		let outcome = Outcomes::<T>::get((topic, epoch, (role, &member.account)));
		ensure!(outcome == Some(Outcome::Accepted), "member of an active set was not accepted");
		Ok(())
	}

	/// An epoch with records is on record with the clock, or has begun and the clock is late.
	fn check_epoch_known(topic: TopicId, epoch: EpochId) -> Result<(), TryRuntimeError> {
		let now = frame_system::Pallet::<T>::block_number().saturated_into::<u32>();
		let length = T::Topics::parameters(topic)
			.ok_or(TryRuntimeError::Other("records of a topic that does not exist"))?
			.epoch_length;
		ensure!(
			T::Topics::epoch_state(topic, epoch).is_some()
				|| (epoch <= now && now < epoch.saturating_add(length)),
			"records of an epoch that is not on record"
		);
		Ok(())
	}
}
