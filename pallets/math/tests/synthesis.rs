//! Whole bundles: against an oracle that shares no code (see `oracle/synthesis.py`), and by hand.

use allora_math::testing::decimal::Decimal;
use allora_math::{
	layout::Element,
	regrets::RegretTable,
	synthesis::{synthesise, Bundle, Input},
	weights::{weights, ScaleRule, WeightParams},
	MathError, Real,
};
use std::collections::BTreeMap;

fn params(scale_rule: ScaleRule) -> WeightParams {
	WeightParams {
		p_norm: Real::from_num(3),
		c_norm: Real::ONE * 3 / 4,
		epsilon: real("0.01"),
		scale_rule,
		alpha: Real::ONE / 10,
	}
}

fn real(text: &str) -> Real {
	Decimal::parse(text).and_then(|value| value.real()).expect("a number")
}

fn reals(numbers: &[i64]) -> Vec<Real> {
	numbers.iter().map(|number| Real::from_num(*number)).collect()
}

/// The cells of a case by name and index.
type Cells = BTreeMap<String, BTreeMap<usize, String>>;

fn cases() -> BTreeMap<usize, Cells> {
	let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oracle/synthesis.csv");
	let mut cases: BTreeMap<usize, Cells> = BTreeMap::new();
	for row in csv::Reader::from_path(path).expect("the oracle is committed").records() {
		let row = row.expect("four columns");
		let index = row[2].parse().expect("an index");
		let cells = cases.entry(row[0].parse().expect("a case")).or_default();
		cells.entry(row[1].into()).or_default().insert(index, row[3].into());
	}
	cases
}

fn synthesis_of(cells: &Cells) -> Bundle {
	let text = |name: &str| cells[name][&0].as_str();
	let count = |name: &str| text(name).parse::<usize>().expect("a count");
	let (n, f) = (count("n"), count("f"));
	let list = |name: &str| {
		let maybe = |text: &String| (!text.is_empty()).then(|| real(text));
		cells
			.get(name)
			.map(|cells| cells.values().map(maybe).collect::<Vec<_>>())
			.unwrap_or_default()
	};
	let (mut regrets, mut out) = (list("regret"), list("out"));
	let forecasters = regrets.split_off(n);
	let one_out_forecaster = out.split_off(n * (n + f));
	let table = RegretTable {
		initial: real(text("initial")),
		scale: Some(real(text("common"))),
		inferers: regrets,
		forecasters,
		naive: list("naive"),
		one_out_inferer: out,
		one_out_forecaster,
		one_in_forecaster: list("in"),
	};
	let mut forecasts = vec![Vec::new(); f];
	for (index, text) in cells.get("forecast").into_iter().flatten() {
		forecasts[index / n].push((index % n, real(text)));
	}
	let inferences: Vec<_> = list("inference").into_iter().flatten().collect();
	let rule = if text("rule") == "mad" { ScaleRule::Mad } else { ScaleRule::StdDev };
	let params = WeightParams { p_norm: real(text("p")), ..params(rule) };
	synthesise(&Input {
		labels: count("labels"),
		inferences: &inferences,
		forecasts: &forecasts,
		previous_loss: Some(real(text("previous"))),
		all_new: false,
		regrets: &table,
		params: &params,
	})
	.expect("a bundle")
}

#[test]
fn bundles_agree_with_the_oracle() {
	let (mut worst, mut compared) = (0f64, 0);
	for (number, cells) in cases() {
		let bundle = synthesis_of(&cells);
		let want = &cells["value"];
		assert_eq!(bundle.values.len(), want.len(), "case {number}");
		for (index, want) in want {
			let want = Decimal::parse(want).expect("a decimal");
			let error = Decimal::of(bundle.values[*index]).relative(&want);
			assert!(error < 1e-12, "case {number}, value {index}: {error:e}");
			worst = worst.max(error);
			compared += 1;
		}
	}
	println!("{compared} values, worst relative error {worst:e}");
	assert!(compared > 1000);
}

struct Epoch {
	inferences: Vec<Real>,
	forecasts: Vec<Vec<(usize, Real)>>,
	previous_loss: Option<Real>,
	all_new: bool,
	labels: usize,
}

impl Epoch {
	fn new(inferences: &[i64]) -> Self {
		Self {
			inferences: reals(inferences),
			forecasts: Vec::new(),
			previous_loss: Some(Real::ONE),
			all_new: false,
			labels: 1,
		}
	}

	fn forecast(mut self, losses: &[(usize, i64)]) -> Self {
		self.forecasts.push(losses.iter().map(|(j, loss)| (*j, Real::from_num(*loss))).collect());
		self
	}

	fn run(&self) -> Result<Bundle, MathError> {
		let n = self.inferences.len() / self.labels.max(1);
		let table = RegretTable::empty(n, self.forecasts.len());
		synthesise(&Input {
			labels: self.labels,
			inferences: &self.inferences,
			forecasts: &self.forecasts,
			previous_loss: self.previous_loss,
			all_new: self.all_new,
			regrets: &table,
			params: &params(ScaleRule::Mad),
		})
	}
}

