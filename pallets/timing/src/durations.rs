//! Adapters that hand the lengths to the `Config` items of other pallets.

use crate::{types::DAY_MS, Config, Lengths};
use core::marker::PhantomData;
use frame_support::traits::Get;

/// Declares an adapter: its docs, name, type, and what it makes of the stored parameters.
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
	/// Milliseconds of a slot.
	SlotDuration: u64 = |timing| timing.slot_duration_ms
}
adapter! {
	/// The minimum of milliseconds between the timestamps of two blocks: half a slot.
	MinimumPeriod: u64 = |timing| timing.slot_duration_ms / 2
}
adapter! {
	/// Slots of a session, which is an epoch of Babe.
	EpochDuration: u64 = |timing| timing.session_length.into()
}
adapter! {
	/// Sessions of an era.
	SessionsPerEra: u32 = |timing| timing.sessions_per_era
}
adapter! {
	/// Eras that stake stays bonded after unbonding.
	BondingDuration: u32 = |timing| timing.bonding_duration
}
adapter! {
	/// Eras after which a slash applies: the last in which the slashed stake is still bonded.
	SlashDeferDuration: u32 = |timing| timing.bonding_duration.saturating_sub(1)
}
adapter! {
	/// Authority sets of Grandpa that equivocations may be reported of: a set a session, for as long
	/// as stake is bonded.
	MaxSetIdSessionEntries: u64 = |timing| timing.bonding_sessions()
}
adapter! {
	/// Blocks for which an equivocation report stays valid: as long as stake is bonded.
	ReportLongevity: u64 = |timing| {
		timing.bonding_sessions().saturating_mul(timing.session_length.into())
	}
}
adapter! {
	/// Slots of a day.
	SlotsPerDay: u32 = |timing| timing.slots(DAY_MS)
}
adapter! {
	/// Slots of a week.
	SlotsPerWeek: u32 = |timing| timing.slots(7 * DAY_MS)
}
adapter! {
	/// Slots of a month of 30 days.
	SlotsPerMonth: u32 = |timing| timing.slots(30 * DAY_MS)
}
adapter! {
	/// Slots for which reputers' stake is held after its removal is asked for.
	UnbondingSlots: u32 = |timing| timing.slots(timing.stake_unbonding_ms)
}
