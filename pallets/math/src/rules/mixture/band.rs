//! The band around the median to which values are limited (S 9.4.3).

use super::{
	copies::Groups,
	numbers::{mix, weighted_median},
	state::Band,
	weights::NEWCOMER,
	Params, MAX_VALUE,
};
use crate::{
	arith::{abs, add, gather, mul, sub, sum, Reciprocal},
	loss::Loss,
	predictive::LabelState,
	stats::{count, over_count},
	MathError, MathResult, Real,
};
use alloc::vec::Vec;

/// The half-width of the band in mean absolute errors, or in median deviations.
const WIDTH: i32 = 4;

/// The shares of a group's weight in the median: of its weight in base S, and of its head.
const BY_WEIGHT: Real = Real::lit("0.4");
const BY_HEAD: Real = Real::lit("0.6");

/// The weighted median of each label, the bands, the mean of the labels' median deviations, and what
/// each group weighs in the medians.
pub(super) struct Bands {
	pub(super) medians: Vec<Real>,
	pub(super) bands: Vec<Band>,
	pub(super) deviation: Real,
	pub(super) shares: Vec<Real>,
}

/// The weights of groups in the median: `0.4` of their weight in base S, and `0.6` of the share of
/// their heads, which are 1 for a group with a known worker and a quarter for another one.
fn group_weights(groups: &Groups, weights: &[Real], known: &[bool]) -> MathResult<Vec<Real>> {
	let all_new = known.iter().all(|known| !known);
	let is_known = |member: &usize| known.get(*member).copied().unwrap_or_default();
	let heads = groups.members().map(|members| match all_new || members.iter().any(is_known) {
		true => Real::ONE,
		false => NEWCOMER,
	});
	let heads: Vec<_> = heads.collect();
	let by_heads = Reciprocal::new(sum(&heads)?)?;
	let weights = groups.sums(weights)?;
	gather(weights.iter().zip(&heads).map(|(weight, head)| {
		mix([(BY_WEIGHT, *weight), (BY_HEAD, by_heads.nearest(*head)?)].into_iter())
	}))
}

/// Whether there are enough groups for a band.
fn are_enough(groups: usize, label: &LabelState) -> bool {
	groups >= 3 || (groups == 2 && label.scale > 0)
}

/// The band around the weighted median of values, and their weighted median distance from it.
///
/// The pairs are left with the distances instead of the values.
fn around(
	median: Real,
	pairs: &mut [(Real, Real)],
	label: &LabelState,
) -> MathResult<(Band, Real)> {
	for (value, _) in &mut *pairs {
		*value = abs(sub(*value, median)?)?;
	}
	let deviation = weighted_median(pairs)?;
	let width = mul(Real::from_num(WIDTH), label.scale.max(deviation))?;
	Ok((Band { low: sub(median, width)?, high: add(median, width)? }, deviation))
}

/// The bands for the values of groups; without limits where there are too few groups, and for
/// probabilities, which are limited by themselves.
pub(super) fn bands(
	params: &Params,
	labels: &[LabelState],
	values: &[Real],
	groups: &Groups,
	weights: &[Real],
	known: &[bool],
) -> MathResult<Bands> {
	let shares = group_weights(groups, weights, known)?;
	let (medians, bands) = (Vec::new(), Vec::new());
	let mut found = Bands { medians, bands, deviation: Real::ZERO, shares };
	for (label, state) in labels.iter().enumerate() {
		let column = groups.firsts().map(|first| {
			let at = first.checked_mul(params.labels).and_then(|start| start.checked_add(label));
			at.and_then(|at| values.get(at)).copied().ok_or(MathError::Shape)
		});
		let mut pairs: Vec<_> =
			gather(column)?.into_iter().zip(found.shares.iter().copied()).collect();
		let median = weighted_median(&mut pairs)?;
		let mut band = Band { low: -MAX_VALUE, high: MAX_VALUE };
		if are_enough(pairs.len(), state) && !params.has_probabilities() {
			let deviation;
			(band, deviation) = around(median, &mut pairs, state)?;
			found.deviation = add(found.deviation, deviation)?;
		}
		found.medians.push(median);
		found.bands.push(band);
	}
	found.deviation = over_count(found.deviation.to_bits(), params.labels)?;
	if matches!(params.loss, Some(Loss::Pinball { .. })) {
		ascend(&mut found.bands);
	}
	Ok(found)
}

/// Moves edges inward until they ascend over the labels, so that rows that do not decrease still do
/// not once they are limited. Medians do not decrease either, so each stays in its band.
fn ascend(bands: &mut [Band]) {
	let (mut low, mut high) = (Real::MIN, Real::MAX);
	for band in bands.iter_mut() {
		low = low.max(band.low);
		band.low = low;
	}
	for band in bands.iter_mut().rev() {
		high = high.min(band.high);
		band.high = high;
	}
}

/// Limits corrected values to a band of their own, around their weighted median: a correction that
/// all workers need is no reason to cut it off, and one that a worker alone has carries nobody far.
///
/// `shares` is what groups weigh in medians, of which each member has an equal part.
pub(super) fn limit_corrected(
	label: &LabelState,
	groups: &Groups,
	shares: &[Real],
	corrected: &mut [Real],
) -> MathResult<()> {
	if corrected.is_empty() || !are_enough(groups.len(), label) {
		return Ok(());
	}
	let mut pairs = Vec::with_capacity(corrected.len());
	for (members, share) in groups.members().zip(shares) {
		let part = over_count(share.to_bits(), members.len())?;
		for member in members {
			pairs.push((*corrected.get(*member).ok_or(MathError::Shape)?, part));
		}
	}
	let median = weighted_median(&mut pairs)?;
	let (Band { low, high }, _) = around(median, &mut pairs, label)?;
	for value in corrected {
		*value = (*value).max(low).min(high);
	}
	Ok(())
}

/// Limits all rows to the bands.
///
/// Where the topic restricts the sum of a row, what the bands cut off is spread over its labels.
pub(super) fn limit(params: &Params, bands: &[Band], values: &[Real]) -> MathResult<Vec<Real>> {
	let mut limited = Vec::with_capacity(values.len());
	for row in values.chunks_exact(params.labels.max(1)) {
		let mut cut = Real::ZERO;
		let start = limited.len();
		for (value, band) in row.iter().zip(bands) {
			// Not `clamp`, which panics if the bounds are not in order.
			let inside = (*value).max(band.low).min(band.high);
			cut = add(cut, sub(*value, inside)?)?;
			limited.push(inside);
		}
		if params.unity && cut != 0 {
			let share = over_count(cut.to_bits(), params.labels)?;
			for value in limited.iter_mut().skip(start) {
				*value = add(*value, share)?;
			}
		}
	}
	let rows = count(limited.len())?;
	(rows == count(values.len())?).then_some(limited).ok_or(MathError::Shape)
}
