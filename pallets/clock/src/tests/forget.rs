//! What becomes of retired topics.

use crate::{mock::*, Event, Phases, Reserved, WeightInfo};
use allora_primitives::{
	traits::TopicInspect, FixedI128, Registration, TopicId, TopicUpdate, ALLO,
};
use frame_support::{assert_noop, assert_ok, weights::Weight};
use pallet_registry::{Allowed, Error, Registrations};

/// What the clock's work weighs in the mock.
type Weights = <Test as crate::Config>::WeightInfo;

/// What the clock's and the registry's parts of forgetting weigh in the mock.
fn forgetting() -> Weight {
	<() as crate::WeightInfo>::forget()
}
fn forgetting_registrations(count: u32) -> Weight {
	<() as pallet_registry::WeightInfo>::forget(count)
}

fn signed(who: u64) -> RuntimeOrigin {
	RuntimeOrigin::signed(who)
}

fn is_there(topic: TopicId) -> bool {
	Topics::parameters(topic).is_some()
}

/// Registers so many accounts in a topic.
fn register(topic: TopicId, accounts: u64) {
	RegisterFee::set(0);
	for who in 1_000..1_000 + accounts {
		assert_ok!(Topics::register(signed(who), topic, Registration::Worker, None));
	}
}

/// Registrations, allow-lists, an epoch and a change of parameters.
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
		// Its last epoch is 12, whose reports close at 12 + 20 + 10.
		run_to(41);
		assert!(is_there(topic));
		events();
		run_to(42);
		assert_eq!(
			events(),
			vec![Event::EpochSettled { topic, epoch: 12 }, Event::TopicForgotten { topic }]
		);
		assert!(!is_there(topic));
	});
}

#[test]
fn topic_that_is_not_retired_is_not_forgotten() {
	ExtBuilder::build_and_execute(|| {
		SlotsPerWeek::set(10);
		let topic = topic_with_stake(10 * ALLO);
		run_to(100);
		assert!(is_there(topic));
	});
}

#[test]
fn topic_that_never_had_an_epoch_is_forgotten_in_the_next_block() {
	ExtBuilder::build_and_execute(|| {
		assert_ok!(Topics::create(signed(ALICE), Box::new(parameters())));
		assert_ok!(Topics::retire(signed(ALICE), 1));
		assert!(is_there(1));
		run_to(2);
		assert!(!is_there(1));
	});
}

#[test]
fn nothing_is_answered_about_a_forgotten_topic() {
	ExtBuilder::build_and_execute(|| {
		let topic = topic_with_stake(10 * ALLO);
		fill(topic);
		assert_ok!(Topics::retire(signed(ALICE), topic));
		run_to(40);
		assert_eq!(Topics::topic_info(topic), None);
		assert_eq!(Topics::topic_ids(1, 10), Vec::<TopicId>::new());
		assert_eq!(Clock::epochs(topic), vec![]);
		assert_eq!(Clock::epoch_record(topic, 2), None);
		assert_eq!(Topics::parameters_of(topic, 2), None);
		assert!(!Topics::is_registered(topic, &1_000, Registration::Worker));
		assert_eq!(Topics::payee(topic, &1_000, Registration::Worker), 1_000);
		assert_noop!(Topics::fund(signed(BOB), topic, ALLO), Error::<Test>::TopicNotFound);
	});
}

/// Keys of what the clock and the registry have in storage.
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
		// The counter, what all topics reserve and the versions stay.
		let first = topic_with_stake(0);
		assert_ok!(Topics::retire(signed(ALICE), first));
		run_to(2);
		Reserved::<Test>::put(crate::Capacity::default());
		Phases::<Test>::put(crate::PhaseLoads::default());
		let before = stored();
		assert!(before.len() <= 5);

		let topic = topic_with_stake(10 * ALLO);
		fill(topic);
		assert!(stored().len() > before.len() + 5);
		assert_ok!(Topics::retire(signed(ALICE), topic));
		run_to(50);
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
		assert_eq!(Topics::topic_ids(1, 10), vec![2]);
	});
}

#[test]
fn many_registrations_are_freed_over_several_blocks() {
	ExtBuilder::build_and_execute(|| {
		assert_ok!(Topics::create(signed(ALICE), Box::new(parameters())));
		register(1, 250);
		assert_ok!(Topics::retire(signed(ALICE), 1));
		for (block, left) in [(2, 150), (3, 50), (4, 0)] {
			run_to(block);
			assert_eq!(Registrations::<Test>::iter_prefix(1).count(), left);
			assert_eq!(is_there(1), left > 0);
		}
	});
}

#[test]
fn lists_are_freed_after_the_registrations() {
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
		assert!(!is_there(1));
	});
}

#[test]
fn neighbours_forget_before_the_registry() {
	ExtBuilder::build_and_execute(|| {
		assert_ok!(Topics::create(signed(ALICE), Box::new(parameters())));
		register(1, 1);
		// A record takes 0.1 ms and a quarter of a block 500 ms: 5000 fit, less what else is done.
		Kept::set([(1, 6_000)].into());
		assert_ok!(Topics::retire(signed(ALICE), 1));
		run_to(2);
		assert!((1_000..1_100).contains(&Kept::get()[&1]));
		assert!(is_there(1));
		assert!(Topics::is_registered(1, &1_000, Registration::Worker));
		run_to(3);
		assert_eq!(Kept::get()[&1], 0);
		assert!(!is_there(1));
	});
}

#[test]
fn forgetting_waits_while_a_step_does() {
	ExtBuilder::build_and_execute(|| {
		topic_with_stake(10 * ALLO);
		let retired = topic_with_stake(0);
		assert_ok!(Topics::retire(signed(ALICE), retired));
		skip_to(2);
		// The opening does not fit, but forgetting would.
		let room = Weights::poll(1)
			+ Weights::turn()
			+ Weights::release()
			+ Clock::step_weight(allora_primitives::Step::Open, &parameters());
		assert!((forgetting() + forgetting_registrations(1)).all_lte(room));
		poll(room - Weight::from_parts(1, 0));
		assert!(is_there(retired));
		poll(Weight::MAX);
		assert!(!is_there(retired));
	});
}

#[test]
fn forgetting_uses_what_the_steps_leave_of_a_quarter_of_the_block() {
	ExtBuilder::build_and_execute(|| {
		topic_with_stake(10 * ALLO);
		let retired = topic_with_stake(0);
		Kept::set([(retired, 100_000)].into());
		assert_ok!(Topics::retire(signed(ALICE), retired));
		skip_to(2);
		let used = poll(TestBlockWeights::get().max_block);
		let most = Clock::share() + Weights::poll(1);
		assert!(used.all_lte(most));
		assert!((most - used).ref_time() < RECORD.ref_time());
		Kept::set(Default::default());
	});
}

#[test]
fn forgetting_does_nothing_without_room() {
	ExtBuilder::build_and_execute(|| {
		let retired = topic_with_stake(0);
		assert_ok!(Topics::retire(signed(ALICE), retired));
		skip_to(2);
		let looked = Weights::poll(0) + forgetting();
		let short = looked + forgetting_registrations(0);
		assert_eq!(poll(short - Weight::from_parts(1, 0)), looked);
		// Room for the step, and for no registration: whether there is one is not known.
		assert_eq!(poll(short), short);
		assert!(is_there(retired));
		assert_eq!(poll(Weight::MAX), short);
		assert!(!is_there(retired));
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
		assert_eq!(Topics::topic_ids(1, 10), Vec::<TopicId>::new());
	});
}
