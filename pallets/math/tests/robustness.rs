//! No formula panics, whatever the numbers: random ones of all sizes, and the extremes.

use allora_math::{
	arith, convert, elementary,
	layout::Layout,
	losses,
	regrets::{self, RegretTable},
	rewards, scores, sortition, stats,
	synthesis::{synthesise, Input},
	topic,
	weights::{weighted_average, weights, ScaleRule, WeightParams},
	Real,
};

/// A small deterministic generator.
struct Random(u128);

impl Random {
	fn next(&mut self) -> u128 {
		self.0 ^= self.0 << 23;
		self.0 ^= self.0 >> 41;
		self.0 ^= self.0 << 59;
		self.0
	}

	fn below(&mut self, bound: usize) -> usize {
		usize::try_from(self.next() % u128::try_from(bound.max(1)).unwrap()).unwrap()
	}

	/// A number of any size, often an extreme.
	fn real(&mut self) -> Real {
		match self.below(12) {
			0 => Real::ZERO,
			1 => Real::MAX,
			2 => Real::MIN,
			3 => Real::ONE,
			4 => -Real::DELTA,
			_ => {
				let shift = self.below(127);
				Real::from_bits(self.next().cast_signed() >> shift)
			}
		}
	}

	fn reals(&mut self, n: usize) -> Vec<Real> {
		(0..n).map(|_| self.real()).collect()
	}

	/// A number as the chain accepts them: within 1000.
	fn small(&mut self) -> Real {
		let bits = self.next().cast_signed() % (1000 << 64);
		Real::from_bits(bits)
	}
}

#[test]
fn single_formulas_never_panic() {
	let mut random = Random(0x1234_5678_9abc_def0_0fed_cba9_8765_4321);
	for _ in 0..3000 {
		let (a, b, c) = (random.real(), random.real(), random.real());
		let (n, m) = (random.below(5), random.below(5));
		let (xs, ys) = (random.reals(n), random.reals(m));
		let _ = (arith::add(a, b), arith::sub(a, b), arith::mul(a, b), arith::div(a, b));
		let _ = (arith::mul_div(a, b, c), arith::dot(&xs, &ys), arith::sum(&xs), arith::abs(a));
		let _ =
			(elementary::exp(a), elementary::exp_neg(a), elementary::ln(a), elementary::sqrt(a));
		let _ = (elementary::pow(a, b), elementary::powi(a, n as u32));
		let _ = elementary::soft_ramp(a, b, c);
		let _ = (stats::mean(&xs), stats::std_dev(&xs), stats::median(&xs), stats::mad(&xs));
		let _ = (stats::quantile(&xs, a), stats::weighted_quantiles(&xs, &ys, &[a]));
		let _ = (stats::ema(a, b, Some(c)), stats::ema_n(a, b, c, u32::MAX));
		let _ = (weights(&xs, a, b, c), weighted_average(&xs, &ys));
		let _ = (rewards::score_fractions(&xs, &ys, a, b, c), rewards::normalise(&xs));
		let _ = (rewards::reputer_fractions(&xs, &ys, a), rewards::class_shares(a, b, c, a));
		let _ = (rewards::task_entropy(&xs, a), rewards::forecaster_score_ratio(a, &xs, b, c));
		let _ = (sortition::initial_score(&xs, a), sortition::liveness(a, b, c, u64::MAX));
		let (p, q) = (random.next(), random.next());
		let _ = (convert::ratio(p, q), convert::mul_floor(p, a), convert::sqrt_product(p, q));
		let _ = (convert::to_fixed(a), convert::scale_by(a, p, q));
		let _ = topic::weight_ema(a, p, Some(q));
		let reports: Vec<_> = (0..n).map(|_| random.reals(m)).collect();
		let _ = losses::network_losses(&xs, &reports);
		let params = scores::ReputerParams { rounds: 2, ..Default::default() };
		let _ = scores::reputer_scores(&reports, &xs, &vec![Real::ONE; n], &params);
	}
}

struct Epoch {
	inferences: Vec<Real>,
	forecasts: Vec<Vec<(usize, Real)>>,
	table: RegretTable,
	params: WeightParams,
	labels: usize,
}

impl Epoch {
	fn new(random: &mut Random, number: fn(&mut Random) -> Real) -> Self {
		let (n, f, labels) = (1 + random.below(6), random.below(4), 1 + random.below(3));
		let all = n + f;
		let mut cells = |count: usize| (0..count).map(|_| Some(number(random))).collect();
		let table = RegretTable {
			inferers: cells(n),
			forecasters: cells(f),
			naive: cells(n),
			one_out_inferer: cells(n * all),
			one_out_forecaster: cells(f * all),
			one_in_forecaster: cells(f * (n + 1)),
			initial: Real::ZERO,
			scale: None,
		};
		let inferences = (0..n * labels).map(|_| number(random)).collect();
		let mut forecast = || {
			let named: Vec<_> = (0..n).filter(|_| random.below(2) == 0).collect();
			named.into_iter().map(|j| (j, number(random))).collect::<Vec<_>>()
		};
		let forecasts = (0..f).map(|_| forecast()).collect();
		let scale_rule = if random.below(2) == 0 { ScaleRule::Mad } else { ScaleRule::StdDev };
		let params = WeightParams {
			p_norm: Real::from_num(3),
			c_norm: Real::ONE * 3 / 4,
			epsilon: Real::ONE / 100,
			scale_rule,
			alpha: Real::ONE / 10,
		};
		Self { inferences, forecasts, table, params, labels }
	}

