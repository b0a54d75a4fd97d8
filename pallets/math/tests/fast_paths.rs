//! Each fast formula against the plain one for the same number, over random inputs.

use allora_math::{
	arith::{dot, mul, sub},
	layout::Element,
	losses::network_losses,
	scores::{reputer_scores, ReputerParams},
	stats::ema,
	synthesis::{forecast_implied, synthesise, Bundle},
	testing::{
		formulas::{exp_ratio, stake_weighted_loss},
		random::{below_power, config, epochs, params, reports, share, Epoch},
		reputers::{self, consensus_scores},
	},
	weights::{weighted_average, weights, ScaleRule, WeightParams},
	MathError, Real,
};
use proptest::{collection::vec, prelude::*};

/// The plain form of the weights: `E1(a, b)` of S 2.4.
fn plain_weights(regrets: &[Real], scale: Real, p: Real, c: Real) -> Vec<Real> {
	let exponent = |regret: Real| mul(p, sub(c, regret / scale).unwrap()).unwrap();
	let best = exponent(regrets.iter().copied().max().unwrap());
	regrets.iter().map(|regret| exp_ratio(best, exponent(*regret)).unwrap()).collect()
}

proptest! {
	#![proptest_config(config(3000))]

	#[test]
	fn weights_equal_the_quotients_of_exponentials(
		// From regrets all alike to regrets far apart, and from all above c to all far below.
		regrets in (-4..5i32, -20..20i64).prop_flat_map(|(power, shift)| {
			let regret = below_power(power).prop_map(move |regret| regret + Real::from_num(shift));
			vec(regret, 1..13)
		}),
		scale in (-2..3i32).prop_flat_map(below_power),
	) {
		let WeightParams { p_norm, c_norm, .. } = params(ScaleRule::Mad);
		let scale = scale.abs().max(Real::ONE / 4);
		let got = weights(&regrets, scale, p_norm, c_norm).unwrap();
		let want = plain_weights(&regrets, scale, p_norm, c_norm);
		prop_assert!(got.contains(&Real::ONE));
		for (got, want) in got.iter().zip(&want) {
			prop_assert!((*got - *want).abs() <= Real::DELTA * 64, "{} {}", got, want);
		}
	}
}

#[test]
fn weights_of_extreme_regrets_are_zero_or_one() {
	let far = Real::from_num(1_000_000_000_000_000_000i64);
	let tiny = Real::DELTA * 1000;
	let (p, c) = (Real::from_num(3), Real::ONE * 3 / 4);
	let steep = |regrets: &[Real]| weights(regrets, tiny, p, c).unwrap();
	assert_eq!(steep(&[far, -far, -Real::ONE]), [Real::ONE, Real::ZERO, Real::ZERO]);
	assert_eq!(steep(&[-far, -far]), [Real::ONE, Real::ONE]);
	assert_eq!(weights(&[far, -far], far, p, c).unwrap()[0], Real::ONE);
	assert_eq!(weights(&[far], Real::DELTA, far, c), Err(MathError::Overflow));
}

/// Within 2^-50 of a number of this size.
fn near(got: Real, want: Real, size: Real) -> bool {
	(got - want).abs() <= (size >> 50) + Real::DELTA
}

/// How far a number is from another, in parts of that.
fn relative(got: Real, want: Real) -> f64 {
	let (apart, want): (f64, f64) = ((got - want).to_num(), want.to_num());
	(apart / want).abs()
}

/// Inputs of a synthesis under a common scale.
fn scaled_epochs() -> impl Strategy<Value = Epoch> {
	let scale = (1..21i128).prop_map(|parts| Some(Real::ONE / parts));
	(-3..4i32)
		.prop_flat_map(move |power| epochs(below_power(10), below_power(power), scale.clone()))
}

proptest! {
	#![proptest_config(config(400))]

	#[test]
	fn implied_inference_without_an_inferer_equals_that_of_a_forecast_without_it(
		epoch in scaled_epochs(),
	) {
		let (input, bundle) = (epoch.input(), synthesise(&epoch.input()).unwrap());
		for (forecaster, original) in bundle.forecasters.iter().enumerate() {
			let forecast = &epoch.forecasts[*original];
			for (inferer, _) in forecast {
				let element = Element::OneOutInfererForecaster { forecaster, inferer: *inferer };
				let got = bundle.value(element);
				let want = forecast_implied(&input, forecast, Some(*inferer)).unwrap();
				// Without another inferer than the one left out there is no such element.
				prop_assert_eq!(got.is_some(), want.is_some());
				for (got, want) in got.unwrap_or_default().iter().zip(want.unwrap_or_default()) {
					prop_assert!(near(*got, want, Real::ONE * 1024), "{} {}", got, want);
				}
			}
		}
	}

	#[test]
	fn network_inferences_equal_plain_averages(mut epoch in scaled_epochs()) {
		// A forecaster with an empty forecast is not in the bundle, but has regrets in the table.
		epoch.forecasts.iter_mut().filter(|forecast| forecast.is_empty()).for_each(|forecast| {
			forecast.push((0, Real::ZERO));
		});
		compare_with_plain_averages(&epoch, &synthesise(&epoch.input()).unwrap());
	}
}

