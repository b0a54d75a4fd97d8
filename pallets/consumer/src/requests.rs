//! Requests for epochs of topics on demand: how they begin and end, and how they order an opening
//! (S 1.4).

use crate::{
	Config, Error, Event, HoldReason, Pallet, Parts, Request, RequestEnd, RequestList, Requests,
	MAX_PAYERS, MAX_REQUESTS, MAX_WAIT_WEEKS,
};
use alloc::vec::Vec;
use allora_primitives::{
	traits::{DemandClock, SlotProvider, TopicRevenue},
	Balance, Demand, EpochId, Obstacle, Slot, Slots, TopicId,
};
use frame_support::{
	defensive, ensure,
	storage::with_storage_layer,
	traits::{fungible::hold::Mutate as _, tokens::Precision, Get},
};
use sp_runtime::{DispatchError, DispatchResult};

/// Why an opening was not ordered.
pub(crate) enum NotOrdered {
	/// The clock refuses it.
	Refused,
	/// The request at this place pays nothing: what is on hold for it is locked or frozen.
	NotChargeable(usize),
}

impl From<DispatchError> for NotOrdered {
	fn from(_: DispatchError) -> Self {
		Self::Refused
	}
}

impl<T: Config> Pallet<T> {
	/// Places a request, with its payment and a deposit on hold, and orders an opening if that is
	/// possible.
	pub(crate) fn do_request(
		who: T::AccountId,
		topic: TopicId,
		payment: Balance,
		max_wait: Slots,
	) -> DispatchResult {
		T::Topics::creator(topic)?;
		let demand = T::Demand::demand(topic).ok_or(Error::<T>::NotOnDemand)?;
		let longest = T::SlotsPerWeek::get().saturating_mul(MAX_WAIT_WEEKS);
		ensure!((1..=longest).contains(&max_wait), Error::<T>::WaitOutOfRange);
		match demand.obstacle {
			Some(Obstacle::Barred) => return Err(Error::<T>::Barred.into()),
			Some(Obstacle::WeightTooLow) => return Err(Error::<T>::WeightTooLow.into()),
			_ => (),
		}
		let mut requests = Requests::<T>::get(topic);
		let requested = requests.iter().any(|of| of.requester == who);
		ensure!(!requested, Error::<T>::AlreadyRequested);
		ensure!(payment >= Self::minimum(topic), Error::<T>::PaymentBelowMinimum);
		let pays_rent = Parts::of(payment).to_ecosystem >= demand.rent;
		let joins = demand.ordered.is_some() || waiting(&requests, &demand) > 0;
		ensure!(joins || pays_rent, Error::<T>::PaymentBelowRent);
		let orders = can_order(&requests, &demand);
		let has_place = (requests.len() as u32) < MAX_REQUESTS.saturating_sub(1);
		ensure!(has_place || orders && pays_rent, Error::<T>::TooManyRequests);

		let deposit = T::RequestDeposit::get();
		Self::hold_free(HoldReason::Request, &who, payment, deposit)?;
		let since = T::Time::current_slot();
		let until = since.saturating_add(max_wait.into());
		let requester = who.clone();
		let request = Request { requester, payment, rent: 0, deposit, since, until };
		requests.try_push(request).map_err(|_| Error::<T>::TooManyRequests)?;
		Self::deposit_event(Event::Requested { topic, who, payment, until, deposit });
		if orders && can_pay(&requests, demand.rent) {
			Self::try_order(topic, &mut requests, demand.rent);
		}
		Self::put_requests(topic, requests);
		Ok(())
	}

	/// Ends a request at the requester's wish, unless an opening is ordered for it.
	pub(crate) fn do_cancel_request(who: T::AccountId, topic: TopicId) -> DispatchResult {
		let mut requests = Requests::<T>::get(topic);
		let at = requests.iter().position(|of| of.requester == who);
		let cancelled = requests.remove(at.ok_or(Error::<T>::NotRequested)?);
		let demand = T::Demand::demand(topic);
		let bound = demand.is_some_and(|demand| is_bound(&cancelled, &demand));
		ensure!(!bound, Error::<T>::RequestBound);
		Self::put_requests(topic, requests);
		Self::end_request(topic, cancelled, RequestEnd::Cancelled);
		Ok(())
	}

	/// Orders an opening, whose rent the requests can pay; ends a request that turns out to be not
	/// chargeable. The caller stores the requests, none of which is bound.
	pub(crate) fn try_order(
		topic: TopicId,
		requests: &mut RequestList<T::AccountId>,
		rent: Balance,
	) {
		match with_storage_layer(|| Self::order(topic, requests.clone(), rent)) {
			Ok(paid) => *requests = paid,
			Err(NotOrdered::Refused) => (),
			Err(NotOrdered::NotChargeable(at)) => {
				let dead = requests.remove(at);
				Self::end_request(topic, dead, RequestEnd::NotChargeable);
			}
		}
	}

