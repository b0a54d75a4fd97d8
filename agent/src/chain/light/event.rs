//! The events of a `chainHead` subscription.
//!
//! They are read here, and not by subxt's types: numbers with all their digits, which this program needs
//! elsewhere, cannot be read within serde's tagged enums.

use super::view::{Hash, Outcome};
use serde::{de::DeserializeOwned, Deserialize};
use serde_json::{Error, Value};
use subxt::rpcs::methods::chain_head::Bytes;

/// An event.
#[derive(Debug, PartialEq, Eq)]
pub enum Event {
	/// The subscription has begun with these finalized blocks, oldest first.
	Begun(Vec<Hash>),
	/// There is a new block.
	New(New),
	/// This block is the best one.
	Best(Hash),
	/// Blocks are final, or abandoned.
	Final(Final),
	/// The call of this id has ended.
	Ended(String, Outcome),
	/// There will be no more events.
	Stop,
	/// An event of what this client does not ask for.
	Other,
}

/// A new block.
#[derive(Debug, PartialEq, Eq)]
pub struct New {
	/// Its hash.
	pub hash: Hash,
	/// The hash of its parent, which was reported before.
	pub parent: Hash,
	/// Whether its runtime is another one than its parent's.
	pub has_new_runtime: bool,
}

/// Blocks that are final or abandoned.
#[derive(Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct Final {
	/// The new finalized blocks, oldest first.
	#[serde(rename = "finalizedBlockHashes")]
	pub finalized: Vec<Hash>,
	/// Blocks on other branches.
	#[serde(rename = "prunedBlockHashes")]
	pub abandoned: Vec<Hash>,
}

impl Event {
	/// Reads an event.
	pub fn read(mut event: Value) -> Result<Self, Error> {
		let kind = event["event"].take();
		Ok(match kind.as_str().unwrap_or_default() {
			"initialized" => Self::Begun(field(&mut event, "finalizedBlockHashes")?),
			"newBlock" => Self::New(New {
				hash: field(&mut event, "blockHash")?,
				parent: field(&mut event, "parentBlockHash")?,
				has_new_runtime: !event["newRuntime"].is_null(),
			}),
			"bestBlockChanged" => Self::Best(field(&mut event, "bestBlockHash")?),
			"finalized" => Self::Final(serde_json::from_value(event)?),
			"operationCallDone" => {
				let output: Bytes = field(&mut event, "output")?;
				Self::Ended(field(&mut event, "operationId")?, Outcome::Done(output.0))
			}
			"operationError" => {
				let reason = field(&mut event, "error")?;
				Self::Ended(field(&mut event, "operationId")?, Outcome::Failed(reason))
			}
			"operationInaccessible" => {
				Self::Ended(field(&mut event, "operationId")?, Outcome::Lost)
			}
			"stop" => Self::Stop,
			_ => Self::Other,
		})
	}
}

fn field<T: DeserializeOwned>(event: &mut Value, name: &str) -> Result<T, Error> {
	serde_json::from_value(event[name].take())
}

#[cfg(test)]
mod tests {
	use super::*;
	use serde_json::json;

	#[test]
	fn events_of_smoldot_are_read() {
		let (one, two) = (Hash::from([1; 32]), Hash::from([2; 32]));
		let runtime =
			json!({ "type": "valid", "spec": { "specVersion": 1, "apis": { "0x00": 1 } } });
		for (event, expected) in [
			(
				json!({
					"event": "initialized",
					"finalizedBlockHashes": [one],
					"finalizedBlockRuntime": runtime,
				}),
				Event::Begun(vec![one]),
			),
			(
				json!({
					"event": "newBlock",
					"blockHash": two,
					"parentBlockHash": one,
					"newRuntime": runtime,
				}),
				Event::New(New { hash: two, parent: one, has_new_runtime: true }),
			),
			(
				json!({
					"event": "newBlock",
					"blockHash": two,
					"parentBlockHash": one,
					"newRuntime": null,
				}),
				Event::New(New { hash: two, parent: one, has_new_runtime: false }),
			),
			(json!({ "event": "bestBlockChanged", "bestBlockHash": two }), Event::Best(two)),
			(
				json!({
					"event": "finalized",
					"finalizedBlockHashes": [two],
					"prunedBlockHashes": [],
				}),
				Event::Final(Final { finalized: vec![two], abandoned: vec![] }),
			),
			(
				json!({ "event": "operationCallDone", "operationId": "a", "output": "0x0102" }),
				Event::Ended("a".into(), Outcome::Done(vec![1, 2])),
			),
			(
				json!({ "event": "operationError", "operationId": "a", "error": "bad" }),
				Event::Ended("a".into(), Outcome::Failed("bad".into())),
			),
			(
				json!({ "event": "operationInaccessible", "operationId": "a" }),
				Event::Ended("a".into(), Outcome::Lost),
			),
			(json!({ "event": "stop" }), Event::Stop),
			(json!({ "event": "operationStorageDone", "operationId": "a" }), Event::Other),
		] {
			// As text, so that numbers are read as they arrive.
			let text = event.to_string();
			assert_eq!(Event::read(serde_json::from_str(&text).unwrap()).unwrap(), expected);
		}
		assert!(Event::read(json!({ "event": "bestBlockChanged" })).is_err());
	}
}
