//! The genesis block of a new database.
//!
//! The SDK's builder makes the genesis state at every start, even if the database has one, and in
//! an executor of its own, so that the runtime is compiled once more. Here the state is made only
//! if the client asks for the block, and in the client's own executor.

use super::{Executor, FullBackend};
use allora_runtime::opaque::Block;
use codec::{Decode, Encode};
use sc_chain_spec::{json_merge, BuildGenesisBlock, ChainSpec, GenesisBlockBuilder};
use sc_client_api::Backend;
use serde_json::Value;
use sp_core::{
	bytes::from_hex,
	storage::{well_known_keys::CODE, Storage},
	traits::{CallContext, CodeExecutor, RuntimeCode, WrappedRuntimeCode},
};
use sp_genesis_builder::PresetId;
use sp_runtime::traits::{Hash, HashingFor};
use sp_state_machine::BasicExternalities;
use std::sync::Arc;

/// Builds the genesis block of a chain specification.
pub(super) struct Genesis<'a> {
	/// The specification.
	pub spec: &'a dyn ChainSpec,
	/// Whether the database keeps the state; not if the node syncs from a later one.
	pub keeps_state: bool,
	/// The database.
	pub backend: Arc<FullBackend>,
	/// The client's executor.
	pub executor: Executor,
}

impl BuildGenesisBlock<Block> for Genesis<'_> {
	type BlockImportOperation = <FullBackend as Backend<Block>>::BlockImportOperation;

	fn build_genesis_block(self) -> sp_blockchain::Result<(Block, Self::BlockImportOperation)> {
		let Self { spec, keeps_state, backend, executor } = self;
		let storage = storage(spec, &executor).map_err(sp_blockchain::Error::Storage)?;
		GenesisBlockBuilder::new_with_storage(storage, keeps_state, backend, executor)?
			.build_genesis_block()
	}
}

/// The genesis state of a specification.
fn storage(spec: &dyn ChainSpec, executor: &Executor) -> Result<Storage, String> {
	let json = spec.as_json(false)?;
	let json: Value = serde_json::from_str(&json).map_err(|error| error.to_string())?;
	match json.pointer("/genesis/runtimeGenesis") {
		Some(genesis) => Runtime::of(genesis, executor)?.storage(genesis),
		// A raw specification is the state itself.
		None => spec.as_storage_builder().build_storage(),
	}
}

/// The runtime that a specification starts with.
struct Runtime<'a> {
	code: Vec<u8>,
	executor: &'a Executor,
}

impl<'a> Runtime<'a> {
	/// The runtime in the `runtimeGenesis` of a specification.
	fn of(genesis: &Value, executor: &'a Executor) -> Result<Self, String> {
		let code = genesis["code"].as_str().ok_or("the specification has no runtime")?;
		Ok(Self { code: from_hex(code).map_err(|error| error.to_string())?, executor })
	}

	/// The state that the runtime makes of its configuration, or of its default one with a patch.
	fn storage(self, genesis: &Value) -> Result<Storage, String> {
		let config = match genesis.get("config") {
			Some(config) => config.clone(),
			None => {
				let mut config = self.default_config()?;
				json_merge(&mut config, genesis["patch"].clone());
				config
			}
		};
		let mut state = BasicExternalities::new_empty();
		let result = self.call(&mut state, "build_state", config.to_string())?;
		sp_genesis_builder::Result::decode(&mut &result[..])
			.map_err(|error| error.to_string())?
			.map_err(|error| format!("{error} for the genesis {config:#}"))?;

		let mut storage = state.into_storages();
		storage.top.insert(CODE.to_vec(), self.code);
		Ok(storage)
	}

	fn default_config(&self) -> Result<Value, String> {
		let mut state = BasicExternalities::new_empty();
		let result = self.call(&mut state, "get_preset", None::<PresetId>)?;
		let config = Option::<Vec<u8>>::decode(&mut &result[..])
			.map_err(|error| error.to_string())?
			.ok_or("the runtime has no default genesis")?;
		serde_json::from_slice(&config).map_err(|error| error.to_string())
	}

	/// Calls a method of the runtime API `GenesisBuilder`.
	fn call(
		&self,
		state: &mut BasicExternalities,
		method: &str,
		argument: impl Encode,
	) -> Result<Vec<u8>, String> {
		let code = RuntimeCode {
			code_fetcher: &WrappedRuntimeCode(self.code.as_slice().into()),
			heap_pages: None,
			// The client's calls have the same hash, and so find the runtime compiled.
			hash: <HashingFor<Block> as Hash>::hash(&self.code).encode(),
		};
		let method = format!("GenesisBuilder_{method}");
		self.executor
			.call(state, &code, &method, &argument.encode(), CallContext::Offchain)
			.0
			.map_err(|error| format!("{method}: {error}"))
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::chain_spec::{tests::specs, ChainSpec as Spec};
	use sc_service::config::ExecutorConfiguration;

	fn assert_same(spec: &Spec, executor: &Executor) {
		let ours = storage(spec, executor).expect("the genesis builds");
		let theirs = spec.as_storage_builder().build_storage().expect("the genesis builds");
		assert!(ours.top.len() > 100, "{} items", ours.top.len());
		assert_eq!(ours.top, theirs.top);
		assert!(ours.children_default.is_empty() && theirs.children_default.is_empty());
	}

	#[test]
	fn genesis_is_that_of_the_sdk() {
		let executor = super::super::executor::new(&ExecutorConfiguration::default());
		for spec in specs() {
			assert_same(&spec, &executor);
			let mut raw = spec.clone();
			raw.set_storage(storage(&spec, &executor).expect("the genesis builds"));
			assert_same(&raw, &executor);
		}
	}
}
