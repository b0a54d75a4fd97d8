//! Smoothed scores of workers (S 7.5), and what became of their submissions.

use crate::{Config, Event, Outcomes, Pallet, Scores};
use alloc::vec::Vec;
use allora_math::sortition::update_stored_score;
use allora_primitives::{
	traits::{ScoreSink, TopicInspect},
	EpochId, FixedI128, Outcome, Role, ScoreEma, TopicId, VoidReason,
};
use frame_support::defensive;

impl<T: Config> Pallet<T> {
	/// The smoothed score of an account in a role; none before its first instant score.
	pub fn score(topic: TopicId, role: Role, who: &T::AccountId) -> Option<FixedI128> {
		Scores::<T>::get(topic, (role, who)).map(|ema| ema.score)
	}

	/// What became of an account's submission in a role; none if it sent nothing, or if the epoch
	/// has been forgotten.
	pub fn outcome(
		topic: TopicId,
		epoch: EpochId,
		role: Role,
		who: &T::AccountId,
	) -> Option<Outcome<T::AccountId>> {
		Outcomes::<T>::get((topic, epoch, (role, who)))
	}
}

impl<T: Config> ScoreSink<T::AccountId> for Pallet<T> {
	fn note_scores(
		topic: TopicId,
		epoch: EpochId,
		role: Role,
		scores: &[(T::AccountId, FixedI128)],
	) -> Result<Vec<FixedI128>, VoidReason> {
		if role == Role::Reputer {
			return Ok(Vec::new());
		}
		let Some(parameters) = T::Topics::parameters(topic) else {
			defensive!("scores of a topic that does not exist");
			return Err(VoidReason::Arithmetic);
		};
		let mut smoothed = Vec::with_capacity(scores.len());
		for (account, instant) in scores {
			let previous = Self::score(topic, role, account);
			let score = update_stored_score(parameters.merit_sortition_alpha, *instant, previous)
				.map_err(|_| VoidReason::Arithmetic)?;
			Scores::<T>::insert(topic, (role, account), ScoreEma { score, epoch });
			smoothed.push(score);
			let (account, instant) = (account.clone(), *instant);
			let updated = Event::ScoreUpdated { topic, epoch, role, account, instant, score };
			Self::deposit_event(updated);
		}
		Ok(smoothed)
	}
}
