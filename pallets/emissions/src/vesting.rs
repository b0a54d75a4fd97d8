//! Genesis allocations that are locked and unlock with time (S 15.2).

use crate::pallet::*;
use allora_math::emission::{locked, CLIFF_MONTHS, VESTING_MONTHS};
use allora_primitives::Balance;
use frame_support::traits::{fungible::Inspect, Get, VestingSchedule};
use frame_system::pallet_prelude::BlockNumberFor;

impl<T: Config> Pallet<T> {
	/// Locks an account's genesis allocation, and counts it among the locked tokens.
	///
	/// The vesting pallet has linear schedules only, so an allocation gets two: a third of it
	/// unlocks in the slot in which month 12 begins, and the rest slot by slot until month 36.
	///
	/// Fails, as genesis builders do by a panic, if the account's balance is less than its
	/// allocations, or if it cannot have another schedule.
	pub(crate) fn lock_allocation(who: &T::AccountId, amount: Balance) {
		let allocated = T::Vesting::vesting_balance(who).unwrap_or_default();
		assert!(
			T::Currency::total_balance(who) >= allocated.saturating_add(amount),
			"the balance of {who:?} is less than its locked allocation"
		);
		let month = T::SlotsPerMonth::get();
		let cliff = month.saturating_mul(CLIFF_MONTHS);
		let linear_slots = month.saturating_mul(VESTING_MONTHS.saturating_sub(CLIFF_MONTHS));
		let linear = locked(amount, cliff.into(), month.into());
		let at_cliff = amount.saturating_sub(linear);
		// A schedule unlocks its first part one slot after its start.
		let schedules = [
			(at_cliff, at_cliff, cliff.saturating_sub(1)),
			(linear, linear.div_ceil(Balance::from(linear_slots).max(1)), cliff),
		];
		for (locked, per_slot, start) in schedules {
			let start = BlockNumberFor::<T>::from(start);
			let added = T::Vesting::add_vesting_schedule(who, locked, per_slot, start);
			assert!(added.is_ok(), "the allocation of {who:?} cannot be locked: {added:?}");
		}
		Vested::<T>::mutate(|vested| *vested = vested.saturating_add(amount));
	}
}
