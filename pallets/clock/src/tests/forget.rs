//! Retired topics and the removal of their records.

use super::signed;
use crate::{mock::*, Event, Phases, Reserved, WeightInfo};
use allora_primitives::{
	traits::{EpochInspect, TopicInspect},
	FixedI128, Registration, TopicId, TopicUpdate, ALLO,
};
use frame_support::{assert_noop, assert_ok, weights::Weight};
use pallet_registry::{Allowed, Error, Registrations};

/// The clock's weights in the mock.
type Weights = <Test as crate::Config>::WeightInfo;

/// The clock's part of forgetting.
fn forgetting() -> Weight {
	Weights::forget()
}

/// The registry's part of forgetting.
fn forgetting_registrations(count: u32) -> Weight {
	<() as pallet_registry::WeightInfo>::forget(count)
}

fn exists(topic: TopicId) -> bool {
	Topics::parameters(topic).is_some()
}

/// Registers this many accounts in a topic.
fn register(topic: TopicId, accounts: u64) {
	RegisterFee::set(0);
	for who in 1_000..1_000 + accounts {
		assert_ok!(Topics::register(signed(who), topic, Registration::Worker, None));
	}
}

/// Gives a topic registrations, allow-lists, an epoch and superseded parameters.
fn fill(topic: TopicId) {
	register(topic, 3);
	let accounts = vec![BOB].try_into().unwrap();
	assert_ok!(Topics::allow(signed(ALICE), topic, Registration::Reputer, accounts));
	run_to(System::block_number() + 2);
	let changes = TopicUpdate { c_norm: Some(FixedI128::from_u32(1)), ..Default::default() };
	assert_ok!(Topics::update(signed(ALICE), topic, Box::new(changes)));
}

#[test]
fn retired_topic_is_forgotten_once_its_last_epoch_is_settled() {
	ExtBuilder::build_and_execute(|| {
		let topic = topic_with_stake(10 * ALLO);
		run_to(13);
		assert_ok!(Topics::retire(signed(ALICE), topic));
		// The last epoch is 12, whose reports close at 12 + 20 + 10.
		run_to(41);
		assert!(exists(topic));
		events();
		run_to(42);
		assert_eq!(
			events(),
			vec![Event::EpochSettled { topic, epoch: 12 }, Event::TopicForgotten { topic }]
		);
		assert!(!exists(topic));
	});
}

#[test]
fn topic_that_is_not_retired_is_not_forgotten() {
	ExtBuilder::build_and_execute(|| {
		SlotsPerWeek::set(10);
		let topic = topic_with_stake(10 * ALLO);
		run_to(100);
		assert!(exists(topic));
	});
}

#[test]
fn topic_that_never_had_an_epoch_is_forgotten_in_the_next_block() {
	ExtBuilder::build_and_execute(|| {
		assert_ok!(Topics::create(signed(ALICE), Box::new(parameters())));
		assert_ok!(Topics::retire(signed(ALICE), 1));
		assert!(exists(1));
		run_to(2);
		assert!(!exists(1));
	});
}

#[test]
fn queries_do_not_find_a_forgotten_topic() {
	ExtBuilder::build_and_execute(|| {
		let topic = topic_with_stake(10 * ALLO);
		fill(topic);
		assert_ok!(Topics::retire(signed(ALICE), topic));
		run_to(40);
		assert_eq!(Topics::topic_info(topic), None);
		assert_eq!(Topics::topic_page(1, 10, 10).topics, Vec::<TopicId>::new());
		assert_eq!(Clock::epochs(topic), vec![]);
		assert_eq!(Clock::epoch_record(topic, 2), None);
		assert_eq!(Topics::parameters_of(topic, 2), None);
		assert!(!Topics::is_registered(topic, &1_000, Registration::Worker));
		assert_eq!(Topics::payee(topic, &1_000, Registration::Worker), 1_000);
		assert_noop!(Topics::fund(signed(BOB), topic, ALLO), Error::<Test>::TopicNotFound);
	});
}

/// The storage keys of the clock and the registry.
fn stored() -> Vec<Vec<u8>> {
	let of_pallet = |pallet: &[u8]| {
		let prefix = sp_io::hashing::twox_128(pallet).to_vec();
		let next =
			|key: &Vec<u8>| sp_io::storage::next_key(key).filter(|key| key.starts_with(&prefix));
		std::iter::successors(next(&prefix), next).collect::<Vec<_>>()
	};
	[of_pallet(b"Topics"), of_pallet(b"Clock")].concat()
}

#[test]
fn forgotten_topic_leaves_nothing_in_storage() {
	ExtBuilder::build_and_execute(|| {
		// The counter of topics, their default subsidy, the sums of reservations and the storage
		// versions stay.
		let first = topic_with_stake(0);
		assert_ok!(Topics::retire(signed(ALICE), first));
		run_to(2);
		Reserved::<Test>::put(crate::Capacity::default());
		Phases::<Test>::put(crate::PhaseLoads::default());
		// What the clock used is that of the block, and of no topic.
		crate::Used::<Test>::kill();
		let before = stored();
		assert!(before.len() <= 6);

		let topic = topic_with_stake(10 * ALLO);
		fill(topic);
		assert!(stored().len() > before.len() + 5);
		assert_ok!(Topics::retire(signed(ALICE), topic));
		run_to(50);
		crate::Used::<Test>::kill();
		assert_eq!(stored(), before);
	});
}

