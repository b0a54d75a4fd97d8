//! Networks made up for a purpose: skills that change at once, skills that depend on a public state,
//! and a member that is nearly perfect.

use crate::{
	chain::types::LossMethod,
	figures::{Figures, Metric},
	question::Question,
	report::coverage,
	rules::{RuleName, Topic},
	simulate::{run, Epoch, Inputs},
};
use anyhow::{Context, Result};
use clap::ValueEnum;
use rand::{rngs::SmallRng, Rng, SeedableRng};
use rayon::prelude::*;
use serde::Serialize;
use std::{collections::BTreeMap, f64::consts::TAU, ops::Range};

/// A kind of made-up network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Scenario {
	/// 16 networks of 16 members, whose skills are all redrawn in the middle of 2000 epochs.
	Switch,
	/// 8 networks of 12 members, one half good in each of two public states that last 12 epochs on
	/// average; forecasters know the state.
	Context,
	/// 8 networks of 12 members, one of which is off by a hundredth and the others by 0.3 to 3.
	NearPerfect,
}

/// The epochs at the start of a network that do not count in [`Found::NearPerfect`].
const START: usize = 50;
/// The number of epochs over which a recovery is measured.
const WINDOW: usize = 10;
/// How far from its level a network that has recovered may be, as a factor.
const RECOVERED: f64 = 1.1;
/// The number of epochs after a switch from which on the error counts as the network's level.
const SETTLED: usize = 400;

/// What the runs of a scenario found under one rule; errors are RMSE under the squared and MAE under
/// the absolute loss.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Found {
	/// The networks whose skills are redrawn.
	Switch {
		/// The number of epochs after the switch until the error of ten epochs, over all networks, is
		/// at most 1.1 times the level; `None` if it never is.
		recovery: Option<usize>,
		/// The error from 400 epochs after the switch on, in units of the best member's.
		level: f64,
		/// The fractions of truths inside the 68 % and the 95 % interval.
		coverage: Option<[f64; 2]>,
	},
	/// The networks with public states.
	Context {
		/// The mean error with forecasters.
		with_forecasters: f64,
		/// The mean error of the same networks without forecasters.
		without_forecasters: f64,
		/// The mean relative change of the error by the forecasters.
		change: f64,
		/// The largest relative change of a network.
		worst: f64,
	},
	/// The networks with a member that is nearly perfect.
	NearPerfect {
		/// The mean relative distance to that member's error after the first 50 epochs.
		distance: f64,
		/// The largest relative distance of a network.
		worst: f64,
	},
}

/// What the runs of a scenario found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
	/// The name of the scenario.
	pub scenario: &'static str,
	/// The number of networks.
	pub networks: u64,
	/// The number of epochs of each.
	pub epochs: usize,
	/// The findings by the name of the rule.
	pub rules: BTreeMap<&'static str, Found>,
}

impl Scenario {
	/// The name on the command line.
	pub fn name(self) -> &'static str {
		match self {
			Self::Switch => "switch",
			Self::Context => "context",
			Self::NearPerfect => "near-perfect",
		}
	}

	/// The number of networks.
	pub fn networks(self) -> u64 {
		match self {
			Self::Switch => 16,
			Self::Context | Self::NearPerfect => 8,
		}
	}

	/// The number of epochs of a network.
	pub fn epochs(self) -> usize {
		match self {
			Self::Switch => 2000,
			Self::Context => 3000,
			Self::NearPerfect => 1000,
		}
	}

	/// The network of this seed.
	pub fn network(self, method: LossMethod, seed: u64) -> Inputs {
		self.network_of(&Topic::of(Question::Range, method), seed)
	}

	/// The network of this seed for a topic of a number.
	pub fn network_of(self, topic: &Topic, seed: u64) -> Inputs {
		let random = &mut Random(SmallRng::seed_from_u64(seed));
		let (members, epochs) = match self {
			Self::Switch => (16, switch(random, self.epochs())),
			Self::Context => (12, context(random, topic, self.epochs())),
			Self::NearPerfect => (12, near_perfect(random, self.epochs())),
		};
		let names = (1..=members).map(|member| format!("member-{member}")).collect();
		let forecasters = if self == Self::Context { 2 } else { 0 };
		Inputs { topic: topic.clone(), names, forecasters, epochs }
	}

	/// Runs the rules over all networks; those of another seed are others.
	///
	/// `progress` is called after each network and rule.
	pub fn run(
		self,
		rules: &[RuleName],
		method: LossMethod,
		lag: usize,
		seed: u64,
		progress: impl Fn(u64) + Sync,
	) -> Result<Report> {
		let seeds = (0..self.networks()).map(|at| seed.wrapping_mul(self.networks()) + at);
		let networks: Vec<_> = seeds.map(|seed| self.network(method, seed)).collect();
		let found = rules.iter().map(|rule| {
			let runs = networks.par_iter().map(|inputs| {
				let with = run(*rule, inputs, lag, |_| ())?;
				let without = match self {
					Self::Context => Some(run(*rule, &without_forecasters(inputs), lag, |_| ())?),
					_ => None,
				};
				progress(1);
				Ok((with, without))
			});
			let runs = runs.collect::<Result<Vec<_>>>()?;
			let found = match self {
				Self::Switch => recovery(&runs),
				Self::Context => change(&runs),
				Self::NearPerfect => distance(&runs),
			};
			Ok((rule.name(), found.context("the scenario has no epoch")?))
		});
		let rules = found.collect::<Result<_>>()?;
		let (networks, epochs) = (self.networks(), self.epochs());
		Ok(Report { scenario: self.name(), networks, epochs, rules })
	}
}

