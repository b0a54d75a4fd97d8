//! What the settlements of a topic remember, in one item, which each of them reads and writes once.

use crate::claims::ClaimBook;
use alloc::vec::Vec;
use allora_math::{rewards, MathError, MathResult, Real};
use allora_primitives::{FixedI128, MAX_FORECASTERS, MAX_INFERERS, MAX_REPUTERS};
use codec::{Decode, Encode, MaxEncodedLen};
use core::mem;
use frame_support::{
	traits::{ConstU32, Get},
	BoundedVec,
};
use scale_info::TypeInfo;
use sp_runtime::SaturatedConversion;

/// The number of recent scores kept per role and seat of the topic (S 13.1).
pub const SCORES_PER_SEAT: u32 = 10;
/// The maximum number of recent scores kept per role.
pub const MAX_SCORES: u32 = SCORES_PER_SEAT * MAX_INFERERS;
/// The number of accounts that are remembered per role and seat of the topic: as many absent ones
/// as present ones.
pub const ACCOUNTS_PER_SEAT: u32 = 2;

/// The unit of a stored score in units of [`Real`]: a stored score has 12 fraction bits less.
const UNIT: i128 = 1 << 12;

/// Recent scores of a role, oldest first, in units of 2^-52.
///
/// A stored score takes half the bytes of a score. Scores are differences of losses of at most 1
/// 000 in magnitude, hence below 2^11. The rounding is negligible in their spread, which counts
/// only above the topic's epsilon of at least 1e-9.
pub type Scores = BoundedVec<i64, ConstU32<MAX_SCORES>>;
/// What is remembered of the accounts of a role with this many seats, ordered by the latest epoch
/// in which they took part, oldest first.
pub type Known<AccountId, Entry, Bound> = BoundedVec<(AccountId, Entry), Bound>;
/// The bound of [`Known`] for inferers.
pub type KnownInferers = ConstU32<{ ACCOUNTS_PER_SEAT * MAX_INFERERS }>;
/// The bound of [`Known`] for forecasters.
pub type KnownForecasters = ConstU32<{ ACCOUNTS_PER_SEAT * MAX_FORECASTERS }>;
/// The bound of [`Known`] for reputers.
pub type KnownReputers = ConstU32<{ ACCOUNTS_PER_SEAT * MAX_REPUTERS }>;

/// What the settlements of a topic remember, by the rule of its latest epoch. If the rule changes,
/// it starts anew.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub enum Memory<AccountId> {
	/// Under the regret rule, which pays by scores (S 13.1 to 13.5).
	#[codec(index = 0)]
	Scores(ScoreMemory<AccountId>),
	/// Under the mixture rule, which pays by claims (S 13.9).
	#[codec(index = 1)]
	Claims(ClaimBook<AccountId>),
}

impl<AccountId> Default for Memory<AccountId> {
	fn default() -> Self {
		Self::Claims(ClaimBook::default())
	}
}

impl<AccountId> Memory<AccountId> {
	/// The recent scores and smoothed shares; none under the mixture rule.
	pub fn into_scores(self) -> ScoreMemory<AccountId> {
		match self {
			Self::Scores(scores) => scores,
			Self::Claims(_) => ScoreMemory::default(),
		}
	}

	/// The claims; none under the regret rule.
	pub fn into_claims(self) -> ClaimBook<AccountId> {
		match self {
			Self::Claims(claims) => claims,
			Self::Scores(_) => ClaimBook::default(),
		}
	}
}

/// The recent scores and smoothed shares of a topic.
///
/// Size: 8 bytes per recent score and 40 per share. With 32 inferers, 6 forecasters and 6 reputers,
/// and as many absent accounts as present ones, that is 3 kB of scores and 3.5 kB of shares; 7.7 kB
/// at most. Sums cannot replace the scores, since scores that leave the window must be known.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct ScoreMemory<AccountId> {
	/// The recent scores of inferers, whose spread scales the inferers' rewards (S 13.1).
	pub inferer_scores: Scores,
	/// The recent scores of forecasters.
	pub forecaster_scores: Scores,
	/// The smoothed shares of inferers, from which their entropy is computed (S 13.3), in units of
	/// 2^-64. The maximum number stands for a share of one.
	pub inferer_shares: Known<AccountId, u64, KnownInferers>,
	/// The smoothed shares of forecasters.
	pub forecaster_shares: Known<AccountId, u64, KnownForecasters>,
	/// The smoothed shares of reputers.
	pub reputer_shares: Known<AccountId, u64, KnownReputers>,
	/// The smoothed ratio of the forecasters' score to the inferers' (tau, S 13.4); 0 at first.
	pub score_ratio: FixedI128,
}

