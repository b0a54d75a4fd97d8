//! Smoothed scores (S 7.5) and listening coefficients (S 12.3) of reputers.

use crate::{Coefficients, Config, Event, Pallet, Scores};
use alloc::vec::Vec;
use allora_math::sortition::update_stored_score;
use allora_primitives::{
	traits::{ListeningCoefficients, ScoreSink, TopicInspect},
	EpochId, FixedI128, Role, ScoreEma, TopicId, VoidReason,
};
use frame_support::defensive;
use sp_runtime::traits::One;

impl<T: Config> Pallet<T> {
	/// The smoothed score of a reputer; none before its first instant score.
	pub fn score(topic: TopicId, who: &T::AccountId) -> Option<FixedI128> {
		Scores::<T>::get(topic, who).map(|ema| ema.score)
	}
}

impl<T: Config> ScoreSink<T::AccountId> for Pallet<T> {
	fn note_scores(
		topic: TopicId,
		epoch: EpochId,
		role: Role,
		scores: &[(T::AccountId, FixedI128)],
	) -> Result<Vec<FixedI128>, VoidReason> {
		if role != Role::Reputer {
			return Ok(Vec::new());
		}
		let Some(parameters) = T::Topics::parameters(topic) else {
			defensive!("scores of a topic that does not exist");
			return Err(VoidReason::Arithmetic);
		};
		let mut smoothed = Vec::with_capacity(scores.len());
		for (account, instant) in scores {
			let previous = Self::score(topic, account);
			let score = update_stored_score(parameters.merit_sortition_alpha, *instant, previous)
				.map_err(|_| VoidReason::Arithmetic)?;
			Scores::<T>::insert(topic, account, ScoreEma { score, epoch });
			smoothed.push(score);
			let (account, instant) = (account.clone(), *instant);
			Self::deposit_event(Event::ScoreUpdated { topic, epoch, account, instant, score });
		}
		Ok(smoothed)
	}
}

impl<T: Config> ListeningCoefficients<T::AccountId> for Pallet<T> {
	fn coefficient(topic: TopicId, reputer: &T::AccountId) -> FixedI128 {
		Coefficients::<T>::get(topic, reputer).unwrap_or_else(FixedI128::one)
	}

	fn note_coefficients(
		topic: TopicId,
		epoch: EpochId,
		coefficients: &[(T::AccountId, FixedI128)],
	) {
		for (account, coefficient) in coefficients {
			let (account, coefficient) = (account.clone(), *coefficient);
			Coefficients::<T>::insert(topic, &account, coefficient);
			Self::deposit_event(Event::CoefficientUpdated { topic, epoch, account, coefficient });
		}
	}
}
