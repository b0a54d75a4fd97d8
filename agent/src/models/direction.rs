//! Probabilities that the next day goes up, stays flat or goes down.
//!
//! What *flat* means depends on how much a market moves: a return of less than a third of the root
//! mean square of the trailing year's. So flat days are about as frequent in quiet years as in
//! wild ones, and within a year the more frequent the quieter the market is just now.

use super::{latest, Model};
use crate::series::Day;
use std::ops::Range;

/// The labels, in the order of the values.
pub const LABELS: [&str; 3] = ["up", "flat", "down"];

/// How far flat days may move, in root mean squares of the trailing year's returns.
const BAND: f64 = 1.0 / 3.0;

/// Trading days of a year and a week.
const YEAR: usize = 252;
const WEEK: usize = 5;

/// What a day keeps of the mean square of returns before it, for the present volatility.
const KEEP: f64 = 0.94;

/// Days that the base rates count for where a model counts only few days.
const PRIOR: f64 = 20.0;

/// A probability for each label.
type Probabilities = [f64; LABELS.len()];

/// What is known of nothing.
const EVEN: Probabilities = [1.0 / 3.0; LABELS.len()];

/// The return from a day's close to the next one's, in percent.
fn change(from: &Day, to: &Day) -> f64 {
	100.0 * (to.close / from.close).ln()
}

/// The label, as an index, of a return after a year of this root mean square.
fn label(change: f64, yearly: f64) -> usize {
	match change {
		change if change.abs() <= BAND * yearly => 1,
		change if change > 0.0 => 0,
		_ => 2,
	}
}

/// The label of a day, as an index, by the days before it.
pub fn label_of(days: &[Day], day: usize) -> usize {
	let history = History::new(&days[..=day], 0);
	history.labels().last().copied().unwrap_or(1)
}

/// Returns of past days, and how volatile the market was before each of them and is now.
struct History {
	/// A return for each day but the first.
	returns: Vec<f64>,
	/// The root mean square of up to a year's returns before each of them, and before the next day.
	yearly: Vec<f64>,
	/// The same with recent days weighing more.
	recent: Vec<f64>,
	/// How many of the latest returns are learned from.
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
				weighted = (KEEP * weighted.0 + square, KEEP * weighted.1 + 1.0);
				sum += square - end.checked_sub(YEAR).map_or(0.0, |left| squares[left]);
			}
		}
		Self { returns, yearly, recent, days }
	}

	/// The returns that are learned from; the end is also the next day.
	fn learned(&self) -> Range<usize> {
		let end = self.returns.len();
		end.saturating_sub(self.days).max(WEEK.min(end))..end
	}

	/// The next day.
	fn now(&self) -> usize {
		self.returns.len()
	}

	/// The label of each return.
	fn labels(&self) -> Vec<usize> {
		self.returns.iter().zip(&self.yearly).map(|(change, year)| label(*change, *year)).collect()
	}

	/// How often each label came on these days, and on as many more as `prior` says as in `base`.
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
		normalised(counts)
	}

	/// How often each label came on all days that are learned from.
	fn base_rates(&self) -> Probabilities {
		self.rates(self.learned(), EVEN, 3.0)
	}

	/// The market before a day: the logarithm of its present volatility against the year's, and the
	/// returns of the last day and week in units of the year's volatility.
	fn before(&self, day: usize) -> [f64; 3] {
		let yearly = self.yearly[day].max(f64::MIN_POSITIVE);
		let week: f64 = self.returns[day.saturating_sub(WEEK)..day].iter().sum();
		let last = self.returns[day.saturating_sub(1)..day].iter().sum::<f64>();
		let ratio = (self.recent[day] / yearly).max(1e-3).ln();
		[ratio, (last / yearly).clamp(-3.0, 3.0), (week / yearly / 2.0).clamp(-3.0, 3.0)]
	}

	/// The days, of those learned from, before which the market was most as it is now.
	fn alike(&self, count: usize, scales: [f64; 3]) -> impl Iterator<Item = usize> {
		let now = self.before(self.now());
		let mut days: Vec<(f64, usize)> = self
			.learned()
			.map(|day| {
				let then = self.before(day);
				let distances = then.iter().zip(now).zip(scales);
				(distances.map(|((then, now), scale)| (scale * (then - now)).powi(2)).sum(), day)
			})
			.collect();
		days.sort_by(|a, b| a.0.total_cmp(&b.0));
		days.truncate(count);
		days.into_iter().map(|(_, day)| day)
	}
}

