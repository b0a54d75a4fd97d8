//! Tests of `enter`: seats, scores, and the records that it reads and writes.

mod accepted;

use crate::{mock::*, *};
use allora_primitives::{EpochId, Outcome, TopicParameters};
use core::cell::Cell;
use frame_support::traits::ConstU32;
use sp_arithmetic::FixedI128;
use std::rc::Rc;

const EPOCH: EpochId = 100;

/// A payload that counts its clones.
#[derive(Debug, Default)]
struct Payload(Rc<Cell<u32>>);

impl Clone for Payload {
	fn clone(&self) -> Self {
		self.0.set(self.0.get() + 1);
		Self(self.0.clone())
	}
}

impl PartialEq for Payload {
	fn eq(&self, other: &Self) -> bool {
		Rc::ptr_eq(&self.0, &other.0)
	}
}

impl Eq for Payload {}

/// A role of a topic: an epoch's active set, a book of four places, and the actors' records.
struct Seats {
	rules: SeatRules,
	set: ActiveSet<u64, Payload, ConstU32<8>>,
	/// The members of the set of the epoch before.
	before: Vec<u64>,
	book: ScoreBook<u64, ConstU32<4>>,
	records: Records,
}

impl Seats {
	/// This number of seats in [`EPOCH`], with a merit alpha of a quarter.
	fn new(seats: u32) -> Self {
		Self {
			rules: SeatRules { epoch: EPOCH, seats, alpha: quarter(), kept: 3 },
			set: Default::default(),
			before: vec![],
			book: Default::default(),
			records: Default::default(),
		}
	}

	/// Gives accounts these scores, last seen in round 0, before the first epoch.
	fn with_scores(self, scores: &[(u64, i128)]) -> Self {
		for (who, score) in scores {
			self.records.set_standing(*who, standing(*score, 0));
		}
		self
	}

	/// An empty active set for a later epoch.
	fn open(&mut self, epoch: EpochId) {
		self.rules.epoch = epoch;
		self.before = std::mem::take(&mut self.set).accounts().copied().collect();
	}

	/// Submits; of standings, returns the scores.
	fn submit(&mut self, who: u64) -> SeatOutcome<u64, FixedI128> {
		match self.try_submit(who, &Payload::default()).unwrap() {
			SeatOutcome::Active { merit, displaced } => {
				let displaced = displaced.map(|Displaced { account, merit, standing }| Displaced {
					account,
					merit,
					standing: standing.score,
				});
				SeatOutcome::Active { merit, displaced }
			}
			SeatOutcome::Passive { merit, lowest, standing } => {
				SeatOutcome::Passive { merit, lowest, standing: standing.score }
			}
		}
	}

	/// Begins the epoch's round, and submits.
	fn enter(
		&mut self,
		who: u64,
		payload: &Payload,
	) -> allora_math::MathResult<Entered<u64, Standing>> {
		let Self { rules, set, before, book, records } = self;
		book.begin(rules.epoch, |_| before.clone());
		enter(rules, set, book, records, &who, payload)
	}

	/// Submits, then checks the invariants.
	fn try_submit(
		&mut self,
		who: u64,
		payload: &Payload,
	) -> allora_math::MathResult<SeatOutcome<u64, Standing>> {
		let Entered { outcome, .. } = self.enter(who, payload)?;
		let Self { rules, set, book, records, .. } = self;
		assert!(set.is_sorted() && book.places.is_sorted());
		for account in records.accounts() {
			let record = records.peek(account);
			assert_ne!(
				record.standing.is_some(),
				book.places.entry(&account).is_some(),
				"{account}"
			);
			let is_without = record.outcome(rules.epoch).is_some();
			assert!(!(is_without && set.member(&account).is_some()), "{account}");
		}
		Ok(outcome)
	}

	/// The account's score, and whether the book has it.
	fn score(&self, who: u64) -> Option<(FixedI128, bool)> {
		let entry = self.book.places.entry(&who).map(|entry| (entry.standing.score, true));
		entry.or(self.records.peek(who).standing.map(|standing| (standing.score, false)))
	}

	/// The newest epoch before this one in which the account kept a seat.
	fn last_active(&self, who: u64) -> EpochId {
		let entry = self.book.places.entry(&who).map(|entry| entry.active);
		entry.unwrap_or_else(|| self.records.peek(who).active)
	}

