//! What routes and tools share: the newest finalized block and the best one, the history, and the responses
//! that hold at these blocks.

use super::{
	metrics::Metrics,
	problem::Problem,
	question::Question,
	responses::{self, Health, HealthResponse},
	state::{Block, State},
	store::Store,
};
use serde_json::Value;
use std::{
	collections::HashMap,
	sync::{Arc, Mutex, PoisonError},
	time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};
use tokio::sync::{watch, OnceCell, Semaphore};

/// The maximum number of questions that a node is asked at the same time.
const MAX_ASKED: usize = 16;
/// The maximum time that a question waits for its turn, and that a node has to respond.
const MAX_WAIT: Duration = Duration::from_secs(10);
/// The maximum time that a question waits for the first finalized block.
const MAX_START: Duration = Duration::from_secs(3);
/// The maximum number of responses that are kept; those of a block are dropped with it.
const MAX_KEPT: usize = 512;
/// The age from which on the newest finalized block is called old.
const OLD: u64 = 60;

/// The newest finalized block or the best one, and when it was seen.
#[derive(Clone)]
pub struct Newest {
	/// The state at that block.
	pub state: Arc<dyn State>,
	/// When the gateway saw it.
	pub seen: Instant,
}

/// A response, before it is written.
#[derive(Clone, Debug)]
pub struct Response {
	/// The block at which it holds; `None` if it depends on more than the chain.
	pub at: Option<At>,
	/// Whether the gateway works.
	pub healthy: bool,
	/// The response's JSON.
	pub body: Arc<Value>,
}

/// The block at which a response holds.
#[derive(Clone, Debug)]
pub struct At {
	/// The hash of the block.
	pub hash: String,
	/// Whether the block is finalized, rather than the best one.
	pub finalized: bool,
	/// The time until the next block is expected, in seconds.
	pub max_age: u64,
}

type Kept = Arc<OnceCell<Arc<Value>>>;

/// The responses that hold at a block.
#[derive(Default)]
struct Responses {
	number: u32,
	hash: String,
	kept: HashMap<Question, Kept>,
}

/// The blocks that a node follows, as they come.
#[derive(Clone)]
pub struct Blocks {
	/// The newest finalized block.
	pub finalized: watch::Receiver<Option<Newest>>,
	/// The best block, which another one may replace.
	pub best: watch::Receiver<Option<Newest>>,
}

/// What routes and tools share.
pub struct Gateway {
	blocks: Blocks,
	/// The history.
	pub store: Store,
	/// Counters.
	pub metrics: Metrics,
	/// The responses at the newest finalized block and at the best one.
	responses: [Mutex<Responses>; 2],
	asked: Semaphore,
}

impl Gateway {
	/// A gateway over a history, and the states of blocks as they come.
	pub fn new(blocks: Blocks, store: Store) -> Self {
		let (responses, asked) = (Default::default(), Semaphore::new(MAX_ASKED));
		Self { blocks, store, metrics: Metrics::new(), responses, asked }
	}

	/// The newest finalized blocks.
	pub fn blocks(&self) -> watch::Receiver<Option<Newest>> {
		self.blocks.finalized.clone()
	}

	/// Returns what a question asks for, as of the newest finalized block, or of the best one if the
	/// question says so.
	pub async fn respond(&self, asked: Question) -> Result<Response, Problem> {
		if let Question::Health(_) = asked {
			return self.health();
		}
		let finalized = asked.is_of_finalized();
		let Newest { state, seen } = self
			.first(finalized)
			.await
			.ok_or_else(|| Problem::not_ready("the gateway has no block yet; /health says why"))?;
		let block = state.block();
		let [of_finalized, of_best] = &self.responses;
		let kept = self.kept(if finalized { of_finalized } else { of_best }, block, &asked);
		let body = kept.get_or_try_init(|| self.ask(state.as_ref(), asked)).await?.clone();
		let next = Duration::from_millis(block.slot_duration_ms).saturating_sub(seen.elapsed());
		let max_age = next.as_secs().max(1);
		let at = Some(At { hash: block.hash.clone(), finalized, max_age });
		Ok(Response { at, healthy: true, body })
	}

