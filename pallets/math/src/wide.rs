//! Unsigned 256-bit integers: products, quotients and roots without rounding.
//!
//! This is code of our own because formulas divide many times by one number, for which no library
//! prepares a divisor, and take roots. The table compares it with `sp_core::U256` and `ruint` 1, in
//! nanoseconds natively and in WebAssembly (V8), for numbers between 2 and 2^14:
//!
//! | operation | here | `sp_core` | `ruint` |
//! | --- | --- | --- | --- |
//! | `a b / 2^64`, rounded | 2.4, 16 | 13, 76 | 1.4, 11 (unchecked) |
//! | `a b / c`, rounded | 23, 95 | 54, 236 | 20, 92 |
//! | `a 2^64 / d` by a [`Divisor`] | 6.4, 27 | 45, 171 | 18, 73 |
//! | sum of 16 squares | 27, 221 | 228, 1117 | 16, 129 (unchecked) |
//! | root of `a b` | 82, 240 | 309, 1191 | needs `std` |
//!
//! The runtime does not depend on `ruint` otherwise. Its faster products would save less than its
//! slower divisions cost: each network inference is a division per label, and each share is one.

use crate::limb::{reciprocal, wide};
use core::hint::select_unpredictable;

const LOW: u128 = u64::MAX as u128;

/// The two words of a number, the upper one first.
const fn words(number: u128) -> (u64, u64) {
	((number >> 64) as u64, number as u64)
}

/// A number of two words.
const fn pair(upper: u64, lower: u64) -> u128 {
	((upper as u128) << 64) | lower as u128
}

/// An unsigned 256-bit integer.
///
/// The order of the fields makes the derived order the numeric one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct U256 {
	high: u128,
	low: u128,
}

impl U256 {
	/// The number `value`.
	pub(crate) const fn new(value: u128) -> Self {
		Self { high: 0, low: value }
	}

	/// The number `value * 2^64`.
	pub(crate) const fn shifted(value: u128) -> Self {
		Self { high: value >> 64, low: value << 64 }
	}

	/// The product of two 128-bit numbers.
	pub(crate) const fn product(a: u128, b: u128) -> Self {
		let ((a1, a0), (b1, b0)) = (words(a), words(b));
		let (bottom, left, right, top) = (wide(a0, b0), wide(a1, b0), wide(a0, b1), wide(a1, b1));
		let middle = (bottom >> 64).wrapping_add(left & LOW).wrapping_add(right & LOW);
		let carried = (left >> 64).wrapping_add(right >> 64).wrapping_add(middle >> 64);
		Self { high: top.wrapping_add(carried), low: (middle << 64) | (bottom & LOW) }
	}

	/// The sum of the squares; `None` past 2^256.
	///
	/// The products of words are summed by place value and their carries are counted, so that no
	/// addition waits for a carry of another place.
	pub(crate) fn sum_of_squares(numbers: impl Iterator<Item = u128>) -> Option<Self> {
		let (mut bottom, mut cross, mut top) = (0u128, 0u128, 0u128);
		let (mut bottom_carries, mut cross_carries) = (0u64, 0u64);
		for number in numbers {
			let (upper, lower) = words(number);
			let (sum, carried) = bottom.overflowing_add(wide(lower, lower));
			(bottom, bottom_carries) = (sum, bottom_carries.wrapping_add(carried.into()));
			let (sum, carried) = cross.overflowing_add(wide(upper, lower));
			(cross, cross_carries) = (sum, cross_carries.wrapping_add(carried.into()));
			top = top.checked_add(wide(upper, upper))?;
		}
		// A cross product counts twice, at 2^64, and so its carries at 2^193.
		let (low, carried) = bottom.overflowing_add(cross << 65);
		let carries = u128::from(bottom_carries) + u128::from(carried) + (cross >> 63);
		let cross_carries = u128::from(cross_carries).checked_mul(1 << 65)?;
		let high = top.checked_add(carries)?.checked_add(cross_carries)?;
		Some(Self { high, low })
	}

	/// The sum; `None` past 2^256.
	pub(crate) fn checked_add(self, other: Self) -> Option<Self> {
		let (low, carry) = self.low.overflowing_add(other.low);
		let high = self.high.checked_add(other.high)?.checked_add(u128::from(carry))?;
		Some(Self { high, low })
	}

