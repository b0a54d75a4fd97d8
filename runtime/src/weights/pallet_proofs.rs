//! Weights of `pallet_proofs`, counted: its accesses, and a generous time for its hashes. The
//! benchmarks of the pallet have not been run on the reference machine yet.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Weights as counted.
pub struct Weights<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_proofs::WeightInfo for Weights<T> {
	// Storage: `Timestamp::Now` (r:1 w:0)
	// Storage: `Proofs::Inferences` (r:1 w:1)
	fn append() -> Weight {
		Weight::from_parts(25_000_000, 0)
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Proofs::Inferences` (r:1 w:1)
	// `n` in [1, 1024]
	fn on_initialize(n: u32) -> Weight {
		Weight::from_parts(10_000_000, 0)
			.saturating_add(Weight::from_parts(4_000_000, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
}
