//! `sortition_epochs.csv`: merit sortition (S 7.4, 7.5).
//!
//! The simulator pulls passive actors toward the quantile of the same epoch.

use crate::{
	decimal::Decimal,
	report::Report,
	table::{read, Row},
};
use allora_math::{
	arith::div,
	sortition::{active_quantile, pull_to_quantile, update_score},
	stats::minimum,
	Real,
};

fn check_row(row: &Row, before: Option<&Row>, report: &mut Report) {
	let epoch = row.text("epoch");
	let count = usize::try_from(row.whole("n_participants")).unwrap();
	let previous: Vec<_> =
		(0..count).map(|x| row.maybe_real(&format!("{x}_prev_quality_ema"))).collect();
	let active =
		|x: &usize| matches!(row.text(&format!("{x}_active")), "1" | "true" | "True" | "1.0");
	let seated: Vec<_> = (0..count).filter(active).collect();
	let mut ranked: Vec<_> = (0..count).filter(|x| previous[*x].is_some()).collect();
	ranked.sort_by_key(|x| std::cmp::Reverse(previous[*x]));
	for (rank, x) in ranked.iter().enumerate() {
		let column = format!("{x}_sort_position_previous_quality_ema");
		let holds = row.whole(&column) == u64::try_from(rank).unwrap();
		report.holds("rank by the score before", holds, &format!("{epoch} {column}"));
	}
	ranked.truncate(usize::try_from(row.whole("n_participants_drawn")).unwrap());
	let seats: Vec<Real> = ranked.iter().filter_map(|x| previous[*x]).collect();
	ranked.sort_unstable();
	report.holds("active set is the top by score", ranked == seated, epoch);
	let cutoff = minimum(&seats).unwrap();
	report.real("quality cutoff", cutoff, &row.decimal("quality_cutoff"), epoch);
	let quality: Vec<_> = seated.iter().map(|x| row.real(&format!("{x}_quality_metric"))).collect();
	let mut best: Vec<_> = seated.iter().zip(&quality).collect();
	best.sort_by_key(|(_, quality)| std::cmp::Reverse(**quality));
	for (rank, (x, _)) in best.into_iter().enumerate() {
		let column = format!("{x}_sort_position_quality_metrics");
		let holds = row.whole(&column) == u64::try_from(rank).unwrap();
		report.holds("rank by the quality", holds, &format!("{epoch} {column}"));
	}
	let q = div(row.real("percentile"), Real::from_num(100)).unwrap();
	let quantile = active_quantile(&quality, q).unwrap();
	report.real("quantile of the active", quantile, &row.decimal("quality_percentile"), epoch);
	let alpha = row.real("alpha_quality");
	for (x, previous) in previous.iter().enumerate() {
		let column = format!("{x}_quality_ema");
		let Some(want) = row.maybe(&column) else {
			continue;
		};
		let at = format!("{epoch} {column}");
		if seated.contains(&x) {
			let metric = row.real(&format!("{x}_quality_metric"));
			let got = update_score(alpha, metric, *previous).unwrap();
			report.real("score of the active", got, &want, &at);
		} else if let Some(previous) = previous {
			let pulled = pull_to_quantile(alpha, row.real("quality_percentile"), *previous);
			report.real("score of the passive", pulled.unwrap(), &want, &at);
		}
		let stored = before.and_then(|before| before.maybe(&column));
		if let (Some(stored), Some(previous)) = (stored, previous) {
			let got = Decimal::of(*previous);
			report.decimal("score carried over", &got, &stored, 0.0, &at);
		}
	}
}

#[test]
fn sortition_of_every_epoch_is_reproduced() {
	let rows = read("sortition_epochs.csv");
	let mut report = Report::new("sortition_epochs.csv");
	for (index, row) in rows.iter().enumerate() {
		let before = index.checked_sub(1).map(|before| &rows[before]);
		let follows = |before: &&Row| before.whole("epoch") + 1 == row.whole("epoch");
		check_row(row, before.filter(follows), &mut report);
	}
	report.finish(&["quality cutoff", "quantile of the active", "score of the active"]);
}
