//! The components of a node that need no network.

use super::{
	bridge::{BridgeImport, RpcLinks, VoterLinks},
	executor,
	genesis::Genesis,
	sealing,
	tasks::{Purpose, Spawner},
	FullBackend, FullClient, FullPool, FullSelectChain,
};
use allora_runtime::opaque::Block;
use sc_client_api::UsageProvider;
use sc_consensus::DefaultImportQueue;
use sc_consensus_babe::{BabeBlockImport, BabeLink, BabeWorkerHandle, ImportQueueParams};
use sc_consensus_beefy::beefy_block_import_and_links;
use sc_consensus_grandpa::{GrandpaBlockImport, GrandpaPruningFilter, LinkHalf};
use sc_service::{
	error::Error as ServiceError, Configuration, KeystoreContainer, PartialComponents,
	PruningFilter, TaskManager,
};
use sc_telemetry::{Telemetry, TelemetryHandle, TelemetryWorker};
use sc_transaction_pool_api::OffchainTransactionPoolFactory;
use sp_consensus_babe::{
	inherents::{BabeCreateInherentDataProviders, InherentDataProvider as BabeInherent},
	SlotDuration,
};
use sp_core::traits::CallContext;
use sp_timestamp::InherentDataProvider as TimestampInherent;
use std::{sync::Arc, time::Instant};

/// GRANDPA keeps a justification per this many blocks, besides those of authority set changes.
pub(super) const JUSTIFICATION_PERIOD: u32 = 512;

/// The maximum number of messages that wait for the telemetry worker.
const TELEMETRY_BUFFER: usize = 16;

/// Imports blocks and follows GRANDPA's authority set changes.
pub(super) type FinalityImport =
	GrandpaBlockImport<FullBackend, Block, FullClient, FullSelectChain>;

/// Imports blocks; checks BABE's rules before BEEFY's, and those before GRANDPA's.
pub type FullBlockImport = BabeBlockImport<
	Block,
	FullClient,
	BridgeImport,
	BabeCreateInherentDataProviders<Block>,
	FullSelectChain,
>;

/// What GRANDPA's block import hands to its voter.
pub type FullGrandpaLink = LinkHalf<Block, FullClient, FullSelectChain>;

/// The components of a node without a network.
pub type PartialNode = PartialComponents<
	FullClient,
	FullBackend,
	FullSelectChain,
	DefaultImportQueue<Block>,
	FullPool,
	(ConsensusParts, Option<Telemetry>),
>;

/// The parts of consensus that are not common components.
pub struct ConsensusParts {
	/// Imports the node's own blocks.
	pub block_import: FullBlockImport,
	/// BABE's epochs and configuration.
	pub babe_link: BabeLink<Block>,
	/// Serves queries about BABE's epochs.
	pub babe_worker: BabeWorkerHandle<Block>,
	/// GRANDPA's half of the block import.
	pub grandpa_link: FullGrandpaLink,
	/// BEEFY's half of the block import.
	pub beefy_voter: VoterLinks,
	/// What BEEFY's RPC methods read.
	pub beefy_rpc: RpcLinks,
	/// The slot and the time of a new block.
	pub inherents: BabeCreateInherentDataProviders<Block>,
}

/// The source of the time of a new block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
	/// The clock of the machine.
	Machine,
	/// The best block: one slot after it; at genesis, the clock of the machine.
	Blocks,
}

/// Opens the database and builds everything that works without a network.
pub fn new_partial(
	config: &Configuration,
	clock: Clock,
	purpose: Purpose,
) -> Result<PartialNode, ServiceError> {
	let telemetry = telemetry(config)?;
	let telemetry_handle = telemetry.as_ref().map(|(_, telemetry)| telemetry.handle());

	let (client, backend, keystore_container, task_manager) =
		open(config, telemetry_handle.clone())?;
	let spawner = Spawner::new(purpose, &task_manager);

	let telemetry = telemetry.map(|(worker, telemetry)| {
		task_manager.spawn_handle().spawn("telemetry", None, worker.run());
		telemetry
	});

	let select_chain = sc_consensus::LongestChain::new(backend.clone());
	let transaction_pool = Arc::new(
		sc_transaction_pool::Builder::new(
			spawner.clone(),
			client.clone(),
			config.role.is_authority().into(),
		)
		.with_options(config.transaction_pool.clone())
		.with_prometheus(config.prometheus_registry())
		.build(),
	);

	let (import_queue, consensus) = block_import(
		config,
		clock,
		(&client, &backend),
		&select_chain,
		&transaction_pool,
		&spawner,
		telemetry_handle,
	)?;

	Ok(PartialComponents {
		client,
		backend,
		task_manager,
		keystore_container,
		select_chain,
		import_queue,
		transaction_pool,
		other: (consensus, telemetry),
	})
}

