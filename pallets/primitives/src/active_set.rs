//! Who is active in an epoch: a bounded set by smoothed score, in which a stronger submission
//! displaces the weakest (S 7.4).

use crate::EpochId;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
	defensive, traits::Get, BoundedVec, CloneNoBound, DebugNoBound, DefaultNoBound, EqNoBound,
	PartialEqNoBound,
};
use scale_info::TypeInfo;
use sp_arithmetic::FixedI128;

/// An account in an active set, with the smoothed score it entered with.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Member<AccountId> {
	/// Who.
	pub account: AccountId,
	/// Its smoothed score at the time of its submission.
	pub score: FixedI128,
}

/// The active accounts of a role in one epoch, the weakest first.
///
/// Members stand by ascending score. On equal scores the earlier submission is the stronger: it
/// stands behind the later ones, and a newcomer needs a strictly greater score to displace anyone.
/// The caller sees to it that an account enters at most once.
#[derive(
	CloneNoBound,
	DebugNoBound,
	PartialEqNoBound,
	EqNoBound,
	DefaultNoBound,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
#[codec(mel_bound(AccountId: MaxEncodedLen))]
#[scale_info(skip_type_params(Bound))]
pub struct ActiveSet<AccountId: Clone + core::fmt::Debug + PartialEq + Eq, Bound: Get<u32>>(
	BoundedVec<Member<AccountId>, Bound>,
);

/// What became of an attempt to enter an [`ActiveSet`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Insertion<AccountId> {
	/// There was room.
	Joined,
	/// The set was full and its weakest member had to go.
	Displaced(Member<AccountId>),
	/// The set was full of members that are no weaker; it did not change.
	Passive {
		/// The lowest score in the set; the newcomer's own if the set takes nobody.
		lowest: FixedI128,
	},
}

impl<AccountId: Clone + core::fmt::Debug + PartialEq + Eq, Bound: Get<u32>>
	ActiveSet<AccountId, Bound>
{
	/// Enters an account that is not in the set yet; `limit` is the topic's size of the set, of
	/// which at most the type's bound counts.
	pub fn insert(
		&mut self,
		account: AccountId,
		score: FixedI128,
		limit: u32,
	) -> Insertion<AccountId> {
		let limit = limit.min(Bound::get()) as usize;
		let mut displaced = None;
		if self.0.len() >= limit {
			match self.0.first() {
				Some(weakest) if score > weakest.score => displaced = Some(self.0.remove(0)),
				weakest => {
					let lowest = weakest.map_or(score, |weakest| weakest.score);
					return Insertion::Passive { lowest };
				}
			}
		}
		// Before its equals: the earlier submission is the stronger one.
		let at = self.0.partition_point(|member| member.score < score);
		if self.0.try_insert(at, Member { account, score }).is_err() {
			// There is room: the set was below its bound, or lost a member just now.
			defensive!("no room in an active set below its bound");
		}
		displaced.map_or(Insertion::Joined, Insertion::Displaced)
	}

	/// The members, the weakest first.
	pub fn members(&self) -> &[Member<AccountId>] {
		&self.0
	}

	/// The score with which the account is in the set, if it is.
	pub fn score_of(&self, account: &AccountId) -> Option<FixedI128> {
		self.0.iter().find(|member| member.account == *account).map(|member| member.score)
	}

	/// How many members the set has.
	pub fn len(&self) -> usize {
		self.0.len()
	}

	/// Whether nobody is in the set.
	pub fn is_empty(&self) -> bool {
		self.0.is_empty()
	}

	/// Whether the members stand by ascending score and each account only once.
	pub fn is_sorted(&self) -> bool {
		let ascending = self.0.iter().zip(self.0.iter().skip(1)).all(|(a, b)| a.score <= b.score);
		let unique = self.0.iter().enumerate().all(|(at, member)| {
			!self.0.iter().take(at).any(|other| other.account == member.account)
		});
		ascending && unique
	}
}