	/// The newest finalized block, or the best one; the first one is waited for.
	async fn first(&self, finalized: bool) -> Option<Newest> {
		let Blocks { finalized: newest, best } = &self.blocks;
		let mut newest = if finalized { newest } else { best }.clone();
		let first = newest.wait_for(Option::is_some);
		let found = tokio::time::timeout(MAX_START, first).await.ok()?.ok()?.clone();
		found
	}

	/// Where the response to a question at a block is, or will be.
	fn kept(&self, responses: &Mutex<Responses>, block: &Block, asked: &Question) -> Kept {
		let mut responses = responses.lock().unwrap_or_else(PoisonError::into_inner);
		// A best block may be replaced by another one of the same number.
		if block.hash != responses.hash && block.number >= responses.number {
			let (number, hash) = (block.number, block.hash.clone());
			*responses = Responses { number, hash, kept: HashMap::new() };
		}
		let is_of_block = block.hash == responses.hash;
		if let Some(kept) = responses.kept.get(asked).filter(|_| is_of_block) {
			self.metrics.kept.inc();
			return kept.clone();
		}
		let kept = Kept::default();
		if is_of_block && responses.kept.len() < MAX_KEPT {
			responses.kept.insert(asked.clone(), kept.clone());
		}
		kept
	}

	/// Asks the node and the history, when it is this question's turn.
	async fn ask(&self, state: &dyn State, asked: Question) -> Result<Arc<Value>, Problem> {
		let turn = tokio::time::timeout(MAX_WAIT, self.asked.acquire()).await;
		let _turn = turn.map_err(|_| Problem::busy())?.map_err(|_| Problem::busy())?;
		self.metrics.asked.inc();
		let response = responses::respond(state, &self.store, asked);
		let response = tokio::time::timeout(MAX_WAIT, response).await;
		Ok(Arc::new(response.map_err(|_| Problem::node_failed())??))
	}

	/// Whether the gateway follows its chain.
	fn health(&self) -> Result<Response, Problem> {
		let block =
			self.blocks.finalized.borrow().as_ref().map(|newest| newest.state.block().clone());
		let response = health(block, SystemTime::now());
		let healthy = response.status == Health::Ok;
		let body = serde_json::to_value(response).map_err(|_| Problem::store_failed())?;
		Ok(Response { at: None, healthy, body: Arc::new(body) })
	}

	/// Measures the newest finalized block.
	pub fn measure(&self) {
		if let Some(newest) = self.blocks.finalized.borrow().as_ref() {
			let block = newest.state.block();
			let age = age(block, SystemTime::now());
			self.metrics.block.set(block.number.into());
			self.metrics.block_age.set(age.try_into().unwrap_or(i64::MAX));
		}
	}
}

/// How long ago the slot of a block began, in seconds.
fn age(block: &Block, now: SystemTime) -> u64 {
	let now = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
	now.saturating_sub(block.seconds(block.slot))
}

fn health(block: Option<Block>, now: SystemTime) -> HealthResponse {
	let block_age_seconds = block.as_ref().map(|block| age(block, now));
	let (status, detail) = match block_age_seconds {
		None => {
			let detail = "no finalized block yet: check that the node runs and finalizes blocks";
			(Health::Starting, detail.into())
		}
		Some(age) if age > OLD => {
			let detail = format!(
				"the newest finalized block is {age} s old: check the node's peers and its log, and this \
				 machine's clock"
			);
			(Health::Behind, detail)
		}
		Some(_) => (Health::Ok, "the gateway follows the finalized blocks".into()),
	};
	HealthResponse { status, detail, block, block_age_seconds }
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::chain::types::Clock;

	#[test]
	fn gateway_is_healthy_while_its_newest_block_is_young() {
		let block = Block::new(7, [1; 32], Clock { slot: 100, slot_duration_ms: 6_000 });
		let at = |seconds| UNIX_EPOCH + Duration::from_secs(seconds);
		let status = |seconds| health(Some(block.clone()), at(seconds)).status;
		assert_eq!(health(None, at(0)).status, Health::Starting);
		assert_eq!(
			(status(600), status(660), status(661)),
			(Health::Ok, Health::Ok, Health::Behind)
		);
		assert_eq!(health(Some(block.clone()), at(612)).block_age_seconds, Some(12));
		// A clock that is behind the chain's is no reason to fail.
		assert_eq!(status(10), Health::Ok);
	}
}
