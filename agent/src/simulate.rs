//! A topic of the demo over a whole series, off chain: thousands of epochs in seconds.

use crate::{
	coordinator::{Coordinator, Learning},
	figures::{Figures, Row},
	forecasters::{forecasters, Record},
	models::{Model, WARM_UP},
	question::Question,
	series::{Day, Series},
};
use allora_math::{synthesis::Bundle, Real};
use anyhow::{ensure, Context, Result};
use std::collections::VecDeque;

/// How the offline run differs from the topic's defaults.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
	/// How the network learns.
	pub learning: Learning,
	/// How many epochs the newest learned one lies behind when workers close: 2 on the chain with a
	/// ground-truth lag of one epoch.
	pub lag: usize,
}

impl Default for Settings {
	fn default() -> Self {
		Self { learning: Learning::default(), lag: 2 }
	}
}

/// An epoch whose losses the network has not learned yet.
struct Pending {
	bundle: Bundle,
	truth: Vec<f64>,
}

/// Runs the demo's workers and forecasters over every day of the series after the warm-up.
///
/// Each epoch predicts a day from the days before it. `progress` is told of every step done: there
/// are two an epoch, the workers' predictions and the network's.
pub fn simulate(
	question: Question,
	series: &Series,
	settings: Settings,
	progress: impl Fn(u64) + Sync,
) -> Result<Figures> {
	let days = &series.days;
	ensure!(days.len() > WARM_UP, "a series needs more than {WARM_UP} days");
	ensure!(settings.lag > 0, "an epoch cannot be learned before it ends");
	let (models, forecasters) = (question.models(), forecasters());
	let names = models.iter().map(|model| model.name()).collect();
	let labels = question.labels().len();
	let mut coordinator =
		Coordinator::new(settings.learning, labels, models.len(), forecasters.len());
	let mut figures = Figures::new(question, names);
	let mut records: Vec<Record> = Vec::new();
	let mut pending: VecDeque<Pending> = VecDeque::new();

	let predictions = predict_all(days, &models, &progress);
	for (day, inferences) in (WARM_UP..days.len()).zip(predictions) {
		let past = &days[..day];
		let truth = question.truth(days, day).context("the day is in the series")?;
		if pending.len() == settings.lag {
			let settled = pending.pop_front().context("the lag is not zero")?;
			let losses = element_losses(question, &settled.bundle, &settled.truth);
			coordinator.learn(&settled.bundle, &losses)?;
		}
		let forecasts: Vec<_> = forecasters
			.iter()
			.map(|forecaster| forecaster.forecast(past, &records, models.len()))
			.collect();
		let bundle = coordinator.synthesise(&inferences, &forecasts)?;
		figures.push(Row::from_bundle(&days[day].date, &truth, &bundle, &inferences));
		let losses = inferences.iter().map(|values| Some(question.loss(values, &truth))).collect();
		records.push(Record { day, losses });
		pending.push_back(Pending { bundle, truth });
		progress(1);
	}
	Ok(figures)
}

/// What each model predicts of every day after the warm-up, a row a day.
///
/// Predictions depend on past days alone, so that days can be shared out among threads.
fn predict_all(
	days: &[Day],
	models: &[Box<dyn Model>],
	progress: &(impl Fn(u64) + Sync),
) -> Vec<Vec<Vec<f64>>> {
	let mut rows = vec![Vec::new(); days.len().saturating_sub(WARM_UP)];
	let threads = std::thread::available_parallelism().map_or(1, usize::from);
	let share = rows.len().div_ceil(threads).max(1);
	std::thread::scope(|scope| {
		for (part, rows) in rows.chunks_mut(share).enumerate() {
			scope.spawn(move || {
				for (day, row) in (WARM_UP + part * share..).zip(rows) {
					*row = models.iter().map(|model| model.predict(&days[..day])).collect();
					progress(1);
				}
			});
		}
	});
	rows
}

/// The loss of every element of a bundle.
fn element_losses(question: Question, bundle: &Bundle, truth: &[f64]) -> Vec<Real> {
	let loss = |values: &[Real]| {
		let values: Vec<f64> = values.iter().map(|value| value.to_num()).collect();
		Real::from_num(question.loss(&values, truth))
	};
	bundle.values.chunks(bundle.labels.max(1)).map(loss).collect()
}

#[cfg(test)]
mod tests {
	use super::*;

	fn first(days: usize) -> Series {
		let mut series = Series::sp500().unwrap();
		series.days.truncate(days);
		series
	}

	/// A run with the topic's defaults.
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
