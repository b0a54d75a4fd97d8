//! The plot of a run: for each topic the network inference against what came, and mean losses.

use crate::{
	figures::{Figures, Row},
	question::Question,
};
use anyhow::{anyhow, Context, Result};
use plotters::{
	coord::Shift,
	prelude::*,
	style::{RelativeSize, ShapeStyle},
};
use std::{fmt::Display, path::Path};

/// Width of the plot, and height for each topic.
const SIZE: (u32, u32) = (1000, 820);
const INK: RGBColor = RGBColor(40, 40, 40);
const FAINT: RGBColor = RGBColor(225, 225, 225);
const NETWORK: RGBColor = RGBColor(31, 98, 181);
const NAIVE: RGBColor = RGBColor(214, 112, 24);
const MEAN: RGBColor = RGBColor(28, 140, 92);
const BEST: RGBColor = RGBColor(138, 66, 160);

/// Epochs of the upper panel; more would not be told apart.
const SHOWN: usize = 250;
/// Points of a line of the lower panel.
const POINTS: usize = 1000;

type Panel<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// Writes a run as an SVG file, its topics one below the other.
pub fn write(topics: &[&Figures], path: &Path) -> Result<()> {
	anyhow::ensure!(!topics.is_empty(), "a run without topics cannot be drawn");
	let draw = || -> Result<()> {
		let height = SIZE.1 * topics.len() as u32;
		let root = SVGBackend::new(path, (SIZE.0, height)).into_drawing_area();
		root.fill(&WHITE).map_err(failed)?;
		for (figures, part) in topics.iter().zip(root.split_evenly((topics.len(), 1))) {
			topic(&part, figures)?;
		}
		root.present().map_err(failed)
	};
	draw().with_context(|| format!("cannot write {}", path.display()))
}

/// The two panels of a topic.
fn topic(part: &Panel, figures: &Figures) -> Result<()> {
	let summary = figures.summary().context("a run without epochs cannot be drawn")?;
	let (best, _) = figures.best().context("a run without workers cannot be drawn")?;
	let (above, below) = part.split_vertically(SIZE.1 / 2);
	inferences(&above, figures)?;
	losses(&below, figures, best, &summary.best_name)
}

/// The drawing library's errors, as text: they are not `Sync`.
fn failed(error: impl Display) -> anyhow::Error {
	anyhow!("{error}")
}

/// The smallest range that holds all values, with a margin.
fn span(values: impl Iterator<Item = f64>) -> (f64, f64) {
	let (low, high) = values
		.filter(|value| value.is_finite())
		.fold((f64::MAX, f64::MIN), |(low, high), value| (low.min(value), high.max(value)));
	if low > high {
		return (0.0, 1.0);
	}
	let margin = (0.06 * (high - low)).max(1e-6);
	(low - margin, high + margin)
}

fn line(color: RGBColor, width: u32) -> ShapeStyle {
	ShapeStyle::from(color).stroke_width(width)
}

/// The maximum number of epochs named along an axis.
const MAX_LABELS: usize = 11;

/// Words of the upper panel: its caption, its axis, and what the dark line is.
fn words(question: Question) -> [&'static str; 3] {
	match question {
		Question::Range => ["Network inference and truth", "range of the day, %", "truth"],
		Question::Direction => {
			["Probability of what came (higher is better)", "probability", "naive"]
		}
	}
}

