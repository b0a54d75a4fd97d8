//! Rent: the price of what topics reserve, which follows the fullness of the clock's capacity
//! (S 6.10).
//!
//! The price doubles for every [`SURCHARGE`] of fullness above one half, at once. On top of that it
//! has a level, which rises while more than half is taken and falls while less is. The level moves
//! in proportion to the excess and to the slots that pass, so it is computed when it is read, and
//! stored only when reservations change.

use crate::{Capacity, Config, Pallet, TopicState};
use allora_primitives::{Balance, EpochWindows, Slot, Slots, TopicParameters};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::Get, weights::Weight};
use scale_info::TypeInfo;

/// One: of a fullness, or a doubling of the price. Both are in units of 2^-32.
pub const ONE: u64 = 1 << 32;
/// The fullness at which the level stays as it is: one half.
pub const TARGET: u64 = ONE / 2;
/// The number of doublings per week of the level, per unit of fullness above the target: at 95 %
/// the price doubles every 2.9 hours.
pub const DOUBLINGS_PER_WEEK: u64 = 128;
/// The maximum level: ten doublings.
pub const MAX_LEVEL: u64 = 10 * ONE;
/// The number of doublings by which the price is higher at once, per unit of fullness above the
/// target: nine at 95 %.
pub const SURCHARGE: u64 = 20;
/// Picoseconds per second.
const SECOND: u128 = 1_000_000_000_000;

/// The level of the price: the doublings by which it is higher because capacity has been full.
#[derive(
	Clone,
	Copy,
	Debug,
	Default,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct RentLevel {
	/// The level in `since`, in units of 2^-32 doublings.
	pub doublings: u64,
	/// The slot since which capacity has been as full as it is.
	pub since: Slot,
}

impl RentLevel {
	/// The level in slot `now`, if capacity has had this fullness since the level was stored.
	pub fn at(&self, now: Slot, fullness: u64, slots_per_week: Slots) -> Self {
		let passed = u128::from(now.saturating_sub(self.since));
		let moved = |part: u64| {
			let doublings = u128::from(part)
				.saturating_mul(DOUBLINGS_PER_WEEK.into())
				.saturating_mul(passed)
				.checked_div(slots_per_week.into())
				.unwrap_or_default();
			u64::try_from(doublings).unwrap_or(u64::MAX)
		};
		let doublings = if fullness > TARGET {
			self.doublings.saturating_add(moved(fullness.saturating_sub(TARGET))).min(MAX_LEVEL)
		} else {
			self.doublings.saturating_sub(moved(TARGET.saturating_sub(fullness)))
		};
		Self { doublings, since: now.max(self.since) }
	}

	/// The price at this level and fullness, in planck per second of reserved computation: `floor`,
	/// doubled. Between two doublings it is interpolated.
	pub fn price(&self, fullness: u64, floor: Balance) -> Balance {
		let surcharge = fullness.saturating_sub(TARGET).saturating_mul(SURCHARGE);
		let doublings = self.doublings.saturating_add(surcharge);
		// At most 2^20 and a bit, being the power of at most 20 doublings.
		let whole = 1u128.checked_shl((doublings >> 32) as u32).unwrap_or(u128::MAX);
		let part = u128::from(doublings % ONE).saturating_add(ONE.into());
		floor.saturating_mul(whole).saturating_mul(part).checked_div(ONE.into()).unwrap_or_default()
	}
}

/// The rent of reserving `rate` per slot for this number of slots, in planck, rounded up.
pub fn rent(price: Balance, rate: Weight, slots: Slot) -> Balance {
	let computation = u128::from(rate.ref_time()).saturating_mul(slots.into());
	price.saturating_mul(computation).div_ceil(SECOND)
}

impl<T: Config> Pallet<T> {
	/// The part of the capacity that is taken, in units of 2^-32.
	pub(crate) fn fullness(capacity: &Capacity) -> u64 {
		capacity.fullness(Self::share(), T::SessionLength::get())
	}

	/// Brings the level of the price up to date, before reservations change.
	pub(crate) fn settle_rent_level(capacity: &mut Capacity) {
		let fullness = Self::fullness(capacity);
		capacity.rent = capacity.rent.at(Self::now(), fullness, T::SlotsPerWeek::get());
	}

	/// The price of reserving in this slot, in planck per second of computation.
	pub(crate) fn rent_price(capacity: &Capacity) -> Balance {
		let fullness = Self::fullness(capacity);
		let level = capacity.rent.at(Self::now(), fullness, T::SlotsPerWeek::get());
		level.price(fullness, T::RentFloor::get())
	}

	/// The slot up to which a topic must have paid so that this epoch may open: the one in which
	/// the epoch's reports close, and in which a topic that ends with it releases its reservation.
	pub(crate) fn paid_through(epoch: Slot, parameters: &TopicParameters) -> Slot {
		EpochWindows::new(epoch, parameters).due(allora_primitives::Step::CloseReputers)
	}

	/// The rent that the topic owes so that this epoch may open, and the slot up to which it has
	/// paid then.
	pub(crate) fn rent_due(
		epoch: Slot,
		parameters: &TopicParameters,
		state: &TopicState,
		price: Balance,
	) -> (Balance, Slot) {
		let through = Self::paid_through(epoch, parameters).max(state.paid_through);
		let unpaid = through.saturating_sub(state.paid_through.max(Self::now()));
		let rate = state.reservation.as_ref().map_or(Weight::zero(), |own| own.rate);
		(rent(price, rate, unpaid), through)
	}

	/// The rent of what the topic reserves in addition to the rate `before`, for the slots that it
	/// has paid for already at that rate.
	pub(crate) fn rent_of_added(before: Weight, state: &TopicState, price: Balance) -> Balance {
		let rate = state.reservation.as_ref().map_or(Weight::zero(), |own| own.rate);
		let paid = state.paid_through.saturating_sub(Self::now());
		rent(price, rate.saturating_sub(before), paid)
	}
}
