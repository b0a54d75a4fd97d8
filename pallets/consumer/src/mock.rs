//! A runtime of this pallet and balances, with fake topics, pots and inferences.

use crate::{self as pallet_consumer, HoldReason};
use allora_primitives::{
	traits::{DemandClock, InferenceInspect, TopicPot, TopicRevenue},
	Balance, Demand, EpochId, EpochState, FixedI128, NewestInference, Obstacle, Slot, TopicId,
	TopicParameters, VoidReason,
};
use frame_support::{
	derive_impl, parameter_types,
	traits::{
		fungible::{InspectHold, Mutate},
		tokens::Preservation,
		ConstU128, ConstU32, OnIdle, OnPoll,
	},
	weights::{Weight, WeightMeter},
	BoundedVec,
};
use sp_core::H256;
use sp_runtime::{BuildStorage, DispatchError, DispatchResult};
use std::collections::BTreeMap;

/// The topic of the tests, created by [`CREATOR`].
pub const TOPIC: TopicId = 1;
/// Another topic, created by [`CREATOR`] too.
pub const OTHER_TOPIC: TopicId = 2;
/// Many other topics, created by [`CREATOR`] too.
pub const MANY_TOPICS: core::ops::Range<TopicId> = 201..231;
pub const CREATOR: u64 = 1;
pub const ALICE: u64 = 2;
pub const BOB: u64 = 3;
/// The first of the accounts that fill a topic's places.
pub const CROWD: u64 = 1_000;
/// The balance of each account at genesis, in planck.
pub const FUNDS: Balance = 100_000;
/// The pots of the topics and of the ecosystem.
pub const TOPICS_POT: u64 = 900;
pub const ECOSYSTEM_POT: u64 = 901;
/// The slot of the first block of a test.
pub const NOW: u64 = 100;

frame_support::construct_runtime!(
	pub struct Test {
		System: frame_system,
		Balances: pallet_balances,
		Consumer: pallet_consumer,
	}
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = frame_system::mocking::MockBlock<Test>;
	type AccountData = pallet_balances::AccountData<Balance>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
	type AccountStore = System;
	type Balance = Balance;
	type ExistentialDeposit = ConstU128<1>;
}

parameter_types! {
	/// The newest inferences: topic, epoch, and whether the bundle is on record.
	pub static Newest: Vec<(TopicId, EpochId, bool)> = vec![];
	/// The topics that are retired.
	pub static Retired: Vec<TopicId> = vec![];
	/// The revenue by topic.
	pub static Revenues: Vec<(TopicId, Balance)> = vec![];
	/// The topics whose activation was tried.
	pub static Tried: Vec<TopicId> = vec![];
	/// The openings of topics on demand.
	pub static Demands: BTreeMap<TopicId, Demand> = BTreeMap::new();
	/// The openings that were ordered, and the revenue at that time.
	pub static Orders: Vec<(TopicId, Balance)> = vec![];
	/// The notice of a creator's powers in slots, as in a topic with stake; 0 as in one without.
	pub static Notice: Slot = 0;
}

/// Fake topics and pots.
pub struct Topics;

impl TopicRevenue<u64> for Topics {
	fn creator(topic: TopicId) -> Result<u64, DispatchError> {
		let exists = [TOPIC, OTHER_TOPIC].contains(&topic) || MANY_TOPICS.contains(&topic);
		match Retired::get().contains(&topic) {
			false if exists => Ok(CREATOR),
			true if exists => Err(DispatchError::Other("TopicRetired")),
			_ => Err(DispatchError::Other("TopicNotFound")),
		}
	}

	fn pay_revenue(from: &u64, topic: TopicId, amount: Balance) -> DispatchResult {
		Self::creator(topic)?;
		Self::pay_ecosystem(from, amount)?;
		Revenues::mutate(|revenues| revenues.push((topic, amount)));
		Ok(())
	}

	fn on_revenue(topic: TopicId) {
		Tried::mutate(|tried| tried.push(topic));
	}

	fn activation_weight() -> Weight {
		Weight::from_parts(1_000_000, 0)
	}

	fn acts_from(_: TopicId) -> Slot {
		System::block_number() + Notice::get()
	}
}

impl TopicPot<u64> for Topics {
	fn pay_ecosystem(from: &u64, amount: Balance) -> DispatchResult {
		Balances::transfer(from, &ECOSYSTEM_POT, amount, Preservation::Preserve).map(|_| ())
	}