#[test]
fn number_of_a_forgotten_topic_is_not_used_again() {
	ExtBuilder::build_and_execute(|| {
		assert_ok!(Topics::create(signed(ALICE), Box::new(parameters())));
		assert_ok!(Topics::retire(signed(ALICE), 1));
		run_to(2);
		assert_eq!(topic_with_stake(0), 2);
		assert_eq!(Topics::topic_page(1, 10, 10).topics, vec![2]);
	});
}

#[test]
fn many_registrations_are_removed_over_several_blocks() {
	ExtBuilder::build_and_execute(|| {
		assert_ok!(Topics::create(signed(ALICE), Box::new(parameters())));
		register(1, 250);
		assert_ok!(Topics::retire(signed(ALICE), 1));
		for (block, left) in [(2, 150), (3, 50), (4, 0)] {
			run_to(block);
			assert_eq!(Registrations::<Test>::iter_prefix(1).count(), left);
			assert_eq!(exists(1), left > 0);
		}
	});
}

#[test]
fn allow_lists_are_removed_after_the_registrations() {
	ExtBuilder::build_and_execute(|| {
		assert_ok!(Topics::create(signed(ALICE), Box::new(parameters())));
		register(1, 60);
		let accounts = (1..=60).collect::<Vec<_>>().try_into().unwrap();
		assert_ok!(Topics::allow(signed(ALICE), 1, Registration::Worker, accounts));
		assert_ok!(Topics::retire(signed(ALICE), 1));
		run_to(2);
		assert_eq!(Registrations::<Test>::iter_prefix(1).count(), 0);
		assert_eq!(Allowed::<Test>::iter_prefix(1).count(), 20);
		run_to(3);
		assert!(!exists(1));
	});
}

#[test]
fn other_pallets_forget_before_the_registry() {
	ExtBuilder::build_and_execute(|| {
		assert_ok!(Topics::create(signed(ALICE), Box::new(parameters())));
		register(1, 1);
		// A record takes 0.1 ms, and a quarter of a block is 500 ms: a bit less than 5000 fit.
		Kept::set([(1, 6_000)].into());
		assert_ok!(Topics::retire(signed(ALICE), 1));
		run_to(2);
		assert!((1_000..1_100).contains(&Kept::get()[&1]));
		assert!(exists(1));
		assert!(Topics::is_registered(1, &1_000, Registration::Worker));
		run_to(3);
		assert_eq!(Kept::get()[&1], 0);
		assert!(!exists(1));
	});
}

#[test]
fn forgetting_waits_while_a_step_is_due() {
	ExtBuilder::build_and_execute(|| {
		topic_with_stake(10 * ALLO);
		let retired = topic_with_stake(0);
		assert_ok!(Topics::retire(signed(ALICE), retired));
		skip_to(2);
		// The opening does not fit, but forgetting would.
		let opening = Weights::poll(1)
			+ Weights::turn()
			+ Weights::release()
			+ Clock::step_weight(allora_primitives::Step::Open, &parameters());
		assert!((forgetting() + forgetting_registrations(1)).all_lte(opening));
		poll(opening - Weight::from_parts(1, 0));
		assert!(exists(retired));
		poll(Weight::MAX);
		assert!(!exists(retired));
	});
}

#[test]
fn forgetting_uses_what_the_steps_leave_of_the_clocks_share() {
	ExtBuilder::build_and_execute(|| {
		topic_with_stake(10 * ALLO);
		let retired = topic_with_stake(0);
		Kept::set([(retired, 100_000)].into());
		assert_ok!(Topics::retire(signed(ALICE), retired));
		skip_to(2);
		let used = poll(TestBlockWeights::get().max_block);
		let limit = Clock::share() + Weights::poll(1);
		assert!(used.all_lte(limit));
		assert!((limit - used).ref_time() < RECORD.ref_time());
	});
}

#[test]
fn forgetting_does_nothing_that_does_not_fit() {
	ExtBuilder::build_and_execute(|| {
		let retired = topic_with_stake(0);
		assert_ok!(Topics::retire(signed(ALICE), retired));
		skip_to(2);
		let looked = Weights::poll(0) + forgetting();
		let short = looked + forgetting_registrations(0);
		assert_eq!(poll(short - Weight::from_parts(1, 0)), looked);
		// The step fits, but no registration does, so it is unknown whether there is one.
		assert_eq!(poll(short), short);
		assert!(exists(retired));
		assert_eq!(poll(Weight::MAX), short);
		assert!(!exists(retired));
	});
}

#[test]
fn retired_topics_are_forgotten_one_after_the_other() {
	ExtBuilder::build_and_execute(|| {
		for topic in 1..=5 {
			assert_ok!(Topics::create(signed(ALICE), Box::new(parameters())));
			assert_ok!(Topics::retire(signed(ALICE), topic));
		}
		run_to(2);
		assert_eq!(Topics::topic_page(1, 10, 10).topics, Vec::<TopicId>::new());
	});
}
