//! Instant scores of accepted losses never fail a scoring or a submission, however long they go on.

use crate::{mock::*, ScoreBook};
use allora_math::testing::random::{config, decimals};
use frame_support::traits::ConstU32;
use proptest::{collection::vec, prelude::*, sample::select};
use sp_arithmetic::{traits::One, FixedI128};

/// A score book, and the accounts that were active in the newest epoch.
#[derive(Default)]
struct Book {
	book: ScoreBook<u64, ConstU32<8>>,
	active: Vec<u64>,
}

/// Lets these accounts submit for an epoch and scores them. Returns the new initial score.
fn epoch(
	Book { book, active }: &mut Book,
	epoch: u64,
	alpha: FixedI128,
	scores: &[(u64, FixedI128)],
) -> FixedI128 {
	let records = Records::default();
	let submitting = scores.iter().map(|(who, _)| *who).collect();
	let before = core::mem::replace(active, submitting);
	book.begin(epoch, |_| before);
	for (who, _) in scores {
		let known = book.places.entry(who).map(|entry| entry.standing);
		let standing = book.standing_at(epoch, alpha, known).unwrap();
		book.score_after_pull(alpha, standing.score).unwrap();
		book.places.admit(*who, standing, epoch, |who| active.contains(who));
	}
	book.record_scores(alpha, quarter(), scores, &records).unwrap();
	book.initial
}

proptest! {
	#![proptest_config(config(300))]

	#[test]
	fn scores_of_accepted_losses_are_smoothed_epoch_after_epoch(
		alpha in select(vec![
			FixedI128::from_inner(0),
			FixedI128::from_inner(1),
			quarter(),
			FixedI128::one() - FixedI128::from_inner(1),
		]),
		epochs in vec(vec((0..12u64, decimals(fixed(2000))), 1..6), 1..40),
	) {
		let mut book = Book::default();
		for (number, mut scores) in (1..).zip(epochs) {
			scores.sort();
			scores.dedup_by_key(|(who, _)| *who);
			let initial = epoch(&mut book, number, alpha, &scores);
			prop_assert!((fixed(-2000)..=fixed(2000)).contains(&initial), "{}", initial);
		}
	}
}

#[test]
fn newcomers_cannot_drive_the_initial_score_out_of_range() {
	let mut book = Book::default();
	for number in 1..200 {
		// One account that stays and one that is new.
		let scores = [(0, fixed(1)), (number, fixed(0))];
		epoch(&mut book, number, FixedI128::from_rational(1, 10), &scores);
	}
	assert_eq!(book.book.initial, fixed(-2000));
	// It follows the scores again once nobody new comes.
	let scores = [(0, fixed(1)), (1_000, fixed(1)), (1_001, fixed(1))];
	for number in 200..300 {
		epoch(&mut book, number, FixedI128::from_rational(1, 10), &scores);
	}
	assert!(book.book.initial > fixed(0), "{}", book.book.initial);
}
