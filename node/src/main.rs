//! # Allora Node
//!
//! The validator and full node of the Allora solo chain.
//!
//! ## Overview
//!
//! The binary knows little of the protocol itself: blocks are made by BABE, finalised by GRANDPA
//! and executed by the runtime of the chain. What is decided here is how a node is put together.
//!
//! - [`cli`] names the subcommands and options;
//! - [`command`] runs what was asked for;
//! - [`chain_spec`] turns the runtime's genesis presets into chain specifications;
//! - [`service`] assembles the client, the network and the consensus;
//! - [`rpc`] lists the JSON-RPC methods that the SDK's service does not bring by itself.

mod chain_spec;
mod cli;
mod command;
mod rpc;
mod service;

fn main() -> sc_cli::Result<()> {
	command::run()
}
