//! # Clock
//!
//! Opens and closes the epochs of all topics, and admits topics as long as every step can be on
//! time.
//!
//! ## Pallet API
//!
//! See the [`pallet`] module for the calls, the storage, the events and the errors. Other pallets
//! read epochs through [`EpochInspect`](allora_primitives::traits::EpochInspect), the registry
//! through [`TopicClock`](allora_primitives::traits::TopicClock), and the consumer pallet orders
//! openings through [`DemandClock`](allora_primitives::traits::DemandClock). The clock calls the
//! runtime's [`Config::Pipeline`] for the work of each step, and the other pallets'
//! [`Config::Records`] when an epoch is void or pruned and when a topic is forgotten.
//!
//! ## Overview
//!
//! A topic is active while its weight is high enough and it pays its rent: one epoch opens every
//! `epoch_length` slots. An epoch has three steps. First it *opens*, and workers submit payloads.
//! When its *workers close*, the network inference is computed. When its *reputers close*, after
//! the truth is known and reported, the network learns from the epoch and settles it. If a step
//! fails, only that epoch is void.
//!
//! ### Example
//!
//! The epochs of a topic, slot by slot:
#![doc = docify::embed!("src/tests/mod.rs", epoch_opens_closes_and_is_settled)]
//!
//! ## Terminology
//!
//! - **Running epoch**: the epoch opened last since the latest activation.
//! - **In flight**: opened, but neither settled nor void.
//! - **On record**: in flight, or among the final epochs that the topic's `history` keeps.
//! - **Due slot** of a step: the first slot in which it may be taken.
//! - **The clock's share**: a quarter of a block's weight, which bounds use and reservations.
//!
//! ## Low Level Details
//!
//! ### Design Goals
//!
//! - Windows follow from an epoch's number alone, never from the block in which a hook happened to
//!   run.
//! - No due step is lost or reordered; a step that does not fit into a block waits.
//! - No step of an admitted topic is late by more than a quarter of its epoch length, or two slots
//!   if that is longer.
//! - A failed step voids its epoch and has no other effect.
//!
//! ### Design
//!
//! - **Agenda.** Time is counted in slots, whether or not a slot has a block. Each topic has an
//!   anchor, the slot of its first epoch since activation; later epochs open whole epoch lengths
//!   after it. A topic with a step to come is on the [`Agenda`] once, at the due slot of its next
//!   step, which follows from its state. Keys sort as bytes by class, slot and topic, so the first
//!   entry of a class is always its next one: there is no list to overflow and no cursor to lose.
//! - **Turns.** The hook `on_poll` gives topics their turns, earliest deadline first. In its turn a
//!   topic takes the steps due in that slot. Before each, the clock checks that its worst case fits
//!   into what is left of the block and of the clock's share. Only a step that is larger than the
//!   whole share, which a runtime upgrade can cause, may use what is left of the block. The three
//!   steps take two turns, since reports close in the slot of a later opening. Whether reporting is
//!   open is computed when an epoch is read.
//! - **Admission.** A topic is activated only if all steps of all topics can still be on time,
//!   whatever their alignment; [`capacity`] shows how that is checked. A changed rule reserves for
//!   each step the maximum under both rules, or the change is refused. What a topic reserves is
//!   released when it has no step to come.
//! - **Rent.** A topic pays for what it reserves out of its revenue, at a price that follows how
//!   full the capacity is, see [`rent`]. It pays one epoch ahead: an activation pays up to the last
//!   step of the first epoch, each opening for one epoch more. So no epoch opens unpaid, and what
//!   is reserved until the last step of a topic's last epoch is paid, too. A changed rule that
//!   reserves more pays the difference for the slots that are paid for already.
//! - **Announcing.** When an epoch opens, its topic's weight and the rent decide whether one more
//!   epoch follows. So a topic ends one epoch after the announcement, and whether a slot is in a
//!   worker window follows from the anchor alone, even before the clock opens the epoch. Revenue or
//!   stake that arrives in time cancels the announcement.
//! - **On demand.** A topic whose epochs open on demand is activated by orders, each for one epoch,
//!   see [`demand`]. Between two epochs it is inactive, so it can neither lapse nor hold capacity, and
//!   has no part in emission.
//! - **Bar.** The emergency origin may bar a topic, which then ends and cannot be activated by any
//!   amount of revenue or stake until the bar is lifted.
//! - **Anchor.** A topic activated in slot `s` opens its first epoch in the first slot of its phase
//!   from `s + 1` on. If it has no phase, it opens in the least loaded slot, see
//!   [`PhaseLoads::least_loaded`]. (The original network waits for a whole epoch.)
//! - **Skipping.** After a time without blocks, or in a very late turn, the worker window of the
//!   next epoch to open may be over. If nothing was submitted for it, the clock skips it and all
//!   following epochs whose windows are over: it emits one event with their number, stores nothing
//!   else, and continues with the first epoch whose window is open or lies ahead, congruent to the
//!   anchor.
//! - **Forgetting.** When a retired topic has no step to come, its records are removed in bounded
//!   steps, with what is left of the clock's share of a block: first those of the other pallets,
//!   then the topic. Nothing is left of it, and its number is not reused. Of a topic that lapsed
//!   [`PRUNED_AFTER_WEEKS`] ago, anybody may remove all epochs but the newest and the newest with a
//!   network inference, for no fee.
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

