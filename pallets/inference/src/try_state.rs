//! The invariants of the storage.

use crate::{
	roles::{ForecasterRole, InfererRole, SetOf, WorkerRole},
	seats::with_seat,
	types::{EpochCommitments, WorkerBooks},
	Actors, Commitments, Config, Forecasters, Inferers, Pallet, ScoreBooks,
};
use allora_primitives::{
	traits::{EpochInspect, SlotProvider, TopicInspect},
	EpochId, Outcome, Role, Stored, TopicId,
};
use allora_sortition::ActiveSet;
use frame_support::{ensure, traits::Get};
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
	/// Checks the invariants of the storage:
	///
	/// 1. an active set is not empty, is sorted and within its bound, and its epoch is known;
	/// 2. the record of a member of an active set, or of an account that holds a commitment, has no
	///    outcome for the epoch, and a record has an outcome only if all seats are taken;
	/// 3. the score of an account that has submitted is either in the score book or in its own
	///    record, books are sorted, and every member of the newest active set has a place;
	/// 4. an epoch has commitments only in a topic with a reveal window, and there every payload is
	///    that of a worker with a commitment and has its score.
	///
	/// A topic without a score book is being forgotten; its remaining items are not checked.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		for (topic, epoch, set) in Inferers::<T>::iter() {
			if !ScoreBooks::<T>::contains_key(topic) {
				continue;
			}
			Self::check_set(topic, epoch, Role::Inferer, &set)?;
			Self::check_revealed::<InfererRole>(topic, epoch, &set)?;
			let labels = T::Topics::parameters(topic).map(|p| p.labels.len());
			let complete = set.members().iter().all(|one| labels == Some(one.payload.len()));
			ensure!(complete, "an inference does not have one value per label");
		}
		for (topic, epoch, set) in Forecasters::<T>::iter() {
			if !ScoreBooks::<T>::contains_key(topic) {
				continue;
			}
			Self::check_set(topic, epoch, Role::Forecaster, &set)?;
			Self::check_revealed::<ForecasterRole>(topic, epoch, &set)?;
			let empty = set.members().iter().any(|one| one.payload.is_empty());
			ensure!(!empty, "a forecast is empty");
		}
		for (topic, epoch, mut all) in Commitments::<T>::iter() {
			if !ScoreBooks::<T>::contains_key(topic) {
				continue;
			}
			Self::check_committed::<InfererRole>(topic, epoch, &mut all)?;
			Self::check_committed::<ForecasterRole>(topic, epoch, &mut all)?;
			ensure!(all != Default::default(), "commitments of nobody are stored");
		}
		Self::check_actors()?;
		Self::check_books()
	}

	fn check_set<Payload: Stored, Seats: Get<u32>>(
		topic: TopicId,
		epoch: EpochId,
		role: Role,
		set: &ActiveSet<T::AccountId, Payload, Seats>,
	) -> Result<(), TryRuntimeError> {
		Self::check_epoch_known(topic, epoch)?;
		ensure!(!set.is_empty(), "an empty active set is stored");
		ensure!(set.is_sorted(), "an active set is unsorted, or has an account twice");
		ensure!(set.len() <= Seats::get() as usize, "an active set is larger than its bound");
		for member in set.members() {
			let record = Actors::<T>::get(topic, (role, &member.account));
			let is_without = record.outcome(epoch).is_some();
			ensure!(!is_without, "a member of an active set has an outcome without a seat");
		}
		Ok(())
	}

	/// Whether the topic has a reveal window.
	fn has_reveals(topic: TopicId) -> bool {
		T::Topics::parameters(topic).is_some_and(|parameters| parameters.has_reveal_window())
	}

	/// Checks the commitments of a role.
	fn check_committed<R: WorkerRole<T>>(
		topic: TopicId,
		epoch: EpochId,
		all: &mut EpochCommitments<T::AccountId>,
	) -> Result<(), TryRuntimeError> {
		let parameters = T::Topics::parameters(topic).filter(|one| one.has_reveal_window());
		let parameters = parameters.ok_or("commitments in a topic without a reveal window")?;
		let set = R::committed(all);
		ensure!(set.len() <= R::seats(&parameters) as usize, "more commitments than seats");
		ensure!(set.len() <= set.taken() as usize, "more workers have a seat than have taken one");
		if !set.is_empty() {
			Self::check_set(topic, epoch, R::ROLE, set)?;
		}
		Ok(())
	}

	/// Every payload in a topic with a reveal window is that of a worker with a commitment.
	fn check_revealed<R: WorkerRole<T>>(
		topic: TopicId,
		epoch: EpochId,
		set: &SetOf<T, R>,
	) -> Result<(), TryRuntimeError> {
		let mut all = Commitments::<T>::get(topic, epoch);
		let committed = R::committed(&mut all);
		let has_seat = |who, score| committed.member(who).is_some_and(|one| one.merit == score);
		ensure!(
			!Self::has_reveals(topic)
				|| set.members().iter().all(|one| has_seat(&one.account, one.merit)),
			"a payload was revealed without a seat"
		);
		Ok(())
	}

	fn check_actors() -> Result<(), TryRuntimeError> {
		for (topic, (role, who), record) in Actors::<T>::iter() {
			if !ScoreBooks::<T>::contains_key(topic) {
				continue;
			}
			ensure!(role != Role::Reputer, "a worker's record has the role of a reputer");
			let books = ScoreBooks::<T>::get(topic);
			let in_book = match role {
				Role::Inferer => books.inferers.places.entry(&who).is_some(),
				_ => books.forecasters.places.entry(&who).is_some(),
			};
			ensure!(
				in_book != record.standing.is_some(),
				"an actor's score is not in exactly one of the book and its record"
			);
			let is_stored = |outcome: &Outcome<_>| {
				matches!(outcome, Outcome::Passive { .. } | Outcome::Displaced { .. })
			};
			ensure!(
				record.outcomes().iter().all(|(_, outcome)| is_stored(outcome)),
				"a worker has an outcome that is never stored"
			);
			let on_record = |epoch: &EpochId| Self::check_epoch_known(topic, *epoch).is_ok();
			let epochs = record.outcomes().iter().map(|(epoch, _)| *epoch).filter(on_record);
			ensure!(
				epochs.into_iter().all(|epoch| Self::is_full(topic, epoch, role)),
				"a worker has lost a seat, or found none, in an epoch with a free one"
			);
		}
		Ok(())
	}

	/// Whether all seats of a role are taken in an epoch.
	fn is_full(topic: TopicId, epoch: EpochId, role: Role) -> bool {
		fn taken<T: Config, R: WorkerRole<T>>(topic: TopicId, epoch: EpochId) -> (usize, u32) {
			let parameters = T::Topics::parameters(topic);
			let has_reveals = parameters.as_ref().is_some_and(|of| of.has_reveal_window());
			let taken = match has_reveals {
				true => R::committed(&mut Commitments::<T>::get(topic, epoch)).len(),
				false => R::set(topic, epoch).len(),
			};
			(taken, parameters.map_or(0, |of| R::seats(&of)))
		}
		let (taken, seats) = match role {
			Role::Inferer => taken::<T, InfererRole>(topic, epoch),
			_ => taken::<T, ForecasterRole>(topic, epoch),
		};
		taken >= seats as usize
	}

	fn check_books() -> Result<(), TryRuntimeError> {
		for (topic, mut books) in ScoreBooks::<T>::iter() {
			Self::check_book::<InfererRole>(topic, &mut books)?;
			Self::check_book::<ForecasterRole>(topic, &mut books)?;
		}
		Ok(())
	}

	fn check_book<R: WorkerRole<T>>(
		topic: TopicId,
		books: &mut WorkerBooks<T::AccountId>,
	) -> Result<(), TryRuntimeError> {
		let places = &R::book(books).places;
		ensure!(places.is_sorted(), "a score book is unsorted, or has an account twice");
		let newest = with_seat::<T, R>(topic, places.epoch());
		let missing = places.missing(newest.iter());
		ensure!(missing == 0, "a member of the newest active set has no place in the score book");
		Ok(())
	}

	/// Fails unless the clock has the epoch on record, or is late to open it.
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
