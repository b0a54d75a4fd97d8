//! What the Topic Coordinator stores besides the bundles.

use allora_primitives::{EpochId, FixedI128, MAX_FORECASTERS, MAX_INFERERS, MAX_LABELS};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use scale_info::TypeInfo;

/// One number a label, in the topic's order of labels.
pub type LabelValues = BoundedVec<FixedI128, ConstU32<MAX_LABELS>>;

/// A confidence interval a label: percentiles 2.28, 15.87, 50, 84.13 and 97.72 (S 8.8).
pub type Intervals = BoundedVec<[FixedI128; 5], ConstU32<MAX_LABELS>>;

/// A number an inferer, ascending by account.
pub type OfInferers<AccountId> = BoundedVec<(AccountId, FixedI128), ConstU32<MAX_INFERERS>>;

/// A number a forecaster, ascending by account.
pub type OfForecasters<AccountId> = BoundedVec<(AccountId, FixedI128), ConstU32<MAX_FORECASTERS>>;

/// The newest network inference of a topic, small so that it is cheap to read and to prove.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct LatestInference {
	/// The epoch it was made in, which is also the block at which that epoch opened.
	pub epoch: EpochId,
	/// The network inference.
	pub values: LabelValues,
	/// Its confidence intervals.
	pub intervals: Intervals,
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
