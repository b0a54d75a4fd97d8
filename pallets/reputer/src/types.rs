//! The stored types: stakes, reports and reputers.

use allora_primitives::{
	Balance, EpochId, EpochWindows, FixedI128, ReportPayload, Slot, MAX_REPUTERS,
};
use allora_sortition::{ActiveSet, ActorRecord, Places};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{parameter_types, traits::ConstU32, BoundedVec};
use scale_info::TypeInfo;
use sp_runtime::traits::One;

/// The maximum number of removals of stake that an account may have pending in a topic.
pub const MAX_REMOVALS: u32 = 16;
/// The maximum number of recorded reporting windows of a topic. While a topic keeps its parameters,
/// at most 17 windows are still to open.
pub const MAX_WINDOWS: u32 = 64;
/// Places of a score book per seat of the largest active set. Reporting windows follow each other,
/// so the reputers of one epoch wait for their scores, or those of two epochs if the clock is late.
const PLACES_PER_SEAT: u32 = 4;

parameter_types! {
	/// Places in the reputers' score book.
	#[derive(TypeInfo)]
	pub const ReputerPlaces: u32 = MAX_REPUTERS * PLACES_PER_SEAT;
}

/// The id of a removal; never reused.
pub type RemovalId = u64;

/// The active reputers of an epoch with their reports, the weakest first.
pub type ReputerSet<AccountId> = ActiveSet<AccountId, StoredReport, ConstU32<MAX_REPUTERS>>;
/// The record of a reputer in a topic.
pub type ReputerRecord<AccountId> = ActorRecord<AccountId, Standing>;
/// The standings of a topic's recently active reputers.
pub type ReputerBook<AccountId> = Places<AccountId, Standing, ReputerPlaces>;
/// The reputers' scores in an epoch: account, instant score, smoothed score.
pub type ReputerScores<AccountId> =
	BoundedVec<(AccountId, FixedI128, FixedI128), ConstU32<MAX_REPUTERS>>;
/// The reputers' listening coefficients after an epoch.
pub type ReputerCoefficients<AccountId> =
	BoundedVec<(AccountId, FixedI128), ConstU32<MAX_REPUTERS>>;
/// An account's pending removals in a topic, oldest first.
pub type PendingRemovals = BoundedVec<Removal, ConstU32<MAX_REMOVALS>>;
/// A topic's reporting windows that are open or will open, in the order in which epochs opened.
pub type ReportingWindows = BoundedVec<ReportingWindow, ConstU32<MAX_WINDOWS>>;

/// The standing of a reputer in a topic.
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
pub struct Standing {
	/// The listening coefficient, in [0, 1]; 1 at first (S 12.3).
	pub coefficient: FixedI128,
	/// The exponential moving average of its instant scores (S 7.5); `None` before the first.
	pub score: Option<FixedI128>,
}

impl Default for Standing {
	fn default() -> Self {
		Self { coefficient: FixedI128::one(), score: None }
	}
}

/// An account's stake in a topic, and the part of it that counts in epochs whose reporting is open.
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
pub struct StakeRecord {
	/// The stake in planck, with removals that are not withdrawn yet.
	pub stake: Balance,
	/// Per reporting window that was open at the latest change of stake: the epoch, and the stake
	/// when its reporting opened, in planck.
	pub frozen: BoundedVec<(EpochId, Balance), ConstU32<MAX_WINDOWS>>,
}

impl StakeRecord {
	/// The stake that counts in an epoch whose reporting is open, in planck.
	pub fn authority(&self, epoch: EpochId) -> Balance {
		self.frozen
			.iter()
			.find(|(frozen, _)| *frozen == epoch)
			.map_or(self.stake, |(_, stake)| *stake)
	}
}

/// A pending removal of stake, which counts and earns until its owner withdraws it.
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
	/// The id by which it can be cancelled.
	pub id: RemovalId,
	/// The amount to be removed, in planck.
	pub amount: Balance,
	/// The first slot in which it can be withdrawn.
	pub due: Slot,
}

/// The slots in which an epoch is reported on.
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
	/// The epoch that is reported on.
	pub epoch: EpochId,
	/// The first slot of the window.
	pub open: Slot,
	/// The last slot of the window.
	pub last: Slot,
}

impl ReportingWindow {
	/// The reporting window among an epoch's windows.
	pub fn new(epoch: EpochId, windows: &EpochWindows) -> Self {
		Self { epoch, open: windows.reports_open, last: windows.reports_last }
	}

	/// Whether the slot is within the window.
	pub fn contains(&self, slot: Slot) -> bool {
		(self.open..=self.last).contains(&slot)
	}
}

/// A reputer's report as stored.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct StoredReport {
	/// The reputer's stake when reporting opened, in planck.
	pub authority: Balance,
	/// What was reported.
	pub payload: ReportPayload,
}
