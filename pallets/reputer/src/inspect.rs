//! Reads for the runtime API: stakes, delegations and what they earn.

use crate::{
	types::PendingRemovals, Commissions, Config, Delegations, Pallet, Removals, ScoreBooks, Stakes,
	Undelegations,
};
use alloc::{collections::BTreeSet, vec::Vec};
use allora_primitives::{
	api::{
		page_size, DelegationInfo, PendingRemoval, RemovalKey, RemovalPage, ReputerInfo,
		ReputerPage, ReputerStake, StakeRemovals, MAX_LIST_PAGE, MAX_WALK,
	},
	traits::TopicInspect,
	Registration, TopicId,
};

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

	/// The reputers that have stake in a topic, after the account `after`: at most `limit`, which is
	/// moved into 1 to 256.
	pub fn reputers(
		topic: TopicId,
		after: Option<T::AccountId>,
		limit: u32,
	) -> ReputerPage<T::AccountId> {
		let mut accounts = match after {
			Some(who) => {
				Stakes::<T>::iter_key_prefix_from(topic, Stakes::<T>::hashed_key_for(topic, who))
			}
			None => Stakes::<T>::iter_key_prefix(topic),
		};
		let book = ScoreBooks::<T>::get(topic);
		let registration = Registration::Reputer;
		let one = |account: T::AccountId| ReputerInfo {
			owner: T::Topics::payee(topic, &account, registration),
			registered: T::Topics::is_registered(topic, &account, registration),
			stake: Self::reputer_stake(topic, &account),
			coefficient: Self::coefficient_in(&book, topic, &account),
			score: Self::score(topic, &account),
			account,
		};
		let page = accounts.by_ref().take(page_size(limit, MAX_LIST_PAGE));
		let reputers: Vec<_> = page.map(one).collect();
		let more = accounts.next().is_some();
		let next = reputers.last().filter(|_| more).map(|last| last.account.clone());
		ReputerPage { reputers, next }
	}

	/// The stakes and delegations of an account that have pending removals, after the one of `after`:
	/// at most `limit`, which is moved into 1 to 256.
	///
	/// `end` is the number of the next topic to be created. Looks at no more than [`MAX_WALK`] topic
	/// numbers.
	pub fn removals(
		who: &T::AccountId,
		after: Option<RemovalKey<T::AccountId>>,
		limit: u32,
		end: TopicId,
	) -> RemovalPage<T::AccountId> {
		let limit = page_size(limit, MAX_LIST_PAGE);
		let mut stakes = Vec::new();
		let after = match after {
			Some(RemovalKey { topic, reputer }) if reputer != *who => Some((topic, reputer)),
			own => {
				let from = own.map_or(0, |key| key.topic).saturating_add(1);
				let last = end.min(from.saturating_add(MAX_WALK.into()));
				for topic in from..last {
					let removals = pending(Removals::<T>::get(topic, who));
					if !removals.is_empty() {
						stakes.push(StakeRemovals { topic, reputer: who.clone(), removals });
					}
					if stakes.len() == limit {
						return RemovalPage { stakes, next: Some(own_key(topic, who)) };
					}
				}
				if last < end {
					let next = Some(own_key(last.saturating_sub(1), who));
					return RemovalPage { stakes, next };
				}
				None
			}
		};
		Self::delegated_removals(who, after, limit, stakes)
	}

	/// Adds the delegations of an account that have pending removals, after this one, to a page until
	/// it has `limit` items.
	fn delegated_removals(
		who: &T::AccountId,
		after: Option<(TopicId, T::AccountId)>,
		limit: usize,
		mut stakes: Vec<StakeRemovals<T::AccountId>>,
	) -> RemovalPage<T::AccountId> {
		let mut entries = match after {
			Some((topic, reputer)) => {
				let key = Undelegations::<T>::hashed_key_for((who, topic, reputer));
				Undelegations::<T>::iter_prefix_from((who,), key)
			}
			None => Undelegations::<T>::iter_prefix((who,)),
		};
		let room = limit.saturating_sub(stakes.len());
		let page = entries.by_ref().take(room).map(|((topic, reputer), removals)| StakeRemovals {
			topic,
			reputer,
			removals: pending(removals),
		});
		stakes.extend(page);
		let more = entries.next().is_some();
		let last = stakes.last().filter(|_| more);
		let next = last.map(|StakeRemovals { topic, reputer, .. }| RemovalKey {
			topic: *topic,
			reputer: reputer.clone(),
		});
		RemovalPage { stakes, next }
	}

	/// A delegation with its pending removals; `None` if there is neither.
	pub fn delegation(
		topic: TopicId,
		reputer: &T::AccountId,
		who: &T::AccountId,
	) -> Option<DelegationInfo<T::AccountId>> {
		let removals = pending(Undelegations::<T>::get((who, topic, reputer)));
		let delegation = Self::delegation_now(topic, reputer, who);
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
		let keys: BTreeSet<_> = keys.take(2 * MAX_LIST_PAGE as usize).collect();
		let one = |(topic, reputer)| Self::delegation(topic, &reputer, who);
		keys.into_iter().filter_map(one).take(MAX_LIST_PAGE as usize).collect()
	}
}

/// The place of an account's own stake among its removals.
fn own_key<AccountId: Clone>(topic: TopicId, who: &AccountId) -> RemovalKey<AccountId> {
	RemovalKey { topic, reputer: who.clone() }
}

fn pending(removals: PendingRemovals) -> Vec<PendingRemoval> {
	let one = |removal: crate::types::Removal| PendingRemoval {
		id: removal.id,
		amount: removal.amount,
		due: removal.due,
	};
	removals.into_iter().map(one).collect()
}
