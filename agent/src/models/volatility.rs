//! Predicts ranges from the volatility of returns.

use super::{averages::exponential_mean, latest, log_range, mean, Model};
use crate::series::Day;

/// Recent movement, multiplied by the usual ratio of range to movement.
///
/// A day's movement is the mean of its range and the distance from its open to its close.
pub struct ReturnVolatility {
	/// The daily decay of the exponential mean's weights, below 1.
	pub decay: f64,
	/// The number of days over which the ratio is averaged.
	pub days: usize,
}

impl Model for ReturnVolatility {
	fn name(&self) -> String {
		format!("volatility-{}", self.decay)
	}

	fn predict(&self, past: &[Day]) -> Vec<f64> {
		let recent = exponential_mean(past, self.decay, log_movement);
		let window = latest(past, self.days);
		let ratio = mean(window.iter().map(|day| log_range(day) - log_movement(day)));
		vec![(recent + ratio).exp()]
	}
}

/// The logarithm of a day's movement: half its range plus half the distance from open to close.
fn log_movement(day: &Day) -> f64 {
	let body = 100.0 * (day.close / day.open).ln().abs();
	(0.5 * day.range() + 0.5 * body).max(super::MIN_RANGE).ln()
}
