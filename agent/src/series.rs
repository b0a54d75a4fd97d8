//! Daily price series, and the truth the demo's topic asks for.

use anyhow::{bail, ensure, Context, Result};
use std::path::Path;

/// The series that comes with the agent: the S&P 500, daily.
const SP500: &str = include_str!("../data/sp500_daily.csv");

/// One trading day.
#[derive(Clone, Debug, PartialEq)]
pub struct Day {
	/// The date as the file has it.
	pub date: String,
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
	/// The day's range in percent of its close: what the topic predicts.
	pub fn range(&self) -> f64 {
		100.0 * (self.high - self.low) / self.close
	}
}

/// Days in the order of the file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Series {
	/// The days.
	pub days: Vec<Day>,
	/// Rows that were left out because a cell is blank.
	pub skipped: usize,
}

impl Series {
	/// The S&P 500 from 1999 to 2018.
	pub fn sp500() -> Result<Self> {
		Self::parse(SP500.as_bytes())
	}

	/// The series of a file, or without one the S&P 500.
	pub fn load(path: Option<&Path>) -> Result<Self> {
		let Some(path) = path else { return Self::sp500() };
		let text =
			std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
		Self::parse(&text).with_context(|| format!("in {}", path.display()))
	}

	/// Reads comma-separated text with the columns date, open, high, low and close, in any order
	/// and among others.
	///
	/// Rows in which one of them is blank are skipped and counted; any other row that is not a day
	/// of positive prices, the high not below the low, is an error.
	pub fn parse(text: &[u8]) -> Result<Self> {
		let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text);
		let headers = reader.headers()?.clone();
		let column = |name: &str| {
			headers
				.iter()
				.position(|header| header.trim_start_matches('\u{feff}').eq_ignore_ascii_case(name))
				.with_context(|| format!("there is no column {name:?}"))
		};
		let date = column("date")?;
		let prices = [column("open")?, column("high")?, column("low")?, column("close")?];

		let mut series = Self::default();
		for record in reader.into_records() {
			let record = record?;
			let line = record.position().map_or(0, |position| position.line());
			let cell = |at: usize| record.get(at).unwrap_or_default();
			if cell(date).is_empty() || prices.iter().any(|at| cell(*at).is_empty()) {
				series.skipped += 1;
				continue;
			}
			let mut values = [0.0f64; 4];
			for (value, at) in values.iter_mut().zip(prices) {
				let text = cell(at);
				*value = text.parse().with_context(|| format!("line {line}: {text:?}"))?;
				ensure!(
					value.is_finite() && *value > 0.0,
					"line {line}: price {text} is not positive"
				);
			}
			let [open, high, low, close] = values;
			ensure!(high >= low, "line {line}: high {high} is below low {low}");
			series.days.push(Day { date: cell(date).to_owned(), open, high, low, close });
		}
		if series.days.is_empty() {
			bail!("the series has no day");
		}
		Ok(series)
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn rows_with_a_blank_are_skipped_and_counted() {
		let text = "date,open,high,low,close\n2020-01-02,1,2,0.5,1\n2020-01-03,,2,1,1\n\
			2020-01-06,1,2,1, \n2020-01-07,1,3,1,2\n";
		let series = Series::parse(text.as_bytes()).unwrap();
		assert_eq!(series.skipped, 2);
		let ranges: Vec<_> = series.days.iter().map(Day::range).collect();
		assert_eq!(ranges, [150.0, 100.0]);
	}

	#[test]
	fn columns_may_stand_in_any_order_among_others() {
		let text = "Close,Volume,LOW,High,open,Date\n2,7,1,3,2,a\n";
		let series = Series::parse(text.as_bytes()).unwrap();
		let day = Day { date: "a".into(), open: 2.0, high: 3.0, low: 1.0, close: 2.0 };
		assert_eq!(series.days, [day]);
	}

	#[test]
	fn what_is_no_price_is_an_error() {
		let parse =
			|row: &str| Series::parse(format!("date,open,high,low,close\n{row}\n").as_bytes());
		assert!(parse("d,1,2,x,1").is_err());
		assert!(parse("d,1,2,-1,1").is_err());
		assert!(parse("d,1,1,2,1").is_err());
		assert!(parse("d,1,inf,2,1").is_err());
		assert!(Series::parse(b"date,open,high,low\n").is_err());
		assert!(Series::parse(b"date,open,high,low,close\n").is_err());
	}

	#[test]
	fn series_that_comes_along_is_complete() {
		let series = Series::sp500().unwrap();
		assert_eq!((series.days.len(), series.skipped), (5031, 0));
	}
}
