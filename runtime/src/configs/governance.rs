//! Referenda, votes, the treasury, the technical committee, and what may be paused.

use super::system::RuntimeBlockWeights;
use crate::{
	deposit,
	governance::{
		origins::{self, EnsureTreasurer, EnsureWhitelistedCaller},
		pausing::{InSafeMode, NeverPaused},
		tracks::Tracks,
		EmergencyOrigin, EmergencyReferendum, Period, TechnicalCollective, TwoThirdsOfCommittee,
		DAY,
	},
	AccountId, Balance, Balances, BlockNumber, OriginCaller, Preimage, Referenda, Runtime,
	RuntimeCall, RuntimeEvent, RuntimeHoldReason, RuntimeOrigin, Scheduler, System, Treasury, ALLO,
};
use frame_support::{
	parameter_types,
	traits::{
		fungible::HoldConsideration,
		tokens::{pay::PayFromAccount, UnityAssetBalanceConversion},
		AsEnsureOriginWithArg, ConstU32, EitherOf, EitherOfDiverse, EqualPrivilegeOnly, Get,
		LinearStoragePrice,
	},
	weights::Weight,
	PalletId,
};
use frame_system::{EnsureRoot, EnsureRootWithSuccess, EnsureSigned, EnsureWithSuccess};
use sp_runtime::{traits::AccountIdLookup, Perbill, Permill};

parameter_types! {
	/// The deposit per preimage, which is held: one item.
	pub const PreimageBaseDeposit: Balance = deposit(1, 0);
	/// The deposit per byte of a preimage, which is held.
	pub const PreimageByteDeposit: Balance = deposit(0, 1);
	/// The reason of the hold.
	pub const PreimageHold: RuntimeHoldReason =
		RuntimeHoldReason::Preimage(pallet_preimage::HoldReason::Preimage);
	/// The maximum weight of scheduled calls per block: a quarter, which has room for an upgrade
	/// and leaves the rest to the clock and to transactions.
	pub MaxScheduledWeight: Weight =
		Perbill::from_percent(25) * RuntimeBlockWeights::get().max_block;
	/// The maximum weight of a motion of the technical committee: half a block.
	pub MaxMotionWeight: Weight =
		Perbill::from_percent(50) * RuntimeBlockWeights::get().max_block;
	/// The deposit of a referendum, which comes back only if it passes or is cancelled: 100 ALLO.
	///
	/// Each referendum takes a place in the scheduler's agenda of some block, so the deposit times
	/// the places is what it costs to fill the agenda in which another referendum is enacted.
	pub const SubmissionDeposit: Balance = 100 * ALLO;
	/// The part of the treasury that is burned per period: none.
	pub const Burn: Permill = Permill::zero();
	/// The pallet id that the treasury's account derives from.
	pub const TreasuryPalletId: PalletId = PalletId(*b"al/trsry");
	/// The treasury's account.
	pub TreasuryAccount: AccountId = Treasury::account_id();
	/// The maximum of a spend that root approves: any.
	pub const AnyAmount: Balance = Balance::MAX;
	/// The maximum of a spend that the track `treasury` approves: 1 000 000 ALLO.
	pub const MaxSpend: Balance = 1_000_000 * ALLO;
	/// No deposit in planck enters or extends the safe mode: only emergency origins do.
	pub const NoDeposit: Option<Balance> = None;
	/// Deposits of the safe mode are not released by time, since there are none.
	pub const NoRelease: Option<BlockNumber> = None;
	/// The blocks for which one decision enters or extends the safe mode: a day's.
	pub SafeModeBlocks: BlockNumber = Period::<DAY>::get();
}

impl origins::Config for Runtime {}

impl pallet_preimage::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type WeightInfo = pallet_preimage::weights::SubstrateWeight<Runtime>;
	type Currency = Balances;
	type ManagerOrigin = EnsureRoot<AccountId>;
	type Consideration = HoldConsideration<
		AccountId,
		Balances,
		PreimageHold,
		LinearStoragePrice<PreimageBaseDeposit, PreimageByteDeposit, Balance>,
	>;
}

impl pallet_scheduler::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeOrigin = RuntimeOrigin;
	type PalletsOrigin = OriginCaller;
	type RuntimeCall = RuntimeCall;
	type MaximumWeight = MaxScheduledWeight;
	type ScheduleOrigin = EnsureRoot<AccountId>;
	type OriginPrivilegeCmp = EqualPrivilegeOnly;
	type MaxScheduledPerBlock = ConstU32<512>;
	type WeightInfo = pallet_scheduler::weights::SubstrateWeight<Runtime>;
	type Preimages = Preimage;
	type BlockNumberProvider = System;
}

