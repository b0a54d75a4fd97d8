//! Merit-based sortition: whether a submission gets a seat in its epoch's active set, and how that
//! changes the scores of the accounts concerned (S 7.4).

use crate::{
	active_set::{ActiveSet, NoSeat},
	actor::{ActorRecord, ActorStore},
	score_book::ScoreBook,
};
use allora_math::MathResult;
use allora_primitives::{EpochId, Outcome, Stored, TopicParameters};
use frame_support::{defensive, traits::Get};
use sp_arithmetic::FixedI128;

/// The rules by which the seats of a role are assigned in an epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeatRules {
	/// The epoch.
	pub epoch: EpochId,
	/// The number of seats in the active set.
	pub seats: u32,
	/// The topic's merit alpha in [0, 1): the fraction of the way that one pull moves a score.
	pub alpha: FixedI128,
	/// The number of outcomes that an actor's record keeps.
	pub kept: u32,
}

impl SeatRules {
	/// The rules of an epoch in a topic with these parameters, for a role of `seats` seats.
	pub fn new(epoch: EpochId, seats: u32, parameters: &TopicParameters) -> Self {
		let alpha = parameters.merit_sortition_alpha;
		Self { epoch, seats, alpha, kept: parameters.epochs_on_record().saturating_add(1) }
	}
}

/// Whether a submission got a seat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SeatOutcome<AccountId> {
	/// The account is in the active set.
	Active {
		/// The smoothed score with which it entered.
		score: FixedI128,
		/// The member that lost its seat to it; `None` if a seat was free.
		displaced: Option<Displaced<AccountId>>,
	},
	/// All seats are taken by members that are no weaker.
	Passive {
		/// The account's smoothed score before the submission.
		score: FixedI128,
		/// The lowest score in the set; a higher one was required.
		lowest: FixedI128,
		/// The account's smoothed score from now on; a newcomer's is not pulled.
		score_after_pull: FixedI128,
	},
}

/// A member that lost its seat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Displaced<AccountId> {
	/// The member's account.
	pub account: AccountId,
	/// The smoothed score with which it had entered.
	pub score: FixedI128,
	/// Its smoothed score from now on.
	pub score_after_pull: FixedI128,
}

/// Enters an account with its payload into an epoch's active set, if it gets a seat, and updates
/// the book and the records of the accounts concerned: its own, that of the displaced member, and
/// that of the account whose entry leaves the book.
///
/// `record` is the account's own; the caller has checked that it has no outcome for this epoch yet.
/// A constant number of records is read and written, whatever the size of the set: at worst two are
/// read besides `record`, and three written. The payload is cloned only if the account gets a seat.
pub fn enter<
	AccountId: Stored + Ord,
	Payload: Stored,
	Extra: Stored + Copy + Default,
	Seats: Get<u32>,
	Places: Get<u32>,
>(
	rules: &SeatRules,
	set: &mut ActiveSet<AccountId, Payload, Seats>,
	book: &mut ScoreBook<AccountId, Extra, Places>,
	store: &impl ActorStore<AccountId, Extra>,
	who: &AccountId,
	mut record: ActorRecord<AccountId, Extra>,
	payload: &Payload,
) -> MathResult<SeatOutcome<AccountId>> {
	let known = book.entry(who).map(|entry| entry.standing).or(record.standing);
	let mut standing = book.arrive(rules.epoch, rules.alpha, known)?;
	let score = standing.score;
	let displaced = match set.insert(who, score, payload, rules.seats) {
		Ok(displaced) => displaced,
		Err(NoSeat { lowest }) => {
			if known.is_some() {
				standing.score = book.score_after_pull(rules.alpha, score)?;
			}
			match book.entry_mut(who) {
				Some(entry) => entry.standing = standing,
				None => record.standing = Some(standing),
			}
			record.record_outcome(rules.epoch, Outcome::Passive { score, lowest }, rules.kept);
			store.put(who, record);
			let score_after_pull = standing.score;
			return Ok(SeatOutcome::Passive { score, lowest, score_after_pull });
		}
	};
	record.standing = None;
	record.record_outcome(rules.epoch, Outcome::Accepted, rules.kept);
	store.put(who, record);
	let displaced = displaced
		.map(|member| displace(rules, book, store, member.account, member.score, (who, score)))
		.transpose()?;
	if let Some(moved) = book.admit(who.clone(), standing, rules.epoch) {
		let mut record = store.get(&moved.account);
		record.standing = Some(moved.standing);
		store.put(&moved.account, record);
	}
	Ok(SeatOutcome::Active { score, displaced })
}

/// Records that a member with this score has lost its seat to a stronger account, and pulls its
/// score toward the quantile.
fn displace<AccountId: Stored + Ord, Extra: Stored + Copy + Default, Places: Get<u32>>(
	rules: &SeatRules,
	book: &mut ScoreBook<AccountId, Extra, Places>,
	store: &impl ActorStore<AccountId, Extra>,
	account: AccountId,
	score: FixedI128,
	(by, by_score): (&AccountId, FixedI128),
) -> MathResult<Displaced<AccountId>> {
	let mut record = store.get(&account);
	let outcome = Outcome::Displaced { score, by: by.clone(), by_score };
	record.record_outcome(rules.epoch, outcome, rules.kept);
	let entry = book.entry(&account).map(|entry| entry.standing);
	let Some(mut standing) = entry.or(record.standing) else {
		defensive!("member of an active set without a standing");
		store.put(&account, record);
		return Ok(Displaced { account, score, score_after_pull: score });
	};
	standing.score = book.score_after_pull(rules.alpha, standing.score)?;
	match book.entry_mut(&account) {
		Some(entry) => {
			entry.standing = standing;
			// It is no longer among those that this epoch's scores concern.
			entry.active = record.last_accepted();
		}
		None => record.standing = Some(standing),
	}
	store.put(&account, record);
	Ok(Displaced { account, score, score_after_pull: standing.score })
}
