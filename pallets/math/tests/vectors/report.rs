//! A report of comparisons: their number and the worst error per formula.

use crate::decimal::Decimal;
use allora_math::Real;
use std::{collections::BTreeMap, io::Write};

/// The maximum relative error of a value, unless its case has another tolerance.
pub const TOLERANCE: f64 = 1e-9;

/// The minimum size for relative errors. Here, and for all smaller sizes, the tolerance is 16 *
/// 2^-64.
const SMALLEST: f64 = 16.0 / 18_446_744_073_709_551_616.0 / TOLERANCE;

#[derive(Default)]
struct Line {
	count: usize,
	worst: f64,
	worst_at: String,
	failures: Vec<String>,
}

/// The comparisons of one test.
pub struct Report {
	title: &'static str,
	lines: BTreeMap<String, Line>,
}

impl Report {
	pub fn new(title: &'static str) -> Self {
		Self { title, lines: BTreeMap::new() }
	}

	/// Compares a decimal with the expected one, within the tolerance or an absolute one if looser.
	pub fn decimal(&mut self, formula: &str, got: &Decimal, want: &Decimal, abs: f64, at: &str) {
		let distance = got.distance(want);
		let size = Decimal::distance(want, &Decimal::of(Real::ZERO));
		let error = distance / size.max(SMALLEST);
		let line = self.lines.entry(formula.into()).or_default();
		line.count += 1;
		if error > line.worst || line.worst_at.is_empty() {
			(line.worst, line.worst_at) = (error, at.into());
		}
		// Not a plain comparison, so that a NaN fails.
		if !(error <= TOLERANCE || distance <= abs) {
			line.failures.push(format!("{at}: got {got}, want {want}"));
		}
	}

	/// Compares a number with the expected decimal.
	pub fn real(&mut self, formula: &str, got: Real, want: &Decimal, at: &str) {
		self.decimal(formula, &Decimal::of(got), want, 0.0, at);
	}

	/// Records whether a statement holds.
	pub fn holds(&mut self, formula: &str, holds: bool, at: &str) {
		let line = self.lines.entry(formula.into()).or_default();
		line.count += 1;
		if !holds {
			line.worst = f64::INFINITY;
			line.failures.push(at.into());
		}
	}

	/// The number of values compared for a formula.
	pub fn count(&self, formula: &str) -> usize {
		self.lines.get(formula).map_or(0, |line| line.count)
	}

	/// Prints a line per formula. Panics if a comparison failed, or if a formula of `required` was
	/// never compared.
	pub fn finish(self, required: &[&str]) {
		let mut text = format!("\n{}\n", self.title);
		let mut failed = Vec::new();
		for (formula, line) in &self.lines {
			text += &format!(
				"  {:4} {formula:58} n={:5}  worst relative error {:.2e}  ({})\n",
				if line.failures.is_empty() { "ok" } else { "FAIL" },
				line.count,
				line.worst,
				line.worst_at
			);
			failed.extend(line.failures.iter().map(|failure| format!("{formula}: {failure}")));
		}
		for formula in required {
			if self.count(formula) == 0 {
				failed.push(format!("{formula}: nothing compared"));
			}
		}
		let total: usize = self.lines.values().map(|line| line.count).sum();
		text += &format!("  {total} values compared, {} failed\n", failed.len());
		// Written directly, since the test harness hides the output of passing tests.
		std::io::stdout().lock().write_all(text.as_bytes()).expect("standard output");
		assert!(total > 0, "{}: nothing compared", self.title);
		assert!(failed.is_empty(), "{} failures:\n{}", failed.len(), failed.join("\n"));
	}
}