/// The upper panel: the network inference and its interval at the label that came, and the truth
/// or, where that is a label, the naive inference.
fn inferences(panel: &Panel, figures: &Figures) -> Result<()> {
	let [caption, axis, dark] = words(figures.question);
	let first = figures.rows.len().saturating_sub(SHOWN);
	let rows = &figures.rows[first..];
	let value = |values: &[f64], row: &Row| values.get(row.label()).copied().unwrap_or(f64::NAN);
	let compared = |row: &Row| match figures.question {
		Question::Range => value(&row.truth, row),
		Question::Direction => value(&row.naive, row),
	};
	let (low, high) = span(rows.iter().flat_map(|row| {
		let (lower, upper) = row.interval();
		[compared(row), value(&row.network, row), lower, upper]
	}));
	let end = (figures.rows.len() as f64).max(first as f64 + 2.0);
	let mut chart = ChartBuilder::on(panel)
		.caption(caption, ("sans-serif", 18, &INK))
		.margin(14)
		.x_label_area_size(34)
		.y_label_area_size(52)
		.build_cartesian_2d(first as f64 + 1.0..end, low..high)
		.map_err(failed)?;
	chart
		.configure_mesh()
		.light_line_style(TRANSPARENT)
		.bold_line_style(FAINT)
		.axis_style(INK)
		.x_desc("epoch")
		.x_labels(figures.rows.len().min(MAX_LABELS))
		.y_desc(axis)
		.x_label_formatter(&|epoch| format!("{epoch:.0}"))
		.y_label_formatter(&|value| format!("{value:.2}"))
		.draw()
		.map_err(failed)?;
	let at = |index: usize| (first + index + 1) as f64;
	let upper = rows.iter().enumerate().map(|(i, row)| (at(i), row.interval().1));
	let lower = rows.iter().enumerate().rev().map(|(i, row)| (at(i), row.interval().0));
	let band: Vec<_> = upper.chain(lower).collect();
	chart
		.draw_series(std::iter::once(Polygon::new(band, NETWORK.mix(0.16).filled())))
		.map_err(failed)?
		.label("95 % of the weight")
		.legend(|(x, y)| Rectangle::new([(x, y - 5), (x + 18, y + 5)], NETWORK.mix(0.16).filled()));
	let points = rows.iter().enumerate().map(|(i, row)| (at(i), compared(row)));
	chart
		.draw_series(LineSeries::new(points, line(INK, 1)))
		.map_err(failed)?
		.label(dark)
		.legend(|(x, y)| PathElement::new([(x, y), (x + 18, y)], line(INK, 1)));
	let network = rows.iter().enumerate().map(|(i, row)| (at(i), value(&row.network, row)));
	chart
		.draw_series(LineSeries::new(network, line(NETWORK, 2)))
		.map_err(failed)?
		.label("network inference")
		.legend(|(x, y)| PathElement::new([(x, y), (x + 18, y)], line(NETWORK, 2)));
	legend(&mut chart)
}

/// The lower panel: mean losses up to each epoch.
fn losses(panel: &Panel, figures: &Figures, best: usize, best_name: &str) -> Result<()> {
	let best_label = format!("best worker ({best_name})");
	let lines = [
		("plain mean", MEAN, running(figures, |row| Some(row.mean()))),
		(best_label.as_str(), BEST, running(figures, |row| row.workers[best].clone())),
		("naive", NAIVE, running(figures, |row| Some(row.naive.clone()))),
		("network", NETWORK, running(figures, |row| Some(row.network.clone()))),
	];
	// The first epochs' means jump about and would squeeze the rest.
	let settled = figures.rows.len() as f64 / 20.0;
	let (low, high) = span(lines.iter().flat_map(|(_, _, points)| {
		points.iter().filter(|(epoch, _)| *epoch >= settled).map(|(_, loss)| *loss)
	}));
	let end = (figures.rows.len() as f64).max(2.0);
	let mut chart = ChartBuilder::on(panel)
		.caption(
			format!("{}: mean loss up to each epoch (lower is better)", figures.question.name()),
			("sans-serif", 18, &INK),
		)
		.margin(14)
		.x_label_area_size(34)
		.y_label_area_size(52)
		.build_cartesian_2d(1.0..end, low..high)
		.map_err(failed)?;
	chart
		.configure_mesh()
		.light_line_style(TRANSPARENT)
		.bold_line_style(FAINT)
		.axis_style(INK)
		.x_desc("epoch")
		.x_labels(figures.rows.len().min(MAX_LABELS))
		.y_desc(figures.question.loss_unit())
		.x_label_formatter(&|epoch| format!("{epoch:.0}"))
		.y_label_formatter(&|value| format!("{value:.2}"))
		.draw()
		.map_err(failed)?;
	for (name, color, points) in lines {
		let inside = points.into_iter().filter(|(_, loss)| (low..=high).contains(loss));
		chart
			.draw_series(LineSeries::new(inside, line(color, 2)))
			.map_err(failed)?
			.label(name)
			.legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], line(color, 2)));
	}
	legend(&mut chart)
}

