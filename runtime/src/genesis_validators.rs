//! # Genesis validators
//!
//! A pallet with nothing but a genesis: the commissions of the validators that staking's genesis
//! creates.
//!
//! Staking itself leaves their preferences at the default, a commission of 0, which polkadot.js
//! Apps takes for an account that does not validate.

pub use pallet::*;

#[frame_support::pallet]
pub mod pallet {
	use alloc::vec::Vec;
	use frame_support::pallet_prelude::*;
	use pallet_staking::Validators;
	use sp_runtime::Perbill;

	#[pallet::pallet]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config: frame_system::Config + pallet_staking::Config {}

	#[pallet::genesis_config]
	#[derive(frame_support::DefaultNoBound)]
	pub struct GenesisConfig<T: Config> {
		/// Commissions of validators, by stash; those that are not listed have a commission of 0.
		pub commissions: Vec<(T::AccountId, Perbill)>,
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		/// Fails, as genesis builders do by a panic, if a stash does not validate.
		fn build(&self) {
			for (stash, commission) in &self.commissions {
				assert!(Validators::<T>::contains_key(stash), "{stash:?} is not a validator");
				Validators::<T>::mutate(stash, |preferences| preferences.commission = *commission);
			}
		}
	}
}
