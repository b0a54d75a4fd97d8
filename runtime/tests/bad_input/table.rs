//! The table: its cases, and what they have reached.

use crate::support::{
	begin_block_in, now,
	trace::{index_of, refusal_that_keeps, result_that_keeps, root, undone},
	transactions::signed,
};
use allora_runtime::{Executive, RuntimeCall, RuntimeOrigin, Timestamp};
use frame_support::assert_ok;
use sp_core::sr25519;
use sp_keyring::Sr25519Keyring;
use sp_runtime::{DispatchError, ModuleError};
use std::{
	collections::{BTreeMap, BTreeSet},
	panic::{catch_unwind, AssertUnwindSafe},
	sync::Mutex,
};

/// The cases that have been tried, by room.
#[derive(Default)]
pub struct Table {
	/// The room whose cases are being tried.
	room: &'static str,
	/// The root of the storage in the block of the cases, which no case changes.
	root: Vec<u8>,
	/// The number of cases per room.
	pub counts: BTreeMap<&'static str, u32>,
	/// The cases that did not go as they should, in words.
	pub failures: Vec<String>,
	/// The calls that have a case, by pallet and call.
	pub calls: BTreeSet<(u8, u8)>,
	/// The errors of pallets that a case has reached, by pallet and error.
	pub errors: BTreeSet<(u8, u8)>,
	/// The calls that a case has reached an error of a pallet by, each with the error.
	pub refusals: BTreeSet<((u8, u8), (u8, u8))>,
}

impl Table {
	/// A table whose next cases are those of this room.
	pub fn of(room: &'static str) -> Self {
		Self { room, ..Self::default() }
	}

	/// Adds the cases of another table.
	pub fn add(&mut self, other: Self) {
		for (room, count) in other.counts {
			*self.counts.entry(room).or_default() += count;
		}
		self.failures.extend(other.failures);
		self.calls.extend(other.calls);
		self.errors.extend(other.errors);
		self.refusals.extend(other.refusals);
	}

	/// The number of all cases.
	pub fn total(&self) -> u32 {
		self.counts.values().sum()
	}

	/// Counts a case, and notes its failure unless `check` returns.
	pub fn case(&mut self, what: &str, check: impl FnOnce()) {
		*self.counts.entry(self.room).or_default() += 1;
		if let Err(panic) = catch_unwind(AssertUnwindSafe(check)) {
			let text = panic.downcast_ref::<String>().cloned();
			let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| text.to_string()));
			self.failures.push(format!("{}: {what}: {}", self.room, text.unwrap_or_default()));
		}
	}

	/// A call of an account is refused with this error, both when it is dispatched and in a
	/// transaction, and changes nothing but what a transaction costs.
	pub fn signed(
		&mut self,
		what: &str,
		who: Sr25519Keyring,
		call: impl Into<RuntimeCall>,
		error: impl Into<DispatchError>,
	) {
		let (call, error) = (call.into(), error.into());
		self.note(&call, &error);
		let before = self.root.clone();
		self.case(what, || {
			let origin = RuntimeOrigin::signed(who.to_account_id());
			assert_eq!(refusal_that_keeps(&before, &call, origin), Some(error), "dispatched");
			let transaction = signed(&pair(who), call, 0);
			let result = result_that_keeps(&before, &who.to_account_id(), transaction);
			assert_eq!(result, Ok(Err(error)), "in a transaction");
		});
	}

	/// A call of this origin is refused with this error and changes nothing.
	pub fn by(
		&mut self,
		what: &str,
		origin: RuntimeOrigin,
		call: impl Into<RuntimeCall>,
		error: impl Into<DispatchError>,
	) {
		let (call, error) = (call.into(), error.into());
		self.note(&call, &error);
		let before = self.root.clone();
		self.case(what, || {
			assert_eq!(refusal_that_keeps(&before, &call, origin), Some(error));
		});
	}

	/// Neither an unsigned call nor a signed one of any account may do this.
	pub fn only_privileged(&mut self, what: &str, call: impl Into<RuntimeCall>) {
		let call = call.into();
		self.signed(what, Sr25519Keyring::Eve, call.clone(), DispatchError::BadOrigin);
		self.by(what, RuntimeOrigin::none(), call, DispatchError::BadOrigin);
	}

	/// Only an account may do this: neither nobody nor the root.
	pub fn only_accounts(&mut self, what: &str, call: impl Into<RuntimeCall>) {
		let call = call.into();
		self.by(what, RuntimeOrigin::none(), call.clone(), DispatchError::BadOrigin);
		self.by(what, RuntimeOrigin::root(), call, DispatchError::BadOrigin);
	}

	/// The root of the storage in the block of the cases, which no case changes.
	pub fn root(&self) -> &[u8] {
		&self.root
	}

	/// Notes which call a case is about, and which error it reaches.
	fn note(&mut self, call: &RuntimeCall, error: &DispatchError) {
		self.calls.insert(index_of(call));
		if let DispatchError::Module(ModuleError { index, error: [error, ..], .. }) = error {
			self.errors.insert((*index, *error));
			self.refusals.insert((index_of(call), (*index, *error)));
		}
	}

	/// Tries cases in the next block. Nothing of that stays.
	pub fn in_block(&mut self, cases: impl FnOnce(&mut Self)) {
		self.supposing(|| (), cases);
	}

	/// Makes blocks, then tries cases in the next block. Nothing of that stays.
	pub fn supposing(&mut self, blocks: impl FnOnce(), cases: impl FnOnce(&mut Self)) {
		undone(|| {
			blocks();
			let time = begin_block_in(now() + 1);
			assert_ok!(Timestamp::set(RuntimeOrigin::none(), time));
			Executive::inherents_applied();
			self.root = root();
			cases(self);
		});
	}
}

/// The key of an account, which takes long to derive without optimization.
fn pair(who: Sr25519Keyring) -> sr25519::Pair {
	static PAIRS: Mutex<BTreeMap<[u8; 32], sr25519::Pair>> = Mutex::new(BTreeMap::new());
	let mut pairs = PAIRS.lock().expect("deriving does not fail");
	pairs.entry(who.to_raw_public()).or_insert_with(|| who.pair()).clone()
}
