//! The pallets of the protocol: topics, their clock, workers and reputers, synthesis and emission.

use super::consensus::BabeSlots;
use crate::{
	parameters, Aggregation, Balance, Balances, Clock, Emissions, Reputer, Runtime,
	RuntimeHoldReason, Topics, MAX_SUPPLY,
};
use allora_primitives::{api::Terms, traits::BondedStake, FixedI128};
use frame_support::{
	parameter_types,
	traits::{ConstU32, Get},
	PalletId,
};

parameter_types! {
	/// The part of the way to its target that a topic's weight moves in a week: a half.
	pub const TopicAlpha: FixedI128 = FixedI128::from_rational(1, 2);
	/// The pallet id that the accounts of the protocol's pots derive from.
	pub const EmissionsPalletId: PalletId = PalletId(*b"al/emiss");
	/// The maximum supply, in planck.
	pub const MaxSupply: Balance = MAX_SUPPLY;
	/// The part of the maximum supply that is left to emission: 35.95 % (S 15.1).
	pub const EcosystemSupply: Balance = MAX_SUPPLY / 10_000 * 3_595;
}

impl pallet_registry::Config for Runtime {
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

parameter_types! {
	/// The rules of emission: the defaults of S 15.1.
	pub Issuance: pallet_emissions::IssuanceParameters = Default::default();
	/// The rules by which an epoch's reward is shared: the defaults of S 3.
	pub RewardRules: pallet_emissions::RewardParameters = Default::default();
	/// Genesis allocations that unlock over time, in planck: the presets have none.
	pub const Vested: Balance = 0;
}

impl pallet_emissions::Config for Runtime {
	type Currency = Balances;
	type PalletId = EmissionsPalletId;
	type Topics = Topics;
	type Epochs = Clock;
	type Stake = Reputer;
	type Bonded = Bonded;
	type Issuance = Issuance;
	type RewardRules = RewardRules;
	type Time = BabeSlots;
	type SlotsPerMonth = pallet_timing::SlotsPerMonth<Runtime>;
	type MaxSupply = MaxSupply;
	type EcosystemSupply = EcosystemSupply;
	type Vested = Vested;
	type WeightInfo = crate::weights::pallet_emissions::Weights<Runtime>;
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
