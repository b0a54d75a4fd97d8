//! A runtime of this pallet, with a fake registry and clock.

use crate as pallet_inference;
use allora_primitives::{
	testing::topics::{ExistingTopics, FakeRandomness, FakeTopics, Registrations, Strangers},
	EpochId, EpochState, FixedI128, Registration, Role, TopicParameters,
};
use allora_sortition::Standing;
use frame_support::{derive_impl, weights::constants::RocksDbWeight};
use sp_runtime::BuildStorage;

pub use allora_primitives::testing::topics::{Drawn, Excluded, Parameters, Plain, States, TOPIC};

/// The epoch of the tests. Payloads are accepted in slots 100 to 105; blocks have the numbers of
/// slots.
pub const EPOCH: EpochId = 100;
/// The last account that is registered as a worker; the next one is not.
pub const LAST_WORKER: u64 = 400;

frame_support::construct_runtime!(
	pub struct Test {
		System: frame_system,
		Submissions: pallet_inference,
	}
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = frame_system::mocking::MockBlock<Test>;
	type DbWeight = RocksDbWeight;
}

impl pallet_inference::Config for Test {
	type Topics = FakeTopics<System>;
	type Epochs = FakeTopics<System>;
	type Time = System;
	type Randomness = FakeRandomness;
	type WeightInfo = ();
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = BenchmarkSetup;
}

/// What the benchmarks need: an epoch that accepts payloads.
#[cfg(feature = "runtime-benchmarks")]
pub struct BenchmarkSetup;

#[cfg(feature = "runtime-benchmarks")]
impl crate::benchmarking::BenchmarkHelper<u64> for BenchmarkSetup {
	fn collecting(labels: u32) -> (allora_primitives::TopicId, EpochId) {
		use allora_primitives::topic::Label;
		System::set_block_number(EPOCH);
		Parameters::mutate(|parameters| {
			parameters.max_forecasters = allora_primitives::MAX_FORECASTERS;
			let label = |at: u32| Label::truncate_from(at.to_string().into_bytes());
			parameters.labels = (0..labels).map(label).collect::<Vec<_>>().try_into().unwrap();
		});
		(TOPIC, EPOCH)
	}
	fn committing(labels: u32) -> (allora_primitives::TopicId, EpochId) {
		Parameters::mutate(|parameters| parameters.reveal_window = 4);
		Self::collecting(labels)
	}
	fn make_plain(_: allora_primitives::TopicId) {}
	fn reveal(_: allora_primitives::TopicId, epoch: EpochId) {
		System::set_block_number(epoch + 6);
	}
	fn admit(_: allora_primitives::TopicId, _: &u64) {}
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

	/// The state in the first slot of [`EPOCH`].
	pub fn build(self) -> sp_io::TestExternalities {
		FakeTopics::<System>::reset();
		ExistingTopics::set(Some(vec![TOPIC]));
		Registrations::set(vec![Registration::Worker]);
		Strangers::set(vec![LAST_WORKER + 1]);
		Parameters::set(self.parameters);
		States::set(vec![(EPOCH, EpochState::Collecting)]);
		let storage = frame_system::GenesisConfig::<Test>::default().build_storage().unwrap();
		let mut ext = sp_io::TestExternalities::new(storage);
		ext.execute_with(|| {
			System::set_block_number(EPOCH);
			for (role, account, score) in self.scores {
				let score = FixedI128::from(score);
				crate::Actors::<Test>::mutate(TOPIC, (role, account), |record| {
					record.standing = Some(Standing { score, round: 0, unrevealed: 0 });
				});
			}
		});
		ext
	}

	/// Runs the test, then checks the invariants.
	pub fn build_and_execute(self, test: impl FnOnce()) {
		self.build().execute_with(|| {
			test();
			Submissions::do_try_state().unwrap();
		});
	}
}

/// The pallet's events since the last call.
pub fn take_events() -> Vec<crate::Event<Test>> {
	let events = System::read_events_for_pallet();
	System::reset_events();
	events
}
