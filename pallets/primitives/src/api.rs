//! The runtime APIs that clients call, and their types.

use crate::{
	Balance, Bundle, Contributions, EpochId, EpochRecord, EpochState, Ledger, Outcome, Role, Slot,
	TopicId, TopicParameters, TopicUpdate, VoidReason,
};
use alloc::vec::Vec;
use codec::{Codec, Decode, Encode, MaxEncodedLen};
use frame_support::weights::Weight;
use scale_info::TypeInfo;
use sp_arithmetic::{FixedI128, Perbill};
use sp_core::H256;

/// The chain's time: the slot of the newest block, and the length of slots.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct ChainTime {
	/// The slot of the newest block, counted from the Unix epoch.
	pub slot: Slot,
	/// The length of a slot in milliseconds; slot `n` begins `n` times that after the Unix epoch.
	pub slot_duration_ms: u64,
}

/// A topic with its state and its weight. Amounts are in planck.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct TopicInfo<AccountId> {
	/// The topic's number.
	pub topic: TopicId,
	/// The account that may change and retire it.
	pub creator: AccountId,
	/// The account to which the creator has offered it.
	pub offered_to: Option<AccountId>,
	/// The parameters of the next epoch.
	pub parameters: TopicParameters,
	/// Whether only listed accounts may register and submit as workers.
	pub workers_listed: bool,
	/// Whether only listed accounts may register, stake and report as reputers.
	pub reputers_listed: bool,
	/// Whether the topic is active: its epochs open.
	pub active: bool,
	/// Whether the creator has retired it.
	pub retired: bool,
	/// The epoch opened last.
	pub last_epoch: Option<EpochId>,
	/// The epoch that opens next; `None` if no further one follows.
	pub next_epoch: Option<EpochId>,
	/// The weight by which it shares in emission; 0 while it is inactive.
	pub weight: Balance,
	/// The decayed revenue.
	pub revenue: Balance,
	/// The stake of its reputers.
	pub stake: Balance,
	/// The balance of its pot.
	pub pot: Balance,
	/// The computation per block that is reserved for it.
	pub reserved: Weight,
	/// What its creator has announced.
	pub announced: Announced,
}

/// What the creator of a topic has announced, and the slots from which on it acts or may act.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Announced {
	/// The slot from which on only listed accounts may register and submit as workers; `None` if all
	/// may.
	pub workers_listed_from: Option<Slot>,
	/// The slot from which on only listed accounts may register, stake and report as reputers;
	/// `None` if all may.
	pub reputers_listed_from: Option<Slot>,
	/// A change of parameters, and the slot from which on the creator may make it.
	pub update: Option<(TopicUpdate, Slot)>,
	/// The slot from which on the creator may retire the topic.
	pub retirement: Option<Slot>,
}

/// The fees and thresholds in force, which governance can change. Amounts are in planck.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Terms {
	/// The fee for creating a topic.
	pub create_fee: Balance,
	/// The fee for registering in a topic.
	pub register_fee: Balance,
	/// The minimum weight of an active topic.
	pub min_topic_weight: Balance,
	/// The minimum stake of a reputer that reports.
	pub min_reputer_stake: Balance,
}

/// How long a topic is funded if the price of rent stays as it is. What is said of an inactive topic
/// would hold if it were active.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Funding {
	/// The rent of one epoch, in planck.
	pub rent: Balance,
	/// The number of epochs, besides those that are paid for, until the topic's decaying revenue
	/// does not suffice for another one, or its weight is below the minimum.
	pub epochs: u32,
	/// The seconds until the topic lapses, those of the epochs that are paid for included.
	pub seconds: u64,
}

/// A network inference and its age.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct NetworkInference {
	/// The epoch it belongs to.
	pub epoch: EpochId,
	/// One value per label.
	pub label_values: Vec<FixedI128>,
	/// Where the truth is expected, one row per label: the predictive quantiles at 2.5, 16, 84 and
	/// 97.5 %, ascending (S 8.10). Empty before the first truth of the topic, and always in topics
	/// with a custom loss method.
	pub intervals: Vec<[FixedI128; 4]>,
	/// How far the workers disagree, one row per label: the percentiles 2.28, 15.87, 50, 84.13 and
	/// 97.72 of their values by weight (S 8.8).
	pub disagreement: Vec<[FixedI128; 5]>,
	/// The number of slots since the epoch opened.
	pub age: Slot,
}

