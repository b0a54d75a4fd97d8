//! Forecasters: each predicts the inferers' next losses from their past losses.

use crate::{models::WARM_UP, series::Day};

/// The losses of an epoch whose ground truth is known.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
	/// The day that was predicted, as an index in the series.
	pub day: usize,
	/// The losses as reported, in the order of the inferers; `None` for one that did not take part.
	pub losses: Vec<Option<f64>>,
}

/// A way to predict the inferers' next losses.
pub trait Forecaster: Send + Sync {
	/// A short name.
	fn name(&self) -> String;

	/// The loss expected of each of the inferers, whose number is given, on the day after `past`.
	///
	/// `records` are epochs whose day is in `past`, oldest first.
	fn forecast(&self, past: &[Day], records: &[Record], inferers: usize) -> Vec<f64>;
}

/// The forecasters of the demo, in the order of their accounts.
pub fn forecasters() -> Vec<Box<dyn Forecaster>> {
	vec![
		Box::new(RecentLosses { decay: 0.99 }),
		Box::new(SimilarDays { records: 1000, decay: 0.995, width: 0.5 }),
	]
}

/// The loss expected of an inferer without any data.
const UNKNOWN: f64 = 0.0;

/// The number of epochs that the prior, the mean over all inferers, counts for.
const PRIOR: f64 = 5.0;

/// The exponential mean of each inferer's past losses.
pub struct RecentLosses {
	/// The decay of weights per epoch, below 1.
	pub decay: f64,
}

impl Forecaster for RecentLosses {
	fn name(&self) -> String {
		format!("recent-{}", self.decay)
	}

	fn forecast(&self, _: &[Day], records: &[Record], inferers: usize) -> Vec<f64> {
		let horizon = (1e-3f64.ln() / self.decay.ln()).ceil() as usize;
		let latest = &records[records.len().saturating_sub(horizon)..];
		let ages = (0..latest.len()).rev();
		let weights = ages.map(|age| self.decay.powi(age as i32)).collect::<Vec<_>>();
		weighted_losses(latest, &weights, inferers)
	}
}

/// The mean of each inferer's losses on days before which the market was in a similar state.
///
/// The state is the ratio of the last two days' range to the month's, and the month's range.
pub struct SimilarDays {
	/// The number of past epochs.
	pub records: usize,
	/// The decay of weights per epoch, at most 1.
	pub decay: f64,
	/// The standard deviation of the Gaussian weight, in logarithms of ranges.
	pub width: f64,
}

impl SimilarDays {
	/// The state of the market after these days.
	fn context(past: &[Day]) -> [f64; 2] {
		let log_mean = |days: usize| {
			let days = &past[past.len().saturating_sub(days)..];
			let sum: f64 = days.iter().map(Day::range).sum();
			(sum / days.len().max(1) as f64).max(1e-4).ln()
		};
		let month = log_mean(WARM_UP);
		[log_mean(2) - month, month]
	}
}

impl Forecaster for SimilarDays {
	fn name(&self) -> String {
		format!("similar-{}", self.width)
	}

	fn forecast(&self, past: &[Day], records: &[Record], inferers: usize) -> Vec<f64> {
		let latest = &records[records.len().saturating_sub(self.records)..];
		let now = Self::context(past);
		let weights = latest
			.iter()
			.enumerate()
			.map(|(at, record)| {
				let then = Self::context(&past[..record.day.min(past.len())]);
				let distance: f64 = then.iter().zip(now).map(|(a, b)| (a - b).powi(2)).sum();
				let age = latest.len() - 1 - at;
				(-0.5 * distance / self.width.powi(2)).exp() * self.decay.powi(age as i32)
			})
			.collect::<Vec<_>>();
		weighted_losses(latest, &weights, inferers)
	}
}

/// The weighted mean of each inferer's losses; the fewer losses an inferer has, the closer to the
/// mean of all inferers.
fn weighted_losses(records: &[Record], weights: &[f64], inferers: usize) -> Vec<f64> {
	let mut sums = vec![(0.0, 0.0); inferers];
	for (record, weight) in records.iter().zip(weights) {
		for (sum, loss) in sums.iter_mut().zip(&record.losses) {
			if let Some(loss) = loss {
				*sum = (sum.0 + weight * loss, sum.1 + weight);
			}
		}
	}
	let all = sums.iter().fold((0.0, 0.0), |all, sum| (all.0 + sum.0, all.1 + sum.1));
	let prior = if all.1 > 0.0 { all.0 / all.1 } else { UNKNOWN };
	sums.iter().map(|(sum, weight)| (sum + PRIOR * prior) / (weight + PRIOR)).collect()
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::series::Series;

	fn records(days: std::ops::Range<usize>) -> Vec<Record> {
		days.map(|day| {
			let losses = vec![Some(-1.0), None, Some(if day % 2 == 0 { 1.0 } else { -0.5 })];
			Record { day, losses }
		})
		.collect()
	}

	#[test]
	fn lower_losses_are_expected_of_better_inferers() {
		let series = Series::sp500().unwrap();
		for forecaster in forecasters() {
			let losses = forecaster.forecast(&series.days[..400], &records(100..400), 3);
			assert!(losses[0] < losses[2], "{}: {losses:?}", forecaster.name());
			assert!((losses[0] - -1.0).abs() < 0.2, "{}: {losses:?}", forecaster.name());
		}
	}

	#[test]
	fn equal_losses_are_expected_without_records() {
		let series = Series::sp500().unwrap();
		for forecaster in forecasters() {
			assert_eq!(forecaster.forecast(&series.days[..50], &[], 4), [UNKNOWN; 4]);
		}
	}

	#[test]
	fn forecasts_do_not_change_when_the_future_does() {
		let series = Series::sp500().unwrap();
		let mut other = series.clone();
		for day in &mut other.days[300..] {
			day.high *= 2.0;
		}
		for forecaster in forecasters() {
			let of =
				|series: &Series| forecaster.forecast(&series.days[..300], &records(50..300), 3);
			assert_eq!(of(&series), of(&other));
		}
	}
}
