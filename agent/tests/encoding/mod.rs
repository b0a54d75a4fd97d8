//! Values of the chain as the agent decodes them.

use allora_agent::chain as agent;
use allora_primitives::FixedI128;
use codec::Encode;
use scale_info::{MetaType, PortableRegistry, Registry, TypeInfo};
use sp_core::crypto::AccountId32;
use subxt::ext::scale_decode::DecodeAsType;

/// The metadata of a type.
pub fn metadata<T: TypeInfo + 'static>() -> (u32, PortableRegistry) {
	let mut registry = Registry::new();
	let id = registry.register_type(&MetaType::new::<T>()).id;
	(id, registry.into())
}

/// The value that the agent decodes from one that the chain returns.
pub fn read<T: TypeInfo + Encode + 'static, Own: DecodeAsType>(returned: &T) -> Own {
	let (id, registry) = metadata::<T>();
	let bytes = returned.encode();
	let mut rest = &bytes[..];
	let value = Own::decode_as_type(&mut rest, id, &registry).unwrap();
	assert!(rest.is_empty());
	value
}

pub fn account(byte: u8) -> AccountId32 {
	AccountId32::new([byte; 32])
}

/// A number of the chain as the agent has it.
pub fn to_fixed(value: f64) -> i128 {
	agent::to_fixed(value).unwrap()
}

pub fn fixed(value: f64) -> FixedI128 {
	FixedI128::from_inner(to_fixed(value))
}