/// An average by [`plain_weights`], of the members given by their regrets and elements.
fn plain_average(epoch: &Epoch, bundle: &Bundle, members: &[(Option<Real>, Element)]) -> Vec<Real> {
	let present = members.iter().filter_map(|(cell, element)| {
		Some((cell.unwrap_or(epoch.regrets.initial), bundle.value(*element)?))
	});
	let (regrets, rows): (Vec<_>, Vec<_>) = present.unzip();
	let WeightParams { p_norm, c_norm, .. } = epoch.params;
	let weights = plain_weights(&regrets, epoch.regrets.scale.unwrap(), p_norm, c_norm);
	let column = |label| rows.iter().map(|row| row[label]).collect::<Vec<_>>();
	(0..epoch.labels).map(|label| weighted_average(&column(label), &weights).unwrap()).collect()
}

/// Compares every network inference of a bundle with its plain average.
fn compare_with_plain_averages(epoch: &Epoch, bundle: &Bundle) {
	let (n, f) = (bundle.layout.inferers, bundle.layout.forecasters);
	let check = |element, members: &[(Option<Real>, Element)]| {
		let Some(got) = bundle.value(element) else {
			return;
		};
		for (got, want) in got.iter().zip(plain_average(epoch, bundle, members)) {
			assert!(near(*got, want, Real::ONE * 1024), "{element:?}: {got} {want}");
		}
	};
	let inferers = |cells: &[Option<Real>], x: usize| -> Vec<_> {
		(0..n).filter(|j| *j != x).map(|j| (cells[j], Element::Inferer(j))).collect()
	};
	let forecaster = |cells: &[Option<Real>], k: usize| (cells[k], Element::Forecaster(k));
	let (table, none) = (&epoch.regrets, usize::MAX);
	check(Element::Naive, &inferers(&table.naive, none));
	let mut all = inferers(&table.inferers, none);
	all.extend((0..f).map(|k| forecaster(&table.forecasters, k)));
	check(Element::Combined, &all);
	for (x, row) in table.one_out_inferer.chunks(n + f).enumerate() {
		let mut others = inferers(row, x);
		others.extend(
			(0..f).map(|k| {
				(row[n + k], Element::OneOutInfererForecaster { forecaster: k, inferer: x })
			}),
		);
		check(Element::OneOutInferer(x), &others);
	}
	for (x, row) in table.one_out_forecaster.chunks(n + f).enumerate() {
		let mut others = inferers(row, none);
		others.extend((0..f).filter(|k| *k != x).map(|k| forecaster(&row[n..], k)));
		check(Element::OneOutForecaster(x), &others);
	}
	for (k, row) in table.one_in_forecaster.chunks(n + 1).enumerate() {
		let mut with = inferers(row, none);
		with.push((row[n], Element::Forecaster(k)));
		check(Element::OneInForecaster(k), &with);
	}
}

/// Complete reports as the plain form takes them, with optional losses.
fn optional(reports: &[Vec<Real>]) -> Vec<Vec<Option<Real>>> {
	reports.iter().map(|row| row.iter().copied().map(Some).collect()).collect()
}

fn ones(count: usize) -> Vec<Real> {
	vec![Real::ONE; count]
}

fn one_round() -> ReputerParams {
	ReputerParams { rounds: 1, ..ReputerParams::default() }
}

/// Numbers in [1/64, 1].
fn positive() -> impl Strategy<Value = Real> + Clone {
	below_power(0).prop_map(|x| (x.abs() + Real::ONE / 64).min(Real::ONE))
}

/// Reports of up to 16 reputers with their stakes and coefficients, the power of two that bounds
/// the losses, and by how many powers the differences are smaller.
fn scorings() -> impl Strategy<Value = (Vec<Vec<Real>>, Vec<Real>, Vec<Real>, i32)> {
	(1..17usize, -4..10i32, 0..40i32).prop_flat_map(|(count, power, alike)| {
		let stakes = vec(positive(), count);
		(reports(count, power, power - alike), stakes.clone(), stakes, Just(alike))
	})
}

