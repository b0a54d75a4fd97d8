//! # Proofs
//!
//! The network inferences that a block makes, as a Merkle tree whose root other chains can verify.
//!
//! ## Pallet API
//!
//! There are no calls. One stage of the worker close is this pallet's: [`Pallet::append`]. The runtime
//! puts [`Pallet::root_of_parent`] into the leaf that each block appends to the chain's Merkle mountain
//! range, and [`Pallet::inclusion`] is the path of an inference to that root, which the runtime API
//! `ProofsApi` returns.
//!
//! ## Overview
//!
//! A worker close appends the hash of its inference to the list of its block. The next block's leaf of
//! the mountain range has the root of the tree over that list: a leaf may depend on nothing but
//! ancestors of its block, since nodes keep leaves by the hash of the parent. Validators sign the root
//! of the mountain range (BEEFY), so their signatures prove every inference of the chain.
//!
//! The lists of the last `KeptBlocks` blocks are in storage. A node that keeps old states can make older
//! proofs from those.
//!
//! ### Example
//!
//! Two inferences are made in a block, and the path of the second one leads to the root:
#![doc = docify::embed!("src/tests.rs", path_of_an_inference_leads_to_the_root)]
//!
//! ## Terminology
//!
//! - **Leaf**: the bytes of an inference, whose layout is that of [`allora_primitives::proof`].
//! - **Root**: the root of the binary Merkle tree over the hashes of a block's leaves; zero if there are
//!   none.
//!
//! ## Low Level Details
//!
//! ### Design
//!
//! - **Hashes.** Leaves and inner nodes are hashed with Keccak-256, which contracts compute cheaply. No
//!   leaf is as long as an inner node, so that none can be shown in place of the other.
//! - **Leaf.** The list has hashes only. Whoever asks for a proof gets the leaf from the topic's record
//!   of the epoch, which the hash must match.
//! - **Bound.** A block has room for more inferences than the clock's share of it can make, see the
//!   runtime's test. If one found no room it would stand, without a proof.
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

pub use pallet::*;
pub use weights::WeightInfo;

mod types;
mod weights;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
#[cfg(any(test, feature = "try-runtime"))]
mod try_state;

#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub use types::{Appended, Inclusion};

use allora_primitives::{
	EpochContext, EpochId, MadeInference, ProvableInference, StageResult, TopicId,
};
use frame_support::{
	defensive,
	traits::{Get, UnixTime},
	weights::Weight,
};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_core::H256;
use sp_runtime::{
	traits::{Hash, Keccak256, One, SaturatedConversion, Saturating, Zero},
	BoundedVec,
};

#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use frame_support::pallet_prelude::*;

	#[pallet::pallet]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config: frame_system::Config<Hash = H256> {
		/// The time of the block.
		type Time: UnixTime;
		/// The maximum number of inferences that a block makes.
		#[pallet::constant]
		type MaxInferences: Get<u32>;
		/// The number of blocks, besides the newest, whose inferences are kept.
		#[pallet::constant]
		type KeptBlocks: Get<BlockNumberFor<Self>>;
		/// Weights of the stage and of the hook.
		type WeightInfo: WeightInfo;
	}

	/// The inferences that a block made, in the order in which it made them; absent if it made none.
	///
	/// Block numbers are not chosen by users, so that the fast hash does.
	#[pallet::storage]
	pub type Inferences<T: Config> = StorageMap<
		_,
		Twox64Concat,
		BlockNumberFor<T>,
		BoundedVec<Appended, T::MaxInferences>,
		ValueQuery,
	>;

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		/// Drops the list of the block that is too old to be kept. Registers also the weight of the root
		/// over the parent's list, which the mountain range has asked for in this block.
		fn on_initialize(now: BlockNumberFor<T>) -> Weight {
			let age = T::KeptBlocks::get().saturating_add(One::one());
			if now >= age {
				Inferences::<T>::remove(now.saturating_sub(age));
			}
			let parent = now.saturating_sub(One::one());
			let inferences = Inferences::<T>::decode_len(parent).unwrap_or_default();
			T::WeightInfo::on_initialize(inferences as u32)
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}
}

impl<T: Config> Pallet<T> {
	/// Appends the network inference of an epoch to those of this block.
	pub fn append(of: &EpochContext, made: MadeInference) -> StageResult<()> {
		let EpochContext { topic, epoch, .. } = *of;
		let block = frame_system::Pallet::<T>::block_number();
		let time = T::Time::now().as_secs();
		let inference = Self::provable(topic, epoch, block, time, made);
		let leaf_hash = Keccak256::hash(&inference.to_leaf());
		let appended = Appended { topic, epoch, time, leaf_hash };
		if Inferences::<T>::try_append(block, appended).is_err() {
			defensive!("a block has made more inferences than its weight allows");
		}
		Ok(((), T::WeightInfo::append()))
	}

	/// The weight of [`Self::append`].
	pub fn append_weight() -> Weight {
		T::WeightInfo::append()
	}

	/// An inference of this chain as other chains know it.
	pub fn provable(
		topic: TopicId,
		epoch: EpochId,
		block: BlockNumberFor<T>,
		time: u64,
		made: MadeInference,
	) -> ProvableInference {
		let genesis = frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::zero());
		ProvableInference { genesis, topic, epoch, block: block.saturated_into(), time, made }
	}

	/// The root over the inferences of this block's parent; zero if it made none.
	pub fn root_of_parent() -> H256 {
		let parent = frame_system::Pallet::<T>::block_number().saturating_sub(One::one());
		let inferences = Inferences::<T>::get(parent);
		binary_merkle_tree::merkle_root_raw::<Keccak256, _>(
			inferences.iter().map(|of| of.leaf_hash),
		)
	}

	/// The path of an epoch's inference to the root of its block; `None` if none is kept.
	///
	/// Reads every list that is kept: for runtime APIs only.
	pub fn inclusion(topic: TopicId, epoch: EpochId) -> Option<Inclusion<BlockNumberFor<T>>> {
		let is_it = |of: &Appended| (of.topic, of.epoch) == (topic, epoch);
		Inferences::<T>::iter().find_map(|(block, inferences)| {
			let index = inferences.iter().position(is_it)?;
			let appended = inferences.get(index).cloned()?;
			let index = index as u32;
			let hashes = inferences.iter().map(|of| of.leaf_hash);
			let proof = binary_merkle_tree::merkle_proof_raw::<Keccak256, _>(hashes, index);
			let (leaves, siblings) = (proof.number_of_leaves, proof.proof);
			Some(Inclusion { block, appended, leaves, index, siblings, root: proof.root })
		})
	}
}
