//! The metadata as clients read it: each test excludes a kind of shape that some client cannot
//! show.

use crate::support::preset::preset;
use allora_runtime::{Runtime, ALLO, VERSION};
use codec::Decode;
use frame_metadata::{RuntimeMetadata, RuntimeMetadataPrefixed};
use merkleized_metadata::{generate_metadata_digest, ExtraInfo};
use scale_info::{form::PortableForm, Field, PortableRegistry, Type, TypeDef, TypeDefPrimitive};
use sp_core::H256;
use std::collections::{BTreeMap, HashSet};

/// The runtime's metadata of this version.
pub fn metadata(version: u32) -> RuntimeMetadata {
	// Some constants are read from storage.
	let encoded = preset("development").execute_with(|| Runtime::metadata_at_version(version));
	let encoded = encoded.expect("the version is served");
	RuntimeMetadataPrefixed::decode(&mut &encoded[..]).expect("metadata decodes").1
}

/// The types of the newest metadata, which are a superset of those of older ones.
fn types() -> PortableRegistry {
	match metadata(16) {
		RuntimeMetadata::V16(metadata) => metadata.types,
		_ => panic!("metadata of version 16"),
	}
}

fn type_of(types: &PortableRegistry, id: u32) -> &Type<PortableForm> {
	types.resolve(id).expect("every id has a type")
}

/// A type's fields, of all its variants together.
fn fields(ty: &Type<PortableForm>) -> Vec<&Field<PortableForm>> {
	match &ty.type_def {
		TypeDef::Composite(composite) => composite.fields.iter().collect(),
		TypeDef::Variant(variant) => {
			variant.variants.iter().flat_map(|variant| &variant.fields).collect()
		}
		_ => vec![],
	}
}

/// Crates whose types are the SDK's to name, by the first part of their names or in whole.
const FOREIGN: [&str; 5] =
	["bounded_collections", "finality_grandpa", "frame_", "primitive_types", "sp_"];
/// The SDK's pallets.
const FOREIGN_PALLETS: [&str; 31] = [
	"pallet_babe",
	"pallet_bags_list",
	"pallet_balances",
	"pallet_beefy",
	"pallet_beefy_mmr",
	"pallet_collective",
	"pallet_conviction_voting",
	"pallet_delegated_staking",
	"pallet_grandpa",
	"pallet_identity",
	"pallet_migrations",
	"pallet_mmr",
	"pallet_multisig",
	"pallet_nomination_pools",
	"pallet_offences",
	"pallet_parameters",
	"pallet_preimage",
	"pallet_proxy",
	"pallet_referenda",
	"pallet_safe_mode",
	"pallet_scheduler",
	"pallet_session",
	"pallet_staking",
	"pallet_sudo",
	"pallet_timestamp",
	"pallet_transaction_payment",
	"pallet_treasury",
	"pallet_tx_pause",
	"pallet_utility",
	"pallet_vesting",
	"pallet_whitelist",
];

/// Whether this workspace declares the type.
pub fn is_own(ty: &Type<PortableForm>) -> bool {
	ty.path.segments.first().is_some_and(|crate_name| {
		// A path of one part is the standard library's.
		ty.path.segments.len() > 1
			&& !FOREIGN.iter().any(|foreign| crate_name.starts_with(foreign))
			&& !FOREIGN_PALLETS.contains(&crate_name.as_str())
	})
}

/// Names that polkadot.js has no access to as names of fields, in the spelling of Rust.
///
/// It builds structs as JavaScript maps and the data of events as arrays, and gives a field a
/// property of its name unless the map or array has one. The list is what the prototypes of
/// `Struct` and `GenericEventData` in @polkadot/types 16.5.6 have; the end-to-end test reads it
/// from them.
const UNREACHABLE: &str =
	"at clear concat constructor copy_within created_at_hash def_keys delete \
	encoded_length entries eq every fill filter find find_index find_last find_last_index flat \
	flat_map for_each get get_at_index get_t has has_own_property hash includes index_of \
	initial_u8a_length inspect inspect_inner is_empty is_prototype_of is_storage_fallback join keys \
	last_index_of length map meta method names new pop property_is_enumerable push reduce \
	reduce_right registry reverse section set shift size slice some sort splice to_array to_hex \
	to_human to_json to_locale_string to_primitive to_raw_type to_reversed to_sorted to_spliced \
	to_string to_u8a to_u8a_inner type type_def types unshift value_of values with";

#[test]
fn no_field_has_the_name_of_a_method_of_the_clients_maps_and_arrays() {
	let unreachable: HashSet<_> = UNREACHABLE.split_whitespace().collect();
	let mut seen = 0;
	for ty in types().types.iter().map(|ty| &ty.ty).filter(|ty| is_own(ty)) {
		for name in fields(ty).into_iter().filter_map(|field| field.name.as_ref()) {
			assert!(!unreachable.contains(name.as_str()), "{}: {name}", ty.path);
			seen += 1;
		}
	}
	assert!(seen > 200, "{seen} fields");
}

