//! # Consumer
//!
//! Purchases of network inferences, the receipts of them, subscriptions, and requests.
//!
//! ## Pallet API
//!
//! See the [`pallet`] module for the calls, the storage, the events and the errors. Other pallets
//! buy inferences through [`InferenceSource`](allora_primitives::traits::InferenceSource); the crate
//! `pallet-example-consumer` is an example. One stage of the worker close is this pallet's:
//! [`Pallet::announce`]. Clients read quotes, receipts, subscriptions and requests through the
//! runtime API `ConsumerApi`.
//!
//! ## Overview
//!
//! Everybody can read the chain, so an inference is not a secret. A purchase pays those who made it,
//! and gives the buyer what a reader does not have: a promise that the chain keeps. The inference is
//! no older than the buyer asked, or nothing is charged; and a receipt proves what the buyer knew,
//! when, and what it paid. Buyers pay what they want, from a minimum on that a topic's creator can
//! state.
//!
//! Three quarters of a payment go to the topic's pot, which the next settlements of the topic pay to
//! its inferers, forecasters and reputers. A quarter goes to the ecosystem pot, and only this quarter
//! counts as revenue of the topic. So buying from one's own topic costs at least as much per planck
//! of revenue as funding it.
//!
//! A subscription is a purchase of each network inference that is made, for a number of epochs. A
//! request is a purchase of one that is not made yet: in a topic on demand, an epoch opens only when
//! requests pay for it.
//!
//! ### Example
//!
//! Alice buys an inference and keeps the receipt:
#![doc = docify::embed!("src/tests/purchases.rs", inference_is_bought_and_its_receipt_kept)]
//!
//! ## Terminology
//!
//! - **Payment**, **price**: what a buyer pays, in planck; all of it is split.
//! - **Delivery**: a purchase on behalf of a subscriber.
//! - **Escrow**: the price of the deliveries that a subscription has left and has not paid, on hold
//!   on the subscriber's own account.
//! - **Prepaid**: a subscription that displaced another one has paid its first delivery when it
//!   began.
//! - **Order**: the decision that an epoch on demand opens, for which the clock reserves capacity.
//! - **Waiting**: a request that no opening is ordered for. Afterwards it is **bound**, and cannot be
//!   cancelled.
//!
//! ## Low Level Details
//!
//! ### Design
//!
//! - **Rounding.** The ecosystem pot's quarter is rounded down; the rest of the payment goes to the
//!   topic's pot.
//! - **Minimum.** A payment is at least `MinPayment`, which keeps out dust, and at least what the
//!   topic's creator asks. While there is stake in the topic, a raised minimum acts with the notice
//!   of a creator's other powers, and a lowered one at once. Below a minimum in force a purchase
//!   fails, a subscription ends at its next delivery, and neither is charged.
//! - **Receipts** are events. A buyer can also keep one in storage, for a deposit, until it discards
//!   it; receipts outlive their topic.
//! - **Deliveries.** A worker close only notes that the topic has a new inference. The hook
//!   `on_poll` delivers it, topic by topic, in up to a twentieth of every block; so a topic's
//!   subscribers never make its epochs late. If that is not enough, topics come first whose
//!   consumers pay most together, so that delaying a topic costs more, per topic that is delivered
//!   before it, than its consumers pay. An inference that a newer one overtakes before it was
//!   delivered to a subscriber is not charged to it. An epoch whose worker close is void has no
//!   inference, and nothing is charged; an epoch that is void later was delivered already.
//! - **Places.** A topic has 100. If all are taken, a new subscription must pay more per epoch than
//!   the one that pays least, which ends; so places cannot be squatted for less than they are worth
//!   to others. A subscription that displaces another pays its first epoch at once, so displacing
//!   costs more than the displaced would have paid for an epoch, whatever the displacer does with
//!   its tokens later.
//! - **Requests.** An opening is ordered as soon as the waiting requests can pay for it: at once in the
//!   call if the topic is idle, and else at the end of a block, after its transactions. So it gets no
//!   capacity before a topic whose activation is tried in the same block. All requests that are made
//!   before the slot of the opening are served by the epoch; later ones wait for the next.
//! - **Rent of an epoch on demand** is paid by the waiting requests when the opening is ordered, from
//!   the ecosystem pot's quarter of their payments: first by the one that pays most, by at most 8. It
//!   is not refunded, even if the epoch makes no network inference, since the capacity was reserved.
//!   Otherwise anybody could hold capacity for nothing through topics that nobody serves.
//! - **Places of requests.** A topic has 50. No request displaces another one. The last place is kept
//!   for a request that orders an opening at once, so that requests which cannot pay for an opening
//!   never keep out one that can.
//! - **Locked tokens.** What is on hold for a subscription or a request must be free when it begins.
//!   If it is locked or frozen since, it cannot be charged, and the subscription or request ends:
//!   subscribing to one's own topic is no way around a lock.
//! - **Retired topics** sell nothing, since there may be no settlement any more that would pay those
//!   who served. Their subscriptions and requests end, at the latest when the topic is forgotten.
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

