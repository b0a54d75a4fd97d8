//! The functions of which losses consist, against an oracle of 100 bits.

use super::{atan::atan_of_quotient, scaled::Scaled};
use crate::{MathResult, Real};
use alloc::vec::Vec;

/// The worst relative error of a function's cases, weighted by `allowed` for the argument.
fn worst(
	name: &str,
	function: impl Fn(Scaled) -> MathResult<Scaled>,
	allowed: impl Fn(f64) -> f64,
) -> f64 {
	let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/loss/functions.csv");
	let mut reader = csv::Reader::from_path(path).expect("the oracle is committed");
	let rows = reader.records().map(|row| row.expect("five columns"));
	let rows: Vec<_> = rows.filter(|row| &row[0] == name).collect();
	assert!(rows.len() > 400);
	let errors = rows.iter().map(|row| {
		let (bits, exponent): (u128, i32) = (row[1].parse().unwrap(), row[2].parse().unwrap());
		let want = Scaled::relative_to(row[3].parse().unwrap(), row[4].parse().unwrap());
		let got = function(Scaled::new(bits, exponent)).unwrap();
		want(got) / allowed(bits as f64 * 2f64.powi(exponent))
	});
	let worst = errors.fold(0.0, f64::max);
	std::println!("{name}: {} cases, worst {worst:.2} of the bound", rows.len());
	worst
}

impl Scaled {
	/// The relative error of numbers to a number of 100 bits.
	fn relative_to(bits: u128, exponent: i32) -> impl Fn(Self) -> f64 {
		move |got| {
			let (own, own_exponent) = got.parts();
			let (own, distance) = (u128::from(own) << 36, own_exponent - 36 - exponent);
			let (own, bits) = match distance {
				-1 => (own, bits << 1),
				0 => (own, bits),
				1 => (own << 1, bits),
				_ => return f64::INFINITY,
			};
			own.abs_diff(bits) as f64 / bits as f64
		}
	}
}

fn constant(bits: i32) -> impl Fn(f64) -> f64 {
	move |_| 2f64.powi(-bits)
}

#[test]
fn exponential_is_within_its_bound() {
	let allowed = |x: f64| 2f64.powi(-60) + x * 2f64.powi(-62);
	assert!(worst("exp_neg", |x| Ok(x.exp_neg()), allowed) <= 1.0);
}

#[test]
fn complement_of_the_exponential_is_within_its_bound() {
	assert!(worst("one_minus_exp_neg", |x| Ok(x.one_minus_exp_neg()), constant(54)) <= 1.0);
}

#[test]
fn logarithm_of_one_plus_is_within_its_bound() {
	assert!(worst("ln_one_plus", Scaled::ln_one_plus, constant(54)) <= 1.0);
}

#[test]
fn logarithm_of_the_hyperbolic_cosine_is_within_its_bound() {
	assert!(worst("ln_cosh", Scaled::ln_cosh, constant(54)) <= 1.0);
}

#[test]
fn arc_tangent_is_within_its_bound() {
	assert!(worst("atan", |x| atan_of_quotient(x, Scaled::ONE), constant(59)) <= 1.0);
	let sevenths = Scaled::new(7, -90);
	let of_quotient = |x: Scaled| atan_of_quotient(x.times(sevenths), sevenths);
	assert!(worst("atan", of_quotient, constant(59)) <= 1.0);
}

#[test]
fn exponential_ends_at_zero() {
	let end = Scaled::ONE.shifted(12);
	assert_eq!(end.exp_neg(), Scaled::ZERO);
	assert!(Scaled::new(4095, 0).exp_neg() > Scaled::ZERO);
	assert_eq!(end.one_minus_exp_neg(), Scaled::ONE);
	assert_eq!(Scaled::ZERO.one_minus_exp_neg(), Scaled::ZERO);
}

#[test]
fn sums_and_differences_keep_the_larger_number() {
	let (large, tiny) = (Scaled::ONE.shifted(200), Scaled::ONE.shifted(-200));
	assert_eq!(large.plus(tiny), large);
	assert_eq!(Scaled::ONE.plus(Scaled::ONE), Scaled::ONE.shifted(1));
	assert_eq!(tiny.minus(large), Scaled::ZERO);
	assert_eq!(large.plus(Scaled::ZERO), large);
	assert_eq!(Scaled::ZERO.plus(Scaled::ZERO), Scaled::ZERO);
	// The last bit counts across a power of two.
	let below = Scaled::new(u64::MAX.into(), -64);
	assert_eq!(Scaled::ONE.minus(below), Scaled::ONE.shifted(-64));
}

#[test]
fn zero_is_below_all_numbers_and_no_divisor() {
	assert!(Scaled::ZERO < Scaled::new(1, -10_000));
	assert!(Scaled::ONE.over(Scaled::ZERO).is_err() && Scaled::ZERO.ln().is_err());
	assert_eq!(Scaled::ZERO.over(Scaled::ONE), Ok(Scaled::ZERO));
	assert!(atan_of_quotient(Scaled::ZERO, Scaled::ZERO).is_err());
	assert_eq!(atan_of_quotient(Scaled::ONE, Scaled::ZERO), Ok(Scaled::HALF_PI));
}

#[test]
fn numbers_of_any_size_are_rounded_down_and_limited() {
	let limit = Real::from_bits(1 << 124);
	let real = |bits, exponent| Scaled::new(bits, exponent).to_real(limit);
	assert_eq!(Scaled::ZERO.to_real(limit), Real::ZERO);
	assert_eq!(real(3, -64), Real::from_bits(3));
	assert_eq!(real(3, -65), Real::from_bits(1));
	assert_eq!(real(u64::MAX.into(), -129), Real::ZERO);
	assert_eq!(real(1, -10_000), Real::ZERO);
	assert_eq!(real(7, -1), Real::from_num(3.5));
	let below = u64::MAX.into();
	assert_eq!(real(below, -4), Real::from_bits(i128::from(u64::MAX) << 60));
	for exponent in [-3, 0, 10_000] {
		assert_eq!(real(below, exponent), limit);
	}
	assert_eq!(real(1, 60), limit);
	assert_eq!(real(5, 0).min(Real::ONE), Scaled::new(5, 0).to_real(Real::ONE));
}
