//! The standings of a role's recently active accounts, a bounded number in one item (S 7.5).

use crate::actor::ActorStore;
use allora_math::MathResult;
use allora_primitives::{EpochId, Stored};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
	defensive, traits::Get, BoundedVec, CloneNoBound, DebugNoBound, DefaultNoBound, EqNoBound,
	PartialEqNoBound,
};
use scale_info::TypeInfo;

/// An account in [`Places`].
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Entry<AccountId, Standing> {
	/// The account.
	pub account: AccountId,
	/// Its standing.
	pub standing: Standing,
	/// The newest epoch in whose active set it is, apart from the topic's newest epoch unless it took
	/// its place in that one; 0 if none is remembered.
	pub active: EpochId,
}

/// The standings of a topic's actors in a role.
///
/// Closing an epoch updates its active set by changing this one item. For that there are several
/// places per seat: an account that becomes active takes a place, and the entry that was active
/// longest ago moves to the actor's own record. As long as the epochs that await their scores have
/// together at most as many seats as there are places, every account to be scored has a place.
///
/// An account that has a place and takes a seat changes nothing here: the members of an epoch's
/// active set are recorded as active once a newer epoch receives its first submission. Until then
/// they keep their places because they are in the set.
///
/// The bound is a type parameter in the metadata, so each role needs a bound type of its own: some
/// clients distinguish types with the same path by one parameter only.
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
#[codec(mel_bound(AccountId: MaxEncodedLen, Standing: MaxEncodedLen))]
pub struct Places<AccountId: Stored, Standing: Stored, Bound: Get<u32>> {
	/// The newest epoch that received a submission; 0 before the first.
	epoch: EpochId,
	/// By ascending account.
	holders: BoundedVec<Entry<AccountId, Standing>, Bound>,
}

/// What [`Places::admit`] has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admitted<AccountId, Standing> {
	/// Whether the places have changed.
	pub changed: bool,
	/// The entry that has lost its place; its standing belongs in the account's record.
	pub moved: Option<Entry<AccountId, Standing>>,
}

