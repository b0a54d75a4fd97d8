//! The invariants of the storage.

use crate::{
	stake::sum, types::Standing, Actors, Config, HoldReason, NextRemoval, Pallet, Removals,
	Reports, ScoreBooks, Stakes, TopicStakes, TotalStake,
};
use alloc::collections::BTreeMap;
use allora_primitives::{
	traits::EpochInspect, Balance, EpochId, FixedI128, Outcome, TopicId, MAX_REPUTERS,
};
use frame_support::{ensure, traits::fungible::InspectHold};
use sp_runtime::{
	traits::{One, Zero},
	TryRuntimeError,
};

impl<T: Config> Pallet<T> {
	/// Checks the invariants of the storage:
	///
	/// 1. stakes sum to their topic's sum and to the total, and to what each account has on hold;
	/// 2. the sum of pending removals is at most the stake, and their ids were given out;
	/// 3. an active set is not empty, is sorted, within its bound, and of an epoch on record, and
	///    an outcome of an epoch on record is `Accepted` exactly for the members of its active set;
	/// 4. the standing of an account that has reported is either in the book or in its own
	///    record, listening coefficients are in [0, 1], and books are sorted.
	///
	/// A topic without a score book is being forgotten; the remaining items of its epochs and
	/// actors are not checked.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		Self::check_stakes()?;
		Self::check_removals()?;
		Self::check_books()?;
		Self::check_reports()
	}

	fn check_books() -> Result<(), TryRuntimeError> {
		for (topic, book) in ScoreBooks::<T>::iter() {
			ensure!(book.is_sorted(), "a score book is unsorted, or has an account twice");
			for entry in book.entries() {
				Self::check_standing(&entry.standing)?;
				let known = Actors::<T>::contains_key(topic, &entry.account);
				ensure!(known, "an account in the score book has never reported");
			}
		}
		Ok(())
	}

	fn check_standing(standing: &Standing) -> Result<(), TryRuntimeError> {
		let coefficient = standing.coefficient;
		ensure!(
			coefficient >= FixedI128::zero() && coefficient <= FixedI128::one(),
			"a listening coefficient is outside 0 to 1"
		);
		Ok(())
	}

	fn check_stakes() -> Result<(), TryRuntimeError> {
		let mut topics = BTreeMap::<TopicId, Balance>::new();
		let mut accounts = BTreeMap::<T::AccountId, Balance>::new();
		let mut total: Balance = 0;
		for (topic, account, record) in Stakes::<T>::iter() {
			let stake = record.stake;
			ensure!(stake > 0 || !record.frozen.is_empty(), "a stake of zero is stored");
			let epochs = record.frozen.iter().map(|(epoch, _)| *epoch);
			let unique = epochs.collect::<alloc::collections::BTreeSet<_>>().len();
			ensure!(unique == record.frozen.len(), "a stake is frozen twice for an epoch");
			for sum in
				[topics.entry(topic).or_default(), accounts.entry(account).or_default(), &mut total]
			{
				*sum = sum.checked_add(stake).ok_or("sum of stakes overflows")?;
			}
		}
		ensure!(TotalStake::<T>::get() == total, "stakes do not sum to the total");
		for (topic, stake) in TopicStakes::<T>::iter() {
			let sum = topics.remove(&topic).unwrap_or_default();
			ensure!(sum == stake, "stakes do not sum to the topic's sum");
		}
		let summed = topics.values().all(|sum| sum.is_zero());
		ensure!(summed, "a topic with stakes has no sum");
		for (account, stake) in accounts {
			let held = T::Currency::balance_on_hold(&HoldReason::Stake.into(), &account);
			ensure!(held == stake, "balance on hold is not the account's stake");
		}
		Ok(())
	}

	fn check_removals() -> Result<(), TryRuntimeError> {
		for (topic, account, removals) in Removals::<T>::iter() {
			ensure!(!removals.is_empty(), "an empty list of removals is stored");
			ensure!(
				sum(&removals) <= Stakes::<T>::get(topic, &account).stake,
				"pending removals exceed the stake"
			);
			let next = NextRemoval::<T>::get();
			ensure!(
				removals.iter().all(|removal| removal.id < next && removal.amount > 0),
				"a removal was never started"
			);
		}
		Ok(())
	}

	fn check_reports() -> Result<(), TryRuntimeError> {
		let mut members = 0usize;
		for (topic, epoch, set) in Reports::<T>::iter() {
			if !ScoreBooks::<T>::contains_key(topic) {
				continue;
			}
			Self::check_epoch_known(topic, epoch)?;
			ensure!(!set.is_empty(), "an empty active set is stored");
			ensure!(set.is_sorted(), "an active set is unsorted, or has an account twice");
			ensure!(set.len() <= MAX_REPUTERS as usize, "an active set is larger than its bound");
			for member in set.members() {
				let record = Actors::<T>::get(topic, &member.account);
				let accepted = record.outcome(epoch) == Some(&Outcome::Accepted);
				ensure!(accepted, "a member of an active set was not accepted");
			}
			members = members.saturating_add(set.len());
		}
		let mut accepted = 0usize;
		for (topic, who, record) in Actors::<T>::iter() {
			if !ScoreBooks::<T>::contains_key(topic) {
				continue;
			}
			let in_book = ScoreBooks::<T>::get(topic).entry(&who).is_some();
			let twice = in_book && record.standing.is_some();
			ensure!(!twice, "a reputer's score is both in the book and in its record");
			record.standing.iter().try_for_each(Self::check_standing)?;
			for (epoch, outcome) in record.outcomes() {
				let scored = in_book || record.standing.is_some();
				ensure!(
					scored || *outcome == Outcome::Abstained,
					"a reputer that has reported has no score"
				);
				if *outcome == Outcome::Accepted && Self::check_epoch_known(topic, *epoch).is_ok() {
					accepted = accepted.saturating_add(1);
				}
			}
		}
		ensure!(accepted == members, "an accepted report is not in the active set");
		Ok(())
	}

	fn check_epoch_known(topic: TopicId, epoch: EpochId) -> Result<(), TryRuntimeError> {
		let known = T::Epochs::epoch_state(topic, epoch).is_some();
		ensure!(known, "records of an epoch that is not on record");
		Ok(())
	}
}
