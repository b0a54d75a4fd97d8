//! The terminal output of a run: lines, tables and a progress bar.

use crate::figures::Figures;
use comfy_table::{presets::UTF8_FULL_CONDENSED, CellAlignment, Table};
use indicatif::{ProgressBar, ProgressStyle};
use std::io::Write;

/// Prints lines above a progress bar: to standard output, or to standard error if standard output
/// is reserved for one JSON object.
pub struct Screen {
	json: bool,
	bar: ProgressBar,
}

impl Screen {
	/// A screen with a bar of this number of steps, which is drawn on standard error.
	pub fn new(json: bool, steps: u64, status: &str) -> Self {
		let bar = ProgressBar::new(steps).with_message(status.to_owned());
		let style = ProgressStyle::with_template(
			"{msg} [{bar:32}] {pos}/{len}, {elapsed} elapsed, {eta} left",
		);
		bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
		bar.enable_steady_tick(std::time::Duration::from_millis(250));
		Self { json, bar }
	}

	/// Advances the bar.
	pub fn advance(&self, steps: u64) {
		self.bar.inc(steps);
	}

	/// Sets the message in front of the bar.
	pub fn set_status(&self, status: &str) {
		self.bar.set_message(status.to_owned());
	}

	/// Prints one or more lines above the bar.
	pub fn print(&self, text: impl std::fmt::Display) {
		self.bar.suspend(|| {
			// A closed pipe does not stop the run.
			let _ = if self.json {
				writeln!(std::io::stderr(), "{text}")
			} else {
				writeln!(std::io::stdout(), "{text}")
			};
		});
	}

	/// Removes the bar.
	pub fn finish(&self) {
		self.bar.finish_and_clear();
	}
}

/// The header of the live table.
pub fn heading() -> String {
	format!(
		"{:<9} {:>5} {:<10} {:>7} {:>11} {:>15} {:>11}  {:<30} | mean loss so far: {:>7} {:>7} {:>7} {:>7}",
		"topic",
		"epoch",
		"day",
		"truth",
		"network",
		"95 % interval",
		"naive",
		"best worker",
		"network",
		"naive",
		"mean",
		"best"
	)
}

/// A line of the live table: the last epoch of a run, `None` if there is none.
///
/// The interval is that of the observed label; the best worker is the one with the lowest mean loss
/// so far.
pub fn line(figures: &Figures) -> Option<String> {
	let row = figures.rows.last()?;
	let summary = figures.summary()?;
	let (best, _) = figures.best()?;
	let question = figures.question;
	let value = row.workers[best].as_ref().map_or("-".into(), |values| question.format(values));
	let (low, high) = row.interval();
	Some(format!(
		"{:<9} {:>5} {:<10} {:>7} {:>11} {:>15} {:>11}  {:<30} | {:>17} {:>7.3} {:>7.3} {:>7.3} {:>7.3}",
		question.name(),
		figures.rows.len(),
		row.date,
		question.format_truth(&row.truth),
		question.format(&row.network),
		format!("{low:.3}-{high:.3}"),
		question.format(&row.naive),
		format!("{value} {}", summary.best_name),
		"",
		summary.network,
		summary.naive,
		summary.mean,
		summary.best
	))
}

/// A table of the mean losses of a run and of each worker, `None` for a run without epochs.
pub fn summary(figures: &Figures) -> Option<Table> {
	let summary = figures.summary()?;
	let loss = format!("mean loss ({})", figures.question.loss_unit());
	let mut table = new(&[&format!("{}: predictor", summary.topic), &loss]);
	let best = format!("best worker in hindsight ({})", summary.best_name);
	let rows = [
		("network", summary.network),
		("naive", summary.naive),
		("plain mean", summary.mean),
		(best.as_str(), summary.best),
	];
	for (name, loss) in rows {
		table.add_row([name.to_owned(), format!("{loss:.5}")]);
	}
	let workers = figures.names.iter().zip(figures.worker_losses());
	for (name, loss) in workers.filter_map(|(name, loss)| Some((name, loss?))) {
		table.add_row([format!("worker {name}"), format!("{loss:.5}")]);
	}
	align(&mut table, 1);
	Some(table)
}

/// An empty table with these columns.
pub fn new(columns: &[&str]) -> Table {
	let mut table = Table::new();
	table.load_preset(UTF8_FULL_CONDENSED).set_header(columns);
	table
}

/// Right-aligns the columns from `first` on.
pub fn align(table: &mut Table, first: usize) {
	for column in table.column_iter_mut().skip(first) {
		column.set_cell_alignment(CellAlignment::Right);
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{figures::Row, question::Question};

	#[test]
	fn columns_of_the_live_table_are_aligned() {
		let truths = [(Question::Range, vec![1.0]), (Question::Direction, vec![0.0, 0.0, 1.0])];
		for (question, truth) in truths {
			let mut figures = Figures::new(question, vec!["worker".into()]);
			assert_eq!(line(&figures), None);
			let values = vec![1.0 / truth.len() as f64; truth.len()];
			figures.push(Row {
				date: "2018-12-31".into(),
				network: values.clone(),
				intervals: vec![(0.2, 1.3); truth.len()],
				naive: values.clone(),
				workers: vec![Some(values)],
				truth,
			});
			assert_eq!(line(&figures).unwrap().chars().count(), heading().chars().count());
			assert!(summary(&figures).unwrap().to_string().contains("worker worker"));
		}
	}
}
