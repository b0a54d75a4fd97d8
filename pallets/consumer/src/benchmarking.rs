//! Benchmarks: one for each function of [`WeightInfo`](crate::WeightInfo), of the same name.

use crate::{pallet::*, queue::rank, types::*};
use allora_primitives::{
	traits::{DemandClock, EpochRecords, SlotProvider, TopicRevenue},
	Balance, EpochContext, TopicId, TopicParameters,
};
use frame_benchmarking::v2::*;
use frame_support::{
	traits::Get,
	weights::{Weight, WeightMeter},
};
use frame_system::RawOrigin;

/// What the benchmarks need from other pallets.
pub trait BenchmarkHelper<AccountId> {
	/// Makes a topic with a network inference of the maximum size, made in the current slot, and an
	/// epoch on record. Returns the topic and its creator.
	fn topic() -> (TopicId, AccountId);
	/// Gives an account enough balance for every payment and deposit.
	fn endow(who: &AccountId);
	/// Retires the topic.
	fn retire(topic: TopicId);
	/// Makes the topic one on demand whose last epoch is that of its network inference and closed to
	/// workers. With `idle`, an opening can be ordered now, and its rent is above 0; otherwise the epoch
	/// is still running.
	fn on_demand(topic: TopicId, idle: bool);
}

/// An account that can pay.
fn rich<T: Config>(name: &'static str, n: u32) -> T::AccountId {
	let who = account(name, n, 0);
	T::BenchmarkHelper::endow(&who);
	who
}

/// What each subscriber pays per epoch.
fn price<T: Config>() -> Balance {
	T::MinPayment::get().saturating_mul(2)
}

/// Subscribes `n` accounts, each to the maximum number of topics, of which this one is the last.
fn subscribers<T: Config>(topic: TopicId, n: u32) {
	for n in 0..n {
		let who = rich::<T>("subscriber", n);
		SubscribedTo::<T>::insert(&who, SubscribedTopics::truncate_from(others()));
		Pallet::<T>::do_subscribe(who, topic, price::<T>(), 1).expect("it can subscribe");
	}
	// The topic's inference is one that none of them has got.
	Subscriptions::<T>::mutate(topic, |list| {
		list.iter_mut().for_each(|of| of.last_epoch = None);
	});
}

/// Places `n` requests, made in this slot, with these payments.
fn requests<T: Config>(topic: TopicId, n: u32, payment: impl Fn(u32) -> Balance) {
	let now = T::Time::current_slot();
	let deposit = T::RequestDeposit::get();
	let place = |n| {
		let (requester, payment) = (rich::<T>("requester", n), payment(n));
		Pallet::<T>::hold_free(HoldReason::Request, &requester, payment, deposit)
			.expect("it has enough");
		Request { requester, payment, rent: 0, deposit, since: now, until: now + 1_000 }
	};
	let list = RequestList::truncate_from((0..n).map(place).collect());
	Requests::<T>::insert(topic, list);
}

/// Puts the topic in the queue, even without a subscriber or requester.
fn make_due<T: Config>(topic: TopicId) {
	Due::<T>::insert(topic, DueInference { epoch: 1, price: 0 });
	DueByPrice::<T>::insert(rank(0), topic, ());
}

/// The rent of an epoch of the topic.
fn rent<T: Config>(topic: TopicId) -> Balance {
	let demand = T::Demand::demand(topic).expect("the topic is on demand");
	assert!(demand.obstacle.is_none() && demand.rent > 0);
	demand.rent
}

/// Makes an inference due that none of the topic's subscribers has got.
fn announce_to<T: Config>(topic: TopicId) {
	let parameters = TopicParameters::regression(10, 5, 10);
	let of = EpochContext { topic, epoch: 1, parameters };
	Pallet::<T>::announce(&of).expect("it never fails");
}

