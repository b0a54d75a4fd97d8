//! The specification of a chain, as a light client needs it.

use anyhow::{bail, ensure, Context, Result};
use serde_json::Value;
use std::path::Path;

/// Reads a file; an error that says what to do unless a light client can begin with it.
pub fn read(path: &Path) -> Result<String> {
	let name = path.display();
	let text = std::fs::read_to_string(path).with_context(|| {
		format!("cannot read {name}: `allora-node export-chain-spec --raw` prints a specification")
	})?;
	check(&text).with_context(|| format!("{name} is no specification for a light client"))?;
	Ok(text)
}

/// An error unless the specification has a genesis in storage keys or a state root, and boot nodes.
fn check(text: &str) -> Result<()> {
	let spec: Value = serde_json::from_str(text)?;
	let genesis = &spec["genesis"];
	if genesis.get("raw").is_none() {
		ensure!(
			genesis.get("stateRootHash").is_some(),
			"its genesis is not raw: export it by `allora-node export-chain-spec --raw`"
		);
		// The first authorities are in the storage.
		ensure!(
			!spec["lightSyncState"].is_null(),
			"its genesis is a state root, which needs a checkpoint (lightSyncState): ask a node for \
			 one by `sync_state_genSyncSpec`"
		);
	}
	match spec["bootNodes"].as_array().map(Vec::as_slice) {
		None | Some([]) => bail!(
			"it has no bootNodes: add the address of a node, such as \
			 \"/dns/HOST/tcp/30333/p2p/PEER\", which `system_localListenAddresses` returns"
		),
		Some(_) => Ok(()),
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn specification_says_what_it_lacks() {
		let nodes = r#""bootNodes": ["/ip4/127.0.0.1/tcp/30333/p2p/X"]"#;
		for (text, lack) in [
			(format!(r#"{{"genesis": {{"runtimeGenesis": {{}}}}, {nodes}}}"#), "not raw"),
			(format!(r#"{{"genesis": {{"stateRootHash": "0x00"}}, {nodes}}}"#), "checkpoint"),
			(r#"{"genesis": {"raw": {}}, "bootNodes": []}"#.into(), "no bootNodes"),
			(r#"{"genesis": {"raw": {}}}"#.into(), "no bootNodes"),
			("{".into(), "EOF"),
		] {
			let error = check(&text).unwrap_err().to_string();
			assert!(error.contains(lack), "{error}");
		}
		check(&format!(r#"{{"genesis": {{"raw": {{}}}}, {nodes}}}"#)).unwrap();
		let root = r#""genesis": {"stateRootHash": "0x00"}, "lightSyncState": {}"#;
		check(&format!("{{{root}, {nodes}}}")).unwrap();
	}

	#[test]
	fn missing_file_is_an_error_that_names_the_command() {
		let error = format!("{:#}", read(Path::new("/nowhere/spec.json")).unwrap_err());
		assert!(error.contains("/nowhere/spec.json: `allora-node export-chain-spec"), "{error}");
	}
}
