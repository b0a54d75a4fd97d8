//! The rules that a simulation runs, each behind the same two steps of an epoch.

use crate::{
	coordinator::{reals, Coordinator},
	loss::decimals,
	topic::Truths,
};
use allora_math::{
	predictive::{self, LabelState},
	rules::mixture::{
		self, Before, ForecasterState, Input, Kept, Outcome, Synthesis, TopicState, WorkerState,
	},
	synthesis::Bundle,
	Real,
};
use anyhow::{ensure, Context, Result};
use std::collections::VecDeque;

pub use crate::{chain::types::Rule as RuleName, topic::Topic};

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
	/// all inferers per forecaster, which is empty if the forecaster is absent. The mixture leaves out
	/// losses that are not a number; the regret rule refuses them.
	fn begin(&mut self, inferences: &[Vec<f64>], forecasts: &[Vec<f64>]) -> Result<Inferred>;

	/// The close of the reporting window: the oldest epoch that has begun ends, and the rule learns
	/// its truth. Nothing happens if there is no such epoch.
	fn end(&mut self, truth: &[f64]) -> Result<()>;
}

impl RuleName {
	/// The rule of the demo's topics and of a simulation, unless another is named.
	pub const DEFAULT: Self = Self::Mixture;

	/// The name on the command line and in the figures.
	pub fn name(self) -> &'static str {
		match self {
			Self::Mixture => "mixture",
			Self::Regret => "regret",
		}
	}

	/// The rule for a topic without history, with this number of participants.
	pub fn start(self, topic: &Topic, inferers: usize, forecasters: usize) -> Box<dyn Simulated> {
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
	errors: Vec<LabelState>,
	truths: Truths,
	begun: VecDeque<(Bundle, Vec<Real>)>,
}

impl Regret {
	/// The rule for a topic without history.
	pub fn new(topic: &Topic, inferers: usize, forecasters: usize) -> Self {
		let labels = topic.width();
		let coordinator = Coordinator::new(topic.learning, labels, inferers, forecasters);
		let errors = vec![LabelState::default(); labels];
		let (topic, truths) = (topic.clone(), Truths::default());
		Self { topic, coordinator, errors, truths, begun: VecDeque::new() }
	}
}

impl Simulated for Regret {
	fn begin(&mut self, inferences: &[Vec<f64>], forecasts: &[Vec<f64>]) -> Result<Inferred> {
		let complete = inferences.iter().all(|row| !row.is_empty());
		ensure!(complete, "the regret rule is run for inferers that are always present");
		let rows =
			|rows: &[Vec<f64>]| rows.iter().map(|row| reals(row)).collect::<Result<Vec<_>>>();
		let bundle = self.coordinator.synthesise(&rows(inferences)?, &rows(forecasts)?)?;
		let mut elements = bundle.values.chunks(bundle.labels.max(1));
		let network = elements.next().unwrap_or_default();
		let probabilities = self.topic.has_probabilities();
		let intervals = predictive::interval(&self.errors, network, probabilities)?;
		let bounds = |bounds: &[Real; 4]| bounds.map(|bound| bound.to_num());
		let inferred = Inferred {
			network: numbers(network),
			naive: elements.next().map(numbers).unwrap_or_default(),
			bounds: intervals.iter().flatten().map(bounds).collect(),
			weights: numbers(&bundle.inferer_weights),
		};
		let scales = self.errors.iter().map(|label| label.scale).collect();
		self.begun.push_back((bundle, scales));
		Ok(inferred)
	}

	fn end(&mut self, truth: &[f64]) -> Result<()> {
		let Some((bundle, scales)) = self.begun.pop_front() else { return Ok(()) };
		let network = bundle.values.iter().take(bundle.labels);
		let errors: Vec<_> =
			reals(truth)?.iter().zip(network).map(|(truth, value)| *truth - *value).collect();
		predictive::learn(&mut self.errors, &scales, &errors)?;
		let elements = bundle.values.chunks(bundle.labels.max(1));
		let known = decimals(truth)?;
		let spreads = self.truths.known(&known);
		self.truths.add(&known)?;
		let losses: Vec<_> =
			elements.map(|values| self.topic.learned(&numbers(values), truth, &spreads)).collect();
		let losses = reals(&losses).context("the losses of the network")?;
		self.coordinator.learn(&bundle, &losses)?;
		Ok(())
	}
}