	fn has_seat(&self, who: u64) -> bool {
		self.set.member(&who).is_some()
	}

	fn outcome(&self, who: u64) -> Option<Outcome<u64>> {
		self.records.peek(who).outcome(self.rules.epoch).cloned()
	}
}

/// A submission that took a free seat.
fn seated(score: i128) -> SeatOutcome<u64, FixedI128> {
	SeatOutcome::Active { merit: fixed(score), displaced: None }
}

fn passive(score: i128, lowest: i128, after_pull: i128) -> SeatOutcome<u64, FixedI128> {
	let (merit, lowest) = (fixed(score), fixed(lowest));
	SeatOutcome::Passive { merit, lowest, standing: fixed(after_pull) }
}

/// A submission that took the seat of this member.
fn displacing(
	score: i128,
	account: u64,
	its: i128,
	after_pull: i128,
) -> SeatOutcome<u64, FixedI128> {
	let displaced = Displaced { account, merit: fixed(its), standing: fixed(after_pull) };
	SeatOutcome::Active { merit: fixed(score), displaced: Some(displaced) }
}

#[docify::export]
#[test]
fn stronger_account_displaces_the_weakest_member() {
	// Two seats in epoch 100. One pull moves a score a quarter of the way to the quantile.
	let rules = SeatRules { epoch: 100, seats: 2, alpha: quarter(), kept: 3 };
	let mut set = ActiveSet::<u64, (), ConstU32<8>>::default();
	let mut book = ScoreBook::<u64, ConstU32<4>>::default();
	let records = Records::default();
	let mut submit = |who, score| {
		records.set_standing(who, standing(score, 0));
		book.begin(rules.epoch, |_| vec![]);
		enter(&rules, &mut set, &mut book, &records, &who, &()).map(|entered| entered.outcome)
	};
	// Accounts 1 and 2, with scores 2 and 3, take the free seats.
	assert_eq!(submit(1, 2), Ok(SeatOutcome::Active { merit: fixed(2), displaced: None }));
	assert_eq!(submit(2, 3), Ok(SeatOutcome::Active { merit: fixed(3), displaced: None }));
	// Account 3, with score 4, displaces account 1, whose score is pulled toward the quantile, 0.
	let pulled = Standing { score: FixedI128::from_rational(3, 2), round: 1, unrevealed: 0 };
	let displaced = Displaced { account: 1, merit: fixed(2), standing: pulled };
	let expected = SeatOutcome::Active { merit: fixed(4), displaced: Some(displaced) };
	assert_eq!(submit(3, 4), Ok(expected));
	// Account 4, with score 1, finds no seat.
	let passive = SeatOutcome::Passive {
		merit: fixed(1),
		lowest: fixed(3),
		standing: Standing { score: FixedI128::from_rational(3, 4), round: 1, unrevealed: 0 },
	};
	assert_eq!(submit(4, 1), Ok(passive));
}

// Newcomers
#[test]
fn newcomer_enters_with_the_initial_score() {
	let mut seats = Seats::new(2);
	seats.book.initial = fixed(-2);
	assert_eq!(seats.submit(1), seated(-2));
	assert_eq!((seats.score(1), seats.has_seat(1)), (Some((fixed(-2), true)), true));
	assert!(seats.records.accounts().is_empty());
}

#[test]
fn passive_newcomer_is_not_pulled() {
	let mut seats = Seats::new(1).with_scores(&[(1, 6)]);
	seats.book.quantile = fixed(8);
	seats.submit(1);
	assert_eq!(seats.submit(2), passive(0, 6, 0));
	assert_eq!(seats.score(2), Some((fixed(0), false)));
}

#[test]
fn newcomer_is_pulled_from_its_second_submission_on() {
	let mut seats = Seats::new(1).with_scores(&[(1, 6)]);
	seats.book.quantile = fixed(8);
	for epoch in [EPOCH, EPOCH + 10] {
		seats.open(epoch);
		seats.submit(1);
		seats.submit(2);
	}
	// 0 + (8 - 0) / 4 = 2.
	assert_eq!(seats.score(2), Some((fixed(2), false)));
}

// Pulls

