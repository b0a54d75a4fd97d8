//! The invariants of the storage.

use crate::{
	pool::{Round, SCALE},
	stake::sum,
	types::{Commission, Removal, Standing},
	Actors, Commissions, Config, Delegations, DelegatorsPot, HoldReason, NextRemoval, Pallet,
	PastRounds, Pools, Removals, Reports, Residue, ScoreBooks, Stakes, TopicRemovals, TopicStakes,
	TotalRemovals, TotalStake, Undelegations, Windows,
};
use alloc::collections::{BTreeMap, BTreeSet};
use allora_primitives::{
	traits::EpochInspect, Balance, EpochId, FixedI128, Outcome, TopicId, MAX_REPUTERS,
};
use frame_support::{
	ensure,
	traits::{
		fungible::{Inspect, InspectHold},
		Get, TypedGet,
	},
};
use sp_runtime::{
	traits::{One, Zero},
	TryRuntimeError,
};

impl<T: Config> Pallet<T> {
	/// Checks the invariants of the storage:
	///
	/// 1. stakes sum to their topic's sum and to the total, and a record without stake is that of a
	///    removal which is still pending;
	/// 2. each account has on hold, by reason, exactly its own stakes and delegations and their pending
	///    removals, whose ids were given out and which sum to their topic's sum and to the total;
	/// 3. delegations sum to what is delegated to their reputer, and in an epoch with reports that has
	///    not ended to what its report counts; what they have earned is exactly what their pool has,
	///    the delegators' pot has the funds of all pools and the residue, and rounds that have left
	///    their pool have ended;
	/// 4. an active set is not empty, is sorted, within its bound, and of an epoch on record, the
	///    records of its members have no outcome for the epoch, and those of the newest have places;
	///    an epoch that has reports and has not ended has its reporting window;
	/// 5. the standing of an account that has reported is either in the book or in its own
	///    record, listening coefficients are in [0, 1], and books are sorted;
	/// 6. a commission is stored if it keeps something, and keeps the maximum at most.
	///
	/// A topic without a score book is being forgotten; the remaining items of its epochs and
	/// actors are not checked.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		Self::check_stakes()?;
		Self::check_holds()?;
		Self::check_delegations()?;
		Self::check_backings()?;
		Self::check_pools()?;
		Self::check_commissions()?;
		Self::check_books()?;
		Self::check_reports()
	}

	fn check_commissions() -> Result<(), TryRuntimeError> {
		let maximum = T::MaxCommission::get();
		for (_, _, commission) in Commissions::<T>::iter() {
			ensure!(commission != Commission::default(), "a commission of nothing is stored");
			let highest = commission.rise.map_or(commission.rate, |(rise, _)| rise);
			ensure!(highest.max(commission.rate) <= maximum, "a commission is above the maximum");
		}
		Ok(())
	}

	fn check_books() -> Result<(), TryRuntimeError> {
		for (topic, book) in ScoreBooks::<T>::iter() {
			ensure!(book.is_sorted(), "a score book is unsorted, or has an account twice");
			for entry in book.entries() {
				Self::check_standing(&entry.standing)?;
			}
			let newest = Reports::<T>::get(topic, book.epoch());
			let missing = book.missing(newest.accounts());
			ensure!(missing == 0, "a member of the newest active set has no place in the book");
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
		let mut total: Balance = 0;
		let undelegated: BTreeSet<_> =
			Undelegations::<T>::iter_keys().map(|(_, topic, reputer)| (topic, reputer)).collect();
		for (topic, reputer, record) in Stakes::<T>::iter() {
			let stake = record.stake.total();
			if stake.is_zero() {
				ensure!(!record.frozen.is_empty(), "a stake of zero is stored");
				ensure!(
					Removals::<T>::contains_key(topic, &reputer)
						|| undelegated.contains(&(topic, reputer)),
					"a stake of zero is stored, and no removal is pending"
				);
			}
			let epochs: BTreeSet<_> = record.frozen.iter().map(|(epoch, _)| *epoch).collect();
			ensure!(epochs.len() == record.frozen.len(), "a stake is frozen twice for an epoch");
			add(topics.entry(topic).or_default(), stake)?;
			add(&mut total, stake)?;
		}
		ensure!(TotalStake::<T>::get() == total, "stakes do not sum to the total");
		for (topic, stake) in TopicStakes::<T>::iter() {
			ensure!(stake > 0, "a topic's sum of zero is stored");
			let sum = topics.remove(&topic).unwrap_or_default();
			ensure!(sum == stake, "stakes do not sum to the topic's sum");
		}
		let summed = topics.values().all(|sum| sum.is_zero());
		ensure!(summed, "a topic with stakes has no sum");
		Ok(())
	}

	fn check_holds() -> Result<(), TryRuntimeError> {
		let mut own = BTreeMap::<T::AccountId, Balance>::new();
		let mut delegated = BTreeMap::<T::AccountId, Balance>::new();
		let mut removals: Balance = 0;
		let mut topics = BTreeMap::<TopicId, Balance>::new();
		for (_, account, record) in Stakes::<T>::iter() {
			add(own.entry(account).or_default(), record.stake.own)?;
		}
		for ((account, ..), delegation) in Delegations::<T>::iter() {
			add(delegated.entry(account).or_default(), delegation.amount)?;
		}
		for (topic, account, pending) in Removals::<T>::iter() {
			let sum = Self::check_removals(&pending)?;
			add(own.entry(account).or_default(), sum)?;
			add(topics.entry(topic).or_default(), sum)?;
			add(&mut removals, sum)?;
		}
		for ((account, topic, _), pending) in Undelegations::<T>::iter() {
			let sum = Self::check_removals(&pending)?;
			add(delegated.entry(account).or_default(), sum)?;
			add(topics.entry(topic).or_default(), sum)?;
			add(&mut removals, sum)?;
		}
		let sums: BTreeMap<_, _> = TopicRemovals::<T>::iter().collect();
		ensure!(sums == topics, "removals do not sum to their topic's sum");
		ensure!(TotalRemovals::<T>::get() == removals, "removals do not sum to the total");
		let mut sums = [(HoldReason::Stake, own), (HoldReason::Delegation, delegated)];
		for account in frame_system::Account::<T>::iter_keys() {
			for (reason, sums) in &mut sums {
				let held = T::Currency::balance_on_hold(&(*reason).into(), &account);
				let sum = sums.remove(&account).unwrap_or_default();
				ensure!(held == sum, "a balance on hold is not the account's stake");
			}
		}
		let mut of_nobody = sums.iter().flat_map(|(_, sums)| sums.values());
		ensure!(of_nobody.all(|sum| sum.is_zero()), "a stake of no account is stored");
		Ok(())
	}

	/// Checks a list of removals; returns their sum.
	fn check_removals(removals: &[Removal]) -> Result<Balance, TryRuntimeError> {
		ensure!(!removals.is_empty(), "an empty list of removals is stored");
		let next = NextRemoval::<T>::get();
		ensure!(
			removals.iter().all(|removal| removal.id < next && removal.amount > 0),
			"a removal was never started"
		);
		Ok(sum(removals))
	}

	fn check_delegations() -> Result<(), TryRuntimeError> {
		let mut reputers = BTreeMap::<(TopicId, T::AccountId), Balance>::new();
		let mut rounds = BTreeMap::<(TopicId, T::AccountId, EpochId), u32>::new();
		for ((who, topic, reputer), delegation) in Delegations::<T>::iter() {
			ensure!(who != reputer, "a reputer delegates to itself");
			ensure!(!delegation.is_over(), "a delegation of nothing is stored");
			for (epoch, _) in &delegation.earlier {
				let count = rounds.entry((topic, reputer.clone(), *epoch)).or_default();
				*count = count.saturating_add(1);
			}
			add(reputers.entry((topic, reputer)).or_default(), delegation.amount)?;
		}
		for (topic, reputer, record) in Stakes::<T>::iter() {
			let sum = reputers.remove(&(topic, reputer)).unwrap_or_default();
			ensure!(sum == record.stake.delegated, "delegations do not sum to their reputer's");
		}
		ensure!(reputers.values().all(|sum| sum.is_zero()), "a delegation is to nobody");
		let in_pools = Pools::<T>::iter().flat_map(|(topic, reputer, pool)| {
			pool.rounds.into_iter().map(move |round| ((topic, reputer.clone()), round))
		});
		// A delegation could never leave one that has not.
		let ended = |round: Round| round.per_share.is_some();
		ensure!(PastRounds::<T>::iter_values().all(ended), "a round left its pool before its end");
		let past =
			PastRounds::<T>::iter().map(|((topic, reputer, _), round)| ((topic, reputer), round));
		for ((topic, reputer), round) in in_pools.chain(past) {
			let count = rounds.remove(&(topic, reputer, round.epoch));
			ensure!(count == Some(round.delegations), "a round has other delegations than counted");
		}
		ensure!(rounds.is_empty(), "a delegation is in a round that is not stored");
		Ok(())
	}

	/// Checks that delegations earn in each epoch that is not settled by the amounts of which the
	/// report's authority is the sum.
	fn check_backings() -> Result<(), TryRuntimeError> {
		for (topic, epoch, set) in Reports::<T>::iter() {
			if !T::Epochs::unsettled_epochs(topic).contains(&epoch) {
				continue;
			}
			let mut sums = BTreeMap::<T::AccountId, Balance>::new();
			for ((_, of, reputer), delegation) in Delegations::<T>::iter() {
				let earlier = delegation.earlier.iter().find(|(known, _)| *known == epoch);
				let amount = earlier.map_or(delegation.amount, |(_, amount)| *amount);
				if of == topic {
					add(sums.entry(reputer).or_default(), amount)?;
				}
			}
			for member in set.members() {
				let sum = sums.get(&member.account).copied().unwrap_or_default();
				ensure!(
					sum == member.payload.authority.delegated,
					"delegations earn by other amounts than the report counts"
				);
			}
		}
		Ok(())
	}

	fn check_pools() -> Result<(), TryRuntimeError> {
		let mut members = BTreeMap::<(TopicId, T::AccountId), (u32, u128)>::new();
		for (who, topic, reputer) in Delegations::<T>::iter_keys() {
			let delegation = Self::delegation_now(topic, &reputer, &who);
			let delegation = delegation.ok_or("the rewards of a delegation are out of range")?;
			let (count, owed) = members.entry((topic, reputer)).or_default();
			*count = count.saturating_add(1);
			*owed = owed.checked_add(delegation.owed).ok_or("the sum of rewards overflows")?;
		}
		let mut funds = Residue::<T>::get();
		for (topic, reputer, pool) in Pools::<T>::iter() {
			let (count, owed) = members.remove(&(topic, reputer)).unwrap_or_default();
			ensure!(count > 0 && count == pool.delegations, "a pool has other delegations");
			ensure!(
				owed.checked_add(pool.carried) == pool.funds.checked_mul(SCALE),
				"delegations have not earned exactly what their pool has"
			);
			add(&mut funds, pool.funds)?;
		}
		ensure!(members.is_empty(), "a delegation has no pool");
		let deposit = T::Currency::minimum_balance();
		let pot = T::Currency::total_balance(&DelegatorsPot::<T>::get());
		ensure!(
			pot >= deposit.saturating_add(funds),
			"the delegators' pot has less than the funds of the pools"
		);
		Ok(())
	}

	fn check_reports() -> Result<(), TryRuntimeError> {
		for (topic, epoch, set) in Reports::<T>::iter() {
			if !ScoreBooks::<T>::contains_key(topic) {
				continue;
			}
			Self::check_epoch_known(topic, epoch)?;
			ensure!(!set.is_empty(), "an empty active set is stored");
			ensure!(set.is_sorted(), "an active set is unsorted, or has an account twice");
			ensure!(set.len() <= MAX_REPUTERS as usize, "an active set is larger than its bound");
			Self::check_window(topic, epoch)?;
			for member in set.members() {
				let record = Actors::<T>::get(topic, &member.account);
				let is_without = record.outcome(epoch).is_some();
				ensure!(!is_without, "a member of an active set has an outcome without a seat");
			}
		}
		for (topic, who, record) in Actors::<T>::iter() {
			if !ScoreBooks::<T>::contains_key(topic) {
				continue;
			}
			let in_book = ScoreBooks::<T>::get(topic).entry(&who).is_some();
			let twice = in_book && record.standing.is_some();
			ensure!(!twice, "a reputer's score is both in the book and in its record");
			record.standing.iter().try_for_each(Self::check_standing)?;
			for (_, outcome) in record.outcomes() {
				let scored = in_book || record.standing.is_some();
				ensure!(
					scored || *outcome == Outcome::Abstained,
					"a reputer that has reported has no score"
				);
				let is_stored = matches!(
					outcome,
					Outcome::Passive { .. } | Outcome::Displaced { .. } | Outcome::Abstained
				);
				ensure!(is_stored, "a reputer has an outcome that is never stored");
			}
		}
		Ok(())
	}

	fn check_window(topic: TopicId, epoch: EpochId) -> Result<(), TryRuntimeError> {
		let unsettled = T::Epochs::unsettled_epochs(topic).contains(&epoch);
		let known = Windows::<T>::get(topic).iter().any(|window| window.epoch == epoch);
		ensure!(known || !unsettled, "an epoch with reports that has not ended has no window");
		Ok(())
	}

	fn check_epoch_known(topic: TopicId, epoch: EpochId) -> Result<(), TryRuntimeError> {
		let known = T::Epochs::epoch_state(topic, epoch).is_some();
		ensure!(known, "records of an epoch that is not on record");
		Ok(())
	}
}

/// Adds to a sum of balances.
fn add(sum: &mut Balance, amount: Balance) -> Result<(), TryRuntimeError> {
	*sum = sum.checked_add(amount).ok_or("a sum of stakes overflows")?;
	Ok(())
}
