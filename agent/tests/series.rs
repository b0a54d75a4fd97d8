//! How `allora-agent simulate` and `demo` fail on a bad series: one line on standard error with the
//! file, the line and the reason, exit status 1 and no backtrace.

use std::{
	fs,
	path::Path,
	process::{Command, Output},
};

/// Rows of a series that is long enough, oldest first.
fn rows() -> Vec<String> {
	let day = |at: u32| {
		let close = 100.0 + f64::from(at * 7 % 5);
		format!("2020-{:02}-{:02},100,110,90,{close}", 1 + at / 28, 1 + at % 28)
	};
	(0..60).map(day).collect()
}

fn agent(command: &str, series: &Path) -> Output {
	Command::new(env!("CARGO_BIN_EXE_allora-agent"))
		.args([command, "--topics", "2", "--series"])
		.arg(series)
		.env("RUST_BACKTRACE", "1")
		.output()
		.unwrap()
}

/// Runs `simulate` and `demo` on a file with this text; both must fail with the expected end of the
/// one error line.
fn refused(text: &[u8], expected: &str) {
	let folder = tempfile::tempdir().unwrap();
	let path = folder.path().join("series.csv");
	fs::write(&path, text).unwrap();
	for command in ["simulate", "demo"] {
		let output = agent(command, &path);
		let errors = String::from_utf8(output.stderr).unwrap();
		assert_eq!(output.status.code(), Some(1), "{command}: {errors}");
		assert_eq!(errors, format!("error: {}: {expected}\n", path.display()), "{command}");
		assert!(output.stdout.is_empty());
	}
}

fn with_header(rows: &[String]) -> Vec<u8> {
	format!("date,open,high,low,close\n{}\n", rows.join("\n")).into_bytes()
}

#[test]
fn good_series_is_simulated() {
	let folder = tempfile::tempdir().unwrap();
	let path = folder.path().join("series.csv");
	fs::write(&path, with_header(&rows())).unwrap();
	let output = agent("simulate", &path);
	assert!(output.status.success(), "{output:?}");
	assert!(String::from_utf8(output.stdout).unwrap().contains("38 epochs"));
}

#[test]
fn days_out_of_order_are_refused() {
	let (mut newest_first, mut shuffled) = (rows(), rows());
	newest_first.reverse();
	refused(
		&with_header(&newest_first),
		"line 3: the date 2020-03-03 is earlier than 2020-03-04, the date before it; days must be in \
		 ascending order",
	);
	shuffled.swap(20, 40);
	refused(
		&with_header(&shuffled),
		"line 23: the date 2020-01-22 is earlier than 2020-02-13, the date before it; days must be in \
		 ascending order",
	);
}

#[test]
fn days_that_occur_twice_are_refused() {
	let twice: Vec<_> = rows().into_iter().flat_map(|row| [row.clone(), row]).collect();
	refused(&with_header(&twice), "line 3: the date 2020-01-01 occurs twice");
}

#[test]
fn bad_prices_are_refused() {
	for (prices, reason) in [
		("100,1e300,90,100", "the high 1e300 is not between 1e-9 and 1000000000000.0"),
		("100,110,0,100", "the low 0.0 is not positive"),
		("100,90,110,100", "the high 90 is below the low 110"),
		("100,110,90,none", "the close \"none\" is not a number"),
		("100,110,90", "4 cells instead of 5"),
	] {
		let mut rows = rows();
		rows[30] = format!("2020-02-03,{prices}");
		refused(&with_header(&rows), &format!("line 32: {reason}"));
	}
}

#[test]
fn files_without_days_are_refused() {
	refused(b"", "the file is empty");
	refused(b"date,open,high,low\n", "there is no column \"close\"");
	refused(b"date,open,high,low,close\n", "there is no day in it");
}

#[test]
fn short_series_is_refused() {
	let folder = tempfile::tempdir().unwrap();
	let path = folder.path().join("series.csv");
	fs::write(&path, with_header(&rows()[..1])).unwrap();
	for (command, reason) in [
		("simulate", "a simulation needs more than 22 days, and the series has 1"),
		("demo", "15 epochs need a series of more than 37 days, and it has 1"),
	] {
		let output = agent(command, &path);
		let errors = String::from_utf8(output.stderr).unwrap();
		assert_eq!(output.status.code(), Some(1), "{command}: {errors}");
		assert!(errors.ends_with(&format!("error: {reason}\n")), "{errors}");
	}
}
