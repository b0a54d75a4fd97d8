//! The chain, as its metadata describes it: connection, accounts, calls and the values read.

mod account;
pub mod calls;
mod client;
pub mod explanation;
pub mod movements;
mod node;
pub mod types;

pub use account::{account_id, address, key, Account, Events};
pub use client::{Chain, Head, Snapshot};
pub use node::DevNode;

use anyhow::{ensure, Context, Result};

/// One ALLO in planck.
pub const ALLO: u128 = 10_000_000_000;

/// Units of the chain's `FixedI128` in one.
const UNITS: i128 = 1_000_000_000_000_000_000;

/// A number as the chain's `FixedI128` has it: units of 1e-18, rounded.
///
/// An error if the number is not finite or beyond the type's range (about ±1.7e20), so that no such
/// number is ever sent.
pub fn to_fixed(value: f64) -> Result<i128> {
	ensure!(value.is_finite(), "{value} is not a finite number");
	// The whole and the fractional part are converted separately, so that no digit of a large value
	// is lost.
	let whole = value.trunc();
	let fraction = ((value - whole) * UNITS as f64).round();
	(whole as i128)
		.checked_mul(UNITS)
		.and_then(|units| units.checked_add(fraction as i128))
		.with_context(|| format!("{value:e} is out of the range of the chain's numbers"))
}

/// The number that a `FixedI128` of the chain represents.
pub fn from_fixed(value: i128) -> f64 {
	value as f64 / UNITS as f64
}

/// The numbers that these `FixedI128` of the chain represent.
pub fn numbers(values: &[i128]) -> Vec<f64> {
	values.iter().copied().map(from_fixed).collect()
}

/// An amount in ALLO, for display.
pub fn in_allo(planck: u128) -> f64 {
	planck as f64 / ALLO as f64
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn numbers_are_converted_to_units_of_1e_18() {
		assert_eq!(to_fixed(1.0).unwrap(), 10i128.pow(18));
		assert_eq!(to_fixed(-0.25).unwrap(), -25 * 10i128.pow(16));
		assert_eq!(to_fixed(1e-8).unwrap(), 10i128.pow(10));
		for value in [0.0, 1.5, -2.625_173, 1e6, -8.0, 1.7e20, -1.7e20] {
			let back = from_fixed(to_fixed(value).unwrap());
			assert!((back - value).abs() <= 1e-15 * value.abs(), "{back} for {value}");
		}
	}

	#[test]
	fn numbers_that_the_chain_cannot_represent_are_refused() {
		for (value, reason) in [
			(f64::NAN, "NaN is not a finite number"),
			(f64::INFINITY, "inf is not a finite number"),
			(f64::NEG_INFINITY, "-inf is not a finite number"),
			(1.8e20, "1.8e20 is out of the range of the chain's numbers"),
			(-1e300, "-1e300 is out of the range of the chain's numbers"),
		] {
			assert_eq!(to_fixed(value).unwrap_err().to_string(), reason);
		}
	}
}
