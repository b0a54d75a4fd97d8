//! What the gateway reads of the chain at one finalized block.

use crate::{
	chain::{
		documents::{ElementInfo, EpochSummary, Leaderboard, OverviewPage, ResistantInference},
		holdings::PositionPage,
		types::{AccountData, AccountId, Bundle, Clock, Contributions, EpochId, Role, TopicId},
		Chain, Snapshot,
	},
	explain::{self, EpochExplanation},
	verify::ProofFile,
};
use anyhow::Result;
use async_trait::async_trait;
use chrono::DateTime;
use schemars::JsonSchema;
use serde::Serialize;
use sp_core::{Bytes, H256};
use std::time::Duration;
use tokio::sync::watch;

/// The maximum time that a question for a proof waits for the first justification.
const MAX_WAIT: Duration = Duration::from_secs(6);

/// The finalized block at which a response holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Block {
	/// Its number.
	pub number: u32,
	/// Its hash.
	pub hash: String,
	/// Its slot.
	pub slot: u64,
	/// When its slot began, in UTC.
	pub time: String,
	/// The length of a slot in milliseconds.
	pub slot_duration_ms: u64,
}

impl Block {
	/// The block of this number and hash.
	pub fn new(number: u32, hash: [u8; 32], clock: Clock) -> Self {
		let began = clock.slot.checked_mul(clock.slot_duration_ms);
		let began = began.and_then(|ms| i64::try_from(ms).ok());
		let time = began.and_then(DateTime::from_timestamp_millis).unwrap_or_default();
		Self {
			number,
			hash: format!("{:?}", H256(hash)),
			slot: clock.slot,
			time: time.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
			slot_duration_ms: clock.slot_duration_ms,
		}
	}

	/// The duration of a number of slots in whole seconds.
	pub fn seconds(&self, slots: u64) -> u64 {
		slots.saturating_mul(self.slot_duration_ms) / 1_000
	}
}

/// The chain's state at one finalized block; each method asks the node a bounded amount.
#[async_trait]
pub trait State: Send + Sync {
	/// The block.
	fn block(&self) -> &Block;
	/// The topics from a number on, at most 64.
	async fn overview(&self, from: TopicId, limit: u32) -> Result<OverviewPage>;
	/// The newest network inference without outliers.
	async fn resistant(&self, topic: TopicId) -> Result<Option<ResistantInference>>;
	/// The epochs on record before an epoch, newest first, at most 64.
	async fn history(
		&self,
		topic: TopicId,
		before: Option<EpochId>,
		limit: u32,
	) -> Result<Vec<EpochSummary>>;
	/// The lately active accounts.
	async fn leaderboard(&self, topic: TopicId, role: Role) -> Result<Leaderboard>;
	/// An account's positions, at most 256.
	async fn positions(&self, who: AccountId, from: TopicId, limit: u32) -> Result<PositionPage>;
	/// An account's balances.
	async fn balance(&self, who: AccountId) -> Result<Option<AccountData>>;
	/// What happened to an account in an epoch; the error is
	/// [`NothingToExplain`](explain::NothingToExplain) if there is nothing.
	async fn explain(
		&self,
		topic: TopicId,
		epoch: Option<EpochId>,
		who: AccountId,
	) -> Result<EpochExplanation>;
	/// The elements of an epoch's bundle.
	async fn elements(&self, topic: TopicId, epoch: EpochId) -> Result<Vec<ElementInfo>>;
	/// The bundle of an epoch.
	async fn bundle(&self, topic: TopicId, epoch: EpochId) -> Result<Option<Bundle>>;
	/// The scores of an epoch.
	async fn contributions(&self, topic: TopicId, epoch: EpochId) -> Result<Option<Contributions>>;
	/// The proof of a topic's newest inference, `None` before the first justification.
	async fn proof(&self, topic: TopicId) -> Result<Option<ProofFile>>;
}

/// The state that a node has.
pub struct ChainState {
	chain: Chain,
	snapshot: Snapshot,
	block: Block,
	/// The newest justification that the node has sent.
	justified: watch::Receiver<Option<Bytes>>,
}

impl ChainState {
	/// The state at a finalized block.
	pub async fn new(
		chain: Chain,
		snapshot: Snapshot,
		justified: watch::Receiver<Option<Bytes>>,
	) -> Result<Self> {
		let head = snapshot.head;
		let block = Block::new(head.number, head.hash.0, snapshot.clock().await?);
		Ok(Self { chain, snapshot, block, justified })
	}
}

#[async_trait]
impl State for ChainState {
	fn block(&self) -> &Block {
		&self.block
	}

	async fn overview(&self, from: TopicId, limit: u32) -> Result<OverviewPage> {
		self.snapshot.overview_page(from, limit).await
	}

	async fn resistant(&self, topic: TopicId) -> Result<Option<ResistantInference>> {
		self.snapshot.resistant(topic).await
	}

	async fn history(
		&self,
		topic: TopicId,
		before: Option<EpochId>,
		limit: u32,
	) -> Result<Vec<EpochSummary>> {
		self.snapshot.history_page(topic, before, limit).await
	}

	async fn leaderboard(&self, topic: TopicId, role: Role) -> Result<Leaderboard> {
		self.snapshot.leaderboard(topic, role).await
	}

	async fn positions(&self, who: AccountId, from: TopicId, limit: u32) -> Result<PositionPage> {
		self.snapshot.position_page(who, from, limit).await
	}

	async fn balance(&self, who: AccountId) -> Result<Option<AccountData>> {
		self.snapshot.balances(who).await
	}

	async fn explain(
		&self,
		topic: TopicId,
		epoch: Option<EpochId>,
		who: AccountId,
	) -> Result<EpochExplanation> {
		explain::fetch(&self.snapshot, topic, epoch, who).await
	}

	async fn elements(&self, topic: TopicId, epoch: EpochId) -> Result<Vec<ElementInfo>> {
		self.snapshot.elements(topic, epoch).await
	}

	async fn bundle(&self, topic: TopicId, epoch: EpochId) -> Result<Option<Bundle>> {
		Ok(self.snapshot.bundle(topic, epoch).await?.map(|(_, bundle)| bundle))
	}

	async fn contributions(&self, topic: TopicId, epoch: EpochId) -> Result<Option<Contributions>> {
		self.snapshot.contributions(topic, epoch).await
	}

	async fn proof(&self, topic: TopicId) -> Result<Option<ProofFile>> {
		let mut justified = self.justified.clone();
		let first = tokio::time::timeout(MAX_WAIT, justified.wait_for(Option::is_some)).await;
		let justification = first.ok().and_then(|first| first.ok()?.clone());
		let Some(justification) = justification else { return Ok(None) };
		Ok(Some(ProofFile::read(self.chain.rpc(), justification, topic).await?))
	}
}
