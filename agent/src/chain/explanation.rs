//! The types of `ExplainApi`: what happened to an account's submissions in an epoch, and why it was
//! or was not rewarded.
//!
//! As in [`super::types`], values are decoded by the names in the chain's metadata, and numbers of
//! the chain are in units of 1e-18.

use super::{
	json::{self, Address, Fixed, Planck},
	types::{AccountId, EpochState, Role, VoidReason},
};
use schemars::JsonSchema;
use serde::Serialize;
use subxt::ext::scale_decode::DecodeAsType;

/// What happened to an account in an epoch, role by role.
#[derive(Clone, Debug, PartialEq, DecodeAsType, JsonSchema, Serialize)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct Explanation {
	/// The state of the epoch, `None` if it is not on record.
	pub state: Option<EpochState>,
	/// What happened to its inference.
	pub inferer: WorkerExplanation,
	/// What happened to its forecast.
	pub forecaster: WorkerExplanation,
	/// What happened to its report.
	pub reputer: ReputerExplanation,
}

/// What happened to an inference or a forecast.
#[derive(Clone, Debug, PartialEq, DecodeAsType, JsonSchema, Serialize)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct WorkerExplanation {
	/// The part that all roles share.
	pub standing: Standing,
	/// The losses that it forecast for active inferers, as far as they were kept.
	#[serde(serialize_with = "json::by_account")]
	#[schemars(with = "Vec<(Address, Fixed)>")]
	pub kept: Vec<(AccountId, i128)>,
	/// Its part in the bundle, `None` if it has none.
	pub part: Option<WorkerPart>,
}

/// What happened to a report.
#[derive(Clone, Debug, PartialEq, DecodeAsType, JsonSchema, Serialize)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct ReputerExplanation {
	/// The part that all roles share.
	pub standing: Standing,
	/// What was learned from it, `None` before the epoch is settled or if it was not counted.
	pub learned: Option<LearnedReputer>,
}

/// The part of an explanation that all roles share.
#[derive(Clone, Debug, PartialEq, DecodeAsType, JsonSchema, Serialize)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct Standing {
	/// Whether the account is registered for the role.
	pub registered: bool,
	/// Whether the topic's allow-list admits it.
	pub allowed: bool,
	/// What happened to its submission, `None` if there is none.
	pub outcome: Option<Outcome>,
	/// Its reward, in planck.
	#[serde(serialize_with = "json::planck")]
	#[schemars(with = "Planck")]
	pub reward: u128,
	/// Its share of the rewards of the role, 0 to 1.
	#[serde(serialize_with = "json::fixed")]
	#[schemars(with = "Fixed")]
	pub share: i128,
	/// Why it was not rewarded, `None` if it was.
	pub no_reward: Option<NoReward>,
}

/// What happened to a submission.
#[derive(Clone, Debug, PartialEq, DecodeAsType, JsonSchema, Serialize)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
#[serde(rename_all = "snake_case", tag = "type")]
pub enum Outcome {
	/// It is in the active set.
	Accepted,
	/// Its merit was too low for the active set.
	Passive {
		/// Its merit: a worker's smoothed score, or a reputer's stake in planck times its listening
		/// coefficient.
		#[serde(serialize_with = "json::fixed")]
		#[schemars(with = "Fixed")]
		merit: i128,
		/// The lowest merit in the active set.
		#[serde(serialize_with = "json::fixed")]
		#[schemars(with = "Fixed")]
		lowest: i128,
	},
	/// It was in the active set until a stronger account took its place.
	Displaced {
		/// Its merit.
		#[serde(serialize_with = "json::fixed")]
		#[schemars(with = "Fixed")]
		merit: i128,
		/// The account that took its place.
		#[serde(serialize_with = "json::account")]
		#[schemars(with = "Address")]
		by: AccountId,
		/// The merit of that account.
		#[serde(serialize_with = "json::fixed")]
		#[schemars(with = "Fixed")]
		by_merit: i128,
	},
	/// It declared that it does not report.
	Abstained,
	/// It has a place in the active set for a payload that it has not revealed yet.
	Committed,
	/// It had a place in the active set for a payload that it did not reveal.
	Unrevealed,
}

