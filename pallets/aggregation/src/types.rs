//! What the Topic Coordinator stores.

use allora_primitives::{
	bundle::Losses, Bundle, Contributions, EpochId, FixedI128, MAX_FORECASTERS, MAX_INFERERS,
	MAX_LABELS, MAX_REPUTERS,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use scale_info::TypeInfo;
use sp_core::H256;

/// One number a label, in the topic's order of labels.
pub type LabelValues = BoundedVec<FixedI128, ConstU32<MAX_LABELS>>;

/// A confidence interval a label: percentiles 2.28, 15.87, 50, 84.13 and 97.72 (S 8.8).
pub type Intervals = BoundedVec<[FixedI128; 5], ConstU32<MAX_LABELS>>;

/// A number an inferer, ascending by account.
pub type OfInferers<AccountId> = BoundedVec<(AccountId, FixedI128), ConstU32<MAX_INFERERS>>;

/// A number a forecaster, ascending by account.
pub type OfForecasters<AccountId> = BoundedVec<(AccountId, FixedI128), ConstU32<MAX_FORECASTERS>>;

/// A network inference that outliers have no part in (S 18).
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct ResistantInference<AccountId> {
	/// The inference, one value per label.
	pub label_values: LabelValues,
	/// Its confidence intervals.
	pub intervals: Intervals,
	/// The inferers left out, ascending; at least one.
	pub left_out: BoundedVec<AccountId, ConstU32<MAX_INFERERS>>,
}

/// The newest network inference of a topic, small so that it is cheap to read and to prove.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct LatestInference<AccountId> {
	/// The epoch it was made in, which is also the slot in which that epoch opened.
	pub epoch: EpochId,
	/// The network inference, one value per label.
	pub label_values: LabelValues,
	/// Its confidence intervals.
	pub intervals: Intervals,
	/// The outlier-resistant inference; none if nobody was left out, so that it is the same.
	pub resistant: Option<ResistantInference<AccountId>>,
	/// The deviation from the median by which outliers are told, smoothed over the epochs.
	pub deviation: FixedI128,
}

/// What is stored of an epoch's worker close.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct StoredBundle<AccountId> {
	/// The hash that reports must name; with the next field at the front, to be read alone.
	pub bundle_hash: H256,
	/// How many elements the bundle has.
	pub elements: u32,
	/// The bundle.
	pub bundle: Bundle<AccountId>,
	/// The outlier-resistant inference; none if nobody was left out, so that it is the same.
	pub resistant: Option<ResistantInference<AccountId>>,
}

/// How a worker stands in a role after an epoch, and how it stood before.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct WorkerUpdate {
	/// Its combined regret before the epoch; none of a newcomer, which counts as the topic's initial
	/// regret.
	pub regret_before: Option<FixedI128>,
	/// Its combined regret since.
	pub regret: FixedI128,
	/// Its smoothed score since.
	pub score: FixedI128,
}

/// How a reputer stands after an epoch, and how it stood before.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct ReputerUpdate {
	/// Its listening coefficient before the epoch.
	pub coefficient_before: FixedI128,
	/// Its listening coefficient since.
	pub coefficient: FixedI128,
	/// Its smoothed score since.
	pub score: FixedI128,
}

/// What is stored of an epoch's reputer close.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct LearningRecord<AccountId> {
	/// Everyone's instant scores, by which the epoch is paid.
	pub contributions: Contributions<AccountId>,
	/// The network's losses, positional over the epoch's bundle.
	pub losses: Losses,
	/// About the inferers, in the contributions' order.
	pub inferers: BoundedVec<WorkerUpdate, ConstU32<MAX_INFERERS>>,
	/// About the forecasters.
	pub forecasters: BoundedVec<WorkerUpdate, ConstU32<MAX_FORECASTERS>>,
	/// About the reputers.
	pub reputers: BoundedVec<ReputerUpdate, ConstU32<MAX_REPUTERS>>,
}

/// What a topic carries over from the epoch it learned last.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Learned {
	/// The epoch.
	pub epoch: EpochId,
	/// The network inference's loss in it: the newest settled loss, L_{i-1} of S 8.2.
	pub network_loss: FixedI128,
	/// The scale common to all sets of actors until the next epoch is learned (S 9.2).
	pub scale: FixedI128,
}
