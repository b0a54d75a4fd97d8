//! # Example of a consuming pallet
//!
//! Options that settle on a network inference, to show how a pallet buys one through
//! [`InferenceSource`]. It is not part of the runtime.
//!
//! ## Overview
//!
//! A writer promises a holder an amount if a topic's first label is above a strike, and the amount is
//! put on hold on the writer's account. From the due slot on anybody can settle the option: it buys an
//! inference of an epoch that opened in that slot or later, and pays the amount to the holder or
//! releases it. If there is no such inference, nothing is charged and the option stays open. What a
//! settlement decides is final, so that both sides have a reason to settle on the first inference.
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
	traits::{
		fungible::MutateHold,
		tokens::{Fortitude, Precision, Restriction},
	},
	weights::Weight,
};
use scale_info::TypeInfo;

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
	/// The amount, in planck; it is on hold.
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
		type Currency: MutateHold<
			Self::AccountId,
			Balance = Balance,
			Reason = Self::RuntimeHoldReason,
		>;
		/// The runtime's hold reasons.
		type RuntimeHoldReason: From<HoldReason>;
		/// The source of network inferences.
		type Inferences: InferenceSource<Self::AccountId>;
		/// The current slot.
		type Time: SlotProvider;
	}

	/// Why funds are on hold.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// The funds are the amounts of options.
		#[codec(index = 0)]
		Option,
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
		/// Too small.
		AmountTooSmall,
		/// A number is out of range.
		Arithmetic,
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Writes an option for an amount in planck, which is put on hold: 1 ALLO is 10,000,000,000
		/// planck. The strike is in units of 10^-18: 3.5 is 3500000000000000000.
		///
		/// ## Dispatch Origin
		///
		/// Any signed account, which is the writer.
		///
		/// ## Errors
		///
		/// Those of the hold.
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
			T::Currency::hold(&HoldReason::Option.into(), &writer, amount)?;
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

	/// The weight of a purchase and of moving what is on hold.
	fn settle_weight<T: Config>() -> Weight {
		T::Inferences::buy_weight().saturating_add(T::DbWeight::get().reads_writes(4, 4))
	}
}

impl<T: Config> Pallet<T> {
	/// Buys an inference that is no older than the option's due slot, and settles by it.
	fn do_settle(who: &T::AccountId, option: u64, payment: Balance) -> DispatchResult {
		let promise = Promises::<T>::take(option).ok_or(Error::<T>::OptionNotFound)?;
		let Promise { writer, holder, topic, strike, amount, due } = promise;
		let passed = T::Time::current_slot().checked_sub(due).ok_or(Error::<T>::NotDue)?;
		let max_age = Slots::try_from(passed).unwrap_or(Slots::MAX);
		let receipt = T::Inferences::buy(who, topic, payment, max_age)?;
		let value = receipt.label_values.first().ok_or(Error::<T>::NoValue)?;
		let reason = HoldReason::Option.into();
		let paid = if *value > strike { amount } else { 0 };
		if paid > 0 {
			let (exact, free) = (Precision::Exact, Restriction::Free);
			let polite = Fortitude::Polite;
			T::Currency::transfer_on_hold(&reason, &writer, &holder, paid, exact, free, polite)?;
		} else {
			T::Currency::release(&reason, &writer, amount, Precision::Exact)?;
		}
		Self::deposit_event(Event::Settled { option, paid, receipt });
		Ok(())
	}
}
