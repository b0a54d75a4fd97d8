//! # Genesis validators
//!
//! A pallet with nothing but a genesis: what staking's own genesis leaves out.
//!
//! - **Commissions** of the validators that staking's genesis creates. Staking leaves their
//!   preferences at the default, a commission of 0, which polkadot.js Apps takes for an account
//!   that does not validate.
//! - **Limits** without which accounts with too small a bond could not be removed: the minimum
//!   commission and the threshold from which anybody may chill them.

pub use pallet::*;

#[frame_support::pallet]
pub mod pallet {
	use alloc::vec::Vec;
	use frame_support::pallet_prelude::*;
	use pallet_staking::{ChillThreshold, MinCommission, Validators};
	use sp_runtime::{Perbill, Percent};

	#[pallet::pallet]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config: frame_system::Config + pallet_staking::Config {}

	#[pallet::genesis_config]
	#[derive(frame_support::DefaultNoBound)]
	pub struct GenesisConfig<T: Config> {
		/// Commissions of validators, by stash; those that are not listed have a commission of 0.
		pub commissions: Vec<(T::AccountId, Perbill)>,
		/// The minimum commission of a validator.
		pub min_commission: Perbill,
		/// The part of the maximum number of validators, or of nominators, from which anybody may
		/// chill those whose bond is below the minimum; `None` for never.
		pub chill_threshold: Option<Percent>,
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		/// Fails, as genesis builders do by a panic, if a stash does not validate or its commission
		/// is below the minimum.
		fn build(&self) {
			MinCommission::<T>::put(self.min_commission);
			ChillThreshold::<T>::set(self.chill_threshold);
			for (stash, commission) in &self.commissions {
				assert!(Validators::<T>::contains_key(stash), "{stash:?} is not a validator");
				assert!(*commission >= self.min_commission, "{stash:?} has too low a commission");
				Validators::<T>::mutate(stash, |preferences| preferences.commission = *commission);
			}
		}
	}
}
