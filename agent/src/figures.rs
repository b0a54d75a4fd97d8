//! What a run comes to: an epoch a row, and mean losses side by side.

use crate::loss::log_loss;
use allora_math::synthesis::Bundle;
use serde::Serialize;

/// What an epoch predicted and what came.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
	/// The day that was predicted.
	pub date: String,
	/// What came.
	pub truth: f64,
	/// The network inference.
	pub network: f64,
	/// The 2.28 % and 97.72 % percentiles around it.
	pub interval: (f64, f64),
	/// The network inference without forecasters.
	pub naive: f64,
	/// The workers' inferences, in the order of the workers; none for one that missed the epoch.
	pub workers: Vec<Option<f64>>,
}

impl Row {
	/// The row of an epoch computed off chain.
	pub fn from_bundle(date: &str, truth: f64, bundle: &Bundle, inferences: &[f64]) -> Self {
		let value = |at: usize| bundle.values.get(at).map_or(f64::NAN, |value| value.to_num());
		let bound =
			|at: usize| bundle.intervals.first().map_or(f64::NAN, |bounds| bounds[at].to_num());
		Self {
			date: date.to_owned(),
			truth,
			network: value(0),
			interval: (bound(0), bound(4)),
			naive: value(1),
			workers: inferences.iter().copied().map(Some).collect(),
		}
	}

	/// The plain mean of the workers' inferences.
	pub fn mean(&self) -> f64 {
		let (sum, count) = self
			.workers
			.iter()
			.flatten()
			.fold((0.0, 0.0), |all, value| (all.0 + value, all.1 + 1.0));
		sum / count
	}
}

/// The figures of a run so far: mean log losses over its epochs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Summary {
	/// The network inference's.
	pub network: f64,
	/// The naive inference's.
	pub naive: f64,
	/// The plain mean's.
	pub mean: f64,
	/// The lowest of a single worker's, in hindsight.
	pub best: f64,
	/// Whose that is.
	pub best_name: String,
	/// Over how many epochs.
	pub epochs: usize,
}

/// The rows of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figures {
	/// Names of the workers.
	pub names: Vec<String>,
	/// An epoch each, in order.
	pub rows: Vec<Row>,
}

impl Figures {
	/// A run without epochs.
	pub fn new(names: Vec<String>) -> Self {
		Self { names, rows: Vec::new() }
	}

	/// Adds an epoch.
	pub fn push(&mut self, row: Row) {
		self.rows.push(row);
	}

	/// The mean log loss of something over all epochs that have it; none if none has.
	pub fn mean_loss(&self, value: impl Fn(&Row) -> Option<f64>) -> Option<f64> {
		let losses = self.rows.iter().filter_map(|row| Some(log_loss(value(row)?, row.truth)));
		let (sum, count) = losses.fold((0.0, 0), |all, loss| (all.0 + loss, all.1 + 1));
		(count > 0).then(|| sum / f64::from(count))
	}

	/// The mean log loss of each worker, in their order.
	pub fn worker_losses(&self) -> Vec<Option<f64>> {
		(0..self.names.len())
			.map(|worker| self.mean_loss(|row| row.workers.get(worker).copied().flatten()))
			.collect()
	}

	/// The worker with the lowest mean log loss among those that missed no epoch, or else of all.
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

	/// The run's figures; none without epochs.
	pub fn summary(&self) -> Option<Summary> {
		let (best, loss) = self.best()?;
		Some(Summary {
			network: self.mean_loss(|row| Some(row.network))?,
			naive: self.mean_loss(|row| Some(row.naive))?,
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
		let date = String::new();
		Row { date, truth, network, interval: (network, network), naive: network, workers }
	}

	#[test]
	fn best_worker_is_the_one_with_the_lowest_mean_loss() {
		let mut figures = Figures::new(vec!["near".into(), "far".into(), "seldom".into()]);
		figures.push(row(1.0, 1.1, vec![Some(1.2), Some(3.0), Some(1.0)]));
		figures.push(row(2.0, 2.1, vec![Some(2.2), Some(3.0), None]));
		let summary = figures.summary().unwrap();
		assert_eq!((summary.best_name.as_str(), summary.epochs), ("near", 2));
		assert!((summary.best - log_loss(1.2, 1.0)).abs() < 1e-12);
		assert!((summary.network - log_loss(1.1, 1.0)).abs() < 1e-12);
	}

	#[test]
	fn plain_mean_is_over_those_who_took_part() {
		assert_eq!(row(1.0, 1.0, vec![Some(1.0), None, Some(2.0)]).mean(), 1.5);
	}

	#[test]
	fn run_without_epochs_has_no_figures() {
		assert_eq!(Figures::new(vec!["a".into()]).summary(), None);
	}
}
