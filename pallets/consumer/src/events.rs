//! The pallet's events.

use frame_support::pallet_macros::pallet_section;

/// The part of the pallet that declares its events, see `import_section` in the crate's root.
#[pallet_section]
mod events {
	/// The events of purchases, subscriptions and requests. Amounts are in planck.
	#[pallet::event]
	#[pallet::generate_deposit(pub(crate) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A network inference was bought.
		Purchased {
			/// The account that paid.
			who: T::AccountId,
			/// What it got and paid.
			receipt: Receipt,
			/// The part of the price that went to the topic's pot.
			to_topic: Balance,
			/// The part of the price that went to the ecosystem pot; it is revenue of the topic.
			to_ecosystem: Balance,
			/// The number under which the receipt is kept; `None` if it is not.
			number: Option<ReceiptNumber>,
		},
		/// A receipt was removed and its deposit released.
		ReceiptDiscarded {
			/// The account that kept it.
			who: T::AccountId,
			/// The number of the receipt.
			number: ReceiptNumber,
			/// The deposit released.
			deposit: Balance,
		},
		/// A topic's minimum price was set, or announced.
		MinimumSet {
			/// The topic.
			topic: TopicId,
			/// The minimum price of a purchase or delivery; 0 if the topic has none of its own.
			minimum: Balance,
			/// The slot from which on it is in force.
			from: Slot,
		},
		/// A subscription began; its price and a deposit are on hold.
		Subscribed {
			/// The topic.
			topic: TopicId,
			/// The account that pays.
			who: T::AccountId,
			/// The price of one delivery.
			per_epoch: Balance,
			/// The number of deliveries.
			epochs: u32,
			/// The deposit for the storage.
			deposit: Balance,
			/// The part of the first epoch's price that went to the topic's pot at once; 0 unless the
			/// subscription displaced another one.
			to_topic: Balance,
			/// The part of the first epoch's price that went to the ecosystem pot at once; it is
			/// revenue of the topic.
			to_ecosystem: Balance,
		},
		/// A network inference was delivered to a subscriber or a requester, and charged.
		Delivered {
			/// The topic.
			topic: TopicId,
			/// The account that paid.
			who: T::AccountId,
			/// The epoch of the network inference.
			epoch: EpochId,
			/// The network inference, one value per label.
			label_values: BundledInference,
			/// The hash of the epoch's bundle.
			bundle_hash: H256,
			/// The price; 0 if it was paid when the subscription began.
			price: Balance,
			/// The part of the price that went to the topic's pot.
			to_topic: Balance,
			/// The part of the price that went to the ecosystem pot; it is revenue of the topic.
			to_ecosystem: Balance,
			/// The number of deliveries that are still to come; 0 for a request.
			epochs_left: u32,
		},
		/// A subscription ended.
		SubscriptionEnded {
			/// The topic.
			topic: TopicId,
			/// The subscriber.
			who: T::AccountId,
			/// Why it ended.
			reason: EndReason,
			/// What was released: the price of the deliveries that were not made, and the deposit.
			released: Balance,
		},
		/// An epoch was requested; the payment and a deposit are on hold.
		Requested {
			/// The topic.
			topic: TopicId,
			/// The account that pays.
			who: T::AccountId,
			/// The payment.
			payment: Balance,
			/// The last slot in which an opening may be ordered for it.
			until: Slot,
			/// The deposit for the storage.
			deposit: Balance,
		},
		/// A request paid rent for an epoch. The amount is part of the payment, went to the ecosystem
		/// pot, and is not refunded.
		RentPaid {
			/// The topic.
			topic: TopicId,
			/// The account that paid.
			who: T::AccountId,
			/// The amount.
			amount: Balance,
		},
		/// The opening of an epoch was ordered for the waiting requests.
		OpeningOrdered {
			/// The topic.
			topic: TopicId,
			/// The slot in which it opens.
			opens_at: Slot,
			/// The rent that the requests have paid for it.
			rent: Balance,
			/// The number of requests at present; more may follow until it opens.
			requests: u32,
		},
		/// A request ended.
		RequestEnded {
			/// The topic.
			topic: TopicId,
			/// The requester.
			who: T::AccountId,
			/// Why it ended.
			reason: RequestEnd,
			/// What was released: the part of the payment that was not charged, and the deposit.
			released: Balance,
			/// What the request has cost: the payment if it was served, and else the rent that it has
			/// paid, if any.
			charged: Balance,
		},
	}
}
