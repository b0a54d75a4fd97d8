//! Purchases of network inferences, requests for them, and the runtime API of consumers.

use crate::{
	bundle::{Inference, Intervals},
	Balance, BlockNumber, EpochId, EpochState, Slot, TopicId,
};
use alloc::vec::Vec;
use codec::{Codec, Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::H256;

/// The newest network inference of a topic, as pallets read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewestInference {
	/// The epoch that it is of, which is also the slot in which that epoch opened.
	pub epoch: EpochId,
	/// One value per label.
	pub label_values: Inference,
	/// Where the truth is expected; empty before the topic's first truth (S 8.10).
	pub intervals: Intervals,
	/// The hash of the epoch's bundle; `None` if the bundle was pruned.
	pub bundle_hash: Option<H256>,
}

/// What a buyer got, and what it paid.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
#[scale_info(capture_docs = "always")]
pub struct Receipt {
	/// The topic.
	pub topic: TopicId,
	/// The epoch of the network inference, which is also the slot in which it opened.
	pub epoch: EpochId,
	/// The network inference, one value per label.
	pub label_values: Inference,
	/// Where the truth is expected, one row per label: the quantiles at 2.5, 16, 84 and 97.5 %
	/// (S 8.10). Empty before the topic's first truth.
	pub intervals: Intervals,
	/// The hash of the epoch's bundle, which reports on the epoch refer to.
	pub bundle_hash: H256,
	/// The amount paid, in planck.
	pub price: Balance,
	/// The slot of the purchase.
	pub slot: Slot,
	/// The block of the purchase.
	pub block: BlockNumber,
}

/// What can be bought of a topic at present.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Quote {
	/// The epoch of the newest network inference.
	pub epoch: EpochId,
	/// The number of slots since that epoch opened.
	pub age: Slot,
	/// The minimum payment, in planck.
	pub minimum: Balance,
}

/// A subscription to the network inferences of a topic.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct SubscriptionInfo<AccountId> {
	/// The topic.
	pub topic: TopicId,
	/// The account that pays.
	pub subscriber: AccountId,
	/// The price of one delivery, in planck.
	pub per_epoch: Balance,
	/// The number of deliveries that are still to come.
	pub epochs_left: u32,
	/// What is on hold for those that are not prepaid, in planck.
	pub escrow: Balance,
	/// What is on hold for the storage, in planck.
	pub deposit: Balance,
	/// The epoch delivered last, or the newest one when the subscription began; `None` if the topic
	/// had no inference then and has none since.
	pub last_epoch: Option<EpochId>,
	/// Whether the next delivery is prepaid, see the call `subscribe`.
	pub prepaid: bool,
}

/// Why no opening of an epoch of a topic on demand can be ordered now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub enum Obstacle {
	/// The topic is retired.
	#[codec(index = 0)]
	Retired,
	/// The emergency origin has barred the topic.
	#[codec(index = 1)]
	Barred,
	/// An opening is ordered already, or an epoch length has not passed since the last one.
	#[codec(index = 2)]
	EpochRunning,
	/// The topic's weight would be below the minimum: it needs more stake or revenue.
	#[codec(index = 3)]
	WeightTooLow,
	/// Other topics have reserved the clock's whole share: one of them must end first.
	#[codec(index = 4)]
	NoCapacity,
}

/// The openings of a topic on demand, as pallets read them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Demand {
	/// The slot in which the ordered epoch opens; `None` if none is ordered that has not opened.
	pub ordered: Option<Slot>,
	/// The epoch opened last, and its state as it is stored.
	pub last_epoch: Option<(EpochId, EpochState)>,
	/// The rent of one epoch at today's price, in planck. While one is running, that of an epoch
	/// which opens once it has ended.
	pub rent: Balance,
	/// Why no opening can be ordered now; `None` if one can.
	pub obstacle: Option<Obstacle>,
}

/// What a request to a topic on demand costs at present, and what it would wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct OpeningInfo {
	/// The minimum payment of a new request, in planck. It includes what a request needs that no
	/// other one waits with.
	pub minimum: Balance,
	/// The rent of one epoch at today's price, in planck. The quarters of the waiting payments must
	/// cover it.
	pub rent: Balance,
	/// The slot in which the ordered epoch opens; `None` if none is ordered that has not opened.
	pub ordered: Option<Slot>,
	/// Why no opening can be ordered now; `None` if one can.
	pub obstacle: Option<Obstacle>,
	/// The number of requests that no opening is ordered for.
	pub waiting: u32,
}

/// A request for an epoch of a topic on demand.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct RequestInfo<AccountId> {
	/// The topic.
	pub topic: TopicId,
	/// The account that pays.
	pub requester: AccountId,
	/// The payment, in planck.
	pub payment: Balance,
	/// The part of it that went into the rent of an epoch already, in planck.
	pub rent: Balance,
	/// What is on hold for the storage, in planck.
	pub deposit: Balance,
	/// The slot of the request. Epochs that open later serve it.
	pub since: Slot,
	/// The last slot in which an opening may be ordered for it.
	pub until: Slot,
	/// Whether an opening is ordered for it or an epoch serves it, so that it cannot be cancelled.
	pub bound: bool,
}

sp_api::decl_runtime_apis! {
	/// Purchases of network inferences, subscriptions, and requests.
	pub trait ConsumerApi<AccountId> where AccountId: Codec {
		/// The age and the minimum price of the topic's newest network inference; `None` if there is
		/// none for sale.
		fn quote(topic: TopicId) -> Option<Quote>;
		/// The minimum price per epoch of a new subscription, in planck; `None` if the topic does
		/// not exist or is retired.
		fn subscription_minimum(topic: TopicId) -> Option<Balance>;
		/// The receipts that an account keeps, from the number `from` on, oldest first: at most
		/// `limit`, which is moved into the range from 1 to 100. The following page starts from the
		/// last number plus 1.
		fn receipts(account: AccountId, from: u64, limit: u32) -> Vec<(u64, Receipt)>;
		/// The subscriptions of an account; at most 32.
		fn subscriptions(account: AccountId) -> Vec<SubscriptionInfo<AccountId>>;
		/// The subscriptions to a topic; at most 100.
		fn subscribers(topic: TopicId) -> Vec<SubscriptionInfo<AccountId>>;
		/// What a request costs at present; `None` if the topic does not exist or its epochs do not
		/// open on demand.
		fn opening(topic: TopicId) -> Option<OpeningInfo>;
		/// The requests to a topic, oldest first; at most 50.
		fn requests(topic: TopicId) -> Vec<RequestInfo<AccountId>>;
	}
}
