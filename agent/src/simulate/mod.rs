//! Simulation of a topic off chain over a whole series: thousands of epochs in seconds.
//!
//! The [`network`] is that of the demo, or any other: truths and models from [`tables`], models that are
//! programs, any topic. A [`study`] says what each participant adds, and a [`page`] shows it.

mod charts;
mod command;
mod models;
pub mod network;
pub mod page;
pub mod study;
pub mod tables;

pub use command::{load, print_json, Common, SimulateArgs};

use crate::{
	coordinator::reals,
	figures::{Figures, Metric, Row},
	forecasters::{forecasters, Forecaster, Record},
	models::{Model, WARM_UP},
	question::Question,
	rules::{RuleName, Topic},
	series::{Day, Series},
};
use anyhow::{ensure, Context, Result};
use rayon::prelude::*;

/// What the participants of a topic submit over a run, and the truth.
#[derive(Clone, Debug, PartialEq)]
pub struct Inputs {
	/// The topic.
	pub topic: Topic,
	/// The names of the inferers.
	pub names: Vec<String>,
	/// The number of forecasters.
	pub forecasters: usize,
	/// The epochs, in order.
	pub epochs: Vec<Epoch>,
}

/// What the participants submit in an epoch, and the truth.
#[derive(Clone, Debug, PartialEq)]
pub struct Epoch {
	/// The day that is predicted, or another name of the epoch.
	pub date: String,
	/// The truth, one value per label.
	pub truth: Vec<f64>,
	/// One row of values per inferer.
	pub inferences: Vec<Vec<f64>>,
	/// One row of the losses expected of all inferers per forecaster; no losses if it has no part, and
	/// not a number where it expects none.
	pub forecasts: Vec<Vec<f64>>,
}

impl Inputs {
	/// Whether each inferer and forecaster takes part in each epoch, and each forecast has all losses:
	/// what the regret rule and attacks are for.
	pub fn is_complete(&self) -> bool {
		let is_there = |row: &Vec<f64>| !row.is_empty() && !row.iter().any(|value| value.is_nan());
		let rows = |epoch: &Epoch| epoch.inferences.iter().chain(&epoch.forecasts).all(is_there);
		self.epochs.iter().all(rows)
	}

	/// The predictions and forecasts of the demo's workers for every day after the warm-up, who are
	/// asked a question.
	///
	/// Each epoch predicts a day from the days before it. `progress` is called with the number of
	/// epochs predicted.
	///
	/// An error if the series is too short, or if a prediction or a forecast is not finite or out of
	/// range; it names the participant and the day.
	pub fn from_series(
		topic: Topic,
		question: Question,
		series: &Series,
		progress: impl Fn(u64) + Sync,
	) -> Result<Self> {
		let days = &series.days;
		ensure!(
			days.len() > WARM_UP,
			"a simulation needs more than {WARM_UP} days, and the series has {}",
			days.len()
		);
		let (models, forecasters) = (question.models(), forecasters());
		let names: Vec<_> = models.iter().map(|model| model.name()).collect();
		let (mut records, mut epochs) = (Vec::new(), Vec::new());
		let predictions = predict_all(days, &models, &progress);
		for (day, inferences) in (WARM_UP..days.len()).zip(predictions) {
			let (past, date) = (&days[..day], days[day].date);
			let truth = question.truth(days, day).context("the day is in the series")?;
			for (values, name) in inferences.iter().zip(&names) {
				reals(values).with_context(|| format!("worker {name}, {date}"))?;
			}
			let forecasts = forecast_all(&forecasters, past, &records, models.len())
				.with_context(|| date.to_string())?;
			let losses = inferences.iter();
			let losses = losses.map(|values| Some(topic.learned(values, &truth, &[]))).collect();
			records.push(Record { day, losses });
			epochs.push(Epoch { date: date.to_string(), truth, inferences, forecasts });
		}
		Ok(Self { topic, names, forecasters: forecasters.len(), epochs })
	}
}

/// Runs a rule over all epochs.
///
/// `lag` is how many epochs ago the newest learned epoch was when a worker window closes: 2 on the
/// chain, with a ground-truth lag of one epoch. `progress` is called with the number of epochs done.
///
/// An error if the lag is zero, or if a value or a loss is out of the range of the chain's numbers.
pub fn run(rule: RuleName, inputs: &Inputs, lag: usize, progress: impl Fn(u64)) -> Result<Figures> {
	ensure!(lag > 0, "an epoch cannot be learned before it ends");
	let mut simulated = rule.start(&inputs.topic, inputs.names.len(), inputs.forecasters);
	let mut figures = Figures::new(inputs.topic.clone(), inputs.names.clone());
	(figures.rule, figures.metric) = (rule.name(), Metric::of_topic(&inputs.topic));
	for (at, epoch) in inputs.epochs.iter().enumerate() {
		let learned = at.checked_sub(lag).and_then(|settled| inputs.epochs.get(settled));
		if let Some(settled) = learned {
			let done = simulated.end(&settled.truth);
			done.with_context(|| format!("rule {}, {}", rule.name(), settled.date))?;
		}
		let inferred = simulated.begin(&epoch.inferences, &epoch.forecasts);
		let inferred = inferred.with_context(|| format!("rule {}, {}", rule.name(), epoch.date))?;
		figures.push(Row {
			date: epoch.date.clone(),
			truth: epoch.truth.clone(),
			network: inferred.network,
			bounds: inferred.bounds,
			naive: inferred.naive,
			workers: epoch
				.inferences
				.iter()
				.map(|row| (!row.is_empty()).then(|| row.clone()))
				.collect(),
		});
		progress(1);
	}
	Ok(figures)
}

