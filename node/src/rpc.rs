//! The JSON-RPC methods that this node adds to those of `sc-service`.
//!
//! `sc-service` has `author`, `chain`, `state`, `system` and the newer `chainHead`, `chainSpec`,
//! `transaction` and `archive` families. Methods that need the runtime's types or the consensus are
//! added here.

use crate::service::{
	BlockHash, FullBackend, FullClient, FullPool, FullSelectChain, Indexed, Request, RpcLinks,
};
use allora_runtime::{opaque::Block, AccountId, Nonce};
use futures::channel::mpsc;
use jsonrpsee::RpcModule;
use mmr_rpc::{Mmr, MmrApiServer};
use pallet_transaction_payment_rpc::{TransactionPayment, TransactionPaymentApiServer};
use sc_consensus_babe::BabeWorkerHandle;
use sc_consensus_babe_rpc::{Babe, BabeApiServer};
use sc_consensus_beefy_rpc::{Beefy, BeefyApiServer};
use sc_consensus_grandpa::{
	FinalityProofProvider, GrandpaJustificationStream, SharedAuthoritySet, SharedVoterState,
};
use sc_consensus_grandpa_rpc::{Grandpa, GrandpaApiServer};
use sc_consensus_manual_seal::rpc::{ManualSeal, ManualSealApiServer};
use sc_rpc::SubscriptionTaskExecutor;
use sc_sync_state_rpc::{SyncState, SyncStateApiServer};
use sp_consensus_beefy::ecdsa_crypto::AuthorityId;
use sp_keystore::KeystorePtr;
use sp_runtime::traits::NumberFor;
use std::{error::Error, sync::Arc};
use substrate_frame_rpc_system::{System, SystemApiServer};

/// What the GRANDPA methods read.
#[derive(Clone)]
pub struct GrandpaDeps {
	/// The votes of the running round, shared with the voter.
	pub voter_state: SharedVoterState,
	/// The current authorities, shared with the block import.
	pub authority_set: SharedAuthoritySet<BlockHash, NumberFor<Block>>,
	/// Justifications as they are made.
	pub justifications: GrandpaJustificationStream<Block>,
	/// Proofs of finality from the database.
	pub proofs: Arc<FinalityProofProvider<FullBackend, Block>>,
}

/// What the methods of all families read.
pub struct FullDeps {
	/// The client.
	pub client: Arc<FullClient>,
	/// The transaction pool, for nonces that count pending transactions.
	pub pool: Arc<FullPool>,
	/// The rule for the best of several chains.
	pub select_chain: FullSelectChain,
	/// The chain specification, for the checkpoints of light clients.
	pub chain_spec: Box<dyn sc_chain_spec::ChainSpec>,
	/// The node's own keys, for the slots that it may author.
	pub keystore: KeystorePtr,
	/// Serves queries about BABE's epochs.
	pub babe_worker: BabeWorkerHandle<Block>,
	/// What the GRANDPA methods read.
	pub grandpa: GrandpaDeps,
	/// The signed commitments of BEEFY, as they are made.
	pub beefy: RpcLinks,
	/// The nodes of the Merkle mountain range, if they are indexed.
	pub indexed: Indexed,
	/// The sender of requests for blocks; `None` if blocks are not made on request.
	pub sealing: Option<mpsc::Sender<Request>>,
}

/// Builds the module with all methods; `executor` runs their subscriptions.
pub fn create_full(
	deps: FullDeps,
	executor: SubscriptionTaskExecutor,
) -> Result<RpcModule<()>, Box<dyn Error + Send + Sync>> {
	let FullDeps {
		client,
		pool,
		select_chain,
		chain_spec,
		keystore,
		babe_worker,
		grandpa,
		beefy,
		indexed,
		sealing,
	} = deps;
	let GrandpaDeps { voter_state, authority_set, justifications, proofs } = grandpa;

	let system = SystemApiServer::<BlockHash, AccountId, Nonce>::into_rpc(
		System::<_, _, Block>::new(client.clone(), pool),
	);
	let payment = TransactionPayment::<_, Block>::new(client.clone()).into_rpc();
	let babe = Babe::new(client.clone(), babe_worker.clone(), keystore, select_chain).into_rpc();
	let range = Mmr::<_, (Block, BlockHash), _>::new(client.clone(), indexed).into_rpc();
	let beefy = Beefy::<Block, AuthorityId>::new(
		beefy.from_voter_justif_stream,
		beefy.from_voter_best_beefy_stream,
		executor.clone(),
	)?;
	let grandpa =
		Grandpa::new(executor, authority_set.clone(), voter_state, justifications, proofs)
			.into_rpc();
	let sync_state = SyncState::new(chain_spec, client, authority_set, babe_worker)?.into_rpc();

	let mut module = RpcModule::new(());
	module.merge(system)?;
	module.merge(payment)?;
	module.merge(babe)?;
	module.merge(grandpa)?;
	module.merge(beefy.into_rpc())?;
	module.merge(range)?;
	module.merge(sync_state)?;
	if let Some(requests) = sealing {
		module.merge(ManualSealApiServer::<BlockHash>::into_rpc(ManualSeal::new(requests)))?;
	}
	Ok(module)
}
