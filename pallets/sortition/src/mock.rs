//! Helpers of the tests: actor records in memory, and numbers.

use crate::{ActorRecord, ActorStore, Standing};
use core::cell::RefCell;
use sp_arithmetic::FixedI128;
use std::collections::BTreeMap;

/// Actor records in memory, with the accounts whose records were read and written.
#[derive(Debug, Default)]
pub struct Records {
	records: RefCell<BTreeMap<u64, ActorRecord<u64, Standing>>>,
	read: RefCell<Vec<u64>>,
	written: RefCell<Vec<u64>>,
}

impl ActorStore<u64, Standing> for Records {
	fn get(&self, who: &u64) -> ActorRecord<u64, Standing> {
		self.read.borrow_mut().push(*who);
		self.peek(*who)
	}
	fn put(&self, who: &u64, record: ActorRecord<u64, Standing>) {
		self.written.borrow_mut().push(*who);
		self.records.borrow_mut().insert(*who, record);
	}
}

impl Records {
	/// Gives an account without a place a standing.
	pub fn set_standing(&self, who: u64, standing: Standing) {
		let mut record = self.peek(who);
		record.standing = Some(standing);
		self.put(&who, record);
	}

	/// The account's record, without counting as a read.
	pub fn peek(&self, who: u64) -> ActorRecord<u64, Standing> {
		self.records.borrow().get(&who).cloned().unwrap_or_default()
	}

	/// The accounts that have a record.
	pub fn accounts(&self) -> Vec<u64> {
		self.records.borrow().keys().copied().collect()
	}

	/// The accounts whose records were read, and those whose were written.
	pub fn accesses(&self) -> (Vec<u64>, Vec<u64>) {
		(self.read.borrow().clone(), self.written.borrow().clone())
	}

	/// Resets the recorded accesses.
	pub fn reset_accesses(&self) {
		self.read.borrow_mut().clear();
		self.written.borrow_mut().clear();
	}
}

pub fn fixed(value: i128) -> FixedI128 {
	FixedI128::from(value)
}

/// A quarter, which is exact in binary, so expected numbers are exact as well.
pub fn quarter() -> FixedI128 {
	FixedI128::from_rational(1, 4)
}

pub fn standing(score: i128, round: u32) -> Standing {
	Standing { score: fixed(score), round, unrevealed: 0 }
}