	/// Whether `other` is larger, and the absolute difference.
	pub(crate) fn difference(self, other: Self) -> (bool, Self) {
		let negative = self < other;
		let (large, small) = if negative { (other, self) } else { (self, other) };
		let (low, borrow) = large.low.overflowing_sub(small.low);
		let high = large.high.wrapping_sub(small.high).wrapping_sub(u128::from(borrow));
		(negative, Self { high, low })
	}

	/// Whether the two's complement number `high * 2^64 + low` is negative, and its magnitude.
	pub(crate) const fn of_signed(high: i128, low: u128) -> (bool, Self) {
		let (low, carried) = low.overflowing_add((high as u128) << 64);
		// At most 2^63, so the carry fits.
		let high = (high >> 64) + carried as i128;
		if high < 0 {
			let (low, carried) = (!low).overflowing_add(1);
			return (true, Self { high: (!high).unsigned_abs() + carried as u128, low });
		}
		(false, Self { high: high.unsigned_abs(), low })
	}

	/// Quotient and remainder; `None` if the divisor is zero or the quotient exceeds 128 bits.
	pub(crate) fn divide(self, divisor: u128) -> Option<(u128, u128)> {
		if let (0, Ok(low), Ok(small)) =
			(self.high, u64::try_from(self.low), u64::try_from(divisor))
		{
			let quotient = low.checked_div(small)?;
			return Some((quotient.into(), low.wrapping_sub(quotient * small).into()));
		}
		Divisor::new(divisor)?.divide(self)
	}

	/// The quotient rounded to nearest (halves up), under the conditions of [`U256::divide`].
	pub(crate) fn divide_nearest(self, divisor: u128) -> Option<u128> {
		let (quotient, remainder) = self.divide(divisor)?;
		quotient.checked_add(u128::from(remainder >= divisor - remainder))
	}

	/// The quotient rounded up, under the conditions of [`U256::divide`].
	pub(crate) fn divide_up(self, divisor: u128) -> Option<u128> {
		let (quotient, remainder) = self.divide(divisor)?;
		quotient.checked_add(u128::from(remainder > 0))
	}

	/// The quotient by a 64-bit number; `None` if that is zero.
	pub(crate) fn divide_small(self, divisor: u64) -> Option<Self> {
		let divisor = Divisor::new(divisor.into())?;
		let (high, rest) = divisor.divide(Self::new(self.high))?;
		let (low, _) = divisor.divide(Self { high: rest, low: self.low })?;
		Some(Self { high, low })
	}

	/// The number over 2^64, rounded to nearest (halves up); `None` if it exceeds 128 bits.
	pub(crate) fn shift_nearest(self) -> Option<u128> {
		self.shift_down()?.checked_add((self.low >> 63) & 1)
	}

	/// The number over 2^64, rounded down; `None` if it exceeds 128 bits.
	pub(crate) fn shift_down(self) -> Option<u128> {
		(self.high <= LOW).then_some((self.high << 64) | (self.low >> 64))
	}

	/// The integer square root, rounded down.
	///
	/// The root of the upper half, which has 63 correct bits, is the start from above of two or
	/// three Newton steps.
	pub(crate) fn sqrt(self) -> u128 {
		if self.high == 0 {
			return self.low.isqrt();
		}
		let shift = self.high.leading_zeros() & !1;
		let upper = match shift {
			0 => self.high,
			_ => (self.high << shift) | (self.low >> (128 - shift)),
		};
		let start = upper.isqrt().saturating_add(1);
		let mut root = if start > LOW { u128::MAX } else { start << 64 };
		root = (root >> (shift / 2)).saturating_add(1);
		for _ in 0..8 {
			let quotient = self.divide(root).map_or(u128::MAX, |(quotient, _)| quotient);
			if quotient >= root {
				break;
			}
			// The mean of two numbers whose sum may not fit.
			root = quotient + (root - quotient) / 2;
		}
		root
	}
}