#[test]
fn passive_account_is_pulled_toward_the_quantile_in_its_record() {
	let mut seats = Seats::new(1).with_scores(&[(1, 6), (2, 4)]);
	seats.book.quantile = fixed(8);
	seats.submit(1);
	// 4 + (8 - 4) / 4 = 5.
	assert_eq!(seats.submit(2), passive(4, 6, 5));
	assert_eq!(seats.score(2), Some((fixed(5), false)));
	assert_eq!(seats.outcome(2), Some(Outcome::Passive { merit: fixed(4), lowest: fixed(6) }));
}

#[test]
fn passive_account_is_pulled_toward_the_quantile_in_the_book() {
	let mut seats = Seats::new(1).with_scores(&[(1, 6), (2, 4)]);
	seats.submit(2);
	seats.open(EPOCH + 10);
	// Account 1 has not missed the first round.
	seats.records.set_standing(1, standing(6, 1));
	seats.book.quantile = fixed(8);
	seats.submit(1);
	assert_eq!(seats.submit(2), passive(4, 6, 5));
	assert_eq!(seats.score(2), Some((fixed(5), true)));
}

#[test]
fn missed_rounds_count_before_the_seat_is_given() {
	let mut seats = Seats::new(1).with_scores(&[(1, 10), (2, 16)]);
	for epoch in [EPOCH, EPOCH + 10, EPOCH + 20] {
		seats.open(epoch);
		seats.submit(1);
	}
	// Account 2 was last seen in round 0, submits in round 3, and has missed 1 and 2. The initial
	// score is 0, so its score is 16 * (3/4)^2 = 9, and is pulled to 9 - 9 / 4 = 6.75.
	let score_after_pull = FixedI128::from_rational(27, 4);
	let expected =
		SeatOutcome::Passive { merit: fixed(9), lowest: fixed(10), standing: score_after_pull };
	assert_eq!(seats.submit(2), expected);
}

#[test]
fn pull_out_of_range_is_an_error() {
	let mut seats = Seats::new(1).with_scores(&[(1, 6), (2, 4)]);
	seats.submit(1);
	seats.book.quantile = FixedI128::from_inner(i128::MAX);
	assert!(seats.try_submit(2, &Payload::default()).is_err());
}

// Displacement

#[test]
fn displaced_member_is_pulled_and_its_outcome_names_the_displacer() {
	let mut seats = Seats::new(2).with_scores(&[(1, 2), (2, 3), (3, 4)]);
	seats.book.quantile = fixed(10);
	seats.submit(1);
	seats.submit(2);
	// 2 + (10 - 2) / 4 = 4.
	assert_eq!(seats.submit(3), displacing(4, 1, 2, 4));
	let outcome = Outcome::Displaced { merit: fixed(2), by: 3, by_merit: fixed(4) };
	assert_eq!(seats.outcome(1), Some(outcome));
	assert_eq!((seats.score(1), seats.score(3)), (Some((fixed(4), true)), Some((fixed(4), true))));
}

#[test]
fn displaced_member_that_has_left_the_book_is_pulled_in_its_record() {
	let mut seats = Seats::new(5).with_scores(&[(1, 1), (2, 5), (3, 5), (4, 5), (5, 5), (6, 5)]);
	// Five active accounts for four places: all were active in the same epoch, so account 1 leaves.
	for who in 1..=5 {
		seats.submit(who);
	}
	assert_eq!(seats.score(1), Some((fixed(1), false)));
	seats.book.quantile = fixed(5);
	// 1 + (5 - 1) / 4 = 2.
	assert_eq!(seats.submit(6), displacing(5, 1, 1, 2));
	assert_eq!(seats.score(1), Some((fixed(2), false)));
}

#[test]
fn displaced_member_counts_in_the_book_as_active_in_the_epoch_before() {
	let mut seats = Seats::new(1).with_scores(&[(1, 1), (2, 2)]);
	seats.submit(1);
	seats.open(EPOCH + 10);
	seats.submit(1);
	seats.submit(2);
	assert_eq!(seats.book.places.entry(&1).map(|entry| entry.active), Some(EPOCH));
	seats.open(EPOCH + 20);
	seats.submit(3);
	// Account 1 had lost its seat, account 2 had not.
	let active = |who| seats.book.places.entry(&who).map(|entry| entry.active);
	assert_eq!((active(1), active(2)), (Some(EPOCH), Some(EPOCH + 10)));
}

