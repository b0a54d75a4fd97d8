//! # Inference
//!
//! What workers send in each epoch of a topic: inferences, and forecasts of the losses that other
//! workers' inferences will have.
//!
//! ## Pallet API
//!
//! See the [`pallet`] module for the call, the storage, the events and the errors. Two stages of an
//! epoch are this pallet's: [`Pallet::freeze`] returns the payloads of the active workers, and
//! [`Pallet::record_scores`] takes their scores. What is kept of epochs goes through
//! [`EpochRecords`](allora_primitives::traits::EpochRecords).
//!
//! ## Overview
//!
//! While the worker window of an epoch is open, each registered worker may submit an inference, a
//! forecast, or both, once. A topic takes a limited number of each. When its places are taken, a
//! worker with a better record displaces the one with the weakest, and one whose record is no
//! better stays passive for this epoch. When the window closes, what the active workers sent is
//! handed to the aggregation.
//!
//! A submission costs no fee, whether it becomes active or passive. One that is refused pays.
//!
//! ## Low Level / Implementation Details
//!
//! ### Design
//!
//! - Everything carries (topic, epoch) in its key. The window is arithmetic on slots
//!   ([`EpochInspect::collecting_epoch`](allora_primitives::traits::EpochInspect::collecting_epoch)),
//!   so once it has passed nothing can change, and it does not matter when the close runs.
//! - Who is active stands with what it sent in one bounded item an epoch and role, [`Inferers`] and
//!   [`Forecasters`], sorted by smoothed score. On equal scores the earlier submission stays.
//! - A newcomer starts from the topic's initial score, and who was away is pulled toward it once
//!   for each epoch that others submitted for. Who finds no seat or loses it is pulled toward the
//!   quantile of the active scores instead, once an epoch: so whoever keeps submitting rises to
//!   what an active worker of modest merit has, passes the weakest and gets its seat. The rules are
//!   [`sortition`](allora_sortition), shared with the reputers.
//! - Scores of those active of late stand in one item a topic, [`ScoreBooks`], so that a close
//!   changes one item. The submissions that become active move them in, and others out to their
//!   own records in [`Actors`]. A submission touches a constant number of items.
//! - What became of submissions stands with their author, in [`Actors`], and the oldest is dropped
//!   when the author submits again. So there is nothing to prune but an epoch's two sets.
//! - The scores that rank the elements of a forecast (S 7.2) are those in the active set, hence
//!   frozen with it. Equal scores are ranked by account.
//!
//! ### Terminology
//!
//! The *smoothed* or *EMA score* of a worker is the exponential moving average of its instant
//! scores (S 7.5), one for each of its roles in a topic.
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

#[cfg(feature = "runtime-benchmarks")]
pub mod benchmarking;
mod epoch;
mod explain;
mod freeze;
mod roles;
mod scores;
mod submit;
#[cfg(any(test, feature = "try-runtime"))]
mod try_state;
pub mod types;
pub mod weights;

#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub use pallet::*;
pub use weights::WeightInfo;

