//! The record of an actor in a topic and role: its standing and the outcomes of its submissions.

use allora_primitives::{EpochId, Outcome, Stored, TopicParameters, MAX_HISTORY};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
	defensive, traits::ConstU32, BoundedVec, CloneNoBound, DebugNoBound, DefaultNoBound, EqNoBound,
	PartialEqNoBound,
};
use scale_info::TypeInfo;
use sp_arithmetic::FixedI128;

/// The number of an epoch in a topic and role, from 1, among those that received a submission and
/// whose active set was still stored when the next one did.
///
/// Since epochs are counted and not time, an actor does not miss epochs that never opened while the
/// topic was inactive.
pub type Round = u32;

/// The maximum number of outcomes in an actor's record: one for each epoch that a topic may have on
/// record, and one for an epoch that a late clock has not opened yet.
pub const MAX_OUTCOMES: u32 = MAX_HISTORY + TopicParameters::MAX_LAG_EPOCHS + 2;

/// The score of a worker in a topic and role.
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
	Default,
)]
pub struct Standing {
	/// The exponential moving average of its instant scores (S 7.5).
	pub score: FixedI128,
	/// The round of its last submission, accepted or not. That for which it has a seat in the newest
	/// epoch is recorded when the next epoch begins, if it had missed no round.
	pub round: Round,
	/// The number of its latest seats in a row for which it committed to a payload and did not
	/// reveal it (S 7.6).
	pub unrevealed: u8,
}

impl Standing {
	/// The standing of a worker that has submitted in this round.
	pub(crate) fn seen_in(self, round: Round) -> Self {
		Self { round: self.round.max(round), ..self }
	}
}

/// The record of an actor in a topic and role. It outlives leaving and registering again.
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
pub struct ActorRecord<AccountId: Stored, Standing: Stored> {
	/// Its standing. `None` before its first submission, and while it has a place in the topic's book.
	pub standing: Option<Standing>,
	/// The newest epoch in whose active set it was when it lost its place in the book; 0 if it never
	/// lost one.
	pub active: EpochId,
	/// The outcomes of its submissions that have no seat, by ascending epoch. Who has a seat is in
	/// the active set.
	outcomes: BoundedVec<(EpochId, Outcome<AccountId>), ConstU32<MAX_OUTCOMES>>,
}

impl<AccountId: Stored, Standing: Stored> ActorRecord<AccountId, Standing> {
	/// The outcome of the submission for this epoch; `None` if there was none, if it has a seat, or
	/// if it is no longer stored.
	pub fn outcome(&self, epoch: EpochId) -> Option<&Outcome<AccountId>> {
		let at = self.outcomes.binary_search_by_key(&epoch, |(epoch, _)| *epoch).ok()?;
		self.outcomes.get(at).map(|(_, outcome)| outcome)
	}

	/// All stored outcomes, by ascending epoch.
	pub fn outcomes(&self) -> &[(EpochId, Outcome<AccountId>)] {
		&self.outcomes
	}

	/// Records the outcome of the submission for this epoch, replacing an earlier one.
	///
	/// Keeps the newest `kept` outcomes, at least 1 and at most [`MAX_OUTCOMES`].
	pub fn record_outcome(&mut self, epoch: EpochId, outcome: Outcome<AccountId>, kept: u32) {
		let found = self.outcomes.binary_search_by_key(&epoch, |(epoch, _)| *epoch);
		if let Some(known) = found.ok().and_then(|at| self.outcomes.get_mut(at)) {
			known.1 = outcome;
			return;
		}
		let kept = kept.clamp(1, MAX_OUTCOMES) as usize;
		while self.outcomes.len() >= kept {
			self.outcomes.remove(0);
		}
		let at = self.outcomes.partition_point(|(known, _)| *known < epoch);
		if self.outcomes.try_insert(at, (epoch, outcome)).is_err() {
			// There is room: at least one place was freed above.
			defensive!("no room for an outcome");
		}
	}
}

/// The storage of the records of a topic's actors in one role.
pub trait ActorStore<AccountId: Stored, Standing: Stored> {
	/// Returns the actor's record; an empty one if there is none.
	fn get(&self, who: &AccountId) -> ActorRecord<AccountId, Standing>;
	/// Stores the actor's record.
	fn put(&self, who: &AccountId, record: ActorRecord<AccountId, Standing>);
}

#[cfg(test)]
mod tests {
	use super::*;
	use alloc::vec::Vec;

	type Record = ActorRecord<u64, Standing>;

	fn epochs(record: &Record) -> Vec<EpochId> {
		record.outcomes().iter().map(|(epoch, _)| *epoch).collect()
	}

	#[test]
	fn new_outcome_replaces_the_oldest_one() {
		let mut record = Record::default();
		for epoch in [10, 20, 30, 40] {
			record.record_outcome(epoch, Outcome::Abstained, 3);
		}
		assert_eq!(epochs(&record), [20, 30, 40]);
		assert_eq!((record.outcome(10), record.outcome(40)), (None, Some(&Outcome::Abstained)));
	}

	#[test]
	fn record_never_outgrows_its_bound() {
		let mut record = Record::default();
		for epoch in 1..=2 * MAX_OUTCOMES {
			record.record_outcome(epoch.into(), Outcome::Abstained, u32::MAX);
		}
		assert_eq!(record.outcomes().len(), MAX_OUTCOMES as usize);
	}

	#[test]
	fn later_outcome_of_an_epoch_replaces_the_earlier() {
		let mut record = Record::default();
		record.record_outcome(10, Outcome::Abstained, 3);
		record.record_outcome(20, Outcome::Abstained, 3);
		let zero = FixedI128::default();
		let displaced = Outcome::Displaced { merit: zero, by: 7, by_merit: zero };
		record.record_outcome(20, displaced.clone(), 3);
		assert_eq!(record.outcome(20), Some(&displaced));
		assert_eq!(epochs(&record), [10, 20]);
	}

	#[test]
	fn outcomes_are_sorted_by_epoch_whatever_order_they_are_recorded_in() {
		let mut record = Record::default();
		for epoch in [30, 10, 20] {
			record.record_outcome(epoch, Outcome::Abstained, 9);
		}
		assert_eq!(epochs(&record), [10, 20, 30]);
	}
}
