//! The command `bridge`.

use super::BridgeFile;
use anyhow::{Context, Result};
use clap::{ArgGroup, Args, Subcommand};
use std::path::{Path, PathBuf};

/// What to do with a proof.
#[derive(Debug, Subcommand)]
pub enum Command {
	/// Fetch the proof of an inference, as JSON, from a node that indexes the mountain range.
	Prove(ProveArgs),
	/// Verify a proof by a set of validators, without a node, and print the inference as JSON.
	Verify(VerifyArgs),
}

/// The arguments of `bridge prove`.
#[derive(Debug, Args)]
pub struct ProveArgs {
	/// Id of the topic.
	#[arg(long)]
	topic: u64,
	/// Id of the epoch [default: that of the newest inference].
	#[arg(long)]
	epoch: Option<u64>,
	/// URL of a node; may be given several times: the next one is asked if the proof of one does not hold.
	#[arg(long, value_name = "WS_URL", default_value = "ws://127.0.0.1:9944")]
	url: Vec<String>,
}

/// The arguments of `bridge verify`.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("known").required(true).args(["validators", "trust_file"]))]
pub struct VerifyArgs {
	/// The proof, as `bridge prove` prints it.
	file: PathBuf,
	/// The validators to trust: a JSON file with the fields `genesis`, `setId`, `validators` and `root`.
	#[arg(long, value_name = "FILE")]
	validators: Option<PathBuf>,
	/// Trust the validators that the proof's file names: the proof then shows no more than that its parts
	/// fit together, unless the file comes from somebody trusted.
	#[arg(long)]
	trust_file: bool,
	/// Refuse an inference made before this time, in seconds since the Unix epoch.
	#[arg(long, value_name = "SECONDS", default_value_t = 0)]
	since: u64,
}

impl Command {
	/// Runs the command.
	pub async fn run(self) -> Result<()> {
		match self {
			Self::Prove(args) => {
				let file = BridgeFile::fetch(&args.url, args.topic, args.epoch).await?;
				println!("{}", serde_json::to_string_pretty(&file)?);
			}
			Self::Verify(args) => {
				let BridgeFile { trusted, proof } = serde_json::from_str(&read(&args.file)?)?;
				let trusted = match &args.validators {
					Some(path) => serde_json::from_str(&read(path)?)?,
					None => trusted,
				};
				let proven = proof.verify(&trusted, args.since)?;
				println!("{}", serde_json::to_string_pretty(&proven)?);
			}
		}
		Ok(())
	}
}

fn read(path: &Path) -> Result<String> {
	std::fs::read_to_string(path).with_context(|| format!("{}", path.display()))
}
