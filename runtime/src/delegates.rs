//! # Delegates
//!
//! A pallet of one call: a submission by a proxy that fails if the submission is refused.
//!
//! `proxy.proxy` of the SDK succeeds also if the call inside fails, and reports the error in its event
//! only. Tools that look at the outcome of a transaction then take a refused submission for an
//! accepted one.

pub use pallet::*;

#[frame_support::pallet]
pub mod pallet {
	use alloc::boxed::Box;
	use frame_support::{
		dispatch::{GetDispatchInfo, PostDispatchInfo},
		pallet_prelude::*,
		traits::Contains,
	};
	use frame_system::{pallet_prelude::*, RawOrigin};
	use pallet_proxy::WeightInfo;
	use sp_runtime::traits::{Dispatchable, StaticLookup, Zero};

	/// The pallet.
	#[pallet::pallet]
	pub struct Pallet<T>(_);

	/// What the pallet needs from the runtime.
	#[pallet::config]
	pub trait Config: frame_system::Config + pallet_proxy::Config {
		/// The runtime's call.
		type Inside: Parameter
			+ Dispatchable<
				RuntimeOrigin = <Self as frame_system::Config>::RuntimeOrigin,
				PostInfo = PostDispatchInfo,
			> + GetDispatchInfo;
		/// The calls that are submissions.
		type Submissions: Contains<Self::Inside>;
	}

	/// The reasons for which the call fails before the submission is tried.
	#[pallet::error]
	pub enum Error<T> {
		/// The call is not a submission, a commitment, a reveal, a report or an abstention; use
		/// `proxy.proxy`.
		NotASubmission,
		/// The proxy acts with a delay, so its calls must be announced; use `proxy.announce`.
		Unannounced,
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Makes a submission for an account as one of its proxies. The numbers in the call inside
		/// have the units that its own documentation states.
		///
		/// ## Dispatch Origin
		///
		/// Signed by a proxy of the account `real`, of the type `Submissions` or `Any`, without a
		/// delay.
		///
		/// ## Details
		///
		/// Unlike `proxy.proxy`, the call fails with the submission's own error if the submission is
		/// refused. No deposit is taken. It is free of the fee exactly if the submission is; the
		/// caller must hold the fee beforehand in any case.
		///
		/// ## Errors
		///
		/// [`Error::NotASubmission`], [`Error::Unannounced`], `NotProxy` of the pallet of proxies, and
		/// those of the submission.
		///
		/// ## Events
		///
		/// Those of the submission.
		#[pallet::call_index(0)]
		#[pallet::weight({
			let info = call.get_dispatch_info();
			(Pallet::<T>::overhead().saturating_add(info.call_weight), info.class)
		})]
		pub fn submit_for(
			origin: OriginFor<T>,
			real: <T::Lookup as StaticLookup>::Source,
			call: Box<T::Inside>,
		) -> DispatchResultWithPostInfo {
			let who = ensure_signed(origin)?;
			let real = T::Lookup::lookup(real)?;
			ensure!(T::Submissions::contains(&call), Error::<T>::NotASubmission);
			let proxy = pallet_proxy::Pallet::<T>::find_proxy(&real, &who, None)?;
			ensure!(proxy.delay.is_zero(), Error::<T>::Unannounced);
			let with_overhead = |mut used: PostDispatchInfo| {
				let weight = used.actual_weight;
				used.actual_weight = weight.map(|weight| weight.saturating_add(Self::overhead()));
				used
			};
			match call.dispatch(RawOrigin::Signed(real).into()) {
				Ok(used) => Ok(with_overhead(used)),
				Err(mut failed) => {
					failed.post_info = with_overhead(failed.post_info);
					Err(failed)
				}
			}
		}
	}

	impl<T: Config> Pallet<T> {
		/// The weight of the call besides that of the submission: that of a proxy call.
		fn overhead() -> Weight {
			<T as pallet_proxy::Config>::WeightInfo::proxy(T::MaxProxies::get())
				.saturating_add(T::DbWeight::get().reads_writes(1, 1))
		}
	}
}
