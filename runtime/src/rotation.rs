//! # Rotation
//!
//! A pallet with nothing but hooks: ends sessions, with the weight that it takes.
//!
//! The session pallet declares the weight of a whole block for each end of a session. Then the
//! block has no weight left: the clock's due steps wait, and no transaction is included. So in this
//! runtime the session pallet's own hook never ends a session ([`Never`]), and this pallet does it
//! in its place, in the same block.

pub use pallet::*;

use frame_support::weights::Weight;
use pallet_session::ShouldEndSession;

/// The weights of ending a session.
pub trait WeightInfo {
	/// Ending a session and beginning the next one and its era, with the maximum number of
	/// validators and the slashes of a validator and `s` nominators.
	fn change_session(s: u32) -> Weight;
	/// An election with `h` hundred voters and the maximum numbers of candidates and validators,
	/// whose nominations are spread over all candidates.
	fn elect_spread(h: u32) -> Weight;
	/// An election with `h` hundred voters and the maximum numbers of candidates and validators,
	/// whose nominations are for the elected ones alone.
	fn elect_backed(h: u32) -> Weight;
}

/// Ends no session: for the session pallet's own hook.
pub struct Never;
impl<BlockNumber> ShouldEndSession<BlockNumber> for Never {
	fn should_end_session(_: BlockNumber) -> bool {
		false
	}
}

/// The weight of an election with this many voters: of the kinds that are measured, the larger.
pub fn election<W: WeightInfo>(voters: u32) -> Weight {
	let hundreds = voters.div_ceil(100);
	W::elect_spread(hundreds).max(W::elect_backed(hundreds))
}

#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use frame_support::pallet_prelude::*;
	use frame_system::pallet_prelude::BlockNumberFor;
	use pallet_staking::{ActiveEra, ErasStartSessionIndex, UnappliedSlashes};
	use sp_runtime::Perbill;

	/// The maximum part of a block that ending a session with an election takes.
	pub const MAX_PART_OF_BLOCK: Perbill = Perbill::from_percent(60);

	#[pallet::pallet]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config:
		frame_system::Config + pallet_session::Config + pallet_staking::Config
	{
		/// The blocks in which sessions end.
		type SessionEnds: ShouldEndSession<BlockNumberFor<Self>>;
		/// The maximum number of voters of an election.
		type MaxVoters: Get<u32>;
		/// The maximum number of candidates of an election.
		type MaxCandidates: Get<u32>;
		/// The maximum number of validators that consensus takes.
		type MaxAuthorities: Get<u32>;
		/// The weights of ending a session.
		type WeightInfo: super::WeightInfo;
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		/// Ends the session if this is its last block. An election in it registers its own weight.
		fn on_initialize(now: BlockNumberFor<T>) -> Weight {
			if !T::SessionEnds::should_end_session(now) {
				return Weight::zero();
			}
			let weight = <T as Config>::WeightInfo::change_session(due_slashes::<T>());
			pallet_session::Pallet::<T>::rotate_session();
			weight
		}

		/// Fails if an election at its bounds would be refused or would not fit in a block.
		fn integrity_test() {
			use frame_election_provider_support::ElectionProvider;
			let validators = T::MaxValidatorSet::get();
			assert!(validators <= T::MaxCandidates::get());
			assert!(validators <= T::MaxAuthorities::get());
			assert_eq!(
				validators,
				<T::ElectionProvider as ElectionProvider>::MaxWinnersPerPage::get(),
			);
			// Otherwise a validator's smallest backers would be cut off.
			assert!(
				T::MaxVoters::get()
					<= <T::ElectionProvider as ElectionProvider>::MaxBackersPerWinner::get()
			);
			let longest = election::<<T as Config>::WeightInfo>(T::MaxVoters::get())
				.saturating_add(<T as Config>::WeightInfo::change_session(0));
			let block = <T as frame_system::Config>::BlockWeights::get().max_block;
			assert!(longest.all_lte(MAX_PART_OF_BLOCK * block), "an election takes {longest:?}");
		}
	}

	/// The number of stakers whose slashes are due when the session ends, because an era begins.
	fn due_slashes<T: Config>() -> u32 {
		let Some(next) = ActiveEra::<T>::get().and_then(|era| era.index.checked_add(1)) else {
			return 0;
		};
		let session = pallet_session::CurrentIndex::<T>::get().saturating_add(1);
		if ErasStartSessionIndex::<T>::get(next).is_none_or(|first| first > session) {
			return 0;
		}
		let slashes = UnappliedSlashes::<T>::get(next);
		let stakers = |others: usize| u32::try_from(others).unwrap_or(u32::MAX).saturating_add(1);
		slashes
			.iter()
			.map(|slash| stakers(slash.others.len()))
			.fold(0, |sum, count| sum.saturating_add(count))
	}
}
