//! Non-negative numbers of any size with 64 significant bits, on integers.
//!
//! A loss may be 1e-12 or 1e88, and its logarithm needs its leading digits wherever they are, which
//! no fixed-point type has. All results are rounded toward zero, so that sums, products and
//! quotients are monotone.

use crate::{
	arith::mul,
	elementary::{exp_neg_word, ln},
	limb::{high, wide},
	tables::LN_2,
	wide::Divisor,
	MathError, MathResult, Real,
};
use sp_arithmetic::FixedI128;

/// The decimal logarithm of 2 with 100 fraction bits.
const LOG10_2: i128 = 0x0004_d104_d427_de7f_bcc4_7c4a_cd60;

/// The decimal logarithm of e.
const LOG10_E: Real = Real::from_bits(0x6f2d_ec54_9b94_38cb);

/// A non-negative number `mantissa * 2^exponent`.
///
/// The top bit of the mantissa is set, but for zero, whose exponent is the lowest. Therefore the
/// derived order is the numeric one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Scaled {
	exponent: i32,
	mantissa: u64,
}

impl Scaled {
	pub(super) const ZERO: Self = Self { exponent: i32::MIN, mantissa: 0 };
	pub(super) const ONE: Self = Self { exponent: -63, mantissa: 1 << 63 };
	/// The unit of [`FixedI128`], 1e-18.
	pub(super) const UNIT: Self = Self { exponent: -123, mantissa: 0x9392_ee8e_921d_5d07 };
	pub(super) const HUNDREDTH: Self = Self { exponent: -70, mantissa: 0xa3d7_0a3d_70a3_d70a };
	pub(super) const HALF_PI: Self = Self { exponent: -63, mantissa: 0xc90f_daa2_2168_c235 };
	pub(super) const INVERSE_ROOT_3: Self = Self { exponent: -64, mantissa: 0x93cd_3a2c_8198_e269 };
	const LN_2: Self = Self { exponent: -64, mantissa: 0xb172_17f7_d1cf_79ac };

	/// The number `bits * 2^exponent`.
	pub(super) fn new(bits: u128, exponent: i32) -> Self {
		if bits == 0 {
			return Self::ZERO;
		}
		let zeros = bits.leading_zeros();
		Self {
			mantissa: ((bits << zeros) >> 64) as u64,
			exponent: exponent.saturating_add(64).saturating_sub(zeros.cast_signed()),
		}
	}

	/// The number `count * 1e-18`.
	pub(super) fn of_units(count: u128) -> Self {
		Self::new(count, 0).times(Self::UNIT)
	}

	/// The absolute value of a decimal.
	pub(super) fn of_fixed(value: FixedI128) -> Self {
		Self::of_units(value.into_inner().unsigned_abs())
	}

	/// The absolute value of a number.
	fn of_real(value: Real) -> Self {
		Self::new(value.to_bits().unsigned_abs(), -64)
	}

	/// The number rounded down to 2^-64, or `limit` if that is smaller.
	pub(super) fn to_real(self, limit: Real) -> Real {
		let shift = self.exponent.saturating_add(64);
		let mantissa = i128::from(self.mantissa);
		let bits = match u32::try_from(shift) {
			Ok(left) if left < i64::BITS - 1 => mantissa << left,
			Ok(_) => return limit,
			Err(_) => mantissa.checked_shr(shift.unsigned_abs()).unwrap_or_default(),
		};
		Real::from_bits(bits).min(limit)
	}

	/// Mantissa and exponent.
	#[cfg(test)]
	pub(super) fn parts(self) -> (u64, i32) {
		(self.mantissa, self.exponent)
	}

	fn is_zero(self) -> bool {
		self.mantissa == 0
	}

	/// The number times a power of two.
	pub(super) fn shifted(self, by: i32) -> Self {
		if self.is_zero() {
			return self;
		}
		Self { exponent: self.exponent.saturating_add(by), ..self }
	}

	pub(super) fn times(self, other: Self) -> Self {
		let exponent = self.exponent.saturating_add(other.exponent);
		Self::new(wide(self.mantissa, other.mantissa), exponent)
	}

	pub(super) fn squared(self) -> Self {
		self.times(self)
	}

	/// The quotient; [`MathError::DivisionByZero`].
	pub(super) fn over(self, divisor: Self) -> MathResult<Self> {
		let size = Divisor::new(divisor.mantissa.into()).ok_or(MathError::DivisionByZero)?;
		// Below 2^65, since both top bits are set.
		let quotient = size.fraction_down(self.mantissa.into()).ok_or(MathError::Overflow)?;
		let exponent = self.exponent.saturating_sub(divisor.exponent).saturating_sub(64);
		Ok(Self::new(quotient, exponent))
	}

	/// The larger mantissa and the smaller one aligned to it, with 63 more bits, and the exponent.
	fn aligned(large: Self, small: Self) -> (u128, u128, i32) {
		let distance = large.exponent.saturating_sub(small.exponent).cast_unsigned();
		let below = (u128::from(small.mantissa) << 63).checked_shr(distance).unwrap_or_default();
		(u128::from(large.mantissa) << 63, below, large.exponent.saturating_sub(63))
	}

	pub(super) fn plus(self, other: Self) -> Self {
		let (large, small, exponent) = Self::aligned(self.max(other), self.min(other));
		// Both are below 2^127.
		Self::new(large.saturating_add(small), exponent)
	}

