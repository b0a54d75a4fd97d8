//! `synthesis_epochs.csv`: losses, regrets and scores (S 10, 11, 12).

use crate::{
	decimal::Decimal,
	epochs::{real, Epochs},
	formulas::stake_weighted_loss,
	report::Report,
	reputers,
	table::Row,
};
use allora_math::{
	layout::Element,
	losses::network_losses,
	regrets,
	scores::{forecaster_scores, inferer_scores, reputer_scores, ReputerParams},
	Real,
};

impl Epochs {
	/// The column of an element's network loss, and its name in the reputers' columns.
	fn loss_columns(&self, element: Element) -> (String, String) {
		let n = self.inferers;
		let same = |text: String| (text.clone(), text);
		match element {
			Element::Combined => ("network_loss".into(), "network_inference".into()),
			Element::Naive => ("network_naive_loss".into(), "naive_network_inference".into()),
			Element::Inferer(j) => (format!("inference_loss_{j}"), format!("inference_{j}")),
			Element::Forecaster(k) => (
				format!("forecast_implied_inference_loss_{k}"),
				format!("forecast_implied_inference_{k}"),
			),
			Element::OneOutInfererForecaster { forecaster: k, inferer: x } => (
				format!("forecast_implied_inference_loss_{k}_oneout_{x}"),
				format!("forecast_implied_inference_{k}_oneout_{x}"),
			),
			Element::OneOutInferer(x) => {
				let (network, _) = same(format!("network_loss_oneout_{x}"));
				(network, format!("network_inference_oneout_{x}"))
			}
			Element::OneOutForecaster(k) => (
				format!("network_loss_oneout_{}", n + k),
				format!("network_inference_oneout_{}", n + k),
			),
			Element::OneInForecaster(k) => (
				format!("network_naive_loss_onein_{k}"),
				format!("naive_network_inference_onein_{k}"),
			),
		}
	}

	/// The network's losses in an epoch, by layout.
	fn losses(&self, row: &Row) -> Vec<Real> {
		self.layout().elements().map(|element| row.real(&self.loss_columns(element).0)).collect()
	}

	/// The reputers' reports in an epoch, by layout.
	fn reports(&self, row: &Row) -> Vec<Vec<Option<Real>>> {
		let loss = |m: usize, element: Element| {
			row.maybe_real(&format!("reputer_{m}_loss_{}", self.loss_columns(element).1))
		};
		let layout = self.layout();
		(0..self.reputers).map(|m| layout.elements().map(|e| loss(m, e)).collect()).collect()
	}

	/// The reputers' stakes in an epoch, in proportion.
	pub fn stakes(&self, row: &Row) -> Vec<Real> {
		let stakes: Vec<_> =
			(0..self.reputers).map(|m| row.decimal(&format!("reputer_stake_{m}"))).collect();
		let real = |stake: &Decimal| stake.real().expect("ten digits fit");
		Decimal::proportions(&stakes).iter().map(real).collect()
	}
}

/// The rows of reports if none is incomplete.
fn complete(reports: &[Vec<Option<Real>>]) -> Option<Vec<Vec<Real>>> {
	reports.iter().map(|row| row.iter().copied().collect()).collect()
}

/// The network's losses by the crate or, if reports are incomplete, by the plain formula.
fn losses_of(stakes: &[Real], reports: &[Vec<Option<Real>>]) -> Vec<Option<Real>> {
	if let Some(complete) = complete(reports) {
		let losses = network_losses(stakes, &complete).expect("reports");
		return losses.into_iter().map(Some).collect();
	}
	let column = |element: usize| reports.iter().map(|row| row[element]).collect::<Vec<_>>();
	(0..reports[0].len())
		.map(|element| stake_weighted_loss(stakes, &column(element)).expect("reports"))
		.collect()
}

