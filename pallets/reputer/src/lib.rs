//! # Reputer
//!
//! Those who compare a topic's inferences with the truth: their stake, and the losses they report.
//!
//! ## Pallet API
//!
//! See the [`pallet`] module for the calls, the storage, the events and the errors. Other pallets
//! read stakes through [`StakeInspect`](allora_primitives::traits::StakeInspect). Three stages of an
//! epoch are this pallet's: [`Pallet::open`] remembers its reporting window, [`Pallet::freeze`]
//! returns the reports of the active reputers, and [`Pallet::record_scores`] takes their scores and
//! coefficients. What is kept of epochs goes through
//! [`EpochRecords`](allora_primitives::traits::EpochRecords).
//!
//! ## Overview
//!
//! A reputer puts stake behind a topic. Once the truth about an epoch is known, it reports the
//! losses of everything that was inferred in it; the more stake, the more its report counts. Stake
//! stays on the owner's own account, on hold, so it cannot be spent. To get it back the owner
//! starts a removal, waits for the unbonding time, and withdraws; until then it counts and earns.
//!
//! A topic takes a limited number of reports in an epoch. When its places are taken, a reputer
//! with a better record displaces the one with the weakest. A reputer that does not want to report
//! may abstain, openly. Reporting and abstaining cost no fee unless they are refused.
//!
//! ## Low Level / Implementation Details
//!
//! ### Design
//!
//! - **Frozen authority.** In an epoch counts the stake that an account had when the slot began
//!   in which the epoch's reporting opened; a change in that slot or later counts in the next
//!   epoch, be it up or down. So that nobody need be iterated, the stake is only written down when
//!   it changes: the first change within a reporting window stores the amount before it beside
//!   the stake, in [`Stakes`], and drops what was stored for windows that are over. The authority is
//!   that amount if there is one, or else the stake as it is now, which has not changed since the
//!   window opened.
//! - For this, a change must know which window it falls into. [`ReportingWindows`](types::ReportingWindows)
//!   are noted when an epoch opens, at least one epoch length before its reporting does, so a
//!   clock that runs late does not matter: only if it were late by more than that could a change
//!   miss its window. A topic's windows follow each other; should new timing ever make them
//!   overlap, each window keeps its own amount.
//! - Everything carries (topic, epoch) in its key, and windows are arithmetic on slots.
//!   Reports that the window has let in cannot change, whenever the close runs.
//! - Who is active stands with its report in one bounded item an epoch, [`Reports`], sorted by
//!   smoothed score. On equal scores the earlier report stays.
//! - Seats go by merit as those of workers do, by the rules of
//!   [`sortition`](allora_sortition): a newcomer starts from the initial score, who was
//!   away is pulled toward it, who finds no seat or loses it is pulled toward the quantile of the
//!   active scores. An abstention does not count as being away.
//! - Scores and listening coefficients of those active of late stand in one item a topic,
//!   [`ScoreBooks`], so that a close changes one item. The reports that become active move them in,
//!   and others out to their own records in [`Actors`].
//! - What became of reports stands with their author, in [`Actors`], and the oldest is dropped when
//!   the author reports again. So there is nothing to prune but an epoch's reports.
//!
//! ### Terminology
//!
//! *Authority* is the stake that counts for a reputer in a topic, in planck. *Smoothed* or *EMA
//! score* is the exponential moving average of instant scores (S 7.5).
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

#[cfg(feature = "runtime-benchmarks")]
pub mod benchmarking;
mod epoch;
mod explain;
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

