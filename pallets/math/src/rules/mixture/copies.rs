//! Copies: workers with equal or nearly equal values share the weight of one (S 9.4.4).

use super::numbers::mix;
use crate::{
	arith::{abs, add, div, gather, mul, mul_div, sub, Reciprocal},
	stats::{count, over_count},
	MathError, MathResult, Real,
};
use alloc::{vec, vec::Vec};

/// The distance below which values count as near, in mean distances from the median.
const NEAR: Real = Real::lit("0.2");

/// How fast nearness falls with the distance: it is complete up to 3/4 of the largest one.
const STEEPNESS: i32 = 4;

/// Workers by equal values, in the order of their first members.
pub(super) struct Groups {
	members: Vec<Vec<usize>>,
}

impl Groups {
	/// Groups rows that are equal in all labels.
	pub(super) fn new(values: &[Real], labels: usize) -> Self {
		let rows: Vec<_> = values.chunks_exact(labels.max(1)).collect();
		let mut members: Vec<Vec<usize>> = Vec::new();
		for (worker, row) in rows.iter().enumerate() {
			let equal = |group: &&mut Vec<usize>| {
				group.first().and_then(|first| rows.get(*first)).is_some_and(|other| other == row)
			};
			match members.iter_mut().find(equal) {
				Some(group) => group.push(worker),
				None => members.push(vec![worker]),
			}
		}
		Self { members }
	}

	/// The members of each group.
	pub(super) fn members(&self) -> impl Iterator<Item = &[usize]> {
		self.members.iter().map(Vec::as_slice)
	}

	/// The first member of each group.
	pub(super) fn firsts(&self) -> impl Iterator<Item = usize> + '_ {
		self.members.iter().filter_map(|group| group.first().copied())
	}

	/// The group of each row, as an index into the groups.
	pub(super) fn of_rows(&self) -> Vec<usize> {
		let mut groups: Vec<_> = self
			.members()
			.enumerate()
			.flat_map(|(group, members)| members.iter().map(move |member| (*member, group)))
			.collect();
		groups.sort_unstable();
		groups.into_iter().map(|(_, group)| group).collect()
	}

	/// The number of groups.
	pub(super) fn len(&self) -> usize {
		self.members.len()
	}

	/// The sum of weights in each group.
	pub(super) fn sums(&self, weights: &[Real]) -> MathResult<Vec<Real>> {
		gather(self.members().map(|members| {
			members.iter().try_fold(Real::ZERO, |total, member| {
				add(total, *weights.get(*member).ok_or(MathError::Shape)?)
			})
		}))
	}

	/// Replaces each weight y by `y y / Y`, where Y is the sum of y in the group; so a group weighs at
	/// most what its heaviest member did, and members without weight take none from the others.
	pub(super) fn share_out_own(&self, weights: &mut [Real]) -> MathResult<()> {
		let by = weights.to_vec();
		self.share_out(weights.as_chunks_mut::<1>().0, &by)
	}

	/// Replaces each weight y by `y a / A`, where a is the worker's entry in `by` and A the sum of
	/// these in the worker's group, or by 0 if that is 0.
	///
	/// If y are the entries of `by`, a group weighs at most what its heaviest member did.
	pub(super) fn share_out<const N: usize>(
		&self,
		weights: &mut [[Real; N]],
		by: &[Real],
	) -> MathResult<()> {
		let sums = self.sums(by)?;
		for (members, total) in self.members().zip(sums) {
			if let [_] = members {
				continue;
			}
			for member in members {
				let own = by.get(*member).ok_or(MathError::Shape)?;
				for weight in weights.get_mut(*member).ok_or(MathError::Shape)? {
					*weight = if total > 0 { mul_div(*weight, *own, total)? } else { Real::ZERO };
				}
			}
		}
		Ok(())
	}
}

/// The number of rows that are equal in all labels to each row, itself included.
///
/// `values` has one column per label.
pub fn group_sizes(values: &[Real], labels: usize) -> Vec<usize> {
	let groups = Groups::new(values, labels);
	let sizes: Vec<_> = groups.members().map(<[usize]>::len).collect();
	let of_rows = groups.of_rows().into_iter();
	of_rows.map(|group| sizes.get(group).copied().unwrap_or_default()).collect()
}

/// The workers' values, limited to the bands, and their medians.
pub(super) struct Values<'a> {
	pub(super) labels: usize,
	pub(super) rows: &'a [Real],
	pub(super) medians: &'a [Real],
}

/// The sum of distances of two rows over the labels.
fn distance(one: &[Real], other: &[Real]) -> MathResult {
	one.iter().zip(other).try_fold(Real::ZERO, |total, (a, b)| add(total, abs(sub(*a, *b)?)?))
}

/// The distance from which values are not near each other: a fifth of the smaller one of the mean
/// distance from the median and the network's mean error, both summed over the labels.
fn width(values: &Values, rows: &[&[Real]], scale: Real) -> MathResult {
	let apart = rows
		.iter()
		.try_fold(Real::ZERO, |total, row| add(total, distance(row, values.medians)?))?;
	let mean = over_count(apart.to_bits(), rows.len())?;
	mul(NEAR, mean.min(mul(count(values.labels)?, scale)?))
}

/// The factor by which the weights of each group shrink, in [0, 1].
///
/// `weights` are the workers' weights in both bases together.
pub(super) fn factors(
	groups: &Groups,
	values: &Values,
	weights: &[Real],
	scale: Real,
) -> MathResult<Vec<Real>> {
	let all: Vec<_> = values.rows.chunks_exact(values.labels.max(1)).collect();
	let row = |first: usize| all.get(first).copied().ok_or(MathError::Shape);
	let rows = groups.firsts().map(row).collect::<MathResult<Vec<_>>>()?;
	let sizes = groups.sums(weights)?;
	let crowds = crowds(&rows, &sizes, width(values, &rows, scale)?)?;
	gather(sizes.iter().zip(&crowds).map(|(size, crowd)| match *size > 0 {
		true if size == crowd => Ok(Real::ONE),
		true => div(*size, *crowd),
		false => Ok(Real::ZERO),
	}))
}

/// The weight of each group and of those near it, by how near they are.
fn crowds(rows: &[&[Real]], sizes: &[Real], width: Real) -> MathResult<Vec<Real>> {
	let mut crowds = sizes.to_vec();
	if width <= 0 {
		return Ok(crowds);
	}
	let by = Reciprocal::new(width)?;
	for (i, (one, size)) in rows.iter().zip(sizes).enumerate() {
		for (j, (other, other_size)) in rows.iter().zip(sizes).enumerate().take(i) {
			let apart = distance(one, other)?;
			if apart >= width {
				continue;
			}
			let near = mul(Real::from_num(STEEPNESS), by.nearest(sub(width, apart)?)?)?;
			let near = near.min(Real::ONE);
			for (crowd, weight) in [(i, other_size), (j, size)] {
				let crowd = crowds.get_mut(crowd).ok_or(MathError::Shape)?;
				*crowd = mix([(*crowd, Real::ONE), (near, *weight)].into_iter())?;
			}
		}
	}
	Ok(crowds)
}
