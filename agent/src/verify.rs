//! Verifying a network inference without trusting a node: by a set of authorities, a GRANDPA
//! justification, a header and a storage proof.
//!
//! The authorities are what a light client knows: those of the genesis, or those that it has followed
//! since. They have signed a block's hash; its header has the root of the state; and the proof leads
//! from the root to the inference. Everything but the authorities may come from anybody.

use crate::chain::numbers;
use anyhow::{bail, ensure, Context, Result};
use codec::{Decode, DecodeAll, Encode};
use finality_grandpa::{voter_set::VoterSet, Chain, Error as GrandpaError, Message};
use serde::{Deserialize, Serialize};
use sp_consensus_babe::digests::CompatibleDigestItem;
use sp_consensus_grandpa::{
	check_message_signature, AuthorityId, GrandpaJustification, SignatureResult,
};
use sp_core::{ed25519, Bytes, H256};
use sp_crypto_hashing::{twox_128, twox_64};
use sp_runtime::{
	generic,
	traits::{BlakeTwo256, Header as _},
};
use sp_trie::{read_trie_value, LayoutV1, StorageProof};
use std::collections::HashMap;
use subxt::rpcs::{
	client::{rpc_params, RpcSubscription},
	RpcClient,
};

/// The header of a block.
pub type Header = generic::Header<u32, BlakeTwo256>;

/// The GRANDPA authorities that have finalized a block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthoritySet {
	/// The number of the set, from 0 at genesis.
	pub set_id: u64,
	/// The public keys (ed25519) and the weights of their votes.
	pub authorities: Vec<(H256, u64)>,
}

/// What proves a network inference to somebody who knows the authorities.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InferenceProof {
	/// The topic.
	pub topic: u64,
	/// The GRANDPA justification of a block, as `grandpa_subscribeJustifications` returns it.
	pub justification: Bytes,
	/// The header of the block, in SCALE.
	pub header: Bytes,
	/// The nodes of the state's trie from the root to the topic's newest inference, as
	/// `state_getReadProof` returns them.
	pub nodes: Vec<Bytes>,
}

/// A proof with the authorities that its maker names, as a file has them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProofFile {
	/// The authorities that have finalized the block. Whoever does not trust the file's maker compares
	/// them with those it knows.
	pub authorities: AuthoritySet,
	/// The proof.
	pub proof: InferenceProof,
}

/// A verified network inference.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ProvenInference {
	/// The number of the block in whose state it is the topic's newest one.
	pub block: u32,
	/// The hash of that block.
	pub block_hash: H256,
	/// The slot of that block. Compare it with the slot of now: votes of the authorities stay valid, so
	/// that an old proof holds as well as a new one.
	pub slot: u64,
	/// The epoch of the inference: the slot in which it opened.
	pub epoch: u64,
	/// One value per label.
	pub label_values: Vec<f64>,
	/// Where the truth is expected, one row per label: the quantiles at 2.5, 16, 84 and 97.5 %; empty
	/// before the topic's first truth.
	pub intervals: Vec<Vec<f64>>,
}

impl InferenceProof {
	/// Verifies the proof by the authorities, which the caller must know to be the chain's: keys that
	/// also sign for another chain, such as a test network, verify its blocks as well.
	///
	/// The inference is the topic's newest one in a block of slot `since` or a later one. An error names
	/// the first part that does not hold.
	pub fn verify(&self, trusted: &AuthoritySet, since: u64) -> Result<ProvenInference> {
		let header = Header::decode_all(&mut &self.header[..]).context("the header")?;
		let (block, block_hash) = (*header.number(), header.hash());
		verify_finality(&self.justification, block, block_hash, trusted)?;
		let slot = slot_of(&header)?;
		ensure!(slot >= since, "the proof is of slot {slot}, before slot {since}");
		let value = self.proven_value(header.state_root())?;
		// The first fields of the item; the rest is not needed.
		type Latest = (u64, Vec<i128>, Vec<[i128; 4]>);
		let (epoch, values, intervals) =
			Latest::decode(&mut &value[..]).context("the proven value is no inference")?;
		Ok(ProvenInference {
			block,
			block_hash,
			slot,
			epoch,
			label_values: numbers(&values),
			intervals: intervals.iter().map(|row| numbers(row)).collect(),
		})
	}

	/// The value under the key of the topic's newest inference in the state with this root.
	fn proven_value(&self, root: &H256) -> Result<Vec<u8>> {
		let nodes = self.nodes.iter().map(|node| node.to_vec());
		let nodes = StorageProof::new(nodes).into_memory_db::<BlakeTwo256>();
		let key = latest_inference_key(self.topic);
		read_trie_value::<LayoutV1<BlakeTwo256>, _>(&nodes, root, &key, None, None)
			.map_err(|error| anyhow::anyhow!("the storage proof does not hold: {error}"))?
			.with_context(|| format!("topic {} has no inference in this block", self.topic))
	}
}

