//! Checked arithmetic: every result is exact or rounded once, to nearest.

use crate::{
	wide::{Divisor, U256},
	MathError, MathResult, Real,
};
use alloc::vec::Vec;

/// The values of all results, or the first error.
///
/// Unlike `collect`, it allocates once.
pub(crate) fn gather<T>(results: impl Iterator<Item = MathResult<T>>) -> MathResult<Vec<T>> {
	let mut values = Vec::with_capacity(results.size_hint().0);
	for result in results {
		values.push(result?);
	}
	Ok(values)
}

/// The number with this sign and magnitude; [`MathError::Overflow`] if it does not fit.
pub(crate) fn signed(negative: bool, magnitude: Option<u128>) -> MathResult {
	let bits = magnitude.and_then(|bits| i128::try_from(bits).ok()).ok_or(MathError::Overflow)?;
	// The magnitude is at most `i128::MAX`, so its negative exists.
	Ok(Real::from_bits(if negative { bits.wrapping_neg() } else { bits }))
}

/// The absolute value in units of 2^-64.
pub(crate) fn magnitude(x: Real) -> u128 {
	x.to_bits().unsigned_abs()
}

/// The sum of two numbers; [`MathError::Overflow`] if it does not fit.
pub fn add(a: Real, b: Real) -> MathResult {
	a.checked_add(b).ok_or(MathError::Overflow)
}

/// The difference of two numbers; [`MathError::Overflow`] if it does not fit.
pub fn sub(a: Real, b: Real) -> MathResult {
	a.checked_sub(b).ok_or(MathError::Overflow)
}

/// The product of two numbers, rounded to nearest; [`MathError::Overflow`] if it does not fit.
pub fn mul(a: Real, b: Real) -> MathResult {
	let product = U256::product(magnitude(a), magnitude(b));
	signed((a < 0) != (b < 0), product.shift_nearest())
}

/// The quotient of two numbers, rounded to nearest; [`MathError::DivisionByZero`] or
/// [`MathError::Overflow`].
pub fn div(a: Real, b: Real) -> MathResult {
	Reciprocal::new(b)?.nearest(a)
}

/// The quotient `a * b / c`, rounded once, to nearest; [`MathError::DivisionByZero`] or
/// [`MathError::Overflow`].
pub fn mul_div(a: Real, b: Real, c: Real) -> MathResult {
	Reciprocal::new(c)?.nearest_product(a, b)
}

/// The absolute value; [`MathError::Overflow`] for the minimum of the type.
pub fn abs(a: Real) -> MathResult {
	a.checked_abs().ok_or(MathError::Overflow)
}

/// The number, if it lies in [0, 1] as shares and smoothing factors must; otherwise
/// [`MathError::Domain`].
pub(crate) fn unit(x: Real) -> MathResult {
	(0..=1).contains(&x).then_some(x).ok_or(MathError::Domain)
}

/// The sum of all numbers, 0 if there are none; [`MathError::Overflow`] if it does not fit.
pub fn sum(xs: &[Real]) -> MathResult {
	xs.iter().try_fold(Real::ZERO, |total, x| add(total, *x))
}

/// The sum of products `xs[i] * ys[i]`, rounded once.
///
/// [`MathError::Shape`] if the lengths differ, [`MathError::Overflow`] if it does not fit.
pub fn dot(xs: &[Real], ys: &[Real]) -> MathResult {
	if xs.len() != ys.len() {
		return Err(MathError::Shape);
	}
	let (negative, total) =
		ExactSum::of_products(xs.iter().copied().zip(ys.iter().copied()))?.value();
	signed(negative, total.shift_nearest())
}

/// The Euclidean norm, rounded down, 0 if there are no numbers; [`MathError::Overflow`] if it does
/// not fit.
pub fn norm(xs: impl Iterator<Item = Real>) -> MathResult {
	signed(false, Some(squares(xs.map(magnitude))?.sqrt()))
}

/// The sum of squares of magnitudes, in units of 2^-128.
pub(crate) fn squares(magnitudes: impl Iterator<Item = u128>) -> MathResult<U256> {
	U256::sum_of_squares(magnitudes).ok_or(MathError::Overflow)
}