/// Counts as probabilities.
fn normalised(counts: Probabilities) -> Probabilities {
	let sum: f64 = counts.iter().sum();
	counts.map(|count| count / sum)
}

/// Tomorrow goes where today went, more likely than not.
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
			None => probabilities = EVEN,
		}
		probabilities.to_vec()
	}
}

/// How often each label came on past days.
pub struct BaseRates {
	/// Days that are counted.
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

/// How often each label came after days that went where today went.
pub struct Momentum {
	/// Days that are counted.
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

/// How often each label came when the market was as volatile, for its year, as it is now.
pub struct Volatility {
	/// Days that are searched.
	pub days: usize,
	/// Those of them that are counted.
	pub alike: usize,
}

impl Model for Volatility {
	fn name(&self) -> String {
		format!("volatility-{}", self.alike)
	}

	fn predict(&self, past: &[Day]) -> Vec<f64> {
		let history = History::new(past, self.days);
		let days = history.alike(self.alike, [1.0, 0.0, 0.0]);
		history.rates(days, history.base_rates(), PRIOR).to_vec()
	}
}

/// How often each label came after days like today, by volatility and by recent returns.
pub struct NearestMoves {
	/// Days that are searched.
	pub days: usize,
	/// Those of them that are counted.
	pub neighbours: usize,
}

impl Model for NearestMoves {
	fn name(&self) -> String {
		format!("nearest-{}", self.neighbours)
	}

	fn predict(&self, past: &[Day]) -> Vec<f64> {
		let history = History::new(past, self.days);
		let days = history.alike(self.neighbours, [2.0, 0.5, 0.5]);
		history.rates(days, history.base_rates(), PRIOR).to_vec()
	}
}

/// Past returns, each in units of the volatility it was made in, at the present volatility.
pub struct ScaledReturns {
	/// Days that are looked at.
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
		normalised(counts).to_vec()
	}
}

/// A logistic law of returns, around the year's mean and as wide as the market is volatile.
pub struct LogisticLaw {
	/// Weight of the present volatility's logarithm against the year's, 0 to 1.
	pub present: f64,
}

impl Model for LogisticLaw {
	fn name(&self) -> String {
		format!("law-{}", self.present)
	}

	fn predict(&self, past: &[Day]) -> Vec<f64> {
		let history = History::new(past, YEAR);
		let (recent, yearly) = (history.recent[history.now()], history.yearly[history.now()]);
		let mean = super::mean(history.returns[history.learned()].iter().copied());
		let deviation =
			recent.max(1e-6).powf(self.present) * yearly.max(1e-6).powf(1.0 - self.present);
		// The law's variance is (pi * scale)^2 / 3.
		let scale = deviation * 3f64.sqrt() / std::f64::consts::PI;
		let below = |bound: f64| 1.0 / (1.0 + (-(bound - mean) / scale).exp());
		let (low, high) = (below(-BAND * yearly), below(BAND * yearly));
		let floor = 1e-3;
		normalised([1.0 - high + floor, high - low + floor, low + floor]).to_vec()
	}
}

/// Multinomial logistic regression on volatility and recent returns.
pub struct Softmax {
	/// Days the coefficients are fitted to.
	pub days: usize,
}

impl Softmax {
	/// Steps of the fit; each lowers the loss, the first ones most.
	const STEPS: usize = 12;

	/// Days below which there are only base rates.
	const FEWEST: usize = 100;

