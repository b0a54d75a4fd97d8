//! # Timing
//!
//! The lengths of slots, sessions and eras, set once at genesis.
//!
//! ## Pallet API
//!
//! There are no calls. [`Lengths`] holds the lengths; the adapters of [`durations`] pass them to
//! the other pallets of a runtime as `Get` types.
//!
//! ## Overview
//!
//! One build of the runtime serves development chains with slots of one second, local networks and
//! production: they differ in the data of the genesis block, not in code. A genesis that sets no
//! lengths gets those of production, so no length that is read is ever zero.
//!
//! ### Example
//!
//! A genesis sets lengths, and other pallets read them:
#![doc = docify::embed!("src/tests/mod.rs", genesis_sets_the_lengths)]
//!
//! ## Terminology
//!
//! - **Session**: the period between two changes of the validators' session keys, an epoch of BABE.
//! - **Era**: a number of sessions after which staking elects validators and pays them.
//!
//! ## Low Level Details
//!
//! ### Design
//!
//! - **Genesis.** Block production depends on the lengths from the first block on, so they are in
//!   one storage value that is written at genesis only. The pallet's index in a runtime must be
//!   lower than those of Babe, Session and Staking, which read the lengths while they build their
//!   own genesis.
//! - **Durations.** Durations of wall time, such as a day or the unbonding time of stake, are
//!   converted to slots and rounded up: a duration is never shorter than stated, and at least one
//!   slot. Slots pass whether or not they have a block, so missed blocks do not extend a duration.
#![cfg_attr(not(feature = "std"), no_std)]

pub use pallet::*;

pub mod durations;
mod types;

#[cfg(any(test, feature = "try-runtime"))]
mod try_state;

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

	/// The pallet needs nothing from the runtime.
	#[pallet::config]
	pub trait Config: frame_system::Config {}

	/// The lengths of the chain, which are written at genesis only.
	#[pallet::storage]
	pub type Lengths<T: Config> = StorageValue<_, TimingParameters, ValueQuery>;

	/// The lengths of the chain, each above zero.
	#[pallet::genesis_config]
	pub struct GenesisConfig<T: Config> {
		/// The length of a slot in milliseconds, at least 2.
		pub slot_duration_ms: u64,
		/// The length of a session in slots.
		pub session_length: u32,
		/// The length of an era in sessions.
		pub sessions_per_era: u32,
		/// The bonding duration of validators' and nominators' stake in eras.
		pub bonding_duration: u32,
		/// The unbonding time of reputers' stake in milliseconds.
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
}
