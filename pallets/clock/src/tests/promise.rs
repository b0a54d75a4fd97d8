//! No step of an admitted topic is later than a quarter of its epoch length, two slots at least.

use crate::{mock::*, Capacity, Reserved, TopicStates};
use allora_primitives::{
	traits::TopicRegistry, EpochWindows, Slot, Slots, TopicId, TopicParameters, ALLO,
};
use frame_support::{assert_ok, weights::Weight};
use rand::{rngs::SmallRng, Rng, SeedableRng};
use std::collections::BTreeMap;

fn microseconds(count: u64) -> Weight {
	Weight::from_parts(count * 1_000_000, 0)
}

/// Creates a topic of this epoch length and returns its number, if it is admitted.
fn admitted(length: Slots, window: Slots) -> Option<TopicId> {
	let topic = pallet_registry::NextTopicId::<Test>::get();
	Stakes::mutate(|stakes| stakes.insert(topic, 1_000 * ALLO));
	let parameters =
		TopicParameters { history: 2, ..TopicParameters::regression(length, window, length) };
	assert_ok!(Topics::create(RuntimeOrigin::signed(ALICE), Box::new(parameters)));
	TopicStates::<Test>::get(topic).active.then_some(topic)
}

/// Has the topic's first epoch open in this slot, wherever the clock has put it.
fn open_at(topic: TopicId, slot: Slot) {
	let entry = Topics::clocked(topic).unwrap();
	TopicStates::<Test>::mutate(topic, |state| {
		state.anchor = slot;
		Clock::schedule(topic, &entry, state);
	});
}

/// Runs the clock for this many slots, each step using all it may; panics if a step is late or an
/// epoch void, and returns how late steps were at most as a part of what is allowed.
fn run_on_time(slots: Slot) -> f64 {
	let lengths: BTreeMap<TopicId, TopicParameters> = pallet_registry::Topics::<Test>::iter()
		.map(|(topic, entry)| (topic, entry.parameters))
		.collect();
	let mut latest: f64 = 0.0;
	for _ in 0..slots {
		skip_to(System::block_number() + 1);
		// A block that ends a session leaves nothing.
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

/// Steps that take so long, and use all of it.
fn steps_of(micros: u64) {
	CreateFee::set(1);
	MinTopicWeight::set(0);
	SlotsPerWeek::set(1_000_000);
	WorstStep::set(microseconds(micros));
	UsedStep::set(microseconds(micros));
}

#[test]
fn seven_hundred_topics_that_close_at_once_delay_nobody_beyond_the_promise() {
	ExtBuilder::build_and_execute(|| {
		steps_of(2_000);
		let long: Vec<_> = (0..700).map(|_| admitted(100, 60).expect("there is room")).collect();
		let mut short = Vec::new();
		while let Some(topic) = admitted(10, 9) {
			short.push(topic);
		}
		assert!(short.len() > 10);
		// All windows of all topics close at once: of the long ones at 100 + 60 + 1, of the short ones
		// at whole tens before.
		long.iter().for_each(|topic| open_at(*topic, 100));
		short.iter().for_each(|topic| open_at(*topic, 101));
		skip_to(99);
		// 700 closes of 2 ms are almost three blocks of 500 ms.
		assert!(run_on_time(300) > 0.1);
	});
}

#[test]
fn whatever_is_admitted_is_on_time_in_whatever_alignment() {
	for seed in 0..4 {
		ExtBuilder::build_and_execute(|| {
			let mut random = SmallRng::seed_from_u64(seed);
			steps_of(random.random_range(3_000..40_000));
			let aligned = seed % 2 == 0;
			let mut refused = 0;
			// Until it is full for every length: random topics are refused twenty times in a row.
			while refused < 20 {
				let length = match random.random_range(0..3) {
					0 => 10,
					1 => random.random_range(10..40),
					_ => random.random_range(40..400),
				};
				match admitted(length, random.random_range(1..length)) {
					Some(topic) => {
						refused = 0;
						let at = if aligned { 500 } else { random.random_range(100..500) };
						open_at(topic, at);
					}
					None => refused += 1,
				}
			}
			skip_to(99);
			run_on_time(800);
		});
	}
}

#[test]
fn admission_is_not_far_below_what_the_clock_can_serve() {
	ExtBuilder::build_and_execute(|| {
		steps_of(2_000);
		while admitted(100, 60).is_some() {}
		// 16 blocks of 500 ms less a step, and less a fiftieth, hold one epoch of every topic: about 7.8 s;
		// over 100 blocks that is a part in 6.4 of the clock's share.
		let (reserved, share) = (Reserved::<Test>::get().rate(), Clock::share());
		assert!(reserved.ref_time() > share.ref_time() / 7);
		Reserved::<Test>::mutate(|capacity: &mut Capacity| {
			assert!(capacity.holds(share, SessionLength::get()))
		});
	});
}