/// A divisor with its reciprocal, for many divisions by one number.
///
/// The division multiplies by the reciprocal of the two upper words: three products per digit of
/// 64 bits (Moeller and Granlund, "Improved division by invariant integers", 2011).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Divisor {
	/// The divisor shifted until its top bit is set.
	divisor: u128,
	/// The number of bits by which it is shifted.
	shift: u32,
	/// `(2^192 - 1) / divisor - 2^64`, rounded down.
	reciprocal: u64,
}

impl Divisor {
	/// The divisor; `None` if it is zero.
	pub(crate) const fn new(divisor: u128) -> Option<Self> {
		if divisor == 0 {
			return None;
		}
		let shift = divisor.leading_zeros();
		let divisor = divisor << shift;
		let (upper, lower) = words(divisor);
		let mut v = reciprocal(upper);
		let (mut p, carried) = upper.wrapping_mul(v).overflowing_add(lower);
		if carried {
			v = v.wrapping_sub(1);
			if p >= upper {
				v = v.wrapping_sub(1);
				p = p.wrapping_sub(upper);
			}
			p = p.wrapping_sub(upper);
		}
		let (above, below) = words(wide(v, lower));
		let (p, carried) = p.overflowing_add(above);
		if carried {
			v = v.wrapping_sub(1);
			if pair(p, below) >= divisor {
				v = v.wrapping_sub(1);
			}
		}
		Some(Self { divisor, shift, reciprocal: v })
	}

	/// Quotient and remainder; `None` if the quotient exceeds 128 bits.
	pub(crate) fn divide(&self, number: U256) -> Option<(u128, u128)> {
		let (quotient, rest) = self.divide_shifted(number)?;
		Some((quotient, rest >> self.shift))
	}

	/// The quotient rounded to nearest (halves up); `None` if it exceeds 128 bits.
	#[inline]
	pub(crate) fn divide_nearest(&self, number: U256) -> Option<u128> {
		let (quotient, rest) = self.divide_shifted(number)?;
		quotient.checked_add(u128::from(rest >= self.divisor - rest))
	}

	/// A number times 2^64 over the divisor: the quotient, and the remainder shifted like the
	/// divisor. `None` if the quotient exceeds 128 bits.
	///
	/// The quotient of a number below the divisor, such as a share, has one digit instead of two.
	#[inline]
	fn divide_fraction(&self, number: u128) -> Option<(u128, u128)> {
		if number < self.divisor >> self.shift {
			let (quotient, rest) = self.digit(number << self.shift, 0);
			return Some((quotient.into(), rest));
		}
		self.divide_shifted(U256::shifted(number))
	}

	/// A number times 2^64 over the divisor, rounded down; `None` if it exceeds 128 bits.
	#[inline]
	pub(crate) fn fraction_down(&self, number: u128) -> Option<u128> {
		self.divide_fraction(number).map(|(quotient, _)| quotient)
	}

	/// A number times 2^64 over the divisor, rounded to nearest (halves up); `None` if it exceeds
	/// 128 bits.
	#[inline]
	pub(crate) fn fraction_nearest(&self, number: u128) -> Option<u128> {
		let (quotient, rest) = self.divide_fraction(number)?;
		quotient.checked_add(u128::from(rest >= self.divisor - rest))
	}

	/// The quotient, and the remainder shifted like the divisor; `None` if the quotient exceeds
	/// 128 bits.
	fn divide_shifted(&self, number: U256) -> Option<(u128, u128)> {
		let (high, low) = match self.shift {
			0 => (number.high, number.low),
			shift => ((number.high << shift) | (number.low >> (128 - shift)), number.low << shift),
		};
		if high >= self.divisor || number.high.leading_zeros() < self.shift {
			return None;
		}
		let (upper, lower) = words(low);
		let (first, rest) = self.digit(high, upper);
		let (second, rest) = self.digit(rest, lower);
		Some((pair(first, second), rest))
	}

