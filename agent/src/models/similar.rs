//! Predicts from similar days.

use super::{latest, log_range, mean, median, Model};
use crate::series::Day;

/// The days that followed the most similar ones, by range of the day, week and month and by return.
///
/// Each of them gives the step of the logarithm from the week's mean to the day; the median of the
/// steps is applied to the last week.
pub struct NearestDays {
	/// The number of days that are searched.
	pub days: usize,
	/// The number of the most similar days, which are used.
	pub neighbors: usize,
}

impl NearestDays {
	/// The number of days that describe one.
	const MONTH: usize = super::WARM_UP;
}

impl Model for NearestDays {
	fn name(&self) -> String {
		format!("nearest-{}", self.neighbors)
	}

	fn predict(&self, past: &[Day]) -> Vec<f64> {
		let window = latest(past, self.days + Self::MONTH);
		let logs: Vec<f64> = window.iter().map(log_range).collect();
		let week = |end: usize| mean(logs[end.saturating_sub(5)..end].iter().copied());
		let features = |end: usize| {
			let month = mean(logs[end - Self::MONTH..end].iter().copied());
			let day = &window[end - 1];
			let fall = (100.0 * (day.close / day.open).ln() / week(end).exp()).min(0.0);
			[logs[end - 1] - week(end), week(end) - month, month, 0.5 * fall]
		};
		let now = logs.len();
		if now <= 2 * Self::MONTH {
			return vec![week(now).exp()];
		}
		let today = features(now);
		let mut followed: Vec<(f64, f64)> = (Self::MONTH..now)
			.map(|end| {
				let distance =
					features(end).iter().zip(today).map(|(a, b)| (a - b).powi(2)).sum::<f64>();
				(distance, logs[end] - week(end))
			})
			.collect();
		followed.sort_by(|a, b| a.0.total_cmp(&b.0));
		followed.truncate(self.neighbors);
		let step = median(followed.into_iter().map(|(_, step)| step).collect());
		vec![(week(now) + step).exp()]
	}
}
