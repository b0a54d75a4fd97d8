//! Who takes part in the demo, and how the stage is set.

use super::{all, EPOCH_LENGTH, WORKER_WINDOW};
use crate::{
	chain::{
		calls, key, to_fixed,
		types::{
			AccountId, EpochId, Registration, ScaleRule, TopicCreated, TopicId, TopicParameters,
		},
		Account, Chain, ALLO,
	},
	coordinator::Learning,
	forecasters::{forecasters, Forecaster},
	models::Model,
	participants::{ForecasterTask, InfererTask, Plan, ReputerTask, Ticks},
	question::Question,
	table::Screen,
};
use anyhow::{Context, Result};
use std::{sync::Arc, time::Duration};
use tokio::task::JoinSet;

/// Steps of the setting-up that the progress bar counts.
pub const SETUP_STEPS: u64 = 6;

/// Stakes of the reputers.
const STAKES: [u128; 3] = [150 * ALLO, 300 * ALLO, 600 * ALLO];
/// What everyone gets besides, for the registration and a fee.
const POCKET_MONEY: u128 = 5 * ALLO;
/// What a topic is funded with, so that it has weight.
const FUNDING: u128 = 500 * ALLO;
/// The maximum number of epochs whose records a topic keeps.
const HISTORY: u32 = 64;
/// Blocks in which a transaction of the setting-up is valid.
const VALID: u32 = 16;

/// The creator of the topics, and everybody who takes part in them.
pub struct Stage {
	/// The account that pays for the setting-up, and hands out the money.
	creator: Account,
	/// A cast for each topic.
	pub casts: Vec<Cast>,
}

/// Everybody who takes part in a topic, each with an account.
pub struct Cast {
	/// What the topic asks.
	pub question: Question,
	/// Those who predict the truth.
	pub inferers: Vec<(Account, Box<dyn Model>)>,
	/// Those who predict losses.
	pub forecasters: Vec<(Account, Box<dyn Forecaster>)>,
	/// Those who report losses, with their stakes.
	pub reputers: Vec<(Account, u128)>,
}

/// Names of a topic's participants by account.
#[derive(Clone, Debug, Default)]
pub struct Names {
	/// Inferers.
	pub inferers: Vec<(AccountId, String)>,
	/// Forecasters.
	pub forecasters: Vec<(AccountId, String)>,
	/// Reputers.
	pub reputers: Vec<(AccountId, String)>,
}

impl Names {
	/// The accounts of inferers and forecasters.
	fn workers(&self) -> impl Iterator<Item = AccountId> + '_ {
		self.inferers.iter().chain(&self.forecasters).map(|(who, _)| *who)
	}

	/// All accounts.
	pub fn everybody(&self) -> impl Iterator<Item = AccountId> + '_ {
		self.workers().chain(self.reputers.iter().map(|(who, _)| *who))
	}
}

impl Stage {
	/// Gives everybody an account.
	pub fn hire(chain: &Chain, questions: &[Question]) -> Result<Self> {
		let casts = questions.iter().map(|question| Cast::hire(chain, *question));
		let creator = Account::new(key("//Alice")?, chain.clone());
		Ok(Self { creator, casts: casts.collect::<Result<_>>()? })
	}

	/// Hands out money, creates and funds the topics, registers everybody, stakes; answers the topic
	/// of each cast.
	pub async fn set_up(&mut self, chain: &Chain, screen: &Screen) -> Result<Vec<TopicId>> {
		screen.waiting_for("handing out ALLO");
		let money: Vec<_> = self.casts.iter().flat_map(Cast::money).collect();
		self.creator.send(&calls::transfers(&money), VALID).await?;
		screen.advance(1);

		screen.waiting_for("creating topics");
		let mut topics = Vec::new();
		for cast in &self.casts {
			topics.push(create(&mut self.creator, cast.parameters()).await?);
		}
		screen.advance(1);

		screen.waiting_for("registering");
		let casts = || topics.iter().copied();
		all(casts().zip(&mut self.casts).map(|(topic, cast)| cast.register(topic))).await?;
		screen.advance(1);

		screen.waiting_for("staking and funding");
		all(casts().zip(&mut self.casts).map(|(topic, cast)| cast.stake(topic))).await?;
		screen.advance(1);
		for topic in casts() {
			self.creator.send(&calls::fund(topic, FUNDING), VALID).await?;
			if !active(chain, topic).await? {
				self.creator.send(&calls::activate(topic), VALID).await?;
			}
		}
		screen.advance(1);
		Ok(topics)
	}

