//! What always holds of the pallet's storage.

use crate::{pallet::*, types::*};
use alloc::collections::BTreeSet;
use frame_support::ensure;
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
	/// Checks every law of the pallet's storage:
	///
	/// 1. the ledger adds up ([`Self::check_ledger`]);
	/// 2. the topics' weights, accruals and pots and the epochs' emission sum to the running totals;
	/// 3. no topic is ahead of the index, and what is shared out is whole planck;
	/// 4. who waits for earnings does so once, and a topic where too many do is known to be crowded,
	///    unless too many others are;
	/// 5. an account has one smoothed share in a role;
	/// 6. no reward is zero.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		Self::check_ledger(&Self::ledger())?;
		Self::check_accruals()?;
		Self::check_epochs()?;
		Self::check_purses()?;
		Self::check_memories()
	}

	fn check_accruals() -> Result<(), TryRuntimeError> {
		let shared = Shared::<T>::get();
		let (mut weight, mut accruing) = (0u128, 0u128);
		for (_, accrual) in Accruals::<T>::iter() {
			ensure!(accrual.checkpoint <= shared.index, "no topic is ahead of the index");
			let accrued = accrual.accrued_at(shared.index).ok_or("accruals are in range")?;
			ensure!(accrual.weight > 0 || accrued >= SCALE, "no accrual is empty");
			weight = weight.checked_add(accrual.weight).ok_or("weights are in range")?;
			accruing = accruing.checked_add(accrued).ok_or("accruals are in range")?;
		}
		ensure!(weight == shared.total_weight, "topics' weights sum to the total");
		ensure!(accruing == shared.accruing, "topics' accruals sum to the total");
		let pool = accruing.checked_add(shared.carried).ok_or("the pool is in range")?;
		ensure!(pool % SCALE == 0, "whole planck are shared out");
		Ok(())
	}

	fn check_epochs() -> Result<(), TryRuntimeError> {
		let books = Books::<T>::get();
		let mut assigned = 0u128;
		for (_, _, reward) in Rewards::<T>::iter() {
			match reward {
				EpochReward::Assigned(amount) => {
					ensure!(amount > 0, "no epoch is assigned nothing");
					assigned = assigned.checked_add(amount).ok_or("emission is in range")?;
				}
				EpochReward::Voided => (),
				EpochReward::Settled(credits) => {
					let mut credits = credits.iter().map(|(_, _, credit)| *credit);
					ensure!(credits.all(|credit| credit != Credit::Reward(0)), "no reward is zero");
				}
			}
		}
		ensure!(assigned == books.assigned, "epochs' emission sums to the total");
		ensure!(
			books.month_credited <= books.settled.saturating_add(books.purchased),
			"a month credits a part of what came into topic pots"
		);
		ensure!(
			books.month_credited_to_reputers <= books.month_credited,
			"reputers get a part of a month's rewards"
		);
		Ok(())
	}

	fn check_purses() -> Result<(), TryRuntimeError> {
		let books = Books::<T>::get();
		let (mut pots, mut earnings) = (0u128, 0u128);
		for (topic, purse) in Purses::<T>::iter() {
			ensure!(!purse.is_empty(), "no purse is empty");
			let known = books.crowded.contains(&topic) || books.crowded.is_full();
			ensure!(known || !purse.is_crowded(), "a crowded topic is known to be");
			for waiting in KINDS.map(|kind| purse.waiting(kind)) {
				ensure!(waiting.iter().all(|due| due.amount > 0), "nobody waits for nothing");
				ensure!(is_unique(waiting.iter().map(|due| &due.account)), "an account waits once");
			}
			pots = pots.checked_add(purse.pot).ok_or("pots are in range")?;
			earnings = earnings.checked_add(purse.earnings()).ok_or("earnings are in range")?;
		}
		ensure!(pots == books.topic_pots, "topic pots sum to the total");
		ensure!(earnings == books.earnings, "earnings sum to the total");
		Ok(())
	}

	fn check_memories() -> Result<(), TryRuntimeError> {
		for (_, memory) in Memories::<T>::iter() {
			ensure!(
				is_unique(memory.inferer_shares.iter().map(|(account, _)| account))
					&& is_unique(memory.forecaster_shares.iter().map(|(account, _)| account))
					&& is_unique(memory.reputer_shares.iter().map(|(account, _)| account)),
				"an account has one smoothed share in a role"
			);
		}
		Ok(())
	}
}

/// Whether no account occurs twice.
fn is_unique<'a, A: Ord + 'a>(accounts: impl Iterator<Item = &'a A>) -> bool {
	let mut seen = BTreeSet::new();
	accounts.into_iter().all(|account| seen.insert(account))
}