impl pallet_referenda::Config for Runtime {
	type RuntimeCall = RuntimeCall;
	type RuntimeEvent = RuntimeEvent;
	type WeightInfo = pallet_referenda::weights::SubstrateWeight<Runtime>;
	type Scheduler = Scheduler;
	type Currency = Balances;
	type SubmitOrigin = AsEnsureOriginWithArg<EnsureSigned<AccountId>>;
	// The committee has no veto: it could stop the referendum that replaces it.
	type CancelOrigin = EmergencyReferendum;
	type KillOrigin = EnsureRoot<AccountId>;
	type Slash = Treasury;
	type Votes = Balance;
	type Tally = pallet_conviction_voting::TallyOf<Runtime>;
	type SubmissionDeposit = SubmissionDeposit;
	type MaxQueued = ConstU32<100>;
	type UndecidingTimeout = Period<{ 14 * DAY }>;
	type AlarmInterval = ConstU32<1>;
	type Tracks = Tracks;
	type Preimages = Preimage;
	type BlockNumberProvider = System;
}

impl pallet_conviction_voting::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type WeightInfo = pallet_conviction_voting::weights::SubstrateWeight<Runtime>;
	type Currency = Balances;
	type Polls = Referenda;
	type MaxTurnout =
		frame_support::traits::tokens::currency::ActiveIssuanceOf<Balances, AccountId>;
	type MaxVotes = ConstU32<512>;
	// A vote locks for at least as long as the slowest change takes to be enacted.
	type VoteLockingPeriod = Period<{ 7 * DAY }>;
	type BlockNumberProvider = System;
	type VotingHooks = ();
}

impl pallet_treasury::Config for Runtime {
	type Currency = Balances;
	type RejectOrigin = EnsureRoot<AccountId>;
	type RuntimeEvent = RuntimeEvent;
	type SpendPeriod = Period<DAY>;
	type Burn = Burn;
	type PalletId = TreasuryPalletId;
	type BurnDestination = ();
	type WeightInfo = pallet_treasury::weights::SubstrateWeight<Runtime>;
	type SpendFunds = ();
	type MaxApprovals = ConstU32<100>;
	type SpendOrigin = EitherOf<
		EnsureRootWithSuccess<AccountId, AnyAmount>,
		EnsureWithSuccess<EnsureTreasurer, AccountId, MaxSpend>,
	>;
	type AssetKind = ();
	type Beneficiary = AccountId;
	type BeneficiaryLookup = AccountIdLookup<AccountId, ()>;
	type Paymaster = PayFromAccount<Balances, TreasuryAccount>;
	type BalanceConverter = UnityAssetBalanceConversion;
	type PayoutPeriod = Period<{ 30 * DAY }>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = ();
	type BlockNumberProvider = System;
}

impl pallet_collective::Config<TechnicalCollective> for Runtime {
	type RuntimeOrigin = RuntimeOrigin;
	type Proposal = RuntimeCall;
	type RuntimeEvent = RuntimeEvent;
	type MotionDuration = Period<{ 7 * DAY }>;
	type MaxProposals = ConstU32<20>;
	type MaxMembers = ConstU32<32>;
	type DefaultVote = pallet_collective::MoreThanMajorityThenPrimeDefaultVote;
	type WeightInfo = pallet_collective::weights::SubstrateWeight<Runtime>;
	type SetMembersOrigin = EnsureRoot<AccountId>;
	type MaxProposalWeight = MaxMotionWeight;
	type DisapproveOrigin = EnsureRoot<AccountId>;
	type KillOrigin = EnsureRoot<AccountId>;
	// Members are elected by referendum and few.
	type Consideration = ();
}

impl pallet_whitelist::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeCall = RuntimeCall;
	type WhitelistOrigin = EitherOfDiverse<EnsureRoot<AccountId>, TwoThirdsOfCommittee>;
	type DispatchWhitelistedOrigin =
		EitherOfDiverse<EnsureRoot<AccountId>, EnsureWhitelistedCaller>;
	type Preimages = Preimage;
	type DeferredDispatchExpiration = Period<{ 7 * DAY }>;
	type BlockNumberProvider = System;
	type WeightInfo = pallet_whitelist::weights::SubstrateWeight<Runtime>;
}

impl pallet_tx_pause::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeCall = RuntimeCall;
	type PauseOrigin = EmergencyOrigin;
	type UnpauseOrigin = EmergencyOrigin;
	type WhitelistedCalls = NeverPaused;
	type MaxNameLen = ConstU32<256>;
	type WeightInfo = pallet_tx_pause::weights::SubstrateWeight<Runtime>;
}

impl pallet_safe_mode::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type WhitelistedCalls = InSafeMode;
	type EnterDuration = SafeModeBlocks;
	type ExtendDuration = SafeModeBlocks;
	type EnterDepositAmount = NoDeposit;
	type ExtendDepositAmount = NoDeposit;
	type ForceEnterOrigin = EnsureWithSuccess<EmergencyOrigin, AccountId, SafeModeBlocks>;
	// The committee enters for a day at a time; what lasts longer takes a referendum.
	type ForceExtendOrigin = EnsureWithSuccess<EmergencyReferendum, AccountId, SafeModeBlocks>;
	type ForceExitOrigin = EmergencyOrigin;
	type ForceDepositOrigin = EnsureRoot<AccountId>;
	type Notify = ();
	type ReleaseDelay = NoRelease;
	type WeightInfo = pallet_safe_mode::weights::SubstrateWeight<Runtime>;
}
