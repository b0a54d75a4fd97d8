//! Emission is shared out by topic weight and handed over to epochs (S 6.8).

use crate::{pallet::*, types::*, weights::WeightInfo};
use allora_primitives::{
	traits::{EmissionIndex, EpochInspect},
	Balance, EpochId, Slot, Slots, TopicId,
};
use frame_support::{defensive, storage::with_storage_layer, weights::Weight};
use sp_runtime::{ArithmeticError, DispatchError, DispatchResult, Saturating};

impl<T: Config> EmissionIndex for Pallet<T> {
	fn set_weight(topic: TopicId, weight: Balance) -> DispatchResult {
		let mut accrual = Accruals::<T>::get(topic).unwrap_or_default();
		if accrual.weight == weight {
			return Ok(());
		}
		let mut distribution = CurrentDistribution::<T>::get();
		accrual.advance(distribution.index).ok_or(ArithmeticError::Overflow)?;
		distribution.total_weight = distribution
			.total_weight
			.checked_sub(accrual.weight)
			.and_then(|others| others.checked_add(weight))
			.ok_or(ArithmeticError::Overflow)?;
		accrual.weight = weight;
		Self::store_accrual(topic, accrual, distribution)
	}

	fn assign_to_epoch(
		topic: TopicId,
		epoch: EpochId,
		length: Slots,
		passed: Slot,
	) -> DispatchResult {
		let Some(mut accrual) = Accruals::<T>::get(topic) else {
			return Ok(());
		};
		with_storage_layer(|| {
			let mut distribution = CurrentDistribution::<T>::get();
			accrual.advance(distribution.index).ok_or(ArithmeticError::Overflow)?;
			let whole = accrual.accrued.checked_div(SCALE).unwrap_or_default();
			let fraction = accrual.accrued.checked_rem(SCALE).unwrap_or_default();
			let handed_over =
				accrual.accrued.checked_sub(fraction).ok_or(ArithmeticError::Underflow)?;
			distribution.accruing =
				distribution.accruing.checked_sub(handed_over).ok_or(ArithmeticError::Underflow)?;
			accrual.accrued = fraction;
			Self::store_accrual(topic, accrual, distribution)?;
			let (length, passed) = (Balance::from(length), Balance::from(passed));
			// Less than 2^64 planck times less than 2^32 slots is within 128 bits.
			let earned = whole
				.checked_mul(length)
				.and_then(|product| product.checked_div(passed.max(length)))
				.ok_or(ArithmeticError::Overflow)?;
			if earned > 0 {
				Self::hand_over(topic, epoch, earned)?;
			}
			// The rest belongs to skipped epochs.
			let rest = whole.saturating_sub(earned);
			if rest > 0 {
				Self::return_emission(topic, epoch, rest)?;
			}
			Ok(())
		})
	}

	fn total_weight() -> Balance {
		CurrentDistribution::<T>::get().total_weight
	}

	fn setting_weight() -> Weight {
		T::WeightInfo::set_weight()
	}

	fn renewal_weight() -> Weight {
		T::WeightInfo::open()
	}
}

impl<T: Config> Pallet<T> {
	/// Stores what a topic accrues, or removes its entry if it has neither weight nor a whole
	/// planck. The fraction of a planck is then shared out with the next block's emission.
	fn store_accrual(
		topic: TopicId,
		accrual: Accrual,
		mut distribution: Distribution,
	) -> DispatchResult {
		if accrual.weight == 0 && accrual.accrued < SCALE {
			distribution.accruing = distribution
				.accruing
				.checked_sub(accrual.accrued)
				.ok_or(ArithmeticError::Underflow)?;
			distribution.carried = distribution
				.carried
				.checked_add(accrual.accrued)
				.ok_or(ArithmeticError::Overflow)?;
			Accruals::<T>::remove(topic);
		} else {
			Accruals::<T>::insert(topic, accrual);
		}
		CurrentDistribution::<T>::put(distribution);
		Ok(())
	}

	/// Assigns emission to an epoch until its settlement. If the epoch is settled already, the
	/// emission goes to the topic's pot; if it is void or not on record, to the ecosystem pot.
	fn hand_over(topic: TopicId, epoch: EpochId, amount: Balance) -> DispatchResult {
		match Rewards::<T>::get(topic, epoch) {
			Some(EpochReward::Voided) => Self::return_emission(topic, epoch, amount),
			Some(EpochReward::Settled(_)) => {
				let mut purse = Purses::<T>::get(topic);
				Self::settle_emission(&mut purse, amount)?;
				Self::put_purse(topic, &purse);
				Ok(())
			}
			// An epoch that is not on record was pruned and is never settled.
			None if T::Epochs::epoch_state(topic, epoch).is_none() => {
				Self::return_emission(topic, epoch, amount)
			}
			before => {
				let held = match before {
					Some(EpochReward::Assigned(held)) => held,
					_ => 0,
				};
				let held = held.checked_add(amount).ok_or(ArithmeticError::Overflow)?;
				Rewards::<T>::insert(topic, epoch, EpochReward::Assigned(held));
				LedgerTotals::<T>::mutate(|totals| totals.assigned.saturating_accrue(amount));
				Self::deposit_event(Event::EmissionAssigned { topic, epoch, amount });
				Ok(())
			}
		}
	}

	/// Moves emission from the rewards pot back to the ecosystem pot.
	fn return_emission(topic: TopicId, epoch: EpochId, amount: Balance) -> DispatchResult {
		Self::move_between(Pot::Rewards, Pot::Ecosystem, amount)?;
		LedgerTotals::<T>::mutate(|totals| totals.returned.saturating_accrue(amount));
		Self::deposit_event(Event::EmissionReturned { topic, epoch, amount });
		Ok(())
	}

	/// Moves emission from the rewards pot to the topic's pot.
	pub(crate) fn settle_emission(
		purse: &mut Purse<T::AccountId>,
		amount: Balance,
	) -> DispatchResult {
		Self::move_between(Pot::Rewards, Pot::Topics, amount)?;
		LedgerTotals::<T>::mutate(|totals| totals.settled.saturating_accrue(amount));
		Self::credit_pot(purse, amount)
	}

	/// Removes an epoch's entry, and its emission from the total. Returns the emission, in planck.
	pub(crate) fn take_assigned(topic: TopicId, epoch: EpochId) -> Balance {
		let Some(EpochReward::Assigned(amount)) = Rewards::<T>::take(topic, epoch) else {
			return 0;
		};
		LedgerTotals::<T>::mutate(|totals| {
			if totals.assigned < amount {
				defensive!("an epoch's emission exceeds the sum of all");
			}
			totals.assigned.saturating_reduce(amount)
		});
		amount
	}

	/// Removes an epoch's entry, and returns its emission to the ecosystem pot. Returns the amount,
	/// in planck.
	pub(crate) fn return_assigned(topic: TopicId, epoch: EpochId) -> Balance {
		let returned = with_storage_layer(|| {
			let amount = Self::take_assigned(topic, epoch);
			if amount > 0 {
				Self::return_emission(topic, epoch, amount)?;
			}
			Ok::<_, DispatchError>(amount)
		});
		if returned.is_err() {
			defensive!("the rewards pot has less than epochs are owed");
		}
		returned.unwrap_or_default()
	}
}