/// The mixture rule.
#[derive(Clone)]
pub struct Mixture {
	topic: Topic,
	truths: Truths,
	state: TopicState,
	workers: Vec<Option<WorkerState>>,
	forecasters: Vec<Option<ForecasterState>>,
	begun: VecDeque<Begun>,
}

/// An epoch of the mixture rule whose truth is not known yet.
#[derive(Clone)]
struct Begun {
	/// The workers that take part.
	present: Vec<usize>,
	/// The forecasters that take part.
	forecasters: Vec<usize>,
	values: Vec<Real>,
	kept: Kept,
}

impl Mixture {
	/// The rule for a topic without history.
	pub fn new(topic: &Topic, inferers: usize, forecasters: usize) -> Self {
		Self {
			topic: topic.clone(),
			truths: Truths::default(),
			state: TopicState::new(topic.width()),
			workers: vec![None; inferers],
			forecasters: vec![None; forecasters],
			begun: VecDeque::new(),
		}
	}

	/// What the rule takes of the topic.
	fn params(&self) -> mixture::Params<'_> {
		let (labels, unity) = (self.topic.width(), self.topic.is_unity());
		mixture::Params { loss: Some(self.topic.loss()), labels, unity }
	}

	/// The known states of workers.
	fn states(&self, of: &[usize]) -> Vec<Option<WorkerState>> {
		of.iter().map(|worker| self.workers.get(*worker).copied().flatten()).collect()
	}

	/// The known states of forecasters.
	fn tilts(&self, of: &[usize]) -> Vec<Option<ForecasterState>> {
		of.iter().map(|forecaster| self.forecasters[*forecaster]).collect()
	}

	/// As [`Simulated::begin`], with all that the rule publishes; a worker whose row has no values is
	/// absent, and those present are numbered in their order, as are forecasters.
	pub fn synthesise(
		&mut self,
		inferences: &[Vec<f64>],
		forecasts: &[Vec<f64>],
	) -> Result<Synthesis> {
		let present = present(inferences);
		let values = reals(&inferences.concat())?;
		let of_present = |row: &Vec<f64>| {
			let expected = present.iter().enumerate();
			let expected = expected.filter_map(|(at, worker)| Some((at, *row.get(*worker)?)));
			let expected = expected.filter(|(_, loss)| !loss.is_nan());
			let (at, losses): (Vec<_>, Vec<_>) = expected.unzip();
			Ok(at.into_iter().zip(reals(&losses)?).collect())
		};
		let named = self::present(forecasts);
		let rows = named.iter().map(|forecaster| of_present(&forecasts[*forecaster]));
		let synthesis = mixture::begin(
			&self.params(),
			&self.state,
			&Input {
				values: &values,
				workers: &self.states(&present),
				forecasts: &rows.collect::<Result<Vec<_>>>()?,
				forecasters: &self.tilts(&named),
			},
		)?;
		let kept = synthesis.kept.clone();
		self.begun.push_back(Begun { present, forecasters: named, values, kept });
		Ok(synthesis)
	}
}

/// The workers or forecasters whose rows have values.
pub fn present(inferences: &[Vec<f64>]) -> Vec<usize> {
	let rows = inferences.iter().enumerate();
	rows.filter(|(_, row)| !row.is_empty()).map(|(worker, _)| worker).collect()
}

impl Simulated for Mixture {
	fn begin(&mut self, inferences: &[Vec<f64>], forecasts: &[Vec<f64>]) -> Result<Inferred> {
		let synthesis = self.synthesise(inferences, forecasts)?;
		let bounds = |bounds: &[Real; 4]| bounds.map(|bound| bound.to_num());
		Ok(Inferred {
			network: numbers(&synthesis.network),
			naive: numbers(&synthesis.naive),
			bounds: synthesis.intervals.iter().flatten().map(bounds).collect(),
			weights: numbers(&synthesis.weights),
		})
	}