#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use crate::types::{
		PendingRemovals, RemovalId, ReportingWindows, ReputerBook, ReputerCoefficients,
		ReputerRecord, ReputerScores, ReputerSet, StakeRecord,
	};
	use allora_primitives::{
		bundle::{Losses, SubmittedLosses},
		traits::{BundleInspect, EpochInspect, SlotProvider, StakeObserver, TopicInspect},
		Balance, EpochId, Slot, Slots, TopicId,
	};
	use frame_support::{
		pallet_prelude::*,
		traits::fungible::{hold::Mutate as HoldMutate, Mutate},
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
		/// The runtime's reasons of holds.
		type RuntimeHoldReason: From<HoldReason>;
		/// The registry of topics.
		type Topics: TopicInspect<Self::AccountId>;
		/// The clock of topics.
		type Epochs: EpochInspect;
		/// The bundles that reports are about.
		type Bundles: BundleInspect<Self::AccountId>;
		/// Who hears of changed stakes.
		type Observer: StakeObserver;
		/// The slot that it is.
		type Time: SlotProvider;
		/// Slots from the start of a removal to the first slot in which it can be withdrawn.
		#[pallet::constant]
		type UnbondingSlots: Get<Slots>;
		/// The minimum frozen authority with which an account may report, in planck.
		#[pallet::constant]
		type MinReputerStake: Get<Balance>;
		/// What this pallet's work costs.
		type WeightInfo: WeightInfo;
		/// Sets up what benchmarks need of other pallets.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkHelper: crate::benchmarking::BenchmarkHelper<Self::AccountId>;
	}

	/// Why this pallet holds a balance.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// It is staked as a reputer.
		#[codec(index = 0)]
		Stake,
	}

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	/// Stake of an account in a topic, and what of it counts in epochs whose reporting is open.
	// Twox is safe for topics and epochs: both are numbers that the chain gives out. Blake2 for
	// accounts: anyone can make as many as he likes and choose among them.
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

	/// Stake of all accounts in a topic, in planck.
	#[pallet::storage]
	pub type TopicStakes<T: Config> = StorageMap<_, Twox64Concat, TopicId, Balance, ValueQuery>;

	/// Stake in all topics, in planck.
	#[pallet::storage]
	pub type TotalStake<T: Config> = StorageValue<_, Balance, ValueQuery>;

	/// Removals that an account has pending in a topic; together at most its stake.
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

	/// The number of the next removal.
	#[pallet::storage]
	pub type NextRemoval<T: Config> = StorageValue<_, RemovalId, ValueQuery>;

	/// Reporting windows of a topic that are open or lie ahead.
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

	/// How the reputers of a topic stand that were active of late, what newcomers start from and
	/// what passive ones are pulled to.
	#[pallet::storage]
	pub type ScoreBooks<T: Config> =
		StorageMap<_, Twox64Concat, TopicId, ReputerBook<T::AccountId>, ValueQuery>;

	/// What became of the reports of a reputer in a topic, and its standing while the score book
	/// does not hold it. They outlive leaving and rejoining.
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
			/// The topic.
			topic: TopicId,
			/// Whose stake.
			account: T::AccountId,
			/// How much was added, in planck.
			amount: Balance,
			/// The account's stake in the topic after it, in planck.
			stake: Balance,
		},
		/// A removal of stake was started.
		RemovalStarted {
			/// The topic.
			topic: TopicId,
			/// Whose stake.
			account: T::AccountId,
			/// The removal's number.
			removal_id: RemovalId,
			/// How much, in planck.
			amount: Balance,
			/// From this slot on it can be withdrawn.
			due: Slot,
		},
		/// A removal of stake was cancelled; the stake stays.
		RemovalCancelled {
			/// The topic.
			topic: TopicId,
			/// Whose stake.
			account: T::AccountId,
			/// The removal's number.
			removal_id: RemovalId,
			/// How much, in planck.
			amount: Balance,
		},
		/// Due removals were withdrawn: the stake is free again.
		Withdrawn {
			/// The topic.
			topic: TopicId,
			/// Whose stake.
			account: T::AccountId,
			/// How much, in planck.
			amount: Balance,
			/// The account's stake in the topic after it, in planck.
			stake: Balance,
		},
		/// A report was accepted into the active set.
		ReportAccepted {
			/// The topic.
			topic: TopicId,
			/// Its epoch.
			epoch: EpochId,
			/// The reputer.
			account: T::AccountId,
			/// The smoothed score with which it entered the set.
			score: FixedI128,
			/// Its frozen authority, in planck.
			authority: Balance,
			/// A loss for each element of the bundle.
			losses: Losses,
		},
		/// An active reputer was displaced by a stronger one; its report was dropped.
		Displaced {
			/// The topic.
			topic: TopicId,
			/// Its epoch.
			epoch: EpochId,
			/// The account that is no longer active.
			account: T::AccountId,
			/// The smoothed score that was too low.
			score: FixedI128,
			/// The account that is active instead.
			by: T::AccountId,
			/// Its smoothed score from now on, pulled toward the quantile of the active scores.
			pulled: FixedI128,
		},
		/// A report came with too low a score to become active; it was not kept.
		Passive {
			/// The topic.
			topic: TopicId,
			/// Its epoch.
			epoch: EpochId,
			/// The account that reported.
			account: T::AccountId,
			/// The smoothed score with which the account came.
			score: FixedI128,
			/// The lowest score in the active set, which would have to be exceeded.
			lowest: FixedI128,
			/// Its smoothed score from now on, pulled toward the quantile of the active scores; a
			/// newcomer's stays.
			pulled: FixedI128,
		},
		/// A reputer declared that it does not report in this epoch.
		Abstained {
			/// The topic.
			topic: TopicId,
			/// Its epoch.
			epoch: EpochId,
			/// The account that abstains.
			account: T::AccountId,
		},
		/// The smoothed scores of reputers were renewed by the instant scores of a learned epoch.
		ScoresUpdated {
			/// The topic.
			topic: TopicId,
			/// The epoch of the instant scores.
			epoch: EpochId,
			/// Who was scored, its instant score of the epoch, and its smoothed score after it.
			scores: ReputerScores<T::AccountId>,
			/// Quantile of these smoothed scores, to which passive and displaced reputers are
			/// pulled.
			quantile: FixedI128,
			/// What newcomers start from now on.
			initial: FixedI128,
		},
		/// The listening coefficients of reputers were renewed by the scoring of a learned epoch.
		CoefficientsUpdated {
			/// The topic.
			topic: TopicId,
			/// The epoch of the scoring.
			epoch: EpochId,
			/// Who is listened to, and how much, in [0, 1].
			coefficients: ReputerCoefficients<T::AccountId>,
		},
	}

	#[pallet::error]
	pub enum Error<T> {
		/// There is no topic of this number.
		TopicNotFound,
		/// The account is not registered as a reputer of the topic; register first.
		NotRegistered,
		/// The topic's list of reputers is on and does not have the account; ask its creator.
		NotAllowed,
		/// The amount is zero; name a positive one.
		ZeroAmount,
		/// More than the stake that no removal is pending for; ask for less or cancel a removal.
		StakeExceeded,
		/// The account has 16 removals pending in the topic; withdraw or cancel one first.
		TooManyRemovals,
		/// The account has no removal of this number pending in the topic.
		RemovalNotFound,
		/// No removal of the account in the topic is due yet; wait for the slot in which it is.
		NothingDue,
		/// The topic has no such epoch on record; ask for the epochs whose reporting is open.
		EpochNotFound,
		/// The epoch's reporting window opens later.
		WindowNotOpen,
		/// The epoch's reporting window is over; report on the next epoch.
		WindowClosed,
		/// The epoch takes no reports: it has no bundle, is void or is settled.
		EpochNotReporting,
		/// The report names another bundle than the epoch's; fetch the bundle and its hash anew.
		WrongBundle,
		/// The report has not as many losses as the bundle has elements.
		WrongLength,
		/// A loss is larger than 1000 in magnitude; losses are log10.
		LossOutOfRange,
		/// The stake that counts in this epoch is below the minimum; add stake for later epochs.
		StakeTooLow,
		/// The account has already reported in this epoch; wait for the next one.
		AlreadyReported,
		/// The account has abstained in this epoch; wait for the next one.
		AlreadyAbstained,
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
		/// Put an amount of the account's balance behind the topic, in planck: 1 ALLO is
		/// 10,000,000,000 planck.
		///
		/// ## Dispatch Origin
		///
		/// Signed by a registered reputer of the topic that the topic admits.
		///
		/// ## Details
		///
		/// The amount is held on the account. It counts in epochs whose reporting opens in a later
		/// block. A fee is paid.
		///
		/// ## Errors
		///
		/// [`Error::ZeroAmount`], [`Error::NotRegistered`], [`Error::NotAllowed`]; a token error if the account has too
		/// little, counting what it needs to live.
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

		/// Start to remove an amount of stake from the topic, in planck: 1 ALLO is 10,000,000,000
		/// planck.
		///
		/// ## Dispatch Origin
		///
		/// Signed by the owner of the stake, registered or not.
		///
		/// ## Details
		///
		/// It can be withdrawn after the unbonding time, and counts and earns until it is. Up to 16
		/// removals may be pending, together at most the stake. A fee is paid.
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

		/// Cancel a removal, due or not, that has not been withdrawn.
		///
		/// ## Dispatch Origin
		///
		/// Signed by the owner of the stake.
		///
		/// ## Details
		///
		/// The stake stays where it is. A fee is paid.
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
		/// The hold is released. In epochs whose reporting is open the stake still counts. A fee is
		/// paid.
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

		/// Report the losses of the elements of an epoch's bundle, in units of 10^-18: 3.5 is
		/// 3500000000000000000, and -0.25 is -250000000000000000.
		///
		/// ## Dispatch Origin
		///
		/// Signed by a registered reputer of the topic that the topic admits.
		///
		/// ## Details
		///
		/// The losses are positional, in the order of the bundle's elements; `bundle_hash` says
		/// which bundle they are of. One report is taken from an account in an epoch. When the
		/// active set is full, the report displaces the member with the lowest smoothed score if
		/// the account's own is strictly greater; otherwise it is passive and not kept. Who stays
		/// passive or is displaced has its score pulled toward the quantile of the active scores.
		/// No deposit is taken. A report that succeeds pays no fee, one that fails does.
		///
		/// ## Errors
		///
		/// [`Error::TopicNotFound`], [`Error::EpochNotFound`], [`Error::WindowNotOpen`],
		/// [`Error::WindowClosed`], [`Error::EpochNotReporting`], [`Error::NotRegistered`],
		/// [`Error::NotAllowed`], [`Error::AlreadyReported`], [`Error::AlreadyAbstained`],
		/// [`Error::StakeTooLow`], [`Error::WrongBundle`], [`Error::WrongLength`], [`Error::LossOutOfRange`].
		///
		/// ## Events
		///
		/// [`Event::ReportAccepted`], perhaps after [`Event::Displaced`]; or [`Event::Passive`].
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::report(losses.len() as u32))]
		pub fn report(
			origin: OriginFor<T>,
			topic: TopicId,
			epoch: EpochId,
			bundle_hash: H256,
			losses: SubmittedLosses,
		) -> DispatchResultWithPostInfo {
			let who = ensure_signed(origin)?;
			Self::do_report(&who, topic, epoch, bundle_hash, losses)?;
			Ok(Pays::No.into())
		}

		/// Declare openly that the account does not report in an epoch.
		///
		/// ## Dispatch Origin
		///
		/// Signed by a registered reputer of the topic with enough stake to report.
		///
		/// ## Details
		///
		/// There is no penalty, not even that of a missed epoch, and no way back: the account cannot report in this epoch any more.
		/// No deposit is taken. The call pays no fee if it succeeds.
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
	}
}
