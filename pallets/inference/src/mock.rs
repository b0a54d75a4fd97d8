//! A runtime of this pallet alone, with a clock that the tests set.

use crate as pallet_inference;
use allora_primitives::{
	traits::{EpochInspect, TopicInspect},
	EpochId, EpochState, EpochWindows, FixedI128, Registration, Role, TopicId, TopicParameters,
};
use allora_sortition::Standing;
use frame_support::{derive_impl, parameter_types, weights::constants::RocksDbWeight};
use sp_runtime::BuildStorage;

/// The topic of the tests.
pub const TOPIC: TopicId = 1;
/// Its epoch of the tests: slots 100 to 105, which are blocks' numbers too, take payloads.
pub const EPOCH: EpochId = 100;
/// Accounts up to this one are registered as workers.
pub const LAST_WORKER: u64 = 400;

type Block = frame_system::mocking::MockBlock<Test>;

frame_support::construct_runtime!(
	pub struct Test {
		System: frame_system,
		Submissions: pallet_inference,
	}
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = Block;
	type DbWeight = RocksDbWeight;
}

parameter_types! {
	/// The topic's parameters: 10 slots an epoch, payloads in the first 6, 2 labels at will.
	pub static Parameters: TopicParameters = TopicParameters::regression(10, 5, 10);
	/// States of epochs on record.
	pub static States: Vec<(EpochId, EpochState)> = vec![];
	/// Accounts above the last one that are registered too.
	pub static Guests: Vec<u64> = vec![];
	/// Accounts that the topic's list leaves out.
	pub static Excluded: Vec<u64> = vec![];
}

/// The clock and the registry of the tests.
pub struct Topics;

impl TopicInspect<u64> for Topics {
	fn parameters(topic: TopicId) -> Option<TopicParameters> {
		(topic == TOPIC).then(Parameters::get)
	}
	fn parameters_of(topic: TopicId, _: EpochId) -> Option<TopicParameters> {
		Self::parameters(topic)
	}
	fn is_allowed(_: TopicId, who: &u64, registration: Registration) -> bool {
		registration == Registration::Worker && !Excluded::get().contains(who)
	}
	fn payee(_: TopicId, who: &u64, _: Registration) -> u64 {
		*who
	}
	fn is_registered(topic: TopicId, who: &u64, registration: Registration) -> bool {
		let known = *who <= LAST_WORKER || Guests::get().contains(who);
		topic == TOPIC && known && registration == Registration::Worker
	}
}

impl EpochInspect for Topics {
	fn collecting_epoch(topic: TopicId) -> Option<EpochId> {
		let now = System::block_number();
		let epoch = now / 10 * 10;
		(topic == TOPIC && now <= epoch + u64::from(Parameters::get().worker_window))
			.then_some(epoch)
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

impl pallet_inference::Config for Test {
	type Topics = Topics;
	type Epochs = Topics;
	type Time = System;
	type WeightInfo = ();
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = Stage;
}

/// Sets the stage of benchmarks.
#[cfg(feature = "runtime-benchmarks")]
pub struct Stage;

#[cfg(feature = "runtime-benchmarks")]
impl crate::benchmarking::BenchmarkHelper<u64> for Stage {
	fn collecting(labels: u32) -> (TopicId, EpochId) {
		use allora_primitives::topic::Label;
		System::set_block_number(EPOCH);
		Parameters::mutate(|parameters| {
			parameters.max_forecasters = allora_primitives::MAX_FORECASTERS;
			let label = |at: u32| Label::truncate_from(at.to_string().into_bytes());
			parameters.labels = (0..labels).map(label).collect::<Vec<_>>().try_into().unwrap();
		});
		(TOPIC, EPOCH)
	}
	fn admit(_: TopicId, who: &u64) {
		Guests::mutate(|guests| guests.push(*who));
	}
}

/// Builds the state of a test.
pub struct ExtBuilder {
	parameters: TopicParameters,
	scores: Vec<(Role, u64, i128)>,
}

impl Default for ExtBuilder {
	fn default() -> Self {
		Self { parameters: TopicParameters::regression(10, 5, 10), scores: vec![] }
	}
}

impl ExtBuilder {
	/// Changes the topic's parameters.
	pub fn with(mut self, change: impl FnOnce(&mut TopicParameters)) -> Self {
		change(&mut self.parameters);
		self
	}

	/// Gives an account a smoothed score.
	pub fn score(mut self, role: Role, account: u64, score: i128) -> Self {
		self.scores.push((role, account, score));
		self
	}

	/// The state at the first slot of [`EPOCH`].
	pub fn build(self) -> sp_io::TestExternalities {
		Parameters::set(self.parameters);
		States::set(vec![(EPOCH, EpochState::Collecting)]);
		Excluded::set(vec![]);
		let storage = frame_system::GenesisConfig::<Test>::default().build_storage().unwrap();
		let mut ext = sp_io::TestExternalities::new(storage);
		ext.execute_with(|| {
			System::set_block_number(EPOCH);
			for (role, account, score) in self.scores {
				let score = FixedI128::from(score);
				crate::Actors::<Test>::mutate(TOPIC, (role, account), |record| {
					record.standing = Some(Standing { score, round: 0, extra: () });
				});
			}
		});
		ext
	}

	/// Runs the test and then checks the storage.
	pub fn build_and_execute(self, test: impl FnOnce()) {
		self.build().execute_with(|| {
			test();
			Submissions::do_try_state().unwrap();
		});
	}
}

/// The events of this pallet so far; they are forgotten.
pub fn take_events() -> Vec<crate::Event<Test>> {
	let events = System::read_events_for_pallet();
	System::reset_events();
	events
}
