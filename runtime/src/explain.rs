//! What became of an account in a topic's epoch, told from what the pallets remember of it.

use crate::{AccountId, Aggregation, Balance, Clock, Emissions, Inference, Reputer, Topics};
use alloc::vec::Vec;
use allora_primitives::{
	api::{Explanation, NoReward, ReputerExplanation, Reward, RoleStanding, WorkerExplanation},
	traits::{ContributionInspect, EpochInspect, SubmissionInspect, TopicInspect},
	Contributions, EpochId, EpochState, FixedI128, Outcome, Registration, Role, TopicId,
	VoidReason,
};
use sp_arithmetic::traits::Saturating;
use sp_runtime::FixedPointNumber;

/// What became of the account in the topic's epoch, role by role.
///
/// Registration and admission are today's; everything else is the epoch's, as long as it is on
/// record.
pub fn explain(who: &AccountId, topic: TopicId, epoch: EpochId) -> Explanation<AccountId> {
	let asked = Asked {
		who,
		topic,
		epoch,
		state: <Clock as EpochInspect>::epoch_state(topic, epoch),
		rewards: Emissions::rewards(topic, epoch),
	};
	Explanation {
		state: asked.state,
		inferer: asked.worker(Role::Inferer),
		forecaster: asked.worker(Role::Forecaster),
		reputer: asked.reputer(),
	}
}

/// A question, and what every answer to it needs.
struct Asked<'a> {
	who: &'a AccountId,
	topic: TopicId,
	epoch: EpochId,
	state: Option<EpochState>,
	rewards: Vec<Reward<AccountId>>,
}

impl Asked<'_> {
	fn worker(&self, role: Role) -> WorkerExplanation<AccountId> {
		let part = Aggregation::worker_part(self.topic, self.epoch, role, self.who);
		let outcome = Inference::outcome(self.topic, self.epoch, role, self.who);
		let kept = match (role, &outcome) {
			(Role::Forecaster, Some(Outcome::Accepted)) => self.kept_elements(),
			_ => Vec::new(),
		};
		let standing = self.standing(role, Registration::Worker, outcome, part.is_some());
		WorkerExplanation { standing, kept, part }
	}

	fn reputer(&self) -> ReputerExplanation<AccountId> {
		let learned = Aggregation::learned_reputer(self.topic, self.epoch, self.who);
		let outcome = Reputer::outcome(self.topic, self.epoch, self.who);
		let standing =
			self.standing(Role::Reputer, Registration::Reputer, outcome, learned.is_some());
		ReputerExplanation { standing, learned }
	}

	/// The kept elements of the account's forecast.
	fn kept_elements(&self) -> Vec<(AccountId, FixedI128)> {
		<Inference as SubmissionInspect<AccountId>>::forecasts(self.topic, self.epoch)
			.into_iter()
			.find_map(|(forecaster, kept)| (forecaster == *self.who).then_some(kept))
			.unwrap_or_default()
	}

	/// `counted`: whether the submission is in the bundle, or the report in the lesson.
	fn standing(
		&self,
		role: Role,
		registration: Registration,
		outcome: Option<Outcome<AccountId>>,
		counted: bool,
	) -> RoleStanding<AccountId> {
		let registered = Topics::is_registered(self.topic, self.who, registration);
		let allowed = Topics::is_allowed(self.topic, self.who, registration);
		let of_role = self.rewards.iter().filter(|reward| reward.role == role);
		// Parts of what there is in issue, so their sum cannot overflow.
		let (paid, reward) = of_role.fold((0, 0), |(paid, own): (Balance, Balance), reward| {
			let is_own = reward.account == *self.who;
			let own = if is_own { own.saturating_add(reward.amount) } else { own };
			(paid.saturating_add(reward.amount), own)
		});
		let no_reward = (reward == 0).then(|| match &outcome {
			_ if self.state.is_none() => NoReward::Forgotten,
			None if !registered => NoReward::NotRegistered,
			None if !allowed => NoReward::NotAllowed,
			None => self.nothing_submitted(role),
			Some(Outcome::Abstained) => NoReward::Abstained,
			Some(Outcome::Passive { .. }) => NoReward::Passive,
			Some(Outcome::Displaced { .. }) => NoReward::Displaced,
			Some(Outcome::Accepted) => self.accepted_but_unpaid(role, counted),
		});
		let share = FixedI128::checked_from_rational(reward, paid).unwrap_or_default();
		RoleStanding { registered, allowed, outcome, reward, share, no_reward }
	}

	/// Why who sent nothing is paid nothing.
	fn nothing_submitted(&self, role: Role) -> NoReward {
		match (self.state, role) {
			(Some(EpochState::Void(reason @ VoidReason::NoInference)), Role::Reputer) => {
				NoReward::EpochVoid(reason)
			}
			(Some(state), Role::Reputer) if !state.is_final() => NoReward::EpochOpen,
			(Some(EpochState::Collecting | EpochState::Revealing), _) => NoReward::EpochOpen,
			_ => NoReward::NothingSubmitted,
		}
	}

	/// Why who is active is paid nothing.
	fn accepted_but_unpaid(&self, role: Role, counted: bool) -> NoReward {
		match self.state {
			Some(EpochState::Void(reason)) => NoReward::EpochVoid(reason),
			Some(EpochState::Settled) if !counted && role == Role::Forecaster => {
				NoReward::NoForecastKept
			}
			Some(EpochState::Settled) if self.rewards.is_empty() => NoReward::NothingToPay,
			Some(EpochState::Settled) if self.was_due(role) => NoReward::Unpaid,
			Some(EpochState::Settled) => NoReward::NoShare,
			_ => NoReward::EpochOpen,
		}
	}

	/// Whether somebody was paid in the role who contributed no more: rewards rise with scores, and
	/// reputers' with the product of stake and score.
	fn was_due(&self, role: Role) -> bool {
		let contributions =
			<Aggregation as ContributionInspect<AccountId>>::contributions(self.topic, self.epoch);
		let Some(contributions) = contributions else {
			return false;
		};
		let merits = merits(&contributions, role);
		let paid = |account: &AccountId| {
			self.rewards.iter().any(|reward| reward.role == role && reward.account == *account)
		};
		let own = merits.iter().find(|(account, _)| account == self.who);
		own.is_some_and(|(_, own)| {
			merits.iter().any(|(account, merit)| merit <= own && paid(account))
		})
	}
}

/// What a role's rewards rise with.
fn merits(contributions: &Contributions<AccountId>, role: Role) -> Vec<(AccountId, FixedI128)> {
	let workers = match role {
		Role::Inferer => contributions.inferers.as_slice(),
		Role::Forecaster => contributions.forecasters.as_slice(),
		Role::Reputer => {
			let total = contributions.reputers.iter();
			let total = total.fold(0, |sum: Balance, one| sum.saturating_add(one.authority));
			let reputers = contributions.reputers.iter().map(|one| {
				let stake = FixedI128::checked_from_rational(one.authority, total);
				// A share of at most 1 times a score of at most 100.
				(one.account.clone(), one.score.saturating_mul(stake.unwrap_or_default()))
			});
			return reputers.collect();
		}
	};
	workers.iter().map(|one| (one.account.clone(), one.score)).collect()
}
