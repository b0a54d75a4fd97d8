//! A light client in this process: it follows the chain by its specification alone, and trusts no node.
//!
//! smoldot finds peers by the boot nodes of the specification, checks the blocks' seals and the proofs of
//! their finality, and reads state by proofs. To the rest of the agent it looks like a node's RPC. Of
//! smoldot's older methods, those that call the runtime download the code anew for every block;
//! therefore blocks and calls come by one subscription of `chainHead`, whose blocks are pinned for some
//! time. Blocks by number are found by walking back from a known one, since nobody can prove more.

mod event;
mod spec;
mod view;

use anyhow::{bail, Context, Result};
use event::Event;
use futures::{stream, StreamExt};
use serde_json::Value;
use std::{
	collections::VecDeque,
	fmt::Display,
	path::Path,
	sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
	time::Duration,
};
use subxt::{
	config::{Config, RpcConfigFor},
	lightclient::LightClient,
	rpcs::{
		client::{rpc_params, RawRpcFuture, RawRpcSubscription, RawValue},
		methods::chain_head::{Bytes, MethodResponse},
		ChainHeadRpcMethods, Error, RpcClient, RpcClientT, UserError,
	},
	SubstrateConfig,
};
use tokio::{
	sync::{watch, Mutex as AsyncMutex, Semaphore},
	time::Instant,
};
use view::{Hash, Outcome, View};

type Header = <SubstrateConfig as Config>::Header;

/// Calls at a time; a node keeps 20 requests of light clients waiting.
const CALLS: usize = 12;
/// The number of attempts to call the runtime at a block.
const ATTEMPTS: u32 = 15;
/// The time between two subscriptions.
const RESUBSCRIBE: Duration = Duration::from_millis(200);
/// The time between two questions of whether the client has found the head of the chain.
const LOOK: Duration = Duration::from_millis(100);
/// The number of blocks that are walked back, each of which may take a request to a peer.
const LOOK_BACK: u32 = 256;
/// The number of blocks with bodies that are kept.
const BLOCKS: usize = 32;
/// smoldot's code for a block that is not pinned.
const NOT_PINNED: i32 = -32_801;
/// Calls whose outcome depends on the runtime alone.
const CONSTANTS: [&str; 3] =
	["Core_version", "Metadata_metadata_versions", "Metadata_metadata_at_version"];

/// How long the client waits.
struct Patience {
	/// Between two attempts to call the runtime; smoldot finds a peer again in some seconds.
	attempts: Duration,
	/// For the first peer.
	peer: Duration,
	/// For the head of the chain.
	head: Duration,
}

impl Patience {
	const DEFAULT: Self = Self {
		attempts: Duration::from_millis(800),
		peer: Duration::from_secs(30),
		head: Duration::from_secs(90),
	};
}

/// A light client; its clones share it.
#[derive(Clone)]
pub struct Light(Arc<Inner>);

struct Inner {
	/// smoldot's own methods.
	rpc: RpcClient,
	heads: ChainHeadRpcMethods<RpcConfigFor<SubstrateConfig>>,
	view: Mutex<View>,
	best: watch::Sender<Option<Block>>,
	finalized: watch::Sender<Option<Block>>,
	calls: Semaphore,
	patience: Patience,
	/// The newest blocks that were asked for with their bodies, in JSON.
	blocks: AsyncMutex<VecDeque<(Hash, String)>>,
}

/// A block.
#[derive(Clone)]
struct Block {
	hash: Hash,
	number: u32,
	/// Its header in JSON.
	header: String,
}

impl Light {
	/// Starts a light client of the chain that a file specifies; within a tokio runtime only.
	pub fn start(spec: &Path) -> Result<Self> {
		let text = spec::read(spec)?;
		let (_, rpc) = LightClient::relay_chain(text)
			.with_context(|| format!("the specification {}", spec.display()))?;
		Ok(Self::over(RpcClient::new(rpc), Patience::DEFAULT))
	}

