//! No step of an admitted topic is late by more than a quarter of its epoch length, or two slots if
//! that is longer.

use crate::{mock::*, Capacity, Reserved, TopicStates};
use allora_primitives::{
	traits::{TopicInspect, TopicRegistry},
	EpochWindows, Rule, Slot, Slots, Step, TopicId, TopicParameters, TopicUpdate, ALLO,
};
use frame_support::{assert_ok, weights::Weight};
use proptest::{collection::vec, prelude::*, test_runner::RngSeed};
use std::collections::BTreeMap;

fn microseconds(count: u64) -> Weight {
	Weight::from_parts(count * 1_000_000, 0)
}

/// Creates a topic with this epoch length and worker window; returns its number if it is admitted.
fn admitted(length: Slots, window: Slots) -> Option<TopicId> {
	let topic = pallet_registry::NextTopicId::<Test>::get();
	Stakes::mutate(|stakes| stakes.insert(topic, 1_000 * ALLO));
	let parameters =
		TopicParameters { history: 2, ..TopicParameters::regression(length, window, length) };
	assert_ok!(Topics::create(RuntimeOrigin::signed(ALICE), Box::new(parameters)));
	TopicStates::<Test>::get(topic).active.then_some(topic)
}

/// Moves the topic's first epoch to this slot.
fn open_at(topic: TopicId, slot: Slot) {
	let entry = Topics::clocked(topic).unwrap();
	TopicStates::<Test>::mutate(topic, |state| {
		state.anchor = slot;
		Clock::schedule(topic, &entry, state);
	});
}

/// Runs the clock for this many slots, each step using its worst case. Panics if a step is too late
/// or an epoch void. Returns the maximum lateness as a fraction of what is allowed.
fn run_on_time(slots: Slot) -> f64 {
	let lengths: BTreeMap<TopicId, TopicParameters> = pallet_registry::Topics::<Test>::iter()
		.map(|(topic, entry)| (topic, entry.parameters))
		.collect();
	let mut latest: f64 = 0.0;
	for _ in 0..slots {
		skip_to(System::block_number() + 1);
		// A block that ends a session has no weight left.
		let ends = System::block_number().is_multiple_of(SessionLength::get());
		poll(if ends { Weight::zero() } else { TestBlockWeights::get().max_block });
		for (at, topic, step, epoch) in Taken::take() {
			let parameters = &lengths[&topic];
			let late = at - EpochWindows::new(epoch, parameters).due(step);
			let allowed = Slot::from(parameters.epoch_length / 4).max(2);
			assert!(late <= allowed, "{step:?} of topic {topic} is {late} slots late");
			latest = latest.max(late as f64 / allowed as f64);
		}
		System::reset_events();
	}
	assert_eq!(Voided::get(), vec![]);
	latest
}

/// Makes every step take this long.
fn steps_of(micros: u64) {
	CreateFee::set(1);
	MinTopicWeight::set(0);
	SlotsPerWeek::set(1_000_000);
	WorstStep::set(microseconds(micros));
	UsedStep::set(microseconds(micros));
}

#[test]
fn seven_hundred_topics_that_close_at_once_are_on_time() {
	ExtBuilder::build_and_execute(|| {
		steps_of(2_000);
		let long: Vec<_> = (0..700).map(|_| admitted(100, 60).expect("there is room")).collect();
		let mut short = Vec::new();
		while let Some(topic) = admitted(10, 9) {
			short.push(topic);
		}
		assert!(short.len() > 10);
		// All worker windows close in the same slot: those of the long topics at 100 + 60 + 1,
		// those of the short ones every ten slots up to it.
		long.iter().for_each(|topic| open_at(*topic, 100));
		short.iter().for_each(|topic| open_at(*topic, 101));
		skip_to(99);
		// 700 closes of 2 ms fill almost three blocks of 500 ms.
		assert!(run_on_time(300) > 0.1);
	});
}