/// The reciprocal of a number, for many divisions by it.
pub(crate) struct Reciprocal {
	negative: bool,
	size: Divisor,
}

impl Reciprocal {
	/// [`MathError::DivisionByZero`] for zero.
	pub(crate) fn new(divisor: Real) -> MathResult<Self> {
		let size = Divisor::new(magnitude(divisor)).ok_or(MathError::DivisionByZero)?;
		Ok(Self { negative: divisor < 0, size })
	}

	/// The quotient, as from [`div`].
	pub(crate) fn nearest(&self, a: Real) -> MathResult {
		signed((a < 0) != self.negative, self.size.fraction_nearest(magnitude(a)))
	}

	/// The product `a * b` over the number, as from [`mul_div`].
	pub(crate) fn nearest_product(&self, a: Real, b: Real) -> MathResult {
		let quotient = self.size.divide_nearest(U256::product(magnitude(a), magnitude(b)));
		signed(((a < 0) != (b < 0)) != self.negative, quotient)
	}

	/// The quotient rounded toward zero.
	pub(crate) fn down(&self, a: Real) -> MathResult {
		signed((a < 0) != self.negative, self.size.fraction_down(magnitude(a)))
	}
}

/// The number, limited to this size.
pub(crate) fn clip(x: Real, size: Real) -> Real {
	x.clamp(-size, size)
}

/// A divisor whose quotients are limited in size.
pub(crate) struct Unit {
	pub(crate) size: Real,
	by: Reciprocal,
}

impl Unit {
	/// [`MathError::DivisionByZero`] for zero.
	pub(crate) fn new(size: Real) -> MathResult<Self> {
		Ok(Self { size, by: Reciprocal::new(size)? })
	}

	/// The quotient `x / size`, limited to `limit` in size.
	pub(crate) fn of(&self, x: Real, limit: Real) -> MathResult {
		match self.by.nearest(x) {
			Ok(quotient) => Ok(clip(quotient, limit)),
			Err(MathError::Overflow) if (x < 0) != (self.size < 0) => Ok(-limit),
			Err(MathError::Overflow) => Ok(limit),
			Err(error) => Err(error),
		}
	}
}

/// An exact sum of products: positive and negative terms separately, with 128 fraction bits.
#[derive(Default)]
pub(crate) struct ExactSum {
	positive: U256,
	negative: U256,
}

impl ExactSum {
	/// Adds a product; [`MathError::Overflow`] past 2^256 units.
	pub(crate) fn add_product(&mut self, a: Real, b: Real) -> MathResult<()> {
		let product = U256::product(magnitude(a), magnitude(b));
		let side = if (a < 0) != (b < 0) { &mut self.negative } else { &mut self.positive };
		*side = side.checked_add(product).ok_or(MathError::Overflow)?;
		Ok(())
	}

	/// The sum of all products; errors as [`ExactSum::add_product`].
	pub(crate) fn of_products(pairs: impl Iterator<Item = (Real, Real)>) -> MathResult<Self> {
		let mut total = Self::default();
		for (a, b) in pairs {
			total.add_product(a, b)?;
		}
		Ok(total)
	}

	/// The sum: whether it is negative, and its magnitude in units of 2^-128.
	pub(crate) fn value(&self) -> (bool, U256) {
		self.positive.difference(self.negative)
	}

	/// The sum divided by a number, rounded to nearest; errors as [`div`].
	pub(crate) fn divide(&self, divisor: Real) -> MathResult {
		if divisor == 0 {
			return Err(MathError::DivisionByZero);
		}
		let (negative, total) = self.value();
		signed(negative != (divisor < 0), total.divide_nearest(magnitude(divisor)))
	}
}

/// The product of two non-negative numbers, rounded down; [`MathError::Domain`] for a negative one.
pub(crate) fn mul_down(a: Real, b: Real) -> MathResult {
	if a < 0 || b < 0 {
		return Err(MathError::Domain);
	}
	signed(false, U256::product(magnitude(a), magnitude(b)).shift_down())
}
