//! Exponential, logarithm, roots and powers, on integers only.
//!
//! The exponential takes whole powers of two off its argument, then 64ths by a table, and the rest
//! by a polynomial; the logarithm takes the power of two off its argument's size, multiplies the
//! rest by a short reciprocal from a table to come near 1, and ends with a polynomial. Errors, with
//! u = 2^-64: `exp(x)` for x <= 0 within 4 u, for x > 0 within 2^-60 of the result; `ln` within
//! 4 u. (Measured: see the test `elementary`.)

use crate::{
	arith::{add, magnitude, mul, mul_div, sub},
	tables::{EXPONENTIALS, INVERSES, INVERSE_FACTORIALS, INVERSE_LN_2, LN_2, LOGARITHMS},
	wide::U256,
	MathError, MathResult, Real,
};

/// `e^-r` with 127 fraction bits, for r in [0, ln 2) with 122 fraction bits.
fn exp_fraction(r: u128) -> u128 {
	// r is i / 64 + s; s has 70 fraction bits and is below 2^64.
	let step = usize::try_from(r >> 116).unwrap_or_default();
	let s = (r & ((1 << 116) - 1)) >> 52;
	// 1 - e^-s = s (1 - s (1/2! - s (1/3! - ...))), the bracket with 63 fraction bits.
	let bracket = INVERSE_FACTORIALS
		.iter()
		.rev()
		.fold(0u128, |inner, factor| u128::from(*factor).wrapping_sub((s * inner) >> 70));
	let missing = (s * bracket) >> 63;
	let whole = EXPONENTIALS.get(step).copied().unwrap_or_default();
	// 63 and 70 fraction bits give 133.
	whole.saturating_sub(((whole >> 64) * missing) >> 6)
}

/// Splits x with 64 fraction bits, below 64, into k and r with `x = k ln 2 + r`, r in [0, ln 2)
/// with 122 fraction bits.
fn reduce(x: u128) -> (u32, u128) {
	let exact = x << 58;
	// The estimate is at most one too large or too small.
	let mut k = ((x >> 6) * (INVERSE_LN_2 >> 6)) >> 116;
	if k * LN_2 > exact {
		k = k.saturating_sub(1);
	}
	let mut r = exact.saturating_sub(k * LN_2);
	if r >= LN_2 {
		k += 1;
		r -= LN_2;
	}
	(u32::try_from(k).unwrap_or_default(), r)
}

/// A number of 127 fraction bits shifted right, rounded to nearest; 0 past its width.
fn shift_nearest(number: u128, by: u32) -> u128 {
	match by {
		0 => number,
		1..=127 => (number >> by) + ((number >> (by - 1)) & 1),
		// At most 1, so half of the last bit at most, and less when it rounds.
		_ => 0,
	}
}

/// e to the power of `-x` for `x >= 0`, in [0, 1], within 4 * 2^-64.
///
/// [`MathError::Domain`] for negative `x`.
pub fn exp_neg(x: Real) -> MathResult {
	if x < 0 {
		return Err(MathError::Domain);
	}
	// e^-46 is below a half of the last bit.
	if x >= 46 {
		return Ok(Real::ZERO);
	}
	let (k, r) = reduce(magnitude(x));
	let bits = shift_nearest(exp_fraction(r), k.saturating_add(63));
	i128::try_from(bits).map(Real::from_bits).map_err(|_| MathError::Overflow)
}

/// e to the power of `x`: within 4 * 2^-64 for `x <= 0`, within 2^-60 of the result above.
///
/// [`MathError::Overflow`] from about 43.67 on.
pub fn exp(x: Real) -> MathResult {
	if x <= 0 {
		return exp_neg(x.checked_neg().unwrap_or(Real::MAX));
	}
	if x >= 44 {
		return Err(MathError::Overflow);
	}
	// x = k ln 2 - r with the next larger k.
	let (below, rest) = reduce(magnitude(x));
	let (k, r) = if rest == 0 { (below, 0) } else { (below.saturating_add(1), LN_2 - rest) };
	let shift = 63u32.checked_sub(k).ok_or(MathError::Overflow)?;
	let bits = shift_nearest(exp_fraction(r), shift);
	i128::try_from(bits).map(Real::from_bits).map_err(|_| MathError::Overflow)
}

