//! The questions that the demo's topics ask of a day: labels, ground truth, loss and models.

use crate::{
	chain::types::LossMethod,
	loss,
	models::{self, direction, Model},
	series::Day,
};

/// The question that a topic asks of the next day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Question {
	/// The range in percent of the close.
	#[default]
	Range,
	/// The probabilities that the price goes up, stays flat and goes down.
	Direction,
}

impl Question {
	/// All questions, in the order of the demo's topics.
	pub const ALL: [Self; 2] = [Self::Range, Self::Direction];

	/// A short name.
	pub fn name(self) -> &'static str {
		match self {
			Self::Range => "range",
			Self::Direction => "direction",
		}
	}

	/// The question in words.
	pub fn title(self) -> &'static str {
		match self {
			Self::Range => "S&P 500, tomorrow's range in percent",
			Self::Direction => "S&P 500, tomorrow up, flat or down",
		}
	}

	/// The definition of the ground truth in words.
	pub fn ground_truth(self) -> &'static str {
		match self {
			Self::Range => "100 (high - low) / close of the S&P 500's next trading day",
			Self::Direction => {
				"sign of the S&P 500's next daily return; flat: at most a third of the root mean square of \
				 the 252 returns before it"
			}
		}
	}

	/// The names of the values of an inference.
	pub fn labels(self) -> &'static [&'static str] {
		match self {
			Self::Range => &["range"],
			Self::Direction => &direction::LABELS,
		}
	}

	/// How far from 1 the sum of an inference's values may be, `None` if it is free.
	pub fn unity_tolerance(self) -> Option<f64> {
		match self {
			Self::Range => None,
			Self::Direction => Some(1e-6),
		}
	}

	/// How far an inference is from the truth.
	pub fn loss_method(self) -> LossMethod {
		match self {
			Self::Range => LossMethod::Squared,
			Self::Direction => LossMethod::CrossEntropy,
		}
	}

	/// Added to a loss before its logarithm is taken.
	pub fn loss_floor(self) -> f64 {
		loss::FLOOR
	}

	/// The loss of an inference, as the chain learns from it; NaN if the number of values is wrong.
	pub fn loss(self, inference: &[f64], truth: &[f64]) -> f64 {
		loss::loss(self.loss_method(), inference, truth)
	}

	/// The ground truth of a day, one value per label; `None` if the series has no such day.
	///
	/// Of several labels, the observed one has the value 1 and the others 0.
	pub fn truth(self, days: &[Day], day: usize) -> Option<Vec<f64>> {
		let observed = days.get(day)?;
		Some(match self {
			Self::Range => vec![observed.range()],
			Self::Direction => {
				let label = direction::label_of(days, day);
				(0..direction::LABELS.len()).map(|at| f64::from(u8::from(at == label))).collect()
			}
		})
	}

	/// The models of the workers, in the order of their accounts.
	pub fn models(self) -> Vec<Box<dyn Model>> {
		match self {
			Self::Range => models::range_models(),
			Self::Direction => models::direction_models(),
		}
	}
}

/// The index of the observed label: the one with the largest value.
pub fn observed_label(truth: &[f64]) -> usize {
	let largest = |a: &(usize, &f64), b: &(usize, &f64)| a.1.total_cmp(b.1);
	truth.iter().enumerate().max_by(largest).map_or(0, |(label, _)| label)
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::series::Series;

	#[test]
	fn truth_has_a_value_for_each_label() {
		let days = Series::sp500().unwrap().days;
		assert_eq!(Question::Range.truth(&days, 100), Some(vec![days[100].range()]));
		let truth = Question::Direction.truth(&days, 100).unwrap();
		assert_eq!((truth.len(), truth.iter().sum::<f64>()), (3, 1.0));
		assert_eq!(observed_label(&truth), direction::label_of(&days, 100));
		for question in Question::ALL {
			assert_eq!(question.truth(&days, 100).unwrap().len(), question.labels().len());
			assert_eq!(question.truth(&days, days.len()), None);
		}
	}

	#[test]
	fn truth_does_not_change_when_the_future_does() {
		let days = Series::sp500().unwrap().days;
		for question in Question::ALL {
			assert_eq!(question.truth(&days[..=300], 300), question.truth(&days, 300));
		}
	}
}
