//! Genesis states of the presets.

use super::genesis::genesis;
use serde_json::json;

/// A chain at the genesis of a preset.
pub fn preset(name: &str) -> sp_io::TestExternalities {
	genesis(name, json!({}))
}

/// Runs a test on a preset's genesis state, then checks every pallet's invariants.
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