	/// The difference, or zero if `other` is larger.
	pub(super) fn minus(self, other: Self) -> Self {
		if self <= other {
			return Self::ZERO;
		}
		let (large, small, exponent) = Self::aligned(self, other);
		Self::new(large.saturating_sub(small), exponent)
	}

	/// The number in units of 2^-64, rounded down; 0 unless it is below 1.
	pub(super) fn fraction(self) -> u64 {
		let shift = self.exponent.saturating_add(64).saturating_neg();
		u32::try_from(shift).ok().and_then(|by| self.mantissa.checked_shr(by)).unwrap_or_default()
	}

	/// The number times `1 - y (c_0 - y (c_1 - ...))`, in units of 2^-64 and with y below 2^-8 and
	/// decreasing coefficients.
	pub(super) fn times_series(self, y: u64, coefficients: &[u64]) -> Self {
		let inner = coefficients.iter().rev().fold(0, |inner, c| c.saturating_sub(high(y, inner)));
		let factor = (1u128 << 64).saturating_sub(high(y, inner).into());
		self.times(Self::new(factor, -64))
	}

	/// The binary exponent and the logarithm of the rest, which is in [1, 2).
	fn split(self) -> MathResult<(i128, Real)> {
		let rest = Real::from_bits(i128::from(self.mantissa) << 1);
		Ok((i128::from(self.exponent).saturating_add(63), ln(rest)?))
	}

	/// The natural logarithm within 5 * 2^-64; [`MathError::Domain`] for zero.
	pub(super) fn ln(self) -> MathResult {
		let (exponent, rest) = self.split()?;
		Ok(rest.saturating_add(whole(exponent, (LN_2 >> 22).cast_signed())))
	}

	/// The decimal logarithm within 5 * 2^-64; [`MathError::Domain`] for zero.
	pub(super) fn log10(self) -> MathResult {
		let (exponent, rest) = self.split()?;
		Ok(mul(rest, LOG10_E)?.saturating_add(whole(exponent, LOG10_2)))
	}

	/// The exponential `e^-x`, with a relative error of 2^-60 and `2^-62 x`; 0 from x = 2^12 on.
	pub(super) fn exp_neg(self) -> Self {
		// x with 110 fraction bits, below 2^122.
		let shift = self.exponent.saturating_add(110);
		let x = match u32::try_from(shift) {
			Ok(left) if left <= 58 => u128::from(self.mantissa) << left,
			Ok(_) => return Self::ZERO,
			Err(_) => {
				let right = shift.unsigned_abs();
				u128::from(self.mantissa).checked_shr(right).unwrap_or_default()
			}
		};
		// x / ln 2 rounded down or one less, from x with 24 fraction bits and 1 / ln 2 with 32.
		let k = ((x >> 86) * 0x0001_7154_7652) >> 56;
		let rest = x.saturating_sub(k * (LN_2 >> 12));
		let exponent = i32::try_from(k).unwrap_or(i32::MAX).saturating_add(64).saturating_neg();
		Self::new(exp_neg_word(rest >> 46).into(), exponent)
	}

	/// `1 - e^-x`, with a relative error of 2^-54.
	pub(super) fn one_minus_exp_neg(self) -> Self {
		const COEFFICIENTS: [u64; 5] =
			[part(1, 2), part(1, 6), part(1, 24), part(1, 120), part(1, 720)];
		if self < Self::ONE.shifted(-8) {
			return self.times_series(self.fraction(), &COEFFICIENTS);
		}
		Self::ONE.minus(self.exp_neg())
	}

	/// `ln(1 + x)`, with a relative error of 2^-54.
	pub(super) fn ln_one_plus(self) -> MathResult<Self> {
		const COEFFICIENTS: [u64; 7] =
			[part(1, 2), part(1, 3), part(1, 4), part(1, 5), part(1, 6), part(1, 7), part(1, 8)];
		if self < Self::ONE.shifted(-8) {
			return Ok(self.times_series(self.fraction(), &COEFFICIENTS));
		}
		Ok(Self::of_real(Self::ONE.plus(self).ln()?))
	}

	/// `ln cosh x`, with a relative error of 2^-54.
	///
	/// Either `x^2 / 2` times the series of even powers, or `x + ln(1 + e^-2x) - ln 2`.
	pub(super) fn ln_cosh(self) -> MathResult<Self> {
		const COEFFICIENTS: [u64; 5] =
			[part(1, 6), part(2, 45), part(17, 1260), part(62, 14_175), part(1382, 935_550)];
		if self < Self::ONE.shifted(-4) {
			let square = self.squared();
			return Ok(square.shifted(-1).times_series(square.fraction(), &COEFFICIENTS));
		}
		let rest = self.shifted(1).exp_neg().ln_one_plus()?;
		Ok(self.plus(rest).minus(Self::LN_2))
	}
}

/// The fraction `a / b`, below 1, in units of 2^-64.
pub(super) const fn part(a: u64, b: u64) -> u64 {
	(((a as u128) << 64) / (b as u128)) as u64
}

/// A whole number of logarithms, which have 100 fraction bits, rounded to nearest.
fn whole(count: i128, logarithm: i128) -> Real {
	Real::from_bits(count.saturating_mul(logarithm).saturating_add(1 << 35) >> 36)
}
