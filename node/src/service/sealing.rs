//! Makes blocks when they are asked for and finalises them at once, for tests on a dev chain.

use super::{
	consensus::{proposer, Authoring},
	BlockHash, FullClient, FullPool, Shared,
};
use crate::cli::Sealing;
use allora_runtime::opaque::Block;
use futures::{channel::mpsc, future, stream, stream::BoxStream, StreamExt};
use sc_consensus_manual_seal::{
	consensus::{babe::BabeConsensusDataProvider, timestamp::SlotTimestampProvider},
	rpc::send_result,
	run_manual_seal, EngineCommand, Error, ManualSealParams,
};
use sc_service::{error::Error as ServiceError, ChainType, Configuration, Role, TaskManager};
use sc_transaction_pool_api::TransactionPool;
use sp_consensus_babe::inherents::{
	BabeCreateInherentDataProviders, InherentDataProvider as BabeInherent,
};
use sp_timestamp::InherentDataProvider as TimestampInherent;
use std::{sync::Arc, time::Duration};
use tokio::time::{sleep_until, Instant};

/// What the engine can be asked for: a new block, or to finalise one.
pub type Request = EngineCommand<BlockHash>;

/// Requests that may wait for the engine.
const WAITING_REQUESTS: usize = 1_000;

/// The engine before it runs.
pub(super) struct Sealer {
	when: Sealing,
	sender: mpsc::Sender<Request>,
	requests: mpsc::Receiver<Request>,
}

impl Sealer {
	/// An engine for this node, unless its chain is shared with others.
	pub fn new(when: Sealing, config: &Configuration) -> Result<Self, ServiceError> {
		allowed(&config.chain_spec.chain_type(), &config.role)?;
		let (sender, requests) = mpsc::channel(WAITING_REQUESTS);
		Ok(Self { when, sender, requests })
	}

	/// Where the RPC sends its requests.
	pub fn requests(&self) -> mpsc::Sender<Request> {
		self.sender.clone()
	}

	/// Starts the engine.
	pub fn spawn(
		self,
		authoring: Authoring,
		shared: &Shared,
		task_manager: &TaskManager,
	) -> Result<(), ServiceError> {
		let Authoring { block_import, babe_link, inherents } = authoring;
		let digests = BabeConsensusDataProvider::new(
			shared.client.clone(),
			shared.keystore.clone(),
			babe_link.epoch_changes().clone(),
			babe_link.config().authorities.clone(),
		)
		.map_err(|error| ServiceError::Application(error.into()))?;

		let own = own_requests(self.when, &shared.pool);
		let pool = shared.pool.clone();
		let requests = stream::select(self.requests, own)
			.filter_map(move |request| future::ready(unless_empty(request, &pool)));
		let engine = run_manual_seal(ManualSealParams {
			block_import,
			env: proposer(shared, task_manager),
			client: shared.client.clone(),
			pool: shared.pool.clone(),
			commands_stream: requests,
			select_chain: shared.select_chain.clone(),
			consensus_data_provider: Some(Box::new(digests)),
			create_inherent_data_providers: inherents,
		});

		task_manager.spawn_essential_handle().spawn_blocking(
			"sealing",
			Some("block-authoring"),
			engine,
		);
		Ok(())
	}
}

/// An error unless the chain is of this node alone, which has the keys to make its blocks.
fn allowed(chain: &ChainType, role: &Role) -> Result<(), ServiceError> {
	if *chain == ChainType::Development && role.is_authority() {
		return Ok(());
	}
	Err(ServiceError::Other(
		"`--sealing` is for a development chain that this node alone makes: use it with `--dev`"
			.into(),
	))
}

/// A request for a block that is finalised at once.
fn seal() -> Request {
	EngineCommand::SealNewBlock {
		create_empty: true,
		finalize: true,
		parent_hash: None,
		sender: None,
	}
}

/// The requests that nobody has to send.
fn own_requests(when: Sealing, pool: &FullPool) -> BoxStream<'static, Request> {
	match when {
		Sealing::Manual => stream::pending().boxed(),
		Sealing::Instant => pool.import_notification_stream().map(|_| seal()).boxed(),
		Sealing::Every(period) => ticks(period).map(|()| seal()).boxed(),
	}
}

/// One tick a period; those missed while a block was made are not made up for.
fn ticks(period: Duration) -> impl stream::Stream<Item = ()> {
	stream::unfold(Instant::now(), move |last| async move {
		let due = (last + period).max(Instant::now());
		sleep_until(due).await;
		Some(((), due))
	})
}

/// Answers a request for a block that must not be empty if the pool is; all others pass.
///
/// The engine itself would take a block with a single transaction for an empty one: it counts the
/// slot among the inherents, and BABE needs none for it.
fn unless_empty(request: Request, pool: &FullPool) -> Option<Request> {
	match request {
		EngineCommand::SealNewBlock { create_empty: false, mut sender, .. }
			if pool.status().ready == 0 =>
		{
			send_result(&mut sender, Err(Error::EmptyTransactionPool));
			None
		}
		EngineCommand::SealNewBlock { finalize, parent_hash, sender, .. } => {
			Some(EngineCommand::SealNewBlock { create_empty: true, finalize, parent_hash, sender })
		}
		other => Some(other),
	}
}

/// The inherents of a sealed block: a slot after the best block's.
///
/// They serve for making blocks and for checking them, as these may be ahead of the machine's clock.
pub(super) fn inherents(client: Arc<FullClient>) -> BabeCreateInherentDataProviders<Block> {
	Arc::new(move |_, ()| {
		let client = client.clone();
		async move {
			let next = SlotTimestampProvider::new_babe::<Block, _>(client)?;
			Ok((BabeInherent::new(next.slot()), TimestampInherent::new(next.timestamp())))
		}
	})
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn only_a_development_chain_of_its_authority_is_sealed() {
		assert!(allowed(&ChainType::Development, &Role::Authority).is_ok());
		for (chain, role) in [
			(ChainType::Development, Role::Full),
			(ChainType::Local, Role::Authority),
			(ChainType::Live, Role::Authority),
		] {
			let error = allowed(&chain, &role).expect_err("the chain is shared").to_string();
			assert!(error.contains("use it with `--dev`"), "{error}");
		}
	}

	#[tokio::test]
	async fn ticks_come_once_a_period_and_are_not_made_up_for() {
		let period = Duration::from_millis(20);
		let start = Instant::now();
		let mut ticks = Box::pin(ticks(period));
		ticks.next().await;
		ticks.next().await;
		assert!(start.elapsed() >= 2 * period);
		// Five are missed: one comes at once, the next a whole period later.
		tokio::time::sleep(5 * period).await;
		ticks.next().await;
		let late = start.elapsed();
		ticks.next().await;
		assert!(start.elapsed() >= late.max(7 * period) + period / 2);
	}
}
