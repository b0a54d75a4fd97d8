//! The plot of a run: for each topic the network inference with the ground truth, the errors up to
//! each epoch, and over many epochs the coverage of the intervals.

use crate::{
	figures::{Figures, Metric, Row},
	report::coverage,
	rules::RuleName,
	topic::Topic,
};
use anyhow::{anyhow, Context, Result};
use plotters::{
	coord::{types::RangedCoordf64, Shift},
	prelude::*,
	style::ShapeStyle,
};
use std::{fmt::Display, ops::Range, path::Path};

/// Width of the plot, and height of the upper two panels and of the third, in pixels.
pub(crate) const WIDTH: u32 = 1000;
const PANEL: u32 = 410;
const COVERAGE_PANEL: u32 = 260;
pub(crate) const INK: RGBColor = RGBColor(40, 40, 40);
pub(crate) const FAINT: RGBColor = RGBColor(225, 225, 225);
pub(crate) const NETWORK: RGBColor = RGBColor(31, 98, 181);
pub(crate) const NAIVE: RGBColor = RGBColor(214, 112, 24);
pub(crate) const MEAN: RGBColor = RGBColor(28, 140, 92);
pub(crate) const BEST: RGBColor = RGBColor(138, 66, 160);
pub(crate) const OTHER: RGBColor = RGBColor(120, 120, 120);

/// Maximum number of epochs in the upper panel; more could not be distinguished.
const MAX_EPOCHS: usize = 250;
/// Maximum number of points of a line in the lower panel.
pub(crate) const MAX_POINTS: usize = 1000;
/// The number of epochs over which coverage is counted; runs of fewer have no panel of it.
const COVERED: usize = 250;

/// A part of an image.
pub(crate) type Panel<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// Writes the plot of a run as an SVG file, its topics one below the other.
///
/// A topic is drawn with the first of its runs; of the others, which are runs of other rules over the
/// same epochs, only the errors are drawn.
pub fn write(topics: &[&[Figures]], path: &Path) -> Result<()> {
	let text = svg(topics).with_context(|| format!("cannot draw {}", path.display()))?;
	std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}

/// The plot of a run as the text of an SVG image.
pub fn svg(topics: &[&[Figures]]) -> Result<String> {
	anyhow::ensure!(!topics.is_empty(), "a run without topics has no plot");
	image(topics.iter().map(|runs| height_of(runs)).sum(), |root| {
		let mut rest = root.clone();
		for runs in topics {
			let (part, below) = rest.split_vertically(height_of(runs));
			draw_topic(&part, runs)?;
			rest = below;
		}
		Ok(())
	})
}

/// An SVG image of this height.
pub(crate) fn image(height: u32, draw: impl FnOnce(&Panel) -> Result<()>) -> Result<String> {
	let mut text = String::new();
	{
		let root = SVGBackend::with_string(&mut text, (WIDTH, height)).into_drawing_area();
		root.fill(&WHITE).map_err(draw_error)?;
		draw(&root)?;
		root.present().map_err(draw_error)?;
	}
	Ok(text)
}

/// The height of a topic.
fn height_of(runs: &[Figures]) -> u32 {
	let coverage = runs.first().is_some_and(has_coverage);
	2 * PANEL + if coverage { COVERAGE_PANEL } else { 0 }
}

/// Whether a run is long enough for its coverage to be drawn.
fn has_coverage(figures: &Figures) -> bool {
	figures.rows.len() >= 2 * COVERED
}

/// Draws the panels of a topic.
fn draw_topic(part: &Panel, runs: &[Figures]) -> Result<()> {
	let figures = runs.first().context("a topic without runs has no plot")?;
	let (above, below) = part.split_vertically(PANEL);
	draw_inferences(&above, figures)?;
	let (middle, below) = below.split_vertically(PANEL);
	draw_losses(&middle, runs)?;
	if has_coverage(figures) {
		draw_coverage(&below, figures)?;
	}
	Ok(())
}

/// Converts an error of the drawing library, which is not `Sync`, to text.
pub(crate) fn draw_error(error: impl Display) -> anyhow::Error {
	anyhow!("{error}")
}

