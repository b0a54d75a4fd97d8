//! The demo's topic over a whole series, off chain: thousands of epochs in seconds.

use crate::{
	coordinator::{Coordinator, Learning},
	figures::{Figures, Row},
	forecasters::{forecasters, Record},
	loss::log_loss,
	models::{workers, Model, WARM_UP},
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
	truth: f64,
}

/// Runs the demo's workers and forecasters over every day of the series after the warm-up.
///
/// Each epoch predicts a day from the days before it. `progress` is told of every step done: there
/// are two an epoch, the workers' predictions and the network's.
pub fn simulate(
	series: &Series,
	settings: Settings,
	progress: impl Fn(u64) + Sync,
) -> Result<Figures> {
	let days = &series.days;
	ensure!(days.len() > WARM_UP, "a series needs more than {WARM_UP} days");
	ensure!(settings.lag > 0, "an epoch cannot be learned before it ends");
	let (models, forecasters) = (workers(), forecasters());
	let names = models.iter().map(|model| model.name()).collect();
	let mut coordinator = Coordinator::new(settings.learning, models.len(), forecasters.len());
	let mut figures = Figures::new(names);
	let mut records: Vec<Record> = Vec::new();
	let mut pending: VecDeque<Pending> = VecDeque::new();

	let predictions = predict_all(days, &models, &progress);
	for (day, inferences) in (WARM_UP..days.len()).zip(predictions) {
		let past = &days[..day];
		let truth = days[day].range();
		if pending.len() == settings.lag {
			let settled = pending.pop_front().context("the lag is not zero")?;
			let losses = element_losses(&settled.bundle, settled.truth);
			coordinator.learn(&settled.bundle, &losses)?;
		}
		let forecasts: Vec<_> = forecasters
			.iter()
			.map(|forecaster| forecaster.forecast(past, &records, models.len()))
			.collect();
		let bundle = coordinator.synthesise(&inferences, &forecasts)?;
		figures.push(Row::from_bundle(&days[day].date, truth, &bundle, &inferences));
		let losses = inferences.iter().map(|value| Some(log_loss(*value, truth))).collect();
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
) -> Vec<Vec<f64>> {
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

/// The log loss of every element of a bundle.
fn element_losses(bundle: &Bundle, truth: f64) -> Vec<Real> {
	let loss = |value: &Real| Real::from_num(log_loss(value.to_num(), truth));
	bundle.values.iter().map(loss).collect()
}

#[cfg(test)]
mod tests {
	use super::*;

	fn first(days: usize) -> Series {
		let mut series = Series::sp500().unwrap();
		series.days.truncate(days);
		series
	}

	#[test]
	fn every_day_after_the_warm_up_is_an_epoch() {
		let figures = simulate(&first(60), Settings::default(), |_| ()).unwrap();
		assert_eq!(figures.summary().unwrap().epochs, 60 - WARM_UP);
		assert!(simulate(&first(WARM_UP), Settings::default(), |_| ()).is_err());
	}

	#[test]
	fn network_is_the_plain_mean_until_it_has_learned() {
		let figures = simulate(&first(40), Settings::default(), |_| ()).unwrap();
		for row in &figures.rows[..2] {
			assert!((row.network - row.mean()).abs() < 1e-12);
		}
		assert!((figures.rows[2].network - figures.rows[2].mean()).abs() > 1e-9);
	}

	#[test]
	fn epochs_do_not_change_when_later_days_do() {
		let series = first(120);
		let mut other = series.clone();
		for day in &mut other.days[100..] {
			day.high *= 1.5;
		}
		let of = |series| simulate(series, Settings::default(), |_| ()).unwrap().rows;
		let (rows, changed) = (of(&series), of(&other));
		assert_eq!(rows[..100 - WARM_UP], changed[..100 - WARM_UP]);
		assert_eq!(rows[100 - WARM_UP].network, changed[100 - WARM_UP].network);
	}
}
