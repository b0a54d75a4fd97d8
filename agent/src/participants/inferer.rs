//! A worker that predicts the ground truth.

use super::{next, Plan, Ticks, Worker};
use crate::{
	chain::{calls::WorkerPayload, types::EpochId},
	models::Model,
};
use anyhow::{Context, Result};

/// A worker that submits its model's prediction in every epoch.
pub struct InfererTask {
	/// Its account.
	pub worker: Worker,
	/// Its model.
	pub model: Box<dyn Model>,
}

impl InfererTask {
	/// Runs until the plan's last epoch. `on_failure` is called with the reason for every epoch in
	/// which nothing was submitted; the task continues with the next epoch.
	pub async fn run(
		self,
		plan: Plan,
		mut ticks: Ticks,
		on_failure: impl Fn(String),
	) -> Result<()> {
		let last = plan.epoch_ids().last().context("a plan has an epoch")?;
		let mut done = None;
		while done < Some(last) {
			let tick = next(&mut ticks).await?;
			let open = tick.collecting(plan.topic).filter(|open| Some(open.epoch) > done);
			let Some(open) = open else { continue };
			let epoch = open.epoch;
			if plan.day(epoch).is_none() {
				continue;
			}
			let payload = payload(self.model.as_ref(), &plan, epoch);
			let sent =
				async { self.worker.send(plan.topic, open, payload?, &tick, &mut ticks).await };
			if let Err(error) = sent.await {
				on_failure(format!("{}, epoch {epoch}: {error:#}", self.model.name()));
			}
			done = Some(epoch);
		}
		Ok(())
	}
}

/// A model's prediction as the chain has it; an error if the chain cannot represent it.
fn payload(model: &dyn Model, plan: &Plan, epoch: EpochId) -> Result<WorkerPayload> {
	let past = plan.past(epoch).context("the plan has no such epoch")?;
	WorkerPayload::inference(&model.predict(past))
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{participants::tests::plan, series::Day};

	/// A model that predicts the same of every day.
	struct Constant(f64);

	impl Model for Constant {
		fn name(&self) -> String {
			"constant".into()
		}

		fn predict(&self, _: &[Day]) -> Vec<f64> {
			vec![self.0]
		}
	}

	#[test]
	fn prediction_that_is_not_finite_makes_no_payload() {
		let plan = plan();
		assert!(payload(&Constant(1.5), &plan, plan.first_epoch).is_ok());
		for (value, reason) in [
			(f64::NAN, "the inference: NaN is not a finite number"),
			(1e300, "the inference: 1e300 is out of the range of the chain's numbers"),
		] {
			let error = payload(&Constant(value), &plan, plan.first_epoch).err().unwrap();
			assert_eq!(format!("{error:#}"), reason);
		}
	}
}