/// The part of the reply to `state_getReadProof` that is needed.
#[derive(Deserialize)]
struct ReadProof {
	proof: Vec<Bytes>,
}

/// The methods that begin and end a subscription to justifications.
const JUSTIFICATIONS: (&str, &str) =
	("grandpa_subscribeJustifications", "grandpa_unsubscribeJustifications");

/// Subscribes to the GRANDPA justifications of a node, one for each block that it finalizes or for the
/// newest of several.
pub async fn justifications(rpc: &RpcClient) -> Result<RpcSubscription<Bytes>> {
	let (begin, end) = JUSTIFICATIONS;
	Ok(rpc.subscribe::<Bytes>(begin, rpc_params![], end).await?)
}

impl ProofFile {
	/// Fetches the proof of a topic's newest inference in the block that the node finalizes next.
	pub async fn fetch(url: &str, topic: u64) -> Result<Self> {
		let rpc = RpcClient::from_insecure_url(url).await?;
		let next = justifications(&rpc).await?.next().await;
		Self::read(&rpc, next.context("the node closed the connection")??, topic).await
	}

	/// Reads the proof of a topic's newest inference in the block of a justification.
	pub async fn read(rpc: &RpcClient, justification: Bytes, topic: u64) -> Result<Self> {
		let decoded = GrandpaJustification::<Header>::decode(&mut &justification[..])?;
		let block = decoded.commit.target_hash;
		let header: Header = rpc.request("chain_getHeader", rpc_params![block]).await?;
		let keys = [Bytes(latest_inference_key(topic))];
		let read: ReadProof = rpc.request("state_getReadProof", rpc_params![keys, block]).await?;
		// If the block changes the set, its own state has the next one.
		let before = header.parent_hash;
		let call = async |name: &str| -> Result<Bytes> {
			Ok(rpc.request("state_call", rpc_params![name, "0x", before]).await?)
		};
		let authorities = call("GrandpaApi_grandpa_authorities").await?;
		let set_id = call("GrandpaApi_current_set_id").await?;
		let header = Bytes(header.encode());
		Ok(Self {
			authorities: AuthoritySet {
				set_id: Decode::decode(&mut &set_id[..])?,
				authorities: Decode::decode(&mut &authorities[..])?,
			},
			proof: InferenceProof { topic, justification, header, nodes: read.proof },
		})
	}
}

/// The storage key of a topic's newest network inference, as `AggregationApi.latest_inference_key`
/// returns it.
pub fn latest_inference_key(topic: u64) -> Vec<u8> {
	let topic = topic.encode();
	[&twox_128(b"Aggregation")[..], &twox_128(b"Latest"), &twox_64(&topic), &topic].concat()
}

/// The slot in which a block was made, which its author has put into the header.
fn slot_of(header: &Header) -> Result<u64> {
	let logs = header.digest().logs().iter();
	let slot = logs.filter_map(CompatibleDigestItem::as_babe_pre_digest).next();
	Ok(*slot.context("the header has no slot")?.slot())
}

/// Verifies that the authorities have finalized the block: a justification is a commit of more than
/// two thirds of their votes for the block or its descendants.
fn verify_finality(
	justification: &[u8],
	number: u32,
	hash: H256,
	trusted: &AuthoritySet,
) -> Result<()> {
	let justification = GrandpaJustification::<Header>::decode_all(&mut &justification[..])
		.context("the justification")?;
	let commit = &justification.commit;
	ensure!(
		(commit.target_number, commit.target_hash) == (number, hash),
		"the justification is for another block"
	);
	let voters = trusted.authorities.iter();
	let voters =
		voters.map(|(key, weight)| (AuthorityId::from(ed25519::Public::from_raw(key.0)), *weight));
	let voters = VoterSet::new(voters).context("the set of authorities is empty")?;
	let ancestry = Ancestry::of(&justification.votes_ancestries);
	let valid = finality_grandpa::validate_commit(commit, &voters, &ancestry)
		.is_ok_and(|result| result.is_valid());
	ensure!(valid, "the justification lacks the votes of two thirds of the authorities");
	for signed in &commit.precommits {
		let message = Message::Precommit(signed.precommit.clone());
		let (id, signature) = (&signed.id, &signed.signature);
		let round = justification.round;
		match check_message_signature(&message, id, signature, round, trusted.set_id) {
			SignatureResult::Valid => (),
			SignatureResult::OutdatedSet => bail!("a vote is of the authority set before"),
			SignatureResult::Invalid => bail!("the signature of a vote is wrong"),
		}
	}
	Ok(())
}

/// The headers between the block and those that were voted for.
struct Ancestry(HashMap<H256, H256>);

