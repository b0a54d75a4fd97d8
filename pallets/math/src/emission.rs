//! The emission of tokens per month and block (S 15).

use crate::{
	arith::{add, div, mul, sub},
	convert::{mul_div_up, mul_floor, scale_by},
	stats::ema,
	MathError, MathResult, Real,
};

/// The months until the first tokens of an allocation unlock (S 15.2).
pub const CLIFF_MONTHS: u32 = 12;

/// The months until all tokens of an allocation are unlocked (S 15.2).
pub const VESTING_MONTHS: u32 = 36;

/// The locked part of an allocation, in planck, rounded up (S 15.2).
///
/// `elapsed` is the time since the first block and `month` the length of a month, in the same unit.
pub fn locked(allocation: u128, elapsed: u64, month: u64) -> u128 {
	if elapsed < month.saturating_mul(CLIFF_MONTHS.into()) {
		return allocation;
	}
	let end = month.saturating_mul(VESTING_MONTHS.into());
	let left = end.saturating_sub(elapsed);
	mul_div_up(allocation, left.into(), end.max(1).into()).unwrap_or(allocation)
}

/// The target emission of a staked token in a month:
/// `f_E * (ecosystem / staked) * (circulating / supply)` (S 15.3).
///
/// Amounts are in planck; without stake the rate is 0. [`MathError::Overflow`] if the stake is so
/// small that the rate does not fit, [`MathError::DivisionByZero`] if the supply is zero.
pub fn target_rate(
	f_emission: Real,
	ecosystem_locked: u128,
	staked: u128,
	circulating: u128,
	max_supply: u128,
) -> MathResult {
	if staked == 0 {
		return Ok(Real::ZERO);
	}
	scale_by(scale_by(f_emission, ecosystem_locked, staked)?, circulating, max_supply)
}

/// The maximum emission of a staked token in a month: `MPY / (f_v + (1 - f_v) f_r)` (S 15.3).
///
/// `monthly_yield` is the maximum yield of a staked token, `f_reputers` the reputers' share of the
/// topics' rewards, and `f_validators` the validators' share of the emission.
pub fn rate_cap(monthly_yield: Real, f_reputers: Real, f_validators: Real) -> MathResult {
	let topics = mul(sub(Real::ONE, f_validators)?, f_reputers)?;
	div(monthly_yield, add(f_validators, topics)?)
}

/// The rate of a month: the lower of target and cap, smoothed by `alpha` (S 15.3).
///
/// In the first month, without a previous rate, it is not smoothed. A target that overflows counts
/// as above the cap; other errors are returned.
pub fn rate(target: MathResult, cap: Real, previous: Option<Real>, alpha: Real) -> MathResult {
	let target = match target {
		Err(MathError::Overflow) => cap,
		other => other?,
	};
	ema(alpha, target.min(cap), previous)
}

/// The emission of a month: `rate * staked` in planck, rounded down (S 15.3).
pub fn monthly_emission(rate: Real, staked: u128) -> MathResult<u128> {
	mul_floor(staked, rate)
}

/// The emission of a block: that of a month over its blocks, rounded down (S 15.3).
///
/// [`MathError::DivisionByZero`] if a month has no blocks.
pub fn block_emission(monthly: u128, blocks_per_month: u64) -> MathResult<u128> {
	monthly.checked_div(blocks_per_month.into()).ok_or(MathError::DivisionByZero)
}

/// The tokens minted and emitted in a block (S 15.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockIssue {
	/// The tokens to mint into the pot, in planck.
	pub minted: u128,
	/// The tokens that the pot pays out, in planck: the block's emission, or less if the supply is
	/// exhausted.
	pub emitted: u128,
}

/// The issue of a block: the pot pays first, then tokens are minted while supply lasts (S 15.4).
///
/// `pot` is the balance of the ecosystem pot and `mintable` the amount that may still be minted.
pub fn block_issue(block_emission: u128, pot: u128, mintable: u128) -> BlockIssue {
	let minted = block_emission.saturating_sub(pot).min(mintable);
	BlockIssue { minted, emitted: pot.saturating_add(minted).min(block_emission) }
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn tokens_unlock_from_month_twelve_to_month_thirty_six() {
		assert_eq!(locked(3600, 11, 1), 3600);
		assert_eq!(locked(3600, 12, 1), 2400);
		assert_eq!(locked(3600, 35, 1), 100);
		assert_eq!(locked(3600, 36, 1), 0);
		assert_eq!(locked(3600, u64::MAX, 1), 0);
		assert_eq!(locked(u128::MAX, 12, 1), u128::MAX - u128::MAX / 3);
	}

	#[test]
	fn tokens_unlock_within_a_month_too() {
		assert_eq!(locked(3600, 1199, 100), 3600);
		assert_eq!(locked(3600, 1250, 100), 2350);
		assert_eq!(locked(3600, 3599, 100), 1);
		assert_eq!(locked(0, 0, 100), 0);
	}

	#[test]
	fn pot_pays_before_anything_is_minted() {
		assert_eq!(block_issue(10, 12, 100), BlockIssue { minted: 0, emitted: 10 });
		assert_eq!(block_issue(10, 4, 100), BlockIssue { minted: 6, emitted: 10 });
		assert_eq!(block_issue(10, 4, 1), BlockIssue { minted: 1, emitted: 5 });
		assert_eq!(block_issue(0, 0, 0), BlockIssue { minted: 0, emitted: 0 });
	}

	#[test]
	fn target_that_overflows_is_capped() {
		let target = target_rate(Real::ONE, u128::MAX, 1, 1, 1);
		assert_eq!(target, Err(MathError::Overflow));
		let cap = Real::ONE / 50;
		assert_eq!(rate(target, cap, None, Real::ONE / 8), Ok(cap));
		assert_eq!(target_rate(Real::ONE, 1, 0, 1, 1), Ok(Real::ZERO));
		assert_eq!(rate(Err(MathError::Domain), cap, None, cap), Err(MathError::Domain));
	}

	#[test]
	fn emission_of_a_month_is_divided_by_its_blocks() {
		assert_eq!(block_emission(100, 0), Err(MathError::DivisionByZero));
		assert_eq!(block_emission(monthly_emission(Real::ONE / 2, 11).unwrap(), 2), Ok(2));
	}
}
