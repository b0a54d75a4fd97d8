//! The active set of an epoch: bounded and sorted by smoothed score. A stronger submission
//! displaces the weakest member (S 7.4).

use allora_primitives::Stored;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
	defensive, traits::Get, BoundedVec, CloneNoBound, DebugNoBound, DefaultNoBound, EqNoBound,
	PartialEqNoBound,
};
use scale_info::TypeInfo;
use sp_arithmetic::FixedI128;

/// An account in an active set, with the smoothed score it entered with and its payload.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Member<AccountId, Payload> {
	/// The account.
	pub account: AccountId,
	/// Its smoothed score at the time of its submission.
	pub score: FixedI128,
	/// What it submitted.
	pub payload: Payload,
}

/// The active accounts of a role in one epoch and their payloads, the weakest first.
///
/// Members are sorted by ascending score. On equal scores the earlier submission is the stronger:
/// it comes after the later ones, and only a strictly greater score displaces a member. The caller
/// ensures that an account enters at most once.
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

/// All seats are taken by members that are no weaker; the set did not change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoSeat {
	/// The lowest score in the set; the account's own if the set has no seats.
	pub lowest: FixedI128,
}

impl<AccountId: Stored, Payload: Stored, Bound: Get<u32>> ActiveSet<AccountId, Payload, Bound> {
	/// Enters an account that is not in the set yet, with a copy of its payload. Returns the member
	/// that lost its seat, if all were taken.
	///
	/// `seats` is the topic's size of the set; the type's bound limits it.
	pub fn insert(
		&mut self,
		account: &AccountId,
		score: FixedI128,
		payload: &Payload,
		seats: u32,
	) -> Result<Option<Member<AccountId, Payload>>, NoSeat> {
		let seats = seats.min(Bound::get()) as usize;
		let mut displaced = None;
		if self.0.len() >= seats {
			match self.0.first() {
				Some(weakest) if score > weakest.score => {
					displaced = Some(self.0.remove(0));
				}
				weakest => {
					let lowest = weakest.map_or(score, |weakest| weakest.score);
					return Err(NoSeat { lowest });
				}
			}
		}
		// Before members with the same score: the earlier submission is the stronger one.
		let at = self.0.partition_point(|other| other.score < score);
		let member = Member { account: account.clone(), score, payload: payload.clone() };
		if self.0.try_insert(at, member).is_err() {
			// There is room: the set was below its bound, or lost a member just now.
			defensive!("no room in an active set below its bound");
		}
		Ok(displaced)
	}

	/// The members, the weakest first.
	pub fn members(&self) -> &[Member<AccountId, Payload>] {
		&self.0
	}

	/// Returns the members, the weakest first.
	pub fn into_members(self) -> BoundedVec<Member<AccountId, Payload>, Bound> {
		self.0
	}

	/// The account's member, if it is in the set.
	pub fn member(&self, account: &AccountId) -> Option<&Member<AccountId, Payload>> {
		self.0.iter().find(|member| member.account == *account)
	}

	/// The number of members.
	pub fn len(&self) -> usize {
		self.0.len()
	}

	/// Whether the set has no members.
	pub fn is_empty(&self) -> bool {
		self.0.is_empty()
	}

	/// Whether the members are sorted by ascending score and no account is in the set twice.
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

	/// Enters an account into a set of this many seats.
	fn insert(
		set: &mut Set,
		account: u64,
		value: i32,
		seats: u32,
	) -> Result<Option<Member<u64, ()>>, NoSeat> {
		set.insert(&account, score(value), &(), seats)
	}

	fn set(entries: &[(u64, i32)]) -> Set {
		let mut set = Set::default();
		for (account, value) in entries {
			assert_eq!(insert(&mut set, *account, *value, 3), Ok(None));
		}
		set
	}

	fn order(set: &Set) -> Vec<u64> {
		assert!(set.is_sorted());
		set.members().iter().map(|member| member.account).collect()
	}

	#[test]
	fn members_are_sorted_weakest_first() {
		assert_eq!(order(&set(&[(1, 5), (2, -1), (3, 2)])), [2, 3, 1]);
	}

	#[test]
	fn later_of_equal_submissions_is_the_weaker() {
		let mut set = set(&[(1, 0), (2, 0), (3, 0)]);
		assert_eq!(order(&set), [3, 2, 1]);
		let weakest = member(3, 0);
		assert_eq!(insert(&mut set, 4, 1, 3), Ok(Some(weakest)));
		assert_eq!(order(&set), [2, 1, 4]);
	}

	#[test]
	fn equal_score_displaces_no_member() {
		let mut set = set(&[(1, 1), (2, 2), (3, 3)]);
		assert_eq!(insert(&mut set, 4, 1, 3), Err(NoSeat { lowest: score(1) }));
		assert_eq!(order(&set), [1, 2, 3]);
	}

	#[test]
	fn strongest_newcomer_displaces_the_weakest() {
		let mut set = set(&[(1, 1), (2, 2), (3, 3)]);
		let weakest = member(1, 1);
		assert_eq!(insert(&mut set, 4, 9, 3), Ok(Some(weakest)));
		assert_eq!(order(&set), [2, 3, 4]);
		assert_eq!((set.member(&4), set.member(&1)), (Some(&member(4, 9)), None));
	}

	#[test]
	fn seats_below_the_bound_limit_the_set() {
		let mut set = set(&[(1, 1), (2, 2)]);
		assert_eq!(insert(&mut set, 3, 0, 2), Err(NoSeat { lowest: score(1) }));
		assert_eq!(set.len(), 2);
	}

	#[test]
	fn bound_limits_the_seats() {
		let mut set = set(&[(1, 1), (2, 2), (3, 3)]);
		assert_eq!(insert(&mut set, 4, 0, 100), Err(NoSeat { lowest: score(1) }));
	}

	#[test]
	fn set_without_seats_returns_the_accounts_own_score() {
		let mut set = Set::default();
		assert_eq!(insert(&mut set, 1, 7, 0), Err(NoSeat { lowest: score(7) }));
		assert!(set.is_empty());
	}
}