/// A network inference that excludes outliers (S 18).
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct ResistantInference<AccountId> {
	/// The inference; the ordinary one if no inferer was left out.
	pub inference: NetworkInference,
	/// The inferers left out, sorted by account.
	pub left_out: Vec<AccountId>,
}

/// The standing of an account in a topic and role.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct ActorInfo {
	/// Whether it is registered for the role.
	pub registered: bool,
	/// The smoothed score; `None` before the first one.
	pub score: Option<FixedI128>,
	/// The combined regret as an inferer or forecaster; `None` before the first one.
	pub regret: Option<FixedI128>,
	/// The authority as a reputer, in planck.
	pub authority: Balance,
}

/// The reward of an account for an epoch.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Reward<AccountId> {
	/// The account that earned it.
	pub account: AccountId,
	/// The role in which the account earned it.
	pub role: Role,
	/// The amount credited, in planck.
	pub amount: Balance,
}

/// An account that contributed to an epoch and has no reward.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Unpaid<AccountId> {
	/// The account.
	pub account: AccountId,
	/// The role it contributed in.
	pub role: Role,
	/// The reason recorded when the epoch was settled.
	pub reason: NoReward,
}

/// The stake behind a reputer in a topic. Amounts are in planck.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct ReputerStake {
	/// The reputer's own stake that counts.
	pub own: Balance,
	/// The stake that others have delegated to it and that counts.
	pub delegated: Balance,
	/// The part of its delegators' rewards that it keeps.
	pub commission: Perbill,
	/// A higher part that it has announced, and the first slot in which it is in force.
	pub commission_rise: Option<(Perbill, Slot)>,
	/// The pending removals of its own stake, which do not count, oldest first.
	pub removals: Vec<PendingRemoval>,
}

/// A pending removal of stake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct PendingRemoval {
	/// The id by which it can be cancelled.
	pub id: u64,
	/// The amount, in planck.
	pub amount: Balance,
	/// The first slot in which it can be withdrawn.
	pub due: Slot,
}

/// A delegation of an account. Amounts are in planck.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct DelegationInfo<AccountId> {
	/// The topic.
	pub topic: TopicId,
	/// The reputer.
	pub reputer: AccountId,
	/// The amount that counts in epochs whose reporting opens from now on.
	pub amount: Balance,
	/// The epochs in which the delegation earns by another amount, since it has changed after their
	/// reporting opened, each with that amount; oldest first.
	pub earning: Vec<(EpochId, Balance)>,
	/// The rewards that can be claimed now.
	pub claimable: Balance,
	/// The pending removals, which do not count, oldest first.
	pub removals: Vec<PendingRemoval>,
}

/// The result of an epoch's settlement for an account in a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Payment {
	/// The reward, in planck.
	pub reward: Balance,
	/// The reward's share of all rewards of the role, in [0, 1].
	pub share: FixedI128,
	/// Why there is no reward; `None` if there is one.
	pub no_reward: Option<NoReward>,
}

/// What happened to an account's submissions in an epoch, by role.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Explanation<AccountId> {
	/// The state of the epoch; `None` if it is not on record.
	pub state: Option<EpochState>,
	/// What happened to its inference.
	pub inferer: WorkerExplanation<AccountId>,
	/// What happened to its forecast.
	pub forecaster: WorkerExplanation<AccountId>,
	/// What happened to its report.
	pub reputer: ReputerExplanation<AccountId>,
}

/// What happened to the submission of an inferer or forecaster.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct WorkerExplanation<AccountId> {
	/// The part that all roles have.
	pub standing: RoleStanding<AccountId>,
	/// The elements of the forecast that were kept (S 7.2): inferers and log losses. Empty for an
	/// inferer, and if the account is not active.
	pub kept: Vec<(AccountId, FixedI128)>,
	/// Its part in the bundle; `None` if it has none.
	pub part: Option<WorkerPart>,
}

/// What happened to the report of a reputer.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct ReputerExplanation<AccountId> {
	/// The part that all roles have.
	pub standing: RoleStanding<AccountId>,
	/// What the network learned from the report; `None` before that, and if it was not counted.
	pub learned: Option<LearnedReputer>,
}

