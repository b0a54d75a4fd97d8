//! Where the pallets meet: each trait is answered by one pallet and asked by others.

use crate::{
	Balance, Bundle, EpochId, EpochSizes, EpochState, EpochWindows, Registration, Slot, Slots,
	Step, TopicId, TopicParameters, VoidReason,
};
use frame_support::weights::{Weight, WeightMeter};
use sp_core::H256;
use sp_runtime::{traits::BlockNumberProvider, DispatchResult};

/// The protocol's time: the slot of the current block. Used by all pallets that keep time.
pub trait SlotProvider {
	/// The slot of the block that is being made, or of the newest one when a client asks.
	fn current_slot() -> Slot;
}

/// On a chain whose block numbers are slots there is a block in every slot, as in tests.
impl<Chain: BlockNumberProvider<BlockNumber = Slot>> SlotProvider for Chain {
	fn current_slot() -> Slot {
		Chain::current_block_number()
	}
}

/// The registry of topics, for every other pallet. Implemented by registry.
pub trait TopicInspect<AccountId> {
	/// The topic's parameters for the next epoch that opens; none if there is no such topic.
	fn parameters(topic: TopicId) -> Option<TopicParameters>;
	/// The parameters that hold for an epoch: those in force when it began, whatever the topic's
	/// creator has changed since, as long as the epoch is on record; none if there is no such topic.
	fn parameters_of(topic: TopicId, epoch: EpochId) -> Option<TopicParameters>;
	/// Whether the account is registered in the topic.
	fn is_registered(topic: TopicId, who: &AccountId, registration: Registration) -> bool;
	/// Whether the topic admits the account: its list for this registration is off, or has it.
	fn is_allowed(topic: TopicId, who: &AccountId, registration: Registration) -> bool;
	/// Whom to pay for the account's work: the owner its registration names, also after it has
	/// left; the account itself if it never registered.
	fn payee(topic: TopicId, who: &AccountId, registration: Registration) -> AccountId;
}

/// The epochs of topics, for every other pallet. Implemented by clock.
pub trait EpochInspect {
	/// The epoch whose worker window is open in this slot, if any.
	///
	/// By arithmetic on the topic's anchor, whether or not the clock has already opened it.
	fn collecting_epoch(topic: TopicId) -> Option<EpochId>;
	/// The epoch's windows; none if the topic has no such epoch on record.
	fn epoch_windows(topic: TopicId, epoch: EpochId) -> Option<EpochWindows>;
	/// The epoch's state; none if the topic has no such epoch on record.
	fn epoch_state(topic: TopicId, epoch: EpochId) -> Option<EpochState>;
}

/// A topic as its clock sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClockedTopic {
	/// Its parameters, as the next epoch has them.
	pub parameters: TopicParameters,
	/// Whether its creator has retired it.
	pub retired: bool,
}

/// Topics and their weights, for the clock. Implemented by registry.
pub trait TopicRegistry {
	/// The topic; `None` if there is none of this number.
	fn clocked(topic: TopicId) -> Option<ClockedTopic>;
	/// The weight that the topic would have if it were renewed now, in planck.
	///
	/// [`VoidReason::Arithmetic`] if it leaves its range.
	fn prospective_weight(
		topic: TopicId,
		parameters: &TopicParameters,
	) -> Result<Balance, VoidReason>;
	/// Lets the topic's revenue decay by this many epochs, which have ended or were skipped (S 6.7).
	fn drip(topic: TopicId, parameters: &TopicParameters, epochs: u32);
	/// Renews the topic's weight for the epoch that opens, and returns it in planck (S 6.5). A
	/// weight that leaves its range stays as it was.
	fn renew_weight(topic: TopicId, parameters: &TopicParameters) -> Balance;
	/// The topic has become inactive: its weight counts for nothing until it is renewed.
	fn suspend(topic: TopicId);
	/// The weight by which the topic shares in emission, in planck.
	fn counted_weight(topic: TopicId) -> Balance;
}

