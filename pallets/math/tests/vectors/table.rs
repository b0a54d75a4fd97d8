//! Tables of the golden vectors: rows of decimals by column name.

use crate::decimal::Decimal;
use allora_math::Real;
use std::{collections::HashMap, path::PathBuf};

/// A row: its cells by column.
pub struct Row(HashMap<String, String>);

/// The folder of the vectors: `ALLORA_VECTORS`, or the crate's own.
pub fn folder() -> PathBuf {
	std::env::var_os("ALLORA_VECTORS")
		.map(PathBuf::from)
		.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/vectors"))
}

/// All rows of a file of the folder.
pub fn read(file: &str) -> Vec<Row> {
	let path = folder().join(file);
	let mut reader =
		csv::Reader::from_path(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
	let rows: Vec<_> = reader
		.deserialize()
		.map(|row| Row(row.unwrap_or_else(|error| panic!("{}: {error}", path.display()))))
		.collect();
	assert!(!rows.is_empty(), "{}: no rows", path.display());
	rows
}

impl Row {
	/// The text of a cell; panics if there is no such column.
	pub fn text(&self, column: &str) -> &str {
		self.0.get(column).unwrap_or_else(|| panic!("no column {column}"))
	}

	/// Whether there is such a column.
	pub fn has(&self, column: &str) -> bool {
		self.0.contains_key(column)
	}

	/// The number of columns `name(0)`, `name(1)` and so on.
	pub fn count(&self, name: impl Fn(usize) -> String) -> usize {
		(0..).take_while(|index| self.has(&name(*index))).count()
	}

	/// The decimal of a cell, `None` if it is empty.
	pub fn maybe(&self, column: &str) -> Option<Decimal> {
		match self.text(column) {
			"" | "nan" | "NaN" | "None" => None,
			text => Some(
				Decimal::parse(text).unwrap_or_else(|| panic!("{column}: not a number: {text}")),
			),
		}
	}

	/// The decimal of a cell.
	pub fn decimal(&self, column: &str) -> Decimal {
		self.maybe(column).unwrap_or_else(|| panic!("{column} is empty"))
	}

	/// The nearest number to a cell, `None` if it is empty.
	pub fn maybe_real(&self, column: &str) -> Option<Real> {
		self.maybe(column)
			.map(|value| value.real().unwrap_or_else(|| panic!("{column} is out of range")))
	}

	/// The nearest number to a cell.
	pub fn real(&self, column: &str) -> Real {
		self.maybe_real(column).unwrap_or_else(|| panic!("{column} is empty"))
	}

	/// The numbers of `name(0)` to `name(count - 1)`.
	pub fn reals(&self, count: usize, name: impl Fn(usize) -> String) -> Vec<Real> {
		(0..count).map(|index| self.real(&name(index))).collect()
	}

	/// A cell in units of 1e-18.
	pub fn units(&self, column: &str) -> u128 {
		self.decimal(column)
			.integer(18)
			.unwrap_or_else(|| panic!("{column} is negative or too large"))
	}

	/// The integer of a cell.
	pub fn whole(&self, column: &str) -> u64 {
		self.decimal(column)
			.integer(0)
			.and_then(|value| u64::try_from(value).ok())
			.unwrap_or_else(|| panic!("{column} is not a whole number"))
	}
}
