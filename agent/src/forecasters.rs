//! Forecasters: each predicts the inferers' next losses from their past ones.

use crate::{models::WARM_UP, series::Day};

/// An epoch whose truth is known: what each inferer lost in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
	/// The day that was predicted, as its index in the series.
	pub day: usize,
	/// Losses in the order of the inferers, as they are reported; none for one that did not take part.
	pub losses: Vec<Option<f64>>,
}

/// A way to predict the inferers' next losses.
pub trait Forecaster: Send + Sync {
	/// A short name.
	fn name(&self) -> String;

	/// The loss expected of each of `inferers` on the day after `past`.
	///
	/// `records` are epochs whose day is in `past`, oldest first.
	fn forecast(&self, past: &[Day], records: &[Record], inferers: usize) -> Vec<f64>;
}

/// The forecasters of the demo, in the order of their accounts.
pub fn forecasters() -> Vec<Box<dyn Forecaster>> {
	vec![
		Box::new(RecentLosses { keep: 0.99 }),
		Box::new(SimilarDays { records: 1000, keep: 0.995, width: 0.5 }),
	]
}

/// What an inferer is expected to lose of whom nothing is known.
const UNKNOWN: f64 = 0.0;

/// Epochs that an estimate's prior, the mean over all inferers, counts for.
const PRIOR: f64 = 5.0;

/// The exponential mean of each inferer's past losses.
pub struct RecentLosses {
	/// What an epoch keeps of the mean before it, below 1.
	pub keep: f64,
}

impl Forecaster for RecentLosses {
	fn name(&self) -> String {
		format!("recent-{}", self.keep)
	}

	fn forecast(&self, _: &[Day], records: &[Record], inferers: usize) -> Vec<f64> {
		let horizon = (1e-3f64.ln() / self.keep.ln()).ceil() as usize;
		let latest = &records[records.len().saturating_sub(horizon)..];
		let ages = (0..latest.len()).rev();
		let weights = ages.map(|age| self.keep.powi(age as i32)).collect::<Vec<_>>();
		weighted_losses(latest, &weights, inferers)
	}
}

/// The mean of each inferer's losses on days before which the market was as it is now.
///
/// Alike are days whose last range stood as far from the month's, and whose month was as volatile.
pub struct SimilarDays {
	/// Epochs that are looked back at.
	pub records: usize,
	/// What an epoch's weight keeps for each epoch since, at most 1.
	pub keep: f64,
	/// Distance, in logarithms of ranges, at which likeness fades.
	pub width: f64,
}

impl SimilarDays {
	/// What is compared, of the days before one.
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
				(-0.5 * distance / self.width.powi(2)).exp() * self.keep.powi(age as i32)
			})
			.collect::<Vec<_>>();
		weighted_losses(latest, &weights, inferers)
	}
}

/// The weighted mean of each inferer's losses, pulled towards that of all of them while an
/// inferer's own record is short.
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
	fn better_inferers_are_expected_to_lose_less() {
		let series = Series::sp500().unwrap();
		for forecaster in forecasters() {
			let losses = forecaster.forecast(&series.days[..400], &records(100..400), 3);
			assert!(losses[0] < losses[2], "{}: {losses:?}", forecaster.name());
			assert!((losses[0] - -1.0).abs() < 0.2, "{}: {losses:?}", forecaster.name());
		}
	}

	#[test]
	fn nobody_is_preferred_without_records() {
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
