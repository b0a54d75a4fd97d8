//! The typed runtime APIs that clients call; they stand in the metadata.

use crate::{
	Balance, BlockNumber, Bundle, Contributions, EpochId, EpochRecord, Ledger, Role, TopicId,
	TopicParameters,
};
use alloc::vec::Vec;
use codec::{Codec, Decode, Encode};
use frame_support::weights::Weight;
use scale_info::TypeInfo;
use sp_arithmetic::FixedI128;
use sp_core::H256;

/// A topic as clients see it; amounts in planck.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct TopicInfo<AccountId> {
	/// Its number.
	pub topic: TopicId,
	/// Who may change and retire it.
	pub creator: AccountId,
	/// To whom the creator has offered it.
	pub offered_to: Option<AccountId>,
	/// Its parameters, as the next epoch has them.
	pub parameters: TopicParameters,
	/// Whether only listed accounts may register and work.
	pub workers_listed: bool,
	/// Whether only listed accounts may register, stake and report.
	pub reputers_listed: bool,
	/// Whether it is active: its epochs open by the clock.
	pub active: bool,
	/// Whether its creator has retired it.
	pub retired: bool,
	/// The epoch opened last.
	pub last_epoch: Option<EpochId>,
	/// The epoch that opens next, if the topic goes on.
	pub next_epoch: Option<EpochId>,
	/// Its weight, the share of emission it accrues being its part of the total weight.
	pub weight: Balance,
	/// Revenue that counts for its weight, decayed.
	pub revenue: Balance,
	/// Stake of its reputers.
	pub stake: Balance,
	/// What is in its pot.
	pub pot: Balance,
	/// Weight of computation a block that is reserved for it.
	pub reserved: Weight,
}

/// A network inference and how fresh it is.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct NetworkInference {
	/// The epoch it belongs to.
	pub epoch: EpochId,
	/// One value a label.
	pub values: Vec<FixedI128>,
	/// A label's confidence interval: percentiles 2.28, 15.87, 50, 84.13 and 97.72.
	pub intervals: Vec<[FixedI128; 5]>,
	/// Blocks since the epoch opened.
	pub age: BlockNumber,
}

/// A worker's or reputer's standing in a topic.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct ActorInfo {
	/// Whether it is registered in the role.
	pub registered: bool,
	/// Its smoothed score, none before its first one.
	pub score: Option<FixedI128>,
	/// Its combined regret as inferer or forecaster, none before its first one.
	pub regret: Option<FixedI128>,
	/// Its authority as a reputer, in planck.
	pub authority: Balance,
}

/// What an account was credited for an epoch.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Reward<AccountId> {
	/// Who earned it.
	pub account: AccountId,
	/// For which role.
	pub role: Role,
	/// How much, in planck.
	pub amount: Balance,
}

/// Emission figures; amounts in planck.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct EmissionInfo {
	/// Issued a block: to topics and validators.
	pub block_emission: Balance,
	/// Emission a staked token and month (e_i).
	pub rate: FixedI128,
	/// Emitted since genesis.
	pub emitted: Balance,
	/// Most that may ever be in issue.
	pub max_supply: Balance,
	/// Sum of the active topics' weights.
	pub total_weight: Balance,
	/// Block of the next recomputation of the rate.
	pub next_recomputation: BlockNumber,
}

sp_api::decl_runtime_apis! {
	/// Topics, their epochs, and what is predicted in them.
	pub trait TopicsApi<AccountId> where AccountId: Codec {
		/// The topic, if there is one of this number.
		fn topic(topic: TopicId) -> Option<TopicInfo<AccountId>>;
		/// Numbers of the existing topics from `from` on, at most `limit` and at most 256.
		fn topics(from: TopicId, limit: u32) -> Vec<TopicId>;
		/// The parameters that hold for an epoch on record, whatever was changed since it began.
		fn epoch_parameters(topic: TopicId, epoch: EpochId) -> Option<TopicParameters>;
		/// State and windows of an epoch on record.
		fn epoch(topic: TopicId, epoch: EpochId) -> Option<EpochRecord>;
		/// Epochs on record, oldest first.
		fn epochs(topic: TopicId) -> Vec<(EpochId, EpochRecord)>;
		/// The epoch whose worker window is open, if any.
		fn collecting_epoch(topic: TopicId) -> Option<EpochId>;
		/// Epochs whose reporting window is open.
		fn reporting_epochs(topic: TopicId) -> Vec<EpochId>;
		/// What the active topics have reserved of every block together, and the most they may.
		fn capacity() -> (Weight, Weight);
		/// What a topic of these parameters would reserve of every block; none if no block has room
		/// for one of its steps.
		fn reservation(parameters: TopicParameters) -> Option<Weight>;
	}

	/// What the Topic Coordinator makes of payloads and reports.
	pub trait AggregationApi<AccountId> where AccountId: Codec {
		/// The newest network inference of the topic.
		fn latest_inference(topic: TopicId) -> Option<NetworkInference>;
		/// The bundle of an epoch and the hash that reports must name.
		fn bundle(topic: TopicId, epoch: EpochId) -> Option<(H256, Bundle<AccountId>)>;
		/// Network losses of an epoch, positional over its bundle.
		fn losses(topic: TopicId, epoch: EpochId) -> Option<Vec<FixedI128>>;
		/// Scores of an epoch.
		fn contributions(topic: TopicId, epoch: EpochId) -> Option<Contributions<AccountId>>;
		/// An account's standing in a topic and role.
		fn actor(topic: TopicId, who: AccountId, role: Role) -> ActorInfo;
		/// The storage key of the topic's newest network inference, for a storage proof.
		fn latest_inference_key(topic: TopicId) -> Vec<u8>;
	}

	/// Emission, rewards and the ledger.
	pub trait EmissionsApi<AccountId> where AccountId: Codec {
		/// Emission figures.
		fn emission() -> EmissionInfo;
		/// What an epoch credited to whom.
		fn rewards(topic: TopicId, epoch: EpochId) -> Vec<Reward<AccountId>>;
		/// What a topic owes an account for its work, in planck: credited and not paid out yet.
		fn due(topic: TopicId, who: AccountId) -> Balance;
		/// Every pot and liability, and whether they add up.
		fn ledger() -> Ledger;
	}
}
