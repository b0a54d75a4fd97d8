//! A reputer: reports the truth once it is known.

use super::{next, Plan, Ticks};
use crate::chain::{calls, Account};
use anyhow::{Context, Result};
use std::collections::BTreeSet;

/// A reputer that reports the truth of every epoch.
pub struct ReputerTask {
	/// Its account.
	pub account: Account,
	/// Its name.
	pub name: String,
}

impl ReputerTask {
	/// Runs until it has reported on the plan's last epoch. `on_failure` is called with the reason
	/// for every epoch that could not be reported; the task continues with the next epoch.
	pub async fn run(
		self,
		plan: Plan,
		mut ticks: Ticks,
		on_failure: impl Fn(String),
	) -> Result<()> {
		let last = plan.epoch_ids().last().context("a plan has an epoch")?;
		let mut done = BTreeSet::new();
		while !done.contains(&last) {
			let tick = next(&mut ticks).await?;
			for open in tick.reporting(plan.topic) {
				let epoch = open.epoch;
				let Some(truth) = plan.truth(epoch).filter(|_| !done.contains(&epoch)) else {
					continue;
				};
				done.insert(epoch);
				let call = calls::report(plan.topic, epoch, &truth);
				let last = open.windows.reports_last;
				let sent = async { self.account.send_until(&call?, tick.head, last).await };
				if let Err(error) = sent.await {
					on_failure(format!("{}, epoch {epoch}: {error:#}", self.name));
				}
			}
		}
		Ok(())
	}
}