	/// Follows the chain by smoldot's methods.
	fn over(rpc: RpcClient, patience: Patience) -> Self {
		let inner = Arc::new(Inner {
			heads: ChainHeadRpcMethods::new(rpc.clone()),
			rpc,
			view: Mutex::default(),
			best: watch::channel(None).0,
			finalized: watch::channel(None).0,
			calls: Semaphore::new(CALLS),
			patience,
			blocks: AsyncMutex::default(),
		});
		tokio::spawn(follow(Arc::downgrade(&inner)));
		Self(inner)
	}

	/// The client as an RPC.
	pub fn rpc(&self) -> RpcClient {
		RpcClient::new(self.clone())
	}

	/// Waits until the client has peers, and follows the head of their chain.
	pub async fn ready(&self) -> Result<()> {
		let (started, patience) = (Instant::now(), &self.0.patience);
		loop {
			let (peers, is_syncing) = self.health().await?;
			let best = self.0.best.borrow().as_ref().map_or(0, |best| best.number);
			if peers > 0 && !is_syncing && best > 0 {
				return Ok(());
			}
			if started.elapsed() > if peers > 0 { patience.head } else { patience.peer } {
				bail!(
					"the light client has not found the head of the chain in {} s: it {}",
					started.elapsed().as_secs(),
					self.trouble().await
				);
			}
			tokio::time::sleep(LOOK).await;
		}
	}

	/// The number of peers, in words.
	pub async fn peers(&self) -> Result<String> {
		Ok(match self.health().await?.0 {
			0 => "no peer".into(),
			1 => "1 peer".into(),
			peers => format!("{peers} peers"),
		})
	}

	/// What may keep the client from new blocks, after "it".
	pub async fn trouble(&self) -> String {
		match self.peers().await {
			Ok(peers) => format!(
				"has {peers}; are the bootNodes of the specification right, and do nodes make and \
				 finalize blocks?"
			),
			Err(error) => format!("has failed: {error:#}"),
		}
	}

	/// The number of peers, and whether their blocks are ahead.
	async fn health(&self) -> Result<(u64, bool)> {
		let health: Value = self.0.rpc.request("system_health", rpc_params![]).await?;
		let peers = health["peers"].as_u64().context("the number of peers is missing")?;
		Ok((peers, health["isSyncing"].as_bool().unwrap_or(true)))
	}
}

/// Follows the chain until nobody uses the client any more.
async fn follow(client: Weak<Inner>) {
	loop {
		let Some(inner) = client.upgrade() else { return };
		let (begin, end) = ("chainHead_v1_follow", "chainHead_v1_unfollow");
		let events = inner.rpc.subscribe::<Value>(begin, rpc_params![true], end).await;
		drop(inner);
		if let Ok(mut events) = events {
			let id = events.subscription_id().unwrap_or_default().to_owned();
			while let Some(Ok(event)) = events.next().await {
				let Some(inner) = client.upgrade() else { return };
				if inner.take(&id, event).await.is_err() {
					break;
				}
			}
		}
		let Some(inner) = client.upgrade() else { return };
		inner.view().end();
		drop(inner);
		tokio::time::sleep(RESUBSCRIBE).await;
	}
}

