//! Decoding: bytes near those of calls, transactions and topic parameters either do not decode, or
//! are values that encode to the same bytes again, and of which everything that is computed before a
//! call is checked can be computed.
//!
//! `fuzz/corpus/decoding` has the shortest known input for each way to decode or not, and is run
//! first. The variables are those of [`super`]; an input that fails ends the run.

use super::{
	generate::{Generator, Known},
	number,
	target::Chain,
	write_failing,
};
use crate::simulation::{values, Random};
use allora_primitives::{api::runtime_decl_for_topics_api::TopicsApi, TopicParameters, ALLO};
use allora_runtime::{Runtime, RuntimeCall, UncheckedExtrinsic};
use codec::{Compact, Decode, DecodeLimit, Encode};
use frame_support::{
	dispatch::GetDispatchInfo, traits::GetCallMetadata, MAX_EXTRINSIC_DEPTH as DEPTH,
};
use rand::{seq::IndexedRandom, Rng, SeedableRng};
use sp_runtime::Perbill;
use std::{
	collections::BTreeMap,
	env, fs,
	panic::{catch_unwind, resume_unwind},
	path::PathBuf,
	time::{Duration, Instant},
};

/// The number of new inputs without `ALLORA_FUZZ_SECONDS`.
const INPUTS: u32 = 3_000;
/// The minimum number of inputs in the corpus.
const CORPUS: usize = 1_100;

