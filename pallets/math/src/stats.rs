//! Statistics over slices of numbers (S 2.2).

use crate::{
	arith::{
		abs, add, dot, gather, magnitude, mul, mul_div, signed, squares, sub, sum, unit, Reciprocal,
	},
	elementary::powi,
	limb::wide,
	wide::U256,
	MathError, MathResult, Real,
};
use alloc::vec::Vec;

/// A count as a number; [`MathError::Overflow`] from 2^63 on.
pub fn count(n: usize) -> MathResult {
	Real::checked_from_num(n).ok_or(MathError::Overflow)
}

/// The values in ascending order.
pub(crate) fn ascending(xs: &[Real]) -> Vec<Real> {
	let mut sorted = xs.to_vec();
	sorted.sort_unstable();
	sorted
}

/// The minimum; [`MathError::Empty`] if there are no values.
pub fn minimum(xs: &[Real]) -> MathResult {
	xs.iter().copied().min().ok_or(MathError::Empty)
}

/// The maximum; [`MathError::Empty`] if there are no values.
pub fn maximum(xs: &[Real]) -> MathResult {
	xs.iter().copied().max().ok_or(MathError::Empty)
}

/// The arithmetic mean, rounded once; [`MathError::Empty`] if there are no values.
pub fn mean(xs: &[Real]) -> MathResult {
	if xs.is_empty() {
		return Err(MathError::Empty);
	}
	let plain = xs.iter().try_fold(0i128, |sum, x| sum.checked_add(x.to_bits()));
	if let Some(sum) = plain {
		return over_count(sum, xs.len());
	}
	let n = u128::try_from(xs.len()).map_err(|_| MathError::Overflow)?;
	let (mut positive, mut negative) = (U256::default(), U256::default());
	for x in xs {
		let side = if *x < 0 { &mut negative } else { &mut positive };
		*side = side.checked_add(U256::new(magnitude(*x))).ok_or(MathError::Overflow)?;
	}
	let (below, total) = positive.difference(negative);
	signed(below, total.divide_nearest(n))
}

/// A number, given in units of 2^-64, over a count: rounded to nearest, halves away from zero.
///
/// [`MathError::DivisionByZero`] if the count is zero.
pub(crate) fn over_count(bits: i128, n: usize) -> MathResult {
	let n = u128::try_from(n).map_err(|_| MathError::Overflow)?;
	let size = bits.unsigned_abs();
	let quotient = size.checked_div(n).ok_or(MathError::DivisionByZero)?;
	let rest = size.wrapping_sub(quotient.wrapping_mul(n));
	signed(bits < 0, Some(quotient + u128::from(rest >= n - rest)))
}

/// The sample standard deviation, with divisor n - 1 (S 2.2); 0 for a single value.
///
/// Only the mean and the root are rounded. [`MathError::Empty`] if there are no values,
/// [`MathError::Overflow`] if one differs from the mean by more than 9.2e18.
pub fn std_dev(xs: &[Real]) -> MathResult {
	let centre = mean(xs)?;
	let divisor = match xs.len() {
		0 | 1 => return Ok(Real::ZERO),
		n => u64::try_from(n.saturating_sub(1)).map_err(|_| MathError::Overflow)?,
	};
	let mut fits = true;
	let total = squares(xs.iter().map(|x| {
		let distance = x.checked_sub(centre);
		fits &= distance.is_some();
		magnitude(distance.unwrap_or_default())
	}))?;
	if !fits {
		return Err(MathError::Overflow);
	}
	let variance = total.divide_small(divisor).ok_or(MathError::DivisionByZero)?;
	signed(false, Some(variance.sqrt()))
}

/// The median: the middle value, or the mean of the two middle ones (S 2.2).
///
/// [`MathError::Empty`] if there are no values; the original returns 0 then.
pub fn median(xs: &[Real]) -> MathResult {
	let sorted = ascending(xs);
	let upper = sorted.get(sorted.len() / 2).ok_or(MathError::Empty)?;
	if sorted.len() % 2 == 1 {
		return Ok(*upper);
	}
	let lower = sorted.get((sorted.len() / 2).saturating_sub(1)).ok_or(MathError::Empty)?;
	mean(&[*lower, *upper])
}

