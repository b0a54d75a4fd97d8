//! Makes blocks on request and finalizes them at once, for tests on a development chain.

use super::{
	consensus::{proposer, Authoring},
	BlockHash, FullClient, FullPool, Shared,
};
use crate::cli::Sealing;
use allora_runtime::opaque::Block;
use futures::{channel::mpsc, future, stream, stream::BoxStream, StreamExt};
use futures_timer::Delay;
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
use std::{
	future::Future,
	sync::Arc,
	time::{Duration, Instant},
};

/// A request to the engine: to make a block, or to finalize one.
pub type Request = EngineCommand<BlockHash>;

/// The maximum number of requests that wait for the engine.
const WAITING_REQUESTS: usize = 1_000;

/// The engine before it is started.
pub(super) struct Sealer {
	when: Sealing,
	sender: mpsc::Sender<Request>,
	requests: mpsc::Receiver<Request>,
}

impl Sealer {
	/// An engine for this node; an error if the chain is not this node's alone.
	pub fn new(when: Sealing, config: &Configuration) -> Result<Self, ServiceError> {
		allowed(&config.chain_spec.chain_type(), &config.role)?;
		let (sender, requests) = mpsc::channel(WAITING_REQUESTS);
		Ok(Self { when, sender, requests })
	}

	/// The sender of requests, for the RPC.
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

/// Returns an error unless this node alone makes the chain's blocks.
fn allowed(chain: &ChainType, role: &Role) -> Result<(), ServiceError> {
	if *chain == ChainType::Development && role.is_authority() {
		return Ok(());
	}
	Err(ServiceError::Other(
		"`--sealing` is only for a development chain of a single node: use it with `--dev`".into(),
	))
}

/// A request for a block, possibly empty, that is finalized at once.
fn seal() -> Request {
	EngineCommand::SealNewBlock {
		create_empty: true,
		finalize: true,
		parent_hash: None,
		sender: None,
	}
}

/// The requests that come without the RPC.
fn own_requests(when: Sealing, pool: &FullPool) -> BoxStream<'static, Request> {
	match when {
		Sealing::Manual => stream::pending().boxed(),
		Sealing::Instant => pool.import_notification_stream().map(|_| seal()).boxed(),
		Sealing::Every(period) => ticks(period, Instant::now, sleep_until).map(|()| seal()).boxed(),
	}
}

/// Waits until then.
///
/// Its timer does not belong to tokio, whose timers panic when they are polled after the runtime
/// has begun to shut down: the engine may then still be making a block.
fn sleep_until(due: Instant) -> Delay {
	Delay::new(due.saturating_duration_since(Instant::now()))
}

/// One tick per period; ticks that are missed while a block is made are left out.
///
/// `now` and `sleep_until` are the clock.
fn ticks<Sleep: Future<Output = ()>>(
	period: Duration,
	now: impl Fn() -> Instant,
	sleep_until: impl Fn(Instant) -> Sleep,
) -> impl stream::Stream<Item = ()> {
	stream::unfold((now(), now, sleep_until), move |(last, now, sleep_until)| async move {
		let due = (last + period).max(now());
		sleep_until(due).await;
		Some(((), (due, now, sleep_until)))
	})
}

/// Refuses a request for a block that must not be empty if the pool is empty; passes all others.
///
/// The engine itself would take a block with a single transaction for an empty one: it counts an
/// inherent for the slot, and BABE has none.
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

/// The inherents of a sealed block: those of the slot after the best block's.
///
/// Blocks are also checked with them, since they may be ahead of the machine's clock.
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
	use futures::FutureExt;
	use std::cell::Cell;

	#[test]
	fn only_the_authority_of_a_development_chain_may_seal() {
		assert!(allowed(&ChainType::Development, &Role::Authority).is_ok());
		for (chain, role) in [
			(ChainType::Development, Role::Full),
			(ChainType::Local, Role::Authority),
			(ChainType::Live, Role::Authority),
		] {
			let error = allowed(&chain, &role).expect_err("not this node's alone").to_string();
			assert!(error.contains("use it with `--dev`"), "{error}");
		}
	}

	#[test]
	fn ticks_come_once_per_period_and_missed_ones_are_left_out() {
		let period = Duration::from_millis(20);
		let start = Instant::now();
		let clock = Cell::new(start);
		// The clock moves by sleeping only, and never waits.
		let sleep_until = |due: Instant| {
			clock.set(due);
			future::ready(())
		};
		let mut ticks = Box::pin(ticks(period, || clock.get(), sleep_until));
		let mut next = || {
			ticks.next().now_or_never().flatten().expect("the clock does not wait");
			clock.get() - start
		};
		assert_eq!([next(), next()], [period, 2 * period]);
		// A block takes four and a half periods: one tick comes at once, the next a period later.
		clock.set(clock.get() + 9 * period / 2);
		assert_eq!([next(), next()], [13 * period / 2, 15 * period / 2]);
	}
}