/// The smallest range that contains all finite values, with a margin.
pub(crate) fn span(values: impl Iterator<Item = f64>) -> (f64, f64) {
	let (low, high) = values
		.filter(|value| value.is_finite())
		.fold((f64::MAX, f64::MIN), |(low, high), value| (low.min(value), high.max(value)));
	if low > high {
		return (0.0, 1.0);
	}
	let margin = (0.06 * (high - low)).max(1e-6);
	(low - margin, high + margin)
}

pub(crate) fn line(color: RGBColor, width: u32) -> ShapeStyle {
	ShapeStyle::from(color).stroke_width(width)
}

/// A value on an axis; zero has no sign, although the axis' values are rounded sums.
pub(crate) fn decimals(value: f64, places: usize) -> String {
	let scale = 10f64.powi(places as i32);
	// Adding zero makes a negative zero positive.
	format!("{:.places$}", (scale * value).round() / scale + 0.0)
}

/// The number of decimals that values on an axis of this width need.
pub(crate) fn places(width: f64) -> usize {
	(1.0 - width.max(1e-9).log10()).clamp(0.0, 6.0).ceil() as usize
}

/// Maximum number of labels along the axis of epochs.
const MAX_LABELS: usize = 11;

/// The caption of the upper panel, the name of its axis and the name of the dark line.
fn texts(topic: &Topic) -> [String; 3] {
	if topic.is_unity() {
		let caption = "Probability of the observed label (higher is better)";
		return [caption, "probability", "naive"].map(Into::into);
	}
	let label = topic.labels().into_iter().nth(topic.width().saturating_sub(1) / 2);
	let label = label.unwrap_or_default();
	["Network inference and ground truth".into(), label, "ground truth".into()]
}

/// Whether intervals are drawn: not those of where a label, which is 0 or 1, will be, since they cover
/// nearly the whole range of a probability.
fn shows_intervals(figures: &Figures) -> bool {
	!figures.topic.is_unity() || figures.rule != RuleName::Mixture.name()
}

/// Draws the upper panel: the network inference with its confidence interval, and the ground truth.
///
/// Of probabilities that of the observed label is drawn, with the naive inference instead of the truth;
/// of several other labels the one in the middle.
fn draw_inferences(panel: &Panel, figures: &Figures) -> Result<()> {
	let topic = &figures.topic;
	let [caption, axis, dark] = texts(topic);
	let first = figures.rows.len().saturating_sub(MAX_EPOCHS);
	let rows = &figures.rows[first..];
	let value = |values: &[f64], row: &Row| {
		values.get(topic.shown_label(&row.truth)).copied().unwrap_or(f64::NAN)
	};
	let compared = |row: &Row| match topic.is_unity() {
		false => value(&row.truth, row),
		true => value(&row.naive, row),
	};
	let (low, high) = span(rows.iter().flat_map(|row| {
		let interval = row.interval(topic.shown_label(&row.truth));
		let shown = if shows_intervals(figures) { interval } else { [f64::NAN; 4] };
		let [lower, _, _, upper] = shown;
		[compared(row), value(&row.network, row), lower, upper]
	}));
	let end = (figures.rows.len() as f64).max(first as f64 + 2.0);
	let mut chart = ChartBuilder::on(panel)
		.caption(caption, ("sans-serif", 18, &INK))
		.margin(14)
		.x_label_area_size(34)
		.y_label_area_size(64)
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
		.y_label_formatter(&|value| decimals(*value, places(high - low)))
		.draw()
		.map_err(draw_error)?;
	let at = |index: usize| (first + index + 1) as f64;
	let shown = rows.iter().enumerate();
	let shown = shown.flat_map(|(i, row)| {
		let [lower, _, _, upper] = row.interval(topic.shown_label(&row.truth));
		[compared(row), value(&row.network, row), lower, upper].map(|value| (at(i), value))
	});
	let corner = free_corner(shown, first as f64 + 1.0..end, low..high);
	if shows_intervals(figures) {
		draw_intervals(&mut chart, topic, rows, first)?;
	}
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
	draw_legend(&mut chart, corner)
}

