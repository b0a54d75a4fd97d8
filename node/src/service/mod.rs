//! Assembles a node: client, network, consensus, RPC and the tasks that keep them going.
//!
//! - `executor` compiles and runs the runtime;
//! - `genesis` builds the genesis block of a new database;
//! - `partial` opens the database and builds what works without a network;
//! - `network` starts the network and the tasks that serve peers and RPC clients;
//! - `consensus` makes blocks (BABE) and finalizes them (GRANDPA);
//! - `sealing` makes and finalizes blocks in place of both, on a development chain only;
//! - `equivocation` reports validators that make two blocks in a slot;
//! - `bridge` signs finalized blocks for other chains (BEEFY) and keeps what proofs are made of;
//! - `discovery` publishes and finds the addresses of authorities;
//! - `metrics` shows what the chain's epochs, submissions and rewards do;
//! - `offchain` runs the runtime's offchain workers;
//! - `tasks` spawns the tasks of these components.

mod bridge;
mod consensus;
mod discovery;
mod equivocation;
mod executor;
mod genesis;
mod metrics;
mod network;
mod offchain;
mod partial;
mod sealing;
mod tasks;

pub use bridge::RpcLinks;
pub use executor::Executor;
pub use partial::{new_partial, Clock, ConsensusParts, FullGrandpaLink};
pub use sealing::Request;
pub use tasks::Purpose;

use crate::{
	cli::Sealing,
	rpc::{self, FullDeps, GrandpaDeps},
};
use allora_runtime::{opaque::Block, RuntimeApi};
use consensus::Settings;
use futures::channel::mpsc;
use network::{JoinParams, RpcBuilder};
use sc_client_api::Backend;
use sc_consensus_babe::BabeWorkerHandle;
use sc_consensus_grandpa::{FinalityProofProvider, SharedVoterState};
use sc_network::{
	config::NetworkBackendType, Litep2pNetworkBackend, NetworkBackend, NetworkWorker,
};
use sc_network_sync::SyncingService;
use sc_service::{error::Error as ServiceError, Configuration, PartialComponents, TaskManager};
use sc_storage_monitor::{StorageMonitorParams, StorageMonitorService};
use sc_telemetry::TelemetryHandle;
use sc_transaction_pool::TransactionPoolHandle;
use sealing::Sealer;
use sp_keystore::KeystorePtr;
use sp_runtime::traits::Block as BlockT;
use std::sync::Arc;

/// The hash of a block.
pub type BlockHash = <Block as BlockT>::Hash;

/// The functions of the node that the runtime may call.
pub type HostFunctions = sp_io::SubstrateHostFunctions;

/// The client: blocks, state and runtime.
pub type FullClient = sc_service::TFullClient<Block, RuntimeApi, Executor>;

/// The database.
pub type FullBackend = sc_service::TFullBackend<Block>;

/// The rule for the best of several chains.
pub type FullSelectChain = sc_consensus::LongestChain<FullBackend, Block>;

/// What the runtime has indexed for offchain reading.
pub type Indexed = <FullBackend as Backend<Block>>::OffchainStorage;

/// The transaction pool.
pub type FullPool = TransactionPoolHandle<Block, FullClient>;

/// The handles that the parts of a running node share.
struct Shared {
	client: Arc<FullClient>,
	backend: Arc<FullBackend>,
	keystore: KeystorePtr,
	pool: Arc<FullPool>,
	select_chain: FullSelectChain,
	telemetry: Option<TelemetryHandle>,
	prometheus: Option<substrate_prometheus_endpoint::Registry>,
}

/// The options of a node that the SDK's configuration does not have.
pub struct Options {
	/// When to stop because the disk is almost full.
	pub storage_monitor: StorageMonitorParams,
	/// When to make blocks without slots and votes; `None` to make and finalize them by slots and
	/// votes.
	pub sealing: Option<Sealing>,
}

/// A handle of block synchronization, to be dropped after the node's tasks have ended.
///
/// The engine of block synchronization panics if it is polled once more after its last handle has
/// been dropped: its loop does not ask whether the queue of commands has ended. While a node stops,
/// the tasks that hold handles may end before the engine does.
pub type SyncHandle = Arc<SyncingService<Block>>;

/// Starts a node with the network backend that the configuration names.
pub fn new_full(
	config: Configuration,
	options: Options,
) -> Result<(TaskManager, SyncHandle), ServiceError> {
	match config.network.network_backend {
		NetworkBackendType::Libp2p => {
			new_full_on::<NetworkWorker<Block, BlockHash>>(config, options)
		}
		NetworkBackendType::Litep2p => new_full_on::<Litep2pNetworkBackend>(config, options),
	}
}

