//! The typed runtime APIs that clients call; they stand in the metadata.

use crate::{
	Balance, Bundle, Contributions, EpochId, EpochRecord, EpochState, Ledger, Outcome, Role, Slot,
	TopicId, TopicParameters, VoidReason,
};
use alloc::vec::Vec;
use codec::{Codec, Decode, Encode};
use frame_support::weights::Weight;
use scale_info::TypeInfo;
use sp_arithmetic::FixedI128;
use sp_core::H256;

/// The chain's time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct ChainTime {
	/// The slot of the newest block, counted from the Unix epoch.
	pub slot: Slot,
	/// Milliseconds of a slot: it begins at so many times its number after the Unix epoch.
	pub slot_duration_ms: u64,
}

/// A topic as clients see it; amounts in planck.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct TopicInfo<AccountId> {
	/// Its number.
	pub topic: TopicId,
	/// The account that may change and retire it.
	pub creator: AccountId,
	/// To whom the creator has offered it.
	pub offered_to: Option<AccountId>,
	/// Its parameters, as the next epoch has them.
	pub parameters: TopicParameters,
	/// Whether only listed accounts may register and work.
	pub workers_listed: bool,
	/// Whether only listed accounts may register, stake and report.
	pub reputers_listed: bool,
	/// Whether it is active: its epochs open by the clock.
	pub active: bool,
	/// Whether its creator has retired it.
	pub retired: bool,
	/// The epoch opened last.
	pub last_epoch: Option<EpochId>,
	/// The epoch that opens next, if the topic goes on.
	pub next_epoch: Option<EpochId>,
	/// Its weight, the share of emission it accrues being its part of the total weight.
	pub weight: Balance,
	/// Revenue that counts for its weight, decayed.
	pub revenue: Balance,
	/// Stake of its reputers.
	pub stake: Balance,
	/// What is in its pot.
	pub pot: Balance,
	/// Weight of computation a block that is reserved for it.
	pub reserved: Weight,
}

/// What governance asks of those who create topics and take part in them, as it is in force; amounts
/// in planck.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Terms {
	/// Fee of creating a topic, in planck.
	pub create_fee: Balance,
	/// Fee of registering in a topic, in planck.
	pub register_fee: Balance,
	/// Minimum weight with which a topic is active, in planck.
	pub min_topic_weight: Balance,
	/// Minimum stake with which a reputer may report, in planck.
	pub min_reputer_stake: Balance,
}

/// A network inference and how fresh it is.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct NetworkInference {
	/// The epoch it belongs to.
	pub epoch: EpochId,
	/// One value per label.
	pub label_values: Vec<FixedI128>,
	/// A label's confidence interval: percentiles 2.28, 15.87, 50, 84.13 and 97.72.
	pub intervals: Vec<[FixedI128; 5]>,
	/// Slots since the epoch opened.
	pub age: Slot,
}

/// A network inference that outliers have no part in (S 18).
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct ResistantInference<AccountId> {
	/// The inference; the ordinary one if nobody was left out.
	pub inference: NetworkInference,
	/// The inferers left out, ascending.
	pub left_out: Vec<AccountId>,
}

/// A worker's or reputer's standing in a topic.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct ActorInfo {
	/// Whether it is registered in the role.
	pub registered: bool,
	/// Its smoothed score, none before its first one.
	pub score: Option<FixedI128>,
	/// Its combined regret as inferer or forecaster, none before its first one.
	pub regret: Option<FixedI128>,
	/// Its authority as a reputer, in planck.
	pub authority: Balance,
}

/// What an account was credited for an epoch.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Reward<AccountId> {
	/// The account that earned it.
	pub account: AccountId,
	/// For which role.
	pub role: Role,
	/// How much, in planck.
	pub amount: Balance,
}

/// An account that contributed to an epoch and was credited nothing.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Unpaid<AccountId> {
	/// The account.
	pub account: AccountId,
	/// The role it contributed in.
	pub role: Role,
	/// Why it was credited nothing, as recorded when the epoch was settled.
	pub reason: NoReward,
}

