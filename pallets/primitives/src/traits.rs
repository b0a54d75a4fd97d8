//! The traits through which pallets use each other. Each names its implementor and its callers.

use crate::{
	Balance, Bundle, Demand, EpochId, EpochRecord, EpochSizes, EpochState, NewestInference, Quote,
	Receipt, Registration, Slot, Slots, Step, TopicId, TopicParameters, VoidReason,
};
use alloc::vec::Vec;
use frame_support::weights::{Weight, WeightMeter};
use sp_core::H256;
use sp_runtime::{traits::BlockNumberProvider, DispatchError, DispatchResult};

/// The protocol's time: the slot of the current block. Implemented by the runtime, used by the
/// protocol's pallets.
pub trait SlotProvider {
	/// The slot of the block that is executed; in a runtime API call, of the newest block.
	fn current_slot() -> Slot;
}

/// In mocks, which have a block in every slot, block numbers are slots.
impl<Chain: BlockNumberProvider<BlockNumber = Slot>> SlotProvider for Chain {
	fn current_slot() -> Slot {
		Chain::current_block_number()
	}
}

/// Topics, their participants and their allow-lists. Implemented by registry, used by inference,
/// reputer and emissions.
pub trait TopicInspect<AccountId> {
	/// What a topic says about an account that submits for an epoch, in one read of the topic;
	/// `None` if there is no such topic.
	fn admission(
		topic: TopicId,
		epoch: EpochId,
		who: &AccountId,
		registration: Registration,
	) -> Option<Admission>;

	/// The topic's parameters for the next epoch that opens; `None` if there is no such topic.
	fn parameters(topic: TopicId) -> Option<TopicParameters>;
	/// The parameters that hold for an epoch on record: those in force when it began, also if they
	/// have changed since; `None` if there is no such topic.
	fn parameters_of(topic: TopicId, epoch: EpochId) -> Option<TopicParameters>;
	/// Whether the account is registered in the topic.
	fn is_registered(topic: TopicId, who: &AccountId, registration: Registration) -> bool;
	/// Whether the topic's allow-list for this registration is disabled or has the account.
	fn is_allowed(topic: TopicId, who: &AccountId, registration: Registration) -> bool;
	/// Whether the topic exists and [`Self::is_allowed`] is false.
	fn is_excluded(topic: TopicId, who: &AccountId, registration: Registration) -> bool {
		let exists = Self::parameters(topic).is_some();
		exists && !Self::is_allowed(topic, who, registration)
	}
	/// Whether [`Self::is_allowed`] stays true after everything that the topic's creator has
	/// announced.
	fn stays_allowed(topic: TopicId, who: &AccountId, registration: Registration) -> bool {
		Self::is_allowed(topic, who, registration)
	}
	/// Whether the topic is retired, so that it has no further epoch but those that have begun.
	fn is_retired(topic: TopicId) -> bool;
	/// The account to pay for the work of `who`: the owner of its registration, also after it has
	/// left; `who` itself if it never registered.
	fn payee(topic: TopicId, who: &AccountId, registration: Registration) -> AccountId;
}

/// What a topic says about an account that submits for an epoch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admission {
	/// The parameters that hold for the epoch, as of [`TopicInspect::parameters_of`].
	pub parameters: TopicParameters,
	/// Whether the account is registered.
	pub is_registered: bool,
	/// Whether the topic's allow-list is not in force or has the account: for a worker in the current
	/// slot, for a reputer in that in which the epoch opened.
	pub is_allowed: bool,
	/// Whether nothing but the topic and the registration was read: no allow-list is in force, and
	/// the parameters have not changed since the epoch began.
	pub is_plain: bool,
}