/// Starts a node on the network backend `Net`.
fn new_full_on<Net: NetworkBackend<Block, BlockHash>>(
	config: Configuration,
	options: Options,
) -> Result<(TaskManager, SyncHandle), ServiceError> {
	let Options { storage_monitor, sealing } = options;
	let clock = if sealing.is_some() { Clock::Blocks } else { Clock::Machine };
	let sealing = sealing.map(|when| Sealer::new(when, &config)).transpose()?;
	let PartialComponents {
		client,
		backend,
		mut task_manager,
		keystore_container,
		select_chain,
		import_queue,
		transaction_pool: pool,
		other: (consensus, mut telemetry),
	} = new_partial(&config, clock, Purpose::Node)?;
	watch_storage(&config, storage_monitor, &task_manager)?;

	let shared = Shared {
		client,
		backend,
		keystore: keystore_container.keystore(),
		pool,
		select_chain,
		telemetry: telemetry.as_ref().map(|telemetry| telemetry.handle()),
		prometheus: config.prometheus_registry().cloned(),
	};
	metrics::spawn(config.role, &shared, &task_manager)?;
	// The voter writes it and the RPC reads it, so both need the same one.
	let voter_state = SharedVoterState::empty();
	let settings = Settings::of(&config);
	let discovery = discovery::config(&config.network);

	let grandpa_rpc = grandpa_deps(&shared, &consensus.grandpa_link, voter_state.clone());
	let authority_set = grandpa_rpc.authority_set.clone();
	let chain_spec = config.chain_spec.cloned_box();
	let requests = sealing.as_ref().map(Sealer::requests);
	let babe_worker = consensus.babe_worker.clone();
	let beefy_rpc = consensus.beefy_rpc.clone();
	let rpc = rpc_builder(chain_spec, &shared, babe_worker, grandpa_rpc, beefy_rpc, requests)?;
	let mut network = network::join::<Net>(
		JoinParams { config, import_queue, authority_set, rpc, telemetry: telemetry.as_mut() },
		&shared,
		&mut task_manager,
	)?;

	let sync = network.sync.clone();
	let ConsensusParts { block_import, babe_link, inherents, grandpa_link, beefy_voter, .. } =
		consensus;
	if settings.indexing {
		bridge::spawn_mountain_range(&shared, &task_manager);
	}
	let authoring = consensus::Authoring { block_import, babe_link, inherents };
	if let Some(sealer) = sealing {
		sealer.spawn(authoring, &shared, &task_manager)?;
		return Ok((task_manager, sync));
	}
	if settings.role.is_authority() {
		consensus::spawn_authoring(authoring, &settings, &shared, &network, &task_manager)?;
		discovery::spawn(discovery, &shared, &network, &task_manager);
	}
	if settings.grandpa {
		if let Some(protocols) = network.beefy.take() {
			let voter = (beefy_voter, protocols);
			bridge::spawn_voter(voter, &settings, &shared, &network, &task_manager);
		}
		let voting = consensus::Voting { link: grandpa_link, state: voter_state };
		consensus::spawn_voter(voting, &settings, &shared, network, &task_manager)?;
	}

	Ok((task_manager, sync))
}

/// Stops the node before its disk is full.
fn watch_storage(
	config: &Configuration,
	params: StorageMonitorParams,
	task_manager: &TaskManager,
) -> Result<(), ServiceError> {
	let Some(path) = config.database.path() else { return Ok(()) };
	StorageMonitorService::try_spawn(
		params,
		path.to_path_buf(),
		&task_manager.spawn_essential_handle(),
	)
	.map_err(|error| ServiceError::Application(error.into()))
}

/// What the RPC methods of GRANDPA read.
fn grandpa_deps(
	shared: &Shared,
	link: &FullGrandpaLink,
	voter_state: SharedVoterState,
) -> GrandpaDeps {
	let authority_set = link.shared_authority_set().clone();
	GrandpaDeps {
		voter_state,
		justifications: link.justification_stream(),
		proofs: FinalityProofProvider::new_for_service(
			shared.backend.clone(),
			Some(authority_set.clone()),
		),
		authority_set,
	}
}

/// Builds the node's own RPC methods, once per server.
fn rpc_builder(
	chain_spec: Box<dyn sc_service::ChainSpec>,
	shared: &Shared,
	babe_worker: BabeWorkerHandle<Block>,
	grandpa: GrandpaDeps,
	beefy: RpcLinks,
	sealing: Option<mpsc::Sender<Request>>,
) -> Result<RpcBuilder, ServiceError> {
	let client = shared.client.clone();
	let pool = shared.pool.clone();
	let select_chain = shared.select_chain.clone();
	let keystore = shared.keystore.clone();
	let indexed = shared.backend.offchain_storage();
	let missing = || ServiceError::Other("the database keeps no offchain storage".into());
	let indexed = indexed.ok_or_else(missing)?;

	Ok(Box::new(move |executor| {
		let deps = FullDeps {
			client: client.clone(),
			pool: pool.clone(),
			select_chain: select_chain.clone(),
			chain_spec: chain_spec.cloned_box(),
			keystore: keystore.clone(),
			babe_worker: babe_worker.clone(),
			grandpa: grandpa.clone(),
			beefy: beefy.clone(),
			indexed: indexed.clone(),
			sealing: sealing.clone(),
		};
		rpc::create_full(deps, executor).map_err(Into::into)
	}))
}