/// Opens the database, which gets a genesis block if it is new, and prepares the runtime.
fn open(
	config: &Configuration,
	telemetry: Option<TelemetryHandle>,
) -> Result<(Arc<FullClient>, Arc<FullBackend>, KeystoreContainer, TaskManager), ServiceError> {
	let mut database = config.db_config();
	// Keeps the justifications that prove authority set changes, so that a node which prunes
	// blocks can still serve warp sync.
	database.pruning_filters = vec![Arc::new(GrandpaPruningFilter) as Arc<dyn PruningFilter>];
	let backend = sc_service::new_db_backend(database)?;
	let executor = executor::new(&config.executor);
	let genesis = Genesis {
		spec: &*config.chain_spec,
		keeps_state: !config.no_genesis(),
		backend: backend.clone(),
		executor: executor.clone(),
	};

	// The first use of the runtime compiles it, during which the node does nothing else.
	log::info!("⚙️  Preparing the runtime; to compile it may take a minute on a busy machine");
	let start = Instant::now();
	let (client, backend, keystore_container, task_manager) =
		sc_service::new_full_parts_with_genesis_builder(
			config, telemetry, executor, backend, genesis, false,
		)?;
	let client: Arc<FullClient> = Arc::new(client);
	let chain = client.usage_info().chain;
	// A node that is syncing from a later state has none but that of genesis.
	let block = if chain.finalized_state.is_some() { chain.best_hash } else { chain.genesis_hash };
	let version = client.runtime_version_at(block, CallContext::Offchain)?;
	log::info!(
		"⚙️  Runtime {}-{} is ready after {:.1} s",
		version.spec_name,
		version.spec_version,
		start.elapsed().as_secs_f32()
	);
	Ok((client, backend, keystore_container, task_manager))
}

/// Builds the block import and its queue: BABE around BEEFY around GRANDPA around the client.
fn block_import(
	config: &Configuration,
	clock: Clock,
	(client, backend): (&Arc<FullClient>, &Arc<FullBackend>),
	select_chain: &FullSelectChain,
	transaction_pool: &Arc<FullPool>,
	spawner: &Spawner,
	telemetry: Option<TelemetryHandle>,
) -> Result<(DefaultImportQueue<Block>, ConsensusParts), ServiceError> {
	let (finality_import, grandpa_link) = sc_consensus_grandpa::block_import(
		client.clone(),
		JUSTIFICATION_PERIOD,
		client,
		select_chain.clone(),
		telemetry.clone(),
	)?;

	let (bridge_import, beefy_voter, beefy_rpc) = beefy_block_import_and_links(
		finality_import.clone(),
		backend.clone(),
		client.clone(),
		config.prometheus_registry().cloned(),
	);

	let babe_config = sc_consensus_babe::configuration(&**client)?;
	let slot_duration = babe_config.slot_duration();
	let inherents = match clock {
		Clock::Machine => inherents(slot_duration),
		Clock::Blocks => sealing::inherents(client.clone()),
	};
	let (block_import, babe_link) = sc_consensus_babe::block_import(
		babe_config,
		bridge_import,
		client.clone(),
		inherents.clone(),
		select_chain.clone(),
		OffchainTransactionPoolFactory::new(transaction_pool.clone()),
	)?;

	let (import_queue, babe_worker) = sc_consensus_babe::import_queue(ImportQueueParams {
		link: babe_link.clone(),
		block_import: block_import.clone(),
		justification_import: Some(Box::new(finality_import)),
		client: client.clone(),
		slot_duration,
		spawner,
		registry: config.prometheus_registry(),
		telemetry,
	})?;

	let parts = ConsensusParts {
		block_import,
		babe_link,
		babe_worker,
		grandpa_link,
		beefy_voter,
		beefy_rpc,
		inherents,
	};
	Ok((import_queue, parts))
}

/// The inherents of a new block: the current slot and time.
fn inherents(slot_duration: SlotDuration) -> BabeCreateInherentDataProviders<Block> {
	Arc::new(move |_, ()| async move {
		let timestamp = TimestampInherent::from_system_time();
		let slot = BabeInherent::from_timestamp_and_slot_duration(*timestamp, slot_duration);
		Ok((slot, timestamp))
	})
}

/// Prepares telemetry; `None` if the configuration names no servers.
fn telemetry(
	config: &Configuration,
) -> Result<Option<(TelemetryWorker, Telemetry)>, sc_telemetry::Error> {
	config
		.telemetry_endpoints
		.clone()
		.filter(|endpoints| !endpoints.is_empty())
		.map(|endpoints| {
			let worker = TelemetryWorker::new(TELEMETRY_BUFFER)?;
			let telemetry = worker.handle().new_telemetry(endpoints);
			Ok((worker, telemetry))
		})
		.transpose()
}
