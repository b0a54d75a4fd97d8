//! Smoothed scores (S 7.5) and listening coefficients (S 12.3) of reputers, and what became of
//! their reports.

use crate::{
	types::{Coefficient, ReputerCoefficients, ReputerRecord, ReputerScores},
	Actors, Config, Event, Pallet, ScoreBooks,
};
use alloc::vec::Vec;
use allora_primitives::{
	traits::{EpochInspect, ListeningCoefficients, ScoreSink, TopicInspect},
	EpochId, FixedI128, Outcome, Role, TopicId, VoidReason,
};
use allora_sortition::{ActorStore, Standing};
use core::marker::PhantomData;
use frame_support::defensive;
use sp_runtime::traits::One;

/// The records of a topic's reputers.
pub(crate) struct Records<T>(TopicId, PhantomData<T>);

impl<T: Config> Records<T> {
	pub(crate) fn new(topic: TopicId) -> Self {
		Self(topic, PhantomData)
	}
}

impl<T: Config> ActorStore<T::AccountId, Coefficient> for Records<T> {
	fn get(&self, who: &T::AccountId) -> ReputerRecord<T::AccountId> {
		Actors::<T>::get(self.0, who)
	}
	fn put(&self, who: &T::AccountId, record: ReputerRecord<T::AccountId>) {
		Actors::<T>::insert(self.0, who, record);
	}
}

impl<T: Config> Pallet<T> {
	/// The smoothed score of a reputer; none before its first report.
	pub fn score(topic: TopicId, who: &T::AccountId) -> Option<FixedI128> {
		Self::standing(topic, who).map(|standing| standing.score)
	}

	/// What became of an account's report; none if it sent nothing, or if the epoch is not on
	/// record any more.
	pub fn outcome(
		topic: TopicId,
		epoch: EpochId,
		who: &T::AccountId,
	) -> Option<Outcome<T::AccountId>> {
		T::Epochs::epoch_state(topic, epoch)?;
		Actors::<T>::get(topic, who).outcome(epoch).cloned()
	}

	fn standing(topic: TopicId, who: &T::AccountId) -> Option<Standing<Coefficient>> {
		let book = ScoreBooks::<T>::get(topic);
		let entry = book.entry(who).map(|entry| entry.standing);
		entry.or_else(|| Actors::<T>::get(topic, who).standing)
	}
}

impl<T: Config> ScoreSink<T::AccountId> for Pallet<T> {
	fn note_scores(
		topic: TopicId,
		epoch: EpochId,
		role: Role,
		scores: &[(T::AccountId, FixedI128)],
	) -> Result<Vec<FixedI128>, VoidReason> {
		if role != Role::Reputer || scores.is_empty() {
			return Ok(Vec::new());
		}
		let Some(parameters) = T::Topics::parameters_of(topic, epoch) else {
			defensive!("scores of a topic that does not exist");
			return Err(VoidReason::Arithmetic);
		};
		let (alpha, q) = (parameters.merit_sortition_alpha, parameters.reputer_quantile);
		let mut book = ScoreBooks::<T>::get(topic);
		let noted = book
			.record_scores(alpha, q, scores, &Records::<T>::new(topic))
			.map_err(|_| VoidReason::Arithmetic)?;
		let (quantile, initial) = (book.quantile, book.initial);
		ScoreBooks::<T>::insert(topic, book);
		let smoothed = noted.iter().map(|(_, _, score)| *score).collect();
		// Not more than the largest active set: the bound of the type.
		let scores = ReputerScores::<T::AccountId>::truncate_from(noted);
		Self::deposit_event(Event::ScoresUpdated { topic, epoch, scores, quantile, initial });
		Ok(smoothed)
	}
}

impl<T: Config> ListeningCoefficients<T::AccountId> for Pallet<T> {
	fn coefficient(topic: TopicId, reputer: &T::AccountId) -> FixedI128 {
		Self::standing(topic, reputer).map_or_else(FixedI128::one, |standing| standing.extra.0)
	}

	/// Those of accounts that have never reported are not remembered.
	fn note_coefficients(
		topic: TopicId,
		epoch: EpochId,
		coefficients: &[(T::AccountId, FixedI128)],
	) {
		let mut book = ScoreBooks::<T>::get(topic);
		for (who, coefficient) in coefficients {
			if let Some(entry) = book.entry_mut(who) {
				entry.standing.extra = Coefficient(*coefficient);
				continue;
			}
			Actors::<T>::mutate(topic, who, |record| match &mut record.standing {
				Some(standing) => standing.extra = Coefficient(*coefficient),
				None => {
					defensive!("listening coefficient of an account that has never reported");
				}
			});
		}
		ScoreBooks::<T>::insert(topic, book);
		// Not more than the largest active set: the bound of the type.
		let coefficients =
			ReputerCoefficients::<T::AccountId>::truncate_from(coefficients.to_vec());
		Self::deposit_event(Event::CoefficientsUpdated { topic, epoch, coefficients });
	}
}
