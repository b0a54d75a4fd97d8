//! What the registry stores.

use allora_primitives::{
	Balance, BlockNumber, EpochId, Step, TopicId, TopicParameters, MAX_HISTORY,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{weights::Weight, BoundedVec};
use scale_info::TypeInfo;
use sp_runtime::traits::ConstU32;

/// Most epochs of a topic that have not come to their end: a ground-truth lag's worth and the one
/// that collects.
pub const MAX_IN_FLIGHT: u32 = TopicParameters::MAX_LAG_EPOCHS + 1;

/// A topic's epochs on record, oldest first.
pub type EpochIds = BoundedVec<EpochId, ConstU32<{ MAX_HISTORY + MAX_IN_FLIGHT }>>;

/// The part of a topic that hardly ever changes.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Topic<AccountId> {
	/// Who created it and may retire it.
	pub creator: AccountId,
	/// What its creator decided.
	pub parameters: TopicParameters,
	/// Whether its creator has retired it; there is no way back.
	pub retired: bool,
}

/// The part of a topic that changes with every epoch.
#[derive(
	Clone,
	Copy,
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
pub struct TopicState {
	/// Whether its epochs open by the clock.
	pub active: bool,
	/// Block at which the first epoch since the latest activation opens.
	pub anchor: BlockNumber,
	/// The epoch opened last.
	pub last_epoch: Option<EpochId>,
	/// Whether another epoch follows `last_epoch`.
	pub continues: bool,
	/// Revenue that counts for the weight, decayed, in planck.
	pub revenue: Balance,
	/// Weight at the latest opening; none before the first one.
	pub weight: Option<Balance>,
	/// Weight of computation a block reserved for the topic's steps; zero while inactive.
	pub reserved: Weight,
}

impl TopicState {
	/// The epoch that the latest activation has opened last; none before its first one.
	pub fn running_epoch(&self) -> Option<EpochId> {
		self.last_epoch.filter(|last| self.active && *last >= self.anchor)
	}

	/// Block at which the running epoch ends: there the next one opens or the topic becomes inactive.
	pub fn running_end(&self, epoch_length: BlockNumber) -> Option<BlockNumber> {
		self.running_epoch().map(|last| last.saturating_add(epoch_length))
	}

	/// The epoch that opens next; none in an inactive topic and in one whose last epoch is open.
	pub fn next_epoch(&self, epoch_length: BlockNumber) -> Option<EpochId> {
		match self.running_epoch() {
			Some(last) => self.continues.then(|| last.saturating_add(epoch_length)),
			None => self.active.then_some(self.anchor),
		}
	}

	/// The weight by which the topic shares in emission: none before an activation's first opening.
	pub fn counted_weight(&self) -> Balance {
		self.running_epoch().and(self.weight).unwrap_or_default()
	}
}

/// A step of the clock and when it is due.
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
pub struct Due {
	/// First block in which the step may be done.
	pub block: BlockNumber,
	/// Whose step.
	pub topic: TopicId,
	/// Which step.
	pub step: Step,
	/// Of which epoch; the one that would open next if the topic went on, for the last opening.
	pub epoch: EpochId,
}

/// A [`Due`] as bytes whose order is that of the agenda.
pub type AgendaKey = [u8; 17];

impl Due {
	/// The bytes under which the agenda keeps this step: block, topic, step, epoch, each with its
	/// most significant byte first.
	pub fn key(&self) -> AgendaKey {
		let [b0, b1, b2, b3] = self.block.to_be_bytes();
		let [t0, t1, t2, t3, t4, t5, t6, t7] = self.topic.to_be_bytes();
		let [e0, e1, e2, e3] = self.epoch.to_be_bytes();
		let step = self.step as u8;
		[b0, b1, b2, b3, t0, t1, t2, t3, t4, t5, t6, t7, step, e0, e1, e2, e3]
	}
}

/// Why a topic could not be activated yet.
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
pub enum Deferral {
	/// Its weight is below the minimum: it needs more stake or revenue.
	#[codec(index = 0)]
	WeightTooLow,
	/// The chain has no computation left to promise to it: an active topic must end first.
	#[codec(index = 1)]
	NoCapacity,
	/// Its weight is out of range.
	#[codec(index = 2)]
	Arithmetic,
}
