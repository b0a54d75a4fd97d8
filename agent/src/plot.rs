//! The plot of a run: for each topic the network inference with the ground truth, and mean losses.

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

/// Width of the plot, and height per topic, in pixels.
const SIZE: (u32, u32) = (1000, 820);
const INK: RGBColor = RGBColor(40, 40, 40);
const FAINT: RGBColor = RGBColor(225, 225, 225);
const NETWORK: RGBColor = RGBColor(31, 98, 181);
const NAIVE: RGBColor = RGBColor(214, 112, 24);
const MEAN: RGBColor = RGBColor(28, 140, 92);
const BEST: RGBColor = RGBColor(138, 66, 160);

/// Maximum number of epochs in the upper panel; more could not be distinguished.
const MAX_EPOCHS: usize = 250;
/// Maximum number of points of a line in the lower panel.
const MAX_POINTS: usize = 1000;

type Panel<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// Writes the plot of a run as an SVG file, its topics one below the other.
pub fn write(topics: &[&Figures], path: &Path) -> Result<()> {
	anyhow::ensure!(!topics.is_empty(), "a run without topics has no plot");
	let draw = || -> Result<()> {
		let height = SIZE.1 * topics.len() as u32;
		let root = SVGBackend::new(path, (SIZE.0, height)).into_drawing_area();
		root.fill(&WHITE).map_err(draw_error)?;
		for (figures, part) in topics.iter().zip(root.split_evenly((topics.len(), 1))) {
			draw_topic(&part, figures)?;
		}
		root.present().map_err(draw_error)
	};
	draw().with_context(|| format!("cannot write {}", path.display()))
}

/// Draws the two panels of a topic.
fn draw_topic(part: &Panel, figures: &Figures) -> Result<()> {
	let summary = figures.summary().context("a run without epochs has no plot")?;
	let (best, _) = figures.best().context("a run without workers has no plot")?;
	let (above, below) = part.split_vertically(SIZE.1 / 2);
	draw_inferences(&above, figures)?;
	draw_losses(&below, figures, best, &summary.best_name)
}

/// Converts an error of the drawing library, which is not `Sync`, to text.
fn draw_error(error: impl Display) -> anyhow::Error {
	anyhow!("{error}")
}

/// The smallest range that contains all finite values, with a margin.
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

/// A value on an axis; zero has no sign, although the axis' values are rounded sums.
fn two_decimals(value: f64) -> String {
	// Adding zero makes a negative zero positive.
	format!("{:.2}", (100.0 * value).round() / 100.0 + 0.0)
}

/// Maximum number of labels along the axis of epochs.
const MAX_LABELS: usize = 11;

/// The caption of the upper panel, the name of its axis and the name of the dark line.
fn texts(question: Question) -> [&'static str; 3] {
	match question {
		Question::Range => {
			["Network inference and ground truth", "range of the day, %", "ground truth"]
		}
		Question::Direction => {
			["Probability of the observed label (higher is better)", "probability", "naive"]
		}
	}
}

/// Draws the upper panel: the network inference with its confidence interval, and the ground truth.
///
/// Of several labels the observed one is drawn, with the naive inference instead of the truth.
fn draw_inferences(panel: &Panel, figures: &Figures) -> Result<()> {
	let [caption, axis, dark] = texts(figures.question);
	let first = figures.rows.len().saturating_sub(MAX_EPOCHS);
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
		.map_err(draw_error)?;
	chart
		.configure_mesh()
		.light_line_style(TRANSPARENT)
		.bold_line_style(FAINT)
		.axis_style(INK)
		.x_desc("epoch")
		.x_labels(figures.rows.len().min(MAX_LABELS))
		.y_desc(axis)
		.x_label_formatter(&|epoch| format!("{epoch:.0}"))
		.y_label_formatter(&|value| two_decimals(*value))
		.draw()
		.map_err(draw_error)?;
	let at = |index: usize| (first + index + 1) as f64;
	let upper = rows.iter().enumerate().map(|(i, row)| (at(i), row.interval().1));
	let lower = rows.iter().enumerate().rev().map(|(i, row)| (at(i), row.interval().0));
	let band: Vec<_> = upper.chain(lower).collect();
	chart
		.draw_series(std::iter::once(Polygon::new(band, NETWORK.mix(0.16).filled())))
		.map_err(draw_error)?
		.label("95 % interval")
		.legend(|(x, y)| Rectangle::new([(x, y - 5), (x + 18, y + 5)], NETWORK.mix(0.16).filled()));
	let points = rows.iter().enumerate().map(|(i, row)| (at(i), compared(row)));
	chart
		.draw_series(LineSeries::new(points, line(INK, 1)))
		.map_err(draw_error)?
		.label(dark)
		.legend(|(x, y)| PathElement::new([(x, y), (x + 18, y)], line(INK, 1)));
	let network = rows.iter().enumerate().map(|(i, row)| (at(i), value(&row.network, row)));
	chart
		.draw_series(LineSeries::new(network, line(NETWORK, 2)))
		.map_err(draw_error)?
		.label("network inference")
		.legend(|(x, y)| PathElement::new([(x, y), (x + 18, y)], line(NETWORK, 2)));
	draw_legend(&mut chart)
}

