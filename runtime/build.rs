//! Builds the runtime's wasm blob, for whoever enables the feature `wasm`.

fn main() {
	#[cfg(feature = "wasm")]
	{
		// `CheckMetadataHash` takes it from the environment, and a test of the metadata holds that it is
		// right. The wasm builder could measure it, at the price of a second build of the wasm and one
		// of the node's executor.
		println!("cargo:rerun-if-changed=metadata-hash");
		std::env::set_var("RUNTIME_METADATA_HASH", include_str!("metadata-hash").trim());
		// The builder passes the features that it finds there on to the wasm, which needs none of this.
		std::env::remove_var("CARGO_FEATURE_WASM");
		substrate_wasm_builder::WasmBuilder::build_using_defaults();
	}
}