/// The median absolute deviation from the median, without a factor (S 2.2).
///
/// [`MathError::Empty`] if there are no values, [`MathError::Overflow`] if a deviation does not
/// fit.
pub fn mad(xs: &[Real]) -> MathResult {
	let centre = median(xs)?;
	median(&gather(xs.iter().map(|x| abs(sub(*x, centre)?)))?)
}

/// The quantile at `q` in [0, 1] by linear interpolation between neighbours (S 2.2).
///
/// [`MathError::Empty`] if there are no values, [`MathError::Domain`] for `q` outside [0, 1].
pub fn quantile(xs: &[Real], q: Real) -> MathResult {
	unit(q)?;
	let sorted = ascending(xs);
	let last = sorted.len().checked_sub(1).ok_or(MathError::Empty)?;
	// An integer and a fraction; in range since `q` is at most 1.
	let position = mul(q, count(last)?)?;
	let below = usize::try_from(position.to_bits() >> 64).map_err(|_| MathError::Shape)?;
	let lower = *sorted.get(below).ok_or(MathError::Shape)?;
	match sorted.get(below.saturating_add(1)) {
		Some(upper) => add(lower, mul(sub(*upper, lower)?, position.frac())?),
		None => Ok(lower),
	}
}

/// The values at these fractions of the weight, by the midpoint rule (S 2.2).
///
/// The k-th of n sorted values is at the fraction `(W_k - w_k / 2) / W_n` of the weight. Between
/// two values the result is linear, outside it is the first or last value. `fractions` are in [0,
/// 1]. [`MathError::Empty`] if there are no values, [`MathError::Shape`] if the numbers of weights
/// and values differ, [`MathError::Domain`] for a negative weight, [`MathError::DivisionByZero`] if
/// all weights are zero.
pub fn weighted_quantiles<const N: usize>(
	values: &[Real],
	weights: &[Real],
	fractions: &[Real; N],
) -> MathResult<[Real; N]> {
	let points = midpoints(values, weights)?;
	let total = sum(weights)?;
	let twice = add(total, total)?;
	let positions = Positions { twice, by: Reciprocal::new(twice)?, points: &points };
	let (Some(first), Some(last)) = (points.first(), points.last()) else {
		return Err(MathError::Empty);
	};
	let (start, end) = (positions.of(first)?, positions.of(last)?);
	let mut found = [Real::ZERO; N];
	for (slot, fraction) in found.iter_mut().zip(fractions) {
		*slot = match *fraction {
			at if at <= start => first.0,
			at if at >= end => last.0,
			at => positions.interpolate(at)?,
		};
	}
	Ok(found)
}

/// The values in ascending order, each with twice the weight up to its midpoint.
fn midpoints(values: &[Real], weights: &[Real]) -> MathResult<Vec<(Real, Real)>> {
	if values.len() != weights.len() {
		return Err(MathError::Shape);
	}
	if values.is_empty() {
		return Err(MathError::Empty);
	}
	if weights.iter().any(|weight| *weight < 0) {
		return Err(MathError::Domain);
	}
	let mut pairs: Vec<_> = values.iter().copied().zip(weights.iter().copied()).collect();
	// Stable, so that equal values keep their order.
	pairs.sort_by_key(|(value, _)| *value);
	let mut before = Real::ZERO;
	for (_, weight) in &mut pairs {
		// Half of an odd weight would need another bit.
		let after = add(before, *weight)?;
		*weight = add(before, after)?;
		before = after;
	}
	Ok(pairs)
}

/// Points by their fraction of the weight, which is computed only where it is needed.
struct Positions<'a> {
	/// Twice the sum of the weights, positive.
	twice: Real,
	by: Reciprocal,
	points: &'a [(Real, Real)],
}

