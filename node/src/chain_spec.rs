//! Chain specifications, made from the runtime's genesis presets.
//!
//! The genesis state is described in the runtime and only named here, so that a tool which holds
//! nothing but the wasm file builds the same genesis as this binary.

use allora_runtime::{opaque::Block, WASM_BINARY};
use sc_chain_spec::{ChainSpecExtension, ChainType, GenericChainSpec, Properties};
use serde::{Deserialize, Serialize};
use sp_genesis_builder::{DEV_RUNTIME_PRESET, LOCAL_TESTNET_RUNTIME_PRESET};

/// The network protocol's name: nodes of other chains are not talked to.
const PROTOCOL_ID: &str = "allora";

/// The symbol of the native token.
const TOKEN_SYMBOL: &str = "ALLO";

/// Decimals of the native token.
const TOKEN_DECIMALS: u32 = 10;

/// The prefix of addresses, Substrate's generic one.
const SS58_FORMAT: u32 = 42;

/// The chain specification of this node.
pub type ChainSpec = GenericChainSpec<Extensions>;

/// Settings that a chain specification hands to the client, beside the genesis.
#[derive(Default, Debug, Clone, Serialize, Deserialize, ChainSpecExtension)]
#[serde(rename_all = "camelCase")]
pub struct Extensions {
	/// Trusted checkpoints: at these heights, only these blocks are imported.
	pub fork_blocks: sc_client_api::ForkBlocks<Block>,
	/// Blocks that are never imported.
	pub bad_blocks: sc_client_api::BadBlocks<Block>,
	/// Where light clients start from, filled in by the RPC method `sync_state_genSyncSpec`.
	pub light_sync_state: sc_sync_state_rpc::LightSyncStateExtension,
}

/// The chain of one authority, for developers.
pub fn development() -> Result<ChainSpec, String> {
	from_preset("Allora Development", "allora_dev", ChainType::Development, DEV_RUNTIME_PRESET)
}

/// The chain of several authorities on one machine.
pub fn local_testnet() -> Result<ChainSpec, String> {
	from_preset(
		"Allora Local Testnet",
		"allora_local",
		ChainType::Local,
		LOCAL_TESTNET_RUNTIME_PRESET,
	)
}

/// Builds the specification whose genesis is the runtime's `preset`.
fn from_preset(
	name: &str,
	id: &str,
	chain_type: ChainType,
	preset: &str,
) -> Result<ChainSpec, String> {
	let code = WASM_BINARY.ok_or(
		"This binary was built without the runtime's wasm (SKIP_WASM_BUILD); pass a chain \
		 specification file with `--chain`",
	)?;

	Ok(ChainSpec::builder(code, Extensions::default())
		.with_name(name)
		.with_id(id)
		.with_chain_type(chain_type)
		.with_protocol_id(PROTOCOL_ID)
		.with_properties(properties())
		.with_genesis_config_preset_name(preset)
		.build())
}

/// What wallets and explorers need to print amounts and addresses.
fn properties() -> Properties {
	Properties::from_iter([
		("tokenSymbol".into(), TOKEN_SYMBOL.into()),
		("tokenDecimals".into(), TOKEN_DECIMALS.into()),
		("ss58Format".into(), SS58_FORMAT.into()),
	])
}

#[cfg(test)]
mod tests {
	use super::*;
	use sc_chain_spec::get_extension;
	use sp_runtime::BuildStorage;

	/// Both chains; none when the wasm was not built.
	fn specs() -> Vec<ChainSpec> {
		if WASM_BINARY.is_none() {
			return Vec::new();
		}
		vec![development().expect("wasm is there"), local_testnet().expect("wasm is there")]
	}

	#[test]
	fn properties_are_what_wallets_expect() {
		assert_eq!(
			serde_json::Value::Object(properties()),
			serde_json::json!({ "tokenSymbol": "ALLO", "tokenDecimals": 10, "ss58Format": 42 }),
		);
	}

	#[test]
	fn presets_build_a_genesis() {
		for spec in specs() {
			spec.build_storage().expect("the preset is complete");
		}
	}

	#[test]
	fn a_written_spec_reads_back() {
		for spec in specs() {
			let json = spec.as_json(false).expect("serialisable");
			let read = ChainSpec::from_json_bytes(json.into_bytes()).expect("readable");
			assert_eq!(read.id(), spec.id());
			assert_eq!(read.protocol_id(), Some(PROTOCOL_ID));
			assert!(read.properties().contains_key("tokenSymbol"));
		}
	}

	#[test]
	fn light_sync_state_is_an_extension() {
		for spec in specs() {
			assert!(get_extension::<sc_sync_state_rpc::LightSyncStateExtension>(
				sc_chain_spec::ChainSpec::extensions(&spec)
			)
			.is_some());
		}
	}
}
