//! The connection to a node: best and finalized blocks, runtime APIs, balances.

use super::{
	explanation::{Explanation, Unpaid},
	types::*,
};
use anyhow::{Context, Result};
use std::{sync::Arc, time::Duration};
use subxt::{
	backend::LegacyBackend,
	client::OnlineClientAtBlockImpl,
	config::HashFor,
	dynamic,
	error::OnlineClientAtBlockError,
	ext::{frame_decode::runtime_apis::IntoEncodableValues, scale_decode::DecodeAsType},
	rpcs::RpcClient,
	OnlineClient, SubstrateConfig,
};
use tokio::sync::watch;

/// The chain's state at one block.
pub type AtBlock =
	subxt::client::ClientAtBlock<SubstrateConfig, OnlineClientAtBlockImpl<SubstrateConfig>>;

/// The maximum time between two best blocks; after it the connection is given up.
const MAX_BLOCK_INTERVAL: Duration = Duration::from_secs(60);

/// A block, best or finalized.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
	/// Its number.
	pub number: u32,
	/// Its slot.
	pub slot: Slot,
	/// Its hash.
	pub hash: HashFor<SubstrateConfig>,
}

/// A connection to a node, shared by all participants.
#[derive(Clone)]
pub struct Chain {
	client: OnlineClient<SubstrateConfig>,
	heads: watch::Receiver<Head>,
}

impl Chain {
	/// Connects to a node and follows its best blocks; returns once there is a block after genesis.
	pub async fn connect(url: &str) -> Result<Self> {
		let rpc = RpcClient::from_insecure_url(url).await?;
		let backend = LegacyBackend::<SubstrateConfig>::builder().build(rpc);
		let client = OnlineClient::from_backend(Arc::new(backend)).await?;
		let mut blocks = client.stream_best_blocks().await?;
		let follower = client.clone();
		let mut next = async move || -> Result<Head> {
			let block = tokio::time::timeout(MAX_BLOCK_INTERVAL, blocks.next()).await;
			let block = block
				.context("no new block for a minute")?
				.context("the node closed the connection")??;
			head(&follower.at_block_hash_and_number(block.hash(), block.number()).await?).await
		};
		let first = loop {
			let head = next().await?;
			if head.number > 0 {
				break head;
			}
		};
		let (sender, heads) = watch::channel(first);
		tokio::spawn(async move {
			// Dropping the sender ends the receivers.
			while let Ok(head) = next().await {
				if sender.send(head).is_err() {
					break;
				}
			}
		});
		Ok(Self { client, heads })
	}

	/// The hash of the chain's genesis block.
	pub fn genesis(&self) -> [u8; 32] {
		self.client.genesis_hash().0
	}

	/// The best block.
	pub fn head(&self) -> Head {
		*self.heads.borrow()
	}

	/// Waits for a best block that this handle has not returned yet.
	pub async fn next_head(&mut self) -> Result<Head> {
		self.heads.changed().await.context("there are no more blocks")?;
		Ok(*self.heads.borrow_and_update())
	}

	/// Whether the block is still part of the best chain. If not, what was read from it may no longer
	/// hold.
	pub async fn holds(&self, head: Head) -> Result<bool> {
		match self.client.at_block(u64::from(head.number)).await {
			Ok(at) => Ok(at.block_hash() == head.hash),
			Err(OnlineClientAtBlockError::BlockNotFound { .. }) => Ok(false),
			Err(error) => Err(error.into()),
		}
	}

	/// The state at the last finalized block.
	pub async fn finalized(&self) -> Result<Snapshot> {
		let at = self.client.at_current_block().await?;
		let head = head(&at).await?;
		Ok(Snapshot { at, head })
	}

	/// The state at the finalized block of this number.
	pub async fn finalized_at(&self, number: u32) -> Result<Snapshot> {
		let at = self.finalized_block(number).await?;
		let head = head(&at).await?;
		Ok(Snapshot { at, head })
	}

	/// The finalized block of this number.
	pub(super) async fn finalized_block(&self, number: u32) -> Result<AtBlock> {
		Ok(self.client.at_block(u64::from(number)).await?)
	}

	/// The state at the best block.
	pub async fn best(&self) -> Result<Snapshot> {
		self.at(self.head()).await
	}

	/// The state at a block.
	pub async fn at(&self, head: Head) -> Result<Snapshot> {
		let at = self.client.at_block_hash_and_number(head.hash, head.number.into()).await?;
		Ok(Snapshot { at, head })
	}
}

/// The block to which a state belongs.
async fn head(at: &AtBlock) -> Result<Head> {
	let number = u32::try_from(at.block_number())?;
	let clock: Clock = call(at, number, "TopicsApi", "clock", ()).await?;
	Ok(Head { number, slot: clock.slot, hash: at.block_hash() })
}

