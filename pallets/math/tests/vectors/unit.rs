//! `unit/*.json`: cases of single functions.
//!
//! A case has a function name (`fn`), its arguments (`in`), the result (`out`, or the part of it at
//! `index`) and a tolerance. [`crate::unit_functions`] maps names to functions of the crate; an
//! unknown name fails.

use crate::{decimal::Decimal, report::Report, table::folder, unit_functions};
use allora_math::{MathError, MathResult, Real};
use serde_json::{Map, Value};

/// The arguments of a case.
pub struct Arguments<'a>(pub &'a Map<String, Value>);

/// A result: a tree of numbers, some missing.
#[derive(Debug)]
pub enum Outcome {
	Missing,
	Number(Decimal),
	List(Vec<Outcome>),
	/// Numbers that must never become smaller.
	Rising(Vec<Real>),
}

impl From<Real> for Outcome {
	fn from(value: Real) -> Self {
		Self::Number(Decimal::of(value))
	}
}

impl<T: Into<Outcome>> From<Vec<T>> for Outcome {
	fn from(values: Vec<T>) -> Self {
		Self::List(values.into_iter().map(Into::into).collect())
	}
}

impl<T: Into<Outcome>> From<Option<T>> for Outcome {
	fn from(value: Option<T>) -> Self {
		value.map_or(Self::Missing, Into::into)
	}
}

impl Outcome {
	/// All numbers, in order; `None` for missing ones.
	fn flat(&self) -> Vec<Option<Decimal>> {
		match self {
			Self::Missing => vec![None],
			Self::Number(value) => vec![Some(value.clone())],
			Self::List(parts) => parts.iter().flat_map(Self::flat).collect(),
			Self::Rising(values) => values.iter().map(|x| Some(Decimal::of(*x))).collect(),
		}
	}
}

/// The decimal of a JSON number or string.
pub fn decimal(value: &Value) -> Option<Decimal> {
	match value {
		Value::String(text) => Decimal::parse(text),
		Value::Number(number) => Decimal::parse(&number.to_string()),
		_ => None,
	}
}

/// The number of a JSON number or string; panics for anything else, an error if it does not fit.
pub fn number(value: &Value) -> MathResult {
	let decimal = decimal(value).unwrap_or_else(|| panic!("not a number: {value}"));
	decimal.real().ok_or(MathError::Overflow)
}

/// The numbers of a JSON list.
pub fn numbers(value: &Value) -> MathResult<Vec<Real>> {
	value.as_array().unwrap_or_else(|| panic!("not a list: {value}")).iter().map(number).collect()
}

/// The numbers of a JSON list, `None` for null.
pub fn maybe_numbers(value: &Value) -> MathResult<Vec<Option<Real>>> {
	let list = value.as_array().unwrap_or_else(|| panic!("not a list: {value}"));
	let maybe = |value: &Value| {
		if value.is_null() {
			Ok(None)
		} else {
			number(value).map(Some)
		}
	};
	list.iter().map(maybe).collect()
}

impl Arguments<'_> {
	/// An argument, `None` if it is absent or null.
	pub fn maybe(&self, name: &str) -> Option<&Value> {
		self.0.get(name).filter(|value| !value.is_null())
	}

	/// An argument.
	pub fn value(&self, name: &str) -> &Value {
		self.maybe(name).unwrap_or_else(|| panic!("no argument {name}"))
	}

	/// A number.
	pub fn real(&self, name: &str) -> MathResult {
		number(self.value(name))
	}

	/// A number, or the constant if it is not given.
	pub fn real_or(&self, name: &str, default: &str) -> MathResult {
		match self.maybe(name) {
			Some(value) => number(value),
			None => Decimal::parse(default).and_then(|d| d.real()).ok_or(MathError::Overflow),
		}
	}

	/// A list of numbers.
	pub fn reals(&self, name: &str) -> MathResult<Vec<Real>> {
		numbers(self.value(name))
	}

	/// A list of numbers of which only the proportions count.
	pub fn proportions(&self, name: &str) -> MathResult<Vec<Real>> {
		let list = self.value(name).as_array().unwrap_or_else(|| panic!("{name}: not a list"));
		let read = |value| decimal(value).unwrap_or_else(|| panic!("not a number: {value}"));
		let decimals: Vec<_> = list.iter().map(read).collect();
		let parts = Decimal::proportions(&decimals);
		parts.iter().map(|part| part.real().ok_or(MathError::Overflow)).collect()
	}

	/// The maximum number of decimals, up to 18, with which all amounts have at most `digits`
	/// digits.
	pub fn scale(&self, names: &[&str], digits: i64) -> u32 {
		let size = |name: &&str| decimal(self.value(name)).and_then(|amount| amount.size());
		let largest = names.iter().filter_map(size).max().unwrap_or(0);
		u32::try_from((digits - largest).clamp(0, 18)).expect("from 0 to 18")
	}

	/// A list of rows, with missing numbers.
	pub fn rows(&self, name: &str) -> MathResult<Vec<Vec<Option<Real>>>> {
		let rows = self.value(name).as_array().unwrap_or_else(|| panic!("{name}: not a list"));
		rows.iter().map(maybe_numbers).collect()
	}

	/// A non-negative number in units of 10^-scale.
	pub fn units(&self, name: &str, scale: u32) -> MathResult<u128> {
		units(self.value(name), scale)
	}

	/// A whole number.
	pub fn whole(&self, name: &str) -> MathResult<u64> {
		u64::try_from(self.units(name, 0)?).map_err(|_| MathError::Overflow)
	}

	/// Whether a flag is given and set.
	pub fn flag(&self, name: &str) -> bool {
		self.maybe(name).and_then(Value::as_bool).unwrap_or(false)
	}
}

