//! Tables in CSV files, with a row per time: truths, and the predictions of models.

use anyhow::{bail, ensure, Context, Result};
use chrono::{DateTime, NaiveDate, NaiveDateTime};
use csv::{StringRecord, Trim};
use std::{collections::BTreeMap, path::PathBuf};

/// A file and the columns that are wanted of it: `FILE`, or `FILE.csv:COLUMN,COLUMN`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableFile {
	path: PathBuf,
	columns: Option<Vec<String>>,
}

/// A row of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
	/// The time as in the file.
	pub text: String,
	/// One value per column.
	pub values: Vec<f64>,
}

/// A table: a row per time, in seconds since 1970.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
	/// The names of the columns.
	pub columns: Vec<String>,
	/// The rows by their times.
	pub rows: BTreeMap<i64, Row>,
	/// The number of rows that were left out because a cell is blank.
	pub blank: usize,
}

impl TableFile {
	/// The parser of arguments.
	pub fn parse(text: &str) -> Result<Self> {
		ensure!(!text.is_empty(), "the name of the file is empty");
		let (path, columns) = match text.rsplit_once(".csv:") {
			Some((path, columns)) => (format!("{path}.csv"), Some(columns)),
			None => (text.into(), None),
		};
		let names = columns.map(|names| names.split(',').map(|name| name.trim().into()).collect());
		Ok(Self { path: path.into(), columns: names })
	}

	/// Whether an argument names a table rather than a command.
	pub fn is_one(text: &str) -> bool {
		!text.contains(char::is_whitespace) && (text.ends_with(".csv") || text.contains(".csv:"))
	}

	/// Reads the file; `labels` are the names of the values that are wanted, if they are known.
	pub fn load(&self, labels: Option<&[String]>) -> Result<Table> {
		let path = self.path.display();
		let text = std::fs::read(&self.path).with_context(|| format!("cannot read {path}"))?;
		Table::parse(&text, self.columns.as_deref(), labels).with_context(|| path.to_string())
	}
}

impl Table {
	/// Reads comma-separated text whose first column is the time.
	///
	/// The columns are those that are named, or else those with the names of the labels, or else all
	/// after the first. The first line may have names. Rows in which one of the columns is blank or a dot
	/// are left out; an error if any other row has no time, is not later than the one before it, or has a
	/// cell that is not a number.
	pub fn parse(
		text: &[u8],
		columns: Option<&[String]>,
		labels: Option<&[String]>,
	) -> Result<Self> {
		let mut reader = csv::ReaderBuilder::new();
		let mut reader = reader.has_headers(false).trim(Trim::All).from_reader(text);
		let (mut table, mut chosen) = (Self::default(), Vec::new());
		for (at, record) in reader.records().enumerate() {
			let record = record.with_context(|| format!("row {}", at + 1))?;
			let line = || record.position().map_or(0, csv::Position::line);
			let first = record.get(0).unwrap_or_default().trim_start_matches('\u{feff}');
			let time = time_of(first);
			if at == 0 {
				(table.columns, chosen) = choose(&record, time.is_some(), columns, labels)?;
				if time.is_none() {
					continue;
				}
			}
			let time = time.with_context(|| {
				format!(
					"line {}: {first:?} is not a time: seconds since 1970, 2018-12-31 or 2018-12-31T23:59:59Z",
					line()
				)
			})?;
			let values = cells(&record, &chosen).with_context(|| format!("line {}", line()))?;
			let Some(values) = values else {
				table.blank += 1;
				continue;
			};
			let last = table.rows.last_key_value().map(|(last, _)| *last);
			ensure!(
				last.is_none_or(|last| last < time),
				"line {}: {first} is not later than the row before it",
				line()
			);
			table.rows.insert(time, Row { text: first.into(), values });
		}
		ensure!(!table.rows.is_empty(), "there is no row in it");
		Ok(table)
	}
}

/// The time of a cell, in seconds since 1970: a number of them, a date, or a date with a time, which is
/// UTC unless it says otherwise.
pub fn time_of(cell: &str) -> Option<i64> {
	if let Ok(seconds) = cell.parse() {
		return Some(seconds);
	}
	if let Ok(date) = NaiveDate::parse_from_str(cell, "%Y-%m-%d") {
		return Some(date.and_hms_opt(0, 0, 0)?.and_utc().timestamp());
	}
	if let Ok(time) = DateTime::parse_from_rfc3339(cell) {
		return Some(time.timestamp());
	}
	let forms = ["%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"];
	let mut times = forms.iter().filter_map(|form| NaiveDateTime::parse_from_str(cell, form).ok());
	times.next().map(|time| time.and_utc().timestamp())
}

/// The names and positions of the columns that are wanted, by the first row.
fn choose(
	first: &StringRecord,
	is_data: bool,
	columns: Option<&[String]>,
	labels: Option<&[String]>,
) -> Result<(Vec<String>, Vec<usize>)> {
	ensure!(first.len() > 1, "a row has a time and at least one value");
	if is_data {
		ensure!(columns.is_none(), "the columns have no names: the first line is a row");
		let positions: Vec<_> = (1..first.len()).collect();
		let numbered = || positions.iter().map(|at| format!("value-{at}")).collect::<Vec<_>>();
		let names = match (labels, positions.len()) {
			(Some(labels), _) => labels.to_vec(),
			(None, 1) => vec!["value".into()],
			(None, _) => numbered(),
		};
		check_count(&names, positions.len(), first)?;
		return Ok((names, positions));
	}
	let find = |name: &String| first.iter().position(|header| header.eq_ignore_ascii_case(name));
	if let Some(columns) = columns {
		let position = |name: &String| {
			let found = find(name).filter(|at| *at > 0);
			found
				.with_context(|| format!("there is no column {name:?}; there are {}", names(first)))
		};
		let positions = columns.iter().map(position).collect::<Result<Vec<_>>>()?;
		let names = labels.map_or_else(|| columns.to_vec(), <[String]>::to_vec);
		check_count(&names, positions.len(), first)?;
		return Ok((names, positions));
	}
	let own = || first.iter().skip(1).map(Into::into).collect::<Vec<String>>();
	let Some(labels) = labels else { return Ok((own(), (1..first.len()).collect())) };
	let named: Option<Vec<_>> =
		labels.iter().map(|label| find(label).filter(|at| *at > 0)).collect();
	if let Some(positions) = named {
		return Ok((labels.to_vec(), positions));
	}
	check_count(labels, first.len() - 1, first)?;
	Ok((labels.to_vec(), (1..first.len()).collect()))
}

