//! # Primitives
//!
//! The vocabulary of the Allora pallets: the types that cross from one pallet to another and the
//! traits they meet in.
//!
//! No pallet depends on another pallet's crate. What one needs of another it asks for through a
//! trait of [`traits`], and the runtime says who answers. The typed runtime APIs that clients call
//! are declared in [`api`].
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

pub mod api;
pub mod bundle;
pub mod epoch;
pub mod hook_phase;
pub mod outcome;
pub mod pipeline;
pub mod settlement;
pub mod topic;
pub mod traits;

pub use bundle::{Bundle, Forecast, Report};
pub use epoch::{EpochRecord, EpochSizes, EpochState, EpochWindows, Step, VoidReason};
pub use outcome::Outcome;
pub use pipeline::{stage, EpochContext, Metered, Payloads, StageError, StageResult, WorkerScores};
pub use settlement::{Contribution, Contributions, Ledger, ReputerContribution};
pub use topic::{ScaleRule, TopicParameters, TopicParametersError, TopicUpdate};

pub use sp_arithmetic::FixedI128;

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// An amount of ALLO in planck; 1 ALLO is 10^10 planck.
pub type Balance = u128;

/// A block number.
pub type BlockNumber = u32;

/// A topic's number: counted from 1, never reused.
pub type TopicId = u64;

/// A slot's number: that of BABE, counted from the Unix epoch. The time of the protocol.
pub type Slot = u64;

/// A length of time: a count of slots.
pub type Slots = u32;

/// An epoch's number: the slot in which its worker window opens. Never reused within a topic.
pub type EpochId = Slot;

/// One ALLO in planck.
pub const ALLO: Balance = 10_000_000_000;

/// Most labels a topic may have; one label is regression, several are classification.
pub const MAX_LABELS: u32 = 8;
/// The maximum number of inferers in a topic's active set.
pub const MAX_INFERERS: u32 = 32;
/// The maximum number of forecasters in a topic's active set.
pub const MAX_FORECASTERS: u32 = 8;
/// The maximum number of reputers in a topic's active set.
pub const MAX_REPUTERS: u32 = 16;
/// The maximum number of elements a submitted forecast may have.
pub const MAX_FORECAST_ELEMENTS: u32 = 32;
/// Elements of a forecast that are kept at the worker close, the best-scored first (S 7.2).
pub const KEPT_FORECAST_ELEMENTS: u32 = 12;
/// Most elements of a bundle: combined, naive, inferers, forecasters, one-out-inferer-forecaster,
/// one-out inferers, one-out forecasters, one-in forecasters (S 12.3).
pub const MAX_ELEMENTS: u32 =
	2 + 2 * MAX_INFERERS + 3 * MAX_FORECASTERS + MAX_INFERERS * MAX_FORECASTERS;
/// The maximum number of values of a bundle: one a label and element.
pub const MAX_VALUES: u32 = MAX_ELEMENTS * MAX_LABELS;
/// The maximum number of epochs of history that a topic may keep.
pub const MAX_HISTORY: u32 = 64;
/// Maximum length of a topic's text, in bytes.
pub const MAX_TEXT: u32 = 255;
/// Maximum length of a label, in bytes.
pub const MAX_LABEL: u32 = 64;

/// How long the argument of a call may be where the chain accepts at most `accepted` elements.
///
/// An argument beyond the bound of its type does not decode, and the node refuses such a transaction
/// without a reason. Up to this bound the call itself refuses it, with an error that names it.
pub const fn argument_bound(accepted: u32) -> u32 {
	accepted.saturating_mul(4)
}

/// Largest magnitude of an accepted inference value.
pub const MAX_INFERENCE: FixedI128 = FixedI128::from_inner(10i128.pow(15 + 18));
/// Largest magnitude of an accepted loss, in log10 of the topic's loss function.
pub const MAX_LOSS: FixedI128 = FixedI128::from_u32(1_000);

/// What a stored type is at least.
pub trait Stored: Clone + core::fmt::Debug + PartialEq + Eq {}
impl<T: Clone + core::fmt::Debug + PartialEq + Eq> Stored for T {}

/// What an account does in a topic's epoch.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub enum Role {
	/// Predicts the truth.
	#[codec(index = 0)]
	Inferer,
	/// Predicts the losses of the inferers.
	#[codec(index = 1)]
	Forecaster,
	/// Compares inferences with the truth once it is known and reports their losses.
	#[codec(index = 2)]
	Reputer,
}

impl Role {
	/// What an account registers for to act in this role.
	pub fn registration(self) -> Registration {
		match self {
			Self::Inferer | Self::Forecaster => Registration::Worker,
			Self::Reputer => Registration::Reputer,
		}
	}
}

/// What an account registers for in a topic.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub enum Registration {
	/// May submit inferences and forecasts.
	#[codec(index = 0)]
	Worker,
	/// May stake and submit loss reports.
	#[codec(index = 1)]
	Reputer,
}
