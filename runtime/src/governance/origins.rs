//! # Origins
//!
//! The origins with which referenda dispatch their calls, and the length of a day of governance.
//!
//! The pallet has no calls. Each origin belongs to one track of [`super::tracks`].

use frame_support::traits::{EnsureOrigin, OriginTrait};
pub use pallet::*;

#[frame_support::pallet]
pub mod pallet {
	use frame_support::pallet_prelude::*;

	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	/// The pallet.
	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	/// The pallet needs nothing from the runtime.
	#[pallet::config]
	pub trait Config: frame_system::Config {}

	/// An origin of referenda; root is the system's.
	#[pallet::origin]
	#[derive(
		Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
	)]
	pub enum Origin {
		/// Sets protocol parameters.
		#[codec(index = 0)]
		ParameterAdmin,
		/// Sets topics' subsidies.
		#[codec(index = 1)]
		SubsidyAdmin,
		/// Spends from the treasury, up to a limit per spend.
		#[codec(index = 2)]
		Treasurer,
		/// Pauses calls, enters the safe mode, cancels referenda.
		#[codec(index = 3)]
		EmergencyAdmin,
		/// Dispatches as root a call that the technical committee has whitelisted.
		#[codec(index = 4)]
		WhitelistedCaller,
	}

	/// The length of a day.
	#[pallet::type_value]
	pub fn Day() -> u64 {
		24 * 60 * 60 * 1_000
	}

	/// The length, in milliseconds, of a day of which governance's periods are multiples and
	/// fractions; written at genesis only.
	#[pallet::storage]
	pub type DayLength<T: Config> = StorageValue<_, u64, ValueQuery, Day>;

	/// The length of a day.
	#[pallet::genesis_config]
	pub struct GenesisConfig<T: Config> {
		/// The length of a day of governance in milliseconds, above zero. A test network shortens
		/// it, and so all periods in proportion.
		pub day_ms: u64,
		#[doc(hidden)]
		#[serde(skip)]
		pub _config: PhantomData<T>,
	}

	impl<T: Config> Default for GenesisConfig<T> {
		fn default() -> Self {
			Self { day_ms: Day::get(), _config: PhantomData }
		}
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			assert!(self.day_ms > 0, "origins: a day must be longer than zero");
			DayLength::<T>::put(self.day_ms);
		}
	}
}

/// Declares a type that admits one origin.
macro_rules! ensure {
	($(#[$docs:meta])+ $name:ident, $origin:ident) => {
		$(#[$docs])+
		pub struct $name;
		impl<O: OriginTrait + From<Origin>> EnsureOrigin<O> for $name
		where
			for<'a> &'a O::PalletsOrigin: TryInto<&'a Origin>,
		{
			type Success = ();

			fn try_origin(origin: O) -> Result<(), O> {
				let admitted = matches!(origin.caller().try_into(), Ok(Origin::$origin));
				admitted.then_some(()).ok_or(origin)
			}

			#[cfg(feature = "runtime-benchmarks")]
			fn try_successful_origin() -> Result<O, ()> {
				Ok(Origin::$origin.into())
			}
		}
	};
}

ensure! {
	/// Admits [`Origin::ParameterAdmin`].
	EnsureParameterAdmin, ParameterAdmin
}
ensure! {
	/// Admits [`Origin::SubsidyAdmin`].
	EnsureSubsidyAdmin, SubsidyAdmin
}
ensure! {
	/// Admits [`Origin::Treasurer`].
	EnsureTreasurer, Treasurer
}
ensure! {
	/// Admits [`Origin::EmergencyAdmin`].
	EnsureEmergencyAdmin, EmergencyAdmin
}
ensure! {
	/// Admits [`Origin::WhitelistedCaller`].
	EnsureWhitelistedCaller, WhitelistedCaller
}
