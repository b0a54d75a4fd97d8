//! The plot of a run: network inference against truth, and cumulative losses.

use crate::{
	figures::{Figures, Row},
	loss::log_loss,
};
use anyhow::{anyhow, Context, Result};
use plotters::{
	coord::Shift,
	prelude::*,
	style::{RelativeSize, ShapeStyle},
};
use std::{fmt::Display, path::Path};

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

/// Writes a run as an SVG file.
pub fn write(figures: &Figures, path: &Path) -> Result<()> {
	let summary = figures.summary().context("a run without epochs cannot be drawn")?;
	let (best, _) = figures.best().context("a run without workers cannot be drawn")?;
	let draw = || -> Result<()> {
		let root = SVGBackend::new(path, SIZE).into_drawing_area();
		root.fill(&WHITE).map_err(failed)?;
		let (above, below) = root.split_vertically(SIZE.1 / 2);
		inferences(&above, figures)?;
		losses(&below, figures, best, &summary.best_name)?;
		root.present().map_err(failed)
	};
	draw().with_context(|| format!("cannot write {}", path.display()))
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

/// Most epochs named along an axis.
const MAX_LABELS: usize = 11;

/// The upper panel: what came, the network inference and its interval.
fn inferences(panel: &Panel, figures: &Figures) -> Result<()> {
	let first = figures.rows.len().saturating_sub(SHOWN);
	let rows = &figures.rows[first..];
	let (low, high) =
		span(rows.iter().flat_map(|row| [row.truth, row.network, row.interval.0, row.interval.1]));
	let end = (figures.rows.len() as f64).max(first as f64 + 2.0);
	let mut chart = ChartBuilder::on(panel)
		.caption("Network inference and truth", ("sans-serif", 18, &INK))
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
		.y_desc("range of the day, %")
		.x_label_formatter(&|epoch| format!("{epoch:.0}"))
		.y_label_formatter(&|value| format!("{value:.2}"))
		.draw()
		.map_err(failed)?;
	let at = |index: usize| (first + index + 1) as f64;
	let upper = rows.iter().enumerate().map(|(i, row)| (at(i), row.interval.1));
	let lower = rows.iter().enumerate().rev().map(|(i, row)| (at(i), row.interval.0));
	let band: Vec<_> = upper.chain(lower).collect();
	chart
		.draw_series(std::iter::once(Polygon::new(band, NETWORK.mix(0.16).filled())))
		.map_err(failed)?
		.label("95 % of the weight")
		.legend(|(x, y)| Rectangle::new([(x, y - 5), (x + 18, y + 5)], NETWORK.mix(0.16).filled()));
	let truth = rows.iter().enumerate().map(|(i, row)| (at(i), row.truth));
	chart
		.draw_series(LineSeries::new(truth, line(INK, 1)))
		.map_err(failed)?
		.label("truth")
		.legend(|(x, y)| PathElement::new([(x, y), (x + 18, y)], line(INK, 1)));
	let network = rows.iter().enumerate().map(|(i, row)| (at(i), row.network));
	chart
		.draw_series(LineSeries::new(network, line(NETWORK, 2)))
		.map_err(failed)?
		.label("network inference")
		.legend(|(x, y)| PathElement::new([(x, y), (x + 18, y)], line(NETWORK, 2)));
	legend(&mut chart)
}

/// The lower panel: mean log losses up to each epoch.
fn losses(panel: &Panel, figures: &Figures, best: usize, best_name: &str) -> Result<()> {
	let best_label = format!("best worker ({best_name})");
	let lines = [
		("plain mean", MEAN, running(&figures.rows, |row| Some(row.mean()))),
		(best_label.as_str(), BEST, running(&figures.rows, |row| row.workers[best])),
		("naive", NAIVE, running(&figures.rows, |row| Some(row.naive))),
		("network", NETWORK, running(&figures.rows, |row| Some(row.network))),
	];
	// The first epochs' means jump about and would squeeze the rest.
	let settled = figures.rows.len() as f64 / 20.0;
	let (low, high) = span(lines.iter().flat_map(|(_, _, points)| {
		points.iter().filter(|(epoch, _)| *epoch >= settled).map(|(_, loss)| *loss)
	}));
	let end = (figures.rows.len() as f64).max(2.0);
	let mut chart = ChartBuilder::on(panel)
		.caption("Mean log loss up to each epoch (lower is better)", ("sans-serif", 18, &INK))
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
		.y_desc("log10 loss")
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
fn running(rows: &[Row], value: impl Fn(&Row) -> Option<f64>) -> Vec<(f64, f64)> {
	let step = rows.len().div_ceil(POINTS).max(1);
	let (mut sum, mut count, mut points) = (0.0, 0u32, Vec::new());
	for (at, row) in rows.iter().enumerate() {
		if let Some(value) = value(row) {
			sum += log_loss(value, row.truth);
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

	fn row(truth: f64, network: f64) -> Row {
		Row {
			date: String::new(),
			truth,
			network,
			interval: (network - 0.1, network + 0.1),
			naive: network,
			workers: vec![Some(network)],
		}
	}

	#[test]
	fn plot_of_any_length_is_written() {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("run.svg");
		let mut figures = Figures::new(vec!["only".into()]);
		assert!(write(&figures, &path).is_err());
		for epochs in [1, 2, 3000] {
			let more = epochs - figures.rows.len();
			figures.rows.extend((0..more).map(|at| row(1.0 + (at % 7) as f64, 2.0)));
			write(&figures, &path).unwrap();
			let text = std::fs::read_to_string(&path).unwrap();
			assert!(text.starts_with("<svg") && text.contains("network inference"));
		}
	}

	#[test]
	fn running_means_end_with_the_mean_of_all() {
		let rows: Vec<_> = (0..2500).map(|at| row(1.0, 1.0 + 0.1 * f64::from(at % 3))).collect();
		let points = running(&rows, |row| Some(row.network));
		let all = rows.iter().map(|row| log_loss(row.network, row.truth)).sum::<f64>() / 2500.0;
		let (epoch, last) = points[points.len() - 1];
		assert!(points.len() <= POINTS + 1 && epoch == 2500.0 && (last - all).abs() < 1e-12);
	}
}
