//! The journal of committed payloads: a file that outlives the agent, so that an agent that was
//! restarted between commit and reveal reveals all the same.
//!
//! An entry is on disk before its commitment is sent. The file is written anew beside the old one
//! and renamed, so that a crash leaves one of the two, and only its owner may read it: until they
//! are revealed, payloads and salts are secrets.
//!
//! A change that cannot be written, such as to a full disk, holds in memory, and is written with the
//! next one or by [`Journal::write_again`].

use crate::chain::{
	calls::WorkerPayload,
	types::{AccountId, EpochId, Slot, TopicId},
};
use anyhow::{Context, Result};
use codec::Encode;
use serde::{Deserialize, Serialize};
use std::{
	fs::{self, File},
	io::{ErrorKind, Write},
	path::{Path, PathBuf},
	sync::{Mutex, MutexGuard, PoisonError},
};

/// The hash of a chain's genesis block.
pub type Genesis = [u8; 32];

/// A payload that an account has committed to, or is about to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
	/// The chain.
	pub genesis: Genesis,
	/// The topic.
	pub topic: TopicId,
	/// The epoch.
	pub epoch: EpochId,
	/// The account.
	pub account: AccountId,
	/// The last slot in which the payload can be revealed.
	pub reveals_last: Slot,
	/// The random bytes that keep the payload from being guessed.
	pub salt: [u8; 32],
	/// The payload.
	pub payload: WorkerPayload,
}

impl Entry {
	/// The hash by which the account commits to the payload: Blake2-256 of the SCALE encodings of
	/// inference, forecast, salt, account, topic and epoch.
	pub fn commitment_hash(&self) -> [u8; 32] {
		let Self { topic, epoch, account, salt, payload, .. } = self;
		let WorkerPayload { inference, forecast } = payload;
		sp_crypto_hashing::blake2_256(&(inference, forecast, salt, account, topic, epoch).encode())
	}

	/// Whether both are about the same payload of the same account.
	fn is_for_the_same(&self, other: &Self) -> bool {
		let key = |entry: &Self| (entry.genesis, entry.topic, entry.epoch, entry.account);
		key(self) == key(other) && self.payload.roles() == other.payload.roles()
	}
}

/// A journal file, for one agent at a time.
#[derive(Debug)]
pub struct Journal {
	path: PathBuf,
	state: Mutex<State>,
}

/// The entries, and whether the file has others.
#[derive(Debug)]
struct State {
	entries: Vec<Entry>,
	is_dirty: bool,
}

impl Journal {
	/// Opens a journal; an empty one if there is no such file. An error if the file is not a
	/// journal, which is then left as it is.
	pub fn open(path: &Path) -> Result<Self> {
		let entries = match fs::read(path) {
			Ok(json) => serde_json::from_slice(&json)
				.with_context(|| format!("{} is not a journal", path.display()))?,
			Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
			Err(error) => {
				return Err(error).with_context(|| format!("cannot read {}", path.display()))
			}
		};
		let state = Mutex::new(State { entries, is_dirty: false });
		Ok(Self { path: path.to_owned(), state })
	}

	/// Adds an entry, in place of an earlier one for the same payload. Once this returns, the entry
	/// is on disk; after an error it is in memory alone.
	pub fn add(&self, entry: Entry) -> Result<()> {
		let mut state = self.lock();
		state.entries.retain(|other| !other.is_for_the_same(&entry));
		state.entries.push(entry);
		self.write(&mut state)
	}

	/// Writes what could not be written before; whether there was anything.
	pub fn write_again(&self) -> Result<bool> {
		let mut state = self.lock();
		let is_dirty = state.is_dirty;
		if is_dirty {
			self.write(&mut state)?;
		}
		Ok(is_dirty)
	}

	/// The number of entries.
	pub fn count(&self) -> usize {
		self.lock().entries.len()
	}

	/// Removes an entry that need not be revealed any more.
	pub fn remove(&self, entry: &Entry) -> Result<()> {
		self.retain(|other| other != entry)
	}

	/// Removes the entries of a chain that can no longer be revealed in this slot.
	pub fn forget_before(&self, genesis: Genesis, slot: Slot) -> Result<()> {
		self.retain(|entry| entry.genesis != genesis || entry.reveals_last >= slot)
	}

	/// The entries of an account on a chain, the oldest epoch first.
	pub fn entries(&self, genesis: Genesis, account: AccountId) -> Vec<Entry> {
		let mut entries = self.lock().entries.clone();
		entries.retain(|entry| (entry.genesis, entry.account) == (genesis, account));
		entries.sort_by_key(|entry| entry.epoch);
		entries
	}

	fn retain(&self, keeps: impl Fn(&Entry) -> bool) -> Result<()> {
		let mut state = self.lock();
		let before = state.entries.len();
		state.entries.retain(keeps);
		if state.entries.len() < before {
			self.write(&mut state)?;
		}
		Ok(())
	}

