//! Weights of the calls, of deliveries and of forgetting.

use frame_support::weights::Weight;

/// Weights of the pallet.
pub trait WeightInfo {
	/// Buying and keeping the receipt, without trying to activate the topic.
	fn buy() -> Weight;
	/// Discarding a receipt.
	fn discard() -> Weight;
	/// Setting a topic's minimum.
	fn set_minimum() -> Weight;
	/// Subscribing to a topic all of whose places are taken, without trying to activate the topic.
	fn subscribe() -> Weight;
	/// Cancelling a subscription.
	fn cancel() -> Weight;
	/// Noting that an inference is to be delivered.
	fn announce() -> Weight;
	/// Looking for a topic to deliver.
	fn poll() -> Weight;
	/// Delivering to `n` subscribers of a topic, all of whose subscriptions end with it, without
	/// trying to activate the topic.
	fn deliver(n: u32) -> Weight;
	/// Requesting as the last of 50, without ordering an opening and without what the clock does.
	fn request() -> Weight;
	/// Ordering an opening for 50 requests, of which 8 pay rent, without what the clock does.
	fn order() -> Weight;
	/// Cancelling a request, without what the clock does.
	fn cancel_request() -> Weight;
	/// Serving `n` requests to a topic, without what the clock does.
	fn serve(n: u32) -> Weight;
	/// Attending to 50 requests to a topic, of which `n` expire, without ordering an opening and without
	/// what the clock does.
	fn attend(n: u32) -> Weight;
	/// Ending `n` subscriptions or requests of a retired topic, and removing its items.
	fn forget(n: u32) -> Weight;
}

/// A weight of this many microseconds.
fn micros(count: u32) -> Weight {
	Weight::from_parts(1_000_000, 0).saturating_mul(count.into())
}

/// Arbitrary weights for the mocks.
impl WeightInfo for () {
	fn buy() -> Weight {
		micros(10)
	}
	fn discard() -> Weight {
		micros(11)
	}
	fn set_minimum() -> Weight {
		micros(12)
	}
	fn subscribe() -> Weight {
		micros(13)
	}
	fn cancel() -> Weight {
		micros(14)
	}
	fn announce() -> Weight {
		micros(1)
	}
	fn poll() -> Weight {
		micros(2)
	}
	fn deliver(n: u32) -> Weight {
		micros(20u32.saturating_add(n.saturating_mul(10)))
	}
	fn request() -> Weight {
		micros(16)
	}
	fn order() -> Weight {
		micros(20)
	}
	fn cancel_request() -> Weight {
		micros(17)
	}
	fn serve(n: u32) -> Weight {
		micros(18u32.saturating_add(n.saturating_mul(9)))
	}
	fn attend(n: u32) -> Weight {
		micros(10u32.saturating_add(n.saturating_mul(3)))
	}
	fn forget(n: u32) -> Weight {
		micros(15u32.saturating_add(n))
	}
}
