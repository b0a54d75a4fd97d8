//! The weight of a topic and the decay of its revenue (S 6.5-6.8).

use crate::{
	arith::{mul, sub, unit},
	convert::{mul_div_up, mul_floor, ratio, sqrt_product},
	elementary::{pow, powi},
	wide::U256,
	MathError, MathResult, Real,
};

/// The target of a topic's weight: `sqrt(stake * revenue)`, in planck, rounded down (S 6.5).
pub fn target_weight(stake: u128, revenue: u128) -> u128 {
	sqrt_product(stake, revenue)
}

/// The smoothing factor per epoch that results in `weekly` per week:
/// `1 - (1 - weekly)^(epoch / week)` (S 6.5).
///
/// Epoch length and week are in the same unit. [`MathError::Domain`] for `weekly` outside [0, 1],
/// [`MathError::DivisionByZero`] if the week is empty.
pub fn smoothed_alpha(weekly: Real, epoch_length: u64, blocks_per_week: u64) -> MathResult {
	unit(weekly)?;
	let weeks = ratio(epoch_length.into(), blocks_per_week.into())?;
	sub(Real::ONE, pow(sub(Real::ONE, weekly)?, weeks)?)
}

/// A topic's weight after an epoch: `alpha target + (1 - alpha) previous`, rounded down (S 6.5).
///
/// Without a previous weight it is the target. [`MathError::Domain`] for `alpha` outside [0, 1].
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

/// A topic's revenue after this number of skipped epochs: `P (1 - epoch / week)^epochs`, rounded
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

/// The number of epochs that a revenue pays for, at most `u32::MAX`: before each it decays by
/// [`revenue_after_drip`], then `rent` is subtracted, and what is left must be `enough`.
///
/// `enough` must be true of all larger revenues, too. [`MathError::DivisionByZero`] if the week is
/// empty.
pub fn epochs_paid(
	revenue: u128,
	slots_per_week: u64,
	epoch_length: u64,
	rent: u128,
	enough: impl Fn(u128) -> bool,
) -> MathResult<u32> {
	let length = epoch_length.min(slots_per_week);
	// `2^n` epochs change a revenue to `revenue * kept - paid`, and twice as many do so twice.
	let mut of_powers = [(Real::ZERO, u128::MAX); 32];
	let kept = sub(Real::ONE, ratio(length.into(), slots_per_week.into())?)?;
	let (mut kept, mut paid) = (kept, rent);
	for power in &mut of_powers {
		*power = (kept, paid);
		paid = mul_floor(paid, kept)?.saturating_add(paid);
		kept = mul(kept, kept)?;
	}
	// A revenue never grows, so it pays for some epochs if it pays for the last of them.
	let (mut left, mut epochs) = (revenue, 0u32);
	for (power, (kept, paid)) in of_powers.into_iter().enumerate().rev() {
		let after = mul_floor(left, kept)?.checked_sub(paid).filter(|after| enough(*after));
		if let Some(after) = after {
			left = after;
			epochs |= 1u32.checked_shl(power as u32).unwrap_or_default();
		}
	}
	Ok(epochs)
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn revenue_pays_for_as_many_epochs_as_one_by_one() {
		for (revenue, rent, least) in
			[(10u128.pow(15), 10u128.pow(13), 0), (10u128.pow(15), 0, 10u128.pow(9)), (7, 8, 0)]
		{
			let enough = |left| left >= least;
			let one_by_one = core::iter::successors(Some(revenue), |revenue| {
				let left = revenue_after_drip(*revenue, 1_000, 10).unwrap();
				left.checked_sub(rent).filter(|left| enough(*left))
			});
			let epochs = epochs_paid(revenue, 1_000, 10, rent, enough).unwrap();
			assert_eq!(epochs as usize, one_by_one.count() - 1);
		}
	}

	#[test]
	fn revenue_that_need_not_suffice_pays_for_ever() {
		assert_eq!(epochs_paid(0, 1_000, 10, 0, |_| true), Ok(u32::MAX));
		assert_eq!(epochs_paid(u128::MAX, 10, 10, 1, |_| true), Ok(0));
		assert_eq!(epochs_paid(1, 0, 10, 1, |_| true), Err(MathError::DivisionByZero));
	}

	#[test]
	fn skipped_epochs_decay_like_epochs_one_by_one() {
		let one_by_one =
			(0..98).try_fold(10u128.pow(20), |revenue, _| revenue_after_drip(revenue, 1_000, 10));
		let at_once = revenue_after_skipped(10u128.pow(20), 1_000, 10, 98).unwrap();
		// 98 roundings up of a planck, and 98 products to 2^-65 of 10^20.
		assert!(at_once.abs_diff(one_by_one.unwrap()) < 1_000, "{at_once}");
		assert_eq!(revenue_after_skipped(7, 1_000, 10, 0), Ok(7));
	}

	#[test]
	fn skipped_week_leaves_no_revenue() {
		assert_eq!(revenue_after_skipped(u128::MAX, 10, 10, 1), Ok(0));
		assert_eq!(revenue_after_skipped(10u128.pow(20), 1_000, 10, u32::MAX), Ok(0));
		assert_eq!(revenue_after_skipped(1, 0, 10, 1), Err(MathError::DivisionByZero));
	}
}
