//! A reputer: compares a bundle with the ground truth once that is known.

use super::{next, Plan, Ticks};
use crate::{
	chain::{calls, types::Bundle, Account, Chain},
	question::Question,
};
use anyhow::{Context, Result};
use std::collections::BTreeSet;

/// A reputer that reports the losses of every epoch.
pub struct ReputerTask {
	/// Its account.
	pub account: Account,
	/// The connection over which it reads bundles.
	pub chain: Chain,
	/// Its name.
	pub name: String,
}

impl ReputerTask {
	/// Runs until it has reported on the plan's last epoch. `on_failure` is called with the reason
	/// for every epoch that could not be reported; the task continues with the next epoch.
	pub async fn run(
		mut self,
		plan: Plan,
		mut ticks: Ticks,
		on_failure: impl Fn(String),
	) -> Result<()> {
		let last = plan.epoch_ids().last().context("a plan has an epoch")?;
		let mut done = BTreeSet::new();
		while !done.contains(&last) {
			let tick = next(&mut ticks).await?;
			for epoch in tick.reporting {
				let Some(truth) = plan.truth(epoch).filter(|_| !done.contains(&epoch)) else {
					continue;
				};
				done.insert(epoch);
				let found = self.chain.finalized().await?.bundle(plan.topic, epoch).await?;
				let Some((hash, bundle)) = found else {
					on_failure(format!("{}, epoch {epoch}: there is no bundle", self.name));
					continue;
				};
				let losses = losses(plan.question, &bundle, &truth);
				let call = calls::report(plan.topic, epoch, hash, &losses);
				// The window is the epoch length that follows the lag of one epoch.
				let window_end = epoch + 2 * plan.epoch_length - 1;
				let sent = async { self.account.send_until(&call?, tick.head, window_end).await };
				if let Err(error) = sent.await {
					on_failure(format!("{}, epoch {epoch}: {error:#}", self.name));
				}
			}
		}
		Ok(())
	}
}

/// The loss of each element of a bundle.
fn losses(question: Question, bundle: &Bundle, truth: &[f64]) -> Vec<f64> {
	bundle.elements().map(|values| question.loss(&values, truth)).collect()
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::chain::to_fixed;

	fn bundle(labels: u32, values: &[f64]) -> Bundle {
		Bundle {
			labels,
			inferers: vec![[1; 32]],
			forecasters: vec![],
			element_values: values.iter().map(|value| to_fixed(*value).unwrap()).collect(),
			intervals: vec![],
		}
	}

	#[test]
	fn report_has_a_loss_for_each_element_of_the_bundle() {
		let losses = losses(Question::Range, &bundle(1, &[2.0, 1.9, 2.5]), &[2.0]);
		assert_eq!(losses.len(), 3);
		assert_eq!(losses[0], -8.0);
		assert!((losses[2] - (0.25f64 + 1e-8).log10()).abs() < 1e-12);
	}

	#[test]
	fn loss_of_an_element_is_over_all_its_labels() {
		let values = [0.5, 0.25, 0.25, 0.25, 0.5, 0.25];
		let losses = losses(Question::Direction, &bundle(3, &values), &[1.0, 0.0, 0.0]);
		assert_eq!(losses, [2f64.ln(), 4f64.ln()]);
	}

	#[test]
	fn loss_that_is_not_finite_makes_no_report() {
		// An element of three values has no loss where the truth is one number.
		let losses = losses(Question::Range, &bundle(3, &[0.5, 0.25, 0.25]), &[2.0]);
		let error = calls::report(1, 10, [0; 32], &losses).err().unwrap();
		assert_eq!(format!("{error:#}"), "the report: NaN is not a finite number");
	}
}
