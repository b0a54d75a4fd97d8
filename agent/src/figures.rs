//! The results of a run: one row per epoch, and mean losses.

use crate::{
	chain::types::LossMethod,
	loss::decimals,
	rules::RuleName,
	topic::{Topic, Truths},
};
use allora_math::loss::{Loss, Spread};
use serde::Serialize;

/// The inferences of an epoch and the ground truth, each with one value per label.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
	/// The day that was predicted.
	pub date: String,
	/// The ground truth; of several labels, the observed one has the value 1.
	pub truth: Vec<f64>,
	/// The network inference.
	pub network: Vec<f64>,
	/// The bounds of each label's 95 % and 68 % intervals, ascending; empty if the epoch has none.
	pub bounds: Vec<[f64; 4]>,
	/// The network inference without forecasters.
	pub naive: Vec<f64>,
	/// The workers' inferences, in the order of the workers; `None` for one that missed the epoch.
	pub workers: Vec<Option<Vec<f64>>>,
}

impl Row {
	/// The bounds of a label's 95 % and 68 % intervals, not numbers if there are none.
	pub fn interval(&self, label: usize) -> [f64; 4] {
		self.bounds.get(label).copied().unwrap_or([f64::NAN; 4])
	}

	/// The number of truths, one per label, inside the 68 % and the 95 % interval, bounds included;
	/// `None` if the epoch has no intervals.
	pub fn inside(&self) -> Option<[usize; 2]> {
		let labels = || self.bounds.iter().zip(&self.truth);
		let count = |low: usize, high: usize| {
			labels().filter(|(at, truth)| (at[low]..=at[high]).contains(*truth)).count()
		};
		(!self.bounds.is_empty()).then(|| [count(1, 2), count(0, 3)])
	}

	/// The plain mean of the workers' inferences.
	pub fn mean(&self) -> Vec<f64> {
		let mut sums = vec![0.0; self.truth.len()];
		for values in self.workers.iter().flatten() {
			sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
		}
		let count = self.workers.iter().flatten().count() as f64;
		sums.into_iter().map(|sum| sum / count).collect()
	}

	/// The median of the workers' inferences, label by label; of an even number the mean of the two
	/// in the middle.
	pub fn median(&self) -> Vec<f64> {
		let middle = |label: usize| {
			let workers = self.workers.iter().flatten();
			let mut values: Vec<f64> = workers.filter_map(|row| row.get(label).copied()).collect();
			values.sort_by(f64::total_cmp);
			let at = |index: usize| values.get(index).copied().unwrap_or(f64::NAN);
			(at(values.len().saturating_sub(1) / 2) + at(values.len() / 2)) / 2.0
		};
		(0..self.truth.len()).map(middle).collect()
	}
}

/// How the errors of a run become one number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Metric {
	/// The mean of the topic's losses.
	#[default]
	MeanLoss,
	/// The root of the mean squared error.
	Rmse,
	/// The mean absolute error.
	Mae,
	/// The mean of the topic's losses in the topic's own unit.
	OwnLoss,
}

impl Metric {
	/// The number in which a simulation compares rules and workers, in the loss's own unit.
	pub fn of(method: LossMethod) -> Self {
		match method {
			LossMethod::Squared => Self::Rmse,
			LossMethod::Absolute => Self::Mae,
			LossMethod::CrossEntropy => Self::MeanLoss,
		}
	}

	/// The number in which a simulation compares the rules and workers of a topic.
	pub fn of_topic(topic: &Topic) -> Self {
		match topic.loss() {
			Loss::Squared => Self::Rmse,
			Loss::Absolute => Self::Mae,
			Loss::CrossEntropy => Self::MeanLoss,
			_ => Self::OwnLoss,
		}
	}