/// What happened to the submission of an account in a role, and its reward.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct RoleStanding<AccountId> {
	/// Whether the account is registered for the role at present.
	pub registered: bool,
	/// Whether the topic's allow-list admits the account at present.
	pub allowed: bool,
	/// The outcome of the submission; `None` if none is on record.
	pub outcome: Option<Outcome<AccountId>>,
	/// The reward, in planck.
	pub reward: Balance,
	/// The reward's share of all rewards of the role, in [0, 1].
	pub share: FixedI128,
	/// Why there is no reward; `None` if there is one.
	pub no_reward: Option<NoReward>,
}

/// The stored facts from which an account's [`RoleStanding`] follows.
pub struct RoleFacts<AccountId> {
	/// Whether the account is registered for the role at present.
	pub registered: bool,
	/// Whether the topic's allow-list admits the account at present.
	pub allowed: bool,
	/// The state of the epoch; `None` if it is not on record.
	pub state: Option<EpochState>,
	/// The outcome of the submission; `None` if none is on record.
	pub outcome: Option<Outcome<AccountId>>,
	/// The result of the settlement; `None` before it, and if the account did not contribute.
	pub payment: Option<Payment>,
}

impl<AccountId> RoleFacts<AccountId> {
	/// Returns the standing. The reason for no reward is the one recorded at the settlement, or
	/// else the first obstacle to a contribution.
	///
	/// `nothing_submitted` is the reason for an account that could have submitted, `not_counted`
	/// that for an active account that had no part in what was learned.
	pub fn explain(
		self,
		nothing_submitted: NoReward,
		not_counted: NoReward,
	) -> RoleStanding<AccountId> {
		let Self { registered, allowed, state, outcome, payment } = self;
		let payment = payment.unwrap_or_else(|| Payment {
			reward: 0,
			share: FixedI128::default(),
			no_reward: Some(match (&outcome, state) {
				(_, None) => NoReward::Forgotten,
				(None, _) if !registered => NoReward::NotRegistered,
				(None, _) if !allowed => NoReward::NotAllowed,
				(None, _) => nothing_submitted,
				(Some(Outcome::Abstained), _) => NoReward::Abstained,
				(Some(Outcome::Passive { .. }), _) => NoReward::Passive,
				(Some(Outcome::Displaced { .. }), _) => NoReward::Displaced,
				(Some(Outcome::Unrevealed), _) => NoReward::Unrevealed,
				(Some(Outcome::Accepted | Outcome::Committed), Some(state)) => match state {
					EpochState::Void(reason) => NoReward::EpochVoid(reason),
					EpochState::Settled => not_counted,
					_ => NoReward::EpochOpen,
				},
			}),
		});
		let Payment { reward, share, no_reward } = payment;
		RoleStanding { registered, allowed, outcome, reward, share, no_reward }
	}
}

/// A worker's part in an epoch's bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct WorkerPart {
	/// Its weight in the network inference, in [0, 1].
	pub weight: FixedI128,
	/// Whether it was left out of the outlier-resistant inference.
	pub left_out: bool,
	/// What the network learned about it; `None` before that.
	pub learned: Option<LearnedWorker>,
}

/// What the network learned about a worker from an epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct LearnedWorker {
	/// The loss of its inference, or of its forecast-implied inference.
	pub loss: FixedI128,
	/// Its combined regret before the epoch; `None` for a newcomer.
	pub regret_before: Option<FixedI128>,
	/// Its combined regret after the epoch.
	pub regret: FixedI128,
	/// The instant score of the epoch.
	pub score: FixedI128,
	/// The smoothed score after the epoch.
	pub smoothed_score: FixedI128,
	/// By how much the network's loss would have been higher without it, in the topic's own loss
	/// (S 13.9); `None` under the regret rule.
	pub worth: Option<FixedI128>,
}

/// What the network learned about a reputer from an epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct LearnedReputer {
	/// The stake when reporting opened, in planck.
	pub authority: Balance,
	/// The distance of its losses from the consensus, divided by the norm of the consensus; `None`
	/// if that exceeds the range of the type.
	pub distance: Option<FixedI128>,
	/// The listening coefficient before the epoch, in [0, 1].
	pub coefficient_before: FixedI128,
	/// The listening coefficient after the epoch, in [0, 1].
	pub coefficient: FixedI128,
	/// The instant score of the epoch.
	pub score: FixedI128,
	/// The smoothed score after the epoch.
	pub smoothed_score: FixedI128,
}

