//! The errors of formulas.
//!
//! `Display` is written by hand: for five messages, a procedural macro (`thiserror`) would be one
//! more direct dependency of the runtime and save eight lines.

use core::fmt;

/// The reason why a formula has no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MathError {
	/// The result or an intermediate result does not fit its type.
	Overflow,
	/// A divisor is zero.
	DivisionByZero,
	/// There are no values to average, rank or share.
	Empty,
	/// An argument lies outside the domain of the function, such as 0 for the logarithm.
	Domain,
	/// Lengths of the arguments differ, or a position is out of range.
	Shape,
}

impl fmt::Display for MathError {
	fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
		formatter.write_str(match self {
			Self::Overflow => "result out of range",
			Self::DivisionByZero => "division by zero",
			Self::Empty => "no values given",
			Self::Domain => "argument outside the domain",
			Self::Shape => "lengths or positions do not match",
		})
	}
}

impl core::error::Error for MathError {}
