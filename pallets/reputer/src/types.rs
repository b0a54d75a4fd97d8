//! What is stored of stakes, reports and reputers.

use allora_primitives::{
	bundle::Losses, Balance, EpochId, EpochWindows, FixedI128, Slot, MAX_REPUTERS,
};
use allora_sortition::{ActiveSet, ActorRecord, ScoreBook};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{parameter_types, traits::ConstU32, BoundedVec};
use scale_info::TypeInfo;
use sp_runtime::traits::One;

/// The maximum number of removals of stake that an account may have pending in a topic.
pub const MAX_REMOVALS: u32 = 16;
/// Most reporting windows of a topic that are remembered; at most 17 lie ahead while a topic keeps
/// its parameters.
pub const MAX_WINDOWS: u32 = 64;
/// Places of a score book for each seat of the largest active set. Reporting windows follow each
/// other, so one epoch's reputers wait for their scores, or two's if the clock is late.
const PLACES_A_SEAT: u32 = 4;

parameter_types! {
	/// Places in the reputers' score book.
	#[derive(TypeInfo)]
	pub const ReputerPlaces: u32 = MAX_REPUTERS * PLACES_A_SEAT;
}

/// The number of a removal; never reused.
pub type RemovalId = u64;

/// The active reputers of an epoch with their reports, the weakest first.
pub type ReputerSet<AccountId> = ActiveSet<AccountId, StoredReport, ConstU32<MAX_REPUTERS>>;
/// What a topic remembers of a reputer.
pub type ReputerRecord<AccountId> = ActorRecord<AccountId, Coefficient>;
/// How reputers stand.
pub type ReputerBook<AccountId> = ScoreBook<AccountId, Coefficient, ReputerPlaces>;
/// An epoch's scores: account, instant score, smoothed score.
pub type ReputerScores<AccountId> =
	BoundedVec<(AccountId, FixedI128, FixedI128), ConstU32<MAX_REPUTERS>>;
/// An epoch's listening coefficients.
pub type ReputerCoefficients<AccountId> =
	BoundedVec<(AccountId, FixedI128), ConstU32<MAX_REPUTERS>>;
/// An account's pending removals in a topic, oldest first.
pub type PendingRemovals = BoundedVec<Removal, ConstU32<MAX_REMOVALS>>;
/// A topic's reporting windows that are open or lie ahead, in the order in which epochs opened.
pub type ReportingWindows = BoundedVec<ReportingWindow, ConstU32<MAX_WINDOWS>>;

/// How much a reputer is listened to, in [0, 1]; in full at first (S 12.3).
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
pub struct Coefficient(pub FixedI128);

impl Default for Coefficient {
	fn default() -> Self {
		Self(FixedI128::one())
	}
}

/// An account's stake in a topic, and what of it counts in epochs whose reporting is open.
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
	/// The stake in planck; removals included until they are withdrawn.
	pub stake: Balance,
	/// What was staked when an epoch's reporting opened, in planck, for each window that was open
	/// when the stake changed last.
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
	/// From this slot on it can be withdrawn.
	pub due: Slot,
}

/// The slots in which an epoch's losses are reported.
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
	/// First slot.
	pub open: Slot,
	/// Last slot.
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

/// What a reputer reported.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct StoredReport {
	/// The reputer's stake when reporting opened, in planck.
	pub authority: Balance,
	/// A loss for each element of the bundle.
	pub losses: Losses,
}
