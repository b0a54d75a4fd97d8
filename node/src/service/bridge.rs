//! Signs finalized blocks for other chains (BEEFY), and serves the proofs that go with it.
//!
//! Validators sign the root of the Merkle mountain range over all blocks. A node that makes proofs from
//! the range needs its nodes, which are in the offchain database if offchain indexing has been on since
//! genesis.

use super::{
	consensus::Settings, network::NetworkParts, partial::FinalityImport, BlockHash, FullBackend,
	FullClient, Shared,
};
use allora_runtime::opaque::Block;
use mmr_gadget::MmrGadget;
use sc_consensus_beefy::{
	communication::{beefy_peers_set_config, request_response::BeefyJustifsRequestHandler},
	gossip_protocol_name, justifs_protocol_name, start_beefy_gadget, BeefyNetworkParams,
	BeefyParams,
};
use sc_network::{
	config::FullNetworkConfiguration, NetworkBackend, NotificationMetrics, NotificationService,
	ProtocolName,
};
use sc_service::{Configuration, TaskManager};
use sp_blockchain::HeaderBackend;
use sp_consensus_beefy::{ecdsa_crypto::AuthorityId, mmr::MmrRootProvider};
use std::{marker::PhantomData, sync::Arc};

/// The minimum number of blocks between two that are signed, unless a session ends.
const MIN_BLOCK_DELTA: u32 = 4;

/// Imports blocks, and the signed commitments that come with them.
pub(super) type BridgeImport = sc_consensus_beefy::import::BeefyBlockImport<
	Block,
	FullBackend,
	FullClient,
	FinalityImport,
	AuthorityId,
>;

/// The ends of the channels between block import and signing.
pub type VoterLinks = sc_consensus_beefy::BeefyVoterLinks<Block, AuthorityId>;

/// The ends of the channels between signing and the RPC methods.
pub type RpcLinks = sc_consensus_beefy::BeefyRPCLinks<Block, AuthorityId>;

/// The protocols between peers.
pub(super) struct Protocols {
	/// The name of that for votes.
	gossip: ProtocolName,
	/// This node's end of that for votes.
	notifications: Box<dyn NotificationService>,
	/// The name of that for signed commitments on request.
	justifications: ProtocolName,
	/// Serves those requests.
	handler: BeefyJustifsRequestHandler<Block, FullClient>,
}

/// Registers the protocols with the network.
pub(super) fn add_protocols<Net: NetworkBackend<Block, BlockHash>>(
	net_config: &mut FullNetworkConfiguration<Block, BlockHash, Net>,
	config: &Configuration,
	shared: &Shared,
	metrics: NotificationMetrics,
) -> Protocols {
	let genesis = shared.client.info().genesis_hash;
	let fork = config.chain_spec.fork_id();
	let gossip = gossip_protocol_name(genesis, fork);
	let (handler, requests) = BeefyJustifsRequestHandler::new::<_, Net>(
		genesis,
		fork,
		shared.client.clone(),
		shared.prometheus.clone(),
	);
	let (votes, notifications) =
		beefy_peers_set_config::<_, Net>(gossip.clone(), metrics, net_config.peer_store_handle());
	net_config.add_notification_protocol(votes);
	net_config.add_request_response_protocol(requests);
	let justifications = justifs_protocol_name(genesis, fork);
	Protocols { gossip, notifications, justifications, handler }
}

/// Starts signing, or following the signatures if this is not an authority.
pub(super) fn spawn_voter(
	(links, protocols): (VoterLinks, Protocols),
	settings: &Settings,
	shared: &Shared,
	network: &NetworkParts,
	task_manager: &TaskManager,
) {
	let Protocols { gossip, notifications, justifications, handler } = protocols;
	let is_authority = settings.role.is_authority();
	let voter = start_beefy_gadget(BeefyParams {
		client: shared.client.clone(),
		backend: shared.backend.clone(),
		payload_provider: MmrRootProvider::new(shared.client.clone()),
		runtime: shared.client.clone(),
		key_store: is_authority.then(|| shared.keystore.clone()),
		network_params: BeefyNetworkParams {
			network: Arc::new(network.network.clone()),
			sync: network.sync.clone(),
			notification_service: notifications,
			gossip_protocol_name: gossip,
			justifications_protocol_name: justifications,
			_phantom: PhantomData,
		},
		min_block_delta: MIN_BLOCK_DELTA,
		prometheus_registry: shared.prometheus.clone(),
		links,
		on_demand_justifications_handler: handler,
		is_authority,
	});
	// Nothing on this chain depends on it. But a validator that no longer signs should not go unnoticed,
	// since with a third of them missing other chains learn nothing more.
	task_manager.spawn_essential_handle().spawn_blocking("beefy-voter", None, voter);
}

/// Keeps the nodes of the Merkle mountain range by position once their blocks are final.
pub(super) fn spawn_mountain_range(shared: &Shared, task_manager: &TaskManager) {
	let gadget = MmrGadget::start(
		shared.client.clone(),
		shared.backend.clone(),
		sp_mmr_primitives::INDEXING_PREFIX.to_vec(),
	);
	task_manager.spawn_essential_handle().spawn_blocking("mmr-gadget", None, gadget);
}
