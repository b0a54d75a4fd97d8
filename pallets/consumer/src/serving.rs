//! What becomes of requests in hooks: those of an epoch are served with its network inference, or
//! refunded if it makes none; waiting ones order an opening or expire.

use crate::{
	delivery::Delivery,
	requests::{can_order, can_pay, has_expired, is_bound, last_epoch},
	AttendedLast, Config, Event, HoldReason, Pallet, Parts, Request, RequestEnd, RequestList,
	Requests, WeightInfo,
};
use alloc::vec::Vec;
use allora_primitives::{
	traits::{DemandClock, InferenceInspect, SlotProvider, TopicPot, TopicRevenue},
	Demand, EpochId, EpochState, Obstacle, TopicId,
};
use frame_support::{
	storage::with_storage_layer,
	traits::{
		fungible::hold::Mutate as _,
		tokens::{Fortitude, Precision, Restriction},
		Get,
	},
	weights::{Weight, WeightMeter},
};
use sp_runtime::DispatchResult;

/// Attending to waiting requests takes at most this fraction of a block: one fiftieth.
const ATTENTION_DIVISOR: u64 = 50;

impl<T: Config> Pallet<T> {
	/// Delivers the network inference of the topic's last epoch to its requesters and charges them.
	/// Returns whether the meter allowed that.
	pub(crate) fn serve(delivery: &Delivery, meter: &mut WeightMeter) -> bool {
		let topic = delivery.topic;
		if !Requests::<T>::contains_key(topic) {
			return true;
		}
		if meter.try_consume(Self::serve_weight()).is_err() {
			return false;
		}
		let last = T::Demand::demand(topic).and_then(|demand| last_epoch(&demand));
		if last != Some(delivery.newest.epoch) {
			return true;
		}
		let each = T::WeightInfo::serve(1).saturating_sub(T::WeightInfo::serve(0));
		let (mut done, mut kept) = (true, Vec::new());
		for request in Requests::<T>::get(topic) {
			if !request.is_served_by(last) {
				kept.push(request);
			} else if !done || meter.try_consume(each).is_err() {
				done = false;
				kept.push(request);
			} else {
				let reason = Self::serve_one(delivery, &request);
				Self::end_request(topic, request, reason);
			}
		}
		// No more than there were.
		Self::put_requests(topic, RequestList::truncate_from(kept));
		done
	}

	/// The weight of [`Self::serve`] without that of each request that ends.
	fn serve_weight() -> Weight {
		T::WeightInfo::serve(0).saturating_add(T::Demand::demand_weight())
	}

	/// Delivers to one requester and charges it; returns why the request ends.
	fn serve_one(delivery: &Delivery, request: &Request<T::AccountId>) -> RequestEnd {
		let topic = delivery.topic;
		if delivery.retired {
			return RequestEnd::TopicRetired;
		}
		if with_storage_layer(|| Self::charge_request(topic, request)).is_err() {
			return RequestEnd::NotChargeable;
		}
		let Parts { to_topic, to_ecosystem } = Parts::of(request.payment);
		Self::deposit_event(Event::Delivered {
			topic,
			who: request.requester.clone(),
			epoch: delivery.newest.epoch,
			label_values: delivery.newest.label_values.clone(),
			bundle_hash: delivery.bundle_hash,
			price: request.payment,
			to_topic,
			to_ecosystem,
			epochs_left: 0,
		});
		RequestEnd::Served
	}

	/// Charges what a request has not paid yet: the payment is split as that of a purchase, and the
	/// rent that it has paid is a part of the ecosystem pot's quarter.
	///
	/// It is charged though its owner has locked it since, such as for a vote: an epoch was opened and
	/// served for it. All of it passes through the ecosystem pot.
	fn charge_request(topic: TopicId, request: &Request<T::AccountId>) -> DispatchResult {
		let (reason, pot) = (HoldReason::Request.into(), T::Pot::ecosystem());
		T::Currency::transfer_on_hold(
			&reason,
			&request.requester,
			&pot,
			request.unpaid(),
			Precision::Exact,
			Restriction::Free,
			Fortitude::Force,
		)?;
		T::Pot::pay_topic(&pot, topic, Parts::of(request.payment).to_topic)?;
		match request.rent_left() {
			0 => Ok(()),
			revenue => T::Topics::pay_revenue(&pot, topic, revenue),
		}
	}

