//! The terminal output of a run: lines, tables and a progress bar.

use crate::{
	figures::{Figures, Metric},
	report::{Errors, Report},
	rules::RuleName,
	simulate::study::{Change, Sensitivity, Study},
	synthetic,
	track_record::{Estimate, TrackRecord},
	trials::{self, Bound, Found},
};
use comfy_table::{presets::UTF8_FULL_CONDENSED, CellAlignment, ContentArrangement, Table};
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

	/// Starts the bar anew with this number of steps.
	pub fn restart(&self, steps: u64, status: &str) {
		self.bar.reset();
		self.bar.set_length(steps);
		self.set_status(status);
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

/// The header of the live table, in two lines.
pub fn heading() -> String {
	format!(
		"{:>74}{:>19}\n{:<9} {:>5} {:<10} {:>6} {:>11} {:>16}  {:>4}  {:>4}  {:>8} {:>8}",
		"truth inside",
		"mean loss so far",
		"topic",
		"epoch",
		"day",
		"truth",
		"network",
		"95 % interval",
		"68 %",
		"95 %",
		"network",
		"best"
	)
}

/// A line of the live table: the last epoch of a run, `None` if there is none.
///
/// The interval is that of the observed label. Of several labels, the next columns have the number
/// of those whose intervals the truth is in. The best worker is the one with the lowest mean loss so
/// far.
pub fn line(figures: &Figures) -> Option<String> {
	let row = figures.rows.last()?;
	let summary = figures.summary()?;
	let topic = &figures.topic;
	let inside = row.inside();
	let is_inside = |at: usize| match (inside, row.truth.len()) {
		(None, _) => "-".into(),
		(Some(inside), 1) => if inside[at] > 0 { "yes" } else { "no" }.into(),
		(Some(inside), labels) => format!("{}/{labels}", inside[at]),
	};
	let interval = match (inside, row.interval(topic.shown_label(&row.truth))) {
		(None, _) => "-".into(),
		(Some(_), [low, _, _, high]) => format!("{low:.3} to {high:.3}"),
	};
	Some(format!(
		"{:<9} {:>5} {:<10} {:>6} {:>11} {interval:>16}  {:>4}  {:>4}  {:>8.3} {:>8.3}",
		topic.name,
		figures.rows.len(),
		row.date,
		topic.format_truth(&row.truth),
		topic.format(&row.network),
		is_inside(0),
		is_inside(1),
		summary.network,
		summary.best
	))
}

/// A table of the runs of one topic under several rules, `None` unless each has epochs: the errors of
/// each predictor, its distance to the best worker by the topic's loss, and the coverage if all runs
/// have intervals.
pub fn rules(runs: &[Figures]) -> Option<Table> {
	let report = Report::of(runs)?;
	let figures = runs.first()?;
	let metric = figures.metric;
	let probabilities = metric == Metric::MeanLoss;
	let loss = if probabilities { "-ln p" } else { metric.name() };
	let mut columns = vec![format!("{}\nby {loss}", figures.topic.name)];
	let has_loss = probabilities || metric == Metric::OwnLoss;
	columns.extend(has_loss.then(|| loss.to_owned()));
	columns.extend(["RMSE", "MAE", "log10"].map(str::to_owned));
	columns.push("against\nbest".into());
	let covered = report.rules.values().all(|rule| rule.network.coverage.is_some());
	if covered {
		columns.extend(["in the\n68 %", "in the\n95 %"].map(str::to_owned));
	}
	let mut table = new(&columns.iter().map(String::as_str).collect::<Vec<_>>());
	let best = report.first.best.by(metric);
	let mut add = |name: String, errors: &Errors, coverage: Option<[f64; 2]>| {
		let mut cells = vec![name];
		cells.extend(errors.cross_entropy.or(errors.loss).map(|loss| format!("{loss:.5}")));
		cells.extend([errors.rmse, errors.mae, errors.log].map(|error| format!("{error:.5}")));
		cells.push(percent(errors.by(metric) / best - 1.0));
		let fractions =
			coverage.map(|fractions| fractions.map(|part| format!("{:.1} %", 100.0 * part)));
		cells.extend(fractions.filter(|_| covered).into_iter().flatten());
		table.add_row(cells);
	};
	for run in runs {
		let found = report.rules.get(run.rule)?;
		add(format!("{}: network", run.rule), &found.network.errors, found.network.coverage);
		add(format!("{}: naive", run.rule), &found.naive, None);
	}
	add("plain mean".into(), &report.first.mean, None);
	add("plain median".into(), &report.first.median, None);
	for (index, name) in figures.names.iter().enumerate() {
		let errors = Errors::of(figures, |row| row.workers.get(index)?.clone());
		let Some(errors) = errors else { continue };
		let mark = if *name == report.first.best_name { " (best)" } else { "" };
		add(format!("worker {name}{mark}"), &errors, None);
	}
	align(&mut table, 1);
	Some(table)
}

/// A table of the findings of made-up networks.
pub fn synthetic(report: &synthetic::Report, metric: Metric) -> Table {
	let name = metric.name();
	let columns = match report.rules.values().next() {
		Some(synthetic::Found::Switch { .. }) => vec![
			"epochs until within 1.1 of the level".into(),
			format!("level ({name} in units of the best member's)"),
			"in 68 %".into(),
			"in 95 %".into(),
		],
		Some(synthetic::Found::Context { .. }) => vec![
			format!("{name} with forecasters"),
			"without".into(),
			"change".into(),
			"largest change".into(),
		],
		Some(synthetic::Found::NearPerfect { .. }) => {
			vec![format!("{name} against best after 50 epochs"), "worst network".into()]
		}
		None => Vec::new(),
	};
	let mut header = vec![format!("{}: rule", report.scenario)];
	header.extend(columns);
	let mut table = new(&header.iter().map(String::as_str).collect::<Vec<_>>());
	for (rule, found) in &report.rules {
		let mut cells = vec![(*rule).to_owned()];
		cells.extend(cells_of(found));
		table.add_row(cells);
	}
	align(&mut table, 1);
	table
}

/// A table of the participants of a study, the best paid first: their scores and pay.
pub fn participants(study: &Study) -> Table {
	let mut table = new(&["participant", "weight", "score", "expected pay"]);
	let is_regret = study.topic.rule == RuleName::Regret.name();
	for one in study.ranked() {
		let mut cells = vec![one.name.clone(), format!("{:.1} %", 100.0 * one.weight)];
		cells.push(if is_regret { format!("{:.4}", one.score) } else { percent(one.score) });
		cells.push(format!("{:.1} %", 100.0 * one.expected_pay));
		table.add_row(cells);
	}
	align(&mut table, 1);
	table
}

/// A table of their track records, with bounds below the numbers.
pub fn track_records(study: &Study) -> Table {
	let mut table = new(&[
		"track record",
		"took part",
		"effective sample",
		"direction",
		"correlation",
		"loss improvement",
	]);
	for one in study.ranked() {
		let mut cells = vec![one.name.clone()];
		let record = one.track_record.as_ref().map(track_record).unwrap_or_default();
		cells.extend(record.into_iter().map(|cell| cell.replace(" [", "\n[")));
		table.add_row(cells);
	}
	align(&mut table, 1);
	table
}

/// A table of what forecasters are paid and added.
pub fn forecasters(study: &Study) -> Table {
	let mut table = new(&[
		"forecaster",
		"expected pay",
		"took part",
		"effective sample",
		"loss improvement of the network",
	]);
	for one in &study.forecasters {
		let mut cells = vec![one.name.clone(), format!("{:.1} %", 100.0 * one.expected_pay)];
		if let Some(added) = &one.track_record {
			cells.push(format!("{} of {}", added.participated, added.epochs));
			cells.push(format!("{:.0}", added.effective_sample));
			cells.push(estimate(added.loss_improvement, 100.0, 2, " %"));
		}
		table.add_row(cells);
	}
	align(&mut table, 1);
	table
}

/// The cells of a track record: participation, effective sample, and the estimates.
pub fn track_record(record: &TrackRecord) -> Vec<String> {
	vec![
		format!("{} of {}", record.participated, record.epochs),
		format!("{:.0}", record.effective_sample),
		estimate(record.directional_accuracy, 100.0, 1, " %"),
		estimate(record.correlation, 1.0, 3, ""),
		estimate(record.loss_improvement, 100.0, 1, " %"),
	]
}

/// A number with its bounds.
fn estimate(found: Option<Estimate>, factor: f64, places: usize, unit: &str) -> String {
	let Some(Estimate { value, low, high }) = found else { return "-".into() };
	let shown = |value: f64| unsigned_zero(format!("{:.places$}", factor * value));
	match (low, high) {
		(Some(low), Some(high)) => {
			format!("{}{unit} [{}, {}]", shown(value), shown(low), shown(high))
		}
		_ => format!("{}{unit}", shown(value)),
	}
}

/// A table of how the network's number changes.
pub fn sensitivity(sensitivity: &Sensitivity) -> Table {
	let mut table = new(&["change", "network", "against the run"]);
	let without =
		sensitivity.without.iter().map(|change| (format!("without {}", change.name), change));
	let other = sensitivity.parameters.iter().map(|change| (change.name.clone(), change));
	for (name, Change { value, change, .. }) in without.chain(other) {
		table.add_row([name, format!("{value:.5}"), percent(*change)]);
	}
	align(&mut table, 1);
	table
}

/// A table of what trials found; lines that share a trial name it once.
pub fn trials(report: &trials::Report) -> Table {
	let attacks = report.findings.iter().any(|finding| !finding.takes.is_empty());
	let mut columns = vec!["trial"];
	columns.extend(attacks.then_some("takes"));
	columns.extend(["measured", "mixture, claims", "regret, scores", "wanted", "holds"]);
	let mut table = new(&columns);
	let (mut trial, mut takes) = ("", "");
	let once = |text: &'_ str, same: bool| if same { String::new() } else { text.to_owned() };
	for finding in &report.findings {
		let same = finding.trial == trial && finding.takes == takes;
		(trial, takes) = (&finding.trial, &finding.takes);
		let mut cells = vec![once(trial, same)];
		cells.extend(attacks.then(|| once(takes, same)));
		cells.push(finding.measured.clone());
		cells.extend([finding.mixture, finding.regret].map(found));
		cells.push(match finding.bound {
			Some(Bound::AtMost(limit)) => format!("<= {limit}"),
			Some(Bound::AtLeast(limit)) => format!(">= {limit}"),
			None => String::new(),
		});
		cells.push(match finding.holds {
			Some(true) => "yes".into(),
			Some(false) => "no".into(),
			None => String::new(),
		});
		table.add_row(cells);
	}
	align(&mut table, columns.len() - 4);
	table
}

/// What was found: the median, and the smallest and largest number where they differ.
fn found(found: Option<Found>) -> String {
	let Some(Found { median, min, max }) = found else { return "-".into() };
	match min == max {
		true => number(median),
		false => format!("{} [{}, {}]", number(median), number(min), number(max)),
	}
}

/// A number of any size, with about three digits.
fn number(number: f64) -> String {
	match number.abs() {
		size if size >= 1e5 => format!("{number:.1e}"),
		size if size >= 10.0 || number.fract() == 0.0 => format!("{number:.0}"),
		size if size < 0.1 => format!("{number:.3}"),
		_ => format!("{number:.2}"),
	}
}

/// The cells of a finding.
fn cells_of(found: &synthetic::Found) -> Vec<String> {
	match found {
		synthetic::Found::Switch { recovery, level, coverage } => {
			let recovery = recovery.map_or("never".into(), |epochs| epochs.to_string());
			let part = |at: usize| match coverage {
				Some(fractions) => format!("{:.1} %", 100.0 * fractions[at]),
				None => "-".into(),
			};
			vec![recovery, format!("{level:.3}"), part(0), part(1)]
		}
		synthetic::Found::Context { with_forecasters, without_forecasters, change, worst } => vec![
			format!("{with_forecasters:.4}"),
			format!("{without_forecasters:.4}"),
			percent(*change),
			percent(*worst),
		],
		synthetic::Found::NearPerfect { distance, worst } => {
			vec![percent(*distance), percent(*worst)]
		}
	}
}

/// A relative difference in percent, with its sign.
pub fn percent(part: f64) -> String {
	unsigned_zero(format!("{:+.2}", 100.0 * part)) + " %"
}

/// A number in text without the sign of a zero, such as one that was rounded to it.
pub fn unsigned_zero(text: String) -> String {
	match text.strip_prefix(['+', '-']) {
		Some(digits) if digits.chars().all(|char| matches!(char, '0' | '.')) => digits.into(),
		_ => text,
	}
}

/// An empty table with these columns; its cells wrap in a terminal that is narrower.
pub fn new(columns: &[&str]) -> Table {
	let mut table = Table::new();
	table.load_preset(UTF8_FULL_CONDENSED).set_header(columns);
	table.set_content_arrangement(ContentArrangement::Dynamic);
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
	fn table_of_rules_has_a_row_per_rule_and_worker() {
		let mut figures = Figures::new(Question::Range, vec!["near".into(), "far".into()]);
		figures.metric = Metric::Rmse;
		assert!(rules(&[figures.clone()]).is_none());
		figures.push(Row {
			date: "2018-12-31".into(),
			truth: vec![1.0],
			network: vec![3.0],
			bounds: vec![[0.0, 2.0, 4.0, 5.0]],
			naive: vec![2.0],
			workers: vec![Some(vec![2.0]), Some(vec![5.0])],
		});
		let mut other = figures.clone();
		other.rule = "other";
		let text = rules(&[figures, other]).unwrap().to_string();
		let row = |name: &str| text.lines().find(|line| line.contains(name)).unwrap().to_owned();
		for name in ["regret: network", "other: network"] {
			assert!(row(name).contains("+100.00 %"), "{text}");
			assert!(row(name).contains("0.0 %") && row(name).contains("100.0 %"), "{text}");
		}
		assert!(row("near (best)").contains(" 0.00 %"), "{text}");
		assert!(row("plain median").contains("2.50000"), "{text}");
	}

	#[test]
	fn zero_has_no_sign() {
		assert_eq!([0.0, -1e-9, 1e-9].map(percent), ["0.00 %"; 3]);
		assert_eq!([0.015, -0.000_06].map(percent), ["+1.50 %", "-0.01 %"]);
		let bounds = Estimate { value: -1e-9, low: Some(-0.000_1), high: Some(0.0) };
		assert_eq!(estimate(Some(bounds), 100.0, 2, " %"), "0.00 % [-0.01, 0.00]");
	}

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
				bounds: vec![[0.2, 0.4, 1.1, 1.3]; truth.len()],
				naive: values.clone(),
				workers: vec![Some(values)],
				truth,
			});
			let (line, heading) = (line(&figures).unwrap(), heading());
			let widths: Vec<_> = heading.lines().map(|line| line.chars().count()).collect();
			assert_eq!(widths, [line.chars().count(); 2], "{heading}\n{line}");
			assert!(widths[0] <= 100);
		}
	}
}
