//! Purchases: what they cost, where the payment goes, and the minimum price of a topic.

use crate::{
	Config, Error, Event, HoldReason, KeptReceipt, MinimumPrice, Minimums, NextReceipt, Pallet,
	ReceiptCounts, ReceiptNumber, Receipts, WeightInfo, MAX_RECEIPTS,
};
use allora_primitives::{
	traits::{InferenceInspect, InferenceSource, SlotProvider, TopicPot, TopicRevenue},
	Balance, NewestInference, Quote, Receipt, Slots, TopicId,
};
use frame_support::{
	ensure,
	storage::with_storage_layer,
	traits::{fungible::hold::Mutate as _, tokens::Precision, Get},
	weights::Weight,
};
use sp_core::H256;
use sp_runtime::{traits::UniqueSaturatedInto, ArithmeticError, DispatchError, DispatchResult};

/// The ecosystem pot gets one part in this many of a payment, and the topic's pot the rest.
const ECOSYSTEM_PART: Balance = 4;

/// The parts of a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parts {
	/// The part of the topic's pot, which pays those who serve the topic.
	pub to_topic: Balance,
	/// The part of the ecosystem pot, which counts as revenue of the topic.
	pub to_ecosystem: Balance,
}

impl Parts {
	/// Splits a payment: a quarter for the ecosystem pot, rounded down, and the rest for the topic's
	/// pot. So the revenue is never more than a quarter of what was paid.
	pub fn of(payment: Balance) -> Self {
		let to_ecosystem = payment / ECOSYSTEM_PART;
		Self { to_topic: payment.saturating_sub(to_ecosystem), to_ecosystem }
	}

	/// The smallest payment whose part for the ecosystem pot is this amount.
	pub fn covering(to_ecosystem: Balance) -> Balance {
		to_ecosystem.saturating_mul(ECOSYSTEM_PART)
	}
}

impl<T: Config> Pallet<T> {
	/// Buys the newest network inference, and keeps the receipt if asked to.
	pub(crate) fn do_buy(
		who: T::AccountId,
		topic: TopicId,
		payment: Balance,
		max_age: Slots,
		keep: bool,
	) -> DispatchResult {
		let (receipt, parts) = Self::purchase(&who, topic, payment, max_age)?;
		let number = if keep { Some(Self::keep(&who, receipt.clone())?) } else { None };
		Self::deposit_purchase(who, receipt, parts, number);
		T::Topics::on_revenue(topic);
		Ok(())
	}

	/// Charges the payment and returns the receipt.
	fn purchase(
		who: &T::AccountId,
		topic: TopicId,
		payment: Balance,
		max_age: Slots,
	) -> Result<(Receipt, Parts), DispatchError> {
		T::Topics::creator(topic)?;
		ensure!(payment >= Self::minimum(topic), Error::<T>::PaymentBelowMinimum);
		let newest = T::Inferences::newest(topic).ok_or(Error::<T>::NoInference)?;
		let slot = T::Time::current_slot();
		// No epoch opens in the future, so the subtraction never saturates.
		let age = slot.saturating_sub(newest.epoch);
		ensure!(age <= max_age.into(), Error::<T>::InferenceTooOld);
		let NewestInference { epoch, label_values, intervals, bundle_hash } = newest;
		let bundle_hash: H256 = bundle_hash.ok_or(Error::<T>::InferencePruned)?;
		let parts = Self::pay(who, topic, payment)?;
		let block = frame_system::Pallet::<T>::block_number().unique_saturated_into();
		let price = payment;
		let receipt =
			Receipt { topic, epoch, label_values, intervals, bundle_hash, price, slot, block };
		Ok((receipt, parts))
	}

	/// Pays for an inference: see [`Parts::of`].
	pub(crate) fn pay(
		who: &T::AccountId,
		topic: TopicId,
		payment: Balance,
	) -> Result<Parts, DispatchError> {
		let parts = Parts::of(payment);
		T::Pot::pay_topic(who, topic, parts.to_topic)?;
		T::Topics::pay_revenue(who, topic, parts.to_ecosystem)?;
		Ok(parts)
	}

