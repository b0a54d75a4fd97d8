//! # Example of a consuming pallet
//!
//! Options that settle on a network inference, to show how a pallet buys one through
//! [`InferenceSource`]. It is not part of the runtime.
//!
//! ## Overview
//!
//! A writer promises a holder an amount if a topic's first label is above a strike, and the amount
//! moves to the pallet's account. From the due slot on anybody can settle the option: it buys an
//! inference of an epoch that opened in that slot or later, and pays the amount to the holder or back
//! to the writer. If there is no such inference, nothing is charged and the option stays open. What a
//! settlement decides is final, so that both sides have a reason to settle on the first inference.
//!
//! A hold on the writer's own account would not do as an escrow: the writer could lock those tokens,
//! for instance by a vote, and settlements above the strike would fail until one is below it.
#![cfg_attr(not(feature = "std"), no_std)]

pub use pallet::*;

#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

use allora_primitives::{
	traits::{InferenceSource, SlotProvider},
	Balance, FixedI128, Receipt, Slot, Slots, TopicId,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
	dispatch::DispatchResult,
	ensure,
	traits::{
		fungible::{Inspect, Mutate},
		tokens::Preservation,
	},
	weights::Weight,
	PalletId,
};
use scale_info::TypeInfo;
use sp_runtime::traits::AccountIdConversion;

/// The pallet's id, from which its account derives.
const ID: PalletId = PalletId(*b"al/optns");

/// A promise to pay `amount` planck if the topic's first label is above `strike`.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Promise<AccountId> {
	/// The account that pays.
	pub writer: AccountId,
	/// The account that is paid.
	pub holder: AccountId,
	/// The topic.
	pub topic: TopicId,
	/// The value that the inference must exceed.
	pub strike: FixedI128,
	/// The amount, in planck; the pallet's account has it.
	pub amount: Balance,
	/// The slot in which the inference's epoch may open at the earliest.
	pub due: Slot,
}

#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use frame_support::pallet_prelude::*;
	use frame_system::pallet_prelude::*;

	/// The pallet.
	#[pallet::pallet]
	pub struct Pallet<T>(_);

	/// What the pallet needs from the runtime.
	#[pallet::config]
	pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
		/// The currency of amounts.
		type Currency: Mutate<Self::AccountId, Balance = Balance>;
		/// The source of network inferences.
		type Inferences: InferenceSource<Self::AccountId>;
		/// The current slot.
		type Time: SlotProvider;
	}

	/// The number of the next option.
	#[pallet::storage]
	pub type NextOption<T: Config> = StorageValue<_, u64, ValueQuery>;

	/// The options that are not settled.
	// Twox is safe: the chain assigns the numbers of options in sequence.
	#[pallet::storage]
	pub type Promises<T: Config> = StorageMap<_, Twox64Concat, u64, Promise<T::AccountId>>;

	/// The events of options. Amounts are in planck.
	#[pallet::event]
	#[pallet::generate_deposit(pub(crate) fn deposit_event)]
	pub enum Event<T: Config> {
		/// An option was written.
		Written {
			/// Its number.
			option: u64,
			/// The account that pays.
			writer: T::AccountId,
		},
		/// An option was settled.
		Settled {
			/// Its number.
			option: u64,
			/// The amount paid to the holder; 0 if the value was not above the strike.
			paid: Balance,
			/// The inference that decided it.
			receipt: Receipt,
		},
	}

	/// The reasons for which a call fails.
	#[pallet::error]
	pub enum Error<T> {
		/// There is no option of this number, or it is settled.
		OptionNotFound,
		/// The option is not due yet; wait for its due slot.
		NotDue,
		/// The inference has no value.
		NoValue,
		/// The amount is below the existential deposit, so that not every account could receive it.
		AmountTooSmall,
		/// A number is out of range.
		Arithmetic,
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Writes an option for an amount in planck, which moves to the pallet's account: 1 ALLO is
		/// 10,000,000,000 planck. The strike is in units of 10^-18: 3.5 is 3500000000000000000.
		///
		/// ## Dispatch Origin
		///
		/// Any signed account, which is the writer.
		///
		/// ## Errors
		///
		/// [`Error::AmountTooSmall`], and those of the transfer.
		///
		/// ## Events
		///
		/// [`Event::Written`].
		#[pallet::call_index(0)]
		#[pallet::weight(T::DbWeight::get().reads_writes(3, 4))]
		pub fn write(
			origin: OriginFor<T>,
			holder: T::AccountId,
			topic: TopicId,
			strike: FixedI128,
			amount: Balance,
			due: Slot,
		) -> DispatchResult {
			let writer = ensure_signed(origin)?;
			ensure!(amount >= T::Currency::minimum_balance(), Error::<T>::AmountTooSmall);
			T::Currency::transfer(&writer, &Self::account(), amount, Preservation::Preserve)?;
			let option = NextOption::<T>::get();
			NextOption::<T>::put(option.checked_add(1).ok_or(Error::<T>::Arithmetic)?);
			let promise = Promise { writer: writer.clone(), holder, topic, strike, amount, due };
			Promises::<T>::insert(option, promise);
			Self::deposit_event(Event::Written { option, writer });
			Ok(())
		}

		/// Settles an option, by an inference that the caller buys for a payment in planck: 1 ALLO is
		/// 10,000,000,000 planck.
		///
		/// ## Dispatch Origin
		///
		/// Any signed account, which pays for the inference.
		///
		/// ## Errors
		///
		/// [`Error::OptionNotFound`], [`Error::NotDue`], and those of the purchase: nothing is
		/// charged then.
		///
		/// ## Events
		///
		/// [`Event::Settled`].
		#[pallet::call_index(1)]
		#[pallet::weight(settle_weight::<T>())]
		pub fn settle(origin: OriginFor<T>, option: u64, payment: Balance) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_settle(&who, option, payment)
		}
	}

	/// The weight of a purchase and of paying out the amount.
	fn settle_weight<T: Config>() -> Weight {
		T::Inferences::buy_weight().saturating_add(T::DbWeight::get().reads_writes(4, 4))
	}
}

impl<T: Config> Pallet<T> {
	/// The account that has the amounts of all options.
	pub fn account() -> T::AccountId {
		ID.into_account_truncating()
	}

	/// Buys an inference that is no older than the option's due slot, and settles by it.
	fn do_settle(who: &T::AccountId, option: u64, payment: Balance) -> DispatchResult {
		let promise = Promises::<T>::take(option).ok_or(Error::<T>::OptionNotFound)?;
		let Promise { writer, holder, topic, strike, amount, due } = promise;
		let passed = T::Time::current_slot().checked_sub(due).ok_or(Error::<T>::NotDue)?;
		let max_age = Slots::try_from(passed).unwrap_or(Slots::MAX);
		let receipt = T::Inferences::buy(who, topic, payment, max_age)?;
		let value = receipt.label_values.first().ok_or(Error::<T>::NoValue)?;
		let is_above = *value > strike;
		let (to, paid) = if is_above { (holder, amount) } else { (writer, 0) };
		T::Currency::transfer(&Self::account(), &to, amount, Preservation::Expendable)?;
		Self::deposit_event(Event::Settled { option, paid, receipt });
		Ok(())
	}
}
