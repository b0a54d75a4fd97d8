//! `synthesis_epochs.csv`: the inputs of epochs and their network inferences (S 8, 9).

use crate::{
	capped,
	decimal::Decimal,
	report::Report,
	table::{read, Row},
};
use allora_math::{
	arith::sub,
	layout::{Element, Layout},
	regrets::RegretTable,
	synthesis::{disagreement, forecast_implied, synthesise, Input},
	weights::{std_scale, weighted_average, weights, ScaleRule, WeightParams},
	Real,
};

/// The parameters of the simulator that made the file.
pub fn params() -> WeightParams {
	WeightParams {
		p_norm: Real::from_num(3),
		c_norm: Real::ONE * 3 / 4,
		epsilon: real("0.01"),
		scale_rule: ScaleRule::StdDev,
		alpha: Real::ONE / 10,
	}
}

/// The number of a decimal constant.
pub fn real(text: &str) -> Real {
	Decimal::parse(text).and_then(|value| value.real()).expect("a constant")
}

/// The file's epochs and the numbers of participants.
pub struct Epochs {
	pub rows: Vec<Row>,
	pub inferers: usize,
	pub forecasters: usize,
	pub reputers: usize,
}

impl Epochs {
	pub fn read() -> Self {
		let rows = read("synthesis_epochs.csv");
		let count = |name: &str| rows[0].count(|index| format!("{name}_{index}"));
		let (inferers, forecasters) = (count("inference"), count("forecast_implied_inference"));
		let reputers = count("reputer_stake");
		Self { inferers, forecasters, reputers, rows }
	}

	/// The layout of all epochs: every forecast has an element for every inferer.
	pub fn layout(&self) -> Layout {
		Layout { inferers: self.inferers, forecasters: self.forecasters, absent: Vec::new() }
	}

	/// Consecutive rows, the earlier first.
	pub fn transitions(&self) -> impl Iterator<Item = (&Row, &Row)> {
		let follows =
			|(before, now): &(&Row, &Row)| before.whole("epoch") + 1 == now.whole("epoch");
		self.rows.iter().zip(self.rows.iter().skip(1)).filter(follows)
	}

	/// The regrets of an epoch.
	pub fn regrets(&self, row: &Row) -> RegretTable {
		let (n, f) = (self.inferers, self.forecasters);
		let some = |columns: Vec<String>| columns.iter().map(|c| row.maybe_real(c)).collect();
		let worker = |w: usize| format!("inference_regret_worker_{w}");
		let out = |x: usize| (0..n + f).map(move |w| format!("{}_oneout_{x}", worker(w)));
		let taken = |k: usize| (0..n + 1).map(move |w| format!("{}_onein_{k}", worker(w)));
		RegretTable {
			initial: Real::ZERO,
			scale: None,
			inferers: some((0..n).map(worker).collect()),
			forecasters: some((n..n + f).map(worker).collect()),
			naive: some((0..n).map(|j| format!("naive_inference_regret_worker_{j}")).collect()),
			one_out_inferer: some((0..n).flat_map(out).collect()),
			one_out_forecaster: some((n..n + f).flat_map(out).collect()),
			one_in_forecaster: some((0..f).flat_map(taken).collect()),
		}
	}

	/// The column and the formula of an element's value.
	fn column(&self, element: Element) -> (String, &'static str) {
		let n = self.inferers;
		match element {
			Element::Combined => ("network_inference".into(), "combined"),
			Element::Naive => ("network_naive_inference".into(), "naive"),
			Element::Inferer(j) => (format!("inference_{j}"), "inferences as submitted"),
			Element::Forecaster(k) => {
				(format!("forecast_implied_inference_{k}"), "forecast-implied")
			}
			Element::OneOutInfererForecaster { forecaster, inferer } => (
				format!("forecast_implied_inference_{forecaster}_oneout_{inferer}"),
				"forecast-implied one-out inferer",
			),
			Element::OneOutInferer(x) => {
				(format!("network_inference_oneout_{x}"), "one-out inferer")
			}
			Element::OneOutForecaster(k) => {
				(format!("network_inference_oneout_{}", n + k), "one-out forecaster")
			}
			Element::OneInForecaster(k) => {
				(format!("network_naive_inference_onein_{k}"), "one-in forecaster")
			}
		}
	}
}

