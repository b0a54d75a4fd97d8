//! Follows the blocks of a node: reads what a finalized one has changed into the history, then makes it
//! the one that responses are about. The best block is kept beside it.

use super::{
	app::{Blocks, Newest},
	responses::{inference_of, InferenceResponse},
	state::{Block, ChainState, State},
	store::{Batch, Mark, Store},
};
use crate::{
	chain::{
		documents::{EpochSummary, Overview},
		json::{Address, Fixed},
		types::{Contribution, EpochId, EpochState, TopicId},
		Chain,
	},
	run::{endpoints::Endpoints, log::Log},
	verify::justifications,
};
use anyhow::{Context, Result};
use schemars::JsonSchema;
use serde::Serialize;
use sp_core::Bytes;
use std::{
	collections::BTreeMap,
	fmt::{self, Display},
	sync::Arc,
	time::{Duration, Instant},
};
use subxt::rpcs::client::rpc_params;
use tokio::sync::watch;

/// The number of topics that are read by one call.
const TOPIC_PAGE: u32 = 64;
/// The number of epochs that are read by one call.
const EPOCH_PAGE: u32 = 16;
/// The number of blocks after which the newest epochs of a topic are read again although nothing has
/// been seen to change: the end of an epoch without a result shows in them only.
const READ_AGAIN: u32 = 8;
/// More than the chain keeps of a topic.
const MAX_RECENT: u32 = 256;
/// The time between two attempts to connect, at first and at most; it doubles with each that fails.
const RECONNECT: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(30));
/// The duration of a connection after which it has not failed.
const LASTED: Duration = Duration::from_secs(60);

/// An epoch that has changed.
#[derive(Debug, Serialize, JsonSchema)]
pub struct EpochEvent {
	/// The block at which this holds.
	pub block: Block,
	/// The topic.
	pub topic: TopicId,
	/// The epoch.
	#[serde(flatten)]
	pub summary: EpochSummary,
}

/// The scores of an epoch that has settled.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ScoreEvent {
	/// The block at which this holds.
	pub block: Block,
	/// The topic.
	pub topic: TopicId,
	/// The epoch.
	pub epoch: EpochId,
	/// The scores of inferers.
	pub inferers: Vec<Score>,
	/// The scores of forecasters.
	pub forecasters: Vec<Score>,
	/// The scores of reputers.
	pub reputers: Vec<Score>,
}

/// An account's score in an epoch.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Score {
	/// The account.
	pub account: Address,
	/// Its score.
	pub score: Fixed,
}

impl Score {
	fn all(contributions: &[Contribution]) -> Vec<Self> {
		let score = |contribution: &Contribution| Self {
			account: Address(contribution.account),
			score: Fixed(contribution.score),
		};
		contributions.iter().map(score).collect()
	}
}

/// The history is of another chain than the node.
#[derive(Debug)]
pub struct OtherChain(String);

impl Display for OtherChain {
	fn fmt(&self, to: &mut fmt::Formatter) -> fmt::Result {
		to.write_str(&self.0)
	}
}

impl std::error::Error for OtherChain {}

/// Where the newest blocks go.
pub struct Heads {
	finalized: watch::Sender<Option<Newest>>,
	best: watch::Sender<Option<Newest>>,
}

/// Where the newest blocks go, and where they are read.
pub fn heads() -> (Heads, Blocks) {
	let ((finalized, of_finalized), (best, of_best)) = (watch::channel(None), watch::channel(None));
	(Heads { finalized, best }, Blocks { finalized: of_finalized, best: of_best })
}

/// Follows the blocks of one node after the other; ends only with an error that no other attempt mends.
pub async fn follow(urls: &[String], store: Store, heads: Heads, log: Arc<Log>) -> anyhow::Error {
	let mut endpoints = Endpoints::of_nodes(urls);
	let mut is_first = true;
	let (at_first, at_most) = RECONNECT;
	let mut pause = at_first;
	loop {
		let started = Instant::now();
		let ended = match endpoints.connect(&log).await {
			Ok(chain) => tokio::select! {
				ended = follow_node(chain.clone(), store.clone(), &heads) => match ended {
					Ok(()) => anyhow::anyhow!("there are no more blocks"),
					Err(error) => error,
				},
				better = endpoints.better(&chain) => better,
			},
			Err(error) if is_first && urls.len() == 1 => return error,
			Err(error) => error,
		};
		is_first = false;
		if ended.is::<OtherChain>() {
			return ended;
		}
		if started.elapsed() > LASTED {
			pause = at_first;
		}
		let seconds = pause.as_secs();
		log.line("gateway", &format!("! {ended:#}; connecting again in {seconds} s"));
		tokio::time::sleep(pause).await;
		pause = (2 * pause).min(at_most);
	}
}

/// Follows the blocks of a node until its connection ends.
async fn follow_node(mut chain: Chain, store: Store, heads: &Heads) -> Result<()> {
	let (sender, justified) = watch::channel(None);
	let rpc = chain.rpc().clone();
	let justify = async {
		let mut justifications = justifications(&rpc).await?;
		while let Some(justification) = justifications.next().await {
			sender.send_replace(Some(justification?));
		}
		Ok(())
	};
	tokio::select! {
		ended = justify => ended,
		ended = read_blocks(&mut chain, store, justified, heads) => ended,
	}
}