	/// One digit of the long division: `(high * 2^64 + next) / divisor` for `high < divisor`, and
	/// the remainder.
	fn digit(&self, high: u128, next: u64) -> (u64, u128) {
		let ((upper, lower), (d1, d0)) = (words(high), words(self.divisor));
		let (estimate, fraction) = words(wide(self.reciprocal, upper).wrapping_add(high));
		let rest = pair(lower.wrapping_sub(estimate.wrapping_mul(d1)), next);
		let rest = rest.wrapping_sub(wide(d0, estimate)).wrapping_sub(self.divisor);
		// The estimate is often one too small, so a branch would be mispredicted.
		let exact = (rest >> 64) as u64 >= fraction;
		let mut quotient = estimate.wrapping_add(u64::from(!exact));
		let mut rest = select_unpredictable(exact, rest.wrapping_add(self.divisor), rest);
		if rest >= self.divisor {
			quotient = quotient.wrapping_add(1);
			rest -= self.divisor;
		}
		(quotient, rest)
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::testing::random::{any_bits, config};
	use alloc::vec::Vec;
	use proptest::{collection::vec, prelude::*};

	/// The sum of a product and a number below its first factor.
	fn number(factors: (u128, u128), rest: u128) -> U256 {
		U256::product(factors.0, factors.1).checked_add(U256::new(rest)).unwrap()
	}

	proptest! {
		#![proptest_config(config(4000))]

		#[test]
		fn division_undoes_multiplication(a in any_bits(), b in any_bits(), c in any_bits()) {
			let b = b.max(1);
			let (rest, sum) = (c % b, number((b, a), c % b));
			prop_assert_eq!(sum.divide(b), Some((a, rest)));
			prop_assert_eq!(Divisor::new(b).and_then(|b| b.divide(sum)), Some((a, rest)));
		}

		#[test]
		fn fraction_is_the_quotient_of_a_shifted_number(a in any_bits(), b in any_bits()) {
			let (divisor, shifted) = (Divisor::new(b.max(1)).unwrap(), U256::shifted(a));
			let quotient = divisor.divide(shifted).map(|(quotient, _)| quotient);
			prop_assert_eq!(divisor.fraction_down(a), quotient);
			prop_assert_eq!(divisor.fraction_nearest(a), divisor.divide_nearest(shifted));
		}

		#[test]
		fn sum_of_squares_is_the_sum_of_products(numbers in vec(any_bits(), 0..8)) {
			let product = |sum: U256, a: &u128| sum.checked_add(U256::product(*a, *a));
			let sum = numbers.iter().try_fold(U256::default(), product);
			prop_assert_eq!(U256::sum_of_squares(numbers.into_iter()), sum);
		}

		#[test]
		fn root_is_the_largest_number_whose_square_fits(a in any_bits()) {
			let square = U256::product(a, a);
			prop_assert_eq!(square.sqrt(), a);
			prop_assert_eq!(number((a, a), a).sqrt(), a);
			if a > 0 {
				prop_assert_eq!(square.difference(U256::new(1)).1.sqrt(), a - 1);
			}
		}

		#[test]
		fn small_division_keeps_full_width(a in any_bits(), b in 1..100u64) {
			let whole = U256::product(a, u128::MAX);
			let part = whole.divide_small(b).unwrap();
			let parts: Vec<_> = (0..b).map(|_| part).collect();
			let add = |sum: U256, part: &U256| sum.checked_add(*part);
			let sum = parts.iter().try_fold(U256::default(), add).unwrap();
			prop_assert!(sum <= whole && whole.difference(sum).1 < U256::new(b.into()));
		}
	}

	#[test]
	fn signed_numbers_have_sign_and_magnitude() {
		let number = |high, low| U256 { high, low };
		assert_eq!(U256::of_signed(0, 7), (false, number(0, 7)));
		assert_eq!(U256::of_signed(-1, 0), (true, number(0, 1 << 64)));
		// -2^64 + 2^64 + 5.
		assert_eq!(U256::of_signed(-1, (1 << 64) + 5), (false, number(0, 5)));
		// 2^64 + 2^128 - 1.
		assert_eq!(U256::of_signed(1, u128::MAX), (false, number(1, LOW)));
		assert_eq!(U256::of_signed(i128::MIN, 0), (true, number(1 << 63, 0)));
	}

	#[test]
	fn quotient_that_does_not_fit_is_none() {
		assert_eq!(U256::new(1).divide(0), None);
		assert_eq!(U256::product(u128::MAX, 2).divide(1), None);
		assert_eq!(U256::product(u128::MAX, u128::MAX).divide(u128::MAX), Some((u128::MAX, 0)));
		assert_eq!(U256 { high: u128::MAX, low: u128::MAX }.sqrt(), u128::MAX);
	}
}
