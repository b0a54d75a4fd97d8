//! The rule that turns losses into weights.
//!
//! A rule sees what an epoch brought (values, losses, the network's own value among them), keeps a
//! small bounded state of its own between epochs, and answers with weights for any set of actors.
//! The first and so far only one is the original's regret rule (S 9.3, 11).

use crate::{
	layout::Layout,
	regrets::{self, RegretTable},
	synthesis::{self, WeightParams},
	MathResult, Real,
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

	/// Weights in [0, 1], not normalised, the best member's being 1.
	///
	/// `members` are indices, inferers first and then forecasters (forecaster k of n inferers is
	/// n + k).
	fn weights(&self, state: &Self::State, set: Set, members: &[usize]) -> MathResult<Vec<Real>>;
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

	fn weights(&self, state: &RegretTable, set: Set, members: &[usize]) -> MathResult<Vec<Real>> {
		let regrets = members
			.iter()
			.map(|member| state.regret(set, *member))
			.collect::<MathResult<Vec<_>>>()?;
		synthesis::weights_or_own_scale(&regrets, self.scale, self.params)
	}
}
