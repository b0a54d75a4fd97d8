//! The pallet's errors.

use frame_support::pallet_macros::pallet_section;

/// The part of the pallet that declares its errors, see `import_section` in the crate's root.
#[pallet_section]
mod errors {
	/// The reasons for which a call fails.
	#[pallet::error]
	pub enum Error<T> {
		/// The topic has no network inference yet; wait for the close of a worker window.
		NoInference,
		/// The topic's newest network inference is older than `max_age` slots; accept an older one,
		/// or wait for the close of a worker window.
		InferenceTooOld,
		/// The newest network inference is so old that its epoch has left the topic's history, so
		/// that no bundle proves it any more; wait for the close of a worker window.
		InferencePruned,
		/// The payment is below the minimum that the runtime API `ConsumerApi.quote` returns.
		PaymentBelowMinimum,
		/// The account keeps 100 receipts already; discard some of them, or buy without keeping.
		TooManyReceipts,
		/// The account keeps no receipt of this number.
		ReceiptNotFound,
		/// Only the creator of a topic may do this.
		NotCreator,
		/// A subscription must be for at least one epoch.
		ZeroEpochs,
		/// The account is subscribed to the topic already; cancel that subscription first.
		AlreadySubscribed,
		/// The account is subscribed to 32 topics already; cancel one of these subscriptions.
		TooManySubscriptions,
		/// All 100 places of the topic are taken, and no other subscription pays less per epoch; pay
		/// at least what the runtime API `ConsumerApi.subscription_minimum` returns.
		Outbid,
		/// The account has less free balance than the subscription and its deposit cost.
		InsufficientBalance,
		/// The account is not subscribed to the topic.
		NotSubscribed,
		/// A number is out of range.
		Arithmetic,
		/// The epochs of the topic open regularly; buy the newest inference, or subscribe.
		NotOnDemand,
		/// A request waits for at least one slot and at most two weeks.
		WaitOutOfRange,
		/// The account has a request to the topic already; wait until it is served, or cancel it.
		AlreadyRequested,
		/// A quarter of the payment does not cover the rent of an epoch, and no other request waits;
		/// pay at least what the runtime API `ConsumerApi.opening` returns.
		PaymentBelowRent,
		/// The topic has 50 requests already; wait until an epoch has served them.
		TooManyRequests,
		/// The topic needs more stake or revenue before an epoch can open.
		WeightTooLow,
		/// The emergency origin has barred the topic.
		Barred,
		/// The account has no request to the topic.
		NotRequested,
		/// An opening is ordered for the request, or an epoch serves it.
		RequestBound,
	}
}
