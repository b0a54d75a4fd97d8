//! Payouts of what settlements have credited.

use crate::{pallet::*, types::*, weights::WeightInfo};
use alloc::vec::Vec;
use allora_primitives::{traits::TopicInspect, Balance, Registration, TopicId};
use core::mem;
use frame_support::{
	storage::with_storage_layer,
	traits::{
		fungible::{Inspect, Mutate},
		tokens::Preservation,
		Get,
	},
	weights::{Weight, WeightMeter},
};
use sp_runtime::{ArithmeticError, DispatchError, DispatchResult, SaturatedConversion, Saturating};

/// The relief of crowded topics takes at most this fraction of a block: one twentieth.
const RELIEF_DIVISOR: u64 = 20;

impl<T: Config> Pallet<T> {
	/// Tries to pay out some of the accounts that have waited longest. Returns the weight used.
	pub(crate) fn pay_longest_waiting(topic: TopicId, purse: &mut Purse<T::AccountId>) -> Weight {
		let tried = REGISTRATIONS.into_iter().fold(0, |tried: u64, registration| {
			tried.saturating_add(Self::pay_some(topic, registration, purse))
		});
		T::WeightInfo::pay_out().saturating_mul(tried)
	}

	/// Worst case of [`Self::pay_longest_waiting`].
	pub(crate) fn longest_waiting_weight() -> Weight {
		T::WeightInfo::pay_out()
			.saturating_mul(WORKER_PAYOUTS.saturating_add(REPUTER_PAYOUTS).into())
	}

	/// Pays out all that is due to an account. Earnings that cannot be paid keep their place.
	///
	/// Fails with [`Error::NothingDue`] if nothing is due, and with the error of the transfer if
	/// nothing can be paid.
	pub(crate) fn do_collect(topic: TopicId, account: &T::AccountId) -> DispatchResult {
		let mut purse = Purses::<T>::get(topic);
		let (mut paid, mut failure) = (false, None);
		for registration in REGISTRATIONS {
			let found = purse.waiting(registration).iter().find(|due| due.account == *account);
			match found.map(|due| Self::pay_out(topic, registration, due)) {
				None => (),
				Some(Ok(())) => {
					paid = true;
					purse.take(registration, account);
				}
				Some(Err(error)) => failure = Some(error),
			}
		}
		if !paid {
			return Err(failure.unwrap_or(Error::<T>::NothingDue.into()));
		}
		Self::put_purse(topic, &purse);
		Ok(())
	}

	/// Pays out accounts of crowded topics that have waited longest, so that a settlement finds
	/// places for all that it credits without paying many accounts itself.
	///
	/// Takes at most a twentieth of a block.
	pub(crate) fn relieve_crowded(meter: &mut WeightMeter) {
		if meter.try_consume(T::WeightInfo::poll()).is_err() {
			return;
		}
		let limit = T::BlockWeights::get().max_block / RELIEF_DIVISOR;
		let mut budget = WeightMeter::with_limit(limit.min(meter.remaining()));
		while let Some(topic) = LedgerTotals::<T>::get().crowded.first().copied() {
			if budget.try_consume(T::WeightInfo::relieve()).is_err() {
				break;
			}
			let mut purse = Purses::<T>::get(topic);
			let done = REGISTRATIONS.into_iter().all(|registration| {
				Self::clear(topic, registration, &mut purse, max_waiting(registration), &mut budget)
			});
			Self::put_purse(topic, &purse);
			if !done {
				break;
			}
			Self::record_crowded(topic, &purse);
		}
		meter.consume(budget.consumed());
	}

	/// Records whether a topic is crowded.
	pub(crate) fn record_crowded(topic: TopicId, purse: &Purse<T::AccountId>) {
		let crowded = purse.is_crowded();
		if LedgerTotals::<T>::get().crowded.contains(&topic) == crowded {
			return;
		}
		LedgerTotals::<T>::mutate(|totals| {
			if !crowded {
				totals.crowded.retain(|other| *other != topic);
			} else if totals.crowded.try_push(topic).is_err() {
				log::debug!(target: crate::LOG_TARGET, "topic {topic}: too many are crowded");
			}
		});
	}

	/// Pays out the accounts that have waited longest, until at most `left` wait. Returns whether
	/// the meter allowed that.
	///
	/// If a payout fails, the earnings return to the topic's pot.
	pub(crate) fn clear(
		topic: TopicId,
		registration: Registration,
		purse: &mut Purse<T::AccountId>,
		left: u32,
		meter: &mut WeightMeter,
	) -> bool {
		let mut waiting = mem::take(purse.waiting_mut(registration)).into_inner();
		let excess = waiting.len().saturating_sub(left.saturated_into());
		let mut taken: usize = 0;
		for due in waiting.iter().take(excess) {
			if meter.try_consume(T::WeightInfo::pay_out()).is_err() {
				break;
			}
			taken.saturating_accrue(1);
			if Self::pay_out(topic, registration, due).is_err() {
				Self::return_earnings(topic, registration, due, purse);
			}
		}
		waiting.drain(..taken);
		*purse.waiting_mut(registration) = Waiting::truncate_from(waiting);
		taken == excess
	}

