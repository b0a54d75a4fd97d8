//! Smoothed scores of workers (S 7.5), and the outcomes of their submissions.

use crate::{
	roles::{ForecasterRole, InfererRole},
	seats::with_seat,
	types::{RoleScores, WorkerBooks, WorkerRecord},
	Actors, Config, Event, Pallet, ScoreBooks,
};
use alloc::vec::Vec;
use allora_primitives::{
	traits::{EpochInspect, SlotProvider, TopicInspect},
	Contribution, EpochContext, EpochId, EpochWindows, FixedI128, Outcome, Role, TopicId,
	VoidReason, WorkerScores,
};
use allora_sortition::{ActorStore, Standing};
use core::marker::PhantomData;

/// The records of a topic's workers in a role.
pub(crate) struct Records<T>(TopicId, Role, PhantomData<T>);

impl<T: Config> Records<T> {
	pub(crate) fn new(topic: TopicId, role: Role) -> Self {
		Self(topic, role, PhantomData)
	}
}

impl<T: Config> ActorStore<T::AccountId, Standing> for Records<T> {
	fn get(&self, who: &T::AccountId) -> WorkerRecord<T::AccountId> {
		Actors::<T>::get(self.0, (self.1, who))
	}
	fn put(&self, who: &T::AccountId, record: WorkerRecord<T::AccountId>) {
		Actors::<T>::insert(self.0, (self.1, who), record);
	}
}

impl<T: Config> Pallet<T> {
	/// The smoothed score of an account in a role; `None` before its first submission.
	pub fn score(topic: TopicId, role: Role, who: &T::AccountId) -> Option<FixedI128> {
		let books = ScoreBooks::<T>::get(topic);
		let standing = match role {
			Role::Inferer => books.inferers.places.entry(who).map(|entry| entry.standing),
			Role::Forecaster => books.forecasters.places.entry(who).map(|entry| entry.standing),
			Role::Reputer => return None,
		};
		standing
			.or_else(|| Actors::<T>::get(topic, (role, who)).standing)
			.map(|standing| standing.score)
	}

	/// The accounts of a role's score book with their smoothed scores, and the newest epochs in whose
	/// active sets they are; 0 if none is remembered.
	pub fn ranked(topic: TopicId, role: Role) -> Vec<(T::AccountId, FixedI128, EpochId)> {
		let books = ScoreBooks::<T>::get(topic);
		let (entries, epoch) = match role {
			Role::Inferer => (books.inferers.places.entries(), books.inferers.places.epoch()),
			Role::Forecaster => {
				(books.forecasters.places.entries(), books.forecasters.places.epoch())
			}
			Role::Reputer => (&[][..], 0),
		};
		let newest = Self::with_seat(topic, epoch, role);
		let ranked = entries.iter().map(|entry| {
			let active = if newest.contains(&entry.account) { epoch } else { entry.active };
			(entry.account.clone(), entry.standing.score, active)
		});
		ranked.collect()
	}

	/// The newest epoch in whose active set an account is; `None` if none is remembered.
	pub fn last_active(topic: TopicId, role: Role, who: &T::AccountId) -> Option<EpochId> {
		let mut ranked = Self::ranked(topic, role).into_iter();
		let entry = ranked.find(|(account, ..)| account == who);
		let active = entry.map(|(.., active)| active);
		let active = active.unwrap_or_else(|| Actors::<T>::get(topic, (role, who)).active);
		Some(active).filter(|epoch| *epoch > 0)
	}

	/// The accounts with a seat in a role and epoch.
	fn with_seat(topic: TopicId, epoch: EpochId, role: Role) -> Vec<T::AccountId> {
		match role {
			Role::Inferer => with_seat::<T, InfererRole>(topic, epoch),
			Role::Forecaster => with_seat::<T, ForecasterRole>(topic, epoch),
			Role::Reputer => Vec::new(),
		}
	}

	/// The outcome of an account's submission in a role; `None` if it submitted nothing, or if the
	/// epoch is no longer on record.
	pub fn outcome(
		topic: TopicId,
		epoch: EpochId,
		role: Role,
		who: &T::AccountId,
	) -> Option<Outcome<T::AccountId>> {
		let on_record = T::Epochs::epoch_state(topic, epoch).is_some()
			|| T::Epochs::collecting_epoch(topic) == Some(epoch)
			|| T::Epochs::revealing_epoch(topic) == Some(epoch);
		if !on_record {
			return None;
		}
		if let Some(outcome) = Actors::<T>::get(topic, (role, who)).outcome(epoch) {
			return Some(outcome.clone());
		}
		if !Self::with_seat(topic, epoch, role).contains(who) {
			return None;
		}
		if !Self::is_unrevealed(topic, epoch, role, who) {
			return Some(Outcome::Accepted);
		}
		let windows = EpochWindows::new(epoch, &T::Topics::parameters(topic)?);
		let may_reveal = T::Time::current_slot() <= windows.reveals_last;
		Some(if may_reveal { Outcome::Committed } else { Outcome::Unrevealed })
	}
}

impl<T: Config> Pallet<T> {
	/// Updates the scores in the books, and in the records of accounts that are not in the books.
	///
	/// Fails with [`VoidReason::Arithmetic`] if a score leaves its range.
	pub(crate) fn score_all(
		of: &EpochContext,
		books: &mut WorkerBooks<T::AccountId>,
		inferers: &[Contribution<T::AccountId>],
		forecasters: &[Contribution<T::AccountId>],
	) -> Result<WorkerScores, VoidReason> {
		let EpochContext { topic, parameters, .. } = of;
		let alpha = parameters.merit_sortition_alpha;
		let (role, book) = (Role::Inferer, &mut books.inferers);
		let records = Records::<T>::new(*topic, role);
		let q = parameters.inferer_quantile;
		let updated = book.record_scores(alpha, q, &instant_scores(inferers), &records);
		let updated = updated.map_err(|_| VoidReason::Arithmetic)?;
		let inferers = Self::emit_scores(of, role, updated, book.quantile, book.initial);

		let (role, book) = (Role::Forecaster, &mut books.forecasters);
		let records = Records::<T>::new(*topic, role);
		let q = parameters.forecaster_quantile;
		let updated = book.record_scores(alpha, q, &instant_scores(forecasters), &records);
		let updated = updated.map_err(|_| VoidReason::Arithmetic)?;
		let forecasters = Self::emit_scores(of, role, updated, book.quantile, book.initial);
		Ok(WorkerScores { inferers, forecasters })
	}

	/// Emits the updated scores of a role, if there are any; returns the smoothed scores.
	fn emit_scores(
		of: &EpochContext,
		role: Role,
		updated: Vec<(T::AccountId, FixedI128, FixedI128)>,
		quantile: FixedI128,
		initial: FixedI128,
	) -> Vec<FixedI128> {
		let smoothed = updated.iter().map(|(_, _, score)| *score).collect();
		if !updated.is_empty() {
			let (topic, epoch) = (of.topic, of.epoch);
			// The type's bound is the size of the largest active set.
			let scores = RoleScores::<T::AccountId>::truncate_from(updated);
			let event = Event::ScoresUpdated { topic, epoch, role, scores, quantile, initial };
			Self::deposit_event(event);
		}
		smoothed
	}
}

/// The instant scores of a role.
fn instant_scores<AccountId: Clone>(of: &[Contribution<AccountId>]) -> Vec<(AccountId, FixedI128)> {
	of.iter().map(|one| (one.account.clone(), one.score)).collect()
}
