//! Verifying a network inference as another chain does: by the set of validators, a commitment that they
//! have signed (BEEFY), a leaf of the Merkle mountain range over all blocks, and the path of the inference
//! in the tree of its block.
//!
//! The set of validators is what a light client on another chain knows: that of the genesis, or that which
//! an earlier leaf has named. Everything else may come from anybody. `docs/bridge.md` describes the bytes.

pub mod command;
mod fetch;
#[cfg(test)]
mod tests;

use crate::chain::numbers;
use allora_primitives::ProvableInference;
use anyhow::{ensure, Context, Result};
use codec::{DecodeAll, Encode};
use frame_support::crypto::ecdsa::ECDSAExt;
use serde::{Deserialize, Serialize};
use sp_consensus_beefy::{
	ecdsa_crypto::{AuthorityId, Signature},
	known_payloads::MMR_ROOT_ID,
	mmr::{BeefyAuthoritySet, MmrLeaf},
	SignedCommitment, ValidatorSet, VersionedFinalityProof,
};
use sp_core::{ecdsa, Bytes, H256};
use sp_crypto_hashing::keccak_256;
use sp_mmr_primitives::{
	mmr_lib::{leaf_index_to_pos, Error as RangeError, Merge, MerkleProof},
	utils::NodesUtils,
};
use sp_runtime::traits::Keccak256;

/// A leaf of the mountain range.
pub type Leaf = MmrLeaf<u32, H256, H256, H256>;

/// A commitment with the signatures of validators, as `beefy_subscribeJustifications` returns it.
pub type SignedRoot = VersionedFinalityProof<u32, Signature>;

/// The major version of the leaves that are understood: a later one means something else.
const LEAF_VERSION: u8 = 0;

/// A chain and the set of its validators: all that is trusted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Trusted {
	/// The hash of the chain's genesis block.
	pub genesis: H256,
	/// The number of the set, from 0 at genesis. It grows by one with each session.
	pub set_id: u64,
	/// The number of validators.
	pub validators: u32,
	/// The root of the binary Merkle tree over the addresses of the validators.
	pub root: H256,
}

impl Trusted {
	/// The set that a leaf names, or that the runtime API `BeefyMmrApi` returns.
	pub fn of(genesis: H256, set: BeefyAuthoritySet<H256>) -> Self {
		let BeefyAuthoritySet { id, len, keyset_commitment } = set;
		Self { genesis, set_id: id, validators: len, root: keyset_commitment }
	}

	/// The number of signatures that a commitment needs, more than two thirds of the validators: any two
	/// sets of that size have an honest validator in common while fewer than a third are dishonest.
	pub fn quorum(&self) -> u32 {
		self.validators - self.validators.saturating_sub(1) / 3
	}
}

/// What proves a network inference to somebody who knows the validators.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BridgeProof {
	/// The signed commitment, in SCALE.
	pub commitment: Bytes,
	/// The public keys of all validators of the set, compressed, in the order of the set.
	pub keys: Vec<Bytes>,
	/// The leaf that the block after the inference's has appended to the mountain range, in SCALE.
	pub leaf: Bytes,
	/// The hashes that lead from the leaf to the root of the mountain range.
	pub leaf_path: Vec<H256>,
	/// The bytes of the inference.
	pub inference: Bytes,
	/// The number of inferences of its block.
	pub inferences: u32,
	/// The position of the inference among them, from 0.
	pub index: u32,
	/// The hashes that lead from the inference to the root in the leaf.
	pub path: Vec<H256>,
}

/// A proof with the set of validators that its maker names, as a file has them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BridgeFile {
	/// The chain and the set of validators. Whoever does not trust the file's maker compares them with
	/// those it knows.
	pub trusted: Trusted,
	/// The proof.
	pub proof: BridgeProof,
}

/// A verified network inference.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ProvenInference {
	/// The topic.
	pub topic: u64,
	/// The epoch: the slot in which it opened.
	pub epoch: u64,
	/// The block that made the inference.
	pub block: u32,
	/// The time of that block, in seconds since the Unix epoch.
	pub time: u64,
	/// One value per label.
	pub label_values: Vec<f64>,
	/// Where the truth is expected, one row per label: the quantiles at 2.5, 16, 84 and 97.5 %; empty
	/// if that was not known.
	pub intervals: Vec<Vec<f64>>,
	/// The block whose mountain range the validators have signed.
	pub signed_block: u32,
	/// The number of them that have signed it.
	pub signatures: u32,
	/// The validators that the leaf names for the next session.
	pub next: Trusted,
}

