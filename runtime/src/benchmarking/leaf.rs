//! The leaf that each block appends to the chain's Merkle mountain range.
//!
//! The benchmark of `pallet_mmr` itself has the number of leaves as its component, but the weight is
//! asked for a number of peaks.

use crate::{Mmr, Runtime, System};
use core::marker::PhantomData;
use frame_benchmarking::v2::*;
use frame_support::traits::Hooks;
use pallet_mmr::NumberOfLeaves;

/// The pallet that the benchmark macro requires.
pub struct Pallet<T>(PhantomData<T>);
/// The configuration that the benchmark macro requires.
pub trait Config: frame_system::Config {}
impl Config for Runtime {}

#[benchmarks]
mod benchmarks {
	use super::*;

	/// The range has as many peaks as a range of at most `p` bits of leaves can have, and the new
	/// leaf merges all of them.
	#[benchmark]
	fn on_initialize(p: Linear<1, 10>) {
		let leaves = (1u32 << p) - 1;
		for block in 1..=leaves {
			System::set_block_number(block);
			<Mmr as Hooks<_>>::on_initialize(block);
		}
		let now = leaves + 1;
		System::set_block_number(now);

		#[block]
		{
			<Mmr as Hooks<_>>::on_initialize(now);
		}

		assert_eq!(NumberOfLeaves::<Runtime>::get(), u64::from(now));
	}
}
