//! The lengths that the pallet stores.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// The length of a day in milliseconds.
pub(crate) const DAY_MS: u64 = 24 * 60 * 60 * 1_000;

/// The lengths of slots, sessions and eras, and the durations of bonding and unbonding.
///
/// The default is that of production: slots of 6 s, sessions of an hour, eras of six hours, bonding
/// for 28 eras (a week), and unbonding of stake in topics for 21 days.
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
	/// The length of a slot in milliseconds, at least 2.
	pub slot_duration_ms: u64,
	/// The length of a session in slots, above zero.
	pub session_length: u32,
	/// The length of an era in sessions, above zero.
	pub sessions_per_era: u32,
	/// The number of eras for which validators' and nominators' stake stays bonded after they
	/// unbond it, above zero.
	pub bonding_duration: u32,
	/// The number of milliseconds for which reputers' stake stays on hold after they unstake it,
	/// above zero.
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
	/// Whether every length is above zero, and half a slot is, too.
	pub fn is_valid(&self) -> bool {
		self.slot_duration_ms >= 2
			&& self.session_length > 0
			&& self.sessions_per_era > 0
			&& self.bonding_duration > 0
			&& self.stake_unbonding_ms > 0
	}

	/// The number of slots of `ms` milliseconds, rounded up; at least 1 and at most `u32::MAX`.
	pub fn slots(&self, ms: u64) -> u32 {
		let slots = ms.div_ceil(self.slot_duration_ms.max(1)).max(1);
		// The maximum is more than a century, even with slots of one second.
		u32::try_from(slots).unwrap_or(u32::MAX)
	}

	/// The bonding duration in sessions, for which validators can be slashed.
	pub fn bonding_sessions(&self) -> u64 {
		u64::from(self.bonding_duration).saturating_mul(self.sessions_per_era.into())
	}
}
