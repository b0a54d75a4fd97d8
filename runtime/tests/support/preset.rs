//! Genesis states of the presets.

use super::genesis::genesis;
use serde_json::{json, Value};

/// A chain at the genesis of a preset.
pub fn preset(name: &str) -> sp_io::TestExternalities {
	genesis(name, json!({}))
}

/// Runs a test on a preset's genesis state, then checks every pallet's invariants.
pub fn in_preset(name: &str, test: impl FnOnce()) {
	in_genesis(name, json!({}), test);
}

/// Runs a test on a preset's genesis state in which `changes` replace some of the preset's values,
/// then checks every pallet's invariants.
pub fn in_genesis(name: &str, changes: Value, test: impl FnOnce()) {
	// A check that fails says why in the log only: RUST_LOG=error shows it.
	sp_tracing::try_init_simple();
	genesis(name, changes).execute_with(|| {
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
