//! Stake: adding it, removing it, and the part of it that counts (S 14).

use crate::{
	types::{Authority, PendingRemovals, Removal, RemovalId, ReportingWindow, StakeRecord},
	Config, Error, Event, HoldReason, NextRemoval, Pallet, Removals, Stakes, TopicRemovals,
	TopicStakes, TotalRemovals, TotalStake, Windows,
};
use alloc::vec::Vec;
use allora_primitives::{
	traits::{SlotProvider, StakeInspect, StakeObserver, TopicInspect},
	Balance, EpochId, Registration, Slot, TopicId,
};
use frame_support::{
	defensive, ensure,
	traits::{fungible::hold::Mutate as _, tokens::Precision, DefensiveSaturating, Get},
};
use sp_runtime::{traits::Zero, ArithmeticError, DispatchError, DispatchResult};

impl<T: Config> Pallet<T> {
	/// Puts the amount on hold and adds it to the stake.
	pub(crate) fn do_stake(who: &T::AccountId, topic: TopicId, amount: Balance) -> DispatchResult {
		ensure!(!amount.is_zero(), Error::<T>::ZeroAmount);
		Self::ensure_takes_stake(topic, who)?;
		T::Currency::hold(&HoldReason::Stake.into(), who, amount)?;
		let stake = Self::change_own(topic, who, |own| own.checked_add(amount))?;
		Self::deposit_event(Event::Staked { topic, who: who.clone(), amount, stake });
		T::Observer::on_stake_changed(topic);
		Ok(())
	}

	/// Takes the amount off the stake, and records a removal that is due after the unbonding time.
	pub(crate) fn do_unstake(
		who: &T::AccountId,
		topic: TopicId,
		amount: Balance,
	) -> DispatchResult {
		ensure!(!amount.is_zero(), Error::<T>::ZeroAmount);
		ensure!(amount <= Stakes::<T>::get(topic, who).stake.own, Error::<T>::StakeExceeded);
		let mut removals = Removals::<T>::get(topic, who);
		let Removal { id: removal_id, due, .. } =
			Self::start_removal(topic, who, &mut removals, amount)?;
		Self::change_own(topic, who, |own| own.checked_sub(amount))?;
		Removals::<T>::insert(topic, who, removals);
		let who = who.clone();
		Self::deposit_event(Event::RemovalStarted { topic, who, removal_id, amount, due });
		T::Observer::on_stake_changed(topic);
		Ok(())
	}

	/// Cancels a removal, so that the amount is staked again.
	pub(crate) fn do_cancel_unstake(
		who: &T::AccountId,
		topic: TopicId,
		removal_id: RemovalId,
	) -> DispatchResult {
		Self::ensure_takes_stake(topic, who)?;
		let mut removals = Removals::<T>::get(topic, who);
		let amount = Self::take_removal(topic, &mut removals, removal_id)?;
		Self::put_removals(topic, who, removals);
		Self::change_own(topic, who, |own| own.checked_add(amount))?;
		let who = who.clone();
		Self::deposit_event(Event::RemovalCancelled { topic, who, removal_id, amount });
		T::Observer::on_stake_changed(topic);
		Ok(())
	}

	/// Releases the due removals of a reputer from hold.
	pub(crate) fn do_withdraw(who: &T::AccountId, topic: TopicId) -> DispatchResult {
		let mut removals = Removals::<T>::get(topic, who);
		let amount = Self::take_due(topic, who, &mut removals)?;
		T::Currency::release(&HoldReason::Stake.into(), who, amount, Precision::Exact)?;
		Self::put_removals(topic, who, removals);
		let stake = Self::drop_closed(topic, who).own;
		Self::deposit_event(Event::Withdrawn { topic, who: who.clone(), amount, stake });
		Ok(())
	}

	/// The account's authority in an epoch whose reporting is open: the stake behind it when the
	/// slot began in which the reporting opened.
	pub fn frozen_authority(topic: TopicId, epoch: EpochId, who: &T::AccountId) -> Authority {
		Stakes::<T>::get(topic, who).authority(epoch)
	}

