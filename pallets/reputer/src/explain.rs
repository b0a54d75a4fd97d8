//! Explains the outcome of a reputer's report, for the runtime API.

use crate::{Config, Pallet};
use allora_primitives::{
	api::{LearnedReputer, NoReward, Payment, ReputerExplanation, RoleFacts},
	traits::{EpochInspect, TopicInspect},
	EpochId, EpochState, Registration, TopicId, VoidReason,
};

impl<T: Config> Pallet<T> {
	/// Explains what an account achieved as a reputer of an epoch.
	///
	/// `learned` is what was learned from its report, `payment` its result in the settlement.
	/// Registration and admission are the current ones; everything else is the epoch's, while it is
	/// on record.
	pub fn explain(
		topic: TopicId,
		epoch: EpochId,
		who: &T::AccountId,
		learned: Option<LearnedReputer>,
		payment: Option<Payment>,
	) -> ReputerExplanation<T::AccountId> {
		let state = T::Epochs::epoch_state(topic, epoch);
		let nothing_submitted = match state {
			Some(EpochState::Void(reason @ VoidReason::NoInference)) => NoReward::EpochVoid(reason),
			Some(state) if !state.is_final() => NoReward::EpochOpen,
			_ => NoReward::NothingSubmitted,
		};
		let facts = RoleFacts {
			registered: T::Topics::is_registered(topic, who, Registration::Reputer),
			allowed: T::Topics::is_allowed(topic, who, Registration::Reputer),
			state,
			outcome: Self::outcome(topic, epoch, who),
			payment,
		};
		// Every reputer that is active when an epoch is settled has contributed to it.
		let standing = facts.explain(nothing_submitted, NoReward::NoShare);
		ReputerExplanation { standing, learned }
	}
}
