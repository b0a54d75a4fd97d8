//! Weights and weighted averages in machine words: the inner loops of the synthesis.
//!
//! A weight relative to the best actor is `(1 + e^a) / (1 + e^b)` (S 9.3). Its numerator is common
//! to a set and cancels in every average, so inner loops use `1 / (1 + e^b)` instead, with one
//! exponential and one reciprocal in 64-bit words. If even the best actor's `e^a` exceeds 1, all are
//! taken relative to it, `1 / (e^-a + e^(b - a))`, so that no sum of weights comes near zero.

use crate::{
	arith::{magnitude, mul, signed},
	elementary::exp_neg_word,
	limb::{high, inverse_of_one_plus, wide},
	wide::{Divisor, U256},
	MathError, MathResult, Real,
};
use alloc::vec::Vec;

/// A weight in [0, 1), in units of 2^-64.
pub type Weight = u64;

/// How regrets become weights for a set whose best regret is known (S 9.3).
#[derive(Clone, Copy, Debug)]
pub struct Gauge {
	/// The upper 64 bits of `p / scale`.
	mantissa: u64,
	/// `p / scale` is `mantissa * 2^(shift - 64)`; at most 63.
	shift: i32,
	/// What regrets stay below for their exponents to fit; beyond, weights are 0 or 1 anyway.
	limit: u128,
	/// `p c`, below 2^61 in size.
	offset: i128,
}

impl Gauge {
	/// [`MathError::Domain`] unless scale and p are positive, [`MathError::Overflow`] if `p / scale`
	/// or `p c` is beyond 2e18.
	pub(crate) fn new(scale: Real, p: Real, c: Real) -> MathResult<Self> {
		if scale <= 0 || p <= 0 {
			return Err(MathError::Domain);
		}
		let normal = |x: Real| {
			let zeros = magnitude(x).leading_zeros();
			(magnitude(x) << zeros, i32::try_from(zeros).unwrap_or_default())
		};
		let ((top, top_zeros), (bottom, bottom_zeros)) = (normal(p), normal(scale));
		// The quotient of numbers with their top bits set is in (1/2, 2), here with 127 fraction
		// bits, so it has at most one leading zero.
		let (quotient, _) =
			U256::product(top, 1 << 127).divide(bottom).ok_or(MathError::Overflow)?;
		let small = i32::from(quotient < 1 << 127);
		let shift = bottom_zeros - top_zeros + 1 - small;
		if shift > 63 {
			return Err(MathError::Overflow);
		}
		let offset = mul(p, c)?;
		if magnitude(offset) >= 1 << 125 {
			return Err(MathError::Overflow);
		}
		Ok(Self {
			mantissa: ((quotient << small) >> 64) as u64,
			shift,
			limit: u128::MAX >> (2 + shift.max(0)),
			offset: offset.to_bits(),
		})
	}

	/// The exponent `p (R / scale - c)` with 64 fraction bits, within 2^-63 of itself and two units;
	/// what does not fit saturates, far beyond where weights reach 0 or 1.
	#[inline]
	fn exponent(&self, regret: Real) -> i128 {
		let size = magnitude(regret).min(self.limit);
		let size = match self.shift {
			0.. => size << (self.shift & 63),
			// What is dropped would count for less than a unit.
			_ => size.checked_shr(self.shift.unsigned_abs()).unwrap_or_default(),
		};
		// Below 2^126, so that neither sum leaves its range.
		let scaled = wide((size >> 64) as u64, self.mantissa)
			.wrapping_add(high(size as u64, self.mantissa).into()) as i128;
		(if regret < 0 { scaled.wrapping_neg() } else { scaled }).wrapping_sub(self.offset)
	}

	/// The gauge for a set whose best regret is this.
	pub(crate) fn for_best(self, best: Real) -> Scales {
		let best = self.exponent(best);
		// Only looked at if it is negative.
		let at_best = exp_neg_word(best.unsigned_abs());
		Scales { gauge: self, best, at_best }
	}
}

/// What weighs the members of one set.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scales {
	gauge: Gauge,
	/// The exponent of the best regret.
	best: i128,
	/// `e^best` in units of 2^-64 if the exponent is negative.
	at_best: Weight,
}

