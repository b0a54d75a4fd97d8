//! What a simulation found: errors and coverage of each rule's run, and their JSON.

use crate::{
	figures::{Figures, Metric, Row},
	loss::FLOOR,
};
use allora_math::loss::Loss;
use serde::Serialize;
use std::collections::BTreeMap;

/// The errors of a value over the epochs of a run.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Errors {
	/// The root of the mean squared error over epochs and labels.
	pub rmse: f64,
	/// The mean absolute error over epochs and labels.
	pub mae: f64,
	/// The mean over epochs of log10 of the squared error plus 1e-8, labels added up.
	pub log: f64,
	/// The mean of -ln of the observed label's probability; in topics of probabilities only.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub cross_entropy: Option<f64>,
	/// The mean of the topic's loss in its own unit, where that is none of the above.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub loss: Option<f64>,
}

/// The errors of a network inference and the coverage of its intervals.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct NetworkErrors {
	/// The errors.
	#[serde(flatten)]
	pub errors: Errors,
	/// The fractions of truths inside the 68 % and the 95 % interval; `None` if there was none.
	pub coverage: Option<[f64; 2]>,
}

/// The figures of a rule's run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RuleReport {
	/// The network inference.
	pub network: NetworkErrors,
	/// The network inference without forecasters.
	pub naive: Errors,
	/// The plain mean of all inferences.
	pub mean: Errors,
	/// The plain median of all inferences.
	pub median: Errors,
	/// The best worker in hindsight by the topic's loss.
	pub best: Errors,
	/// The name of that worker.
	pub best_name: String,
	/// The number of epochs.
	pub epochs: usize,
}

/// The figures of a topic under all rules that were run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
	/// The figures of the first rule.
	#[serde(flatten)]
	pub first: RuleReport,
	/// The figures by the name of the rule.
	pub rules: BTreeMap<&'static str, RuleReport>,
}

impl Errors {
	/// The errors of a value over all epochs that have it, `None` if no epoch has.
	pub fn of<'a>(
		figures: &'a Figures,
		value: impl Fn(&'a Row) -> Option<Vec<f64>>,
	) -> Option<Self> {
		let total = |metric: Metric| figures.mean_of(metric, &value);
		let log = |value: &[f64], truth: &[f64]| {
			let squares = value.iter().zip(truth).map(|(value, truth)| (truth - value).powi(2));
			(squares.sum::<f64>() + FLOOR).log10()
		};
		let logs = figures.rows.iter().filter_map(|row| Some(log(&value(row)?, &row.truth)));
		let (sum, count) = logs.fold((0.0, 0), |all, log| (all.0 + log, all.1 + 1));
		let is_cross_entropy = figures.topic.loss() == Loss::CrossEntropy;
		let own = Metric::of_topic(&figures.topic) == Metric::OwnLoss;
		Some(Self {
			rmse: total(Metric::Rmse)?,
			mae: total(Metric::Mae)?,
			log: sum / f64::from(count),
			cross_entropy: is_cross_entropy.then(|| total(Metric::MeanLoss)).flatten(),
			loss: own.then(|| total(Metric::OwnLoss)).flatten(),
		})
	}

	/// The number that a metric compares.
	pub fn by(&self, metric: Metric) -> f64 {
		match metric {
			Metric::Rmse => self.rmse,
			Metric::Mae => self.mae,
			Metric::MeanLoss => self.cross_entropy.unwrap_or(self.log),
			Metric::OwnLoss => self.loss.unwrap_or(f64::NAN),
		}
	}
}

impl RuleReport {
	/// The figures of a run, `None` for a run without epochs.
	pub fn of(figures: &Figures) -> Option<Self> {
		let (best, _) = figures.best()?;
		Some(Self {
			network: NetworkErrors {
				errors: Errors::of(figures, |row| Some(row.network.clone()))?,
				coverage: coverage(&figures.rows),
			},
			naive: Errors::of(figures, |row| Some(row.naive.clone()))?,
			mean: Errors::of(figures, |row| Some(row.mean()))?,
			median: Errors::of(figures, |row| Some(row.median()))?,
			best: Errors::of(figures, |row| row.workers.get(best)?.clone())?,
			best_name: figures.names.get(best)?.clone(),
			epochs: figures.rows.len(),
		})
	}
}

