//! The clock keeps its promise by the weights that are committed: no step of an admitted topic is
//! later than a quarter of its epoch length, two slots at least, if every step uses all that it may.
//!
//! The clock is the runtime's, with its weights and its share of the runtime's blocks; topics are
//! parameters, and steps are taken by using up their worst case.

use crate::{epoch, weights, Runtime};
use allora_primitives::{
	traits::{ClockedTopic, EmissionIndex, EpochPipeline, EpochRecords, TopicRegistry},
	Balance, EpochId, EpochSizes, EpochWindows, Slot, Slots, Step, TopicId, TopicParameters,
	VoidReason, ALLO,
};
use frame_support::{
	derive_impl, parameter_types,
	traits::{ConstU128, ConstU64, Hooks},
	weights::{Weight, WeightMeter},
};
use rand::{rngs::SmallRng, Rng, SeedableRng};
use sp_runtime::{BuildStorage, DispatchResult};
use std::{cell::RefCell, collections::BTreeMap};

/// Slots of a session, the last block of which leaves the clock nothing: as few as on a local chain.
const SESSION: u64 = 50;

frame_support::construct_runtime!(
	pub enum Test {
		System: frame_system,
		Clock: pallet_clock,
	}
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = frame_system::mocking::MockBlock<Test>;
	type BlockWeights = <Runtime as frame_system::Config>::BlockWeights;
}

thread_local! {
	/// The topics there are.
	static TOPICS: RefCell<BTreeMap<TopicId, TopicParameters>> = RefCell::default();
}

parameter_types! {
	/// Steps taken since the last look: when, which.
	pub static Taken: Vec<(Slot, TopicId, Step, EpochId)> = vec![];
}

impl pallet_clock::Config for Test {
	type Time = System;
	type Pipeline = Dearest;
	type Records = Dearest;
	type Registry = Dearest;
	type Emission = Dearest;
	type SessionLength = ConstU64<SESSION>;
	type MinTopicWeight = ConstU128<ALLO>;
	type WeightInfo = weights::pallet_clock::Weights<Runtime>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = crate::benchmarking::Stage;
}

fn parameters_of(topic: TopicId) -> Option<TopicParameters> {
	TOPICS.with_borrow(|topics| topics.get(&topic).cloned())
}

/// The runtime's steps, as dear as they can be.
pub struct Dearest;

impl Dearest {
	fn take(topic: TopicId, step: Step, epoch: EpochId, used: &mut Weight) {
		let parameters = parameters_of(topic).expect("the topic is there");
		let sizes = EpochSizes::worst_case(&parameters);
		*used += Self::worst_case(step, &sizes);
		Taken::mutate(|taken| taken.push((System::block_number(), topic, step, epoch)));
	}
}

impl EpochPipeline for Dearest {
	fn open(topic: TopicId, epoch: EpochId, used: &mut Weight) -> Result<(), VoidReason> {
		Self::take(topic, Step::Open, epoch, used);
		Ok(())
	}
	fn close_workers(topic: TopicId, epoch: EpochId, used: &mut Weight) -> Result<(), VoidReason> {
		Self::take(topic, Step::CloseWorkers, epoch, used);
		Ok(())
	}
	fn close_reputers(topic: TopicId, epoch: EpochId, used: &mut Weight) -> Result<(), VoidReason> {
		Self::take(topic, Step::CloseReputers, epoch, used);
		Ok(())
	}
	fn worst_case(step: Step, sizes: &EpochSizes) -> Weight {
		epoch::Pipeline::worst_case(step, sizes)
	}
}

impl EpochRecords for Dearest {
	fn has_payloads(_: TopicId, _: EpochId) -> bool {
		true
	}
	fn on_void(topic: TopicId, epoch: EpochId, reason: VoidReason) -> Weight {
		panic!("epoch {epoch} of topic {topic} is void: {reason:?}");
	}
	fn on_prune(_: TopicId, _: EpochId) -> Weight {
		Self::prune_weight()
	}
	fn on_forget(_: TopicId, _: &mut WeightMeter) -> bool {
		true
	}
	fn void_weight(step: Step) -> Weight {
		epoch::Records::void_weight(step)
	}
	fn prune_weight() -> Weight {
		epoch::Records::prune_weight()
	}
}

impl TopicRegistry for Dearest {
	fn clocked(topic: TopicId) -> Option<ClockedTopic> {
		Some(ClockedTopic { parameters: parameters_of(topic)?, retired: false })
	}
	fn prospective_weight(_: TopicId, _: &TopicParameters) -> Result<Balance, VoidReason> {
		Ok(ALLO)
	}
	fn drip(_: TopicId, _: &TopicParameters, _: u32) {}
	fn renew_weight(_: TopicId, _: &TopicParameters) -> Balance {
		ALLO
	}
	fn suspend(_: TopicId) {}
	fn counted_weight(_: TopicId) -> Balance {
		ALLO
	}
}