/// The name that polkadot.js gives a type of this path; `None` if it gives none.
fn client_name(ty: &Type<PortableForm>) -> Option<String> {
	/// Types that it recognizes by the last part of the path.
	const WRAPPERS: [&str; 14] = [
		"BoundedBTreeMap",
		"BoundedBTreeSet",
		"BoundedVec",
		"Box",
		"BTreeMap",
		"BTreeSet",
		"Cow",
		"Option",
		"Range",
		"RangeInclusive",
		"Result",
		"WeakBoundedVec",
		"WrapperKeepOpaque",
		"WrapperOpaque",
	];
	const LEFT_OUT: [&str; 5] = ["generic", "misc", "pallet", "traits", "types"];
	let last = ty.path.segments.last()?;
	if WRAPPERS.contains(&last.as_str()) {
		return None;
	}
	let plain: Vec<_> =
		ty.path.segments.iter().map(|part| part.replace('_', "").to_lowercase()).collect();
	let kept = plain.iter().enumerate().filter(|(at, part)| {
		(*at != 1 || !LEFT_OUT.contains(&part.as_str())) && plain.get(at + 1) != Some(part)
	});
	Some(kept.map(|(_, part)| part.as_str()).collect())
}

/// Whether two types have the same shape; `assumed` are the pairs that are being compared.
fn same(types: &PortableRegistry, a: u32, b: u32, assumed: &mut HashSet<(u32, u32)>) -> bool {
	if a == b || !assumed.insert((a, b)) {
		return true;
	}
	let same_fields = |a: &[Field<PortableForm>], b: &[Field<PortableForm>], assumed: &mut _| {
		a.len() == b.len()
			&& a.iter()
				.zip(b)
				.all(|(a, b)| a.name == b.name && same(types, a.ty.id, b.ty.id, assumed))
	};
	match (&type_of(types, a).type_def, &type_of(types, b).type_def) {
		(TypeDef::Composite(a), TypeDef::Composite(b)) => {
			same_fields(&a.fields, &b.fields, assumed)
		}
		(TypeDef::Variant(a), TypeDef::Variant(b)) => {
			a.variants.len() == b.variants.len()
				&& a.variants.iter().zip(&b.variants).all(|(a, b)| {
					(&a.name, a.index) == (&b.name, b.index)
						&& same_fields(&a.fields, &b.fields, assumed)
				})
		}
		(TypeDef::Sequence(a), TypeDef::Sequence(b)) => {
			same(types, a.type_param.id, b.type_param.id, assumed)
		}
		(TypeDef::Array(a), TypeDef::Array(b)) => {
			a.len == b.len && same(types, a.type_param.id, b.type_param.id, assumed)
		}
		(TypeDef::Tuple(a), TypeDef::Tuple(b)) => {
			a.fields.len() == b.fields.len()
				&& a.fields.iter().zip(&b.fields).all(|(a, b)| same(types, a.id, b.id, assumed))
		}
		(TypeDef::Compact(a), TypeDef::Compact(b)) => {
			same(types, a.type_param.id, b.type_param.id, assumed)
		}
		(a, b) => a == b,
	}
}

/// Whether the types have a parameter that is different in each of them.
fn differ_by_a_parameter(types: &[&Type<PortableForm>]) -> bool {
	let parameters = types.iter().map(|ty| ty.type_params.len()).min().unwrap_or_default();
	(0..parameters).any(|at| {
		let values: HashSet<_> = types
			.iter()
			.filter_map(|ty| ty.type_params[at].ty.as_ref().map(|parameter| parameter.id))
			.collect();
		values.len() == types.len()
	})
}

#[test]
fn types_of_the_same_name_have_the_same_shape_or_differ_by_a_parameter() {
	let types = types();
	let mut by_name = BTreeMap::<String, Vec<u32>>::new();
	for ty in &types.types {
		if let Some(name) = client_name(&ty.ty) {
			by_name.entry(name).or_default().push(ty.id);
		}
	}
	assert!(by_name.len() > 300, "{} names", by_name.len());
	for (name, ids) in by_name {
		let alike = ids.iter().all(|id| same(&types, ids[0], *id, &mut HashSet::new()));
		let of_name: Vec<_> = ids.iter().map(|id| type_of(&types, *id)).collect();
		assert!(alike || differ_by_a_parameter(&of_name), "{name}: types {ids:?}");
	}
}

/// Which values of a type, or of its fields, are entered in units that people do not think in.
#[derive(Clone, Copy, Default)]
struct Typed {
	planck: bool,
	fractions: bool,
}

