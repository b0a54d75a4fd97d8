//! The epoch as a pipeline: what its stages hand on, and what a stage used.
//!
//! A stage is a function of one pallet. It takes its predecessor's value and returns its own with
//! the weight that it used. The runtime calls the stages of a step in their order.

use crate::{bundle::Inference, EpochId, FixedI128, TopicId, TopicParameters, VoidReason};
use alloc::vec::Vec;
use frame_support::weights::Weight;

/// A stage's value and the weight that the stage used.
pub type Metered<V> = (V, Weight);

/// Why a stage failed, and the weight that it used until then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StageError {
	/// The epoch is void for this reason.
	pub reason: VoidReason,
	/// The weight used.
	pub used: Weight,
}

/// What a stage returns.
pub type StageResult<V> = Result<Metered<V>, StageError>;

/// Adds what a stage used to `used`, also if it failed, and returns the stage's value.
pub fn stage<V>(used: &mut Weight, result: StageResult<V>) -> Result<V, VoidReason> {
	let (value, weight) = match result {
		Ok((value, weight)) => (Ok(value), weight),
		Err(StageError { reason, used }) => (Err(reason), used),
	};
	used.saturating_accrue(weight);
	value
}

/// The epoch that a step is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EpochContext {
	/// The topic.
	pub topic: TopicId,
	/// Its epoch.
	pub epoch: EpochId,
	/// The parameters that hold for the epoch, whatever has changed since it began.
	pub parameters: TopicParameters,
}

/// Inferences by account, ascending.
pub type Inferences<AccountId> = Vec<(AccountId, Inference)>;
/// The elements of a forecast that are kept: inferers, ascending, and their log losses.
pub type KeptElements<AccountId> = Vec<(AccountId, FixedI128)>;
/// Forecasts by account, ascending.
pub type Forecasts<AccountId> = Vec<(AccountId, KeptElements<AccountId>)>;

/// What the active workers of an epoch sent, from inference to aggregation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payloads<AccountId> {
	/// Inferences of the active inferers, at least one.
	pub inferences: Inferences<AccountId>,
	/// Of each active forecaster the kept elements about active inferers; forecasts of which
	/// nothing is kept are absent (S 7.2).
	pub forecasts: Forecasts<AccountId>,
}

/// The smoothed scores of an epoch's workers, in the order of their contributions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorkerScores {
	/// Of the inferers.
	pub inferers: Vec<FixedI128>,
	/// Of the forecasters.
	pub forecasters: Vec<FixedI128>,
}

#[cfg(test)]
mod tests {
	use super::*;

	fn weight(of: u64) -> Weight {
		Weight::from_parts(of, 0)
	}

	#[test]
	fn what_a_stage_used_adds_up() {
		let mut used = weight(3);
		assert_eq!(stage(&mut used, Ok(("value", weight(4)))), Ok("value"));
		assert_eq!(used, weight(7));
	}

	#[test]
	fn failed_stage_counts_as_well() {
		let mut used = weight(3);
		let failed = StageError { reason: VoidReason::NoReport, used: weight(5) };
		assert_eq!(stage::<()>(&mut used, Err(failed)), Err(VoidReason::NoReport));
		assert_eq!(used, weight(8));
	}
}