#[test]
fn losses_of_every_epoch_are_reproduced() {
	let epochs = Epochs::read();
	let mut report = Report::new("synthesis_epochs.csv: losses");
	for row in &epochs.rows {
		let got = losses_of(&epochs.stakes(row), &epochs.reports(row));
		for (element, got) in epochs.layout().elements().zip(got) {
			let (column, _) = epochs.loss_columns(element);
			let at = format!("{} {column}", row.text("epoch"));
			match (row.maybe(&column), got) {
				(Some(want), Some(got)) => report.real("stake-weighted losses", got, &want, &at),
				(want, got) => {
					report.holds("elements without a report", want.is_none() && got.is_none(), &at)
				}
			}
		}
	}
	report.finish(&["stake-weighted losses"]);
}

#[test]
fn regrets_of_every_epoch_are_reproduced() {
	let epochs = Epochs::read();
	let mut report = Report::new("synthesis_epochs.csv: regrets");
	let alpha = real("0.1");
	let (n, f) = (epochs.inferers, epochs.forecasters);
	for (before, now) in epochs.transitions() {
		let table = epochs.regrets(before);
		let got = regrets::update(&table, &epochs.layout(), &epochs.losses(now), alpha)
			.expect("a whole epoch");
		let mut check = |formula: &str, columns: Vec<String>, cells: &[Option<Real>]| {
			assert_eq!(columns.len(), cells.len());
			for (column, cell) in columns.iter().zip(cells) {
				let at = format!("{} {column}", now.text("epoch"));
				report.real(formula, cell.expect("updated"), &now.decimal(column), &at);
			}
		};
		let worker = |w: usize| format!("inference_regret_worker_{w}");
		let out = |x: usize| (0..n + f).map(move |w| format!("{}_oneout_{x}", worker(w)));
		let taken = |k: usize| (0..n + 1).map(move |w| format!("{}_onein_{k}", worker(w)));
		check("inferer", (0..n).map(worker).collect(), &got.inferers);
		check("forecaster", (n..n + f).map(worker).collect(), &got.forecasters);
		let naive = |j: usize| format!("naive_inference_regret_worker_{j}");
		check("naive", (0..n).map(naive).collect(), &got.naive);
		check("one-out inferer", (0..n).flat_map(out).collect(), &got.one_out_inferer);
		check("one-out forecaster", (n..n + f).flat_map(out).collect(), &got.one_out_forecaster);
		check("one-in forecaster", (0..f).flat_map(taken).collect(), &got.one_in_forecaster);
	}
	report.finish(&["inferer", "forecaster", "naive", "one-out inferer", "one-in forecaster"]);
}

#[test]
fn scores_of_every_epoch_are_reproduced() {
	let epochs = Epochs::read();
	let mut report = Report::new("synthesis_epochs.csv: scores");
	let layout = epochs.layout();
	let mut check = |formula: &str, row: &Row, name: &str, got: &[Real]| {
		for (index, got) in got.iter().enumerate() {
			let column = format!("{name}_{index}");
			let at = format!("{} {column}", row.text("epoch"));
			report.real(formula, *got, &row.decimal(&column), &at);
		}
	};
	for row in &epochs.rows {
		let losses = epochs.losses(row);
		check("inferer", row, "inferer_score", &inferer_scores(&layout, &losses).unwrap());
		check("forecaster", row, "forecaster_score", &forecaster_scores(&layout, &losses).unwrap());
	}
	for (before, now) in epochs.transitions() {
		let name = |m: usize| format!("reputer_listening_coefficient_{m}");
		let coefficients = before.reals(epochs.reputers, name);
		let (reports, stakes) = (epochs.reports(now), epochs.stakes(now));
		let params = ReputerParams::default();
		let (scores, next, adjusted) = match complete(&reports) {
			Some(reports) => {
				let got = reputer_scores(&reports, &stakes, &coefficients, &params);
				let got = got.expect("an epoch");
				(got.scores, got.coefficients, got.adjusted_stakes)
			}
			None => reputers::reputer_scores(&reports, &stakes, &coefficients, &params)
				.expect("an epoch"),
		};
		check("reputer", now, "reputer_score", &scores);
		check("listening coefficients", now, "reputer_listening_coefficient", &next);
		check("adjusted stakes", now, "reputer_adjusted_stake", &adjusted);
	}
	report.finish(&["inferer", "forecaster", "reputer", "listening coefficients"]);
}
