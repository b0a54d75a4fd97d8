//! The executor, which compiles the runtime's wasm to machine code.
//!
//! Compiling takes seconds, and much longer on a busy machine. The compiled code is therefore kept
//! in the user's cache directory (`$XDG_CACHE_HOME/allora-node` on Linux, by default
//! `~/.cache/allora-node`), where every node of the user finds it. Wasmtime names the entries by
//! what they depend on, and removes the oldest ones itself. They are as trusted as this binary, so
//! nobody else may be able to write to that directory.

use super::HostFunctions;
use directories::ProjectDirs;
use sc_executor::{HeapAllocStrategy, WasmExecutor, DEFAULT_HEAP_ALLOC_STRATEGY};
use sc_service::config::ExecutorConfiguration;
use std::{fs, path::PathBuf};

/// The executor of the runtime; its clones share the runtimes that are compiled.
pub type Executor = WasmExecutor<HostFunctions>;

/// Builds the executor of `sc_service::new_wasm_executor`, and gives it a cache.
pub(super) fn new(config: &ExecutorConfiguration) -> Executor {
	let heap = config.default_heap_pages.map_or(DEFAULT_HEAP_ALLOC_STRATEGY, |pages| {
		HeapAllocStrategy::Static { extra_pages: u32::try_from(pages).unwrap_or(u32::MAX) }
	});
	let builder = Executor::builder()
		.with_execution_method(config.wasm_method)
		.with_onchain_heap_alloc_strategy(heap)
		.with_offchain_heap_alloc_strategy(heap)
		.with_max_runtime_instances(config.max_runtime_instances)
		.with_runtime_cache_size(config.runtime_cache_size);
	match cache() {
		Some(path) => builder.with_cache_path(path),
		None => builder,
	}
	.build()
}

/// The directory of compiled runtimes; `None` if the user has no place for it.
fn cache() -> Option<PathBuf> {
	let project = ProjectDirs::from("", "", env!("CARGO_PKG_NAME"))?;
	let path = project.cache_dir();
	fs::create_dir_all(path).ok()?;
	Some(path.to_path_buf())
}