	fn pay_topic(from: &u64, _: TopicId, amount: Balance) -> DispatchResult {
		Balances::transfer(from, &TOPICS_POT, amount, Preservation::Preserve).map(|_| ())
	}

	fn topic_pot(_: TopicId) -> Balance {
		Balances::free_balance(TOPICS_POT)
	}

	fn ecosystem() -> u64 {
		ECOSYSTEM_POT
	}
}

/// Fake inferences, whose values are their epochs.
pub struct Inferences;

impl InferenceInspect for Inferences {
	fn newest(of: TopicId) -> Option<NewestInference> {
		let (_, epoch, proven) = Newest::get().into_iter().find(|(topic, ..)| *topic == of)?;
		Some(NewestInference {
			epoch,
			label_values: BoundedVec::truncate_from(vec![FixedI128::from_u32(epoch as u32)]),
			intervals: BoundedVec::truncate_from(vec![[FixedI128::from_u32(1); 4]]),
			bundle_hash: proven.then(|| bundle_hash(epoch)),
		})
	}
}

pub fn bundle_hash(epoch: EpochId) -> H256 {
	H256::from_low_u64_be(epoch)
}

/// The rent of an epoch on demand in the mock, in planck, unless a test changes it.
pub const RENT: Balance = 10;
/// An idle topic on demand.
const IDLE: Demand = Demand { ordered: None, last_epoch: None, rent: RENT, obstacle: None };

/// Fake openings of topics on demand.
pub struct Openings;

impl DemandClock for Openings {
	fn demand(topic: TopicId) -> Option<Demand> {
		Demands::get().get(&topic).copied()
	}

	fn order(topic: TopicId) -> Result<Slot, DispatchError> {
		let demand = Self::demand(topic).filter(|demand| demand.obstacle.is_none());
		demand.ok_or(DispatchError::Other("there is an obstacle"))?;
		let opens_at = System::block_number() + 1;
		let revenue = Revenues::get().iter().map(|(_, amount)| *amount).sum();
		Orders::mutate(|orders| orders.push((topic, revenue)));
		set_demand(topic, |demand| {
			demand.ordered = Some(opens_at);
			demand.obstacle = Some(Obstacle::EpochRunning);
		});
		Ok(opens_at)
	}

	fn demand_weight() -> Weight {
		Weight::from_parts(2_000_000, 0)
	}

	fn order_weight() -> Weight {
		Weight::from_parts(4_000_000, 0)
	}
}

/// Changes the openings of a topic, which is one on demand from now on.
pub fn set_demand(topic: TopicId, change: impl FnOnce(&mut Demand)) {
	Demands::mutate(|demands| change(demands.entry(topic).or_insert(IDLE)));
}

/// Makes [`TOPIC`] and [`OTHER_TOPIC`] idle topics on demand.
pub fn on_demand() {
	for topic in [TOPIC, OTHER_TOPIC] {
		set_demand(topic, |_| ());
	}
}

/// Opens the ordered epoch, which is the current slot.
pub fn open(topic: TopicId) -> EpochId {
	let epoch = System::block_number();
	set_demand(topic, |demand| {
		assert!(demand.ordered.is_some());
		demand.ordered = None;
		demand.last_epoch = Some((epoch, EpochState::Collecting));
	});
	epoch
}

/// Closes the epoch to workers, with a network inference.
pub fn close(topic: TopicId, epoch: EpochId) {
	set_demand(topic, |demand| demand.last_epoch = Some((epoch, EpochState::AwaitingTruth)));
	make_inference(topic, epoch);
}

/// Closes the epoch to workers, without a network inference.
pub fn fail(topic: TopicId, epoch: EpochId) {
	let reason = VoidReason::NoInference;
	set_demand(topic, |demand| demand.last_epoch = Some((epoch, EpochState::Void(reason))));
}

/// Ends the running epoch, so that another one can be ordered.
pub fn end_epoch(topic: TopicId) {
	set_demand(topic, |demand| demand.obstacle = None);
}

/// Makes a slot the current one.
pub fn skip_to(slot: Slot) {
	System::set_block_number(slot);
}

/// Runs the hook at the end of a block with this many microseconds left; returns how many it used.
pub fn idle(micros: u64) -> u64 {
	let limit = Weight::from_parts(micros * 1_000_000, u64::MAX);
	Consumer::on_idle(System::block_number(), limit).ref_time() / 1_000_000
}

