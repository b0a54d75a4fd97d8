//! A runtime of this pallet and balances, with a fake registry and clock and fake bundles.

use crate::{self as pallet_reputer, types::Standing};
use allora_primitives::{
	testing::topics::{ExistingTopics, FakeRandomness, FakeTopics, Registrations},
	traits::{BundleInspect, StakeObserver},
	Balance, Bundle, EpochContext, EpochId, EpochState, FixedI128, Registration, Slot, Slots,
	TopicId, TopicParameters,
};
use frame_support::{
	derive_impl, parameter_types,
	traits::ConstU128,
	weights::{constants::RocksDbWeight, Weight},
	PalletId,
};
use sp_core::H256;
use sp_runtime::{BuildStorage, Perbill};

pub use allora_primitives::testing::topics::{
	Drawn, Excluded, Parameters, Retired, States, Strangers, TOPIC,
};

/// Another topic, with the same parameters and no epochs.
pub const OTHER_TOPIC: TopicId = 2;
/// The epoch of the tests. Blocks have the numbers of slots.
pub const EPOCH: EpochId = 100;
/// The first slot of the epoch's reporting window.
pub const REPORTS_OPEN: Slot = 110;
/// The last slot of the epoch's reporting window.
pub const REPORTS_LAST: Slot = 119;
/// The last account that has [`FUNDS`]; the first is account 1.
pub const LAST_ACCOUNT: u64 = 200;
/// The minimum delegation, in planck.
pub const MIN_DELEGATION: Balance = 10;
/// The balance of each account at genesis, in planck.
pub const FUNDS: Balance = 1_000;

frame_support::construct_runtime!(
	pub struct Test {
		System: frame_system,
		Balances: pallet_balances,
		Reputers: pallet_reputer,
	}
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = frame_system::mocking::MockBlock<Test>;
	type DbWeight = RocksDbWeight;
	type AccountData = pallet_balances::AccountData<Balance>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
	type AccountStore = System;
	type Balance = Balance;
}

parameter_types! {
	/// The number of elements of each epoch's bundle; `None` if there are no bundles.
	pub static Elements: Option<u32> = Some(2);
	/// The topics whose changed stake was reported to the observer.
	pub static Heard: Vec<TopicId> = vec![];
	/// The unbonding time in slots.
	pub static UnbondingSlots: Slots = 50;
	/// The minimum stake of a reputer that reports, in planck.
	pub static MinReputerStake: Balance = 100;
	/// The maximum commission of a reputer.
	pub const MaxCommission: Perbill = Perbill::from_percent(50);
	/// The pallet id that the account of the delegators' pot derives from.
	pub const ReputerPalletId: PalletId = PalletId(*b"delegate");
}

/// The hash of an epoch's bundle.
pub fn bundle_hash(epoch: EpochId) -> H256 {
	H256::from_low_u64_be(epoch)
}

/// Fake bundles that have only a hash and a size.
pub struct Bundles;

impl BundleInspect<u64> for Bundles {
	fn bundle(_: TopicId, _: EpochId) -> Option<Bundle<u64>> {
		None
	}
	fn report_shape(_: TopicId, epoch: EpochId) -> Option<(H256, u32)> {
		Elements::get().map(|elements| (bundle_hash(epoch), elements))
	}
}

/// Records the topics whose stake changed.
pub struct Observer;

impl StakeObserver for Observer {
	fn on_stake_changed(topic: TopicId) {
		Heard::mutate(|heard| heard.push(topic));
	}
	fn weight() -> Weight {
		Weight::from_parts(7_000_000, 0)
	}
}

impl pallet_reputer::Config for Test {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Topics = FakeTopics<System>;
	type Epochs = FakeTopics<System>;
	type Bundles = Bundles;
	type Observer = Observer;
	type Time = System;
	type Randomness = FakeRandomness;
	type UnbondingSlots = UnbondingSlots;
	type MinReputerStake = MinReputerStake;
	type PalletId = ReputerPalletId;
	type MinDelegation = ConstU128<MIN_DELEGATION>;
	type MaxCommission = MaxCommission;
	type WeightInfo = ();
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = BenchmarkSetup;
}

/// What the benchmarks need: an epoch that accepts reports.
#[cfg(feature = "runtime-benchmarks")]
pub struct BenchmarkSetup;

