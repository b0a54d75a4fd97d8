//! Trials of a network: what attackers reach, and whether pay follows contribution.
//!
//! Each trial changes the demo's [`networks`] and runs them with the settlement of every epoch, under
//! the mixture rule with pay by claims and under the original's rule with its pay. [`attacks`] and
//! [`contribution`] list the trials, [`reputers`] has those of reports.

pub mod attacks;
pub mod contribution;
pub mod networks;
pub mod reputers;

use crate::{
	pay::{self, Settled},
	rules::RuleName,
	simulate::Inputs,
};
use anyhow::{Context, Result};
use rayon::prelude::*;
use serde::Serialize;

/// The range in which a finding is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
	/// At most this.
	AtMost(f64),
	/// At least this.
	AtLeast(f64),
}

impl Bound {
	/// Whether a number is in the range; a number that is not one is not.
	pub fn holds(self, found: f64) -> bool {
		match self {
			Self::AtMost(limit) => found <= limit,
			Self::AtLeast(limit) => found >= limit,
		}
	}
}

/// A number of a trial over its draws: other random numbers, epochs or windows.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Found {
	/// The median.
	pub median: f64,
	/// The smallest.
	pub min: f64,
	/// The largest.
	pub max: f64,
}

impl Found {
	/// The numbers of some draws, of which those that are not finite do not count; `None` without
	/// any.
	pub fn over(draws: &[f64]) -> Option<Self> {
		let finite: Vec<_> = draws.iter().copied().filter(|number| number.is_finite()).collect();
		let min = finite.iter().copied().reduce(f64::min)?;
		let max = finite.iter().copied().reduce(f64::max)?;
		Some(Self { median: networks::median(&finite), min, max })
	}
}

/// What a trial found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
	/// What is tried.
	pub trial: String,
	/// What the attacker needs or controls; empty for a trial without one.
	#[serde(skip_serializing_if = "String::is_empty")]
	pub takes: String,
	/// What the numbers are.
	pub measured: String,
	/// The number under the mixture rule with pay by claims; `None` where there is none.
	pub mixture: Option<Found>,
	/// The number under the original's rules; `None` where they have none.
	pub regret: Option<Found>,
	/// The range in which the number is wanted.
	pub bound: Option<Bound>,
	/// Whether the mixture rule's numbers are in that range in all draws.
	pub holds: Option<bool>,
}

impl Finding {
	/// A finding of one draw under both rules, the mixture rule's first; a number that is not finite
	/// is none.
	pub fn new(trial: impl Into<String>, measured: impl Into<String>, found: [f64; 2]) -> Self {
		let [mixture, regret] = found.map(|number| vec![number]);
		Self::of_draws(trial, measured, [&mixture, &regret])
	}

	/// A finding of several draws under both rules.
	pub fn of_draws(
		trial: impl Into<String>,
		measured: impl Into<String>,
		draws: [&[f64]; 2],
	) -> Self {
		let [mixture, regret] = draws.map(Found::over);
		let (takes, bound, holds) = (String::new(), None, None);
		let (trial, measured) = (trial.into(), measured.into());
		Self { trial, takes, measured, mixture, regret, bound, holds }
	}

	/// The finding with what its attacker needs.
	pub fn taking(mut self, takes: impl Into<String>) -> Self {
		self.takes = takes.into();
		self
	}

	/// The finding with the range in which its number is wanted.
	pub fn within(mut self, bound: Bound) -> Self {
		self.bound = Some(bound);
		self.holds = self.mixture.map(|found| bound.holds(found.min) && bound.holds(found.max));
		self
	}

	/// The same finding over several draws, each of which has one number per rule.
	fn merged(draws: &[&Self]) -> Option<Self> {
		let first = *draws.first()?;
		let of = |rule: fn(&Self) -> Option<Found>| {
			let medians = draws.iter().filter_map(|draw| rule(draw)).map(|found| found.median);
			medians.collect::<Vec<_>>()
		};
		let (mixture, regret) = (of(|draw| draw.mixture), of(|draw| draw.regret));
		let merged = Self::of_draws(&first.trial, &first.measured, [&mixture, &regret]);
		let merged = merged.taking(&first.takes);
		Some(match first.bound {
			Some(bound) => merged.within(bound),
			None => merged,
		})
	}
}

