//! The consensus of the reputers' reports (S 10).

use crate::{
	arith::gather,
	weighing::{self, Total},
	MathError, MathResult, Real,
};
use alloc::vec::Vec;
use core::cmp::Ordering;
use sp_arithmetic::FixedI128;

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

/// The median of the reported values, by weight (S 10.2): the least value up to which at least half
/// of the weight lies, or the mean of it and the next value if exactly half does.
///
/// `votes` are values with their weights, in any order and any unit, and come back sorted by value.
/// While votes of less than half of the weight are wrong, the median is within the range of the
/// others. [`MathError::DivisionByZero`] without weight, [`MathError::Overflow`] if twice the sum of
/// the weights does not fit.
pub fn weighted_median(votes: &mut [(FixedI128, u128)]) -> MathResult<FixedI128> {
	let total = votes.iter().try_fold(0u128, |sum, (_, weight)| sum.checked_add(*weight));
	let total = total.filter(|total| *total <= u128::MAX / 2).ok_or(MathError::Overflow)?;
	votes.sort_unstable_by_key(|(value, _)| *value);
	let mut below = 0u128;
	let mut lower = None;
	for (value, weight) in votes.iter().filter(|(_, weight)| *weight > 0) {
		if let Some(lower) = lower {
			return Ok(midpoint(lower, *value));
		}
		below = below.saturating_add(*weight);
		match below.saturating_mul(2).cmp(&total) {
			Ordering::Less => {}
			Ordering::Equal => lower = Some(*value),
			Ordering::Greater => return Ok(*value),
		}
	}
	Err(MathError::DivisionByZero)
}

/// The mean of two decimals, rounded down.
fn midpoint(a: FixedI128, b: FixedI128) -> FixedI128 {
	let (a, b) = (a.into_inner(), b.into_inner());
	FixedI128::from_inner((a & b).saturating_add((a ^ b) >> 1))
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	fn votes(of: &[(i128, u128)]) -> Vec<(FixedI128, u128)> {
		of.iter().map(|(value, weight)| (FixedI128::from_inner(*value), *weight)).collect()
	}

	fn median(of: &[(i128, u128)]) -> MathResult<i128> {
		weighted_median(&mut votes(of)).map(FixedI128::into_inner)
	}

	#[test]
	fn median_is_the_value_in_the_middle_of_the_weight() {
		// Of a weight of 10, 3 lie at 1 and 7 up to 5.
		assert_eq!(median(&[(9, 3), (1, 3), (5, 4)]), Ok(5));
		// Of 11, 6 lie at 1.
		assert_eq!(median(&[(9, 1), (1, 6), (5, 4)]), Ok(1));
	}

	#[test]
	fn exact_half_of_the_weight_gives_the_mean_with_the_next_value() {
		assert_eq!(median(&[(-4, 5), (10, 5)]), Ok(3));
		assert_eq!(median(&[(-4, 5), (0, 0), (10, 2), (12, 3)]), Ok(3));
		// Rounded down.
		assert_eq!(median(&[(-4, 1), (1, 1)]), Ok(-2));
		assert_eq!(median(&[(i128::MIN, 1), (i128::MAX, 1)]), Ok(-1));
	}

	#[test]
	fn votes_without_weight_have_no_median() {
		assert_eq!(median(&[]), Err(MathError::DivisionByZero));
		assert_eq!(median(&[(1, 0), (2, 0)]), Err(MathError::DivisionByZero));
		assert_eq!(median(&[(1, u128::MAX), (2, 1)]), Err(MathError::Overflow));
	}

	proptest! {
		/// The other votes have all values and all weights below half of the sum.
		#[test]
		fn minority_cannot_move_the_median_out_of_the_range_of_the_others(
			honest in prop::collection::vec((any::<i128>(), 1..u128::MAX >> 10), 1..8),
			wrong in prop::collection::vec((any::<i128>(), 0..u128::MAX >> 10), 0..8),
		) {
			let weight: u128 = honest.iter().map(|(_, weight)| weight).sum();
			let mut left = weight - 1;
			let wrong = wrong.into_iter().map(|(value, weight)| {
				let weight = weight.min(left);
				left -= weight;
				(value, weight)
			});
			let all: Vec<_> = honest.iter().copied().chain(wrong).collect();
			let median = median(&all).unwrap();
			let values = || honest.iter().map(|(value, _)| *value);
			prop_assert!(values().min().unwrap() <= median && median <= values().max().unwrap());
		}
	}
}
