//! Least squares on logarithms of ranges.

use super::{latest, log_range, mean, Model};
use crate::series::Day;
use nalgebra::{Cholesky, DMatrix, DVector, Dyn};

/// Trading days of a week and a month.
const WEEK: usize = 5;
const MONTH: usize = super::WARM_UP;

/// Least squares of the logarithm of the next day's range on values of the month before it.
pub struct Regression {
	/// The regressors.
	pub regressors: Regressors,
	/// The number of past days to which the coefficients are fitted.
	pub days: usize,
	/// How far below the expected logarithm the prediction is, in variances of the residuals: 0 is
	/// the median of a log-normal distribution, 1 its mode. Losses that are logarithms reward near
	/// hits, which are most frequent between the two.
	pub towards_mode: f64,
}

/// The regressors of a [`Regression`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Regressors {
	/// Mean logarithms of the last day, week and month: heterogeneous autoregression (HAR).
	Means,
	/// Those, and the returns of the last day and week: markets move more after a fall.
	MeansAndReturns,
	/// Exponential means of logarithms, fast to slow, and an exponential mean of returns.
	ExponentialMeans,
	/// Each of the last five days, the month, and the last two returns.
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

/// The values from which regressors are computed, one per day.
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
		let recent = || vec![mean(latest(past, 2 * WEEK).iter().map(log_range)).exp()];
		if now < 3 * MONTH {
			return recent();
		}
		let rows: Vec<_> = (MONTH..now).map(|end| history.row(self.regressors, end)).collect();
		let Some(fit) = LeastSquares::new(&rows) else { return recent() };
		let targets = DVector::from_column_slice(&history.logs[MONTH..]);
		let coefficients = fit.coefficients(&targets);
		let residuals = targets - fit.rows() * &coefficients;
		let variance = residuals.norm_squared() / rows.len() as f64;
		let row = DVector::from_vec(history.row(self.regressors, now));
		let expected = coefficients.dot(&row);
		vec![(expected - self.towards_mode * variance).exp()]
	}
}

/// A pull from the recent exponential mean toward the long-run mean, with fitted strength.
pub struct MeanReversion {
	/// The number of past days to which the long-run mean and the strength are fitted.
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

/// Least squares by the normal equations, factored once for any number of targets.
pub(super) struct LeastSquares {
	rows: DMatrix<f64>,
	normal: Cholesky<f64, Dyn>,
}

impl LeastSquares {
	/// The ridge added to the normal equations, per row: so small that it matters only where the
	/// regressors do not determine the coefficients.
	const RIDGE: f64 = 1e-9;

	/// The factored normal equations of rows of equal length; `None` if they are not positive
	/// definite, as when a regressor is not finite.
	pub(super) fn new(rows: &[Vec<f64>]) -> Option<Self> {
		let width = rows.first().map_or(0, Vec::len);
		let rows = DMatrix::from_row_iterator(rows.len(), width, rows.iter().flatten().copied());
		let ridge = DMatrix::from_diagonal_element(width, width, Self::RIDGE * rows.nrows() as f64);
		let normal = (rows.tr_mul(&rows) + ridge).cholesky()?;
		Some(Self { rows, normal })
	}

	/// The rows as a matrix.
	pub(super) fn rows(&self) -> &DMatrix<f64> {
		&self.rows
	}

	/// The coefficients that fit the rows to the targets; one column for each column of targets.
	pub(super) fn coefficients<C: nalgebra::Dim>(
		&self,
		targets: &nalgebra::OMatrix<f64, Dyn, C>,
	) -> nalgebra::OMatrix<f64, Dyn, C>
	where
		nalgebra::DefaultAllocator: nalgebra::allocator::Allocator<Dyn, C>,
	{
		self.normal.solve(&self.rows.tr_mul(targets))
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn least_squares_recovers_linear_coefficients() {
		let rows: Vec<_> = (0..50).map(|i| vec![1.0, f64::from(i), f64::from(i * i % 7)]).collect();
		let targets = rows.iter().map(|row| 2.0 - 0.5 * row[1] + 3.0 * row[2]);
		let targets = DVector::from_iterator(rows.len(), targets);
		let found = LeastSquares::new(&rows).unwrap().coefficients(&targets);
		for (found, expected) in found.iter().zip([2.0, -0.5, 3.0]) {
			assert!((found - expected).abs() < 1e-6, "{found} for {expected}");
		}
	}

	#[test]
	fn regressors_that_are_not_finite_have_no_fit() {
		assert!(LeastSquares::new(&[vec![1.0, 2.0], vec![1.0, f64::NAN]]).is_none());
	}
}
