//! The mock runtime of the registry and the clock, which need each other, and the fakes around
//! them.

use crate::{
	traits::{EmissionIndex, EpochPipeline, EpochRecords, SlotProvider, StakeInspect, TopicPot},
	Balance, EpochId, EpochSizes, FixedI128, Rule, Slot, Slots, Step, TopicId, TopicParameters,
	VoidReason, ALLO,
};
use core::marker::PhantomData;
use frame_support::{
	parameter_types,
	traits::{
		fungible::{Inspect, Mutate},
		tokens::Preservation,
	},
	weights::{Weight, WeightMeter},
};
use frame_system::limits::BlockWeights;
use sp_runtime::{DispatchError, DispatchResult};
use std::collections::BTreeMap;

/// The account that fees go to.
pub const ECOSYSTEM: u64 = 900;
/// An account with 1,000,000 ALLO.
pub const ALICE: u64 = 1;
/// Another account with 1,000,000 ALLO.
pub const BOB: u64 = 2;
/// An account that cannot pay a fee.
pub const PAUPER: u64 = 3;
/// The deposit for an account on an allow-list, in planck.
pub const LIST_DEPOSIT: Balance = 7;
/// The worst-case weight of a step's pipeline, unless a test changes it.
pub const STEP: Weight = Weight::from_parts(1_000_000_000, 1_000);
/// What a rule adds to the worst-case weight of a step's pipeline, unless a test changes it.
pub const REGRET: (Rule, Step, Weight) =
	(Rule::Regret, Step::CloseReputers, Weight::from_parts(500_000_000, 500));
/// The weight that a step's pipeline uses, unless a test changes it.
pub const USED: Weight = Weight::from_parts(1_000_000, 10);
/// The weight of voiding an epoch.
pub const VOID: Weight = Weight::from_parts(3_000_000, 30);
/// The weight of pruning an epoch.
pub const PRUNE: Weight = Weight::from_parts(4_000_000, 40);
/// The weight of setting a topic's weight in emission.
pub const SETTING: Weight = Weight::from_parts(2_000_000, 20);
/// The weight of emission when an epoch ends.
pub const RENEWAL: Weight = Weight::from_parts(5_000_000, 50);
/// The weight of removing one record of another pallet.
pub const RECORD: Weight = Weight::from_parts(100_000_000, 100);
/// The weight of a block: two seconds.
const BLOCK: Weight = Weight::from_parts(2_000_000_000_000, 5_000_000);

parameter_types! {
	/// The limits of a block: two seconds in total.
	pub static TestBlockWeights: BlockWeights = BlockWeights::simple_max(BLOCK);
	/// The length of a session in slots.
	pub static SessionLength: u64 = 50;
	/// The fee for creating a topic, in planck.
	pub static CreateFee: Balance = 10 * ALLO;
	/// The fee for registering in a topic, in planck.
	pub static RegisterFee: Balance = ALLO;
	/// The minimum weight of an active topic, in planck.
	pub static MinTopicWeight: Balance = ALLO;
	/// The price of rent of an idle clock: none, so that amounts in tests show what they are about.
	/// Tests of rent set it.
	pub static RentFloor: Balance = 0;
	/// The length of a week in slots.
	pub static SlotsPerWeek: Slots = 1_000;
	/// The share of the way to its target that a topic's weight goes in a week.
	pub static TopicAlpha: FixedI128 = FixedI128::from_rational(1, 2);

	/// The notice with which powers of creators act while there is stake in a topic, in slots.
	pub static Notice: Slots = 0;
	/// The stake in each topic, in planck.
	pub static Stakes: BTreeMap<TopicId, Balance> = BTreeMap::new();
	/// The weights that emission counts, in planck.
	pub static EmissionWeights: BTreeMap<TopicId, Balance> = BTreeMap::new();
	/// The epochs that emission was assigned to, and when.
	pub static Assigned: Vec<(TopicId, EpochId, Slot)> = vec![];
	/// For each of them, the epoch length and the slots that had passed.
	pub static AssignedSlots: Vec<(Slots, Slot)> = vec![];
	/// The epochs for which payloads were accepted; `None` if for all.
	pub static WithPayloads: Option<Vec<EpochId>> = None;
	/// The steps taken, and when.
	pub static Taken: Vec<(Slot, TopicId, Step, EpochId)> = vec![];
	/// The steps that fail.
	pub static Failing: Vec<(Step, EpochId, VoidReason)> = vec![];
	/// The epochs that were voided.
	pub static Voided: Vec<(TopicId, EpochId, VoidReason)> = vec![];
	/// The epochs that were pruned.
	pub static Pruned: Vec<(TopicId, EpochId)> = vec![];
	/// The number of records that other pallets keep of each topic until it is forgotten.
	pub static Kept: BTreeMap<TopicId, u32> = BTreeMap::new();
	/// The worst-case weight of a step's pipeline.
	pub static WorstStep: Weight = STEP;
	/// What rules add to the worst-case weights of steps' pipelines.
	pub static WorstOfRule: Vec<(Rule, Step, Weight)> = vec![REGRET];
	/// The weight that a step's pipeline reports to have used.
	pub static UsedStep: Weight = USED;
	/// The rule of an epoch; if a test sets it, a step's pipeline also uses what the rule adds.
	pub static RuleOf: Option<fn(TopicId, EpochId) -> Rule> = None;
}