fn typed(types: &PortableRegistry, id: u32, seen: &mut HashSet<u32>) -> Typed {
	let ty = type_of(types, id);
	if ty.path.segments.last().is_some_and(|name| name == "FixedI128") {
		return Typed { planck: false, fractions: true };
	}
	// A call inside of a call states its units itself.
	let is_call = ty.path.segments.last().is_some_and(|name| name == "RuntimeCall");
	if is_call || !seen.insert(id) {
		return Typed::default();
	}
	let parts: Vec<u32> = match &ty.type_def {
		TypeDef::Primitive(primitive) => {
			let planck = matches!(primitive, TypeDefPrimitive::U128);
			return Typed { planck, fractions: false };
		}
		TypeDef::Sequence(sequence) => vec![sequence.type_param.id],
		TypeDef::Array(array) => vec![array.type_param.id],
		TypeDef::Compact(compact) => vec![compact.type_param.id],
		TypeDef::Tuple(tuple) => tuple.fields.iter().map(|field| field.id).collect(),
		_ => fields(ty).iter().map(|field| field.ty.id).collect(),
	};
	parts.into_iter().map(|part| typed(types, part, seen)).fold(Typed::default(), |a, b| Typed {
		planck: a.planck || b.planck,
		fractions: a.fractions || b.fractions,
	})
}

/// Fails unless the first paragraph states the units of such values, each with an example.
fn assert_says_units(what: &str, docs: &[String], typed: Typed) {
	let paragraph = docs.iter().take_while(|line| !line.trim().is_empty());
	let text = paragraph.map(|line| line.trim()).collect::<Vec<_>>().join(" ");
	if typed.planck {
		assert!(text.contains("1 ALLO is 10,000,000,000 planck"), "{what}: {text}");
	}
	if typed.fractions {
		let example = text.contains("units of 10^-18") && text.contains("0000000000000");
		assert!(example, "{what}: {text}");
	}
}

#[test]
fn first_paragraph_of_calls_and_fields_states_the_units() {
	let types = types();
	let mut said = 0;
	for ty in types.types.iter().map(|ty| &ty.ty).filter(|ty| is_own(ty)) {
		let (TypeDef::Variant(calls), Some("Call")) =
			(&ty.type_def, ty.path.segments.last().map(String::as_str))
		else {
			continue;
		};
		for call in &calls.variants {
			for field in &call.fields {
				let mut inside = HashSet::new();
				let units = typed(&types, field.ty.id, &mut inside);
				said += u32::from(units.planck) + u32::from(units.fractions);
				assert_says_units(&format!("{}: {}", ty.path, call.name), &call.docs, units);
				let structs = inside.iter().map(|id| type_of(&types, *id));
				for part in structs.filter(|ty| is_own(ty)) {
					for field in fields(part) {
						let what = format!("{}: {:?}", part.path, field.name);
						let units = typed(&types, field.ty.id, &mut HashSet::new());
						assert_says_units(&what, &field.docs, units);
					}
				}
			}
		}
	}
	// Amounts: create, fund, stake, unstake. Fractions: create, update, two in submit, report.
	assert!(said >= 9, "{said} arguments");
}

#[test]
fn bounds_of_pages_are_constants_in_the_metadata() {
	let RuntimeMetadata::V16(metadata) = metadata(16) else { panic!("metadata of version 16") };
	let topics = metadata.pallets.iter().find(|pallet| pallet.name == "Topics");
	let constants = &topics.expect("the registry is a pallet").constants;
	for (name, expected) in
		[("MaxTopicPage", 64u32), ("MaxEpochPage", 64), ("MaxListPage", 256), ("MaxWalk", 1_024)]
	{
		let constant = constants.iter().find(|constant| constant.name == name);
		let constant = constant.unwrap_or_else(|| panic!("{name} is a constant"));
		assert_eq!(u32::decode(&mut &constant.value[..]), Ok(expected), "{name}");
		assert!(!constant.docs.is_empty(), "{name} has no docs");
	}
}

#[test]
fn methods_of_the_protocols_apis_are_documented() {
	let RuntimeMetadata::V16(metadata) = metadata(16) else { panic!("metadata of version 16") };
	let mut methods = 0;
	for api in [
		"TopicsApi",
		"AggregationApi",
		"ProofsApi",
		"ExplainApi",
		"EmissionsApi",
		"ReputerApi",
		"ConsumerApi",
		"MonitoringApi",
	] {
		let declared = metadata.apis.iter().find(|declared| declared.name == api);
		for method in &declared.unwrap_or_else(|| panic!("no {api}")).methods {
			assert!(!method.docs.is_empty(), "{api}.{}", method.name);
			methods += 1;
		}
	}
	assert!(methods > 40, "{methods} methods");
}

#[test]
fn metadata_hash_in_the_wasm_is_that_of_the_runtime() {
	let info = ExtraInfo {
		spec_version: VERSION.spec_version,
		spec_name: VERSION.spec_name.to_string(),
		base58_prefix: <Runtime as frame_system::Config>::SS58Prefix::get(),
		decimals: ALLO.ilog10() as u8,
		token_symbol: "ALLO".into(),
	};
	let digest = generate_metadata_digest(&metadata(15), info).expect("metadata has a digest");
	let hash = format!("{:?}", H256(digest.hash()));
	assert_eq!(
		include_str!("../metadata-hash").trim(),
		hash,
		"calls, extensions or the version have changed: put the new hash into runtime/metadata-hash"
	);
}
