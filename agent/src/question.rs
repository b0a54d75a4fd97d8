//! What the demo's topics ask of a day: the labels, the truth, the loss and who answers.

use crate::{
	loss,
	models::{self, direction, Model},
	series::Day,
};

/// What a topic asks of the next day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Question {
	/// Its range in percent of its close.
	#[default]
	Range,
	/// Whether it goes up, stays flat or goes down, as probabilities.
	Direction,
}

impl Question {
	/// All of them, in the order in which the demo takes them up.
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

	/// Where the truth is found.
	pub fn ground_truth(self) -> &'static str {
		match self {
			Self::Range => "100 (high - low) / close of the S&P 500's next trading day",
			Self::Direction => {
				"sign of the S&P 500's next daily return; flat: at most a third of the root mean square of \
				 the 252 returns before it"
			}
		}
	}

	/// What the values of an inference stand for.
	pub fn labels(self) -> &'static [&'static str] {
		match self {
			Self::Range => &["range"],
			Self::Direction => &direction::LABELS,
		}
	}

	/// How far from 1 the values of an inference may sum, if they must sum to 1.
	pub fn unity_tolerance(self) -> Option<f64> {
		match self {
			Self::Range => None,
			Self::Direction => Some(1e-6),
		}
	}

	/// The name of the loss.
	pub fn loss_method(self) -> &'static str {
		match self {
			Self::Range => "sqe",
			Self::Direction => "cross-entropy",
		}
	}

	/// What the figures of losses are.
	pub fn loss_unit(self) -> &'static str {
		match self {
			Self::Range => "log10 of the squared error",
			Self::Direction => "-ln of the probability",
		}
	}

	/// Whether losses are reported as they are, rather than their logarithms.
	pub fn reports_raw_losses(self) -> bool {
		self == Self::Direction
	}

	/// The loss of an inference, as it is reported.
	pub fn loss(self, inference: &[f64], truth: &[f64]) -> f64 {
		match self {
			Self::Range => match (inference, truth) {
				([inference], [truth]) => loss::squared_error(*inference, *truth),
				_ => f64::NAN,
			},
			Self::Direction => loss::cross_entropy(inference, truth),
		}
	}

	/// What came on a day, a value a label; none if the series has no such day.
	///
	/// Of several labels the one that came has 1.
	pub fn truth(self, days: &[Day], day: usize) -> Option<Vec<f64>> {
		let came = days.get(day)?;
		Some(match self {
			Self::Range => vec![came.range()],
			Self::Direction => {
				let label = direction::label_of(days, day);
				(0..direction::LABELS.len()).map(|at| f64::from(u8::from(at == label))).collect()
			}
		})
	}

	/// The models of the workers, in the order of their accounts.
	pub fn models(self) -> Vec<Box<dyn Model>> {
		match self {
			Self::Range => models::of_ranges(),
			Self::Direction => models::of_directions(),
		}
	}

	/// An inference or a truth, for people: the number, or the percentages.
	pub fn show(self, values: &[f64]) -> String {
		match self {
			Self::Range => values.iter().map(|value| format!("{value:.3}")).collect(),
			Self::Direction => {
				let percentages = values.iter().map(|value| format!("{:.0}", 100.0 * value));
				format!("{} %", percentages.collect::<Vec<_>>().join("/"))
			}
		}
	}

	/// A truth, for people: the number, or the label that came.
	pub fn show_truth(self, truth: &[f64]) -> String {
		match self {
			Self::Range => self.show(truth),
			Self::Direction => self.labels()[came(truth)].to_owned(),
		}
	}
}

/// The label that came, as an index: the one with the largest value.
pub fn came(truth: &[f64]) -> usize {
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
		assert_eq!(came(&truth), direction::label_of(&days, 100));
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

	#[test]
	fn values_are_shown_as_numbers_or_percentages() {
		assert_eq!(Question::Range.show(&[1.25]), "1.250");
		assert_eq!(Question::Direction.show(&[0.45, 0.25, 0.3]), "45/25/30 %");
		assert_eq!(Question::Direction.show_truth(&[0.0, 0.0, 1.0]), "down");
	}
}
