//! Unsigned 256-bit integers: just enough to multiply, divide and take roots without losing bits.

const LOW: u128 = u64::MAX as u128;

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

	/// The full product of two 128-bit numbers.
	pub(crate) const fn product(a: u128, b: u128) -> Self {
		let (a1, a0) = (a >> 64, a & LOW);
		let (b1, b0) = (b >> 64, b & LOW);
		let (bottom, left, right, top) = (a0 * b0, a1 * b0, a0 * b1, a1 * b1);
		let middle = (bottom >> 64).wrapping_add(left & LOW).wrapping_add(right & LOW);
		let carried = (left >> 64).wrapping_add(right >> 64).wrapping_add(middle >> 64);
		Self { high: top.wrapping_add(carried), low: (middle << 64) | (bottom & LOW) }
	}

	/// The sum, or `None` past 2^256.
	pub(crate) fn checked_add(self, other: Self) -> Option<Self> {
		let (low, carry) = self.low.overflowing_add(other.low);
		let high = self.high.checked_add(other.high)?.checked_add(u128::from(carry))?;
		Some(Self { high, low })
	}

	/// The distance between two numbers, and whether `other` is the larger one.
	pub(crate) fn difference(self, other: Self) -> (bool, Self) {
		let negative = self < other;
		let (large, small) = if negative { (other, self) } else { (self, other) };
		let (low, borrow) = large.low.overflowing_sub(small.low);
		let high = large.high.wrapping_sub(small.high).wrapping_sub(u128::from(borrow));
		(negative, Self { high, low })
	}

	/// Quotient and remainder, or `None` if the divisor is zero or the quotient needs more than
	/// 128 bits.
	///
	/// Long division with two digits of 64 bits: each estimate from the divisor's upper half is at
	/// most two too large and is corrected.
	pub(crate) fn divide(self, divisor: u128) -> Option<(u128, u128)> {
		if self.high >= divisor {
			return None;
		}
		if self.high == 0 {
			return Some((self.low / divisor, self.low % divisor));
		}
		let shift = divisor.leading_zeros();
		let divisor = divisor << shift;
		let (high, low) = match shift {
			0 => (self.high, self.low),
			_ => ((self.high << shift) | (self.low >> (128 - shift)), self.low << shift),
		};
		let (first, rest) = Self::digit(high, low >> 64, divisor);
		let (second, rest) = Self::digit(rest, low & LOW, divisor);
		Some(((first << 64) | second, rest >> shift))
	}

	/// One digit of the long division: `(high * 2^64 + next) / divisor` for a divisor with its top
	/// bit set and `high < divisor`, and the remainder.
	fn digit(high: u128, next: u128, divisor: u128) -> (u128, u128) {
		let (upper, lower) = (divisor >> 64, divisor & LOW);
		let mut quotient = high / upper;
		let mut rest = high % upper;
		while quotient > LOW || quotient.wrapping_mul(lower) > (rest << 64) | next {
			quotient -= 1;
			rest += upper;
			if rest > LOW {
				break;
			}
		}
		let remainder =
			(high << 64).wrapping_add(next).wrapping_sub(quotient.wrapping_mul(divisor));
		(quotient, remainder)
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

	/// The quotient by a small number, of full width; `None` for zero.
	pub(crate) fn divide_small(self, divisor: u64) -> Option<Self> {
		let divisor = u128::from(divisor);
		let high = self.high.checked_div(divisor)?;
		let rest = Self { high: self.high % divisor, low: self.low };
		let (low, _) = rest.divide(divisor)?;
		Some(Self { high, low })
	}

	/// The number divided by 2^64, rounded to nearest (halves up); `None` past 128 bits.
	pub(crate) fn shift_nearest(self) -> Option<u128> {
		let sum = self.checked_add(Self::new(1 << 63))?;
		(sum.high <= LOW).then_some((sum.high << 64) | (sum.low >> 64))
	}

	/// The number divided by 2^64, rounded down; `None` past 128 bits.
	pub(crate) fn shift_down(self) -> Option<u128> {
		(self.high <= LOW).then_some((self.high << 64) | (self.low >> 64))
	}

	/// The integer square root, rounded down.
	///
	/// The root of the upper half is a start from above that is right to 63 bits; two or three
	/// Newton steps finish it.
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
			// Half the sum of two numbers without their sum.
			root = quotient + (root - quotient) / 2;
		}
		root
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	/// A small deterministic generator with numbers of all sizes.
	fn numbers() -> impl Iterator<Item = u128> {
		let mut state: u128 = 0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835;
		(0..4000u32).map(move |_| {
			state ^= state << 23;
			state ^= state >> 41;
			state ^= state << 59;
			state >> (state & 127)
		})
	}

	#[test]
	fn division_undoes_multiplication() {
		let mut others = numbers().skip(7);
		for a in numbers() {
			let b = others.next().unwrap_or(u128::MAX).max(1);
			let rest = a % b;
			let sum = U256::product(a, b).checked_add(U256::new(rest)).unwrap();
			assert_eq!(sum.divide(b), Some((a, rest)));
		}
		let top = U256::product(u128::MAX, u128::MAX);
		assert_eq!(top.divide(u128::MAX), Some((u128::MAX, 0)));
	}

	#[test]
	fn division_that_does_not_fit_has_no_result() {
		assert_eq!(U256::new(1).divide(0), None);
		assert_eq!(U256::product(u128::MAX, 2).divide(1), None);
	}

	#[test]
	fn root_is_the_largest_whose_square_fits() {
		for a in numbers().chain([0, 1, 2, 3, u128::MAX, u128::MAX - 1, 1 << 127, 1 << 64]) {
			let square = U256::product(a, a);
			assert_eq!(square.sqrt(), a);
			let above = square.checked_add(U256::new(a)).unwrap();
			assert_eq!(above.sqrt(), a);
			if a > 0 {
				assert_eq!(square.difference(U256::new(1)).1.sqrt(), a - 1);
			}
		}
		assert_eq!(U256 { high: u128::MAX, low: u128::MAX }.sqrt(), u128::MAX);
	}

	#[test]
	fn small_division_keeps_full_width() {
		for a in numbers() {
			let whole = U256::product(a, u128::MAX);
			let third = whole.divide_small(3).unwrap();
			let back = third.checked_add(third).unwrap().checked_add(third).unwrap();
			assert!(whole.difference(back).1 < U256::new(3) && back <= whole);
		}
	}
}
