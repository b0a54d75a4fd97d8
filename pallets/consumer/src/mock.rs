//! A runtime of this pallet and balances, with fake topics, pots and inferences.

use crate::{self as pallet_consumer, HoldReason};
use allora_primitives::{
	traits::{InferenceInspect, TopicPot, TopicRevenue},
	Balance, EpochId, FixedI128, NewestInference, Slot, TopicId, TopicParameters,
};
use frame_support::{
	derive_impl, parameter_types,
	traits::{
		fungible::{InspectHold, Mutate},
		tokens::Preservation,
		ConstU128, OnPoll,
	},
	weights::{Weight, WeightMeter},
	BoundedVec,
};
use sp_core::H256;
use sp_runtime::{BuildStorage, DispatchError, DispatchResult};

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

impl pallet_consumer::Config for Test {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Topics = Topics;
	type Pot = Topics;
	type Inferences = Inferences;
	type Time = System;
	type MinPayment = ConstU128<8>;
	type ReceiptDeposit = ConstU128<50>;
	type SubscriptionDeposit = ConstU128<20>;
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
