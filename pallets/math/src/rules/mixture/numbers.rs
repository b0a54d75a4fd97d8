//! Averages and medians.

use crate::{
	arith::{add, signed, sub, sum, ExactSum, Reciprocal},
	MathError, MathResult, Real,
};

/// The largest size of a quotient by a topic's scale.
pub(super) const MAX_UNITS: Real = Real::from_bits(10_000 << 64);

/// The sum of products, rounded once; [`MathError::Overflow`] if it does not fit.
pub(super) fn mix(pairs: impl Iterator<Item = (Real, Real)>) -> MathResult {
	let (negative, total) = ExactSum::of_products(pairs)?.value();
	signed(negative, total.shift_nearest())
}

/// Divides non-negative numbers by their sum; returns false and changes nothing if it is 0.
pub(super) fn normalise(xs: &mut [Real]) -> MathResult<bool> {
	let total = sum(xs)?;
	if total <= 0 {
		return Ok(false);
	}
	let by = Reciprocal::new(total)?;
	for x in xs {
		*x = by.nearest(*x)?;
	}
	Ok(true)
}

/// What is short of half of the weight by rounding only, 2^-40.
const TIE: Real = Real::from_bits(1 << 24);

/// The first value, in ascending order, at which the summed weight reaches half of the total, which
/// is 1; [`MathError::Empty`] if there are none.
///
/// The halves of a tie are seldom equal, since shares are rounded.
pub(super) fn weighted_median(pairs: &mut [(Real, Real)]) -> MathResult {
	pairs.sort_unstable();
	let total = pairs.iter().try_fold(Real::ZERO, |total, (_, weight)| add(total, *weight))?;
	let mut seen = Real::ZERO;
	for (value, weight) in pairs.iter() {
		seen = add(seen, *weight)?;
		if add(seen, TIE)? >= sub(total, seen)? {
			return Ok(*value);
		}
	}
	Err(MathError::Empty)
}
