//! Loss methods: how far an inference is from the truth, and which values a method accepts (S 10.3).

use crate::{argument_bound, topic::Text, FixedI128, MAX_INFERENCE, MAX_LABELS};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use scale_info::TypeInfo;
use sp_runtime::traits::{CheckedAdd, CheckedSub, One, Zero};

/// Quantile levels, of which a valid method has one per label.
pub type Levels = BoundedVec<FixedI128, ConstU32<{ argument_bound(MAX_LABELS) }>>;

/// The loss of an inference (S 10.3). With `e` the truth minus the inference, losses of several
/// labels are summed, unless a method says otherwise.
///
/// The chain computes the losses of every method but [`LossMethod::Custom`]; what it learns from is
/// the log10 of the loss plus the topic's floor, unless a method says otherwise.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
#[scale_info(capture_docs = "always")]
pub enum LossMethod {
	/// `e^2`.
	#[codec(index = 0)]
	Squared,
	/// `|e|`.
	#[codec(index = 1)]
	Absolute,
	/// `e^2 / 2` up to `|e| = delta`, then `delta (|e| - delta / 2)`.
	#[codec(index = 2)]
	Huber {
		/// The error from which the loss grows linearly, from 10^-9 to 1e15, in units of 10^-18: 1.5
		/// is 1500000000000000000.
		delta: FixedI128,
	},
	/// `ln cosh e`.
	#[codec(index = 3)]
	LogCosh,
	/// Labels are quantiles: `q e` if `e >= 0`, else `(q - 1) e`, averaged over the labels. Values
	/// must not decrease from label to label.
	#[codec(index = 4)]
	Pinball {
		/// The level of each label's quantile, ascending, above 0 and below 1, in units of 10^-18:
		/// 0.9 is 900000000000000000.
		levels: Levels,
	},
	/// `e^2` of probabilities: the topic restricts the sum of the labels, and each value is from 0
	/// to 1.
	#[codec(index = 5)]
	Brier,
	/// `-sum t ln x` of a truth `t` and an inference `x`, not as a logarithm: the topic restricts
	/// the sum of the labels, and each value is from 0 to 1.
	#[codec(index = 6)]
	CrossEntropy,
	/// `x - t ln x` of a truth `t >= 0` and an inference `x > 0`, not as a logarithm.
	#[codec(index = 7)]
	Poisson,
	/// The difference of the hyperbolic tangents of truth and inference, in units of the standard
	/// deviation of the topic's past truths around their mean.
	#[codec(index = 8)]
	Ztae,
	/// As ZTAE, with a power law for large errors instead of a limit.
	#[codec(index = 9)]
	Zptae,
	/// The loss for returns that counts a wrong sign more than a wrong size, in units of the
	/// standard deviation of the topic's past truths.
	#[codec(index = 10)]
	Czar {
		/// The weight of the sign, from 0 to 1000, in units of 10^-18: 0.5 is 500000000000000000.
		alpha: FixedI128,
	},
	/// Reputers report a loss per element of the bundle, of the function with this name: 1 to 255
	/// printable ASCII characters without blanks.
	#[codec(index = 255)]
	Custom(Text),
}

/// What it takes to compute losses by a method.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LossClass {
	/// Nothing: losses are reported.
	#[default]
	Reported,
	/// Sums and products.
	Plain,
	/// Exponentials, logarithms or arc tangents.
	Curved,
}

/// Why the values of an inference or a truth are not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValuesError {
	/// A value is larger than 1e15 in magnitude.
	OutOfRange,
	/// The values do not sum to 1 within the topic's tolerance.
	NotUnity,
	/// A probability is below 0 or above 1.
	NotProbability,
	/// The inference of a count is not above 0, or the truth of a count is below 0.
	NotPositive,
	/// A quantile is below the quantile of a lower level.
	QuantilesDecrease,
	/// The truth of a topic of quantiles is not the same for all labels.
	TruthsDiffer,
}

/// What the values of a topic are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
	/// Submitted by a worker.
	Inference,
	/// Reported by a reputer.
	Truth,
}

