//! The list of benchmarks, which `scripts/benchmark` runs.

mod formulas;
mod leaf;
mod rotation;
mod stage;
mod whole_epoch;

use crate::{
	Aggregation, AllPalletsWithSystem, Clock, Consumer, Emissions, Inference, Proofs, Reputer,
	Runtime, Topics,
};
use alloc::{string::String, vec::Vec};
use formulas::Pallet as Formulas;
use frame_benchmarking::{BenchmarkBatch, BenchmarkConfig, BenchmarkList};
use frame_support::traits::{StorageInfo, StorageInfoTrait, WhitelistedStorageKeys};
use leaf::Pallet as Leaf;
use rotation::Pallet as Rotation;
pub use stage::Stage;
use whole_epoch::Pallet as WholeEpoch;

frame_benchmarking::define_benchmarks!(
	[pallet_aggregation, Aggregation]
	[pallet_clock, Clock]
	[pallet_consumer, Consumer]
	[pallet_emissions, Emissions]
	[pallet_inference, Inference]
	[pallet_mmr, Leaf::<Runtime>]
	[pallet_proofs, Proofs]
	[pallet_registry, Topics]
	[pallet_reputer, Reputer]
	[whole_epoch, WholeEpoch::<Runtime>]
	[formulas, Formulas::<Runtime>]
	[rotation, Rotation::<Runtime>]
);

/// The benchmarks, and the storage items of the pallets.
pub fn metadata(extra: bool) -> (Vec<BenchmarkList>, Vec<StorageInfo>) {
	let mut list = Vec::new();
	list_benchmarks!(list, extra);
	(list, AllPalletsWithSystem::storage_info())
}

/// Runs the benchmark that `config` names.
pub fn dispatch(config: BenchmarkConfig) -> Result<Vec<BenchmarkBatch>, String> {
	// Items that every block accesses; the slot is written before any benchmarked code runs.
	let mut whitelist = AllPalletsWithSystem::whitelisted_storage_keys();
	whitelist.push(pallet_babe::CurrentSlot::<Runtime>::hashed_key().to_vec().into());
	whitelist.extend(Emissions::keys_of_every_block().map(Into::into));
	let params = (&config, &whitelist);
	let mut batches = Vec::new();
	add_benchmarks!(params, batches);
	Ok(batches)
}