#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use crate::types::{ForecasterSet, InfererSet, RoleScores, WorkerBooks, WorkerRecord};
	use allora_primitives::{
		bundle::{Inference, SubmittedForecast, SubmittedInference},
		traits::{EpochInspect, SlotProvider, TopicInspect},
		EpochId, Forecast, Role, TopicId, MAX_LABELS,
	};
	use frame_support::pallet_prelude::*;
	use frame_system::pallet_prelude::*;
	use sp_runtime::FixedI128;

	/// The version of the storage layout.
	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::config]
	pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
		/// The registry of topics.
		type Topics: TopicInspect<Self::AccountId>;
		/// The clock of topics.
		type Epochs: EpochInspect;
		/// The current slot.
		type Time: SlotProvider;
		/// What this pallet's work costs.
		type WeightInfo: WeightInfo;
		/// Sets up what benchmarks need of other pallets.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkHelper: crate::benchmarking::BenchmarkHelper<Self::AccountId>;
	}

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	/// The active inferers of an epoch with their inferences, the weakest first.
	// Twox is safe for topics and epochs: both are numbers that the chain gives out.
	#[pallet::storage]
	pub type Inferers<T: Config> = StorageDoubleMap<
		_,
		Twox64Concat,
		TopicId,
		Twox64Concat,
		EpochId,
		InfererSet<T::AccountId>,
		ValueQuery,
	>;

	/// The active forecasters of an epoch with their forecasts as submitted, the weakest first.
	#[pallet::storage]
	pub type Forecasters<T: Config> = StorageDoubleMap<
		_,
		Twox64Concat,
		TopicId,
		Twox64Concat,
		EpochId,
		ForecasterSet<T::AccountId>,
		ValueQuery,
	>;

	/// How the workers of a topic stand that were active of late, what newcomers start from and
	/// what passive ones are pulled to, by role.
	#[pallet::storage]
	pub type ScoreBooks<T: Config> =
		StorageMap<_, Twox64Concat, TopicId, WorkerBooks<T::AccountId>, ValueQuery>;

	/// What became of the submissions of a worker in a topic and role, and its standing while the
	/// score book does not hold it. They outlive leaving and rejoining.
	// Blake2 for accounts: anyone can make as many as he likes and choose among them.
	#[pallet::storage]
	pub type Actors<T: Config> = StorageDoubleMap<
		_,
		Twox64Concat,
		TopicId,
		Blake2_128Concat,
		(Role, T::AccountId),
		WorkerRecord<T::AccountId>,
		ValueQuery,
	>;

	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// An inference was accepted into the active set.
		InferenceAccepted {
			/// The topic.
			topic: TopicId,
			/// Its epoch.
			epoch: EpochId,
			/// The inferer.
			account: T::AccountId,
			/// The smoothed score with which it entered the set.
			score: FixedI128,
			/// One value a label.
			inference: Inference,
		},
		/// A forecast was accepted into the active set.
		ForecastAccepted {
			/// The topic.
			topic: TopicId,
			/// Its epoch.
			epoch: EpochId,
			/// The forecaster.
			account: T::AccountId,
			/// The smoothed score with which it entered the set.
			score: FixedI128,
			/// The log losses it expects of inferers.
			forecast: Forecast<T::AccountId>,
		},
		/// An active worker was displaced by a stronger one; its payload was dropped.
		Displaced {
			/// The topic.
			topic: TopicId,
			/// Its epoch.
			epoch: EpochId,
			/// The role that both submitted for.
			role: Role,
			/// The account that is no longer active.
			account: T::AccountId,
			/// The smoothed score that was too low.
			score: FixedI128,
			/// The account that is active instead.
			by: T::AccountId,
			/// Its smoothed score from now on, pulled toward the quantile of the active scores.
			pulled: FixedI128,
		},
		/// A submission came with too low a score to become active; its payload was not kept.
		Passive {
			/// The topic.
			topic: TopicId,
			/// Its epoch.
			epoch: EpochId,
			/// The role it was submitted for.
			role: Role,
			/// The account that submitted.
			account: T::AccountId,
			/// The smoothed score with which the account came.
			score: FixedI128,
			/// The lowest score in the active set, which would have to be exceeded.
			lowest: FixedI128,
			/// Its smoothed score from now on, pulled toward the quantile of the active scores; a
			/// newcomer's stays.
			pulled: FixedI128,
		},
		/// The smoothed scores of a role were renewed by the instant scores of a learned epoch.
		ScoresUpdated {
			/// The topic.
			topic: TopicId,
			/// The epoch of the instant scores.
			epoch: EpochId,
			/// The role that was scored.
			role: Role,
			/// Who was scored, its instant score of the epoch, and its smoothed score after it.
			scores: RoleScores<T::AccountId>,
			/// Quantile of these smoothed scores, to which passive and displaced workers are pulled.
			quantile: FixedI128,
			/// What newcomers start from now on.
			initial: FixedI128,
		},
	}

	#[pallet::error]
	pub enum Error<T> {
		/// Neither an inference nor a forecast is in the submission; add at least one.
		NothingSubmitted,
		/// There is no topic of this number.
		TopicNotFound,
		/// The epoch's worker window opens later: its number is the slot from which payloads count.
		WindowNotOpen,
		/// The epoch's worker window is over, or the topic has no such epoch; submit for the epoch
		/// that collects now.
		WindowClosed,
		/// The epoch came to nothing and takes no payloads; submit for the next one.
		EpochVoid,
		/// The account is not registered as a worker of the topic; register first.
		NotRegistered,
		/// The topic's list of workers is on and does not have the account; ask its creator.
		NotAllowed,
		/// The inference has more values than the topic has labels; leave out the last ones.
		TooManyValues,
		/// The inference has no value; give at least one.
		NoValueGiven,
		/// The values do not sum to 1 within the topic's tolerance, the default counting for labels
		/// that were left out.
		NotUnity,
		/// A value of the inference is larger than 1e15 in magnitude.
		InferenceOutOfRange,
		/// The topic takes no forecasts.
		ForecastsNotTaken,
		/// The forecast names nobody; name at least one inferer or leave the forecast out.
		ForecastEmpty,
		/// The forecast is about more than 32 inferers; leave some out.
		ForecastTooLong,
		/// The forecast names an inferer twice.
		DuplicateInferer,
		/// A loss in the forecast is larger than 1000 in magnitude; losses are log10.
		ForecastOutOfRange,
		/// The account has already submitted for this role in this epoch; wait for the next one.
		AlreadySubmitted,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Submit an inference, a forecast, or both, for the topic's open epoch. Values and losses are
		/// in units of 10^-18: 3.5 is 3500000000000000000, and -0.25 is -250000000000000000.
		///
		/// ## Dispatch Origin
		///
		/// Signed by a registered worker of the topic that the topic admits.
		///
		/// ## Details
		///
		/// One inference and one forecast are taken from an account in an epoch, together or one
		/// after the other. An inference has a value for each label in the topic's order; a label
		/// that is left out takes the topic's default. When the active set of a role is full, the
		/// submission displaces the member with the lowest smoothed score if the account's own is
		/// strictly greater; otherwise it is passive and its payload is not kept. Who stays passive
		/// or is displaced has its score pulled toward the quantile of the active scores, and cannot
		/// submit again in this epoch. No deposit is taken. A submission that succeeds pays no fee,
		/// one that fails does.
		///
		/// ## Errors
		///
		/// [`Error::NothingSubmitted`], [`Error::TopicNotFound`], [`Error::WindowNotOpen`],
		/// [`Error::WindowClosed`], [`Error::EpochVoid`], [`Error::NotRegistered`],
		/// [`Error::NotAllowed`], [`Error::AlreadySubmitted`], [`Error::TooManyValues`],
		/// [`Error::NoValueGiven`], [`Error::InferenceOutOfRange`], [`Error::NotUnity`],
		/// [`Error::ForecastsNotTaken`], [`Error::ForecastEmpty`], [`Error::ForecastTooLong`],
		/// [`Error::DuplicateInferer`], [`Error::ForecastOutOfRange`].
		///
		/// ## Events
		///
		/// [`Event::InferenceAccepted`], [`Event::ForecastAccepted`], each perhaps after
		/// [`Event::Displaced`]; [`Event::Passive`].
		#[pallet::call_index(0)]
		#[pallet::weight(Pallet::<T>::weight_of_submitting(
			// The topic's labels are not known before it is read.
			inference.as_ref().map(|_| MAX_LABELS),
			forecast.as_ref().map(|elements| elements.len() as u32),
		))]
		pub fn submit(
			origin: OriginFor<T>,
			topic: TopicId,
			epoch: EpochId,
			inference: Option<SubmittedInference>,
			forecast: Option<SubmittedForecast<T::AccountId>>,
		) -> DispatchResultWithPostInfo {
			let who = ensure_signed(origin)?;
			let weight = Self::do_submit(&who, topic, epoch, inference, forecast)?;
			Ok((Some(weight), Pays::No).into())
		}
	}
}
