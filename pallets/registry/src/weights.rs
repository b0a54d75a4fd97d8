//! Weights of calls and of forgetting.

use frame_support::weights::Weight;

/// Weights of the pallet.
pub trait WeightInfo {
	/// Creating a topic, beside trying to activate it.
	fn create() -> Weight;
	/// Funding a topic, activation included.
	fn fund() -> Weight;
	/// Registering, activation included.
	fn register() -> Weight;
	/// Giving a registration up.
	fn leave() -> Weight;
	/// Retiring a topic.
	fn retire() -> Weight;
	/// Changing parameters.
	fn update() -> Weight;
	/// Offering a topic.
	fn offer() -> Weight;
	/// Taking an offered topic over.
	fn accept() -> Weight;
	/// Making another account the owner of a registration.
	fn set_owner() -> Weight;
	/// Switching an allow-list.
	fn set_allow_list() -> Weight;
	/// Putting `n` accounts on an allow-list.
	fn allow(n: u32) -> Weight;
	/// Taking `n` accounts off an allow-list.
	fn disallow(n: u32) -> Weight;
	/// Reading former values of parameters and applying them.
	fn superseded_parameters() -> Weight;
	/// Forgetting `n` registrations and entries of allow-lists of a retired topic, and the topic.
	fn forget(n: u32) -> Weight;
}

/// A weight of this many microseconds.
fn micros(count: u32) -> Weight {
	Weight::from_parts(1_000_000, 0).saturating_mul(count.into())
}

/// Made-up weights for tests in a mock.
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
	fn superseded_parameters() -> Weight {
		micros(6)
	}
	fn forget(n: u32) -> Weight {
		micros(29u32.saturating_add(n))
	}
}