/// What the registry can read of a topic's clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClockInfo {
	/// Whether the topic's epochs open by the clock.
	pub active: bool,
	/// The oldest epoch on record.
	pub oldest_epoch: Option<EpochId>,
	/// The epoch opened last.
	pub last_epoch: Option<EpochId>,
	/// The epoch that opens next, if the topic goes on.
	pub next_epoch: Option<EpochId>,
	/// The latest epoch that has begun by arithmetic, whether or not the clock has opened it yet.
	pub begun_epoch: Option<EpochId>,
	/// Weight of computation per block that is reserved for the topic's steps.
	pub reserved: Weight,
}

/// The clock of topics, for the registry. Implemented by clock.
pub trait TopicClock {
	/// The topic's revenue grew: activates the topic, or takes its announced end back, if its weight
	/// is high enough now. Emits why not otherwise.
	fn on_revenue(topic: TopicId);
	/// Worst-case weight of [`TopicClock::on_revenue`].
	fn activation_weight() -> Weight;
	/// The topic was retired: no epoch opens that has not begun or been announced by an activation.
	///
	/// Returns the topic's last epoch; `None` if it never has one.
	fn on_retired(topic: TopicId) -> Option<EpochId>;
	/// The topic's clock as it stands; the default for a topic that was never active.
	fn info(topic: TopicId) -> ClockInfo;
}

/// What is done in each step of an epoch. Implemented by the runtime's `epoch` module, called by the
/// clock.
///
/// Each step adds to `used` what it has used, also when it fails. The clock runs it in a storage layer
/// of its own: when a step returns a [`VoidReason`], what it wrote is undone, the epoch is void, and
/// [`EpochRecords::on_void`] is called.
pub trait EpochPipeline {
	/// The epoch opened: payloads are accepted.
	///
	/// `used` includes what the clock's calls of [`EmissionIndex`] in the same step used.
	fn open(topic: TopicId, epoch: EpochId, used: &mut Weight) -> Result<(), VoidReason>;
	/// The worker window closed: the network inference is made.
	fn close_workers(topic: TopicId, epoch: EpochId, used: &mut Weight) -> Result<(), VoidReason>;
	/// The reporting window closed: the epoch is learned from and settled.
	fn close_reputers(topic: TopicId, epoch: EpochId, used: &mut Weight) -> Result<(), VoidReason>;
	/// Worst case of a step in an epoch of these sizes, voiding included.
	fn worst_case(step: Step, sizes: &EpochSizes) -> Weight;
}

/// What each pallet keeps of a topic's epochs: what becomes of it when an epoch is void, when it
/// leaves the record, and when its topic is retired. Called by the clock.
///
/// Each pallet does and weighs its own part only; a tuple takes its members in their order.
#[allow(unused_variables)]
pub trait EpochRecords {
	/// Whether payloads were accepted for an epoch that a late clock has not opened: such an epoch is
	/// not skipped, however late it is.
	fn has_payloads(topic: TopicId, epoch: EpochId) -> bool {
		false
	}
	/// The epoch is void; returns the weight used.
	fn on_void(topic: TopicId, epoch: EpochId, reason: VoidReason) -> Weight {
		Weight::zero()
	}
	/// The epoch falls out of the topic's history: removes what is kept of it; returns the weight
	/// used.
	fn on_prune(topic: TopicId, epoch: EpochId) -> Weight;
	/// The topic is retired and its last epoch is over: removes some of what is kept of it, as far as
	/// the meter reaches; returns whether nothing is left. Money that is still due is paid first.
	fn on_forget(topic: TopicId, meter: &mut WeightMeter) -> bool;
	/// Worst case of [`Self::on_void`] for an epoch that fails in this step.
	fn void_weight(step: Step) -> Weight {
		Weight::zero()
	}
	/// Worst case of [`Self::on_prune`].
	fn prune_weight() -> Weight;
}

