//! The admission test, with the arithmetic shown.

use crate::{Capacity, Class, PhaseLoads, Reservation, StepWeights};
use allora_primitives::Slots;
use frame_support::weights::Weight;

/// Slots of a session.
const SESSION: u64 = 90;

fn ms(count: u64) -> Weight {
	Weight::from_parts(count * 1_000_000_000, 0)
}

/// A topic of this epoch length whose epochs take `epoch` ms, in steps of at most `largest` ms.
fn topic(length: Slots, epoch: u64, largest: u64) -> Reservation {
	reservation(length, ms(epoch), ms(largest))
}

/// The reservation of a topic whose steps all take `largest`.
fn reservation(length: Slots, epoch: Weight, largest: Weight) -> Reservation {
	let steps = StepWeights { open: largest, close_workers: largest, close_reputers: largest };
	Reservation::new(length, steps, epoch, largest)
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
	// Steps may be two slots late. Of three blocks one may end a session, and of 90 further ones
	// another, so two blocks of (100 - 10) * 89 / 90 ms must hold an epoch of each topic: 178 ms.
	// Five topics take 150 ms, six 180 ms.
	let one = topic(10, 30, 10);
	assert!(capacity(&[(one.clone(), 5)]).holds(ms(100), SESSION));
	assert!(!capacity(&[(one, 6)]).holds(ms(100), SESSION));
}

#[test]
fn long_epochs_fit_by_what_short_ones_leave() {
	// 16 blocks of 89 ms, which are 1424 ms, hold 47 epochs of 30 ms. These take 14.1 ms of each of
	// 100 blocks.
	let long = topic(100, 30, 10);
	assert!(capacity(&[(long.clone(), 47)]).holds(ms(100), SESSION));
	assert!(!capacity(&[(long.clone(), 48)]).holds(ms(100), SESSION));
	// Three short topics take 90 ms at once and 9 ms per block: 90 + 14 * 9 = 216 of the 1424 ms.
	// In what is left, 40 long topics fit with 1200 ms, and 41 do not with 1230 ms.
	let short = topic(10, 30, 10);
	assert!(capacity(&[(short.clone(), 3), (long.clone(), 40)]).holds(ms(100), SESSION));
	assert!(!capacity(&[(short, 3), (long, 41)]).holds(ms(100), SESSION));
}

#[test]
fn average_load_must_fit_as_well() {
	let long = topic(1_000_000, 10_000_000, 10);
	assert_eq!(long.rate, ms(10));
	let tolerance = Class::of(1_000_000).tolerance();
	assert_eq!(tolerance, 131_072);
	// An epoch takes 10^7 ms; 131 072 blocks of 89 ms hold 1.17 * 10^7 ms.
	assert!(capacity(&[(long.clone(), 1)]).holds(ms(100), SESSION));
	assert!(!capacity(&[(long, 2)]).holds(ms(100), SESSION));
}

#[test]
fn step_larger_than_the_share_never_fits() {
	assert!(!capacity(&[(topic(1_000, 101, 101), 1)]).holds(ms(100), SESSION));
	// A step as large as the share does not fit either once anything else is done in the block.
	assert!(!capacity(&[(topic(1_000, 100, 100), 1)]).holds(ms(100), SESSION));
}

#[test]
fn proof_size_counts_like_time() {
	let bytes = |count| Weight::from_parts(0, count);
	let one = reservation(10, bytes(30), bytes(10));
	assert!(capacity(&[(one.clone(), 5)]).holds(bytes(100), SESSION));
	assert!(!capacity(&[(one, 6)]).holds(bytes(100), SESSION));
}

#[test]
fn removed_topic_is_no_longer_counted() {
	let (a, b) = (topic(10, 30, 10), topic(100, 7, 3));
	let mut both = capacity(&[(a.clone(), 1), (b.clone(), 1)]);
	assert_eq!(both.occupied().collect::<Vec<_>>(), vec![Class(1), Class(4)]);
	assert!(both.remove(&a));
	assert_eq!(both.classes, capacity(&[(b.clone(), 1)]).classes);
	// The largest step is kept until nothing is reserved.
	assert_eq!(both.largest, ms(10));
	assert!(!both.remove(&a));
	assert!(both.remove(&b));
	assert_eq!(both, Capacity::default());
}

#[test]
fn openings_are_spread_evenly_over_the_phases() {
	let mut phases = PhaseLoads::default();
	// Epochs of 20 slots open in three of the sixty phases.
	let mut opened = Vec::new();
	for _ in 0..21 {
		let block = phases.least_loaded(100, 20);
		phases.add(&topic(20, 30, 10).opening_at(block));
		opened.push(block);
	}
	// Twenty slots are equally loaded; after them the first one is chosen again.
	assert_eq!(opened[..20], (100..120).collect::<Vec<_>>());
	assert_eq!(opened[20], 100);
}

#[test]
fn removed_topic_leaves_no_load_in_its_phases() {
	let mut phases = PhaseLoads::default();
	let one = topic(7, 30, 10).opening_at(3);
	phases.add(&one);
	assert_ne!(phases, PhaseLoads::default());
	phases.remove(&one);
	assert_eq!(phases, PhaseLoads::default());
}
