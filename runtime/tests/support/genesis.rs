//! Genesis states, as chain specifications build them.

use allora_runtime::{genesis_presets, RuntimeGenesisConfig};
use frame_support::genesis_builder_helper::build_state;
use serde_json::Value;

/// Merges a patch into a configuration.
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

/// A chain at the genesis of a preset, in which `changes` replace some of the preset's values.
pub fn genesis(name: &str, changes: Value) -> sp_io::TestExternalities {
	let preset = genesis_presets::get_preset(&name.into()).expect("the preset exists");
	let preset = serde_json::from_slice(&preset).expect("the preset is JSON");
	let mut config = serde_json::to_value(RuntimeGenesisConfig::default()).expect("as JSON");
	merge(&mut config, preset);
	merge(&mut config, changes);
	let mut chain = sp_io::TestExternalities::default();
	chain.execute_with(|| {
		build_state::<RuntimeGenesisConfig>(config.to_string().into()).expect("the preset builds");
	});
	chain
}
