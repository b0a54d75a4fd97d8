//! What a topic weighs and how its revenue fades (S 6.5-6.8).

use crate::{
	arith::{gather, sub, unit},
	convert::{mul_div, mul_div_up, mul_floor, ratio, sqrt_product},
	elementary::{pow, powi},
	wide::U256,
	MathError, MathResult, Real,
};
use alloc::vec::Vec;

/// The weight a topic tends to: `sqrt(stake * revenue)` (S 6.5), rounded down.
///
/// Both in planck, and so the result; without revenue or stake it is 0.
pub fn target_weight(stake: u128, revenue: u128) -> u128 {
	sqrt_product(stake, revenue)
}

/// The smoothing of one epoch that adds up to `weekly` in a week:
/// `1 - (1 - weekly)^(epoch / week)` (S 6.5).
///
/// `weekly` in [0, 1], epoch length and week in the same unit. [`MathError::Domain`] for `weekly`
/// outside, [`MathError::DivisionByZero`] if the week is empty.
pub fn smoothed_alpha(weekly: Real, epoch_length: u64, blocks_per_week: u64) -> MathResult {
	unit(weekly)?;
	let weeks = ratio(epoch_length.into(), blocks_per_week.into())?;
	sub(Real::ONE, pow(sub(Real::ONE, weekly)?, weeks)?)
}

/// A topic's weight after an epoch: `alpha target + (1 - alpha) previous`, rounded down (S 6.5).
///
/// The first time it is the target. [`MathError::Domain`] for `alpha` outside [0, 1].
pub fn weight_ema(alpha: Real, target: u128, previous: Option<u128>) -> MathResult<u128> {
	unit(alpha)?;
	let Some(previous) = previous else {
		return Ok(target);
	};
	let share = alpha.to_bits().unsigned_abs();
	let rest = (1u128 << 64).saturating_sub(share);
	U256::product(target, share)
		.checked_add(U256::product(previous, rest))
		.and_then(U256::shift_down)
		.ok_or(MathError::Overflow)
}

/// A topic's revenue after one epoch's decay: `P - P * epoch / week`, rounded down, at least 0
/// (S 6.7).
///
/// [`MathError::DivisionByZero`] if the week is empty.
pub fn revenue_after_drip(
	revenue: u128,
	blocks_per_week: u64,
	epoch_length: u64,
) -> MathResult<u128> {
	if epoch_length >= blocks_per_week && blocks_per_week > 0 {
		return Ok(0);
	}
	let drip = mul_div_up(revenue, epoch_length.into(), blocks_per_week.into())?;
	Ok(revenue.saturating_sub(drip))
}

/// A topic's revenue after so many epochs that were skipped: `P (1 - epoch / week)^epochs`, rounded
/// down.
///
/// [`MathError::DivisionByZero`] if the week is empty.
pub fn revenue_after_skipped(
	revenue: u128,
	slots_per_week: u64,
	epoch_length: u64,
	epochs: u32,
) -> MathResult<u128> {
	if epoch_length >= slots_per_week && slots_per_week > 0 && epochs > 0 {
		return Ok(0);
	}
	let kept = sub(Real::ONE, ratio(epoch_length.into(), slots_per_week.into())?)?;
	mul_floor(revenue, powi(kept, epochs)?)
}

/// The rewards of topics that end an epoch in one block, each rounded down (S 6.8).
///
/// A topic gets its share of `total_weight` of one block's emission, times its epoch length. If
/// that is more than the treasury holds, the treasury is shared by weight times length, and a
/// single topic gets all of it. [`MathError::Shape`] if the lengths differ,
/// [`MathError::DivisionByZero`] if the total weight is zero, [`MathError::Overflow`].
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
	let total = |parts: &[u128]| {
		parts.iter().try_fold(0u128, |sum, part| sum.checked_add(*part)).ok_or(MathError::Overflow)
	};
	let due = gather(pairs().map(|(weight, length)| {
		let emission = block_emission.checked_mul(length).ok_or(MathError::Overflow)?;
		mul_div(emission, weight, total_weight)
	}))?;
	if total(&due)? <= treasury {
		return Ok(due);
	}
	if due.len() == 1 {
		return Ok([treasury].into());
	}
	let part = |(weight, length): (u128, u128)| weight.checked_mul(length);
	let parts = gather(pairs().map(|pair| part(pair).ok_or(MathError::Overflow)))?;
	let sum = total(&parts)?;
	gather(parts.iter().map(|part| mul_div(treasury, *part, sum)))
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn skipped_epochs_take_what_they_would_have_taken_one_by_one() {
		let one_by_one =
			(0..98).try_fold(10u128.pow(20), |revenue, _| revenue_after_drip(revenue, 1_000, 10));
		let at_once = revenue_after_skipped(10u128.pow(20), 1_000, 10, 98).unwrap();
		// 98 roundings up of a planck, and 98 products to 2^-65 of 10^20.
		assert!(at_once.abs_diff(one_by_one.unwrap()) < 1_000, "{at_once}");
		assert_eq!(revenue_after_skipped(7, 1_000, 10, 0), Ok(7));
	}

	#[test]
	fn skipped_epochs_of_a_week_leave_nothing() {
		assert_eq!(revenue_after_skipped(u128::MAX, 10, 10, 1), Ok(0));
		assert_eq!(revenue_after_skipped(10u128.pow(20), 1_000, 10, u32::MAX), Ok(0));
		assert_eq!(revenue_after_skipped(1, 0, 10, 1), Err(MathError::DivisionByZero));
	}
}
