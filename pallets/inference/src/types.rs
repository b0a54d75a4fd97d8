//! What is stored of an epoch's payloads and of a topic's workers.

use allora_primitives::{
	bundle::Inference, FixedI128, Forecast, Stored, MAX_FORECASTERS, MAX_INFERERS,
};
use allora_sortition::{ActiveSet, ActorRecord, ScoreBook};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
	parameter_types, traits::ConstU32, BoundedVec, CloneNoBound, DebugNoBound, DefaultNoBound,
	EqNoBound, PartialEqNoBound,
};
use scale_info::TypeInfo;

/// Places of a score book for each seat of the largest active set: with a ground-truth lag of up to
/// two epochs, all active workers whose scores are to come have one.
const PLACES_A_SEAT: u32 = 4;

parameter_types! {
	/// Places in the inferers' score book.
	#[derive(TypeInfo)]
	pub const InfererPlaces: u32 = MAX_INFERERS * PLACES_A_SEAT;
	/// Places in the forecasters' score book.
	#[derive(TypeInfo)]
	pub const ForecasterPlaces: u32 = MAX_FORECASTERS * PLACES_A_SEAT;
}

/// The active inferers of an epoch with their inferences, the weakest first.
pub type InfererSet<AccountId> = ActiveSet<AccountId, Inference, ConstU32<MAX_INFERERS>>;
/// The active forecasters of an epoch with their forecasts as submitted, the weakest first.
pub type ForecasterSet<AccountId> =
	ActiveSet<AccountId, Forecast<AccountId>, ConstU32<MAX_FORECASTERS>>;
/// What a topic remembers of a worker in one of its roles.
pub type WorkerRecord<AccountId> = ActorRecord<AccountId, ()>;
/// The scores of inferers.
pub type InfererBook<AccountId> = ScoreBook<AccountId, (), InfererPlaces>;
/// The scores of forecasters.
pub type ForecasterBook<AccountId> = ScoreBook<AccountId, (), ForecasterPlaces>;
/// An epoch's scores of a role: account, instant score, smoothed score.
pub type RoleScores<AccountId> =
	BoundedVec<(AccountId, FixedI128, FixedI128), ConstU32<MAX_INFERERS>>;

/// How a topic's workers stand, by role.
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
pub struct WorkerBooks<AccountId: Stored> {
	/// As inferers.
	pub inferers: InfererBook<AccountId>,
	/// As forecasters.
	pub forecasters: ForecasterBook<AccountId>,
}
