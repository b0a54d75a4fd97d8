//! `reference`: the calls of the protocol with their commands, and its errors with the next step.

use super::{print, Node};
use crate::chain::refusals::{explanation, in_one_line, next_step, Way, CALLS, NEXT, PALLETS};
use anyhow::{ensure, Result};
use clap::Args;
use serde_json::{json, Value};
use subxt::metadata::Metadata;

/// Prints the reference.
#[derive(Debug, Args)]
pub struct Reference {
	/// Only calls and errors whose name contains this text, such as `Reputer.StakeTooLow`.
	name: Option<String>,
	#[command(flatten)]
	node: Node,
}

/// A call or an error of the metadata.
struct Entry {
	/// Its name.
	name: String,
	/// What the metadata says of it.
	text: String,
	/// What to type, or why there is no command; `None` if the agent does not know it.
	next: Option<Result<&'static str, &'static str>>,
}

impl Reference {
	pub async fn run(self) -> Result<()> {
		let metadata = self.node.state().await?.metadata();
		let wanted = self.name.unwrap_or_default().to_lowercase();
		let is_wanted = |entry: &Entry| entry.name.to_lowercase().contains(&wanted);
		let calls: Vec<_> = calls(&metadata).into_iter().filter(is_wanted).collect();
		let errors: Vec<_> = errors(&metadata).into_iter().filter(is_wanted).collect();
		if self.node.json {
			let list = |entries: &[Entry]| entries.iter().map(Entry::json).collect::<Vec<_>>();
			let (calls, errors) = (list(&calls), list(&errors));
			print(
				json!({ "calls": calls, "errors": errors, "unknown_here": unknown_here(&metadata) }),
			);
			return Ok(());
		}
		ensure!(
			!calls.is_empty() || !errors.is_empty(),
			"no call or error has this name: `allora-agent reference`"
		);
		for entry in calls.iter().chain(&errors) {
			print(format_args!("{}: {}", entry.name, entry.text));
			match entry.next {
				Some(Ok(command)) => print(format_args!("  {command}")),
				Some(Err(reason)) => print(format_args!("  no command: {reason}")),
				None => print(format_args!("  not known to this version of the agent")),
			}
		}
		Ok(())
	}
}

impl Entry {
	fn json(&self) -> Value {
		let (command, reason) = match self.next {
			Some(Ok(command)) => (Some(command), None),
			Some(Err(reason)) => (None, Some(reason)),
			None => (None, None),
		};
		json!({
			"name": self.name,
			"explanation": self.text,
			"command": command,
			"no_command": reason,
		})
	}
}

/// The calls and errors that the agent knows and this chain does not have.
fn unknown_here(metadata: &Metadata) -> Vec<String> {
	let has_call = |pallet: &str, name: &str| {
		let calls = metadata.pallet_by_name(pallet).and_then(|pallet| pallet.call_variants());
		calls.is_some_and(|calls| calls.iter().any(|call| call.name == name))
	};
	let calls = CALLS.iter().filter(|(pallet, name, _)| !has_call(pallet, name));
	let calls = calls.map(|(pallet, name, _)| format!("{pallet}.{name}"));
	let errors =
		NEXT.iter().flat_map(|(pallet, errors, _)| errors.iter().map(move |it| (pallet, it)));
	let errors = errors.filter(|(pallet, name)| explanation(metadata, pallet, name).is_none());
	calls.chain(errors.map(|(pallet, name)| format!("{pallet}.{name}"))).collect()
}

/// The calls of the protocol's pallets.
fn calls(metadata: &Metadata) -> Vec<Entry> {
	let mut entries = Vec::new();
	for pallet in PALLETS.iter().filter_map(|pallet| metadata.pallet_by_name(pallet)) {
		for call in pallet.call_variants().unwrap_or_default() {
			let found =
				CALLS.iter().find(|(of, name, _)| (*of, *name) == (pallet.name(), &call.name));
			// The first paragraph says what it does.
			let end = call.docs.iter().position(|line| line.trim().is_empty());
			let text = call.docs.get(..end.unwrap_or(call.docs.len())).unwrap_or_default();
			entries.push(Entry {
				name: format!("{}.{}", pallet.name(), call.name),
				text: in_one_line(text),
				next: found.map(|(.., way)| match way {
					Way::Command(command) => Ok(*command),
					Way::None(reason) => Err(*reason),
				}),
			});
		}
	}
	entries
}

/// The errors of the protocol's pallets.
fn errors(metadata: &Metadata) -> Vec<Entry> {
	let mut entries = Vec::new();
	for pallet in PALLETS.iter().filter_map(|pallet| metadata.pallet_by_name(pallet)) {
		for error in pallet.error_variants().unwrap_or_default() {
			entries.push(Entry {
				name: format!("{}.{}", pallet.name(), error.name),
				text: in_one_line(&error.docs),
				next: next_step(pallet.name(), &error.name).map(Ok),
			});
		}
	}
	entries
}
