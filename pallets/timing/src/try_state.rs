//! The invariant of the pallet's storage.

use crate::{Config, Lengths, Pallet};
use frame_support::ensure;
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
	/// Checks that every length is valid.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		ensure!(Lengths::<T>::get().is_valid(), "a length of the chain is not valid");
		Ok(())
	}
}
