//! The participants of the demo, and the setup of its topics.

use super::{all, WORKER_WINDOW};
use crate::{
	chain::{
		calls, to_fixed,
		types::{
			AccountId, Cadence, EpochId, Registration, Role, Rule, ScaleRule, TopicCreated,
			TopicId, TopicParameters,
		},
		Account, Chain, Events, Key, ALLO,
	},
	coordinator::Learning,
	forecasters::{forecasters, Forecaster},
	journal::Journal,
	models::Model,
	participants::{ForecasterTask, InfererTask, Plan, ReputerTask, Ticks, Worker},
	question::Question,
	table::Screen,
};
use anyhow::{Context, Result};
use std::{collections::BTreeMap, sync::Arc, time::Duration};
use tokio::task::JoinSet;

/// Steps of the setup that the progress bar counts.
pub const SETUP_STEPS: u64 = 7;

/// Slots from one epoch to the next, in a topic without a reveal window and in one with it.
const EPOCH_LENGTH: u32 = 15;
const EPOCH_LENGTH_WITH_REVEALS: u32 = 20;
/// The stake of each reputer.
const STAKES: [u128; 3] = [150 * ALLO, 300 * ALLO, 600 * ALLO];
/// The balance of each account at the beginning, stake excluded: for the registration and a fee.
const INITIAL_BALANCE: u128 = 5 * ALLO;
/// What the delegator delegates to the first reputer of each topic.
const DELEGATION: u128 = 150 * ALLO;
/// What the consumer pays per epoch of a topic.
const PRICE: u128 = ALLO;
/// The amount with which a topic is funded, so that it has weight.
const FUNDING: u128 = 500 * ALLO;
/// Number of epochs whose records a topic keeps.
const HISTORY: u32 = 64;
/// Slots within which a call of the setup must be included in a block.
const VALID: u32 = 16;

/// The creator of the topics and the participants of each.
pub struct Setup {
	/// The account that pays for the setup and funds the other accounts.
	creator: Account,
	/// The account that buys the network inferences of all topics.
	consumer: Account,
	/// The account that delegates to the first reputer of each topic.
	delegator: Account,
	/// The participants, per topic.
	pub topics: Vec<Participants>,
}

/// The participants of a topic, each with its own account.
pub struct Participants {
	/// The question that the topic asks.
	pub question: Question,
	/// Whether workers commit to their payloads and reveal them.
	reveals: bool,
	/// The topic's rule.
	rule: Rule,
	/// The inferers with their models.
	pub inferers: Vec<(Worker, Box<dyn Model>)>,
	/// The forecasters.
	pub forecasters: Vec<(Worker, Box<dyn Forecaster>)>,
	/// The reputers with their stakes in planck.
	pub reputers: Vec<(Account, u128)>,
}

/// The names of a topic's participants by account.
#[derive(Clone, Debug, Default)]
pub struct Names {
	/// The inferers.
	pub inferers: Vec<(AccountId, String)>,
	/// The forecasters.
	pub forecasters: Vec<(AccountId, String)>,
	/// The reputers.
	pub reputers: Vec<(AccountId, String)>,
}

impl Names {
	/// The accounts and names in a role.
	pub fn of(&self, role: Role) -> &[(AccountId, String)] {
		match role {
			Role::Inferer => &self.inferers,
			Role::Forecaster => &self.forecasters,
			Role::Reputer => &self.reputers,
		}
	}

	/// The accounts of inferers and forecasters.
	fn workers(&self) -> impl Iterator<Item = AccountId> + '_ {
		self.inferers.iter().chain(&self.forecasters).map(|(who, _)| *who)
	}

	/// The accounts of all participants.
	pub fn accounts(&self) -> impl Iterator<Item = AccountId> + '_ {
		self.workers().chain(self.reputers.iter().map(|(who, _)| *who))
	}
}

impl Setup {
	/// Derives the keys of all accounts. The workers of the second topic commit and reveal.
	pub fn create_accounts(
		chain: &Chain,
		questions: &[Question],
		rule: Rule,
		journal: &Arc<Journal>,
	) -> Result<Self> {
		let topics = questions.iter().enumerate();
		let topics = topics
			.map(|(at, question)| Participants::new(chain, *question, at == 1, rule, journal));
		let account = |path| {
			Ok::<_, anyhow::Error>(
				Account::new(Key::development(path)?, chain.clone()).without_tips(),
			)
		};
		Ok(Self {
			creator: account("//Alice")?,
			consumer: account("//Demo//consumer")?,
			delegator: account("//Demo//delegator")?,
			topics: topics.collect::<Result<_>>()?,
		})
	}

