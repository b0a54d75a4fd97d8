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
//! enough, the clock opens epochs of the topic: workers submit predictions, reputers report the
//! truth once it is known, and everyone is scored and paid.
//!
//! Revenue is prepaid service: the sum of the fees and the funding that a topic received. It decays
//! by a week's worth per week, and the rent of what the clock reserves for the topic is taken from
//! it. The money itself goes to the ecosystem pot at once.
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
//! - **Subsidy**: the part of a topic's weight by which the topic shares in emission, in [0, 1].
//!   Governance sets it.
//! - **Counted weight**: the weight by which a topic shares in emission: its weight times its
//!   subsidy; 0 while it is inactive or an allow-list of it is in force.
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
//! - **Revenue and weight.** Revenue decays by the slots that have passed, whenever it is read or
//!   changed. When an epoch opens, the clock renews the weight and takes the rent of the epoch that
//!   follows. A weight rises part of the way to its target at each opening, and falls all the way,
//!   also between two openings if stake is withdrawn. A topic that becomes inactive keeps its
//!   revenue, which does not decay any more, and the weight from which it goes on after its next
//!   activation.
//! - **Subsidy.** Whether a topic is active depends on what stands behind it, and nobody's leave.
//!   Its share of emission depends on its subsidy, too. A topic without subsidy pays its
//!   participants from its pot, which consumers fill.
//! - **Changed parameters.** [`Topics`] holds the newest values and the first epoch that they hold
//!   for. [`SupersededParameters`] holds the values before, and is read for earlier epochs only.
//!   The next change drops those that no epoch on record needs. A change of the rule first has the
//!   clock reserve what the new rule takes.
//! - **Allow-lists.** A topic has one for workers and one for reputers, both disabled at first.
//!   Each list governs its own registration only. While an allow-list is enabled, only listed
//!   accounts may register, submit, stake or report. Delisting an account does not deregister it,
//!   and it is still paid for past work. Each entry has a deposit on hold on the creator; who takes
//!   the topic over takes the deposits over.
//! - **Notice.** While there is stake in a topic, or stake that is being removed from it, an
//!   allow-list, a removal from it, a change of parameters and a retirement act after the unbonding
//!   time of stake, so that whoever has stake can leave before. A creator can withdraw what it has
//!   announced.
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
mod calls;
mod creator;
mod epoch;
mod errors;
mod events;
mod forget;
mod inspect;
mod lists;
mod notice;
mod revenue;
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

#[import_section(calls::calls)]
#[import_section(errors::errors)]
#[import_section(events::events)]
#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use alloc::boxed::Box;
	use allora_primitives::{
		api,
		traits::{SlotProvider, StakeInspect, TopicClock, TopicPot},
		Balance, EpochId, FixedI128, Registration, Slot, Slots, TopicId, TopicParameters,
		TopicUpdate,
	};
	use frame_support::{pallet_prelude::*, traits::fungible::MutateHold};
	use frame_system::pallet_prelude::*;
	use sp_runtime::Permill;

	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	/// The pallet.
	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	/// What the pallet needs from the runtime.
	#[pallet::config]
	pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
		/// The currency that the deposits for list entries are in.
		type Currency: MutateHold<
			Self::AccountId,
			Balance = Balance,
			Reason = Self::RuntimeHoldReason,
		>;
		/// The runtime's reasons for holds.
		type RuntimeHoldReason: From<HoldReason>;
		/// The deposit for an account on an allow-list, in planck.
		#[pallet::constant]
		type ListDeposit: Get<Balance>;
		/// The notice with which powers of a creator act while there is stake in the topic, in slots;
		/// at least the unbonding time of stake.
		type Notice: Get<Slots>;
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
		/// The origin that sets the subsidies of topics.
		type SubsidyOrigin: EnsureOrigin<Self::RuntimeOrigin>;
		/// Weights of the calls and of forgetting.
		type WeightInfo: WeightInfo;
		/// What the benchmarks need from other pallets.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkHelper: BenchmarkHelper<Self::AccountId>;
	}

	#[pallet::extra_constants]
	impl<T: Config> Pallet<T> {
		/// The maximum number of topics in a page of `TopicsApi.overview` or `schedule`.
		#[pallet::constant_name(MaxTopicPage)]
		fn max_topic_page() -> u32 {
			api::MAX_TOPIC_PAGE
		}
		/// The maximum number of epochs in a page of `AggregationApi.history` or
		/// `ExplainApi.explain_range`.
		#[pallet::constant_name(MaxEpochPage)]
		fn max_epoch_page() -> u32 {
			api::MAX_EPOCH_PAGE
		}
		/// The maximum number of items in a page of topic numbers, members, positions, reputers,
		/// delegations or removals.
		#[pallet::constant_name(MaxListPage)]
		fn max_list_page() -> u32 {
			api::MAX_LIST_PAGE
		}
		/// The maximum number of stored entries or topic numbers that are looked through for a page.
		#[pallet::constant_name(MaxWalk)]
		fn max_walk() -> u32 {
			api::MAX_WALK
		}
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

	/// The subsidy of a topic when it is created.
	#[pallet::storage]
	pub type DefaultSubsidy<T: Config> = StorageValue<_, Permill, ValueQuery>;

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
		ListEntry,
	>;

	/// What the creators of topics have announced.
	#[pallet::storage]
	pub type Announced<T: Config> = StorageMap<_, Twox64Concat, TopicId, Announcements, ValueQuery>;

	/// The reasons for which the pallet holds balances.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// The deposits for accounts on allow-lists.
		AllowList,
	}

	/// The pallet's genesis.
	#[pallet::genesis_config]
	#[derive(frame_support::DefaultNoBound)]
	pub struct GenesisConfig<T: Config> {
		/// The subsidy of a topic when it is created, in millionths.
		pub default_subsidy: Permill,
		#[doc(hidden)]
		#[serde(skip)]
		pub _config: core::marker::PhantomData<T>,
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			DefaultSubsidy::<T>::put(self.default_subsidy);
		}
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
}
