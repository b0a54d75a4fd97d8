//! Fetching a proof from a node whose mountain range is indexed.

use super::{BridgeFile, BridgeProof, SignedRoot, Trusted};
use allora_primitives::api::InclusionProof;
use anyhow::{bail, ensure, Context, Result};
use codec::{Decode, Encode};
use serde::Deserialize;
use sp_consensus_beefy::{
	ecdsa_crypto::AuthorityId, mmr::BeefyAuthoritySet, ValidatorSet, VersionedFinalityProof,
};
use sp_core::{Bytes, H256};
use sp_mmr_primitives::LeafProof;
use subxt::rpcs::{client::rpc_params, RpcClient};

/// The methods that begin and end a subscription to signed commitments.
const COMMITMENTS: (&str, &str) =
	("beefy_subscribeJustifications", "beefy_unsubscribeJustifications");

/// The part of the reply to `mmr_generateProof` that is needed.
#[derive(Deserialize)]
struct LeavesProof {
	leaves: Bytes,
	proof: Bytes,
}

/// Calls a runtime API in the state of a block, or of the newest one.
async fn call<T: Decode>(
	rpc: &RpcClient,
	method: &str,
	arguments: impl Encode,
	at: Option<H256>,
) -> Result<T> {
	let arguments = Bytes(arguments.encode());
	let reply: Bytes = rpc.request("state_call", rpc_params![method, arguments, at]).await?;
	T::decode(&mut &reply[..]).with_context(|| format!("the reply to {method}"))
}

impl BridgeFile {
	/// Fetches the proof of a topic's inference in an epoch, or of its newest one, from the first of these
	/// nodes whose proof holds. Waits until validators have signed a block after the one that made it.
	pub async fn fetch(urls: &[String], topic: u64, epoch: Option<u64>) -> Result<Self> {
		let mut failed = vec![];
		for url in urls {
			match Self::fetch_from(url, topic, epoch).await {
				Ok(file) => return Ok(file),
				Err(error) => failed.push(format!("{url}: {error:#}")),
			}
		}
		bail!("{}", failed.join("; "))
	}

	/// Fetches the proof from one node, and verifies it by the validators that this node names.
	async fn fetch_from(url: &str, topic: u64, epoch: Option<u64>) -> Result<Self> {
		let rpc = RpcClient::from_insecure_url(url).await?;
		let (begin, end) = COMMITMENTS;
		let mut commitments = rpc.subscribe::<Bytes>(begin, rpc_params![], end).await?;
		let epoch = match epoch {
			Some(epoch) => epoch,
			None => {
				// The first field of the inference; the rest is not needed.
				let newest: Option<u64> =
					call(&rpc, "AggregationApi_latest_inference", topic, None).await?;
				newest.with_context(|| format!("topic {topic} has no inference"))?
			}
		};
		loop {
			let commitment =
				commitments.next().await.context("the node closed the connection")??;
			if let Some(file) = Self::read(&rpc, commitment, topic, epoch).await? {
				file.proof.verify(&file.trusted, 0).context(
					"the node's mountain range is not the one that was signed, since it has seen two blocks \
					 compete where a session began (docs/bridge.md, Nodes): name another node by a further \
					 --url",
				)?;
				return Ok(file);
			}
		}
	}

	/// Reads the proof of an inference under a signed commitment; `None` if the commitment is of the block
	/// that made the inference or of an earlier one.
	async fn read(
		rpc: &RpcClient,
		commitment: Bytes,
		topic: u64,
		epoch: u64,
	) -> Result<Option<Self>> {
		let VersionedFinalityProof::V1(signed) = SignedRoot::decode(&mut &commitment[..])?;
		let number = signed.commitment.block_number;
		let hash: Option<H256> = rpc.request("chain_getBlockHash", rpc_params![number]).await?;
		let hash = hash.with_context(|| format!("the node does not have block {number}"))?;
		let arguments = (topic, epoch);
		let inclusion: Option<InclusionProof> =
			call(rpc, "ProofsApi_inference_proof", arguments, Some(hash)).await?;
		let Some(inclusion) = inclusion.filter(|inclusion| inclusion.block < number) else {
			let newest: Option<InclusionProof> =
				call(rpc, "ProofsApi_inference_proof", arguments, None).await?;
			ensure!(newest.is_some(), "no inference of epoch {epoch} of topic {topic} is kept");
			return Ok(None);
		};
		let blocks = [inclusion.block + 1];
		let range: LeavesProof = rpc
			.request("mmr_generateProof", rpc_params![blocks, number, hash])
			.await
			.context("the node has no mountain range; it needs --enable-offchain-indexing true")?;
		let mut leaves = Vec::<Vec<u8>>::decode(&mut &range.leaves[..])?;
		let proof = LeafProof::<H256>::decode(&mut &range.proof[..])?;
		let set: Option<ValidatorSet<AuthorityId>> =
			call(rpc, "BeefyApi_validator_set", (), Some(hash)).await?;
		let set = set.context("the chain has no validators")?;
		let genesis = rpc.request("chain_getBlockHash", rpc_params![0]).await?;
		let trusted: BeefyAuthoritySet<H256> =
			call(rpc, "BeefyMmrApi_authority_set_proof", (), Some(hash)).await?;
		let proof = BridgeProof {
			commitment,
			keys: set.validators().iter().map(|key| Bytes(key.encode())).collect(),
			leaf: Bytes(leaves.pop().context("the node returned no leaf")?),
			leaf_path: proof.items,
			inference: Bytes(inclusion.leaf),
			inferences: inclusion.leaves,
			index: inclusion.index,
			path: inclusion.siblings,
		};
		Ok(Some(Self { trusted: Trusted::of(genesis, trusted), proof }))
	}
}
