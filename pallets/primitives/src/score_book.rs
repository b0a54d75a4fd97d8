//! A topic's score book: who stands how in a role, for those that were active of late, with what
//! newcomers start from and what passive actors are pulled to (S 7.4, 7.5).

use crate::{
	actor::{ActorStore, Round, Standing},
	EpochId, Stored,
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
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
	defensive, traits::Get, BoundedVec, CloneNoBound, DebugNoBound, DefaultNoBound, EqNoBound,
	PartialEqNoBound,
};
use scale_info::TypeInfo;
use sp_arithmetic::FixedI128;

/// How many standard deviations below the weakest a newcomer starts (S 7.4: lambda).
const LAMBDA: u32 = 2;

/// An actor in a [`ScoreBook`].
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Entry<AccountId, Note> {
	/// Who.
	pub account: AccountId,
	/// How it stands.
	pub standing: Standing<Note>,
	/// The newest epoch in which it is in the active set; 0 if none is remembered.
	pub active: EpochId,
}

/// How the actors of a role stand in a topic.
///
/// Closing an epoch scores its active set by changing this one item. For that the book has several
/// times as many places as there are seats: who becomes active takes a place, and the entry
/// that was active longest ago moves out to the actor's own record. While the epochs whose scores
/// are still to come have together no more seats than the book has places, nobody that is to be
/// scored is missing from it.
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
#[codec(mel_bound(AccountId: MaxEncodedLen, Note: MaxEncodedLen))]
#[scale_info(skip_type_params(Bound))]
pub struct ScoreBook<AccountId: Stored, Note: Stored, Bound: Get<u32>> {
	/// Quantile of the smoothed scores of the active set that was scored last; 0 before the first.
	pub quantile: FixedI128,
	/// What newcomers start from: the lowest of those scores less two standard deviations; 0
	/// before the first.
	pub initial: FixedI128,
	/// The newest epoch that somebody submitted for.
	pub epoch: EpochId,
	/// Its round.
	pub round: Round,
	/// By ascending account.
	entries: BoundedVec<Entry<AccountId, Note>, Bound>,
}

