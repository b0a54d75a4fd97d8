//! How a command sends a call: effect and cost are shown first, then the user is asked.

use super::{print, Node};
use crate::{
	chain::{
		address, exact_allo, types::AccountId, Account, Chain, Events, Key, Snapshot, MAX_TIP,
	},
	run::{ensure_development, funds, key},
};
use anyhow::{ensure, Context, Result};
use clap::Args;
use serde_json::{json, Map, Value};
use std::{
	io::{BufRead, IsTerminal, Write},
	path::Path,
};
use subxt::tx::Payload;

/// Slots within which a call must be included in a block.
const VALID: u32 = 16;

/// The options of commands that send a call.
#[derive(Clone, Debug, Args)]
pub struct Sending {
	#[command(flatten)]
	pub node: Node,
	/// The key that signs: a file of polkadot.js, as `init` writes it, or on a development chain a path
	/// such as `//Alice`.
	#[arg(long, value_name = "FILE_OR_PATH", default_value = "key.json")]
	pub key: String,
	/// Send without asking.
	#[arg(long)]
	pub yes: bool,
	/// Show the effect and the cost, and send nothing.
	#[arg(long, conflicts_with = "yes")]
	pub dry_run: bool,
}

/// A call with what it does and costs.
pub struct Plan<Call> {
	/// The call.
	pub call: Call,
	/// What it does, in sentences.
	pub effects: Vec<String>,
	/// What it takes from the balance of the signer besides the fee: what for, and how much in planck.
	pub costs: Vec<(&'static str, u128)>,
}

impl<Call> Plan<Call> {
	/// A call that costs no more than its fee.
	pub fn free(call: Call, effect: impl Into<String>) -> Self {
		Self { call, effects: vec![effect.into()], costs: Vec::new() }
	}

	/// The same, with another effect.
	pub fn and(mut self, effect: impl Into<String>) -> Self {
		self.effects.push(effect.into());
		self
	}

	/// The same, with a cost in planck.
	pub fn costing(mut self, what: &'static str, planck: u128) -> Self {
		self.costs.push((what, planck));
		self
	}
}

/// What came of a call besides its block: a name and a value for JSON, and a sentence.
pub struct Outcome {
	/// The name.
	pub name: &'static str,
	/// The value.
	pub value: Value,
	/// The sentence.
	pub text: String,
}

/// An account with its options.
pub struct Signer {
	/// The account.
	pub account: Account,
	options: Sending,
}

impl Signer {
	/// Connects to the node and opens the key.
	pub async fn open(options: &Sending) -> Result<Self> {
		let chain = options.node.connect().await?;
		let key = open_key(&options.key, &chain).await?;
		Ok(Self { account: Account::new(key, chain).once_only(), options: options.clone() })
	}

	/// The connection.
	pub fn chain(&self) -> &Chain {
		self.account.chain()
	}

	/// The account that signs.
	pub fn id(&self) -> AccountId {
		self.account.id()
	}

	/// The state at the last finalized block.
	pub async fn state(&self) -> Result<Snapshot> {
		self.chain().finalized().await
	}

	/// Shows what a call does and costs, asks, and sends it; `outcome` reads what came of it.
	///
	/// Returns whether it was sent. An error if the account cannot pay it, or if the chain refuses it.
	pub async fn send<Call: Payload>(
		&self,
		plan: Plan<Call>,
		outcome: impl FnOnce(&Events) -> Result<Vec<Outcome>>,
	) -> Result<bool> {
		let Plan { call, effects, costs } = plan;
		let name = format!("{}.{}", call.pallet_name(), call.call_name());
		let fee = self.account.fee(&call).await.with_context(|| name.clone())?;
		let has = funds::free(&self.state().await?, self.id()).await?;
		let needed = costs.iter().fold(fee, |sum, (_, planck)| sum.saturating_add(*planck));
		self.say(&format!("{name}, signed by {}", address(&self.id())));
		for effect in &effects {
			self.say(&format!("  {effect}"));
		}
		for (what, planck) in &costs {
			self.say(&format!("  {what}: {} ALLO", exact_allo(*planck)));
		}
		let tip = exact_allo(MAX_TIP);
		self.say(&format!(
			"  fee: at most {} ALLO, and a tip of at most {tip} ALLO if the pool is full",
			exact_allo(fee)
		));
		self.say(&format!("  free balance: {} ALLO", exact_allo(has)));
		let mut json = json!({
			"call": name,
			"signer": address(&self.id()),
			"effects": effects,
			"costs_planck": costs
				.iter()
				.map(|(what, planck)| (what.to_string(), planck.to_string().into()))
				.collect::<Map<_, _>>(),
			"fee_planck": fee.to_string(),
			"sent": false,
		});
		// A fee that may be returned must be there all the same.
		let needed = needed.saturating_add(crate::chain::EXISTENTIAL_DEPOSIT);
		ensure!(has >= needed, funds::shortage(&self.id(), needed, has));
		if self.options.dry_run {
			self.say("nothing was sent: --dry-run");
			return self.finish(json, false);
		}
		if !self.options.yes && !confirm()? {
			self.say("nothing was sent");
			return self.finish(json, false);
		}
		let included = self.account.send(&call, VALID).await?;
		self.say(&format!("done in block {}, final", included.block));
		for Outcome { name, value, text } in outcome(&included.events)? {
			self.say(&text);
			json[name] = value;
		}
		(json["sent"], json["block"]) = (true.into(), included.block.into());
		self.finish(json, true)
	}

	/// Prints a line; on standard error if the standard output is for JSON.
	pub fn say(&self, line: &str) {
		if self.options.node.json {
			eprintln!("{line}");
		} else {
			print(line);
		}
	}

	fn finish(&self, json: Value, sent: bool) -> Result<bool> {
		if self.options.node.json {
			print(json);
		}
		Ok(sent)
	}
}

/// No outcome besides the block.
pub fn nothing(_: &Events) -> Result<Vec<Outcome>> {
	Ok(Vec::new())
}

/// The key of an option: a path of the development seed, or a file.
async fn open_key(text: &str, chain: &Chain) -> Result<Key> {
	if text.starts_with('/') && !Path::new(text).exists() {
		ensure_development(chain, "keys such as //Alice").await?;
		return Key::development(text);
	}
	// A file that is missing is reported before the password is asked for.
	key::read_address(Path::new(text))?;
	key::read(Path::new(text), &key::password(false)?)
}

/// Asks whether to send.
fn confirm() -> Result<bool> {
	ensure!(
		std::io::stdin().is_terminal(),
		"nothing was sent: there is no terminal to ask whether to: add --yes"
	);
	eprint!("send it? [y/N] ");
	std::io::stderr().flush()?;
	let mut line = String::new();
	std::io::stdin().lock().read_line(&mut line)?;
	Ok(matches!(line.trim(), "y" | "Y" | "yes"))
}