/// Runs several rules over the same epochs, in parallel; their figures are in the order of the rules.
pub fn run_all(
	rules: &[RuleName],
	inputs: &Inputs,
	lag: usize,
	progress: impl Fn(u64) + Sync,
) -> Result<Vec<Figures>> {
	rules.par_iter().map(|rule| run(*rule, inputs, lag, &progress)).collect()
}

/// The losses that each forecaster expects of all inferers, whose number is given; an error if one is
/// not finite or out of range.
fn forecast_all(
	forecasters: &[Box<dyn Forecaster>],
	past: &[Day],
	records: &[Record],
	inferers: usize,
) -> Result<Vec<Vec<f64>>> {
	let mut all = Vec::with_capacity(forecasters.len());
	for forecaster in forecasters {
		let losses = forecaster.forecast(past, records, inferers);
		reals(&losses).with_context(|| format!("forecaster {}", forecaster.name()))?;
		all.push(losses);
	}
	Ok(all)
}

/// The predictions of each model for every day after the warm-up, one row per day.
///
/// A prediction depends on past days only, so that the days are independent of each other.
fn predict_all(
	days: &[Day],
	models: &[Box<dyn Model>],
	progress: &(impl Fn(u64) + Sync),
) -> Vec<Vec<Vec<f64>>> {
	let predict = |day: usize| {
		let row = models.iter().map(|model| model.predict(&days[..day])).collect();
		progress(1);
		row
	};
	(WARM_UP..days.len()).into_par_iter().map(predict).collect()
}

#[cfg(test)]
mod tests {
	use super::*;
	use clap::ValueEnum;

	fn first(days: usize) -> Series {
		let mut series = Series::sp500().unwrap();
		series.days.truncate(days);
		series
	}

	/// What the demo's workers submit for a question.
	fn asked(question: Question, series: &Series) -> Result<Inputs> {
		Inputs::from_series(question.into(), question, series, |_| ())
	}

	/// A run of each rule with the question's loss.
	fn runs(question: Question, series: &Series) -> Vec<Figures> {
		let inputs = asked(question, series).unwrap();
		run_all(RuleName::value_variants(), &inputs, 2, |_| ()).unwrap()
	}

	#[test]
	fn every_day_after_the_warm_up_is_an_epoch() {
		for question in Question::ALL {
			for figures in runs(question, &first(60)) {
				assert_eq!(figures.summary().unwrap().epochs, 60 - WARM_UP);
			}
			assert!(asked(question, &first(WARM_UP)).is_err());
		}
	}

	#[test]
	fn epochs_are_not_learned_before_they_end() {
		let inputs = asked(Question::Range, &first(40)).unwrap();
		assert!(run(RuleName::DEFAULT, &inputs, 0, |_| ()).is_err());
	}

	#[test]
	fn regret_rule_is_the_plain_mean_until_it_has_learned() {
		let distance = |row: &Row| -> f64 {
			let pairs = row.network.iter().zip(row.mean());
			pairs.map(|(network, mean)| (network - mean).abs()).sum()
		};
		for question in Question::ALL {
			let inputs = asked(question, &first(40)).unwrap();
			let figures = run(RuleName::Regret, &inputs, 2, |_| ()).unwrap();
			assert!(figures.rows[..2].iter().all(|row| distance(row) < 1e-12));
			assert!(distance(&figures.rows[2]) > 1e-9);
		}
	}

	#[test]
	fn epochs_are_learned_once_the_lag_is_over() {
		for question in Question::ALL {
			let inputs = asked(question, &first(40)).unwrap();
			for rule in RuleName::value_variants() {
				let rows = |lag| run(*rule, &inputs, lag, |_| ()).unwrap().rows;
				let (early, late) = (rows(2), rows(5));
				assert_eq!(early[..2], late[..2]);
				assert!((2..5).all(|at| early[at].network != late[at].network), "{rule:?}");
			}
		}
	}

	#[test]
	fn network_inference_of_probabilities_sums_to_one() {
		for figures in runs(Question::Direction, &first(150)) {
			for row in figures.rows {
				for values in [&row.network, &row.naive] {
					assert!((values.iter().sum::<f64>() - 1.0).abs() < 1e-9, "{values:?}");
				}
			}
		}
	}

	#[test]
	fn epochs_do_not_change_when_later_days_do() {
		let series = first(120);
		let mut other = series.clone();
		for day in &mut other.days[100..] {
			(day.high, day.close) = (day.high * 1.5, day.close * 1.1);
		}
		for question in Question::ALL {
			let pairs = runs(question, &series).into_iter().zip(runs(question, &other));
			for (figures, changed) in pairs {
				let (rows, changed) = (figures.rows, changed.rows);
				assert_eq!(rows[..100 - WARM_UP], changed[..100 - WARM_UP]);
				assert_eq!(rows[100 - WARM_UP].network, changed[100 - WARM_UP].network);
			}
		}
	}
}