impl<AccountId: Stored + Ord, Note: Stored + Copy + Default, Bound: Get<u32>>
	ScoreBook<AccountId, Note, Bound>
{
	/// The entries, by ascending account.
	pub fn entries(&self) -> &[Entry<AccountId, Note>] {
		&self.entries
	}

	/// The account's entry, if the book has one.
	pub fn entry(&self, who: &AccountId) -> Option<&Entry<AccountId, Note>> {
		let at = self.position(who).ok()?;
		self.entries.get(at)
	}

	/// The account's entry, to change its standing.
	pub fn entry_mut(&mut self, who: &AccountId) -> Option<&mut Entry<AccountId, Note>> {
		let at = self.position(who).ok()?;
		self.entries.get_mut(at)
	}

	/// How many of these accounts are not in the book.
	pub fn missing<'a>(&self, accounts: impl Iterator<Item = &'a AccountId>) -> u32
	where
		AccountId: 'a,
	{
		accounts.filter(|who| self.position(who).is_err()).count() as u32
	}

	/// Most of an epoch's active accounts that can be missing when it is scored, if a set has so
	/// many seats and so many epochs wait for their scores.
	pub fn most_missing(seats: u32, in_flight: u32) -> u32 {
		seats.saturating_mul(in_flight).saturating_sub(Bound::get()).min(seats)
	}

	/// The standing with which an account comes to an epoch, which begins a round if it is newer
	/// than all before (S 7.4, steps 2 and 3).
	///
	/// A newcomer (`known` is none) has the initial score. Who has missed rounds is pulled toward
	/// that, once for each.
	pub fn arrive(
		&mut self,
		epoch: EpochId,
		alpha: FixedI128,
		known: Option<Standing<Note>>,
	) -> MathResult<Standing<Note>> {
		self.begin(epoch);
		// For an older epoch, should windows overlap, the round before stands in.
		let round = self.round.saturating_sub(u32::from(epoch < self.epoch));
		let Some(known) = known else {
			return Ok(Standing { score: self.initial, round, note: Note::default() });
		};
		// Rounds being counted, the epoch length is 1 and the previous epoch began a round ago.
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
		Ok(Standing { score, round: round.max(known.round), note: known.note })
	}

	/// Excuses an account that stands so from this epoch: it will not count as missed.
	pub fn excuse(&mut self, epoch: EpochId, standing: &mut Standing<Note>) {
		self.begin(epoch);
		standing.round = standing.round.saturating_add(1).min(self.round);
	}

	/// Begins a round if the epoch is newer than all before.
	fn begin(&mut self, epoch: EpochId) {
		if epoch > self.epoch {
			self.epoch = epoch;
			// One an epoch: the block numbers end first.
			self.round = self.round.saturating_add(1);
		}
	}

	/// A score pulled toward the stored quantile (S 7.4, step 5).
	pub fn pulled(&self, alpha: FixedI128, score: FixedI128) -> MathResult<FixedI128> {
		to_fixed(pull_to_quantile(
			from_fixed(alpha)?,
			from_fixed(self.quantile)?,
			from_fixed(score)?,
		)?)
	}

	/// Enters an account that is active in this epoch, or renews its entry; answers the entry that
	/// had to make room: of those active longest ago the lowest account's.
	pub fn admit(
		&mut self,
		account: AccountId,
		standing: Standing<Note>,
		epoch: EpochId,
	) -> Option<Entry<AccountId, Note>> {
		if let Some(entry) = self.entry_mut(&account) {
			entry.standing = standing;
			entry.active = entry.active.max(epoch);
			return None;
		}
		let mut moved = None;
		if self.entries.is_full() {
			let oldest = self.entries.iter().enumerate().min_by_key(|(_, entry)| entry.active);
			moved = oldest.map(|(at, _)| at).map(|at| self.entries.remove(at));
		}
		let at = self.position(&account).unwrap_or_else(|at| at);
		if self.entries.try_insert(at, Entry { account, standing, active: epoch }).is_err() {
			// There is room: the book was not full, or lost an entry just now.
			defensive!("no room in a score book");
		}
		moved
	}

	/// Scores an epoch's active set: each smoothed score takes a step toward the instant one, or
	/// is that one if there was none (S 7.5); then the quantile and the initial score are renewed.
	///
	/// `alpha` is the merit alpha in [0, 1), `q` the role's quantile in [0, 1). Answers account,
	/// instant and smoothed score. Of nobody, nothing changes: the set scored last stays that.
	pub fn note_scores(
		&mut self,
		alpha: FixedI128,
		q: FixedI128,
		scores: &[(AccountId, FixedI128)],
		store: &impl ActorStore<AccountId, Note>,
	) -> MathResult<Vec<(AccountId, FixedI128, FixedI128)>> {
		let mut noted = Vec::with_capacity(scores.len());
		for (account, instant) in scores {
			let score = self.note_score(alpha, account, *instant, store)?;
			noted.push((account.clone(), *instant, score));
		}
		if !noted.is_empty() {
			let smoothed: Vec<_> =
				noted.iter().map(|(_, _, score)| from_fixed(*score)).collect::<MathResult<_>>()?;
			self.quantile = to_fixed(active_quantile(&smoothed, from_fixed(q)?)?)?;
			self.initial = to_fixed(initial_score(&smoothed, Real::from_num(LAMBDA))?)?;
		}
		Ok(noted)
	}

	fn note_score(
		&mut self,
		alpha: FixedI128,
		who: &AccountId,
		instant: FixedI128,
		store: &impl ActorStore<AccountId, Note>,
	) -> MathResult<FixedI128> {
		if let Some(entry) = self.entry_mut(who) {
			let score = update_stored_score(alpha, instant, Some(entry.standing.score))?;
			entry.standing.score = score;
			return Ok(score);
		}
		let mut record = store.record(who);
		let known = record.standing.map(|standing| standing.score);
		let score = update_stored_score(alpha, instant, known)?;
		let fresh = Standing { score, round: self.round, note: Note::default() };
		record.standing = Some(Standing { score, ..record.standing.unwrap_or(fresh) });
		store.put(who, record);
		Ok(score)
	}

	/// Whether the entries stand by ascending account, each only once.
	pub fn is_sorted(&self) -> bool {
		let next = self.entries.iter().skip(1);
		self.entries.iter().zip(next).all(|(a, b)| a.account < b.account)
	}

	fn position(&self, who: &AccountId) -> Result<usize, usize> {
		self.entries.binary_search_by(|entry| entry.account.cmp(who))
	}
}