/// Sets the defaults of all statics of this module.
pub fn reset() {
	TestBlockWeights::set(BlockWeights::simple_max(BLOCK));
	SessionLength::set(50);
	CreateFee::set(10 * ALLO);
	RegisterFee::set(ALLO);
	MinTopicWeight::set(ALLO);
	RentFloor::set(0);
	SlotsPerWeek::set(1_000);
	TopicAlpha::set(FixedI128::from_rational(1, 2));
	Notice::set(0);
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
	WorstOfRule::set(vec![REGRET]);
	UsedStep::set(USED);
	RuleOf::set(None);
}

/// The other pallets' part of steps and records. It records each step that is taken, and leaves a
/// mark in storage, by which tests see whether a failed step is rolled back.
pub struct FakePipeline<Time>(PhantomData<Time>);

impl<Time: SlotProvider> FakePipeline<Time> {
	fn take(
		topic: TopicId,
		step: Step,
		epoch: EpochId,
		used: &mut Weight,
	) -> Result<(), VoidReason> {
		*used += UsedStep::get();
		*used += RuleOf::get().map_or(Weight::zero(), |of| of_rule(of(topic, epoch), step));
		Taken::mutate(|taken| taken.push((Time::current_slot(), topic, step, epoch)));
		sp_io::storage::set(&mark(topic, step, epoch), b"done");
		match Failing::get().iter().find(|(s, e, _)| (*s, *e) == (step, epoch)) {
			Some((_, _, reason)) => Err(*reason),
			None => Ok(()),
		}
	}
}

/// The storage key of the mark that a step leaves.
fn mark(topic: TopicId, step: Step, epoch: EpochId) -> Vec<u8> {
	format!("mark {topic} {step:?} {epoch}").into_bytes()
}

/// Whether a step's mark is in storage.
pub fn is_marked(topic: TopicId, step: Step, epoch: EpochId) -> bool {
	sp_io::storage::exists(&mark(topic, step, epoch))
}

impl<Time: SlotProvider> EpochPipeline for FakePipeline<Time> {
	fn open(topic: TopicId, epoch: EpochId, used: &mut Weight) -> Result<(), VoidReason> {
		Self::take(topic, Step::Open, epoch, used)
	}
	fn close_workers(topic: TopicId, epoch: EpochId, used: &mut Weight) -> Result<(), VoidReason> {
		Self::take(topic, Step::CloseWorkers, epoch, used)
	}
	fn close_reputers(topic: TopicId, epoch: EpochId, used: &mut Weight) -> Result<(), VoidReason> {
		Self::take(topic, Step::CloseReputers, epoch, used)
	}
	fn worst_case(step: Step, sizes: &EpochSizes) -> Weight {
		WorstStep::get() + of_rule(sizes.rule, step)
	}
}

/// What a rule adds to the weight of a step's pipeline.
fn of_rule(rule: Rule, step: Step) -> Weight {
	let added = WorstOfRule::get().into_iter().filter(|(of, at, _)| (*of, *at) == (rule, step));
	added.fold(Weight::zero(), |sum, (_, _, more)| sum + more)
}

impl<Time> EpochRecords for FakePipeline<Time> {
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
		let removed = (0..kept).take_while(|_| meter.try_consume(RECORD).is_ok()).count() as u32;
		Kept::mutate(|records| records.insert(topic, kept - removed));
		removed == kept
	}
	fn void_weight(_: Step) -> Weight {
		VOID
	}
	fn prune_weight() -> Weight {
		PRUNE
	}
}

