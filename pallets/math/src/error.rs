//! Why a computation has no result.

use core::fmt;

/// Why a computation has no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MathError {
	/// The result, or a step on the way, is larger than the number type holds.
	Overflow,
	/// A divisor is zero.
	DivisionByZero,
	/// There is nothing to average, rank or share.
	Empty,
	/// An argument lies outside the domain of the function, as the logarithm of zero.
	Domain,
	/// Lengths or positions of the arguments do not fit together.
	Shape,
}

impl fmt::Display for MathError {
	fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
		formatter.write_str(match self {
			Self::Overflow => "result out of range",
			Self::DivisionByZero => "division by zero",
			Self::Empty => "no values given",
			Self::Domain => "argument outside the domain",
			Self::Shape => "lengths do not fit together",
		})
	}
}

impl core::error::Error for MathError {}
