//! Governance: custom origins, the tracks of referenda, and the periods of both.
//!
//! Referenda decide by votes that are locked (OpenGov): each has a track, which sets its deposit,
//! its periods and thresholds, and an origin, with which its call is dispatched. A technical
//! committee shortens the way of calls that it has whitelisted, and pauses calls in an emergency.
//! `docs/governance.md` describes all of it for users.

pub mod origins;
pub mod pausing;
pub mod tracks;

use crate::{AccountId, BlockNumber, Runtime};
use core::marker::PhantomData;
use frame_support::traits::{EitherOfDiverse, Get};
use frame_system::EnsureRoot;
use origins::{DayLength, EnsureEmergencyAdmin, EnsureParameterAdmin, EnsureSubsidyAdmin};
use pallet_timing::Lengths;

/// The instance of `pallet_collective` that is the technical committee.
pub type TechnicalCollective = pallet_collective::Instance1;
/// Two thirds of the technical committee.
pub type TwoThirdsOfCommittee =
	pallet_collective::EnsureProportionAtLeast<AccountId, TechnicalCollective, 2, 3>;
/// The origins that may set protocol parameters: root, and referenda of the track `parameters`.
pub type ParameterOrigin = EitherOfDiverse<EnsureRoot<AccountId>, EnsureParameterAdmin>;
/// The origins that may set subsidies of topics: root, and referenda of the track `subsidy`.
pub type SubsidyOrigin = EitherOfDiverse<EnsureRoot<AccountId>, EnsureSubsidyAdmin>;
/// A referendum of the track `emergency`, or of the track `root`.
pub type EmergencyReferendum = EitherOfDiverse<EnsureRoot<AccountId>, EnsureEmergencyAdmin>;
/// The origins that may act in an emergency: referenda of the tracks `emergency` and `root`, and
/// two thirds of the technical committee.
pub type EmergencyOrigin = EitherOfDiverse<EmergencyReferendum, TwoThirdsOfCommittee>;

/// The number of minutes in a day.
const MINUTES_PER_DAY: u64 = 24 * 60;
/// The number of minutes in an hour.
pub const HOUR: u32 = 60;
/// The number of minutes in a day.
pub const DAY: u32 = 24 * HOUR;

/// The number of blocks of a period of `minutes`, rounded up; at least 1.
///
/// There is at most one block per slot, so a period lasts at least as long as stated, and longer
/// while slots pass without a block.
pub fn blocks(minutes: u32) -> BlockNumber {
	let day = DayLength::<Runtime>::get();
	let ms = day.saturating_mul(minutes.into()).div_ceil(MINUTES_PER_DAY);
	Lengths::<Runtime>::get().slots(ms)
}

/// A period of `MINUTES` in blocks, see [`blocks`].
pub struct Period<const MINUTES: u32>(PhantomData<()>);
impl<const MINUTES: u32> Get<BlockNumber> for Period<MINUTES> {
	fn get() -> BlockNumber {
		blocks(MINUTES)
	}
}