/// Repeats a trial for each draw; all have the same findings with other numbers.
pub fn drawn(
	draws: u64,
	trial: impl Fn(u64) -> Result<Vec<Finding>> + Sync + Send,
) -> Result<Vec<Finding>> {
	let all = (0..draws).into_par_iter().map(trial).collect::<Result<Vec<_>>>()?;
	let count = all.first().map_or(0, Vec::len);
	let at = |index: usize| all.iter().filter_map(|draw| draw.get(index)).collect::<Vec<_>>();
	Ok((0..count).filter_map(|index| Finding::merged(&at(index))).collect())
}

/// The findings of a command.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
	/// The number of epochs, at most that of the command.
	pub epochs: usize,
	/// The number of inferers.
	pub inferers: usize,
	/// The best paid inferer under claims.
	pub best: String,
	/// The inferer in the middle of the pay under claims.
	pub middle: String,
	/// The findings.
	pub findings: Vec<Finding>,
}

/// Both systems, the default one first.
pub const RULES: [RuleName; 2] = [RuleName::Mixture, RuleName::Regret];

/// A change of a network, its runs and what they show.
pub type Trial = fn(&Base) -> Result<Vec<Finding>>;

/// A run of a network.
pub type Run = Vec<Settled>;

/// The runs of a network under both systems.
pub type Runs = [Run; 2];

/// The network that trials change, and its runs.
pub struct Base {
	/// The network.
	pub inputs: Inputs,
	/// The number of epochs after which an epoch is settled.
	pub lag: usize,
	/// The runs of the network as it is.
	pub runs: Runs,
	/// The best paid inferer under claims.
	pub best: usize,
	/// The inferer in the middle of the pay under claims.
	pub middle: usize,
}

impl Base {
	/// Runs a network as it is. An error if it has no inferers.
	pub fn new(inputs: Inputs, lag: usize) -> Result<Self> {
		let runs = both(&inputs, lag)?;
		let mut paid: Vec<_> =
			pay_of(&runs[0], inputs.names.len()).into_iter().enumerate().collect();
		paid.sort_by(|a, b| b.1.total_cmp(&a.1));
		let ranked = |at: usize| paid.get(at).map(|(member, _)| *member);
		let best = ranked(0).context("a network has inferers")?;
		let middle = ranked(paid.len() / 2).unwrap_or(best);
		Ok(Self { inputs, lag, runs, best, middle })
	}

	/// Runs another network under both systems.
	pub fn both(&self, inputs: &Inputs) -> Result<Runs> {
		both(inputs, self.lag)
	}

	/// Runs another network under the default system.
	pub fn default_only(&self, inputs: &Inputs) -> Result<Run> {
		pay::run(RuleName::Mixture, inputs, self.lag)
	}

	/// The number of inferers.
	pub fn inferers(&self) -> usize {
		self.inputs.names.len()
	}

	/// Runs trials in parallel; `progress` is called after each. The findings are in their order.
	pub fn findings(&self, trials: &[Trial], progress: impl Fn(u64) + Sync) -> Result<Report> {
		let found = trials.par_iter().map(|trial| {
			let found = trial(self)?;
			progress(1);
			Ok(found)
		});
		let findings = found.collect::<Result<Vec<_>>>()?.concat();
		let name = |member: usize| self.inputs.names[member].clone();
		let (best, middle) = (name(self.best), name(self.middle));
		let (epochs, inferers) = (self.inputs.epochs.len(), self.inferers());
		Ok(Report { epochs, inferers, best, middle, findings })
	}
}

