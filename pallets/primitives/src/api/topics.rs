//! Topics and their epochs.

use crate::{Balance, EpochId, EpochRecord, Slot, TopicId, TopicParameters, TopicUpdate};
use alloc::vec::Vec;
use codec::{Codec, Decode, Encode};
use frame_support::weights::Weight;
use scale_info::TypeInfo;

/// The chain's time: the slot of the newest block, and the length of slots.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct ChainTime {
	/// The slot of the newest block, counted from the Unix epoch.
	pub slot: Slot,
	/// The length of a slot in milliseconds; slot `n` begins `n` times that after the Unix epoch.
	pub slot_duration_ms: u64,
}

/// A topic with its state and its weight. Amounts are in planck.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct TopicInfo<AccountId> {
	/// The topic's number.
	pub topic: TopicId,
	/// The account that may change and retire it.
	pub creator: AccountId,
	/// The account to which the creator has offered it.
	pub offered_to: Option<AccountId>,
	/// The parameters of the next epoch.
	pub parameters: TopicParameters,
	/// Whether only listed accounts may register and submit as workers.
	pub workers_listed: bool,
	/// Whether only listed accounts may register, stake and report as reputers.
	pub reputers_listed: bool,
	/// Whether the topic is active: its epochs open.
	pub active: bool,
	/// Whether the creator has retired it.
	pub retired: bool,
	/// The epoch opened last.
	pub last_epoch: Option<EpochId>,
	/// The epoch that opens next; `None` if no further one follows.
	pub next_epoch: Option<EpochId>,
	/// The weight by which it shares in emission; 0 while it is inactive.
	pub weight: Balance,
	/// The decayed revenue.
	pub revenue: Balance,
	/// The stake of its reputers.
	pub stake: Balance,
	/// The balance of its pot.
	pub pot: Balance,
	/// The computation per block that is reserved for it.
	pub reserved: Weight,
	/// What its creator has announced.
	pub announced: Announced,
}

/// What the creator of a topic has announced, and the slots from which on it acts or may act.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Announced {
	/// The slot from which on only listed accounts may register and submit as workers; `None` if all
	/// may.
	pub workers_listed_from: Option<Slot>,
	/// The slot from which on only listed accounts may register, stake and report as reputers;
	/// `None` if all may.
	pub reputers_listed_from: Option<Slot>,
	/// A change of parameters, and the slot from which on the creator may make it.
	pub update: Option<(TopicUpdate, Slot)>,
	/// The slot from which on the creator may retire the topic.
	pub retirement: Option<Slot>,
}

/// The fees and thresholds in force, which governance can change. Amounts are in planck.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Terms {
	/// The fee for creating a topic.
	pub create_fee: Balance,
	/// The fee for registering in a topic.
	pub register_fee: Balance,
	/// The minimum weight of an active topic.
	pub min_topic_weight: Balance,
	/// The minimum stake of a reputer that reports.
	pub min_reputer_stake: Balance,
}

/// How long a topic is funded if the price of rent stays as it is. What is said of an inactive topic
/// would hold if it were active.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Funding {
	/// The rent of one epoch, in planck.
	pub rent: Balance,
	/// The number of epochs, besides those that are paid for, until the topic's decaying revenue
	/// does not suffice for another one, or its weight is below the minimum.
	pub epochs: u32,
	/// The seconds until the topic lapses, those of the epochs that are paid for included.
	pub seconds: u64,
}

sp_api::decl_runtime_apis! {
	/// Topics and their epochs.
	pub trait TopicsApi<AccountId> where AccountId: Codec {
		/// The chain's time, in which epochs and windows are counted.
		fn clock() -> ChainTime;
		/// The fees and thresholds in force, including those that governance has not changed.
		fn terms() -> Terms;
		/// The topic; `None` if there is none of this number.
		fn topic(topic: TopicId) -> Option<TopicInfo<AccountId>>;
		/// The numbers of the existing topics from `from` on: at most `limit`, and at most 256.
		fn topics(from: TopicId, limit: u32) -> Vec<TopicId>;
		/// The parameters that hold for an epoch, also if they have changed since; `None` if the
		/// epoch is not on record.
		fn epoch_parameters(topic: TopicId, epoch: EpochId) -> Option<TopicParameters>;
		/// The state and windows of an epoch; `None` if it is not on record.
		fn epoch(topic: TopicId, epoch: EpochId) -> Option<EpochRecord>;
		/// The epochs on record, oldest first.
		fn epochs(topic: TopicId) -> Vec<(EpochId, EpochRecord)>;
		/// The epoch whose worker window is open, if any.
		fn collecting_epoch(topic: TopicId) -> Option<EpochId>;
		/// The epoch whose reveal window is open, if any.
		fn revealing_epoch(topic: TopicId) -> Option<EpochId>;
		/// The epochs whose reporting window is open, oldest first.
		fn reporting_epochs(topic: TopicId) -> Vec<EpochId>;
		/// The worst-case average weight per block of the admitted topics, and the clock's share of
		/// a block. Admission depends on whether all steps can be on time, see `vacancies`.
		fn capacity() -> (Weight, Weight);
		/// The worst-case average weight per block of a topic with these parameters; `None` if the
		/// clock's share of a block is too small for one of its steps.
		fn reservation(parameters: TopicParameters) -> Option<Weight>;
		/// The number of topics with these parameters that can still be admitted, at most 100,000.
		fn vacancies(parameters: TopicParameters) -> u32;
		/// How long the topic is funded at today's price of rent; `None` if there is no such topic.
		fn funded(topic: TopicId) -> Option<Funding>;
	}
}
