//! Probabilities that the next day goes up, stays flat or goes down.
//!
//! A day is *flat* if its return is at most a third of the root mean square of the trailing year's
//! returns. Flat days are therefore about as frequent in quiet years as in volatile ones, and within
//! a year they are more frequent while the market is quiet.

use super::{latest, regression::LeastSquares, Model};
use crate::series::Day;
use nalgebra::DMatrix;
use std::ops::Range;

/// The labels, in the order of the values.
pub const LABELS: [&str; 3] = ["up", "flat", "down"];

/// Maximum return of a flat day, in root mean squares of the trailing year's returns.
const BAND: f64 = 1.0 / 3.0;

/// Trading days of a year and a week.
const YEAR: usize = 252;
const WEEK: usize = 5;

/// Daily decay of the exponential mean of squared returns that measures recent volatility.
const DECAY: f64 = 0.94;

/// The number of days that the base rates count for in a model that counts few days.
const PRIOR: f64 = 20.0;

/// A probability for each label.
type Probabilities = [f64; LABELS.len()];

/// Equal probabilities, for when there is no data.
const UNIFORM: Probabilities = [1.0 / 3.0; LABELS.len()];

/// The logarithmic return from one day's close to the next day's, in percent.
fn change(from: &Day, to: &Day) -> f64 {
	100.0 * (to.close / from.close).ln()
}

/// The index of a return's label, given the root mean square of the year's returns before it.
fn label(change: f64, yearly: f64) -> usize {
	match change {
		change if change.abs() <= BAND * yearly => 1,
		change if change > 0.0 => 0,
		_ => 2,
	}
}

/// The index of a day's label, which depends on the days before it.
pub fn label_of(days: &[Day], day: usize) -> usize {
	let history = History::new(&days[..=day], 0);
	history.labels().last().copied().unwrap_or(1)
}

/// Returns of past days, and the volatility before each of them and before the next day.
struct History {
	/// The return of each day but the first.
	returns: Vec<f64>,
	/// The root mean square of up to a year's returns before each of them, and before the next day.
	yearly: Vec<f64>,
	/// The same with more weight on recent days.
	recent: Vec<f64>,
	/// The number of the latest returns that a model learns from.
	days: usize,
}

impl History {
	/// The history of the last `days` days.
	fn new(past: &[Day], days: usize) -> Self {
		let window = latest(past, days + YEAR + 2);
		let returns: Vec<f64> = window.windows(2).map(|two| change(&two[0], &two[1])).collect();
		let (mut yearly, mut recent) = (Vec::new(), Vec::new());
		let squares: Vec<f64> = returns.iter().map(|change| change * change).collect();
		let (mut sum, mut weighted) = (0.0f64, (0.0, 0.0));
		for end in 0..=returns.len() {
			yearly.push((sum.max(0.0) / end.clamp(1, YEAR) as f64).sqrt());
			recent.push((weighted.0 / f64::max(weighted.1, f64::MIN_POSITIVE)).sqrt());
			if let Some(square) = squares.get(end) {
				weighted = (DECAY * weighted.0 + square, DECAY * weighted.1 + 1.0);
				sum += square - end.checked_sub(YEAR).map_or(0.0, |left| squares[left]);
			}
		}
		Self { returns, yearly, recent, days }
	}

	/// The indices of the returns that a model learns from; the end is the index of the next day.
	fn learned(&self) -> Range<usize> {
		let end = self.returns.len();
		end.saturating_sub(self.days).max(WEEK.min(end))..end
	}

	/// The index of the next day.
	fn now(&self) -> usize {
		self.returns.len()
	}

	/// The label of each return.
	fn labels(&self) -> Vec<usize> {
		self.returns.iter().zip(&self.yearly).map(|(change, year)| label(*change, *year)).collect()
	}

