//! What the roles share over one connection.

use super::{
	log::Log,
	metrics::Metrics,
	model::{PastEpoch, Request},
	stopped, Agent,
};
use crate::{
	chain::{
		schedule::OpenEpoch,
		types::{AccountId, Clock, EpochId, EpochState, TopicId, TopicQuestion},
		Account, Chain,
	},
	journal::Journal,
	participants::{follow_clock, next, Tick, Ticks},
};
use anyhow::{Context, Result};
use futures::future::try_join_all;
use std::{
	collections::BTreeMap,
	sync::{Arc, Mutex, PoisonError},
	time::Duration,
};
use tokio::sync::watch;

/// The number of settled epochs that models are shown.
const HISTORY: usize = 16;
/// The number of blocks for which transactions of an earlier process are waited for.
const POOL_PATIENCE: u32 = 8;

/// A connection with the accounts that use it.
pub struct Session {
	/// The connection.
	pub chain: Chain,
	/// The journal.
	pub journal: Arc<Journal>,
	/// Where lines go.
	pub log: Arc<Log>,
	/// What is counted.
	pub metrics: Arc<Metrics>,
	/// The rewards from which on they are collected, in planck.
	pub collect_at: Option<u128>,
	/// The length of a slot.
	pub clock: Clock,
	accounts: BTreeMap<AccountId, Arc<Account>>,
	topics: Vec<TopicId>,
	sender: watch::Sender<Option<Tick>>,
	ticks: Ticks,
	stop: watch::Receiver<bool>,
	/// Settled epochs by topic, newest last; they do not change.
	history: Mutex<BTreeMap<TopicId, BTreeMap<EpochId, PastEpoch>>>,
}

impl Session {
	/// A session over a connection.
	pub async fn new(agent: &Agent, chain: Chain, stop: watch::Receiver<bool>) -> Result<Self> {
		let clock = chain.best().await?.clock().await?;
		let (sender, ticks) = watch::channel(None);
		let mut accounts = BTreeMap::new();
		for key in agent.keys.values() {
			let account = Account::new(key.clone(), chain.clone()).once_only();
			accounts.insert(key.id(), Arc::new(account));
		}
		try_join_all(accounts.values().map(|account| account.wait_for_pool(POOL_PATIENCE))).await?;
		Ok(Self {
			chain,
			journal: agent.journal.clone(),
			log: agent.log.clone(),
			metrics: agent.metrics.clone(),
			collect_at: agent.config.collect_at,
			clock,
			accounts,
			topics: agent.config.topics(),
			sender,
			ticks,
			stop,
			history: Mutex::default(),
		})
	}

	/// Reads the open windows of all topics at every block.
	pub async fn follow(&self) -> Result<()> {
		follow_clock(self.chain.clone(), self.topics.clone(), self.sender.clone()).await
	}

	/// The blocks from now on.
	pub fn ticks(&self) -> Ticks {
		self.ticks.clone()
	}

	/// Waits for the next block, `None` if the agent is to stop.
	pub async fn next(&self, ticks: &mut Ticks) -> Result<Option<Tick>> {
		tokio::select! {
			biased;
			() = stopped(self.stop.clone()) => Ok(None),
			tick = next(ticks) => {
				let tick = tick?;
				self.metrics.saw_block(tick.head.number);
				Ok(Some(tick))
			}
		}
	}

	/// The account that sends for a key.
	pub fn account(&self, id: &AccountId) -> Result<Arc<Account>> {
		self.accounts.get(id).cloned().context("the account has no key")
	}

	/// The duration of a number of slots.
	pub fn slots(&self, slots: u64) -> Duration {
		Duration::from_millis(slots.saturating_mul(self.clock.slot_duration_ms))
	}

	/// The number of slots in a duration, rounded down.
	pub fn in_slots(&self, duration: Duration) -> u64 {
		let milliseconds = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
		milliseconds / self.clock.slot_duration_ms.max(1)
	}

	/// What a model is asked for an epoch, without inferers.
	pub async fn request(
		&self,
		topic: TopicId,
		open: OpenEpoch,
		tick: &Tick,
	) -> Result<(Request, TopicQuestion)> {
		let state = self.chain.at(tick.head).await?;
		let question = state.question(topic).await?.context("the topic no longer exists")?;
		let parameters = &question.parameters;
		let at_ms = |slot: u64| slot.saturating_mul(self.clock.slot_duration_ms);
		let request = Request {
			topic,
			epoch: open.epoch,
			block: tick.head.number,
			labels: parameters.label_names(),
			opened_at_ms: at_ms(open.epoch),
			truth_at_ms: at_ms(open.epoch.saturating_add(parameters.ground_truth_lag.into())),
			epoch_length: self.slots(parameters.epoch_length.into()),
			history: self.history(topic, tick).await?,
			inferers: Vec::new(),
			measured: None,
		};
		Ok((request, question))
	}

	/// The inferers of the topic's newest bundle.
	pub async fn inferers(&self, topic: TopicId) -> Result<Vec<AccountId>> {
		let state = self.chain.finalized().await?;
		for (epoch, _) in state.epochs(topic).await?.into_iter().rev() {
			if let Some((_, bundle)) = state.bundle(topic, epoch).await? {
				return Ok(bundle.inferers);
			}
		}
		Ok(Vec::new())
	}

	/// The newest settled epochs of a topic, oldest first.
	async fn history(&self, topic: TopicId, tick: &Tick) -> Result<Vec<PastEpoch>> {
		let ended = tick.topics.get(&topic).map_or(&[][..], |schedule| &schedule.ended);
		let settled = ended.iter().rev().filter(|(_, state)| *state == EpochState::Settled);
		let mut newest: Vec<_> = settled.map(|(epoch, _)| *epoch).take(HISTORY).collect();
		newest.reverse();
		let lock = || self.history.lock().unwrap_or_else(PoisonError::into_inner);
		let known = lock().get(&topic).cloned().unwrap_or_default();
		let missing = newest.iter().filter(|epoch| !known.contains_key(epoch));
		let mut read = Vec::new();
		if newest.iter().any(|epoch| !known.contains_key(epoch)) {
			let state = self.chain.finalized().await?;
			for epoch in missing {
				let truth = state.truth_fixed(topic, *epoch).await?.unwrap_or_default();
				let bundle = state.bundle(topic, *epoch).await?;
				let network = bundle.map(|(_, bundle)| bundle.network().to_vec());
				read.push(PastEpoch {
					epoch: *epoch,
					opened_at_ms: epoch.saturating_mul(self.clock.slot_duration_ms),
					network: network.unwrap_or_default(),
					truth,
				});
			}
		}
		let mut all = lock();
		let known = all.entry(topic).or_default();
		known.extend(read.into_iter().map(|past| (past.epoch, past)));
		known.retain(|epoch, _| newest.contains(epoch));
		Ok(known.values().cloned().collect())
	}
}