#[test]
fn displaced_account_that_returned_to_the_book_was_active_before() {
	let mut seats = Seats::new(2).with_scores(&[(1, 1), (2, 1_000), (8, 1_000)]);
	seats.submit(1);
	// Four others take the four places.
	for who in 3..=6 {
		seats.open(EPOCH + who);
		seats.submit(who);
	}
	assert_eq!(seats.last_active(1), EPOCH);
	assert!(seats.book.places.entry(&1).is_none());
	seats.open(EPOCH + 10);
	for who in [1, 2, 8] {
		seats.submit(who);
	}
	assert!(!seats.has_seat(1));
	assert_eq!(seats.last_active(1), EPOCH);
}

#[test]
fn displaced_members_leave_the_book_before_active_ones() {
	let scores: Vec<_> = (1..=9u64).map(|who| (who, 10 - i128::from(who))).collect();
	let mut seats = Seats::new(2).with_scores(&scores);
	// Each is stronger than those before it: all are accepted, and all but the last two displaced.
	// Of entries that were active in the same epoch, that of the lowest account would leave the
	// book.
	for who in (1..=9).rev() {
		seats.submit(who);
	}
	assert!([1, 2].iter().all(|who| seats.score(*who).is_some_and(|(_, in_book)| in_book)));
}

// Ties

#[test]
fn newcomer_of_equal_merit_gets_a_seat_in_some_epochs() {
	// Two sybils and a newcomer that never scores: it holds a seat in two of three epochs.
	let mut seats = Seats::new(2);
	let mut held = 0;
	for epoch in EPOCH..EPOCH + 300 {
		seats.open(epoch);
		seats.set = seats
			.set
			.clone()
			.or_seeded(|| sp_core::H256::from(sp_io::hashing::blake2_256(&epoch.to_be_bytes())));
		for who in [1, 2, 3] {
			seats.submit(who);
		}
		held += u32::from(seats.has_seat(3));
	}
	// 200, and the root of 300 * 2/3 * 1/3 is 8.2.
	assert!(held.abs_diff(200) <= 24, "{held}");
}

#[test]
fn role_without_seats_makes_every_submission_passive() {
	let mut seats = Seats::new(0).with_scores(&[(1, 4)]);
	// 4 - 4 / 4 = 3.
	assert_eq!((seats.submit(1), seats.submit(2)), (passive(4, 4, 3), passive(0, 0, 0)));
	assert!(seats.set.is_empty() && seats.book.places.entries().is_empty());
}

// Books and records at their bounds

#[test]
fn account_that_leaves_the_full_book_keeps_its_score_in_its_record() {
	let mut seats = Seats::new(8).with_scores(&[(1, 7)]);
	for (who, epoch) in (1..=4).zip(EPOCH..) {
		seats.open(epoch);
		seats.submit(who);
	}
	assert_eq!((seats.score(1), seats.book.places.entries().len()), (Some((fixed(7), true)), 4));
	seats.open(EPOCH + 10);
	seats.submit(5);
	assert_eq!((seats.score(1), seats.book.places.entries().len()), (Some((fixed(7), false)), 4));
	assert_eq!(seats.records.peek(1).active, EPOCH);
}

#[test]
fn account_that_has_left_the_book_returns_with_its_score() {
	let mut seats = Seats::new(8).with_scores(&[(1, 7)]);
	for (who, epoch) in (1..=5).zip(EPOCH..) {
		seats.open(epoch);
		seats.submit(who);
	}
	seats.open(EPOCH + 5);
	// It was last seen in round 1, submits in round 6, and has missed four: 7 * (3/4)^4 = 567 /
	// 256.
	let score = FixedI128::from_rational(567, 256);
	assert_eq!(seats.submit(1), SeatOutcome::Active { merit: score, displaced: None });
	assert_eq!((seats.score(1), seats.book.places.entries().len()), (Some((score, true)), 4));
}

#[test]
fn active_set_never_outgrows_the_bound_of_its_type() {
	let mut seats = Seats::new(100);
	for who in 1..=20 {
		seats.submit(who);
	}
	assert_eq!((seats.set.len(), seats.book.places.entries().len()), (8, 4));
}

