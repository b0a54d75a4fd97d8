//! A runtime of this pallet, the registry and balances, with fakes of the other pallets.

use crate as pallet_clock;
use allora_primitives::{
	traits::{EmissionIndex, EpochPipeline, EpochRecords, StakeInspect, TopicPot},
	Balance, EpochId, EpochSizes, FixedI128, Slot, Slots, Step, TopicId, TopicParameters,
	VoidReason, ALLO,
};
use frame_support::{
	derive_impl, parameter_types,
	traits::{fungible::Mutate, tokens::Preservation, ConstU128, ConstU32, Hooks},
	weights::{Weight, WeightMeter},
};
use frame_system::limits::BlockWeights;
use sp_runtime::{BuildStorage, DispatchError, DispatchResult};
use std::collections::BTreeMap;

type Block = frame_system::mocking::MockBlock<Test>;

/// Where fees go.
pub const ECOSYSTEM: u64 = 900;
/// Accounts with money.
pub const ALICE: u64 = 1;
pub const BOB: u64 = 2;
/// An account without.
pub const PAUPER: u64 = 3;
/// What the neighbours' part of a step weighs at worst, if a test does not say otherwise.
pub const STEP: Weight = Weight::from_parts(1_000_000_000, 1_000);
/// What voiding and pruning an epoch weigh.
pub const VOID: Weight = Weight::from_parts(3_000_000, 30);
pub const PRUNE: Weight = Weight::from_parts(4_000_000, 40);
/// What emission weighs when an epoch ends.
pub const RENEWAL: Weight = Weight::from_parts(5_000_000, 50);
/// What freeing one of the neighbours' records weighs.
pub const RECORD: Weight = Weight::from_parts(100_000_000, 100);

frame_support::construct_runtime!(
	pub enum Test {
		System: frame_system,
		Balances: pallet_balances,
		Topics: pallet_registry,
		Clock: pallet_clock,
	}
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = Block;
	type AccountData = pallet_balances::AccountData<Balance>;
	type BlockWeights = TestBlockWeights;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
	type Balance = Balance;
	type ExistentialDeposit = ConstU128<1>;
	type AccountStore = System;
}

parameter_types! {
	/// Two seconds a block.
	pub static TestBlockWeights: BlockWeights =
		BlockWeights::simple_max(Weight::from_parts(2_000_000_000_000, 5_000_000));
	pub static SessionLength: u64 = 50;
	pub static CreateFee: Balance = 10 * ALLO;
	pub static RegisterFee: Balance = ALLO;
	pub static MinTopicWeight: Balance = ALLO;
	pub static SlotsPerWeek: Slots = 1_000;
	pub static TopicAlpha: FixedI128 = FixedI128::from_rational(1, 2);

	/// Stake of each topic.
	pub static Stakes: BTreeMap<TopicId, Balance> = BTreeMap::new();
	/// Weights that emission was told.
	pub static EmissionWeights: BTreeMap<TopicId, Balance> = BTreeMap::new();
	/// What emission was told to hand over, and when.
	pub static Assigned: Vec<(TopicId, EpochId, Slot)> = vec![];
	/// Of how many slots, and of how many that had passed.
	pub static AssignedSlots: Vec<(Slots, Slot)> = vec![];
	/// Epochs for which payloads were accepted; all of them if there is no list.
	pub static WithPayloads: Option<Vec<EpochId>> = None;
	/// Steps taken: when, which.
	pub static Taken: Vec<(Slot, TopicId, Step, EpochId)> = vec![];
	/// Steps that fail.
	pub static Failing: Vec<(Step, EpochId, VoidReason)> = vec![];
	/// Epochs that were voided and pruned.
	pub static Voided: Vec<(TopicId, EpochId, VoidReason)> = vec![];
	pub static Pruned: Vec<(TopicId, EpochId)> = vec![];
	/// Records that the neighbours keep of each topic until it is forgotten.
	pub static Kept: BTreeMap<TopicId, u32> = BTreeMap::new();
	/// What the neighbours' part of a step weighs at worst, and what it reports to have used.
	pub static WorstStep: Weight = STEP;
	pub static UsedStep: Weight = Weight::from_parts(1_000_000, 10);
}

/// A neighbour that notes what it is asked to do, and leaves a mark in storage.
pub struct Neighbour;

impl Neighbour {
	fn take(
		topic: TopicId,
		step: Step,
		epoch: EpochId,
		used: &mut Weight,
	) -> Result<(), VoidReason> {
		*used += UsedStep::get();
		Taken::mutate(|taken| taken.push((System::block_number(), topic, step, epoch)));
		sp_io::storage::set(&mark(topic, step, epoch), b"done");
		match Failing::get().iter().find(|(s, e, _)| (*s, *e) == (step, epoch)) {
			Some((_, _, reason)) => Err(*reason),
			None => Ok(()),
		}
	}
}

