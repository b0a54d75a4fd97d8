//! Least squares on logarithms of ranges.

use super::{latest, log_range, mean, Model};
use crate::series::Day;

/// Days in a trading week and month.
const WEEK: usize = 5;
const MONTH: usize = super::WARM_UP;

/// Least squares of the logarithm of tomorrow's range on what the last month tells.
pub struct Regression {
	/// What the regressors are.
	pub regressors: Regressors,
	/// Days the coefficients are fitted to.
	pub days: usize,
	/// How far below the expected logarithm the prediction is, in variances of the residuals: 0 is
	/// the median of a log-normal law, 1 its mode. Losses that are logarithms reward near hits, and
	/// those are most frequent between the two.
	pub towards_mode: f64,
}

/// What a [`Regression`] looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Regressors {
	/// Mean logarithms of the last day, week and month: the heterogeneous autoregression.
	Means,
	/// Those, and the returns of the last day and week: markets move more after a fall.
	MeansAndReturns,
	/// Exponential means of logarithms, fast to slow, and an exponential mean of returns.
	ExponentialMeans,
	/// The last five days one by one, the month, and the last two returns.
	SingleDays,
}

impl Regressors {
	fn name(self) -> &'static str {
		match self {
			Self::Means => "har",
			Self::MeansAndReturns => "har-returns",
			Self::ExponentialMeans => "exponential",
			Self::SingleDays => "days",
		}
	}
}

/// What regressors are made of, a value a day.
struct History {
	/// Logarithms of ranges.
	logs: Vec<f64>,
	/// Returns from close to close in percent; 0 on the first day.
	returns: Vec<f64>,
	/// Exponential means of the logarithms, from fast to slow.
	smooth: [Vec<f64>; 3],
	/// An exponential mean of returns relative to the range expected.
	drift: Vec<f64>,
}

impl History {
	fn new(window: &[Day]) -> Self {
		let logs: Vec<f64> = window.iter().map(log_range).collect();
		let mut returns = vec![0.0; window.len().min(1)];
		returns.extend(window.windows(2).map(|two| 100.0 * (two[1].close / two[0].close).ln()));
		let smoothed = |values: &[f64], keep: f64| {
			let mut state = values.first().copied().unwrap_or_default();
			let step = |value: &f64| {
				state += (1.0 - keep) * (value - state);
				state
			};
			values.iter().map(step).collect::<Vec<f64>>()
		};
		let smooth = [0.5, 0.8, 0.95].map(|keep| smoothed(&logs, keep));
		let relative: Vec<f64> =
			returns.iter().zip(&smooth[1]).map(|(change, log)| change / log.exp()).collect();
		let drift = smoothed(&relative, 0.7);
		Self { logs, returns, smooth, drift }
	}

	/// The regressors for the day at `end`, which must have a month before it.
	fn row(&self, regressors: Regressors, end: usize) -> Vec<f64> {
		let of = |days: usize| mean(self.logs[end - days..end].iter().copied());
		let change = |days: usize| self.returns[end - days..end].iter().sum::<f64>();
		let fall = |at: usize| (self.returns[at] / of(WEEK).exp()).clamp(-3.0, 0.0);
		let last = end - 1;
		match regressors {
			Regressors::Means => vec![1.0, of(1), of(WEEK), of(MONTH)],
			Regressors::MeansAndReturns => {
				let week = (change(WEEK) / of(MONTH).exp()).clamp(-6.0, 6.0);
				vec![1.0, of(1), of(WEEK), of(MONTH), fall(last), week]
			}
			Regressors::ExponentialMeans => {
				let drift = self.drift[last].clamp(-2.0, 2.0);
				let mut row = vec![1.0, self.logs[last], drift, drift.min(0.0), fall(last)];
				row.extend(self.smooth.iter().map(|smooth| smooth[last]));
				row
			}
			Regressors::SingleDays => {
				let mut row = vec![1.0, of(MONTH), fall(last), fall(last - 1)];
				row.extend(&self.logs[end - WEEK..end]);
				row
			}
		}
	}
}

