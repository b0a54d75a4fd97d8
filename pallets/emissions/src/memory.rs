//! What settlement remembers of a topic: one item, read and written once an epoch.

use alloc::vec::Vec;
use allora_math::{rewards, MathError, MathResult, Real};
use allora_primitives::{FixedI128, MAX_FORECASTERS, MAX_INFERERS, MAX_REPUTERS};
use codec::{Decode, Encode, MaxEncodedLen};
use core::mem;
use frame_support::{traits::ConstU32, BoundedVec};
use scale_info::TypeInfo;
use sp_runtime::SaturatedConversion;

/// Recent scores that are kept of a role, in sizes of the topic's active set (S 13.1).
pub const SCORES_PER_SEAT: u32 = 10;
/// Most recent scores kept of a role.
pub const MAX_SCORES: u32 = SCORES_PER_SEAT * MAX_INFERERS;
/// Smoothed shares that are kept of a role, in sizes of the topic's active set: as many of those
/// who are absent as of those who are there.
pub const SHARES_PER_SEAT: u32 = 2;

/// The bits of a [`Real`] that a remembered score drops: 2^12 of them are one of its units.
const UNIT: i128 = 1 << 12;

/// Recent scores of a role, oldest first, in units of 2^-52.
///
/// That is half the bytes of the scores themselves. They are below 2^11, being differences of losses
/// of at most 1 000; what is rounded off counts for nothing in a spread that counts from the topic's
/// epsilon of at least 1e-9 on.
pub type Scores = BoundedVec<i64, ConstU32<MAX_SCORES>>;
/// Smoothed shares of a role in units of 2^-64, those whose owners took part longest ago first; one
/// is the largest number.
pub type Shares<AccountId, Seats> = BoundedVec<(AccountId, u64), Seats>;

type SharesOf<AccountId, const SEATS: u32> = Shares<AccountId, ConstU32<SEATS>>;

/// What settlement remembers of a topic.
///
/// 8 bytes a recent score and 40 a share: with 32 inferers, 6 forecasters and 6 reputers 3 KB of
/// scores and, as many being absent as present, 3.5 KB of shares; 7.7 KB at most. Sums in place of
/// the scores would not do: those that fall out of the window must be known.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Memory<AccountId> {
	/// Recent scores of inferers, by whose spread their rewards are measured (S 13.1).
	pub inferer_scores: Scores,
	/// Recent scores of forecasters.
	pub forecaster_scores: Scores,
	/// Smoothed shares of inferers, from which their entropy is computed (S 13.3).
	pub inferer_shares: SharesOf<AccountId, { SHARES_PER_SEAT * MAX_INFERERS }>,
	/// Smoothed shares of forecasters.
	pub forecaster_shares: SharesOf<AccountId, { SHARES_PER_SEAT * MAX_FORECASTERS }>,
	/// Smoothed shares of reputers.
	pub reputer_shares: SharesOf<AccountId, { SHARES_PER_SEAT * MAX_REPUTERS }>,
	/// How forecasters compare with inferers, smoothed (tau, S 13.4); 0 at first.
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

/// A score as it is remembered, to nearest; [`MathError::Overflow`] from 2^11 on.
pub fn packed_score(score: Real) -> MathResult<i64> {
	let rounded = score.to_bits().checked_add(UNIT / 2).ok_or(MathError::Overflow)?;
	i64::try_from(rounded.div_euclid(UNIT)).map_err(|_| MathError::Overflow)
}

/// A share in [0, 1] as it is remembered; [`MathError::Domain`] for a negative one.
pub fn packed_share(share: Real) -> MathResult<u64> {
	let bits = u128::try_from(share.to_bits()).map_err(|_| MathError::Domain)?;
	// One has a bit more than there is room for: the number next to it stands for it.
	Ok(bits.saturated_into())
}

/// Adds an epoch's scores to the recent ones and answers all of the newest `kept` of them, newest
/// first.
pub(crate) fn remember_scores(
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
	// 64 bits times 2^12 are far inside 128.
	let unpacked = |score: &i64| Real::from_bits(i128::from(*score).saturating_mul(UNIT));
	Ok(recent.iter().rev().map(unpacked).collect())
}

/// Smooths a class's shares over the epochs, and remembers up to `kept` of the results (S 13.3).
///
/// Those who are absent keep their place until the list is full; then those who took part longest
/// ago fall out, and begin anew when they come back. One share each account.
pub(crate) fn smooth_shares<
	AccountId: Clone + PartialEq,
	Seats: frame_support::traits::Get<u32>,
>(
	remembered: &mut Shares<AccountId, Seats>,
	accounts: &[&AccountId],
	shares: &[Real],
	alpha: Real,
	kept: u32,
) -> MathResult<Vec<Real>> {
	if accounts.is_empty() {
		return Ok(Vec::new());
	}
	let known = mem::take(remembered).into_inner();
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
	*remembered = Shares::truncate_from(all);
	Ok(smoothed)
}
