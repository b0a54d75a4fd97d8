//! Exponential, logarithm, roots and powers, implemented on integers.
//!
//! The exponential separates a power of two, looks up 128ths and 2^14ths of the rest in tables, and
//! computes what remains by a polynomial in 64-bit words. The logarithm separates a power of two,
//! multiplies the rest by a short reciprocal from a table, which makes it close to 1, and applies a
//! polynomial. With u = 2^-64, `exp(x)` is within 4 u for x <= 0 and has a relative error of at
//! most 2^-60 for x > 0; `ln` is within 4 u. The test `elementary` measures these errors.

use crate::{
	arith::{add, gather, magnitude, mul, sub},
	limb::{high, signed_wide},
	tables::{COARSE, FINE, INVERSES, LN_2, LOGARITHMS},
	wide::U256,
	MathError, MathResult, Real,
};

/// `e^-r` for r in [0, 1), both in units of 2^-64; within 1.6 units.
///
/// r is `i / 128 + j / 2^14 + s`. With `m = 1 - e^-s` and `c = 1 - e^(-j / 2^14)`, both below 2^-7
/// and so with 71 fraction bits, the result is `e^(-i / 128) (1 - (c + m - c m))`. For s below
/// 2^-14, `m = s - s^2 (1/2 - s/6 + s^2/24)` omits less than 2^-76.
fn exp_fraction(r: u64) -> u64 {
	let coarse = COARSE.get((r >> 57) as usize).copied().unwrap_or_default();
	let fine = FINE.get((r >> 50) as usize & 127).copied().unwrap_or_default();
	let s = r & ((1 << 50) - 1);
	// s has 78 fraction bits here, its square 92.
	let square = high(s << 14, s << 14);
	// A sixth of s, from 46 fraction bits of it, and a 24th of the square, to 2^-43.
	let sixth = ((s >> 18) * 715_827_883) >> 14;
	let bracket = (1u64 << 63).wrapping_sub(sixth).wrapping_add(((square >> 32) * 683) >> 10);
	let m = (s << 7).wrapping_sub(high(square, bracket) >> 21);
	let missing = fine.wrapping_add(m).wrapping_sub(high(fine, m) >> 7);
	coarse.wrapping_sub((high(coarse, missing) + 64) >> 7)
}

/// `e^-x`, both in units of 2^-64; within 3.5 units, and 2^64 - 1 for 0.
#[inline]
pub(crate) fn exp_neg_word(x: u128) -> u64 {
	// e^-44 is below 1.5 units.
	if x >= 44 << 64 {
		return 0;
	}
	// From x with 24 fraction bits and 1 / ln 2 with 32, both rounded down, k is x / ln 2 or, if
	// that is within 2^-23 above a whole number, one less; so at most 63.
	let k = ((x >> 40) as u64 * 0x0001_7154_7652) >> 56;
	// ln 2 is rounded down by less than a unit; k times that error times 2^-k is at most half a
	// unit.
	let r = (x as u64).wrapping_sub(k.wrapping_mul((LN_2 >> 58) as u64));
	exp_fraction(r) >> k
}

/// The exponential `e^-x` for `x >= 0`, in [0, 1], within 4 * 2^-64.
///
/// [`MathError::Domain`] for negative `x`.
pub fn exp_neg(x: Real) -> MathResult {
	match magnitude(x) {
		_ if x < 0 => Err(MathError::Domain),
		0 => Ok(Real::ONE),
		bits => Ok(Real::from_bits(exp_neg_word(bits).into())),
	}
}

/// The exponential `e^x`: within 4 * 2^-64 for `x <= 0`, with a relative error of at most 2^-60
/// above.
///
/// [`MathError::Overflow`] from about 43.67 on.
pub fn exp(x: Real) -> MathResult {
	if x <= 0 {
		return exp_neg(x.checked_neg().unwrap_or(Real::MAX));
	}
	if x >= 44 {
		return Err(MathError::Overflow);
	}
	// x = k ln 2 - r with r in [0, ln 2), all with 122 fraction bits.
	let exact = magnitude(x) << 58;
	let k = exact.div_ceil(LN_2);
	let r = (k * LN_2).saturating_sub(exact);
	let bits = u128::from(exp_fraction((r >> 58) as u64));
	let shift = u32::try_from(k).map_err(|_| MathError::Overflow)?;
	if shift > bits.leading_zeros() {
		return Err(MathError::Overflow);
	}
	i128::try_from(bits << shift).map(Real::from_bits).map_err(|_| MathError::Overflow)
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
	// Both f and every bracket fit a word; brackets are positive.
	let f = f as i64;
	let times = |inner: u64| {
		// A negative f, read as unsigned, is 2^64 too large.
		let excess = if f < 0 { inner } else { 0 };
		high(f.cast_unsigned(), inner).wrapping_sub(excess).cast_signed() >> 6
	};
	let bracket = INVERSES
		.iter()
		.rev()
		.fold(0, |inner, inverse| inverse.wrapping_sub(times(inner).cast_unsigned()));
	let small = signed_wide(f, bracket.cast_signed()) >> 32;
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
	// The root of the bits times 2^64; it is below 2^96.
	let root = U256::shifted(magnitude(x)).sqrt();
	i128::try_from(root).map(Real::from_bits).map_err(|_| MathError::Overflow)
}

/// The n-th power, 1 for n = 0; [`MathError::Overflow`] if it does not fit.
///
/// It takes at most 64 products, each rounded to nearest.
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

/// The power `x^y` for `x >= 0`: `e^(y ln x)`, or by squaring if `y` is an integer from 1 to 64.
///
/// `0^0` is 1 and `0^y` is 0 (S 2.1). [`MathError::Domain`] for negative `x` and for a negative
/// power of zero, [`MathError::Overflow`] if the power does not fit.
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

/// Replaces numbers by their soft ramps `phi_{p,c}(x) = ln(1 + e^(p (x - c)))`, which are never
/// negative (S 2.4).
///
/// They are computed as `max(z, 0) + ln(1 + e^-|z|)`, whose powers cannot overflow. Each step of one
/// ramp depends on the one before. So each step is done for all numbers before the next one, and the
/// processor can work on several numbers at once.
///
/// [`MathError::Overflow`] if a `p (x - c)` does not fit.
pub fn soft_ramp(p: Real, c: Real, xs: &mut [Real]) -> MathResult<()> {
	for x in &mut *xs {
		*x = mul(p, sub(*x, c)?)?;
	}
	let power = |z: &Real| exp_neg(z.checked_abs().unwrap_or(Real::MAX));
	let powers = gather(xs.iter().map(power))?;
	for (x, power) in xs.iter_mut().zip(powers) {
		*x = add((*x).max(Real::ZERO), ln(add(Real::ONE, power)?)?)?;
	}
	Ok(())
}