/// Draws the 95 % and 68 % intervals of rows, the first of which is the epoch after `first`.
fn draw_intervals<'a>(
	chart: &mut ChartContext<'a, SVGBackend<'a>, Cartesian2d<RangedCoordf64, RangedCoordf64>>,
	topic: &Topic,
	rows: &[Row],
	first: usize,
) -> Result<()> {
	let at = |index: usize| (first + index + 1) as f64;
	let interval = |row: &Row| row.interval(topic.shown_label(&row.truth));
	let bounded = || rows.iter().enumerate().filter(|(_, row)| !row.bounds.is_empty());
	for (name, lower, upper, shade) in
		[("95 % interval", 0, 3, 0.13), ("68 % interval", 1, 2, 0.28)]
	{
		let above = bounded().map(|(i, row)| (at(i), interval(row)[upper]));
		let below = bounded().rev().map(|(i, row)| (at(i), interval(row)[lower]));
		let band: Vec<_> = above.chain(below).collect();
		let color = NETWORK.mix(shade).filled();
		chart
			.draw_series(std::iter::once(Polygon::new(band, color)))
			.map_err(draw_error)?
			.label(name)
			.legend(move |(x, y)| Rectangle::new([(x, y - 5), (x + 18, y + 5)], color));
	}
	Ok(())
}

/// Draws the middle panel: the errors up to each epoch, of the first run and of the other rules'
/// networks.
fn draw_losses(panel: &Panel, runs: &[Figures]) -> Result<()> {
	let figures = runs.first().context("a topic without runs has no plot")?;
	let summary = figures.summary().context("a run without epochs has no plot")?;
	let (best, _) = figures.best().context("a run without workers has no plot")?;
	let best_label = format!("best worker ({})", summary.best_name);
	let network = |run: &Figures| running(run, |row| Some(row.network.clone()));
	let mut lines = vec![
		("plain mean".to_owned(), MEAN, running(figures, |row| Some(row.mean()))),
		(best_label, BEST, running(figures, |row| row.workers[best].clone())),
	];
	let others = runs.iter().skip(1);
	lines.extend(others.map(|run| (format!("network, rule {}", run.rule), OTHER, network(run))));
	lines.push(("naive".to_owned(), NAIVE, running(figures, |row| Some(row.naive.clone()))));
	lines.push((format!("network, rule {}", figures.rule), NETWORK, network(figures)));
	// The means of the first epochs vary too much for the scale of the others.
	let first_scaled = figures.rows.len() as f64 / 20.0;
	let (low, high) = span(lines.iter().flat_map(|(_, _, points)| {
		points.iter().filter(|(epoch, _)| *epoch >= first_scaled).map(|(_, loss)| *loss)
	}));
	let end = (figures.rows.len() as f64).max(2.0);
	let mut chart = ChartBuilder::on(panel)
		.caption(
			format!(
				"{}: {} up to each epoch (lower is better)",
				figures.topic.name,
				figures.metric.name()
			),
			("sans-serif", 18, &INK),
		)
		.margin(14)
		.x_label_area_size(34)
		.y_label_area_size(64)
		.build_cartesian_2d(1.0..end, low..high)
		.map_err(draw_error)?;
	chart
		.configure_mesh()
		.light_line_style(TRANSPARENT)
		.bold_line_style(FAINT)
		.axis_style(INK)
		.x_desc("epoch")
		.x_labels(figures.rows.len().min(MAX_LABELS))
		.y_desc(match figures.metric {
			Metric::MeanLoss => figures.topic.loss_unit(),
			Metric::OwnLoss => figures.topic.loss_name().into(),
			metric => metric.name().into(),
		})
		.x_label_formatter(&|epoch| format!("{epoch:.0}"))
		.y_label_formatter(&|value| decimals(*value, places(high - low)))
		.draw()
		.map_err(draw_error)?;
	let all = lines.iter().flat_map(|(_, _, points)| points.iter().copied());
	let corner = free_corner(all, 1.0..end, low..high);
	for (name, color, points) in lines {
		let inside = points.into_iter().filter(|(_, loss)| (low..=high).contains(loss));
		chart
			.draw_series(LineSeries::new(inside, line(color, 2)))
			.map_err(draw_error)?
			.label(name)
			.legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], line(color, 2)));
	}
	draw_legend(&mut chart, corner)
}