	/// Orders an opening at this rent, and returns the requests after they have paid it.
	fn order(
		topic: TopicId,
		mut requests: RequestList<T::AccountId>,
		rent: Balance,
	) -> Result<RequestList<T::AccountId>, NotOrdered> {
		let mut rest = rent;
		for (at, left) in payers(&requests) {
			let share = left.min(rest);
			let Some(request) = requests.get_mut(at).filter(|_| share > 0) else { continue };
			Self::pay_rent(topic, request, share).map_err(|_| NotOrdered::NotChargeable(at))?;
			rest = rest.saturating_sub(share);
		}
		ensure!(rest == 0, NotOrdered::Refused);
		let opens_at = T::Demand::order(topic)?;
		let requests_now = requests.len() as u32;
		Self::deposit_event(Event::OpeningOrdered {
			topic,
			opens_at,
			rent,
			requests: requests_now,
		});
		Ok(requests)
	}

	/// Moves a part of a request's payment to the ecosystem pot, as revenue that pays the rent.
	fn pay_rent(
		topic: TopicId,
		request: &mut Request<T::AccountId>,
		amount: Balance,
	) -> DispatchResult {
		let who = request.requester.clone();
		T::Currency::release(&HoldReason::Request.into(), &who, amount, Precision::Exact)?;
		T::Topics::pay_revenue(&who, topic, amount)?;
		request.rent = request.rent.saturating_add(amount);
		Self::deposit_event(Event::RentPaid { topic, who, amount });
		Ok(())
	}

	/// Releases what is on hold for a request that was removed from the topic's list.
	pub(crate) fn end_request(topic: TopicId, ended: Request<T::AccountId>, reason: RequestEnd) {
		let (unpaid, charged) = match reason {
			RequestEnd::Served => (0, ended.payment),
			_ => (ended.unpaid(), ended.rent),
		};
		let held = unpaid.saturating_add(ended.deposit);
		let who = ended.requester;
		let hold_reason = HoldReason::Request.into();
		let released = T::Currency::release(&hold_reason, &who, held, Precision::BestEffort)
			.unwrap_or_else(|_| {
				defensive!("what is on hold for a request cannot be released");
				0
			});
		Self::deposit_event(Event::RequestEnded { topic, who, reason, released, charged });
	}

	/// Stores the requests to a topic; a topic without any has no entry.
	pub(crate) fn put_requests(topic: TopicId, requests: RequestList<T::AccountId>) {
		if requests.is_empty() {
			Requests::<T>::remove(topic);
		} else {
			Requests::<T>::insert(topic, requests);
		}
	}
}

/// The number of the epoch opened last.
pub(crate) fn last_epoch(demand: &Demand) -> Option<EpochId> {
	demand.last_epoch.map(|(epoch, _)| epoch)
}

/// Whether an opening is ordered for the request, or an epoch serves it.
pub(crate) fn is_bound<AccountId>(request: &Request<AccountId>, demand: &Demand) -> bool {
	demand.ordered.is_some() || request.is_served_by(last_epoch(demand))
}

/// The number of requests that no opening is ordered for.
pub(crate) fn waiting<AccountId>(requests: &RequestList<AccountId>, demand: &Demand) -> u32 {
	requests.iter().filter(|request| !is_bound(request, demand)).count() as u32
}

/// Whether an opening may be ordered now: nothing prevents it, and all requests of the last epoch
/// have ended, so that each request is served by one epoch.
pub(crate) fn can_order<AccountId>(requests: &RequestList<AccountId>, demand: &Demand) -> bool {
	demand.obstacle.is_none() && !requests.iter().any(|request| is_bound(request, demand))
}

/// The requests that pay the rent, and what each can pay at most: those that can pay most, in the
/// order of their payments; of equal ones the oldest first.
fn payers<AccountId>(requests: &RequestList<AccountId>) -> Vec<(usize, Balance)> {
	let mut payers: Vec<_> = requests.iter().map(Request::rent_left).enumerate().collect();
	payers.sort_by_key(|(_, left)| core::cmp::Reverse(*left));
	payers.truncate(MAX_PAYERS as usize);
	payers
}

/// Whether the requests can pay this rent.
pub(crate) fn can_pay<AccountId>(requests: &RequestList<AccountId>, rent: Balance) -> bool {
	let total =
		payers(requests).iter().fold(0, |sum: Balance, (_, left)| sum.saturating_add(*left));
	!requests.is_empty() && total >= rent
}

/// Whether the request has waited too long in this slot.
pub(crate) fn has_expired<AccountId>(request: &Request<AccountId>, now: Slot) -> bool {
	request.until < now
}
