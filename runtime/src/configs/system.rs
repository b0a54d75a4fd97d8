//! The base of the chain: blocks, time, migrations, parameters.

use crate::{
	governance::ParameterOrigin, AccountId, Balance, Block, Hash, Nonce, PalletInfo, Runtime,
	RuntimeCall, RuntimeEvent, RuntimeOrigin, RuntimeTask, SafeMode, TxPause, MAXIMUM_BLOCK_WEIGHT,
	NORMAL_DISPATCH_RATIO, VERSION,
};
use allora_primitives::hook_phase::in_initialization;
#[cfg(not(test))]
use frame_support::weights::constants::ParityDbWeight;
use frame_support::{
	derive_impl,
	dispatch::DispatchClass,
	migrations::{FreezeChainOnFailedMigration, MultiStepMigrator},
	parameter_types,
	traits::{AsEnsureOriginWithArg, ConstU32, InsideBoth},
	weights::{
		constants::{BlockExecutionWeight, ExtrinsicBaseWeight},
		Weight,
	},
};
use frame_system::limits::{BlockLength, BlockWeights};
use sp_runtime::{traits::AccountIdLookup, Perbill};
use sp_version::RuntimeVersion;

/// The part of a block that is assumed for its initialization where the largest transaction is
/// computed.
const AVERAGE_ON_INITIALIZE_RATIO: Perbill = Perbill::from_percent(10);
/// The maximum length of a block: 5 MiB.
const MAX_BLOCK_LENGTH: u32 = 5 * 1024 * 1024;
/// The maximum length of a header: 100 KiB.
const MAX_HEADER_LENGTH: u32 = 100 * 1024;

parameter_types! {
	/// The number of latest blocks whose hashes are kept, and so the maximum life of a mortal
	/// transaction in blocks.
	pub const BlockHashCount: crate::BlockNumber = 2_400;
	/// The version of the runtime.
	pub const Version: RuntimeVersion = VERSION;
	/// The prefix of addresses in text: the generic one.
	pub const SS58Prefix: u16 = 42;
	/// The maximum lengths of blocks, by class of transactions.
	pub RuntimeBlockLength: BlockLength = BlockLength::builder()
		.max_length(MAX_BLOCK_LENGTH)
		.modify_max_length_for_class(DispatchClass::Normal, |length| {
			*length = NORMAL_DISPATCH_RATIO * *length
		})
		.max_header_size(MAX_HEADER_LENGTH)
		.build();
	/// The maximum weights of blocks, by class of transactions.
	pub RuntimeBlockWeights: BlockWeights = BlockWeights::builder()
		.base_block(BlockExecutionWeight::get())
		.for_class(DispatchClass::all(), |weights| {
			weights.base_extrinsic = ExtrinsicBaseWeight::get();
		})
		.for_class(DispatchClass::Normal, |weights| {
			weights.max_total = Some(NORMAL_DISPATCH_RATIO * MAXIMUM_BLOCK_WEIGHT);
		})
		.for_class(DispatchClass::Operational, |weights| {
			weights.max_total = Some(MAXIMUM_BLOCK_WEIGHT);
			weights.reserved = Some(MAXIMUM_BLOCK_WEIGHT - NORMAL_DISPATCH_RATIO * MAXIMUM_BLOCK_WEIGHT);
		})
		.avg_block_initialization(AVERAGE_ON_INITIALIZE_RATIO)
		.build_or_panic();
	/// The maximum weight that multi-block migrations may use in a block.
	pub MaxServiceWeight: Weight = Perbill::from_percent(80) * MAXIMUM_BLOCK_WEIGHT;
}

#[derive_impl(frame_system::config_preludes::SolochainDefaultConfig)]
impl frame_system::Config for Runtime {
	type Block = Block;
	type BlockWeights = RuntimeBlockWeights;
	type BlockLength = RuntimeBlockLength;
	type AccountId = AccountId;
	type Lookup = AccountIdLookup<AccountId, ()>;
	type Nonce = Nonce;
	type Hash = Hash;
	type BlockHashCount = BlockHashCount;
	#[cfg(not(test))]
	type DbWeight = ParityDbWeight;
	#[cfg(test)]
	type DbWeight = crate::weights::tests::DbWeight;
	type Version = Version;
	type AccountData = pallet_balances::AccountData<Balance>;
	type SS58Prefix = SS58Prefix;
	type MaxConsumers = ConstU32<128>;
	type SystemWeightInfo = frame_system::weights::SubstrateWeight<Runtime>;
	type ExtensionsWeightInfo = frame_system::SubstrateExtensionsWeight<Runtime>;
	type BaseCallFilter = InsideBoth<SafeMode, TxPause>;
	type SingleBlockMigrations = crate::migrations::SingleBlock;
	type MultiBlockMigrator = MigrationsInInitialization;
}

/// Runs multi-block migrations in the phase of hooks: no transaction has caused their events.
pub struct MigrationsInInitialization;
impl MultiStepMigrator for MigrationsInInitialization {
	fn ongoing() -> bool {
		crate::Migrations::ongoing()
	}

	fn step() -> Weight {
		in_initialization::<Runtime, _>(crate::Migrations::step)
	}
}

impl pallet_timestamp::Config for Runtime {
	type Moment = u64;
	type OnTimestampSet = crate::Babe;
	type MinimumPeriod = pallet_timing::MinimumPeriod<Runtime>;
	type WeightInfo = pallet_timestamp::weights::SubstrateWeight<Runtime>;
}

impl pallet_timing::Config for Runtime {}

impl pallet_migrations::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type Migrations = crate::migrations::MultiBlock;
	type CursorMaxLen = ConstU32<65_536>;
	type IdentifierMaxLen = ConstU32<256>;
	type MigrationStatusHandler = ();
	type FailedMigrationHandler = FreezeChainOnFailedMigration;
	type MaxServiceWeight = MaxServiceWeight;
	type WeightInfo = pallet_migrations::weights::SubstrateWeight<Runtime>;
}

impl pallet_parameters::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeParameters = crate::parameters::RuntimeParameters;
	type AdminOrigin = AsEnsureOriginWithArg<ParameterOrigin>;
	// The pallet's `SubstrateWeight` is private; `()` has the same figures, for RocksDB.
	type WeightInfo = ();
}