/// A run, and the run of the same network without forecasters.
type Runs = (Figures, Option<Figures>);

/// Random numbers that depend on the seed only.
pub(crate) struct Random(SmallRng);

impl Random {
	/// The numbers of a seed.
	pub(crate) fn new(seed: u64) -> Self {
		Self(SmallRng::seed_from_u64(seed))
	}

	/// A uniform number.
	pub(crate) fn uniform(&mut self, range: Range<f64>) -> f64 {
		self.0.random_range(range)
	}

	/// A number whose logarithm is uniform.
	fn log_uniform(&mut self, range: Range<f64>) -> f64 {
		self.uniform(range.start.ln()..range.end.ln()).exp()
	}

	/// A standard normal number, by the formula of Box and Muller.
	pub(crate) fn normal(&mut self) -> f64 {
		let radius = (-2.0 * (1.0 - self.uniform(0.0..1.0)).ln()).sqrt();
		radius * (TAU * self.uniform(0.0..1.0)).cos()
	}
}

/// An epoch of one label without forecasts.
fn epoch(at: usize, truth: f64, inferences: impl Iterator<Item = f64>) -> Epoch {
	Epoch {
		date: format!("epoch {}", at + 1),
		truth: vec![truth],
		inferences: inferences.map(|value| vec![value]).collect(),
		forecasts: Vec::new(),
	}
}

/// Members with a standard deviation, a bias and a common part of their errors, all of which are
/// redrawn in the middle.
fn switch(random: &mut Random, epochs: usize) -> Vec<Epoch> {
	let mut truth = 0.0;
	let mut members = Vec::new();
	let next = |at: usize| {
		if at == 0 || at == epochs / 2 {
			let member = |_| {
				let deviation = random.log_uniform(0.1..2.0);
				let bias = 0.5 * deviation * random.normal();
				(deviation, bias, random.uniform(0.0..0.6))
			};
			members = (0..16).map(member).collect::<Vec<_>>();
		}
		truth = 0.9 * truth + random.normal();
		let common = random.normal();
		let value = |(deviation, bias, load): &(f64, f64, f64)| {
			let own = (1.0 - load * load).sqrt() * random.normal();
			truth + bias + deviation * (own + load * common)
		};
		let values: Vec<_> = members.iter().map(value).collect();
		epoch(at, truth, values.into_iter())
	};
	(0..epochs).map(next).collect()
}

/// Losses that fade: their weighted sum and the sum of weights.
#[derive(Clone, Copy, Default)]
struct Faded {
	sum: f64,
	weight: f64,
}

impl Faded {
	fn add(&mut self, loss: f64) {
		self.sum += loss;
		self.weight += 1.0;
	}

	fn fade(&mut self, decay: f64) {
		self.sum *= decay;
		self.weight *= decay;
	}

	/// The mean with a prior that counts for five losses.
	fn mean(self, prior: f64) -> f64 {
		(self.sum + 5.0 * prior) / (self.weight + 5.0)
	}
}

/// The mean of losses, 0 without any.
fn mean_of(faded: &[Faded]) -> f64 {
	let (sum, weight) =
		faded.iter().fold((0.0, 0.0), |all, one| (all.0 + one.sum, all.1 + one.weight));
	if weight > 0.0 {
		sum / weight
	} else {
		0.0
	}
}

