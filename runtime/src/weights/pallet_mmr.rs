//! Weights of `pallet_mmr`, written by scripts/benchmark.
//!
//! Measured on 2026-11-29 on a machine with AMD EPYC,
//! in wasm (Compiled), by 10 steps of each component and 100 repeats.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Weights as measured.
pub struct Weights<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_mmr::WeightInfo for Weights<T> {
	// Storage: `Mmr::NumberOfLeaves` (r:1 w:1)
	// Storage: `System::ParentHash` (r:1 w:0)
	// Storage: `Proofs::Inferences` (r:1 w:0)
	// Storage: `BeefyMmrLeaf::BeefyNextAuthorities` (r:1 w:0)
	// Storage: `Mmr::Nodes` (r:10 w:11)
	// Storage: `Mmr::UseLocalStorage` (r:1 w:0)
	// Storage: `Mmr::RootHash` (r:0 w:1)
	// `p` in [1, 10]
	fn on_initialize(p: u32) -> Weight {
		// At least 35_443 ns.
		Weight::from_parts(36_426_957, 0)
			// Standard error 100_062.
			.saturating_add(Weight::from_parts(6_080_943, 0).saturating_mul(p.into()))
			.saturating_add(T::DbWeight::get().reads(5))
			.saturating_add(T::DbWeight::get().reads(1_u64.saturating_mul(p.into())))
			.saturating_add(T::DbWeight::get().writes(3))
			.saturating_add(T::DbWeight::get().writes(1_u64.saturating_mul(p.into())))
	}
}