/// Draws the legend of a panel.
fn legend<'a, X, Y>(chart: &mut ChartContext<'a, SVGBackend<'a>, Cartesian2d<X, Y>>) -> Result<()>
where
	X: plotters::coord::ranged1d::Ranged<ValueType = f64>,
	Y: plotters::coord::ranged1d::Ranged<ValueType = f64>,
{
	chart
		.configure_series_labels()
		.position(SeriesLabelPosition::UpperRight)
		.background_style(WHITE.mix(0.85))
		.border_style(FAINT)
		.label_font(("sans-serif", RelativeSize::Smaller(0.032), &INK))
		.draw()
		.map_err(failed)
}

/// The mean loss up to each epoch, thinned out to at most [`POINTS`].
fn running(figures: &Figures, value: impl Fn(&Row) -> Option<Vec<f64>>) -> Vec<(f64, f64)> {
	let rows = &figures.rows;
	let step = rows.len().div_ceil(POINTS).max(1);
	let (mut sum, mut count, mut points) = (0.0, 0u32, Vec::new());
	for (at, row) in rows.iter().enumerate() {
		if let Some(value) = value(row) {
			sum += figures.loss(&value, row);
			count += 1;
		}
		if count > 0 && (at % step == 0 || at + 1 == rows.len()) {
			points.push(((at + 1) as f64, sum / f64::from(count)));
		}
	}
	points
}

#[cfg(test)]
mod tests {
	use super::*;

	fn row(question: Question, label: usize, network: f64) -> Row {
		let labels = question.labels().len();
		let mut truth = vec![0.0; labels];
		truth[label % labels] = 1.0;
		Row {
			date: String::new(),
			truth,
			network: vec![network; labels],
			intervals: vec![(network - 0.1, network + 0.1); labels],
			naive: vec![network; labels],
			workers: vec![Some(vec![network; labels])],
		}
	}

	#[test]
	fn plot_of_any_length_is_written() {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("run.svg");
		let mut topics = Question::ALL.map(|question| Figures::new(question, vec!["only".into()]));
		assert!(write(&[], &path).is_err());
		assert!(write(&[&topics[0]], &path).is_err());
		for epochs in [1, 2, 3000] {
			for figures in &mut topics {
				let more = epochs - figures.rows.len();
				let question = figures.question;
				let chance = |at: usize| 0.2 + 0.1 * (at % 7) as f64;
				figures.rows.extend((0..more).map(|at| row(question, at, chance(at))));
			}
			write(&[&topics[0], &topics[1]], &path).unwrap();
			let text = std::fs::read_to_string(&path).unwrap();
			assert!(text.starts_with("<svg"));
			for words in ["Network inference and truth", "Probability of what came"] {
				assert!(text.contains(words), "{words}");
			}
		}
	}

	#[test]
	fn running_means_end_with_the_mean_of_all() {
		let mut figures = Figures::new(Question::Range, vec!["only".into()]);
		figures.rows =
			(0..2500).map(|at| row(Question::Range, 0, 1.0 + 0.1 * f64::from(at % 3))).collect();
		let points = running(&figures, |row| Some(row.network.clone()));
		let all = figures.mean_loss(|row| Some(row.network.clone())).unwrap();
		let (epoch, last) = points[points.len() - 1];
		assert!(points.len() <= POINTS + 1 && epoch == 2500.0 && (last - all).abs() < 1e-12);
	}
}
