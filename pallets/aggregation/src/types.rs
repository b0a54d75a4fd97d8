//! The stored types: bundles, inferences and what was learned.

use allora_primitives::{
	bundle::{Disagreement, Intervals, Losses},
	Bundle, Contributions, EpochId, FixedI128, MAX_FORECASTERS, MAX_INFERERS, MAX_LABELS,
	MAX_REPUTERS,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use scale_info::TypeInfo;
use sp_core::H256;

/// One number per label, in the topic's order of labels.
pub type LabelValues = BoundedVec<FixedI128, ConstU32<MAX_LABELS>>;

/// One number per inferer, ascending by account.
pub type PerInferer<AccountId> = BoundedVec<(AccountId, FixedI128), ConstU32<MAX_INFERERS>>;

/// One number per forecaster, ascending by account.
pub type PerForecaster<AccountId> = BoundedVec<(AccountId, FixedI128), ConstU32<MAX_FORECASTERS>>;

/// A network inference without outliers (S 18).
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
#[scale_info(capture_docs = "always")]
pub struct ResistantInference<AccountId> {
	/// The inference, one value per label.
	pub label_values: LabelValues,
	/// Where the truth is expected.
	pub intervals: Intervals,
	/// How far the workers disagree.
	pub disagreement: Disagreement,
	/// The inferers left out, ascending; at least one.
	pub left_out: BoundedVec<AccountId, ConstU32<MAX_INFERERS>>,
}

/// The newest network inference of a topic. It is small, hence cheap to read and to prove.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct LatestInference<AccountId> {
	/// The epoch that it is of, which is also the slot in which that epoch opened.
	pub epoch: EpochId,
	/// The network inference, one value per label.
	pub label_values: LabelValues,
	/// Where the truth is expected.
	pub intervals: Intervals,
	/// How far the workers disagree.
	pub disagreement: Disagreement,
	/// The outlier-resistant inference; `None` if it equals the network inference, no inferer
	/// having been left out.
	pub resistant: Option<ResistantInference<AccountId>>,
	/// The deviation from the median by which outliers are detected, smoothed over the epochs.
	pub deviation: FixedI128,
}

/// The result of an epoch's worker close.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct StoredBundle<AccountId> {
	/// The hash that reports must give. It and the next field come first, so that they can be
	/// decoded alone.
	pub bundle_hash: H256,
	/// The number of elements of the bundle.
	pub elements: u32,
	/// The network inference and the inferences without single actors.
	pub bundle: Bundle<AccountId>,
	/// The outlier-resistant inference; `None` if it equals the network inference, no inferer
	/// having been left out.
	pub resistant: Option<ResistantInference<AccountId>>,
	/// What learning needs besides the bundle.
	pub kept: Kept,
}

/// What an epoch keeps until it is learned, besides its bundle.
#[derive(
	Clone,
	Debug,
	Default,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Kept {
	/// The scale of the network's errors in each label when the bundle was made; zeros before the
	/// first truth.
	pub label_scales: LabelValues,
	/// The numbers of the mixture rule; `None` under the regret rule.
	pub mixture: Option<KeptMixture>,
}

/// The numbers of the mixture rule that an epoch keeps until it is learned (S 9.4.1).
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct KeptMixture {
	/// The scale of the network's errors.
	pub scale: FixedI128,
	/// The inference of base P, one value per label.
	pub polynomial: LabelValues,
	/// The inference of base S, one value per label.
	pub exponential: LabelValues,
	/// The inferers' corrected values; none if the topic has none.
	pub corrected: BoundedVec<FixedI128, ConstU32<MAX_INFERERS>>,
	/// The range to which the values of each label were limited.
	pub bands: BoundedVec<(FixedI128, FixedI128), ConstU32<MAX_LABELS>>,
	/// The median distance of values from their median, averaged over labels; 0 without bands.
	pub deviation: FixedI128,
}

/// A worker's regret and score in a role after an epoch, and its regret before it.
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
	/// The regret before the epoch; `None` for a newcomer. Under the regret rule it is the combined
	/// one, and a newcomer counts with the topic's initial regret; under the mixture rule it is the
	/// larger one of those of the worker's experts.
	pub regret_before: Option<FixedI128>,
	/// The regret after the epoch.
	pub regret: FixedI128,
	/// The smoothed score after the epoch.
	pub score: FixedI128,
}

/// A reputer's listening coefficient and score after an epoch, and its coefficient before it.
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
	/// The listening coefficient before the epoch, in [0, 1].
	pub coefficient_before: FixedI128,
	/// The listening coefficient after the epoch, in [0, 1].
	pub coefficient: FixedI128,
	/// The smoothed score after the epoch.
	pub score: FixedI128,
}

/// The result of an epoch's reputer close.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct LearningRecord<AccountId> {
	/// The truth on which the reports agree, one value per label; `None` if losses were reported.
	/// It is the first field, so that it can be decoded alone.
	pub truth: Option<LabelValues>,
	/// The instant scores of all participants, by which the epoch is paid.
	pub contributions: Contributions<AccountId>,
	/// The network's log10 losses, one per element of the epoch's bundle.
	pub losses: Losses,
	/// The inferers' updates, in the order of their contributions.
	pub inferers: BoundedVec<WorkerUpdate, ConstU32<MAX_INFERERS>>,
	/// The forecasters' updates, in the order of their contributions.
	pub forecasters: BoundedVec<WorkerUpdate, ConstU32<MAX_FORECASTERS>>,
	/// The reputers' updates, in the order of their contributions.
	pub reputers: BoundedVec<ReputerUpdate, ConstU32<MAX_REPUTERS>>,
}

/// The epoch that a topic learned last.
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
pub struct LastLearned {
	/// The epoch learned last.
	pub epoch: EpochId,
	/// The loss of its network inference: the newest settled loss, L_{i-1} of S 8.2.
	pub network_loss: FixedI128,
}
