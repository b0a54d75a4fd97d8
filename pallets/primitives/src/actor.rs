//! What a topic remembers of an actor in a role: its standing, and what became of its submissions.

use crate::{EpochId, Stored, TopicParameters, MAX_HISTORY};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
	defensive, traits::ConstU32, BoundedVec, CloneNoBound, DebugNoBound, DefaultNoBound, EqNoBound,
	PartialEqNoBound,
};
use scale_info::TypeInfo;
use sp_arithmetic::FixedI128;

/// The number of an epoch among those of a topic that somebody submitted for in a role, from 1.
///
/// Epochs are counted rather than measured in slots: neither a time in which the topic was
/// inactive nor a changed epoch length makes an actor miss epochs that never were.
pub type Round = u32;

/// Most outcomes that an actor's record holds: one for each epoch that a topic may have on record,
/// and one for an epoch that a late clock has not opened yet.
pub const MAX_OUTCOMES: u32 = MAX_HISTORY + TopicParameters::MAX_LAG_EPOCHS + 2;

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

/// How an actor stands in a topic and role.
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
pub struct Standing<Note> {
	/// The exponential moving average of its instant scores (S 7.5).
	pub score: FixedI128,
	/// The round in which it submitted last, accepted or not.
	pub round: Round,
	/// What else its role remembers: how much a reputer is listened to, nothing of a worker.
	pub note: Note,
}

/// What a topic remembers of an actor in a role. It outlives leaving and rejoining.
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
pub struct ActorRecord<AccountId: Stored, Note: Stored> {
	/// Its standing; none before its first submission and while the topic's score book holds it.
	pub standing: Option<Standing<Note>>,
	/// What became of its submissions, by ascending epoch.
	outcomes: BoundedVec<(EpochId, Outcome<AccountId>), ConstU32<MAX_OUTCOMES>>,
}

impl<AccountId: Stored, Note: Stored> ActorRecord<AccountId, Note> {
	/// What became of the submission for this epoch; none if there was none, or if it is forgotten.
	pub fn outcome(&self, epoch: EpochId) -> Option<&Outcome<AccountId>> {
		let at = self.outcomes.binary_search_by_key(&epoch, |(epoch, _)| *epoch).ok()?;
		self.outcomes.get(at).map(|(_, outcome)| outcome)
	}

	/// Every outcome that is remembered, by ascending epoch.
	pub fn outcomes(&self) -> &[(EpochId, Outcome<AccountId>)] {
		&self.outcomes
	}

	/// Notes what became of the submission for this epoch, in place of what was known of it;
	/// forgets the oldest outcomes beyond `kept`, of which at most [`MAX_OUTCOMES`] counts.
	pub fn note(&mut self, epoch: EpochId, outcome: Outcome<AccountId>, kept: u32) {
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

	/// The newest epoch in which the actor is in the active set; 0 if there is none.
	pub fn last_accepted(&self) -> EpochId {
		let accepted =
			|(_, outcome): &&(EpochId, Outcome<AccountId>)| matches!(outcome, Outcome::Accepted);
		self.outcomes.iter().rev().find(accepted).map_or(0, |(epoch, _)| *epoch)
	}
}

/// Where the records of a topic's actors in one role are kept.
pub trait ActorStore<AccountId: Stored, Note: Stored> {
	/// The actor's record; an empty one if there is none.
	fn record(&self, who: &AccountId) -> ActorRecord<AccountId, Note>;
	/// Stores the actor's record.
	fn put(&self, who: &AccountId, record: ActorRecord<AccountId, Note>);
}

#[cfg(test)]
mod tests {
	use super::*;
	use alloc::vec::Vec;

	type Record = ActorRecord<u64, ()>;

	fn epochs(record: &Record) -> Vec<EpochId> {
		record.outcomes().iter().map(|(epoch, _)| *epoch).collect()
	}

	#[test]
	fn oldest_outcomes_are_forgotten_when_a_new_one_comes() {
		let mut record = Record::default();
		for epoch in [10, 20, 30, 40] {
			record.note(epoch, Outcome::Accepted, 3);
		}
		assert_eq!(epochs(&record), [20, 30, 40]);
		assert_eq!((record.outcome(10), record.outcome(40)), (None, Some(&Outcome::Accepted)));
	}

	#[test]
	fn record_never_outgrows_its_bound() {
		let mut record = Record::default();
		for epoch in 1..=2 * MAX_OUTCOMES {
			record.note(epoch.into(), Outcome::Accepted, u32::MAX);
		}
		assert_eq!(record.outcomes().len(), MAX_OUTCOMES as usize);
		assert_eq!(record.last_accepted(), u64::from(2 * MAX_OUTCOMES));
	}

	#[test]
	fn later_outcome_of_an_epoch_replaces_the_earlier() {
		let mut record = Record::default();
		record.note(10, Outcome::Accepted, 3);
		record.note(20, Outcome::Accepted, 3);
		let zero = FixedI128::default();
		let displaced = Outcome::Displaced { score: zero, by: 7, by_score: zero };
		record.note(20, displaced.clone(), 3);
		assert_eq!(record.outcome(20), Some(&displaced));
		assert_eq!((record.outcomes().len(), record.last_accepted()), (2, 10));
	}

	#[test]
	fn outcomes_stand_by_epoch_in_whatever_order_they_come() {
		let mut record = Record::default();
		for epoch in [30, 10, 20] {
			record.note(epoch, Outcome::Abstained, 9);
		}
		assert_eq!((epochs(&record), record.last_accepted()), ([10, 20, 30].to_vec(), 0));
	}
}