proptest! {
	#![proptest_config(config(120))]

	#[test]
	fn scores_by_inner_products_equal_those_by_reports(
		(reports, stakes, coefficients, alike) in scorings(),
	) {
		let params = ReputerParams::default();
		let plain_reports = optional(&reports);
		let got = reputer_scores(&reports, &stakes, &coefficients, &params).unwrap();
		let (scores, next, _) =
			reputers::reputer_scores(&plain_reports, &stakes, &coefficients, &params).unwrap();
		prop_assert!(!got.by_reports);
		for (got, want) in got.scores.iter().zip(&scores) {
			// 2^-41 over epsilon.
			prop_assert!(relative(*got, *want) < 4.5e-11, "{} {}", got, want);
		}
		for (got, want) in got.coefficients.iter().zip(&next) {
			// The finite difference moves a coefficient by a thousandth. Below the minimum listened
			// stake, steps are stretched until it is reached, however small they are. So their
			// relative error counts, and they are as small as the reports are alike.
			let enough = alike < 30 && (*got - *want).abs() <= Real::DELTA << (28 + alike);
			prop_assert!(alike >= 30 || enough, "2^-{}: {} {}", alike, got, want);
		}
		let first = consensus_scores(&plain_reports, &stakes, &coefficients, &params).unwrap();
		let got = reputer_scores(&reports, &stakes, &coefficients, &one_round()).unwrap();
		for (got, want) in got.scores.iter().zip(&first) {
			prop_assert!(relative(*got, *want) < 4.5e-11, "{} {}", got, want);
		}
	}
}

/// Reports of about 2^-`small` by `honest` reputers, and of two more that are nearly opposite and
/// of about 1.
fn cancelling(honest: usize, small: i32) -> impl Strategy<Value = Vec<Vec<Real>>> + Clone {
	let rows = reports(honest + 2, -small, -small - 1);
	(rows, vec(below_power(0), 20)).prop_map(|(mut rows, far)| {
		let [.., one, other] = rows.as_mut_slice() else { unreachable!("at least two") };
		for ((one, other), far) in one.iter_mut().zip(other).zip(far) {
			*one += far;
			*other -= far;
		}
		rows
	})
}

proptest! {
	#![proptest_config(config(60))]

	#[test]
	fn reports_that_cancel_are_scored_by_the_reports_once(
		// From a hundredth of the largest loss, where the products suffice, to nearly nothing.
		(small, reports) in (1..15usize, 7..37i32).prop_flat_map(|(honest, small)| {
			(Just(small), cancelling(honest, small))
		}),
	) {
		let count = reports.len();
		let stakes = vec![Real::ONE / count as i128; count];
		let got = reputer_scores(&reports, &stakes, &ones(count), &one_round()).unwrap();
		prop_assert!(got.by_reports || small < 12, "2^-{}", small);
		let plain_reports = optional(&reports);
		let want = consensus_scores(&plain_reports, &stakes, &ones(count), &one_round()).unwrap();
		for (got, want) in got.scores.iter().zip(&want) {
			prop_assert!(relative(*got, *want) < 1e-9, "{} {}", got, want);
		}
		// The search continues by the products, however short the consensus is.
		let params = ReputerParams::default();
		let got = reputer_scores(&reports, &stakes, &ones(count), &params).unwrap();
		prop_assert!(got.coefficients.iter().all(|one| (0..=1).contains(one)));
	}
}

proptest! {
	#![proptest_config(config(20))]

	#[test]
	fn search_among_reports_that_cancel_finds_the_coefficients_of_the_reports(
		reports in (3..11usize, 9..21i32)
			.prop_flat_map(|(honest, small)| cancelling(honest, small)),
	) {
		let params = ReputerParams::default();
		let count = reports.len();
		let stakes = vec![Real::ONE / count as i128; count];
		let start = vec![Real::ONE * 3 / 4; count];
		let got = reputer_scores(&reports, &stakes, &start, &params).unwrap();
		let (_, want, _) =
			reputers::reputer_scores(&optional(&reports), &stakes, &start, &params).unwrap();
		for (got, want) in got.coefficients.iter().zip(&want) {
			prop_assert!((*got - *want).abs() < Real::ONE / 1_000_000, "{} {}", got, want);
		}
	}
}

