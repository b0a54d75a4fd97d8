//! Daily price series, read from CSV text.

use anyhow::{bail, ensure, Context, Result};
use chrono::NaiveDate;
use csv::{ErrorKind, Position, StringRecord};
use std::{ops::RangeInclusive, path::Path};

/// The series that comes with the agent: the S&P 500, daily.
const SP500: &str = include_str!("../data/sp500_daily.csv");

/// The columns that a series must have besides `date`, in the order of [`Day`]'s fields.
const PRICES: [&str; 4] = ["open", "high", "low", "close"];

/// The column of a series with one price per day instead.
const PRICE: &str = "price";

/// The prices that are accepted: any market has them, and no formula overflows on them.
const ACCEPTED: RangeInclusive<f64> = 1e-9..=1e12;

/// The maximum of a day's high divided by its low, so that the range of a day stays in bounds.
const MAX_SPREAD: f64 = 1e6;

/// One trading day.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Day {
	/// The date.
	pub date: NaiveDate,
	/// First price.
	pub open: f64,
	/// Highest price.
	pub high: f64,
	/// Lowest price.
	pub low: f64,
	/// Last price.
	pub close: f64,
}

impl Day {
	/// The day's range in percent of its close.
	pub fn range(&self) -> f64 {
		100.0 * (self.high - self.low) / self.close
	}

	/// The day from an earlier price to its close; an error if they are too far apart.
	fn since(&self, open: f64) -> Result<Self> {
		let close = self.close;
		Self::new(self.date, PRICES, [open, close.max(open), close.min(open), close])
	}

	/// A day with these prices, in the order of [`PRICES`]; an error if they cannot be those of a
	/// day, which calls them by these names.
	fn new(date: NaiveDate, names: [&str; 4], prices: [f64; 4]) -> Result<Self> {
		for (name, price) in names.iter().zip(prices) {
			ensure!(price > 0.0, "the {name} {price:?} is not positive");
			ensure!(
				ACCEPTED.contains(&price),
				"the {name} {price:?} is not between {:?} and {:?}",
				ACCEPTED.start(),
				ACCEPTED.end()
			);
		}
		let [open, high, low, close] = prices;
		ensure!(high >= low, "the high {high} is below the low {low}");
		// The open is not compared: in many series it is the previous day's close.
		ensure!(close >= low, "the close {close} is below the low {low}");
		ensure!(close <= high, "the close {close} is above the high {high}");
		ensure!(
			high / low <= MAX_SPREAD,
			"the high {high:?} is more than {MAX_SPREAD:?} times the low {low:?}"
		);
		Ok(Self { date, open, high, low, close })
	}
}

/// Days in ascending order, each date once.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Series {
	/// The days.
	pub days: Vec<Day>,
	/// Lines of the rows that were left out because a cell is blank.
	pub blank_lines: Vec<usize>,
}

impl Series {
	/// The S&P 500 from 1999 to 2018.
	pub fn sp500() -> Result<Self> {
		Self::parse(SP500.as_bytes()).context("the built-in series")
	}

	/// The series in a file, or the S&P 500 if no file is given.
	///
	/// Every error names the file and, if a row is at fault, its line.
	pub fn load(path: Option<&Path>) -> Result<Self> {
		let Some(path) = path else { return Self::sp500() };
		let text =
			std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
		Self::parse(&text).with_context(|| path.display().to_string())
	}

	/// Reads comma-separated text with the columns date, open, high, low and close, or date and
	/// price, in any order and among others.
	///
	/// With one price per day, a day goes from the price of the row before to its own, so that its
	/// range is the change; the first row makes no day. Rows in which one of the columns is blank or a
	/// dot are skipped, and their lines recorded. An error if any other row is not a day later than
	/// the one before it, dated as in `2018-12-31`, with positive prices and a close between low and
	/// high.
	pub fn parse(text: &[u8]) -> Result<Self> {
		let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text);
		let headers = reader.headers().map_err(|error| row_error(text, error))?.clone();
		ensure!(!headers.is_empty(), "the file is empty");
		let date = column(&headers, "date")?;
		let (prices, names) = price_columns(&headers)?;

		let mut series = Self::default();
		let mut before: Option<Day> = None;
		for record in reader.into_records() {
			let record = record.map_err(|error| row_error(text, error))?;
			let line = || record.position().map_or(0, |position| line_of(text, position));
			let cell = |at: usize| record.get(at).unwrap_or_default();
			if is_blank(cell(date)) || prices.iter().any(|at| is_blank(cell(*at))) {
				series.blank_lines.push(line());
				continue;
			}
			let previous = before.as_ref().map(|day| day.date);
			let day = parse_day(cell(date), names, prices.map(cell), previous);
			let day = day.with_context(|| format!("line {}", line()))?;
			match before.replace(day.clone()) {
				Some(before) if names != PRICES => {
					let day = day.since(before.close);
					series.days.push(day.with_context(|| format!("line {}", line()))?);
				}
				None if names != PRICES => (),
				_ => series.days.push(day),
			}
		}
		if series.days.is_empty() {
			bail!("there is no day in it");
		}
		Ok(series)
	}
}

