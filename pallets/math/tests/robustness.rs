//! Formulas on numbers of any size: results are in range and in order, failures are named errors,
//! and nothing panics.

use allora_math::{
	arith, convert, elementary,
	layout::Layout,
	losses, regrets, rewards, scores, sortition, stats,
	synthesis::synthesise,
	testing::random::{accepted, any_bits, any_real, config, epochs, share},
	topic,
	weights::{weighted_average, weights},
	MathError, MathResult, Real,
};
use num_bigint::BigInt;
use proptest::{collection::vec, prelude::*, sample::select};

/// 2^64, by which the bits of a number are its multiples of a unit.
fn unit() -> BigInt {
	BigInt::from(1u128 << 64)
}

fn bits(x: Real) -> BigInt {
	x.to_bits().into()
}

/// Whether a result is a quotient rounded to nearest, or an overflow because that does not fit.
fn is_nearest(got: MathResult, top: &BigInt, bottom: &BigInt) -> bool {
	let twice = |x: &BigInt| BigInt::from(x.magnitude() * 2u8);
	match got {
		Ok(got) => twice(&(bits(got) * bottom - top)) <= BigInt::from(bottom.magnitude().clone()),
		Err(MathError::Overflow) => {
			twice(top) >= (BigInt::from(u128::MAX)) * BigInt::from(bottom.magnitude().clone())
		}
		Err(_) => false,
	}
}

/// Whether a number lies between two others.
fn is_between(x: Real, one: Real, other: Real) -> bool {
	(one.min(other)..=one.max(other)).contains(&x)
}

fn bounds(xs: &[Real]) -> (Real, Real) {
	(stats::minimum(xs).unwrap(), stats::maximum(xs).unwrap())
}

/// Whether shares are not negative, add up to at most 1, and lack at most a unit each.
fn are_shares(shares: &[Real]) -> bool {
	let (sum, units) = (arith::sum(shares).unwrap(), Real::DELTA * shares.len() as i128);
	shares.iter().all(|share| *share >= 0) && is_between(sum, Real::ONE - units, Real::ONE)
}

/// Numbers that a formula can return: all but the least, which has no counterpart of opposite sign.
fn any_result() -> impl Strategy<Value = Real> + Clone {
	any_real().prop_map(|x| x.max(-Real::MAX))
}

