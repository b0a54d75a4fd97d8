//! The rules that a simulation runs, each behind the same two steps of an epoch.

use crate::{
	chain::types::LossMethod,
	coordinator::{reals, Coordinator, Learning},
	loss::{chain_loss, loss},
	question::Question,
};
use allora_math::{
	rules::mixture::{
		self, Before, ForecasterState, Input, Kept, Outcome, TopicState, WorkerState,
	},
	synthesis::Bundle,
	Real,
};
use anyhow::{Context, Result};
use clap::ValueEnum;
use std::collections::VecDeque;

/// A topic as a simulation sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Topic {
	/// The question, which decides the labels.
	pub question: Question,
	/// How far an inference is from the truth.
	pub method: LossMethod,
}

impl Topic {
	/// The loss of an inference as the chain learns from it; NaN if the number of values is wrong.
	pub fn loss(self, inference: &[f64], truth: &[f64]) -> f64 {
		loss(self.method, inference, truth)
	}
}

/// What a rule computes when the values of an epoch are known.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Inferred {
	/// The network inference, one value per label.
	pub network: Vec<f64>,
	/// The network inference without forecasters, one value per label.
	pub naive: Vec<f64>,
	/// The lower bounds of each label's 95 % and 68 % intervals and their upper bounds, ascending;
	/// empty if there is no interval yet.
	pub bounds: Vec<[f64; 4]>,
	/// The inferers' weights.
	pub weights: Vec<f64>,
}

/// A rule with the state of one topic, whose inferers and forecasters take part in every epoch.
pub trait Simulated {
	/// The close of the worker window: begins an epoch.
	///
	/// `inferences` has one row of values per inferer, `forecasts` one row of the losses expected of
	/// all inferers per forecaster.
	fn begin(&mut self, inferences: &[Vec<f64>], forecasts: &[Vec<f64>]) -> Result<Inferred>;

	/// The close of the reporting window: the oldest epoch that has begun ends, and the rule learns
	/// its truth. Nothing happens if there is no such epoch.
	fn end(&mut self, truth: &[f64]) -> Result<()>;
}

/// The name of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum RuleName {
	/// Two ways of weighing inferences, weighed by their regret in the topic's own loss.
	Mixture,
	/// The original's: weights follow from smoothed regrets.
	Regret,
}

impl RuleName {
	/// The rule that a simulation runs unless another is named.
	pub const DEFAULT: Self = Self::Mixture;

	/// The name on the command line and in the figures.
	pub fn name(self) -> &'static str {
		match self {
			Self::Mixture => "mixture",
			Self::Regret => "regret",
		}
	}

	/// The rule for a topic without history, with this number of participants.
	pub fn start(self, topic: Topic, inferers: usize, forecasters: usize) -> Box<dyn Simulated> {
		match self {
			Self::Mixture => Box::new(Mixture::new(topic, inferers, forecasters)),
			Self::Regret => Box::new(Regret::new(topic, inferers, forecasters)),
		}
	}
}

/// The original's rule.
pub struct Regret {
	topic: Topic,
	coordinator: Coordinator,
	begun: VecDeque<Bundle>,
}

impl Regret {
	/// The rule with the demo's learning parameters.
	pub fn new(topic: Topic, inferers: usize, forecasters: usize) -> Self {
		let labels = topic.question.labels().len();
		let coordinator = Coordinator::new(Learning::default(), labels, inferers, forecasters);
		Self { topic, coordinator, begun: VecDeque::new() }
	}
}

impl Simulated for Regret {
	fn begin(&mut self, inferences: &[Vec<f64>], forecasts: &[Vec<f64>]) -> Result<Inferred> {
		let rows =
			|rows: &[Vec<f64>]| rows.iter().map(|row| reals(row)).collect::<Result<Vec<_>>>();
		let bundle = self.coordinator.synthesise(&rows(inferences)?, &rows(forecasts)?)?;
		let mut elements = bundle.values.chunks(bundle.labels.max(1)).map(numbers);
		let bounds = |[a, b, _, c, d]: &[Real; 5]| [*a, *b, *c, *d].map(|value| value.to_num());
		let inferred = Inferred {
			network: elements.next().unwrap_or_default(),
			naive: elements.next().unwrap_or_default(),
			bounds: bundle.disagreement.iter().map(bounds).collect(),
			weights: numbers(&bundle.inferer_weights),
		};
		self.begun.push_back(bundle);
		Ok(inferred)
	}

	fn end(&mut self, truth: &[f64]) -> Result<()> {
		let Some(bundle) = self.begun.pop_front() else { return Ok(()) };
		let elements = bundle.values.chunks(bundle.labels.max(1));
		let losses: Vec<_> =
			elements.map(|values| self.topic.loss(&numbers(values), truth)).collect();
		let losses = reals(&losses).context("the losses of the network")?;
		self.coordinator.learn(&bundle, &losses)?;
		Ok(())
	}
}

/// The mixture rule.
pub struct Mixture {
	topic: Topic,
	params: mixture::Params<'static>,
	state: TopicState,
	workers: Vec<Option<WorkerState>>,
	forecasters: Vec<Option<ForecasterState>>,
	begun: VecDeque<(Vec<Real>, Kept)>,
}

impl Mixture {
	/// The rule for a topic without history.
	pub fn new(topic: Topic, inferers: usize, forecasters: usize) -> Self {
		let labels = topic.question.labels().len();
		let unity = topic.question.unity_tolerance().is_some();
		Self {
			topic,
			params: mixture::Params { loss: Some(chain_loss(topic.method)), labels, unity },
			state: TopicState::new(labels),
			workers: vec![None; inferers],
			forecasters: vec![None; forecasters],
			begun: VecDeque::new(),
		}
	}
}

