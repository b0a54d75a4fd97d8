//! # Aggregation
//!
//! The Topic Coordinator: makes network inferences of what workers send, and learns from what
//! reputers report whom to listen to.
//!
//! ## Pallet API
//!
//! The pallet has no calls. Four stages of an epoch are this pallet's: [`Pallet::synthesise`] and
//! [`Pallet::store`] at the worker close, [`Pallet::learn`] and [`Pallet::record`] at the reputer
//! close. [`BundleInspect`] is for those who report about or buy inferences. The read functions
//! ([`Pallet::latest_inference`] and others) serve the runtime API.
//!
//! ## Overview
//!
//! Twice in its life an epoch of a topic comes by here.
//!
//! * **When its worker window closes** the inferences and forecasts become a *bundle*: the network
//!   inference, which consumers read, and what it would have been without this or that actor, which
//!   shows what each is worth. Actors that did better in the past weigh more.
//! * **When its reporting window closes** the reputers' losses of all these inferences are averaged
//!   by stake. They tell how much better or worse than the network each actor was: its *regret*,
//!   from which the next weights follow, and how much worse the network would have been without it:
//!   its *score*, by which it is paid.
//!
//! ## Low Level / Implementation Details
//!
//! ### Design Goals
//!
//! Few, large, bounded items, since arithmetic is cheap and storage is not. Nothing here stops a
//! block: a computation that leaves its range voids the epoch with [`VoidReason::Arithmetic`] and
//! what it wrote is undone by the clock.
//!
//! ### Storage
//!
//! What an epoch of 32 inferers, 6 forecasters, 6 reputers and one label reads and writes; accounts
//! of 32 bytes, nobody left out as an outlier.
//!
//! | item | one a | worker close | reputer close | pruning | kB | why it is an item |
//! |---|---|---|---|---|---|---|
//! | [`Bundles`] | epoch | write | read | remove | 6.4 | reputers and consumers read it; the hash and the number of elements are at its front, so that checking a report decodes 36 bytes of it |
//! | [`Latest`] | topic | read, write | | | 0.1 | the hot read of consumers, small to prove, older than history; keeps the deviation by which outliers are told, too |
//! | [`LearningRecords`] | epoch | | write | remove | 8.8 | losses, scores, regret steps, coefficients: what explains the epoch |
//! | [`RegretBooks`] | topic | read | read, write | | 15.5 | everything learned; 64.5 with all slots taken |
//! | sum | | 2 r, 2 w | 2 r, 2 w | 2 w | | |
//!
//! Each label more adds 4.4 kB to a bundle. Payloads, reports, scores and coefficients are the
//! neighbours' items, and so are their reads and writes. A topic that is retired is forgotten epoch
//! by epoch as there is room, its book and newest inference at last.
//!
//! ### Design
//!
//! Formulas are in `allora_math`; numbers are stored with 18 decimals ([`FixedI128`]) and computed
//! in 64.64 binary. Losses turn into weights through `allora_math::rules`; the first rule is the
//! original's regret rule (S 9.3).
//!
//! Several epochs of a topic may be between their two closes, and later ones are synthesised before
//! earlier ones are learned. Epochs are learned in their order; a synthesis uses what is learned by
//! then, and the bundle names the epoch of the losses it used. Regret slots are given out when an
//! epoch is learned, so epochs in flight need none.
//!
//! Every inferer is new (S 8.1) if the topic's initial regret is zero *and* no inferer of the epoch
//! has a regret: the original asks for the first only, which in a topic of fewer than ten workers
//! would stay true for ever. What newcomers, returners and lone participants meet is told case by
//! case in `NEWCOMERS.md` beside this crate's manifest.
//!
//! Beside the network inference stands one that outliers have no part in (S 18): inferers more than
//! eleven smoothed deviations from the median are left out of it. Weights, losses, scores and rewards
//! know nothing of it. It is stored only where somebody was left out, and else the same.
//!
//! A reputer's score falls with the distance of its whole report from the consensus, in which each
//! report counts by stake and listening coefficient (S 12.3). Coefficients climb to where the
//! stake-weighted scores are highest, but at least half the stake is always listened to.
//!
//! ### Terminology
//!
//! *Element*: one inference of a bundle and one loss of a report. *Combined*, *naive*, *one-out*,
//! *one-in*: network inferences of all actors, of the inferers, of all but one, of the inferers and
//! one forecaster. *Forecast-implied*: what a forecaster's losses make of the inferers' values.
//!
//! [`BundleInspect`]: allora_primitives::traits::BundleInspect
//! [`VoidReason::Arithmetic`]: allora_primitives::VoidReason::Arithmetic
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
pub mod cells;
mod epoch;
mod inspect;
#[cfg(any(test, feature = "try-runtime"))]
mod invariants;
mod learn;
pub mod regret_book;
mod synthesise;
pub mod types;
pub mod weights;