/// One topic fewer than an account can subscribe to.
fn others() -> alloc::vec::Vec<TopicId> {
	(1..MAX_SUBSCRIPTIONS).map(|n| TopicId::from(n).saturating_add(1_000_000)).collect()
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn buy() {
		let (topic, _) = T::BenchmarkHelper::topic();
		let who = rich::<T>("buyer", 0);
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), topic, price::<T>(), u32::MAX, true);
		assert_eq!(ReceiptCounts::<T>::get(who), 1);
	}

	#[benchmark]
	fn discard() {
		let (topic, _) = T::BenchmarkHelper::topic();
		let who = rich::<T>("buyer", 0);
		for _ in 0..2 {
			let price = price::<T>();
			Pallet::<T>::do_buy(who.clone(), topic, price, u32::MAX, true).expect("it can buy");
		}
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), 0);
		assert_eq!(ReceiptCounts::<T>::get(who), 1);
	}

	#[benchmark]
	fn set_minimum() {
		let (topic, creator) = T::BenchmarkHelper::topic();
		#[extrinsic_call]
		_(RawOrigin::Signed(creator), topic, price::<T>());
		assert!(Minimums::<T>::contains_key(topic));
	}

	#[benchmark]
	fn subscribe() {
		let (topic, _) = T::BenchmarkHelper::topic();
		subscribers::<T>(topic, MAX_SUBSCRIBERS);
		// Whoever displaces one of them pays back what it has prepaid.
		Subscriptions::<T>::mutate(topic, |list| {
			list.iter_mut().for_each(|of| of.prepaid = true);
		});
		announce_to::<T>(topic);
		let who = rich::<T>("buyer", 0);
		SubscribedTo::<T>::insert(&who, SubscribedTopics::truncate_from(others()));
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), topic, price::<T>() + 1, 10);
		assert_eq!(SubscribedTo::<T>::get(who).len() as u32, MAX_SUBSCRIPTIONS);
	}

	#[benchmark]
	fn cancel() {
		let (topic, _) = T::BenchmarkHelper::topic();
		subscribers::<T>(topic, MAX_SUBSCRIBERS);
		announce_to::<T>(topic);
		let who = account("subscriber", 0, 0);
		#[extrinsic_call]
		_(RawOrigin::Signed(who), topic);
		assert_eq!(Subscriptions::<T>::get(topic).len() as u32, MAX_SUBSCRIBERS - 1);
	}

	#[benchmark]
	fn announce() {
		let (topic, _) = T::BenchmarkHelper::topic();
		subscribers::<T>(topic, MAX_SUBSCRIBERS);
		// The inference before is still due to one subscriber less.
		announce_to::<T>(topic);
		Subscriptions::<T>::mutate(topic, |list| list.pop());
		#[block]
		{
			announce_to::<T>(topic);
		}
		let price = price::<T>().saturating_mul((MAX_SUBSCRIBERS - 1).into());
		assert_eq!(Due::<T>::get(topic).map(|due| due.price), Some(price));
	}

	#[benchmark]
	fn poll() {
		#[block]
		{
			Pallet::<T>::deliver_due(&mut WeightMeter::new());
		}
		assert!(Due::<T>::iter().next().is_none());
	}

	#[benchmark]
	fn deliver(n: Linear<1, MAX_SUBSCRIBERS>) {
		let (topic, creator) = T::BenchmarkHelper::topic();
		subscribers::<T>(topic, n);
		Pallet::<T>::do_set_minimum(creator, topic, 1).expect("it is the creator");
		make_due::<T>(topic);
		let mut meter = WeightMeter::with_limit(Weight::MAX);
		#[block]
		{
			Pallet::<T>::deliver_within(&mut meter);
		}
		assert!(Due::<T>::iter().next().is_none());
		assert!(Subscriptions::<T>::get(topic).is_empty());
	}

	#[benchmark]
	fn request() {
		let (topic, _) = T::BenchmarkHelper::topic();
		T::BenchmarkHelper::on_demand(topic, true);
		// All but the last place, so that the request need not pay for the opening alone.
		requests::<T>(topic, MAX_REQUESTS - 2, |_| 0);
		let who = rich::<T>("buyer", 0);
		#[extrinsic_call]
		_(RawOrigin::Signed(who), topic, T::MinPayment::get(), 100);
		assert_eq!(Requests::<T>::get(topic).len() as u32, MAX_REQUESTS - 1);
	}

	#[benchmark]
	fn order() {
		let (topic, _) = T::BenchmarkHelper::topic();
		T::BenchmarkHelper::on_demand(topic, true);
		let rent = rent::<T>(topic);
		// The first ones pay just their parts, so that each of them is needed.
		let part = rent.div_ceil(MAX_PAYERS.into());
		let payment = |n| crate::Parts::covering(if n < MAX_PAYERS { part } else { part - 1 });
		requests::<T>(topic, MAX_REQUESTS, payment);
		let mut list = Requests::<T>::get(topic);
		#[block]
		{
			Pallet::<T>::try_order(topic, &mut list, rent);
			Pallet::<T>::put_requests(topic, list);
		}
		assert!(T::Demand::demand(topic).is_some_and(|demand| demand.ordered.is_some()));
	}

	#[benchmark]
	fn cancel_request() {
		let (topic, _) = T::BenchmarkHelper::topic();
		T::BenchmarkHelper::on_demand(topic, true);
		requests::<T>(topic, MAX_REQUESTS, |_| price::<T>());
		#[extrinsic_call]
		_(RawOrigin::Signed(account("requester", 0, 0)), topic);
		assert_eq!(Requests::<T>::get(topic).len() as u32, MAX_REQUESTS - 1);
	}

	#[benchmark]
	fn serve(n: Linear<1, MAX_REQUESTS>) {
		let (topic, _) = T::BenchmarkHelper::topic();
		T::BenchmarkHelper::on_demand(topic, false);
		requests::<T>(topic, n, |_| price::<T>());
		// The topic's inference is that of the epoch that serves them.
		Requests::<T>::mutate(topic, |list| list.iter_mut().for_each(|of| of.since = 0));
		make_due::<T>(topic);
		let mut meter = WeightMeter::with_limit(Weight::MAX);
		#[block]
		{
			Pallet::<T>::deliver_within(&mut meter);
		}
		assert!(Requests::<T>::get(topic).is_empty());
	}

	#[benchmark]
	fn attend(n: Linear<0, MAX_REQUESTS>) {
		let (topic, _) = T::BenchmarkHelper::topic();
		T::BenchmarkHelper::on_demand(topic, true);
		requests::<T>(topic, MAX_REQUESTS, |_| 0);
		// The first ones have waited too long, and the others cannot pay for an opening.
		Requests::<T>::mutate(topic, |list| {
			list.iter_mut().take(n as usize).for_each(|of| of.until = 0);
		});
		#[block]
		{
			Pallet::<T>::attend(Weight::MAX);
		}
		assert_eq!(Requests::<T>::get(topic).len() as u32, MAX_REQUESTS - n);
	}

	#[benchmark]
	fn forget(n: Linear<0, MAX_SUBSCRIBERS>) {
		let (topic, creator) = T::BenchmarkHelper::topic();
		subscribers::<T>(topic, n);
		Pallet::<T>::do_set_minimum(creator, topic, 1).expect("it is the creator");
		T::BenchmarkHelper::retire(topic);
		assert!(T::Topics::creator(topic).is_err());
		#[block]
		{
			Pallet::<T>::on_forget(topic, &mut WeightMeter::new());
		}
		assert!(Subscriptions::<T>::get(topic).is_empty());
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
