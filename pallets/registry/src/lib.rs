//! # Registry of topics
//!
//! Topics: what they ask, who created them, who takes part, and what pays for them.
//!
//! ## Pallet API
//!
//! The calls and events of [`pallet`] are the interface to accounts. Other pallets read the registry
//! through [`TopicInspect`](allora_primitives::traits::TopicInspect), and the clock through
//! [`TopicRegistry`](allora_primitives::traits::TopicRegistry). Clients read what the calls cost by
//! [`Pallet::fees`].
//!
//! ## Overview
//!
//! A topic is a standing question, such as tomorrow's price of something. Anybody may create one
//! for a fee, fund it, and register in it for a fee as a worker or a reputer. While its weight,
//! made of stake and revenue, is high enough, the clock opens epochs of it, in which workers send
//! what they predict; once the truth is known reputers report how good that was, and everybody is
//! scored and paid.
//!
//! Revenue is what fees and funding paid. It fades by a week's worth per week, and only steers the
//! weight: the money itself is in the ecosystem pot from the start.
//!
//! ## Low Level / Implementation Details
//!
//! ### Design Goals
//!
//! * An epoch keeps the parameters that were in force when it began.
//! * A key that signs can never take what its owner is owed.
//! * Nothing is left of a topic that has been retired and settled, and its number is not reused.
//!
//! ### Design
//!
//! **Revenue and weight.** When an epoch opens, the clock lets revenue decay for the one that ended and
//! for those that were skipped, and has the weight renewed, which then holds for the epoch that opens. A
//! topic that becomes inactive keeps both, but its weight counts for nothing until it is renewed.
//!
//! **Changed parameters.** Epochs that began before a change keep what was in force. The topic has
//! the newest values and the first epoch they hold for; former values are in
//! [`SupersededParameters`], which is read only for epochs before that one, and are dropped at the
//! next change after no epoch on record needs them.
//!
//! **Allow-lists.** A topic has one for workers and one for reputers, both disabled at first. A list
//! decides about its own registration only: a disabled one grants nothing in the other. While an
//! allow-list is enabled, only listed accounts may register, submit, stake or report. Delisting an
//! account does not deregister it, and it is still paid for past work.
//!
//! **Owners.** The account that registers signs; its owner, by default itself, is paid. The record
//! of a registration outlives leaving, since rewards may come later, and so does an owner that is
//! another account: only that owner names a new one.
//!
//! **Forgetting.** When a retired topic has no step to come, the clock has its records freed in
//! bounded steps. The registry comes last, since other pallets may ask about the topic while they
//! free theirs: it frees registrations and lists, then the topic.
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

#[cfg(feature = "runtime-benchmarks")]
pub use benchmarking::BenchmarkHelper;
pub use pallet::*;
pub use types::*;
pub use weights::WeightInfo;