async fn read_blocks(
	chain: &mut Chain,
	store: Store,
	justified: watch::Receiver<Option<Bytes>>,
	heads: &Heads,
) -> Result<()> {
	check_chain(chain, &store).await?;
	let genesis = format!("{:?}", sp_core::H256(chain.genesis()));
	let mut index = Index::new(store, genesis).await?;
	let mut last = None;
	let mut best = chain.head();
	let newest = |state| Some(Newest { state: Arc::new(state), seen: Instant::now() });
	loop {
		let state = ChainState::new(chain.clone(), chain.at(best).await?, justified.clone());
		heads.best.send_replace(newest(state.await?));
		let snapshot = chain.finalized().await?;
		let number = snapshot.head.number;
		if last.is_none_or(|last| number > last) {
			let state = ChainState::new(chain.clone(), snapshot, justified.clone()).await?;
			index.add(&state).await?;
			heads.finalized.send_replace(newest(state));
			last = Some(number);
		}
		best = chain.next_head().await?;
	}
}

/// An error if the history has a block that is not the node's.
async fn check_chain(chain: &Chain, store: &Store) -> Result<()> {
	let Some(mark) = store.mark().await? else { return Ok(()) };
	let hash: Option<String> =
		chain.rpc().request("chain_getBlockHash", rpc_params![mark.number]).await?;
	let Mark { number, .. } = mark;
	let finalized = chain.finalized().await?.head.number;
	anyhow::ensure!(
		finalized >= number,
		"the node has finalized block {finalized} and the history has block {number}: wait for the node, or \
		 choose another file by --history if the chain is a new one"
	);
	if hash.as_ref() == Some(&mark.hash) {
		return Ok(());
	}
	let text = format!(
		"the history is of another chain: its block {number} is {}, and the node's is {}; choose another \
		 file by --history",
		mark.hash,
		hash.unwrap_or_else(|| "missing".into())
	);
	Err(OtherChain(text).into())
}

/// What is known of a topic.
struct Known {
	/// The epoch opened last, and those of the newest inference and of the newest settlement.
	epochs: [Option<EpochId>; 3],
	/// The block in which its newest epochs were read.
	read_at: u32,
	/// Its newest epochs, as JSON.
	recent: BTreeMap<EpochId, String>,
}

/// Reads the chain into the history.
struct Index {
	store: Store,
	genesis: String,
	/// Whether the history is new, so that what there is already is no change.
	is_new: bool,
	/// The epoch of the newest inference that the history has, by topic.
	latest: BTreeMap<TopicId, EpochId>,
	known: BTreeMap<TopicId, Known>,
}

impl Index {
	async fn new(store: Store, genesis: String) -> Result<Self> {
		let mut latest = BTreeMap::new();
		for (topic, inference) in store.latest().await? {
			let inference: serde_json::Value = serde_json::from_str(&inference)?;
			let epoch = inference.get("epoch").and_then(serde_json::Value::as_u64);
			latest.insert(topic, epoch.context("an inference of the history has no epoch")?);
		}
		let is_new = store.mark().await?.is_none();
		Ok(Self { store, genesis, is_new, latest, known: BTreeMap::new() })
	}

	/// Reads a block. After an error nothing is known to be in the history: start anew.
	async fn add(&mut self, state: &dyn State) -> Result<()> {
		let block = state.block();
		let mut batch = Batch::default();
		let mut topics = Vec::new();
		let mut from = 0;
		loop {
			let page = state.overview(from, TOPIC_PAGE).await?;
			for topic in &page.topics {
				self.add_inference(block, topic, &mut batch)?;
				self.add_epochs(state, topic, &mut batch).await?;
				topics.push(topic.info.topic);
			}
			match page.next {
				Some(next) if next > from => from = next,
				_ => break,
			}
		}
		self.known.retain(|topic, _| topics.contains(topic));
		let is_gone = |topic: &TopicId| !topics.contains(topic);
		batch.gone = self.latest.keys().copied().filter(is_gone).collect();
		self.latest.retain(|topic, _| topics.contains(topic));
		if self.is_new {
			batch.events.clear();
			self.is_new = false;
		}
		let (genesis, hash) = (self.genesis.clone(), block.hash.clone());
		self.store.write(batch, Mark { genesis, number: block.number, hash }).await
	}

	/// Adds the newest inference of a topic, if it is a new one.
	fn add_inference(&mut self, block: &Block, topic: &Overview, batch: &mut Batch) -> Result<()> {
		let id = topic.info.topic;
		let Some(inference) = &topic.inference else { return Ok(()) };
		if self.latest.insert(id, inference.epoch) == Some(inference.epoch) {
			return Ok(());
		}
		let response: InferenceResponse = inference_of(block, topic, inference.clone(), Vec::new());
		let text = serde_json::to_string(&response)?;
		batch.latest.push((id, text.clone()));
		batch.events.push((id, "inference", text));
		Ok(())
	}

