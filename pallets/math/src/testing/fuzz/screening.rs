//! What keeps a few wrong values from moving a result: the median of votes, and the filter of
//! outliers with the inference that it is for.

use super::{epoch, Bytes};
use crate::{
	losses::weighted_median,
	outliers::{screen, OutlierParams},
	resistant::resistant,
	synthesis::{synthesise, Input},
	MathError, Real,
};
use alloc::vec::Vec;
use sp_arithmetic::FixedI128;

/// A median lies within the range of any votes with more than half of the weight, whatever the
/// others are.
pub(super) fn check_votes(bytes: &mut Bytes) {
	let count = bytes.below(17);
	let honest = bytes.list(count, |bytes| {
		let value = FixedI128::from_inner(bytes.bits() >> bytes.below(127));
		(value, bytes.bits().unsigned_abs() >> bytes.below(128))
	});
	let sum = honest.iter().try_fold(0u128, |sum, (_, weight)| sum.checked_add(*weight));
	let Some(total) = sum.filter(|sum| *sum <= u128::MAX / 2) else {
		assert_eq!(weighted_median(&mut honest.clone()), Err(MathError::Overflow));
		return;
	};
	if total == 0 {
		assert_eq!(weighted_median(&mut honest.clone()), Err(MathError::DivisionByZero));
		return;
	}
	assert_within(&honest, weighted_median(&mut honest.clone()));
	let (mut all, mut others) = (Vec::new(), Vec::new());
	let mut wrong = 0;
	for (value, weight) in &honest {
		let extreme = bytes.byte();
		if extreme > 127 && 2 * (wrong + weight) < total {
			wrong += weight;
			let value = if extreme % 2 == 1 { i128::MIN } else { i128::MAX };
			all.push((FixedI128::from_inner(value), *weight));
		} else {
			all.push((*value, *weight));
			others.push((*value, *weight));
		}
	}
	assert_within(&others, weighted_median(&mut all));
}

/// Asserts that a median is within the range of these votes, of those that have weight.
fn assert_within(votes: &[(FixedI128, u128)], median: Result<FixedI128, MathError>) {
	let values = || votes.iter().filter(|(_, weight)| *weight > 0).map(|(value, _)| *value);
	let within = |median| values().min() <= Some(median) && Some(median) <= values().max();
	assert!(median.is_ok_and(within), "{median:?} of {votes:?}");
}

/// The filter keeps at least half of accepted inferences, and the inference of those it keeps is
/// within their range.
pub(super) fn check_outliers(bytes: &mut Bytes) {
	let most = Real::from_num(999);
	let epoch = epoch(bytes, |bytes| bytes.within(most));
	let labels = epoch.labels;
	let previous = (bytes.byte() > 100).then(|| bytes.within(most).abs());
	let input = Input { all_new: bytes.byte() > 200, ..epoch.input() };
	let rows: Vec<_> = input.inferences.chunks(labels).collect();
	let screened = screen(input.inferences, labels, previous, &OutlierParams::default())
		.expect("accepted numbers fit");
	assert!(screened.deviation >= 0 && screened.kept.is_sorted(), "{screened:?}");
	assert!(2 * screened.kept.len() >= rows.len(), "{screened:?}");
	// A rounding per member.
	let rounding = Real::from_bits(1 << 24);
	let network = resistant(&input, &screened.kept).expect("accepted numbers fit");
	for (label, value) in network.values.iter().enumerate() {
		let kept = || screened.kept.iter().map(|inferer| rows[*inferer][label]);
		let (low, high) =
			(kept().min().expect("some are kept"), kept().max().expect("some are kept"));
		assert!((low - rounding..=high + rounding).contains(value), "{value} of {low} to {high}");
		assert!(network.disagreement[label].is_sorted(), "{network:?}");
		let all = rows.iter().map(|row| row[label]);
		let (low, high) = (all.clone().min(), all.max());
		let median = Some(screened.medians[label]);
		assert!(low <= median && median <= high, "{screened:?}");
	}
	let everybody: Vec<_> = (0..rows.len()).collect();
	let network = resistant(&input, &everybody).expect("accepted numbers fit");
	let bundle = synthesise(&input).expect("accepted numbers fit");
	for (value, combined) in network.values.iter().zip(&bundle.values) {
		assert!((*value - *combined).abs() < rounding, "{value} is not {combined}");
	}
}
