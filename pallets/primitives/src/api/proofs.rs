//! Proofs of network inferences to other chains.

use crate::{BlockNumber, EpochId, TopicId};
use alloc::vec::Vec;
use codec::{Decode, Encode};
use scale_info::TypeInfo;
use sp_core::H256;

/// The path from a network inference to the root over all of its block.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct InclusionProof {
	/// The block that closed the epoch's worker window. The leaf of the Merkle mountain range that
	/// the next block appends has the root.
	pub block: BlockNumber,
	/// The bytes of the inference, see [`crate::proof`].
	pub leaf: Vec<u8>,
	/// The number of inferences of the block.
	pub leaves: u32,
	/// The position of this one among them, from 0.
	pub index: u32,
	/// The hashes beside the path, from the bottom to the top.
	pub siblings: Vec<H256>,
	/// The root, which can be computed from the rest.
	pub root: H256,
}

sp_api::decl_runtime_apis! {
	/// Proofs of network inferences to other chains.
	pub trait ProofsApi {
		/// The path of an epoch's network inference. `None` if it was made too long ago, if its record
		/// is no longer in the topic's history, or if there is none. It reads the blocks in which
		/// inferences were made, as many as are kept.
		fn inference_proof(topic: TopicId, epoch: EpochId) -> Option<InclusionProof>;
	}
}