/// The epochs of topics. Implemented by clock, used by inference, reputer and emissions.
pub trait EpochInspect {
	/// The epoch whose worker window is open in this slot, if any.
	///
	/// This follows from the topic's anchor, whether or not the clock has already opened the epoch.
	fn collecting_epoch(topic: TopicId) -> Option<EpochId>;
	/// Whether [`Self::collecting_epoch`] is this epoch, in a topic with these parameters. They are
	/// not read again.
	fn is_collecting(topic: TopicId, epoch: EpochId, parameters: &TopicParameters) -> bool;
	/// The epoch whose reveal window is open in this slot, if any; like
	/// [`Self::collecting_epoch`], this follows from the topic's anchor.
	fn revealing_epoch(topic: TopicId) -> Option<EpochId>;
	/// The epoch's state and windows; `None` if it is not on record.
	fn epoch_record(topic: TopicId, epoch: EpochId) -> Option<EpochRecord>;
	/// The same, in a topic with these parameters, which are not read again.
	fn epoch_record_in(
		topic: TopicId,
		epoch: EpochId,
		parameters: &TopicParameters,
	) -> Option<EpochRecord>;
	/// The epoch's state; `None` if it is not on record.
	fn epoch_state(topic: TopicId, epoch: EpochId) -> Option<EpochState> {
		Self::epoch_record(topic, epoch).map(|record| record.state)
	}
	/// The topic's epochs on record that have a step to come: neither settled nor void.
	fn unsettled_epochs(topic: TopicId) -> Vec<EpochId>;
}

/// The part of a topic that the clock needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClockedTopic {
	/// The parameters of the next epoch.
	pub parameters: TopicParameters,
	/// Whether the creator has retired it.
	pub retired: bool,
	/// The slot from which on one of its allow-lists is in force; `None` if neither is enabled.
	pub listed_from: Option<Slot>,
}

/// What stands behind a topic in the current slot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
	/// The target of its weight (S 6.5), in planck.
	pub target: Balance,
	/// Its decayed revenue, in planck.
	pub revenue: Balance,
}

/// What a topic needs for one more epoch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EpochPrice {
	/// The minimum of the weight's target, in planck.
	pub min_weight: Balance,
	/// The rent, in planck.
	pub rent: Balance,
}

/// The result of renewing a topic's weight.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Renewal {
	/// The weight by which the topic shares in emission from now on, in planck.
	pub counted: Balance,
	/// Whether the topic has paid for one more epoch.
	pub paid: bool,
}

/// Topics and their weights. Implemented by registry, used by clock.
pub trait TopicRegistry {
	/// The topic; `None` if there is none of this number.
	fn clocked(topic: TopicId) -> Option<ClockedTopic>;
	/// What stands behind the topic in this slot.
	fn standing(topic: TopicId, parameters: &TopicParameters) -> Standing;
	/// Subtracts rent from the topic's revenue.
	fn take_rent(topic: TopicId, parameters: &TopicParameters, rent: Balance);
	/// Renews the topic's weight for the epoch that opens (S 6.5), after its revenue has decayed
	/// up to that epoch's slot (S 6.7).
	///
	/// With `next`, takes the rent of one more epoch if the revenue suffices and the target of the
	/// weight is high enough without it.
	fn renew_weight(
		topic: TopicId,
		clocked: &ClockedTopic,
		epoch: EpochId,
		next: Option<EpochPrice>,
	) -> Renewal;
	/// Lowers the weight of the topic to its target in this slot, if that is lower. Returns the
	/// weight by which it shares in emission from now on, in planck; `None` if that is unchanged.
	fn lower_weight(topic: TopicId, clocked: &ClockedTopic) -> Option<Balance>;
	/// Stops counting the topic's weight and its decay in this slot, until the weight is renewed
	/// from what it was.
	fn suspend(topic: TopicId, parameters: &TopicParameters, slot: Slot);
	/// The weight by which the topic shares in emission, in planck.
	fn counted_weight(topic: TopicId) -> Balance;
	/// The number of further epochs that a topic which pays this price for each can have, at most
	/// `u32::MAX`.
	fn epochs_funded(topic: TopicId, parameters: &TopicParameters, price: EpochPrice) -> u32;
}