	/// The frequency of each label on these days and on `prior` more days with the rates `base`.
	fn rates(
		&self,
		days: impl Iterator<Item = usize>,
		base: Probabilities,
		prior: f64,
	) -> Probabilities {
		let labels = self.labels();
		let mut counts = base.map(|rate| prior * rate);
		for day in days {
			counts[labels[day]] += 1.0;
		}
		normalized(counts)
	}

	/// The frequency of each label on all days that a model learns from.
	fn base_rates(&self) -> Probabilities {
		self.rates(self.learned(), UNIFORM, 3.0)
	}

	/// The state of the market before a day: the logarithm of recent volatility divided by the
	/// year's, and the returns of the last day and week in units of the year's volatility.
	fn state_before(&self, day: usize) -> [f64; 3] {
		let yearly = self.yearly[day].max(f64::MIN_POSITIVE);
		let week: f64 = self.returns[day.saturating_sub(WEEK)..day].iter().sum();
		let last = self.returns[day.saturating_sub(1)..day].iter().sum::<f64>();
		let ratio = (self.recent[day] / yearly).max(1e-3).ln();
		[ratio, (last / yearly).clamp(-3.0, 3.0), (week / yearly / 2.0).clamp(-3.0, 3.0)]
	}

	/// The `count` days before which the state of the market was closest to the current one.
	fn most_similar(&self, count: usize, scales: [f64; 3]) -> impl Iterator<Item = usize> {
		let now = self.state_before(self.now());
		let mut days: Vec<(f64, usize)> = self
			.learned()
			.map(|day| {
				let then = self.state_before(day);
				let distances = then.iter().zip(now).zip(scales);
				(distances.map(|((then, now), scale)| (scale * (then - now)).powi(2)).sum(), day)
			})
			.collect();
		days.sort_by(|a, b| a.0.total_cmp(&b.0));
		days.truncate(count);
		days.into_iter().map(|(_, day)| day)
	}
}

/// Divides counts by their sum.
fn normalized(counts: Probabilities) -> Probabilities {
	let sum: f64 = counts.iter().sum();
	counts.map(|count| count / sum)
}

/// The last day's label has probability one half.
pub struct SameAgain;

impl Model for SameAgain {
	fn name(&self) -> String {
		"same-again".into()
	}

	fn predict(&self, past: &[Day]) -> Vec<f64> {
		let history = History::new(past, 1);
		let mut probabilities = [0.25; LABELS.len()];
		match history.labels().last() {
			Some(last) => probabilities[*last] = 0.5,
			None => probabilities = UNIFORM,
		}
		probabilities.to_vec()
	}
}

/// The frequency of each label on past days.
pub struct BaseRates {
	/// The number of days that are counted.
	pub days: usize,
}

impl Model for BaseRates {
	fn name(&self) -> String {
		format!("rates-{}", self.days)
	}

	fn predict(&self, past: &[Day]) -> Vec<f64> {
		History::new(past, self.days).base_rates().to_vec()
	}
}

/// The frequency of each label after days with the last day's label.
pub struct Momentum {
	/// The number of days that are counted.
	pub days: usize,
}

impl Model for Momentum {
	fn name(&self) -> String {
		format!("momentum-{}", self.days)
	}

	fn predict(&self, past: &[Day]) -> Vec<f64> {
		let history = History::new(past, self.days);
		let labels = history.labels();
		let before = |day: usize| day.checked_sub(1).map(|last| labels[last]);
		let today = before(history.now());
		let days = history.learned().filter(|day| before(*day) == today);
		history.rates(days, history.base_rates(), PRIOR).to_vec()
	}
}

/// The frequency of each label when recent volatility, relative to the year's, was similar.
pub struct Volatility {
	/// The number of days that are searched.
	pub days: usize,
	/// The number of the most similar days, which are counted.
	pub neighbors: usize,
}

impl Model for Volatility {
	fn name(&self) -> String {
		format!("volatility-{}", self.neighbors)
	}

