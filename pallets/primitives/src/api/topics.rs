//! Topics and their epochs.

use super::{EpochSummary, NetworkInference, ReputerStake};
use crate::{
	Balance, BlockNumber, EpochId, EpochRecord, Registration, Role, Slot, TopicId, TopicParameters,
	TopicUpdate,
};
use alloc::vec::Vec;
use codec::{Codec, Decode, Encode};
use frame_support::weights::Weight;
use scale_info::TypeInfo;
use sp_arithmetic::FixedI128;

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

/// A page of topic numbers.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct TopicIdPage {
	/// The numbers, ascending.
	pub topics: Vec<TopicId>,
	/// The number from which the following page starts; `None` if there is none.
	pub next: Option<TopicId>,
}

/// A topic as a list of topics shows it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct TopicOverview<AccountId> {
	/// The topic with its texts, labels, state and weight.
	pub info: TopicInfo<AccountId>,
	/// The newest settled epoch on record, with its losses and the number of its participants.
	pub settled: Option<EpochSummary>,
	/// The newest network inference; `None` before the first one.
	pub inference: Option<NetworkInference>,
}

/// A page of topics.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct OverviewPage<AccountId> {
	/// The topics, by ascending number.
	pub topics: Vec<TopicOverview<AccountId>>,
	/// The number from which the following page starts; `None` if there is none.
	pub next: Option<TopicId>,
}

/// What topics accept at a block.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Schedule {
	/// The block's number.
	pub block: BlockNumber,
	/// The block's slot.
	pub slot: Slot,
	/// The topics asked for that exist, in the order of the question.
	pub topics: Vec<TopicSchedule>,
}

/// What a topic accepts at a block.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct TopicSchedule {
	/// The topic.
	pub topic: TopicId,
	/// The epoch that accepts payloads, or commitments to them, if any.
	pub collecting: Option<OpenWindow>,
	/// The epoch whose committed payloads are revealed, if any.
	pub revealing: Option<OpenWindow>,
	/// The epochs that accept reports, oldest first.
	pub reporting: Vec<OpenWindow>,
	/// The epoch that opens next, in a later slot than the block's; `None` if none is planned.
	pub next_opening: Option<EpochId>,
}

/// An open window of an epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct OpenWindow {
	/// The epoch.
	pub epoch: EpochId,
	/// The last slot of the window.
	pub last: Slot,
	/// The number of slots of the window after the block's, hence the maximum number of blocks in
	/// which the window is still open; 0 if it closes after the block's slot.
	pub slots_left: Slot,
}

/// An entry in the list of a topic's registrations, from which a page continues.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct MemberKey<AccountId> {
	/// The account.
	pub account: AccountId,
	/// What it is registered as.
	pub registration: Registration,
}

/// An account that is registered in a topic.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Member<AccountId> {
	/// The account.
	pub account: AccountId,
	/// The account that is paid for its work.
	pub owner: AccountId,
}

/// A page of accounts that are registered in a topic.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct MemberPage<AccountId> {
	/// The accounts, in the order of their storage keys.
	pub members: Vec<Member<AccountId>>,
	/// The entry after which the following page starts; `None` if there is none.
	pub next: Option<MemberKey<AccountId>>,
}

/// An account's registration in a topic.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct RegistrationInfo<AccountId> {
	/// The account that is paid for its work.
	pub owner: AccountId,
	/// Whether the account has left; its owner is still paid for its past work.
	pub left: bool,
}

/// An account's score and latest activity in a role.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct RolePosition {
	/// The role.
	pub role: Role,
	/// The smoothed score; `None` before the first one.
	pub score: Option<FixedI128>,
	/// The newest epoch in whose active set the account is, of those whose set was still stored when
	/// the next epoch received a submission; `None` if none is remembered.
	pub last_active: Option<EpochId>,
}

/// What an account is, has and is owed in a topic in which it has registered.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Position<AccountId> {
	/// The topic.
	pub topic: TopicId,
	/// The registration as a worker; `None` if it never registered as one.
	pub worker: Option<RegistrationInfo<AccountId>>,
	/// The registration as a reputer; `None` if it never registered as one.
	pub reputer: Option<RegistrationInfo<AccountId>>,
	/// The roles of these registrations.
	pub roles: Vec<RolePosition>,
	/// The stake behind it as a reputer, and the pending removals of its own stake.
	pub stake: ReputerStake,
	/// The rewards that are credited and not paid out yet, in planck.
	pub due: Balance,
}

/// A page of an account's positions.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct PositionPage<AccountId> {
	/// The positions, by ascending topic.
	pub positions: Vec<Position<AccountId>>,
	/// The topic from which the following page starts; `None` if there is none.
	pub next: Option<TopicId>,
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
		/// The numbers of the existing topics from `from` on: at most `limit`, which is moved into 1
		/// to 256.
		fn topics(from: TopicId, limit: u32) -> TopicIdPage;
		/// The topics from the number `from` on, each with its newest settled epoch and its newest
		/// network inference: at most `limit`, which is moved into 1 to 64.
		fn overview(from: TopicId, limit: u32) -> OverviewPage<AccountId>;
		/// What these topics accept at the newest block, and until when. Topics that do not exist are
		/// left out, and so are those after the first 64.
		fn schedule(topics: Vec<TopicId>) -> Schedule;
		/// The accounts that are registered in a topic, without those that have left: at most
		/// `limit`, which is moved into 1 to 256.
		///
		/// `after` is `next` of the page before; `None` for the first page. A page looks through at
		/// most 1,024 registrations of both kinds, so that it may have fewer accounts than asked for
		/// although others follow.
		fn members(
			topic: TopicId,
			registration: Registration,
			after: Option<MemberKey<AccountId>>,
			limit: u32,
		) -> MemberPage<AccountId>;
		/// The positions of an account in the topics from the number `from` on in which it has ever
		/// registered: at most `limit`, which is moved into 1 to 256.
		///
		/// A page looks through at most 1,024 topic numbers, so that it may have fewer positions than
		/// asked for although others follow. What the account has delegated is not part of its
		/// positions; see `ReputerApi.delegations`.
		fn positions(account: AccountId, from: TopicId, limit: u32) -> PositionPage<AccountId>;
		/// The parameters that hold for an epoch, also if they have changed since; `None` if the
		/// epoch is not on record.
		fn epoch_parameters(topic: TopicId, epoch: EpochId) -> Option<TopicParameters>;
		/// The state and windows of an epoch; `None` if it is not on record.
		fn epoch(topic: TopicId, epoch: EpochId) -> Option<EpochRecord>;
		/// The epochs on record, oldest first.
		fn epochs(topic: TopicId) -> Vec<(EpochId, EpochRecord)>;
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
