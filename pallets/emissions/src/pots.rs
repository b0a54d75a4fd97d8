//! The pots, and the payments of accounts into them.

use crate::{pallet::*, types::Pot};
use allora_primitives::{traits::TopicPot, Balance, TopicId};
use core::marker::PhantomData;
use frame_support::{
	defensive,
	traits::{
		fungible::{Balanced, Inspect, Mutate},
		tokens::{Fortitude, Preservation},
		Get, TypedGet,
	},
};
use sp_runtime::{
	traits::AccountIdConversion, ArithmeticError, DispatchError, DispatchResult, Saturating,
};

/// The ecosystem pot's account, for the fee handlers of the runtime.
pub struct EcosystemPot<T>(PhantomData<T>);

impl<T: Config> TypedGet for EcosystemPot<T> {
	type Type = T::AccountId;
	fn get() -> T::AccountId {
		Pallet::<T>::pot_account(Pot::Ecosystem)
	}
}

impl<T: Config> Pallet<T> {
	/// The account of a pot.
	pub fn pot_account(pot: Pot) -> T::AccountId {
		T::PalletId::get().into_sub_account_truncating(pot)
	}

	/// The balance that a pot can pay, in planck. It excludes the existential deposit, which stays.
	pub fn pot_balance(pot: Pot) -> Balance {
		T::Currency::reducible_balance(
			&Self::pot_account(pot),
			Preservation::Preserve,
			Fortitude::Polite,
		)
	}

	/// Moves `amount` planck between pots.
	pub(crate) fn move_between(from: Pot, to: Pot, amount: Balance) -> DispatchResult {
		let (from, to) = (Self::pot_account(from), Self::pot_account(to));
		T::Currency::transfer(&from, &to, amount, Preservation::Preserve).map(|_| ())
	}

	/// Mints `amount` planck into the rewards pot.
	pub(crate) fn mint_rewards(amount: Balance) -> DispatchResult {
		let credit = T::Currency::issue(amount);
		// A credit that is not resolved is dropped, which undoes the issuance.
		T::Currency::resolve(&Self::pot_account(Pot::Rewards), credit)
			.map_err(|_| DispatchError::from(ArithmeticError::Overflow))
	}

	/// Gives every pot its existential deposit, and the ecosystem pot its endowment.
	pub(crate) fn endow_pots(ecosystem: Balance) {
		for pot in Pot::ALL {
			let account = Self::pot_account(pot);
			let missing =
				T::Currency::minimum_balance().saturating_sub(T::Currency::total_balance(&account));
			let endowment = if pot == Pot::Ecosystem { ecosystem } else { 0 };
			let amount = missing.saturating_add(endowment);
			if amount > 0 && T::Currency::mint_into(&account, amount).is_err() {
				defensive!("a pot cannot hold its endowment");
			}
		}
		LedgerTotals::<T>::mutate(|totals| totals.genesis_issuance = T::Currency::total_issuance());
	}
}

impl<T: Config> TopicPot<T::AccountId> for Pallet<T> {
	fn pay_ecosystem(from: &T::AccountId, amount: Balance) -> DispatchResult {
		let pot = Self::pot_account(Pot::Ecosystem);
		T::Currency::transfer(from, &pot, amount, Preservation::Preserve).map(|_| ())
	}

	fn pay_topic(from: &T::AccountId, topic: TopicId, amount: Balance) -> DispatchResult {
		let pot = Self::pot_account(Pot::Topics);
		frame_support::storage::with_storage_layer(|| {
			T::Currency::transfer(from, &pot, amount, Preservation::Preserve)?;
			LedgerTotals::<T>::mutate(|totals| totals.purchased.saturating_accrue(amount));
			let mut purse = Purses::<T>::get(topic);
			Self::credit_pot(&mut purse, amount)?;
			Self::put_purse(topic, &purse);
			Ok(())
		})
	}

	fn topic_pot(topic: TopicId) -> Balance {
		Purses::<T>::get(topic).pot
	}

	fn ecosystem() -> T::AccountId {
		Self::pot_account(Pot::Ecosystem)
	}
}
