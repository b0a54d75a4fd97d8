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

/// The APIs whose methods are tried.
const TRIED: [&str; 11] = [
	"TopicsApi",
	"AggregationApi",
	"ExplainApi",
	"EmissionsApi",
	"ReputerApi",
	"ConsumerApi",
	"ProofsApi",
	"MonitoringApi",
	"NominationPoolsApi",
	"StakingApi",
	"AccountNonceApi",
];
/// The SDK's APIs that only the node itself has arguments for, and those whose arguments are
/// transactions, which have cases of their own.
const NOT_TRIED: [&str; 18] = [
	"Core",
	"Metadata",
	"RuntimeViewFunction",
	"BlockBuilder",
	"TaggedTransactionQueue",
	"OffchainWorkerApi",
	"BabeApi",
	"GrandpaApi",
	"BeefyApi",
	"BeefyMmrApi",
	// It reads what the node keeps off chain, and its checks of proofs overflow in this profile.
	"MmrApi",
	"AuthorityDiscoveryApi",
	"SessionKeys",
	"TransactionPaymentApi",
	"TransactionPaymentCallApi",
	"GenesisBuilder",
	"TryRuntime",
	"Benchmark",
];
/// Methods of the SDK that fail for more arguments than those that do not decode, and how: it is a
/// defensive failure, which panics in debug builds only, to ask for a pool that there is not.
const FAILING: [(&str, &str); 1] =
	[("NominationPoolsApi_pool_pending_slash", "Defensive failure has been triggered!")];
/// The maximum length of an answer in bytes.
const LONGEST: usize = 256 * 1_024;
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
	undone(|| {
		let before = root();
		let answers = combinations.iter().filter(|arguments| is_answered(name, arguments)).count();
		let fails = FAILING.iter().any(|(failing, _)| *failing == name);
		assert!(answers > 0 || fails, "none of {} combinations is answered", combinations.len());
		assert!(method.inputs.is_empty() || !is_answered(name, &[]), "answers without arguments");
		assert!(root() == before, "the state has changed");
	});
}

/// Whether a call is answered. Fails if it panics for another reason than that its arguments do not
/// decode, or if the answer is long.
fn is_answered(name: &str, arguments: &[u8]) -> bool {
	match silently(|| dispatch(name, arguments)) {
		Ok(answer) => {
			let length = answer.expect("the method exists").len();
			assert!(length <= LONGEST, "{length} bytes for {arguments:x?}");
			true
		}
		Err(panic) => {
			let text = panic.downcast_ref::<String>().cloned();
			let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| text.to_string()));
			let text = text.unwrap_or_default();
			let known = FAILING.iter().any(|(of, how)| *of == name && text.contains(how));
			let undecoded = text.contains("Bad input data provided to");
			assert!(undecoded || known, "{text} for {arguments:x?}");
			false
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
