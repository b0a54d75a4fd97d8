//! Arithmetic on 64-bit words: the products and reciprocals of the inner loops.
//!
//! In WebAssembly, which has no product of 64 by 64 bits, a full product is a call of `__multi3`.
//! Four products of halves of 32 bits are no way around it: LLVM recognizes them (rustc 1.95) and
//! emits the same call, so this file has one version for all targets. The reciprocals are measured
//! against `u128::MAX / d`, which gives the same number: 4.5 instead of 5.3 ns natively, 13 instead
//! of 63 ns in WebAssembly (V8).

/// The full product of two words.
pub(crate) const fn wide(a: u64, b: u64) -> u128 {
	(a as u128) * (b as u128)
}

/// The full product of two signed words.
pub(crate) const fn signed_wide(a: i64, b: i64) -> i128 {
	(a as i128) * (b as i128)
}

/// The upper half of the product of two words.
pub(crate) const fn high(a: u64, b: u64) -> u64 {
	(wide(a, b) >> 64) as u64
}

/// For the upper nine bits d of a divisor, from 256, `(2^19 - 3 * 2^8) / d` and its square.
const SEEDS: [(u32, u32); 256] = {
	let mut seeds = [(0, 0); 256];
	let mut index = 0;
	while index < 256 {
		let seed = ((1 << 19) - 3 * (1 << 8)) / (256 + index as u32);
		seeds[index] = (seed, seed * seed);
		index += 1;
	}
	seeds
};

/// `2^128 / d - 2^64` for a divisor with its top bit set, at most 2 too small.
///
/// The Newton steps of Moeller and Granlund, "Improved division by invariant integers" (2011),
/// without the last one, which makes the result exact.
const fn near_reciprocal(d: u64) -> u64 {
	let (v0, square) = SEEDS[(d >> 55) as usize & 255];
	let (d40, d63) = ((d >> 24) + 1, (d >> 1) + (d & 1));
	let v1 = ((v0 as u64) << 11) - ((square as u64 * d40) >> 40) - 1;
	let v2 = (v1 << 13) + ((v1 * ((1 << 60) - v1 * d40)) >> 47);
	let error = ((v2 >> 1) & 0u64.wrapping_sub(d & 1)).wrapping_sub(v2.wrapping_mul(d63));
	(v2 << 31).wrapping_add(high(v2, error) >> 1)
}

/// `(2^128 - 1) / d - 2^64`, rounded down, for a divisor with its top bit set.
pub(crate) const fn reciprocal(d: u64) -> u64 {
	let v = near_reciprocal(d);
	let excess = (wide(v, d).wrapping_add(d as u128) >> 64) as u64;
	v.wrapping_sub(excess.wrapping_add(d))
}

/// `1 / (1 + x)` for x in [0, 1), both in units of 2^-64, within 2 units; 2^64 - 1 for x = 0.
pub(crate) fn inverse_of_one_plus(x: u64) -> u64 {
	(1 << 63) | (near_reciprocal((1 << 63) | (x >> 1)) >> 1)
}

/// For the upper eight bits x of a number, from 64, `2^19 / sqrt(x + 1/2)`, an inverse root with 15
/// fraction bits, and its square.
const ROOT_SEEDS: [(u32, u32); 192] = {
	let mut seeds = [(0, 0); 192];
	let mut index = 0;
	while index < 192 {
		let seed = ((1u64 << 39) / (2 * (64 + index as u64) + 1)).isqrt() as u32;
		seeds[index] = (seed, seed * seed);
		index += 1;
	}
	seeds
};

/// A number, not zero, as `m 2^(128 - s)` with an even s and m in [1/4, 1), in units of 2^-64, and
/// the inverse root of m, in (1, 2], with 61 fraction bits.
///
/// Three Newton steps, which need no division, from a seed of 8 bits.
fn inverse_root_of_mantissa(x: u128) -> (u64, u32, u64) {
	let (upper, lower) = ((x >> 64) as u64, x as u64);
	let (m, shift) = if upper > 0 {
		let shift = upper.leading_zeros() & !1;
		(((x << (shift & 63)) >> 64) as u64, shift)
	} else {
		let shift = lower.leading_zeros() & 62;
		(lower << shift, 64 + shift)
	};
	let seed = ROOT_SEEDS.get(((m >> 56) as usize).wrapping_sub(64)).copied().unwrap_or_default();
	let (y, square) = (u64::from(seed.0), u64::from(seed.1));
	// y (3 - m y^2) / 2 with 15, 30, 61 and 61 fraction bits.
	let y = (y * (((3 << 62) - square * (m >> 32)) >> 31)) >> 17;
	let y = high(y << 32, ((3 << 60) - high(y * y, m)) << 2);
	let y = high(y << 1, ((3 << 60) - high(high(y << 1, y << 1), m)) << 2);
	(m, shift, y)
}

/// The square root, with a relative error of at most 2^-58 and one unit.
pub(crate) fn root(x: u128) -> u64 {
	if x == 0 {
		return 0;
	}
	let (m, shift, y) = inverse_root_of_mantissa(x);
	let root = high(m, y << 1);
	if root >= 1 << 62 {
		return u64::MAX >> (shift / 2);
	}
	(root << 2) >> (shift / 2)
}

/// The inverse square root `y 2^(s - 64)` of a number that is not zero: y, in (1, 2] with 61
/// fraction bits and a relative error of at most 2^-58, and s, at most 63.
pub(crate) fn inverse_root(x: u128) -> (u64, u32) {
	let (_, shift, y) = inverse_root_of_mantissa(x);
	(y, shift / 2)
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::testing::random::{any_bits, any_word, config};
	use proptest::prelude::*;

	proptest! {
		#![proptest_config(config(5000))]

		#[test]
		fn reciprocal_is_exact(word in any_word()) {
			let d = word | (1 << 63);
			let want = u128::MAX / u128::from(d) - (1 << 64);
			prop_assert_eq!(u128::from(reciprocal(d)), want);
			let near = u128::from(near_reciprocal(d));
			prop_assert!(near <= want + 1 && near + 2 >= want);
		}

		#[test]
		fn inverse_of_one_plus_is_within_two_units(x in any_word()) {
			let want = u128::MAX / ((1 << 64) + u128::from(x));
			prop_assert!(u128::from(inverse_of_one_plus(x)).abs_diff(want) <= 2);
		}

		#[test]
		fn inverse_root_is_near(bits in any_bits()) {
			let x = bits.max(1);
			let (y, s) = inverse_root(x);
			// The square of y 2^(s - 64), times x, is 1; y^2 has 122 fraction bits, here 62.
			let square = (u128::from(y) * u128::from(y)) >> 60;
			let m = (x << (2 * s)) >> 64;
			let one = (square * m) >> 64;
			prop_assert!(one.abs_diff(1 << 62) <= 1 << 6, "{:x} {}", y, s);
		}

		#[test]
		fn root_is_near(x in any_bits()) {
			let (got, want) = (root(x), x.isqrt());
			let error = u128::from(got).abs_diff(want);
			prop_assert!(error <= (want >> 58) + 1, "{} {}", got, want);
		}
	}
}