#[test]
fn record_keeps_as_many_outcomes_as_the_rules_say() {
	let mut seats = Seats::new(1).with_scores(&[(2, 9)]);
	for epoch in EPOCH..EPOCH + 5 {
		seats.open(epoch);
		seats.submit(2);
		seats.submit(1);
	}
	let epochs =
		seats.records.peek(1).outcomes().iter().map(|(epoch, _)| *epoch).collect::<Vec<_>>();
	assert_eq!(epochs, [EPOCH + 2, EPOCH + 3, EPOCH + 4]);
}

#[test]
fn rules_keep_an_outcome_per_epoch_on_record_and_one_for_a_late_clock() {
	let mut parameters = TopicParameters::regression(10, 5, 20);
	parameters.history = 4;
	parameters.merit_sortition_alpha = quarter();
	// On record are 4 epochs of history, 2 of the lag, and the one that accepts payloads.
	let expected = SeatRules { epoch: EPOCH, seats: 7, alpha: quarter(), kept: 8 };
	assert_eq!(SeatRules::new(EPOCH, 7, &parameters), expected);
}

// Reads, writes and clones

#[test]
fn submission_accesses_only_its_own_the_displaced_and_the_leaving_account() {
	let mut seats = Seats::new(1).with_scores(&[(2, 1), (9, 2)]);
	for (who, epoch) in [1, 3, 4].into_iter().zip(EPOCH..) {
		seats.open(epoch);
		seats.submit(who);
	}
	seats.open(EPOCH + 9);
	// Account 2 was active recently, so it does not leave the book when it is displaced.
	seats.submit(2);
	seats.open(EPOCH + 10);
	seats.submit(2);
	seats.records.reset_accesses();
	let entered = seats.enter(9, &Payload::default()).unwrap();
	assert!(matches!(entered.outcome, SeatOutcome::Active { displaced: Some(_), .. }));
	assert_eq!(entered.changes, Changes { places: true, own: true, others: MAX_OTHERS });
	let (mut read, mut written) = seats.records.accesses();
	read.sort_unstable();
	read.dedup();
	written.sort_unstable();
	assert_eq!((read, written), (vec![1, 2, 9], vec![1, 2, 9]));
}

#[test]
fn submission_that_displaces_nobody_changes_no_other_record() {
	let mut seats = Seats::new(1).with_scores(&[(1, 6)]);
	// Account 1 takes the free seat, and account 2, a newcomer, finds none.
	for (who, places) in [(1, true), (2, false)] {
		seats.records.reset_accesses();
		let changes = seats.enter(who, &Payload::default()).unwrap().changes;
		assert_eq!(changes, Changes { places, own: true, others: 0 });
		let (mut read, written) = seats.records.accesses();
		read.dedup();
		assert_eq!((read, written), (vec![who], vec![who]));
	}
}

#[test]
fn account_with_a_place_that_takes_a_free_seat_changes_the_set_alone() {
	let mut seats = Seats::new(2);
	seats.submit(1);
	for epoch in [EPOCH + 10, EPOCH + 20] {
		seats.open(epoch);
		seats.records.reset_accesses();
		let before = seats.book.places.entries().to_vec();
		let entered = seats.enter(1, &Payload::default()).unwrap();
		assert!(entered.changes.are_none() && seats.has_seat(1));
		assert_eq!(seats.records.accesses(), (vec![], vec![]));
		// The epoch before is marked, and this one is not yet.
		let marked = &seats.book.places.entries()[0];
		assert_eq!(marked.active, epoch - 10);
		assert_eq!(before[0].account, marked.account);
	}
	// Account 2 comes for the first time: account 1 has missed no round, whoever comes first.
	seats.open(EPOCH + 30);
	assert!(!seats.enter(2, &Payload::default()).unwrap().changes.are_none());
	assert!(seats.enter(1, &Payload::default()).unwrap().changes.are_none());
}

#[test]
fn passive_submission_does_not_clone_its_payload() {
	let mut seats = Seats::new(1).with_scores(&[(1, 6)]);
	let (first, second) = (Payload::default(), Payload::default());
	seats.try_submit(1, &first).unwrap();
	seats.try_submit(2, &second).unwrap();
	assert_eq!((first.0.get(), second.0.get()), (1, 0));
}
