//! # Aggregation
//!
//! The Topic Coordinator: makes network inferences from what workers submit, and learns from what
//! reputers report how much weight each worker gets.
//!
//! ## Pallet API
//!
//! The pallet has no calls. It implements four stages of an epoch: [`Pallet::synthesise`] and
//! [`Pallet::store`] at the worker close, [`Pallet::learn`] and [`Pallet::record`] at the reputer
//! close. The reputer pallet reads bundles through [`BundleInspect`]. The read functions
//! ([`Pallet::latest_inference`] and others) serve the runtime API.
//!
//! ## Overview
//!
//! The pallet acts twice in the life of an epoch:
//!
//! - **When the worker window closes**, the inferences and forecasts become a *bundle*: the network
//!   inference, which consumers read, and the inferences that the network would make without each
//!   of the actors, which show the worth of each actor. Actors that did better in the past weigh
//!   more.
//! - **When the reporting window closes**, the median of the reported truths by stake gives the
//!   losses of all these inferences; in a topic with a custom loss method, the medians of the
//!   reported losses. How much better or worse than the network an actor was is its *regret*, which
//!   determines its next weight. How much worse the network would have been without the actor is
//!   its *score* in log10 losses, which determines its merit, and its *worth* in the topic's own
//!   loss, which determines its reward.
//!
//! ### Example
#![doc = docify::embed!("src/tests/synthesis.rs", network_inference_is_made_and_learned_from)]
//!
//! ## Low Level / Implementation Details
//!
//! ### Design Goals
//!
//! - The pallet stores few, large, bounded items, since arithmetic is cheap and storage is not.
//! - No failure stops a block: a computation that leaves its range voids the epoch with
//!   [`VoidReason::Arithmetic`], and the clock undoes what the step wrote.
//!
//! ### Storage
//!
//! The items that an epoch of 32 inferers, 6 forecasters, 6 reputers and one label reads and writes
//! under the mixture rule, with 32-byte accounts and no outliers. The regret rule's bundle takes
//! 6.4 kB, its record 8.8, and its book 15.5, or 64.8 with all slots taken:
//!
//! | item | one per | worker close | reputer close | pruning | kB | purpose |
//! |---|---|---|---|---|---|---|
//! | [`Bundles`] | epoch | write | read | remove | 4.0 | reputers and consumers read it; the hash and the number of elements come first, so that checking a report decodes 36 bytes of it |
//! | [`Latest`] | topic | read, write | | | 0.2 | what consumers read most, small to prove, kept longer than the epochs on record; also holds the deviation by which outliers are detected |
//! | [`LearningRecords`] | epoch | | write | remove | 7.9 | losses, scores, worth, regrets and coefficients, which explain the epoch |
//! | [`Books`] | topic | read | read, write | | 3.4 | everything learned; 7.5 with all places taken |
//! | sum | | 2 r, 2 w | 2 r, 2 w | 2 w | | |
//!
//! Each additional label adds 1.6 kB to a bundle, 4.4 kB under the regret rule. Payloads, reports,
//! smoothed scores and coefficients are items of other pallets, which read and write them. A
//! retired topic is forgotten epoch by epoch as the meter allows, its book and newest inference
//! last.
//!
//! ### Design
//!
//! - **Numbers.** The formulas are in `allora_math`. Numbers are stored with 18 decimals
//!   ([`FixedI128`]) and computed in 64.64 binary.
//! - **Rules.** A topic names its rule: the mixture (S 9.4), which is the default, or the
//!   original's regret rule (S 9.3). Each is a file that makes the elements of a bundle and learns
//!   from their losses. An epoch is learned by the rule that made its bundle, so a topic may change
//!   its rule while epochs are in flight; the other rule begins without standings, but with the
//!   spreads of the truths and the errors of the network.
//! - **Intervals.** The interval of an inference says where the truth is expected, by the network's
//!   own recent errors (S 8.10), whatever the rule. How far the workers disagree is stored beside
//!   it.
//! - **Order of epochs.** Several epochs of a topic may be between their two closes, and later
//!   epochs are synthesized before earlier ones are learned. Epochs are learned in their order; a
//!   synthesis uses what is learned by then, and the bundle names the epoch of the losses that it
//!   used. Regret slots are given out when an epoch is learned, so epochs in flight need none.
//! - **Newcomers.** Under the regret rule, all inferers of an epoch count as new (S 8.1) if the
//!   topic's initial regret is zero *and* no inferer of the epoch has a regret. The original
//!   requires only the former, which in a topic of fewer than ten workers would hold forever.
//!   `NEWCOMERS.md` in the root of this crate lists the treatment of newcomers, returning actors
//!   and lone participants case by case.
//! - **Outliers.** Besides the network inference there is an outlier-resistant one (S 18), without
//!   the inferers whose inference is more than eleven smoothed deviations from the median. It has
//!   no effect on weights, losses, scores and rewards. It is stored only if an inferer was left
//!   out; otherwise it equals the network inference.
//! - **Reputers.** A reputer's score falls with the distance of its whole report from the
//!   consensus, in which each report counts by stake and listening coefficient (S 12.3). The
//!   coefficients climb to where the stake-weighted scores are highest, but at least half of the
//!   stake always counts.
//!
//! ### Terminology
//!
//! - **Element**: one inference of a bundle, and the loss for it in a report.
//! - **Combined**: the network inference of all actors.
//! - **Naive**: the network inference of the inferers alone.
//! - **One-out**: the network inference of all actors but one.
//! - **One-in**: the network inference of the inferers and one forecaster.
//! - **Forecast-implied**: the inference that a forecaster's losses make of the inferers' values.
//!
//! [`BundleInspect`]: allora_primitives::traits::BundleInspect
//! [`VoidReason::Arithmetic`]: allora_primitives::VoidReason::Arithmetic
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
pub mod book;
pub mod cells;
mod consensus;
mod epoch;
mod explain;
mod inspect;
mod learn;
pub mod mixture_book;
pub mod regret_book;
mod rules;
pub mod spreads;
mod synthesise;
#[cfg(any(test, feature = "try-runtime"))]
mod try_state;
pub mod types;
pub mod weights;

