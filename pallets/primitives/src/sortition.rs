//! Merit-based sortition: how a submission finds, or fails to find, a seat in its epoch's active
//! set, and what that does to the scores of those concerned (S 7.4).

use crate::{
	active_set::{ActiveSet, Insertion, Member},
	actor::{ActorRecord, ActorStore, Outcome},
	score_book::ScoreBook,
	EpochId, Stored, TopicParameters,
};
use allora_math::MathResult;
use frame_support::{defensive, traits::Get};
use sp_arithmetic::FixedI128;

/// By which rules a role's seats are given in an epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
	/// The epoch.
	pub epoch: EpochId,
	/// Seats in the active set.
	pub seats: u32,
	/// How far scores are pulled, in [0, 1): the topic's merit alpha.
	pub alpha: FixedI128,
	/// Outcomes that an actor's record keeps.
	pub kept: u32,
}

impl Terms {
	/// The terms of an epoch in a topic with these parameters, for a role with so many seats.
	pub fn new(epoch: EpochId, seats: u32, parameters: &TopicParameters) -> Self {
		let alpha = parameters.merit_sortition_alpha;
		Self { epoch, seats, alpha, kept: parameters.epochs_on_record().saturating_add(1) }
	}
}

/// What became of a submission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival<AccountId> {
	/// The smoothed score with which the account came.
	pub score: FixedI128,
	/// Whether it found a seat.
	pub verdict: Verdict<AccountId>,
}

/// Whether a submission found a seat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict<AccountId> {
	/// There was a free one.
	Joined,
	/// It took that of the weakest member.
	Displaced {
		/// Who had to go.
		account: AccountId,
		/// The score with which that account had entered.
		score: FixedI128,
		/// Its smoothed score now, pulled toward the quantile.
		pulled: FixedI128,
	},
	/// All were taken by members that are no weaker.
	Passive {
		/// The lowest score in the set.
		lowest: FixedI128,
		/// The account's smoothed score now, pulled toward the quantile; a newcomer's stays.
		pulled: FixedI128,
	},
}

/// Brings an account with its payload to an epoch's active set, and updates the book, the
/// account's record, and those of the account displaced and of the one that left the book.
///
/// `record` is the account's own; the caller has seen that it has no outcome for this epoch yet.
/// Touches a constant number of records, whatever the size of the set.
pub fn enter<
	AccountId: Stored + Ord,
	Payload: Stored,
	Note: Stored + Copy + Default,
	Seats: Get<u32>,
	Places: Get<u32>,
>(
	terms: &Terms,
	set: &mut ActiveSet<AccountId, Payload, Seats>,
	book: &mut ScoreBook<AccountId, Note, Places>,
	store: &impl ActorStore<AccountId, Note>,
	who: AccountId,
	mut record: ActorRecord<AccountId, Note>,
	payload: Payload,
) -> MathResult<Arrival<AccountId>> {
	let known = book.entry(&who).map(|entry| entry.standing).or(record.standing);
	let mut standing = book.arrive(terms.epoch, terms.alpha, known)?;
	let score = standing.score;
	let verdict = match set.insert(Member { account: who.clone(), score, payload }, terms.seats) {
		Insertion::Passive { lowest } => {
			if known.is_some() {
				standing.score = book.pulled(terms.alpha, score)?;
			}
			match book.entry_mut(&who) {
				Some(entry) => entry.standing = standing,
				None => record.standing = Some(standing),
			}
			record.note(terms.epoch, Outcome::Passive { score, lowest }, terms.kept);
			store.put(&who, record);
			Verdict::Passive { lowest, pulled: standing.score }
		}
		insertion => {
			record.standing = None;
			record.note(terms.epoch, Outcome::Accepted, terms.kept);
			store.put(&who, record);
			let verdict = match insertion {
				Insertion::Displaced(member) => {
					displace(terms, book, store, member, who.clone(), score)?
				}
				_ => Verdict::Joined,
			};
			if let Some(moved) = book.admit(who, standing, terms.epoch) {
				let mut record = store.record(&moved.account);
				record.standing = Some(moved.standing);
				store.put(&moved.account, record);
			}
			verdict
		}
	};
	Ok(Arrival { score, verdict })
}

/// Notes that a member has lost its seat, and pulls its score toward the quantile.
fn displace<AccountId: Stored + Ord, Payload, Note: Stored + Copy + Default, Places: Get<u32>>(
	terms: &Terms,
	book: &mut ScoreBook<AccountId, Note, Places>,
	store: &impl ActorStore<AccountId, Note>,
	member: Member<AccountId, Payload>,
	by: AccountId,
	by_score: FixedI128,
) -> MathResult<Verdict<AccountId>> {
	let Member { account, score, .. } = member;
	let mut record = store.record(&account);
	record.note(terms.epoch, Outcome::Displaced { score, by, by_score }, terms.kept);
	let entry = book.entry(&account).map(|entry| entry.standing);
	let Some(mut standing) = entry.or(record.standing) else {
		defensive!("member of an active set without a standing");
		store.put(&account, record);
		return Ok(Verdict::Displaced { account, score, pulled: score });
	};
	standing.score = book.pulled(terms.alpha, standing.score)?;
	match book.entry_mut(&account) {
		Some(entry) => {
			entry.standing = standing;
			// This epoch's scores no longer concern it.
			entry.active = record.last_accepted();
		}
		None => record.standing = Some(standing),
	}
	store.put(&account, record);
	Ok(Verdict::Displaced { account, score, pulled: standing.score })
}
