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
	/// The newest epoch in whose active set it is; 0 if none is remembered.
	pub active: EpochId,
}

/// The standings of a topic's actors in a role.
///
/// Closing an epoch updates its active set by changing this one item. For that there are several
/// places per seat: an account that becomes active takes a place, and the entry that was active
/// longest ago moves to the actor's own record. As long as the epochs that await their scores have
/// together at most as many seats as there are places, every account to be scored has a place.
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
pub struct Places<AccountId: Stored, Standing: Stored, Bound: Get<u32>>(
	/// By ascending account.
	BoundedVec<Entry<AccountId, Standing>, Bound>,
);

impl<AccountId: Stored + Ord, Standing: Stored + Copy, Bound: Get<u32>>
	Places<AccountId, Standing, Bound>
{
	/// The entries, by ascending account.
	pub fn entries(&self) -> &[Entry<AccountId, Standing>] {
		&self.0
	}

	/// The account's entry, if it has a place.
	pub fn entry(&self, who: &AccountId) -> Option<&Entry<AccountId, Standing>> {
		let at = self.position(who).ok()?;
		self.0.get(at)
	}

	/// The account's entry, to change its standing.
	pub fn entry_mut(&mut self, who: &AccountId) -> Option<&mut Entry<AccountId, Standing>> {
		let at = self.position(who).ok()?;
		self.0.get_mut(at)
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

	/// Enters an account that is active in this epoch, or updates its entry. If all places were
	/// taken, removes and returns the entry that was active longest ago; of several, that of the
	/// lowest account.
	pub fn admit(
		&mut self,
		account: AccountId,
		standing: Standing,
		epoch: EpochId,
	) -> Option<Entry<AccountId, Standing>> {
		if let Some(entry) = self.entry_mut(&account) {
			entry.standing = standing;
			entry.active = entry.active.max(epoch);
			return None;
		}
		let mut moved = None;
		if self.0.is_full() {
			let oldest = self.0.iter().enumerate().min_by_key(|(_, entry)| entry.active);
			moved = oldest.map(|(at, _)| at).map(|at| self.0.remove(at));
		}
		let at = self.position(&account).unwrap_or_else(|at| at);
		if self.0.try_insert(at, Entry { account, standing, active: epoch }).is_err() {
			// There is room: a place was free, or was freed just now.
			defensive!("no room in the places of a role");
		}
		moved
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
		let next = self.0.iter().skip(1);
		self.0.iter().zip(next).all(|(a, b)| a.account < b.account)
	}

	fn position(&self, who: &AccountId) -> Result<usize, usize> {
		self.0.binary_search_by(|entry| entry.account.cmp(who))
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::mock::standing;
	use frame_support::traits::ConstU32;

	type Book = Places<u64, crate::Standing, ConstU32<2>>;

	#[test]
	fn entry_active_longest_ago_makes_room() {
		let mut book = Book::default();
		assert_eq!(book.admit(7, standing(1, 1), 100), None);
		assert_eq!(book.admit(5, standing(2, 1), 110), None);
		assert_eq!(book.admit(7, standing(3, 2), 120), None);
		let moved = book.admit(6, standing(4, 2), 120);
		assert_eq!(moved, Some(Entry { account: 5, standing: standing(2, 1), active: 110 }));
		assert_eq!(book.entries().iter().map(|entry| entry.account).collect::<Vec<_>>(), [6, 7]);
		assert!(book.is_sorted());
		assert_eq!(book.missing([5, 6, 7].iter()), 1);
	}

	#[test]
	fn no_account_is_missing_if_all_epochs_in_flight_fit() {
		assert_eq!((Book::most_missing(1, 2), Book::most_missing(1, 3)), (0, 1));
		assert_eq!((Book::most_missing(2, 1), Book::most_missing(2, 9)), (0, 2));
	}
}
