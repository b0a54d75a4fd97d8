//! What the pallet stores: subscriptions, requests and kept receipts.

use crate::Parts;
use allora_primitives::{Balance, EpochId, Receipt, Slot, TopicId};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use scale_info::TypeInfo;

/// The maximum number of subscriptions to a topic.
pub const MAX_SUBSCRIBERS: u32 = 100;
/// The maximum number of topics that an account can subscribe to.
pub const MAX_SUBSCRIPTIONS: u32 = 32;
/// The maximum number of requests to a topic. The last place is kept for a request that orders an
/// opening at once.
pub const MAX_REQUESTS: u32 = 50;
/// The maximum number of requests that pay the rent of one epoch: those that pay most.
pub const MAX_PAYERS: u32 = 8;
/// The maximum number of weeks that a request can wait for an opening.
pub const MAX_WAIT_WEEKS: u32 = 2;
/// The maximum number of receipts that an account can keep.
pub const MAX_RECEIPTS: u32 = 100;

/// The number of a kept receipt: assigned in sequence, never reused.
pub type ReceiptNumber = u64;

/// The subscriptions to a topic, in the order in which they began.
pub type Subscribers<AccountId> = BoundedVec<Subscription<AccountId>, ConstU32<MAX_SUBSCRIBERS>>;

/// The topics that an account is subscribed to.
pub type SubscribedTopics = BoundedVec<TopicId, ConstU32<MAX_SUBSCRIPTIONS>>;

/// A subscription to the network inferences of a topic.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Subscription<AccountId> {
	/// The account that pays.
	pub subscriber: AccountId,
	/// The price of one delivery, in planck.
	pub per_epoch: Balance,
	/// The number of deliveries that are still to come, above 0. Their price is on hold, except for
	/// that of a prepaid one.
	pub epochs_left: u32,
	/// The epoch delivered last, or the newest one when the subscription began; `None` if there was
	/// none.
	pub last_epoch: Option<EpochId>,
	/// What is on hold for the storage, in planck.
	pub deposit: Balance,
	/// Whether the next delivery is prepaid: the subscription has displaced another one and was not
	/// delivered yet.
	pub prepaid: bool,
}

impl<AccountId> Subscription<AccountId> {
	/// What is on hold for deliveries, in planck. It fit when the subscription began.
	pub fn escrow(&self) -> Balance {
		self.per_epoch.saturating_mul(self.epochs_unpaid().into())
	}

	/// The number of deliveries whose price is on hold.
	pub fn epochs_unpaid(&self) -> u32 {
		self.epochs_left.saturating_sub(self.prepaid.into())
	}
}

/// The requests to a topic, oldest first.
pub type RequestList<AccountId> = BoundedVec<Request<AccountId>, ConstU32<MAX_REQUESTS>>;

/// A request for an epoch of a topic on demand.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Request<AccountId> {
	/// The account that pays.
	pub requester: AccountId,
	/// The payment, in planck.
	pub payment: Balance,
	/// The part of it that went into the rent of an epoch already, in planck; at most a quarter.
	pub rent: Balance,
	/// What is on hold for the storage, in planck.
	pub deposit: Balance,
	/// The slot of the request. Epochs that open later serve it.
	pub since: Slot,
	/// The last slot in which an opening may be ordered for it.
	pub until: Slot,
}

impl<AccountId> Request<AccountId> {
	/// What is on hold of the payment, in planck.
	pub fn unpaid(&self) -> Balance {
		self.payment.saturating_sub(self.rent)
	}

	/// What can still go into the rent of an epoch, in planck: the ecosystem pot's part.
	pub fn rent_left(&self) -> Balance {
		Parts::of(self.payment).to_ecosystem.saturating_sub(self.rent)
	}

	/// Whether the epoch opened last serves or has served the request.
	pub fn is_served_by(&self, last_epoch: Option<EpochId>) -> bool {
		last_epoch.is_some_and(|epoch| self.since < epoch)
	}
}

/// A receipt in storage.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct KeptReceipt {
	/// The receipt.
	pub receipt: Receipt,
	/// What is on hold for the storage, in planck.
	pub deposit: Balance,
}

/// A network inference that is not delivered to all subscribers and requesters yet.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct DueInference {
	/// Its epoch.
	pub epoch: EpochId,
	/// What the subscribers and requesters that have not got it pay for it together, in planck;
	/// above 0.
	pub price: Balance,
}

/// A place in the queue of due topics: what a price lacks to the highest one, big-endian, so that
/// the order of the keys is that of the queue.
pub type Rank = [u8; 16];

/// The minimum price that a topic's creator has set.
#[derive(
	Clone,
	Debug,
	Default,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct MinimumPrice {
	/// The minimum until the announced one is in force, in planck; 0 if there is none.
	pub current: Balance,
	/// A higher minimum, in planck, and the slot from which on it is in force.
	pub announced: Option<(Balance, Slot)>,
}

impl MinimumPrice {
	/// The minimum in force in this slot, in planck.
	pub fn in_force(&self, now: Slot) -> Balance {
		self.announced.filter(|(_, from)| *from <= now).map_or(self.current, |(minimum, _)| minimum)
	}
}

/// Why a subscription ended.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
#[scale_info(capture_docs = "always")]
pub enum EndReason {
	/// All deliveries were made.
	#[codec(index = 0)]
	Completed,
	/// The subscriber cancelled it.
	#[codec(index = 1)]
	Cancelled,
	/// All places were taken, and another subscription pays more per epoch.
	#[codec(index = 2)]
	Displaced,
	/// The topic's creator has raised the minimum above the price per epoch.
	#[codec(index = 3)]
	BelowMinimum,
	/// A delivery could not be charged: what is on hold is also locked or frozen.
	#[codec(index = 4)]
	NotChargeable,
	/// The topic was retired.
	#[codec(index = 5)]
	TopicRetired,
}

/// Why a request ended.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
#[scale_info(capture_docs = "always")]
pub enum RequestEnd {
	/// The network inference was delivered and charged.
	#[codec(index = 0)]
	Served,
	/// The epoch has made no network inference.
	#[codec(index = 1)]
	NoInference,
	/// The requester cancelled it.
	#[codec(index = 2)]
	Cancelled,
	/// No opening was ordered in time.
	#[codec(index = 3)]
	Expired,
	/// It could not be charged: what is on hold is also locked or frozen.
	#[codec(index = 4)]
	NotChargeable,
	/// The topic was retired.
	#[codec(index = 5)]
	TopicRetired,
}
