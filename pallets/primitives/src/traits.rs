//! Where the pallets meet: each trait is answered by one pallet and asked by others.

use crate::{
	bundle::Inference, Balance, Bundle, Contributions, EpochId, EpochSizes, EpochState,
	EpochWindows, Registration, Report, Role, Slot, Slots, Step, TopicId, TopicParameters,
	VoidReason,
};
use alloc::vec::Vec;
use frame_support::weights::{Weight, WeightMeter};
use sp_arithmetic::FixedI128;
use sp_core::H256;
use sp_runtime::{traits::BlockNumberProvider, DispatchError, DispatchResult};

/// The protocol's time: the slot of the current block. Asked by all pallets that keep time.
pub trait SlotProvider {
	/// The slot of the block that is being made, or of the newest one when a client asks.
	fn current_slot() -> Slot;
}

/// On a chain whose block numbers are slots' there is a block in every slot, as in tests.
impl<Chain: BlockNumberProvider<BlockNumber = Slot>> SlotProvider for Chain {
	fn current_slot() -> Slot {
		Chain::current_block_number()
	}
}

/// The registry of topics and the clock, for every other pallet. Answered by topics.
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
	/// The epoch whose worker window is open in this slot, if any.
	///
	/// By arithmetic on the topic's anchor, whether or not the clock has already opened it.
	fn collecting_epoch(topic: TopicId) -> Option<EpochId>;
	/// The epoch's windows; none if the topic has no such epoch on record.
	fn epoch_windows(topic: TopicId, epoch: EpochId) -> Option<EpochWindows>;
	/// The epoch's state; none if the topic has no such epoch on record.
	fn epoch_state(topic: TopicId, epoch: EpochId) -> Option<EpochState>;
}

/// What happens at each step of an epoch. Asked by the clock (topics).
///
/// Each step runs in a storage layer of its own: when one answers [`VoidReason`], what the step wrote
/// is undone and [`EpochHandler::on_void`] is called on all. On success a step answers the weight
/// it really used, at most [`EpochHandler::weight`] of the topic's worst case.
///
/// A tuple does the step in its members' order and stops at the first failure.
#[allow(unused_variables)]
pub trait EpochHandler {
	/// Whether payloads were accepted for an epoch that a late clock has not opened: such an epoch is
	/// not skipped, however late it is.
	fn has_payloads(topic: TopicId, epoch: EpochId) -> bool {
		false
	}
	/// The epoch opened: payloads are accepted.
	fn on_open(topic: TopicId, epoch: EpochId) -> Result<Weight, VoidReason> {
		Ok(Weight::zero())
	}
	/// The worker window closed.
	fn on_close_workers(topic: TopicId, epoch: EpochId) -> Result<Weight, VoidReason> {
		Ok(Weight::zero())
	}
	/// The reporting window closed: learn and settle.
	fn on_close_reputers(topic: TopicId, epoch: EpochId) -> Result<Weight, VoidReason> {
		Ok(Weight::zero())
	}
	/// The epoch came to nothing.
	fn on_void(topic: TopicId, epoch: EpochId, reason: VoidReason) {}
	/// The epoch falls out of the topic's history: forget its records.
	fn on_prune(topic: TopicId, epoch: EpochId) {}
	/// The topic is retired and its last epoch is over: forget some of its records, as far as the
	/// meter reaches; answers whether none is left. Money that is still due is paid first.
	fn on_forget(topic: TopicId, meter: &mut WeightMeter) -> bool {
		true
	}
	/// Worst-case weight of a step in an epoch of these sizes, voiding included; for
	/// [`Step::Open`], pruning included.
	fn weight(step: Step, sizes: &EpochSizes) -> Weight;
}

