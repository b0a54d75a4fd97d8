//! A worker that predicts the truth.

use super::{next, Plan, Ticks};
use crate::{
	chain::{calls, to_fixed, Account},
	models::Model,
};
use anyhow::{Context, Result};

/// A worker that submits its model's prediction in every epoch.
pub struct InfererTask {
	/// Its account.
	pub account: Account,
	/// Its model.
	pub model: Box<dyn Model>,
}

impl InfererTask {
	/// Works until the plan's last epoch; `failed` is told of every submission that came to
	/// nothing.
	pub async fn run(
		mut self,
		plan: Plan,
		mut ticks: Ticks,
		failed: impl Fn(String),
	) -> Result<()> {
		let last = plan.all().last().context("a plan has an epoch")?;
		let mut done = None;
		while done < Some(last) {
			let tick = next(&mut ticks).await?;
			let Some(epoch) = tick.collecting.filter(|epoch| Some(*epoch) > done) else { continue };
			let Some(past) = plan.past(epoch) else { continue };
			let values = self.model.predict(past).into_iter().map(to_fixed).collect();
			let call = calls::submit(plan.topic, epoch, Some(values), None);
			let window_end = epoch + plan.worker_window;
			let sent = async { self.account.send_until(&call?, tick.head, window_end).await };
			if let Err(error) = sent.await {
				failed(format!("{}, epoch {epoch}: {error:#}", self.model.name()));
			}
			done = Some(epoch);
		}
		Ok(())
	}
}
