//! Delegations to reputers, and the claims of their rewards (S 14.3).

use crate::{
	pool::{Delegation, Pool, Round, SCALE},
	stake::sum,
	types::{Authority, PendingRemovals, Removal, RemovalId},
	Config, Delegations, DelegatorsPot, Error, Event, HoldReason, Pallet, PastRounds, Pools,
	Residue, Undelegations, Windows,
};
use alloc::vec::Vec;
use allora_primitives::{
	traits::{EpochInspect, StakeObserver},
	Balance, EpochId, TopicId,
};
use frame_support::{
	ensure,
	storage::{with_storage_layer, with_transaction_unchecked, TransactionOutcome},
	traits::{
		fungible::{hold::Mutate as _, Mutate as _},
		tokens::{Precision, Preservation},
		Get, TypedGet,
	},
};
use sp_runtime::{traits::Zero, ArithmeticError, DispatchError, DispatchResult, Saturating};

/// A delegation with its pool, loaded to be changed. [`Position::store`] puts both back.
struct Position<'a, T: Config> {
	topic: TopicId,
	reputer: &'a T::AccountId,
	who: &'a T::AccountId,
	pool: Pool,
	delegation: Delegation,
}

impl<T: Config> Pallet<T> {
	/// Puts the amount on hold and adds it to the delegation.
	pub(crate) fn do_delegate(
		who: &T::AccountId,
		topic: TopicId,
		reputer: &T::AccountId,
		amount: Balance,
	) -> DispatchResult {
		ensure!(!amount.is_zero(), Error::<T>::ZeroAmount);
		ensure!(who != reputer, Error::<T>::SelfDelegation);
		Self::ensure_takes_stake(topic, reputer)?;
		T::Currency::hold(&HoldReason::Delegation.into(), who, amount)?;
		let mut position = Position::<T>::load_or_new(topic, reputer, who)?;
		let delegation = position.change(|before| before.checked_add(amount))?;
		position.store();
		let (who, reputer) = (who.clone(), reputer.clone());
		Self::deposit_event(Event::Delegated { topic, who, reputer, amount, delegation });
		T::Observer::on_stake_changed(topic);
		Ok(())
	}

	/// Takes the amount off the delegation, and records a removal that is due after the unbonding
	/// time.
	pub(crate) fn do_undelegate(
		who: &T::AccountId,
		topic: TopicId,
		reputer: &T::AccountId,
		amount: Balance,
	) -> DispatchResult {
		ensure!(!amount.is_zero(), Error::<T>::ZeroAmount);
		let mut position = Position::<T>::load(topic, reputer, who)?;
		ensure!(amount <= position.delegation.amount, Error::<T>::StakeExceeded);
		let mut removals = Undelegations::<T>::get((who, topic, reputer));
		let Removal { id: removal_id, due, .. } =
			Self::start_removal(topic, reputer, &mut removals, amount)?;
		Undelegations::<T>::insert((who, topic, reputer), removals);
		position.change(|before| before.checked_sub(amount))?;
		position.store();
		let (who, reputer) = (who.clone(), reputer.clone());
		Self::deposit_event(Event::UndelegationStarted {
			topic,
			who,
			reputer,
			removal_id,
			amount,
			due,
		});
		T::Observer::on_stake_changed(topic);
		Ok(())
	}

	/// Cancels a removal, so that the amount is delegated again.
	pub(crate) fn do_cancel_undelegate(
		who: &T::AccountId,
		topic: TopicId,
		reputer: &T::AccountId,
		removal_id: RemovalId,
	) -> DispatchResult {
		Self::ensure_takes_stake(topic, reputer)?;
		let mut removals = Undelegations::<T>::get((who, topic, reputer));
		let amount = Self::take_removal(topic, &mut removals, removal_id)?;
		Self::put_undelegations(topic, reputer, who, removals);
		let mut position = Position::<T>::load_or_new(topic, reputer, who)?;
		position.change(|before| before.checked_add(amount))?;
		position.store();
		let (who, reputer) = (who.clone(), reputer.clone());
		Self::deposit_event(Event::UndelegationCancelled {
			topic,
			who,
			reputer,
			removal_id,
			amount,
		});
		T::Observer::on_stake_changed(topic);
		Ok(())
	}

	/// Releases the due removals of a delegator from hold. If nothing is delegated any more, pays
	/// the rewards too, so that nothing is left of the delegation.
	pub(crate) fn do_withdraw_delegation(
		who: &T::AccountId,
		topic: TopicId,
		reputer: &T::AccountId,
	) -> DispatchResult {
		let mut removals = Undelegations::<T>::get((who, topic, reputer));
		let amount = Self::take_due(topic, reputer, &mut removals)?;
		T::Currency::release(&HoldReason::Delegation.into(), who, amount, Precision::Exact)?;
		Self::put_undelegations(topic, reputer, who, removals);
		Self::drop_closed(topic, reputer);
		let position = Position::<T>::load(topic, reputer, who).ok();
		let delegation = position.as_ref().map_or(0, |position| position.delegation.amount);
		Self::deposit_event(Event::UndelegationWithdrawn {
			topic,
			who: who.clone(),
			reputer: reputer.clone(),
			amount,
			delegation,
		});
		let Some(mut position) = position else { return Ok(()) };
		// What cannot be paid now stays claimable.
		let paid = match delegation.is_zero() {
			true => with_storage_layer(|| position.pay()).unwrap_or_default(),
			false => 0,
		};
		position.store();
		Self::deposit_claimed(topic, reputer, who, paid);
		Ok(())
	}

