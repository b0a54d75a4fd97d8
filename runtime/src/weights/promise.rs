//! The clock keeps its promise under the committed weights: no step of an admitted topic is late by
//! more than a quarter of its epoch length, or two slots if that is longer, although every step uses
//! its worst case.
//!
//! The clock has the runtime's weights and its share of the runtime's blocks. Topics are parameters
//! only, and a step does nothing but use its worst case.

use crate::{epoch, weights, Runtime};
use allora_primitives::{
	traits::{
		ClockedTopic, EmissionIndex, EpochPipeline, EpochPrice, EpochRecords, Renewal, Standing,
		TopicRegistry,
	},
	Balance, EpochId, EpochSizes, EpochWindows, Slot, Slots, Step, TopicId, TopicParameters,
	VoidReason, ALLO,
};
use frame_support::{
	derive_impl,
	storage::unhashed,
	traits::{ConstU128, ConstU32, ConstU64, Hooks},
	weights::{Weight, WeightMeter},
};
use rand::{rngs::SmallRng, Rng, SeedableRng};
use sp_io::TestExternalities;
use sp_runtime::{BuildStorage, DispatchResult};
use std::{cell::RefCell, collections::BTreeMap};

/// The slots of a session, as few as on a local chain. Its last block has no weight left for the
/// clock.
const SESSION: u64 = 50;

/// The slots after which the overlay is rebuilt, see [`rebuild`].
const REBUILT_AFTER: Slot = 25;

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

/// A step that the clock has taken, with its slot.
type TakenStep = (Slot, TopicId, Step, EpochId);

thread_local! {
	/// The parameters of all topics.
	static TOPICS: RefCell<BTreeMap<TopicId, TopicParameters>> = RefCell::default();
	/// The steps taken in the current slot.
	static TAKEN: RefCell<Vec<TakenStep>> = RefCell::default();
}

impl pallet_clock::Config for Test {
	type Time = System;
	type Pipeline = WorstCase;
	type Records = WorstCase;
	type Registry = WorstCase;
	type Emission = WorstCase;
	type SessionLength = ConstU64<SESSION>;
	type MinTopicWeight = ConstU128<ALLO>;
	type SlotsPerWeek = ConstU32<100_800>;
	type RentFloor = ConstU128<0>;
	type EmergencyOrigin = frame_system::EnsureRoot<u64>;
	type WeightInfo = weights::pallet_clock::Weights<Runtime>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = crate::benchmarking::Stage;
}

fn with_parameters<R>(topic: TopicId, read: impl FnOnce(&TopicParameters) -> R) -> R {
	TOPICS.with_borrow(|topics| read(topics.get(&topic).expect("the topic exists")))
}

/// The runtime's steps, each of which uses its worst case.
pub struct WorstCase;

impl WorstCase {
	fn take(topic: TopicId, step: Step, epoch: EpochId, used: &mut Weight) {
		let sizes = with_parameters(topic, EpochSizes::worst_case);
		*used += Self::worst_case(step, &sizes);
		TAKEN.with_borrow_mut(|taken| taken.push((System::block_number(), topic, step, epoch)));
	}
}