	/// The account that creates the topics.
	pub fn creator(&self) -> AccountId {
		self.creator.id()
	}

	/// The account that buys network inferences.
	pub fn consumer(&self) -> AccountId {
		self.consumer.id()
	}

	/// The account that delegates.
	pub fn delegator(&self) -> AccountId {
		self.delegator.id()
	}

	/// Reveals what an earlier run on this chain has committed to and could not reveal.
	pub async fn reveal_pending(&mut self, screen: &Screen) -> Result<()> {
		all(self.topics.iter_mut().flat_map(Participants::workers).map(|worker| async move {
			let revealed = worker.reveal_pending().await?;
			if revealed > 0 {
				screen.print(format!("revealed {revealed} payloads of an earlier run"));
			}
			Ok(())
		}))
		.await
	}

	/// Funds the accounts, creates and funds the topics, registers all participants, stakes for the
	/// reputers, delegates, and subscribes to `epochs` inferences of each topic. Returns the id of
	/// each topic.
	pub async fn run(
		&mut self,
		chain: &Chain,
		epochs: usize,
		screen: &Screen,
	) -> Result<Vec<TopicId>> {
		screen.set_status("funding accounts");
		let mut balances: Vec<_> =
			self.topics.iter().flat_map(Participants::initial_balances).collect();
		let (topics, epochs) = (self.topics.len() as u128, u32::try_from(epochs)?);
		let price = PRICE * u128::from(epochs);
		balances.push((self.consumer.id(), INITIAL_BALANCE + topics * price));
		balances.push((self.delegator.id(), INITIAL_BALANCE + topics * DELEGATION));
		self.creator.send(&calls::transfers(&balances), VALID).await?;
		screen.advance(1);

		screen.set_status("creating topics");
		let mut ids = Vec::new();
		for participants in &self.topics {
			ids.push(create(&self.creator, participants.parameters()?).await?);
		}
		screen.advance(1);

		screen.set_status("registering");
		let ids_in_order = || ids.iter().copied();
		all(ids_in_order().zip(&mut self.topics).map(|(id, topic)| topic.register(id))).await?;
		screen.advance(1);

		screen.set_status("staking and funding topics");
		all(ids_in_order().zip(&mut self.topics).map(|(id, topic)| topic.stake(id))).await?;
		screen.advance(1);

		screen.set_status("delegating and subscribing");
		for (topic, participants) in ids.iter().zip(&self.topics) {
			if let Some((reputer, _)) = participants.reputers.first() {
				let call = calls::delegate(*topic, reputer.id(), DELEGATION);
				self.delegator.send(&call, VALID).await?;
			}
			self.consumer.send(&calls::subscribe(*topic, PRICE, epochs), VALID).await?;
		}
		screen.advance(1);
		for topic in ids_in_order() {
			self.creator.send(&calls::fund(topic, FUNDING), VALID).await?;
			if !active(chain, topic).await? {
				self.creator.send(&calls::activate(topic), VALID).await?;
			}
		}
		screen.advance(1);
		Ok(ids)
	}

	/// Pays out what the topics owe to these participants.
	///
	/// The chain does so by itself within some epochs; the demo does not wait for that.
	pub async fn collect(
		&mut self,
		chain: &Chain,
		participants: &[(TopicId, AccountId)],
	) -> Result<()> {
		let state = chain.finalized().await?;
		let mut owed = Vec::new();
		for (topic, who) in participants {
			if state.due(*topic, *who).await? > 0 {
				owed.push((*topic, *who));
			}
		}
		if owed.is_empty() {
			return Ok(());
		}
		self.creator.send(&calls::collect(&owed), VALID).await.map(drop)
	}

	/// Pays the delegator what its delegations to these reputers have earned; returns how much that
	/// is, per reputer.
	pub async fn claim(
		&mut self,
		chain: &Chain,
		reputers: &[(TopicId, AccountId)],
	) -> Result<BTreeMap<AccountId, u128>> {
		let state = chain.finalized().await?;
		let mut claimed = BTreeMap::new();
		for (topic, reputer) in reputers {
			let amount = state.claimable(*topic, *reputer, self.delegator.id()).await?;
			if amount > 0 {
				self.delegator.send(&calls::claim(*topic, *reputer), VALID).await?;
			}
			claimed.insert(*reputer, amount);
		}
		Ok(claimed)
	}

