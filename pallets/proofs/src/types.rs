//! The types that the pallet stores and returns.

use alloc::vec::Vec;
use allora_primitives::{EpochId, TopicId};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::H256;

/// An inference in the list of its block.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Appended {
	/// The topic.
	pub topic: TopicId,
	/// The epoch.
	pub epoch: EpochId,
	/// The time of the block, in seconds since the Unix epoch.
	pub time: u64,
	/// The hash of the inference's leaf.
	pub leaf_hash: H256,
}

/// The path of an inference to the root over those of its block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inclusion<BlockNumber> {
	/// The block that made it.
	pub block: BlockNumber,
	/// The inference.
	pub appended: Appended,
	/// The number of inferences of the block.
	pub leaves: u32,
	/// The position of this one, from 0.
	pub index: u32,
	/// The hashes beside the path, from the bottom to the top.
	pub siblings: Vec<H256>,
	/// The root.
	pub root: H256,
}
