//! # Topics pallet
//!
//! The registry of topics, the fees and the revenue that keep them alive, and the clock of their
//! epochs.
//!
//! ## Pallet API
//!
//! The calls and events of [`pallet`] are the interface to accounts. Other pallets meet the
//! registry through the traits it answers,
//! [`TopicInspect`](allora_primitives::traits::TopicInspect) and
//! [`StakeObserver`](allora_primitives::traits::StakeObserver), and take part in an epoch by
//! answering [`EpochHandler`](allora_primitives::traits::EpochHandler).
//!
//! ## Overview
//!
//! A topic is a standing question, such as tomorrow's price of something. Anybody may create one
//! for a fee, fund it, and register in it for a fee as a worker or a reputer. While its weight,
//! made of stake and revenue, is high enough, the topic is active: an epoch opens every
//! `epoch_length` blocks, in which workers send what they predict; once the truth is known reputers
//! report how good that was, and everybody is scored and paid.
//!
//! Revenue is what fees and funding paid; it fades by a week's worth in a week, and only steers
//! the weight: the money itself is in the ecosystem pot from the start.
//!
//! ## Low Level / Implementation Details
//!
//! ### Design Goals
//!
//! * Windows are arithmetic on an epoch's number, never a matter of when a hook happened to run.
//! * No due step is lost, displaced or done out of order; what does not fit into a block waits.
//! * A failing step voids its epoch and nothing else.
//!
//! ### Design
//!
//! **Clock.** Each topic has an anchor, the block of its first epoch since activation; later epochs
//! open at whole epoch lengths from it. Due steps stand in the [`Agenda`], whose keys sort as bytes
//! by block, topic, step and epoch, so that its first entry is always the next step to do: there is
//! no list to overflow and no cursor to lose. The hook `on_poll` takes steps from its head, each
//! after asking whether its worst case fits into what is left of the block and of the quarter of it
//! that the clock may use at most. Only a step that on its own is more than that quarter, which
//! takes a runtime upgrade that made it dearer, may use what is left of the block.
//!
//! **Announcing.** When an epoch opens, its topic's weight decides whether one more epoch follows.
//! So a topic that ends does so one epoch after the announcement, and whether a block is in a
//! worker window can be told from the anchor even before the clock has got round to opening the
//! epoch. Revenue or stake that comes in time takes the announcement back.
//!
//! **Activation.** A topic activated in block `b` has its anchor at `b + 1`, the first block whose
//! opening can still be done in time. (The original waits for a whole epoch.) Activating reserves
//! the worst case of an epoch's steps divided by the epoch length; all reservations together stay
//! within a quarter of the block, so every admitted topic is served.
//!
//! **Revenue and weight.** Revenue decays once for every epoch that ended. Then the weight is
//! renewed and holds for the epoch that opens, the last one included.
//!
//! ### Terminology
//!
//! * **Running epoch**: the one opened last since the latest activation.
//! * **In flight**: opened, but neither settled nor void.
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

pub use pallet::*;
pub use types::*;
pub use weights::WeightInfo;

mod admission;
mod clock;
mod inspect;
mod registry;
#[cfg(any(test, feature = "try-runtime"))]
mod try_state;
mod types;
pub mod weights;