/// What the settlement of an epoch brought an account in a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Payment {
	/// Its reward, in planck.
	pub reward: Balance,
	/// Its part of what its role was credited, in [0, 1].
	pub share: FixedI128,
	/// Why it was credited nothing; none if it was.
	pub no_reward: Option<NoReward>,
}

/// What became of an account in a topic's epoch, role by role.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Explanation<AccountId> {
	/// Where the epoch stands; none if it is not on record.
	pub state: Option<EpochState>,
	/// What became of its inference.
	pub inferer: WorkerExplanation<AccountId>,
	/// What became of its forecast.
	pub forecaster: WorkerExplanation<AccountId>,
	/// What became of its report.
	pub reputer: ReputerExplanation<AccountId>,
}

/// What became of an account as an inferer or forecaster.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct WorkerExplanation<AccountId> {
	/// What every role has.
	pub standing: RoleStanding<AccountId>,
	/// Elements of its forecast that were kept (S 7.2); none of an inferer, or if it is not active.
	pub kept: Vec<(AccountId, FixedI128)>,
	/// Its part in the bundle; none if it has none.
	pub part: Option<WorkerPart>,
}

/// What became of an account as a reputer.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct ReputerExplanation<AccountId> {
	/// What every role has.
	pub standing: RoleStanding<AccountId>,
	/// What came of its report; none before the epoch is learned, or if it was not counted.
	pub learned: Option<LearnedReputer>,
}

/// What became of an account in a role, whichever it is.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct RoleStanding<AccountId> {
	/// Whether it is registered for the role, today.
	pub registered: bool,
	/// Whether the topic admits it in the role, today.
	pub allowed: bool,
	/// What became of its submission; none if there is none on record.
	pub outcome: Option<Outcome<AccountId>>,
	/// What it was paid, in planck.
	pub reward: Balance,
	/// Its part of what its role was paid, in [0, 1].
	pub share: FixedI128,
	/// Why it was paid nothing; none if it was paid.
	pub no_reward: Option<NoReward>,
}

/// What is known of an account in a role of an epoch, from which its standing follows.
pub struct RoleFacts<AccountId> {
	/// Whether it is registered for the role, today.
	pub registered: bool,
	/// Whether the topic admits it in the role, today.
	pub allowed: bool,
	/// The epoch's state; none if it is not on record.
	pub state: Option<EpochState>,
	/// What became of its submission; none if there is none on record.
	pub outcome: Option<Outcome<AccountId>>,
	/// What the settlement brought it; none before it, and if the account did not contribute.
	pub payment: Option<Payment>,
}

impl<AccountId> RoleFacts<AccountId> {
	/// The standing, with the reason for no reward: the one recorded at the settlement, or else what
	/// kept the account from contributing.
	///
	/// `nothing_submitted` is the reason of an account that might have submitted, and `not_counted`
	/// that of an active one that had no part in what was learned.
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
				(Some(Outcome::Accepted), Some(EpochState::Void(reason))) => {
					NoReward::EpochVoid(reason)
				}
				(Some(Outcome::Accepted), Some(EpochState::Settled)) => not_counted,
				(Some(Outcome::Accepted), Some(_)) => NoReward::EpochOpen,
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
	/// What was learned of it; none before the epoch is learned.
	pub learned: Option<LearnedWorker>,
}

/// What was learned of a worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct LearnedWorker {
	/// The loss of its inference, or of what its forecast implies.
	pub loss: FixedI128,
	/// Its combined regret before the epoch; none of a newcomer.
	pub regret_before: Option<FixedI128>,
	/// Its combined regret after the epoch.
	pub regret: FixedI128,
	/// The score of the epoch.
	pub score: FixedI128,
	/// The smoothed score after the epoch.
	pub smoothed_score: FixedI128,
}

/// What was learned of a reputer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct LearnedReputer {
	/// Own and delegated stake in planck, frozen when reporting opened.
	pub authority: Balance,
	/// How far its losses are from the consensus, over the consensus' norm; none if that is too far
	/// for a number.
	pub distance: Option<FixedI128>,
	/// How much it was listened to before the epoch, in [0, 1].
	pub coefficient_before: FixedI128,
	/// How much it is listened to since.
	pub coefficient: FixedI128,
	/// The score of the epoch.
	pub score: FixedI128,
	/// The smoothed score after the epoch.
	pub smoothed_score: FixedI128,
}

