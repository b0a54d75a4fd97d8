//! Network losses from the reputers' reports (S 10).

use crate::{
	arith::gather,
	weighing::{self, Total},
	MathError, MathResult, Real,
};
use alloc::vec::Vec;

/// The network's loss of each element: the mean of the reported losses, weighted by raw stake (S
/// 10.1).
///
/// `stakes` has one entry per reputer, in any unit; `reports` has one row per reputer and one
/// column per element. [`MathError::Empty`] without reputers, [`MathError::Shape`] if lengths
/// differ, [`MathError::Domain`] for a negative stake, [`MathError::DivisionByZero`] without stake,
/// [`MathError::Overflow`] if a sum does not fit.
pub fn network_losses(stakes: &[Real], reports: &[Vec<Real>]) -> MathResult<Vec<Real>> {
	let elements = reports.first().ok_or(MathError::Empty)?.len();
	if reports.len() != stakes.len() || reports.iter().any(|row| row.len() != elements) {
		return Err(MathError::Shape);
	}
	let weights = weighing::of_stakes(stakes)?;
	// The same for all elements.
	let all = weighing::divisor(weighing::sum_of(&weights))?;
	gather((0..elements).map(|element| {
		let mut total = Total::default();
		for (weight, row) in weights.iter().zip(reports) {
			total.add(*weight, *row.get(element).ok_or(MathError::Shape)?)?;
		}
		total.over(&all)
	}))
}
