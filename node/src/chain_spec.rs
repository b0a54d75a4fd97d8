//! Chain specifications of the runtime's genesis presets.
//!
//! The presets are part of the runtime, so that a tool which has only the wasm file builds the same
//! genesis as this binary.

use allora_runtime::{genesis_presets::get_preset, opaque::Block, WASM_BINARY};
use sc_chain_spec::{ChainSpecExtension, ChainType, GenericChainSpec, Properties};
use sc_network::config::MultiaddrWithPeerId;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sp_genesis_builder::{DEV_RUNTIME_PRESET, LOCAL_TESTNET_RUNTIME_PRESET};

/// The id in the names of the network protocols: nodes of other chains are not connected to.
const PROTOCOL_ID: &str = "allora";

/// The type of chains whose tokens are for tests: a faucet gives them away on no other one.
pub const TEST_NETWORK: &str = "Testnet";

/// The symbol of the native token.
const TOKEN_SYMBOL: &str = "ALLO";

/// Decimals of the native token.
const TOKEN_DECIMALS: u32 = 10;

/// The prefix of addresses: Substrate's generic one.
const SS58_FORMAT: u32 = 42;

/// The chain specification of this node.
pub type ChainSpec = GenericChainSpec<Extensions>;

/// Settings for the client in a chain specification, besides the genesis.
#[derive(Default, Debug, Clone, Serialize, Deserialize, ChainSpecExtension)]
#[serde(rename_all = "camelCase")]
pub struct Extensions {
	/// Trusted checkpoints: at these heights, only these blocks are imported.
	pub fork_blocks: sc_client_api::ForkBlocks<Block>,
	/// Blocks that are never imported.
	pub bad_blocks: sc_client_api::BadBlocks<Block>,
	/// The block that light clients start from, set by the RPC method `sync_state_genSyncSpec`.
	pub light_sync_state: sc_sync_state_rpc::LightSyncStateExtension,
}

/// The chain of one validator, for developers.
pub fn development() -> Result<ChainSpec, String> {
	from_preset("Allora Development", "allora_dev", ChainType::Development, DEV_RUNTIME_PRESET)
}

/// The chain of several validators on one machine.
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
	// By the native code, since the wasm would have to be compiled first.
	let genesis = get_preset(&preset.into()).ok_or("the runtime has no such preset")?;
	let genesis = serde_json::from_slice(&genesis).map_err(|error| error.to_string())?;
	from_genesis(name, id, chain_type, vec![], genesis)
}

/// Builds the specification of a test network with this genesis.
pub fn test_network(
	name: &str,
	id: &str,
	bootnodes: Vec<MultiaddrWithPeerId>,
	genesis: Value,
) -> Result<ChainSpec, String> {
	from_genesis(name, id, ChainType::Custom(TEST_NETWORK.into()), bootnodes, genesis)
}

/// Builds the specification of a chain with this genesis, a patch of the default one.
fn from_genesis(
	name: &str,
	id: &str,
	chain_type: ChainType,
	bootnodes: Vec<MultiaddrWithPeerId>,
	genesis: Value,
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
		.with_boot_nodes(bootnodes)
		.with_properties(properties())
		.with_genesis_config_patch(genesis)
		.build())
}

/// The properties with which wallets and explorers print amounts and addresses.
fn properties() -> Properties {
	Properties::from_iter([
		("tokenSymbol".into(), TOKEN_SYMBOL.into()),
		("tokenDecimals".into(), TOKEN_DECIMALS.into()),
		("ss58Format".into(), SS58_FORMAT.into()),
	])
}

#[cfg(test)]
pub(crate) mod tests {
	use super::*;
	use sc_chain_spec::{get_extension, GenesisConfigBuilderRuntimeCaller};

	/// Both chains. They need the wasm, which a test in the release profile builds.
	pub fn specs() -> [ChainSpec; 2] {
		[development(), local_testnet()]
			.map(|spec| spec.expect("test without SKIP_WASM_BUILD, by `scripts/test programs`"))
	}

	#[test]
	fn properties_are_those_that_wallets_expect() {
		assert_eq!(
			Value::Object(properties()),
			serde_json::json!({ "tokenSymbol": "ALLO", "tokenDecimals": 10, "ss58Format": 42 }),
		);
	}

	#[test]
	fn wasm_has_the_presets_of_the_native_code() {
		let wasm = WASM_BINARY.expect("`specs` builds");
		for (spec, preset) in specs().iter().zip([DEV_RUNTIME_PRESET, LOCAL_TESTNET_RUNTIME_PRESET])
		{
			let json: Value = serde_json::from_str(&spec.as_json(false).expect("serialisable"))
				.expect("the specification is JSON");
			let expected = <GenesisConfigBuilderRuntimeCaller>::new(wasm)
				.get_named_preset(Some(&preset.into()))
				.expect("the preset exists");
			assert_eq!(json["genesis"]["runtimeGenesis"]["patch"], expected);
		}
	}

	#[test]
	fn written_spec_reads_back() {
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