impl Positions<'_> {
	/// The fraction of the weight at a point, rounded to nearest.
	fn of(&self, point: &(Real, Real)) -> MathResult {
		self.by.nearest(point.1)
	}

	/// The value at a fraction between those of the first and the last point.
	fn interpolate(&self, at: Real) -> MathResult {
		// A fraction rounds to at most `at` if it is below `at` plus half a unit.
		let bound = U256::product((magnitude(at) << 1) + 1, magnitude(self.twice));
		let up_to = |(_, middle): &(Real, Real)| U256::shifted(magnitude(*middle) << 1) < bound;
		let above = self.points.partition_point(up_to);
		let lower = above.checked_sub(1).and_then(|below| self.points.get(below));
		let (Some(low), Some(high)) = (lower, self.points.get(above)) else {
			return Err(MathError::Shape);
		};
		let (from, to) = (self.of(low)?, self.of(high)?);
		add(low.0, mul_div(sub(at, from)?, sub(high.0, low.0)?, sub(to, from)?)?)
	}
}

/// One step of an exponential moving average: `alpha x + (1 - alpha) previous` (S 2.2), rounded
/// once.
///
/// Without a previous value it is `x`. [`MathError::Domain`] for `alpha` outside [0, 1].
pub fn ema(alpha: Real, x: Real, previous: Option<Real>) -> MathResult {
	let smoothing = Smoothing::new(alpha)?;
	match previous {
		None => Ok(x),
		Some(previous) => smoothing.step(x, previous),
	}
}

/// A smoothing factor, checked once for many steps.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Smoothing {
	/// The factor in units of 2^-64; `None` for 1.
	alpha: Option<u64>,
}

impl Smoothing {
	/// [`MathError::Domain`] for `alpha` outside [0, 1].
	pub(crate) fn new(alpha: Real) -> MathResult<Self> {
		Ok(Self { alpha: u64::try_from(unit(alpha)?.to_bits()).ok() })
	}

	/// One step: `alpha x + (1 - alpha) previous`, rounded once.
	#[inline]
	pub(crate) fn step(self, x: Real, previous: Real) -> MathResult {
		match (self.alpha, x.checked_sub(previous)) {
			(None, _) => Ok(x),
			// `previous + alpha (x - previous)` is the same number and has one product.
			(Some(alpha), Some(step)) => add(previous, part(step, alpha)),
			(Some(alpha), None) => {
				let alpha = Real::from_bits(alpha.into());
				dot(&[alpha, sub(Real::ONE, alpha)?], &[x, previous])
			}
		}
	}
}

/// A number times a share in units of 2^-64, rounded to nearest.
#[inline]
fn part(x: Real, share: u64) -> Real {
	let bits = x.to_bits();
	let (top, bottom) = ((bits >> 64) as u64, bits as u64);
	// Read as unsigned, a negative upper word is 2^64 too large.
	let excess = i128::from(if bits < 0 { share } else { 0 }) << 64;
	let below = (wide(bottom, share) + (1 << 63)) >> 64;
	// The product is smaller than the number, so nothing wraps.
	Real::from_bits((wide(top, share) as i128).wrapping_sub(excess).wrapping_add(below as i128))
}

/// The result of `n` steps of an exponential moving average toward one target:
/// `target + (1 - alpha)^n (previous - target)` (S 2.2).
///
/// [`MathError::Domain`] for `alpha` outside [0, 1].
pub fn ema_n(alpha: Real, target: Real, previous: Real, n: u32) -> MathResult {
	unit(alpha)?;
	let kept = powi(sub(Real::ONE, alpha)?, n)?;
	dot(&[sub(Real::ONE, kept)?, kept], &[target, previous])
}

#[cfg(test)]
mod tests {
	use super::*;
	use alloc::vec;

	fn reals(xs: &[i64]) -> Vec<Real> {
		xs.iter().map(|x| Real::from_num(*x)).collect()
	}

