//! A topic's score book in a role: the scores of recently active accounts, the initial score of
//! newcomers, and the quantile that passive accounts are pulled toward (S 7.4, 7.5).

use crate::{
	actor::{ActorStore, Round, Standing},
	enter::{Merits, SeatRules},
	places::Places,
};
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
	traits::Get, CloneNoBound, DebugNoBound, DefaultNoBound, EqNoBound, PartialEqNoBound,
};
use scale_info::TypeInfo;
use sp_arithmetic::{
	traits::{Saturating, Zero},
	FixedI128,
};

/// A newcomer starts this many standard deviations below the weakest (S 7.4: lambda).
const LAMBDA: u32 = 2;

/// The scores of a topic's workers in a role, the initial score of newcomers, and the quantile that
/// passive accounts are pulled toward.
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
pub struct ScoreBook<AccountId: Stored, Bound: Get<u32>> {
	/// Quantile of the smoothed scores of the last scored active set; 0 before the first.
	pub quantile: FixedI128,
	/// The initial score of newcomers: the lowest of those scores less two standard deviations; 0
	/// before the first.
	pub initial: FixedI128,
	/// The [`Round`] of the newest epoch that received a submission.
	pub round: Round,
	/// The scores of recently active accounts.
	pub places: Places<AccountId, Standing, Bound>,
}

impl<AccountId: Stored + Ord, Bound: Get<u32>> ScoreBook<AccountId, Bound> {
	/// Begins a round if the epoch is newer than all before; returns whether it is. `members` are the
	/// accounts with a seat in the newest epoch so far: they have not missed its round.
	///
	/// A round whose members are no longer on record is not counted.
	pub fn begin(
		&mut self,
		epoch: EpochId,
		members: impl FnOnce(EpochId) -> Vec<AccountId>,
	) -> bool {
		let before = self.places.epoch();
		if epoch <= before {
			return false;
		}
		let (members, round) = (members(before), self.round);
		self.places.begin(epoch, &members, |standing| *standing = standing.seen_in(round));
		if before == 0 || !members.is_empty() {
			// At most one round per ten slots: the type suffices for more than a thousand years.
			self.round = round.saturating_add(1);
		}
		true
	}

	/// Returns the standing with which an account submits for an epoch (S 7.4, steps 2 and 3); the
	/// caller has begun its round.
	///
	/// A newcomer (`known` is `None`) has the initial score. A known score is pulled toward the
	/// initial one, once per missed round; if none was missed, the standing stays what it is.
	/// `alpha` is the merit alpha in [0, 1).
	pub fn standing_at(
		&self,
		epoch: EpochId,
		alpha: FixedI128,
		known: Option<Standing>,
	) -> MathResult<Standing> {
		let round = self.round_of(epoch);
		let Some(known) = known else {
			return Ok(Standing { score: self.initial, round, unrevealed: 0 });
		};
		// In units of rounds the epoch length is 1, and the previous epoch began one round ago.
		let missed = missed_epochs(round.saturating_sub(1).into(), known.round.into(), 1)?;
		if missed == 0 {
			// Who takes a seat in the newest epoch is marked when the next one begins.
			let is_newest = epoch >= self.places.epoch();
			return Ok(if is_newest { known } else { known.seen_in(round) });
		}
		let (alpha, initial) = (from_fixed(alpha)?, from_fixed(self.initial)?);
		let score = to_fixed(liveness(alpha, initial, from_fixed(known.score)?, missed)?)?;
		Ok(Standing { score, ..known }.seen_in(round))
	}

	/// The round of an epoch. If windows overlap and the epoch is an older one, it counts as the
	/// round before.
	fn round_of(&self, epoch: EpochId) -> Round {
		self.round.saturating_sub(u32::from(epoch < self.places.epoch()))
	}