impl pallet_consumer::Config for Test {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Topics = Topics;
	type Pot = Topics;
	type Inferences = Inferences;
	type Demand = Openings;
	type Time = System;
	type MinPayment = ConstU128<8>;
	type ReceiptDeposit = ConstU128<50>;
	type SubscriptionDeposit = ConstU128<20>;
	type RequestDeposit = ConstU128<30>;
	type SlotsPerWeek = ConstU32<100>;
	type WeightInfo = ();
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = BenchmarkSetup;
}

/// What the benchmarks need: a topic with an inference.
#[cfg(feature = "runtime-benchmarks")]
pub struct BenchmarkSetup;

#[cfg(feature = "runtime-benchmarks")]
impl crate::benchmarking::BenchmarkHelper<u64> for BenchmarkSetup {
	fn topic() -> (TopicId, u64) {
		// A fake is not part of the state, which each run of a benchmark begins anew.
		Retired::set(vec![]);
		System::set_block_number(NOW);
		make_inference(TOPIC, NOW);
		(TOPIC, CREATOR)
	}
	fn endow(who: &u64) {
		Balances::set_balance(who, FUNDS * 1_000_000_000_000);
	}
	fn retire(topic: TopicId) {
		Retired::set(vec![topic]);
	}
	fn on_demand(topic: TopicId, idle: bool) {
		Demands::set(BTreeMap::new());
		let obstacle = (!idle).then_some(Obstacle::EpochRunning);
		set_demand(topic, |demand| {
			demand.last_epoch = Some((NOW, EpochState::AwaitingTruth));
			demand.obstacle = obstacle;
		});
		if idle {
			System::set_block_number(NOW + 10);
		}
	}
}

/// The genesis state, in which all accounts have [`FUNDS`].
pub fn new_test_ext() -> sp_io::TestExternalities {
	let crowd = (0..2 * u64::from(crate::MAX_SUBSCRIBERS)).map(|n| CROWD + n);
	let funded = [CREATOR, ALICE, BOB].into_iter().chain(crowd).map(|who| (who, FUNDS));
	let pots = [TOPICS_POT, ECOSYSTEM_POT].map(|pot| (pot, 1));
	let genesis = RuntimeGenesisConfig {
		balances: pallet_balances::GenesisConfig {
			balances: funded.chain(pots).collect(),
			..Default::default()
		},
		..Default::default()
	};
	sp_io::TestExternalities::new(genesis.build_storage().unwrap())
}

/// Runs a test in slot [`NOW`], then checks the pallet's invariants.
pub fn run_test(test: impl FnOnce()) {
	new_test_ext().execute_with(|| {
		Newest::set(vec![]);
		Retired::set(vec![]);
		Revenues::set(vec![]);
		Tried::set(vec![]);
		Demands::set(BTreeMap::new());
		Orders::set(vec![]);
		Notice::set(0);
		System::set_block_number(NOW);
		test();
		Consumer::do_try_state().unwrap();
	});
}

/// A worker close: makes the network inference of an epoch the newest one of the topic.
pub fn make_inference(topic: TopicId, epoch: EpochId) {
	Newest::mutate(|newest| {
		newest.retain(|(other, ..)| *other != topic);
		newest.push((topic, epoch, true));
	});
	let parameters = TopicParameters::regression(10, 5, 10);
	let of = allora_primitives::EpochContext { topic, epoch, parameters };
	Consumer::announce(&of).unwrap();
}

/// Runs the hook with this many microseconds left in the block; returns how many it used.
pub fn poll(micros: u64) -> u64 {
	let mut meter = WeightMeter::with_limit(Weight::from_parts(micros * 1_000_000, u64::MAX));
	Consumer::on_poll(System::block_number(), &mut meter);
	meter.consumed().ref_time() / 1_000_000
}

/// What is on hold on an account for this reason, in planck.
pub fn held(reason: HoldReason, who: u64) -> Balance {
	Balances::balance_on_hold(&reason.into(), &who)
}

/// The free balance, in planck.
pub fn free(who: u64) -> Balance {
	Balances::free_balance(who)
}

/// The pots' balances without their deposits: the topics', the ecosystem's.
pub fn pots() -> (Balance, Balance) {
	(free(TOPICS_POT) - 1, free(ECOSYSTEM_POT) - 1)
}

/// The events of the pallet since the last call.
pub fn events() -> Vec<crate::Event<Test>> {
	let events = System::read_events_for_pallet::<crate::Event<Test>>();
	System::reset_events();
	events
}
