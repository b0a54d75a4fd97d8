//! A worker that predicts what the inferers will lose.

use super::{next, Plan, Ticks};
use crate::{
	chain::{
		calls, to_fixed,
		types::{AccountId, EpochId, EpochState},
		Account, Chain,
	},
	forecasters::{Forecaster, Record},
};
use anyhow::{Context, Result};

/// A worker that submits its forecast in every epoch after the first, of which nothing is known.
pub struct ForecasterTask {
	/// Its account.
	pub account: Account,
	/// Where it reads what the inferers said.
	pub chain: Chain,
	/// How it forecasts.
	pub forecaster: Box<dyn Forecaster>,
}

/// What is known of the inferers: public values of past epochs, compared with the truth since.
#[derive(Default)]
struct Known {
	/// Everyone who was active once.
	inferers: Vec<AccountId>,
	/// An epoch each, in order.
	records: Vec<Record>,
	/// Epochs that were looked at, so many of the plan's first ones.
	read: usize,
}

impl ForecasterTask {
	/// Works until the plan's last epoch; `failed` is told of every submission that came to
	/// nothing.
	pub async fn run(
		mut self,
		plan: Plan,
		mut ticks: Ticks,
		failed: impl Fn(String),
	) -> Result<()> {
		let last = plan.all().last().context("a plan has an epoch")?;
		let mut known = Known::default();
		let mut done = None;
		while done < Some(last) {
			let tick = next(&mut ticks).await?;
			let Some(epoch) = tick.collecting.filter(|epoch| Some(*epoch) > done) else { continue };
			let Some(past) = plan.past(epoch) else { continue };
			known.catch_up(&self.chain, &plan, epoch).await?;
			done = Some(epoch);
			if known.inferers.is_empty() {
				continue;
			}
			let losses = self.forecaster.forecast(past, &known.records, known.inferers.len());
			let forecast = known.inferers.iter().copied().zip(losses.into_iter().map(to_fixed));
			let call = calls::submit(plan.topic, epoch, None, Some(forecast.collect()));
			let window_end = epoch + plan.worker_window;
			let sent = async { self.account.send_until(&call?, tick.head, window_end).await };
			if let Err(error) = sent.await {
				failed(format!("{}, epoch {epoch}: {error:#}", self.forecaster.name()));
			}
		}
		Ok(())
	}
}

impl Known {
	/// Reads the bundles of the plan's epochs before this one, as far as they are final.
	async fn catch_up(&mut self, chain: &Chain, plan: &Plan, epoch: EpochId) -> Result<()> {
		let state = chain.finalised().await?;
		let last = state.topic(plan.topic).await?.and_then(|topic| topic.last_epoch);
		let earlier = plan.all().take_while(|earlier| *earlier < epoch).skip(self.read);
		for earlier in earlier.collect::<Vec<_>>() {
			let record = state.epoch(plan.topic, earlier).await?;
			let open = |state| matches!(state, EpochState::Collecting | EpochState::Revealing);
			if Some(earlier) > last || record.is_some_and(|record| open(record.state)) {
				break;
			}
			self.read += 1;
			let (Some(day), Some(truth)) = (plan.day(earlier), plan.truth(earlier)) else {
				continue;
			};
			let Some((_, bundle)) = state.bundle(plan.topic, earlier).await? else { continue };
			for inferer in &bundle.inferers {
				if !self.inferers.contains(inferer) {
					self.inferers.push(*inferer);
				}
			}
			let loss =
				|who| bundle.inference(who).map(|values| plan.question.loss(&values, &truth));
			self.records.push(Record { day, losses: self.inferers.iter().map(loss).collect() });
		}
		Ok(())
	}
}
