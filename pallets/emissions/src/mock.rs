//! A runtime of this pallet and balances, with fakes of the other pallets.

use crate as pallet_emissions;
use crate::types::*;
use allora_primitives::{
	testing::topics::{FakeTopics, OtherState},
	traits::{BondedStake, StakeInspect, TopicPot},
	Balance, Contribution, Contributions, EpochContext, EpochId, EpochState, FixedI128,
	ReputerContribution, Slot, StageResult, TopicId, TopicParameters,
};
use frame_support::{
	derive_impl, parameter_types,
	traits::{fungible::Inspect, Get, OnInitialize, OnPoll, WithdrawReasons},
	weights::{Weight, WeightMeter},
	PalletId,
};
use frame_system::{limits::BlockWeights, EnsureRoot};
use sp_runtime::{
	traits::{ConvertInto, IdentityLookup},
	BuildStorage, Perbill,
};
use std::collections::BTreeMap;

pub use allora_primitives::testing::topics::{Forgotten, Payees};

/// Wide enough for the pots' accounts to differ.
pub type AccountId = u128;

frame_support::construct_runtime!(
	pub enum Test {
		System: frame_system,
		Balances: pallet_balances,
		Vesting: pallet_vesting,
		Emissions: pallet_emissions,
	}
);

/// The existential deposit, in planck.
pub const ED: Balance = 10;
/// An account that has [`FUNDS`].
pub const BUYER: AccountId = 100;
/// The buyer's balance at genesis, in planck.
pub const FUNDS: Balance = 1_000_000;
/// An account with all other tokens that exist at genesis.
pub const HOLDER: AccountId = 101;
/// The supply that the parameters of S 15.1 leave to emission in the golden series.
pub const GOLDEN_SUPPLY: Balance = 3_595_000;
/// An epoch of the tests.
pub const EPOCH: EpochId = 5;

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = frame_system::mocking::MockBlock<Test>;
	type AccountId = AccountId;
	type Lookup = IdentityLookup<AccountId>;
	type AccountData = pallet_balances::AccountData<Balance>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
	type AccountStore = System;
	type Balance = Balance;
	type ExistentialDeposit = ExistentialDeposit;
}

parameter_types! {
	pub const ExistentialDeposit: Balance = ED;
	pub const EmissionsPalletId: PalletId = PalletId(*b"emission");
	pub static MaxSupply: Balance = 10_000_000;
	pub static EcosystemSupply: Balance = GOLDEN_SUPPLY;
	pub static SlotsPerMonth: u32 = 100;
	pub static Issuance: IssuanceParameters = golden_issuance();
	pub static RewardRules: RewardParameters = RewardParameters::default();
	/// What locked tokens may be used for: fees and stakes.
	pub AllowedWithdrawReasons: WithdrawReasons =
		WithdrawReasons::except(WithdrawReasons::TRANSFER | WithdrawReasons::RESERVE);
	/// The stake bonded by validators and nominators, in planck.
	pub static Bonded: Balance = 0;
	/// The stake in all topics, in planck.
	pub static TotalStake: Balance = 0;
	/// The contributions to epochs that are not settled yet.
	pub static Settled: BTreeMap<(TopicId, EpochId), Contributions<AccountId>> = BTreeMap::new();
}

/// The parameters of the golden series.
pub fn golden_issuance() -> IssuanceParameters {
	let emission_factor = FixedI128::from_rational(25, 1_000);
	IssuanceParameters { emission_factor, ..Default::default() }
}

impl pallet_vesting::Config for Test {
	type RuntimeEvent = RuntimeEvent;
	type Currency = Balances;
	type BlockNumberToBalance = ConvertInto;
	type MinVestedTransfer = ExistentialDeposit;
	type WeightInfo = ();
	type UnvestedFundsAllowedWithdrawReasons = AllowedWithdrawReasons;
	type BlockNumberProvider = System;
	const MAX_VESTING_SCHEDULES: u32 = 3;
}

/// The stake that the tests set.
pub struct FakeStake;

impl BondedStake for FakeStake {
	fn bonded() -> Balance {
		Bonded::get()
	}
}

impl StakeInspect<AccountId> for FakeStake {
	fn authority(_: TopicId, _: &AccountId) -> Balance {
		0
	}
	fn topic_stake(_: TopicId) -> Balance {
		0
	}
	fn total_stake() -> Balance {
		TotalStake::get()
	}
}