/// Storage key of the mark that a step leaves.
pub fn mark(topic: TopicId, step: Step, epoch: EpochId) -> Vec<u8> {
	format!("mark {topic} {step:?} {epoch}").into_bytes()
}

/// Whether a step's mark is in storage.
pub fn is_marked(topic: TopicId, step: Step, epoch: EpochId) -> bool {
	sp_io::storage::exists(&mark(topic, step, epoch))
}

impl EpochPipeline for Neighbour {
	fn open(topic: TopicId, epoch: EpochId, used: &mut Weight) -> Result<(), VoidReason> {
		Self::take(topic, Step::Open, epoch, used)
	}
	fn close_workers(topic: TopicId, epoch: EpochId, used: &mut Weight) -> Result<(), VoidReason> {
		Self::take(topic, Step::CloseWorkers, epoch, used)
	}
	fn close_reputers(topic: TopicId, epoch: EpochId, used: &mut Weight) -> Result<(), VoidReason> {
		Self::take(topic, Step::CloseReputers, epoch, used)
	}
	fn worst_case(_: Step, _: &EpochSizes) -> Weight {
		WorstStep::get()
	}
}

impl EpochRecords for Neighbour {
	fn has_payloads(_: TopicId, epoch: EpochId) -> bool {
		WithPayloads::get().is_none_or(|epochs| epochs.contains(&epoch))
	}
	fn on_void(topic: TopicId, epoch: EpochId, reason: VoidReason) -> Weight {
		Voided::mutate(|voided| voided.push((topic, epoch, reason)));
		VOID
	}
	fn on_prune(topic: TopicId, epoch: EpochId) -> Weight {
		Pruned::mutate(|pruned| pruned.push((topic, epoch)));
		PRUNE
	}
	fn on_forget(topic: TopicId, meter: &mut WeightMeter) -> bool {
		let kept = Kept::get().get(&topic).copied().unwrap_or_default();
		let freed = (0..kept).take_while(|_| meter.try_consume(RECORD).is_ok()).count() as u32;
		Kept::mutate(|records| records.insert(topic, kept - freed));
		freed == kept
	}
	fn void_weight(_: Step) -> Weight {
		VOID
	}
	fn prune_weight() -> Weight {
		PRUNE
	}
}

/// Stake as the test sets it.
pub struct TestStake;
impl StakeInspect<u64> for TestStake {
	fn authority(_: TopicId, _: &u64) -> Balance {
		0
	}
	fn topic_stake(topic: TopicId) -> Balance {
		Stakes::get().get(&topic).copied().unwrap_or_default()
	}
	fn total_stake() -> Balance {
		Stakes::get().values().sum()
	}
}

/// Emission that notes what it is told.
pub struct TestEmission;
impl EmissionIndex for TestEmission {
	fn set_weight(topic: TopicId, weight: Balance) -> DispatchResult {
		EmissionWeights::mutate(|weights| weights.insert(topic, weight));
		Ok(())
	}
	fn assign_to_epoch(
		topic: TopicId,
		epoch: EpochId,
		length: Slots,
		passed: Slot,
	) -> DispatchResult {
		AssignedSlots::mutate(|slots| slots.push((length, passed)));
		Assigned::mutate(|assigned| assigned.push((topic, epoch, System::block_number())));
		Ok(())
	}
	fn total_weight() -> Balance {
		EmissionWeights::get().values().sum()
	}
	fn renewal_weight() -> Weight {
		RENEWAL
	}
}

/// Pots that are accounts.
pub struct TestPot;
impl TopicPot<u64> for TestPot {
	fn pay_ecosystem(from: &u64, amount: Balance) -> DispatchResult {
		Balances::transfer(from, &ECOSYSTEM, amount, Preservation::Preserve).map(|_| ())
	}
	fn pay_topic(_: &u64, _: TopicId, _: Balance) -> DispatchResult {
		Err(DispatchError::Unavailable)
	}
	fn topic_pot(topic: TopicId) -> Balance {
		1_000 + Balance::from(topic)
	}
}

impl pallet_registry::Config for Test {
	type Time = System;
	type Clock = Clock;
	type Stake = TestStake;
	type Pot = TestPot;
	type CreateFee = CreateFee;
	type RegisterFee = RegisterFee;
	type MinEpochLength = ConstU32<4>;
	type MaxSupply = ConstU128<{ 1_000_000_000 * ALLO }>;
	type SlotsPerWeek = SlotsPerWeek;
	type TopicAlpha = TopicAlpha;
	type WeightInfo = ();
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = Stage;
}

