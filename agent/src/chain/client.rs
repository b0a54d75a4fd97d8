//! The connection: best and final blocks, runtime APIs, balances.

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

/// How long no new block may come before the chain counts as lost.
const SILENCE: Duration = Duration::from_secs(60);

/// A block, best or final.
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
	/// Connects to a node and follows its best blocks, once there is one after genesis.
	pub async fn connect(url: &str) -> Result<Self> {
		let rpc = RpcClient::from_insecure_url(url).await?;
		let backend = LegacyBackend::<SubstrateConfig>::builder().build(rpc);
		let client = OnlineClient::from_backend(Arc::new(backend)).await?;
		let mut blocks = client.stream_best_blocks().await?;
		let follower = client.clone();
		let mut next = async move || -> Result<Head> {
			let block = tokio::time::timeout(SILENCE, blocks.next()).await;
			let block = block.context("no block came")?.context("the node hung up")??;
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
			// The receivers learn of the end by the sender's.
			while let Ok(head) = next().await {
				if sender.send(head).is_err() {
					break;
				}
			}
		});
		Ok(Self { client, heads })
	}

	/// The best block.
	pub fn head(&self) -> Head {
		*self.heads.borrow()
	}

	/// Waits for a best block other than those already seen through this handle.
	pub async fn next_head(&mut self) -> Result<Head> {
		self.heads.changed().await.context("the chain brings no more blocks")?;
		Ok(*self.heads.borrow_and_update())
	}

	/// Whether the best chain still has this block: it is abandoned otherwise, with all that was
	/// read from it.
	pub async fn holds(&self, head: Head) -> Result<bool> {
		match self.client.at_block(u64::from(head.number)).await {
			Ok(at) => Ok(at.block_hash() == head.hash),
			Err(OnlineClientAtBlockError::BlockNotFound { .. }) => Ok(false),
			Err(error) => Err(error.into()),
		}
	}

	/// The state at the last final block, which no branch can change any more.
	pub async fn finalised(&self) -> Result<Snapshot> {
		let at = self.client.at_current_block().await?;
		let head = head(&at).await?;
		Ok(Snapshot { at, head })
	}

	/// The final block of this number.
	pub(super) async fn final_block(&self, number: u32) -> Result<AtBlock> {
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

/// The block that a state belongs to.
async fn head(at: &AtBlock) -> Result<Head> {
	let number = u32::try_from(at.block_number())?;
	let clock: Clock = call(at, number, "TopicsApi", "clock", ()).await?;
	Ok(Head { number, slot: clock.slot, hash: at.block_hash() })
}

/// Calls a runtime API at a block of this number.
async fn call<Args, Answer>(
	at: &AtBlock,
	number: u32,
	api: &str,
	method: &str,
	args: Args,
) -> Result<Answer>
where
	Args: IntoEncodableValues,
	Answer: DecodeAsType,
{
	let payload = dynamic::runtime_api_call::<Args, Answer>(api, method, args);
	let answer = at.runtime_apis().call(payload).await;
	answer.with_context(|| format!("{api}_{method} at block {number}"))
}

/// The chain's state at one block.
pub struct Snapshot {
	pub(super) at: AtBlock,
	/// The block.
	pub head: Head,
}

impl Snapshot {
	/// Calls a runtime API.
	async fn call<Args, Answer>(&self, api: &str, method: &str, args: Args) -> Result<Answer>
	where
		Args: IntoEncodableValues,
		Answer: DecodeAsType,
	{
		call(&self.at, self.head.number, api, method, args).await
	}

	/// The chain's time.
	pub async fn clock(&self) -> Result<Clock> {
		self.call("TopicsApi", "clock", ()).await
	}

	/// A topic.
	pub async fn topic(&self, topic: TopicId) -> Result<Option<TopicInfo>> {
		self.call("TopicsApi", "topic", (topic,)).await
	}

	/// State and windows of an epoch.
	pub async fn epoch(&self, topic: TopicId, epoch: EpochId) -> Result<Option<EpochRecord>> {
		self.call("TopicsApi", "epoch", (topic, epoch)).await
	}

	/// The epochs on record, oldest first.
	pub async fn epochs(&self, topic: TopicId) -> Result<Vec<(EpochId, EpochRecord)>> {
		self.call("TopicsApi", "epochs", (topic,)).await
	}

	/// Why an account got what it got in an epoch.
	pub async fn explain(
		&self,
		account: AccountId,
		topic: TopicId,
		epoch: EpochId,
	) -> Result<Explanation> {
		self.call("ExplainApi", "explain", (account, topic, epoch)).await
	}

	/// The epoch that takes payloads.
	pub async fn collecting_epoch(&self, topic: TopicId) -> Result<Option<EpochId>> {
		self.call("TopicsApi", "collecting_epoch", (topic,)).await
	}

	/// The epochs that take reports.
	pub async fn reporting_epochs(&self, topic: TopicId) -> Result<Vec<EpochId>> {
		self.call("TopicsApi", "reporting_epochs", (topic,)).await
	}

	/// The bundle of an epoch and its hash.
	pub async fn bundle(
		&self,
		topic: TopicId,
		epoch: EpochId,
	) -> Result<Option<([u8; 32], Bundle)>> {
		self.call("AggregationApi", "bundle", (topic, epoch)).await
	}

	/// The scores of an epoch.
	pub async fn contributions(
		&self,
		topic: TopicId,
		epoch: EpochId,
	) -> Result<Option<Contributions>> {
		self.call("AggregationApi", "contributions", (topic, epoch)).await
	}

	/// What a topic owes an account: earned and not paid out yet, in planck.
	pub async fn due(&self, topic: TopicId, who: AccountId) -> Result<u128> {
		self.call("EmissionsApi", "due", (topic, who)).await
	}

	/// What an epoch credited.
	pub async fn rewards(&self, topic: TopicId, epoch: EpochId) -> Result<Vec<Reward>> {
		self.call("EmissionsApi", "rewards", (topic, epoch)).await
	}

	/// The accounts that contributed to an epoch and were credited nothing.
	pub async fn unpaid(&self, topic: TopicId, epoch: EpochId) -> Result<Vec<Unpaid>> {
		self.call("EmissionsApi", "unpaid", (topic, epoch)).await
	}

	/// The books.
	pub async fn ledger(&self) -> Result<Ledger> {
		self.call("EmissionsApi", "ledger", ()).await
	}

	/// An account's balances; none if it does not exist.
	pub async fn balances(&self, who: AccountId) -> Result<Option<AccountData>> {
		let address = dynamic::storage::<(AccountId,), AccountInfo>("System", "Account");
		let storage = self.at.storage();
		let value = storage.try_fetch(address, (who,)).await?;
		Ok(value.map(|value| value.decode()).transpose()?.map(|info| info.data))
	}
}
