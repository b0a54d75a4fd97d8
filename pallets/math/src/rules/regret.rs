//! The rule of the original (S 9.3, 11).

use super::{Actors, Observation, Rule};
use crate::{
	regrets::{self, RegretTable},
	weighing::{Weight, WeightScale},
	weights::{self, WeightParams},
	MathError, MathResult, Real,
};
use alloc::vec::Vec;

/// Weights from smoothed regrets, relative to the best actor (S 9.3).
#[derive(Clone, Copy, Debug)]
pub struct RegretRule<'a> {
	/// The topic's parameters.
	pub params: &'a WeightParams,
}

impl RegretRule<'_> {
	fn weight_scale(&self, scale: Real) -> MathResult<WeightScale> {
		WeightScale::new(scale, self.params.p_norm, self.params.c_norm)
	}
}

impl Rule for RegretRule<'_> {
	type State = RegretTable;
	/// The common scale, if there is one.
	type Ready = Option<WeightScale>;

	/// Errors as for [`weights::weights`].
	fn ready(&self, state: &RegretTable) -> MathResult<Option<WeightScale>> {
		let scale = state.scale.filter(|scale| *scale > 0);
		scale.map(|scale| self.weight_scale(scale)).transpose()
	}

	/// [`MathError::Shape`] if the set does not exist or the numbers of flags and actors differ;
	/// other errors as for [`weights::weights`].
	fn weights(
		&self,
		state: &RegretTable,
		ready: &Option<WeightScale>,
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
		let weight_scale = match ready {
			Some(common) => *common,
			None => {
				let cells = inferers.iter().chain(forecasters).zip(members);
				let counted = cells.filter(|(_, member)| **member).map(|(cell, _)| regret(cell));
				self.weight_scale(weights::scale(&counted.collect::<Vec<_>>(), self.params)?)?
			}
		};
		let set_scale = weight_scale.for_set(best);
		for (cells, members) in [(inferers, of_inferers), (forecasters, of_forecasters)] {
			weights.extend(cells.iter().zip(members).map(|(cell, member)| match member {
				true => set_scale.weight(regret(cell)),
				false => 0,
			}));
		}
		Ok(())
	}

	/// Errors as for [`regrets::update`] and [`regrets::regret_scale`].
	fn learn(&self, state: &RegretTable, seen: &Observation) -> MathResult<RegretTable> {
		let mut next = regrets::update(state, seen.layout, seen.losses, self.params.alpha)?;
		next.scale = Some(regrets::regret_scale(&next, self.params)?);
		Ok(next)
	}
}