/// Draws the lower panel: mean losses up to each epoch.
fn draw_losses(panel: &Panel, figures: &Figures, best: usize, best_name: &str) -> Result<()> {
	let best_label = format!("best worker ({best_name})");
	let lines = [
		("plain mean", MEAN, running(figures, |row| Some(row.mean()))),
		(best_label.as_str(), BEST, running(figures, |row| row.workers[best].clone())),
		("naive", NAIVE, running(figures, |row| Some(row.naive.clone()))),
		("network", NETWORK, running(figures, |row| Some(row.network.clone()))),
	];
	// The means of the first epochs vary too much for the scale of the others.
	let first_scaled = figures.rows.len() as f64 / 20.0;
	let (low, high) = span(lines.iter().flat_map(|(_, _, points)| {
		points.iter().filter(|(epoch, _)| *epoch >= first_scaled).map(|(_, loss)| *loss)
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
		.map_err(draw_error)?;
	chart
		.configure_mesh()
		.light_line_style(TRANSPARENT)
		.bold_line_style(FAINT)
		.axis_style(INK)
		.x_desc("epoch")
		.x_labels(figures.rows.len().min(MAX_LABELS))
		.y_desc(figures.question.loss_unit())
		.x_label_formatter(&|epoch| format!("{epoch:.0}"))
		.y_label_formatter(&|value| two_decimals(*value))
		.draw()
		.map_err(draw_error)?;
	for (name, color, points) in lines {
		let inside = points.into_iter().filter(|(_, loss)| (low..=high).contains(loss));
		chart
			.draw_series(LineSeries::new(inside, line(color, 2)))
			.map_err(draw_error)?
			.label(name)
			.legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], line(color, 2)));
	}
	draw_legend(&mut chart)
}

/// Draws the legend of a panel.
fn draw_legend<'a, X, Y>(
	chart: &mut ChartContext<'a, SVGBackend<'a>, Cartesian2d<X, Y>>,
) -> Result<()>
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
		.map_err(draw_error)
}

/// The mean loss up to each epoch, reduced to at most about [`MAX_POINTS`].
fn running(figures: &Figures, value: impl Fn(&Row) -> Option<Vec<f64>>) -> Vec<(f64, f64)> {
	let rows = &figures.rows;
	let step = rows.len().div_ceil(MAX_POINTS).max(1);
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
				let probability = |at: usize| 0.2 + 0.1 * (at % 7) as f64;
				figures.rows.extend((0..more).map(|at| row(question, at, probability(at))));
			}
			write(&[&topics[0], &topics[1]], &path).unwrap();
			let text = std::fs::read_to_string(&path).unwrap();
			assert!(text.starts_with("<svg"));
			for text_part in ["Network inference and ground truth", "Probability of the observed"] {
				assert!(text.contains(text_part), "{text_part}");
			}
		}
	}

	#[test]
	fn zero_has_no_sign() {
		assert_eq!([-1e-17, 0.004, -0.6].map(two_decimals), ["0.00", "0.00", "-0.60"]);
	}

	#[test]
	fn running_means_end_with_the_mean_of_all() {
		let mut figures = Figures::new(Question::Range, vec!["only".into()]);
		figures.rows =
			(0..2500).map(|at| row(Question::Range, 0, 1.0 + 0.1 * f64::from(at % 3))).collect();
		let points = running(&figures, |row| Some(row.network.clone()));
		let all = figures.mean_loss(|row| Some(row.network.clone())).unwrap();
		let (epoch, last) = points[points.len() - 1];
		assert!(points.len() <= MAX_POINTS + 1 && epoch == 2500.0 && (last - all).abs() < 1e-12);
	}
}