impl Scales {
	/// The weight of a regret not above the best, within 8 units; that of the best is at least a
	/// half, less 8 units.
	#[inline]
	pub(crate) fn weight(&self, regret: Real) -> Weight {
		let exponent = self.gauge.exponent(regret);
		if self.best < 0 {
			let relative = exp_neg_word(self.best.abs_diff(exponent));
			return high(relative, inverse_of_one_plus(high(self.at_best, relative)));
		}
		let power = exp_neg_word(exponent.unsigned_abs());
		let share = inverse_of_one_plus(power);
		if exponent < 0 {
			high(power, share)
		} else {
			share
		}
	}
}

/// The size, 2^56, that numbers stay below for [`Total::add_small`].
pub(crate) const SMALL: Real = Real::from_bits(1 << 120);

/// A sum of weights times numbers, without rounding.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Total {
	/// Counts 2^-64 each.
	upper: i128,
	/// Counts 2^-128 each.
	lower: u128,
}

impl Total {
	/// Adds a weighted number; [`MathError::Overflow`] if the sum leaves the range of numbers.
	#[inline]
	pub(crate) fn add(&mut self, weight: Weight, x: Real) -> MathResult<()> {
		self.add_words(weight, x.to_bits()).ok_or(MathError::Overflow)
	}

	/// Adds a weighted number below [`SMALL`] in size, one of at most 64.
	#[inline]
	pub(crate) fn add_small(&mut self, weight: Weight, x: Real) {
		let (upper, lower) = products(weight, x.to_bits());
		let (lower, carried) = self.lower.overflowing_add(lower);
		// Each is below 2^120, so the sum is below 2^126.
		self.upper = self.upper.wrapping_add(upper).wrapping_add(i128::from(carried) << 64);
		self.lower = lower;
	}

	/// Takes a weighted number below [`SMALL`] away again.
	pub(crate) fn subtract_small(&mut self, weight: Weight, x: Real) {
		self.add_small(weight, Real::from_bits(x.to_bits().wrapping_neg()));
	}

	#[inline]
	fn add_words(&mut self, weight: Weight, bits: i128) -> Option<()> {
		let (upper, lower) = products(weight, bits);
		let (lower, carried) = self.lower.overflowing_add(lower);
		self.upper = self.upper.checked_add(upper)?.checked_add(i128::from(carried) << 64)?;
		self.lower = lower;
		Some(())
	}

	/// The sum over the sum of the weights, rounded once.
	pub(crate) fn over(&self, weights: &Divisor) -> MathResult {
		let (negative, sum) = U256::of_signed(self.upper, self.lower);
		signed(negative, weights.divide_nearest(sum))
	}
}

/// A weight times the upper word of a number, which has the sign, and times the lower.
#[inline]
fn products(weight: Weight, bits: i128) -> (i128, u128) {
	// Read as unsigned, a negative upper word is 2^64 too large.
	let excess = i128::from(weight & (bits >> 127) as u64) << 64;
	let upper = wide(weight, (bits >> 64) as u64) as i128;
	(upper.wrapping_sub(excess), wide(weight, bits as u64))
}

/// Stakes as weights in proportion to the largest, which gets a half or more; none if all are zero.
///
/// What a stake has below 2^-63 of the largest is dropped. [`MathError::Domain`] for a negative one.
pub(crate) fn of_stakes(stakes: &[Real]) -> MathResult<Vec<Weight>> {
	if stakes.iter().any(|stake| *stake < 0) {
		return Err(MathError::Domain);
	}
	let largest = stakes.iter().copied().map(magnitude).max().unwrap_or_default();
	let weight = |stake: &Real| ((magnitude(*stake) << largest.leading_zeros()) >> 64) as u64;
	Ok(if largest == 0 { Vec::new() } else { stakes.iter().map(weight).collect() })
}

/// The sum of weights, in units of 2^-64.
pub(crate) fn sum_of(weights: &[Weight]) -> u128 {
	weights.iter().copied().map(u128::from).sum()
}

/// The sum of weights to divide by; [`MathError::DivisionByZero`] if it is zero.
pub(crate) fn divisor(sum: u128) -> MathResult<Divisor> {
	Divisor::new(sum).ok_or(MathError::DivisionByZero)
}
