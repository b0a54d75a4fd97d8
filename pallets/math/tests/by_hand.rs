//! Examples by hand that the golden vectors do not cover: newcomers, absence, initial regrets,
//! labels.

use allora_math::{
	elementary::ln,
	layout::Element,
	regrets::{initial_regret, InitialRegretParams, RegretTable},
	sortition::{active_quantile, initial_score, liveness, missed_epochs, pull_to_quantile},
	synthesis::{synthesise, Bundle, Input},
	weights::{ScaleRule, WeightParams},
	Real,
};

fn reals(numbers: &[i64]) -> Vec<Real> {
	numbers.iter().map(|number| Real::from_num(*number)).collect()
}

fn near(got: Real, want: Real) -> bool {
	(got - want).abs() <= Real::DELTA * 64
}

fn params() -> WeightParams {
	WeightParams {
		p_norm: Real::from_num(3),
		c_norm: Real::ONE * 3 / 4,
		epsilon: Real::ONE / 128,
		scale_rule: ScaleRule::Mad,
		alpha: Real::ONE / 10,
	}
}

#[test]
fn newcomer_is_pulled_to_the_quantile_and_then_to_the_initial_score() {
	let quarter = Real::ONE / 4;
	// Scores 1, 4, 7: the mean is 4, the squares 9 + 0 + 9 = 18 over 2 are 9, so sigma is 3 and a
	// newcomer starts from 1 - 2 * 3 = -5.
	let active = reals(&[1, 4, 7]);
	let initial = initial_score(&active, Real::from_num(2)).unwrap();
	assert_eq!(initial, Real::from_num(-5));
	// The stored quantile at 0.5 is 4. A passive newcomer is pulled toward it:
	// 0.25 * 4 + 0.75 * -5 = 1 - 3.75 = -2.75.
	let quantile = active_quantile(&active, Real::ONE / 2).unwrap();
	assert_eq!(quantile, Real::from_num(4));
	let passive = pull_to_quantile(quarter, quantile, initial).unwrap();
	assert_eq!(passive, Real::ONE * -11 / 4);
	// That was at block 100; epochs take 10 blocks and the previous one began at 130:
	// (130 - 1 - 100) / 10 = 2, so 2 + 1 = 3 epochs were missed.
	let missed = missed_epochs(130, 100, 10).unwrap();
	assert_eq!(missed, 3);
	// -5 + 0.75^3 (-2.75 + 5) = -5 + 27/64 * 9/4 = -5 + 243/256.
	let late = liveness(quarter, initial, passive, missed).unwrap();
	assert_eq!(late, Real::ONE * 243 / 256 - Real::from_num(5));
	// A score above the initial one falls by absence, but not below the initial one:
	// -5 + 0.75 (7 + 5) = 4 after one epoch.
	let seven = Real::from_num(7);
	assert_eq!(liveness(quarter, initial, seven, 1), Ok(Real::from_num(4)));
	assert!(near(liveness(quarter, initial, seven, 1000).unwrap(), initial));
}

#[test]
fn epoch_without_an_update_counts_as_missed() {
	// The previous epoch began at 130. An actor updated at 130 or later missed none; one updated in
	// the epoch before, at 120 to 129, missed one: (130 - 1 - 120) / 10 + 1 = 0 + 1.
	assert_eq!([130, 135].map(|last| missed_epochs(130, last, 10).unwrap()), [0, 0]);
	assert_eq!([129, 120].map(|last| missed_epochs(130, last, 10).unwrap()), [1, 1]);
	// (130 - 1 - 119) / 10 + 1 = 1 + 1.
	assert_eq!([119, 110, 109].map(|last| missed_epochs(130, last, 10).unwrap()), [2, 2, 3]);
}

#[test]
fn initial_regret_is_below_those_of_ten_experienced_workers() {
	// The mean is 0, the squares are 4 * 9 = 36 over 9 = 4, so sigma is 2. The quantile at 0.25
	// is at position 0.25 * 9 = 2.25, between two zeros. c - 8.25 / p = 0.75 - 2.75 = -2, so
	// 0 - 2 (2 + 1/128) = -4 - 1/64.
	let experienced = reals(&[3, -3, 0, 0, 0, 3, 0, 0, -3, 0]);
	let got = initial_regret(
		&experienced,
		&experienced,
		Real::ZERO,
		&params(),
		&InitialRegretParams::default(),
	);
	assert_eq!(got, Ok(Real::from_num(-4) - Real::ONE / 64));
}

