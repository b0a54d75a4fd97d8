//! The runtime APIs, as the node calls them for `state_call`: by name, with bytes.
//!
//! The arguments of each method are all combinations of the extreme values of their types, and what
//! is no encoding of any. An answer is bounded; bytes that do not decode end the call with a message,
//! as the node passes it on; and no call changes the state.

use super::{extremes::extremes, table::Table, world::*};
use crate::{
	metadata::metadata,
	support::{
		block,
		trace::{root, undone},
	},
};
use allora_runtime::apis::api::dispatch;
use frame_metadata::{v16::RuntimeApiMethodMetadata, RuntimeMetadata};
use scale_info::{form::PortableForm, PortableRegistry};
use sp_keyring::Sr25519Keyring::Charlie;
use std::{
	cell::Cell,
	panic::{self, catch_unwind, AssertUnwindSafe},
	sync::Once,
	thread,
};

/// The APIs whose methods are not tried here, with the reason. `scripts/e2e/bad-input.mjs` tries those
/// that a node has.
const NOT_TRIED: [(&str, &str); 7] = [
	("Core", "it makes blocks: it changes the state, and the node discards that for strangers"),
	("BlockBuilder", "it makes blocks"),
	("TaggedTransactionQueue", "it begins a block; the room of transactions calls it"),
	("OffchainWorkerApi", "it has what only the node's own worker has"),
	("GenesisBuilder", "it writes the genesis state"),
	("TryRuntime", "no node has it"),
	("Benchmark", "no node has it"),
];
/// Methods of the SDK that fail for more arguments than those that do not decode, and how: `state_call`
/// has neither the node's transaction pool, nor its off-chain storage, nor its keys; and in debug
/// builds only, it is a defensive failure to ask for a pool that there is not, and sums overflow.
const FAILING: [(&str, &str); 10] = [
	("NominationPoolsApi_pool_pending_slash", "Defensive failure has been triggered!"),
	("BabeApi_submit_report_equivocation_unsigned_extrinsic", NO_POOL),
	("GrandpaApi_submit_report_equivocation_unsigned_extrinsic", NO_POOL),
	("BeefyApi_submit_report_double_voting_unsigned_extrinsic", NO_POOL),
	("BeefyApi_submit_report_future_block_voting_unsigned_extrinsic", NO_POOL),
	("MmrApi_generate_proof", NO_STORAGE),
	("MmrApi_generate_ancestry_proof", NO_STORAGE),
	("MmrApi_verify_proof_stateless", "attempt to multiply with overflow"),
	("SessionKeys_generate_session_keys", "No `keystore` associated for the current context!"),
	("SessionKeys_generate_session_keys", "Seed is valid utf8!"),
];
/// See [`FAILING`].
const NO_POOL: &str = "submit_transaction can be called only in the offchain call context";
/// See [`FAILING`].
const NO_STORAGE: &str = "local_storage_get can be called only in the offchain call context";
/// The maximum length of an answer in bytes, and that of the metadata.
const LONGEST: usize = 256 * 1_024;
/// See [`LONGEST`].
const METADATA: usize = 1_024 * 1_024;
/// The maximum number of combinations of arguments of a method.
const COMBINATIONS: usize = 60;

/// All cases of this room.
pub fn cases(table: &mut Table) {
	let topic = block(|| create_active(usual()));
	let epoch = collecting(topic);
	serve(topic, epoch, &[number(1)]);
	block(|| send(Charlie, report(topic, epoch, &[number(1)])));
	let RuntimeMetadata::V16(metadata) = metadata(16) else { panic!("metadata of version 16") };
	for api in &metadata.apis {
		if NOT_TRIED.iter().any(|(name, _)| api.name == *name) {
			continue;
		}
		for method in &api.methods {
			let name = format!("{}_{}", api.name, method.name);
			table.case(&name, || try_method(&metadata.types, &name, method));
		}
	}
}

/// Tries a method with all its arguments.
fn try_method(
	types: &PortableRegistry,
	name: &str,
	method: &RuntimeApiMethodMetadata<PortableForm>,
) {
	let inputs = method.inputs.iter().map(|input| extremes(types, input.ty.id));
	let mut combinations = vec![vec![]];
	for values in inputs {
		let with = |before: &Vec<u8>| {
			values.iter().map(|value| [before.as_slice(), value].concat()).collect::<Vec<_>>()
		};
		let all: Vec<_> = combinations.iter().flat_map(with).collect();
		// Evenly distributed, with the first and the last.
		let step = all.len().div_ceil(COMBINATIONS).max(1);
		combinations = all.into_iter().step_by(step).collect();
	}
	undone(|| {
		let before = root();
		let outcomes: Vec<_> = combinations.iter().map(|arguments| call(name, arguments)).collect();
		let count = |of: Outcome| outcomes.iter().filter(|outcome| **outcome == of).count();
		let fails = FAILING.iter().any(|(failing, _)| *failing == name);
		assert_eq!(count(Outcome::Failed) > 0, fails, "it is among those that fail if it does");
		let answers = count(Outcome::Answered);
		assert!(answers > 0 || fails, "none of {} combinations is answered", outcomes.len());
		if !method.inputs.is_empty() {
			assert!(call(name, &[]) != Outcome::Answered, "answers without arguments");
		}
		assert!(root() == before, "the state has changed");
	});
}

/// What becomes of a call.
#[derive(Clone, Copy, PartialEq)]
enum Outcome {
	Answered,
	/// Its arguments do not decode.
	Undecoded,
	/// It fails as [`FAILING`] says.
	Failed,
}

/// Calls a method. Fails if it panics for another reason than that its arguments do not decode, or
/// those of [`FAILING`], or if the answer is long.
fn call(name: &str, arguments: &[u8]) -> Outcome {
	match silently(|| dispatch(name, arguments)) {
		Ok(answer) => {
			let length = answer.expect("the method exists").len();
			let longest = if name.starts_with("Metadata_") { METADATA } else { LONGEST };
			assert!(length <= longest, "{length} bytes for {arguments:x?}");
			Outcome::Answered
		}
		Err(panic) => {
			let text = panic.downcast_ref::<String>().cloned();
			let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| text.to_string()));
			let text = text.unwrap_or_default();
			if text.contains("Bad input data provided to") {
				return Outcome::Undecoded;
			}
			let known = FAILING.iter().any(|(of, how)| *of == name && text.contains(how));
			assert!(known, "{text} for {arguments:x?}");
			Outcome::Failed
		}
	}
}

thread_local! {
	/// Whether panics of this thread are not printed.
	static SILENT: Cell<bool> = const { Cell::new(false) };
}

/// Runs this, and catches a panic without printing it.
fn silently<R>(inside: impl FnOnce() -> R) -> thread::Result<R> {
	static HOOK: Once = Once::new();
	HOOK.call_once(|| {
		let print = panic::take_hook();
		panic::set_hook(Box::new(move |panicked| {
			if !SILENT.get() {
				print(panicked);
			}
		}));
	});
	SILENT.set(true);
	let result = catch_unwind(AssertUnwindSafe(inside));
	SILENT.set(false);
	result
}
