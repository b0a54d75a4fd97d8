//! Reads for the runtime API `ConsumerApi`.

use crate::{
	Config, Pallet, Receipts, SubscribedTo, Subscription, Subscriptions, MAX_RECEIPTS,
	MAX_SUBSCRIBERS,
};
use alloc::vec::Vec;
use allora_primitives::{traits::TopicRevenue, Balance, Receipt, SubscriptionInfo, TopicId};

impl<T: Config> Pallet<T> {
	/// The minimum price per epoch of a new subscription, in planck; `None` if the topic does not
	/// exist or is retired.
	pub fn subscription_minimum(topic: TopicId) -> Option<Balance> {
		T::Topics::creator(topic).ok()?;
		let subscribers = Subscriptions::<T>::get(topic);
		let minimum = Self::minimum(topic);
		if (subscribers.len() as u32) < MAX_SUBSCRIBERS {
			return Some(minimum);
		}
		let more = Self::lowest(&subscribers).map(|(_, lowest)| lowest.saturating_add(1));
		Some(more.unwrap_or_default().max(minimum))
	}

	/// The receipts that an account keeps, from the number `from` on, oldest first: at most `limit`,
	/// and at most 100.
	pub fn receipts(who: &T::AccountId, from: u64, limit: u32) -> Vec<(u64, Receipt)> {
		let limit = limit.min(MAX_RECEIPTS) as usize;
		let mut kept: Vec<_> = Receipts::<T>::iter_prefix(who)
			.filter(|(number, _)| *number >= from)
			.map(|(number, kept)| (number, kept.receipt))
			.collect();
		kept.sort_by_key(|(number, _)| *number);
		kept.truncate(limit);
		kept
	}

	/// The subscriptions of an account, in the order in which they began.
	pub fn subscriptions(who: &T::AccountId) -> Vec<SubscriptionInfo<T::AccountId>> {
		let topics = SubscribedTo::<T>::get(who).into_iter();
		let mine = topics.filter_map(|topic| {
			let mut subscribers = Subscriptions::<T>::get(topic).into_iter();
			let mine = subscribers.find(|of| of.subscriber == *who)?;
			Some(described(topic, mine))
		});
		mine.collect()
	}

	/// The subscriptions to a topic, in the order in which they began.
	pub fn subscribers(topic: TopicId) -> Vec<SubscriptionInfo<T::AccountId>> {
		let subscribers = Subscriptions::<T>::get(topic).into_iter();
		subscribers.map(|subscription| described(topic, subscription)).collect()
	}
}

fn described<AccountId>(
	topic: TopicId,
	subscription: Subscription<AccountId>,
) -> SubscriptionInfo<AccountId> {
	let escrow = subscription.escrow();
	let Subscription { subscriber, per_epoch, epochs_left, last_epoch, deposit, prepaid } =
		subscription;
	SubscriptionInfo {
		topic,
		subscriber,
		per_epoch,
		epochs_left,
		escrow,
		deposit,
		last_epoch,
		prepaid,
	}
}
