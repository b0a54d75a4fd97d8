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
	models::{workers, Model},
	participants::{ForecasterTask, InfererTask, Plan, ReputerTask, Ticks},
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
/// What the topic is funded with, so that it has weight.
const FUNDING: u128 = 500 * ALLO;
/// Most epochs whose records a topic keeps.
const HISTORY: u32 = 64;
/// Blocks in which a transaction of the setting-up is valid.
const VALID: u32 = 16;

/// Everybody, each with an account.
pub struct Cast {
	creator: Account,
	/// Those who predict the truth.
	pub inferers: Vec<(Account, Box<dyn Model>)>,
	/// Those who predict losses.
	pub forecasters: Vec<(Account, Box<dyn Forecaster>)>,
	/// Those who report losses, with their stakes.
	pub reputers: Vec<(Account, u128)>,
}

/// Names of the participants by account.
#[derive(Clone, Debug, Default)]
pub struct Names {
	/// Inferers.
	pub inferers: Vec<(AccountId, String)>,
	/// Forecasters.
	pub forecasters: Vec<(AccountId, String)>,
	/// Reputers.
	pub reputers: Vec<(AccountId, String)>,
}

impl Cast {
	/// Gives everybody an account.
	pub fn hire(chain: &Chain) -> Result<Self> {
		let account = |path: &str| Ok::<_, anyhow::Error>(Account::new(key(path)?, chain.clone()));
		let numbered = |role: &str, number: usize| account(&format!("//Demo//{role}//{number}"));
		let inferers = workers().into_iter().enumerate();
		let forecasters = forecasters().into_iter().enumerate();
		let reputers = STAKES.into_iter().enumerate();
		Ok(Self {
			creator: account("//Alice")?,
			inferers: inferers
				.map(|(at, model)| Ok((numbered("worker", at)?, model)))
				.collect::<Result<_>>()?,
			forecasters: forecasters
				.map(|(at, forecaster)| Ok((numbered("forecaster", at)?, forecaster)))
				.collect::<Result<_>>()?,
			reputers: reputers
				.map(|(at, stake)| Ok((numbered("reputer", at)?, stake)))
				.collect::<Result<_>>()?,
		})
	}

	/// Who is who.
	pub fn names(&self) -> Names {
		let reputer = |(account, stake): &(Account, u128)| {
			(account.id(), format!("reputer with {} ALLO", stake / ALLO))
		};
		Names {
			inferers: self.inferers.iter().map(|(who, what)| (who.id(), what.name())).collect(),
			forecasters: self
				.forecasters
				.iter()
				.map(|(who, what)| (who.id(), what.name()))
				.collect(),
			reputers: self.reputers.iter().map(reputer).collect(),
		}
	}

	/// Hands out money, creates and funds the topic, registers everybody, stakes.
	pub async fn set_up(&mut self, chain: &Chain, screen: &Screen) -> Result<TopicId> {
		screen.waiting_for("handing out ALLO");
		let workers = self.inferers.iter().map(|(who, _)| who.id());
		let workers = workers.chain(self.forecasters.iter().map(|(who, _)| who.id()));
		let stakes = self.reputers.iter().map(|(who, stake)| (who.id(), stake + POCKET_MONEY));
		let money: Vec<_> = workers.map(|who| (who, POCKET_MONEY)).chain(stakes).collect();
		self.creator.send(&calls::transfers(&money), VALID).await?;
		screen.advance(1);

		screen.waiting_for("creating the topic");
		let topic = create(&mut self.creator, self.inferers.len(), self.forecasters.len()).await?;
		screen.advance(1);

		screen.waiting_for("registering");
		let workers = self.inferers.iter_mut().map(|(who, _)| who);
		let workers = workers.chain(self.forecasters.iter_mut().map(|(who, _)| who));
		let workers = workers.map(|who| (who, Registration::Worker));
		let reputers = self.reputers.iter_mut().map(|(who, _)| (who, Registration::Reputer));
		all(workers.chain(reputers).map(|(who, registration)| async move {
			who.send(&calls::register(topic, registration), VALID).await.map(drop)
		}))
		.await?;
		screen.advance(1);

		screen.waiting_for("staking and funding");
		let stakes = self.reputers.iter_mut().map(|(who, stake)| async move {
			who.send(&calls::stake(topic, *stake), VALID).await.map(drop)
		});
		all(stakes).await?;
		screen.advance(1);
		self.creator.send(&calls::fund(topic, FUNDING), VALID).await?;
		if !active(chain, topic).await? {
			self.creator.send(&calls::activate(topic), VALID).await?;
		}
		screen.advance(1);
		Ok(topic)
	}

