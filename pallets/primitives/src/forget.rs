//! Forgetting a retired topic's records in bounded steps.

use frame_support::weights::{Weight, WeightMeter};
use sp_io::MultiRemovalResults;

/// Most items that are removed at once.
const MOST: u32 = 512;

/// Removes items as far as the meter reaches; answers whether none is left.
///
/// `weight` is that of removing so many items, `clear` removes up to so many.
pub fn forget_items(
	meter: &mut WeightMeter,
	weight: impl Fn(u32) -> Weight,
	clear: impl FnOnce(u32) -> MultiRemovalResults,
) -> bool {
	// The largest number that fits, by halving: ten trials at most.
	let mut limit = MOST;
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
