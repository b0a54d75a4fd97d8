//! Simulation of a topic off chain over a whole series: thousands of epochs in seconds.

use crate::{
	coordinator::{reals, Coordinator, Learning},
	figures::{Figures, Row},
	forecasters::{forecasters, Record},
	models::{Model, WARM_UP},
	question::Question,
	series::{Day, Series},
};
use allora_math::{synthesis::Bundle, Real};
use anyhow::{ensure, Context, Result};
use rayon::prelude::*;
use std::collections::VecDeque;

/// The parameters of a simulation.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
	/// The learning parameters.
	pub learning: Learning,
	/// How many epochs ago the newest learned epoch was when a worker window closes: 2 on the chain,
	/// with a ground-truth lag of one epoch.
	pub lag: usize,
}

impl Default for Settings {
	fn default() -> Self {
		Self { learning: Learning::default(), lag: 2 }
	}
}

/// An epoch whose losses have not been learned yet.
struct Pending {
	bundle: Bundle,
	truth: Vec<f64>,
}

/// Simulates a topic with the demo's workers and forecasters over every day after the warm-up.
///
/// Each epoch predicts a day from the days before it. `progress` is called with the number of steps
/// done; each epoch has two, the workers' predictions and the network's.
///
/// An error if the series is too short, or if a prediction, a forecast or a loss is not finite or
/// out of range; it names the participant and the day.
pub fn simulate(
	question: Question,
	series: &Series,
	settings: Settings,
	progress: impl Fn(u64) + Sync,
) -> Result<Figures> {
	let days = &series.days;
	ensure!(
		days.len() > WARM_UP,
		"a simulation needs more than {WARM_UP} days, and the series has {}",
		days.len()
	);
	ensure!(settings.lag > 0, "an epoch cannot be learned before it ends");
	let (models, forecasters) = (question.models(), forecasters());
	let names: Vec<_> = models.iter().map(|model| model.name()).collect();
	let labels = question.labels().len();
	let mut coordinator =
		Coordinator::new(settings.learning, labels, models.len(), forecasters.len());
	let mut figures = Figures::new(question, names.clone());
	let mut records: Vec<Record> = Vec::new();
	let mut pending: VecDeque<Pending> = VecDeque::new();

	let predictions = predict_all(days, &models, &progress);
	for (day, inferences) in (WARM_UP..days.len()).zip(predictions) {
		let (past, date) = (&days[..day], days[day].date);
		let truth = question.truth(days, day).context("the day is in the series")?;
		if pending.len() == settings.lag {
			let settled = pending.pop_front().context("the lag is not zero")?;
			let losses = element_losses(question, &settled.bundle, &settled.truth)?;
			coordinator.learn(&settled.bundle, &losses)?;
		}
		let forecasts = forecasters.iter().map(|forecaster| {
			let losses = forecaster.forecast(past, &records, models.len());
			reals(&losses).with_context(|| format!("forecaster {}, {date}", forecaster.name()))
		});
		let forecasts = forecasts.collect::<Result<Vec<_>>>()?;
		let checked = inferences
			.iter()
			.zip(&names)
			.map(|(values, name)| reals(values).with_context(|| format!("worker {name}, {date}")));
		let bundle = coordinator.synthesise(&checked.collect::<Result<Vec<_>>>()?, &forecasts)?;
		figures.push(Row::from_bundle(&date.to_string(), &truth, &bundle, &inferences));
		let losses = inferences.iter().map(|values| Some(question.loss(values, &truth))).collect();
		records.push(Record { day, losses });
		pending.push_back(Pending { bundle, truth });
		progress(1);
	}
	Ok(figures)
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

/// The loss of every element of a bundle.
fn element_losses(question: Question, bundle: &Bundle, truth: &[f64]) -> Result<Vec<Real>> {
	let loss = |values: &[Real]| {
		let values: Vec<f64> = values.iter().map(|value| value.to_num()).collect();
		question.loss(&values, truth)
	};
	let losses: Vec<_> = bundle.values.chunks(bundle.labels.max(1)).map(loss).collect();
	reals(&losses).context("the losses of the network")
}

#[cfg(test)]
mod tests {
	use super::*;

	fn first(days: usize) -> Series {
		let mut series = Series::sp500().unwrap();
		series.days.truncate(days);
		series
	}

	/// A run with the default settings.
	fn run(question: Question, series: &Series) -> Figures {
		simulate(question, series, Settings::default(), |_| ()).unwrap()
	}

	#[test]
	fn every_day_after_the_warm_up_is_an_epoch() {
		for question in Question::ALL {
			let figures = run(question, &first(60));
			assert_eq!(figures.summary().unwrap().epochs, 60 - WARM_UP);
			let settings = Settings::default();
			assert!(simulate(question, &first(WARM_UP), settings, |_| ()).is_err());
		}
	}

	#[test]
	fn network_is_the_plain_mean_until_it_has_learned() {
		let distance = |row: &Row| -> f64 {
			let pairs = row.network.iter().zip(row.mean());
			pairs.map(|(network, mean)| (network - mean).abs()).sum()
		};
		for question in Question::ALL {
			let figures = run(question, &first(40));
			assert!(figures.rows[..2].iter().all(|row| distance(row) < 1e-12));
			assert!(distance(&figures.rows[2]) > 1e-9);
		}
	}

	#[test]
	fn network_inference_of_probabilities_sums_to_one() {
		for row in run(Question::Direction, &first(150)).rows {
			for values in [&row.network, &row.naive] {
				assert!((values.iter().sum::<f64>() - 1.0).abs() < 1e-9, "{values:?}");
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
			let (rows, changed) = (run(question, &series).rows, run(question, &other).rows);
			assert_eq!(rows[..100 - WARM_UP], changed[..100 - WARM_UP]);
			assert_eq!(rows[100 - WARM_UP].network, changed[100 - WARM_UP].network);
		}
	}
}
