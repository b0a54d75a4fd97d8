//! Network losses from the reputers' reports (S 10).

use crate::{
	arith::{gather, Exact},
	weighing::{self, Total},
	MathError, MathResult, Real,
};
use alloc::{vec, vec::Vec};

/// The mean of the losses reported for one element, weighted by raw stake (S 10.1).
///
/// `stakes` and `losses` have one entry a reputer; `None` is an element it did not report. The
/// result is `None` if nobody did. Stakes are shares or any other numbers of one unit.
/// [`MathError::Shape`] if the lengths differ, [`MathError::Domain`] for a negative stake,
/// [`MathError::DivisionByZero`] if those who reported have no stake.
pub fn stake_weighted_loss(stakes: &[Real], losses: &[Option<Real>]) -> MathResult<Option<Real>> {
	if stakes.len() != losses.len() {
		return Err(MathError::Shape);
	}
	weighted(stakes.iter().copied().zip(losses.iter().copied()))
}

/// The stake-weighted mean over pairs of stake and loss.
fn weighted(pairs: impl Iterator<Item = (Real, Option<Real>)>) -> MathResult<Option<Real>> {
	let (mut total, mut weight, mut reported) = (Exact::default(), Real::ZERO, false);
	for (stake, loss) in pairs {
		if stake < 0 {
			return Err(MathError::Domain);
		}
		if let Some(loss) = loss {
			total.add_product(stake, loss)?;
			weight = weight.checked_add(stake).ok_or(MathError::Overflow)?;
			reported = true;
		}
	}
	if !reported {
		return Ok(None);
	}
	total.divide(weight).map(Some)
}

/// The network's loss for every element (S 10.1); `None` where nobody reported one.
///
/// `stakes` has one entry a reputer, `reports` one row a reputer with one entry an element.
/// [`MathError::Empty`] without reputers, [`MathError::Shape`] if rows differ in length or number,
/// otherwise as [`stake_weighted_loss`].
pub fn network_losses(
	stakes: &[Real],
	reports: &[Vec<Option<Real>>],
) -> MathResult<Vec<Option<Real>>> {
	let elements = reports.first().ok_or(MathError::Empty)?.len();
	if reports.len() != stakes.len() || reports.iter().any(|row| row.len() != elements) {
		return Err(MathError::Shape);
	}
	if let Some(losses) = complete_losses(stakes, reports, elements)? {
		return Ok(losses);
	}
	gather((0..elements).map(|element| {
		let column = reports.iter().map(|row| row.get(element).copied().flatten());
		weighted(stakes.iter().copied().zip(column))
	}))
}

/// [`network_losses`] if no reputer left anything out, so that one sum of stakes serves all.
fn complete_losses(
	stakes: &[Real],
	reports: &[Vec<Option<Real>>],
	elements: usize,
) -> MathResult<Option<Vec<Option<Real>>>> {
	let weights = weighing::of_stakes(stakes)?;
	if weights.is_empty() {
		return Ok(None);
	}
	let mut totals = vec![Total::default(); elements];
	for (weight, row) in weights.iter().zip(reports) {
		for (total, loss) in totals.iter_mut().zip(row) {
			let Some(loss) = loss else {
				return Ok(None);
			};
			total.add(*weight, *loss)?;
		}
	}
	let all = weighing::divisor(weighing::sum_of(&weights))?;
	gather(totals.iter().map(|total| total.over(&all).map(Some))).map(Some)
}
