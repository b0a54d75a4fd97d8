//! The stored types: stakes, reports and reputers.

use allora_primitives::{
	Balance, EpochId, EpochWindows, FixedI128, ReportPayload, Slot, MAX_REPUTERS,
};
use allora_sortition::{ActiveSet, ActorRecord, Places};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{parameter_types, traits::ConstU32, BoundedVec};
use scale_info::TypeInfo;
use sp_runtime::{traits::One, Perbill};

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
/// A topic's reporting windows that are open or will open, or whose epochs await their close, in
/// the order in which epochs opened.
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

/// The stake behind a reputer in a topic.
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
#[scale_info(capture_docs = "always")]
pub struct Authority {
	/// The reputer's own stake, in planck.
	pub own: Balance,
	/// The stake that others have delegated to the reputer, in planck.
	pub delegated: Balance,
}

impl Authority {
	/// The stake that counts, in planck. Stakes are parts of the total issuance, so their sum
	/// cannot overflow.
	pub fn total(&self) -> Balance {
		self.own.saturating_add(self.delegated)
	}
}

/// The stake behind a reputer in a topic, and the part of it that counts in epochs whose reporting
/// is open.
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
	/// The stake, without what is being removed.
	pub stake: Authority,
	/// Per reporting window that was open at the latest change of stake: the epoch, and the stake
	/// when its reporting opened.
	pub frozen: BoundedVec<(EpochId, Authority), ConstU32<MAX_WINDOWS>>,
}

impl StakeRecord {
	/// The stake that counts in an epoch whose reporting is open.
	pub fn authority(&self, epoch: EpochId) -> Authority {
		self.frozen
			.iter()
			.find(|(frozen, _)| *frozen == epoch)
			.map_or(self.stake, |(_, stake)| *stake)
	}
}

/// A pending removal of stake, which is on hold until it is due and does not count.
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
	/// The first slot in which it can be withdrawn, by anyone.
	pub due: Slot,
}

/// The slots in which an epoch is reported on, and what it takes to report.
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
	/// The minimum authority with which an account may report, in planck: that in force when the
	/// epoch opened.
	pub min_authority: Balance,
}

impl ReportingWindow {
	/// The reporting window among an epoch's windows, with this minimum authority.
	pub fn new(epoch: EpochId, windows: &EpochWindows, min_authority: Balance) -> Self {
		let EpochWindows { reports_open: open, reports_last: last, .. } = *windows;
		Self { epoch, open, last, min_authority }
	}

	/// Whether the slot is within the window.
	pub fn contains(&self, slot: Slot) -> bool {
		(self.open..=self.last).contains(&slot)
	}

	/// The first slot after the close of the epoch, also if the clock is as late as it may be: a
	/// quarter of the window, and two slots at least.
	pub fn closed_at(&self) -> Slot {
		let length = self.last.saturating_sub(self.open).saturating_add(1);
		let late = length.checked_div(4).unwrap_or_default().max(2);
		self.last.saturating_add(1).saturating_add(late)
	}
}

/// The delegated part of the authority of a reputer that has reported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backing<AccountId> {
	/// The reputer.
	pub reputer: AccountId,
	/// The stake behind it when the epoch's reporting opened.
	pub authority: Authority,
}

/// What a reputer keeps of its delegators' rewards.
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
pub struct Commission {
	/// The part of delegators' rewards that the reputer keeps.
	pub rate: Perbill,
	/// The next, higher rate and the first slot in which it is in force.
	pub rise: Option<(Perbill, Slot)>,
}

impl Commission {
	/// The rate in force in a slot.
	pub fn rate_at(&self, now: Slot) -> Perbill {
		match self.rise {
			Some((rate, from)) if from <= now => rate,
			_ => self.rate,
		}
	}
}

/// A reputer's report as stored.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct StoredReport {
	/// The stake behind the reputer when reporting opened.
	pub authority: Authority,
	/// What was reported.
	pub payload: ReportPayload,
}
