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
use std::panic::{catch_unwind, AssertUnwindSafe};

/// The APIs whose methods are tried.
const TRIED: [&str; 9] = [
	"TopicsApi",
	"AggregationApi",
	"ExplainApi",
	"EmissionsApi",
	"ReputerApi",
	"ConsumerApi",
	"NominationPoolsApi",
	"StakingApi",
	"AccountNonceApi",
];
/// The SDK's APIs that only the node itself has arguments for, and those whose arguments are
/// transactions, which have cases of their own.
const NOT_TRIED: [&str; 15] = [
	"Core",
	"Metadata",
	"RuntimeViewFunction",
	"BlockBuilder",
	"TaggedTransactionQueue",
	"OffchainWorkerApi",
	"BabeApi",
	"GrandpaApi",
	"AuthorityDiscoveryApi",
	"SessionKeys",
	"TransactionPaymentApi",
	"TransactionPaymentCallApi",
	"GenesisBuilder",
	"TryRuntime",
	"Benchmark",
];
/// The maximum length of an answer in bytes.
const LONGEST: usize = 256 * 1_024;
/// The maximum number of combinations of arguments of a method.
const COMBINATIONS: usize = 400;

/// All cases of this room.
pub fn cases(table: &mut Table) {
	let topic = block(|| create_active(usual()));
	let epoch = collecting(topic);
	serve(topic, epoch, &[number(1)]);
	block(|| send(Charlie, report(topic, epoch, &[number(1)])));
	let RuntimeMetadata::V16(metadata) = metadata(16) else { panic!("metadata of version 16") };
	for api in &metadata.apis {
		if !TRIED.contains(&api.name.as_str()) {
			table.case(&api.name, || assert!(NOT_TRIED.contains(&api.name.as_str()), "new API"));
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
	let mut answers = 0;
	for arguments in &combinations {
		answers += u32::from(call(name, arguments));
	}
	assert!(answers > 0, "of {} combinations none is answered", combinations.len());
	assert!(method.inputs.is_empty() || !call(name, &[]), "answers without arguments");
}

/// Whether a call is answered. Fails if it panics for another reason than that its arguments do not
/// decode, if the answer is long, or if the state has changed.
fn call(name: &str, arguments: &[u8]) -> bool {
	let before = root();
	let answer = undone(|| {
		let answer = catch_unwind(AssertUnwindSafe(|| dispatch(name, arguments)));
		assert!(root() == before, "the state has changed");
		answer
	});
	match answer {
		Ok(answer) => {
			let length = answer.expect("the method exists").len();
			assert!(length <= LONGEST, "{length} bytes for {arguments:x?}");
			true
		}
		Err(panic) => {
			let text = panic.downcast_ref::<String>().cloned().unwrap_or_default();
			assert!(text.contains("Bad input data provided to"), "{text} for {arguments:x?}");
			false
		}
	}
}
