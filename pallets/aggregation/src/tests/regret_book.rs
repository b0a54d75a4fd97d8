//! Slots of the regret book.

use crate::{
	regret_book::{book_bytes, RegretBook, FORECASTER_SLOTS, INFERER_SLOTS},
	Book,
};
use allora_math::{regrets::RegretTable, MathError, MathResult, Real};
use allora_primitives::{EpochId, FixedI128};
use codec::{Encode, MaxEncodedLen};
use sp_runtime::AccountId32;

/// A table in which every regret has this value.
fn filled(n: usize, f: usize, regret: i32) -> RegretTable {
	let mut table = RegretTable::empty(n, f);
	let regret = Some(Real::from_num(regret));
	let parts = [
		&mut table.inferers,
		&mut table.forecasters,
		&mut table.naive,
		&mut table.one_out_inferer,
		&mut table.one_out_forecaster,
		&mut table.one_in_forecaster,
	];
	parts.into_iter().for_each(|part| part.fill(regret));
	table
}

/// Stores an epoch's table.
fn store<AccountId: Clone + PartialEq>(
	book: &mut RegretBook<AccountId>,
	inferers: &[AccountId],
	forecasters: &[AccountId],
	table: &RegretTable,
	epoch: EpochId,
) -> MathResult<()> {
	let located = book.locate(inferers, forecasters);
	book.store(&located, table, epoch)
}

/// The regrets of these actors.
fn table_of(book: &RegretBook<u64>, inferers: &[u64], forecasters: &[u64]) -> RegretTable {
	book.table(&book.locate(inferers, forecasters)).unwrap()
}

/// Stores an epoch in which every regret has this value, and checks the book.
fn learn(
	book: &mut RegretBook<u64>,
	epoch: EpochId,
	inferers: &[u64],
	forecasters: &[u64],
	regret: i32,
) {
	let table = filled(inferers.len(), forecasters.len(), regret);
	store(book, inferers, forecasters, &table, epoch).unwrap();
	book.check(Some(epoch)).unwrap();
}

#[test]
fn table_reads_what_was_stored() {
	let mut book = RegretBook::default();
	let mut table = RegretTable::empty(3, 2);
	// Every cell gets a different number.
	let mut next = 0;
	for part in [
		&mut table.inferers,
		&mut table.forecasters,
		&mut table.naive,
		&mut table.one_out_inferer,
		&mut table.one_out_forecaster,
		&mut table.one_in_forecaster,
	] {
		for cell in part.iter_mut() {
			next += 1;
			*cell = Some(Real::from_num(next));
		}
	}
	store(&mut book, &[1, 2, 3], &[2, 9], &table, 100).unwrap();
	assert_eq!(table_of(&book, &[1, 2, 3], &[2, 9]), table);
}

#[test]
fn table_of_fewer_actors_is_a_part_of_the_whole() {
	let mut book = RegretBook::default();
	learn(&mut book, 100, &[1, 2], &[9], 7);
	learn(&mut book, 120, &[3], &[8], 5);
	let table = table_of(&book, &[2, 3], &[9]);
	let (seven, five) = (Some(Real::from_num(7)), Some(Real::from_num(5)));
	assert_eq!(table.inferers, [seven, five]);
	// Without 2: 2, 3, 9; without 3: 2, 3, 9. They never met 3, nor 3 them.
	assert_eq!(table.one_out_inferer, [seven, None, seven, None, five, None]);
	assert_eq!(table.one_in_forecaster, [seven, None, seven]);
}

#[test]
fn strangers_have_no_history() {
	let book = RegretBook::default();
	assert_eq!(table_of(&book, &[1, 2], &[3]), RegretTable::empty(2, 1));
	assert!(book.all_new(&book.locate(&[1, 2], &[])));
}

#[test]
fn unknown_regrets_stay_unknown() {
	let mut book = RegretBook::<u64>::default();
	store(&mut book, &[1], &[2], &RegretTable::empty(1, 1), 100).unwrap();
	assert_eq!(table_of(&book, &[1], &[2]), RegretTable::empty(1, 1));
}

#[test]
fn table_of_other_sizes_is_refused() {
	let mut book = RegretBook::<u64>::default();
	assert_eq!(store(&mut book, &[1], &[], &filled(2, 0, 1), 100), Err(MathError::Shape));
	assert_eq!(book, RegretBook::default());
}

#[test]
fn slot_used_longest_ago_is_freed_and_starts_fresh() {
	let mut book = RegretBook::default();
	let group = |from: u64| (from..from + 32).collect::<Vec<_>>();
	learn(&mut book, 100, &group(0), &[], 1);
	learn(&mut book, 120, &group(32), &[], 2);
	// All of the first group take part again except account 0, whose slot is now the oldest.
	learn(&mut book, 140, &group(1), &[], 3);
	assert_eq!(book.inferers.len(), 64);
	learn(&mut book, 160, &[1, 100], &[], 4);
	assert_eq!(book.inferers.len(), 64);
	let holder = &book.inferers[0].holder;
	assert_eq!((holder.account, holder.generation, holder.inclusions), (100, 1, 1));
	assert_eq!(book.inferer_regret(&0), None);
	// Accounts 2 and 0 had regrets of each other; 2 and 100, which has the slot of 0, have none.
	let table = table_of(&book, &[2, 100], &[]);
	let (three, four) = (Some(Real::from_num(3)), Some(Real::from_num(4)));
	assert_eq!(table.one_out_inferer, [three, None, None, four]);
}