impl<AccountId> Default for ScoreMemory<AccountId> {
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

/// A number in units of `UNIT` units of [`Real`], rounded to nearest; [`MathError::Overflow`] if it
/// does not fit.
pub(crate) fn packed<const UNIT: i128>(number: Real) -> MathResult<i64> {
	let rounded = number.to_bits().checked_add(UNIT / 2).ok_or(MathError::Overflow)?;
	i64::try_from(rounded.div_euclid(UNIT)).map_err(|_| MathError::Overflow)
}

/// The number that [`packed`] has stored; the unit is below 2^64.
pub(crate) fn unpacked<const UNIT: i128>(stored: i64) -> Real {
	// A 64-bit number times a unit is within 128 bits.
	Real::from_bits(i128::from(stored).saturating_mul(UNIT))
}

/// A score as it is stored, rounded to nearest; [`MathError::Overflow`] if it is 2^11 or more.
pub fn packed_score(score: Real) -> MathResult<i64> {
	packed::<UNIT>(score)
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
	Ok(recent.iter().rev().map(|score| unpacked::<UNIT>(*score)).collect())
}

/// What is remembered of an account, if it is known.
pub(crate) fn entry_of<'a, AccountId: PartialEq, Entry>(
	known: &'a [(AccountId, Entry)],
	who: &AccountId,
) -> Option<&'a Entry> {
	known.iter().find(|(account, _)| account == who).map(|(_, entry)| entry)
}

/// Remembers the members of an epoch, and of the absent accounts what `absent` makes of it.
///
/// Absent accounts are kept until the list has [`ACCOUNTS_PER_SEAT`] accounts per seat. Then those
/// that took part longest ago are dropped; such an account starts anew when it returns.
pub(crate) fn remember<AccountId: PartialEq, Entry, Bound: Get<u32>>(
	known: &mut Known<AccountId, Entry, Bound>,
	members: Vec<(AccountId, Entry)>,
	seats: u32,
	absent: impl Fn(&mut Entry) -> MathResult<()>,
) -> MathResult<()> {
	let mut all = mem::take(known).into_inner();
	all.retain(|(account, _)| entry_of(&members, account).is_none());
	all.iter_mut().try_for_each(|(_, entry)| absent(entry))?;
	all.extend(members);
	let kept = ACCOUNTS_PER_SEAT.saturating_mul(seats).min(Bound::get());
	let excess = all.len().saturating_sub(kept.saturated_into());
	all.drain(..excess);
	*known = Known::truncate_from(all);
	Ok(())
}

/// Smooths the shares of a class over the epochs, and stores the results (S 13.3).
pub(crate) fn smooth_shares<AccountId: Clone + PartialEq, Bound: Get<u32>>(
	stored: &mut Known<AccountId, u64, Bound>,
	accounts: &[&AccountId],
	shares: &[Real],
	alpha: Real,
	seats: u32,
) -> MathResult<Vec<Real>> {
	if accounts.is_empty() {
		return Ok(Vec::new());
	}
	let share_of =
		|who: &&AccountId| entry_of(stored, who).map(|share| Real::from_bits(i128::from(*share)));
	let previous: Vec<_> = accounts.iter().map(share_of).collect();
	let smoothed = rewards::smooth_fractions(shares, &previous, alpha)?;

	let members = accounts.iter().zip(&smoothed);
	let members = members
		.map(|(account, share)| Ok(((*account).clone(), packed_share(*share)?)))
		.collect::<MathResult<Vec<_>>>()?;
	remember(stored, members, seats, |_| Ok(()))?;
	Ok(smoothed)
}