impl BridgeProof {
	/// Verifies the proof by the set of validators.
	///
	/// The inference was made at this time, in seconds since the Unix epoch, or later. An error names the
	/// first part that does not hold.
	pub fn verify(&self, trusted: &Trusted, since: u64) -> Result<ProvenInference> {
		let VersionedFinalityProof::V1(signed) = SignedRoot::decode_all(&mut &self.commitment[..])
			.context("the bytes of the commitment are wrong")?;
		let signatures = self.verify_signatures(&signed, trusted)?;
		let signed_block = signed.commitment.block_number;
		let leaf = self.verified_leaf(&signed)?;
		let inference = self.verified_inference(&leaf)?;
		ensure!(inference.genesis == trusted.genesis, "the inference is of another chain");
		let (block, _) = leaf.parent_number_and_hash;
		ensure!(inference.block == block, "the inference is of another block than its leaf");
		ensure!(
			inference.time >= since,
			"the inference was made at {}, before {since}",
			inference.time
		);
		let values: Vec<_> = inference.made.label_values.iter().map(|v| v.into_inner()).collect();
		let rows = inference.made.intervals.iter();
		let rows = rows.map(|row| numbers(&row.map(|value| value.into_inner())));
		Ok(ProvenInference {
			topic: inference.topic,
			epoch: inference.epoch,
			block,
			time: inference.time,
			label_values: numbers(&values),
			intervals: rows.collect(),
			signed_block,
			signatures,
			next: Trusted::of(trusted.genesis, leaf.beefy_next_authority_set),
		})
	}

	/// Verifies that a quorum of the validators has signed the commitment; returns the number of those.
	fn verify_signatures(
		&self,
		signed: &SignedCommitment<u32, Signature>,
		trusted: &Trusted,
	) -> Result<u32> {
		let set_id = signed.commitment.validator_set_id;
		ensure!(
			set_id == trusted.set_id,
			"the commitment is of validator set {set_id}, not of {}",
			trusted.set_id
		);
		let keys = self.keys.iter().map(|key| ecdsa::Public::try_from(&key[..]).ok());
		let keys: Vec<_> = keys.collect::<Option<_>>().context("a key has a wrong length")?;
		let addresses = keys.iter().map(|key| key.to_eth_address().ok());
		// A key that is no point on the curve would have the address zero in the tree.
		let addresses: Vec<_> =
			addresses.collect::<Option<_>>().context("a key is not one of secp256k1")?;
		let root = binary_merkle_tree::merkle_root::<Keccak256, _>(&addresses);
		ensure!(
			(root, addresses.len()) == (trusted.root, trusted.validators as usize),
			"the keys are not those of the trusted validators"
		);
		ensure!(
			signed.signatures.len() == keys.len(),
			"the commitment is of another number of validators"
		);
		let keys = keys.into_iter().map(AuthorityId::from).collect::<Vec<_>>();
		let set = ValidatorSet::new(keys, set_id).context("the set of validators is empty")?;
		let valid = signed.verify_signatures(signed.commitment.block_number, &set);
		let valid = valid.map_or(0, |valid| valid.len()) as u32;
		let quorum = trusted.quorum();
		ensure!(
			valid >= quorum,
			"{valid} validators have signed the commitment, of {quorum} needed"
		);
		Ok(valid)
	}

	/// The leaf, verified to be in the mountain range whose root was signed.
	fn verified_leaf(&self, signed: &SignedCommitment<u32, Signature>) -> Result<Leaf> {
		let leaf =
			Leaf::decode_all(&mut &self.leaf[..]).context("the bytes of the leaf are wrong")?;
		let (major, _) = leaf.version.split();
		ensure!(major == LEAF_VERSION, "the leaf has version {major}");
		let roots = signed.commitment.payload.get_all_decoded::<H256>(&MMR_ROOT_ID);
		let root = match roots.collect::<Vec<_>>()[..] {
			[Some(root)] => root,
			_ => anyhow::bail!("the commitment has no root of a mountain range"),
		};
		// Block `n` appends the leaf of index `n - 1`, which has its parent's number.
		let count = u64::from(signed.commitment.block_number);
		let index = u64::from(leaf.parent_number_and_hash.0);
		ensure!(index < count, "the leaf is of a later block than the commitment");
		let path =
			MerkleProof::<H256, Nodes>::new(NodesUtils::new(count).size(), self.leaf_path.clone());
		let leaves = vec![(leaf_index_to_pos(index), H256(keccak_256(&self.leaf)))];
		let holds = path.verify(root, leaves).unwrap_or(false);
		ensure!(holds, "the leaf is not in the mountain range that was signed");
		Ok(leaf)
	}

	/// The inference, verified to be in the tree whose root the leaf has.
	fn verified_inference(&self, leaf: &Leaf) -> Result<ProvableInference> {
		let holds = binary_merkle_tree::verify_proof::<Keccak256, _, _>(
			&leaf.leaf_extra,
			self.path.iter().copied(),
			self.inferences,
			self.index,
			&self.inference.0,
		);
		ensure!(holds, "the inference is not among those of the leaf");
		ProvableInference::from_leaf(&self.inference)
			.context("the bytes of the inference are wrong")
	}
}

/// The inner nodes of the mountain range: the hash of two hashes.
struct Nodes;

impl Merge for Nodes {
	type Item = H256;

	fn merge(left: &H256, right: &H256) -> std::result::Result<H256, RangeError> {
		Ok(H256(keccak_256(&(left, right).encode())))
	}
}