	/// Returns the score after one pull toward the stored quantile (S 7.4, step 5).
	///
	/// `alpha` is the merit alpha in [0, 1). Unless it is 0, a score that does not equal the
	/// quantile moves by at least 10^-18, so that it gets there: rounding would stop it next to the
	/// quantile, and so below members whose score is the quantile itself.
	pub fn score_after_pull(&self, alpha: FixedI128, score: FixedI128) -> MathResult<FixedI128> {
		let pulled = to_fixed(pull_to_quantile(
			from_fixed(alpha)?,
			from_fixed(self.quantile)?,
			from_fixed(score)?,
		)?)?;
		if pulled != score || alpha.is_zero() {
			return Ok(pulled);
		}
		let step = FixedI128::from_inner(i128::from(self.quantile > score));
		let back = FixedI128::from_inner(i128::from(self.quantile < score));
		Ok(score.saturating_add(step).saturating_sub(back))
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
		store: &impl ActorStore<AccountId, Standing>,
	) -> MathResult<Vec<(AccountId, FixedI128, FixedI128)>> {
		let mut recorded = Vec::with_capacity(scores.len());
		for (account, instant) in scores {
			let round = self.round;
			let scored = self.places.change(account, store, |known| {
				let score = update_stored_score(alpha, *instant, known.map(|known| known.score))?;
				let unscored = Standing { round, ..Standing::default() };
				Ok(Standing { score, ..known.unwrap_or(unscored) })
			})?;
			recorded.push((account.clone(), *instant, scored.score));
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
}

impl<AccountId: Stored + Ord, Bound: Get<u32>> Merits<AccountId, Standing>
	for ScoreBook<AccountId, Bound>
{
	type Bound = Bound;

	fn places(&mut self) -> &mut Places<AccountId, Standing, Bound> {
		&mut self.places
	}

	/// The merit of a worker is its smoothed score.
	fn arrive(
		&mut self,
		rules: &SeatRules,
		known: Option<Standing>,
	) -> MathResult<(Standing, FixedI128)> {
		let standing = self.standing_at(rules.epoch, rules.alpha, known)?;
		Ok((standing, standing.score))
	}

	/// An account without a seat is in no active set, so that its round is recorded at once.
	fn without_seat(&self, rules: &SeatRules, standing: Standing) -> MathResult<Standing> {
		let score = self.score_after_pull(rules.alpha, standing.score)?;
		Ok(Standing { score, ..standing }.seen_in(self.round_of(rules.epoch)))
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::mock::{fixed, quarter, standing, Records};
	use frame_support::traits::ConstU32;

	type Book = ScoreBook<u64, ConstU32<2>>;

	/// A book that has reached this round, with this initial score.
	fn book_in(epoch: EpochId, round: Round, initial: i128) -> Book {
		let mut book = Book { initial: fixed(initial), ..Default::default() };
		assert!(book.begin(epoch, |_| vec![]));
		Book { round, ..book }
	}

	#[test]
	fn rounds_count_the_epochs_that_received_a_submission() {
		let mut book = Book::default();
		for (epoch, is_new, round) in
			[(100, true, 1), (100, false, 1), (110, true, 2), (500, true, 3)]
		{
			assert_eq!(book.begin(epoch, |_| vec![1]), is_new);
			assert_eq!(book.standing_at(epoch, quarter(), None).unwrap(), standing(0, round));
		}
	}

	#[test]
	fn round_whose_members_are_no_longer_on_record_is_not_counted() {
		let mut book = book_in(100, 9, 4);
		assert!(book.begin(500, |_| vec![]));
		// Who was in round 9 is not known any more, so that nobody has missed it.
		assert_eq!(book.standing_at(500, quarter(), Some(standing(20, 8))), Ok(standing(20, 8)));
		assert_eq!((book.places.epoch(), book.round), (500, 9));
	}

	#[test]
	fn missed_rounds_pull_toward_the_initial_score() {
		let mut book = book_in(100, 9, 4);
		book.begin(110, |_| vec![1]);
		// Seen in round 7, back in round 10: 8 and 9 are missed. 4 + (3/4)^2 * (20 - 4) = 13.
		assert_eq!(book.standing_at(110, quarter(), Some(standing(20, 7))), Ok(standing(13, 10)));
		assert_eq!(book.standing_at(110, quarter(), Some(standing(20, 9))), Ok(standing(20, 9)));
	}

	#[test]
	fn members_of_the_epoch_before_have_not_missed_its_round() {
		let mut book = book_in(100, 9, 4);
		book.places.admit(1, standing(20, 8), 100, |_| true);
		book.places.admit(2, standing(20, 8), 100, |_| true);
		book.begin(110, |epoch| if epoch == 100 { vec![1] } else { vec![] });
		let known = |who| book.places.entry(&who).map(|entry| entry.standing);
		assert_eq!(book.standing_at(110, quarter(), known(1)), Ok(standing(20, 9)));
		// 4 + 3/4 * (20 - 4) = 16.
		assert_eq!(book.standing_at(110, quarter(), known(2)), Ok(standing(16, 10)));
	}

	#[test]
	fn older_epoch_counts_as_the_round_before() {
		let mut book = book_in(110, 9, 0);
		assert_eq!(book.standing_at(105, quarter(), Some(standing(8, 7))), Ok(standing(8, 8)));
		assert_eq!(book.standing_at(105, quarter(), Some(standing(8, 9))), Ok(standing(8, 9)));
		assert!(!book.begin(105, |_| vec![]));
		assert_eq!((book.places.epoch(), book.round), (110, 9));
	}

	#[test]
	fn scores_are_updated_in_the_book_and_in_the_records() {
		let (mut book, records) = (Book::default(), Records::default());
		book.places.admit(1, standing(4, 1), 100, |_| true);
		records.set_standing(2, standing(8, 1));
		let scores = [(1, fixed(8)), (2, fixed(4)), (3, fixed(6))];
		let recorded = book.record_scores(quarter(), quarter(), &scores, &records).unwrap();
		// 4 + (8 - 4) / 4 = 5, 8 + (4 - 8) / 4 = 7, and 6, since there was no score before.
		let expected = [(1, fixed(8), fixed(5)), (2, fixed(4), fixed(7)), (3, fixed(6), fixed(6))];
		assert_eq!(recorded, expected);
		assert_eq!(book.places.entry(&1).map(|entry| entry.standing.score), Some(fixed(5)));
		for (who, score) in [(2, 7), (3, 6)] {
			assert_eq!(records.get(&who).standing.map(|known| known.score), Some(fixed(score)));
		}
		// The quantile of 5, 6 and 7 is half way from 5 to 6, and the standard deviation is 1.
		let half = FixedI128::from_rational(11, 2);
		assert_eq!((book.quantile, book.initial), (half, fixed(3)));
	}

	/// A quarter of five and of two units rounds to one, a quarter of one unit to none.
	#[test]
	fn pulled_score_reaches_the_quantile_itself() {
		let units = FixedI128::from_inner;
		for (start, quantile) in [(100, 109), (118, 109)] {
			let book = Book { quantile: units(quantile), ..Default::default() };
			let mut score = units(start);
			for _ in 0..20 {
				score = book.score_after_pull(quarter(), score).unwrap();
			}
			assert_eq!(score, units(quantile));
			assert_eq!(book.score_after_pull(quarter(), score), Ok(score));
			assert_eq!(book.score_after_pull(fixed(0), units(start)), Ok(units(start)));
		}
	}
}
