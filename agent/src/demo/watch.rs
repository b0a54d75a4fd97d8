//! Reads the epochs of a topic from finalized blocks until all have ended.

use super::{audit::TopicRun, results::Results, setup::Names};
use crate::{
	chain::{
		explanation::Unpaid,
		types::{AccountId, Bundle, Clock, Contributions, EpochId, EpochState, Reward, TopicId},
		Chain, Snapshot,
	},
	figures::{Figures, Row},
	participants::Plan,
	table::{self, Screen},
};
use anyhow::{ensure, Context, Result};

/// Maximum delay of the last epoch's last step, in slots.
const MAX_DELAY: u64 = 60;

/// What the chain has of a settled epoch.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
	/// The epoch.
	pub epoch: EpochId,
	/// The truth, one value per label.
	pub truth: Vec<f64>,
	/// The bundle.
	pub bundle: Bundle,
	/// Per forecaster that took part, the losses that it expected of inferers.
	pub forecasts: Vec<(AccountId, Vec<(AccountId, i128)>)>,
}

/// An epoch that has ended.
#[derive(Clone, Debug)]
pub struct EndedEpoch {
	/// The epoch.
	pub epoch: EpochId,
	/// Its state, settled or void.
	pub state: EpochState,
	/// What the chain has of it, `None` unless it is settled.
	pub recorded: Option<Recorded>,
	/// The scores, `None` unless it is settled.
	pub contributions: Option<Contributions>,
	/// The rewards that it credited.
	pub rewards: Vec<Reward>,
	/// The accounts that contributed and were credited nothing, and why.
	pub unpaid: Vec<Unpaid>,
}

/// Records the epochs of a topic as they end.
pub struct Watcher {
	chain: Chain,
	clock: Clock,
	plan: Plan,
	names: Names,
	figures: Figures,
	ended: Vec<EndedEpoch>,
}

impl Watcher {
	/// A watcher of the plan's epochs, of which none has been read.
	pub fn new(chain: &Chain, clock: Clock, plan: Plan, names: &Names) -> Self {
		let titles = names.inferers.iter().map(|(_, name)| name.clone()).collect();
		let figures = Figures::new(plan.question, titles);
		let (chain, names) = (chain.clone(), names.clone());
		Self { chain, clock, plan, names, figures, ended: Vec::new() }
	}

	/// The results so far.
	pub fn figures(&self) -> &Figures {
		&self.figures
	}

	/// Prints a line of the live table for each epoch, until all epochs of the plan have ended.
	pub async fn run(&mut self, screen: &Screen) -> Result<()> {
		let epochs: Vec<_> = self.plan.epoch_ids().collect();
		let mut chain = self.chain.clone();
		let mut last = chain.head().slot;
		while let Some(epoch) = epochs.get(self.ended.len()).copied() {
			let head = chain.next_head().await?;
			screen.advance(self.clock.seconds(head.slot.saturating_sub(last)));
			last = last.max(head.slot);
			screen.set_status(&format!(
				"{}, {} {}/{}",
				self.clock.utc(head.slot),
				self.plan.question.name(),
				self.ended.len(),
				epochs.len()
			));
			let late = head.slot > self.plan.end() + MAX_DELAY;
			ensure!(!late, "epoch {epoch} did not end in time");
			let state = chain.finalized().await?;
			let Some(record) = state.epoch(self.plan.topic, epoch).await? else { continue };
			if matches!(record.state, EpochState::Settled | EpochState::Void(_)) {
				self.record(&state, epoch, record.state, screen).await?;
			}
		}
		Ok(())
	}

	/// Records an epoch that has ended and prints its line.
	async fn record(
		&mut self,
		state: &Snapshot,
		epoch: EpochId,
		end: EpochState,
		screen: &Screen,
	) -> Result<()> {
		let topic = self.plan.topic;
		let (rewards, unpaid) = (Vec::new(), Vec::new());
		let (recorded, contributions) = (None, None);
		let mut ended = EndedEpoch { epoch, state: end, recorded, contributions, rewards, unpaid };
		if end == EpochState::Settled {
			ended.contributions = state.contributions(topic, epoch).await?;
			ended.rewards = state.rewards(topic, epoch).await?;
			ended.unpaid = state.unpaid(topic, epoch).await?;
			let recorded = self.read(state, epoch).await?;
			self.figures.rule = recorded.bundle.rule.name();
			self.figures.push(self.row(&recorded).context("a bundle has values")?);
			ended.recorded = Some(recorded);
			if let Some(line) = table::line(&self.figures) {
				screen.print(line);
			}
		} else {
			screen.print(format!("! topic {topic}, epoch {epoch} has no result: {end:?}"));
		}
		self.ended.push(ended);
		Ok(())
	}

	/// Reads what the chain has of a settled epoch.
	async fn read(&self, state: &Snapshot, epoch: EpochId) -> Result<Recorded> {
		let topic = self.plan.topic;
		let (_, bundle) =
			state.bundle(topic, epoch).await?.context("a settled epoch has a bundle")?;
		let truth = state.truth(topic, epoch).await?.context("a settled epoch has a truth")?;
		let mut forecasts = Vec::new();
		for (who, _) in &self.names.forecasters {
			let kept = state.explain(*who, topic, epoch).await?.forecaster.kept;
			if !kept.is_empty() {
				forecasts.push((*who, kept));
			}
		}
		Ok(Recorded { epoch, truth, bundle, forecasts })
	}

	/// The row of an epoch, `None` if it is not one of the plan's.
	fn row(&self, Recorded { epoch, truth, bundle, .. }: &Recorded) -> Option<Row> {
		let day = self.plan.series.days.get(self.plan.day(*epoch)?)?;
		let inference = |(who, _): &(AccountId, String)| bundle.inference(who);
		Some(Row {
			date: day.date.to_string(),
			truth: truth.clone(),
			network: bundle.elements().next()?,
			bounds: bundle.bounds(),
			naive: bundle.elements().nth(1)?,
			workers: self.names.inferers.iter().map(inference).collect(),
		})
	}

	/// The id of the topic.
	pub fn topic(&self) -> TopicId {
		self.plan.topic
	}

	/// The last epoch, and the account with the largest reward in it.
	pub fn best_paid(&self) -> Option<(EpochId, AccountId)> {
		let last = self.ended.last()?;
		let best = last.rewards.iter().max_by_key(|reward| reward.amount)?;
		Some((last.epoch, best.account))
	}

	/// The epochs that have ended, for the audit.
	pub fn run_result(&self) -> TopicRun<'_> {
		TopicRun { ended: &self.ended, epochs: self.plan.epochs }
	}

	/// What was found out about the topic, `None` unless an epoch is settled.
	pub fn results(&self) -> Option<Results> {
		Results::of(&self.figures, &self.names, &self.ended)
	}
}