	fn end(&mut self, truth: &[f64]) -> Result<()> {
		let Some(Begun { present, forecasters, values, kept }) = self.begun.pop_front() else {
			return Ok(());
		};
		let known = decimals(truth)?;
		let spreads = self.truths.known(&known);
		self.truths.add(&known)?;
		let rows = values.chunks(self.topic.width().max(1));
		let losses: Vec<_> =
			rows.map(|row| self.topic.learned(&numbers(row), truth, &spreads)).collect();
		let known = |worker: &usize| !present.contains(worker) && self.workers[*worker].is_some();
		let absent: Vec<usize> = (0..self.workers.len()).filter(known).collect();
		let learned = mixture::end(
			&self.params(),
			&Before {
				topic: &self.state,
				workers: &self.states(&present),
				forecasters: &self.tilts(&forecasters),
				absent: &self.states(&absent).into_iter().flatten().collect::<Vec<_>>(),
			},
			&Outcome {
				kept: &kept,
				values: &values,
				truth: Some(&reals(truth)?),
				losses: &reals(&losses).context("the losses of the workers")?,
			},
		)?;
		self.state = learned.topic;
		let states = learned.workers.into_iter().chain(learned.absent);
		for (worker, state) in present.into_iter().chain(absent).zip(states) {
			self.workers[worker] = Some(state);
		}
		for (forecaster, state) in forecasters.into_iter().zip(learned.forecasters) {
			self.forecasters[forecaster] = Some(state);
		}
		Ok(())
	}
}

/// Numbers of the chain's arithmetic as floats.
pub fn numbers(values: &[Real]) -> Vec<f64> {
	values.iter().map(|value| value.to_num()).collect()
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::question::Question;
	use clap::ValueEnum;

	/// A topic of a number with the squared loss.
	fn topic() -> Topic {
		Question::Range.into()
	}

	/// The inferences of two members, the first of which is right.
	fn inferences(truth: f64) -> Vec<Vec<f64>> {
		vec![vec![truth], vec![truth + 2.0]]
	}

	/// The truth of an epoch, the inferences of two members of whom each is right every other time,
	/// and the forecast of a forecaster that knows when.
	fn by_turns(at: usize) -> (f64, [Vec<f64>; 2], Vec<f64>) {
		let (truth, right) = ((at % 7) as f64, at % 2);
		let value = |member| vec![truth + if member == right { 0.0 } else { 1.0 }];
		let expected = |member| if member == right { -4.0 } else { 0.0 };
		(truth, [value(0), value(1)], vec![expected(0), expected(1)])
	}

	#[test]
	fn each_rule_learns_who_is_right() {
		for name in RuleName::value_variants() {
			let mut rule = name.start(&topic(), 2, 0);
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
			let (mut rule, mut late) = (name.start(&topic(), 2, 0), name.start(&topic(), 2, 0));
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
	fn absent_forecaster_changes_nothing_until_it_takes_part() {
		for name in RuleName::value_variants() {
			let (mut with, mut without) = (name.start(&topic(), 2, 1), name.start(&topic(), 2, 0));
			for at in 0..40 {
				let (truth, inferences, forecast) = by_turns(at);
				let forecast = if at < 20 { vec![] } else { forecast };
				let inferred = with.begin(&inferences, &[forecast]).unwrap();
				let alone = without.begin(&inferences, &[]).unwrap();
				if at < 20 || at == 39 {
					assert_eq!(inferred == alone, at < 20, "{name:?} in epoch {at}");
				}
				with.end(&[truth]).unwrap();
				without.end(&[truth]).unwrap();
			}
		}
	}

	#[test]
	fn mixture_leaves_out_a_loss_that_is_not_a_number() {
		let last = |name: RuleName, first: f64| {
			let mut rule = name.start(&topic(), 2, 1);
			for at in 0..40 {
				let (truth, inferences, forecast) = by_turns(at);
				rule.begin(&inferences, &[forecast]).unwrap();
				rule.end(&[truth]).unwrap();
			}
			let (_, inferences, forecast) = by_turns(40);
			rule.begin(&inferences, &[vec![first, forecast[1]]])
		};
		// A forecast of a single loss says nothing about who is better.
		let distance = |first| {
			let inferred = last(RuleName::Mixture, first).unwrap();
			(inferred.network[0] - inferred.naive[0]).abs()
		};
		assert!(distance(-4.0) > 0.05 && distance(f64::NAN) < 1e-12);
		assert!(last(RuleName::Regret, f64::NAN).is_err());
	}

	#[test]
	fn forecasters_are_in_the_network_and_not_in_the_naive_inference() {
		for name in RuleName::value_variants() {
			let mut rule = name.start(&topic(), 2, 1);
			let mut differ = 0;
			for at in 0..200 {
				let (truth, inferences, forecast) = by_turns(at);
				let inferred = rule.begin(&inferences, &[forecast]).unwrap();
				let distance = |values: &[f64]| (values[0] - truth).abs();
				differ += i32::from(distance(&inferred.network) < distance(&inferred.naive) - 0.05);
				rule.end(&[truth]).unwrap();
			}
			assert!(differ > 100, "{name:?}: {differ}");
		}
	}
}