	/// What is regressed on.
	fn row(history: &History, day: usize) -> Vec<f64> {
		let [ratio, last, week] = history.before(day);
		vec![1.0, ratio, last, last.abs() - 0.7, week]
	}

	/// The probabilities at a row.
	fn at(coefficients: &[Vec<f64>], row: &[f64]) -> Probabilities {
		let mut powers = EVEN;
		for (power, column) in powers.iter_mut().zip(coefficients) {
			let sum: f64 = column.iter().zip(row).map(|(a, b)| a * b).sum();
			*power = sum.clamp(-30.0, 30.0).exp();
		}
		normalised(powers)
	}
}

impl Model for Softmax {
	fn name(&self) -> String {
		format!("softmax-{}", self.days)
	}

	fn predict(&self, past: &[Day]) -> Vec<f64> {
		let history = History::new(past, self.days);
		if history.learned().len() < Self::FEWEST {
			return history.base_rates().to_vec();
		}
		let labels = history.labels();
		let rows: Vec<_> = history.learned().map(|day| Self::row(&history, day)).collect();
		let came = &labels[history.learned()];
		let mut coefficients = vec![vec![0.0; rows[0].len()]; LABELS.len()];
		for _ in 0..Self::STEPS {
			let now: Vec<_> = rows.iter().map(|row| Self::at(&coefficients, row)).collect();
			for (label, column) in coefficients.iter_mut().enumerate() {
				let missing = |(row, now): (usize, &Probabilities)| {
					f64::from(u8::from(came[row] == label)) - now[label]
				};
				let targets: Vec<_> = now.iter().enumerate().map(missing).collect();
				// The Hessian is at most half the regressors' product (Böhning), so that twice the
				// least squares of what is missing is a step that cannot go too far.
				let step = super::regression::least_squares(&rows, &targets);
				column.iter_mut().zip(step).for_each(|(value, step)| *value += 2.0 * step);
			}
		}
		Self::at(&coefficients, &Self::row(&history, history.now())).to_vec()
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{models::WARM_UP, series::Series};

	/// Days whose closes follow these returns in percent.
	fn days(changes: &[f64]) -> Vec<Day> {
		let mut close = 100.0;
		let mut day = |change: &f64| {
			close *= (change / 100.0).exp();
			Day { date: String::new(), open: close, high: close, low: close, close }
		};
		std::iter::once(&0.0).chain(changes).map(&mut day).collect()
	}

	#[test]
	fn flat_is_a_third_of_the_trailing_years_root_mean_square() {
		// Returns of 3 and -3 have the root mean square 3, so that flat is what moves up to 1.
		let mut changes = [3.0, -3.0].repeat(30);
		for (change, expected) in [(1.01, 0), (0.99, 1), (-0.99, 1), (-1.01, 2)] {
			changes.push(change);
			let days = days(&changes);
			assert_eq!(label_of(&days, days.len() - 1), expected, "{change}");
			changes.pop();
		}
	}

	#[test]
	fn label_of_a_day_is_that_which_models_learn() {
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
	fn labels_of_the_series_are_about_as_frequent() {
		let series = Series::sp500().unwrap();
		let rates = BaseRates { days: 5000 }.predict(&series.days);
		assert!(rates.iter().all(|rate| (0.25..0.45).contains(rate)), "{rates:?}");
	}

	#[test]
	fn momentum_counts_what_followed() {
		// Up follows down and down follows up.
		let past = days(&[2.0, -2.0].repeat(100));
		let up = Momentum { days: 100 }.predict(&past)[0];
		// 50 of 50 days and 20 at the base rate, (50 + 1) / 103.
		assert!((up - (50.0 + 20.0 * 51.0 / 103.0) / 70.0).abs() < 1e-9, "{up}");
	}

	#[test]
	fn softmax_learns_what_yesterday_tells() {
		let past = days(&[2.0, -2.0, 0.1].repeat(100));
		let probabilities = Softmax { days: 280 }.predict(&past);
		assert!(probabilities[0] > 0.6, "{probabilities:?}");
	}
}
