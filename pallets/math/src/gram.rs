//! The scores of reputers from the inner products of their reports (S 12.3).
//!
//! Let o be the first report, u_m the difference of report m from it, and s the shares of adjusted
//! stake. The consensus is `c = o + sum s_j u_j`, so its norm and its distance from a report are
//! quadratic forms in the inner products `G_ij = u_i u_j` and `h_j = o u_j`:
//! `|c|^2 = |o|^2 + 2 s h + s' G s` and `|v_m - c|^2 = G_mm - 2 (G s)_m + s' G s`. The products are
//! computed once. Each scoring in the search for coefficients then takes r^2 multiplications for r
//! reputers, however many losses there are. G has products of differences instead of losses, so
//! that distances between similar reports keep their relative precision.
//!
//! Differences are integers in units of about 2^-57 of the largest difference; o is in units of
//! 2^-57 of the largest difference or loss. Products are exact. A quadratic form of r <= 64
//! reputers is within 8 r squared units, so a distance whose square is at most 16 r squared units
//! counts as zero. Distances are then within 2^6 units: half a unit in each of at most 1024
//! elements of report and consensus, and the error of the form. The norm is within 2^6 units as
//! well; up to that, it counts as zero. From 2^48 units on, the relative error of the norm is at
//! most 2^-42. If reports cancel so that the consensus is shorter, scores are less precise and
//! [`Gram::score`] returns so. Products of stakes and coefficients keep 57 bits of the largest
//! stake, or of the largest product if that is below 2^-9 of the largest stake.

use crate::{
	arith::magnitude,
	limb::{high, inverse_root, reciprocal, root, signed_wide, wide},
	weighing::{self, Weight},
	wide::U256,
	MathError, MathResult, Real,
};
use alloc::{vec, vec::Vec};

/// The maximum numbers of reputers and losses whose quadratic forms fit 127 bits.
const MAX_SIZES: (usize, usize) = (64, 1024);

/// The square of the minimum norm that is precise, in squared units.
const MIN_PRECISE_SQUARE: u128 = 1 << 96;

/// The square of the maximum norm that counts as zero, in squared units.
const MAX_ZERO_SQUARE: u128 = 1 << 12;

/// The minimum sum of stakes times coefficients that is precise enough, in units of 2^-57 of the
/// largest stake.
const MIN_LISTENED: u64 = 1 << 48;

/// The offset that makes inner products positive; they are below 2^(2 * 57 + 10) in absolute value.
const OFFSET: u128 = 1 << 125;

/// The bound of a gain, 2^40; far smaller gains already move a coefficient to 0 or 1.
const MAX_GAIN: i128 = 1 << 104;

/// The inverse of a length.
#[derive(Clone, Copy)]
struct Inverse {
	/// At most 2^62.
	mantissa: u64,
	/// The power of two by which a distance times the mantissa exceeds their quotient with 64
	/// fraction bits.
	down: i32,
}

impl Inverse {
	/// The inverse of a length in units of o.
	fn of_root(square: u128, places: u32) -> Self {
		let (mantissa, shift) = inverse_root(square);
		// From 61 fraction bits to 64, and from units of differences to those of o.
		Self { mantissa, down: 61 - shift as i32 + places as i32 }
	}

	/// The inverse of a number for differences with this number of leading zeros; `None` unless the
	/// number is positive.
	fn of_number(x: Real, place: u32) -> Option<Self> {
		if x <= 0 {
			return None;
		}
		let zeros = magnitude(x).leading_zeros();
		let inverse = u128::from(reciprocal((magnitude(x) << zeros >> 64) as u64)) + (1 << 64);
		// x is 2^(64 - zeros) times the word, whose inverse has 128 fraction bits, here 125; a unit
		// is 2^(71 - place), and both have 64 fraction bits.
		Some(Self { mantissa: (inverse >> 3) as u64, down: place as i32 + 54 - zeros as i32 })
	}

	/// A distance, below 2^63, over the length; at most 2^62.
	fn times(self, distance: u64) -> u128 {
		let product = wide(distance, self.mantissa);
		match self.down {
			0.. => product >> self.down.min(127),
			up if up.unsigned_abs() + 2 > product.leading_zeros() => u128::MAX >> 2,
			up => product << up.unsigned_abs(),
		}
	}
}

