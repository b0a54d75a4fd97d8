//! Each short cut against the plain way to the same number, over random inputs.

#[allow(dead_code)]
#[path = "shared/formulas.rs"]
mod formulas;
#[allow(dead_code)]
#[path = "shared/reputers.rs"]
mod reputers;

use allora_math::{
	arith::{dot, mul, sub},
	layout::Element,
	losses::network_losses,
	regrets::RegretTable,
	scores::{reputer_scores, ReputerParams},
	stats::ema,
	synthesis::{forecast_implied, synthesise, Bundle, Input},
	weights::{weighted_average, weights, ScaleRule, WeightParams},
	MathError, Real,
};
use formulas::{exp_ratio, stake_weighted_loss};
use reputers::consensus_scores;

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
fn reports(random: &mut Random, reputers: usize, power: i32, spread: i32) -> Vec<Vec<Real>> {
	let truth = random.reals(20, power);
	let around =
		|random: &mut Random| truth.iter().map(|loss| *loss + random.real(spread)).collect();
	(0..reputers).map(|_| around(random)).collect()
}

/// Complete reports in the form of those that may be incomplete.
fn complete(reports: &[Vec<Real>]) -> Vec<Vec<Option<Real>>> {
	reports.iter().map(|row| row.iter().copied().map(Some).collect()).collect()
}

fn ones(count: usize) -> Vec<Real> {
	vec![Real::ONE; count]
}

const ONCE: fn() -> ReputerParams = || ReputerParams { rounds: 1, ..ReputerParams::default() };

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
		let by_book = complete(&reports);
		let got = reputer_scores(&reports, &stakes, &coefficients, &params).unwrap();
		let (scores, next, _) =
			reputers::reputer_scores(&by_book, &stakes, &coefficients, &params).unwrap();
		assert!(!got.by_reports);
		for (got, want) in got.scores.iter().zip(&scores) {
			worst = worst.max(relative(*got, *want));
		}
		for (got, want) in got.coefficients.iter().zip(&next) {
			// A thousandth of a coefficient is what the finite difference moves.
			// Below the least listened stake, steps are stretched until it is reached, however small
			// they are; so it is their error in proportion that counts, and they are as small as the
			// reports are alike.
			let alike = power - spread;
			let enough = alike < 30 && (*got - *want).abs() <= Real::DELTA << (28 + alike);
			assert!(alike >= 30 || enough, "2^{power}, 2^{spread}: {got} {want}");
		}
		let first = consensus_scores(&by_book, &stakes, &coefficients, &params).unwrap();
		let got = reputer_scores(&reports, &stakes, &coefficients, &ONCE()).unwrap();
		for (got, want) in got.scores.iter().zip(&first) {
			worst = worst.max(relative(*got, *want));
		}
	}
	println!("scores: worst relative error {worst:e}");
	// 2^-41 over epsilon is 4.5e-11.
	assert!(worst < 4.5e-11, "{worst:e}");
}

/// Reports of about 2^-`small`, but for the last two, which are of about 1 and all but opposite.
fn cancelling(random: &mut Random, honest: usize, small: i32) -> Vec<Vec<Real>> {
	let mut rows = reports(random, honest + 2, -small, -small - 1);
	let far = random.reals(20, 0);
	let [.., one, other] = rows.as_mut_slice() else { unreachable!("at least two") };
	for ((one, other), far) in one.iter_mut().zip(other).zip(far) {
		*one += far;
		*other -= far;
	}
	rows
}

#[test]
fn reports_that_cancel_are_scored_by_the_reports_once() {
	let mut random = Random(0x0bad_cafe_4b5a_6979);
	let mut worst = 0f64;
	for round in 0..60 {
		let count = 1 + random.below(14);
		// From a hundredth of the largest loss, where the products still do, to all but nothing.
		let small = 7 + round % 30;
		let reports = cancelling(&mut random, count, small);
		let stakes = vec![Real::ONE / (count as i128 + 2); count + 2];
		let start = ones(count + 2);
		let got = reputer_scores(&reports, &stakes, &start, &ONCE()).unwrap();
		assert!(got.by_reports || small < 12, "2^-{small}");
		let want = consensus_scores(&complete(&reports), &stakes, &start, &ONCE()).unwrap();
		for (got, want) in got.scores.iter().zip(&want) {
			worst = worst.max(relative(*got, *want));
		}
		// The search goes on by the products, however short the consensus is.
		let got = reputer_scores(&reports, &stakes, &start, &ReputerParams::default()).unwrap();
		assert!(got.coefficients.iter().all(|one| (0..=1).contains(one)));
	}
	println!("cancelling: worst relative error {worst:e}");
	assert!(worst < 1e-9, "{worst:e}");
}

