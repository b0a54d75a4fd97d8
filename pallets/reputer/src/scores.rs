//! Smoothed scores (S 7.5) and listening coefficients (S 12.3) of reputers, and the outcomes of
//! their reports.

use crate::{
	types::{ReputerBook, ReputerCoefficients, ReputerRecord, ReputerScores, Standing},
	Actors, Config, Event, Pallet, Reports, ScoreBooks,
};
use alloc::vec::Vec;
use allora_math::sortition::update_stored_score;
use allora_primitives::{
	traits::EpochInspect, EpochContext, EpochId, FixedI128, Outcome, ReputerContribution, TopicId,
	VoidReason,
};
use allora_sortition::ActorStore;
use core::marker::PhantomData;
use sp_runtime::traits::One;

/// The records of a topic's reputers.
pub(crate) struct Records<T>(TopicId, PhantomData<T>);

impl<T: Config> Records<T> {
	pub(crate) fn new(topic: TopicId) -> Self {
		Self(topic, PhantomData)
	}
}

impl<T: Config> ActorStore<T::AccountId, Standing> for Records<T> {
	fn get(&self, who: &T::AccountId) -> ReputerRecord<T::AccountId> {
		Actors::<T>::get(self.0, who)
	}
	fn put(&self, who: &T::AccountId, record: ReputerRecord<T::AccountId>) {
		Actors::<T>::insert(self.0, who, record);
	}
}

impl<T: Config> Pallet<T> {
	/// The smoothed score of a reputer; `None` before its first scoring.
	pub fn score(topic: TopicId, who: &T::AccountId) -> Option<FixedI128> {
		let book = ScoreBooks::<T>::get(topic);
		let entry = book.entry(who).map(|entry| entry.standing);
		entry.or_else(|| Actors::<T>::get(topic, who).standing)?.score
	}

	/// The reputers of the score book with their smoothed scores, and the newest epochs in whose
	/// active sets they are; 0 if none is remembered.
	pub fn ranked(topic: TopicId) -> Vec<(T::AccountId, Option<FixedI128>, EpochId)> {
		let book = ScoreBooks::<T>::get(topic);
		let newest = Reports::<T>::get(topic, book.epoch());
		let ranked = book.entries().iter().map(|entry| {
			let has_seat = newest.member(&entry.account).is_some();
			let active = if has_seat { book.epoch() } else { entry.active };
			(entry.account.clone(), entry.standing.score, active)
		});
		ranked.collect()
	}

	/// The newest epoch in whose active set a reputer is; `None` if none is remembered.
	pub fn last_active(topic: TopicId, who: &T::AccountId) -> Option<EpochId> {
		let entry = Self::ranked(topic).into_iter().find(|(account, ..)| account == who);
		let active = entry.map(|(.., active)| active);
		let active = active.unwrap_or_else(|| Actors::<T>::get(topic, who).active);
		Some(active).filter(|epoch| *epoch > 0)
	}

	/// The outcome of an account's report; `None` if it reported nothing, or if the epoch is no
	/// longer on record.
	pub fn outcome(
		topic: TopicId,
		epoch: EpochId,
		who: &T::AccountId,
	) -> Option<Outcome<T::AccountId>> {
		T::Epochs::epoch_state(topic, epoch)?;
		if Reports::<T>::get(topic, epoch).member(who).is_some() {
			return Some(Outcome::Accepted);
		}
		Actors::<T>::get(topic, who).outcome(epoch).cloned()
	}
}

impl<T: Config> Pallet<T> {
	/// A reputer's listening coefficient, in [0, 1]: that of its last scoring, or 1 before the
	/// first.
	pub(crate) fn coefficient_in(
		book: &ReputerBook<T::AccountId>,
		topic: TopicId,
		who: &T::AccountId,
	) -> FixedI128 {
		let entry = book.entry(who).map(|entry| entry.standing);
		entry
			.or_else(|| Actors::<T>::get(topic, who).standing)
			.map_or_else(FixedI128::one, |standing| standing.coefficient)
	}

	/// Updates the scores and coefficients in the book, and in the records of accounts that are not
	/// in the book; returns the smoothed scores.
	///
	/// Fails with [`VoidReason::Arithmetic`] if a score leaves its range.
	pub(crate) fn score_all(
		of: &EpochContext,
		book: &mut ReputerBook<T::AccountId>,
		reputers: &[ReputerContribution<T::AccountId>],
		coefficients: &[FixedI128],
	) -> Result<Vec<FixedI128>, VoidReason> {
		let EpochContext { topic, epoch, parameters } = of;
		let alpha = parameters.merit_sortition_alpha;
		let records = Records::<T>::new(*topic);
		let mut updated = Vec::with_capacity(reputers.len());
		for (reputer, coefficient) in reputers.iter().zip(coefficients) {
			let (who, instant) = (&reputer.account, reputer.score);
			let scored = |known: Option<Standing>| {
				let score = update_stored_score(alpha, instant, known.and_then(|one| one.score))?;
				Ok(Standing { coefficient: *coefficient, score: Some(score) })
			};
			let standing =
				book.change(who, &records, scored).map_err(|_| VoidReason::Arithmetic)?;
			updated.push((who.clone(), instant, standing.score.unwrap_or(instant)));
		}
		let smoothed = updated.iter().map(|(_, _, score)| *score).collect();
		// The types' bound is the size of the largest active set.
		Self::deposit_event(Event::ScoresUpdated {
			topic: *topic,
			epoch: *epoch,
			scores: ReputerScores::<T::AccountId>::truncate_from(updated),
		});
		let accounts = reputers.iter().map(|one| one.account.clone());
		let coefficients: Vec<_> = accounts.zip(coefficients.iter().copied()).collect();
		Self::deposit_event(Event::CoefficientsUpdated {
			topic: *topic,
			epoch: *epoch,
			coefficients: ReputerCoefficients::<T::AccountId>::truncate_from(coefficients),
		});
		Ok(smoothed)
	}
}
