//! The actors that the mixture book keeps.

use crate::{
	mixture_book::{mixture_bytes, MixtureBook},
	regret_book::{FORECASTER_SLOTS, INFERER_SLOTS},
	Book, RuleState,
};
use allora_math::{
	rules::mixture::{ForecasterState, Learned, Standing, TopicState, WorkerState},
	MathError, Real,
};
use allora_primitives::FixedI128;
use codec::{Encode, MaxEncodedLen};
use sp_runtime::AccountId32;

/// The state of a worker whose numbers are all different, and depend on `at`.
fn worker(at: i32) -> WorkerState {
	let number = |n: i32| Real::from_num(at) + Real::from_num(n) / 8;
	WorkerState {
		raw: Standing { regret: number(1), variance: number(2) },
		corrected: Standing { regret: number(3), variance: number(4) },
		log_weight: -number(5),
		correction: -number(6),
		loss: -number(7),
	}
}

fn forecaster(at: i32) -> ForecasterState {
	ForecasterState { tilted: worker(at).raw }
}

/// Stores an epoch with these actors, whose states depend on the epoch.
fn store(book: &mut MixtureBook<u64>, epoch: i32, inferers: &[u64], forecasters: &[u64]) {
	let known = book.known(inferers, forecasters);
	let learned = Learned {
		topic: TopicState::new(1),
		workers: inferers.iter().map(|_| worker(epoch)).collect(),
		forecasters: forecasters.iter().map(|_| forecaster(epoch)).collect(),
		absent: known.absent_states,
	};
	book.store(&learned, known.absent, inferers, forecasters).unwrap();
	book.check().unwrap();
}

#[test]
fn states_are_read_as_they_were_stored() {
	let mut book = MixtureBook::default();
	store(&mut book, 1, &[1, 2], &[3]);
	store(&mut book, 2, &[2], &[]);
	let known = book.known(&[1, 2, 4], &[3, 4]);
	assert_eq!(known.inferers, [Some(worker(1)), Some(worker(2)), None]);
	assert_eq!(known.forecasters, [Some(forecaster(1)), None]);
	assert!(known.absent.is_empty());
	let known = book.known(&[2], &[]);
	assert_eq!((known.absent, known.absent_states), (vec![1], vec![worker(1)]));
}

#[test]
fn regret_of_an_inferer_is_that_of_its_better_expert() {
	let mut book = MixtureBook::default();
	store(&mut book, 1, &[1], &[2]);
	assert_eq!(book.inferer_regret(&1), Some(FixedI128::from_rational(11, 8)));
	assert_eq!(book.forecaster_regret(&2), Some(FixedI128::from_rational(9, 8)));
	assert_eq!((book.inferer_regret(&2), book.forecaster_regret(&1)), (None, None));
}

#[test]
fn full_book_forgets_those_who_took_part_longest_ago() {
	let mut book = MixtureBook::default();
	let epoch = |first: u64| (first..first + 32).collect::<Vec<_>>();
	store(&mut book, 1, &epoch(0), &[0, 1, 2, 3, 4, 5, 6, 7]);
	store(&mut book, 2, &epoch(32), &[8, 9, 10, 11, 12, 13, 14, 15]);
	// Account 0 takes part again; accounts 1 and 2 make room for two newcomers.
	store(&mut book, 3, &[0, 64, 65], &[16]);
	let known = book.known(&[0, 1, 2, 3, 63, 64], &[0, 1, 16]);
	let is_known: Vec<_> = known.inferers.iter().map(Option::is_some).collect();
	assert_eq!(is_known, [true, false, false, true, true, true]);
	let is_known: Vec<_> = known.forecasters.iter().map(Option::is_some).collect();
	assert_eq!(is_known, [false, true, true]);
}

#[test]
fn size_is_bounded_as_stated() {
	// An inferer takes 32 + 7 * 8 bytes, a forecaster 32 + 2 * 8. With both counts, 2 + 1 bytes, and
	// the topic's 8 numbers of 16 bytes and one of 1: 64 * 88 + 16 * 48 + 3 + 129.
	assert_eq!(MixtureBook::<AccountId32>::max_encoded_len(), 6_532);
	// With the rule, 1 byte, the epoch learned last, 1 + 8 + 16, and the spreads and errors of 8
	// labels, 8 * 33 + 1 and 8 * 80 + 1.
	assert!(mixture_bytes(INFERER_SLOTS, FORECASTER_SLOTS) >= 6_532 + 1 + 25 + 265 + 641);
	let book = Book::<AccountId32> {
		state: RuleState::Mixture(MixtureBook::default()),
		..Default::default()
	};
	assert!(book.bytes() >= book.encoded_size() as u32);
}

#[test]
fn number_out_of_range_is_refused() {
	let mut book = MixtureBook::<u64>::default();
	let far = WorkerState { loss: Real::from_num(200_000), ..worker(1) };
	let learned = Learned {
		topic: TopicState::new(1),
		workers: vec![far],
		forecasters: Vec::new(),
		absent: Vec::new(),
	};
	assert_eq!(book.store(&learned, Vec::new(), &[1], &[]), Err(MathError::Overflow));
}
