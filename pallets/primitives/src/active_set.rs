//! Who is active in an epoch: a bounded set by smoothed score, in which a stronger submission
//! displaces the weakest (S 7.4).

use crate::Stored;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
	defensive, traits::Get, BoundedVec, CloneNoBound, DebugNoBound, DefaultNoBound, EqNoBound,
	PartialEqNoBound,
};
use scale_info::TypeInfo;
use sp_arithmetic::FixedI128;

/// An account in an active set, with the smoothed score it entered with and what it sent.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Member<AccountId, Payload> {
	/// Who.
	pub account: AccountId,
	/// Its smoothed score at the time of its submission.
	pub score: FixedI128,
	/// What it submitted.
	pub payload: Payload,
}

/// The active accounts of a role in one epoch and their payloads, the weakest first.
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
#[codec(mel_bound(AccountId: MaxEncodedLen, Payload: MaxEncodedLen))]
#[scale_info(skip_type_params(Bound))]
pub struct ActiveSet<AccountId: Stored, Payload: Stored, Bound: Get<u32>>(
	BoundedVec<Member<AccountId, Payload>, Bound>,
);

/// What became of an attempt to enter an [`ActiveSet`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Insertion<AccountId, Payload> {
	/// There was room.
	Joined,
	/// The set was full and its weakest member had to go.
	Displaced(Member<AccountId, Payload>),
	/// The set was full of members that are no weaker; it did not change.
	Passive {
		/// The lowest score in the set; the newcomer's own if the set takes nobody.
		lowest: FixedI128,
	},
}

impl<AccountId: Stored, Payload: Stored, Bound: Get<u32>> ActiveSet<AccountId, Payload, Bound> {
	/// Enters an account that is not in the set yet; `limit` is the topic's size of the set, of
	/// which at most the type's bound counts.
	pub fn insert(
		&mut self,
		member: Member<AccountId, Payload>,
		limit: u32,
	) -> Insertion<AccountId, Payload> {
		let limit = limit.min(Bound::get()) as usize;
		let mut displaced = None;
		if self.0.len() >= limit {
			match self.0.first() {
				Some(weakest) if member.score > weakest.score => {
					displaced = Some(self.0.remove(0));
				}
				weakest => {
					let lowest = weakest.map_or(member.score, |weakest| weakest.score);
					return Insertion::Passive { lowest };
				}
			}
		}
		// Before its equals: the earlier submission is the stronger one.
		let at = self.0.partition_point(|other| other.score < member.score);
		if self.0.try_insert(at, member).is_err() {
			// There is room: the set was below its bound, or lost a member just now.
			defensive!("no room in an active set below its bound");
		}
		displaced.map_or(Insertion::Joined, Insertion::Displaced)
	}

	/// The members, the weakest first.
	pub fn members(&self) -> &[Member<AccountId, Payload>] {
		&self.0
	}

	/// The members, the weakest first, to be taken apart.
	pub fn into_members(self) -> BoundedVec<Member<AccountId, Payload>, Bound> {
		self.0
	}

	/// The account's member, if it is in the set.
	pub fn member(&self, account: &AccountId) -> Option<&Member<AccountId, Payload>> {
		self.0.iter().find(|member| member.account == *account)
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

#[cfg(test)]
mod tests {
	use super::*;
	use alloc::vec::Vec;
	use frame_support::traits::ConstU32;

	type Set = ActiveSet<u64, (), ConstU32<3>>;

	fn score(value: i32) -> FixedI128 {
		FixedI128::from(i128::from(value))
	}

	fn member(account: u64, value: i32) -> Member<u64, ()> {
		Member { account, score: score(value), payload: () }
	}

	fn set(entries: &[(u64, i32)]) -> Set {
		let mut set = Set::default();
		for (account, value) in entries {
			assert_eq!(set.insert(member(*account, *value), 3), Insertion::Joined);
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
		let weakest = member(3, 0);
		assert_eq!(set.insert(member(4, 1), 3), Insertion::Displaced(weakest));
		assert_eq!(order(&set), [2, 1, 4]);
	}

	#[test]
	fn equal_score_displaces_nobody() {
		let mut set = set(&[(1, 1), (2, 2), (3, 3)]);
		assert_eq!(set.insert(member(4, 1), 3), Insertion::Passive { lowest: score(1) });
		assert_eq!(order(&set), [1, 2, 3]);
	}

	#[test]
	fn strongest_newcomer_displaces_the_weakest() {
		let mut set = set(&[(1, 1), (2, 2), (3, 3)]);
		let weakest = member(1, 1);
		assert_eq!(set.insert(member(4, 9), 3), Insertion::Displaced(weakest));
		assert_eq!(order(&set), [2, 3, 4]);
		assert_eq!((set.member(&4), set.member(&1)), (Some(&member(4, 9)), None));
	}

	#[test]
	fn topic_limit_below_the_bound_counts() {
		let mut set = set(&[(1, 1), (2, 2)]);
		assert_eq!(set.insert(member(3, 0), 2), Insertion::Passive { lowest: score(1) });
		assert_eq!(set.len(), 2);
	}

	#[test]
	fn topic_limit_above_the_bound_does_not_count() {
		let mut set = set(&[(1, 1), (2, 2), (3, 3)]);
		assert_eq!(set.insert(member(4, 0), 100), Insertion::Passive { lowest: score(1) });
	}

	#[test]
	fn set_that_takes_nobody_names_the_newcomers_score() {
		let mut set = Set::default();
		assert_eq!(set.insert(member(1, 7), 0), Insertion::Passive { lowest: score(7) });
		assert!(set.is_empty());
	}
}