impl Report {
	/// The figures of the runs of several rules, `None` unless there is a run and each has epochs.
	pub fn of(runs: &[Figures]) -> Option<Self> {
		let rules = runs.iter().map(|run| Some((run.rule, RuleReport::of(run)?)));
		let rules = rules.collect::<Option<BTreeMap<_, _>>>()?;
		Some(Self { first: rules.get(runs.first()?.rule)?.clone(), rules })
	}
}

/// The numbers of truths inside the 68 % and the 95 % intervals, over all labels of the epochs that
/// have intervals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Covered {
	/// The number of epochs that have intervals.
	pub epochs: usize,
	/// The number of truths in them, one per label.
	pub truths: usize,
	/// How many of them are inside the 68 % and the 95 % interval.
	pub inside: [usize; 2],
}

impl Covered {
	/// Counts the truths of epochs.
	pub fn of(rows: &[Row]) -> Self {
		let mut covered = Self::default();
		for (row, inside) in rows.iter().filter_map(|row| Some((row, row.inside()?))) {
			covered.epochs += 1;
			covered.truths += row.truth.len();
			covered.inside.iter_mut().zip(inside).for_each(|(sum, labels)| *sum += labels);
		}
		covered
	}

	/// The fractions of truths inside the two intervals; `None` if no epoch has any.
	pub fn fractions(&self) -> Option<[f64; 2]> {
		(self.truths > 0).then(|| self.inside.map(|inside| inside as f64 / self.truths as f64))
	}
}

