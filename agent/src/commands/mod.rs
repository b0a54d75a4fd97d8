//! The commands that show topics and accounts, and those that send one call each.
//!
//! A command that sends shows what the call does and costs, and asks, before it signs. `--json` prints
//! JSON objects, with amounts in planck and numbers as decimal strings; what is on the chain is written
//! as the gateway writes it.

mod account;
mod consumer;
mod explain;
mod export;
mod losses;
mod parquet;
mod participant;
mod reference;
mod send;
mod show;
mod stake;
mod topic;
pub(crate) mod topic_file;
mod track_record;
mod vote;

use crate::chain::{
	self,
	types::{AccountId, Registration, TopicId},
	Chain, Snapshot, Source,
};
use crate::run::key;
use anyhow::{Context, Result};
use clap::{Args, Subcommand, ValueEnum};
use std::{
	fmt::Display,
	io::{stdout, Write},
	path::{Path, PathBuf},
};

/// A command of the chain.
#[derive(Debug, Subcommand)]
pub enum Command {
	/// List, show, create and manage topics.
	#[command(subcommand)]
	Topic(topic::Command),
	/// Show the balance, the stakes, the delegations and the earnings of an account.
	Account(account::Args),
	/// Register in a topic, as a worker or a reputer.
	Register(participant::Register),
	/// Leave a topic; what was earned is still paid.
	Leave(participant::Leave),
	/// Change the account that is paid for the work of another one.
	SetOwner(participant::SetOwner),
	/// Stake as a reputer of a topic.
	Stake(stake::Stake),
	/// Remove stake from a topic, or cancel a removal.
	Unstake(stake::Unstake),
	/// Take out the stake or the delegations whose removal is due.
	Withdraw(stake::Withdraw),
	/// Delegate to a reputer of a topic.
	Delegate(stake::Delegate),
	/// Remove a delegation, or cancel a removal.
	Undelegate(stake::Undelegate),
	/// Set the part of its delegators' rewards that a reputer keeps.
	Commission(stake::Commission),
	/// Collect what topics owe, and what delegations have earned.
	Claim(stake::Claim),
	/// Buy the newest network inference of a topic.
	Buy(consumer::Buy),
	/// Discard a receipt of a purchase, and get its deposit back.
	Discard(consumer::Discard),
	/// Subscribe to the next network inferences of a topic.
	Subscribe(consumer::Subscribe),
	/// End a subscription.
	Unsubscribe(consumer::Unsubscribe),
	/// Request an inference of a topic whose epochs open on demand, or cancel that.
	Request(consumer::Request),
	/// Report the losses of inferences in a topic whose loss the chain does not know.
	ReportLosses(losses::ReportLosses),
	/// Vote in a referendum.
	Vote(vote::Vote),
	/// Explain why an account was or was not rewarded in an epoch.
	Explain(explain::Explain),
	/// Show how well a worker predicted, with bounds for how much of that may be luck.
	TrackRecord(track_record::ShowTrackRecord),
	/// Write the history of a topic as CSV or Parquet.
	Export(export::Export),
	/// Print which command sends each call of the protocol, and what to do about each of its errors.
	Reference(reference::Reference),
}

impl Command {
	/// Runs the command.
	pub async fn run(self) -> Result<()> {
		match self {
			Self::Topic(command) => command.run().await,
			Self::Account(args) => args.run().await,
			Self::Register(args) => args.run().await,
			Self::Leave(args) => args.run().await,
			Self::SetOwner(args) => args.run().await,
			Self::Stake(args) => args.run().await,
			Self::Unstake(args) => args.run().await,
			Self::Withdraw(args) => args.run().await,
			Self::Delegate(args) => args.run().await,
			Self::Undelegate(args) => args.run().await,
			Self::Commission(args) => args.run().await,
			Self::Claim(args) => args.run().await,
			Self::Buy(args) => args.run().await,
			Self::Discard(args) => args.run().await,
			Self::Subscribe(args) => args.run().await,
			Self::Unsubscribe(args) => args.run().await,
			Self::Request(args) => args.run().await,
			Self::ReportLosses(args) => args.run().await,
			Self::Vote(args) => args.run().await,
			Self::Explain(args) => args.run().await,
			Self::TrackRecord(args) => args.run().await,
			Self::Export(args) => args.run().await,
			Self::Reference(args) => args.run().await,
		}
	}
}

/// The options of all commands.
#[derive(Clone, Debug, Args)]
pub struct Node {
	/// Where the chain is read.
	#[command(flatten)]
	pub source: Source,
	/// Print JSON: one object, or one per call that is sent.
	#[arg(long)]
	pub json: bool,
}

impl Node {
	/// Connects to the node, or starts the light client.
	async fn connect(&self) -> Result<Chain> {
		self.source.connect().await
	}

	/// The state at the last finalized block.
	async fn state(&self) -> Result<Snapshot> {
		self.connect().await?.finalized().await
	}
}

/// An account in an argument.
#[derive(Clone, Copy, Debug)]
struct Who(AccountId);

/// The parser of accounts: by address, by a path such as `//Alice`, or by a key file.
fn who(text: &str) -> Result<Who> {
	let path = Path::new(text);
	if path.is_file() {
		return chain::account_id(&key::read_address(path)?).map(Who);
	}
	chain::account_id(text).map(Who)
}

/// The parser of amounts of ALLO, in planck.
fn allo(text: &str) -> Result<u128> {
	chain::planck_from_text(text)
}

/// What an account is registered as.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Kind {
	/// Predicts.
	Worker,
	/// Stakes, and reports the truth.
	Reputer,
}

impl From<Kind> for Registration {
	fn from(kind: Kind) -> Self {
		match kind {
			Kind::Worker => Self::Worker,
			Kind::Reputer => Self::Reputer,
		}
	}
}

/// A number of things, of which one is called so.
fn counted(number: u32, what: &str) -> String {
	let ending = if number == 1 { "" } else { "s" };
	format!("{number} {what}{ending}")
}

/// Prints a line; a closed pipe, such as that of `head`, is no error.
fn print(line: impl Display) {
	let _ = writeln!(stdout(), "{line}");
}

/// The error for a topic that does not exist.
fn no_topic(topic: TopicId) -> String {
	format!("there is no topic {topic} on this chain: `allora-agent topic list`")
}

/// The text of a file.
fn read(path: &PathBuf) -> Result<String> {
	std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn one_thing_is_named_as_one() {
		let shown = [0, 1, 2].map(|number| counted(number, "report"));
		assert_eq!(shown, ["0 reports", "1 report", "2 reports"]);
	}
}
