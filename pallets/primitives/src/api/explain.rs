//! What happened to submissions, and why they were or were not rewarded.

use crate::{Balance, EpochId, EpochState, Outcome, TopicId, VoidReason};
use alloc::vec::Vec;
use codec::{Codec, Decode, Encode};
use scale_info::TypeInfo;
use sp_arithmetic::FixedI128;

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

/// An epoch, and what happened in it to an account's submissions.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct EpochExplanation<AccountId> {
	/// The epoch.
	pub epoch: EpochId,
	/// What happened in it.
	pub explanation: Explanation<AccountId>,
}

sp_api::decl_runtime_apis! {
	/// Explains what happened to submissions, and why they were or were not rewarded.
	pub trait ExplainApi<AccountId> where AccountId: Codec {
		/// What happened to the account's submissions in an epoch, by role.
		fn explain(account: AccountId, topic: TopicId, epoch: EpochId) -> Explanation<AccountId>;
		/// The same for the epochs on record before the epoch `before`, or up to the newest one,
		/// newest first: at most `limit`, which is moved into 1 to 64. For the following page,
		/// `before` is the oldest epoch of this one.
		fn explain_range(
			account: AccountId,
			topic: TopicId,
			before: Option<EpochId>,
			limit: u32,
		) -> Vec<EpochExplanation<AccountId>>;
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
