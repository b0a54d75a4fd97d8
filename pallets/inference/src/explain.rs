//! Explains the outcome of a worker's submission, for the runtime API.

use crate::{Config, Pallet};
use alloc::vec::Vec;
use allora_primitives::{
	api::{NoReward, Payment, RoleFacts, WorkerExplanation, WorkerPart},
	traits::{EpochInspect, TopicInspect},
	EpochId, EpochState, Outcome, Role, TopicId,
};

impl<T: Config> Pallet<T> {
	/// Explains what an account achieved as an inferer or forecaster of an epoch.
	///
	/// `part` is its part in the bundle, `payment` its result in the settlement. Registration and
	/// admission are the current ones; everything else is the epoch's, while it is on record.
	pub fn explain(
		topic: TopicId,
		epoch: EpochId,
		role: Role,
		who: &T::AccountId,
		part: Option<WorkerPart>,
		payment: Option<Payment>,
	) -> WorkerExplanation<T::AccountId> {
		let state = T::Epochs::epoch_state(topic, epoch);
		let outcome = Self::outcome(topic, epoch, role, who);
		let kept = match (role, &outcome) {
			(Role::Forecaster, Some(Outcome::Accepted)) => Self::kept_elements(topic, epoch, who),
			_ => Vec::new(),
		};
		let nothing_submitted = match state {
			Some(EpochState::Collecting | EpochState::Revealing) => NoReward::EpochOpen,
			_ => NoReward::NothingSubmitted,
		};
		let facts = RoleFacts {
			registered: T::Topics::is_registered(topic, who, role.registration()),
			allowed: T::Topics::is_allowed(topic, who, role.registration()),
			state,
			outcome,
			payment,
		};
		let standing = facts.explain(nothing_submitted, NoReward::NoForecastKept);
		WorkerExplanation { standing, kept, part }
	}
}
