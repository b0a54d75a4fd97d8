//! Which loads can be served on time, by arithmetic shown by hand.

use crate::{Capacity, Class, PhaseLoads, Reservation};
use allora_primitives::TopicParameters;
use frame_support::weights::Weight;

/// Slots of a session.
const SESSION: u64 = 90;

fn ms(count: u64) -> Weight {
	Weight::from_parts(count * 1_000_000_000, 0)
}

/// A topic of this epoch length whose epochs take `epoch` ms, in steps of at most `largest` ms.
fn topic(length: u32, epoch: u64, largest: u64) -> Reservation {
	let parameters = TopicParameters::regression(length, 3, length);
	Reservation::new(&parameters, ms(epoch), ms(largest))
}

fn capacity(topics: &[(Reservation, u32)]) -> Capacity {
	let mut capacity = Capacity::default();
	for (one, count) in topics {
		capacity.add_many(one, *count);
	}
	capacity
}

#[test]
fn tolerance_is_the_largest_power_of_two_within_a_quarter_of_an_epoch() {
	for (length, tolerance) in [(4, 2), (10, 2), (15, 2), (16, 4), (31, 4), (32, 8), (100, 16)] {
		assert_eq!(Class::of(length).tolerance(), tolerance, "of {length} blocks");
	}
	assert_eq!(Class::of(604_800).tolerance(), 131_072);
	assert_eq!(usize::from(Class::of(u32::MAX).0), crate::CLASSES - 1);
}

#[test]
fn topics_of_one_length_fit_if_an_epoch_of_each_fits_into_their_tolerance() {
	// Steps may be two blocks late. Of three blocks one may end a session, and of 90 further ones
	// another, so two blocks of (100 - 10) * 89 / 90 ms must hold an epoch of each topic: 178 ms.
	// Five take 150 ms, six 180.
	let one = topic(10, 30, 10);
	assert!(capacity(&[(one.clone(), 5)]).holds(ms(100), SESSION));
	assert!(!capacity(&[(one, 6)]).holds(ms(100), SESSION));
}

#[test]
fn long_epochs_fit_by_their_average_beside_what_is_due_at_once() {
	// 16 blocks of 89 ms hold 47 epochs of 30 ms, 1410 of 1424 ms; of 100 blocks they take 14.1 each.
	let long = topic(100, 30, 10);
	assert!(capacity(&[(long.clone(), 47)]).holds(ms(100), SESSION));
	assert!(!capacity(&[(long.clone(), 48)]).holds(ms(100), SESSION));
	// With three short topics beside them, which take 90 ms at once and 9 ms a block,
	// 90 + 14 * 9 = 216 of the 1424 ms are gone: 40 long ones take 1200, 41 take 1230.
	let short = topic(10, 30, 10);
	assert!(capacity(&[(short.clone(), 3), (long.clone(), 40)]).holds(ms(100), SESSION));
	assert!(!capacity(&[(short, 3), (long, 41)]).holds(ms(100), SESSION));
}

#[test]
fn load_on_average_must_fit_as_well() {
	// The share is 100 ms, of which 10 may be lost. 16 topics of 4 blocks take 1 ms at once, 0.25 ms
	// a block; long ones take their average only.
	let long = topic(1_000_000, 10_000_000, 10);
	// Each takes 10 ms a block on average.
	assert_eq!(long.rate, ms(10));
	let tolerance = Class::of(1_000_000).tolerance();
	assert_eq!(tolerance, 131_072);
	// An epoch is 10^7 ms; 131 072 blocks of 89 ms hold 1.17 * 10^7.
	assert!(capacity(&[(long.clone(), 1)]).holds(ms(100), SESSION));
	assert!(!capacity(&[(long, 2)]).holds(ms(100), SESSION));
}

#[test]
fn step_larger_than_the_share_never_fits() {
	assert!(!capacity(&[(topic(1_000, 101, 101), 1)]).holds(ms(100), SESSION));
	// One as large as the share may find only blocks with a bit less left.
	assert!(!capacity(&[(topic(1_000, 100, 100), 1)]).holds(ms(100), SESSION));
}

#[test]
fn proof_size_counts_like_time() {
	let bytes = |count| Weight::from_parts(0, count);
	let parameters = TopicParameters::regression(10, 3, 10);
	let one = Reservation::new(&parameters, bytes(30), bytes(10));
	assert!(capacity(&[(one.clone(), 5)]).holds(bytes(100), SESSION));
	assert!(!capacity(&[(one, 6)]).holds(bytes(100), SESSION));
}

#[test]
fn what_is_counted_in_is_counted_out() {
	let (a, b) = (topic(10, 30, 10), topic(100, 7, 3));
	let mut both = capacity(&[(a.clone(), 1), (b.clone(), 1)]);
	assert_eq!(both.occupied().collect::<Vec<_>>(), vec![Class(1), Class(4)]);
	assert!(both.remove(&a));
	assert_eq!(both.classes, capacity(&[(b.clone(), 1)]).classes);
	// The largest step stays until nothing is reserved.
	assert_eq!(both.largest, ms(10));
	assert!(!both.remove(&a));
	assert!(both.remove(&b));
	assert_eq!(both, Capacity::default());
}

#[test]
fn openings_are_levelled_over_the_phases() {
	let mut phases = PhaseLoads::default();
	// Epochs of 20 blocks fall on three of the sixty phases each time.
	let mut opened = Vec::new();
	for _ in 0..21 {
		let block = phases.least_loaded(100, 20);
		phases.add(&topic(20, 30, 10).opening_at(block));
		opened.push(block);
	}
	// Twenty blocks are as good as each other, then the first again.
	assert_eq!(opened[..20], (100..120).collect::<Vec<_>>());
	assert_eq!(opened[20], 100);
}

#[test]
fn phase_of_an_ended_topic_is_free_again() {
	let mut phases = PhaseLoads::default();
	let one = topic(7, 30, 10).opening_at(3);
	phases.add(&one);
	assert_ne!(phases, PhaseLoads::default());
	phases.remove(&one);
	assert_eq!(phases, PhaseLoads::default());
}
