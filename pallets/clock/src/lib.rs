//! # Clock
//!
//! The clock of all topics' epochs: what each topic does next, when, and whether there is room for
//! it.
//!
//! ## Pallet API
//!
//! The calls and events of [`pallet`] are the interface to accounts. Other pallets read epochs through
//! [`EpochInspect`](allora_primitives::traits::EpochInspect). What is done in each step is the
//! runtime's [`Config::Pipeline`], what is kept of epochs the other pallets' [`Config::Records`].
//!
//! ## Overview
//!
//! While its weight is high enough a topic is active: an epoch opens every `epoch_length` slots. An
//! epoch takes three steps. It *opens*, and workers send payloads; the *workers close*, and the
//! network inference is made; once the truth is known and reported, the *reputers close*, and the
//! epoch is learned from and settled. An epoch that fails at a step is void, and nothing else is.
//!
//! ## Low Level / Implementation Details
//!
//! ### Design Goals
//!
//! * Windows are arithmetic on an epoch's number, never a matter of when a hook happened to run.
//! * No due step is lost, displaced or done out of order; what does not fit into a block waits.
//! * No step of an admitted topic is later than a quarter of its epoch length, two slots at least.
//! * A failing step voids its epoch and nothing else.
//!
//! ### Design
//!
//! **Agenda.** Time is counted in slots, whether or not there is a block in them. Each topic has an
//! anchor, the slot of its first epoch since activation; later epochs open at whole epoch lengths from
//! it. A topic with anything to do is on the [`Agenda`] once, at the slot of its next step, which is
//! computed from its state. Keys sort as bytes by class, slot and topic, so that the first entry of a class is always the next one: there is no list to overflow and
//! no cursor to lose.
//!
//! **Turns.** The hook `on_poll` gives topics their turns, the one with the earliest deadline first;
//! in its turn a topic takes the steps due in that slot, each after checking that its worst case
//! fits into what is left of the block and of the clock's share, a quarter of it. Only a step that on
//! its own is more than that share, which takes a runtime upgrade that made it dearer, may use what
//! is left of the block. The three steps fall into two turns, since reports close at the block of a
//! later opening. That reporting is open is arithmetic when an epoch is read.
//!
//! **Admission.** A topic becomes active only if the clock can keep its promise to all topics
//! whatever their alignment; [`capacity`] says how that is known. What a topic reserves is released
//! when it has no step to come.
//!
//! **Announcing.** When an epoch opens, its topic's weight decides whether one more epoch follows.
//! So a topic that ends does so one epoch after the announcement, and whether a slot is in a worker
//! window follows from the anchor alone, even before the clock opens the epoch. Revenue or stake that
//! comes in time takes the announcement back.
//!
//! **Anchor.** A topic activated in slot `s` opens its first epoch in the first slot of its phase from
//! `s + 1` on, or in the least loaded slot if it has none, see [`PhaseLoads::least_loaded`]. (The
//! original waits for a whole epoch.)
//!
//! **Skipping.** After a time without blocks, or a very late turn, an epoch may be due to open whose
//! worker window is over. If nothing was submitted for it, it is skipped together with those after it
//! of which that holds too: one event says how many, nothing else is stored, and the topic goes on with
//! the first epoch whose window is open or lies ahead, congruent to its anchor. So the clock has to
//! make up only for what really began.
//!
//! **Forgetting.** When a retired topic has nothing on the agenda any more, what is stored of it is
//! freed in steps of what the clock's share of a block has left over: the other pallets' records,
//! then the topic. Nothing of it is left and its number is not used again.
//!
//! ### Terminology
//!
//! * **Running epoch**: the one opened last since the latest activation.
//! * **In flight**: opened, but neither settled nor void.
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

#[cfg(feature = "runtime-benchmarks")]
pub use benchmarking::BenchmarkHelper;
pub use capacity::*;
pub use pallet::*;
pub use types::*;
pub use weights::WeightInfo;

