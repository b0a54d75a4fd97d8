//! Weights of the calls, of superseded parameters and of forgetting.

use frame_support::weights::Weight;

/// Weights of the pallet.
pub trait WeightInfo {
	/// Creating a topic, without trying to activate it.
	fn create() -> Weight;
	/// Funding a topic, activation included.
	fn fund() -> Weight;
	/// Registering, activation included.
	fn register() -> Weight;
	/// Ending a registration.
	fn leave() -> Weight;
	/// Retiring a topic.
	fn retire() -> Weight;
	/// Changing parameters.
	fn update() -> Weight;
	/// Offering a topic.
	fn offer() -> Weight;
	/// Accepting an offered topic.
	fn accept() -> Weight;
	/// Making another account the owner of a registration.
	fn set_owner() -> Weight;
	/// Enabling or disabling an allow-list.
	fn set_allow_list() -> Weight;
	/// Adding `n` accounts to an allow-list.
	fn allow(n: u32) -> Weight;
	/// Removing `n` accounts from an allow-list.
	fn disallow(n: u32) -> Weight;
	/// Setting a topic's subsidy, emission included.
	fn set_subsidy() -> Weight;
	/// Withdrawing announcements.
	fn withdraw_announcements() -> Weight;
	/// Reading superseded values of parameters and applying them.
	fn superseded_parameters() -> Weight;
	/// Removing `n` registrations and allow-list entries of a retired topic, and the topic.
	fn forget(n: u32) -> Weight;
}

/// A weight of this many microseconds.
fn micros(count: u32) -> Weight {
	Weight::from_parts(1_000_000, 0).saturating_mul(count.into())
}

/// Arbitrary weights for the mocks.
impl WeightInfo for () {
	fn create() -> Weight {
		micros(10)
	}
	fn fund() -> Weight {
		micros(11)
	}
	fn register() -> Weight {
		micros(12)
	}
	fn leave() -> Weight {
		micros(13)
	}
	fn retire() -> Weight {
		micros(14)
	}
	fn update() -> Weight {
		micros(16)
	}
	fn offer() -> Weight {
		micros(17)
	}
	fn accept() -> Weight {
		micros(18)
	}
	fn set_owner() -> Weight {
		micros(19)
	}
	fn set_allow_list() -> Weight {
		micros(20)
	}
	fn allow(n: u32) -> Weight {
		micros(21u32.saturating_add(n))
	}
	fn disallow(n: u32) -> Weight {
		micros(22u32.saturating_add(n))
	}
	fn set_subsidy() -> Weight {
		micros(23)
	}
	fn withdraw_announcements() -> Weight {
		micros(23)
	}
	fn superseded_parameters() -> Weight {
		micros(6)
	}
	fn forget(n: u32) -> Weight {
		micros(29u32.saturating_add(n))
	}
}