impl EpochPipeline for WorstCase {
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

impl EpochRecords for WorstCase {
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

impl TopicRegistry for WorstCase {
	fn clocked(topic: TopicId) -> Option<ClockedTopic> {
		let parameters = TOPICS.with_borrow(|topics| topics.get(&topic).cloned())?;
		Some(ClockedTopic { parameters, retired: false, listed_from: None })
	}
	fn standing(_: TopicId, _: &TopicParameters) -> Standing {
		Standing { target: ALLO, revenue: ALLO }
	}
	fn take_rent(_: TopicId, _: &TopicParameters, _: Balance) {}
	fn renew_weight(_: TopicId, _: &ClockedTopic, _: EpochId, _: Option<EpochPrice>) -> Renewal {
		Renewal { counted: ALLO, paid: true }
	}
	fn lower_weight(_: TopicId, _: &ClockedTopic) -> Option<Balance> {
		None
	}
	fn suspend(_: TopicId, _: &TopicParameters, _: Slot) {}
	fn counted_weight(_: TopicId) -> Balance {
		ALLO
	}
	fn epochs_funded(_: TopicId, _: &TopicParameters, _: EpochPrice) -> u32 {
		u32::MAX
	}
}

impl EmissionIndex for WorstCase {
	fn set_weight(_: TopicId, _: Balance) -> DispatchResult {
		Ok(())
	}
	fn assign_to_epoch(_: TopicId, _: EpochId, _: Slots, _: Slot) -> DispatchResult {
		Ok(())
	}
	fn total_weight() -> Balance {
		ALLO
	}
	fn setting_weight() -> Weight {
		crate::Emissions::setting_weight()
	}
	fn renewal_weight() -> Weight {
		crate::Emissions::renewal_weight()
	}
}

/// A chain in block 1 without topics.
fn new_chain() -> TestExternalities {
	TOPICS.take();
	TAKEN.take();
	let storage = RuntimeGenesisConfig::default().build_storage().expect("the genesis is valid");
	let mut chain = TestExternalities::from(storage);
	chain.execute_with(|| System::set_block_number(1));
	chain
}

/// A typical topic: 32 inferers, 6 forecasters, 6 reputers. Its worker windows close in slots that
/// are congruent to `closes` modulo its epoch length.
fn typical(length: Slots, worker_window: Slots, closes: Slots) -> TopicParameters {
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

/// Runs the clock for this number of slots. Panics if a step is too late; returns by how many slots
/// the latest step was late.
fn run_on_time(chain: &mut TestExternalities, slots: Slot) -> Slot {
	let mut latest = 0;
	for slot in 1..=slots {
		latest = latest.max(chain.execute_with(next_slot));
		if slot.is_multiple_of(REBUILT_AFTER) {
			rebuild(chain);
		}
	}
	latest
}

/// Copies the storage to the overlay of a new chain, without events.
///
/// An overlay keeps deleted keys, and every look at the agenda would pass all its deleted entries. The
/// storage could also be committed to the backend, but reading its trie takes still longer.
fn rebuild(chain: &mut TestExternalities) {
	let pairs = chain.execute_with(|| {
		System::reset_events();
		let next = |key: &Vec<u8>| sp_io::storage::next_key(key);
		let keys = std::iter::successors(next(&Vec::new()), next);
		let pair = |key: Vec<u8>| unhashed::get_raw(&key).map(|value| (key, value));
		keys.filter_map(pair).collect::<Vec<_>>()
	});
	*chain = TestExternalities::default();
	chain.execute_with(|| pairs.iter().for_each(|(key, value)| unhashed::put_raw(key, value)));
}

/// Runs the clock in the next slot; panics and returns as [`run_on_time`].
fn next_slot() -> Slot {
	System::set_block_number(System::block_number() + 1);
	// In a block that ends a session, all weight is consumed before the clock runs.
	let ends_session = System::block_number().is_multiple_of(SESSION);
	let limit = <Runtime as frame_system::Config>::BlockWeights::get().max_block;
	let limit = if ends_session { Weight::zero() } else { limit };
	Clock::on_poll(System::block_number(), &mut WeightMeter::with_limit(limit));
	let lateness = |(slot, topic, step, epoch): TakenStep| {
		let (due, length) = with_parameters(topic, |parameters| {
			(EpochWindows::new(epoch, parameters).due(step), parameters.epoch_length)
		});
		let late = slot - due;
		let allowed = Slot::from(length / 4).max(2);
		assert!(late <= allowed, "{step:?} of topic {topic} is {late} slots late");
		late
	};
	TAKEN.take().into_iter().map(lateness).max().unwrap_or_default()
}

#[test]
fn seven_hundred_topics_that_close_in_one_slot_keep_the_promise() {
	let mut chain = new_chain();
	chain.execute_with(|| {
		for topic in 1..=700 {
			assert!(is_admitted(typical(100, 60, 0)), "topic {topic} is not admitted");
		}
		// Topics of the shortest epoch, whose windows close in the same slot, use the rest.
		let short = (0..).take_while(|_| is_admitted(typical(10, 9, 0))).count();
		assert!(short > 10, "{short}");
	});
	// 700 closes of 0.75 ms or more do not fit into a quarter of two seconds.
	assert!(run_on_time(&mut chain, 500) > 0);
}

#[test]
fn random_topics_that_fill_the_clock_are_on_time() {
	for seed in 0..3 {
		let mut chain = new_chain();
		chain.execute_with(|| {
			let mut random = SmallRng::seed_from_u64(seed);
			let mut refused = 0;
			// The clock is full for every length if random topics are refused twenty times in a row.
			while refused < 20 {
				let length = match random.random_range(0..3) {
					0 => 10,
					1 => random.random_range(10..40),
					_ => random.random_range(40..400),
				};
				let closes = if seed == 0 { 0 } else { random.random_range(0..length) };
				let window = random.random_range(1..length);
				let admitted = is_admitted(typical(length, window, closes));
				refused = if admitted { 0 } else { refused + 1 };
			}
		});
		run_on_time(&mut chain, 800);
	}
}
