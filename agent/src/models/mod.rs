//! Simple models: each predicts the next day from past days only.

mod averages;
pub mod direction;
mod regression;
mod similar;
mod volatility;

pub use averages::{Ema, LastValue, MovingMean, MovingMedian};
pub use regression::{MeanReversion, Regression, Regressors};
pub use similar::NearestDays;
pub use volatility::ReturnVolatility;

use crate::series::Day;

/// The number of past days that predictions require: a trading month.
pub const WARM_UP: usize = 22;

/// The minimum of a range, in percent, before its logarithm is taken.
const MIN_RANGE: f64 = 1e-4;

/// A way to predict a topic's values for the next day.
///
/// A model is given past days only and keeps no state: the same past gives the same prediction.
pub trait Model: Send + Sync {
	/// A short name, unique among the models of a topic.
	fn name(&self) -> String;

	/// The prediction for the day after `past`, which has at least one day: one value per label.
	///
	/// This is a range in percent, or the probabilities of [`direction::LABELS`].
	fn predict(&self, past: &[Day]) -> Vec<f64>;
}

/// The models that predict directions, in the order of their workers' accounts.
pub fn direction_models() -> Vec<Box<dyn Model>> {
	use direction::*;
	vec![
		Box::new(SameAgain),
		Box::new(BaseRates { days: 250 }),
		Box::new(BaseRates { days: 2000 }),
		Box::new(Momentum { days: 1000 }),
		Box::new(Volatility { days: 1500, neighbors: 300 }),
		Box::new(NearestMoves { days: 1500, neighbors: 200 }),
		Box::new(Softmax { days: 1000 }),
		Box::new(ScaledReturns { days: 1000 }),
		Box::new(LogisticLaw { recent: 0.5 }),
	]
}

/// The models that predict ranges, in the order of their workers' accounts.
pub fn range_models() -> Vec<Box<dyn Model>> {
	let regression = |regressors, days, towards_mode| {
		Box::new(Regression { regressors, days, towards_mode }) as Box<dyn Model>
	};
	vec![
		Box::new(LastValue),
		Box::new(MovingMean { days: 5, log: false }),
		Box::new(MovingMedian { days: 15 }),
		Box::new(Ema { decay: 0.85, log: true }),
		Box::new(MeanReversion { days: 500 }),
		regression(Regressors::Means, 500, 0.0),
		regression(Regressors::MeansAndReturns, 1000, 0.0),
		regression(Regressors::MeansAndReturns, 2000, 0.5),
		regression(Regressors::ExponentialMeans, 1000, 0.0),
		regression(Regressors::SingleDays, 1500, 0.5),
		Box::new(NearestDays { days: 1000, neighbors: 60 }),
		Box::new(ReturnVolatility { decay: 0.9, days: 250 }),
	]
}

/// The last `days` of the past, or all of it if it is shorter.
fn latest(past: &[Day], days: usize) -> &[Day] {
	&past[past.len().saturating_sub(days)..]
}

/// The natural logarithm of a day's range.
fn log_range(day: &Day) -> f64 {
	day.range().max(MIN_RANGE).ln()
}

/// The arithmetic mean; 0 of no values.
///
/// `statrs` computes a running mean, which divides once per value: for 60 values it takes 264 ns
/// instead of 27 ns, and the regressions take millions of means. Its mean and its median are NaN for
/// no values.
fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
	let count = values.len().max(1) as f64;
	values.sum::<f64>() / count
}

/// The median; 0 of no values.
fn median(mut values: Vec<f64>) -> f64 {
	values.sort_by(f64::total_cmp);
	let (low, high) = (values.len().saturating_sub(1) / 2, values.len() / 2);
	match (values.get(low), values.get(high)) {
		(Some(low), Some(high)) => (low + high) / 2.0,
		_ => 0.0,
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::series::Series;

	#[test]
	fn predictions_do_not_change_when_the_future_does() {
		let series = Series::sp500().unwrap();
		let mut other = series.clone();
		for at in [1, 2, 7, WARM_UP, 100, 700] {
			for day in &mut other.days[at..] {
				(day.high, day.close) = (day.high * 3.0, day.close * 2.0);
			}
			for model in range_models().into_iter().chain(direction_models()) {
				let expected = model.predict(&series.days[..at]);
				let valid = |value: &f64| value.is_finite() && *value > 0.0;
				assert!(expected.iter().all(valid), "{} at {at}: {expected:?}", model.name());
				assert_eq!(model.predict(&other.days[..at]), expected, "{} at {at}", model.name());
			}
			other = series.clone();
		}
	}

	#[test]
	fn names_of_a_topics_workers_are_unique() {
		for models in [range_models(), direction_models()] {
			let mut names: Vec<_> = models.iter().map(|model| model.name()).collect();
			assert!(names.len() >= 8);
			names.sort();
			names.dedup();
			assert_eq!(names.len(), models.len());
		}
	}

	#[test]
	fn probabilities_sum_to_one() {
		let series = Series::sp500().unwrap();
		for at in [1, 2, 7, WARM_UP, 100, 700, 3000] {
			for model in direction_models() {
				let values = model.predict(&series.days[..at]);
				assert_eq!(values.len(), direction::LABELS.len());
				let sum: f64 = values.iter().sum();
				assert!((sum - 1.0).abs() < 1e-12, "{} at {at}: {values:?}", model.name());
			}
		}
	}

	#[test]
	fn constant_series_is_predicted_exactly() {
		let day = Day { open: 100.0, high: 102.0, low: 100.0, close: 100.0, ..Day::default() };
		let past = vec![day; 300];
		for model in range_models() {
			let error = (model.predict(&past)[0] - 2.0).abs();
			assert!(error < 1e-6, "{}: {error}", model.name());
		}
	}

	#[test]
	fn median_of_an_even_number_of_values_is_the_mean_of_the_middle_two() {
		assert_eq!(median(vec![4.0, 1.0, 3.0, 2.0]), 2.5);
		assert_eq!(median(vec![3.0, 1.0, 2.0]), 2.0);
		assert_eq!(median(vec![]), 0.0);
	}
}
