//! Arguments of any type in the metadata by a few patterns, so that together they are extreme in all
//! that a type can be: zero, one, the largest and the largest signed number; no, one and many
//! elements; each kind of account; and the variants of an enumeration in turn.

use codec::{Compact, Encode};
use scale_info::{form::PortableForm, Field, PortableRegistry, TypeDef, TypeDefPrimitive};
use sp_keyring::Sr25519Keyring::Alice;

/// The number of patterns.
pub const PATTERNS: usize = 12;
/// The numbers of elements of lists, by pattern.
const LENGTHS: [u32; PATTERNS] = [0, 1, 2, 0, 1, 16, 0, 1, 2, 0, 40, 1_000];
/// The maximum number of elements of lists in lists.
const NESTED: u32 = 2;

/// The fields of a call, one after the other.
pub fn fields(types: &PortableRegistry, fields: &[Field<PortableForm>], nth: usize) -> Vec<u8> {
	Pattern { types, nth, length: LENGTHS[nth] }.fields(fields)
}

/// A pattern of values.
#[derive(Clone, Copy)]
struct Pattern<'a> {
	types: &'a PortableRegistry,
	nth: usize,
	/// The number of elements of a list.
	length: u32,
}

impl Pattern<'_> {
	fn fields(&self, fields: &[Field<PortableForm>]) -> Vec<u8> {
		fields.iter().flat_map(|field| self.value(field.ty.id)).collect()
	}

	/// One of several, in another order than the numbers.
	fn choice(&self, count: usize) -> usize {
		(self.nth + self.nth / 4) % count
	}

	fn value(&self, id: u32) -> Vec<u8> {
		let ty = self.types.resolve(id).expect("every id has a type");
		match ty.path.segments.last().map_or("", String::as_str) {
			"AccountId32" => return self.account(),
			"MultiAddress" if self.nth % 6 != 5 => return [vec![0], self.account()].concat(),
			"RuntimeCall" => return self.call(),
			_ => (),
		}
		match &ty.type_def {
			TypeDef::Primitive(primitive) => self.primitive(primitive),
			TypeDef::Compact(compact) => {
				let mut number = self.value(compact.type_param.id);
				// Nothing is the compact form of nothing.
				if number.is_empty() {
					return vec![];
				}
				number.resize(16, 0);
				Compact(number.try_into().map_or(0, u128::from_le_bytes)).encode()
			}
			TypeDef::Sequence(sequence) => {
				let elements = Self { length: self.length.min(NESTED), ..*self };
				let element = elements.value(sequence.type_param.id);
				[Compact(self.length).encode(), element.repeat(self.length as usize)].concat()
			}
			TypeDef::Array(array) => self.value(array.type_param.id).repeat(array.len as usize),
			TypeDef::Tuple(tuple) => {
				tuple.fields.iter().flat_map(|field| self.value(field.id)).collect()
			}
			TypeDef::Composite(composite) => self.fields(&composite.fields),
			TypeDef::Variant(variant) if variant.variants.is_empty() => vec![],
			TypeDef::Variant(variant) => {
				let variant = &variant.variants[self.choice(variant.variants.len())];
				[vec![variant.index], self.fields(&variant.fields)].concat()
			}
			TypeDef::BitSequence(_) => vec![0],
		}
	}

	fn account(&self) -> Vec<u8> {
		match self.choice(3) {
			0 => vec![0; 32],
			1 => Alice.to_account_id().encode(),
			_ => vec![0xff; 32],
		}
	}

	/// A call in a call: one that anybody may make, one that takes money, and one of the root.
	fn call(&self) -> Vec<u8> {
		let dest = Alice.to_account_id().into();
		let call: allora_runtime::RuntimeCall = match self.choice(3) {
			0 => frame_system::Call::remark { remark: vec![] }.into(),
			1 => pallet_balances::Call::transfer_all { dest, keep_alive: false }.into(),
			_ => pallet_sudo::Call::remove_key {}.into(),
		};
		call.encode()
	}

	fn primitive(&self, primitive: &TypeDefPrimitive) -> Vec<u8> {
		use TypeDefPrimitive::*;
		let width = match primitive {
			Bool => return vec![(self.nth % 2) as u8],
			Str => return "x".repeat(self.length as usize).encode(),
			U8 | I8 => 1,
			U16 | I16 => 2,
			U32 | I32 | Char => 4,
			U64 | I64 => 8,
			U128 | I128 => 16,
			U256 | I256 => 32,
		};
		let (first, middle, last) = match self.nth % 4 {
			0 => (0, 0, 0),
			1 => (1, 0, 0),
			2 => (0xff, 0xff, 0xff),
			_ => (0xff, 0xff, 0x7f),
		};
		let mut bytes = vec![middle; width];
		bytes[width - 1] = last;
		bytes[0] = if width == 1 && first == 0xff { last } else { first };
		bytes
	}
}
