//! The stages that settle and pay an epoch, and the pruning and forgetting of records.

use crate::{
	pallet::*,
	types::{EpochReward, Pot, Purse, Settlement, REGISTRATIONS},
	weights::WeightInfo,
};
use allora_primitives::{
	traits::{EmissionIndex, EpochRecords},
	Balance, Contributions, EpochContext, EpochId, EpochSizes, Rule, StageError, StageResult, Step,
	TopicId, VoidReason,
};
use frame_support::{
	defensive,
	traits::{fungible::Mutate, tokens::Preservation},
	weights::{Weight, WeightMeter},
};
use sp_runtime::{ArithmeticError, DispatchResult, Saturating};

impl<T: Config> Pallet<T> {
	/// Returns the weight of the clock's calls of [`EmissionIndex`] before it opened the epoch.
	pub fn open(_: &EpochContext) -> StageResult<()> {
		Ok(((), Self::open_weight()))
	}

	/// Worst case of [`Self::open`].
	pub fn open_weight() -> Weight {
		<Self as EmissionIndex>::renewal_weight()
	}

	/// Settles an epoch that has been learned from: credits its emission and the topic's pot to the
	/// participants. Returns the topic's purse, which [`Self::pay`] stores, and the credits of
	/// reputers.
	///
	/// The remainder of rounding stays in the topic's pot. An epoch that has nothing to pay is
	/// settled too, so that what was learned from it stays. Fails with [`VoidReason::Arithmetic`]
	/// if a computation leaves its range.
	pub fn settle(
		of: &EpochContext,
		contributions: &Contributions<T::AccountId>,
	) -> StageResult<Settlement<T::AccountId>> {
		let (inferers, forecasters, reputers) = (
			contributions.inferers.len() as u32,
			contributions.forecasters.len() as u32,
			contributions.reputers.len() as u32,
		);
		let used = match &contributions.worth {
			Some(_) => T::WeightInfo::settle_mixture(inferers, forecasters, reputers),
			None => T::WeightInfo::settle_regret(inferers, forecasters, reputers),
		};
		let mut purse = Purses::<T>::get(of.topic);
		let reputation = Self::credit_epoch(of, contributions, &mut purse)
			.map_err(|reason| StageError { reason, used })?;
		Ok((Settlement { purse, reputation }, used))
	}

	/// Worst case of [`Self::settle`].
	pub fn settle_weight(sizes: &EpochSizes) -> Weight {
		let EpochSizes { inferers, forecasters, reputers, .. } = *sizes;
		match sizes.rule {
			Rule::Mixture => T::WeightInfo::settle_mixture(inferers, forecasters, reputers),
			Rule::Regret => T::WeightInfo::settle_regret(inferers, forecasters, reputers),
		}
	}

	/// Moves these parts of the epoch's credits of reputers, in planck, to the account that pays
	/// their delegators. Returns the purse without them.
	///
	/// Fails with [`VoidReason::Arithmetic`] if a part is more than is due to its reputer.
	pub fn credit_delegators(
		of: &EpochContext,
		mut purse: Purse<T::AccountId>,
		to: &T::AccountId,
		parts: &[(T::AccountId, Balance)],
	) -> StageResult<Purse<T::AccountId>> {
		if parts.is_empty() {
			return Ok((purse, Weight::zero()));
		}
		let used = T::WeightInfo::credit_delegators();
		let EpochContext { topic, epoch, .. } = *of;
		Self::move_parts(topic, epoch, &mut purse, to, parts)
			.map_err(|_| StageError { reason: VoidReason::Arithmetic, used })?;
		Ok((purse, used))
	}

	/// Worst case of [`Self::credit_delegators`].
	pub fn credit_delegators_weight() -> Weight {
		T::WeightInfo::credit_delegators()
	}