/// Changes the topic's rule; returns whether there is room for it.
fn change(topic: TopicId, rule: Rule) -> bool {
	let changes = TopicUpdate { rule: Some(rule), ..Default::default() };
	Topics::update(RuntimeOrigin::signed(ALICE), topic, Box::new(changes)).is_ok()
}

/// Admits topics and changes the rule of each, until there is no capacity for any length.
fn fill_with_changes() -> Vec<TopicId> {
	let mut topics = Vec::new();
	let mut refused = 0;
	for length in [10, 16, 40, 100].into_iter().cycle() {
		match admitted(length, length - 1) {
			Some(topic) => {
				refused = 0;
				change(topic, Rule::Regret);
				open_at(topic, 100);
				topics.push(topic);
			}
			None => refused += 1,
		}
		if refused == 4 {
			return topics;
		}
	}
	topics
}

#[test]
fn topics_that_change_their_rules_are_on_time() {
	ExtBuilder::build_and_execute(|| {
		steps_of(10_000);
		WorstOfRule::set(vec![
			(Rule::Mixture, Step::CloseWorkers, microseconds(40_000)),
			(Rule::Regret, Step::CloseReputers, microseconds(60_000)),
		]);
		RuleOf::set(Some(|topic, epoch| {
			Topics::parameters_of(topic, epoch).expect("the topic exists").rule
		}));
		let topics = fill_with_changes();
		skip_to(99);
		let mut changes = 0;
		for round in 0..60 {
			let rule = if round % 2 == 0 { Rule::Mixture } else { Rule::Regret };
			let third = topics.iter().skip(round % 3).step_by(3);
			changes += third.filter(|topic| change(**topic, rule)).count();
			assert!(run_on_time(7) <= 1.0);
		}
		assert!(changes > 100, "{changes} of {} topics", topics.len());
	});
}

/// A topic to admit: epoch length, worker window, and the slot of its first epoch.
fn candidate() -> impl Strategy<Value = (Slots, Slots, Slot)> {
	let lengths = prop_oneof![Just(10u32), 10u32..40, 40u32..400];
	lengths.prop_flat_map(|length| (Just(length), 1..length, 100u64..500))
}

/// Admits topics until there is no capacity for any length: twenty refusals in a row. Their first
/// epochs open in the same slot if they are aligned.
fn fill(candidates: &[(Slots, Slots, Slot)], aligned: bool) {
	let mut refused = 0;
	for (length, window, slot) in candidates.iter().copied().cycle() {
		match admitted(length, window) {
			Some(topic) => {
				refused = 0;
				open_at(topic, if aligned { 500 } else { slot });
			}
			None => refused += 1,
		}
		if refused == 20 {
			break;
		}
	}
}

proptest! {
	// A case takes seconds in a debug build, and has both alignments.
	#![proptest_config(ProptestConfig {
		cases: 2,
		max_shrink_iters: 50,
		failure_persistence: None,
		rng_seed: RngSeed::Fixed(1),
		..ProptestConfig::default()
	})]

	#[test]
	fn whatever_is_admitted_is_on_time_in_whatever_alignment(
		micros in 3_000u64..40_000,
		candidates in vec(candidate(), 1_000),
	) {
		for aligned in [true, false] {
			ExtBuilder::build_and_execute(|| {
				steps_of(micros);
				fill(&candidates, aligned);
				skip_to(99);
				run_on_time(800);
			});
		}
	}
}

#[test]
fn admission_is_not_far_below_what_the_clock_can_serve() {
	ExtBuilder::build_and_execute(|| {
		steps_of(2_000);
		while admitted(100, 60).is_some() {}
		// 16 blocks of 500 ms, less a step and a fiftieth, hold one epoch of every topic: about 7.8
		// s. Over 100 blocks that is 1 / 6.4 of the clock's share.
		let (reserved, share) = (Reserved::<Test>::get().rate(), Clock::share());
		assert!(reserved.ref_time() > share.ref_time() / 7);
		Reserved::<Test>::mutate(|capacity: &mut Capacity| {
			assert!(capacity.holds(share, SessionLength::get()))
		});
	});
}