impl pallet_emissions::Config for Test {
	type Currency = Balances;
	type PalletId = EmissionsPalletId;
	type Topics = FakeTopics<System>;
	type Epochs = FakeTopics<System>;
	type Stake = FakeStake;
	type Bonded = FakeStake;
	type Issuance = Issuance;
	type RewardRules = RewardRules;
	type Time = System;
	type SlotsPerMonth = SlotsPerMonth;
	type MaxSupply = MaxSupply;
	type EcosystemSupply = EcosystemSupply;
	type Vesting = Vesting;
	type StartOrigin = EnsureRoot<AccountId>;
	type WeightInfo = ();
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = BenchmarkSetup;
}

/// What the benchmarks need: accounts that exist, and bonded stake.
#[cfg(feature = "runtime-benchmarks")]
pub struct BenchmarkSetup;

#[cfg(feature = "runtime-benchmarks")]
impl pallet_emissions::benchmarking::BenchmarkHelper<AccountId> for BenchmarkSetup {
	fn member(_: TopicId, account: &AccountId, _: allora_primitives::Registration) {
		use frame_support::traits::fungible::Mutate;
		frame_support::assert_ok!(Balances::mint_into(account, ED));
	}
	fn bonded() {
		Bonded::set(1_000_000);
	}
}

/// Builds the test's genesis.
#[derive(Default)]
pub struct ExtBuilder {
	ecosystem: Balance,
	block_emission: Balance,
	vested: Balance,
	not_started: bool,
	supply: Option<(Balance, Balance)>,
}

impl ExtBuilder {
	/// Sets the balance of the ecosystem pot above its existential deposit, in planck.
	pub fn ecosystem(mut self, amount: Balance) -> Self {
		self.ecosystem = amount;
		self
	}

	/// Sets the emission per slot, in planck, whatever is staked.
	pub fn block_emission(mut self, amount: Balance) -> Self {
		self.block_emission = amount;
		self
	}

	/// Sets the maximum supply, and the part of it that is left to emission, in planck.
	pub fn supply(mut self, all: Balance, ecosystem: Balance) -> Self {
		self.supply = Some((all, ecosystem));
		self
	}

	/// Locks this much of the holder's balance, in planck.
	pub fn vested(mut self, amount: Balance) -> Self {
		self.vested = amount;
		self
	}

	/// Leaves the start of emission to the call.
	pub fn not_started(mut self) -> Self {
		self.not_started = true;
		self
	}

	/// The state at genesis, at which all tokens exist that are not left to emission.
	pub fn build(&self) -> sp_io::TestExternalities {
		reset();
		if let Some((all, ecosystem)) = self.supply {
			MaxSupply::set(all);
			EcosystemSupply::set(ecosystem);
		}
		let others = MaxSupply::get() - EcosystemSupply::get() - FUNDS - 3 * ED;
		let genesis = RuntimeGenesisConfig {
			system: Default::default(),
			balances: pallet_balances::GenesisConfig {
				balances: vec![(BUYER, FUNDS), (HOLDER, others)],
				..Default::default()
			},
			vesting: Default::default(),
			emissions: pallet_emissions::GenesisConfig {
				ecosystem: self.ecosystem,
				vested: Vec::from_iter((self.vested > 0).then_some((HOLDER, self.vested))),
				started: !self.not_started,
				..Default::default()
			},
		};
		let storage = genesis.build_storage().expect("the genesis of a test is valid");
		storage.into()
	}

	/// Runs the test in block 1, which has not issued its emission yet, then checks the invariants.
	pub fn build_and_execute(self, test: impl FnOnce()) {
		self.build().execute_with(|| {
			System::set_block_number(1);
			if self.block_emission > 0 {
				pallet_emissions::CurrentSchedule::<Test>::put(Schedule {
					slot_emission: self.block_emission,
					validators_share: Perbill::from_percent(25),
					started: true,
					next_recomputation: Slot::MAX,
					..Default::default()
				});
			}
			test();
			Emissions::do_try_state().expect("the state is valid after a test");
			assert!(Emissions::ledger().adds_up);
		});
	}
}

