//! The mixture rule: two ways of weighing the same workers, weighed themselves by their regret along
//! the gradient of the topic's loss (S 9.4).
//!
//! Base *P* keeps a regret per *expert*, learned from the gradient of the topic's loss: an expert
//! is a worker's value, a worker's value plus its running correction, or a forecaster's tilt of
//! all of them. Base *S* keeps a discounted log weight per worker. Before either, values are
//! limited to a band around their median, and copies share the weight of one. The network
//! inference is a convex combination of the two bases, by their own regrets.
//!
//! [`begin()`] computes what an epoch publishes, [`end()`] learns from its truth, any number of epochs
//! later and in their order. Both are pure functions of plain data. A topic has one [`TopicState`];
//! a worker or forecaster has a state from the first epoch learned in which it took part, and is
//! *known* from then on. What [`end()`] needs of [`begin()`] is [`Kept`], which the caller keeps with
//! the epoch.
//!
//! Unlike the regret rule, the mixture has no sets, and needs no losses of the network's elements;
//! so it does not implement [`Rule`](super::Rule).

mod band;
mod begin;
mod copies;
mod end;
mod gradient;
mod numbers;
mod removal;
mod state;
mod tilt;
mod weights;

use crate::{loss::Loss, MathError, MathResult, Real};

pub use begin::{begin, infer, Input, Synthesis};
pub use copies::group_sizes;
pub use end::{end, Before, Learned, Outcome};
pub use state::{Band, BaseState, ForecasterState, Kept, Standing, TopicState, WorkerState};

/// The largest accepted size of a value or truth, 1e15.
pub const MAX_VALUE: Real = Real::from_bits(1_000_000_000_000_000 << 64);

/// What a topic is about; none of it is tuned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Params<'a> {
	/// The topic's loss; `None` for a custom one, which is known by its numbers only.
	pub loss: Option<Loss<'a>>,
	/// Values per row, at least 1.
	pub labels: usize,
	/// Whether the values of a row sum to 1, within the topic's tolerance.
	pub unity: bool,
}

impl Params<'_> {
	/// [`MathError::Domain`], [`MathError::Shape`] or [`MathError::Empty`], as for [`Loss::check`].
	fn check(&self) -> MathResult<()> {
		match &self.loss {
			Some(loss) => loss.check(self.labels),
			None if self.labels == 0 => Err(MathError::Empty),
			None => Ok(()),
		}
	}

	/// Whether workers' values are corrected, which makes two experts of each worker.
	fn corrects(&self) -> bool {
		self.labels == 1 && self.loss.is_some_and(|_| !self.has_probabilities())
	}

	/// Whether values are in [0, 1].
	fn has_probabilities(&self) -> bool {
		matches!(self.loss, Some(Loss::Brier | Loss::CrossEntropy))
	}
}
