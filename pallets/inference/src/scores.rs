//! Smoothed scores of workers (S 7.5), and what became of their submissions.

use crate::{
	types::{RoleScores, WorkerRecord},
	Actors, Config, Event, Pallet, ScoreBooks,
};
use alloc::vec::Vec;
use allora_primitives::{
	traits::{EpochInspect, ScoreSink, TopicInspect},
	EpochId, FixedI128, Outcome, Role, TopicId, VoidReason,
};
use allora_sortition::ActorStore;
use core::marker::PhantomData;
use frame_support::defensive;

/// The records of a topic's workers in a role.
pub(crate) struct Records<T>(TopicId, Role, PhantomData<T>);

impl<T: Config> Records<T> {
	pub(crate) fn new(topic: TopicId, role: Role) -> Self {
		Self(topic, role, PhantomData)
	}
}

impl<T: Config> ActorStore<T::AccountId, ()> for Records<T> {
	fn get(&self, who: &T::AccountId) -> WorkerRecord<T::AccountId> {
		Actors::<T>::get(self.0, (self.1, who))
	}
	fn put(&self, who: &T::AccountId, record: WorkerRecord<T::AccountId>) {
		Actors::<T>::insert(self.0, (self.1, who), record);
	}
}

impl<T: Config> Pallet<T> {
	/// The smoothed score of an account in a role; none before its first submission.
	pub fn score(topic: TopicId, role: Role, who: &T::AccountId) -> Option<FixedI128> {
		let books = ScoreBooks::<T>::get(topic);
		let standing = match role {
			Role::Inferer => books.inferers.entry(who).map(|entry| entry.standing),
			Role::Forecaster => books.forecasters.entry(who).map(|entry| entry.standing),
			Role::Reputer => return None,
		};
		standing
			.or_else(|| Actors::<T>::get(topic, (role, who)).standing)
			.map(|standing| standing.score)
	}

	/// What became of an account's submission in a role; none if it sent nothing, or if the epoch
	/// is not on record any more.
	pub fn outcome(
		topic: TopicId,
		epoch: EpochId,
		role: Role,
		who: &T::AccountId,
	) -> Option<Outcome<T::AccountId>> {
		let on_record = T::Epochs::epoch_state(topic, epoch).is_some()
			|| T::Epochs::collecting_epoch(topic) == Some(epoch);
		on_record.then(|| Actors::<T>::get(topic, (role, who)).outcome(epoch).cloned()).flatten()
	}
}

impl<T: Config> ScoreSink<T::AccountId> for Pallet<T> {
	fn note_scores(
		topic: TopicId,
		epoch: EpochId,
		role: Role,
		scores: &[(T::AccountId, FixedI128)],
	) -> Result<Vec<FixedI128>, VoidReason> {
		if role == Role::Reputer || scores.is_empty() {
			return Ok(Vec::new());
		}
		let Some(parameters) = T::Topics::parameters_of(topic, epoch) else {
			defensive!("scores of a topic that does not exist");
			return Err(VoidReason::Arithmetic);
		};
		let alpha = parameters.merit_sortition_alpha;
		let records = Records::<T>::new(topic, role);
		let mut books = ScoreBooks::<T>::get(topic);
		let (noted, quantile, initial) = match role {
			Role::Forecaster => {
				let book = &mut books.forecasters;
				let q = parameters.forecaster_quantile;
				(book.record_scores(alpha, q, scores, &records), book.quantile, book.initial)
			}
			_ => {
				let book = &mut books.inferers;
				let q = parameters.inferer_quantile;
				(book.record_scores(alpha, q, scores, &records), book.quantile, book.initial)
			}
		};
		let noted = noted.map_err(|_| VoidReason::Arithmetic)?;
		ScoreBooks::<T>::insert(topic, books);
		let smoothed = noted.iter().map(|(_, _, score)| *score).collect();
		// Not more than the largest active set: the bound of the type.
		let scores = RoleScores::<T::AccountId>::truncate_from(noted);
		let updated = Event::ScoresUpdated { topic, epoch, role, scores, quantile, initial };
		Self::deposit_event(updated);
		Ok(smoothed)
	}
}