impl<AccountId: Stored + Ord, Standing: Stored + Copy, Bound: Get<u32>>
	Places<AccountId, Standing, Bound>
{
	/// The newest epoch that received a submission; 0 before the first.
	pub fn epoch(&self) -> EpochId {
		self.epoch
	}

	/// The entries, by ascending account.
	pub fn entries(&self) -> &[Entry<AccountId, Standing>] {
		&self.holders
	}

	/// The account's entry, if it has a place.
	pub fn entry(&self, who: &AccountId) -> Option<&Entry<AccountId, Standing>> {
		let at = self.position(who).ok()?;
		self.holders.get(at)
	}

	/// The account's entry, to change its standing.
	pub fn entry_mut(&mut self, who: &AccountId) -> Option<&mut Entry<AccountId, Standing>> {
		let at = self.position(who).ok()?;
		self.holders.get_mut(at)
	}

	/// The number of these accounts that have no place.
	pub fn missing<'a>(&self, accounts: impl Iterator<Item = &'a AccountId>) -> u32
	where
		AccountId: 'a,
	{
		accounts.filter(|who| self.position(who).is_err()).count() as u32
	}

	/// The maximum number of an epoch's active accounts that are missing when it is scored, given
	/// the seats of a set and the number of epochs that await their scores.
	pub fn most_missing(seats: u32, in_flight: u32) -> u32 {
		seats.saturating_mul(in_flight).saturating_sub(Bound::get()).min(seats)
	}

	/// Makes this epoch the newest, and records the members of the epoch before as active in it:
	/// `mark` changes the standing of each.
	///
	/// Does nothing unless the epoch is newer than all before. A member that has lost its place is
	/// passed over.
	pub fn begin(&mut self, epoch: EpochId, members: &[AccountId], mark: impl Fn(&mut Standing)) {
		if epoch <= self.epoch {
			return;
		}
		let before = core::mem::replace(&mut self.epoch, epoch);
		for member in members {
			if let Some(entry) = self.entry_mut(member) {
				entry.active = entry.active.max(before);
				mark(&mut entry.standing);
			}
		}
	}

	/// Gives a place to an account that is active in this epoch, or updates its standing. If all
	/// places were taken, removes and returns the entry that was active longest ago among those that
	/// have no seat in the epoch; of several, that of the lowest account.
	pub fn admit(
		&mut self,
		account: AccountId,
		standing: Standing,
		epoch: EpochId,
		has_seat: impl Fn(&AccountId) -> bool,
	) -> Admitted<AccountId, Standing> {
		let is_newest = epoch >= self.epoch;
		if let Some(entry) = self.entry_mut(&account) {
			let before = (entry.standing, entry.active);
			entry.standing = standing;
			if !is_newest {
				// The members of an older epoch are not recorded any more.
				entry.active = entry.active.max(epoch);
			}
			return Admitted { changed: before != (entry.standing, entry.active), moved: None };
		}
		let mut moved = None;
		if self.holders.is_full() {
			let oldest = self
				.holders
				.iter()
				.enumerate()
				.min_by_key(|(_, entry)| (has_seat(&entry.account), entry.active));
			moved = oldest.map(|(at, _)| at).map(|at| self.holders.remove(at));
		}
		let at = self.position(&account).unwrap_or_else(|at| at);
		if self.holders.try_insert(at, Entry { account, standing, active: epoch }).is_err() {
			// There is room: a place was free, or was freed just now.
			defensive!("no room in the places of a role");
		}
		Admitted { changed: true, moved }
	}

	/// Changes an account's standing in its place or, if it has none, in its record; returns the
	/// new one.
	pub fn change(
		&mut self,
		who: &AccountId,
		store: &impl ActorStore<AccountId, Standing>,
		change: impl FnOnce(Option<Standing>) -> MathResult<Standing>,
	) -> MathResult<Standing> {
		if let Some(entry) = self.entry_mut(who) {
			entry.standing = change(Some(entry.standing))?;
			return Ok(entry.standing);
		}
		let mut record = store.get(who);
		let standing = change(record.standing)?;
		record.standing = Some(standing);
		store.put(who, record);
		Ok(standing)
	}

	/// Whether the entries are sorted by account and no account has two.
	pub fn is_sorted(&self) -> bool {
		let next = self.holders.iter().skip(1);
		self.holders.iter().zip(next).all(|(a, b)| a.account < b.account)
	}

	fn position(&self, who: &AccountId) -> Result<usize, usize> {
		self.holders.binary_search_by(|entry| entry.account.cmp(who))
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::mock::standing;
	use frame_support::traits::ConstU32;

	type Book = Places<u64, crate::Standing, ConstU32<2>>;

	/// Enters an account that is alone in the epoch's set; returns the entry that lost its place.
	fn enter(
		book: &mut Book,
		account: u64,
		standing: crate::Standing,
		epoch: EpochId,
	) -> Option<Entry<u64, crate::Standing>> {
		book.admit(account, standing, epoch, |who| *who == account).moved
	}

	#[test]
	fn entry_active_longest_ago_makes_room() {
		let mut book = Book::default();
		assert_eq!(enter(&mut book, 7, standing(1, 1), 100), None);
		assert_eq!(enter(&mut book, 5, standing(2, 1), 110), None);
		book.begin(115, &[], |_| {});
		book.begin(120, &[7], |standing| standing.round = 2);
		let moved = enter(&mut book, 6, standing(4, 2), 120);
		assert_eq!(moved, Some(Entry { account: 5, standing: standing(2, 1), active: 110 }));
		assert_eq!(book.entries().iter().map(|entry| entry.account).collect::<Vec<_>>(), [6, 7]);
		let kept = Entry { account: 7, standing: standing(1, 2), active: 115 };
		assert_eq!(book.entry(&7), Some(&kept));
		assert!(book.is_sorted());
		assert_eq!(book.missing([5, 6, 7].iter()), 1);
	}

	#[test]
	fn member_of_the_newest_set_keeps_its_place() {
		let mut book = Book::default();
		enter(&mut book, 5, standing(1, 1), 100);
		enter(&mut book, 7, standing(2, 1), 110);
		book.begin(120, &[], |_| {});
		// Account 5 was active longest ago, but has a seat in the newest epoch.
		let admitted = book.admit(6, standing(3, 2), 120, |who| [5, 6].contains(who));
		assert_eq!(admitted.moved.map(|entry| entry.account), Some(7));
	}

	#[test]
	fn account_with_a_place_changes_nothing_until_the_next_epoch() {
		let mut book = Book::default();
		book.begin(100, &[], |_| {});
		assert!(book.admit(5, standing(1, 1), 100, |_| false).changed);
		book.begin(110, &[5], |_| {});
		let before = book.clone();
		assert!(!book.admit(5, standing(1, 1), 110, |_| false).changed);
		assert_eq!(book, before);
		// A changed standing is stored, and so is a seat in an older epoch, which nobody marks.
		assert!(book.admit(5, standing(2, 1), 110, |_| false).changed);
		assert!(book.admit(5, standing(2, 1), 105, |_| false).changed);
		assert_eq!(book.entry(&5).map(|entry| entry.active), Some(105));
	}

	#[test]
	fn no_account_is_missing_if_all_epochs_in_flight_fit() {
		assert_eq!((Book::most_missing(1, 2), Book::most_missing(1, 3)), (0, 1));
		assert_eq!((Book::most_missing(2, 1), Book::most_missing(2, 9)), (0, 2));
	}
}
