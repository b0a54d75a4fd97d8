//! The connection to a node: best and finalized blocks, runtime APIs, balances.

use super::{
	explanation::{Explanation, Unpaid},
	light::Light,
	types::*,
};
use anyhow::{anyhow, ensure, Context, Result};
use std::{
	collections::BTreeMap,
	sync::{Arc, OnceLock},
	time::{Duration, Instant},
};
use subxt::{
	backend::LegacyBackend,
	client::{Blocks, OnlineClientAtBlockImpl},
	config::{HashFor, RpcConfigFor},
	dynamic::{self, Value},
	error::OnlineClientAtBlockError,
	ext::{
		frame_decode::runtime_apis::IntoEncodableValues, scale_decode::DecodeAsType,
		scale_value::ValueDef,
	},
	metadata::ArcMetadata,
	rpcs::{self, client::RpcSubscription, rpc_params, LegacyRpcMethods, RpcClient},
	tx::Payload,
	utils::AccountId32,
	OnlineClient, SubstrateConfig,
};
use tokio::sync::watch;

/// The chain's state at one block.
pub type AtBlock =
	subxt::client::ClientAtBlock<SubstrateConfig, OnlineClientAtBlockImpl<SubstrateConfig>>;

/// The maximum time between two best blocks; after it the connection is given up.
const MAX_BLOCK_INTERVAL: Duration = Duration::from_secs(60);
/// The minimum time that a node has to respond.
const MIN_RESPONSE: Duration = Duration::from_secs(2);
/// The number of blocks in a row that a subscription may miss.
const MAX_MISSED: u32 = 3;
/// The maximum number of topics whose schedules one call returns.
const MAX_TOPIC_PAGE: usize = 64;
/// The time that a node has to report its best block when it is asked for nothing else.
const PROBE: Duration = Duration::from_secs(5);

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
	rpc: RpcClient,
	heads: watch::Receiver<Head>,
	/// The number of the last finalized block.
	finals: watch::Receiver<u32>,
	/// Length of a slot.
	slot: Duration,
	/// Why there are no more blocks.
	end: Arc<OnceLock<String>>,
	/// Whether other transactions that wait are seen.
	has_pool: bool,
}

impl Chain {
	/// Connects to a node and follows its best and finalized blocks; returns once there is a block
	/// after genesis.
	///
	/// A node that sends no block for a slot and a half is asked whether it has one, so that a
	/// connection that has died silently is noticed within three slots.
	pub async fn connect(url: &str) -> Result<Self> {
		Self::over(RpcClient::from_insecure_url(url).await?, None).await
	}

	/// Follows the best and finalized blocks of a light client, once it has found them.
	pub async fn of_light_client(light: &Light) -> Result<Self> {
		light.ready().await?;
		Self::over(light.rpc(), Some(light.clone())).await
	}

	async fn over(rpc: RpcClient, light: Option<Light>) -> Result<Self> {
		let has_pool = light.is_none();
		let backend = LegacyBackend::<SubstrateConfig>::builder().build(rpc.clone());
		let client = OnlineClient::from_backend(Arc::new(backend)).await?;
		let mut follower = Follower::new(client.clone(), rpc.clone(), light).await?;
		let first = loop {
			let head = follower.next().await?;
			if head.number > 0 {
				break head;
			}
		};
		let mut finality = finality(&rpc).await?;
		let (best, mut heads) = watch::channel(first);
		let (last, finals) = watch::channel(0);
		// Whoever waits for a block gets the first at once: a window may be about to close.
		heads.mark_changed();
		let slot = follower.slot;
		let end = Arc::new(OnceLock::new());
		let reason = end.clone();
		tokio::spawn(async move {
			let ended = tokio::select! {
				ended = follower.send(&best) => ended,
				ended = send_finals(&mut finality, &last) => ended,
			};
			if let Err(error) = ended {
				let _ = reason.set(format!("{error:#}"));
			}
			// Dropping the senders ends the receivers.
		});
		Ok(Self { client, rpc, heads, finals, slot, end, has_pool })
	}