	/// A short name.
	pub fn name(self) -> &'static str {
		match self {
			Self::MeanLoss => "mean loss",
			Self::Rmse => "RMSE",
			Self::Mae => "MAE",
			Self::OwnLoss => "loss",
		}
	}

	/// The part of one epoch: a number whose mean over epochs [`Metric::total`] takes.
	///
	/// `spreads` are those of the truths before, which only some losses need.
	pub fn part(self, topic: &Topic, inference: &[f64], truth: &[f64], spreads: &[Spread]) -> f64 {
		let errors = inference.iter().zip(truth).map(|(value, truth)| truth - value);
		let labels = truth.len().max(1) as f64;
		match self {
			Self::MeanLoss => topic.learned(inference, truth, spreads),
			Self::OwnLoss => topic.own(inference, truth, spreads),
			Self::Rmse => errors.map(|error| error * error).sum::<f64>() / labels,
			Self::Mae => errors.map(f64::abs).sum::<f64>() / labels,
		}
	}

	/// The number of a run from the mean of its epochs' parts.
	pub fn total(self, mean: f64) -> f64 {
		match self {
			Self::Rmse => mean.sqrt(),
			Self::MeanLoss | Self::Mae | Self::OwnLoss => mean,
		}
	}
}

/// The mean losses of a run over its epochs, in the unit of the topic.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Summary {
	/// The topic's short name.
	pub topic: String,
	/// The mean loss of the network inference.
	pub network: f64,
	/// The mean loss of the naive inference.
	pub naive: f64,
	/// The mean loss of the plain mean of all inferences.
	pub mean: f64,
	/// The lowest mean loss of a single worker, in hindsight.
	pub best: f64,
	/// The name of that worker.
	pub best_name: String,
	/// The number of epochs.
	pub epochs: usize,
}

/// The rows of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figures {
	/// The topic.
	pub topic: Topic,
	/// The number in which values are compared.
	pub metric: Metric,
	/// The name of the topic's rule.
	pub rule: &'static str,
	/// The names of the workers.
	pub names: Vec<String>,
	/// One row per epoch, in order.
	pub rows: Vec<Row>,
	/// The spreads of the truths before each epoch, if the topic's loss needs them.
	spreads: Vec<Vec<Spread>>,
	/// Those of all truths so far.
	truths: Truths,
}

impl Figures {
	/// A run of the regret rule without epochs, compared by the mean of what is learned.
	pub fn new(topic: impl Into<Topic>, names: Vec<String>) -> Self {
		Self { topic: topic.into(), names, rule: RuleName::Regret.name(), ..Self::default() }
	}

	/// Adds an epoch.
	pub fn push(&mut self, row: Row) {
		if self.topic.loss().needs_spread() {
			// Truths are checked before a run; one that is out of range has no loss.
			let truth = decimals(&row.truth).unwrap_or_default();
			self.spreads.push(self.truths.known(&truth));
			let _ = self.truths.add(&truth);
		}
		self.rows.push(row);
	}

	/// The spreads of the truths before an epoch; empty if the topic's loss needs none.
	pub fn spreads(&self, at: usize) -> &[Spread] {
		self.spreads.get(at).map(Vec::as_slice).unwrap_or_default()
	}

	/// The part of an epoch, by its position, in a [`Metric`].
	pub fn part(&self, metric: Metric, inference: &[f64], at: usize) -> f64 {
		let truth = self.rows.get(at).map(|row| row.truth.as_slice()).unwrap_or_default();
		metric.part(&self.topic, inference, truth, self.spreads(at))
	}

	/// The [`Metric`] of a value over all epochs that have it, `None` if no epoch has.
	pub fn mean_loss<'a>(&'a self, value: impl Fn(&'a Row) -> Option<Vec<f64>>) -> Option<f64> {
		self.mean_of(self.metric, value)
	}

	/// A [`Metric`] of a value over all epochs that have it, `None` if no epoch has.
	pub fn mean_of<'a>(
		&'a self,
		metric: Metric,
		value: impl Fn(&'a Row) -> Option<Vec<f64>>,
	) -> Option<f64> {
		let rows = self.rows.iter().enumerate();
		let parts = rows.filter_map(|(at, row)| Some(self.part(metric, &value(row)?, at)));
		let (sum, count) = parts.fold((0.0, 0), |all, part| (all.0 + part, all.1 + 1));
		(count > 0).then(|| metric.total(sum / f64::from(count)))
	}

	/// The [`Metric`] of each worker, in their order.
	pub fn worker_losses(&self) -> Vec<Option<f64>> {
		(0..self.names.len())
			.map(|worker| self.mean_loss(|row| row.workers.get(worker).cloned().flatten()))
			.collect()
	}

