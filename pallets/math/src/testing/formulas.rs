//! Formulas of `docs/protocol.md` that the chain does not run, because it computes the same number
//! faster or has another rule. The golden vectors and the tests of the fast formulas use them.

use crate::{
	arith::{add, div, dot, mul, mul_div, sub, sum},
	convert,
	elementary::{exp, exp_neg},
	emission::{CLIFF_MONTHS, VESTING_MONTHS},
	stats::{ema, weighted_quantiles},
	MathError, MathResult, Real,
};

/// The slope of the soft ramp, `phi'_{p,c}(x) = p / (1 + e^(p (c - x)))` (S 2.4).
pub fn soft_ramp_slope(p: Real, c: Real, x: Real) -> MathResult {
	mul(p, sigmoid(mul(p, sub(x, c)?)?)?)
}

/// The sigmoid `1 / (1 + e^-z)`, in [0, 1].
pub fn sigmoid(z: Real) -> MathResult {
	let small = exp_neg(z.checked_abs().unwrap_or(Real::MAX))?;
	let top = if z < 0 { small } else { Real::ONE };
	mul_div(top, Real::ONE, add(Real::ONE, small)?)
}

/// The ratio `E1(a, b) = (1 + e^a) / (1 + e^b)` (S 2.4), in [0, 1] for `a <= b`: the plain form of
/// a weight.
///
/// `e^max(a, 0)` and `e^max(b, 0)` are factored out, so that for `a <= b` only powers `e^-x` with
/// `x >= 0` remain.
pub fn exp_ratio(a: Real, b: Real) -> MathResult {
	let side = |x: Real| add(Real::ONE, exp_neg(x.checked_abs().unwrap_or(Real::MAX))?);
	let (top, bottom) = (side(a)?, side(b)?);
	let outer = match sub(a.max(Real::ZERO), b.max(Real::ZERO))? {
		difference if difference == 0 => Real::ONE,
		difference => exp(difference)?,
	};
	mul_div(top, outer, bottom)
}

/// The value at one percentage of the weight (S 2.2).
pub fn weighted_percentile(values: &[Real], weights: &[Real], percentage: Real) -> MathResult {
	let fraction = div(percentage, Real::ONE * 100)?;
	weighted_quantiles(values, weights, &[fraction]).map(|[value]| value)
}

/// The mean of the losses reported for one element, weighted by raw stake (S 10.1); `None` if
/// no reputer reported it.
pub fn stake_weighted_loss(stakes: &[Real], losses: &[Option<Real>]) -> MathResult<Option<Real>> {
	if stakes.len() != losses.len() {
		return Err(MathError::Shape);
	}
	let pairs = stakes.iter().zip(losses).filter_map(|(stake, loss)| Some((*stake, (*loss)?)));
	let (stakes, losses): (Vec<_>, Vec<_>) = pairs.unzip();
	if losses.is_empty() {
		return Ok(None);
	}
	div(dot(&stakes, &losses)?, sum(&stakes)?).map(Some)
}

/// One regret after an epoch: `alpha (L_ref - L_actor) + (1 - alpha) previous` (S 11.1).
pub fn regret(previous: Real, reference: Real, actor: Real, alpha: Real) -> MathResult {
	ema(alpha, sub(reference, actor)?, Some(previous))
}

/// The factor that preserves the workers' part: `gamma = (F + G) / ((1 - chi) F + chi G)` (S 13.5).
pub fn gamma(inference: Real, forecasting: Real, chi: Real) -> MathResult {
	let rest = sub(Real::ONE, chi)?;
	div(add(inference, forecasting)?, dot(&[rest, chi], &[inference, forecasting])?)
}

/// The locked share of an investor's or the team's allocation after this number of months, in [0,
/// 1] (S 15.2): 1 before month 12, then `(36 - month) / 36`.
pub fn locked_share(month: u32) -> Real {
	match VESTING_MONTHS.checked_sub(month) {
		None | Some(0) => Real::ZERO,
		Some(_) if month < CLIFF_MONTHS => Real::ONE,
		Some(left) => Real::from_num(left) / Real::from_num(VESTING_MONTHS),
	}
}

/// The emission of a block, split into the validators' part, rounded down, and the topics' part
/// (S 15.4).
pub fn split(emitted: u128, validators: Real) -> MathResult<(u128, u128)> {
	let part = convert::mul_floor(emitted, validators)?;
	Ok((part, emitted - part))
}

/// The rewards of topics that end an epoch in one block, each rounded down (S 6.8).
///
/// A topic gets its share, by `total_weight`, of one block's emission, times its epoch length. If
/// the sum exceeds the treasury, the treasury is shared by weight times length; a single topic gets
/// all of it.
pub fn topic_rewards(
	weights: &[u128],
	total_weight: u128,
	epoch_lengths: &[u64],
	block_emission: u128,
	treasury: u128,
) -> MathResult<Vec<u128>> {
	if weights.len() != epoch_lengths.len() {
		return Err(MathError::Shape);
	}
	let pairs = || weights.iter().zip(epoch_lengths).map(|(w, length)| (*w, u128::from(*length)));
	let due: Vec<_> = pairs()
		.map(|(weight, length)| convert::mul_div(block_emission * length, weight, total_weight))
		.collect::<MathResult<_>>()?;
	if due.iter().sum::<u128>() <= treasury {
		return Ok(due);
	}
	if due.len() == 1 {
		return Ok(vec![treasury]);
	}
	let parts: Vec<_> = pairs().map(|(weight, length)| weight * length).collect();
	let sum = parts.iter().sum();
	parts.iter().map(|part| convert::mul_div(treasury, *part, sum)).collect()
}