/// Why an account has no reward in a role and epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub enum NoReward {
	/// The epoch is not on record: it was pruned, or never opened.
	#[codec(index = 0)]
	Forgotten,
	/// The account is not registered for the role.
	#[codec(index = 1)]
	NotRegistered,
	/// The account is not on the topic's allow-list for the role.
	#[codec(index = 2)]
	NotAllowed,
	/// The account submitted nothing.
	#[codec(index = 3)]
	NothingSubmitted,
	/// The account abstained from reporting.
	#[codec(index = 4)]
	Abstained,
	/// The account's merit was too low for the active set.
	#[codec(index = 5)]
	Passive,
	/// A stronger account displaced it from the active set.
	#[codec(index = 6)]
	Displaced,
	/// The epoch is not settled yet.
	#[codec(index = 7)]
	EpochOpen,
	/// The epoch is void, for this reason.
	#[codec(index = 8)]
	EpochVoid(VoidReason),
	/// No element of the forecast was about an active inferer, or no loss was known to compare it
	/// with.
	#[codec(index = 9)]
	NoForecastKept,
	/// The epoch had nothing to pay out.
	#[codec(index = 10)]
	NothingToPay,
	/// The account's share rounds to zero planck.
	#[codec(index = 11)]
	NoShare,
	/// The topic's list of rewards that await payout was full; the reward stayed in the topic's
	/// pot.
	#[codec(index = 12)]
	Unpaid,
	/// The account committed to a payload and did not reveal it.
	#[codec(index = 13)]
	Unrevealed,
}

/// What a worker can claim of the rewards of its topic (S 13.9).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Claim {
	/// The discounted sum of what the worker was worth, in units of the topic's usual worth, within
	/// -1024 and 1024; at 0 and below it earns nothing while others have claims.
	pub claim: FixedI128,
	/// The smoothed excess of an inferer's loss over the network's, in units of the usual loss of
	/// the mean of truths, within -16 and 16; `None` for a forecaster.
	pub excess: Option<FixedI128>,
}

/// What the rate of a month follows from (S 15.3). Amounts are in planck.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct MonthFigures {
	/// The stake of validators, nominators and reputers, as an average of the slots of the month
	/// before.
	pub staked: Balance,
	/// The balance of the ecosystem pot, and what emission may still mint.
	pub ecosystem_locked: Balance,
	/// The tokens in circulation: all that exist, without the ecosystem pot and without what is
	/// still locked of the genesis allocations.
	pub circulating: Balance,
	/// The reputers' share of the topics' rewards (f_r), in [0.2, 0.5] once it is measured.
	pub reputers_share: FixedI128,
	/// The validators' share of the month's emission (f_v); topics get the rest.
	pub validators_share: Perbill,
	/// The target of the rate, before cap and smoothing; the type's maximum if it is above.
	pub target: FixedI128,
	/// The maximum of the rate before smoothing.
	pub cap: FixedI128,
}

/// Figures of the emission. Amounts are in planck.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct EmissionInfo {
	/// The emission per slot, to topics and validators together.
	pub slot_emission: Balance,
	/// The emission per staked token and month (e_i), smoothed.
	pub rate: FixedI128,
	/// The emission since genesis.
	pub emitted: Balance,
	/// The maximum supply.
	pub max_supply: Balance,
	/// The sum of the active topics' weights.
	pub total_weight: Balance,
	/// The slot of the next recomputation of the rate.
	pub next_recomputation: Slot,
	/// Whether emission has started.
	pub started: bool,
	/// What the rate follows from; `None` before the first month.
	pub month: Option<MonthFigures>,
}