impl pallet_clock::Config for Test {
	type Time = System;
	type Pipeline = Neighbour;
	type Records = (Neighbour, Topics);
	type Registry = Topics;
	type Emission = TestEmission;
	type SessionLength = SessionLength;
	type MinTopicWeight = MinTopicWeight;
	type WeightInfo = ();
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = Stage;
}

/// What benchmarks need: money, and topics of the largest parameters.
#[cfg(feature = "runtime-benchmarks")]
pub struct Stage;
#[cfg(feature = "runtime-benchmarks")]
impl pallet_registry::BenchmarkHelper<u64> for Stage {
	fn endow(who: &u64) {
		Balances::set_balance(who, 1_000 * ALLO);
	}
	fn set_slot(slot: Slot) {
		System::set_block_number(slot);
	}
	fn clocked(topic: TopicId, last: EpochId) {
		crate::benchmarking::put_clock::<Test>(topic, last);
	}
}
#[cfg(feature = "runtime-benchmarks")]
impl pallet_clock::BenchmarkHelper for Stage {
	fn set_slot(slot: Slot) {
		System::set_block_number(slot);
	}
	fn put_topic(topic: TopicId, parameters: TopicParameters, retired: bool) {
		pallet_registry::benchmarking::put_topic::<Test>(topic, parameters, ALICE, retired);
	}
}

/// Builds the test's genesis.
pub struct ExtBuilder;

impl ExtBuilder {
	/// Runs the test from block 1, then checks the state.
	pub fn build_and_execute(test: impl FnOnce()) {
		Self::externalities().execute_with(|| {
			System::set_block_number(1);
			test();
			Clock::do_try_state().expect("the clock is sound after a test");
		});
	}

	/// The genesis, with the neighbours as they are by default.
	pub fn externalities() -> sp_io::TestExternalities {
		Self::reset();
		let storage = RuntimeGenesisConfig {
			balances: pallet_balances::GenesisConfig {
				balances: vec![
					(ALICE, 1_000_000 * ALLO),
					(BOB, 1_000_000 * ALLO),
					(PAUPER, ALLO / 2),
					(ECOSYSTEM, 1),
				],
				..Default::default()
			},
			..Default::default()
		}
		.build_storage()
		.expect("the genesis of a test is valid");
		storage.into()
	}

	fn reset() {
		let second = Weight::from_parts(2_000_000_000_000, 5_000_000);
		TestBlockWeights::set(BlockWeights::simple_max(second));
		CreateFee::set(10 * ALLO);
		RegisterFee::set(ALLO);
		MinTopicWeight::set(ALLO);
		SlotsPerWeek::set(1_000);
		TopicAlpha::set(FixedI128::from_rational(1, 2));
		Stakes::set(BTreeMap::new());
		EmissionWeights::set(BTreeMap::new());
		Assigned::set(vec![]);
		AssignedSlots::set(vec![]);
		WithPayloads::set(None);
		Taken::set(vec![]);
		Failing::set(vec![]);
		Voided::set(vec![]);
		Pruned::set(vec![]);
		Kept::set(BTreeMap::new());
		WorstStep::set(STEP);
		UsedStep::set(Weight::from_parts(1_000_000, 10));
	}
}

/// Epochs of 10 slots, payloads in the first 4 (`W` = 3), truth after 12 slots, so that reporting
/// opens after 20; two epochs of history.
pub fn parameters() -> TopicParameters {
	TopicParameters { history: 2, ..TopicParameters::regression(10, 3, 12) }
}

/// Creates a topic of Alice's that has so much stake; the first one is active from slot 2 on.
pub fn topic_with_stake(stake: Balance) -> TopicId {
	let topic = pallet_registry::NextTopicId::<Test>::get();
	Stakes::mutate(|stakes| stakes.insert(topic, stake));
	frame_support::assert_ok!(Topics::create(RuntimeOrigin::signed(ALICE), Box::new(parameters())));
	topic
}

/// Goes on to a slot without running the clock on the way or there.
pub fn skip_to(slot: Slot) {
	System::set_block_number(slot);
}

/// Runs the clock in the current block with so much room; returns what it used.
pub fn poll(room: Weight) -> Weight {
	let mut meter = WeightMeter::with_limit(room);
	Clock::on_poll(System::block_number(), &mut meter);
	meter.consumed()
}

/// Goes on to a slot, running the clock with all the room there is, with a block in every slot.
pub fn run_to(slot: Slot) {
	while System::block_number() < slot {
		System::set_block_number(System::block_number() + 1);
		poll(TestBlockWeights::get().max_block);
	}
}

/// The pallet's events since the last call.
pub fn events() -> Vec<crate::Event<Test>> {
	let events = System::read_events_for_pallet::<crate::Event<Test>>();
	System::reset_events();
	events
}
