//! The chain, as its metadata describes it: connection, accounts, calls and the values read.

mod account;
pub mod calls;
mod client;
pub mod documents;
pub mod explanation;
pub mod holdings;
pub mod json;
mod key;
mod light;
pub mod movements;
mod node;
mod parameters;
pub mod refusals;
pub mod schedule;
mod source;
mod tries;
pub mod types;

pub use account::{account_id, address, Account, Events, Included, EXISTENTIAL_DEPOSIT};
pub use client::{probe, Chain, Head, Snapshot};
pub use key::Key;
pub use light::Light;
pub use node::DevNode;
pub use source::Source;
pub use tries::MAX_TIP;

use anyhow::{ensure, Context, Result};

/// One ALLO in planck.
pub const ALLO: u128 = 10_000_000_000;

/// The decimals of an amount in ALLO.
const ALLO_DECIMALS: usize = 10;

/// Units of the chain's `FixedI128` in one.
const UNITS: i128 = 1_000_000_000_000_000_000;

/// Units of 1e-18 ALLO in a planck.
const UNITS_PER_PLANCK: u128 = UNITS.unsigned_abs() / ALLO;

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

/// The decimals of the chain's `FixedI128`.
const DECIMALS: i64 = 18;

/// A decimal number in text, such as "-1.5" or "2e-3", as the chain has it: exactly, with digits
/// beyond the eighteenth after the point rounded.
///
/// An error if it is not a number, or beyond the type's range.
pub fn fixed_from_text(text: &str) -> Result<i128> {
	let bad = || format!("{text:?} is not a decimal number");
	let (mantissa, exponent) = match text.split_once(['e', 'E']) {
		Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().with_context(bad)?),
		None => (text, 0),
	};
	let (negative, digits) = match mantissa.strip_prefix('-') {
		Some(digits) => (true, digits),
		None => (false, mantissa),
	};
	let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
	let all = [whole, fraction].concat();
	ensure!(!all.is_empty() && all.bytes().all(|byte| byte.is_ascii_digit()), bad());
	let out_of_range = || format!("{text} is out of the range of the chain's numbers");
	// The number is `significant` times 10 to the power of `shift`, in units of 1e-18.
	let significant = all.trim_start_matches('0');
	let shift = exponent.saturating_add(DECIMALS).saturating_sub(fraction.len() as i64);
	// All of i128 has 39 digits.
	let length = shift.saturating_add(significant.len() as i64);
	ensure!(significant.is_empty() || length <= 39, out_of_range());
	let (kept, rounded_up) = if shift >= 0 {
		(significant, false)
	} else {
		let cut = usize::try_from(length.max(0)).unwrap_or_default();
		let up = length >= 0 && significant.as_bytes().get(cut).is_some_and(|digit| *digit >= b'5');
		(significant.get(..cut).unwrap_or_default(), up)
	};
	let units =
		if kept.is_empty() { 0 } else { kept.parse::<i128>().with_context(out_of_range)? };
	let power = if kept.is_empty() { 0 } else { u32::try_from(shift.max(0)).unwrap_or(u32::MAX) };
	let units = 10i128.checked_pow(power).and_then(|power| units.checked_mul(power));
	let units = units.and_then(|units| units.checked_add(rounded_up.into()));
	let units = units.with_context(out_of_range)?;
	Ok(if negative { -units } else { units })
}

/// A number of the chain in decimal digits, all of them; [`fixed_from_text`] reads it.
pub fn decimal(value: i128) -> String {
	let sign = if value < 0 { "-" } else { "" };
	format!("{sign}{}", digits(value.unsigned_abs(), DECIMALS as usize))
}

/// A number of units as a decimal without trailing zeros; a unit is 10^-`decimals`.
fn digits(units: u128, decimals: usize) -> String {
	let digits = format!("{units:0>width$}", width = decimals + 1);
	let (whole, fraction) = digits.split_at(digits.len() - decimals);
	let fraction = fraction.trim_end_matches('0');
	let point = if fraction.is_empty() { "" } else { "." };
	format!("{whole}{point}{fraction}")
}

/// The number that a `FixedI128` of the chain represents.
pub fn from_fixed(value: i128) -> f64 {
	value as f64 / UNITS as f64
}

/// The numbers that these `FixedI128` of the chain represent.
pub fn numbers(values: &[i128]) -> Vec<f64> {
	values.iter().copied().map(from_fixed).collect()
}

/// The amount of ALLO that a decimal number in text states, in planck; digits below a planck are
/// dropped. An error if it is not one.
pub fn planck_from_text(text: &str) -> Result<u128> {
	let amount = u128::try_from(fixed_from_text(text)?).ok();
	let amount = amount.with_context(|| format!("{text} is not an amount of at least 0 ALLO"))?;
	Ok(amount / UNITS_PER_PLANCK)
}

/// An amount of ALLO with all its digits; [`planck_from_text`] reads it.
pub fn exact_allo(planck: u128) -> String {
	digits(planck, ALLO_DECIMALS)
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
	fn decimal_text_keeps_all_digits() {
		for (text, units) in [
			("0", 0),
			("1", 10i128.pow(18)),
			("-0.25", -25 * 10i128.pow(16)),
			("101.250000000000000001", 101_250_000_000_000_000_001),
			("2e-3", 2 * 10i128.pow(15)),
			("1.5E2", 150 * 10i128.pow(18)),
			// 5e-19 is rounded away from zero, less is 0.
			("0.0000000000000000005", 1),
			("-0.0000000000000000005", -1),
			("4e-19", 0),
			("7e-400", 0),
			("0e99", 0),
			("170141183460469231731.687303715884105727", i128::MAX),
		] {
			assert_eq!(fixed_from_text(text).unwrap(), units, "{text}");
		}
		for text in ["", "-", ".", "1.2.3", "abc", "NaN", "0x10", "1e", "+1", "1 "] {
			let error = fixed_from_text(text).unwrap_err().to_string();
			assert_eq!(error, format!("{text:?} is not a decimal number"));
		}
		for text in ["170141183460469231731.687303715884105728", "1e21", "-1e300", "9e9999999999"] {
			let error = fixed_from_text(text).unwrap_err().to_string();
			assert!(error.ends_with("out of the range of the chain's numbers"), "{error}");
		}
	}

	#[test]
	fn numbers_are_shown_with_all_their_digits() {
		let (least, most) = ("0.000000000000000001", "170141183460469231731.687303715884105727");
		for text in ["0", "1", "-0.25", "100.303563", "-20", least, most] {
			assert_eq!(decimal(fixed_from_text(text).unwrap()), text);
		}
		assert_eq!(decimal(i128::MIN), "-170141183460469231731.687303715884105728");
	}

	#[test]
	fn amounts_keep_every_planck() {
		for (text, planck) in [("100", 100 * ALLO), ("0.0000000001", 1), ("1.5", 3 * ALLO / 2)] {
			assert_eq!(planck_from_text(text).unwrap(), planck);
			assert_eq!(exact_allo(planck), text);
		}
		assert_eq!(planck_from_text("0.00000000019").unwrap(), 1);
		for text in ["-1", "ten", ""] {
			assert!(planck_from_text(text).is_err(), "{text}");
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
