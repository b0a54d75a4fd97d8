//! A topic's score book in a role: the scores of recently active accounts, the initial score of
//! newcomers, and the quantile that passive accounts are pulled toward (S 7.4, 7.5).

use crate::actor::{ActorStore, Round, Standing};
use alloc::vec::Vec;
use allora_math::{
	convert::{from_fixed, to_fixed},
	sortition::{
		active_quantile, initial_score, liveness, missed_epochs, pull_to_quantile,
		update_stored_score,
	},
	MathResult, Real,
};
use allora_primitives::{EpochId, Stored};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
	defensive, traits::Get, BoundedVec, CloneNoBound, DebugNoBound, DefaultNoBound, EqNoBound,
	PartialEqNoBound,
};
use scale_info::TypeInfo;
use sp_arithmetic::FixedI128;

/// A newcomer starts this many standard deviations below the weakest (S 7.4: lambda).
const LAMBDA: u32 = 2;

/// An actor in a [`ScoreBook`].
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Entry<AccountId, Extra> {
	/// The account.
	pub account: AccountId,
	/// Its score.
	pub standing: Standing<Extra>,
	/// The newest epoch in whose active set it is; 0 if none is remembered.
	pub active: EpochId,
}

/// The scores of a topic's actors in a role.
///
/// Closing an epoch scores its active set by changing this one item. For that the book has several
/// places per seat: an account that becomes active takes a place, and the entry that was active
/// longest ago moves to the actor's own record. As long as the epochs that await their scores have
/// together at most as many seats as the book has places, every account to be scored is in the
/// book.
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
#[codec(mel_bound(AccountId: MaxEncodedLen, Extra: MaxEncodedLen))]
pub struct ScoreBook<AccountId: Stored, Extra: Stored, Bound: Get<u32>> {
	/// Quantile of the smoothed scores of the last scored active set; 0 before the first.
	pub quantile: FixedI128,
	/// The initial score of newcomers: the lowest of those scores less two standard deviations; 0
	/// before the first.
	pub initial: FixedI128,
	/// The newest epoch that received a submission.
	pub epoch: EpochId,
	/// Its round.
	pub round: Round,
	/// By ascending account.
	places: BoundedVec<Entry<AccountId, Extra>, Bound>,
}