impl Inner {
	fn view(&self) -> MutexGuard<'_, View> {
		self.view.lock().unwrap_or_else(PoisonError::into_inner)
	}

	/// Takes an event of the subscription; an error ends it.
	async fn take(&self, id: &str, event: Value) -> Result<(), Error> {
		match Event::read(event).map_err(Error::Deserialization)? {
			Event::Begun(finalized) => {
				let mut blocks = Vec::new();
				for hash in finalized {
					let header = self.pinned_header(id, hash).await?;
					blocks.push((hash, number(&header)?, header.parent_hash));
				}
				self.view().begin(id, &blocks);
				if let Some((hash, ..)) = blocks.last() {
					self.finalized.send_replace(Some(self.pinned_block(id, *hash).await?));
				}
			}
			Event::New(block) => self.view().add(&block),
			Event::Best(hash) => {
				self.best.send_replace(Some(self.pinned_block(id, hash).await?));
			}
			Event::Final(blocks) => {
				let unpinned = self.view().finalize(&blocks);
				for hash in unpinned {
					self.heads.chainhead_v1_unpin(id, hash).await?;
				}
				if let Some(hash) = blocks.finalized.last() {
					self.finalized.send_replace(Some(self.pinned_block(id, *hash).await?));
				}
			}
			Event::Ended(operation, outcome) => self.view().finish(operation, outcome),
			Event::Stop => return Err(refusal("the subscription has ended")),
			Event::Other => (),
		}
		Ok(())
	}

	/// The header of a pinned block.
	async fn pinned_header(&self, id: &str, block: Hash) -> Result<Header, Error> {
		let header = self.heads.chainhead_v1_header(id, block).await?;
		header.ok_or_else(|| refusal("a pinned block has no header"))
	}

	/// A pinned block.
	async fn pinned_block(&self, id: &str, hash: Hash) -> Result<Block, Error> {
		let header = self.pinned_header(id, hash).await?;
		Ok(Block { hash, number: number(&header)?, header: json(&header)? })
	}

	/// The header of any block, which a peer may have to send.
	async fn header(&self, block: Hash) -> Result<Header, Error> {
		let header = self.rpc.request("chain_getHeader", rpc_params![block]).await?;
		Option::<Header>::ok_or_else(header, || refusal("no peer has the header of a block"))
	}

	/// The best block, once there is one.
	async fn best(&self) -> Result<Block, Error> {
		let mut best = self.best.subscribe();
		let found = best.wait_for(Option::is_some).await.map(|best| best.clone());
		found.ok().flatten().ok_or_else(|| refusal("the light client has ended"))
	}

	/// The hash of the block of this number in the best chain.
	async fn hash_of(&self, number: u32) -> Result<Option<Hash>, Error> {
		let best = self.best().await?;
		if number > best.number {
			return Ok(None);
		}
		let known = self.view().final_from(number);
		let (mut at, mut hash) = known.unwrap_or((best.number, best.hash));
		if at.saturating_sub(number) > LOOK_BACK {
			return Err(refusal(format_args!(
				"a light client does not find block {number}, which is older than {LOOK_BACK} blocks: \
				 ask a node for it (--url)"
			)));
		}
		while at > number {
			let pinned = self.view().parent(&hash);
			hash = match pinned {
				Some(parent) => parent,
				None => self.header(hash).await?.parent_hash,
			};
			at -= 1;
			if known.is_some() {
				self.view().add_final(at, hash);
			}
		}
		Ok(Some(hash))
	}

	/// Calls the runtime at a block, `None` if the block is not pinned.
	async fn call(
		&self,
		block: Hash,
		name: &str,
		arguments: &[u8],
	) -> Result<Option<Vec<u8>>, Error> {
		let constant = CONSTANTS.contains(&name).then(|| format!("{name} {arguments:?}"));
		for attempt in 0..ATTEMPTS {
			if attempt > 0 {
				tokio::time::sleep(self.patience.attempts).await;
			}
			let pin = self.view().pin(&block);
			let Some((subscription, runtime)) = pin else { return Ok(None) };
			if let Some(call) = &constant {
				if let Some(known) = self.view().constant(runtime, call) {
					return Ok(Some(known));
				}
			}
			match self.operate(&subscription, block, name, arguments).await {
				Ok(Outcome::Done(output)) => {
					if let Some(call) = constant {
						self.view().keep(runtime, call, output.clone());
					}
					return Ok(Some(output));
				}
				Ok(Outcome::Failed(reason)) => return Err(refusal(reason)),
				Ok(Outcome::Lost) => (),
				// It was unpinned just now, or the subscription has ended.
				Err(Error::User(error)) if error.code == NOT_PINNED => (),
				Err(error) => return Err(error),
			}
		}
		Err(refusal(format_args!(
			"no peer of the light client has sent a proof of {name}: is there one that has the state?"
		)))
	}

	/// Makes one call and waits for its outcome.
	async fn operate(
		&self,
		subscription: &str,
		block: Hash,
		name: &str,
		arguments: &[u8],
	) -> Result<Outcome, Error> {
		let _place = self.calls.acquire().await;
		let begun = self.heads.chainhead_v1_call(subscription, block, name, arguments).await?;
		let MethodResponse::Started(begun) = begun else { return Ok(Outcome::Lost) };
		let outcome = self.view().outcome(subscription, begun.operation_id);
		Ok(outcome.await.unwrap_or(Outcome::Lost))
	}

	/// The response to a request.
	async fn respond(
		self: Arc<Self>,
		method: String,
		params: Option<Box<RawValue>>,
	) -> Result<Box<RawValue>, Error> {
		let given = Params::read(params.as_deref())?;
		match &*method {
			"chain_getFinalizedHead" => {
				self.best().await?;
				let finalized = self.view().finalized();
				raw(json(&finalized.ok_or_else(|| refusal("no block is final"))?)?)
			}
			"chain_getHeader" => match given.hash(0)? {
				None => raw(self.best().await?.header),
				Some(hash) => {
					let pin = self.view().pin(&hash);
					match pin {
						Some((id, _)) => raw(json(&self.pinned_header(&id, hash).await?)?),
						None => self.pass(&method, params).await,
					}
				}
			},
			"chain_getBlockHash" => match given.number(0)? {
				None => raw(json(&self.best().await?.hash)?),
				Some(0) => self.pass(&method, params).await,
				Some(number) => raw(json(&self.hash_of(number).await?)?),
			},
			"state_call" => {
				let (name, arguments) = (given.text(0)?, given.bytes(1)?);
				let block = match given.hash(2)? {
					Some(block) => block,
					None => self.best().await?.hash,
				};
				match self.call(block, &name, &arguments.0).await? {
					Some(output) => raw(json(&Bytes(output))?),
					None => self.pass(&method, params).await,
				}
			}
			"chain_getBlock" => match given.hash(0)? {
				Some(hash) => raw(self.block(hash).await?),
				None => self.pass(&method, params).await,
			},
			_ => self.pass(&method, params).await,
		}
	}

	/// A block with its body, in JSON.
	///
	/// Each is asked for once, one at a time: a node refuses the third request for the same one in a minute,
	/// after which smoldot leaves it, and smoldot itself asks for those that may have its transactions.
	async fn block(&self, hash: Hash) -> Result<String, Error> {
		let mut blocks = self.blocks.lock().await;
		if let Some((_, block)) = blocks.iter().find(|(known, _)| *known == hash) {
			return Ok(block.clone());
		}
		let params = rpc_params![hash].build();
		let block = self.pass("chain_getBlock", params).await?.get().to_owned();
		if block != "null" {
			blocks.push_back((hash, block.clone()));
			if blocks.len() > BLOCKS {
				blocks.pop_front();
			}
		}
		Ok(block)
	}

	/// Passes a request on to smoldot.
	async fn pass(
		&self,
		method: &str,
		params: Option<Box<RawValue>>,
	) -> Result<Box<RawValue>, Error> {
		self.rpc.request_raw(method, params).await.map_err(|error| explained(method, error))
	}
}

