//! The recent scores and smoothed shares of a topic, which each settlement reads and writes once.

use alloc::vec::Vec;
use allora_math::{rewards, MathError, MathResult, Real};
use allora_primitives::{FixedI128, MAX_FORECASTERS, MAX_INFERERS, MAX_REPUTERS};
use codec::{Decode, Encode, MaxEncodedLen};
use core::mem;
use frame_support::{traits::ConstU32, BoundedVec};
use scale_info::TypeInfo;
use sp_runtime::SaturatedConversion;

/// The number of recent scores kept per role and seat of the topic (S 13.1).
pub const SCORES_PER_SEAT: u32 = 10;
/// The maximum number of recent scores kept per role.
pub const MAX_SCORES: u32 = SCORES_PER_SEAT * MAX_INFERERS;
/// The number of smoothed shares kept per role and seat of the topic: as many of absent accounts as
/// of present ones.
pub const SHARES_PER_SEAT: u32 = 2;

/// The unit of a stored score in units of [`Real`]: a stored score has 12 fraction bits less.
const UNIT: i128 = 1 << 12;

/// Recent scores of a role, oldest first, in units of 2^-52.
///
/// A stored score takes half the bytes of a score. Scores are differences of losses of at most 1
/// 000 in magnitude, hence below 2^11. The rounding is negligible in their spread, which counts
/// only above the topic's epsilon of at least 1e-9.
pub type Scores = BoundedVec<i64, ConstU32<MAX_SCORES>>;
/// Smoothed shares of a role in units of 2^-64, ordered by the latest epoch of their owners, oldest
/// first. The maximum number stands for a share of one.
pub type Shares<AccountId, Seats> = BoundedVec<(AccountId, u64), Seats>;

type SharesOf<AccountId, const SEATS: u32> = Shares<AccountId, ConstU32<SEATS>>;

/// The recent scores and smoothed shares of a topic.
///
/// Size: 8 bytes per recent score and 40 per share. With 32 inferers, 6 forecasters and 6 reputers,
/// and as many absent accounts as present ones, that is 3 kB of scores and 3.5 kB of shares; 7.7 kB
/// at most. Sums cannot replace the scores, since scores that leave the window must be known.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Memory<AccountId> {
	/// The recent scores of inferers, whose spread scales the inferers' rewards (S 13.1).
	pub inferer_scores: Scores,
	/// The recent scores of forecasters.
	pub forecaster_scores: Scores,
	/// The smoothed shares of inferers, from which their entropy is computed (S 13.3).
	pub inferer_shares: SharesOf<AccountId, { SHARES_PER_SEAT * MAX_INFERERS }>,
	/// The smoothed shares of forecasters.
	pub forecaster_shares: SharesOf<AccountId, { SHARES_PER_SEAT * MAX_FORECASTERS }>,
	/// The smoothed shares of reputers.
	pub reputer_shares: SharesOf<AccountId, { SHARES_PER_SEAT * MAX_REPUTERS }>,
	/// The smoothed ratio of the forecasters' score to the inferers' (tau, S 13.4); 0 at first.
	pub score_ratio: FixedI128,
}

impl<AccountId> Default for Memory<AccountId> {
	fn default() -> Self {
		Self {
			inferer_scores: BoundedVec::new(),
			forecaster_scores: BoundedVec::new(),
			inferer_shares: BoundedVec::new(),
			forecaster_shares: BoundedVec::new(),
			reputer_shares: BoundedVec::new(),
			score_ratio: FixedI128::default(),
		}
	}
}

/// A score as it is stored, rounded to nearest; [`MathError::Overflow`] if it is 2^11 or more.
pub fn packed_score(score: Real) -> MathResult<i64> {
	let rounded = score.to_bits().checked_add(UNIT / 2).ok_or(MathError::Overflow)?;
	i64::try_from(rounded.div_euclid(UNIT)).map_err(|_| MathError::Overflow)
}

/// A share in [0, 1] as it is stored; [`MathError::Domain`] if it is negative.
pub fn packed_share(share: Real) -> MathResult<u64> {
	let bits = u128::try_from(share.to_bits()).map_err(|_| MathError::Domain)?;
	// One would need a 65th bit, so the maximum number stands for it.
	Ok(bits.saturated_into())
}

/// Adds an epoch's scores to the recent ones and keeps the newest `kept`. Returns these, newest
/// first.
pub(crate) fn record_scores(
	recent: &mut Scores,
	latest: &[Real],
	kept: u32,
) -> MathResult<Vec<Real>> {
	let mut all = mem::take(recent).into_inner();
	for score in latest {
		all.push(packed_score(*score)?);
	}
	let excess = all.len().saturating_sub(kept.min(MAX_SCORES).saturated_into());
	all.drain(..excess);
	*recent = Scores::truncate_from(all);
	// A 64-bit number times 2^12 is within 128 bits.
	let unpacked = |score: &i64| Real::from_bits(i128::from(*score).saturating_mul(UNIT));
	Ok(recent.iter().rev().map(unpacked).collect())
}

/// Smooths the shares of a class over the epochs, and stores up to `kept` of the results (S 13.3).
///
/// Shares of absent accounts are kept until the list is full. Then the shares of the accounts that
/// took part longest ago are dropped; such an account starts anew when it returns. An account has
/// one share.
pub(crate) fn smooth_shares<
	AccountId: Clone + PartialEq,
	Seats: frame_support::traits::Get<u32>,
>(
	stored: &mut Shares<AccountId, Seats>,
	accounts: &[&AccountId],
	shares: &[Real],
	alpha: Real,
	kept: u32,
) -> MathResult<Vec<Real>> {
	if accounts.is_empty() {
		return Ok(Vec::new());
	}
	let known = mem::take(stored).into_inner();
	let share_of = |who: &&AccountId| {
		let found = known.iter().find(|(account, _)| account == *who);
		found.map(|(_, share)| Real::from_bits(i128::from(*share)))
	};
	let previous: Vec<_> = accounts.iter().map(share_of).collect();
	let smoothed = rewards::smooth_fractions(shares, &previous, alpha)?;

	let absent = known.into_iter().filter(|(account, _)| !accounts.contains(&account));
	let mut all: Vec<_> = absent.collect();
	for (account, share) in accounts.iter().zip(&smoothed) {
		all.push(((*account).clone(), packed_share(*share)?));
	}
	let excess = all.len().saturating_sub(kept.min(Seats::get()).saturated_into());
	all.drain(..excess);
	*stored = Shares::truncate_from(all);
	Ok(smoothed)
}