	/// Has paid out what the topics owe these participants.
	///
	/// The chain does so by itself in time; the demo does not wait for it.
	pub async fn collect(
		&mut self,
		chain: &Chain,
		participants: &[(TopicId, AccountId)],
	) -> Result<()> {
		let state = chain.finalised().await?;
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

	/// Retires a topic if it still can be; that it cannot is no failure of the demo.
	pub async fn retire(&mut self, topic: TopicId, screen: &Screen) {
		let call = calls::retire(topic);
		let sent = self.creator.send(&call, VALID);
		let done = tokio::time::timeout(Duration::from_secs(10), sent).await;
		if !matches!(done, Ok(Ok(_))) {
			screen.say(format!("topic {topic} was not retired and opens more epochs"));
		}
	}
}

impl Cast {
	/// Gives everybody an account.
	fn hire(chain: &Chain, question: Question) -> Result<Self> {
		let account = |role: &str, number: usize| {
			let key = key(&format!("//Demo//{}//{role}//{number}", question.name()))?;
			Ok::<_, anyhow::Error>(Account::new(key, chain.clone()))
		};
		let inferers = question.models().into_iter().enumerate();
		let forecasters = forecasters().into_iter().enumerate();
		let reputers = STAKES.into_iter().enumerate();
		Ok(Self {
			question,
			inferers: inferers
				.map(|(at, model)| Ok((account("worker", at)?, model)))
				.collect::<Result<_>>()?,
			forecasters: forecasters
				.map(|(at, forecaster)| Ok((account("forecaster", at)?, forecaster)))
				.collect::<Result<_>>()?,
			reputers: reputers
				.map(|(at, stake)| Ok((account("reputer", at)?, stake)))
				.collect::<Result<_>>()?,
		})
	}

	/// Who is who.
	pub fn names(&self) -> Names {
		Names {
			inferers: self.inferers.iter().map(|(who, what)| (who.id(), what.name())).collect(),
			forecasters: self
				.forecasters
				.iter()
				.map(|(who, what)| (who.id(), what.name()))
				.collect(),
			reputers: self
				.reputers
				.iter()
				.map(|(who, stake)| (who.id(), reputer_name(*stake)))
				.collect(),
		}
	}

	/// What everybody needs.
	fn money(&self) -> Vec<(AccountId, u128)> {
		let names = self.names();
		let workers = names.workers().map(|who| (who, POCKET_MONEY));
		let reputers = self.reputers.iter().map(|(who, stake)| (who.id(), stake + POCKET_MONEY));
		workers.chain(reputers).collect()
	}

	/// Registers everybody.
	async fn register(&mut self, topic: TopicId) -> Result<()> {
		let inferers = self.inferers.iter_mut().map(|(who, _)| (who, Registration::Worker));
		let forecasters = self.forecasters.iter_mut().map(|(who, _)| (who, Registration::Worker));
		let reputers = self.reputers.iter_mut().map(|(who, _)| (who, Registration::Reputer));
		let everybody = inferers.chain(forecasters).chain(reputers);
		all(everybody.map(|(who, registration)| async move {
			who.send(&calls::register(topic, registration), VALID).await.map(drop)
		}))
		.await
	}

	/// Stakes of the reputers.
	async fn stake(&mut self, topic: TopicId) -> Result<()> {
		all(self.reputers.iter_mut().map(|(who, stake)| async move {
			who.send(&calls::stake(topic, *stake), VALID).await.map(drop)
		}))
		.await
	}