/// An error that tells what to do if smoldot does not have a method.
fn explained(method: &str, error: Error) -> Error {
	let text = error.to_string();
	if text.contains("Not implemented in smoldot") || text.contains("Method not found") {
		return refusal(format_args!("a light client has no {method}: ask a node (--url)"));
	}
	error
}

impl RpcClientT for Light {
	fn request_raw<'a>(
		&'a self,
		method: &'a str,
		params: Option<Box<RawValue>>,
	) -> RawRpcFuture<'a, Box<RawValue>> {
		// A task of its own: if it were dropped half-way, the outcome of its call would be kept for ever.
		let response = tokio::spawn(self.0.clone().respond(method.into(), params));
		Box::pin(async { response.await.unwrap_or_else(|error| Err(Error::Client(error.into()))) })
	}

	fn subscribe_raw<'a>(
		&'a self,
		sub: &'a str,
		params: Option<Box<RawValue>>,
		unsub: &'a str,
	) -> RawRpcFuture<'a, RawRpcSubscription> {
		let blocks = match sub {
			"chain_subscribeNewHeads" => self.0.best.subscribe(),
			"chain_subscribeFinalizedHeads" => self.0.finalized.subscribe(),
			_ => {
				return Box::pin(async move {
					let begun = self.0.rpc.subscribe_raw(sub, params, unsub).await;
					begun.map_err(|error| explained(sub, error))
				})
			}
		};
		Box::pin(async { Ok(headers(blocks)) })
	}
}