	/// The first epoch that opens from now on.
	pub async fn start(&self, chain: &Chain, topic: TopicId) -> Result<EpochId> {
		let mut chain = chain.clone();
		loop {
			let state = chain.best().await?;
			let info = state.topic(topic).await?.context("the topic is gone")?;
			if let Some(next) = info.next_epoch.filter(|next| *next > state.head.number) {
				return Ok(next);
			}
			chain.next_head().await?;
		}
	}

	/// Sets everybody to work, each as a task of its own; answers the account of the creator.
	pub fn perform(
		self,
		chain: &Chain,
		plan: &Plan,
		ticks: Ticks,
		screen: &Arc<Screen>,
		tasks: &mut JoinSet<Result<()>>,
	) -> Account {
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
			let name = format!("reputer with {} ALLO", stake / ALLO);
			let task = ReputerTask { account, chain: chain.clone(), name };
			tasks.spawn(task.run(plan.clone(), ticks.clone(), complain()));
		}
		self.creator
	}
}

/// Whether the topic's epochs open.
async fn active(chain: &Chain, topic: TopicId) -> Result<bool> {
	let info = chain.best().await?.topic(topic).await?;
	Ok(info.context("the topic was not created")?.active)
}

/// Creates the demo's topic.
async fn create(creator: &mut Account, inferers: usize, forecasters: usize) -> Result<TopicId> {
	let parameters = parameters(inferers, forecasters);
	let events = creator.send(&calls::create(parameters), VALID).await?;
	for event in events.iter() {
		let event = event?;
		if (event.pallet_name(), event.event_name()) == ("Topics", "TopicCreated") {
			return Ok(event.decode_fields_unchecked_as::<TopicCreated>()?.topic);
		}
	}
	anyhow::bail!("the chain created no topic")
}

/// The demo's topic.
fn parameters(inferers: usize, forecasters: usize) -> TopicParameters {
	let learning = Learning::default();
	TopicParameters {
		metadata: b"S&P 500, tomorrow's range in percent".to_vec(),
		loss_method: b"sqe".to_vec(),
		ground_truth: b"100 (high - low) / close of the S&P 500's next trading day".to_vec(),
		labels: vec![b"range".to_vec()],
		unity_tolerance: None,
		label_default: 0,
		epoch_length: EPOCH_LENGTH,
		worker_window: WORKER_WINDOW,
		ground_truth_lag: EPOCH_LENGTH,
		p_norm: to_fixed(learning.p_norm),
		c_norm: to_fixed(learning.c_norm),
		alpha_regret: to_fixed(learning.alpha_regret),
		merit_sortition_alpha: to_fixed(0.1),
		epsilon: to_fixed(learning.epsilon),
		scale_rule: if learning.standard_deviation { ScaleRule::StdDev } else { ScaleRule::Mad },
		inferer_quantile: to_fixed(0.25),
		forecaster_quantile: to_fixed(0.25),
		reputer_quantile: to_fixed(0.25),
		allow_negative: false,
		max_inferers: inferers as u32,
		max_forecasters: forecasters as u32,
		max_reputers: STAKES.len() as u32,
		min_reputers: 1,
		min_stake: 100 * ALLO,
		history: HISTORY,
	}
}

/// Retires the topic if it still can be; that it cannot is no failure of the demo.
pub async fn retire(mut creator: Account, topic: TopicId, screen: &Screen) {
	let call = calls::retire(topic);
	let done = tokio::time::timeout(Duration::from_secs(10), creator.send(&call, VALID)).await;
	if !matches!(done, Ok(Ok(_))) {
		screen.say(format!("topic {topic} was not retired and opens more epochs"));
	}
}
