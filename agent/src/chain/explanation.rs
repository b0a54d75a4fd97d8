//! Why an account got what it got, as the chain tells it.
//!
//! As in [`super::types`], names in the metadata decide; decimals are units of 1e-18.

use super::types::{AccountId, EpochState, Role, VoidReason};
use subxt::ext::scale_decode::DecodeAsType;

/// What became of an account in an epoch, role by role.
#[derive(Clone, Debug, PartialEq, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct Explanation {
	/// Where the epoch stands; none if it is not on record.
	pub state: Option<EpochState>,
	/// What became of its inference.
	pub inferer: WorkerExplanation,
	/// What became of its forecast.
	pub forecaster: WorkerExplanation,
	/// What became of its report.
	pub reputer: ReputerExplanation,
}

/// What became of an inference or a forecast.
#[derive(Clone, Debug, PartialEq, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct WorkerExplanation {
	/// What every role has.
	pub standing: Standing,
	/// Losses forecast of active inferers.
	pub kept: Vec<(AccountId, i128)>,
	/// Its part in the bundle.
	pub part: Option<WorkerPart>,
}

/// What became of a report.
#[derive(Clone, Debug, PartialEq, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct ReputerExplanation {
	/// What every role has.
	pub standing: Standing,
	/// What came of it.
	pub learned: Option<LearnedReputer>,
}

/// What every role has.
#[derive(Clone, Debug, PartialEq, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct Standing {
	/// Whether the account is registered for the role.
	pub registered: bool,
	/// Whether the topic admits it.
	pub allowed: bool,
	/// What became of what it sent.
	pub outcome: Option<Outcome>,
	/// What it earned, in planck.
	pub reward: u128,
	/// Its part of what the role earned, in 0 to 1.
	pub share: i128,
	/// Why it earned nothing.
	pub no_reward: Option<NoReward>,
}

/// What became of a submission.
#[derive(Clone, Debug, PartialEq, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub enum Outcome {
	/// It is in the active set.
	Accepted,
	/// It was too weak for the active set.
	Passive {
		/// The score it came with.
		score: i128,
		/// The lowest score in the set.
		lowest: i128,
	},
	/// It was in the active set until a stronger one came.
	Displaced {
		/// Its score.
		score: i128,
		/// Whose was stronger.
		by: AccountId,
		/// The score of that one.
		by_score: i128,
	},
	/// It declared that it does not report.
	Abstained,
}

/// A worker's part in a bundle.
#[derive(Clone, Debug, PartialEq, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct WorkerPart {
	/// Its weight in the network inference.
	pub weight: i128,
	/// Whether the outlier-resistant inference is without it.
	pub left_out: bool,
	/// What was learned of it.
	pub learned: Option<LearnedWorker>,
}

/// What was learned of a worker.
#[derive(Clone, Debug, PartialEq, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct LearnedWorker {
	/// Its loss.
	pub loss: i128,
	/// Its regret before the epoch.
	pub regret_before: Option<i128>,
	/// Its regret since.
	pub regret: i128,
	/// The score of the epoch.
	pub score: i128,
	/// The smoothed score since.
	pub smoothed_score: i128,
}

/// What was learned of a reputer.
#[derive(Clone, Debug, PartialEq, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct LearnedReputer {
	/// The stake behind it, in planck.
	pub authority: u128,
	/// How far it was from the consensus.
	pub distance: Option<i128>,
	/// How much it was listened to before.
	pub coefficient_before: i128,
	/// How much it is listened to since.
	pub coefficient: i128,
	/// The score of the epoch.
	pub score: i128,
	/// The smoothed score since.
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

/// Why an account earned nothing in a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub enum NoReward {
	/// The epoch is not on record.
	Forgotten,
	/// It is not registered.
	NotRegistered,
	/// The topic does not admit it.
	NotAllowed,
	/// It sent nothing.
	NothingSubmitted,
	/// It abstained.
	Abstained,
	/// It was too weak for the active set.
	Passive,
	/// A stronger one took its place.
	Displaced,
	/// The epoch is not settled yet.
	EpochOpen,
	/// The epoch came to nothing.
	EpochVoid(VoidReason),
	/// Nothing of the forecast could be used.
	NoForecastKept,
	/// There was nothing to pay anybody.
	NothingToPay,
	/// Its share is nothing.
	NoShare,
	/// Its reward found no place among those that wait to be paid out.
	Unpaid,
}
