//! Networks run with the settlement of each epoch: who would be paid what.
//!
//! Two systems can be compared: the [`mixture`](crate::rules::Mixture) rule with pay by [`claims`],
//! and the [`original`]'s regret rule with its pay by the scores of an epoch. Both are the chain's
//! arithmetic; amounts are parts of an epoch's reward.

pub mod claims;
pub mod original;

use crate::{
	rules::{RuleName, Topic},
	simulate::{Epoch, Inputs},
};
use allora_math::{
	convert,
	loss::{Measured, Spread, Target},
	Real,
};
use anyhow::{ensure, Context, Result};
use sp_arithmetic::FixedI128;

/// How a run of a network pays in one epoch.
///
/// Lists have one entry per inferer or forecaster of the network, 0 for those that are absent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settled {
	/// The network inference, one value per label.
	pub network: Vec<Real>,
	/// The network inference without forecasters.
	pub naive: Vec<Real>,
	/// The loss of the network inference, in the topic's own unit.
	pub loss: f64,
	/// The loss of the network by which reputers are judged; 0 under the original's rule.
	pub usual_loss: Real,
	/// The inferers' weights in the network inference.
	pub weights: Vec<f64>,
	/// What the network's loss would have risen by without each inferer, as the settlement sees it.
	pub worths: Vec<f64>,
	/// The inferers' shares of the inferers' pay.
	pub shares: Vec<f64>,
	/// The part of the workers' pay that forecasters get.
	pub forecasting: f64,
	/// The forecasters' shares of the forecasters' pay.
	pub forecasters: Vec<f64>,
}

/// The network inference that an epoch would have, of the first label.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Probe {
	/// The network inference.
	pub network: f64,
	/// Half of the width of the band; infinite under the original's rule, which has none.
	pub half_width: f64,
}

/// A network whose epochs are settled in their order.
pub trait Paying {
	/// The close of the worker window. An inferer whose row has no values is absent.
	fn begin(&mut self, epoch: &Epoch) -> Result<()>;

	/// What [`Paying::begin`] would infer; nothing changes.
	fn probe(&self, epoch: &Epoch) -> Result<Probe>;

	/// The settlement of the oldest epoch that has begun; an error if there is none.
	fn settle(&mut self, truth: &[f64]) -> Result<Settled>;
}

/// A network without history, under a rule and the pay that goes with it.
pub fn start(rule: RuleName, inputs: &Inputs) -> Box<dyn Paying> {
	match rule {
		RuleName::Mixture => Box::new(claims::Claims::new(inputs)),
		RuleName::Regret => Box::new(original::Original::new(inputs)),
	}
}

/// Runs a network over all its epochs, under a rule and the pay that goes with it.
///
/// `lag` is how many epochs ago the newest settled epoch was when a worker window closes. There is
/// one result per epoch. An error if the lag is zero, or if a number is out of the range of the
/// chain's.
pub fn run(rule: RuleName, inputs: &Inputs, lag: usize) -> Result<Vec<Settled>> {
	ensure!(lag > 0, "an epoch cannot be settled before it ends");
	let mut network = start(rule, inputs);
	let mut settled = Vec::with_capacity(inputs.epochs.len());
	let mut settle = |network: &mut Box<dyn Paying>, epoch: &Epoch| {
		let done = network.settle(&epoch.truth);
		settled.push(done.with_context(|| format!("rule {}, {}", rule.name(), epoch.date))?);
		anyhow::Ok(())
	};
	for (at, epoch) in inputs.epochs.iter().enumerate() {
		if let Some(past) = at.checked_sub(lag) {
			settle(&mut network, &inputs.epochs[past])?;
		}
		let begun = network.begin(epoch);
		begun.with_context(|| format!("rule {}, {}", rule.name(), epoch.date))?;
	}
	for epoch in &inputs.epochs[inputs.epochs.len().saturating_sub(lag)..] {
		settle(&mut network, epoch)?;
	}
	Ok(settled)
}

/// The losses of rows of values against a truth, in the topic's own unit and as rules learn from
/// them. `spreads` are those of the truths before, see [`Truths::known`](crate::topic::Truths::known).
pub fn measure<'a>(
	topic: &Topic,
	spreads: &[Spread],
	truth: &[FixedI128],
	rows: impl Iterator<Item = &'a [Real]>,
) -> Result<Vec<Measured>> {
	let target = Target::new(topic.loss(), truth, spreads, topic.floor())?;
	let measured = rows.map(|row| {
		let row = row.iter().map(|value| convert::to_fixed(*value)).collect::<Result<Vec<_>, _>>();
		target.measure(&row?)
	});
	Ok(measured.collect::<Result<_, _>>()?)
}