/// Members of which each half is good in one of two states. The first forecaster expects each
/// member's recent mean loss, the second its mean loss in the epoch's state.
fn context(random: &mut Random, topic: &Topic, epochs: usize) -> Vec<Epoch> {
	let member = |_| (random.log_uniform(0.2..0.5), random.log_uniform(0.8..2.0));
	let members: Vec<(f64, f64)> = (0..12).map(member).collect();
	let (mut truth, mut state) = (0.0, 0);
	let mut recent = vec![Faded::default(); members.len()];
	let mut by_state = [recent.clone(), recent.clone()];
	let next = |at: usize| {
		truth = 0.9 * truth + random.normal();
		if random.uniform(0.0..1.0) < 1.0 / 12.0 {
			state = 1 - state;
		}
		let values: Vec<f64> = members
			.iter()
			.enumerate()
			.map(|(index, (good, bad))| {
				let good_now = (index < members.len() / 2) == (state == 0);
				truth + if good_now { good } else { bad } * random.normal()
			})
			.collect();
		let prior = mean_of(&recent);
		let first = recent.iter().map(|faded| faded.mean(prior)).collect();
		let both = |index: usize| mean_of(&[by_state[0][index], by_state[1][index]]);
		let here = by_state[state].iter().enumerate();
		let second = here.map(|(index, faded)| faded.mean(both(index))).collect();
		recent.iter_mut().for_each(|faded| faded.fade(0.99));
		by_state.iter_mut().flatten().for_each(|faded| faded.fade(0.995));
		for (index, value) in values.iter().enumerate() {
			let loss = topic.learned(&[*value], &[truth], &[]);
			recent[index].add(loss);
			by_state[state][index].add(loss);
		}
		Epoch { forecasts: vec![first, second], ..epoch(at, truth, values.into_iter()) }
	};
	(0..epochs).map(next).collect()
}

/// Members one of which is far better than the others.
fn near_perfect(random: &mut Random, epochs: usize) -> Vec<Epoch> {
	let mut deviations: Vec<_> = (0..12).map(|_| random.log_uniform(0.3..3.0)).collect();
	let perfect = random.0.random_range(0..deviations.len());
	deviations[perfect] = 0.01;
	let mut truth = 10.0;
	let next = |at: usize| {
		truth += 0.1 * random.normal();
		let values: Vec<_> =
			deviations.iter().map(|deviation| truth + deviation * random.normal()).collect();
		epoch(at, truth, values.into_iter())
	};
	(0..epochs).map(next).collect()
}

/// The same network without forecasters.
fn without_forecasters(inputs: &Inputs) -> Inputs {
	let mut inputs = inputs.clone();
	inputs.forecasters = 0;
	inputs.epochs.iter_mut().for_each(|epoch| epoch.forecasts.clear());
	inputs
}

