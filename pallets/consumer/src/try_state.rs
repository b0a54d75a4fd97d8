//! The invariants of the pallet's storage, which hold at the end of every block.

use crate::{
	queue::rank, requests::last_epoch, Config, Due, DueByPrice, HoldReason, Minimums, NextReceipt,
	Pallet, Parts, ReceiptCounts, Receipts, Requests, SubscribedTo, Subscriptions, MAX_RECEIPTS,
};
use alloc::{
	collections::{BTreeMap, BTreeSet},
	vec::Vec,
};
use allora_primitives::{
	traits::{DemandClock, InferenceInspect},
	Balance,
};
use codec::Encode;
use frame_support::{ensure, traits::fungible::hold::Inspect as _};
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
	/// Checks all of the pallet's invariants.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		for minimum in Minimums::<T>::iter_values() {
			let next = minimum.announced.map_or(minimum.current, |(next, _)| next);
			ensure!(next > 0, "a minimum is 0");
			let rises = minimum.announced.is_none_or(|(next, _)| next > minimum.current);
			ensure!(rises, "an announced minimum is not above the one before");
		}
		Self::check_queue()?;
		Self::check_subscriptions()?;
		Self::check_requests()?;
		Self::check_receipts()
	}

	/// Due topics are in the queue, by the price of the deliveries that are to be made.
	fn check_queue() -> Result<(), TryRuntimeError> {
		let mut due_topics = 0usize;
		for (topic, due) in Due::<T>::iter() {
			due_topics = due_topics.saturating_add(1);
			let price = Self::price_due(topic, due.epoch, &Subscriptions::<T>::get(topic));
			ensure!(due.price == price, "a topic is due at another price than its consumers pay");
			ensure!(price > 0, "a topic is due without a delivery");
			let queued = DueByPrice::<T>::contains_key(rank(price), topic);
			ensure!(queued, "a due topic is not in the queue");
		}
		let queued = DueByPrice::<T>::iter_keys().count();
		ensure!(queued == due_topics, "the queue has a topic that is not due");
		Ok(())
	}

	/// Lists of topics and of accounts match, and what is on hold is the sum of escrows and
	/// deposits.
	fn check_subscriptions() -> Result<(), TryRuntimeError> {
		let mut held = BTreeMap::<Vec<u8>, (T::AccountId, Balance)>::new();
		let mut pairs = BTreeSet::new();
		for (topic, subscribers) in Subscriptions::<T>::iter() {
			ensure!(!subscribers.is_empty(), "an empty list of subscriptions is stored");
			for of in subscribers {
				ensure!(of.epochs_left > 0, "a subscription has no delivery left");
				let escrow = of.per_epoch.checked_mul(of.epochs_unpaid().into());
				ensure!(escrow == Some(of.escrow()), "an escrow is out of range");
				let key = of.subscriber.encode();
				let entry = held.entry(key.clone()).or_insert((of.subscriber.clone(), 0));
				entry.1 = entry.1.saturating_add(of.escrow()).saturating_add(of.deposit);
				ensure!(pairs.insert((key, topic)), "an account is subscribed to a topic twice");
			}
		}
		for (who, amount) in held.into_values() {
			let on_hold = T::Currency::balance_on_hold(&HoldReason::Subscription.into(), &who);
			ensure!(on_hold == amount, "what is on hold differs from the subscriptions");
		}
		let mut listed = 0usize;
		for (who, topics) in SubscribedTo::<T>::iter() {
			ensure!(!topics.is_empty(), "an empty list of topics is stored");
			listed = listed.saturating_add(topics.len());
			let known = topics.iter().all(|topic| pairs.contains(&(who.encode(), *topic)));
			ensure!(known, "an account's list has a topic that it is not subscribed to");
		}
		ensure!(listed == pairs.len(), "an account's list lacks a topic, or has one twice");
		Ok(())
	}

	/// An account has one request to a topic at most, and what is on hold is the sum of what requests
	/// have not paid and of deposits. Those of an epoch with a network inference are about to get it.
	fn check_requests() -> Result<(), TryRuntimeError> {
		let mut held = BTreeMap::<Vec<u8>, (T::AccountId, Balance)>::new();
		let mut pairs = BTreeSet::new();
		for (topic, requests) in Requests::<T>::iter() {
			ensure!(!requests.is_empty(), "an empty list of requests is stored");
			let demand =
				T::Demand::demand(topic).ok_or("a topic with requests is not on demand")?;
			let newest = T::Inferences::newest(topic).map(|newest| newest.epoch);
			let served = newest.filter(|newest| last_epoch(&demand) == Some(*newest));
			ensure!(
				Due::<T>::contains_key(topic) || !requests.iter().any(|of| of.is_served_by(served)),
				"requests are not served with their epoch's inference"
			);
			for of in requests {
				ensure!(of.since < of.until, "a request does not wait");
				let most = Parts::of(of.payment).to_ecosystem;
				ensure!(of.rent <= most, "a request has paid more rent than a quarter");
				let key = of.requester.encode();
				let entry = held.entry(key.clone()).or_insert((of.requester.clone(), 0));
				entry.1 = entry.1.saturating_add(of.unpaid()).saturating_add(of.deposit);
				ensure!(pairs.insert((key, topic)), "an account has two requests to a topic");
			}
		}
		for (who, amount) in held.into_values() {
			let on_hold = T::Currency::balance_on_hold(&HoldReason::Request.into(), &who);
			ensure!(on_hold == amount, "what is on hold differs from the requests");
		}
		Ok(())
	}

	/// Receipts are counted, and what is on hold is the sum of their deposits.
	fn check_receipts() -> Result<(), TryRuntimeError> {
		let mut kept = BTreeMap::<Vec<u8>, (T::AccountId, u32, Balance)>::new();
		for (who, number, receipt) in Receipts::<T>::iter() {
			ensure!(number < NextReceipt::<T>::get(), "a receipt has a number never assigned");
			let entry = kept.entry(who.encode()).or_insert((who, 0, 0));
			entry.1 = entry.1.saturating_add(1);
			entry.2 = entry.2.saturating_add(receipt.deposit);
		}
		ensure!(kept.len() == ReceiptCounts::<T>::iter_keys().count(), "a count has no receipts");
		for (who, count, deposits) in kept.into_values() {
			ensure!(ReceiptCounts::<T>::get(&who) == count, "an account's receipts are miscounted");
			ensure!(count <= MAX_RECEIPTS, "an account has too many receipts");
			let on_hold = T::Currency::balance_on_hold(&HoldReason::Receipt.into(), &who);
			ensure!(on_hold == deposits, "what is on hold differs from the receipts' deposits");
		}
		Ok(())
	}
}
