//! # Allora Node
//!
//! The validator and full node of the Allora solo chain.
//!
//! ## Overview
//!
//! Nothing of the protocol is in the binary: BABE makes the blocks, GRANDPA finalizes them, and the
//! runtime of the chain executes them. The binary assembles the node:
//!
//! - [`cli`] defines the subcommands and options;
//! - [`command`] runs them;
//! - [`chain_spec`] makes chain specifications of the runtime's genesis presets;
//! - [`testnet`] makes that of a test network from a list of its validators;
//! - [`hardware`] measures the machine;
//! - [`service`] assembles the client, the network and the consensus;
//! - [`rpc`] adds the JSON-RPC methods that the SDK's service does not have.

mod chain_spec;
mod cli;
mod command;
mod hardware;
mod rpc;
mod service;
mod testnet;

fn main() -> sc_cli::Result<()> {
	command::run()
}