pub use pallet::*;
pub use purchase::Parts;
pub use types::*;
pub use weights::WeightInfo;

#[cfg(feature = "runtime-benchmarks")]
pub mod benchmarking;
mod delivery;
mod errors;
mod events;
mod forget;
mod inspect;
mod purchase;
mod queue;
mod requests;
mod serving;
mod subscriptions;
#[cfg(any(test, feature = "try-runtime"))]
mod try_state;
mod types;
pub mod weights;

#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

use frame_support::pallet_macros::import_section;

#[import_section(errors::errors)]
#[import_section(events::events)]
#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use allora_primitives::{
		bundle::Inference as BundledInference,
		hook_phase::in_initialization,
		traits::{DemandClock, InferenceInspect, SlotProvider, TopicPot, TopicRevenue},
		Balance, EpochId, Receipt, Slot, Slots, TopicId,
	};
	use frame_support::{
		pallet_prelude::*,
		traits::fungible::{Mutate, MutateHold},
		weights::WeightMeter,
	};
	use frame_system::pallet_prelude::*;
	use sp_core::H256;

	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	/// The pallet.
	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	/// What the pallet needs from the runtime.
	#[pallet::config]
	pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
		/// The currency in which consumers pay.
		type Currency: Mutate<Self::AccountId, Balance = Balance>
			+ MutateHold<Self::AccountId, Balance = Balance, Reason = Self::RuntimeHoldReason>;
		/// The runtime's hold reasons.
		type RuntimeHoldReason: From<HoldReason>;
		/// The registry of topics.
		type Topics: TopicRevenue<Self::AccountId>;
		/// The pots that payments go to.
		type Pot: TopicPot<Self::AccountId>;
		/// The newest network inferences.
		type Inferences: InferenceInspect;
		/// The openings of topics on demand.
		type Demand: DemandClock;
		/// The current slot.
		type Time: SlotProvider;
		/// The minimum of a payment and of a subscription's price per epoch, in planck.
		#[pallet::constant]
		type MinPayment: Get<Balance>;
		/// The deposit for keeping a receipt, in planck.
		#[pallet::constant]
		type ReceiptDeposit: Get<Balance>;
		/// The deposit for a subscription, in planck.
		#[pallet::constant]
		type SubscriptionDeposit: Get<Balance>;
		/// The deposit for a request, in planck.
		#[pallet::constant]
		type RequestDeposit: Get<Balance>;
		/// The number of slots in a week, of which a request can wait [`MAX_WAIT_WEEKS`].
		type SlotsPerWeek: Get<Slots>;
		/// Weights of the calls, of hooks and of forgetting.
		type WeightInfo: WeightInfo;
		/// What the benchmarks need from other pallets.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkHelper: crate::benchmarking::BenchmarkHelper<Self::AccountId>;
	}

	/// Why funds are on hold.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// The funds are the deposits of kept receipts.
		#[codec(index = 0)]
		Receipt,
		/// The funds are the escrows and deposits of subscriptions.
		#[codec(index = 1)]
		Subscription,
		/// The funds are the payments and deposits of requests.
		#[codec(index = 2)]
		Request,
	}

	/// The minimum prices that topics' creators have set or announced.
	// Twox is safe: the chain assigns the numbers of topics in sequence.
	#[pallet::storage]
	pub type Minimums<T: Config> = StorageMap<_, Twox64Concat, TopicId, MinimumPrice, ValueQuery>;

	/// The number of the next receipt to be kept.
	#[pallet::storage]
	pub type NextReceipt<T: Config> = StorageValue<_, ReceiptNumber, ValueQuery>;

	/// The number of receipts that each account keeps.
	// Account ids are attacker-chosen, so their keys use Blake2.
	#[pallet::storage]
	pub type ReceiptCounts<T: Config> =
		StorageMap<_, Blake2_128Concat, T::AccountId, u32, ValueQuery>;

	/// The receipts that accounts keep.
	// Account ids are attacker-chosen, so their keys use Blake2; the chain assigns numbers.
	#[pallet::storage]
	pub type Receipts<T: Config> = StorageDoubleMap<
		_,
		Blake2_128Concat,
		T::AccountId,
		Twox64Concat,
		ReceiptNumber,
		KeptReceipt,
	>;

	/// The subscriptions to each topic; a topic without any has no entry.
	#[pallet::storage]
	pub type Subscriptions<T: Config> =
		StorageMap<_, Twox64Concat, TopicId, Subscribers<T::AccountId>, ValueQuery>;

	/// The topics that each account is subscribed to.
	// Account ids are attacker-chosen, so their keys use Blake2.
	#[pallet::storage]
	pub type SubscribedTo<T: Config> =
		StorageMap<_, Blake2_128Concat, T::AccountId, SubscribedTopics, ValueQuery>;

	/// The requests to each topic; a topic without any has no entry.
	#[pallet::storage]
	pub type Requests<T: Config> =
		StorageMap<_, Twox64Concat, TopicId, RequestList<T::AccountId>, ValueQuery>;

	/// The topic whose waiting requests were attended to last.
	#[pallet::storage]
	pub type AttendedLast<T: Config> = StorageValue<_, TopicId, ValueQuery>;

	/// The topics with an epoch that is closed to workers, whose subscribers and requesters may not
	/// all have got its network inference yet.
	#[pallet::storage]
	pub type Due<T: Config> = StorageMap<_, Twox64Concat, TopicId, DueInference>;

	/// The same topics in the order of delivery: those first whose consumers pay most.
	// Identity, so that the keys are in the order of the ranks. Prices can be chosen, but a rank has
	// 16 bytes only, which bounds the depth of the trie. The chain assigns the numbers of topics.
	#[pallet::storage]
	pub type DueByPrice<T: Config> = StorageDoubleMap<_, Identity, Rank, Twox64Concat, TopicId, ()>;

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn on_poll(_: BlockNumberFor<T>, meter: &mut WeightMeter) {
			in_initialization::<T, _>(|| Self::deliver_due(meter));
		}

		// After the block's transactions, which may take free capacity first.
		fn on_idle(_: BlockNumberFor<T>, limit: Weight) -> Weight {
			in_initialization::<T, _>(|| Self::attend(limit))
		}

		fn integrity_test() {
			assert!(T::MinPayment::get() > 0, "a payment is above 0");
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Buys the newest network inference of a topic for a payment in planck, if it is at most
		/// `max_age` slots old: 1 ALLO is 10,000,000,000 planck.
		///
		/// ## Dispatch Origin
		///
		/// Any signed account, which pays.
		///
		/// ## Details
		///
		/// The age is the number of slots since the inference's epoch opened. The buyer pays what
		/// it wants, at least what the runtime API `ConsumerApi.quote` returns. Three quarters go to
		/// the topic's pot, which pays those who serve the topic; a quarter, rounded down, goes to
		/// the ecosystem pot and counts as revenue of the topic. The payment is not refunded; a
		/// purchase that fails costs only the transaction fee.
		///
		/// With `keep` the receipt is also put in storage. That takes a deposit, `ReceiptDeposit`,
		/// which [`Pallet::discard`] releases.
		///
		/// ## Errors
		///
		/// [`Error::PaymentBelowMinimum`], [`Error::NoInference`], [`Error::InferenceTooOld`],
		/// [`Error::InferencePruned`], [`Error::TooManyReceipts`], the registry's `TopicNotFound`
		/// and `TopicRetired`, and those of the transfer and of the hold.
		///
		/// ## Events
		///
		/// [`Event::Purchased`] with the receipt; unless the topic continues anyway, also the
		/// clock's `TopicActivated`, `InactivationCancelled` or `ActivationDeferred`.
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::buy().saturating_add(T::Topics::activation_weight()))]
		pub fn buy(
			origin: OriginFor<T>,
			topic: TopicId,
			payment: Balance,
			max_age: Slots,
			keep: bool,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_buy(who, topic, payment, max_age, keep)
		}

		/// Removes a receipt that the caller keeps, and releases its deposit.
		///
		/// ## Dispatch Origin
		///
		/// The account that keeps it, signed.
		///
		/// ## Errors
		///
		/// [`Error::ReceiptNotFound`].
		///
		/// ## Events
		///
		/// [`Event::ReceiptDiscarded`].
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::discard())]
		pub fn discard(origin: OriginFor<T>, number: ReceiptNumber) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_discard(who, number)
		}

		/// Sets the minimum price of a topic's network inferences in planck: 1 ALLO is
		/// 10,000,000,000 planck.
		///
		/// ## Dispatch Origin
		///
		/// The topic's creator, signed.
		///
		/// ## Details
		///
		/// It holds for purchases and for deliveries to subscribers: a purchase below it fails, a
		/// subscription below it ends at its next delivery, and neither is charged. 0 removes it;
		/// `MinPayment` always holds.
		///
		/// A minimum above the one in force is announced if there is stake in the topic, or stake that
		/// is being removed, and is in force by itself once the notice, one unbonding time of stake, is
		/// over. Any other acts at once. Each call replaces what was announced before, so that setting
		/// the minimum in force withdraws it.
		///
		/// ## Errors
		///
		/// [`Error::NotCreator`], the registry's `TopicNotFound` and `TopicRetired`.
		///
		/// ## Events
		///
		/// [`Event::MinimumSet`].
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::set_minimum())]
		pub fn set_minimum(
			origin: OriginFor<T>,
			topic: TopicId,
			minimum: Balance,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_set_minimum(who, topic, minimum)
		}

		/// Subscribes to the next `epochs` network inferences of a topic, at a price per epoch in
		/// planck: 1 ALLO is 10,000,000,000 planck.
		///
		/// ## Dispatch Origin
		///
		/// Any signed account, which pays.
		///
		/// ## Details
		///
		/// The price of all epochs and a deposit, `SubscriptionDeposit`, are put on hold on the
		/// caller's account. Each network inference that is made from now on is delivered and
		/// charged, as [`Pallet::buy`] does; epochs without one cost nothing and do not count. What
		/// is left is released when the subscription ends: after the last delivery, when it is
		/// cancelled or displaced, when the topic's minimum rises above its price, and when the
		/// topic is retired.
		///
		/// A topic has 100 places. If all are taken, the subscription must pay more per epoch than
		/// the one that pays least, which ends. A subscription that displaces another one pays its
		/// first epoch at once, as a purchase does. That is not refunded, also if the subscription
		/// ends before its first delivery; but the subscriber that displaces it before then pays it back.
		///
		/// ## Errors
		///
		/// [`Error::ZeroEpochs`], [`Error::PaymentBelowMinimum`], [`Error::AlreadySubscribed`],
		/// [`Error::TooManySubscriptions`], [`Error::Outbid`], [`Error::InsufficientBalance`],
		/// [`Error::Arithmetic`], the registry's `TopicNotFound` and `TopicRetired`, and those of
		/// the hold and of the transfer.
		///
		/// ## Events
		///
		/// [`Event::Subscribed`]. If another subscription is displaced, also its
		/// [`Event::SubscriptionEnded`] and, unless the topic continues anyway, the clock's
		/// `TopicActivated`, `InactivationCancelled` or `ActivationDeferred`.
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::subscribe().saturating_add(T::Topics::activation_weight()))]
		pub fn subscribe(
			origin: OriginFor<T>,
			topic: TopicId,
			per_epoch: Balance,
			epochs: u32,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_subscribe(who, topic, per_epoch, epochs)
		}

		/// Ends the caller's subscription to a topic.
		///
		/// ## Dispatch Origin
		///
		/// The subscriber, signed.
		///
		/// ## Details
		///
		/// The price of the deliveries that were not made and the deposit are released. A prepaid
		/// delivery is not refunded.
		///
		/// ## Errors
		///
		/// [`Error::NotSubscribed`].
		///
		/// ## Events
		///
		/// [`Event::SubscriptionEnded`].
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::cancel())]
		pub fn cancel(origin: OriginFor<T>, topic: TopicId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_cancel(who, topic)
		}

		/// Requests an epoch of a topic on demand for a payment in planck: 1 ALLO is 10,000,000,000
		/// planck.
		///
		/// ## Dispatch Origin
		///
		/// Any signed account, which pays.
		///
		/// ## Details
		///
		/// The payment and a deposit, `RequestDeposit`, are put on hold on the caller's account. As
		/// soon as the topic is idle, capacity is free, and the waiting requests can pay the rent of an
		/// epoch, an opening is ordered, and the rent is paid from the quarter of their payments that
		/// goes to the ecosystem pot. The epoch opens in the next slot, or in the next slot of the
		/// topic's phase. When its worker window closes, its network inference is delivered to all
		/// who have requested it before it opened, and charged as [`Pallet::buy`] does; the rent paid
		/// is part of the payment. If it makes none, the requests are refunded, without the rent that
		/// they have paid.
		///
		/// If no opening is ordered within `max_wait` slots, at most two weeks, the request ends and
		/// everything is released. The runtime API `ConsumerApi.opening` returns the minimum payment:
		/// that of the topic or, if no other request waits, four times the rent of an epoch if that is
		/// more. An account can have one request to a topic.
		///
		/// ## Errors
		///
		/// [`Error::NotOnDemand`], [`Error::WaitOutOfRange`], [`Error::Barred`],
		/// [`Error::WeightTooLow`], [`Error::AlreadyRequested`], [`Error::PaymentBelowMinimum`],
		/// [`Error::PaymentBelowRent`], [`Error::TooManyRequests`], [`Error::InsufficientBalance`],
		/// [`Error::Arithmetic`], the registry's `TopicNotFound` and `TopicRetired`, and those of the
		/// hold.
		///
		/// ## Events
		///
		/// [`Event::Requested`]; if an opening is ordered at once, also [`Event::RentPaid`],
		/// [`Event::OpeningOrdered`] and the clock's `TopicActivated`.
		#[pallet::call_index(5)]
		#[pallet::weight(
			T::WeightInfo::request()
				.saturating_add(T::Demand::demand_weight())
				.saturating_add(Pallet::<T>::order_weight())
		)]
		pub fn request(
			origin: OriginFor<T>,
			topic: TopicId,
			payment: Balance,
			max_wait: Slots,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_request(who, topic, payment, max_wait)
		}

		/// Ends the caller's request to a topic.
		///
		/// ## Dispatch Origin
		///
		/// The requester, signed.
		///
		/// ## Details
		///
		/// The payment and the deposit are released. From the order of an opening on, a request cannot
		/// be cancelled any more.
		///
		/// ## Errors
		///
		/// [`Error::NotRequested`], [`Error::RequestBound`].
		///
		/// ## Events
		///
		/// [`Event::RequestEnded`].
		#[pallet::call_index(6)]
		#[pallet::weight(T::WeightInfo::cancel_request().saturating_add(T::Demand::demand_weight()))]
		pub fn cancel_request(origin: OriginFor<T>, topic: TopicId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_cancel_request(who, topic)
		}
	}
}
