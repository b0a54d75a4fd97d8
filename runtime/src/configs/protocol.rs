//! The pallets of the protocol: topics, their clock, workers and reputers, synthesis and emission.

use super::consensus::BabeSlots;
use crate::{
	deposit, parameters, AccountId, Aggregation, Balance, Balances, Clock, Emissions, Reputer,
	Runtime, RuntimeHoldReason, Topics, Vesting, ALLO, MAX_SUPPLY,
};
use allora_primitives::{api::Terms, traits::BondedStake, FixedI128};
use frame_support::{
	parameter_types,
	traits::{ConstU32, Get},
	PalletId,
};
use frame_system::EnsureRoot;
use sp_runtime::Perbill;

parameter_types! {
	/// The part of the way to its target that a topic's weight moves in a week: a half.
	pub const TopicAlpha: FixedI128 = FixedI128::from_rational(1, 2);
	/// The price of rent of an idle chain: 0.01 ALLO per second of reserved computation, about 500
	/// ALLO per week for the whole capacity.
	pub const RentFloor: Balance = ALLO / 100;
	/// The pallet id that the accounts of the protocol's pots derive from.
	pub const EmissionsPalletId: PalletId = PalletId(*b"al/emiss");
	/// Deposit per account on an allow-list of a topic: one item of 82 bytes, its key included.
	pub const ListDeposit: Balance = deposit(1, 82);
	/// The maximum supply, in planck.
	pub const MaxSupply: Balance = MAX_SUPPLY;
	/// The part of the maximum supply that is left to emission: 21.45 % (S 15.1).
	pub const EcosystemSupply: Balance = MAX_SUPPLY / 10_000 * 2_145;
}

impl pallet_registry::Config for Runtime {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type ListDeposit = ListDeposit;
	type Notice = pallet_timing::UnbondingSlots<Runtime>;
	type Time = BabeSlots;
	type Clock = Clock;
	type Stake = Reputer;
	type Pot = Emissions;
	type CreateFee = parameters::CreateFee;
	type RegisterFee = parameters::RegisterFee;
	type MinEpochLength = ConstU32<10>;
	type MaxSupply = MaxSupply;
	type SlotsPerWeek = pallet_timing::SlotsPerWeek<Runtime>;
	type TopicAlpha = TopicAlpha;
	type SubsidyOrigin = crate::governance::SubsidyOrigin;
	type WeightInfo = crate::weights::pallet_registry::Weights<Runtime>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = crate::benchmarking::Stage;
}

impl pallet_clock::Config for Runtime {
	type Time = BabeSlots;
	type Pipeline = crate::epoch::Pipeline;
	type Records = crate::epoch::Records;
	type Registry = Topics;
	type Emission = Emissions;
	type SessionLength = pallet_timing::EpochDuration<Runtime>;
	type MinTopicWeight = parameters::MinTopicWeight;
	type SlotsPerWeek = pallet_timing::SlotsPerWeek<Runtime>;
	type RentFloor = RentFloor;
	type EmergencyOrigin = crate::governance::EmergencyOrigin;
	type WeightInfo = crate::weights::pallet_clock::Weights<Runtime>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = crate::benchmarking::Stage;
}

impl pallet_inference::Config for Runtime {
	type Topics = Topics;
	type Epochs = Clock;
	type Time = BabeSlots;
	type Randomness = pallet_babe::RandomnessFromOneEpochAgo<Runtime>;
	type WeightInfo = crate::weights::pallet_inference::Weights<Runtime>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = crate::benchmarking::Stage;
}

parameter_types! {
	/// The pallet id that the account of the delegators' pot derives from.
	pub const ReputerPalletId: PalletId = PalletId(*b"al/deleg");
	/// The minimum amount of a delegation: 1 ALLO.
	pub const MinDelegation: Balance = ALLO;
	/// The maximum commission of a reputer: a half of its delegators' rewards.
	pub const MaxCommission: Perbill = Perbill::from_percent(50);
}

impl pallet_reputer::Config for Runtime {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Topics = Topics;
	type Epochs = Clock;
	type Bundles = Aggregation;
	type Observer = Clock;
	type Time = BabeSlots;
	type Randomness = pallet_babe::RandomnessFromOneEpochAgo<Runtime>;
	type UnbondingSlots = pallet_timing::UnbondingSlots<Runtime>;
	type MinReputerStake = parameters::MinReputerStake;
	type PalletId = ReputerPalletId;
	type MinDelegation = MinDelegation;
	type MaxCommission = MaxCommission;
	type WeightInfo = crate::weights::pallet_reputer::Weights<Runtime>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = crate::benchmarking::Stage;
}

impl pallet_aggregation::Config for Runtime {
	type Time = BabeSlots;
	type WeightInfo = crate::weights::pallet_aggregation::Weights<Runtime>;
}

/// The stake that validators and nominators have bonded in the current era.
pub struct Bonded;
impl BondedStake for Bonded {
	fn bonded() -> Balance {
		pallet_staking::CurrentEra::<Runtime>::get()
			.map(pallet_staking::ErasTotalStake::<Runtime>::get)
			.unwrap_or_default()
	}
}

parameter_types! {}

impl pallet_emissions::Config for Runtime {
	type Currency = Balances;
	type PalletId = EmissionsPalletId;
	type Topics = Topics;
	type Epochs = Clock;
	type Stake = Reputer;
	type Bonded = Bonded;
	type Issuance = parameters::Issuance;
	type RewardRules = parameters::RewardRules;
	type Time = BabeSlots;
	type SlotsPerMonth = pallet_timing::SlotsPerMonth<Runtime>;
	type MaxSupply = MaxSupply;
	type EcosystemSupply = EcosystemSupply;
	type Vesting = Vesting;
	type StartOrigin = EnsureRoot<AccountId>;
	type WeightInfo = crate::weights::pallet_emissions::Weights<Runtime>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = crate::benchmarking::Stage;
}

parameter_types! {
	/// The minimum of a payment for an inference: 0.01 ALLO.
	pub const MinPayment: Balance = ALLO / 100;
	/// The deposit for a receipt in storage: its largest size with the keys.
	pub const ReceiptDeposit: Balance = deposit(1, 1_000);
	/// The deposit for a subscription: its entries in the lists of the topic and of the account.
	pub const SubscriptionDeposit: Balance = deposit(1, 100);
	/// The deposit for a request: its entry in the list of the topic.
	pub const RequestDeposit: Balance = deposit(1, 96);
}

impl pallet_consumer::Config for Runtime {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Topics = Topics;
	type Pot = Emissions;
	type Inferences = Aggregation;
	type Demand = Clock;
	type Time = BabeSlots;
	type MinPayment = MinPayment;
	type ReceiptDeposit = ReceiptDeposit;
	type SubscriptionDeposit = SubscriptionDeposit;
	type RequestDeposit = RequestDeposit;
	type SlotsPerWeek = pallet_timing::SlotsPerWeek<Runtime>;
	type WeightInfo = crate::weights::pallet_consumer::Weights<Runtime>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = crate::benchmarking::Stage;
}

/// The current fees and thresholds.
pub fn terms() -> Terms {
	Terms {
		create_fee: parameters::CreateFee::get(),
		register_fee: parameters::RegisterFee::get(),
		min_topic_weight: parameters::MinTopicWeight::get(),
		min_reputer_stake: parameters::MinReputerStake::get(),
	}
}
