//! A reputer: compares a bundle with the truth once it is known.

use super::{next, Plan, Ticks};
use crate::{
	chain::{calls, from_fixed, to_fixed, types::Bundle, Account, Chain},
	loss::log_loss,
};
use anyhow::{Context, Result};
use std::collections::BTreeSet;

/// A reputer that reports the losses of every epoch.
pub struct ReputerTask {
	/// Its account.
	pub account: Account,
	/// Where it reads bundles.
	pub chain: Chain,
	/// Its name.
	pub name: String,
}

impl ReputerTask {
	/// Works until it has reported on the plan's last epoch; `failed` is told of every report that
	/// came to nothing.
	pub async fn run(
		mut self,
		plan: Plan,
		mut ticks: Ticks,
		failed: impl Fn(String),
	) -> Result<()> {
		let last = plan.all().last().context("a plan has an epoch")?;
		let mut done = BTreeSet::new();
		while !done.contains(&last) {
			let tick = next(&mut ticks).await?;
			for epoch in tick.reporting {
				let Some(truth) = plan.truth(epoch).filter(|_| !done.contains(&epoch)) else {
					continue;
				};
				done.insert(epoch);
				let found = self.chain.at(tick.head).await?.bundle(plan.topic, epoch).await?;
				let Some((hash, bundle)) = found else {
					failed(format!("{}, epoch {epoch}: there is no bundle", self.name));
					continue;
				};
				let call = calls::report(plan.topic, epoch, hash, losses(&bundle, truth));
				// The window is the epoch length that follows the lag of one epoch.
				let window_end = epoch + 2 * plan.epoch_length - 1;
				if let Err(error) = self.account.send_until(&call, window_end).await {
					failed(format!("{}, epoch {epoch}: {error:#}", self.name));
				}
			}
		}
		Ok(())
	}
}

/// The loss of each element of a bundle of one label.
fn losses(bundle: &Bundle, truth: f64) -> Vec<i128> {
	let loss = |value: &i128| to_fixed(log_loss(from_fixed(*value), truth));
	bundle.values.iter().map(loss).collect()
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn report_has_a_loss_for_each_value_of_the_bundle() {
		let bundle = Bundle {
			labels: 1,
			inferers: vec![[1; 32]],
			forecasters: vec![],
			values: vec![to_fixed(2.0), to_fixed(1.9), to_fixed(2.5)],
			intervals: vec![],
		};
		let losses = losses(&bundle, 2.0);
		assert_eq!(losses.len(), 3);
		assert_eq!(losses[0], to_fixed(-8.0));
		assert!((from_fixed(losses[2]) - (0.25f64 + 1e-8).log10()).abs() < 1e-12);
	}
}