#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub use learn::EpochLearning;
pub use pallet::*;
pub use regret_book::RegretBook;
pub use synthesise::Synthesis;
pub use types::{
	Intervals, LabelValues, LatestInference, Learned, LearningRecord, OfForecasters, OfInferers,
	ResistantInference, StoredBundle,
};
pub use weights::WeightInfo;

use allora_primitives::{traits::SlotProvider, EpochId, FixedI128, TopicId};

/// Target of this pallet's log lines.
pub(crate) const LOG_TARGET: &str = "runtime::aggregation";

#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use frame_support::pallet_prelude::*;
	use frame_system::pallet_prelude::BlockNumberFor;
	use sp_core::H256;

	/// The version of the stored data's shape.
	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::config]
	pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
		/// The current slot.
		type Time: SlotProvider;
		/// Weights of this pallet's work.
		type WeightInfo: WeightInfo;
	}

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	// Hashers: topics and epochs are numbers that no user chooses, so Twox64Concat is safe.

	/// The bundle of an epoch with its hash, from its worker close to its pruning.
	#[pallet::storage]
	pub type Bundles<T: Config> = StorageDoubleMap<
		_,
		Twox64Concat,
		TopicId,
		Twox64Concat,
		EpochId,
		StoredBundle<T::AccountId>,
		OptionQuery,
	>;

	/// The newest network inference of a topic; it outlives the pruning of its epoch.
	#[pallet::storage]
	pub type Latest<T: Config> =
		StorageMap<_, Twox64Concat, TopicId, LatestInference<T::AccountId>, OptionQuery>;

	/// What was learned of an epoch: its losses, scores and regrets, until its pruning.
	#[pallet::storage]
	pub type LearningRecords<T: Config> = StorageDoubleMap<
		_,
		Twox64Concat,
		TopicId,
		Twox64Concat,
		EpochId,
		LearningRecord<T::AccountId>,
		OptionQuery,
	>;

	/// What a topic has learned about its actors.
	#[pallet::storage]
	pub type RegretBooks<T: Config> =
		StorageMap<_, Twox64Concat, TopicId, RegretBook<T::AccountId>, ValueQuery>;

	#[pallet::event]
	#[pallet::generate_deposit(pub(crate) fn deposit_event)]
	pub enum Event<T: Config> {
		/// The network inference of an epoch was made.
		InferenceMade {
			/// The topic.
			topic: TopicId,
			/// The epoch.
			epoch: EpochId,
			/// The network inference, one value per label.
			label_values: LabelValues,
			/// Its confidence intervals, one a label.
			intervals: Intervals,
			/// The hash that reports about this epoch must name.
			bundle_hash: H256,
			/// The inferers' weights in it; with the forecasters' they sum to 1.
			inferer_weights: OfInferers<T::AccountId>,
			/// The forecasters' weights in it.
			forecaster_weights: OfForecasters<T::AccountId>,
		},
		/// Outliers were left out of the epoch's outlier-resistant inference; without this event it
		/// is the network inference itself.
		OutliersLeftOut {
			/// The topic.
			topic: TopicId,
			/// The epoch.
			epoch: EpochId,
			/// The outlier-resistant inference, and who was left out of it.
			inference: ResistantInference<T::AccountId>,
		},
		/// The losses of an epoch were learned from its reports.
		LossesLearned {
			/// The topic.
			topic: TopicId,
			/// The epoch.
			epoch: EpochId,
			/// Loss of the network inference.
			network_loss: FixedI128,
			/// Loss of the naive inference, which ignores forecasters.
			naive_loss: FixedI128,
		},
		/// The combined regrets of an epoch's actors were renewed.
		RegretsLearned {
			/// The topic.
			topic: TopicId,
			/// The epoch.
			epoch: EpochId,
			/// The inferers' regrets.
			inferers: OfInferers<T::AccountId>,
			/// The forecasters' regrets.
			forecasters: OfForecasters<T::AccountId>,
			/// What regrets are divided by until the next epoch is learned.
			scale: FixedI128,
			/// The regret of newcomers until then.
			initial_regret: FixedI128,
		},
		/// The workers of an epoch were scored.
		ScoresGiven {
			/// The topic.
			topic: TopicId,
			/// The epoch.
			epoch: EpochId,
			/// The inferers' scores.
			inferers: OfInferers<T::AccountId>,
			/// The forecasters' scores.
			forecasters: OfForecasters<T::AccountId>,
		},
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}
}
