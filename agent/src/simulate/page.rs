//! The report of a study: one HTML page that needs nothing else.

use super::{
	charts::{self, Bar},
	study::{Change, Forecasting, Participant, Study},
};
use crate::{
	figures::{Figures, Metric},
	plot,
	report::{Errors, RuleReport},
	table::{percent, unsigned_zero},
	track_record::{Estimate, TrackRecord},
	trials::{Bound, Found},
};
use anyhow::{Context, Result};
use std::{fmt::Write, path::Path};

/// The looks of the page.
const STYLE: &str = "
:root { color-scheme: light; }
body { font: 15px/1.5 system-ui, sans-serif; color: #222; background: #fafafa; margin: 0; }
main { max-width: 1060px; margin: 0 auto; padding: 24px; }
h1 { font-size: 26px; margin: 0 0 4px; }
h2 { font-size: 19px; margin: 36px 0 8px; }
p { max-width: 76ch; margin: 6px 0; }
.about { color: #555; }
.cards { display: flex; flex-wrap: wrap; gap: 12px; margin: 18px 0; }
.card { background: #fff; border: 1px solid #ddd; border-radius: 8px; padding: 10px 16px; min-width: 150px; }
.card b { display: block; font-size: 22px; }
.card span { color: #555; font-size: 13px; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; background: #fff; border: 1px solid #ddd; font-size: 13.5px; width: 100%; }
th, td { padding: 5px 10px; border-bottom: 1px solid #eee; text-align: right; white-space: nowrap; }
th { background: #f2f4f7; font-weight: 600; vertical-align: bottom; white-space: normal; }
th:first-child, td:first-child, .text { text-align: left; }
td.text { white-space: normal; }
td small { color: #777; }
tr.best td { background: #f3faf5; }
figure { margin: 12px 0; background: #fff; border: 1px solid #ddd; border-radius: 8px; padding: 6px; }
svg { display: block; max-width: 100%; height: auto; }
";

/// Writes the report of a study of these runs.
pub fn write(study: &Study, runs: &[Figures], path: &Path) -> Result<()> {
	let text = page(study, runs)?;
	std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}

/// The page.
fn page(study: &Study, runs: &[Figures]) -> Result<String> {
	let first = runs.first().context("a study has a run")?;
	let metric = first.metric;
	let name = escaped(&study.topic.name);
	let mut page = format!(
		"<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
		 content=\"width=device-width, initial-scale=1\">\n<title>Simulation: {name}</title>\n\
		 <style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{name}</h1>\n"
	);
	page += &about(study);
	page += &cards(study, metric);
	page += "<h2>The network</h2>\n";
	figure(&mut page, &plot::svg(&[runs])?);
	page += &comparison(study, metric);
	page += "<h2>Participants</h2>\n<p>The score is by how much the network's loss would have been higher \
	         without the participant in single epochs. The expected pay is the part of the workers' pay \
	         over all epochs.</p>\n";
	page += &participants(study, metric);
	figure(&mut page, &charts::pay(&study.participants)?);
	page += &track_records(study)?;
	page += &sensitivity(study)?;
	page += &adversaries(study);
	page += "</main>\n</body>\n</html>\n";
	Ok(page)
}

/// Text in HTML.
fn escaped(text: &str) -> String {
	text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Adds an image.
fn figure(page: &mut String, svg: &str) {
	page.push_str("<figure>");
	page.push_str(svg);
	page.push_str("</figure>\n");
}

/// A table of rows of cells, which are HTML; the first cell of a row may name its class.
fn table(header: &[&str], rows: impl IntoIterator<Item = (bool, Vec<String>)>) -> String {
	let mut text = String::from("<div class=\"wide\"><table>\n<tr>");
	for cell in header {
		let _ = write!(text, "<th>{cell}</th>");
	}
	text.push_str("</tr>\n");
	for (is_best, cells) in rows {
		text.push_str(if is_best { "<tr class=\"best\">" } else { "<tr>" });
		for cell in cells {
			let _ = write!(text, "<td>{cell}</td>");
		}
		text.push_str("</tr>\n");
	}
	text.push_str("</table></div>\n");
	text
}

/// What was simulated.
fn about(study: &Study) -> String {
	let topic = &study.topic;
	let labels = topic.labels.iter().map(|label| escaped(label)).collect::<Vec<_>>().join(", ");
	let [from, to] = topic.span.each_ref().map(|date| escaped(date));
	format!(
		"<p class=\"about\">{} epochs, {from} to {to}. Values: {labels}. Loss: {}. Rule: {}; an epoch is \
		 learned {} epochs later. By allora-agent simulate {}.</p>\n",
		study.report.first.epochs,
		topic.loss,
		topic.rule,
		topic.lag,
		env!("CARGO_PKG_VERSION")
	)
}

/// The numbers at the top.
fn cards(study: &Study, metric: Metric) -> String {
	let RuleReport { network, best, best_name, mean, .. } = &study.report.first;
	let own = network.errors.by(metric);
	let mut cards = vec![
		(number(own), format!("{} of the network", study.topic.metric)),
		(
			percent(own / best.by(metric) - 1.0),
			format!("against the best in hindsight, {}", escaped(best_name)),
		),
		(percent(own / mean.by(metric) - 1.0), "against the plain mean".into()),
	];
	if let Some([inner, outer]) = network.coverage {
		let inside = format!("{:.1} / {:.1} %", 100.0 * inner, 100.0 * outer);
		cards.push((inside, "truths inside the 68 / 95 % intervals".into()));
	}
	let card =
		|(value, text)| format!("<div class=\"card\"><b>{value}</b><span>{text}</span></div>\n");
	format!("<div class=\"cards\">\n{}</div>\n", cards.into_iter().map(card).collect::<String>())
}

/// The network against what it is compared with.
fn comparison(study: &Study, metric: Metric) -> String {
	let header = header(study, &["predictor"], metric, &["against best"]);
	let header: Vec<_> = header.iter().map(String::as_str).collect();
	let best = study.report.first.best.by(metric);
	let row = |name: String, errors: &Errors, is_network: bool| {
		let mut cells = vec![name];
		cells.extend(numbers(errors));
		cells.push(percent(errors.by(metric) / best - 1.0));
		(is_network, cells)
	};
	let mut rows = Vec::new();
	for (rule, found) in &study.report.rules {
		let is_first = *rule == study.topic.rule;
		rows.push(row(format!("network, rule {rule}"), &found.network.errors, is_first));
		rows.push(row(format!("naive, rule {rule}"), &found.naive, false));
	}
	let RuleReport { mean, median, best, best_name, .. } = &study.report.first;
	rows.push(row("plain mean".into(), mean, false));
	rows.push(row("plain median".into(), median, false));
	rows.push(row(format!("best in hindsight: {}", escaped(best_name)), best, false));
	table(&header, rows)
}

/// The header of a table with errors.
fn header(study: &Study, before: &[&str], metric: Metric, after: &[&str]) -> Vec<String> {
	let mut header: Vec<String> = before.iter().map(|text| (*text).into()).collect();
	if matches!(metric, Metric::MeanLoss | Metric::OwnLoss) {
		header.push(study.topic.metric.into());
	}
	header.extend(["RMSE", "MAE", "log10"].map(Into::into));
	header.extend(after.iter().map(|text| (*text).into()));
	header
}

/// The cells of errors.
fn numbers(errors: &Errors) -> Vec<String> {
	let loss = errors.cross_entropy.or(errors.loss);
	loss.into_iter().chain([errors.rmse, errors.mae, errors.log]).map(number).collect()
}

/// The table of participants, the best paid first.
fn participants(study: &Study, metric: Metric) -> String {
	let after = ["against best", "weight", "score", "expected pay"];
	let header = header(study, &["participant"], metric, &after);
	let header: Vec<_> = header.iter().map(String::as_str).collect();
	let best = study.report.first.best.by(metric);
	let ranked = study.ranked();
	let is_regret = study.topic.rule == "regret";
	let row = |one: &Participant| {
		let mut cells = vec![escaped(&one.name)];
		cells.extend(numbers(&one.errors));
		cells.push(percent(one.errors.by(metric) / best - 1.0));
		cells.push(part(one.weight));
		cells.push(if is_regret { number(one.score) } else { percent(one.score) });
		cells.push(part(one.expected_pay));
		(one.name == study.report.first.best_name, cells)
	};
	let mut text = table(&header, ranked.into_iter().map(row));
	if !study.forecasters.is_empty() {
		text += &forecasters(study);
	}
	text
}

/// The table of forecasters.
fn forecasters(study: &Study) -> String {
	let header = [
		"forecaster",
		"expected pay",
		"participation",
		"effective sample",
		"loss improvement of the network",
	];
	let row = |one: &Forecasting| {
		let mut cells = vec![escaped(&one.name), part(one.expected_pay)];
		if let Some(added) = &one.track_record {
			cells.push(format!("{} <small>of {}</small>", added.participated, added.epochs));
			cells.push(format!("{:.0}", added.effective_sample));
			cells.push(estimate(added.loss_improvement, percent));
		} else {
			cells.extend(["0", "-", "-"].map(String::from));
		}
		(false, cells)
	};
	let text =
		"<p>Forecasters, with what each added: by how much the network's loss was lower than in a \
		run without it, with 95 % bounds.</p>\n";
	text.to_owned() + &table(&header, study.forecasters.iter().map(row))
}

/// The track records.
fn track_records(study: &Study) -> Result<String> {
	let recorded = || {
		let of = |one: &Participant| Some((one.name.clone(), one.track_record.clone()?));
		study.ranked().into_iter().filter_map(of)
	};
	let bar = |(name, record): (String, TrackRecord)| {
		let Estimate { value, low, high } = record.loss_improvement?;
		let bounds = Some([low? * 100.0, high? * 100.0]);
		Some(Bar { name, value: 100.0 * value, bounds })
	};
	let bars: Vec<Bar> = recorded().filter_map(bar).collect();
	let mut text = String::from(
		"<h2>Track records</h2>\n<p>How much of a record may be luck: 95 % bounds by a block bootstrap. \
		 The improvement is that of the loss over the network's naive inference, and the effective sample \
		 the number of independent epochs that would say as much.</p>\n",
	);
	let header = [
		"participant",
		"participation",
		"effective sample",
		"directional accuracy",
		"correlation",
		"loss improvement",
	];
	let row = |(name, record): (String, TrackRecord)| {
		let count = format!("{} <small>of {}</small>", record.participated, record.epochs);
		let cells = vec![
			escaped(&name),
			count,
			format!("{:.0}", record.effective_sample),
			estimate(record.directional_accuracy, |value| format!("{:.1} %", 100.0 * value)),
			estimate(record.correlation, |value| unsigned_zero(format!("{value:.3}"))),
			estimate(record.loss_improvement, percent),
		];
		(false, cells)
	};
	text += &table(&header, recorded().map(row));
	if !bars.is_empty() {
		let title = "Loss improvement over the naive inference, with 95 % bounds";
		figure(&mut text, &charts::bars(title, "%", &bars)?);
	}
	Ok(text)
}

/// A number with its bounds.
fn estimate(found: Option<Estimate>, shown: impl Fn(f64) -> String) -> String {
	let Some(Estimate { value, low, high }) = found else { return "-".into() };
	match (low, high) {
		(Some(low), Some(high)) => {
			format!("{} <small>[{}, {}]</small>", shown(value), shown(low), shown(high))
		}
		_ => shown(value),
	}
}

/// How the result changes.
fn sensitivity(study: &Study) -> Result<String> {
	let mut text = format!(
		"<h2>Sensitivity</h2>\n<p>By how much the network's {} ({}) would be higher: above zero the change \
		 makes it worse.</p>\n",
		study.topic.metric,
		number(study.sensitivity.base)
	);
	let parts = [
		("Without one participant", &study.sensitivity.without),
		("With another parameter", &study.sensitivity.parameters),
	];
	for (title, changes) in parts {
		let bar = |change: &Change| Bar {
			name: change.name.clone(),
			value: 100.0 * change.change,
			bounds: None,
		};
		let bars: Vec<_> =
			changes.iter().map(bar).filter(|bar: &Bar| bar.value.is_finite()).collect();
		if !bars.is_empty() {
			figure(&mut text, &charts::bars(title, "change, %", &bars)?);
		}
	}
	Ok(text)
}

/// What attackers reach.
fn adversaries(study: &Study) -> String {
	let Some(report) = &study.adversaries else { return String::new() };
	let mut text = format!(
		"<h2>Adversaries</h2>\n<p>Over the first {} epochs, under the mixture rule with pay by claims and \
		 under the original's rule with pay by scores; medians over draws.</p>\n",
		report.epochs
	);
	let header = ["adversary", "takes", "measured", "mixture", "regret", "wanted", "holds"];
	let found = |found: Option<Found>| found.map_or("-".into(), |found| number(found.median));
	let rows = report.findings.iter().map(|finding| {
		let wanted = match finding.bound {
			Some(Bound::AtMost(limit)) => format!("&le; {limit}"),
			Some(Bound::AtLeast(limit)) => format!("&ge; {limit}"),
			None => String::new(),
		};
		let holds = finding.holds.map_or("", |holds| if holds { "yes" } else { "no" });
		let cells = vec![
			escaped(&finding.trial),
			escaped(&finding.takes),
			escaped(&finding.measured),
			found(finding.mixture),
			found(finding.regret),
			wanted,
			holds.into(),
		];
		(false, cells)
	});
	text += &table(&header, rows);
	text
}

/// A number of any size, with about five digits.
fn number(value: f64) -> String {
	match value.abs() {
		size if size >= 1e6 || (size < 1e-4 && size > 0.0) => format!("{value:.3e}"),
		size if size >= 100.0 => format!("{value:.2}"),
		_ => format!("{value:.4}"),
	}
}

/// A part in percent.
fn part(part: f64) -> String {
	format!("{:.2} %", 100.0 * part)
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{
		question::Question,
		rules::RuleName,
		series::Series,
		simulate::{run_all, study, Inputs},
	};

	#[test]
	fn page_is_whole_and_escapes_names() {
		let mut series = Series::sp500().unwrap();
		series.days.truncate(50);
		let topic = Question::Range.into();
		let mut inputs = Inputs::from_series(topic, Question::Range, &series, |_| ()).unwrap();
		inputs.topic.name = "<script>range</script>".into();
		inputs.names[3] = "a<b&\"c\"".into();
		let rules = [RuleName::Mixture, RuleName::Regret];
		let runs = run_all(&rules, &inputs, 2, |_| ()).unwrap();
		let study =
			study::study(&runs, (&inputs, &["f<b".into()]), RuleName::Mixture, 2, |_| ()).unwrap();
		let page = page(&study, &runs).unwrap();
		assert!(!page.contains("<script") && !page.contains("a<b") && !page.contains("f<b"));
		assert!(page.contains("a&lt;b&amp;&quot;c&quot;"));
		// Nothing is fetched from elsewhere; the SVG images name their namespace.
		let links = page.matches("http").count();
		assert_eq!(links, page.matches("xmlns=\"http://www.w3.org/2000/svg\"").count());
		// The network, pay, track records, and two of sensitivity.
		assert_eq!(page.matches("<svg").count(), 5);
		for part in ["network, rule regret", "best in hindsight", "Track records", "lag 4"] {
			assert!(page.contains(part), "{part}");
		}
	}
}
