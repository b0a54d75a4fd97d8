//! # Reputer
//!
//! Keeps the stake of reputers, and accepts their reports: the truth of an epoch, or losses in a
//! topic with a custom loss method.
//!
//! ## Pallet API
//!
//! See the [`pallet`] module for the calls, the storage, the events and the errors. Other pallets
//! read stakes through [`StakeInspect`](allora_primitives::traits::StakeInspect). The pallet
//! implements three stages of an epoch: [`Pallet::open`] records its reporting window,
//! [`Pallet::freeze`] returns the reports of the active reputers, and [`Pallet::record_scores`]
//! takes their scores and listening coefficients. The clock removes old records through
//! [`EpochRecords`](allora_primitives::traits::EpochRecords).
//!
//! ## Overview
//!
//! A reputer stakes on a topic. Once the truth about an epoch is known, it reports it, one value per
//! label; a report counts by the stake behind it. The stake stays on the owner's account, on hold,
//! so it cannot be spent. To get it back the owner starts a removal, waits for the unbonding time,
//! and withdraws. Until then the stake counts and earns.
//!
//! A topic has a limited number of seats for reports in an epoch. They go by merit, which is the
//! stake times the listening coefficient: when all seats are taken, a reputer of more merit
//! displaces the one of least merit. A reputer that does not want to report may abstain. A report
//! or abstention that succeeds costs no fee; one that fails costs the transaction fee.
//!
//! ### Example
#![doc = docify::embed!("src/tests/reports.rs", reputer_stakes_and_reports)]
//!
//! ## Low Level / Implementation Details
//!
//! ### Design
//!
//! - **Frozen authority.** The stake that counts in an epoch is the stake that the account had when
//!   the slot began in which the epoch's reporting opened. A change in that slot or later, up or
//!   down, counts in the next epoch. To avoid an iteration over all accounts, the amount is written
//!   only when a stake changes: the first change within a reporting window stores the amount before
//!   it in [`Stakes`], and drops the amounts stored for windows that have closed. The authority is
//!   the stored amount if there is one; otherwise it is the current stake, which has not changed
//!   since the window opened.
//! - **Reporting windows.** A change of stake must find the window that it falls into.
//!   [`ReportingWindows`](types::ReportingWindows) are recorded when an epoch opens, at least one
//!   epoch length before its reporting opens, so a change misses its window only if the clock is
//!   later than that. The windows of a topic follow each other; if new timing ever makes them
//!   overlap, each window keeps its own amount.
//! - **Final reports.** Every report is stored under its topic and epoch, and windows are
//!   arithmetic on slots. Once the window has passed no report can change, so it does not matter
//!   when the close runs.
//! - **Active set.** Each epoch has one bounded item, [`Reports`], which holds the active reputers
//!   and their reports sorted by merit, and by lot where merits are equal.
//! - **Merit.** Seats are given by the rules of [`allora_sortition`], which the inference pallet
//!   uses too. The coefficient of a reputer that finds no seat, or loses it, is pulled toward 1,
//!   where every reputer starts; otherwise a reputer that is not listened to could not return.
//! - **Score books.** One item per topic, [`ScoreBooks`], holds the scores and listening
//!   coefficients of recently active reputers, so that a close changes one item. A report that
//!   becomes active adds its author to the book, and the entry that makes room for it moves to the
//!   record of its account in [`Actors`].
//! - **Outcomes.** The outcome of a report is stored in its author's record in [`Actors`]. The
//!   oldest outcome is dropped when the author reports again, so pruning an epoch removes no more
//!   than its active set.
//!
//! ### Terminology
//!
//! - **Authority**: the stake that counts for a reputer in a topic, in planck.
//! - **Smoothed score**, also *EMA score*: the exponential moving average of a reputer's instant
//!   scores (S 7.5).
//! - **Listening coefficient**: the part of a reputer's stake that counts in the consensus, in
//!   [0, 1] (S 12.3).
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

#[cfg(feature = "runtime-benchmarks")]
pub mod benchmarking;
mod epoch;
mod errors;
mod explain;
mod merit;
mod report;
mod scores;
mod stake;
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

use frame_support::pallet_macros::import_section;

