//! New inputs: calls made after the types in the metadata, and changes of inputs that are known.

use super::target::{Step, ACCOUNTS, STEPS};
use crate::{
	metadata::{is_own, metadata},
	simulation::{
		values::{self, once_in},
		world, Random,
	},
};
use allora_primitives::{EpochId, Slot, TopicId, ALLO};
use allora_runtime::RuntimeCall;
use codec::{Compact, DecodeLimit, Encode};
use frame_metadata::RuntimeMetadata;
use rand::{seq::IndexedRandom, Rng};
use scale_info::{form::PortableForm, Field, PortableRegistry, TypeDef, TypeDefPrimitive};

/// The depth of calls in calls.
const NESTING: u32 = 3;

/// What is worth naming in an argument.
#[derive(Clone, Default)]
pub struct Known {
	/// Epochs on record, and the current slot.
	epochs: Vec<EpochId>,
	/// Hashes of bundles.
	hashes: Vec<[u8; 32]>,
}

impl Known {
	/// What there is on the chain.
	pub fn look() -> Self {
		let topics: Vec<TopicId> = world::topics().iter().map(|topic| topic.topic).collect();
		let mut epochs = vec![world::now()];
		let mut hashes = vec![];
		for topic in topics {
			epochs.extend(world::collecting_epoch(topic));
			epochs.extend(world::revealing_epoch(topic));
			for (epoch, _) in world::epochs(topic) {
				epochs.push(epoch);
				hashes.extend(world::report_shape(topic, epoch).map(|(hash, _)| hash.0));
			}
		}
		Self { epochs, hashes }
	}
}

/// Makes inputs.
pub struct Generator {
	types: PortableRegistry,
	/// The pallets: whether it is ours, its index, and the type of its calls.
	pallets: Vec<(bool, u8, u32)>,
	known: Known,
}

impl Generator {
	/// A generator of calls that name what is known.
	pub fn new(known: Known) -> Self {
		let RuntimeMetadata::V16(metadata) = metadata(16) else { panic!("metadata of version 16") };
		let types = metadata.types;
		let of = |id: u32| types.resolve(id).expect("every id has a type");
		let pallets = metadata.pallets.iter().filter_map(|pallet| {
			let id = pallet.calls.as_ref()?.ty.id;
			Some((is_own(of(id)), pallet.index, id))
		});
		let pallets = pallets.collect();
		Self { types, pallets, known }
	}

	/// A new input.
	pub fn steps(&self, random: &mut Random) -> Vec<Step> {
		let count = random.random_range(1..=STEPS / 2);
		(0..count).map(|_| self.step(random)).collect()
	}

	/// A changed input, which may have parts of another one.
	pub fn changed(&self, steps: &[Step], other: &[Step], random: &mut Random) -> Vec<Step> {
		let mut steps = steps.to_vec();
		for _ in 0..random.random_range(1..4) {
			let at = random.random_range(0..=steps.len());
			match random.random_range(0..8) {
				0..=1 => steps.insert(at, self.step(random)),
				2 if at < steps.len() => {
					steps.remove(at);
				}
				3 if at < steps.len() => steps.insert(at, steps[at].clone()),
				4 => {
					steps.truncate(at);
					let from = random.random_range(0..=other.len());
					steps.extend_from_slice(&other[from..]);
				}
				5 if at < steps.len() => steps[at].advance = random.random_range(0..12),
				6 if at < steps.len() => steps[at].origin = self.origin(random),
				_ if at < steps.len() => steps[at].call = bent(&steps[at].call, random),
				_ => (),
			}
		}
		steps.truncate(STEPS);
		steps
	}

	fn step(&self, random: &mut Random) -> Step {
		let advance = if once_in(random, 3) { random.random_range(1..12) } else { 0 };
		Step { advance, origin: self.origin(random), call: self.call(random) }
	}

	fn origin(&self, random: &mut Random) -> u8 {
		let most = ACCOUNTS.len() as u8 + 1;
		if once_in(random, 8) {
			most
		} else {
			random.random_range(0..most)
		}
	}

	/// A call of a pallet, of ours mostly.
	pub fn call(&self, random: &mut Random) -> RuntimeCall {
		loop {
			let bytes = self.bytes_of_call(random, 0);
			let call = RuntimeCall::decode_all_with_depth_limit(32, &mut &bytes[..]);
			if let Ok(call) = call {
				return call;
			}
		}
	}

	fn bytes_of_call(&self, random: &mut Random, nesting: u32) -> Vec<u8> {
		let own = !once_in(random, 4);
		let pallets: Vec<_> = self.pallets.iter().filter(|(is_own, ..)| *is_own == own).collect();
		let (_, index, calls) = pallets.choose(random).expect("there are pallets of both kinds");
		[vec![*index], self.value(*calls, "", nesting, random)].concat()
	}

