//! A runtime of this pallet and the time.

use crate as pallet_proofs;
use allora_primitives::{
	EpochContext, EpochId, FixedI128, MadeInference, TopicId, TopicParameters,
};
use frame_support::{
	derive_impl,
	traits::{ConstU32, Hooks},
	weights::Weight,
	BoundedVec,
};
use sp_runtime::BuildStorage;

frame_support::construct_runtime!(
	pub enum Test {
		System: frame_system,
		Timestamp: pallet_timestamp,
		Proofs: pallet_proofs,
	}
);

/// The number of older blocks whose inferences are kept.
pub const KEPT: u32 = 3;
/// The maximum number of inferences of a block.
pub const MAX: u32 = 5;

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = frame_system::mocking::MockBlockU32<Test>;
}

#[derive_impl(pallet_timestamp::config_preludes::TestDefaultConfig)]
impl pallet_timestamp::Config for Test {}

impl pallet_proofs::Config for Test {
	type Time = Timestamp;
	type MaxInferences = ConstU32<MAX>;
	type KeptBlocks = ConstU32<KEPT>;
	type WeightInfo = ();
}

/// The seconds of the Unix epoch in a block.
pub fn time_of(block: u32) -> u64 {
	1_000 + u64::from(block) * 6
}

/// Begins the next block; returns the weight of the hook.
pub fn next_block() -> Weight {
	let block = System::block_number() + 1;
	System::set_block_number(block);
	pallet_timestamp::Now::<Test>::put(time_of(block) * 1_000);
	Proofs::on_initialize(block)
}

/// An inference with these values, and without intervals.
pub fn made(values: &[i64]) -> MadeInference {
	let values = values.iter().map(|value| FixedI128::from(i128::from(*value)));
	MadeInference {
		label_values: BoundedVec::truncate_from(values.collect()),
		intervals: Default::default(),
	}
}

/// Appends an inference of one label.
pub fn append(topic: TopicId, epoch: EpochId, value: i64) {
	let parameters = TopicParameters::regression(10, 4, 10);
	let of = EpochContext { topic, epoch, parameters };
	let ((), weight) = Proofs::append(&of, made(&[value])).expect("appending cannot fail");
	assert_eq!(weight, Proofs::append_weight());
}

/// Runs the test from block 1, then checks the invariants.
pub fn run(test: impl FnOnce()) {
	let storage = RuntimeGenesisConfig::default().build_storage().expect("the genesis is valid");
	sp_io::TestExternalities::new(storage).execute_with(|| {
		next_block();
		test();
		Proofs::do_try_state().expect("the state is valid after a test");
	});
}