/// A non-negative number in units of 10^-scale.
pub fn units(value: &Value, scale: u32) -> MathResult<u128> {
	let decimal = decimal(value).unwrap_or_else(|| panic!("not a number: {value}"));
	decimal.integer(scale).ok_or(MathError::Overflow)
}

/// The expected numbers, objects by ascending name.
fn expected(value: &Value) -> Vec<Option<Decimal>> {
	match value {
		Value::Null => vec![None],
		Value::Array(parts) => parts.iter().flat_map(expected).collect(),
		Value::Object(parts) => {
			let mut names: Vec<_> = parts.keys().collect();
			names.sort();
			names.into_iter().flat_map(|name| expected(&parts[name])).collect()
		}
		_ => vec![Some(decimal(value).unwrap_or_else(|| panic!("not a number: {value}")))],
	}
}

fn tolerance(case: &Map<String, Value>, name: &str) -> f64 {
	let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_string);
	case.get(name).map_or(0.0, |value| text(value).parse().expect("a tolerance"))
}

fn run(case: &Map<String, Value>, report: &mut Report) {
	let text = |name: &str| case.get(name).and_then(Value::as_str).unwrap_or_default();
	let (function, title) = (text("fn"), text("test"));
	let empty = Map::new();
	let arguments = Arguments(case.get("in").and_then(Value::as_object).unwrap_or(&empty));
	let result = match unit_functions::call(function, &arguments) {
		Some(result) => result,
		None => {
			return report.holds("unknown functions", false, &format!("{title}: {function}"));
		}
	};
	let mut outcome = match result {
		Ok(outcome) => outcome,
		Err(error) => return report.holds(function, false, &format!("{title}: {error}")),
	};
	let index = case.get("index").and_then(Value::as_u64);
	if let (Some(index), Outcome::List(parts)) = (index, &mut outcome) {
		let index = usize::try_from(index).expect("a small index");
		if index >= parts.len() {
			return report.holds(function, false, &format!("{title}: no part {index}"));
		}
		outcome = parts.swap_remove(index);
	}
	if let Outcome::Rising(values) = &outcome {
		let rising = values.windows(2).all(|pair| pair[0] <= pair[1]);
		return report.holds(function, rising && !values.is_empty(), title);
	}
	let (got, want) = (outcome.flat(), expected(case.get("out").unwrap_or(&Value::Null)));
	if got.len() != want.len() {
		let lengths = format!("{title}: {} numbers for {}", got.len(), want.len());
		return report.holds(function, false, &lengths);
	}
	let (absolute, relative) = (tolerance(case, "tol_abs"), tolerance(case, "tol_rel"));
	for pair in got.iter().zip(&want) {
		match pair {
			(Some(got), Some(want)) => {
				let size = want.distance(&Decimal::of(Real::ZERO));
				report.decimal(function, got, want, absolute.max(relative * size), title);
			}
			(got, want) => report.holds(function, got.is_none() && want.is_none(), title),
		}
	}
}

#[test]
fn every_unit_case_is_reproduced() {
	let folder = folder().join("unit");
	let entries = std::fs::read_dir(&folder).expect("the folder of unit cases");
	let mut paths: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
	paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
	paths.sort();
	assert!(!paths.is_empty(), "no unit cases in {}", folder.display());
	let mut report = Report::new("unit/*.json");
	let mut cases = 0;
	for path in paths {
		let text = std::fs::read_to_string(&path).expect("a readable file");
		let file: Value = serde_json::from_str(&text).expect("JSON");
		let tests = file.get("tests").and_then(Value::as_array);
		let tests = tests.unwrap_or_else(|| panic!("{}: no tests", path.display()));
		for case in tests {
			run(case.as_object().expect("a case"), &mut report);
			cases += 1;
		}
	}
	report.holds(&format!("{cases} cases run"), cases > 0, "all files");
	report.finish(&[]);
}