#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use alloc::boxed::Box;
	use allora_primitives::{
		traits::{EmissionIndex, EpochHandler, StakeInspect, TopicPot},
		Balance, BlockNumber, EpochId, EpochRecord, EpochWindows, FixedI128, Registration, TopicId,
		TopicParameters, VoidReason,
	};
	use frame_support::{pallet_prelude::*, weights::WeightMeter};
	use frame_system::pallet_prelude::*;
	use sp_runtime::traits::UniqueSaturatedInto;

	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	/// The pallet.
	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	/// What the pallet asks of the runtime.
	#[pallet::config]
	pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
		/// Who takes part in the steps of an epoch.
		type EpochHandler: EpochHandler;
		/// Stake in topics.
		type Stake: StakeInspect<Self::AccountId>;
		/// Who shares emission out by topic weight.
		type Emission: EmissionIndex;
		/// Where fees go.
		type Pot: TopicPot<Self::AccountId>;
		/// Fee of creating a topic, in planck.
		type CreateFee: Get<Balance>;
		/// Fee of registering in a topic, in planck.
		type RegisterFee: Get<Balance>;
		/// Least weight with which a topic is active, in planck.
		type MinTopicWeight: Get<Balance>;
		/// Least blocks of an epoch.
		#[pallet::constant]
		type MinEpochLength: Get<BlockNumber>;
		/// Blocks of a week, above zero.
		type BlocksPerWeek: Get<BlockNumber>;
		/// Share of the way to its target that a topic's weight goes in a week, in [0, 1].
		type TopicAlpha: Get<FixedI128>;
		/// Weights of the calls and of the clock.
		type WeightInfo: WeightInfo;
	}

	/// The number of the first topic; 0 is nobody's.
	pub struct FirstTopicId;
	impl Get<TopicId> for FirstTopicId {
		fn get() -> TopicId {
			1
		}
	}

	/// Number of the topic created next.
	#[pallet::storage]
	pub type NextTopicId<T: Config> = StorageValue<_, TopicId, ValueQuery, FirstTopicId>;

	/// Topics: what hardly ever changes.
	// Twox is safe: the chain counts the topics, nobody chooses their numbers.
	#[pallet::storage]
	pub type Topics<T: Config> = StorageMap<_, Twox64Concat, TopicId, Topic<T::AccountId>>;

	/// Topics: what changes with every epoch. There is one for each of [`Topics`].
	#[pallet::storage]
	pub type TopicStates<T: Config> = StorageMap<_, Twox64Concat, TopicId, TopicState, ValueQuery>;

	/// Epochs on record.
	// Twox is safe: the clock makes the epochs' numbers.
	#[pallet::storage]
	pub type Epochs<T: Config> =
		StorageDoubleMap<_, Twox64Concat, TopicId, Twox64Concat, EpochId, EpochRecord>;

	/// Numbers of each topic's epochs on record, oldest first.
	#[pallet::storage]
	pub type History<T: Config> = StorageMap<_, Twox64Concat, TopicId, EpochIds, ValueQuery>;

	/// Who is registered in a topic, and for what.
	// Blake for the account, which its owner may choose.
	#[pallet::storage]
	pub type Registrations<T: Config> = StorageDoubleMap<
		_,
		Twox64Concat,
		TopicId,
		Blake2_128Concat,
		(T::AccountId, Registration),
		(),
	>;

	/// Steps to do, in the order of their keys: by block, topic, step and epoch.
	// Identity is what makes the keys keep their order; it is safe since the clock makes them.
	#[pallet::storage]
	pub type Agenda<T: Config> = StorageMap<_, Identity, AgendaKey, Due>;

	/// Weight of computation a block that the active topics have reserved together.
	#[pallet::storage]
	pub type Reserved<T: Config> = StorageValue<_, Weight, ValueQuery>;

	/// What has happened; amounts and weights of topics are in planck.
	#[pallet::event]
	#[pallet::generate_deposit(pub(crate) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A topic was created.
		TopicCreated {
			/// Its number.
			topic: TopicId,
			/// Who created it.
			creator: T::AccountId,
			/// The fee paid, its first revenue.
			fee: Balance,
		},
		/// A topic was funded.
		TopicFunded {
			/// The topic.
			topic: TopicId,
			/// Who paid.
			who: T::AccountId,
			/// How much.
			amount: Balance,
			/// The topic's revenue since.
			revenue: Balance,
		},
		/// An account registered in a topic.
		Registered {
			/// The topic.
			topic: TopicId,
			/// Who.
			who: T::AccountId,
			/// For what.
			registration: Registration,
			/// The fee paid, which is revenue of the topic.
			fee: Balance,
		},
		/// An account gave a registration up.
		Left {
			/// The topic.
			topic: TopicId,
			/// Who.
			who: T::AccountId,
			/// What it was registered for.
			registration: Registration,
		},
		/// A topic was retired by its creator.
		TopicRetired {
			/// The topic.
			topic: TopicId,
			/// Its last epoch, none if it never had one.
			last_epoch: Option<EpochId>,
		},
		/// A topic was activated.
		TopicActivated {
			/// The topic.
			topic: TopicId,
			/// Block at which its first epoch opens.
			anchor: BlockNumber,
			/// Its weight as tested.
			weight: Balance,
		},
		/// A topic was tried and could not be activated yet.
		ActivationDeferred {
			/// The topic.
			topic: TopicId,
			/// Why.
			reason: Deferral,
		},
		/// An epoch was announced as its topic's last for now.
		InactivationAnnounced {
			/// The topic.
			topic: TopicId,
			/// The last epoch.
			last_epoch: EpochId,
			/// Block at which the topic becomes inactive.
			at: BlockNumber,
		},
		/// The announcement was taken back: the topic has weight enough again.
		InactivationCancelled {
			/// The topic.
			topic: TopicId,
			/// The epoch that opens next after all.
			next_epoch: EpochId,
			/// The topic's weight as tested.
			weight: Balance,
		},
		/// A topic became inactive.
		TopicInactivated {
			/// The topic.
			topic: TopicId,
			/// Its last epoch.
			last_epoch: EpochId,
		},
		/// An epoch opened: payloads are accepted.
		EpochOpened {
			/// The topic.
			topic: TopicId,
			/// The epoch.
			epoch: EpochId,
			/// Its windows.
			windows: EpochWindows,
		},
		/// A topic's weight was renewed; it holds from this block on.
		WeightUpdated {
			/// The topic.
			topic: TopicId,
			/// Its weight.
			weight: Balance,
			/// Its decayed revenue.
			revenue: Balance,
		},
		/// The payloads of an epoch were closed.
		WorkersClosed {
			/// The topic.
			topic: TopicId,
			/// The epoch.
			epoch: EpochId,
		},
		/// Reporting of an epoch opened.
		ReportsOpened {
			/// The topic.
			topic: TopicId,
			/// The epoch.
			epoch: EpochId,
		},
		/// An epoch was learned from and settled.
		EpochSettled {
			/// The topic.
			topic: TopicId,
			/// The epoch.
			epoch: EpochId,
		},
		/// An epoch came to nothing.
		EpochVoided {
			/// The topic.
			topic: TopicId,
			/// The epoch.
			epoch: EpochId,
			/// Why.
			reason: VoidReason,
		},
		/// An epoch fell out of its topic's history and was forgotten.
		EpochPruned {
			/// The topic.
			topic: TopicId,
			/// The epoch.
			epoch: EpochId,
		},
	}

	/// Why a call was refused.
	#[pallet::error]
	pub enum Error<T> {
		/// There is no topic of this number; see `NextTopicId` for how many there are.
		TopicNotFound,
		/// The creator has retired the topic: it takes neither money nor registrations any more.
		TopicRetired,
		/// Only the creator of a topic may retire it.
		NotCreator,
		/// The amount is zero; fund with at least one planck.
		ZeroAmount,
		/// The account is registered for this already.
		AlreadyRegistered,
		/// The account is not registered for this.
		NotRegistered,
		/// The topic is active, or its last epoch has just ended and it is about to be inactivated.
		AlreadyActive,
		/// The topic's weight is below the minimum; fund it, or stake in it, first.
		WeightTooLow,
		/// The active topics use all the computation there is; try again once one has ended.
		NoCapacity,
		/// A number left its range.
		Arithmetic,
		/// `loss_method` is empty; name the loss function that reputers shall use.
		EmptyLossMethod,
		/// `labels` must be 1 to 8 different names in UTF-8, none of them empty.
		InvalidLabels,
		/// `unity_tolerance` must be from 0 to 1, and needs several labels.
		InvalidUnityTolerance,
		/// `label_default` must be at most 1e15 in magnitude.
		InvalidLabelDefault,
		/// `epoch_length` is below `MinEpochLength`.
		EpochTooShort,
		/// `worker_window` must be above zero and below `epoch_length`.
		InvalidWorkerWindow,
		/// `ground_truth_lag` must be from one to 16 epoch lengths.
		InvalidGroundTruthLag,
		/// `p_norm` must be from 2.5 to 4.5.
		InvalidPNorm,
		/// `c_norm` must be above 0 and at most 10.
		InvalidCNorm,
		/// `alpha_regret` must be above 0 and at most 1.
		InvalidAlphaRegret,
		/// `merit_sortition_alpha` must be at least 0 and below 1.
		InvalidMeritSortitionAlpha,
		/// `epsilon` must be from 10^-9 to 1.
		InvalidEpsilon,
		/// The quantiles must be at least 0 and below 1.
		InvalidQuantile,
		/// `max_inferers` must be 1 to 32, `max_forecasters` 0 to 8, `max_reputers` 1 to 16.
		InvalidActiveSetSize,
		/// `min_reputers` must be from 1 to `max_reputers`.
		InvalidMinReputers,
		/// `history` must be from 1 to 64.
		InvalidHistory,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn on_poll(now: BlockNumberFor<T>, meter: &mut WeightMeter) {
			Self::take_due_steps(now.unique_saturated_into(), meter);
		}

		fn integrity_test() {
			let alpha = T::TopicAlpha::get();
			assert!(
				alpha >= FixedI128::from_u32(0) && alpha <= FixedI128::from_u32(1),
				"TopicAlpha is outside [0, 1]"
			);
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Creates a topic.
		///
		/// ## Dispatch Origin
		///
		/// Any signed account, which becomes the topic's creator.
		///
		/// ## Details
		///
		/// `CreateFee` goes to the ecosystem pot and never comes back; it is the topic's first
		/// revenue. Activation is tried at once and a refusal does not undo the creation: without
		/// stake a topic has no weight yet.
		///
		/// ## Errors
		///
		/// One for each parameter out of range, and what moving the fee answers.
		///
		/// ## Events
		///
		/// [`Event::TopicCreated`], then [`Event::TopicActivated`] or
		/// [`Event::ActivationDeferred`].
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::create())]
		pub fn create(origin: OriginFor<T>, parameters: Box<TopicParameters>) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_create(who, *parameters)
		}

		/// Funds a topic.
		///
		/// ## Dispatch Origin
		///
		/// Any signed account.
		///
		/// ## Details
		///
		/// `amount` planck go to the ecosystem pot and never come back; all of them count as
		/// revenue of the topic. Activation is tried if the topic is inactive, and its announced
		/// end is taken back if its weight is high enough now.
		///
		/// ## Errors
		///
		/// [`Error::ZeroAmount`], [`Error::TopicNotFound`], [`Error::TopicRetired`], and what
		/// moving the amount answers.
		///
		/// ## Events
		///
		/// [`Event::TopicFunded`], then [`Event::TopicActivated`],
		/// [`Event::InactivationCancelled`] or [`Event::ActivationDeferred`] unless the topic goes
		/// on anyway.
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::fund())]
		pub fn fund(origin: OriginFor<T>, topic: TopicId, amount: Balance) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_fund(who, topic, amount)
		}

		/// Registers the caller in a topic.
		///
		/// ## Dispatch Origin
		///
		/// Any signed account.
		///
		/// ## Details
		///
		/// `RegisterFee` goes to the ecosystem pot and never comes back; it counts as revenue of
		/// the topic, as with [`Pallet::fund`]. Scores and regrets of an earlier registration
		/// live on.
		///
		/// ## Errors
		///
		/// [`Error::TopicNotFound`], [`Error::TopicRetired`], [`Error::AlreadyRegistered`], and
		/// what moving the fee answers.
		///
		/// ## Events
		///
		/// [`Event::Registered`], and those of activation as with [`Pallet::fund`].
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::register())]
		pub fn register(
			origin: OriginFor<T>,
			topic: TopicId,
			registration: Registration,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_register(who, topic, registration)
		}

		/// Gives a registration up.
		///
		/// ## Dispatch Origin
		///
		/// The registered account, signed.
		///
		/// ## Details
		///
		/// The fee does not come back. What the account has submitted stays and is paid.
		///
		/// ## Errors
		///
		/// [`Error::NotRegistered`].
		///
		/// ## Events
		///
		/// [`Event::Left`].
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::leave())]
		pub fn leave(
			origin: OriginFor<T>,
			topic: TopicId,
			registration: Registration,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_leave(who, topic, registration)
		}

		/// Retires a topic for good.
		///
		/// ## Dispatch Origin
		///
		/// The creator, signed.
		///
		/// ## Details
		///
		/// The epoch that is running, or that an activation has just announced, is the topic's last;
		/// it and those before it are settled as always. The topic takes neither money nor
		/// registrations any more.
		///
		/// ## Errors
		///
		/// [`Error::TopicNotFound`], [`Error::NotCreator`], [`Error::TopicRetired`].
		///
		/// ## Events
		///
		/// [`Event::TopicRetired`].
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::retire())]
		pub fn retire(origin: OriginFor<T>, topic: TopicId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_retire(who, topic)
		}

		/// Activates a topic.
		///
		/// ## Dispatch Origin
		///
		/// Any signed account.
		///
		/// ## Details
		///
		/// For a topic whose activation was deferred for want of capacity, or that was funded after
		/// its last epoch had ended. Also takes an announced end back. Costs no fee of its own.
		///
		/// ## Errors
		///
		/// [`Error::TopicNotFound`], [`Error::TopicRetired`], [`Error::AlreadyActive`],
		/// [`Error::WeightTooLow`], [`Error::NoCapacity`], [`Error::Arithmetic`].
		///
		/// ## Events
		///
		/// [`Event::TopicActivated`] or [`Event::InactivationCancelled`].
		#[pallet::call_index(5)]
		#[pallet::weight(T::WeightInfo::activate())]
		pub fn activate(origin: OriginFor<T>, topic: TopicId) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_activate(topic)
		}
	}
}
