//! A worker that predicts the losses of the inferers.

use super::{next, Plan, Ticks, Worker};
use crate::{
	chain::{
		calls::WorkerPayload,
		types::{AccountId, EpochId, EpochState},
		Chain,
	},
	forecasters::{Forecaster, Record},
};
use anyhow::{Context, Result};

/// A worker that submits its forecast in every epoch for which it has seen the inferences of an
/// earlier one.
pub struct ForecasterTask {
	/// Its account.
	pub worker: Worker,
	/// The connection over which it reads past inferences.
	pub chain: Chain,
	/// Its way to forecast.
	pub forecaster: Box<dyn Forecaster>,
}

/// The inferers' record: the inferences of past epochs, compared with the ground truth.
#[derive(Default)]
struct History {
	/// Every account that has been an active inferer.
	inferers: Vec<AccountId>,
	/// The losses of each epoch, in order.
	records: Vec<Record>,
	/// The number of the plan's epochs that have been read.
	read: usize,
}

impl ForecasterTask {
	/// Runs until the plan's last epoch. `on_failure` is called with the reason for every epoch in
	/// which a forecast could not be submitted; the task continues with the next epoch.
	pub async fn run(
		self,
		plan: Plan,
		mut ticks: Ticks,
		on_failure: impl Fn(String),
	) -> Result<()> {
		let last = plan.epoch_ids().last().context("a plan has an epoch")?;
		let mut history = History::default();
		let mut done = None;
		while done < Some(last) {
			let tick = next(&mut ticks).await?;
			let open = tick.collecting(plan.topic).filter(|open| Some(open.epoch) > done);
			let Some(open) = open else { continue };
			let epoch = open.epoch;
			if plan.day(epoch).is_none() {
				continue;
			}
			history.catch_up(&self.chain, &plan, epoch).await?;
			done = Some(epoch);
			if history.inferers.is_empty() {
				continue;
			}
			let payload = payload(self.forecaster.as_ref(), &history, &plan, epoch);
			let sent =
				async { self.worker.send(plan.topic, open, payload?, &tick, &mut ticks).await };
			if let Err(error) = sent.await {
				on_failure(format!("{}, epoch {epoch}: {error:#}", self.forecaster.name()));
			}
		}
		Ok(())
	}
}

/// A forecast as the chain has it; an error if the chain cannot represent it.
fn payload(
	forecaster: &dyn Forecaster,
	history: &History,
	plan: &Plan,
	epoch: EpochId,
) -> Result<WorkerPayload> {
	let past = plan.past(epoch).context("the plan has no such epoch")?;
	let History { inferers, records, .. } = history;
	let losses = forecaster.forecast(past, records, inferers.len());
	WorkerPayload::forecast(inferers, &losses)
}

impl History {
	/// Reads the bundles of the plan's epochs before this one, as far as they are finalized.
	async fn catch_up(&mut self, chain: &Chain, plan: &Plan, epoch: EpochId) -> Result<()> {
		let state = chain.finalized().await?;
		let last = state.topic(plan.topic).await?.and_then(|topic| topic.last_epoch);
		let earlier = plan.epoch_ids().take_while(|earlier| *earlier < epoch).skip(self.read);
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

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{forecasters::RecentLosses, participants::tests::plan, series::Day};

	/// A forecaster that expects the same loss of every inferer but the first.
	struct Broken(f64);

	impl Forecaster for Broken {
		fn name(&self) -> String {
			"broken".into()
		}

		fn forecast(&self, _: &[Day], _: &[Record], inferers: usize) -> Vec<f64> {
			let mut losses = vec![0.5; inferers];
			losses[1..].fill(self.0);
			losses
		}
	}

	#[test]
	fn forecast_that_is_not_finite_makes_no_payload() {
		let plan = plan();
		let history = History { inferers: vec![[1; 32], [2; 32]], ..Default::default() };
		let epoch = plan.first_epoch;
		assert!(payload(&RecentLosses { decay: 0.9 }, &history, &plan, epoch).is_ok());
		let error = payload(&Broken(f64::NAN), &history, &plan, epoch).err().unwrap();
		assert_eq!(format!("{error:#}"), "the forecast: NaN is not a finite number");
	}
}