/// The fractions of truths inside the 68 % and the 95 % interval, over all labels of the epochs that
/// have intervals; `None` if no epoch has.
pub fn coverage(rows: &[Row]) -> Option<[f64; 2]> {
	Covered::of(rows).fractions()
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::question::Question;

	/// Two epochs with truths 1 and 2 of a run of two workers.
	fn tiny() -> Figures {
		let mut figures = Figures::new(Question::Range, vec!["near".into(), "far".into()]);
		figures.metric = Metric::Rmse;
		let row = |truth: f64, network: f64, workers: [f64; 2], bounds: [f64; 4]| Row {
			date: String::new(),
			truth: vec![truth],
			network: vec![network],
			bounds: vec![bounds],
			naive: vec![network + 1.0],
			workers: workers.map(|value| Some(vec![value])).to_vec(),
		};
		figures.push(row(1.0, 2.0, [1.0, 4.0], [0.0, 0.5, 0.9, 1.0]));
		figures.push(row(2.0, 5.0, [2.5, 2.0], [1.0, 1.5, 2.5, 3.0]));
		figures
	}

	fn close(found: f64, expected: f64) {
		assert!((found - expected).abs() < 1e-12, "{found} for {expected}");
	}

	#[test]
	fn errors_follow_the_formulas() {
		let report = RuleReport::of(&tiny()).unwrap();
		// The network is off by 1 and 3, the naive inference by 2 and 4.
		close(report.network.errors.rmse, 5f64.sqrt());
		close(report.network.errors.mae, 2.0);
		close(report.network.errors.log, ((1.0 + 1e-8f64).log10() + (9.0 + 1e-8f64).log10()) / 2.0);
		close(report.naive.mae, 3.0);
		// The workers' mean is 2.5 and 2.25, as is their median.
		close(report.mean.mae, 0.875);
		assert_eq!(report.median, report.mean);
		assert_eq!((report.best_name.as_str(), report.epochs), ("near", 2));
		close(report.best.rmse, 0.125f64.sqrt());
	}

	#[test]
	fn best_worker_is_chosen_by_the_topics_loss() {
		let mut figures = tiny();
		// Errors: near 0 and 2, far 1.2 and 1.2.
		for (row, values) in figures.rows.iter_mut().zip([[1.0, 2.2], [4.0, 3.2]]) {
			row.workers = values.map(|value| Some(vec![value])).to_vec();
		}
		assert_eq!(RuleReport::of(&figures).unwrap().best_name, "far");
		figures.metric = Metric::Mae;
		assert_eq!(RuleReport::of(&figures).unwrap().best_name, "near");
	}

	#[test]
	fn coverage_counts_truths_inside_the_intervals() {
		let mut rows = tiny().rows;
		// A truth on a bound is inside: 1 is in [0, 1] and not in [0.5, 0.9].
		let covered = Covered::of(&rows);
		assert_eq!(covered, Covered { epochs: 2, truths: 2, inside: [1, 2] });
		assert_eq!(coverage(&rows), Some([0.5, 1.0]));
		rows[1].truth = vec![3.1];
		assert_eq!(coverage(&rows), Some([0.0, 0.5]));
		rows[0].bounds.clear();
		assert_eq!(coverage(&rows), Some([0.0, 0.0]));
		rows[1].bounds.clear();
		assert_eq!(coverage(&rows), None);
	}

	#[test]
	fn coverage_is_over_all_labels() {
		let mut rows = tiny().rows;
		rows.truncate(1);
		rows[0].truth = vec![1.0, 0.0];
		rows[0].bounds = vec![[0.0, 0.2, 1.0, 1.0], [0.1, 0.2, 0.3, 0.4]];
		assert_eq!(coverage(&rows), Some([0.5, 0.5]));
	}

	#[test]
	fn json_has_the_fields_of_the_first_rule_and_of_all() {
		let mut other = tiny();
		other.rule = "other";
		let report = Report::of(&[tiny(), other]).unwrap();
		let json = serde_json::to_value(&report).unwrap();
		let keys = |value: &serde_json::Value| {
			let mut keys: Vec<_> = value.as_object().unwrap().keys().cloned().collect();
			keys.sort_unstable();
			keys
		};
		let fields = ["best", "best_name", "epochs", "mean", "median", "naive", "network"];
		let mut with_rules = fields.to_vec();
		with_rules.push("rules");
		assert_eq!(keys(&json), with_rules);
		assert_eq!(keys(&json["rules"]), ["other", "regret"]);
		for report in [&json["rules"]["other"], &json["rules"]["regret"]] {
			assert_eq!(keys(report), fields);
		}
		for value in ["naive", "mean", "median", "best"] {
			assert_eq!(keys(&json[value]), ["log", "mae", "rmse"]);
		}
		assert_eq!(keys(&json["network"]), ["coverage", "log", "mae", "rmse"]);
		assert_eq!(json["network"]["coverage"], serde_json::json!([0.5, 1.0]));
		assert_eq!(json["epochs"], 2);
	}

	#[test]
	fn errors_of_probabilities_have_the_cross_entropy() {
		let mut figures = Figures::new(Question::Direction, vec!["only".into()]);
		figures.push(Row {
			date: String::new(),
			truth: vec![0.0, 0.0, 1.0],
			network: vec![0.5, 0.25, 0.25],
			bounds: Vec::new(),
			naive: vec![0.5, 0.25, 0.25],
			workers: vec![Some(vec![0.0, 0.0, 1.0])],
		});
		let report = RuleReport::of(&figures).unwrap();
		close(report.network.errors.cross_entropy.unwrap(), 4f64.ln());
		close(report.network.errors.rmse, (0.875f64 / 3.0).sqrt());
		assert_eq!(report.network.coverage, None);
		close(report.best.by(Metric::MeanLoss), 0.0);
	}

	#[test]
	fn run_without_epochs_has_no_report() {
		assert_eq!(Report::of(&[]), None);
		assert_eq!(Report::of(&[Figures::new(Question::Range, vec!["a".into()])]), None);
	}
}
