//! Subscriptions: how they begin and end.

use crate::{
	Config, Due, EndReason, Error, Event, HoldReason, Pallet, Parts, SubscribedTo, Subscribers,
	Subscription, Subscriptions, MAX_SUBSCRIBERS,
};
use allora_primitives::{
	traits::{InferenceInspect, TopicRevenue},
	Balance, TopicId,
};
use frame_support::{
	defensive, ensure,
	storage::with_storage_layer,
	traits::{
		fungible::{hold::Mutate as _, Inspect, Mutate},
		tokens::{Fortitude, Precision, Preservation},
		Get,
	},
};
use sp_runtime::{DispatchError, DispatchResult};

impl<T: Config> Pallet<T> {
	/// Begins a subscription, with its price and a deposit on hold. If it displaces another one, it
	/// pays its first epoch.
	pub(crate) fn do_subscribe(
		who: T::AccountId,
		topic: TopicId,
		per_epoch: Balance,
		epochs: u32,
	) -> DispatchResult {
		T::Topics::creator(topic)?;
		ensure!(epochs > 0, Error::<T>::ZeroEpochs);
		ensure!(per_epoch >= Self::minimum(topic), Error::<T>::PaymentBelowMinimum);
		let mut subscribers = Subscriptions::<T>::get(topic);
		let subscribed = subscribers.iter().any(|of| of.subscriber == who);
		ensure!(!subscribed, Error::<T>::AlreadySubscribed);
		let prepaid = Self::make_room(&who, topic, per_epoch, &mut subscribers)?;
		SubscribedTo::<T>::try_mutate(&who, |topics| topics.try_push(topic))
			.map_err(|_| Error::<T>::TooManySubscriptions)?;

		let deposit = T::SubscriptionDeposit::get();
		let escrow = per_epoch.checked_mul(epochs.into()).ok_or(Error::<T>::Arithmetic)?;
		Self::hold_free(HoldReason::Subscription, &who, escrow, deposit)?;
		let last_epoch = T::Inferences::newest(topic).map(|newest| newest.epoch);
		let subscriber = who.clone();
		let epochs_left = epochs;
		let new = Subscription { subscriber, per_epoch, epochs_left, last_epoch, deposit, prepaid };
		// The price is charged while it is free: its owner may lock it at any time afterwards.
		let paid = if prepaid { Self::charge(topic, &new)? } else { Parts::of(0) };
		// There is room: either a place was free, or another subscription has left.
		subscribers.try_push(new).map_err(|_| Error::<T>::Outbid)?;
		Self::put_subscribers(topic, subscribers);
		let Parts { to_topic, to_ecosystem } = paid;
		let subscribed =
			Event::Subscribed { topic, who, per_epoch, epochs, deposit, to_topic, to_ecosystem };
		Self::deposit_event(subscribed);
		if prepaid {
			T::Topics::on_revenue(topic);
		}
		Ok(())
	}

	/// If all places are taken, ends the subscription that pays least, which must pay less than
	/// `per_epoch`; of several the one that began last. If that has prepaid a delivery that it has not
	/// had, `who` pays it back. Returns whether it has ended one.
	fn make_room(
		who: &T::AccountId,
		topic: TopicId,
		per_epoch: Balance,
		subscribers: &mut Subscribers<T::AccountId>,
	) -> Result<bool, DispatchError> {
		if (subscribers.len() as u32) < MAX_SUBSCRIBERS {
			return Ok(false);
		}
		let lowest = Self::lowest(subscribers).filter(|(_, lowest)| *lowest < per_epoch);
		let (at, _) = lowest.ok_or(Error::<T>::Outbid)?;
		let displaced = subscribers.remove(at);
		if displaced.prepaid {
			let (to, price) = (&displaced.subscriber, displaced.per_epoch);
			T::Currency::transfer(who, to, price, Preservation::Preserve)?;
		}
		Self::end(topic, displaced, EndReason::Displaced);
		Ok(true)
	}

	/// The place and the price per epoch of the subscription that pays least; of several, the one
	/// that began last.
	pub(crate) fn lowest(subscribers: &Subscribers<T::AccountId>) -> Option<(usize, Balance)> {
		let prices = subscribers.iter().map(|of| of.per_epoch).enumerate();
		prices.rev().min_by_key(|(_, price)| *price)
	}

	/// Puts what is to be charged later and the deposit on hold.
	///
	/// They must be free: what is locked or frozen could be held, but not be charged.
	pub(crate) fn hold_free(
		reason: HoldReason,
		who: &T::AccountId,
		escrow: Balance,
		deposit: Balance,
	) -> DispatchResult {
		let amount = escrow.checked_add(deposit).ok_or(Error::<T>::Arithmetic)?;
		let free = T::Currency::reducible_balance(who, Preservation::Preserve, Fortitude::Polite);
		ensure!(amount <= free, Error::<T>::InsufficientBalance);
		T::Currency::hold(&reason.into(), who, amount)
	}

	/// Ends a subscription at the subscriber's wish.
	pub(crate) fn do_cancel(who: T::AccountId, topic: TopicId) -> DispatchResult {
		let mut subscribers = Subscriptions::<T>::get(topic);
		let at = subscribers.iter().position(|of| of.subscriber == who);
		let cancelled = subscribers.remove(at.ok_or(Error::<T>::NotSubscribed)?);
		Self::put_subscribers(topic, subscribers);
		Self::end(topic, cancelled, EndReason::Cancelled);
		Ok(())
	}

	/// Charges the price of one delivery, which is on hold. If that fails, nothing changes.
	pub(crate) fn charge(
		topic: TopicId,
		subscription: &Subscription<T::AccountId>,
	) -> Result<Parts, DispatchError> {
		let Subscription { subscriber: who, per_epoch: price, .. } = subscription;
		with_storage_layer(|| {
			let reason = HoldReason::Subscription.into();
			T::Currency::release(&reason, who, *price, Precision::Exact)?;
			Self::pay(who, topic, *price)
		})
	}

	/// Releases what is on hold for a subscription that was removed from the topic's list.
	pub(crate) fn end(topic: TopicId, ended: Subscription<T::AccountId>, reason: EndReason) {
		let held = ended.escrow().saturating_add(ended.deposit);
		let who = ended.subscriber;
		let hold_reason = HoldReason::Subscription.into();
		let released = T::Currency::release(&hold_reason, &who, held, Precision::BestEffort)
			.unwrap_or_else(|_| {
				defensive!("what is on hold for a subscription cannot be released");
				0
			});
		SubscribedTo::<T>::mutate_exists(&who, |topics| {
			let mut left = topics.take().unwrap_or_default();
			left.retain(|other| *other != topic);
			*topics = Some(left).filter(|left| !left.is_empty());
		});
		Self::deposit_event(Event::SubscriptionEnded { topic, who, reason, released });
	}

	/// Stores the subscriptions of a topic, and moves it in the queue if it is due; a topic without
	/// any subscription has no entry.
	pub(crate) fn put_subscribers(topic: TopicId, subscribers: Subscribers<T::AccountId>) {
		if let Some(due) = Due::<T>::get(topic) {
			Self::queue(topic, due.epoch, &subscribers);
		}
		if subscribers.is_empty() {
			Subscriptions::<T>::remove(topic);
		} else {
			Subscriptions::<T>::insert(topic, subscribers);
		}
	}
}