	/// Moves the rest of a retired topic's pot to the ecosystem pot.
	pub(crate) fn release_pot(topic: TopicId, purse: &mut Purse<T::AccountId>) -> DispatchResult {
		if purse.pot == 0 {
			return Ok(());
		}
		let amount = purse.pot;
		Self::move_between(Pot::Topics, Pot::Ecosystem, amount)?;
		purse.pot = 0;
		LedgerTotals::<T>::mutate(|totals| {
			totals.topic_pots.saturating_reduce(amount);
			totals.released.saturating_accrue(amount);
		});
		Self::deposit_event(Event::PotReleased { topic, amount });
		Ok(())
	}

	/// Tries to pay out as many accounts of a registration as a settlement pays. Returns the number
	/// of tries. An account that cannot be paid moves to the last place.
	fn pay_some(
		topic: TopicId,
		registration: Registration,
		purse: &mut Purse<T::AccountId>,
	) -> u64 {
		let mut waiting = mem::take(purse.waiting_mut(registration)).into_inner();
		let tried = waiting.len().min(payouts(registration).saturated_into());
		let longest: Vec<_> = waiting.drain(..tried).collect();
		for due in longest {
			if let Err(error) = Self::pay_out(topic, registration, &due) {
				log::debug!(target: crate::LOG_TARGET, "topic {topic}: payout failed: {error:?}");
				let PendingPayout { account: who, amount } = due.clone();
				Self::deposit_event(Event::PayoutFailed { topic, who, registration, amount });
				waiting.push(due);
			}
		}
		// The list is no longer than before.
		*purse.waiting_mut(registration) = Waiting::truncate_from(waiting);
		tried.saturated_into()
	}

	/// Pays out what is due to an account, and updates the totals.
	pub(crate) fn pay_out(
		topic: TopicId,
		registration: Registration,
		due: &PendingPayout<T::AccountId>,
	) -> DispatchResult {
		with_storage_layer(|| Self::transfer_due(topic, registration, due))?;
		let PendingPayout { account: who, amount } = due.clone();
		LedgerTotals::<T>::mutate(|totals| {
			totals.earnings.saturating_reduce(amount);
			totals.paid.saturating_accrue(amount);
		});
		Self::deposit_event(Event::PaidOut { topic, who, registration, amount });
		Ok(())
	}

	/// Transfers what is due to the payee. Fails unless exactly that amount left the account of the
	/// topic pots.
	fn transfer_due(
		topic: TopicId,
		registration: Registration,
		due: &PendingPayout<T::AccountId>,
	) -> DispatchResult {
		let PendingPayout { account, amount } = due;
		let pot = Self::pot_account(Pot::Topics);
		let before = T::Currency::total_balance(&pot);
		let payee = T::Topics::payee(topic, account, registration);
		T::Currency::transfer(&pot, &payee, *amount, Preservation::Preserve)?;
		// Nothing leaves the account if it is the payee itself.
		let after = T::Currency::total_balance(&pot);
		if before.checked_sub(after) != Some(*amount) {
			return Err(DispatchError::Corruption);
		}
		Ok(())
	}

	/// Returns earnings that cannot be paid out to the topic's pot.
	fn return_earnings(
		topic: TopicId,
		registration: Registration,
		due: &PendingPayout<T::AccountId>,
		purse: &mut Purse<T::AccountId>,
	) {
		let PendingPayout { account: who, amount } = due.clone();
		// Both are parts of the total issuance, so the sum cannot overflow.
		purse.pot.saturating_accrue(amount);
		LedgerTotals::<T>::mutate(|totals| {
			totals.earnings.saturating_reduce(amount);
			totals.topic_pots.saturating_accrue(amount);
		});
		Self::deposit_event(Event::EarningsReturned { topic, who, registration, amount });
	}

	/// Stores a topic's purse; an empty one has no entry.
	pub(crate) fn put_purse(topic: TopicId, purse: &Purse<T::AccountId>) {
		if purse.is_empty() {
			Purses::<T>::remove(topic);
		} else {
			Purses::<T>::insert(topic, purse);
		}
	}

	/// Adds to a topic's pot an amount that was already moved to the account of the topic pots.
	pub(crate) fn credit_pot(purse: &mut Purse<T::AccountId>, amount: Balance) -> DispatchResult {
		purse.pot = purse.pot.checked_add(amount).ok_or(ArithmeticError::Overflow)?;
		// Pots are parts of the total issuance, so the sum cannot overflow.
		LedgerTotals::<T>::mutate(|totals| totals.topic_pots.saturating_accrue(amount));
		Ok(())
	}
}

/// The number of accounts of a registration that a settlement tries to pay out.
fn payouts(registration: Registration) -> u32 {
	match registration {
		Registration::Worker => WORKER_PAYOUTS,
		Registration::Reputer => REPUTER_PAYOUTS,
	}
}