sp_api::decl_runtime_apis! {
	/// Topics and their epochs.
	pub trait TopicsApi<AccountId> where AccountId: Codec {
		/// The chain's time, in which epochs and windows are counted.
		fn clock() -> ChainTime;
		/// The fees and thresholds in force, including those that governance has not changed.
		fn terms() -> Terms;
		/// The topic; `None` if there is none of this number.
		fn topic(topic: TopicId) -> Option<TopicInfo<AccountId>>;
		/// The numbers of the existing topics from `from` on: at most `limit`, and at most 256.
		fn topics(from: TopicId, limit: u32) -> Vec<TopicId>;
		/// The parameters that hold for an epoch, also if they have changed since; `None` if the
		/// epoch is not on record.
		fn epoch_parameters(topic: TopicId, epoch: EpochId) -> Option<TopicParameters>;
		/// The state and windows of an epoch; `None` if it is not on record.
		fn epoch(topic: TopicId, epoch: EpochId) -> Option<EpochRecord>;
		/// The epochs on record, oldest first.
		fn epochs(topic: TopicId) -> Vec<(EpochId, EpochRecord)>;
		/// The epoch whose worker window is open, if any.
		fn collecting_epoch(topic: TopicId) -> Option<EpochId>;
		/// The epoch whose reveal window is open, if any.
		fn revealing_epoch(topic: TopicId) -> Option<EpochId>;
		/// The epochs whose reporting window is open, oldest first.
		fn reporting_epochs(topic: TopicId) -> Vec<EpochId>;
		/// The worst-case average weight per block of the admitted topics, and the clock's share of
		/// a block. Admission depends on whether all steps can be on time, see `vacancies`.
		fn capacity() -> (Weight, Weight);
		/// The worst-case average weight per block of a topic with these parameters; `None` if the
		/// clock's share of a block is too small for one of its steps.
		fn reservation(parameters: TopicParameters) -> Option<Weight>;
		/// The number of topics with these parameters that can still be admitted, at most 100,000.
		fn vacancies(parameters: TopicParameters) -> u32;
		/// How long the topic is funded at today's price of rent; `None` if there is no such topic.
		fn funded(topic: TopicId) -> Option<Funding>;
	}

	/// Network inferences, losses and scores.
	pub trait AggregationApi<AccountId> where AccountId: Codec {
		/// The newest network inference of the topic; `None` before the first one.
		fn latest_inference(topic: TopicId) -> Option<NetworkInference>;
		/// The newest outlier-resistant inference of the topic (S 18); `None` before the first one.
		fn latest_resistant_inference(topic: TopicId) -> Option<ResistantInference<AccountId>>;
		/// The outlier-resistant inference of an epoch; `None` before its worker close and after
		/// pruning.
		fn resistant_inference(
			topic: TopicId,
			epoch: EpochId,
		) -> Option<ResistantInference<AccountId>>;
		/// The bundle of an epoch and the hash that reports must name; `None` before its worker
		/// close and after pruning.
		fn bundle(topic: TopicId, epoch: EpochId) -> Option<(H256, Bundle<AccountId>)>;
		/// The truth of an epoch, one value per label, by the reputers' consensus; `None` before it is
		/// learned, after pruning, and in a topic with a custom loss method.
		fn truth(topic: TopicId, epoch: EpochId) -> Option<Vec<FixedI128>>;
		/// The network losses of an epoch, one per element of its bundle; `None` before they are
		/// learned and after pruning.
		fn losses(topic: TopicId, epoch: EpochId) -> Option<Vec<FixedI128>>;
		/// The scores of an epoch; `None` before they are learned and after pruning.
		fn contributions(topic: TopicId, epoch: EpochId) -> Option<Contributions<AccountId>>;
		/// The standing of an account in a topic and role.
		fn actor(topic: TopicId, who: AccountId, role: Role) -> ActorInfo;
		/// The storage key of the topic's newest network inference, for a storage proof.
		fn latest_inference_key(topic: TopicId) -> Vec<u8>;
	}

	/// Explains what happened to submissions, and why they were or were not rewarded.
	pub trait ExplainApi<AccountId> where AccountId: Codec {
		/// What happened to the account's submissions in an epoch, by role.
		fn explain(account: AccountId, topic: TopicId, epoch: EpochId) -> Explanation<AccountId>;
	}

	/// Emission, rewards and the ledger.
	pub trait EmissionsApi<AccountId> where AccountId: Codec {
		/// The figures of the emission.
		fn emission() -> EmissionInfo;
		/// The rewards of an epoch; empty before it is settled and after pruning.
		fn rewards(topic: TopicId, epoch: EpochId) -> Vec<Reward<AccountId>>;
		/// The accounts that contributed to an epoch and have no reward, with the reasons.
		fn unpaid(topic: TopicId, epoch: EpochId) -> Vec<Unpaid<AccountId>>;
		/// The claim of a worker after the latest settlement of its topic; `None` if it has none, for
		/// reputers, and in topics of the regret rule.
		fn claim(topic: TopicId, who: AccountId, role: Role) -> Option<Claim>;
		/// The rewards of an account in a topic that are credited and not paid out yet, in planck.
		fn due(topic: TopicId, who: AccountId) -> Balance;
		/// The balances and liabilities of all pots, and whether they add up.
		fn ledger() -> Ledger;
	}

	/// Stakes of reputers, and delegations to them.
	pub trait ReputerApi<AccountId> where AccountId: Codec {
		/// The stake behind a reputer in a topic, its commission, and its pending removals.
		fn stake(topic: TopicId, reputer: AccountId) -> ReputerStake;
		/// An account's delegation to a reputer in a topic, with what it can claim and its pending
		/// removals; `None` if there is none.
		fn delegation(
			topic: TopicId,
			reputer: AccountId,
			delegator: AccountId,
		) -> Option<DelegationInfo<AccountId>>;
		/// The delegations of an account in all topics, at most 256.
		fn delegations(delegator: AccountId) -> Vec<DelegationInfo<AccountId>>;
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn facts(state: Option<EpochState>, outcome: Option<Outcome<u64>>) -> RoleFacts<u64> {
		RoleFacts { registered: true, allowed: true, state, outcome, payment: None }
	}

	fn reason(facts: RoleFacts<u64>) -> Option<NoReward> {
		facts.explain(NoReward::NothingSubmitted, NoReward::NoForecastKept).no_reward
	}

	#[test]
	fn recorded_payment_is_returned_unchanged() {
		let share = FixedI128::from_rational(1, 4);
		for no_reward in [None, Some(NoReward::Unpaid)] {
			let payment = Some(Payment { reward: 7, share, no_reward });
			let facts = RoleFacts { payment, ..facts(Some(EpochState::Settled), None) };
			let standing = facts.explain(NoReward::NothingSubmitted, NoReward::NoForecastKept);
			assert_eq!((standing.reward, standing.share), (7, share));
			assert_eq!(standing.no_reward, no_reward);
		}
	}

	#[test]
	fn reason_of_an_active_account_without_a_payment_follows_from_its_epoch() {
		let reason = |state| reason(facts(Some(state), Some(Outcome::Accepted)));
		assert_eq!(reason(EpochState::AwaitingTruth), Some(NoReward::EpochOpen));
		assert_eq!(reason(EpochState::Settled), Some(NoReward::NoForecastKept));
		let void = VoidReason::NoReport;
		assert_eq!(reason(EpochState::Void(void)), Some(NoReward::EpochVoid(void)));
	}

	#[test]
	fn reason_of_an_account_that_submitted_nothing_is_its_first_obstacle() {
		let state = Some(EpochState::Settled);
		assert_eq!(reason(facts(state, None)), Some(NoReward::NothingSubmitted));
		let stranger = RoleFacts { registered: false, ..facts(state, None) };
		assert_eq!(reason(stranger), Some(NoReward::NotRegistered));
		let unlisted = RoleFacts { allowed: false, ..facts(state, None) };
		assert_eq!(reason(unlisted), Some(NoReward::NotAllowed));
		assert_eq!(reason(facts(None, None)), Some(NoReward::Forgotten));
	}

	#[test]
	fn reason_of_an_inactive_submission_is_its_outcome() {
		let zero = FixedI128::default();
		let outcomes = [
			(Outcome::Abstained, NoReward::Abstained),
			(Outcome::Passive { merit: zero, lowest: zero }, NoReward::Passive),
			(Outcome::Displaced { merit: zero, by: 7, by_merit: zero }, NoReward::Displaced),
			(Outcome::Unrevealed, NoReward::Unrevealed),
			(Outcome::Committed, NoReward::EpochOpen),
		];
		for (outcome, expected) in outcomes {
			let state = Some(EpochState::AwaitingTruth);
			assert_eq!(reason(facts(state, Some(outcome))), Some(expected));
		}
	}
}
