//! The binary itself: a development chain, and the offline commands on its database.

use serde_json::Value;
use std::{
	fs,
	io::{BufRead, BufReader, Read},
	path::Path,
	process::{Child, ChildStderr, Command, Output, Stdio},
};
use tempfile::TempDir;

/// The number of latest blocks whose states the SDK keeps by default.
const SDK_PRUNING: u32 = 256;
/// The key of `System.Number`, the number of the block.
const NUMBER: &str = "0x26aa394eea5630e07c48ae0c9558cef702a5c1b19ab7a04f536c519aca4983ac";

/// A directory with the databases and the cache of a test.
struct Home(TempDir);

impl Home {
	fn new() -> Self {
		Self(tempfile::tempdir().expect("there is a place for temporary files"))
	}

	fn path(&self) -> &Path {
		self.0.path()
	}

	/// The binary with the development chain whose database is in `base`.
	fn command(&self, base: &str) -> Command {
		let mut command = Command::new(env!("CARGO_BIN_EXE_allora-node"));
		command.env("HOME", self.path()).env("XDG_CACHE_HOME", self.path().join("cache"));
		command.current_dir(self.path()).env_remove("RUST_LOG");
		command.args(["--dev", "--base-path", base]);
		command
	}

	/// Runs a node until it has imported this block.
	fn run_to(&self, block: u32, options: &[&str]) {
		let mut command = self.command("chain");
		command.args(["--rpc-port", "0", "--port", "0", "--no-prometheus", "--no-telemetry"]);
		command.args(["--no-mdns"]).args(options);
		let mut node = Node::start(command);
		while node.imported() < block {}
		node.stop();
	}

	/// Runs a subcommand, which must succeed without reporting a failed task; returns its output.
	fn run(&self, subcommand: &str, base: &str, options: &[&str]) -> Vec<u8> {
		let mut command = Command::new(env!("CARGO_BIN_EXE_allora-node"));
		command.arg(subcommand);
		command.args(self.command(base).get_args()).args(options);
		for (name, value) in self.command(base).get_envs() {
			match value {
				Some(value) => command.env(name, value),
				None => command.env_remove(name),
			};
		}
		let output = command.current_dir(self.path()).output().expect("the binary runs");
		let Output { status, stdout, stderr } = output;
		let log = String::from_utf8_lossy(&stderr);
		assert!(status.success(), "{subcommand}: {status}\n{log}");
		assert!(!log.contains("Essential task"), "{subcommand}:\n{log}");
		stdout
	}
}

/// A running node, killed when it is dropped.
struct Node {
	process: Child,
	log: BufReader<ChildStderr>,
	/// All that it has logged, for failures.
	text: String,
}

impl Node {
	fn start(mut command: Command) -> Self {
		let mut process = command.stderr(Stdio::piped()).spawn().expect("the binary runs");
		let log = BufReader::new(process.stderr.take().expect("it is piped"));
		Self { process, log, text: String::new() }
	}

	/// Reads the log up to the next imported block; returns its number.
	fn imported(&mut self) -> u32 {
		loop {
			let start = self.text.len();
			let length = self.log.read_line(&mut self.text).expect("the log is text");
			assert!(length > 0, "the node has stopped:\n{}", self.text);
			let line = &self.text[start..];
			if let Some((_, rest)) = line.split_once("Imported #") {
				let number = rest.split(' ').next().expect("there is a first part");
				return number.parse().expect("a block number");
			}
		}
	}

	/// Stops the node as a user does, and waits for its end.
	fn stop(mut self) {
		let kill = format!("kill -INT {}", self.process.id());
		let sent = Command::new("sh").args(["-c", &kill]).status().expect("there is a shell");
		assert!(sent.success());
		// The node must not wait for a reader of its log.
		self.log.read_to_string(&mut self.text).expect("the log is text");
		let status = self.process.wait().expect("the node ends");
		assert!(status.success(), "{status}:\n{}", self.text);
	}
}

impl Drop for Node {
	fn drop(&mut self) {
		// An error means that it has already ended.
		let _ = self.process.kill();
		let _ = self.process.wait();
	}
}

#[test]
fn development_chain_keeps_its_states_and_offline_commands_succeed() {
	let home = Home::new();
	// Blocks in slots have seals, without which they could not be imported again.
	home.run_to(3, &[]);
	home.run_to(SDK_PRUNING + 44, &["--sealing", "5"]);

	let spec = home.run("export-state", "chain", &["1"]);
	let spec: Value = serde_json::from_slice(&spec).expect("the state is a specification");
	assert_eq!(spec["genesis"]["raw"]["top"][NUMBER], "0x01000000");

	home.run("check-block", "chain", &["1"]);
	home.run("export-blocks", "chain", &["--from", "1", "--to", "2", "--binary", "blocks"]);
	home.run("import-blocks", "copy", &["--binary", "blocks"]);
	let info = home.run("chain-info", "copy", &[]);
	let info: Value = serde_json::from_slice(&info).expect("the information is JSON");
	assert_eq!(info["best_number"], 2);
	home.run("revert", "copy", &["1"]);

	let cached = fs::read_dir(home.path().join("cache/allora-node")).expect("there is a cache");
	assert!(cached.count() > 0, "the compiled runtime is not cached");
}

#[test]
fn node_that_is_stopped_while_it_seals_ends_without_a_panic() {
	let home = Home::new();
	// Blocks follow one another, so that a stop mostly comes while one is being made.
	for stop in 1..=10 {
		home.run_to(10 * stop, &["--sealing", "1"]);
	}
}
