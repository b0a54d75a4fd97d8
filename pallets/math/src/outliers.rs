//! The filter of outliers for the outlier-resistant inference (S 18).

use crate::{
	arith::{gather, mul, norm, sub},
	stats::{ema, median},
	MathError, MathResult, Real,
};
use alloc::vec::Vec;

/// The parameters of the filter (S 3, 18).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutlierParams {
	/// The maximum distance from the median, in deviations; 11 by default.
	pub threshold: Real,
	/// The smoothing factor of the deviation, in (0, 1]; 0.2 by default.
	pub alpha: Real,
}

impl Default for OutlierParams {
	fn default() -> Self {
		Self { threshold: Real::ONE * 11, alpha: Real::ONE / 5 }
	}
}

/// The result of the filter for an epoch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Screened {
	/// The inferers that are kept, as ascending indices into the inferences.
	pub kept: Vec<usize>,
	/// The median of each label's values.
	pub medians: Vec<Real>,
	/// The smoothed deviation, not negative, to be passed as `previous` in the next epoch.
	pub deviation: Real,
}

/// Leaves out inferences that are too far from the median (S 18).
///
/// `inferences` has one row per inferer and one column per label. The median is taken per label.
/// The distance of an inference from the medians is the Euclidean norm over the labels. The median
/// of the distances, smoothed with the `previous` deviation, is the epoch's deviation. An inferer
/// whose distance exceeds [`OutlierParams::threshold`] deviations is left out; none is if the
/// deviation or all medians are 0.
///
/// At least half of the inferers are kept if `threshold * alpha` is at least 1, as by default: half
/// of the distances are at most their median, and the deviation is at least alpha times that
/// median.
///
/// [`MathError::Empty`] without inferences, [`MathError::Shape`] if rows do not have `labels`
/// values each, [`MathError::Domain`] for `alpha` outside [0, 1] or a negative threshold or
/// deviation, [`MathError::Overflow`] if values do not fit.
pub fn screen(
	inferences: &[Real],
	labels: usize,
	previous: Option<Real>,
	params: &OutlierParams,
) -> MathResult<Screened> {
	if inferences.is_empty() {
		return Err(MathError::Empty);
	}
	if labels == 0 || !inferences.len().is_multiple_of(labels) {
		return Err(MathError::Shape);
	}
	if params.threshold < 0 || previous.is_some_and(|deviation| deviation < 0) {
		return Err(MathError::Domain);
	}
	let medians = gather((0..labels).map(|label| {
		let column: Vec<_> = inferences.iter().skip(label).step_by(labels).copied().collect();
		median(&column)
	}))?;
	let distances = gather(inferences.chunks(labels).map(|row| distance(row, &medians)))?;
	let deviation = ema(params.alpha, median(&distances)?, previous)?;
	let keeps_all = deviation == 0 || medians.iter().all(|median| *median == 0);
	let maximum = if keeps_all { Real::MAX } else { mul(params.threshold, deviation)? };
	let keep = |(inferer, distance): (usize, &Real)| (*distance <= maximum).then_some(inferer);
	let kept = distances.iter().enumerate().filter_map(keep).collect();
	Ok(Screened { kept, medians, deviation })
}

/// The Euclidean distance between two points, rounded down.
fn distance(point: &[Real], other: &[Real]) -> MathResult {
	let apart = point.iter().zip(other).map(|(a, b)| sub(*a, *b));
	norm(gather(apart)?.into_iter())
}

#[cfg(test)]
mod tests {
	use super::*;
	use alloc::vec;

	fn reals(xs: &[i64]) -> Vec<Real> {
		xs.iter().map(|x| Real::from_num(*x)).collect()
	}

	fn screened(xs: &[i64], labels: usize, previous: Option<i64>) -> Screened {
		let previous = previous.map(Real::from_num);
		screen(&reals(xs), labels, previous, &OutlierParams::default()).unwrap()
	}

	#[test]
	fn value_more_than_eleven_deviations_away_is_left_out() {
		// The median is 12, the distances are 2, 1, 0, 1, 88 and their median is 1: 88 > 11 * 1.
		let found = screened(&[10, 11, 12, 13, 100], 1, None);
		assert_eq!(found.kept, [0, 1, 2, 3]);
		assert_eq!(found.medians, reals(&[12]));
		assert_eq!(found.deviation, Real::ONE);
	}

	#[test]
	fn value_exactly_eleven_deviations_away_is_kept() {
		// The median is 12, the distances are 2, 1, 0, 1, 11 and their median is 1: 11 = 11 * 1.
		assert_eq!(screened(&[10, 11, 12, 13, 23], 1, None).kept, [0, 1, 2, 3, 4]);
		// The distances are 2, 1, 0, 1, 12.
		assert_eq!(screened(&[10, 11, 12, 13, 24], 1, None).kept, [0, 1, 2, 3]);
		// Below the median: the distances are 13, 1, 0, 1, 2.
		assert_eq!(screened(&[-1, 11, 12, 13, 14], 1, None).kept, [1, 2, 3, 4]);
	}

