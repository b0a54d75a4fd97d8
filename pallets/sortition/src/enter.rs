//! Merit-based sortition: whether a submission gets a seat in its epoch's active set, and how that
//! changes the standings of the accounts concerned (S 7.4).

use crate::{
	active_set::{ActiveSet, NoSeat},
	actor::ActorStore,
	places::Places,
};
use allora_math::MathResult;
use allora_primitives::{EpochId, Outcome, Stored, TopicParameters};
use codec::Encode;
use frame_support::{defensive, traits::Get};
use sp_arithmetic::FixedI128;

/// The rules by which the seats of a role are assigned in an epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeatRules {
	/// The epoch.
	pub epoch: EpochId,
	/// The number of seats in the active set.
	pub seats: u32,
	/// The topic's merit alpha in [0, 1): the fraction of the way that one pull moves a number.
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

/// How the accounts of a role earn their seats.
pub trait Merits<AccountId: Stored, Standing: Stored> {
	/// The number of places.
	type Bound: Get<u32>;

	/// The places of the role's standings.
	fn places(&mut self) -> &mut Places<AccountId, Standing, Self::Bound>;

	/// Returns the standing with which an account submits, and its merit; `known` is `None` for a
	/// newcomer.
	fn arrive(
		&mut self,
		rules: &SeatRules,
		known: Option<Standing>,
	) -> MathResult<(Standing, FixedI128)>;

	/// Returns the standing of an account that found no seat or lost it.
	fn without_seat(&self, rules: &SeatRules, standing: Standing) -> MathResult<Standing>;
}

/// Whether a submission got a seat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SeatOutcome<AccountId, Standing> {
	/// The account is in the active set.
	Active {
		/// The merit with which it entered.
		merit: FixedI128,
		/// The member that lost its seat to it; `None` if a seat was free.
		displaced: Option<Displaced<AccountId, Standing>>,
	},
	/// All seats are taken by members that are no weaker.
	Passive {
		/// The account's merit.
		merit: FixedI128,
		/// The lowest merit in the set.
		lowest: FixedI128,
		/// The account's standing from now on; a newcomer's does not change.
		standing: Standing,
	},
}

/// A submission's outcome, and what it has changed besides the active set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entered<AccountId, Standing> {
	/// Whether the submission got a seat.
	pub outcome: SeatOutcome<AccountId, Standing>,
	/// What else has changed.
	pub changes: Changes,
}

/// What a submission has changed besides the active set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Changes {
	/// Whether the places have changed.
	pub places: bool,
	/// Whether the account's own record was written.
	pub own: bool,
	/// The number of records of other accounts that were read and written, at most
	/// [`MAX_OTHERS`].
	pub others: u32,
}

impl Changes {
	/// Whether the active set alone has changed: the account had a place, had missed no round, and
	/// took a free seat.
	pub fn are_none(&self) -> bool {
		*self == Self::default()
	}
}

/// The maximum number of other accounts whose records one submission changes: the displaced member,
/// and the account whose entry loses its place.
pub const MAX_OTHERS: u32 = 2;

/// Returns the number of records of other accounts, at most [`MAX_OTHERS`], whose declared weight a
/// submission gives back.
///
/// The first submission of an epoch displaces nobody. It keeps the weight of one record, which covers
/// the reads for the seed of the lots.
pub fn unused_records(changes: Changes, is_first: bool) -> u32 {
	MAX_OTHERS.saturating_sub(changes.others).saturating_sub(is_first.into())
}

/// A member that lost its seat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Displaced<AccountId, Standing> {
	/// The member's account.
	pub account: AccountId,
	/// The merit with which it had entered.
	pub merit: FixedI128,
	/// Its standing from now on.
	pub standing: Standing,
}

/// Enters an account with its payload into an epoch's active set, if it gets a seat, and updates
/// the places and the records of the accounts concerned: its own, that of the displaced member, and
/// that of the account whose entry loses its place.
///
/// The caller has checked that the account has neither an outcome nor a seat for this epoch yet, and
/// has begun the epoch in the places. Whatever the size of the set, the account's own record and at
/// most [`MAX_OTHERS`] others are read and written; that of an account with a place is read only if
/// it gets no seat. The payload is cloned only if the account gets a seat.
pub fn enter<
	AccountId: Stored + Ord + Encode,
	Payload: Stored,
	Standing: Stored + Copy + Default,
	Seats: Get<u32>,