/// The part of a topic's clock that the registry reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClockInfo {
	/// Whether the topic is active: its epochs open.
	pub active: bool,
	/// The oldest epoch on record.
	pub oldest_epoch: Option<EpochId>,
	/// The epoch opened last.
	pub last_epoch: Option<EpochId>,
	/// The epoch that opens next; `None` if no further one follows.
	pub next_epoch: Option<EpochId>,
	/// The latest epoch that has begun, whether or not the clock has opened it yet.
	pub begun_epoch: Option<EpochId>,
	/// The computation per block that is reserved for the topic's steps.
	pub reserved: Weight,
}

/// Why the clock does not reserve for changed parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotReserved {
	/// Not all steps of all topics would be on time.
	NoCapacity,
	/// The topic's revenue does not suffice for the rent of what the change adds.
	RentTooHigh,
}

/// The activation and retirement of topics. Implemented by clock, used by registry.
pub trait TopicClock {
	/// Called when the topic's revenue has grown: activates the topic, or cancels its announced
	/// end, if the topic can pay for an epoch now; otherwise emits the reason.
	fn on_revenue(topic: TopicId);
	/// The worst-case weight of [`TopicClock::on_revenue`].
	fn activation_weight() -> Weight;
	/// Called before the topic's parameters change to these: if the topic is active, reserves for
	/// each step the maximum of what is reserved and of the step's worst case under these
	/// parameters, and takes the rent of what that adds. If it fails, nothing changes.
	///
	/// A topic that is not active reserves when it is activated.
	fn reserve(topic: TopicId, parameters: &TopicParameters) -> Result<(), NotReserved>;
	/// Called when the topic was retired: from now on no epoch opens, except one that has begun or
	/// that an activation has announced.
	///
	/// Returns the topic's last epoch; `None` if there never is one.
	fn on_retired(topic: TopicId) -> Option<EpochId>;
	/// Called when the weight by which the topic shares in emission has changed between two epochs.
	fn on_weight_changed(topic: TopicId);
	/// The state of the topic's clock; the default for a topic that was never active.
	fn info(topic: TopicId) -> ClockInfo;
}

/// The work of the steps of an epoch. Implemented by the runtime's `epoch` module, used by clock.
///
/// Each step adds the weight it used to `used`, also if it fails. The clock runs it in a storage
/// layer of its own. If it returns a [`VoidReason`], its changes are rolled back, the epoch is
/// void, and [`EpochRecords::on_void`] is called.
pub trait EpochPipeline {
	/// The work of [`Step::Open`].
	///
	/// `used` includes the weight of the clock's calls of [`EmissionIndex`] in the same step.
	fn open(topic: TopicId, epoch: EpochId, used: &mut Weight) -> Result<(), VoidReason>;
	/// The work of [`Step::CloseWorkers`]: computes the network inference.
	fn close_workers(topic: TopicId, epoch: EpochId, used: &mut Weight) -> Result<(), VoidReason>;
	/// The work of [`Step::CloseReputers`]: learns from the epoch and settles it.
	fn close_reputers(topic: TopicId, epoch: EpochId, used: &mut Weight) -> Result<(), VoidReason>;
	/// The worst-case weight of a step in an epoch of these sizes, including that of voiding it.
	fn worst_case(step: Step, sizes: &EpochSizes) -> Weight;
}