proptest! {
	#![proptest_config(config(1000))]

	#[test]
	fn products_and_quotients_are_rounded_to_nearest_or_overflow(
		a in any_real(),
		b in any_real(),
		c in any_real(),
	) {
		let product = bits(a) * bits(b);
		prop_assert!(is_nearest(arith::mul(a, b), &product, &unit()));
		if c == 0 {
			prop_assert_eq!(arith::div(a, c), Err(MathError::DivisionByZero));
			prop_assert_eq!(arith::mul_div(a, b, c), Err(MathError::DivisionByZero));
		} else {
			prop_assert!(is_nearest(arith::div(a, c), &(bits(a) * unit()), &bits(c)));
			prop_assert!(is_nearest(arith::mul_div(a, b, c), &product, &bits(c)));
		}
		prop_assert_eq!(arith::add(a, b).ok(), a.checked_add(b));
		prop_assert_eq!(arith::sub(a, b).ok(), a.checked_sub(b));
		prop_assert_eq!(arith::abs(a).ok(), a.checked_abs());
	}

	#[test]
	fn sums_of_products_are_rounded_once(
		pairs in vec((any_real(), any_real()), 0..6),
	) {
		let (xs, ys): (Vec<_>, Vec<_>) = pairs.into_iter().unzip();
		let products = || xs.iter().zip(&ys).map(|(x, y)| bits(*x) * bits(*y));
		prop_assert!(is_nearest(arith::dot(&xs, &ys), &products().sum(), &unit()));
		let squares: BigInt = xs.iter().map(|x| bits(*x) * bits(*x)).sum();
		match arith::norm(xs.iter().copied()) {
			Ok(norm) => prop_assert!(
				bits(norm).pow(2) <= squares && (bits(norm) + BigInt::from(1)).pow(2) > squares
			),
			error => prop_assert!(
				error == Err(MathError::Overflow) && squares >= BigInt::from(1u128 << 127).pow(2)
			),
		}
		let sum: BigInt = xs.iter().map(|x| bits(*x)).sum();
		if let Ok(got) = arith::sum(&xs) {
			prop_assert_eq!(bits(got), sum);
		}
	}

	#[test]
	fn powers_and_logarithms_keep_range_and_order(a in any_real(), b in any_real()) {
		let (low, high) = (a.min(b), a.max(b));
		// Each is within 4 units or 2^-60 of itself.
		match (elementary::exp(low), elementary::exp(high)) {
			(Ok(small), Ok(large)) => {
				prop_assert!(small >= 0 && small <= large + (large >> 59) + Real::DELTA * 8);
			}
			(_, error) => prop_assert!(error == Err(MathError::Overflow) && high >= 43),
		}
		match elementary::exp_neg(a) {
			Ok(power) => prop_assert!(a >= 0 && (0..=1).contains(&power)),
			error => prop_assert!(a < 0 && error == Err(MathError::Domain)),
		}
		match (elementary::ln(low), elementary::ln(high)) {
			(Ok(small), Ok(large)) => {
				prop_assert!(small <= large + Real::DELTA * 8);
				// From ln 2^-64 to ln 2^63.
				prop_assert!((-45..=44).contains(&small) && (-45..=44).contains(&large));
				match elementary::exp(large) {
					Ok(back) => prop_assert!((back - high).abs() <= (high >> 56) + Real::DELTA * 8),
					error => prop_assert!(
						error == Err(MathError::Overflow) && high >= Real::MAX - (Real::MAX >> 56)
					),
				}
			}
			(error, _) => prop_assert!(low <= 0 && error == Err(MathError::Domain)),
		}
		match elementary::sqrt(a) {
			Ok(root) => {
				let (root, square) = (bits(root), bits(a) * unit());
				prop_assert!(root.pow(2) <= square && (root + BigInt::from(1)).pow(2) > square);
			}
			error => prop_assert!(a < 0 && error == Err(MathError::Domain)),
		}
	}

	#[test]
	fn powers_of_shares_are_shares(x in share(), y in any_result(), n in 0..200u32) {
		let power = elementary::pow(x, y.max(Real::ZERO)).unwrap();
		prop_assert!((0..=1).contains(&power));
		prop_assert!((0..=1).contains(&elementary::powi(x, n).unwrap()));
		prop_assert_eq!(elementary::powi(y, 0), Ok(Real::ONE));
		prop_assert_eq!(elementary::powi(y, 1), Ok(y));
	}

	#[test]
	fn powers_of_any_numbers_are_positive_or_named_errors(x in any_real(), y in any_real()) {
		match elementary::pow(x, y) {
			Ok(power) => prop_assert!(power >= 0 && x >= 0),
			Err(MathError::Domain) => prop_assert!(x < 0 || (x == 0 && y < 0)),
			Err(error) => prop_assert_eq!(error, MathError::Overflow),
		}
	}

	#[test]
	fn soft_ramp_is_positive_rises_and_stays_above_the_ramp(
		p in (1..20i64).prop_map(Real::from_num),
		c in accepted(),
		x in accepted(),
		step in share(),
	) {
		let mut ramps = [x, x + step];
		elementary::soft_ramp(p, c, &mut ramps).unwrap();
		let [ramp, above] = ramps;
		prop_assert!(ramp >= 0 && ramp + Real::DELTA * 8 >= p * (x - c));
		prop_assert!(above + Real::DELTA * 16 >= ramp);
	}

	#[test]
	fn soft_ramp_of_any_numbers_is_positive_or_overflows(
		p in any_real(),
		c in any_real(),
		x in any_real(),
	) {
		let mut ramp = [x];
		match elementary::soft_ramp(p, c, &mut ramp) {
			Ok(()) => prop_assert!(ramp[0] >= 0),
			Err(error) => prop_assert_eq!(error, MathError::Overflow),
		}
	}

	#[test]
	fn centres_lie_within_the_values_and_spreads_within_their_distance(
		xs in vec(any_result(), 1..8),
		low in share(),
		high in share(),
	) {
		let (least, greatest) = bounds(&xs);
		for centre in [stats::mean(&xs), stats::median(&xs)] {
			prop_assert!(is_between(centre.unwrap(), least, greatest));
		}
		match greatest.checked_sub(least) {
			Some(distance) => {
				for spread in [stats::std_dev(&xs), stats::mad(&xs)] {
					prop_assert!(is_between(spread.unwrap(), Real::ZERO, distance));
				}
				let quantile = |q| stats::quantile(&xs, q).unwrap();
				let (below, above) = (quantile(low.min(high)), quantile(low.max(high)));
				prop_assert!(least <= below && below <= above && above <= greatest);
			}
			None => {
				// Only deviations from the centre need to fit.
				for spread in [stats::std_dev(&xs), stats::mad(&xs)] {
					prop_assert!(spread.map_or_else(|e| e == MathError::Overflow, |x| x >= 0));
				}
			}
		}
	}

	#[test]
	fn weighted_quantiles_lie_within_the_values_in_order(
		pairs in vec((accepted(), share()), 1..8),
		low in share(),
		high in share(),
	) {
		let (values, weights): (Vec<_>, Vec<_>) = pairs.into_iter().unzip();
		let (least, greatest) = bounds(&values);
		match stats::weighted_quantiles(&values, &weights, &[low.min(high), low.max(high)]) {
			Ok([below, above]) => {
				prop_assert!(least <= below && below <= above && above <= greatest);
			}
			error => prop_assert!(
				error == Err(MathError::DivisionByZero) && arith::sum(&weights) == Ok(Real::ZERO)
			),
		}
	}

	#[test]
	fn moving_averages_lie_between_the_values(
		alpha in share(),
		x in any_result(),
		previous in any_result(),
		n in any::<u32>(),
	) {
		prop_assert!(is_between(stats::ema(alpha, x, Some(previous)).unwrap(), x, previous));
		prop_assert!(is_between(stats::ema_n(alpha, x, previous, n).unwrap(), x, previous));
		let liveness = sortition::liveness(alpha, x, previous, n.into()).unwrap();
		prop_assert!(is_between(liveness, x, previous));
		let above = alpha + Real::ONE + Real::DELTA;
		prop_assert_eq!(stats::ema(above, x, None), Err(MathError::Domain));
	}

	#[test]
	fn weights_are_shares_of_the_best_in_the_order_of_regrets(
		regrets in vec(any_result(), 1..8),
		scale in any_real(),
		p in any_real(),
		c in any_real(),
	) {
		match weights(&regrets, scale, p, c) {
			Ok(weights) => {
				let best = regrets.iter().max();
				for (weight, regret) in weights.iter().zip(&regrets) {
					prop_assert!((0..=1).contains(weight));
					prop_assert!(Some(regret) != best || *weight == 1);
					for (other, of) in weights.iter().zip(&regrets) {
						// Each is within 32 units.
						prop_assert!(regret > of || *weight <= *other + Real::DELTA * 64);
					}
				}
				let (least, greatest) = bounds(&regrets);
				let average = weighted_average(&regrets, &weights).unwrap();
				prop_assert!(is_between(average, least, greatest));
			}
			Err(MathError::Domain) => prop_assert!(scale <= 0 || p <= 0),
			Err(error) => prop_assert_eq!(error, MathError::Overflow),
		}
	}

	#[test]
	fn score_fractions_are_shares_in_the_order_of_scores(
		latest in vec(accepted(), 1..8),
		history in vec(accepted(), 0..20),
	) {
		let (p, c) = (Real::from_num(3), Real::ONE * 3 / 4);
		let shares = rewards::score_fractions(&latest, &history, p, c, Real::ONE / 100).unwrap();
		prop_assert!(are_shares(&shares));
		for (share, score) in shares.iter().zip(&latest) {
			for (other, of) in shares.iter().zip(&latest) {
				prop_assert!(score > of || *share <= *other + Real::DELTA * 64);
			}
		}
	}

	#[test]
	fn reputer_fractions_are_shares_in_the_order_of_products(
		pairs in vec((share(), share()), 1..8),
		power in select(vec![Real::ONE, Real::ONE / 2, Real::ONE * 3]),
	) {
		let (stakes, scores): (Vec<_>, Vec<_>) = pairs.into_iter().unzip();
		let shares = rewards::reputer_fractions(&stakes, &scores, power).unwrap();
		if shares.iter().any(|share| *share > 0) {
			prop_assert!(are_shares(&shares));
		}
		let products = stakes.iter().zip(&scores).map(|(a, b)| bits(*a) * bits(*b));
		let products: Vec<_> = products.collect();
		for (share, product) in shares.iter().zip(&products) {
			for (other, of) in shares.iter().zip(&products) {
				prop_assert!(product > of || *share <= *other + Real::DELTA * 64);
			}
		}
		let class = rewards::payouts(1_000_000_000, &shares).unwrap();
		prop_assert!(class.iter().sum::<u128>() <= 1_000_000_000);
	}

	#[test]
	fn entropies_lie_between_none_and_that_of_equal_shares(
		masses in vec(share(), 0..8),
		beta in share(),
	) {
		let shares = match rewards::normalise(masses.clone()) {
			Err(MathError::Empty) => Vec::new(),
			Err(error) => {
				prop_assert_eq!(error, MathError::DivisionByZero);
				prop_assert!(masses.iter().all(|mass| *mass == 0));
				return Ok(());
			}
			Ok(shares) => {
				prop_assert!(are_shares(&shares));
				shares
			}
		};
		let most = match shares.len() {
			0 => Real::ZERO,
			1 => rewards::ENTROPY_OF_ONE,
			n => elementary::ln(Real::from_num(n)).unwrap(),
		};
		// Logarithms are within 4 units, and a share lacks at most one.
		let error = Real::DELTA * 64 * (1 + shares.len() as i128);
		let entropy = rewards::task_entropy(&shares, beta).unwrap();
		prop_assert!(is_between(entropy, Real::ZERO, most + error), "{}", entropy);
	}

	#[test]
	fn class_shares_add_up_to_at_most_the_whole(
		entropies in [share(), share(), share()],
		chi in share(),
		ratio in any_real(),
	) {
		let [f, g, h] = entropies;
		match rewards::class_shares(f, g, h, chi) {
			Ok((u, v, w)) => prop_assert!(
				[u, v, w].iter().all(|share| *share >= 0) && u + v + w <= 1
			),
			error => {
				prop_assert_eq!(error, Err(MathError::DivisionByZero));
				prop_assert_eq!((f, g, h), (Real::ZERO, Real::ZERO, Real::ZERO));
			}
		}
		let utility = rewards::forecasting_utility(Some(ratio));
		prop_assert!(is_between(utility, Real::ONE / 10, Real::ONE / 2));
	}

	#[test]
	fn ratio_of_forecasters_follows_the_score(
		scores in vec(accepted(), 0..5),
		task in accepted(),
		previous in accepted(),
		alpha in share(),
	) {
		let best = scores.iter().copied().fold(Real::ZERO, Real::max);
		match rewards::forecaster_score_ratio(task, &scores, previous, alpha).unwrap() {
			Some(ratio) => {
				let (lowest, highest) = rewards::SCORE_RATIOS;
				let divisor = if best == 0 { task.abs() } else { best };
				// The quotient of a best score below 2^-50 may not fit.
				let far = if task < 0 { lowest } else { highest };
				let instant = arith::div(task, divisor).unwrap_or(far).clamp(lowest, highest);
				prop_assert!(is_between(ratio, previous, instant));
			}
			None => prop_assert!(best == 0 && task == 0),
		}
	}

	#[test]
	fn initial_score_is_at_most_the_lowest(active in vec(accepted(), 0..8), lambda in share()) {
		let initial = sortition::initial_score(&active, lambda).unwrap();
		prop_assert!(active.iter().all(|score| initial <= *score));
		prop_assert!(!active.is_empty() || initial == 0);
	}

	#[test]
	fn balances_and_shares_of_them_round_down(p in any_bits(), q in any_bits(), x in any_real()) {
		let (a, b) = (BigInt::from(p), BigInt::from(q));
		let is_floor = |got: u128, top: &BigInt, bottom: &BigInt| BigInt::from(got) == top / bottom;
		match convert::ratio(p, q) {
			Ok(share) => prop_assert_eq!(bits(share), &a * unit() / &b),
			Err(MathError::DivisionByZero) => prop_assert_eq!(q, 0),
			Err(error) => prop_assert!(
				error == MathError::Overflow && &a * unit() / &b > BigInt::from(i128::MAX)
			),
		}
		match convert::mul_floor(p, x) {
			Ok(amount) => prop_assert!(is_floor(amount, &(&a * bits(x)), &unit())),
			Err(MathError::Domain) => prop_assert!(x < 0),
			Err(error) => prop_assert!(
				error == MathError::Overflow && &a * bits(x) / unit() > BigInt::from(u128::MAX)
			),
		}
		let root = BigInt::from(convert::sqrt_product(p, q));
		prop_assert!(root.pow(2) <= &a * &b && (root + BigInt::from(1)).pow(2) > &a * &b);
		match convert::scale_by(x, p, q) {
			Err(MathError::Domain) => prop_assert!(x < 0),
			Err(MathError::DivisionByZero) => prop_assert_eq!(q, 0),
			got => prop_assert!(is_nearest(got, &(bits(x) * &a), &b)),
		}
	}

	#[test]
	fn decimals_are_within_half_a_unit(x in any_real()) {
		let decimal = BigInt::from(convert::to_fixed(x).unwrap().into_inner());
		let apart: BigInt = decimal * unit() - bits(x) * BigInt::from(10u64.pow(18));
		prop_assert!(apart.magnitude() * 2u8 <= *unit().magnitude());
	}

	#[test]
	fn topic_weight_lies_between_the_old_one_and_its_target(
		alpha in share(),
		target in any_bits(),
		previous in any_bits(),
	) {
		let weight = topic::weight_ema(alpha, target, Some(previous)).unwrap();
		prop_assert!((target.min(previous)..=target.max(previous)).contains(&weight));
	}

	#[test]
	fn network_losses_lie_within_the_reported_ones(
		rows in vec((share(), vec(any_real(), 4)), 1..6),
	) {
		let (stakes, reports): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
		match losses::network_losses(&stakes, &reports) {
			Ok(losses) => {
				for (element, loss) in losses.iter().enumerate() {
					let column: Vec<_> = reports.iter().map(|row| row[element]).collect();
					let (least, greatest) = bounds(&column);
					prop_assert!(is_between(*loss, least, greatest));
				}
			}
			Err(MathError::DivisionByZero) => prop_assert!(stakes.iter().all(|stake| *stake == 0)),
			// Sums of several losses near the bounds of numbers.
			Err(error) => {
				prop_assert_eq!(error, MathError::Overflow);
				let far = |loss: &Real| loss.unsigned_abs() >= Real::MAX.unsigned_abs() / 8;
				prop_assert!(reports.iter().flatten().any(far));
			}
		}
	}

	#[test]
	fn reputer_scores_of_any_numbers_stay_in_range(
		rows in vec((any_real(), vec(any_real(), 3)), 0..5),
	) {
		let (stakes, reports): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
		let params = scores::ReputerParams { rounds: 2, ..Default::default() };
		let start = vec![Real::ONE; stakes.len()];
		match scores::reputer_scores(&reports, &stakes, &start, &params) {
			Ok(got) => assert_scored(&got, &params),
			Err(MathError::Empty) => prop_assert!(reports.is_empty()),
			Err(MathError::Domain) => prop_assert!(stakes.iter().any(|stake| *stake < 0)),
			Err(MathError::DivisionByZero) => prop_assert!(stakes.iter().all(|stake| *stake == 0)),
			Err(error) => prop_assert_eq!(error, MathError::Overflow),
		}
	}
}

