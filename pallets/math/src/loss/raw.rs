//! Losses that are learned from as they are, without a logarithm: cross-entropy and Poisson (S
//! 10.3).

use super::{distance::probability, scaled::Scaled};
use crate::{
	arith::{mul, sub},
	convert::from_fixed,
	MathResult, Real,
};
use sp_arithmetic::FixedI128;

/// The largest number that counts in the Poisson loss, 1e15.
const LARGEST: FixedI128 = super::MAX_VALUE;

/// The lowest probability that counts in cross-entropy, 1e-9.
const LEAST_PROBABILITY: FixedI128 = FixedI128::from_inner(1_000_000_000);

/// The lowest rate that counts in the Poisson loss, 1e-18.
const LEAST_RATE: FixedI128 = FixedI128::from_inner(1);

/// `-t ln max(x, 1e-9)` of probabilities, which count as 0 below 0 and as 1 above 1.
pub(super) fn cross_entropy(truth: FixedI128, value: FixedI128) -> MathResult {
	let value = probability(value).max(LEAST_PROBABILITY);
	sub(Real::ZERO, mul(from_fixed(probability(truth))?, Scaled::of_fixed(value).ln()?)?)
}

/// `x - t ln x`, with x limited to [1e-18, 1e15] and t to [0, 1e15].
pub(super) fn poisson(truth: FixedI128, value: FixedI128) -> MathResult {
	let value = value.clamp(LEAST_RATE, LARGEST);
	let truth = from_fixed(truth.clamp(FixedI128::from_u32(0), LARGEST))?;
	sub(from_fixed(value)?, mul(truth, Scaled::of_fixed(value).ln()?)?)
}
