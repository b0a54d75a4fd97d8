//! The weights of experts in each base, and of both bases (S 9.4.2).

use super::{
	copies::Groups,
	numbers::normalise,
	state::{BaseState, ForecasterState, Standing, WorkerState},
	Params,
};
use crate::{
	arith::{add, div, gather, mul, sub, sum},
	elementary::{exp, sqrt},
	stats::{count, over_count},
	MathError, MathResult, Real,
};
use alloc::{vec, vec::Vec};

/// ln 2.
pub(super) const LN_2: Real = Real::lit("0.693147180559945309417232121458");

/// The share of a known worker's weight that a newcomer gets.
pub(super) const NEWCOMER: Real = Real::lit("0.25");

/// What a forecaster's tilt counts, next to a worker's value of the same standing.
const FORECASTER: Real = Real::lit("0.25");

/// How much more base P counts than base S before anything is learned.
const PRIOR: i32 = 2;

/// The lowest exponent that tells the bases' weights apart.
const LEAST_EXPONENT: Real = Real::lit("-40");

/// A worker's weights in base P: of its value and of its corrected value.
pub(super) type Pair = [Real; 2];

/// The weights of a base P, which sum to 1, and what they were before: the members' mass and the
/// mass of each forecaster.
pub(super) struct Polynomial {
	pub(super) weights: Vec<Pair>,
	pub(super) mass: Real,
	pub(super) tilted: Vec<Real>,
}

/// The weights of base S, which sum to 1; an unknown worker counts a quarter of a mean known one.
pub(super) fn exponential(
	workers: &[Option<WorkerState>],
	groups: &Groups,
) -> MathResult<Vec<[Real; 1]>> {
	let known = || workers.iter().flatten();
	let mut weights = match known().map(|worker| worker.log_weight).max() {
		None => vec![[Real::ONE]; workers.len()],
		Some(best) => {
			let weight = |worker: &Option<WorkerState>| match worker {
				Some(worker) => Ok([exp(sub(worker.log_weight, best)?)?]),
				None => Ok([Real::ZERO]),
			};
			let mut weights = gather(workers.iter().map(weight))?;
			let mean = over_count(sum(weights.as_flattened())?.to_bits(), known().count())?;
			let fresh = mul(mean, NEWCOMER)?;
			for (weight, _) in weights.iter_mut().zip(workers).filter(|(_, known)| known.is_none())
			{
				*weight = [fresh];
			}
			weights
		}
	};
	let by = weights.as_flattened().to_vec();
	groups.share_out(&mut weights, &by)?;
	// The best one's weight was 1; so its group's is not 0.
	normalise(weights.as_flattened_mut())?;
	Ok(weights)
}

/// The mass of an expert: its regret, if positive, over one more than its variance.
fn mass(standing: &Standing) -> MathResult {
	if standing.regret <= 0 {
		return Ok(Real::ZERO);
	}
	div(standing.regret, add(Real::ONE, standing.variance)?)
}

/// The weights of base P.
pub(super) fn polynomial(
	params: &Params,
	workers: &[Option<WorkerState>],
	forecasters: &[Option<ForecasterState>],
	groups: &Groups,
) -> MathResult<Polynomial> {
	let mut weights = gather(workers.iter().map(|worker| {
		let worker = worker.unwrap_or_default();
		let corrected = if params.corrects() { mass(&worker.corrected)? } else { Real::ZERO };
		Ok([mass(&worker.raw)?, corrected])
	}))?;
	let tilted = forecasters.iter().map(|forecaster| match (params.loss, forecaster) {
		(Some(_), Some(known)) => mul(FORECASTER, mass(&known.tilted)?),
		_ => Ok(Real::ZERO),
	});
	let by = gather(weights.iter().map(|pair| sum(pair)))?;
	groups.share_out(&mut weights, &by)?;
	let (tilted, mass) = (gather(tilted)?, sum(weights.as_flattened())?);
	if !normalise(weights.as_flattened_mut())? {
		// Equal ones, for groups.
		let kinds = if params.corrects() { 2 } else { 1 };
		for members in groups.members() {
			let parts = groups.len().checked_mul(members.len()).and_then(|n| n.checked_mul(kinds));
			let part = div(Real::ONE, count(parts.ok_or(MathError::Overflow)?)?)?;
			for member in members {
				*weights.get_mut(*member).ok_or(MathError::Shape)? =
					[part, if params.corrects() { part } else { Real::ZERO }];
			}
		}
	}
	Ok(Polynomial { weights, mass, tilted })
}

/// The rate at which a base's regret acts: `min(1 / (2 E), sqrt(ln 2 / V))`.
pub(super) fn rate(base: &BaseState) -> MathResult {
	let limit = mul(LN_2, mul(base.range, base.range)?)?;
	if base.variance <= mul(Real::from_num(4), limit)? {
		return div(Real::ONE, add(base.range, base.range)?);
	}
	sqrt(div(LN_2, base.variance)?)
}

/// The weights of base P and base S, which sum to 1.
pub(super) fn of_bases(params: &Params, bases: &[BaseState; 2]) -> MathResult<[Real; 2]> {
	if params.loss.is_none() {
		return Ok([Real::ZERO, Real::ONE]);
	}
	let [p, s] = bases;
	let rates = [rate(p)?, rate(s)?];
	let exponents = [mul(rates[0], p.regret)?, mul(rates[1], s.regret)?];
	let best = exponents[0].max(exponents[1]);
	let power = |exponent| exp(sub(exponent, best)?.max(LEAST_EXPONENT));
	let first = mul(mul(Real::from_num(PRIOR), rates[0])?, power(exponents[0])?)?;
	let second = mul(rates[1], power(exponents[1])?)?;
	let share = div(first, add(first, second)?)?;
	Ok([share, sub(Real::ONE, share)?])
}
