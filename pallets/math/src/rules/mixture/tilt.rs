//! Forecasts, which tilt the weights of base P toward workers that are expected to do better than
//! usual (S 9.4.5).

use super::{numbers::mix, state::WorkerState, Params};
use crate::{
	arith::{add, clip, div, mul, sub, sum, Reciprocal},
	stats::over_count,
	MathError, MathResult, Real,
};
use alloc::{vec, vec::Vec};

/// The largest surprise that counts, in natural logarithms of the loss.
const MAX_SURPRISE: Real = Real::from_bits(2 << 64);

/// The number from which surprises are added and subtracted.
const BASE: Real = Real::from_bits(4 << 64);

/// ln 10.
const LN_10: Real = Real::lit("2.302585092994045684017991454684");

/// A forecaster's tilt.
pub(super) struct Tilt {
	/// One factor per worker, from 1/9 to 9.
	pub(super) factors: Vec<Real>,
	/// The sum of tilted weights.
	pub(super) total: Real,
	/// The sums of tilted terms, one per label.
	pub(super) terms: Vec<Real>,
	/// The tilted value, one per label.
	pub(super) value: Vec<Real>,
}

/// What the members of base P weigh, and their terms `p z + p' z'`, one row per worker.
pub(super) struct Members<'a> {
	pub(super) weights: &'a [Real],
	pub(super) terms: &'a [Real],
}

/// The factors of a forecast: `((4 + c) / (4 - c))^2`, where c is by how much the running loss of a
/// worker exceeds the expected one, less the mean of this over the known workers.
///
/// It is near `e^c`. A worker that is unknown, or that the forecast does not name, has the factor 1.
fn factors(
	params: &Params,
	workers: &[Option<WorkerState>],
	forecast: &[(usize, Real)],
) -> MathResult<Vec<Real>> {
	let mut surprises = Vec::with_capacity(forecast.len());
	for (worker, expected) in forecast {
		if let Some(state) = workers.get(*worker).ok_or(MathError::Shape)? {
			surprises.push((*worker, sub(state.loss, *expected)?));
		}
	}
	let mut factors = vec![Real::ONE; workers.len()];
	if surprises.is_empty() {
		return Ok(factors);
	}
	let total = surprises.iter().try_fold(Real::ZERO, |total, (_, d)| add(total, *d))?;
	let mean = over_count(total.to_bits(), surprises.len())?;
	let is_raw = params.loss.is_none_or(|loss| loss.is_raw());
	for (worker, surprise) in surprises {
		let surprise = sub(surprise, mean)?;
		let surprise = if is_raw { surprise } else { mul(LN_10, surprise)? };
		let surprise = clip(surprise, MAX_SURPRISE);
		let root = div(add(BASE, surprise)?, sub(BASE, surprise)?)?;
		*factors.get_mut(worker).ok_or(MathError::Shape)? = mul(root, root)?;
	}
	Ok(factors)
}

impl Tilt {
	/// The tilt of a forecast.
	pub(super) fn new(
		params: &Params,
		workers: &[Option<WorkerState>],
		forecast: &[(usize, Real)],
		members: &Members,
	) -> MathResult<Self> {
		let factors = factors(params, workers, forecast)?;
		let weights = factors.iter().copied().zip(members.weights.iter().copied());
		let total = mix(weights)?;
		let by = Reciprocal::new(total)?;
		let (mut terms, mut value) = (Vec::new(), Vec::new());
		for label in 0..params.labels {
			let column = members.terms.iter().skip(label).step_by(params.labels);
			let sum = mix(factors.iter().copied().zip(column.copied()))?;
			value.push(by.nearest(sum)?);
			terms.push(sum);
		}
		Ok(Self { factors, total, terms, value })
	}
}

/// The shares of base P's members and of each forecaster in its inference.
pub(super) struct Shares {
	pub(super) members: Real,
	pub(super) tilted: Vec<Real>,
}

impl Shares {
	/// The shares for these masses; the members' is 1 if all masses are 0.
	pub(super) fn new(members: Real, tilted: &[Real]) -> MathResult<Self> {
		let total = add(members, sum(tilted)?)?;
		let mut shares = Self { members: Real::ONE, tilted: vec![Real::ZERO; tilted.len()] };
		if total > 0 {
			let by = Reciprocal::new(total)?;
			shares.members = by.nearest(members)?;
			for (share, mass) in shares.tilted.iter_mut().zip(tilted) {
				*share = by.nearest(*mass)?;
			}
		}
		Ok(shares)
	}
}