fn assert_scored(got: &scores::ReputerScores, params: &scores::ReputerParams) {
	assert!(got.coefficients.iter().all(|one| (0..=1).contains(one)), "{got:?}");
	assert!(got.adjusted_stakes.iter().all(|one| (0..=1).contains(one)), "{got:?}");
	let most = Real::ONE / params.epsilon + Real::DELTA * 1000;
	assert!(got.scores.iter().all(|score| (Real::ZERO..=most).contains(score)), "{got:?}");
}

proptest! {
	#![proptest_config(config(300))]

	#[test]
	fn synthesis_of_any_numbers_has_weights_that_are_shares_or_a_named_error(
		epoch in epochs(any_real(), any_real(), Just(None)),
	) {
		match synthesise(&epoch.input()) {
			Ok(bundle) => {
				let weights = [bundle.inferer_weights, bundle.forecaster_weights].concat();
				prop_assert!(weights.iter().all(|weight| (0..=1).contains(weight)));
				let sum = arith::sum(&weights).unwrap();
				prop_assert!((sum - Real::ONE).abs() <= Real::DELTA * weights.len() as i128);
			}
			Err(error) => prop_assert_eq!(error, MathError::Overflow),
		}
	}

	#[test]
	fn network_inferences_lie_within_the_inferences(
		epoch in epochs(accepted(), accepted(), Just(None)),
		losses in vec(accepted(), 100),
	) {
		let bundle = synthesise(&epoch.input()).unwrap();
		for label in 0..epoch.labels {
			let column = |values: &[Real]| {
				values.iter().skip(label).step_by(epoch.labels).copied().collect::<Vec<_>>()
			};
			let (least, greatest) = bounds(&column(&epoch.inferences));
			prop_assert!(
				column(&bundle.values).iter().all(|value| is_between(*value, least, greatest))
			);
			let intervals = bundle.disagreement[label];
			prop_assert!(intervals.windows(2).all(|pair| pair[0] <= pair[1]));
			prop_assert!(least <= intervals[0] && intervals[4] <= greatest);
		}
		let losses: Vec<_> = losses.into_iter().cycle().take(bundle.layout.len()).collect();
		let kept = epoch.regrets.keep_forecasters(&bundle.forecasters).unwrap();
		let next = regrets::update(&kept, &bundle.layout, &losses, Real::ONE / 10).unwrap();
		// Losses and regrets are below 1000 in size, so differences of losses are below 2000.
		let bounded = |cell: &Option<Real>| cell.is_none_or(|regret| regret.abs() < 2000);
		prop_assert!(next.one_out_inferer.iter().chain(&next.inferers).all(bounded));
		prop_assert!(regrets::regret_scale(&next, &epoch.params).unwrap() > 0);
		for scores in [
			scores::inferer_scores(&bundle.layout, &losses),
			scores::forecaster_scores(&bundle.layout, &losses),
		] {
			prop_assert!(scores.unwrap().iter().all(|score| score.abs() <= 2000));
		}
	}
}