	/// Sets everybody to work, each as a task of its own.
	pub fn perform(
		self,
		chain: &Chain,
		plan: &Plan,
		ticks: Ticks,
		screen: &Arc<Screen>,
		tasks: &mut JoinSet<Result<()>>,
	) {
		let complain = || {
			let screen = screen.clone();
			move |text: String| screen.say(format!("! {text}"))
		};
		for (account, model) in self.inferers {
			let task = InfererTask { account, model };
			tasks.spawn(task.run(plan.clone(), ticks.clone(), complain()));
		}
		for (account, forecaster) in self.forecasters {
			let task = ForecasterTask { account, chain: chain.clone(), forecaster };
			tasks.spawn(task.run(plan.clone(), ticks.clone(), complain()));
		}
		for (account, stake) in self.reputers {
			let name = reputer_name(stake);
			let task = ReputerTask { account, chain: chain.clone(), name };
			tasks.spawn(task.run(plan.clone(), ticks.clone(), complain()));
		}
	}

	/// The topic.
	fn parameters(&self) -> TopicParameters {
		let (question, learning) = (self.question, Learning::default());
		TopicParameters {
			metadata: question.title().into(),
			loss_method: question.loss_method().into(),
			ground_truth: question.ground_truth().into(),
			labels: question.labels().iter().map(|label| Vec::from(*label)).collect(),
			unity_tolerance: question.unity_tolerance().map(to_fixed),
			label_default: 0,
			epoch_length: EPOCH_LENGTH,
			phase: None,
			worker_window: WORKER_WINDOW,
			ground_truth_lag: EPOCH_LENGTH,
			p_norm: to_fixed(learning.p_norm),
			c_norm: to_fixed(learning.c_norm),
			alpha_regret: to_fixed(learning.alpha_regret),
			merit_sortition_alpha: to_fixed(0.1),
			epsilon: to_fixed(learning.epsilon),
			scale_rule: if learning.standard_deviation {
				ScaleRule::StdDev
			} else {
				ScaleRule::Mad
			},
			inferer_quantile: to_fixed(0.25),
			forecaster_quantile: to_fixed(0.25),
			reputer_quantile: to_fixed(0.25),
			allow_negative: question.reports_raw_losses(),
			max_inferers: self.inferers.len() as u32,
			max_forecasters: self.forecasters.len() as u32,
			max_reputers: self.reputers.len() as u32,
			min_reputers: 1,
			min_stake: 100 * ALLO,
			history: HISTORY,
		}
	}
}

/// What a reputer is called.
fn reputer_name(stake: u128) -> String {
	format!("reputer with {} ALLO", stake / ALLO)
}

/// The first epoch of a topic that opens from now on, as all branches have it.
pub async fn first_epoch(chain: &Chain, topic: TopicId) -> Result<EpochId> {
	let mut chain = chain.clone();
	loop {
		let info = chain.finalised().await?.topic(topic).await?.context("the topic is gone")?;
		if let Some(next) = info.next_epoch.filter(|next| *next > chain.head().slot) {
			return Ok(next);
		}
		chain.next_head().await?;
	}
}

/// Whether the topic's epochs open.
async fn active(chain: &Chain, topic: TopicId) -> Result<bool> {
	let info = chain.finalised().await?.topic(topic).await?;
	Ok(info.context("the topic was not created")?.active)
}

/// Creates a topic.
async fn create(creator: &mut Account, parameters: TopicParameters) -> Result<TopicId> {
	let events = creator.send(&calls::create(parameters)?, VALID).await?;
	for event in events.iter() {
		let event = event?;
		if (event.pallet_name(), event.event_name()) == ("Topics", "TopicCreated") {
			return Ok(event.decode_fields_unchecked_as::<TopicCreated>()?.topic);
		}
	}
	anyhow::bail!("the chain created no topic")
}
