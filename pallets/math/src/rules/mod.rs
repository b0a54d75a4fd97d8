//! The rule that turns losses into weights.
//!
//! A rule sees what an epoch brought (values, losses, the network's own value among them), keeps a
//! small bounded state of its own between epochs, and answers with weights for any set of actors.
//! The first and so far only one is the original's regret rule (S 9.3, 11).

mod regret;

use crate::{
	layout::{Layout, Set},
	weighing::Weight,
	MathResult, Real,
};
use alloc::vec::Vec;

pub use regret::RegretRule;

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