	/// The connection for calls that are made by name.
	pub fn rpc(&self) -> &RpcClient {
		&self.rpc
	}

	/// The hash of the chain's genesis block.
	pub fn genesis(&self) -> [u8; 32] {
		self.client.genesis_hash().0
	}

	/// The length of a slot.
	pub fn slot_duration(&self) -> Duration {
		self.slot
	}

	/// The best block.
	pub fn head(&self) -> Head {
		*self.heads.borrow()
	}

	/// Waits for a best block that this handle has not returned yet.
	pub async fn next_head(&mut self) -> Result<Head> {
		let changed = self.heads.changed().await;
		changed.map_err(|_| self.reason())?;
		Ok(*self.heads.borrow_and_update())
	}

	/// Waits for a finalized block that this handle has not returned yet, and returns its number. Of several
	/// it is the last.
	pub(super) async fn next_final(&mut self) -> Result<u32> {
		let changed = self.finals.changed().await;
		changed.map_err(|_| self.reason())?;
		Ok(*self.finals.borrow_and_update())
	}

	/// Why there are no more blocks.
	fn reason(&self) -> anyhow::Error {
		anyhow!("{}", self.end.get().map_or("there are no more blocks", String::as_str))
	}

	/// Waits until the connection has ended, and returns why.
	pub async fn ended(&self) -> anyhow::Error {
		let mut chain = self.clone();
		loop {
			if let Err(error) = chain.next_head().await {
				return error;
			}
		}
	}

	/// The kind of chain, such as "Development" or "Live".
	pub async fn chain_type(&self) -> Result<String> {
		let kind: serde_json::Value = self.rpc.request("system_chainType", rpc_params![]).await?;
		Ok(kind.as_str().map_or_else(|| kind.to_string(), Into::into))
	}

	/// The nonce of an account's next transaction, with those that wait in the node's pool; `None` by a
	/// light client, which does not see them.
	pub async fn next_nonce(&self, who: AccountId) -> Result<Option<u64>> {
		if !self.has_pool {
			return Ok(None);
		}
		let params = rpc_params![AccountId32(who)];
		Ok(Some(self.rpc.request("system_accountNextIndex", params).await?))
	}