	fn input(&self) -> Input<'_> {
		Input {
			labels: self.labels,
			inferences: &self.inferences,
			forecasts: &self.forecasts,
			previous_loss: Some(Real::ZERO),
			all_new: false,
			regrets: &self.table,
			params: &self.params,
		}
	}
}

#[test]
fn synthesis_of_any_numbers_never_panics() {
	let mut random = Random(0xfeed_beef_1234_5678_9abc_def0_0bad_cafe);
	for _ in 0..500 {
		let epoch = Epoch::new(&mut random, Random::real);
		let _ = synthesise(&epoch.input());
	}
}

#[test]
fn network_inferences_lie_within_the_inferences() {
	let mut random = Random(0x0dd_ba11_1234_5678_9abc_def0_0bad_cafe);
	for _ in 0..500 {
		let epoch = Epoch::new(&mut random, Random::small);
		let bundle = synthesise(&epoch.input()).expect("numbers the chain accepts");
		for label in 0..epoch.labels {
			let column = |values: &[Real]| {
				values.iter().skip(label).step_by(epoch.labels).copied().collect::<Vec<_>>()
			};
			let given = column(&epoch.inferences);
			let (least, most) = (stats::minimum(&given), stats::maximum(&given));
			let (least, most) = (least.unwrap(), most.unwrap());
			assert!(column(&bundle.values).iter().all(|value| (least..=most).contains(value)));
			let intervals = bundle.intervals[label];
			assert!(intervals.windows(2).all(|pair| pair[0] <= pair[1]));
		}
		let losses: Vec<_> = (0..bundle.layout.len()).map(|_| random.small()).collect();
		let kept = epoch.table.keep_forecasters(&bundle.forecasters).unwrap();
		let next = regrets::update(&kept, &bundle.layout, &losses, Real::ONE / 10).unwrap();
		assert!(regrets::regret_scale(&next, &epoch.params).unwrap() > 0);
		assert!(scores::inferer_scores(&bundle.layout, &losses).is_ok());
		assert!(scores::forecaster_scores(&bundle.layout, &losses).is_ok());
	}
}

#[test]
fn full_topic_is_synthesised_and_scored() {
	let mut random = Random(0x7777_beef_1234_5678_9abc_def0_0bad_cafe);
	let layout = Layout { inferers: 32, forecasters: 6, absent: Vec::new() };
	let reports: Vec<Vec<_>> =
		(0..6).map(|_| (0..layout.len()).map(|_| random.small()).collect()).collect();
	let stakes: Vec<_> = (1..7).map(|m| Real::from_num(m) / 21).collect();
	let start = vec![Real::ONE; 6];
	let got = scores::reputer_scores(&reports, &stakes, &start, &Default::default()).unwrap();
	assert!(got.coefficients.iter().all(|a| (0..=1).contains(a)));
}

/// A loss as the chain accepts them, often one of few, so that reports agree or cancel.
fn loss(random: &mut Random) -> Real {
	let few = [0, 1, -1, 1000, -1000].map(Real::from_num);
	match random.below(8) {
		5 => random.small(),
		6 => random.small() >> random.below(64) as u32,
		7 => Real::from_num(1000) - (random.small() >> 40),
		at => few[at],
	}
}

#[test]
fn accepted_reports_of_any_pattern_are_scored() {
	let mut random = Random(0x5c0e_ed5e_1234_5678_9abc_def0_0bad_cafe);
	for _ in 0..4000 {
		let (reputers, elements) = (1 + random.below(5), 1 + random.below(6));
		let mut reports: Vec<Vec<Real>> = Vec::new();
		for _ in 0..reputers {
			let row = match (random.below(3), reports.last()) {
				(0, Some(last)) => last.iter().map(|loss| -*loss).collect(),
				_ => (0..elements).map(|_| loss(&mut random)).collect(),
			};
			reports.push(row);
		}
		// Shares of stake, of which some are nothing or next to it.
		let part = |random: &mut Random| match random.below(4) {
			0 => 0,
			1 => 1,
			_ => 1_000_000_000_000_000_000 + random.below(3) as u128,
		};
		let mut stakes: Vec<u128> = (0..reputers).map(|_| part(&mut random)).collect();
		stakes[0] = stakes[0].max(1);
		let total = stakes.iter().sum();
		let shares: Vec<_> =
			stakes.iter().map(|stake| convert::ratio(*stake, total).unwrap()).collect();
		let coefficient = |random: &mut Random| match random.below(4) {
			0 => Real::ZERO,
			1 => Real::DELTA * 19,
			2 => Real::ONE,
			_ => Real::ONE / (1 + random.below(9) as i128),
		};
		let start: Vec<_> = (0..reputers).map(|_| coefficient(&mut random)).collect();
		let params = scores::ReputerParams::default();
		let got = scores::reputer_scores(&reports, &shares, &start, &params);
		let got = got.unwrap_or_else(|error| panic!("{error}: {reports:?} {shares:?} {start:?}"));
		assert!(got.coefficients.iter().all(|one| (0..=1).contains(one)));
		let most = Real::ONE / params.epsilon + Real::DELTA * 1000;
		assert!(got.scores.iter().all(|score| (Real::ZERO..=most).contains(score)));
	}
}
