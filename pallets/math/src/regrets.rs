//! Regrets: the network's loss less an actor's own loss, smoothed over the epochs (S 11).

use crate::{
	arith::{add, div, mul, sub},
	layout::{Element, Layout, Set},
	stats::{quantile, std_dev, Smoothing},
	weights::{scale, WeightParams},
	MathError, MathResult, Real,
};
use alloc::{vec, vec::Vec};

/// The regrets of the n inferers and f forecasters of an epoch.
///
/// `None` is the regret of an actor without history in a set; [`RegretTable::initial`] replaces it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegretTable {
	/// The regret of actors without history (S 11.4).
	pub initial: Real,
	/// The scale common to all sets (S 9.2); if `None` or 0, each set uses its own.
	pub scale: Option<Real>,
	/// Combined regrets of the n inferers.
	pub inferers: Vec<Option<Real>>,
	/// Combined regrets of the f forecasters.
	pub forecasters: Vec<Option<Real>>,
	/// Naive regrets of the n inferers.
	pub naive: Vec<Option<Real>>,
	/// One-out regrets, n rows of n + f: one row per inferer left out, with columns for the
	/// inferers and then the forecasters.
	pub one_out_inferer: Vec<Option<Real>>,
	/// One-out regrets, f rows of n + f: one row per forecaster left out.
	pub one_out_forecaster: Vec<Option<Real>>,
	/// One-in regrets, f rows of n + 1: one row per forecaster taken in, whose own regret is the
	/// last column.
	pub one_in_forecaster: Vec<Option<Real>>,
}

/// The regrets of a set's inferers, and those of its forecasters.
pub type Cells<'a> = (&'a [Option<Real>], &'a [Option<Real>]);

impl RegretTable {
	/// A table without history for `n` inferers and `f` forecasters.
	pub fn empty(n: usize, f: usize) -> Self {
		let rows = |rows: usize, columns: usize| vec![None; rows.saturating_mul(columns)];
		let all = n.saturating_add(f);
		Self {
			initial: Real::ZERO,
			scale: None,
			inferers: vec![None; n],
			forecasters: vec![None; f],
			naive: vec![None; n],
			one_out_inferer: rows(n, all),
			one_out_forecaster: rows(f, all),
			one_in_forecaster: rows(f, n.saturating_add(1)),
		}
	}

	/// Whether all parts have the lengths for n inferers and f forecasters.
	pub fn fits(&self, n: usize, f: usize) -> bool {
		let all = n.saturating_add(f);
		self.inferers.len() == n
			&& self.naive.len() == n
			&& self.forecasters.len() == f
			&& self.one_out_inferer.len() == n.saturating_mul(all)
			&& self.one_out_forecaster.len() == f.saturating_mul(all)
			&& self.one_in_forecaster.len() == f.saturating_mul(n.saturating_add(1))
	}

	/// The table of some of the forecasters, given by ascending indices.
	///
	/// [`MathError::Shape`] if an index is out of range.
	pub fn keep_forecasters(&self, kept: &[usize]) -> MathResult<Self> {
		let (n, f) = (self.inferers.len(), self.forecasters.len());
		if !self.fits(n, f) || kept.iter().any(|k| *k >= f) {
			return Err(MathError::Shape);
		}
		let mut table = Self::empty(n, kept.len());
		table.initial = self.initial;
		table.scale = self.scale;
		table.inferers.clone_from(&self.inferers);
		table.naive.clone_from(&self.naive);
		table.forecasters = pick(&self.forecasters, kept.iter().copied());
		let all = n.saturating_add(f);
		let columns = |row: usize| {
			(0..n)
				.chain(kept.iter().map(move |k| n.saturating_add(*k)))
				.map(move |column| row.saturating_mul(all).saturating_add(column))
		};
		table.one_out_inferer = pick(&self.one_out_inferer, (0..n).flat_map(columns));
		table.one_out_forecaster =
			pick(&self.one_out_forecaster, kept.iter().copied().flat_map(columns));
		let own = n.saturating_add(1);
		let row = |k: &usize| {
			let start = k.saturating_mul(own);
			start..start.saturating_add(own)
		};
		table.one_in_forecaster = pick(&self.one_in_forecaster, kept.iter().flat_map(row));
		Ok(table)
	}

