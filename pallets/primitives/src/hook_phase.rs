//! The phase of a block to which the events of hooks belong.

use frame_support::storage_alias;
use frame_system::{Config, Pallet, Phase};

/// Where the system pallet keeps the phase of the block; it has no function that sets it.
#[storage_alias(pallet_name)]
type ExecutionPhase<T: Config> = StorageValue<Pallet<T>, Phase>;

/// Does the work of a hook in the phase [`Phase::Initialization`], then restores the phase.
///
/// The executive polls the pallets after the inherents. By then the phase of the block is that of
/// the next extrinsic, and clients would show what a hook deposits as an outcome of that
/// transaction, or of one that the block does not have.
pub fn in_initialization<T: Config, R>(work: impl FnOnce() -> R) -> R {
	let phase = ExecutionPhase::<T>::get();
	ExecutionPhase::<T>::put(Phase::Initialization);
	let result = work();
	ExecutionPhase::<T>::set(phase);
	result
}
