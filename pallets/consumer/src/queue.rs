//! The topics with a network inference to deliver, those first whose subscribers and requesters pay
//! most (S 1.3).

use crate::{Config, Due, DueByPrice, DueInference, Pallet, Rank, Request, Requests, Subscribers};
use allora_primitives::{Balance, EpochId, TopicId};

impl<T: Config> Pallet<T> {
	/// Puts a topic in the queue, at the place that follows from the deliveries of this epoch's
	/// network inference that are to be made; takes it out if there are none.
	pub(crate) fn queue(topic: TopicId, epoch: EpochId, subscribers: &Subscribers<T::AccountId>) {
		Self::unqueue(topic);
		let price = Self::price_due(topic, epoch, subscribers);
		// Every delivery has a price above 0.
		if price > 0 {
			Due::<T>::insert(topic, DueInference { epoch, price });
			DueByPrice::<T>::insert(rank(price), topic, ());
		}
	}

	/// Takes a topic out of the queue.
	pub(crate) fn unqueue(topic: TopicId) {
		if let Some(due) = Due::<T>::take(topic) {
			DueByPrice::<T>::remove(rank(due.price), topic);
		}
	}

	/// The price of all deliveries of this epoch's network inference that are to be made, in planck:
	/// what these subscribers pay, and what requesters have not paid yet.
	pub(crate) fn price_due(
		topic: TopicId,
		epoch: EpochId,
		subscribers: &Subscribers<T::AccountId>,
	) -> Balance {
		let due = subscribers.iter().filter(|of| of.last_epoch < Some(epoch));
		let subscribed = due.map(|of| of.per_epoch);
		let requests = Requests::<T>::get(topic);
		let served = requests.iter().filter(|of| of.is_served_by(Some(epoch)));
		subscribed.chain(served.map(Request::unpaid)).fold(0, Balance::saturating_add)
	}

	/// The due topic whose consumers pay most.
	pub(crate) fn next_due() -> Option<TopicId> {
		DueByPrice::<T>::iter_keys().next().map(|(_, topic)| topic)
	}
}

/// The place in the queue that a price has: a higher price comes first.
pub(crate) fn rank(price: Balance) -> Rank {
	Balance::MAX.saturating_sub(price).to_be_bytes()
}
