//! Reads for the runtime API: stakes, delegations and what they earn.

use crate::{
	types::PendingRemovals, Commissions, Config, Delegations, Pallet, Removals, Stakes,
	Undelegations,
};
use alloc::{collections::BTreeSet, vec::Vec};
use allora_primitives::{
	api::{DelegationInfo, PendingRemoval, ReputerStake},
	TopicId,
};
use frame_support::storage::{with_transaction_unchecked, TransactionOutcome};

/// The maximum number of delegations in an answer of the runtime API.
const MAX_LISTED: usize = 256;

impl<T: Config> Pallet<T> {
	/// The stake behind a reputer, its commission, and its own pending removals.
	pub fn reputer_stake(topic: TopicId, reputer: &T::AccountId) -> ReputerStake {
		let stake = Stakes::<T>::get(topic, reputer).stake;
		let (commission, now) = (Commissions::<T>::get(topic, reputer), Self::now());
		ReputerStake {
			own: stake.own,
			delegated: stake.delegated,
			commission: commission.rate_at(now),
			commission_rise: commission.rise.filter(|(_, from)| *from > now),
			removals: pending(Removals::<T>::get(topic, reputer)),
		}
	}

	/// A delegation with its pending removals; `None` if there is neither.
	pub fn delegation(
		topic: TopicId,
		reputer: &T::AccountId,
		who: &T::AccountId,
	) -> Option<DelegationInfo<T::AccountId>> {
		let removals = pending(Undelegations::<T>::get((who, topic, reputer)));
		// Adding rewards up changes rounds that have ended.
		let delegation = with_transaction_unchecked(|| {
			TransactionOutcome::Rollback(Self::delegation_now(topic, reputer, who))
		});
		if delegation.is_none() && removals.is_empty() {
			return None;
		}
		let delegation = delegation.unwrap_or_default();
		Some(DelegationInfo {
			topic,
			reputer: reputer.clone(),
			amount: delegation.amount,
			earning: delegation.earlier.to_vec(),
			claimable: delegation.claimable(),
			removals,
		})
	}

	/// The delegations of an account, at most 256.
	pub fn delegations(who: &T::AccountId) -> Vec<DelegationInfo<T::AccountId>> {
		let keys = Delegations::<T>::iter_key_prefix((who,))
			.chain(Undelegations::<T>::iter_key_prefix((who,)));
		let keys: BTreeSet<_> = keys.take(2 * MAX_LISTED).collect();
		let one = |(topic, reputer)| Self::delegation(topic, &reputer, who);
		keys.into_iter().filter_map(one).take(MAX_LISTED).collect()
	}
}

fn pending(removals: PendingRemovals) -> Vec<PendingRemoval> {
	let one = |removal: crate::types::Removal| PendingRemoval {
		id: removal.id,
		amount: removal.amount,
		due: removal.due,
	};
	removals.into_iter().map(one).collect()
}
