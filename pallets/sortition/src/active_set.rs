//! The active set of an epoch: bounded and sorted by merit. A stronger submission displaces the
//! weakest member, and a lot decides between members of equal merit (S 7.4).

use allora_primitives::{EpochId, Role, Stored, TopicId};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
	defensive,
	traits::{Get, Randomness},
	BoundedVec, CloneNoBound, DebugNoBound, DefaultNoBound, EqNoBound, PartialEqNoBound,
};
use scale_info::TypeInfo;
use sp_arithmetic::FixedI128;
use sp_core::H256;
use sp_io::hashing::blake2_128;

/// The maximum number of transactions free of the fee per seat of a role and epoch (S 1.2).
pub const FREE_PER_SEAT: u32 = 2;

/// An account in an active set, with the merit that it entered with and its payload.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Member<AccountId, Payload> {
	/// The account.
	pub account: AccountId,
	/// Its merit at the time of its submission: the smoothed score of a worker, the authority times
	/// the listening coefficient of a reputer.
	pub merit: FixedI128,
	/// What it submitted.
	pub payload: Payload,
}

/// The active accounts of a role in one epoch and their payloads, the weakest first.
///
/// Members are sorted by ascending merit, and those of equal merit by ascending lot, so that the
/// order of submissions does not matter. The caller ensures that an account enters at most once.
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
pub struct ActiveSet<AccountId: Stored, Payload: Stored, Bound: Get<u32>> {
	/// The seed of the epoch's lots.
	seed: H256,
	/// The members, the weakest first.
	members: BoundedVec<Member<AccountId, Payload>, Bound>,
	/// The number of accounts that have taken a seat, those that lost it included.
	taken: u32,
}

/// All seats are taken by members that are no weaker; the set did not change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoSeat {
	/// The lowest merit in the set; the account's own if the set has no seats.
	pub lowest: FixedI128,
}

/// The seed of the lots of a role in an epoch of a topic, from the randomness at hand.
///
/// An epoch has one seed: that of its first submission, which the set keeps. So an account has the
/// same lot whenever it submits.
pub fn seed_of_lots<Source: Randomness<H256, BlockNumber>, BlockNumber>(
	topic: TopicId,
	epoch: EpochId,
	role: Role,
) -> H256 {
	(b"seats", topic, epoch, role).using_encoded(|subject| Source::random(subject).0)
}

impl<AccountId: Stored + Encode, Payload: Stored, Bound: Get<u32>>
	ActiveSet<AccountId, Payload, Bound>
{
	/// The set, with this seed of the lots if it has no members yet.
	pub fn or_seeded(mut self, seed: impl FnOnce() -> H256) -> Self {
		if self.is_empty() {
			self.seed = seed();
		}
		self
	}

	/// Enters an account that is not in the set yet, with a copy of its payload. Returns the member
	/// that lost its seat, if all were taken.
	///
	/// `seats` is the topic's size of the set; the type's bound limits it.
	pub fn insert(
		&mut self,
		account: &AccountId,
		merit: FixedI128,
		payload: &Payload,
		seats: u32,
	) -> Result<Option<Member<AccountId, Payload>>, NoSeat> {
		let seats = seats.min(Bound::get()) as usize;
		let lot = self.lot(account);
		let is_weaker = |member: &Member<AccountId, Payload>| {
			member.merit < merit || (member.merit == merit && self.lot(&member.account) < lot)
		};
		// At most one hash for each halving of the members.
		let weaker = self.members.partition_point(is_weaker);
		let full = self.members.len() >= seats;
		if full && weaker == 0 {
			let lowest = self.members.first().map_or(merit, |weakest| weakest.merit);
			return Err(NoSeat { lowest });
		}
		// A weaker member exists, so that the first one does.
		let displaced = full.then(|| self.members.remove(0));
		let at = weaker.saturating_sub(usize::from(full));
		let member = Member { account: account.clone(), merit, payload: payload.clone() };
		if self.members.try_insert(at, member).is_err() {
			// There is room: the set was below its bound, or lost a member just now.
			defensive!("no room in an active set below its bound");
		}
		self.taken = self.taken.saturating_add(1);
		Ok(displaced)
	}

	/// Whether the members are sorted by ascending merit and lot, and no account is in the set
	/// twice.
	pub fn is_sorted(&self) -> bool {
		let rank = |member: &Member<AccountId, Payload>| (member.merit, self.lot(&member.account));
		self.members.is_sorted_by_key(rank)
			&& self.members.iter().enumerate().all(|(at, member)| {
				!self.members.iter().take(at).any(|other| other.account == member.account)
			})
	}

	/// The account's lot in the epoch; of equal merit, the higher lot is the stronger.
	fn lot(&self, account: &AccountId) -> u128 {
		u128::from_be_bytes((self.seed, account).using_encoded(blake2_128))
	}
}