	fn deposit_claimed(
		topic: TopicId,
		reputer: &T::AccountId,
		who: &T::AccountId,
		amount: Balance,
	) {
		if amount > 0 {
			let (who, reputer) = (who.clone(), reputer.clone());
			Self::deposit_event(Event::RewardsClaimed { topic, who, reputer, amount });
		}
	}

	/// Pays the rewards of a delegation to the delegator. Removes a delegation that is over.
	pub(crate) fn do_claim(
		who: &T::AccountId,
		topic: TopicId,
		reputer: &T::AccountId,
	) -> DispatchResult {
		let mut position = Position::<T>::load(topic, reputer, who)?;
		// The last epoch of a delegation may have brought nothing.
		let amount = if position.delegation.is_over() { 0 } else { position.pay()? };
		position.store();
		Self::deposit_claimed(topic, reputer, who, amount);
		Ok(())
	}

	/// Pays the rewards of a delegation to the delegator, and delegates them.
	pub(crate) fn do_compound(
		who: &T::AccountId,
		topic: TopicId,
		reputer: &T::AccountId,
	) -> DispatchResult {
		Self::ensure_takes_stake(topic, reputer)?;
		let mut position = Position::<T>::load(topic, reputer, who)?;
		let amount = position.pay()?;
		T::Currency::hold(&HoldReason::Delegation.into(), who, amount)?;
		let delegation = position.change(|before| before.checked_add(amount))?;
		position.store();
		let (who, reputer) = (who.clone(), reputer.clone());
		Self::deposit_event(Event::RewardsCompounded { topic, who, reputer, amount, delegation });
		T::Observer::on_stake_changed(topic);
		Ok(())
	}

	/// The epochs whose reporting has opened and that have not ended, oldest first.
	fn unsettled(topic: TopicId) -> Vec<EpochId> {
		let (now, unsettled) = (Self::now(), T::Epochs::unsettled_epochs(topic));
		let begun = Windows::<T>::get(topic).into_iter().filter(|window| window.open <= now);
		begun.map(|window| window.epoch).filter(|epoch| unsettled.contains(epoch)).collect()
	}

	fn put_undelegations(
		topic: TopicId,
		reputer: &T::AccountId,
		who: &T::AccountId,
		removals: PendingRemovals,
	) {
		if sum(&removals).is_zero() {
			Undelegations::<T>::remove((who, topic, reputer));
		} else {
			Undelegations::<T>::insert((who, topic, reputer), removals);
		}
	}

	/// A delegation with its rewards added up to now, without storing it; `None` if there is none.
	pub fn delegation_now(
		topic: TopicId,
		reputer: &T::AccountId,
		who: &T::AccountId,
	) -> Option<Delegation> {
		// Adding rewards up takes the delegation out of rounds that have ended.
		let position = with_transaction_unchecked(|| {
			TransactionOutcome::Rollback(Position::<T>::load(topic, reputer, who).ok())
		});
		position.map(|position| position.delegation)
	}
}

impl<'a, T: Config> Position<'a, T> {
	/// The position of a delegation that exists, with its rewards added up to now.
	///
	/// It has left rounds that have ended, so it must be stored unless the call fails.
	fn load(
		topic: TopicId,
		reputer: &'a T::AccountId,
		who: &'a T::AccountId,
	) -> Result<Self, DispatchError> {
		let known = Delegations::<T>::get((who, topic, reputer));
		let delegation = known.ok_or(Error::<T>::DelegationNotFound)?;
		let pool = Pools::<T>::get(topic, reputer);
		let mut position = Self { topic, reputer, who, pool, delegation };
		position.earn().ok_or(ArithmeticError::Overflow)?;
		Ok(position)
	}

	/// As [`Self::load`], or the position of a new delegation of nothing.
	fn load_or_new(
		topic: TopicId,
		reputer: &'a T::AccountId,
		who: &'a T::AccountId,
	) -> Result<Self, DispatchError> {
		if Delegations::<T>::contains_key((who, topic, reputer)) {
			return Self::load(topic, reputer, who);
		}
		let mut pool = Pools::<T>::get(topic, reputer);
		let unsettled = T::Epochs::unsettled_epochs(topic);
		pool.end_rounds(|epoch| !unsettled.contains(&epoch));
		pool.delegations = pool.delegations.checked_add(1).ok_or(ArithmeticError::Overflow)?;
		let delegation = Delegation { checkpoint: pool.per_share, ..Default::default() };
		Ok(Self { topic, reputer, who, pool, delegation })
	}

