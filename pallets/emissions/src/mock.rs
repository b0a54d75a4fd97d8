//! A runtime of balances and this pallet; the neighbours are fakes that tests speak for.

use crate as pallet_emissions;
use crate::types::*;
use allora_primitives::{
	traits::{BondedStake, EpochInspect, StakeInspect, TopicInspect, TopicPot},
	Balance, Contribution, Contributions, EpochContext, EpochId, EpochState, EpochWindows,
	FixedI128, Registration, ReputerContribution, Slot, StageResult, TopicId, TopicParameters,
};
use frame_support::{
	derive_impl, parameter_types,
	traits::{fungible::Inspect, Get, OnInitialize, OnPoll},
	weights::{Weight, WeightMeter},
	PalletId,
};
use frame_system::limits::BlockWeights;
use sp_runtime::{traits::IdentityLookup, BuildStorage};
use std::collections::BTreeMap;

type Block = frame_system::mocking::MockBlock<Test>;

/// Wide enough for the pots' accounts to differ.
pub type AccountId = u128;

frame_support::construct_runtime!(
	pub enum Test {
		System: frame_system,
		Balances: pallet_balances,
		Emissions: pallet_emissions,
	}
);

/// The minimum balance of an account.
pub const ED: Balance = 10;
/// Somebody who has `FUNDS`.
pub const BUYER: AccountId = 100;
/// What the buyer has at genesis.
pub const FUNDS: Balance = 1_000_000;
/// An epoch of the tests.
pub const EPOCH: EpochId = 5;

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = Block;
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
	pub static EcosystemSupply: Balance = 3_595_000;
	pub static Vested: Balance = 0;
	pub const SlotsPerMonth: u32 = 100;
	pub static Issuance: IssuanceParameters = IssuanceParameters::default();
	pub RewardRules: RewardParameters = RewardParameters::default();
	pub static Bonded: Balance = 0;
	pub static TotalStake: Balance = 0;
	pub static Settled: BTreeMap<(TopicId, EpochId), Contributions<AccountId>> = BTreeMap::new();
	/// Epochs that have fallen out of the registry.
	pub static Forgotten: Vec<(TopicId, EpochId)> = Vec::new();
	/// Accounts that workers and reputers named to be paid, if not their own.
	pub static Payees: BTreeMap<(AccountId, Registration), AccountId> = BTreeMap::new();
}

/// The neighbours.
pub struct Fake;

impl BondedStake for Fake {
	fn bonded() -> Balance {
		Bonded::get()
	}
}

impl StakeInspect<AccountId> for Fake {
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

impl TopicInspect<AccountId> for Fake {
	fn parameters(_: TopicId) -> Option<TopicParameters> {
		Some(TopicParameters::regression(10, 3, 10))
	}
	fn parameters_of(topic: TopicId, _: EpochId) -> Option<TopicParameters> {
		Self::parameters(topic)
	}
	fn is_allowed(_: TopicId, _: &AccountId, _: Registration) -> bool {
		true
	}
	fn payee(_: TopicId, who: &AccountId, registration: Registration) -> AccountId {
		Payees::get().get(&(*who, registration)).copied().unwrap_or(*who)
	}
	fn is_registered(_: TopicId, _: &AccountId, _: Registration) -> bool {
		true
	}
}

impl EpochInspect for Fake {
	fn collecting_epoch(_: TopicId) -> Option<EpochId> {
		None
	}
	fn epoch_windows(_: TopicId, _: EpochId) -> Option<EpochWindows> {
		None
	}
	fn epoch_state(topic: TopicId, epoch: EpochId) -> Option<EpochState> {
		(!Forgotten::get().contains(&(topic, epoch))).then_some(EpochState::AwaitingTruth)
	}
}

impl pallet_emissions::Config for Test {
	type Currency = Balances;
	type PalletId = EmissionsPalletId;
	type Topics = Fake;
	type Epochs = Fake;
	type Stake = Fake;
	type Bonded = Fake;
	type Issuance = Issuance;
	type RewardRules = RewardRules;
	type Time = System;
	type SlotsPerMonth = SlotsPerMonth;
	type MaxSupply = MaxSupply;
	type EcosystemSupply = EcosystemSupply;
	type Vested = Vested;
	type WeightInfo = ();
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = Fake;
}

#[cfg(feature = "runtime-benchmarks")]
impl pallet_emissions::benchmarking::BenchmarkHelper<AccountId> for Fake {
	fn member(_: TopicId, account: &AccountId, _: Registration) {
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
}

impl ExtBuilder {
	/// Gives the ecosystem pot so much above its deposit.
	pub fn ecosystem(mut self, amount: Balance) -> Self {
		self.ecosystem = amount;
		self
	}

	/// Blocks emit so much, whatever is staked.
	pub fn block_emission(mut self, amount: Balance) -> Self {
		self.block_emission = amount;
		self
	}