/// Calls a runtime API at a block of this number.
async fn call<Args, Output>(
	at: &AtBlock,
	number: u32,
	api: &str,
	method: &str,
	args: Args,
) -> Result<Output>
where
	Args: IntoEncodableValues,
	Output: DecodeAsType,
{
	let payload = dynamic::runtime_api_call::<Args, Output>(api, method, args);
	let output = at.runtime_apis().call(payload).await;
	output.with_context(|| format!("{api}_{method} at block {number}"))
}

/// The chain's state at one block.
pub struct Snapshot {
	pub(super) at: AtBlock,
	/// The block.
	pub head: Head,
}

impl Snapshot {
	/// Calls a runtime API.
	async fn call<Args, Output>(&self, api: &str, method: &str, args: Args) -> Result<Output>
	where
		Args: IntoEncodableValues,
		Output: DecodeAsType,
	{
		call(&self.at, self.head.number, api, method, args).await
	}

	/// The current slot and the length of a slot.
	pub async fn clock(&self) -> Result<Clock> {
		self.call("TopicsApi", "clock", ()).await
	}

	/// A topic, `None` if it does not exist: it was never created, or it was retired and removed.
	pub async fn topic(&self, topic: TopicId) -> Result<Option<TopicInfo>> {
		self.call("TopicsApi", "topic", (topic,)).await
	}

	/// State and windows of an epoch, `None` if it is not on record.
	pub async fn epoch(&self, topic: TopicId, epoch: EpochId) -> Result<Option<EpochRecord>> {
		self.call("TopicsApi", "epoch", (topic, epoch)).await
	}

	/// The topic's epochs on record, oldest first.
	pub async fn epochs(&self, topic: TopicId) -> Result<Vec<(EpochId, EpochRecord)>> {
		self.call("TopicsApi", "epochs", (topic,)).await
	}

	/// What happened to an account's submissions in an epoch, and why it was or was not rewarded.
	pub async fn explain(
		&self,
		account: AccountId,
		topic: TopicId,
		epoch: EpochId,
	) -> Result<Explanation> {
		self.call("ExplainApi", "explain", (account, topic, epoch)).await
	}

	/// What a topic accepts, `None` if it does not exist.
	pub async fn schedule(&self, topic: TopicId) -> Result<Option<TopicSchedule>> {
		let schedule: Schedule = self.call("TopicsApi", "schedule", (vec![topic],)).await?;
		Ok(schedule.topics.into_iter().next())
	}

	/// The bundle of an epoch and its hash, `None` before the worker window closes.
	pub async fn bundle(
		&self,
		topic: TopicId,
		epoch: EpochId,
	) -> Result<Option<([u8; 32], Bundle)>> {
		self.call("AggregationApi", "bundle", (topic, epoch)).await
	}

	/// The truth of an epoch, one value per label, by the reputers' consensus; `None` unless it is
	/// settled.
	pub async fn truth(&self, topic: TopicId, epoch: EpochId) -> Result<Option<Vec<f64>>> {
		let truth: Option<Vec<i128>> = self.call("AggregationApi", "truth", (topic, epoch)).await?;
		Ok(truth.map(|values| super::numbers(&values)))
	}

	/// The scores of an epoch, `None` unless it is settled.
	pub async fn contributions(
		&self,
		topic: TopicId,
		epoch: EpochId,
	) -> Result<Option<Contributions>> {
		self.call("AggregationApi", "contributions", (topic, epoch)).await
	}

	/// What a topic owes an account: rewards credited and not paid out yet, in planck.
	pub async fn due(&self, topic: TopicId, who: AccountId) -> Result<u128> {
		self.call("EmissionsApi", "due", (topic, who)).await
	}

	/// The rewards that an epoch credited.
	pub async fn rewards(&self, topic: TopicId, epoch: EpochId) -> Result<Vec<Reward>> {
		self.call("EmissionsApi", "rewards", (topic, epoch)).await
	}

	/// The accounts that contributed to an epoch and were credited nothing.
	pub async fn unpaid(&self, topic: TopicId, epoch: EpochId) -> Result<Vec<Unpaid>> {
		self.call("EmissionsApi", "unpaid", (topic, epoch)).await
	}

	/// What a delegator can claim from a reputer of a topic, in planck.
	pub async fn claimable(
		&self,
		topic: TopicId,
		reputer: AccountId,
		delegator: AccountId,
	) -> Result<u128> {
		let args = (topic, reputer, delegator);
		let found: Option<Delegation> = self.call("ReputerApi", "delegation", args).await?;
		Ok(found.map_or(0, |delegation| delegation.claimable))
	}

	/// Emission, liabilities and payouts since genesis, and whether they add up.
	pub async fn ledger(&self) -> Result<Ledger> {
		self.call("EmissionsApi", "ledger", ()).await
	}

	/// An account's balances, `None` if it does not exist.
	pub async fn balances(&self, who: AccountId) -> Result<Option<AccountData>> {
		let address = dynamic::storage::<(AccountId,), AccountInfo>("System", "Account");
		let storage = self.at.storage();
		let value = storage.try_fetch(address, (who,)).await?;
		Ok(value.map(|value| value.decode()).transpose()?.map(|info| info.data))
	}
}