fn both(inputs: &Inputs, lag: usize) -> Result<Runs> {
	let (mixture, regret) = rayon::join(
		|| pay::run(RuleName::Mixture, inputs, lag),
		|| pay::run(RuleName::Regret, inputs, lag),
	);
	Ok([mixture?, regret?])
}

/// The pay of each inferer over some epochs: 1 is what all of them get in an epoch.
pub fn pay_of(run: &[Settled], inferers: usize) -> Vec<f64> {
	sums(run, inferers, |settled| &settled.shares)
}

/// The sums of a list over some epochs, one per inferer.
pub fn sums<'a>(
	run: &'a [Settled],
	inferers: usize,
	list: impl Fn(&'a Settled) -> &'a [f64],
) -> Vec<f64> {
	let sum = |member: usize| run.iter().filter_map(|settled| list(settled).get(member)).sum();
	(0..inferers).map(sum).collect()
}

/// The sum of the entries of some members.
pub fn together(list: &[f64], members: &[usize]) -> f64 {
	members.iter().filter_map(|member| list.get(*member)).sum()
}

/// The sum of the network's losses over some epochs.
pub fn losses(run: &[Settled]) -> f64 {
	run.iter().map(|settled| settled.loss).sum()
}

/// The effective number of paid inferers over some epochs: the inverse sum of squared shares.
pub fn effective(run: &[Settled], inferers: usize) -> f64 {
	let paid = pay_of(run, inferers);
	let total: f64 = paid.iter().sum();
	paid.iter().map(|pay| (pay / total).powi(2)).sum::<f64>().recip()
}

#[cfg(test)]
mod tests {
	use super::*;

	fn settled(shares: &[f64], loss: f64) -> Settled {
		Settled { shares: shares.to_vec(), loss, ..Settled::default() }
	}

	#[test]
	fn pay_is_summed_over_the_epochs() {
		let run = [settled(&[0.5, 0.5, 0.0], 1.0), settled(&[0.0, 0.75, 0.25], 2.0)];
		assert_eq!(pay_of(&run, 3), [0.5, 1.25, 0.25]);
		assert_eq!(losses(&run), 3.0);
		assert_eq!(together(&pay_of(&run, 3), &[0, 2]), 0.75);
	}

	#[test]
	fn effective_number_counts_equal_pay_as_heads() {
		assert_eq!(effective(&[settled(&[0.25; 4], 0.0)], 4), 4.0);
		assert_eq!(effective(&[settled(&[1.0, 0.0], 0.0)], 2), 1.0);
	}

	#[test]
	fn bounds_are_inclusive_and_no_number_is_in_none() {
		assert!(Bound::AtMost(1.0).holds(1.0) && !Bound::AtMost(1.0).holds(1.1));
		assert!(Bound::AtLeast(1.0).holds(1.0) && !Bound::AtLeast(1.0).holds(0.9));
		assert!(!Bound::AtMost(1.0).holds(f64::NAN) && !Bound::AtLeast(1.0).holds(f64::NAN));
		let finding = Finding::new("", "", [f64::NAN, 1.0]).within(Bound::AtMost(1.0));
		assert_eq!((finding.mixture, finding.holds), (None, None));
	}

	#[test]
	fn draws_are_summed_up_and_hold_only_if_all_do() {
		let trial = |draw: u64| {
			let found = [[1.0, 5.0, 2.0, f64::NAN][draw as usize], 7.0];
			Ok(vec![Finding::new("a", "b", found).taking("c").within(Bound::AtMost(4.0))])
		};
		let findings = drawn(4, trial).unwrap();
		let [finding] = findings.as_slice() else { panic!("one finding") };
		assert_eq!(finding.mixture, Some(Found { median: 2.0, min: 1.0, max: 5.0 }));
		assert_eq!(finding.regret, Some(Found { median: 7.0, min: 7.0, max: 7.0 }));
		assert_eq!((finding.takes.as_str(), finding.holds), ("c", Some(false)));
		assert_eq!(drawn(1, trial).unwrap()[0].holds, Some(true));
	}
}