/// A worker's part in a bundle.
#[derive(Clone, Debug, PartialEq, DecodeAsType, JsonSchema, Serialize)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct WorkerPart {
	/// Its weight in the network inference.
	#[serde(serialize_with = "json::fixed")]
	#[schemars(with = "Fixed")]
	pub weight: i128,
	/// Whether it was left out of the outlier-resistant inference.
	pub left_out: bool,
	/// What was learned about it, `None` before the epoch is settled.
	pub learned: Option<LearnedWorker>,
}

/// What was learned about a worker.
#[derive(Clone, Debug, PartialEq, DecodeAsType, JsonSchema, Serialize)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct LearnedWorker {
	/// Its loss.
	#[serde(serialize_with = "json::fixed")]
	#[schemars(with = "Fixed")]
	pub loss: i128,
	/// Its regret before the epoch, `None` if it had none.
	#[serde(serialize_with = "json::maybe_fixed")]
	#[schemars(with = "Option<Fixed>")]
	pub regret_before: Option<i128>,
	/// Its regret after the epoch.
	#[serde(serialize_with = "json::fixed")]
	#[schemars(with = "Fixed")]
	pub regret: i128,
	/// Its score in the epoch.
	#[serde(serialize_with = "json::fixed")]
	#[schemars(with = "Fixed")]
	pub score: i128,
	/// Its smoothed score after the epoch.
	#[serde(serialize_with = "json::fixed")]
	#[schemars(with = "Fixed")]
	pub smoothed_score: i128,
	/// By how much the network's loss would have been higher without it, in the topic's own loss;
	/// `None` under the regret rule.
	#[serde(serialize_with = "json::maybe_fixed")]
	#[schemars(with = "Option<Fixed>")]
	pub worth: Option<i128>,
}

/// What was learned about a reputer.
#[derive(Clone, Debug, PartialEq, DecodeAsType, JsonSchema, Serialize)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct LearnedReputer {
	/// Its stake when reporting opened, in planck.
	#[serde(serialize_with = "json::planck")]
	#[schemars(with = "Planck")]
	pub authority: u128,
	/// The distance of its losses from the consensus, `None` if that is too large for a number.
	#[serde(serialize_with = "json::maybe_fixed")]
	#[schemars(with = "Option<Fixed>")]
	pub distance: Option<i128>,
	/// Its listening coefficient before the epoch, 0 to 1.
	#[serde(serialize_with = "json::fixed")]
	#[schemars(with = "Fixed")]
	pub coefficient_before: i128,
	/// Its listening coefficient after the epoch, 0 to 1.
	#[serde(serialize_with = "json::fixed")]
	#[schemars(with = "Fixed")]
	pub coefficient: i128,
	/// Its score in the epoch.
	#[serde(serialize_with = "json::fixed")]
	#[schemars(with = "Fixed")]
	pub score: i128,
	/// Its smoothed score after the epoch.
	#[serde(serialize_with = "json::fixed")]
	#[schemars(with = "Fixed")]
	pub smoothed_score: i128,
}

/// An account that contributed to an epoch and was credited nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct Unpaid {
	/// The account.
	pub account: AccountId,
	/// The role it contributed in.
	pub role: Role,
	/// Why it was credited nothing.
	pub reason: NoReward,
}

/// Why an account was not rewarded in a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, DecodeAsType, JsonSchema, Serialize)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
#[serde(rename_all = "snake_case", tag = "type", content = "reason")]
pub enum NoReward {
	/// The epoch is not on record.
	Forgotten,
	/// The account is not registered for the role.
	NotRegistered,
	/// The topic's allow-list does not admit the account.
	NotAllowed,
	/// It submitted nothing.
	NothingSubmitted,
	/// It abstained from reporting.
	Abstained,
	/// Its score was too low for the active set.
	Passive,
	/// An account with a higher score took its place in the active set.
	Displaced,
	/// The epoch is not settled yet.
	EpochOpen,
	/// The epoch is void.
	EpochVoid(VoidReason),
	/// No element of its forecast could be used.
	NoForecastKept,
	/// There was no reward to distribute.
	NothingToPay,
	/// Its share is zero, or less than one planck.
	NoShare,
	/// Too many rewards were waiting to be paid out; its own stayed in the topic's pot.
	Unpaid,
	/// It committed to a payload and did not reveal it.
	Unrevealed,
}
