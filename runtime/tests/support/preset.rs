//! Genesis states of the presets.

use allora_runtime::{genesis_presets, RuntimeGenesisConfig};
use frame_support::genesis_builder_helper::build_state;
use serde_json::Value;

/// Merges a patch into a configuration, as chain specifications do.
fn merge(base: &mut Value, patch: Value) {
	match (base, patch) {
		(Value::Object(base), Value::Object(patch)) => {
			for (key, value) in patch {
				merge(base.entry(key).or_insert(Value::Null), value);
			}
		}
		(base, patch) => *base = patch,
	}
}

/// A chain at the genesis of a preset.
pub fn preset(name: &str) -> sp_io::TestExternalities {
	patched_preset(name, Value::Null)
}

/// A chain at the genesis of a preset in which a patch replaces some values; null changes nothing.
pub fn patched_preset(name: &str, changes: Value) -> sp_io::TestExternalities {
	let patch = genesis_presets::get_preset(&name.into()).expect("the preset exists");
	let mut patch = serde_json::from_slice(&patch).expect("the preset is JSON");
	if !changes.is_null() {
		merge(&mut patch, changes);
	}
	let mut config = serde_json::to_value(RuntimeGenesisConfig::default()).expect("as JSON");
	merge(&mut config, patch);
	let mut chain = sp_io::TestExternalities::default();
	chain.execute_with(|| {
		build_state::<RuntimeGenesisConfig>(config.to_string().into()).expect("the preset builds");
	});
	chain
}

/// Runs a test on a preset's genesis state and checks every pallet's invariants behind it.
pub fn in_preset(name: &str, test: impl FnOnce()) {
	preset(name).execute_with(|| {
		test();
		#[cfg(feature = "try-runtime")]
		<allora_runtime::AllPalletsWithSystem as frame_support::traits::TryState<
			allora_runtime::BlockNumber,
		>>::try_state(
			allora_runtime::System::block_number(), frame_support::traits::TryStateSelect::All
		)
		.expect("every pallet's invariants hold");
	});
}
