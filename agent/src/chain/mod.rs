//! The chain, known by its metadata only.

mod account;
pub mod calls;
mod client;
pub mod explanation;
mod node;
pub mod types;

pub use account::{account_id, address, key, Account, Events};
pub use client::{Chain, Head, Snapshot};
pub use node::DevNode;

/// One ALLO in planck.
pub const ALLO: u128 = 10_000_000_000;

/// Units of the chain's decimals in one.
const UNITS: f64 = 1e18;

/// A number as the chain's decimals have it: units of 1e-18, rounded.
pub fn to_fixed(value: f64) -> i128 {
	// Whole and fraction apart, so that large values keep their digits.
	let whole = value.trunc();
	let fraction = ((value - whole) * UNITS).round();
	(whole as i128).saturating_mul(UNITS as i128).saturating_add(fraction as i128)
}

/// The number that the chain's decimals stand for.
pub fn from_fixed(value: i128) -> f64 {
	value as f64 / UNITS
}

/// An amount in ALLO, for people.
pub fn in_allo(planck: u128) -> f64 {
	planck as f64 / ALLO as f64
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn decimals_of_the_chain_are_units_of_1e_18() {
		assert_eq!(to_fixed(1.0), 10i128.pow(18));
		assert_eq!(to_fixed(-0.25), -25 * 10i128.pow(16));
		assert_eq!(to_fixed(1e-8), 10i128.pow(10));
		for value in [0.0, 1.5, -2.625_173, 1e6, -8.0] {
			assert!((from_fixed(to_fixed(value)) - value).abs() <= 1e-15 * value.abs());
		}
	}
}
