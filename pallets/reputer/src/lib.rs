//! # Reputer
//!
//! Keeps the stake of reputers and the delegations to them, and accepts their reports: the truth of
//! an epoch, or losses in a topic with a custom loss method.
//!
//! ## Pallet API
//!
//! See the [`pallet`] module for the calls, the storage, the events and the errors. Other pallets
//! read stakes through [`StakeInspect`](allora_primitives::traits::StakeInspect). The pallet
//! implements four stages of an epoch: [`Pallet::open`] records its reporting window,
//! [`Pallet::freeze`] returns the reports of the active reputers, [`Pallet::record_scores`] takes
//! their scores and listening coefficients, and [`Pallet::share`] computes the delegators' part of
//! their rewards. The clock removes old records through
//! [`EpochRecords`](allora_primitives::traits::EpochRecords).
//!
//! ## Overview
//!
//! A reputer stakes on a topic. Once the truth about an epoch is known, it reports it, one value
//! per label; a report counts by the stake behind it. The stake stays on the owner's account, on
//! hold, so it cannot be spent. To get it back the owner starts a removal, waits for the unbonding
//! time, and withdraws. From the start of the removal on, the stake counts only in epochs whose
//! reporting has opened.
//!
//! Anyone may delegate stake to a reputer of a topic. It counts with the reputer's own, and shares
//! in its rewards, less the commission that the reputer has set. Delegators claim their rewards
//! from the delegators' pot, or delegate them too.
//!
//! A topic has a limited number of seats for reports in an epoch. They go by merit, which is the
//! stake times the listening coefficient: when all seats are taken, a reputer of more merit
//! displaces the one of least merit. A reputer that does not want to report may abstain. A report
//! that takes a seat costs no fee, up to twice the seats per epoch; any other one, and an
//! abstention, costs the transaction fee.
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
//! - **Removals.** A removal stops counting when it starts, so no hook has to end it when it is
//!   due, and there is no queue that could be filled. It is due after the unbonding time, and not
//!   before the close of an epoch in which the stake still counts. Then anyone may pay it out.
//! - **Delegators' rewards.** A settlement adds to one accumulator per reputer, whatever the number
//!   of delegations. What a delegation earned is added up when it is touched. It shares in an epoch
//!   by its amount when the epoch's reporting opened: it keeps its amounts of epochs that were not
//!   settled at a change, and the pool keeps where its accumulator stood at their ends, see
//!   [`pool`].
//! - **The delegators' pot** is an account of its own, with an existential deposit from genesis.
//!   Accumulators have 64 fraction bits and carry their remainders, so that what a pool has is
//!   exactly what its delegations have earned, and what is left when the last one is gone (less
//!   than a planck of each) is recorded as [`Residue`].
//! - **Reporting windows.** A change of stake must find the window that it falls into.
//!   [`ReportingWindows`](types::ReportingWindows) are recorded when an epoch opens, at least one
//!   epoch length before its reporting opens, so a change misses its window only if the clock is
//!   later than that. They are kept until the epoch has ended, also if the clock closes it later
//!   than it opens the next one: until then delegations earn by their amounts in it. The windows of
//!   a topic follow each other; if new timing ever makes them overlap, each window keeps its own
//!   amount.
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
//! - **Outcomes.** Who has a seat is in the active set. The outcome of a report without a seat, and
//!   an abstention, are stored in the author's record in [`Actors`]. The oldest outcome is dropped
//!   with the author's next one, so pruning an epoch removes no more than its active set.
//!
//! ### Terminology
//!
//! - **Authority**: the stake that counts for a reputer in a topic, its own and delegated, in
//!   planck.
//! - **Pool**: the delegations to a reputer in a topic, and what they share.
//! - **Smoothed score**, also *EMA score*: the exponential moving average of a reputer's instant
//!   scores (S 7.5).
//! - **Listening coefficient**: the part of a reputer's stake that counts in the consensus by which
//!   reputers are scored, and in its merit, in [0, 1] (S 12.3).
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

#[cfg(feature = "runtime-benchmarks")]
pub mod benchmarking;
mod calls;
mod delegation;
pub mod epoch;
mod errors;
mod events;
mod explain;
mod inspect;
mod merit;
pub mod pool;
mod report;
mod rewards;
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
pub use rewards::DelegatorsPot;
pub use weights::WeightInfo;

use frame_support::pallet_macros::import_section;

