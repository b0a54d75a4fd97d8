//! What a topic weighs and how its revenue fades (S 6.5-6.8).

use crate::{
	arith::{sub, unit},
	convert::{mul_div_up, ratio, sqrt_product},
	elementary::pow,
	wide::U256,
	MathError, MathResult, Real,
};

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
