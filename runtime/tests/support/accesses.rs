//! The storage keys that a call reads and writes, whatever the block before it has read or written.

use allora_runtime::Runtime;
use frame_support::{
	storage::{storage_prefix, transactional::TRANSACTION_LEVEL_KEY},
	weights::Weight,
};
use sp_core::storage::{ChildInfo, StateVersion, TrackedStorageKey};
use sp_externalities::{
	set_and_run_with_externalities, with_externalities, Error, Extension, ExtensionStore,
	Externalities, MultiRemovalResults,
};
use sp_io::hashing::twox_128;
use std::{
	any::{Any, TypeId},
	collections::BTreeSet,
	panic::{catch_unwind, resume_unwind, AssertUnwindSafe},
};

/// Storage keys.
type Keys = BTreeSet<Vec<u8>>;

/// The keys that have been read and written.
pub struct Accesses {
	reads: Keys,
	writes: Keys,
	/// The number of values that were removed by their prefix.
	removed: u32,
}

impl Accesses {
	/// Whether nothing that has been written remains, but FRAME's count of open storage layers.
	pub fn leave_no_trace(&self) -> bool {
		self.removed == 0 && self.writes.iter().all(|key| key == TRANSACTION_LEVEL_KEY)
	}

	/// The numbers of reads and of writes, without those that a block has anyway and that benchmarks
	/// do not count either: of the system pallet's records of the block, of the slot and the total
	/// issuance, of this key, the signer's account, and of what the filter of calls reads.
	pub fn counted(&self, account: Option<&[u8]>) -> (u64, u64) {
		let accounts = storage_prefix(b"System", b"Account");
		let left_out = ["System", "SafeMode", "TxPause"].map(|pallet| twox_128(pallet.as_bytes()));
		let of_block = [
			pallet_babe::CurrentSlot::<Runtime>::hashed_key(),
			pallet_balances::TotalIssuance::<Runtime>::hashed_key(),
		];
		let counts = |key: &&Vec<u8>| {
			if key.starts_with(&accounts) {
				return account != Some(key.as_slice());
			}
			let of_block = key.starts_with(b":") || of_block.iter().any(|of| of == key.as_slice());
			!of_block && !left_out.iter().any(|pallet| key.starts_with(pallet))
		};
		let count = |keys: &Keys| keys.iter().filter(counts).count() as u64;
		(count(&self.reads), count(&self.writes) + u64::from(self.removed))
	}
}

/// Returns the weight of this many reads and writes, by the runtime's weights of the database.
pub fn cost((reads, writes): (u64, u64)) -> Weight {
	<Runtime as frame_system::Config>::DbWeight::get().reads_writes(reads, writes)
}

/// Runs a closure, and returns its result and its accesses. Writes that are rolled back do not count.
pub fn of<R>(inside: impl FnOnce() -> R) -> (R, Accesses) {
	with_counting(true, inside)
}

/// Runs a closure, and if it panics, rolls back the transactions that it leaves open.
pub fn isolated<R>(inside: impl FnOnce() -> R) -> R {
	with_counting(false, inside).0
}

fn with_counting<R>(notes: bool, inside: impl FnOnce() -> R) -> (R, Accesses) {
	let run = |inner: &mut dyn Externalities| {
		let writes = vec![Keys::new()];
		let mut counting = Counting { inner, notes, reads: Keys::new(), removed: 0, writes };
		let result = set_and_run_with_externalities(&mut counting, || {
			catch_unwind(AssertUnwindSafe(inside))
		});
		if let Err(panic) = result {
			for _ in 1..counting.writes.len() {
				counting.inner.storage_rollback_transaction().expect("it is open");
			}
			return Err(panic);
		}
		let writes = counting.writes.into_iter().flatten().collect();
		let (reads, removed) = (counting.reads, counting.removed);
		result.map(|result| (result, Accesses { reads, writes, removed }))
	};
	match with_externalities(run).expect("there are externalities") {
		Ok(counted) => counted,
		Err(panic) => resume_unwind(panic),
	}
}

/// Externalities that note the keys.
struct Counting<'a> {
	inner: &'a mut dyn Externalities,
	/// Whether keys are noted. Transactions are counted in any case.
	notes: bool,
	reads: Keys,
	removed: u32,
	/// What has been written in each open transaction, and outside of them.
	writes: Vec<Keys>,
}

impl Counting<'_> {
	/// Notes a read, unless the value is known from a write.
	fn reads(&mut self, key: &[u8]) {
		if self.notes && !self.writes.iter().any(|keys| keys.contains(key)) {
			self.reads.insert(key.to_vec());
		}
	}

	fn writes(&mut self, key: &[u8]) {
		if let Some(keys) = self.writes.last_mut().filter(|_| self.notes) {
			keys.insert(key.to_vec());
		}
	}

	fn removes(&mut self, removed: MultiRemovalResults) -> MultiRemovalResults {
		self.removed += removed.unique;
		removed
	}
}