impl LossMethod {
	/// The minimum of delta in [`LossMethod::Huber`]: 10^-9.
	const MIN_DELTA: FixedI128 = FixedI128::from_inner(1_000_000_000);
	/// The maximum of alpha in [`LossMethod::Czar`].
	const MAX_ALPHA: FixedI128 = FixedI128::from_u32(1_000);

	/// Whether reputers report losses; otherwise they report the truth.
	pub fn is_custom(&self) -> bool {
		matches!(self, Self::Custom(_))
	}

	/// What it takes to compute losses by this method.
	pub fn class(&self) -> LossClass {
		match self {
			Self::Custom(_) => LossClass::Reported,
			Self::Squared
			| Self::Absolute
			| Self::Huber { .. }
			| Self::Pinball { .. }
			| Self::Brier => LossClass::Plain,
			Self::LogCosh
			| Self::CrossEntropy
			| Self::Poisson
			| Self::Ztae
			| Self::Zptae
			| Self::Czar { .. } => LossClass::Curved,
		}
	}

	/// Whether the parameters are in their ranges and fit a topic with this many labels, whose sum
	/// is restricted or not.
	pub(crate) fn is_valid(&self, labels: usize, unity: bool) -> bool {
		match self {
			Self::Huber { delta } => (Self::MIN_DELTA..=MAX_INFERENCE).contains(delta),
			Self::Pinball { levels } => {
				let inside =
					|level: &FixedI128| *level > FixedI128::zero() && *level < FixedI128::one();
				let ascending = is_ascending(levels, |low, high| low < high);
				levels.len() == labels && !unity && levels.iter().all(inside) && ascending
			}
			Self::Brier | Self::CrossEntropy => unity,
			Self::Czar { alpha } => (FixedI128::zero()..=Self::MAX_ALPHA).contains(alpha),
			Self::Custom(name) => crate::topic::is_name(name, crate::MAX_TEXT),
			_ => true,
		}
	}

	/// Checks the values of all labels.
	pub(crate) fn check(&self, values: &[FixedI128], kind: Kind) -> Result<(), ValuesError> {
		let zero = FixedI128::zero();
		let truth = kind == Kind::Truth;
		match self {
			Self::Brier | Self::CrossEntropy => {
				let probability = |value: &FixedI128| (zero..=FixedI128::one()).contains(value);
				holds(values.iter().all(probability), ValuesError::NotProbability)
			}
			Self::Poisson => {
				let count = |value: &FixedI128| *value > zero || (truth && value.is_zero());
				holds(values.iter().all(count), ValuesError::NotPositive)
			}
			Self::Pinball { .. } if truth => {
				let same = is_ascending(values, |one, other| one == other);
				holds(same, ValuesError::TruthsDiffer)
			}
			Self::Pinball { .. } => {
				let ascending = is_ascending(values, |low, high| low <= high);
				holds(ascending, ValuesError::QuantilesDecrease)
			}
			_ => Ok(()),
		}
	}
}

/// Fails unless each value is at most [`MAX_INFERENCE`] in magnitude.
pub(crate) fn check_range(values: &[FixedI128]) -> Result<(), ValuesError> {
	let inside = values.iter().all(|value| within(*value, MAX_INFERENCE));
	holds(inside, ValuesError::OutOfRange)
}

/// Fails unless the values sum to 1 within the tolerance.
pub(crate) fn check_unity(values: &[FixedI128], tolerance: FixedI128) -> Result<(), ValuesError> {
	let sum = values.iter().try_fold(FixedI128::zero(), |sum, value| sum.checked_add(value));
	let distance = sum.and_then(|sum| sum.checked_sub(&FixedI128::one()));
	let near = distance.is_some_and(|distance| within(distance, tolerance));
	holds(near, ValuesError::NotUnity)
}

fn holds(condition: bool, error: ValuesError) -> Result<(), ValuesError> {
	condition.then_some(()).ok_or(error)
}

/// Whether the order holds between each value and the next.
fn is_ascending(values: &[FixedI128], order: impl Fn(&FixedI128, &FixedI128) -> bool) -> bool {
	values.iter().zip(values.iter().skip(1)).all(|(low, high)| order(low, high))
}

/// Whether the magnitude of the value is at most `bound`.
fn within(value: FixedI128, bound: FixedI128) -> bool {
	value.into_inner().unsigned_abs() <= bound.into_inner().unsigned_abs()
}