	#[test]
	fn statistics_of_no_values_are_an_error() {
		assert_eq!(mean(&[]), Err(MathError::Empty));
		assert_eq!(std_dev(&[]), Err(MathError::Empty));
		assert_eq!(median(&[]), Err(MathError::Empty));
		assert_eq!(mad(&[]), Err(MathError::Empty));
		assert_eq!(quantile(&[], Real::ZERO), Err(MathError::Empty));
		assert_eq!(weighted_quantiles(&[], &[], &[Real::ONE]), Err(MathError::Empty));
	}

	#[test]
	fn single_value_is_its_centre_and_has_no_spread() {
		let x = reals(&[-7]);
		assert_eq!(mean(&x), Ok(x[0]));
		assert_eq!(median(&x), Ok(x[0]));
		assert_eq!(quantile(&x, Real::ONE / 4), Ok(x[0]));
		assert_eq!(std_dev(&x), Ok(Real::ZERO));
		assert_eq!(mad(&x), Ok(Real::ZERO));
	}

	#[test]
	fn deviation_of_large_values_does_not_overflow() {
		let large = Real::from_num(1_000_000_000_000_000_000i64);
		assert_eq!(std_dev(&[large, large + Real::ONE * 2]), Ok(sqrt_two()));
		assert_eq!(mean(&[Real::MAX, Real::MAX, Real::MAX]), Ok(Real::MAX));
		assert_eq!(median(&[Real::MAX, Real::MAX]), Ok(Real::MAX));
	}

	fn sqrt_two() -> Real {
		crate::elementary::sqrt(Real::ONE * 2).unwrap()
	}

	#[test]
	fn robust_deviation_ignores_an_outlier() {
		assert_eq!(mad(&reals(&[1, 2, 3, 4, 1000])), Ok(Real::ONE));
	}

	#[test]
	fn quantile_interpolates_between_neighbours() {
		let xs = reals(&[30, 10, 20]);
		assert_eq!(quantile(&xs, Real::ZERO), Ok(Real::ONE * 10));
		assert_eq!(quantile(&xs, Real::ONE / 4), Ok(Real::ONE * 15));
		assert_eq!(quantile(&xs, Real::ONE), Ok(Real::ONE * 30));
		assert_eq!(quantile(&xs, Real::ONE * 2), Err(MathError::Domain));
		assert_eq!(quantile(&xs, -Real::DELTA), Err(MathError::Domain));
	}

	#[test]
	fn percentile_of_the_weight_ignores_weightless_values() {
		let (values, weights) = (reals(&[9, 1, 5]), reals(&[0, 1, 1]));
		let at = [Real::ZERO, Real::ONE / 2, Real::ONE / 4];
		let found = weighted_quantiles(&values, &weights, &at);
		assert_eq!(found, Ok([Real::ONE, Real::ONE * 3, Real::ONE]));
		let one = [Real::ONE];
		let none = vec![Real::ZERO; 3];
		assert_eq!(weighted_quantiles(&values, &none, &one), Err(MathError::DivisionByZero));
		assert_eq!(weighted_quantiles(&values, &weights[1..], &one), Err(MathError::Shape));
		let negative = reals(&[1, -1, 1]);
		assert_eq!(weighted_quantiles(&values, &negative, &one), Err(MathError::Domain));
	}

	#[test]
	fn n_steps_at_once_equal_n_single_steps() {
		let (alpha, target) = (Real::ONE / 8, Real::ONE * 3);
		let mut stepped = -Real::ONE;
		for n in 0..40 {
			let at_once = ema_n(alpha, target, -Real::ONE, n).unwrap();
			assert!((at_once - stepped).abs() <= Real::DELTA * 64);
			stepped = ema(alpha, target, Some(stepped)).unwrap();
		}
		assert_eq!(ema_n(alpha, target, stepped, u32::MAX), Ok(target));
	}

	#[test]
	fn average_without_a_previous_value_is_the_value() {
		assert_eq!(ema(Real::ONE / 8, Real::ONE, None), Ok(Real::ONE));
		assert_eq!(ema(-Real::DELTA, Real::ONE, None), Err(MathError::Domain));
		assert_eq!(ema_n(Real::ONE * 2, Real::ONE, Real::ONE, 1), Err(MathError::Domain));
	}
}