	/// Adds up the delegation's rewards to now, by the amounts of the epochs that they are of.
	fn earn(&mut self) -> Option<()> {
		let unsettled = T::Epochs::unsettled_epochs(self.topic);
		self.pool.end_rounds(|epoch| !unsettled.contains(&epoch));
		while let Some((epoch, amount)) = self.delegation.earlier.first().copied() {
			let Some(end) = self.leave_round(epoch) else { break };
			self.delegation.earn(amount, end)?;
			self.delegation.earlier.remove(0);
		}
		let amount = self.delegation.earning();
		self.delegation.earn(amount, self.pool.per_share)
	}

	/// Takes the delegation out of a round that has ended. Returns where the accumulator stood.
	fn leave_round(&mut self, epoch: EpochId) -> Option<u128> {
		let at = self.pool.rounds.iter().position(|round| round.epoch == epoch);
		if let Some((at, round)) = at.and_then(|at| Some((at, self.pool.rounds.get_mut(at)?))) {
			let end = round.per_share?;
			round.delegations.saturating_reduce(1);
			if round.delegations.is_zero() {
				self.pool.rounds.remove(at);
			}
			return Some(end);
		}
		PastRounds::<T>::mutate_exists((self.topic, self.reputer, epoch), |past| {
			let round = past.as_mut()?;
			let end = round.per_share?;
			round.delegations.saturating_reduce(1);
			if round.delegations.is_zero() {
				*past = None;
			}
			Some(end)
		})
	}

	/// Changes the amount of the delegation from the next reporting window on. Returns it.
	fn change(
		&mut self,
		change: impl FnOnce(Balance) -> Option<Balance>,
	) -> Result<Balance, DispatchError> {
		let before = self.delegation.amount;
		let amount = change(before).ok_or(ArithmeticError::Overflow)?;
		ensure!(
			amount.is_zero() || amount >= T::MinDelegation::get(),
			Error::<T>::DelegationTooLow
		);
		for epoch in Pallet::<T>::unsettled(self.topic) {
			if self.delegation.earlier.iter().any(|(known, _)| *known == epoch) {
				continue;
			}
			self.enter_round(epoch)?;
			let earlier = self.delegation.earlier.try_push((epoch, before));
			earlier.map_err(|_| Error::<T>::TooManyUnsettled)?;
		}
		self.delegation.amount = amount;
		// The sum is changed by the difference, which is within range as the amounts are.
		Pallet::<T>::change_stake(self.topic, self.reputer, |stake| {
			let delegated = stake.delegated.checked_sub(before)?.checked_add(amount)?;
			Some(Authority { delegated, ..stake })
		})?;
		Ok(amount)
	}

	/// Counts the delegation in the round of an epoch that has not ended.
	fn enter_round(&mut self, epoch: EpochId) -> DispatchResult {
		let known = self.pool.rounds.iter_mut().find(|round| round.epoch == epoch);
		if let Some(round) = known {
			round.delegations.saturating_accrue(1);
			return Ok(());
		}
		if self.pool.rounds.is_full() {
			let ended = self.pool.rounds.iter().position(|round| round.per_share.is_some());
			let past = self.pool.rounds.remove(ended.ok_or(Error::<T>::TooManyUnsettled)?);
			PastRounds::<T>::insert((self.topic, self.reputer, past.epoch), past);
		}
		let round = Round { epoch, delegations: 1, per_share: None };
		self.pool.rounds.try_push(round).map_err(|_| Error::<T>::TooManyUnsettled.into())
	}

	/// Pays the whole planck that are owed. Returns their number; fails if it is zero.
	fn pay(&mut self) -> Result<Balance, DispatchError> {
		let amount = self.delegation.claimable();
		ensure!(!amount.is_zero(), Error::<T>::NothingToClaim);
		let funds = self.pool.funds.checked_sub(amount).ok_or(ArithmeticError::Underflow)?;
		let pot = DelegatorsPot::<T>::get();
		T::Currency::transfer(&pot, self.who, amount, Preservation::Preserve)?;
		self.pool.funds = funds;
		self.delegation.owed = self.delegation.owed.checked_rem(SCALE).unwrap_or_default();
		Ok(amount)
	}

	/// Stores the delegation and the pool. Removes what is over; then a fraction of a planck that
	/// was owed is shared with the pool's next reward, and the rest of a pool without delegations
	/// stays in the pot as the residue.
	fn store(mut self) {
		let key = (self.who, self.topic, self.reputer);
		if self.delegation.is_over() {
			Delegations::<T>::remove(key);
			self.pool.delegations.saturating_reduce(1);
			self.pool.carried.saturating_accrue(self.delegation.owed);
		} else {
			Delegations::<T>::insert(key, self.delegation);
		}
		if self.pool.delegations.is_zero() {
			Pools::<T>::remove(self.topic, self.reputer);
			if !self.pool.funds.is_zero() {
				Residue::<T>::mutate(|residue| residue.saturating_accrue(self.pool.funds));
			}
		} else {
			Pools::<T>::insert(self.topic, self.reputer, self.pool);
		}
	}
}
