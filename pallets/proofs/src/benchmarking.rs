//! Benchmarks: one for each function of [`WeightInfo`](crate::WeightInfo), of the same name.

use crate::*;
use alloc::vec;
use allora_primitives::{FixedI128, TopicParameters, MAX_LABELS};
use frame_benchmarking::v2::*;
use frame_support::traits::Hooks;

/// Appends the inference of a topic, of the maximum size.
fn append<T: Config>(topic: TopicId) {
	let of = EpochContext { topic, epoch: 1, parameters: TopicParameters::regression(10, 4, 10) };
	let made = MadeInference {
		label_values: BoundedVec::truncate_from(vec![FixedI128::from_u32(1); MAX_LABELS as usize]),
		intervals: BoundedVec::truncate_from(vec![
			[FixedI128::from_u32(1); 4];
			MAX_LABELS as usize
		]),
	};
	let _ = Pallet::<T>::append(&of, made);
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn append() {
		// Benchmarked code never runs in the genesis block.
		let now = One::one();
		frame_system::Pallet::<T>::set_block_number(now);
		// The list has one place left.
		(1..T::MaxInferences::get()).for_each(|topic| super::append::<T>(topic.into()));
		#[block]
		{
			super::append::<T>(0);
		}
		assert_eq!(Inferences::<T>::decode_len(now), Some(T::MaxInferences::get() as usize));
	}

	#[benchmark]
	fn on_initialize(n: Linear<1, { T::MaxInferences::get() }>) {
		let age = T::KeptBlocks::get().saturating_add(One::one());
		super::append::<T>(0);
		let old = Inferences::<T>::get(frame_system::Pallet::<T>::block_number());
		let parent = age.saturating_add(age);
		frame_system::Pallet::<T>::set_block_number(parent);
		(0..n).for_each(|topic| super::append::<T>(topic.into()));
		let now = parent.saturating_add(One::one());
		frame_system::Pallet::<T>::set_block_number(now);
		Inferences::<T>::insert(now.saturating_sub(age), old);
		let root;
		#[block]
		{
			root = Pallet::<T>::root_of_parent();
			Pallet::<T>::on_initialize(now);
		}
		assert!(root != H256::zero());
		assert!(!Inferences::<T>::contains_key(now.saturating_sub(age)));
	}
}