/// Sets the defaults of all statics, since tests may share a thread.
fn reset() {
	FakeTopics::<System>::reset();
	OtherState::set(Some(EpochState::AwaitingTruth));
	MaxSupply::set(10_000_000);
	EcosystemSupply::set(GOLDEN_SUPPLY);
	SlotsPerMonth::set(100);
	Issuance::set(golden_issuance());
	RewardRules::set(RewardParameters::default());
	Bonded::set(0);
	TotalStake::set(0);
	Settled::set(Default::default());
}

/// Runs `on_initialize` of this many blocks.
pub fn run_blocks(count: u32) {
	for _ in 0..count {
		let now = System::block_number();
		Emissions::on_initialize(now);
		assert!(Emissions::ledger().adds_up, "in block {now}");
		System::set_block_number(now + 1);
	}
}

/// The total balance of an account, in planck.
pub fn balance(who: AccountId) -> Balance {
	Balances::total_balance(&who)
}

/// The balance of a pot above its existential deposit, in planck.
pub fn pot(pot: Pot) -> Balance {
	balance(Emissions::pot_account(pot)) - ED
}

/// The balance of a topic's pot, in planck.
pub fn topic_pot(topic: TopicId) -> Balance {
	<Emissions as TopicPot<AccountId>>::topic_pot(topic)
}

/// Whether a topic is recorded as crowded.
pub fn is_crowded(topic: TopicId) -> bool {
	pallet_emissions::LedgerTotals::<Test>::get().crowded.contains(&topic)
}

/// Runs `on_poll` with a whole block; returns the weight it used.
pub fn poll() -> Weight {
	let mut meter = WeightMeter::with_limit(
		<<Test as frame_system::Config>::BlockWeights as Get<BlockWeights>>::get().max_block,
	);
	Emissions::on_poll(System::block_number(), &mut meter);
	meter.consumed()
}

/// Moves planck from the buyer to a topic's pot.
pub fn buy(topic: TopicId, amount: Balance) {
	<Emissions as TopicPot<AccountId>>::pay_topic(&BUYER, topic, amount)
		.expect("the buyer has enough");
}

/// The pallet's events since the last call.
pub fn take_events() -> Vec<pallet_emissions::Event<Test>> {
	let events = System::read_events_for_pallet::<pallet_emissions::Event<Test>>();
	System::reset_events();
	events
}

/// A number of hundredths.
pub fn hundredths(score: i64) -> FixedI128 {
	FixedI128::from_inner(i128::from(score) * 10i128.pow(16))
}

fn worker((account, score): &(AccountId, i64)) -> Contribution<AccountId> {
	Contribution { account: *account, score: hundredths(*score) }
}

/// Sets the contributions to an epoch, with scores in hundredths and the reputers' stakes. The
/// losses of the network inference and of the naive one are equal.
pub fn contribute(
	topic: TopicId,
	epoch: EpochId,
	inferers: &[(AccountId, i64)],
	forecasters: &[(AccountId, i64)],
	reputers: &[(AccountId, i64, Balance)],
) {
	let reputer = |(account, score, authority): &(AccountId, i64, Balance)| ReputerContribution {
		account: *account,
		score: hundredths(*score),
		authority: *authority,
	};
	let bounded = "tests stay within the bounds";
	let contributions = Contributions {
		inferers: inferers.iter().map(worker).collect::<Vec<_>>().try_into().expect(bounded),
		forecasters: forecasters.iter().map(worker).collect::<Vec<_>>().try_into().expect(bounded),
		reputers: reputers.iter().map(reputer).collect::<Vec<_>>().try_into().expect(bounded),
		network_loss: FixedI128::from_u32(1),
		naive_loss: FixedI128::from_u32(1),
		worth: None,
	};
	Settled::mutate(|settled| settled.insert((topic, epoch), contributions));
}

/// Settles an epoch that has contributions, and pays out some of the earnings.
pub fn settle(topic: TopicId, epoch: EpochId) -> StageResult<()> {
	let of = EpochContext { topic, epoch, parameters: TopicParameters::regression(10, 3, 10) };
	let contributions =
		Settled::get().remove(&(topic, epoch)).expect("the epoch has contributions");
	let (settlement, settling) = Emissions::settle(&of, &contributions)?;
	let ((), paying) = Emissions::pay(&of, settlement.purse)?;
	Ok(((), settling + paying))
}
