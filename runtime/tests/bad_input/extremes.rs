//! Extreme values of the types in the metadata, in SCALE.

use crate::support::transactions::signed;
use allora_runtime::{Address, Balance, RuntimeCall, UncheckedExtrinsic};
use codec::{Compact, Encode};
use scale_info::{form::PortableForm, Field, PortableRegistry, TypeDef, TypeDefPrimitive};
use sp_keyring::Sr25519Keyring::Alice;

/// The number of elements of the longest list.
const MANY: usize = 2_000;
/// The maximum length of a value in bytes, beyond which the longest list is left out.
const LONGEST: usize = 256 * 1_024;

/// The extreme values of a type: the least, the largest and some between, each variant of an
/// enumeration, and the shortest and the longest list.
pub fn extremes(types: &PortableRegistry, id: u32) -> Vec<Vec<u8>> {
	let ty = types.resolve(id).expect("every id has a type");
	match ty.path.segments.last().map_or("", String::as_str) {
		"RuntimeCall" => return calls().iter().map(Encode::encode).collect(),
		"UncheckedExtrinsic" => return transactions(),
		_ => (),
	}
	match &ty.type_def {
		TypeDef::Primitive(primitive) => of_primitive(primitive),
		TypeDef::Compact(compact) => {
			let numbers = extremes(types, compact.type_param.id);
			let number = |bytes: &Vec<u8>| {
				let bytes = [bytes.as_slice(), &[0; 16]].concat();
				bytes.first_chunk().map_or(0, |bytes| u128::from_le_bytes(*bytes))
			};
			let numbers = numbers.iter().map(|bytes| Compact(number(bytes)).encode());
			// And one of 17 bytes, which is none.
			numbers.chain([[&[0b0011_0111], [0xff; 17].as_slice()].concat()]).collect()
		}
		TypeDef::Sequence(sequence) => {
			let elements = extremes(types, sequence.type_param.id);
			let mut lists = vec![list(&[]), list(&elements)];
			if let Some(last) = elements.last().filter(|last| last.len() * MANY <= LONGEST) {
				lists.push(list(&vec![last.clone(); MANY]));
			}
			lists
		}
		TypeDef::Array(array) => {
			let elements = extremes(types, array.type_param.id);
			elements.iter().map(|element| element.repeat(array.len as usize)).collect()
		}
		TypeDef::Tuple(tuple) => {
			together(tuple.fields.iter().map(|field| extremes(types, field.id)).collect())
		}
		TypeDef::Composite(composite) => of_fields(types, &composite.fields),
		TypeDef::Variant(variant) => {
			let variants = variant.variants.iter().flat_map(|variant| {
				let values = of_fields(types, &variant.fields);
				values.into_iter().map(|value| [&[variant.index], value.as_slice()].concat())
			});
			// And one that there is not.
			variants.chain([vec![0xfe]]).collect()
		}
		TypeDef::BitSequence(_) => vec![vec![0]],
	}
}

fn of_primitive(primitive: &TypeDefPrimitive) -> Vec<Vec<u8>> {
	use TypeDefPrimitive::*;
	let width = match primitive {
		Bool => return vec![vec![0], vec![1], vec![2]],
		Str => return vec![list(&[]), list(&vec![vec![b'x']; MANY])],
		U8 | I8 => 1,
		U16 | I16 => 2,
		U32 | I32 | Char => 4,
		U64 | I64 => 8,
		U128 | I128 => 16,
		U256 | I256 => 32,
	};
	let one = |at: usize, byte: u8, rest: u8| {
		let mut bytes = vec![rest; width];
		bytes[at] = byte;
		bytes
	};
	// 0, 1, all bits, the largest and the least signed number.
	vec![
		vec![0; width],
		one(0, 1, 0),
		vec![0xff; width],
		one(width - 1, 0x7f, 0xff),
		one(width - 1, 0x80, 0),
	]
}

fn of_fields(types: &PortableRegistry, fields: &[Field<PortableForm>]) -> Vec<Vec<u8>> {
	together(fields.iter().map(|field| extremes(types, field.ty.id)).collect())
}

/// Values of several fields, the n-th of each, and the last of those that have fewer.
fn together(fields: Vec<Vec<Vec<u8>>>) -> Vec<Vec<u8>> {
	let count = fields.iter().map(Vec::len).max().unwrap_or(1);
	let nth = |n: usize, values: &Vec<Vec<u8>>| values.get(n).or(values.last()).cloned();
	(0..count)
		.map(|n| fields.iter().filter_map(|values| nth(n, values)).flatten().collect())
		.collect()
}

/// Calls: the smallest one, one of the largest number, and calls in calls.
fn calls() -> Vec<RuntimeCall> {
	let dest = Address::Id([0xff; 32].into());
	let largest = pallet_balances::Call::transfer_keep_alive { dest, value: Balance::MAX };
	let remark = RuntimeCall::from(frame_system::Call::remark { remark: vec![] });
	let nested = (0..10).fold(vec![remark.clone()], |calls, _| {
		vec![pallet_utility::Call::batch_all { calls }.into()]
	});
	[vec![remark, largest.into()], nested].concat()
}

/// Transactions: without a signature, signed with the largest tip, and bytes that are none.
fn transactions() -> Vec<Vec<u8>> {
	let bare = calls().into_iter().map(|call| UncheckedExtrinsic::new_bare(call).encode());
	let signed = calls().into_iter().map(|call| signed(&Alice.pair(), call, Balance::MAX).encode());
	bare.chain(signed).chain([vec![], vec![0], vec![4, 0xff], vec![0xff; 40]]).collect()
}

fn list(elements: &[Vec<u8>]) -> Vec<u8> {
	[Compact(elements.len() as u32).encode(), elements.concat()].concat()
}
