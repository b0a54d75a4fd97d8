//! Averages of recent ranges.

use super::{latest, log_range, mean, median, Model};
use crate::series::Day;

/// The next day's range is the last one's.
pub struct LastValue;

impl Model for LastValue {
	fn name(&self) -> String {
		"last-value".into()
	}

	fn predict(&self, past: &[Day]) -> Vec<f64> {
		vec![past.last().map_or(0.0, Day::range)]
	}
}

/// The mean of the last days' ranges, arithmetic or geometric.
pub struct MovingMean {
	/// The number of days.
	pub days: usize,
	/// Whether logarithms are averaged.
	pub log: bool,
}

impl Model for MovingMean {
	fn name(&self) -> String {
		format!("{}mean-{}", if self.log { "log-" } else { "" }, self.days)
	}

	fn predict(&self, past: &[Day]) -> Vec<f64> {
		let days = latest(past, self.days).iter();
		vec![if self.log { mean(days.map(log_range)).exp() } else { mean(days.map(Day::range)) }]
	}
}

/// The median of the last days' ranges.
pub struct MovingMedian {
	/// The number of days.
	pub days: usize,
}

impl Model for MovingMedian {
	fn name(&self) -> String {
		format!("median-{}", self.days)
	}

	fn predict(&self, past: &[Day]) -> Vec<f64> {
		vec![median(latest(past, self.days).iter().map(Day::range).collect())]
	}
}

/// The exponential mean of ranges or of their logarithms.
pub struct Ema {
	/// The daily decay of weights, below 1.
	pub decay: f64,
	/// Whether logarithms are averaged.
	pub log: bool,
}

impl Model for Ema {
	fn name(&self) -> String {
		format!("{}ema-{}", if self.log { "log-" } else { "" }, self.decay)
	}

	fn predict(&self, past: &[Day]) -> Vec<f64> {
		vec![if self.log {
			exponential_mean(past, self.decay, log_range).exp()
		} else {
			exponential_mean(past, self.decay, Day::range)
		}]
	}
}

/// The exponential mean of one value per day; the weights sum to 1 for a past of any length.
pub(super) fn exponential_mean(past: &[Day], decay: f64, value: impl Fn(&Day) -> f64) -> f64 {
	let (mut sum, mut total, mut weight) = (0.0, 0.0, 1.0);
	for day in past.iter().rev() {
		sum += weight * value(day);
		total += weight;
		weight *= decay;
		if weight < 1e-12 {
			break;
		}
	}
	sum / f64::max(total, f64::MIN_POSITIVE)
}