/// A file of the corpus, and how its inputs are read.
type Kind = (&'static str, fn(&[u8]) -> String);

/// The kinds of inputs.
const KINDS: [Kind; 3] =
	[("calls", read_call), ("transactions", read_transaction), ("parameters", read_parameters)];

/// The shortest known input for each way to decode, of each kind.
type Corpus = [BTreeMap<String, Vec<u8>>; KINDS.len()];

fn directory() -> PathBuf {
	PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus/decoding")
}

/// Bytes with some changed, left out, doubled or cut off.
fn spoiled(mut bytes: Vec<u8>, random: &mut Random) -> Vec<u8> {
	for _ in 0..random.random_range(1..4) {
		if bytes.is_empty() {
			break;
		}
		let at = random.random_range(0..bytes.len());
		match random.random_range(0..6) {
			0 => bytes.truncate(at),
			1 => {
				bytes.remove(at);
			}
			2 => bytes.insert(at, random.random()),
			3 => bytes[at] ^= 1 << random.random_range(0..8u32),
			_ => {
				bytes[at] = *[0, 1, 0x7f, 0x80, 0xfc, 0xff].choose(random).expect("there are some")
			}
		}
	}
	bytes
}

/// Reads a call, and computes what a node does before it checks anything. Returns its name, or why it
/// does not decode.
fn read_call(bytes: &[u8]) -> String {
	let call = match RuntimeCall::decode_all_with_depth_limit(DEPTH, &mut &bytes[..]) {
		Ok(call) => call,
		Err(error) => return name_of(&error),
	};
	let encoded = call.encode();
	assert_eq!(call.encoded_size(), encoded.len());
	if encoded != bytes {
		// A boolean or a length may be encoded in one way only. What the SDK reads in several ways is
		// a commission above 100 %, which is 100 %.
		let limits = format!("{call:?}").contains("ValidatorPrefs { commission: 100%");
		let again = RuntimeCall::decode_all_with_depth_limit(DEPTH, &mut &encoded[..]);
		assert!(limits && again.as_ref() == Ok(&call), "{call:?}: {bytes:?} and {encoded:?}");
	}
	call.get_dispatch_info();
	let _ = format!("{call:?}");
	let name = call.get_call_metadata();
	format!("{}.{}", name.pallet_name, name.function_name)
}

/// Where bytes do not decode: in which fields, of calls the pallet and the call.
fn name_of(error: &codec::Error) -> String {
	error.to_string().lines().take(2).collect()
}

/// Reads a transaction as the runtime APIs do.
fn read_transaction(bytes: &[u8]) -> String {
	match UncheckedExtrinsic::decode_all_with_depth_limit(DEPTH, &mut &bytes[..]) {
		Ok(transaction) => {
			transaction.get_dispatch_info();
			let again = UncheckedExtrinsic::decode(&mut &transaction.encode()[..]);
			assert_eq!(again.as_ref(), Ok(&transaction), "{transaction:?}");
			if transaction.is_signed() { "signed" } else { "not signed" }.into()
		}
		Err(error) => name_of(&error),
	}
}

/// Reads topic parameters as `state_call` does, which does not validate them.
fn read_parameters(bytes: &[u8]) -> String {
	let parameters = match TopicParameters::decode(&mut &bytes[..]) {
		Ok(parameters) => parameters,
		Err(error) => return name_of(&error),
	};
	let valid = parameters.validate(10..=100_000, 1_000_000_000 * ALLO);
	let reserves = Runtime::reservation(parameters.clone()).is_some();
	let vacancies = Runtime::vacancies(parameters);
	assert!(reserves || vacancies == 0, "{vacancies} topics fit, and none does");
	format!("{valid:?} {reserves}")
}

/// Reads an input of a kind, and keeps it if it is the shortest of what it reaches. Returns whether
/// nothing has reached that before.
fn read(corpus: &mut Corpus, kind: usize, bytes: Vec<u8>) -> bool {
	let reached = catch_unwind(|| KINDS[kind].1(&bytes)).unwrap_or_else(|panic| {
		let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
		eprintln!("an input of {} fails: {hex}", KINDS[kind].0);
		write_failing(&format!("crash-{}", KINDS[kind].0), &bytes);
		resume_unwind(panic)
	});
	let known = corpus[kind].get(&reached);
	let is_new = known.is_none();
	if known.is_none_or(|known| known.len() > bytes.len()) {
		corpus[kind].insert(reached, bytes);
	}
	is_new
}

/// A new input of a kind: what decodes, or a known input, with some bytes changed.
fn input(generator: &Generator, corpus: &Corpus, kind: usize, random: &mut Random) -> Vec<u8> {
	let known: Vec<_> = corpus[kind].values().collect();
	let bytes = match known.choose(random) {
		Some(known) if random.random_range(0..3) == 0 => known.to_vec(),
		_ => match kind {
			0 => generator.call(random).encode(),
			1 => UncheckedExtrinsic::new_bare(generator.call(random)).encode(),
			_ => values::parameters(random).encode(),
		},
	};
	// One in eight as it is.
	if random.random_range(0..8) == 0 {
		return bytes;
	}
	spoiled(bytes, random)
}

#[test]
fn bytes_that_decode_encode_to_the_same() {
	let mut chain = Chain::new();
	let generator = Generator::new(chain.look(Known::look));
	let mut random = Random::seed_from_u64(number("ALLORA_FUZZ_SEED").unwrap_or(1));
	let limit = number("ALLORA_FUZZ_SECONDS").map(Duration::from_secs);
	let (mut inputs, mut replayed, mut outdated) = (0u32, 0, 0);
	let mut corpus = Corpus::default();
	chain.look(|| {
		for (kind, (name, _)) in KINDS.iter().enumerate() {
			let bytes = fs::read(directory().join(name)).unwrap_or_default();
			let known = Vec::<Vec<u8>>::decode(&mut &bytes[..]).unwrap_or_default();
			replayed += known.len();
			for bytes in known {
				outdated += u32::from(!read(&mut corpus, kind, bytes));
			}
		}
		let begin = Instant::now();
		while limit.map_or(inputs < INPUTS, |limit| begin.elapsed() < limit) {
			let kind = inputs as usize % KINDS.len();
			let bytes = input(&generator, &corpus, kind, &mut random);
			read(&mut corpus, kind, bytes);
			inputs += 1;
		}
	});
	let reached: usize = corpus.iter().map(BTreeMap::len).sum();
	println!("decoding: {replayed} inputs of the corpus, {outdated} outdated; {inputs} new ones; {reached} ways");
	if env::var("ALLORA_FUZZ_KEEP").is_ok() {
		fs::create_dir_all(directory()).expect("the directory can be made");
		for ((name, _), known) in KINDS.iter().zip(&corpus) {
			let inputs: Vec<_> = known.values().collect();
			fs::write(directory().join(name), inputs.encode()).expect("the corpus can be written");
		}
		return;
	}
	assert!(outdated == 0, "{outdated} inputs of the corpus reach what others do; make it anew");
	assert!(replayed >= CORPUS, "{replayed} inputs");
}

/// Found by fuzzing.
#[test]
fn commission_of_more_than_all_is_read_as_all() {
	let call =
		|billionths: u32| [[7, 4].to_vec(), Compact(billionths).encode(), [1].to_vec()].concat();
	let all = Perbill::one().deconstruct();
	let read = |bytes: Vec<u8>| RuntimeCall::decode(&mut &bytes[..]).expect("it decodes");
	assert_eq!(read(call(all + 2)), read(call(all)));
	assert_eq!(read_call(&call(all + 2)), "Staking.validate");
}