	/// Adds the epochs of a topic that have changed: at first all on record, then the newest.
	async fn add_epochs(
		&mut self,
		state: &dyn State,
		topic: &Overview,
		batch: &mut Batch,
	) -> Result<()> {
		let (id, number) = (topic.info.topic, state.block().number);
		let inference = topic.inference.as_ref().map(|inference| inference.epoch);
		let settled = topic.settled.as_ref().map(|settled| settled.epoch);
		let epochs = [topic.info.last_epoch, inference, settled];
		let known = self.known.remove(&id);
		let is_first = known.is_none();
		let mut known = match known {
			Some(known) => known,
			None => {
				let recent = self.store.epochs(id, None, MAX_RECENT).await?.into_iter().collect();
				Known { epochs, read_at: number, recent }
			}
		};
		if is_first || known.epochs != epochs || number >= known.read_at + READ_AGAIN {
			let mut read = Vec::new();
			let mut before = None;
			loop {
				let page = state.history(id, before, EPOCH_PAGE).await?;
				before = page.last().map(|summary| summary.epoch);
				let is_last = page.is_empty() || !is_first;
				read.extend(page);
				if is_last {
					break;
				}
			}
			for summary in read.into_iter().rev() {
				add_epoch(state, id, summary, &mut known.recent, batch).await?;
			}
			while known.recent.len() > MAX_RECENT as usize {
				known.recent.pop_first();
			}
			(known.epochs, known.read_at) = (epochs, number);
		}
		self.known.insert(id, known);
		Ok(())
	}
}

/// Adds an epoch, if it has changed.
async fn add_epoch(
	state: &dyn State,
	topic: TopicId,
	summary: EpochSummary,
	recent: &mut BTreeMap<EpochId, String>,
	batch: &mut Batch,
) -> Result<()> {
	let (epoch, text) = (summary.epoch, serde_json::to_string(&summary)?);
	if recent.get(&epoch) == Some(&text) {
		return Ok(());
	}
	recent.insert(epoch, text.clone());
	batch.epochs.push((topic, epoch, text));
	let block = state.block().clone();
	let is_settled = summary.state == EpochState::Settled;
	let event = EpochEvent { block: block.clone(), topic, summary };
	batch.events.push((topic, "epoch", serde_json::to_string(&event)?));
	if !is_settled {
		return Ok(());
	}
	if let Some(scores) = state.contributions(topic, epoch).await? {
		let inferers = Score::all(&scores.inferers);
		let forecasters = Score::all(&scores.forecasters);
		let reputers = Score::all(&scores.reputers);
		let event = ScoreEvent { block, topic, epoch, inferers, forecasters, reputers };
		batch.events.push((topic, "score", serde_json::to_string(&event)?));
	}
	Ok(())
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::gateway::{fake::Fake, store::EventId};

	async fn kinds(store: &Store) -> Vec<String> {
		let events = store.events_after(EventId::default(), 100).await.unwrap();
		events.iter().map(|event| format!("{} {} {}", event.id, event.topic, event.kind)).collect()
	}

	async fn index(store: &Store) -> Index {
		Index::new(store.clone(), "0x00".into()).await.unwrap()
	}

	#[tokio::test]
	async fn new_history_has_the_chains_record_and_no_changes() {
		let store = Store::open(None).unwrap();
		let fake = Fake::new(10);
		index(&store).await.add(&fake).await.unwrap();
		let epochs = store.epochs(1, None, 99).await.unwrap();
		let numbers: Vec<_> = epochs.iter().map(|(epoch, _)| *epoch).collect();
		assert_eq!(numbers, fake.epochs().rev().collect::<Vec<_>>());
		assert_eq!(kinds(&store).await, [""; 0]);
		assert_eq!(store.latest().await.unwrap().len(), 1);
	}

	#[tokio::test]
	async fn changes_of_a_block_are_kept_also_over_a_restart() {
		let store = Store::open(None).unwrap();
		let mut first = index(&store).await;
		first.add(&Fake::new(10)).await.unwrap();
		first.add(&Fake::new(11)).await.unwrap();
		assert_eq!(kinds(&store).await, [""; 0], "nothing has changed");
		// An epoch later: one has settled, one has opened, and there is a new inference.
		first.add(&Fake::new(12).one_epoch_later()).await.unwrap();
		let seen = ["12-0 1 inference", "12-1 1 epoch", "12-2 1 score", "12-3 1 epoch"];
		assert_eq!(kinds(&store).await, seen);
		let mut second = index(&store).await;
		second.add(&Fake::new(13).one_epoch_later()).await.unwrap();
		assert_eq!(kinds(&store).await, seen, "nothing is reported twice");
	}

	#[tokio::test]
	async fn topic_that_is_gone_keeps_its_history() {
		let store = Store::open(None).unwrap();
		let mut index = index(&store).await;
		index.add(&Fake::new(10)).await.unwrap();
		index.add(&Fake::new(11).without_topics()).await.unwrap();
		assert_eq!(store.latest().await.unwrap(), []);
		assert!(!store.epochs(1, None, 9).await.unwrap().is_empty());
	}
}