/// Draws the lower panel: the coverage of the 68 % and 95 % intervals over the epochs before each.
fn draw_coverage(panel: &Panel, figures: &Figures) -> Result<()> {
	let rows = &figures.rows;
	let step = rows.len().div_ceil(MAX_POINTS).max(1);
	let ends = (COVERED..=rows.len()).step_by(step);
	let points: Vec<(f64, [f64; 2])> =
		ends.filter_map(|end| Some((end as f64, coverage(&rows[end - COVERED..end])?))).collect();
	let percent = |at: usize| points.iter().map(move |(epoch, part)| (*epoch, 100.0 * part[at]));
	let lowest = percent(0).map(|(_, part)| part).fold(60.0, f64::min);
	let end = rows.len() as f64;
	let mut chart = ChartBuilder::on(panel)
		.caption(
			format!("{}: truths inside the intervals, last {COVERED} epochs", figures.topic.name),
			("sans-serif", 18, &INK),
		)
		.margin(14)
		.x_label_area_size(34)
		.y_label_area_size(64)
		.build_cartesian_2d(1.0..end, lowest - 5.0..100.0)
		.map_err(draw_error)?;
	chart
		.configure_mesh()
		.light_line_style(TRANSPARENT)
		.bold_line_style(FAINT)
		.axis_style(INK)
		.x_desc("epoch")
		.x_labels(MAX_LABELS)
		.y_desc("%")
		.y_labels(6)
		.x_label_formatter(&|epoch| format!("{epoch:.0}"))
		.y_label_formatter(&|value| format!("{value:.0}"))
		.draw()
		.map_err(draw_error)?;
	for (name, at, nominal, color) in [("95 %", 1, 95.0, NETWORK), ("68 %", 0, 68.0, NAIVE)] {
		let target = [(1.0, nominal), (end, nominal)];
		chart
			.draw_series(DashedLineSeries::new(target, 6, 4, line(color, 1)))
			.map_err(draw_error)?;
		chart
			.draw_series(LineSeries::new(percent(at), line(color, 2)))
			.map_err(draw_error)?
			.label(name)
			.legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], line(color, 2)));
	}
	draw_legend(&mut chart, SeriesLabelPosition::MiddleRight)
}

/// The corner of a panel with the fewest of these points, for its legend.
fn free_corner(
	points: impl Iterator<Item = (f64, f64)>,
	x: Range<f64>,
	y: Range<f64>,
) -> SeriesLabelPosition {
	let corners = [
		(SeriesLabelPosition::UpperRight, true, true),
		(SeriesLabelPosition::UpperLeft, false, true),
		(SeriesLabelPosition::LowerRight, true, false),
		(SeriesLabelPosition::LowerLeft, false, false),
	];
	let mut counts = [0usize; 4];
	let part = |value: f64, range: &Range<f64>| (value - range.start) / (range.end - range.start);
	for (at, value) in points {
		let (at, value) = (part(at, &x), part(value, &y));
		for (count, (_, is_right, is_upper)) in counts.iter_mut().zip(&corners) {
			let (at, value) = (
				if *is_right { 1.0 - at } else { at },
				if *is_upper { 1.0 - value } else { value },
			);
			let is_in = (0.0..LEGEND_WIDTH).contains(&at) && (0.0..LEGEND_HEIGHT).contains(&value);
			*count += usize::from(is_in);
		}
	}
	let fewest = counts.into_iter().zip(corners).min_by_key(|(count, _)| *count);
	fewest.map_or(SeriesLabelPosition::UpperRight, |(_, (corner, ..))| corner)
}

/// The part of a panel's width that a legend may take.
const LEGEND_WIDTH: f64 = 0.25;
/// The part of a panel's height that a legend may take.
const LEGEND_HEIGHT: f64 = 0.3;

