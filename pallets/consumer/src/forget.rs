//! Removing what is stored of retired topics in bounded steps.

use crate::{Config, EndReason, Minimums, Pallet, RequestEnd, Requests, Subscriptions, WeightInfo};
use allora_primitives::{traits::EpochRecords, EpochId, TopicId};
use frame_support::weights::{Weight, WeightMeter};

/// The pallet keeps nothing of single epochs.
impl<T: Config> EpochRecords for Pallet<T> {
	fn on_prune(_: TopicId, _: EpochId) -> Weight {
		Weight::zero()
	}

	fn prune_weight() -> Weight {
		Weight::zero()
	}

	/// Ends the subscriptions and requests to the topic. Receipts stay: they belong to their buyers.
	fn on_forget(topic: TopicId, meter: &mut WeightMeter) -> bool {
		if meter.try_consume(T::WeightInfo::forget(0)).is_err() {
			return false;
		}
		let each = T::WeightInfo::forget(1).saturating_sub(T::WeightInfo::forget(0));
		let mut requests = Requests::<T>::get(topic);
		while !requests.is_empty() && meter.try_consume(each).is_ok() {
			if let Some(ended) = requests.pop() {
				Self::end_request(topic, ended, RequestEnd::TopicRetired);
			}
		}
		let mut left = Subscriptions::<T>::get(topic);
		while !left.is_empty() && meter.try_consume(each).is_ok() {
			if let Some(ended) = left.pop() {
				Self::end(topic, ended, EndReason::TopicRetired);
			}
		}
		let done = left.is_empty() && requests.is_empty();
		Self::unqueue(topic);
		Self::put_requests(topic, requests);
		Self::put_subscribers(topic, left);
		Minimums::<T>::remove(topic);
		done
	}
}
