//! A runtime of the example, the consumer pallet and balances, with one topic.

use crate as pallet_example_consumer;
use allora_primitives::{
	traits::{DemandClock, InferenceInspect, TopicPot, TopicRevenue},
	Balance, Demand, EpochId, FixedI128, NewestInference, Slot, TopicId,
};
use frame_support::{
	derive_impl, parameter_types,
	traits::{fungible::Mutate, tokens::Preservation, ConstU128, ConstU32},
	weights::Weight,
	BoundedVec,
};
use sp_core::H256;
use sp_runtime::{BuildStorage, DispatchError, DispatchResult};

pub const TOPIC: TopicId = 1;
pub const WRITER: u64 = 1;
pub const HOLDER: u64 = 2;
pub const FUNDS: Balance = 10_000;
const POT: u64 = 900;

frame_support::construct_runtime!(
	pub struct Test {
		System: frame_system,
		Balances: pallet_balances,
		Consumer: pallet_consumer,
		Options: pallet_example_consumer,
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
	/// The epoch and the value of the topic's newest inference.
	pub static Newest: Option<(EpochId, FixedI128)> = None;
}

/// A fake topic, its pots and its inferences.
pub struct World;

impl TopicRevenue<u64> for World {
	fn creator(_: TopicId) -> Result<u64, DispatchError> {
		Ok(WRITER)
	}
	fn pay_revenue(from: &u64, _: TopicId, amount: Balance) -> DispatchResult {
		Self::pay_ecosystem(from, amount)
	}
	fn on_revenue(_: TopicId) {}
	fn activation_weight() -> Weight {
		Weight::zero()
	}
	fn acts_from(_: TopicId) -> Slot {
		System::block_number()
	}
}

impl TopicPot<u64> for World {
	fn pay_ecosystem(from: &u64, amount: Balance) -> DispatchResult {
		Balances::transfer(from, &POT, amount, Preservation::Preserve).map(|_| ())
	}
	fn pay_topic(from: &u64, _: TopicId, amount: Balance) -> DispatchResult {
		Self::pay_ecosystem(from, amount)
	}
	fn topic_pot(_: TopicId) -> Balance {
		0
	}
	fn ecosystem() -> u64 {
		POT
	}
}

impl InferenceInspect for World {
	fn newest(_: TopicId) -> Option<NewestInference> {
		let (epoch, value) = Newest::get()?;
		Some(NewestInference {
			epoch,
			label_values: BoundedVec::truncate_from(vec![value]),
			intervals: BoundedVec::default(),
			bundle_hash: Some(H256::zero()),
		})
	}
}

/// The topic is none on demand.
impl DemandClock for World {
	fn demand(_: TopicId) -> Option<Demand> {
		None
	}
	fn order(_: TopicId) -> Result<Slot, DispatchError> {
		Err(DispatchError::Unavailable)
	}
	fn demand_weight() -> Weight {
		Weight::zero()
	}
	fn order_weight() -> Weight {
		Weight::zero()
	}
}

impl pallet_consumer::Config for Test {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Topics = World;
	type Pot = World;
	type Inferences = World;
	type Demand = World;
	type Time = System;
	type MinPayment = ConstU128<8>;
	type ReceiptDeposit = ConstU128<50>;
	type SubscriptionDeposit = ConstU128<20>;
	type RequestDeposit = ConstU128<30>;
	type SlotsPerWeek = ConstU32<100>;
	type WeightInfo = ();
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = World;
}

#[cfg(feature = "runtime-benchmarks")]
impl pallet_consumer::benchmarking::BenchmarkHelper<u64> for World {
	fn topic() -> (TopicId, u64) {
		(TOPIC, WRITER)
	}
	fn endow(_: &u64) {}
	fn retire(_: TopicId) {}
	fn on_demand(_: TopicId, _: bool) {}
}

impl pallet_example_consumer::Config for Test {
	type Currency = Balances;
	type Inferences = Consumer;
	type Time = System;
}

/// Runs a test in slot 100.
pub fn run_test(test: impl FnOnce()) {
	let balances = vec![(WRITER, FUNDS), (HOLDER, FUNDS), (POT, 1)];
	let genesis = RuntimeGenesisConfig {
		balances: pallet_balances::GenesisConfig { balances, ..Default::default() },
		..Default::default()
	};
	sp_io::TestExternalities::new(genesis.build_storage().unwrap()).execute_with(|| {
		Newest::set(None);
		System::set_block_number(100);
		test();
	});
}

/// The total balance of an account, in planck.
pub fn balance(who: u64) -> Balance {
	<Balances as frame_support::traits::fungible::Inspect<u64>>::total_balance(&who)
}
