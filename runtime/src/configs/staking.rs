//! Nominated proof of stake: elections, bonds, slashes, payouts.

use crate::{
	AccountId, Balance, Balances, Runtime, RuntimeEvent, RuntimeHoldReason, Session, Staking,
	Timestamp, VoterList,
};
use frame_election_provider_support::{
	bounds::{ElectionBounds, ElectionBoundsBuilder},
	onchain, ScoreProvider, SequentialPhragmen, VoteWeight,
};
use frame_support::{
	parameter_types,
	traits::{ConstBool, ConstU32, Nothing},
};
use frame_system::EnsureRoot;
use sp_runtime::Perbill;
use sp_staking::currency_to_vote::SaturatingCurrencyToVote;

/// The maximum number of validators that a nominator may name.
pub const MAX_NOMINATIONS: u32 = 16;

/// Thresholds of the voters' bags, in planck: 1 ALLO, and from there each twice the one before.
const fn bag_thresholds() -> [VoteWeight; 30] {
	let mut thresholds = [0; 30];
	let mut at = 0;
	while at < 30 {
		thresholds[at] = (crate::ALLO as VoteWeight) << at;
		at += 1;
	}
	thresholds
}
const THRESHOLDS: [VoteWeight; 30] = bag_thresholds();

parameter_types! {
	/// The maximum number of stakers on a page of an exposure.
	pub const MaxExposurePageSize: u32 = 64;
	/// The maximum number of validators that an election may elect.
	pub const MaxValidatorSet: u32 = 500;
	/// The maximum number of backers of an elected validator.
	pub const MaxBackersPerWinner: u32 = 5_000;
	/// The maximum numbers of voters and targets of an election; the smallest are left out.
	pub Bounds: ElectionBounds = ElectionBoundsBuilder::default()
		.voters_count(5_000.into())
		.targets_count(500.into())
		.build();
	/// Thresholds of the voters' bags.
	pub const BagThresholds: &'static [VoteWeight] = &THRESHOLDS;
	/// The maximum number of controllers that one call may deprecate.
	pub const MaxControllersInDeprecationBatch: u32 = 5_900;
}

/// The election: sequential Phragmén, on chain, once per era.
pub struct Election;
impl onchain::Config for Election {
	type System = Runtime;
	type Solver = SequentialPhragmen<AccountId, Perbill>;
	type DataProvider = Staking;
	type WeightInfo = frame_election_provider_support::weights::SubstrateWeight<Runtime>;
	type MaxBackersPerWinner = MaxBackersPerWinner;
	type MaxWinnersPerPage = MaxValidatorSet;
	type Bounds = Bounds;
	type Sort = ConstBool<true>;
}

/// The score of an account that nominates or validates: its stake.
///
/// Staking itself also has a score for chilled stakers, with which anybody could put them back
/// among the voters (polkadot-sdk's pull request 9926 corrects that in its other staking pallet
/// only).
pub struct VoterScores;
impl ScoreProvider<AccountId> for VoterScores {
	type Score = VoteWeight;

	fn score(who: &AccountId) -> Option<VoteWeight> {
		let votes = pallet_staking::Nominators::<Runtime>::contains_key(who)
			|| pallet_staking::Validators::<Runtime>::contains_key(who);
		votes.then(|| Staking::score(who)).flatten()
	}
}

impl pallet_bags_list::Config<pallet_bags_list::Instance1> for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type WeightInfo = pallet_bags_list::weights::SubstrateWeight<Runtime>;
	type ScoreProvider = VoterScores;
	type BagThresholds = BagThresholds;
	type MaxAutoRebagPerBlock = ConstU32<5>;
	type Score = VoteWeight;
}

/// Sizes for staking's benchmarks.
pub struct BenchmarkingConfig;
impl pallet_staking::BenchmarkingConfig for BenchmarkingConfig {
	type MaxNominators = ConstU32<1_000>;
	type MaxValidators = ConstU32<1_000>;
}

impl crate::genesis_validators::Config for Runtime {}

impl pallet_staking::Config for Runtime {
	type OldCurrency = Balances;
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type CurrencyBalance = Balance;
	type UnixTime = Timestamp;
	// The whole supply in planck fits 64 bits, so votes are exact.
	type CurrencyToVote = SaturatingCurrencyToVote;
	type ElectionProvider = onchain::OnChainExecution<Election>;
	type GenesisElectionProvider = onchain::OnChainExecution<Election>;
	type NominationsQuota = pallet_staking::FixedNominationsQuota<MAX_NOMINATIONS>;
	type HistoryDepth = ConstU32<84>;
	type RewardRemainder = super::money::ToEcosystem;
	type RuntimeEvent = RuntimeEvent;
	type Slash = super::money::ToEcosystem;
	type Reward = ();
	type SessionsPerEra = pallet_timing::SessionsPerEra<Runtime>;
	type BondingDuration = pallet_timing::BondingDuration<Runtime>;
	type SlashDeferDuration = pallet_timing::SlashDeferDuration<Runtime>;
	type AdminOrigin = EnsureRoot<AccountId>;
	type SessionInterface = Self;
	type EraPayout = super::money::ValidatorsEmission;
	type NextNewSession = Session;
	type MaxExposurePageSize = MaxExposurePageSize;
	type MaxValidatorSet = MaxValidatorSet;
	type VoterList = VoterList;
	type TargetList = pallet_staking::UseValidatorsMap<Self>;
	type MaxUnlockingChunks = ConstU32<32>;
	type MaxControllersInDeprecationBatch = MaxControllersInDeprecationBatch;
	type EventListeners = ();
	type Filter = Nothing;
	type BenchmarkingConfig = BenchmarkingConfig;
	type WeightInfo = pallet_staking::weights::SubstrateWeight<Runtime>;
}
