//! # Inference
//!
//! Accepts what workers submit in each epoch of a topic: inferences, and forecasts of the losses of
//! other workers' inferences.
//!
//! ## Pallet API
//!
//! See the [`pallet`] module for the calls, the storage, the events and the errors. The pallet
//! implements two stages of an epoch: [`Pallet::freeze`] returns the payloads of the active
//! workers, and [`Pallet::record_scores`] takes their scores. The clock removes old records through
//! [`EpochRecords`](allora_primitives::traits::EpochRecords).
//!
//! ## Overview
//!
//! While the worker window of an epoch is open, each registered worker may submit an inference, a
//! forecast, or both, once. A topic has a limited number of seats for each. When all seats are
//! taken, a worker with a better record displaces the one with the weakest record; a worker whose
//! record is worse stays passive for this epoch. Between equal records a lot decides. When the
//! window closes, the payloads of the active workers go to the aggregation pallet.
//!
//! A submission that takes a seat costs no fee, up to twice the seats per role and epoch. A
//! submission that stays passive or fails costs the transaction fee.
//!
//! In a topic with a reveal window, workers first commit to their payloads by a hash, and seats are
//! given to commitments. The payloads are revealed in the window that follows, when nobody can copy
//! them any more.
//!
//! ### Example
#![doc = docify::embed!("src/tests/submissions.rs", worker_submits_an_inference)]
//!
//! In a topic with a reveal window:
#![doc = docify::embed!("src/tests/reveals.rs", worker_commits_and_reveals)]
//!
//! ## Low Level / Implementation Details
//!
//! ### Design
//!
//! - **Windows.** Every payload is stored under its topic and epoch, and the window is arithmetic
//!   on slots ([`EpochInspect::collecting_epoch`]). Once the window has passed no payload can
//!   change, so it does not matter when the close runs.
//! - **Active sets.** Each epoch has one bounded item per role, [`Inferers`] and [`Forecasters`],
//!   which holds the active workers and their payloads sorted by smoothed score, and by lot where
//!   scores are equal.
//! - **Commit and reveal.** [`Commitments`] has one bounded item per epoch with the seats of both
//!   roles and the hashes. A reveal puts the payload into [`Inferers`] or [`Forecasters`], so that
//!   a seat without a payload there was not revealed. The close lowers the score of its worker (S
//!   7.6): by [`Pallet::freeze`], or if nobody has revealed, when the epoch is voided, since a step
//!   that fails is undone. The number of times in a row is stored beside the score.
//! - **Merit.** A newcomer starts from the topic's initial score. The score of an absent worker is
//!   pulled toward it once per epoch that others submitted for. The score of a worker that finds no
//!   seat, or loses it, is pulled toward the quantile of the active scores instead, once per epoch.
//!   The score of a worker that keeps submitting therefore rises to that of an active worker of
//!   modest merit, passes the lowest active score, and gains the worker a seat. The rules are in
//!   [`allora_sortition`], which the reputer pallet uses too.
//! - **Score books.** One item per topic, [`ScoreBooks`], holds the scores of recently active
//!   workers, so that a close changes one item. A submission that becomes active adds its author to
//!   the book, and the entry that makes room for it moves to the record of its account in
//!   [`Actors`]. A submission touches a constant number of items; that of a *regular*, which is in
//!   the book, has missed no round and takes a free seat, writes the active set alone. The first
//!   submission of an epoch marks the members of the epoch before in the book.
//! - **Outcomes.** Who has a seat is in the active set, or in the commitments. The outcome of a
//!   submission without a seat is stored in its author's record in [`Actors`]. The oldest outcome is
//!   dropped with the author's next one, so pruning an epoch removes no more than its active sets
//!   and commitments.
//! - **Kept forecast elements.** The elements of a forecast are ranked by the scores in the active
//!   set (S 7.2), which are final when the window has passed. Equal scores are ranked by account.
//!
//! ### Terminology
//!
//! - **Smoothed score**, also *EMA score*: the exponential moving average of a worker's instant
//!   scores (S 7.5), one per role and topic.
//! - **Active**: the worker has a seat in the epoch's active set.
//! - **Passive**: the worker submitted but got no seat.
//!
//! [`EpochInspect::collecting_epoch`]: allora_primitives::traits::EpochInspect::collecting_epoch
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