/// The synthesis of an epoch with capped weights, where they differ from the relative ones.
struct Capped<'a> {
	epochs: &'a Epochs,
	inferences: &'a [Real],
	forecasts: &'a [Vec<(usize, Real)>],
	previous_loss: Real,
	regrets: &'a RegretTable,
}

impl Capped<'_> {
	/// A weighted average by capped weights, and whether they differ from the relative ones.
	fn average(&self, values: &[Real], regrets: &[Real]) -> (Real, bool) {
		let params = params();
		let scale = std_scale(regrets, params.epsilon).unwrap();
		let (p, c) = (params.p_norm, params.c_norm);
		let bites = capped::bites(regrets, scale, p, c).unwrap();
		let weights = match bites {
			true => capped::weights(regrets, scale, p, c),
			false => weights(regrets, scale, p, c),
		};
		(weighted_average(values, &weights.unwrap()).unwrap(), bites)
	}

	fn implied(&self, forecaster: usize, left_out: Option<usize>) -> (Real, bool) {
		let named: Vec<_> =
			self.forecasts[forecaster].iter().filter(|(j, _)| Some(*j) != left_out).collect();
		let values: Vec<_> = named.iter().map(|(j, _)| self.inferences[*j]).collect();
		if let [only] = values.as_slice() {
			return (*only, false);
		}
		let regret = |(_, loss): &&(usize, Real)| sub(self.previous_loss, *loss).unwrap();
		self.average(&values, &named.iter().map(regret).collect::<Vec<_>>())
	}

	/// The disagreement of the combined inference.
	fn intervals(&self) -> [Real; 5] {
		let (params, f) = (params(), self.epochs.forecasters);
		let implied = (0..f).map(|k| self.implied(k, None).0);
		let values: Vec<_> = self.inferences.iter().copied().chain(implied).collect();
		let cells = self.regrets.inferers.iter().chain(&self.regrets.forecasters);
		let regrets: Vec<_> = cells.map(|cell| cell.unwrap_or(self.regrets.initial)).collect();
		let scale = std_scale(&regrets, params.epsilon).unwrap();
		let weights = capped::weights(&regrets, scale, params.p_norm, params.c_norm).unwrap();
		disagreement(&values, &weights).unwrap()
	}

	fn element(&self, element: Element) -> (Real, bool) {
		let (n, f) = (self.epochs.inferers, self.epochs.forecasters);
		let table = self.regrets;
		let all = n + f;
		let cell = |cell: &Option<Real>| cell.unwrap_or(table.initial);
		let combined =
			|x: usize| cell(if x < n { &table.inferers[x] } else { &table.forecasters[x - n] });
		let set = |members: Vec<usize>, out: Option<usize>, regret: &dyn Fn(usize) -> Real| {
			let value = |w: &usize| match w.checked_sub(n) {
				None => (self.inferences[*w], false),
				Some(k) => self.implied(k, out),
			};
			let values: Vec<_> = members.iter().map(value).collect();
			let regrets: Vec<_> = members.iter().map(|w| regret(*w)).collect();
			let reals: Vec<_> = values.iter().map(|(value, _)| *value).collect();
			let (average, bites) = self.average(&reals, &regrets);
			(average, bites || values.iter().any(|(_, bites)| *bites))
		};
		match element {
			Element::Inferer(j) => (self.inferences[j], false),
			Element::Forecaster(k) => self.implied(k, None),
			Element::OneOutInfererForecaster { forecaster, inferer } => {
				self.implied(forecaster, Some(inferer))
			}
			Element::Combined => set((0..all).collect(), None, &combined),
			Element::Naive => set((0..n).collect(), None, &|j| cell(&table.naive[j])),
			Element::OneOutInferer(x) => {
				set((0..all).filter(|w| *w != x).collect(), Some(x), &|w| {
					cell(&table.one_out_inferer[x * all + w])
				})
			}
			Element::OneOutForecaster(k) => {
				set((0..all).filter(|w| *w != n + k).collect(), None, &|w| {
					cell(&table.one_out_forecaster[k * all + w])
				})
			}
			Element::OneInForecaster(k) => set((0..n).chain([n + k]).collect(), None, &|w| {
				cell(&table.one_in_forecaster[k * (n + 1) + w.min(n)])
			}),
		}
	}
}