	/// Changes a reputer's own stake, see [`Self::change_stake`]. Returns the new own stake.
	fn change_own(
		topic: TopicId,
		who: &T::AccountId,
		change: impl FnOnce(Balance) -> Option<Balance>,
	) -> Result<Balance, DispatchError> {
		Self::change_stake(topic, who, |stake| Some(Authority { own: change(stake.own)?, ..stake }))
			.map(|stake| stake.own)
	}

	/// Changes the stake behind a reputer, and stores the former one for each open reporting window
	/// that has none stored yet. Drops what is stored for windows that have closed. Returns the new
	/// stake.
	///
	/// Fails if `change` returns `None`.
	pub(crate) fn change_stake(
		topic: TopicId,
		reputer: &T::AccountId,
		change: impl FnOnce(Authority) -> Option<Authority>,
	) -> Result<Authority, DispatchError> {
		let StakeRecord { stake: before, mut frozen } = Stakes::<T>::get(topic, reputer);
		// Stakes are parts of the total issuance, so no sum can overflow.
		let stake = change(before).ok_or(ArithmeticError::Overflow)?;
		let open = Self::open_windows(topic);
		frozen.retain(|(epoch, _)| open.iter().any(|window| window.epoch == *epoch));
		// At most one window is open, since the windows of a topic follow each other.
		for window in open {
			let known = frozen.iter().any(|(epoch, _)| *epoch == window.epoch);
			if !known && frozen.try_push((window.epoch, before)).is_err() {
				// The bounds of both lists are equal.
				defensive!("no room for a frozen stake");
			}
		}
		Self::put_stake(topic, reputer, StakeRecord { stake, frozen });
		let sum = |sum: Balance| {
			sum.defensive_saturating_sub(before.total()).defensive_saturating_add(stake.total())
		};
		TopicStakes::<T>::mutate_exists(topic, |total| {
			*total = Some(sum(total.unwrap_or_default())).filter(|total| *total > 0);
		});
		TotalStake::<T>::mutate(|total| *total = sum(*total));
		Ok(stake)
	}

	/// Drops what is stored of a reputer's stake for windows that have closed. Returns its stake.
	///
	/// A stake that is gone leaves a record only within the window in which its removal was
	/// started, and a removal is not due before that window has closed.
	pub(crate) fn drop_closed(topic: TopicId, reputer: &T::AccountId) -> Authority {
		let mut record = Stakes::<T>::get(topic, reputer);
		if !record.frozen.is_empty() {
			let open = Self::open_windows(topic);
			record.frozen.retain(|(epoch, _)| open.iter().any(|window| window.epoch == *epoch));
			Self::put_stake(topic, reputer, record.clone());
		}
		record.stake
	}

	fn put_stake(topic: TopicId, reputer: &T::AccountId, record: StakeRecord) {
		if record.stake.total().is_zero() && record.frozen.is_empty() {
			Stakes::<T>::remove(topic, reputer);
		} else {
			Stakes::<T>::insert(topic, reputer, record);
		}
	}

	/// The reporting windows of a topic that are open.
	fn open_windows(topic: TopicId) -> Vec<ReportingWindow> {
		let now = Self::now();
		Windows::<T>::get(topic).into_iter().filter(|window| window.contains(now)).collect()
	}

	/// Fails unless stake may be put behind the reputer: the topic admits it and is not retired.
	///
	/// Fails also if the topic's creator has announced a list that excludes the reputer: stake behind
	/// it is then free as soon as the list is in force, which may be before the unbonding time is
	/// over.
	pub(crate) fn ensure_takes_stake(topic: TopicId, reputer: &T::AccountId) -> DispatchResult {
		Self::ensure_admitted(topic, reputer)?;
		ensure!(!T::Topics::is_retired(topic), Error::<T>::TopicRetired);
		let stays = T::Topics::stays_allowed(topic, reputer, Registration::Reputer);
		ensure!(stays, Error::<T>::NotAllowed);
		Ok(())
	}

	/// The first slot from `slot` on by which every epoch is closed whose reporting has opened by
	/// `slot`, so that none counts stake that is removed in `slot`: `slot` itself, unless reporting is
	/// open then or an epoch waits for its close.
	pub(crate) fn counted_until(topic: TopicId, slot: Slot) -> Slot {
		let counting = |window: &ReportingWindow| window.open <= slot;
		let windows = Windows::<T>::get(topic).into_iter().filter(counting);
		windows.map(|window| window.closed_at()).fold(slot, Slot::max)
	}

