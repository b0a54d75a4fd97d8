//! The rule that turns losses into weights.
//!
//! A rule sees what an epoch brought (values, losses, the network's own value among them), keeps a
//! small bounded state of its own between epochs, and answers with weights for any set of actors.
//! The first and so far only one is the original's regret rule (S 9.3, 11).

use crate::{
	layout::Layout,
	regrets::{self, RegretTable},
	synthesis::{self, WeightParams},
	weighing::{Gauge, Weight},
	MathError, MathResult, Real,
};
use alloc::vec::Vec;

/// Whose weights are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Set {
	/// All inferers and forecasters (S 8.3).
	Combined,
	/// The inferers alone (S 8.4).
	Naive,
	/// All but one inferer (S 8.5).
	OneOutInferer(usize),
	/// All but one forecaster (S 8.6).
	OneOutForecaster(usize),
	/// The inferers and one forecaster (S 8.7).
	OneInForecaster(usize),
}

/// What an epoch brought, once its losses are known.
#[derive(Clone, Copy, Debug)]
pub struct Observation<'a> {
	/// The elements of the bundle.
	pub layout: &'a Layout,
	/// Labels a value has.
	pub labels: usize,
	/// The bundle's values: one row an element, one column a label.
	pub values: &'a [Real],
	/// The network's loss of each element.
	pub losses: &'a [Real],
}

/// A way to turn losses into weights.
pub trait Rule {
	/// What the rule remembers between epochs.
	type State;

	/// The state after an epoch.
	fn learn(&self, state: &Self::State, seen: &Observation) -> MathResult<Self::State>;

	/// Writes the weights of a set, not normalised, the best member's being about a half or more.
	///
	/// `members` has a flag for each actor the set knows of, inferers first and then forecasters (in
	/// a one-in set only the one taken in); `weights` gets as many entries, 0 for those not flagged.
	/// Without a member all are 0.
	fn weights(
		&self,
		state: &Self::State,
		set: Set,
		members: &[bool],
		weights: &mut Vec<Weight>,
	) -> MathResult<()>;
}

/// The original's rule: weights from smoothed regrets, relative to the best actor (S 9.3).
#[derive(Clone, Copy, Debug)]
pub struct RegretRule<'a> {
	/// Slope, offset and scale of the weights.
	pub params: &'a WeightParams,
	/// How fast regrets follow losses, in (0, 1].
	pub alpha: Real,
	/// The stored scale common to all sets (S 9.2); `None` or 0: each set uses its own.
	pub scale: Option<Real>,
}

impl Rule for RegretRule<'_> {
	type State = RegretTable;

	fn learn(&self, state: &RegretTable, seen: &Observation) -> MathResult<RegretTable> {
		regrets::update(state, seen.layout, seen.losses, self.alpha)
	}

	/// [`MathError::Shape`] if the set does not exist or there are not as many flags as actors;
	/// otherwise as [`synthesis::weights`].
	fn weights(
		&self,
		state: &RegretTable,
		set: Set,
		members: &[bool],
		weights: &mut Vec<Weight>,
	) -> MathResult<()> {
		let (inferers, forecasters) = state.cells(set).ok_or(MathError::Shape)?;
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
		let scale = match self.scale {
			Some(stored) if stored > 0 => stored,
			_ => {
				let cells = inferers.iter().chain(forecasters).zip(members);
				let counted = cells.filter(|(_, member)| **member).map(|(cell, _)| regret(cell));
				synthesis::scale(&counted.collect::<Vec<_>>(), self.params)?
			}
		};
		let scales = Gauge::new(scale, self.params.p_norm, self.params.c_norm)?.for_best(best);
		for (cells, members) in [(inferers, of_inferers), (forecasters, of_forecasters)] {
			weights.extend(cells.iter().zip(members).map(|(cell, member)| match member {
				true => scales.weight(regret(cell)),
				false => 0,
			}));
		}
		Ok(())
	}
}
