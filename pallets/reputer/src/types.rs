//! What is stored of stakes and reports.

use allora_primitives::{
	active_set::ActiveSet, bundle::Losses, Balance, BlockNumber, EpochId, EpochWindows,
	MAX_REPUTERS,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use scale_info::TypeInfo;

/// Most removals of stake that an account may have pending in a topic.
pub const MAX_REMOVALS: u32 = 16;
/// Most reporting windows of a topic that are remembered; at most 17 lie ahead while a topic keeps
/// its parameters.
pub const MAX_WINDOWS: u32 = 64;

/// The number of a removal; never reused.
pub type RemovalId = u64;

/// The active reputers of an epoch, the weakest first.
pub type Reputers<AccountId> = ActiveSet<AccountId, ConstU32<MAX_REPUTERS>>;
/// An account's pending removals in a topic, oldest first.
pub type PendingRemovals = BoundedVec<Removal, ConstU32<MAX_REMOVALS>>;
/// A topic's reporting windows that are open or lie ahead, in the order in which epochs opened.
pub type ReportingWindows = BoundedVec<ReportingWindow, ConstU32<MAX_WINDOWS>>;

/// Stake on its way out: it counts and earns until its owner withdraws it.
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
pub struct Removal {
	/// Its number.
	pub id: RemovalId,
	/// How much, in planck.
	pub amount: Balance,
	/// From this block on it can be withdrawn.
	pub due: BlockNumber,
}

/// The blocks in which an epoch's losses are reported.
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
pub struct ReportingWindow {
	/// The epoch.
	pub epoch: EpochId,
	/// First block.
	pub open: BlockNumber,
	/// Last block.
	pub last: BlockNumber,
}

impl ReportingWindow {
	/// The reporting window among an epoch's windows.
	pub fn new(epoch: EpochId, windows: &EpochWindows) -> Self {
		Self { epoch, open: windows.reports_open, last: windows.reports_last }
	}

	/// Whether the block is within the window.
	pub fn contains(&self, block: BlockNumber) -> bool {
		(self.open..=self.last).contains(&block)
	}
}

/// A report as stored under its topic, epoch and reputer.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct StoredReport {
	/// The reputer's stake when reporting opened, in planck.
	pub authority: Balance,
	/// A loss for each element of the bundle.
	pub losses: Losses,
}
