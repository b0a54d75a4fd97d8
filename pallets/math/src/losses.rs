//! Network losses from the reputers' reports (S 10).

use crate::{
	arith::gather,
	weighing::{self, Total},
	MathError, MathResult, Real,
};
use alloc::vec::Vec;

/// The network's loss for every element: the mean of the reported ones, by raw stake (S 10.1).
///
/// `stakes` has one entry per reputer, shares or any other numbers of one unit; `reports` one row
/// per reputer with one entry per element. [`MathError::Empty`] without reputers,
/// [`MathError::Shape`] if rows differ in length or number, [`MathError::Domain`] for a negative
/// stake, [`MathError::DivisionByZero`] without stake, [`MathError::Overflow`] if a sum does not fit.
pub fn network_losses(stakes: &[Real], reports: &[Vec<Real>]) -> MathResult<Vec<Real>> {
	let elements = reports.first().ok_or(MathError::Empty)?.len();
	if reports.len() != stakes.len() || reports.iter().any(|row| row.len() != elements) {
		return Err(MathError::Shape);
	}
	let weights = weighing::of_stakes(stakes)?;
	// One sum of stakes serves all.
	let all = weighing::divisor(weighing::sum_of(&weights))?;
	gather((0..elements).map(|element| {
		let mut total = Total::default();
		for (weight, row) in weights.iter().zip(reports) {
			total.add(*weight, *row.get(element).ok_or(MathError::Shape)?)?;
		}
		total.over(&all)
	}))
}
