//! Truths in a CSV file, with a row per time: Unix seconds, and one value per label.
//!
//! The truth of an epoch is the newest row that is not after the time at which the truth is known, and
//! not older than allowed. The file is read anew for each epoch, so that rows may be appended; a row
//! that changes after its epoch was reported has no effect.

use super::{Method, ModelError, Request};
use anyhow::{Context, Result};
use serde_json::{json, Value};
use std::{path::PathBuf, time::Duration};

/// A table of truths.
pub struct Truths {
	/// The file.
	pub path: PathBuf,
	/// Maximum age of a row; `None` for one epoch length.
	pub max_age: Option<Duration>,
}

impl Truths {
	/// The truth of the request's epoch, null if the table has none.
	pub fn ask(&self, method: Method, request: &Request) -> Result<Value, ModelError> {
		if method != Method::Truth {
			return Err(ModelError::Schema("a CSV file has truths only".into()));
		}
		let max_age = self.max_age.unwrap_or(request.epoch_length);
		let found = self.find(request.truth_at_ms / 1_000, max_age.as_secs());
		let found = found.map_err(|error| ModelError::Failed(format!("{error:#}")))?;
		Ok(found.map_or(Value::Null, |values| json!({ "values": values })))
	}

	/// The values of the newest row that is not after a time and not older than allowed, in seconds.
	fn find(&self, time: u64, max_age: u64) -> Result<Option<Vec<String>>> {
		let path = self.path.display();
		let reader =
			csv::ReaderBuilder::new().has_headers(false).trim(csv::Trim::All).from_path(&self.path);
		let mut newest: Option<(u64, Vec<String>)> = None;
		for (number, row) in reader.with_context(|| format!("{path}"))?.records().enumerate() {
			let line = number + 1;
			let row = row.with_context(|| format!("{path}, line {line}"))?;
			let Some(first) = row.get(0) else { continue };
			let at = match first.parse::<u64>() {
				Ok(at) => at,
				// The names of the columns.
				Err(_) if number == 0 => continue,
				Err(_) => anyhow::bail!("{path}, line {line}: {first:?} is not a time in seconds"),
			};
			let is_newer = newest.as_ref().is_none_or(|(newest, _)| at >= *newest);
			if at <= time && is_newer {
				newest = Some((at, row.iter().skip(1).map(Into::into).collect()));
			}
		}
		Ok(newest.filter(|(at, _)| time - at <= max_age).map(|(_, values)| values))
	}
}

#[cfg(test)]
mod tests {
	use super::{super::tests::request, *};

	fn ask(text: &str, truth_at: u64) -> Result<Value, ModelError> {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("truth.csv");
		std::fs::write(&path, text).unwrap();
		let request = Request { truth_at_ms: truth_at * 1_000, ..request() };
		Truths { path, max_age: None }.ask(Method::Truth, &request)
	}

	#[test]
	fn truth_is_the_newest_row_up_to_its_time() {
		let rows = "time,up,down\n1000,0.5,0.5\n1060,1,0\n1120,0,1\n";
		assert_eq!(ask(rows, 1_060).unwrap(), json!({ "values": ["1", "0"] }));
		assert_eq!(ask(rows, 1_119).unwrap(), json!({ "values": ["1", "0"] }));
		// An epoch is a minute long: rows of 61 seconds ago do not count.
		assert_eq!(ask(rows, 1_180).unwrap(), json!({ "values": ["0", "1"] }));
		assert_eq!(ask(rows, 1_181).unwrap(), Value::Null);
		assert_eq!(ask(rows, 999).unwrap(), Value::Null);
	}

	#[test]
	fn row_without_a_time_is_an_error_that_names_the_line() {
		let error = ask("1000,1\nyesterday,2\n", 1_060).unwrap_err().to_string();
		assert!(error.ends_with("line 2: \"yesterday\" is not a time in seconds"), "{error}");
	}
}