/// The mean of numbers, `None` without any.
fn mean(values: &[f64]) -> Option<f64> {
	(!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// The network's part of each epoch from `from` on, and the best member's mean part.
fn parts(figures: &Figures, from: usize) -> Option<(Vec<f64>, f64)> {
	let rows = figures.rows.get(from..)?;
	let rows = || (from..).zip(rows);
	let part = |value: &[f64], at: usize| figures.part(figures.metric, value, at);
	let network = rows().map(|(at, row)| part(&row.network, at)).collect();
	let of = |member: usize| {
		let parts =
			rows().filter_map(|(at, row)| Some(part(row.workers.get(member)?.as_ref()?, at)));
		mean(&parts.collect::<Vec<_>>())
	};
	let best = (0..figures.names.len()).filter_map(of).min_by(f64::total_cmp)?;
	Some((network, best))
}

/// The number of epochs until the mean of a window is within the factor of the level, where errors
/// are `metric`'s of these parts.
fn recovered(parts: &[f64], metric: Metric, level: f64) -> Option<usize> {
	let within =
		|window: &[f64]| mean(window).is_some_and(|mean| metric.total(mean) <= RECOVERED * level);
	parts.windows(WINDOW).position(within).map(|start| start + WINDOW)
}

/// The recovery after the switch in the middle of each run.
fn recovery(runs: &[Runs]) -> Option<Found> {
	let metric = runs.first()?.0.metric;
	let middle = runs.first()?.0.rows.len() / 2;
	let networks = runs.iter().map(|(run, _)| parts(run, middle)).collect::<Option<Vec<_>>>()?;
	let epochs = networks.first()?.0.len();
	let relative = |at: usize| {
		let parts = networks.iter().filter_map(|(parts, best)| Some(parts.get(at)? / best));
		mean(&parts.collect::<Vec<_>>())
	};
	let parts = (0..epochs).map(relative).collect::<Option<Vec<_>>>()?;
	let level = metric.total(mean(parts.get(SETTLED..)?)?);
	let rows: Vec<_> = runs.iter().flat_map(|(run, _)| run.rows.iter().cloned()).collect();
	Some(Found::Switch {
		recovery: recovered(&parts, metric, level),
		level,
		coverage: coverage(&rows),
	})
}

/// The changes of the runs' errors by the forecasters.
fn change(runs: &[Runs]) -> Option<Found> {
	let error = |run: &Figures| run.mean_loss(|row| Some(row.network.clone()));
	let pairs = runs.iter().map(|(with, without)| Some((error(with)?, error(without.as_ref()?)?)));
	let (with, without): (Vec<_>, Vec<_>) = pairs.collect::<Option<Vec<_>>>()?.into_iter().unzip();
	let changes: Vec<_> = with.iter().zip(&without).map(|(a, b)| a / b - 1.0).collect();
	Some(Found::Context {
		with_forecasters: mean(&with)?,
		without_forecasters: mean(&without)?,
		change: mean(&changes)?,
		worst: changes.into_iter().max_by(f64::total_cmp)?,
	})
}

/// The distances of the runs' errors to the best member's.
fn distance(runs: &[Runs]) -> Option<Found> {
	let of = |run: &Figures| {
		let (network, best) = parts(run, START)?;
		Some(run.metric.total(mean(&network)?) / run.metric.total(best) - 1.0)
	};
	let distances = runs.iter().map(|(run, _)| of(run)).collect::<Option<Vec<_>>>()?;
	let worst = distances.iter().copied().max_by(f64::total_cmp)?;
	Some(Found::NearPerfect { distance: mean(&distances)?, worst })
}

#[cfg(test)]
mod tests {
	use super::*;

	/// The root of the mean squared error of a member over some epochs.
	fn rmse(epochs: &[Epoch], member: usize) -> f64 {
		let squares =
			epochs.iter().map(|epoch| (epoch.inferences[member][0] - epoch.truth[0]).powi(2));
		mean(&squares.collect::<Vec<_>>()).unwrap().sqrt()
	}

	fn errors(epochs: &[Epoch]) -> Vec<f64> {
		(0..epochs[0].inferences.len()).map(|member| rmse(epochs, member)).collect()
	}

	#[test]
	fn networks_depend_on_the_seed_only() {
		for scenario in Scenario::value_variants() {
			let network = |seed| scenario.network(LossMethod::Squared, seed);
			assert_eq!(network(3), network(3));
			assert_ne!(network(3).epochs, network(4).epochs);
			assert_eq!(network(3).epochs.len(), scenario.epochs());
			let name = scenario.to_possible_value().unwrap().get_name().to_owned();
			assert_eq!(scenario.name(), name);
		}
	}

	#[test]
	fn skills_change_in_the_middle() {
		let network = Scenario::Switch.network(LossMethod::Squared, 0);
		let halves = network.epochs.split_at(1000);
		let (before, after) = (errors(halves.0), errors(halves.1));
		let quarter = errors(&network.epochs[..500]);
		let moved = |a: &[f64], b: &[f64]| {
			a.iter().zip(b).map(|(a, b)| (a / b).ln().abs()).fold(0.0, f64::max)
		};
		assert!(moved(&before, &quarter) < 0.2 && moved(&before, &after) > 1.0);
	}

	#[test]
	fn forecasts_know_which_half_is_good() {
		let network = Scenario::Context.network(LossMethod::Squared, 0);
		let mut right = 0;
		for epoch in &network.epochs[500..] {
			let squares: Vec<_> =
				epoch.inferences.iter().map(|value| (value[0] - epoch.truth[0]).powi(2)).collect();
			let half =
				|values: &[f64]| values[..6].iter().sum::<f64>() < values[6..].iter().sum::<f64>();
			right += usize::from(half(&squares) == half(&epoch.forecasts[1]));
		}
		// Squared errors of the good half are now and then the larger ones.
		assert!(right > 2400, "{right} of 2500");
	}

	#[test]
	fn one_member_is_nearly_perfect() {
		let mut errors = errors(&Scenario::NearPerfect.network(LossMethod::Squared, 0).epochs);
		errors.sort_by(f64::total_cmp);
		assert!((0.009..0.011).contains(&errors[0]) && errors[1] > 0.25, "{errors:?}");
	}

	#[test]
	fn recovery_is_counted_to_the_end_of_the_first_window_near_the_level() {
		let mut parts = vec![9.0; 20];
		parts.extend([1.2; 20]);
		// A root mean square of 1.1 is reached by squares of 1.2 only.
		assert_eq!(recovered(&parts, Metric::Rmse, 1.0), Some(30));
		assert_eq!(recovered(&parts, Metric::Mae, 1.0), None);
		assert_eq!(recovered(&[1.0; 10], Metric::Mae, 1.0), Some(10));
	}

	#[test]
	fn network_approaches_a_nearly_perfect_member() {
		let inputs = Scenario::NearPerfect.network(LossMethod::Squared, 0);
		let run = run(RuleName::DEFAULT, &inputs, 2, |_| ()).unwrap();
		let Some(Found::NearPerfect { distance, worst }) = distance(&[(run, None)]) else {
			panic!("a distance is found");
		};
		assert_eq!(distance, worst);
		assert!((-0.1..10.0).contains(&distance), "{distance}");
	}
}
