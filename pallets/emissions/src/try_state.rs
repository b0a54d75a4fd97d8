//! The invariants of the storage.

use crate::{pallet::*, types::*};
use alloc::collections::BTreeSet;
use frame_support::ensure;
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
	/// Checks the invariants of the storage:
	///
	/// 1. the ledger adds up (`check_ledger`);
	/// 2. the weights, accruals and pots of topics, and the emission of epochs, sum to the running
	///    totals;
	/// 3. no topic is ahead of the index, and what is shared out is a whole number of planck;
	/// 4. an account waits at most once per registration, and a crowded topic is recorded as such,
	///    unless there is no place for it;
	/// 5. an account has at most one smoothed share per role;
	/// 6. no reward is zero.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		Self::check_ledger(&Self::ledger())?;
		Self::check_accruals()?;
		Self::check_epochs()?;
		Self::check_purses()?;
		Self::check_memories()
	}

	fn check_accruals() -> Result<(), TryRuntimeError> {
		let distribution = CurrentDistribution::<T>::get();
		let (mut weight, mut accruing) = (0u128, 0u128);
		for (_, accrual) in Accruals::<T>::iter() {
			ensure!(accrual.checkpoint <= distribution.index, "a topic is ahead of the index");
			let accrued =
				accrual.accrued_at(distribution.index).ok_or("an accrual is out of range")?;
			ensure!(
				accrual.weight > 0 || accrued >= SCALE,
				"an accrual without weight and amount is stored"
			);
			weight =
				weight.checked_add(accrual.weight).ok_or("the sum of weights is out of range")?;
			accruing = accruing.checked_add(accrued).ok_or("an accrual is out of range")?;
		}
		ensure!(weight == distribution.total_weight, "topics' weights do not sum to the total");
		ensure!(accruing == distribution.accruing, "topics' accruals do not sum to the total");
		let pool = accruing.checked_add(distribution.carried).ok_or("the pool is out of range")?;
		ensure!(pool % SCALE == 0, "what is shared out is not a whole number of planck");
		Ok(())
	}

	fn check_epochs() -> Result<(), TryRuntimeError> {
		let totals = LedgerTotals::<T>::get();
		let mut assigned = 0u128;
		for (_, _, reward) in Rewards::<T>::iter() {
			match reward {
				EpochReward::Assigned(amount) => {
					ensure!(amount > 0, "an assignment of nothing is stored");
					assigned = assigned
						.checked_add(amount)
						.ok_or("the sum of emission is out of range")?;
				}
				EpochReward::Voided => (),
				EpochReward::Settled(credits) => {
					let mut credits = credits.iter().map(|(_, _, credit)| *credit);
					ensure!(credits.all(|credit| credit != Credit::Reward(0)), "a reward is zero");
				}
			}
		}
		ensure!(assigned == totals.assigned, "epochs' emission does not sum to the total");
		ensure!(
			totals.month_credited <= totals.settled.saturating_add(totals.purchased),
			"a month has credited more than was paid into topic pots"
		);
		ensure!(
			totals.month_credited_to_reputers <= totals.month_credited,
			"reputers were credited more than a month has credited"
		);
		Ok(())
	}

	fn check_purses() -> Result<(), TryRuntimeError> {
		let totals = LedgerTotals::<T>::get();
		let (mut pots, mut earnings) = (0u128, 0u128);
		for (topic, purse) in Purses::<T>::iter() {
			ensure!(!purse.is_empty(), "an empty purse is stored");
			let recorded = totals.crowded.contains(&topic) || totals.crowded.is_full();
			ensure!(recorded || !purse.is_crowded(), "a crowded topic is not recorded");
			for waiting in REGISTRATIONS.map(|registration| purse.waiting(registration)) {
				ensure!(waiting.iter().all(|due| due.amount > 0), "an account waits for nothing");
				ensure!(
					is_unique(waiting.iter().map(|due| &due.account)),
					"an account waits twice"
				);
			}
			pots = pots.checked_add(purse.pot).ok_or("the sum of pots is out of range")?;
			earnings = earnings
				.checked_add(purse.earnings())
				.ok_or("the sum of earnings is out of range")?;
		}
		ensure!(pots == totals.topic_pots, "topic pots do not sum to the total");
		ensure!(earnings == totals.earnings, "earnings do not sum to the total");
		Ok(())
	}

	fn check_memories() -> Result<(), TryRuntimeError> {
		for (_, memory) in Memories::<T>::iter() {
			ensure!(
				is_unique(memory.inferer_shares.iter().map(|(account, _)| account))
					&& is_unique(memory.forecaster_shares.iter().map(|(account, _)| account))
					&& is_unique(memory.reputer_shares.iter().map(|(account, _)| account)),
				"an account has two smoothed shares in a role"
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