	/// The index and the [`Metric`] of the best worker among those that missed no epoch, or among all
	/// workers if each has missed one.
	pub fn best(&self) -> Option<(usize, f64)> {
		let complete = |worker: &usize| self.rows.iter().all(|row| row.workers[*worker].is_some());
		let losses: Vec<(usize, f64)> = self
			.worker_losses()
			.into_iter()
			.enumerate()
			.filter_map(|(worker, loss)| Some((worker, loss?)))
			.collect();
		let whole: Vec<_> = losses.iter().copied().filter(|(worker, _)| complete(worker)).collect();
		let pool = if whole.is_empty() { losses } else { whole };
		pool.into_iter().min_by(|a, b| a.1.total_cmp(&b.1))
	}

	/// The mean losses, `None` for a run without epochs.
	pub fn summary(&self) -> Option<Summary> {
		let (best, loss) = self.best()?;
		Some(Summary {
			topic: self.topic.name.clone(),
			network: self.mean_loss(|row| Some(row.network.clone()))?,
			naive: self.mean_loss(|row| Some(row.naive.clone()))?,
			mean: self.mean_loss(|row| Some(row.mean()))?,
			best: loss,
			best_name: self.names.get(best)?.clone(),
			epochs: self.rows.len(),
		})
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::question::Question;

	fn row(truth: f64, network: f64, workers: Vec<Option<f64>>) -> Row {
		Row {
			date: String::new(),
			truth: vec![truth],
			network: vec![network],
			bounds: vec![[network; 4]],
			naive: vec![network],
			workers: workers.into_iter().map(|value| value.map(|value| vec![value])).collect(),
		}
	}

	#[test]
	fn best_worker_is_the_one_with_the_lowest_mean_loss() {
		let names = vec!["near".into(), "far".into(), "seldom".into()];
		let mut figures = Figures::new(Question::Range, names);
		figures.push(row(1.0, 1.1, vec![Some(1.2), Some(3.0), Some(1.0)]));
		figures.push(row(2.0, 2.1, vec![Some(2.2), Some(3.0), None]));
		let summary = figures.summary().unwrap();
		assert_eq!((summary.best_name.as_str(), summary.epochs), ("near", 2));
		assert!((summary.best - Question::Range.loss(&[1.2], &[1.0])).abs() < 1e-12);
		assert!((summary.network - Question::Range.loss(&[1.1], &[1.0])).abs() < 1e-12);
	}

	#[test]
	fn losses_of_probabilities_depend_on_the_observed_label() {
		let mut figures = Figures::new(Question::Direction, vec!["only".into()]);
		let probabilities = vec![0.5, 0.25, 0.25];
		figures.push(Row {
			date: String::new(),
			truth: vec![0.0, 0.0, 1.0],
			network: probabilities.clone(),
			bounds: vec![[0.4, 0.45, 0.55, 0.6], [0.2; 4], [0.1, 0.2, 0.25, 0.3]],
			naive: probabilities.clone(),
			workers: vec![Some(probabilities)],
		});
		assert_eq!(figures.rows[0].interval(2), [0.1, 0.2, 0.25, 0.3]);
		assert!((figures.summary().unwrap().network - 4f64.ln()).abs() < 1e-12);
	}

	#[test]
	fn plain_mean_is_over_the_workers_that_took_part() {
		assert_eq!(row(1.0, 1.0, vec![Some(1.0), None, Some(2.0)]).mean(), [1.5]);
	}

	#[test]
	fn median_of_an_even_number_is_the_mean_of_the_middle_two() {
		let median = |workers| row(1.0, 1.0, workers).median();
		assert_eq!(median(vec![Some(5.0), None, Some(1.0), Some(2.0)]), [2.0]);
		assert_eq!(median(vec![Some(5.0), Some(1.0), Some(2.0), Some(4.0)]), [3.0]);
	}

	#[test]
	fn metrics_follow_their_formulas() {
		let mut figures = Figures::new(Question::Range, vec!["a".into()]);
		figures.push(row(1.0, 4.0, vec![Some(1.0)]));
		figures.push(row(2.0, 1.0, vec![Some(2.0)]));
		let network = |figures: &Figures| figures.mean_loss(|row| Some(row.network.clone()));
		figures.metric = Metric::Rmse;
		assert_eq!(network(&figures), Some(5f64.sqrt()));
		figures.metric = Metric::Mae;
		assert_eq!(network(&figures), Some(2.0));
	}

	#[test]
	fn run_without_epochs_has_no_summary() {
		assert_eq!(Figures::new(Question::Range, vec!["a".into()]).summary(), None);
	}
}