/// The inner products of reports, and the stakes of the reputers.
pub(crate) struct Gram {
	/// G row by row, in squared units of differences, each plus [`OFFSET`].
	products: Vec<u128>,
	/// `h`, in units of o times units of differences.
	with_origin: Vec<i128>,
	/// `|o|^2`, in squared units of o.
	origin: i128,
	/// A unit of o is 2 to this power times a unit of differences.
	places: u32,
	/// The inverse of the number that replaces a norm of zero.
	none: Option<Inverse>,
	/// Stakes in proportion to the largest.
	stakes: Vec<Weight>,
	/// `min(N a_m S_m, sum(a S))` of the scoring at hand, in units of 2^-57.
	capped: Vec<u64>,
	/// The shares of adjusted stake of the scoring at hand, in units of 2^-64.
	shares: Vec<u64>,
	/// `G s` of the scoring at hand, in squared units of differences.
	with_consensus: Vec<i128>,
}

impl Gram {
	/// The products of reports; `safe` replaces a norm of zero.
	///
	/// [`MathError::Empty`] without reports, [`MathError::Shape`] if lengths differ,
	/// [`MathError::DivisionByZero`] without stake, [`MathError::Overflow`] if there are more than
	/// 64 reputers or 1024 losses, or if a difference does not fit.
	pub(crate) fn new(reports: &[Vec<Real>], stakes: &[Real], safe: Real) -> MathResult<Self> {
		let first = reports.first().ok_or(MathError::Empty)?;
		let (n, elements) = (reports.len(), first.len());
		if n != stakes.len() || reports.iter().any(|row| row.len() != elements) {
			return Err(MathError::Shape);
		}
		if n > MAX_SIZES.0 || elements > MAX_SIZES.1 {
			return Err(MathError::Overflow);
		}
		let mut differences = Vec::with_capacity(n * elements);
		let mut fits = true;
		for row in reports {
			differences.extend(row.iter().zip(first).map(|(loss, first)| {
				let difference = loss.checked_sub(*first);
				fits &= difference.is_some();
				difference.unwrap_or_default()
			}));
		}
		if !fits {
			return Err(MathError::Overflow);
		}
		let zeros = |of: &[Real]| {
			of.iter().copied().map(magnitude).fold(0, |all, size| all | size).leading_zeros()
		};
		let place = zeros(&differences);
		let origin_place = zeros(first).min(place);
		let origin: Vec<_> = first.iter().map(|loss| in_units(*loss, origin_place)).collect();
		let units: Vec<_> = differences.iter().map(|loss| in_units(*loss, place)).collect();
		let mut products = vec![OFFSET; n * n];
		let rows = || units.chunks(elements.max(1)).enumerate();
		// The difference of the first report from itself is zero.
		for (i, a) in rows().skip(1) {
			for (j, b) in rows().take(i + 1).skip(1) {
				let product = OFFSET.wrapping_add_signed(dot(a, b));
				*products.get_mut(i * n + j).ok_or(MathError::Shape)? = product;
				*products.get_mut(j * n + i).ok_or(MathError::Shape)? = product;
			}
		}
		let with_origin = rows().map(|(_, row)| dot(&origin, row)).collect();
		let stakes = weighing::of_stakes(stakes)?;
		if stakes.is_empty() {
			return Err(MathError::DivisionByZero);
		}
		Ok(Self {
			products,
			with_origin,
			origin: dot(&origin, &origin),
			places: place - origin_place,
			none: Inverse::of_number(safe, place),
			stakes,
			capped: Vec::with_capacity(n),
			shares: Vec::with_capacity(n),
			with_consensus: Vec::with_capacity(n),
		})
	}

