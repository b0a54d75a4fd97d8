//! Each short cut against the plain way to the same number, over random inputs.

#[allow(dead_code)]
#[path = "shared/formulas.rs"]
mod formulas;

use allora_math::{
	arith::{dot, mul, sub},
	layout::Element,
	losses::network_losses,
	regrets::RegretTable,
	scores::{consensus_scores, reputer_scores, ReputerParams},
	stats::ema,
	synthesis::{forecast_implied, synthesise, Bundle, Input},
	weights::{weighted_average, weights, ScaleRule, WeightParams},
	MathError, Real,
};
use formulas::{exp_ratio, stake_weighted_loss};

/// A small deterministic generator.
struct Random(u64);

impl Random {
	fn next(&mut self) -> u64 {
		self.0 ^= self.0 << 13;
		self.0 ^= self.0 >> 7;
		self.0 ^= self.0 << 17;
		self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
	}

	fn below(&mut self, bound: u64) -> usize {
		usize::try_from(self.next() % bound).unwrap()
	}

	/// A number in [-1, 1) times two to some power.
	fn real(&mut self, power: i32) -> Real {
		let unit = i128::from(self.next().cast_signed()) << 1;
		Real::from_bits(if power >= 0 { unit << power } else { unit >> -power })
	}

	fn reals(&mut self, count: usize, power: i32) -> Vec<Real> {
		(0..count).map(|_| self.real(power)).collect()
	}
}

fn params() -> WeightParams {
	WeightParams {
		p_norm: Real::from_num(3),
		c_norm: Real::ONE * 3 / 4,
		epsilon: Real::ONE / 100,
		scale_rule: ScaleRule::Mad,
		alpha: Real::ONE / 10,
	}
}

/// The weights by the book: `E1(a, b)` of S 2.4.
fn plain_weights(regrets: &[Real], scale: Real, p: Real, c: Real) -> Vec<Real> {
	let exponent = |regret: Real| mul(p, sub(c, regret / scale).unwrap()).unwrap();
	let best = exponent(regrets.iter().copied().max().unwrap());
	regrets.iter().map(|regret| exp_ratio(best, exponent(*regret)).unwrap()).collect()
}

#[test]
fn weights_equal_the_quotients_of_exponentials() {
	let mut random = Random(0x9e37_79b9_7f4a_7c15);
	let (mut worst, units) = (0, 64);
	for round in 0..3000 {
		// From regrets all alike to regrets far apart, and from all above c to all far below.
		let count = 1 + random.below(12);
		let shift = Real::from_num(random.below(40) as i64 - 20);
		let regrets: Vec<_> =
			random.reals(count, round % 9 - 4).iter().map(|regret| *regret + shift).collect();
		let size = random.below(5) as i32 - 2;
		let scale = random.real(size).abs().max(Real::ONE / 4);
		let got = weights(&regrets, scale, params().p_norm, params().c_norm).unwrap();
		let want = plain_weights(&regrets, scale, params().p_norm, params().c_norm);
		for (got, want) in got.iter().zip(&want) {
			worst = worst.max(got.to_bits().abs_diff(want.to_bits()));
		}
		assert!(got.contains(&Real::ONE) && worst <= units, "{regrets:?} {scale}: {worst}");
	}
	println!("weights: worst {worst} * 2^-64");
}

#[test]
fn weights_of_regrets_out_of_all_proportion_are_nothing_or_all() {
	let far = Real::from_num(1_000_000_000_000_000_000i64);
	let tiny = Real::DELTA * 1000;
	let (p, c) = (params().p_norm, params().c_norm);
	let steep = |regrets: &[Real]| weights(regrets, tiny, p, c).unwrap();
	assert_eq!(steep(&[far, -far, -Real::ONE]), [Real::ONE, Real::ZERO, Real::ZERO]);
	assert_eq!(steep(&[-far, -far]), [Real::ONE, Real::ONE]);
	assert_eq!(weights(&[far, -far], far, p, c).unwrap()[0], Real::ONE);
	assert_eq!(weights(&[far], Real::DELTA, far, c), Err(MathError::Overflow));
}

/// Random inputs of a synthesis under a common scale.
struct Epoch {
	inferences: Vec<Real>,
	forecasts: Vec<Vec<(usize, Real)>>,
	regrets: RegretTable,
	params: WeightParams,
	labels: usize,
}

