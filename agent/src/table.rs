//! What a run prints.

use crate::figures::Figures;
use comfy_table::{presets::UTF8_FULL_CONDENSED, CellAlignment, Table};
use indicatif::{ProgressBar, ProgressStyle};
use std::io::Write;

/// Where lines go: to the terminal around a progress bar, or all to standard error if standard
/// output is kept for one JSON object.
pub struct Screen {
	json: bool,
	bar: ProgressBar,
}

impl Screen {
	/// A screen with a bar of this many steps; the bar is on standard error.
	pub fn new(json: bool, steps: u64, what: &str) -> Self {
		let bar = ProgressBar::new(steps).with_message(what.to_owned());
		let style = ProgressStyle::with_template(
			"{msg} [{bar:32}] {pos}/{len}, {elapsed} gone, {eta} to go",
		);
		bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
		bar.enable_steady_tick(std::time::Duration::from_millis(250));
		Self { json, bar }
	}

	/// Moves the bar on.
	pub fn advance(&self, steps: u64) {
		self.bar.inc(steps);
	}

	/// Says what is being waited for.
	pub fn waiting_for(&self, what: &str) {
		self.bar.set_message(what.to_owned());
	}

	/// Prints a line or several, above the bar.
	pub fn say(&self, text: impl std::fmt::Display) {
		self.bar.suspend(|| {
			// A closed pipe is no reason to stop.
			let _ = if self.json {
				writeln!(std::io::stderr(), "{text}")
			} else {
				writeln!(std::io::stdout(), "{text}")
			};
		});
	}

	/// Takes the bar away.
	pub fn finish(&self) {
		self.bar.finish_and_clear();
	}
}

/// The head of the live table.
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

/// A line of the live table: the last epoch of a run.
///
/// The interval is that of the label that came; the best worker is the one whose mean loss is
/// lowest so far.
pub fn line(figures: &Figures) -> Option<String> {
	let row = figures.rows.last()?;
	let summary = figures.summary()?;
	let (best, _) = figures.best()?;
	let question = figures.question;
	let value = row.workers[best].as_ref().map_or("-".into(), |values| question.show(values));
	let (low, high) = row.interval();
	Some(format!(
		"{:<9} {:>5} {:<10} {:>7} {:>11} {:>15} {:>11}  {:<30} | {:>17} {:>7.3} {:>7.3} {:>7.3} {:>7.3}",
		question.name(),
		figures.rows.len(),
		row.date,
		question.show_truth(&row.truth),
		question.show(&row.network),
		format!("{low:.3}-{high:.3}"),
		question.show(&row.naive),
		format!("{value} {}", summary.best_name),
		"",
		summary.network,
		summary.naive,
		summary.mean,
		summary.best
	))
}

/// The figures of a run, side by side, and every worker's.
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

/// A table with these columns.
pub fn new(columns: &[&str]) -> Table {
	let mut table = Table::new();
	table.load_preset(UTF8_FULL_CONDENSED).set_header(columns);
	table
}

/// Aligns the columns from `first` on to the right.
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
	fn columns_of_the_live_table_line_up() {
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