/// Why an account was paid nothing in a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub enum NoReward {
	/// The epoch is not on record: forgotten, or never opened.
	#[codec(index = 0)]
	Forgotten,
	/// It is not registered for the role.
	#[codec(index = 1)]
	NotRegistered,
	/// The topic does not admit it in the role.
	#[codec(index = 2)]
	NotAllowed,
	/// It sent nothing.
	#[codec(index = 3)]
	NothingSubmitted,
	/// It abstained from reporting.
	#[codec(index = 4)]
	Abstained,
	/// Its score was too low for the active set.
	#[codec(index = 5)]
	Passive,
	/// A stronger one took its place in the active set.
	#[codec(index = 6)]
	Displaced,
	/// The epoch is not settled yet.
	#[codec(index = 7)]
	EpochOpen,
	/// The epoch came to nothing.
	#[codec(index = 8)]
	EpochVoid(VoidReason),
	/// Nothing of its forecast was about an active inferer, or no loss was known to compare it with.
	#[codec(index = 9)]
	NoForecastKept,
	/// There was nothing to pay anybody.
	#[codec(index = 10)]
	NothingToPay,
	/// Its share is nothing, or less than the smallest amount.
	#[codec(index = 11)]
	NoShare,
	/// Its reward found no place among those that wait to be paid out; it stayed in the topic's pot.
	#[codec(index = 12)]
	Unpaid,
}

/// Emission figures; amounts in planck.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct EmissionInfo {
	/// Issued a slot: to topics and validators.
	pub slot_emission: Balance,
	/// Emission a staked token and month (e_i).
	pub rate: FixedI128,
	/// Emitted since genesis.
	pub emitted: Balance,
	/// Most that may ever be in issue.
	pub max_supply: Balance,
	/// Sum of the active topics' weights.
	pub total_weight: Balance,
	/// Slot of the next recomputation of the rate.
	pub next_recomputation: Slot,
}