#[cfg(feature = "runtime-benchmarks")]
pub use benchmarking::BenchmarkHelper;
pub use capacity::*;
pub use forget::{MAX_PRUNED, PRUNED_AFTER_WEEKS};
pub use pallet::*;
pub use types::*;
pub use weights::WeightInfo;

mod admission;
#[cfg(feature = "runtime-benchmarks")]
pub mod benchmarking;
pub mod capacity;
pub mod demand;
mod emergency;
mod epoch;
mod forget;
mod inspect;
pub mod rent;
#[cfg(any(test, feature = "try-runtime"))]
mod try_state;
mod turns;
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
		Balance, EpochId, EpochWindows, Slot, Slots, TopicId, VoidReason,
	};
	use frame_support::{dispatch::WithPostDispatchInfo, pallet_prelude::*, weights::WeightMeter};
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
		/// The work of the steps of an epoch.
		type Pipeline: EpochPipeline;
		/// The records that other pallets keep of epochs.
		type Records: EpochRecords;
		/// The registry of topics.
		type Registry: TopicRegistry;
		/// The distribution of emission by topic weight.
		type Emission: EmissionIndex;
		/// The length of a session in slots; the block that ends one has no weight left for the
		/// clock.
		type SessionLength: Get<u64>;
		/// The minimum weight of an active topic, in planck.
		type MinTopicWeight: Get<Balance>;
		/// The number of slots in a week, above zero: the time in which the price of rent can double
		/// [`rent::DOUBLINGS_PER_WEEK`] times per unit of fullness.
		#[pallet::constant]
		type SlotsPerWeek: Get<Slots>;
		/// The price of rent while at most half of the capacity is reserved, in planck per second
		/// of reserved computation.
		#[pallet::constant]
		type RentFloor: Get<Balance>;
		/// The origin that bars topics from being active.
		type EmergencyOrigin: EnsureOrigin<Self::RuntimeOrigin>;
		/// Weights of the call and of the clock's own part of each step.
		type WeightInfo: WeightInfo;
		/// What the benchmarks need from other pallets.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkHelper: BenchmarkHelper;
	}

	/// The states of topics that were ever active, are retired or were barred.
	// Twox is safe: the chain assigns the numbers of topics in sequence.
	#[pallet::storage]
	pub type TopicStates<T: Config> = StorageMap<_, Twox64Concat, TopicId, TopicState, ValueQuery>;

	/// The topics with a step to come, sorted by class, then by the due slot of that step, then by
	/// topic. The keys hold all data, see [`AgendaEntry::from_key`].
	// Identity keeps the order of the keys. It is safe since the clock computes them.
	#[pallet::storage]
	pub type Agenda<T: Config> = StorageMap<_, Identity, AgendaKey, ()>;

	/// The retired topics with no step to come, whose records are being removed.
	#[pallet::storage]
	pub type Forgetting<T: Config> = StorageMap<_, Twox64Concat, TopicId, ()>;

	/// The sum of what the admitted topics reserve, and the level of the rent's price.
	#[pallet::storage]
	pub type Reserved<T: Config> = StorageValue<_, Capacity, ValueQuery>;

	/// The weight that the clock used in the newest block that had weight left for it.
	#[pallet::storage]
	pub type Used<T: Config> = StorageValue<_, Weight, ValueQuery>;

	/// The load of the admitted topics' openings, by phase.
	#[pallet::storage]
	pub type Phases<T: Config> = StorageValue<_, PhaseLoads, ValueQuery>;

	/// The events of the clock. Weights of topics are in planck.
	#[pallet::event]
	#[pallet::generate_deposit(pub(crate) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A topic was activated; a topic on demand, for one epoch.
		TopicActivated {
			/// The topic.
			topic: TopicId,
			/// The slot in which its first epoch opens.
			anchor: Slot,
			/// The weight that was compared with the minimum.
			weight: Balance,
			/// The rent that the topic paid for its first epoch.
			rent: Balance,
		},
		/// A topic could not be activated yet.
		ActivationDeferred {
			/// The topic.
			topic: TopicId,
			/// Why it could not be activated.
			reason: Deferral,
		},
		/// The topic's weight is below the minimum, its revenue does not suffice for the rent of
		/// another epoch, or it is retired or barred: it becomes inactive after the epoch that has
		/// just opened.
		InactivationAnnounced {
			/// The topic.
			topic: TopicId,
			/// The last epoch.
			last_epoch: EpochId,
			/// The slot in which the topic becomes inactive.
			inactive_at: Slot,
		},
		/// The announcement was cancelled: the topic can pay for another epoch again.
		InactivationCancelled {
			/// The topic.
			topic: TopicId,
			/// The epoch that opens next.
			next_epoch: EpochId,
			/// The weight that was compared with the minimum.
			weight: Balance,
			/// The rent that the topic paid for that epoch.
			rent: Balance,
		},
		/// A changed rule reserves more than before for a topic's steps.
		ReservationRaised {
			/// The topic.
			topic: TopicId,
			/// The rent that the topic paid for it, up to the slot up to which it had paid.
			rent: Balance,
		},
		/// A topic became inactive.
		TopicInactivated {
			/// The topic.
			topic: TopicId,
			/// The last epoch.
			last_epoch: EpochId,
		},
		/// An epoch opened: payloads are accepted.
		EpochOpened {
			/// The topic.
			topic: TopicId,
			/// The epoch.
			epoch: EpochId,
			/// The slots in which payloads and reports are accepted.
			windows: EpochWindows,
		},
		/// The clock was too late for epochs of a topic: their worker windows were over, and
		/// nothing was submitted for them. They never opened.
		EpochsSkipped {
			/// The topic.
			topic: TopicId,
			/// The first skipped epoch.
			first: EpochId,
			/// The number of skipped epochs, which are one epoch length apart.
			count: Slot,
		},
		/// The worker window of an epoch closed, and its network inference was computed.
		WorkersClosed {
			/// The topic.
			topic: TopicId,
			/// The epoch.
			epoch: EpochId,
		},
		/// The reporting window of an epoch closed; the epoch was learned from and settled.
		EpochSettled {
			/// The topic.
			topic: TopicId,
			/// The epoch.
			epoch: EpochId,
		},
		/// A step of an epoch failed, so the epoch is void.
		EpochVoided {
			/// The topic.
			topic: TopicId,
			/// The epoch.
			epoch: EpochId,
			/// Why the step failed.
			reason: VoidReason,
		},
		/// An epoch left its topic's history, or was pruned long after the topic had lapsed; its
		/// records were removed.
		EpochPruned {
			/// The topic.
			topic: TopicId,
			/// The epoch.
			epoch: EpochId,
		},
		/// All records of a retired topic are removed.
		TopicForgotten {
			/// The topic.
			topic: TopicId,
		},
		/// The emergency origin barred a topic: no epoch opens any more, except one that has begun,
		/// and what the topic has accrued for its running epoch goes back to the ecosystem pot.
		TopicBarred {
			/// The topic.
			topic: TopicId,
		},
		/// The emergency origin lifted the bar on a topic.
		BarLifted {
			/// The topic.
			topic: TopicId,
		},
	}

	/// The reasons for which a call fails.
	#[pallet::error]
	pub enum Error<T> {
		/// There is no topic of this number, or it was retired and its records were removed.
		TopicNotFound,
		/// The creator has retired the topic: it cannot be activated again.
		TopicRetired,
		/// The topic is active, or its last epoch has just ended and it is about to be inactivated.
		AlreadyActive,
		/// The topic's weight is below the minimum; fund it or stake in it first.
		WeightTooLow,
		/// The active topics have reserved the clock's whole share; try again once one has ended.
		NoCapacity,
		/// The topic's revenue does not suffice for the rent of its first epoch; fund it first, or
		/// wait until less of the clock's share is reserved and rent is cheaper.
		RentTooHigh,
		/// The emergency origin has barred the topic.
		Barred,
		/// The topic is not barred.
		NotBarred,
		/// The epochs of the topic open on demand: request one with the consumer pallet.
		OnDemand,
		/// The epochs of the topic do not open on demand.
		NotOnDemand,
		/// The topic is active, has epochs in flight, or has paid its rent up to a slot of the last
		/// four weeks: prune its records later.
		NotLapsed,
		/// The topic has no epochs on record but those that stay: the newest, and the newest with a
		/// network inference.
		NothingToPrune,
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
		/// This call is for a topic whose activation was deferred for lack of capacity, or that was
		/// funded after its last epoch had ended. It also cancels an announced end. There is no fee
		/// besides that of the transaction.
		///
		/// ## Errors
		///
		/// [`Error::TopicNotFound`], [`Error::TopicRetired`], [`Error::AlreadyActive`],
		/// [`Error::WeightTooLow`], [`Error::NoCapacity`], [`Error::RentTooHigh`],
		/// [`Error::Barred`], [`Error::OnDemand`].
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

		/// Bars a topic from being active.
		///
		/// ## Dispatch Origin
		///
		/// `EmergencyOrigin`.
		///
		/// ## Details
		///
		/// No further epoch opens, except one that has begun; the running epoch and those before it
		/// are closed and settled as usual, and the topic becomes inactive when the running epoch
		/// ends. The topic has no part in emission from this slot on, and what it has accrued since
		/// the running epoch opened goes back to the ecosystem pot. No revenue or stake activates
		/// the topic again until the bar is lifted. A topic that is not active can be barred, too.
		///
		/// ## Errors
		///
		/// [`Error::TopicNotFound`], [`Error::Barred`].
		///
		/// ## Events
		///
		/// [`Event::TopicBarred`], and [`Event::TopicInactivated`] if no epoch has begun.
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::force_inactivate())]
		pub fn force_inactivate(origin: OriginFor<T>, topic: TopicId) -> DispatchResult {
			T::EmergencyOrigin::ensure_origin(origin)?;
			Self::do_force_inactivate(topic)
		}

		/// Lifts the bar on a topic.
		///
		/// ## Dispatch Origin
		///
		/// `EmergencyOrigin`.
		///
		/// ## Details
		///
		/// Activation is tried at once; the call succeeds if it is deferred, too.
		///
		/// ## Errors
		///
		/// [`Error::TopicNotFound`], [`Error::NotBarred`].
		///
		/// ## Events
		///
		/// [`Event::BarLifted`], and [`Event::TopicActivated`], [`Event::InactivationCancelled`] or
		/// [`Event::ActivationDeferred`].
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::lift())]
		pub fn lift(origin: OriginFor<T>, topic: TopicId) -> DispatchResult {
			T::EmergencyOrigin::ensure_origin(origin)?;
			Self::do_lift(topic)
		}

		/// Removes the records of a topic that lapsed long ago: all its epochs but the newest, and the
		/// newest with a network inference.
		///
		/// ## Dispatch Origin
		///
		/// Any signed account.
		///
		/// ## Details
		///
		/// The topic must be inactive without epochs in flight, and [`PRUNED_AFTER_WEEKS`] weeks must
		/// have passed since the last slot of which it has paid the rent. What it has learned, its
		/// newest network inference, registrations, stakes and earnings stay, and it can be activated
		/// as before. No deposit is taken. A call that succeeds pays no fee; one that fails does.
		///
		/// ## Errors
		///
		/// [`Error::TopicNotFound`], [`Error::TopicRetired`], [`Error::NotLapsed`],
		/// [`Error::NothingToPrune`].
		///
		/// ## Events
		///
		/// [`Event::EpochPruned`] per epoch.
		#[pallet::call_index(3)]
		#[pallet::weight(Pallet::<T>::most_pruned())]
		pub fn prune(origin: OriginFor<T>, topic: TopicId) -> DispatchResultWithPostInfo {
			ensure_signed(origin)?;
			let looked = T::WeightInfo::prune(1);
			let used = Self::do_prune(topic).map_err(|error| error.with_weight(looked))?;
			Ok((Some(used), Pays::No).into())
		}
	}
}