#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub use book::{Book, RuleState};
pub use learn::EpochLearning;
pub use mixture_book::MixtureBook;
pub use pallet::*;
pub use regret_book::RegretBook;
pub use synthesise::Synthesis;
pub use types::{
	Kept, KeptMixture, LabelValues, LastLearned, LatestInference, LearningRecord, PerForecaster,
	PerInferer, ResistantInference, StoredBundle,
};
pub use weights::WeightInfo;

use allora_primitives::{
	bundle::{Disagreement, Intervals},
	traits::SlotProvider,
	EpochId, FixedI128, TopicId,
};

/// Target of this pallet's log lines.
pub(crate) const LOG_TARGET: &str = "runtime::aggregation";

#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use frame_support::pallet_prelude::*;
	use frame_system::pallet_prelude::BlockNumberFor;
	use sp_core::H256;

	/// The version of the storage layout.
	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::config]
	pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
		/// The current slot.
		type Time: SlotProvider;
		/// Weights of the stages, and of pruning and forgetting.
		type WeightInfo: WeightInfo;
	}

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	// Twox is safe for topics and epochs: both are numbers that the chain gives out.

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

	/// The losses, scores and regrets learned from an epoch, until its pruning.
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

	/// Everything that a topic has learned.
	#[pallet::storage]
	pub type Books<T: Config> =
		StorageMap<_, Twox64Concat, TopicId, Book<T::AccountId>, ValueQuery>;

	#[pallet::event]
	#[pallet::generate_deposit(pub(crate) fn deposit_event)]
	pub enum Event<T: Config> {
		/// The network inference of an epoch was made.
		InferenceMade {
			/// The topic that asked for it.
			topic: TopicId,
			/// The epoch whose worker window closed.
			epoch: EpochId,
			/// The network inference, one value per label.
			label_values: LabelValues,
			/// Where the truth is expected, one row per label: the predictive quantiles at 2.5, 16,
			/// 84 and 97.5 %. Empty before the first truth.
			intervals: Intervals,
			/// How far the workers disagree, one row per label: percentiles 2.28, 15.87, 50, 84.13
			/// and 97.72 of their values by weight.
			disagreement: Disagreement,
			/// The hash that reports on this epoch must give.
			bundle_hash: H256,
			/// The inferers' weights. Under the regret rule they sum to 1 with the forecasters',
			/// under the mixture rule by themselves.
			inferer_weights: PerInferer<T::AccountId>,
			/// The forecasters' weights; under the mixture rule the parts of the inferers' weights
			/// that follow forecasts.
			forecaster_weights: PerForecaster<T::AccountId>,
		},
		/// Outliers were left out of the epoch's outlier-resistant inference. Without this event it
		/// equals the network inference.
		OutliersLeftOut {
			/// The topic of the inference.
			topic: TopicId,
			/// The epoch whose worker window closed.
			epoch: EpochId,
			/// The outlier-resistant inference, and the inferers left out of it.
			inference: ResistantInference<T::AccountId>,
		},
		/// The losses of an epoch were learned from its reports.
		LossesLearned {
			/// The topic of the epoch.
			topic: TopicId,
			/// The learned epoch.
			epoch: EpochId,
			/// The truth on which the reports agree, one value per label; `None` if losses were
			/// reported.
			truth: Option<LabelValues>,
			/// The log10 loss of the network inference.
			network_loss: FixedI128,
			/// The log10 loss of the naive inference, which ignores forecasters.
			naive_loss: FixedI128,
		},
		/// The regrets of an epoch's actors were updated: under the regret rule the combined ones,
		/// under the mixture rule those of their experts.
		RegretsLearned {
			/// The topic of the actors.
			topic: TopicId,
			/// The learned epoch.
			epoch: EpochId,
			/// The inferers' new regrets.
			inferers: PerInferer<T::AccountId>,
			/// The forecasters' new regrets.
			forecasters: PerForecaster<T::AccountId>,
			/// The scale of regrets until the next epoch is learned; under the mixture rule that of
			/// the network's errors.
			scale: FixedI128,
			/// The regret of newcomers until the next epoch is learned; 0 under the mixture rule.
			initial_regret: FixedI128,
		},
		/// The workers of an epoch were scored.
		ScoresGiven {
			/// The topic of the workers.
			topic: TopicId,
			/// The learned epoch.
			epoch: EpochId,
			/// The inferers' instant scores.
			inferers: PerInferer<T::AccountId>,
			/// The forecasters' instant scores.
			forecasters: PerForecaster<T::AccountId>,
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