	/// Retires a topic if that is still possible; if not, the demo does not fail.
	pub async fn retire(&mut self, topic: TopicId, screen: &Screen) {
		let call = calls::retire(topic);
		let sent = self.creator.send(&call, VALID);
		let done = tokio::time::timeout(Duration::from_secs(10), sent).await;
		if !matches!(done, Ok(Ok(_))) {
			screen.print(format!("topic {topic} could not be retired and will open more epochs"));
		}
	}
}

impl Participants {
	/// The participants of a topic, with keys derived from the development seed.
	fn new(
		chain: &Chain,
		question: Question,
		reveals: bool,
		rule: Rule,
		journal: &Arc<Journal>,
	) -> Result<Self> {
		let account = |role: &str, number: usize| {
			let path = format!("//Demo//{}//{role}//{number}", question.name());
			let key = Key::development(&path)?;
			Ok::<_, anyhow::Error>(Account::new(key, chain.clone()).without_tips())
		};
		let worker = |role: &str, number: usize| {
			let account = Arc::new(account(role, number)?);
			Ok::<_, anyhow::Error>(Worker { account, journal: journal.clone() })
		};
		let inferers = question.models().into_iter().enumerate();
		let forecasters = forecasters().into_iter().enumerate();
		let reputers = STAKES.into_iter().enumerate();
		Ok(Self {
			question,
			reveals,
			rule,
			inferers: inferers
				.map(|(at, model)| Ok((worker("worker", at)?, model)))
				.collect::<Result<_>>()?,
			forecasters: forecasters
				.map(|(at, forecaster)| Ok((worker("forecaster", at)?, forecaster)))
				.collect::<Result<_>>()?,
			reputers: reputers
				.map(|(at, stake)| Ok((account("reputer", at)?, stake)))
				.collect::<Result<_>>()?,
		})
	}

	/// The workers.
	fn workers(&mut self) -> impl Iterator<Item = &mut Worker> {
		workers(&mut self.inferers, &mut self.forecasters)
	}

	/// Slots from one epoch of the topic to the next.
	pub fn epoch_length(&self) -> u32 {
		if self.reveals {
			EPOCH_LENGTH_WITH_REVEALS
		} else {
			EPOCH_LENGTH
		}
	}

	/// Slots after the worker window in which payloads are revealed; 0 if they are submitted openly.
	pub fn reveal_window(&self) -> u32 {
		TopicParameters::common_reveal_window(self.epoch_length(), WORKER_WINDOW)
	}

	/// The names of the participants.
	pub fn names(&self) -> Names {
		Names {
			inferers: self
				.inferers
				.iter()
				.map(|(who, model)| (who.account.id(), model.name()))
				.collect(),
			forecasters: self
				.forecasters
				.iter()
				.map(|(who, forecaster)| (who.account.id(), forecaster.name()))
				.collect(),
			reputers: self
				.reputers
				.iter()
				.map(|(who, stake)| (who.id(), reputer_name(*stake)))
				.collect(),
		}
	}

	/// The balance that each participant needs, in planck.
	fn initial_balances(&self) -> Vec<(AccountId, u128)> {
		let names = self.names();
		let workers = names.workers().map(|who| (who, INITIAL_BALANCE));
		let reputers = self.reputers.iter().map(|(who, stake)| (who.id(), stake + INITIAL_BALANCE));
		workers.chain(reputers).collect()
	}

	/// Registers all participants.
	async fn register(&mut self, topic: TopicId) -> Result<()> {
		let Self { inferers, forecasters, reputers, .. } = self;
		let workers =
			workers(inferers, forecasters).map(|who| (&*who.account, Registration::Worker));
		let reputers = reputers.iter().map(|(who, _)| (who, Registration::Reputer));
		let registrations = workers.chain(reputers);
		all(registrations.map(|(who, registration)| async move {
			who.send(&calls::register(topic, registration, None), VALID).await.map(drop)
		}))
		.await
	}

	/// Stakes for each reputer.
	async fn stake(&mut self, topic: TopicId) -> Result<()> {
		all(self.reputers.iter().map(|(who, stake)| async move {
			who.send(&calls::stake(topic, *stake), VALID).await.map(drop)
		}))
		.await
	}