#[import_section(errors::errors)]
#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use crate::report::Submitted;
	use crate::types::{
		PendingRemovals, RemovalId, ReportingWindows, ReputerBook, ReputerCoefficients,
		ReputerRecord, ReputerScores, ReputerSet, StakeRecord,
	};
	use allora_primitives::{
		bundle::{SubmittedLosses, SubmittedTruth},
		traits::{BundleInspect, EpochInspect, SlotProvider, StakeObserver, TopicInspect},
		Balance, EpochId, ReportPayload, Slot, Slots, TopicId,
	};
	use frame_support::{
		pallet_prelude::*,
		traits::{
			fungible::{hold::Mutate as HoldMutate, Mutate},
			Randomness,
		},
	};
	use frame_system::pallet_prelude::*;
	use sp_core::H256;
	use sp_runtime::FixedI128;

	/// The version of the storage layout.
	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::config]
	pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
		/// The currency that is staked.
		type Currency: Mutate<Self::AccountId, Balance = Balance>
			+ HoldMutate<Self::AccountId, Balance = Balance, Reason = Self::RuntimeHoldReason>;
		/// The runtime's hold reasons.
		type RuntimeHoldReason: From<HoldReason>;
		/// The registry of topics.
		type Topics: TopicInspect<Self::AccountId>;
		/// The clock of topics.
		type Epochs: EpochInspect;
		/// The bundles that reports are about.
		type Bundles: BundleInspect<Self::AccountId>;
		/// The observer of changes of stake.
		type Observer: StakeObserver;
		/// The current slot.
		type Time: SlotProvider;
		/// The randomness of the lots that decide between reputers of equal merit. Nobody may know
		/// it long before an epoch.
		type Randomness: Randomness<H256, BlockNumberFor<Self>>;
		/// The number of slots from the start of a removal to the first slot in which it can be
		/// withdrawn.
		#[pallet::constant]
		type UnbondingSlots: Get<Slots>;
		/// The minimum frozen authority with which an account may report, in planck.
		#[pallet::constant]
		type MinReputerStake: Get<Balance>;
		/// Weights of the calls, the stages, and of pruning and forgetting.
		type WeightInfo: WeightInfo;
		/// Sets up the state of other pallets for benchmarks.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkHelper: crate::benchmarking::BenchmarkHelper<Self::AccountId>;
	}

	/// The reasons for which this pallet holds funds.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// The funds are staked by a reputer.
		#[codec(index = 0)]
		Stake,
	}

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	/// The stake of an account in a topic, and the part of it that counts in epochs whose reporting
	/// is open.
	// Twox is safe for topics and epochs: both are numbers that the chain gives out. Account ids
	// are attacker-chosen, so their keys use Blake2.
	#[pallet::storage]
	pub type Stakes<T: Config> = StorageDoubleMap<
		_,
		Twox64Concat,
		TopicId,
		Blake2_128Concat,
		T::AccountId,
		StakeRecord,
		ValueQuery,
	>;

	/// The sum of all stakes in a topic, in planck.
	#[pallet::storage]
	pub type TopicStakes<T: Config> = StorageMap<_, Twox64Concat, TopicId, Balance, ValueQuery>;

	/// The sum of the stakes in all topics, in planck.
	#[pallet::storage]
	pub type TotalStake<T: Config> = StorageValue<_, Balance, ValueQuery>;

	/// The pending removals of an account in a topic. Their sum is at most its stake.
	#[pallet::storage]
	pub type Removals<T: Config> = StorageDoubleMap<
		_,
		Twox64Concat,
		TopicId,
		Blake2_128Concat,
		T::AccountId,
		PendingRemovals,
		ValueQuery,
	>;

	/// The id of the next removal.
	#[pallet::storage]
	pub type NextRemoval<T: Config> = StorageValue<_, RemovalId, ValueQuery>;

	/// The reporting windows of a topic that are open or will open.
	#[pallet::storage]
	pub type Windows<T: Config> =
		StorageMap<_, Twox64Concat, TopicId, ReportingWindows, ValueQuery>;

	/// The active reputers of an epoch with their reports, the weakest first.
	#[pallet::storage]
	pub type Reports<T: Config> = StorageDoubleMap<
		_,
		Twox64Concat,
		TopicId,
		Twox64Concat,
		EpochId,
		ReputerSet<T::AccountId>,
		ValueQuery,
	>;

	/// The scores and listening coefficients of a topic's recently active reputers.
	#[pallet::storage]
	pub type ScoreBooks<T: Config> =
		StorageMap<_, Twox64Concat, TopicId, ReputerBook<T::AccountId>, ValueQuery>;

	/// The outcomes of a reputer's reports in a topic, and its standing while the score book does
	/// not hold it. The record stays when the reputer leaves the topic.
	#[pallet::storage]
	pub type Actors<T: Config> = StorageDoubleMap<
		_,
		Twox64Concat,
		TopicId,
		Blake2_128Concat,
		T::AccountId,
		ReputerRecord<T::AccountId>,
		ValueQuery,
	>;

	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// Stake was added.
		Staked {
			/// The topic that the stake is in.
			topic: TopicId,
			/// The owner of the stake.
			who: T::AccountId,
			/// The added amount, in planck.
			amount: Balance,
			/// The account's new stake in the topic, in planck.
			stake: Balance,
		},
		/// A removal of stake was started.
		RemovalStarted {
			/// The topic that the stake is in.
			topic: TopicId,
			/// The owner of the stake.
			who: T::AccountId,
			/// The id by which the removal can be cancelled.
			removal_id: RemovalId,
			/// The amount to be removed, in planck.
			amount: Balance,
			/// The first slot in which the amount can be withdrawn.
			due: Slot,
		},
		/// A removal of stake was cancelled; the stake stays.
		RemovalCancelled {
			/// The topic that the stake is in.
			topic: TopicId,
			/// The owner of the stake.
			who: T::AccountId,
			/// The id of the removal.
			removal_id: RemovalId,
			/// The amount that stays staked, in planck.
			amount: Balance,
		},
		/// The due removals of an account were withdrawn, and their sum was released from hold.
		Withdrawn {
			/// The topic that the stake is in.
			topic: TopicId,
			/// The owner of the stake.
			who: T::AccountId,
			/// The released amount, in planck.
			amount: Balance,
			/// The account's new stake in the topic, in planck.
			stake: Balance,
		},
		/// A report was accepted into the active set.
		ReportAccepted {
			/// The topic of the report.
			topic: TopicId,
			/// The epoch that it is about.
			epoch: EpochId,
			/// The reputer.
			who: T::AccountId,
			/// Its merit on entering the set: its authority times its listening coefficient, in
			/// planck.
			merit: FixedI128,
			/// Its frozen authority, in planck.
			authority: Balance,
			/// What was reported.
			payload: ReportPayload,
		},
		/// An active reputer was displaced by a stronger one; its report was dropped.
		Displaced {
			/// The topic of the report.
			topic: TopicId,
			/// The epoch that it is about.
			epoch: EpochId,
			/// The account that is no longer active.
			who: T::AccountId,
			/// Its merit in the set, which was the lowest, in planck.
			merit: FixedI128,
			/// The account that is active instead.
			by: T::AccountId,
			/// Its new listening coefficient, pulled toward 1.
			coefficient_after_pull: FixedI128,
		},
		/// A reputer's merit was too low for a seat; its report was not stored.
		Passive {
			/// The topic of the report.
			topic: TopicId,
			/// The epoch that it is about.
			epoch: EpochId,
			/// The account that reported.
			who: T::AccountId,
			/// Its merit on reporting: its authority times its listening coefficient, in planck.
			merit: FixedI128,
			/// The lowest merit in the active set, in planck. The account's is lower, or equal with
			/// a lower lot.
			lowest: FixedI128,
			/// Its new listening coefficient, pulled toward 1.
			coefficient_after_pull: FixedI128,
		},
		/// A reputer declared that it does not report in this epoch.
		Abstained {
			/// The topic of the report.
			topic: TopicId,
			/// The epoch that it is about.
			epoch: EpochId,
			/// The account that abstains.
			who: T::AccountId,
		},
		/// The smoothed scores of reputers were updated with the instant scores of a learned epoch.
		ScoresUpdated {
			/// The topic of the scored reputers.
			topic: TopicId,
			/// The epoch of the instant scores.
			epoch: EpochId,
			/// Per reputer: the account, its instant score in the epoch, its new smoothed score.
			scores: ReputerScores<T::AccountId>,
		},
		/// The listening coefficients of reputers were updated when an epoch was learned.
		CoefficientsUpdated {
			/// The topic of the reputers.
			topic: TopicId,
			/// The learned epoch.
			epoch: EpochId,
			/// Per reputer: the account and its new coefficient, in [0, 1].
			coefficients: ReputerCoefficients<T::AccountId>,
		},
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
		/// Stake an amount of the account's balance on the topic, in planck: 1 ALLO is
		/// 10,000,000,000 planck.
		///
		/// ## Dispatch Origin
		///
		/// Signed by an account that is registered as a reputer of the topic. If the topic's
		/// allow-list of reputers is enabled, it must include the account.
		///
		/// ## Details
		///
		/// The amount is put on hold on the account. It counts in epochs whose reporting opens in a
		/// later slot. The transaction fee is paid.
		///
		/// ## Errors
		///
		/// [`Error::ZeroAmount`], [`Error::NotRegistered`], [`Error::NotAllowed`]; a token error if
		/// the account's free balance, less the existential deposit, is below the amount.
		///
		/// ## Events
		///
		/// [`Event::Staked`].
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::stake())]
		pub fn stake(
			origin: OriginFor<T>,
			topic: TopicId,
			#[pallet::compact] amount: Balance,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_stake(&who, topic, amount)
		}

		/// Start the removal of an amount of stake from the topic, in planck: 1 ALLO is
		/// 10,000,000,000 planck.
		///
		/// ## Dispatch Origin
		///
		/// Signed by the owner of the stake, registered or not.
		///
		/// ## Details
		///
		/// The amount can be withdrawn after the unbonding time, and counts and earns until it is
		/// withdrawn. Up to 16 removals may be pending; their sum is at most the stake. The
		/// transaction fee is paid.
		///
		/// ## Errors
		///
		/// [`Error::ZeroAmount`], [`Error::StakeExceeded`], [`Error::TooManyRemovals`].
		///
		/// ## Events
		///
		/// [`Event::RemovalStarted`].
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::unstake())]
		pub fn unstake(
			origin: OriginFor<T>,
			topic: TopicId,
			#[pallet::compact] amount: Balance,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_unstake(&who, topic, amount)
		}

		/// Cancel a pending removal, due or not.
		///
		/// ## Dispatch Origin
		///
		/// Signed by the owner of the stake, registered or not.
		///
		/// ## Details
		///
		/// The amount stays staked. The transaction fee is paid.
		///
		/// ## Errors
		///
		/// [`Error::RemovalNotFound`].
		///
		/// ## Events
		///
		/// [`Event::RemovalCancelled`].
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::cancel_unstake())]
		pub fn cancel_unstake(
			origin: OriginFor<T>,
			topic: TopicId,
			#[pallet::compact] removal_id: RemovalId,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_cancel_unstake(&who, topic, removal_id)
		}

		/// Withdraw the stake of all due removals of the account in the topic.
		///
		/// ## Dispatch Origin
		///
		/// Signed by the owner of the stake, registered or not.
		///
		/// ## Details
		///
		/// The amount is released from hold. In epochs whose reporting is open it still counts. The
		/// transaction fee is paid.
		///
		/// ## Errors
		///
		/// [`Error::NothingDue`].
		///
		/// ## Events
		///
		/// [`Event::Withdrawn`].
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::withdraw())]
		pub fn withdraw(origin: OriginFor<T>, topic: TopicId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_withdraw(&who, topic)
		}

		/// Report the truth of an epoch, one value per label, in units of 10^-18: 3.5 is
		/// 3500000000000000000, and -0.25 is -250000000000000000.
		///
		/// ## Dispatch Origin
		///
		/// Signed by an account that is registered as a reputer of the topic and has the minimum
		/// stake. If the topic's allow-list of reputers is enabled, it must include the account.
		///
		/// ## Details
		///
		/// The topic's loss method must not be custom. The values are in the order of the topic's
		/// labels; the chain computes all losses from the reports. An account may report once per
		/// epoch. Its merit is its authority times its listening coefficient. When the active set is
		/// full, the report displaces the member of the lowest merit if the account's own is greater;
		/// otherwise the report is passive and not stored. Between equal merits the epoch's lot
		/// decides. An account that stays passive or is displaced has its coefficient pulled toward
		/// 1. No deposit is taken. A report that succeeds pays no fee; one that fails does.
		///
		/// ## Errors
		///
		/// [`Error::TopicNotFound`], [`Error::EpochNotFound`], [`Error::WindowNotOpen`],
		/// [`Error::WindowClosed`], [`Error::EpochNotReporting`], [`Error::NotRegistered`],
		/// [`Error::NotAllowed`], [`Error::AlreadyReported`], [`Error::AlreadyAbstained`],
		/// [`Error::StakeTooLow`], [`Error::LossesExpected`], [`Error::WrongLength`],
		/// [`Error::TruthOutOfRange`], [`Error::NotUnity`], [`Error::NotProbability`],
		/// [`Error::NegativeCount`], [`Error::TruthsDiffer`].
		///
		/// ## Events
		///
		/// [`Event::Passive`]; or [`Event::ReportAccepted`], preceded by [`Event::Displaced`] if a
		/// member lost its seat.
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::report(truth.len() as u32))]
		pub fn report(
			origin: OriginFor<T>,
			topic: TopicId,
			epoch: EpochId,
			truth: SubmittedTruth,
		) -> DispatchResultWithPostInfo {
			let who = ensure_signed(origin)?;
			Self::do_report(&who, topic, epoch, Submitted::Truth(truth))?;
			Ok(Pays::No.into())
		}

		/// Declare that the account does not report in an epoch.
		///
		/// ## Dispatch Origin
		///
		/// Signed by an account that is registered as a reputer of the topic and has the minimum
		/// stake. If the topic's allow-list of reputers is enabled, it must include the account.
		///
		/// ## Details
		///
		/// An abstention has no penalty. It is final: the account cannot report in this epoch
		/// afterwards. No deposit is taken. An abstention that succeeds pays no fee; one that fails
		/// does.
		///
		/// ## Errors
		///
		/// [`Error::TopicNotFound`], [`Error::EpochNotFound`], [`Error::WindowNotOpen`],
		/// [`Error::WindowClosed`], [`Error::EpochNotReporting`], [`Error::NotRegistered`],
		/// [`Error::NotAllowed`], [`Error::AlreadyReported`], [`Error::AlreadyAbstained`],
		/// [`Error::StakeTooLow`].
		///
		/// ## Events
		///
		/// [`Event::Abstained`].
		#[pallet::call_index(5)]
		#[pallet::weight(T::WeightInfo::abstain())]
		pub fn abstain(
			origin: OriginFor<T>,
			topic: TopicId,
			epoch: EpochId,
		) -> DispatchResultWithPostInfo {
			let who = ensure_signed(origin)?;
			Self::do_abstain(&who, topic, epoch)?;
			Ok(Pays::No.into())
		}

		/// Report the losses of the elements of an epoch's bundle, in units of 10^-18: 3.5 is
		/// 3500000000000000000, and -0.25 is -250000000000000000.
		///
		/// ## Dispatch Origin
		///
		/// Signed by an account that is registered as a reputer of the topic and has the minimum
		/// stake. If the topic's allow-list of reputers is enabled, it must include the account.
		///
		/// ## Details
		///
		/// The topic's loss method must be custom. The losses are in the order of the elements of
		/// the bundle whose hash is `bundle_hash`. Seats, deposit and fee are as for
		/// [`Pallet::report`].
		///
		/// ## Errors
		///
		/// [`Error::TopicNotFound`], [`Error::EpochNotFound`], [`Error::WindowNotOpen`],
		/// [`Error::WindowClosed`], [`Error::EpochNotReporting`], [`Error::NotRegistered`],
		/// [`Error::NotAllowed`], [`Error::AlreadyReported`], [`Error::AlreadyAbstained`],
		/// [`Error::StakeTooLow`], [`Error::TruthExpected`], [`Error::WrongBundle`], [`Error::WrongLength`],
		/// [`Error::LossOutOfRange`].
		///
		/// ## Events
		///
		/// [`Event::Passive`]; or [`Event::ReportAccepted`], preceded by [`Event::Displaced`] if a
		/// member lost its seat.
		#[pallet::call_index(6)]
		#[pallet::weight(T::WeightInfo::report(losses.len() as u32))]
		pub fn report_losses(
			origin: OriginFor<T>,
			topic: TopicId,
			epoch: EpochId,
			bundle_hash: H256,
			losses: SubmittedLosses,
		) -> DispatchResultWithPostInfo {
			let who = ensure_signed(origin)?;
			let submitted = Submitted::Losses(bundle_hash, losses);
			Self::do_report(&who, topic, epoch, submitted)?;
			Ok(Pays::No.into())
		}
	}
}
