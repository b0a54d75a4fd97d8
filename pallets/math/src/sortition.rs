//! Smoothed scores, by which participants are admitted (S 7.4, 7.5).

use crate::{
	arith::{mul, sub},
	convert::{from_fixed, to_fixed},
	stats::{ema, ema_n, minimum, quantile, std_dev},
	MathError, MathResult, Real,
};
use sp_arithmetic::FixedI128;

/// The lowest initial score: that of the lowest instant score, which is a difference of two losses
/// of at most 1000 in magnitude (S 7.4).
pub const MIN_INITIAL_SCORE: Real = Real::from_bits(-2000 << 64);

/// The initial score of newcomers: `min(E) - lambda sigma(E)` over the last active set (S 7.4).
///
/// It is 0 if the set is empty, and the score of a single actor. `lambda` is 2 by default. It is at
/// least [`MIN_INITIAL_SCORE`]: without a bound it could fall to more than twice its value with
/// each newcomer, since the newcomer's own score widens the spread.
pub fn initial_score(active: &[Real], lambda: Real) -> MathResult {
	match active {
		[] => Ok(Real::ZERO),
		[only] => Ok(*only),
		_ => {
			let initial = sub(minimum(active)?, mul(lambda, std_dev(active)?)?)?;
			Ok(initial.max(MIN_INITIAL_SCORE))
		}
	}
}

/// The number of epochs that an actor missed: `(start - 1 - last) / length + 1`, or 0 if it has
/// been updated since `start` (S 7.4).
///
/// `start` is the first slot of the previous epoch, `last` the slot of the actor's last update, and
/// `length` the epoch length in slots. [`MathError::DivisionByZero`] if `length` is zero and epochs
/// were missed.
pub fn missed_epochs(start: u64, last: u64, length: u64) -> MathResult<u64> {
	match start.checked_sub(last) {
		None | Some(0) => Ok(0),
		Some(late) => late
			.saturating_sub(1)
			.checked_div(length)
			.map(|missed| missed.saturating_add(1))
			.ok_or(MathError::DivisionByZero),
	}
}

/// An actor's score after missed epochs, each of which pulls it toward the initial score (S 7.4).
///
/// `alpha` is the topic's merit alpha. [`MathError::Domain`] if it is outside [0, 1].
pub fn liveness(alpha: Real, initial: Real, score: Real, missed: u64) -> MathResult {
	ema_n(alpha, initial, score, u32::try_from(missed).unwrap_or(u32::MAX))
}

/// The score of a passive actor, pulled toward the stored quantile (S 7.4).
///
/// [`MathError::Domain`] for `alpha` outside [0, 1].
pub fn pull_to_quantile(alpha: Real, quantile: Real, score: Real) -> MathResult {
	ema(alpha, quantile, Some(score))
}

/// The score of an active actor after an epoch; without a previous one, the instant score (S 7.5).
///
/// [`MathError::Domain`] for `alpha` outside [0, 1].
pub fn update_score(alpha: Real, instant: Real, previous: Option<Real>) -> MathResult {
	ema(alpha, instant, previous)
}

/// [`update_score`] of stored decimals, rounded to 18 decimals.
pub fn update_stored_score(
	alpha: FixedI128,
	instant: FixedI128,
	previous: Option<FixedI128>,
) -> MathResult<FixedI128> {
	let previous = previous.map(from_fixed).transpose()?;
	to_fixed(update_score(from_fixed(alpha)?, from_fixed(instant)?, previous)?)
}

/// The quantile to store for the next epoch, over the updated scores of the active set (S 7.5).
///
/// It is 0 if the set is empty. [`MathError::Domain`] for `q` outside [0, 1].
pub fn active_quantile(scores: &[Real], q: Real) -> MathResult {
	if scores.is_empty() {
		return Ok(Real::ZERO);
	}
	quantile(scores, q)
}
