//! Audits a chain's state: every pallet's `try_state` on the state that `allora-node export-state`
//! wrote to the file named by `ALLORA_STATE`.

use allora_runtime::{AllPalletsWithSystem, BlockNumber, System};
use frame_support::traits::{TryState, TryStateSelect};
use sp_core::{bytes::from_hex, storage::Storage};

/// Reads the raw storage of a chain specification.
fn load(path: &str) -> Storage {
	let text = std::fs::read_to_string(path).expect("ALLORA_STATE names a readable file");
	let spec: serde_json::Value = serde_json::from_str(&text).expect("the file is JSON");
	let top = spec["genesis"]["raw"]["top"].as_object().expect("the specification is raw");
	let bytes = |hex: &str| from_hex(hex).expect("storage is in hex");
	let pair = |(key, value): (&String, &serde_json::Value)| {
		(bytes(key), bytes(value.as_str().expect("values are strings")))
	};
	Storage { top: top.iter().map(pair).collect(), children_default: Default::default() }
}

#[test]
#[ignore = "needs ALLORA_STATE, a state exported by the node"]
fn exported_state_holds_every_invariant() {
	let path = std::env::var("ALLORA_STATE").expect("ALLORA_STATE is set");
	sp_io::TestExternalities::new(load(&path)).execute_with(|| {
		let block = System::block_number();
		assert!(block > 1, "the state is of a chain that has run");
		<AllPalletsWithSystem as TryState<BlockNumber>>::try_state(block, TryStateSelect::All)
			.expect("every pallet's invariants hold");
	});
}
