//! Rules by which losses become weights.
//!
//! A rule weighs the actors of each set when the values of an epoch are known, and learns when the
//! losses are known. It keeps a state between epochs. There are two: that of the original,
//! [`RegretRule`] (S 9, 11), and the [`mixture`] (S 9.4).
//!
//! The trait [`Rule`] is about sets and the losses of their elements, as the original has them. The
//! mixture weighs all workers at once, derives the inferences without one of them from the same
//! weights, and learns from the truth instead of losses of elements; so it is a module of its own,
//! with the functions [`mixture::begin()`] and [`mixture::end()`].

pub mod mixture;
mod regret;

use crate::{
	layout::{Layout, Set},
	weighing::Weight,
	MathResult, Real,
};
use alloc::vec::Vec;

pub use regret::RegretRule;

/// The actors of a set, with the values that a rule may use.
#[derive(Clone, Copy, Debug)]
pub struct Actors<'a> {
	/// The set.
	pub set: Set,
	/// One flag per actor, inferers first and then forecasters (in a one-in set only the one taken
	/// in): whether it belongs to the set.
	pub members: &'a [bool],
	/// Values per row.
	pub labels: usize,
	/// The inferers' values, one row per inferer.
	pub inferences: &'a [Real],
	/// The rows of the bundle; those in `implied` belong to the set's forecasters.
	pub rows: &'a [Real],
	/// The row of each forecaster; any row for one that is not a member.
	pub implied: &'a [usize],
}

impl<'a> Actors<'a> {
	/// The values of the member with this index in `members`; `None` if the actor is not a member.
	pub fn value(&self, actor: usize) -> Option<&'a [Real]> {
		if !*self.members.get(actor)? {
			return None;
		}
		let inferers = self.members.len().checked_sub(self.implied.len())?;
		let (matrix, row) = match actor.checked_sub(inferers) {
			None => (self.inferences, actor),
			Some(forecaster) => (self.rows, *self.implied.get(forecaster)?),
		};
		let start = row.checked_mul(self.labels)?;
		matrix.get(start..start.checked_add(self.labels)?)
	}
}

/// The results of an epoch, from which a rule learns.
#[derive(Clone, Copy)]
pub struct Observation<'a> {
	/// The elements of the bundle.
	pub layout: &'a Layout,
	/// The network's loss of each element.
	pub losses: &'a [Real],
	/// Returns the bundle's values, one row per element. Values are decoded only if a rule calls
	/// it.
	pub values: &'a dyn Fn() -> MathResult<Vec<Real>>,
}

/// A rule by which losses become weights.
///
/// A topic's parameters are fields of the implementing type; the numbers that the rule learns are
/// its [`State`](Self::State). A state has a fixed number of values per topic, per actor or per
/// pair of actors, and does not grow with the epochs. The trait fits the regret rule and, for
/// example, the following ones (I is an actor's value, N the network inference):
///
/// - [`RegretRule`]: per topic an initial regret and a scale, per actor its regret in each set.
///   Weights are relative to the best regret. It learns from losses.
/// - Exponential weights: per topic a running error, per actor a log weight. Weights are a softmax.
///   It learns from losses.
/// - Expert aggregation with a bound on regret: per topic a running error, per actor a regret, a
///   variance and a range. Weights are a softmax at rates of its own. It learns from losses and
///   values, since its step is the sign of the error times I - N.
pub trait Rule {
	/// The numbers that the rule keeps between epochs.
	type State;

	/// The numbers common to all sets of an epoch, such as a scale, computed from the state once.
	type Ready;

	/// Computes the numbers common to all sets of an epoch.
	fn ready(&self, state: &Self::State) -> MathResult<Self::Ready>;

	/// Writes the weights of a set, not normalized; the largest is about a half or more.
	///
	/// `weights` gets one entry per flag of [`Actors::members`], which is 0 for actors that are not
	/// members.
	fn weights(
		&self,
		state: &Self::State,
		ready: &Self::Ready,
		actors: &Actors,
		weights: &mut Vec<Weight>,
	) -> MathResult<()>;

	/// The difference between the set's network inference and the weighted average of its members'
	/// values, for one label; 0 by default.
	fn offset(
		&self,
		_state: &Self::State,
		_ready: &Self::Ready,
		_actors: &Actors,
		_weights: &[Weight],
		_label: usize,
	) -> MathResult {
		Ok(Real::ZERO)
	}

	/// The state after an epoch.
	fn learn(&self, state: &Self::State, seen: &Observation) -> MathResult<Self::State>;
}
