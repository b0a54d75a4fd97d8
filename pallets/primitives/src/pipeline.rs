//! The epoch as a pipeline: the values that its stages pass on, and the weights that they use.
//!
//! A stage is a function of one pallet. It takes the value of the preceding stage and returns its
//! own value with the weight that it used. The runtime calls the stages of a step in order.

use crate::{bundle::Inference, EpochId, FixedI128, TopicId, TopicParameters, VoidReason};
use alloc::vec::Vec;
use frame_support::weights::Weight;

/// A stage's value and the weight that the stage used.
pub type Metered<V> = (V, Weight);

/// The error of a stage, with the weight that it used before it failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StageError {
	/// The reason for which the epoch is void.
	pub reason: VoidReason,
	/// The weight used.
	pub used: Weight,
}

/// The result of a stage.
pub type StageResult<V> = Result<Metered<V>, StageError>;

/// Adds the weight of a stage to `used`, also if the stage failed, and returns its value.
pub fn stage<V>(used: &mut Weight, result: StageResult<V>) -> Result<V, VoidReason> {
	let (value, weight) = match result {
		Ok((value, weight)) => (Ok(value), weight),
		Err(StageError { reason, used }) => (Err(reason), used),
	};
	used.saturating_accrue(weight);
	value
}

/// The epoch of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EpochContext {
	/// The topic.
	pub topic: TopicId,
	/// The epoch.
	pub epoch: EpochId,
	/// The parameters that hold for the epoch, also if they have changed since it began.
	pub parameters: TopicParameters,
}

/// Inferences, sorted by account.
pub type Inferences<AccountId> = Vec<(AccountId, Inference)>;
/// The elements of a forecast that are kept: log losses, sorted by inferer.
pub type KeptElements<AccountId> = Vec<(AccountId, FixedI128)>;
/// Forecasts, sorted by account.
pub type Forecasts<AccountId> = Vec<(AccountId, KeptElements<AccountId>)>;

/// The payloads of the active workers of an epoch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payloads<AccountId> {
	/// The inferences of the active inferers, at least one.
	pub inferences: Inferences<AccountId>,
	/// The kept elements of each active forecaster's forecast, about active inferers only (S 7.2).
	/// Forecasts without a kept element are absent.
	pub forecasts: Forecasts<AccountId>,
}

/// The smoothed scores of an epoch's workers, in the order of their contributions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorkerScores {
	/// The scores of the inferers.
	pub inferers: Vec<FixedI128>,
	/// The scores of the forecasters.
	pub forecasters: Vec<FixedI128>,
}

#[cfg(test)]
mod tests {
	use super::*;

	fn weight(of: u64) -> Weight {
		Weight::from_parts(of, 0)
	}

	#[test]
	fn weights_of_stages_add_up() {
		let mut used = weight(3);
		assert_eq!(stage(&mut used, Ok(("value", weight(4)))), Ok("value"));
		assert_eq!(used, weight(7));
	}

	#[test]
	fn weight_of_a_failed_stage_counts_as_well() {
		let mut used = weight(3);
		let failed = StageError { reason: VoidReason::NoReport, used: weight(5) };
		assert_eq!(stage::<()>(&mut used, Err(failed)), Err(VoidReason::NoReport));
		assert_eq!(used, weight(8));
	}
}
