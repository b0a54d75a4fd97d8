//! # Registry
//!
//! Topics: their parameters, creators, participants, allow-lists, revenue and weight.
//!
//! ## Pallet API
//!
//! See the [`pallet`] module for the calls, the storage, the events and the errors. Other pallets
//! read topics through [`TopicInspect`](allora_primitives::traits::TopicInspect), the clock through
//! [`TopicRegistry`](allora_primitives::traits::TopicRegistry). One stage of every step is this
//! pallet's: [`Pallet::epoch_context`] returns the parameters that hold for an epoch. Clients read
//! topics through the runtime API `TopicsApi`.
//!
//! ## Overview
//!
//! A topic is a question that is asked again and again, such as tomorrow's price of something. Any
//! account may create a topic for a fee, fund it, and register in it for a fee as a worker or as a
//! reputer. A topic's weight follows from its stake and its revenue. While the weight is high
//! enough, the clock opens epochs of the topic: workers submit predictions, reputers report how
//! good they were once the truth is known, and everyone is scored and paid.
//!
//! Revenue is the sum of the fees and the funding that a topic received. It decays by a week's
//! worth per week. It only determines the weight: the money itself goes to the ecosystem pot at
//! once.
//!
//! ### Example
//!
//! Alice creates a topic, and Bob registers in it:
#![doc = docify::embed!("src/tests/mod.rs", topic_is_created_and_joined)]
//!
//! ## Terminology
//!
//! - **Creator**: the account that may change, hand over and retire a topic: the one that created
//!   it, or the one that accepted it since.
//! - **Owner** of a registration: the account that is paid for the registered account's work.
//! - **Superseded parameters**: values that were in force before a change. Epochs that began before
//!   the change keep them.
//! - **Counted weight**: the weight by which a topic shares in emission; 0 while it is inactive.
//!
//! ## Low Level Details
//!
//! ### Design Goals
//!
//! - An epoch keeps the parameters that were in force when it began.
//! - A signing key can never take what its owner is owed.
//! - Nothing is left in storage of a topic that is retired and settled, and its number is not
//!   reused.
//!
//! ### Design
//!
//! - **Revenue and weight.** When an epoch opens, the clock lets the revenue decay for the epoch
//!   that ended and for those that were skipped, and renews the weight, which then holds for the
//!   new epoch. A topic that becomes inactive keeps both, but its weight is not counted until it is
//!   renewed.
//! - **Changed parameters.** [`Topics`] holds the newest values and the first epoch that they hold
//!   for. [`SupersededParameters`] holds the values before, and is read for earlier epochs only.
//!   The next change drops those that no epoch on record needs. A change of the rule first has the
//!   clock reserve what the new rule takes.
//! - **Allow-lists.** A topic has one for workers and one for reputers, both disabled at first.
//!   Each list governs its own registration only. While an allow-list is enabled, only listed
//!   accounts may register, submit, stake or report. Delisting an account does not deregister it,
//!   and it is still paid for past work.
//! - **Owners.** The record of a registration outlives leaving, since rewards may come later. So
//!   does an owner other than the account itself: only that owner can name a new one.
//! - **Forgetting.** Once a retired topic has no step to come, the clock has its records removed in
//!   bounded steps. The registry comes last, since other pallets may ask for the topic while they
//!   remove theirs: it removes registrations and lists, then the topic.
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
mod errors;
mod events;
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

use frame_support::pallet_macros::import_section;

