//! # Allora Bencher
//!
//! Runs the benchmarks of a runtime's pallets for `scripts/benchmark`.
//!
//! The binary is the SDK's command `benchmark pallet` and takes the same options. Unlike the SDK's
//! own `frame-omni-bencher`, it is built without RocksDB, and it uses the same memory allocator as
//! the node does.

use clap::Parser;
use frame_benchmarking_cli::PalletCmd;
use sp_runtime::traits::BlakeTwo256;

/// The node offers the runtime no host functions besides the SDK's own, which the command includes.
type ExtraHostFunctions = ();

fn main() -> sc_cli::Result<()> {
	sc_cli::LoggerBuilder::new("").init()?;
	PalletCmd::parse().run_with_spec::<BlakeTwo256, ExtraHostFunctions>(None)
}