	/// Attends to topics with requests, one after the other, each at most once per block: refunds
	/// requests whose epoch has made no network inference or that have waited too long, and orders an
	/// opening if the others can pay for it. Takes at most a fiftieth of a block.
	pub(crate) fn attend(limit: Weight) -> Weight {
		let share = T::BlockWeights::get().max_block / ATTENTION_DIVISOR;
		let mut meter = WeightMeter::with_limit(share.min(limit));
		if meter.try_consume(T::WeightInfo::poll()).is_err() {
			return Weight::zero();
		}
		let last = Requests::<T>::hashed_key_for(AttendedLast::<T>::get());
		let up_to_last = |topic: &TopicId| Requests::<T>::hashed_key_for(topic) <= last;
		let after_last = Requests::<T>::iter_keys_from(last.clone());
		for topic in after_last.chain(Requests::<T>::iter_keys().take_while(up_to_last)) {
			if !Self::attend_to(topic, &mut meter) {
				break;
			}
			AttendedLast::<T>::put(topic);
		}
		meter.consumed()
	}

	/// The weight of ordering an opening.
	pub(crate) fn order_weight() -> Weight {
		T::WeightInfo::order().saturating_add(T::Demand::order_weight())
	}

	/// Attends to the requests of one topic. Returns whether the meter allowed all of it.
	fn attend_to(topic: TopicId, meter: &mut WeightMeter) -> bool {
		let looking = T::WeightInfo::attend(0).saturating_add(T::Demand::demand_weight());
		if meter.try_consume(looking).is_err() {
			return false;
		}
		let Some(demand) = T::Demand::demand(topic) else { return true };
		let mut requests = Requests::<T>::get(topic);
		let count = requests.len();
		let mut done = Self::expire(topic, &mut requests, &demand, meter);
		let orders = can_order(&requests, &demand) && can_pay(&requests, demand.rent);
		let tried = orders && meter.try_consume(Self::order_weight()).is_ok();
		if tried {
			Self::try_order(topic, &mut requests, demand.rent);
		}
		done &= tried || !orders;
		if tried || requests.len() != count {
			Self::put_requests(topic, requests);
		}
		done
	}

	/// Ends the requests whose epoch has made no network inference, and of the waiting ones those that
	/// have waited too long and those to a retired topic. Returns whether the meter allowed that.
	fn expire(
		topic: TopicId,
		requests: &mut RequestList<T::AccountId>,
		demand: &Demand,
		meter: &mut WeightMeter,
	) -> bool {
		let now = T::Time::current_slot();
		let failed = Self::failed_epoch(topic, demand);
		let each = T::WeightInfo::attend(1).saturating_sub(T::WeightInfo::attend(0));
		let (mut done, mut kept) = (true, Vec::new());
		for request in core::mem::take(requests) {
			let reason = match demand.obstacle {
				_ if request.is_served_by(failed) => Some(RequestEnd::NoInference),
				_ if is_bound(&request, demand) => None,
				Some(Obstacle::Retired) => Some(RequestEnd::TopicRetired),
				_ => has_expired(&request, now).then_some(RequestEnd::Expired),
			};
			match reason {
				Some(reason) if meter.try_consume(each).is_ok() => {
					Self::end_request(topic, request, reason);
				}
				some => {
					done &= some.is_none();
					kept.push(request);
				}
			}
		}
		// No more than there were.
		*requests = RequestList::truncate_from(kept);
		done
	}

	/// The topic's last epoch, if it is closed to workers and has no network inference for sale.
	fn failed_epoch(topic: TopicId, demand: &Demand) -> Option<EpochId> {
		let (epoch, state) = demand.last_epoch?;
		if matches!(state, EpochState::Collecting | EpochState::Revealing) {
			return None;
		}
		let newest = T::Inferences::newest(topic).filter(|newest| newest.bundle_hash.is_some());
		(newest.map(|newest| newest.epoch) != Some(epoch)).then_some(epoch)
	}
}
