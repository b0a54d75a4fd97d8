//! A runtime of this pallet and balances, with a clock and bundles that the tests set.

use crate as pallet_reputer;
use allora_primitives::{
	traits::{BundleInspect, EpochInspect, StakeObserver, TopicInspect},
	Balance, Bundle, EpochContext, EpochId, EpochState, EpochWindows, FixedI128, Registration,
	Slot, Slots, TopicId, TopicParameters,
};
use allora_sortition::Standing;
use frame_support::{derive_impl, parameter_types, weights::constants::RocksDbWeight};
use sp_core::H256;
use sp_runtime::BuildStorage;

/// The topic of the tests.
pub const TOPIC: TopicId = 1;
/// Another one, with the same parameters and no epochs.
pub const OTHER_TOPIC: TopicId = 2;
/// Its epoch of the tests: reports in slots 110 to 119, which are blocks' numbers too.
pub const EPOCH: EpochId = 100;
/// First slot of the epoch's reporting window.
pub const REPORTS_OPEN: Slot = 110;
/// Last slot of the epoch's reporting window.
pub const REPORTS_LAST: Slot = 119;
/// Accounts up to this one have 1000 planck.
pub const LAST_ACCOUNT: u64 = 200;
/// What they have.
pub const FUNDS: Balance = 1_000;

type Block = frame_system::mocking::MockBlock<Test>;

frame_support::construct_runtime!(
	pub struct Test {
		System: frame_system,
		Balances: pallet_balances,
		Reputers: pallet_reputer,
	}
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = Block;
	type DbWeight = RocksDbWeight;
	type AccountData = pallet_balances::AccountData<Balance>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
	type AccountStore = System;
	type Balance = Balance;
}

parameter_types! {
	/// The topic's parameters: 10 slots an epoch, the truth known 10 slots after its opening.
	pub static Parameters: TopicParameters = TopicParameters::regression(10, 5, 10);
	/// States of epochs on record.
	pub static States: Vec<(EpochId, EpochState)> = vec![];
	/// Accounts that are not registered.
	pub static Strangers: Vec<u64> = vec![];
	/// Accounts that the topic's list leaves out.
	pub static Excluded: Vec<u64> = vec![];
	/// Elements that the bundle of each epoch has; none for no bundles.
	pub static Elements: Option<u32> = Some(2);
	/// Topics whose stake changed, as the observer heard.
	pub static Heard: Vec<TopicId> = vec![];
	/// Slots of unbonding.
	pub static UnbondingSlots: Slots = 50;
	/// The minimum stake to report with.
	pub static MinReputerStake: Balance = 100;
}

/// The clock and the registry of the tests.
pub struct Topics;

impl TopicInspect<u64> for Topics {
	fn parameters(topic: TopicId) -> Option<TopicParameters> {
		(topic == TOPIC || topic == OTHER_TOPIC).then(Parameters::get)
	}
	fn parameters_of(topic: TopicId, _: EpochId) -> Option<TopicParameters> {
		Self::parameters(topic)
	}
	fn is_allowed(_: TopicId, who: &u64, registration: Registration) -> bool {
		registration == Registration::Reputer && !Excluded::get().contains(who)
	}
	fn payee(_: TopicId, who: &u64, _: Registration) -> u64 {
		*who
	}
	fn is_registered(topic: TopicId, who: &u64, registration: Registration) -> bool {
		Self::parameters(topic).is_some()
			&& registration == Registration::Reputer
			&& !Strangers::get().contains(who)
	}
}

impl EpochInspect for Topics {
	fn collecting_epoch(_: TopicId) -> Option<EpochId> {
		None
	}
	fn epoch_windows(topic: TopicId, epoch: EpochId) -> Option<EpochWindows> {
		Self::epoch_state(topic, epoch)?;
		Some(EpochWindows::new(epoch, &Parameters::get()))
	}
	fn epoch_state(topic: TopicId, epoch: EpochId) -> Option<EpochState> {
		let known = States::get().into_iter().find(|(id, _)| topic == TOPIC && *id == epoch);
		known.map(|(_, state)| state)
	}
}

/// The hash of an epoch's bundle.
pub fn bundle_hash(epoch: EpochId) -> H256 {
	H256::from_low_u64_be(epoch)
}