impl Epoch {
	fn random(random: &mut Random) -> Self {
		let (n, f) = (2 + random.below(9), random.below(4));
		let labels = 1 + random.below(3);
		let power = random.below(7) as i32 - 3;
		let mut regrets = RegretTable::empty(n, f);
		regrets.initial = random.real(0);
		for cells in [
			&mut regrets.inferers,
			&mut regrets.forecasters,
			&mut regrets.naive,
			&mut regrets.one_out_inferer,
			&mut regrets.one_out_forecaster,
			&mut regrets.one_in_forecaster,
		] {
			for cell in cells {
				*cell = (random.below(5) > 0).then(|| random.real(power));
			}
		}
		let forecast = |random: &mut Random| {
			let named: Vec<_> = (0..n).filter(|_| random.below(3) > 0).collect();
			named.into_iter().map(|inferer| (inferer, random.real(power))).collect()
		};
		let inferences = random.reals(n * labels, 10);
		let forecasts = (0..f).map(|_| forecast(random)).collect();
		regrets.scale = Some(Real::ONE / (1 + random.below(20) as i128));
		Self { inferences, forecasts, regrets, params: params(), labels }
	}

	fn input(&self) -> Input<'_> {
		Input {
			labels: self.labels,
			inferences: &self.inferences,
			forecasts: &self.forecasts,
			previous_loss: Some(Real::ONE / 8),
			all_new: false,
			regrets: &self.regrets,
			params: &self.params,
		}
	}
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

