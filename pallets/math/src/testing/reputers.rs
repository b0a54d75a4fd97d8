//! The scoring of reputers in its plain form (S 12.3): every scoring reads all reports, which may
//! be incomplete. The chain accepts complete reports only, and scores by their inner products.

use super::formulas::stake_weighted_loss;
use crate::{
	arith::{add, div, dot, mul, mul_div, norm, sub, sum},
	scores::{adjusted_stakes, ReputerParams},
	stats::mean,
	MathError, MathResult, Real,
};

/// The consensus of the reputers, by element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consensus {
	/// The mean weighted by adjusted stake; `None` if no reputer reported the element.
	pub values: Vec<Option<Real>>,
	/// The reported value farthest from it; 0 if no reputer reported the element.
	pub farthest: Vec<Real>,
}

/// The consensus of reports for adjusted stakes, and the values farthest from it.
///
/// The distance is absolute (signed in the original's first releases), and of equal ones the first
/// is taken. If the reputers of an element have no adjusted stake, their values have equal weight.
pub fn consensus(adjusted: &[Real], reports: &[Vec<Option<Real>>]) -> MathResult<Consensus> {
	let elements = reports.first().ok_or(MathError::Empty)?.len();
	let mut agreed = Consensus { values: Vec::new(), farthest: Vec::new() };
	for element in 0..elements {
		let column: Vec<_> = reports.iter().map(|row| row[element]).collect();
		let reported: Vec<_> = column.iter().flatten().copied().collect();
		let value = match stake_weighted_loss(adjusted, &column) {
			Err(MathError::DivisionByZero) => Some(mean(&reported)?),
			value => value?,
		};
		agreed.values.push(value);
		agreed.farthest.push(value.map_or(Real::ZERO, |value| farthest(value, &reported)));
	}
	Ok(agreed)
}

/// The reported value farthest from the consensus, the first of equals.
///
/// Distances whose difference is below the rounding error of the consensus count as equal.
fn farthest(value: Real, reported: &[Real]) -> Real {
	let mut found = (0, value);
	for loss in reported {
		let distance = value.to_bits().abs_diff(loss.to_bits());
		if distance > found.0 + 8 || found.0 == 0 {
			found = (distance, *loss);
		}
	}
	found.1
}

/// The score of a reputer: `1 / (|v - consensus| / |consensus| + epsilon)`.
///
/// A missing loss counts as the farthest value; an element without any loss is ignored. If the
/// relative distance does not fit, the score is 0.
pub fn consensus_score(
	report: &[Option<Real>],
	agreed: &Consensus,
	params: &ReputerParams,
) -> MathResult {
	let mut differences = Vec::new();
	for ((own, value), far) in report.iter().zip(&agreed.values).zip(&agreed.farthest) {
		if let Some(value) = value {
			differences.push(sub(own.unwrap_or(*far), *value)?);
		}
	}
	let distance = norm(differences.into_iter())?;
	let size = norm(agreed.values.iter().flatten().copied())?;
	let size = if size == 0 { params.epsilon_safe_div } else { size };
	match div(distance, size).and_then(|relative| add(relative, params.epsilon)) {
		Err(MathError::Overflow) => Ok(Real::ZERO),
		relative => div(Real::ONE, relative?),
	}
}

/// The scores of all reputers for given coefficients.
pub fn consensus_scores(
	reports: &[Vec<Option<Real>>],
	stakes: &[Real],
	coefficients: &[Real],
	params: &ReputerParams,
) -> MathResult<Vec<Real>> {
	let agreed = consensus(&adjusted_stakes(stakes, coefficients)?, reports)?;
	reports.iter().map(|report| consensus_score(report, &agreed, params)).collect()
}

/// The slope of the total of scores by each coefficient, from a finite difference.
fn slopes(
	reports: &[Vec<Option<Real>>],
	stakes: &[Real],
	coefficients: &[Real],
	scores: &[Real],
	params: &ReputerParams,
) -> MathResult<Vec<Real>> {
	let before = dot(stakes, scores)?;
	let slope = |m: usize| {
		let step = Real::ONE / if coefficients[m] == 1 { -1000 } else { 1000 };
		let mut moved = coefficients.to_vec();
		moved[m] = add(moved[m], step)?;
		let after = dot(stakes, &consensus_scores(reports, stakes, &moved, params)?)?;
		div(div(sub(after, before)?, after)?, step)
	};
	(0..coefficients.len()).map(slope).collect()
}

/// The coefficients after a step, shortened so that the listened stake is at least the minimum;
/// `None` if that is impossible.
fn held_at_floor(
	old: &[Real],
	new: Vec<Real>,
	stakes: &[Real],
	params: &ReputerParams,
) -> MathResult<Option<Vec<Real>>> {
	let least = mul(params.min_stake_fraction, sum(stakes)?)?;
	let (before, after) = (dot(old, stakes)?, dot(&new, stakes)?);
	if after >= least {
		return Ok(Some(new));
	}
	let (reach, change) = (sub(least, before)?, sub(after, before)?);
	if change == 0 {
		return Ok(None);
	}
	let shortened = old.iter().zip(&new).map(|(old, new)| {
		let step = mul_div(sub(*new, *old)?, reach, change)?;
		Ok(add(*old, step)?.clamp(Real::ZERO, Real::ONE))
	});
	shortened.collect::<MathResult<_>>().map(Some)
}

/// Scores, next coefficients and adjusted stakes of the reputers, by gradient ascent on the
/// stake-weighted total score; the latter for the coefficients that the scores belong to.
pub fn reputer_scores(
	reports: &[Vec<Option<Real>>],
	stakes: &[Real],
	coefficients: &[Real],
	params: &ReputerParams,
) -> MathResult<(Vec<Real>, Vec<Real>, Vec<Real>)> {
	let lifted = |coefficients: Vec<Real>| match coefficients.iter().all(|one| *one == 0) {
		true => vec![params.epsilon; coefficients.len()],
		false => coefficients,
	};
	let mut current = lifted(coefficients.to_vec());
	let mut scored = current.clone();
	let mut scores = vec![Real::ZERO; stakes.len()];
	for _ in 0..params.rounds {
		scores = consensus_scores(reports, stakes, &current, params)?;
		scored.clone_from(&current);
		let slopes = slopes(reports, stakes, &current, &scores, params)?;
		let step = |(old, slope): (&Real, &Real)| {
			let next = add(*old, mul(params.learning_rate, *slope)?)?;
			Ok(next.clamp(Real::ZERO, Real::ONE))
		};
		let stepped = current.iter().zip(&slopes).map(step).collect::<MathResult<_>>()?;
		let Some(next) = held_at_floor(&current, stepped, stakes, params)? else {
			break;
		};
		let moved = current.iter().zip(&next).map(|(old, new)| (*new - *old).abs()).max();
		current = lifted(next);
		if moved < Some(mul(params.gradient_threshold, params.learning_rate)?) {
			break;
		}
	}
	Ok((scores, current, adjusted_stakes(stakes, &scored)?))
}