impl Externalities for Counting<'_> {
	fn storage(&mut self, key: &[u8]) -> Option<Vec<u8>> {
		self.reads(key);
		self.inner.storage(key)
	}

	fn storage_hash(&mut self, key: &[u8]) -> Option<Vec<u8>> {
		self.reads(key);
		self.inner.storage_hash(key)
	}

	fn next_storage_key(&mut self, key: &[u8]) -> Option<Vec<u8>> {
		let next = self.inner.next_storage_key(key);
		self.reads(next.as_deref().unwrap_or(key));
		next
	}

	fn place_storage(&mut self, key: Vec<u8>, value: Option<Vec<u8>>) {
		self.writes(&key);
		self.inner.place_storage(key, value);
	}

	fn storage_append(&mut self, key: Vec<u8>, value: Vec<u8>) {
		self.writes(&key);
		self.inner.storage_append(key, value);
	}

	fn clear_prefix(
		&mut self,
		prefix: &[u8],
		limit: Option<u32>,
		cursor: Option<&[u8]>,
	) -> MultiRemovalResults {
		let removed = self.inner.clear_prefix(prefix, limit, cursor);
		self.removes(removed)
	}

	fn storage_start_transaction(&mut self) {
		self.writes.push(Keys::new());
		self.inner.storage_start_transaction();
	}

	fn storage_rollback_transaction(&mut self) -> Result<(), ()> {
		self.writes.pop();
		self.inner.storage_rollback_transaction()
	}

	fn storage_commit_transaction(&mut self) -> Result<(), ()> {
		let keys = self.writes.pop().unwrap_or_default();
		if let Some(outer) = self.writes.last_mut() {
			outer.extend(keys);
		}
		self.inner.storage_commit_transaction()
	}

	fn storage_root(&mut self, version: StateVersion) -> Vec<u8> {
		self.inner.storage_root(version)
	}

	fn set_offchain_storage(&mut self, key: &[u8], value: Option<&[u8]>) {
		self.inner.set_offchain_storage(key, value);
	}

	// No pallet of this runtime has a trie of its own.

	fn child_storage_hash(&mut self, child: &ChildInfo, key: &[u8]) -> Option<Vec<u8>> {
		self.inner.child_storage_hash(child, key)
	}

	fn child_storage(&mut self, child: &ChildInfo, key: &[u8]) -> Option<Vec<u8>> {
		self.inner.child_storage(child, key)
	}

	fn next_child_storage_key(&mut self, child: &ChildInfo, key: &[u8]) -> Option<Vec<u8>> {
		self.inner.next_child_storage_key(child, key)
	}

	fn kill_child_storage(
		&mut self,
		child: &ChildInfo,
		limit: Option<u32>,
		cursor: Option<&[u8]>,
	) -> MultiRemovalResults {
		let removed = self.inner.kill_child_storage(child, limit, cursor);
		self.removes(removed)
	}

	fn clear_child_prefix(
		&mut self,
		child: &ChildInfo,
		prefix: &[u8],
		limit: Option<u32>,
		cursor: Option<&[u8]>,
	) -> MultiRemovalResults {
		let removed = self.inner.clear_child_prefix(child, prefix, limit, cursor);
		self.removes(removed)
	}

	fn place_child_storage(&mut self, child: &ChildInfo, key: Vec<u8>, value: Option<Vec<u8>>) {
		self.inner.place_child_storage(child, key, value);
	}

	fn child_storage_root(&mut self, child: &ChildInfo, version: StateVersion) -> Vec<u8> {
		self.inner.child_storage_root(child, version)
	}

	fn wipe(&mut self) {
		self.inner.wipe();
	}

	fn commit(&mut self) {
		self.inner.commit();
	}

	fn read_write_count(&self) -> (u32, u32, u32, u32) {
		self.inner.read_write_count()
	}

	fn reset_read_write_count(&mut self) {
		self.inner.reset_read_write_count();
	}

	fn get_whitelist(&self) -> Vec<TrackedStorageKey> {
		self.inner.get_whitelist()
	}

	fn set_whitelist(&mut self, new: Vec<TrackedStorageKey>) {
		self.inner.set_whitelist(new);
	}

	fn get_read_and_written_keys(&self) -> Vec<(Vec<u8>, u32, u32, bool)> {
		self.inner.get_read_and_written_keys()
	}
}

impl ExtensionStore for Counting<'_> {
	fn extension_by_type_id(&mut self, id: TypeId) -> Option<&mut dyn Any> {
		self.inner.extension_by_type_id(id)
	}

	fn register_extension_with_type_id(
		&mut self,
		id: TypeId,
		extension: Box<dyn Extension>,
	) -> Result<(), Error> {
		self.inner.register_extension_with_type_id(id, extension)
	}

	fn deregister_extension_by_type_id(&mut self, id: TypeId) -> Result<(), Error> {
		self.inner.deregister_extension_by_type_id(id)
	}
}
