//! The exponential and the logarithm against an oracle of 60 digits (see `oracle/generate.py`).

use allora_math::testing::decimal::Decimal;
use allora_math::{elementary, Real};

/// 2^-64.
const UNIT: f64 = 1.0 / 18_446_744_073_709_551_616.0;

fn oracle(function: &str) -> Vec<(Real, Decimal)> {
	let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oracle/elementary.csv");
	let mut reader = csv::Reader::from_path(path).expect("the oracle is committed");
	let rows =
		reader.records().map(|row| row.expect("three columns")).filter(|row| &row[0] == function);
	rows.map(|row| {
		let bits = row[1].parse().expect("an integer");
		(Real::from_bits(bits), Decimal::parse(&row[2]).expect("a decimal"))
	})
	.collect()
}

fn absolute(got: Real, want: &Decimal) -> f64 {
	Decimal::of(got).distance(want) / UNIT
}

#[test]
fn exponential_up_to_zero_is_within_four_units() {
	let mut worst = (0.0, Real::ZERO);
	let points: Vec<_> = oracle("exp").into_iter().filter(|(x, _)| *x <= 0).collect();
	for (x, want) in &points {
		let error = absolute(elementary::exp(*x).expect("never fails"), want);
		worst = if error > worst.0 { (error, *x) } else { worst };
	}
	println!("exp, x <= 0: {} points, worst {:.3} * 2^-64 at {}", points.len(), worst.0, worst.1);
	assert!(points.len() > 2000 && worst.0 <= 4.0, "{worst:?}");
}

#[test]
fn exponential_above_zero_has_a_relative_error_of_at_most_two_to_the_minus_60() {
	let mut worst = (0.0, Real::ZERO);
	let points: Vec<_> = oracle("exp").into_iter().filter(|(x, _)| *x > 0).collect();
	for (x, want) in &points {
		let got = elementary::exp(*x).unwrap_or_else(|error| panic!("exp({x}): {error}"));
		let error = Decimal::of(got).relative(want);
		worst = if error > worst.0 { (error, *x) } else { worst };
	}
	let bits = worst.0.log2();
	println!("exp, x > 0: {} points, worst relative 2^{bits:.2} at {}", points.len(), worst.1);
	assert!(points.len() > 2000 && bits <= -60.0, "{worst:?}");
}

#[test]
fn logarithm_is_within_four_units() {
	let mut worst = (0.0, Real::ZERO);
	let points = oracle("ln");
	for (x, want) in &points {
		let error = absolute(elementary::ln(*x).expect("positive"), want);
		worst = if error > worst.0 { (error, *x) } else { worst };
	}
	println!("ln: {} points, worst {:.3} * 2^-64 at {}", points.len(), worst.0, worst.1);
	assert!(points.len() > 2000 && worst.0 <= 4.0, "{worst:?}");
}