#[impl_trait_for_tuples::impl_for_tuples(5)]
impl EpochHandler for Tuple {
	fn has_payloads(topic: TopicId, epoch: EpochId) -> bool {
		let mut found = false;
		for_tuples!( #( found = found || Tuple::has_payloads(topic, epoch); )* );
		found
	}
	fn on_open(topic: TopicId, epoch: EpochId) -> Result<Weight, VoidReason> {
		let mut weight = Weight::zero();
		for_tuples!( #( weight = weight.saturating_add(Tuple::on_open(topic, epoch)?); )* );
		Ok(weight)
	}
	fn on_close_workers(topic: TopicId, epoch: EpochId) -> Result<Weight, VoidReason> {
		let mut weight = Weight::zero();
		for_tuples!( #( weight = weight.saturating_add(Tuple::on_close_workers(topic, epoch)?); )* );
		Ok(weight)
	}
	fn on_close_reputers(topic: TopicId, epoch: EpochId) -> Result<Weight, VoidReason> {
		let mut weight = Weight::zero();
		for_tuples!( #( weight = weight.saturating_add(Tuple::on_close_reputers(topic, epoch)?); )* );
		Ok(weight)
	}
	fn on_void(topic: TopicId, epoch: EpochId, reason: VoidReason) {
		for_tuples!( #( Tuple::on_void(topic, epoch, reason); )* );
	}
	fn on_prune(topic: TopicId, epoch: EpochId) {
		for_tuples!( #( Tuple::on_prune(topic, epoch); )* );
	}
	fn on_forget(topic: TopicId, meter: &mut WeightMeter) -> bool {
		let mut done = true;
		for_tuples!( #( done = done && Tuple::on_forget(topic, meter); )* );
		done
	}
	fn weight(step: Step, sizes: &EpochSizes) -> Weight {
		let mut weight = Weight::zero();
		for_tuples!( #( weight = weight.saturating_add(Tuple::weight(step, sizes)); )* );
		weight
	}
}

/// The accepted payloads of an epoch, for aggregation. Answered by inference.
pub trait SubmissionInspect<AccountId> {
	/// Inferences of the active inferers, ascending by account.
	fn inferences(topic: TopicId, epoch: EpochId) -> Vec<(AccountId, Inference)>;
	/// Forecasts of the active forecasters, ascending by account; of each, the kept elements about
	/// active inferers, ascending by account; forecasts of which nothing is left are absent (S 7.2).
	fn forecasts(topic: TopicId, epoch: EpochId) -> Vec<(AccountId, Vec<(AccountId, FixedI128)>)>;
}

/// The bundles, for reputer, consumer and clients. Answered by aggregation.
pub trait BundleInspect<AccountId> {
	/// The epoch's bundle; none before the worker close and after pruning.
	fn bundle(topic: TopicId, epoch: EpochId) -> Option<Bundle<AccountId>>;
	/// The hash that a report must name and the number of losses it must have.
	fn report_shape(topic: TopicId, epoch: EpochId) -> Option<(H256, u32)>;
}

/// The loss reports of an epoch, for aggregation. Answered by reputer.
pub trait ReportInspect<AccountId> {
	/// Reports of the active reputers with their frozen authority, ascending by account.
	fn reports(topic: TopicId, epoch: EpochId) -> Vec<Report<AccountId>>;
}

/// What the contributors did in an epoch, for settlement. Answered by aggregation.
pub trait ContributionInspect<AccountId> {
	/// Scores and losses of a learned epoch; none before the reputer close and after pruning.
	fn contributions(topic: TopicId, epoch: EpochId) -> Option<Contributions<AccountId>>;
}

/// Takes an epoch's scores. Answered by inference (workers) and reputer.
pub trait ScoreSink<AccountId> {
	/// The instant scores of all active actors of a role, ascending by account.
	///
	/// Answers the smoothed scores they lead to, in the same order; nothing for a role that it does
	/// not keep scores of. A tuple answers what its members do, one after the other.
	fn note_scores(
		topic: TopicId,
		epoch: EpochId,
		role: Role,
		scores: &[(AccountId, FixedI128)],
	) -> Result<Vec<FixedI128>, VoidReason>;
}

#[impl_trait_for_tuples::impl_for_tuples(3)]
impl<AccountId> ScoreSink<AccountId> for Tuple {
	fn note_scores(
		topic: TopicId,
		epoch: EpochId,
		role: Role,
		scores: &[(AccountId, FixedI128)],
	) -> Result<Vec<FixedI128>, VoidReason> {
		let mut smoothed = Vec::new();
		for_tuples!( #( smoothed.extend(Tuple::note_scores(topic, epoch, role, scores)?); )* );
		Ok(smoothed)
	}
}

/// How much the network listens to each reputer (S 12.3). Answered by reputer, asked by aggregation.
pub trait ListeningCoefficients<AccountId> {
	/// The coefficient in [0, 1] that the reputer's last scoring left; 1 before the first.
	fn coefficient(topic: TopicId, reputer: &AccountId) -> FixedI128;
	/// Remembers the coefficients of a scoring, each in [0, 1].
	fn note_coefficients(topic: TopicId, epoch: EpochId, coefficients: &[(AccountId, FixedI128)]);
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

/// Hears of changed stakes. Answered by topics, which tries to activate an inactive topic.
pub trait StakeObserver {
	/// The topic's stake grew or shrank.
	fn on_stake_changed(topic: TopicId);
}

impl StakeObserver for () {
	fn on_stake_changed(_: TopicId) {}
}

/// Shares emission out by topic weight. Answered by emissions, asked by topics.
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
}

/// The pots that fees go to. Answered by emissions, asked by topics and consumer.
pub trait TopicPot<AccountId> {
	/// Moves `amount` planck from the account to the ecosystem pot.
	fn pay_ecosystem(from: &AccountId, amount: Balance) -> DispatchResult;
	/// Moves `amount` planck from the account to the topic's pot, which pays who serves it.
	fn pay_topic(from: &AccountId, topic: TopicId, amount: Balance) -> DispatchResult;
	/// What is in the topic's pot, in planck.
	fn topic_pot(topic: TopicId) -> Balance;
}

/// Pays a reputer's reward on to its delegators and itself. Answered by reputer.
pub trait RewardSink<AccountId> {
	/// Pays `amount` planck from `pot` for the reputer's work in the topic.
	fn reward_reputer(
		pot: &AccountId,
		topic: TopicId,
		reputer: &AccountId,
		amount: Balance,
	) -> Result<(), DispatchError>;
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
