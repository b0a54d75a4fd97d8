//! What the network infers without a worker or forecaster, or with one forecaster only (S 9.4.7).

use super::{
	begin::Mixture,
	numbers::mix,
	tilt::{Shares, Tilt},
};
use crate::{
	arith::{div, mul, sub, Reciprocal},
	stats::over_count,
	MathError, MathResult, Real,
};
use alloc::vec::Vec;

/// The least weight of the others from which an average without a worker is computed, 2^-20.
const LEAST_REST: Real = Real::from_bits(1 << 44);

/// An average over the others, given the sums over all and the worker's terms; `None` if the others
/// weigh too little.
fn without(total: Real, own: Real, sums: &[Real], terms: &[Real]) -> MathResult<Option<Vec<Real>>> {
	let rest = sub(total, own)?;
	if rest < LEAST_REST {
		return Ok(None);
	}
	let by = Reciprocal::new(rest)?;
	let averages = sums.iter().zip(terms).map(|(sum, term)| by.nearest(sub(*sum, *term)?));
	averages.collect::<MathResult<Vec<_>>>().map(Some)
}

impl Mixture<'_> {
	/// The plain mean of the other workers' rows.
	fn plain(&self, rows: &[Real], worker: usize) -> MathResult<Vec<Real>> {
		let labels = self.params.labels;
		let others = self.workers.len().checked_sub(1).ok_or(MathError::Empty)?;
		let mut means = Vec::with_capacity(labels);
		for label in 0..labels {
			let column = rows.iter().skip(label).step_by(labels).enumerate();
			let mut others_sum = Real::ZERO;
			for (_, value) in column.filter(|(other, _)| *other != worker) {
				others_sum = others_sum.checked_add(*value).ok_or(MathError::Overflow)?;
			}
			means.push(over_count(others_sum.to_bits(), others)?);
		}
		Ok(means)
	}

	/// The network inference without a worker.
	///
	/// Median, band, copies, means of forecasts and the bases' weights stay as they are with it.
	pub(super) fn without_worker(&self, worker: usize) -> MathResult<Vec<Real>> {
		let cell = |cells: &[Real]| cells.get(worker).copied().ok_or(MathError::Shape);
		let row = |rows: &'_ [Real]| {
			let rows = rows.chunks_exact(self.params.labels.max(1)).nth(worker);
			rows.map(<[Real]>::to_vec).ok_or(MathError::Shape)
		};
		let (own, terms) = (cell(&self.own)?, row(&self.terms)?);
		let base = match without(self.own_total, own, &self.naive_polynomial, &terms)? {
			Some(base) => (base, true),
			None if self.corrected.is_empty() => (self.plain(&self.limited, worker)?, false),
			None => {
				let plain = self.plain(&self.limited, worker)?;
				let corrected = self.plain(&self.corrected, worker)?;
				let pairs = plain.iter().zip(&corrected);
				let half = |(a, b): (&Real, &Real)| Ok((*a / 2).saturating_add(*b / 2));
				(pairs.map(half).collect::<MathResult<Vec<_>>>()?, false)
			}
		};
		let (base, regular) = base;
		let rest = sub(self.own_total, own)?;
		let mut values = Vec::new();
		for (tilt, mass) in self.tilts.iter().zip(&self.tilted_masses) {
			// Without a mass, the value has no share.
			let value = match *mass > 0 && regular {
				true => self.tilt_without(tilt, cell(&tilt.factors)?, own, &terms)?,
				false => None,
			};
			values.push(value.unwrap_or_else(|| base.clone()));
		}
		let shares = Shares::new(mul(self.mass, div(rest, self.own_total)?)?, &self.tilted_masses)?;
		let weight = cell(&self.exponential)?;
		let of_worker = row(&self.limited)?.into_iter().map(|value| mul(weight, value));
		let of_worker = of_worker.collect::<MathResult<Vec<_>>>()?;
		let exponential =
			match without(self.exponential_total, weight, &self.exponential_inference, &of_worker)?
			{
				Some(average) => average,
				None => self.plain(&self.limited, worker)?,
			};
		let rows: Vec<_> = values.iter().map(Vec::as_slice).collect();
		self.network(&self.with_tilts(&shares, &base, &rows)?, &exponential)
	}

	/// A forecaster's tilted value without a worker.
	fn tilt_without(
		&self,
		tilt: &Tilt,
		factor: Real,
		own: Real,
		terms: &[Real],
	) -> MathResult<Option<Vec<Real>>> {
		let terms = terms.iter().map(|term| mul(factor, *term)).collect::<MathResult<Vec<_>>>()?;
		without(tilt.total, mul(factor, own)?, &tilt.terms, &terms)
	}

	/// The network inference with the forecasters of these masses.
	fn with_masses(&self, masses: &[Real]) -> MathResult<Vec<Real>> {
		let shares = Shares::new(self.mass, masses)?;
		let rows: Vec<_> = self.tilts.iter().map(|tilt| tilt.value.as_slice()).collect();
		let polynomial = self.with_tilts(&shares, &self.naive_polynomial, &rows)?;
		self.network(&polynomial, &self.exponential_inference)
	}

	/// The network inference without a forecaster.
	pub(super) fn without_forecaster(&self, forecaster: usize) -> MathResult<Vec<Real>> {
		let masses = self.tilted_masses.iter().enumerate();
		let kept = masses.map(|(other, mass)| if other == forecaster { Real::ZERO } else { *mass });
		self.with_masses(&kept.collect::<Vec<_>>())
	}

	/// The network inference with one forecaster only.
	pub(super) fn with_forecaster(&self, forecaster: usize) -> MathResult<Vec<Real>> {
		let masses = self.tilted_masses.iter().enumerate();
		let kept = masses.map(|(other, mass)| if other == forecaster { *mass } else { Real::ZERO });
		self.with_masses(&kept.collect::<Vec<_>>())
	}

	/// The inference of base P with these shares.
	pub(super) fn with_tilts(
		&self,
		shares: &Shares,
		base: &[Real],
		rows: &[&[Real]],
	) -> MathResult<Vec<Real>> {
		let average = |(label, base): (usize, &Real)| {
			let tilted = shares.tilted.iter().zip(rows);
			let tilted = tilted.map(|(share, row)| (*share, row.get(label).copied()));
			let tilted = tilted.map(|(share, value)| (share, value.unwrap_or_default()));
			mix(tilted.chain([(shares.members, *base)]))
		};
		base.iter().enumerate().map(average).collect()
	}
}
