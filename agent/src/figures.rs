//! The results of a run: one row per epoch, and mean losses.

use crate::question::{observed_label, Question};
use allora_math::{synthesis::Bundle, Real};
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
	/// The 2.28 % and 97.72 % percentiles of each label.
	pub intervals: Vec<(f64, f64)>,
	/// The network inference without forecasters.
	pub naive: Vec<f64>,
	/// The workers' inferences, in the order of the workers; `None` for one that missed the epoch.
	pub workers: Vec<Option<Vec<f64>>>,
}

impl Row {
	/// The row of an epoch computed off chain.
	pub fn from_bundle(
		date: &str,
		truth: &[f64],
		bundle: &Bundle,
		inferences: &[Vec<f64>],
	) -> Self {
		let numbers = |values: &[Real]| values.iter().map(|value| value.to_num()).collect();
		let mut elements = bundle.values.chunks(bundle.labels.max(1)).map(numbers);
		let bounds = |bounds: &[Real; 5]| (bounds[0].to_num(), bounds[4].to_num());
		Self {
			date: date.to_owned(),
			truth: truth.to_vec(),
			network: elements.next().unwrap_or_default(),
			intervals: bundle.intervals.iter().map(bounds).collect(),
			naive: elements.next().unwrap_or_default(),
			workers: inferences.iter().cloned().map(Some).collect(),
		}
	}

	/// The index of the observed label.
	pub fn label(&self) -> usize {
		observed_label(&self.truth)
	}

	/// The confidence interval of the observed label.
	pub fn interval(&self) -> (f64, f64) {
		self.intervals.get(self.label()).copied().unwrap_or((f64::NAN, f64::NAN))
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
}

/// The mean losses of a run over its epochs, in the unit of the topic.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Summary {
	/// The topic's short name.
	pub topic: &'static str,
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
	/// The question that the topic asks.
	pub question: Question,
	/// The names of the workers.
	pub names: Vec<String>,
	/// One row per epoch, in order.
	pub rows: Vec<Row>,
}

impl Figures {
	/// A run without epochs.
	pub fn new(question: Question, names: Vec<String>) -> Self {
		Self { question, names, rows: Vec::new() }
	}

	/// Adds an epoch.
	pub fn push(&mut self, row: Row) {
		self.rows.push(row);
	}

	/// The loss of an inference in an epoch.
	pub fn loss(&self, inference: &[f64], row: &Row) -> f64 {
		self.question.loss(inference, &row.truth)
	}

	/// The mean loss of a value over all epochs that have it, `None` if no epoch has.
	pub fn mean_loss<'a>(&'a self, value: impl Fn(&'a Row) -> Option<Vec<f64>>) -> Option<f64> {
		let losses = self.rows.iter().filter_map(|row| Some(self.loss(&value(row)?, row)));
		let (sum, count) = losses.fold((0.0, 0), |all, loss| (all.0 + loss, all.1 + 1));
		(count > 0).then(|| sum / f64::from(count))
	}

	/// The mean loss of each worker, in their order.
	pub fn worker_losses(&self) -> Vec<Option<f64>> {
		(0..self.names.len())
			.map(|worker| self.mean_loss(|row| row.workers.get(worker).cloned().flatten()))
			.collect()
	}

	/// The index and the mean loss of the best worker among those that missed no epoch, or among all
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
			topic: self.question.name(),
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

	fn row(truth: f64, network: f64, workers: Vec<Option<f64>>) -> Row {
		Row {
			date: String::new(),
			truth: vec![truth],
			network: vec![network],
			intervals: vec![(network, network)],
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
			intervals: vec![(0.4, 0.6), (0.2, 0.3), (0.1, 0.3)],
			naive: probabilities.clone(),
			workers: vec![Some(probabilities)],
		});
		assert_eq!(figures.rows[0].interval(), (0.1, 0.3));
		assert!((figures.summary().unwrap().network - 4f64.ln()).abs() < 1e-12);
	}

	#[test]
	fn plain_mean_is_over_the_workers_that_took_part() {
		assert_eq!(row(1.0, 1.0, vec![Some(1.0), None, Some(2.0)]).mean(), [1.5]);
	}

	#[test]
	fn run_without_epochs_has_no_summary() {
		assert_eq!(Figures::new(Question::Range, vec!["a".into()]).summary(), None);
	}
}