	fn predict(&self, past: &[Day]) -> Vec<f64> {
		let history = History::new(past, self.days);
		let days = history.most_similar(self.neighbors, [1.0, 0.0, 0.0]);
		history.rates(days, history.base_rates(), PRIOR).to_vec()
	}
}

/// The frequency of each label after similar days, by volatility and recent returns.
pub struct NearestMoves {
	/// The number of days that are searched.
	pub days: usize,
	/// The number of the most similar days, which are counted.
	pub neighbors: usize,
}

impl Model for NearestMoves {
	fn name(&self) -> String {
		format!("nearest-{}", self.neighbors)
	}

	fn predict(&self, past: &[Day]) -> Vec<f64> {
		let history = History::new(past, self.days);
		let days = history.most_similar(self.neighbors, [2.0, 0.5, 0.5]);
		history.rates(days, history.base_rates(), PRIOR).to_vec()
	}
}

/// Past returns divided by the volatility of their time and multiplied by the current one.
pub struct ScaledReturns {
	/// The number of past days.
	pub days: usize,
}

impl Model for ScaledReturns {
	fn name(&self) -> String {
		format!("scaled-{}", self.days)
	}

	fn predict(&self, past: &[Day]) -> Vec<f64> {
		let history = History::new(past, self.days);
		let (recent, yearly) = (history.recent[history.now()], history.yearly[history.now()]);
		let mut counts = history.base_rates().map(|rate| PRIOR * rate);
		for day in history.learned().filter(|day| history.recent[*day] > 0.0) {
			counts[label(history.returns[day] / history.recent[day] * recent, yearly)] += 1.0;
		}
		normalized(counts).to_vec()
	}
}

/// A logistic distribution of returns with the year's mean and a width given by volatility.
pub struct LogisticLaw {
	/// The weight of recent volatility in the width, 0 to 1; the rest is the year's.
	pub recent: f64,
}

impl Model for LogisticLaw {
	fn name(&self) -> String {
		format!("law-{}", self.recent)
	}

	fn predict(&self, past: &[Day]) -> Vec<f64> {
		let history = History::new(past, YEAR);
		let (recent, yearly) = (history.recent[history.now()], history.yearly[history.now()]);
		let mean = super::mean(history.returns[history.learned()].iter().copied());
		let deviation =
			recent.max(1e-6).powf(self.recent) * yearly.max(1e-6).powf(1.0 - self.recent);
		// The variance of the distribution is (pi * scale)^2 / 3.
		let scale = deviation * 3f64.sqrt() / std::f64::consts::PI;
		let below = |bound: f64| 1.0 / (1.0 + (-(bound - mean) / scale).exp());
		let (low, high) = (below(-BAND * yearly), below(BAND * yearly));
		let floor = 1e-3;
		normalized([1.0 - high + floor, high - low + floor, low + floor]).to_vec()
	}
}

/// Multinomial logistic regression on volatility and recent returns.
///
/// The fit stops after a fixed number of steps, each of which solves the same normal equations.
/// `linfa-logistic` iterates L-BFGS until it converges, so that the published losses would change,
/// and it depends on `ndarray` and `argmin` besides the `nalgebra` that the regressions use.
pub struct Softmax {
	/// The number of past days to which the coefficients are fitted.
	pub days: usize,
}

impl Softmax {
	/// Steps of the fit; the first ones lower the loss most.
	const STEPS: usize = 12;

	/// With fewer days the model predicts base rates.
	const MIN_DAYS: usize = 100;

	/// The regressors.
	fn row(history: &History, day: usize) -> Vec<f64> {
		let [ratio, last, week] = history.state_before(day);
		vec![1.0, ratio, last, last.abs() - 0.7, week]
	}

	/// The probabilities at each row: the normalized exponentials of the row's products with the
	/// coefficients of each label.
	fn probabilities(rows: &DMatrix<f64>, coefficients: &DMatrix<f64>) -> DMatrix<f64> {
		let mut powers = (rows * coefficients).map(|sum| sum.clamp(-30.0, 30.0).exp());
		for mut row in powers.row_iter_mut() {
			row /= row.sum();
		}
		powers
	}
}

