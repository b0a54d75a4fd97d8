//! What the table must reach: every call and every error of this workspace's pallets, by the
//! metadata; and what the docs of a call must name: every error of its pallet that it is refused
//! with.

use super::table::Table;
use crate::metadata::{is_own, metadata};
use frame_metadata::RuntimeMetadata;
use scale_info::TypeDef;
use std::{collections::BTreeSet, fmt};

/// Errors that no input reaches, as pallet and name, with the reason.
const UNREACHABLE: &[(&str, &str, &str)] = &[
	("Topics", "Arithmetic", "revenue and deposits are parts of the issuance"),
	("Clock", "NotOnDemand", "the consumer pallet orders openings of topics on demand only"),
	("Reputer", "TooManyUnsettled", "no topic is admitted with which the clock could be so late"),
];

/// A call or an error.
struct Named {
	pallet: String,
	name: String,
	/// The index of the pallet, and its own in the pallet.
	index: (u8, u8),
	docs: String,
}

/// What there is, and what the table has reached.
pub struct Coverage {
	counts: Vec<(&'static str, u32)>,
	calls: Vec<Named>,
	errors: Vec<Named>,
	reached_calls: BTreeSet<(u8, u8)>,
	reached_errors: BTreeSet<(u8, u8)>,
	refusals: BTreeSet<((u8, u8), (u8, u8))>,
}

/// What a table has reached.
pub fn of(table: &Table) -> Coverage {
	let RuntimeMetadata::V16(metadata) = metadata(16) else { panic!("metadata of version 16") };
	let (mut calls, mut errors) = (vec![], vec![]);
	for pallet in &metadata.pallets {
		let call = pallet.calls.as_ref().map(|calls| calls.ty.id);
		let error = pallet.error.as_ref().map(|error| error.ty.id);
		for (id, found) in [(call, &mut calls), (error, &mut errors)] {
			let ty = id.and_then(|id| metadata.types.resolve(id)).filter(|ty| is_own(ty));
			let Some(TypeDef::Variant(variants)) = ty.map(|ty| &ty.type_def) else { continue };
			found.extend(variants.variants.iter().map(|variant| Named {
				pallet: pallet.name.clone(),
				name: variant.name.clone(),
				index: (pallet.index, variant.index),
				docs: variant.docs.concat(),
			}));
		}
	}
	Coverage {
		counts: table.counts.iter().map(|(room, count)| (*room, *count)).collect(),
		calls,
		errors,
		reached_calls: table.calls.clone(),
		reached_errors: table.errors.clone(),
		refusals: table.refusals.clone(),
	}
}

impl Coverage {
	/// What the table should reach and does not, and errors that are said to be unreachable and are
	/// not, or are no errors.
	pub fn missing(&self) -> Vec<String> {
		let is_exception = |pallet: &str, name: &str| {
			UNREACHABLE.iter().any(|(of, error, _)| (*of, *error) == (pallet, name))
		};
		let mut missing = vec![];
		for Named { pallet, name, index, .. } in &self.calls {
			if !self.reached_calls.contains(index) {
				missing.push(format!("a case of the call {pallet}.{name}"));
			}
		}
		for Named { pallet, name, index, .. } in &self.errors {
			match (self.reached_errors.contains(index), is_exception(pallet, name)) {
				(false, false) => missing.push(format!("a case of the error {pallet}::{name}")),
				(true, true) => missing.push(format!("{pallet}::{name} is reached")),
				_ => (),
			}
		}
		for (pallet, name, _) in UNREACHABLE {
			if !self.errors.iter().any(|error| error.pallet == *pallet && error.name == *name) {
				missing.push(format!("{pallet}::{name} is no error"));
			}
		}
		missing.extend(self.unnamed());
		missing
	}

	/// The errors that a call is refused with, and that its docs do not name. Those of other pallets
	/// are not meant.
	fn unnamed(&self) -> impl Iterator<Item = String> + '_ {
		self.refusals.iter().filter(|(call, error)| call.0 == error.0).filter_map(
			|(call, error)| {
				let call = self.calls.iter().find(|found| found.index == *call)?;
				let error = self.errors.iter().find(|found| found.index == *error)?;
				let Named { pallet, name, .. } = call;
				(!self.names(call, &error.name))
					.then(|| format!("the error {} in the docs of {pallet}.{name}", error.name))
			},
		)
	}

	/// Whether the docs of a call name an error: themselves, by a call whose errors they refer to, or
	/// as one of a parameter out of range.
	fn names(&self, call: &Named, error: &str) -> bool {
		let (_, errors) = call.docs.split_once("## Errors").unwrap_or_default();
		let (errors, _) = errors.split_once("## Events").unwrap_or((errors, ""));
		let is_of_a_parameter = error.starts_with("Invalid") || error.starts_with("EpochToo");
		let refers = |other: &&Named| {
			let is_other = (&other.pallet, other.index) != (&call.pallet, call.index);
			is_other
				&& other.pallet == call.pallet
				&& errors.contains(&format!("Pallet::{}`", other.name))
		};
		errors.contains(&format!("Error::{error}`"))
			|| is_of_a_parameter && errors.contains("One for each parameter out of range")
			|| self.calls.iter().filter(refers).any(|other| self.names(other, error))
	}
}

impl fmt::Display for Coverage {
	fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
		let total: u32 = self.counts.iter().map(|(_, count)| count).sum();
		writeln!(f, "bad input: {total} cases")?;
		for (room, count) in &self.counts {
			writeln!(f, "  {room:<12}{count:>5}")?;
		}
		let reached = |named: &[Named], reached: &BTreeSet<_>| {
			named.iter().filter(|named| reached.contains(&named.index)).count()
		};
		let calls = reached(&self.calls, &self.reached_calls);
		let errors = reached(&self.errors, &self.reached_errors);
		writeln!(
			f,
			"  {calls} of {} calls and {errors} of {} errors of our pallets",
			self.calls.len(),
			self.errors.len()
		)?;
		for (pallet, name, reason) in UNREACHABLE {
			writeln!(f, "  {pallet}::{name} is reached by no input: {reason}")?;
		}
		Ok(())
	}
}
