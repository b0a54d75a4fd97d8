//! Adapters that pass the lengths to the `Config` items of other pallets.

use crate::{types::DAY_MS, Config, Lengths};
use core::marker::PhantomData;
use frame_support::traits::Get;

/// Declares an adapter by its docs, its name, its type, and its value as a function of the lengths.
macro_rules! adapter {
	($(#[$docs:meta])+ $name:ident: $type:ty = |$timing:ident| $value:expr) => {
		$(#[$docs])+
		pub struct $name<T>(PhantomData<T>);

		impl<T: Config> Get<$type> for $name<T> {
			fn get() -> $type {
				let $timing = Lengths::<T>::get();
				$value
			}
		}
	};
}

adapter! {
	/// The length of a slot in milliseconds.
	SlotDuration: u64 = |timing| timing.slot_duration_ms
}
adapter! {
	/// The minimum time between two blocks in milliseconds: half a slot.
	MinimumPeriod: u64 = |timing| timing.slot_duration_ms / 2
}
adapter! {
	/// The length of a session, which is an epoch of BABE, in slots.
	EpochDuration: u64 = |timing| timing.session_length.into()
}
adapter! {
	/// The length of an era in sessions.
	SessionsPerEra: u32 = |timing| timing.sessions_per_era
}
adapter! {
	/// The number of eras for which stake stays bonded after unbonding.
	BondingDuration: u32 = |timing| timing.bonding_duration
}
adapter! {
	/// The number of eras by which a slash is deferred, two less than the bonding duration; none if
	/// that is shorter.
	///
	/// A slash is applied one era later than this, when the last era begins in which all stake is
	/// still bonded that was bonded in the era of the offence. An era later would be too late:
	/// staking lets stake go when an era is planned, a session before it begins.
	SlashDeferDuration: u32 = |timing| timing.bonding_duration.saturating_sub(2)
}
adapter! {
	/// The number of authority sets of GRANDPA whose equivocations can be reported: one per
	/// session, for as long as stake is bonded.
	MaxSetIdSessionEntries: u64 = |timing| timing.bonding_sessions()
}
adapter! {
	/// The number of blocks for which an equivocation can be reported: as long as stake is bonded.
	ReportLongevity: u64 = |timing| {
		timing.bonding_sessions().saturating_mul(timing.session_length.into())
	}
}
adapter! {
	/// The number of slots in a day.
	SlotsPerDay: u32 = |timing| timing.slots(DAY_MS)
}
adapter! {
	/// The number of slots in a week.
	SlotsPerWeek: u32 = |timing| timing.slots(7 * DAY_MS)
}
adapter! {
	/// The number of slots in a month of 30 days.
	SlotsPerMonth: u32 = |timing| timing.slots(30 * DAY_MS)
}
adapter! {
	/// The unbonding time of reputers' stake in slots.
	UnbondingSlots: u32 = |timing| timing.slots(timing.stake_unbonding_ms)
}