/// The headers of blocks, beginning with the last one.
fn headers(mut blocks: watch::Receiver<Option<Block>>) -> RawRpcSubscription {
	blocks.mark_changed();
	let headers = stream::unfold(blocks, |mut blocks| async {
		loop {
			blocks.changed().await.ok()?;
			let header = blocks.borrow_and_update().as_ref().map(|block| block.header.clone());
			if let Some(header) = header {
				return Some((raw(header), blocks));
			}
		}
	});
	RawRpcSubscription { stream: headers.boxed(), id: None }
}

/// The parameters of a request.
struct Params(Vec<Value>);

impl Params {
	fn read(params: Option<&RawValue>) -> Result<Self, Error> {
		let list = params.map(|list| serde_json::from_str(list.get())).transpose();
		list.map(|list| Self(list.unwrap_or_default())).map_err(Error::Deserialization)
	}

	fn get(&self, at: usize) -> Option<&Value> {
		self.0.get(at).filter(|value| !value.is_null())
	}

	fn hash(&self, at: usize) -> Result<Option<Hash>, Error> {
		let hash = self.get(at).cloned().map(serde_json::from_value).transpose();
		hash.map_err(Error::Deserialization)
	}

	fn number(&self, at: usize) -> Result<Option<u32>, Error> {
		let Some(value) = self.get(at) else { return Ok(None) };
		let hex =
			value.as_str().map(|hex| u32::from_str_radix(hex.trim_start_matches("0x"), 16).ok());
		let number =
			hex.unwrap_or_else(|| value.as_u64().and_then(|number| number.try_into().ok()));
		number
			.map(Some)
			.ok_or_else(|| refusal(format_args!("{value} is not the number of a block")))
	}

	fn text(&self, at: usize) -> Result<String, Error> {
		let text = self.get(at).and_then(Value::as_str);
		text.map(Into::into).ok_or_else(|| refusal("a text is missing"))
	}

	fn bytes(&self, at: usize) -> Result<Bytes, Error> {
		serde_json::from_value(self.text(at)?.into()).map_err(Error::Deserialization)
	}
}

/// The number of a block.
fn number(header: &Header) -> Result<u32, Error> {
	u32::try_from(header.number).map_err(|_| refusal("the number of a block has more than 32 bits"))
}

fn json(value: &impl serde::Serialize) -> Result<String, Error> {
	serde_json::to_string(value).map_err(Error::Serialization)
}

fn raw(json: String) -> Result<Box<RawValue>, Error> {
	RawValue::from_string(json).map_err(Error::Serialization)
}

fn refusal(message: impl Display) -> Error {
	Error::User(UserError { code: -32_000, message: message.to_string(), data: None })
}

#[cfg(test)]
mod tests;