/// Draws the legend of a panel.
fn draw_legend<'a, X, Y>(
	chart: &mut ChartContext<'a, SVGBackend<'a>, Cartesian2d<X, Y>>,
	position: SeriesLabelPosition,
) -> Result<()>
where
	X: plotters::coord::ranged1d::Ranged<ValueType = f64>,
	Y: plotters::coord::ranged1d::Ranged<ValueType = f64>,
{
	chart
		.configure_series_labels()
		.position(position)
		.background_style(WHITE.mix(0.85))
		.border_style(FAINT)
		.label_font(("sans-serif", 13, &INK))
		.draw()
		.map_err(draw_error)
}

/// The error up to each epoch, reduced to at most about [`MAX_POINTS`].
fn running(figures: &Figures, value: impl Fn(&Row) -> Option<Vec<f64>>) -> Vec<(f64, f64)> {
	let rows = &figures.rows;
	let step = rows.len().div_ceil(MAX_POINTS).max(1);
	let (mut sum, mut count, mut points) = (0.0, 0u32, Vec::new());
	for (at, row) in rows.iter().enumerate() {
		if let Some(value) = value(row) {
			sum += figures.part(figures.metric, &value, at);
			count += 1;
		}
		if count > 0 && (at % step == 0 || at + 1 == rows.len()) {
			points.push(((at + 1) as f64, figures.metric.total(sum / f64::from(count))));
		}
	}
	points
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::question::Question;

	fn row(question: Question, label: usize, network: f64) -> Row {
		let labels = question.labels().len();
		let mut truth = vec![0.0; labels];
		truth[label % labels] = 1.0;
		Row {
			date: String::new(),
			truth,
			network: vec![network; labels],
			bounds: vec![[-0.1, -0.05, 0.05, 0.1].map(|part| network + part); labels],
			naive: vec![network; labels],
			workers: vec![Some(vec![network; labels])],
		}
	}

	#[test]
	fn legend_is_where_the_fewest_points_are() {
		let corner =
			|points: &[(f64, f64)]| match free_corner(points.iter().copied(), 0.0..10.0, -1.0..1.0)
			{
				SeriesLabelPosition::UpperRight => "upper right",
				SeriesLabelPosition::UpperLeft => "upper left",
				SeriesLabelPosition::LowerRight => "lower right",
				_ => "lower left",
			};
		assert_eq!(corner(&[]), "upper right");
		assert_eq!(corner(&[(5.0, 0.9), (9.0, 0.0)]), "upper right");
		assert_eq!(corner(&[(9.0, 0.9)]), "upper left");
		assert_eq!(corner(&[(9.0, 0.9), (1.0, 0.9)]), "lower right");
		assert_eq!(corner(&[(9.0, 0.9), (1.0, 0.9), (9.0, -0.9)]), "lower left");
	}

	#[test]
	fn plot_of_any_length_is_written() {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("run.svg");
		let mut topics =
			Question::ALL.map(|question| vec![Figures::new(question, vec!["only".into()]); 2]);
		assert!(write(&[], &path).is_err());
		assert!(write(&[&topics[0]], &path).is_err());
		for epochs in [1, 2, 3000] {
			let runs = topics.iter_mut().zip(Question::ALL);
			let runs =
				runs.flat_map(|(runs, question)| runs.iter_mut().map(move |run| (run, question)));
			for (figures, question) in runs {
				let more = epochs - figures.rows.len();
				let probability = |at: usize| 0.2 + 0.1 * (at % 7) as f64;
				figures.rows.extend((0..more).map(|at| row(question, at, probability(at))));
			}
			write(&[&topics[0], &topics[1]], &path).unwrap();
			let text = std::fs::read_to_string(&path).unwrap();
			assert!(text.starts_with("<svg"));
			for text_part in ["Network inference and ground truth", "Probability of the observed"] {
				assert!(text.contains(text_part), "{text_part}");
			}
			assert_eq!(text.contains("truths inside the intervals"), epochs >= 500);
		}
	}

	#[test]
	fn axes_have_as_many_decimals_as_they_need() {
		assert_eq!([0.02, 0.5, 4.0, 200.0].map(places), [3, 2, 1, 0]);
	}

	#[test]
	fn zero_has_no_sign() {
		let two = |value| decimals(value, 2);
		assert_eq!([-1e-17, 0.004, -0.6].map(two), ["0.00", "0.00", "-0.60"]);
		assert_eq!(decimals(-0.0004, 3), "0.000");
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