>(
	rules: &SeatRules,
	set: &mut ActiveSet<AccountId, Payload, Seats>,
	merits: &mut impl Merits<AccountId, Standing>,
	store: &impl ActorStore<AccountId, Standing>,
	who: &AccountId,
	payload: &Payload,
) -> MathResult<Entered<AccountId, Standing>> {
	let entry = merits.places().entry(who).map(|entry| entry.standing);
	let known = entry.or_else(|| store.get(who).standing);
	let (mut standing, merit) = merits.arrive(rules, known)?;
	let displaced = match set.insert(who, merit, payload, rules.seats) {
		Ok(displaced) => displaced,
		Err(NoSeat { lowest }) => {
			if known.is_some() {
				standing = merits.without_seat(rules, standing)?;
			}
			let mut record = store.get(who);
			let entry = merits.places().entry_mut(who);
			let changes = Changes { places: entry.is_some(), own: true, others: 0 };
			match entry {
				Some(entry) => entry.standing = standing,
				None => record.standing = Some(standing),
			}
			record.record_outcome(rules.epoch, Outcome::Passive { merit, lowest }, rules.kept);
			store.put(who, record);
			let outcome = SeatOutcome::Passive { merit, lowest, standing };
			return Ok(Entered { outcome, changes });
		}
	};
	let mut changes = Changes::default();
	if entry.is_none() && known.is_some() {
		// Its standing is in the book from now on.
		let mut record = store.get(who);
		record.standing = None;
		store.put(who, record);
		changes.own = true;
	}
	let displaced = displaced
		.map(|member| displace(rules, merits, store, member.account, member.merit, (who, merit)))
		.transpose()?;
	changes.others = u32::from(displaced.is_some());
	let has_seat = |account: &AccountId| set.member(account).is_some();
	let admitted = merits.places().admit(who.clone(), standing, rules.epoch, has_seat);
	changes.places = admitted.changed || displaced.is_some();
	if let Some(moved) = admitted.moved {
		let mut record = store.get(&moved.account);
		(record.standing, record.active) = (Some(moved.standing), moved.active);
		store.put(&moved.account, record);
		changes.others = changes.others.saturating_add(1);
	}
	Ok(Entered { outcome: SeatOutcome::Active { merit, displaced }, changes })
}

/// Records that a member with this merit has lost its seat to a stronger account, and changes its
/// standing as [`Merits::without_seat`] does.
fn displace<AccountId: Stored + Ord, Standing: Stored + Copy + Default>(
	rules: &SeatRules,
	merits: &mut impl Merits<AccountId, Standing>,
	store: &impl ActorStore<AccountId, Standing>,
	account: AccountId,
	merit: FixedI128,
	(by, by_merit): (&AccountId, FixedI128),
) -> MathResult<Displaced<AccountId, Standing>> {
	let mut record = store.get(&account);
	let outcome = Outcome::Displaced { merit, by: by.clone(), by_merit };
	record.record_outcome(rules.epoch, outcome, rules.kept);
	let entry = merits.places().entry(&account).map(|entry| entry.standing);
	let Some(standing) = entry.or(record.standing) else {
		defensive!("member of an active set without a standing");
		store.put(&account, record);
		return Ok(Displaced { account, merit, standing: Standing::default() });
	};
	let standing = merits.without_seat(rules, standing)?;
	match merits.places().entry_mut(&account) {
		Some(entry) => {
			entry.standing = standing;
			// It is no longer among those that this epoch's scores concern. If it took its place in
			// this epoch, its record has the epoch before.
			if entry.active == rules.epoch {
				entry.active = record.active;
			}
		}
		None => record.standing = Some(standing),
	}
	store.put(&account, record);
	Ok(Displaced { account, merit, standing })
}