#[test]
fn freed_forecaster_slot_starts_fresh() {
	let mut book = RegretBook::default();
	let group = |from: u64| (from..from + 8).collect::<Vec<_>>();
	learn(&mut book, 100, &[1], &group(0), 1);
	learn(&mut book, 120, &[1], &group(8), 2);
	learn(&mut book, 140, &[1], &[100], 3);
	assert_eq!(book.forecasters.len(), 16);
	assert_eq!(book.forecasters[0].holder.account, 100);
	assert_eq!(book.forecaster_regret(&0), None);
	// Without forecaster 1: the regrets of inferer 1 and of forecaster 1 itself, and none of 100.
	let table = table_of(&book, &[1], &[1, 100]);
	let one = Some(Real::from_num(1));
	assert_eq!(table.one_out_forecaster[..3], [one, one, None]);
}

#[test]
fn slots_of_the_epochs_own_actors_are_not_freed() {
	let mut book = RegretBook::default();
	let group = |from: u64| (from..from + 32).collect::<Vec<_>>();
	learn(&mut book, 100, &group(0), &[], 1);
	learn(&mut book, 120, &group(32), &[], 2);
	// In the list newcomers come before the holders of the oldest slots.
	let mixed: Vec<u64> = [200, 201].into_iter().chain(0..30).collect();
	learn(&mut book, 140, &mixed, &[], 3);
	assert!((0..30).all(|who| book.inferer_regret(&who).is_some()));
	assert!((30..32).all(|who| book.inferer_regret(&who).is_none()));
}

#[test]
fn experience_is_counted_before_the_epoch() {
	let mut book = RegretBook::default();
	let tenth = FixedI128::from_rational(1, 10);
	for epoch in 0..9 {
		learn(&mut book, epoch, &[1], &[2], 1);
	}
	let table = filled(1, 1, 7);
	assert!(book.experienced(&book.locate(&[1], &[2]), &table, tenth).is_empty());
	learn(&mut book, 9, &[1], &[2], 1);
	assert_eq!(book.experienced(&book.locate(&[1], &[2]), &table, tenth), [Real::from_num(7); 2]);
}

#[test]
fn experience_needs_the_next_whole_number_of_inclusions() {
	let mut book = RegretBook::default();
	// 1 / 0.3 = 3.33: four inclusions.
	let alpha = FixedI128::from_rational(3, 10);
	let table = filled(1, 0, 7);
	for epoch in 0..3 {
		learn(&mut book, epoch, &[1], &[], 1);
	}
	assert!(book.experienced(&book.locate(&[1], &[]), &table, alpha).is_empty());
	learn(&mut book, 3, &[1], &[], 1);
	assert_eq!(book.experienced(&book.locate(&[1], &[]), &table, alpha), [Real::from_num(7)]);
}

#[test]
fn forecasters_history_alone_does_not_end_being_new() {
	let mut book = RegretBook::default();
	learn(&mut book, 100, &[1], &[2], 1);
	assert!(book.all_new(&book.locate(&[2, 3], &[2])));
	assert!(!book.all_new(&book.locate(&[1, 3], &[])));
}

#[test]
fn size_is_bounded_as_stated() {
	// A holder takes 32 + 8 + 2 * 4 = 48 bytes, two cells 16; rows of 64 and of 16 cells
	// 64 * 8 + 2 = 514 and 16 * 8 + 1 = 129. An inferer's row 48 + 16 + 514 + 129 = 707, a
	// forecaster's 514 more, 1221. With both counts of rows, 2 + 1 bytes, the initial regret, 16,
	// and the scale, 17: 64 * 707 + 16 * 1221 + 3 + 16 + 17.
	assert_eq!(RegretBook::<AccountId32>::max_encoded_len(), 64_820);
	// With the rule, 1 byte, the epoch learned last, 1 + 8 + 16, and the spreads and errors of 8
	// labels, 8 * 33 + 1 and 8 * 80 + 1.
	assert_eq!(Book::<AccountId32>::max_encoded_len(), 64_820 + 1 + 25 + 265 + 641);
	assert!(book_bytes(INFERER_SLOTS, FORECASTER_SLOTS) >= 65_752);
}

#[test]
fn small_topic_has_a_small_book() {
	let mut book = RegretBook::default();
	let accounts: Vec<_> = (1..6).map(|who| AccountId32::new([who; 32])).collect();
	store(&mut book, &accounts, &[], &filled(5, 0, 1), 100).unwrap();
	// Five rows of 48 + 16 + 5 * 8 + 1 + 1 bytes, and 1 + 1 + 16 + 1.
	assert_eq!(book.encoded_size(), 5 * 106 + 19);
	assert!(book.bytes() >= 549);
}

#[test]
fn full_topic_has_a_book_of_16_kb() {
	let mut book = RegretBook::default();
	let accounts: Vec<_> = (0..38).map(|who| AccountId32::new([who; 32])).collect();
	store(&mut book, &accounts[..32], &accounts[32..], &filled(32, 6, 1), 100).unwrap();
	// 32 rows of 48 + 16 + 32 * 8 + 1 + 6 * 8 + 1, 6 of 48 + 16 + 70 * 8 + 3, and
	// 1 + 1 + 16 + 1.
	assert_eq!(book.encoded_size(), 32 * 370 + 6 * 627 + 19);
	assert!(book.bytes() >= 15_621);
}

#[test]
fn regrets_too_large_to_store_are_refused() {
	let mut book = RegretBook::<u64>::default();
	assert_eq!(store(&mut book, &[1], &[], &filled(1, 0, 32_768), 100), Err(MathError::Overflow));
}