/// The names of the columns but for the first, for an error.
fn names(header: &StringRecord) -> String {
	header.iter().skip(1).collect::<Vec<_>>().join(", ")
}

/// An error unless there is a column per label.
fn check_count(labels: &[String], columns: usize, header: &StringRecord) -> Result<()> {
	if labels.len() == columns {
		return Ok(());
	}
	bail!(
		"{columns} columns ({}) for {} labels ({}): name the columns, as in FILE.csv:COLUMN,COLUMN",
		names(header),
		labels.len(),
		labels.join(", ")
	)
}

/// The numbers in some cells of a row, `None` if one of them is blank.
fn cells(record: &StringRecord, columns: &[usize]) -> Result<Option<Vec<f64>>> {
	let mut values = Vec::with_capacity(columns.len());
	for column in columns {
		let cell = record.get(*column).unwrap_or_default();
		if matches!(cell, "" | ".") {
			return Ok(None);
		}
		let number = cell.parse::<f64>().ok().filter(|number| number.is_finite());
		values.push(number.with_context(|| format!("{cell:?} is not a finite number"))?);
	}
	Ok(Some(values))
}

#[cfg(test)]
mod tests {
	use super::*;

	fn labels(names: &[&str]) -> Vec<String> {
		names.iter().map(|name| (*name).to_owned()).collect()
	}

	fn error(text: &str, columns: Option<&[&str]>, wanted: Option<&[&str]>) -> String {
		let columns = columns.map(labels);
		let wanted = wanted.map(labels);
		let parsed = Table::parse(text.as_bytes(), columns.as_deref(), wanted.as_deref());
		format!("{:#}", parsed.unwrap_err())
	}

	#[test]
	fn rows_are_found_by_their_times() {
		let text = "time,close,open\n2020-01-02,2,1\n2020-01-03,.,1\n2020-01-04T00:00:00Z,4,3\n";
		let table = Table::parse(text.as_bytes(), None, Some(&labels(&["close"]))).unwrap();
		assert_eq!((table.columns, table.blank), (labels(&["close"]), 1));
		let rows: Vec<_> = table.rows.iter().map(|(time, row)| (*time, row.values[0])).collect();
		// 2020-01-02 is day 18263.
		assert_eq!(rows, [(18_263 * 86_400, 2.0), (18_265 * 86_400, 4.0)]);
	}

	#[test]
	fn columns_are_those_that_are_named_or_all() {
		let text = "time,a,b\n1000,1,2\n";
		let values = |columns: Option<&[&str]>, wanted: Option<&[&str]>| {
			let (columns, wanted) = (columns.map(labels), wanted.map(labels));
			let table = Table::parse(text.as_bytes(), columns.as_deref(), wanted.as_deref());
			table.unwrap().rows[&1000].values.clone()
		};
		assert_eq!(values(None, None), [1.0, 2.0]);
		assert_eq!(values(Some(&["b"]), Some(&["price"])), [2.0]);
		assert_eq!(values(None, Some(&["b", "a"])), [2.0, 1.0]);
		assert_eq!(values(None, Some(&["up", "down"])), [1.0, 2.0]);
		let plain = Table::parse(b"1000,1\n1060,2\n", None, None).unwrap();
		assert_eq!((plain.columns, plain.rows.len()), (labels(&["value"]), 2));
	}

	#[test]
	fn errors_name_the_line_and_what_there_is() {
		let header = "time,a,b\n";
		for (text, columns, wanted, expected) in [
			("1000,1\nsoon,2\n", None, None, "line 2: \"soon\" is not a time: seconds since"),
			("1000,1\n1000,2\n", None, None, "line 2: 1000 is not later than the row before it"),
			("1000,1\n1060,x\n", None, None, "line 2: \"x\" is not a finite number"),
			(header, None, None, "there is no row in it"),
			(header, Some(&["c"][..]), None, "there is no column \"c\"; there are a, b"),
			(header, None, Some(&["price"][..]), "2 columns (a, b) for 1 labels (price): name"),
			("1000\n", None, None, "a row has a time and at least one value"),
		] {
			let found = error(text, columns, wanted);
			assert!(found.starts_with(expected), "{found:?} for {text:?}");
		}
	}

	#[test]
	fn argument_names_a_file_and_columns() {
		let file = TableFile::parse("data/a.csv:open,close").unwrap();
		assert_eq!(
			(file.path, file.columns),
			("data/a.csv".into(), Some(labels(&["open", "close"])))
		);
		assert_eq!(TableFile::parse("truth.txt").unwrap().columns, None);
		assert!(TableFile::is_one("a.csv") && TableFile::is_one("a.csv:b"));
		assert!(!TableFile::is_one("python3 model.py a.csv"));
	}
}