/// The records that a pallet keeps of epochs and topics, and their removal. Implemented by the
/// pallets that keep records, used by clock.
///
/// Each pallet does and weighs its own part only; a tuple calls its members in order.
#[allow(unused_variables)]
pub trait EpochRecords {
	/// Whether payloads were accepted for an epoch that a late clock has not opened yet. Such an
	/// epoch is not skipped.
	fn has_payloads(topic: TopicId, epoch: EpochId) -> bool {
		false
	}
	/// Called when the epoch is void; returns the weight used.
	fn on_void(topic: TopicId, epoch: EpochId, reason: VoidReason) -> Weight {
		Weight::zero()
	}
	/// Called when the epoch leaves the topic's history: removes its records; returns the weight
	/// used.
	fn on_prune(topic: TopicId, epoch: EpochId) -> Weight;
	/// Called while the topic is retired and has no step to come: removes some of its records,
	/// within the meter; returns whether none is left. Pays out balances that are still due first.
	fn on_forget(topic: TopicId, meter: &mut WeightMeter) -> bool;
	/// The worst-case weight of [`Self::on_void`] for an epoch that fails in this step, less what
	/// the step's failed stages had reserved and did not use.
	fn void_weight(step: Step) -> Weight {
		Weight::zero()
	}
	/// The worst-case weight of [`Self::on_prune`].
	fn prune_weight() -> Weight;
}

#[impl_trait_for_tuples::impl_for_tuples(6)]
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

/// The network inference bundles. Implemented by aggregation, used by reputer.
pub trait BundleInspect<AccountId> {
	/// The epoch's bundle; `None` before its worker close and after pruning.
	fn bundle(topic: TopicId, epoch: EpochId) -> Option<Bundle<AccountId>>;
	/// The hash that a report must name, and the number of losses it must have; `None` if there is
	/// no bundle.
	fn report_shape(topic: TopicId, epoch: EpochId) -> Option<(H256, u32)>;
}

