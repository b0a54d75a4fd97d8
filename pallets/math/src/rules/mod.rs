//! Rules: how losses become weights.
//!
//! A rule weighs the actors of any set when the values of an epoch are known, and learns when their
//! losses are. Between epochs it remembers a state of its own. The first and so far only one is the
//! original's [`RegretRule`] (S 9, 11).

mod regret;

use crate::{
	layout::{Layout, Set},
	weighing::Weight,
	MathResult, Real,
};
use alloc::vec::Vec;

pub use regret::RegretRule;

/// The actors of a set, as a rule sees them when it weighs them.
#[derive(Clone, Copy, Debug)]
pub struct Actors<'a> {
	/// Which set it is.
	pub set: Set,
	/// A flag for each actor that the set knows of, inferers first and then forecasters (in a one-in
	/// set only the one taken in): whether it belongs to the set.
	pub members: &'a [bool],
	/// Values per row.
	pub labels: usize,
	/// The inferers' values, one row per inferer.
	pub inferences: &'a [Real],
	/// The rows of a bundle, of which those in `implied` are the set's forecasters'.
	pub rows: &'a [Real],
	/// The row of each forecaster, of any if it is no member.
	pub implied: &'a [usize],
}

impl<'a> Actors<'a> {
	/// The values of a member, in the order of `members`; `None` of anybody else.
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

/// What an epoch brought, once its losses are known.
#[derive(Clone, Copy)]
pub struct Observation<'a> {
	/// The elements of the bundle.
	pub layout: &'a Layout,
	/// The network's loss of each element.
	pub losses: &'a [Real],
	/// Reads the bundle's values, one row per element. A rule that learns from losses alone does not
	/// call it, so that nothing is decoded.
	pub values: &'a dyn Fn() -> MathResult<Vec<Real>>,
}

/// A way to turn losses into weights.
///
/// A topic's parameters are fields of the implementing type; what the rule learns is its
/// [`State`](Self::State). A state has a fixed count of numbers per topic and per actor, or per pair
/// of actors, and does not grow with the epochs. The regret rule, and others that fit (I is what an
/// actor sent, N what the rule makes of all):
///
/// | rule | per topic | per actor | `weights` | `offset` | `learn` reads |
/// | --- | --- | --- | --- | --- | --- |
/// | [`RegretRule`] | initial regret, scale | its regret in each set | relative to the best regret | none | losses |
/// | exponential weights | running error | log weight | softmax | none | losses |
/// | expert aggregation with a bound on regret | running error | regret, variance, range | softmax at rates of its own | none | losses, values (its step is the sign of the error times I - N) |
/// | a mixture of such bases, with band and bias | running error; regret, variance, range of each base and of each bias | its bases' numbers | the bases', mixed | what the band cuts off, and the bias | losses, values |
pub trait Rule {
	/// What the rule remembers between epochs.
	type State;

	/// What all sets of an epoch have in common, computed from the state once: a scale, rates.
	type Ready;

	/// Makes the state ready to weigh the sets of an epoch.
	fn ready(&self, state: &Self::State) -> MathResult<Self::Ready>;

	/// Writes the weights of a set, not normalised, the best member's being about a half or more.
	///
	/// `weights` gets an entry per flag of [`Actors::members`], 0 for those not set. Without a
	/// member all are 0.
	fn weights(
		&self,
		state: &Self::State,
		ready: &Self::Ready,
		actors: &Actors,
		weights: &mut Vec<Weight>,
	) -> MathResult<()>;

	/// How far the set's network inference lies above the average of its members' values by these
	/// weights, for one label. By default it is that average.
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
