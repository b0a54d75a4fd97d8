//! What must hold of the storage after every block.

use crate::{
	stake::sum, ActiveSets, Coefficients, Config, FrozenStakes, HoldReason, NextRemoval, Outcomes,
	Pallet, PruneQueue, Removals, Reports, Stakes, TopicStakes, TotalStake,
};
use alloc::collections::BTreeMap;
use allora_primitives::{
	traits::TopicInspect, Balance, EpochId, FixedI128, Outcome, TopicId, MAX_REPUTERS,
};
use frame_support::{ensure, traits::fungible::InspectHold};
use sp_runtime::{
	traits::{One, Zero},
	TryRuntimeError,
};

impl<T: Config> Pallet<T> {
	/// Checks the storage:
	///
	/// 1. stakes add up to their topic's and to the total, and to what each account has on hold;
	/// 2. pending removals are at most the stake, and their numbers were given out;
	/// 3. active sets are sorted and within their bound, every member has its report and the
	///    outcome `Accepted`, and there are no other reports nor accepted outcomes, save outcomes
	///    of epochs that are being forgotten;
	/// 4. records are of epochs on record;
	/// 5. listening coefficients are in [0, 1].
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		Self::check_stakes()?;
		Self::check_removals()?;
		Self::check_coefficients()?;
		Self::check_reports()
	}

	fn check_coefficients() -> Result<(), TryRuntimeError> {
		for coefficient in Coefficients::<T>::iter_values() {
			ensure!(
				coefficient >= FixedI128::zero() && coefficient <= FixedI128::one(),
				"a listening coefficient is outside 0 to 1"
			);
		}
		Ok(())
	}

	fn check_stakes() -> Result<(), TryRuntimeError> {
		let mut topics = BTreeMap::<TopicId, Balance>::new();
		let mut accounts = BTreeMap::<T::AccountId, Balance>::new();
		let mut total: Balance = 0;
		for (topic, account, stake) in Stakes::<T>::iter() {
			ensure!(stake > 0, "stake of nothing is stored");
			for sum in
				[topics.entry(topic).or_default(), accounts.entry(account).or_default(), &mut total]
			{
				*sum = sum.checked_add(stake).ok_or("sum of stakes overflows")?;
			}
		}
		ensure!(TotalStake::<T>::get() == total, "stakes do not add up to the total");
		for (topic, stake) in TopicStakes::<T>::iter() {
			let sum = topics.remove(&topic).unwrap_or_default();
			ensure!(sum == stake, "stakes do not add up to the topic's");
		}
		ensure!(topics.is_empty(), "stakes in a topic without a sum");
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
				sum(&removals) <= Stakes::<T>::get(topic, &account),
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
		for (topic, epoch, set) in ActiveSets::<T>::iter() {
			Self::check_epoch_known(topic, epoch)?;
			ensure!(!set.is_empty(), "an empty active set is stored");
			ensure!(set.is_sorted(), "active set is not sorted by score, or names one twice");
			ensure!(set.len() <= MAX_REPUTERS as usize, "active set is larger than its bound");
			for member in set.members() {
				let key = (topic, epoch, &member.account);
				ensure!(Reports::<T>::contains_key(key), "active reputer has no report");
				ensure!(
					Outcomes::<T>::get(key) == Some(Outcome::Accepted),
					"member of an active set was not accepted"
				);
			}
			members = members.saturating_add(set.len());
		}
		// With the loop above: there is a report for each member and there are no others.
		ensure!(Reports::<T>::iter_keys().count() == members, "report of no active reputer");
		let mut accepted = 0usize;
		for ((topic, epoch, _), outcome) in Outcomes::<T>::iter() {
			if PruneQueue::<T>::contains_key(topic, epoch) {
				continue;
			}
			Self::check_epoch_known(topic, epoch)?;
			accepted = accepted.saturating_add(usize::from(outcome == Outcome::Accepted));
		}
		ensure!(accepted == members, "an accepted report is not in the active set");
		for (topic, epoch, _) in FrozenStakes::<T>::iter_keys() {
			if !PruneQueue::<T>::contains_key(topic, epoch) {
				Self::check_epoch_known(topic, epoch)?;
			}
		}
		Ok(())
	}

	fn check_epoch_known(topic: TopicId, epoch: EpochId) -> Result<(), TryRuntimeError> {
		let known = T::Topics::epoch_state(topic, epoch).is_some();
		ensure!(known, "records of an epoch that is not on record");
		Ok(())
	}
}