	/// Writes the scores of all reputers for coefficients in [0, 2). Returns whether they are
	/// precise, which they are not if the consensus is far shorter than the reports.
	///
	/// [`MathError::DivisionByZero`] if all stakes times coefficients are zero, or if epsilon is
	/// zero and a report equals the consensus; [`MathError::Domain`] for a negative epsilon.
	pub(crate) fn score(
		&mut self,
		coefficients: &[Real],
		epsilon: Real,
		scores: &mut Vec<Real>,
	) -> MathResult<bool> {
		if epsilon < 0 {
			return Err(MathError::Domain);
		}
		self.weigh(coefficients)?;
		let n = self.shares.len();
		self.with_consensus.clear();
		// The row and the column of the first report are zero.
		let others = self.shares.get(1..).unwrap_or_default();
		// The shares add up to at most 1, so no sum exceeds its largest term's bound.
		let raised = ((OFFSET >> 64) * weighing::sum_of(others)) as i128;
		self.with_consensus.push(0);
		for row in self.products.chunks(n).skip(1) {
			let mut sum = 0u128;
			for (product, share) in row.iter().skip(1).zip(others) {
				sum += wide((product >> 64) as u64, *share);
				sum += u128::from(high(*product as u64, *share));
			}
			self.with_consensus.push(sum as i128 - raised);
		}
		let over = |of: &[i128]| {
			let terms = of.iter().zip(&self.shares);
			terms.map(|(product, share)| part(*product, *share)).sum::<i128>()
		};
		let spread = over(&self.with_consensus);
		let slant = over(&self.with_origin);
		let (once, twice) = (self.places.min(127), (2 * self.places).min(127));
		let norm = self.origin + 2 * (slant >> once) + (spread >> twice);
		// Rounding can make it negative.
		let norm = u128::try_from(norm).unwrap_or_default();
		let inverse = if norm > MAX_ZERO_SQUARE {
			Inverse::of_root(norm, once)
		} else {
			self.none.ok_or(MathError::DivisionByZero)?
		};
		let noise = 16 * n as i128;
		let epsilon = magnitude(epsilon);
		scores.clear();
		for (m, with) in self.with_consensus.iter().enumerate() {
			let own = self.products.get(m * n + m).copied().unwrap_or_default();
			let squared = own.wrapping_sub(OFFSET) as i128 - 2 * with + spread;
			let distance = if squared > noise { root(squared.unsigned_abs()) } else { 0 };
			// At most 2^126 and 2^127.
			scores.push(Real::from_bits((inverse.times(distance) + epsilon).cast_signed()));
		}
		for score in scores.iter_mut() {
			*score = inverse_of(score.to_bits().cast_unsigned())?;
		}
		Ok(norm >= MIN_PRECISE_SQUARE)
	}

	/// The sum of stakes times scores, in units of 2^-64 of the largest stake.
	pub(crate) fn total(&self, scores: &[Real]) -> MathResult<u128> {
		let terms = self.stakes.iter().zip(scores).map(|(stake, score)| {
			let score = magnitude(*score);
			wide((score >> 64) as u64, *stake) + u128::from(high(score as u64, *stake))
		});
		// Each is below 2^127.
		terms.into_iter().try_fold(0u128, u128::checked_add).ok_or(MathError::Overflow)
	}

	/// The shares of adjusted stake: `min(N a_m S_m / sum(a S), 1)` over their sum (S 12.3).
	fn weigh(&mut self, coefficients: &[Real]) -> MathResult<()> {
		let n = self.stakes.len() as u64;
		// Both have 63 fraction bits, and so has the product; with 57 it is below 2^58.
		let listened = |(stake, coefficient): (&u64, &Real)| {
			high(*stake, (coefficient.to_bits() >> 1) as u64) >> 6
		};
		self.capped.clear();
		self.capped.extend(self.stakes.iter().zip(coefficients).map(listened));
		// At most 64 each of numbers below 2^58.
		let mut sum: u64 = self.capped.iter().sum();
		if sum < MIN_LISTENED {
			sum = self.magnify(coefficients)?;
		}
		let mut all = 0;
		for stake in &mut self.capped {
			*stake = (n * *stake).min(sum);
			all += u128::from(*stake);
		}
		// The upper 64 bits of the sum, and the same bits of each part.
		let (above, all) = match u64::try_from(all) {
			Ok(all) => (0, all),
			Err(_) => {
				let above = u64::BITS - ((all >> 64) as u64).leading_zeros();
				(above, (all >> above) as u64)
			}
		};
		let zeros = all.leading_zeros();
		let inverse = reciprocal(all << zeros);
		let share = |stake: &u64| {
			let stake = (*stake >> above) << zeros;
			// At most the whole, which gives 2^64 - 1.
			stake + high(stake, inverse)
		};
		self.shares.clear();
		self.shares.extend(self.capped.iter().map(share));
		Ok(())
	}