impl Model for Regression {
	fn name(&self) -> String {
		let mode = if self.towards_mode > 0.0 { "-mode" } else { "" };
		format!("{}-{}{mode}", self.regressors.name(), self.days)
	}

	fn predict(&self, past: &[Day]) -> Vec<f64> {
		let history = History::new(latest(past, self.days + MONTH));
		let now = history.logs.len();
		if now < 3 * MONTH {
			return vec![mean(latest(past, 2 * WEEK).iter().map(log_range)).exp()];
		}
		let rows: Vec<_> = (MONTH..now).map(|end| history.row(self.regressors, end)).collect();
		let targets = &history.logs[MONTH..];
		let coefficients = least_squares(&rows, targets);
		let squares = rows
			.iter()
			.zip(targets)
			.map(|(row, target)| (target - dot(&coefficients, row)).powi(2));
		let variance = mean(squares);
		let expected = dot(&coefficients, &history.row(self.regressors, now));
		vec![(expected - self.towards_mode * variance).exp()]
	}
}

/// A pull from the recent exponential mean towards the long-run one, its strength fitted.
pub struct MeanReversion {
	/// Days the long-run mean and the strength are fitted to.
	pub days: usize,
}

impl Model for MeanReversion {
	fn name(&self) -> String {
		format!("reversion-{}", self.days)
	}

	fn predict(&self, past: &[Day]) -> Vec<f64> {
		let logs: Vec<f64> = latest(past, self.days).iter().map(log_range).collect();
		let long_run = mean(logs.iter().copied());
		let mut state = logs.first().map_or(0.0, |first| first - long_run);
		let (mut covariance, mut variance) = (0.0, 0.0);
		for log in logs.iter().skip(1) {
			let next = log - long_run;
			covariance += state * next;
			variance += state * state;
			state += 0.2 * (next - state);
		}
		let strength = if logs.len() < MONTH || variance < 1e-9 {
			1.0
		} else {
			(covariance / variance).clamp(0.0, 1.0)
		};
		vec![(long_run + strength * state).exp()]
	}
}

/// The inner product.
fn dot(a: &[f64], b: &[f64]) -> f64 {
	a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Least squares by the normal equations, with a ridge so small that it only matters where the
/// regressors do not tell coefficients apart.
pub(super) fn least_squares(rows: &[Vec<f64>], targets: &[f64]) -> Vec<f64> {
	let width = rows.first().map_or(0, Vec::len);
	let mut system = vec![vec![0.0; width + 1]; width];
	for (row, target) in rows.iter().zip(targets) {
		for (equation, factor) in system.iter_mut().zip(row) {
			for (cell, value) in equation.iter_mut().zip(row) {
				*cell += factor * value;
			}
			equation[width] += factor * target;
		}
	}
	for (at, equation) in system.iter_mut().enumerate() {
		equation[at] += 1e-9 * rows.len() as f64;
	}
	solve(system)
}

/// Gaussian elimination; `system` is positive definite, each row with its right side last.
fn solve(mut system: Vec<Vec<f64>>) -> Vec<f64> {
	let width = system.len();
	for pivot in 0..width {
		let row = system[pivot].clone();
		for lower in system.iter_mut().skip(pivot + 1) {
			let factor = lower[pivot] / row[pivot];
			for (cell, value) in lower.iter_mut().zip(&row) {
				*cell -= factor * value;
			}
		}
	}
	let mut solution = vec![0.0; width];
	for at in (0..width).rev() {
		let known = dot(&system[at][at + 1..width], &solution[at + 1..]);
		solution[at] = (system[at][width] - known) / system[at][at];
	}
	solution
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn least_squares_recovers_a_linear_law() {
		let rows: Vec<_> = (0..50).map(|i| vec![1.0, f64::from(i), f64::from(i * i % 7)]).collect();
		let targets: Vec<_> = rows.iter().map(|row| 2.0 - 0.5 * row[1] + 3.0 * row[2]).collect();
		let found = least_squares(&rows, &targets);
		for (found, expected) in found.iter().zip([2.0, -0.5, 3.0]) {
			assert!((found - expected).abs() < 1e-6, "{found} for {expected}");
		}
	}
}