/// The natural logarithm, within 4 * 2^-64; [`MathError::Domain`] unless `x > 0`.
pub fn ln(x: Real) -> MathResult {
	if x <= 0 {
		return Err(MathError::Domain);
	}
	let bits = magnitude(x);
	// bits = 2^(127 - zeros) m with m in [1, 2), here with 127 fraction bits.
	let zeros = bits.leading_zeros();
	let m = bits << zeros;
	let step = usize::try_from((m >> 120) & 127).unwrap_or_default();
	let (reciprocal, base) = LOGARITHMS.get(step).copied().unwrap_or_default();
	// m r = 1 + f with |f| < 2^-7, m with 115 and r with 12 fraction bits; f with 70.
	let f = ((m >> 12) * reciprocal).wrapping_sub(1 << 127).cast_signed() >> 57;
	// ln(1 + f) = f (1 - f (1/2 - f (1/3 - ...))), the bracket with 62 fraction bits.
	let bracket = INVERSES.iter().rev().fold(0i128, |inner, inverse| inverse - ((f * inner) >> 70));
	let small = (f * bracket) >> 32;
	let exponent = 63i128.wrapping_sub(i128::from(zeros));
	let twos = exponent * (LN_2 >> 22).cast_signed();
	// All three with 100 fraction bits; halves round up.
	let total = twos.wrapping_add(base).wrapping_add(small).wrapping_add(1 << 35);
	Ok(Real::from_bits(total >> 36))
}

/// The square root, rounded down; [`MathError::Domain`] for negative `x`.
pub fn sqrt(x: Real) -> MathResult {
	if x < 0 {
		return Err(MathError::Domain);
	}
	// The root of x 2^128 is that of the bits times 2^64; it is below 2^96.
	let root = U256::shifted(magnitude(x)).sqrt();
	i128::try_from(root).map(Real::from_bits).map_err(|_| MathError::Overflow)
}

/// The n-th power by squaring; 1 for n = 0. [`MathError::Overflow`] if it does not fit.
///
/// Each of at most 64 products is rounded to nearest.
pub fn powi(x: Real, n: u32) -> MathResult {
	let (mut result, mut square, mut rest) = (Real::ONE, x, n);
	loop {
		if rest & 1 == 1 {
			result = mul(result, square)?;
		}
		rest >>= 1;
		if rest == 0 {
			return Ok(result);
		}
		square = mul(square, square)?;
	}
}

/// The power `x^y` of a number that is not negative: `e^(y ln x)`, whole `y` by squaring.
///
/// `0^0` is 1 and `0^y` is 0 (S 2.1). [`MathError::Domain`] for negative `x` and for a negative
/// power of zero, [`MathError::Overflow`] if it does not fit.
pub fn pow(x: Real, y: Real) -> MathResult {
	if x < 0 || (x == 0 && y < 0) {
		return Err(MathError::Domain);
	}
	if y == 0 {
		return Ok(Real::ONE);
	}
	if x == 0 {
		return Ok(Real::ZERO);
	}
	if y > 0 && y <= 64 && y.frac() == 0 {
		return powi(x, u32::try_from(y.to_bits() >> 64).map_err(|_| MathError::Overflow)?);
	}
	let logarithm = ln(x)?;
	match mul(y, logarithm) {
		Ok(exponent) => exp(exponent),
		Err(_) if (y < 0) != (logarithm < 0) => Ok(Real::ZERO),
		Err(error) => Err(error),
	}
}

/// The soft ramp `phi_{p,c}(x) = ln(1 + e^(p (x - c)))`, never negative (S 2.4).
///
/// Written `max(z, 0) + ln(1 + e^-|z|)`, so that no power overflows.
pub fn soft_ramp(p: Real, c: Real, x: Real) -> MathResult {
	let z = mul(p, sub(x, c)?)?;
	let rest = ln(add(Real::ONE, exp_neg(z.checked_abs().unwrap_or(Real::MAX))?)?)?;
	add(z.max(Real::ZERO), rest)
}

/// The slope of the soft ramp, `phi'_{p,c}(x) = p / (1 + e^(p (c - x)))` (S 2.4).
pub fn soft_ramp_slope(p: Real, c: Real, x: Real) -> MathResult {
	mul(p, sigmoid(mul(p, sub(x, c)?)?)?)
}

/// The sigmoid `1 / (1 + e^-z)`, in [0, 1].
pub fn sigmoid(z: Real) -> MathResult {
	let small = exp_neg(z.checked_abs().unwrap_or(Real::MAX))?;
	let top = if z < 0 { small } else { Real::ONE };
	mul_div(top, Real::ONE, add(Real::ONE, small)?)
}

/// The ratio `E1(a, b) = (1 + e^a) / (1 + e^b)` (S 2.4), in [0, 1] for `a <= b`.
///
/// With `e^max(a, 0)` and `e^max(b, 0)` taken out, only powers `e^-x` with `x >= 0` are left, but
/// for `a > b`, where the result exceeds 1. [`MathError::Overflow`] if it does not fit.
pub fn exp_ratio(a: Real, b: Real) -> MathResult {
	let side = |x: Real| add(Real::ONE, exp_neg(x.checked_abs().unwrap_or(Real::MAX))?);
	let (top, bottom) = (side(a)?, side(b)?);
	let outer = match sub(a.max(Real::ZERO), b.max(Real::ZERO))? {
		difference if difference == 0 => Real::ONE,
		difference => exp(difference)?,
	};
	mul_div(top, outer, bottom)
}
