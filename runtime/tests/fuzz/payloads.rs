//! Decoding: bytes near those of calls and of topic parameters either do not decode, or are values
//! that encode to the same bytes again, and of which everything that is computed before a call is
//! checked can be computed.

use super::{
	generate::{Generator, Known},
	number,
	target::Chain,
};
use crate::simulation::{values, Random};
use allora_primitives::{api::runtime_decl_for_topics_api::TopicsApi, TopicParameters, ALLO};
use allora_runtime::{Runtime, RuntimeCall};
use codec::{Decode, DecodeLimit, Encode};
use frame_support::dispatch::GetDispatchInfo;
use rand::{seq::IndexedRandom, Rng, SeedableRng};
use std::time::{Duration, Instant};

/// The number of inputs without `ALLORA_FUZZ_SECONDS`.
const INPUTS: u32 = 3_000;

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

/// Reads a call, and computes what a node does before it checks anything.
fn read_call(bytes: &[u8]) -> bool {
	let Ok(call) = RuntimeCall::decode_all_with_depth_limit(64, &mut &bytes[..]) else {
		return false;
	};
	// A boolean or a length may be encoded in one way only.
	assert_eq!(call.encode(), bytes, "{call:?}");
	assert_eq!(call.encoded_size(), bytes.len());
	call.get_dispatch_info();
	let _ = format!("{call:?}");
	true
}

/// Reads topic parameters as `state_call` does, which does not validate them.
fn read_parameters(bytes: &[u8]) -> bool {
	let Ok(parameters) = TopicParameters::decode(&mut &bytes[..]) else { return false };
	let _ = parameters.validate(10..=100_000, 1_000_000_000 * ALLO);
	let reserves = Runtime::reservation(parameters.clone()).is_some();
	let vacancies = Runtime::vacancies(parameters);
	assert!(reserves || vacancies == 0, "{vacancies} topics fit, and none does");
	true
}

#[test]
fn bytes_that_decode_encode_to_the_same() {
	let mut chain = Chain::new();
	let generator = Generator::new(chain.look(Known::look));
	let mut random = Random::seed_from_u64(number("ALLORA_FUZZ_SEED").unwrap_or(1));
	let (begin, limit) = (Instant::now(), number("ALLORA_FUZZ_SECONDS").map(Duration::from_secs));
	let (mut inputs, mut decoded) = (0u32, 0u32);
	chain.look(|| {
		while limit.map_or(inputs < INPUTS, |limit| begin.elapsed() < limit) {
			let call = spoiled(generator.call(&mut random).encode(), &mut random);
			let parameters = spoiled(values::parameters(&mut random).encode(), &mut random);
			decoded += u32::from(read_call(&call)) + u32::from(read_parameters(&parameters));
			inputs += 2;
		}
	});
	println!("decoding: {inputs} inputs, {decoded} of them decode, in {:?}", begin.elapsed());
	assert!(decoded * 20 > inputs, "{decoded} of {inputs} inputs decode");
}