#[cfg(feature = "runtime-benchmarks")]
pub mod benchmarking;
mod epoch;
mod explain;
mod freeze;
pub mod reveal;
mod roles;
mod scores;
mod seats;
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
	use crate::types::{
		EpochCommitments, ForecasterSet, InfererSet, RoleScores, WorkerBooks, WorkerRecord,
	};
	use allora_primitives::{
		bundle::{Inference, SubmittedForecast, SubmittedInference},
		traits::{EpochInspect, SlotProvider, TopicInspect},
		EpochId, Forecast, Role, Salt, TopicId, WorkerRoles, MAX_LABELS,
	};
	use frame_support::{pallet_prelude::*, traits::Randomness};
	use frame_system::pallet_prelude::*;
	use sp_core::H256;
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
		/// The randomness of the lots that decide between workers of equal scores. Nobody may know
		/// it long before an epoch.
		type Randomness: Randomness<H256, BlockNumberFor<Self>>;
		/// Weights of the calls, the stages, and of pruning and forgetting.
		type WeightInfo: WeightInfo;
		/// Sets up the state of other pallets for benchmarks.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkHelper: crate::benchmarking::BenchmarkHelper<Self::AccountId>;
	}

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	/// The active inferers of an epoch with their inferences, the weakest first; in a topic with a
	/// reveal window, those that have revealed.
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

	/// The active forecasters of an epoch with their forecasts as submitted, the weakest first; in a
	/// topic with a reveal window, those that have revealed.
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

	/// The commitments of the workers with a seat in an epoch of a topic with a reveal window.
	#[pallet::storage]
	pub type Commitments<T: Config> = StorageDoubleMap<
		_,
		Twox64Concat,
		TopicId,
		Twox64Concat,
		EpochId,
		EpochCommitments<T::AccountId>,
		ValueQuery,
	>;

	/// Per role: the scores of recently active workers, the initial score of newcomers, and the
	/// quantile that passive workers are pulled toward.
	#[pallet::storage]
	pub type ScoreBooks<T: Config> =
		StorageMap<_, Twox64Concat, TopicId, WorkerBooks<T::AccountId>, ValueQuery>;

	/// The outcomes of a worker's submissions without a seat in a topic and role, and its standing
	/// while the score book does not hold it. The record stays when the worker leaves the topic.
	// Account ids are attacker-chosen, so their keys use Blake2.
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
		/// An inference was accepted into the active set: submitted, or revealed by a worker with a
		/// seat.
		InferenceAccepted {
			/// The topic of the submission.
			topic: TopicId,
			/// The epoch that it is for.
			epoch: EpochId,
			/// The inferer.
			who: T::AccountId,
			/// Its smoothed score on entering the set.
			score: FixedI128,
			/// The stored inference: one value per label, defaults included.
			inference: Inference,
		},
		/// A forecast was accepted into the active set: submitted, or revealed by a worker with a
		/// seat.
		ForecastAccepted {
			/// The topic of the submission.
			topic: TopicId,
			/// The epoch that it is for.
			epoch: EpochId,
			/// The forecaster.
			who: T::AccountId,
			/// Its smoothed score on entering the set.
			score: FixedI128,
			/// The log10 losses that it expects of inferers.
			forecast: Forecast<T::AccountId>,
		},
		/// A worker took a seat in the active set with a commitment to a payload.
		Committed {
			/// The topic of the commitment.
			topic: TopicId,
			/// The epoch that it is for.
			epoch: EpochId,
			/// The role that the worker has a seat in.
			role: Role,
			/// The worker.
			who: T::AccountId,
			/// Its smoothed score on entering the set.
			score: FixedI128,
			/// The hash of the payload.
			payload_hash: H256,
		},
		/// The reveal window closed, and workers with a seat had not revealed their payloads. Their
		/// seats stay empty, and their scores were lowered.
		Unrevealed {
			/// The topic of the commitments.
			topic: TopicId,
			/// The epoch that they were for.
			epoch: EpochId,
			/// The role of the seats.
			role: Role,
			/// Per worker: the account, its smoothed score before, its new smoothed score.
			scores: RoleScores<T::AccountId>,
		},
		/// An active worker was displaced by a stronger one; its payload or commitment was dropped.
		Displaced {
			/// The topic of the submission.
			topic: TopicId,
			/// The epoch that it is for.
			epoch: EpochId,
			/// The role that both submitted for.
			role: Role,
			/// The account that is no longer active.
			who: T::AccountId,
			/// Its smoothed score in the set, which was the lowest.
			score: FixedI128,
			/// The account that is active instead.
			by: T::AccountId,
			/// Its new smoothed score, pulled toward the quantile of the active scores.
			score_after_pull: FixedI128,
		},
		/// A worker's score was too low for a seat; its payload was not stored.
		Passive {
			/// The topic of the submission.
			topic: TopicId,
			/// The epoch that it is for.
			epoch: EpochId,
			/// The role it was submitted for.
			role: Role,
			/// The account that submitted.
			who: T::AccountId,
			/// Its smoothed score on submitting.
			score: FixedI128,
			/// The lowest score in the active set. The account's is lower, or equal with a lower
			/// lot.
			lowest: FixedI128,
			/// Its new smoothed score, pulled toward the quantile of the active scores. A
			/// newcomer's score is not pulled.
			score_after_pull: FixedI128,
		},
		/// The smoothed scores of a role were updated with the instant scores of a learned epoch.
		ScoresUpdated {
			/// The topic of the scored workers.
			topic: TopicId,
			/// The epoch of the instant scores.
			epoch: EpochId,
			/// The role that was scored.
			role: Role,
			/// Per worker: the account, its instant score in the epoch, its new smoothed score.
			scores: RoleScores<T::AccountId>,
			/// The quantile of these smoothed scores that passive and displaced workers are pulled
			/// toward.
			quantile: FixedI128,
			/// The new initial score of newcomers.
			initial: FixedI128,
		},
	}

	#[pallet::error]
	pub enum Error<T> {
		/// The submission contains neither an inference nor a forecast; add at least one.
		NothingSubmitted,
		/// No topic has this id.
		TopicNotFound,
		/// The epoch's worker window opens later: the epoch's id is the first slot of its window.
		WindowNotOpen,
		/// The epoch's worker window has closed, or the topic has no such epoch; submit for the
		/// epoch whose window is open.
		WindowClosed,
		/// The epoch is void and accepts no payloads; submit for the next epoch.
		EpochVoid,
		/// The account is not registered as a worker of the topic; register first.
		NotRegistered,
		/// The topic's allow-list of workers is enabled and does not include the account; ask the
		/// topic's creator.
		NotAllowed,
		/// The inference has more values than the topic has labels; give one value per label.
		TooManyValues,
		/// The inference has no value; give at least one.
		NoValueGiven,
		/// The values do not sum to 1 within the topic's tolerance. A label that is left out counts
		/// with the topic's default value.
		NotUnity,
		/// Each value of an inference must be from 0 to 1, since the topic predicts probabilities.
		NotProbability,
		/// Each value of an inference must be above 0, since the topic predicts counts.
		NotPositive,
		/// The labels are quantiles in ascending order of their levels; no value may be below the
		/// value of the label before.
		QuantilesDecrease,
		/// A value of the inference exceeds 1e15 in magnitude.
		InferenceOutOfRange,
		/// The topic has no seats for forecasters.
		ForecastsNotTaken,
		/// The forecast is empty; name at least one inferer or leave the forecast out.
		ForecastEmpty,
		/// The forecast names more than 32 inferers; leave some out.
		ForecastTooLong,
		/// The forecast names an inferer more than once.
		DuplicateInferer,
		/// A loss in the forecast exceeds 1000 in magnitude; losses are log10.
		ForecastOutOfRange,
		/// The account has already submitted or committed in this role for this epoch; wait for the
		/// next epoch.
		AlreadySubmitted,
		/// The topic has a reveal window: call `commit` with the hash of the payload now, and
		/// `reveal` in the reveal window.
		CommitFirst,
		/// The topic has no reveal window: call `submit`.
		NoRevealWindow,
		/// The epoch's reveal window opens later: it follows the worker window.
		RevealNotOpen,
		/// The epoch's reveal window has closed, or the topic has no such epoch.
		RevealClosed,
		/// The account has no seat in the epoch: it committed to nothing, found all seats taken by
		/// workers that are no weaker, or was displaced.
		NoSeat,
		/// The account has a seat for another payload: the inference, the forecast, the salt, the
		/// account, the topic and the epoch must be those whose hash was committed.
		WrongHash,
		/// The payload has other parts than the commitment stated: an inference, a forecast or both.
		WrongRoles,
		/// The payload has been revealed.
		AlreadyRevealed,
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
		/// Submit an inference, a forecast, or both, for the topic's open epoch. Values and losses
		/// are in units of 10^-18: 3.5 is 3500000000000000000, and -0.25 is -250000000000000000.
		///
		/// ## Dispatch Origin
		///
		/// Signed by an account that is registered as a worker of the topic. If the topic's
		/// allow-list of workers is enabled, it must include the account.
		///
		/// ## Details
		///
		/// An account may submit one inference and one forecast per epoch, in one call or in two.
		/// An inference has one value per label, in the topic's order of labels; a label that is
		/// left out gets the topic's default value. When the active set of a role is full, the
		/// submission displaces the member with the lowest smoothed score if the account's own is
		/// greater; otherwise the submission is passive and its payload is not stored. Between
		/// equal scores the epoch's lot decides. An account that stays passive or is displaced has
		/// its score pulled toward the quantile of the active scores, and cannot submit again in
		/// this role and epoch. No deposit is taken. A submission that takes a seat pays no fee, up
		/// to twice the seats per role and epoch; one that takes none, or fails, pays the fee. The
		/// account must hold the fee beforehand in any case.
		///
		/// ## Errors
		///
		/// [`Error::NothingSubmitted`], [`Error::TopicNotFound`], [`Error::CommitFirst`],
		/// [`Error::WindowNotOpen`], [`Error::WindowClosed`], [`Error::EpochVoid`],
		/// [`Error::NotRegistered`], [`Error::NotAllowed`], [`Error::AlreadySubmitted`],
		/// [`Error::TooManyValues`], [`Error::NoValueGiven`], [`Error::InferenceOutOfRange`],
		/// [`Error::NotUnity`], [`Error::NotProbability`], [`Error::NotPositive`],
		/// [`Error::QuantilesDecrease`], [`Error::ForecastsNotTaken`], [`Error::ForecastEmpty`],
		/// [`Error::ForecastTooLong`], [`Error::DuplicateInferer`],
		/// [`Error::ForecastOutOfRange`].
		///
		/// ## Events
		///
		/// Per role: [`Event::Passive`], or [`Event::InferenceAccepted`] or
		/// [`Event::ForecastAccepted`], preceded by [`Event::Displaced`] if a member lost its seat.
		#[pallet::call_index(0)]
		#[pallet::weight(Pallet::<T>::weight_of_submitting(
			// The number of labels is known only after the topic is read.
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
			let (weight, pays) = Self::do_submit(&who, topic, epoch, inference, forecast)?;
			Ok((Some(weight), pays).into())
		}

		/// Commit to a payload for the topic's open epoch, by its hash: Blake2-256 of the SCALE
		/// encodings of inference, forecast, salt of 32 bytes, account, topic and epoch.
		///
		/// ## Dispatch Origin
		///
		/// Signed by an account that is registered as a worker of the topic. If the topic's
		/// allow-list of workers is enabled, it must include the account.
		///
		/// ## Details
		///
		/// In a topic with a reveal window, workers commit in the worker window and call
		/// [`Pallet::reveal`] in the reveal window. `roles` states whether the payload is an
		/// inference, a forecast or both. An account may commit once per role and epoch. Seats are
		/// assigned as by [`Pallet::submit`], in each role on its own. A worker that has a seat and
		/// does not reveal loses score, more from one time in a row to the next. No deposit is
		/// taken. The first commitments of a role and epoch that take a seat, as many as there are
		/// seats, pay no fee; all others, and those that fail, pay it. The account must hold the fee
		/// beforehand in any case.
		///
		/// ## Errors
		///
		/// [`Error::TopicNotFound`], [`Error::NoRevealWindow`], [`Error::WindowNotOpen`],
		/// [`Error::WindowClosed`], [`Error::EpochVoid`], [`Error::NotRegistered`],
		/// [`Error::NotAllowed`], [`Error::ForecastsNotTaken`], [`Error::AlreadySubmitted`].
		///
		/// ## Events
		///
		/// Per role: [`Event::Passive`], or [`Event::Committed`], preceded by [`Event::Displaced`]
		/// if a member lost its seat.
		#[pallet::call_index(1)]
		#[pallet::weight(Pallet::<T>::weight_of_committing(*roles))]
		pub fn commit(
			origin: OriginFor<T>,
			topic: TopicId,
			epoch: EpochId,
			payload_hash: H256,
			roles: WorkerRoles,
		) -> DispatchResultWithPostInfo {
			let who = ensure_signed(origin)?;
			let (weight, pays) = Self::do_commit(&who, topic, epoch, payload_hash, roles)?;
			Ok((Some(weight), pays).into())
		}

		/// Reveal a committed payload. Values and losses are in units of 10^-18: 3.5 is
		/// 3500000000000000000, and -0.25 is -250000000000000000.
		///
		/// ## Dispatch Origin
		///
		/// Signed by the account that committed.
		///
		/// ## Details
		///
		/// `inference`, `forecast` and `salt` are those whose hash was committed. The payload is
		/// checked like one that is submitted; a commitment cannot be replaced, so check the payload
		/// before committing to it. Each part for whose role the account has a seat
		/// enters the active set; a part for which it has none is neither stored nor emitted. No
		/// deposit is taken. A reveal that succeeds pays no fee; one that fails does. The account must
		/// hold the fee beforehand in any case.
		///
		/// ## Errors
		///
		/// [`Error::NothingSubmitted`], [`Error::TopicNotFound`], [`Error::NoRevealWindow`],
		/// [`Error::RevealNotOpen`], [`Error::RevealClosed`], [`Error::EpochVoid`],
		/// [`Error::NoSeat`], [`Error::WrongHash`], [`Error::WrongRoles`],
		/// [`Error::AlreadyRevealed`], [`Error::TooManyValues`], [`Error::NoValueGiven`],
		/// [`Error::InferenceOutOfRange`], [`Error::NotUnity`], [`Error::NotProbability`],
		/// [`Error::NotPositive`], [`Error::QuantilesDecrease`], [`Error::ForecastsNotTaken`],
		/// [`Error::ForecastEmpty`], [`Error::ForecastTooLong`], [`Error::DuplicateInferer`],
		/// [`Error::ForecastOutOfRange`].
		///
		/// ## Events
		///
		/// Per role in which the account has a seat: [`Event::InferenceAccepted`] or
		/// [`Event::ForecastAccepted`].
		#[pallet::call_index(2)]
		#[pallet::weight(Pallet::<T>::weight_of_revealing(
			// The number of labels is known only after the topic is read.
			inference.as_ref().map(|_| MAX_LABELS),
			forecast.as_ref().map(|elements| elements.len() as u32),
		))]
		pub fn reveal(
			origin: OriginFor<T>,
			topic: TopicId,
			epoch: EpochId,
			inference: Option<SubmittedInference>,
			forecast: Option<SubmittedForecast<T::AccountId>>,
			salt: Salt,
		) -> DispatchResultWithPostInfo {
			let who = ensure_signed(origin)?;
			let weight = Self::do_reveal(&who, topic, epoch, inference, forecast, &salt)?;
			Ok((Some(weight), Pays::No).into())
		}
	}
}