/// The bundles of the tests: nothing but a hash and a size.
pub struct Bundles;

impl BundleInspect<u64> for Bundles {
	fn bundle(_: TopicId, _: EpochId) -> Option<Bundle<u64>> {
		None
	}
	fn report_shape(_: TopicId, epoch: EpochId) -> Option<(H256, u32)> {
		Elements::get().map(|elements| (bundle_hash(epoch), elements))
	}
}

/// Writes down which topics' stakes changed.
pub struct Observer;

impl StakeObserver for Observer {
	fn on_stake_changed(topic: TopicId) {
		Heard::mutate(|heard| heard.push(topic));
	}
}

impl pallet_reputer::Config for Test {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Topics = Topics;
	type Epochs = Topics;
	type Bundles = Bundles;
	type Observer = Observer;
	type Time = System;
	type UnbondingSlots = UnbondingSlots;
	type MinReputerStake = MinReputerStake;
	type WeightInfo = ();
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = Stage;
}

/// Sets the stage of benchmarks.
#[cfg(feature = "runtime-benchmarks")]
pub struct Stage;

#[cfg(feature = "runtime-benchmarks")]
impl crate::benchmarking::BenchmarkHelper<u64> for Stage {
	fn reporting(losses: u32) -> (TopicId, EpochId, H256) {
		Parameters::mutate(|parameters| {
			parameters.max_reputers = allora_primitives::MAX_REPUTERS;
		});
		Elements::set(Some(losses));
		System::set_block_number(REPORTS_OPEN);
		(TOPIC, EPOCH, bundle_hash(EPOCH))
	}
	fn admit(_: TopicId, _: &u64) {}
}

/// Builds the state of a test.
pub struct ExtBuilder {
	parameters: TopicParameters,
	scores: Vec<(u64, i128)>,
	stakes: Vec<(u64, Balance)>,
}

impl Default for ExtBuilder {
	fn default() -> Self {
		let parameters = TopicParameters::regression(10, 5, 10);
		Self { parameters, scores: vec![], stakes: vec![] }
	}
}

impl ExtBuilder {
	/// Changes the topic's parameters.
	pub fn with(mut self, change: impl FnOnce(&mut TopicParameters)) -> Self {
		change(&mut self.parameters);
		self
	}

	/// Gives an account a smoothed score.
	pub fn score(mut self, account: u64, score: i128) -> Self {
		self.scores.push((account, score));
		self
	}

	/// Stakes in the topic before the epoch opens.
	pub fn stake(mut self, account: u64, amount: Balance) -> Self {
		self.stakes.push((account, amount));
		self
	}

	/// The state at the first slot of the reporting window of [`EPOCH`].
	pub fn build(self) -> sp_io::TestExternalities {
		Parameters::set(self.parameters);
		States::set(vec![(EPOCH, EpochState::Collecting)]);
		Strangers::set(vec![]);
		Excluded::set(vec![]);
		Elements::set(Some(2));
		let mut storage = frame_system::GenesisConfig::<Test>::default().build_storage().unwrap();
		pallet_balances::GenesisConfig::<Test> {
			balances: (1..=LAST_ACCOUNT).map(|who| (who, FUNDS)).collect(),
			..Default::default()
		}
		.assimilate_storage(&mut storage)
		.unwrap();
		let mut ext = sp_io::TestExternalities::new(storage);
		ext.execute_with(|| {
			System::set_block_number(EPOCH - 1);
			for (who, amount) in self.stakes {
				Reputers::stake(RuntimeOrigin::signed(who), TOPIC, amount).unwrap();
			}
			for (account, score) in self.scores {
				let score = FixedI128::from(score);
				crate::Actors::<Test>::mutate(TOPIC, account, |record| {
					record.standing = Some(Standing { score, round: 0, extra: Default::default() });
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

	/// Runs the test and then checks the storage.
	pub fn build_and_execute(self, test: impl FnOnce()) {
		self.build().execute_with(|| {
			test();
			Reputers::do_try_state().unwrap();
		});
	}
}

/// The events of this pallet so far; they are forgotten.
pub fn take_events() -> Vec<crate::Event<Test>> {
	let events = System::read_events_for_pallet();
	System::reset_events();
	events
}