	/// A value of a type, for a field of this name.
	fn value(&self, id: u32, name: &str, nesting: u32, random: &mut Random) -> Vec<u8> {
		let ty = self.types.resolve(id).expect("every id has a type");
		let last = ty.path.segments.last().map_or("", String::as_str);
		match last {
			"AccountId32" => return account(random),
			"MultiAddress" if !once_in(random, 30) => return [vec![0], account(random)].concat(),
			"RuntimeCall" if nesting >= NESTING => return vec![0, 0, 0],
			"RuntimeCall" => return self.bytes_of_call(random, nesting + 1),
			"TopicParameters" if !once_in(random, 6) => return values::parameters(random).encode(),
			"TopicUpdate" if !once_in(random, 6) => return values::update(random).encode(),
			"H256" if !self.known.hashes.is_empty() && random.random() => {
				return self.known.hashes.choose(random).expect("there is one").to_vec()
			}
			"FixedI128" => return fixed(random).encode(),
			_ => (),
		}
		match &ty.type_def {
			TypeDef::Primitive(primitive) => self.primitive(primitive, name, random),
			TypeDef::Compact(compact) => {
				let mut number = self.value(compact.type_param.id, name, nesting, random);
				number.resize(16, 0);
				let number = number.try_into().map_or(0, u128::from_le_bytes);
				Compact(number).encode()
			}
			TypeDef::Sequence(sequence) => {
				let count = if once_in(random, 20) { 40 } else { random.random_range(0..4u32) };
				let elements = (0..count)
					.flat_map(|_| self.value(sequence.type_param.id, name, nesting, random));
				let elements: Vec<u8> = elements.collect();
				[Compact(count).encode(), elements].concat()
			}
			TypeDef::Array(array) => (0..array.len)
				.flat_map(|_| self.value(array.type_param.id, name, nesting, random))
				.collect(),
			TypeDef::Tuple(tuple) => tuple
				.fields
				.iter()
				.flat_map(|field| self.value(field.id, name, nesting, random))
				.collect(),
			TypeDef::Composite(composite) => self.fields(&composite.fields, name, nesting, random),
			TypeDef::Variant(variant) => {
				let Some(chosen) = variant.variants.choose(random) else { return vec![] };
				[vec![chosen.index], self.fields(&chosen.fields, name, nesting, random)].concat()
			}
			TypeDef::BitSequence(_) => vec![0],
		}
	}

	fn fields(
		&self,
		fields: &[Field<PortableForm>],
		name: &str,
		nesting: u32,
		random: &mut Random,
	) -> Vec<u8> {
		let value = |field: &Field<PortableForm>| {
			self.value(field.ty.id, field.name.as_deref().unwrap_or(name), nesting, random)
		};
		fields.iter().flat_map(value).collect()
	}

	fn primitive(&self, primitive: &TypeDefPrimitive, name: &str, random: &mut Random) -> Vec<u8> {
		use TypeDefPrimitive::*;
		let small = |random: &mut Random| match random.random_range(0..12) {
			0 => u128::MAX,
			1 => random.random(),
			2 => 0,
			_ => random.random_range(0..40),
		};
		let number = match primitive {
			Bool => return vec![random.random_range(0..2)],
			Str => return "text".encode(),
			U8 | I8 => return vec![random.random()],
			U64 if name.contains("topic") => match once_in(random, 20) {
				true => random.random(),
				false => random.random_range(1..6u64).into(),
			},
			U64 if name.contains("epoch") => {
				let near: Slot = *self.known.epochs.choose(random).expect("there is the slot");
				u128::from(near) + if once_in(random, 4) { random.random_range(0..30) } else { 0 }
			}
			U128 => match random.random_range(0..6) {
				0 => values::amount(random),
				1 => ALLO / 10,
				_ => values::affordable_amount(random),
			},
			_ => small(random),
		};
		let width = match primitive {
			U16 | I16 => 2,
			U32 | I32 | Char => 4,
			U64 | I64 => 8,
			_ => 16,
		};
		let mut bytes = number.to_le_bytes().to_vec();
		bytes.resize(width, 0);
		bytes
	}
}

fn account(random: &mut Random) -> Vec<u8> {
	match once_in(random, 30) {
		true => random.random::<[u8; 32]>().to_vec(),
		false => ACCOUNTS.choose(random).expect("there are some").to_account_id().encode(),
	}
}

/// A number in units of 10^-18.
fn fixed(random: &mut Random) -> i128 {
	let one = 1_000_000_000_000_000_000;
	match random.random_range(0..10) {
		0 => i128::MAX,
		1 => i128::MIN,
		2 => 0,
		3 => random.random_range(-1_000..1_000) * one,
		4 => 1_000_000_000_000_000 * one,
		_ => random.random_range(0..20) * one / 2,
	}
}

/// The call with some of its bytes changed, or the call itself if that does not decode.
fn bent(call: &RuntimeCall, random: &mut Random) -> RuntimeCall {
	let mut bytes = call.encode();
	for _ in 0..random.random_range(1..4) {
		let at = random.random_range(1..bytes.len());
		bytes[at] =
			*[0, 1, 0x7f, 0x80, 0xff, random.random()].choose(random).expect("there are some");
	}
	RuntimeCall::decode_all_with_depth_limit(32, &mut &bytes[..]).unwrap_or_else(|_| call.clone())
}