	/// The state at genesis.
	pub fn build(&self) -> sp_io::TestExternalities {
		reset();
		let genesis = RuntimeGenesisConfig {
			system: Default::default(),
			balances: pallet_balances::GenesisConfig {
				balances: vec![(BUYER, FUNDS)],
				..Default::default()
			},
			emissions: pallet_emissions::GenesisConfig {
				ecosystem: self.ecosystem,
				..Default::default()
			},
		};
		let storage = genesis.build_storage().expect("the genesis of a test is valid");
		storage.into()
	}

	/// Runs the test in block 1, whose emission is yet to come, then checks the state.
	pub fn build_and_execute(self, test: impl FnOnce()) {
		self.build().execute_with(|| {
			System::set_block_number(1);
			if self.block_emission > 0 {
				pallet_emissions::CurrentSchedule::<Test>::put(Schedule {
					slot_emission: self.block_emission,
					next_recomputation: Slot::MAX,
					..Default::default()
				});
			}
			test();
			Emissions::do_try_state().expect("the state is sound after a test");
			assert!(Emissions::ledger().adds_up);
		});
	}
}

/// Makes the fakes forget an earlier test of the same thread.
fn reset() {
	MaxSupply::set(10_000_000);
	EcosystemSupply::set(3_595_000);
	Vested::set(0);
	Issuance::set(Default::default());
	Bonded::set(0);
	TotalStake::set(0);
	Settled::set(Default::default());
	Forgotten::set(Default::default());
	Payees::set(Default::default());
}

/// Lets so many blocks begin.
pub fn run_blocks(count: u32) {
	for _ in 0..count {
		let now = System::block_number();
		Emissions::on_initialize(now);
		assert!(Emissions::ledger().adds_up, "in block {now}");
		System::set_block_number(now + 1);
	}
}

/// What an account has.
pub fn balance(who: AccountId) -> Balance {
	Balances::total_balance(&who)
}

/// What a pot has above its deposit.
pub fn pot(pot: Pot) -> Balance {
	balance(Emissions::pot_account(pot)) - ED
}

/// The pot of a topic.
pub fn topic_pot(topic: TopicId) -> Balance {
	<Emissions as TopicPot<AccountId>>::topic_pot(topic)
}

/// Whether a topic is known to be crowded.
pub fn is_crowded(topic: TopicId) -> bool {
	pallet_emissions::Books::<Test>::get().crowded.contains(&topic)
}

/// Lets the hook relieve crowded topics with all of a block.
pub fn poll() -> Weight {
	let mut meter = WeightMeter::with_limit(
		<<Test as frame_system::Config>::BlockWeights as Get<BlockWeights>>::get().max_block,
	);
	Emissions::on_poll(System::block_number(), &mut meter);
	meter.consumed()
}

/// Fills a topic's pot from the buyer's account.
pub fn buy(topic: TopicId, amount: Balance) {
	<Emissions as TopicPot<AccountId>>::pay_topic(&BUYER, topic, amount).expect("the buyer has it");
}

/// The pallet's events, taken.
pub fn take_events() -> Vec<pallet_emissions::Event<Test>> {
	let events = System::read_events_for_pallet::<pallet_emissions::Event<Test>>();
	System::reset_events();
	events
}

fn hundredths(score: i64) -> FixedI128 {
	FixedI128::from_inner(i128::from(score) * 10i128.pow(16))
}

fn worker((account, score): &(AccountId, i64)) -> Contribution<AccountId> {
	Contribution { account: *account, score: hundredths(*score) }
}

/// Says what everyone contributed to an epoch, scores in hundredths; reputers with their stakes.
/// The network and the naive inference are alike.
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
	let bounded = "tests have no more than fit";
	let contributions = Contributions {
		inferers: inferers.iter().map(worker).collect::<Vec<_>>().try_into().expect(bounded),
		forecasters: forecasters.iter().map(worker).collect::<Vec<_>>().try_into().expect(bounded),
		reputers: reputers.iter().map(reputer).collect::<Vec<_>>().try_into().expect(bounded),
		network_loss: FixedI128::from_u32(1),
		naive_loss: FixedI128::from_u32(1),
	};
	Settled::mutate(|settled| settled.insert((topic, epoch), contributions));
}

/// Settles an epoch that somebody contributed to, and pays some of those who wait.
pub fn settle(topic: TopicId, epoch: EpochId) -> StageResult<()> {
	let of = EpochContext { topic, epoch, parameters: TopicParameters::regression(10, 3, 10) };
	let contributions = Settled::get().remove(&(topic, epoch)).expect("somebody contributed");
	let (purse, settling) = Emissions::settle(&of, &contributions)?;
	let ((), paying) = Emissions::pay(&of, purse)?;
	Ok(((), settling + paying))
}
