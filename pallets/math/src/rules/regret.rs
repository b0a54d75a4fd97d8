//! The original's rule (S 9.3, 11).

use super::{Actors, Observation, Rule};
use crate::{
	regrets::{self, RegretTable},
	weighing::{Gauge, Weight},
	weights::{self, WeightParams},
	MathError, MathResult, Real,
};
use alloc::vec::Vec;

/// The original's rule: weights from smoothed regrets, relative to the best actor (S 9.3).
#[derive(Clone, Copy, Debug)]
pub struct RegretRule<'a> {
	/// How losses become regrets, and these weights.
	pub params: &'a WeightParams,
}

impl RegretRule<'_> {
	fn gauge(&self, scale: Real) -> MathResult<Gauge> {
		Gauge::new(scale, self.params.p_norm, self.params.c_norm)
	}
}

impl Rule for RegretRule<'_> {
	type State = RegretTable;
	/// How regrets are weighed by the common scale, if there is one.
	type Ready = Option<Gauge>;

	/// Errors as [`weights::weights`].
	fn ready(&self, state: &RegretTable) -> MathResult<Option<Gauge>> {
		let scale = state.scale.filter(|scale| *scale > 0);
		scale.map(|scale| self.gauge(scale)).transpose()
	}

	/// [`MathError::Shape`] if the set does not exist or there are not as many flags as actors;
	/// otherwise as [`weights::weights`].
	fn weights(
		&self,
		state: &RegretTable,
		ready: &Option<Gauge>,
		actors: &Actors,
		weights: &mut Vec<Weight>,
	) -> MathResult<()> {
		let members = actors.members;
		let (inferers, forecasters) = state.cells(actors.set).ok_or(MathError::Shape)?;
		if members.len() != inferers.len().saturating_add(forecasters.len()) {
			return Err(MathError::Shape);
		}
		let (of_inferers, of_forecasters) =
			members.split_at_checked(inferers.len()).ok_or(MathError::Shape)?;
		let regret = |cell: &Option<Real>| cell.unwrap_or(state.initial);
		let regrets = |cells: &'_ [Option<Real>], members: &'_ [bool]| {
			let pairs = cells.iter().zip(members).filter(|(_, member)| **member);
			pairs.fold(None, |best, (cell, _)| best.max(Some(regret(cell))))
		};
		weights.clear();
		let best = regrets(inferers, of_inferers).max(regrets(forecasters, of_forecasters));
		let Some(best) = best else {
			weights.resize(members.len(), 0);
			return Ok(());
		};
		let gauge = match ready {
			Some(common) => *common,
			None => {
				let cells = inferers.iter().chain(forecasters).zip(members);
				let counted = cells.filter(|(_, member)| **member).map(|(cell, _)| regret(cell));
				self.gauge(weights::scale(&counted.collect::<Vec<_>>(), self.params)?)?
			}
		};
		let scales = gauge.for_best(best);
		for (cells, members) in [(inferers, of_inferers), (forecasters, of_forecasters)] {
			weights.extend(cells.iter().zip(members).map(|(cell, member)| match member {
				true => scales.weight(regret(cell)),
				false => 0,
			}));
		}
		Ok(())
	}

	/// Errors as [`regrets::update`] and [`regrets::regret_scale`].
	fn learn(&self, state: &RegretTable, seen: &Observation) -> MathResult<RegretTable> {
		let mut next = regrets::update(state, seen.layout, seen.losses, self.params.alpha)?;
		next.scale = Some(regrets::regret_scale(&next, self.params)?);
		Ok(next)
	}
}
