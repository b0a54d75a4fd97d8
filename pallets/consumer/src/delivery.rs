//! Delivering new network inferences to subscribers and requesters.

use crate::{
	Config, EndReason, Event, Pallet, Parts, Subscribers, Subscription, Subscriptions, WeightInfo,
};
use alloc::vec::Vec;
use allora_primitives::{
	traits::{InferenceInspect, TopicRevenue},
	Balance, EpochContext, NewestInference, StageResult, TopicId,
};
use frame_support::{
	traits::Get,
	weights::{Weight, WeightMeter},
};
use sp_core::H256;

/// Deliveries take at most this fraction of a block: one twentieth.
const DELIVERY_DIVISOR: u64 = 20;

impl<T: Config> Pallet<T> {
	/// Notes that the epoch's network inference is to be delivered, if the topic has subscribers or
	/// requests. Never fails.
	///
	/// Deliveries follow in `deliver_due`, so that an epoch's step makes no payments, whatever the
	/// number of subscribers.
	pub fn announce(of: &EpochContext) -> StageResult<()> {
		Self::queue(of.topic, of.epoch, &Subscriptions::<T>::get(of.topic));
		Ok(((), Self::announce_weight()))
	}

	/// The weight of [`Self::announce`].
	pub fn announce_weight() -> Weight {
		T::WeightInfo::announce()
	}

	/// Delivers to the subscribers and requesters of topics that have new network inferences, one
	/// topic after the other, those first whose consumers pay most. Takes at most a twentieth of a
	/// block.
	pub(crate) fn deliver_due(meter: &mut WeightMeter) {
		if meter.try_consume(T::WeightInfo::poll()).is_err() {
			return;
		}
		let limit = T::BlockWeights::get().max_block / DELIVERY_DIVISOR;
		let mut budget = WeightMeter::with_limit(limit.min(meter.remaining()));
		Self::deliver_within(&mut budget);
		meter.consume(budget.consumed());
	}

	/// Delivers to due topics until none is left or the meter is used up.
	pub(crate) fn deliver_within(meter: &mut WeightMeter) {
		while let Some(topic) = Self::next_due() {
			let own = T::WeightInfo::deliver(0).saturating_add(T::Topics::activation_weight());
			if meter.try_consume(own).is_err() || !Self::deliver(topic, meter) {
				break;
			}
			Self::unqueue(topic);
		}
	}

	/// Delivers the topic's newest network inference to the requesters and subscribers that have not
	/// got it yet. Returns whether the meter allowed that.
	fn deliver(topic: TopicId, meter: &mut WeightMeter) -> bool {
		// The inference was announced, and its bundle is pruned epochs later than it is delivered.
		let newest = T::Inferences::newest(topic);
		let Some(delivery) = newest.and_then(|newest| Delivery::new::<T>(topic, newest)) else {
			return true;
		};
		let mut done = Self::serve(&delivery, meter);
		let each = T::WeightInfo::deliver(1).saturating_sub(T::WeightInfo::deliver(0));
		let mut kept = Vec::new();
		for subscription in Subscriptions::<T>::get(topic) {
			if subscription.last_epoch >= Some(delivery.newest.epoch) {
				kept.push(subscription);
			} else if !done || meter.try_consume(each).is_err() {
				done = false;
				kept.push(subscription);
			} else {
				kept.extend(Self::deliver_to(&delivery, subscription));
			}
		}
		// No more than there were.
		Self::put_subscribers(topic, Subscribers::truncate_from(kept));
		T::Topics::on_revenue(topic);
		done
	}

	/// Delivers to one subscriber. Returns the subscription unless it has ended.
	fn deliver_to(
		delivery: &Delivery,
		mut to: Subscription<T::AccountId>,
	) -> Option<Subscription<T::AccountId>> {
		let topic = delivery.topic;
		let charged = if delivery.retired {
			Err(EndReason::TopicRetired)
		} else if to.prepaid {
			Ok(Parts::of(0))
		} else if to.per_epoch < delivery.minimum {
			Err(EndReason::BelowMinimum)
		} else {
			Self::charge(topic, &to).map_err(|_| EndReason::NotChargeable)
		};
		let ended = match charged {
			Ok(parts) => {
				(to.last_epoch, to.prepaid) = (Some(delivery.newest.epoch), false);
				// A subscription that is stored has deliveries left.
				to.epochs_left = to.epochs_left.saturating_sub(1);
				Self::deposit_delivery(delivery, &to, parts);
				(to.epochs_left == 0).then_some(EndReason::Completed)
			}
			Err(reason) => Some(reason),
		};
		let Some(reason) = ended else { return Some(to) };
		Self::end(topic, to, reason);
		None
	}

	fn deposit_delivery(delivery: &Delivery, to: &Subscription<T::AccountId>, parts: Parts) {
		let Parts { to_topic, to_ecosystem } = parts;
		Self::deposit_event(Event::Delivered {
			topic: delivery.topic,
			who: to.subscriber.clone(),
			epoch: delivery.newest.epoch,
			label_values: delivery.newest.label_values.clone(),
			bundle_hash: delivery.bundle_hash,
			price: to_topic.saturating_add(to_ecosystem),
			to_topic,
			to_ecosystem,
			epochs_left: to.epochs_left,
		});
	}
}

/// A network inference that is delivered, and the terms of its topic.
pub(crate) struct Delivery {
	pub topic: TopicId,
	pub newest: NewestInference,
	pub bundle_hash: H256,
	pub retired: bool,
	pub minimum: Balance,
}

impl Delivery {
	/// `None` if the bundle was pruned.
	fn new<T: Config>(topic: TopicId, newest: NewestInference) -> Option<Self> {
		let bundle_hash = newest.bundle_hash?;
		let retired = T::Topics::creator(topic).is_err();
		Some(Self { topic, newest, bundle_hash, retired, minimum: Pallet::<T>::minimum(topic) })
	}
}