	/// Submits a signed transaction to the node's pool.
	pub(super) async fn submit(&self, transaction: &[u8]) -> Result<(), rpcs::Error> {
		let methods = LegacyRpcMethods::<RpcConfigFor<SubstrateConfig>>::new(self.rpc.clone());
		methods.author_submit_extrinsic(transaction).await.map(drop)
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

	/// The hash of the block of this number in the best chain.
	pub(super) async fn block_hash(&self, number: u32) -> Result<HashFor<SubstrateConfig>> {
		let hash: Option<_> = self.rpc.request("chain_getBlockHash", rpc_params![number]).await?;
		hash.with_context(|| format!("there is no block {number}"))
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

/// Follows a node's best blocks.
struct Follower {
	client: OnlineClient<SubstrateConfig>,
	rpc: RpcClient,
	light: Option<Light>,
	blocks: Blocks<SubstrateConfig>,
	/// Length of a slot.
	slot: Duration,
	/// The number of the newest block received.
	newest: u32,
	/// The number of blocks since the last one that the subscription brought.
	missed: u32,
}

impl Follower {
	/// Subscribes to the best blocks.
	async fn new(
		client: OnlineClient<SubstrateConfig>,
		rpc: RpcClient,
		light: Option<Light>,
	) -> Result<Self> {
		let blocks = client.stream_best_blocks().await?;
		let at = client.at_current_block().await?;
		let number = u32::try_from(at.block_number())?;
		let clock: Clock = call(&at, number, "TopicsApi", "clock", ()).await?;
		let slot = Duration::from_millis(clock.slot_duration_ms);
		Ok(Self { client, rpc, light, blocks, slot, newest: number, missed: 0 })
	}

	/// Sends each best block on, as long as anybody waits for them.
	async fn send(&mut self, heads: &watch::Sender<Head>) -> Result<()> {
		while heads.send(self.next().await?).is_ok() {}
		Ok(())
	}

	/// Waits for a best block.
	///
	/// A subscription may miss a block, at its beginning or when it dies, so that a node that is silent
	/// for a slot and a half is asked; if that is the only way to get blocks, the connection is given up.
	async fn next(&mut self) -> Result<Head> {
		let started = Instant::now();
		let patience = self.slot.mul_f64(1.5);
		let limit = patience.max(MIN_RESPONSE);
		let mut was_ahead = false;
		let (hash, number) = loop {
			match tokio::time::timeout(patience, self.blocks.next()).await {
				Ok(block) => {
					let block = block.context("the node closed the connection")??;
					self.missed = 0;
					break (block.hash(), block.number());
				}
				Err(_) => {
					let asked = tokio::time::timeout(limit, best_number(&self.rpc)).await;
					let number = asked.context("the node does not respond")??;
					let is_ahead = number > self.newest;
					if is_ahead && was_ahead {
						self.missed += 1;
						ensure!(self.missed < MAX_MISSED, "the node sends no more of its blocks");
						let params = rpc_params![number];
						break (
							self.rpc.request("chain_getBlockHash", params).await?,
							number.into(),
						);
					}
					// A block may be on its way.
					was_ahead = is_ahead;
					if started.elapsed() >= MAX_BLOCK_INTERVAL {
						return Err(silence(self.light.as_ref()).await);
					}
				}
			}
		};
		let read = async { head(&self.client.at_block_hash_and_number(hash, number).await?).await };
		let read = tokio::time::timeout(MAX_BLOCK_INTERVAL, read).await;
		let head = read.context("the node does not respond")??;
		self.newest = self.newest.max(head.number);
		Ok(head)
	}
}

/// The error when no block has come for too long.
async fn silence(light: Option<&Light>) -> anyhow::Error {
	match light {
		Some(light) => {
			anyhow!("no new block for a minute: the light client {}", light.trouble().await)
		}
		None => anyhow!("no new block for a minute"),
	}
}

/// The number of a node's best block.
async fn best_number(rpc: &RpcClient) -> Result<u32> {
	number_of(&rpc.request("chain_getHeader", rpc_params![]).await?)
}

/// Subscribes to the headers of finalized blocks, beginning with the last one.
async fn finality(rpc: &RpcClient) -> Result<RpcSubscription<serde_json::Value>> {
	let (begin, end) = ("chain_subscribeFinalizedHeads", "chain_unsubscribeFinalizedHeads");
	Ok(rpc.subscribe(begin, rpc_params![], end).await?)
}

/// Sends the numbers of finalized blocks on, as long as anybody waits for them.
async fn send_finals(
	headers: &mut RpcSubscription<serde_json::Value>,
	finals: &watch::Sender<u32>,
) -> Result<()> {
	loop {
		let header = headers.next().await.context("the node closed the connection")??;
		if finals.send(number_of(&header)?).is_err() {
			return Ok(());
		}
	}
}

/// The number in a block's header.
fn number_of(header: &serde_json::Value) -> Result<u32> {
	let number = header.get("number").and_then(|number| number.as_str());
	let number = number.and_then(|hex| u32::from_str_radix(hex.trim_start_matches("0x"), 16).ok());
	number.context("a block of the node has no number")
}

/// The genesis hash and the number of the best block of the node at a URL, which has five seconds to
/// report them.
pub async fn probe(url: &str) -> Result<(String, u32)> {
	let asked = async {
		let rpc = RpcClient::from_insecure_url(url).await?;
		let genesis = rpc.request("chain_getBlockHash", rpc_params![0]).await?;
		Ok((genesis, best_number(&rpc).await?))
	};
	tokio::time::timeout(PROBE, asked).await.context("no response within five seconds")?
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
	pub(super) async fn call<Args, Output>(
		&self,
		api: &str,
		method: &str,
		args: Args,
	) -> Result<Output>
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

	/// The fees and thresholds in force.
	pub async fn terms(&self) -> Result<Terms> {
		self.call("TopicsApi", "terms", ()).await
	}

	/// What a topic asks for, `None` if it does not exist.
	pub async fn question(&self, topic: TopicId) -> Result<Option<TopicQuestion>> {
		self.call("TopicsApi", "topic", (topic,)).await
	}

	/// The standing of an account in a topic and role.
	pub async fn actor(&self, topic: TopicId, who: AccountId, role: Role) -> Result<ActorInfo> {
		self.call("AggregationApi", "actor", (topic, who, role)).await
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

	/// What topics accept, without those that do not exist.
	pub async fn schedules(&self, topics: &[TopicId]) -> Result<BTreeMap<TopicId, TopicSchedule>> {
		let mut schedules = BTreeMap::new();
		for page in topics.chunks(MAX_TOPIC_PAGE) {
			let found: Schedule = self.call("TopicsApi", "schedule", (page.to_vec(),)).await?;
			schedules.extend(found.topics.into_iter().map(|found| (found.topic, found)));
		}
		Ok(schedules)
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
		let truth = self.truth_fixed(topic, epoch).await?;
		Ok(truth.map(|values| super::numbers(&values)))
	}

	/// The same in the chain's numbers.
	pub async fn truth_fixed(&self, topic: TopicId, epoch: EpochId) -> Result<Option<Vec<i128>>> {
		self.call("AggregationApi", "truth", (topic, epoch)).await
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

	/// Emission, liabilities and payouts since genesis, and whether they add up.
	pub async fn ledger(&self) -> Result<Ledger> {
		self.call("EmissionsApi", "ledger", ()).await
	}

	/// A constant of a pallet.
	pub fn constant<T: DecodeAsType>(&self, pallet: &str, name: &str) -> Result<T> {
		let found = self.at.constants().entry(dynamic::constant::<T>(pallet, name));
		found.with_context(|| format!("the constant {pallet}.{name}"))
	}

	/// The metadata of the chain's runtime.
	pub fn metadata(&self) -> ArcMetadata {
		self.at.metadata()
	}

	/// A call as the chain has it: the bytes of pallet and call, and the arguments.
	pub fn call_data(&self, call: &impl Payload) -> Result<Vec<u8>> {
		Ok(self.at.transactions().call_data(call)?)
	}

	/// The state of a referendum, such as "Ongoing", `None` if there is none of this number.
	pub async fn referendum(&self, number: u32) -> Result<Option<String>> {
		let address = dynamic::storage::<(u32,), Value>("Referenda", "ReferendumInfoFor");
		let found = self.at.storage().try_fetch(address, (number,)).await?;
		let found = found.map(|value| value.decode()).transpose()?;
		Ok(found.and_then(|info| match info.value {
			ValueDef::Variant(variant) => Some(variant.name),
			_ => None,
		}))
	}

	/// The hashes of the payloads to which an account with a seat has committed in an epoch.
	pub async fn commitments(
		&self,
		who: AccountId,
		topic: TopicId,
		epoch: EpochId,
	) -> Result<Vec<[u8; 32]>> {
		let address =
			dynamic::storage::<(TopicId, EpochId), EpochCommitments>("Inference", "Commitments");
		let value = self.at.storage().try_fetch(address, (topic, epoch)).await?;
		let found = value.map(|value| value.decode()).transpose()?;
		Ok(found.map(|found| found.of(&who)).unwrap_or_default())
	}

	/// An account's balances, `None` if it does not exist.
	pub async fn balances(&self, who: AccountId) -> Result<Option<AccountData>> {
		let address = dynamic::storage::<(AccountId,), AccountInfo>("System", "Account");
		let storage = self.at.storage();
		let value = storage.try_fetch(address, (who,)).await?;
		Ok(value.map(|value| value.decode()).transpose()?.map(|info| info.data))
	}
}
