//! Starts the network and the tasks that serve peers and RPC clients.

use super::{bridge, offchain, BlockHash, FullClient, Shared};
use allora_runtime::opaque::Block;
use jsonrpsee::RpcModule;
use sc_consensus::DefaultImportQueue;
use sc_consensus_grandpa::{warp_proof::NetworkProvider as WarpProofs, SharedAuthoritySet};
use sc_network::{
	config::FullNetworkConfiguration, service::traits::NetworkService, NetworkBackend,
	NotificationMetrics, NotificationService, ProtocolName,
};
use sc_network_sync::SyncingService;
use sc_rpc::SubscriptionTaskExecutor;
use sc_service::{
	error::Error as ServiceError, BuildNetworkParams, Configuration, SpawnTasksParams, TaskManager,
	WarpSyncConfig,
};
use sc_telemetry::Telemetry;
use sp_blockchain::HeaderBackend;
use sp_runtime::traits::NumberFor;
use std::sync::Arc;

/// Builds the node's own RPC methods; called once per RPC server.
pub(super) type RpcBuilder =
	Box<dyn Fn(SubscriptionTaskExecutor) -> Result<RpcModule<()>, ServiceError>>;

/// What only [`join`] needs.
pub(super) struct JoinParams<'a> {
	/// The node's configuration.
	pub config: Configuration,
	/// Imports the blocks that peers send.
	pub import_queue: DefaultImportQueue<Block>,
	/// GRANDPA's authorities, for warp sync.
	pub authority_set: SharedAuthoritySet<BlockHash, NumberFor<Block>>,
	/// The node's own RPC methods.
	pub rpc: RpcBuilder,
	/// Reports to the telemetry servers; `None` if there are none.
	pub telemetry: Option<&'a mut Telemetry>,
}

/// The connections to the peers.
pub(super) struct NetworkParts {
	/// The network itself.
	pub network: Arc<dyn NetworkService>,
	/// Block synchronization.
	pub sync: Arc<SyncingService<Block>>,
	/// GRANDPA's protocol.
	pub grandpa: GrandpaProtocol,
	/// BEEFY's protocols; `None` once its voter has them.
	pub beefy: Option<bridge::Protocols>,
}

/// GRANDPA's own protocol between peers.
pub(super) struct GrandpaProtocol {
	/// Its name, unique to the chain.
	pub name: ProtocolName,
	/// This node's end of it.
	pub notifications: Box<dyn NotificationService>,
}

/// Starts the network, the RPC servers, Prometheus, telemetry and the offchain workers.
pub(super) fn join<Net: NetworkBackend<Block, BlockHash>>(
	params: JoinParams,
	shared: &Shared,
	task_manager: &mut TaskManager,
) -> Result<NetworkParts, ServiceError> {
	let JoinParams { config, import_queue, authority_set, rpc, telemetry } = params;

	let metrics = Net::register_notification_metrics(config.prometheus_registry());
	let mut net_config =
		FullNetworkConfiguration::<_, _, Net>::new(&config.network, shared.prometheus.clone());
	let grandpa = add_grandpa_protocol(&mut net_config, &config, &shared.client, metrics.clone());
	let beefy = bridge::add_protocols(&mut net_config, &config, shared, metrics.clone());
	let warp_proofs = WarpProofs::new(shared.backend.clone(), authority_set, Vec::new());

	let (network, system_rpc_tx, tx_handler_controller, sync, _bitswap) =
		sc_service::build_network(BuildNetworkParams {
			config: &config,
			net_config,
			client: shared.client.clone(),
			transaction_pool: shared.pool.clone(),
			spawn_handle: task_manager.spawn_handle(),
			spawn_essential_handle: task_manager.spawn_essential_handle(),
			import_queue,
			block_announce_validator_builder: None,
			warp_sync_config: Some(WarpSyncConfig::WithProvider(Arc::new(warp_proofs))),
			block_relay: None,
			metrics,
			gap_sync_body_policy: None,
		})?;

	if config.offchain_worker.enabled {
		offchain::spawn(config.role, shared, network.clone(), task_manager)?;
	}

	sc_service::spawn_tasks(SpawnTasksParams {
		config,
		client: shared.client.clone(),
		backend: shared.backend.clone(),
		task_manager,
		keystore: shared.keystore.clone(),
		transaction_pool: shared.pool.clone(),
		rpc_builder: rpc,
		network: network.clone(),
		system_rpc_tx,
		tx_handler_controller,
		sync_service: sync.clone(),
		telemetry,
		tracing_execute_block: None,
	})?;

	Ok(NetworkParts { network, sync, grandpa, beefy: Some(beefy) })
}

/// Registers GRANDPA's protocol with the network.
fn add_grandpa_protocol<Net: NetworkBackend<Block, BlockHash>>(
	net_config: &mut FullNetworkConfiguration<Block, BlockHash, Net>,
	config: &Configuration,
	client: &FullClient,
	metrics: NotificationMetrics,
) -> GrandpaProtocol {
	let name = sc_consensus_grandpa::protocol_standard_name(
		&client.info().genesis_hash,
		&config.chain_spec,
	);
	let (protocol, notifications) = sc_consensus_grandpa::grandpa_peers_set_config::<_, Net>(
		name.clone(),
		metrics,
		net_config.peer_store_handle(),
	);
	net_config.add_notification_protocol(protocol);
	GrandpaProtocol { name, notifications }
}