	fn lock(&self) -> MutexGuard<'_, State> {
		// Entries are added and removed one by one, so that they are valid also after a panic.
		self.state.lock().unwrap_or_else(PoisonError::into_inner)
	}

	fn write(&self, state: &mut State) -> Result<()> {
		state.is_dirty = true;
		let written = self.replace(&state.entries);
		written.with_context(|| format!("cannot write {}", self.path.display()))?;
		state.is_dirty = false;
		Ok(())
	}

	/// Replaces the file. What is written is on disk before it has the journal's name, and the name
	/// is on disk before this returns.
	fn replace(&self, entries: &[Entry]) -> Result<()> {
		let folder = match self.path.parent() {
			Some(folder) if !folder.as_os_str().is_empty() => folder,
			_ => Path::new("."),
		};
		// A file that only its owner may read and write.
		let mut file = tempfile::NamedTempFile::new_in(folder)?;
		file.write_all(&serde_json::to_vec(entries)?)?;
		file.as_file().sync_all()?;
		file.persist(&self.path)?;
		#[cfg(unix)]
		File::open(folder)?.sync_all()?;
		Ok(())
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn entry(account: u8, epoch: EpochId) -> Entry {
		Entry {
			genesis: [9; 32],
			topic: 2,
			epoch,
			account: [account; 32],
			reveals_last: epoch + 16,
			salt: [account; 32],
			payload: WorkerPayload {
				inference: Some(vec![Some(i128::from(u64::MAX) * 1_000), None]),
				forecast: Some(vec![([1; 32], -1)]),
			},
		}
	}

	/// A folder, and the path of a journal in it.
	fn folder() -> (tempfile::TempDir, PathBuf) {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("journal.json");
		(folder, path)
	}

	#[test]
	fn entries_are_there_after_a_restart() {
		let (_folder, path) = folder();
		let journal = Journal::open(&path).unwrap();
		for entry in [entry(1, 60), entry(2, 40), entry(1, 40)] {
			journal.add(entry).unwrap();
		}
		drop(journal);
		let journal = Journal::open(&path).unwrap();
		assert_eq!(journal.entries([9; 32], [1; 32]), [entry(1, 40), entry(1, 60)]);
		assert_eq!(journal.entries([8; 32], [1; 32]), []);
	}

	#[test]
	fn later_entry_for_a_payload_replaces_the_earlier() {
		let (_folder, path) = folder();
		let journal = Journal::open(&path).unwrap();
		let salted = |salt| Entry { salt: [salt; 32], ..entry(1, 40) };
		journal.add(salted(1)).unwrap();
		journal.add(salted(2)).unwrap();
		// The forecast of a second commitment is another payload.
		let payload = WorkerPayload { inference: None, forecast: Some(vec![([1; 32], 5)]) };
		let forecast = Entry { payload, ..entry(1, 40) };
		journal.add(forecast.clone()).unwrap();
		assert_eq!(journal.entries([9; 32], [1; 32]), [salted(2), forecast]);
	}

	#[test]
	fn entries_that_are_revealed_or_too_late_are_removed_from_the_file() {
		let (_folder, path) = folder();
		let journal = Journal::open(&path).unwrap();
		for epoch in [40, 60, 80] {
			journal.add(entry(1, epoch)).unwrap();
		}
		journal.remove(&entry(1, 80)).unwrap();
		// Epoch 40 can be revealed up to slot 56.
		journal.forget_before([9; 32], 56).unwrap();
		journal.forget_before([8; 32], 99).unwrap();
		assert_eq!(journal.entries([9; 32], [1; 32]).len(), 2);
		journal.forget_before([9; 32], 57).unwrap();
		let journal = Journal::open(&path).unwrap();
		assert_eq!(journal.entries([9; 32], [1; 32]), [entry(1, 60)]);
	}

	#[cfg(unix)]
	#[test]
	fn only_the_owner_may_read_the_file_and_nothing_else_is_left_beside_it() {
		use std::os::unix::fs::PermissionsExt;
		let (folder, path) = folder();
		let journal = Journal::open(&path).unwrap();
		journal.add(entry(1, 40)).unwrap();
		journal.add(entry(2, 40)).unwrap();
		assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
		assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
	}

	#[test]
	fn file_that_is_not_a_journal_is_refused_and_left_as_it_is() {
		let (_folder, path) = folder();
		fs::write(&path, "not a journal").unwrap();
		assert!(Journal::open(&path).unwrap_err().to_string().ends_with("is not a journal"));
		assert_eq!(fs::read_to_string(&path).unwrap(), "not a journal");
	}

	#[test]
	fn entry_that_cannot_be_written_is_an_error_and_is_written_once_that_is_possible() {
		let (folder, _) = folder();
		let path = folder.path().join("missing").join("journal.json");
		let journal = Journal::open(&path).unwrap();
		assert!(!journal.write_again().unwrap());
		assert!(journal.add(entry(1, 40)).is_err());
		assert_eq!(journal.entries([9; 32], [1; 32]), [entry(1, 40)]);
		assert!(journal.write_again().is_err());
		fs::create_dir(folder.path().join("missing")).unwrap();
		assert!(journal.write_again().unwrap());
		assert!(!journal.write_again().unwrap());
		let journal = Journal::open(&path).unwrap();
		assert_eq!(journal.entries([9; 32], [1; 32]), [entry(1, 40)]);
	}

	#[test]
	fn entry_that_cannot_be_removed_from_the_file_is_removed_with_the_next_change() {
		let (folder, _) = folder();
		let inner = folder.path().join("inner");
		fs::create_dir(&inner).unwrap();
		let path = inner.join("journal.json");
		let journal = Journal::open(&path).unwrap();
		journal.add(entry(1, 40)).unwrap();
		fs::remove_dir_all(&inner).unwrap();
		assert!(journal.remove(&entry(1, 40)).is_err());
		assert_eq!(journal.count(), 0);
		fs::create_dir(&inner).unwrap();
		journal.add(entry(1, 60)).unwrap();
		let journal = Journal::open(&path).unwrap();
		assert_eq!(journal.entries([9; 32], [1; 32]), [entry(1, 60)]);
	}
}
