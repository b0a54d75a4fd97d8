//! Regrets as they are stored: 64-bit fixed point, in rows by slot.
//!
//! A regret is an average of differences of two losses and of an initial regret. Losses are at most
//! 1 000 in magnitude and initial regrets at most 2 000 (S 11.4), so a regret is at most 2 000 in
//! magnitude. A cell ranges to 32 768 in steps of 2^-48 (3.6e-15); a regret beyond that would be an
//! error, which voids the epoch. Storing rounds to nearest, with an error of at most 1.8e-15.
//! Divided by the default epsilon, the minimum scale of regrets,
//! that is 1.8e-13. Smoothing by alpha bounds the accumulated error of all epochs by 1.8e-15 /
//! alpha.
//!
//! A cell takes half the bytes of a decimal, converts by a shift instead of two 256-bit divisions,
//! and a row of integers is encoded and decoded in one piece.

use allora_math::{MathError, MathResult, Real};
use allora_primitives::FixedI128;
use frame_support::{traits::Get, BoundedVec};

/// The cell of an unknown regret.
pub const UNKNOWN: i64 = i64::MIN;

/// The number of fraction bits of [`Real`] that a cell drops.
const DROPPED: u32 = 16;

/// The cell of a regret; [`MathError::Overflow`] if the regret is 32 768 or more in magnitude.
pub fn to_cell(regret: Option<Real>) -> MathResult<i64> {
	regret.map_or(Ok(UNKNOWN), |regret| pack(regret, DROPPED))
}

/// The regret of a cell, exact; `None` if it is unknown.
pub fn from_cell(cell: i64) -> Option<Real> {
	(cell != UNKNOWN).then(|| unpack(cell, DROPPED))
}

/// A number without its last `dropped` fraction bits, 1 to 63 of them, rounded to nearest.
///
/// [`MathError::Overflow`] if the magnitude does not fit; the result is never [`UNKNOWN`].
pub(crate) fn pack(value: Real, dropped: u32) -> MathResult<i64> {
	// The magnitude is rounded, so that the cells of a number and its negative are opposite.
	let half = 1u128 << (dropped - 1);
	let rounded = value.to_bits().unsigned_abs().checked_add(half).ok_or(MathError::Overflow)?;
	let cell = i64::try_from(rounded >> dropped).map_err(|_| MathError::Overflow)?;
	// At most `i64::MAX`, so its negative exists and is not `UNKNOWN`.
	Ok(if value < 0 { cell.wrapping_neg() } else { cell })
}

/// The number of a cell of [`pack`], exact.
pub(crate) fn unpack(cell: i64, dropped: u32) -> Real {
	Real::from_bits(i128::from(cell) << dropped)
}

/// The regret of a cell as a decimal; `None` if it is unknown.
pub fn to_decimal(cell: i64) -> Option<FixedI128> {
	allora_math::convert::to_fixed(from_cell(cell)?).ok()
}

/// The regret in a slot of a row; `None` if there is no slot, or if the row ends before it.
pub(crate) fn read(row: &[i64], slot: Option<usize>) -> Option<Real> {
	from_cell(*row.get(slot?)?)
}

/// Makes the regret in a slot of a row unknown.
pub(crate) fn clear<S: Get<u32>>(row: &mut BoundedVec<i64, S>, slot: usize) {
	if let Some(cell) = row.get_mut(slot) {
		*cell = UNKNOWN;
	}
}

/// Writes the regrets of `table` from `start` on into these slots of a row.
///
/// Fails with [`MathError::Shape`] if the table or the row is too short, and as [`to_cell`].
pub(crate) fn write<S: Get<u32>>(
	row: &mut BoundedVec<i64, S>,
	slots: &[usize],
	table: &[Option<Real>],
	start: usize,
) -> MathResult<()> {
	for (offset, slot) in slots.iter().enumerate() {
		let regret = table.get(start.saturating_add(offset)).ok_or(MathError::Shape)?;
		let cell = to_cell(*regret)?;
		if row.len() <= *slot && cell != UNKNOWN {
			row.bounded_resize(slot.saturating_add(1), UNKNOWN);
		}
		match row.get_mut(*slot) {
			Some(place) => *place = cell,
			None if cell == UNKNOWN => (),
			None => return Err(MathError::Shape),
		}
	}
	Ok(())
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn regret_survives_storing_within_half_a_step() {
		let step = Real::from_bits(1 << DROPPED);
		for n in [0, 1, -1, 7, -1_999, 32_767] {
			for d in [1, 3, 7, 1_000_003] {
				let regret = Real::from_num(n) / d;
				let stored = from_cell(to_cell(Some(regret)).unwrap()).unwrap();
				assert!((stored - regret).abs() <= step / 2, "{regret} became {stored}");
			}
		}
	}

	#[test]
	fn regret_and_its_negative_have_opposite_cells() {
		// A third has no last bit; three quarters of a step are nearer to the next cell, half a
		// step is in the middle.
		for regret in [Real::ONE / 3, Real::from_bits(3 << 14), Real::from_bits(1 << 15)] {
			assert_eq!(to_cell(Some(-regret)), to_cell(Some(regret)).map(|cell| -cell));
		}
	}

	#[test]
	fn unknown_stays_unknown() {
		assert_eq!(to_cell(None), Ok(UNKNOWN));
		assert_eq!(from_cell(UNKNOWN), None);
		assert_eq!(to_decimal(UNKNOWN), None);
	}

	#[test]
	fn regret_past_the_range_is_refused() {
		let limit = Real::from_num(32_768);
		assert!(to_cell(Some(limit - Real::ONE)).is_ok());
		for regret in [limit, -limit, Real::MAX, Real::MIN] {
			assert_eq!(to_cell(Some(regret)), Err(MathError::Overflow));
		}
	}

	#[test]
	fn cell_reads_as_a_decimal() {
		// 1/4 is exact in both.
		let cell = to_cell(Some(-Real::ONE / 4)).unwrap();
		assert_eq!(to_decimal(cell), Some(-FixedI128::from_rational(1, 4)));
	}
}