#[cfg(feature = "runtime-benchmarks")]
pub mod benchmarking;
mod creator;
mod epoch;
mod forget;
mod inspect;
mod topics;
#[cfg(any(test, feature = "try-runtime"))]
mod try_state;
mod types;
mod weight;
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
		traits::{SlotProvider, StakeInspect, TopicClock, TopicPot},
		Balance, EpochId, FixedI128, Registration, Slots, TopicId, TopicParameters, TopicUpdate,
	};
	use frame_support::pallet_prelude::*;
	use frame_system::pallet_prelude::*;

	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	/// The pallet.
	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	/// What the pallet asks of the runtime.
	#[pallet::config]
	pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
		/// The current slot.
		type Time: SlotProvider;
		/// The clock of topics.
		type Clock: TopicClock;
		/// Stake in topics.
		type Stake: StakeInspect<Self::AccountId>;
		/// Where fees go.
		type Pot: TopicPot<Self::AccountId>;
		/// Fee of creating a topic, in planck.
		type CreateFee: Get<Balance>;
		/// Fee of registering in a topic, in planck.
		type RegisterFee: Get<Balance>;
		/// Minimum length of an epoch in slots.
		#[pallet::constant]
		type MinEpochLength: Get<Slots>;
		/// The maximum supply, in planck: more stake cannot be asked for.
		#[pallet::constant]
		type MaxSupply: Get<Balance>;
		/// Slots of a week, above zero: the longest epoch.
		#[pallet::constant]
		type SlotsPerWeek: Get<Slots>;
		/// Share of the way to its target that a topic's weight goes in a week, in [0, 1].
		type TopicAlpha: Get<FixedI128>;
		/// Weights of the calls and of forgetting.
		type WeightInfo: WeightInfo;
		/// What benchmarks need of other pallets.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkHelper: BenchmarkHelper<Self::AccountId>;
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
	pub type Economies<T: Config> = StorageMap<_, Twox64Concat, TopicId, Economy, ValueQuery>;

	/// Former values of changed parameters, of topics that have epochs on record from before.
	#[pallet::storage]
	pub type SupersededParameters<T: Config> =
		StorageMap<_, Twox64Concat, TopicId, SupersededValues, ValueQuery>;

	/// Who has registered in a topic, and for what.
	// Blake for the account, which its owner may choose.
	#[pallet::storage]
	pub type Registrations<T: Config> = StorageDoubleMap<
		_,
		Twox64Concat,
		TopicId,
		Blake2_128Concat,
		(T::AccountId, Registration),
		Membership<T::AccountId>,
	>;

	/// Who is on a topic's allow-list, and for what; whether the list decides stands in [`Topics`].
	// Blake as above.
	#[pallet::storage]
	pub type Allowed<T: Config> = StorageDoubleMap<
		_,
		Twox64Concat,
		TopicId,
		Blake2_128Concat,
		(T::AccountId, Registration),
		(),
	>;

	/// What has happened; amounts and weights of topics are in planck.
	#[pallet::event]
	#[pallet::generate_deposit(pub(crate) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A topic was created.
		TopicCreated {
			/// Its number.
			topic: TopicId,
			/// The account that created it.
			creator: T::AccountId,
			/// The fee paid, its first revenue.
			fee: Balance,
		},
		/// A topic was funded.
		TopicFunded {
			/// The topic.
			topic: TopicId,
			/// The account that paid.
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
			/// The account that is paid for its work.
			owner: T::AccountId,
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
		/// A registration got another owner, who is paid for the account's work from now on.
		OwnerChanged {
			/// The topic.
			topic: TopicId,
			/// Whose registration.
			who: T::AccountId,
			/// What it is registered for.
			registration: Registration,
			/// The new owner.
			owner: T::AccountId,
		},
		/// The creator changed parameters of a topic.
		TopicUpdated {
			/// The topic.
			topic: TopicId,
			/// The new values.
			changes: Box<TopicUpdate>,
			/// They hold for epochs from this slot on.
			in_force_from: EpochId,
		},
		/// The creator offered a topic to an account, or took the offer back.
		TopicOffered {
			/// The topic.
			topic: TopicId,
			/// The account that may accept; none if nobody may any more.
			to: Option<T::AccountId>,
		},
		/// A topic was handed over.
		TopicTransferred {
			/// The topic.
			topic: TopicId,
			/// The account that was its creator.
			from: T::AccountId,
			/// Who is from now on.
			to: T::AccountId,
		},
		/// An allow-list was switched on or off.
		AllowListSet {
			/// The topic.
			topic: TopicId,
			/// For which registration.
			registration: Registration,
			/// Whether only accounts on it are allowed.
			enabled: bool,
		},
		/// Accounts were put on an allow-list.
		AccountsAllowed {
			/// The topic.
			topic: TopicId,
			/// For which registration.
			registration: Registration,
			/// Those that were not on it before.
			accounts: Accounts<T::AccountId>,
		},
		/// Accounts were taken off an allow-list.
		AccountsDisallowed {
			/// The topic.
			topic: TopicId,
			/// For which registration.
			registration: Registration,
			/// Those that were on it before.
			accounts: Accounts<T::AccountId>,
		},
		/// A topic was retired by its creator.
		TopicRetired {
			/// The topic.
			topic: TopicId,
			/// Its last epoch, none if it never had one.
			last_epoch: Option<EpochId>,
		},
		/// A topic's weight was renewed; it holds from this slot on.
		WeightUpdated {
			/// The topic.
			topic: TopicId,
			/// Its weight.
			weight: Balance,
			/// Its decayed revenue.
			revenue: Balance,
		},
	}

	/// Why a call was refused.
	#[pallet::error]
	pub enum Error<T> {
		/// There is no topic of this number, or it was retired and forgotten.
		TopicNotFound,
		/// The creator has retired the topic: it takes neither money nor registrations any more, and
		/// does not change.
		TopicRetired,
		/// Only the creator of a topic may do this.
		NotCreator,
		/// The topic is not offered to the account; its creator must call `offer` first.
		NotOffered,
		/// No parameter would have another value than before.
		NothingChanged,
		/// Epochs on record need too many former values of the parameters already; wait until the
		/// oldest of them are pruned, or make several changes before an epoch opens.
		TooManyUpdates,
		/// The account is not on the topic's allow-list for this; its creator must call `allow`.
		NotAllowed,
		/// The allow-list would have more than 1000 accounts.
		ListFull,
		/// The call names more than 100 accounts; make several calls.
		TooManyAccounts,
		/// Only the owner of a registration may name another one, also when registering again.
		NotOwner,
		/// The amount is zero; fund with at least one planck.
		ZeroAmount,
		/// The account is registered for this already.
		AlreadyRegistered,
		/// The account is not registered for this.
		NotRegistered,
		/// A number left its range.
		Arithmetic,
		/// `metadata` must be at most 255 bytes of UTF-8 without control characters.
		InvalidMetadata,
		/// `loss_method` must be 1 to 255 printable ASCII characters without blanks, the name of the
		/// loss function that reputers shall use.
		InvalidLossMethod,
		/// `ground_truth` must be at most 255 bytes of UTF-8 without control characters.
		InvalidGroundTruth,
		/// `labels` must be 1 to 8 names, each of 1 to 64 printable ASCII characters without blanks;
		/// no two of them may differ in case only.
		InvalidLabels,
		/// `unity_tolerance` must be from 0 to 1, and needs several labels.
		InvalidUnityTolerance,
		/// `label_default` must be at most 1e15 in magnitude.
		InvalidLabelDefault,
		/// `epoch_length` is below `MinEpochLength`.
		EpochTooShort,
		/// `epoch_length` is above a week, `SlotsPerWeek`.
		EpochTooLong,
		/// `phase` must be below `epoch_length`.
		InvalidPhase,
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
		/// `min_stake` must be at most the maximum supply of ALLO, in planck.
		InvalidMinStake,
		/// `history` must be from 1 to 64.
		InvalidHistory,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
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
		/// Creates a topic for a fee, the `create_fee` that the runtime API `TopicsApi.terms` returns.
		/// Amounts are in planck: 1 ALLO is 10,000,000,000 planck. Fractions are in units of 10^-18:
		/// 3.5 is 3500000000000000000.
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
		/// [`Event::TopicCreated`], and the clock's `TopicActivated` or `ActivationDeferred`.
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::create().saturating_add(T::Clock::activation_weight()))]
		pub fn create(origin: OriginFor<T>, parameters: Box<TopicParameters>) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_create(who, *parameters)
		}

		/// Funds a topic with an amount in planck: 1 ALLO is 10,000,000,000 planck.
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
		/// [`Event::TopicFunded`], and the clock's `TopicActivated`, `InactivationCancelled` or
		/// `ActivationDeferred` unless the topic goes on anyway.
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::fund())]
		pub fn fund(origin: OriginFor<T>, topic: TopicId, amount: Balance) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_fund(who, topic, amount)
		}

		/// Registers the caller in a topic for a fee, the `register_fee` that the runtime API
		/// `TopicsApi.terms` returns.
		///
		/// ## Dispatch Origin
		///
		/// Any signed account.
		///
		/// ## Details
		///
		/// `RegisterFee` goes to the ecosystem pot and never comes back; it counts as revenue of
		/// the topic, as with [`Pallet::fund`]. `owner` is paid for the caller's work, the caller
		/// itself if none is named. Scores and regrets of an earlier registration live on, and so
		/// does its owner: one other than the caller stays, and only it names another.
		///
		/// ## Errors
		///
		/// [`Error::TopicNotFound`], [`Error::TopicRetired`], [`Error::AlreadyRegistered`],
		/// [`Error::NotAllowed`], [`Error::NotOwner`], and what moving the fee answers.
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
			owner: Option<T::AccountId>,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_register(who, topic, registration, owner)
		}

		/// Gives a registration up.
		///
		/// ## Dispatch Origin
		///
		/// The registered account, signed.
		///
		/// ## Details
		///
		/// The fee does not come back. What the account has submitted stays and its owner is paid.
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
		/// registrations any more. When all is settled and paid, what is stored of the topic is
		/// freed, over some blocks; stakes in it can be withdrawn as ever.
		///
		/// ## Errors
		///
		/// [`Error::TopicNotFound`], [`Error::NotCreator`], [`Error::TopicRetired`].
		///
		/// ## Events
		///
		/// [`Event::TopicRetired`], and the clock's `TopicForgotten` when nothing is left.
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::retire())]
		pub fn retire(origin: OriginFor<T>, topic: TopicId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_retire(who, topic)
		}

		/// Changes parameters of a topic. Fractions are in units of 10^-18: 3.5 is
		/// 3500000000000000000.
		///
		/// ## Dispatch Origin
		///
		/// The creator, signed.
		///
		/// ## Details
		///
		/// Parameters left out stay as they are. The new values hold for epochs that begin after this
		/// slot; those that have begun keep what was in force. The timing, the labels, the sizes and
		/// the other parameters can never be changed.
		///
		/// ## Errors
		///
		/// [`Error::TopicNotFound`], [`Error::TopicRetired`], [`Error::NotCreator`],
		/// [`Error::NothingChanged`], [`Error::TooManyUpdates`], and those of [`Pallet::create`] for
		/// a parameter out of range.
		///
		/// ## Events
		///
		/// [`Event::TopicUpdated`].
		#[pallet::call_index(5)]
		#[pallet::weight(T::WeightInfo::update())]
		pub fn update(
			origin: OriginFor<T>,
			topic: TopicId,
			changes: Box<TopicUpdate>,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_update(who, topic, *changes)
		}

		/// Offers a topic to another account, or takes the offer back.
		///
		/// ## Dispatch Origin
		///
		/// The creator, signed.
		///
		/// ## Details
		///
		/// The creator stays what it is until the other account calls [`Pallet::accept`], so that a
		/// topic cannot be lost to a mistyped one. A new offer replaces the one before; `to` none
		/// takes it back.
		///
		/// ## Errors
		///
		/// [`Error::TopicNotFound`], [`Error::TopicRetired`], [`Error::NotCreator`].
		///
		/// ## Events
		///
		/// [`Event::TopicOffered`].
		#[pallet::call_index(6)]
		#[pallet::weight(T::WeightInfo::offer())]
		pub fn offer(
			origin: OriginFor<T>,
			topic: TopicId,
			to: Option<T::AccountId>,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_offer(who, topic, to)
		}

		/// Takes over a topic that is offered to the caller.
		///
		/// ## Dispatch Origin
		///
		/// The account to which the topic is offered, signed.
		///
		/// ## Details
		///
		/// The caller becomes the topic's creator in every respect.
		///
		/// ## Errors
		///
		/// [`Error::TopicNotFound`], [`Error::TopicRetired`], [`Error::NotOffered`].
		///
		/// ## Events
		///
		/// [`Event::TopicTransferred`].
		#[pallet::call_index(7)]
		#[pallet::weight(T::WeightInfo::accept())]
		pub fn accept(origin: OriginFor<T>, topic: TopicId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_accept(who, topic)
		}

		/// Makes another account the owner of a registration.
		///
		/// ## Dispatch Origin
		///
		/// The registration's owner, signed.
		///
		/// ## Details
		///
		/// `owner` is paid for the work of `who` from now on, also for what it has done already and
		/// after it has left.
		///
		/// ## Errors
		///
		/// [`Error::NotRegistered`], [`Error::NotOwner`].
		///
		/// ## Events
		///
		/// [`Event::OwnerChanged`].
		#[pallet::call_index(8)]
		#[pallet::weight(T::WeightInfo::set_owner())]
		pub fn set_owner(
			origin: OriginFor<T>,
			topic: TopicId,
			registration: Registration,
			who: T::AccountId,
			owner: T::AccountId,
		) -> DispatchResult {
			let signer = ensure_signed(origin)?;
			Self::do_set_owner(signer, topic, registration, who, owner)
		}

		/// Switches one of a topic's allow-lists on or off.
		///
		/// ## Dispatch Origin
		///
		/// The creator, signed.
		///
		/// ## Details
		///
		/// While it is on, only accounts on it may register, submit, stake and report; off, it stands
		/// in nobody's way and opens nothing else. Those who are registered stay so either way.
		///
		/// ## Errors
		///
		/// [`Error::TopicNotFound`], [`Error::TopicRetired`], [`Error::NotCreator`].
		///
		/// ## Events
		///
		/// [`Event::AllowListSet`].
		#[pallet::call_index(9)]
		#[pallet::weight(T::WeightInfo::set_allow_list())]
		pub fn set_allow_list(
			origin: OriginFor<T>,
			topic: TopicId,
			registration: Registration,
			enabled: bool,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_set_allow_list(who, topic, registration, enabled)
		}

		/// Puts accounts on one of a topic's allow-lists.
		///
		/// ## Dispatch Origin
		///
		/// The creator, signed.
		///
		/// ## Details
		///
		/// At most 100 at once; those on it already stay. The list need not be on.
		///
		/// ## Errors
		///
		/// [`Error::TopicNotFound`], [`Error::TopicRetired`], [`Error::NotCreator`],
		/// [`Error::TooManyAccounts`], [`Error::ListFull`].
		///
		/// ## Events
		///
		/// [`Event::AccountsAllowed`].
		#[pallet::call_index(10)]
		#[pallet::weight(T::WeightInfo::allow(accounts.len() as u32))]
		pub fn allow(
			origin: OriginFor<T>,
			topic: TopicId,
			registration: Registration,
			accounts: NamedAccounts<T::AccountId>,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_allow(who, topic, registration, accounts)
		}

		/// Takes accounts off one of a topic's allow-lists.
		///
		/// ## Dispatch Origin
		///
		/// The creator, signed.
		///
		/// ## Details
		///
		/// At most 100 at once; those not on it are passed over. Registrations stay, and what the
		/// accounts have submitted counts.
		///
		/// ## Errors
		///
		/// [`Error::TopicNotFound`], [`Error::TopicRetired`], [`Error::NotCreator`],
		/// [`Error::TooManyAccounts`].
		///
		/// ## Events
		///
		/// [`Event::AccountsDisallowed`].
		#[pallet::call_index(11)]
		#[pallet::weight(T::WeightInfo::disallow(accounts.len() as u32))]
		pub fn disallow(
			origin: OriginFor<T>,
			topic: TopicId,
			registration: Registration,
			accounts: NamedAccounts<T::AccountId>,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_disallow(who, topic, registration, accounts)
		}
	}
}