/// What became of an account's submission in a role and epoch.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub enum Outcome<AccountId> {
	/// It is in the active set.
	#[codec(index = 0)]
	Accepted,
	/// The active set was full of accounts with no lower scores; the payload was not kept.
	#[codec(index = 1)]
	Passive {
		/// The smoothed score with which it came.
		score: FixedI128,
		/// The lowest score in the active set, which would have had to be exceeded.
		lowest: FixedI128,
	},
	/// It was in the active set until a stronger submission came; the payload was dropped.
	#[codec(index = 2)]
	Displaced {
		/// The smoothed score that was too low.
		score: FixedI128,
		/// Whose submission was stronger.
		by: AccountId,
		/// The score of that submission.
		by_score: FixedI128,
	},
	/// It declared openly that it does not report in this epoch; only reputers can.
	#[codec(index = 3)]
	Abstained,
}

/// A smoothed score and the epoch that changed it last.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct ScoreEma {
	/// The exponential moving average of the instant scores (S 7.5).
	pub score: FixedI128,
	/// The epoch of the last instant score.
	pub epoch: EpochId,
}

#[cfg(test)]
mod tests {
	use super::*;
	use alloc::vec::Vec;
	use frame_support::traits::ConstU32;

	type Set = ActiveSet<u64, ConstU32<3>>;

	fn score(value: i32) -> FixedI128 {
		FixedI128::from(i128::from(value))
	}

	fn set(entries: &[(u64, i32)]) -> Set {
		let mut set = Set::default();
		for (account, value) in entries {
			assert_eq!(set.insert(*account, score(*value), 3), Insertion::Joined);
		}
		set
	}

	fn order(set: &Set) -> Vec<u64> {
		assert!(set.is_sorted());
		set.members().iter().map(|member| member.account).collect()
	}

	#[test]
	fn members_stand_weakest_first() {
		assert_eq!(order(&set(&[(1, 5), (2, -1), (3, 2)])), [2, 3, 1]);
	}

	#[test]
	fn later_of_equal_submissions_is_the_weaker() {
		let mut set = set(&[(1, 0), (2, 0), (3, 0)]);
		assert_eq!(order(&set), [3, 2, 1]);
		let weakest = Member { account: 3, score: score(0) };
		assert_eq!(set.insert(4, score(1), 3), Insertion::Displaced(weakest));
		assert_eq!(order(&set), [2, 1, 4]);
	}

	#[test]
	fn equal_score_displaces_nobody() {
		let mut set = set(&[(1, 1), (2, 2), (3, 3)]);
		assert_eq!(set.insert(4, score(1), 3), Insertion::Passive { lowest: score(1) });
		assert_eq!(order(&set), [1, 2, 3]);
	}

	#[test]
	fn strongest_newcomer_displaces_the_weakest() {
		let mut set = set(&[(1, 1), (2, 2), (3, 3)]);
		let weakest = Member { account: 1, score: score(1) };
		assert_eq!(set.insert(4, score(9), 3), Insertion::Displaced(weakest));
		assert_eq!(order(&set), [2, 3, 4]);
		assert_eq!((set.score_of(&4), set.score_of(&1)), (Some(score(9)), None));
	}

	#[test]
	fn topic_limit_below_the_bound_counts() {
		let mut set = set(&[(1, 1), (2, 2)]);
		assert_eq!(set.insert(3, score(0), 2), Insertion::Passive { lowest: score(1) });
		assert_eq!(set.len(), 2);
	}

	#[test]
	fn topic_limit_above_the_bound_does_not_count() {
		let mut set = set(&[(1, 1), (2, 2), (3, 3)]);
		assert_eq!(set.insert(4, score(0), 100), Insertion::Passive { lowest: score(1) });
	}

	#[test]
	fn set_that_takes_nobody_names_the_newcomers_score() {
		let mut set = Set::default();
		assert_eq!(set.insert(1, score(7), 0), Insertion::Passive { lowest: score(7) });
		assert!(set.is_empty());
	}
}
