//! The node's own Prometheus series: what the chain's epochs, submissions and rewards do.
//!
//! A task follows the best and the finalized blocks and asks the runtime of each for its figures
//! (`MonitoringApi`), so that they are right after an upgrade to a runtime that this node does not
//! know. Counters count finalized blocks, each once, since the start of the node; gauges show the
//! best block. A block that cannot be read is counted as such.

mod series;

use super::{BlockHash, FullClient, Shared};
use allora_primitives::api::{BlockFigures, ClockFigures, MonitoringApi};
use allora_runtime::{opaque::Block, VERSION};
use futures::{future, stream, FutureExt, Stream, StreamExt};
use sc_client_api::{BlockchainEvents, HeaderBackend};
use sc_service::{Role, TaskManager};
use series::{Series, Unread};
use sp_api::{ApiExt, CallApiAt, ProvideRuntimeApi};
use sp_consensus_babe::{AuthorityId, BabeApi};
use sp_core::{
	crypto::{key_types::BABE, ByteArray},
	traits::CallContext,
};
use sp_keystore::KeystorePtr;
use std::sync::Arc;
use substrate_prometheus_endpoint::PrometheusError;

/// The version of the runtime API whose figures this node knows.
const API_VERSION: u32 = 1;

/// The maximum number of blocks that are read when a block becomes final; older ones, whose states
/// a node does not keep by default, are counted as unread.
const MAX_READ: usize = 256;

/// Starts the task, if the node has metrics.
pub(super) fn spawn(
	role: Role,
	shared: &Shared,
	task_manager: &TaskManager,
) -> Result<(), PrometheusError> {
	let Some(registry) = &shared.prometheus else { return Ok(()) };
	let series = Series::register(registry)?;
	series.native_version(VERSION.spec_version);
	let client = shared.client.clone();
	// Before the task starts, so that no block is missed.
	let best = client
		.import_notification_stream()
		.filter_map(|block| future::ready(block.is_new_best.then_some(block.hash)));
	let finalised = client.finality_notification_stream().map(|block| {
		let mut blocks = block.tree_route.to_vec();
		blocks.push(block.hash);
		blocks
	});
	let keystore = role.is_authority().then(|| shared.keystore.clone());
	let observer = Observer { client, keystore, series };
	task_manager.spawn_handle().spawn_blocking("metrics", None, observer.run(best, finalised));
	Ok(())
}

/// Figures of a block, or why there are none.
type Figures<T> = Result<T, Unread>;

struct Observer {
	client: Arc<FullClient>,
	/// The keys of a validator.
	keystore: Option<KeystorePtr>,
	series: Series,
}

/// What the task waits for.
enum Event {
	Best(BlockHash),
	Finalised(Vec<BlockHash>),
}

impl Observer {
	/// Follows the blocks until the node stops.
	async fn run(
		self,
		best: impl Stream<Item = BlockHash>,
		finalised: impl Stream<Item = Vec<BlockHash>>,
	) {
		self.show(self.client.info().best_hash);
		let best = newest(best).map(Event::Best);
		let mut events = Box::pin(stream::select(best, finalised.map(Event::Finalised)));
		while let Some(event) = events.next().await {
			match event {
				Event::Best(block) => self.show(block),
				Event::Finalised(blocks) => self.count(&blocks),
			}
		}
	}

	/// Sets the gauges to a block.
	fn show(&self, block: BlockHash) {
		if let Ok(version) = self.client.runtime_version_at(block, CallContext::Offchain) {
			self.series.chain_version(version.spec_version);
		}
		let figures = self.clock_figures(block);
		self.series.readable(figures.is_ok());
		if let Ok(figures) = figures {
			self.series.show(&figures);
		}
		if let Some(is_authority) = self.is_authority(block) {
			self.series.authority(is_authority);
		}
	}

	/// Adds finalized blocks, oldest first, to the counters.
	fn count(&self, blocks: &[BlockHash]) {
		let first = blocks.len().saturating_sub(MAX_READ);
		let (skipped, recent) = blocks.split_at(first);
		self.series.unread(Unread::TooOld, skipped.len());
		for block in recent {
			match self.block_figures(*block) {
				Ok(figures) => self.series.count(&figures),
				Err(why) => self.series.unread(why, 1),
			}
		}
	}

	fn block_figures(&self, block: BlockHash) -> Figures<BlockFigures> {
		// The events of a block that upgrades the runtime are of the former runtime, but only the
		// new one can be asked for them.
		let header = self.client.header(block).ok().flatten().ok_or(Unread::NoState)?;
		let version = |at| {
			let version = self.client.runtime_version_at(at, CallContext::Offchain);
			version.map(|version| version.spec_version).map_err(|_| Unread::NoState)
		};
		if version(header.parent_hash)? != version(block)? {
			return Err(Unread::Upgrade);
		}
		self.ensure_known(block)?;
		self.client.runtime_api().block_figures(block).map_err(|_| Unread::NoState)
	}

	fn clock_figures(&self, block: BlockHash) -> Figures<ClockFigures> {
		self.ensure_known(block)?;
		self.client.runtime_api().clock_figures(block).map_err(|_| Unread::NoState)
	}

	/// Fails unless this node knows the types of the runtime's figures.
	fn ensure_known(&self, block: BlockHash) -> Figures<()> {
		let version = self.client.runtime_api().api_version::<dyn MonitoringApi<Block>>(block);
		match version {
			Ok(Some(API_VERSION)) => Ok(()),
			Ok(_) => Err(Unread::UnknownApi),
			Err(_) => Err(Unread::NoState),
		}
	}

	/// Whether this node has a key of an authority; `None` if it is not a validator, or the block
	/// cannot be read.
	fn is_authority(&self, block: BlockHash) -> Option<bool> {
		let keystore = self.keystore.as_ref()?;
		let epoch = self.client.runtime_api().current_epoch(block).ok()?;
		let has = |id: &AuthorityId| keystore.has_keys(&[(id.to_raw_vec(), BABE)]);
		Some(epoch.authorities.iter().any(|(id, _)| has(id)))
	}
}

/// The items of a stream; of several that are ready, only the last.
fn newest<T>(items: impl Stream<Item = T>) -> impl Stream<Item = T> {
	stream::unfold(Box::pin(items), |mut items| async move {
		let mut item = items.next().await?;
		while let Some(Some(later)) = items.next().now_or_never() {
			item = later;
		}
		Some((item, items))
	})
}

#[cfg(test)]
mod tests {
	use super::*;
	use futures::{channel::mpsc, executor::block_on};

	#[test]
	fn newest_leaves_out_items_that_a_later_one_replaces() {
		let (sender, receiver) = mpsc::unbounded();
		let mut newest = Box::pin(newest(receiver));
		for number in 1..=3 {
			sender.unbounded_send(number).expect("there is a receiver");
		}
		assert_eq!(block_on(newest.next()), Some(3));
		sender.unbounded_send(4).expect("there is a receiver");
		assert_eq!(block_on(newest.next()), Some(4));
		drop(sender);
		assert_eq!(block_on(newest.next()), None);
	}
}
