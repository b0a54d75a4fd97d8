//! The running mean and standard deviation of a label's truths (S 10.3).

use super::scaled::Scaled;
use crate::{wide::U256, MathError, MathResult};
use sp_arithmetic::FixedI128;

/// The number of truths after which the smoothing is constant: 1 / 50 = 0.02.
const MEMORY: u8 = 50;

/// The lowest standard deviation, 1e-9, in units of 1e-18.
const FLOOR: i128 = 1_000_000_000;

/// The running mean and standard deviation of one label's truths (S 10.3).
///
/// The first 50 truths count equally, later ones are smoothed exponentially by 0.02: the k-th truth
/// has the weight `1 / min(k, 50)`. Fields are plain numbers, for storage by the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spread {
	/// The smoothed mean of the truths.
	pub mean: FixedI128,
	/// The square root of the smoothed variance, not negative; 0 after one truth.
	pub deviation: FixedI128,
	/// The number of truths seen, at most 50.
	pub truths: u8,
}

impl Spread {
	/// The spread after one truth.
	pub const fn first(truth: FixedI128) -> Self {
		Self { mean: truth, deviation: FixedI128::from_u32(0), truths: 1 }
	}

	/// The spread after one more truth, within one unit of 1e-18 (S 10.3).
	///
	/// With w the weight of the truth and d its distance from the mean, the mean moves by w d and
	/// the variance v becomes `(1 - w) (v + w d^2)`. [`MathError::Overflow`] if it does not fit,
	/// which needs a value beyond 1e15.
	pub fn update(&self, truth: FixedI128) -> MathResult<Self> {
		let truths = self.truths.saturating_add(1).clamp(1, MEMORY);
		let (count, others) = (u128::from(truths), u128::from(truths.saturating_sub(1)));
		let (mean, truth) = (self.mean.into_inner(), truth.into_inner());
		let distance = mean.abs_diff(truth);
		let step = nearest(distance, count).ok_or(MathError::Overflow)?;
		let moved = if truth < mean { mean.checked_sub(step) } else { mean.checked_add(step) };
		// Times k^2, the variance is (k - 1) (k v + d^2).
		let old = self.deviation.into_inner().unsigned_abs();
		let scaled = |a: u128, by: u128| Some(U256::product(a.checked_mul(by)?, a));
		let variance = scaled(old, count * others)
			.zip(scaled(distance, others))
			.and_then(|(old, new)| old.checked_add(new))
			.ok_or(MathError::Overflow)?;
		let deviation = nearest(variance.sqrt(), count).ok_or(MathError::Overflow)?;
		Ok(Self {
			mean: FixedI128::from_inner(moved.ok_or(MathError::Overflow)?),
			deviation: FixedI128::from_inner(deviation),
			truths,
		})
	}

	/// The standard deviation by which z-scores divide, at least 1e-9 (S 10.3).
	///
	/// After one truth it is the size of that truth, the only scale known.
	pub fn standard_deviation(&self) -> FixedI128 {
		let known = if self.truths > 1 { self.deviation } else { self.mean };
		FixedI128::from_inner(known.into_inner().saturating_abs().max(FLOOR))
	}
}

/// The quotient rounded to nearest, halves up.
fn nearest(a: u128, b: u128) -> Option<i128> {
	i128::try_from(a.checked_add(b / 2)?.checked_div(b)?).ok()
}

/// How values of a label become z-scores.
pub(super) struct ZScale {
	mean: i128,
	/// The inverse of the standard deviation in units of 1e-18.
	inverse: Scaled,
}

impl ZScale {
	/// The scale by a spread's standard deviation, around `mean`.
	pub(super) fn around(mean: FixedI128, spread: &Spread) -> MathResult<Self> {
		let deviation = spread.standard_deviation().into_inner().unsigned_abs();
		let inverse = Scaled::ONE.over(Scaled::new(deviation, 0))?;
		Ok(Self { mean: mean.into_inner(), inverse })
	}

	/// Whether a value lies below the mean, and the size of its z-score.
	pub(super) fn score(&self, value: FixedI128) -> (bool, Scaled) {
		let value = value.into_inner();
		(value < self.mean, self.size(value.abs_diff(self.mean)))
	}

	/// The distance of two values' z-scores.
	pub(super) fn distance(&self, a: FixedI128, b: FixedI128) -> Scaled {
		self.size(a.into_inner().abs_diff(b.into_inner()))
	}

	fn size(&self, units: u128) -> Scaled {
		Scaled::new(units, 0).times(self.inverse)
	}
}