	/// The first slot in which stake behind a reputer can be withdrawn whose removal starts now: when
	/// no epoch counts it any more, and, unless an allow-list excludes the reputer, after the
	/// unbonding time.
	fn removal_due(topic: TopicId, reputer: &T::AccountId) -> Slot {
		let now = Self::now();
		let counted = Self::counted_until(topic, now);
		if T::Topics::is_excluded(topic, reputer, Registration::Reputer) {
			return counted;
		}
		// No slot comes near the maximum, so the addition never saturates.
		counted.max(now.saturating_add(T::UnbondingSlots::get().into()))
	}

	/// Adds a removal of this amount of stake behind a reputer to a list. There is as much.
	pub(crate) fn start_removal(
		topic: TopicId,
		reputer: &T::AccountId,
		removals: &mut PendingRemovals,
		amount: Balance,
	) -> Result<Removal, DispatchError> {
		let id = NextRemoval::<T>::get();
		let removal = Removal { id, amount, due: Self::removal_due(topic, reputer) };
		removals.try_push(removal).map_err(|_| Error::<T>::TooManyRemovals)?;
		NextRemoval::<T>::put(id.checked_add(1).ok_or(ArithmeticError::Overflow)?);
		Self::change_removals(topic, |sum| sum.defensive_saturating_add(amount));
		Ok(removal)
	}

	/// Takes a removal that is cancelled from a list. Returns its amount.
	pub(crate) fn take_removal(
		topic: TopicId,
		removals: &mut PendingRemovals,
		id: RemovalId,
	) -> Result<Balance, DispatchError> {
		let known = removals.iter().position(|removal| removal.id == id);
		let amount = removals.remove(known.ok_or(Error::<T>::RemovalNotFound)?).amount;
		Self::change_removals(topic, |sum| sum.defensive_saturating_sub(amount));
		Ok(amount)
	}

	/// Changes the sums of pending removals, of the topic and of all.
	fn change_removals(topic: TopicId, change: impl Fn(Balance) -> Balance) {
		TopicRemovals::<T>::mutate_exists(topic, |sum| {
			*sum = Some(change(sum.unwrap_or_default())).filter(|sum| *sum > 0);
		});
		TotalRemovals::<T>::mutate(|total| *total = change(*total));
	}

	/// Takes the removals of stake behind a reputer that are due from a list: all of them if an
	/// allow-list excludes it and no epoch counts them any more. Returns their sum; fails if it is
	/// zero.
	pub(crate) fn take_due(
		topic: TopicId,
		reputer: &T::AccountId,
		removals: &mut PendingRemovals,
	) -> Result<Balance, DispatchError> {
		let (now, all) = (Self::now(), sum(removals));
		let excluded = T::Topics::is_excluded(topic, reputer, Registration::Reputer);
		let free = excluded && Self::counted_until(topic, now) <= now;
		removals.retain(|removal| removal.due > now && !free);
		let amount = all.defensive_saturating_sub(sum(removals));
		ensure!(!amount.is_zero(), Error::<T>::NothingDue);
		Self::change_removals(topic, |sum| sum.defensive_saturating_sub(amount));
		Ok(amount)
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

/// The sum of removals in planck. They are parts of the total issuance, so it cannot overflow.
pub(crate) fn sum(removals: &[Removal]) -> Balance {
	removals.iter().fold(0, |sum, removal| sum.defensive_saturating_add(removal.amount))
}

impl<T: Config> StakeInspect<T::AccountId> for Pallet<T> {
	fn authority(topic: TopicId, reputer: &T::AccountId) -> Balance {
		Stakes::<T>::get(topic, reputer).stake.total()
	}
	fn topic_stake(topic: TopicId) -> Balance {
		TopicStakes::<T>::get(topic)
	}
	fn topic_held(topic: TopicId) -> Balance {
		TopicStakes::<T>::get(topic).saturating_add(TopicRemovals::<T>::get(topic))
	}
	fn total_stake() -> Balance {
		TotalStake::<T>::get()
	}
	fn total_held() -> Balance {
		TotalStake::<T>::get().saturating_add(TotalRemovals::<T>::get())
	}
}
