//! What the network infers without a worker or forecaster, or with one forecaster only (S 9.4.7).

use super::begin::Mixture;
use crate::{
	arith::{add, mul, sub, sum, ExactSum, Reciprocal},
	stats::over_count,
	MathError, MathResult, Real,
};
use alloc::vec::Vec;

/// The least weight of the others from which an average without a worker is computed, 2^-20.
const LEAST_REST: Real = Real::from_bits(1 << 44);

/// The inference of base P, given the sums over members and forecasters, without a worker.
struct WithoutWorker {
	/// The share of the members, and that of each forecaster over its remaining weight, with the
	/// worker's factor.
	members: Real,
	tilted: Vec<(Real, Real)>,
	/// The sum of all shares, without that of the worker among the members.
	total: Real,
}

impl Mixture<'_> {
	/// The network inference without each worker, one row per worker.
	///
	/// Median, band, copies, means of forecasts and the bases' weights stay as they are with it.
	pub(super) fn without_workers(&self) -> MathResult<Vec<Real>> {
		let (labels, mut outs) = (self.params.labels, Vec::with_capacity(self.limited.len()));
		for (worker, weight) in self.exponential.iter().enumerate() {
			let without = self.polynomial_without(worker)?;
			let rest = sub(self.exponential_total, *weight)?;
			let by_rest = (rest >= LEAST_REST).then(|| Reciprocal::new(rest)).transpose()?;
			for label in 0..labels {
				let polynomial = match &without {
					Some(without) => self.polynomial_value(without, worker, label)?,
					None => self.mean_without(worker, label)?,
				};
				let exponential = match &by_rest {
					None => plain_mean(&self.limited, labels, worker, label)?,
					Some(by_rest) => {
						let own = mul(*weight, self.cell(&self.limited, worker, label)?)?;
						by_rest.nearest(sub(cell(&self.exponential_inference, label)?, own)?)?
					}
				};
				outs.push(self.network_value(polynomial, exponential)?);
			}
		}
		Ok(outs)
	}

	/// How base P infers without a worker; `None` if the others weigh too little.
	fn polynomial_without(&self, worker: usize) -> MathResult<Option<WithoutWorker>> {
		let own = cell(&self.own, worker)?;
		let rest = sub(self.own_total, own)?;
		if rest < LEAST_REST {
			return Ok(None);
		}
		if self.shares.members >= 1 {
			return Ok(Some(WithoutWorker { members: Real::ONE, tilted: Vec::new(), total: rest }));
		}
		let mut without = WithoutWorker {
			members: self.shares.members,
			tilted: Vec::with_capacity(self.tilts.len()),
			total: add(mul(self.shares.members, rest)?, sum(&self.shares.tilted)?)?,
		};
		for (tilt, share) in self.tilts.iter().zip(&self.shares.tilted) {
			let factor = cell(&tilt.factors, worker)?;
			let left = sub(tilt.total, mul(factor, own)?)?;
			if *share > 0 && left >= LEAST_REST {
				without.tilted.push((Reciprocal::new(left)?.nearest(*share)?, factor));
				continue;
			}
			// The forecaster infers what the members do.
			without.tilted.push((Real::ZERO, factor));
			without.members = add(without.members, Reciprocal::new(rest)?.nearest(*share)?)?;
		}
		Ok(Some(without))
	}

	/// The inference of base P for a label without a worker.
	fn polynomial_value(&self, without: &WithoutWorker, worker: usize, label: usize) -> MathResult {
		let term = self.cell(&self.terms, worker, label)?;
		let mut total = ExactSum::default();
		total.add_product(without.members, sub(cell(&self.naive_polynomial, label)?, term)?)?;
		for (tilt, (share, factor)) in self.tilts.iter().zip(&without.tilted) {
			if *share > 0 {
				let terms = sub(cell(&tilt.terms, label)?, mul(*factor, term)?)?;
				total.add_product(*share, terms)?;
			}
		}
		total.divide(without.total)
	}

	/// The plain mean of the other workers' values and corrected values.
	fn mean_without(&self, worker: usize, label: usize) -> MathResult {
		let plain = plain_mean(&self.limited, self.params.labels, worker, label)?;
		if self.corrected.is_empty() {
			return Ok(plain);
		}
		let corrected = plain_mean(&self.corrected, self.params.labels, worker, label)?;
		over_count(add(plain, corrected)?.to_bits(), 2)
	}

	/// The network inference without each forecaster, one row per forecaster.
	pub(super) fn without_forecasters(&self) -> MathResult<Vec<Real>> {
		self.with_masses(|one, other| one != other)
	}

	/// The network inference with one forecaster only, one row per forecaster.
	pub(super) fn with_forecasters(&self) -> MathResult<Vec<Real>> {
		self.with_masses(|one, other| one == other)
	}

	/// The network inference with those forecasters that `keeps` names for each one.
	fn with_masses(&self, keeps: impl Fn(usize, usize) -> bool) -> MathResult<Vec<Real>> {
		let mut rows = Vec::new();
		for forecaster in 0..self.tilts.len() {
			let masses = self.tilted_masses.iter().enumerate();
			let masses = masses.map(|(other, mass)| match keeps(forecaster, other) {
				true => *mass,
				false => Real::ZERO,
			});
			let polynomial = self.polynomial(&masses.collect::<Vec<_>>())?;
			rows.extend(self.network(&polynomial, &self.exponential_inference)?);
		}
		Ok(rows)
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

/// The plain mean of a label's values without those of a worker.
fn plain_mean(rows: &[Real], labels: usize, worker: usize, label: usize) -> MathResult {
	let column = rows.iter().skip(label).step_by(labels.max(1)).enumerate();
	let (mut total, mut others) = (Real::ZERO, 0);
	for (_, value) in column.filter(|(other, _)| *other != worker) {
		total = add(total, *value)?;
		others += 1;
	}
	over_count(total.to_bits(), others)
}