#[test]
fn weights_are_relative_to_the_best() {
	let got = weights(&reals(&[1, 0, -1000]), Real::ONE, Real::ONE, Real::ZERO).unwrap();
	// (1 + e^-1) / 2, and e^-1000 is below 2^-64.
	let half = real("0.68393972058572116079");
	assert_eq!(got[0], Real::ONE);
	assert!(got[1].abs_diff(half) <= Real::DELTA * 2);
	assert_eq!(got[2], Real::ZERO);
	assert_eq!(weights(&[], Real::ONE, Real::ONE, Real::ZERO), Err(MathError::Empty));
	assert_eq!(weights(&got, Real::ZERO, Real::ONE, Real::ZERO), Err(MathError::Domain));
}

#[test]
fn single_inference_is_the_network_inference() {
	let bundle = Epoch::new(&[7]).forecast(&[(0, 3)]).run().unwrap();
	assert_eq!(bundle.values, reals(&[7, 7, 7, 7]));
	assert_eq!(bundle.disagreement, [[Real::from_num(7); 5]]);
}

#[test]
fn forecasters_are_ignored_without_a_previous_loss() {
	let mut epoch = Epoch::new(&[1, 3]).forecast(&[(0, 1), (1, 1)]);
	epoch.previous_loss = None;
	let bundle = epoch.run().unwrap();
	assert!(bundle.forecasters.is_empty() && bundle.forecaster_weights.is_empty());
	assert_eq!(bundle.layout.forecasters, 0);
	// Without history all weights are equal.
	assert_eq!(bundle.value(Element::Combined), Some(&reals(&[2])[..]));
	assert_eq!(bundle.inferer_weights, vec![Real::ONE / 2; 2]);
}

#[test]
fn inferences_of_newcomers_have_the_plain_mean() {
	let mut epoch = Epoch::new(&[1, 2, 9]).forecast(&[(0, 5), (1, 1), (2, 0)]).forecast(&[(2, 1)]);
	epoch.all_new = true;
	let bundle = epoch.run().unwrap();
	let value = |element| bundle.value(element).unwrap()[0];
	assert_eq!(value(Element::Combined), Real::from_num(4));
	assert_eq!(value(Element::OneInForecaster(1)), Real::from_num(4));
	assert_eq!(value(Element::Forecaster(0)), Real::from_num(2));
	assert_eq!(value(Element::Forecaster(1)), Real::from_num(9));
	assert_eq!(value(Element::OneOutInferer(2)), Real::ONE * 3 / 2);
	assert_eq!(bundle.forecaster_weights, reals(&[0, 0]));
	let pair = Element::OneOutInfererForecaster { forecaster: 1, inferer: 2 };
	assert_eq!(bundle.value(pair), None);
}

#[test]
fn forecasters_with_an_empty_forecast_are_dropped() {
	let epoch = Epoch::new(&[1, 3]).forecast(&[]).forecast(&[(1, 4)]);
	let bundle = epoch.run().unwrap();
	assert_eq!(bundle.forecasters, [1]);
	assert_eq!(bundle.value(Element::Forecaster(0)), Some(&reals(&[3])[..]));
	assert_eq!(bundle.value(Element::OneOutForecaster(0)), None);
}

#[test]
fn labels_are_averaged_with_the_same_weights() {
	let mut both = Epoch::new(&[1, 10, 2, 20, 4, 40]).forecast(&[(0, 1), (1, 0), (2, 2)]);
	both.labels = 2;
	let both = both.run().unwrap();
	let one = Epoch::new(&[1, 2, 4]).forecast(&[(0, 1), (1, 0), (2, 2)]).run().unwrap();
	for (element, value) in one.layout.elements().zip(&one.values) {
		let pair = both.value(element).unwrap();
		assert_eq!(pair[0], *value);
		assert!(pair[1].abs_diff(*value * 10) <= Real::DELTA * 10);
	}
	assert_eq!(both.inferer_weights, one.inferer_weights);
}

#[test]
fn weights_of_a_bundle_add_up_to_one() {
	let bundle = Epoch::new(&[5, 1, 7, 3]).forecast(&[(0, 2), (3, 1)]).run().unwrap();
	let total: Real = bundle.inferer_weights.iter().chain(&bundle.forecaster_weights).sum();
	assert!(total.abs_diff(Real::ONE) <= Real::DELTA * 8);
}

#[test]
fn large_values_do_not_overflow() {
	let large = 1_000_000_000_000_000;
	let bundle = Epoch::new(&[large; 32]).forecast(&[(0, -1000), (1, 1000)]).run().unwrap();
	assert!(bundle.values.iter().all(|value| *value == Real::from_num(large)));
}

#[test]
fn parts_of_different_sizes_are_an_error() {
	assert_eq!(Epoch::new(&[]).run().unwrap_err(), MathError::Empty);
	let shape = |epoch: Epoch| assert_eq!(epoch.run().unwrap_err(), MathError::Shape);
	shape(Epoch::new(&[1, 2]).forecast(&[(2, 1)]));
	shape(Epoch::new(&[1, 2]).forecast(&[(1, 1), (0, 1)]));
	shape(Epoch::new(&[1, 2]).forecast(&[(1, 1), (1, 1)]));
	shape(Epoch { labels: 0, ..Epoch::new(&[1, 2]) });
	shape(Epoch { labels: 2, ..Epoch::new(&[1, 2, 3]) });
}