	/// Spawns one task per participant; submissions that fail are printed.
	pub fn spawn(
		self,
		chain: &Chain,
		plan: &Plan,
		ticks: Ticks,
		screen: &Arc<Screen>,
		tasks: &mut JoinSet<Result<()>>,
	) {
		let print_failure = || {
			let screen = screen.clone();
			move |text: String| screen.print(format!("! {text}"))
		};
		for (worker, model) in self.inferers {
			let task = InfererTask { worker, model };
			tasks.spawn(task.run(plan.clone(), ticks.clone(), print_failure()));
		}
		for (worker, forecaster) in self.forecasters {
			let task = ForecasterTask { worker, chain: chain.clone(), forecaster };
			tasks.spawn(task.run(plan.clone(), ticks.clone(), print_failure()));
		}
		for (account, stake) in self.reputers {
			let name = reputer_name(stake);
			let task = ReputerTask { account, name };
			tasks.spawn(task.run(plan.clone(), ticks.clone(), print_failure()));
		}
	}

	/// The parameters of the topic.
	fn parameters(&self) -> Result<TopicParameters> {
		let (question, learning) = (self.question, Learning::default());
		Ok(TopicParameters {
			metadata: question.title().into(),
			loss_method: question.loss_method().into(),
			loss_floor: to_fixed(question.loss_floor())?,
			ground_truth: question.ground_truth().into(),
			labels: question.labels().iter().map(|label| Vec::from(*label)).collect(),
			unity_tolerance: question.unity_tolerance().map(to_fixed).transpose()?,
			label_default: 0,
			cadence: Cadence::Regular,
			epoch_length: self.epoch_length(),
			phase: None,
			worker_window: WORKER_WINDOW,
			reveal_window: self.reveal_window(),
			ground_truth_lag: self.epoch_length(),
			rule: self.rule,
			p_norm: to_fixed(learning.p_norm)?,
			c_norm: to_fixed(learning.c_norm)?,
			alpha_regret: to_fixed(learning.alpha_regret)?,
			merit_sortition_alpha: to_fixed(0.1)?,
			epsilon: to_fixed(learning.epsilon)?,
			scale_rule: if learning.standard_deviation {
				ScaleRule::StdDev
			} else {
				ScaleRule::Mad
			},
			inferer_quantile: to_fixed(0.25)?,
			forecaster_quantile: to_fixed(0.25)?,
			max_inferers: self.inferers.len() as u32,
			max_forecasters: self.forecasters.len() as u32,
			max_reputers: self.reputers.len() as u32,
			min_reputers: 1,
			min_stake: 100 * ALLO,
			history: HISTORY,
		})
	}
}

/// Inferers and forecasters.
fn workers<'a>(
	inferers: &'a mut [(Worker, Box<dyn Model>)],
	forecasters: &'a mut [(Worker, Box<dyn Forecaster>)],
) -> impl Iterator<Item = &'a mut Worker> {
	let inferers = inferers.iter_mut().map(|(who, _)| who);
	inferers.chain(forecasters.iter_mut().map(|(who, _)| who))
}

/// The name of a reputer with this stake in planck.
fn reputer_name(stake: u128) -> String {
	format!("reputer with {} ALLO", stake / ALLO)
}

/// The first epoch of a topic that has not opened yet, as of a finalized block.
pub async fn first_epoch(chain: &Chain, topic: TopicId) -> Result<EpochId> {
	let mut chain = chain.clone();
	loop {
		let info = chain.finalized().await?.topic(topic).await?;
		let info = info.context("the topic no longer exists")?;
		if let Some(next) = info.next_epoch.filter(|next| *next > chain.head().slot) {
			return Ok(next);
		}
		chain.next_head().await?;
	}
}

/// Whether the topic is active.
async fn active(chain: &Chain, topic: TopicId) -> Result<bool> {
	let info = chain.finalized().await?.topic(topic).await?;
	Ok(info.context("the topic was not created")?.active)
}

/// Creates a topic and returns its id.
pub async fn create(creator: &Account, parameters: TopicParameters) -> Result<TopicId> {
	created(&creator.send(&calls::create(parameters)?, VALID).await?.events)
}

/// The id of the topic that a transaction has created.
pub fn created(events: &Events) -> Result<TopicId> {
	for event in events.iter() {
		let event = event?;
		if (event.pallet_name(), event.event_name()) == ("Topics", "TopicCreated") {
			return Ok(event.decode_fields_unchecked_as::<TopicCreated>()?.topic);
		}
	}
	anyhow::bail!("no event reports the creation of the topic")
}