impl<AccountId: Stored + Ord, Extra: Stored + Copy + Default, Bound: Get<u32>>
	ScoreBook<AccountId, Extra, Bound>
{
	/// The entries, by ascending account.
	pub fn entries(&self) -> &[Entry<AccountId, Extra>] {
		&self.places
	}

	/// The account's entry, if the book has one.
	pub fn entry(&self, who: &AccountId) -> Option<&Entry<AccountId, Extra>> {
		let at = self.position(who).ok()?;
		self.places.get(at)
	}

	/// The account's entry, to change its standing.
	pub fn entry_mut(&mut self, who: &AccountId) -> Option<&mut Entry<AccountId, Extra>> {
		let at = self.position(who).ok()?;
		self.places.get_mut(at)
	}

	/// The number of these accounts that are not in the book.
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

	/// Returns the standing with which an account submits for an epoch, and begins a round if the
	/// epoch is newer than all before (S 7.4, steps 2 and 3).
	///
	/// A newcomer (`known` is `None`) has the initial score. A known score is pulled toward the
	/// initial one, once per missed round. `alpha` is the merit alpha in [0, 1).
	pub fn arrive(
		&mut self,
		epoch: EpochId,
		alpha: FixedI128,
		known: Option<Standing<Extra>>,
	) -> MathResult<Standing<Extra>> {
		self.begin(epoch);
		// If windows overlap and the epoch is an older one, it counts as the round before.
		let round = self.round.saturating_sub(u32::from(epoch < self.epoch));
		let Some(known) = known else {
			return Ok(Standing { score: self.initial, round, extra: Extra::default() });
		};
		// In units of rounds the epoch length is 1, and the previous epoch began one round ago.
		let missed = missed_epochs(round.saturating_sub(1).into(), known.round.into(), 1)?;
		let score = match missed {
			0 => known.score,
			_ => to_fixed(liveness(
				from_fixed(alpha)?,
				from_fixed(self.initial)?,
				from_fixed(known.score)?,
				missed,
			)?)?,
		};
		Ok(Standing { score, round: round.max(known.round), extra: known.extra })
	}

	/// Excuses an account from this epoch, so that the epoch does not count as missed.
	pub fn excuse(&mut self, epoch: EpochId, standing: &mut Standing<Extra>) {
		self.begin(epoch);
		standing.round = standing.round.saturating_add(1).min(self.round);
	}

	/// Begins a round if the epoch is newer than all before.
	fn begin(&mut self, epoch: EpochId) {
		if epoch > self.epoch {
			self.epoch = epoch;
			// At most one round per ten slots: the type suffices for more than a thousand years.
			self.round = self.round.saturating_add(1);
		}
	}

	/// Returns the score after one pull toward the stored quantile (S 7.4, step 5).
	///
	/// `alpha` is the merit alpha in [0, 1).
	pub fn score_after_pull(&self, alpha: FixedI128, score: FixedI128) -> MathResult<FixedI128> {
		to_fixed(pull_to_quantile(
			from_fixed(alpha)?,
			from_fixed(self.quantile)?,
			from_fixed(score)?,
		)?)
	}

	/// Enters an account that is active in this epoch, or updates its entry. If the book was full,
	/// removes and returns the entry that was active longest ago; of several, that of the lowest
	/// account.
	pub fn admit(
		&mut self,
		account: AccountId,
		standing: Standing<Extra>,
		epoch: EpochId,
	) -> Option<Entry<AccountId, Extra>> {
		if let Some(entry) = self.entry_mut(&account) {
			entry.standing = standing;
			entry.active = entry.active.max(epoch);
			return None;
		}
		let mut moved = None;
		if self.places.is_full() {
			let oldest = self.places.iter().enumerate().min_by_key(|(_, entry)| entry.active);
			moved = oldest.map(|(at, _)| at).map(|at| self.places.remove(at));
		}
		let at = self.position(&account).unwrap_or_else(|at| at);
		if self.places.try_insert(at, Entry { account, standing, active: epoch }).is_err() {
			// There is room: the book was not full, or lost an entry just now.
			defensive!("no room in a score book");
		}
		moved
	}

	/// Scores an epoch's active set: each smoothed score moves toward the instant one, or equals it
	/// if there was none (S 7.5). Then the quantile and the initial score are updated.
	///
	/// `alpha` is the merit alpha in [0, 1), `q` the role's quantile in [0, 1). Returns the
	/// account, the instant and the smoothed score of each member. An empty set changes nothing.
	pub fn record_scores(
		&mut self,
		alpha: FixedI128,
		q: FixedI128,
		scores: &[(AccountId, FixedI128)],
		store: &impl ActorStore<AccountId, Extra>,
	) -> MathResult<Vec<(AccountId, FixedI128, FixedI128)>> {
		let mut recorded = Vec::with_capacity(scores.len());
		for (account, instant) in scores {
			let score = self.record_score(alpha, account, *instant, store)?;
			recorded.push((account.clone(), *instant, score));
		}
		if !recorded.is_empty() {
			let smoothed: Vec<_> = recorded
				.iter()
				.map(|(_, _, score)| from_fixed(*score))
				.collect::<MathResult<_>>()?;
			self.quantile = to_fixed(active_quantile(&smoothed, from_fixed(q)?)?)?;
			self.initial = to_fixed(initial_score(&smoothed, Real::from_num(LAMBDA))?)?;
		}
		Ok(recorded)
	}

	fn record_score(
		&mut self,
		alpha: FixedI128,
		who: &AccountId,
		instant: FixedI128,
		store: &impl ActorStore<AccountId, Extra>,
	) -> MathResult<FixedI128> {
		if let Some(entry) = self.entry_mut(who) {
			let score = update_stored_score(alpha, instant, Some(entry.standing.score))?;
			entry.standing.score = score;
			return Ok(score);
		}
		let mut record = store.get(who);
		let known = record.standing.map(|standing| standing.score);
		let score = update_stored_score(alpha, instant, known)?;
		let fresh = Standing { score, round: self.round, extra: Extra::default() };
		record.standing = Some(Standing { score, ..record.standing.unwrap_or(fresh) });
		store.put(who, record);
		Ok(score)
	}

	/// Whether the entries are sorted by account and no account has two.
	pub fn is_sorted(&self) -> bool {
		let next = self.places.iter().skip(1);
		self.places.iter().zip(next).all(|(a, b)| a.account < b.account)
	}

	fn position(&self, who: &AccountId) -> Result<usize, usize> {
		self.places.binary_search_by(|entry| entry.account.cmp(who))
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::mock::{fixed, quarter, standing, Records};
	use frame_support::traits::ConstU32;

	type Book = ScoreBook<u64, (), ConstU32<2>>;

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

	#[test]
	fn rounds_count_the_epochs_that_received_a_submission() {
		let mut book = Book::default();
		for (epoch, round) in [(100, 1), (100, 1), (110, 2), (500, 3)] {
			assert_eq!(book.arrive(epoch, quarter(), None).unwrap(), standing(0, round));
		}
	}

	#[test]
	fn missed_rounds_pull_toward_the_initial_score() {
		let mut book = Book { initial: fixed(4), epoch: 100, round: 9, ..Default::default() };
		// Seen in round 7, back in round 10: 8 and 9 are missed. 4 + (3/4)^2 * (20 - 4) = 13.
		assert_eq!(book.arrive(110, quarter(), Some(standing(20, 7))), Ok(standing(13, 10)));
		assert_eq!(book.arrive(110, quarter(), Some(standing(20, 9))), Ok(standing(20, 10)));
	}

	#[test]
	fn older_epoch_counts_as_the_round_before() {
		let mut book = Book { epoch: 110, round: 9, ..Default::default() };
		assert_eq!(book.arrive(105, quarter(), Some(standing(8, 7))), Ok(standing(8, 8)));
		assert_eq!(book.arrive(105, quarter(), Some(standing(8, 9))), Ok(standing(8, 9)));
		assert_eq!((book.epoch, book.round), (110, 9));
	}

	#[test]
	fn excuse_forgives_one_round_and_no_more_than_there_are() {
		let mut book = Book { epoch: 100, round: 5, ..Default::default() };
		let mut known = standing(8, 3);
		book.excuse(110, &mut known);
		assert_eq!((known.round, book.round), (4, 6));
		let mut known = standing(8, 6);
		book.excuse(110, &mut known);
		assert_eq!(known.round, 6);
	}

	#[test]
	fn scores_are_updated_in_the_book_and_in_the_records() {
		let (mut book, records) = (Book::default(), Records::default());
		book.admit(1, standing(4, 1), 100);
		records.set_standing(2, standing(8, 1));
		let scores = [(1, fixed(8)), (2, fixed(4)), (3, fixed(6))];
		let recorded = book.record_scores(quarter(), quarter(), &scores, &records).unwrap();
		// 4 + (8 - 4) / 4 = 5, 8 + (4 - 8) / 4 = 7, and 6, since there was no score before.
		let expected = [(1, fixed(8), fixed(5)), (2, fixed(4), fixed(7)), (3, fixed(6), fixed(6))];
		assert_eq!(recorded, expected);
		assert_eq!(book.entry(&1).map(|entry| entry.standing.score), Some(fixed(5)));
		for (who, score) in [(2, 7), (3, 6)] {
			assert_eq!(records.get(&who).standing.map(|known| known.score), Some(fixed(score)));
		}
		// The quantile of 5, 6 and 7 is half way from 5 to 6, and the standard deviation is 1.
		let half = FixedI128::from_rational(11, 2);
		assert_eq!((book.quantile, book.initial), (half, fixed(3)));
	}
}
