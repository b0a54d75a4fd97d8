//! What is stored of an epoch's payloads.

use allora_primitives::{active_set::ActiveSet, MAX_FORECASTERS, MAX_INFERERS};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::fmt::Debug;
use frame_support::{
	traits::ConstU32, CloneNoBound, DebugNoBound, DefaultNoBound, EqNoBound, PartialEqNoBound,
};
use scale_info::TypeInfo;

/// The active inferers of an epoch, the weakest first.
pub type Inferers<AccountId> = ActiveSet<AccountId, ConstU32<MAX_INFERERS>>;
/// The active forecasters of an epoch, the weakest first.
pub type Forecasters<AccountId> = ActiveSet<AccountId, ConstU32<MAX_FORECASTERS>>;

/// Who is active in an epoch, by role.
#[derive(
	CloneNoBound,
	DebugNoBound,
	PartialEqNoBound,
	EqNoBound,
	DefaultNoBound,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct WorkerSets<AccountId: Clone + Debug + PartialEq + Eq> {
	/// Accounts whose inferences are kept.
	pub inferers: Inferers<AccountId>,
	/// Accounts whose forecasts are kept.
	pub forecasters: Forecasters<AccountId>,
}

impl<AccountId: Clone + Debug + PartialEq + Eq> WorkerSets<AccountId> {
	/// Whether nobody is active in any role.
	pub fn is_empty(&self) -> bool {
		self.inferers.is_empty() && self.forecasters.is_empty()
	}
}
