//! What always holds of the pallet's storage.

use crate::{pallet::*, types::*};
use allora_primitives::Role;
use frame_support::ensure;
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
	/// Checks every law of the pallet's storage:
	///
	/// 1. the ledger adds up ([`Self::check_ledger`]);
	/// 2. the topics' weights, accruals and pots and the epochs' emission sum to the running totals;
	/// 3. no topic is ahead of the index, and what is shared out is whole planck;
	/// 4. scores and shares are kept for the roles that have them, each account once;
	/// 5. an epoch with rewards is settled, and what was paid is not zero.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		Self::check_ledger(&Self::ledger())?;
		Self::check_accruals()?;
		Self::check_epochs()?;
		Self::check_memory()
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
		for (_, _, emission) in EpochEmissions::<T>::iter() {
			if let EpochEmission::Assigned(amount) = emission {
				ensure!(amount > 0, "no epoch is assigned nothing");
				assigned = assigned.checked_add(amount).ok_or("emission is in range")?;
			}
		}
		ensure!(assigned == books.assigned, "epochs' emission sums to the total");

		let mut pots = 0u128;
		for (_, pot) in TopicPots::<T>::iter() {
			pots = pots.checked_add(pot).ok_or("pots are in range")?;
		}
		ensure!(pots == books.topic_pots, "topic pots sum to the total");

		for (topic, epoch, rewards) in Rewards::<T>::iter() {
			ensure!(
				EpochEmissions::<T>::get(topic, epoch) == Some(EpochEmission::Settled),
				"who paid is settled"
			);
			ensure!(rewards.iter().all(|(_, _, amount)| *amount > 0), "no reward is zero");
		}
		ensure!(books.month_paid <= books.paid, "a month pays a part of all");
		ensure!(
			books.month_paid_to_reputers <= books.month_paid,
			"reputers get a part of a month's rewards"
		);
		Ok(())
	}

	fn check_memory() -> Result<(), TryRuntimeError> {
		for (_, role, _) in RecentScores::<T>::iter() {
			ensure!(role != Role::Reputer, "reputers' scores are not kept");
		}
		for (_, _, shares) in SmoothedShares::<T>::iter() {
			for (at, (account, _)) in shares.iter().enumerate() {
				let again = shares.iter().skip(at).skip(1).any(|(other, _)| other == account);
				ensure!(!again, "an account has one smoothed share");
			}
		}
		Ok(())
	}
}
