//! # Timing pallet
//!
//! Slot, session and era lengths, set once at genesis.
//!
//! ## Pallet API
//!
//! There are no calls. [`Lengths`] holds the lengths; the adapters of [`durations`] hand them to
//! the other pallets of a runtime as `Get` types.
//!
//! ## Overview
//!
//! One build of the runtime serves development chains with one-second slots, local networks and
//! production: what differs between them is data of the genesis block, not code. A chain whose
//! genesis says nothing gets the production lengths, so no reader ever meets a zero.
//!
//! ## Low Level / Implementation Details
//!
//! ### Design Goals
//!
//! Block production depends on these lengths from the first block on, so they stand in one storage
//! value that nothing writes after genesis. The pallet's index in a runtime stands before Babe,
//! Session and Staking: these read the lengths while they build their own genesis.
//!
//! ### Design
//!
//! Durations that people think of as wall time (a day, the unbonding of stake) are converted to
//! slots by the slot length, rounded up: a duration is never shorter than it says, and at least
//! one slot. Slots pass whether or not there is a block in them, so that such a duration lasts as
//! long as it says however many blocks are missed.
#![cfg_attr(not(feature = "std"), no_std)]

pub use pallet::*;

pub mod durations;
mod types;

#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub use durations::*;
pub use types::TimingParameters;

#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use frame_support::pallet_prelude::*;
	use frame_system::pallet_prelude::BlockNumberFor;

	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	/// The pallet.
	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	/// What the pallet asks of the runtime: nothing.
	#[pallet::config]
	pub trait Config: frame_system::Config {}

	/// The chain's lengths; written at genesis only.
	#[pallet::storage]
	pub type Lengths<T: Config> = StorageValue<_, TimingParameters, ValueQuery>;

	/// The chain's lengths, each above zero.
	#[pallet::genesis_config]
	pub struct GenesisConfig<T: Config> {
		/// Milliseconds of a slot, and so between blocks if none is missed; at least 2.
		pub slot_duration_ms: u64,
		/// Slots of a session.
		pub session_length: u32,
		/// Sessions of an era.
		pub sessions_per_era: u32,
		/// Eras that validators' and nominators' stake stays bonded after unbonding.
		pub bonding_duration: u32,
		/// Milliseconds that reputers' stake is held after its removal is asked for.
		pub stake_unbonding_ms: u64,
		#[doc(hidden)]
		#[serde(skip)]
		pub _config: core::marker::PhantomData<T>,
	}

	impl<T: Config> Default for GenesisConfig<T> {
		fn default() -> Self {
			let TimingParameters {
				slot_duration_ms,
				session_length,
				sessions_per_era,
				bonding_duration,
				stake_unbonding_ms,
			} = TimingParameters::default();
			Self {
				slot_duration_ms,
				session_length,
				sessions_per_era,
				bonding_duration,
				stake_unbonding_ms,
				_config: Default::default(),
			}
		}
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			let timing = TimingParameters {
				slot_duration_ms: self.slot_duration_ms,
				session_length: self.session_length,
				sessions_per_era: self.sessions_per_era,
				bonding_duration: self.bonding_duration,
				stake_unbonding_ms: self.stake_unbonding_ms,
			};
			assert!(
				timing.is_valid(),
				"timing: every length must be above zero and the slot at least 2 ms: {timing:?}"
			);
			Lengths::<T>::put(timing);
		}
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[cfg(any(test, feature = "try-runtime"))]
	impl<T: Config> Pallet<T> {
		/// Checks that every length is valid.
		pub fn do_try_state() -> Result<(), sp_runtime::TryRuntimeError> {
			ensure!(Lengths::<T>::get().is_valid(), "a length of the chain is zero");
			Ok(())
		}
	}
}
