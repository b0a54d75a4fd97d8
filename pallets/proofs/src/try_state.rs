//! The invariants of the pallet's storage.

use crate::{Config, Inferences, Pallet};
use alloc::collections::BTreeSet;
use frame_support::{ensure, traits::Get};
use sp_runtime::{traits::Saturating, TryRuntimeError};

impl<T: Config> Pallet<T> {
	/// Checks that no list is empty, older than is kept or of a later block, and that no epoch has two
	/// inferences.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		let now = frame_system::Pallet::<T>::block_number();
		let oldest = now.saturating_sub(T::KeptBlocks::get());
		let mut epochs = BTreeSet::new();
		for (block, inferences) in Inferences::<T>::iter() {
			ensure!(!inferences.is_empty(), "a list of inferences is empty");
			ensure!(block >= oldest && block <= now, "a list of inferences should not be kept");
			for of in inferences {
				ensure!(epochs.insert((of.topic, of.epoch)), "an epoch has two inferences");
			}
		}
		Ok(())
	}
}