#[test]
fn search_among_reports_that_cancel_goes_where_the_reports_lead() {
	let mut random = Random(0x0bad_beef_4b5a_6979);
	let params = ReputerParams::default();
	let mut worst = 0f64;
	for round in 0..20 {
		let count = 3 + random.below(8);
		let reports = cancelling(&mut random, count, 9 + round % 12);
		let stakes = vec![Real::ONE / (count as i128 + 2); count + 2];
		let start = vec![Real::ONE * 3 / 4; count + 2];
		let got = reputer_scores(&reports, &stakes, &start, &params).unwrap();
		let (_, want, _) =
			reputers::reputer_scores(&complete(&reports), &stakes, &start, &params).unwrap();
		for (got, want) in got.coefficients.iter().zip(&want) {
			worst = worst.max((*got - *want).abs().to_num());
		}
	}
	println!("cancelling: worst error of a coefficient {worst:e}");
	assert!(worst < 1e-6, "{worst:e}");
}

#[test]
fn opposite_reports_have_no_consensus_and_score_next_to_nothing() {
	let row = |sign: i64| (1..9).map(|i| Real::from_num(i * sign * 100)).collect::<Vec<_>>();
	let reports = [row(1), row(-1)];
	let stakes = [Real::ONE / 2, Real::ONE / 2];
	let got = reputer_scores(&reports, &stakes, &ones(2), &ONCE()).unwrap();
	let want = consensus_scores(&complete(&reports), &stakes, &ones(2), &ONCE()).unwrap();
	assert_eq!((got.by_reports, got.scores), (true, want));
	let got = reputer_scores(&reports, &stakes, &ones(2), &ReputerParams::default());
	assert!(got.is_ok());
	let none = reputer_scores(&reports, &[Real::ZERO; 2], &ones(2), &ReputerParams::default());
	assert_eq!(none, Err(MathError::DivisionByZero));
}

#[test]
fn consensus_next_to_nothing_voids_no_epoch() {
	// The distances over the consensus, 2^-61, do not fit, so all score 0 and no total gains.
	let far = Real::from_num(1000);
	let reports = [vec![far; 300], vec![Real::DELTA * 16 - far; 300]];
	let stakes = [Real::ONE / 2, Real::ONE / 2];
	let got = reputer_scores(&reports, &stakes, &ones(2), &ReputerParams::default());
	assert!(got.is_ok(), "{got:?}");
	let got = reputer_scores(&reports, &stakes, &ones(2), &ONCE()).unwrap();
	assert_eq!(got.scores, [Real::ZERO; 2]);
}

#[test]
fn stakes_hardly_listened_to_are_scored_alike() {
	let mut random = Random(0x1234_4321_5a5a_a5a5);
	let reports = reports(&mut random, 3, 2, 0);
	let stakes = [Real::ONE / 2, Real::ONE / 4, Real::ONE / 4];
	// Up to 2^-16 and up to 2^-30: the book's own shares are then good to 2^-46 and to 2^-32.
	for (tiny, bound) in [(24, 4.5e-11), (10, 1e-8)] {
		let coefficients = [1, 2, 3].map(|step| Real::DELTA << (8 * step + tiny));
		let got = reputer_scores(&reports, &stakes, &coefficients, &ONCE()).unwrap();
		let want = consensus_scores(&complete(&reports), &stakes, &coefficients, &ONCE()).unwrap();
		for (got, want) in got.scores.iter().zip(&want) {
			assert!(relative(*got, *want) < bound, "{got} {want}");
		}
	}
}

#[test]
fn stake_that_is_not_listened_to_is_lifted() {
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

#[test]
fn losses_of_complete_reports_equal_those_element_by_element() {
	let mut random = Random(0x5555_aaaa_1234_4321);
	for _ in 0..300 {
		let count = 1 + random.below(8);
		let reports = reports(&mut random, count, 5, 3);
		let stakes: Vec<_> = random.reals(count, 0).iter().map(|stake| stake.abs()).collect();
		let got = network_losses(&stakes, &reports).unwrap();
		for (element, got) in got.iter().enumerate() {
			let column: Vec<_> = reports.iter().map(|row| Some(row[element])).collect();
			let want = stake_weighted_loss(&stakes, &column).unwrap();
			assert!(near(*got, want.unwrap(), Real::ONE));
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