/// Losses as the chain accepts them, often one of few, so that reports agree or cancel.
fn loss() -> impl Strategy<Value = Real> + Clone {
	prop_oneof![
		5 => select(&[0, 1, -1, 1000, -1000][..]).prop_map(Real::from_num),
		1 => accepted(),
		1 => (accepted(), 0..64u32).prop_map(|(loss, shift)| loss >> shift),
		1 => accepted().prop_map(|loss| Real::from_num(1000) - (loss >> 40)),
	]
}

/// Reports of which some are the negative of the one before.
fn reports_that_cancel() -> impl Strategy<Value = Vec<Vec<Real>>> {
	(1..6usize, 1..7usize).prop_flat_map(|(reputers, elements)| {
		let row = (prop::bool::weighted(0.33), vec(loss(), elements));
		vec(row, reputers).prop_map(|rows| {
			let mut reports: Vec<Vec<Real>> = Vec::new();
			for (cancels, row) in rows {
				let row = match reports.last() {
					Some(last) if cancels => last.iter().map(|loss| -*loss).collect(),
					_ => row,
				};
				reports.push(row);
			}
			reports
		})
	})
}

proptest! {
	#![proptest_config(config(2000))]

	#[test]
	fn accepted_reports_of_any_pattern_are_scored(
		reports in reports_that_cancel(),
		// Some have no stake, or next to none.
		stakes in vec(prop_oneof![Just(0), Just(1), 10u128.pow(18)..10u128.pow(18) + 3], 5),
		coefficients in vec(
			prop_oneof![
				Just(Real::ZERO),
				Just(Real::DELTA),
				Just(Real::DELTA * 19),
				Just(Real::ONE),
				(1..10i128).prop_map(|parts| Real::ONE / parts),
			],
			5,
		),
	) {
		let mut stakes = stakes[..reports.len()].to_vec();
		stakes[0] = stakes[0].max(1);
		let total = stakes.iter().sum();
		let share = |stake: &u128| convert::ratio(*stake, total).unwrap();
		let shares: Vec<_> = stakes.iter().map(share).collect();
		let params = scores::ReputerParams::default();
		let start = &coefficients[..reports.len()];
		assert_scored(&scores::reputer_scores(&reports, &shares, start, &params).unwrap(), &params);
	}
}

proptest! {
	#![proptest_config(config(3))]

	#[test]
	fn reputers_of_a_full_topic_are_scored(losses in vec(accepted(), 6 * 276)) {
		let layout = Layout { inferers: 32, forecasters: 6, absent: Vec::new() };
		let reports: Vec<_> = losses.chunks(layout.len()).map(<[Real]>::to_vec).collect();
		let stakes: Vec<_> = (1..7).map(|m| Real::from_num(m) / 21).collect();
		let params = scores::ReputerParams::default();
		let got = scores::reputer_scores(&reports, &stakes, &[Real::ONE; 6], &params).unwrap();
		prop_assert_eq!(got.scores.len(), 6);
		assert_scored(&got, &params);
	}
}