/// The stake of [`Stakes`].
pub struct FakeStake;

impl<AccountId> StakeInspect<AccountId> for FakeStake {
	fn authority(_: TopicId, _: &AccountId) -> Balance {
		0
	}
	fn topic_stake(topic: TopicId) -> Balance {
		Stakes::get().get(&topic).copied().unwrap_or_default()
	}
	fn total_stake() -> Balance {
		Stakes::get().values().sum()
	}
}

/// Emission that records its calls.
pub struct FakeEmission<Time>(PhantomData<Time>);

impl<Time: SlotProvider> EmissionIndex for FakeEmission<Time> {
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
		Assigned::mutate(|assigned| assigned.push((topic, epoch, Time::current_slot())));
		Ok(())
	}
	fn total_weight() -> Balance {
		EmissionWeights::get().values().sum()
	}
	fn setting_weight() -> Weight {
		SETTING
	}
	fn renewal_weight() -> Weight {
		RENEWAL
	}
}

/// Pots that are accounts of `Currency`.
pub struct FakePot<Currency>(PhantomData<Currency>);

impl<Currency> TopicPot<u64> for FakePot<Currency>
where
	Currency: Mutate<u64> + Inspect<u64, Balance = Balance>,
{
	fn pay_ecosystem(from: &u64, amount: Balance) -> DispatchResult {
		Currency::transfer(from, &ECOSYSTEM, amount, Preservation::Preserve).map(|_| ())
	}
	fn pay_topic(_: &u64, _: TopicId, _: Balance) -> DispatchResult {
		Err(DispatchError::Unavailable)
	}
	fn topic_pot(topic: TopicId) -> Balance {
		1_000 + Balance::from(topic)
	}
	fn ecosystem() -> u64 {
		ECOSYSTEM
	}
}

/// The balances at genesis, in planck.
pub fn balances() -> Vec<(u64, Balance)> {
	vec![(ALICE, 1_000_000 * ALLO), (BOB, 1_000_000 * ALLO), (PAUPER, ALLO / 2), (ECOSYSTEM, 1)]
}

/// Parameters with epochs of 10 slots: payloads in the first 4 (`W` = 3), reports from 20 to 29
/// slots after the opening, since the truth is known after 12; two epochs of history.
pub fn parameters() -> TopicParameters {
	TopicParameters { history: 2, ..TopicParameters::regression(10, 3, 12) }
}

