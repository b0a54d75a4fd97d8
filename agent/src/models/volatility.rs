//! Ranges from the volatility of returns.

use super::{averages::exponential_mean, latest, log_range, mean, Model};
use crate::series::Day;

/// Recent volatility of daily returns and ranges, times how the two used to compare.
///
/// Gaps between a close and the next open count as movement, which ranges of single days miss.
pub struct ReturnVolatility {
	/// What a day keeps of the exponential mean before it, below 1.
	pub keep: f64,
	/// Days over which range and volatility are compared.
	pub days: usize,
}

impl Model for ReturnVolatility {
	fn name(&self) -> String {
		format!("volatility-{}", self.keep)
	}

	fn predict(&self, past: &[Day]) -> Vec<f64> {
		let recent = exponential_mean(past, self.keep, log_movement);
		let window = latest(past, self.days);
		let ratio = mean(window.iter().map(|day| log_range(day) - log_movement(day)));
		vec![(recent + ratio).exp()]
	}
}

/// The logarithm of a day's movement: half its range, half the distance of its close to its open.
fn log_movement(day: &Day) -> f64 {
	let body = 100.0 * (day.close / day.open).ln().abs();
	(0.5 * day.range() + 0.5 * body).max(super::SMALLEST).ln()
}
