//! The block phase of events that hooks deposit.

use frame_support::storage_alias;
use frame_system::{Config, Pallet, Phase};

/// The system pallet's storage value for the phase; the pallet has no function that sets it.
#[storage_alias(pallet_name)]
type ExecutionPhase<T: Config> = StorageValue<Pallet<T>, Phase>;

/// Runs the work of a hook in the phase [`Phase::Initialization`], then restores the phase.
///
/// The executive calls `on_poll` after the inherents, when the phase is that of the next extrinsic.
/// Clients would attribute a hook's events to that transaction, or to one that does not exist.
pub fn in_initialization<T: Config, R>(work: impl FnOnce() -> R) -> R {
	let phase = ExecutionPhase::<T>::get();
	ExecutionPhase::<T>::put(Phase::Initialization);
	let result = work();
	ExecutionPhase::<T>::set(phase);
	result
}