impl Model for Softmax {
	fn name(&self) -> String {
		format!("softmax-{}", self.days)
	}

	fn predict(&self, past: &[Day]) -> Vec<f64> {
		let history = History::new(past, self.days);
		let rows: Vec<_> = history.learned().map(|day| Self::row(&history, day)).collect();
		let fit = LeastSquares::new(&rows).filter(|_| rows.len() >= Self::MIN_DAYS);
		let Some(fit) = fit else { return history.base_rates().to_vec() };
		let observed = &history.labels()[history.learned()];
		let observed = DMatrix::from_fn(rows.len(), LABELS.len(), |row, label| {
			f64::from(u8::from(observed[row] == label))
		});
		let mut coefficients = DMatrix::zeros(rows[0].len(), LABELS.len());
		for _ in 0..Self::STEPS {
			let residuals = &observed - Self::probabilities(fit.rows(), &coefficients);
			// The Hessian is at most half of the regressors' product (Böhning), so that twice the
			// least squares of the residuals is a step that cannot overshoot.
			coefficients += fit.coefficients(&residuals) * 2.0;
		}
		let now = Self::row(&history, history.now());
		let now = DMatrix::from_row_slice(1, now.len(), &now);
		Self::probabilities(&now, &coefficients).iter().copied().collect()
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{models::WARM_UP, series::Series};

	/// Days whose closes have these returns in percent.
	fn days(changes: &[f64]) -> Vec<Day> {
		let mut close = 100.0;
		let mut day = |change: &f64| {
			close *= (change / 100.0).exp();
			Day { open: close, high: close, low: close, close, ..Day::default() }
		};
		std::iter::once(&0.0).chain(changes).map(&mut day).collect()
	}

	#[test]
	fn flat_is_a_third_of_the_trailing_years_root_mean_square() {
		// Returns of 3 and -3 have the root mean square 3, so that a flat day moves by 1 at most.
		let mut changes = [3.0, -3.0].repeat(30);
		for (change, expected) in [(1.01, 0), (0.99, 1), (-0.99, 1), (-1.01, 2)] {
			changes.push(change);
			let days = days(&changes);
			assert_eq!(label_of(&days, days.len() - 1), expected, "{change}");
			changes.pop();
		}
	}

	#[test]
	fn models_learn_the_label_of_each_day() {
		let series = Series::sp500().unwrap();
		for end in [WARM_UP + 1, 200, 1000] {
			let history = History::new(&series.days[..end], 1000);
			let (labels, learned) = (history.labels(), history.learned());
			let first = end - learned.len();
			for (at, day) in learned.enumerate().step_by(17) {
				assert_eq!(labels[day], label_of(&series.days, first + at), "{end}: {day}");
			}
		}
	}

	#[test]
	fn labels_of_the_series_are_about_equally_frequent() {
		let series = Series::sp500().unwrap();
		let rates = BaseRates { days: 5000 }.predict(&series.days);
		assert!(rates.iter().all(|rate| (0.25..0.45).contains(rate)), "{rates:?}");
	}

	#[test]
	fn momentum_counts_the_days_after_equal_labels() {
		// Up follows down and down follows up.
		let past = days(&[2.0, -2.0].repeat(100));
		let up = Momentum { days: 100 }.predict(&past)[0];
		// 50 of 50 days and 20 at the base rate, (50 + 1) / 103.
		assert!((up - (50.0 + 20.0 * 51.0 / 103.0) / 70.0).abs() < 1e-9, "{up}");
	}

	#[test]
	fn softmax_learns_from_the_last_return() {
		let past = days(&[2.0, -2.0, 0.1].repeat(100));
		let probabilities = Softmax { days: 280 }.predict(&past);
		assert!(probabilities[0] > 0.6, "{probabilities:?}");
	}
}
