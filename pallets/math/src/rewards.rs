//! The sharing of an epoch's reward (S 13).

use crate::{
	arith::{
		abs, add, div, gather, magnitude, mul, mul_down, signed, squares, sub, sum, ExactSum,
		Reciprocal,
	},
	convert::mul_floor,
	elementary::{ln, pow, soft_ramp},
	stats::{ema, maximum, over_count, std_dev},
	MathError, MathResult, Real,
};
use alloc::{vec, vec::Vec};

/// The entropy of a class of one participant: 0.173286795139986, about ln 2 / 4 (S 13.3).
pub const ENTROPY_OF_ONE: Real = Real::from_bits(3_196_577_161_300_657_876);

/// The range of the ratio of scores that enters tau, centred on the range [0, 1] in which chi
/// changes (S 13.4).
///
/// The ratio has no bound of its own, since the best inferer's score may be as small as 10^-18. The
/// range holds all ratios of the golden series, which reach 5.3. From either end, ratios at the
/// other end of [0, 1] bring tau back into [0, 1] in 18 epochs at a smoothing of 0.1:
/// `6 * 0.9^18 < 1`.
pub const SCORE_RATIOS: (Real, Real) = (Real::from_bits(-5 << 64), Real::from_bits(6 << 64));

/// The shares of a class of workers by score: `u_j = M(T_j) / sum M` (S 13.1).
///
/// `M = phi_{p,c}(T / (sigma + epsilon))`, where sigma is the standard deviation of `history`, the
/// recent scores of the class. If sigma is below epsilon, all shares are equal. There is one share
/// per `latest` score; the shares are in [0, 1] and add up to at most 1. [`MathError::Empty`]
/// without scores.
pub fn score_fractions(
	latest: &[Real],
	history: &[Real],
	p: Real,
	c: Real,
	epsilon: Real,
) -> MathResult<Vec<Real>> {
	if latest.is_empty() {
		return Err(MathError::Empty);
	}
	let spread = if history.is_empty() { Real::ZERO } else { std_dev(history)? };
	let masses = if spread < epsilon {
		vec![Real::ONE; latest.len()]
	} else {
		let scale = Reciprocal::new(add(spread, epsilon)?)?;
		let mut masses = gather(latest.iter().map(|score| scale.nearest(*score)))?;
		soft_ramp(p, c, &mut masses)?;
		masses
	};
	if masses.iter().all(|mass| *mass == 0) {
		// Every mass is below 2^-64, so none is larger than the others.
		return normalise(vec![Real::ONE; latest.len()]);
	}
	normalise(masses)
}

/// The shares of the reputers: `(S_m T_m)^p / sum (S T)^p` (S 13.2).
///
/// Stakes and scores may have any unit. All shares are 0 if all products are. The powers are those
/// of products over the largest product, so that they cannot overflow. [`MathError::Shape`] if the
/// lengths differ, [`MathError::Empty`] if they are 0, [`MathError::Domain`] for negative
/// arguments.
pub fn reputer_fractions(stakes: &[Real], scores: &[Real], p: Real) -> MathResult<Vec<Real>> {
	if stakes.len() != scores.len() {
		return Err(MathError::Shape);
	}
	if stakes.iter().chain(scores).any(|x| *x < 0) {
		return Err(MathError::Domain);
	}
	let none = || Ok(vec![Real::ZERO; stakes.len()]);
	let largest_stake = maximum(stakes)?;
	if largest_stake == 0 {
		return none();
	}
	let pairs = stakes.iter().zip(scores);
	let by_stake = Reciprocal::new(largest_stake)?;
	let products = pairs.map(|(stake, score)| by_stake.nearest_product(*stake, *score));
	let mut masses = gather(products)?;
	let largest = maximum(&masses)?;
	if largest == 0 {
		return none();
	}
	let whole = Reciprocal::new(largest)?;
	for mass in &mut masses {
		let relative = whole.nearest(*mass)?;
		*mass = if p == 1 { relative } else { pow(relative, p)? };
	}
	normalise(masses)
}

/// The shares smoothed over the epochs (S 13.3); without a previous share, the share itself.
///
/// [`MathError::Shape`] if the lengths differ, [`MathError::Domain`] for `alpha` outside [0, 1].
pub fn smooth_fractions(
	fractions: &[Real],
	previous: &[Option<Real>],
	alpha: Real,
) -> MathResult<Vec<Real>> {
	if fractions.len() != previous.len() {
		return Err(MathError::Shape);
	}
	let pairs = fractions.iter().zip(previous);
	gather(pairs.map(|(fraction, previous)| ema(alpha, *fraction, *previous)))
}

/// The numbers over their sum, rounded toward zero, so that they add up to at most 1.
///
/// [`MathError::Empty`] without numbers, [`MathError::DivisionByZero`] if the sum is zero.
pub fn normalise(mut xs: Vec<Real>) -> MathResult<Vec<Real>> {
	if xs.is_empty() {
		return Err(MathError::Empty);
	}
	let total = Reciprocal::new(sum(&xs)?)?;
	for x in &mut xs {
		*x = total.down(*x)?;
	}
	Ok(xs)
}

/// The effective number of participants: `1 / sum f^2` (S 13.3).
///
/// [`MathError::DivisionByZero`] if all are zero.
pub fn effective_number(fractions: &[Real]) -> MathResult {
	let squares = squares(fractions.iter().copied().map(magnitude))?;
	div(Real::ONE, signed(false, squares.shift_nearest())?)
}

