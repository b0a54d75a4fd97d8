//! Reads the epochs of a topic from finalized blocks until all have ended.

use super::{audit::TopicRun, setup::Names};
use crate::{
	chain::{
		explanation::Unpaid,
		from_fixed, in_allo,
		types::{
			AccountId, Bundle, Clock, Contributions, EpochId, EpochState, Reward, Role, TopicId,
		},
		Chain, Snapshot,
	},
	figures::{Figures, Row},
	participants::Plan,
	table::{self, Screen},
};
use anyhow::{ensure, Context, Result};
use std::collections::BTreeMap;

/// Maximum delay of the last epoch's last step, in slots.
const MAX_DELAY: u64 = 60;

/// An epoch that has ended.
#[derive(Clone, Debug)]
pub struct EndedEpoch {
	/// The epoch.
	pub epoch: EpochId,
	/// Its state, settled or void.
	pub state: EpochState,
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
	inferers: Vec<AccountId>,
	figures: Figures,
	ended: Vec<EndedEpoch>,
}

impl Watcher {
	/// A watcher of the plan's epochs, of which none has been read.
	pub fn new(chain: &Chain, clock: Clock, plan: Plan, names: &Names) -> Self {
		let (inferers, titles) = names.inferers.iter().cloned().unzip();
		let figures = Figures::new(plan.question, titles);
		Self { chain: chain.clone(), clock, plan, inferers, figures, ended: Vec::new() }
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
		let mut ended = EndedEpoch { epoch, state: end, contributions: None, rewards, unpaid };
		if end == EpochState::Settled {
			ended.contributions = state.contributions(topic, epoch).await?;
			ended.rewards = state.rewards(topic, epoch).await?;
			ended.unpaid = state.unpaid(topic, epoch).await?;
			let bundle =
				state.bundle(topic, epoch).await?.context("a settled epoch has a bundle")?;
			let row = self.row(epoch, &bundle.1).context("a bundle has values")?;
			self.figures.push(row);
			if let Some(line) = table::line(&self.figures) {
				screen.print(line);
			}
		} else {
			screen.print(format!("! topic {topic}, epoch {epoch} has no result: {end:?}"));
		}
		self.ended.push(ended);
		Ok(())
	}

	/// The row of an epoch, `None` if it is not one of the plan's.
	fn row(&self, epoch: EpochId, bundle: &Bundle) -> Option<Row> {
		let day = self.plan.series.days.get(self.plan.day(epoch)?)?;
		Some(Row {
			date: day.date.to_string(),
			truth: self.plan.truth(epoch)?,
			network: bundle.elements().next()?,
			bounds: bundle.bounds(),
			naive: bundle.elements().nth(1)?,
			workers: self.inferers.iter().map(|who| bundle.inference(who)).collect(),
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

	/// A table of the mean score and the rewards of each participant.
	pub fn participants_table(&self, names: &Names) -> comfy_table::Table {
		let mut table = table::new(&["role", "participant", "epochs", "mean score", "ALLO earned"]);
		let roles = [
			(Role::Inferer, "worker", &names.inferers),
			(Role::Forecaster, "forecaster", &names.forecasters),
			(Role::Reputer, "reputer", &names.reputers),
		];
		for (role, title, participants) in roles {
			let scores = self.scores(role);
			for (who, name) in participants {
				let none = (0.0, 0u32);
				let (sum, count) = scores.get(who).copied().unwrap_or(none);
				let mean = if count > 0 { sum / f64::from(count) } else { 0.0 };
				let earned: u128 = self
					.ended
					.iter()
					.flat_map(|ended| &ended.rewards)
					.filter(|reward| reward.role == role && reward.account == *who)
					.map(|reward| reward.amount)
					.sum();
				table.add_row([
					title.to_owned(),
					name.clone(),
					count.to_string(),
					format!("{mean:.5}"),
					format!("{:.4}", in_allo(earned)),
				]);
			}
		}
		table::align(&mut table, 2);
		table
	}

	/// The sum and the number of each account's scores in a role.
	fn scores(&self, role: Role) -> BTreeMap<AccountId, (f64, u32)> {
		let mut scores = BTreeMap::new();
		let contributions = self.ended.iter().filter_map(|ended| ended.contributions.as_ref());
		for contribution in contributions.flat_map(|contributions| contributions.of(role)) {
			let (sum, count) = scores.entry(contribution.account).or_insert((0.0, 0));
			*sum += from_fixed(contribution.score);
			*count += 1;
		}
		scores
	}
}