mod admission;
#[cfg(feature = "runtime-benchmarks")]
pub mod benchmarking;
pub mod capacity;
mod forget;
mod inspect;
mod steps;
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
	use allora_primitives::{
		hook_phase::in_initialization,
		traits::{EmissionIndex, EpochPipeline, EpochRecords, SlotProvider, TopicRegistry},
		Balance, EpochId, EpochWindows, Slot, TopicId, VoidReason,
	};
	use frame_support::{pallet_prelude::*, weights::WeightMeter};
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
		/// What is done in the steps of an epoch.
		type Pipeline: EpochPipeline;
		/// What is kept of epochs.
		type Records: EpochRecords;
		/// The registry of topics.
		type Registry: TopicRegistry;
		/// The distribution of emission by topic weight.
		type Emission: EmissionIndex;
		/// Slots of a session; the block that ends one leaves the clock nothing.
		type SessionLength: Get<u64>;
		/// Minimum weight with which a topic is active, in planck.
		type MinTopicWeight: Get<Balance>;
		/// Weights of the calls and of the clock.
		type WeightInfo: WeightInfo;
		/// What benchmarks need of other pallets.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkHelper: BenchmarkHelper;
	}

	/// The clocks of topics that have ever been active, or been retired.
	// Twox is safe: the chain counts the topics, nobody chooses their numbers.
	#[pallet::storage]
	pub type TopicStates<T: Config> = StorageMap<_, Twox64Concat, TopicId, TopicState, ValueQuery>;

	/// Topics with a step to come, in the order of their keys: by class, then by the slot of that
	/// step, then by topic. The keys hold everything, see [`AgendaEntry::from_key`].
	// Identity keeps the order of the keys; it is safe since the clock makes them.
	#[pallet::storage]
	pub type Agenda<T: Config> = StorageMap<_, Identity, AgendaKey, ()>;

	/// Retired topics with no step to come: what is stored of them is being freed.
	#[pallet::storage]
	pub type Forgetting<T: Config> = StorageMap<_, Twox64Concat, TopicId, ()>;

	/// What the admitted topics have reserved together.
	#[pallet::storage]
	pub type Reserved<T: Config> = StorageValue<_, Capacity, ValueQuery>;

	/// How the admitted topics' openings are spread over the phases.
	#[pallet::storage]
	pub type Phases<T: Config> = StorageValue<_, PhaseLoads, ValueQuery>;

	/// What has happened; weights of topics are in planck.
	#[pallet::event]
	#[pallet::generate_deposit(pub(crate) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A topic was activated.
		TopicActivated {
			/// The topic.
			topic: TopicId,
			/// Slot in which its first epoch opens.
			anchor: Slot,
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
			/// Slot in which the topic becomes inactive.
			inactive_at: Slot,
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
		/// The clock came too late for some epochs of a topic: their worker windows were over, and
		/// nothing was submitted for them. They never opened.
		EpochsSkipped {
			/// The topic.
			topic: TopicId,
			/// The first of them.
			first: EpochId,
			/// How many they are, one epoch length apart.
			count: Slot,
		},
		/// The payloads of an epoch were closed.
		WorkersClosed {
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
		/// Nothing is stored of a retired topic any more.
		TopicForgotten {
			/// The topic.
			topic: TopicId,
		},
	}

	/// Why a call was refused.
	#[pallet::error]
	pub enum Error<T> {
		/// There is no topic of this number, or it was retired and forgotten.
		TopicNotFound,
		/// The creator has retired the topic: it is never active again.
		TopicRetired,
		/// The topic is active, or its last epoch has just ended and it is about to be inactivated.
		AlreadyActive,
		/// The topic's weight is below the minimum; fund it, or stake in it, first.
		WeightTooLow,
		/// The active topics use all the computation there is; try again once one has ended.
		NoCapacity,
		/// A number left its range.
		Arithmetic,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn on_poll(_: BlockNumberFor<T>, meter: &mut WeightMeter) {
			in_initialization::<T, _>(|| Self::take_due_steps(Self::now(), meter));
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
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
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::activate())]
		pub fn activate(origin: OriginFor<T>, topic: TopicId) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_activate(topic)
		}
	}
}
