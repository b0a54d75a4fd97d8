//! The lengths themselves.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// Milliseconds of a day.
pub(crate) const DAY_MS: u64 = 24 * 60 * 60 * 1_000;

/// Slot, session and era lengths of a chain.
///
/// The default is production: 6 s slots, sessions of an hour, eras of six hours, 28 eras (a week)
/// of bonding, and 21 days of unbonding for stake in topics.
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
pub struct TimingParameters {
	/// Milliseconds of a slot, and so between blocks if none is missed; at least 2.
	pub slot_duration_ms: u64,
	/// Slots of a session, above zero.
	pub session_length: u32,
	/// Sessions of an era, above zero.
	pub sessions_per_era: u32,
	/// Eras that validators' and nominators' stake stays bonded after unbonding, above zero.
	pub bonding_duration: u32,
	/// Milliseconds that reputers' stake is held after its removal is asked for, above zero.
	pub stake_unbonding_ms: u64,
}

impl Default for TimingParameters {
	fn default() -> Self {
		Self {
			slot_duration_ms: 6_000,
			session_length: 600,
			sessions_per_era: 6,
			bonding_duration: 28,
			stake_unbonding_ms: 21 * DAY_MS,
		}
	}
}

impl TimingParameters {
	/// Whether every length is above zero, and the slot has a half that is, too.
	pub fn is_valid(&self) -> bool {
		self.slot_duration_ms >= 2
			&& self.session_length > 0
			&& self.sessions_per_era > 0
			&& self.bonding_duration > 0
			&& self.stake_unbonding_ms > 0
	}

	/// Slots in which `ms` milliseconds pass, rounded up; at least 1 and at most `u32::MAX`.
	pub fn slots(&self, ms: u64) -> u32 {
		let slots = ms.div_ceil(self.slot_duration_ms.max(1)).max(1);
		// The longest duration: more than a century, even with slots of a second.
		u32::try_from(slots).unwrap_or(u32::MAX)
	}

	/// Sessions for which validators stay answerable: those of the bonding duration.
	pub fn bonding_sessions(&self) -> u64 {
		u64::from(self.bonding_duration).saturating_mul(self.sessions_per_era.into())
	}
}