	/// Writes stakes times coefficients in proportion to the largest product instead of the largest
	/// stake, and returns their sum. The products may be too small for the latter.
	fn magnify(&mut self, coefficients: &[Real]) -> MathResult<u64> {
		// All 64 fraction bits, so that no coefficient but 0 counts as nothing; 1 loses the last one.
		let bits = |coefficient: &Real| u64::try_from(coefficient.to_bits()).unwrap_or(u64::MAX);
		let product = |(stake, coefficient): (&u64, &Real)| wide(*stake, bits(coefficient));
		let products = || self.stakes.iter().zip(coefficients).map(product);
		let zeros = products().fold(0, |all, product| all | product).leading_zeros();
		if zeros >= 128 {
			return Err(MathError::DivisionByZero);
		}
		let products: Vec<_> =
			products().map(|product| ((product << zeros) >> 70) as u64).collect();
		self.capped = products;
		Ok(self.capped.iter().sum())
	}
}

/// The gain of a total relative to its new value: `1 - before / after`, at most 2^40 in absolute
/// value; 0 if both are equal.
pub(crate) fn gain(before: u128, after: u128) -> Real {
	let zeros = after.leading_zeros();
	let change = after.abs_diff(before);
	if change == 0 {
		return Real::ZERO;
	}
	// The highest bit of the change is lower than that of the new total.
	let share = if change < after && change < (after ^ change) {
		let inverse = reciprocal(((after << zeros) >> 64) as u64);
		let change = ((change << zeros) >> 64) as u64;
		i128::from(change) + i128::from(high(change, inverse))
	} else {
		// A change as large as the total is rare, so a division is fast enough.
		let quotient = U256::shifted(change).divide(after);
		let share = quotient.and_then(|(share, _)| i128::try_from(share).ok());
		share.unwrap_or(MAX_GAIN).min(MAX_GAIN)
	};
	Real::from_bits(if after < before { -share } else { share })
}

/// The inner product of losses in units.
///
/// It has two sums, since each addition waits for the one before.
fn dot(a: &[i64], b: &[i64]) -> i128 {
	let (mut even, mut odd) = (0, 0);
	let (pairs, others) = (a.chunks_exact(2), b.chunks_exact(2));
	let last = pairs.remainder().iter().zip(others.remainder());
	for (a, b) in pairs.zip(others) {
		if let ([a0, a1], [b0, b1]) = (a, b) {
			even += signed_wide(*a0, *b0);
			odd += signed_wide(*a1, *b1);
		}
	}
	even + odd + last.map(|(a, b)| signed_wide(*a, *b)).sum::<i128>()
}

/// A loss in units, rounded to nearest: a number with this number of leading zeros keeps 57 bits.
#[inline]
fn in_units(loss: Real, zeros: u32) -> i64 {
	let bits = loss.to_bits();
	match zeros {
		0..=70 => (((bits >> ((70 - zeros) & 127)) + 1) >> 1) as i64,
		_ => (bits << ((zeros - 71) & 127)) as i64,
	}
}

/// A number times a share in units of 2^-64, rounded down by less than two units.
fn part(number: i128, share: u64) -> i128 {
	let (top, bottom) = ((number >> 64) as u64, number as u64);
	// Read as unsigned, a negative upper word is 2^64 too large. Either term may pass the range,
	// but the result is no larger than the number, so that it is right modulo 2^128.
	let excess = i128::from(if number < 0 { share } else { 0 }) << 64;
	(wide(top, share) as i128).wrapping_sub(excess).wrapping_add(i128::from(high(bottom, share)))
}

/// The inverse of a number, given in units of 2^-64, with a relative error of at most 2^-62.
fn inverse_of(bits: u128) -> MathResult {
	let inverse_of_word = |word: u64| i128::from(reciprocal(word)) + 1 + (1 << 64);
	let (upper, lower) = ((bits >> 64) as u64, bits as u64);
	if upper > 0 {
		let zeros = upper.leading_zeros();
		let word = ((bits << (zeros & 63)) >> 64) as u64;
		return Ok(Real::from_bits(inverse_of_word(word) >> (64 - zeros)));
	}
	let zeros = lower.leading_zeros();
	if zeros > 61 {
		return Err(if lower == 0 { MathError::DivisionByZero } else { MathError::Overflow });
	}
	// At most 2^65 times 2^61.
	Ok(Real::from_bits(inverse_of_word(lower << zeros) << zeros))
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn part_of_a_large_negative_number_does_not_overflow() {
		// Three quarters of -2^127, whose terms are 3 * 2^125 and 3 * 2^126.
		assert_eq!(part(i128::MIN, 3 << 62), -(3 << 125));
	}
}