/// Numbers of some members, as a list of all of them with zeros for the others.
fn spread(of: &[usize], numbers: &[f64], all: usize) -> Vec<f64> {
	let mut list = vec![0.0; all];
	for (member, number) in of.iter().zip(numbers) {
		list[*member] = *number;
	}
	list
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::question::Question;
	use clap::ValueEnum;

	/// Epochs of inferers with these values and the truth 0, without forecasters; an inferer without
	/// a value is absent.
	fn inputs(epochs: &[&[Option<f64>]]) -> Inputs {
		let epoch = |values: &&[Option<f64>]| Epoch {
			date: String::new(),
			truth: vec![0.0],
			inferences: values.iter().map(|value| value.iter().copied().collect()).collect(),
			forecasts: Vec::new(),
		};
		let topic = Question::Range.into();
		let names = epochs[0].iter().map(|_| String::new()).collect();
		Inputs { topic, names, forecasters: 0, epochs: epochs.iter().map(epoch).collect() }
	}

	fn close(found: &[f64], expected: &[f64]) {
		// The floor of the losses is 1e-8.
		let near = |(found, expected): (&f64, &f64)| (found - expected).abs() < 1e-7;
		assert_eq!(found.len(), expected.len());
		assert!(found.iter().zip(expected).all(near), "{found:?} for {expected:?}");
	}

	#[test]
	fn first_epoch_pays_what_the_network_would_have_lost() {
		let values = [0.0, 1.0, 5.0].map(Some);
		let settled = &run(RuleName::Mixture, &inputs(&[&values]), 2).unwrap()[0];
		// The network is the plain mean, 2; without each of them 3, 2.5 and 0.5.
		close(&[settled.loss], &[4.0]);
		close(&settled.worths, &[5.0, 2.25, -3.75]);
		close(&settled.shares, &[5.0 / 7.25, 2.25 / 7.25, 0.0]);
		let settled = &run(RuleName::Regret, &inputs(&[&values]), 2).unwrap()[0];
		close(&settled.worths, &[9.0, 6.25, 0.25].map(|loss: f64| (loss / 4.0).log10()));
		assert!(settled.shares[0] > settled.shares[1] && settled.shares[1] > settled.shares[2]);
		close(&[settled.shares.iter().sum()], &[1.0]);
	}

	#[test]
	fn equal_inferers_share_what_they_are_worth_together() {
		let values = [0.0, 0.0, 1.0, 5.0].map(Some);
		let settled = &run(RuleName::Mixture, &inputs(&[&values]), 2).unwrap()[0];
		close(&settled.worths, &[2.5, 2.5, 2.25, -3.75]);
	}

	#[test]
	fn absent_inferer_is_not_paid_and_has_its_claim_when_it_returns() {
		let here = [0.0, 1.0, 5.0].map(Some);
		let away = [None, Some(1.0), Some(5.0)];
		let settled = |first| run(RuleName::Mixture, &inputs(&[first, &away, &here]), 1).unwrap();
		let (known, newcomer) = (settled(&here), settled(&away));
		assert_eq!((known[1].shares[0], known[1].weights[0]), (0.0, 0.0));
		assert!(known[2].shares[0] > newcomer[2].shares[0] + 0.1, "{known:?} {newcomer:?}");
		assert!(run(RuleName::Regret, &inputs(&[&away]), 1).is_err());
	}

	#[test]
	fn epochs_are_settled_in_their_order_after_the_lag() {
		for rule in RuleName::value_variants() {
			let rows = [[1.0, 3.0].map(Some), [2.0, 2.0].map(Some), [1.0, 3.0].map(Some)];
			let inputs = inputs(&[&rows[0], &rows[1], &rows[2]]);
			let networks = |lag| {
				let settled = run(*rule, &inputs, lag).unwrap();
				settled.iter().map(|epoch| epoch.network[0]).collect::<Vec<_>>()
			};
			assert_eq!(networks(3)[2], networks(4)[2]);
			assert!(networks(1)[2] < networks(3)[2], "{rule:?}");
			assert!(run(*rule, &inputs, 0).is_err());
		}
	}
}