/// The stake in topics. Implemented by reputer, used by registry and emissions.
pub trait StakeInspect<AccountId> {
	/// The stake behind a reputer in a topic, its own and delegated, in planck.
	fn authority(topic: TopicId, reputer: &AccountId) -> Balance;
	/// The stake of all reputers in a topic, in planck.
	fn topic_stake(topic: TopicId) -> Balance;
	/// What is on hold for stakes and delegations in a topic, with pending removals, in planck.
	fn topic_held(topic: TopicId) -> Balance {
		Self::topic_stake(topic)
	}
	/// The stake of all reputers in all topics, in planck.
	fn total_stake() -> Balance;
	/// What is on hold for stakes and delegations, with pending removals, in planck.
	fn total_held() -> Balance {
		Self::total_stake()
	}
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

/// An observer of stake. Implemented by clock, used by reputer.
pub trait StakeObserver {
	/// Called when the topic's stake has changed: lowers the topic's weight to what stands behind it
	/// now, and tries to activate the topic, or to cancel its announced end.
	fn on_stake_changed(topic: TopicId);
	/// The worst-case weight of [`Self::on_stake_changed`].
	fn weight() -> Weight;
}

impl StakeObserver for () {
	fn on_stake_changed(_: TopicId) {}
	fn weight() -> Weight {
		Weight::zero()
	}
}

/// The distribution of emission by topic weight. Implemented by emissions, used by clock.
pub trait EmissionIndex {
	/// Sets the topic's weight from this slot on, in planck; 0 for an inactive topic.
	///
	/// The topic keeps what it has accrued under the weight before.
	fn set_weight(topic: TopicId, weight: Balance) -> DispatchResult;
	/// Assigns to an epoch that has ended after `length` slots what the topic has accrued since it
	/// opened, `passed` slots ago. If `passed` is more than `length`, later epochs were skipped:
	/// the epoch gets the part of its own slots, and the ecosystem pot the rest.
	fn assign_to_epoch(
		topic: TopicId,
		epoch: EpochId,
		length: Slots,
		passed: Slot,
	) -> DispatchResult;
	/// The sum of the active topics' weights, in planck.
	fn total_weight() -> Balance;
	/// The worst-case weight of one [`Self::set_weight`].
	fn setting_weight() -> Weight;
	/// The worst-case weight of one [`Self::assign_to_epoch`] and one [`Self::set_weight`], which
	/// the clock calls when an epoch ends.
	fn renewal_weight() -> Weight;
}

/// The ecosystem pot and the pots of topics. Implemented by emissions, used by registry and consumer.
pub trait TopicPot<AccountId> {
	/// Moves `amount` planck from the account to the ecosystem pot.
	fn pay_ecosystem(from: &AccountId, amount: Balance) -> DispatchResult;
	/// Moves `amount` planck from the account to the topic's pot, which pays the topic's
	/// participants.
	fn pay_topic(from: &AccountId, topic: TopicId, amount: Balance) -> DispatchResult;
	/// The balance of the topic's pot, in planck.
	fn topic_pot(topic: TopicId) -> Balance;
	/// The account of the ecosystem pot.
	fn ecosystem() -> AccountId;
}

/// The stake that validators and nominators have bonded, for the emission curve (S 15.3).
/// Implemented by the runtime, used by emissions.
pub trait BondedStake {
	/// The bonded stake, in planck.
	fn bonded() -> Balance;
}

impl BondedStake for () {
	fn bonded() -> Balance {
		0
	}
}

/// The newest network inferences. Implemented by aggregation, used by consumer.
pub trait InferenceInspect {
	/// The topic's newest network inference; `None` before the first one.
	fn newest(topic: TopicId) -> Option<NewestInference>;
}

/// What consumers pay for topics. Implemented by registry, used by consumer.
pub trait TopicRevenue<AccountId> {
	/// The topic's creator; an error if there is no such topic, or if it is retired.
	fn creator(topic: TopicId) -> Result<AccountId, DispatchError>;
	/// Moves `amount` planck from the account to the ecosystem pot and counts it as revenue of the
	/// topic, as funding does, but without trying to activate the topic.
	fn pay_revenue(from: &AccountId, topic: TopicId, amount: Balance) -> DispatchResult;
	/// Tries to activate the topic, or to cancel its announced end, since its revenue has grown.
	fn on_revenue(topic: TopicId);
	/// The worst-case weight of [`Self::on_revenue`].
	fn activation_weight() -> Weight;
	/// The slot from which on a power that the topic's creator uses now may act: after a notice if
	/// there is stake in the topic, else the current slot (S 16).
	fn acts_from(topic: TopicId) -> Slot;
}

/// The openings of topics on demand. Implemented by clock, used by consumer.
pub trait DemandClock {
	/// The topic's openings; `None` if there is no such topic or its epochs do not open on demand.
	fn demand(topic: TopicId) -> Option<Demand>;
	/// Orders the opening of one epoch: reserves capacity for it, and takes its rent, which is
	/// [`Demand::rent`], from the topic's revenue. Returns the slot in which it opens.
	///
	/// Fails and changes nothing if there is an [`Obstacle`](crate::Obstacle), or if the revenue is
	/// below the rent.
	fn order(topic: TopicId) -> Result<Slot, DispatchError>;
	/// The worst-case weight of [`Self::demand`].
	fn demand_weight() -> Weight;
	/// The worst-case weight of [`Self::order`].
	fn order_weight() -> Weight;
}

/// A source of network inferences for other pallets. Implemented by consumer.
pub trait InferenceSource<AccountId> {
	/// Buys the topic's newest network inference for `payment` planck from the free balance of
	/// `who`, if it is at most `max_age` slots old. Changes nothing if it fails.
	///
	/// A pallet that relies on the inference buys it: payments are what its makers work for. What
	/// the topic has to offer is known beforehand by [`Self::quote`], which is free.
	fn buy(
		who: &AccountId,
		topic: TopicId,
		payment: Balance,
		max_age: Slots,
	) -> Result<Receipt, DispatchError>;
	/// The age and the minimum price of the topic's newest network inference; `None` if there is
	/// none for sale.
	fn quote(topic: TopicId) -> Option<Quote>;
	/// The worst-case weight of [`Self::buy`].
	fn buy_weight() -> Weight;
}