	#[test]
	fn deviation_is_smoothed_over_the_epochs() {
		// 0.2 * 1 + 0.8 * 11 = 9, and 88 <= 11 * 9 = 99.
		let found = screened(&[10, 11, 12, 13, 100], 1, Some(11));
		assert_eq!(found.kept, [0, 1, 2, 3, 4]);
		assert!((found.deviation - Real::from_num(9)).abs() < Real::DELTA * 16);
		// 0.2 * 1 + 0.8 * 6 = 5, and 88 > 11 * 5 = 55.
		let found = screened(&[10, 11, 12, 13, 100], 1, Some(6));
		assert_eq!(found.kept, [0, 1, 2, 3]);
		assert!((found.deviation - Real::from_num(5)).abs() < Real::DELTA * 16);
	}

	#[test]
	fn all_are_kept_if_the_median_or_the_deviation_is_zero() {
		// The median is 0; the deviation 1 is smoothed nevertheless.
		let found = screened(&[-1, -1, 0, 1, 100], 1, None);
		assert_eq!((found.kept, found.deviation), (vec![0, 1, 2, 3, 4], Real::ONE));
		// More than half coincide, so the deviation is 0.
		let found = screened(&[5, 5, 5, 100], 1, None);
		assert_eq!((found.kept, found.deviation), (vec![0, 1, 2, 3], Real::ZERO));
		// One inferer is its own median.
		assert_eq!(screened(&[7], 1, None).kept, [0]);
	}

	#[test]
	fn previous_deviation_filters_values_that_coincide() {
		// The distances are 0, 0, 0, 95, so 0.2 * 0 + 0.8 * 10 = 8, and 95 > 88.
		assert_eq!(screened(&[5, 5, 5, 100], 1, Some(10)).kept, [0, 1, 2]);
	}

	#[test]
	fn distance_of_several_labels_is_their_euclidean_norm() {
		// The medians are (2, 2); of the first four the distances are 0, 1, 1, 1.
		let crowd = [2, 2, 2, 3, 2, 1, 3, 2];
		let with = |last: [i64; 2]| screened(&[crowd.as_slice(), &last].concat(), 2, None);
		// (6, 8) away is 10 <= 11.
		let found = with([8, 10]);
		assert_eq!(found.kept, [0, 1, 2, 3, 4]);
		assert_eq!((found.medians, found.deviation), (reals(&[2, 2]), Real::ONE));
		// (8, 8) away is sqrt 128 > 11, though no label alone is more than 11 away.
		assert_eq!(with([10, 10]).kept, [0, 1, 2, 3]);
		// One label's median is 0, the other's is not: still screened.
		let found = screened(&[0, 2, 0, 3, 0, 1, 0, 3, 0, 99], 2, None);
		// The medians are (0, 3), the distances 1, 0, 2, 0, 96.
		assert_eq!((found.kept, found.medians), (vec![0, 1, 2, 3], reals(&[0, 3])));
	}

	#[test]
	fn half_of_the_inferers_are_kept_after_a_deviation_of_zero() {
		// A deviation of 0 stored, then values far apart: distances 40, 20, 0, 20, 40, so
		// 0.2 * 20 = 4 and 40 <= 44.
		assert_eq!(screened(&[60, 80, 100, 120, 140], 1, Some(0)).kept, [0, 1, 2, 3, 4]);
		// Distances 60, 20, 0, 20, 60 of which only the 60s are above 44.
		assert_eq!(screened(&[40, 80, 100, 120, 160], 1, Some(0)).kept, [1, 2, 3]);
	}

	#[test]
	fn bad_input_is_a_named_error() {
		let params = OutlierParams::default();
		assert_eq!(screen(&[], 1, None, &params), Err(MathError::Empty));
		assert_eq!(screen(&reals(&[1, 2, 3]), 2, None, &params), Err(MathError::Shape));
		assert_eq!(screen(&reals(&[1]), 0, None, &params), Err(MathError::Shape));
		let one = reals(&[1]);
		assert_eq!(screen(&one, 1, Some(-Real::DELTA), &params), Err(MathError::Domain));
		let negative = OutlierParams { threshold: -Real::DELTA, ..params };
		assert_eq!(screen(&one, 1, None, &negative), Err(MathError::Domain));
		let fast = OutlierParams { alpha: Real::ONE * 2, ..params };
		assert_eq!(screen(&one, 1, None, &fast), Err(MathError::Domain));
		assert_eq!(screen(&[Real::MAX, Real::MIN], 1, None, &params), Err(MathError::Overflow));
	}
}