	/// The regrets of a set's inferers and forecasters; `None` if there is no such set.
	///
	/// A one-in set has one forecaster, the naive set none.
	pub fn cells(&self, set: Set) -> Option<Cells<'_>> {
		let (n, f) = (self.inferers.len(), self.forecasters.len());
		let all = n.saturating_add(f);
		match set {
			Set::Combined => Some((&self.inferers, &self.forecasters)),
			Set::Naive => Some((&self.naive, &[])),
			Set::OneOutInferer(x) => cells_of_row(&self.one_out_inferer, x, all, n),
			Set::OneOutForecaster(x) => cells_of_row(&self.one_out_forecaster, x, all, n),
			Set::OneInForecaster(k) => {
				cells_of_row(&self.one_in_forecaster, k, n.saturating_add(1), n)
			}
		}
	}
}

/// The cells of a row of a matrix, split after the n-th.
fn cells_of_row(cells: &[Option<Real>], row: usize, width: usize, n: usize) -> Option<Cells<'_>> {
	let start = row.checked_mul(width)?;
	cells.get(start..start.checked_add(width)?)?.split_at_checked(n)
}

/// The cells at some positions; positions out of range give `None`.
fn pick(cells: &[Option<Real>], at: impl Iterator<Item = usize>) -> Vec<Option<Real>> {
	at.map(|position| cells.get(position).copied().flatten()).collect()
}

/// All regrets after an epoch (S 11.1), from its losses in the order of the layout.
///
/// A missing regret counts as the initial one. The scale and the regrets of sets and actors that
/// the bundle does not have stay the same. [`MathError::Shape`] if the sizes of table, layout and
/// losses differ, [`MathError::Domain`] for `alpha` outside [0, 1], [`MathError::Overflow`] if a
/// regret does not fit.
pub fn update(
	table: &RegretTable,
	layout: &Layout,
	losses: &[Real],
	alpha: Real,
) -> MathResult<RegretTable> {
	let (n, f) = (layout.inferers, layout.forecasters);
	if !table.fits(n, f) || losses.len() != layout.len() {
		return Err(MathError::Shape);
	}
	let of = |element| layout.position(element).and_then(|at| losses.get(at).copied());
	// After combined and naive come the inferers and then the forecasters.
	let workers = losses.get(2..).and_then(|rest| rest.get(..n.saturating_add(f)));
	let (inferers, forecasters) = workers.ok_or(MathError::Shape)?.split_at(n);
	let mut next = table.clone();
	let smoothing = Smoothing::new(alpha)?;
	let learn = |cell: &mut Option<Real>, reference: Real, actor: Real| {
		let previous = cell.unwrap_or(table.initial);
		*cell = Some(smoothing.step(sub(reference, actor)?, previous)?);
		Ok::<(), MathError>(())
	};
	let learn_all = |cells: &mut [Option<Real>], reference: Option<Real>, actors: &[Real]| {
		let Some(reference) = reference else {
			return Ok(());
		};
		cells.iter_mut().zip(actors).try_for_each(|(cell, actor)| learn(cell, reference, *actor))
	};
	learn_all(&mut next.inferers, of(Element::Combined), inferers)?;
	learn_all(&mut next.forecasters, of(Element::Combined), forecasters)?;
	learn_all(&mut next.naive, of(Element::Naive), inferers)?;
	let all = n.saturating_add(f).max(1);
	for (x, row) in next.one_out_inferer.chunks_mut(all).enumerate() {
		let reference = of(Element::OneOutInferer(x));
		let (own, of_forecasters) = row.split_at_mut(n.min(row.len()));
		learn_all(own, reference, inferers)?;
		// A forecaster's loss is that of its inference without the inferer.
		for (forecaster, cell) in of_forecasters.iter_mut().enumerate() {
			let without = of(Element::OneOutInfererForecaster { forecaster, inferer: x });
			if let (Some(reference), Some(without)) = (reference, without) {
				learn(cell, reference, without)?;
			}
		}
	}
	for (x, row) in next.one_out_forecaster.chunks_mut(all).enumerate() {
		let (own, of_forecasters) = row.split_at_mut(n.min(row.len()));
		let reference = of(Element::OneOutForecaster(x));
		learn_all(own, reference, inferers)?;
		learn_all(of_forecasters, reference, forecasters)?;
	}
	for (k, row) in next.one_in_forecaster.chunks_mut(n.saturating_add(1)).enumerate() {
		let (own, last) = row.split_at_mut(n.min(row.len()));
		let reference = of(Element::OneInForecaster(k));
		learn_all(own, reference, inferers)?;
		learn_all(last, reference, forecasters.get(k..).unwrap_or_default())?;
	}
	Ok(next)
}

