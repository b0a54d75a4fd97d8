//! Nominated proof of stake: bonds, slashes, payouts.

use super::election::Election;
use crate::{
	AccountId, Balance, Balances, DelegatedStaking, NominationPools, Runtime, RuntimeEvent,
	RuntimeHoldReason, Session, Staking, Timestamp, VoterList,
};
use frame_election_provider_support::{ScoreProvider, VoteWeight};
use frame_support::{
	parameter_types,
	traits::{ConstU32, Nothing},
};
use frame_system::EnsureRoot;
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
	pub const MaxValidatorSet: u32 = 100;
	/// The maximum number of backers of an elected validator: all voters.
	pub const MaxBackersPerWinner: u32 = super::election::MAX_VOTERS;
	/// Thresholds of the voters' bags.
	pub const BagThresholds: &'static [VoteWeight] = &THRESHOLDS;
	/// The maximum number of controllers that one call may deprecate.
	pub const MaxControllersInDeprecationBatch: u32 = 5_900;
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

impl crate::rotation::Config for Runtime {
	type SessionEnds = crate::Babe;
	type MaxVoters = ConstU32<{ super::election::MAX_VOTERS }>;
	type MaxCandidates = ConstU32<{ super::election::MAX_CANDIDATES }>;
	type MaxAuthorities = super::consensus::MaxAuthorities;
	type WeightInfo = crate::weights::rotation::Weights<Runtime>;
}

impl pallet_staking::Config for Runtime {
	type OldCurrency = Balances;
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type CurrencyBalance = Balance;
	type UnixTime = Timestamp;
	// The whole supply in planck fits 64 bits, so votes are exact.
	type CurrencyToVote = SaturatingCurrencyToVote;
	type ElectionProvider = Election;
	type GenesisElectionProvider = Election;
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
	type EventListeners = (NominationPools, DelegatedStaking);
	type Filter = Nothing;
	type BenchmarkingConfig = BenchmarkingConfig;
	type WeightInfo = pallet_staking::weights::SubstrateWeight<Runtime>;
}