#[test]
fn implied_inference_without_an_inferer_equals_that_of_a_forecast_without_it() {
	let mut random = Random(0x1234_5678_9abc_def1);
	let mut compared = 0;
	for _ in 0..600 {
		let epoch = Epoch::random(&mut random);
		let (input, bundle) = (epoch.input(), synthesise(&epoch.input()).unwrap());
		for (forecaster, original) in bundle.forecasters.iter().enumerate() {
			let forecast = &epoch.forecasts[*original];
			for (inferer, _) in forecast {
				let element = Element::OneOutInfererForecaster { forecaster, inferer: *inferer };
				let got = bundle.value(element);
				let want = forecast_implied(&input, forecast, Some(*inferer)).unwrap();
				for (got, want) in got.unwrap_or_default().iter().zip(want.unwrap_or_default()) {
					assert!(near(*got, want, Real::ONE * 1024), "{got} {want}");
					compared += 1;
				}
			}
		}
	}
	assert!(compared > 5000, "{compared}");
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

#[test]
fn network_inferences_equal_averages_by_the_book() {
	let mut random = Random(0xfedc_ba98_7654_3211);
	for _ in 0..300 {
		let mut epoch = Epoch::random(&mut random);
		// Forecasters that name nobody have no place in the table.
		epoch.forecasts.iter_mut().filter(|forecast| forecast.is_empty()).for_each(|forecast| {
			forecast.push((0, Real::ZERO));
		});
		let bundle = synthesise(&epoch.input()).unwrap();
		let (n, f) = (bundle.layout.inferers, bundle.layout.forecasters);
		let check = |element, members: &[(Option<Real>, Element)]| {
			let Some(got) = bundle.value(element) else {
				return;
			};
			for (got, want) in got.iter().zip(plain_average(&epoch, &bundle, members)) {
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
			others.extend((0..f).map(|k| {
				(row[n + k], Element::OneOutInfererForecaster { forecaster: k, inferer: x })
			}));
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
}

/// Reports that disagree by about two to the `spread`, with losses of about two to the `power`.
fn reports(
	random: &mut Random,
	reputers: usize,
	power: i32,
	spread: i32,
) -> Vec<Vec<Option<Real>>> {
	let truth = random.reals(20, power);
	let around =
		|random: &mut Random| truth.iter().map(|loss| *loss + random.real(spread)).collect();
	let rows: Vec<Vec<Real>> = (0..reputers).map(|_| around(random)).collect();
	rows.into_iter().map(|row| row.into_iter().map(Some).collect()).collect()
}

#[test]
fn scores_by_inner_products_equal_those_by_reports() {
	let mut random = Random(0x0f1e_2d3c_4b5a_6979);
	let params = ReputerParams::default();
	let mut worst = 0f64;
	for round in 0..150 {
		let count = 1 + random.below(16);
		let power = round % 14 - 4;
		let spread = power - random.below(40) as i32;
		let reports = reports(&mut random, count, power, spread);
		let positive = |random: &mut Random| random.real(0).abs() + Real::ONE / 64;
		let stakes: Vec<_> = (0..count).map(|_| positive(&mut random)).collect();
		let coefficients: Vec<_> =
			(0..count).map(|_| positive(&mut random).min(Real::ONE)).collect();
		// An element that nobody reported counts for nothing, but needs the long way.
		let longer: Vec<Vec<_>> =
			reports.iter().map(|row| row.iter().copied().chain([None]).collect()).collect();
		let got = reputer_scores(&reports, &stakes, &coefficients, &params).unwrap();
		let want = reputer_scores(&longer, &stakes, &coefficients, &params).unwrap();
		for (got, want) in got.scores.iter().zip(&want.scores) {
			worst = worst.max(relative(*got, *want));
		}
		for (got, want) in got.coefficients.iter().zip(&want.coefficients) {
			// A thousandth of a coefficient is what the finite difference moves.
			// Below the least listened stake, steps are stretched until it is reached, however small
			// they are; so it is their error in proportion that counts, and they are as small as the
			// reports are alike.
			let alike = power - spread;
			let enough = alike < 30 && (*got - *want).abs() <= Real::DELTA << (28 + alike);
			assert!(alike >= 30 || enough, "2^{power}, 2^{spread}: {got} {want}");
		}
		let (first, _) = consensus_scores(&reports, &stakes, &coefficients, &params).unwrap();
		let once = ReputerParams { rounds: 1, ..params };
		let got = reputer_scores(&reports, &stakes, &coefficients, &once).unwrap();
		for (got, want) in got.scores.iter().zip(&first) {
			worst = worst.max(relative(*got, *want));
		}
	}
	println!("scores: worst relative error {worst:e}");
	// 2^-41 over epsilon is 4.5e-11.
	assert!(worst < 4.5e-11, "{worst:e}");
}

#[test]
fn consensus_near_zero_is_scored_by_the_reports() {
	// Opposite reports: the consensus is far shorter than the losses it comes from.
	let row = |sign: i64| (1..9).map(|i| Some(Real::from_num(i * sign * 100))).collect::<Vec<_>>();
	let reports = [row(1), row(-1)];
	let stakes = [Real::ONE / 2, Real::ONE / 2];
	let got =
		reputer_scores(&reports, &stakes, &[Real::ONE; 2], &ReputerParams::default()).unwrap();
	let (want, _) =
		consensus_scores(&reports, &stakes, &[Real::ONE; 2], &ReputerParams::default()).unwrap();
	assert_eq!(got.scores.len(), want.len());
	let none =
		reputer_scores(&reports, &[Real::ZERO; 2], &[Real::ONE; 2], &ReputerParams::default());
	assert_eq!(none, Err(MathError::DivisionByZero));
}

#[test]
fn stakes_hardly_listened_to_are_scored_by_the_reports() {
	let mut random = Random(0x1234_4321_5a5a_a5a5);
	let reports = reports(&mut random, 3, 2, 0);
	let stakes = [Real::ONE / 2, Real::ONE / 4, Real::ONE / 4];
	let coefficients = [1, 2, 3].map(|tiny| Real::DELTA << (8 * tiny));
	let once = ReputerParams { rounds: 1, ..ReputerParams::default() };
	let got = reputer_scores(&reports, &stakes, &coefficients, &once).unwrap();
	let (want, _) = consensus_scores(&reports, &stakes, &coefficients, &once).unwrap();
	assert_eq!(got.scores, want);
}

#[test]
fn losses_of_complete_reports_equal_those_element_by_element() {
	let mut random = Random(0x5555_aaaa_1234_4321);
	for _ in 0..300 {
		let count = 1 + random.below(8);
		let reports = reports(&mut random, count, 5, 3);
		let stakes: Vec<_> = random.reals(count, 0).iter().map(|stake| stake.abs()).collect();
		let got = network_losses(&stakes, &reports).unwrap();
		for (element, got) in got.iter().enumerate() {
			let column: Vec<_> = reports.iter().map(|row| row[element]).collect();
			let want = stake_weighted_loss(&stakes, &column).unwrap();
			assert!(near(got.unwrap(), want.unwrap(), Real::ONE));
		}
	}
}

#[test]
fn moving_average_of_one_product_equals_that_of_two() {
	let mut random = Random(0x7777_1111_2222_3333);
	for round in 0..3000 {
		let (x, previous) = (random.real(round % 60), random.real(round % 37));
		let alpha = random.real(-(round % 50)).abs();
		let want = dot(&[alpha, Real::ONE - alpha], &[x, previous]).unwrap();
		let got = ema(alpha, x, Some(previous)).unwrap();
		// Halves may be rounded to either side.
		assert!((got - want).abs() <= Real::DELTA, "{alpha} {x} {previous}");
	}
	let (most, least) = (Real::MAX, Real::MIN);
	assert_eq!(ema(Real::ONE / 2, most, Some(least)), dot(&[Real::ONE / 2; 2], &[most, least]));
	assert_eq!(ema(Real::ONE, most, Some(least)), Ok(most));
	assert_eq!(ema(Real::ZERO, most, Some(Real::ONE)), Ok(Real::ONE));
}