sp_api::decl_runtime_apis! {
	/// Topics, their epochs, and what is predicted in them.
	pub trait TopicsApi<AccountId> where AccountId: Codec {
		/// The chain's time, in which epochs and windows are counted.
		fn clock() -> ChainTime;
		/// Fees and thresholds in force, whether governance has set them or not.
		fn terms() -> Terms;
		/// The topic, if there is one of this number.
		fn topic(topic: TopicId) -> Option<TopicInfo<AccountId>>;
		/// Numbers of the existing topics from `from` on, at most `limit` and at most 256.
		fn topics(from: TopicId, limit: u32) -> Vec<TopicId>;
		/// The parameters that hold for an epoch on record, whatever was changed since it began.
		fn epoch_parameters(topic: TopicId, epoch: EpochId) -> Option<TopicParameters>;
		/// State and windows of an epoch on record.
		fn epoch(topic: TopicId, epoch: EpochId) -> Option<EpochRecord>;
		/// Epochs on record, oldest first.
		fn epochs(topic: TopicId) -> Vec<(EpochId, EpochRecord)>;
		/// The epoch whose worker window is open, if any.
		fn collecting_epoch(topic: TopicId) -> Option<EpochId>;
		/// Epochs whose reporting window is open.
		fn reporting_epochs(topic: TopicId) -> Vec<EpochId>;
		/// What the admitted topics use of every block on average at worst, and the clock's share of a
		/// block. Topics are admitted by whether all steps can be on time, see `vacancies`.
		fn capacity() -> (Weight, Weight);
		/// What a topic of these parameters would use of every block on average at worst; `None` if the
		/// clock's share of a block is too small for one of its steps.
		fn reservation(parameters: TopicParameters) -> Option<Weight>;
		/// How many more topics of these parameters can be active at once, at most 100,000.
		fn vacancies(parameters: TopicParameters) -> u32;
	}

	/// What the Topic Coordinator makes of payloads and reports.
	pub trait AggregationApi<AccountId> where AccountId: Codec {
		/// The newest network inference of the topic.
		fn latest_inference(topic: TopicId) -> Option<NetworkInference>;
		/// The newest outlier-resistant inference of the topic (S 18).
		fn latest_resistant_inference(topic: TopicId) -> Option<ResistantInference<AccountId>>;
		/// The outlier-resistant inference of an epoch.
		fn resistant_inference(
			topic: TopicId,
			epoch: EpochId,
		) -> Option<ResistantInference<AccountId>>;
		/// The bundle of an epoch and the hash that reports must name.
		fn bundle(topic: TopicId, epoch: EpochId) -> Option<(H256, Bundle<AccountId>)>;
		/// Network losses of an epoch, positional over its bundle.
		fn losses(topic: TopicId, epoch: EpochId) -> Option<Vec<FixedI128>>;
		/// Scores of an epoch.
		fn contributions(topic: TopicId, epoch: EpochId) -> Option<Contributions<AccountId>>;
		/// An account's standing in a topic and role.
		fn actor(topic: TopicId, who: AccountId, role: Role) -> ActorInfo;
		/// The storage key of the topic's newest network inference, for a storage proof.
		fn latest_inference_key(topic: TopicId) -> Vec<u8>;
	}

	/// Why an account got what it got.
	pub trait ExplainApi<AccountId> where AccountId: Codec {
		/// What became of the account in the topic's epoch, role by role.
		fn explain(account: AccountId, topic: TopicId, epoch: EpochId) -> Explanation<AccountId>;
	}

	/// Emission, rewards and the ledger.
	pub trait EmissionsApi<AccountId> where AccountId: Codec {
		/// Emission figures.
		fn emission() -> EmissionInfo;
		/// What an epoch credited to whom.
		fn rewards(topic: TopicId, epoch: EpochId) -> Vec<Reward<AccountId>>;
		/// The accounts that contributed to an epoch and were credited nothing, and why.
		fn unpaid(topic: TopicId, epoch: EpochId) -> Vec<Unpaid<AccountId>>;
		/// What a topic owes an account for its work, in planck: credited and not paid out yet.
		fn due(topic: TopicId, who: AccountId) -> Balance;
		/// Every pot and liability, and whether they add up.
		fn ledger() -> Ledger;
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
	fn recorded_payment_is_told_as_it_is() {
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
	fn active_account_without_a_payment_is_told_by_the_state_of_its_epoch() {
		let reason = |state| reason(facts(Some(state), Some(Outcome::Accepted)));
		assert_eq!(reason(EpochState::AwaitingTruth), Some(NoReward::EpochOpen));
		assert_eq!(reason(EpochState::Settled), Some(NoReward::NoForecastKept));
		let void = VoidReason::NoReport;
		assert_eq!(reason(EpochState::Void(void)), Some(NoReward::EpochVoid(void)));
	}

	#[test]
	fn account_that_sent_nothing_is_told_what_keeps_it_from_it() {
		let state = Some(EpochState::Settled);
		assert_eq!(reason(facts(state, None)), Some(NoReward::NothingSubmitted));
		let stranger = RoleFacts { registered: false, ..facts(state, None) };
		assert_eq!(reason(stranger), Some(NoReward::NotRegistered));
		let unlisted = RoleFacts { allowed: false, ..facts(state, None) };
		assert_eq!(reason(unlisted), Some(NoReward::NotAllowed));
		assert_eq!(reason(facts(None, None)), Some(NoReward::Forgotten));
	}

	#[test]
	fn inactive_submission_is_told_why_it_is_inactive() {
		let zero = FixedI128::default();
		let outcomes = [
			(Outcome::Abstained, NoReward::Abstained),
			(Outcome::Passive { score: zero, lowest: zero }, NoReward::Passive),
			(Outcome::Displaced { score: zero, by: 7, by_score: zero }, NoReward::Displaced),
		];
		for (outcome, expected) in outcomes {
			let state = Some(EpochState::AwaitingTruth);
			assert_eq!(reason(facts(state, Some(outcome))), Some(expected));
		}
	}
}