#[test]
fn opposite_reports_have_a_consensus_of_zero_and_are_scored_by_the_reports() {
	let row = |sign: i64| (1..9).map(|i| Real::from_num(i * sign * 100)).collect::<Vec<_>>();
	let reports = [row(1), row(-1)];
	let stakes = [Real::ONE / 2, Real::ONE / 2];
	let got = reputer_scores(&reports, &stakes, &ones(2), &one_round()).unwrap();
	let want = consensus_scores(&optional(&reports), &stakes, &ones(2), &one_round()).unwrap();
	assert_eq!((got.by_reports, got.scores), (true, want));
	let got = reputer_scores(&reports, &stakes, &ones(2), &ReputerParams::default());
	assert!(got.is_ok());
	let none = reputer_scores(&reports, &[Real::ZERO; 2], &ones(2), &ReputerParams::default());
	assert_eq!(none, Err(MathError::DivisionByZero));
}

#[test]
fn consensus_close_to_zero_is_not_an_error() {
	// The distances over the consensus, 2^-61, do not fit, so all score 0 and no total gains.
	let far = Real::from_num(1000);
	let reports = [vec![far; 300], vec![Real::DELTA * 16 - far; 300]];
	let stakes = [Real::ONE / 2, Real::ONE / 2];
	let got = reputer_scores(&reports, &stakes, &ones(2), &ReputerParams::default());
	assert!(got.is_ok(), "{got:?}");
	let got = reputer_scores(&reports, &stakes, &ones(2), &one_round()).unwrap();
	assert_eq!(got.scores, [Real::ZERO; 2]);
}

proptest! {
	#![proptest_config(config(20))]

	#[test]
	fn scores_are_precise_for_tiny_coefficients(reports in reports(3, 2, 0)) {
		let stakes = [Real::ONE / 2, Real::ONE / 4, Real::ONE / 4];
		// Up to 2^-16 and up to 2^-30: the plain form's shares are then within 2^-46 and 2^-32.
		for (tiny, bound) in [(24, 4.5e-11), (10, 1e-8)] {
			let coefficients = [1, 2, 3].map(|step| Real::DELTA << (8 * step + tiny));
			let got = reputer_scores(&reports, &stakes, &coefficients, &one_round()).unwrap();
			let (plain_reports, once) = (optional(&reports), one_round());
			let want = consensus_scores(&plain_reports, &stakes, &coefficients, &once).unwrap();
			for (got, want) in got.scores.iter().zip(&want) {
				prop_assert!(relative(*got, *want) < bound, "{} {}", got, want);
			}
		}
	}
}

#[test]
fn coefficients_are_raised_if_no_stake_is_listened_to() {
	// The only coefficient is of a reputer without stake.
	let reports = [vec![Real::ONE; 3], vec![Real::ONE * 2; 3]];
	let got = reputer_scores(
		&reports,
		&[Real::ONE, Real::ZERO],
		&[Real::ZERO, Real::ONE],
		&ReputerParams::default(),
	);
	let got = got.unwrap();
	// The first is the consensus: 1 / 0.01; the second is as far away as it is long: 1 / 1.01.
	assert!(relative(got.scores[0], Real::from_num(100)) < 1e-15);
	assert!(relative(got.scores[1], Real::ONE * 100 / 101) < 1e-15);
}

proptest! {
	#![proptest_config(config(300))]

	#[test]
	fn losses_of_complete_reports_equal_those_element_by_element(
		(reports, stakes) in (1..9usize).prop_flat_map(|n| (reports(n, 5, 3), vec(positive(), n))),
	) {
		let got = network_losses(&stakes, &reports).unwrap();
		for (element, got) in got.iter().enumerate() {
			let column: Vec<_> = reports.iter().map(|row| Some(row[element])).collect();
			let want = stake_weighted_loss(&stakes, &column).unwrap();
			prop_assert!(near(*got, want.unwrap(), Real::ONE), "{} {:?}", got, want);
		}
	}

	#[test]
	fn moving_average_of_one_product_equals_that_of_two(
		x in (0..60i32).prop_flat_map(below_power),
		previous in (0..37i32).prop_flat_map(below_power),
		alpha in share(),
	) {
		let want = dot(&[alpha, Real::ONE - alpha], &[x, previous]).unwrap();
		let got = ema(alpha, x, Some(previous)).unwrap();
		// Halves may be rounded to either side.
		prop_assert!((got - want).abs() <= Real::DELTA, "{} {}", got, want);
	}
}

#[test]
fn moving_average_of_extremes_does_not_overflow() {
	let (greatest, least) = (Real::MAX, Real::MIN);
	let want = dot(&[Real::ONE / 2; 2], &[greatest, least]);
	assert_eq!(ema(Real::ONE / 2, greatest, Some(least)), want);
	assert_eq!(ema(Real::ONE, greatest, Some(least)), Ok(greatest));
	assert_eq!(ema(Real::ZERO, greatest, Some(Real::ONE)), Ok(Real::ONE));
}
