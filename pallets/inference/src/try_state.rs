//! What must hold of the storage after every block.

use crate::{Actors, Config, Forecasters, Inferers, Pallet, ScoreBooks};
use allora_primitives::{
	traits::{EpochInspect, SlotProvider, TopicInspect},
	EpochId, Outcome, Role, TopicId, MAX_FORECASTERS, MAX_INFERERS,
};
use frame_support::ensure;
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
	/// Checks the storage:
	///
	/// 1. active sets are not empty, sorted, within the bounds of their types, and their epochs are
	///    known;
	/// 2. an outcome of an epoch on record is `Accepted` exactly for members of its active set;
	/// 3. who has submitted stands either in the score book or in its own record; books are sorted.
	///
	/// A topic without a score book is being forgotten, and what is left of it is not checked.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		let mut members = 0usize;
		for (topic, epoch, set) in Inferers::<T>::iter() {
			if !ScoreBooks::<T>::contains_key(topic) {
				continue;
			}
			Self::check_epoch_known(topic, epoch)?;
			ensure!(!set.is_empty(), "an empty active set is stored");
			ensure!(set.is_sorted(), "active set is not sorted by score, or names one twice");
			ensure!(set.len() <= MAX_INFERERS as usize, "active set is larger than its bound");
			for member in set.members() {
				Self::check_accepted(topic, epoch, Role::Inferer, &member.account)?;
				let labels = T::Topics::parameters(topic).map(|p| p.labels.len());
				ensure!(labels == Some(member.payload.len()), "an inference is not complete");
			}
			members = members.saturating_add(set.len());
		}
		for (topic, epoch, set) in Forecasters::<T>::iter() {
			if !ScoreBooks::<T>::contains_key(topic) {
				continue;
			}
			Self::check_epoch_known(topic, epoch)?;
			ensure!(!set.is_empty(), "an empty active set is stored");
			ensure!(set.is_sorted(), "active set is not sorted by score, or names one twice");
			ensure!(set.len() <= MAX_FORECASTERS as usize, "active set is larger than its bound");
			for member in set.members() {
				Self::check_accepted(topic, epoch, Role::Forecaster, &member.account)?;
				ensure!(!member.payload.is_empty(), "a forecast is empty");
			}
			members = members.saturating_add(set.len());
		}
		Self::check_actors(members)?;
		Self::check_books()
	}

	fn check_actors(members: usize) -> Result<(), TryRuntimeError> {
		let mut accepted = 0usize;
		for (topic, (role, who), record) in Actors::<T>::iter() {
			if !ScoreBooks::<T>::contains_key(topic) {
				continue;
			}
			ensure!(role != Role::Reputer, "a worker's record has the role of a reputer");
			let books = ScoreBooks::<T>::get(topic);
			let in_book = match role {
				Role::Inferer => books.inferers.entry(&who).is_some(),
				_ => books.forecasters.entry(&who).is_some(),
			};
			ensure!(
				in_book != record.standing.is_some(),
				"an actor stands nowhere, or in the book and its record"
			);
			for (epoch, outcome) in record.outcomes() {
				ensure!(*outcome != Outcome::Abstained, "a worker has abstained");
				if *outcome == Outcome::Accepted && Self::check_epoch_known(topic, *epoch).is_ok() {
					accepted = accepted.saturating_add(1);
				}
			}
		}
		ensure!(accepted == members, "an accepted submission is not in the active set");
		Ok(())
	}

	fn check_books() -> Result<(), TryRuntimeError> {
		for (topic, books) in ScoreBooks::<T>::iter() {
			let sorted = books.inferers.is_sorted() && books.forecasters.is_sorted();
			ensure!(sorted, "a score book is not sorted, or names an account twice");
			let inferers = books.inferers.entries().iter().map(|entry| &entry.account);
			let forecasters = books.forecasters.entries().iter().map(|entry| &entry.account);
			let actors = inferers
				.map(|who| (Role::Inferer, who))
				.chain(forecasters.map(|who| (Role::Forecaster, who)));
			for actor in actors {
				let known = Actors::<T>::contains_key(topic, actor);
				ensure!(known, "an account in the score book has never submitted");
			}
		}
		Ok(())
	}

	fn check_accepted(
		topic: TopicId,
		epoch: EpochId,
		role: Role,
		who: &T::AccountId,
	) -> Result<(), TryRuntimeError> {
		let record = Actors::<T>::get(topic, (role, who));
		let accepted = record.outcome(epoch) == Some(&Outcome::Accepted);
		ensure!(accepted, "member of an active set was not accepted");
		Ok(())
	}

	/// An epoch with records is on record with the clock, or has begun and the clock is late.
	fn check_epoch_known(topic: TopicId, epoch: EpochId) -> Result<(), TryRuntimeError> {
		let now = T::Time::current_slot();
		let length = T::Topics::parameters(topic)
			.ok_or(TryRuntimeError::Other("records of a topic that does not exist"))?
			.epoch_length;
		ensure!(
			T::Epochs::epoch_state(topic, epoch).is_some()
				|| (epoch <= now && now < epoch.saturating_add(length.into())),
			"records of an epoch that is not on record"
		);
		Ok(())
	}
}
