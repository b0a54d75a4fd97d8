//! Losses of the distance between truth and value: squared, absolute, Huber, log-cosh, pinball and
//! Brier (S 10.3).

use super::scaled::Scaled;
use crate::MathResult;
use sp_arithmetic::FixedI128;

/// The units of [`FixedI128`] in one.
const ONE: u128 = FixedI128::from_u32(1).into_inner().unsigned_abs();

/// The exact distance of two values.
fn distance(truth: FixedI128, value: FixedI128) -> Scaled {
	Scaled::of_units(truth.into_inner().abs_diff(value.into_inner()))
}

/// `e^2`.
pub(super) fn squared(truth: FixedI128, value: FixedI128) -> Scaled {
	distance(truth, value).squared()
}

/// `|e|`.
pub(super) fn absolute(truth: FixedI128, value: FixedI128) -> Scaled {
	distance(truth, value)
}

/// `e^2 / 2` up to delta, `delta (|e| - delta / 2)` beyond it.
///
/// The latter is computed as `delta ((|e| - delta) + |e|) / 2`, whose difference is of integers.
pub(super) fn huber(delta: FixedI128, truth: FixedI128, value: FixedI128) -> Scaled {
	let units = truth.into_inner().abs_diff(value.into_inner());
	let limit = delta.into_inner().unsigned_abs();
	let error = Scaled::of_units(units);
	let twice = match units.checked_sub(limit) {
		Some(excess) if excess > 0 => {
			Scaled::of_fixed(delta).times(Scaled::of_units(excess).plus(error))
		}
		_ => error.squared(),
	};
	twice.shifted(-1)
}

/// `ln cosh e`.
pub(super) fn log_cosh(truth: FixedI128, value: FixedI128) -> MathResult<Scaled> {
	distance(truth, value).ln_cosh()
}

/// `q e` if the truth is above the value, `(1 - q) |e|` otherwise, for a level q in (0, 1).
pub(super) fn pinball(level: FixedI128, truth: FixedI128, value: FixedI128) -> Scaled {
	let level = level.into_inner().unsigned_abs();
	let rate = if truth >= value { level } else { ONE.saturating_sub(level) };
	Scaled::of_units(rate).times(distance(truth, value))
}

/// `e^2` of probabilities: truth and value count as 0 below 0 and as 1 above 1.
pub(super) fn brier(truth: FixedI128, value: FixedI128) -> Scaled {
	squared(probability(truth), probability(value))
}

/// The number, limited to [0, 1].
pub(super) fn probability(value: FixedI128) -> FixedI128 {
	value.clamp(FixedI128::from_u32(0), FixedI128::from_u32(1))
}