#[cfg(feature = "runtime-benchmarks")]
impl crate::benchmarking::BenchmarkHelper<u64> for BenchmarkSetup {
	fn reporting(losses: u32) -> (TopicId, EpochId, H256) {
		Parameters::mutate(|parameters| {
			parameters.max_reputers = allora_primitives::MAX_REPUTERS;
			parameters.loss_method =
				allora_primitives::LossMethod::Custom(b"own".to_vec().try_into().unwrap());
		});
		Elements::set(Some(losses));
		System::set_block_number(REPORTS_OPEN);
		(TOPIC, EPOCH, bundle_hash(EPOCH))
	}
	fn make_plain(_: TopicId) {}
	fn use_truth(_: TopicId, labels: u32) {
		use allora_primitives::topic::Label;
		Parameters::mutate(|of| {
			of.loss_method = allora_primitives::LossMethod::Squared;
			let label = |at: u32| Label::truncate_from(at.to_string().into_bytes());
			of.labels = (0..labels).map(label).collect::<Vec<_>>().try_into().unwrap();
		});
	}
	fn admit(_: TopicId, _: &u64) {}
}

/// Builds the state of a test.
#[derive(Clone)]
pub struct ExtBuilder {
	parameters: TopicParameters,
	standings: Vec<(u64, Standing)>,
	stakes: Vec<(u64, Balance)>,
	accounts: u64,
}

impl Default for ExtBuilder {
	fn default() -> Self {
		let parameters = TopicParameters::regression(10, 5, 10);
		Self { parameters, standings: vec![], stakes: vec![], accounts: LAST_ACCOUNT }
	}
}

impl ExtBuilder {
	/// Changes the topic's parameters.
	pub fn with(mut self, change: impl FnOnce(&mut TopicParameters)) -> Self {
		change(&mut self.parameters);
		self
	}

	/// Leaves out the accounts after this one, since checks look at all that exist.
	pub fn last_account(mut self, last: u64) -> Self {
		self.accounts = last;
		self
	}

	/// Gives an account a smoothed score.
	pub fn score(mut self, account: u64, score: i128) -> Self {
		let score = Some(FixedI128::from(score));
		self.standings.push((account, Standing { score, ..Default::default() }));
		self
	}

	/// Gives an account a listening coefficient, in hundredths.
	pub fn coefficient(mut self, account: u64, hundredths: u32) -> Self {
		let coefficient = FixedI128::from_rational(hundredths.into(), 100);
		self.standings.push((account, Standing { coefficient, ..Default::default() }));
		self
	}

	/// Stakes in the topic before the epoch opens.
	pub fn stake(mut self, account: u64, amount: Balance) -> Self {
		self.stakes.push((account, amount));
		self
	}

	/// The state in the first slot of the reporting window of [`EPOCH`].
	pub fn build(self) -> sp_io::TestExternalities {
		FakeTopics::<System>::reset();
		ExistingTopics::set(Some(vec![TOPIC, OTHER_TOPIC]));
		Registrations::set(vec![Registration::Reputer]);
		Parameters::set(self.parameters);
		States::set(vec![(EPOCH, EpochState::Collecting)]);
		Elements::set(Some(2));
		let mut storage = frame_system::GenesisConfig::<Test>::default().build_storage().unwrap();
		pallet_balances::GenesisConfig::<Test> {
			balances: (1..=self.accounts).map(|who| (who, FUNDS)).collect(),
			..Default::default()
		}
		.assimilate_storage(&mut storage)
		.unwrap();
		pallet_reputer::GenesisConfig::<Test>::default().assimilate_storage(&mut storage).unwrap();
		let mut ext = sp_io::TestExternalities::new(storage);
		ext.execute_with(|| {
			System::set_block_number(EPOCH - 1);
			for (who, amount) in self.stakes {
				Reputers::stake(RuntimeOrigin::signed(who), TOPIC, amount).unwrap();
			}
			for (account, standing) in self.standings {
				crate::Actors::<Test>::mutate(TOPIC, account, |record| {
					record.standing = Some(standing);
				});
			}
			System::set_block_number(EPOCH);
			let parameters = Parameters::get();
			let opening = EpochContext { topic: TOPIC, epoch: EPOCH, parameters };
			Reputers::open(&opening).unwrap();
			System::set_block_number(REPORTS_OPEN);
			States::set(vec![(EPOCH, EpochState::Reporting)]);
			Heard::set(vec![]);
			System::reset_events();
		});
		ext
	}

	/// Runs the test, then checks the invariants.
	pub fn build_and_execute(self, test: impl FnOnce()) {
		self.build().execute_with(|| {
			test();
			Reputers::do_try_state().unwrap();
		});
	}
}

/// The pallet's events since the last call.
pub fn take_events() -> Vec<crate::Event<Test>> {
	let events = System::read_events_for_pallet();
	System::reset_events();
	events
}
