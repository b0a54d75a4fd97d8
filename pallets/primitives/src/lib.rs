//! # Primitives
//!
//! The types and traits that the Allora pallets share.
//!
//! No pallet depends on another pallet's crate. A pallet that needs another one names a trait of
//! [`traits`] in its `Config`, and the runtime chooses the implementation. The values that the
//! stages of an epoch pass on are in [`pipeline`], the runtime APIs that clients call in [`api`].
//! With the feature `testing`, the module `testing` has fakes of the traits for the pallets' mocks.
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

pub mod api;
pub mod bundle;
pub mod commitment;
pub mod consumer;
pub mod epoch;
pub mod hook_phase;
pub mod loss;
pub mod outcome;
pub mod pipeline;
pub mod proof;
pub mod settlement;
#[cfg(feature = "testing")]
pub mod testing;
pub mod topic;
pub mod traits;

pub use bundle::{Bundle, Forecast, Report, ReportPayload};
pub use commitment::{commitment_hash, Salt, WorkerRoles};
pub use consumer::{
	Demand, NewestInference, Obstacle, OpeningInfo, Quote, Receipt, RequestInfo, SubscriptionInfo,
};
pub use epoch::{EpochRecord, EpochSizes, EpochState, EpochWindows, Step, VoidReason};
pub use loss::{LossClass, LossMethod, ValuesError};
pub use outcome::Outcome;
pub use pipeline::{stage, EpochContext, Metered, Payloads, StageError, StageResult, WorkerScores};
pub use proof::{MadeInference, ProvableInference};
pub use settlement::{
	Contribution, Contributions, Ledger, ReputerContribution, WorkerWorth, Worth,
};
pub use topic::{Cadence, Rule, ScaleRule, TopicParameters, TopicParametersError, TopicUpdate};

pub use sp_arithmetic::FixedI128;

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// An amount of ALLO in planck; 1 ALLO is 10^10 planck.
pub type Balance = u128;

/// A block number.
pub type BlockNumber = u32;

/// A topic's number: assigned in sequence from 1, never reused.
pub type TopicId = u64;

/// A slot's number in BABE, counted from the Unix epoch; the protocol's unit of time.
pub type Slot = u64;

/// A duration: a number of slots.
pub type Slots = u32;

/// An epoch's number: the slot in which its worker window opens. Never reused within a topic.
pub type EpochId = Slot;

/// One ALLO in planck.
pub const ALLO: Balance = 10_000_000_000;

/// The maximum number of labels of a topic; one label is regression, several are classification.
pub const MAX_LABELS: u32 = 8;
/// The maximum number of inferers in a topic's active set.
pub const MAX_INFERERS: u32 = 32;
/// The maximum number of forecasters in a topic's active set.
pub const MAX_FORECASTERS: u32 = 8;
/// The maximum number of reputers in a topic's active set.
pub const MAX_REPUTERS: u32 = 16;
/// The maximum number of elements of a submitted forecast.
pub const MAX_FORECAST_ELEMENTS: u32 = 32;
/// The maximum number of elements kept of a forecast: those about the highest-scored inferers
/// (S 7.2).
pub const KEPT_FORECAST_ELEMENTS: u32 = 12;
/// The maximum number of elements of a bundle: combined, naive, inferers, forecasters,
/// one-out-inferer-forecaster, one-out inferers, one-out forecasters, one-in forecasters (S 12.3).
pub const MAX_ELEMENTS: u32 =
	2 + 2 * MAX_INFERERS + 3 * MAX_FORECASTERS + MAX_INFERERS * MAX_FORECASTERS;
/// The maximum number of values of a bundle: one per label and element.
pub const MAX_VALUES: u32 = MAX_ELEMENTS * MAX_LABELS;
/// The maximum number of epochs of history that a topic may keep.
pub const MAX_HISTORY: u32 = 64;
/// The maximum length of a topic's text, in bytes.
pub const MAX_TEXT: u32 = 255;
/// The maximum length of a label, in bytes.
pub const MAX_LABEL: u32 = 64;

/// The bound of a call's argument of which at most `accepted` elements are accepted.
///
/// An argument that exceeds the bound of its type does not decode, and the node rejects the
/// transaction without a reason. Up to this bound the call itself fails, with an error that names
/// the reason.
pub const fn argument_bound(accepted: u32) -> u32 {
	accepted.saturating_mul(4)
}

/// The maximum magnitude of an accepted inference value.
pub const MAX_INFERENCE: FixedI128 = FixedI128::from_inner(10i128.pow(15 + 18));
/// The maximum magnitude of an accepted loss, in log10 of the topic's loss function.
pub const MAX_LOSS: FixedI128 = FixedI128::from_u32(1_000);

/// The bounds of types that the generic storage types of the pallets hold.
pub trait Stored: Clone + core::fmt::Debug + PartialEq + Eq {}
impl<T: Clone + core::fmt::Debug + PartialEq + Eq> Stored for T {}

/// The role of an account in an epoch.
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
#[scale_info(capture_docs = "always")]
pub enum Role {
	/// The account predicts the truth.
	#[codec(index = 0)]
	Inferer,
	/// The account predicts the losses of the inferers.
	#[codec(index = 1)]
	Forecaster,
	/// The account reports the truth once it is known; in a topic with a custom loss method, the
	/// losses of inferences.
	#[codec(index = 2)]
	Reputer,
}

impl Role {
	/// The registration that this role requires.
	pub fn registration(self) -> Registration {
		match self {
			Self::Inferer | Self::Forecaster => Registration::Worker,
			Self::Reputer => Registration::Reputer,
		}
	}
}

/// A registration of an account in a topic: as a worker or as a reputer.
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
#[scale_info(capture_docs = "always")]
pub enum Registration {
	/// The account may submit inferences and forecasts.
	#[codec(index = 0)]
	Worker,
	/// The account may stake and submit reports.
	#[codec(index = 1)]
	Reputer,
}