impl Ancestry {
	fn of(headers: &[Header]) -> Self {
		Self(headers.iter().map(|header| (header.hash(), *header.parent_hash())).collect())
	}
}

impl Chain<H256, u32> for Ancestry {
	fn ancestry(&self, base: H256, block: H256) -> Result<Vec<H256>, GrandpaError> {
		let mut route = Vec::new();
		let mut current = block;
		while current != base {
			current = *self.0.get(&current).ok_or(GrandpaError::NotDescendent)?;
			route.push(current);
		}
		// The base is not part of the route.
		route.pop();
		Ok(route)
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use sp_core::Pair;

	/// The proof of an inference of the demo on a development chain.
	fn recorded() -> ProofFile {
		serde_json::from_str(include_str!("../tests/inference_proof.json")).expect("it is JSON")
	}

	fn failure(proof: &InferenceProof, trusted: &AuthoritySet) -> String {
		proof.verify(trusted, 0).expect_err("it does not hold").to_string()
	}

	#[test]
	fn recorded_inference_is_verified() {
		let ProofFile { authorities, proof } = recorded();
		let proven = proof.verify(&authorities, 0).unwrap();
		assert_eq!(proven.block, 172);
		assert!(proven.slot > proven.epoch, "{proven:?}");
		assert_eq!((proven.label_values.len(), proven.intervals.len()), (1, 1));
		// The demo's first topic predicts the day's range, in percent.
		assert!(proven.label_values[0] > 0.0 && proven.label_values[0] < 10.0, "{proven:?}");
		assert!(proven.intervals[0].is_sorted(), "{proven:?}");
	}

	#[test]
	fn proof_older_than_asked_is_refused() {
		let ProofFile { authorities, proof } = recorded();
		let slot = proof.verify(&authorities, 0).unwrap().slot;
		assert!(proof.verify(&authorities, slot).is_ok());
		let error = proof.verify(&authorities, slot + 1).expect_err("it is older").to_string();
		assert_eq!(error, format!("the proof is of slot {slot}, before slot {}", slot + 1));
	}

	#[test]
	fn other_authorities_do_not_verify_it() {
		let ProofFile { authorities, proof } = recorded();
		let stranger = ed25519::Pair::from_seed(&[7; 32]).public();
		let strangers = vec![(H256(stranger.0), 1)];
		let votes = "the justification lacks the votes of two thirds of the authorities";
		let trusted = AuthoritySet { set_id: authorities.set_id, authorities: strangers };
		assert_eq!(failure(&proof, &trusted), votes);
		// Half of the votes are not enough.
		let mut half = authorities.clone();
		half.authorities.push((H256(stranger.0), 1));
		assert_eq!(failure(&proof, &half), votes);
		let none = AuthoritySet { set_id: 0, authorities: vec![] };
		assert_eq!(failure(&proof, &none), "the set of authorities is empty");
	}

	#[test]
	fn votes_of_another_set_do_not_verify_it() {
		let ProofFile { authorities, proof } = recorded();
		let later = |by| AuthoritySet { set_id: authorities.set_id + by, ..authorities.clone() };
		assert_eq!(failure(&proof, &later(1)), "a vote is of the authority set before");
		assert_eq!(failure(&proof, &later(2)), "the signature of a vote is wrong");
	}

	#[test]
	fn header_of_another_block_is_refused() {
		let ProofFile { authorities, mut proof } = recorded();
		let mut header = Header::decode(&mut &proof.header[..]).unwrap();
		header.state_root = H256::repeat_byte(1);
		proof.header = Bytes(header.encode());
		assert_eq!(failure(&proof, &authorities), "the justification is for another block");
	}

	#[test]
	fn forged_value_is_refused() {
		let ProofFile { authorities, proof } = recorded();
		for node in 0..proof.nodes.len() {
			let mut forged = proof.clone();
			let byte = forged.nodes[node].0.last_mut().unwrap();
			*byte ^= 1;
			let failure = failure(&forged, &authorities);
			assert!(failure.starts_with("the storage proof does not hold"), "{failure}");
		}
	}

	#[test]
	fn proof_of_another_topic_is_refused() {
		let ProofFile { authorities, mut proof } = recorded();
		proof.topic += 1;
		assert!(proof.verify(&authorities, 0).is_err());
	}

	#[test]
	fn commit_with_an_invalid_signature_is_refused() {
		let ProofFile { authorities, mut proof } = recorded();
		type Justification = GrandpaJustification<Header>;
		let mut justification = Justification::decode(&mut &proof.justification[..]).unwrap();
		let signature = &mut justification.commit.precommits[0].signature;
		let mut bytes = signature.encode();
		bytes[0] ^= 1;
		*signature = Decode::decode(&mut &bytes[..]).unwrap();
		proof.justification = Bytes(justification.encode());
		let failure = failure(&proof, &authorities);
		assert_eq!(failure, "the signature of a vote is wrong");
	}
}
