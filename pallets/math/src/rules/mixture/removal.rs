//! What the network infers without a worker or forecaster, or with one forecaster only (S 9.4.7).

use super::{begin::Mixture, copies::Groups};
use crate::{
	arith::{add, gather, mul, sub, sum, ExactSum, Reciprocal},
	stats::over_count,
	MathError, MathResult, Real,
};
use alloc::{vec, vec::Vec};

/// The least weight of the others from which an average without a worker is computed, 2^-20.
const LEAST_REST: Real = Real::from_bits(1 << 44);

/// The inference of base P, given the sums over members and forecasters, without a group.
struct WithoutGroup {
	/// The share of the members, and that of each forecaster over its remaining weight.
	members: Real,
	tilted: Vec<Real>,
	/// The sum of all shares, without that of the group among the members.
	total: Real,
}

impl Mixture<'_> {
	/// The network inference without each worker and all those with equal values, one row per
	/// worker; `network`, the one with all of them, if nobody else is left.
	///
	/// Median, band, copies, means of forecasts and the bases' weights stay as they are with them.
	pub(super) fn without_workers(&self, network: &[Real]) -> MathResult<Vec<Real>> {
		let outs = match self.groups.len() {
			1 => vec![network.to_vec()],
			_ => gather(self.groups.members().map(|group| self.without_group(group)))?,
		};
		rows_of(&self.groups, &outs)
	}

	/// The network inference without a group of workers.
	fn without_group(&self, group: &[usize]) -> MathResult<Vec<Real>> {
		let first = *group.first().ok_or(MathError::Shape)?;
		let weight = total(group, |worker| cell(&self.exponential, worker))?;
		let without = self.polynomial_without(group)?;
		let rest = sub(self.exponential_total, weight)?;
		let by_rest = (rest >= LEAST_REST).then(|| Reciprocal::new(rest)).transpose()?;
		let mut row = Vec::with_capacity(self.params.labels);
		for label in 0..self.params.labels {
			let polynomial = match &without {
				Some(without) => self.polynomial_value(without, group, label)?,
				None => self.mean_without(group, label)?,
			};
			let exponential = match &by_rest {
				None => self.plain_mean(&self.limited, group, label)?,
				Some(by_rest) => {
					let own = mul(weight, self.cell(&self.limited, first, label)?)?;
					by_rest.nearest(sub(cell(&self.exponential_inference, label)?, own)?)?
				}
			};
			row.push(self.network_value(polynomial, exponential)?);
		}
		Ok(row)
	}

	/// How base P infers without a group; `None` if the others weigh too little.
	fn polynomial_without(&self, group: &[usize]) -> MathResult<Option<WithoutGroup>> {
		let rest = sub(self.own_total, total(group, |worker| cell(&self.own, worker))?)?;
		if rest < LEAST_REST {
			return Ok(None);
		}
		if self.shares.members >= 1 {
			return Ok(Some(WithoutGroup { members: Real::ONE, tilted: Vec::new(), total: rest }));
		}
		let mut without = WithoutGroup {
			members: self.shares.members,
			tilted: Vec::with_capacity(self.tilts.len()),
			total: add(mul(self.shares.members, rest)?, sum(&self.shares.tilted)?)?,
		};
		for (tilt, share) in self.tilts.iter().zip(&self.shares.tilted) {
			let own = |worker| mul(cell(&tilt.factors, worker)?, cell(&self.own, worker)?);
			let left = sub(tilt.total, total(group, own)?)?;
			if *share > 0 && left >= LEAST_REST {
				without.tilted.push(Reciprocal::new(left)?.nearest(*share)?);
				continue;
			}
			// The forecaster infers what the members do.
			without.tilted.push(Real::ZERO);
			without.members = add(without.members, Reciprocal::new(rest)?.nearest(*share)?)?;
		}
		Ok(Some(without))
	}

	/// The inference of base P for a label without a group.
	fn polynomial_value(
		&self,
		without: &WithoutGroup,
		group: &[usize],
		label: usize,
	) -> MathResult {
		let term = |worker| self.cell(&self.terms, worker, label);
		let mut sums = ExactSum::default();
		let members = sub(cell(&self.naive_polynomial, label)?, total(group, term)?)?;
		sums.add_product(without.members, members)?;
		for (tilt, share) in self.tilts.iter().zip(&without.tilted) {
			if *share > 0 {
				let tilted = |worker| mul(cell(&tilt.factors, worker)?, term(worker)?);
				let terms = sub(cell(&tilt.terms, label)?, total(group, tilted)?)?;
				sums.add_product(*share, terms)?;
			}
		}
		sums.divide(without.total)
	}

	/// The plain mean of the other workers' values and corrected values.
	fn mean_without(&self, group: &[usize], label: usize) -> MathResult {
		let plain = self.plain_mean(&self.limited, group, label)?;
		if self.corrected.is_empty() {
			return Ok(plain);
		}
		let corrected = self.plain_mean(&self.corrected, group, label)?;
		over_count(add(plain, corrected)?.to_bits(), 2)
	}

	/// The plain mean of a label's values without those of a group.
	fn plain_mean(&self, rows: &[Real], group: &[usize], label: usize) -> MathResult {
		let column = rows.iter().skip(label).step_by(self.params.labels.max(1)).enumerate();
		let (mut total, mut others) = (Real::ZERO, 0);
		// Members are in ascending order.
		for (_, value) in column.filter(|(other, _)| group.binary_search(other).is_err()) {
			total = add(total, *value)?;
			others += 1;
		}
		over_count(total.to_bits(), others)
	}

	/// The network inference without each forecaster and all those with equal tilts, one
	/// row per forecaster.
	pub(super) fn without_forecasters(&self) -> MathResult<Vec<Real>> {
		self.with_masses(|one, other| one != other)
	}

	/// The network inference with one forecaster and those with equal tilts only, one row
	/// per forecaster.
	pub(super) fn with_forecasters(&self) -> MathResult<Vec<Real>> {
		self.with_masses(|one, other| one == other)
	}

	/// The network inference with those groups of forecasters that `keeps` names for each one's.
	fn with_masses(&self, keeps: impl Fn(usize, usize) -> bool) -> MathResult<Vec<Real>> {
		let groups = self.forecaster_groups.of_rows();
		let of_group = |group| {
			let masses = self.tilted_masses.iter().zip(&groups);
			let masses = masses.map(|(mass, other)| match keeps(group, *other) {
				true => *mass,
				false => Real::ZERO,
			});
			let polynomial = self.polynomial(&masses.collect::<Vec<_>>())?;
			self.network(&polynomial, &self.exponential_inference)
		};
		let rows = gather((0..self.forecaster_groups.len()).map(of_group))?;
		rows_of(&self.forecaster_groups, &rows)
	}

	/// The inference of base P with forecasters of these masses.
	pub(super) fn polynomial(&self, masses: &[Real]) -> MathResult<Vec<Real>> {
		let tilted = sum(masses)?;
		if tilted <= 0 {
			return Ok(self.naive_polynomial.clone());
		}
		let total = add(self.mass, tilted)?;
		let value = |(label, naive): (usize, &Real)| {
			let mut sum = ExactSum::default();
			sum.add_product(self.mass, *naive)?;
			for (tilt, mass) in self.tilts.iter().zip(masses) {
				sum.add_product(*mass, cell(&tilt.value, label)?)?;
			}
			sum.divide(total)
		};
		self.naive_polynomial.iter().enumerate().map(value).collect()
	}

	/// A worker's number for a label.
	fn cell(&self, rows: &[Real], worker: usize, label: usize) -> MathResult {
		let start = worker.checked_mul(self.params.labels).ok_or(MathError::Overflow)?;
		cell(rows, start.checked_add(label).ok_or(MathError::Overflow)?)
	}
}

fn cell(cells: &[Real], at: usize) -> MathResult {
	cells.get(at).copied().ok_or(MathError::Shape)
}

/// The sum over the members of a group.
fn total(group: &[usize], of: impl Fn(usize) -> MathResult) -> MathResult {
	group.iter().try_fold(Real::ZERO, |total, member| add(total, of(*member)?))
}

/// The row of each member's group, one after the other.
fn rows_of(groups: &Groups, rows: &[Vec<Real>]) -> MathResult<Vec<Real>> {
	let rows = groups.of_rows().into_iter().map(|group| rows.get(group).ok_or(MathError::Shape));
	Ok(gather(rows)?.into_iter().flatten().copied().collect())
}