	/// Keeps a receipt for a deposit, and returns its number.
	fn keep(who: &T::AccountId, receipt: Receipt) -> Result<ReceiptNumber, DispatchError> {
		let kept = ReceiptCounts::<T>::get(who);
		ensure!(kept < MAX_RECEIPTS, Error::<T>::TooManyReceipts);
		let deposit = T::ReceiptDeposit::get();
		T::Currency::hold(&HoldReason::Receipt.into(), who, deposit)?;
		let number = NextReceipt::<T>::get();
		NextReceipt::<T>::put(number.checked_add(1).ok_or(ArithmeticError::Overflow)?);
		ReceiptCounts::<T>::insert(who, kept.saturating_add(1));
		Receipts::<T>::insert(who, number, KeptReceipt { receipt, deposit });
		Ok(number)
	}

	/// Removes a kept receipt and releases its deposit.
	pub(crate) fn do_discard(who: T::AccountId, number: ReceiptNumber) -> DispatchResult {
		let kept = Receipts::<T>::take(&who, number).ok_or(Error::<T>::ReceiptNotFound)?;
		ReceiptCounts::<T>::mutate_exists(&who, |count| {
			*count = count.and_then(|count| count.checked_sub(1)).filter(|left| *left > 0);
		});
		let deposit = kept.deposit;
		T::Currency::release(&HoldReason::Receipt.into(), &who, deposit, Precision::BestEffort)?;
		Self::deposit_event(Event::ReceiptDiscarded { who, number, deposit });
		Ok(())
	}

	/// Sets the topic's own minimum price, or announces it if it is above the one in force; 0 removes
	/// it.
	pub(crate) fn do_set_minimum(
		who: T::AccountId,
		topic: TopicId,
		minimum: Balance,
	) -> DispatchResult {
		ensure!(T::Topics::creator(topic)? == who, Error::<T>::NotCreator);
		let now = T::Time::current_slot();
		let is_rise = minimum > Self::minimum(topic);
		let from = if is_rise { T::Topics::acts_from(topic) } else { now };
		let price = if from > now {
			let current = Minimums::<T>::get(topic).in_force(now);
			MinimumPrice { current, announced: Some((minimum, from)) }
		} else {
			MinimumPrice { current: minimum, announced: None }
		};
		if price == MinimumPrice::default() {
			Minimums::<T>::remove(topic);
		} else {
			Minimums::<T>::insert(topic, price);
		}
		Self::deposit_event(Event::MinimumSet { topic, minimum, from });
		Ok(())
	}

	/// The minimum price of a purchase or delivery: that of the chain or the topic's own, whichever
	/// is higher.
	pub(crate) fn minimum(topic: TopicId) -> Balance {
		let own = Minimums::<T>::get(topic).in_force(T::Time::current_slot());
		own.max(T::MinPayment::get())
	}

	fn deposit_purchase(
		who: T::AccountId,
		receipt: Receipt,
		parts: Parts,
		number: Option<ReceiptNumber>,
	) {
		let Parts { to_topic, to_ecosystem } = parts;
		Self::deposit_event(Event::Purchased { who, receipt, to_topic, to_ecosystem, number });
	}
}

impl<T: Config> InferenceSource<T::AccountId> for Pallet<T> {
	fn buy(
		who: &T::AccountId,
		topic: TopicId,
		payment: Balance,
		max_age: Slots,
	) -> Result<Receipt, DispatchError> {
		with_storage_layer(|| {
			let (receipt, parts) = Self::purchase(who, topic, payment, max_age)?;
			Self::deposit_purchase(who.clone(), receipt.clone(), parts, None);
			T::Topics::on_revenue(topic);
			Ok(receipt)
		})
	}

	fn quote(topic: TopicId) -> Option<Quote> {
		T::Topics::creator(topic).ok()?;
		let NewestInference { epoch, bundle_hash, .. } = T::Inferences::newest(topic)?;
		bundle_hash?;
		let age = T::Time::current_slot().saturating_sub(epoch);
		Some(Quote { epoch, age, minimum: Self::minimum(topic) })
	}

	fn buy_weight() -> Weight {
		T::WeightInfo::buy().saturating_add(T::Topics::activation_weight())
	}
}
