//! Weights and weighted averages in machine words: the inner loops of the synthesis.
//!
//! The weight of an actor relative to the best one is `(1 + e^a) / (1 + e^b)` (S 9.3). The
//! numerator is the same for a whole set and cancels in every average. So the inner loops compute
//! `1 / (1 + e^b)`, with one exponential and one reciprocal in 64-bit words. If `e^a` of the best
//! actor exceeds 1, they compute `1 / (e^-a + e^(b - a))`, so that no sum of weights is close to
//! zero.

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

/// The scale by which regrets become weights (S 9.3).
#[derive(Clone, Copy, Debug)]
pub struct WeightScale {
	/// The upper 64 bits of `p / scale`.
	mantissa: u64,
	/// `p / scale` is `mantissa * 2^(shift - 64)`; at most 63.
	shift: i32,
	/// The bound of regrets whose exponents fit; beyond it weights are 0 or 1.
	limit: u128,
	/// `p c`, below 2^61 in absolute value.
	offset: i128,
}

impl WeightScale {
	/// The scale for these parameters.
	///
	/// [`MathError::Domain`] unless `scale` and `p` are positive, [`MathError::Overflow`] if
	/// `p / scale` or `p c` exceeds 2e18.
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

	/// The exponent `p (R / scale - c)` in units of 2^-64, with a relative error of at most 2^-63
	/// and two units.
	///
	/// It saturates far beyond the exponents whose weights are 0 or 1.
	#[inline]
	fn exponent(&self, regret: Real) -> i128 {
		let size = magnitude(regret).min(self.limit);
		let size = match self.shift {
			0.. => size << (self.shift & 63),
			// The dropped bits are worth less than a unit.
			_ => size.checked_shr(self.shift.unsigned_abs()).unwrap_or_default(),
		};
		// Below 2^126, so that neither sum leaves its range.
		let scaled = wide((size >> 64) as u64, self.mantissa)
			.wrapping_add(high(size as u64, self.mantissa).into()) as i128;
		(if regret < 0 { scaled.wrapping_neg() } else { scaled }).wrapping_sub(self.offset)
	}

	/// The scale for a set with this best regret.
	pub(crate) fn for_set(self, best: Real) -> SetScale {
		let best = self.exponent(best);
		// Used only if the exponent is negative.
		let at_best = exp_neg_word(best.unsigned_abs());
		SetScale { weight_scale: self, best, at_best }
	}
}

/// The scale by which the regrets of one set become weights.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SetScale {
	weight_scale: WeightScale,
	/// The exponent of the best regret.
	best: i128,
	/// `e^best` in units of 2^-64 if the exponent is negative.
	at_best: Weight,
}

impl SetScale {
	/// The weight of a regret that is at most the best, within 8 units.
	///
	/// The weight of the best is at least a half, less 8 units.
	#[inline]
	pub(crate) fn weight(&self, regret: Real) -> Weight {
		let exponent = self.weight_scale.exponent(regret);
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

/// The bound of absolute values, 2^56, for [`Total::add_small`].
pub(crate) const SMALL: Real = Real::from_bits(1 << 120);

/// An exact sum of weights times numbers.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Total {
	/// In units of 2^-64.
	upper: i128,
	/// In units of 2^-128.
	lower: u128,
}

impl Total {
	/// Adds a weighted number; [`MathError::Overflow`] if the sum is out of range.
	#[inline]
	pub(crate) fn add(&mut self, weight: Weight, x: Real) -> MathResult<()> {
		self.add_words(weight, x.to_bits()).ok_or(MathError::Overflow)
	}

	/// Adds a weighted number below [`SMALL`] in absolute value, one of at most 64.
	#[inline]
	pub(crate) fn add_small(&mut self, weight: Weight, x: Real) {
		let (upper, lower) = products(weight, x.to_bits());
		let (lower, carried) = self.lower.overflowing_add(lower);
		// Each is below 2^120, so the sum is below 2^126.
		self.upper = self.upper.wrapping_add(upper).wrapping_add(i128::from(carried) << 64);
		self.lower = lower;
	}

	/// Subtracts a weighted number that was added.
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

/// The products of a weight with the upper, signed word of a number and with the lower word.
#[inline]
fn products(weight: Weight, bits: i128) -> (i128, u128) {
	// Read as unsigned, a negative upper word is 2^64 too large.
	let excess = i128::from(weight & (bits >> 127) as u64) << 64;
	let upper = wide(weight, (bits >> 64) as u64) as i128;
	(upper.wrapping_sub(excess), wide(weight, bits as u64))
}

/// Stakes as weights in proportion to the largest, whose weight is at least a half; no weights if
/// all stakes are zero.
///
/// The part of a stake below 2^-63 of the largest is dropped. [`MathError::Domain`] for a negative
/// stake.
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

/// The divisor for a sum of weights; [`MathError::DivisionByZero`] if it is zero.
pub(crate) fn divisor(sum: u128) -> MathResult<Divisor> {
	Divisor::new(sum).ok_or(MathError::DivisionByZero)
}