impl EmissionIndex for Dearest {
	fn set_weight(_: TopicId, _: Balance) -> DispatchResult {
		Ok(())
	}
	fn assign_to_epoch(_: TopicId, _: EpochId, _: Slots, _: Slot) -> DispatchResult {
		Ok(())
	}
	fn total_weight() -> Balance {
		ALLO
	}
	fn renewal_weight() -> Weight {
		crate::Emissions::renewal_weight()
	}
}

/// Runs a test from block 1 without any topics.
fn execute(test: impl FnOnce()) {
	TOPICS.with_borrow_mut(|topics| topics.clear());
	Taken::take();
	let storage = RuntimeGenesisConfig::default().build_storage().expect("the genesis is valid");
	sp_io::TestExternalities::from(storage).execute_with(|| {
		System::set_block_number(1);
		test();
	});
}

/// A customary topic: 32 inferers, 6 forecasters, 6 reputers. Its workers' windows close in slots
/// that are `closes` modulo its epoch length.
fn customary(length: Slots, worker_window: Slots, closes: Slots) -> TopicParameters {
	// The window's slots come after the opening one, then follows the close.
	let phase = (2 * length + closes - worker_window - 1) % length;
	TopicParameters {
		max_inferers: 32,
		max_forecasters: 6,
		max_reputers: 6,
		phase: Some(phase),
		..TopicParameters::regression(length, worker_window, length)
	}
}

/// Creates a topic; returns whether the clock has admitted it.
fn is_admitted(parameters: TopicParameters) -> bool {
	let topic = TOPICS.with_borrow_mut(|topics| {
		let topic = topics.len() as TopicId + 1;
		topics.insert(topic, parameters);
		topic
	});
	let outcome = Clock::activate(RuntimeOrigin::signed(1), topic);
	if let Err(error) = outcome {
		assert_eq!(error, pallet_clock::Error::<Test>::NoCapacity.into());
	}
	outcome.is_ok()
}

/// Runs the clock for this many slots; panics if a step is late, and returns how many slots the
/// latest step was late.
fn run_on_time(slots: Slot) -> Slot {
	let mut latest = 0;
	for _ in 0..slots {
		System::set_block_number(System::block_number() + 1);
		// A block that ends a session declares all its weight before the clock is asked.
		let ends_session = System::block_number().is_multiple_of(SESSION);
		let room = <Runtime as frame_system::Config>::BlockWeights::get().max_block;
		let room = if ends_session { Weight::zero() } else { room };
		Clock::on_poll(System::block_number(), &mut WeightMeter::with_limit(room));
		for (at, topic, step, epoch) in Taken::take() {
			let parameters = parameters_of(topic).expect("the topic is there");
			let late = at - EpochWindows::new(epoch, &parameters).due(step);
			let allowed = Slot::from(parameters.epoch_length / 4).max(2);
			assert!(late <= allowed, "{step:?} of topic {topic} is {late} slots late");
			latest = latest.max(late);
		}
		System::reset_events();
	}
	latest
}

#[test]
fn seven_hundred_topics_that_close_in_a_slot_delay_nobody_beyond_the_promise() {
	execute(|| {
		for topic in 1..=700 {
			assert!(is_admitted(customary(100, 60, 0)), "there is room for {topic}");
		}
		// The clock is filled up with topics of the shortest epoch, whose windows close there too.
		let short = (0..).take_while(|_| is_admitted(customary(10, 9, 0))).count();
		assert!(short > 10, "{short}");
		// 700 closes of 0.75 ms or more do not fit into a quarter of two seconds.
		assert!(run_on_time(500) > 0);
	});
}

#[test]
fn whatever_fills_the_clock_is_on_time() {
	for seed in 0..2 {
		execute(|| {
			let mut random = SmallRng::seed_from_u64(seed);
			let mut refused = 0;
			// Full for every length: random topics are refused twenty times in a row.
			while refused < 20 {
				let length = match random.random_range(0..3) {
					0 => 10,
					1 => random.random_range(10..40),
					_ => random.random_range(40..400),
				};
				let closes = if seed == 0 { 0 } else { random.random_range(0..length) };
				let window = random.random_range(1..length);
				let admitted = is_admitted(customary(length, window, closes));
				refused = if admitted { 0 } else { refused + 1 };
			}
			run_on_time(400);
		});
	}
}