#[test]
fn initial_regret_falls_back_to_the_quantile_of_all_and_then_to_the_previous_one() {
	let rule = InitialRegretParams::default();
	let all = reals(&[36, 0, 32, 4, 28, 8, 24, 12, 20, 16]);
	let previous = Real::from_num(-7);
	// Nine experienced are too few. Of all ten the position is 0.25 * 9 = 2.25, between 8 and 12:
	// 8 + 0.25 * 4 = 9, without the offset.
	let got = initial_regret(&all[..9], &all, previous, &params(), &rule);
	assert_eq!(got, Ok(Real::from_num(9)));
	// Nine in total are too few as well: the previous one is kept.
	let got = initial_regret(&all[..9], &all[..9], previous, &params(), &rule);
	assert_eq!(got, Ok(previous));
	let got = initial_regret(&[], &[], previous, &params(), &rule);
	assert_eq!(got, Ok(previous));
}

/// A bundle of values in tenths, with p = 1, c = 0 and scale 1, so that e^b is e^-R.
fn classified(tenths: &[i64], labels: usize, table: &RegretTable, losses: &[Real]) -> Bundle {
	let values: Vec<_> = tenths.iter().map(|tenth| Real::from_num(*tenth) / 10).collect();
	let forecast = losses.iter().copied().enumerate().collect::<Vec<_>>();
	let forecasts = if losses.is_empty() { vec![] } else { vec![forecast] };
	let params =
		WeightParams { p_norm: Real::ONE, c_norm: Real::ZERO, epsilon: Real::ONE, ..params() };
	synthesise(&Input {
		labels,
		inferences: &values,
		forecasts: &forecasts,
		previous_loss: Some(Real::ZERO),
		all_new: false,
		regrets: &RegretTable { scale: Some(Real::ONE), ..table.clone() },
		params: &params,
	})
	.unwrap()
}

fn assert_tenths(bundle: &Bundle, element: Element, tenths: &[i64]) {
	let got = bundle.value(element).unwrap();
	assert_eq!(got.len(), tenths.len());
	for (got, tenth) in got.iter().zip(tenths) {
		assert!(near(*got, Real::from_num(*tenth) / 10), "{element:?}: {got}");
	}
}

#[test]
fn labels_share_the_weights_of_their_inferers() {
	// Regrets 0 and -ln 3: e^a = 1, e^b = 3, so the second weighs (1 + 1) / (1 + 3) = 1/2 of the
	// first: two thirds and one third.
	let mut table = RegretTable::empty(2, 0);
	table.initial = Real::ZERO;
	table.inferers[1] = Some(-ln(Real::from_num(3)).unwrap());
	let bundle = classified(&[6, 3, 1, 3, 3, 4], 3, &table, &[]);
	// (2 * 0.6 + 0.3) / 3 = 0.5, (2 * 0.3 + 0.3) / 3 = 0.3, (2 * 0.1 + 0.4) / 3 = 0.2: still 1.
	assert_tenths(&bundle, Element::Combined, &[5, 3, 2]);
	assert!(near(bundle.inferer_weights[0], Real::ONE * 2 / 3));
	// Naive regrets are both the initial one: the plain mean of 0.6 and 0.3 would be 0.45.
	let naive = bundle.value(Element::Naive).unwrap();
	assert!(near(naive[0], Real::ONE * 9 / 20) && near(naive[2], Real::ONE / 4));
	assert_tenths(&bundle, Element::OneOutInferer(0), &[3, 3, 4]);
	assert_tenths(&bundle, Element::OneOutInferer(1), &[6, 3, 1]);
	// The percentiles are those of each label.
	assert_eq!(bundle.disagreement.len(), 3);
	assert!(bundle.disagreement[1].iter().all(|value| near(*value, Real::ONE * 3 / 10)));
}

#[test]
fn forecasts_weigh_all_labels_of_the_inferers_they_name() {
	// The last loss is 0, so losses 0 and ln 3 are regrets 0 and -ln 3: two thirds and one third.
	let losses = [Real::ZERO, ln(Real::from_num(3)).unwrap()];
	let bundle = classified(&[6, 3, 1, 3, 3, 4], 3, &RegretTable::empty(2, 1), &losses);
	assert_tenths(&bundle, Element::Forecaster(0), &[5, 3, 2]);
	let without = |inferer| Element::OneOutInfererForecaster { forecaster: 0, inferer };
	assert_tenths(&bundle, without(0), &[3, 3, 4]);
	assert_tenths(&bundle, without(1), &[6, 3, 1]);
	// Without the second inferer, the implied inference is that of the first.
	assert_tenths(&bundle, Element::OneOutInferer(1), &[6, 3, 1]);
}