/// The entropy of shares, in nats: `-(sum f ln f) (N_eff / N)^beta`, at least 0 (S 13.3).
///
/// Shares of zero are left out. [`MathError::Domain`] for a negative share or effective number,
/// [`MathError::DivisionByZero`] if `n` is zero, and the first error among the shares.
pub fn entropy(
	fractions: impl Iterator<Item = MathResult>,
	effective: Real,
	n: usize,
	beta: Real,
) -> MathResult {
	let mut total = ExactSum::default();
	for fraction in fractions {
		let fraction = fraction?;
		if fraction != 0 {
			total.add_product(fraction, ln(fraction)?)?;
		}
	}
	let (negative, total) = total.value();
	// The logarithm of a share next to 1 can be positive by its error.
	let disorder = signed(!negative, total.shift_nearest())?.max(Real::ZERO);
	mul(disorder, pow(over_count(effective.to_bits(), n)?, beta)?)
}

/// The entropy of a class from its smoothed shares (S 13.3).
///
/// It is [`ENTROPY_OF_ONE`] for one participant and 0 without participants. The effective number is
/// that of the smoothed shares, the entropy that of their normalized form.
pub fn task_entropy(smoothed: &[Real], beta: Real) -> MathResult {
	match smoothed.len() {
		0 => Ok(Real::ZERO),
		1 => Ok(ENTROPY_OF_ONE),
		n => {
			let total = Reciprocal::new(sum(smoothed)?)?;
			let shares = smoothed.iter().map(|share| total.down(*share));
			entropy(shares, effective_number(smoothed)?, n, beta)
		}
	}
}

/// The score of the forecasting task: `T_i = L_naive - L` (S 13.4).
pub fn task_score(naive_loss: Real, network_loss: Real) -> MathResult {
	sub(naive_loss, network_loss)
}

/// The ratio of the forecasters' score to that of the best inferer:
/// `tau_i = alpha (T_i - min(0, T_max)) / |T_max| + (1 - alpha) tau_{i-1}` (S 13.4).
///
/// `T_max` is at least 0, so the `min` is 0. If `T_max` is 0, the divisor is `|T_i|`; if that is 0
/// as well, the result is `None`: the utility is then 0.5, and the ratio to store is 0. The quotient
/// is moved into [`SCORE_RATIOS`] before it is smoothed. [`MathError::Domain`] for `alpha` outside
/// [0, 1].
pub fn forecaster_score_ratio(
	task_score: Real,
	inferer_scores: &[Real],
	previous: Real,
	alpha: Real,
) -> MathResult<Option<Real>> {
	let best = inferer_scores.iter().copied().fold(Real::ZERO, Real::max);
	let divisor = if best == 0 { abs(task_score)? } else { best };
	if divisor == 0 {
		return Ok(None);
	}
	let (lowest, highest) = SCORE_RATIOS;
	let ratio = match div(task_score, divisor) {
		Err(MathError::Overflow) if task_score < 0 => lowest,
		Err(MathError::Overflow) => highest,
		ratio => ratio?.clamp(lowest, highest),
	};
	ema(alpha, ratio, Some(previous)).map(Some)
}

/// The forecasting utility chi in [0.1, 0.5]: the forecasters' part of the workers' reward, before
/// entropies (S 13.4).
///
/// 0.1 if tau < 0, 0.5 if tau >= 1 or without a ratio, and linear in between.
pub fn forecasting_utility(ratio: Option<Real>) -> Real {
	let (minimum, maximum) = (Real::ONE / 10, Real::ONE / 2);
	match ratio {
		None => maximum,
		Some(tau) if tau >= 1 => maximum,
		Some(tau) if tau < 0 => minimum,
		// At most 0.5, so nothing overflows.
		Some(tau) => (tau * 2 / 5).saturating_add(minimum).min(maximum),
	}
}

/// The shares of inferers, forecasters and reputers in an epoch's reward (S 13.5).
///
/// From the entropies F, G, H and chi they are `(1 - chi) gamma F`, `chi gamma G` and `H`, each
/// over `F + G + H`, rounded down, so that they add up to at most 1. If F and G are both zero, the
/// reputers' share is 1. [`MathError::Domain`] for negative arguments or chi above 1,
/// [`MathError::DivisionByZero`] if all entropies are zero.
pub fn class_shares(f: Real, g: Real, h: Real, chi: Real) -> MathResult<(Real, Real, Real)> {
	if [f, g, h, chi].iter().any(|x| *x < 0) || chi > 1 {
		return Err(MathError::Domain);
	}
	let workers = add(f, g)?;
	let all = Reciprocal::new(add(workers, h)?)?;
	let reputation = all.down(h)?;
	// gamma F (1 - chi) / (F + G) is the inferers' part of the workers' share.
	let inference = mul(sub(Real::ONE, chi)?, f)?;
	let forecasting = mul(chi, g)?;
	let both = add(inference, forecasting)?;
	if both == 0 {
		return Ok((Real::ZERO, Real::ZERO, reputation));
	}
	let (part, both) = (all.down(workers)?, Reciprocal::new(both)?);
	let u = mul_down(part, both.down(inference)?)?;
	let v = mul_down(part, both.down(forecasting)?)?;
	Ok((u, v, reputation))
}

/// The rewards of a class's members, in the unit of `amount`: the amount times each share, rounded
/// down (S 13.6).
///
/// With shares from [`normalise`] they add up to at most the amount; the caller keeps the rest.
/// [`MathError::Domain`] for a negative share.
pub fn payouts(amount: u128, fractions: &[Real]) -> MathResult<Vec<u128>> {
	gather(fractions.iter().map(|fraction| mul_floor(amount, *fraction)))
}
