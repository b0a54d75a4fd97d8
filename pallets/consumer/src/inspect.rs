//! Reads for the runtime API `ConsumerApi`.

use crate::{
	requests::{is_bound, waiting},
	Config, Pallet, Parts, Receipts, Request, Requests, SubscribedTo, Subscription, Subscriptions,
	MAX_RECEIPTS, MAX_SUBSCRIBERS,
};
use alloc::vec::Vec;
use allora_primitives::{
	traits::{DemandClock, TopicRevenue},
	Balance, OpeningInfo, Receipt, RequestInfo, SubscriptionInfo, TopicId,
};

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
	/// which is moved into the range from 1 to 100.
	pub fn receipts(who: &T::AccountId, from: u64, limit: u32) -> Vec<(u64, Receipt)> {
		let limit = limit.clamp(1, MAX_RECEIPTS) as usize;
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

	/// What a request to the topic costs at present; `None` if the topic does not exist or its epochs
	/// do not open on demand.
	pub fn opening(topic: TopicId) -> Option<OpeningInfo> {
		let demand = T::Demand::demand(topic)?;
		let waiting = waiting(&Requests::<T>::get(topic), &demand);
		let alone = waiting == 0 && demand.ordered.is_none();
		let needed = if alone { Parts::covering(demand.rent) } else { 0 };
		Some(OpeningInfo {
			minimum: Self::minimum(topic).max(needed),
			rent: demand.rent,
			ordered: demand.ordered,
			obstacle: demand.obstacle,
			waiting,
		})
	}

	/// The requests to a topic, oldest first.
	pub fn requests(topic: TopicId) -> Vec<RequestInfo<T::AccountId>> {
		let demand = T::Demand::demand(topic);
		let described = |request: Request<T::AccountId>| {
			let bound = demand.as_ref().is_some_and(|demand| is_bound(&request, demand));
			let Request { requester, payment, rent, deposit, since, until } = request;
			RequestInfo { topic, requester, payment, rent, deposit, since, until, bound }
		};
		Requests::<T>::get(topic).into_iter().map(described).collect()
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