#[import_section(errors::errors)]
#[import_section(events::events)]
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

	/// What the pallet needs from the runtime.
	#[pallet::config]
	pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
		/// The current slot.
		type Time: SlotProvider;
		/// The clock, which activates topics and opens their epochs.
		type Clock: TopicClock;
		/// The stake in topics.
		type Stake: StakeInspect<Self::AccountId>;
		/// The pots that fees go to.
		type Pot: TopicPot<Self::AccountId>;
		/// The fee for creating a topic, in planck.
		type CreateFee: Get<Balance>;
		/// The fee for registering in a topic, in planck.
		type RegisterFee: Get<Balance>;
		/// The minimum length of an epoch, in slots.
		#[pallet::constant]
		type MinEpochLength: Get<Slots>;
		/// The maximum supply, in planck: the upper bound of a topic's `min_stake`.
		#[pallet::constant]
		type MaxSupply: Get<Balance>;
		/// The number of slots in a week, above zero: the maximum length of an epoch.
		#[pallet::constant]
		type SlotsPerWeek: Get<Slots>;
		/// The share of the way to its target that a topic's weight goes in a week, in [0, 1].
		type TopicAlpha: Get<FixedI128>;
		/// Weights of the calls and of forgetting.
		type WeightInfo: WeightInfo;
		/// What the benchmarks need from other pallets.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkHelper: BenchmarkHelper<Self::AccountId>;
	}

	/// The number of the first topic; no topic has the number 0.
	pub struct FirstTopicId;
	impl Get<TopicId> for FirstTopicId {
		fn get() -> TopicId {
			1
		}
	}

	/// The number of the next topic to be created.
	#[pallet::storage]
	pub type NextTopicId<T: Config> = StorageValue<_, TopicId, ValueQuery, FirstTopicId>;

	/// The part of each topic that rarely changes.
	// Twox is safe: the chain assigns the numbers of topics in sequence.
	#[pallet::storage]
	pub type Topics<T: Config> = StorageMap<_, Twox64Concat, TopicId, Topic<T::AccountId>>;

	/// The part of each topic that changes with every epoch; one for each of [`Topics`].
	#[pallet::storage]
	pub type Economies<T: Config> = StorageMap<_, Twox64Concat, TopicId, Economy, ValueQuery>;

	/// The superseded parameters of topics that have epochs on record from before a change.
	#[pallet::storage]
	pub type SupersededParameters<T: Config> =
		StorageMap<_, Twox64Concat, TopicId, SupersededValues, ValueQuery>;

	/// The registrations of accounts in topics, including those that have left.
	// Account ids are attacker-chosen, so their keys use Blake2.
	#[pallet::storage]
	pub type Registrations<T: Config> = StorageDoubleMap<
		_,
		Twox64Concat,
		TopicId,
		Blake2_128Concat,
		(T::AccountId, Registration),
		Membership<T::AccountId>,
	>;

	/// The accounts on a topic's allow-lists. [`Topics`] holds whether each list is enabled.
	// Account ids are attacker-chosen, so their keys use Blake2.
	#[pallet::storage]
	pub type Allowed<T: Config> = StorageDoubleMap<
		_,
		Twox64Concat,
		TopicId,
		Blake2_128Concat,
		(T::AccountId, Registration),
		(),
	>;

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
		/// Creates a topic for a fee, the `create_fee` that the runtime API `TopicsApi.terms`
		/// returns. Amounts are in planck: 1 ALLO is 10,000,000,000 planck. Fractions are in units
		/// of 10^-18: 3.5 is 3500000000000000000.
		///
		/// ## Dispatch Origin
		///
		/// Any signed account, which becomes the topic's creator.
		///
		/// ## Details
		///
		/// The fee goes to the ecosystem pot and is not refunded; it is the topic's first revenue.
		/// Activation is tried at once, and the topic is created even if it is deferred: without
		/// stake a topic has no weight yet.
		///
		/// ## Errors
		///
		/// One for each parameter out of range, and those of the transfer of the fee.
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
		/// The amount goes to the ecosystem pot and is not refunded; all of it counts as revenue of
		/// the topic. If the topic is inactive, activation is tried. If its end is announced and
		/// its weight is high enough now, the announcement is cancelled.
		///
		/// ## Errors
		///
		/// [`Error::ZeroAmount`], [`Error::TopicNotFound`], [`Error::TopicRetired`], and those of
		/// the transfer of the amount.
		///
		/// ## Events
		///
		/// [`Event::TopicFunded`]; unless the topic continues anyway, also the clock's
		/// `TopicActivated`, `InactivationCancelled` or `ActivationDeferred`.
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
		/// The fee goes to the ecosystem pot and is not refunded; it counts as revenue of the
		/// topic, as with [`Pallet::fund`]. `owner` is paid for the caller's work; without one it
		/// is the caller itself. Scores and regrets of an earlier registration are kept, and so is
		/// its owner: an owner other than the caller stays, and only it can name another.
		///
		/// ## Errors
		///
		/// [`Error::TopicNotFound`], [`Error::TopicRetired`], [`Error::AlreadyRegistered`],
		/// [`Error::NotAllowed`], [`Error::NotOwner`], and those of the transfer of the fee.
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

		/// Ends the caller's registration in a topic.
		///
		/// ## Dispatch Origin
		///
		/// The registered account, signed.
		///
		/// ## Details
		///
		/// The fee is not refunded. What the account has submitted stays, and its owner is paid for
		/// it.
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
		/// The running epoch, or the one that an activation has just announced, is the topic's
		/// last; it and those before it are settled as usual. The topic accepts neither funding nor
		/// registrations any more. Once everything is settled and paid, the topic's records are
		/// removed over several blocks; stake in it can be withdrawn at any time.
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
		/// Parameters left out stay as they are. The new values hold for epochs that begin after
		/// this slot; epochs that have begun keep what was in force. The timing, the labels, the
		/// sizes and the other parameters can never be changed.
		///
		/// If the topic is active and the changed `rule` takes more computation than is reserved for
		/// the topic, the call reserves it for each step at once. If the changed rule takes less, the
		/// reservation stays as it is until the topic is inactive and all its epochs are closed. A
		/// topic that is not active reserves when it is activated.
		///
		/// ## Errors
		///
		/// [`Error::TopicNotFound`], [`Error::TopicRetired`], [`Error::NotCreator`],
		/// [`Error::NothingChanged`], [`Error::LossMethodClass`], [`Error::NoVacancy`],
		/// [`Error::TooManyUpdates`], and those of [`Pallet::create`] for a parameter out of range.
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

		/// Offers a topic to another account, or withdraws the offer.
		///
		/// ## Dispatch Origin
		///
		/// The creator, signed.
		///
		/// ## Details
		///
		/// The creator does not change until the other account calls [`Pallet::accept`], so a topic
		/// cannot be lost to a mistyped account. A new offer replaces the one before; a call
		/// without `to` withdraws it.
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
		/// `owner` is paid for the work of `who` from now on, including work that is already done,
		/// and after `who` has left.
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

		/// Enables or disables one of a topic's allow-lists.
		///
		/// ## Dispatch Origin
		///
		/// The creator, signed.
		///
		/// ## Details
		///
		/// While the list is enabled, only listed accounts may register, submit, stake and report.
		/// While it is disabled, every account may. Existing registrations stay either way.
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

		/// Adds accounts to one of a topic's allow-lists.
		///
		/// ## Dispatch Origin
		///
		/// The creator, signed.
		///
		/// ## Details
		///
		/// A call adds at most 100 accounts; accounts already listed are ignored. The list need not
		/// be enabled.
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

		/// Removes accounts from one of a topic's allow-lists.
		///
		/// ## Dispatch Origin
		///
		/// The creator, signed.
		///
		/// ## Details
		///
		/// A call removes at most 100 accounts; accounts not listed are ignored. Registrations
		/// stay, and what the accounts have submitted counts.
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
