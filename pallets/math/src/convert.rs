//! Conversions between [`Real`], stored decimals ([`FixedI128`]) and integer balances.

use crate::{
	arith::{magnitude, signed},
	wide::{Divisor, U256},
	MathError, MathResult, Real,
};
use sp_arithmetic::FixedI128;

/// Units of 1e-18 in one.
const DECIMALS: u128 = 1_000_000_000_000_000_000;

/// [`DECIMALS`] as a divisor.
const ONE: Divisor = match Divisor::new(DECIMALS) {
	Some(divisor) => divisor,
	None => unreachable!(),
};

/// A stored decimal as a number, rounded to nearest.
///
/// [`MathError::Overflow`] beyond 9.2e18; the range of [`FixedI128`] is 1.7e20.
pub fn from_fixed(value: FixedI128) -> MathResult {
	let inner = value.into_inner();
	let bits = ONE.divide_nearest(U256::shifted(inner.unsigned_abs()));
	signed(inner < 0, bits)
}

/// A number as a stored decimal, rounded to nearest, halves away from zero.
///
/// [`MathError::Overflow`] if it does not fit.
pub fn to_fixed(value: Real) -> MathResult<FixedI128> {
	let inner = U256::product(magnitude(value), DECIMALS)
		.shift_nearest()
		.and_then(|inner| i128::try_from(inner).ok())
		.ok_or(MathError::Overflow)?;
	Ok(FixedI128::from_inner(if value < 0 { inner.wrapping_neg() } else { inner }))
}

/// The share `a / b` of two balances, rounded down.
///
/// [`MathError::DivisionByZero`] if `b` is zero, [`MathError::Overflow`] beyond 9.2e18.
pub fn ratio(a: u128, b: u128) -> MathResult {
	if b == 0 {
		return Err(MathError::DivisionByZero);
	}
	signed(false, U256::shifted(a).divide(b).map(|(quotient, _)| quotient))
}

/// A non-negative number times the quotient `a / b` of two balances, rounded once, to nearest.
///
/// [`MathError::Domain`] for a negative number, [`MathError::DivisionByZero`] if `b` is zero,
/// [`MathError::Overflow`] beyond 9.2e18.
pub fn scale_by(x: Real, a: u128, b: u128) -> MathResult {
	if x < 0 {
		return Err(MathError::Domain);
	}
	if b == 0 {
		return Err(MathError::DivisionByZero);
	}
	signed(false, U256::product(magnitude(x), a).divide_nearest(b))
}

/// A balance times a non-negative rate, rounded down.
///
/// [`MathError::Domain`] for a negative rate, [`MathError::Overflow`] if it does not fit.
pub fn mul_floor(amount: u128, rate: Real) -> MathResult<u128> {
	if rate < 0 {
		return Err(MathError::Domain);
	}
	U256::product(amount, magnitude(rate)).shift_down().ok_or(MathError::Overflow)
}

/// The balance `amount * numerator / denominator`, rounded down.
///
/// [`MathError::DivisionByZero`], or [`MathError::Overflow`] if it does not fit.
pub fn mul_div(amount: u128, numerator: u128, denominator: u128) -> MathResult<u128> {
	if denominator == 0 {
		return Err(MathError::DivisionByZero);
	}
	let quotient = U256::product(amount, numerator).divide(denominator);
	quotient.map(|(quotient, _)| quotient).ok_or(MathError::Overflow)
}

/// The balance `amount * numerator / denominator`, rounded up; errors as for [`mul_div`].
pub fn mul_div_up(amount: u128, numerator: u128, denominator: u128) -> MathResult<u128> {
	if denominator == 0 {
		return Err(MathError::DivisionByZero);
	}
	U256::product(amount, numerator).divide_up(denominator).ok_or(MathError::Overflow)
}

/// The square root of the product of two balances, rounded down; it always fits.
pub fn sqrt_product(a: u128, b: u128) -> u128 {
	U256::product(a, b).sqrt()
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn decimals_survive_the_round_trip() {
		for inner in
			[0, 1, -1, 7, 999_999_999, 123_456_789_012_345_678_901, -DECIMALS_I, i64::MAX.into()]
		{
			let value = FixedI128::from_inner(inner);
			assert_eq!(to_fixed(from_fixed(value).unwrap()), Ok(value));
		}
	}

	const DECIMALS_I: i128 = DECIMALS as i128;

	#[test]
	fn decimals_past_the_range_are_an_error() {
		for inner in [i128::MAX, i128::MIN] {
			assert_eq!(from_fixed(FixedI128::from_inner(inner)), Err(MathError::Overflow));
		}
		assert!(to_fixed(Real::MAX).is_ok() && to_fixed(Real::MIN).is_ok());
	}

	#[test]
	fn shares_of_balances_round_down() {
		assert_eq!(ratio(1, 4), Ok(Real::ONE / 4));
		assert_eq!(ratio(u128::MAX, u128::MAX), Ok(Real::ONE));
		assert_eq!(ratio(1, 3).map(|share| share.to_bits()), Ok((1 << 64) / 3));
		assert_eq!(ratio(1, 0), Err(MathError::DivisionByZero));
		assert_eq!(ratio(u128::MAX, 1), Err(MathError::Overflow));
	}

	#[test]
	fn rates_apply_to_balances_of_any_size() {
		assert_eq!(mul_floor(u128::MAX, Real::ONE), Ok(u128::MAX));
		assert_eq!(mul_floor(7, Real::ONE / 2), Ok(3));
		assert_eq!(mul_floor(u128::MAX, Real::ONE * 2), Err(MathError::Overflow));
		assert_eq!(mul_floor(1, -Real::DELTA), Err(MathError::Domain));
		assert_eq!(scale_by(Real::ONE * 3, u128::MAX, u128::MAX), Ok(Real::ONE * 3));
		assert_eq!(scale_by(Real::ONE, u128::MAX, 1), Err(MathError::Overflow));
		assert_eq!(scale_by(-Real::ONE, 1, 1), Err(MathError::Domain));
		assert_eq!(mul_div(u128::MAX, u128::MAX, u128::MAX), Ok(u128::MAX));
		assert_eq!(mul_div_up(7, 1, 2), Ok(4));
		assert_eq!(mul_div(1, 1, 0), Err(MathError::DivisionByZero));
	}

	#[test]
	fn root_of_a_product_of_balances_fits() {
		assert_eq!(sqrt_product(u128::MAX, u128::MAX), u128::MAX);
		assert_eq!(sqrt_product(2, 4), 2);
		assert_eq!(sqrt_product(0, u128::MAX), 0);
	}
}
