//! Network inferences, losses and scores.

use crate::{Balance, Bundle, Contributions, EpochId, Role, Slot, TopicId};
use alloc::vec::Vec;
use codec::{Codec, Decode, Encode};
use scale_info::TypeInfo;
use sp_arithmetic::FixedI128;
use sp_core::H256;

/// A network inference and its age.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct NetworkInference {
	/// The epoch it belongs to.
	pub epoch: EpochId,
	/// One value per label.
	pub label_values: Vec<FixedI128>,
	/// Where the truth is expected, one row per label: the predictive quantiles at 2.5, 16, 84 and
	/// 97.5 %, ascending (S 8.10). Empty before the first truth of the topic, and always in topics
	/// with a custom loss method.
	pub intervals: Vec<[FixedI128; 4]>,
	/// How far the workers disagree, one row per label: the percentiles 2.28, 15.87, 50, 84.13 and
	/// 97.72 of their values by weight (S 8.8).
	pub disagreement: Vec<[FixedI128; 5]>,
	/// The number of slots since the epoch opened.
	pub age: Slot,
}

/// A network inference that excludes outliers (S 18).
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct ResistantInference<AccountId> {
	/// The inference; the ordinary one if no inferer was left out.
	pub inference: NetworkInference,
	/// The inferers left out, sorted by account.
	pub left_out: Vec<AccountId>,
}

/// The standing of an account in a topic and role.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct ActorInfo {
	/// Whether it is registered for the role.
	pub registered: bool,
	/// The smoothed score; `None` before the first one.
	pub score: Option<FixedI128>,
	/// The combined regret as an inferer or forecaster; `None` before the first one.
	pub regret: Option<FixedI128>,
	/// The authority as a reputer, in planck.
	pub authority: Balance,
}

sp_api::decl_runtime_apis! {
	/// Network inferences, losses and scores.
	pub trait AggregationApi<AccountId> where AccountId: Codec {
		/// The newest network inference of the topic; `None` before the first one.
		fn latest_inference(topic: TopicId) -> Option<NetworkInference>;
		/// The newest outlier-resistant inference of the topic (S 18); `None` before the first one.
		fn latest_resistant_inference(topic: TopicId) -> Option<ResistantInference<AccountId>>;
		/// The outlier-resistant inference of an epoch; `None` before its worker close and after
		/// pruning.
		fn resistant_inference(
			topic: TopicId,
			epoch: EpochId,
		) -> Option<ResistantInference<AccountId>>;
		/// The bundle of an epoch and the hash that reports must name; `None` before its worker
		/// close and after pruning.
		fn bundle(topic: TopicId, epoch: EpochId) -> Option<(H256, Bundle<AccountId>)>;
		/// The truth of an epoch, one value per label, by the reputers' consensus; `None` before it is
		/// learned, after pruning, and in a topic with a custom loss method.
		fn truth(topic: TopicId, epoch: EpochId) -> Option<Vec<FixedI128>>;
		/// The network losses of an epoch, one per element of its bundle; `None` before they are
		/// learned and after pruning.
		fn losses(topic: TopicId, epoch: EpochId) -> Option<Vec<FixedI128>>;
		/// The scores of an epoch; `None` before they are learned and after pruning.
		fn contributions(topic: TopicId, epoch: EpochId) -> Option<Contributions<AccountId>>;
		/// The standing of an account in a topic and role.
		fn actor(topic: TopicId, who: AccountId, role: Role) -> ActorInfo;
		/// The storage key of the topic's newest network inference, for a storage proof.
		fn latest_inference_key(topic: TopicId) -> Vec<u8>;
	}
}