#[test]
fn synthesis_of_every_epoch_is_reproduced() {
	let epochs = Epochs::read();
	let mut report = Report::new("synthesis_epochs.csv: network inferences");
	for (before, now) in epochs.transitions() {
		synthesis_of_one(&epochs, before, now, &mut report);
	}
	report.finish(&["combined", "naive", "disagreement"]);
}

fn synthesis_of_one(epochs: &Epochs, before: &Row, now: &Row, report: &mut Report) {
	let (n, f) = (epochs.inferers, epochs.forecasters);
	let epoch = now.text("epoch");
	let inferences = now.reals(n, |j| format!("inference_{j}"));
	let forecast = |k: usize| {
		let loss = |j: usize| now.maybe_real(&format!("forecasted_loss_{k}_for_{j}"));
		(0..n).filter_map(|j| Some((j, loss(j)?))).collect::<Vec<_>>()
	};
	let forecasts: Vec<_> = (0..f).map(forecast).collect();
	let previous_loss = before.real("network_loss");
	let (regrets, params) = (epochs.regrets(before), params());
	let input = Input {
		labels: 1,
		inferences: &inferences,
		forecasts: &forecasts,
		previous_loss: Some(previous_loss),
		all_new: false,
		regrets: &regrets,
		params: &params,
	};
	for (k, forecast) in forecasts.iter().enumerate() {
		for (j, loss) in forecast {
			let column = format!("forecasted_regret_{k}_inferer_{j}");
			let regret = sub(previous_loss, *loss).unwrap();
			report.real(
				"forecasted regrets",
				regret,
				&now.decimal(&column),
				&format!("{epoch} {column}"),
			);
		}
		assert!(forecast.is_empty() || forecast_implied(&input, forecast, None).unwrap().is_some());
	}
	let bundle = synthesise(&input).expect("a whole epoch");
	// The file has numbers for all forecasters, the bundle for those it kept.
	let original = |element: Element| match element {
		Element::Forecaster(k) => Element::Forecaster(bundle.forecasters[k]),
		Element::OneOutForecaster(k) => Element::OneOutForecaster(bundle.forecasters[k]),
		Element::OneInForecaster(k) => Element::OneInForecaster(bundle.forecasters[k]),
		Element::OneOutInfererForecaster { forecaster, inferer } => {
			let forecaster = bundle.forecasters[forecaster];
			Element::OneOutInfererForecaster { forecaster, inferer }
		}
		other => other,
	};
	let capped = Capped {
		epochs,
		inferences: &inferences,
		forecasts: &forecasts,
		previous_loss,
		regrets: &regrets,
	};
	for element in bundle.layout.elements() {
		let (column, formula) = epochs.column(original(element));
		let Some(want) = now.maybe(&column) else {
			continue;
		};
		let got = bundle.value(element).expect("in the layout")[0];
		let at = format!("{epoch} {column}");
		let (alternative, bites) = match forecasts.len() == bundle.forecasters.len() {
			true => capped.element(element),
			false => (got, false),
		};
		if bites && Decimal::of(got).relative(&want) > 1e-9 {
			report.real(&format!("{formula} (capped weights, S 9.1)"), alternative, &want, &at);
		} else {
			report.real(formula, got, &want, &at);
		}
	}
	let intervals = match capped.element(Element::Combined) {
		(_, true) if forecasts.len() == bundle.forecasters.len() => capped.intervals(),
		_ => bundle.disagreement[0],
	};
	let formula = match intervals == bundle.disagreement[0] {
		true => "disagreement",
		false => "disagreement (capped weights, S 9.1)",
	};
	for (index, got) in intervals.into_iter().enumerate() {
		let column = format!("network_inference_errorbar_{index}");
		report.real(formula, got, &now.decimal(&column), &format!("{epoch} {column}"));
	}
}