#[import_section(calls::calls)]
#[import_section(errors::errors)]
#[import_section(events::events)]
#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use crate::report::Submitted;
	use crate::{
		pool::{Delegation, Pool, Round},
		types::{
			Authority, Commission, PendingRemovals, RemovalId, ReportingWindows, ReputerBook,
			ReputerCoefficients, ReputerRecord, ReputerScores, ReputerSet, StakeRecord,
		},
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
		PalletId,
	};
	use frame_system::pallet_prelude::*;
	use sp_core::H256;
	use sp_runtime::{FixedI128, Perbill};

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
		/// The minimum frozen authority with which an account may report on epochs that open from now
		/// on, in planck.
		#[pallet::constant]
		type MinReputerStake: Get<Balance>;
		/// The pallet id that the account of the delegators' pot derives from.
		#[pallet::constant]
		type PalletId: Get<PalletId>;
		/// The minimum amount of a delegation, in planck.
		#[pallet::constant]
		type MinDelegation: Get<Balance>;
		/// The maximum commission of a reputer.
		#[pallet::constant]
		type MaxCommission: Get<Perbill>;
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
		/// The funds are delegated to a reputer.
		#[codec(index = 1)]
		Delegation,
	}

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	/// The stake behind a reputer in a topic, its own and delegated, and the part of it that counts
	/// in epochs whose reporting is open.
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

	/// The sum of the stake that counts in a topic, in planck; a topic without any has no entry.
	#[pallet::storage]
	pub type TopicStakes<T: Config> = StorageMap<_, Twox64Concat, TopicId, Balance, ValueQuery>;

	/// The sum of the stake that counts in all topics, in planck.
	#[pallet::storage]
	pub type TotalStake<T: Config> = StorageValue<_, Balance, ValueQuery>;

	/// The sum of all pending removals, of own and of delegated stake, in planck.
	#[pallet::storage]
	pub type TotalRemovals<T: Config> = StorageValue<_, Balance, ValueQuery>;

	/// The sum of the pending removals in a topic, of own and of delegated stake, in planck; a topic
	/// without any has no entry.
	#[pallet::storage]
	pub type TopicRemovals<T: Config> = StorageMap<_, Twox64Concat, TopicId, Balance, ValueQuery>;

	/// The pending removals of a reputer's own stake in a topic.
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

	/// The delegations, by delegator, topic and reputer.
	#[pallet::storage]
	pub type Delegations<T: Config> = StorageNMap<
		_,
		(
			NMapKey<Blake2_128Concat, T::AccountId>,
			NMapKey<Twox64Concat, TopicId>,
			NMapKey<Blake2_128Concat, T::AccountId>,
		),
		Delegation,
	>;

	/// The pending removals of delegations, by delegator, topic and reputer.
	#[pallet::storage]
	pub type Undelegations<T: Config> = StorageNMap<
		_,
		(
			NMapKey<Blake2_128Concat, T::AccountId>,
			NMapKey<Twox64Concat, TopicId>,
			NMapKey<Blake2_128Concat, T::AccountId>,
		),
		PendingRemovals,
		ValueQuery,
	>;

	/// What the delegators of a reputer in a topic share; a reputer without delegations has no
	/// entry. It stays when the reputer leaves or the topic is forgotten.
	#[pallet::storage]
	pub type Pools<T: Config> = StorageDoubleMap<
		_,
		Twox64Concat,
		TopicId,
		Blake2_128Concat,
		T::AccountId,
		Pool,
		ValueQuery,
	>;

	/// Rounds that have ended, that some delegations have not been touched since, and that found no
	/// room in their pool any more; by topic, reputer and epoch.
	#[pallet::storage]
	pub type PastRounds<T: Config> = StorageNMap<
		_,
		(
			NMapKey<Twox64Concat, TopicId>,
			NMapKey<Blake2_128Concat, T::AccountId>,
			NMapKey<Twox64Concat, EpochId>,
		),
		Round,
	>;

	/// The commissions of reputers; one that keeps nothing has no entry.
	#[pallet::storage]
	pub type Commissions<T: Config> = StorageDoubleMap<
		_,
		Twox64Concat,
		TopicId,
		Blake2_128Concat,
		T::AccountId,
		Commission,
		ValueQuery,
	>;

	/// What rounding has left of pools whose last delegation is gone, in planck; it is in the
	/// delegators' pot.
	#[pallet::storage]
	pub type Residue<T: Config> = StorageValue<_, Balance, ValueQuery>;

	/// The reporting windows of a topic that are open or will open, or whose epochs await their
	/// close; those of epochs that have ended are dropped when the next one opens.
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

	/// The abstentions of a reputer in a topic and the outcomes of its reports without a seat, and its
	/// standing while the score book does not hold it. The record stays when the reputer leaves the
	/// topic.
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

	/// The deposit of the delegators' pot.
	#[pallet::genesis_config]
	#[derive(frame_support::DefaultNoBound)]
	pub struct GenesisConfig<T: Config> {
		#[serde(skip)]
		#[doc(hidden)]
		pub _config: PhantomData<T>,
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			Pallet::<T>::endow_pot();
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
