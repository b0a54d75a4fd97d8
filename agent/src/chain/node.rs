//! A dev node of the demo's own.

use anyhow::{bail, ensure, Context, Result};
use std::{
	fs::File,
	net::{Ipv4Addr, TcpListener},
	path::{Path, PathBuf},
	process::Stdio,
};
use tempfile::TempDir;
use tokio::process::{Child, Command};

/// Lines of the node's log that are shown when it fails.
const SHOWN_LOG_LINES: usize = 15;

/// A running dev node: killed when dropped, its data removed.
pub struct DevNode {
	// Before the folder: dropped, and so killed, first.
	child: Child,
	url: String,
	folder: TempDir,
}

impl DevNode {
	/// Starts a dev node on free ports of this machine alone.
	pub fn start(program: &Path) -> Result<Self> {
		ensure!(program.is_file(), "there is no node at {}", program.display());
		let folder = tempfile::tempdir().context("no folder for the node's data")?;
		let log = File::create(folder.path().join(LOG)).context("no file for the node's log")?;
		let [rpc, network] = free_ports()?;
		let child = Command::new(program)
			.args(["--dev", "--no-prometheus", "--no-telemetry", "--no-mdns"])
			.arg("--base-path")
			.arg(folder.path().join("data"))
			.args(["--rpc-port", &rpc.to_string()])
			.args(["--listen-addr", &format!("/ip4/127.0.0.1/tcp/{network}")])
			.stdin(Stdio::null())
			.stdout(log.try_clone()?)
			.stderr(log)
			.kill_on_drop(true)
			.spawn()
			.with_context(|| format!("cannot start {}", program.display()))?;
		Ok(Self { child, url: format!("ws://127.0.0.1:{rpc}"), folder })
	}

	/// The node that stands beside this program.
	pub fn beside_this_program() -> Result<PathBuf> {
		let own = std::env::current_exe().context("where this program is, is not known")?;
		Ok(own.with_file_name(format!("allora-node{}", std::env::consts::EXE_SUFFIX)))
	}

	/// Where the node answers.
	pub fn url(&self) -> &str {
		&self.url
	}

	/// An error with the end of the log if the node has ended.
	pub fn check(&mut self) -> Result<()> {
		if let Some(status) = self.child.try_wait()? {
			bail!("the node ended ({status}); its log ends with\n{}", self.log_end());
		}
		Ok(())
	}

	/// The last lines of the node's log.
	pub fn log_end(&self) -> String {
		let log = std::fs::read(self.folder.path().join(LOG)).unwrap_or_default();
		let log = String::from_utf8_lossy(&log).into_owned();
		let lines: Vec<_> = log.lines().collect();
		lines[lines.len().saturating_sub(SHOWN_LOG_LINES)..].join("\n")
	}

	/// Kills the node, waits for its end and removes its data.
	pub async fn stop(mut self) -> Result<()> {
		self.child.kill().await.context("cannot stop the node")?;
		self.folder.close().context("cannot remove the node's data")
	}
}

/// The log's name in the node's folder.
const LOG: &str = "node.log";

/// Two ports that nobody listens on.
fn free_ports() -> Result<[u16; 2]> {
	let listen = || TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no free port");
	// Both are held until both are known, so that they differ.
	let (one, other) = (listen()?, listen()?);
	Ok([one.local_addr()?.port(), other.local_addr()?.port()])
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn ports_differ() {
		let [one, other] = free_ports().unwrap();
		assert_ne!(one, other);
	}

	#[tokio::test]
	async fn node_that_is_not_there_is_an_error() {
		assert!(DevNode::start(Path::new("/nowhere/allora-node")).is_err());
	}

	#[cfg(unix)]
	#[tokio::test]
	async fn node_that_ends_is_told_with_its_log() {
		let mut node = DevNode::start(Path::new("/bin/ls")).unwrap();
		let error = loop {
			if let Err(error) = node.check() {
				break error.to_string();
			}
			tokio::time::sleep(std::time::Duration::from_millis(10)).await;
		};
		assert!(error.contains("the node ended"), "{error}");
	}
}
