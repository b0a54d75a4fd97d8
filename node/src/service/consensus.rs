//! Makes blocks with BABE and finalizes them with GRANDPA.

use super::{
	network::NetworkParts,
	partial::{FullBlockImport, FullGrandpaLink, JUSTIFICATION_PERIOD},
	FullClient, FullPool, Shared,
};
use allora_runtime::opaque::Block;
use sc_basic_authorship::ProposerFactory;
use sc_consensus_babe::{BabeLink, BabeParams, SlotProportion};
use sc_consensus_grandpa::{GrandpaParams, SharedVoterState, VotingRulesBuilder};
use sc_consensus_slots::BackoffAuthoringOnFinalizedHeadLagging;
use sc_service::{error::Error as ServiceError, Configuration, Role, TaskManager};
use sc_transaction_pool_api::OffchainTransactionPoolFactory;
use sp_consensus_babe::inherents::BabeCreateInherentDataProviders;
use std::{sync::Arc, time::Duration};

/// The part of a slot that building a block may take; the rest is for sending it to the peers.
const PROPOSAL_PORTION: f32 = 2.0 / 3.0;

/// The time that a vote is expected to take to the peers.
const GOSSIP_DURATION: Duration = Duration::from_millis(333);

/// The part of the configuration that consensus needs; the network takes the whole of it.
pub(super) struct Settings {
	/// Whether this is an authority.
	pub role: Role,
	/// Whether to vote in GRANDPA, or follow its votes if this is not an authority.
	pub grandpa: bool,
	/// Whether proofs from the Merkle mountain range are to be served.
	pub indexing: bool,
	/// Whether to make blocks without peers and without finality.
	force_authoring: bool,
	/// The node's name, for telemetry.
	name: String,
}

impl Settings {
	/// The settings in a configuration.
	pub fn of(config: &Configuration) -> Self {
		Self {
			role: config.role,
			grandpa: !config.disable_grandpa,
			indexing: config.offchain_worker.indexing_enabled,
			force_authoring: config.force_authoring,
			name: config.network.node_name.clone(),
		}
	}
}

/// What only block production needs.
pub(super) struct Authoring {
	/// Imports the node's own blocks.
	pub block_import: FullBlockImport,
	/// BABE's epochs and configuration.
	pub babe_link: BabeLink<Block>,
	/// The slot and the time of a new block.
	pub inherents: BabeCreateInherentDataProviders<Block>,
}

/// Returns the factory of blocks with the pool's transactions.
pub(super) fn proposer(
	shared: &Shared,
	task_manager: &TaskManager,
) -> ProposerFactory<FullPool, FullClient> {
	ProposerFactory::new(
		task_manager.spawn_handle(),
		shared.client.clone(),
		shared.pool.clone(),
		shared.prometheus.as_ref(),
		shared.telemetry.clone(),
	)
}

/// Starts making blocks in the slots of this node's authority.
pub(super) fn spawn_authoring(
	authoring: Authoring,
	settings: &Settings,
	shared: &Shared,
	network: &NetworkParts,
	task_manager: &TaskManager,
) -> Result<(), ServiceError> {
	// Authors make fewer blocks while finality lags, unless `--force-authoring` is set.
	let backoff = (!settings.force_authoring).then(BackoffAuthoringOnFinalizedHeadLagging::default);

	let babe = sc_consensus_babe::start_babe(BabeParams {
		keystore: shared.keystore.clone(),
		client: shared.client.clone(),
		select_chain: shared.select_chain.clone(),
		env: proposer(shared, task_manager),
		block_import: authoring.block_import,
		sync_oracle: network.sync.clone(),
		justification_sync_link: network.sync.clone(),
		create_inherent_data_providers: authoring.inherents,
		force_authoring: settings.force_authoring,
		backoff_authoring_blocks: backoff,
		babe_link: authoring.babe_link,
		block_proposal_slot_portion: SlotProportion::new(PROPOSAL_PORTION),
		max_block_proposal_slot_portion: None,
		telemetry: shared.telemetry.clone(),
	})?;

	task_manager.spawn_essential_handle().spawn_blocking(
		"babe-proposer",
		Some("block-authoring"),
		babe,
	);
	Ok(())
}

/// What only voting needs.
pub(super) struct Voting {
	/// GRANDPA's half of the block import.
	pub link: FullGrandpaLink,
	/// The votes of the running round, shared with the RPC.
	pub state: SharedVoterState,
}

/// Starts voting on finality, or following the votes if this is not an authority.
pub(super) fn spawn_voter(
	voting: Voting,
	settings: &Settings,
	shared: &Shared,
	network: NetworkParts,
	task_manager: &TaskManager,
) -> Result<(), ServiceError> {
	let config = sc_consensus_grandpa::Config {
		gossip_duration: GOSSIP_DURATION,
		justification_generation_period: JUSTIFICATION_PERIOD,
		observer_enabled: false,
		local_role: settings.role,
		name: Some(settings.name.clone()),
		keystore: settings.role.is_authority().then(|| shared.keystore.clone()),
		telemetry: shared.telemetry.clone(),
		protocol_name: network.grandpa.name,
	};
	let voter = sc_consensus_grandpa::run_grandpa_voter(GrandpaParams {
		config,
		link: voting.link,
		network: network.network,
		sync: Arc::new(network.sync),
		notification_service: network.grandpa.notifications,
		voting_rule: VotingRulesBuilder::default().build(),
		prometheus_registry: shared.prometheus.clone(),
		shared_voter_state: voting.state,
		telemetry: shared.telemetry.clone(),
		offchain_tx_pool_factory: OffchainTransactionPoolFactory::new(shared.pool.clone()),
	})?;

	task_manager.spawn_essential_handle().spawn_blocking("grandpa-voter", None, voter);
	Ok(())
}