/// The common scale of the next synthesis, from the combined regrets (S 9.2).
///
/// [`MathError::Empty`] without actors.
pub fn regret_scale(table: &RegretTable, params: &WeightParams) -> MathResult {
	let regrets: Vec<_> = table
		.inferers
		.iter()
		.chain(&table.forecasters)
		.map(|cell| cell.unwrap_or(table.initial))
		.collect();
	scale(&regrets, params)
}

/// The maximum magnitude of an initial regret: that of the difference of two losses, which are at
/// most 1000 in magnitude (S 11.4).
///
/// No regret exceeds it, since each is an average of such differences and of an initial regret.
pub const MAX_REGRET: Real = Real::from_bits(2000 << 64);

/// The parameters of a newcomer's regret (S 3, 11.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InitialRegretParams {
	/// The quantile of the regrets, in [0, 1]; 0.25 by default.
	pub quantile: Real,
	/// The offset below the other regrets, times p; 8.25 by default.
	pub p_norm_safe: Real,
	/// The minimum number of regrets for a quantile; 10 by default, 1 in the original's first
	/// releases.
	pub minimum: usize,
}

impl Default for InitialRegretParams {
	fn default() -> Self {
		Self { quantile: Real::ONE / 4, p_norm_safe: Real::ONE * 33 / 4, minimum: 10 }
	}
}

/// The initial regret from experienced workers:
/// `quantile(R) + (c - p_safe / p) (sigma(R) + epsilon)` (S 11.4).
///
/// [`MathError::Empty`] without regrets, [`MathError::DivisionByZero`] if p is zero.
pub fn experienced_initial_regret(
	regrets: &[Real],
	params: &WeightParams,
	initial: &InitialRegretParams,
) -> MathResult {
	let offset = sub(params.c_norm, div(initial.p_norm_safe, params.p_norm)?)?;
	let spread = add(std_dev(regrets)?, params.epsilon)?;
	add(quantile(regrets, initial.quantile)?, mul(offset, spread)?)
}

/// The topic's initial regret after an epoch (S 11.4).
///
/// `experienced` are the combined regrets of workers with enough inclusions, `all` those of all
/// workers. With too few experienced ones it is the plain quantile of all; with too few of these as
/// well, the `previous` one. It is at most [`MAX_REGRET`] in magnitude: without a bound it could
/// feed on itself, since a newcomer's regret widens the spread from which the next newcomer's
/// follows. Errors as for [`experienced_initial_regret`].
pub fn initial_regret(
	experienced: &[Real],
	all: &[Real],
	previous: Real,
	params: &WeightParams,
	initial: &InitialRegretParams,
) -> MathResult {
	let enough = |regrets: &[Real]| regrets.len() >= initial.minimum.max(1);
	let regret = if enough(experienced) {
		experienced_initial_regret(experienced, params, initial)?
	} else if enough(all) {
		quantile(all, initial.quantile)?
	} else {
		previous
	};
	Ok(regret.clamp(-MAX_REGRET, MAX_REGRET))
}
