//! The protocol: topics, their workers and reputers, the Topic Coordinator and emission.

use crate::{
	parameters, AccountId, Aggregation, Balance, Balances, Emissions, Inference, Reputer, Runtime,
	RuntimeHoldReason, Topics, MAX_SUPPLY,
};
use allora_primitives::{
	api::{ActorInfo, Terms},
	traits::{BondedStake, StakeInspect, TopicInspect},
	FixedI128, Registration, Role, TopicId,
};
use frame_support::{
	parameter_types,
	traits::{ConstU32, Get},
	PalletId,
};

parameter_types! {
	/// How far a topic's weight moves to its target in a week: half the way.
	pub const TopicAlpha: FixedI128 = FixedI128::from_rational(1, 2);
	/// The accounts that hold the protocol's pots.
	pub const EmissionsPalletId: PalletId = PalletId(*b"al/emiss");
	/// Most ALLO that may ever be in issue.
	pub const MaxSupply: Balance = MAX_SUPPLY;
	/// What of it is left to emission: 35.95 % (S 15.1).
	pub const EcosystemSupply: Balance = MAX_SUPPLY / 10_000 * 3_595;
}

impl pallet_topics::Config for Runtime {
	// Within a step: payloads are frozen and reports counted before the Topic Coordinator reads them,
	// and settlement pays by what it has learned.
	type EpochHandler = (Inference, Reputer, Aggregation, Emissions);
	type Stake = Reputer;
	type Emission = Emissions;
	type Pot = Emissions;
	type CreateFee = parameters::CreateFee;
	type RegisterFee = parameters::RegisterFee;
	type MinTopicWeight = parameters::MinTopicWeight;
	type MinEpochLength = ConstU32<10>;
	type MaxSupply = MaxSupply;
	type BlocksPerWeek = pallet_timing::BlocksPerWeek<Runtime>;
	type TopicAlpha = TopicAlpha;
	type WeightInfo = crate::weights::pallet_topics::Weights<Runtime>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = crate::benchmarking::Stage;
}

impl pallet_inference::Config for Runtime {
	type Topics = Topics;
	type WeightInfo = crate::weights::pallet_inference::Weights<Runtime>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = crate::benchmarking::Stage;
}

impl pallet_reputer::Config for Runtime {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Topics = Topics;
	type Bundles = Aggregation;
	type Observer = Topics;
	type UnbondingBlocks = pallet_timing::UnbondingBlocks<Runtime>;
	type MinReputerStake = parameters::MinReputerStake;
	type WeightInfo = crate::weights::pallet_reputer::Weights<Runtime>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = crate::benchmarking::Stage;
}

impl pallet_aggregation::Config for Runtime {
	type Topics = Topics;
	type Submissions = Inference;
	type Reports = Reputer;
	type Scores = (Inference, Reputer);
	type Listening = Reputer;
	type WeightInfo = crate::weights::pallet_aggregation::Weights<Runtime>;
}

/// Stake that validators and nominators have bonded in the current era.
pub struct Bonded;
impl BondedStake for Bonded {
	fn bonded() -> Balance {
		pallet_staking::CurrentEra::<Runtime>::get()
			.map(pallet_staking::ErasTotalStake::<Runtime>::get)
			.unwrap_or_default()
	}
}

parameter_types! {
	/// How much is issued: the defaults of S 15.1.
	pub Issuance: pallet_emissions::IssuanceParameters = Default::default();
	/// How an epoch's reward is shared: the defaults of S 3.
	pub RewardRules: pallet_emissions::RewardParameters = Default::default();
	/// Genesis allocations that unlock with time: the presets have none.
	pub const Vested: Balance = 0;
}

impl pallet_emissions::Config for Runtime {
	type Currency = Balances;
	type PalletId = EmissionsPalletId;
	type Topics = Topics;
	type Contributions = Aggregation;
	type Stake = Reputer;
	type Bonded = Bonded;
	type RewardSink = Reputer;
	type Issuance = Issuance;
	type RewardRules = RewardRules;
	type BlocksPerMonth = pallet_timing::BlocksPerMonth<Runtime>;
	type MaxSupply = MaxSupply;
	type EcosystemSupply = EcosystemSupply;
	type Vested = Vested;
	type WeightInfo = crate::weights::pallet_emissions::Weights<Runtime>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = crate::benchmarking::Stage;
}

/// The fees and thresholds in force.
pub fn terms() -> Terms {
	Terms {
		create_fee: parameters::CreateFee::get(),
		register_fee: parameters::RegisterFee::get(),
		min_topic_weight: parameters::MinTopicWeight::get(),
		min_reputer_stake: parameters::MinReputerStake::get(),
	}
}

/// An account's standing in a topic and role, as clients ask for it.
pub fn actor(topic: TopicId, who: &AccountId, role: Role) -> ActorInfo {
	let (registration, score) = match role {
		Role::Reputer => (Registration::Reputer, Reputer::score(topic, who)),
		_ => (Registration::Worker, Inference::score(topic, role, who)),
	};
	ActorInfo {
		registered: Topics::is_registered(topic, who, registration),
		score,
		regret: Aggregation::regret(topic, role, who),
		authority: Reputer::authority(topic, who),
	}
}
