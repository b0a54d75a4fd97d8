//! A node of a development chain that the demo starts for itself.

use anyhow::{bail, ensure, Context, Result};
use std::{
	fs::File,
	net::{Ipv4Addr, TcpListener},
	path::{Path, PathBuf},
	process::Stdio,
};
use tempfile::TempDir;
use tokio::process::{Child, Command};

/// The number of lines of the node's log that are printed when it fails.
const SHOWN_LOG_LINES: usize = 15;

/// A running node of a development chain; dropping it kills the process and removes its data.
pub struct DevNode {
	// Declared before the folder, so that the process is killed before its data is removed.
	child: Child,
	url: String,
	folder: TempDir,
}

impl DevNode {
	/// Starts a node of a development chain on free ports of the loopback interface.
	pub fn start(program: &Path) -> Result<Self> {
		ensure!(program.is_file(), "there is no node program at {}", program.display());
		let folder = tempfile::tempdir().context("cannot create a folder for the node's data")?;
		let log = File::create(folder.path().join(LOG)).context("cannot create the node's log")?;
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

	/// The path of the node program in the folder of this program.
	pub fn default_program() -> Result<PathBuf> {
		let own = std::env::current_exe().context("the path of this program is unknown")?;
		Ok(own.with_file_name(format!("allora-node{}", std::env::consts::EXE_SUFFIX)))
	}

	/// The URL of the node's RPC server.
	pub fn url(&self) -> &str {
		&self.url
	}

	/// An error with the end of the log if the process has ended.
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

	/// Kills the process, waits for its end and removes its data.
	pub async fn stop(mut self) -> Result<()> {
		self.child.kill().await.context("cannot stop the node")?;
		self.folder.close().context("cannot remove the node's data")
	}
}

/// The file name of the log in the node's folder.
const LOG: &str = "node.log";

/// Two different ports on which nothing listens.
fn free_ports() -> Result<[u16; 2]> {
	let listen = || TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("there is no free port");
	// Both are bound at the same time, so that they differ.
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
	async fn missing_program_is_an_error() {
		assert!(DevNode::start(Path::new("/nowhere/allora-node")).is_err());
	}

	#[cfg(unix)]
	#[tokio::test]
	async fn end_of_the_process_is_an_error() {
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
