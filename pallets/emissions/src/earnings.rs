//! Paying out what settlements have credited.

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

/// Part of a block that relieving crowded topics may take.
const RELIEF_OF_BLOCK: u64 = 20;

impl<T: Config> Pallet<T> {
	/// Tries to pay out a few of those who wait longest; answers the weight of that.
	pub(crate) fn pay_longest(topic: TopicId, purse: &mut Purse<T::AccountId>) -> Weight {
		let tried = KINDS
			.into_iter()
			.fold(0, |tried: u64, kind| tried.saturating_add(Self::pay_some(topic, kind, purse)));
		T::WeightInfo::pay_out().saturating_mul(tried)
	}

	/// Weight of the payouts of a settlement.
	pub(crate) fn longest_weight() -> Weight {
		T::WeightInfo::pay_out()
			.saturating_mul(WORKER_PAYOUTS.saturating_add(REPUTER_PAYOUTS).into())
	}

	/// Pays everything out that is due to an account; who waits in vain keeps its place.
	///
	/// [`Error::NothingDue`] if that is nothing; the reason if nothing of it can be paid.
	pub(crate) fn do_collect(topic: TopicId, account: &T::AccountId) -> DispatchResult {
		let mut purse = Purses::<T>::get(topic);
		let (mut paid, mut failure) = (false, None);
		for kind in KINDS {
			let found = purse.waiting(kind).iter().find(|due| due.account == *account);
			match found.map(|due| Self::pay_out(topic, kind, due)) {
				None => (),
				Some(Ok(())) => {
					paid = true;
					purse.take(kind, account);
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

	/// Pays out, in topics where more wait than an epoch can have, those who wait longest.
	///
	/// Takes at most a twentieth of a block, so that a settlement finds room for all it credits
	/// without having to pay many out itself.
	pub(crate) fn relieve_crowded(meter: &mut WeightMeter) {
		if meter.try_consume(T::WeightInfo::poll()).is_err() {
			return;
		}
		let most = T::BlockWeights::get().max_block / RELIEF_OF_BLOCK;
		let mut budget = WeightMeter::with_limit(most.min(meter.remaining()));
		while let Some(topic) = Books::<T>::get().crowded.first().copied() {
			if budget.try_consume(T::WeightInfo::relieve()).is_err() {
				break;
			}
			let mut purse = Purses::<T>::get(topic);
			let done = KINDS
				.into_iter()
				.all(|kind| Self::clear(topic, kind, &mut purse, most_waiting(kind), &mut budget));
			Self::put_purse(topic, &purse);
			if !done {
				break;
			}
			Self::note_crowded(topic, &purse);
		}
		meter.consume(budget.consumed());
	}

	/// Notes whether a topic is crowded.
	pub(crate) fn note_crowded(topic: TopicId, purse: &Purse<T::AccountId>) {
		let crowded = purse.is_crowded();
		if Books::<T>::get().crowded.contains(&topic) == crowded {
			return;
		}
		Books::<T>::mutate(|books| {
			if !crowded {
				books.crowded.retain(|other| *other != topic);
			} else if books.crowded.try_push(topic).is_err() {
				log::debug!(target: crate::LOG_TARGET, "topic {topic} is one crowded of too many");
			}
		});
	}

	/// Pays out those who wait longest until no more than `most` wait, as far as the meter reaches;
	/// whether it did.
	///
	/// Who cannot be paid gives its earnings up: they are in the topic's pot again.
	pub(crate) fn clear(
		topic: TopicId,
		kind: Registration,
		purse: &mut Purse<T::AccountId>,
		most: u32,
		meter: &mut WeightMeter,
	) -> bool {
		let mut waiting = mem::take(purse.waiting_mut(kind)).into_inner();
		let excess = waiting.len().saturating_sub(most.saturated_into());
		let mut taken: usize = 0;
		for due in waiting.iter().take(excess) {
			if meter.try_consume(T::WeightInfo::pay_out()).is_err() {
				break;
			}
			taken.saturating_accrue(1);
			if Self::pay_out(topic, kind, due).is_err() {
				Self::return_earnings(topic, kind, due, purse);
			}
		}
		waiting.drain(..taken);
		*purse.waiting_mut(kind) = Waiting::truncate_from(waiting);
		taken == excess
	}

	/// Sends what is left in a retired topic's pot to the ecosystem pot.
	pub(crate) fn release_pot(topic: TopicId, purse: &mut Purse<T::AccountId>) -> DispatchResult {
		if purse.pot == 0 {
			return Ok(());
		}
		let amount = purse.pot;
		Self::move_between(Pot::Topics, Pot::Ecosystem, amount)?;
		purse.pot = 0;
		Books::<T>::mutate(|books| {
			books.topic_pots.saturating_reduce(amount);
			books.released.saturating_accrue(amount);
		});
		Self::deposit_event(Event::PotReleased { topic, amount });
		Ok(())
	}

	/// Tries to pay out as many of a kind as a settlement does, and answers how many it tried. Who
	/// cannot be paid waits on, as the last.
	fn pay_some(topic: TopicId, kind: Registration, purse: &mut Purse<T::AccountId>) -> u64 {
		let mut waiting = mem::take(purse.waiting_mut(kind)).into_inner();
		let tried = waiting.len().min(payouts(kind).saturated_into());
		let longest: Vec<_> = waiting.drain(..tried).collect();
		for due in longest {
			if let Err(error) = Self::pay_out(topic, kind, &due) {
				log::debug!(target: crate::LOG_TARGET, "topic {topic}: {error:?}");
				let Due { account, amount } = due.clone();
				Self::deposit_event(Event::PayoutFailed {
					topic,
					account,
					registration: kind,
					amount,
				});
				waiting.push(due);
			}
		}
		// As many as before at most.
		*purse.waiting_mut(kind) = Waiting::truncate_from(waiting);
		tried.saturated_into()
	}

	/// Pays out what is due to an account, and books it.
	pub(crate) fn pay_out(
		topic: TopicId,
		kind: Registration,
		due: &Due<T::AccountId>,
	) -> DispatchResult {
		with_storage_layer(|| Self::transfer_due(topic, kind, due))?;
		let Due { account, amount } = due.clone();
		Books::<T>::mutate(|books| {
			books.earnings.saturating_reduce(amount);
			books.paid.saturating_accrue(amount);
		});
		Self::deposit_event(Event::PaidOut { topic, account, registration: kind, amount });
		Ok(())
	}

	/// Moves what is due out of the topics' account: exactly that leaves it, or an error.
	fn transfer_due(topic: TopicId, kind: Registration, due: &Due<T::AccountId>) -> DispatchResult {
		let Due { account, amount } = due;
		let pot = Self::pot_account(Pot::Topics);
		let before = T::Currency::total_balance(&pot);
		let payee = T::Topics::payee(topic, account, kind);
		T::Currency::transfer(&pot, &payee, *amount, Preservation::Preserve)?;
		// Nothing leaves it if the account named is this one.
		let after = T::Currency::total_balance(&pot);
		if before.checked_sub(after) != Some(*amount) {
			return Err(DispatchError::Corruption);
		}
		Ok(())
	}

	/// Puts earnings that cannot be paid out back into the topic's pot.
	fn return_earnings(
		topic: TopicId,
		kind: Registration,
		due: &Due<T::AccountId>,
		purse: &mut Purse<T::AccountId>,
	) {
		let Due { account, amount } = due.clone();
		// Tokens in existence, whose sum the balances pallet keeps in range.
		purse.pot.saturating_accrue(amount);
		Books::<T>::mutate(|books| {
			books.earnings.saturating_reduce(amount);
			books.topic_pots.saturating_accrue(amount);
		});
		Self::deposit_event(Event::EarningsReturned { topic, account, registration: kind, amount });
	}

	/// Stores a topic's purse; an empty one has no entry.
	pub(crate) fn put_purse(topic: TopicId, purse: &Purse<T::AccountId>) {
		if purse.is_empty() {
			Purses::<T>::remove(topic);
		} else {
			Purses::<T>::insert(topic, purse);
		}
	}

	/// Adds to a topic's pot what was already moved to the topics' account.
	pub(crate) fn credit_pot(purse: &mut Purse<T::AccountId>, amount: Balance) -> DispatchResult {
		purse.pot = purse.pot.checked_add(amount).ok_or(ArithmeticError::Overflow)?;
		// Sums of tokens in existence, which the balances pallet keeps in range.
		Books::<T>::mutate(|books| books.topic_pots.saturating_accrue(amount));
		Ok(())
	}
}

/// How many of a kind a settlement tries to pay out.
fn payouts(kind: Registration) -> u32 {
	match kind {
		Registration::Worker => WORKER_PAYOUTS,
		Registration::Reputer => REPUTER_PAYOUTS,
	}
}
