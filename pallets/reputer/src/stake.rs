//! Stake: adding it, removing it, and the part of it that counts (S 14).

use crate::{
	types::{PendingRemovals, Removal, RemovalId, StakeRecord},
	Config, Error, Event, HoldReason, NextRemoval, Pallet, Removals, Stakes, TopicStakes,
	TotalStake, Windows,
};
use allora_primitives::{
	traits::{SlotProvider, StakeInspect, StakeObserver},
	Balance, EpochId, Slot, TopicId,
};
use frame_support::{
	defensive, ensure,
	traits::{fungible::hold::Mutate as _, tokens::Precision, DefensiveSaturating, Get},
};
use sp_runtime::{traits::Zero, ArithmeticError, DispatchResult};

impl<T: Config> Pallet<T> {
	/// Puts the amount on hold and adds it to the stake.
	pub(crate) fn do_stake(who: &T::AccountId, topic: TopicId, amount: Balance) -> DispatchResult {
		ensure!(!amount.is_zero(), Error::<T>::ZeroAmount);
		Self::ensure_admitted(topic, who)?;
		let record = Stakes::<T>::get(topic, who);
		// Stakes are parts of the total issuance, so no sum can overflow.
		let stake = record.stake.checked_add(amount).ok_or(ArithmeticError::Overflow)?;
		T::Currency::hold(&HoldReason::Stake.into(), who, amount)?;
		Self::change_stake(topic, who, record, stake);
		TopicStakes::<T>::mutate(topic, |total| {
			*total = total.defensive_saturating_add(amount);
		});
		TotalStake::<T>::mutate(|total| *total = total.defensive_saturating_add(amount));
		Self::deposit_event(Event::Staked { topic, who: who.clone(), amount, stake });
		T::Observer::on_stake_changed(topic);
		Ok(())
	}

	/// Records a removal that is due after the unbonding time.
	pub(crate) fn do_unstake(
		who: &T::AccountId,
		topic: TopicId,
		amount: Balance,
	) -> DispatchResult {
		ensure!(!amount.is_zero(), Error::<T>::ZeroAmount);
		let mut removals = Removals::<T>::get(topic, who);
		let pending = sum(&removals);
		let free = Stakes::<T>::get(topic, who).stake.defensive_saturating_sub(pending);
		ensure!(amount <= free, Error::<T>::StakeExceeded);
		let id = NextRemoval::<T>::get();
		let next = id.checked_add(1).ok_or(ArithmeticError::Overflow)?;
		// No slot comes near the maximum, so the addition never saturates.
		let due = Self::now().saturating_add(T::UnbondingSlots::get().into());
		removals.try_push(Removal { id, amount, due }).map_err(|_| Error::<T>::TooManyRemovals)?;
		NextRemoval::<T>::put(next);
		Removals::<T>::insert(topic, who, removals);
		let who = who.clone();
		Self::deposit_event(Event::RemovalStarted { topic, who, removal_id: id, amount, due });
		Ok(())
	}

	/// Cancels a removal.
	pub(crate) fn do_cancel_unstake(
		who: &T::AccountId,
		topic: TopicId,
		removal_id: RemovalId,
	) -> DispatchResult {
		let mut removals = Removals::<T>::get(topic, who);
		let at = removals
			.iter()
			.position(|removal| removal.id == removal_id)
			.ok_or(Error::<T>::RemovalNotFound)?;
		let amount = removals.remove(at).amount;
		Self::put_removals(topic, who, removals);
		let who = who.clone();
		Self::deposit_event(Event::RemovalCancelled { topic, who, removal_id, amount });
		Ok(())
	}

	/// Releases the due removals from hold and subtracts them from the stake.
	pub(crate) fn do_withdraw(who: &T::AccountId, topic: TopicId) -> DispatchResult {
		let now = Self::now();
		let mut removals = Removals::<T>::get(topic, who);
		let all = sum(&removals);
		removals.retain(|removal| removal.due > now);
		let amount = all.defensive_saturating_sub(sum(&removals));
		ensure!(!amount.is_zero(), Error::<T>::NothingDue);
		let record = Stakes::<T>::get(topic, who);
		let stake = record.stake.checked_sub(amount).ok_or(ArithmeticError::Underflow)?;
		T::Currency::release(&HoldReason::Stake.into(), who, amount, Precision::Exact)?;
		Self::put_removals(topic, who, removals);
		Self::change_stake(topic, who, record, stake);
		TopicStakes::<T>::mutate(topic, |total| {
			*total = total.defensive_saturating_sub(amount);
		});
		TotalStake::<T>::mutate(|total| *total = total.defensive_saturating_sub(amount));
		Self::deposit_event(Event::Withdrawn { topic, who: who.clone(), amount, stake });
		T::Observer::on_stake_changed(topic);
		Ok(())
	}

	/// The account's authority in an epoch whose reporting is open: its stake when the slot began
	/// in which the reporting opened, in planck.
	pub fn frozen_authority(topic: TopicId, epoch: EpochId, who: &T::AccountId) -> Balance {
		Stakes::<T>::get(topic, who).authority(epoch)
	}

	/// Sets an account's stake, and stores the former one for each open reporting window that has
	/// none stored yet. Drops what is stored for windows that have closed.
	fn change_stake(topic: TopicId, who: &T::AccountId, record: StakeRecord, stake: Balance) {
		let now = Self::now();
		let StakeRecord { stake: before, mut frozen } = record;
		let mut open = Windows::<T>::get(topic);
		open.retain(|window| window.contains(now));
		frozen.retain(|(epoch, _)| open.iter().any(|window| window.epoch == *epoch));
		// At most one window is open, since the windows of a topic follow each other.
		for window in open {
			let known = frozen.iter().any(|(epoch, _)| *epoch == window.epoch);
			if !known && frozen.try_push((window.epoch, before)).is_err() {
				// The bounds of both lists are equal.
				defensive!("no room for a frozen stake");
			}
		}
		if stake.is_zero() && frozen.is_empty() {
			Stakes::<T>::remove(topic, who);
		} else {
			Stakes::<T>::insert(topic, who, StakeRecord { stake, frozen });
		}
	}

	fn put_removals(topic: TopicId, who: &T::AccountId, removals: PendingRemovals) {
		if removals.is_empty() {
			Removals::<T>::remove(topic, who);
		} else {
			Removals::<T>::insert(topic, who, removals);
		}
	}

	/// The current slot.
	pub(crate) fn now() -> Slot {
		T::Time::current_slot()
	}
}

/// The sum of removals in planck; at most the account's stake, so it cannot overflow.
pub(crate) fn sum(removals: &[Removal]) -> Balance {
	removals.iter().fold(0, |sum, removal| sum.defensive_saturating_add(removal.amount))
}

impl<T: Config> StakeInspect<T::AccountId> for Pallet<T> {
	fn authority(topic: TopicId, reputer: &T::AccountId) -> Balance {
		Stakes::<T>::get(topic, reputer).stake
	}
	fn topic_stake(topic: TopicId) -> Balance {
		TopicStakes::<T>::get(topic)
	}
	fn total_stake() -> Balance {
		TotalStake::<T>::get()
	}
}