/// Declares the mock runtime `Test` of the registry, the clock and balances, with the fakes of
/// [`testing`](crate::testing), and what their tests share.
///
/// The argument is the pallet under test: `Topics: pallet_registry` or `Clock: pallet_clock`. Both
/// crates must be in scope under these names; one of them is the caller's own.
#[macro_export]
macro_rules! topics_runtime {
	($under_test:ident: $pallet:ident) => {
		use frame_support::derive_impl;
		use $crate::{
			testing::runtime::{FakeEmission, FakePipeline, FakePot, FakeStake},
			Balance, Slot, TopicId, ALLO,
		};

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
			type Block = frame_system::mocking::MockBlock<Test>;
			type AccountData = pallet_balances::AccountData<Balance>;
			type BlockWeights = TestBlockWeights;
		}

		#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
		impl pallet_balances::Config for Test {
			type Balance = Balance;
			type ExistentialDeposit = frame_support::traits::ConstU128<1>;
			type AccountStore = System;
		}

		impl pallet_registry::Config for Test {
			type Currency = Balances;
			type RuntimeHoldReason = RuntimeHoldReason;
			type ListDeposit = frame_support::traits::ConstU128<LIST_DEPOSIT>;
			type Notice = Notice;
			type Time = System;
			type Clock = Clock;
			type Stake = FakeStake;
			type Pot = FakePot<Balances>;
			type CreateFee = CreateFee;
			type RegisterFee = RegisterFee;
			type MinEpochLength = frame_support::traits::ConstU32<4>;
			type MaxSupply = frame_support::traits::ConstU128<{ 1_000_000_000 * ALLO }>;
			type SlotsPerWeek = SlotsPerWeek;
			type TopicAlpha = TopicAlpha;
			type SubsidyOrigin = frame_system::EnsureRoot<u64>;
			type WeightInfo = ();
			#[cfg(feature = "runtime-benchmarks")]
			type BenchmarkHelper = BenchmarkSetup;
		}

		impl pallet_clock::Config for Test {
			type Time = System;
			type Pipeline = FakePipeline<System>;
			type Records = (FakePipeline<System>, Topics);
			type Registry = Topics;
			type Emission = FakeEmission<System>;
			type SessionLength = SessionLength;
			type MinTopicWeight = MinTopicWeight;
			type SlotsPerWeek = SlotsPerWeek;
			type RentFloor = RentFloor;
			type EmergencyOrigin = frame_system::EnsureRoot<u64>;
			type WeightInfo = ();
			#[cfg(feature = "runtime-benchmarks")]
			type BenchmarkHelper = BenchmarkSetup;
		}

		/// What the benchmarks need: balances, slots, and topics with the largest parameters.
		#[cfg(feature = "runtime-benchmarks")]
		pub struct BenchmarkSetup;

		#[cfg(feature = "runtime-benchmarks")]
		impl pallet_registry::BenchmarkHelper<u64> for BenchmarkSetup {
			fn endow(who: &u64) {
				use frame_support::traits::fungible::Mutate;
				Balances::set_balance(who, 1_000 * ALLO);
			}
			fn set_slot(slot: Slot) {
				skip_to(slot);
			}
			fn clocked(topic: TopicId, last: $crate::EpochId) {
				Stakes::mutate(|stakes| stakes.insert(topic, 1_000 * ALLO));
				pallet_clock::benchmarking::put_clock::<Test>(topic, last);
			}
		}

		#[cfg(feature = "runtime-benchmarks")]
		impl pallet_clock::BenchmarkHelper for BenchmarkSetup {
			fn set_slot(slot: Slot) {
				skip_to(slot);
			}
			fn put_topic(topic: TopicId, parameters: $crate::TopicParameters, retired: bool) {
				Stakes::mutate(|stakes| stakes.insert(topic, 1_000 * ALLO));
				pallet_registry::benchmarking::put_topic::<Test>(topic, parameters, ALICE, retired);
			}
		}

		/// Builds the genesis of a test.
		pub struct ExtBuilder;

		impl ExtBuilder {
			/// Runs the test from block 1, then checks the invariants.
			pub fn build_and_execute(test: impl FnOnce()) {
				Self::externalities().execute_with(|| {
					System::set_block_number(1);
					test();
					$under_test::do_try_state().expect("the state is valid after a test");
				});
			}

			/// The genesis, with the fakes as they are by default.
			pub fn externalities() -> sp_io::TestExternalities {
				use sp_runtime::BuildStorage;
				$crate::testing::runtime::reset();
				let balances = $crate::testing::runtime::balances();
				let default_subsidy = sp_runtime::Permill::one();
				let topics = pallet_registry::GenesisConfig { default_subsidy, ..Default::default() };
				let storage = RuntimeGenesisConfig {
					balances: pallet_balances::GenesisConfig { balances, ..Default::default() },
					topics,
					..Default::default()
				}
				.build_storage();
				storage.expect("the genesis of a test is valid").into()
			}
		}

		/// Creates a topic of Alice's with this stake; the first one is active from slot 2 on.
		pub fn topic_with_stake(stake: Balance) -> TopicId {
			let topic = pallet_registry::NextTopicId::<Test>::get();
			Stakes::mutate(|stakes| stakes.insert(topic, stake));
			let created = Topics::create(RuntimeOrigin::signed(ALICE), Box::new(parameters()));
			frame_support::assert_ok!(created);
			topic
		}

		/// Makes a slot the current one, without running the clock before or in it.
		pub fn skip_to(slot: Slot) {
			System::set_block_number(slot);
		}

		/// Runs the clock in the current slot with this weight left; returns the weight it used.
		pub fn poll(left: frame_support::weights::Weight) -> frame_support::weights::Weight {
			use frame_support::traits::Hooks;
			let mut meter = frame_support::weights::WeightMeter::with_limit(left);
			Clock::on_poll(System::block_number(), &mut meter);
			meter.consumed()
		}

		/// Runs the clock with a whole block in every slot up to this one.
		pub fn run_to(slot: Slot) {
			while System::block_number() < slot {
				skip_to(System::block_number() + 1);
				poll(TestBlockWeights::get().max_block);
			}
		}

		/// The events of the pallet under test since the last call.
		pub fn events() -> Vec<$pallet::Event<Test>> {
			let events = System::read_events_for_pallet::<$pallet::Event<Test>>();
			System::reset_events();
			events
		}
	};
}