impl<AccountId: Stored, Payload: Stored, Bound: Get<u32>> ActiveSet<AccountId, Payload, Bound> {
	/// The members, the weakest first.
	pub fn members(&self) -> &[Member<AccountId, Payload>] {
		&self.members
	}

	/// Returns the members, the weakest first.
	pub fn into_members(self) -> BoundedVec<Member<AccountId, Payload>, Bound> {
		self.members
	}

	/// The accounts of the members, the weakest first.
	pub fn accounts(&self) -> impl Iterator<Item = &AccountId> {
		self.members.iter().map(|member| &member.account)
	}

	/// The account's member, if it is in the set.
	pub fn member(&self, account: &AccountId) -> Option<&Member<AccountId, Payload>> {
		self.members.iter().find(|member| member.account == *account)
	}

	/// The number of members.
	pub fn len(&self) -> usize {
		self.members.len()
	}

	/// The number of accounts that have taken a seat, those that lost it included.
	pub fn taken(&self) -> u32 {
		self.taken
	}

	/// Whether the set has no members.
	pub fn is_empty(&self) -> bool {
		self.members.is_empty()
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use alloc::vec::Vec;
	use frame_support::traits::ConstU32;

	type Set = ActiveSet<u64, (), ConstU32<3>>;

	fn merit(value: i32) -> FixedI128 {
		FixedI128::from(i128::from(value))
	}

	fn member(account: u64, value: i32) -> Member<u64, ()> {
		Member { account, merit: merit(value), payload: () }
	}

	/// Enters an account into a set of this many seats.
	fn insert(
		set: &mut Set,
		account: u64,
		value: i32,
		seats: u32,
	) -> Result<Option<Member<u64, ()>>, NoSeat> {
		set.insert(&account, merit(value), &(), seats)
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

	/// A set with this seed in which these accounts, all of merit 0, compete for two seats.
	fn drawn(seed: u8, accounts: &[u64]) -> Set {
		let mut set = Set::default().or_seeded(|| H256::repeat_byte(seed));
		for account in accounts {
			let _ = insert(&mut set, *account, 0, 2);
		}
		set
	}

	#[test]
	fn tie_does_not_depend_on_the_order_of_submissions() {
		for seed in 0..50 {
			let expected = order(&drawn(seed, &[1, 2, 3, 4]));
			for accounts in [[4, 3, 2, 1], [2, 1, 4, 3], [3, 1, 4, 2]] {
				assert_eq!(order(&drawn(seed, &accounts)), expected);
			}
		}
	}

	#[test]
	fn higher_lot_displaces_an_equal_member_and_the_lowest_finds_no_seat() {
		let set = drawn(7, &[]);
		let mut ranked = [1, 2, 3];
		ranked.sort_by_key(|account| set.lot(account));
		let [low, middle, high] = ranked;
		let mut set = drawn(7, &[low, middle]);
		assert_eq!(insert(&mut set, high, 0, 2), Ok(Some(member(low, 0))));
		let mut set = drawn(7, &[middle, high]);
		assert_eq!(insert(&mut set, low, 0, 2), Err(NoSeat { lowest: merit(0) }));
		assert_eq!(order(&set), [middle, high]);
	}

	#[test]
	fn seed_stays_while_there_are_members() {
		let set = drawn(7, &[1]).or_seeded(|| H256::repeat_byte(8));
		assert_eq!(set.seed, H256::repeat_byte(7));
	}

	/// In 10 000 epochs each of five equal accounts has one of two seats as often as is fair,
	/// within three standard deviations.
	#[test]
	fn each_of_equal_accounts_holds_its_fair_share_of_seats() {
		let accounts = [1, 2, 3, 4, 5];
		let mut held = [0u32; 5];
		for epoch in 0..10_000u32 {
			let seed = H256::from(epoch.using_encoded(sp_io::hashing::blake2_256));
			let mut set = Set::default().or_seeded(|| seed);
			for account in accounts {
				let _ = insert(&mut set, account, 0, 2);
			}
			for (held, account) in held.iter_mut().zip(accounts) {
				*held += u32::from(set.member(&account).is_some());
			}
		}
		// 4 000, and the root of 10 000 * 2/5 * 3/5 is 49.
		assert!(held.iter().all(|held| held.abs_diff(4_000) < 3 * 49), "{held:?}");
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
		assert_eq!(insert(&mut set, 3, 0, 2), Err(NoSeat { lowest: merit(1) }));
		assert_eq!(set.len(), 2);
	}

	#[test]
	fn bound_limits_the_seats() {
		let mut set = set(&[(1, 1), (2, 2), (3, 3)]);
		assert_eq!(insert(&mut set, 4, 0, 100), Err(NoSeat { lowest: merit(1) }));
	}

	#[test]
	fn set_without_seats_returns_the_accounts_own_merit() {
		let mut set = Set::default();
		assert_eq!(insert(&mut set, 1, 7, 0), Err(NoSeat { lowest: merit(7) }));
		assert!(set.is_empty());
	}
}
