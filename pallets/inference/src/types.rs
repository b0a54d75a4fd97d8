//! The stored types: an epoch's payloads, and a topic's workers.

use allora_primitives::{
	bundle::Inference, FixedI128, Forecast, Stored, WorkerRoles, MAX_FORECASTERS, MAX_INFERERS,
};
use allora_sortition::{ActiveSet, ActorRecord, ScoreBook, Standing};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
	parameter_types, traits::ConstU32, BoundedVec, CloneNoBound, DebugNoBound, DefaultNoBound,
	EqNoBound, PartialEqNoBound,
};
use scale_info::TypeInfo;
use sp_core::H256;

/// Places of a score book per seat of the largest active set. With a ground-truth lag of up to two
/// epochs, every active worker that waits for its score has a place.
const PLACES_PER_SEAT: u32 = 4;

parameter_types! {
	/// Places in the inferers' score book.
	#[derive(TypeInfo)]
	pub const InfererPlaces: u32 = MAX_INFERERS * PLACES_PER_SEAT;
	/// Places in the forecasters' score book.
	#[derive(TypeInfo)]
	pub const ForecasterPlaces: u32 = MAX_FORECASTERS * PLACES_PER_SEAT;
}

/// The active inferers of an epoch with their inferences, the weakest first.
pub type InfererSet<AccountId> = ActiveSet<AccountId, Inference, ConstU32<MAX_INFERERS>>;
/// The active forecasters of an epoch with their forecasts as submitted, the weakest first.
pub type ForecasterSet<AccountId> =
	ActiveSet<AccountId, Forecast<AccountId>, ConstU32<MAX_FORECASTERS>>;
/// The workers of a role with a seat in an epoch, and what they committed to, the weakest first.
///
/// It is one type for both roles, since clients do not tell bounds apart.
pub type CommittedSet<AccountId> = ActiveSet<AccountId, Commitment, ConstU32<MAX_INFERERS>>;
/// The record of a worker in one of its roles in a topic.
pub type WorkerRecord<AccountId> = ActorRecord<AccountId, Standing>;
/// The score book of a topic's inferers.
pub type InfererBook<AccountId> = ScoreBook<AccountId, InfererPlaces>;
/// The score book of a topic's forecasters.
pub type ForecasterBook<AccountId> = ScoreBook<AccountId, ForecasterPlaces>;
/// A role's scores in an epoch: account, instant score, smoothed score.
pub type RoleScores<AccountId> =
	BoundedVec<(AccountId, FixedI128, FixedI128), ConstU32<MAX_INFERERS>>;

/// The score books of a topic's workers.
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
	/// The inferers' scores.
	pub inferers: InfererBook<AccountId>,
	/// The forecasters' scores.
	pub forecasters: ForecasterBook<AccountId>,
}

/// A worker's commitment to a payload.
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
pub struct Commitment {
	/// The hash of the payload, see [`commitment_hash`](allora_primitives::commitment_hash).
	pub payload_hash: H256,
	/// The roles for which the worker will reveal.
	pub roles: WorkerRoles,
}

/// The commitments of an epoch's workers.
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
pub struct EpochCommitments<AccountId: Stored> {
	/// The inferers with a seat.
	pub inferers: CommittedSet<AccountId>,
	/// The forecasters with a seat.
	pub forecasters: CommittedSet<AccountId>,
}

impl<AccountId: Stored> EpochCommitments<AccountId> {
	/// The account's commitments in its roles.
	pub fn of(&self, who: &AccountId) -> impl Iterator<Item = &Commitment> {
		let inferer = self.inferers.member(who).map(|member| &member.payload);
		let forecaster = self.forecasters.member(who).map(|member| &member.payload);
		inferer.into_iter().chain(forecaster)
	}
}