#[impl_trait_for_tuples::impl_for_tuples(5)]
impl EpochRecords for Tuple {
	fn has_payloads(topic: TopicId, epoch: EpochId) -> bool {
		let mut found = false;
		for_tuples!( #( found = found || Tuple::has_payloads(topic, epoch); )* );
		found
	}
	fn on_void(topic: TopicId, epoch: EpochId, reason: VoidReason) -> Weight {
		let mut used = Weight::zero();
		for_tuples!( #( used.saturating_accrue(Tuple::on_void(topic, epoch, reason)); )* );
		used
	}
	fn on_prune(topic: TopicId, epoch: EpochId) -> Weight {
		let mut used = Weight::zero();
		for_tuples!( #( used.saturating_accrue(Tuple::on_prune(topic, epoch)); )* );
		used
	}
	fn on_forget(topic: TopicId, meter: &mut WeightMeter) -> bool {
		let mut done = true;
		for_tuples!( #( done = done && Tuple::on_forget(topic, meter); )* );
		done
	}
	fn void_weight(step: Step) -> Weight {
		let mut weight = Weight::zero();
		for_tuples!( #( weight.saturating_accrue(Tuple::void_weight(step)); )* );
		weight
	}
	fn prune_weight() -> Weight {
		let mut weight = Weight::zero();
		for_tuples!( #( weight.saturating_accrue(Tuple::prune_weight()); )* );
		weight
	}
}

/// The bundles, for reputer, consumer and clients. Answered by aggregation.
pub trait BundleInspect<AccountId> {
	/// The epoch's bundle; none before the worker close and after pruning.
	fn bundle(topic: TopicId, epoch: EpochId) -> Option<Bundle<AccountId>>;
	/// The hash that a report must name and the number of losses it must have.
	fn report_shape(topic: TopicId, epoch: EpochId) -> Option<(H256, u32)>;
}

/// Stakes in topics. Answered by reputer.
pub trait StakeInspect<AccountId> {
	/// Own and delegated stake of a reputer in a topic, in planck.
	fn authority(topic: TopicId, reputer: &AccountId) -> Balance;
	/// All stake in a topic, in planck.
	fn topic_stake(topic: TopicId) -> Balance;
	/// All stake in all topics, in planck.
	fn total_stake() -> Balance;
}

impl<AccountId> StakeInspect<AccountId> for () {
	fn authority(_: TopicId, _: &AccountId) -> Balance {
		0
	}
	fn topic_stake(_: TopicId) -> Balance {
		0
	}
	fn total_stake() -> Balance {
		0
	}
}

/// Observes stakes. Implemented by clock, which tries to activate an inactive topic.
pub trait StakeObserver {
	/// The topic's stake grew or shrank.
	fn on_stake_changed(topic: TopicId);
}

impl StakeObserver for () {
	fn on_stake_changed(_: TopicId) {}
}

/// Shares emission out by topic weight. Implemented by emissions, used by clock.
pub trait EmissionIndex {
	/// From this slot on the topic has this weight; 0 for an inactive topic.
	///
	/// What it accrued under the weight before stays its own.
	fn set_weight(topic: TopicId, weight: Balance) -> DispatchResult;
	/// Hands over to this epoch, which has ended after `length` slots, what the topic has accrued
	/// since it opened. If `passed` slots are more than that, the epochs after it were skipped: it
	/// gets its part of the slots, and the ecosystem pot the rest.
	fn assign_to_epoch(
		topic: TopicId,
		epoch: EpochId,
		length: Slots,
		passed: Slot,
	) -> DispatchResult;
	/// The sum of all active topics' weights.
	fn total_weight() -> Balance;
	/// Worst case of one [`Self::assign_to_epoch`] and one [`Self::set_weight`], which the clock calls
	/// when a topic's epoch ends and the next one opens, or the topic becomes inactive.
	fn renewal_weight() -> Weight;
}

/// The pots that fees go to. Implemented by emissions, used by registry.
pub trait TopicPot<AccountId> {
	/// Moves `amount` planck from the account to the ecosystem pot.
	fn pay_ecosystem(from: &AccountId, amount: Balance) -> DispatchResult;
	/// Moves `amount` planck from the account to the topic's pot, which pays who serves it.
	fn pay_topic(from: &AccountId, topic: TopicId, amount: Balance) -> DispatchResult;
	/// What is in the topic's pot, in planck.
	fn topic_pot(topic: TopicId) -> Balance;
}

/// Stake that validators and nominators have bonded, for the emission curve (S 15.3).
pub trait BondedStake {
	/// Bonded stake in planck.
	fn bonded() -> Balance;
}

impl BondedStake for () {
	fn bonded() -> Balance {
		0
	}
}
