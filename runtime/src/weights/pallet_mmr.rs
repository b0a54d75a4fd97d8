//! Weights of `pallet_mmr`, counted: the accesses that a leaf makes, and a generous time for its
//! hashes, of which there are two per peak.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Weights as counted.
pub struct Weights<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_mmr::WeightInfo for Weights<T> {
	// Storage: `Mmr::NumberOfLeaves` (r:1 w:1)
	// Storage: `BeefyMmrLeaf::BeefyNextAuthorities` (r:1 w:0)
	// Storage: `Mmr::Nodes` (r:32 w:32)
	// Storage: `Mmr::RootHash` (r:0 w:1)
	// `p` in [1, 32]
	fn on_initialize(p: u32) -> Weight {
		Weight::from_parts(30_000_000, 0)
			.saturating_add(Weight::from_parts(5_000_000, 0).saturating_mul(p.into()))
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().reads(1_u64.saturating_mul(p.into())))
			.saturating_add(T::DbWeight::get().writes(2))
			.saturating_add(T::DbWeight::get().writes(1_u64.saturating_mul(p.into())))
	}
}