/// Whether a cell has no value, which some sources write as a dot.
fn is_blank(cell: &str) -> bool {
	matches!(cell, "" | ".")
}

/// The positions and names of the prices, which are all those of [`PRICE`] if there is one per day.
fn price_columns(headers: &StringRecord) -> Result<([usize; 4], [&'static str; 4])> {
	let names = || headers.iter().map(|header| header.trim_start_matches('\u{feff}'));
	let has = |name: &str| names().any(|header| header.eq_ignore_ascii_case(name));
	if has(PRICE) && !PRICES.iter().any(|name| has(name)) {
		return Ok(([column(headers, PRICE)?; 4], [PRICE; 4]));
	}
	let mut prices = [0; PRICES.len()];
	for (at, name) in prices.iter_mut().zip(PRICES) {
		*at = column(headers, name)?;
	}
	Ok((prices, PRICES))
}

/// The position of a column; an error unless there is exactly one of this name.
fn column(headers: &StringRecord, name: &str) -> Result<usize> {
	let mut found = headers
		.iter()
		.enumerate()
		.filter(|(_, header)| header.trim_start_matches('\u{feff}').eq_ignore_ascii_case(name));
	let (at, _) = found.next().with_context(|| format!("there is no column {name:?}"))?;
	ensure!(found.next().is_none(), "there are two columns {name:?}");
	Ok(at)
}

/// The day in the cells of a row, which must come after the day before it.
fn parse_day(
	date: &str,
	names: [&str; 4],
	prices: [&str; 4],
	previous: Option<NaiveDate>,
) -> Result<Day> {
	let date = NaiveDate::parse_from_str(date, "%Y-%m-%d")
		.with_context(|| format!("the date {date:?} is not of the form 2018-12-31"))?;
	if let Some(previous) = previous {
		ensure!(date != previous, "the date {date} occurs twice");
		ensure!(
			date > previous,
			"the date {date} is earlier than {previous}, the date before it; days must be in ascending \
			 order"
		);
	}
	let mut values = [0.0f64; PRICES.len()];
	for ((value, text), name) in values.iter_mut().zip(prices).zip(names) {
		*value =
			text.parse().ok().with_context(|| format!("the {name} {text:?} is not a number"))?;
		ensure!(value.is_finite(), "the {name} {text:?} is not a finite number");
	}
	Day::new(date, names, values)
}

/// The line, counted from 1, of the row that begins at or after a position.
///
/// The reader's own count does not include the blank lines that it skips before the row.
fn line_of(text: &[u8], position: &Position) -> usize {
	let from = usize::try_from(position.byte()).unwrap_or(usize::MAX).min(text.len());
	let skipped = text[from..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
	1 + text[..from + skipped].iter().filter(|byte| **byte == b'\n').count()
}

/// The reader's error with the line, and without the library's own words for rows and cells.
fn row_error(text: &[u8], error: csv::Error) -> anyhow::Error {
	let line = error.position().map_or(1, |position| line_of(text, position));
	match error.kind() {
		ErrorKind::UnequalLengths { expected_len, len, .. } => {
			anyhow::anyhow!("line {line}: {len} cells instead of {expected_len}")
		}
		ErrorKind::Utf8 { .. } => anyhow::anyhow!("line {line}: the text is not UTF-8"),
		_ => anyhow::Error::from(error).context(format!("line {line}")),
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	const HEADER: &str = "date,open,high,low,close\n";

	fn parse(rows: &str) -> Result<Series> {
		Series::parse(format!("{HEADER}{rows}").as_bytes())
	}

	/// The error that these rows give, with its causes.
	fn error(rows: &str) -> String {
		format!("{:#}", parse(rows).unwrap_err())
	}

	#[test]
	fn day_of_a_single_price_goes_from_the_price_before_to_its_own() {
		let text = "date,price\n2020-01-02,4\n2020-01-03,5\n2020-01-06,.\n2020-01-07,2\n";
		let series = Series::parse(text.as_bytes()).unwrap();
		let day = |date, open, high, low, close| Day { date, open, high, low, close };
		let date = |day| NaiveDate::from_ymd_opt(2020, 1, day).unwrap();
		let expected = [day(date(3), 4.0, 5.0, 4.0, 5.0), day(date(7), 5.0, 5.0, 2.0, 2.0)];
		assert_eq!(
			(series.days.as_slice(), series.blank_lines.as_slice()),
			(&expected[..], &[4][..])
		);
		let falling = Series::parse(b"date,price\n2020-01-02,4\n2020-01-03,-5\n").unwrap_err();
		assert_eq!(format!("{falling:#}"), "line 3: the price -5.0 is not positive");
	}

	#[test]
	fn rows_with_a_blank_are_skipped_and_their_lines_recorded() {
		let series = parse(
			"2020-01-02,1,2,0.5,1\n2020-01-03,,2,1,1\n2020-01-06,1,2,1, \n2020-01-07,1,3,1,2\n",
		)
		.unwrap();
		assert_eq!(series.blank_lines, [3, 4]);
		let ranges: Vec<_> = series.days.iter().map(Day::range).collect();
		assert_eq!(ranges, [150.0, 100.0]);
	}

	#[test]
	fn columns_may_be_in_any_order_and_among_others() {
		let text = "Close,Volume,LOW,High,open,Date\n2,7,1,3,2,2020-01-02\n";
		let series = Series::parse(text.as_bytes()).unwrap();
		let date = NaiveDate::from_ymd_opt(2020, 1, 2).unwrap();
		assert_eq!(series.days, [Day { date, open: 2.0, high: 3.0, low: 1.0, close: 2.0 }]);
	}

	#[test]
	fn byte_order_mark_crlf_and_quotes_are_accepted() {
		let plain = parse("2020-01-02,1,2,0.5,1\n2020-01-03,1,2,0.5,1.5\n").unwrap();
		let text =
			"\u{feff}\"date\",open,\"high\",low,close\r\n\r\n\"2020-01-02\",1,\"2\",0.5,1\r\n\
			2020-01-03, 1 ,2,5e-1,1.5";
		assert_eq!(Series::parse(text.as_bytes()).unwrap(), plain);
	}

	#[test]
	fn days_out_of_order_are_refused() {
		let [first, second] = ["2020-01-02,1,2,0.5,1\n", "2020-01-03,1,2,0.5,1\n"];
		assert_eq!(
			error(&format!("{second}{first}")),
			"line 3: the date 2020-01-02 is earlier than 2020-01-03, the date before it; days must be in \
			 ascending order"
		);
		assert_eq!(
			error(&format!("{first}{first}{second}")),
			"line 3: the date 2020-01-02 occurs twice"
		);
		assert!(parse(&format!("{first}{second}")).is_ok());
	}

	#[test]
	fn bad_rows_are_refused_with_their_line_and_the_reason() {
		let good = "2020-01-02,1,2,0.5,1\n";
		for (row, reason) in [
			("2020-01-03,1,2,x,1", "the low \"x\" is not a number"),
			("2020-01-03,1,2,NaN,1", "the low \"NaN\" is not a finite number"),
			("2020-01-03,1,inf,2,1", "the high \"inf\" is not a finite number"),
			("2020-01-03,1,2,-1,1", "the low -1.0 is not positive"),
			("2020-01-03,0,2,1,1", "the open 0.0 is not positive"),
			("2020-01-03,1,1e300,1,1", "the high 1e300 is not between 1e-9 and 1000000000000.0"),
			("2020-01-03,1,2,1,1e-300", "the close 1e-300 is not between 1e-9 and 1000000000000.0"),
			("2020-01-03,1,1,2,1", "the high 1 is below the low 2"),
			("2020-01-03,1,2,1,0.9", "the close 0.9 is below the low 1"),
			("2020-01-03,1,2,1,2.1", "the close 2.1 is above the high 2"),
			(
				"2020-01-03,1,1e8,1,1",
				"the high 100000000.0 is more than 1000000.0 times the low 1.0",
			),
			("03/01/2020,1,2,1,1", "the date \"03/01/2020\" is not of the form 2018-12-31"),
			("2020-02-30,1,2,1,1", "the date \"2020-02-30\" is not of the form 2018-12-31"),
			("2020-01-03,1,2,1", "4 cells instead of 5"),
			("2020-01-03,\"1,2,1,1", "2 cells instead of 5"),
		] {
			let found = error(&format!("{good}\n{row}\n"));
			let expected = format!("line 4: {reason}");
			assert!(found.starts_with(&expected), "{found:?} for {row:?}");
		}
	}

	#[test]
	fn text_that_is_no_series_is_refused() {
		let error = |text: &[u8]| format!("{:#}", Series::parse(text).unwrap_err());
		assert_eq!(error(b""), "the file is empty");
		assert_eq!(error(HEADER.as_bytes()), "there is no day in it");
		assert_eq!(error(b"date,open,high,low\n"), "there is no column \"close\"");
		assert_eq!(error(b"date,open,high,low,close,Close\n"), "there are two columns \"close\"");
		assert_eq!(
			error(b"date,open,high,low,close\n\xff,1,1,1,1\n"),
			"line 2: the text is not UTF-8"
		);
	}

	#[test]
	fn built_in_series_is_complete() {
		let series = Series::sp500().unwrap();
		assert_eq!((series.days.len(), series.blank_lines.len()), (5031, 0));
	}
}
