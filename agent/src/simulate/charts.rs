//! The charts of a study, as SVG images: pay over time, changes as bars, estimates with bounds.

use super::study::Participant;
use crate::plot::{
	decimals, draw_error, image, line, places, span, BEST, FAINT, INK, MEAN, NAIVE, NETWORK, OTHER,
	WIDTH,
};
use anyhow::Result;
use plotters::{
	prelude::*,
	style::text_anchor::{HPos, Pos, VPos},
};

/// The height of a row of bars, of what is above and below them, and of a chart with lines.
const ROW: u32 = 24;
const FRAME: u32 = 96;
const LINES: u32 = 380;
/// The room for the names of rows.
const NAMES: i32 = 240;
/// The room for the names of lines.
const LEGEND: i32 = 250;
/// The number of participants that have a line of their own.
const MOST: usize = 10;

/// The colours of lines, the best paid first.
const COLORS: [RGBColor; MOST] = [
	NETWORK,
	NAIVE,
	MEAN,
	BEST,
	RGBColor(196, 48, 72),
	RGBColor(20, 140, 150),
	RGBColor(150, 120, 20),
	RGBColor(90, 90, 190),
	RGBColor(220, 130, 170),
	OTHER,
];

/// A row of a chart: a name, a number, and its bounds if it has any.
pub struct Bar {
	/// The name.
	pub name: String,
	/// The number.
	pub value: f64,
	/// The bounds.
	pub bounds: Option<[f64; 2]>,
}

/// The pay of the best paid participants up to each epoch.
pub fn pay(participants: &[Participant]) -> Result<String> {
	let mut ranked: Vec<_> = participants.iter().collect();
	ranked.sort_by(|a, b| b.expected_pay.total_cmp(&a.expected_pay));
	ranked.truncate(MOST);
	let points = || ranked.iter().flat_map(|one| &one.pay_so_far);
	let end = points().map(|(epoch, _)| *epoch).max().unwrap_or(2).max(2) as f64;
	// The first epochs vary too much for the scale of the others.
	let scaled = points().filter(|(epoch, _)| *epoch as f64 >= end / 20.0);
	let top = scaled.map(|(_, part)| 100.0 * part).fold(1.0, f64::max) * 1.08;
	image(LINES, |panel| {
		let mut chart = ChartBuilder::on(panel)
			.caption("Part of the workers' pay up to each epoch", ("sans-serif", 18, &INK))
			.margin(14)
			.x_label_area_size(34)
			.y_label_area_size(52)
			.margin_right(LEGEND)
			.build_cartesian_2d(1.0..end, 0.0..top)
			.map_err(draw_error)?;
		chart
			.configure_mesh()
			.light_line_style(TRANSPARENT)
			.bold_line_style(FAINT)
			.axis_style(INK)
			.x_desc("epoch")
			.y_desc("%")
			.x_label_formatter(&|epoch| format!("{epoch:.0}"))
			.y_label_formatter(&|part| format!("{part:.0}"))
			.draw()
			.map_err(draw_error)?;
		let style = ("sans-serif", 13, &INK).into_text_style(panel);
		let style = style.pos(Pos::new(HPos::Left, VPos::Center));
		for ((one, color), y) in ranked.iter().zip(COLORS).zip((52..).step_by(20)) {
			let points = one.pay_so_far.iter().map(|(epoch, part)| (*epoch as f64, 100.0 * part));
			let points = points.filter(|(_, part)| *part <= top);
			chart.draw_series(LineSeries::new(points, line(color, 2))).map_err(draw_error)?;
			let x = WIDTH as i32 - LEGEND + 8;
			let sample = PathElement::new([(x, y), (x + 18, y)], line(color, 2));
			panel.draw(&sample).map_err(draw_error)?;
			let text = Text::new(short(&one.name), (x + 26, y), style.clone());
			panel.draw(&text).map_err(draw_error)?;
		}
		Ok(())
	})
}

/// Numbers as horizontal bars, or as points with whiskers where they have bounds.
pub fn bars(title: &str, unit: &str, bars: &[Bar]) -> Result<String> {
	let height = FRAME + ROW * u32::try_from(bars.len())?;
	let ends = bars.iter().flat_map(|bar| bar.bounds.unwrap_or([bar.value; 2]));
	let (low, high) = span(ends.chain([0.0]));
	let rows = bars.len() as f64;
	let names = f64::from(NAMES);
	image(height, |panel| {
		let mut chart = ChartBuilder::on(panel)
			.caption(title, ("sans-serif", 18, &INK))
			.margin(14)
			.x_label_area_size(40)
			.margin_left(NAMES)
			.build_cartesian_2d(low..high, 0.0..rows)
			.map_err(draw_error)?;
		chart
			.configure_mesh()
			.disable_y_mesh()
			.disable_y_axis()
			.light_line_style(TRANSPARENT)
			.bold_line_style(FAINT)
			.axis_style(INK)
			.x_desc(unit)
			.x_labels(9)
			.x_label_formatter(&|value| decimals(*value, places(high - low)))
			.draw()
			.map_err(draw_error)?;
		let zero = [(0.0, 0.0), (0.0, rows)];
		chart.draw_series([PathElement::new(zero, line(INK, 1))]).map_err(draw_error)?;
		let style = ("sans-serif", 13, &INK).into_text_style(panel);
		let style = style.pos(Pos::new(HPos::Right, VPos::Center));
		for (at, bar) in bars.iter().enumerate() {
			let middle = rows - at as f64 - 0.5;
			match bar.bounds {
				Some([low, high]) => {
					let whisker =
						PathElement::new([(low, middle), (high, middle)], line(NETWORK, 2));
					chart.draw_series([whisker]).map_err(draw_error)?;
					let point = Circle::new((bar.value, middle), 4, NETWORK.filled());
					chart.draw_series([point]).map_err(draw_error)?;
				}
				None => {
					let color = if bar.value > 0.0 { NETWORK } else { NAIVE };
					let corners = [(0.0, middle - 0.32), (bar.value, middle + 0.32)];
					let bar = Rectangle::new(corners, color.filled());
					chart.draw_series([bar]).map_err(draw_error)?;
				}
			}
			let (_, y) = chart.backend_coord(&(low, middle));
			let place = (names as i32 - 10, y);
			panel.draw(&Text::new(short(&bar.name), place, style.clone())).map_err(draw_error)?;
		}
		Ok(())
	})
}

/// A name that fits beside a bar.
fn short(name: &str) -> String {
	const MOST: usize = 32;
	match name.chars().count() > MOST {
		true => name.chars().take(MOST - 3).chain("...".chars()).collect(),
		false => name.into(),
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn chart_has_a_row_per_bar() {
		let bar = |name: &str, bounds| Bar { name: name.into(), value: 0.25, bounds };
		let rows = [bar("plain", None), bar("bounded <&>", Some([-0.5, 1.0]))];
		let svg = bars("title", "%", &rows).unwrap();
		assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>"));
		for text in ["title", "plain", "bounded &lt;&amp;&gt;"] {
			assert!(svg.contains(text), "{text}");
		}
		assert!(svg.contains("<circle") && svg.contains("<rect"));
	}

	#[test]
	fn long_names_are_cut() {
		assert_eq!(short(&"x".repeat(40)).len(), 32);
		assert_eq!(short("short"), "short");
	}
}
