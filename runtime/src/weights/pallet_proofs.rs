//! Weights of `pallet_proofs`, written by scripts/benchmark.
//!
//! Measured on 2026-11-29 on a machine with AMD EPYC,
//! in wasm (Compiled), by 10 steps of each component and 100 repeats.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Weights as measured.
pub struct Weights<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_proofs::WeightInfo for Weights<T> {
	// Storage: `Timestamp::Now` (r:1 w:0)
	// Storage: `System::BlockHash` (r:1 w:0)
	// Storage: `Proofs::Inferences` (r:1 w:1)
	fn append() -> Weight {
		// At least 39_458 ns.
		Weight::from_parts(49_844_000, 0)
			.saturating_add(T::DbWeight::get().reads(3))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	// Storage: `Proofs::Inferences` (r:1 w:1)
	// `n` in [1, 1024]
	fn on_initialize(n: u32) -> Weight {
		// At least 9_244 ns.
		Weight::from_parts(9_664_000, 0)
			// Standard error 6_814.
			.saturating_add(Weight::from_parts(748_743, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
}