impl Simulated for Mixture {
	fn begin(&mut self, inferences: &[Vec<f64>], forecasts: &[Vec<f64>]) -> Result<Inferred> {
		let values = reals(&inferences.concat())?;
		let forecasts =
			forecasts.iter().map(|row| Ok(reals(row)?.into_iter().enumerate().collect()));
		let synthesis = mixture::begin(
			&self.params,
			&self.state,
			&Input {
				values: &values,
				workers: &self.workers,
				forecasts: &forecasts.collect::<Result<Vec<_>>>()?,
				forecasters: &self.forecasters,
			},
		)?;
		let bounds = |bounds: &[Real; 4]| bounds.map(|bound| bound.to_num());
		self.begun.push_back((values, synthesis.kept));
		Ok(Inferred {
			network: numbers(&synthesis.network),
			naive: numbers(&synthesis.naive),
			bounds: synthesis.intervals.iter().flatten().map(bounds).collect(),
			weights: numbers(&synthesis.weights),
		})
	}

	fn end(&mut self, truth: &[f64]) -> Result<()> {
		let Some((values, kept)) = self.begun.pop_front() else { return Ok(()) };
		let rows = values.chunks(self.params.labels.max(1));
		let losses: Vec<_> = rows.map(|row| self.topic.loss(&numbers(row), truth)).collect();
		let learned = mixture::end(
			&self.params,
			&Before {
				topic: &self.state,
				workers: &self.workers,
				forecasters: &self.forecasters,
				absent: &[],
			},
			&Outcome {
				kept: &kept,
				values: &values,
				truth: Some(&reals(truth)?),
				losses: &reals(&losses).context("the losses of the workers")?,
			},
		)?;
		self.state = learned.topic;
		self.workers = learned.workers.into_iter().map(Some).collect();
		self.forecasters = learned.forecasters.into_iter().map(Some).collect();
		Ok(())
	}
}

/// Numbers of the chain's arithmetic as floats.
fn numbers(values: &[Real]) -> Vec<f64> {
	values.iter().map(|value| value.to_num()).collect()
}

#[cfg(test)]
mod tests {
	use super::*;

	const TOPIC: Topic = Topic { question: Question::Range, method: LossMethod::Squared };

	/// The inferences of two members, the first of which is right.
	fn inferences(truth: f64) -> Vec<Vec<f64>> {
		vec![vec![truth], vec![truth + 2.0]]
	}

	#[test]
	fn each_rule_learns_who_is_right() {
		for name in RuleName::value_variants() {
			let mut rule = name.start(TOPIC, 2, 0);
			for at in 0..40 {
				let truth = 10.0 + f64::from(at % 3);
				rule.begin(&inferences(truth), &[]).unwrap();
				rule.end(&[truth]).unwrap();
			}
			let inferred = rule.begin(&inferences(10.0), &[]).unwrap();
			let sum: f64 = inferred.weights.iter().sum();
			assert!(
				(sum - 1.0).abs() < 1e-9 && inferred.weights[0] > 0.9,
				"{name:?}: {inferred:?}"
			);
			assert!((inferred.network[0] - 10.0).abs() < 0.2, "{name:?}: {inferred:?}");
			assert_eq!(inferred.bounds.len(), 1);
			assert!(inferred.bounds[0].is_sorted());
		}
	}

	#[test]
	fn epochs_are_learned_in_their_order() {
		for name in RuleName::value_variants() {
			let (mut rule, mut late) = (name.start(TOPIC, 2, 0), name.start(TOPIC, 2, 0));
			let nothing = late.end(&[1.0]);
			assert!(nothing.is_ok());
			let first = rule.begin(&inferences(1.0), &[]).unwrap();
			assert_eq!(late.begin(&inferences(1.0), &[]).unwrap(), first);
			// No truth is known yet, so that the second epoch has no other weights than the first.
			let second = late.begin(&inferences(5.0), &[]).unwrap();
			assert_eq!(second.weights, first.weights);
			late.end(&[1.0]).unwrap();
			rule.end(&[1.0]).unwrap();
			let next = late.begin(&inferences(1.0), &[]).unwrap();
			assert_eq!(next, rule.begin(&inferences(1.0), &[]).unwrap());
			assert_ne!(next.weights, first.weights);
		}
	}

	#[test]
	fn forecasters_are_in_the_network_and_not_in_the_naive_inference() {
		for name in RuleName::value_variants() {
			let mut rule = name.start(TOPIC, 2, 1);
			let mut differ = 0;
			for at in 0..200 {
				// Each member is right every other time, and the forecaster knows when.
				let (truth, right) = (f64::from(at % 7), at % 2);
				let value = |member| vec![truth + if member == right { 0.0 } else { 1.0 }];
				let expected = |member| if member == right { -4.0 } else { 0.0 };
				let forecast = vec![expected(0), expected(1)];
				let inferred = rule.begin(&[value(0), value(1)], &[forecast]).unwrap();
				let distance = |values: &[f64]| (values[0] - truth).abs();
				differ += i32::from(distance(&inferred.network) < distance(&inferred.naive) - 0.05);
				rule.end(&[truth]).unwrap();
			}
			assert!(differ > 100, "{name:?}: {differ}");
		}
	}
}
