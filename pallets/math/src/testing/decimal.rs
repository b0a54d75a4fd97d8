//! Exact decimals, by which tests read numbers and measure the errors of results.

use crate::Real;
use num_bigint::{BigInt, BigUint, Sign};

/// A decimal number `digits / 10^scale`, of any length.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decimal {
	digits: BigInt,
	scale: u32,
}

fn ten_to(power: u32) -> BigInt {
	BigInt::from(10u8).pow(power)
}

/// The quotient of two big numbers as a float, for messages and tolerances.
fn quotient(top: &BigUint, bottom: &BigUint) -> f64 {
	if *bottom == BigUint::ZERO {
		return f64::INFINITY;
	}
	let scaled: BigUint = (top << 400u32) / bottom;
	scaled.to_string().parse::<f64>().unwrap() / 2f64.powi(400)
}

impl Decimal {
	/// Reads `-12.5`, `3` or `1.5e-7`; `None` for anything else.
	pub fn parse(text: &str) -> Option<Self> {
		let (mantissa, exponent) = match text.split_once(['e', 'E']) {
			Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
			None => (text, 0),
		};
		let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
		let joined = [whole, fraction].concat();
		if !joined.bytes().any(|byte| byte.is_ascii_digit()) || fraction.starts_with(['-', '+']) {
			return None;
		}
		let digits = joined.parse::<BigInt>().ok()?;
		let scale = i64::try_from(fraction.len()).ok()? - exponent;
		Some(match u32::try_from(scale) {
			Ok(scale) => Self { digits, scale },
			Err(_) => Self { digits: digits * ten_to(u32::try_from(-scale).ok()?), scale: 0 },
		})
	}

	/// The exact value of a computed number.
	pub fn of(value: Real) -> Self {
		// n / 2^64 is n 5^64 / 10^64.
		Self { digits: BigInt::from(value.to_bits()) * BigInt::from(5u8).pow(64), scale: 64 }
	}

	/// The exact value of an integer in units of 10^-scale.
	pub fn of_integer(value: u128, scale: u32) -> Self {
		Self { digits: BigInt::from(value), scale }
	}

	/// The nearest [`Real`]; `None` if it does not fit.
	pub fn real(&self) -> Option<Real> {
		let half = ten_to(self.scale);
		let twice: BigInt = (self.digits.magnitude() << 65u32).into();
		let bits = (twice + &half) / (half * 2);
		let bits = i128::try_from(bits).ok()?;
		Some(Real::from_bits(if self.digits.sign() == Sign::Minus { -bits } else { bits }))
	}

	/// The whole number of units of 10^-scale, rounded to nearest; `None` if it does not fit.
	pub fn integer(&self, scale: u32) -> Option<u128> {
		let unit = ten_to(self.scale);
		let bits = (&self.digits * ten_to(scale) * 2 + &unit) / (unit * 2);
		u128::try_from(bits).ok()
	}

	/// The number of digits before the point, negative for zeros after it; `None` for zero.
	pub fn size(&self) -> Option<i64> {
		let digits = self.digits.magnitude().to_string().len();
		(!self.is_zero()).then(|| digits as i64 - i64::from(self.scale))
	}

	/// The number times a power of ten.
	pub fn times_ten_to(&self, power: i64) -> Self {
		let scale = i64::from(self.scale) - power;
		match u32::try_from(scale) {
			Ok(scale) => Self { digits: self.digits.clone(), scale },
			Err(_) => Self { digits: &self.digits * ten_to(scale.unsigned_abs() as u32), scale: 0 },
		}
	}

	/// The numbers times a common power of ten, such that the largest has ten digits before the
	/// point.
	pub fn proportions(values: &[Self]) -> Vec<Self> {
		let largest = values.iter().filter_map(Self::size).max().unwrap_or(10);
		values.iter().map(|value| value.times_ten_to(10 - largest)).collect()
	}

	/// Whether it is zero.
	pub fn is_zero(&self) -> bool {
		self.digits.sign() == Sign::NoSign
	}

	/// The absolute difference as a float.
	pub fn distance(&self, other: &Self) -> f64 {
		let (difference, unit) = self.difference(other);
		quotient(difference.magnitude(), unit.magnitude())
	}

	/// The difference over the size of `other`, or the difference itself if that is zero.
	pub fn relative(&self, other: &Self) -> f64 {
		if other.is_zero() {
			return self.distance(other);
		}
		let (difference, _) = self.difference(other);
		let size = other.digits.magnitude() * ten_to(self.scale).magnitude();
		quotient(difference.magnitude(), &size)
	}

	/// The difference in units of the inverse of the second number.
	fn difference(&self, other: &Self) -> (BigInt, BigInt) {
		let (own, others) = (ten_to(self.scale), ten_to(other.scale));
		(&self.digits * &others - &other.digits * &own, own * others)
	}
}

impl core::fmt::Display for Decimal {
	fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		let size = quotient(self.digits.magnitude(), ten_to(self.scale).magnitude());
		write!(formatter, "{:e}", if self.digits.sign() == Sign::Minus { -size } else { size })
	}
}
