//! Removing the records of a retired topic in bounded steps.

use frame_support::weights::{Weight, WeightMeter};
use sp_io::MultiRemovalResults;

/// The maximum number of items removed at once.
const MAX_ITEMS: u32 = 512;

/// Removes items within the meter; returns whether none is left.
///
/// `weight` is the weight of removing a number of items; `clear` removes up to a number of them.
pub fn forget_items(
	meter: &mut WeightMeter,
	weight: impl Fn(u32) -> Weight,
	clear: impl FnOnce(u32) -> MultiRemovalResults,
) -> bool {
	// The largest number that fits, by halving: at most ten trials.
	let mut limit = MAX_ITEMS;
	while !meter.can_consume(weight(limit)) {
		limit /= 2;
		if limit == 0 {
			return false;
		}
	}
	let removed = clear(limit);
	meter.consume(weight(removed.unique.min(limit)));
	removed.maybe_cursor.is_none()
}

#[cfg(test)]
mod tests {
	use super::*;
	use core::cell::Cell;

	/// One microsecond, and one more per item.
	fn weight(items: u32) -> Weight {
		Weight::from_parts(1_000_000, 0).saturating_mul(u64::from(items) + 1)
	}

	/// Calls `forget_items` with this number of stored items. Returns its result, the number of
	/// items left, and the microseconds used.
	fn forget(stored: u32, micros: u64) -> (bool, u32, u64) {
		let mut meter = WeightMeter::with_limit(Weight::from_parts(1_000_000 * micros, 0));
		let left = Cell::new(stored);
		let done = forget_items(&mut meter, weight, |limit| {
			let unique = limit.min(stored);
			left.set(stored - unique);
			let maybe_cursor = (unique < stored).then(Vec::new);
			MultiRemovalResults { maybe_cursor, backend: unique, unique, loops: unique }
		});
		(done, left.get(), meter.consumed().ref_time() / 1_000_000)
	}

	#[test]
	fn all_items_are_removed_if_they_fit_and_only_their_weight_is_used() {
		assert_eq!(forget(100, 1_000), (true, 0, 101));
		assert_eq!(forget(0, 1_000), (true, 0, 1));
	}

	#[test]
	fn many_items_are_removed_in_steps_of_512() {
		assert_eq!(forget(1_000, 10_000), (false, 488, 513));
	}

	#[test]
	fn small_meter_removes_the_largest_halving_that_fits() {
		// 512, 256 and 128 do not fit in 100 microseconds, 64 do.
		assert_eq!(forget(1_000, 100), (false, 936, 65));
		assert_eq!(forget(1_000, 2), (false, 999, 2));
	}

	#[test]
	fn meter_too_small_for_one_item_is_not_used() {
		assert_eq!(forget(1_000, 1), (false, 1_000, 0));
	}
}