	/// Moves parts of what is due to reputers to another account.
	fn move_parts(
		topic: TopicId,
		epoch: EpochId,
		purse: &mut Purse<T::AccountId>,
		to: &T::AccountId,
		parts: &[(T::AccountId, Balance)],
	) -> DispatchResult {
		let mut amount: Balance = 0;
		for (reputer, part) in parts {
			purse.take_from_reputer(reputer, *part).ok_or(ArithmeticError::Underflow)?;
			// Parts of the total issuance, so the sum cannot overflow.
			amount.saturating_accrue(*part);
		}
		let pot = Self::pot_account(Pot::Topics);
		T::Currency::transfer(&pot, to, amount, Preservation::Preserve)?;
		LedgerTotals::<T>::mutate(|totals| {
			totals.earnings.saturating_reduce(amount);
			totals.paid.saturating_accrue(amount);
		});
		Self::deposit_event(Event::DelegatorsCredited { topic, epoch, amount });
		Ok(())
	}

	/// Pays out some of the accounts that have waited longest, and stores the topic's purse. Never
	/// fails.
	pub fn pay(of: &EpochContext, mut purse: Purse<T::AccountId>) -> StageResult<()> {
		let payouts = Self::pay_longest_waiting(of.topic, &mut purse);
		Self::record_crowded(of.topic, &purse);
		Self::put_purse(of.topic, &purse);
		Ok(((), T::WeightInfo::store_purse().saturating_add(payouts)))
	}

	/// Worst case of [`Self::pay`].
	pub fn pay_weight() -> Weight {
		T::WeightInfo::store_purse().saturating_add(Self::longest_waiting_weight())
	}

	/// Removes the entries of a topic's epochs, and returns their emission to the ecosystem pot.
	/// Returns whether none is left.
	fn forget_epochs(topic: TopicId, meter: &mut WeightMeter) -> bool {
		while let Some(epoch) = Rewards::<T>::iter_key_prefix(topic).next() {
			if meter.try_consume(T::WeightInfo::void()).is_err() {
				return false;
			}
			Self::return_assigned(topic, epoch);
		}
		true
	}
}

impl<T: Config> EpochRecords for Pallet<T> {
	fn on_void(topic: TopicId, epoch: EpochId, _: VoidReason) -> Weight {
		let returned = Self::return_assigned(topic, epoch);
		// The mark sends emission that is handed over later to the ecosystem pot too.
		Rewards::<T>::insert(topic, epoch, EpochReward::Voided);
		if returned > 0 {
			T::WeightInfo::void()
		} else {
			T::WeightInfo::mark_void()
		}
	}

	fn on_prune(topic: TopicId, epoch: EpochId) -> Weight {
		// The epoch is settled or void, so it has no emission any more.
		Self::return_assigned(topic, epoch);
		Self::prune_weight()
	}

	/// Pays out what is due, moves the emission of epochs and the topic's pot to the ecosystem pot,
	/// and removes what its settlements remember.
	///
	/// Earnings that cannot be paid out go to the ecosystem pot too.
	fn on_forget(topic: TopicId, meter: &mut WeightMeter) -> bool {
		if meter.try_consume(T::WeightInfo::forget()).is_err() {
			return false;
		}
		let mut purse = Purses::<T>::get(topic);
		let paid = REGISTRATIONS
			.into_iter()
			.all(|registration| Self::clear(topic, registration, &mut purse, 0, meter));
		let done = paid && Self::forget_epochs(topic, meter) && {
			let released = Self::release_pot(topic, &mut purse);
			if released.is_err() {
				defensive!("the account of the topic pots has less than a pot");
			}
			released.is_ok()
		};
		Self::put_purse(topic, &purse);
		if done {
			Memories::<T>::remove(topic);
			Self::record_crowded(topic, &purse);
		}
		done
	}

	/// An epoch has no emission before it ends, so voiding it until then only writes the mark.
	fn void_weight(step: Step) -> Weight {
		match step {
			Step::Open | Step::CloseWorkers => T::WeightInfo::mark_void(),
			Step::CloseReputers => T::WeightInfo::void(),
		}
	}

	fn prune_weight() -> Weight {
		T::WeightInfo::prune()
	}
}
