//! # Aggregation
//!
//! The Topic Coordinator: makes network inferences of what workers send, and learns from what
//! reputers report whom to listen to.
//!
//! ## Pallet API
//!
//! The pallet has no calls. It answers [`EpochHandler`] to the clock, [`BundleInspect`] to whoever
//! reports about or buys inferences, and [`ContributionInspect`] to settlement. Its read functions
//! ([`Pallet::latest_inference`] and its neighbours) serve the runtime API.
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
//! Few, large, bounded items, since arithmetic is cheap and storage is not: an epoch writes a
//! bundle, its hash, its losses and its contributions, and rewrites the topic's newest inference
//! and its [regret book](regret_book). Nothing here stops a block: a computation that leaves its
//! range voids the epoch with [`VoidReason::Arithmetic`] and what it wrote is undone by the clock.
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
//! would stay true for ever.
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
//! [`EpochHandler`]: allora_primitives::traits::EpochHandler
//! [`BundleInspect`]: allora_primitives::traits::BundleInspect
//! [`ContributionInspect`]: allora_primitives::traits::ContributionInspect
//! [`VoidReason::Arithmetic`]: allora_primitives::VoidReason::Arithmetic
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

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

pub use pallet::*;
pub use regret_book::RegretBook;
pub use types::{Intervals, LabelValues, LatestInference, Learned, OfForecasters, OfInferers};
pub use weights::WeightInfo;

use allora_primitives::{
	traits::{ListeningCoefficients, ReportInspect, ScoreSink, SubmissionInspect, TopicInspect},
	Bundle, Contributions, EpochId, FixedI128, TopicId,
};

/// Target of this pallet's log lines.
pub(crate) const LOG_TARGET: &str = "runtime::aggregation";

#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use allora_primitives::bundle::Losses as ElementLosses;
	use frame_support::pallet_prelude::*;
	use frame_system::pallet_prelude::BlockNumberFor;
	use sp_core::H256;

	/// The version of the stored data's shape.
	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::config]
	pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
		/// Parameters of topics.
		type Topics: TopicInspect<Self::AccountId>;
		/// Payloads of the active workers.
		type Submissions: SubmissionInspect<Self::AccountId>;
		/// Reports of the active reputers, with their frozen authority.
		type Reports: ReportInspect<Self::AccountId>;
		/// Hears the scores of a learned epoch.
		type Scores: ScoreSink<Self::AccountId>;
		/// How much each reputer is listened to.
		type Listening: ListeningCoefficients<Self::AccountId>;
		/// Weights of the two closes.
		type WeightInfo: WeightInfo;
	}

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	// Hashers: topics and epochs are numbers that no user chooses, so Twox64Concat is safe.

	/// The bundle of an epoch, from its worker close to its pruning.
	#[pallet::storage]
	pub type Bundles<T: Config> = StorageDoubleMap<
		_,
		Twox64Concat,
		TopicId,
		Twox64Concat,
		EpochId,
		Bundle<T::AccountId>,
		OptionQuery,
	>;

	/// The hash of a bundle and how many elements it has: all that a report is checked against.
	#[pallet::storage]
	pub type BundleHashes<T: Config> =
		StorageDoubleMap<_, Twox64Concat, TopicId, Twox64Concat, EpochId, (H256, u32), OptionQuery>;

	/// The newest network inference of a topic; it outlives the pruning of its epoch.
	#[pallet::storage]
	pub type Latest<T: Config> = StorageMap<_, Twox64Concat, TopicId, LatestInference, OptionQuery>;

	/// The network's losses of a learned epoch, positional over its bundle, until its pruning.
	#[pallet::storage]
	pub type Losses<T: Config> = StorageDoubleMap<
		_,
		Twox64Concat,
		TopicId,
		Twox64Concat,
		EpochId,
		ElementLosses,
		OptionQuery,
	>;

	/// What everyone contributed to a learned epoch, until its pruning.
	#[pallet::storage]
	#[pallet::storage_prefix = "Contributions"]
	pub type EpochContributions<T: Config> = StorageDoubleMap<
		_,
		Twox64Concat,
		TopicId,
		Twox64Concat,
		EpochId,
		Contributions<T::AccountId>,
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
			/// The network inference, one value a label.
			values: LabelValues,
			/// Its confidence intervals, one a label.
			intervals: Intervals,
			/// The hash that reports about this epoch must name.
			hash: H256,
			/// The inferers' weights in it; with the forecasters' they sum to 1.
			inferer_weights: OfInferers<T::AccountId>,
			/// The forecasters' weights in it.
			forecaster_weights: OfForecasters<T::AccountId>,
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
